"""
Records in columns of numbers, and how they are made when somebody asks for them.

While a page is read its blocks, links, styles and tables are numbers in arrays: a tenth of the room
of records and a fraction of the time. Here live what the numbers are and the way from them to
records and outlines; who fills the columns is the writers' matter.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import Any, Final, TypeAlias

from wikiclean.document import (
    MAX_COLUMNS,
    Block,
    BlockKind,
    Cell,
    Deferrable,
    Link,
    LinkForm,
    LinkKind,
    Outline,
    Span,
    Style,
    StyleKind,
    Table,
    deferred,
)

LinkHead: TypeAlias = tuple[str, str, LinkKind, LinkForm, str, str]
"""What there is to say of a link but where it stands: target, fragment, kind, form, destination,
interwiki."""

PLACE: Final = 4
"""Numbers of a link or a style: start and end in the text, start and end in the source."""

BLOCK: Final = 5
"""Numbers of a block: level, start and end in the text, start and end in the source."""

TABLE: Final = 9
"""Numbers of a table before those of its cells: start and end in the text, start and end in the
source, rows, columns, header rows, start and end of the caption in the text (-1 without)."""

CELL: Final = 9
"""Numbers of a cell: row, column, how many rows and columns it spans, whether it is a header, start
and end in the text, start and end in the source."""

PLACES_PER_CELL: Final = 50
"""Places that a grid has at most for each of its cells."""
SPARE_PLACES: Final = 200
"""Places that it may have besides."""

_new: Final = tuple.__new__
"""Makes a Span in half the time that its own constructor takes."""
_outlines: Final[Callable[[Iterable[tuple[Any, ...]]], Iterator[Outline]]] = partial(
    map, partial(tuple.__new__, Outline)
)
"""Makes outlines of tuples, without a step of Python for each."""
_kind, _form = itemgetter(2), itemgetter(3)


def _split(numbers: array[int], first: int, count: int) -> list[array[int]]:
    """Return the columns from the *first* on of rows of so many numbers."""
    return [numbers[i::count] for i in range(first, count)]


# ---------------------------------------------------------------- blocks


def each_block(
    kinds: Sequence[BlockKind | None], markers: Sequence[str], numbers: Iterable[int]
) -> Iterator[Block]:
    """Make the blocks, one by one; None in the place of a kind stands for one without text."""
    at = iter(numbers)
    for kind, marker, level, start, end, left, right in zip(
        kinds, markers, at, at, at, at, at, strict=True
    ):
        if kind is not None:
            yield Block(kind, _new(Span, (start, end)), _new(Span, (left, right)), level, marker)


def outline_blocks(kinds: Sequence[BlockKind | None], numbers: array[int]) -> Iterator[Outline]:
    """Return the outlines of the blocks that have text."""
    names = repeat("", len(kinds))
    return _outlines(
        filter(itemgetter(0), zip(kinds, names, *_split(numbers, 1, BLOCK), strict=True))
    )


def blocks_later(
    kinds: Sequence[BlockKind | None], markers: Sequence[str], numbers: array[int]
) -> Deferrable:
    """Return the blocks, to be made when they are asked for."""
    return deferred(
        lambda: tuple(each_block(kinds, markers, numbers)),
        lambda: outline_blocks(kinds, numbers),
    )


# ---------------------------------------------------------------- links and styles


def links_later(heads: Sequence[LinkHead], places: array[int], text: str) -> Deferrable:
    """Return the links over *text*, to be made when they are asked for."""
    return deferred(
        lambda: _links(heads, places, text),
        lambda: _outlines(
            zip(map(_kind, heads), map(_form, heads), *_split(places, 0, PLACE), strict=True)
        ),
    )


def _links(heads: Sequence[LinkHead], places: Iterable[int], text: str) -> tuple[Link, ...]:
    at = iter(places)
    return tuple(
        [
            Link(
                text[start:end],
                target,
                fragment,
                kind,
                form,
                _new(Span, (start, end)),
                _new(Span, (left, right)),
                destination,
                interwiki,
            )
            for (target, fragment, kind, form, destination, interwiki), start, end, left, right in (
                zip(heads, at, at, at, at, strict=True)
            )
        ]
    )


def each_style(kinds: Sequence[StyleKind], places: Iterable[int]) -> Iterator[Style]:
    """Make the styles, one by one."""
    at = iter(places)
    for kind, start, end, left, right in zip(kinds, at, at, at, at, strict=True):
        yield Style(kind, _new(Span, (start, end)), _new(Span, (left, right)))


def styles_later(kinds: Sequence[StyleKind], places: array[int]) -> Deferrable:
    """Return the styles, to be made when they are asked for."""
    return deferred(
        lambda: tuple(each_style(kinds, places)),
        lambda: _outlines(
            zip(kinds, repeat("", len(kinds)), *_split(places, 0, PLACE), strict=True)
        ),
    )


def cut_places(places: array[int], length: int) -> None:
    """Cut the last links or styles to a text that lost its end."""
    for i in range(len(places) - PLACE, -1, -PLACE):
        if places[i + 1] <= length:
            break
        places[i], places[i + 1] = min(places[i], length), length


# ---------------------------------------------------------------- tables


def tables_later(tables: Sequence[array[int]]) -> Deferrable:
    """Return the tables, to be made when they are asked for."""
    return deferred(
        lambda: tuple(map(_table, tables)),
        lambda: _outlines(("table", "", *numbers[:PLACE]) for numbers in tables),
    )


def _table(numbers: array[int]) -> Table:
    start, end, left, right, rows, columns, header_rows, *caption = numbers[:TABLE]
    at = iter(numbers[TABLE:])
    return Table(
        Span(start, end),
        Span(left, right),
        rows,
        columns,
        header_rows,
        Span(*caption) if caption[0] >= 0 else None,
        tuple(
            [
                Cell(row, column, high, wide, header > 0, _new(Span, (a, b)), _new(Span, (c, d)))
                for row, column, high, wide, header, a, b, c, d in zip(*[at] * CELL, strict=True)
            ]
        ),
    )


def fit(cells: array[int], rows: int, columns: int) -> int:
    """
    Return how many columns a table may have, and bring its cells within these and its rows.

    A grid has a place for each row and column, so a page of a few long rows and many short ones
    would fill the memory: of tables so empty the columns at the right become one. Real tables have
    at most three places for a cell.
    """
    if cells and max(cells[2::CELL]) > 1:
        cells[2::CELL] = array("i", map(min, cells[2::CELL], [rows - r for r in cells[0::CELL]]))
    most = (len(cells) // CELL * PLACES_PER_CELL + SPARE_PLACES) // max(rows, 1)
    most = min(columns, MAX_COLUMNS, max(most, 1))
    if most < columns:
        cells[1::CELL] = array("i", [min(column, most - 1) for column in cells[1::CELL]])
        cells[3::CELL] = array("i", map(min, cells[3::CELL], [most - c for c in cells[1::CELL]]))
    return most


def cut_cells(numbers: array[int], first: int, length: int) -> None:
    """Cut the cells, whose numbers begin at *first*, to a text that lost its end."""
    for part in (first + 5, first + 6):
        numbers[part::CELL] = array("i", [min(at, length) for at in numbers[part::CELL]])


def cut_tables(tables: Iterable[array[int]], length: int) -> None:
    """Cut tables to a text that lost its end."""
    for numbers in tables:
        if numbers[1] > length:
            for part in (0, 1, 7, 8):
                numbers[part] = min(numbers[part], length)
            cut_cells(numbers, TABLE, length)
