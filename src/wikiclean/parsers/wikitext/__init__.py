"""
The wikitext parser: a page as MediaWiki shows it, with the place in the source of everything.

Stages: ``preprocess`` pairs braces and tags, ``expand`` answers templates, ``blocks`` reads lines,
``inline`` what stands in them, ``extensions`` the tags of extensions, ``tables`` grids; ``flow``
writes. ``markup`` and ``functions`` are tables of facts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from wikiclean.document import Document, Span
from wikiclean.parsers.wikitext.expand import expand
from wikiclean.parsers.wikitext.extensions import PageReader, finish, read_notes
from wikiclean.parsers.wikitext.flow import Flow
from wikiclean.parsers.wikitext.page import Page
from wikiclean.parsers.wikitext.preprocess import scan
from wikiclean.site import Site
from wikiclean.templates import CORE, Handler

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def parse(
    source: str,
    site: Site,
    *,
    title: str | None = None,
    variant: str = "source",
    templates: Mapping[str, Handler] = CORE,
) -> Document:
    """
    Read a page of wikitext.

    Never raises for markup, and takes time linear in the page.

    Args:
        source: The wikitext; lone surrogates become U+FFFD.
        site: The wiki it is from.
        title: Of the page.
        variant: Whose texts ``-{ }-`` shows: ``source`` for the script of the page, else a code.
        templates: Handlers by name; an empty table drops every template.
    """
    source, surrogates = _SURROGATE.subn("\ufffd", source)
    page = Page(source, site, title, variant, templates)
    flow = Flow(source)
    start = page.redirect(flow)
    nodes = scan(source, start, len(source), page.tags)
    reader = PageReader(page, flow, expand(page, start, len(source), nodes), 0)
    reader.read()
    if surrogates:
        flow.diagnose(
            "lone_surrogate",
            f"{surrogates} lone surrogates were replaced by U+FFFD.",
            0,
            len(source),
            severity="warning",
        )
    read_notes(reader)
    return finish(reader, Span(0, len(source)), top=True)
