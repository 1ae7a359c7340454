"""
Measure how often the end of a link's label is found.

pandoc glued the letters behind a link to its label; `wikiclean.passes.link_trail.recover_label`
says where the true label ends. DATA is a folder with `link_truth.tsv`: labels as exported, their
targets, and the labels that the articles had.

    python benchmarks/labels.py DATA
    python benchmarks/labels.py DATA --wrong
    python benchmarks/labels.py DATA --labels-from labels.json
    python benchmarks/labels.py DATA --learned

Prints, for links whose label was the target itself (unpiped) or was not (piped), and that had
swallowed something (overflow) or not (clean), how many labels are right; then how many of those
that the library calls certain, likely and ambiguous. `keep` leaves every label as it was exported.

`--learned` measures what tables of labels add, learned from the Chinese pages of DATA
(`pages-dev.jsonl.gz` and `export-pages/`) in two ways: `wikitext` from their source, `exports` from
exports. A table that was learned from all pages knows the answers, so what counts is `…, others`:
for the labels of a page a table from all pages but this one, in whichever form. These are also
measured on glued pages, links of wikitext to whose labels the letters behind them were glued as
pandoc does.
"""

import argparse
import csv
import gzip
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from measuring import print_table

import wikiclean
from wikiclean.document import Link
from wikiclean.labels import Learner, Lesson, lesson
from wikiclean.passes.label_table import LabelTable
from wikiclean.passes.link_trail import recover_label
from wikiclean.site import fold


class Sample(NamedTuple):
    """A link whose true label is known."""

    page: str
    exported: str
    target: str
    """With its fragment."""
    truth: str
    piped: bool


class Trial(NamedTuple):
    """A link whose true label is known, and what was found."""

    page: str
    exported: str
    target: str
    truth: str
    label: str
    certainty: str
    rule: str
    kind: str
    """``unpiped`` or ``piped``, and ``clean`` or ``overflow``."""


KINDS: Final = ("unpiped clean", "unpiped overflow", "piped clean", "piped overflow")
CERTAINTIES: Final = ("certain", "likely", "ambiguous")

TableFor = Callable[[str], LabelTable | None]
"""Takes the name of a page and returns the table that its labels are read with."""


