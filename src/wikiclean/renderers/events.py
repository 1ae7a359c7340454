"""
The flat records of a Document as one stream of properly nested events.

Here lives the one place that finds out what stands in what: blocks in cells and quotes, items in
lists, formatting in links. A renderer turns the events into its format and decides nothing about
structure. Records that overlap without nesting are split, so that the events always nest; each
character of the text that is not white space between blocks comes exactly once, in order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from wikiclean.document import Block, Cell, Document, Link, Math, Media, Span, Style, Table
from wikiclean.renderers.text import notes_shown

Tag: TypeAlias = Literal[
    "paragraph",
    "heading",
    "list",
    "item",
    "term",
    "definition",
    "quote",
    "code",
    "math",
    "preformatted",
    "poem",
    "hatnote",
    "figure",
    "table",
    "caption",
    "row",
    "cell",
    "link",
    "style",
]

MAX_CHAIN: Final = 32
"""How many lists, or quotes, may nest; what is deeper stands in the deepest. Readers of HTML give
up at a few hundred elements."""

_REPEATABLE: Final = frozenset({"sub", "sup", "small", "big", "quote"})
"""Styles that say more when they stand in themselves."""
_MAX_REPEATED: Final = 4


class Open(NamedTuple):
    """Something begins."""

    tag: Tag
    record: Block | Table | Cell | Media | Link | Style | None = None
    """What it is; None where it is implied."""
    kind: str = ""
    """List: ``*``, ``#`` or ``:``. Style: its kind. Else empty."""


class Close(NamedTuple):
    """What was opened last ends."""

    tag: Tag
    record: Block | Table | Cell | Media | Link | Style | None = None
    kind: str = ""


class Text(NamedTuple):
    """Characters of the text, line feeds included."""

    value: str
    at: int
    """Where they begin in the text of the Document."""


class Formula(NamedTuple):
    """A formula; *value* is what stands in the text for it."""

    record: Math
    value: str
    at: int
    """Where it begins in the text of the Document."""


class Mark(NamedTuple):
    """A place that refers to a footnote."""

    note: int
    """Index in ``footnotes`` of the page."""
    use: int
    """Which of the note's anchors it is, from 0."""


Event: TypeAlias = Open | Close | Text | Formula | Mark
Marks: TypeAlias = Sequence[tuple[int, Mark]]


def marks_of(page: Document) -> Mapping[str, Marks]:
    """
    Return the note marks of a page: offset and mark, sorted, by owner of the anchors.

    Nothing is returned for a page in whose text the notes were written already.
    """
    found: dict[str, list[tuple[int, Mark]]] = {}
    if notes_shown(page):
        return found
    for index, note in enumerate(page.footnotes):
        for use, anchor in enumerate(note.anchors):
            found.setdefault(anchor.owner, []).append((anchor.offset, Mark(index, use)))
    for marks in found.values():
        marks.sort(key=lambda pair: pair[0])
    return found


def events(document: Document, marks: Marks = ()) -> Iterator[Event]:
    """
    Yield what *document* is made of, in the order of its text.

    Args:
        document: The page, or a Document nested in it.
        marks: The note marks in its text, sorted, as ``marks_of`` gives them.
    """
    inline = _Inline(document, marks)
    running = [_content(_tree(document), inline)]
    while running:
        step = next(running[-1], None)
        if step is None:
            running.pop()
        elif isinstance(step, _Node):
            running.append(_node(step, inline))
        else:
            yield step
    left = list(inline.left())
    if left:
        yield Open("paragraph")
        yield from left
        yield Close("paragraph")


# ---------------------------------------------------------------- blocks


class _Node:
    """A block, a table or a cell, with what stands in it."""

    __slots__ = ("children", "end", "record", "start", "tag")

    def __init__(
        self, tag: Tag, start: int, end: int, record: Block | Table | Cell | Media | None
    ) -> None:
        self.tag: Final = tag
        self.start = start
        self.end = end
        self.record: Final = record
        self.children: list[_Node] = []


_HOLDERS: Final = frozenset({"quote", "table", "cell"})
_LISTED: Final = frozenset({"item", "term", "definition"})
_RANK: Final = {"quote": 0, "cell": 1, "table": 2, "caption": 3}
"""What holds what where text and source are the same: a table has tags or marks around its cells,
a cell may have nothing but a table."""


