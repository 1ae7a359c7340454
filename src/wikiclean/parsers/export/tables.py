"""
Tables of the export: pipe tables, HTML where cells hold blocks, wikitext that pandoc did not read.

All become rows of the text, cells parted by tabs. What stands in a cell is read by ``inline``, or
by ``html``.
"""

from __future__ import annotations

import re
from array import array
from typing import TypeAlias

from attrs import evolve

from wikiclean.codes import CODES
from wikiclean.document import BlockKind, Span
from wikiclean.parsers.export.blocks import RawBlock
from wikiclean.parsers.export.html import tokens, write_html
from wikiclean.parsers.export.inline import write_inline
from wikiclean.parsers.export.scan import Context
from wikiclean.parsers.grid import Grid
from wikiclean.parsers.tags import attributes
from wikiclean.parsers.writer import LINE, PART, Writer

_bar = re.compile(r"(?:[^|\\]|\\.)*+", re.DOTALL)
_separator = re.compile(r"[ \t\r:|-]*\Z")
_given = r"""(?:(?:rowspan|colspan|style|align|valign|width|height|class|bgcolor|nowrap|scope)
    \s*+=\s*+(?:"[^"<>|]{0,300}+"|[\w\#%]{1,30}+)\s*+)++"""
_attributes_in_text = re.compile(
    rf"\s*+(?:<p>\s*+)?(?P<given>{_given}\\?\|(?!\|))", re.IGNORECASE | re.VERBOSE
)
"""Attributes of a cell that pandoc did not know for such, for the spaces around their ``=``."""
_only_attributes = re.compile(rf"{_given}\Z", re.IGNORECASE | re.VERBOSE)
"""What stands in a cell of its own, for pandoc took the bar behind it for one of the table's."""
_raw_mark = re.compile(
    r"""(?x)
    (?P<skip>`[^`\n]++` | \\\((?:[^\\]|\\[^()])*+\\\) | -\{[^{}]*+\}- | <[^<>]*+>
      | \[(?:[^\[\]\\]|\\.)*+\]\((?:[^\s()\\]|\\.)*+(?:[ ]"[^"\n]*+")?\))
    |(?P<end>(?<!\S)\|\})
    |(?P<caption>(?<!\S)\|\+)
    |(?P<row>(?<!\S)\|-++)
    |(?P<header>\\!\\!|(?<!\S)\\!)
    |(?P<cell>\|\||(?<!\S)\|)
    """
)
"""The marks of wikitext in a table that pandoc did not read, whose lines it joined; and what hides
bars."""
_tag = re.compile(
    r"<(/?)(table|caption|thead|tbody|tfoot|tr|th|td)\b((?:[\s/][^<>]*+)?)>", re.IGNORECASE
)


_Cell: TypeAlias = tuple[dict[str, str], int, int, bool]
"""Attributes of a cell, where its text begins and ends in the source, whether it is a header."""