def read_truth(data: Path) -> list[Sample]:
    """Return the rows of the truth table."""
    with (data / "link_truth.tsv").open(encoding="utf-8", newline="") as file:
        return [
            Sample(
                row["page"],
                row["label_exported"],
                row["target"],
                row["true_label"],
                row["piped"] == "y",
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def trials(samples: Iterable[Sample], table_for: TableFor = lambda _: None) -> Iterator[Trial]:
    """Yield a trial for each link."""
    samples = list(samples)
    labels: dict[tuple[str, str], set[str]] = {}
    for page, exported, target, _, _ in samples:
        labels.setdefault((page, target), set()).add(fold(exported))
    others = {key: sorted(names) for key, names in labels.items()}
    for page, exported, target, truth, piped in samples:
        name, _, fragment = target.partition("#")
        found = recover_label(
            exported, name, fragment=fragment, others=others[page, target], table=table_for(page)
        )
        yield Trial(
            page,
            exported,
            target,
            truth,
            exported[: found.length],
            found.certainty,
            found.rule,
            f"{'piped' if piped else 'unpiped'} {'clean' if exported == truth else 'overflow'}",
        )


# --- what a corpus teaches


def chinese_pages(data: Path) -> Iterator[tuple[str, str]]:
    """Yield title and wikitext of the Chinese pages."""
    packed = data / "pages-dev.jsonl.gz"
    if packed.is_file():
        with gzip.open(packed, "rt", encoding="utf-8") as file:
            for page in map(json.loads, file):
                if page["lang"].startswith("zh"):
                    yield page["title"], page["wikitext"]
    for path in sorted((data / "export-pages").glob("*.wikitext")):
        yield path.stem.replace("_", " "), path.read_text(encoding="utf-8")


def lessons(data: Path) -> tuple[list[Lesson], list[Lesson]]:
    """Return what the pages teach: those of wikitext, and the exports."""
    wikitext = [
        lesson(wikiclean.parse(source, dialect="wikitext", title=title))
        for title, source in chinese_pages(data)
    ]
    exports = [
        lesson(
            wikiclean.parse(
                path.read_text(encoding="utf-8"),
                dialect="export",
                title=path.stem.partition("@")[0].replace("_", " "),
            )
        )
        for path in sorted((data / "export-pages").glob("*.md"))
    ]
    return wikitext, exports


def glued(data: Path) -> list[Sample]:
    """Return the links of the Chinese pages, the letters behind them glued to their labels."""
    samples: dict[str, list[Sample]] = {}
    for title, source in chinese_pages(data):
        if title in samples:
            continue
        found = samples[title] = []
        document = wikiclean.parse(source, dialect="wikitext", title=title)
        for link in document.walk():
            if not isinstance(link, Link) or link.form != "wikitext" or not link.label.strip():
                continue
            if link.kind not in ("article", "page") or "\n" in link.label:
                continue
            end = start = link.source_span.end
            while document.source[end : end + 1].isalpha():
                end += 1
            found.append(
                Sample(
                    title,
                    link.label + document.source[start:end],
                    f"{link.target}#{link.fragment}" if link.fragment else link.target,
                    link.label,
                    fold(link.label) != fold(link.target),
                )
            )
    return [sample for found in samples.values() for sample in found]


def taught(samples: Sequence[Sample]) -> list[Lesson]:
    """Return what glued pages teach, as exports do."""
    pages: dict[str, tuple[set[tuple[str, str]], set[tuple[str, str]]]] = {}
    for trial in trials(samples):
        known, exported = pages.setdefault(trial.page, (set(), set()))
        target = fold(trial.target.partition("#")[0])
        if trial.certainty == "certain":
            known.add((target, fold(trial.label)))
        else:
            exported.add((target, fold(trial.exported)))
    return [
        Lesson(f"export {page}", sorted(known), sorted(exported))
        for page, (known, exported) in pages.items()
    ]


def table_of(pages: Iterable[Lesson], without: str = "") -> LabelTable:
    """Return the table that pages teach, but for those of a title."""
    learner = Learner()
    for page in pages:
        if fold(page.page.partition(" ")[2]) != fold(without) or not without:
            learner.add(page)
    return learner.table()


def from_all(pages: Sequence[Lesson]) -> TableFor:
    """Return a function that gives the table of all pages."""
    table = table_of(pages)
    return lambda _: table


def from_others(pages: Sequence[Lesson]) -> TableFor:
    """Return a function that gives the table of all pages but one."""
    return cache(lambda page: table_of(pages, without=page))


# --- tables


def share(found: Sequence[bool]) -> str:
    """Write how many are right."""
    percent = f" {sum(found) / len(found):6.1%}" if found else ""
    return f"{sum(found)}/{len(found)}{percent}"


def report(samples: Sequence[Sample], columns: Mapping[str, Sequence[Trial]]) -> None:
    """Print how many labels are right, by kind and by what they are called."""
    first = next(iter(columns.values()))
    table = [
        [
            kind,
            share([t.exported == t.truth for t in first if kind in (t.kind, "all")]),
            *(
                share([t.label == t.truth for t in found if kind in (t.kind, "all")])
                for found in columns.values()
            ),
        ]
        for kind in (*KINDS, "all")
        if samples
    ]
    print_table(["links", "keep", *columns], table)
    print()
    table = [
        [
            certainty,
            *(
                share([t.label == t.truth for t in found if t.certainty == certainty])
                for found in columns.values()
            ),
        ]
        for certainty in CERTAINTIES
    ]
    print_table(["called", *columns] if len(columns) > 1 else ["called", "right"], table)


def report_known(found: Sequence[Trial]) -> None:
    """Print how many labels are right that the table decided."""
    table = []
    for rule in ("known", "seen"):
        for what, whole in (("left whole", True), ("cut", False)):
            some = [t for t in found if t.rule == rule and (t.label == t.exported) == whole]
            table.append(
                [
                    f"{rule}, {what}",
                    share([t.label == t.truth for t in some if t.certainty == "certain"]),
                    share([t.label == t.truth for t in some if t.certainty != "certain"]),
                ]
            )
    print_table(["what the table decides", "certain", "other"], table)


def report_learned(data: Path) -> None:
    """Print what tables add that were learned from the pages of a folder."""
    truth, (wikitext, exports) = read_truth(data), lessons(data)
    print("Labels whose truth is known:")
    report(
        truth,
        {
            "no table": list(trials(truth)),
            "wikitext": list(trials(truth, from_all(wikitext))),
            "wikitext, others": list(trials(truth, from_others(wikitext))),
            "exports": list(trials(truth, from_all(exports))),
            "exports, others": list(trials(truth, from_others(exports))),
        },
    )
    samples = glued(data)
    columns = {
        "no table": list(trials(samples)),
        "wikitext, others": list(trials(samples, from_others(wikitext))),
        "exports, others": list(trials(samples, from_others(taught(samples)))),
    }
    print()
    print(f"Glued labels of {len({sample.page for sample in samples})} pages:")
    report(samples, columns)
    print()
    print("Of these, with tables from wikitext of other pages:")
    report_known(columns["wikitext, others"])
    print()
    print("Of these, with tables from exports of other pages:")
    report_known(columns["exports, others"])


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--wrong", action="store_true", help="list the labels that were missed")
    parser.add_argument("--labels-from", type=Path, metavar="FILE", help="read them with a table")
    parser.add_argument("--learned", action="store_true", help="measure what tables add")
    arguments = parser.parse_args(argv)
    if not (arguments.data / "link_truth.tsv").is_file():
        parser.error(f"{arguments.data} has no link_truth.tsv")
    if arguments.learned:
        report_learned(arguments.data)
        return 0
    table = LabelTable.load(arguments.labels_from) if arguments.labels_from else None
    samples = read_truth(arguments.data)
    found = list(trials(samples, lambda _: table))
    report(samples, {"wikiclean": found})
    if arguments.wrong:
        print()
        for t in found:
            if t.label != t.truth:
                print(
                    f"{t.page}: [{t.exported}]({t.target}) is {t.truth}, not {t.label} ({t.rule})"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
