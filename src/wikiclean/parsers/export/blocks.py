"""
Lines of the export to blocks: which lines belong together, in which list, quote or table.

Here lives the reading by line, with pandoc's fixed columns in mind: bullets ``  - ``, numbers
``1.  ``, content four columns in. What stands inside a line is ``inline``'s affair. Nothing is
written here: the result is a list of ``RawBlock`` in source order.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final, Literal, TypeAlias

import attrs

from wikiclean.parsers.export.ends import Ends

RawKind: TypeAlias = Literal[
    "paragraph",
    "heading",
    "item",
    "code",
    "table",
    "html_table",
    "raw_table",  # of wikitext, which pandoc did not read
    "comment",
    "rule",
    "figure",
    "notes",  # a list of notes in HTML
    "html_note",
    "note",
    "bare",  # lines of a quote with nothing but its marks, where no more of the quote follows
]

MAX_DEPTH: Final = 32
"""How deep lists and quotes nest; pandoc's own output never comes near. Deeper markers are text."""

_line = re.compile(
    r"(?P<indent>[ \t]*)"
    r"(?:(?P<blank>\r?$)"
    r"|(?P<heading>\#{1,6})(?=[ \t]|\r?$)"
    r"|(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})"
    r"|(?P<rule>(?:-{3,}|\*{3,}|_{3,})[ \t]*\r?$)"
    r"|(?P<bullet>[-*+])(?=[ \t]|\r?$)"
    r"|(?P<number>\d{1,9})\.(?=[ \t]|\r?$)"
    r"|(?P<quote>>)"
    r"|(?P<pipe>\|)"
    r"|(?P<table><table\b)"
    r"|(?P<figure><figure\b)"
    r"|(?P<notes><section\b[^<>\n]*\bfootnotes\b)"
    r"|(?P<comment><!--)"
    r"|(?P<note>\[\^[^\]\s]{1,64}\]:)"
    r")?",
    re.MULTILINE | re.IGNORECASE,
)
_MARKERS: Final = frozenset(" \t\r#`~-*_+>|<[")
"""What a line that is not text begins with, but for digits."""
_plain_item = re.compile(r"( {0,3})(?:[-*+]|([0-9]{1,9})\.)[ ]++(?=[^ \t\r\n])")
"""The marker of an item that cannot be indented code, with text behind it."""
_inner_marker = re.compile(r"([-*+]|([0-9]{1,9})\.)(?=[ \t]|\r?$)[ \t]*+", re.MULTILINE)
"""The marker of an item that another item begins with, as ``-   -   `` for ``**`` of wikitext."""
_left_marks = re.compile(
    r"(?P<marks>(?:[:;]|\\[*#]|(?<=[*:;#])#){1,16}+)[ \t]*+(?:\r?\n[ \t]*+(?!>))?(?=[^\r\n]|\Z)"
)
"""Marks of lists in wikitext that pandoc took for text; the line may be wrapped behind them."""
_no_code = re.compile(r"[\s`<*\[]|[^\x00-\x7f]")
"""What follows stars and number signs that are marks of lists, and no code (``*#06#``)."""
_no_mark = re.compile(r"[()|/\\=\]>'^&@$#}-]|[A-Za-z0-9]\b|[a-z]")
"""What follows a colon that is no mark of a list: it makes a face of it, a path or a command."""
_no_marks = re.compile(r"[0-9A-Fa-f]{0,4}+[:/][0-9A-Fa-f]|[a-z]|[0-9A-Fa-f]{1,4}\b")
"""The same of several colons: an address on the net, or a word of code."""
_left_heading = re.compile(
    r"\\?(?P<level>={2,6})[ \t]*+(?P<text>[^=\n]{1,200}+)(?P=level)(?=\s|\Z)\s*+"
)
"""A heading of wikitext that pandoc took for text, for a comment or the like before it."""
_table_tag = re.compile(r"<(/?)table\b", re.IGNORECASE)
_separator_row = re.compile(r"[ \t]*\|?[ \t:|]*-[ \t:|-]*\r?$", re.MULTILINE)


