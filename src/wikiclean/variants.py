"""
LanguageConverter: what ``-{ }-`` says, and the text of a page in one variant of its language.

Here live the reading of a rule (flags, choices, one-way rules), the choice it makes for a variant,
the pairs of words it adds for the text behind it, which script dominates a text, and ``convert``,
the stage between a parser and the passes. Both dialects read their rules here. Finding where a
rule begins and ends, and writing what it shows, is the parsers'.

The words are converted by ``zhconv-rs``, which the extra ``wikiclean[zh]`` installs and which this
module alone imports. It carries MediaWiki's conversion tables and is GPL; nothing of it is here.

Source: MediaWiki 1.39, ``includes/language/ConverterRule.php``, ``LanguageConverter.php`` and
``converters/ZhConverter.php``, ``SrConverter.php``, ``GanConverter.php``.
"""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from itertools import chain, compress, pairwise
from operator import and_, attrgetter, eq, itemgetter, ne, not_
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias, cast

import attrs

from wikiclean.document import (
    LOCAL_RULE,
    MARKUP,
    OPAQUE_BLOCKS,
    RUN,
    TITLE_RULE,
    Document,
    Link,
    Span,
    as_it_is,
    evolve,
    outline,
    rule_entries,
)
from wikiclean.editing import Edit, edit_and_shift, edit_nested, respell
from wikiclean.errors import MissingExtraError
from wikiclean.site import FILE, ZH_VARIANTS, Site

NAMES: Final = MappingProxyType(
    {
        "zh": "原文",
        "zh-hans": "简体",
        "zh-hant": "繁體",
        "zh-cn": "大陆",
        "zh-tw": "臺灣",
        "zh-hk": "香港",
        "zh-mo": "澳門",
        "zh-sg": "新加坡",
        "zh-my": "大马",
    }
)
"""What the flags ``D`` and ``N`` call a variant. Source: ``ZhConverter::getVariantNames()``."""

NOTE_TA: Final = frozenset(
    {"NoteTA", "NoteTA-lite", "NoteTa", "Noteta", "NOTETA", "TA", "标题替换", "標題替換"}
)
"""Templates whose arguments are rules: ``T`` for the title, ``1`` … for the text behind them, and
``G1`` … names of groups that only the wiki knows. ``NoteTA/…`` are meant too."""

FOREIGN: Final = MappingProxyType(
    {
        "Lang": ("2",),
        "Nihongo": ("2",),
        "Jpn": ("j", "1"),
        "Jp": ("j", "1"),
        "日語": ("j", "1"),
        "日语": ("j", "1"),
    }
)
"""Templates that put one of these arguments between ``-{`` and ``}-``, for it is another language;
``Lang-ja`` and its like do it to their first."""

_FLAGS: Final = frozenset("ATRDHN-")
"""Source: ``LanguageConverter::getFlags()``."""
_SERBIAN_FLAGS: Final = MappingProxyType(
    {"S": "S", "писмо": "S", "pismo": "S"}
    | dict.fromkeys(("W", "реч", "reč", "ријеч", "riječ"), "W")
)
"""Source: ``SrConverter::getAdditionalFlags()``."""
_LEVELS: Final = MappingProxyType(
    {
        "zh": "disable",
        "gan": "disable",
        "zh-hans": "unidirectional",
        "zh-hant": "unidirectional",
    }
)
"""Variants that do not take rules of both kinds: ``getAdditionalManualLevel()``."""
_BCP_47: Final = MappingProxyType(
    {
        "zh-cn": "zh-Hans-CN",
        "zh-sg": "zh-Hans-SG",
        "zh-my": "zh-Hans-MY",
        "zh-tw": "zh-Hant-TW",
        "zh-hk": "zh-Hant-HK",
        "zh-mo": "zh-Hant-MO",
        "sr-ec": "sr-Cyrl",
        "sr-el": "sr-Latn",
    }
)
"""BCP 47 names that are more than MediaWiki's own in other letters: ``LanguageCode::bcp47()``."""


# ---------------------------------------------------------------- rules


@attrs.frozen
class Rule:
    """A ``-{flags|content}-``; all spans are in the source."""

    flags: tuple[str, ...]
    """As MediaWiki completes them, in its order, for the last that shows something wins: ``S``
    shows a choice, ``R`` the text as it is, ``D`` a description, ``N`` a name; ``+`` and ``-`` add
    and remove rules, ``T`` is for the title, and these and ``H`` show nothing."""
    only: tuple[str, ...]
    """The variants in which the text is converted, for ``-{zh-hans;zh-hant|text}-``."""
    texts: Mapping[str, Span]
    """What is shown in a variant, by its code."""
    one_way: Mapping[str, tuple[tuple[str, Span], ...]]
    """By code: rules ``from=>code:to``, which act in one direction."""
    rest: Span
    """All that stands behind the flags."""
    source_span: Span