def _tree(document: Document) -> _Node:
    """Return the page as a tree of blocks; what overlaps without nesting is cut."""
    root = _Node("quote", 0, len(document.text), None)
    found: list[tuple[Span, Span, _Node]] = []

    def add(tag: Tag, span: Span, source: Span, record: Block | Table | Cell | Media) -> None:
        found.append((span, source, _Node(tag, span.start, span.end, record)))

    of_tables: set[Span] = set()
    for table in document.tables:
        add("table", table.span, table.source_span, table)
        if table.caption is not None:
            of_tables.add(table.caption)
            add("caption", table.caption, table.source_span, table)
        for cell in table.cells:
            of_tables.add(cell.span)
            add("cell", cell.span, cell.source_span, cell)
    shown = {m.caption_span: m for m in document.media if m.caption_span is not None}
    for block in document.blocks:
        if block.kind in ("cell", "caption"):
            if block.span in of_tables:
                continue
            add("figure", block.span, block.source_span, shown.get(block.span, block))
        else:
            add(block.kind, block.span, block.source_span, block)
    # Outer first: by text, then (where texts are equal) by source, then by what holds what.
    found.sort(
        key=lambda row: (
            row[0].start,
            -row[0].end,
            row[1].start,
            -row[1].end,
            _RANK.get(row[2].tag, 3),
        )
    )
    holders = [root]
    for _, _, node in found:
        while len(holders) > 1 and holders[-1].end <= node.start:
            holders.pop()
        holder = holders[-1]
        if holder.children:
            node.start = max(node.start, holder.children[-1].end)
        node.end = min(node.end, holder.end)
        if node.tag == "quote" and len(holders) > MAX_CHAIN:
            continue
        if node.start < node.end:
            holder.children.append(node)
            if node.tag in _HOLDERS:
                holders.append(node)
    return root


def _node(node: _Node, inline: _Inline) -> Iterator[Event | _Node]:
    if isinstance(node.record, Table) and node.tag == "table":
        yield from _table(node, node.record, inline)
        return
    yield Open(node.tag, node.record)
    if node.tag in _HOLDERS:
        yield from _content(node, inline)
    else:
        yield from inline.range(node.start, node.end)
    yield Close(node.tag, node.record)


def _table(node: _Node, table: Table, inline: _Inline) -> Iterator[Event | _Node]:
    yield Open("table", table)
    filled = {id(child.record): child for child in node.children if child.tag == "cell"}
    for child in node.children:
        if child.tag == "caption":
            yield child
    row = 0
    begun = False
    for cell in sorted(table.cells, key=lambda c: (c.row, c.column)):
        while not begun or row < cell.row:
            if begun:
                yield Close("row")
                row += 1
            yield Open("row")
            begun = True
        held = filled.get(id(cell))
        if held is not None:
            yield held
        else:
            yield Open("cell", cell)
            yield Close("cell", cell)
    if begun:
        yield Close("row")
    # What is not in a cell, as a table should have it, has a row of its own: no text is lost.
    at = node.start
    inner: list[_Node | None] = [*node.children, None]
    for one in inner:
        gap = inline.text[at : one.start if one else node.end]
        if gap.strip():
            start = at + len(gap) - len(gap.lstrip())
            yield Open("row")
            yield Open("cell")
            yield from inline.range(start, at + len(gap.rstrip()))
            yield Close("cell")
            yield Close("row")
        if one is None:
            break
        if one.tag not in ("cell", "caption"):
            yield Open("row")
            yield Open("cell")
            yield one
            yield Close("cell")
            yield Close("row")
        at = one.end
    yield Close("table", table)


def _content(node: _Node, inline: _Inline) -> Iterator[Event | _Node]:
    """Yield what stands in a page, a quote or a cell."""
    text = inline.text
    in_cell = node.tag == "cell"
    lists = _Lists()
    at = node.start
    for child in [*node.children, None]:
        gap_end = child.start if child else node.end
        gap = text[at:gap_end]
        if gap.strip():
            # Text in no block: all of it in a plain cell, else a defect that costs no character.
            yield from lists.close(0)
            start = at + len(gap) - len(gap.lstrip())
            end = at + len(gap.rstrip())
            if not in_cell or node.children:
                yield Open("paragraph")
            yield from inline.range(start, end)
            if not in_cell or node.children:
                yield Close("paragraph")
        if child is None:
            break
        if child.tag in _LISTED and isinstance(child.record, Block):
            if gap != "\n":
                yield from lists.close(0)
            yield from lists.next(child.record)
            yield from inline.range(child.start, child.end)
        else:
            yield from lists.close(0)
            yield child
        at = child.end
    yield from lists.close(0)


class _Lists:
    """The lists that are open, each with an open item."""

    def __init__(self) -> None:
        self._open: list[tuple[str, Tag]] = []

    def close(self, depth: int) -> Iterator[Event]:
        """Close the lists deeper than *depth*."""
        while len(self._open) > depth:
            kind, tag = self._open.pop()
            yield Close(tag)
            yield Close("list", None, kind)

    def next(self, block: Block) -> Iterator[Event]:
        """Open the item that *block* is, and the lists it stands in that are not open yet."""
        chain = _chain(block)
        tag: Tag = "item"
        if chain[-1] == ":":
            tag = "term" if block.kind == "term" else "definition"
        shared = 0
        for (kind, _), wanted in zip(self._open, chain, strict=False):
            if kind != wanted:
                break
            shared += 1
        yield from self.close(shared)
        if shared == len(chain):
            kind, old = self._open.pop()
            yield Close(old)
        for kind in chain[shared:-1]:
            yield Open("list", None, kind)
            between: Tag = "definition" if kind == ":" else "item"
            yield Open(between)
            self._open.append((kind, between))
        if shared < len(chain):
            yield Open("list", None, chain[-1])
        yield Open(tag, block)
        self._open.append((chain[-1], tag))


