"""
Calls of templates, and the constructors of common handlers.

Here lives what every handler is made of; no template is known by its name. How wikitext is cut into
calls is the parser's matter.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeAlias

_NUMBER: Final = re.compile("[1-9][0-9]{0,3}")


class Argument:
    """An argument of a call: a stretch of the source."""

    __slots__ = ("end", "name", "nodes", "positional", "start")

    def __init__(
        self, name: str, start: int, end: int, *, positional: bool, nodes: Sequence[Any]
    ) -> None:
        self.name = name
        """As MediaWiki knows it: ``1``, ``2``, … for positional ones."""
        self.start = start
        self.end = end
        """Code points of the source; without the spaces around it if it is named."""
        self.positional = positional
        self.nodes = nodes
        """The parser's own: what is nested in the call."""


class Surroundings(Protocol):
    """What a handler may ask about the page that a call stands on."""

    @property
    def title(self) -> str | None:
        """The page's title, if it is known."""

    @property
    def chosen_variant(self) -> str:
        """The variant whose texts the page shows, as ``zh-hans`` or ``zh-tw``."""


class Call:
    """A template, or a parser function, as it is called."""

    __slots__ = (
        "_arguments",
        "_by_name",
        "_cut",
        "action",
        "end",
        "head",
        "head_end",
        "head_start",
        "is_function",
        "name",
        "node",
        "page",
        "source",
        "start",
    )

    def __init__(
        self,
        source: str,
        node: Any,  # noqa: ANN401 - the parser's own
        head: str | None,
        head_start: int,
        head_end: int,
        cut: Callable[[str, Any], Sequence[tuple[str, int, int, bool]]],
    ) -> None:
        self.source = source
        self.node = node
        self.head = head
        """What stands before the first bar, without comments; None if a call stands in it."""
        self.head_start = head_start
        self.head_end = head_end
        self._cut = cut
        """Returns name, start, end and whether it is positional, of each argument."""
        self._arguments: list[Argument] | None = None
        self._by_name: dict[str, Argument] | None = None
        self.name = ""
        """Normalised: first letter in upper case, spaces for ``_``, no namespace prefix."""
        self.page: Surroundings | None = None
        """The page it stands on, if the parser has one."""
        self.action = "dropped"
        self.is_function = False
        """Whether a parser function answers, whose list or table begins on a line of its own."""
        self.start = 0
        self.end = 0

    @property
    def arguments(self) -> list[Argument]:
        """The arguments in order; made when they are asked for, which for most calls is never."""
        if self._arguments is None:
            nodes = self.node.children
            self._arguments = [
                Argument(name, start, end, positional=positional, nodes=nodes)
                for name, start, end, positional in self._cut(self.source, self.node)
            ]
        return self._arguments

    def release(self) -> None:
        """Forget the arguments, which are made again if somebody asks for them again."""
        self._arguments = self._by_name = None

    def get(self, *names: str) -> Argument | None:
        """Return the last argument called by the first of *names* that is there and not blank."""
        by_name = self._by_name
        if by_name is None:
            by_name = self._by_name = {one.name: one for one in self.arguments}
        for name in names:
            found = by_name.get(name)
            if found is not None:
                text = self.source[found.start : found.end].strip()
                if text and not (text.startswith("<!--") and _is_blank(self.source, found)):
                    return found
        return None

    def numbered(self, first: int = 1) -> list[Argument]:
        """Return the arguments called by numbers from the *first* on, in their order."""
        found: dict[int, Argument] = {}
        for one in self.arguments:
            if one.positional or _NUMBER.fullmatch(one.name):
                found[int(one.name)] = one  # of two with a number the last one counts
        return [found[number] for number in sorted(found) if number >= first]

    def value(self, *names: str) -> str:
        """Return that argument as it is written, less what `trimmed` cuts; else nothing."""
        found = self.get(*names)
        if found is None:
            return ""
        cut = trimmed(self, found)
        return self.source[cut.start : cut.end]


Part: TypeAlias = str | Argument
"""Literal wikitext, or an argument."""

