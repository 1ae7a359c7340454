"""
The parser of the Markdown export that pandoc pipelines leave of a wiki page.

``page`` is the way through; ``blocks`` reads lines, ``plain`` and ``inline`` what stands in them
(the first what needs no pairing, the second what ``scan`` has paired), ``tables``, ``notes``,
``destinations`` and ``wrapping`` what their names say. ``markup`` holds the patterns that they
share, ``context`` what they know of the page.
"""

from wikiclean.parsers.export.page import parse

__all__ = ["parse"]
