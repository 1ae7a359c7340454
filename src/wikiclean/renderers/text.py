"""
Other choices of what stands in the text, made by edits.

Here lives ``select``: it takes tables, captions and formulas out of the text, writes tables with
pipes, and writes notes into the text. All of it goes through ``editing.edit``, so that the result
is a Document like any other, with every character of the source accounted for.
"""

# ruff: noqa: S101 - only removals with a source are kept there.

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple, TypeVar

import attrs

from wikiclean.document import (
    OPAQUE_BLOCKS,
    Anchor,
    Block,
    Cell,
    Diagnostic,
    Document,
    Footnote,
    Link,
    Media,
    Span,
    Style,
    Table,
    Template,
)
from wikiclean.editing import Change, Edit, edit, edit_and_shift
from wikiclean.errors import UnknownFormatError
from wikiclean.values import check_type

TABLES: Final = ("text", "markdown", "drop")
MATH: Final = ("tex", "drop")
FOOTNOTES: Final = ("drop", "inline", "end")

NOT_SELECTED: Final = "not_selected"
"""Code of the diagnostic of what the caller did not want in the text."""
NOTES_SHOWN: Final = "notes_shown"
"""Code of the diagnostic that says that notes were written into the text."""

_Stretch = TypeVar("_Stretch", Link, Style, Template, Table)


def select(
    document: Document, *, tables: str, captions: bool, math: str, footnotes: str
) -> Document:
    r"""
    Return *document* with another choice of what stands in its text.

    What was taken out is named by a diagnostic with the code ``not_selected``, and the records
    that stood in it are gone too. A formula's record stays, and so do notes whose marks stood in
    what was taken out. What is already so stays as it is: to select twice is to select once, and
    what an earlier selection took out does not come back.

    Args:
        document: The page; it stays as it is.
        tables: ``text``, ``markdown`` or ``drop``. A pipe table has a header row, which is empty if
            the table has none; ``|`` in a cell is ``\|``, a line break is ``<br>``.
        captions: Whether captions of images stand in the text.
        math: ``tex`` or ``drop``.
        footnotes: ``drop``, ``inline`` or ``end``. ``inline`` writes a note's text in brackets
            where its first mark stood, full-width ones beside CJK characters; a note without text
            leaves nothing. ``end`` writes ``[1]`` for each mark, and the notes as a list at the end
            of the text; a note without text has its number there and nothing behind it.

    Raises:
        UnknownFormatError: if an argument is none of these.
        TypeError: if *captions* is no truth value.
    """
    for name, value, known in (
        ("tables", tables, TABLES),
        ("math", math, MATH),
        ("footnotes", footnotes, FOOTNOTES),
    ):
        if value not in known:
            raise UnknownFormatError(name, value, known)
    # A word such as "drop" would count as True.
    check_type("captions", captions, (bool,), "True or False")
    removals = []
    if tables == "drop":
        removals += [_of_table(table) for table in document.tables]
    if not captions:
        removals += list(_of_captions(document))
    if math == "drop":
        removals += list(_of_math(document))
    document = _remove(document, removals)
    if footnotes != "drop":
        document = _write_notes(document, at_end=footnotes == "end")
    if tables == "markdown":
        document = _pipe_tables(document)
    return document


# ---------------------------------------------------------------- taking out


class _Removal(NamedTuple):
    """A stretch to take out of the text."""

    span: Span
    message: str
    source: Span | None
    """What it was made from, if records that stood in it go too."""
    whole: bool
    """Whether it is made of whole blocks, so that what parts blocks goes too."""


def _of_table(table: Table) -> _Removal:
    return _Removal(table.span, "A table was not selected.", table.source_span, whole=True)


def _of_captions(document: Document) -> Iterator[_Removal]:
    blocks = {block.span: block for block in document.blocks if block.kind == "caption"}
    for media in document.media:
        if media.caption_span is not None and media.caption_span.start < media.caption_span.end:
            block = blocks.get(media.caption_span)
            source = block.source_span if block else document.source_of(media.caption_span)
            yield _Removal(
                media.caption_span, "A caption was not selected.", source, whole=block is not None
            )


