"""
The records that a page is read into: one clean text, and spans over it.

Here live the attrs records, the packed runs that map text to source, and the views that are
derived from them (sections, accounting, lookup by offset). What reads a page, changes a text or
writes one out lives elsewhere; this module imports nothing of the package but the renderers that
the ``to_…`` methods call, and those only when called.

All offsets count Unicode code points, start at 0, and are half-open: ``text[start:end]``.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from heapq import heappop, heappush
from itertools import pairwise, product
from operator import attrgetter
from threading import Lock
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, Self, TypeAlias, TypeVar

import attrs

Dialect: TypeAlias = Literal["wikitext", "export"]
TitleOrigin: TypeAlias = Literal["given", "header", "bold", "none"]
BlockKind: TypeAlias = Literal[
    "paragraph",
    "heading",
    "item",
    "term",
    "definition",
    "cell",
    "caption",
    "quote",
    "code",
    "math",
    "preformatted",
    "poem",
    "hatnote",
]
OPAQUE_BLOCKS: Final[frozenset[BlockKind]] = frozenset({"code", "preformatted", "math"})
"""Kinds of blocks whose characters mean themselves: no repair and no conversion changes them."""
LinkKind: TypeAlias = Literal[
    "article", "page", "category", "file", "interwiki", "external", "anchor"
]
LinkForm: TypeAlias = Literal[
    "wikitext", "template", "relative", "absolute", "mirror", "redirect", "external", "bare"
]
Certainty: TypeAlias = Literal["certain", "likely", "ambiguous"]
StyleKind: TypeAlias = Literal[
    "bold",
    "italic",
    "underline",
    "strike",
    "small",
    "big",
    "sub",
    "sup",
    "code",
    "mark",
    "quote",
    "ruby",
]
TemplateAction: TypeAlias = Literal["rendered", "extracted", "dropped", "kept"]
MediaKind: TypeAlias = Literal["thumb", "frame", "frameless", "inline", "gallery"]
Severity: TypeAlias = Literal["info", "warning", "error"]
R = TypeVar("R", bound=attrs.AttrsInstance)
Disposition: TypeAlias = Literal["kept", "moved", "markup", "layout", "dropped"]

MAX_COLUMNS: Final = 2000
"""Columns that a table has at most; cells further right share the last. Tables with many rows have
fewer: see ``wikiclean.parsers.columns.fit``."""

MAX_NESTED: Final = 8
"""How deep Documents nest (a note within an infobox value within …); deeper ones stay markup."""


class Span(NamedTuple):
    """A half-open range of code points; the owner's field says of which text."""

    start: int
    end: int


RUN: Final = 5
"""Numbers a run takes in the packed form: text start and end, source start and end, verbatim."""


RULE: Final = 5
"""Numbers an entry of ``Document.rules`` takes."""
MARKUP: Final = 0
"""``-{…}-``: what it shows is not converted, and its rules act on the text behind it."""
LOCAL_RULE: Final = 1
"""The argument of a template that holds rules for the text behind it; it shows nothing."""
TITLE_RULE: Final = 2
"""The argument of a template that holds rules for the title; it shows nothing."""
UNCONVERTED: Final = 3
"""A stretch that is shown as it is, as ``<nowiki>`` makes it."""


class Piece(NamedTuple):
    """A run, or the part of a run that a range cuts out of it."""

    text_start: int
    text_end: int
    source_start: int
    source_end: int
    verbatim: bool


class Runs:
    """
    Where each stretch of the text came from, in text order, packed as five numbers a run.

    A verbatim run is the source unchanged, so its parts can be told apart. One that is not
    verbatim (an entity, a joined line end, a converted stretch) is indivisible: every offset in it
    maps to its whole source. A run with no text stands for source that was read and left no
    character (a line end between two hanzi). Text between runs was supplied by the layout: line
    ends and tabs.
    """

    __slots__ = ("_build", "_by_source", "_flat", "_starts")

    def __init__(self, flat: Iterable[int] | Callable[[], array[int]] = ()) -> None:
        """Take the numbers, or a function that is called for them when they are asked for."""
        self._build: Callable[[], array[int]] | None = None
        if callable(flat):
            self._build, flat = flat, ()
        self._flat = flat if isinstance(flat, array) else array("i", flat)
        if len(self._flat) % RUN:
            raise ValueError(f"runs come in groups of {RUN} numbers, not {len(self._flat)}")
        self._starts: array[int] | None = None
        self._by_source: list[tuple[int, int, int]] | None = None

    def __reduce__(self) -> tuple[type[Self], tuple[array[int]]]:
        return type(self), (self.flat,)

    @property
    def flat(self) -> array[int]:
        """The packed form."""
        build = self._build  # read once: another thread may be done at any time
        if build is not None:
            self._flat = build()  # two threads may both make it, and make the same
            self._build = None
        return self._flat

    def __eq__(self, other: object) -> bool:
        return self.flat == other.flat if isinstance(other, Runs) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.flat.tobytes())

    def __len__(self) -> int:
        return len(self.flat) // RUN

    def __repr__(self) -> str:
        return f"<Runs: {len(self)}>"

    def __iter__(self) -> Iterator[Piece]:
        numbers = iter(self.flat)
        for a, b, c, d, verbatim in zip(numbers, numbers, numbers, numbers, numbers, strict=True):
            yield Piece(a, b, c, d, bool(verbatim))

    def __getitem__(self, index: int) -> Piece:
        at = (index if index >= 0 else index + len(self)) * RUN
        flat = self.flat
        if not 0 <= at < len(flat):
            raise IndexError(f"there is no run {index}, for there are {len(self)}")
        a, b, c, d, verbatim = flat[at : at + RUN]
        return Piece(a, b, c, d, bool(verbatim))

    @property
    def starts(self) -> array[int]:
        """The text start of each run; they never decrease."""
        if self._starts is None:
            self._starts = self.flat[::RUN]
        return self._starts

    def pieces(self, span: Span) -> Iterator[Piece]:
        """
        Yield the parts of runs that stand in *span* of the text, in text order.

        Verbatim runs are cut to the span; of another run the text is cut and the source is whole.
        """
        start, end = span
        index = max(bisect_right(self.starts, start) - 1, 0)
        # Runs without text may stand at the same offset before the one found.
        while index and self[index - 1].text_end >= start and self[index].text_start >= start:
            index -= 1
        for i in range(index, len(self)):
            piece = self[i]
            if piece.text_start >= end:
                break
            if piece.text_end <= start or piece.text_start == piece.text_end:
                continue
            yield cut(piece, start, end)

    def to_source(self, offset: int) -> int:
        """Map an offset of the text to the source; between runs, to the end of the one before."""
        index = bisect_right(self.starts, offset) - 1
        if index < 0:
            return self[0].source_start if len(self) else 0
        piece = self[index]
        if offset >= piece.text_end:
            return piece.source_end
        return piece.source_start + (offset - piece.text_start if piece.verbatim else 0)

    def to_text(self, offset: int) -> int | None:
        """
        Map an offset of the source to the text, or to None if that character is not in it.

        Where a source stretch is used twice, the first use counts.
        """
        if self._by_source is None:
            self._by_source = kept_once(self)
        index = bisect_right(self._by_source, (offset, 1 << 62, 0)) - 1
        if index < 0:
            return None
        _, end, run = self._by_source[index]
        if offset >= end:
            return None
        piece = self[run]
        if piece.text_start == piece.text_end:
            return None
        return piece.text_start + (offset - piece.source_start if piece.verbatim else 0)


