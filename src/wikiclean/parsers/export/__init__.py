"""
The parser of the Markdown export that pandoc pipelines leave of a wiki page.

``page`` is the way through; ``blocks`` reads lines, ``inline`` what stands in them, ``tables``,
``notes``, ``destinations`` and ``wrapping`` what their names say.
"""

from wikiclean.parsers.export.page import parse

__all__ = ["parse"]
