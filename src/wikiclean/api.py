"""
The flow on one page: source → parser → Document → passes → Document → text.

Here live the functions that people call. What each step does lives in its own room.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

import attrs

from wikiclean.codes import CODES
from wikiclean.document import Diagnostic, Dialect, Document, Span
from wikiclean.errors import UnknownFormatError
from wikiclean.parsers import PARSERS, detect, parser
from wikiclean.passes import DEFAULT, LABELS, Pass, apply
from wikiclean.passes.options import Labels, Options
from wikiclean.site import Site

DIALECTS: Final = ("auto", *PARSERS)
"""The values of ``dialect``."""

VARIANTS: Final = ("source", "zh")
"""The values of ``variant``: ``source`` chooses by the script that dominates the page, ``zh`` in
MediaWiki's fallback order. Neither converts characters."""

DialectOption: TypeAlias = Literal["auto", "wikitext", "export"]

_surrogate = re.compile("[\ud800-\udfff]")


def parse(
    source: str,
    *,
    dialect: DialectOption = "auto",
    site: str | Site = "zhwiki",
    title: str | None = None,
    variant: str = "source",
    labels: Labels = "certain",
    passes: Iterable[Pass] = DEFAULT,
) -> Document:
    """
    Read a page into a Document: clean text, and records over it.

    Args:
        source: The page. Any string will do; markup never raises.
        dialect: ``wikitext``, ``export`` (pandoc's Markdown export), or ``auto`` to ``detect`` it.
        site: The wiki it came from: a name that ``Site.load`` knows, or a Site.
        title: The page's title; where it is not given it is inferred if that is possible.
        variant: Which wording ``-{…}-`` chooses: ``source`` or ``zh``.
        labels: Which cuts of link labels are applied: ``certain``, ``likely`` or ``none``.
        passes: The repairs, in order; ``()`` turns them off.

    Raises:
        UnknownFormatError: if an option has a value that is not one of those named.
        SiteError: if the site is not known.
        TypeError: if *source* is not a string.
    """
    if not isinstance(source, str):
        raise TypeError(f"source must be str, not {type(source).__name__}; decode bytes first")
    _check("dialect", dialect, DIALECTS)
    _check("variant", variant, VARIANTS)
    _check("labels", labels, LABELS)
    wiki = Site.load(site) if isinstance(site, str) else site
    halves = [m.start() for m in _surrogate.finditer(source)]
    if halves:
        source = _surrogate.sub("\ufffd", source)
    known: Dialect = detect(source)[0] if dialect == "auto" else dialect
    document = parser(known)(source, wiki, title=title, variant=variant)
    if halves:
        document = _report_surrogates(document, halves)
    return apply(document, passes, Options(wiki, labels))


def clean(
    source: str,
    *,
    tables: str = "text",
    captions: bool = True,
    math: str = "tex",
    footnotes: str = "drop",
    dialect: DialectOption = "auto",
    site: str | Site = "zhwiki",
    variant: str = "source",
    passes: Iterable[Pass] = DEFAULT,
) -> str:
    """
    Return the clean text of a page.

    Args:
        source: The page.
        tables: ``text``, ``markdown`` or ``drop``.
        captions: Whether captions of images stand in the text.
        math: ``tex`` or ``drop``.
        footnotes: ``drop``, ``inline`` or ``end``.
        dialect: As for ``parse``.
        site: As for ``parse``.
        variant: As for ``parse``.
        passes: As for ``parse``.

    Raises:
        UnknownFormatError: if an option has a value that is not one of those named.
        SiteError: if the site is not known.
    """
    document = parse(source, dialect=dialect, site=site, variant=variant, passes=passes)
    return document.select(tables=tables, captions=captions, math=math, footnotes=footnotes).text


def _check(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UnknownFormatError(what, value, known)


def _report_surrogates(document: Document, halves: list[int]) -> Document:
    severity, message = CODES["lone_surrogate"]
    found = tuple(
        Diagnostic(
            "lone_surrogate",
            severity,
            message,
            Span(at, at + 1),
            document.to_text(at) or 0,
            replacement="\ufffd",
        )
        for at in halves
    )
    return attrs.evolve(document, diagnostics=document.diagnostics + found)


__all__ = ["DIALECTS", "VARIANTS", "clean", "detect", "parse"]