def cut(piece: Piece, start: int, end: int) -> Piece:
    """Return the part of *piece* whose text stands in ``[start, end)``."""
    a, b, c, d, verbatim = piece
    left, right = max(a, start), min(b, end)
    if verbatim:
        return Piece(left, right, c + left - a, d - (b - right), verbatim)
    return Piece(left, right, c, d, verbatim)


def kept_once(runs: Runs) -> list[tuple[int, int, int]]:
    """
    Return ``(source start, source end, run)`` in source order without overlaps.

    Of two runs over the same source the one that stands first in the text has it.
    """
    rows = sorted((p.source_start, i, p.source_end) for i, p in enumerate(runs))
    result: list[tuple[int, int, int]] = []
    heap: list[tuple[int, int]] = []  # (run, source end) of the runs open at this place
    previous = -1
    disjoint = True
    for start, _, end in rows:
        disjoint = disjoint and start >= previous
        previous = max(previous, end)
    if disjoint:
        return [(start, end, run) for start, run, end in rows if start < end]
    # The rare case: a template handler used text twice.
    points = sorted({p for start, _, end in rows for p in (start, end)})
    row = 0
    for left, right in pairwise(points):
        while row < len(rows) and rows[row][0] <= left:
            heappush(heap, (rows[row][1], rows[row][2]))
            row += 1
        while heap and heap[0][1] <= left:
            heappop(heap)
        if heap:
            run = heap[0][0]
            if result and result[-1][2] == run and result[-1][1] == left:
                result[-1] = (result[-1][0], right, run)
            else:
                result.append((left, right, run))
    return result


@cache
def fields_of(cls: type) -> tuple[Callable[[object], tuple[Any, ...]], dict[str, int]]:
    """
    Return what reads all fields of a record at once, and the place of each by its name.

    Of a Document it reads deferred fields as they are: they stay deferred.
    """
    names = [field.name for field in attrs.fields(cls)]
    raw = [_RAW + name if cls is Document and name in DEFERRABLE else name for name in names]
    return attrgetter(*raw), {name: i for i, name in enumerate(names)}


def evolve(record: R, **changes: Any) -> R:  # noqa: ANN401 - the fields of any record
    """
    Return *record* with other values in some fields.

    What ``attrs.evolve`` does, typed so that one function can move records of several kinds, and
    a little faster: an edit at the start of a page moves every record of it.
    """
    get, places = fields_of(type(record))
    values = [*get(record)]
    for name, value in changes.items():
        values[places[name]] = value
    return type(record)(*values)


@attrs.frozen
class Block:
    """A stretch of the text that stands on lines of its own."""

    kind: BlockKind
    span: Span
    """In ``Document.text``; a quote's holds the blocks inside it, all others stand side by side."""
    source_span: Span
    """In ``Document.source``, with its markers (``##``, ``*``), without the line end."""
    level: int = 0
    """Heading: 1–6 (``==`` is 2). Item, term, definition, quote: depth from 1. Else 0, or how many
    lists it stands in."""
    marker: str = ""
    """Item, term, definition: the chain of list kinds from outside in, in wikitext's characters:
    ``*`` bullet, ``#`` number, ``;`` term, ``:`` definition. Cell: ``!`` header, ``|`` data.
    Code: the language as written. Else empty."""


@attrs.frozen
class Section:
    """A heading and everything below it up to the next heading of its level or higher."""

    level: int
    """1–6; 1 is the lead, ``==`` is 2."""
    title: str | None
    """The heading's text; None for the lead."""
    parent: int | None
    """Index in ``Document.sections`` of the section it stands in; None at the top."""
    span: Span
    """In ``Document.text``, heading line included."""
    body_span: Span
    """In ``Document.text``, what follows the heading line, subsections included."""
    source_span: Span
    """In ``Document.source``, from the heading to the last block of the section."""
    _text: str = attrs.field(default="", repr=False, eq=False, alias="document_text")

    @property
    def text(self) -> str:
        """The text of the section, heading line included."""
        return self._text[self.span.start : self.span.end]


