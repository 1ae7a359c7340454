"""
Measure how close a tool's text is to what MediaWiki shows.

DATA is a folder of `pages-SPLIT.jsonl.gz` and `parsertests-SPLIT.jsonl.gz`; `make_pages.py` makes
the first from a folder of wikitext. Each line of the first holds a page's wikitext and the blocks,
links, categories and headings of MediaWiki's own rendering; of the second, a case of MediaWiki's
parser tests and the texts that are right.

    python benchmarks/fidelity.py DATA
    python benchmarks/fidelity.py DATA --sets zhwiki --tools wikiclean --show 5

All figures are percentages, and means over the pages of a set, but for those of links, which are
over all links:

    R, P       recall and precision of runs of five characters, tables and captions included
    prose R    recall of those in paragraphs, headings and items
    blocks     paragraphs, headings and items that are exactly a line of the tool's text
    cells      table cells that are exactly a line or a field of a line
    lines      the tool's lines that are exactly a block or made of cells
    links R P  recall and precision of the linked titles
    cats heads pages with exactly MediaWiki's categories, and headings
    clean      pages without left-over markup
    holes      empty brackets a page, beyond those that MediaWiki shows
    kchar/s    thousand characters of wikitext a second

The renderer knows no templates, so that they count as nothing; wikiclean is asked to do the same.
White space does not count where runs of it are one, or where it stands beside an East Asian letter.
"""

import argparse
import gzip
import html
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs
import ours
import peers
from measuring import OvertimeError, at_most, print_table
from peers import Reading, Row, Tool

from wikiclean.compare import BAR, GRAM, compared, compared_whole, grams, shared, visible

PARSER_TESTS: Final = "parsertests"
CLASSES: Final = ("general", "media", "cite", "zh", "zh-table", "silent")
"""Of parser tests: `silent` expects no text, `zh-table` needs tables of characters."""
SPEAKING: Final = ("general", "media", "cite", "zh")
"""Those whose mean is the last column: an empty text would pass every silent case."""

SECONDS: Final = 10.0
"""A page that takes longer has failed."""

TOOLS: Final[Mapping[str, Callable[[], Tool]]] = {
    "wikiclean": ours.load_wikiclean,
    "wikiclean-default": ours.load_wikiclean_default,
    **{name: peer.load for name, peer in peers.PEERS.items() if peer.load and peer.texts},
}

# --- forms of text

_field_end = re.compile(r"\t|" + BAR.pattern)


def fields(line: str) -> list[str]:
    """Return the cells that a line of text holds."""
    return [field for field in map(compared, _field_end.split(line)) if field]


def title_form(title: str) -> str:
    """Return a title as MediaWiki lists it, fragment gone."""
    name = " ".join(html.unescape(title).replace("_", " ").split())
    name = name.lstrip(":").split("#")[0].strip()
    return name[:1].upper() + name[1:]


# --- what is wrong wherever it stands

_tags = (
    "abbr b bdi bdo big blockquote br caption center chem cite code data dd del dfn div dl dt em "
    "figcaption figure font gallery h[1-6] hiero hr i imagemap img includeonly indicator inputbox "
    "ins kbd languages li mark math noinclude nowiki ol onlyinclude p poem pre q rb references rp "
    "rt rtc ruby s samp score section small source span strike strong sub sup syntaxhighlight "
    "table tbody td templatedata templatestyles tfoot th thead time timeline tr tt u ul var wbr"
).replace(" ", "|")

