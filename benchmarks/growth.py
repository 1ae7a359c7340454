"""
Measure how the cost of real pages grows with their size.

DATA is as for `speed.py`. Its small pages of a language are joined, again and again if need be, to
texts of each size; every operation gets the Document that the one before left.

    python benchmarks/growth.py DATA                    # 64 kB to 4 MB
    python benchmarks/growth.py DATA --huge --lang en   # and 16 MB

Prints the CPU seconds of each operation at each size, the least of the repeats, and the exponent
of the growth by least squares over the last three: 1 is linear.

    parse       the parser and templates, no repairs
    records     the same, and making every record of notes and templates, which the parser may
                leave until they are asked for
    passes      the repairs
    edit        one insertion in each block, with all that moves behind it
    accounting  telling for each character of the source what became of it
    to_…        each form of output

Python's collector of cycles rests while the clock runs.
"""

import argparse
import gc
import json
import os
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from measuring import JUDGED, cpu_seconds, exponent, print_table
from peers import Row
from speed import grouped, load_pages, utf8_size

import wikiclean
from wikiclean.document import Document, Span
from wikiclean.editing import Edit, edit
from wikiclean.passes import DEFAULT, apply
from wikiclean.passes.options import Options
from wikiclean.site import Site

SIZES: Final = (64_000, 256_000, 1_000_000, 4_000_000)
"""Bytes of UTF-8."""
HUGE: Final = 16_000_000
REPEATS: Final = 3


def small(pages: Sequence[Row], size: int) -> list[Row]:
    """Return the pages of which several go into the least size, so that all sizes are alike."""
    return [page for page in pages if 4 * utf8_size(page) <= size] or list(pages)


def joined(pages: Sequence[Row], size: int) -> str:
    """Return pages, one behind the other, of at least so many bytes."""
    parts: list[str] = []
    length = 0
    for page in cycle(pages):
        parts.append(page["wikitext"])
        length += utf8_size(page) + 2
        if length >= size:
            break
    return "\n\n".join(parts)


def operations(site: Site) -> Mapping[str, Callable[[Document], object]]:
    """Return what is timed after `parse`; one that makes a Document hands it to the next."""

    def insert(document: Document) -> Document:
        starts = {block.span.start for block in document.blocks}
        return edit(document, [Edit(Span(start, start), "※") for start in sorted(starts)])

    return {
        "records": lambda document: deque(document.walk(), maxlen=0),
        "passes": lambda document: apply(document, DEFAULT, Options(site, "certain")),
        "edit": insert,
        "accounting": Document.accounting,
        "to_json": Document.to_json,
        "to_row": Document.to_row,
        "to_html": Document.to_html,
        "to_markdown": Document.to_markdown,
    }


def measure(text: str, language: str, repeats: int) -> dict[str, float]:
    """Return the CPU seconds of each operation on a text, the least of the repeats."""
    site = Site.load(f"{language}wiki")
    least: dict[str, float] = {}
    for _ in range(repeats):
        document = None
        result: object = None
        parsing = 0.0

        def read() -> None:
            nonlocal result
            result = wikiclean.parse(text, dialect="wikitext", site=site, passes=())

        def work(operation: Callable[[Document], object], on: Document) -> None:
            nonlocal result
            result = operation(on)

        calls: dict[str, Callable[[Document], object]] = dict(operations(site))
        for name in ("parse", *calls):
            gc.collect()
            gc.disable()
            if document is None:
                seconds = cpu_seconds(read)
            else:
                seconds = cpu_seconds(partial(work, calls[name], document))
            gc.enable()
            if name == "parse":
                parsing = seconds
            elif name == "records":
                seconds += parsing
            least[name] = min(seconds, least.get(name, seconds))
            if isinstance(result, Document):
                document = result
    return least


def measure_sizes(
    pages: Sequence[Row], language: str, sizes: Sequence[int], repeats: int
) -> dict[str, Any]:
    """Return `sizes`, in bytes of UTF-8 as they came out, and `seconds` of each operation."""
    texts = [joined(small(pages, min(sizes)), size) for size in sizes]
    measure(texts[0], language, 1)  # Whatever is loaded or compiled once is no page's cost.
    found = [measure(text, language, repeats) for text in texts]
    return {
        "sizes": [len(text.encode("utf-8", "replace")) for text in texts],
        "seconds": {name: [seconds[name] for seconds in found] for name in found[0]},
    }


def report(language: str, numbers: Mapping[str, Any]) -> None:
    """Print a table of what was measured."""
    sizes = numbers["sizes"]
    judged = slice(-JUDGED, None)
    table = [
        [
            name,
            *(f"{one:.3f}" for one in seconds),
            f"{exponent(sizes[judged], seconds[judged]):.2f}",
        ]
        for name, seconds in numbers["seconds"].items()
    ]
    print_table([language, *(f"{size / 1e6:.2f} MB" for size in sizes), "exponent"], table)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", default=os.environ.get("WIKICLEAN_DATA"))
    parser.add_argument("--split", default="dev", help="(%(default)s)")
    parser.add_argument("--lang", default="zh", help="the pages' language (%(default)s)")
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(part) for part in text.split(",")],
        default=SIZES,
        help="bytes, joined by commas (%(default)s)",
    )
    parser.add_argument("--huge", action="store_true", help=f"{HUGE // 1_000_000} MB too")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="(%(default)s)")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    arguments = parser.parse_args(argv)
    if not arguments.data:
        parser.error("name the folder of the data, or set WIKICLEAN_DATA")
    groups = grouped(load_pages(Path(arguments.data), arguments.split, arguments.lang), 0)
    if arguments.lang not in groups:
        parser.error(f"no pages of {arguments.lang} in {arguments.data}")
    sizes = [*arguments.sizes, *[HUGE] * arguments.huge]
    numbers = measure_sizes(groups[arguments.lang], arguments.lang, sizes, arguments.repeats)
    report(arguments.lang, numbers)
    if arguments.json:
        arguments.json.write_text(json.dumps(numbers), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