@attrs.define
class RawBlock:
    """Lines that make one block, not read yet."""

    kind: RawKind
    start: int
    """Source offset of the first marker or character."""
    end: int
    """Source offset behind the last character that is not white space."""
    parts: list[tuple[int, int]]
    """Source ranges of the content: one for each paragraph of an item, one for all others."""
    chain: str = ""
    """
    List kinds from outside in: ``*`` and ``#``, and ``:`` for a bullet with an empty first line; of
    a paragraph, those it stands in.
    """
    list_id: int = 0
    """Blocks of one outermost list share it; 0 outside lists."""
    quote: int = 0
    """How many quotes it stands in."""
    number: int = 0
    """The number of a numbered item as written; the level of a heading."""
    marker_end: int = 0
    """Source offset behind the marker."""
    tight: bool = False
    """Item: whether its first line is empty and its text stands below (``:`` of wikitext)."""
    defined: bool = False
    """Item: whether its definitions stand below, and lists in them (``;`` of wikitext)."""
    info: str = ""
    """Code: the language, a space where it is indented; note: its name."""
    column: int = 0
    """Where the content of the list item begins that it stands in."""


class _Container:
    """An open list item."""

    __slots__ = ("block", "column", "followed", "index", "lead")

    def __init__(self, column: int, block: RawBlock, index: int, lead: int) -> None:
        self.column = column
        self.block = block
        self.index = index  # of the block behind it, if it has one itself
        self.lead = lead  # how far bullets stand behind the column of what they are in
        self.followed = False  # whether another block stands behind its first paragraph


