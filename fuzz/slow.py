"""
Look for pages that take longer than their length asks for: every construct, filled with everything.

Each construct of a dialect, as the target `nestings` nests them, and each tag and bracket with room
for something, is filled with each piece that the dialect gives a meaning, again and again. Where
four times the page takes much more than four times as long, the construct and the piece are named;
they want a family in `benchmarks/hostile.py` or `hostile_export.py`, and a pattern its bound.

    python fuzz/slow.py export
    python fuzz/slow.py wikitext --size 50000 --only '<ref'

Prints the CPU seconds at four times the size, and the exponent of the growth. Takes minutes; exit
code 1 if anything was found.
"""

import argparse
import gc
import math
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, get_args

for _folder in ("tests", "benchmarks"):
    sys.path.append(str(Path(__file__).resolve().parent.parent / _folder))

from targets import ATOMS, PAIRS  # noqa: E402 - what it imports is found now

import wikiclean  # noqa: E402
from wikiclean.document import Dialect  # noqa: E402

ROOM: Final[Mapping[Dialect, Sequence[tuple[str, str]]]] = {
    "wikitext": (
        *(("", ""), ("<b ", ">a</b>"), ("<ref name=", ">a</ref>"), ("{|\n|", "|a\n|}")),
        *(("{| ", "\n|a\n|}"), ("{|\n|- ", "\n|a\n|}"), ("{{", "|a}}"), ("{{a|", "=b}}")),
        *(("[[", "|a]]"), ("[[File:a|", "|b]]"), ("[http://", " a]"), ("http://", "")),
        *(("-{", ":a}-"), ("&", ";"), ("__", "__"), ("#redirect [[", "]]"), ("{{#if:", "|a}}")),
        *(("{{#switch:", "|a=b}}"), ("<math>", "</math>"), ("<pre>", "</pre>")),
    ),
    "export": (
        *(("", ""), ("<b ", ">a</b>"), ("<table><td ", ">a</table>"), ("<table><td>", "</table>")),
        *(("<table><td><a ", ">a</table>"), ("<figure><img ", "/></figure>")),
        *(("<figure>", "<img /></figure>"), ("[", '](a "wikilink")'), ("[a](", ' "wikilink")')),
        *(('[a](b "', '")'), ("![a](", ' "fig:b")'), ("[^", "]: a"), ("a[^1]\n\n[^1]: ", "")),
        *(("http://", ""), ("&", ";"), ("__", "__"), ("{{", "}}"), ("a\\[1\\]\n\n1.  ", "")),
        *(("\\(", "\\)"), ("`", "`"), ("| ", " | b |\n| --- | --- |\n")),
    ),
}
"""Dialect → what has room for something: what stands before it, and behind it."""

FLOOR: Final = 0.02
"""CPU seconds of a page below which it is not asked how they grow."""
EXPONENT: Final = 1.5
"""Of what is named: 2 is time by the square; a busy machine makes 1.3 of 1."""


def seconds(page: str, dialect: Dialect) -> float:
    """Return the CPU time of reading a page, without that of the collector of cycles."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        wikiclean.parse(page, dialect=dialect)
        return time.process_time() - start
    finally:
        gc.enable()


def growing(
    dialect: Dialect, size: int, only: re.Pattern[str]
) -> Iterator[tuple[str, float, float]]:
    """Yield what grows too fast: how it is written, seconds, exponent."""
    for before, behind in (*ROOM[dialect], *PAIRS[dialect]):
        for piece in ATOMS[dialect]:
            name = f"{before!r} {piece!r} {behind!r}"
            if not only.search(name):
                continue
            pages = [before + piece * (count // len(piece)) + behind for count in (size, 4 * size)]
            first = seconds(pages[0], dialect)
            if first < FLOOR:
                continue
            # What a busy machine says once is said again.
            times = [min(seconds(page, dialect) for _ in range(2)) for page in pages]
            exponent = math.log(times[1] / times[0], 4)
            if exponent > EXPONENT:
                yield name, times[1], exponent


def main(argv: Sequence[str] | None = None) -> int:
    """Print what grows too fast; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dialect", choices=get_args(Dialect))
    parser.add_argument("--size", type=int, default=20_000, help="characters (%(default)s)")
    parser.add_argument("--only", type=re.compile, default=re.compile(""), help="a pattern")
    arguments = parser.parse_args(argv)
    found = 0
    for name, taken, exponent in growing(arguments.dialect, arguments.size, arguments.only):
        found += 1
        print(f"{taken:6.2f} s, exponent {exponent:.2f}: {name}", flush=True)
    print(f"{found} found")
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main())
