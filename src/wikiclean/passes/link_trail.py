"""
Where a label ends that swallowed the text behind its link.

pandoc glues every letter behind ``]]`` to the label: ``[[美國]]和`` becomes ``[美國和](…)``. The
clean text is right either way; this pass moves the end of the link. It never changes the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

import attrs

from wikiclean.codes import CODES
from wikiclean.document import Certainty, Diagnostic, Document, Link, Span, outline
from wikiclean.editing import Action, Change
from wikiclean.passes.label_table import MAX_LABEL, LabelTable, key_of
from wikiclean.passes.options import Options
from wikiclean.site import fold

EXPORTED_FORMS: Final = frozenset({"relative", "absolute", "mirror", "redirect"})
"""Forms of links that pandoc made from ``[[…]]``, the only ones that have a trail."""

TRAILLESS: Final = frozenset({"external", "file", "category"})
"""Kinds of links whose label is never cut."""

# Function words and what else begins a new phrase, so that a name seldom holds it. The second set
# may stand as the second character of a label; the others need two characters before them.
# Source: read off labels of the export; the frequent function words of written Chinese.
FUNCTION: Final = frozenset(
    "的地得和与與及或等在是为為由所之于於后後前中上下时時有把被将將对對從从向以而也就都并並这這其了"
)
FUNCTION_EARLY: Final = frozenset("的和与與及或等在是")
FUNCTION_STRONG: Final = FUNCTION - frozenset("地得中上下前后後时時")
"""Those that hardly stand inside a name; 地下 and 上海 hold some of the others."""

PARTICLES: Final = tuple(
    "에서 으로 이다 에게 까지 부터 처럼 보다 이며 은 는 이 가 을 를 의 에 로 와 과 도 만".split()  # noqa: SIM905
)
"""Korean particles that close a word, longest first. Source: 표준국어대사전, 조사."""

MAX_TITLE: Final = 255
"""Code points that a title has at most."""

SURE_PAGES: Final = 3
"""Pages in which a label must be known before a cut behind it is certain: where
``benchmarks/labels.py --learned`` measures, one cut in eight is wrong with fewer, and none else."""
RARE: Final = 4
"""How many times as often as a longer label its beginning, the title alone, may be known for the
longer one to cast doubt on rule R1."""

CACHE_SIZE: Final = 4096
"""Labels that are remembered with their target."""
MAX_CACHED: Final = 500
"""Code points of a label and its target that are remembered; longer ones would fill memory."""

_latin_then_cjk = re.compile(r"[A-Za-z\u00c0-\u024f](?=[\u3040-\u30ff\u4e00-\u9fff])")
_hiragana = re.compile(r"(?<=[\u30a0-\u30ff\u4e00-\u9fff々])[\u3041-\u309f]")
_katakana_then_han = re.compile(r"[\u30a1-\u30fc]{3,}(?=[\u4e00-\u9fff])")
_latin_word = re.compile(r"[a-z\u00df-\u024f]{2}")
_hangul_end = re.compile(r"[\uac00-\ud7a3]\Z")


Rule: TypeAlias = Callable[[str, str, Sequence[str]], int | None]
"""Takes the folded label, the folded target and other labels of the target; returns the length of
the true label, or None if it has nothing to say."""


@attrs.frozen
class Boundary:
    """Where a label ends."""

    length: int
    """Code points of the true label, from the start of the exported one."""
    certainty: Certainty
    rule: str
    """Which rule said so: ``R1``, ``disambiguator``, ``fragment``, ``no candidate``, ``letter``,
    ``known``, ``seen``, ``suffix``, ``prefix``, ``neighbour``, ``script``, ``particle``,
    ``function``, ``katakana``, ``whole``."""


def link_trail(document: Document, options: Options) -> Iterator[Action]:
    """Yield a change for each link whose label's end is not yet known."""
    if document.dialect != "export":
        return
    links = [
        link
        for link in document.links
        if link.label_exported and link.form in EXPORTED_FORMS and link.kind not in TRAILLESS
    ]
    if not links:
        return
    text, source = document.text, document.source
    table = options.labels_from
    names: dict[str, set[str]] | None = None
    folded: dict[str, list[str]] = {}
    reported: set[Span] | None = None
    formatted: list[tuple[int, int]] | None = None
    for link in links:
        exported, target = link.label_exported, link.target
        start, end = link.span
        if exported == target and not link.interwiki:
            # As most links are: rule R1, and nothing behind the title.
            if link.certainty != "certain" or link.overflow:
                if link.label == exported and text[start:end] == exported:
                    yield Change(link, _ended(link, exported, link.span, "", "certain"))
                    continue
            else:
                continue
        prefix = f"{link.interwiki}:" if link.interwiki else ""
        if prefix and exported.lower().startswith(prefix):
            target = prefix + target
        behind = link.source_span.end
        letter = source[behind : behind + 1].isalpha()
        boundary = _boundary(exported, target, link.fragment, letter)
        if table is not None:
            key = key_of(link.target, link.interwiki)
            boundary = _learned(table, key, exported, boundary) or boundary
        if boundary is None:
            if names is None:
                names = _labels(links)
            others = folded.get(link.target)
            if others is None:
                others = folded[link.target] = sorted(map(fold, names[link.target]))
            boundary = _guess(exported, target, others)
        length, certainty = boundary.length, boundary.certainty
        overflow = exported[length:]
        apply = bool(overflow) and (
            options.labels == "likely" or (options.labels == "certain" and certainty == "certain")
        )
        if apply:
            if formatted is None:
                formatted = _formatted(document)
            # Formatting that begins in the label and goes on behind its end holds the whole of it.
            apply = not _is_within(start, start + length, formatted)
        label = exported[:length] if apply else exported
        stop = start + len(label)
        if text[start:stop] != label:
            continue  # an earlier edit changed what stands there
        same = (
            certainty == link.certainty
            and overflow == link.overflow
            and stop == end
            and label == link.label
        )
        suspected = boundary.rule == "whole"
        if suspected:
            if reported is None:
                reported = {
                    one.source_span
                    for one in document.diagnostics
                    if one.code == "label_overflow_suspected"
                }
            suspected = link.source_span not in reported
        if same and not suspected:
            continue
        span = link.span if stop == end else Span(start, stop)
        new = _ended(link, label, span, overflow, certainty)
        said = overflow or suspected
        report = _report(link, overflow, label if apply else "", certainty) if said else None
        yield Change(link, new, report)


