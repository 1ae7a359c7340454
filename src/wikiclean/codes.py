"""
The codes of diagnostics: what each means, and how serious it is.

One table, so that a message is worded once and the documentation can be made from it. ``info`` is
a reading or a repair that loses nothing a reader would miss; ``warning`` is text that was lost in
the source, or that we could not read for certain; ``error`` is a defect of the page or of ours.
Which codes are repairs stands in a second table, and what a caller can do about a code in a third:
few codes have such a switch.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple

from wikiclean.document import UNACCOUNTED, Severity


class Code(NamedTuple):
    """What a code stands for."""

    severity: Severity
    message: str
    """One sentence; a diagnostic may word it more closely."""


CODES: Final = MappingProxyType(
    {
        # Inferences
        "title_inferred": Code("info", "The title was taken from the first bold words."),
        "header_lifted": Code("info", "The line that names the source page was taken out."),
        "footnote_list_lifted": Code("info", "The list at the end was read as the footnotes."),
        "footnote_mismatch": Code(
            "warning", "The note marks and the list at the end do not fit each other."
        ),
        "footnote_definition_empty": Code("warning", "The footnote's text is empty in the source."),
        "footnote_definition_missing": Code("warning", "The source has no text for the footnote."),
        "section_empty": Code("info", "Nothing stands under this heading."),
        "indent_block": Code("info", "An item without a first line was read as indented text."),
        "possible_rowspan": Code(
            "warning", "Rows of the table end early; cells may stand under the wrong heading."
        ),
        "table_rebuilt": Code(
            "info", "The markup of a table stood in the text; its cells were put together."
        ),
        "cell_attributes_removed": Code("info", "Attributes of a cell stood in its text."),
        # Labels
        "label_overflow": Code("info", "The label had swallowed text that stands behind the link."),
        "label_overflow_suspected": Code(
            "info", "The label may have swallowed text that stands behind the link."
        ),
        "file_label_overflow": Code(
            "info", "The label of a file had swallowed the text behind it."
        ),
        "empty_label": Code("info", "The link has no label, so nothing of it stands in the text."),
        "marker_suffix_removed": Code("info", "A mark of the converter was taken off a label."),
        # Husks of templates that are gone
        "empty_parens_removed": Code("info", "Brackets were left empty by a dropped template."),
        "empty_quotes": Code("warning", "Quotation marks were left empty by a dropped template."),
        "husk_removed": Code("info", "Punctuation was left over by a dropped template."),
        "space_before_punct": Code("info", "A space before punctuation was removed."),
        "empty_list_item": Code("info", "The item is empty; it was a template."),
        "empty_table": Code("info", "Every cell of the table is empty."),
        "empty_block": Code("info", "The block has markup and no text."),
        # What is not text
        "template_removed": Code("warning", "A template was left in the source."),
        "stray_braces": Code("warning", "Braces have no partner."),
        "stray_brackets": Code("warning", "Brackets have no partner."),
        "caption_tail": Code("info", "The rest of an image's caption stood in the text."),
        "gallery_lifted": Code("info", "A gallery was taken out of the text."),
        "conversion_group_not_applied": Code(
            "info", "The rules of this group stand on the wiki, so they were not applied."
        ),
        "variant_resolved": Code("info", "Of several wordings one was chosen."),
        "html_tag_removed": Code("info", "An HTML tag was removed; its content stands."),
        "comment": Code("info", "A comment was removed."),
        "end_list_comment": Code("info", "A comment that parts two lists was removed."),
        "behavior_switch": Code("info", "A switch for the wiki's software was removed."),
        "references_placeholder": Code("info", "The place of the list of footnotes."),
        "stray_punctuation": Code(
            "info", "Punctuation stood alone behind a table and was removed."
        ),
        "rule_removed": Code("info", "A horizontal line was removed."),
        "empty_bold": Code("info", "Emphasis marks with nothing between them were removed."),
        "unpaired_emphasis": Code(
            "warning", "Emphasis marks have no partner, or cross another construct."
        ),
        # Wikitext: what leaves no text
        "template_dropped": Code("info", "No handler knows this template."),
        "tag_dropped": Code("info", "A tag of an extension leaves no text."),
        "transclusion_tag": Code("info", "Markup for pages that include this one."),
        "argument": Code("info", "An argument of a template stands on a page that has none."),
        "hidden": Code("info", "The page does not show this."),
        "nowiki": Code("info", "A tag was removed that leaves its content as it is."),
        "stray_tag": Code("info", "An HTML tag has no partner."),
        "inner_block": Code("info", "Markup of a line within another block was removed."),
        "gallery": Code("info", "Markup of a gallery was removed."),
        "redirect": Code("info", "The page redirects to another."),
        "variant_text": Code("info", "Braces of the language converter were removed."),
        "note_mark": Code("info", "The mark of a footnote stands in a value or a caption."),
        "note_twice": Code("warning", "A footnote of this name has a text already."),
        "empty_note": Code("warning", "A footnote has neither text nor name."),
        "too_deep": Code("warning", "Constructs nest too deep to be read."),
        "source_truncated": Code("warning", "The end of the page was not read."),
        # What the caller chose
        "not_selected": Code("info", "The caller chose a text without this."),
        "notes_shown": Code("info", "The footnotes stand in the text, as the caller chose."),
        # The input
        "page_failed": Code("error", "The page could not be read."),
        "lone_surrogate": Code(
            "warning", "Half a surrogate pair was replaced by U+FFFD; the file is damaged."
        ),
        UNACCOUNTED: Code("error", "These characters are in no record; please report the page."),
    }
)
"""Code → severity and message."""

REPAIRS: Final = frozenset(
    {
        "caption_tail",
        "empty_parens_removed",
        "file_label_overflow",
        "husk_removed",
        "label_overflow",
        "lone_surrogate",
        "marker_suffix_removed",
        "space_before_punct",
        "table_rebuilt",
    }
)
"""Codes that say that damage in the text was mended; where one changed nothing, it is a remark."""


class Switch(NamedTuple):
    """An option by which a caller gets another outcome than the one that a code reports."""

    call: str
    """The option in Python."""
    flag: str
    """The same on the command line; empty where there is none."""
    effect: str
    """What it does, as one sentence."""
    codes: tuple[str, ...]
    """The codes that it changes or does away with."""


SWITCHES: Final = MappingProxyType(
    {
        "passes": Switch(
            "parse(…, passes=())",
            "--passes none",
            "Nothing is repaired: the text stays as the source has it, and nobody looks for husks.",
            (
                "label_overflow",
                "label_overflow_suspected",
                "empty_parens_removed",
                "empty_quotes",
                "husk_removed",
                "space_before_punct",
            ),
        ),
        "labels": Switch(
            'parse(…, labels="none")',
            "--labels none",
            "No label is cut, and `likely` cuts those that are guesses too; the guess is recorded "
            "whichever it is.",
            ("label_overflow",),
        ),
        "title": Switch(
            'parse(…, title="…")',
            "--title",
            "The title is the one given, and none is looked for.",
            ("title_inferred",),
        ),
        "templates": Switch(
            'parse(…, templates={"…": handler})',
            "",
            "A handler says what stands in the place of the template.",
            ("template_dropped",),
        ),
        "variant": Switch(
            'parse(…, variant="…")',
            "--variant",
            "The wording is that of the variant.",
            ("variant_resolved",),
        ),
        "limits": Switch(
            "parse(…, limits=Limits(…))",
            "",
            "More of the page is read, or less.",
            ("source_truncated",),
        ),
        "select": Switch(
            "document.select(…)",
            "--tables, --captions, --math, --footnotes",
            "The code says that you chose; without a choice it does not appear.",
            ("not_selected", "notes_shown"),
        ),
    }
)
"""Name → what it does. A code that no switch names is part of the reading and cannot be turned
off."""
