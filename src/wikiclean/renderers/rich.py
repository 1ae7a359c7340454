"""
Documents, links and tables as the library rich shows them in a terminal.

Only this module imports rich, and only rich calls it. Control characters of the page do not reach
the terminal; each is one character still, so that offsets hold.
"""

from __future__ import annotations

from rich.style import Style as RichStyle
from rich.table import Table as RichTable
from rich.text import Text

from wikiclean.document import Document, Link, StyleKind, Table
from wikiclean.renderers.addresses import address, external
from wikiclean.renderers.controls import STEERING

STYLES: dict[StyleKind, str] = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strike": "strike",
    "small": "dim",
    "code": "reverse",
    "mark": "reverse",
}
"""Kind of formatting → rich's style; the others look like text."""


def document_to_rich(document: Document) -> Text:
    """Return the text with its headings, links and formatting."""
    text = Text(_safe(document.text))
    for block in document.blocks:
        if block.kind == "heading":
            text.stylize("bold cyan", *block.span)
    for style in document.styles:
        if style.kind in STYLES:
            text.stylize(STYLES[style.kind], *style.span)
    for link in document.links:
        text.stylize(RichStyle(underline=True, link=address(link, document)), *link.span)
    return text


def link_to_rich(link: Link) -> Text:
    """Return the label, the target, the kind, and how certain the label's end is."""
    href = external(link.target) if link.kind == "external" else None
    return Text.assemble(
        (_safe(link.label), "bold"),
        " → ",
        (_safe(link.target), RichStyle(underline=True, link=href)),
        (f" {link.kind}, {link.certainty}", "dim"),
    )


def table_to_rich(table: Table) -> RichTable:
    """Return the grid with the texts of its cells."""
    grid = RichTable(
        title=f"{table.rows} × {table.columns}", show_header=False, show_lines=True, highlight=False
    )
    for _ in range(table.columns):
        grid.add_column()
    rows = [[Text() for _ in range(table.columns)] for _ in range(table.rows)]
    for cell in table.cells:
        style = "bold" if cell.header else ""
        rows[cell.row][cell.column] = Text(_safe(table.text_of(cell)), style)
    for row in rows:
        grid.add_row(*row)
    return grid


def _safe(text: str) -> str:
    return text.translate(STEERING)
