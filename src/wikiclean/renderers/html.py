"""
A Document as an HTML fragment.

Here live the elements each kind of record becomes, and the escaping. All content passes through
``escape`` or ``escape_attribute``; only addresses that ``addresses`` approves become links. There
is no style, no script and no image in the result.
"""

# ruff: noqa: S101 - the tag of an event says what its record is.

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby
from types import MappingProxyType
from typing import Final, assert_never

from wikiclean.document import Block, Cell, Document, Link, Style, Table
from wikiclean.renderers.addresses import address, external, language_tag
from wikiclean.renderers.events import Close, Event, Formula, Mark, Marks, Open, events, marks_of
from wikiclean.renderers.events import Text as Characters
from wikiclean.renderers.text import label

_LEAVES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "paragraph": ("<p>", "</p>\n"),
        "math": ('<div class="math">', "</div>\n"),
        "poem": ('<div class="poem">', "</div>\n"),
        "hatnote": ('<div class="hatnote">', "</div>\n"),
        "quote": ("<blockquote>\n", "</blockquote>\n"),
        "figure": ("<figure><figcaption>", "</figcaption></figure>\n"),
        "table": ("<table>\n", "</table>\n"),
        "caption": ("<caption>", "</caption>\n"),
        "row": ("<tr>", "</tr>\n"),
        "item": ("<li>", "</li>\n"),
        "term": ("<dt>", "</dt>\n"),
        "definition": ("<dd>", "</dd>\n"),
    }
)
"""Elements that depend on nothing but the tag of their event."""

_LISTS: Final = MappingProxyType({"*": "ul", "#": "ol", ":": "dl"})

_STYLES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "bold": ("<b>", "</b>"),
        "italic": ("<i>", "</i>"),
        "underline": ("<u>", "</u>"),
        "strike": ("<s>", "</s>"),
        "small": ("<small>", "</small>"),
        "big": ('<span class="big">', "</span>"),
        "sub": ("<sub>", "</sub>"),
        "sup": ("<sup>", "</sup>"),
        "code": ("<code>", "</code>"),
        "mark": ("<mark>", "</mark>"),
        "quote": ("<q>", "</q>"),
        "ruby": ("<ruby>", "</ruby>"),
    }
)

_UNFIT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Characters that HTML does not allow, not even as references."""
_READING: Final = re.compile(r"([(（])([^()（）]*)([)）])")
"""A reading in a ruby, as the text has it: in brackets behind its base."""
_UNNAMED: Final = re.compile(r"[^A-Za-z0-9+#_.-]+")


def to_html(document: Document) -> str:
    """
    Return the page as one ``article`` element; its title is not in it, as it is not in the text.

    Notes are listed at the end, each with links back to its marks in the text and in other notes.
    A link whose address is not known, or not safe, leaves its label alone.
    """
    tag = language_tag(document)
    marks = marks_of(document)
    writer = Writer(document)
    writer.write(document, marks.get("", ()))
    writer.notes(marks)
    opening = f'<article lang="{escape_attribute(tag)}">\n' if tag else "<article>\n"
    return opening + "".join(writer.out) + "</article>\n"


def link_to_html(link: Link) -> str:
    """Return a link on its own: label, target, kind, and how certain the label's end is."""
    target = escape(link.target + (f"#{link.fragment}" if link.fragment else ""))
    href = external(link.target) if link.kind == "external" else None
    if href:
        target = f'<a href="{escape_attribute(href)}">{target}</a>'
    return f"<b>{escape(link.label)}</b> → {target} <small>{link.kind}, {link.certainty}</small>"


def table_to_html(table: Table) -> str:
    """Return the grid of a table with the texts of its cells."""
    out = [f"<table>\n<caption>{table.rows} × {table.columns}</caption>\n"]
    cells = sorted(table.cells, key=lambda cell: (cell.row, cell.column))
    for _, row in groupby(cells, key=lambda cell: cell.row):
        out.append("<tr>")
        for cell in row:
            opening, closing = _cell(cell)
            out.append(f"{opening}{escape(table.text_of(cell))}{closing}")
        out.append("</tr>\n")
    return "".join((*out, "</table>\n"))


def escape(value: str) -> str:
    """Return *value* as HTML; a character that HTML does not allow becomes U+FFFD."""
    value = _UNFIT.sub("\ufffd", value)
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace("\r", "&#13;")


def escape_attribute(value: str) -> str:
    """Return *value* as it may stand in an attribute, in quotation marks of either kind."""
    return escape(value).replace('"', "&quot;").replace("'", "&#39;")


