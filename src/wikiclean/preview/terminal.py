"""
The account of a page for a terminal and for programs: lines, and JSON.

Here live the layout of the lines and the shape of the JSON. Control characters of the page never
reach the terminal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from wikiclean.document import Category, Diagnostic, Footnote, Infobox, Link, Media, Template
from wikiclean.preview.passages import KINDS, Construct, Explanation, Kind, Passage, Shown, kinds_of
from wikiclean.renderers.controls import PICTURES
from wikiclean.renderers.text import label

SIGNS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "kept": " ",
        "moved": ">",
        "markup": ":",
        "layout": " ",
        "dropped": "-",
        "repaired": "~",
        "flagged": "!",
    }
)
"""Kind → the sign in front of its lines."""

COLOURS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "kept": "",
        "moved": "34",
        "markup": "2",
        "layout": "2",
        "dropped": "31",
        "repaired": "33",
        "flagged": "35",
    }
)
"""Kind → its ANSI colour."""

UNASKED: Final = frozenset({"markup", "layout"})
"""Kinds that the listing leaves out unless they are asked for."""

LONGEST: Final = 200
"""Characters that a line shows of what is not in the text; JSON has all of it."""

_MISLEADING: Final = re.compile("[\r\t\x80-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that move the cursor or turn the direction of a line."""


class _Line(NamedTuple):
    start: int
    kind: Kind
    text: str
    why: str


def listing(
    explanation: Explanation, *, only: Kind | Collection[Kind] = (), colour: bool = False
) -> Iterator[str]:
    """
    Yield the lines of the listing: the place in the source, a sign, the text, and why.

    Args:
        explanation: What ``explain`` found out.
        only: The kind or kinds to list; without any, all but markup and layout.
        colour: Whether to colour the lines by kind.

    Raises:
        UnknownFormatError: if *only* names what is no kind.
    """
    wanted = kinds_of(only) or frozenset(KINDS) - UNASKED
    document = explanation.document
    counts = explanation.counts
    summary = " · ".join(f"{kind} {_counted(kind, *counts[kind])}" for kind in KINDS)
    title = _shown(document.title or "(no title)")
    yield f"{title} · {document.site} · {document.dialect} · {document.variant}"
    yield summary
    for line in _lines(explanation, wanted):
        row, column = explanation.place(line.start)
        text = line.text
        if line.kind not in ("kept", "repaired") and len(text) > LONGEST:
            text = f"{text[:LONGEST]}… ({len(text)} characters)"
        text = _shown(text)
        head = f"{row:>5}:{column:<5}{SIGNS[line.kind]} "
        why = f"  [{_shown(line.why)}]" if line.why else ""
        if colour and COLOURS[line.kind]:
            text = f"\x1b[{COLOURS[line.kind]}m{text}\x1b[0m"
        if colour:
            head, why = f"\x1b[2m{head[:-2]}\x1b[0m{head[-2:]}", why and f"\x1b[2m{why}\x1b[0m"
        yield f"{head}{text}{why}".rstrip()


def _counted(kind: Kind, number: int, characters: int) -> str:
    return f"{number}" if kind in ("dropped", "repaired", "flagged") else f"{characters} characters"


def _shown(text: str) -> str:
    """Return *text* as one line that cannot steer the terminal."""
    text = text.translate(PICTURES).replace("\n", "⏎")
    return _MISLEADING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _lines(explanation: Explanation, wanted: Collection[Kind]) -> Iterator[_Line]:
    source = explanation.document.source
    silent = [one for one in explanation.silent() if explanation.kinds[one.number] in wanted]
    next_ = 0
    joined: list[Passage] = []
    for passage in explanation.passages:
        start, end = passage.span
        while next_ < len(silent) and _start(silent[next_]) <= start:
            yield from _text_of(explanation, joined)
            yield _remark(explanation, silent[next_])
            next_ += 1
        kind = passage.kind
        if kind not in wanted:
            # Markup within a line leaves the sentence whole; a drop that is not listed does too.
            if "\n" in source[start:end]:
                yield from _text_of(explanation, joined)
        elif kind == "kept":
            if joined and joined[-1].kind != "kept":
                yield from _text_of(explanation, joined)
            joined.append(passage)
        elif kind == "moved":
            if joined and (joined[-1].kind != kind or joined[-1].owner is not passage.owner):
                yield from _text_of(explanation, joined)
            joined.append(passage)
        else:
            yield from _text_of(explanation, joined)
            text = _of(passage) if passage.text_span else source[start:end]
            record = passage.record
            why = _why(record) if isinstance(record, Diagnostic) else _name(record)
            yield _Line(start, kind, text, why)
    yield from _text_of(explanation, joined)
    for one in silent[next_:]:
        yield _remark(explanation, one)


def _start(one: Construct) -> int:
    assert isinstance(one.record, Diagnostic)  # noqa: S101 - what is silent is a diagnostic
    return one.record.source_span.start


def _remark(explanation: Explanation, one: Construct) -> _Line:
    record = one.record
    assert isinstance(record, Diagnostic)  # noqa: S101 - what is silent is a diagnostic
    span = record.source_span
    text = record.dropped or explanation.document.source[span.start : span.end]
    return _Line(span.start, explanation.kinds[one.number], text, _why(record))