@attrs.frozen
class Link:
    """A link whose label stands in the text."""

    label: str
    """``text[span.start:span.end]``; may be empty."""
    target: str
    """MediaWiki's title (spaces, entities and ``%XX`` decoded, no fragment), or the URL."""
    fragment: str
    """What followed ``#``, decoded; empty if nothing did."""
    kind: LinkKind
    form: LinkForm
    """How the source wrote it. Export: ``relative`` (``../Page/X.md``), ``absolute`` (a URL of the
    wiki), ``mirror``, ``redirect``. External links: ``external`` (with a label), ``bare``."""
    span: Span
    source_span: Span
    """The whole construct in the source, brackets included."""
    destination: str = ""
    """The target as written."""
    interwiki: str = ""
    """Prefix of the other wiki, in lower case; empty within the wiki."""
    label_exported: str = ""
    """The label as the source has it, before any part of it was given back to the sentence."""
    overflow: str = ""
    """What the label is thought to have swallowed, whether it was cut off or not."""
    certainty: Certainty = "certain"
    """How certain the label's end is: ``certain`` (a rule decides it, or there is nothing to cut),
    ``likely`` (nothing cut though something may be missing), ``ambiguous`` (a ranked guess)."""

    def _repr_html_(self) -> str:
        from wikiclean.renderers.html import link_to_html

        return link_to_html(self)

    def __rich__(self) -> Any:  # noqa: ANN401 - rich calls it, so it is there
        from wikiclean.renderers.rich import link_to_rich

        return link_to_rich(self)


@attrs.frozen
class Style:
    """A stretch of inline formatting."""

    kind: StyleKind
    span: Span
    source_span: Span


@attrs.frozen
class Anchor:
    """A place where a footnote is referred to; its mark is not in the text."""

    offset: int
    """In the text of *owner*."""
    source_span: Span
    """The mark in the source."""
    owner: str = ""
    """Empty for the page's own text, else the path of a nested Document, as ``footnotes/3``."""


@attrs.frozen
class Footnote:
    """A footnote: one record a definition, with every place that refers to it."""

    number: int
    """From 1, in order of first use within its group; in the export, as printed."""
    name: str
    group: str
    text: str
    """Text of the body; empty if it has none."""
    defined: bool
    """Whether the source has a text for it."""
    anchors: tuple[Anchor, ...] = ()
    body: Document | None = None
    """The definition as a Document over the same source; None if there is nothing in it."""
    source_span: Span | None = None
    """The definition in the source; None if there is none."""


@attrs.frozen
class Category:
    """A category the page is in."""

    name: str
    """Without the namespace."""
    sort_key: str
    source_span: Span


@attrs.frozen
class Interlanguage:
    """A link to the page about the same subject in another language."""

    language: str
    title: str
    source_span: Span


@attrs.frozen
class Parameter:
    """An argument of a template."""

    name: str
    """As MediaWiki knows it: ``1``, ``2``, … for positional ones."""
    value_span: Span
    """In ``Document.source``; a named one's without the spaces around it."""
    positional: bool = False
    _source: str = attrs.field(default="", repr=False, eq=False, alias="source")

    @property
    def value(self) -> str:
        """The argument as written."""
        return self._source[self.value_span.start : self.value_span.end]


@attrs.frozen
class Template:
    """A transclusion, or a call of a parser function."""

    name: str
    """Normalised: first letter in upper case, spaces for ``_``, no namespace prefix."""
    action: TemplateAction
    parameters: tuple[Parameter, ...]
    span: Span
    """In ``Document.text``: what it was rendered as; empty where it left nothing."""
    source_span: Span
    _source: str = attrs.field(default="", repr=False, eq=False, alias="source")

    @property
    def wikicode(self) -> Any:  # noqa: ANN401 - mwparserfromhell is imported when it is asked for
        """
        The call as mwparserfromhell's ``Wikicode``, parsed anew each time.

        Raises:
            TooComplexError: if it is so long or so deep that their parser would take minutes.
        """
        from wikiclean.renderers.wikicode import wikicode

        return wikicode(self._source, self.source_span)

    def get(self, name: str, default: str = "") -> str:
        """Return the value of the last argument called *name*, as MediaWiki does."""
        for parameter in reversed(self.parameters):
            if parameter.name == name:
                return parameter.value
        return default


@attrs.frozen
class Field:
    """A row of an infobox."""

    key: str
    body: Document
    """The value as a Document over the same source."""

    @property
    def text(self) -> str:
        """The value's text."""
        return self.body.text


@attrs.frozen
class Infobox:
    """An infobox or navigation box, taken out of the text."""

    name: str
    fields: tuple[Field, ...]
    source_span: Span


@attrs.frozen
class Cell:
    """A cell of a table; the same stretch of text is a Block of kind ``cell``."""

    row: int
    column: int
    """Place in the grid, from 0, spans resolved."""
    rowspan: int
    colspan: int
    header: bool
    span: Span
    source_span: Span


@attrs.frozen
class Table:
    """A table. ``Document.grid(table)`` gives its texts as rows and columns."""

    span: Span
    """In ``Document.text``, caption included."""
    source_span: Span
    rows: int
    columns: int
    """Shape of the grid, spans resolved."""
    header_rows: int
    """How many rows from the top hold header cells only."""
    caption: Span | None
    """In ``Document.text``; None if it has none."""
    cells: tuple[Cell, ...]
    _text: str = attrs.field(default="", repr=False, eq=False, alias="document_text")

    def text_of(self, cell: Cell) -> str:
        """Return the text of a cell; empty for a table that stands in no Document."""
        return self._text[cell.span.start : cell.span.end]

    def _repr_html_(self) -> str:
        from wikiclean.renderers.html import table_to_html

        return table_to_html(self)

    def __rich__(self) -> Any:  # noqa: ANN401 - rich calls it, so it is there
        from wikiclean.renderers.rich import table_to_rich

        return table_to_rich(self)