LEFTOVERS: Final[Mapping[str, re.Pattern[str]]] = {
    **{mark: re.compile(re.escape(mark)) for mark in ("{{", "}}", "[[", "]]", "{|", "|}", "'''")},
    **{mark: re.compile(re.escape(mark)) for mark in ("-{", "}-", "thumb|")},
    "<ref": re.compile(r"</?ref\b", re.IGNORECASE),
    "<tag>": re.compile(rf"</?(?:{_tags})(?:\s[^<>]*)?/?>", re.IGNORECASE),
    "category": re.compile(r"^[ \t]*(?:分類|分类|Category)[ \t]*:", re.MULTILINE | re.IGNORECASE),
    "__WORD__": re.compile(r"__(?:[A-Z]{4,}|[\u4e00-\u9fff]{2,8})__"),
}
"""Markup that no reader should see; what MediaWiki shows on the same page is not counted."""

_hole = re.compile(r"[（(][\s，,、；;]*[)）]")


def leftovers(text: str) -> set[str]:
    """Return the names of the markup that was left in a text."""
    return {name for name, pattern in LEFTOVERS.items() if pattern.search(text)}


# --- pages

_prose = frozenset({"paragraph", "heading", "item"})
_artefact = re.compile(
    r"""(?x)
    引用错误：|Cite\ error:           # a message of Cite
    | \[\[ [^\[\]]* \| [\s/〔〕［］]* \]\]   # a link whose label was a template
    | \[:(?:Template|模板):           # the name of a template that the wiki has not
    """
)
"""Blocks that only the rendering without templates makes; no tool need have them exactly."""


@attrs.frozen
class Expected:
    """What MediaWiki shows of one page, in the forms that are compared."""

    grams: Counter[str]
    prose: Counter[str]
    blocks: list[list[str]]
    """Of each: the whole, then its lines where it has several."""
    cells: list[list[str]]
    lines: set[str]
    """Whatever a tool's line may be."""
    leftovers: set[str]
    holes: int

    @classmethod
    def of(cls, rendered: Sequence[Row]) -> "Expected":
        """Return it for the blocks of a page."""
        texts = [visible(block["text"]) for block in rendered]
        whole = "\n".join(texts)
        prose: Counter[str] = Counter()
        blocks: list[list[str]] = []
        cells: list[list[str]] = []
        lines: set[str] = set()
        for block, text in zip(rendered, texts, strict=True):
            one = compared(text)
            parts = [part for part in map(compared, text.split("\n")) if part]
            if not one:
                continue
            lines.update([one, *parts])
            if _artefact.search(text):
                continue
            is_prose = block["kind"] in _prose
            forms = [one, *parts] if len(parts) > 1 else [one]
            if is_prose and "table" not in block:
                blocks.append(forms)
            elif is_prose or block["kind"] == "cell":
                cells.append(forms)
            if is_prose and len(flat := compared_whole(text)) >= GRAM:
                prose += grams(flat)
        return cls(
            grams(compared_whole(whole)),
            prose,
            blocks,
            cells,
            lines,
            leftovers(whole),
            len(_hole.findall(whole)),
        )


@attrs.define
class PageScore:
    """Counts of one page."""

    name: str
    characters: int
    seconds: float = 0.0
    error: str = ""
    grams: int = 0
    candidates: int = 0
    hits: int = 0
    prose: int = 0
    prose_hits: int = 0
    blocks: int = 0
    block_hits: int = 0
    cells: int = 0
    cell_hits: int = 0
    lines: int = 0
    line_hits: int = 0
    links: int | None = None
    """Titles that MediaWiki links to; None where the tool does not tell."""
    link_candidates: int = 0
    link_hits: int = 0
    categories_equal: bool | None = None
    headings_equal: bool | None = None
    leftovers: list[str] = attrs.field(factory=list)
    holes: int = 0


