"""
Measure how fast pages are read, and how much memory that takes.

DATA is a folder as for `fidelity.py`, or any folder of `.wikitext` files, which count as Chinese
unless `--lang` says otherwise, and of exports (`.md`). Each round reads every page with every tool
in turn, in one process, so that whatever slows the machine slows all of them. Times are CPU time,
user and system.

    python benchmarks/speed.py DATA
    python benchmarks/speed.py DATA --pages 20 --rounds 3 --tools document,mwparserfromhell

Prints for each language and tool, and for exports

    MB/s    UTF-8 read in a second, the median of the rounds
    times   how often `document` reads all pages in the time the tool takes once: the median of the
            rounds, and the least and the most
    page    the same of one page: the median of the pages, and their first and third quartile
    memory  peak of what Python allocates for a page (tracemalloc) over its size in UTF-8: the
            median of the pages, and their first and third quartile

`document` is `wikiclean.parse`, with all repairs; `records` is the same with every record of notes
and templates made, which `parse` leaves until somebody asks; `clean` is `wikiclean.clean`; `bare`
is the parser without templates and repairs. `bz2` unpacks the page, packed alone, and reads
nothing: the bound of whatever reads a packed dump.
"""

import argparse
import bz2
import contextlib
import gc
import hashlib
import json
import math
import os
import platform
import statistics
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import ours
from fidelity import rows
from measuring import cpu_seconds, print_table
from ours import Reader
from peers import PEERS, Row

import wikiclean

BASE: Final = "document"
"""The others are compared with it."""
EXPORTS: Final = "export"
"""The group of exports; the others are languages."""
UNPACKING: Final = "bz2"

Timer: TypeAlias = Callable[[Row], float]
"""Reads a page and returns the CPU seconds that took; not a number if it failed."""

TOOLS: Final = (
    *ours.READERS,
    *(name for name, peer in PEERS.items() if peer.load and not peer.program),
    UNPACKING,
)
"""Those that run in this process."""


def time_reader(reader: Reader, row: Row) -> float:
    """Time a reader of this process, while Python's collector has nothing to do."""
    gc.collect()
    try:
        return cpu_seconds(partial(reader, row))
    except Exception:  # noqa: BLE001 - whatever it is, this page has failed
        return math.nan


def time_unpacking(row: Row) -> float:
    """Time what unpacking a page takes."""
    packed = bz2.compress(row["wikitext"].encode("utf-8", "replace"))
    return cpu_seconds(partial(bz2.decompress, packed))


def load_reader(name: str) -> Reader:
    """Return what reads a page with a tool, here; raise ImportError if it is not installed."""
    if name in ours.READERS:
        return ours.READERS[name]
    load = PEERS[name].load
    if load is None:
        raise ImportError(name)
    return load()


def reads(name: str, group: str) -> bool:
    """Tell whether a tool is for a group: most read wikitext, some exports, ours both."""
    if name in PEERS:
        return (PEERS[name].dialect == EXPORTS) == (group == EXPORTS)
    return group == EXPORTS if name == UNPACKING else name != "bare" or group != EXPORTS


def load_pages(folder: Path, split: str, language: str) -> list[Row]:
    """Return the pages of the data, or the files of wikitext and the exports, of a folder."""
    pages: list[Row] = list(rows(folder, "pages", split))
    for path in sorted(folder.glob("*.wikitext")):
        text = path.read_text(encoding="utf-8", errors="replace")
        pages.append({"title": path.stem, "lang": language, "wikitext": text})
    for path in sorted([*folder.glob("*.md"), *folder.glob("export-pages/*.md")]):
        text = path.read_text(encoding="utf-8", errors="replace")
        if wikiclean.detect(text)[0] == "export":
            page = {"title": path.stem, "lang": language, "wikitext": text, "dialect": "export"}
            pages.append(page)
    return [page for page in pages if page["wikitext"].strip()]


def grouped(pages: Iterable[Row], count: int) -> dict[str, list[Row]]:
    """Return so many pages of each group; all for 0."""
    groups: dict[str, list[Row]] = {}
    for page in pages:
        group = EXPORTS if page.get("dialect") == "export" else page["lang"]
        groups.setdefault(page.get("group", group), []).append(page)
    return {group: sample(found, count) for group, found in groups.items()}


def sample(pages: Iterable[Row], count: int) -> list[Row]:
    """Return so many pages, always the same, whatever their order; all for 0."""

    def key(page: Row) -> bytes:
        return hashlib.sha256(page["wikitext"].encode("utf-8", "replace")).digest()

    return sorted(pages, key=key)[: count or None]


def utf8_size(page: Row) -> int:
    """Return the bytes of a page's wikitext."""
    return len(page["wikitext"].encode("utf-8", "replace"))


