"""
What stands inside a block of the export and pairs with nothing: written as it is found.

Most blocks have nothing else: text, links with plain labels, note marks, escapes, line ends. They
are written here without tokens in between; from the first construct on that may hold others,
``scan`` and ``inline`` take over. What both write alike lives here too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Final, TypeAlias

from wikiclean.codes import CODES
from wikiclean.document import (
    MARKUP,
    Category,
    Document,
    Interlanguage,
    Link,
    Math,
    Media,
    MediaKind,
    Span,
)
from wikiclean.parsers.export.context import Context
from wikiclean.parsers.export.destinations import Place, escape, unescape_markdown
from wikiclean.parsers.export.markup import (
    construct,
    emptied,
    is_odd_label,
    is_odd_link,
    quoted_wrap,
    tex_command,
    wrap,
)
from wikiclean.parsers.export.wrapping import COLUMNS, joint, parts_spaced_dash, word
from wikiclean.parsers.tags import STYLES, attributes
from wikiclean.parsers.writer import Writer
from wikiclean.site import Site
from wikiclean.variants import read_rule, shown

_span: Final = tuple.__new__
"""Makes a Span in half the time that its own constructor takes."""
_word = r"[^\s\[\]\\*`<&${}~_:]++"
_next_character = re.compile(r"(?:[\[*`\\!]|~~|<[^<>]{0,200}>)*+(.)", re.DOTALL)
_words = rf"{_word}(?: {_word})*+"
_bold = re.compile(rf"\*\*(?!''){_words}\*\*(?!\*)")
"""Bold words in which nothing is to be read."""
_style = re.compile(rf"<([a-z]+)>({_words})</\1>")
"""The same for an element."""
_line_break = re.compile(r"<br ?/?>")
_code = re.compile("`([^`]++)`(?!`)")
_doubled = re.compile(r"\\\\[A-Za-z]{2}")
_joint = re.compile(r"``( ++|\r?\n ?)``")
"""What stands between two words of code: pandoc wrote the space between them as code, too, and may
have wrapped the line there."""

TITLE_ROOM: Final = 20
"""Code points for the title of a link that ends where its line does."""
MAX_OPTION: Final = 40
"""Code points of an option of a file that has swallowed text."""

Write: TypeAlias = Callable[[Context, Writer, int, int, int, re.Pattern[str]], int]
"""
Writes a construct if it is a plain one.