def _of(passage: Passage) -> str:
    if passage.owner is None or passage.text_span is None:
        return ""
    return passage.owner.text[passage.text_span.start : passage.text_span.end]


def _text_of(explanation: Explanation, joined: list[Passage]) -> Iterator[_Line]:
    """Yield passages that follow each other in a text as lines, and forget them."""
    if not joined:
        return
    first = joined[0]
    why = ""
    if first.kind == "moved":
        why = explanation.where(first.owner) if first.owner else _name(first.record)
    owner = first.owner
    if owner is None:
        source = explanation.document.source
        text = source[first.span.start : joined[-1].span.end]
        yield _Line(first.span.start, first.kind, text, why)
        joined.clear()
        return
    at = joined[0].span.start
    parts: list[str] = []
    reached = -1
    for passage in joined:
        assert passage.text_span is not None  # noqa: S101 - it stands in a text
        start, end = passage.text_span
        if 0 <= reached < start and "\n" not in owner.text[reached:start]:
            # Words that a template supplied, between its arguments.
            start = reached
        verbatim = end - start == passage.span.end - passage.span.start
        place = passage.span.start
        for index, part in enumerate(owner.text[start:end].split("\n")):
            if index:
                yield from _line(at, first.kind, parts, why)
                at = place
            parts.append(part)
            place += len(part) + 1 if verbatim else 0
        reached = max(end, reached)
    yield from _line(at, first.kind, parts, why)
    joined.clear()


def _line(at: int, kind: Kind, parts: list[str], why: str) -> Iterator[_Line]:
    text = "".join(parts)
    parts.clear()
    if text.strip():
        yield _Line(at, kind, text, why)


def _why(record: Diagnostic) -> str:
    before = f" {record.dropped}" if record.dropped else ""
    change = f"{before} → {record.replacement}" if record.replacement else ""
    doubt = f" ({record.certainty})" if record.certainty != "certain" else ""
    return f"{record.code}: {record.message}{change}{doubt}"


def _name(record: Shown | None) -> str:
    match record:
        case None:
            return ""
        case Link():
            return f"link: {record.target}"
        case Template():
            return f"template: {record.name}, {record.action}"
        case Footnote():
            return f"note {label(record)}"
        case Infobox():
            return f"infobox: {record.name}"
        case Category():
            return f"category: {record.name}"
        case Media():
            return f"file: {record.file}"
        case _:
            return type(record).__name__.lower()


# ---------------------------------------------------------------- for programs


def report(explanation: Explanation, *, only: Kind | Collection[Kind] = ()) -> dict[str, Any]:
    """
    Return the account as JSON-ready values.

    ``passages`` tile the source in order, if *only* is empty; ``remarks`` are the diagnostics that
    have no passage of their own. ``start`` and ``end`` count code points of the source,
    ``text_start`` and ``text_end`` those of the text that ``owner`` names: empty for the page, or
    a path such as ``footnotes/0``. Passages of one ``construct`` belong together.

    Raises:
        UnknownFormatError: if *only* names what is no kind.
    """
    wanted = kinds_of(only) or frozenset(KINDS)
    document = explanation.document
    return {
        "title": document.title,
        "site": document.site,
        "dialect": document.dialect,
        "variant": document.variant,
        "counts": {
            kind: {"number": number, "characters": characters}
            for kind, (number, characters) in explanation.counts.items()
        },
        "passages": [
            _passage(explanation, passage)
            for passage in explanation.passages
            if passage.kind in wanted
        ],
        "remarks": [
            {
                "kind": explanation.kinds[one.number],
                "start": one.record.source_span.start,
                "end": one.record.source_span.end,
                **_place(explanation, one.record.source_span.start),
                **_reason(one.record),
                "construct": one.number,
            }
            for one in explanation.silent()
            if explanation.kinds[one.number] in wanted and isinstance(one.record, Diagnostic)
        ],
    }


def _place(explanation: Explanation, offset: int) -> dict[str, int]:
    line, column = explanation.place(offset)
    return {"line": line, "column": column}


def _passage(explanation: Explanation, passage: Passage) -> dict[str, Any]:
    start, end = passage.span
    row: dict[str, Any] = {
        "kind": passage.kind,
        "start": start,
        "end": end,
        **_place(explanation, start),
        "source": explanation.document.source[start:end],
    }
    if passage.owner is not None and passage.text_span is not None:
        row |= {
            "owner": explanation.path(passage.owner),
            "text_start": passage.text_span.start,
            "text_end": passage.text_span.end,
            "text": _of(passage),
        }
    if isinstance(passage.record, Diagnostic):
        row |= _reason(passage.record)
    elif passage.record is not None:
        row["record"] = type(passage.record).__name__.lower()
    row["construct"] = passage.construct
    return row


def _reason(record: Diagnostic) -> dict[str, str]:
    return {
        "code": record.code,
        "severity": record.severity,
        "message": record.message,
        "dropped": record.dropped,
        "replacement": record.replacement,
        "certainty": record.certainty,
    }
