"""
HTML elements that format a stretch of text, in either dialect, and the style each gives.

Here live what both dialects know of HTML, and how attributes in HTML of the export are read; those
of wikitext are read as MediaWiki reads them, in its parser.

Source: HTML Living Standard, "Rendering", phrasing content; of several elements that look the same,
the kind of the record is what the reader sees.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from types import MappingProxyType
from typing import Final

from wikiclean.document import StyleKind

STYLES: Final[Mapping[str, StyleKind]] = MappingProxyType(
    {
        "b": "bold",
        "strong": "bold",
        "i": "italic",
        "em": "italic",
        "cite": "italic",
        "dfn": "italic",
        "var": "italic",
        "u": "underline",
        "ins": "underline",
        "s": "strike",
        "strike": "strike",
        "del": "strike",
        "small": "small",
        "big": "big",
        "sub": "sub",
        "sup": "sup",
        "code": "code",
        "tt": "code",
        "kbd": "code",
        "samp": "code",
        "mark": "mark",
        "q": "quote",
        "ruby": "ruby",
    }
)
"""Element name in lower case → kind of style."""

REOPENED: Final = frozenset(
    {"b", "big", "code", "em", "i", "s", "small", "strike", "strong", "tt", "u"}
)
"""
Elements of `STYLES` that go on in the next block where they are not ended.

Source: HTML Living Standard, "The list of active formatting elements".
"""

_attribute = re.compile(
    r"""(?<![A-Za-z-])([A-Za-z-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))"""
)


def attributes(value: str) -> dict[str, str]:
    """Return the attributes of an HTML tag by their names in lower case; the last of a name."""
    return {m[1].lower(): unescape(m[2] or m[3] or m[4] or "") for m in _attribute.finditer(value)}
