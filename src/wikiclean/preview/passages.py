"""
Passages: the account of a page, cut so that each stretch of source belongs to one construct.

Here lives the one place that finds out which stretch of the source and which stretch of the text
are the same passage, and what each is called. How a passage looks is for those who show it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import attrs

from wikiclean.codes import REPAIRS
from wikiclean.document import (
    UNACCOUNTED,
    Account,
    Block,
    Category,
    Diagnostic,
    Document,
    Field,
    Footnote,
    Infobox,
    Interlanguage,
    Link,
    Math,
    Media,
    Record,
    Span,
    Style,
    Table,
    Template,
    kept_once,
)
from wikiclean.errors import UnknownFormatError
from wikiclean.renderers.text import label

Kind: TypeAlias = Literal["kept", "moved", "markup", "layout", "dropped", "repaired", "flagged"]

KINDS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "kept": "It stands in the text.",
        "moved": "It stands in a record beside the text: a note, an infobox, a caption.",
        "markup": "It is the markup of a record and stands in no text.",
        "layout": "It is white space that parts blocks.",
        "dropped": "It was left out; a code says why.",
        "repaired": "It was mended; a code says how.",
        "flagged": "It was read as it is, with a remark; nothing was changed.",
    }
)
"""Kind of a passage → what that means. ``flagged`` is the kind of remarks, which have a place but
no characters of their own."""

Shown: TypeAlias = Record | Field


class Passage(NamedTuple):
    """A stretch of the source of one kind and one construct."""

    span: Span
    """In ``Document.source``; passages tile it as the account does."""
    kind: Kind
    construct: int
    """Number of the construct it belongs to; plain text is one of its own, layout is in none: 0."""
    record: Record | None
    """The construct, where it is a record."""
    owner: Document | None
    """The Document in whose text it stands, the page or one nested in it; None if in none."""
    text_span: Span | None
    """In the text of *owner*."""


class Construct(NamedTuple):
    """A record with a number. Numbers follow the source, and what is inside follows what holds."""

    number: int
    last: int
    """The highest number inside it; *number* if nothing is."""
    record: Shown
    owner: Document
    """The Document that has the record."""


class Stretch(NamedTuple):
    """A stretch of a text, of one construct."""

    start: int
    end: int
    construct: int
    """0 where it has none, as the blank lines between blocks."""
    kind: Kind


class Remark(NamedTuple):
    """A place of a text at which a diagnostic has something to say."""

    offset: int
    construct: int
    kind: Kind


@attrs.frozen
class Explanation:
    """What became of a page: passages over its source, and the constructs they belong to."""

    document: Document
    passages: tuple[Passage, ...] = attrs.field(repr=False)
    """In the order of the source, without gap or overlap."""
    constructs: Mapping[int, Construct] = attrs.field(repr=False)
    """By number, ascending; plain text has numbers too, but no entry here."""
    kinds: Mapping[int, Kind] = attrs.field(repr=False)
    """Number of a diagnostic → ``dropped``, ``repaired`` or ``flagged``."""
    owners: Mapping[str, Document] = attrs.field(repr=False)
    """The page, whose path is empty, and every Document in it by its path."""
    _numbers: Mapping[int, int] = attrs.field(repr=False, alias="numbers")

    def number(self, record: Shown) -> int:
        """Return the number of a record of this page or of a Document in it; 0 if it has none."""
        return self._numbers.get(id(record), 0)

    def _repr_html_(self) -> str:
        from wikiclean.preview.page import frame  # noqa: PLC0415 - it shows what stands here

        return frame(self)

    def path(self, owner: Document) -> str:
        """Return the path of a Document in the page."""
        return self._paths[id(owner)]

    @cached_property
    def _paths(self) -> Mapping[int, str]:
        return {id(owner): path for path, owner in self.owners.items()}

    def where(self, owner: Document) -> str:
        """Return what a Document in the page is the text of, for a person; empty for the page."""
        room, _, rest = self.path(owner).partition("/")
        index, _, rest = rest.partition("/")
        if room == "footnotes":
            return f"note {label(self.document.footnotes[int(index)])}"
        if room == "media":
            return f"caption of {self.document.media[int(index)].file}"
        if room == "infoboxes":
            infobox = self.document.infoboxes[int(index)]
            return f"{infobox.name}: {infobox.fields[int(rest.partition('/')[0])].key}"
        return ""

    @cached_property
    def first(self) -> Mapping[int, int]:
        """Number of a construct → index of the first passage that is its own."""
        found: dict[int, int] = {}
        for index, passage in enumerate(self.passages):
            found.setdefault(passage.construct, index)
        return found

    @cached_property
    def counts(self) -> Mapping[Kind, tuple[int, int]]:
        """Kind → how many there are (diagnostics, or else passages), and their characters."""
        characters: Counter[Kind] = Counter()
        number: Counter[Kind] = Counter()
        for passage in self.passages:
            characters[passage.kind] += passage.span.end - passage.span.start
            number[passage.kind] += 1
        for kind in ("dropped", "repaired", "flagged"):
            number[kind] = sum(found == kind for found in self.kinds.values())
        return {kind: (number[kind], characters[kind]) for kind in KINDS}

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset of the source, both from 1."""
        line = bisect_left(self._line_ends, offset)
        return line + 1, offset - (self._line_ends[line - 1] + 1 if line else 0) + 1

    @cached_property
    def _line_ends(self) -> list[int]:
        source = self.document.source
        return [i for i, character in enumerate(source) if character == "\n"]

    def silent(self) -> list[Construct]:
        """Return the diagnostics that have no passage of their own, in the order of the source."""
        return [self.constructs[number] for number in self.kinds if number not in self.first]

    def stretches(self, owner: Document) -> list[Stretch]:
        """Return the text of the page, or of a Document in it, as stretches without gaps."""
        return _stretches(self, owner)

    @cached_property
    def _of_owner(self) -> Mapping[int, list[Passage]]:
        found: dict[int, list[Passage]] = {}
        for passage in self.passages:
            if passage.owner is not None and passage.text_span is not None:
                found.setdefault(id(passage.owner), []).append(passage)
        return found

    @cached_property
    def _in_text(self) -> frozenset[int]:
        return frozenset(p.construct for p in self.passages if p.text_span is not None)

    def remarks(self, owner: Document) -> list[Remark]:
        """Return where the diagnostics of a Document have something to say of its text."""
        found = []
        for diagnostic in owner.diagnostics:
            number = self.number(diagnostic)
            kind = self.kinds.get(number, "flagged")
            # Text that was mended is there to be seen.
            if number and number not in self._in_text:
                found.append(Remark(diagnostic.offset, number, kind))
        return sorted(found)


