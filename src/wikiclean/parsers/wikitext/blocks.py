"""
Which lines make a paragraph, a heading, an item, a table.

The second stage, which drives the third: a `Reader` goes over an `Expansion` line by line, as
MediaWiki's table pass and block pass do, and hands what stands in a line to ``inline``.

The rules are those of MediaWiki 1.39, ``includes/parser/BlockLevelPass.php`` and
``includes/parser/Parser.php`` (``handleTables``, ``handleHeadings``).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import Final

import attrs

from wikiclean.document import Document, Media, MediaKind, Span
from wikiclean.limits import Deadline
from wikiclean.parsers.wikitext import markup
from wikiclean.parsers.wikitext.expand import Expansion
from wikiclean.parsers.wikitext.flow import Flow, Leaf
from wikiclean.parsers.wikitext.inline import LOOK_AHEAD, URL, Inline, scheme_before
from wikiclean.parsers.wikitext.markup import MARKER
from wikiclean.parsers.wikitext.page import Page
from wikiclean.parsers.wikitext.tables import Builder
from wikiclean.parsers.writer import LINE, PART

_TABLE: Final = re.compile(r"[ \t\r\0\x0b]*+(:*+)[ \t\r\0\x0b]*+\{\|")
_COLON: Final = re.compile(r":|''+|<|\[\[|\[|\x7f")
_BLANK: Final = " \t\r\0\x0b"
_WHITE: Final = " \t\n\r\x0b"
"""What is white space to MediaWiki: a line with an ideographic or a fixed space is not blank.

