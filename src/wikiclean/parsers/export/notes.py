r"""
Footnotes of the export: which marks ``\[1\]`` there are, and which list at the end is theirs.

Here lives the inference, for those that pandoc wrote in HTML too, and where marks stand in the end;
marks are met by ``inline`` and definitions written by the page.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

import attrs

from wikiclean.document import Anchor, Outline, evolve
from wikiclean.parsers.export.blocks import RawBlock
from wikiclean.parsers.tags import attributes

MAX_NOTES: Final = 9999
"""Numbers beyond are text: no page has so many notes, and years in brackets are common."""

_mark = re.compile(r"\\\[([0-9]{1,4})\\\](?!\()")
_any_mark = re.compile(r"(\\?)\[([0-9]{1,4})(\\?)\](?!\()")


_item_or_link = re.compile(r"<(li|a)\s([^<>]*+)>")
_back_link = '<a href="#fnref'


def find_html_notes(
    source: str, blocks: list[RawBlock]
) -> tuple[list[RawBlock], dict[int, tuple[str, int]]]:
    """
    Find the notes whose list pandoc wrote in HTML, behind the block of HTML with their marks.

    Each block counts them anew, so their names are those of the page.

    Returns:
        Blocks of the kind ``html_note``, and the source offset of each mark → the note's name, and
        where the mark ends.
    """
    notes: list[RawBlock] = []
    marks: dict[int, tuple[str, int]] = {}
    for index, block in enumerate(blocks):
        if block.kind != "notes":
            continue
        names: set[str] = set()
        found = list(_named(source, "li", "id", block))
        for i, (name, start, begin) in enumerate(found):
            stop = found[i + 1][1] if i + 1 < len(found) else block.end
            end = source.rfind(_back_link, begin, stop)
            if end < 0:
                end = max(source.rfind("</li>", begin, stop), begin)
            names.add(name)
            info = f"{name} {block.start}"
            notes.append(RawBlock("html_note", start, end, [(begin, end)], info=info))
        before = blocks[index - 1] if index else block
        for name, start, behind in _named(source, "a", "href", before):
            close = source.find("</a>", behind, before.end)
            if name in names and close >= 0:
                marks[start] = (f"{name} {block.start}", close + len("</a>"))
    return notes, marks


def _named(
    source: str, element: str, attribute: str, block: RawBlock
) -> Iterator[tuple[str, int, int]]:
    """Yield the elements that name a note: its name, and where the tag begins and ends."""
    for m in _item_or_link.finditer(source, block.start, block.end):
        if m[1] == element and "fn" in m[2]:
            name = attributes(m[2]).get(attribute, "").removeprefix("#")
            if name.startswith("fn") and name[2:].isdecimal():
                yield name, m.start(), m.end()


@attrs.frozen
class Notes:
    """What a page says of its footnotes."""

    marks: dict[int, int]
    """Source offset of each mark → its number."""
    definitions: list[list[RawBlock]]
    """The blocks of each definition, in order of their numbers from 1."""
    rest: list[RawBlock]
    """The blocks of the page without the definitions."""
    mismatch: RawBlock | None
    """The first item of a list at the end that does not fit the marks."""


def find_notes(source: str, blocks: list[RawBlock]) -> Notes:
    """
    Tell the marks from text in brackets, and the list of notes from an ordinary one.

    Marks count from 1 without a gap, in the order of the page, so each next mark is the first one
    with the next number. The last list is theirs if it has as many items as there are marks.
    """
    first = _list_start(blocks)
    end = blocks[first].start if first < len(blocks) else len(source)
    tables = [(b.start, b.end) for b in blocks if b.kind == "html_table"]
    marks = _marks(source, end, [])
    items = [
        i for i in range(first, len(blocks)) if blocks[i].chain == "#" and blocks[i].kind == "item"
    ]
    if tables and len(items) != len(marks):
        with_tables = _marks(source, end, tables)
        if not items or len(items) == len(with_tables):
            marks = with_tables
    if not items:
        return Notes(marks, [], blocks, None)
    if len(items) != len(marks):
        after_categories = (
            first > 0 and "Category:" in source[blocks[first - 1].start : blocks[first - 1].end]
        )
        odd = bool(marks) or after_categories
        return Notes(marks, [], blocks, blocks[items[0]] if odd else None)
    bounds = [*items, len(blocks)]
    definitions = [blocks[a:b] for a, b in pairwise(bounds)]
    return Notes(marks, definitions, blocks[:first], None)


def _list_start(blocks: list[RawBlock]) -> int:
    """Return the index of the first item of the last list that counts from 1 to the page's end."""
    at = len(blocks)
    start = at
    while at > 0:
        block = blocks[at - 1]
        if not block.chain.startswith("#") or block.quote:
            break
        at -= 1
        if block.chain == "#" and block.kind == "item" and block.number == 1:
            start = at
            break
    numbers = [b.number for b in blocks[start:] if b.chain == "#" and b.kind == "item"]
    return start if numbers == list(range(1, len(numbers) + 1)) else len(blocks)


def _marks(source: str, end: int, tables: list[tuple[int, int]]) -> dict[int, int]:
    """Return the marks before *end*; in *tables* they stand without backslashes."""
    marks: dict[int, int] = {}
    if not tables:  # the engine finds the two characters that such a mark begins with at once
        for m in _mark.finditer(source, 0, end):
            if int(m[1]) == len(marks) + 1 and len(marks) < MAX_NOTES:
                marks[m.start()] = len(marks) + 1
        return marks
    table = 0
    for m in _any_mark.finditer(source, 0, end):
        if int(m[2]) != len(marks) + 1 or len(marks) >= MAX_NOTES:
            continue
        while table < len(tables) and tables[table][1] <= m.start():
            table += 1
        in_table = table < len(tables) and tables[table][0] <= m.start()
        if (m[1] and m[3]) or (in_table and not m[1]):
            marks[m.start()] = int(m[2])
    return marks


class Places:
    """Where marks stand in a text, now that its blocks are finished."""

    def __init__(self, blocks: Iterable[Outline]) -> None:
        """Take the blocks in the order of the text, which is the source's."""
        self._blocks = [block for block in blocks if block.kind != "quote"]
        self._starts = [block.left for block in self._blocks]
        self._around: list[int] = []
        """The index of the block that each stands in, as tables in cells do; -1 for none."""
        last = -1
        for index, block in enumerate(self._blocks):
            while last >= 0 and self._blocks[last].right <= block.left:
                last = self._around[last]
            self._around.append(last)
            last = index

    def settle(self, anchor: Anchor) -> Anchor:
        """
        Return the anchor within the block that its mark stands in.

        The white space before a mark goes if the block ends with it. Where the block has nothing
        else, there is none, and the mark stands at the end of the block before.
        """
        at = anchor.source_span.start
        last = bisect_right(self._starts, at) - 1
        index = last
        while index >= 0 and self._blocks[index].right <= at:
            index = self._around[index]
        if index >= 0:
            offset = min(anchor.offset, self._blocks[index].end)
        else:
            offset = self._blocks[last].end if last >= 0 else 0
        return anchor if offset == anchor.offset else evolve(anchor, offset=offset)
