"""
Unicode normalization: the text in the form NFC or NFKC, with all records moved along.

It is no repair and no default, but a choice of the caller's. Which form suits a text is not judged
here: NFKC makes half-width punctuation of full-width, and spaces of ideographic ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final, Literal, TypeAlias
from unicodedata import combining, decomposition, is_normalized, normalize

from wikiclean.document import Document, Span
from wikiclean.editing import Action, Edit
from wikiclean.passes.options import Options

Form: TypeAlias = Literal["NFC", "NFKC"]

FORMS: Final[tuple[Form, ...]] = ("NFC", "NFKC")
"""The values of ``normalize``."""


def normalization(form: Form) -> Callable[[Document, Options], Iterator[Action]]:
    """Return a pass that brings the text to a form."""

    def run(document: Document, options: Options) -> Iterator[Action]:
        del options
        text = document.text
        if is_normalized(form, text):
            return
        for start, end in _stretches(text, form):
            old = text[start:end]
            new = normalize(form, old)
            if new[:1] == " " and (start == 0 or text[start - 1].isspace()):
                new = new.lstrip()  # no block begins with a space, and ´ is one with an accent
            if new != old:
                yield Edit(Span(start, end), new, respelling=True)

    return run


def _stretches(text: str, form: Form) -> Iterator[tuple[int, int]]:
    """Yield the stretches that may change, each with the character that an accent belongs to."""
    marks = {c for c in set(text) if not c.isascii() and _goes_on(c, form)}
    others = {c for c in set(text) - marks if not is_normalized(form, c)}
    if not marks and not others:
        return
    pattern = re.compile(f"[{re.escape(''.join(sorted(marks | others)))}]")
    start = end = 0
    for match in pattern.finditer(text):
        at = match.start()
        if at < end:
            continue
        left = at
        while left > 0 and text[left] in marks and not text[left - 1].isspace():
            left -= 1
        right = at + 1
        while right < len(text) and text[right] in marks:
            right += 1
        if left < end:
            left = start
        elif end:
            yield start, end
        start, end = left, right
    if end:
        yield start, end


@cache
def _goes_on(character: str, form: Form) -> bool:
    """Whether a character may become one with that before it."""
    first = normalize("NFKD" if form == "NFKC" else "NFD", character)[0]
    return combining(first) != 0 or first in _seconds()


@cache
def _seconds() -> frozenset[str]:
    """Return the letters that compose with one before them: vowel signs, parts of Hangul."""
    found = {chr(code) for code in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    for code in range(0x900, 0x17000):
        parts = decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            found.add(chr(int(parts[1], 16)))
    return frozenset(found)
