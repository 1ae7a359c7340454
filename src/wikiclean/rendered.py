"""
What a reader sees of a page that was rendered as HTML, as a list of blocks.

Here lives the reading of MediaWiki's HTML, of ours and of what resembles them, and nothing of
wikitext. One pass over the tags is enough: an end tag ends what is open inside its element, one
without a beginning is passed over, and an item, a cell or a paragraph ends where the next begins.

A block is `{"kind", "text"}` and, by kind:

    heading     `level`
    paragraph
    item        `depth` in lists, and `marker`: `*`, `#`, or `;` and `:` of a definition list
    cell        `header` where it is one
    caption     of a table
    figcaption  of a picture or a gallery's line
    pre         line breaks kept

What stands in a table has `table`, `row` and `col` besides. A `<br>` is a line end. Left out are
the marks and lists of notes, the table of contents, and whatever a style sheet hides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from html import unescape
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

Block: TypeAlias = dict[str, Any]

_void = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"),
        *("param", "source", "track", "wbr"),
    }
)
_unseen_tags = frozenset({"style", "script", "noscript", "template", "head", "title", "rp"})
_unseen_classes = frozenset(
    {
        *("reference", "references", "mw-references-wrap", "reflist", "mw-ref"),
        *("mw-cite-backlink", "mw-editsection", "toc", "mw-empty-elt", "noexcerpt", "navbox"),
        *("mw-jump-link", "magnify"),
    }
)
_unseen_ids = frozenset({"toc", "mw-toc", "toctitle", "catlinks"})
_unseen_style = re.compile(r"display:none|visibility:hidden", re.IGNORECASE)
_caption_classes = frozenset({"thumbcaption", "gallerytext", "gallerycaption"})

_breaking = frozenset(
    {
        *("p", "div", "section", "article", "blockquote", "center", "ul", "ol", "dl"),
        *("table", "tbody", "thead", "tfoot", "tr", "hr", "figure", "details", "summary"),
        *("header", "footer", "address", "fieldset", "form", "main", "aside", "nav"),
    }
)
"""Tags that end the block before them and their own last one."""

_ended_by: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "p": frozenset({"p"}),
        "li": frozenset({"li", "p"}),
        **dict.fromkeys(("dt", "dd"), frozenset({"dt", "dd", "p"})),
        **dict.fromkeys(("td", "th"), frozenset({"td", "th", "p"})),
        "tr": frozenset({"tr", "td", "th", "p"}),
        **dict.fromkeys(("ul", "ol", "dl", "table", "h2", "h3", "h4"), frozenset({"p"})),
    }
)
"""Tag → the tags whose elements it ends, where they are open innermost."""

_unfinished = re.compile(r"<[A-Za-z/!?]")
_formatting = re.compile("[\u200b\ufeff\u2060\u200e\u200f]")


class _Open(NamedTuple):
    """An element that is not closed yet."""

    tag: str
    close: Callable[[], None] | None
    """What is done at its end."""
    unseen: bool = False


class _Reader(HTMLParser):
    """Collects the blocks of one page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._text: list[str] = []
        self._open: list[_Open] = []
        self._counts: Counter[str] = Counter()
        """Open elements by tag."""
        self._unseen = 0
        """Open elements inside one that is not seen, itself counted."""
        self._kinds: list[Block] = [{"kind": "paragraph"}]
        """What text is at this place, innermost last."""
        self._lists: list[str] = []
        self._tables: list[dict[str, int]] = []
        self._table_count = 0
        self._verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag in _void:
            self._void(tag)
            return
        ended = _ended_by.get(tag, frozenset())
        while self._open and self._open[-1].tag in ended:
            self._leave()
        attributes = {name: value or "" for name, value in attrs}
        classes = frozenset(attributes.get("class", "").split())
        self._counts[tag] += 1
        if self._unseen or self._is_unseen(tag, attributes, classes):
            self._unseen += 1
            self._open.append(_Open(tag, None, unseen=True))
        else:
            self._open.append(_Open(tag, self._enter(tag, classes)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; only a void one is closed by its slash."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if tag in _void or not self._counts[tag]:
            return
        while self._open[-1].tag != tag:
            self._leave()
        self._leave()

    def _leave(self) -> None:
        """Close the innermost element."""
        tag, close, unseen = self._open.pop()
        self._counts[tag] -= 1
        self._unseen -= unseen
        if close:
            close()

    def handle_data(self, data: str) -> None:
        """Take a stretch of text."""
        if not self._unseen:
            self._text.append(data if self._verbatim else data.replace("\n", " "))

    def close(self) -> None:
        """
        End what is open.

        A tag without its end is not shown, as in browsers. ``HTMLParser.close`` would read it as
        text, and look for its end again from every sign in it.
        """
        if not _unfinished.match(self.rawdata):
            self.handle_data(unescape(self.rawdata))
        while self._open:
            self._leave()
        self._flush()

    def _void(self, tag: str) -> None:
        if self._unseen:
            return
        if tag == "br":
            self._text.append("\n")
        elif tag == "hr":
            self._flush()

    def _is_unseen(self, tag: str, attributes: Mapping[str, str], classes: frozenset[str]) -> bool:
        return bool(
            tag in _unseen_tags
            or classes & _unseen_classes
            or attributes.get("id") in _unseen_ids
            or "hidden" in attributes
            # The marks and the list of notes of Document.to_html.
            or (tag == "sup" and "note" in classes)
            or (tag == "section" and "notes" in classes)
            or _unseen_style.search(attributes.get("style", "").replace(" ", ""))
            # The picture of a gallery's line; its name is shown where there is no such file.
            or ("thumb" in classes and any(mark == "gallery" for mark in self._lists))
        )

    def _enter(self, tag: str, classes: frozenset[str]) -> Callable[[], None] | None:
        """Begin an element; return what is to be done at its end."""
        if re.fullmatch("h[1-6]", tag):
            return self._begin("heading", level=int(tag[1]))
        if tag == "figcaption" or classes & _caption_classes:
            return self._begin("figcaption", **self._place())
        if tag in {"ul", "ol", "dl"}:
            return self._enter_list(tag, classes)
        if tag in {"li", "dt", "dd"}:
            return self._enter_item(tag)
        if tag == "table":
            self._flush()
            self._table_count += 1
            self._tables.append({"table": self._table_count, "row": -1, "col": -1})
            return self._leave_table
        if tag == "tr" and self._tables:
            self._tables[-1]["row"] += 1
            self._tables[-1]["col"] = -1
        elif tag in {"td", "th"}:
            if self._tables:
                self._tables[-1]["col"] += 1
            header = {"header": True} if tag == "th" else {}
            return self._begin("cell", **self._place(), **header)
        elif tag == "caption":
            return self._begin("caption", **self._place())
        elif tag == "pre":
            leave = self._begin("pre", **self._place())
            self._verbatim += 1
            return lambda: self._leave_verbatim(leave)
        elif tag == "rt":
            self._text.append("(")
            return lambda: self._text.append(")")
        if tag in _breaking:
            self._flush()
            return self._flush
        return None

    def _enter_list(self, tag: str, classes: frozenset[str]) -> Callable[[], None]:
        self._flush()
        self._lists.append("gallery" if "gallery" in classes else tag)
        return self._leave_list

    def _enter_item(self, tag: str) -> Callable[[], None] | None:
        kind = self._lists[-1] if self._lists else "ul"
        if kind == "gallery":
            return None
        marks = {"li": {"ul": "*", "ol": "#", "dl": ":"}[kind], "dt": ";", "dd": ":"}
        depth = max(1, len(self._lists))
        return self._begin("item", depth=depth, marker=marks[tag], **self._place())

    def _begin(self, kind: str, **facts: object) -> Callable[[], None]:
        """Begin a block; return how to end it."""
        self._flush()
        self._kinds.append({"kind": kind, **facts})
        return self._end

    def _end(self) -> None:
        self._flush()
        self._kinds.pop()

    def _leave_list(self) -> None:
        self._flush()
        self._lists.pop()

    def _leave_table(self) -> None:
        self._flush()
        self._tables.pop()

    def _leave_verbatim(self, leave: Callable[[], None]) -> None:
        leave()
        self._verbatim -= 1

    def _place(self) -> dict[str, int]:
        return dict(self._tables[-1]) if self._tables else {}

    def _flush(self) -> None:
        """End the block that is being collected."""
        text = _formatting.sub("", "".join(self._text))
        self._text.clear()
        kind, *facts = self._kinds[-1].items()
        if kind[1] == "pre":
            text = text.strip("\n").rstrip()
        else:
            text = re.sub(r"[ \t\f\r]+", " ", text)
            text = re.sub(r" ?\n[ \n]*", "\n", text).strip(" \n")
        if text:
            self.blocks.append({"kind": kind[1], "text": text, **dict(facts)})


def blocks(html: str) -> list[Block]:
    """Return the blocks of a rendered page, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.blocks