def write_pipe_table(context: Context, writer: Writer, block: RawBlock) -> None:
    """Write a table of lines that begin with ``|``."""
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
    table = _TableText(context, writer)
    for r, row in enumerate(rows):
        for c, (a, b) in enumerate(row):
            if _only_attributes.match(source, a, b) and c + 1 < len(row):
                severity, message = CODES["cell_attributes_removed"]
                writer.drop("cell_attributes_removed", message, a, b, severity=severity)
                b = a  # noqa: PLW2901 - of the cell nothing is left
            table.write((r, c, 1, 1), a, b, header=r < header_rows)
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

    def __init__(self, context: Context, writer: Writer) -> None:
        self.context = context
        self.writer = writer
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
        self.caption = self._write("caption", "", start, end, html=html)

    def write(
        self,
        place: tuple[int, int, int, int],
        start: int,
        end: int,
        *,
        header: bool,
        html: bool = False,
    ) -> None:
        """Write ``source[start:end]`` as the cell at *place*: row, column, and how far it spans."""
        row, column, _, _ = place
        if row != self.row:
            above = PART if self.start < 0 else LINE
            self.writer.part(above + "\t" * column)
        else:
            self.writer.part("\t" * (column - self.column))
        begun = self.start >= 0
        span = self._write("cell", "!" if header else "|", start, end, html=html)
        if span is not None:
            if not begun:
                # The tabs of the empty cells before it are the table's.
                self.start = max(0, span.start - column)
            self.row, self.column = row, column
        here = self.writer.length
        self.cells.fromlist([*place, header, *(span or (here, here)), start, end])

    def _write(
        self, kind: BlockKind, marker: str, start: int, end: int, *, html: bool
    ) -> Span | None:
        """Write a block; return where it stands, or None if it has no text."""
        writer = self.writer
        index = writer.open_block(kind, start, marker=marker)
        begin = start
        if (m := _attributes_in_text.match(self.context.source, start, end)) is not None:
            begin = m.end()
            severity, message = CODES["cell_attributes_removed"]
            writer.drop(
                "cell_attributes_removed", message, m.start("given"), begin, severity=severity
            )
        if html:
            write_html(self.context, writer, begin, end, claim=False)
        else:
            write_inline(self.context, writer, begin, end)
        if not writer.close_block(index, end):
            return None
        span = writer.span_of_block(index)
        if self.start < 0:
            self.start = span.start
        return span

    def write_rows(self, rows: list[list[_Cell]], source_span: Span, *, html: bool) -> None:
        """Write cells that may span rows and columns, and record the table."""
        grid = Grid()
        header_rows = 0
        for r, row in enumerate(rows):
            grid.next_row()
            for given, start, end, header in row:
                place = grid.place(_number(given, "rowspan"), _number(given, "colspan"))
                self.write(place, start, end, header=header, html=html)
            if r == header_rows and all(header for *_, header in row):
                header_rows += 1
        self.finish(source_span, (len(rows), grid.columns, header_rows))

    def finish(self, source_span: Span, shape: tuple[int, int, int]) -> None:
        """Record the table; its shape is rows, columns, header rows."""
        end = self.writer.length
        start = self.start if self.start >= 0 else end
        self.writer.part(PART)
        self.writer.table((start, end), source_span, shape, self.caption, self.cells)


class _HtmlCell:
    """A cell as written."""

    __slots__ = ("attributes", "end", "header", "start")

    def __init__(self, start: int, attributes: str, *, header: bool) -> None:
        self.start = start
        self.end = start
        self.attributes = attributes
        self.header = header


def write_html_table(context: Context, writer: Writer, block: RawBlock) -> None:
    """Write a ``<table>``; one that only lays out lists is written as those lists."""
    source = context.source
    rows, caption = _html_rows(source, block.start, block.end)
    hull = Span(block.start, block.end)
    cells = [cell for row in rows for cell in row]
    if not any(_has_text(source, c.start, c.end) for c in cells):
        severity, message = CODES["empty_table"]
        writer.drop("empty_table", message, *hull, severity=severity)
        return
    if len(rows) == 1 and all(_is_list(source, c) for c in cells):
        _write_layout_table(context, writer, cells, hull)
        return
    table = _TableText(context, writer)
    if caption is not None:
        table.write_caption(*caption, html=True)
    read: list[list[_Cell]] = []
    for row in rows:
        read.append([])
        for cell in row:
            given = attributes(cell.attributes)
            m = _attributes_in_text.match(source, cell.start, cell.end)
            if m is not None:
                given |= attributes(m["given"])
            read[-1].append((given, cell.start, cell.end, cell.header))
    table.write_rows(read, hull, html=True)