@attrs.frozen
class Media:
    """An image, a sound, a film; also a line of a gallery."""

    file: str
    """Title without the namespace, spaces for ``_``."""
    kind: MediaKind
    offset: int
    """Where it stands in ``Document.text``."""
    source_span: Span
    caption_span: Span | None = None
    """The caption, where it stands in the text."""
    caption: Document | None = None
    """The caption as a Document over the same source, where it does not stand in the text."""
    alt: str = ""
    options: tuple[str, ...] = ()
    """The other options, as written."""


@attrs.frozen
class Math:
    """A formula."""

    tex: str
    """Without delimiters; mirrors the text where it stands there."""
    display: bool
    """Whether it stands on a line of its own."""
    span: Span
    source_span: Span


@attrs.frozen
class Diagnostic:
    """Something that was dropped, repaired or guessed, and why."""

    code: str
    """Stable name, listed in the documentation."""
    severity: Severity
    message: str
    """One sentence for a person."""
    source_span: Span
    """In ``Document.source``: the hull of what it is about."""
    offset: int
    """In ``Document.text``: where it was."""
    dropped: str = ""
    """The text that was dropped or changed."""
    replacement: str = ""
    """What stands there now, if anything does."""
    certainty: Certainty = "certain"


Record: TypeAlias = (
    Block
    | Link
    | Style
    | Footnote
    | Category
    | Interlanguage
    | Template
    | Infobox
    | Table
    | Media
    | Math
    | Diagnostic
)


class Account(NamedTuple):
    """What became of a stretch of the source."""

    source_span: Span
    text_span: Span | None
    """Where it stands in ``Document.text``; None if it does not."""
    disposition: Disposition
    record: Record | None
    """Whose it is; None only for ``kept`` and ``layout``."""


class _Deferred:
    """Records that are made when they are asked for first, once, whatever the thread."""

    __slots__ = ("_made", "_make", "lock", "outline")

    def __init__(
        self, make: Callable[[], Any], outline: Callable[[], Iterable[Outline]] | None
    ) -> None:
        self._make: Callable[[], Any] | None = make
        self._made: Any = None
        self.lock = Lock()
        self.outline = outline

    def __call__(self) -> Any:  # noqa: ANN401 - records, or a Document
        with self.lock:
            if self._make is not None:
                self._made, self._make, self.outline = self._make(), None, None
            return self._made


class Outline(NamedTuple):
    """What can be said of a block, a link, a style, a template or a table before it is made."""

    kind: str
    """Of a template, its action; of a table, ``table``."""
    name: str
    """Of a template; of a link, its form; empty for the others."""
    start: int
    """In the text."""
    end: int
    left: int
    """Where its source begins."""
    right: int
    """Where that ends."""


Deferrable: TypeAlias = Any
"""What a Document takes for a field of `DEFERRABLE`: a tuple of records, or what makes it later."""


def deferred(
    make: Callable[[], Any], outline: Callable[[], Iterable[Outline]] | None = None
) -> Deferrable:
    """
    Return what a record takes for a field that *make* is to fill later.

    These are the fields of `DEFERRABLE`, and the value of a row of an infobox.
    """
    return _Deferred(make, outline)


