"""
What a wiki calls things: namespaces, titles, magic words, link trail, variants; and folding.

Here live `Site` (one wiki's names, read from siteinfo-shaped JSON), `Title` (one link target, read
as MediaWiki reads it) and `fold` (text in the form in which a label and a link target compare).
Nothing here knows what a page, a link or a Document is, and no wikitext is parsed here beyond a
title, an image option and the line of a redirect. Imports nothing of the package but
`wikiclean.errors`; no file is read when this module is imported.

Titles follow MediaWiki 1.39: ``includes/title/MediaWikiTitleCodec.php`` (``splitTitleString``) and
the decoding before it in ``includes/Title.php`` (``newFromTextThrow``) and
``includes/parser/Parser.php`` (``handleInternalLinks2``). The files under ``data/`` name their
sources in ``data/README.md``.
"""

import functools
import ipaddress
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from html.entities import html5
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, unquote_to_bytes, urlsplit

import attrs

from wikiclean.errors import SiteError

# Namespace numbers. Source: MediaWiki includes/Defines.php; Module from the Scribunto extension.
MEDIA: Final = -2
SPECIAL: Final = -1
MAIN: Final = 0
TALK: Final = 1
USER: Final = 2
USER_TALK: Final = 3
PROJECT: Final = 4
FILE: Final = 6
TEMPLATE: Final = 10
HELP: Final = 12
CATEGORY: Final = 14
MODULE: Final = 828

SITES: Final = ("enwiki", "jawiki", "kowiki", "zhwiki")
"""The names that `Site.load` knows, sorted."""

ZH_VARIANTS: Final = (
    "zh-hans",
    "zh-hant",
    "zh-cn",
    "zh-sg",
    "zh-my",
    "zh-tw",
    "zh-hk",
    "zh-mo",
)
"""The variants of Chinese that text can be converted to, ``zh`` itself left out.

Source: MediaWiki 1.39, ``includes/language/converters/ZhConverter.php``.
"""

TITLE_CACHE_SIZE: Final = 4096
"""Titles that a site remembers: about as many as the links of the longest pages."""

MAX_CACHED_TITLE: Final = 500
"""Code points of a target that is remembered; longer ones would fill memory and hardly recur."""

MAX_TITLE_BYTES: Final = 255
"""Bytes of UTF-8 that a title may have without its prefix: the width of the database column."""

MAX_SPECIAL_TITLE_BYTES: Final = 512
"""The same for namespace Special, whose titles are never stored."""

_DATA: Final = Path(__file__).with_name("data")


@attrs.frozen(slots=False)  # with slots attrs fills a frozen record three times more slowly
class Title:
    """
    A link target as MediaWiki understands it.

    Spaces, never underscores; entities and ``%XX`` decoded; the first letter in upper case where
    the namespace has it so.
    """

    namespace: int
    """Namespace number; 0 for articles, for interwiki targets and for invalid titles."""
    text: str
    """The title without its prefix; empty for ``[[#fragment]]`` and ``[[en:]]``."""
    full: str
    """*text* after its prefix: the wiki's own namespace name, or the interwiki prefix."""
    fragment: str = ""
    """What follows the first ``#``, with spaces; empty when there is none."""
    interwiki: str = ""
    """Interwiki or language prefix in lower case; empty for pages of this wiki."""
    is_language: bool = False
    """Whether *interwiki* names a language edition: without *leading_colon* such a link is not
    shown in the text but in the list of languages."""
    leading_colon: bool = False
    """Whether the link is shown where it stands instead of filing the page: it is written with a
    ``:`` in front, or with the prefix of its own wiki, which MediaWiki treats alike."""
    valid: bool = True
    """False where MediaWiki refuses the title; the other fields are then a best effort."""


@attrs.frozen
class Namespace:
    """One namespace of a wiki."""

    id: int
    """Even numbers hold pages, the odd one after each its talk pages; negative ones are virtual."""
    name: str
    """The wiki's own name, with spaces; empty for articles."""
    canonical: str
    """The English name, which works on every wiki; *name* again for the wiki's own namespaces."""
    aliases: tuple[str, ...]
    """All other names, sorted."""
    first_letter: bool
    """Whether the first letter of its titles is put in upper case."""
    subpages: bool
    """Whether ``/`` parts a page from a subpage, so that ``[[/x]]`` is a relative link."""


@attrs.frozen
class MagicWord:
    """A word of wikitext with a meaning of its own, under all its spellings."""

    name: str
    """MediaWiki's identifier, such as ``notoc``, ``img_thumbnail`` or ``redirect``."""
    aliases: tuple[str, ...]
    """The spellings; ``$1`` stands for a value."""
    case_sensitive: bool
    """Whether the spellings match as they are written only."""