class Writer:
    """
    The fragment in the making.

    Another view of the same page overrides ``run``, ``link`` and ``mark``.
    """

    def __init__(self, page: Document) -> None:
        self.page: Final = page
        self.document = page
        """The one that is being written: the page, or a Document nested in it."""
        self.out: Final[list[str]] = []
        self._as_is = 0  # elements open in which a line feed is one
        self._ruby = 0
        self._closers: list[str] = []

    def write(self, document: Document, marks: Marks) -> None:
        """Write the page's text or that of a Document nested in it."""
        self.document = document
        for event in events(document, marks):
            self._event(event)

    def run(self, value: str, at: int) -> str:
        """Return characters of the text, which begin at the offset *at* of ``document.text``."""
        del at
        return self.lines(value)

    def link(self, record: Link) -> tuple[str, str]:
        """Return what opens and what closes a link."""
        href = address(record, self.document)
        return (f'<a href="{escape_attribute(href)}">', "</a>") if href else ("", "")

    def mark(self, mark: Mark) -> str:
        """Return the mark of a note."""
        number = f"{mark.note + 1}"
        return (
            f'<sup class="note" id="mark-{number}-{mark.use + 1}">'
            f'<a href="#note-{number}">[{escape(label(self.page.footnotes[mark.note]))}]</a></sup>'
        )

    def lines(self, value: str) -> str:
        """Return text with its line ends shown as such."""
        escaped = escape(value)
        return escaped if self._as_is else escaped.replace("\n", "<br>")

    def notes(self, marks: Mapping[str, Marks]) -> None:
        """Write the list of notes."""
        if not marks:
            return
        # Marks in what is not written here, as the values of an infobox, cannot be led back to.
        written = {"", *(f"footnotes/{index}" for index in range(len(self.page.footnotes)))}
        self.out.append('<section class="notes"><ol>\n')
        for index, note in enumerate(self.page.footnotes):
            value = f' value="{note.number}"' if not note.group else ""
            self.out.append(f'<li id="note-{index + 1}"{value}>')
            if note.group:
                self.out.append(f"<span>[{escape(label(note))}]</span> ")
            for use, anchor in enumerate(note.anchors):
                if anchor.owner in written:
                    self.out.append(f'<a href="#mark-{index + 1}-{use + 1}">↑</a> ')
            if note.body is not None:
                self.write(note.body, marks.get(f"footnotes/{index}", ()))
            elif note.text:
                self.out.append(self.lines(note.text))
            self.out.append("</li>\n")
        self.out.append("</ol></section>\n")

    def _event(self, event: Event) -> None:
        match event:
            case Open():
                opening, closing = self._element(event)
                self.out.append(opening)
                self._closers.append(closing)
            case Close():
                self.out.append(self._closers.pop())
                self._as_is -= event.tag in ("code", "preformatted")
                self._ruby -= event.kind == "ruby"
            case Characters():
                write = self._ruby_text if self._ruby else self.run
                self.out.append(write(event.value, event.at))
            case Formula():
                self.out.append(f'<span class="math">{self.run(event.value, event.at)}</span>')
            case Mark():
                self.out.append(self.mark(event))
            case _:
                assert_never(event)

    def _ruby_text(self, value: str, start: int) -> str:
        parts: list[str] = []
        at = 0
        for match in _READING.finditer(value):
            parts.append(self.run(value[at : match.start()], start + at))
            left, reading, right = (self.run(match[i], start + match.start(i)) for i in (1, 2, 3))
            parts.append(f"<rp>{left}</rp><rt>{reading}</rt><rp>{right}</rp>")
            at = match.end()
        return "".join(parts) + self.run(value[at:], start + at)

    def _element(self, event: Open) -> tuple[str, str]:
        tag, record = event.tag, event.record
        if tag == "heading":
            level = min(max(record.level, 1), 6) if isinstance(record, Block) else 2
            return f"<h{level}>", f"</h{level}>\n"
        if tag == "list":
            name = _LISTS[event.kind]
            return f"\n<{name}>\n" if self._in_item() else f"<{name}>\n", f"</{name}>\n"
        if tag == "style":
            assert isinstance(record, Style)
            self._ruby += record.kind == "ruby"
            return _STYLES[record.kind]
        if tag == "link":
            assert isinstance(record, Link)
            return self.link(record)
        if tag == "cell":
            return _cell(record) if isinstance(record, Cell) else ("<td>", "</td>")
        if tag in ("code", "preformatted"):
            self._as_is += 1
            # The first line feed in pre is not text to a reader of HTML, so one is given away.
            if tag == "code":
                return f"<pre>\n<code{_language(record)}>", "</code></pre>\n"
            return "<pre>\n", "</pre>\n"
        return _LEAVES[tag]

    def _in_item(self) -> bool:
        return bool(self._closers) and self._closers[-1] in ("</li>\n", "</dd>\n", "</dt>\n")


def _cell(cell: Cell) -> tuple[str, str]:
    name = "th" if cell.header else "td"
    rows = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    columns = f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    return f"<{name}{rows}{columns}>", f"</{name}>"


def _language(record: object) -> str:
    name = _UNNAMED.sub("", record.marker) if isinstance(record, Block) else ""
    return f' class="language-{name}"' if name else ""