def score_page(row: Row, reading: Reading | None) -> PageScore:
    """Compare a tool's reading of a page, None where it failed, with MediaWiki's."""
    gold = Expected.of(row["blocks"])
    score = PageScore(row["name"], len(row["wikitext"]))
    score.grams, score.prose = gold.grams.total(), gold.prose.total()
    score.blocks, score.cells = len(gold.blocks), len(gold.cells)
    if reading is None:
        return score
    text = visible(reading.text)
    found = grams(compared_whole(text))
    score.candidates = found.total()
    score.hits, score.prose_hits = shared(gold.grams, found), shared(gold.prose, found)
    lines: set[str] = set()
    parts: set[str] = set()
    for line in text.split("\n"):
        one = compared(line)
        if one:
            inner = fields(line)
            lines.add(one)
            parts.update(inner)
            score.lines += 1
            score.line_hits += one in gold.lines or (bool(inner) and gold.lines.issuperset(inner))
    score.block_hits = sum(_stands(forms, lines) for forms in gold.blocks)
    score.cell_hits = sum(_stands(forms, parts | lines) for forms in gold.cells)
    score.leftovers = sorted(leftovers(text) - gold.leftovers)
    score.holes = max(0, len(_hole.findall(text)) - gold.holes)
    _score_records(score, row, reading)
    return score


def _stands(forms: list[str], lines: set[str]) -> bool:
    one, *parts = forms
    return one in lines or (bool(parts) and lines.issuperset(parts))


def _score_records(score: PageScore, row: Row, reading: Reading) -> None:
    if reading.links is not None:
        gold = set(map(title_form, row["links"]))
        found = set(map(title_form, reading.links)) - {""}
        score.links, score.link_candidates = len(gold), len(found)
        score.link_hits = len(gold & found)
    if reading.categories is not None:
        pair = (row["categories"], reading.categories)
        score.categories_equal = set(map(title_form, pair[0])) == set(map(title_form, pair[1]))
    if reading.headings is not None:
        score.headings_equal = _headings(row["headings"]) == _headings(reading.headings)


def _headings(pairs: Iterable[Sequence[Any]]) -> list[tuple[int, str]]:
    return [
        (level, compared(re.sub("<[^>]*>", "", html.unescape(title)))) for level, title in pairs
    ]


def total(scores: Sequence[PageScore]) -> dict[str, Any]:
    """Return the measures of a set: means over its pages, and over all its grams as `all_…`."""

    def mean(name: str, part: str, whole: str, where: str) -> dict[str, float | None]:
        shares = [
            getattr(score, part) / getattr(score, whole) if getattr(score, whole) else 0.0
            for score in scores
            if getattr(score, where)
        ]
        parts = sum(getattr(score, part) for score in scores)
        wholes = sum(getattr(score, whole) for score in scores)
        return {
            name: sum(shares) / len(shares) if shares else None,
            f"all_{name}": parts / wholes if wholes else None,
        }

    def share(values: Iterable[bool | None]) -> float | None:
        told = [value for value in values if value is not None]
        return sum(told) / len(scores) if told else None

    told = [score for score in scores if score.links is not None]
    hits = sum(score.link_hits for score in told)
    return {
        "pages": len(scores),
        "failed": [score.name for score in scores if score.error],
        **mean("recall", "hits", "grams", "grams"),
        **mean("precision", "hits", "candidates", "grams"),
        **mean("prose_recall", "prose_hits", "prose", "prose"),
        **mean("blocks", "block_hits", "blocks", "blocks"),
        **mean("cells", "cell_hits", "cells", "cells"),
        **mean("lines", "line_hits", "lines", "grams"),
        "link_recall": hits / (sum(score.links or 0 for score in told) or 1) if told else None,
        "link_precision": (
            hits / (sum(score.link_candidates for score in told) or 1) if told else None
        ),
        "categories": share(score.categories_equal for score in scores),
        "headings": share(score.headings_equal for score in scores),
        "clean": sum(not score.error and not score.leftovers for score in scores) / len(scores),
        "leftovers": Counter(name for score in scores for name in score.leftovers),
        "holes": sum(score.holes for score in scores) / len(scores),
        "kchar_s": sum(score.characters for score in scores)
        / max(1e-6, sum(score.seconds for score in scores))
        / 1000,
    }


# --- parser tests