@attrs.frozen(eq=False, repr=False)
class Site:
    """
    One wiki: everything about it that the reading of its pages needs.

    Made by `Site.load` or `Site.from_siteinfo`, not by hand. Sites compare by identity; `Site.load`
    gives the same one each time, and so does unpickling in one process.
    """

    name: str
    """Database name, such as ``zhwiki``."""
    sitename: str
    """What ``{{SITENAME}}`` prints, such as ``Wikipedia``."""
    language: str
    """Code of the content language, such as ``zh``."""
    server: str
    """Scheme and host without a slash at the end, such as ``https://zh.wikipedia.org``."""
    article_path: str
    """Path of a page, ``$1`` standing for its title, such as ``/wiki/$1``."""
    main_page: str
    """Full title of the main page."""
    namespaces: Mapping[int, Namespace]
    """Namespaces by number."""
    magic_words: Mapping[str, MagicWord]
    """Magic words by MediaWiki's identifier."""
    link_trail: str
    """What a link takes from the text after it, as a regular expression of PHP:
    ``/^([a-z]+)(.*)$/sD``."""
    interwikis: Mapping[str, str]
    """Prefix in lower case → URL pattern with ``$1``. Language prefixes are among them."""
    language_prefixes: frozenset[str]
    """The prefixes of other language editions, in lower case."""
    local_prefixes: frozenset[str]
    """The interwiki prefixes that mean this very wiki, in lower case."""
    protocols: tuple[str, ...]
    """Starts of external links in lower case, longest first, ``//`` among them."""
    extension_tags: frozenset[str]
    """Names of the tags whose content an extension reads (``ref``, ``math``), in lower case."""
    variants: tuple[str, ...]
    """The codes that ``-{ }-`` knows on this wiki, the main one first; empty without conversion."""
    variant_fallbacks: Mapping[str, tuple[str, ...]]
    """For each variant those that MediaWiki tries next, in order, where a rule lacks it."""

    _info: Mapping[str, Any] | None
    _tables: "_Tables"
    _title: Callable[[str, int], Title] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        # A bounded cache for each site. It holds the bound method, hence the site: sites live long.
        cached = functools.lru_cache(TITLE_CACHE_SIZE)(self._read_title)
        object.__setattr__(self, "_title", cached)

    def __repr__(self) -> str:
        return f"<Site {self.name}>"

    def __reduce__(self) -> tuple[Callable[..., "Site"], tuple[Any, ...]]:
        """Pickle by name, or by the siteinfo given: compiled tables stay in their process."""
        if self._info is None:
            return Site.load, (self.name,)
        return _from_siteinfo, (self._info, self.name)

    @staticmethod
    def load(name: str) -> "Site":
        """
        Return a site whose data ships with the package.

        Args:
            name: One of `SITES`.

        Raises:
            SiteError: When *name* is none of them; the message lists them.
        """
        return _load(name)

    @staticmethod
    def from_siteinfo(siteinfo: Mapping[str, Any], *, name: str) -> "Site":
        """
        Build a site from what the wiki says of itself.

        Args:
            siteinfo: The answer of ``action=query&meta=siteinfo`` in either format version, with
                or without its outer ``query``; or the same shape made from the ``<siteinfo>`` of
                an XML dump. A part that is there wins. A missing one comes from the shipped site
                of the same name, else of the same language, else it is what every wiki has.
                Namespaces that a given list of namespaces does not name do not exist.
            name: Database name, such as ``zhwiktionary``.

        Raises:
            SiteError: When *siteinfo* has not the shape of MediaWiki's answer, or a string in it
                holds half of a surrogate pair, which no file of UTF-8 can.
        """
        return _from_siteinfo(siteinfo, name)

    def title(self, raw: str, *, default_namespace: int = MAIN) -> Title:
        """
        Read a link target, or any other title as it is written in wikitext.

        Never raises: what MediaWiki would refuse has ``valid=False``. Takes about a microsecond for
        a plain title, five for one with a prefix, entity or fragment.

        Args:
            raw: What stands between ``[[`` and ``|`` or ``]]``.
            default_namespace: The namespace meant when *raw* has no prefix; `TEMPLATE` for what
                stands in ``{{ }}``.
        """
        if len(raw) > MAX_CACHED_TITLE:
            return self._read_title(raw, default_namespace)
        return self._title(raw, default_namespace)

    def namespace_id(self, prefix: str) -> int | None:
        """
        Return the number of the namespace that *prefix*, without its colon, names, else None.

        Case does not matter, nor whether spaces are written as underscores.
        """
        return self._tables.namespace_ids.get(_tidy(prefix).lower())

    def url(self, title: Title) -> str:
        """
        Return the address of *title* on this wiki, or on the one that its prefix names.

        Empty where that wiki's address is not known.
        """
        if title.interwiki:
            pattern = self.interwikis.get(title.interwiki, "")
            page = title.text
        else:
            pattern = self.server and self.server + self.article_path
            page = title.full
        address = pattern.replace("$1", _quote(page))
        return f"{address}#{_quote(title.fragment)}" if title.fragment and address else address

    def link_trail_end(self, text: str, position: int) -> int:
        """
        Return where the trail of a link ends whose ``]]`` ends at *position* of *text*.

        In code points; *position* itself when the link takes nothing. Reads the trail and one
        character more, however long *text* is.
        """
        trail = self._tables.trail
        if trail is None:
            return position
        match = trail.match(text, position)
        return match.end() if match else position

    def behavior_switch(self, word: str) -> str | None:
        """Return MediaWiki's name (``notoc``) of a behaviour switch such as ``__NOTOC__``."""
        return self._tables.switches.get(word)

    @property
    def behavior_switch_pattern(self) -> re.Pattern[str]:
        """A pattern that finds every behaviour switch of the wiki in running text."""
        return self._tables.switch_pattern()

    def parser_function(self, word: str) -> str | None:
        """
        Return MediaWiki's name (``if``, ``lc``) of a parser function, else None.

        Args:
            word: What stands between ``{{`` and the first colon, without white space around it:
                ``#if``, ``lc``, ``#如果``.
        """
        return self._tables.functions.get(word)

    def variable(self, word: str) -> str | None:
        """Return MediaWiki's name (``pagename``) of a variable such as ``PAGENAME``."""
        return self._tables.variables.get(word)

    def image_option(self, text: str) -> tuple[str, str] | None:
        """
        Recognise an option of a file link, in the wiki's language or in English.

        Args:
            text: One part of the link between ``|`` and ``|``; white space around it is ignored.

        Returns:
            MediaWiki's name (``img_thumbnail``, ``img_width``, ``img_alt``) and the value as it is
            written, empty for an option without one. None when *text* is no option, hence a
            caption; so too when the value is one MediaWiki does not accept (``upright=much``).
        """
        text = text.strip(" \t\n\r\0\x0b")
        name = self._tables.image_words.get(text)
        if name is not None:
            return name, ""
        if "\n" in text:
            return None  # MediaWiki's pattern for the value does not cross a line end
        tables = self._tables
        if text.startswith(tables.image_starts) or text.endswith(tables.image_ends):
            for before, after, option in tables.image_forms:
                if (
                    text.startswith(before)
                    and text.endswith(after)
                    and len(text) >= len(before) + len(after)
                ):
                    value = text[len(before) : len(text) - len(after)]
                    # The first form that fits decides, whether or not its value will do.
                    return (option, value) if _accepts(option, value) else None
        return None

    @property
    def redirect_aliases(self) -> tuple[str, ...]:
        """The words that make a page a redirect, ``#`` included; they match in any case."""
        word = self.magic_words.get("redirect")
        return word.aliases if word else ("#REDIRECT",)

    @property
    def redirect_pattern(self) -> re.Pattern[str]:
        """
        A pattern to match at the start of a page's source.

        Its group ``target`` holds what to hand to `title`. Takes time linear in the first line.
        """
        return self._tables.redirect_pattern(self.redirect_aliases)

    def _read_title(self, raw: str, default_namespace: int) -> Title:
        # The short path: nothing in the title can mean anything, and it cannot be too long.
        if (
            _UNUSUAL.search(raw) is None
            and 0 < len(raw) <= _SURELY_SHORT
            and raw[0] != " "
            and raw[-1] != " "
            and "  " not in raw
        ):
            if default_namespace in self._tables.capitalised:
                first = raw[0]
                upper = first.upper()
                if upper != first:
                    raw = self._upper_first(raw)
            if default_namespace == MAIN:
                return Title(MAIN, raw, raw)
            full = self._tables.prefixes.get(default_namespace, "") + raw
            return Title(default_namespace, raw, full)
        return self._split_title(raw, default_namespace)

    def _split_title(self, raw: str, default_namespace: int) -> Title:
        text, leading_colon = _decode(raw)
        if "�" in text or _SURROGATE.search(text):
            return _invalid(text, leading_colon=leading_colon)
        namespace = default_namespace
        if text[:1] == ":":
            namespace = MAIN
            text = text[1:].strip(" ")
        if not text:
            return _invalid(text, leading_colon=leading_colon)
        tables = self._tables
        interwiki = ""
        start = 0  # an index, so that a long chain of prefixes is not copied for each of them
        while (colon := text.find(":", start + 1)) > 0:
            prefix = text[start:colon].rstrip(" ").lower()
            rest = colon + 2 if text.startswith(" ", colon + 1) else colon + 1
            number = tables.namespace_ids.get(prefix)
            if number is not None:
                namespace, start = number, rest
                if number == TALK and self._has_prefix(text[rest:]):
                    return _invalid(text, leading_colon=leading_colon)  # Talk:File:x
            elif prefix in self.local_prefixes:
                if rest == len(text):
                    return attrs.evolve(self.title(self.main_page), leading_colon=True)
                leading_colon = True
                start = rest
                continue
            elif prefix in self.interwikis:
                interwiki, start = prefix, rest
                if text.startswith(":", start):
                    start += 2 if text.startswith(" ", start + 1) else 1
            break
        text, hash_sign, fragment = text[start:].partition("#")
        if hash_sign:
            text = text.rstrip(" ")
        limit = MAX_SPECIAL_TITLE_BYTES if namespace == SPECIAL else MAX_TITLE_BYTES
        if (
            _ILLEGAL.search(text)
            or ("." in text and _RELATIVE.search(text))
            or (len(text) > _SURELY_SHORT and len(text.encode()) > limit)
            or not (text or interwiki or namespace == MAIN)
        ):
            return _invalid(text, leading_colon=leading_colon)
        if ":" in text and not interwiki and namespace in (USER, USER_TALK):
            text = _tidy_address(text)
        if text[:1] == ":":
            return _invalid(text, leading_colon=leading_colon)
        if interwiki:
            language = interwiki in self.language_prefixes
            full = f"{interwiki}:{text}"
            return Title(MAIN, text, full, fragment, interwiki, language, leading_colon)
        if text and namespace in tables.capitalised:
            text = self._upper_first(text)
        full = tables.prefixes.get(namespace, "") + text
        return Title(namespace, text, full, fragment, leading_colon=leading_colon)

    def _has_prefix(self, text: str) -> bool:
        prefix, colon, _ = text.partition(":")
        prefix = prefix.rstrip(" ").lower()
        return bool(colon) and bool(
            self._tables.namespace_ids.get(prefix) or prefix in self.interwikis
        )

    def _upper_first(self, text: str) -> str:
        first = text[0]
        if first == "i" and self.language in _DOTTED_I:
            return "İ" + text[1:]
        upper = first.upper()
        if len(upper) != 1:
            upper = first.title()  # ᾳ: its capital is one letter only as an initial
        if len(upper) != 1 or unicodedata.category(first) != "Ll" or _KEPT_SMALL.match(first):
            return text
        return upper + text[1:]