def _chain(block: Block) -> str:
    """Return the kinds of the lists that an item stands in, outermost first."""
    default = {"item": "*", "term": ";"}.get(block.kind, ":") * min(max(block.level, 1), MAX_CHAIN)
    chain = "".join(c for c in block.marker if c in "*#;:") or default
    if len(chain) > MAX_CHAIN:
        chain = chain[: MAX_CHAIN - 1] + chain[-1]
    return chain.replace(";", ":")


# ---------------------------------------------------------------- what stands in a block


class _Opened(NamedTuple):
    record: Link | Style
    end: int


class _Inline:
    """The links, styles, formulas and marks of a text, given out range by range in text order."""

    def __init__(self, document: Document, marks: Marks) -> None:
        self.text: Final = document.text
        records: list[Link | Style | Math] = [*document.links, *document.styles, *document.math]
        self._records: Final = sorted(
            (r for r in records if r.span.start < r.span.end),
            key=lambda r: (r.span.start, -r.span.end, r.source_span.start, -r.source_span.end),
        )
        self._starts: Final = [r.span.start for r in self._records]
        self._marks: Final = marks
        self._mark = 0
        # The style of each kind that runs on into the next block, and where it ends.
        self._carried: dict[str, _Opened] = {}

    def left(self) -> Iterator[Mark]:
        """Yield the marks that no range had."""
        yield from (mark for _, mark in self._marks[self._mark :])
        self._mark = len(self._marks)

    def range(self, at: int, end: int) -> Iterator[Event]:
        """Yield what stands between two offsets; ranges are asked for in text order."""
        index = bisect_left(self._starts, at)
        stack: list[_Opened] = []
        count: Counter[str] = Counter()
        again = [one for one in self._carried.values() if one.end > at]
        self._carried.clear()

        def close(depth: int) -> Iterator[Event]:
            while len(stack) > depth:
                one = stack.pop()
                count[_kind(one.record)] -= 1
                yield Close(_tag(one.record), one.record, _kind(one.record))

        while True:
            ended = next((i for i, one in enumerate(stack) if one.end <= at), len(stack))
            if at >= end:
                for one in stack:
                    if isinstance(one.record, Style) and one.end > end:
                        self._carry(one)
                ended = 0
            again += [one for one in stack[ended:] if one.end > at]
            yield from close(ended)
            if not count["link"] and not count["code"]:
                while self._mark < len(self._marks) and self._marks[self._mark][0] <= at:
                    yield self._marks[self._mark][1]
                    self._mark += 1
            if at >= end:
                return
            reached = at
            while index < len(self._records) and self._starts[index] <= at:
                record = self._records[index]
                index += 1
                if isinstance(record, Math):
                    if reached == at and self._starts[index - 1] == at:
                        again_now, again = again, []
                        for one in again_now:
                            yield from self._open(one, stack, count)
                        reached = min(record.span.end, end)
                        yield Formula(record, self.text[at:reached], at)
                elif record.span.end > reached:
                    again.append(_Opened(record, record.span.end))
            for one in again:
                if one.end > reached:
                    yield from self._open(one, stack, count)
            again = []
            if reached > at:
                at = reached
                # What began inside the formula is formatting of TeX, which is not ours to show.
                while index < len(self._records) and self._starts[index] < at:
                    index += 1
                continue
            stop = min([end, *(one.end for one in stack)])
            if index < len(self._records):
                stop = min(stop, self._starts[index])
            if self._mark < len(self._marks) and self._marks[self._mark][0] > at:
                stop = min(stop, self._marks[self._mark][0])
            yield Text(self.text[at:stop], at)
            at = stop

    def _carry(self, one: _Opened) -> None:
        kind = _kind(one.record)
        known = self._carried.get(kind)
        if known is None or known.end < one.end:
            self._carried[kind] = one

    def _open(self, one: _Opened, stack: list[_Opened], count: Counter[str]) -> Iterator[Event]:
        kind = _kind(one.record)
        limit = _MAX_REPEATED if kind in _REPEATABLE else 1
        if count[kind] >= limit:
            if limit == 1 and isinstance(one.record, Style):
                # It says nothing new, but may go on for longer.
                at = next(i for i, held in enumerate(stack) if _kind(held.record) == kind)
                stack[at] = stack[at]._replace(end=max(stack[at].end, one.end))
            return
        count[kind] += 1
        stack.append(one)
        yield Open(_tag(one.record), one.record, kind)


def _kind(record: Link | Style) -> str:
    return record.kind if isinstance(record, Style) else "link"


def _tag(record: Link | Style) -> Tag:
    return "style" if isinstance(record, Style) else "link"
