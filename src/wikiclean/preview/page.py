"""
The account of a page as one HTML file: the source on the left, the clean text on the right.

Here live the elements of the page and its policy. The style and the script are ``page.css`` and
``page.js`` beside this file; they stand in the page with their hashes in its Content-Security-
Policy, and nothing else in it may load, run or style. All content passes through ``escape``; only
addresses that ``addresses`` approves become links.

In the left pane each character of the source stands once and in order, as itself. What HTML
cannot hold (U+0000 and lone surrogates) or nobody could see (the other characters below U+0020 but
tab, line feed and carriage return, and U+007F) is shown by a picture, ``␀`` for U+0000, in an
element whose ``data-code`` is the code point in hexadecimal.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from wikiclean.document import Diagnostic, Document, Link, Media, Table, Template
from wikiclean.preview.passages import (
    KINDS,
    Construct,
    Explanation,
    Kind,
    Remark,
    Stretch,
    explain,
    kinds_of,
)
from wikiclean.renderers.addresses import address, language, language_tag
from wikiclean.renderers.controls import PICTURES
from wikiclean.renderers.events import Mark, Marks, marks_of
from wikiclean.renderers.html import Writer, escape, escape_attribute
from wikiclean.renderers.policy import security_policy
from wikiclean.renderers.text import label

LETTERS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "kept": "k",
        "moved": "o",
        "markup": "m",
        "layout": "y",
        "dropped": "d",
        "repaired": "r",
        "flagged": "f",
    }
)
"""Kind → the class of its elements: a page has many."""

CHUNK: Final = 3000
"""Characters of source in an element that a browser may leave undrawn until it is looked at. It
ends at a line end, so a longer line makes it longer."""

SNIPPET: Final = 200
"""Characters that a list shows of what stands in full in the left pane."""

FRAME: Final = 640
"""Height of the page in a notebook, in CSS pixels."""

PARAMETERS: Final = 20
"""Parameters that the list of templates shows of one."""

_UNSHOWN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def page(document: Document, *, only: Kind | Collection[Kind] = ()) -> str:
    """
    Return the explanation of a page as one HTML file that needs nothing else.

    Args:
        document: The page, as it was read or selected.
        only: The kinds whose filter is on when the page opens; all if empty.

    Raises:
        UnknownFormatError: if *only* names what is no kind.
    """
    return _page(explain(document), kinds_of(only))


def frame(explanation: Explanation) -> str:
    """Return the page in a frame of its own, for a notebook, whose own style it leaves alone."""
    html = escape_attribute(_page(explanation, ()))
    return (
        '<iframe sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" '
        f'width="100%" height="{FRAME}" srcdoc="{html}"></iframe>'
    )


def _page(explanation: Explanation, only: Collection[Kind]) -> str:
    document = explanation.document
    style, script = _resource("page.css"), _resource("page.js")
    title = escape(document.title or "Untitled page")
    # Without white space around it: what a hash is made of is all there is in the element.
    return (
        "<!DOCTYPE html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        f'content="{security_policy(style, script)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{title} – wikiclean explain</title>\n"
        f"<style>{style}</style>\n</head>\n<body>\n"
        '<div class="screen">\n'
        f"{_header(explanation, title, only)}"
        '<main>\n<section class="pane" aria-labelledby="of-source">\n'
        f'<h2 id="of-source">Source</h2>\n{_source(explanation)}</section>\n'
        '<section class="pane" aria-labelledby="of-text">\n'
        f'<h2 id="of-text">Text</h2>\n{_text(explanation)}</section>\n</main>\n'
        '<output id="why">Point at a passage, or step with the keys n and p.</output>\n</div>\n'
        f'<section class="lists" aria-label="Lists">\n{_lists(explanation)}</section>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _resource(name: str) -> str:
    return files("wikiclean.preview").joinpath(name).read_text(encoding="utf-8")


def _header(explanation: Explanation, title: str, only: Collection[Kind]) -> str:
    document = explanation.document
    tag = _lang(language_tag(document)) if document.title else ""
    said = [
        escape(document.site),
        document.dialect,
        f"variant {escape(document.variant)}",
        f"{document.extent.end - document.extent.start:,} characters of source",
        f"{len(document.text):,} of text",
        _number(len(document.links), "link"),
        _number(len(document.footnotes), "note"),
        _number(len(document.tables), "table"),
    ]
    filters = []
    for kind, (number, characters) in explanation.counts.items():
        if kind == "layout":
            continue
        letter = LETTERS[kind]
        counts = kind in ("dropped", "repaired", "flagged")
        value = f"{number:,}" if counts else f"{characters:,} characters"
        checked = " checked" if not only or kind in only else ""
        filters.append(
            f'<label title="{escape_attribute(KINDS[kind])}">'
            f'<input type="checkbox" value="{letter}"{checked}>'
            f'<span class="{letter}">{kind}</span> <b>{value}</b></label>\n'
        )
    return (
        f"<header>\n<h1{tag}>{title}</h1>\n<p>{' · '.join(said)}</p>\n"
        f'<fieldset id="filters"><legend>Filters</legend>\n{"".join(filters)}'
        '<button type="button" id="back" title="Key p">← previous</button>\n'
        '<button type="button" id="on" title="Key n">next →</button>\n</fieldset>\n</header>\n'
    )


def _number(number: int, name: str) -> str:
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"


def _lang(tag: str) -> str:
    return f' lang="{escape_attribute(tag)}"' if tag else ""


# ---------------------------------------------------------------- the source


def _source(explanation: Explanation) -> str:
    document = explanation.document
    source = document.source
    out = [f'<div id="source" tabindex="0"{_lang(language(document.site))}>']
    silent = explanation.silent()
    next_ = 0
    filled = 0
    opened = False
    for index, passage in enumerate(explanation.passages):
        start, end = passage.span
        if not opened:
            out.append('<div class="chunk">')
            opened = True
        while next_ < len(silent) and _begins(silent[next_]) < end:
            one = silent[next_]
            letter = LETTERS[explanation.kinds[one.number]]
            out.append(f'<span class="{letter} at" {_numbered(explanation, one.number)}></span>')
            next_ += 1
        value = _written(source[start:end])
        number = passage.construct
        letter = LETTERS[passage.kind]
        if not number:
            out.append(value)
        else:
            first = explanation.first[number] == index
            mark = _numbered(explanation, number) if first else f"data-g={number}"
            out.append(f"<span class={letter} {mark}>{value}</span>")
        filled += end - start
        if filled >= CHUNK and source[end - 1] == "\n":
            out.append("</div>")
            opened, filled = False, 0
    for one in silent[next_:]:
        letter = LETTERS[explanation.kinds[one.number]]
        out.append(f'<span class="{letter} at" {_numbered(explanation, one.number)}></span>')
    out.append("</div></div>\n" if opened else "</div>\n")
    return "".join(out)


def _begins(one: Construct) -> int:
    assert isinstance(one.record, Diagnostic)  # noqa: S101 - what is silent is a diagnostic
    return one.record.source_span.start


def _numbered(explanation: Explanation, number: int) -> str:
    """Return the attributes of the first element of a construct; plain text needs no address."""
    one = explanation.constructs.get(number)
    if one is None:
        return f"data-g={number}"
    last = f" data-n={one.last}" if one.last > one.number else ""
    return f"id=s{number} data-g={number}{last}"


def _written(value: str, write: Callable[[str], str] = escape) -> str:
    """Return characters as HTML in which every one is told apart; *write* writes those it can."""
    if not _UNSHOWN.search(value):
        return write(value)
    out = []
    at = 0
    for match in _UNSHOWN.finditer(value):
        code = ord(match[0])
        out.append(write(value[at : match.start()]))
        out.append(f"<i data-code={code:x}>{PICTURES[code]}</i>")
        at = match.end()
    return "".join((*out, write(value[at:])))


# ---------------------------------------------------------------- the text


class _Passages(Writer):
    """The text as the HTML renderer writes it, cut into passages that the source has too."""

    def __init__(self, explanation: Explanation) -> None:
        super().__init__(explanation.document)
        self._explanation: Final = explanation
        self._stretches: list[Stretch] = []
        self._starts: list[int] = []
        self._remarks: list[Remark] = []
        self._remark = 0

    def write(self, document: Document, marks: Marks) -> None:
        """Write the page's text or that of a Document in it, with its remarks."""
        self._stretches = self._explanation.stretches(document)
        self._starts = [stretch.start for stretch in self._stretches]
        self._remarks = self._explanation.remarks(document)
        self._remark = 0
        super().write(document, marks)
        self.out.append(self._remarked(len(document.text)))

    def run(self, value: str, at: int) -> str:
        """Return characters of the text as passages."""
        end = at + len(value)
        index = bisect_right(self._starts, at) - 1
        out = []
        while at < end:
            stretch = self._stretches[index]
            stop = min(stretch.end, end)
            while self._remark < len(self._remarks):
                offset = self._remarks[self._remark].offset
                if offset > at:
                    stop = min(stop, offset)
                    break
                out.append(self._remarked(offset))
            written = _written(self.document.text[at:stop], self.lines)
            if stretch.construct:
                letter = LETTERS[stretch.kind]
                if self.document is not self.page and letter == "k":
                    letter = "o"
                written = f"<span class={letter} data-g={stretch.construct}>{written}</span>"
            out.append(written)
            at = stop
            index += at == stretch.end
        # What was dropped behind the last word stands with it, not with the next paragraph.
        out.append(self._remarked(end))
        return "".join(out)

    def _remarked(self, end: int) -> str:
        out = []
        while self._remark < len(self._remarks) and self._remarks[self._remark].offset <= end:
            _, number, kind = self._remarks[self._remark]
            out.append(f'<span class="{LETTERS[kind]} at" data-g={number}></span>')
            self._remark += 1
        return "".join(out)

    def link(self, record: Link) -> tuple[str, str]:
        """Show a link; addresses stand in the list of links, so that pointing is not leaving."""
        kind = "external" if record.kind == "external" else "link"
        return f'<span class="{kind}">', "</span>"

    def mark(self, mark: Mark) -> str:
        """Show the mark of a note."""
        note = self.page.footnotes[mark.note]
        number = self._explanation.number(note)
        return f'<sup class="m note" data-g={number}>[{escape(label(note))}]</sup>'