# What makes a title need more than a look: a character that can end, part, encode or spoil it.
_SPACES: Final = "_\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_BIDI: Final = "\u200e\u200f\u202a-\u202e"
_UNUSUAL: Final = re.compile(
    rf"[\x00-\x1f#%&.:<>\[\]{{|}}~\x7f\ud800-\udfff\ufffd{_SPACES}{_BIDI}]"
)
_SURELY_SHORT: Final = MAX_TITLE_BYTES // 4  # four bytes of UTF-8 a code point at most
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_BIDI_RUN: Final = re.compile(rf"[{_BIDI}]+")
_SPACE_RUN: Final = re.compile(rf"[ {_SPACES}]+")
# MediaWikiTitleCodec::getTitleInvalidRegex(), and "~~~". Beyond ASCII every character is legal.
_ILLEGAL: Final = re.compile(
    r"[\x00-\x1f<>\[\]{|}\x7f]|%[0-9A-Fa-f]{2}|&[A-Za-z0-9\x80-\U0010ffff]+;|~~~"
)
_RELATIVE: Final = re.compile(r"(?:^|/)\.\.?(?:/|\Z)")
_REFERENCE: Final = re.compile(
    r"&(?:([A-Za-z0-9\x80-\U0010ffff]+;)|\#([0-9]+);|\#[xX]([0-9A-Fa-f]+);)"
)
# Sanitizer::MW_ENTITY_ALIASES, two names for the right-to-left mark that HTML does not have.
_OWN_ENTITIES: Final = {"רלמ;": "\u200f", "رلم;": "\u200f"}
# LanguageTr, LanguageAz, LanguageKaa and LanguageKk have a dotted capital I.
# Small letters that Wikimedia's wikis leave small, as they do what is no letter (ⅰ, ⓐ) or has no
# capital of one letter (ß). Source: operations/mediawiki-config, wmf-config/UcfirstOverrides.php;
# MediaWiki's own default, mb_strtoupper(), changes them.
_KEPT_SMALL: Final = re.compile(r"[\u10d0-\u10ff\ua7b9\U00016e60-\U00016e7f]")
_DOTTED_I: Final = frozenset({"tr", "az", "kaa", "kk"})