class BlockReader:
    """Reads a source into raw blocks."""

    def __init__(self, source: str, start: int, end: int, opaque: list[tuple[int, int]]) -> None:
        """Take ``source[start:end]``; line ends inside *opaque* ranges part nothing."""
        self.source = source
        self.at = start
        self.end = end
        self.opaque_starts = [s for s, _ in opaque]
        self.opaque = opaque
        self.blocks: list[RawBlock] = []
        self.stack: list[_Container] = []
        self.paragraph: RawBlock | None = None
        self.blank_before = True
        self.quote = 0
        self.list_id = 0
        self.new_list = True
        self.lead = 2
        """How far the last bullet stood behind the column of what it is in."""
        self.ends = Ends(source, end)
        self.bare: RawBlock | None = None
        self.entered = 0
        """How many blocks stood before the quote that is open."""

    def read(self) -> list[RawBlock]:
        """Return the blocks in source order."""
        source, last = self.source, self.end
        while self.at < last:
            at = self.at
            first = source[at]
            if self.quote:
                self._read_line()
            elif first == "\n":
                # Most lines are empty, or text from the first column on.
                self.at = at + 1
                self.paragraph = None
                self.blank_before = True
            elif first in _MARKERS or first.isdecimal():
                m = _plain_item.match(source, at, last)
                if m is None:
                    self._read_line()
                else:
                    self._read_item(at, m)
            else:
                end = self._line_end(at)
                self.at = end + 1
                if self.stack:
                    self.stack.clear()
                    self.paragraph = None
                self.new_list = True
                self._text(at, end)
                self.blank_before = False
        self._enter_quote(0)
        return self.blocks

    # ---------------------------------------------------------------- lines

    def _line_end(self, at: int) -> int:
        """Return the end of the line at *at*, line ends in opaque ranges passed over."""
        end = self.source.find("\n", at, self.end)
        if end < 0:
            return self.end
        while self.opaque:
            index = bisect_right(self.opaque_starts, end) - 1
            if index < 0 or self.opaque[index][1] <= end or self.opaque[index][0] < at:
                break
            end = self._next_line_end(self.opaque[index][1])
        return end

    def _next_line_end(self, at: int) -> int:
        end = self.source.find("\n", at, self.end)
        return self.end if end < 0 else end

    def _read_line(self) -> None:
        source = self.source
        line_start = self.at
        end = self._line_end(line_start)
        self.at = end + 1
        at, depth = line_start, 0
        if line_start and source[line_start - 1] != "\n":
            depth = self.quote  # behind a table that ends within its line, this is none of its own
        elif source.startswith(">", line_start) or self.quote:
            at, depth = self._quote_prefix(line_start, end)
        m = _line.match(source, at, end)
        if m is None:  # every part of the pattern may be empty
            return
        kind = m.lastgroup
        if kind == "blank":
            self.paragraph = None
            self.blank_before = True
            if depth != self.quote:
                self._enter_quote(depth)
            if depth:
                self.bare = self.bare or RawBlock("bare", line_start, at, [(at, at)], quote=depth)
                self.bare.end = at
            return
        if depth != self.quote:
            self._enter_quote(depth)
        if self.bare is not None and len(self.blocks) == self.entered:
            self.blocks.append(self.bare)  # the quote begins with it
        self.bare = None
        content = m.end(1)
        column = content - at
        if column and source.find("\t", at, content) >= 0:
            column = len(m["indent"].expandtabs(4))
        while self.stack and column < self.stack[-1].column:
            self.stack.pop()
            self.paragraph = None
        marker = kind in ("bullet", "number")
        if not self.stack and not marker:
            self.new_list = True
        inner = column - (self.stack[-1].column if self.stack else 0)
        if inner >= 4 and self.blank_before and not marker and self._is_note(depth):
            note = self.blocks[-1]
            note.parts.append((content, end))
            note.end = _strip_end(source, content, end)
            self.paragraph = note
        elif inner >= 4 and ((self.blank_before and not marker) or self._in_indented_code()):
            self._indented_code(at, end)
        elif kind == "bullet" or (kind == "number" and (inner < 4 or self.stack)):
            marker_end = behind = m.end()
            while behind < end and source[behind] in " \t":
                behind += 1
            self._item(at, content, marker_end, m["number"], column, behind, end)
        elif kind is None or kind == "indent":
            self._text(content, end)
        elif kind == "heading":
            self._heading(content, m.end("heading"), end)
        elif kind == "fence":
            self._fence(content, m["fence"], m.end("fence"), end)
        elif kind == "rule":
            self._add(RawBlock("rule", content, end, [(content, content)]))
        elif (
            (kind == "pipe" and self._pipe_table(content, end))
            or (kind == "table" and self._html_table(content))
            or (kind == "figure" and self._element("figure", content, "</figure>"))
            or (kind == "notes" and self._element("notes", content, "</section>"))
            or (kind == "comment" and self._comment(content))
        ):
            pass
        elif kind == "note":
            name_end = m.end("note")
            block = RawBlock(
                "note",
                content,
                _strip_end(source, name_end, end),
                [(name_end, end)],
                marker_end=name_end,
                info=source[content + 2 : name_end - 2],
            )
            self._add(block)
            self.paragraph = block
        else:
            self._text(content, end)
        self.blank_before = False

    def _read_item(self, start: int, m: re.Match[str]) -> None:
        """Read a line outside of quotes that begins with the marker *m* and has text behind it."""
        end = self._line_end(start)
        self.at = end + 1
        content = m.end(1)
        column = content - start
        stack = self.stack
        while stack and column < stack[-1].column:
            stack.pop()
            self.paragraph = None
        number = m[2]
        marker_end = content + (1 if number is None else len(number) + 1)
        self._item(start, content, marker_end, number, column, m.end(), end)
        self.blank_before = False

    def _quote_prefix(self, at: int, end: int) -> tuple[int, int]:
        """Return where the content of a line starts behind its ``>``, and their number."""
        source, depth = self.source, 0
        while depth < MAX_DEPTH:
            here = at
            while here < end and here < at + 3 and source[here] == " ":
                here += 1
            if here >= end or source[here] != ">":
                break
            depth += 1
            at = here + 1
            if at < end and source[at] == " ":
                at += 1
        return at, depth

    def _enter_quote(self, depth: int) -> None:
        if self.bare is not None:
            self.blocks.append(self.bare)
            self.bare = None
        self.entered = len(self.blocks)
        self.quote = depth
        self.stack.clear()
        self.paragraph = None
        self.new_list = True
        self.blank_before = True

    # ---------------------------------------------------------------- blocks

    def _add(self, block: RawBlock) -> None:
        block.quote = self.quote
        block.end = _strip_end(self.source, block.start, block.end)
        if block.kind != "item" and self.stack:
            block.chain = self.stack[-1].block.chain
            block.list_id = self.stack[-1].block.list_id
            block.column = self.stack[-1].column
            for container in self.stack:
                container.followed = True
        self.blocks.append(block)
        self.paragraph = None

    def _text(self, start: int, end: int) -> None:
        """Add a line of text: to the paragraph above, to the item it stands in, or by itself."""
        source = self.source
        if self.paragraph is not None and not self._is_inner_line(start, end):
            first, _ = self.paragraph.parts[-1]
            self.paragraph.parts[-1] = (first, end)
            self.paragraph.end = _strip_end(source, first, end)
            return
        marked = source[start] in ":;\\" and self._is_marked(start, end)
        item = self.stack[-1].block if self.stack and not self.stack[-1].followed else None
        if item is not None:
            if item.parts[0][0] >= item.parts[0][1]:
                item.tight = True
                item.parts[0] = (start, end)
                if item.chain[-1] == "*":  # a number is no indentation
                    item.chain = item.chain[:-1] + ":"
            elif marked:
                item = None
            else:
                item.parts.append((start, end))
        if item is not None:
            item.end = _strip_end(source, start, end)
            self.paragraph = item
            return
        if source.startswith(("\\==", "=="), start) and not self.stack:
            start = self._left_heading(start, end)
            if start == end:
                return
        block = RawBlock("paragraph", start, end, [(start, end)])
        before = self.blocks[-1] if self.blocks else None
        self._add(block)
        if marked and not self.stack:
            # It is a line of the list above and below, or begins one.
            if before is None or before.list_id != self.list_id or before.quote != self.quote:
                self.list_id += 1
            block.list_id = self.list_id
            self.new_list = False
        if self.stack and not self.blank_before:
            self._define(self.stack[-1])
        self.paragraph = block

    def _define(self, container: _Container) -> None:
        """
        Read an item as a term, if the paragraph that goes on with it can only be a definition.

        No blank line stands before it, but a list: only an item for a term of wikitext has its
        definitions, and the lists in them, one behind the other.
        """
        item, before = container.block, self.blocks[-2]
        if item.chain[-1] == "*" and len(before.chain) > len(item.chain):
            item.defined = self.blocks[container.index - 1] is item
            item.chain = item.chain[:-1] + ":"
            for inner in self.blocks[container.index :]:
                inner.chain = item.chain + inner.chain[len(item.chain) :]

    def _heading(self, start: int, marker_end: int, end: int) -> None:
        content = marker_end
        while content < end and self.source[content] in " \t":
            content += 1
        self._add(
            RawBlock(
                "heading",
                start,
                end,
                [(content, _strip_end(self.source, content, end))],
                number=marker_end - start,
                marker_end=content,
            )
        )

    def _is_inner_line(self, start: int, end: int) -> bool:
        """Whether a line of an item is one of the list in it, as ``*:`` behind ``*``."""
        return (
            self.source[start] == "\\"
            and bool(self.stack)
            and self.paragraph is self.stack[-1].block
            and self._is_marked(start, end)
        )

    def _is_marked(self, start: int, end: int) -> bool:
        """Whether a line begins with marks of lists; the text may stand on the next one."""
        source = self.source
        return (
            find_left_marks(source, start, len(source)) is not None
            or find_left_marks(source, start, _strip_end(source, start, end)) is not None
        )

    def _left_heading(self, start: int, end: int) -> int:
        """Add a heading that pandoc took for text; return where what follows on its line begins."""
        m = _left_heading.match(self.source, start, end)
        if m is None or (m.end() < end and self.source[start] == "="):
            return start  # older pandocs escape it, so that what others leave may be text
        first, last = m.span("text")
        parts = [(first, _strip_end(self.source, first, last))]
        level = len(m["level"])
        stop = last + level
        self._add(RawBlock("heading", start, stop, parts, number=level, marker_end=first))
        return m.end()

    def _item(
        self,
        line: int,
        start: int,
        marker_end: int,
        number: str | None,
        column: int,
        content: int,
        end: int,
        lead: int | None = None,
    ) -> None:
        """
        Add an item.

        Args:
            line: Where its line begins, behind the marks of the quote it stands in.
            start: Where its marker begins.
            marker_end: Where that ends.
            number: Its digits; None for a bullet.
            column: That of the marker.
            content: Where the text behind it begins.
            end: Where the line ends.
            lead: How far bullets stand behind the column of what they are in, where another item
                begins with this one.
        """
        stack = self.stack
        if len(stack) >= MAX_DEPTH or (
            self.paragraph is not None and self._goes_on(start, number, column, self.paragraph)
        ):
            self._text(start, end)
            return
        if lead is None and number is None:
            self.lead = column - (stack[-1].column if stack else 0)
        lead = self.lead
        kind = "*" if number is None else "#"
        if stack:
            outer = stack[-1].block
            chain, list_id = outer.chain + kind, outer.list_id
            for container in stack:
                container.followed = True
        else:
            if self.new_list:
                self.list_id += 1
                self.new_list = False
            chain, list_id = kind, self.list_id
        content_end = max(_strip_end(self.source, content, end), marker_end)
        inner = None
        if content < content_end and content - marker_end <= 4 and len(stack) + 1 < MAX_DEPTH:
            inner = _inner_marker.match(self.source, content, end)
            if inner is not None:
                content_end = content
        block = RawBlock(
            "item",
            line,
            content_end if content_end > content else marker_end,
            [(min(content, content_end), content_end)],
            chain,
            list_id,
            self.quote,
            int(number) if number is not None else 0,
            marker_end,
        )
        if inner is None or number is not None:  # it may be a note's
            self.blocks.append(block)
            line = content
        self.paragraph = None
        # Content stands where the marker's text does, at least two columns in; pandoc uses four.
        width = (
            content - start if content < end and content - start <= 5 else marker_end - start + 1
        )
        stack.append(_Container(column + min(width, 4), block, len(self.blocks), lead))
        if inner is not None:
            column += content - start
            self._item(line, content, inner.end(1), inner[2], column, inner.end(), end, lead)
        elif content_end > content:
            self.paragraph = block

    def _goes_on(self, marker: int, number: str | None, column: int, paragraph: RawBlock) -> bool:
        """
        Whether a line of a paragraph seems to begin with a marker, but begins no list.

        A year may stand there, or a sign of a formula; pandoc parts lists from paragraphs. In an
        item it does not, but where its bullets stand further in than what they are in, a dash below
        the item's text is the text's.
        """
        if number is not None:
            return int(number) != 1
        source, item = self.source, paragraph.kind == "item"
        if source[marker] == "+":
            return not item or source[paragraph.marker_end - 1] != "+"
        if source[marker] != "-":
            return False
        if not self.stack:
            return True
        innermost = self.stack[-1]
        if column == innermost.column and self._has_wide_bullets(marker, innermost.block):
            return False
        return column < innermost.column + 2 and (not item or innermost.lead > 0)

    def _has_wide_bullets(self, marker: int, item: RawBlock) -> bool:
        """Whether a bullet in an item, or the item's number, is as newer pandocs write it."""
        source = self.source
        if source.startswith("-   ", marker):
            return True
        dot = item.marker_end - 1
        numbered = item.chain.endswith("#") and source.startswith(". ", dot)
        return numbered and not source.startswith(".  ", dot)

    def _is_note(self, quote: int) -> bool:
        """Whether the block above is a note that this line may go on with."""
        last = self.blocks[-1] if self.blocks and not self.stack else None
        return last is not None and last.kind == "note" and last.quote == quote

    def _in_indented_code(self) -> bool:
        """Whether the block above is indented code that this line may go on with."""
        last = self.blocks[-1] if self.blocks else None
        return (
            last is not None
            and last.kind == "code"
            and last.info == " "
            and last.quote == self.quote
            and last.chain == (self.stack[-1].block.chain if self.stack else "")
        )

    def _indented_code(self, start: int, end: int) -> None:
        if self._in_indented_code():
            last = self.blocks[-1]
            last.end = _strip_end(self.source, start, end)
            last.parts[-1] = (last.parts[-1][0], last.end)
            return
        self._add(
            RawBlock("code", start, end, [(start, _strip_end(self.source, start, end))], info=" ")
        )

    def _fence(self, start: int, fence: str, info_start: int, end: int) -> None:
        source = self.source
        close = re.compile(
            rf"[ \t>]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*\r?$", re.MULTILINE
        )
        body = min(end + 1, self.end)
        at = body
        while at < self.end:
            m = close.match(source, at, self.end)
            if m:
                self.at = m.end() + 1
                self._add_code(start, info_start, end, body, at, m.end())
                return
            at = self._next_line_end(at) + 1
        self.at = self.end
        self._add_code(start, info_start, end, body, self.end, self.end)

    def _add_code(
        self, start: int, info_start: int, info_end: int, body: int, body_end: int, end: int
    ) -> None:
        source = self.source
        if body_end > body and source[body_end - 1] == "\n":
            body_end -= 1
        block = RawBlock(
            "code",
            start,
            end,
            [(body, max(body, body_end))],
            info=source[info_start:info_end].strip() or "text",
            marker_end=info_end,
        )
        self._add(block)

    def _pipe_table(self, start: int, end: int) -> bool:
        """Add the lines from here that begin with ``|`` as a table."""
        if self.paragraph is not None:
            return False
        source, last = self.source, end
        at = end + 1
        rows = 1
        second = at < self.end and _separator_row.match(source, at, self._line_end(at))
        if not second and source[start:end].strip("| \t\r"):
            return False
        while at < self.end:
            m = _line.match(source, at, self._line_end(at))
            line_end = self._line_end(at)
            if m is None or m["pipe"] is None:
                break
            if not second and source[at:line_end].strip("| \t\r"):
                return False  # no table: a blank row of bars above text
            rows += 1
            last = line_end
            at = last + 1
        if rows == 1 and source.count("|", start, end) < 2:
            return False
        self._add(RawBlock("table", start, last, [(start, _strip_end(source, start, last))]))
        self.at = last + 1
        return True

    def _html_table(self, start: int) -> bool:
        """Add the lines from here to the ``</table>`` that closes it."""
        if "</table>" in self.ends.absent:
            return False
        depth = 0
        for m in _table_tag.finditer(self.source, start, self.end):
            depth += -1 if m[1] else 1
            if depth == 0:
                end = self.source.find(">", m.end(), self.end) + 1 or self.end
                break
        else:
            self.ends.absent.add("</table>")
            return False
        self._add(RawBlock("html_table", start, end, [(start, end)]))
        self._go_on_behind(end)
        return True

    def _element(self, kind: RawKind, start: int, tag: str) -> bool:
        """Add what stands from here to the end *tag*."""
        close = self.ends.find(tag, start)
        if close < 0:
            return False
        end = close + len(tag)
        self._add(RawBlock(kind, start, end, [(start, end)]))
        self._go_on_behind(end)
        return True

    def _go_on_behind(self, end: int) -> None:
        self.at = end
        if self.source.startswith("\n", end):
            self.at = end + 1

    def _comment(self, start: int) -> bool:
        """Add a comment that stands alone on its lines."""
        end = self.ends.find("-->", start)
        if end < 0:
            return False
        end += 3
        line_end = self._next_line_end(end)
        if self.source[end:line_end].strip():
            return False
        stack = self.stack
        self.stack = []
        self._add(RawBlock("comment", start, end, [(start, end)]))
        self.stack = stack
        if is_list_end(self.source, start, end) and not stack:
            self.new_list = True
        self.at = line_end + 1
        return True