def _formatted(document: Document) -> list[tuple[int, int]]:
    """Return where formatting and formulas begin and end, in order of their beginnings."""
    found = [(start, end) for _, _, start, end, *_ in outline(document, "styles")]
    return sorted(found + [formula.span for formula in document.math])


def _is_within(start: int, end: int, stretches: list[tuple[int, int]]) -> bool:
    """Whether *end* stands within a stretch that begins behind *start*."""
    for at in range(bisect_right(stretches, (start, end)), len(stretches)):
        if stretches[at][0] >= end:
            break
        if stretches[at][0] > start and stretches[at][1] > end:
            return True
    return False


def _ended(link: Link, label: str, span: Span, overflow: str, certainty: Certainty) -> Link:
    """Return *link* with another end. What ``evolve`` does, in half the time."""
    return Link(
        label,
        link.target,
        link.fragment,
        link.kind,
        link.form,
        span,
        link.source_span,
        link.destination,
        link.interwiki,
        link.label_exported,
        overflow,
        certainty,
    )


def _labels(links: list[Link]) -> dict[str, set[str]]:
    """Return the exported labels of each target."""
    found: dict[str, set[str]] = {}
    for link in links:
        found.setdefault(link.target, set()).add(link.label_exported)
    return found


def _report(link: Link, overflow: str, label: str, certainty: Certainty) -> Diagnostic:
    """Return what is said of a label that was cut, could be cut, or may hold too much."""
    code = "label_overflow" if overflow else "label_overflow_suspected"
    severity, message = CODES[code]
    if overflow and not label:
        message = "The label seems to have swallowed text behind the link; it was left whole."
    return Diagnostic(
        code,
        severity,
        message,
        link.source_span,
        link.span.start,
        link.label_exported,
        label,
        certainty,
    )


