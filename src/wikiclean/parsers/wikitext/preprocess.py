"""
Which braces, comments and extension tags of a page belong together.

The first stage: one pass over the source that pairs ``{{ }}``, ``{{{ }}}``, ``-{ }-``, comments and
the tags of extensions into a tree of nodes. Nothing is expanded and nothing is read into records
here; ``expand`` does that with the tree. What finds no partner is no node, hence text.

The rules are those of MediaWiki 1.39, ``includes/parser/Preprocessor_Hash.php``
(``buildDomTreeArrayFromText``) for the view of a page.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from wikiclean.templates import Handler

NodeKind: TypeAlias = Literal["template", "argument", "variant", "comment", "tag", "ignored"]


class Node:
    """A construct of the source that is read before all other markup."""

    __slots__ = (
        "attributes",
        "children",
        "end",
        "inner_end",
        "inner_start",
        "kind",
        "name",
        "start",
        "words",
    )

    def __init__(
        self,
        kind: NodeKind,
        start: int,
        end: int,
        inner_start: int,
        inner_end: int,
        children: Sequence[Node] = (),
        name: str = "",
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.inner_start = inner_start
        """Where the content begins: behind the opening braces or the opening tag."""
        self.inner_end = inner_end
        """Where it ends; before ``inner_start`` for a tag that closes itself."""
        self.children = children or ()
        """The nodes directly inside, in order; tags and comments have none."""
        self.name = name
        """Of a tag, in lower case."""
        self.attributes: str | None = None
        """Of a tag that ``{{#tag:}}`` makes; None where they stand in the source."""
        self.words: Handler | None = None
        """Of a note that a call makes of itself: what the call leaves in the note."""


_IGNORED_TAGS: Final = frozenset({"noinclude", "/noinclude", "onlyinclude", "/onlyinclude"})
"""Tags that mean nothing on the page itself. Source: Preprocessor_Hash, without inclusion."""


class _Patterns:
    """The searches of the scan; one set for each set of extension tags."""

    def __init__(self, tags: Iterable[str]) -> None:
        names = sorted({*tags, "includeonly", *_IGNORED_TAGS}, key=lambda n: (-len(n), n))
        # Every branch begins with a literal character, so that the search can skip to one.
        tag = rf"<(?:!--|((?i:{'|'.join(map(re.escape, names))}))(?=[\s/>]))"
        self.outer = re.compile(rf"\{{\{{+|-\{{+|{tag}")
        """With nothing open."""
        brackets = r"\{\{+|-\{+|\[\[+"
        # No more than one closing takes, so that a long run of them is not read once for each.
        heading = r"\n==+"
        self.brace = re.compile(rf"{tag}|{brackets}|{heading}|\}}\}}\}}?")
        """Within ``{{``."""
        self.bracket = re.compile(rf"{tag}|{brackets}|{heading}|\]\]")
        """Within ``[[``, which is counted inside braces only."""
        self.variant = re.compile(rf"{tag}|{brackets}|\}}-")
        """Within ``-{``."""
        self.heading = re.compile(rf"{tag}|{brackets}|\n")
        """Within a line that begins with ``==``, inside any of them: nothing closes on it."""


@lru_cache(maxsize=32)
def _patterns(tags: frozenset[str]) -> _Patterns:
    return _Patterns(tags)


@lru_cache(maxsize=256)
def _closing(name: str) -> re.Pattern[str]:
    return re.compile(rf"</(?i:{re.escape(name)})\s*+>")


@lru_cache(maxsize=256)
def _lower(name: str) -> str:
    """Return a name in lower case; the same string each time, for a page may hold a thousand."""
    return name.lower()


class _Open:
    """An opening run of braces or brackets that has not been closed yet, or a heading's line."""

    __slots__ = ("children", "count", "dash", "kind", "start")

    def __init__(self, kind: str, start: int, count: int, children: list[Node]) -> None:
        self.kind = kind
        self.start = start
        self.count = count
        self.children = children
        self.dash = False
        """Whether ``-`` stands before the braces, so that the last of them may make ``-{``."""


def scan(source: str, start: int, end: int, tags: frozenset[str]) -> list[Node]:
    """
    Return the outermost nodes of ``source[start:end]``, in order.

    Args:
        tags: The names of the extension tags, in lower case.
    """
    patterns = _patterns(tags)
    root: list[Node] = []
    stack: list[_Open] = []
    braces = 0  # how many of the stack are ``{``: brackets count only within them
    pattern = patterns.outer
    nodes = root
    no_close: set[str] = set()
    no_end = False
    pos = start
    while True:
        match = pattern.search(source, pos, end)
        if match is None:
            break
        at = match.start()
        token = match[0]
        first = token[0]
        if first == "<":
            name = match[1]
            if name is None:
                node = _comment(source, at, start, end)
                nodes.append(node)
                pos = node.end
                continue
            close = -1 if no_end else source.find(">", match.end(), end)
            if close < 0:
                no_end = True
                pos = at + 1
                continue
            name = _lower(name)
            if name in _IGNORED_TAGS:
                nodes.append(Node("ignored", at, close + 1, close + 1, close + 1, (), name))
                pos = close + 1
                continue
            if source[close - 1] == "/":
                pos = close + 1
                inner_start, inner_end = close + 1, close
            else:
                ending = None if name in no_close else _closing(name).search(source, close + 1, end)
                if ending is not None:
                    inner_start, inner_end, pos = close + 1, ending.start(), ending.end()
                elif name == "includeonly":
                    inner_start = close + 1
                    inner_end = pos = end
                else:
                    no_close.add(name)
                    pos = close + 1
                    continue
            kind: NodeKind = "ignored" if name == "includeonly" else "tag"
            nodes.append(Node(kind, at, pos, inner_start, inner_end, (), name))
            continue
        if first in "{-":
            count = len(token)
            if first == "-":
                if count > 2:  # ``-{{``: the braces at the right win
                    opened = _Open("{", at + 1, count - 1, [])
                    opened.dash = True
                    braces += 1
                else:
                    opened = _Open("-", at, 2, [])
            else:
                opened = _Open("{", at, count, [])
                braces += 1
            stack.append(opened)
            nodes = opened.children
            pos = at + count
        elif first == "[":
            pos = match.end()
            if not braces:
                continue
            # Brackets make no node, so what is inside goes to the node around them.
            stack.append(_Open("[", at, len(token), nodes))
        elif first == "\n":
            if stack[-1].kind == "=":
                stack.pop()
                pos = at  # the next line may begin with ``==`` too
            else:
                stack.append(_Open("=", at, 0, nodes))
                pos = match.end()
        else:
            top = stack[-1]
            if first == "]":
                pos = at + 2
                top.count -= 2
                if top.count < 2:
                    stack.pop()
            elif top.kind == "-":
                stack.pop()
                pos = at + 2
                outer = stack[-1].children if stack else root
                outer.append(Node("variant", top.start, pos, top.start + 2, at, top.children))
                nodes = outer
            else:
                matching = min(len(token), top.count, 3)
                stack.pop()
                braces -= 1
                outer = stack[-1].children if stack else root
                inner = top.start + top.count
                pos = at + matching
                element = Node(
                    "template" if matching == 2 else "argument",
                    inner - matching,
                    pos,
                    inner,
                    at,
                    top.children,
                )
                top.count -= matching
                if top.count >= 2:
                    top.children = [element]
                    stack.append(top)
                    braces += 1
                elif top.count == 1 and top.dash:
                    stack.append(_Open("-", top.start - 1, 2, [element]))
                else:
                    outer.append(element)
                nodes = stack[-1].children if stack else root
        if not stack:
            pattern = patterns.outer
        else:
            top_kind = stack[-1].kind
            pattern = (
                patterns.brace
                if top_kind == "{"
                else patterns.bracket
                if top_kind == "["
                else patterns.heading
                if top_kind == "="
                else patterns.variant
            )
    # What is still open is text; the nodes inside it stand.
    for opened in stack:
        if opened.kind not in "[=":
            root.extend(opened.children)
    loose = next((one.start for one in stack if one.kind == "-" or one.dash), -1)
    return root if loose < 0 else _pair_variants(source, max(start, loose - 1), end, root)


_VARIANT: Final = re.compile(r"-\{|\}-")


def _pair_variants(source: str, begin: int, end: int, nodes: list[Node]) -> list[Node]:
    """
    Pair ``-{`` and ``}-`` that stand outside of all *nodes*, from *begin* on.

    The converter reads the page when templates are gone: a brace that was never closed, and kept
    the preprocessor from seeing the pair, is a character like any other to it.
    """
    index = first_node(nodes, begin)
    found = nodes[:index]
    waiting: list[tuple[int, list[Node]]] = []
    at = begin
    for node in (*nodes[index:], None):
        for match in _VARIANT.finditer(source, at, end if node is None else node.start):
            if match[0] == "-{":
                waiting.append((match.start(), found))
                found = []
            elif waiting:
                start, outer = waiting.pop()
                inside = (start + 2, match.start())
                outer.append(Node("variant", start, match.end(), *inside, found))
                found = outer
        if node is not None:
            found.append(node)
            at = node.end
    while waiting:
        _, outer = waiting.pop()
        outer.extend(found)
        found = outer
    return found


def first_node(nodes: Sequence[Node], at: int) -> int:
    """Return the index of the first node that begins at *at* or behind it."""
    return bisect_left(nodes, at, key=_start_of)


def _start_of(node: Node) -> int:
    return node.start


def _comment(source: str, at: int, start: int, end: int) -> Node:
    """Read a comment; one that is alone on its lines takes its line end with it."""
    close = source.find("-->", at + 4, end)
    if close < 0:
        return Node("comment", at, end, at, end)
    close += 3
    left = at
    while left > start and source[left - 1] in " \t":
        left -= 1
    if left > start and source[left - 1] == "\n":
        right = close
        while True:
            while right < end and source[right] in " \t":
                right += 1
            if not source.startswith("<!--", right, end):
                break
            next_close = source.find("-->", right + 4, end)
            if next_close < 0:
                break
            right = next_close + 3
        if right < end and source[right] == "\n":
            return Node("comment", left, right + 1, left, right + 1)
    return Node("comment", at, close, at, close)