def _of_math(document: Document) -> Iterator[_Removal]:
    text = document.text
    edges = {at for block in document.blocks for at in block.span}
    before, reached = "", 0
    for start, end in sorted(m.span for m in document.math if m.span.start < m.span.end):
        if start > reached or not before:
            before = "" if start in edges else text[max(start - 1, 0) : start]
        after = "" if end in edges else text[end : end + 1]
        # One of the two spaces or line ends around it goes with it.
        takes_before = before == " " and after == "\n" and start > reached
        takes_after = before in (" ", "\n") and after in (" ", before)
        reached = end + takes_after
        yield _Removal(
            Span(start - takes_before, reached), "A formula was not selected.", None, whole=False
        )


def _remove(document: Document, removals: list[_Removal]) -> Document:
    chosen: list[_Removal] = []
    for one in sorted(removals, key=lambda r: (r.span.start, -r.span.end)):
        if one.span.start < one.span.end and (not chosen or one.span.start >= chosen[-1].span.end):
            chosen.append(one)
    if not chosen:
        return document
    chosen = _swallow(document, chosen)
    edits = []
    for one, span in zip(chosen, _with_separators(document, chosen), strict=True):
        hull = one.source or document.source_of(one.span)
        taken = document.text[one.span.start : one.span.end]
        note = Diagnostic(NOT_SELECTED, "info", one.message, hull, one.span.start, taken)
        edits.append(Edit(span, "", note))
    edited = _tidied(document, edit(document, edits))
    return _without_records(document, edited, chosen)


def _swallow(document: Document, chosen: list[_Removal]) -> list[_Removal]:
    """Let a block or a table go too in which nothing is left."""
    holders: list[tuple[Span, Span, bool]] = [
        (b.span, b.source_span, b.kind != "cell") for b in document.blocks
    ]
    holders += [(table.span, table.source_span, True) for table in document.tables]
    holders.sort(key=lambda h: (h[0].end - h[0].start, h[1].end - h[1].start))
    starts = [one.span.start for one in chosen]
    for span, source, whole in holders:
        start, end = span
        first = bisect_left(starts, start)
        last = first
        at, rest = start, ""
        while last < len(chosen) and chosen[last].span.end <= end and not rest:
            rest = document.text[at : chosen[last].span.start].strip()
            at = chosen[last].span.end
            last += 1
        if last > first and not rest and not document.text[at:end].strip():
            one = chosen[first]._replace(span=span, source=source, whole=whole)
            chosen[first:last] = [one]
            starts[first:last] = [start]
    return chosen


def _tidied(old: Document, new: Document) -> Document:
    """Take white space away that now stands at the ends of blocks, and between cells."""
    text = new.text
    gone: set[int] = set()

    def clear(start: int, end: int) -> None:
        gone.update(range(start, end))

    tables = {table.span.start for table in new.tables if _length(table.span)}
    spans = [
        (after.span, after.span.start in tables)
        for before, after in zip(old.blocks, new.blocks, strict=True)
        if after.kind not in (*OPAQUE_BLOCKS, "quote")
        and _length(after.span) < _length(before.span)
    ]
    if not any(block.kind in OPAQUE_BLOCKS for block in new.blocks):
        spans.append((Span(0, len(text)), False))
    for (start, end), begins_with_cells in spans:
        inside = text[start:end]
        clear(start + len(inside.rstrip()), end)
        lead = inside[: len(inside) - len(inside.lstrip())]
        clear(start, start + len(lead.rstrip("\t") if begins_with_cells else lead))
    for before, after in zip(old.tables, new.tables, strict=True):
        left = sorted(c.span for c in after.cells if _length(c.span))
        if len(left) == sum(_length(c.span) > 0 for c in before.cells):
            continue
        if after.caption is not None and _length(after.caption):
            left = sorted([*left, after.caption])
        at, end = after.span
        for span in left:
            # The tabs of the last row that the gap goes over, and the line end before them.
            gap = text[at : span.start]
            if not gap.strip("\n\t"):
                clear(at, at + gap.rfind("\n") + (at == after.span.start))
            at = max(at, span.end)
        if not text[at:end].strip("\n\t"):
            clear(at, end)
    return edit(new, [Edit(Span(at, at + 1)) for at in sorted(gone)])


def _length(span: Span) -> int:
    return span.end - span.start