def recover_label(
    exported: str,
    target: str,
    *,
    fragment: str = "",
    following: str = "",
    others: Sequence[str] = (),
    table: LabelTable | None = None,
) -> Boundary:
    """
    Find where a label ends whose tail may be text that stood behind the link.

    ``[瀘水等较大支流](…/瀘水_(禾水支流))`` is the link 瀘水 followed by the text 等较大支流.

    Args:
        exported: The label as exported, wraps joined; not empty.
        target: Title of the page, spaces for underscores, without fragment.
        fragment: What stood behind ``#``.
        following: The character behind the link in the source; empty at the end, or not known.
        others: Exported labels of the same target in the page, folded and sorted.
        table: What is known of the labels of each target.

    Returns:
        The boundary. What follows it in *exported* are letters only.
    """
    found = _boundary(exported, target, fragment, following.isalpha())
    if table is not None:
        found = _learned(table, key_of(target), exported, found) or found
    return _guess(exported, target, others) if found is None else found


def _learned(table: LabelTable, key: str, exported: str, found: Boundary | None) -> Boundary | None:
    """
    Return the boundary that a table decides, or None if it has nothing to say.

    Args:
        table: The table.
        key: What it knows the target by.
        exported: The label as exported.
        found: The boundary without a table. What R1 or a guess found may be overruled.
    """
    if found is not None and found.rule not in OVERRULED:
        return None
    known, seen = table.labels(key), table.exported(key)
    if not known and not seen:
        return None
    label, floor = fold(exported), _floor(exported)
    length = next(_lengths(label, floor, known), 0)
    whole = length == len(label)
    if found is not None and found.rule == "R1":
        if length <= found.length:
            return None
        # The title begins the label, and a longer label of the target does so too.
        if known.get(label[: found.length], 0) > RARE * known[label[:length]]:
            return None
        return Boundary(length, "likely" if whole else "ambiguous", "known")
    if found is not None and found.rule == "suffix" and not whole:
        return None
    if length:
        if (whole or known[label[:length]] >= SURE_PAGES) and _alone(label[:length], table, key):
            return Boundary(length, "certain", "known")
        return Boundary(length, "likely" if whole else "ambiguous", "known")
    for length in _lengths(label, floor, seen):
        # The page itself may be among those that the table was learned from.
        whole = length == len(label)
        if seen[label[:length]] > whole and not _sounds_cut(label[:length]):
            return Boundary(length, "likely" if whole else "ambiguous", "seen")
    return None


def _lengths(label: str, floor: int, labels: Mapping[str, int]) -> Iterator[int]:
    """
    Yield the lengths of those of *labels* that begin *label*, the longest first.

    They have two characters at least, and do not end within a word of Latin letters.
    """
    if labels:
        for length in range(min(len(label), MAX_LABEL), max(floor, 2) - 1, -1):
            if label[:length] in labels and not _latin_word.match(label, length - 1):
                yield length


def _sounds_cut(label: str) -> bool:
    """
    Whether a label seems to have swallowed something that is common behind links.

    Such labels stand in many pages, as 武宗的 does where [[唐武宗|武宗]]的[[死]] is written.
    """
    inner = label[2:-1]
    return (
        label[-1] in FUNCTION
        or label[1] in FUNCTION_EARLY
        or not FUNCTION_STRONG.isdisjoint(inner)
        or _script(label, "", ()) is not None
        or _particle(label, "", ()) is not None
    )


def _alone(label: str, table: LabelTable, key: str) -> bool:
    """Whether no known label of the target begins with *label*, its title aside, or begins it."""
    known = table.labels(key)
    if any(label[:length] in known for length in range(1, len(label))):
        return False
    ordered = table.in_order(key)
    at = bisect_right(ordered, label)
    behind = [one for one in ordered[at : at + 2] if one != key]
    return not behind or not behind[0].startswith(label)


def _by_target(exported: str, target: str, fragment: str, letter: bool) -> Boundary | None:  # noqa: FBT001 - cached by position
    """Return the boundary that the target decides, whatever else is on the page, or None."""
    floor = _floor(exported)
    label, name = fold(exported), fold(target)
    if name and label.startswith(name) and len(name) >= floor:
        certain = len(name) > 1 or len(name) == len(label)
        return Boundary(len(name), "certain" if certain else "likely", "R1")
    base = _without_disambiguator(name)
    if base and base != name and label.startswith(base) and len(base) >= floor:
        whole = len(base) == len(label)
        return Boundary(len(base), "certain" if whole else "likely", "disambiguator")
    part = fold(fragment)
    if part and label.startswith(part) and len(part) >= floor:
        # Of a place on the page itself it is all there is of a title.
        return Boundary(len(part), "likely" if name else "certain", "fragment")
    if floor >= len(exported):
        return Boundary(len(exported), "certain", "no candidate")
    if letter:
        # A trail would have taken that letter too.
        return Boundary(len(exported), "likely", "letter")
    return _ask(RULES_OF_TARGET, exported, floor, label, name, ())