@attrs.frozen
class Document:
    """
    A page: its clean text, and records over it.

    ``document.text[r.span.start:r.span.end]`` is the text of a record *r*;
    ``document.source[r.source_span.start:r.source_span.end]`` is what it was made from.
    """

    text: str
    """Blocks joined by a blank line; lines of a list or a table joined by a line feed."""
    source: str = attrs.field(repr=False)
    """The page as given; a lone surrogate is replaced by U+FFFD, so offsets stay."""
    dialect: Dialect
    site: str
    """Name of the wiki, as ``zhwiki``."""
    title: str | None = None
    title_from: TitleOrigin = "none"
    """Who said so: the caller, the header line of an export, the first bold run of the lead."""
    origin: str = ""
    """URL that the page says it was converted from; empty if it does not say."""
    variant: str = "source"
    """The variant the text was converted to, or ``source``."""
    redirect_to: str | None = None
    blocks: tuple[Block, ...] = attrs.field(default=(), repr=False)
    links: tuple[Link, ...] = attrs.field(default=(), repr=False)
    """The text's own; ``walk()`` finds those of notes and infoboxes too."""
    footnotes: tuple[Footnote, ...] = attrs.field(default=(), repr=False)
    categories: tuple[Category, ...] = attrs.field(default=(), repr=False)
    interlanguage: tuple[Interlanguage, ...] = attrs.field(default=(), repr=False)
    templates: tuple[Template, ...] = attrs.field(default=(), repr=False)
    infoboxes: tuple[Infobox, ...] = attrs.field(default=(), repr=False)
    tables: tuple[Table, ...] = attrs.field(default=(), repr=False)
    media: tuple[Media, ...] = attrs.field(default=(), repr=False)
    math: tuple[Math, ...] = attrs.field(default=(), repr=False)
    styles: tuple[Style, ...] = attrs.field(default=(), repr=False)
    diagnostics: tuple[Diagnostic, ...] = attrs.field(default=(), repr=False)
    runs: Runs = attrs.field(factory=Runs, repr=False)
    """Where each stretch of the text came from."""
    marks: tuple[int, ...] = attrs.field(default=(), repr=False)
    """Markup of blocks, three numbers each: source start, source end, index in ``blocks``."""
    drops: tuple[int, ...] = attrs.field(default=(), repr=False)
    """What diagnostics dropped, three numbers each: source start, source end, index in
    ``diagnostics``."""
    breaks: tuple[int, ...] = attrs.field(default=(), repr=False)
    """Offsets of the text where the page has a tag though no record begins or ends there."""
    rules: tuple[int, ...] = attrs.field(default=(), repr=False)
    """What the language converter is told, five numbers each: the stretch of the text that it
    shows, start and end; the stretch of the source that says so, start and end; and what that is:
    `MARKUP`, `LOCAL_RULE`, `TITLE_RULE` or `UNCONVERTED`. ``wikiclean.variants`` reads them."""
    extent: Span = attrs.field(default=Span(0, 0), repr=False)
    """The part of the source that this Document answers for; a page's is all of it."""

    def __attrs_post_init__(self) -> None:
        """Let tables know the text they stand in, as sections do."""
        tables = as_it_is(self, "tables")
        if type(tables) is not _Deferred:
            object.__setattr__(self, "tables", _bound(tables, self.text))

    # ---------------------------------------------------------------- views

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The lead, then each heading's section, in text order; a tree by ``parent``."""
        return _sections(self)

    @property
    def truncated(self) -> bool:
        """
        Whether a part of the page was not read because a limit was reached.

        A diagnostic with one of the codes of `TRUNCATED` says which part, here or in a Document
        that is nested.
        """
        return any(getattr(record, "code", "") in TRUNCATED for record in self.walk())

    def nested(self) -> Iterator[tuple[str, Document]]:
        """Yield ``(path, Document)`` of the Documents directly inside this one."""
        for i, footnote in enumerate(self.footnotes):
            if footnote.body is not None:
                yield f"footnotes/{i}", footnote.body
        for i, media in enumerate(self.media):
            if media.caption is not None:
                yield f"media/{i}", media.caption
        for i, infobox in enumerate(self.infoboxes):
            for j, field in enumerate(infobox.fields):
                yield f"infoboxes/{i}/{j}", field.body

    def own_records(self) -> Iterator[Record]:
        """Yield the records of this Document, those of nested ones not included."""
        for name in RECORD_FIELDS:
            yield from getattr(self, name)

    def walk(self) -> Iterator[Record]:
        """Yield all records, those of nested Documents included."""
        yield from self.own_records()
        for _, document in self.nested():
            yield from document.walk()

    def at(self, offset: int) -> list[Record]:
        """
        Return the records whose text holds the character at *offset*, outermost first.

        Of those with the same text, blocks and tables come first, and the source says the rest.
        """
        found = []
        for record in self.own_records():
            span = getattr(record, "span", None)
            if span is not None and span.start <= offset < span.end:
                found.append(record)
        return sorted(found, key=_from_outside)

    def grid(self, table: Table) -> list[list[str]]:
        """Return the texts of a table, ``rows`` × ``columns``, a spanned cell's in each place."""
        rows = [[""] * table.columns for _ in range(table.rows)]
        for cell in table.cells:
            value = self.text[cell.span.start : cell.span.end]
            left, right = cell.column, min(cell.column + cell.colspan, table.columns)
            covered = rows[cell.row : cell.row + cell.rowspan]
            if right - left == 1:  # A loop of its own, for a cell may span thousands of rows.
                for places in covered:
                    places[left] = value
            else:
                for places in covered:
                    places[left:right] = [value] * (right - left)
        return rows

    # ---------------------------------------------------------------- positions

    def to_source(self, offset: int) -> int:
        """
        Map an offset of the text to an offset of the source.

        Raises:
            IndexError: if *offset* is not within ``[0, len(text)]``.
        """
        if not 0 <= offset <= len(self.text):
            raise IndexError(f"offset {offset} is not within the text of {len(self.text)}")
        return self.runs.to_source(offset)

    def to_text(self, offset: int) -> int | None:
        """
        Map an offset of the source to an offset of the text; None if it is not in the text.

        Raises:
            IndexError: if *offset* is not within ``[0, len(source)]``.
        """
        if not 0 <= offset <= len(self.source):
            raise IndexError(f"offset {offset} is not within the source of {len(self.source)}")
        return self.runs.to_text(offset)

    def source_of(self, span: Span) -> Span:
        """Return the hull in the source of a range of the text."""
        starts, ends = [], []
        for piece in self.runs.pieces(span):
            starts.append(piece.source_start)
            ends.append(piece.source_end)
        if starts:
            return Span(min(starts), max(ends))
        here = self.runs.to_source(span.start)
        return Span(here, here)

    def accounting(self) -> list[Account]:
        """
        Return what became of every character of the source.

        The rows' source spans tile ``extent`` (for a page: the whole source) in order, without gap
        or overlap. The innermost construct has a character; what stands in the text comes before
        all else; where a stretch is used twice, the first use counts.
        """
        return _accounting(self)

    # ---------------------------------------------------------------- other forms

    def wikicode(self, span: Span | None = None) -> Any:  # noqa: ANN401 - see Template.wikicode
        """
        Return a slice of the source as mwparserfromhell's ``Wikicode``.

        Args:
            span: In ``source``; all that this Document answers for if None.

        Raises:
            TooComplexError: if it is so long or so deep that their parser would take minutes.
        """
        from wikiclean.renderers.wikicode import wikicode

        return wikicode(self.source, span or self.extent)

    def select(
        self,
        *,
        tables: str = "text",
        captions: bool = True,
        math: str = "tex",
        footnotes: str = "drop",
    ) -> Document:
        """
        Return the Document with another choice of what stands in the text.

        Args:
            tables: ``text`` (a row a line, cells parted by tabs), ``markdown``, or ``drop``.
            captions: Whether captions of images stand in the text.
            math: ``tex`` or ``drop``.
            footnotes: ``drop``, ``inline`` (the note's text in brackets where its mark stood), or
                ``end`` (marks ``[1]`` in the text and the notes at its end).

        Raises:
            UnknownFormatError: if an argument is none of these.
        """
        from wikiclean.renderers.text import select

        return select(self, tables=tables, captions=captions, math=math, footnotes=footnotes)

    def to_dict(self, *, offsets: str = "code-points") -> dict[str, Any]:
        """
        Return the whole Document as JSON-ready values; ``from_dict`` reads them back.

        Args:
            offsets: ``code-points``, or ``utf-16`` for readers that count UTF-16 units; the
                latter is marked in the result and cannot be read back.

        Raises:
            UnknownFormatError: if *offsets* is neither.
        """
        from wikiclean.renderers.json import to_dict

        return to_dict(self, offsets=offsets)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """
        Read what ``to_dict`` made.

        Raises:
            SchemaError: if *value* does not have that shape.
        """
        from wikiclean.renderers.json import from_dict

        return from_dict(cls, value)

    def to_json(self, *, indent: bool = False, offsets: str = "code-points") -> str:
        """Return ``to_dict`` as JSON."""
        from wikiclean.renderers.json import to_json

        return to_json(self, indent=indent, offsets=offsets)

    @classmethod
    def from_json(cls, value: str | bytes) -> Self:
        """
        Read what ``to_json`` made.

        Raises:
            SchemaError: if *value* is not JSON, or not of that shape.
        """
        from wikiclean.renderers.json import from_json

        return from_json(cls, value)

    def to_row(self, *, offsets: str = "code-points", **metadata: object) -> dict[str, Any]:
        """
        Return the Document as one row of the record schema, for JSON lines and tables.

        Args:
            offsets: ``code-points`` or ``utf-16``.
            metadata: Columns that the page itself does not know: ``id``, ``url``,
                ``revision_id``, ``timestamp``, ``namespace``, ``source_file``, ``metadata``.
        """
        from wikiclean.renderers.row import to_row

        return to_row(self, offsets=offsets, **metadata)

    def to_markdown(self) -> str:
        """Return the page as CommonMark with tables, ``[^1]`` notes and ``$…$`` formulas."""
        from wikiclean.renderers.markdown import to_markdown

        return to_markdown(self)

    def to_html(self) -> str:
        """Return the page as an HTML fragment; all content is escaped."""
        from wikiclean.renderers.html import to_html

        return to_html(self)

    def _repr_html_(self) -> str:
        return self.to_html()

    def __rich__(self) -> Any:  # noqa: ANN401 - rich calls it, so it is there
        from wikiclean.renderers.rich import document_to_rich

        return document_to_rich(self)