Handler: TypeAlias = Callable[[Call], Sequence[Part] | None]
"""Says what a call leaves: parts in the order of the text, nothing (an empty sequence) if it is
known to leave nothing, None if the handler does not know."""


def constant(text: str) -> Handler:
    """Return a handler that leaves *text*, which is wikitext."""
    parts = (text,)
    return lambda _: parts


def argument(*names: str | int, before: str = "", after: str = "") -> Handler:
    """
    Return a handler that leaves the first argument that is given, and wikitext around it.

    Args:
        names: Names or numbers, the preferred first.
        before: Wikitext before it, if it is given.
        after: Wikitext behind it, if it is given.
    """
    keys = tuple(str(name) for name in names)

    def handle(call: Call) -> Sequence[Part]:
        found = call.get(*keys)
        if found is None:
            return ()
        return tuple(part for part in (before, trimmed(call, found), after) if part != "")

    return handle


def trimmed(call: Call, found: Argument) -> Argument:
    """
    Return an argument without the spaces around it, as templates that trim use it.

    Comments at its ends go with them: MediaWiki takes them out before a template sees a value.
    """
    start, end = found.start, found.end
    if found.nodes and "<!--" in call.source[start:end]:
        start, end = _without_comments(call.source, found)
    return _cut(call, found, start, end)


def without_spaces(call: Call, found: Argument) -> Argument:
    """Return an argument without the spaces around it; comments stay, and are drops of the page."""
    return _cut(call, found, found.start, found.end)


def _cut(call: Call, found: Argument, start: int, end: int) -> Argument:
    value = call.source[start:end]
    left = start + len(value) - len(value.lstrip())
    right = start + len(value.rstrip())
    if left == found.start and right == found.end:
        return found
    return Argument(found.name, left, max(left, right), positional=False, nodes=found.nodes)


def _is_blank(source: str, found: Argument) -> bool:
    start, end = _without_comments(source, found)
    return not source[start:end].strip()


def _without_comments(source: str, found: Argument) -> tuple[int, int]:
    """Return where an argument begins and ends without the comments at its ends."""
    start, end, nodes = found.start, found.end, found.nodes
    first = bisect_right(nodes, start, key=_end_of)
    last = bisect_left(nodes, end, key=_start_of)
    while first < last:
        node = nodes[first]
        if node.kind != "comment" or source[start : max(start, node.start)].strip():
            break
        start = min(node.end, end)  # one that is alone on its line takes the line's end with it
        first += 1
    while first < last:
        node = nodes[last - 1]
        if node.kind != "comment" or source[min(node.end, end) : end].strip():
            break
        end = max(node.start, start)
        last -= 1
    return start, end


def _start_of(node: Any) -> int:  # noqa: ANN401 - the parser's own
    return int(node.start)


def _end_of(node: Any) -> int:  # noqa: ANN401 - the parser's own
    return int(node.end)


def joined(separator: str, *, first: int = 1, last: int = 9999) -> Handler:
    """Return a handler that leaves all numbered arguments from *first* to *last*, parted."""

    def handle(call: Call) -> Sequence[Part]:
        parts: list[Part] = []
        for item in call.numbered(first):
            cut = trimmed(call, item)
            if cut.start < cut.end and int(cut.name) <= last:
                parts += (separator, cut) if parts else (cut,)
        return parts

    return handle


def nothing(_: Call) -> Sequence[Part]:
    """Leave nothing: a handler for templates that print no words."""
    return ()


def items(call: Call) -> Sequence[Part]:
    """Leave each numbered argument as an item of a list of its own."""
    parts: list[Part] = []
    for item in call.numbered():
        cut = trimmed(call, item)
        if cut.start < cut.end:
            parts += ("\n* ", cut)
    return (*parts, "\n") if parts else ()


def fields(_: Call) -> Sequence[Part] | None:
    """
    Take the call out of the text as an infobox whose fields are its arguments.

    The parser knows this handler and makes the records; it is never called.
    """
    return None