def _text(explanation: Explanation) -> str:
    document = explanation.document
    marks = marks_of(document)
    writer = _Passages(explanation)
    out = writer.out
    out.append(f'<div id="text" tabindex="0"{_lang(language_tag(document))}>\n')
    for index, infobox in enumerate(document.infoboxes):
        number = explanation.number(infobox)
        out.append(
            f'<table class="infobox"><caption data-g={number}>{escape(infobox.name)}</caption>\n'
        )
        for place, field in enumerate(infobox.fields):
            number = explanation.number(field)
            out.append(f'<tr data-g={number}><th scope="row">{escape(field.key)}</th><td>')
            writer.write(field.body, marks.get(f"infoboxes/{index}/{place}", ()))
            out.append("</td></tr>\n")
        out.append("</table>\n")
    writer.write(document, marks.get("", ()))
    for index, media in enumerate(document.media):
        if media.caption is not None:
            number = explanation.number(media)
            out.append(f"<figure data-g={number}><figcaption><small>{escape(media.file)}</small> ")
            writer.write(media.caption, marks.get(f"media/{index}", ()))
            out.append("</figcaption></figure>\n")
    if document.footnotes:
        out.append('<section class="notes"><h3 lang="en">Notes</h3>\n<ul>\n')
        for index, note in enumerate(document.footnotes):
            number = explanation.number(note)
            out.append(f"<li data-g={number}><b>[{escape(label(note))}]</b> ")
            if note.body is not None:
                writer.write(note.body, marks.get(f"footnotes/{index}", ()))
            elif note.text:
                out.append(escape(note.text))
            else:
                out.append('<em lang="en">no text in the source</em>')
            out.append("</li>\n")
        out.append("</ul></section>\n")
    for name, records in (
        ("Categories", [(one, one.name) for one in document.categories]),
        (
            "Other languages",
            [(one, f"{one.language}: {one.title}") for one in document.interlanguage],
        ),
    ):
        if records:
            out.append(f'<section class="filed"><h3 lang="en">{name}</h3>\n<ul>\n')
            out += [
                f"<li data-g={explanation.number(one)}>{escape(value)}</li>\n"
                for one, value in records
            ]
            out.append("</ul></section>\n")
    out.append("</div>\n")
    return "".join(out)


