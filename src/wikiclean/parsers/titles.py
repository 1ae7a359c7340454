"""
The title of a page that nobody names: the first bold words of its lead.

Both dialects infer it alike, once the page is written.
"""

from __future__ import annotations

from typing import Final

from wikiclean.codes import CODES
from wikiclean.document import Style
from wikiclean.parsers.writer import Writer

_OPENING: Final = '《「『“‘"（(【〈 \u3000'
"""What may stand before the bold words."""

_PAIRS: Final = {"《": "》", "「": "」", "『": "』", "“": "”", "‘": "’", '"': '"', "〈": "〉"}
"""What is taken off around them."""


def infer_title(writer: Writer) -> str | None:
    """
    Return the first bold run of the page if it opens the page's first paragraph, and report it.

    Nothing is inferred if emphasis before it was left empty (the title was in a template), or if
    words stand before it.
    """
    lead = next(writer.blocks_so_far(), None)
    if lead is None or lead.kind != "paragraph":
        return None
    bold: Style | None = None
    for style in writer.styles_so_far():
        if style.span.end > lead.span.end:
            break
        if style.kind == "bold" and (bold is None or style.span.start < bold.span.start):
            bold = style
    if bold is None or any(
        one.code == "empty_bold" and one.source_span.start < bold.source_span.start
        for one in writer.diagnostics
    ):
        return None
    text = writer.lead(bold.span.end)
    value = text[bold.span.start :].strip()
    if text[: bold.span.start].strip(_OPENING) or not value:
        return None
    while len(value) > 2 and _PAIRS.get(value[0]) == value[-1]:
        value = value[1:-1].strip()
    severity, message = CODES["title_inferred"]
    writer.diagnose(
        "title_inferred",
        message,
        *bold.source_span,
        severity=severity,
        certainty="likely",
        replacement=value,
        offset=bold.span.start,
    )
    return value
