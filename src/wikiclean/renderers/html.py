"""
A Document as an HTML fragment.

Here live the elements each kind of record becomes, and the escaping. All content passes through
``_text`` or ``_attribute``; only addresses that ``addresses`` approves become links. There is no
style, no script and no image in the result.
"""

# ruff: noqa: S101 - the tag of an event says what its record is.

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, assert_never

from wikiclean.document import Block, Cell, Document, Link, Style
from wikiclean.renderers.addresses import address, language_tag
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

    Notes are listed at the end, each with links back to its marks. A link whose address is not
    known, or not safe, leaves its label alone.
    """
    tag = language_tag(document)
    marks = marks_of(document)
    writer = _Writer(document)
    writer.write(document, marks.get("", ()))
    writer.notes(marks)
    opening = f'<article lang="{_attribute(tag)}">\n' if tag else "<article>\n"
    return opening + "".join(writer.out) + "</article>\n"


def _text(value: str) -> str:
    value = _UNFIT.sub("\ufffd", value)
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace("\r", "&#13;")


def _attribute(value: str) -> str:
    return _text(value).replace('"', "&quot;").replace("'", "&#39;")


class _Writer:
    """The fragment in the making."""

    def __init__(self, page: Document) -> None:
        self._page: Final = page
        self.out: Final[list[str]] = []
        self._as_is = 0  # elements open in which a line feed is one
        self._ruby = 0
        self._closers: list[str] = []

    def write(self, document: Document, marks: Marks) -> None:
        """Write the page's text or that of a Document nested in it."""
        for event in events(document, marks):
            self._event(event, document)

    def notes(self, marks: Mapping[str, Marks]) -> None:
        """Write the list of notes."""
        used = {mark.note for found in marks.values() for _, mark in found}
        if not used:
            return
        self.out.append('<section class="notes"><ol>\n')
        for index, note in enumerate(self._page.footnotes):
            value = f' value="{note.number}"' if not note.group else ""
            self.out.append(f'<li id="note-{index + 1}"{value}>')
            if note.group:
                self.out.append(f"<span>[{_text(label(note))}]</span> ")
            if index in used:
                for use in range(len(note.anchors)):
                    self.out.append(f'<a href="#mark-{index + 1}-{use + 1}">↑</a> ')
            if note.body is not None:
                self.write(note.body, marks.get(f"footnotes/{index}", ()))
            elif note.text:
                self.out.append(self._lines(note.text))
            self.out.append("</li>\n")
        self.out.append("</ol></section>\n")

    def _event(self, event: Event, document: Document) -> None:
        match event:
            case Open():
                opening, closing = self._element(event, document)
                self.out.append(opening)
                self._closers.append(closing)
            case Close():
                self.out.append(self._closers.pop())
                self._as_is -= event.tag in ("code", "preformatted")
                self._ruby -= event.kind == "ruby"
            case Characters():
                self.out.append(
                    self._ruby_text(event.value) if self._ruby else (self._lines(event.value))
                )
            case Formula():
                self.out.append(f'<span class="math">{self._lines(event.value)}</span>')
            case Mark():
                note = self._page.footnotes[event.note]
                number = f"{event.note + 1}"
                self.out.append(
                    f'<sup class="note" id="mark-{number}-{event.use + 1}">'
                    f'<a href="#note-{number}">[{_text(label(note))}]</a></sup>'
                )
            case _:
                assert_never(event)

    def _lines(self, value: str) -> str:
        escaped = _text(value)
        return escaped if self._as_is else escaped.replace("\n", "<br>")

    def _ruby_text(self, value: str) -> str:
        parts: list[str] = []
        at = 0
        for match in _READING.finditer(value):
            left, reading, right = (self._lines(part) for part in match.groups())
            parts += (self._lines(value[at : match.start()]), f"<rp>{left}</rp>")
            parts += (f"<rt>{reading}</rt>", f"<rp>{right}</rp>")
            at = match.end()
        return "".join(parts) + self._lines(value[at:])

    def _element(self, event: Open, document: Document) -> tuple[str, str]:
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
            href = address(record, document)
            return (f'<a href="{_attribute(href)}">', "</a>") if href else ("", "")
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
