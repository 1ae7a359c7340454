"""
The grid of a table: which row and column a cell stands in once spans are resolved.

Source: HTML Living Standard, "Forming a table"; ``rowspan="0"`` counts as 1 here, and spans are
capped as browsers cap them.
"""

from __future__ import annotations

from typing import Final

from wikiclean.document import MAX_COLUMNS

MAX_COLSPAN: Final = 1000
"""The cap of the HTML standard."""
MAX_ROWSPAN: Final = 65534
"""The cap of the HTML standard."""


class Grid:
    """Places cells in the order of the source."""

    def __init__(self) -> None:
        self.row = -1
        self.columns = 0
        self._column = 0
        self._hanging: dict[int, int] = {}
        """Column → rows, this one included, that a cell above still covers."""
        self._begun: dict[int, int] = {}
        """The same for cells that begin in this row."""

    def next_row(self) -> None:
        """Begin a row."""
        self._hanging = {c: n - 1 for c, n in self._hanging.items() if n > 1}
        self._hanging |= self._begun
        self._begun = {}
        self.row += 1
        self._column = 0

    def place(self, rowspan: int, colspan: int) -> tuple[int, int, int, int]:
        """Return (row, column, rowspan, colspan) of the next cell, spans within their caps."""
        colspan = min(max(colspan, 1), MAX_COLSPAN)
        rowspan = min(max(rowspan, 1), MAX_ROWSPAN)
        column = self._column
        while column in self._hanging:
            column += 1
        column = min(column, MAX_COLUMNS - 1)
        colspan = min(colspan, MAX_COLUMNS - column)
        if rowspan > 1:
            for c in range(column, column + colspan):
                self._begun[c] = rowspan - 1
        self._column = column + colspan
        self.columns = max(self.columns, self._column)
        return self.row, column, rowspan, colspan