class _OnDemand:
    """Reads a field of a record, and has it made if it is deferred."""

    def __init__(self, slot: Any) -> None:  # noqa: ANN401 - Python has no name for its type
        self._slot = slot

    def __get__(self, record: object, owner: type) -> Any:  # noqa: ANN401
        if record is None:
            return self
        value = self._slot.__get__(record)
        if type(value) is _Deferred:
            made = self._finished(record, value())
            with value.lock:  # another thread may have been here first
                value = self._slot.__get__(record)
                if type(value) is _Deferred:
                    self._slot.__set__(record, made)
                    value = made
        return value

    def _finished(self, record: Any, value: object) -> object:  # noqa: ANN401
        del record
        return value

    def __set__(self, record: object, value: object) -> None:
        self._slot.__set__(record, value)


class _TablesOnDemand(_OnDemand):
    """Tables know the text they stand in."""

    def _finished(self, record: Any, value: Any) -> object:  # noqa: ANN401
        return _bound(value, record.text)


def _bound(tables: tuple[Table, ...], text: str) -> tuple[Table, ...]:
    if all(table._text is text for table in tables):  # noqa: SLF001 - ours
        return tables
    return tuple(evolve(table, _text=text) for table in tables)


DEFERRABLE: Final = ("blocks", "links", "styles", "footnotes", "templates", "tables", "marks")
"""The fields that may be `deferred`: a reader of the text alone never asks for them."""
_RAW: Final = "_raw_"

for _class, _name in (*product((Document,), DEFERRABLE), (Field, "body")):
    _slot = _class.__dict__[_name]
    setattr(_class, _name, (_TablesOnDemand if _name == "tables" else _OnDemand)(_slot))
    setattr(_class, _RAW + _name, property(_slot.__get__))


def as_it_is(document: Document, name: str) -> Deferrable:
    """Return a field of `DEFERRABLE`, deferred if it is; for ``evolve`` and for comparison."""
    return getattr(document, _RAW + name)


def with_body(field: Field, change: Callable[[Document], Document]) -> Field:
    """Return a row of an infobox after a change of its value, which waits if that is deferred."""
    value = getattr(field, _RAW + "body")
    if type(value) is _Deferred:
        return Field(field.key, deferred(lambda: change(value())))
    body = change(value)
    return field if body is value else Field(field.key, body)


def outline(
    document: Document, name: Literal["blocks", "links", "styles", "templates", "tables"]
) -> Iterable[Outline]:
    """Return the outlines of a field's records; those that are deferred stay so if they can."""
    value = as_it_is(document, name)
    brief = value.outline if type(value) is _Deferred else None
    if brief is not None:
        return brief()
    brief_of = _BRIEF[name]
    return (
        Outline(*brief_of(record), *record.span, *record.source_span)
        for record in getattr(document, name)
    )


_BRIEF: Final[Mapping[str, Callable[[Any], tuple[str, str]]]] = MappingProxyType(
    {
        "blocks": lambda block: (block.kind, ""),
        "links": lambda link: (link.kind, link.form),
        "styles": lambda style: (style.kind, ""),
        "templates": lambda call: (call.action, call.name),
        "tables": lambda _: ("table", ""),
    }
)
"""Kind and name of a record's outline, by the field it stands in."""


