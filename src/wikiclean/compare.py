"""
Two versions of a text, aligned block by block, and how much of each the other has.

Here live what makes blocks of a text, of JSON and of HTML, the alignment, the measures, and the
forms in which these are shown. Nothing here judges which version is right.

A *block* is a line of the text: a paragraph, a heading, an item, a row of a table with tabs between
its cells. So texts of tools that part blocks differently can be laid side by side.

The time grows as n log n with the length of the texts, whatever they hold. Nothing compares every
block with every other: what is equal is found by its hash, what changed by runs of characters that
stand once on either side, and each choice is made once (see `align`). The one quadratic step, of
the standard library's difflib, is bounded by `MOST_CELLS`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import attrs
import orjson

from wikiclean import rendered
from wikiclean.errors import SchemaError
from wikiclean.renderers.controls import STEERING
from wikiclean.renderers.html import escape
from wikiclean.renderers.policy import security_policy

Kind: TypeAlias = Literal["equal", "changed", "only_a", "only_b"]

GRAM: Final = 5
"""Characters of a run that is counted."""
TRACE: Final = 3
"""Characters of a run by which a block that changed is found again."""
LEAST_TRACE: Final = 0.25
"""Share of the runs of the shorter block that must be found again."""
LEAST_ALIKE: Final = 0.5
"""Share of the characters of the longer block that must be the other's, where two blocks are left
alone between equal ones."""
MOST_CELLS: Final = 4096
"""Words of one side times words of the other that difflib is asked to compare at most."""

# ---------------------------------------------------------------- forms of text

_east_asian = (
    "[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
_spaces = re.compile("[\\s\u00a0\u2000-\u200b\u202f\u3000]+")
_idle_space = re.compile(f"(?<={_east_asian}) | (?={_east_asian})")
_invisible = re.compile("[\u200b\ufeff\u2060\u200e\u200f\u00ad]")
BAR: Final = re.compile(r"(?:^|(?<=\s))\|(?=\s|$)", re.MULTILINE)
"""What stands between the cells of a row, where a tool writes a table with bars."""


def visible(text: str) -> str:
    """Return a text without characters that nobody sees."""
    return _invisible.sub("", text)


def compared(text: str) -> str:
    """Return a line without the white space that says nothing."""
    return _idle_space.sub("", _spaces.sub(" ", text)).strip()


def compared_whole(text: str) -> str:
    """Return a text in the form whose runs are counted: without line ends and bars of tables."""
    return compared(BAR.sub(" ", visible(text)))


def grams(text: str) -> Counter[str]:
    """Count the runs of five characters; a shorter text is one."""
    if len(text) < GRAM:
        return Counter([text] if text else [])
    return Counter(text[i : i + GRAM] for i in range(len(text) - GRAM + 1))


def shared(one: Counter[str], other: Counter[str]) -> int:
    """Return how many the two have in common, each as often as the one that has it less often."""
    return sum(min(count, other[gram]) for gram, count in one.items() if gram in other)


# ---------------------------------------------------------------- blocks


def lines_of(text: str) -> list[str]:
    """Return the blocks of a text: its lines, those without visible characters left out."""
    return [line for line in text.split("\n") if compared(visible(line))]


def lines_of_json(value: str) -> list[str]:
    """
    Return the blocks of a stored Document, or of any JSON object with its text under ``text``.

    Raises:
        SchemaError: if there is no such text.
    """
    try:
        found = orjson.loads(value)
    except ValueError as error:
        raise SchemaError(f"not one JSON value: {error}") from error
    text = found.get("text") if isinstance(found, dict) else None
    if not isinstance(text, str):
        raise SchemaError('no JSON object with a string under "text"')
    return lines_of(text)


def lines_of_html(html: str) -> list[str]:
    """Return the blocks of a rendered page; the cells of a row are one, parted by tabs."""
    lines: list[str] = []
    rows = groupby(enumerate(rendered.blocks(html)), key=_row)
    for _, members in rows:
        lines += lines_of("\t".join(block["text"] for _, block in members))
    return lines


def _row(place: tuple[int, rendered.Block]) -> tuple[int, int]:
    """Return the same key for the cells of one row, and another for anything else."""
    index, block = place
    if block["kind"] == "cell" and "table" in block:
        return block["table"], block["row"]
    return -1, index


# ---------------------------------------------------------------- comparison


class Pair(NamedTuple):
    """A block of either text, or one of each that belong together."""

    kind: Kind
    a: int | None
    """Index of the block in A; None where it is in B only."""
    b: int | None


class Edit(NamedTuple):
    """A stretch of a block of A, and what stands in its place in B; one of them may be empty."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


