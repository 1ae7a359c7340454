"""
How much of a page is read: the limits that a caller sets, and what becomes of what is beyond them.

A page beyond a limit is read from its start to a line that is within it. The rest is dropped like
anything else that leaves no text: with a diagnostic that holds it, so that every character of the
source stays accounted for. Here nothing is known of markup; parsers ask a `Deadline` now and then,
and count how deep they are.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

import attrs

from wikiclean.codes import CODES
from wikiclean.document import (
    MAX_NESTED,
    Diagnostic,
    Document,
    Field,
    Footnote,
    Infobox,
    Media,
    Parameter,
    Span,
    Template,
    evolve,
    most_records,
    with_body,
    with_records,
)

LEAST: Final = 1000
"""How many characters are read however little time there is."""


@attrs.frozen
class Limits:
    """
    How much of a page is read. A page beyond a limit gives a Document that is ``truncated``.

    Raises:
        ValueError: if a limit is less than 1, *seconds* not more than 0, or *max_depth* more than
            its default.
    """

    max_chars: int = attrs.field(default=1 << 24, validator=attrs.validators.ge(1))
    """Code points that are read; 16,777,216, about eight times the longest page that MediaWiki
    saves."""
    max_depth: int = attrs.field(
        default=MAX_NESTED,
        validator=attrs.validators.and_(attrs.validators.ge(1), attrs.validators.le(MAX_NESTED)),
    )
    """How deep Documents nest (a note within a value of an infobox …), and what is read like one
    (a rule of the converter within a rule); 8, which is also the most."""
    max_records: int = attrs.field(default=1 << 20, validator=attrs.validators.ge(1))
    """Records that the parser makes, as ``walk()`` yields them; 1,048,576. They are counted on
    pages of more characters than this."""
    seconds: float | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.gt(0))
    )
    """How long the parser reads; None for as long as it takes, for with a time limit the result
    depends on the machine. The time is looked at between lines."""


class OutOfTime(Exception):  # noqa: N818 - it ends a reading, and no caller of ours sees it
    """
    Raised by a parser when the time is over.

    Attributes:
        reached: Where in the source the line begins that was to be read next.
    """

    def __init__(self, reached: int) -> None:
        self.reached = reached
        super().__init__(reached)


class Deadline:
    """The time at which a reading is to end."""

    __slots__ = ("_at",)

    def __init__(self, seconds: float) -> None:
        self._at = monotonic() + seconds

    def check(self, reached: int) -> None:
        """
        Do nothing while there is time.

        Raises:
            OutOfTime: once it is over.
        """
        if monotonic() >= self._at:
            raise OutOfTime(reached)


Read = Callable[[str, Deadline | None], Document]
"""What reads a source; it raises OutOfTime at the deadline, if there is one."""


def read_within(limits: Limits, source: str, read: Read) -> Document:
    """Return the Document of as much of *source* as the limits allow; the rest is dropped."""
    end, why = len(source), ""
    if end > limits.max_chars:
        end, why = _line_start(source, limits.max_chars), f"max_chars={limits.max_chars}"
    part = source[:end]
    if limits.seconds is None:
        document = read(part, None)
    else:
        # Half of the time is kept for reading the part again that was reached.
        begin, half = monotonic(), limits.seconds / 2
        try:
            document = read(part, Deadline(half))
        except OutOfTime as stop:
            # If not even the first line was reached: pairing brackets took all the time.
            share = half / max(monotonic() - begin, half) / 4
            reached = max(stop.reached, int(end * share), LEAST)
            if reached < end:
                end, why = _line_start(source, reached), f"seconds={limits.seconds}"
            document = read(source[:end], None)
    most = limits.max_records
    # The diagnostic that the page was cut is a record too.
    if len(source) > most and most_records(document) > most - (end < len(source)):
        rest = 1.0
        while len(starts := _starts(document)) > most - (end < len(source)):
            end = min(_line_start(source, starts[most - 1]), int(len(document.source) * rest))
            why = f"max_records={most}"
            document = read(source[:end], None)
            rest = 0.75  # what was cut through may be more records than it was: stray brackets
    return _ended(document, source, why) if end < len(source) else document


def _line_start(source: str, end: int) -> int:
    """Return where the line at *end* begins, or *end* if that line is most of what is before."""
    start = source.rfind("\n", 0, end) + 1
    return start if start > end // 2 else end


def _starts(document: Document) -> list[int]:
    """Return where the sources of all records begin, in order."""
    return sorted(record.source_span[0] if record.source_span else 0 for record in document.walk())


def _ended(document: Document, source: str, why: str) -> Document:
    """Return the Document over the whole source, of which it has read the beginning."""
    start, end = document.extent.end, len(source)
    severity, message = CODES["source_truncated"]
    diagnostic = Diagnostic(
        "source_truncated",
        severity,
        f"{message} The limit is {why}.",
        Span(start, end),
        len(document.text),
        source[start:],
    )
    return evolve(
        _over(document, source),
        diagnostics=(*document.diagnostics, diagnostic),
        drops=(*document.drops, start, end, len(document.diagnostics)),
        extent=Span(0, end),
    )


def _over(document: Document, source: str) -> Document:
    """Return a Document over a longer source that begins with its own."""

    def body(inner: Document | None) -> Document | None:
        return inner and _over(inner, source)

    def notes(all_: tuple[Footnote, ...]) -> tuple[Footnote, ...]:
        return tuple(evolve(note, body=body(note.body)) for note in all_)

    def calls(all_: tuple[Template, ...]) -> tuple[Template, ...]:
        return tuple(
            evolve(call, parameters=tuple(map(argument, call.parameters)), _source=source)
            for call in all_
        )

    def argument(one: Parameter) -> Parameter:
        return evolve(one, _source=source)

    def field(one: Field) -> Field:
        return with_body(one, lambda value: _over(value, source))

    def box(one: Infobox) -> Infobox:
        return evolve(one, fields=tuple(map(field, one.fields)))

    def image(one: Media) -> Media:
        return evolve(one, caption=body(one.caption))

    return evolve(
        document,
        source=source,
        footnotes=with_records(document, "footnotes", notes),
        templates=with_records(document, "templates", calls),
        media=tuple(map(image, document.media)),
        infoboxes=tuple(map(box, document.infoboxes)),
    )