def _quote(text: str) -> str:
    # The characters left alone are those of MediaWiki's wfUrlencode().
    return quote(text.replace(" ", "_"), safe=";@$!*(),/~:", errors="replace")


def _tidy(text: str) -> str:
    return _SPACE_RUN.sub(" ", _BIDI_RUN.sub("", text)).strip(" ")


def _decode(raw: str) -> tuple[str, bool]:
    """Decode ``%XX``, then entities, and tidy spaces; say whether the link starts with a colon."""
    text = raw
    if "%" in text:
        try:
            text = unquote_to_bytes(text).decode()
        except UnicodeError:
            text = "�"  # bytes that are no UTF-8, or a lone surrogate: no title
    leading_colon = text.lstrip(" ").startswith(":")
    if "&" in text:
        text = unicodedata.normalize("NFC", _REFERENCE.sub(_character, text))
    return _tidy(text), leading_colon


def named_character(name: str) -> str | None:
    """Return what an entity stands for, its name given with the semicolon; None if it is none."""
    return html5.get(name) or _OWN_ENTITIES.get(name)


def numbered_character(decimal: str | None, hexadecimal: str | None) -> str | None:
    """
    Return what a character reference stands for, of which one number is given.

    None for what MediaWiki does not take: control characters, surrogates, U+FFFE and U+FFFF, and
    numbers beyond Unicode. Source: MediaWiki 1.39, ``Sanitizer::validateCodepoint``.
    """
    digits = (decimal or hexadecimal or "").lstrip("0")
    # Longer numbers are no code points; int() need not look at a thousand digits.
    number = int(digits or "0", 10 if decimal else 16) if len(digits) <= 8 else -1
    legal = (
        number in (9, 10)
        or 0x20 <= number <= 0x7E
        or 0xA0 <= number <= 0xD7FF
        or 0xE000 <= number <= 0xFFFD
        or 0x10000 <= number <= 0x10FFFF
    )
    return chr(number) if legal else None


