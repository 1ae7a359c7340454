"""
Tables of the export: pipe tables, HTML where cells hold blocks, wikitext that pandoc did not read.

All become rows of the text, cells parted by tabs. What stands in a cell is read by ``inline``, by
``html``, or as blocks, of which each becomes a line of the cell.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator
from typing import Final

from attrs import evolve, frozen

from wikiclean.codes import CODES
from wikiclean.document import BlockKind, Span
from wikiclean.parsers.export.blocks import RawBlock
from wikiclean.parsers.export.context import Context
from wikiclean.parsers.export.html import image, tokens, write_figure, write_html
from wikiclean.parsers.export.inline import write_inline
from wikiclean.parsers.export.markup import blank_line
from wikiclean.parsers.grid import Grid
from wikiclean.parsers.tags import attributes
from wikiclean.parsers.writer import LINE, PART, Writer

_bar = re.compile(r"(?:[^|\\]|\\.)*+", re.DOTALL)
_separator = re.compile(r"[ \t\r:|-]*\Z")
_pair = r"""(?:(?:rowspan|colspan|style|align|valign|width|height|class|bgcolor|nowrap|scope)
    \s*+=\s*+(?:"[^"<>|]{0,300}+"|[\w\#%]{1,30}+)\s*+)"""
_remains = re.compile(
    rf"""\s*+(?:<p>\s*+)?(?:
    (?P<given>(?:{_pair}|nowrap\s*+)++)(?P<end>\\?\|(?!\|)|[{{]{{2}}\\?![}}]{{2}})
    |(?P<bar>\\?\|)(?:(?!</p>|<br)(?=[^\s|][^|]*+\Z)|\s*+</p>(?=[^|]*+\Z)))""",
    re.IGNORECASE | re.VERBOSE,
)
"""Attributes of a cell that pandoc did not know for such, for the spaces around their ``=``, or the
bar behind them. A bar that others follow may be text, as in ``|x|``, and so may one alone."""
_only_attributes = re.compile(
    rf"\s*+(?:<p>\s*+)?(?P<given>{_pair}++)(?:</p>\s*+)?\Z", re.IGNORECASE | re.VERBOSE
)
"""What stands in a cell of its own, for pandoc took the bar behind it for one of the table's."""
_raw_mark = re.compile(
    r"""(?x)
    (?P<skip>`[^`\n]++` | \\\((?:[^\\]|\\[^()])*+\\\) | -\{[^{}]*+\}- | <[^<>]*+>
      | (?<!\\)\[(?:[^\[\]\\]|\\.)*+\]\((?:[^\s()\\]|\\.)*+(?:[ ]"[^"\n]*+")?\))
    |(?P<end>(?<!\S)\|\})
    |(?P<caption>(?<!\S)\|\+)
    |(?P<row>(?<!\S)\|-++)
    |(?P<header>\\!\\!|(?<!\S)\\!|(?P<bare>!!|(?<!\S)!(?!=|important\b)))
    |(?P<cell>\|\||(?<!\S)\|)
    """
)
"""The marks of wikitext in a table that pandoc did not read, whose lines it joined; and what hides
bars."""
_tag = re.compile(
    r"<(/?)(table|caption|thead|tbody|tfoot|tr|th|td)\b((?:[\s/][^<>]*+)?)>", re.IGNORECASE
)

_behind_tag = re.compile(r"[ \t]*+\r?\n[ \t>]*+\r?\n")
"""What stands behind the tag of a cell that holds Markdown: a blank line ends a block of HTML."""
_line_end = re.compile(r"\r?\n")
MAX_TORN: Final = 32
"""Paragraphs that pandoc may have made of a table of wikitext."""
_cell_end = re.compile(r"\s*+(?:</p>\s*+)?</t[dh]>")
_code_indent: Final = 4
"""Spaces before a line that make code of it."""


@frozen
class Blocks:
    """How a page reads blocks and writes them; there may be some in cells."""

    read: Callable[[int, int], list[RawBlock]]
    """Returns the blocks of a range of the source."""
    write: Callable[[Writer, list[RawBlock]], None]


class _Cell:
    """What the marks or tags of a table say of a cell."""

    __slots__ = ("end", "given", "header", "lone", "start", "tables")

    def __init__(
        self, given: dict[str, str], start: int, end: int, *, header: bool = False
    ) -> None:
        self.given = given
        """Its attributes."""
        self.start = start
        """Where its text begins in the source."""
        self.end = end
        self.header = header
        self.lone: tuple[int, int] | None = None
        """Where attributes stand in the source that are all it has."""
        self.tables: list[_Table] = []
        """Those of HTML in it."""


class _Table:
    """What the marks or tags of a table say."""

    __slots__ = ("caption", "caption_start", "cell", "end", "rows", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = -1
        """Behind its last mark or tag; -1 if it has none."""
        self.rows: list[list[_Cell]] = []
        self.caption: tuple[int, int] | None = None
        self.cell: _Cell | None = None
        """The one that is open."""
        self.caption_start = -1
        """Where the caption begins that is open; -1 if none is."""

    def close(self, at: int) -> None:
        """End the cell or the caption that is open in the source at *at*."""
        if self.cell is not None:
            self.cell.end = at
            self.cell = None
        if self.caption_start >= 0:
            self.caption = (self.caption_start, at)
            self.caption_start = -1

    def finish(self, at: int, end: int) -> None:
        """End the table, whose end tag is ``source[at:end]``; rows without cells are none."""
        self.close(at)
        self.end = end
        self.rows = [row for row in self.rows if row]


def write_table(
    context: Context, writer: Writer, block: RawBlock, blocks: Blocks, *, depth: int = 0
) -> None:
    """
    Write a table.

    Args:
        context: What is known of the page.
        writer: Has an open block if the table stands in a cell.
        block: The table.
        blocks: How the page reads those in cells.
        depth: How many tables it stands in.
    """
    table = _TableText(context, writer, blocks, depth, block)
    if block.kind == "table":
        _write_pipe_table(table, block)
    elif block.kind == "html_table":
        _write_html_table(table, block)
    else:
        _write_raw_table(table, block)


def _write_pipe_table(table: _TableText, block: RawBlock) -> None:
    """Write a table of lines that begin with ``|``."""
    context, writer = table.context, table.writer
    source = context.source
    first, last = block.parts[0]
    rows: list[list[tuple[int, int]]] = []
    header_rows = 0
    at = first
    while at < last:
        stop = source.find("\n", at, last)
        stop = last if stop < 0 else stop
        if "-" in source[at:stop] and len(rows) == 1 and _separator.match(source, at, stop):
            header_rows = 1
        else:
            rows.append(_split_row(source, at, stop))
        at = stop + 1
    if header_rows and not any(a < b for a, b in rows[0]):
        del rows[0]  # pandoc's blank head of a table without one
        header_rows = 0
    if not any(a < b for row in rows for a, b in row):
        severity, message = CODES["empty_table"]
        writer.drop("empty_table", message, block.start, block.end, severity=severity)
        return
    filled = [max((i + 1 for i, (a, b) in enumerate(row) if a < b), default=0) for row in rows]
    widest = max(len(row) for row in rows)
    lone = _lone_attributes(source, rows)
    for r, row in enumerate(rows):
        for c, (a, b) in enumerate(row):
            cell = _Cell({}, a, b, header=r < header_rows)
            cell.lone = lone.get(a) if c + 1 < len(row) else None
            table.write((r, c, 1, 1), cell)
    if len(set(filled)) > 1 and max(filled) == widest:
        severity, message = CODES["possible_rowspan"]
        writer.diagnose(
            "possible_rowspan",
            message,
            block.start,
            block.end,
            severity=severity,
            certainty="ambiguous",
        )
    table.finish(Span(block.start, block.end), (len(rows), widest, header_rows))


def _split_row(source: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the ranges between unescaped bars, without the white space around them."""
    at = source.index("|", start) + 1 if "|" in source[start:end] else start
    cells: list[tuple[int, int]] = []
    while at <= end:
        m = _bar.match(source, at, end)
        stop = m.end() if m else end
        if stop >= end and not source[at:stop].strip() and cells:
            break  # behind the last bar
        a, b = at, min(stop, end)
        while a < b and source[a] in " \t\r":
            a += 1
        while b > a and source[b - 1] in " \t\r":
            b -= 1
        cells.append((a, b))
        at = stop + 1
    return cells


class _TableText:
    """
    The text of a table, cell by cell: rows on lines, cells parted by tabs.

    Only a cell with text writes what parts it from the one before, so no row ends in tabs.
    """

    def __init__(
        self, context: Context, writer: Writer, blocks: Blocks, depth: int, block: RawBlock | None
    ) -> None:
        """Take the block that the table is; None for one of HTML in a cell of HTML."""
        self.context = context
        self.writer = writer
        self.blocks = blocks
        self.depth = depth
        """How many tables it stands in."""
        self.quoted = block is not None and bool(block.quote)
        self.in_item = block is not None and block.column > 0
        self.above = LINE if depth else PART
        """What parts it from the text around it."""
        if depth:
            writer.part(self.above)
        self.floor = writer.position if depth else 0
        """Where its text begins at the earliest."""
        self.start = -1
        """Where the table's text begins; -1 as long as it has none."""
        self.caption: Span | None = None
        self.row = -1
        self.column = 0
        """Place of the last cell with text."""
        self.cells = array("i")
        """The numbers of the cells, as in ``columns``."""

    def write_caption(self, start: int, end: int, *, html: bool) -> None:
        """Write ``source[start:end]`` above the rows."""
        self.caption = self._write("caption", "", _Cell({}, start, end), html=html)

    def write(self, place: tuple[int, int, int, int], cell: _Cell, *, html: bool = False) -> None:
        """Write a cell at *place*: row, column, and how far it spans."""
        row, column, _, _ = place
        if row != self.row:
            above = self.above if self.start < 0 else LINE
            self.writer.part(above + "\t" * column)
        else:
            self.writer.part("\t" * (column - self.column))
        begun = self.start >= 0
        span = self._write("cell", "!" if cell.header else "|", cell, html=html)
        if span is not None:
            if not begun:
                # The tabs of the empty cells before it are the table's.
                self.start = max(self.floor, span.start - column)
            self.row, self.column = row, column
        here = self.writer.length
        self.cells.fromlist([*place, cell.header, *(span or (here, here)), cell.start, cell.end])

    def drop(self, start: int, end: int) -> None:
        """Report attributes of a cell that stand in its text."""
        severity, message = CODES[code := "cell_attributes_removed"]
        self.writer.drop(code, message, start, end, severity=severity)

    def _write(self, kind: BlockKind, marker: str, cell: _Cell, *, html: bool) -> Span | None:
        """Write a block; return where it stands, or None if it has no text."""
        writer = self.writer
        index = writer.open_block(kind, cell.start, marker=marker)
        if cell.lone is not None:
            self.drop(*cell.lone)
        else:
            begin = cell.start
            if (found := _remains_in(self.context.source, cell)) is not None:
                start, begin, _ = found
                self.drop(start, begin)
            self._write_content(begin, cell, html=html)
        if not writer.close_block(index, cell.end):
            return None
        span = writer.span_of_block(index)
        if self.start < 0:
            self.start = span.start
        return span

    def _write_content(self, start: int, cell: _Cell, *, html: bool) -> None:
        """Write what stands from *start* on in a cell: HTML, blocks, or the text of one."""
        context, source, end = self.context, self.context.source, cell.end
        if _holds_blocks(source, cell, html=html):
            if self.quoted or self.in_item or self.depth >= context.max_depth:
                write_inline(context, self.writer, start, end, quoted=self.quoted)
            else:
                self._write_blocks(self.blocks.read(start, end))
        elif html:
            for inner in cell.tables:
                write_html(context, self.writer, start, inner.start, claim=False)
                self._begin_line()
                self._write_inner(inner)
                self._begin_line()
                start = inner.end
            write_html(context, self.writer, start, end, claim=False)
        else:
            write_inline(context, self.writer, start, end)

    def _begin_line(self) -> None:
        """Begin a line of the cell that is open, if there is one before."""
        if not self.writer.at_line_start:
            self.writer.strip()
        self.writer.part(LINE)

    def _write_inner(self, table: _Table) -> None:
        """Write a table of HTML that stands in a cell."""
        text = _TableText(self.context, self.writer, self.blocks, self.depth + 1, None)
        text.quoted, text.in_item = self.quoted, self.in_item
        text.write_table(table, Span(table.start, table.end), html=True)

    def _write_blocks(self, blocks: list[RawBlock]) -> None:
        """Write blocks as lines of the cell that is open; what is no text is the table's."""
        context, writer = self.context, self.writer
        for block in blocks:
            self._begin_line()
            start, end = block.start, block.end
            if block.kind in ("table", "html_table", "raw_table"):
                write_table(context, writer, block, self.blocks, depth=self.depth + 1)
            elif block.kind == "code":
                self._write_code(block)
            elif block.kind == "figure" and image.search(context.source, start, end):
                write_figure(context, writer, start, end)
            elif block.kind not in ("comment", "rule", "bare"):
                whole = block.kind in ("figure", "notes", "note")
                for a, b in [(start, end)] if whole else block.parts:
                    self._begin_line()
                    write_inline(context, writer, a, b, quoted=bool(block.quote))

    def read_lists(self, cells: list[_Cell]) -> list[RawBlock] | None:
        """Return the items that the cells of a table of HTML hold; None if there is more."""
        source = self.context.source
        found: list[RawBlock] = []
        if self.quoted or self.in_item:
            return None
        for cell in cells:
            if not _holds_blocks(source, cell, html=True):
                return None
            for block in self.blocks.read(cell.start, cell.end):
                if block.kind != "comment" and (block.kind != "item" or block.quote):
                    return None
                found.append(block)
        return found

    def _write_code(self, block: RawBlock) -> None:
        """Write lines of code."""
        source, writer = self.context.source, self.writer
        at, end = block.parts[0]
        width = _code_indent if block.info == " " else 0
        begin = writer.position
        while at < end:
            m = _line_end.search(source, at, end)
            stop, behind = m.span() if m else (end, end)
            indent = at
            while indent < min(stop, at + width) and source[indent] == " ":
                indent += 1
            if writer.position > begin:
                writer.verbatim(indent, stop)
            else:
                writer.text(indent, stop)  # no cell begins with white space
            writer.line_break(stop, behind)
            at = behind
        writer.strip()
        if writer.position > begin:
            writer.style("code", begin, block.start, block.end)

    def write_table(self, table: _Table, source_span: Span, *, html: bool) -> None:
        """Write a table whose cells may span rows and columns, and record it."""
        if table.caption is not None:
            self.write_caption(*table.caption, html=html)
        grid = Grid()
        header_rows = 0
        for r, row in enumerate(table.rows):
            grid.next_row()
            for cell in row:
                place = grid.place(_number(cell.given, "rowspan"), _number(cell.given, "colspan"))
                self.write(place, cell, html=html)
            if r == header_rows and all(cell.header for cell in row):
                header_rows += 1
        self.finish(source_span, (len(table.rows), grid.columns, header_rows))

    def finish(self, source_span: Span, shape: tuple[int, int, int]) -> None:
        """Record the table; its shape is rows, columns, header rows."""
        end = self.writer.length
        start = self.start
        if start < 0:
            if self.depth:
                return  # what stands in it is no text of the cell around it
            start = end
        self.writer.part(self.above)
        self.writer.table((start, end), source_span, shape, self.caption, self.cells)


def _remains_in(source: str, cell: _Cell) -> tuple[int, int, str] | None:
    """Return where attributes that a cell begins with stand, or a bar alone, and which they are."""
    m = _remains.match(source, cell.start, cell.end)
    if m is None:
        return None
    if m["bar"] is None:
        return m.start("given"), m.end("end"), m["given"]
    start, end = m.span("bar")
    return (start, end, "") if _has_text(source, end, cell.end) else None


def _lone_attributes(source: str, rows: list[list[tuple[int, int]]]) -> dict[int, tuple[int, int]]:
    """
    Return where each cell begins that has nothing but attributes → where these stand.

    Those of a column that below its head has nothing else are its text: the table is about HTML.
    """
    found: dict[int, tuple[int, int]] = {}
    columns: dict[int, list[int]] = {}
    for row in rows:
        for column, (start, end) in enumerate(row):
            m = _only_attributes.match(source, start, end)
            if m is not None:
                found[start] = m.span("given")
                columns.setdefault(column, []).append(start)
    if not found:
        return found
    mixed = {column for column, starts in columns.items() if len(starts) < 2}
    for row in rows[1:]:
        for column, (start, end) in enumerate(row):
            if column in columns and start not in found and _has_text(source, start, end):
                mixed.add(column)
    for column, starts in columns.items():
        if column not in mixed:
            for start in starts:
                del found[start]
    return found


def _holds_blocks(source: str, cell: _Cell, *, html: bool) -> bool:
    """Whether what stands in a cell are blocks of Markdown."""
    if html:
        return _behind_tag.match(source, cell.start, cell.end) is not None
    return blank_line.search(source, cell.start, cell.end) is not None


def _write_html_table(text: _TableText, block: RawBlock) -> None:
    """Write a ``<table>``; one that only lays out lists is written as those lists."""
    source, writer = text.context.source, text.writer
    hidden = dict(_hidden(source, block.start, block.end))
    text.context.hidden |= hidden
    levels = text.context.max_depth - text.depth
    table = _read_html(source, block.start, block.end, levels, hidden)
    hull = Span(block.start, block.end)
    cells = [cell for row in table.rows for cell in row]
    if not any(_has_text(source, c.start, c.end) for c in cells):
        severity, message = CODES["empty_table"]
        writer.drop("empty_table", message, *hull, severity=severity)
        return
    if len(table.rows) == 1 and not text.depth:
        if all(_is_list(source, c) for c in cells):
            _write_layout_table(text.context, writer, cells, hull)
            return
        if (lists := text.read_lists(cells)) is not None:
            severity, message = CODES["html_tag_removed"]
            writer.drop("html_tag_removed", message, *hull, severity=severity)
            text.blocks.write(writer, lists)
            return
    lone = _lone_attributes(source, [[(c.start, c.end) for c in row] for row in table.rows])
    for cell in cells:
        cell.lone = lone.get(cell.start)
        found = _remains_in(source, cell)
        if found is not None:
            cell.given |= attributes(found[2])
    text.write_table(table, hull, html=True)


def _hidden(source: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """
    Yield the comments that hold cells: pandoc parted the cells first, so their marks are text.

    Where such marks stand within a cell, the author shows them.
    """
    opened = source.find("&lt;!--", start, end)
    while opened >= 0:
        close = source.find("--&gt;", opened + 7, end)
        if close < 0:
            return
        close += 6
        # Only what ends its cell, for an author may write of comments in several cells.
        if source.find("</td>", opened, close) >= 0 and _cell_end.match(source, close, end):
            yield opened, close
        opened = source.find("&lt;!--", close, end)


def _read_html(source: str, start: int, end: int, levels: int, hidden: dict[int, int]) -> _Table:
    """
    Read the ``<table>`` that begins at *start*.

    Tables in its cells are read as such down to so many *levels*; what is deeper, or in no cell, is
    content. Tags in *hidden* comments are none.
    """
    comments = iter([*hidden.items(), (end, end)])
    opened, closed = next(comments)
    top = _Table(start)
    around: list[_Table] = []
    content = 0
    """How many tables are open that are content."""
    for m in _tag.finditer(source, start, end):
        while m.start() >= closed:
            opened, closed = next(comments)
        if m.start() > opened:
            continue
        name, closing = m[2].lower(), bool(m[1])
        if name == "table":
            if not closing:
                if m.start() == start:
                    continue
                if content or top.cell is None or len(around) >= levels:
                    content += 1
                else:
                    inner = _Table(m.start())
                    top.cell.tables.append(inner)
                    around.append(top)
                    top = inner
            elif content:
                content -= 1
            else:
                top.finish(*m.span())
                top = around.pop() if around else top
        elif not content and not (name == "caption" and closing and top.caption_start < 0):
            top.close(m.start())
            if closing:
                continue
            if name == "caption":
                top.caption_start = m.end()
                continue
            if name == "tr" or not top.rows:
                top.rows.append([])
            if name in ("td", "th"):
                top.cell = _Cell(attributes(m[3]), m.end(), m.end(), header=name == "th")
                top.rows[-1].append(top.cell)
    for table in (top, *reversed(around)):
        table.finish(end, end)
    return around[0] if around else top


def _number(attributes: dict[str, str], name: str) -> int:
    value = attributes.get(name, "").strip()[:6]
    return int(value) if value.isascii() and value.isdigit() else 1


def _has_text(source: str, start: int, end: int) -> bool:
    at = start
    for m, stop in tokens(source, start, end):
        if source[at : m.start()].strip() or m["entity"] or m["math"]:
            return True
        at = stop
    return bool(source[at:end].strip())


_list_start = re.compile(r"\s*<[uo]l\b", re.IGNORECASE)
_list_item = re.compile(r"<(/?)(li|ul|ol)\b[^<>]*>", re.IGNORECASE)


def _is_list(source: str, cell: _Cell) -> bool:
    return bool(_list_start.match(source, cell.start, cell.end))


def _write_layout_table(context: Context, writer: Writer, cells: list[_Cell], hull: Span) -> None:
    """Write the list items of a table that has nothing else."""
    source = context.source
    severity, message = CODES["html_tag_removed"]
    writer.drop("html_tag_removed", message, *hull, severity=severity)
    chain = ""
    start: int | None = None

    def write(until: int) -> None:
        nonlocal start
        if start is not None and chain:
            index = writer.open_block("item", start, level=len(chain), marker=chain)
            write_html(context, writer, start, until, claim=False)
            if writer.close_block(index, until):
                writer.part(LINE)
        start = None

    for cell in cells:
        chain = ""
        for m in _list_item.finditer(source, cell.start, cell.end):
            name = m[2].lower()
            write(m.start())
            if name == "li":
                start = None if m[1] else m.end()
            elif m[1]:
                chain = chain[:-1]
            else:
                chain += "#" if name == "ol" else "*"
        write(cell.end)
    writer.part(PART)


# ---------------------------------------------------------------- tables of wikitext


def _read_raw(source: str, start: int, end: int) -> _Table:
    """Read the table of wikitext whose attributes begin at *start*."""
    table = _Table(start)
    begin, inside, header = start, "", False
    given: dict[str, str] = {}
    for m in _raw_mark.finditer(source, start, end):
        kind, stop = m.lastgroup, m.start()
        if kind == "skip" or stop < begin:
            continue
        if m["bare"] and inside == "cell" and not header:
            continue  # newer pandocs do not escape it, nor where it is text
        if inside == "cell":
            table.rows[-1].append(_Cell(given, *_stripped(source, begin, stop), header=header))
        elif inside == "caption":
            table.caption = (begin, stop)
        if kind == "end":
            table.end = m.end()
            break
        begin, given, inside = m.end(), {}, str(kind)
        if kind == "row" or not table.rows:
            table.rows.append([])
        if kind == "header":
            inside, header = "cell", True
        elif m[0] == "|":
            header = False
        found = _remains.match(source, begin, end) if inside == "cell" else None
        if found is not None and found["bar"] is None:
            given, begin = attributes(found["given"]), found.end()
    table.rows = [row for row in table.rows if row]
    return table


def find_raw_tables(source: str, blocks: list[RawBlock]) -> list[RawBlock]:
    """
    Return the blocks with those put together that are a table of wikitext.

    Pandoc reads no table behind a colon: its first line became an indented line or the last line of
    an item, and all others one paragraph, with the text behind the table; where elements of HTML
    stand in cells, several. Of other tables that it cannot read the first line is of that
    paragraph, too, or went with a template.
    """
    result: list[RawBlock] = []
    index = 0
    while index < len(blocks):
        block = blocks[index]
        first = result[-1] if result else None
        opened = _raw_opening(source, first, block)
        table: _Table | None = None
        last = index
        if opened >= 0:
            last = _raw_last(source, blocks, index)
            table = _read_raw(source, opened + 2, blocks[last].end)
        elif _is_header(source, block):
            table = _read_raw(source, block.start, block.end)
            table = table if len(table.rows) > 1 else None
            opened = block.start
        if table is None or table.end < 0 or not table.rows:
            result.append(block)
            index += 1
            continue
        marks = table.start
        if first is None or opened >= block.start:
            block = evolve(block, kind="raw_table", start=opened)
        elif opened == first.parts[0][0]:
            block = evolve(result.pop(), kind="raw_table", tight=False)
        else:
            block = evolve(block, kind="raw_table", start=opened)
            a, _ = first.parts[-1]
            _, end = _stripped(source, a, opened)
            parts = [*first.parts[:-1], (a, end)] if a < end else first.parts[:-1]
            result[-1] = evolve(first, end=parts[-1][1], parts=parts)
        block.end, block.parts = table.end, [(marks, table.end)]
        result.append(block)
        behind, end = _stripped(source, table.end, blocks[last].end)
        if behind < end:
            rest = blocks[last]
            result.append(evolve(rest, start=behind, parts=[(behind, rest.parts[0][1])]))
        index = last + 1
    return result


def _raw_opening(source: str, first: RawBlock | None, block: RawBlock) -> int:
    """
    Return where the first line of a table of wikitext begins; -1 if there is none.

    It may be the last line of the block *first*, or the beginning of the paragraph behind it.
    """
    if block.kind != "paragraph" or block.quote:
        return -1
    if source.startswith("{|", block.start):
        return block.start
    if first is None or first.kind not in ("item", "paragraph") or first.quote:
        return -1
    a, b = first.parts[-1]
    line, _ = _stripped(source, max(a, source.rfind("\n", a, first.end) + 1), b)
    return line if line < first.end and source.startswith("{|", line) else -1


def _raw_last(source: str, blocks: list[RawBlock], index: int) -> int:
    """Return the index of the paragraph that has the end of a table; *index* if none has."""
    for last in range(index, min(index + MAX_TORN, len(blocks))):
        block = blocks[last]
        if block.kind != "paragraph" or block.quote or block.chain:
            break
        if last > index and source.startswith("{|", block.start):
            break
        if source.find("|}", block.start, block.end) >= 0:
            return last
    return index


def _is_header(source: str, block: RawBlock) -> bool:
    """Whether a paragraph begins with the second line of a table whose first line is lost."""
    if block.kind != "paragraph" or block.quote:
        return False
    return source.startswith(("\\!", "|+", "|-"), block.start)


def _write_raw_table(text: _TableText, block: RawBlock) -> None:
    """Write a table of wikitext that `find_raw_tables` has found."""
    source = text.context.source
    table = _read_raw(source, *block.parts[0])
    severity, message = CODES["table_rebuilt"]
    text.writer.diagnose(
        "table_rebuilt", message, block.start, block.end, severity=severity, certainty="likely"
    )
    if table.caption is not None:
        table.caption = _stripped(source, *table.caption)
    text.write_table(table, Span(block.start, block.end), html=False)


def _stripped(source: str, start: int, end: int) -> tuple[int, int]:
    """Return a range without the white space around it."""
    while start < end and source[start].isspace():
        start += 1
    while end > start and source[end - 1].isspace():
        end -= 1
    return start, end