def passes(case: Row, reading: Reading | None) -> bool:
    """Tell whether the whole text is one of those that are right."""
    return reading is not None and compared_whole(reading.text) in map(
        compared_whole, case["accept"]
    )


# --- the run


def rows(folder: Path, kind: str, split: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file of the data; none where there is no such file."""
    path = folder / f"{kind}-{split}.jsonl.gz"
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8", errors="surrogatepass") as lines:
            yield from map(json.loads, lines)


def read(tool: Tool, row: Row) -> tuple[Reading | None, str, float]:
    """Return what a tool makes of a row, why it failed, and how long it took."""
    start = time.perf_counter()
    reading, error = None, ""
    try:
        with at_most(SECONDS):
            reading = tool(row)
    except OvertimeError:
        error = f"over {SECONDS:.0f} s"
    except Exception as exception:  # noqa: BLE001 - whatever it is, this page has failed
        error = f"{type(exception).__name__}: {exception}"[:200]
    return reading, error, time.perf_counter() - start


def measure_pages(tool: Tool, pages: Sequence[Row], show: int) -> list[PageScore]:
    """Score a tool on the pages of a set; print the worst."""
    scores = []
    for page in pages:
        reading, error, seconds = read(tool, page)
        score = score_page(page, reading)
        score.error, score.seconds = error, seconds
        scores.append(score)
    for score in sorted(scores, key=lambda score: score.hits / (score.grams or 1))[:show]:
        print(
            f"--- {score.name}: R {percent(score.hits / (score.grams or 1))}"
            f" P {percent(score.hits / (score.candidates or 1))}"
            f" blocks {score.block_hits}/{score.blocks} {score.leftovers or ''} {score.error}"
        )
    return scores


def measure_cases(tool: Tool, cases: Sequence[Row], show: int) -> dict[str, Any]:
    """Score a tool on the parser tests; print those that fail."""
    passed: Counter[str] = Counter()
    failed: list[str] = []
    for case in cases:
        reading, error, _ = read(tool, case)
        if passes(case, reading):
            passed[case["class"]] += 1
        else:
            failed.append(case["name"])
            if len(failed) <= show:
                got = compared_whole(reading.text) if reading else error
                print(f"--- [{case['class']}] {case['name']}", f"    {case['wikitext'][:300]!r}")
                print(f"    right: {compared_whole(case['accept'][0])[:300]!r}")
                print(f"    got:   {got[:300]!r}")
    counts = Counter(case["class"] for case in cases)
    speaking = sum(counts[name] for name in SPEAKING)
    return {
        "cases": counts,
        "equal": {name: passed[name] / counts[name] for name in CLASSES if counts[name]},
        "speaking": sum(passed[name] for name in SPEAKING) / speaking if speaking else None,
        "failed": failed,
    }


def percent(share: float | None) -> str:
    """Write a share, or a dash."""
    return "-" if share is None else f"{100 * share:.2f}"


COLUMNS: Final[Mapping[str, Callable[[dict[str, Any]], str]]] = {
    "pages": lambda row: str(row["pages"]),
    "failed": lambda row: str(len(row["failed"])),
    "R": lambda row: percent(row["recall"]),
    "P": lambda row: percent(row["precision"]),
    "prose R": lambda row: percent(row["prose_recall"]),
    "blocks": lambda row: percent(row["blocks"]),
    "cells": lambda row: percent(row["cells"]),
    "lines": lambda row: percent(row["lines"]),
    "links R": lambda row: percent(row["link_recall"]),
    "links P": lambda row: percent(row["link_precision"]),
    "cats": lambda row: percent(row["categories"]),
    "heads": lambda row: percent(row["headings"]),
    "clean": lambda row: percent(row["clean"]),
    "holes": lambda row: f"{row['holes']:.2f}",
    "kchar/s": lambda row: f"{row['kchar_s']:.0f}",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", default=os.environ.get("WIKICLEAN_DATA"))
    parser.add_argument("--sets", default="", help="joined by commas; all unless given")
    parser.add_argument("--split", default="dev", help="joined by commas (%(default)s)")
    parser.add_argument("--tools", default=",".join(TOOLS), help="(%(default)s)")
    parser.add_argument("--show", type=int, default=0, help="so many of the worst pages and cases")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    arguments = parser.parse_args(argv)
    if not arguments.data:
        parser.error("name the folder of the data, or set WIKICLEAN_DATA")
    unknown = set(arguments.tools.split(",")) - set(TOOLS)
    if unknown:
        parser.error(f"no such tool: {', '.join(sorted(unknown))}")
    sets: dict[str, list[Row]] = {}
    for split in arguments.split.split(","):
        for page in rows(Path(arguments.data), "pages", split):
            sets.setdefault(page["set"], []).append(page)
        cases = list(rows(Path(arguments.data), PARSER_TESTS, split))
        if cases:
            sets.setdefault(PARSER_TESTS, []).extend(cases)
    if arguments.sets:
        sets = {name: sets.get(name, []) for name in arguments.sets.split(",")}
    if not any(sets.values()):
        parser.error(f"no such data in {arguments.data}")
    tools: dict[str, Tool] = {}
    for name in arguments.tools.split(","):
        try:
            tools[name] = TOOLS[name]()
        except ImportError:
            print(f"not installed: {name}")
    print(ours.versions(tools))
    numbers = measure(tools, {name: sets[name] for name in sets if sets[name]}, arguments.show)
    report(numbers)
    if arguments.json:
        text = json.dumps(numbers, ensure_ascii=False, indent=1)
        arguments.json.write_text(text, encoding="utf-8")
    return 0


def measure(
    tools: Mapping[str, Tool], sets: Mapping[str, Sequence[Row]], show: int = 0
) -> dict[str, dict[str, Any]]:
    """Return the measures of each set, and of all pages, by tool."""
    numbers: dict[str, dict[str, Any]] = {}
    for name, tool in tools.items():
        every: list[PageScore] = []
        for chosen, items in sets.items():
            if chosen == PARSER_TESTS:
                numbers.setdefault(chosen, {})[name] = measure_cases(tool, items, show)
            else:
                scores = measure_pages(tool, items, show)
                every += scores
                numbers.setdefault(chosen, {})[name] = total(scores)
        if every:
            numbers.setdefault("all pages", {})[name] = total(every)
    return numbers


def report(numbers: Mapping[str, Mapping[str, Any]], without: Sequence[str] = ()) -> None:
    """Print a table of the pages, less some columns, and one of the parser tests."""
    columns = {name: write for name, write in COLUMNS.items() if name not in without}
    pages = [
        [chosen, name, *(write(row) for write in columns.values())]
        for chosen in numbers
        if chosen != PARSER_TESTS
        for name, row in numbers[chosen].items()
    ]
    if pages:
        print_table(["set", "tool", *columns], pages)
    for chosen in numbers:
        if chosen != PARSER_TESTS:
            for name, row in numbers[chosen].items():
                if chosen == "all pages" and row["leftovers"]:
                    left = ", ".join(f"{a} {b}" for a, b in row["leftovers"].most_common())
                    print(f"- left-over markup, pages, {name}: {left}")
    cases = numbers.get(PARSER_TESTS)
    if cases:
        print("\nparser tests, whole text equal")
        counts = next(iter(cases.values()))["cases"]
        chosen_classes = [name for name in CLASSES if counts[name]]
        head = ["tool", *(f"{name} ({counts[name]})" for name in chosen_classes), "speaking"]
        print_table(
            head,
            [
                [
                    name,
                    *(percent(row["equal"][kind]) for kind in chosen_classes),
                    percent(row["speaking"]),
                ]
                for name, row in cases.items()
            ],
        )


if __name__ == "__main__":
    sys.exit(main())