def explain(document: Document) -> Explanation:
    """
    Find out what became of every character of a page, in time linear in the page.

    A passage is a row of ``document.accounting()``, or a part of one: what stands in the text, or
    in that of a note or an infobox, is cut where a link, a style, a formula or a template ends.
    """
    owners = dict(_owners(document, ""))
    rows = document.accounting()
    dropped = {id(row.record) for row in rows if row.disposition == "dropped"}
    claims = _claims(owners)
    for row in rows:
        # What nobody accounts for has a diagnostic that no Document holds.
        if isinstance(row.record, Diagnostic) and row.record.code == UNACCOUNTED:
            claims.append(_Claim(row.source_span, _LAST, row.record, document))
    pieces = list(_pieces(document, rows, owners, claims))
    numbers, tree = _numbered(pieces, claims)
    constructs = {
        number: Construct(number, last, claim.record, claim.owner)
        for number, last, claim in sorted(tree, key=lambda row: row[0])
    }
    kinds = {
        number: _kind(one.record, id(one.record) in dropped)
        for number, one in constructs.items()
        if isinstance(one.record, Diagnostic)
    }
    passages = []
    for number, piece in zip(numbers, pieces, strict=True):
        row, span, record, owner, text_span = piece
        found = constructs.get(number)
        kind: Kind = row.disposition
        if found is not None and isinstance(found.record, Diagnostic):
            kind = kinds[number]
        passages.append(Passage(span, kind, number, record, owner, text_span))
    by_record = {id(one.record): number for number, one in constructs.items()}
    return Explanation(document, tuple(passages), constructs, kinds, owners, by_record)


def _owners(document: Document, path: str) -> Iterator[tuple[str, Document]]:
    """Yield the page and every Document in it, with their paths from the page."""
    yield path, document
    for step, inner in document.nested():
        yield from _owners(inner, f"{path}/{step}" if path else step)


def _kind(record: Diagnostic, dropped: bool) -> Kind:  # noqa: FBT001 - it is one fact of two
    if record.code in REPAIRS and (dropped or record.replacement):
        return "repaired"
    return "dropped" if dropped else "flagged"


# ---------------------------------------------------------------- what stands where in the source


