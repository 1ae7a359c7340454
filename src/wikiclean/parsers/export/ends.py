"""
Where constructs of the export end: an end that does not come is looked for once.

Here lives what keeps the search for ends linear, for lines, tokens and HTML alike. Which end a
construct has is said by those who read it.
"""

from __future__ import annotations


class Ends:
    """Finds ends in a stretch of the source, and remembers those that do not come any more."""

    def __init__(self, source: str, end: int) -> None:
        """Take the source up to *end*; each search begins behind the one before."""
        self.source = source
        self.end = end
        self.absent: set[str] = set()

    def find(self, last: str, start: int) -> int:
        """Return where *last* stands from *start* on; -1 if it does not, nor further on."""
        close = -1 if last in self.absent else self.source.find(last, start, self.end)
        if close < 0:
            self.absent.add(last)
        return close
