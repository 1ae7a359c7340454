"""
The tokens of a block of the export, and which of them belong together.

Here live the tokens, what reads one construct each, and the pairing of brackets, tags and emphasis.
One loop, each step bounded by what it consumes. Nothing is written here; ``inline`` does that.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from html import unescape
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from wikiclean.document import StyleKind
from wikiclean.parsers.export.context import Context
from wikiclean.parsers.export.ends import Ends
from wikiclean.parsers.export.markup import (
    DRAWN,
    FILMS,
    TAGS,
    TITLES,
    construct,
    destination,
    display_math,
    emptied,
    empty_note,
    field,
    is_display,
    is_odd_link,
    quoted_wrap,
    spaced_destination,
    tex_command,
    torn_drawing,
    wrap,
)

STRIKE: Final = "~~"
"""What struck out text stands between."""
QUOTES: Final = MappingProxyType({"''": "i", "'''": "b"})
"""The same of italic and bold words in wikitext, and their elements."""

MAX_SPACED_DESTINATION: Final = 300
"""Code points of a destination with spaces in it; a title has at most 255 bytes."""
MAX_ITALIC: Final = 60
"""Code points of source between two apostrophes and two more that may be of one pair."""
MAX_BRACKETED: Final = 1000
"""Code points of the label of an external link that pandoc left as text."""
_tag = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*+)((?:\s[^<>]*+)?)(/?)>")
_autolink = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*+)>")
# What a bracket begins behind the angle bracket is of the address, which held brackets.
_bracketed = re.compile(
    r"\\\[<((?:https?|ftp)://[^\s<>]++)>(|\)[^\s<>\[\]\\]*+)(?:[ \u3000]|\r?\n[ \t]*+)[ \u3000]*+"
)
_entity = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_url = re.compile(  # brackets within it balance
    r"(?:[A-Za-z0-9._~:/?#@!$&'*+,;=%-]|\([A-Za-z0-9._~:/?#@!$&'*+,;=%-]*+\))++"
)
_scheme = re.compile(r"(?:https?|ftp)\Z", re.IGNORECASE)
_named_note = re.compile(r"\[\^([^\]\s]{1,64})\]")
_labelled_note = re.compile(r"\\\[((?:註|注|note|Note) ?)([0-9]{1,4})\\\]")
_escaped_switch = re.compile(r"\\_\\_([^\W_]{1,32})\\_\\_")
_ticks = re.compile(r"`++")
# A dollar opens before what is no space, and closes behind such, but not before a digit.
# Source: Pandoc User's Guide, extension tex_math_dollars.
_dollar_math = re.compile(r"\$\$([^$]++)\$\$|\$`([^`\n]++)`\$|\$(?!\s)([^$\n]++)(?<!\s)\$(?![0-9])")
# What text would have escaped, or seldom has; and what pandoc escapes in text alone.
_tex_sign = re.compile(r"[=^]|(?<!\\)_")
_text_sign = re.compile(r"://|\\[<>*#~`\[\]]|(?<![\\A-Za-z])[A-Za-z]{3}")
_line_end = re.compile(r"[.,;:。，；：、]?[ \t]*\r?(?:\n|\Z)")
_nothing = re.compile(r"\s*+\Z")
_primed = re.compile(r"(?:(?<![A-Za-z])[A-Za-z]|[)\]])\Z")
"""What primes stand behind: the name of a thing, or brackets."""
_quotes = re.compile(r"('''?)(?!')((?:[^']|'(?!')){1,300})\1(?!')")
"""Formatting in wikitext; pandoc leaves what has a space behind or before its apostrophes."""


TokenKind: TypeAlias = Literal[
    "link",  # whole: label without markup; a, b: label range; text: destination; more: title
    "image",  # text: destination; a, b: label range; c: end of a caption tail, or -1
    "open",  # [ of a link with markup in its label; c: index of its close
    "close",  # ] and destination; text: destination; more: title; c: index of its open
    "escape",  # text: the character
    "stars",  # resolved into markers
    "code",  # a, b: content range
    "math",  # a, b: content range
    "film",  # a: end of the start tag; text: its attributes
    "file",  # a file of wikitext; a, b: range of what stands behind its name; text: the name
    "tag",  # text: name; more: "/" for a closing one; c: index of its partner, or -1; b: where
    # the one of a tag that is written as apostrophes begins
    "break",  # <br>, or a line end with a backslash
    "newline",
    "space",
    "url",  # a, b: range of the address
    "entity",
    "note",  # text: group; a: number
    "template",
    "rule",
    "drop",  # text: code of the diagnostic
    "literal",  # markup without a partner, which stands as text; text: code of the diagnostic
    "pair",  # \\[\\[ or \\]\\]; text: the brackets; more: "kept" if it has a partner
]


class Token:
    """A construct found in a block; what the other fields hold, ``TokenKind`` says."""

    __slots__ = ("a", "b", "c", "end", "kind", "more", "start", "text")

    def __init__(
        self,
        kind: TokenKind,
        start: int,
        end: int,
        a: int = 0,
        b: int = 0,
        c: int = -1,
        text: str = "",
        more: str = "",
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.a = a
        self.b = b
        self.c = c
        self.text = text
        self.more = more


class Marker:
    """One end of an emphasis."""

    __slots__ = ("end", "opening", "partner", "start", "style")

    def __init__(self, start: int, end: int, style: StyleKind, *, opening: bool) -> None:
        self.start = start
        self.end = end
        self.style = style
        self.opening = opening
        self.partner: Marker | None = None


class Scanner:
    """Finds the tokens of a block and pairs them."""

    def __init__(self, context: Context, start: int, end: int, *, quoted: bool) -> None:
        self.context = context
        self.source = context.source
        self.start = start
        self.end = end
        self.wrap = quoted_wrap if quoted else wrap
        self.tokens: list[Token] = []
        self.markers: dict[int, list[Marker]] = {}
        """Source offset of a run of stars → its markers in order."""
        self.openers: list[int] = []
        self.linked = 0
        """How many tokens there were before the last link; none of them opens another."""
        self.linked_out = 0
        """The same of the last link to another server."""
        self.stars: list[Token] = []
        self.pairs: list[int] = []
        self.open_tags: dict[str, list[int]] = {}
        self.ticks: dict[int, list[int]] | None = None
        self.last_field = -1
        """Source offset behind the last field of an unclosed template; -1 if not looked for."""
        self.braced = start
        """Source offset behind the last closing braces without a partner."""
        self.single_braces = 0
        """How many braces were open there that are text."""
        self.no_url = -1
        """Source offset up to which no address begins."""
        self.bracketed = -1
        """Where the bracket stands that ends the last external link which pandoc left as text."""
        self.bracket = 0
        """Index of its first token."""
        self.ends = Ends(context.source, end)

    def scan(self, at: int) -> list[Token]:
        """Return the tokens in source order, of those from *at* on; no earlier one pairs."""
        search, end, source = construct.search, self.end, self.source
        tokens = self.tokens
        handlers = self.HANDLERS
        read = self.context.destinations.read
        while True:
            m = search(source, at, end)
            if m is None:
                break
            at = m.end()
            start = m.start()
            title = m.lastindex
            if title in TITLES and (
                "\\" not in (to := m[title - 1]) or not is_odd_link(m, read(to, "wikilink"))
            ):
                label, label_end = m.span(title - 2)
                tokens.append(Token("link", start, at, label, label_end, -1, to, "wikilink"))
                self.linked = len(tokens)
            else:
                at = handlers[source[start]](self, start, at)
        if self.stars:
            self._pair_stars()
        for mark in (STRIKE, *QUOTES):
            for index in self.open_tags.get(mark, ()):
                tokens[index].kind = "literal"
                tokens[index].text = "unpaired_emphasis"
        if self.pairs:
            self._find_captions()
        return self.tokens

    # ---------------------------------------------------------------- one construct each

    def _bracket(self, at: int, end: int) -> int:
        source = self.source
        if source.startswith("[^", at):
            m = _named_note.match(source, at, self.end)
            if m and self.context.dollars:
                self.tokens.append(Token("note", at, m.end(), self.context.number(m[1])))
                return m.end()
        if source[at] == "!":
            self.tokens.append(Token("open", at, at + 2, text="!"))
            end = at + 2
        else:
            self.tokens.append(Token("open", at, at + 1))
            end = at + 1
        self.openers.append(len(self.tokens) - 1)
        return end

    def _close_bracket(self, at: int, end: int) -> int:
        if not self.openers:
            return end
        source = self.source
        m = destination.match(source, at + 1, self.end) if source.startswith("(", at + 1) else None
        if m is None and source.startswith("(", at + 1):
            limit = min(self.end, at + MAX_SPACED_DESTINATION)
            m = spaced_destination.match(source, at + 1, limit)
        index = self.openers.pop()
        opener = self.tokens[index]
        title = "" if m is None else m[2] or ""
        # A link stands in no link but one to another server, and in the label of an image.
        floor = self.linked if title == "wikilink" else self.linked_out
        if m is None or (opener.text != "!" and index < floor):
            return end
        if opener.text != "!":
            self.linked = index
            if not title:
                self.linked_out = index
        if title == "wikilink" and source[at - 1] in "ⓦⓇ" and at - 1 >= opener.end:
            self.tokens.append(Token("drop", at - 1, at, text="marker_suffix_removed"))
        if opener.text == "!" or title.startswith("fig:"):
            self._forget(index, opener.start)
            self.tokens.append(
                Token("image", opener.start, m.end(), opener.end, at, text=m[1], more=title)
            )
        else:
            opener.c = len(self.tokens)
            self.tokens.append(Token("close", at, m.end(), c=index, text=m[1], more=title))
        return m.end()

    def _forget(self, index: int, start: int) -> None:
        """Take the tokens from *index* on back, which begins at *start*."""
        for token in self.tokens[index:]:
            if 0 <= token.c < index and token.kind in ("close", "tag"):
                self.tokens[token.c].c = -1  # what it ended has no end any more
        del self.tokens[index:]
        self.linked = min(self.linked, index)
        self.linked_out = min(self.linked_out, index)
        while self.openers and self.openers[-1] >= index:
            self.openers.pop()
        while self.stars and self.stars[-1].start >= start:
            self.stars.pop()
        while self.pairs and self.pairs[-1] >= index:
            self.pairs.pop()
        for opened in self.open_tags.values():
            while opened and opened[-1] >= index:
                opened.pop()

    def _escape(self, at: int, end: int) -> int:
        source, what = self.source, self.source[at + 1]
        if what == "[":
            if at in self.context.torn_files:
                first, end, name = self.context.torn_files[at]
                if end <= self.end:
                    self.tokens.append(Token("file", at, end, first, end - 4, text=name))
                    return end
            number = self.context.notes.get(at)
            if number is not None:
                end = source.index("]", at) + 1
                self.tokens.append(Token("note", at, end, number))
                return end
            m = _labelled_note.match(source, at, self.end)
            if m:
                self.tokens.append(Token("note", at, m.end(), int(m[2]), text=m[1].strip()))
                return m.end()
            if source.startswith("<", end) and (stop := self._bracketed_address(at)) >= 0:
                return stop
            m = display_math.match(source, at, self.end)
            if m and (tex_command.search(m[1]) or self._begins_line(m)):
                self.tokens.append(Token("math", at, m.end(), *m.span(1), more="display"))
                return m.end()
        if at == self.bracketed:
            return self._close_bracketed(end)
        if what in "[]" and source.startswith("\\" + what, at + 2):
            if at + 4 <= self.end and (what == "]" or at + 2 not in self.context.notes):
                self.pairs.append(len(self.tokens))
                self.tokens.append(Token("pair", at, at + 4, text=what * 2))
                return at + 4
        elif what == "(":
            close = self.ends.find("\\)", at + 2)
            if close >= 0 and self.context.is_formula(source[at + 2 : close]):
                self.tokens.append(Token("math", at, close + 2, at + 2, close))
                return close + 2
        elif what in "<>" and (stop := self._comment(at, end)) >= 0:
            return stop
        elif what == "-" and at + 1 in self.context.rules:
            close = self.context.rules[at + 1]
            if close <= self.end:
                self.tokens.append(Token("rule", at, close, at + 1))
                return close
        elif what == "_":
            m = _escaped_switch.match(source, at, self.end)
            if m and self.context.destinations.site.behavior_switch(f"__{m[1]}__"):
                self.tokens.append(Token("drop", at, m.end(), text="behavior_switch"))
                return m.end()
        elif what in "\r\n":
            wrap = self.wrap.match(source, at + 1, self.end)
            end = wrap.end() if wrap else end
            self.tokens.append(Token("break", at, end))
            return end
        self.tokens.append(Token("escape", at, end, text=what))
        return end

    def _bracketed_address(self, at: int) -> int:
        """Begin an external link that pandoc left as text; return -1 if none is there."""
        m = _bracketed.match(self.source, at, self.end)
        if m is None or self.bracketed >= at:
            return -1
        limit = min(self.end, m.end() + MAX_BRACKETED)
        close = self.source.find("\\]", m.end(), limit)
        if close < 0 or self.source.find("\\[", m.end(), close) >= 0:
            return -1
        self.bracketed = close
        self.tokens.append(Token("open", at, m.end(), text=m[1] + m[2]))
        self.bracket = len(self.tokens) - 1
        return m.end()

    def _close_bracketed(self, end: int) -> int:
        start, tokens = self.bracketed, self.tokens
        opener = tokens[self.bracket] if self.bracket < len(tokens) else None
        if opener is None or opener.kind != "open" or self.source[opener.start] != "\\":
            tokens.append(Token("escape", start, end, text="]"))  # a file took what was before
            return end
        while start > tokens[-1].end and self.source[start - 1].isspace():
            start -= 1
        opener.c = len(tokens)
        tokens.append(Token("close", start, end, c=self.bracket, text=opener.text))
        return end

    def _comment(self, at: int, end: int) -> int:
        """
        Take out the marks of a comment that pandoc wrote as text, for it holds several blocks.

        Where text stands behind the one that begins it or on both sides of the other, the author
        writes of comments.
        """
        source, context = self.source, self.context
        if source[at + 1] == "<" and source.startswith("\\!--", end):
            end += 4
            if not _nothing.match(source, end, self.end):
                return -1
            context.commented = True
        elif source[at + 1] == ">" and context.commented and source.startswith("--", at - 2):
            at -= 2
            if at < (self.tokens[-1].end if self.tokens else self.start):
                return -1
            if not (
                _nothing.match(source, self.start, at) or _nothing.match(source, end, self.end)
            ):
                return -1
            context.commented = False
        else:
            return -1
        self.tokens.append(Token("drop", at, end, text="comment"))
        return end

    def _begins_line(self, m: re.Match[str]) -> bool:
        """Whether it may be a formula by what stands on its lines of the block: nothing before."""
        source, at = self.source, m.start()
        if not is_display(m[1]):
            return False
        if _line_end.match(source, m.end(), self.end) is None and (
            _text_sign.search(m[1]) or not _tex_sign.search(m[1])
        ):
            return False
        while at > self.start and source[at - 1] in " \t>":
            at -= 1
        if at == self.start and self._is_in_cell(at):
            # Pandoc displays formulas behind a colon, which cells hardly have, and sounds in
            # brackets are common there.
            return _tex_sign.search(m[1]) is not None
        return at == self.start or source[at - 1] == "\n"

    def _is_in_cell(self, at: int) -> bool:
        """Whether a bar stands before this place on its line, as before cells of a pipe table."""
        while at and self.source[at - 1] == " ":
            at -= 1
        return at > 0 and self.source[at - 1] == "|"

    def _stars(self, at: int, end: int) -> int:
        token = Token("stars", at, end)
        self.tokens.append(token)
        self.stars.append(token)
        return end

    def _tick(self, at: int, end: int) -> int:
        if self.ticks is None:
            self.ticks = {}
            for m in _ticks.finditer(self.source, at, self.end):
                self.ticks.setdefault(m.end() - m.start(), []).append(m.start())
        length = end - at
        places = self.ticks.get(length, [])
        index = bisect_left(places, end)
        if index == len(places):
            return end
        close = places[index]
        start, stop = end, close
        source = self.source
        # Pandoc pads what has backticks in it, and nothing else.
        if length > 1 and stop - start > 2 and source[start] == source[stop - 1] == " ":
            start, stop = start + 1, stop - 1
        self.tokens.append(Token("code", at, close + length, start, stop))
        return close + length

    def _angle(self, at: int, end: int) -> int:
        source = self.source
        m = _tag.match(source, at, self.end)
        if m and (name := m[2].lower()) in TAGS:
            return self._tag(m, name)
        if source.startswith("<!--", at) and (close := self.ends.find("-->", at + 4)) >= 0:
            self.tokens.append(Token("drop", at, close + 3, text="comment"))
            return close + 3
        m = _autolink.match(source, at, self.end)
        if m:
            self.tokens.append(Token("url", at, m.end(), at + 1, m.end() - 1))
            return m.end()
        return end

    def _tag(self, m: re.Match[str], name: str) -> int:
        start, end = m.span()
        if name in ("br", "hr"):
            self.tokens.append(Token("break", start, end))
        elif name in FILMS and not m[1] and (close := self.ends.find(f"</{name}>", end)) >= 0:
            close += len(f"</{name}>")
            self.tokens.append(Token("film", start, close, end, text=m[3]))
            end = close
        elif name == "ref" and (empty := empty_note.match(self.source, start, self.end)):
            end = empty.end()
            self.tokens.append(Token("drop", start, end, text="html_tag_removed"))
        elif name in DRAWN and (drawing := torn_drawing.match(self.source, start, self.end)):
            end = drawing.end()
            self.tokens.append(Token("drop", start, end, text="tag_dropped"))
        elif name == "math" and not m[1] and (close := self.ends.find("</math>", end)) >= 0:
            self.tokens.append(Token("math", start, close + len("</math>"), end, close))
            end = close + len("</math>")
        elif name == "references":
            self.tokens.append(Token("drop", start, end, text="references_placeholder"))
        elif m[1]:
            opened = self.open_tags.get(name)
            partner = opened.pop() if opened else -1
            if partner >= 0:
                self.tokens[partner].c = len(self.tokens)
            self.tokens.append(Token("tag", start, end, c=partner, text=name, more="/"))
        else:
            if not (m[4] or m[3].endswith("/")):
                self.open_tags.setdefault(name, []).append(len(self.tokens))
            self.tokens.append(Token("tag", start, end, text=name))
        return end

    def _newline(self, at: int, end: int) -> int:
        m = self.wrap.match(self.source, at, self.end)
        end = m.end() if m else end
        self.tokens.append(Token("newline", at, end))
        return end

    def _space(self, at: int, end: int) -> int:
        self.tokens.append(Token("space", at, end))
        return end

    def _entity(self, at: int, end: int) -> int:
        m = _entity.match(self.source, at, self.end)
        if m and (value := unescape(m[0])) != m[0]:
            self.tokens.append(Token("entity", at, m.end(), text=value))
            return m.end()
        return end

    def _brace(self, at: int, end: int) -> int:
        source, braces = self.source, self.context.braces
        # Of {{{ the inner two are the pair.
        for inner in range(at, min(end - 1, at + 3)):
            close = braces.get(inner)
            if close is not None and close <= self.end:
                if source.startswith("[", inner + 2):
                    return end  # the name of a template, with a link to it
                more = int(inner > at and source.startswith("}", close, self.end))  # {{{1}}}
                self.tokens.append(Token("template", inner - more, close + more))
                return close + more
        if self.last_field < 0:
            ends = [m.end() for m in field.finditer(source, end, self.end)]
            self.last_field = ends[-1] if ends else 0
        if self.last_field <= end:
            self.tokens.append(Token("drop", at, end, text="stray_braces"))
            return end
        # An infobox that was never closed: what follows its last field is the article.
        self.context.torn = True
        self.tokens.append(Token("template", at, self.last_field))
        return self.last_field

    def _close_brace(self, at: int, end: int) -> int:
        source, begin = self.source, self.braced
        self.braced = end
        found = field.search(source, begin, at)
        if found is not None:
            # The end of an infobox whose beginning is gone.
            start, index = found.start(), len(self.tokens)
            while index and self.tokens[index - 1].start >= start:
                index -= 1
            self._forget(index, start)
            self.tokens.append(Token("drop", start, end, text="template_removed"))
            return end
        self.single_braces += source.count("{", begin, at) - source.count("}", begin, at)
        if self.single_braces <= 0:
            self.tokens.append(Token("drop", at, end, text="stray_braces"))
        self.single_braces = max(self.single_braces - 2, 0)
        return end

    def _rule(self, at: int, end: int) -> int:
        close = self.context.rules.get(at)
        if close is None or close > self.end:
            self.tokens.append(Token("literal", at, end, text="stray_braces"))
            return end
        self.tokens.append(Token("rule", at, close, at))
        return close

    def _dollar(self, at: int, end: int) -> int:
        if not self.context.dollars:
            return end
        m = _dollar_math.match(self.source, at, self.end)
        if m is None:
            return end
        group = m.lastindex or 1
        self.tokens.append(Token("math", at, m.end(), m.start(group), m.end(group)))
        return m.end()

    def _underscores(self, at: int, end: int) -> int:
        m = self.context.destinations.site.behavior_switch_pattern.match(self.source, at, self.end)
        if m is None:
            return end
        self.tokens.append(Token("drop", at, m.end(), text="behavior_switch"))
        return m.end()

    def _colon(self, at: int, end: int) -> int:
        if at < self.no_url:
            return end
        source = self.source
        scheme = _scheme.search(source, max(self.start, at - 5), at)
        m = _url.match(source, at, self.end) if scheme else None
        if scheme is None or m is None:
            return end
        stop = m.end()
        while stop > end and source[stop - 1] in ".,;:!?'*":
            stop -= 1
        if stop <= end or source.startswith("\\", stop):
            self.no_url = m.end()  # an address further on would end there too
            return end
        if self.tokens and self.tokens[-1].end > scheme.start():
            return end
        self.tokens.append(Token("url", scheme.start(), stop, scheme.start(), stop))
        return stop

    def _tildes(self, at: int, end: int) -> int:
        """Read ``~~`` of struck out text; a tilde of the text is escaped."""
        if end - at != 2:
            return end
        opened = self.open_tags.setdefault(STRIKE, [])
        if opened and not self.source[at - 1].isspace():
            partner = opened.pop()
            self.tokens[partner].c = len(self.tokens)
            self.tokens.append(Token("tag", at, end, c=partner, text="s", more="/"))
        elif end < self.end and not self.source[end].isspace():
            opened.append(len(self.tokens))
            self.tokens.append(Token("tag", at, end, text="s"))
        return end

    def _quotes(self, at: int, end: int) -> int:
        """Read formatting of wikitext, where a space kept pandoc from it."""
        mark = self.source[at:end]
        if mark not in QUOTES:
            return end
        opened = self.open_tags.setdefault(mark, [])
        stop = end
        if at > self.start and self.source[at - 1] == " " and self.source.startswith(" ", end):
            stop += 1  # a browser shows one of the two spaces
        if opened and self.tokens[opened[-1]].b == at:
            partner = opened.pop()
            self.tokens[partner].c = len(self.tokens)
            self.tokens.append(Token("tag", at, stop, c=partner, text=QUOTES[mark], more="/"))
            return stop
        m = _quotes.match(self.source, at, self.end)
        words = m[2].strip() if m else ""
        if m is None or opened or not words:
            return end
        spaces = m[2][0].isspace() + m[2][-1].isspace()
        close = m.end() - len(mark)
        if not spaces and self.source[at - 1 : at] == "*" == self.source[m.end() : m.end() + 1]:
            # Of five apostrophes on both sides pandoc reads only three where bold words follow.
            opened.append(len(self.tokens))
            self.tokens.append(Token("tag", at, end, b=close, text=QUOTES[mark]))
            return end
        # Apostrophes may be primes, seconds, inches or empty strings.
        primed = _primed.search(self.source, max(at - 2, self.start), at)
        if not spaces or primed or words[0] in ",.;:)=" or words[-1] in "(=":
            return end
        digit = self.source[max(at - 1, 0)].isdigit() or self.source[close - 1].isdigit()
        if mark == "''" and (spaces > 1 or digit or close - stop > MAX_ITALIC):
            return end
        opened.append(len(self.tokens))
        self.tokens.append(Token("tag", at, stop, b=close, text=QUOTES[mark]))
        return stop

    HANDLERS: Final = {
        "[": _bracket,
        "!": _bracket,
        "]": _close_bracket,
        "\\": _escape,
        "*": _stars,
        "`": _tick,
        "<": _angle,
        "\r": _newline,
        "\n": _newline,
        " ": _space,
        "&": _entity,
        "{": _brace,
        "}": _close_brace,
        "-": _rule,
        "$": _dollar,
        "_": _underscores,
        ":": _colon,
        "~": _tildes,
        "'": _quotes,
    }

    # ---------------------------------------------------------------- pairing

    def _pair_stars(self) -> None:
        """
        Pair runs of stars by their order in the block.

        CommonMark's flanking rules refuse ``**《+1》**，``, so they are not asked.
        """
        bold: Marker | None = None
        italic: Marker | None = None
        both: list[Marker] = []  # opened by one run of three

        def join(first: Marker, second: Marker) -> None:
            first.partner, second.partner = second, first

        for token in self.stars:
            at, count = token.start, token.end - token.start
            made: list[Marker] = []
            self.markers[token.start] = made
            if count == 2 and bold is None and emptied.match(self.source, at - 1):
                continue
            rest = count % 4 if count > 4 else count
            if rest != count:
                at = token.end - rest
            if rest in (0, 4):
                continue  # an emptied bold, or one bold after another
            if rest == 3 and bold is None and italic is None:
                bold = Marker(at, at + 2, "bold", opening=True)
                italic = Marker(at + 2, at + 3, "italic", opening=True)
                made += (bold, italic)
                both = made
                continue
            order: list[StyleKind] = ["bold"] if rest == 2 else ["italic"]
            if rest == 3:
                inner_is_bold = bold is not None and (italic is None or bold.start > italic.start)
                order = ["bold", "italic"] if inner_is_bold else ["italic", "bold"]
            for style in order:
                width = 2 if style == "bold" else 1
                opener = bold if style == "bold" else italic
                marker = Marker(at, at + width, style, opening=opener is None)
                at += width
                made.append(marker)
                if opener is not None:
                    if both and opener is both[0] and both[1].partner is None and rest != 3:
                        # ***a** b*: the italic is the outer one.
                        outer = both[1]
                        outer.start, outer.end = opener.start, opener.start + 1
                        opener.start, opener.end = outer.end, outer.end + 2
                        both.reverse()
                    join(opener, marker)
                    marker = None  # type: ignore[assignment]
                if style == "bold":
                    bold = marker
                else:
                    italic = marker

    def _find_captions(self) -> None:
        r"""Give an image the text up to ``\]\]`` behind it, and pair the brackets that are text."""
        tokens = self.tokens
        image = -1
        opened: list[Token] = []
        result: list[Token] = []
        for token in tokens:
            result.append(token)
            if token.kind == "image" or self._is_file(token):
                image = len(result) - 1
                opened.clear()
            elif token.kind == "pair":
                if token.text == "[[":
                    opened.append(token)
                elif opened:
                    opened.pop().more = "kept"
                    token.more = "kept"
                elif image >= 0:
                    del result[image + 1 :]
                    self._as_image(result, image)
                    result[-1].c = token.start
                    result[-1].end = token.end
                    image = -1
        if len(result) < len(tokens):
            # Indices of partners count in the old list.
            place = {id(token): i for i, token in enumerate(result)}
            for token in result:
                if token.c >= 0 and token.kind != "image":
                    token.c = place.get(id(tokens[token.c]), -1)
            self.tokens = result

    def _is_file(self, token: Token) -> bool:
        """Whether a token ends a link to a file, as pandoc wrote it of one in another language."""
        if token.kind not in ("link", "close"):
            return False
        place = self.context.destinations.read(token.text, token.more)
        return place.kind == "file" and place.may_lift

    def _as_image(self, result: list[Token], index: int) -> None:
        """Make the last token an image, if it ends a link to a file."""
        token = result[index]
        if token.kind == "link":
            token.kind = "image"
        elif token.kind == "close":
            opener = self.tokens[token.c]
            while result[-1] is not opener:
                result.pop()
            result[-1] = Token(
                "image",
                opener.start,
                token.end,
                opener.end,
                token.start,
                text=token.text,
                more=token.more,
            )