# ---------------------------------------------------------------- the lists


def _lists(explanation: Explanation) -> str:
    found: dict[type, list[Construct]] = {}
    for one in explanation.constructs.values():
        found.setdefault(type(one.record), []).append(one)
    return "".join(
        (
            _reasons(explanation, found.get(Diagnostic, [])),
            _list(
                "Links",
                ("Line", "Label", "Leads to", "Kind", "Label in the source", "Certainty"),
                (_link_row(explanation, one) for one in found.get(Link, [])),
                len(found.get(Link, [])),
            ),
            _list(
                "Tables",
                ("Line", "Rows × columns", "Header rows", "Caption"),
                (_table_row(explanation, one) for one in found.get(Table, [])),
                len(found.get(Table, [])),
            ),
            _list(
                "Templates",
                ("Line", "Name", "What became of it", "Parameters"),
                (_template_row(explanation, one) for one in found.get(Template, [])),
                len(found.get(Template, [])),
            ),
            _list(
                "Files",
                ("Line", "File", "Kind", "Caption"),
                (_file_row(explanation, one) for one in found.get(Media, [])),
                len(found.get(Media, [])),
            ),
        )
    )


def _list(name: str, heads: Iterable[str], rows: Iterator[str], number: int) -> str:
    if not number:
        return ""
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    return (
        f'<details data-name="{name}"><summary>{name} <b>{number:,}</b></summary>\n<table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody></table></details>\n"
    )


def _row(explanation: Explanation, one: Construct, *cells: str) -> str:
    place = _place(explanation, one)
    return f"<tr id=r{one.number}><td>{place}</td><td>{'</td><td>'.join(cells)}</td></tr>\n"