def time_rounds(
    timers: Mapping[str, Timer], pages: Sequence[Row], rounds: int, *, by_page: bool = True
) -> dict[str, list[list[float]]]:
    """
    Return the CPU seconds of each tool, round and page.

    The tools take turns page by page, or round by round: each that has a process of its own reads
    all pages of a round in one go, as it would in use, and finds the processor's caches its own.
    """
    for timer in timers.values():  # Whatever is loaded or compiled once is not a page's cost.
        timer(pages[0])
    seconds: dict[str, list[list[float]]] = {name: [] for name in timers}
    order = list(timers)
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for times in seconds.values():
            times.append([])
        for some in [[page] for page in pages] if by_page else [pages]:
            for name in order:
                seconds[name][-1] += map(timers[name], some)
            order.append(order.pop(0))  # Whoever is first finds the processor's caches cold.
    gc.unfreeze()
    return seconds


def peak_memory(reader: Reader, pages: Sequence[Row]) -> list[float]:
    """Return for each page the peak of what is allocated over its size."""
    shares = []
    for page in pages:
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        with contextlib.suppress(Exception):  # That a page fails shows in its time.
            kept = reader(page)
            shares.append((tracemalloc.get_traced_memory()[1] - before) / utf8_size(page))
            del kept
        tracemalloc.stop()
    return shares


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the first quartile, the median and the third."""
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, method="inclusive")
    return low, middle, high


def compare(
    seconds: Mapping[str, Sequence[Sequence[float]]], pages: Sequence[Row]
) -> dict[str, dict[str, Any]]:
    """
    Return the figures of each tool that read at least one page.

    A page that a tool failed on in any round counts for neither side of its ratios.
    """
    figures = {}
    for name, times in seconds.items():
        read = [
            i for i in range(len(pages)) if not any(math.isnan(one_round[i]) for one_round in times)
        ]
        if not read:
            continue
        theirs = [[one_round[i] for i in read] for one_round in times]
        base = [[one_round[i] for i in read] for one_round in seconds[BASE]]
        megabytes = sum(utf8_size(pages[i]) for i in read) / 1e6
        ratios = [sum(one) / sum(other) for one, other in zip(theirs, base, strict=True)]
        medians = [
            (statistics.median(one), statistics.median(other))
            for one, other in zip(zip(*theirs, strict=True), zip(*base, strict=True), strict=True)
        ]
        figures[name] = {
            "mb_s": statistics.median(megabytes / sum(one) for one in theirs),
            "times": [statistics.median(ratios), min(ratios), max(ratios)],
            "page": quartiles([one / other for one, other in medians]),
            "failed": len(pages) - len(read),
        }
    return figures


def measure(
    readers: Mapping[str, Reader], timers: Mapping[str, Timer], pages: Sequence[Row], rounds: int
) -> dict[str, dict[str, Any]]:
    """Return the figures of each tool on some pages."""
    figures = compare(time_rounds(timers, pages, rounds), pages)
    for name, reader in readers.items():
        if name in figures:
            figures[name]["memory"] = quartiles(peak_memory(reader, pages))
    return figures


def cells(name: str, row: Mapping[str, Any]) -> list[str]:
    """Return what a table says of a tool's speed."""
    middle, least, most = row["times"]
    low, median, high = row["page"]
    return [
        name,
        f"{row['mb_s']:.2f}",
        f"{middle:.2f} ({least:.2f}–{most:.2f})",
        f"{median:.2f} ({low:.2f}–{high:.2f})",
    ]


def report(figures: Mapping[str, Mapping[str, Any]]) -> None:
    """Print the figures of some pages."""
    table = []
    for name, row in figures.items():
        few, memory, much = row.get("memory", (0, 0, 0))
        table.append([*cells(name, row), f"{memory:.1f} ({few:.1f}–{much:.1f})" if much else ""])
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
    parser.add_argument("--tools", default=",".join(TOOLS), help="(%(default)s)")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    arguments = parser.parse_args(argv)
    if not arguments.data:
        parser.error("name the folder of the data, or set WIKICLEAN_DATA")
    readers: dict[str, Reader] = {}
    timers: dict[str, Timer] = {}
    for name in dict.fromkeys([BASE, *arguments.tools.split(",")]):
        if name not in TOOLS:
            parser.error(f"no such tool: {name}")
        if name == UNPACKING:
            timers[name] = time_unpacking
            continue
        try:
            readers[name] = load_reader(name)
        except ImportError:
            print(f"not installed: {name}")
            continue
        timers[name] = partial(time_reader, readers[name])
    pages = load_pages(Path(arguments.data), arguments.split, arguments.lang)
    if arguments.sets:
        pages = [page for page in pages if page.get("set") in arguments.sets.split(",")]
    if not pages:
        parser.error(f"no pages in {arguments.data}")
    print(f"Python {platform.python_version()}, {ours.versions(timers)}")
    numbers = {}
    for group, chosen in grouped(pages, arguments.pages).items():
        size = sum(map(utf8_size, chosen)) / 1e6
        print(f"{group}: {len(chosen)} pages, {size:.2f} MB", flush=True)
        fitting = {name: timer for name, timer in timers.items() if reads(name, group)}
        numbers[group] = measure(readers, fitting, chosen, arguments.rounds)
        report(numbers[group])
    if arguments.json:
        arguments.json.write_text(json.dumps(numbers, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
