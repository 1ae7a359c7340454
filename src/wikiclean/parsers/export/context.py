"""
What is known of a page of the export while its blocks are read, one by one.

Here live what was learned of the whole page beforehand, and the notes, marks and torn pieces that
are met on the way.
"""

from __future__ import annotations

import re

from wikiclean.document import Anchor, Span
from wikiclean.parsers.export.blocks import RawBlock, RawKind
from wikiclean.parsers.export.destinations import Destinations
from wikiclean.parsers.export.markup import is_tex
from wikiclean.parsers.export.notes import Places
from wikiclean.parsers.export.wrapping import Wraps
from wikiclean.parsers.writer import Writer

_tag_note = re.compile(r"\{\{\\?#tag:ref\s*+\|\s*+", re.IGNORECASE)
"""A note that wikitext makes of a parser function, which pandoc left as it was."""
_note_name = re.compile(r"\|\s*+name\s*+=\s*+([^|{}<>]{1,200}?)\s*+(?=\||\}\})", re.IGNORECASE)
_bar_or_hidden = re.compile(
    r"""(?x) (?P<bar>\|) | \{\{ | \\\((?:[^\\]|\\[^()])*+\\\)
    | (?<!\\)\[(?:[^\[\]\\]|\\.)*+\]\("""
)
"""The bar that ends the text of such a note, or what may hide one: braces, formulas and labels."""
_formula = re.compile(r"\\\([^\\\n]{0,100}\\?[A-Za-z^_][^\n]{0,100}?\\\)")


class Context:
    """What the blocks of one page have in common."""

    def __init__(
        self,
        source: str,
        destinations: Destinations,
        *,
        notes: dict[int, int],
        links_to_notes: dict[int, tuple[str, int]],
        braces: dict[int, int],
        rules: dict[int, int],
        variant: str,
        wraps: Wraps,
        max_depth: int,
        dollars: bool,
    ) -> None:
        """
        Take what was learned of the whole page.

        Args:
            source: The page.
            destinations: Reads what stands in the round brackets of links.
            notes: Source offset of each note mark → its number.
            links_to_notes: Source offset of each mark in HTML → the note's name, and where it ends.
            braces: Source offset of each ``{{`` → offset behind its ``}}``.
            rules: The same for ``-{`` and ``}-``.
            variant: What rules choose.
            wraps: Which line ends inside a block stand for a space.
            max_depth: How deep captions and rules stand in each other.
            dollars: Whether ``$`` delimits formulas.
        """
        self.source = source
        self.destinations = destinations
        self.notes = notes
        self.links_to_notes = links_to_notes
        self.braces = braces
        self.rules = rules
        self.variant = variant
        self.wraps = wraps
        self.max_depth = max_depth
        self.dollars = dollars
        self.hidden: dict[int, int] = {}
        """Source offset of each comment that cells of HTML were taken from → where it ends."""
        self.owner = ""
        """Path of the nested Document that is being read; empty for the page's own text."""
        self.anchors: dict[tuple[str, int], list[Anchor]] = {}
        """(group, number) → where the note is referred to."""
        self.places: dict[str, Places] = {}
        """Path of a nested Document that is read → where marks stand in it."""
        self.met = 0
        """How many note marks were met."""
        self.named: dict[str, int] = {}
        """Number of each note with a name, in order of first use."""
        self.tag_notes: list[RawBlock] = []
        """The text of each note that a parser function makes, as far as they were met."""
        self.note_depth = 0
        """In how many of those the text stands that is being read."""
        self.torn_files: dict[int, tuple[int, int, str]] = {}
        """Source offset of each file of wikitext that pandoc tore to pieces → where its name and
        where it ends, and the name."""
        self.torn = False
        """Whether an infobox began that has no end, and no text stands behind it yet."""
        self.commented = False
        """Whether a comment began that pandoc wrote as text, and has not ended."""
        self._has_formulas: bool | None = None
        """Whether there is a formula on the page that is more than a number."""
        self.externals = 0
        """How many external links without a label were met."""

    def refer(self, writer: Writer, key: tuple[str, int], start: int, end: int) -> None:
        """Record that the mark ``source[start:end]`` of a note stands where *writer* is."""
        anchor = Anchor(writer.mark_position, Span(start, end), self.owner)
        self.anchors.setdefault(key, []).append(anchor)
        self.met += 1

    def read_tag_note(self, writer: Writer, start: int, end: int, *, html: bool) -> bool:
        """Read ``source[start:end]`` as a note, if it is the parser function that makes one."""
        source = self.source
        m = _tag_note.match(source, start, end)
        if m is None or self.note_depth >= self.max_depth or not source.startswith("}}", end - 2):
            return False
        first = at = m.end()
        while (bar := _bar_or_hidden.search(source, at, end - 2)) and not bar["bar"]:
            at = max(self.braces.get(bar.start(), 0), bar.end())
        last = bar.start() if bar else end - 2
        given = _note_name.search(source, last, end)
        name = given[1].strip("\"'") if given else f"#tag:ref {start}"
        while last > first and source[last - 1].isspace():
            last -= 1
        if last > first:
            kind: RawKind = "html_note" if html else "note" if given else "paragraph"
            block = RawBlock(kind, first, last, [(first, last)], info=name)
            block.number = self.note_depth + 1
            self.tag_notes.append(block)
        elif given is None:
            return False
        self.refer(writer, ("", self.number(name)), start, end)
        return True

    def is_formula(self, value: str) -> bool:
        """Whether what stands in escaped round brackets is one; a number is, beside others."""
        if is_tex(value):
            return True
        if self._has_formulas is None:
            self._has_formulas = _formula.search(self.source) is not None
        return self._has_formulas and value.strip().isdigit()

    def number(self, name: str) -> int:
        """Return the number of a note with a name; those with numbers come first."""
        return self.named.setdefault(name, len(self.notes) + len(self.named) + 1)
