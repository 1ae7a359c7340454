"""
What both parsers write into: the text, its runs, and the records over it.

A parser says, in the order of the text, which source stands there (``text``), what stands there
in its place (``literal``), where a block begins and ends, and what was dropped. The writer keeps
the layout of the text (what parts blocks, nothing at either end) and the accounts. It knows no
dialect and reads no markup.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import compress
from operator import attrgetter
from typing import Any, Final, TypeVar

from wikiclean.codes import CODES
from wikiclean.document import (
    RULE,
    RUN,
    Block,
    BlockKind,
    Category,
    Certainty,
    Deferrable,
    Diagnostic,
    Dialect,
    Document,
    Footnote,
    Infobox,
    Interlanguage,
    Link,
    Math,
    Media,
    Outline,
    Runs,
    Severity,
    Span,
    Style,
    StyleKind,
    Template,
    deferred,
    evolve,
    triples,
)
from wikiclean.parsers.columns import (
    BLOCK,
    CELL,
    blocks_later,
    cut_cells,
    cut_places,
    cut_tables,
    each_block,
    each_style,
    fit,
    outline_blocks,
    styles_later,
    tables_later,
)

PART: Final = "\n\n"
"""What parts blocks."""
LINE: Final = "\n"
"""What parts the lines of one list."""

_span: Final = tuple.__new__
"""Makes a Span in half the time that its own constructor takes."""
_offset: Final = attrgetter("offset")

_Spanned = TypeVar("_Spanned", bound=Link | Math | Template)
_Point = TypeVar("_Point", bound=Media | Diagnostic)


class Writer:
    """
    A Document in the making.

    Records are appended to the public lists by the parser, with spans taken from ``position``.
    Their source spans nest properly if the constructs do; that is the parser's to see to.
    """

    __slots__ = (
        "_kinds",
        "_length",
        "_markers",
        "_open",
        "_parted",
        "_pending",
        "_pieces",
        "_rows",
        "_runs",
        "_trim",
        "_verbatim_end",
        "breaks",
        "categories",
        "diagnostics",
        "drops",
        "footnotes",
        "infoboxes",
        "interlanguage",
        "links",
        "marks",
        "math",
        "media",
        "rules",
        "source",
        "style_places",
        "styled",
        "tabled",
        "templates",
    )

    def __init__(self, source: str) -> None:
        self.source: Final = source
        self._pieces: list[str] = []
        self._length = 0
        self._runs = array("i")
        self._verbatim_end = -1  # source end of the last run if it is verbatim and ends the text
        self._pending = ""
        self._parted = -1  # where the text that was parted last begins
        self._trim = True  # white space at the start of a block is not text
        self._open: list[int] = []
        self._kinds: list[BlockKind | None] = []
        """Blocks, in the order of their beginnings; None in the place of those without text."""
        self._markers: list[str] = []
        self._rows = array("i")
        """Their numbers, as in ``columns``."""
        self.links: list[Link] = []
        self.styled: list[StyleKind] = []
        """The styles, in the order of their ends."""
        self.style_places = array("i")
        """Their numbers."""
        self.tabled: list[array[int]] = []
        """The tables, in the order of their ends: the numbers of each and of its cells."""
        self.footnotes: list[Footnote] = []
        self.categories: list[Category] = []
        self.interlanguage: list[Interlanguage] = []
        self.templates: list[Template] = []
        self.infoboxes: list[Infobox] = []
        self.media: list[Media] = []
        self.math: list[Math] = []
        self.diagnostics: list[Diagnostic] = []
        self.marks = array("i")
        self.drops: list[int] = []
        self.breaks: list[int] = []
        self.rules: list[int] = []

    # ---------------------------------------------------------------- text

    @property
    def position(self) -> int:
        """Where the next character of the text will stand."""
        return self._length + len(self._pending) if self._length else 0

    @property
    def at_line_start(self) -> bool:
        """Whether nothing but white space was written since the block began or a line broke."""
        return self._trim

    @property
    def mark_position(self) -> int:
        """
        Where a mark stands that is written here: behind the last character, not a space.

        White space at a block's end goes, and a mark behind it would stand in what parts blocks.
        """
        position = self.position
        if self._trim or not self._pieces:
            return position
        last = self._pieces[-1]
        return position - (len(last) - len(last.rstrip()) if last[-1].isspace() else 0)

    @property
    def length(self) -> int:
        """Code points written so far."""
        return self._length

    @property
    def last_character(self) -> str:
        """The character before ``position``; empty at the start of a block or a line."""
        return "" if self._trim or not self._pieces else self._pieces[-1][-1]

    def text(self, start: int, end: int) -> None:
        """Write ``source[start:end]`` as it is."""
        if self._trim:
            source = self.source
            while start < end and source[start].isspace():
                start += 1
        if start >= end:
            return
        if self._pending or self._trim:
            self._begin()
        self._pieces.append(self.source[start:end])
        begin = self._length
        self._length += end - start
        if self._verbatim_end == start:
            self._runs[-4] = self._length
            self._runs[-2] = end
        else:
            self._runs.fromlist([begin, self._length, start, end, 1])
        self._verbatim_end = end

    def words(self, start: int, end: int, label: int, label_end: int) -> tuple[int, str]:
        """
        Write ``source[start:end]`` and then ``source[label:label_end]``, which markup parts.

        Returns:
            Where the label begins in the text, and what stands there of it.
        """
        if self._trim or self._pending or label >= label_end:
            if start < end:
                self.text(start, end)
            begin = self.position
            self.text(label, label_end)
            return begin, self.since(begin)
        # What ``text`` does, twice, without asking anything again.
        source, length = self.source, self._length
        if start < end:
            self._pieces.append(source[start:end])
            begin = length + end - start
            if self._verbatim_end == start:
                self._runs[-4] = begin
                self._runs[-2] = end
            else:
                self._runs.fromlist([length, begin, start, end, 1])
            length = begin
        piece = source[label:label_end]
        self._pieces.append(piece)
        self._length = begin = length + label_end - label
        self._runs.fromlist([length, begin, label, label_end, 1])
        self._verbatim_end = label_end
        return length, piece

    def verbatim(self, start: int, end: int) -> None:
        """Write ``source[start:end]`` with the white space at its start, as code needs it."""
        if self._trim and start < end:
            self._begin()
        self.text(start, end)

    def keep_space(self) -> None:
        """Say that white space that comes next is text, at the beginning of a block too."""
        if self._trim:
            self._begin()

    def literal(self, value: str, start: int, end: int) -> None:
        """
        Write *value*, which ``source[start:end]`` stands for; with no source, it was supplied.

        An empty value says that the source was read and leaves no character.
        """
        if self._trim:
            value = value.lstrip()
        if value and (self._pending or self._trim):
            self._begin()
        begin = self._length
        if value:
            self._pieces.append(value)
            self._length += len(value)
        elif start == end:
            return
        self._runs.fromlist([begin, begin + len(value), start, end, 0])
        self._verbatim_end = -1

    def line_break(self, start: int, end: int) -> None:
        """Write a line break, without the spaces around it; breaks in a row are one."""
        if not self._trim:
            self.strip()
        self.literal("" if self._trim else "\n", start, end)
        self._trim = True

    def layout(self, value: str) -> None:
        """Write characters that part things and come from nowhere: tabs between cells."""
        if self._pending or self._trim:
            self._begin()
        if self._length:  # nothing stands before the first text
            self._pieces.append(value)
            self._length += len(value)
            self._verbatim_end = -1

    def since(self, start: int) -> str:
        """Return the text from *start*, an earlier ``position``, to here."""
        want = self._length - start
        if want <= 0:
            return ""
        taken: list[str] = []
        for piece in reversed(self._pieces):
            taken.append(piece)
            want -= len(piece)
            if want <= 0:
                break
        return "".join(reversed(taken))[-want or None :]

    def lead(self, end: int) -> str:
        """Return the text up to *end*, which stands in one of its first pieces."""
        taken: list[str] = []
        want = end
        for piece in self._pieces:
            taken.append(piece)
            want -= len(piece)
            if want <= 0:
                break
        return "".join(taken)[:end]

    def _begin(self) -> None:
        """Part the text from what stands before it."""
        if self._length and self._pending:
            self._pieces.append(self._pending)
            self._length += len(self._pending)
            self._verbatim_end = -1
            self._parted = self._length
        self._pending = ""
        self._trim = False

    def strip(self) -> None:
        """Take white space off the end of the text, back to the start of the block."""
        pieces, before = self._pieces, self._length
        floor = self._open[-1] if self._open else 0
        while self._length > floor and pieces[-1][-1].isspace():
            piece = pieces.pop()
            cut = min(len(piece) - len(piece.rstrip()), self._length - floor)
            self._length -= cut
            if cut < len(piece):
                pieces.append(piece[: len(piece) - cut])
                break
        if self._length <= floor:
            self._trim = True
            if pieces and self._length == self._parted:
                # The block is empty after all: what parted it is not written yet.
                self._pending = pieces.pop()
                self._length -= len(self._pending)
                self._parted = -1
        if self._length < before:
            self._strip_records()

    def _strip_records(self) -> None:
        """Cut runs and records to a text that lost its end."""
        runs, length = self._runs, self._length
        self._verbatim_end = -1
        for i in range(len(runs) - RUN, -1, -RUN):
            if runs[i + 1] <= length:
                break
            if runs[i] < length:
                if runs[i + 4]:
                    runs[i + 3] -= runs[i + 1] - length
                runs[i + 1] = length
            elif runs[i + 4] or not self.source[runs[i + 2] : runs[i + 3]].strip():
                del runs[i : i + RUN]
            else:
                # A line break or an entity: it was read, and leaves no character.
                runs[i] = runs[i + 1] = length
        self._cut_records(length)

    def _cut_records(self, length: int) -> None:
        if self.links:
            _cut_last(self.links, length)
        if self.style_places:
            cut_places(self.style_places, length)
        if self.math:
            _cut_last(self.math, length)
        if self.templates:
            _cut_last(self.templates, length)
        rules = self.rules
        for i in range(len(rules) - RULE, -1, -RULE):
            if rules[i + 1] <= length:
                break
            rules[i], rules[i + 1] = min(rules[i], length), length

    # ---------------------------------------------------------------- blocks

    def part(self, separator: str) -> None:
        """Say what parts the next text from what stands; it is written when that text comes."""
        if self._open and self.position <= self._open[-1]:
            return  # nothing stands in the block that is open, so what parts the block stays
        self._pending = separator
        self._trim = True

    def open_block(
        self, kind: BlockKind, source_start: int, *, level: int = 0, marker: str = ""
    ) -> int:
        """Begin a block where the next text will stand, and return its index."""
        start = self.position
        self._open.append(start)
        self._kinds.append(kind)
        self._markers.append(marker)
        self._rows.fromlist([level, start, start, source_start, source_start])
        self._trim = True
        return len(self._kinds) - 1

    def close_block(self, index: int, source_end: int) -> bool:
        """
        End the block; one that got no text is taken out again.

        Returns:
            Whether the block has text. If not, its markup is still to be accounted for.
        """
        if self._trim or self._pieces[-1][-1].isspace():
            self.strip()
        start = self._open.pop()
        if self._length <= start:
            self._kinds[index] = None
            return False
        row = index * BLOCK
        self._rows[row + 2] = self._length
        self._rows[row + 4] = source_end
        self._trim = True
        return True

    def span_of_block(self, index: int) -> Span:
        """Return where a block that has ended stands in the text."""
        row = index * BLOCK
        return Span(self._rows[row + 1], self._rows[row + 2])

    def blocks_so_far(self) -> Iterator[Block]:
        """Return the blocks that have text, in the order of their beginnings."""
        return each_block(self._kinds, self._markers, self._rows)

    def outline(self) -> Iterator[Outline]:
        """Return the outlines of these blocks."""
        return outline_blocks(self._kinds, self._rows)

    def levels(self) -> Iterator[int]:
        """Return their levels."""
        return compress(self._rows[0::BLOCK], self._kinds)

    def mark(self, index: int, start: int, end: int) -> None:
        """Account for markup of a block."""
        if start < end:
            self.marks.fromlist([start, end, index])

    # ---------------------------------------------------------------- records

    def style(self, kind: StyleKind, start: int, source_start: int, source_end: int) -> None:
        """Record formatting from *start* of the text to where it stands now."""
        end = self.position
        self.styled.append(kind)
        self.style_places.fromlist([min(start, end), end, source_start, source_end])

    def styles_so_far(self) -> Iterator[Style]:
        """Return the styles that have ended, in the order of their ends."""
        return each_style(self.styled, self.style_places)

    def table(
        self,
        span: tuple[int, int],
        source_span: tuple[int, int],
        shape: tuple[int, int, int],
        caption: tuple[int, int] | None,
        cells: array[int],
    ) -> None:
        """
        Record a table.

        Args:
            span: In the text.
            source_span: In the source.
            shape: Rows, columns, header rows.
            caption: In the text.
            cells: The numbers of the cells, as in ``columns``. One that begins before the text of
                the table has none, and stands where that begins; one that ends behind it ended in
                white space that went.
        """
        start, end = span
        if cells and min(cells[5::CELL]) < start:
            for at in range(5, len(cells), CELL):
                if cells[at] < start:
                    cells[at] = cells[at + 1] = start
        if cells and max(cells[6::CELL]) > end:
            cut_cells(cells, 0, end)
        rows, columns, header_rows = shape
        shape = rows, fit(cells, rows, columns), header_rows
        numbers = array("i", [*span, *source_span, *shape, *(caption or (-1, -1))])
        self.tabled.append(numbers + cells)

    def diagnose(
        self,
        code: str,
        message: str,
        start: int,
        end: int,
        *,
        severity: Severity | None = None,
        certainty: Certainty = "certain",
        dropped: str = "",
        replacement: str = "",
        offset: int | None = None,
    ) -> int:
        """
        Record a diagnostic about ``source[start:end]``, and return its index.

        It stands at *offset* of the text, or where the next character will stand. Its severity is
        that of the code unless given.
        """
        self.diagnostics.append(
            Diagnostic(
                code,
                severity or CODES[code].severity,
                message,
                _span(Span, (start, end)),
                self.position if offset is None else offset,
                dropped,
                replacement,
                certainty,
            )
        )
        return len(self.diagnostics) - 1

    def drop(
        self,
        code: str,
        message: str,
        start: int,
        end: int,
        *,
        severity: Severity | None = None,
        certainty: Certainty = "certain",
    ) -> int:
        """Record that ``source[start:end]`` is not in the text, and why; return the index."""
        index = self.diagnose(
            code,
            message,
            start,
            end,
            severity=severity,
            certainty=certainty,
            dropped=self.source[start:end],
        )
        self.drops += (start, end, index)
        return index

    def also_drop(self, index: int, start: int, end: int) -> None:
        """Add a stretch to what an earlier diagnostic dropped; its source span is the hull."""
        old = self.diagnostics[index]
        self.diagnostics[index] = evolve(
            old,
            source_span=Span(min(start, old.source_span.start), max(end, old.source_span.end)),
            dropped=old.dropped + self.source[start:end],
        )
        self.drops += (start, end, index)

    def open_rule(self, source_start: int, source_end: int, kind: int) -> int:
        """Note what the language converter is told here; ``close_rule`` says where it ends."""
        here = self._length
        self.rules += (here, here, source_start, source_end, kind)
        return len(self.rules) - RULE

    def close_rule(self, index: int) -> None:
        """Say that what an entry of ``rules`` shows has been written."""
        start = self.rules[index]
        self.rules[index] = min(start, self._length)
        self.rules[index + 1] = self._length

    def _rules_within(self, length: int) -> tuple[int, ...]:
        rules = self.rules
        if rules:
            rules[0::RULE] = [min(at, length) for at in rules[0::RULE]]
            rules[1::RULE] = [min(at, length) for at in rules[1::RULE]]
        return tuple(rules)

    # ---------------------------------------------------------------- end

    def _finished_links(self, text: str) -> Deferrable:
        """Return the links over *text*, which is all that was written."""
        del text
        return tuple(self.links)

    def finish(
        self,
        *,
        dialect: Dialect,
        site: str,
        extent: Span | None = None,
        **fields: Any,  # noqa: ANN401 - the fields of Document
    ) -> Document:
        """Return the Document; *fields* are those that the writer does not know (title …)."""
        self._open.clear()
        self.strip()
        length = self._length
        # What takes most room goes first, before the records are copied.
        text, self._pieces = "".join(self._pieces), []
        runs, self._runs = Runs(self._runs), array("i")
        kinds, self._kinds = self._kinds, []
        markers, self._markers = self._markers, []
        rows, self._rows = self._rows, array("i")
        kept = [i for i, kind in enumerate(kinds) if kind is not None]
        marks = self.marks
        if len(kept) < len(kinds):
            place = {old: new for new, old in enumerate(kept)}
            marks = array("i")
            for start, end, index in triples(self.marks):
                if index in place:
                    marks.fromlist([start, end, place[index]])
                else:
                    self.drop("empty_block", "Markup of a block without text.", start, end)
        if self.media:
            self.media = [_point_within(record, length) for record in self.media]
        if max(map(_offset, self.diagnostics), default=0) > length:
            self.diagnostics = [_point_within(record, length) for record in self.diagnostics]
        for i, note in enumerate(self.footnotes):
            if any(not a.owner and a.offset > length for a in note.anchors):
                anchors = tuple(
                    evolve(a, offset=min(a.offset, length)) if not a.owner else a
                    for a in note.anchors
                )
                self.footnotes[i] = evolve(note, anchors=anchors)
        self._cut_records(length)
        cut_tables(self.tabled, length)
        fields.setdefault("footnotes", tuple(self.footnotes))
        fields.setdefault("templates", tuple(self.templates))
        return Document(
            text=text,
            source=self.source,
            dialect=dialect,
            site=site,
            blocks=blocks_later(kinds, markers, rows) if kept else (),
            links=self._finished_links(text),
            categories=tuple(self.categories),
            interlanguage=tuple(self.interlanguage),
            infoboxes=tuple(self.infoboxes),
            tables=tables_later(self.tabled) if self.tabled else (),
            media=tuple(self.media),
            math=tuple(self.math),
            styles=styles_later(self.styled, self.style_places) if self.styled else (),
            diagnostics=tuple(self.diagnostics),
            runs=runs,
            marks=deferred(lambda: tuple(marks)) if marks else (),
            drops=tuple(self.drops),
            breaks=tuple(b for b in self.breaks if b <= length),
            rules=self._rules_within(length),
            extent=extent or Span(0, len(self.source)),
            **fields,
        )


def _cut_last(records: list[_Spanned], length: int) -> None:
    """Cut the last records to a text that lost its end."""
    for i in range(len(records) - 1, -1, -1):
        record = records[i]
        if record.span.end <= length:
            break
        new: dict[str, Any] = {"span": _within(record.span, length)}
        if isinstance(record, Link):
            new["label"] = record.label[: length - new["span"].start]
            if record.label_exported == record.label:
                new["label_exported"] = new["label"]  # the white space is nobody's label
        elif isinstance(record, Math):
            new["tex"] = record.tex[: length - new["span"].start]
        records[i] = evolve(record, **new)


def _within(span: Span, length: int) -> Span:
    return Span(min(span.start, length), min(span.end, length))


def _point_within(record: _Point, length: int) -> _Point:
    return record if record.offset <= length else evolve(record, offset=length)
