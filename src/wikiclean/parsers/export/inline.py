"""
What stands inside a block of the export, written: links, emphasis, notes, formulas, HTML.

A block is read in two steps: ``scan`` finds the tokens and pairs them, and the emitter here writes
them. Where a block begins and ends is decided in ``blocks``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from wikiclean.codes import CODES
from wikiclean.document import (
    Document,
    Link,
    Media,
    Span,
    StyleKind,
    Template,
    most_records,
    outline,
)
from wikiclean.parsers.export.context import Context
from wikiclean.parsers.export.destinations import Place, unescape_markdown
from wikiclean.parsers.export.markup import (
    BLOCK_TAGS,
    CELL_TAGS,
    IMAGES,
    destination,
    quoted_wrap,
    spaced_destination,
    wrap,
)
from wikiclean.parsers.export.notes import Places
from wikiclean.parsers.export.plain import (
    FileOptions,
    end_of_option,
    file_name,
    file_title,
    film_caption,
    lift,
    names_file,
    neighbours,
    open_rule,
    record_link,
    report_swallowed,
    skip_space,
    write_code,
    write_img,
    write_line_end,
    write_math,
    write_plain,
)
from wikiclean.parsers.export.scan import Marker, Scanner, Token
from wikiclean.parsers.export.wrapping import is_cjk
from wikiclean.parsers.tags import STYLES
from wikiclean.parsers.writer import Writer
from wikiclean.site import Site
from wikiclean.variants import is_note_ta, note_ta_arguments, note_ta_kind

_torn_call = re.compile(r"\{\{[^{}|\[\]\n]{1,60}")
"""The label of a link that was an argument of a template: its name is all that is left."""
_cut_rule = re.compile(r"-\{(?:[A-Za-z]?|zh(?:-[a-z]+)?:([^{}\[\]]*))")
"""The label of a link that was a rule of the converter: pandoc cut it at its first bar."""

_CHARACTERS: Final = MappingProxyType({"{{=}}": "=", "{{!}}": "|", r"{{\!}}": "|"})
"""Calls that stand for a character. Source: MediaWiki 1.39, magic words ``=`` and ``!``."""
_UNSEEN: Final = frozenset({"note", "image", "film", "file", "link", "open", "drop", "template"})
"""Kinds of tokens that may leave nothing between two spaces."""


def write_inline(
    context: Context,
    writer: Writer,
    start: int,
    end: int,
    *,
    quoted: bool = False,
    depth: int = 0,
    lift_languages: bool = False,
) -> None:
    """
    Read ``source[start:end]`` as the content of a block and write it.

    Args:
        context: What is known of the page.
        writer: Has an open block.
        start: Source offset.
        end: Source offset.
        quoted: Whether its lines begin with ``>``.
        depth: How many captions and rules it stands in.
        lift_languages: Whether interlanguage links leave the text, as in a paragraph of them.
    """
    at = start
    if context.source.find("}}", start, end) < 0:  # the end of an infobox takes what was before it
        at = write_plain(context, writer, start, end, quoted=quoted, lift_languages=lift_languages)
    if at < end:
        scanner = Scanner(context, start, end, quoted=quoted)
        tokens = scanner.scan(at)
        emitter = _Emitter(context, writer, scanner.markers, quoted=quoted, depth=depth)
        emitter.lift_languages = lift_languages
        emitter.emit(tokens, at, end)


class _Open:
    """A construct that is open while its content is written."""

    __slots__ = ("alive", "key", "source_end", "source_start", "start")

    def __init__(self, key: object, start: int, source_start: int, source_end: int) -> None:
        self.key = key
        self.start = start
        self.source_start = source_start
        self.source_end = source_end
        self.alive = True


class _Emitter:
    """Writes the tokens of a block."""

    def __init__(
        self,
        context: Context,
        writer: Writer,
        markers: dict[int, list[Marker]],
        *,
        quoted: bool,
        depth: int,
    ) -> None:
        self.context = context
        self.source = context.source
        self.writer = writer
        self.markers = markers
        self.quoted = quoted
        self.wraps = quoted_wrap if quoted else wrap
        self.depth = depth
        self.lift_languages = False
        self.stack: list[_Open] = []
        self.entries: dict[object, _Open] = {}
        self.tokens: list[Token] = []
        self.index = 0
        self.end = 0
        self.label_end = 0
        """Source offset up to which what is written is the label of a link."""
        self.at = 0
        """Source offset up to which everything is written."""

    def emit(self, tokens: list[Token], start: int, end: int) -> None:
        """Write ``source[start:end]``, of which *tokens* are the constructs."""
        self.tokens = tokens
        self.end = end
        writer, at = self.writer, start
        handlers = self.HANDLERS
        for self.index, token in enumerate(tokens):
            if token.start < at:
                continue  # inside a construct that was read as a whole
            if token.start > at:
                writer.text(at, token.start)
            self.at = token.end
            handlers[token.kind](self, token)
            at = self.at
            if token.kind in _UNSEEN:
                at = skip_space(writer, at, end)
        if end > at:
            writer.text(at, end)
        for entry in self.stack:
            if entry.alive:
                self._unpaired(entry)

    # ---------------------------------------------------------------- nesting

    def _open(self, key: object, start: int, end: int) -> None:
        entry = _Open(key, self.writer.position, start, end)
        self.stack.append(entry)
        self.entries[key] = entry

    def _close(self, key: object, *, wins: bool = False) -> _Open | None:
        """
        Return the entry that was opened as *key*; None if something open crosses it.

        Of two constructs that cross, the one that *wins* stands, else the one closed later.
        """
        entry = self.entries.pop(key, None)
        if entry is None or not entry.alive:
            return None
        stack = self.stack
        while stack and not stack[-1].alive:
            stack.pop()
        if wins:
            while stack[-1] is not entry:
                crossing = stack.pop()
                if crossing.alive:
                    self._unpaired(crossing)
        if stack[-1] is entry:
            stack.pop()
            return entry
        self._unpaired(entry)
        return None

    def _unpaired(self, entry: _Open) -> None:
        """Drop the first half of a construct that cannot be recorded."""
        entry.alive = False
        kind = "html_tag_removed" if self.source[entry.source_start] == "<" else "unpaired_emphasis"
        self._drop(kind, entry.source_start, entry.source_end)

    def _drop(self, code: str, start: int, end: int) -> int:
        severity, message = CODES[code]
        return self.writer.drop(code, message, start, end, severity=severity)

    # ---------------------------------------------------------------- links

    def _link(self, token: Token) -> None:
        """Write a link whose label has no markup."""
        place = self.context.destinations.read(token.text, token.more)
        if self._lift(place, token, token.a, token.b, token.end):
            return
        a, site = token.a, place.site
        if site is not None and self.source[a] == ":":
            title = site.title(self.source[a : token.b])
            a += 1 if title.leading_colon else 0  # the page does not show it
        start = self.writer.position
        self.writer.text(a, token.b)
        record_link(self.writer, place, token.text, start, token.start, token.end)

    def _bracket(self, token: Token) -> None:
        """Begin a link whose label has markup, or write a bracket that is none."""
        if token.c < 0:
            if self.source[token.start] == "\\":  # of an address in escaped brackets
                self.writer.literal(f"[{token.text} ", token.start, token.end)
            else:
                self.writer.text(token.start, token.end)
            return
        close = self.tokens[token.c]
        place = self.context.destinations.read(close.text, close.more)
        if self._lift(place, token, token.end, close.start, close.end):
            self.at = close.end
            return
        label = self.source[token.end : close.start]
        if place.internal and _torn_call.fullmatch(label):
            self._drop("template_removed", token.end, close.start)
            here = self.writer.position
            record_link(self.writer, place, close.text, here, token.start, close.end)
            self.at = close.end
            return
        if place.internal and (m := _cut_rule.fullmatch(label)):
            self._cut_rule(m, place, close, token)
            return
        numbered = place.form == "external" and self.source[token.start] == "["
        if numbered and label == str(self.context.externals + 1):
            # A URL without a label: pandoc wrote its number, and the page shows it in brackets.
            self.context.externals += 1
            start = self.writer.position
            self.writer.text(token.start, close.start + 1)
            record_link(self.writer, place, close.text, start, token.start, close.end)
            self.at = close.end
            return
        self._open(token.c, token.start, token.end)
        self.label_end = max(self.label_end, close.start)

    def _cut_rule(self, m: re.Match[str], place: Place, close: Token, token: Token) -> None:
        """Write a label that was a rule of the converter: its first word, else the title."""
        start = self.writer.position
        if m[1]:
            word = m.start(1) + token.end
            self._drop("stray_braces", token.end, word)
            self.writer.text(word, close.start)
        else:
            severity, message = CODES["stray_braces"]
            self.writer.diagnose("stray_braces", message, token.end, close.start, severity=severity)
            self.writer.literal(place.target, token.end, close.start)
        record_link(self.writer, place, close.text, start, token.start, close.end)
        self.at = close.end

    def _close_link(self, token: Token) -> None:
        entry = self._close(self.index, wins=True)
        if entry is None:  # its label began outside of what is written here
            self._drop("stray_brackets", token.start, token.end)
            return
        place = self.context.destinations.read(token.text, token.more)
        start = entry.start
        if place.internal and self.source.startswith("\\[", self.tokens[token.c].end):
            label = self.writer.since(start)
            if len(label) > 1 and "]" not in label and not place.target.startswith("["):
                start += 1  # ``[[[甲]] 乙]``: the bracket stands before the link
        record_link(self.writer, place, token.text, start, entry.source_start, token.end)

    def _lift(self, place: Place, token: Token, label: int, label_end: int, end: int) -> bool:
        """Take a link out of the text if it is not one: a file, a category, a language."""
        if not place.may_lift:
            return False
        if place.kind == "file":
            self._media(token, place, label, label_end, end, -1)
            return True
        return lift(
            self.writer,
            place,
            self.source[label:label_end],
            Span(token.start, end),
            lift_languages=self.lift_languages,
        )

    # ---------------------------------------------------------------- images

    def _image(self, token: Token) -> None:
        place = self.context.destinations.read(token.text, token.more)
        self._media(token, place, token.a, token.b, token.end, token.c)

    def _media(
        self, token: Token, place: Place, label: int, label_end: int, end: int, tail_end: int
    ) -> None:
        """Record a file; what its label has swallowed is of the caption, or the page's text."""
        source, writer = self.source, self.writer
        is_file = place.kind == "file"
        file = place.name if is_file else file_title(self.context, token.text, token.more)
        site = place.site or self.context.destinations.site
        caption: Document | None = None
        alt = ""
        options: tuple[str, ...] = ()
        swallowed = label_end
        lone = False
        if token.kind != "image" or token.more == "wikilink":
            last = max(source.rfind("|", label, label_end) + 1, label)
            swallowed = last + end_of_option(site, source[last:label_end])
        if tail_end >= 0:
            start = source.index(")", label_end) + 1
            start = max(start, self._image_end(token, tail_end))
            stop, alt, options = self._tail_options(site, start, tail_end)
            caption = self._caption((swallowed, label_end), (start, stop))
            severity, message = CODES["caption_tail"]
            writer.diagnose(
                "caption_tail", message, token.start, end, severity=severity, certainty="likely"
            )
        else:
            found, alt, options = self._parts(token, site, file, (label, swallowed))
            if found is not None:
                caption = self._caption(found)
                lone = token.kind != "image" and found == (label, swallowed)
        writer.media.append(
            Media(
                file,
                "thumb" if caption is not None and not lone else "inline",
                writer.position,
                Span(token.start, end),
                caption=caption,
                alt=alt,
                options=options,
            )
        )
        if tail_end < 0 and swallowed < label_end:
            report_swallowed(writer, swallowed, label_end)
            write_inline(
                self.context, writer, swallowed, label_end, quoted=self.quoted, depth=self.depth
            )

    def _parts(
        self, token: Token, site: Site, file: str, where: tuple[int, int]
    ) -> tuple[tuple[int, int] | None, str, tuple[str, ...]]:
        """
        Return what the label of a file says: where its caption is, the alternative text, the rest.

        The caption is the last part that is no option. An only part is none where it is the file's
        name, nor where the label of an image, which has its options no more, may be one of them.
        """
        source = self.source
        label, label_end = where
        whole = unescape_markdown(source[label:label_end])
        cut = token.more.startswith("fig:") and source[token.start] != "!"
        nothing = cut or names_file(site, whole, file)
        caption: tuple[int, int] | None = None
        options = FileOptions(site)
        stop = label_end
        while stop >= label:
            start = max(source.rfind("|", label, stop) + 1, label)
            text = source[start:stop]
            if options.take(text):
                pass
            elif caption is not None:
                options.others.append(text)
            elif text.strip() and not (nothing and stop - start == label_end - label):
                caption = (start, stop)
            stop = start - 1
        return caption, options.alt, tuple(reversed(options.others))

    def _tail_options(self, site: Site, start: int, end: int) -> tuple[int, str, tuple[str, ...]]:
        """Return where the options begin that stand behind a caption, and what they say."""
        options = FileOptions(site)
        while (bar := self.source.rfind("|", start, end)) >= 0:
            if not options.take(self.source[bar + 1 : end]):
                break
            end = bar
        return end, options.alt, tuple(reversed(options.others))

    def _file(self, token: Token) -> None:
        """Record a file of wikitext that pandoc tore to pieces."""
        source, writer = self.source, self.writer
        site = self.context.destinations.site
        start, stop = token.a, token.b
        options = FileOptions(site)
        while start < stop:
            bar = source.find("|", start, stop)
            if not options.take(source[start : bar if bar >= 0 else stop]):
                break
            start = bar + 1 if bar >= 0 else stop
        stop, last_alt, behind = self._tail_options(site, start, stop)
        caption = self._caption((start, stop))
        severity, message = CODES["caption_tail"]
        writer.diagnose(
            "caption_tail", message, token.start, token.end, severity=severity, certainty="likely"
        )
        file = file_name(token.text)
        writer.media.append(
            Media(
                file[:1].upper() + file[1:],
                "thumb" if caption is not None else "inline",
                writer.position,
                Span(token.start, token.end),
                caption=caption,
                alt=last_alt or options.alt,
                options=(*options.others, *behind),
            )
        )

    def _film(self, token: Token) -> None:
        found = film_caption(self.context, token.text, token.a, token.end)
        caption = self._caption(found) if found is not None else None
        span = Span(token.start, token.end)
        write_img(self.context, self.writer, token.text, span, caption)

    def _image_end(self, token: Token, limit: int) -> int:
        """Return where an image ends whose caption stands behind it."""
        m = destination.match(self.source, token.b + 1, limit)
        m = m or spaced_destination.match(self.source, token.b + 1, limit)
        return m.end() if m else token.b + 1

    def _caption(self, *places: tuple[int, int]) -> Document | None:
        """Read *places* of the source as one Document that stands outside the text."""
        ranges = [(start, end) for start, end in places if start < end]
        if self.depth >= self.context.max_depth:
            for start, end in ranges:
                self._drop("too_deep", start, end)
            return None
        if not ranges:
            return None
        owner = f"media/{len(self.writer.media)}"
        return read_nested(self.context, ranges, owner, depth=self.depth + 1, quoted=self.quoted)

    # ---------------------------------------------------------------- formatting

    def _stars(self, token: Token) -> None:
        made = self.markers.get(token.start, [])
        covered = sum(m.end - m.start for m in made)
        surplus = token.end - token.start - covered
        if surplus:
            self._drop("empty_bold", token.start, token.start + surplus)
        for marker in made:
            if marker.partner is None:
                self._as_text("unpaired_emphasis", marker.start, marker.end)
            elif marker.opening:
                self._open(marker.partner, marker.start, marker.end)
            else:
                self._end_style(marker, marker.style, marker.start, marker.end)

    def _end_style(self, key: object, style: StyleKind | None, start: int, end: int) -> None:
        """Close formatting; without a style or without content its markup is dropped."""
        entry = self._close(key)
        code = "html_tag_removed" if self.source[start] == "<" else "empty_bold"
        if entry is None:
            self._drop("unpaired_emphasis" if code == "empty_bold" else code, start, end)
        elif style is None or self.writer.position <= entry.start:
            index = self._drop(code, entry.source_start, entry.source_end)
            self.writer.also_drop(index, start, end)
        else:
            self.writer.style(style, entry.start, entry.source_start, end)

    def _tag(self, token: Token) -> None:
        if token.text in IMAGES and not token.more:
            span = Span(token.start, token.end)
            write_img(self.context, self.writer, self.source[slice(*span)], span)
        elif token.c < 0:
            self._drop("html_tag_removed", token.start, token.end)
        elif token.more:
            self._end_style(self.index, STYLES.get(token.text), token.start, token.end)
        else:
            self._open(token.c, token.start, token.end)
        if token.text in BLOCK_TAGS and not self.writer.at_line_start:
            self._line_break(token.end, token.end)
        elif token.text in CELL_TAGS and not token.more and not self.writer.at_line_start:
            self.writer.literal(" ", token.end, token.end)

    def _code(self, token: Token) -> None:
        if self.writer.at_line_start and self.source[token.a : token.b].isspace():
            self._drop("empty_bold", token.start, token.end)
            return
        write_code(self.writer, (token.start, token.end), (token.a, token.b), self.wraps)

    def _math(self, token: Token) -> None:
        hull, content = (token.start, token.end), (token.a, token.b)
        write_math(self.writer, hull, content, self.wraps, display=token.more == "display")

    # ---------------------------------------------------------------- characters

    def _escape(self, token: Token) -> None:
        self.writer.literal(token.text, token.start, token.end)

    def _pair(self, token: Token) -> None:
        if token.more:
            self.writer.literal(token.text[0], token.start, token.start + 2)
            self.writer.literal(token.text[0], token.start + 2, token.end)
        else:
            self._drop("stray_brackets", token.start, token.end)

    def _entity(self, token: Token) -> None:
        self.writer.literal(token.text, token.start, token.end)

    def _space(self, token: Token) -> None:
        before, after = neighbours(self.context, self.writer, token.end, self.end)
        alone = is_cjk(before) and is_cjk(after)
        self.writer.literal("" if alone else " ", token.start, token.end)

    def _break(self, token: Token) -> None:
        # A line end behind a break is part of it.
        m = self.wraps.match(self.source, token.end, self.end)
        end = m.end() if m else token.end
        self._line_break(token.start, end)
        self.at = end

    def _newline(self, token: Token) -> None:
        self._end_line()
        write_line_end(self.context, self.writer, token.start, token.end, self.end)

    def _line_break(self, start: int, end: int) -> None:
        self._end_line()
        self.writer.line_break(start, end)

    def _end_line(self) -> None:
        """Take the spaces off the end of a line that has begun."""
        if not self.writer.at_line_start:
            self.writer.strip()
            self._pull_back()

    def _pull_back(self) -> None:
        """Let what was opened in white space that is gone begin where the text now ends."""
        here = self.writer.position
        for entry in reversed(self.stack):
            if entry.start <= here:
                break
            entry.start = here

    # ---------------------------------------------------------------- the rest

    def _url(self, token: Token) -> None:
        writer = self.writer
        start = writer.position
        writer.text(token.a, token.b)
        end = writer.position
        if token.start < self.label_end:
            return  # the link that it is in has a record
        url = writer.since(start)
        span, hull = Span(end - len(url), end), Span(token.start, token.end)
        writer.links.append(Link(url, url, "", "external", "bare", span, hull, url))

    def _note(self, token: Token) -> None:
        self.context.refer(self.writer, (token.text, token.a), token.start, token.end)

    def _template(self, token: Token) -> None:
        character = _CHARACTERS.get(self.source[token.start : token.end])
        # At an end of a line it parted cells.
        if character == "=" or (
            character and not self.writer.at_line_start and token.end < self.end
        ):
            self.writer.literal(character, token.start, token.end)
            return
        if self.context.read_tag_note(self.writer, token.start, token.end, html=False):
            return
        self._drop("template_removed", token.start, token.end)
        body = self.source[token.start : token.end].lstrip("{").rstrip("}")
        name = body.partition("|")[0].strip().replace("_", " ")
        here = self.writer.position
        self.writer.templates.append(
            Template(
                name[:1].upper() + name[1:],
                "dropped",
                (),
                Span(here, here),
                Span(token.start, token.end),
                self.source,
            )
        )
        if is_note_ta(name[:1].upper() + name[1:]):
            self._note_ta(token)

    def _note_ta(self, token: Token) -> None:
        """Enter the rules that a template holds for the page."""
        for name, start, end in note_ta_arguments(self.source, token.start, token.end):
            kind = note_ta_kind(name)
            if kind == -1:
                severity, message = CODES["conversion_group_not_applied"]
                self.writer.diagnose(
                    "conversion_group_not_applied", message, start, end, severity=severity
                )
            elif kind is not None:
                self.writer.open_rule(start, end, kind)

    def _rule(self, token: Token) -> None:
        if self.depth >= self.context.max_depth:
            self._as_text("too_deep", token.start, token.end)
            return
        entry, chosen = open_rule(self.context, self.writer, token.a, token.end, token.start)
        if isinstance(chosen, str):
            if chosen:
                self.writer.literal(chosen, token.end, token.end)
            self.writer.close_rule(entry)
            return
        write_inline(
            self.context,
            self.writer,
            chosen.start,
            chosen.end,
            quoted=self.quoted,
            depth=self.depth + 1,
        )
        self.writer.close_rule(entry)

    def _dropped(self, token: Token) -> None:
        self._drop(token.text, token.start, token.end)

    def _literal(self, token: Token) -> None:
        self._as_text(token.text, token.start, token.end)

    def _as_text(self, code: str, start: int, end: int) -> None:
        """Write markup that has no partner as the text that it then is, and report it."""
        severity, message = CODES[code]
        self.writer.diagnose(code, message, start, end, severity=severity)
        self.writer.text(start, end)

    HANDLERS: Final = {
        "link": _link,
        "image": _image,
        "open": _bracket,
        "close": _close_link,
        "escape": _escape,
        "stars": _stars,
        "code": _code,
        "math": _math,
        "tag": _tag,
        "film": _film,
        "file": _file,
        "break": _break,
        "newline": _newline,
        "space": _space,
        "url": _url,
        "entity": _entity,
        "note": _note,
        "template": _template,
        "rule": _rule,
        "drop": _dropped,
        "literal": _literal,
        "pair": _pair,
    }