class _Claim(NamedTuple):
    span: Span
    """In the source."""
    rank: int
    """Of claims to the same stretch the one with the lower rank is the outer one."""
    record: Shown
    owner: Document
    inline: bool = False
    """Whether text in it belongs to it, rather than to itself."""


_RANKS: Final = MappingProxyType(
    {
        Diagnostic: 0,
        Infobox: 1,
        Field: 2,
        Footnote: 2,
        Table: 3,
        Block: 3,
        Media: 3,
        Category: 4,
        Interlanguage: 4,
        Template: 5,
        Link: 6,
        Style: 7,
        Math: 8,
    }
)
_LAST: Final = 9
_INLINE: Final = (Template, Link, Style, Math)


def _claims(owners: Mapping[str, Document]) -> list[_Claim]:
    found: list[_Claim] = []
    for owner in owners.values():
        labels = {link.source_span: link for link in owner.links}
        for record in owner.own_records():
            span = record.source_span
            if isinstance(record, Footnote) and span is None:
                if not record.anchors:
                    continue
                span = record.anchors[0].source_span
            if span is None:
                continue
            if isinstance(record, Diagnostic) and record.code in REPAIRS and record.replacement:
                link = labels.get(span)
                if link is not None:
                    # What the label gave back: the text between its new end and the link's.
                    start = owner.source_of(link.span).end if link.label else span.start
                    span = Span(min(start, span.end), span.end)
                found.append(_Claim(span, _LAST, record, owner, inline=True))
                continue
            inline = isinstance(record, _INLINE) and record.span.start < record.span.end
            found.append(_Claim(span, _RANKS[type(record)], record, owner, inline))
            if isinstance(record, Infobox):
                found += [
                    _Claim(field.body.extent, _RANKS[Field], field, owner)
                    for field in record.fields
                ]
    found.sort(key=_order)
    return found


def _order(claim: _Claim) -> tuple[int, int, int]:
    return claim.span.start, -claim.span.end, claim.rank


def kinds_of(only: Kind | Collection[Kind]) -> frozenset[Kind]:
    """
    Return the kinds that are asked for.

    Raises:
        UnknownFormatError: if one is none of ``KINDS``.
    """
    wanted: Collection[Any] = [only] if isinstance(only, str) else only
    for kind in wanted:
        if kind not in KINDS:
            raise UnknownFormatError("kind", kind, tuple(KINDS))
    return frozenset(wanted)


