"""
Control characters as pictures, for readers and terminals on which they would act.

Here live the tables and nothing else; which of them a format needs is the format's to know.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

PICTURES: Final = MappingProxyType(
    {code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)}
    | {0x7F: "\u2421"}
    | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
)
"""Code point → what is shown for it: U+0000–U+001F but for tab, line feed and carriage return, and
U+007F, become U+2400–U+2421; a lone surrogate becomes U+FFFD. The length of a text stays."""

STEERING: Final = MappingProxyType(
    PICTURES
    | {0x0D: "\u240d"}
    | dict.fromkeys((*range(0x80, 0xA0), 0x200E, 0x200F), "\ufffd")
    | dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd")
)
"""The same for a terminal, which also obeys carriage returns, U+0080–U+009F, and characters that
turn the direction of a line."""
