"""
Notes that templates make: ``{{efn}}``, ``{{r}}``, ``{{sfn}}``, and authors with their year.

Here live the handlers, which know no template by its name. Whose name is what is said in ``core``
and in the table of a wiki.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wikiclean.templates.calls import Argument, Call, Handler, Part
from wikiclean.templates.shapes import given, listed, note, positional, sequence, written


def footnote(group: str | Callable[[Call], str] = "") -> Handler:
    """
    Return the handler of a note that is written in its place: ``{{efn|…}}``.

    Args:
        group: Of the note, if the call names none.
    """

    def handle(call: Call) -> Sequence[Part]:
        body, name = given(call, "1", "text", "content"), given(call, "name")
        own = call.value("group", "g") or (group if isinstance(group, str) else group(call))
        key = written(call, name) if name is not None else ""
        if body is not None:
            return (note(call, body, body=True, name=key, group=own),)
        return () if name is None else (note(call, name, body=False, name=key, group=own),)

    return handle


def note_marks(call: Call) -> Sequence[Part]:
    """Leave the marks of notes that are defined elsewhere: ``{{r|name|name}}``."""
    group = call.value("group", "g")
    return [
        note(call, item, body=False, name=written(call, item), group=group)
        for item in positional(call)
        if not any(sign in written(call, item) for sign in "{[<")
    ]


def short_note(call: Call) -> Sequence[Part]:
    """Leave the mark of a note with authors, year and page: ``{{sfn}}``, ``{{cfn}}``."""
    authors = positional(call)
    if not authors:
        return ()
    return (note(call, authors[0], body=True, name=short_key(call), words=short),)


def note_list(group: str = "") -> Handler:
    """Return the handler of a list of notes: its own notes are read, nothing is shown."""

    def handle(call: Call) -> Sequence[Part]:
        body = given(call, "refs", "list", "notes")
        own = call.value("group") or group
        return () if body is None else (note(call, body, body=True, group=own, tag="references"),)

    return handle


# ---------------------------------------------------------------- authors and years


def _names_and_year(call: Call) -> tuple[list[Argument], Argument | None]:
    items = positional(call)
    year = given(call, "y", "year")
    if year is None and len(items) > 1:
        year = items.pop()
    return items[:5], year


def _and_pages(call: Call) -> tuple[Part, ...]:
    page, pages, place = given(call, "p", "頁", "页"), given(call, "pp"), given(call, "loc")
    if page is not None:
        return (", p. ", page)
    if pages is not None:
        return (", pp. ", pages)
    return (", ", place) if place is not None else ()


def short_names(call: Call) -> tuple[Part, ...]:
    """Return the authors of a short citation: A, A & B, A, B & C."""
    names, _ = _names_and_year(call)
    groups = [(name,) for name in names]
    if len(groups) < 2:
        return listed("", groups)
    return (*listed(", ", groups[:-1]), " & ", *groups[-1])


def short(call: Call) -> Sequence[Part]:
    """Leave authors, year and page, as ``{{harvnb}}`` does in a sentence or in a note."""
    _, year = _names_and_year(call)
    return (*listed(" ", [short_names(call), sequence(year)]), *_and_pages(call))


def short_in_brackets(call: Call) -> Sequence[Part]:
    """Leave the same in brackets."""
    words = short(call)
    return ("(", *words, ")") if words else ()


def short_in_text(call: Call) -> Sequence[Part]:
    """Leave the authors, and the year and page in brackets."""
    _, year = _names_and_year(call)
    if year is None:
        return short(call)
    return (*listed("", [short_names(call)]), " (", year, *_and_pages(call), ")")


def short_key(call: Call) -> str:
    """Return the name under which short citations of the same place are one note."""
    values = [written(call, item) for item in positional(call)]
    values += [call.value("y", "year"), call.value("p", "pp", "頁", "页"), call.value("loc")]
    return "FOOTNOTE" + "".join(values)


__all__ = [
    "footnote",
    "note_list",
    "note_marks",
    "short",
    "short_in_brackets",
    "short_in_text",
    "short_note",
]
