"""
The tools that the benchmarks compare, each as a function from a page to what it reads.

Here live the calls that a user of each tool would write, and nothing that judges them. A tool that
is not installed is left out by name. To add one, write a function that imports it and returns a
`Tool`, and name it in `TOOLS`.
"""

import functools
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from typing import Any, Final, NamedTuple, TypeAlias

import wikiclean
from wikiclean.api import VARIANTS
from wikiclean.document import Document, Link
from wikiclean.parsers import wikitext
from wikiclean.site import Site

Row: TypeAlias = Mapping[str, Any]
"""A line of the data: `wikitext`, `title`, `lang` and perhaps `variant`."""


class Reading(NamedTuple):
    """What a tool made of a page; None where it does not tell."""

    text: str
    """A line for each block; the cells of a row parted by tabs."""
    links: list[str] | None = None
    """Titles of the wiki's own pages that the page links to."""
    categories: list[str] | None = None
    headings: list[list[Any]] | None = None
    """Level and text of each."""


Tool: TypeAlias = Callable[[Row], Reading]


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


def load_mwparserfromhell() -> Tool:
    """Return `parse` and `strip_code`."""
    import mwparserfromhell

    return lambda row: Reading(str(mwparserfromhell.parse(row["wikitext"]).strip_code()))


def load_wikitextparser() -> Tool:
    """Return `parse` and `plain_text`, less the marks of lines, which it leaves to its user."""
    import wikitextparser

    def read(row: Row) -> Reading:
        text = wikitextparser.parse(row["wikitext"]).plain_text()
        return Reading(_line_marks.sub("", text))

    return read


_line_marks = re.compile(r"^(?:[*#:;]+|=+)[ \t]*|[ \t]*=+[ \t]*$", re.MULTILINE)


def load_wikiextractor() -> Tool:
    """Return the cleaner as the program uses it by default."""
    return _wikiextractor(html=False)


def load_wikiextractor_html() -> Tool:
    """Return the cleaner as the program uses it with `--html`, which keeps lists, less the tags."""
    return _wikiextractor(html=True)


def _wikiextractor(*, html: bool) -> Tool:
    from wikiextractor.extract import Extractor

    logging.getLogger("wikiextractor").setLevel(logging.CRITICAL)

    def read(row: Row) -> Reading:
        extractor = Extractor(0, "", "", row["title"], [], HtmlFormatting=html)
        lines = extractor.clean_text(row["wikitext"], expand_templates=False, html_safe=False)
        text = "\n".join(lines)
        return Reading(_html_tag.sub("", text) if html else text)

    return read


_html_tag = re.compile("</?[a-z]+[^<>]*>")


def load_gensim() -> Tool:
    """Return `filter_wiki`."""
    from gensim.corpora.wikicorpus import filter_wiki

    return lambda row: Reading(filter_wiki(row["wikitext"]))


TOOLS: Final[Mapping[str, Callable[[], Tool]]] = {
    "wikiclean": load_wikiclean,
    "wikiclean-default": load_wikiclean_default,
    "mwparserfromhell": load_mwparserfromhell,
    "wikitextparser": load_wikitextparser,
    "wikiextractor": load_wikiextractor,
    "wikiextractor-html": load_wikiextractor_html,
    "gensim": load_gensim,
}


def load(names: Iterable[str]) -> tuple[dict[str, Tool], list[str]]:
    """Return the tools that are installed, and the names of those that are not."""
    found: dict[str, Tool] = {}
    missing: list[str] = []
    for name in names:
        try:
            found[name] = TOOLS[name]()
        except ImportError:
            missing.append(name)
    return found, missing


def versions(names: Iterable[str]) -> str:
    """Return the version of each tool's package, for the head of a table."""
    packages = dict.fromkeys(name.split("-")[0] for name in names)
    return ", ".join(f"{name} {version(name)}" for name in packages)