def find_left_marks(
    source: str, start: int, end: int, *, in_item: bool = False
) -> tuple[str, int] | None:
    """
    Find what is left of wikitext's marks of lists where a block begins.

    Args:
        source: The page.
        start: Where the block's text begins.
        end: Where that ends.
        in_item: Whether it is the text of an item, where one mark is enough. A paragraph begins
            with one that is text, and with stars that refer to a remark.

    Returns:
        The marks without their backslashes, and where the text behind them begins; None if there
        are none.
    """
    m = _left_marks.match(source, start, end)
    if m is None:
        return None
    marks = m["marks"].replace("\\", "")
    if m.end() == end:
        empty = not in_item and (marks == ";" or len(set(marks)) > 1)  # the others pandoc reads
        return (marks, end) if empty else None
    if len(marks) == 1:
        if not in_item or marks in ";#":
            return None
        behind = m.end("marks")
        if marks == "*" and (source.find("\\*", behind, end) >= 0 or source[behind].islower()):
            return None
        if marks == ":" and _no_mark.match(source, behind, end):
            return None
    elif not marks.strip("*#"):
        if len(set(marks)) == 1 or _no_code.match(source, m.end("marks"), end) is None:
            return None
    elif not marks.strip(":") and _no_marks.match(source, m.end("marks"), end):
        return None
    return marks, m.end()


def is_list_end(source: str, start: int, end: int) -> bool:
    """Whether a comment was written by pandoc to part two lists."""
    return source[start + 4 : end - 3].strip() in ("", "end list")


def _strip_end(source: str, start: int, end: int) -> int:
    """Return *end* without white space before it."""
    while end > start and source[end - 1].isspace():
        end -= 1
    return end
