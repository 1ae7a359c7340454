"""
The wikitext parser: a page as MediaWiki shows it, with the place in the source of everything.

Stages: ``preprocess`` pairs braces and tags, ``expand`` answers templates, ``blocks`` reads lines,
``inline`` what stands in them, ``extensions`` the tags of extensions, ``tables`` grids; ``flow``
writes. ``markup`` and ``functions`` are tables of facts.
"""

from __future__ import annotations

from collections.abc import Mapping

from wikiclean.document import MAX_NESTED, Document, Span
from wikiclean.limits import Deadline
from wikiclean.parsers.wikitext.expand import expand
from wikiclean.parsers.wikitext.extensions import PageReader, finish
from wikiclean.parsers.wikitext.flow import Flow
from wikiclean.parsers.wikitext.page import Page
from wikiclean.parsers.wikitext.preprocess import scan
from wikiclean.site import Site
from wikiclean.templates import CORE, Handler


def parse(
    source: str,
    site: Site,
    *,
    title: str | None = None,
    variant: str = "source",
    templates: Mapping[str, Handler] = CORE,
    max_depth: int = MAX_NESTED,
    deadline: Deadline | None = None,
) -> Document:
    """
    Read a page of wikitext.

    Never raises for markup, and takes time linear in the page.

    Args:
        source: The wikitext; without lone surrogates, which ``wikiclean.parse`` replaces.
        site: The wiki it is from.
        title: Of the page.
        variant: Whose texts ``-{ }-`` shows: ``source`` for the script of the page, else a code.
        templates: Handlers by name; an empty table drops every template.
        max_depth: How deep Documents nest.
        deadline: When to stop; it is asked before each line of the page.

    Raises:
        OutOfTime: at the deadline.
    """
    page = Page(source, site, title, variant, templates, max_depth)
    flow = Flow(source)
    start = page.redirect(flow)
    nodes = scan(source, start, len(source), page.tags)
    reader = PageReader(page, flow, expand(page, start, len(source), nodes), 0)
    reader.deadline = deadline
    reader.read()
    return finish(reader, Span(0, len(source)), top=True)