_tokens: Final = re.compile(
    r"""(?x)
    (\{\{ | -\{)                       # what nests
    | (\}\} | \}- | \]\])
    | \[\[[^\[\]\n]*+\]\]              # links
    | \[\[(?P<space>[^\[\]\n|:]*+):     # those to files, which hold links
    | &[#a-zA-Z0-9]++;                 # entities, whose semicolon parts nothing
    | (?P<comment><!--)
    | <(?P<tag>[A-Za-z][^\s<>/]*+)?[^<>]*+>  # tags, with attributes
    | \{\|                             # the bar that begins a table
    """
)
_openers: Final = MappingProxyType({"}}": "{{", "}-": "-{", "]]": "[["})
_table_start = re.compile(r"\s*+\{\|")
"""A table, whose bars name no flags: the converter reads the page when they are gone."""
_blank: Final = "\x01"
_marked: Final = re.compile(r"\[\[|\{\{|-\{|''|[<>&\x00]")


def read_rule(source: str, start: int, end: int, site: Site) -> Rule:
    """
    Read the rule whose markup, ``-{`` and ``}-`` included, is ``source[start:end]``.

    What stands in constructs inside it (rules, templates, links, tags) parts nothing.
    """
    return _read(source, start + 2, end - 2, Span(start, end), site)


def read_local_rule(source: str, start: int, end: int, flags: str, site: Site) -> Rule:
    """Read ``source[start:end]`` as the content of a rule that has these flags."""
    return _read(source, start, end, Span(start, end), site, flags)


def _read(
    source: str, start: int, end: int, whole: Span, site: Site, flags_given: str = ""
) -> Rule:
    text = _without_constructs(source[start:end], site)
    codes = _codes(site.variants)
    begin = 0
    given = dict.fromkeys(flags_given, True)
    if not given:
        bar = text.find("|")
        if bar >= 0 and not _table_start.match(source, start):
            begin = bar + 1
            for word in text[:bar].split(";"):
                flag = word.strip()
                if flag in _FLAGS or flag in site.variants:
                    given[flag] = True
                elif flag in _SERBIAN_FLAGS and site.variants[:1] == ("sr",):
                    given[_SERBIAN_FLAGS[flag]] = True
    flags, only = _complete(given, site.variants)
    texts: dict[str, Span] = {}
    one_way: dict[str, list[tuple[str, Span]]] = {}
    rest = Span(start + begin, end)
    if not (set(flags) & {"R", "N"}):
        for left, right in _split(text, begin, _separator(site.variants)):
            colon = text.find(":", left, right)
            if colon < 0:
                continue
            first, last = _trimmed(text, colon + 1, right)
            origin, arrow, target = text[left:colon].strip().partition("=>")
            code = codes.get((target if arrow else origin).strip().lower(), "")
            if not code:  # an error of syntax: nothing of it counts
                texts.clear()
                one_way.clear()
                break
            span = Span(start + first, start + last)
            if arrow:
                if origin.strip():
                    one_way.setdefault(code, []).append((origin.strip(), span))
            elif first < last:
                texts[code] = span
        if not texts and not one_way:
            if {"+", "-"} & set(flags):
                if rest.start < rest.end:
                    texts = dict.fromkeys(site.variants, rest)
            elif not {"N", "T"} & set(flags):
                flags = ("R",)
    return Rule(
        flags,
        only,
        MappingProxyType(texts),
        MappingProxyType({code: tuple(rules) for code, rules in one_way.items()}),
        rest,
        whole,
    )


def is_note_ta(name: str) -> bool:
    """Whether a template of that name, its first letter capital, holds rules for its page."""
    return name.partition("/")[0] in NOTE_TA


def note_ta_kind(name: str) -> int | None:
    """Return what an argument of NoteTA is; -1 for a group, None if it has nothing to say."""
    if name == "T":
        return TITLE_RULE
    if name.isdecimal():
        return LOCAL_RULE
    return -1 if name[:1] == "G" and name[1:].isdecimal() else None