def with_records(
    document: Document,
    name: str,
    change: Callable[[tuple[Any, ...]], tuple[Any, ...]],
    *,
    later: bool = False,
    moved: Callable[[Span], Span] | None = None,
) -> Deferrable:
    """
    Return a field of `DEFERRABLE` after a change, which waits if the field is deferred.

    Args:
        document: Whose field.
        name: Of the field.
        change: Takes the records, returns the new ones.
        later: Whether it waits in any case.
        moved: Where the text of a record stands then, if the change moves it and no more: its
            outline can be had before it is made.
    """
    value = as_it_is(document, name)
    if type(value) is _Deferred:
        brief = value.outline
        if brief is None or moved is None:
            return deferred(lambda: change(value()))
        return deferred(
            lambda: change(value()),
            lambda: (
                Outline(kind, called, *moved(Span(start, end)), left, right)
                for kind, called, start, end, left, right in brief()
            ),
        )
    return deferred(lambda: change(value)) if later and value else change(value)


FIELD_OF: Final[Mapping[type, str]] = MappingProxyType(
    {
        Block: "blocks",
        Link: "links",
        Style: "styles",
        Footnote: "footnotes",
        Category: "categories",
        Interlanguage: "interlanguage",
        Template: "templates",
        Infobox: "infoboxes",
        Table: "tables",
        Media: "media",
        Math: "math",
        Diagnostic: "diagnostics",
    }
)
"""Where a Document keeps its records of each class, in the order of ``walk()``."""
RECORD_FIELDS: Final = tuple(FIELD_OF.values())
"""The fields of Document that hold records, in that order."""


def most_records(document: Document) -> int:
    """
    Return how many records there may be at most, nested Documents included; none is made for it.

    Records that wait are counted by their outlines. Of a Document inside it is known how long its
    source is, and there is never more than a record for each character.
    """
    count = 0
    inside: list[tuple[int, int]] = [box.source_span for box in document.infoboxes]
    inside += [one.caption.extent for one in document.media if one.caption is not None]
    for name in RECORD_FIELDS:
        value = as_it_is(document, name) if name in DEFERRABLE else getattr(document, name)
        brief = value.outline if type(value) is _Deferred else None
        if brief is None:
            records = getattr(document, name)
            count += len(records)
            if name == "footnotes":
                inside += [note.body.extent for note in records if note.body is not None]
        elif name == "footnotes":
            notes = [*brief()]
            count += len(notes)
            inside += [(note.left, note.right) for note in notes]
        else:
            count += sum(1 for _ in brief())
    return count + sum(end - start for start, end in inside)


def _sections(document: Document) -> tuple[Section, ...]:
    text = document.text
    done: list[Section] = []
    open_: list[int] = []
    source_end = document.extent.start

    def open_section(level: int, title: str | None, span: Span, source_span: Span) -> None:
        # A section opens empty and is closed with its true ends; the lead is nobody's parent.
        parent = open_[-1] if open_ and done[open_[-1]].title is not None else None
        open_.append(len(done))
        done.append(Section(level, title, parent, span, span, source_span, text))

    def close_sections(level: int, end: int) -> None:
        while open_ and (done[open_[-1]].level >= level or done[open_[-1]].title is None):
            section = done[index := open_.pop()]
            start, head_end = section.span
            stop = max(_trim_end(text, start, end), head_end)
            body = min(head_end + 2, stop) if section.title is not None else start
            source_span = Span(section.source_span.start, max(source_end, section.source_span.end))
            done[index] = evolve(
                section,
                span=Span(start, stop),
                body_span=Span(body, stop),
                source_span=source_span,
            )

    open_section(1, None, Span(0, 0), Span(source_end, source_end))
    outer_end = 0
    for block in document.blocks:
        # What stands inside another block (a heading in a quote) is not a section of the page.
        if block.span.start < outer_end:
            continue
        outer_end = block.span.end
        if block.kind == "heading":
            close_sections(block.level, block.span.start)
            title = text[block.span.start : block.span.end]
            open_section(block.level, title, block.span, block.source_span)
        source_end = max(source_end, block.source_span.end)
    close_sections(0, len(text))
    return tuple(done)


def _trim_end(text: str, start: int, end: int) -> int:
    """Return *end* without the line feeds that part blocks."""
    while end > start and text[end - 1] == "\n":
        end -= 1
    return end