def _guess(exported: str, target: str, others: Sequence[str]) -> Boundary:
    """Return the boundary of a label that ``_by_target`` has nothing to say of."""
    found = _ask(RULES, exported, _floor(exported), fold(exported), fold(target), others)
    return found or Boundary(len(exported), "likely", "whole")


def _ask(
    rules: Mapping[str, Rule],
    exported: str,
    floor: int,
    label: str,
    name: str,
    others: Sequence[str],
) -> Boundary | None:
    """Return the boundary that the first rule with something to say gives."""
    for rule, find in rules.items():
        length = find(label, name, others)
        if length is not None and floor <= length:
            certainty: Certainty = "likely" if length == len(exported) else "ambiguous"
            return Boundary(length, certainty, rule)
    return None


_by_target_cached: Final = lru_cache(CACHE_SIZE)(_by_target)


def _boundary(exported: str, target: str, fragment: str, letter: bool) -> Boundary | None:  # noqa: FBT001 - as above
    """Do what ``_by_target`` does, and remember it: a wiki links much to the same pages."""
    if len(exported) + len(target) + len(fragment) > MAX_CACHED:
        return _by_target(exported, target, fragment, letter)
    return _by_target_cached(exported, target, fragment, letter)


def _without_disambiguator(title: str) -> str:
    """Return a title without the last pair of brackets and the space before it."""
    if not title.endswith((")", "）")):
        return title
    depth = 0
    for at in range(len(title) - 1, -1, -1):
        depth += (title[at] in ")）") - (title[at] in "(（")
        if depth == 0:
            return title[:at].rstrip()
    return title


def _floor(label: str) -> int:
    """Return the least length of the true label: behind the last character that is no letter."""
    at = len(label)
    while at and label[at - 1].isalpha():
        at -= 1
    return max(at, 1)


def _common_prefix(first: str, second: str) -> int:
    length = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        length += 1
    return length


def _suffix(label: str, target: str, _: Sequence[str]) -> int | None:
    same = _common_prefix(label[::-1], target[::-1])
    sentence = FUNCTION_STRONG & set(label) or _hiragana.search(label)
    return len(label) if same >= 2 and not sentence else None


def _prefix(label: str, target: str, _: Sequence[str]) -> int | None:
    length = min(len(label), len(target), MAX_TITLE)
    while length >= 2 and label[:length] not in target:
        length -= 1
    return length if length >= 2 else None


def _neighbour(label: str, _: str, others: Sequence[str]) -> int | None:
    # In a sorted list the longest common prefix is with a neighbour.
    left = bisect_left(others, label)
    right = bisect_right(others, label)
    near = [others[i] for i in (left - 1, right) if 0 <= i < len(others)]
    longest = max((_common_prefix(label, other) for other in near), default=0)
    return longest if longest >= 2 else None


def _script(label: str, _: str, __: Sequence[str]) -> int | None:
    m = _latin_then_cjk.search(label)
    if m:
        return m.end()
    m = _hiragana.search(label)
    return m.start() if m and m.start() >= 2 else None


def _particle(label: str, _: str, __: Sequence[str]) -> int | None:
    if _hangul_end.search(label):
        for particle in PARTICLES:
            if label.endswith(particle) and len(label) - len(particle) >= 2:
                return len(label) - len(particle)
    return None


def _katakana(label: str, _: str, __: Sequence[str]) -> int | None:
    m = _katakana_then_han.match(label)
    return m.end() if m else None


def _function(label: str, _: str, __: Sequence[str]) -> int | None:
    for index, character in enumerate(label):
        if (index >= 2 and character in FUNCTION) or (index == 1 and character in FUNCTION_EARLY):
            return index
    return None


RULES_OF_TARGET: Final[Mapping[str, Rule]] = {"suffix": _suffix, "prefix": _prefix}
"""The rules for piped labels that ask the target; they are asked first."""
RULES: Final[Mapping[str, Rule]] = {
    "neighbour": _neighbour,
    "script": _script,
    "particle": _particle,
    "function": _function,
    "katakana": _katakana,
}
"""The rules that are asked then, in their order."""
OVERRULED: Final = frozenset({"R1", *RULES_OF_TARGET})
"""The rules that a table may overrule."""
