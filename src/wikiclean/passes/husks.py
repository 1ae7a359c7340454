"""
What dropped templates leave behind: empty brackets, doubled separators, stray spaces.

A husk stands between punctuation marks, so the pass looks at runs of punctuation and spaces and
at nothing else but labels before colons (``學名：``); each is reduced once, with a stack. Code and
formulas are left alone, and so are brackets behind a Latin identifier (``copysign()``). Wikitext
shows where something was dropped: marks that its author wrote side by side stay.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from wikiclean.codes import CODES
from wikiclean.document import OPAQUE_BLOCKS, Diagnostic, Document, Span, outline
from wikiclean.editing import Action, Edit
from wikiclean.passes.options import Options

BRACKETS: Final = {"（": "）", "(": ")", "[": "]", "【": "】", "〔": "〕", "［": "］"}
"""Brackets that go when they are empty: what stood in them was an aside."""

QUOTES: Final = {"「": "」", "『": "』", "“": "”", "‘": "’", "《": "》", "〈": "〉"}
"""Marks that stay when they are empty: what stood in them was part of the sentence."""

MAX_NAMES: Final = 8
"""Templates that a message names at most."""

MAX_WRITTEN: Final = 200
"""Code points of source between two marks that are looked at for a hole."""

MAX_LABEL: Final = 12
"""Code points between a bracket or separator and a colon that may name what is gone."""

RANK: Final = {"、": 1, "，": 2, "；": 3, "。": 4}
"""Full-width separators; of two that meet, the one that parts more strongly stays."""

CODES_BY_RANK: Final = ("empty_parens_removed", "husk_removed", "space_before_punct")
"""Of codes that meet in one edit, the first one names it."""

_OPENING: Final = frozenset((*BRACKETS, *QUOTES))
_CLOSED: Final = {closing: opening for opening, closing in (BRACKETS | QUOTES).items()}
_SEPARATORS: Final = frozenset("、，；：:,;")
_SPACES: Final = frozenset(c for c in map(chr, range(0x3001)) if c.isspace()) - frozenset("\n\t")
_EDGES: Final = frozenset("\n\t")
"""What parts lines and cells."""
_MEETING: Final = _SPACES | BRACKETS.keys()
"""What takes no space behind it where something went between them."""
_COLONS: Final = frozenset("：:")
_WIDE: Final = frozenset("，。、；：？！）】〕］」』”’》〉")
"""Punctuation that takes no space before it."""

_ALL: Final = frozenset((*_OPENING, *_CLOSED, *RANK, *_SPACES, *"：:,;？！"))
"""What runs are made of."""


def _set(characters: Iterable[str]) -> str:
    return f"[{re.escape(''.join(sorted(characters)))}]"


_run = re.compile(f"{_set(_ALL)}++")
_spaces = _set(_SPACES)
_active = re.compile(
    # One set in front, so that the search skips to its characters.
    _set({*_OPENING, *_WIDE, *RANK, ")", ","})
    + f"(?:(?<={_spaces}.)"
    + f"|(?<={_set(_OPENING)}){_spaces}*+{_set({*_SEPARATORS, *_CLOSED, *RANK})}"
    + f"|(?<={_set(RANK)}){_spaces}*+{_set(RANK)}"
    + f"|(?<=[、，；]){_spaces}*+{_set(BRACKETS.values())}"
    + f"|(?<=[：:]{_set({*BRACKETS.values(), *RANK, ','})})"
    + r"|(?<=, [,)]))"
)
"""What every run has in which anything goes: two marks that meet, or a space before one."""
_written = re.compile(r"(?:[\s\]']|&#?[A-Za-z0-9]++;)*+")
"""What of wikitext is no hole: spaces, and the ends of links and formatting."""
_label = re.compile(
    # A full-width colon stands behind words of any language, but not behind a number or a letter.
    r"[^\n\t]*[^\W\d_]{2}(?=：)|[^\n\t]*[\u1100-\u11ff\u2e80-\uffef](?=[：:])"
)
"""What names something in front of a colon, and no drive (``C:``) and no hour."""
_east_asian = re.compile(f"{_spaces}*+[\u1100-\u11ff\u2e80-\uffef]")
_identifier = re.compile(r"[A-Za-z0-9_$.)\]]")


def husks(document: Document, options: Options) -> Iterator[Action]:
    """Yield an edit for each husk, and a report of each pair of empty quotation marks."""
    del options
    text = document.text
    found = _active.search(text)
    if found is None:
        return
    opaque = _opaque(document)
    starts = [start for start, _ in opaque]
    reported = {d.offset for d in document.diagnostics if d.code == "empty_quotes"}
    calls = outline(document, "templates")
    dropped = sorted((start, name) for action, name, start, *_ in calls if action == "dropped")
    end = 0
    run: _Run | None = None
    while found is not None:
        start = _run_start(text, found.start(), end)
        matched = _run.match(text, start)
        label = _label_start(text, start)
        joins = run is not None and label == run.end
        if label < start and not joins:
            start = _run_start(text, label, end)
        if run is not None and not joins:
            yield from _edits(document, run, reported, dropped)
            run = None
        end = matched.end() if matched else found.end()
        index = bisect_right(starts, end - 1) - 1
        # A run is reduced as a whole or not at all.
        if index < 0 or opaque[index][1] <= (run.end if run is not None else start):
            run = run or _Run(document, start)
            run.reduce(end)
        elif run is not None:
            yield from _edits(document, run, reported, dropped)
            run = None
        found = _active.search(text, end)
    if run is not None:
        yield from _edits(document, run, reported, dropped)


def _run_start(text: str, offset: int, floor: int) -> int:
    """Return where the run begins that goes on at *offset*, at *floor* or behind."""
    while offset > floor and text[offset - 1] in _ALL:
        offset -= 1
    return offset


def _label_start(text: str, offset: int) -> int:
    """Return where the label begins that stands before the colon at *offset*; *offset* if none."""
    if offset == len(text) or text[offset] not in _COLONS:
        return offset
    start = offset
    while start > max(0, offset - MAX_LABEL) and text[start - 1] not in _ALL:
        start -= 1
    mark = start - 1
    while mark >= max(0, start - MAX_LABEL) and text[mark] in _SPACES:
        mark -= 1
    marked = mark >= 0 and (text[mark] in BRACKETS or text[mark] in _SEPARATORS)
    return start if marked and _label.match(text, start, offset + 1) else offset


def _opaque(document: Document) -> list[tuple[int, int]]:
    """Return the ranges of code and formulas, merged, in text order."""
    spans: list[tuple[int, int]] = [m.span for m in document.math]
    styles, blocks = outline(document, "styles"), outline(document, "blocks")
    spans += [(start, end) for kind, _, start, end, *_ in styles if kind == "code"]
    spans += [(start, end) for kind, _, start, end, *_ in blocks if kind in OPAQUE_BLOCKS]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


class _Run:
    """A run of punctuation and spaces, being reduced from left to right."""

    def __init__(self, document: Document, start: int) -> None:
        self.document = document
        self.text = document.text
        self.start = start
        self.end = start
        """Up to where it is reduced so far."""
        self.kept: list[int] = []
        """Offsets that stand, the last one on top."""
        self.gone: dict[int, str] = {}
        """Offset that goes → code of the reason."""
        self.empty_quotes: list[int] = []
        """Offsets of opening marks with nothing in them."""

    def reduce(self, end: int) -> None:
        """Decide for each character up to *end* whether it stands."""
        for offset in range(self.end, end):
            character = self.text[offset]
            if character not in _ALL:
                self.kept.append(offset)  # of a label
                continue
            if character not in _SPACES and self._before() in _COLONS:
                self._drop_label(offset, character)
            if character in _SPACES:
                self._space(offset)
            elif character in RANK:
                self._separator(offset, character)
            elif character in _SEPARATORS and self._is_left(offset) and self._is_hole(offset):
                self._pop_spaces("husk_removed")
                self.gone[offset] = "husk_removed"
            elif character in _CLOSED:
                self._close(offset, character)
            else:
                if character in _WIDE:
                    self._close_up(offset)
                self.kept.append(offset)
        self.end = end

    def trim_line(self) -> None:
        """Leave no space at an end of a line, and no line without characters."""
        if not self.gone:
            return
        text = self.text
        first = self.start == 0 or text[self.start - 1] in _EDGES
        last = self.end == len(text) or text[self.end] in _EDGES
        if last:
            self._pop_spaces("husk_removed")
        if first:
            while self.kept and text[self.kept[0]] in _SPACES:
                self.gone[self.kept.pop(0)] = "husk_removed"
        if first and last and not self.kept:
            self.gone.clear()

    def _solid(self) -> int:
        """Return the index in ``kept`` of the last character that is no space, or -1."""
        index = len(self.kept) - 1
        while index >= 0 and self.text[self.kept[index]] in _SPACES:
            index -= 1
        return index

    def _before(self) -> str:
        """Return the last character that stands and is no space; empty if the run has none."""
        index = self._solid()
        return self.text[self.kept[index]] if index >= 0 else ""

    def _is_hole(self, offset: int) -> bool:
        """Whether something may be gone between the last mark that stands and that at *offset*."""
        document, index = self.document, self._solid()
        before = self.kept[index] if index >= 0 else self.start - 1
        if document.dialect == "export" or before < 0:
            return True
        start, end = document.to_source(before), document.to_source(offset)
        source = document.source
        if not (source.startswith(self.text[before], start) and start < end <= start + MAX_WRITTEN):
            return True  # a template wrote them, or much stands between
        return _written.fullmatch(source, start + 1, end) is None

    def _is_call(self, index: int | None = None) -> bool:
        """Whether the bracket that stands last follows an identifier, as in ``copysign()``."""
        index = self._solid() if index is None else index
        if self.text[self.kept[index]] not in "([":
            return False
        before = self.kept[index - 1] if index else self.start - 1
        return before >= 0 and bool(_identifier.match(self.text[before]))

    def _is_left(self, offset: int) -> bool:
        """Whether a separator stands behind an opening bracket, but of a call, or a comma twice."""
        if self._before() in BRACKETS:
            return self.text.startswith(", ", offset) or not self._is_call()
        if self.text[offset] != "," or not self._is_repeated():
            return False
        # Nothing shows a hole in an export: among Latin letters it may be code.
        in_code = self.document.dialect == "export" and not _east_asian.match(self.text, offset + 1)
        return not in_code

    def _is_repeated(self) -> bool:
        """Whether a comma and a space stand last; without the space it may be code."""
        return self._before() == "," and self.text[self.kept[-1]] in _SPACES

    def _pop_spaces(self, code: str) -> None:
        while self.kept and self.text[self.kept[-1]] in _SPACES:
            self.gone[self.kept.pop()] = code

    def _close_up(self, offset: int) -> None:
        """Drop the spaces before a full-width mark, but for those behind an opening one."""
        if self._before() not in _OPENING and self._is_hole(offset):
            self._pop_spaces("space_before_punct")

    def _space(self, offset: int) -> None:
        kept = self.kept
        if kept and kept[-1] != offset - 1 and self.text[kept[-1]] in _MEETING:
            self.gone[offset] = "husk_removed"  # two spaces that met over a hole, or one behind it
        else:
            kept.append(offset)

    def _separator(self, offset: int, character: str) -> None:
        # What stood before a weaker mark meets this one as well, so that nothing is left to reduce.
        while (before := self._before()) in BRACKETS or before in RANK:
            if before == character == "。" or not self._is_hole(offset):
                break
            self._pop_spaces("husk_removed")
            if before in BRACKETS or RANK[character] <= RANK[before]:
                self.gone[offset] = "husk_removed"
                return
            self.gone[self.kept.pop()] = "husk_removed"
        self._close_up(offset)
        self.kept.append(offset)

    def _hangs(self) -> bool:
        """Whether a separator stands before a bracket that closes; a comma alone may be code."""
        return self._before() in "、，；" or self._is_repeated()

    def _drop_label(self, offset: int, character: str) -> None:
        """Drop the label before the colon that stands last, if nothing in brackets follows it."""
        kept, text = self.kept, self.text
        opening = _CLOSED.get(character, "")
        if opening not in BRACKETS and (character not in _SEPARATORS or character in _COLONS):
            return
        first = self._solid()
        while first and text[kept[first - 1]] not in _ALL:
            first -= 1
        mark = first - 1
        while mark >= 0 and text[kept[mark]] in _SPACES:
            mark -= 1
        if mark < 0 or text[kept[self._solid() - 1]] in _ALL or not self._is_hole(offset):
            return
        before = text[kept[mark]]
        if before in BRACKETS:
            if opening not in (before, "") or self._is_call(mark):
                return
        elif not opening or before not in "、，；,":
            return
        code = "empty_parens_removed" if before == opening else "husk_removed"
        for gone in kept[first:]:
            self.gone[gone] = code
        del kept[first:]

    def _close(self, offset: int, character: str) -> None:
        opening = _CLOSED[character]
        if opening in BRACKETS:
            while self._solid() >= 0 and self._hangs() and self._is_hole(offset):
                self._pop_spaces("husk_removed")
                self.gone[self.kept.pop()] = "husk_removed"
        if self._before() == opening and self._is_hole(offset):
            if opening in QUOTES:
                self.empty_quotes.append(self.kept[self._solid()])
            elif not self._is_call():
                self._pop_spaces("empty_parens_removed")
                self.gone[self.kept.pop()] = self.gone[offset] = "empty_parens_removed"
                return
        elif character in _WIDE:
            self._close_up(offset)
        self.kept.append(offset)


def _edits(
    document: Document, run: _Run, reported: set[int], dropped: list[tuple[int, str]]
) -> Iterator[Action]:
    run.trim_line()
    gone = sorted(run.gone)
    first = 0
    for i, offset in enumerate(gone):
        if i + 1 < len(gone) and gone[i + 1] == offset + 1:
            continue
        span = Span(gone[first], offset + 1)
        code = min((run.gone[o] for o in gone[first : i + 1]), key=CODES_BY_RANK.index)
        yield Edit(span, "", _diagnostic(document, code, span, dropped))
        first = i + 1
    for offset in run.empty_quotes:
        if offset not in reported:
            span = Span(offset, offset + 1)
            yield Edit(
                Span(offset, offset), "", _diagnostic(document, "empty_quotes", span, dropped)
            )


def _diagnostic(
    document: Document, code: str, span: Span, dropped: list[tuple[int, str]]
) -> Diagnostic:
    severity, message = CODES[code]
    # What was dropped within the husk, or at its ends, is what left it.
    first = bisect_left(dropped, (span.start, ""))
    last = bisect_left(dropped, (span.end + 1, ""))
    if first < last:
        names = dict.fromkeys(name for _, name in dropped[first : min(last, first + MAX_NAMES)])
        message = f"{message[:-1]}: {', '.join(f'{{{{{name}}}}}' for name in names)}."
    taken = "" if code == "empty_quotes" else document.text[span.start : span.end]
    source_span = document.source_of(span)
    return Diagnostic(code, severity, message, source_span, span.start, taken)
