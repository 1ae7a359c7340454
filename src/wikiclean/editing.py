"""
The one place where the text of a Document changes after it was read.

Passes, the variant stage and ``Document.select`` say what is to change; ``edit`` does it and
moves every record, anchor, run and break that stands behind, and ``edit_nested`` goes on to the
Documents inside. What to change is decided elsewhere.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from operator import add, attrgetter, is_, ne, not_
from typing import Any, Final, TypeAlias, TypeVar

import attrs

from wikiclean.document import (
    FIELD_OF,
    RUN,
    Anchor,
    Block,
    Cell,
    Diagnostic,
    Document,
    Footnote,
    Infobox,
    Link,
    Math,
    Media,
    Piece,
    Record,
    Runs,
    Span,
    Style,
    Table,
    Template,
    as_it_is,
    cut,
    evolve,
    fields_of,
    outline,
    rule_entries,
    with_body,
    with_records,
)


@attrs.frozen
class Edit:
    """A change of the text: the characters of *span* give way to *replacement*."""

    span: Span
    """In the text before any edit; empty for an insertion."""
    replacement: str = ""
    diagnostic: Diagnostic | None = None
    """Says why; its offsets are in the text before any edit. Needed wherever more than white space
    does not stand in the replacement: what leaves the text must be named."""
    respelling: bool = False
    """Whether the replacement is the same words in another spelling, of a variant or a Unicode
    form: nothing leaves the text then, and no diagnostic is needed."""


@attrs.frozen
class Change:
    """A change of a record: the text stays, so *new* counts in the text before any edit."""

    record: Record
    new: Record
    diagnostic: Diagnostic | None = None


Action: TypeAlias = Edit | Change
R = TypeVar("R", bound=Block | Cell | Link | Style | Template)


class Shift:
    """Where the offsets of a text go when edits are made to it."""

    def __init__(self, edits: list[Edit], spans: Iterable[Span] = ()) -> None:
        self._starts: Final = [e.span.start for e in edits]
        self._ends: Final = [e.span.end for e in edits]
        self._lengths: Final = [len(e.replacement) for e in edits]
        self.before: Final = [0]
        """How far the text behind the first *n* edits moves."""
        self._inserted: Final[dict[int, int]] = {}
        """Length of what is inserted at an offset before anything else happens there."""
        seen = -1
        for edit in edits:
            (start, end), length = edit.span, len(edit.replacement)
            self.before.append(self.before[-1] + length - (end - start))
            if start != end:
                seen = start
            elif seen != start:
                self._inserted[start] = self._inserted.get(start, 0) + length

        self._taken: Final[dict[int, int]] = {}
        """Number of an edit → where in it the first of *spans* ends that began before it. What
        starts in the edit from there on starts behind it: the replacement cannot be of both."""
        for start, end in spans:
            last = bisect_left(self._starts, end) - 1
            if last >= 0 and start < self._starts[last] and end < self._ends[last]:
                self._taken[last] = min(end, self._taken.get(last, end))

    def _outside(self, offset: int) -> tuple[int, int]:
        """Return how many edits start before *offset*, and where it is once those are made."""
        count = bisect_left(self._starts, offset)
        return count, offset + self.before[count]

    def start(self, offset: int) -> int:
        """Move the start of a record: behind insertions, to the start of an edit it stands in."""
        count, moved = self._outside(offset)
        if count and self._ends[count - 1] > offset:
            last = count - 1
            behind = self._lengths[last] if offset >= self._taken.get(last, offset + 1) else 0
            return self._starts[last] + self.before[last] + behind
        return moved + self._inserted.get(offset, 0)

    def end(self, offset: int) -> int:
        """Move the end of a record: before insertions, to the end of an edit it stands in."""
        count, moved = self._outside(offset)
        if count and self._ends[count - 1] > offset:
            last = count - 1
            return self._starts[last] + self.before[last] + self._lengths[last]
        return moved

    def span(self, span: Span) -> Span:
        """Move a record; one without text stays before what is inserted there."""
        start, end = span
        count = bisect_left(self._starts, end)
        if not count:
            return span
        last = count - 1
        if self._ends[last] <= start and self._starts[last] < start:
            # No edit touches it: the common case.
            by = self.before[count]
            return Span(start + by, end + by) if by else span
        end = self.end(end)
        if start == span.end:
            return Span(end, end)
        return Span(min(self.start(start), end), end)


def edit(document: Document, actions: Iterable[Action]) -> Document:
    """
    Make edits and changes, and move everything else with them.

    Args:
        document: What to change; it stays as it is.
        actions: Edits that do not overlap, in any order (at one offset they apply in the order
            given), and changes of records of *document* itself, not of Documents nested in it.

    Returns:
        The new Document, or *document* itself if there is nothing to do.

    Raises:
        ValueError: if edits overlap or leave the text, if one takes more than white space away
            without a diagnostic, or if a change names a record that is not there.
    """
    return edit_and_shift(document, actions)[0]


def edit_and_shift(
    document: Document, actions: Iterable[Action]
) -> tuple[Document, Callable[[int], int]]:
    """Do what ``edit`` does, and also return where a point of the old text (an anchor) is now."""
    edits: list[Edit] = []
    changes: list[Change] = []
    for action in actions:
        if isinstance(action, Edit):
            edits.append(action)
        else:
            changes.append(action)
    if changes:
        document = _change(document, changes)
    if not edits:
        return document, lambda offset: offset
    edits.sort(key=lambda e: e.span.start)
    _check(document, edits)
    shift = Shift(edits, _spans(document) if any(_is_wide(one) for one in edits) else ())
    return _apply(document, edits, shift), shift.end


def edit_nested(
    document: Document,
    change: Callable[[Document, str], Document],
    shifts: Mapping[str, Callable[[int], int]],
    *,
    later: bool = False,
) -> Document:
    """
    Change the Documents directly inside another.

    Args:
        document: The one they are in; its own text stays.
        change: Takes one of them and its path, as ``Document.nested()`` names it, and returns it
            changed, or itself. Those that are deferred are changed when somebody asks for them.
        shifts: By path, where an offset of the old text is now; *change* may fill it. The anchors
            of footnotes move by it.
        later: Whether the footnotes wait in any case.

    Returns:
        The new Document, or *document* itself if nothing changed.
    """

    def medium(index: int, old: Media) -> Media:
        if old.caption is None:
            return old
        caption = change(old.caption, f"media/{index}")
        return old if caption is old.caption else evolve(old, caption=caption)

    def infobox(index: int, old: Infobox) -> Infobox:
        fields = tuple(
            with_body(field, partial(change_at, f"infoboxes/{index}/{j}"))
            for j, field in enumerate(old.fields)
        )
        return old if all(map(is_, fields, old.fields)) else evolve(old, fields=fields)

    def change_at(path: str, old: Document) -> Document:
        return change(old, path)

    def anchor(old: Anchor) -> Anchor:
        shift = shifts.get(old.owner)
        return old if shift is None else evolve(old, offset=shift(old.offset))

    def noted(notes: tuple[Footnote, ...]) -> tuple[Footnote, ...]:
        bodies = [
            None if note.body is None else change(note.body, f"footnotes/{i}")
            for i, note in enumerate(notes)
        ]
        moved = tuple(
            note
            if body is note.body and shifts.keys().isdisjoint([a.owner for a in note.anchors])
            else evolve(
                note,
                anchors=tuple(map(anchor, note.anchors)),
                body=body,
                text=note.text if body is None else body.text,
            )
            for note, body in zip(notes, bodies, strict=True)
        )
        return notes if all(map(is_, moved, notes)) else moved

    changes: dict[str, Any] = {}
    media = tuple(medium(i, old) for i, old in enumerate(document.media))
    if not all(map(is_, media, document.media)):
        changes["media"] = media
    infoboxes = tuple(infobox(i, old) for i, old in enumerate(document.infoboxes))
    if not all(map(is_, infoboxes, document.infoboxes)):
        changes["infoboxes"] = infoboxes
    footnotes = with_records(document, "footnotes", noted, later=later)
    if footnotes is not as_it_is(document, "footnotes"):
        changes["footnotes"] = footnotes
    return evolve(document, **changes) if changes else document


def _is_wide(one: Edit) -> bool:
    """Whether something can begin or end within *one*."""
    return one.span.end - one.span.start > 1


def _spans(document: Document) -> Iterator[Span]:
    # Cells with text are blocks, too.
    for name in ("blocks", "links", "styles", "tables"):
        for _, _, start, end, *_ in outline(document, name):
            yield Span(start, end)
    for formula in document.math:
        yield formula.span


def _change(document: Document, changes: list[Change]) -> Document:
    new: dict[str, dict[int, Record]] = {}
    for change in changes:
        kind = type(change.record)
        if kind not in FIELD_OF:
            raise ValueError(f"a {kind.__name__} is no record of a document")
        new.setdefault(FIELD_OF[kind], {})[id(change.record)] = change.new
    fields: dict[str, Any] = {}
    for name, named in new.items():  # what is deferred of others stays so
        fields[name] = tuple(named.pop(id(record), record) for record in getattr(document, name))
        if named:
            raise ValueError(f"{len(named)} changed {name} are not in the document")
    found = tuple(c.diagnostic for c in changes if c.diagnostic is not None)
    return evolve(document, diagnostics=document.diagnostics + found, **fields)


def _check(document: Document, edits: list[Edit]) -> None:
    reached = 0
    for one in edits:
        start, end = one.span
        if start < reached or end < start or end > len(document.text):
            raise ValueError(f"edit at {start}–{end} overlaps another or leaves the text")
        reached = end
        if one.diagnostic is None and not one.respelling:
            lost = document.text[start:end].strip()
            if lost and lost not in one.replacement:
                raise ValueError(
                    f"edit at {start}–{end} takes text away and has no diagnostic; say why in one, "
                    "or that it is a respelling"
                )


def _apply(document: Document, edits: list[Edit], shift: Shift) -> Document:
    text = _edit_text(document.text, edits)
    first = edits[0].span.start

    diagnostics = list(document.diagnostics)
    drops = list(document.drops)
    named: list[int | None] = []
    for one in edits:
        named.append(len(diagnostics) if one.diagnostic is not None else None)
        if one.diagnostic is not None:
            diagnostics.append(one.diagnostic)
    runs = _edit_runs(document.runs, edits, shift, named, drops, document.source)
    moved = partial(with_records, document, later=True, moved=shift.span)
    return evolve(
        document,
        text=text,
        blocks=moved("blocks", lambda blocks: _respanned(blocks, shift)),
        links=moved("links", lambda links: _relabelled(_respanned(links, shift), text)),
        styles=moved("styles", lambda styles: _respanned(styles, shift)),
        footnotes=with_records(
            document,
            "footnotes",
            lambda notes: tuple(_moved_note(note, shift, first) for note in notes),
            later=True,
        ),
        templates=moved("templates", lambda calls: _respanned(calls, shift)),
        tables=moved("tables", lambda tables: tuple(_moved_table(one, shift) for one in tables)),
        media=tuple(_moved_media(one, shift) for one in document.media),
        math=tuple(_moved_math(formula, shift, text) for formula in document.math),
        diagnostics=_moved_diagnostics(diagnostics, shift),
        runs=runs,
        drops=tuple(drops),
        breaks=tuple(b if b < first else shift.end(b) for b in document.breaks),
        rules=_move_rules(document.rules, shift),
    )


def _edit_text(text: str, edits: list[Edit]) -> str:
    pieces: list[str] = []
    done = 0
    for one in edits:
        pieces += (text[done : one.span.start], one.replacement)
        done = one.span.end
    pieces.append(text[done:])
    return "".join(pieces)


def _move_rules(rules: tuple[int, ...], shift: Shift) -> tuple[int, ...]:
    moved: list[int] = []
    for start, end, *source in rule_entries(rules):
        moved += (*shift.span(Span(start, end)), *source)
    return tuple(moved)


def respell(document: Document, text: str, *, variant: str) -> Document:
    """
    Put *text*, which is as long and in *variant*, in the place of the text of a Document.

    Offsets stay, so only what mirrors the text changes. Each stretch of changed characters becomes
    an indivisible run.

    Raises:
        ValueError: if *text* is not as long as the text it replaces.
    """
    old = document.text
    if len(text) != len(old):
        raise ValueError(f"{len(text)} characters cannot stand for {len(old)}")
    if text == old:
        return document
    return evolve(
        document,
        text=text,
        variant=variant,
        links=with_records(document, "links", partial(_relabelled, text=text)),
        math=tuple(
            formula
            if text[formula.span.start : formula.span.end] in ("", formula.tex)
            else evolve(formula, tex=text[formula.span.start : formula.span.end])
            for formula in document.math
        ),
        runs=Runs(partial(_respell_runs, document.runs, old, text)),
    )


def _relabelled(links: tuple[Link, ...], text: str) -> tuple[Link, ...]:
    """Return links with the labels that stand in *text*."""
    return tuple(
        [
            link
            if link.label == (label := text[link.span.start : link.span.end])
            else Link(label, *_behind_label(link))
            for link in links
        ]
    )


def _respell_runs(runs: Runs, old: str, new: str) -> array[int]:
    # Columns are built apart and by stretches: a converted page has many thousand runs.
    changed = bytes(map(ne, old, new))
    cuts = [at for match in _changed.finditer(changed) for at in match.span()]
    starts: list[int] = []
    ends: list[int] = []
    deltas: list[int] = []
    kept: list[tuple[int, int, int]] = []  # runs that are indivisible as it is: index, source
    first = 0
    numbers = iter(runs.flat)
    for a, b, c, d, verbatim in zip(numbers, numbers, numbers, numbers, numbers, strict=True):
        if not verbatim:
            kept.append((len(starts), c, d))
        elif a < b:
            first = bisect_right(cuts, a, first)
            last = bisect_left(cuts, b, first)
            if first < last:
                inside = cuts[first:last]
                starts.append(a)
                starts += inside
                ends += inside
                ends.append(b)
                deltas += [c - a] * (last - first + 1)
                continue
        starts.append(a)
        ends.append(b)
        deltas.append(c - a)
    flat = array("i", bytes(array("i").itemsize * RUN * len(starts)))
    flat[0::RUN] = array("i", starts)
    flat[1::RUN] = array("i", ends)
    flat[2::RUN] = array("i", map(add, starts, deltas))
    flat[3::RUN] = array("i", map(add, ends, deltas))
    changed += b"\0"  # a run without text may stand at the end
    flat[4::RUN] = array("i", map(not_, map(changed.__getitem__, starts)))
    for i, c, d in kept:
        flat[i * RUN + 2 : i * RUN + RUN] = array("i", (c, d, 0))
    return flat


_changed: Final = re.compile(b"\x01+")
_behind_label: Final = attrgetter(*[field.name for field in attrs.fields(Link)][1:])


def _respanned(records: tuple[R, ...], shift: Shift) -> tuple[R, ...]:
    """Return records of one kind where they stand after the edits."""
    if not records:
        return records
    make: type = type(records[0])
    values_of, places = fields_of(make)
    place = places["span"]
    moved: list[R] = []
    for record in records:
        span = shift.span(record.span)
        if span is record.span:
            moved.append(record)
        else:
            values = [*values_of(record)]
            values[place] = span
            moved.append(make(*values))
    return tuple(moved)


def _moved_diagnostics(records: list[Diagnostic], shift: Shift) -> tuple[Diagnostic, ...]:
    return tuple(
        record
        if (offset := shift.end(record.offset)) == record.offset
        # Diagnostics are many, and this is a third of the time of ``evolve``.
        else Diagnostic(
            record.code,
            record.severity,
            record.message,
            record.source_span,
            offset,
            record.dropped,
            record.replacement,
            record.certainty,
        )
        for record in records
    )


def _moved_note(note: Footnote, shift: Shift, first: int) -> Footnote:
    if all(anchor.owner or anchor.offset < first for anchor in note.anchors):
        return note
    return evolve(
        note,
        anchors=tuple(
            anchor if anchor.owner else evolve(anchor, offset=shift.end(anchor.offset))
            for anchor in note.anchors
        ),
    )


def _moved_media(one: Media, shift: Shift) -> Media:
    span = one.caption_span and shift.span(one.caption_span)
    return evolve(one, offset=shift.end(one.offset), caption_span=span)


def _moved_math(formula: Math, shift: Shift, text: str) -> Math:
    span = shift.span(formula.span)
    tex = text[span.start : span.end] or formula.tex
    return formula if span is formula.span else evolve(formula, span=span, tex=tex)


def _moved_table(table: Table, shift: Shift) -> Table:
    span = shift.span(table.span)
    cells = _respanned(table.cells, shift)
    start = span.start
    if cells and cells[0].span.start < start:
        # An empty cell stays before what is inserted where it stands, and a table goes behind it.
        cells = tuple(
            evolve(cell, span=Span(start, start)) if cell.span.start < start else cell
            for cell in cells
        )
    caption = table.caption and shift.span(table.caption)
    return evolve(table, span=span, caption=caption, cells=cells)


def _edit_runs(
    runs: Runs,
    edits: list[Edit],
    shift: Shift,
    named: list[int | None],
    drops: list[int],
    source: str,
) -> Runs:
    """
    Return the runs after the edits; what leaves the text is added to *drops* under its name.

    A replacement takes over the source of what it replaces. Where that is several pieces, the first
    carries the replacement and the others stand for source that was read and left no character.
    """
    flat = array("i")
    which = 0

    def keep(piece: Piece) -> None:
        if piece.text_start < piece.text_end or piece.source_start < piece.source_end:
            delta = shift.start(piece.text_start) - piece.text_start
            flat.extend((piece.text_start + delta, piece.text_end + delta, *piece[2:]))

    def leave(at: int, place: int, taken: list[Piece]) -> None:
        """Write the replacement of edit *at*, which stands at *place* in the new text."""
        length = len(edits[at].replacement)
        if length:
            if taken:
                hull_end = taken[0].source_end
                rest = 1
                while rest < len(taken) and taken[rest].source_start == hull_end:
                    hull_end = taken[rest].source_end
                    rest += 1
                flat.extend((place, place + length, taken[0].source_start, hull_end, 0))
                for piece in taken[rest:]:
                    flat.extend((place + length, place + length, *piece[2:4], 0))
            else:
                here = runs.to_source(edits[at].span.start)
                flat.extend((place, place + length, here, here, 0))
        else:
            index = named[at]
            for piece in taken:
                if index is not None:
                    drops.extend((piece.source_start, piece.source_end, index))
                elif source[piece.source_start : piece.source_end].strip():
                    # White space that was written as an entity, such as ``&nbsp;``.
                    flat.extend((place, place, *piece[2:4], 0))

    taken: list[Piece] = []

    def pass_edits(until: int) -> None:
        """Write the edits that end at or before *until*."""
        nonlocal which, taken
        while which < len(edits) and edits[which].span.end <= until:
            place = edits[which].span.start + shift.before[which]
            leave(which, place, taken)
            taken = []
            which += 1

    starts = runs.starts
    count = len(starts)
    at = 0
    while at < count:
        piece = runs[at]
        at += 1
        rest: Piece | None = piece
        while rest is not None:
            pass_edits(rest.text_start)
            if which == len(edits) or edits[which].span.start >= rest.text_end:
                keep(rest)
                rest = None
                continue
            start, end = edits[which].span
            if start > rest.text_start:
                keep(cut(rest, rest.text_start, start))
                rest = cut(rest, start, rest.text_end)
            else:
                inside = cut(rest, rest.text_start, min(end, rest.text_end))
                outside = cut(rest, end, rest.text_end) if end < rest.text_end else None
                # An indivisible run that is cut keeps its source with the part that stays.
                if piece.verbatim or (outside is None and inside.text_start == piece.text_start):
                    taken.append(inside)
                rest = outside
        # The runs from here to the next edit move together, all but those that begin here too.
        if at < count and starts[at] > piece.text_start:
            stop = count
            if which < len(edits):
                stop = bisect_left(starts, edits[which].span.start, at) - 1
            if stop > at:
                _copy_runs(flat, runs.flat[at * RUN : stop * RUN], shift.before[which])
                at = stop
    pass_edits(1 << 62)
    return Runs(flat)


def _copy_runs(flat: array[int], some: array[int], by: int) -> None:
    """Append runs to the packed form, *by* further on in the text."""
    if by:
        some[0::RUN] = array("i", [at + by for at in some[0::RUN]])
        some[1::RUN] = array("i", [at + by for at in some[1::RUN]])
    flat += some
