"""
What the signs of wikitext look like: tables of tags and the patterns of the stages.

Facts only. Sources: MediaWiki 1.39 ``includes/parser/Sanitizer.php`` (``getRecognizedTagData``),
``includes/parser/BlockLevelPass.php``, ``includes/parser/Parser.php``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote_plus

from wikiclean.site import named_character, numbered_character

MARKER: Final = "\x7f"
"""Stands for a tag that is read when its place comes, as MediaWiki's strip markers do."""

HTML_TAGS: Final = frozenset(
    [
        "b",
        "bdi",
        "del",
        "i",
        "ins",
        "u",
        "font",
        "big",
        "small",
        "sub",
        "sup",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "cite",
        "code",
        "em",
        "s",
        "strike",
        "strong",
        "tt",
        "var",
        "div",
        "center",
        "blockquote",
        "ol",
        "ul",
        "dl",
        "table",
        "caption",
        "pre",
        "ruby",
        "rb",
        "rp",
        "rt",
        "rtc",
        "p",
        "span",
        "abbr",
        "dfn",
        "kbd",
        "samp",
        "data",
        "time",
        "mark",
        "br",
        "wbr",
        "hr",
        "li",
        "dt",
        "dd",
        "meta",
        "link",
        "tr",
        "td",
        "th",
        "q",
        "bdo",
    ]
)
"""The tags that wikitext may use; all others are text."""

METADATA_TAGS: Final = frozenset({"meta", "link"})
"""Those that are tags only as metadata of a microdata item: ``Sanitizer::validateTag()``."""

BLOCK_TAGS: Final = frozenset(
    [
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "div",
        "center",
        "blockquote",
        "ol",
        "ul",
        "dl",
        "table",
        "caption",
        "pre",
        "p",
        "hr",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
    ]
)
"""Those that stand on lines of their own."""

BLOCK_EXTENSIONS: Final = frozenset(
    {"pre", "references", "gallery", "poem", "inputbox", "imagemap"}
)
"""Tags of extensions whose result stands on lines of its own when lines are told apart."""

# Spaces that Unicode calls separators (Zs), for a URL ends at them.
_SPACES: Final = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
URL_CHAR: Final = rf'[^\]\[<>"\x00-\x20\x7f{_SPACES}\ufffd]'

TITLE_BAD: Final = re.compile(r"[\[\]{}|<>\x00-\x1f\x7f]")
"""What cannot stand in a title, as it is written."""

_FRAGMENT_BAD: Final = re.compile(r"[\[\]{}|\x00-\x1f\x7f]|</?+([A-Za-z][^\s/<>\x00]*+)[^<>]*+>")


def has_bad_target(text: str, start: int, end: int) -> bool:
    """
    Return whether ``text[start:end]`` holds what cannot stand in the target of a link.

    Behind ``#`` an angle bracket can, where it belongs to no HTML tag: MediaWiki has made an entity
    of it by then.
    """
    bad = TITLE_BAD.search(text, start, end)
    if bad is None:
        return False
    at = bad.start()
    if text[at] not in "<>" or text.find("#", start, at) < 0:
        return True
    return any(
        match[1] is None or match[1].lower() in HTML_TAGS
        for match in _FRAGMENT_BAD.finditer(text, at, end)
    )


# Every branch begins with a literal character and nothing ignores case: the search skips by a set.
_BRANCHES: Final = r"""
  \[\[ (?: ([^\[\]{}|<>\n\x7f\#%&_:]++) (?: \| ([^\[\]{}|<>&'\n\x7f_]++) )? \]\] )?
| \[
| ''+
| <(/?+) ([A-Za-z] [^\s/<>\x00]*+) ([^<>]*+) >
| &(?: \#[0-9]++ | \#[xX][0-9A-Fa-f]++ | [A-Za-z0-9\x80-\U0010ffff]++ );
| \n
| :(?: // | (?<=mailto:) | (?<=news:) | (?<=tel:) | (?<=urn:) | (?<=sip:) | (?<=sips:)
     | (?<=sms:) | (?<=xmpp:) | (?<=magnet:) | (?<=geo:) | (?<=bitcoin:) | (?<=matrix:) )
| \x7f
"""
TOKEN: Final = re.compile(_BRANCHES, re.VERBOSE)
_SPACE: Final = rf"(?:[\t {_SPACES}]|&nbsp;|&\#0*+160;|&\#[Xx]0*+[Aa]0;)"
MAGIC_TOKEN: Final = re.compile(
    _BRANCHES
    + rf"""
| R(?<![^\W]R)FC {_SPACE}++ [0-9]++ (?!\w)
| P(?<![^\W]P)MID {_SPACE}++ [0-9]++ (?!\w)
| I(?<![^\W]I)SBN {_SPACE}++
    (?: 97[89] (?:-|{_SPACE})?+ )?+ (?: [0-9] (?:-|{_SPACE})?+ ){{9}} [0-9Xx] (?!\w)
""",
    re.VERBOSE,
)
"""With the magic links; used where their words occur, for their letters slow the search down."""