@attrs.frozen
class Comparison:
    """Two texts, aligned. ``compare`` makes it."""

    a: tuple[str, ...]
    """The blocks of the one."""
    b: tuple[str, ...]
    """The blocks of the other."""
    pairs: tuple[Pair, ...]
    """Every block of both, in order."""
    recall: float
    """Share of A's runs of five characters that B has, 0 to 1; 1 if A has none."""
    precision: float
    """Share of B's runs of five characters that A has, 0 to 1; 1 if B has none."""

    def counts(self) -> dict[Kind, int]:
        """Return how many pairs there are of each kind."""
        found = Counter(pair.kind for pair in self.pairs)
        kinds: tuple[Kind, ...] = ("equal", "changed", "only_a", "only_b")
        return {kind: found[kind] for kind in kinds}

    def edits(self, pair: Pair) -> list[Edit]:
        """Return what differs between the blocks of a pair that changed, in order; else nothing."""
        if pair.kind != "changed" or pair.a is None or pair.b is None:
            return []
        return edits(self.a[pair.a], self.b[pair.b])

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready values; offsets count code points of the block."""
        return {
            "recall": self.recall,
            "precision": self.precision,
            "blocks": self.counts(),
            "pairs": [
                {
                    "kind": pair.kind,
                    "a": None if pair.a is None else self.a[pair.a],
                    "b": None if pair.b is None else self.b[pair.b],
                    "edits": [list(one) for one in self.edits(pair)],
                }
                for pair in self.pairs
            ],
        }


def compare(a: Iterable[str], b: Iterable[str]) -> Comparison:
    """
    Align two texts and measure how much of each the other has.

    Recall and precision are of runs of five characters, counted as often as they occur, over the
    whole texts: where blocks begin and end does not matter to them. Runs of white space are one
    space, and none beside an East Asian letter. Two blocks are equal if they are so in that form.

    Args:
        a: The blocks of the version to measure against, as ``lines_of`` gives them.
        b: The blocks of the version that is measured.
    """
    left, right = tuple(a), tuple(b)
    one, other = (grams(compared_whole("\n".join(lines))) for lines in (left, right))
    common = shared(one, other)
    return Comparison(
        left,
        right,
        tuple(align(left, right)),
        common / one.total() if one else 1.0,
        common / other.total() if other else 1.0,
    )


# ---------------------------------------------------------------- alignment

Range: TypeAlias = tuple[int, int]
Place: TypeAlias = tuple[int, int]
"""An index in A and one in B."""
Finder: TypeAlias = Callable[[Range, Range], Iterable[Place]]
"""From a range of A and one of B to places in them, rising on both sides."""


def align(a: Sequence[str], b: Sequence[str]) -> Iterator[Pair]:
    """
    Yield every block of both texts, in order, those that belong together as a pair.

    Each step works in the gaps that those before it left: equal blocks at both ends; equal blocks
    that stand once on each side; equal blocks that stand more often, the first with the first;
    blocks that share runs of characters which no other block of the gap has; and two blocks left
    alone, if half of their characters are the same.
    """
    keys_a, keys_b = ([compared_whole(line) for line in lines] for lines in (a, b))
    size = len(a), len(b)
    at_ends, by_traces = _at_ends(keys_a, keys_b), _by_traces(keys_a, keys_b)
    equal: list[Place] = []
    for step in (at_ends, _once(keys_a, keys_b), at_ends, _in_turn(keys_a, keys_b), at_ends):
        equal = _fill(equal, size, step)
    places = equal
    # In a smaller gap more runs of characters stand once, so these are looked for twice.
    for step in (by_traces, by_traces, _alone(keys_a, keys_b)):
        places = _fill(places, size, step)
    known = set(equal)
    at_a = at_b = 0
    for place in [*places, size]:
        yield from (Pair("only_a", i, None) for i in range(at_a, place[0]))
        yield from (Pair("only_b", None, j) for j in range(at_b, place[1]))
        if place != size:
            yield Pair("equal" if place in known else "changed", *place)
        at_a, at_b = place[0] + 1, place[1] + 1


def edits(a: str, b: str) -> list[Edit]:
    """Return what differs between two blocks, in order: words of letters, else characters."""
    words_a, words_b = _word.findall(a), _word.findall(b)
    size = len(words_a), len(words_b)
    places = _fill([], size, _at_ends(words_a, words_b))
    places = _fill(places, size, _once(_threes(words_a), _threes(words_b)))
    places = _fill(places, size, _at_ends(words_a, words_b))
    places = _fill(places, size, _by_difflib(words_a, words_b))
    starts_a, starts_b = _starts(words_a), _starts(words_b)
    found: list[Edit] = []
    at_a = at_b = 0
    for i, j in [*places, size]:
        if at_a < i or at_b < j:
            found.append(Edit(starts_a[at_a], starts_a[i], starts_b[at_b], starts_b[j]))
        at_a, at_b = i + 1, j + 1
    return found


_word = re.compile(r"[A-Za-z0-9\u00c0-\u024f]+|\s+|.", re.DOTALL)


def _threes(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + 3]) for i in range(len(words))]


def _starts(words: Sequence[str]) -> list[int]:
    """Return the offset of each word, and the end."""
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return starts


def _fill(places: list[Place], size: Place, find: Finder) -> list[Place]:
    """Return the places, and between them what *find* sees in each gap of both sides."""
    filled: list[Place] = []
    at_a = at_b = 0
    for i, j in [*places, size]:
        if at_a < i and at_b < j:
            filled += find((at_a, i), (at_b, j))
        filled.append((i, j))
        at_a, at_b = i + 1, j + 1
    filled.pop()
    return filled


def _at_ends(a: Sequence[Hashable], b: Sequence[Hashable]) -> Finder:
    """Find equal members from either end on."""

    def find(in_a: Range, in_b: Range) -> Iterator[Place]:
        (i, end_a), (j, end_b) = in_a, in_b
        while i < end_a and j < end_b and a[i] == b[j]:
            yield i, j
            i, j = i + 1, j + 1
        count = 0
        while count < min(end_a - i, end_b - j) and a[end_a - count - 1] == b[end_b - count - 1]:
            count += 1
        yield from ((end_a - k, end_b - k) for k in range(count, 0, -1))

    return find


def _once(a: Sequence[Hashable], b: Sequence[Hashable]) -> Finder:
    """Find equal members that stand once on each side."""

    def find(in_a: Range, in_b: Range) -> list[Place]:
        places_a, places_b = _places(a, in_a), _places(b, in_b)
        return _rising(
            [
                (where[0], places_b[member][0])
                for member, where in places_a.items()
                if len(where) == 1 and len(places_b.get(member, ())) == 1
            ]
        )

    return find


def _in_turn(a: Sequence[Hashable], b: Sequence[Hashable]) -> Finder:
    """Find equal members: the first of A with the first of B, the second with the second."""

    def find(in_a: Range, in_b: Range) -> list[Place]:
        places_b = _places(b, in_b)
        return _rising(
            sorted(
                pair
                for member, where in _places(a, in_a).items()
                for pair in zip(where, places_b.get(member, ()), strict=False)
            )
        )

    return find


def _places(members: Sequence[Hashable], within: Range) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = {}
    for i in range(*within):
        found.setdefault(members[i], []).append(i)
    return found


def _by_traces(a: Sequence[str], b: Sequence[str]) -> Finder:
    """Find blocks that share runs of characters which stand in no other block of the gap."""

    def find(in_a: Range, in_b: Range) -> list[Place]:
        traces_a, traces_b = _traces(a, in_a), _traces(b, in_b)
        votes: Counter[Place] = Counter(
            (i, traces_b[trace])
            for trace, i in traces_a.items()
            if i >= 0 and traces_b.get(trace, -1) >= 0
        )
        best_a: dict[int, Place] = {}
        best_b: dict[int, Place] = {}
        for place, _ in votes.most_common():
            best_a.setdefault(place[0], place)
            best_b.setdefault(place[1], place)
        return _rising(
            sorted(
                place
                for i, place in best_a.items()
                if best_b[place[1]] == place
                and votes[place] >= LEAST_TRACE * min(len(a[i]), len(b[place[1]]))
            )
        )

    return find


def _traces(blocks: Sequence[str], within: Range) -> dict[str, int]:
    """Return the runs of characters of some blocks, with the block of each, or -1 for several."""
    found: dict[str, int] = {}
    for i in range(*within):
        block = blocks[i]
        for at in range(len(block) - TRACE + 1):
            trace = block[at : at + TRACE]
            if found.setdefault(trace, i) != i:
                found[trace] = -1
    return found


def _alone(a: Sequence[str], b: Sequence[str]) -> Finder:
    """Find two blocks that nothing else stands beside, if half of their characters are the same."""

    def find(in_a: Range, in_b: Range) -> list[Place]:
        (i, end_a), (j, end_b) = in_a, in_b
        if end_a - i != 1 or end_b - j != 1:
            return []
        alike = shared(Counter(a[i]), Counter(b[j]))
        return [(i, j)] if alike >= LEAST_ALIKE * max(len(a[i]), len(b[j])) else []

    return find


def _by_difflib(a: Sequence[str], b: Sequence[str]) -> Finder:
    """Find what difflib finds where the gap is small."""

    def find(in_a: Range, in_b: Range) -> Iterator[Place]:
        (i, end_a), (j, end_b) = in_a, in_b
        if (end_a - i) * (end_b - j) > MOST_CELLS:
            return
        matcher = SequenceMatcher(None, a[i:end_a], b[j:end_b], autojunk=False)
        for left, right, count in matcher.get_matching_blocks():
            yield from ((i + left + k, j + right + k) for k in range(count))

    return find


def _rising(places: list[Place]) -> list[Place]:
    """Return the most places that rise on both sides; they come in the order of A."""
    ends: list[int] = []  # the least index in B that a chain of this length ends with
    last: list[int] = []  # the place that it ends with
    before: list[int] = []
    for k, (_, j) in enumerate(places):
        length = bisect_left(ends, j)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [j]
        last[length : length + 1] = [k]
    chain: list[Place] = []
    k = last[-1] if last else -1
    while k >= 0:
        chain.append(places[k])
        k = before[k]
    return chain[::-1]


# ---------------------------------------------------------------- forms


def to_text(comparison: Comparison, a: str = "A", b: str = "B") -> str:
    """
    Return the measures, and each block that is not equal with its number on either side.

    What stands in A only is in ``[-…-]``, what stands in B only in ``{+…+}``.
    """
    lines = [*_head(comparison, a, b), ""]
    for pair in comparison.pairs:
        if pair.kind != "equal":
            parts = "".join(_marked(comparison, pair, ("[-", "-]"), ("{+", "+}"), _plain))
            numbers = (f"{'' if n is None else n + 1:>5}" for n in (pair.a, pair.b))
            lines.append(f"{' '.join(numbers)}  {parts}")
    return "\n".join(lines).rstrip() + "\n"


_NAMES: Final = ("equal", "changed", "only in A", "only in B")


def _head(comparison: Comparison, a: str, b: str) -> list[str]:
    of_kind = ", ".join(
        f"{count} {name}" for name, count in zip(_NAMES, comparison.counts().values(), strict=True)
    )
    return [
        f"A: {_plain(a)}",
        f"B: {_plain(b)}",
        f"recall {comparison.recall:.2%} (of A's runs of {GRAM} characters, those that B has)",
        f"precision {comparison.precision:.2%} (of B's, those that A has)",
        f"blocks: {of_kind}",
    ]


def _marked(
    comparison: Comparison,
    pair: Pair,
    gone: tuple[str, str],
    come: tuple[str, str],
    write: Callable[[str], str],
) -> Iterator[str]:
    """Yield the parts of a pair's text: what both have, and what one has within marks."""
    a = "" if pair.a is None else comparison.a[pair.a]
    b = "" if pair.b is None else comparison.b[pair.b]
    found = comparison.edits(pair) if a and b else [Edit(0, len(a), 0, len(b))]
    # Blocks that are equal may differ in white space; A's is shown.
    at = 0
    for start, end, left, right in found:
        yield write(a[at:start])
        if start < end:
            yield gone[0] + write(a[start:end]) + gone[1]
        if left < right:
            yield come[0] + write(b[left:right]) + come[1]
        at = end
    yield write(a[at:])


