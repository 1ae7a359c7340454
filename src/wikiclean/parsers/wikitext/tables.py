"""
Tables as they grow: rows, cells and spans on a grid.

A `Builder` is told of rows and cells in the order of the source, by the lines of wikitext or by
HTML tags alike, and makes the `Table` record. It reads no markup but the attributes of cells.
"""

from __future__ import annotations

import re
from array import array
from itertools import compress
from operator import not_
from typing import Final

from wikiclean.document import Span, StyleKind
from wikiclean.parsers.columns import CELL
from wikiclean.parsers.grid import MAX_COLSPAN
from wikiclean.parsers.wikitext import markup
from wikiclean.parsers.wikitext.flow import Flow, Leaf, TableText
from wikiclean.parsers.wikitext.inline import OpenTag

MAX_STEPS: Final = 300_000
"""Places of a grid that are looked at for cells that span rows; beyond, such spans count as 1.
A table of 300 rows and 1000 columns stays below."""

_NUMBER: Final = re.compile(r"\s*+([0-9]{1,5})")


def _number(value: str) -> int:
    """Return how many rows or columns a cell takes, as a browser reads it."""
    found = _NUMBER.match(value)
    return max(1, int(found[1])) if found else 1


class Builder:
    """A table being read."""

    __slots__ = (
        "_column",
        "_leaf",
        "_new_row",
        "_occupied",
        "_row",
        "_steps",
        "caption",
        "cells",
        "columns",
        "counts",
        "flow",
        "outer_leaves",
        "outer_tags",
        "source_start",
        "start",
        "suspended",
        "text",
        "wiki",
    )

    def __init__(self, flow: Flow, source_start: int, *, wiki: bool) -> None:
        self.flow = flow
        self.source_start = source_start
        self.start = -1
        """Where the text of the table begins; -1 before there is any."""
        self.wiki = wiki
        """Whether it began with ``{|`` rather than a tag."""
        self.text = TableText()
        self.cells = array("i")
        """The numbers of the cells, as in ``columns``."""
        self.caption: Span | None = None
        self.columns = 0
        self.counts: dict[str, int] = {}
        """Open tags outside the cell, by name."""
        self.suspended: dict[StyleKind, OpenTag] = {}
        """Those whose style goes on behind the table."""
        self.outer_tags = 0
        self.outer_leaves = len(flow.leaves)
        """Blocks around the table."""
        self._row = -1
        self._column = 0
        self._new_row = True
        self._occupied: dict[int, int] = {}
        """Column → the last row in which it is filled from above."""
        self._steps = 0
        self._leaf: tuple[Leaf, int, int, int, int, bool] | None = None

    @property
    def in_cell(self) -> bool:
        """Whether a cell or the caption is open."""
        return self._leaf is not None

    def row(self) -> None:
        """Begin a row, once a cell comes."""
        self._new_row = True

    def _place(self, attributes: str) -> tuple[int, int, int, int]:
        """Return row, column and how many of both the next cell takes."""
        if self._new_row:
            self._new_row = False
            self._row += 1
            self._column = 0
        rowspan = colspan = 1
        if attributes and ("span" in attributes or "SPAN" in attributes):
            given = markup.attributes(attributes)
            rowspan = _number(given.get("rowspan", ""))
            colspan = min(_number(given.get("colspan", "")), MAX_COLSPAN)
        column, row = self._column, self._row
        occupied = self._occupied
        if occupied:
            start = column
            while occupied.get(column, -1) >= row:
                column += 1
            self._steps += column - start
        if column + colspan > MAX_COLSPAN:  # nor do spans count further right
            colspan = 1
        if rowspan > 1:
            self._steps += colspan
            if self._steps > MAX_STEPS:
                rowspan = 1
                self._occupied = {}
            else:
                for i in range(column, column + colspan):
                    occupied[i] = row + rowspan - 1
        self._column = column + colspan
        self.columns = max(self.columns, self._column)
        return row, column, rowspan, colspan

    def plain_cell(
        self,
        source_start: int,
        start: int,
        end: int,
        source_end: int,
        *,
        header: bool,
        attributes: str,
    ) -> None:
        """Write a cell of which all is known: ``source[start:end]`` is its text, and not empty."""
        row, column, *spans = self._place(attributes)
        mark = "!" if header else "|"
        span = self.flow.plain_cell(
            self.text, row, column, mark, source_start, start, end, source_end
        )
        if self.start < 0:
            self.start = max(0, span[0] - column)
        self.cells.fromlist([row, column, *spans, header, *span, source_start, source_end])

    def cell(self, source_start: int, *, header: bool, attributes: str) -> None:
        """Open a cell; what comes next stands in it."""
        row, column, rowspan, colspan = self._place(attributes)
        leaf = Leaf("cell", source_start, box=True, marker="!" if header else "|")
        leaf.table = self.text
        leaf.row = row
        leaf.column = column
        self.flow.open(leaf)
        self._leaf = (leaf, row, column, rowspan, colspan, header)

    def open_caption(self, source_start: int) -> None:
        """Open the caption."""
        leaf = Leaf("caption", source_start, box=True)
        leaf.table = self.text
        leaf.row = -2  # stands on a line of its own before the rows
        self.flow.open(leaf)
        self._leaf = (leaf, -2, 0, 1, 1, False)

    def close_cell(self, source_end: int) -> None:
        """End the cell or the caption that is open."""
        if self._leaf is None:
            return
        leaf, row, column, rowspan, colspan, header = self._leaf
        self._leaf = None
        flow = self.flow
        while flow.leaves and flow.leaves[-1] is not leaf:
            flow.close(source_end)
        marks, leaf.marks = leaf.marks, []
        if flow.close(source_end):
            span = flow.span_of_block(leaf.index)
            if self.start < 0:
                # The tabs of the empty cells before it are the table's.
                self.start = max(0, span.start - (leaf.column if row >= 0 else 0))
        else:
            span = Span(flow.reached(), flow.reached())
        del marks
        if row < 0:
            if span.start < span.end:
                self.caption = span
            return
        begin = leaf.source_start
        self.cells.fromlist(
            [row, column, rowspan, colspan, header, *span, begin, max(source_end, begin)]
        )

    def finish(self, source_end: int) -> None:
        """End the table and make its record."""
        self.close_cell(source_end)
        flow = self.flow
        rows = self._row + 1
        end = flow.reached()
        start = self.start
        cells = self.cells
        if start < 0:  # no cell has text
            start = cells[5] if cells else end
            # What stands between its cells may have begun the block around it.
            start = min(end, max(start, flow.open_start))
        if self.caption is not None:
            start = min(start, self.caption.start)
        plain_rows = set(compress(cells[0::CELL], map(not_, cells[4::CELL])))
        header_rows = 0
        while header_rows < rows and header_rows not in plain_rows:
            header_rows += 1
        span = min(start, end), end
        begin = self.source_start
        source_span = begin, max(source_end, begin)
        shape = rows, self.columns, header_rows
        flow.table(span, source_span, shape, self.caption, cells)