TAG: Final = re.compile(r"<(/?)([A-Za-z][^\s/<>\x00]*+)([^<>]*+)>")
BARE_BRACKETS: Final = re.compile(r"[\[\]\n]")
HIDDEN: Final = re.compile(r"(?:display\s*+:\s*+none|visibility\s*+:\s*+hidden)", re.IGNORECASE)

_BLOCK_ELEMENTS: Final = "table|h1|h2|h3|h4|h5|h6|pre|p|ul|ol|dl"
BLOCKISH: Final = re.compile(
    rf"<(?:(?i:(?P<open>{_BLOCK_ELEMENTS}|/(?:td|th)|/?(?:tr|caption|dt|dd|li))"
    rf"|(?P<close>/(?:{_BLOCK_ELEMENTS})|td|th|/?(?:center|blockquote|div|hr)))\b)|\x7f"
)
"""Tags by which MediaWiki decides whether a line is a paragraph."""

SPECIAL: Final = re.compile(
    r"\[\[(?:([^\[\]{}|<>\n:]{0,60}+):|[^\[\]\n]*+(?:\](?!\])[^\[\]\n]*+)*+\n)"
)
"""A link whose prefix may make it a file, a category or a link to another language; or one that
goes on behind the line end."""

MULTILINE_TAG: Final = re.compile(r"</?+([A-Za-z][^\s/<>\x00]*+)[^<>\n]*+\n[^<>]*+>")
"""A tag with line ends inside."""

ATTRIBUTE: Final = re.compile(
    r"""([^ \t\n\r\f/][^ \t\n\r\f/=]*+)
    (?:[ \t\n\r\f]*+=[ \t\n\r\f]*+(?:"([^"]*+)(?:"|\Z)|'([^']*+)(?:'|\Z)|([^ \t\n\r\f]*+)))?+""",
    re.VERBOSE,
)
"""MediaWiki's ``Sanitizer::getAttribsRegex``; a ``>`` never comes here but as text."""


def attributes(text: str) -> dict[str, str]:
    """Read the attributes of a tag; the last of a name counts."""
    result: dict[str, str] = {}
    for match in ATTRIBUTE.finditer(text):
        value = match[2] or match[3] or match[4] or ""
        result[match[1].lower()] = decode(value) if "&" in value else value
    return result


ENTITY: Final = re.compile(r"&(?:#([0-9]++)|#[xX]([0-9A-Fa-f]++)|([A-Za-z0-9\x80-\U0010ffff]++));")


@lru_cache(maxsize=512)
def character(entity: str) -> str | None:
    """Return what an entity stands for; None if it is none, and so is text."""
    match = ENTITY.fullmatch(entity)
    if match is None:
        return None
    decimal, hexadecimal, name = match.groups()
    return named_character(name + ";") if name else numbered_character(decimal, hexadecimal)


def _decoded(match: re.Match[str]) -> str:
    return character(match[0]) or match[0]


def decode(text: str) -> str:
    """Decode the entities of a text once."""
    return ENTITY.sub(_decoded, text)


ADDRESS_SIGN: Final = re.compile(rf"{ENTITY.pattern}|\|")
"""What stands otherwise in a URL than it is written."""
_UNSAFE: Final = re.compile(r"[\][<>\"\x00-\x20\x7f|]")


def clean_url(url: str) -> str:
    """
    Decode the entities of a URL, and escape what none may hold.

    Source: MediaWiki 1.39, ``Sanitizer::cleanUrl()``; of the host nothing is taken out.
    """
    return _UNSAFE.sub(lambda match: quote_plus(match[0]), decode(url))