Takes the source offset up to which all is written, that of the construct, where the block ends,
and the pattern of its line ends; returns up to where all is written now, or `NOT_PLAIN`.
"""
NOT_PLAIN: Final = -1


def write_plain(
    context: Context, writer: Writer, start: int, end: int, *, quoted: bool, lift_languages: bool
) -> int:
    """
    Write what stands before the first construct that may hold others or pair with a later one.

    It comes out as the emitter would have written it.

    Returns:
        Source offset up to which all is written: *end*, or where the scanner is to begin.
    """
    source = context.source
    read, words, links = context.destinations.read_link, writer.words, writer.links
    wraps = quoted_wrap if quoted else wrap
    at = start
    found = construct.finditer(source, start, end)
    while (m := next(found, None)) is not None:
        here, stop = m.span()
        if here < at:
            # Within a formula or code. What reaches beyond it is not what stands behind it.
            if stop > at:
                found = construct.finditer(source, at, end)
            continue
        group = m.lastindex
        if group is None:
            what = source[here]
            if what == "]" or (what == "$" and not context.dollars):
                continue  # text
            write = WRITERS.get(what)
            if write is None or (after := write(context, writer, at, here, end, wraps)) < 0:
                return at
            at = after
            continue
        spans = m.regs
        (a, b), (c, d) = spans[1:3] if group <= 3 else spans[4:6]
        destination = source[c:d]
        if group == 3:
            place = read(destination)
            if "\\" in destination and is_odd_link(m, place):
                return at
        else:
            place = context.destinations.read(destination, "wikilink" if group == 6 else "")
            if _is_odd(context, m, place, destination):
                return at
        if source.startswith(":", a, b):
            return at
        if place.may_lift:
            if place.kind == "file":
                return at
            if here > at:
                writer.text(at, here)
                at = here
            span = Span(here, stop)
            if lift(writer, place, source[a:b], span, lift_languages=lift_languages):
                at = skip_space(writer, stop, end)
                continue
        begin, label = words(at, here, a, b)
        at = stop
        if not label:
            record_link(writer, place, destination, begin, here, stop)
            continue
        links.append(
            Link(
                label,
                place.target,
                place.fragment,
                place.kind,
                place.form,
                _span(Span, (begin, begin + len(label))),
                _span(Span, (here, stop)),
                destination,
                place.interwiki,
                label if place.internal else "",
                "",
                "likely" if place.has_trail else "certain",
            )
        )
    if end > at:
        writer.text(at, end)
    return end


def _is_odd(context: Context, m: re.Match[str], place: Place, destination: str) -> bool:
    """Whether a link that is not of the wiki, or stands behind ``!``, is for the scanner."""
    if m.lastindex == 6:
        return "\\" in destination
    if m.lastindex != 2 or place.form != "external":
        return True
    if "\t" in destination or "\r" in destination:
        return True
    label = m[1]
    # A number may be what pandoc wrote for a label that is missing.
    return label == str(context.externals + 1) or is_odd_label(label)


# ---------------------------------------------------------------- one construct each


def _write_escape(
    context: Context, writer: Writer, at: int, here: int, end: int, wraps: re.Pattern[str]
) -> int:
    source = context.source
    what = source[here + 1]
    if what == "[":
        number = context.notes.get(here)
        if number is None:
            return NOT_PLAIN
        if here > at:
            writer.text(at, here)
        stop = source.index("]", here) + 1
        context.refer(writer, ("", number), here, stop)
        return skip_space(writer, stop, end)
    if what == "(":
        close = source.find("\\)", here + 2, end)
        if close < 0 or not context.is_formula(source[here + 2 : close]):
            return NOT_PLAIN
        if here > at:
            writer.text(at, here)
        write_math(writer, (here, close + 2), (here + 2, close), wraps, display=False)
        return close + 2
    if (
        what in "]\r\n"
        or (what == "<" and source.startswith("\\!--", here + 2))
        or (what == ">" and context.commented)
        or (what == "-" and here + 1 in context.rules)
        or (what == "_" and source.startswith("\\_", here + 2))
    ):
        return NOT_PLAIN
    if here > at:
        writer.text(at, here)
    writer.literal(what, here, here + 2)
    return here + 2


def _write_newline(
    context: Context, writer: Writer, at: int, here: int, end: int, wraps: re.Pattern[str]
) -> int:
    m = wraps.match(context.source, here, end)
    if m is None:
        return NOT_PLAIN
    if here > at:
        writer.text(at, here)
    write_line_end(context, writer, here, m.end(), end)
    return m.end()


def _write_bold(
    context: Context, writer: Writer, at: int, here: int, end: int, _: re.Pattern[str]
) -> int:
    m = _bold.match(context.source, here, end)
    if m is None or emptied.match(context.source, here - 1):
        return NOT_PLAIN
    if here > at:
        writer.text(at, here)
    begin, stop = writer.position, m.end()
    writer.text(here + 2, stop - 2)
    writer.style("bold", begin, here, stop)
    return stop


def _write_element(
    context: Context, writer: Writer, at: int, here: int, end: int, wraps: re.Pattern[str]
) -> int:
    source = context.source
    m = _line_break.match(source, here, end)
    if m is not None:
        if here > at:
            writer.text(at, here)
        writer.line_break(here, m.end())
        # A line end behind a break is part of it.
        after = wraps.match(source, m.end(), end)
        return after.end() if after else m.end()
    m = _style.match(source, here, end)
    if m is None or m[1] not in STYLES or source.startswith("}}", m.end()):
        return NOT_PLAIN
    if here > at:
        writer.text(at, here)
    begin = writer.position
    writer.text(*m.span(2))
    writer.style(STYLES[m[1]], begin, here, m.end())
    return m.end()


def _write_ticks(
    context: Context, writer: Writer, at: int, here: int, end: int, wraps: re.Pattern[str]
) -> int:
    source = context.source
    m = _code.match(source, here, end)
    if m is None:
        return NOT_PLAIN
    start, stop = m.span(1)
    if source[start] == " " or m[1].isspace():
        return NOT_PLAIN
    if here > at:
        writer.text(at, here)
    write_code(writer, (here, m.end()), (start, stop), wraps)
    return m.end()


WRITERS: Final[Mapping[str, Write]] = {
    "\\": _write_escape,
    "\n": _write_newline,
    "\r": _write_newline,
    "*": _write_bold,
    "<": _write_element,
    "`": _write_ticks,
}
"""First character → what writes a plain construct that begins so."""


# ---------------------------------------------------------------- what the emitter writes alike


def lift(writer: Writer, place: Place, label: str, span: Span, *, lift_languages: bool) -> bool:
    """Take a link to a category or to another language out of the text, if it is not of it."""
    if label.startswith(":"):
        return False
    if place.kind == "category":
        name = " ".join(unescape_markdown(label).replace("_", " ").split())
        named = name.partition(":")[2] == place.name
        in_text = not lift_languages and (place.form == "relative" or place.collected)
        if in_text and not named:
            return False
        # A label that is the name says nothing of the order.
        key = "" if named or name == place.name else name
        writer.categories.append(Category(place.name, key, span))
        return True
    if lift_languages:
        title = f"{place.target}#{place.fragment}" if place.fragment else place.target
        writer.interlanguage.append(Interlanguage(place.interwiki, title, span))
        return True
    return False


def open_rule(
    context: Context, writer: Writer, start: int, end: int, hull: int
) -> tuple[int, Span | str]:
    """
    Report what the rule ``source[start:end]`` of the converter does not show.

    Args:
        context: What is known of the page.
        writer: Has an open block, or none if the rule holds blocks.
        start: Source offset of ``-{``.
        end: Source offset.
        hull: Where its markup begins, with a backslash before it.

    Returns:
        What ``close_rule`` is to be given, and what the rule shows: a range of the source, or a
        text that the wiki supplies.
    """
    site = context.destinations.site
    rule = read_rule(context.source, start, end, site)
    chosen = shown(rule, context.variant, site, context.source)
    kept = Span(end, end) if isinstance(chosen, str) else chosen
    severity, message = CODES["variant_resolved"]
    entry = writer.open_rule(start, end, MARKUP)
    index = writer.drop("variant_resolved", message, hull, kept.start, severity=severity)
    if kept.end < end:
        writer.also_drop(index, kept.end, end)
    return entry, chosen


def write_line_end(context: Context, writer: Writer, start: int, end: int, limit: int) -> None:
    """Write what the line end ``source[start:end]`` stands for: nothing, a space or a break."""
    source = context.source
    if is_break(context, start, end):
        writer.line_break(start, end)
        return
    if not writer.at_line_start:
        writer.strip()
    before, after = neighbours(context, writer, end, limit)
    between = " " if parts_spaced_dash(source, start, end) else joint(before, after)
    writer.literal(between, start, end)


def is_break(context: Context, start: int, end: int) -> bool:
    """Whether a line end is a real one: no wrap, or the next word would have fitted."""
    source = context.source
    if source[start - 2 : start] == "  ":
        return True
    if context.wraps != "columns":
        return context.wraps == "none"
    if source[start - 1] == "`" and source.startswith("`", end):
        return True
    line_start = source.rfind("\n", 0, start) + 1
    width = start - line_start
    if width > COLUMNS:
        return False
    m = word.match(source, end, min(end + COLUMNS + TITLE_ROOM, len(source)))
    return width + 1 + (m.end() - m.start() if m else 0) <= COLUMNS


def neighbours(context: Context, writer: Writer, at: int, limit: int) -> tuple[str, str]:
    """Return the characters that stand in the text before *at* of the source and from there on."""
    m = _next_character.match(context.source, at, limit)
    return writer.last_character, m[1] if m else ""


def skip_space(writer: Writer, at: int, end: int) -> int:
    """Return *at*, or where text goes on if a space there would be the second one in the text."""
    if not (at < end and writer.source[at] == " " and writer.since(writer.position - 1) == " "):
        return at
    writer.literal("", at, at + 1)
    return at + 1


def record_link(
    writer: Writer, place: Place, destination: str, start: int, source_start: int, source_end: int
) -> None:
    """Record a link whose label stands from *start* of the text to its end."""
    end = writer.position
    label = writer.since(start)
    open_end = bool(label) and place.has_trail
    writer.links.append(
        Link(
            label,
            place.target,
            place.fragment,
            place.kind,
            place.form,
            Span(end - len(label), end),
            Span(source_start, source_end),
            destination,
            place.interwiki,
            label if place.internal else "",
            "",
            "likely" if open_end else "certain",
        )
    )
    if not label:
        severity, message = CODES["empty_label"]
        writer.diagnose("empty_label", message, source_start, source_end, severity=severity)


def file_title(context: Context, destination: str, title: str) -> str:
    """Return the title of the file that an image shows, without the namespace."""
    for kind in (title, "wikilink"):  # newer pandocs leave the mark of images out of the title
        place = context.destinations.read(destination, kind)
        if place.kind == "file":
            return place.name
    return context.destinations.site.title(destination).text or destination


def names_file(site: Site, text: str, file: str) -> bool:
    """Whether a text is only the title of a file, as pandoc repeats it for want of a caption."""
    shown = text.replace("_", " ").strip()
    return shown in ("", file) or site.title(shown).text == file


def end_of_option(site: Site, label: str) -> int:
    """
    Return where the option of a file ends that its whole *label* was, were it not for what follows.

    Pandoc glues the letters behind a link to its label, and takes files for links where their
    namespace is not in English: the label of ``[[檔案:甲.jpg|thumb]]乙`` becomes ``thumb乙``.

    Returns:
        The length of the label where it swallowed nothing.
    """
    option = site.image_option
    if option(label) is None:
        for end in range(min(len(label) - 1, MAX_OPTION), 0, -1):
            if option(label[:end]) is not None:
                behind = label[end]
                letter = behind.isalpha() and not (behind.isascii() and behind.islower())
                return end if letter else len(label)
    return len(label)


class FileOptions:
    """What stands between the bars of a file, as far as it is options."""

    __slots__ = ("_site", "alt", "others")

    def __init__(self, site: Site) -> None:
        self._site = site
        self.alt = ""
        """The alternative text."""
        self.others: list[str] = []

    def take(self, text: str) -> bool:
        """Take a part if it is an option, and tell whether it is."""
        option = self._site.image_option(text)
        if option is None:
            return False
        if option[0] == "img_alt":
            self.alt = option[1]
        else:
            self.others.append(text)
        return True


def file_name(text: str) -> str:
    """Return the name of a file that is written in *text*."""
    return " ".join(unescape_markdown(text).replace("_", " ").split())


def report_swallowed(writer: Writer, start: int, end: int) -> None:
    """Report that the label of a file had swallowed ``source[start:end]``."""
    code = "file_label_overflow"
    severity, message = CODES[code]
    writer.diagnose(code, message, start, end, severity=severity, certainty="likely")


def film_caption(context: Context, attrs: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the caption of a film is, whose content is ``source[start:end]``."""
    source = context.source
    opened = source.find("<a ", start, end)
    begin = source.find(">", opened, end) + 1 if opened >= 0 else 0
    close = source.find("</a>", begin, end) if begin else -1
    if close < 0:
        return None
    given = attributes(attrs)
    file = file_title(context, given.get("src", ""), "")
    shown = unescape(source[begin:close])
    return None if names_file(context.destinations.site, shown, file) else (begin, close)


def write_img(
    context: Context, writer: Writer, tag: str, source_span: Span, caption: Document | None = None
) -> None:
    """Record the image of an HTML tag, whose attributes are *tag*."""
    given = attributes(tag)
    file = file_title(context, given.get("src", ""), given.get("title", ""))
    alt = given.get("alt", "")
    if names_file(context.destinations.site, alt, file) or (
        caption is not None and alt == caption.text
    ):
        alt = ""
    kind: MediaKind = "thumb" if caption is not None else "inline"
    writer.media.append(Media(file, kind, writer.position, source_span, None, caption, alt))


def write_code(
    writer: Writer, hull: tuple[int, int], content: tuple[int, int], wraps: re.Pattern[str]
) -> None:
    """Write the code ``source[hull]``, of which *content* is the text."""
    begin = writer.position
    at, end = content
    if at - hull[0] == 1:
        for m in _joint.finditer(writer.source, at, end):
            _write_lines(writer, at, m.start(), wraps)
            writer.literal(" " if "\n" in m[1] else m[1], *m.span())
            at = m.end()
    _write_lines(writer, at, end, wraps)
    writer.style("code", begin, *hull)


def write_math(
    writer: Writer,
    hull: tuple[int, int],
    content: tuple[int, int],
    wraps: re.Pattern[str],
    *,
    display: bool,
) -> None:
    """Write the formula ``source[hull]``, of which *content* is the TeX."""
    source = writer.source
    first, last = content
    while first < last and source[first].isspace():
        first += 1
    while last > first and source[last - 1].isspace() and source[last - 2] != "\\":
        last -= 1
    start, at = writer.position, first
    if source[hull[0]] == "<" or (source[hull[0]] == "$" and _is_escaped(source[first:last])):
        for m in escape.finditer(source, first, last):
            _write_lines(writer, at, m.start(), wraps)
            writer.literal(m[1], *m.span())
            at = m.end()
    _write_lines(writer, at, last, wraps)
    tex = writer.since(start)
    end = writer.position
    writer.math.append(
        Math(tex, span=Span(end - len(tex), end), source_span=Span(*hull), display=display)
    )


def _is_escaped(tex: str) -> bool:
    """Whether a formula was written as text: the backslashes of its commands stand twice."""
    return _doubled.search(tex) is not None and tex_command.search(tex) is None


def _write_lines(writer: Writer, start: int, end: int, wraps: re.Pattern[str]) -> None:
    """Write ``source[start:end]`` with a space for line ends."""
    at = start
    for m in wraps.finditer(writer.source, start, end):
        writer.text(at, m.start())
        writer.literal(" " if at < m.start() else "", m.start(), m.end())
        at = m.end()
    writer.text(at, end)
