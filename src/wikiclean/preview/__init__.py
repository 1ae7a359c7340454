"""
The account of a page to look at: source beside text, and what became of every passage.

Here live the functions that people call, as ``wikiclean explain`` does. ``passages`` finds out
what belongs together, ``page`` and ``terminal`` show it. Nothing is parsed or repaired here.
"""

from __future__ import annotations

from wikiclean.preview.page import page
from wikiclean.preview.passages import KINDS, Explanation, Passage, explain
from wikiclean.preview.terminal import listing, report

__all__ = ["KINDS", "Explanation", "Passage", "explain", "listing", "page", "report"]
