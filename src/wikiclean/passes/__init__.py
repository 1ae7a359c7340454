"""
Repairs: functions that look at a Document and say what is to change.

``DEFAULT`` is the list that ``parse`` applies, in its order. A pass never changes a Document
itself; ``apply`` hands what it says to ``editing``. Reading is the parsers' work, not a pass's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

import attrs

from wikiclean.document import (
    Anchor,
    Document,
    Field,
    Footnote,
    Infobox,
    Media,
    as_it_is,
    evolve,
    with_records,
)
from wikiclean.editing import Action, edit_and_shift
from wikiclean.passes.husks import husks
from wikiclean.passes.link_trail import link_trail
from wikiclean.passes.options import Labels, Options

Pass: TypeAlias = Callable[[Document, Options], Iterable[Action]]
"""Takes a Document and the options of the call, returns edits and changes of that Document."""

DEFAULT: Final[tuple[Pass, ...]] = (link_trail, husks)
"""The passes that ``parse`` applies."""

LABELS: Final[tuple[Labels, ...]] = ("certain", "likely", "none")
"""The values of ``labels``, in the order of the documentation."""


def apply(document: Document, passes: Iterable[Pass], options: Options) -> Document:
    """
    Apply passes in order, to the Documents nested in *document* before *document* itself.

    Returns:
        The new Document, or *document* itself if no pass had anything to say.
    """
    for one in passes:
        document = _apply_one(document, one, options)[0]
    return document


def _apply_one(
    document: Document, one: Pass, options: Options
) -> tuple[Document, Callable[[int], int]]:
    document = _apply_nested(document, one, options)
    return edit_and_shift(document, one(document, options))


def _apply_nested(document: Document, one: Pass, options: Options) -> Document:
    """Apply a pass to the Documents inside, and move the anchors that stand in them."""
    shifts: dict[str, Callable[[int], int]] = {}

    def applied(inner: Document, path: str) -> Document:
        changed, shift = _apply_one(inner, one, options)
        if changed is not inner:
            shifts[path] = shift
        return changed

    def medium(index: int, old: Media) -> Media:
        if old.caption is None:
            return old
        caption = applied(old.caption, f"media/{index}")
        return old if caption is old.caption else attrs.evolve(old, caption=caption)

    def infobox(index: int, old: Infobox) -> Infobox:
        fields = [applied(f.body, f"infoboxes/{index}/{j}") for j, f in enumerate(old.fields)]
        if all(new is field.body for new, field in zip(fields, old.fields, strict=True)):
            return old
        new = (Field(f.key, body) for f, body in zip(old.fields, fields, strict=True))
        return attrs.evolve(old, fields=tuple(new))

    def anchor(old: Anchor) -> Anchor:
        shift = shifts.get(old.owner)
        return old if shift is None else attrs.evolve(old, offset=shift(old.offset))

    def noted(notes: tuple[Footnote, ...]) -> tuple[Footnote, ...]:
        bodies = [
            None if note.body is None else applied(note.body, f"footnotes/{i}")
            for i, note in enumerate(notes)
        ]
        if not shifts:
            return notes
        return tuple(
            note
            if body is note.body and shifts.keys().isdisjoint(a.owner for a in note.anchors)
            else attrs.evolve(
                note,
                anchors=tuple(map(anchor, note.anchors)),
                body=body,
                text=note.text if body is None else body.text,
            )
            for note, body in zip(notes, bodies, strict=True)
        )

    media = tuple(medium(i, old) for i, old in enumerate(document.media))
    infoboxes = tuple(infobox(i, old) for i, old in enumerate(document.infoboxes))
    changes = {"media": media, "infoboxes": infoboxes} if shifts else {}
    footnotes = with_records(document, "footnotes", noted)
    if footnotes is as_it_is(document, "footnotes") and not changes:
        return document
    return evolve(document, footnotes=footnotes, **changes)
