"""
HTML elements that format a stretch of text, in either dialect, and the style each gives.

Source: HTML Living Standard, "Rendering", phrasing content; of several elements that look the same,
the kind of the record is what the reader sees.
"""

from __future__ import annotations

from collections.abc import Mapping
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
