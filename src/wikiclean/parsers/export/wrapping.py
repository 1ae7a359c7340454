"""
Line ends of the export: which were wraps, and what stands in the place of one.

Here live the characters that take no space between them, and the columns that pandoc filled.
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

COLUMNS: Final = 72
"""Where pandoc wrapped; it counted hanzi as one column there."""

# Han, kana, CJK punctuation, full-width forms, and the quotation marks and dashes that Chinese
# typesetting sets full-width; not Hangul, whose words are parted by spaces.
# Source: Unicode 15 block names, Blocks.txt.
_CJK: Final = (
    "\u2e80-\u2fdf\u3000-\u30ff\u3105-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U000323af"
)
_cjk = re.compile(f"[{_CJK}\u2014\u2018\u2019\u201c\u201d\u2026]")
_wide_punctuation = re.compile(
    "[\u3000-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)
word: Final = re.compile(
    r"""(?x)
    (?: \\\((?:[^\\\n]|\\[^()\n])*+\\\)              # a formula
      | \\\[(?:[^\\\n]|\\[^\[\]\n])*+\\\]
      | [^ \t\n<\\]++
      | \\
      | <[^<>\n]*+(?:>|(?=\n|\Z))
      | <
      | [ ](?="[^"\n]*+"\))                             # before the title of a link
      | [ ](?=(?:[-*+>]|\#{1,6}|[0-9]+[.)])(?:[ ]|\Z))  # before what would begin a block
    )++"""
)
"""What pandoc did not break: up to a space, but for some."""


def is_cjk(character: str) -> bool:
    """Whether no space stands between this character and another of its kind."""
    return bool(_cjk.match(character))


def joint(before: str, after: str) -> str:
    """Return what a wrap between two characters stood for: nothing, or a space."""
    if (is_cjk(before) and is_cjk(after)) or (
        _wide_punctuation.match(before) or _wide_punctuation.match(after)
    ):
        return ""
    return " "


def parts_spaced_dash(source: str, start: int, end: int) -> bool:
    """Whether a line end stands at a dash that has a space on its other side."""
    before = source[max(start - 3, 0) : start]
    return before.endswith((" —", " ——")) or source.startswith(("— ", "—— "), end)


Wraps: TypeAlias = Literal["none", "columns", "all"]
"""
Which line ends inside a block are wraps: none of them, those behind which the next word had no
room, or all, where pandoc marked the others.
"""

_bullet = re.compile(r"^[ ]*(?:-[ ]{3})++(?!-[ ])\S", re.MULTILINE)
"""
A bullet of files that still have pandoc's marks of breaks. Others have ``  - ``, and ``  -   - ``
where another item begins with it.
"""


def wraps_of(source: str, lines: list[tuple[int, int]], *, has_header: bool = False) -> Wraps:
    """
    Tell which line ends of a file are wraps.

    Args:
        source: The page.
        lines: Ranges of the lines of paragraphs and items, without tables and code.
        has_header: Whether its first line names the source page. Such files were not wrapped, and
            a short one may have no line that shows it.

    Returns:
        ``all`` if the file says of line ends that they are breaks, or has the bullets of those that
        do; else ``none`` if it has a header, if a line goes on behind a space where a wrapped one
        would have ended, or if no paragraph has a second line.
    """
    if _bullet.search(source):
        return "all"
    several = False
    runs_over = has_header
    for start, end in lines:
        at = start
        while True:
            stop = source.find("\n", at, end)
            several = several or stop >= 0
            line_end = end if stop < 0 else stop
            if line_end > at and source[line_end - 1] == "\r":
                line_end -= 1
            if not runs_over and line_end - at > COLUMNS:
                runs_over = _runs_over(source, at, line_end)
            if stop < 0:
                break
            if _is_marked(source[max(at, line_end - 3) : line_end]):
                return "all"
            at = stop + 1
    return "columns" if several and not runs_over else "none"


def _is_marked(tail: str) -> bool:
    """Whether a line that ends so says that its end is a break."""
    if tail.endswith("\\"):
        return not tail.endswith("\\\\")
    return tail.endswith("  ") and not tail.isspace()


_indent = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+\.)[ \t]+)?")


def _runs_over(source: str, start: int, end: int) -> bool:
    """Whether a line has a space behind which the next word ends beyond the last column."""
    m = _indent.match(source, start, end)
    at = m.end() if m else start
    while at < end:
        found = word.match(source, at, end)
        stop = found.end() if found else at + 1
        if stop - start > COLUMNS and at > (m.end() if m else start):
            return True
        at = stop
        while at < end and source[at] == " ":
            at += 1
    return False