PHP's ``trim`` takes a NUL too, but MediaWiki saves none: here it stays, as text.
"""
_FRAMED: Final = frozenset({"img_thumbnail", "img_framed", "img_manualthumb"})
_FORMATS: Final = _FRAMED | {"img_frameless"}
_ALIGNS: Final = frozenset({"img_left", "img_right", "img_center"})
_SIGNS: Final = frozenset("[<&'\x7f")
"""Characters with which markup may begin that leaves no text."""
_ITEMS: Final = frozenset({"item", "term", "definition"})
LINE_SIGNS: Final = frozenset(" *#:;=|!{-\t\r")
"""Characters that may mean something at the start of a line."""
_TABLE_SIGNS: Final = frozenset(" \t:{|!\r")
_KINDS: Final = {"*": "item", "#": "item", ";": "term", ":": "definition"}
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS: Final = {"ul": "*", "ol": "#", "dl": ":"}
_INNER: Final = "Markup of a line within a block."
MAX_LEVEL: Final = 6
PRE: Final = 2
MAX_DEPTH: Final = 40
"""How deep tables, quotations and lists of tags nest in the records; browsers stop at 512, and no
page is known that reaches 10."""


class Reader(Inline):
    """Reads an expansion as lines."""

    __slots__ = (
        "_known_signs",
        "deadline",
        "html_lists",
        "in_block",
        "in_pre",
        "paragraph",
        "pending",
        "poem",
        "prefix",
        "prefixes",
        "quote_depth",
        "tables",
        "wiki_tables",
    )

    def __init__(self, page: Page, flow: Flow, expansion: Expansion, depth: int) -> None:
        super().__init__(page, flow, expansion, depth)
        self.tables: list[Builder] = []
        self.wiki_tables = 0
        self.paragraph = ""
        """What the line before was part of: ``p``, ``pre`` or nothing."""
        self.pending = False
        """Whether a blank line has ended the paragraph."""
        self.in_block = False
        """Whether a block tag suppresses paragraphs."""
        self.quote_depth = 0
        self.in_pre = False
        """Whether ``<pre>`` without an end was read, behind which no line is a list's."""
        self.prefix = ""
        """The list prefix of the line before, ``;`` as ``:``."""
        self.prefixes: dict[str, str] = {}
        """The list prefixes of the page, each once: a page may hold a thousand."""
        self.html_lists: list[str] = []
        """Signs of the lists that tags have opened."""
        self.poem = False
        """Whether line ends are line breaks."""
        self.deadline: Deadline | None = None
        """When to stop; of the page's own reader."""
        self._known_signs: list[tuple[int, bool, bool, int]] | None = None

    # ---------------------------------------------------------------- lines

    def read(self, *, behind_tag: bool = False) -> None:
        """Read the whole expansion; behind a tag its first line is no item, heading or table."""
        text = self.text
        if behind_tag and text[:1] in LINE_SIGNS:
            spans = list(self.spans)
            end = self._inner_line_end(text.find("\n"), len(text), spans)
            self.paragraph = "p"
            self.inline(0, end)
            self.end_quotes(end)
            self.soft(end)
            self.lines(end + 1, len(text), spans)
        else:
            self.lines(0, len(text), self.spans)
        self.close_all(len(text))

    def _inner_line_end(self, end: int, limit: int, spans: list[tuple[int, int]]) -> int:
        """Return where the line that *end* seems to end does end, and take its *spans* away."""
        if end < 0:
            end = limit
        passed = 0
        while passed < len(spans) and spans[passed][0] < end:
            stop = self.text.find("\n", spans[passed][1], limit)
            end = max(end, limit if stop < 0 else stop)
            passed += 1
        del spans[:passed]
        return end

    def lines(self, at: int, length: int, spans: list[tuple[int, int]]) -> None:
        """Read the lines from *at* to *length*; *spans* go over line ends."""
        text = self.text
        signs = self._signs()
        sign_count = len(signs)
        sign = bisect_left(signs, (at, False, False, -2)) if at else 0
        span = 0
        span_count = len(spans)
        find = text.find
        deadline = self.deadline
        pre = 0
        while at <= length:
            if deadline is not None:
                deadline.check(self.begin_of(at))
            end = find("\n", at, length)
            if end < 0:
                end = length
            while span < span_count and spans[span][0] < at:
                span += 1
            while span < span_count and spans[span][0] < end:
                stop = find("\n", spans[span][1], length)
                if stop < 0:
                    stop = length
                if stop > end and not (self.wiki_tables and self._breaks(end, spans[span][1])):
                    end = stop
                span += 1
            # A sign tells that the line may be no plain one.
            opens = closes = False
            while sign < sign_count and signs[sign][0] < end:
                if signs[sign][0] >= at:
                    opens |= signs[sign][1]
                    closes |= signs[sign][2]
                    kind = signs[sign][3]
                    if kind in (1, -1):
                        self.quote_depth = max(kind, 0)
                    elif kind and pre != -PRE:
                        pre = kind
                sign += 1
            before = self.prefix
            if pre > 0 and text[at] not in _KINDS:
                self.in_pre = True
            self.line(at, end, opens=opens, closes=closes)
            if pre:
                # A list that opens on the line takes what was open with it.
                self.in_pre = pre > 0 and before.startswith(self.prefix)
                pre = 0
            at = end + 1

    def _breaks(self, start: int, end: int) -> bool:
        """Whether a line of a table begins between two places."""
        at = self.text.find("\n", start, end)
        while at >= 0:
            at += 1
            while at < end and self.text[at] in _BLANK:
                at += 1
            if at < end and self.text[at] in "|!":
                return True
            at = self.text.find("\n", at, end)
        return False

    def _signs(self) -> list[tuple[int, bool, bool, int]]:
        """
        Return where tags stand by which MediaWiki tells paragraphs from other lines.

        Each with: whether it opens and whether it closes what suppresses paragraphs, and whether a
        quotation begins (1) or ends (-1), or ``<pre>`` without an end begins (`PRE`) or ends.
        """
        if self._known_signs is not None:
            return self._known_signs
        self._known_signs = signs = []
        for match in markup.BLOCKISH.finditer(self.text):
            at = match.start()
            if match["open"]:
                signs.append((at, True, False, PRE if match["open"].lower() == "pre" else 0))
            elif match["close"]:
                name = match["close"].lower()
                quote = 1 if name == "blockquote" else -1 if name == "/blockquote" else 0
                signs.append((at, False, True, -PRE if name == "/pre" else quote))
            else:
                node = self.items.get(at)
                if node is not None and node.name in markup.BLOCK_EXTENSIONS and node.kind == "tag":
                    signs.append((at, False, True, 0))
        if self.files:
            for s, (bar, close, _) in self.files.items():
                if self._stands_apart(bar, close):
                    signs.append((s, False, True, 0))
            signs.sort()
        return signs

    def _stands_apart(self, bar: int, close: int) -> bool:
        """Whether a file is set in a box: framed, or moved to a side."""
        if bar >= close:
            return False
        for a, b in self.options(bar, close):
            found = self.site.image_option(self.text[a:b])
            if found is not None and (found[0] in _FRAMED or found[0] in _ALIGNS):
                return True
        return False

    def line(self, at: int, end: int, *, opens: bool, closes: bool) -> None:
        """Read one line."""
        text = self.text
        first = text[at] if at < end else ""
        behind = bool(self.beside) and self._beside(at, at)
        if first in _TABLE_SIGNS and not behind and self.table_line(at, end, first):
            return
        if first in _KINDS and not self.in_pre:
            self.list_line(at, end)
            return
        if self.prefix:
            self.end_list(at)
        if (
            first == "="
            and not self.poem
            and not behind
            and self.heading(at, self._line_end(at, end) if self.breaks else end)
        ):
            self._behind_line(at, end)
            return
        if first == "-" and not behind and text.startswith("----", at):
            self.rule(at, end)
            return
        if self.poem:
            stop = at
            while stop < end and text[stop] == " ":
                stop += 1
            if stop > at:
                self.write_as("\u00a0" * (stop - at), at, stop)
            self.inline(stop, end)
            self.end_quotes(end)
            self.soft(end)
            return
        if opens or closes:
            self.pending = False
            self.end_paragraph(at)
            self.in_block = not closes
            self.inline(at, end)
            self.end_quotes(end)
            self.soft(end)
            return
        if self.in_block or self.in_pre:
            if at < end:
                self.inline(at, end)
                self.end_quotes(end)
            self.soft(end)
            return
        if (
            first == " "
            and not self.quote_depth
            and (self.paragraph == "pre" or text[at:end].strip(_WHITE))
        ):
            self.preformatted(at, end)
            return
        if not first or not text[at:end].strip(_WHITE):
            # A blank line: the paragraph ends when text comes.
            self.pending = True
            if self.paragraph == "pre":
                self.end_paragraph(at)
            return
        if self.pending or self.paragraph != "p":
            self.pending = False
            self.boundary(at)
            self.paragraph = "p"
            flow = self.flow
            if not flow.leaves and first not in _SIGNS and not flow.hides and not first.isspace():
                begin = at + self.delta if self.low <= at < self.high else self.begin_of(at)
                flow.start(Leaf("paragraph", begin))
        self.inline(at, end)
        if self._bold >= 0 or self._italic >= 0:
            self.end_quotes(end)
        self.soft(end)

    def _beside(self, a: int, b: int) -> bool:
        """
        Whether a category stood between two places of a line, or at one of them.

        MediaWiki takes categories out behind tables, headings and rules, and before lists.
        """
        i = bisect_left(self.beside, a)
        return i < len(self.beside) and self.beside[i] <= b

    def _line_end(self, a: int, b: int) -> int:
        """
        Return where the line at *a* ends for what MediaWiki reads before it takes categories out.

        The line end before a category goes with it, so two lines may have become one.
        """
        i = bisect_right(self.breaks, a)
        return min(b, self.breaks[i]) if i < len(self.breaks) else b

    def _behind_line(self, a: int, b: int) -> None:
        """Read what stands behind such a line end, up to *b*."""
        if self.breaks:
            stop = self._line_end(a, b)
            if self.text[stop:b].strip():
                self.inline(stop, b)
                self.end_quotes(b)

    def soft(self, end: int) -> None:
        """Read the line end at *end*, which may join two lines."""
        if end < len(self.text):
            if self.poem or self.in_pre:
                left, right = self.span_of(end, end + 1)
                self.flow.put_break(left, right)
            elif self.low <= end < self.high:
                begin = end + self.delta
                self.flow.soft_end(begin, begin + 1)
            else:
                left, right = self.span_of(end, end + 1)
                self.flow.soft_end(left, right)
                self._seek(end)

    def boundary(self, at: int) -> None:
        """End the block that is open, if it ends by itself."""
        if self.active:
            self.end_styles(at)
        flow = self.flow
        if flow.leaves:
            inside = self.low < at <= self.high
            flow.boundary(at + self.delta if inside else self.end_of(at) if at else 0)
        else:
            flow.forget()

    def end_paragraph(self, at: int) -> None:
        """Close the paragraph or the preformatted lines before *at*."""
        if self.paragraph:
            self.paragraph = ""
            self.boundary(at)

    def open_block(self, leaf: Leaf, at: int) -> bool:
        """
        Open a block of its own, or go on in the box that holds the line.

        Returns:
            Whether the block was opened and is to be closed.
        """
        self.boundary(at)
        leaves = self.flow.leaves
        if leaves and leaves[-1].box:
            return False
        self.flow.open(leaf)
        return True

    def heading(self, at: int, end: int) -> bool:
        """Read a heading, if the line is one."""
        text = self.text
        stop = end
        while stop > at and text[stop - 1] in " \t\r\n\x0b\x0c":
            stop -= 1
        if stop - at < 3 or text[stop - 1] != "=" or (self.beside and self._beside(stop, end)):
            return False
        left = at
        while left < stop and text[left] == "=" and left - at < MAX_LEVEL:
            left += 1
        right = stop
        while right > left and text[right - 1] == "=" and stop - right < MAX_LEVEL:
            right -= 1
        level = min(left - at, stop - right)
        if right <= left:
            # Nothing but equals signs: the middle ones are the heading.
            run = stop - at
            level = min(MAX_LEVEL, (run - 1) // 2)
            if text[at:stop].strip("=") or level < 1:
                return False
        a, b = at + level, stop - level
        if a >= b:
            return False
        self.pending = False
        self.end_paragraph(at)
        self.in_block = False
        leaf = Leaf("heading", self.begin_of(at), level=level, box=True)
        leaf.marks.append(self.span_of(at, a))
        leaf.marks.append(self.span_of(b, stop))
        opened = self.open_block(leaf, at)
        if not opened:
            self._drop_marks(leaf)
        while a < b and text[a] in " \t":
            a += 1
        while b > a and text[b - 1] in " \t":
            b -= 1
        in_table = bool(self.tables)
        self.inline(a, b)
        self.end_quotes(b)
        if self.active:
            self.end_styles(stop)
        if opened:
            # Blocks inside a heading have closed it already.
            if self.flow.leaves and self.flow.leaves[-1] is leaf:
                self.flow.close(self.end_of(stop))
        else:
            if in_table and not self.tables:  # `</table>` has ended it
                self.drop_markup("inner_block", _INNER, *self.span_of(stop - level, stop))
            self.boundary(stop)
        return True

    def _drop_marks(self, leaf: Leaf) -> None:
        """Account for the markup of a line that is no block of its own."""
        for start, end in leaf.marks:
            if not self.tables:
                self.drop_markup("inner_block", _INNER, start, end)
        leaf.marks.clear()

    def rule(self, at: int, end: int) -> None:
        """Read ``----``: a line across the page, and perhaps text behind it."""
        text = self.text
        stop = at
        while stop < end and text[stop] == "-":
            stop += 1
        self.pending = False
        self.paragraph = ""
        self.boundary(at)
        self.in_block = False
        left, right = self.span_of(at, stop)
        self.drop_markup("rule_removed", "A line across the page.", left, right)
        self.inline(stop, end)
        self.end_quotes(end)
        self.soft(end)

    def preformatted(self, at: int, end: int) -> None:
        """Read a line that begins with a space."""
        flow = self.flow
        if self.paragraph != "pre":
            self.pending = False
            self.end_paragraph(at)
            self.open_block(Leaf("preformatted", self.begin_of(at)), at)
            self.paragraph = "pre"
        elif not flow.leaves or not (flow.leaves[-1].kind == "preformatted" or flow.leaves[-1].box):
            self.open_block(Leaf("preformatted", self.begin_of(at)), at)
        self.inline(at + 1, end)
        self.end_quotes(end)
        if end < len(self.text):
            left, right = self.span_of(end, end + 1)
            flow.put_literal("\n", left, right)

    # ---------------------------------------------------------------- lists

    def end_list(self, at: int) -> None:
        """Close the list before *at*."""
        self.prefix = ""
        self.boundary(at)
        leaves = self.flow.leaves
        if leaves and leaves[-1].kind in _ITEMS and not self._around_table():
            if self.active:
                self.end_styles(at)
            self.flow.close(self.end_of(at))

    def list_line(self, at: int, end: int) -> None:
        """Read a line of a list."""
        text = self.text
        a = at + 1
        while a < end and text[a] in _KINDS:
            a += 1
        chars = text[at:a]
        if len(chars) > 1:  # strings of one are shared by themselves
            chars = self.prefixes.setdefault(chars, chars)
        plain = chars.replace(";", ":")
        last = self.prefix
        if plain == last:
            terms = int(chars[-1] == ";")
        elif plain == chars:
            terms = 0
        else:
            # Each ``;`` that opens a list parts what follows at a colon.
            common = 0
            limit = min(len(chars), len(last))
            while common < limit and chars[common] == last[common]:
                common += 1
            terms = chars.count(";", common)
        self.pending = False
        if not last:
            self.end_paragraph(at)
        start = at
        separator = LINE if last else PART
        if not terms:
            self._item(_KINDS[chars[-1]], chars, at, a, end, separator)
            self.prefix = plain
            return
        kind = "term"
        while terms:
            terms -= 1
            colon = self.colon(a, end)
            if colon < 0:
                break
            marker = chars[:-1] + (";" if kind == "term" else ":")
            self._item(kind, marker, start, a, colon, separator)
            start, a = colon, colon + 1
            separator = LINE
            kind = "definition"
        if start == at:
            kind = _KINDS[chars[-1]]
            marker = chars
        else:
            marker = chars[:-1] + ":"
        self._item(kind, marker, start, a, end, separator)
        self.prefix = plain

    def _item(self, kind: str, chars: str, at: int, a: int, end: int, separator: str) -> None:
        """Read ``text[a:end]`` as an item whose prefix stands at *at*."""
        flow = self.flow
        leaves = flow.leaves
        if leaves and leaves[-1].kind in _ITEMS and not self._around_table():
            if self.active:
                self.end_styles(at)
            flow.close(at + self.delta if self.low < at <= self.high else self.end_of(at))
        text = self.text
        inside = self.low <= at and a < self.high
        leaf = Leaf(
            kind,  # type: ignore[arg-type]
            at + self.delta if inside else self.begin_of(at),
            box=True,
            separator=separator,
            level=len(chars),
            marker=chars,
        )
        prefix_end = a
        while a < end and text[a] == " ":
            a += 1
        if not leaves and inside and a < end and not flow.hides:
            first = text[a]
            if first not in _SIGNS and not first.isspace():
                flow.start(leaf)
                delta = self.delta
                flow.marks.fromlist([at + delta, prefix_end + delta, leaf.index])
                self.inline(a, end)
                if self._bold >= 0 or self._italic >= 0:
                    self.end_quotes(end)
                if self.active:
                    self.end_styles(end)
                return
        leaf.marks.append(self.span_of(at, prefix_end))
        if self.open_block(leaf, at):
            self.inline(a, end)
            self.end_quotes(end)
            if self.active:
                self.end_styles(end)
        else:
            self._drop_marks(leaf)
            self.inline(a, end)
            self.end_quotes(end)
            self.boundary(end)

    def colon(self, a: int, end: int) -> int:
        """
        Return where the colon stands that parts a term from its definition; -1 without.

        Those in links and between tags do not count: BlockLevelPass::findColonNoLinks().
        """
        text = self.text
        depth = 0
        styles: set[str] = set()
        at = a
        while True:
            match = _COLON.search(text, at, end)
            if match is None:
                return -1
            at = match.start()
            sign = match[0]
            if sign == ":":
                scheme = scheme_before(self.site.protocols, text, max(a, at - 12), at)
                stop = URL.match(text, at + 1, end) if scheme >= 0 else None
                if stop is not None:
                    at = stop.end()
                    continue
                if depth == 0 and not styles:
                    return at
                at += 1
            elif sign[0] == "'":
                if at >= self._planned:
                    self.plan(a, end)
                _, turns = self.quotes.get(at, (0, ""))
                styles.symmetric_difference_update(turns)
                at = match.end()
            elif sign == MARKER:
                at = self.shown.get(at, at + 1)
            elif sign == "<":
                tag = markup.TAG.match(text, at, end)
                if tag and tag[2].lower() in markup.HTML_TAGS:
                    if tag[2].lower() not in ("br", "wbr", "hr"):
                        # A slash at its end does not end it: ``<s/>`` is ``<s>``.
                        depth = max(0, depth - 1) if tag[1] else depth + 1
                    at = tag.end()
                else:
                    at += 1
            elif sign == "[[":
                place = self.files.get(at)
                found = self.find_link(at, end)
                at = place[2] if place else found[3] if found else at + 2
            elif sign == "[":
                close = -1
                if text.startswith(("http", "//", "ftp"), at + 1):
                    close = self.closing_bracket(at + 1, end)
                at = close + 1 if close > 0 else at + 1

    # ---------------------------------------------------------------- tables

    def table_line(self, at: int, end: int, first: str) -> bool:
        """Read a line of table markup; False if it is none."""
        text = self.text
        match = _TABLE.match(text, at, end)
        if match is not None and len(self.tables) >= MAX_DEPTH:
            left, right = self.span_of(at, end)
            self.flow.diagnose("too_deep", "Tables nest too deep; the line is text.", left, right)
            match = None
        if match is not None:
            self.pending = False
            if self.prefix:
                self.end_list(at)
            self.end_paragraph(at)
            self.in_block = True
            self.open_table(at, wiki=True)
            self._behind_line(at, end)
            return True
        if not self.wiki_tables:
            return False
        left = at
        if first in _BLANK:
            while left < end and text[left] in _BLANK:
                left += 1
            if left == end:
                return False
            first = text[left]
        if first not in {"|", "!"}:
            return False
        right = end
        while right > left and text[right - 1] in " \t\r\0\x0b\n":
            right -= 1
        if self.prefix:
            self.end_list(at)
        self.pending = False
        self.end_paragraph(at)
        while self.tables and not self.tables[-1].wiki:
            self.close_table(at)
        second = text[left + 1] if left + 1 < right else ""
        if first == "|" and second == "}":
            self.wiki_tables -= 1
            if self.tables:
                self.close_table(left + 2)
            else:
                self._stray_mark(left, left + 2)
            self.in_block = False
            if "\0" in text[right:end]:
                right = end  # NUL is text, as it is elsewhere
            if left + 2 < right:
                self.inline(left + 2, right)
                self.end_quotes(right)
            self.soft(end)
            return True
        if first == "|" and second == "-":
            if self.tables:
                self.close_cell(left)
                self.boundary(left)
                self.tables[-1].row()
            else:
                self._stray_mark(left, self._line_end(at, end))
            self.in_block = True
            self._behind_line(at, end)
            return True
        if first == "|" and second == "+":
            self.in_block = True
            start, a = left, left + 2
            marked = self._marked_end(left, right)
            while a <= right:
                stop = text.find("||", a, marked)
                bar = text.find("|", a, marked if stop < 0 else stop)
                if stop < 0:
                    stop = right
                if bar >= 0 and "[[" not in text[a:bar]:
                    a = bar + 1
                if self.tables:  # `</table>` may have ended it
                    builder = self.tables[-1]
                    self.close_cell(start)
                    self.boundary(start)
                    builder.open_caption(self.begin_of(start))
                    self._enter(builder)
                else:
                    self._stray_mark(start, a)
                self._cell_text(a, stop)
                start, a = stop, stop + 2
            self._row_end(right, end)
            return True
        header = first == "!"
        self.in_block = False
        a = left + 1
        start = left
        closed = False
        marked = self._marked_end(left, right)
        bars = text.find("||", a, marked)
        last_angle = text.rfind(">", a, marked) if header else -1
        barred = False  # whether the `!` at *a* stands for a bar: `|!!` is read as `|||`
        while a <= right:
            begin = a + barred
            if 0 <= bars < begin:
                bars = text.find("||", begin, marked)
            stop = bars
            cut = False
            if header:
                mark = self._header_end(begin, marked if bars < 0 else bars, last_angle)
                if mark >= 0:
                    cut = mark > a and (text[mark - 1] == "|" or mark == begin)
                    stop = mark - cut
                if barred and begin < marked and text[begin] == "|":
                    stop, cut = a, False
            bar = text.find("|", a, marked if stop < 0 else stop)
            stop, following = (right, right + 1) if stop < 0 else (stop, stop + 2)
            if barred and stop > a:
                bar = a
            barred = cut
            given = ""
            content = a
            if bar >= 0:
                given = text[a:bar]
                if "[[" in given or self._shows(given, a):
                    given = ""
                else:
                    content = bar + 1
            if self.tables:  # `</table>` may have ended it
                builder = self.tables[-1]
                self.close_cell(start)
                ends = stop if stop < right else self._next_mark(end)
                if closed := ends > 0 and self._plain_cell(
                    builder, start, content, stop, ends, header=header, given=given
                ):
                    start = stop
                    a = following
                    continue
                self.boundary(start)
                builder.cell(self.begin_of(start), header=header, attributes=given)
                self._enter(builder)
            else:
                self._stray_mark(start, content)
            self._cell_text(content, stop)
            start = stop
            a = following
        if not closed:
            self._row_end(right, end)
        return True

    def _marked_end(self, a: int, b: int) -> int:
        """
        Return up to where a line of a table is cut into cells.

        What follows a line end in a link is still of the line's last cell, but MediaWiki, which
        cuts tables before it reads links, finds no marks there. Tags are on one line by then.
        """
        if self.breaks:
            b = self._line_end(a, b)
        at = self.text.find("\n", a, b)
        while at >= 0:
            i = bisect_left(self.spans, (at, 0)) - 1
            if i < 0 or self.spans[i][1] <= at or self.text[self.spans[i][0]] != "<":
                return at
            at = self.text.find("\n", self.spans[i][1], b)
        return b

    def _row_end(self, right: int, end: int) -> None:
        """Read what stands behind the cells of a line, of which NUL is text if no cell holds it."""
        if not self.tables and "\0" in self.text[right:end]:
            self.inline(right, end)
        self.soft(end)

    def _next_mark(self, end: int) -> int:
        """Return where the line behind *end* begins if it begins another cell or row; else -1."""
        following = self.text[end + 1 : end + 3]
        begins = following.startswith(("|", "!")) and following != "|}"
        return end + 1 if begins and self.text[end] == "\n" else -1

    def _plain_cell(
        self,
        builder: Builder,
        start: int,
        a: int,
        b: int,
        end: int,
        *,
        header: bool,
        given: str,
    ) -> bool:
        """
        Read a cell that is nothing but text, in one go; False if there is more to it.

        Args:
            builder: The table.
            start: Where its mark begins.
            a: Where what is in it begins.
            b: Where that ends.
            end: Where the next mark begins, which ends it.
            header: Whether it is a header cell.
            given: Its attributes.
        """
        flow, text = self.flow, self.text
        if (
            flow.leaves
            or flow.hides
            or self.active
            or self.next_event <= end
            or not self.low <= start
            or end > self.high
            or self._bold >= 0
            or self._italic >= 0
            or self.token.search(text, a, b) is not None
        ):
            return False
        a, b = self.trimmed(a, b)
        if a >= b or text[a].isspace() or text[b - 1].isspace():
            return False
        by = self.delta
        builder.plain_cell(start + by, a + by, b + by, end + by, header=header, attributes=given)
        return True

    def _shows(self, given: str, at: int) -> bool:
        """Whether what seems to be attributes holds a ``-{ }-``, and so is content."""
        mark = given.find(MARKER)
        while mark >= 0:
            node = self.items.get(at + mark)
            if node is not None and node.kind == "variant":
                return True
            mark = given.find(MARKER, mark + 1)
        return False

    def _header_end(self, a: int, b: int, last_angle: int) -> int:
        """Return where ``!!`` ends the header cell that begins at *a*; -1 if it does not by *b*."""
        text = self.text
        at = a
        while True:
            mark = text.find("!!", at, b)
            if mark < 0:
                return -1
            # Not within a tag: StringUtils::replaceMarkup()
            opening = text.rfind("<", a, mark)
            if opening < 0 or mark > last_angle or text.find(">", opening, mark) >= 0:
                return mark
            at = text.find(">", mark, last_angle + 1)

    def trimmed(self, a: int, b: int) -> tuple[int, int]:
        """Return a stretch without the white space around it."""
        text = self.text
        while a < b and text[a] in " \t\r\n\0\x0b":
            a += 1
        while b > a and text[b - 1] in " \t\r\n\0\x0b":
            b -= 1
        return a, b

    def _stray_mark(self, a: int, b: int) -> None:
        """Account for markup of a table that an HTML tag has ended."""
        starts = self.expansion.starts
        while a < b:  # attributes stand between calls that stand for bars
            i = bisect_right(starts, a)
            stop = min(b, starts[i]) if i < len(starts) else b
            if self.expansion.fixed[i - 1] < 0 or a in self.items:  # calls have records
                left, right = self.span_of(a, stop)
                self.flow.drop("stray_tag", "Markup of a table that has ended.", left, right)
            a = stop

    def _cell_text(self, a: int, b: int) -> None:
        if self.tables:  # else NUL around it is text, for no cell holds it
            a, b = self.trimmed(a, b)
            self._cell = a
        self.inline(a, b)
        self.end_quotes(b)

    def open_table(self, at: int, *, wiki: bool) -> None:
        """Begin a table at *at*."""
        self.boundary(at)
        if self.flow.leaves and self.flow.leaves[-1].kind == "heading":
            self.flow.close(self.end_of(at))
        builder = Builder(self.flow, self.begin_of(at), wiki=wiki)
        self.tables.append(builder)
        if wiki:
            self.wiki_tables += 1

    def _around_table(self) -> bool:
        """Whether the innermost block holds the innermost table, so that nothing in it ends it."""
        tables = self.tables
        return bool(tables) and len(self.flow.leaves) <= tables[-1].outer_leaves

    def _enter(self, builder: Builder) -> None:
        """Set the tags that are open outside a cell aside."""
        builder.counts, self.counts = self.counts, {}
        builder.suspended, self.suspended = self.suspended, {}
        builder.outer_tags = len(self.tags)

    def close_cell(self, at: int) -> None:
        """End the cell of the innermost table, if one is open."""
        builder = self.tables[-1]
        if not builder.in_cell:
            leaves = self.flow.leaves
            if len(leaves) > builder.outer_leaves:  # what stands between cells
                self.end_quotes(at)
                self.end_styles(at)
                while len(leaves) > builder.outer_leaves:
                    self.flow.close(self.end_of(at))
            return
        if self._bold >= 0 or self._italic >= 0:
            self.end_quotes(at)
        self.close_tags(builder.outer_tags, at)
        self.counts = builder.counts
        if self.active:
            self.end_styles(at)
        self.suspended = builder.suspended
        if self.next_event <= at:
            self.pass_events(at)
        builder.close_cell(self.end_of(at))

    def close_table(self, at: int) -> None:
        """End the innermost table."""
        self.close_cell(at)
        builder = self.tables.pop()
        builder.finish(self.end_of(at))
        self.boundary(at)

    # ---------------------------------------------------------------- tags

    def block_tag(self, name: str, given: str, s: int, e: int, *, closing: bool) -> None:
        """Read an HTML tag that stands on lines of its own."""
        flow = self.flow
        left, right = self.span_of(s, e)
        if closing and not self._is_open(name):
            if name == "p" and not (flow.leaves and flow.leaves[-1].kind != "paragraph"):
                self.end_quotes(s)
                self.boundary(s)  # HTML makes an empty paragraph of it, between two others.
            self.drop_markup("stray_tag", "An end tag without a beginning.", left, right)
            return
        if name in ("tr", "td", "th", "caption") and not self.tables:
            self.drop_markup("stray_tag", "A tag of a table outside of any.", left, right)
            return
        self.end_quotes(s)
        if name == "table":
            if closing:
                self.close_table(e)  # Lines of a table are read as such until `|}`.
            elif len(self.tables) < MAX_DEPTH:
                self.open_table(s, wiki=False)
            else:
                flow.drop("too_deep", "Tables nest too deep.", left, right)
            return
        if name in ("tr", "td", "th", "caption"):
            self._table_tag(name, given, s, closing=closing)
            return
        if name in ("li", "dt", "dd"):
            self.boundary(s)
            if not closing:
                self._html_item(name, left, right)
            elif flow.leaves and flow.leaves[-1].html:
                flow.add_mark(flow.leaves[-1], left, right)
            else:
                self.drop_markup("html_tag_removed", "A tag that leaves no text.", left, right)
            return
        if name in _HEADINGS and self._html_heading(name, left, right, s, closing=closing):
            return
        self.boundary(s)
        if name == "hr":
            self.drop_markup("html_tag_removed", "A tag that leaves no text.", left, right)
            return
        if name == "blockquote" and not (flow.leaves and flow.leaves[-1].box):
            if not closing and flow.quotes < MAX_DEPTH:
                flow.quotes += 1
                leaf = Leaf("quote", left, level=flow.quotes)
                leaf.marks.append((left, right))
                flow.open(leaf)
                return
            if closing and flow.quotes and not self.counts.get(name) and not self._around_table():
                while flow.leaves[-1].kind != "quote":
                    flow.close(left)
                flow.add_mark(flow.leaves[-1], left, right)
                flow.close(right)
                return
        if name in _LISTS:
            if not closing:
                self.html_lists.append(_LISTS[name])
            elif self.html_lists:
                self.html_lists.pop()
        if closing:
            if name in _LISTS:
                leaves = flow.leaves
                if leaves and leaves[-1].html and not self._around_table():
                    flow.close(left)
            self.close_tag(name, left, right)
        else:
            if name == "p" and self.counts.get("p"):
                self.close_tag("p", left, left)
            self.open_tag(name, given, left, right, e, e)

    def _is_open(self, name: str) -> bool:
        """Whether the end tag of an element that stands on lines of its own has one to end."""
        leaf = self.flow.leaves[-1] if self.flow.leaves else None
        if name == "table":
            return bool(self.tables)
        if name in ("li", "dt", "dd"):
            return leaf is not None and leaf.kind in _ITEMS
        if name == "blockquote" and self.flow.quotes:
            return True
        if leaf is not None:
            if name in _LISTS and leaf.kind in _ITEMS and _LISTS[name] in leaf.marker:
                return True
            if name in _HEADINGS and leaf.kind == "heading":
                return True
        return name in ("tr", "td", "th", "caption") or self.counts.get(name, 0) > 0

    def _html_item(self, name: str, left: int, right: int) -> None:
        flow = self.flow
        leaves = flow.leaves
        if leaves and leaves[-1].html and not self._around_table():
            flow.close(left)
        chain = "".join(self.html_lists[-MAX_DEPTH:])
        sign = {"dt": ";", "dd": ":"}.get(name, chain[-1:] if chain[-1:] in "*#" else "*") or "*"
        chain = (chain[:-1] if chain else "") + sign
        separator = LINE if self._item_before() else PART
        if leaves and leaves[-1].box:
            self.drop_markup("html_tag_removed", "A tag that leaves no text.", left, right)
            return
        kind = {"dt": "term", "dd": "definition"}.get(name, "item")
        leaf = Leaf(kind, left, box=True, separator=separator, level=len(chain), marker=chain)  # type: ignore[arg-type]
        leaf.html = True
        leaf.marks.append((left, right))
        flow.open(leaf)

    def _html_heading(self, name: str, left: int, right: int, s: int, *, closing: bool) -> bool:
        """Begin or end a heading; False where it is no block of its own, as in an item."""
        flow = self.flow
        leaves = flow.leaves
        if closing:
            if not leaves or leaves[-1].kind != "heading" or not leaves[-1].html:
                return False
            self.end_styles(s)
            flow.add_mark(leaves[-1], left, right)
            flow.close(right)
            return True
        limit = min(s + LOOK_AHEAD, len(self.text))
        stop = self.text.find("\n", s, limit)
        ends = self.text.find(f"</{name}", s, stop if stop >= 0 else limit) >= 0
        # What has no end soon ends with the block, lest the page become a heading.
        leaf = Leaf("heading", left, level=int(name[1]), box=ends)
        leaf.html = True
        leaf.marks.append((left, right))
        return self.open_block(leaf, s)

    def _item_before(self) -> bool:
        return self.flow.last_kind() in _ITEMS

    def _table_tag(self, name: str, given: str, s: int, *, closing: bool) -> None:
        """Read ``<tr>``, ``<td>``, ``<th>`` or ``<caption>``."""
        builder = self.tables[-1]
        self.close_cell(s)
        self.boundary(s)
        if name == "tr":
            builder.row()
        elif not closing:
            if name == "caption":
                builder.open_caption(self.begin_of(s))
            else:
                builder.cell(self.begin_of(s), header=name == "th", attributes=given)
            self._enter(builder)

    def close_all(self, at: int) -> None:
        """End what is open at the end of the text."""
        self.end_quotes(at)
        while self.tables:
            self.close_table(at)
        self.close_tags(0, at)
        if self.active:
            self.end_styles(at)
        self.pass_events(at)
        self.prefix = ""

    # ---------------------------------------------------------------- files

    def options(self, bar: int, close: int) -> list[tuple[int, int]]:
        """Return the parts of a file link between its bars; those in links inside do not part."""
        text = self.text
        parts: list[tuple[int, int]] = []
        begin = at = bar + 1
        while True:
            mark = text.find("|", at, close)
            if mark < 0:
                break
            if text[mark - 1] == "{" and text[mark - 2] == "\n":
                # A table in the caption: its bars are its own.
                stop = text.find("\n|}", mark, close)
                if stop >= 0:
                    at = stop + 3
                    continue
            inner = text.find("[[", at, mark)
            if inner >= 0:
                found = self.find_link(inner, close)
                at = max(found[3], inner + 2) if found else inner + 2
                continue
            if self.shown and (stop := self._rule_end(at, mark)) > mark:
                at = stop
                continue
            parts.append((begin, mark))
            begin = at = mark + 1
        parts.append((begin, close))
        return parts

    def _rule_end(self, a: int, b: int) -> int:
        """Return where the last ``-{ }-`` ends that begins between two places; -1 without."""
        at, end = self.text.find(MARKER, a, b), -1
        while at >= 0:
            end = self.shown.get(at, end)
            at = self.text.find(MARKER, max(at + 1, end), b)
        return end

    def file(self, s: int, bar: int, close: int, end: int) -> None:
        """Read a file link: an image with its options and its caption."""
        text = self.text
        title = self.site.title(text[s + 2 : bar])
        kind: MediaKind = "inline"
        caption: tuple[int, int] | None = None
        alt = ""
        options: list[str] = []
        seen_format = apart = False
        if bar < close:
            for part in self.options(bar, close):
                a, b = self.trimmed(*part)
                found = self.site.image_option(text[a:b])
                if found is not None and found[0] in _FORMATS:
                    if seen_format:
                        found = None
                    else:
                        seen_format = True
                        kind = (
                            "frameless"
                            if found[0] == "img_frameless"
                            else "frame"
                            if found[0] == "img_framed"
                            else "thumb"
                        )
                if found is None:
                    caption = (a, b)
                    continue
                if found[0] in _ALIGNS:
                    apart = True
                if found[0] == "img_alt":
                    alt = markup.decode(found[1])
                options.append(text[a:b])
        self.media(s, end, title.text, kind, caption, alt, tuple(options), apart=apart)

    def media(
        self,
        s: int,
        end: int,
        name: str,
        kind: MediaKind,
        caption: tuple[int, int] | None,
        alt: str,
        options: tuple[str, ...],
        *,
        apart: bool = False,
    ) -> None:
        """Write what a file shows and make its record."""
        flow = self.flow
        source_span = self.span_of(s, end)
        shown: Span | None = None
        nested: Document | None = None
        place = flow.position
        framed = kind in ("thumb", "frame", "gallery")
        # What apostrophes turned on ends before a block, and begins anew behind it.
        bold = (framed or apart) and self._bold >= 0
        italic = (framed or apart) and self._italic >= 0
        if bold or italic:
            self.end_quotes(s)
        if framed:
            self.boundary(s)
            place = flow.position
            if caption is not None and caption[0] < caption[1]:
                before = flow.reached()
                leaf = Leaf("caption", self.begin_of(caption[0]), box=True)
                opened = self.open_block(leaf, s)
                self.caption(*caption, gallery=kind == "gallery")
                if self.active:
                    self.end_styles(caption[1])
                if opened:
                    while flow.leaves[-1] is not leaf:
                        flow.close(self.end_of(caption[1]))
                    if flow.close(self.end_of(caption[1])):
                        shown = flow.span_of_block(leaf.index)
                        place = shown.start
                elif not opened:
                    flow.strip()
                    after = flow.reached()
                    if after > before:
                        value = flow.since(before)
                        start = before + len(value) - len(value.lstrip())
                        shown = Span(start, after)
                        place = start
                        if flow.begun_since(start):
                            flow.broken_captions.append(len(flow.media))
            self.boundary(end)
        elif apart:
            self.boundary(s)
        if shown is None and caption is not None and caption[0] < caption[1]:
            nested = self.nested(
                self.begin_of(caption[0]), self.end_of(caption[1]), f"media/{len(flow.media)}"
            )
        if apart:
            self.boundary(end)
        if bold:
            self._bold, self._bold_source = flow.position, self.end_of(end)
        if italic:
            self._italic, self._italic_source = flow.position, self.end_of(end)
        if self.suspended and s < end:
            limit = min(end + LOOK_AHEAD, len(self.text))
            stop = self.text.find("\n", end, limit)
            self.resume(end, stop if stop >= 0 else limit)
        flow.media.append(
            Media(name, kind, min(place, flow.position), source_span, shown, nested, alt, options)
        )

    def caption(self, a: int, b: int, *, gallery: bool) -> None:
        """
        Read a caption; its first line begins a list in a gallery only.

        Elsewhere MediaWiki has put the caption behind its own markup when it looks for lists; it
        looked for tables and headings before.
        """
        text = self.text
        first = text.find("\n", a, b)
        own_line = gallery if text[a] in _KINDS else a > 0 and text[a - 1] == "\n"
        # Tags in it open and close no cell of the table that it stands in.
        outer = (self.tables, self.wiki_tables)
        self.tables, self.wiki_tables = [], 0
        if first < 0 and not own_line:
            self.label(a, b)
            while self.tables:
                self.close_table(b)
            self.tables, self.wiki_tables = outer
            return
        saved = (self.paragraph, self.pending, self.prefix, self.in_block)
        self.paragraph, self.pending, self.prefix, self.in_block = "", False, "", True
        among = slice(bisect_left(self.spans, (a, 0)), bisect_left(self.spans, (b, 0)))
        spans = [span for span in self.spans[among] if span[1] <= b]
        first = a - 1 if own_line else self._inner_line_end(first, b, spans)
        if first > a:
            self.label(a, first)
        if a < first < b:
            self.soft(first)
        self.lines(first + 1, b, spans)
        self.end_quotes(b)
        while self.tables:
            self.close_table(b)
        self.paragraph, self.pending, self.prefix, self.in_block = saved
        self.tables, self.wiki_tables = outer

    def gallery_line(
        self,
        left: int,
        right: int,
        name: str,
        caption: tuple[int, int] | None,
        alt: str,
        options: tuple[str, ...],
    ) -> None:
        """Write a line of a gallery, which stands at ``source[left:right]``."""
        media = self.flow.media
        self.media(0, 0, name, "gallery", caption, alt, options)
        media[-1] = attrs.evolve(media[-1], source_span=Span(left, right))

    def nested(self, start: int, end: int, path: str) -> Document | None:
        """Read a stretch of the source as a Document of its own; ``extensions`` knows how."""
        raise NotImplementedError