def _html_rows(
    source: str, start: int, end: int
) -> tuple[list[list[_HtmlCell]], tuple[int, int] | None]:
    """Return the cells of each row, and the range of the caption; a table in a cell is content."""
    rows: list[list[_HtmlCell]] = []
    caption: tuple[int, int] | None = None
    caption_start = -1
    open_cell: _HtmlCell | None = None
    depth = 0
    for m in _tag.finditer(source, start, end):
        name, closing = m[2].lower(), bool(m[1])
        if name == "table":
            depth += -1 if closing else 1
            if depth == 0 and open_cell is not None:
                open_cell.end = m.start()
                open_cell = None
        elif depth != 1:
            continue
        elif name == "caption":
            if closing and caption_start >= 0:
                caption = (caption_start, m.start())
                caption_start = -1
            elif not closing:
                caption_start = m.end()
                if open_cell is not None:
                    open_cell.end = m.start()
                    open_cell = None
        else:
            if caption_start >= 0:  # it has no end tag, or it comes too late
                caption = (caption_start, m.start())
                caption_start = -1
            if open_cell is not None:
                open_cell.end = m.start()
                open_cell = None
            if closing:
                continue
            if name == "tr" or not rows:
                rows.append([])
            if name in ("td", "th"):
                open_cell = _HtmlCell(m.end(), m[3], header=name == "th")
                rows[-1].append(open_cell)
    if open_cell is not None:
        open_cell.end = end
    return [row for row in rows if row], caption


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


def _is_list(source: str, cell: _HtmlCell) -> bool:
    return bool(_list_start.match(source, cell.start, cell.end))


def _write_layout_table(
    context: Context, writer: Writer, cells: list[_HtmlCell], hull: Span
) -> None:
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


class _RawTable:
    """What the marks of a table of wikitext say."""

    def __init__(self) -> None:
        self.rows: list[list[_Cell]] = []
        self.caption: tuple[int, int] | None = None
        self.end = -1
        """Behind its last mark; -1 if it has none."""


def _read_raw(source: str, start: int, end: int) -> _RawTable:
    """Read the table of wikitext whose attributes begin at *start*."""
    table = _RawTable()
    begin, inside, header = start, "", False
    given: dict[str, str] = {}
    for m in _raw_mark.finditer(source, start, end):
        kind, stop = m.lastgroup, m.start()
        if kind == "skip" or stop < begin:
            continue
        if inside == "cell":
            table.rows[-1].append((given, *_stripped(source, begin, stop), header))
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
        found = _attributes_in_text.match(source, begin, end) if inside == "cell" else None
        if found is not None:
            given, begin = attributes(found["given"]), found.end()
    table.rows = [row for row in table.rows if row]
    return table


def find_raw_tables(source: str, blocks: list[RawBlock]) -> list[RawBlock]:
    """
    Return the blocks with those put together that are a table of wikitext.

    Pandoc reads no table behind a colon: its first line became an indented line, and all others
    one paragraph, with the text behind the table. Of other tables that it cannot read the first
    line is of that paragraph, too.
    """
    result: list[RawBlock] = []
    for block in blocks:
        if block.kind == "paragraph" and not block.quote:
            first = result[-1] if result else block
            if first.tight and not first.quote and source.startswith("{|", first.parts[-1][0]):
                start = first.parts[-1][0] + 2
            elif source.startswith("{|", block.start):
                first, start = block, block.start + 2
            else:
                start = -1
            table = _read_raw(source, start, block.end) if start >= 0 else None
            if table is not None and table.end >= 0 and table.rows:
                if first is not block:
                    result.pop()
                result.append(
                    evolve(
                        first,
                        kind="raw_table",
                        end=table.end,
                        parts=[(start, table.end)],
                        tight=False,
                    )
                )
                behind, end = _stripped(source, table.end, block.end)
                if behind < end:
                    result.append(evolve(block, start=behind, parts=[(behind, block.parts[0][1])]))
                continue
        result.append(block)
    return result


def write_raw_table(context: Context, writer: Writer, block: RawBlock) -> None:
    """Write a table of wikitext that `find_raw_tables` has found."""
    source = context.source
    raw = _read_raw(source, *block.parts[0])
    severity, message = CODES["table_rebuilt"]
    writer.diagnose(
        "table_rebuilt", message, block.start, block.end, severity=severity, certainty="likely"
    )
    table = _TableText(context, writer)
    if raw.caption is not None:
        table.write_caption(*_stripped(source, *raw.caption), html=False)
    table.write_rows(raw.rows, Span(block.start, block.end), html=False)


def _stripped(source: str, start: int, end: int) -> tuple[int, int]:
    """Return a range without the white space around it."""
    while start < end and source[start].isspace():
        start += 1
    while end > start and source[end - 1].isspace():
        end -= 1
    return start, end