def _plain(text: str) -> str:
    """Return a text without the characters that a terminal would obey."""
    return text.translate(STEERING).replace("\n", " ")


STYLE: Final = """\
:root { color-scheme: light dark; --gone: #ffd7d5; --come: #ccffd8; --edge: #8884; }
@media (prefers-color-scheme: dark) { :root { --gone: #67060c; --come: #033a16; } }
body { font: 1rem/1.6 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td { border-top: 1px solid var(--edge); padding: .2rem .5rem; vertical-align: top; }
td.n { color: #888; text-align: right; user-select: none; width: 3rem; }
td.t { overflow-wrap: anywhere; unicode-bidi: isolate; white-space: pre-wrap; }
del { background: var(--gone); }
ins { background: var(--come); }
.only_a del, .only_b ins { text-decoration: none; }
summary { color: #888; cursor: pointer; }
"""

_PAGE: Final = """\
<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<p>{head}</p>
{body}</body>
</html>
"""


def to_html(comparison: Comparison, a: str = "A", b: str = "B") -> str:
    """
    Return a page of its own: no script, nothing loaded, every character of the texts escaped.

    Equal blocks are folded, the others stand with what A alone has as ``del`` and what B alone has
    as ``ins``.
    """
    body: list[str] = []
    for equal, pairs in groupby(comparison.pairs, key=lambda pair: pair.kind == "equal"):
        rows = [_html_row(comparison, pair) for pair in pairs]
        table = f"<table>\n{''.join(rows)}</table>\n"
        if equal:
            name = "equal block" if len(rows) == 1 else "equal blocks"
            table = f"<details><summary>{len(rows)} {name}</summary>\n{table}</details>\n"
        body.append(table)
    return _PAGE.format(
        policy=security_policy(STYLE),
        title=f"{escape(a)} – {escape(b)}",
        style=STYLE,
        head="<br>\n".join(map(escape, _head(comparison, a, b))),
        body="".join(body),
    )


def _html_row(comparison: Comparison, pair: Pair) -> str:
    marks = ("<del>", "</del>"), ("<ins>", "</ins>")
    text = "".join(_marked(comparison, pair, *marks, escape))
    numbers = ("" if n is None else str(n + 1) for n in (pair.a, pair.b))
    cells = "".join(f'<td class="n">{n}</td>' for n in numbers)
    return f'<tr class="{pair.kind}">{cells}<td class="t">{text}</td></tr>\n'
