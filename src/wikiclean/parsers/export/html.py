"""
HTML that pandoc wrote where Markdown cannot say it: cells with blocks, figures, their footnotes.

HTML has no escapes and no emphasis, so its content is read here and not by ``inline``. Which cells
a table has is ``tables``' affair, and which notes a list has that of ``notes``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final, NamedTuple

from wikiclean.codes import CODES
from wikiclean.document import Document, Math, Media, Span
from wikiclean.parsers.export.context import Context
from wikiclean.parsers.export.ends import Ends
from wikiclean.parsers.export.inline import read_nested
from wikiclean.parsers.export.markup import BLOCK_TAGS, CELL_TAGS, FILMS, IMAGES, TAGS, east_asian
from wikiclean.parsers.export.plain import (
    end_of_option,
    file_title,
    film_caption,
    lift,
    names_file,
    open_rule,
    record_link,
    report_swallowed,
    write_img,
)
from wikiclean.parsers.export.wrapping import joint
from wikiclean.parsers.tags import STYLES, attributes
from wikiclean.parsers.writer import Writer

_token = re.compile(
    # What newer pandocs make of formulas, and of lines of code.
    r"(?P<formula><span\ class=\"math\ [a-z]+\">\$\$?(?P<tex>[^$<]*+)\$\$?</span>)"
    r"|(?P<anchor><a\ href=\"\#cb[0-9-]+\"[^<>]*+></a>)"
    r"|(?P<rule>-\{)|(?P<braces>\{\{)"
    r"|<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]*+)(?P<attrs>(?:[\s/][^<>]*+)?)>"
    r"|(?P<comment><!--)"
    r"|(?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<note>\\?\[[0-9]{1,4}\\?\])"
    # In a quote its lines begin with >. Looked for from where white space begins.
    r"|(?P<brackets>(?<!\[)\[(?P<torn>[^\[\]<>&\n]{1,200})\]\](?!\]))"
    r"|(?P<space>(?<!\s)[^\S\n]*+\n(?:\s|>[ ]?)*+|[ \t]{2,})"
    r"|(?P<math>\\\()"
)
image: Final = re.compile(r"<img([\s/][^<>]*+)>")
_character = re.compile(r"(?:<[^<>]{0,200}>)*+(.)", re.DOTALL)

_item_mark = re.compile(r"\#{1,8}+[ ]")
"""What begins an item of a list in wikitext."""

MAX_FILM: Final = 4000
"""Code points that a film may hold: a link to it, with the caption."""
MAX_LABEL: Final = 1000
"""Code points that the label of a file or a category may have: a name, a caption, a sort key."""
MAX_LOOK_BACK: Final = 200
"""Code points before a bracket in which another may be open."""


def tokens(source: str, start: int, end: int) -> Iterator[tuple[re.Match[str], int]]:
    """Yield what is no plain text in ``source[start:end]``, and where it ends."""
    at = start
    ends = Ends(source, end)
    for m in _token.finditer(source, start, end):
        if m.start() < at:
            continue  # inside a comment or a formula
        kind = m.lastgroup
        if kind in ("comment", "math"):
            last = "-->" if kind == "comment" else "\\)"
            close = ends.find(last, m.end())
            if close < 0:
                continue
            at = close + len(last)
        else:
            at = m.end()
        yield m, at


class _OpenTag(NamedTuple):
    name: str
    attributes: str
    start: int
    """Where the text stood."""
    source: tuple[int, int]


def write_html(
    context: Context, writer: Writer, start: int, end: int, *, depth: int = 0, claim: bool = True
) -> None:
    """
    Write ``source[start:end]``.

    Args:
        context: What is known of the page.
        writer: Has an open block.
        start: Source offset.
        end: Source offset.
        depth: How many captions it stands in.
        claim: Whether each tag is to be reported; those in a table are the table's.
    """
    source = context.source
    at = start
    no_figure = start
    """Up to where no figure begins that has an image."""
    stack: list[_OpenTag] = []
    in_code = False
    behind_list = -1
    """Where a numbered list ended, or the white space behind it."""
    for m, stop in tokens(source, start, end):
        if m["name"] is not None and m["name"].lower() not in TAGS:
            continue
        if m.start() < at:
            continue  # inside a link or a figure
        writer.text(at, m.start())
        at = stop
        if m["name"] == "a" and (
            stop := _write_mark(context, writer, m)
            or _lift(context, writer, m, end, depth=depth, claim=claim)
        ):
            at = stop
        elif m["name"] == "figure" and not m["close"] and at > no_figure:
            close = source.find("</figure>", at, end)
            if close >= 0 and image.search(source, at, close):
                at = close + len("</figure>")
                write_figure(context, writer, m.start(), at, depth=depth)
            else:
                no_figure = close if close >= 0 else end
                if claim:
                    _drop(writer, [m.span()])
        elif m["name"] in FILMS and (stop := _write_film(context, writer, m, end, depth)):
            at = stop
        elif m["formula"]:
            _write_formula(writer, m)
        elif m["rule"]:
            at = _write_rule(context, writer, m.start(), end, depth=depth, claim=claim)
        elif m["braces"] and any(tag.name == "code" for tag in stack[-8:]):
            writer.text(m.start(), at)  # it was in <nowiki>, or pandoc would have dropped it
        elif m["braces"]:
            close = context.braces.get(m.start(), end + 1)
            at = close if close <= end else at
            if close <= end and context.read_tag_note(writer, m.start(), close, html=True):
                continue
            severity, message = CODES[
                code := "template_removed" if close <= end else "stray_braces"
            ]
            writer.drop(code, message, m.start(), at, severity=severity)
        elif m["space"] and in_code:
            begin = m.start()
            while (carriage := source.find("\r\n", begin, at)) >= 0:
                writer.text(begin, carriage)
                writer.literal("", carriage, carriage + 1)
                begin = carriage + 1
            writer.text(begin, at)
        elif m["entity"] == "&lt;" and m.start() in context.hidden:
            at = min(context.hidden[m.start()], end)
            _drop(writer, [(m.start(), at)])
        elif m["entity"]:
            writer.literal(unescape(m["entity"]), m.start(), at)
        elif m["brackets"]:
            in_words = not any(tag.name == "code" for tag in stack[-8:])
            at = _write_torn_link(writer, m, start if in_words else -1)
        elif m["note"]:
            if m.start() in context.notes:
                context.refer(writer, ("", context.notes[m.start()]), m.start(), at)
            else:
                writer.text(m.start(), at)
        elif m["space"]:
            behind_list = at if m.start() == behind_list else behind_list
            after = _character.match(source, at, end)
            writer.literal(joint(writer.last_character, after[1] if after else ""), m.start(), at)
        elif m["math"] is not None:
            position = writer.position
            writer.text(m.end(), at - 2)
            _record_formula(writer, position, Span(m.start(), at), display=False)
        else:
            if m["name"] == "pre":
                in_code = not m["close"]
            elif m["name"] == "ol" and m["close"]:
                behind_list = at
            nothing = _write_tag(context, writer, m, stack) if m["name"] else [(m.start(), at)]
            if claim:
                _drop(writer, nothing)
            if m["name"] == "p" and m.start() == behind_list:
                mark = _item_mark.match(source, at, end)
                if mark is not None:  # an item of the list that pandoc did not see
                    severity, message = CODES["inner_block"]
                    writer.drop("inner_block", message, *mark.span(), severity=severity)
                    at = mark.end()
    writer.text(at, end)
    if claim:
        _drop(writer, [tag.source for tag in stack])


def _write_torn_link(writer: Writer, m: re.Match[str], start: int) -> int:
    """
    Write a link whose brackets are not paired; return up to where.

    Words that other brackets hold, and letters that are no hanzi, may be a list or code; -1 for
    *start* says that it is.
    """
    source, begin = writer.source, m.start()
    low = max(start, begin - MAX_LOOK_BACK)
    within = source.rfind("[", low, begin) > source.rfind("]", low, begin)
    if start < 0 or within or not east_asian.search(m["torn"]):
        writer.text(begin, m.start("torn"))
        return m.start("torn")
    severity, message = CODES["stray_brackets"]
    index = writer.drop("stray_brackets", message, begin, m.start("torn"), severity=severity)
    writer.text(*m.span("torn"))
    writer.also_drop(index, m.end("torn"), m.end())
    return m.end()


def _write_formula(writer: Writer, m: re.Match[str]) -> None:
    """Write a formula in a ``<span>``."""
    start, tex = writer.position, m["tex"]
    if "&" in tex:
        writer.literal(unescape(tex), *m.span("tex"))
    else:
        writer.text(*m.span("tex"))
    display = "display" in m["formula"][: m.start("tex") - m.start()]
    _record_formula(writer, start, Span(*m.span()), display=display)


def _record_formula(writer: Writer, start: int, source_span: Span, *, display: bool) -> None:
    """Record the formula that stands from *start* of the text, or behind the space there, on."""
    tex, last = writer.since(start), writer.position
    span = Span(last - len(tex), last)
    writer.math.append(Math(tex, span=span, source_span=source_span, display=display))


def _write_rule(
    context: Context, writer: Writer, start: int, end: int, *, depth: int, claim: bool
) -> int:
    """Write what a rule of the converter shows; return where it ends, or its braces do."""
    stop = context.rules.get(start, end + 1)
    if stop > end or depth >= context.max_depth:
        writer.text(start, start + 2)
        return start + 2
    entry, chosen = open_rule(context, writer, start, stop, start)
    if isinstance(chosen, str):
        writer.literal(chosen, stop, stop)
    else:
        write_html(context, writer, *chosen, depth=depth + 1, claim=claim)
    writer.close_rule(entry)
    return stop


def _drop(writer: Writer, ranges: list[tuple[int, int]]) -> None:
    """Report tags, and comments among them."""
    for start, end in ranges:
        comment = writer.source.startswith(("<!--", "&lt;!--"), start)
        code = "comment" if comment else "html_tag_removed"
        severity, message = CODES[code]
        writer.drop(code, message, start, end, severity=severity)


def _write_mark(context: Context, writer: Writer, m: re.Match[str]) -> int:
    """Record the mark of a note of this HTML; return where it ends, or 0 for another link."""
    found = context.links_to_notes.get(m.start())
    if found is None:
        return 0
    name, stop = found
    context.refer(writer, ("", context.number(name)), m.start(), stop)
    return stop


def _lift(
    context: Context, writer: Writer, m: re.Match[str], end: int, *, depth: int, claim: bool
) -> int:
    """Take a link to a file or a category out of the text; return where it ends, or 0 if none."""
    if m["close"]:
        return 0
    given = attributes(m["attrs"])
    title = given.get("title", "")
    place = context.destinations.read(given.get("href", ""), title)
    is_file = title.startswith("fig:") or (place.may_lift and place.kind == "file")
    if not is_file and not place.may_lift:
        return 0
    limit = min(end, m.end() + MAX_LABEL)
    close = context.source.find("</a>", m.end(), limit)
    inner = context.source.count("<a ", m.end(), close) if close >= 0 else 0
    for _ in range(inner):  # addresses in the label
        close = max(close, context.source.find("</a>", close + 4, limit))
    span = Span(m.start(), close + 4 if close >= 0 else m.end())
    label = unescape(context.source[m.end() : close]) if close >= 0 else ""
    if is_file:
        writer.media.append(Media(place.name, "inline", writer.position, span))
        if title == "wikilink" and len(label) == close - m.end():  # without entities
            behind = m.end() + end_of_option(place.site or context.destinations.site, label)
            if behind < close:
                report_swallowed(writer, behind, close)
                write_html(context, writer, behind, close, depth=depth, claim=claim)
        return span.end
    return span.end if lift(writer, place, label, span, lift_languages=False) else 0


def _write_tag(
    context: Context, writer: Writer, m: re.Match[str], stack: list[_OpenTag]
) -> list[tuple[int, int]]:
    """Write what a tag stands for, and return the ranges of tags that nothing came of."""
    name = m["name"].lower()
    if name == "br" or (name in BLOCK_TAGS and not writer.at_line_start):
        writer.line_break(*m.span())
        return []
    if name in CELL_TAGS and not m["close"] and not writer.at_line_start:
        writer.literal(" ", *m.span())
        return []
    if name in IMAGES:
        write_img(context, writer, m["attrs"], Span(*m.span()))
        return []
    if not m["close"]:
        if (name != "a" and name not in STYLES) or m["attrs"].endswith("/"):
            return [m.span()]
        stack.append(_OpenTag(name, m["attrs"], writer.position, m.span()))
        return []
    if not any(tag.name == name for tag in stack[-8:]):
        return [m.span()]
    opened = stack.pop()
    crossed = []
    while opened.name != name:
        crossed.append(opened.source)
        opened = stack.pop()
    start, source_start = opened.start, opened.source[0]
    if not crossed and name == "a":
        given = attributes(opened.attributes)
        destination = given.get("href", "")
        place = context.destinations.read(destination, given.get("title", ""))
        record_link(writer, place, destination, start, source_start, m.end())
        return []
    if not crossed and writer.position > start:
        writer.style(STYLES[name], start, source_start, m.end())
        return []
    return [*crossed, opened.source, m.span()]


# ---------------------------------------------------------------- figures


def _write_film(context: Context, writer: Writer, m: re.Match[str], end: int, depth: int) -> int:
    """Record a film or a sound with its caption; return where it ends, or 0 if it does not."""
    last = f"</{m['name']}>"
    close = -1 if m["close"] else context.source.find(last, m.end(), min(end, m.end() + MAX_FILM))
    if close < 0:
        return 0
    found = film_caption(context, m["attrs"], m.end(), close)
    caption: Document | None = None
    if found is not None and depth < context.max_depth:
        owner = f"media/{len(writer.media)}"
        caption = read_nested(context, [found], owner, depth=depth + 1, write=write_html)
    stop = close + len(last)
    write_img(context, writer, m["attrs"], Span(m.start(), stop), caption)
    return stop


def write_figure(context: Context, writer: Writer, start: int, end: int, *, depth: int = 0) -> None:
    """
    Record the images of the figure ``source[start:end]``, which has some; the last has its caption.

    Pandoc repeats the name of a file where it has no caption.
    """
    source = context.source
    images = list(image.finditer(source, start, end))
    hidden = source.find("<figcaption", images[-1].end(), end)
    opened = source.find(">", hidden, end) + 1 if hidden >= 0 else 0
    close = source.find("</figcaption>", opened, end) if opened else -1
    at = start
    for m in images:
        last = m is images[-1]
        stop = end if last else m.end()
        caption: Document | None = None
        if last and close >= 0 and depth < context.max_depth:
            given = attributes(m[1])
            file = file_title(context, given.get("src", ""), given.get("title", ""))
            if not names_file(context.destinations.site, unescape(source[opened:close]), file):
                owner = f"media/{len(writer.media)}"
                caption = read_nested(
                    context, [(opened, close)], owner, depth=depth + 1, write=write_html
                )
        write_img(context, writer, m[1], Span(at, stop), caption)
        at = stop