def note_ta_arguments(source: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield name, start and end of the arguments of the template ``source[start:end]``."""
    text = _without_constructs(source[start + 2 : end - 2])
    bars = [at for at, character in enumerate(text) if character == "|"]
    number = 0
    for left, right in pairwise((*bars, len(text))):
        name, equals, _ = text[left + 1 : right].partition("=")
        if equals:
            yield name.strip(), start + 3 + left + len(name) + 1, start + 2 + right
        else:
            number += 1
            yield str(number), start + 3 + left, start + 2 + right


@lru_cache(maxsize=64)
def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{re.escape(name)}\s*+>", re.IGNORECASE)


def _without_constructs(text: str, site: Site | None = None) -> str:
    """
    Return a text of the same length in which constructs are blanked out.

    With a site these are also the contents of its tags, and files whose captions hold links.
    """
    holes: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    reached = 0
    no_end = False
    endless: set[str] = set()
    for match in _tokens.finditer(text):
        if match.start() < reached:
            continue  # inside a comment or a tag
        if match["comment"]:
            close = -1 if no_end else text.find("-->", match.end())
            if close < 0:
                no_end = True
                continue
            reached = close + len("-->")
            holes.append((match.start(), reached))
        elif match[1]:
            stack.append((match[1], match.start()))
        elif match[2]:
            opener = _openers[match[2]]
            while stack and stack[-1][0] == "[[" != opener:
                stack.pop()  # a file without an end
            if stack and stack[-1][0] == opener:
                holes.append((stack.pop()[1], match.end()))
        elif match["space"] is not None:
            if site is not None and site.namespace_id(match["space"].strip()) == FILE:
                stack.append(("[[", match.start()))
        else:
            end = match.end()
            name = (match["tag"] or "").lower()
            closed = text[end - 2] == "/" or name in endless
            if site is not None and name in site.extension_tags and not closed:
                found = _end_tag(name).search(text, end)
                if found is not None:
                    end = reached = found.end()
                else:
                    endless.add(name)
            holes.append((match.start(), end))
    if not holes:
        return text
    holes.sort()
    pieces: list[str] = []
    at = 0
    for start, end in holes:
        if end > at:
            start = max(start, at)  # noqa: PLW2901 - the part that no hole before it has
            pieces += (text[at:start], _blank * (end - start))
            at = end
    pieces.append(text[at:])
    return "".join(pieces)


@lru_cache(maxsize=64)
def _codes(variants: tuple[str, ...]) -> Mapping[str, str]:
    return {name.lower(): code for code in variants for name in (code, _bcp_47(code))}


def _bcp_47(code: str) -> str:
    """Return the standard's name of a variant: ``zh-Hans``, ``kk-KZ``."""
    if code in _BCP_47:
        return _BCP_47[code]
    language, *parts = code.split("-")
    if "x" in parts:
        return code
    return "-".join([language, *(p.title() if len(p) == 4 else p.upper() for p in parts)])


@lru_cache(maxsize=64)
def _separator(variants: tuple[str, ...]) -> re.Pattern[str]:
    # LanguageConverter::getVarSeparatorPattern()
    names = {name for code in variants for name in (code, _bcp_47(code))}
    codes = f"(?:{'|'.join(sorted(map(re.escape, names), key=lambda n: (-len(n), n)))})"
    return re.compile(rf";(?=\s*+(?:{codes}\s*+:|[^;]*?=>\s*+{codes}\s*+:|\Z))")


def _complete(
    given: Mapping[str, bool], variants: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return MediaWiki's full set of flags, and the variants named among them (parseFlags)."""
    if not given:
        return ("S",), ()
    for single in ("R", "N", "-"):
        if single in given:
            return (single,), ()
    if set(given) == {"T"}:
        return ("T", "H"), ()
    if "H" in given:
        return ("+", "H", *(flag for flag in ("T", "D") if flag in given)), ()
    flags = dict(given)
    if "A" in flags:
        flags |= {"+": True, "S": True}
    if "D" in flags:
        flags.pop("S", None)
    only = tuple(flag for flag in flags if flag in variants)
    return (("R",), only) if only else (tuple(flags), ())


def _split(text: str, begin: int, separator: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for match in separator.finditer(text, begin):
        yield begin, match.start()
        begin = match.end()
    yield begin, len(text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    value = text[start:end]
    left = len(value) - len(value.lstrip())
    return start + left, start + max(left, len(value.rstrip()))


# ---------------------------------------------------------------- what a rule shows


def shown(rule: Rule, variant: str, site: Site, source: str) -> Span | str:
    """
    Return what stands in the text: a span of the source, or text that is nowhere in it.

    Where a rule has no text for the variant MediaWiki prints a message of error; here the first
    text of the rule is shown, for it says what was meant.
    """
    result: Span | str | None = None
    for flag in rule.flags:
        if flag == "R":
            result = rule.rest
        elif flag == "S":
            result = choice(rule, variant, site)
        elif flag == "D":
            result = _description(rule, source)
        elif flag == "N":
            result = NAMES.get(source[rule.rest.start : rule.rest.end].strip(), "")
        elif flag in "H-+T":
            result = ""
    if result is None:
        texts = [*rule.texts.values(), *(r[0][1] for r in rule.one_way.values())]
        result = texts[0] if texts else ""
    return result


def choice(rule: Rule, variant: str, site: Site) -> Span | None:
    """Return the text for *variant* by MediaWiki's order of fallback; None if there is none."""
    if not rule.texts and not rule.one_way:
        return rule.rest
    for code in (variant, *site.variant_fallbacks.get(variant, site.variants[:1])):
        if code in rule.texts:
            return rule.texts[code]
    if variant in rule.one_way:
        return rule.one_way[variant][0][1]
    return None


def _description(rule: Rule, source: str) -> str:
    parts = [
        f"{NAMES.get(code, code)}：{source[slice(*span)]}；" for code, span in rule.texts.items()
    ]
    for code, rules in rule.one_way.items():
        name = NAMES.get(code, code)
        parts += [f"{origin}⇒{name}：{source[slice(*span)]}；" for origin, span in rules]
    return "".join(parts)


def title_of(rule: Rule, variant: str, site: Site) -> Span | None:
    """Return the title that a rule gives the page in *variant*; None if it gives none."""
    if "T" not in rule.flags:
        return None
    if variant == site.variants[0]:
        # The main code of a language shows titles as they are, unless a rule names it.
        if variant in rule.texts:
            return rule.texts[variant]
        return rule.one_way[variant][0][1] if variant in rule.one_way else None
    return choice(rule, variant, site)


def pairs_of(rule: Rule, variant: str, site: Site, source: str) -> dict[str, str]:
    """
    Return what a rule has the text behind it converted to: words → words of *variant*.

    Those with markup in them, which cannot stand in running text, are left out.

    Source: ``ConverterRule::generateConvTable()``.
    """
    level = _LEVELS.get(variant, "bidirectional")
    if level == "disable":
        return {}
    found: dict[str, str] = {}
    if variant in rule.one_way:
        for origin, span in rule.one_way[variant]:
            found[origin] = source[slice(*span)]
    if level == "bidirectional" and rule.texts:
        wording = {
            code: text
            for code in site.variants
            if (text := _first(rule.texts, (code, *site.variant_fallbacks.get(code, ()))))
        }
        to = wording.pop(variant, None)
        if to is not None:
            for text in wording.values():
                found.setdefault(source[slice(*text)], source[slice(*to)])
    return {
        key: value
        for key, value in found.items()
        if key and value and not _marked.search(key) and not _marked.search(value)
    }


def _first(texts: Mapping[str, Span], codes: Iterable[str]) -> Span | None:
    return next((texts[code] for code in codes if code in texts), None)


# ---------------------------------------------------------------- scripts


def dominant(text: str) -> str:
    """
    Return the script that dominates a text: ``zh-hans`` or ``zh-hant``; ``zh`` for a tie.

    Source: ``data/scripts.json``, made from OpenCC's dictionaries by ``scripts/script_table.py``.
    """
    simplified, traditional = _counted(text)
    if simplified == traditional:
        return "zh"
    return "zh-hans" if simplified > traditional else "zh-hant"


def _counted(text: str) -> tuple[int, int]:
    """Return how many characters are simplified only, and how many traditional only."""
    hans, hant, either = _scripts()
    found = either.findall(text)
    return sum(map(hans.__contains__, found)), sum(map(hant.__contains__, found))


@cache
def _scripts() -> tuple[frozenset[str], frozenset[str], re.Pattern[str]]:
    """Return the characters of both scripts, and what finds them, with a few that are of none."""
    data = json.loads((resources.files("wikiclean") / "data" / "scripts.json").read_text("utf-8"))
    hans, hant = frozenset("".join(data["zh-hans"])), frozenset("".join(data["zh-hant"]))
    # A set is searched by a table, unless one of it stands beyond U+FFFF: those are a range here.
    within = "".join(sorted(c for c in hans | hant if c <= "\uffff"))
    return hans, hant, re.compile(f"[{within}\U00010000-\U0010ffff]")


SAMPLE: Final = 20_000
"""How many characters of a page say which script it is in."""
STEP: Final = 4
"""Every fourth of them says it alone where it is clear."""


def variant_of(source: str, site: Site) -> str:
    """Return the variant whose wording ``-{ }-`` shows where the page is left as it is."""
    if not site.variants:
        return "source"
    if site.variants[0] != "zh":
        return site.variants[0]
    simplified, traditional = _counted(source[:SAMPLE:STEP])
    # Three standard deviations of such a count: all of them would hardly say otherwise.
    if (simplified - traditional) ** 2 > 9 * (simplified + traditional):
        return "zh-hans" if simplified > traditional else "zh-hant"
    return dominant(source[:SAMPLE])


# ---------------------------------------------------------------- words

Translate: TypeAlias = Callable[[str], str]

MAX_WORD: Final = 64
"""How many characters a word of a page's rules has at most; longer ones are not looked for."""

WINDOW: Final = 16
"""How far a word of the conversion tables may reach; their longest are shorter."""


def base(variant: str) -> Translate:
    """
    Return what converts text by the tables of a variant; there are tables for Chinese only.

    Raises:
        MissingExtraError: if the extra is not installed.
    """
    if variant not in ZH_VARIANTS:
        return str
    try:
        from zhconv_rs import zhconv
    except ImportError:
        raise MissingExtraError(f"variant {variant}", "zh") from None
    engine = cast("Callable[[str, str], str]", zhconv)

    def translate(text: str) -> str:
        if "-{" in text:  # the engine would read rules, and these are text
            return "-{".join([engine(part, variant) for part in text.split("-{")])
        return engine(text, variant)

    return translate


class _Event(NamedTuple):
    """A rule that begins to act at an offset of the text."""

    offset: int
    rule: Rule


class _Words:
    """The words of a variant: its tables, and what the rules of a page add and take away."""

    def __init__(self, variant: str, site: Site, source: str, events: Iterable[_Event]) -> None:
        self.translate: Final = base(variant)
        self.known: Final[dict[str, tuple[list[int], list[str | None]]]] = {}
        """Word → from which offsets on it is converted to what; None: no longer by the tables."""
        for event in events:
            adds, takes = "+" in event.rule.flags, "-" in event.rule.flags
            if adds or takes:
                for word, value in pairs_of(event.rule, variant, site, source).items():
                    if len(word) <= MAX_WORD:
                        offsets, values = self.known.setdefault(word, ([], []))
                        offsets.append(event.offset)
                        values.append(value if adds else None)
        self.lengths: Final[dict[str, list[int]]] = {}
        """First character → lengths of the words that begin with it, longest first."""
        for word in self.known:
            lengths = self.lengths.setdefault(word[0], [])
            if len(word) not in lengths:
                lengths.append(len(word))
        for lengths in self.lengths.values():
            lengths.sort(reverse=True)
        self.first: Final = (
            re.compile(f"[{re.escape(''.join(self.lengths))}]") if self.lengths else None
        )

    def convert(
        self, segments: list[str], offsets: list[int]
    ) -> tuple[list[str], dict[int, list[tuple[str, str]]]]:
        """
        Convert stretches of the text that begin at *offsets*, none of which goes on in the next.

        Returns:
            What they became; and for those in which a rule acted, by index, their pieces in
            order, as they were and as they are.
        """
        joined = "\0".join(segments)
        done = self.translate(joined).split("\0") if segments else []
        if len(done) != len(segments):  # a NUL in the text itself
            done = [self.translate(segment) for segment in segments]
        pieces: dict[int, list[tuple[str, str]]] = {}
        first = self.first
        if first is not None and first.search(joined):
            for i, segment in enumerate(segments):
                if first.search(segment):
                    found = self._by_rules(segment, offsets[i], first)
                    if found:
                        pieces[i] = found
                        done[i] = "".join(new for _, new in found)
        return done, pieces

    def line(self, text: str) -> str:
        """Convert a text that stands behind all rules."""
        [result], _ = self.convert([text], [1 << 60])
        return result

    def _by_rules(self, text: str, offset: int, first: re.Pattern[str]) -> list[tuple[str, str]]:
        """
        Convert as one table would that holds the rules too: leftmost word first, then longest.

        What the tables match is not told by their engine, so it is asked for: a word of theirs
        goes over a place if both sides, converted apart, differ from the whole.
        """
        pieces: list[tuple[str, str]] = []
        done = 0

        def plain(until: int) -> None:
            nonlocal done
            if until > done:
                part = text[done:until]
                pieces.append((part, self.translate(part)))
                done = until

        for match in first.finditer(text):
            at = match.start()
            if at < done:
                continue
            for length in self.lengths[text[at]]:
                word = text[at : at + length]
                value = self._value(word, offset)
                if value is _NONE or len(word) < length:
                    continue
                if self._goes_over(text, max(done, at - WINDOW), at) or self._is_longer(
                    text, at, at + length
                ):
                    break
                plain(at)
                if isinstance(value, str):
                    pieces.append((word, value))
                    done = at + length
                elif length == 1:
                    pieces.append((word, word))
                    done = at + 1
                else:
                    plain(at + length - 1)
                break
        if pieces:
            plain(len(text))
        return pieces

    def _value(self, word: str, offset: int) -> str | object | None:
        known = self.known.get(word)
        if known is None:
            return _NONE
        index = bisect_right(known[0], offset) - 1
        return known[1][index] if index >= 0 else _NONE

    def _goes_over(self, text: str, start: int, at: int) -> bool:
        """Whether a word of the tables begins before a place and ends behind it."""
        if start >= at:
            return False
        left, right = text[start:at], text[at : at + WINDOW]
        return self.translate(left + right) != self.translate(left) + self.translate(right)

    def _is_longer(self, text: str, start: int, end: int) -> bool:
        """Whether a word of the tables begins at *start* and ends behind *end*."""
        limit = start + WINDOW
        if end >= min(limit, len(text)):
            return False
        whole = self.translate(text[start:limit])
        return all(
            self.translate(text[start:cut]) + self.translate(text[cut:limit]) != whole
            for cut in range(start + 1, end + 1)
        )

    def units(self, old: str, new: str) -> Iterator[tuple[int, int, str]]:
        """
        Yield the least parts of *old* that became longer or shorter, and what they became.

        What stands between them became text of the same length.
        """
        if len(old) > 2 * WINDOW:
            before, after = _clause.split(old), _clause.split(new)
            if len(before) == len(after) > 1:
                at = 0
                for one, other in zip(before, after, strict=True):
                    if len(one) != len(other):
                        for start, end, value in self._parts(one, other):
                            yield at + start, at + end, value
                    at += len(one)
                return
        yield from self._parts(old, new)

    def _parts(self, old: str, new: str) -> Iterator[tuple[int, int, str]]:
        length = len(old)
        cuts = [(0, 0)]
        if length <= MAX_PARTS:
            probes = [side for i in range(1, length) for side in (old[:i], old[i:])]
            done = self.translate("\0".join(probes)).split("\0") if probes else []
            if len(done) == len(probes):
                for i in range(1, length):
                    left, right = done[2 * i - 2 : 2 * i]
                    if left + right == new and cuts[-1][1] < len(left) < len(new):
                        cuts.append((i, len(left)))
        cuts.append((length, len(new)))
        for (start, first), (end, last) in pairwise(cuts):
            if end - start != last - first:
                yield start, end, new[first:last]


MAX_STATES: Final = 500
"""How many rules a page may have for a caption to take only those that stand before it."""
_NONE: Final = object()
LINE_ENDS: Final = "\n\t"
"""What ends lines and cells in the text; no word of the tables has one in it."""
_line: Final = re.compile(f"(?<=[{LINE_ENDS}])")
_clause: Final = re.compile(r"(?<=[，。、；：！？\s])")
MAX_PARTS: Final = 120
"""The longest stretch in which the words that changed their length are told apart."""


# ---------------------------------------------------------------- the stage


def convert(document: Document, variant: str, site: Site) -> Document:
    """
    Convert the text of a page to a variant, as MediaWiki does.

    Each stretch between tags is converted for itself, so that no word goes over one. What
    ``-{ }-`` shows, code, formulas and addresses stay as they are, as do targets, file names and
    categories. Rules act on the text behind them. The title becomes what the wiki would show.

    Args:
        document: As its parser made it, its choices in ``-{ }-`` made for the same variant.
        variant: ``source`` changes nothing; the main code of a language (``zh``) names itself
            and converts nothing, and so does a page with ``__NOCONTENTCONVERT__``.
        site: The wiki it came from.

    Raises:
        MissingExtraError: if the variant needs conversion tables, and the extra is not installed.
    """
    if variant == "source":
        return document
    base(variant)
    switches = {
        site.behavior_switch(one.dropped)
        for one in document.diagnostics
        if one.code == "behavior_switch"
    }
    if (
        variant in site.variants[:1]
        or document.variant == variant
        or "nocontentconvert" in switches
    ):
        return _renamed(document, variant)
    result = _Stage(variant, site, document.source).page(document)
    return evolve(result, title=document.title) if "notitleconvert" in switches else result


def _renamed(document: Document, variant: str) -> Document:
    renamed = edit_nested(document, lambda inner, _: _renamed(inner, variant), {}, later=True)
    return evolve(renamed, variant=variant)


class _Stretch(NamedTuple):
    """A stretch of the text that is not converted as the text around it is."""

    start: int
    end: int
    variant: str
    """What it is converted to; empty if it stays."""


class _Stage:
    """The conversion of one page."""

    def __init__(self, variant: str, site: Site, source: str) -> None:
        self.variant: Final = variant
        self.site: Final = site
        self.source: Final = source
        self.shifts: Final[dict[str, Callable[[int], int]]] = {}
        """Path of a nested Document → where an offset of its old text is now."""
        self.words: Final[dict[tuple[str, int], tuple[tuple[Rule, ...], _Words]]] = {}
        """By variant and identity of the rules that act, which are kept so that it stays theirs."""

    def page(self, document: Document) -> Document:
        """Convert the page itself."""
        rules = self._rules(document)
        result = self._text(document, rules, (), "")
        if document.title is None:
            return result
        title = ""
        for *_, rule in rules:
            named = title_of(rule, self.variant, self.site)
            if named is not None:
                title = _tag.sub("", self.source[slice(*named)]).replace("''", "").strip()
        if not title:
            acting = tuple(rule for *_, rule in rules if _acts(rule))
            title = self._words(self.variant, (), acting).line(document.title)
        return evolve(result, title=title)

    def _words(self, variant: str, events: tuple[_Event, ...], outer: tuple[Rule, ...]) -> _Words:
        """Return the words of a variant; Documents without rules of their own share them."""
        key = (variant, id(outer))
        if not events and key in self.words:
            return self.words[key][1]
        before = [_Event(-1, rule) for rule in outer]
        words = _Words(variant, self.site, self.source, (*before, *events))
        if not events:
            self.words[key] = outer, words
        return words

    def _rules(self, document: Document) -> list[tuple[int, int, int, Rule]]:
        """Read the rules: text start and end, kind, rule; in the order in which they act."""
        found: list[tuple[int, int, int, Rule]] = []
        for start, end, left, right, kind in rule_entries(document.rules):
            if kind == MARKUP:
                rule = read_rule(self.source, left, right, self.site)
            elif kind == LOCAL_RULE:
                rule = read_local_rule(self.source, left, right, "H", self.site)
            elif kind == TITLE_RULE:
                rule = read_local_rule(self.source, left, right, "T", self.site)
            else:
                rule = _UNCONVERTED
            found.append((start, end, kind, rule))
        found.sort(key=lambda one: (one[1], one[3].source_span.end))
        return found

    def _text(
        self,
        document: Document,
        rules: list[tuple[int, int, int, Rule]],
        outer: tuple[Rule, ...],
        path: str,
    ) -> Document:
        """Convert a Document; *outer* are the rules that act on it from outside."""
        events = tuple(_Event(end, rule) for _, end, _, rule in rules if _acts(rule))
        own = sorted((rule for _, rule in events), key=lambda rule: rule.source_span.end)
        ends = [rule.source_span.end for rule in own]
        acting: dict[int, tuple[Rule, ...]] = {0: outer}

        def inside(inner: Document, name: str) -> Document:
            count = len(own)
            # The list of footnotes stands at the end; all else stands where it is written.
            if not name.startswith("footnotes/") and count <= MAX_STATES:
                count = bisect_right(ends, inner.extent.start)
            if count not in acting:
                acting[count] = (*outer, *own[:count])
            below = f"{path}/{name}" if path else name
            return self._text(inner, self._rules(inner), acting[count], below)

        converted = self._converted(document, rules, events, outer, path)
        if converted.variant != self.variant:
            converted = evolve(converted, variant=self.variant)
        # All notes are the page's, so it is the page's anchors that stand in other Documents.
        return edit_nested(converted, inside, {} if path else self.shifts, later=True)

    def _converted(
        self,
        document: Document,
        rules: list[tuple[int, int, int, Rule]],
        events: tuple[_Event, ...],
        outer: tuple[Rule, ...],
        path: str,
    ) -> Document:
        text = document.text
        if text.isascii() and self._words(self.variant, events, outer).first is None:
            return document  # as many notes and values are: the tables know no such words
        cuts, entities = _cuts(document)
        stretches = self._stretches(document, rules)
        for stretch in stretches:
            cuts.add(stretch.start)
            cuts.add(stretch.end)
        cuts.update(event.offset for event in events)
        stretches += entities
        stretches.sort(key=lambda one: (one.start, -one.end))
        cuts |= {0, len(text)}
        order = sorted(cuts)
        parts = [text[a:b] for a, b in pairwise(order)]
        modes = _modes(order, stretches, self.variant)
        edits: list[Edit] = []
        for variant in {self.variant, *(modes.values() if modes else ())}:
            if not variant:
                continue
            words = self._words(variant, events, outer)
            if modes:
                chosen: Sequence[int] = [
                    i for i in range(len(parts)) if modes.get(i, self.variant) == variant
                ]
                segments = [parts[i] for i in chosen]
                offsets = [order[i] for i in chosen]
            else:
                chosen, segments, offsets = range(len(parts)), parts, order
            done, by_rules = words.convert(segments, offsets)
            if modes:
                for i, new in zip(chosen, done, strict=True):
                    parts[i] = new
            else:
                parts = done
            same = bytes(map(eq, map(len, segments), map(len, done)))
            aligned = not by_rules and _is_aligned(
                "\0".join(compress(segments, same)), "\0".join(compress(done, same))
            )
            changed = map(not_, same) if aligned else map(ne, segments, done)
            for which in compress(range(len(done)), changed):
                at = offsets[which]
                for old, new in by_rules.get(which) or _lines(segments[which], done[which]):
                    if len(old) != len(new) or (len(old) >= WINDOW and not _is_aligned(old, new)):
                        edits += [
                            Edit(Span(at + start, at + end), value, respelling=True)
                            for start, end, value in words.units(old, new)
                        ]
                    at += len(old)
        new_text = "".join(parts)
        if new_text == text:
            return document
        edited, shift = edit_and_shift(document, edits)
        if path and edits:
            self.shifts[path] = shift
        result = respell(edited, new_text, variant=self.variant)
        if document.dialect == "export" and any(link.label_exported for link in document.links):
            result = evolve(result, links=tuple(map(_exported, document.links, result.links)))
        return result

    def _stretches(
        self, document: Document, rules: list[tuple[int, int, int, Rule]]
    ) -> list[_Stretch]:
        """Return what is not converted as the rest is."""
        found: list[_Stretch] = []
        sources: list[int] = []
        for start, end, kind, rule in rules:
            if kind == MARKUP:
                sources.append(rule.source_span.start)
            if start < end:
                found.append(_Stretch(start, end, self._target(rule)))
        sources.sort()

        def is_whole(span: Span) -> bool:
            # MediaWiki knows code by both its tags, which a rule in it tears apart.
            index = bisect_left(sources, span.start)
            return index == len(sources) or sources[index] >= span.end

        source = self.source
        if any(brief.kind == "code" for brief in outline(document, "styles")):
            found += [
                _Stretch(*style.span, "")
                for style in document.styles
                if style.kind == "code"
                and not _typed.match(source, style.source_span.start)
                and is_whole(style.source_span)
            ]
        if any(brief.kind in OPAQUE_BLOCKS for brief in outline(document, "blocks")):
            found += [
                _Stretch(*block.span, "")
                for block in document.blocks
                if block.kind in OPAQUE_BLOCKS and is_whole(block.source_span)
            ]
        found += [_Stretch(*formula.span, "") for formula in document.math]
        found += _foreign(document)
        text = document.text
        found += [
            _Stretch(start, end, "")
            for kind, form, start, end, *_ in outline(document, "links")
            if kind == "external"
            and (form == "bare" or text[start:end].lower().startswith(self.site.protocols))
        ]
        return found

    def _target(self, rule: Rule) -> str:
        """Return what the text that a rule shows is converted to: nothing, or one it names."""
        for code in (self.variant, *self.site.variant_fallbacks.get(self.variant, ())):
            if code in rule.only:
                return code if _LEVELS.get(code) != "disable" else ""
        return ""


def _acts(rule: Rule) -> bool:
    """Whether a rule has something done to the text behind it."""
    return "+" in rule.flags or "-" in rule.flags


_UNCONVERTED: Final = Rule(
    ("R",), (), MappingProxyType({}), MappingProxyType({}), Span(0, 0), Span(0, 0)
)
_tag: Final = re.compile(r"<[^<>]*+>")
_typed: Final = re.compile(r"<(?i:tt|kbd|samp)\b")
"""Tags that are shown as code and converted as text."""
_SILENT: Final = frozenset({"comment", "behavior_switch"})
"""Markup between two stretches of text that leaves no tag between them."""


def _foreign(document: Document) -> Iterator[_Stretch]:
    """Yield the text that templates say is of another language."""
    if not any(
        brief.name in FOREIGN or brief.name.startswith("Lang-")
        for brief in outline(document, "templates")
    ):
        return
    for template in document.templates:
        name = template.name
        names = ("1",) if name.startswith("Lang-") else FOREIGN.get(name, ())
        if not names or (name == "Lang" and template.get("1").strip().startswith("zh")):
            continue
        values = [one.value_span for one in template.parameters if one.name in names]
        for piece in document.runs.pieces(template.span):
            for value in values:
                if value.start <= piece.source_start and piece.source_end <= value.end:
                    yield _Stretch(piece.text_start, piece.text_end, "")


_span: Final = attrgetter("span")
_place: Final = itemgetter(2, 3)
_zero: Final = array("i", (0,))


def _places(document: Document, name: Literal["links", "styles"]) -> Iterable[tuple[int, int]]:
    """Return where records stand in the text, whether they have been made or not."""
    value = as_it_is(document, name)
    if isinstance(value, tuple):
        return map(_span, value)
    return map(_place, outline(document, name))


def _cuts(document: Document) -> tuple[set[int], list[_Stretch]]:
    """Return where the page has tags, and the characters that it writes as entities."""
    cuts: set[int] = set(document.breaks)
    # Blocks and cells need no look: what parts them comes from nowhere, and the runs show it.
    cuts.update(chain.from_iterable(_places(document, "links")))
    cuts.update(chain.from_iterable(_places(document, "styles")))
    cuts.update(chain.from_iterable(map(_span, document.math)))
    flat, source = document.runs.flat, document.source
    if len(flat) == RUN and flat[RUN - 1]:
        return cuts, []  # one stretch of the source, as most values and many notes are
    # Columns as wholes, for a page has many thousand runs. Where one does not begin at the end of
    # that before it, a line or a cell ends, and no word goes over that: it needs no cut.
    starts, sources, verbatim = flat[0::RUN], flat[2::RUN], flat[4::RUN]
    before = _zero + flat[1::RUN][:-1]
    source_before = _zero + flat[3::RUN][:-1]
    torn = bytearray(
        map(and_, map(eq, starts, before), map(and_, map(ne, sources, source_before), verbatim))
    )
    silent: dict[int, int] = {}
    for start, end in sorted(
        (one.source_span for one in document.diagnostics if one.code in _SILENT), reverse=True
    ):
        silent[start] = silent.get(end, end)
    if silent:
        for i in compress(range(len(starts)), map(silent.__contains__, source_before)):
            torn[i] &= silent[source_before[i]] != sources[i]
    cuts.update(compress(starts, torn))
    entities: list[_Stretch] = []
    for i in compress(range(len(starts)), map(not_, verbatim)):
        start, end, left, right = flat[i * RUN : i * RUN + RUN - 1]
        if left < right:
            cuts.add(start)
            cuts.add(end)
            if source[left] == "&":
                entities.append(_Stretch(start, end, ""))
    return cuts, entities


def _modes(order: list[int], stretches: list[_Stretch], variant: str) -> dict[int, str]:
    """Return what the parts between cuts are converted to, where that is not *variant*."""
    modes: dict[int, str] = {}
    open_: list[_Stretch] = []
    which = 0
    if not stretches:
        return modes
    for i, left in enumerate(order[:-1]):
        while which < len(stretches) and stretches[which].start <= left:
            open_.append(stretches[which])
            which += 1
        while open_ and open_[-1].end <= left:
            open_.pop()
        if open_ and open_[-1].variant != variant:
            modes[i] = open_[-1].variant
    return modes


def _lines(old: str, new: str) -> Iterable[tuple[str, str]]:
    """Return the lines and cells of a text and of what it became; their ends stay."""
    return zip(_line.split(old), _line.split(new), strict=True)


def _is_aligned(old: str, new: str) -> bool:
    """Whether marks and the ends of lines stand at the same places in two texts of one length."""
    return all(
        [*map(len, old.split(mark))] == [*map(len, new.split(mark))] for mark in "，。" + LINE_ENDS
    )


def _exported(before: Link, after: Link) -> Link:
    """Convert the exported label of a link along, while it is the label."""
    if before.label_exported and before.label_exported == before.label != after.label:
        return evolve(after, label_exported=after.label)
    return after
