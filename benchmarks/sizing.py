"""
Measure what `docs/sizing.md` reckons with, and write its tables.

DATA holds `pages-dev.jsonl.gz`, real pages of wikis in Chinese and English. A dump is made of the
pages of each language, repeated to `--megabytes` of XML; `dump.py` says what is measured of a run.

    python benchmarks/sizing.py DATA                # print the tables
    python benchmarks/sizing.py DATA --write        # and put them into docs/sizing.md

Measure on a machine that does nothing else. What a run takes to start is left out.
"""

import argparse
import bz2
import gzip
import importlib
import json
import re
import sys
import tempfile
from itertools import cycle
from pathlib import Path
from typing import Any, Final, NamedTuple

import dump as whole

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "sizing.md"
PROFILES: Final = ("hf", "full")
CORES: Final = (1, 8, 32, 128)
STREAM_PAGES: Final = 100

sys.path.insert(0, str(ROOT / "tests"))
corpus: Final = importlib.import_module("corpus")
"""What makes the XML of pages; it lies beside the tests."""


class Wiki(NamedTuple):
    """A dump as large as those that people have, in round figures."""

    name: str
    language: str
    packed: float
    """GB of `pages-articles-multistream.xml.bz2`."""
    xml: float
    """GB unpacked."""


WIKIS: Final = (Wiki("zhwiki", "zh", 3.5, 15), Wiki("enwiki", "en", 25, 110))


class Rate(NamedTuple):
    """What a run over a made dump cost."""

    wiki: Wiki
    profile: str
    speed: float
    """MB of XML in a second of CPU time."""
    most: float
    """Workers that keep the process busy that writes for all of them."""
    peak: float
    """MB that a process needs."""
    written: float
    """Bytes of JSONL for each byte of XML."""


def make_dump(folder: Path, language: str, data: Path, megabytes: int) -> tuple[Path, int]:
    """Write a multistream dump of the pages of a language; return its path and bytes of XML."""
    with gzip.open(data / "pages-dev.jsonl.gz", "rt", encoding="utf-8") as file:
        lines: list[dict[str, Any]] = [json.loads(line) for line in file]
    texts = [line["wikitext"] for line in lines if line["lang"] == language]
    path = folder / f"{language}-multistream.xml.bz2"
    size = 0
    stream: list[str] = []
    with path.open("wb") as out:
        out.write(bz2.compress(corpus.head().encode()))  # in a stream of its own, as Wikimedia's
        for number, text in enumerate(cycle(texts), 1):
            stream.append(corpus.page(number, f"Page {number}", text))
            size += len(stream[-1].encode())
            if len(stream) == STREAM_PAGES or size >= megabytes * 1_000_000:
                out.write(bz2.compress("".join(stream).encode()))
                stream.clear()
            if size >= megabytes * 1_000_000:
                break
        out.write(bz2.compress(corpus.FOOT.encode()))
    return path, size


def measure(data: Path, megabytes: int) -> tuple[list[Rate], dict[str, float]]:
    """Return a rate for each wiki and profile, and the MB/s at which a dump is unpacked."""
    found = []
    unpacking = {}
    for wiki in WIKIS:
        with tempfile.TemporaryDirectory() as folder:
            path, size = make_dump(Path(folder), wiki.language, data, megabytes)
            split = whole.in_this_process("split", path, None, len)
            unpacking[wiki.name] = size / split.cpu / 1e6
            for profile in PROFILES:
                start = whole.run("start", path, 1, profile, 1)
                one = whole.run(profile, path, None, profile, 1)
                cpu = one.cpu - start.cpu
                found.append(
                    Rate(
                        wiki,
                        profile,
                        size / cpu / 1e6,
                        cpu / max(one.main - start.main, 0.01),
                        one.peak / 1e6,
                        one.written / size,
                    )
                )
    return found, unpacking


def hours(wiki: Wiki, speed: float, cores: float) -> float:
    """Return how long all of a wiki takes."""
    return wiki.xml * 1000 / speed / cores / 3600


def fewer(workers: float) -> str:
    """Write a number of workers; beyond a hundred it cannot be told from so short a run."""
    return f"{workers:.0f}" if workers < 100 else "over 100"


def said(time: float) -> str:
    """Write hours, or minutes if they are few."""
    if time >= 1:
        return f"{time:,.1f} h"
    return f"{time * 60:.0f} min" if time * 60 >= 1 else "< 1 min"


def tables(rates: list[Rate], unpacking: dict[str, float]) -> str:
    """Return both tables in Markdown."""
    lines = [
        "| pages | profile | MB/s a core | unpacking | workers at most | memory each | JSONL |",
        "|--|--|--|--|--|--|--|",
    ]
    lines += [
        f"| {one.wiki.language} | `{one.profile}` | {one.speed:.1f} "
        f"| {one.speed / unpacking[one.wiki.name]:.0%} | {fewer(one.most)} | {one.peak:.0f} MB "
        f"| {one.written:.1f} |"
        for one in rates
    ]
    lines += [
        "",
        "| dump | packed | XML | profile | " + " | ".join(f"{n} cores" for n in CORES) + " |",
        "|--|--|--|--|" + "--|" * len(CORES),
    ]
    lines += [
        f"| {one.wiki.name} | {one.wiki.packed:g} GB | {one.wiki.xml:g} GB | `{one.profile}` | "
        + " | ".join(said(hours(one.wiki, one.speed, cores)) for cores in CORES)
        + " |"
        for one in rates
    ]
    return "\n".join(lines).replace("| 1 cores", "| 1 core")


def main() -> None:
    """Measure, print, and write the page if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--megabytes", type=int, default=20, help="XML of a made dump")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/sizing.md")
    parser.add_argument("--json", type=Path, help="write the numbers here")
    options = parser.parse_args()
    rates, unpacking = measure(options.data, options.megabytes)
    made = tables(rates, unpacking)
    print(made)
    if options.write:
        text = PAGE.read_text(encoding="utf-8")
        marks = re.compile(r"(<!-- tables -->\n).*(<!-- end of tables -->)", re.DOTALL)
        PAGE.write_text(
            marks.sub(lambda found: f"{found[1]}\n{made}\n\n{found[2]}", text), encoding="utf-8"
        )
    if options.json:
        numbers = [{**one._asdict(), "wiki": one.wiki.name} for one in rates]
        options.json.write_text(json.dumps(numbers), encoding="utf-8")


if __name__ == "__main__":
    main()
