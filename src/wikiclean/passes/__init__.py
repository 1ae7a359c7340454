"""
Repairs: functions that look at a Document and say what is to change.

``DEFAULT`` is the list that ``parse`` applies, in its order. A pass never changes a Document
itself; ``apply`` hands what it says to ``editing``. Reading is the parsers' work, not a pass's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

import attrs

from wikiclean.document import Document, Field, Footnote, Infobox, Media
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
    if not (document.footnotes or document.media or document.infoboxes):
        return document
    new: dict[str, Document] = {}
    shifts: dict[str, Callable[[int], int]] = {}
    for path, inner in document.nested():
        changed, shift = _apply_one(inner, one, options)
        if changed is not inner:
            new[path] = changed
            shifts[path] = shift
    if not new:
        return document

    def footnote(index: int, old: Footnote) -> Footnote:
        anchors = tuple(
            attrs.evolve(a, offset=shifts[a.owner](a.offset)) if a.owner in shifts else a
            for a in old.anchors
        )
        body = new.get(f"footnotes/{index}")
        if body is None:
            return attrs.evolve(old, anchors=anchors) if anchors != old.anchors else old
        return attrs.evolve(old, anchors=anchors, body=body, text=body.text)

    def media(index: int, old: Media) -> Media:
        caption = new.get(f"media/{index}")
        return old if caption is None else attrs.evolve(old, caption=caption)

    def infobox(index: int, old: Infobox) -> Infobox:
        fields = tuple(
            Field(f.key, new.get(f"infoboxes/{index}/{j}", f.body))
            for j, f in enumerate(old.fields)
        )
        return attrs.evolve(old, fields=fields)

    return attrs.evolve(
        document,
        footnotes=tuple(footnote(i, f) for i, f in enumerate(document.footnotes)),
        media=tuple(media(i, m) for i, m in enumerate(document.media)),
        infoboxes=tuple(infobox(i, b) for i, b in enumerate(document.infoboxes)),
    )