def rule_entries(flat: Iterable[int]) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield the packed form of ``rules`` five by five."""
    numbers = iter(flat)
    return zip(numbers, numbers, numbers, numbers, numbers, strict=True)


def triples(flat: Iterable[int]) -> Iterator[tuple[int, int, int]]:
    """Yield the packed form of ``marks`` and ``drops`` three by three."""
    numbers = iter(flat)
    return zip(numbers, numbers, numbers, strict=True)


def _from_outside(record: Any) -> tuple[int, int, bool, int, int]:  # noqa: ANN401 - has both spans
    """Sort what stands around others before them."""
    (start, end), (left, right) = record.span, record.source_span
    # The source of a paragraph begins with its first character, behind the markup of what it holds.
    return start, -end, not isinstance(record, Block | Table), left, -right


class Claim(NamedTuple):
    """A stretch of the source, and what became of it where nothing inside it says otherwise."""

    start: int
    end: int
    disposition: Disposition
    record: Record


def claims_of(document: Document) -> list[Claim]:
    """Return who claims which source; of claims that begin and end together the last one holds."""
    claims: list[Claim] = []
    spliced: list[Account] = []

    def claim(span: Span | None, record: Record) -> None:
        if span is not None and span.start < span.end:
            claims.append(Claim(span.start, span.end, "markup", record))

    def splice(inner: Document | None, owner: Record) -> None:
        if inner is None:
            return
        for row in inner.accounting():
            if row.disposition == "kept":
                spliced.append(Account(row.source_span, None, "moved", owner))
            elif row.disposition == "layout":
                spliced.append(Account(row.source_span, None, "markup", owner))
            else:
                spliced.append(row._replace(text_span=None))

    for name in ("templates", "links", "styles", "tables", "math", "categories", "interlanguage"):
        for record in getattr(document, name):
            claim(record.source_span, record)
    for footnote in document.footnotes:
        claim(footnote.source_span, footnote)
        for anchor in footnote.anchors:
            if not anchor.owner:
                claim(anchor.source_span, footnote)
        splice(footnote.body, footnote)
    for media in document.media:
        claim(media.source_span, media)
        splice(media.caption, media)
    for infobox in document.infoboxes:
        claim(infobox.source_span, infobox)
        for field in infobox.fields:
            splice(field.body, infobox)
    for start, end, index in triples(document.marks):
        claims.append(Claim(start, end, "markup", document.blocks[index]))
    for start, end, index in triples(document.drops):
        claims.append(Claim(start, end, "dropped", document.diagnostics[index]))
    # A mark that stands in a nested Document is the page's; that Document cannot account for it.
    marks = sorted(
        (anchor.source_span, i)
        for i, footnote in enumerate(document.footnotes)
        for anchor in footnote.anchors
        if anchor.owner and anchor.source_span.start < anchor.source_span.end
    )
    claims += [Claim(*span, "markup", document.footnotes[i]) for span, i in marks]
    covered: list[Span] = []  # by marks, some of which stand in the note that another one makes
    for span, _ in marks:
        if covered and span.start <= covered[-1].end:
            covered[-1] = Span(covered[-1].start, max(covered[-1].end, span.end))
        else:
            covered.append(span)
    for row in spliced:
        span, _, disposition, owner = row
        if isinstance(owner, Diagnostic) and owner.code == UNACCOUNTED:
            at = bisect_right(covered, span.start, key=_start_of) - 1
            if at >= 0 and span.end <= covered[at].end:
                continue
        if owner is not None:
            claims.append(Claim(*span, disposition, owner))
    return claims


def _start_of(span: Span) -> int:
    return span.start


def _outermost_first(claim: Claim) -> int:
    return (claim.start << 32) - claim.end


def _accounting(document: Document) -> list[Account]:
    first, last = document.extent
    claims = claims_of(document)
    # Innermost is last in this order: later start, then earlier end; of equals, the later claim.
    claims.sort(key=_outermost_first)
    kept = kept_once(document.runs)
    points = {first, last}
    for start, end, _, _ in claims:
        points.add(start)
        points.add(end)
    for start, end, _ in kept:
        points.add(start)
        points.add(end)
    cuts = sorted(p for p in points if first <= p <= last)
    rows: list[Account] = []
    stack: list[Claim] = []
    next_claim = next_kept = 0
    for left, right in pairwise(cuts):
        while next_claim < len(claims) and claims[next_claim].start <= left:
            stack.append(claims[next_claim])
            next_claim += 1
        while stack and stack[-1].end <= left:
            stack.pop()
        while next_kept < len(kept) and kept[next_kept][1] <= left:
            next_kept += 1
        if next_kept < len(kept) and kept[next_kept][0] <= left:
            piece = document.runs[kept[next_kept][2]]
            a, b, c, _, verbatim = piece
            span = Span(a + left - c, a + right - c) if verbatim else Span(a, b)
            _push(rows, Account(Span(left, right), span, "kept", None))
        elif stack:
            top = stack[-1]
            _push(rows, Account(Span(left, right), None, top.disposition, top.record))
        else:
            _unclaimed(rows, document, left, right)
    return rows


def _push(rows: list[Account], row: Account) -> None:
    """Append a row, or grow the last one if it is of the same record and disposition."""
    if rows:
        last = rows[-1]
        if last.disposition == row.disposition and last.record is row.record:
            if row.text_span is None:
                rows[-1] = last._replace(
                    source_span=Span(last.source_span.start, row.source_span.end)
                )
                return
            if last.text_span is not None and _goes_on(last, row, last.text_span, row.text_span):
                rows[-1] = Account(
                    Span(last.source_span.start, row.source_span.end),
                    Span(last.text_span.start, row.text_span.end),
                    "kept",
                    None,
                )
                return
    rows.append(row)


def _goes_on(last: Account, row: Account, before: Span, after: Span) -> bool:
    """Whether two rows of text are one: parts of an indivisible run, or verbatim on both sides."""
    return before == after or (
        before.end == after.start
        and _length(last.source_span) == _length(before)
        and _length(row.source_span) == _length(after)
    )


def _length(span: Span) -> int:
    return span.end - span.start


TRUNCATED: Final = frozenset({"source_truncated", "too_deep"})
"""Codes of the diagnostics of what lies beyond a limit."""

UNACCOUNTED: Final = "unaccounted"
"""Code of the diagnostic that accounting makes of a character nobody claims: a defect of ours."""


def _unclaimed(rows: list[Account], document: Document, left: int, right: int) -> None:
    """Account for source that no record claims: white space is layout, the rest is our defect."""
    source = document.source
    at = left
    while at < right:
        end = at + 1
        blank = source[at].isspace() or source[at] == "\ufeff"
        while end < right and (source[end].isspace() or source[end] == "\ufeff") == blank:
            end += 1
        if blank:
            _push(rows, Account(Span(at, end), None, "layout", None))
        else:
            record = Diagnostic(
                UNACCOUNTED,
                "error",
                "These characters are in no record; please report this page.",
                Span(at, end),
                0,
                source[at:end],
            )
            _push(rows, Account(Span(at, end), None, "dropped", record))
        at = end
