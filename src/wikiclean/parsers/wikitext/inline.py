"""
What stands within a line: links, quotes, tags, entities, and what markers stand for.

The third stage. An `Inline` reads stretches of an `Expansion` and writes them into a `Flow`. It
decides nothing about which lines make a paragraph, an item or a cell; ``blocks`` does.

The rules are those of MediaWiki 1.39, ``includes/parser/Parser.php`` (``handleInternalLinks2``,
``doQuotes``, ``handleExternalLinks``, ``makeFreeExternalLink``, ``handleMagicLinks``).
"""

# ruff: noqa: SLF001 - the loop writes into the flow in place, for calls would double its time

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import Final, cast
from urllib.parse import unquote

from wikiclean.document import Category, Interlanguage, LinkForm, LinkKind, Math, Span, StyleKind
from wikiclean.parsers.tags import REOPENED, STYLES
from wikiclean.parsers.wikitext import markup
from wikiclean.parsers.wikitext.expand import Expansion
from wikiclean.parsers.wikitext.flow import Flow
from wikiclean.parsers.wikitext.local_rules import note_ta
from wikiclean.parsers.wikitext.markup import MARKER
from wikiclean.parsers.wikitext.page import Page
from wikiclean.parsers.wikitext.preprocess import Node
from wikiclean.site import CATEGORY, FILE, MAX_TITLE_BYTES, MEDIA, Site, Title
from wikiclean.templates import Call
from wikiclean.variants import Rule, is_note_ta

_FAR: Final = 1 << 60
_TAG: Final = "A tag that leaves no text."
_new = tuple.__new__  # a Span is made by the thousand, and its own constructor takes twice as long

_NO_TRAIL: Final = frozenset(' \n\t,.;:)]<[|(!?"\x7f，。、；：）」』《》（「')
"""Characters that begin no link trail on any wiki; they are most of those behind a link."""