def _with_separators(document: Document, chosen: list[_Removal]) -> list[Span]:
    """Return what to delete so that the blocks that stay are parted as blocks are."""
    text = document.text
    spans = [one.span for one in chosen]
    holders = _Holders(document)
    at = 0
    while at < len(chosen):
        if not chosen[at].whole:
            at += 1
            continue
        low, high = holders.around(spans[at])
        # A row of neighbours that all go is one gap: each takes what parts it from the next.
        last = at
        while (
            last + 1 < len(chosen)
            and chosen[last + 1].whole
            and chosen[last + 1].span.end <= high
            and not text[spans[last].end : spans[last + 1].start].strip("\n")
        ):
            spans[last] = Span(spans[last].start, spans[last + 1].start)
            last += 1
        left, right = spans[at].start, spans[last].end
        floor = max(low, spans[at - 1].end) if at else low
        ceiling = min(high, spans[last + 1].start) if last + 1 < len(spans) else high
        while left > floor and text[left - 1] == "\n":
            left -= 1
        while right < ceiling and text[right] == "\n":
            right += 1
        before, after = spans[at].start - left, right - spans[last].end
        if left > low and (right >= high or before <= after):
            spans[at] = Span(left, spans[at].end)
        elif left <= low or right < high:
            spans[last] = Span(spans[last].start, right)
        at = last + 1
    return spans


_HOLDERS: Final = ("caption", "cell", "definition", "item", "quote", "term")
"""Kinds of blocks in which others may stand."""


class _Holders:
    """The blocks of a Document that hold others, to be asked which of them holds a block."""

    def __init__(self, document: Document) -> None:
        self._whole: Final = (0, len(document.text))
        self._spans: Final = sorted(
            {b.span for b in document.blocks if b.kind in _HOLDERS}
            | {cell.span for table in document.tables for cell in table.cells},
            key=lambda s: (s.start, -s.end),
        )
        self._next = 0
        self._open: list[Span] = []

    def around(self, span: Span) -> tuple[int, int]:
        """Return the bounds of the innermost holder of *span*; ask in text order."""
        while self._next < len(self._spans) and self._spans[self._next].start <= span.start:
            self._open.append(self._spans[self._next])
            self._next += 1
        while self._open and (self._open[-1].end < span.end or self._open[-1] == span):
            self._open.pop()
        return self._open[-1] if self._open else self._whole


class _Gone:
    """Which records stood in what was taken out."""

    def __init__(self, chosen: list[_Removal]) -> None:
        self._with_records: Final = [
            (i, one) for i, one in enumerate(chosen) if one.source is not None
        ]
        self._starts: Final = [one.span.start for _, one in self._with_records]

    def find(self, span: Span, source: Span) -> int | None:
        """Return the number of the removal that a record goes with, or None if it stays."""
        at = bisect_right(self._starts, span.start) - 1
        # A record without text at the border of two removals may be of either.
        for index in (at, at - 1):
            if index < 0:
                continue
            number, one = self._with_records[index]
            if span.end > one.span.end:
                continue
            assert one.source is not None
            inside = one.source.start <= source.start and source.end <= one.source.end
            if inside or span.start < span.end:
                return number
        return None

    def of_anchor(self, anchor: Anchor) -> int | None:
        if anchor.owner:
            return None
        point = Span(anchor.offset, anchor.offset)
        return self.find(point, anchor.source_span)


def _without_records(old: Document, new: Document, chosen: list[_Removal]) -> Document:
    """
    Take the records out of *new* that stood in what was taken out of *old*.

    What they claimed of the source goes to the diagnostics.
    """
    gone = _Gone(chosen)
    drops = list(new.drops)
    first = len(old.diagnostics)

    def drop(span: Span, number: int) -> None:
        if span.start < span.end:
            drops.extend((span.start, span.end, first + number))

    for i, one in enumerate(chosen):
        if one.source is not None:
            drop(one.source, i)
    links = tuple(_stay(old.links, new.links, gone, drop))
    styles = tuple(_stay(old.styles, new.styles, gone, drop))
    templates = tuple(_stay(old.templates, new.templates, gone, drop))
    tables = tuple(_stay(old.tables, new.tables, gone, drop))

    place: dict[int, int] = {}
    left: dict[int, int] = {}
    blocks: list[Block] = []
    for i, (before, after) in enumerate(zip(old.blocks, new.blocks, strict=True)):
        number = gone.find(before.span, before.source_span)
        if number is None:
            place[i] = len(blocks)
            blocks.append(after)
        else:
            left[i] = number
            drop(before.source_span, number)
    marks: list[int] = []
    for i in range(0, len(old.marks), 3):
        start, end, index = old.marks[i : i + 3]
        if index in place:
            marks += (start, end, place[index])
        else:
            drop(Span(start, end), left[index])

    media: list[Media] = []
    paths: dict[str, str | None] = {}
    for i, (item, after_item) in enumerate(zip(old.media, new.media, strict=True)):
        point = Span(item.offset, item.offset)
        number = gone.find(point, item.source_span)
        if number is not None:
            drop(item.source_span, number)
            paths[f"media/{i}"] = None
            continue
        paths[f"media/{i}"] = f"media/{len(media)}"
        caption = item.caption_span
        if caption is not None and gone.find(caption, item.source_span) is not None:
            after_item = attrs.evolve(after_item, caption_span=None)  # noqa: PLW2901
        media.append(after_item)

    notes = []
    for note, after_note in zip(old.footnotes, new.footnotes, strict=True):
        anchors: list[Anchor] = []
        for anchor, after_anchor in zip(note.anchors, after_note.anchors, strict=True):
            number = gone.of_anchor(anchor)
            head = "/".join(anchor.owner.split("/")[:2])
            if number is not None:
                drop(anchor.source_span, number)
            elif paths.get(head, head) is not None:
                owner = (paths.get(head) or head) + anchor.owner[len(head) :]
                anchors.append(attrs.evolve(after_anchor, owner=owner))
        notes.append(attrs.evolve(after_note, anchors=tuple(anchors)))
    return attrs.evolve(
        new,
        blocks=tuple(blocks),
        marks=tuple(marks),
        media=tuple(media),
        footnotes=tuple(notes),
        drops=tuple(drops),
        links=links,
        styles=styles,
        templates=templates,
        tables=tables,
    )


