"""Damage stays where it is: a stray mark in a real page costs no text elsewhere."""

import gzip
import json
import random
from bisect import bisect_right
from pathlib import Path

import pytest

import wikiclean
from wikiclean import Document

STRAYS = "' '' ''' [ ] [[ ]] { } {{ }} <b> </b> <div -{ }-".split()  # noqa: SIM905
"""Marks that open or close something, alone."""

LONGEST = 20_000
"""Code points of a page that is tried: the property is the same on longer ones, and slower."""


@pytest.fixture(scope="module")
def pages(data_dir: Path) -> list[str]:
    """Return the wikitext of real pages."""
    with gzip.open(data_dir / "pages-dev.jsonl.gz", "rt", errors="surrogatepass") as lines:
        found = [json.loads(line)["wikitext"] for line in lines]
    return [page for page in found if len(page) <= LONGEST]


def kept(document: Document) -> list[tuple[int, int]]:
    """Return the stretches of the source that stand in the text or in a record beside it."""
    return [
        tuple(row.source_span)
        for row in document.accounting()
        if row.disposition in ("kept", "moved")
    ]


def affected(document: Document, at: int) -> tuple[int, int]:
    """Return the line at *at*, grown by every construct that it cuts into."""
    source = document.source
    start = source.rfind("\n", 0, at) + 1
    end = source.find("\n", at)
    end = len(source) if end < 0 else end
    hulls = [
        record.source_span
        for record in document.walk()
        if getattr(record, "source_span", None) and not isinstance(record, wikiclean.Block)
    ]
    for hull in sorted(hulls):
        if hull.start <= end and start <= hull.end:
            start, end = min(start, hull.start), max(end, hull.end)
    return start, end


@pytest.mark.parametrize("seed", range(150))
def test_a_stray_mark_costs_no_text_elsewhere(pages: list[str], seed: int) -> None:
    """What stood in the text outside the damaged line still stands there."""
    choose = random.Random(seed)  # noqa: S311 - a page and a place in it, the same in each run
    source, stray = choose.choice(pages), choose.choice(STRAYS)
    at = choose.randint(0, len(source))
    before = wikiclean.parse(source, dialect="wikitext", templates={}, passes=())
    damaged = source[:at] + stray + source[at:]
    after = wikiclean.parse(damaged, dialect="wikitext", templates={}, passes=())
    start, end = affected(before, at)
    spans = kept(after)
    starts = [span[0] for span in spans]
    for left, right in kept(before):
        for low, high in ((left, min(right, start)), (max(left, end), right)):
            if low >= high:
                continue
            shift = len(stray) if low >= at else 0
            low, high = low + shift, high + shift  # noqa: PLW2901 - where it stands now
            while low < high:
                index = bisect_right(starts, low) - 1
                covered = spans[index][1] if index >= 0 else 0
                assert covered > low or not damaged[low:high].strip(), damaged[low:high][:80]
                if covered <= low:
                    break
                low = covered  # noqa: PLW2901
