"""
How blocks follow each other in the text: a layer over the writer.

A `Flow` opens a block when its first character comes and not before, so that empty ones leave no
trace; it knows which blocks hold others as lines (cells, list items), joins soft line ends, and
keeps what is hidden out of the text. It reads no markup.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import partial
from operator import ge
from typing import Final, TypeAlias

import attrs

from wikiclean.document import BlockKind, Deferrable, Span
from wikiclean.parsers.columns import BLOCK, PLACE, LinkHead, cut_places, links_later
from wikiclean.parsers.wikitext.preprocess import Node
from wikiclean.parsers.writer import LINE, PART, Writer

_CJK: Final = re.compile(
    "[\u1100-\u11ff\u2e80-\u303e\u3041-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f"
    "\uff00-\uffef\U00020000-\U0003ffff]"
)
"""Letters and punctuation that a line end between them does not part; Hangul is not among them."""
_HANGUL: Final = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")


def joins(before: str, after: str) -> bool:
    """Whether a line end between two characters is nothing: both are Chinese or Japanese."""
    return (
        before > "\u2e7f"
        and after > "\u2e7f"
        and _CJK.match(before) is not None
        and _CJK.match(after) is not None
        and _HANGUL.match(before) is None
        and _HANGUL.match(after) is None
    )


def _outermost_first(places: array[int], at: int) -> int:
    """Sort stretches by their starts, and of those with the same start the longest first."""
    return (places[at] << 32) - places[at + 1]


def _layers(ranges: Sequence[tuple[int, ...]]) -> list[list[list[int]]]:
    """
    Part ranges that nest, outermost first, by depth: lists of their starts, ends and what follows.

    The ranges of one depth stand apart, in order.
    """
    open_ends: list[int] = []
    layers: list[list[list[int]]] = []
    for numbers in ranges:
        while open_ends and open_ends[-1] <= numbers[0]:
            open_ends.pop()
        if len(open_ends) == len(layers):
            layers.append([[] for _ in numbers])
        for column, number in zip(layers[len(open_ends)], numbers, strict=True):
            column.append(number)
        open_ends.append(numbers[1])
    return layers


class Leaf:
    """A block of the text that is being written, or will be when its first character comes."""

    __slots__ = (
        "box",
        "column",
        "html",
        "index",
        "kind",
        "level",
        "marker",
        "marks",
        "row",
        "separator",
        "source_start",
        "table",
    )

    def __init__(
        self,
        kind: BlockKind,
        source_start: int,
        *,
        box: bool = False,
        separator: str = PART,
        level: int = 0,
        marker: str = "",
    ) -> None:
        self.kind: BlockKind = kind
        self.source_start = source_start
        self.box = box
        """Whether blocks inside it are lines of it, and it ends only when it is told to."""
        self.separator = separator
        self.level = level
        self.marker = marker
        self.index = -1
        """In the writer; -1 before it has text."""
        self.marks: list[tuple[int, int]] = []
        """Its markup in the source."""
        self.html = False
        """Whether a tag opened it, and its end tag or the next one ends it."""
        self.table: TableText | None = None
        self.row = 0
        self.column = 0


class TableText:
    """How far the text of a table has come."""

    __slots__ = ("before", "begun", "column", "laid", "row")

    def __init__(self) -> None:
        self.begun = False
        self.row = -1
        self.column = 0
        self.laid = -1
        """Where the tabs end that were written last; -1 if none."""
        self.before = (False, -1, 0)
        """What the others were before those tabs."""


Called: TypeAlias = tuple[str, str, Node, int, int]
"""A call: name, action, where its arguments are; start and end in the text."""


PACK: Final = 200
"""How many pieces of the text are joined at a time."""


class Point:
    """A place between two characters of the text, which moves back if the text before it goes."""

    __slots__ = ("offset",)

    def __init__(self, offset: int) -> None:
        self.offset = offset


class Flow(Writer):
    """
    The writer of a wikitext page.

    It keeps links in columns, too, for nothing looks at them while the page is read.
    """

    __slots__ = (
        "_packed",
        "_points",
        "_waiting",
        "broken_captions",
        "broken_links",
        "broken_styles",
        "called",
        "fast",
        "hid",
        "hides",
        "join",
        "leaves",
        "link_places",
        "linked",
        "place",
        "quotes",
        "ready",
    )

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self._packed = 0
        """How many pieces of the text, from the first, are joined."""
        self._points: list[Point] = []
        self._waiting: list[Point] = []
        """Points before the first character of the block that is open, or is to be opened."""
        self.called: list[Called] = []
        """The templates of the page, of which records are made when they are asked for."""
        self.linked: list[LinkHead] = []
        """The links, of which records are made when they are asked for."""
        self.link_places = array("i")
        """Their numbers, as in ``columns``."""
        self.broken_captions: list[int] = []
        """Numbers of the images in whose captions a block begins."""
        self.broken_links: list[int] = []
        """Numbers of those whose label is of several lines or cells."""
        self.broken_styles: list[int] = []
        """Numbers of those in which a block may begin or end."""
        self.leaves: list[Leaf] = []
        """Blocks being written, outermost first."""
        self.join = -1
        """Where a line end stands in the source that is nothing or a space, by what comes next."""
        self.ready = False
        """Whether the innermost block is open in the writer, so that text can be written."""
        self.fast = False
        """Whether text can be appended with nothing to see to."""
        self.quotes = 0
        """How many quotations are open."""
        self.hid = False
        """Whether anything was hidden, so that records may stand beyond the end of the text."""
        self.hides = 0
        """How many constructs are open whose content is not shown."""
        self.place = 0
        """Where a paragraph begins in the source that a record opens."""

    def release(self) -> None:
        """Let go of the records, once the Document has them; where the text ends is kept."""
        self.linked, self.link_places, self.broken_links = [], array("i"), []
        self.styled, self.style_places, self.broken_styles = [], array("i"), []
        self.tabled = []

    def point(self) -> Point:
        """Return where a mark stands that is written here."""
        point = Point(self.mark_position)
        self._points.append(point)
        if not self.ready:
            point.offset = min(point.offset, self._length)
            self._waiting.append(point)
        return point

    def link(self, head: LinkHead, start: int, source_start: int, source_end: int) -> None:
        """Record a link whose label has been written from *start* of the text on."""
        end = self._length
        if start > end:
            start = end
        elif not self.since(start).isprintable():
            # With a line end or a tab in its label it may go over the end of a block.
            self.broken_links.append(len(self.linked))
        self.linked.append(head)
        self.link_places.fromlist([start, end, source_start, source_end])

    def _cut_records(self, length: int) -> None:
        super()._cut_records(length)
        cut_places(self.link_places, length)
        for point in reversed(self._points):
            if point.offset <= length:
                break
            point.offset = length
        media = self.media
        for i in range(len(media) - 1, -1, -1):
            one = media[i]
            shown = one.caption_span
            if one.offset <= length and (shown is None or shown.end <= length):
                break
            if shown is not None:
                shown = Span(min(shown.start, length), min(shown.end, length))
            media[i] = attrs.evolve(one, offset=min(one.offset, length), caption_span=shown)

    # ---------------------------------------------------------------- blocks

    def open(self, leaf: Leaf) -> None:
        """Begin a block; what comes next stands in it."""
        self.leaves.append(leaf)
        self.ready = self.fast = False
        self._waiting.clear()

    def boundary(self, source_end: int) -> None:
        """Say that a block ends and another may begin: a new line in a box, else a new block."""
        leaves = self.leaves
        self._waiting.clear()
        if leaves:
            leaf = leaves[-1]
            if leaf.box:
                if leaf.index >= 0:
                    if self._pieces and self._pieces[-1][-1] == " ":
                        self.strip()
                    if self._length > self._open[-1]:
                        self._pending = LINE
                    self._trim = True
                    self.join = -1
                    self.fast = False
            elif leaf.kind != "quote":
                self.close(source_end)

    def forget(self) -> None:
        """Say that nothing is open, and what was read is not of the block that comes."""
        self._waiting.clear()

    def close(self, source_end: int) -> bool:
        """End the innermost block, and say whether it has text."""
        leaves = self.leaves
        leaf = leaves.pop()
        if leaf.kind == "quote":
            self.quotes -= 1
        self.join = -1
        self._waiting.clear()
        self.fast = False
        self.ready = bool(leaves) and leaves[-1].index >= 0 and leaves[-1].kind != "quote"
        if leaf.index >= 0:
            pieces = self._pieces
            if not pieces or pieces[-1][-1].isspace():
                self.strip()
            start = self._open.pop()
            self._trim = True
            if self._length > start:
                row = leaf.index * BLOCK
                self._rows[row + 2] = self._length
                self._rows[row + 4] = source_end
                if self._points and self._points[-1].offset > self._length:
                    self._cut_records(self._length)  # a mark on a line that got no text
                return True
            if leaf.table is not None and leaf.table.laid == start > 0:
                self._take_tabs(leaf.table)
            self._kinds[leaf.index] = None
            self._cut_records(self._length)
            return False  # the marks of such a block are named at the end
        for begin, end in leaf.marks:
            self.drop("empty_block", "Markup of a block without text.", begin, end)
        return False

    def begin(self) -> None:
        """Open in the writer what is to be open when text comes."""
        leaves = self.leaves
        if not leaves or leaves[-1].kind == "quote":
            leaves.append(Leaf("paragraph", self.place))
        self.ready = True
        if len(self._pieces) > self._packed + PACK:
            self._pack()
        first = len(leaves) - 1
        while first and leaves[first - 1].index < 0:
            first -= 1
        kinds, rows = self._kinds, self._rows
        for i in range(first, len(leaves)):
            leaf = leaves[i]
            outer = leaves[i - 1] if i else None
            if leaf.table is not None:
                self._begin_cell(leaf, leaf.table, outer)
            elif outer is None:
                self._pending = leaf.separator
            elif outer.box:
                self._pending = LINE
            elif rows[outer.index * BLOCK + 1] != self.position:
                self._pending = leaf.separator
            self._trim = True
            # What parts it is written now, so that the block begins where the text ends.
            start = self._length + len(self._pending) if self._length else 0
            self._open.append(start)
            leaf.index = len(kinds)
            kinds.append(leaf.kind)
            self._markers.append(leaf.marker)
            rows.fromlist([leaf.level, start, -1, leaf.source_start, -1])
            if leaf.marks:
                index = leaf.index
                marks = self.marks
                for begin, end in leaf.marks:
                    if begin < end:
                        marks.fromlist([begin, end, index])
        for point in self._waiting:
            point.offset = self._open[-1]
        self._waiting.clear()

    def _pack(self) -> None:
        """Join pieces of the text: a small string takes three times the room of what is in it."""
        pieces, first = self._pieces, self._packed
        pieces[first:-2] = ["".join(pieces[first:-2])]  # the last ones may lose white space yet
        self._packed = first + 1

    def start(self, leaf: Leaf) -> None:
        """
        Open a block whose first character comes next, and is neither space nor markup.

        The short way of ``open`` and what follows from it, for the outermost blocks.
        """
        if len(self._pieces) > self._packed + PACK:
            self._pack()
        self._waiting.clear()
        leaf.index = len(self._kinds)
        self.leaves.append(leaf)
        length = self._length
        if length:
            separator = leaf.separator
            self._pieces.append(separator)
            self._length = length = length + len(separator)
            self._parted = length
        self._verbatim_end = -1
        self._pending = ""
        self.join = -1
        self._open.append(length)
        self._kinds.append(leaf.kind)
        self._markers.append(leaf.marker)
        self._rows.fromlist([leaf.level, length, -1, leaf.source_start, -1])
        self._trim = False
        self.ready = self.fast = True

    def plain_cell(
        self,
        table: TableText,
        row: int,
        column: int,
        marker: str,
        source_start: int,
        start: int,
        end: int,
        source_end: int,
    ) -> tuple[int, int]:
        """
        Write a cell whose text is ``source[start:end]``, with no white space around it.

        The short way of ``open``, ``put`` and ``close``, for a table that stands in no other block.

        Returns:
            Where the cell stands in the text.
        """
        if len(self._pieces) > self._packed + PACK:
            self._pack()
        self._waiting.clear()
        if table.begun and table.row == row:
            separator = "\t" * (column - table.column)
        else:
            separator = (LINE if table.begun else PART) + "\t" * column
            table.begun = True
            table.row = row
        table.column = column
        length = self._length
        if length:
            self._pieces.append(separator)
            length += len(separator)
        stop = length + end - start
        self._pieces.append(self.source[start:end])
        self._runs.fromlist([length, stop, start, end, 1])
        self._kinds.append("cell")
        self._markers.append(marker)
        self._rows.fromlist([0, length, stop, source_start, source_end])
        self._length = stop
        self._verbatim_end = end
        self._pending = ""
        self._trim = True
        self.join = -1
        self.ready = self.fast = False
        return length, stop

    def _take_tabs(self, table: TableText) -> None:
        """Take back the tabs before a cell that has no text after all."""
        pieces = self._pieces
        if pieces[-1].strip("\t"):
            return  # they are packed with what stands before them
        self._length -= len(pieces.pop())
        if self._length == self._parted and pieces[-1] in (LINE, PART):
            self._pending = pieces.pop()
            self._length -= len(self._pending)
            self._parted = -1
        table.laid = -1
        table.begun, table.row, table.column = table.before
        self._strip_records()

    def _begin_cell(self, leaf: Leaf, table: TableText, outer: Leaf | None) -> None:
        before = (table.begun, table.row, table.column)
        length = self._length
        if table.begun and table.row == leaf.row >= 0:  # of captions each has a line
            self.part("")
            tabs = leaf.column - table.column
            if tabs > 0:
                self.layout("\t" * tabs)
        else:
            inside = outer is not None and outer.box
            self.part(LINE if table.begun or inside else PART)
            if leaf.column > 0 and leaf.row >= 0:
                self.layout("\t" * leaf.column)
            table.begun = True
            table.row = leaf.row
        table.column = leaf.column
        if leaf.column and self._length > length:
            table.laid, table.before = self._length, before

    # ---------------------------------------------------------------- text

    def put(self, start: int, end: int) -> None:
        """Write ``source[start:end]`` as it is."""
        if self.fast:
            begin = self._length
            self._length = length = begin + end - start
            self._pieces.append(self.source[start:end])
            runs = self._runs
            if self._verbatim_end == start:
                runs[-4] = length
                runs[-2] = end
            else:
                runs.fromlist([begin, length, start, end, 1])
            self._verbatim_end = end
            return
        if self.hides:
            return
        if self._trim:
            source = self.source
            while start < end and source[start].isspace():
                start += 1
        if start >= end:
            return
        if not self.ready:
            self.place = start
            self.begin()
        if self.join >= 0:
            self._joined(self.source[start])
        if self._pending or self._trim:
            self._begin()
        self.fast = True
        self.put(start, end)

    def put_code(self, start: int, end: int) -> None:
        """Write ``source[start:end]`` with the white space at its start."""
        if self.hides or start >= end:
            return
        if not self.ready:
            self.place = start
            self.begin()
        if self.join >= 0:
            self._joined(self.source[start])
        self.verbatim(start, end)

    def put_literal(self, value: str, start: int, end: int) -> None:
        """Write *value*, which ``source[start:end]`` stands for."""
        if self.hides:
            return
        if not self.ready:
            if not value or value.isspace():
                if start < end:
                    self.literal("", start, end)
                return
            self.place = start
            self.begin()
        if value and self.join >= 0:
            self._joined(value[0])
        self.literal(value, start, end)
        self.fast = not self._trim and not self._pending

    def put_break(self, start: int, end: int) -> None:
        """Write the line break of ``<br>``."""
        if self.hides:
            return
        if self.join >= 0:
            self._joined("")
        self.fast = False
        if not self.ready:
            self.literal("", start, end)
        else:
            self.line_break(start, end)

    def soft_end(self, start: int, end: int) -> None:
        """Read a line end inside a block."""
        if self.hides:
            return
        if self.join >= 0 or self._trim or end != start + 1:
            self.literal("", start, end)
        else:
            self.join = start
            self.fast = False

    def joined(self, after: str) -> None:
        """Write the line end that waits, before a record whose text begins with *after*."""
        if self.join >= 0:
            self._joined(after)
        # Where a block begins, what comes may still be white space.
        self.fast = self.ready and not self.hides and not self._trim

    def _joined(self, after: str) -> None:
        start = self.join
        self.join = -1
        before = self._pieces[-1][-1] if self._pieces and not self._trim else " "
        blank = self.source.startswith("\n", start + 1)  # more than a line end, as in a caption
        nothing = not blank and joins(before, after)
        if before.isspace() or after.isspace() or not after or nothing:
            self.literal("", start, start + 1)
        else:
            self.literal(" ", start, start + 1)

    def last_kind(self) -> str:
        """Return the kind of the block that was opened last; empty if there is none."""
        return next(filter(None, reversed(self._kinds)), "")

    def begun_since(self, start: int) -> bool:
        """Whether a block has begun behind *start*."""
        rows = self._rows
        return len(rows) > 0 and rows[-BLOCK + 1] > start

    @property
    def open_start(self) -> int:
        """Where the innermost block begins that is being written; 0 if there is none."""
        return self._open[-1] if self._open else 0

    def reached(self) -> int:
        """Return where the text ends that stands."""
        return self._length

    def add_mark(self, leaf: Leaf, start: int, end: int) -> None:
        """Account for markup of a block that is being written."""
        if leaf.index >= 0:
            self.mark(leaf.index, start, end)
        else:
            leaf.marks.append((start, end))

    def nest(self) -> None:
        """Cut styles and links so that no two cross, nor cross a block, as captions do not."""
        if self.broken_captions:
            captions = [self.media[i].caption_span or (0, 0) for i in self.broken_captions]
            places = array("i", [at for span in captions for at in (*span, 0, 0)])
            self._nest_in_blocks(places, [*range(len(captions))])
            for i, start, end in zip(
                self.broken_captions, places[0::PLACE], places[1::PLACE], strict=True
            ):
                self.media[i] = attrs.evolve(self.media[i], caption_span=Span(start, end))
        if self.broken_links:
            self._nest_in_blocks(self.link_places, self.broken_links)
        if self.broken_styles:
            self._nest_in_blocks(self.style_places, self.broken_styles)
        if self.style_places:
            for starts, ends, lefts in self._link_layers():
                self._nest_styles(starts, ends, lefts)
        if self.called:
            self._part_from_calls()
        if self.style_places:
            self._nest_sources()

    def _link_layers(self) -> Iterable[tuple[Sequence[int], Sequence[int], Sequence[int]]]:
        """
        Return starts, ends and source starts of the links, in order, inner ones apart.

        A link to a page may stand in the label of one to another server.
        """
        places = self.link_places
        starts, ends, lefts = places[0::PLACE], places[1::PLACE], places[2::PLACE]
        if not any(map(ge, starts, starts[1:])):
            return [(starts, ends, lefts)]
        order = sorted(range(0, len(places), PLACE), key=partial(_outermost_first, places))
        return [
            (starts, ends, lefts)
            for starts, ends, lefts in _layers([tuple(places[row : row + 3]) for row in order])
        ]

    def _nest_styles(
        self, starts: Sequence[int], link_ends: Sequence[int], lefts: Sequence[int]
    ) -> None:
        """Cut styles so that no two cross, nor cross a link; the links are in order and apart."""
        places, length = self.style_places, self._length
        ends: list[int] = []
        for row in sorted(range(0, len(places), PLACE), key=partial(_outermost_first, places)):
            start, end = places[row], places[row + 1]
            right = min(end, length)
            while ends and ends[-1] <= start:
                ends.pop()
            if ends and right > ends[-1]:
                right = ends[-1]
            if starts:
                at = bisect_right(starts, start) - 1
                if (
                    at >= 0
                    and start < link_ends[at] < right
                    and (starts[at] < start or lefts[at] < places[row + 2])
                ):
                    right = link_ends[at]  # it began in the link
                at = bisect_left(starts, right) - 1
                if at >= 0 and start < starts[at] < right < link_ends[at]:
                    right = starts[at]
            ends.append(right)
            if right != end:
                places[row], places[row + 1] = min(start, right), right

    def _nest_in_blocks(self, places: array[int], which: list[int]) -> None:
        """Cut records that blocks begin or end in to their first text, within its block."""
        text = "".join(self._pieces)
        rows = [
            (self._rows[at * BLOCK + 1], self._rows[at * BLOCK + 2])
            for at, kind in enumerate(self._kinds)
            if kind is not None
        ]
        count = len(rows)
        at = 0
        ends: list[int] = []
        for place in sorted((PLACE * i for i in which), key=places.__getitem__):
            start, end = places[place], min(places[place + 1], len(text))
            while start < end and text[start] in "\n\t":
                start += 1
            while at < count and rows[at][0] <= start:
                while ends and ends[-1] <= rows[at][0]:
                    ends.pop()
                ends.append(rows[at][1])
                at += 1
            while ends and ends[-1] <= start:
                ends.pop()
            if ends:
                end = min(end, ends[-1])
            inside = at
            while inside < count and rows[inside][0] < end:
                if rows[inside][1] > end:
                    end = rows[inside][0]
                inside += 1
            while end > start and text[end - 1] in "\n\t":
                end -= 1
            places[place], places[place + 1] = min(start, end), end

    def _part_from_calls(self) -> None:
        """Cut the sources of records at those that calls supplied, whose source is the call."""
        calls = {(node.start, node.end) for _, _, node, _, _ in self.called} & {
            (left, right)
            for places in (self.link_places, self.style_places)
            for left, right in zip(places[2::PLACE], places[3::PLACE], strict=True)
        }
        if not calls:
            return
        for begins, ends in _layers(sorted(calls, key=lambda call: (call[0], -call[1]))):
            for places in (self.link_places, self.style_places):
                for row in range(2, len(places), PLACE):
                    left, right = places[row], places[row + 1]
                    at = bisect_left(begins, left) - 1
                    if at >= 0 and left < ends[at] < right:
                        places[row] = left = ends[at]
                    at = bisect_left(begins, right) - 1
                    if at >= 0 and left < begins[at] < right < ends[at]:
                        places[row + 1] = begins[at]

    def _nest_sources(self) -> None:
        """Stretch the sources of styles over those that begin in them: they claim markup only."""
        places = self.style_places
        stack: list[int] = []  # where the ends of those stand that are open

        def leave() -> None:
            end = places[stack.pop()]
            if stack and places[stack[-1]] < end:
                places[stack[-1]] = end

        for row in sorted(range(2, len(places), PLACE), key=partial(_outermost_first, places)):
            while stack and places[stack[-1]] <= places[row]:
                leave()
            stack.append(row + 1)
        while stack:
            leave()

    def _nest_blocks(self) -> None:
        """Cut the sources of blocks so that no two cross, where handlers reordered the source."""
        rows = self._rows
        reached = 0
        for start, end in zip(rows[3::BLOCK], rows[4::BLOCK], strict=True):
            if start < reached or end < start:
                break
            reached = end
        else:
            return
        places = [i * BLOCK + 3 for i, kind in enumerate(self._kinds) if kind is not None]
        for at in places:
            rows[at + 1] = max(rows[at], rows[at + 1])
        places.sort(key=lambda at: (rows[at], -rows[at + 1]))
        ends: list[int] = []
        reached = 0
        for at in places:
            start, end = max(rows[at], reached), rows[at + 1]
            while ends and ends[-1] <= start:
                ends.pop()
            while ends and end > ends[-1]:
                start = ends.pop()
            rows[at], rows[at + 1] = reached, _ = start, max(start, end)
            ends.append(rows[at + 1])

    def close_leaves(self, source_end: int) -> None:
        """Close what is open at the end of the text, and let no two blocks cross."""
        while self.leaves:
            self.close(source_end)
        if self._pieces and self._pieces[-1][-1].isspace():
            self.strip()
        length = self._length
        if self.hid:
            for places in (self.link_places, self.style_places):
                for first in (0, 1):
                    places[first::PLACE] = array(
                        "i", [min(at, length) for at in places[first::PLACE]]
                    )
        self._nest_blocks()

    def _finished_links(self, text: str) -> Deferrable:
        return links_later(self.linked, self.link_places, text) if self.linked else ()
