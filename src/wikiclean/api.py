"""
The flow on one page: source → parser → Document → passes → Document → text.

Here live the functions that people call. What each step does lives in its own room.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from os import PathLike, fspath
from typing import Any, Final, Literal, TypeAlias, TypedDict, TypeVar, Unpack, overload

import attrs

from wikiclean.codes import CODES
from wikiclean.document import Diagnostic, Dialect, Document, Span
from wikiclean.errors import UnknownFormatError
from wikiclean.files import lone_surrogate, well_formed
from wikiclean.limits import Deadline, Limits, read_within
from wikiclean.parsers import PARSERS, detect, parser
from wikiclean.passes import DEFAULT, LABELS, Pass, apply
from wikiclean.passes.label_table import LabelTable
from wikiclean.passes.normalization import FORMS, Form, normalization
from wikiclean.passes.options import Labels, Options
from wikiclean.site import ZH_VARIANTS, Site
from wikiclean.templates import CORE, Handler
from wikiclean.values import check_type

LIMITS: Final = Limits()
"""The limits of ``parse`` where none are given."""

DIALECTS: Final = ("auto", *PARSERS)
"""The values of ``dialect``."""

VARIANTS: Final = ("source", "zh", *ZH_VARIANTS)
"""The values of ``variant``: ``source`` chooses by the script that dominates the page, ``zh`` in
MediaWiki's fallback order, and neither converts characters; the others convert the text. A wiki of
another language takes the variants of that language too, and reads Chinese ones as ``source``."""

T = TypeVar("T")
DialectOption: TypeAlias = Literal["auto", "wikitext", "export"]


def parse(
    source: str,
    *,
    dialect: DialectOption = "auto",
    site: str | Site = "zhwiki",
    title: str | None = None,
    variant: str = "source",
    labels: Labels = "certain",
    labels_from: LabelTable | str | PathLike[str] | None = None,
    templates: Mapping[str, Handler] | None = None,
    passes: Iterable[Pass] = DEFAULT,
    normalize: Form | None = None,
    limits: Limits = LIMITS,
) -> Document:
    """
    Read a page into a Document: clean text, and records over it.

    Args:
        source: The page. Any string will do; markup never raises.
        dialect: ``wikitext``, ``export`` (pandoc's Markdown export), or ``auto`` to ``detect`` it.
        site: The wiki it came from: a name that ``Site.load`` knows, or a Site.
        title: The page's title; where it is not given it is inferred if that is possible.
        variant: ``source`` leaves the characters as they are, ``zh`` too; any other is what the
            text is converted to, and Chinese needs the extra ``wikiclean[zh]`` for it. A wiki
            whose language has no such variant is read as for ``source``.
        labels: Which cuts of link labels are applied: ``certain``, ``likely`` or ``none``.
        labels_from: What is known of the labels of each target: a table that ``wikiclean labels
            learn`` made, or its file, which is read once.
        templates: What answers for each template of wikitext: name → handler. Those that come with
            the package if None; ``{}`` drops every template.
        passes: The repairs, in order; ``()`` turns them off.
        normalize: The Unicode form that the text is brought to, ``NFC`` or ``NFKC``; None leaves
            it as the author wrote it.
        limits: How much of the page is read; what is beyond is dropped, and the Document is
            ``truncated``.

    Raises:
        UnknownFormatError: if an option has a value that is not one of those named.
        SiteError: if the site is not known.
        InputError: if the file of labels cannot be read.
        SchemaError: if it is no table of labels, or one of another version.
        MissingExtraError: if the variant needs an extra that is not installed.
        TypeError: if an argument is of another type.
    """
    if not isinstance(source, str):
        raise TypeError(f"source must be str, not {type(source).__name__}; decode bytes first")
    check_type("title", title, (str, type(None)), "a str or None")
    check_type("site", site, (str, Site), "the name of a wiki or a Site")
    check_type("limits", limits, (Limits,), "Limits")
    check_type("templates", templates, (Mapping, type(None)), "a mapping of names to handlers")
    if passes is not DEFAULT:
        passes = _checked_passes(passes)
    _check("dialect", dialect, DIALECTS)
    _check("labels", labels, LABELS)
    if normalize is not None:
        _check("normalize", normalize, FORMS)
    if isinstance(labels_from, (str, PathLike)):
        labels_from = LabelTable.load(fspath(labels_from))
    check_type("labels_from", labels_from, (LabelTable, type(None)), "a LabelTable or its file")
    wiki = Site.load(site) if isinstance(site, str) else site
    _check("variant", variant, tuple(dict.fromkeys((*VARIANTS, *wiki.variants))))
    if variant not in wiki.variants:
        variant = "source"
    given, source = source, well_formed(source)
    halves = [] if given is source else [one.start() for one in lone_surrogate.finditer(given)]
    if title is not None:
        title = well_formed(title)
    known: Dialect
    known = detect(source[: limits.max_chars])[0] if dialect == "auto" else dialect
    handlers = _handlers(wiki) if templates is None else templates
    read = parser(known)

    def reading(part: str, deadline: Deadline | None) -> Document:
        return read(
            part,
            wiki,
            title=title,
            variant=variant,
            templates=handlers,
            max_depth=limits.max_depth,
            deadline=deadline,
        )

    document = read_within(limits, source, reading)
    if halves:
        document = _report_surrogates(document, halves)
    if variant != "source":
        from wikiclean.variants import convert

        document = convert(document, variant, wiki)
    if normalize is not None:
        passes = (*passes, normalization(normalize))
    return apply(document, passes, Options(wiki, labels, labels_from))


def clean(
    source: str,
    *,
    tables: str = "text",
    captions: bool = True,
    math: str = "tex",
    footnotes: str = "drop",
    title: str | None = None,
    dialect: DialectOption = "auto",
    site: str | Site = "zhwiki",
    variant: str = "source",
    templates: Mapping[str, Handler] | None = None,
    passes: Iterable[Pass] = DEFAULT,
    normalize: Form | None = None,
    limits: Limits = LIMITS,
) -> str:
    """
    Return the clean text of a page.

    Args:
        source: The page.
        tables: ``text``, ``markdown`` or ``drop``.
        captions: Whether captions of images stand in the text.
        math: ``tex`` or ``drop``.
        footnotes: ``drop``, ``inline`` or ``end``.
        title: As for ``parse``.
        dialect: As for ``parse``.
        site: As for ``parse``.
        variant: As for ``parse``.
        templates: As for ``parse``.
        passes: As for ``parse``.
        normalize: As for ``parse``.
        limits: As for ``parse``.

    Raises:
        UnknownFormatError: if an option has a value that is not one of those named.
        SiteError: if the site is not known.
        MissingExtraError: if the variant needs an extra that is not installed.
        TypeError: if an argument is of another type.
    """
    document = parse(
        source,
        title=title,
        dialect=dialect,
        site=site,
        variant=variant,
        templates=templates,
        passes=passes,
        normalize=normalize,
        limits=limits,
    )
    return document.select(tables=tables, captions=captions, math=math, footnotes=footnotes).text


class ParseOptions(TypedDict, total=False):
    """The options of ``parse``, but for the page's own title."""

    dialect: DialectOption
    site: str | Site
    variant: str
    labels: Labels
    labels_from: LabelTable | str | PathLike[str] | None
    templates: Mapping[str, Handler] | None
    passes: Iterable[Pass]
    normalize: Form | None
    limits: Limits


@overload
def pipe(
    pages: Iterable[str],
    *,
    as_tuples: Literal[False] = False,
    processes: int = 1,
    chunk_size: int = 16,
    **options: Unpack[ParseOptions],
) -> Iterator[Document]: ...
@overload
def pipe(
    pages: Iterable[tuple[str, T]],
    *,
    as_tuples: Literal[True],
    processes: int = 1,
    chunk_size: int = 16,
    **options: Unpack[ParseOptions],
) -> Iterator[tuple[Document, T]]: ...
def pipe(
    pages: Iterable[Any],
    *,
    as_tuples: bool = False,
    processes: int = 1,
    chunk_size: int = 16,
    **options: Unpack[ParseOptions],
) -> Iterator[Any]:
    """
    Read many pages, lazily and in order, in several processes if asked.

    Args:
        pages: Sources; with *as_tuples* pairs of a source and anything that rides along.
        as_tuples: Whether to take and yield pairs; the second half stays in this process.
        processes: 1 reads in this process. More are started with ``spawn``, so a script that asks
            for them needs the usual ``if __name__ == "__main__":``.
        chunk_size: Pages that a process is handed at a time.
        options: What ``parse`` takes, the same for all pages. With several processes they are
            pickled: functions of a module will do, lambdas will not.

    Yields:
        A Document for each page. A page that cannot be read (it is no string, it ended its
        process, or it met a defect of ours) gives an empty Document with the diagnostic
        ``page_failed``, and the others go on.

    Raises:
        UnknownFormatError: at once, if an option has a value that is not known.
        SiteError: at once, if the site is not known.
        InputError: at once, if the file of labels cannot be read.
        SchemaError: at once, if it is no table of labels, or one of another version.
        MissingExtraError: at once, if the variant needs an extra that is not installed.
        TypeError: at once, if an argument is of another type; where the pages are asked for, if
            one is no pair and *as_tuples* is set.
        ValueError: at once, if *processes* or *chunk_size* is less than 1.
    """
    if isinstance(pages, (str, bytes)):  # each character would be a page
        raise TypeError(f"pages must be several, as in [page], not one {type(pages).__name__}")
    given = iter(pages)
    options = check_options("pipe", options)
    check_type("processes", processes, (int,), "a whole number")
    check_type("chunk_size", chunk_size, (int,), "a whole number")
    if processes < 1 or chunk_size < 1:
        raise ValueError("processes and chunk_size must be at least 1")
    riders: deque[Any] = deque()

    def sources() -> Iterator[Any]:
        for page in given:
            if as_tuples:
                if not isinstance(page, (tuple, list)) or len(page) != 2:
                    raise TypeError("with as_tuples a page must be a pair: a source, and a rider")
                source, rider = page
                riders.append(rider)
                yield source
            else:
                yield page

    documents: Iterator[Document]
    if processes == 1:
        documents = map(_reader(options), sources())
    else:
        from wikiclean.crew import map_in_order

        documents = map_in_order(
            _reader,
            options,
            sources(),
            failed=partial(_failed, options=options),
            processes=processes,
            chunk_size=chunk_size,
        )
    return ((document, riders.popleft()) for document in documents) if as_tuples else documents


def check_options(what: str, options: ParseOptions) -> ParseOptions:
    """
    Return options that do for many pages, once it is known that ``parse`` takes them.

    Args:
        what: The function that was given them.
        options: What it was given.

    Raises:
        Exception: whatever ``parse`` raises.
        TypeError: if there is no such option, or it is of one page alone.
    """
    for name in options:
        if name not in ParseOptions.__annotations__:
            known = ", ".join(ParseOptions.__annotations__)
            raise TypeError(f"{what} has no option {name!r} for all pages; it has {known}")
    if "passes" in options:
        options = {**options, "passes": _checked_passes(options["passes"])}  # else read only once
    parse("", **options)
    return options


def _reader(options: ParseOptions) -> Callable[[Any], Document]:
    """Return a function that reads a page and, where it cannot, says so in its Document."""

    def read(source: Any) -> Document:  # noqa: ANN401 - what is no string is reported
        try:
            return parse(source, **options)
        except Exception as error:  # noqa: BLE001 - it is recorded, and the other pages go on
            return _failed(source, f"{type(error).__name__}: {error}", options)

    return read


def _failed(source: object, why: str, options: ParseOptions) -> Document:
    """Return the Document of a page that could not be read; its source is all dropped."""
    text = well_formed(source) if isinstance(source, str) else ""
    site = options.get("site", "zhwiki")
    dialect = options.get("dialect", "auto")
    severity, message = CODES["page_failed"]
    whole = Span(0, len(text))
    return Document(
        "",
        text,
        "wikitext" if dialect == "auto" else dialect,
        site if isinstance(site, str) else site.name,
        diagnostics=(Diagnostic("page_failed", severity, f"{message} {why}", whole, 0, text),),
        drops=(0, len(text), 0) if text else (),
        extent=whole,
    )


def _handlers(site: Site) -> Mapping[str, Handler]:
    """Return the handlers that come with the package for a wiki."""
    if site.language != "zh":
        return CORE
    from wikiclean.templates.zh import ZH

    return ZH


def _check(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UnknownFormatError(what, value, known)


def _checked_passes(passes: Iterable[Pass]) -> tuple[Pass, ...]:
    check_type("passes", passes, (Iterable,), "functions, in order")
    passes = tuple(passes)
    for one in passes:
        if not callable(one):
            raise TypeError(f"passes must be functions, not {type(one).__name__}")
    return passes


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


__all__ = ["DIALECTS", "VARIANTS", "ParseOptions", "clean", "detect", "parse", "pipe"]