def _place(explanation: Explanation, one: Construct) -> str:
    """Return the line of a construct, as a link to its first passage."""
    index = explanation.first.get(one.number)
    silent = one.number in explanation.kinds
    if index is not None:
        offset = explanation.passages[index].span.start
    else:
        offset = getattr(one.record, "source_span", explanation.document.extent).start
    line = f"{explanation.place(offset)[0]:,}"
    return f'<a href="#s{one.number}">{line}</a>' if silent or index is not None else line


def _snippet(value: str) -> str:
    if len(value) > SNIPPET:
        return f"{escape(value[:SNIPPET])}… <small>({len(value):,} characters)</small>"
    return escape(value)


def _reasons(explanation: Explanation, found: list[Construct]) -> str:
    if not found:
        return '<p class="none">Nothing was dropped, repaired or flagged.</p>\n'
    groups: dict[tuple[Kind, str], list[Construct]] = {}
    for one in found:
        assert isinstance(one.record, Diagnostic)  # noqa: S101 - so they were chosen
        groups.setdefault((explanation.kinds[one.number], one.record.code), []).append(one)
    out = [f'<details open><summary>Reasons <b>{len(found):,}</b></summary>\n<div class="codes">\n']
    order = ("repaired", "dropped", "flagged")
    for (kind, code), ones in sorted(
        groups.items(), key=lambda row: (order.index(row[0][0]), -len(row[1]), row[0][1])
    ):
        messages = list(dict.fromkeys(one.record.message for one in ones))  # type: ignore[union-attr]
        letter = LETTERS[kind]
        usual = escape(messages[0])
        out.append(
            f'<details data-kind="{letter}" data-name="{kind} · {escape_attribute(code)}">'
            f'<summary><span class="{letter}">{kind}</span> <code>{escape(code)}</code> '
            f"<b>{len(ones):,}</b> {usual}</summary>\n<ol>\n"
        )
        for one in ones:
            record = one.record
            assert isinstance(record, Diagnostic)  # noqa: S101 - so they were chosen
            parts = [f"line {_place(explanation, one)}"]
            where = explanation.where(one.owner)
            if where:
                parts.append(escape(where))
            if record.dropped:
                parts.append(f"<q>{_snippet(record.dropped)}</q>")
            if record.replacement:
                parts.append(f"→ <q>{_snippet(record.replacement)}</q>")
            if record.message != messages[0]:
                parts.append(escape(record.message))
            if record.certainty != "certain":
                parts.append(f"<em>{record.certainty}</em>")
            out.append(f"<li id=r{one.number}>{' '.join(parts)}</li>\n")
        out.append("</ol></details>\n")
    out.append("</div></details>\n")
    return "".join(out)


def _link_row(explanation: Explanation, one: Construct) -> str:
    record = one.record
    assert isinstance(record, Link)  # noqa: S101 - so it was chosen
    href = address(record, one.owner)
    target = escape(record.target + (f"#{record.fragment}" if record.fragment else ""))
    exported = record.label_exported if record.label_exported != record.label else ""
    where = explanation.where(one.owner)
    return _row(
        explanation,
        one,
        _snippet(record.label) + (f" <small>{escape(where)}</small>" if where else ""),
        f'<a href="{escape_attribute(href)}" target="_blank" rel="noopener noreferrer">{target}</a>'
        if href
        else target,
        record.kind,
        _snippet(exported),
        record.certainty,
    )


def _table_row(explanation: Explanation, one: Construct) -> str:
    record = one.record
    assert isinstance(record, Table)  # noqa: S101 - so it was chosen
    caption = one.owner.text[slice(*record.caption)] if record.caption else ""
    return _row(
        explanation,
        one,
        f"{record.rows:,} × {record.columns:,}",
        f"{record.header_rows:,}",
        _snippet(caption),
    )


def _template_row(explanation: Explanation, one: Construct) -> str:
    record = one.record
    assert isinstance(record, Template)  # noqa: S101 - so it was chosen
    shown = [
        f"<code>{escape(_short(f'{one.name}={one.value}'))}</code>"
        for one in record.parameters[:PARAMETERS]
    ]
    more = len(record.parameters) - PARAMETERS
    if more > 0:
        shown.append(f"and {more:,} more")
    return _row(explanation, one, escape(record.name), record.action, " ".join(shown))


def _short(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:60]}…"


def _file_row(explanation: Explanation, one: Construct) -> str:
    record = one.record
    assert isinstance(record, Media)  # noqa: S101 - so it was chosen
    caption = ""
    if record.caption is not None:
        caption = record.caption.text
    elif record.caption_span is not None:
        caption = one.owner.text[slice(*record.caption_span)]
    return _row(explanation, one, escape(record.file), record.kind, _snippet(caption))
