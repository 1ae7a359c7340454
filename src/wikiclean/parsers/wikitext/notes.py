"""
The footnotes of a page while it is read: who is named what, who is used where.

Here definitions and uses are brought together as the extension Cite does; the bodies are read, and
the records made, when the page has been read through.

Source: MediaWiki 1.39 extensions/Cite, ``includes/ReferenceStack.php``.
"""

from __future__ import annotations

from wikiclean.document import Span
from wikiclean.parsers.wikitext.flow import Flow, Point
from wikiclean.templates import Handler


class Note:
    """A footnote in the making."""

    __slots__ = ("body", "depth", "group", "marks", "name", "number", "source_span", "words")

    def __init__(self, group: str, name: str) -> None:
        self.group = group
        self.name = name
        self.number = 0
        self.body: tuple[int, int] | None = None
        """Where its text stands in the source."""
        self.depth = 0
        """How many notes its text stands in."""
        self.words: Handler | None = None
        """What the call leaves there that its text is, if it is one."""
        self.source_span: Span | None = None
        """The definition, tags included."""
        self.marks: list[tuple[Flow, Point, Span]] = []
        """Whose text it is used in (the writer), where, and the mark in the source."""


class Notes:
    """All footnotes of a page."""

    def __init__(self) -> None:
        self.all: list[Note] = []
        """In the order of first use or definition."""
        self._named: dict[tuple[str, str], Note] = {}
        self._numbers: dict[str, int] = {}

    def note(self, group: str, name: str) -> Note:
        """Return the note of that name, or a new one; without a name it is always new."""
        found = self._named.get((group, name)) if name else None
        if found is None:
            found = Note(group, name)
            self.all.append(found)
            if name:
                self._named[group, name] = found
        return found

    def use(self, note: Note, writer: Flow, span: Span) -> None:
        """Add a place where a note is referred to; the first one numbers it."""
        if not note.number:
            number = self._numbers.get(note.group, 0) + 1
            self._numbers[note.group] = note.number = number
        note.marks.append((writer, writer.point(), span))
