"""
Repairs: functions that look at a Document and say what is to change.

``DEFAULT`` is the list that ``parse`` applies, in its order. A pass never changes a Document
itself; ``apply`` hands what it says to ``editing``. Reading is the parsers' work, not a pass's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from wikiclean.document import Document
from wikiclean.editing import Action, edit_and_shift, edit_nested
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
        if one is link_trail and document.dialect != "export":
            continue  # It has nothing to say, and to ask it of each note costs 3 % of a run.
        document = _apply_one(document, one, options, {})[0]
    return document


def _apply_one(
    document: Document, one: Pass, options: Options, shifts: dict[str, Callable[[int], int]]
) -> tuple[Document, Callable[[int], int]]:
    document = _apply_nested(document, one, options, shifts)
    return edit_and_shift(document, one(document, options))


def _apply_nested(
    document: Document, one: Pass, options: Options, shifts: dict[str, Callable[[int], int]]
) -> Document:
    """
    Apply a pass to the Documents inside, and move the anchors that stand in them.

    All notes are the page's, so *shifts* gets by path what moved in Documents of any depth.
    """

    def applied(inner: Document, path: str) -> Document:
        below: dict[str, Callable[[int], int]] = {}
        changed, shift = _apply_one(inner, one, options, below)
        if changed is not inner:
            shifts[path] = shift
        shifts.update({f"{path}/{name}": moved for name, moved in below.items()})
        return changed

    return edit_nested(document, applied, shifts)
