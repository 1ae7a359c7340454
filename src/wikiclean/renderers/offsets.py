"""
Offsets in the units that a reader counts in: code points, or UTF-16 code units.

Here lives the conversion of offsets and nothing else; which values are offsets, and into which
text, is known by the renderer that asks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import Final

from wikiclean.document import Document
from wikiclean.errors import UnknownFormatError

CODE_POINTS: Final = "code-points"
UTF_16: Final = "utf-16"
OFFSETS: Final = (CODE_POINTS, UTF_16)
"""What offsets may count."""

_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")


def converter(text: str, offsets: str) -> Callable[[int], int] | None:
    """
    Return what turns an offset of *text* into the units named, or None if nothing changes.

    Raises:
        UnknownFormatError: if *offsets* is not one of ``OFFSETS``.
    """
    if offsets not in OFFSETS:
        raise UnknownFormatError("offsets", offsets, OFFSETS)
    if offsets == CODE_POINTS or text.isascii():
        return None
    # A character beyond the basic plane takes two units, so an offset grows by those before it.
    wide = [match.start() for match in _ASTRAL.finditer(text)]
    if not wide:
        return None
    return lambda offset: offset + bisect_left(wide, offset)


def owner_of(document: Document, path: str) -> Document | None:
    """
    Return the Document that an anchor's *owner* names, or None if there is none.

    The path is relative to *document*: empty for itself, ``footnotes/3`` for the body of a note,
    ``infoboxes/0/2`` for a field; longer paths go on from there.
    """
    found: Document | None = document
    parts = iter(path.split("/") if path else ())
    try:
        for room in parts:
            if found is None:
                return None
            index = int(next(parts))
            if room == "footnotes":
                found = found.footnotes[index].body
            elif room == "media":
                found = found.media[index].caption
            elif room == "infoboxes":
                found = found.infoboxes[index].fields[int(next(parts))].body
            else:
                return None
    except (IndexError, StopIteration, ValueError):
        return None
    return found