@lru_cache(maxsize=16)
def _bracketed(protocols: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of ``[http://x``, at the bracket."""
    names = "|".join(map(re.escape, protocols))
    char = markup.URL_CHAR
    return re.compile(rf"\[((?i:{names})(?:\[[0-9A-Fa-f:.]++\]|{char}){char}*+)")


@lru_cache(maxsize=16)
def _protocol(protocols: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?i:{'|'.join(map(re.escape, protocols))})")


@lru_cache(maxsize=16)
def _scheme(protocols: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a scheme that ends where the text ends."""
    names = "|".join(re.escape(p.partition(":")[0]) for p in protocols if ":" in p and p != "//")
    return re.compile(rf"(?<!\w)(?i:{names})\Z")


def scheme_before(protocols: tuple[str, ...], text: str, start: int, colon: int) -> int:
    """Return where the scheme of an address begins whose colon is at *colon*; -1 without."""
    found = _scheme(protocols).search(text[start:colon])
    return start + found.start() if found else -1


LOOK_AHEAD: Final = 200
"""How far a record that begins with markup looks for the first character of its text."""

URL: Final = re.compile(rf"(?:\[[0-9A-Fa-f:.]++\]|{markup.URL_CHAR}){markup.URL_CHAR}*+")
_ANGLE: Final = re.compile(r"''|&[lg]t;")
"""Where an address in brackets ends, which an entity for a space does not end."""
_URL_STOP: Final = re.compile(r"''|&(?:lt|gt|nbsp|#x0*(?:3[CcEe]|[Aa]0)|#0*(?:60|62|160));")
_DIGIT: Final = re.compile(r"[0-9X]")
_ENTITY_END: Final = re.compile(r"&(?:[A-Za-z]+|#x[0-9A-Fa-f]+|#[0-9]+)\Z")
_QUOTES: Final = re.compile(r"''+|\[\[|<(?=/?+([A-Za-z][^\s/<>\x00]*+)[^<>\n]*+(>))")
_LABEL_BAD: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffd]")


class OpenTag:
    """A tag that waits for its end."""

    __slots__ = ("end", "hides", "name", "start", "style", "text_start")

    def __init__(self, name: str, start: int, end: int, style: StyleKind | None) -> None:
        self.name = name
        self.start = start
        self.end = end
        """The opening tag in the source."""
        self.style = style
        self.text_start = 0
        self.hides = False


class Inline:
    """Reads stretches of one expansion into one flow."""

    __slots__ = (
        "_blank",
        "_bold",
        "_bold_source",
        "_cell",
        "_dead",
        "_events",
        "_italic",
        "_italic_source",
        "_link",
        "_no_bracket",
        "_planned",
        "active",
        "beside",
        "breaks",
        "counts",
        "delta",
        "depth",
        "expansion",
        "files",
        "first_cut",
        "flow",
        "high",
        "items",
        "low",
        "next_event",
        "page",
        "quotes",
        "rule_entries",
        "rule_starts",
        "rules",
        "shown",
        "site",
        "spans",
        "suspended",
        "tags",
        "text",
        "token",
        "trail",
    )

    def __init__(self, page: Page, flow: Flow, expansion: Expansion, depth: int) -> None:
        self.page = page
        self.site: Site = page.site
        self.flow = flow
        self.depth = depth
        """How many Documents this one is nested in."""
        self.files: dict[int, tuple[int, int, int]] = {}
        """File links: start → where the bar, the closing brackets and the end are."""
        self.spans: list[tuple[int, int]] = []
        """Links that go over line ends, in order."""
        self.beside: list[int] = []
        """Where categories stood on a line behind other text or at its beginning, in order."""
        self.breaks: list[int] = []
        """Where line ends stood that went with the categories behind them, in order."""
        self.first_cut = _FAR
        """The first of all these."""
        self._dead: set[int] = set()
        expansion = self._prepare(expansion)
        self.expansion = expansion
        self.text = text = expansion.text
        self.items = expansion.items
        self.token = (
            markup.MAGIC_TOKEN
            if "ISBN" in text or "RFC" in text or "PMID" in text
            else markup.TOKEN
        )
        starts = expansion.starts
        self.delta = 0
        """From the text to the source, between ``low`` and ``high``."""
        self.low = self.high = 0
        if starts:
            self._seek(0)
        self._events: list[tuple[int, int, object]] = []
        self.next_event = _FAR
        if expansion.calls or expansion.drops:
            self._events = self._list_events(expansion)
            self._events.reverse()
            self.next_event = self._events[-1][0]
        self._blank = 0
        """Up to where there is nothing but markup, as far as has been looked."""
        self.quotes: dict[int, tuple[int, str]] = {}
        """What runs of apostrophes do: how many are text, and which styles they turn."""
        self._planned = 0
        self._cell = 0
        """Where the text of the last cell began, white space taken off; at first, the page's."""
        self._bold = self._italic = -1
        self._bold_source = self._italic_source = 0
        self._link = (0, -1)
        """Of the link whose label is read: how many tags were open, and where it begins in the
        source; -1 outside of links."""
        self.tags: list[OpenTag] = []
        self.counts: dict[str, int] = {}
        self.rules: dict[int, tuple[Rule, Span | str]] = {}
        """What a ``-{ }-`` says and shows, by the place of its first marker."""
        self.shown: dict[int, int] = {}
        """Where that ends, by the same."""
        self.rule_starts: dict[int, int] = {}
        """The place of the first marker, by that of the second."""
        for start, end, rule, shown in expansion.variants:
            self.rules[start - 1] = rule, shown
            self.shown[start - 1] = end + 1
            self.rule_starts[end] = start - 1
        self.rule_entries: dict[int, int] = {}
        """Entries of the flow's rules, by the place of the first marker."""
        self.active: list[OpenTag] = []
        """Open tags whose style goes from them to here, outermost first."""
        self.suspended: dict[StyleKind, OpenTag] = {}
        """Open tags whose style ended with a block and goes on in the next, innermost first."""
        self._no_bracket = -1
        self.trail = page.trail

    def release(self) -> None:
        """Let go of the text, once it has been read."""
        self.expansion = Expansion()
        self.text = ""
        self.items, self.quotes = {}, {}

    # ---------------------------------------------------------------- places

    def _seek(self, at: int) -> None:
        """Make the segment that holds *at* the current one."""
        e = self.expansion
        i = max(bisect_right(e.starts, at) - 1, 0)
        if e.fixed[i] >= 0:
            self.low = self.high = -1
            return
        self.low = e.starts[i]
        self.high = e.starts[i + 1] if i + 1 < len(e.starts) else len(e.text)
        self.delta = e.begins[i] - self.low

    def begin_of(self, at: int) -> int:
        """Return where the character at *at* begins in the source."""
        if self.low <= at < self.high:
            return at + self.delta
        if at >= len(self.text):
            return self.expansion.source_end(at) if at else 0
        return self.expansion.source_start(at)

    def end_of(self, at: int) -> int:
        """Return where the character before *at* ends in the source."""
        if self.low < at <= self.high:
            return at + self.delta
        return self.expansion.source_end(at) if at > 0 else self.begin_of(0)

    def span_of(self, start: int, end: int) -> Span:
        """Return the source of a stretch of the text; the hull, where handlers reordered it."""
        if self.low <= start and end <= self.high:
            delta = self.delta
            return _new(Span, (start + delta, end + delta))
        left, right = self.begin_of(start), self.end_of(end)
        return Span(left, right) if left <= right else Span(right, left)

    # ---------------------------------------------------------------- preparation

    def _prepare(self, expansion: Expansion) -> Expansion:
        """
        Take categories and interlanguage links out of the text, and find the file links.

        A category takes the white space before it along (T2087), so it must go before lines are
        looked at.
        """
        text = expansion.text
        site = self.site
        cuts: list[tuple[int, int]] = []
        found: list[tuple[int, int, int, int]] = []
        self.expansion = expansion
        self.text = text
        self.low = self.high = -1
        has_tags = markup.MULTILINE_TAG.search(text) is not None
        switches = "__" in text
        if "[[" not in text and not has_tags and not switches:
            return expansion
        inside = 0
        long: list[int] = []
        for match in markup.SPECIAL.finditer(text):
            s = match.start()
            prefix = match[1]
            if prefix is None:
                long.append(s)
                continue
            prefix = prefix.replace("_", " ").strip(" ").lower()
            number = site.namespace_id(prefix) if prefix else None
            if number is None:
                if prefix not in site.language_prefixes:
                    long.append(s)
                    continue
            elif number not in (CATEGORY, FILE):
                long.append(s)
                continue
            if s and text[s - 1] == "[" and not _pairs_up(text, s):
                continue
            if number == FILE:
                if s in self._dead:
                    continue
                place = self._file_end(s, len(text))
                if place is not None:
                    found.append((s, *place))
                continue
            place2 = self.find_link(s, len(text))
            if place2 is None:
                continue
            target_end, label_start, label_end, end = place2
            raw = text[s + 2 : target_end]
            title = site.title(raw)
            if not title.valid or title.leading_colon:
                continue
            if title.namespace == CATEGORY or (title.interwiki and title.is_language):
                # White space before it goes from its first line end on (T2087, T359886).
                left = back = s
                while back > inside and text[back - 1] in " \t\n\r\x0b":
                    back -= 1
                    if text[back] == "\n":
                        left = back
                if left != inside or not cuts:
                    (self.beside if left == s else self.breaks).append(left)
                key = text[label_start:label_end].replace("\n", "") if label_start else ""
                self._file_page(title, markup.decode(key), expansion, s, end)
                cuts.append((left, end))
                inside = end
        if switches:
            # They go before headings are looked for.
            a = b = 0
            while (a := text.find("__", b)) >= 0:
                switch = site.behavior_switch_pattern.match(text, a)
                b = a + 1
                if switch is None:
                    continue
                b = switch.end()
                expansion.drops.append(
                    (
                        a,
                        "behavior_switch",
                        "A switch for the page.",
                        expansion.source_start(a),
                        expansion.source_end(b),
                    )
                )
                cuts.append((a, b))
            cuts = _apart(cuts)
        if cuts:
            expansion = expansion.without(cuts)
            self.beside = _shifted(self.beside, cuts)
            self.breaks = _shifted(self.breaks, cuts)
            self.first_cut = min((*self.beside[:1], *self.breaks[:1]), default=_FAR)
            if found:
                found = self._shift(found, cuts)
        self.files = {s: (bar, close, end) for s, bar, close, end in found}
        text = expansion.text
        self.text = text
        self.expansion = expansion
        spans = [(s, end) for s, _, _, end in found if "\n" in text[s:end]]
        if long:
            for s in _shifted(long, cuts):
                place2 = self.find_link(s, len(text))
                if place2 is not None and "\n" in text[s : place2[3]]:
                    spans.append((s, place2[3]))
        if has_tags:
            spans.extend(
                match.span()
                for match in markup.MULTILINE_TAG.finditer(text)
                if match[1].lower() in markup.HTML_TAGS
            )
        if spans:
            spans.sort()
        self.spans = spans
        return expansion

    @staticmethod
    def _shift(
        found: list[tuple[int, int, int, int]], cuts: list[tuple[int, int]]
    ) -> list[tuple[int, int, int, int]]:
        points = sorted({p for row in found for p in row})
        moved: dict[int, int] = {}
        removed = i = 0
        for point in points:
            while i < len(cuts) and cuts[i][1] <= point:
                removed += cuts[i][1] - cuts[i][0]
                i += 1
            inner = point - cuts[i][0] if i < len(cuts) and cuts[i][0] < point else 0
            moved[point] = point - removed - inner
        return [(moved[a], moved[b], moved[c], moved[d]) for a, b, c, d in found]

    def _file_page(self, title: Title, key: str, expansion: Expansion, s: int, end: int) -> None:
        left, right = expansion.source_start(s), expansion.source_end(end)
        span = Span(min(left, right), max(left, right))
        if title.interwiki:
            self.flow.interlanguage.append(Interlanguage(title.interwiki, title.text, span))
        else:
            self.flow.categories.append(Category(title.text, key, span))

    def _file_end(self, s: int, limit: int) -> tuple[int, int, int] | None:
        """
        Return bar, closing brackets and end of the file link at *s*; None if it is none.

        The only links that may hold links are those to files.
        """
        text = self.text
        following = text.find("[[", s + 2, limit)
        stop = following if following >= 0 else limit
        bar = text.find("|", s + 2, stop)
        close = text.find("]]", s + 2, stop)
        if close >= 0:
            plain = self.find_link(s, limit)
            if plain is None:
                return None
            target_end, label_start, label_end, end = plain
            title = self.site.title(text[s + 2 : target_end])
            if not title.valid or title.namespace != FILE or title.leading_colon:
                return None
            return (target_end if label_start else label_end, label_end, end)
        if bar < 0 or following < 0:
            return None
        target = text[s + 2 : bar]
        if markup.has_bad_target(text, s + 2, bar):
            return None
        title = self.site.title(target)
        if not title.valid or title.namespace != FILE or title.leading_colon:
            return None
        while following >= 0:
            after = text.find("[[", following + 2, limit)
            stop = after if after >= 0 else limit
            first = text.find("]]", following + 2, stop)
            if first < 0:
                self._dead.add(following)
                return None
            second = text.find("]]", first + 2, stop)
            if second >= 0:
                return (bar, second, second + 2)
            following = after
        return None

    def find_link(self, s: int, limit: int) -> tuple[int, int, int, int] | None:
        """
        Return where the parts of the link at *s* are, or None if it is no link.

        Returns:
            End of the target, start of the label (0 if it has none), end of the label, end of all.
        """
        text = self.text
        following = text.find("[[", s + 2, limit)
        stop = following if following >= 0 else limit
        close = text.find("]]", s + 2, stop)
        if close < 0:
            return None
        if stop > self.first_cut:
            stop = self.unbroken(s + 1, stop)
            if close + 2 > stop:
                return None
        bar = text.find("|", s + 2, close)
        if bar < 0:
            if close == s + 2 or markup.has_bad_target(text, s + 2, close):
                return None
            return (close, 0, close, close + 2)
        if bar == s + 2 or markup.has_bad_target(text, s + 2, bar):
            return None
        if bar + 1 == close:
            close = text.find("]]", close + 1, stop)
            if close < 0:
                return None
        end = close + 2
        if end < stop and text.startswith("]", end) and text.find("[", bar + 1, close) >= 0:
            return (bar, bar + 1, close + 1, end + 1)
        return (bar, bar + 1, close, end)

    def unbroken(self, a: int, b: int) -> int:
        """Return where a category stood first between *a* and *b*; no link goes on behind it."""
        for places in (self.beside, self.breaks):
            i = bisect_left(places, a)
            if i < len(places):
                b = min(b, places[i])
        return b

    # ---------------------------------------------------------------- events

    @staticmethod
    def _list_events(expansion: Expansion) -> list[tuple[int, int, object]]:
        events: list[tuple[int, int, object]] = []
        order = 0
        for call in expansion.calls:
            events.append((call.start, order, call))
            order += 1
            if call.end > call.start:
                events.append((call.end, -1, call))
        for drop in expansion.drops:
            events.append((drop[0], order, drop))
            order += 1
        if events:
            events.sort(key=lambda event: event[:2])
        return events

    def pass_events(self, until: int) -> None:
        """Note where in the text calls and drops stand that come at *until* or before it."""
        flow = self.flow
        events = self._events
        while events and events[-1][0] <= until:
            at, order, what = events.pop()
            if isinstance(what, Call):
                if order < 0:
                    what.end = flow.reached()
                elif what.end > max(what.start, until):
                    what.start = what.end = self.settle(at, what.end)
                else:
                    what.start = what.end = flow.position
                    if is_note_ta(what.name):
                        note_ta(what, flow)
            else:
                _, code, message, start, end = cast("tuple[int, str, str, int, int]", what)
                flow.drop(code, message, start, end)
        self.next_event = events[-1][0] if events else _FAR

    # ---------------------------------------------------------------- writing

    def write(self, a: int, b: int) -> None:
        """Write a stretch of the text that holds no markup."""
        while self.next_event < b:
            if self.next_event > a:
                at = self.next_event
                self.write(a, at)
                a = at
            self.pass_events(a)
        if self.low <= a and b <= self.high:
            delta = self.delta
            self.flow.put(a + delta, b + delta)
            return
        e = self.expansion
        starts = e.starts
        i = bisect_right(starts, a) - 1
        count = len(starts)
        while a < b:
            right = starts[i + 1] if i + 1 < count else len(e.text)
            stop = min(b, right)
            if a < stop:
                fixed = e.fixed[i]
                if fixed >= 0:
                    begin = e.begins[i]
                    self.flow.put_literal(self.text[a:stop], begin, begin)
                else:
                    begin = e.begins[i] + a - starts[i]
                    self.flow.put(begin, begin + stop - a)
                    self.low, self.high, self.delta = starts[i], right, e.begins[i] - starts[i]
                a = stop
            i += 1

    def write_as(self, value: str, a: int, b: int) -> None:
        """Write *value* for a stretch of the text."""
        if self.next_event < b:
            self.pass_events(a)
        left, right = self.span_of(a, b)
        self.flow.put_literal(value, left, right)

    def settle(self, a: int, b: int) -> int:
        """Write what parts the text from a record that begins at *a*; return where it begins."""
        flow = self.flow
        if flow.fast:
            return flow.reached()
        if flow.hides:
            return flow.position
        if not flow.ready or flow.join >= 0:
            # A run of markup is looked through once, not again from each sign in it.
            a = max(a, self._blank)
            char = markup_start(self.text, a, b)
            if not char:
                self._blank = min(b, a + LOOK_AHEAD)
            else:
                if not flow.ready:
                    flow.place = self.begin_of(a)
                    flow.begin()
                if not char.isspace():
                    flow.joined(char)
        return flow.position

    # ---------------------------------------------------------------- the loop

    def inline(self, a: int, b: int) -> None:
        """Read ``text[a:b]`` and write it into the flow."""
        text = self.text
        pos = a
        flow = self.flow
        if self.suspended:
            self.resume(a, b)
        title_of = self.site.title
        trailing = self.trail
        pieces, runs = flow._pieces, flow._runs
        links, link_places = flow.linked, flow.link_places
        first_cut = self.first_cut
        for match in self.token.finditer(text, a, b):
            s = match.start()
            if s < pos:
                continue
            first = text[s]
            if first == "[" and match.lastindex:
                target = match[1]
                title = title_of(target)
                if (
                    not title.valid
                    or title.namespace
                    or title.interwiki
                    or target[0] == "/"
                    or (match.end() > first_cut and self.unbroken(s + 1, match.end()) < match.end())
                ):
                    e = self.link(s, b, pos)
                    if e < 0:
                        e = self.external(s + 1, b, pos)
                    if e >= 0:
                        pos = e
                    continue
                if s > pos:
                    if flow.fast and s <= self.next_event and self.low <= pos and s <= self.high:
                        # As ``write`` and ``put`` do, in place: most text stands before a link.
                        left = pos + self.delta
                        length = flow._length
                        flow._length = stop = length + s - pos
                        pieces.append(text[pos:s])
                        if flow._verbatim_end == left:
                            runs[-4] = stop
                            runs[-2] = s + self.delta
                        else:
                            runs.fromlist([length, stop, left, s + self.delta, 1])
                        flow._verbatim_end = s + self.delta
                    else:
                        self.write(pos, s)
                pos = end = match.end()
                if match.lastindex == 2:
                    x, y = match.span(2)
                else:
                    x, y = match.span(1)
                    if text[x] == " " and x < y - 1:
                        x += len(target) - len(target.lstrip(" "))
                if trailing is not None and pos < b and text[pos] not in _NO_TRAIL:
                    pos = min(trailing(text, pos), b)
                low = self.low
                if flow.fast and self.next_event >= pos and low <= s and pos <= self.high:
                    # The common link, with nothing to see to: what ``write`` would do, in place.
                    delta = self.delta
                    start = flow._length
                    label = text[x:y] if pos == end else text[x:y] + text[end:pos]
                    pieces.append(label)
                    stop = flow._length = start + len(label)
                    middle = start + y - x
                    runs.fromlist([start, middle, x + delta, y + delta, 1])
                    if pos > end:
                        runs.fromlist([middle, stop, end + delta, pos + delta, 1])
                        flow._verbatim_end = pos + delta
                    else:
                        flow._verbatim_end = y + delta
                    links.append((title.full, title.fragment, "article", "wikitext", target, ""))
                    link_places.fromlist([start, stop, s + delta, pos + delta])
                else:
                    self._simple(title, target, s, end, x, y, pos)
                continue
            if first == "\n":
                if s > pos:
                    self.write(pos, s)
                pos = s + 1
                self.end_quotes(s)
                if self.next_event < pos:
                    self.pass_events(s)
                self.soft(s)
            elif first == "<":
                e = self.tag(match, s, b, pos)
                if e >= 0:
                    pos = e
            elif first == "'":
                if s >= self._planned:
                    stop = text.find("\n", s, b)
                    self.plan(s, stop if stop >= 0 else b)
                plan = self.quotes.get(s)
                if plan is None:
                    continue
                literal, turns = plan
                if s + literal > pos:
                    self.write(pos, s + literal)
                pos = match.end()
                self.turn(turns, s + literal, pos, b)
            elif first == "[":
                if match.end() - s == 2:
                    e = self.link(s, b, pos)
                    if e < 0:
                        e = self.emptied(s, b, pos)
                    if e < 0:
                        e = self.external(s + 1, b, pos)
                else:
                    e = self.external(s, b, pos)
                if e >= 0:
                    pos = e
            elif first == "&":
                value = markup.character(match[0])
                if value is not None:
                    if s > pos:
                        self.write(pos, s)
                    pos = match.end()
                    self.write_as(value, s, pos)
            elif first == ":":
                e = self.free_link(s, b, pos)
                if e >= 0:
                    pos = e
            elif first == MARKER:
                node = self.items.get(s)
                if node is not None:
                    if s > pos:
                        self.write(pos, s)
                    pos = s + 1
                    if self.next_event < pos:
                        self.pass_events(s)
                    self.item(node, s)
            else:
                self.magic(match, s, pos)
                pos = match.end()
        if pos < b:
            self.write(pos, b)

    # ---------------------------------------------------------------- links

    def _simple(
        self, title: Title, target: str, s: int, end: int, x: int, y: int, trail: int
    ) -> None:
        """Write a link to an article whose label ``text[x:y]`` has no markup."""
        start = self.settle(x, y)
        self.write(x, y)
        if trail > end:
            self.write(end, trail)
        self.add_link(title, target, start, s, trail)

    def form_of(self, s: int) -> LinkForm:
        """Return whether a link at *s* is the page's own or a handler's."""
        e = self.expansion
        return "template" if e.fixed[bisect_right(e.starts, s) - 1] >= 0 else "wikitext"

    def link(self, s: int, b: int, pos: int) -> int:
        """Read the link at *s* and return where it ends; -1 if it is text."""
        text = self.text
        place = self.files.get(s)
        if place is not None and place[2] <= b:
            if s > pos:
                self.write(pos, s)
            self.file(s, *place)
            return place[2]
        found = self.find_link(s, b)
        if found is None:
            return -1
        target_end, x, y, end = found
        target = text[s + 2 : target_end]
        stripped = target.lstrip(" ")
        if _protocol(self.site.protocols).match(stripped):
            return -1
        title = self.site.title(target)
        if not title.valid or not stripped:
            return -1
        if s > pos:
            self.write(pos, s)
        literal = ""
        if not x:
            x = target_end - len(stripped)
            if stripped[0] == ":":
                x += 1
            y = target_end
            if "%" in stripped:
                literal = unquote(text[x:y])
        start = self.settle(x, y)
        if literal:
            self.write_as(literal, x, y)
        elif found[1]:
            saved = self._open_label(s)
            self.label(x, y)
            self._close_label(saved, y)
        elif "&" in stripped:
            self.entities(x, y)
        else:
            self.write(x, y)
        if self.trail is not None and end < b and text[end] not in _NO_TRAIL:
            trail = min(self.trail(text, end), b)
            if trail > end:
                self.write(end, trail)
                end = trail
        self.add_link(title, target, start, s, end)
        if self.suspended:
            self.resume(end, b)
        return end

    def emptied(self, s: int, b: int, pos: int) -> int:
        """
        Read a link at *s* whose label was an unknown template; return where it ends, or -1.

        With templates that count as nothing ``[[a|]]`` is text, as MediaWiki has it.
        """
        text = self.text
        bar = text.find("|]]", s + 2, min(b, s + 2 + MAX_TITLE_BYTES))
        if bar < 0 or not self.page.templates:
            return -1
        for at, _, what in reversed(self._events):
            if at > bar + 1:
                return -1
            if at == bar + 1 and isinstance(what, Call) and what.action == "dropped":
                break
        else:
            return -1
        target = text[s + 2 : bar]
        title = self.site.title(target)
        if not title.valid or markup.has_bad_target(text, s + 2, bar):
            return -1
        if s > pos:
            self.write(pos, s)
        self.pass_events(bar + 1)
        self.add_link(title, target, self.flow.position, s, bar + 3)
        return bar + 3

    def add_link(self, title: Title, target: str, start: int, s: int, end: int) -> None:
        """Record a link whose label has been written from *start* of the text on."""
        flow = self.flow
        if title.interwiki:
            kind: LinkKind = "interwiki"
        elif not title.namespace:
            kind = "article" if title.text else "anchor"
        elif title.namespace in (FILE, MEDIA):
            kind = "file"
        else:
            kind = "category" if title.namespace == CATEGORY else "page"
        shown = title.text if title.interwiki else title.full
        head = (shown, title.fragment, kind, self.form_of(s), target, title.interwiki)
        flow.link(head, start, *self.span_of(s, end))

    def label(self, x: int, y: int) -> None:
        """Read the label of a link or a caption: quotes in it are its own."""
        saved = (self._bold, self._italic, self._bold_source, self._italic_source, self._planned)
        self._bold = self._italic = -1
        if "''" in self.text[x:y]:
            self.plan(x, y)
        self.inline(x, y)
        self.end_quotes(y)
        self._bold, self._italic, self._bold_source, self._italic_source, planned = saved
        self._planned = max(planned, self._planned)

    def _open_label(self, s: int) -> tuple[int, int]:
        """Note that a link begins at *s*: tags and quotes inside it must nest with it."""
        saved = self._link
        self._link = (len(self.tags), self.begin_of(s))
        return saved

    def _close_label(self, saved: tuple[int, int], at: int) -> None:
        """End at *at* the styles that began in the label of a link."""
        left = self._link[1]
        self._link = saved
        right = self.end_of(at)
        while self.active and self.active[-1].start >= left:
            self.suspend(self.active.pop(), right)
        if self._italic >= 0 and self._italic_source >= left:
            self._emit("italic", self._italic, self._italic_source, right)
            self._italic, self._italic_source = self.flow.position, self.end_of(at + 1)
        if self._bold >= 0 and self._bold_source >= left:
            self._emit("bold", self._bold, self._bold_source, right)
            self._bold, self._bold_source = self.flow.position, self.end_of(at + 1)

    def entities(self, x: int, y: int) -> None:
        """Write text in which only entities mean anything."""
        pos = x
        for match in markup.ENTITY.finditer(self.text, x, y):
            value = markup.character(match[0])
            if value is not None:
                if match.start() > pos:
                    self.write(pos, match.start())
                pos = match.end()
                self.write_as(value, match.start(), pos)
        if pos < y:
            self.write(pos, y)

    def file(self, s: int, bar: int, close: int, end: int) -> None:
        """Read a file link; ``blocks`` knows how."""
        raise NotImplementedError

    def external(self, s: int, b: int, pos: int) -> int:
        """Read ``[http://x label]`` at *s*; return its end, or -1 if it is text."""
        if self._link[1] >= 0:
            return -1  # no link within a link
        text = self.text
        match = _bracketed(self.site.protocols).match(text, s, b)
        if match is None:
            return -1
        url_end = match.end()
        stop = _ANGLE.search(text, s + 1, url_end)
        if stop:
            url_end = stop.start()
        if s < self._no_bracket:
            return -1
        close = self.closing_bracket(url_end, b)
        if close < 0:
            return -1
        x = url_end
        while x < close and (text[x] == " " or (text[x] > "\x7f" and text[x].isspace())):
            x += 1
        if _LABEL_BAD.search(text, x, close):
            return -1
        if s > pos:
            self.write(pos, s)
        url = text[s + 1 : url_end]
        flow = self.flow
        if x == close:
            self.page.bare_links += 1
            if self.next_event < close:
                self.pass_events(s)
            number = f"[{self.page.bare_links}]"
            left, right = self.span_of(s, close + 1)
            start = self.settle(s, close + 1)
            flow.put_literal(number, left, right)
            self.add_external(url, start, s, close + 1, bare=True)
        else:
            start = self.settle(x, close)
            saved = self._open_label(s)
            self.inline(x, close)
            self._close_label(saved, close)
            self.add_external(url, start, s, close + 1, bare=False)
            if self.suspended:
                self.resume(close + 1, b)
        return close + 1

    def closing_bracket(self, at: int, b: int) -> int:
        """Return where the bracket of an external link closes; -1 if it does not on its line."""
        text = self.text
        while True:
            match = markup.BARE_BRACKETS.search(text, at, b)
            if match is None or match[0] == "\n":
                # No bracket closes from here to the line's end, so none will for what follows.
                self._no_bracket = match.start() if match else b
                return -1
            at = match.start()
            if match[0] == "]":
                return at
            if text.startswith("[[", at):
                place = self.files.get(at)
                end = place[2] if place else (self.find_link(at, b) or (0, 0, 0, 0))[3]
                at = end or at + 2
            else:
                at += 1

    def add_external(self, url: str, start: int, s: int, end: int, *, bare: bool) -> None:
        """Record an external link whose label has been written from *start* of the text on."""
        target = markup.clean_url(url) if "&" in url or "|" in url else url
        form: LinkForm = "bare" if bare else "external"
        self.flow.link((target, "", "external", form, url, ""), start, *self.span_of(s, end))

    def free_link(self, s: int, b: int, pos: int) -> int:
        """Read a URL whose colon is at *s*; return its end, or -1 if it is text."""
        if self._link[1] >= 0:
            return -1  # no link within a link
        text = self.text
        begin = scheme_before(self.site.protocols, text, max(pos, s - 12), s)
        if begin < 0 or (begin > pos and text[begin - 1].isalnum()):
            return -1
        after = s + 3 if text.startswith("//", s + 1) else s + 1
        match = URL.match(text, after, b)
        if match is None:
            return -1
        end = match.end()
        stop = _URL_STOP.search(text, after, end)
        if stop:
            end = stop.start()
        marks = ",;.:!?" if "(" in text[after:end] else ",;.:!?)"
        kept = text[begin:end].rstrip(marks)
        if text.startswith(";", begin + len(kept)) and len(kept) < end - begin:
            tail = _ENTITY_END.search(kept[-40:])
            if tail:
                kept += ";"
        end = begin + len(kept)
        if end <= after:
            return -1
        if begin > pos:
            self.write(pos, begin)
        start = self.settle(begin, end)
        url = text[begin:end]
        if "&" in url or "|" in url:
            self.address(begin, end)
        else:
            self.write(begin, end)
        self.add_external(url, start, begin, end, bare=True)
        return end

    def address(self, x: int, y: int) -> None:
        """Write a URL as MediaWiki shows it."""
        pos = x
        for match in markup.ADDRESS_SIGN.finditer(self.text, x, y):
            value = markup.clean_url(match[0])
            if value != match[0]:
                if match.start() > pos:
                    self.write(pos, match.start())
                pos = match.end()
                self.write_as(value, match.start(), pos)
        if pos < y:
            self.write(pos, y)

    def magic(self, match: re.Match[str], s: int, pos: int) -> None:
        """Write ``ISBN …``, ``RFC …`` or ``PMID …`` and record its link."""
        if s > pos:
            self.write(pos, s)
        end = match.end()
        start = self.settle(s, end)
        self.entities(s, end)
        if self._link[1] >= 0:
            return
        value = markup.decode(match[0])
        digits = "".join(_DIGIT.findall(value[4:].upper()))
        if value.startswith("ISBN"):
            url = f"{self.site.server}/wiki/Special:BookSources/{digits}"
        elif value.startswith("RFC"):
            url = f"https://tools.ietf.org/html/rfc{digits}"
        else:
            url = f"https://www.ncbi.nlm.nih.gov/pubmed/{digits}?dopt=Abstract"
        self.add_external(url, start, s, end, bare=True)

    # ---------------------------------------------------------------- quotes

    def plan(self, a: int, b: int) -> None:
        """Decide what the runs of apostrophes in a line do: Parser::doQuotes()."""
        text = self.text
        self._planned = b
        runs: list[list[int]] = []  # place, apostrophes that are text, length of the rest
        at = a
        for match in _QUOTES.finditer(text, a, b):
            s = match.start()
            if s < at:
                continue
            if text[s] == "[":
                place = self.files.get(s)
                if place and place[2] <= b:
                    at = place[2]
                else:
                    found = self.find_link(s, b)
                    if found:
                        at = found[3]
                continue
            if text[s] == "<":
                if match[1].lower() in markup.HTML_TAGS:
                    at = match.end(2)
                continue
            length = match.end() - s
            literal = 0
            if length == 4:
                literal, length = 1, 3
            elif length > 5:
                literal, length = length - 5, 5
            runs.append([s, literal, length])
        bold = sum(length in (3, 5) for _, _, length in runs)
        italic = sum(length in (2, 5) for _, _, length in runs)
        if bold % 2 and italic % 2:
            multi = single = space = -1
            for i, (s, literal, length) in enumerate(runs):
                if length != 3:
                    continue
                mark = s + literal
                # The line may begin before *a*, with the mark of an item or with a space.
                inside = mark - self._cell
                one = text[mark - 1] if inside else ""
                two = text[mark - 2] if inside not in {0, 1} else ""
                if one == " ":
                    if space < 0:
                        space = i
                elif two == " ":
                    single = i
                    break
                elif multi < 0:
                    multi = i
            change = single if single >= 0 else multi if multi >= 0 else space
            if change >= 0:
                runs[change][1] += 1
                runs[change][2] = 2
        quotes = self.quotes
        state = ""
        for s, literal, length in runs:
            if length == 2:
                turns = "i"
            elif length == 3:
                turns = "b"
            elif state in ("b", "bi"):
                turns = "ib" if state == "bi" else "bi"
            else:
                turns = "bi" if state == "ib" else "ib" if state == "i" else "bi"
            quotes[s] = (literal, turns)
            for turn in turns:
                state = state.replace(turn, "") if turn in state else state + turn

    def turn(self, turns: str, s: int, e: int, b: int) -> None:
        """Turn bold or italic on or off."""
        for which in turns:
            if which == "b":
                if self._bold >= 0:
                    if self._italic > self._bold and self._italic >= 0:
                        self._cut_italic(s)
                    self._emit("bold", self._bold, self._bold_source, self.end_of(e))
                    self._bold = -1
                else:
                    self._bold = self.settle(e, b)
                    self._bold_source = self.begin_of(s)
            elif self._italic >= 0:
                if self._bold > self._italic and self._bold >= 0:
                    self._emit("bold", self._bold, self._bold_source, self.begin_of(s))
                    self._bold = self.flow.position
                    self._bold_source = self.begin_of(s)
                self._emit("italic", self._italic, self._italic_source, self.end_of(e))
                self._italic = -1
            else:
                self._italic = self.settle(e, b)
                self._italic_source = self.begin_of(s)

    def _cut_italic(self, s: int) -> None:
        self._emit("italic", self._italic, self._italic_source, self.begin_of(s))
        self._italic = self.flow.position
        self._italic_source = self.begin_of(s)

    def _emit(self, kind: StyleKind, start: int, left: int, right: int) -> None:
        flow = self.flow
        if left < self._link[1]:
            right = self._link[1]  # what began before a link ends before it
        if flow._open and start < flow._open[-1]:
            start = flow._open[-1]  # it began before the block that holds its text
        elif flow.begun_since(start):
            flow.broken_styles.append(len(flow.styled))
        end = flow.reached()
        flow.styled.append(kind)
        flow.style_places.fromlist([min(start, end), end, min(left, right), max(left, right)])

    def end_quotes(self, at: int) -> None:
        """Close what apostrophes opened: it ends with the line."""
        if self._bold >= 0 or self._italic >= 0:
            self.end_quotes_before(self.end_of(at))

    def end_quotes_before(self, right: int) -> None:
        """Close what apostrophes opened, at a place of the source."""
        if self._bold >= 0 or self._italic >= 0:
            order = [
                ("bold", self._bold, self._bold_source),
                ("italic", self._italic, self._italic_source),
            ]
            if self._italic > self._bold:
                order.reverse()
            for kind, start, left in order:
                if start >= 0:
                    self._emit(kind, start, left, right)  # type: ignore[arg-type]
            self._bold = self._italic = -1

    # ---------------------------------------------------------------- tags

    def tag(self, match: re.Match[str], s: int, b: int, pos: int) -> int:
        """Read an HTML tag; return where to go on, -1 if it is text."""
        e = match.end()
        slash, name, given = match.group(3, 4, 5)
        name = name.lower()
        if name not in markup.HTML_TAGS or (
            name in markup.METADATA_TAGS and (slash or "itemprop" not in given.lower())
        ):
            # What looks like a tag is text, and what is in it is read as such.
            if s > pos:
                self.write(pos, s)
            self.write(s, s + 1)
            self.inline(s + 1, e)
            return e
        if s > pos:
            self.write(pos, s)
        if self.next_event < e:
            self.pass_events(s)
        closing = bool(slash)
        left, right = self.span_of(s, e)
        flow = self.flow
        if name == "br":
            flow.put_break(left, right)
        elif name in ("wbr", "meta", "link"):
            self.drop_markup("html_tag_removed", _TAG, left, right)
        elif name in markup.BLOCK_TAGS:
            self.block_tag(name, given, s, e, closing=closing)
        elif closing:
            self.close_tag(name, left, right)
        else:
            self.open_tag(name, given, left, right, e, b)
        if self.suspended:
            self.resume(e, b)
        return e

    def open_tag(self, name: str, given: str, left: int, right: int, e: int, b: int) -> OpenTag:
        """Remember an opening tag until its end comes."""
        tag = OpenTag(name, left, right, STYLES.get(name))
        flow = self.flow
        if name == "rp" or (given and "style" in given and markup.HIDDEN.search(given)):
            tag.hides = flow.hid = True
            tag.style = None  # of what is not seen
            flow.hides += 1
            flow.fast = False
        elif name == "rt":
            flow.put_literal("(", right, right)
        if tag.style is not None:
            tag.text_start = self.settle(e, b)
            self.active.append(tag)
        self.tags.append(tag)
        self.counts[name] = self.counts.get(name, 0) + 1
        return tag

    def close_tag(self, name: str, left: int, right: int) -> bool:
        """
        End the innermost open tag of that name, and what is open inside it.

        What formats goes on behind it, as in HTML, but only one element for each style.
        """
        if not self.counts.get(name):
            self.drop_markup("stray_tag", "An end tag without a beginning.", left, right)
            return False
        reopened: list[OpenTag] = []
        while True:
            tag = self.tags.pop()
            self.counts[tag.name] -= 1
            if tag.name == name:
                self.finish_tag(tag, left, right)
                break
            if tag.name in REOPENED and tag.style is not None:
                if self.active and self.active[-1] is tag:
                    self.suspend(self.active.pop(), left)
                reopened.append(tag)
            else:
                self.finish_tag(tag, left, left)
        for tag in reversed(reopened):
            if tag.style is not None:
                self.tags.append(tag)
                self.counts[tag.name] += 1
        return True

    def finish_tag(self, tag: OpenTag, left: int, right: int) -> None:
        """Make the record of a tag whose content ends at *left*; its end tag ends at *right*."""
        flow = self.flow
        if tag.hides:
            flow.hides -= 1
            if flow.hides == 0:
                flow.drop("hidden", "The page does not show this.", tag.start, max(right, tag.end))
            return
        if tag.name == "rt":
            flow.put_literal(")", left, left)
        if tag.style is not None:
            style, tag.style = tag.style, None
            if self.suspended.get(style) is tag:
                del self.suspended[style]
            else:
                for i in range(len(self.active) - 1, -1, -1):
                    if self.active[i] is tag:
                        del self.active[i]
                        break
                if self._end_style(tag, style, right):
                    return
        index = self.drop_markup("html_tag_removed", _TAG, tag.start, tag.end)
        if left >= right:
            return
        if index >= 0:
            flow.also_drop(index, left, right)
        else:
            self.drop_markup("html_tag_removed", _TAG, left, right)

    def drop_markup(self, code: str, message: str, left: int, right: int) -> int:
        """
        Account for markup that leaves no text, and return the index of the diagnostic.

        What a template supplied stands for the whole call, which has a record: -1.
        """
        if left >= right or self.page.source.startswith("{{", left):
            return -1
        return self.flow.drop(code, message, left, right)

    def end_styles(self, at: int) -> None:
        """End the styles of open tags where a block ends; the tags stay open."""
        if self.active:
            self.end_styles_before(self.end_of(at))

    def end_styles_before(self, right: int) -> None:
        """End the styles of open tags, at a place of the source."""
        while self.active:
            self.suspend(self.active.pop(), right)

    def suspend(self, tag: OpenTag, right: int) -> None:
        """End the style of an open tag at a place of the source; it may go on behind it."""
        style = tag.style
        if style is None:
            return
        self._end_style(tag, style, right)
        tag.start = tag.end  # the record has the tag
        if tag.name not in REOPENED:
            tag.style = None
            return
        inner = self.suspended.pop(style, None)
        if inner is not None:
            inner.style = None  # one of a kind is enough, and bounds what a block begins with
        self.suspended[style] = tag

    def _end_style(self, tag: OpenTag, style: StyleKind, right: int) -> bool:
        """Record what a tag formats; False where it was begun anew and no text has come since."""
        if tag.start >= tag.end and self.flow.reached() <= tag.text_start:
            return False
        self._emit(style, tag.text_start, tag.start, max(right, tag.end))
        return True

    def resume(self, a: int, b: int) -> None:
        """Begin styles anew that go on in the block of ``text[a:b]``."""
        if a >= b or self.flow.hides:
            return
        start, begin = self.settle(a, b), self.begin_of(a)
        for tag in reversed(self.suspended.values()):
            tag.text_start, tag.start, tag.end = start, begin, begin
            self.active.append(tag)
        self.suspended.clear()

    def close_tags(self, floor: int, at: int) -> None:
        """End all tags opened since there were *floor* of them."""
        if len(self.tags) > floor:
            left = self.end_of(at)
            while len(self.tags) > floor:
                tag = self.tags.pop()
                self.counts[tag.name] -= 1
                self.finish_tag(tag, left, left)

    def soft(self, end: int) -> None:
        """Read the line end at *end*; ``blocks`` knows how."""
        raise NotImplementedError

    def block_tag(self, name: str, given: str, s: int, e: int, *, closing: bool) -> None:
        """Read a tag that stands on lines of its own; ``blocks`` knows how."""
        raise NotImplementedError

    # ---------------------------------------------------------------- markers

    def item(self, node: Node, s: int) -> None:
        """Read what a marker stands for; ``extensions`` knows how."""
        raise NotImplementedError

    def math(self, node: Node) -> None:
        """Write a formula as TeX."""
        flow = self.flow
        source = self.page.source
        a, b = node.inner_start, max(node.inner_start, node.inner_end)
        value = source[a:b]
        a += len(value) - len(value.lstrip())
        b = max(a, b - len(value) + len(value.rstrip()))
        start = flow.position
        if a < b:
            flow.place = node.start
            if not flow.hides and not flow.ready:
                flow.begin()
            flow.joined(source[a])
            start = flow.position
            flow.put(a, b)
        opening = source[node.start : node.inner_start]
        display = "display" in opening and "block" in opening
        tex = flow.since(start)
        flow.math.append(
            Math(tex, display, Span(start, start + len(tex)), Span(node.start, node.end))
        )


def _pairs_up(text: str, s: int) -> bool:
    """Whether brackets that pair up from the left make a pair at *s*."""
    begin = s
    while begin and text[begin - 1] == "[":
        begin -= 1
    return (s - begin) % 2 == 0


def _shifted(places: list[int], cuts: list[tuple[int, int]]) -> list[int]:
    """Return where places in order, none inside a cut, are once the cuts are made."""
    removed = i = 0
    moved: list[int] = []
    for place in places:
        while i < len(cuts) and cuts[i][1] <= place:
            removed += cuts[i][1] - cuts[i][0]
            i += 1
        moved.append(place - removed)
    return moved


def _apart(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ranges in order, without those that begin in an earlier one."""
    ranges.sort()
    result: list[tuple[int, int]] = []
    for a, b in ranges:
        if not result or a >= result[-1][1]:
            result.append((a, b))
    return result


def markup_start(text: str, a: int, b: int) -> str:
    """Return the first character of a stretch that is not markup; empty if there is none."""
    b = min(b, a + LOOK_AHEAD)
    while a < b:
        char = text[a]
        if char in "'[":
            a += 1
        elif char == "<":
            a = text.find(">", a, b) + 1
            if not a:
                return ""
        elif char == MARKER:
            return " "
        elif char == "&":
            match = markup.ENTITY.match(text, a)
            return (match and markup.character(match[0])) or char
        else:
            return char
    return ""