def read_nested(
    context: Context,
    ranges: list[tuple[int, int]],
    owner: str,
    *,
    depth: int,
    quoted: bool = False,
    write: Callable[..., None] | None = None,
) -> Document | None:
    """
    Read *ranges* of the source as one Document; None if there is nothing in them.

    Args:
        context: What is known of the page.
        ranges: Source offsets.
        owner: The last part of its path.
        depth: How many captions and rules it stands in.
        quoted: Whether its lines begin with ``>``.
        write: What reads them: ``write_html``, if not ``write_inline``.
    """
    writer = Writer(context.source)
    met = context.met
    start, end = ranges[0][0], ranges[-1][1]
    outer, context.owner = context.owner, f"{context.owner}/{owner}" if context.owner else owner
    block = writer.open_block("paragraph", start)
    for i, (a, b) in enumerate(ranges):
        if i:
            writer.mark(block, ranges[i - 1][1], a)
        if write is not None:
            write(context, writer, a, b, depth=depth)
        else:
            write_inline(context, writer, a, b, quoted=quoted, depth=depth)
    writer.close_block(block, end)
    document = writer.finish(
        dialect="export", site=context.destinations.site.name, extent=Span(start, end)
    )
    context.places[context.owner] = Places(outline(document, "blocks"))
    context.owner = outer
    return document if context.met > met or most_records(document) else None
