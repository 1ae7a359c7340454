"""
Measure how fast pages of wikitext are read, and how much memory that takes.

DATA is a folder as for `fidelity.py`, or any folder of `.wikitext` files, which count as Chinese
unless `--lang` says otherwise. Each round reads every page with every tool in turn, in one process,
so that whatever slows the machine slows all of them. Times are CPU time, user and system.

    python benchmarks/speed.py DATA
    python benchmarks/speed.py DATA --pages 20 --rounds 3 --tools document,mwparserfromhell

Prints for each language and tool

    MB/s    UTF-8 read in a second, the median of the rounds
    times   how often `document` reads all pages in the time the tool takes once: the median of the
            rounds, and the least and the most
    page    the same of one page: the median of the pages, and their first and third quartile
    memory  peak of what Python allocates for a page (tracemalloc) over its size in UTF-8: the
            median of the pages, and their first and third quartile

`document` is `wikiclean.parse`, all records and repairs; `clean` is `wikiclean.clean`; `bare` is
the parser without templates and repairs.
"""

import argparse
import gc
import hashlib
import json
import os
import platform
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import peers
from fidelity import rows
from measuring import print_table
from peers import Row

import wikiclean

BASE: Final = "document"
"""The others are compared with it."""

Reader = Callable[[Row], object]


def load_document() -> Reader:
    """Return `wikiclean.parse`."""
    return lambda row: wikiclean.parse(
        row["wikitext"], dialect="wikitext", site=f"{row['lang']}wiki", title=row["title"]
    )


def load_clean() -> Reader:
    """Return `wikiclean.clean`."""
    return lambda row: wikiclean.clean(
        row["wikitext"], dialect="wikitext", site=f"{row['lang']}wiki"
    )


def load_bare() -> Reader:
    """Return the parser alone."""
    return peers.parse_bare


READERS: Final[Mapping[str, Callable[[], Reader]]] = {
    BASE: load_document,
    "clean": load_clean,
    "bare": load_bare,
    "mwparserfromhell": peers.load_mwparserfromhell,
    "wikitextparser": peers.load_wikitextparser,
    "wikiextractor": peers.load_wikiextractor,
    "gensim": peers.load_gensim,
}


def load_pages(folder: Path, split: str, language: str) -> list[Row]:
    """Return the pages of the data, or the files of wikitext, of a folder."""
    pages: list[Row] = list(rows(folder, "pages", split))
    for path in sorted(folder.glob("*.wikitext")):
        text = path.read_text(encoding="utf-8", errors="replace")
        pages.append({"title": path.stem, "lang": language, "wikitext": text})
    return [page for page in pages if page["wikitext"].strip()]


def sample(pages: Iterable[Row], count: int) -> list[Row]:
    """Return so many pages, always the same, whatever their order; all for 0."""

    def key(page: Row) -> bytes:
        return hashlib.sha256(page["wikitext"].encode("utf-8", "replace")).digest()

    return sorted(pages, key=key)[: count or None]


def utf8_size(page: Row) -> int:
    """Return the bytes of a page's wikitext."""
    return len(page["wikitext"].encode("utf-8", "replace"))


def time_rounds(
    readers: Mapping[str, Reader], pages: Sequence[Row], rounds: int
) -> dict[str, list[list[float]]]:
    """Return the CPU seconds of each tool, round and page."""
    for reader in readers.values():  # Whatever is loaded or compiled once is not a page's cost.
        reader(pages[0])
    seconds: dict[str, list[list[float]]] = {name: [] for name in readers}
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for times in seconds.values():
            times.append([])
        for page in pages:
            for name, reader in readers.items():
                gc.collect()
                start = time.process_time()
                reader(page)
                seconds[name][-1].append(time.process_time() - start)
    gc.unfreeze()
    return seconds


def peak_memory(reader: Reader, pages: Sequence[Row]) -> list[float]:
    """Return for each page the peak of what is allocated over its size."""
    shares = []
    for page in pages:
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        kept = reader(page)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        del kept
        shares.append((peak - before) / utf8_size(page))
    return shares


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the first quartile, the median and the third."""
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, method="inclusive")
    return low, middle, high


def measure(
    readers: Mapping[str, Reader], pages: Sequence[Row], rounds: int
) -> dict[str, dict[str, Any]]:
    """Return the figures of each tool on some pages."""
    seconds = time_rounds(readers, pages, rounds)
    megabytes = sum(map(utf8_size, pages)) / 1e6
    base = seconds[BASE]
    figures = {}
    for name, times in seconds.items():
        ratios = [sum(one) / sum(other) for one, other in zip(times, base, strict=True)]
        best = [statistics.median(of_page) for of_page in zip(*times, strict=True)]
        ours = [statistics.median(of_page) for of_page in zip(*base, strict=True)]
        figures[name] = {
            "mb_s": statistics.median(megabytes / sum(one) for one in times),
            "times": [statistics.median(ratios), min(ratios), max(ratios)],
            "page": quartiles([a / b for a, b in zip(best, ours, strict=True)]),
            "memory": quartiles(peak_memory(readers[name], pages)),
        }
    return figures


def report(figures: Mapping[str, Mapping[str, Any]]) -> None:
    """Print the figures of some pages."""
    table = []
    for name, row in figures.items():
        middle, least, most = row["times"]
        low, median, high = row["page"]
        few, memory, much = row["memory"]
        table.append(
            [
                name,
                f"{row['mb_s']:.2f}",
                f"{middle:.2f} ({least:.2f}–{most:.2f})",
                f"{median:.2f} ({low:.2f}–{high:.2f})",
                f"{memory:.1f} ({few:.1f}–{much:.1f})",
            ]
        )
    print_table(["tool", "MB/s", "times", "page", "memory"], table)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", default=os.environ.get("WIKICLEAN_DATA"))
    parser.add_argument("--split", default="dev", help="(%(default)s)")
    parser.add_argument("--lang", default="zh", help="of .wikitext files (%(default)s)")
    parser.add_argument("--sets", default="", help="joined by commas; all unless given")
    parser.add_argument("--pages", type=int, default=0, help="so many a language; 0 for all")
    parser.add_argument("--rounds", type=int, default=5, help="(%(default)s)")
    parser.add_argument("--tools", default=",".join(READERS), help="(%(default)s)")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    arguments = parser.parse_args(argv)
    if not arguments.data:
        parser.error("name the folder of the data, or set WIKICLEAN_DATA")
    readers: dict[str, Reader] = {}
    for name in dict.fromkeys([BASE, *arguments.tools.split(",")]):
        if name not in READERS:
            parser.error(f"no such tool: {name}")
        try:
            readers[name] = READERS[name]()
        except ImportError:
            print(f"not installed: {name}")
    pages = load_pages(Path(arguments.data), arguments.split, arguments.lang)
    if arguments.sets:
        pages = [page for page in pages if page.get("set") in arguments.sets.split(",")]
    if not pages:
        parser.error(f"no pages in {arguments.data}")
    packages = [name for name in readers if name not in {BASE, "clean", "bare"}]
    print(f"Python {platform.python_version()}, {peers.versions(['wikiclean', *packages])}")
    numbers = {}
    for language in dict.fromkeys(page["lang"] for page in pages):
        chosen = sample((page for page in pages if page["lang"] == language), arguments.pages)
        size = sum(map(utf8_size, chosen)) / 1e6
        print(f"{language}: {len(chosen)} pages, {size:.2f} MB", flush=True)
        numbers[language] = measure(readers, chosen, arguments.rounds)
        report(numbers[language])
    if arguments.json:
        arguments.json.write_text(json.dumps(numbers, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
