"""
Measure what converting Chinese pages to a variant takes.

DATA is a folder as for `fidelity.py`; its Chinese pages are read first, and then converted again
and again, every variant in turn. Needs the extra `zh`.

    python benchmarks/conversion.py DATA
    python benchmarks/conversion.py DATA --pages 40 --rounds 5

Prints for each variant, as the median of the rounds, in CPU time,

    MB/s     UTF-8 of the text converted in a second, by `variants.convert`: text, links and tables
             where they are now
    records  the same with every record made and moved, which otherwise waits until somebody asks
    engine   the same of the engine alone, on the text without markup
    times    how often the engine converts the text while `convert` does it once, and the least and
             the most
"""

import argparse
import gc
import statistics
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from fidelity import rows
from measuring import cpu_seconds, print_table
from peers import Row

import wikiclean
from wikiclean.document import Document
from wikiclean.errors import MissingExtraError
from wikiclean.site import ZH_VARIANTS, Site
from wikiclean.variants import base, convert

PAGES: Final = 80
ROUNDS: Final = 9


def chinese(folder: Path) -> list[Row]:
    """Return the Chinese pages of a folder of data."""
    return [row for row in rows(folder, "pages", "dev") if row["lang"] == "zh"]


def converted(documents: Sequence[Document], variant: str, site: Site, *, records: bool) -> None:
    """Convert every page, and have every record made if asked."""
    for document in documents:
        result = convert(document, variant, site)
        if records:
            for _ in result.walk():
                pass


def measure(documents: Sequence[Document], variant: str, rounds: int) -> list[str]:
    """Return the row of a variant."""
    site = Site.load("zhwiki")
    translate = base(variant)
    texts = [document.text for document in documents]
    megabytes = sum(len(text.encode("utf-8", "replace")) for text in texts) / 1e6
    calls = (
        partial(converted, documents, variant, site, records=False),
        partial(converted, documents, variant, site, records=True),
        lambda: [translate(text) for text in texts],
    )
    times = [[cpu_seconds(call) for call in calls] for _ in range(rounds)]
    rates = [megabytes / statistics.median(column) for column in zip(*times, strict=True)]
    ratios = [whole / engine for whole, _, engine in times]
    return [
        variant,
        *(f"{rate:.1f}" for rate in rates),
        f"{statistics.median(ratios):.1f} ({min(ratios):.1f}–{max(ratios):.1f})",
    ]


def report(pages: Sequence[Row], rounds: int) -> None:
    """Print the table of some pages; raise MissingExtraError without the extra."""
    base("zh-tw")
    documents = [
        wikiclean.parse(row["wikitext"], dialect="wikitext", title=row["title"], passes=())
        for row in pages
    ]
    for document in documents:
        for _ in document.walk():  # what the parser left for later is not the conversion's
            pass
    gc.collect()
    gc.freeze()
    table = [measure(documents, variant, rounds) for variant in sorted(ZH_VARIANTS)]
    print_table(["variant", "MB/s", "records", "engine", "times"], table)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--pages", type=int, default=PAGES, help="at most (%(default)s)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="(%(default)s)")
    arguments = parser.parse_args(argv)
    pages = chinese(arguments.data)
    if not pages:
        parser.error(f"{arguments.data} has no Chinese pages in pages-dev.jsonl.gz")
    try:
        report(pages[: arguments.pages], arguments.rounds)
    except MissingExtraError as error:
        parser.error(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
