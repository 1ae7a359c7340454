"""
LanguageConverter markup: what stands between ``-{`` and ``}-``, and which choice it makes.

Here live the reading of a rule and the choice for a variant. Which script dominates a text is
decided here too. Nothing is written here, and no characters are converted.

Source: MediaWiki 1.39, ``includes/language/ConverterRule.php``; fallbacks of ``zh`` from
``includes/language/converters/ZhConverter.php``.
"""

from __future__ import annotations

import re
from typing import Final

import attrs

from wikiclean.document import Span

FALLBACKS: Final = {
    "zh": ("zh-hans", "zh-hant", "zh-cn", "zh-tw", "zh-hk", "zh-sg", "zh-mo", "zh-my"),
    "zh-hans": ("zh-cn", "zh-sg", "zh-my"),
    "zh-hant": ("zh-tw", "zh-hk", "zh-mo"),
    "zh-cn": ("zh-hans", "zh-sg", "zh-my"),
    "zh-sg": ("zh-my", "zh-hans", "zh-cn"),
    "zh-my": ("zh-sg", "zh-hans", "zh-cn"),
    "zh-tw": ("zh-hant", "zh-hk", "zh-mo"),
    "zh-hk": ("zh-mo", "zh-hant", "zh-tw"),
    "zh-mo": ("zh-hk", "zh-hant", "zh-tw"),
}
"""Which variants stand in for one that a rule does not name, in order."""

SILENT: Final = frozenset("HT-N")
"""Flags under which a rule prints nothing, or a name that only the wiki knows (``N``)."""

_choice = re.compile(r"\s*(?:[^;{}]{0,200}?=>\s*)?(zh(?:-[a-z]{2,4})?)\s*:", re.IGNORECASE)
_flag = re.compile(r"[A-Za-z-]")
_brackets = re.compile(r"-\{|\}-|;")


@attrs.frozen
class Rule:
    """A rule as written: ``-{flags|content}-``."""

    flags: frozenset[str]
    """Capital letters, ``-``; empty if none were given."""
    content: Span
    """What stands behind the flags."""
    choices: tuple[tuple[str, Span], ...]
    """Variant in lower case and the range of its text; empty if the content is one text."""


def read_rule(source: str, start: int, end: int) -> Rule:
    """Read the rule whose markup, ``-{`` and ``}-`` included, is ``source[start:end]``."""
    first, last = start + 2, end - 2
    flags: frozenset[str] = frozenset()
    bar = source.find("|", first, min(last, first + 64))
    if bar >= 0:
        names = [name.strip() for name in source[first:bar].split(";")]
        if all(not n or (len(n) == 1 and _flag.match(n)) or n.lower() in FALLBACKS for n in names):
            flags = frozenset(n.upper() if len(n) == 1 else n.lower() for n in names if n)
            first = bar + 1
    if "R" in flags:
        return Rule(flags, Span(first, last), ())
    choices: list[tuple[str, Span]] = []
    depth, at = 0, first
    parts: list[tuple[int, int]] = []
    for m in _brackets.finditer(source, first, last):
        if m[0] == "-{":
            depth += 1
        elif m[0] == "}-":
            depth -= 1
        elif depth == 0 and _choice.match(source, m.end(), last):
            parts.append((at, m.start()))
            at = m.end()
    parts.append((at, last))
    for begin, stop in parts:
        named = _choice.match(source, begin, stop)
        if named:
            value_start, value_end = named.end(), stop
            while value_end > value_start and source[value_end - 1] in "; \n\t":
                value_end -= 1
            while value_start < value_end and source[value_start] in " \n\t":
                value_start += 1
            choices.append((named[1].lower(), Span(value_start, value_end)))
        elif not choices and source[begin:stop].strip():
            return Rule(flags, Span(first, last), ())
    return Rule(flags, Span(first, last), tuple(choices))


def choose(rule: Rule, variant: str) -> Span | None:
    """Return the range of the text that a rule prints in *variant*; None if it prints nothing."""
    if rule.flags & SILENT:
        return None
    if not rule.choices:
        return rule.content
    named = dict(reversed(rule.choices))
    for name in (variant, *FALLBACKS.get(variant, ()), "zh"):
        if name in named:
            return named[name]
    return rule.choices[0][1]


# Characters that only one of the scripts has, each frequent in it. Source: Unihan,
# kTraditionalVariant and kSimplifiedVariant of the most frequent characters that have one.
_simplified: Final = re.compile(
    "[这国说们会时来为个过发经动现对学开关问题实长进还业产车电东书报讲话]"
)
_traditional: Final = re.compile(
    "[這國說們會時來為個過發經動現對學開關問題實長進還業產車電東書報講話]"
)


def dominant(text: str) -> str:
    """Return the script that dominates a text: ``zh-hans`` or ``zh-hant``; ``zh`` for a tie."""
    simplified = sum(1 for _ in _simplified.finditer(text))
    traditional = sum(1 for _ in _traditional.finditer(text))
    if simplified == traditional:
        return "zh"
    return "zh-hans" if simplified > traditional else "zh-hant"