class _Inside:
    """The innermost of nested spans at a place; places are asked for in ascending order."""

    def __init__(self, spans: Iterable[tuple[int, int, Shown]]) -> None:
        self._spans: Final = list(spans)
        self._cuts: Final = sorted({cut for start, end, _ in self._spans for cut in (start, end)})
        self._open: list[tuple[int, Shown]] = []
        self._next = 0

    def parts(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the stretch, cut where a span begins or ends."""
        index = bisect_right(self._cuts, start)
        while index < len(self._cuts) and self._cuts[index] < end:
            yield start, self._cuts[index]
            start = self._cuts[index]
            index += 1
        yield start, end

    def at(self, place: int) -> Shown | None:
        """Return the innermost record at a place."""
        while self._next < len(self._spans) and self._spans[self._next][0] <= place:
            _, end, record = self._spans[self._next]
            self._open.append((end, record))
            self._next += 1
        while self._open and self._open[-1][0] <= place:
            self._open.pop()
        return self._open[-1][1] if self._open else None


class _Piece(NamedTuple):
    row: Account
    span: Span
    record: Record | None
    owner: Document | None
    text_span: Span | None


class _Held(NamedTuple):
    """Source that stands in the text of a nested Document."""

    start: int
    end: int
    owner: Document
    text: Span


def _pieces(
    document: Document,
    rows: Sequence[Account],
    owners: Mapping[str, Document],
    claims: Sequence[_Claim],
) -> Iterator[_Piece]:
    inside: dict[int, list[tuple[int, int, Shown]]] = {id(one): [] for one in owners.values()}
    for claim in claims:
        if claim.inline:
            inside[id(claim.owner)].append((*claim.span, claim.record))
    found = {owner: _Inside(spans) for owner, spans in inside.items()}
    held: list[_Held] = []
    for path, owner in owners.items():
        if path:
            for start, end, run in kept_once(owner.runs):
                piece = owner.runs[run]
                text = Span(piece.text_start, piece.text_end)
                if piece.verbatim:
                    skipped = start - piece.source_start
                    text = Span(text.start + skipped, text.start + skipped + end - start)
                held.append(_Held(start, end, owner, text))
    held.sort(key=lambda one: (one.start, -one.end))
    first = 0
    for row in rows:
        span = row.source_span
        if row.disposition == "kept" and row.text_span is not None:
            yield from _cut(row, _Held(*span, document, row.text_span), found)
        elif row.disposition == "moved":
            at = span.start
            while first < len(held) and held[first].start < span.end:
                one = held[first]
                first += one.end <= span.end
                start, end = max(one.start, at), min(one.end, span.end)
                if start < end:
                    if at < start:
                        yield _Piece(row, Span(at, start), None, None, None)
                    yield from _cut(row, _part(one, start, end), found)
                    at = end
                if one.end > span.end:
                    break
            if at < span.end:
                yield _Piece(row, Span(at, span.end), None, None, None)
        else:
            yield _Piece(row, span, row.record, None, None)


def _part(held: _Held, start: int, end: int) -> _Held:
    if held.end - held.start != held.text.end - held.text.start:
        return held._replace(start=start, end=end)
    left = held.text.start + start - held.start
    return _Held(start, end, held.owner, Span(left, left + end - start))


def _cut(row: Account, held: _Held, inside: Mapping[int, _Inside]) -> Iterator[_Piece]:
    records = inside[id(held.owner)]
    whole = held.end - held.start != held.text.end - held.text.start
    parts = [(held.start, held.end)] if whole else records.parts(held.start, held.end)
    for start, end in parts:
        record = records.at(start)
        assert not isinstance(record, Field)  # noqa: S101 - only inline records are inside
        span = _part(held, start, end).text
        yield _Piece(row, Span(start, end), record, held.owner, span)


def _numbered(
    pieces: Sequence[_Piece], claims: Sequence[_Claim]
) -> tuple[list[int], list[tuple[int, int, _Claim]]]:
    """Return the number of each piece, and ``(number, last, claim)`` of each claim."""
    tree: list[tuple[int, int, _Claim]] = []
    known: dict[int, int] = {}
    stack: list[tuple[int, _Claim]] = []
    leaves: list[int] = []
    count = 0
    upcoming = 0

    def close(start: int, end: int) -> None:
        while stack and (stack[-1][1].span.end <= start or stack[-1][1].span.end < end):
            number, claim = stack.pop()
            tree.append((number, count, claim))

    ordered = sorted(claims, key=_order)
    for piece in pieces:
        while upcoming < len(ordered) and ordered[upcoming].span.start < piece.span.end:
            claim = ordered[upcoming]
            if claim.span.start > piece.span.start and claim.span.end > piece.span.end:
                break  # it begins within this piece and holds others
            close(claim.span.start, claim.span.end)
            upcoming += 1
            count += 1
            known[id(claim.record)] = count
            stack.append((count, claim))
        close(piece.span.start, 0)
        plain = piece.record is None and piece.row.disposition in ("kept", "moved")
        count += plain
        leaves.append(count if plain else 0)
    for claim in ordered[upcoming:]:
        close(claim.span.start, claim.span.end)
        count += 1
        known[id(claim.record)] = count
        stack.append((count, claim))
    close(1 << 62, 0)
    numbers = [
        leaf or known.get(id(piece.record), 0) for leaf, piece in zip(leaves, pieces, strict=True)
    ]
    return numbers, tree


# ---------------------------------------------------------------- what stands where in a text


def _stretches(explanation: Explanation, owner: Document) -> list[Stretch]:
    passages = explanation._of_owner.get(id(owner), [])  # noqa: SLF001 - its own module
    records = [r for name in ("templates", "links", "styles", "math") for r in getattr(owner, name)]
    spans = [(*r.span, r) for r in records if r.span.start < r.span.end]
    inside = _Inside(sorted(spans, key=lambda row: (row[0], -row[1])))
    found: list[Stretch] = []
    at = 0

    def supplied(end: int) -> None:
        """Text that no source stands for belongs to what it stands in."""
        for start, stop in inside.parts(at, end):
            record = inside.at(start)
            number = explanation.number(record) if record is not None else 0
            found.append(Stretch(start, stop, number, "kept"))

    def place(passage: Passage) -> tuple[int, int]:
        assert passage.text_span is not None  # noqa: S101 - so they were chosen
        return passage.text_span

    for passage in sorted(passages, key=place):
        start, end = place(passage)
        if at < start:
            supplied(start)
            at = start
        if at < end:
            found.append(Stretch(at, end, passage.construct, passage.kind))
            at = end
    if at < len(owner.text):
        supplied(len(owner.text))
    return found
