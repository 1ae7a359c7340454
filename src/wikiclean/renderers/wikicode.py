"""
A slice of the source as mwparserfromhell's nodes, for users who want to go deeper.

Here lives the guard around that library's parser, which takes quadratic time and more on hostile
markup: ``<b>`` eight thousand times takes it seconds, deep nesting minutes. Nothing else of the
package imports it.
"""

from __future__ import annotations

import re
from typing import Final

import mwparserfromhell
from mwparserfromhell.wikicode import Wikicode

from wikiclean.document import Span
from wikiclean.errors import TooComplexError

MAX_LENGTH: Final = 500_000
"""Code points of a slice: the longest real pages have about 400,000."""

MAX_OPEN: Final = 100
"""Constructs that may be open at one place, or never closed: real pages have fewer than 40."""

# What opens a construct of that library, and what closes it.
_brackets: Final = re.compile(
    r"(\{\{|\[\[|\{\||\[(?=[a-z]+://|//)|<[A-Za-z])|(\}\}|\]\]|\|\}|\]|</[A-Za-z]|/>)"
)
_void: Final = re.compile(r"<(?:br|hr|img|wbr|li|dt|dd|td|th|tr)\b", re.IGNORECASE)


def wikicode(source: str, span: Span) -> Wikicode:
    """
    Parse ``source[span.start:span.end]`` with mwparserfromhell.

    Raises:
        TooComplexError: if the slice is longer than ``MAX_LENGTH``, or more than ``MAX_OPEN``
            constructs are open at one place in it.
    """
    length = span.end - span.start
    if length > MAX_LENGTH:
        raise TooComplexError(
            f"the slice has {length} characters and mwparserfromhell is slow beyond {MAX_LENGTH}; "
            "ask for a smaller span"
        )
    depth = deepest = 0
    for m in _brackets.finditer(source, span.start, span.end):
        if m[2]:
            depth = max(depth - 1, 0)
        elif not _void.match(source, m.start()):
            depth += 1
            deepest = max(deepest, depth)
    if deepest > MAX_OPEN:
        raise TooComplexError(
            f"{deepest} constructs are open at one place of the slice and mwparserfromhell is slow "
            f"beyond {MAX_OPEN}; ask for a smaller span"
        )
    return mwparserfromhell.parse(source[span.start : span.end])
