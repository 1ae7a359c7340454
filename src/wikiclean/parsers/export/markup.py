"""
How constructs of the export are written.

Here live the names of elements, the patterns that several of the modules beside this one read
with, and what tells formulas and odd links from text. Nothing here knows where on the page it is.
"""

from __future__ import annotations

import re
from typing import Final

from wikiclean.parsers.export.destinations import Place
from wikiclean.parsers.tags import STYLES

DRAWN: Final = ("timeline", "score", "graph", "hiero")
"""Elements of extensions that draw: what they hold are commands."""
BLOCK_TAGS: Final = frozenset(
    "p div li dt dd ul ol dl tr table caption center blockquote pre poem h1 h2 h3 h4 h5 h6".split()  # noqa: SIM905
)
"""
Elements that stand on lines of their own. Source: HTML Living Standard, "Flow content"; MediaWiki
makes a ``div`` of a poem.
"""
IMAGES: Final = frozenset({"img", "embed"})
"""Elements that pandoc makes of a file and that hold nothing."""
FILMS: Final = frozenset({"video", "audio"})
"""Those that hold a link to it, whose label is the caption."""
CELL_TAGS: Final = frozenset({"td", "th"})
"""Elements that are parted by a space where the table is not read as one."""

TAGS: Final = frozenset(STYLES) | frozenset(
    # HTML
    "a abbr bdi bdo blockquote br caption center cite col colgroup data dd dfn div dl dt "  # noqa: SIM905
    "figcaption figure font h1 h2 h3 h4 h5 h6 hr img li ol p pre rb rp rt rtc ruby span table "
    "tbody td tfoot th thead time tr ul var wbr audio embed video "
    # MediaWiki
    "ref references nowiki poem gallery noinclude includeonly onlyinclude math chem timeline "
    "imagemap section syntaxhighlight source score templatestyles hiero categorytree charinsert "
    "inputbox".split()
)
"""Element names that are tags; anything else in angle brackets is text.

Source: MediaWiki 1.39, ``includes/parser/Sanitizer.php`` (``getRecognizedTagData``), HTML's table
elements, and the extension tags of ``extensionTags`` in zhwiki's siteinfo.
"""

MAX_TORN_DISPLAY: Final = 2000
"""Code points of a formula with blank lines in it."""


_link = (  # label without markup, destination, title
    r"\[(?:([^\[\]\\\n*`<&${}~\u24e6\u24c7|]*+)"
    r"""\]\(((?:[^ ()\\\n]++|\\[!-/:-@\[-`{-~])++)([ ]"wikilink")?\))?"""
)
# Each branch begins with a literal, so that the engine skips ahead by a set of characters.
construct: Final = re.compile(
    rf"""(?x)
    {_link}
    |\\(?:[!-/:-@\[-`{{-~\n]|\r\n)  # an escape
    |\]
    |\n
    |\*\**+
    |``*+
    |<
    |\r\n
    |[ ][ ]++
    |&(?=[#A-Za-z])
    |!{_link}
    |\{{\{{++
    |-\{{
    |\}}\}}
    |\$
    |~~~*+
    |'''*+
    |__(?=[^\W_])
    |://
    """
)
TITLES: Final = (3, 6)
"""The groups of it that a link of the wiki matches last."""
_plain = r"[^ ()\\\t\n\r]|\\."
destination = re.compile(
    # Brackets within may be bare, as long as they balance.
    rf"""\(((?:{_plain}|\((?:{_plain}|\((?:{_plain})*+\))*+\))*+)"""
    # Pandoc leaves quotes within a title as they are.
    r"""(?:[ ]+"((?:\\.|[^"\\\n]|"(?![ ]*\))){0,1000}+)")?[ ]*\)"""
)
spaced_destination = re.compile(r"""\(([^\n"()\[\]]*+)[ ]"(wikilink|fig:[^"\n]*+)"\)""")
_odd_label = re.compile("  |__|://")
empty_note: Final = re.compile(r"<ref\b[^<>/]*+>\s*+</ref>")
"""A note that was a template, of which pandoc may have made lines of their own."""
torn_math: Final = re.compile(r"<math\b[^<>]*+>(?:[^<]|<(?!/?math\b))*+</math>")
"""A formula that pandoc did not read, of which it may have made several blocks."""
torn_drawing: Final = re.compile(rf"<({'|'.join(DRAWN)})\b[^<>]*+>(?:[^<]|<(?!/?\1\b))*+</\1>")
"""What an extension draws; pandoc read its commands as text, perhaps as several blocks."""
torn_display: Final = re.compile(  # the bracket first, so that the search skips to it
    rf"\\\[(?<![^\n]..)((?:[^\\]|\\[^\[\]]){{1,{MAX_TORN_DISPLAY}}}+)\\\]"
)
"""A formula of its own that may have blank lines in it."""
display_math: Final = re.compile(r"\\\[((?:[^\\]|\\[^\[\]])*+)\\\]")
blank_line: Final = re.compile(r"\n[ \t]*+\r?\n")
tex_command: Final = re.compile(r"(?<!\\)(?:\\\\)*+\\[A-Za-z]")
"""What pandoc writes in formulas only: it escapes the backslashes of text."""
emptied: Final = re.compile(r"[（(：:，,、；;/「『《]\*\*[）)，,、；;。」』》]")
"""Marks of bold words that were a template: no word stands on either side."""
_ascii = re.compile("[!-~]")
east_asian: Final = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]")
field: Final = re.compile(r"\\?\|[^|=\n{}\[\]]{1,60}=")
wrap = re.compile(r"\r?\n[ \t]*")
quoted_wrap = re.compile(r"\r?\n[ \t]*(?:>[ \t]?)*+[ \t]*")


def is_tex(value: str) -> bool:
    """Whether what stands in escaped brackets is a formula, not a number or words in brackets."""
    if _ascii.search(value):
        return not value.strip().isdigit()
    return bool(value.strip()) and not east_asian.search(value)


def is_display(value: str) -> bool:
    """Return the same of what may be a formula of its own, whose hanzi stand in a command."""
    return is_tex(value) and (not east_asian.search(value) or bool(tex_command.search(value)))


def is_torn(m: re.Match[str]) -> bool:
    """Whether pandoc made several blocks of the formula that `torn_display` found."""
    found = blank_line.search(m[1]) and tex_command.search(m[1]) and is_display(m[1])
    return bool(found) and "](" not in m[1]


def is_odd_link(m: re.Match[str], place: Place) -> bool:
    """Whether a link of ``construct``, with escapes in its destination, is no plain one."""
    return place.form == "external" or m.lastindex != 3 or is_odd_label(m[1])


def is_odd_label(label: str) -> bool:
    """Whether there is something to be read in a label of ``construct``."""
    return _odd_label.search(label) is not None
