"""
wikiclean, as the benchmarks call it: functions from a page to what is read of it.

Here live the calls that a user of wikiclean would write; `peers.py` has those of the other tools.
"""

import functools
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

import peers
from peers import Reading, Row, Tool

import wikiclean
from wikiclean.api import VARIANTS
from wikiclean.document import Document, Link
from wikiclean.parsers import wikitext
from wikiclean.site import Site

Reader: TypeAlias = Callable[[Row], object]


def load_wikiclean() -> Tool:
    """Return the parser as the data want it: templates count as nothing, nothing is repaired."""
    return lambda row: _all(parse_bare(row))


def parse_bare(row: Row) -> Document:
    """Read a page without templates and passes."""
    site, variant = _site(row)
    return wikitext.parse(row["wikitext"], site, title=row["title"], variant=variant, templates={})


def load_wikiclean_default() -> Tool:
    """Return what a user gets who only names the wiki: templates answered, labels repaired."""

    def read(row: Row) -> Reading:
        site, variant = _site(row)
        if variant not in VARIANTS:  # The choice for a reader of one that has a conversion.
            variant = "zh"
        document = wikiclean.parse(
            row["wikitext"], dialect="wikitext", site=site, title=row["title"], variant=variant
        )
        return _all(document)

    return read


@functools.cache
def _load_site(language: str) -> Site:
    return Site.load(f"{language}wiki")


def _site(row: Row) -> tuple[Site, str]:
    language = row.get("lang", "zh")
    return _load_site(language), row.get("variant") or ("zh" if language == "zh" else "source")


def _all(document: Document) -> Reading:
    links = (record for record in document.walk() if isinstance(record, Link))
    return Reading(
        document.text,
        [link.target for link in links if link.kind in {"article", "page"}],
        [category.name for category in document.categories],
        [[section.level, section.title] for section in document.sections if section.title],
    )


def read_document(row: Row) -> Document:
    """Return what `parse` does: notes and templates get their records when somebody asks."""
    return wikiclean.parse(
        row["wikitext"],
        dialect=row.get("dialect", "wikitext"),
        site=f"{row['lang']}wiki",
        title=row["title"],
    )


def read_records(row: Row) -> Document:
    """Return the same, every record made, those of nested Documents too."""
    document = read_document(row)
    deque(document.walk(), maxlen=0)
    return document


def read_clean(row: Row) -> str:
    """Return what `clean` does."""
    return wikiclean.clean(
        row["wikitext"], dialect=row.get("dialect", "wikitext"), site=f"{row['lang']}wiki"
    )


READERS: Final[Mapping[str, Reader]] = {
    "document": read_document,
    "records": read_records,
    "clean": read_clean,
    "bare": parse_bare,
}
"""What is timed; `bare` reads wikitext only."""


def versions(names: Iterable[str]) -> str:
    """Return the versions of wikiclean and of those tools that are peers, for a table's head."""
    packages = {"wikiclean": wikiclean.__version__} | {
        peers.PEERS[name].package: peers.version_of(name) for name in names if name in peers.PEERS
    }
    return ", ".join(f"{name} {number}" for name, number in packages.items())
