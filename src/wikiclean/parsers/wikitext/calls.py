"""
Templates and parser functions as they are called: name and arguments with their places.

Here a node of braces is cut at its bars. What a call answers is decided by the handlers of
``wikiclean.templates`` and by ``functions``.
"""

from __future__ import annotations

import re
from typing import Final

from wikiclean.parsers.wikitext.preprocess import Node
from wikiclean.templates import Call

__all__ = ["Call", "parts_of", "read_call"]

_CUT: Final = re.compile(r"\[\[+|\]\]+|[|=]")
_CUT_AND_LINES: Final = re.compile(rf"{_CUT.pattern}|\n(?:==+)?")


def parts_of(source: str, node: Node) -> list[tuple[int, int, int]]:
    """
    Return start, first equals sign (-1 without) and end of each part; the first is the name.

    Bars and equals signs in nodes, in links and on lines of headings are not the call's own.
    """
    parts: list[tuple[int, int, int]] = []
    begin = node.inner_start
    if not node.children:
        inner = source[begin : node.inner_end]
        if "[[" not in inner and "\n==" not in inner:
            # Nothing protects a bar: the common call.
            for piece in inner.split("|"):
                end = begin + len(piece)
                found = piece.find("=")
                parts.append((begin, begin + found if found >= 0 else -1, end))
                begin = end + 1
            return parts
    equals = -1
    # Open ``[[`` runs, which protect bars and equals signs; so does the line of a heading, 0.
    brackets: list[int] = []
    at = begin
    gaps: list[tuple[int, int]] = []
    for child in node.children:
        if child.start > at:
            gaps.append((at, child.start))
        at = child.end
    gaps.append((at, node.inner_end))
    headings = any(source.find("\n==", left, right) >= 0 for left, right in gaps)
    cut = _CUT_AND_LINES if headings else _CUT
    for left, right in gaps:
        for match in cut.finditer(source, left, right):
            at = match.start()
            first = source[at]
            if first == "|":
                if not brackets:
                    parts.append((begin, equals, at))
                    begin, equals = at + 1, -1
            elif first == "=":
                if equals < 0 and parts and not brackets:
                    equals = at
            elif first == "[":
                brackets.append(match.end() - at)
            elif first == "\n":
                if brackets and not brackets[-1]:
                    brackets.pop()
                if match.end() > at + 1:
                    brackets.append(0)
            else:
                closing = match.end() - at
                while closing >= 2 and brackets and brackets[-1]:
                    closing -= 2
                    brackets[-1] -= 2
                    if brackets[-1] < 2:
                        brackets.pop()
    parts.append((begin, equals, node.inner_end))
    return parts


def plain(source: str, node: Node, start: int, end: int) -> str | None:
    """Return ``source[start:end]`` of *node* less comments; None if a call stands in it."""
    if not node.children:
        return source[start:end]
    pieces: list[str] = []
    at = start
    for child in node.children:
        if child.end <= start:
            continue
        if child.start >= end:
            break
        if child.kind != "comment":
            return None
        pieces.append(source[at : child.start])
        at = child.end
    pieces.append(source[at:end])
    return "".join(pieces)


def arguments_of(source: str, node: Node) -> list[tuple[str, int, int, bool]]:
    """Return name, start, end and whether it is positional, of each argument of a call."""
    arguments: list[tuple[str, int, int, bool]] = []
    place = 0
    children = node.children
    for start, equals, stop in parts_of(source, node)[1:]:
        if equals >= 0:
            raw = plain(source, node, start, equals) if children else source[start:equals]
            name = source[start:equals].strip() if raw is None else raw.strip()
            value = source[equals + 1 : stop]
            bare = value.strip()
            left = equals + 1
            if len(bare) != len(value):
                left += len(value) - len(value.lstrip())
            arguments.append((name, left, left + len(bare), False))
        else:
            place += 1
            arguments.append((str(place), start, stop, True))
    return arguments


def read_call(source: str, node: Node) -> Call:
    """Read a template node: its name now, its arguments when they are asked for."""
    begin = node.inner_start
    children = node.children
    limit = children[0].start if children else node.inner_end
    end = source.find("|", begin, limit)
    if end < 0:
        end = limit
    head: str | None = source[begin:end]
    if "[[" in source[begin:end] or end == limit < node.inner_end:
        # A link may protect the bar, or something stands in the name.
        _, _, end = parts_of(source, node)[0]
        head = plain(source, node, begin, end)
    return Call(source, node, head, begin, end, arguments_of)