def _stay(
    old: Iterable[_Stretch], new: Iterable[_Stretch], gone: _Gone, drop: Callable[[Span, int], None]
) -> Iterator[_Stretch]:
    for before, after in zip(old, new, strict=True):
        number = gone.find(before.span, before.source_span)
        if number is None:
            yield after
        else:
            drop(before.source_span, number)


# ---------------------------------------------------------------- notes


_CJK: Final = re.compile(
    "[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)


def label(note: Footnote) -> str:
    """Return a note's number as its mark prints it, with its group: ``1``, ``註 1``."""
    return f"{note.group} {note.number}" if note.group else str(note.number)


def notes_shown(document: Document) -> bool:
    """Whether notes were written into the text, so that their marks are not to be shown again."""
    return any(one.code == NOTES_SHOWN for one in document.diagnostics)


def _write_notes(document: Document, *, at_end: bool) -> Document:
    uses = sorted(
        (
            (anchor.offset, index)
            for index, note in enumerate(document.footnotes)
            for anchor in note.anchors
            if not anchor.owner
        ),
        key=lambda use: use[0],
    )
    if not uses or notes_shown(document):
        return document
    edits: list[Edit] = []
    listed: dict[int, None] = {}
    for offset, index in uses:
        note = document.footnotes[index]
        if at_end:
            edits.append(Edit(Span(offset, offset), f"[{label(note)}]"))
        elif index not in listed and note.text:
            edits.append(Edit(Span(offset, offset), _bracketed(document.text, offset, note.text)))
        listed[index] = None
    how = "at the end of the text" if at_end else "where their marks stood"
    message = f"Notes were written into the text, {how}."
    shown = Diagnostic(NOTES_SHOWN, "info", message, Span(0, 0), 0)
    if not edits:
        return attrs.evolve(document, diagnostics=(*document.diagnostics, shown))
    edited, point = edit_and_shift(document, edits)
    grown = _grow(document, edited, edits, point)
    grown = attrs.evolve(grown, diagnostics=(*grown.diagnostics, shown))
    return _append_notes(grown, list(listed)) if at_end else grown


def _bracketed(text: str, offset: int, note: str) -> str:
    note = " ".join(note.split("\n"))
    near = text[max(offset - 1, 0) : offset + 1]
    return f"（{note}）" if _CJK.search(near) else f"({note})"


def _grow(old: Document, new: Document, edits: list[Edit], point: Callable[[int], int]) -> Document:
    """Let blocks, tables and captions hold what was inserted at their borders."""
    inserted: dict[int, int] = {}
    for one in edits:
        inserted[one.span.start] = inserted.get(one.span.start, 0) + len(one.replacement)

    def grown(span: Span) -> Span:
        if span.start == span.end:
            return Span(point(span.start), point(span.end))
        return Span(point(span.start), point(span.end) + inserted.get(span.end, 0))

    changes = [
        Change(after, attrs.evolve(after, span=grown(before.span)))
        for before, after in zip(old.blocks, new.blocks, strict=True)
    ]
    changes += [
        Change(
            after,
            attrs.evolve(
                after,
                span=grown(before.span),
                caption=before.caption and grown(before.caption),
                cells=tuple(
                    attrs.evolve(c, span=grown(b.span))
                    for b, c in zip(before.cells, after.cells, strict=True)
                ),
            ),
        )
        for before, after in zip(old.tables, new.tables, strict=True)
    ]
    changes += [
        Change(after, attrs.evolve(after, caption_span=grown(before.caption_span)))
        for before, after in zip(old.media, new.media, strict=True)
        if before.caption_span is not None
    ]
    return edit(new, changes)


def _append_notes(document: Document, listed: list[int]) -> Document:
    end = len(document.text)
    at = end + 2 if end else 0
    lines, blocks = [], []
    for index in listed:
        note = document.footnotes[index]
        line = " ".join([f"[{label(note)}]", *note.text.split("\n")]).rstrip()
        source = note.source_span or note.anchors[0].source_span
        blocks.append(Block("definition", Span(at, at + len(line)), source, 1, ":"))
        lines.append(line)
        at += len(line) + 1
    written = edit(document, [Edit(Span(end, end), ("\n\n" if end else "") + "\n".join(lines))])
    return attrs.evolve(written, blocks=written.blocks + tuple(blocks))


# ---------------------------------------------------------------- tables with pipes


def _pipe_tables(document: Document) -> Document:
    edits: list[Edit] = []
    redone: list[tuple[int, Edit]] = []
    reached = -1

    def outermost(index: int) -> tuple[int, int, int]:
        table = document.tables[index]
        return table.span.start, -table.span.end, table.source_span.start

    for index in sorted(range(len(document.tables)), key=outermost):
        table = document.tables[index]
        if table.span.start < reached:
            continue  # it stands in a cell, where a table can only be a line
        filled = sorted(
            (c for c in table.cells if c.span.start < c.span.end),
            key=lambda c: (c.row, c.column),
        )
        if not filled or not _is_plain(document.text, table, filled):
            continue
        reached = table.span.end
        edits += _pipes(document.text, table, filled)
        redone.append((index, edits[-1]))
    if not edits:
        return document
    written, point = edit_and_shift(document, edits)
    changes = []
    for index, last in redone:
        table, after = document.tables[index], written.tables[index]
        # The first and the last pipe stand outside what was the table.
        start, end = (point(offset) for offset in table.span)
        if last.span.start == last.span.end:
            end += len(last.replacement)
        changes.append(Change(after, attrs.evolve(after, span=Span(start, end))))
    return edit(written, changes)


def _is_plain(text: str, table: Table, filled: list[Cell]) -> bool:
    """Whether a table stands as text: nothing but white space between its cells, in order."""
    at = table.caption.end if table.caption else table.span.start
    for cell in filled:
        if cell.span.start < at or text[at : cell.span.start].strip("\t\n"):
            return False
        at = cell.span.end
    return table.span.end >= at and not text[at : table.span.end].strip("\t\n")


def _pipes(text: str, table: Table, filled: list[Cell]) -> Iterator[Edit]:
    """Yield the edits that turn tabs and line feeds between cells into pipes."""
    ruler = "|" + " --- |" * table.columns + "\n"
    at = table.caption.end if table.caption else table.span.start
    row, column, begun = 0, 0, False  # the field that is written next
    out = ["\n\n"] if table.caption else []
    if not table.header_rows:
        out.append("|" + " |" * table.columns + "\n" + ruler)

    for cell in [*filled, None]:
        until = cell.row if cell else table.rows
        while row < until:
            out.append(("" if begun else "|") + " |" * (table.columns - column) + "\n")
            row, column, begun = row + 1, 0, False
            if row == 1 and table.header_rows:
                out.append(ruler)
        if cell is None:
            break
        out.append(("" if begun else "|") + " |" * (cell.column - column) + " ")
        yield Edit(Span(at, cell.span.start), "".join(out))
        yield from _in_cell(text, cell.span)
        out = [" |"]
        at, column, begun = cell.span.end, cell.column + 1, True
    yield Edit(Span(at, table.span.end), "".join(out).removesuffix("\n"))


def _in_cell(text: str, span: Span) -> Iterator[Edit]:
    for match in re.compile(r"[|\n\t]").finditer(text, *span):
        at = match.start()
        if match[0] == "|":
            yield Edit(Span(at, at), "\\")
        else:
            yield Edit(Span(at, at + 1), "<br>" if match[0] == "\n" else " ")
