"""
The text that the later stages read: comments gone, templates answered, tags set aside.

An `Expansion` is a stretch of the source as MediaWiki has it after the preprocessor: each template
is replaced by what its handler makes of it, each tag of an extension by one marker character, and
a map leads from every place back to the source. What the markup in it means is read later.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from wikiclean.document import Span
from wikiclean.parsers.wikitext.answers import answer
from wikiclean.parsers.wikitext.calls import parts_of, read_call
from wikiclean.parsers.wikitext.functions import Frame
from wikiclean.parsers.wikitext.markup import MARKER
from wikiclean.parsers.wikitext.page import Page
from wikiclean.parsers.wikitext.preprocess import Node, first_node
from wikiclean.templates import Call, Handler, Part
from wikiclean.variants import Rule, read_rule
from wikiclean.variants import shown as what_is_shown

_NO_TEXT: Final = "<span></span>"
"""Parts what stands before it from what stands behind it, and leaves nothing."""

MAX_EXPANSION: Final = 40
"""How deep calls may answer with calls; MediaWiki allows 100 frames, real pages use a handful."""

MAX_GROWTH: Final = 4
"""How many times longer than the source it may be: handlers may use an argument twice."""

SILENT_TAGS: Final = frozenset(
    {
        "templatestyles",
        "templatedata",
        "section",
        "indicator",
        "timeline",
        "score",
        "hiero",
        "graph",
        "mapframe",
        "maplink",
        "charinsert",
        "phonos",
        "categorytree",
        "quiz",
        "listing",
        "languages",
        "rss",
        "dynamicpagelist",
    }
)
"""Tags that leave no text: they draw, they fill in forms, or they say something about the page."""


class Expansion:
    """A stretch of text and the way from its places to the source."""

    __slots__ = (
        "begins",
        "calls",
        "drops",
        "fixed",
        "infoboxes",
        "items",
        "starts",
        "text",
        "variants",
    )

    def __init__(self) -> None:
        self.text = ""
        self.starts: list[int] = []
        """Where the segments begin in the text."""
        self.begins = array("i")
        """Where they begin in the source."""
        self.fixed = array("i")
        """Source end of a segment that stands for other text; -1 where it is the source itself."""
        self.items: dict[int, Node] = {}
        """Markers by place."""
        self.infoboxes: dict[int, Call] = {}
        """Calls that are taken out of the text, by the place of their marker."""
        self.calls: list[Call] = []
        """Templates that are on the page, in order."""
        self.drops: list[tuple[int, str, str, int, int]] = []
        """Place in the text, code, message, source start and end of what is left out."""
        self.variants: list[tuple[int, int, Rule, Span | str]] = []
        """The places where what a ``-{ }-`` shows begins and ends, the rule, what it shows."""

    def source_start(self, at: int) -> int:
        """Return where in the source the character at *at* comes from."""
        i = bisect_right(self.starts, at) - 1
        if i < 0:
            return 0
        return self.begins[i] if self.fixed[i] >= 0 else self.begins[i] + at - self.starts[i]

    def source_end(self, at: int) -> int:
        """Return where in the source the character before *at* ends."""
        i = max(bisect_right(self.starts, at - 1) - 1, 0)
        return self.fixed[i] if self.fixed[i] >= 0 else self.begins[i] + at - self.starts[i]

    def without(self, ranges: list[tuple[int, int]]) -> Expansion:
        """Return the expansion less some ranges of its text, which are in order and apart."""
        result = Expansion()
        out: list[str] = []
        removed = [0]
        for a, b in ranges:
            removed.append(removed[-1] + b - a)
        lefts = [a for a, _ in ranges]

        def moved(at: int) -> int:
            i = bisect_right(lefts, at) - 1
            if i < 0:
                return at
            return at - removed[i] - min(at - lefts[i], ranges[i][1] - lefts[i])

        length = len(self.text)
        keeps: list[tuple[int, int]] = []
        at = 0
        for a, b in ranges:
            keeps.append((at, a))
            at = b
        keeps.append((at, length))
        segment = 0
        count = len(self.starts)
        place = 0
        for a, b in keeps:
            if a >= b:
                continue
            out.append(self.text[a:b])
            while segment + 1 < count and self.starts[segment + 1] <= a:
                segment += 1
            i = segment
            left = a
            while left < b:
                right = min(b, self.starts[i + 1] if i + 1 < count else length)
                if left < right:
                    result.starts.append(place)
                    fixed = self.fixed[i]
                    result.fixed.append(fixed)
                    result.begins.append(
                        self.begins[i] + (0 if fixed >= 0 else left - self.starts[i])
                    )
                    place += right - left
                    left = right
                i += 1
        result.text = "".join(out)
        result.items = {moved(at): node for at, node in self.items.items()}
        result.infoboxes = {moved(at): call for at, call in self.infoboxes.items()}
        for call in self.calls:
            start = moved(call.start)
            call.end = start if call.end == call.start else moved(call.end)
            call.start = start
        result.calls = self.calls
        result.drops = [
            (moved(at), code, message, start, end) for at, code, message, start, end in self.drops
        ]
        result.variants = [(moved(a), moved(b), rule, shown) for a, b, rule, shown in self.variants]
        return result


class _Shown:
    """On the work list: the place where what a rule shows has ended."""

    __slots__ = ("node", "rule", "shown", "start")

    def __init__(self, node: Node, rule: Rule, shown: Span | str, start: int) -> None:
        self.node = node
        self.rule = rule
        self.shown = shown
        self.start = start


def expand(
    page: Page,
    start: int,
    end: int,
    nodes: Sequence[Node],
    depth: int = 0,
    *,
    words: Handler | None = None,
) -> Expansion:
    """
    Return the expansion of ``source[start:end]``, whose nodes are *nodes*.

    With *words* the stretch is one call, and they say what it leaves.
    """
    result = Expansion()
    source = page.source
    if not nodes:
        result.text = source[start:end]
        if start < end:
            result.starts.append(0)
            result.begins.append(start)
            result.fixed.append(-1)
        return result
    out: list[str] = []
    starts, begins, fixed = result.starts, result.begins, result.fixed
    drops = result.drops
    length = 0
    open_calls: list[Call] = []
    budget = MAX_GROWTH * (end - start) + 100_000

    def put(text: str, begin: int, fixed_end: int = -1) -> None:
        nonlocal length
        if text:
            starts.append(length)
            begins.append(begin)
            fixed.append(fixed_end)
            out.append(text)
            length += len(text)

    def expanded(call: Call, begin: int, stop: int) -> str:
        """Expand a part of a call for a function that looks at it."""
        children = call.node.children
        inside = children[first_node(children, begin) : first_node(children, stop)]
        return expand(page, begin, stop, inside, depth + len(open_calls) + 1).text

    # What is still to do, last first: a range of the source, a literal, or the end of something.
    work: list[object] = [(start, end, nodes, 0)]
    while work:
        todo = work.pop()
        if isinstance(todo, tuple):
            at, stop, siblings, first = todo
            suspended = False
            for index in range(first, len(siblings)):
                node = siblings[index]
                if node.start >= stop:
                    break
                if at < node.start:
                    put(source[at : node.start], at)
                at = node.end
                kind = node.kind
                if kind == "tag":
                    if node.name in SILENT_TAGS:
                        message = f"<{node.name}> leaves no text."
                        drops.append((length, "tag_dropped", message, node.start, node.end))
                    else:
                        result.items[length] = node
                        put(MARKER, node.start, node.end)
                elif kind == "comment":
                    drops.append((length, "comment", "A comment.", node.start, node.end))
                elif kind == "ignored":
                    message = "Markup for pages that include this one."
                    drops.append((length, "transclusion_tag", message, node.start, node.end))
                elif kind == "template":
                    if len(work) + depth > 2 * MAX_EXPANSION or length > budget:
                        message = "Templates nest too deep."
                        drops.append((length, "too_deep", message, node.start, node.end))
                        continue
                    call = read_call(source, node)
                    call.page = page
                    parts = answer(Frame(page, depth + len(open_calls) + 1, expanded), call)
                    if words is not None and node.start == start:
                        parts = words(call)
                    if call.action == "text":
                        suspended = True
                        work += (
                            (at, stop, siblings, index + 1),
                            (node.inner_end, node.end, (), 0),
                            (node.inner_start, node.inner_end, node.children, 0),
                        )
                        put(source[node.start : node.inner_start], node.start)
                        break
                    call.release()
                    call.start = call.end = length
                    result.calls.append(call)
                    if call.action in ("extracted", "tag"):
                        # Read in its place: an infobox, or what ``#tag`` makes.
                        if call.action == "extracted":
                            result.infoboxes[length] = call
                        result.items[length] = node
                        put(MARKER, node.start, node.end)
                        call.end = length
                    elif page.templates and (
                        (parts is None and _between_quotes(source, node))
                        or (not parts and _is_cell(source, node))
                    ):
                        put(_NO_TEXT, node.start, node.end)
                        call.end = length
                    elif parts:
                        suspended = True
                        work += ((at, stop, siblings, index + 1), call)
                        open_calls.append(call)
                        work += [_work_of(part) for part in reversed(parts)]
                        if _opens_block(source, parts[0]):
                            if not call.is_function and _is_inline(source, parts[0]):
                                work.append(_NO_TEXT)
                            elif out and out[-1][-1] != "\n":
                                work.append("\n")
                        break
                elif kind == "argument":
                    # A page has no arguments: the default stands, or the braces themselves.
                    default = default_of(source, node)
                    if default is None:
                        put(source[node.start : node.end], node.start)
                    elif len(work) < MAX_EXPANSION:
                        left, right = default
                        message = "An argument of a template, on a page that has none."
                        drops.append((length, "argument", message, node.start, left))
                        drops.append((length, "argument", message, right, node.end))
                        suspended = True
                        work.append((at, stop, siblings, index + 1))
                        work.append((left, right, node.children, first_node(node.children, left)))
                        break
                    else:
                        message = "Arguments nest too deep."
                        drops.append((length, "too_deep", message, node.start, node.end))
                elif not page.site.variants or len(work) > MAX_EXPANSION:
                    # No variants here: the braces are text, and what is inside is read as ever.
                    suspended = True
                    work.append((at, stop, siblings, index + 1))
                    work.append((node.inner_end, node.end, (), 0))
                    work.append((node.inner_start, node.inner_end, node.children, 0))
                    put("-{", node.start)
                    break
                else:
                    rule = read_rule(source, node.start, node.end, page.site)
                    shown = what_is_shown(rule, page.chosen_variant, page.site, source)
                    result.items[length] = node
                    left = node.end if isinstance(shown, str) else shown.start
                    put(MARKER, node.start, min(left, node.end))
                    suspended = True
                    work.append((at, stop, siblings, index + 1))
                    work.append(_Shown(node, rule, shown, length))
                    if isinstance(shown, str):
                        put(shown, node.end, node.end)
                    elif shown.start < shown.end:
                        children = node.children
                        inside = first_node(children, shown.start)
                        work.append((shown.start, shown.end, children, inside))
                    break
            if not suspended and at < stop:
                put(source[at:stop], at)
        elif isinstance(todo, str):
            call = open_calls[-1]
            put(todo, call.node.start, call.node.end)
        elif isinstance(todo, Call):
            todo.end = length
            open_calls.pop()
        elif isinstance(todo, _Shown):
            node = todo.node
            result.items[length] = node
            result.variants.append((todo.start, length, todo.rule, todo.shown))
            put(MARKER, node.inner_end, node.end)
    result.text = "".join(out)
    return result


def default_of(source: str, node: Node) -> tuple[int, int] | None:
    """Return where the default of ``{{{name|default}}}`` stands; None if there is none."""
    parts = parts_of(source, node)
    return (parts[1][0], parts[1][2]) if len(parts) > 1 else None


def _between_quotes(source: str, node: Node) -> bool:
    """
    Whether quotes on both sides of a call would join if nothing stood between them.

    Where a template that no handler knows leaves a text on the wiki, they mark that text.
    """
    return source.startswith("''", node.end) and source.startswith("''", max(0, node.start - 2))


def _is_cell(source: str, node: Node) -> bool:
    """
    Whether a call is all of a cell that a mark on its line ends.

    Without it the bar before it, behind the attributes, would be one of that mark's.
    """
    return source.startswith("|", max(0, node.start - 1)) and source.startswith("||", node.end)


def _work_of(part: Part) -> object:
    if isinstance(part, str):
        return part
    return (part.start, part.end, part.nodes, first_node(part.nodes, part.start))


def _opens_block(source: str, part: Part) -> bool:
    """Whether what a template gives begins a table or a list, which then gets a line of its own."""
    if isinstance(part, str):
        return part.startswith(_OPENERS)
    return source.startswith((*_OPENERS, "{{{!}}"), part.start, part.end)


def _is_inline(source: str, part: Part) -> bool:
    """Whether what a template gives is of the line, as templates for looks put a tag before it."""
    if isinstance(part, str):
        return False
    return not (source.startswith("{|", part.start) or source.find("\n", part.start, part.end) >= 0)


_OPENERS: Final = ("{|", ":", ";", "#", "*")