def _character(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    if name:
        return named_character(name) or "&" + name
    return numbered_character(decimal, hexadecimal) or "\ufffd"


def _invalid(text: str, *, leading_colon: bool) -> Title:
    return Title(MAIN, text, text, leading_colon=leading_colon, valid=False)


def _tidy_address(text: str) -> str:
    """Write an IPv6 address in full, as MediaWiki names the pages of users without an account."""
    address, slash, length = text.partition("/")
    try:
        groups = ipaddress.IPv6Address(address).exploded.split(":")
    except ValueError:
        return text
    if "." in address or (slash and not length.isdecimal()):
        return text
    return ":".join(f"{int(group, 16):X}" for group in groups) + slash + length


# -- magic words --------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class _Words:
    """Spelling → MediaWiki's name, for words of which some mind the case of letters."""

    exact: dict[str, str]
    lower: dict[str, str]

    def get(self, word: str) -> str | None:
        return self.exact.get(word) or self.lower.get(word.lower())

    @classmethod
    def of(cls, words: Iterable[tuple[MagicWord, str]]) -> "_Words":
        """Index *words*, each with what to put in front of its spellings."""
        exact: dict[str, str] = {}
        lower: dict[str, str] = {}
        for word, mark in words:
            for alias in word.aliases:
                # setFunctionHook() drops a colon at the end of a spelling.
                spelling = mark + alias.removesuffix(":")
                if word.case_sensitive:
                    exact[spelling] = word.name
                else:
                    lower[spelling.lower()] = word.name
        return cls(exact, lower)


# In this order MediaWiki tries the options that have a value; the first that fits wins.
# Source: Parser::getImageParams(), MediaHandler::getParamMap() and those of its subclasses.
_IMAGE_VALUES: Final = (
    "img_manualthumb",
    "img_upright",
    "img_link",
    "img_alt",
    "img_class",
    "img_width",
    "img_page",
    "img_lang",
)
_WIDTH: Final = re.compile(r"([0-9]*)(?:x([0-9]*))?[ \t]*(?:px)?[ \t]*")
_NUMBER: Final = re.compile(
    r"[ \t]*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t]*"
)
_PAGE: Final = re.compile(r"0*+[1-9][0-9]*")
_LANGUAGE: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def _accepts(option: str, value: str) -> bool:
    """Whether MediaWiki takes *value* (Parser::makeImage, ImageHandler, SvgHandler, PdfHandler)."""
    if option == "img_width":
        match = _WIDTH.fullmatch(value)
        return bool(match and any(part and part.strip("0") for part in match.groups()))
    if option == "img_upright":
        return _NUMBER.fullmatch(value) is not None
    if option == "img_page":
        return _PAGE.fullmatch(value) is not None
    if option == "img_lang":
        return _LANGUAGE.fullmatch(value) is not None
    return True


@attrs.define(eq=False)
class _Tables:
    """What a `Site` looks things up in; made from its public fields and never changed."""

    namespace_ids: dict[str, int]
    """Name, alias or English name, in lower case, with spaces → number."""
    prefixes: dict[int, str]
    """Number → name and colon; nothing for articles."""
    capitalised: frozenset[int]
    """Namespaces whose titles start in upper case."""
    trail: re.Pattern[str] | None
    switches: _Words
    functions: _Words
    variables: _Words
    image_words: _Words
    image_forms: tuple[tuple[str, str, str], ...]
    """Before the value, after the value, MediaWiki's name; in the order in which they are tried."""
    image_starts: tuple[str, ...]
    image_ends: tuple[str, ...]
    _switch_pattern: re.Pattern[str] | None = None
    _redirect_pattern: re.Pattern[str] | None = None

    def switch_pattern(self) -> re.Pattern[str]:
        """Compile on first use: text without ``__`` is the rule."""
        if self._switch_pattern is None:
            exact = "|".join(map(re.escape, sorted(self.switches.exact, reverse=True)))
            lower = "|".join(map(re.escape, sorted(self.switches.lower, reverse=True)))
            self._switch_pattern = re.compile(f"{exact or '(?!)'}|(?i:{lower or '(?!)'})")
        return self._switch_pattern

    def redirect_pattern(self, aliases: tuple[str, ...]) -> re.Pattern[str]:
        if self._redirect_pattern is None:
            words = "|".join(map(re.escape, sorted(aliases, reverse=True)))
            # WikitextContent::getRedirectTargetAndText(), possessive so that it cannot backtrack.
            self._redirect_pattern = re.compile(
                rf"""[ \t\r\n\f\v\ufeff]*+
                (?i:{words})
                [ \t\r\n\f\v]*+ :?+ [ \t\r\n\f\v]*+    # old redirects have a colon
                \[\[
                (?P<target> (?: [^\n|\]] | \](?!\]) )*+ )
                (?: \| (?: [^\n\]] | \](?!\]) )*+ )?+
                \]\]""",
                re.VERBOSE,
            )
        return self._redirect_pattern


# -- reading siteinfo ---------------------------------------------------------------------------


@functools.cache  # bounded: SITES are few, and a wrong name raises, which is not cached
def _load(name: str) -> Site:
    if name not in SITES:
        known = ", ".join(SITES)
        message = (
            f"no site {name!r}; those that ship are {known}. "
            "For another wiki, give its siteinfo to Site.from_siteinfo()."
        )
        raise SiteError(message)
    return _build(_shipped(name), name, None)


@functools.cache  # bounded likewise
def _shipped(name: str) -> Mapping[str, Any]:
    return _read_json(f"sites/{name}.json")


@functools.cache
def _shared() -> Mapping[str, Any]:
    return _read_json("mediawiki.json")


def _read_json(path: str) -> Mapping[str, Any]:
    data: Mapping[str, Any] = json.loads((_DATA / path).read_bytes())
    return data


def _from_siteinfo(siteinfo: Mapping[str, Any], name: str) -> Site:
    try:
        _check_strings(siteinfo)
        given: Mapping[str, Any] = siteinfo.get("query", siteinfo)
        general: Mapping[str, Any] = given.get("general", {})
        merged = dict(_base(name, str(general.get("lang", ""))))
        same_wiki = name in SITES
        if "namespaces" in given:
            merged["namespaces"] = given["namespaces"]
            if not same_wiki:
                merged["namespacealiases"] = _COMMON_ALIASES
        merged.update((key, value) for key, value in given.items() if key != "general")
        merged["general"] = {**merged["general"], **_general(general)}
        return _build(merged, name, siteinfo)
    except (AttributeError, KeyError, TypeError, ValueError, re.error) as error:
        message = f"the siteinfo of {name} has not the shape of MediaWiki's answer: {error!r}"
        raise SiteError(message) from error


def _check_strings(siteinfo: Mapping[str, Any]) -> None:
    """Raise `ValueError` for a string that is no Unicode text: names get into Documents."""
    todo: list[Any] = [siteinfo]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            value.encode()
        elif isinstance(value, Mapping):
            todo += (*value, *value.values())
        elif isinstance(value, list | tuple):
            todo += value


# Every wiki has these. Source: MediaWiki includes/Setup.php.
_COMMON_ALIASES: Final = ({"id": FILE, "alias": "Image"}, {"id": FILE + 1, "alias": "Image talk"})


def _base(name: str, language: str) -> Mapping[str, Any]:
    """Return the shipped siteinfo to start from: of the same wiki, of the language, or English."""
    if name in SITES:
        return _shipped(name)
    # The project is not known, so what only the wiki's own configuration says must go.
    for shipped in SITES:
        info = _shipped(shipped)
        if info["general"]["lang"] == language:
            break
    else:
        info = _shipped("enwiki")
    namespaces = {
        key: value for key, value in info["namespaces"].items() if int(key) <= CATEGORY + 1
    }
    general = {**info["general"], "lang": language or "en", "localinterwiki": [], "server": ""}
    return {**info, "namespaces": namespaces, "general": general}


def _general(general: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what a dump says otherwise than the API: ``base`` is the main page's address."""
    known = dict(general)
    base = str(known.get("base", ""))
    if base:
        address = urlsplit(base)
        if "server" not in known:
            known["server"] = f"{address.scheme or 'https'}://{address.netloc}"
        folder, _, page = address.path.rpartition("/wiki/")
        if "mainpage" not in known and page and not folder:
            known["mainpage"] = _tidy(unquote_to_bytes(page).decode(errors="replace"))
    return known


def _build(info: Mapping[str, Any], name: str, given: Mapping[str, Any] | None) -> Site:
    shared = _shared()
    general = info["general"]
    language = str(general["lang"])
    namespaces = _namespaces(info)
    words = {
        word["name"]: MagicWord(
            word["name"],
            tuple(filter(None, _strings(word["aliases"]))),
            _flag(word.get("case-sensitive", False)),
        )
        for word in info["magicwords"]
    }
    interwikis, languages, local = _interwikis(info, shared)
    chains = info.get("languagevariants", shared["languagevariants"]).get(language, {})
    server = str(general.get("server", ""))
    protocols = info.get("protocols", shared["protocols"])
    tags = info.get("extensiontags", shared["extensiontags"])
    return Site(
        name=name,
        sitename=str(general.get("sitename", "")),
        language=language,
        server="https:" + server if server.startswith("//") else server,
        article_path=str(general.get("articlepath", "/wiki/$1")),
        main_page=str(general.get("mainpage", "")),
        namespaces=MappingProxyType(namespaces),
        magic_words=MappingProxyType(words),
        link_trail=str(general["linktrail"]),
        interwikis=MappingProxyType(interwikis),
        language_prefixes=languages,
        local_prefixes=local,
        protocols=tuple(sorted((p.lower() for p in protocols), key=lambda p: (-len(p), p))),
        extension_tags=frozenset(tag.strip("<>").lower() for tag in tags),
        variants=tuple(chains),
        variant_fallbacks=MappingProxyType(
            {code: _strings(entry["fallbacks"]) for code, entry in chains.items()}
        ),
        info=given,
        tables=_tables(namespaces, words, str(general["linktrail"]), shared),
    )


def _strings(values: Iterable[Any]) -> tuple[str, ...]:
    """Read a list of strings, which are used long after."""
    if isinstance(values, str) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"{values!r} is no list of strings")
    return tuple(values)


def _flag(value: object) -> bool:
    """Read a truth value of either format version: version 1 writes an empty string for true."""
    return value is True or value == ""


def _namespaces(info: Mapping[str, Any]) -> dict[int, Namespace]:
    rows = info["namespaces"]
    aliases: dict[int, set[str]] = {int(key): set() for key, _row in rows.items()}
    for row in info["namespacealiases"]:
        alias = row.get("alias", row.get("*"))
        # A wiki may list an alias of a namespace that it has not.
        if row["id"] in aliases:
            aliases[row["id"]].add(alias.replace("_", " "))
    default_case = info["general"].get("case", "first-letter")
    namespaces = {}
    for key in sorted(rows, key=int):
        row = rows[key]
        number = int(key)
        name = row.get("name", row.get("*", "")).replace("_", " ")
        canonical = row.get("canonical", _CANONICAL.get(number, name)).replace("_", " ")
        namespaces[number] = Namespace(
            id=number,
            name=name,
            canonical=canonical,
            aliases=tuple(sorted(aliases[number] - {name, canonical})),
            first_letter=row.get("case", default_case) == "first-letter",
            subpages=_flag(row.get("subpages", False)),
        )
    return namespaces


# A dump's <siteinfo> does not give these. Source: MediaWiki includes/title/NamespaceInfo.php.
_CANONICAL: Final = MappingProxyType(
    {
        -2: "Media",
        -1: "Special",
        1: "Talk",
        2: "User",
        3: "User talk",
        4: "Project",
        5: "Project talk",
        6: "File",
        7: "File talk",
        8: "MediaWiki",
        9: "MediaWiki talk",
        10: "Template",
        11: "Template talk",
        12: "Help",
        13: "Help talk",
        14: "Category",
        15: "Category talk",
        828: "Module",
        829: "Module talk",
    }
)


def _interwikis(
    info: Mapping[str, Any], shared: Mapping[str, Any]
) -> tuple[dict[str, str], frozenset[str], frozenset[str]]:
    """Return the URL pattern of each prefix, the language prefixes, and the wiki's own prefixes."""
    urls: dict[str, str] = {}
    languages: set[str] = set()
    local = {prefix.lower() for prefix in info["general"].get("localinterwiki", ())}
    if "languageurl" in info:
        # The compact list of the shipped files: a language's wiki lives under its code.
        hosts = shared["languagehosts"]
        pattern = info["languageurl"]
        for code in shared["languageprefixes"]:
            urls[code] = pattern.replace("$2", hosts.get(code, code))
        languages.update(shared["languageprefixes"])
    for row in info.get("interwikimap", ()):
        prefix = row["prefix"].lower()
        urls[prefix] = row.get("url", "")
        if "language" in row:
            languages.add(prefix)
        if _flag(row.get("localinterwiki", False)):
            local.add(prefix)
    urls.update((prefix, urls.get(prefix, "")) for prefix in local)
    return urls, frozenset(languages - local), frozenset(local)


def _tables(
    namespaces: Mapping[int, Namespace],
    words: Mapping[str, MagicWord],
    trail: str,
    shared: Mapping[str, Any],
) -> _Tables:
    ids: dict[str, int] = {}
    # English names win over aliases, aliases over the wiki's names: Language::getNsIndex().
    for namespace in namespaces.values():
        ids[namespace.name.lower()] = namespace.id
    for namespace in namespaces.values():
        ids.update((alias.lower(), namespace.id) for alias in namespace.aliases)
    for namespace in namespaces.values():
        ids[namespace.canonical.lower()] = namespace.id
    ids.pop("", None)
    bare = frozenset(shared["functionhooksnohash"])
    plain: list[tuple[MagicWord, str]] = []
    forms: list[tuple[str, str, str]] = []
    for word in words.values():
        if not word.name.startswith("img_") and not word.name.startswith("timedmedia_"):
            continue
        valued = [alias for alias in word.aliases if "$1" in alias]
        rest = tuple(alias for alias in word.aliases if "$1" not in alias)
        plain.append((attrs.evolve(word, aliases=rest), ""))
        for alias in valued:
            before, _, after = alias.partition("$1")
            forms.append((before, after, word.name))
    order = {name: index for index, name in enumerate(_IMAGE_VALUES)}
    forms.sort(key=lambda form: order.get(form[2], len(order)))  # stable: aliases keep theirs
    return _Tables(
        namespace_ids=ids,
        prefixes={n.id: f"{n.name}:" for n in namespaces.values() if n.name},
        capitalised=frozenset(n.id for n in namespaces.values() if n.first_letter),
        trail=_trail_pattern(trail),
        switches=_Words.of((words[w], "") for w in shared["doubleunderscores"] if w in words),
        functions=_Words.of(
            (words[w], "" if w in bare else "#") for w in shared["functionhooks"] if w in words
        ),
        variables=_Words.of((words[w], "") for w in shared["variables"] if w in words),
        image_words=_Words.of(plain),
        image_forms=tuple(forms),
        image_starts=tuple(sorted({before for before, _, _ in forms if before})),
        image_ends=tuple(sorted({after for before, after, _ in forms if not before})),
    )


def _trail_pattern(trail: str) -> re.Pattern[str] | None:
    """Make of ``/^(TRAIL)(.*)$/sD`` a pattern for TRAIL alone; None when it matches nothing."""
    match = re.fullmatch(r"/\^\((.*)\)\(\.\*\)\$/([A-Za-z]*)", trail)
    if match is None:
        message = f"not a link trail: {trail!r}"
        raise ValueError(message)
    body, flags = match.groups()
    if not body:
        return None
    return re.compile(_from_pcre(body), re.IGNORECASE if "i" in flags else 0)


def _from_pcre(pattern: str) -> str:
    """Rewrite the one escape of PCRE that MediaWiki's trails use and Python has not."""
    return re.sub(
        r"\\x\{([0-9A-Fa-f]+)\}", lambda match: re.escape(chr(int(match[1], 16))), pattern
    )


# -- folding ------------------------------------------------------------------------------------


def fold(text: str) -> str:
    """
    Bring text to the form in which a label and a link target compare.

    Simplified, traditional and variant forms of a character become one of them; full-width ASCII
    becomes ASCII; ASCII letters become small; ``_`` and the ideographic space become a space. Every
    code point becomes exactly one, so that offsets stay true.

    Source: ``data/fold.json``, made from OpenCC's dictionaries by ``scripts/fold_table.py``.
    """
    return text.translate(_fold_table())


@functools.cache
def _fold_table() -> dict[int, str]:
    table = {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
    for code in range(0xFF01, 0xFF5F):
        table[code] = chr(code - 0xFEE0).lower()
    table[ord("_")] = table[0x3000] = table[0xFF3F] = " "
    for characters in _read_json("fold.json")["classes"]:
        representative = characters[0]
        table.update((ord(character), representative) for character in characters[1:])
    for block in (range(0xF900, 0xFB00), range(0x2F800, 0x2FA20)):
        # Compatibility ideographs, which NFC knows; MediaWiki's pages have none, an export may.
        for code in block:
            plain = unicodedata.normalize("NFC", chr(code))
            if plain != chr(code):
                table[code] = table.get(ord(plain), plain)
    return table
