"""Passes: what they may do, in which order, and how well the labels are recovered."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wikiclean
from wikiclean.document import Diagnostic, Document, Span
from wikiclean.editing import Action, Edit
from wikiclean.passes import DEFAULT, apply
from wikiclean.passes.husks import husks
from wikiclean.passes.link_trail import EXPORTED_FORMS, link_trail, recover_label
from wikiclean.passes.options import Options
from wikiclean.site import Site

PAGE = '**甲**（）是[乙地的](../Page/乙地.md "wikilink")丙（，）\\[1\\]。\n\n1.  註（）釋\n'


def test_default_order() -> None:
    """Labels come first: a husk that was removed may not hide where a label ended."""
    assert (link_trail, husks) == DEFAULT


def test_no_passes_is_no_repairs() -> None:
    """Without passes the reading is the same and nothing is repaired, not in notes either."""
    bare = wikiclean.parse(PAGE, dialect="export", passes=())
    assert bare.text == "甲（）是乙地的丙（，）。"
    assert bare.links[0].label == "乙地的"
    assert bare.footnotes[0].text == "註（）釋"
    whole = wikiclean.parse(PAGE, dialect="export")
    assert whole.text == "甲是乙地的丙。"
    assert whole.links[0].label == "乙地"
    assert whole.footnotes[0].text == "註釋"
    assert apply(bare, DEFAULT, Options(Site.load("zhwiki"))) == whole


def test_own_pass() -> None:
    """A pass is a function of a Document and options, and is applied to notes before the page."""
    seen: list[str] = []

    def shout(document: Document, _: Options) -> Iterator[Action]:
        seen.append(document.text)
        at = len(document.text)
        yield Edit(Span(at, at), "!")

    document = wikiclean.parse("甲\\[1\\]\n\n1.  乙\n", dialect="export", passes=[shout])
    assert document.text == "甲!"
    assert document.footnotes[0].text == "乙!"
    assert seen == ["乙", "甲"]


def test_anchor_in_a_caption_moves_with_it() -> None:
    """A mark that stands in a nested Document follows the edits made there."""
    image = '[A.svg](https://zh.wikipedia.org/wiki/File:A.svg "fig:A.svg")'
    source = image + "（）甲\\[1\\]\\]\\]乙\n\n1.  丙\n"
    document = wikiclean.parse(source, dialect="export")
    caption = document.media[0].caption
    assert caption is not None
    assert caption.text == "甲"
    anchor = document.footnotes[0].anchors[0]
    assert (anchor.owner, anchor.offset) == ("media/0", 1)


def test_wikitext_has_no_trail_to_recover() -> None:
    """The pass leaves wikitext alone, whose labels are as their author wrote them."""
    document = wikiclean.parse("[[美國|美國和]]", dialect="wikitext")
    assert [link.label for link in document.links] == ["美國和"]


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("甲（{{x}}）乙（，{{x}}）丙（{{x}}，丁）戊", "甲乙丙（丁）戊"),
        ("甲{{x}} ，乙、{{x}}、丙（<!-- 丁 -->）", "甲，乙、丙"),
        (
            "小括號()、中括號[ ]；填空：（　）和（&nbsp;）",
            "小括號()、中括號[ ]；填空：（　）和（\xa0）",
        ),
        ("甲，，乙。、丙（，丁、）(;0w0) ，戊「」", "甲，，乙。、丙（，丁、）(;0w0) ，戊「」"),
        ("[[甲]] ，'''乙''' 。（[[丙]]、）", "甲 ，乙 。（丙、）"),
        ("甲（，{{x}}，，）乙（）{{x}}丙", "甲乙（）丙"),
        ("甲，；{{x}}。乙（，；{{x}}。丙）", "甲。乙（丙）"),
        ("However, {{x}}, there, , and f(1, , 2)", "However, there, , and f(1, , 2)"),
        ("甲（[[學名]]：{{x}}，英語：{{x}}）乙（學名：）", "甲乙（學名：）"),
    ],
)
def test_marks_that_an_author_wrote_side_by_side_stay(wikitext: str, text: str) -> None:
    """Wikitext shows where a template was, and only there is anything to mend."""
    document = wikiclean.parse(wikitext, dialect="wikitext", templates={})
    assert document.text == text


def test_a_repair_names_what_it_took() -> None:
    """What left the text is in a diagnostic, with where it was."""
    document = wikiclean.parse(PAGE, dialect="export")
    found = [d for d in document.diagnostics if d.code == "empty_parens_removed"]
    assert [(d.dropped, d.offset) for d in found] == [("（）", 1), ("（，）", 6)]
    assert [document.source[slice(*d.source_span)] for d in found] == ["（）", "（，）"]


words = st.text("美國和的中国ABCabcéé1２·- （）()あいアイ한국〇", max_size=12)


@given(words.filter(bool), words, words, st.text(max_size=1), st.lists(words, max_size=3))
def test_boundary(
    exported: str, target: str, fragment: str, following: str, others: list[str]
) -> None:
    """Whatever the label, its end lies in it, and only letters follow (I1, I2)."""
    boundary = recover_label(
        exported, target, fragment=fragment, following=following, others=sorted(others)
    )
    assert 0 < boundary.length <= len(exported)
    overflow = exported[boundary.length :]
    assert overflow == "" or overflow.isalpha()
    assert boundary.certainty in ("certain", "likely", "ambiguous")


@given(words.filter(bool), words.filter(lambda w: len(w) > 1))
def test_unpiped_links_are_certain(tail: str, target: str) -> None:
    """A label that begins with its target, letters behind, is cut there and certain (R1)."""
    trail = "".join(c for c in tail if c.isalpha())
    boundary = recover_label(target + trail, target)
    assert boundary.length == len(target)
    assert boundary.certainty == "certain"


def test_labels_of_the_truth_table(data_dir: Path) -> None:
    """
    Labels whose truth is known: every unpiped one, nearly every certain one, three of four guesses.

    ``benchmarks/labels.py`` prints the table.
    """
    text = (data_dir / "link_truth.tsv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    right: dict[str, list[bool]] = {"unpiped": [], "all": [], "certain": [], "overflow": []}
    for row in rows:
        target, _, fragment = row["target"].partition("#")
        boundary = recover_label(row["label_exported"], target, fragment=fragment)
        correct = row["label_exported"][: boundary.length] == row["true_label"]
        right["all"].append(correct)
        if row["piped"] == "n":
            right["unpiped"].append(correct)
        elif row["true_trailing"]:
            right["overflow"].append(correct)
        if boundary.certainty == "certain":
            right["certain"].append(correct)
    share = {name: sum(found) / len(found) for name, found in right.items()}
    assert share["unpiped"] == 1.0
    assert share["all"] >= 0.94
    assert share["certain"] >= 0.995
    assert share["overflow"] >= 0.75


def test_forms_with_a_trail() -> None:
    """External and bare links are none of pandoc's own."""
    assert not EXPORTED_FORMS & {"external", "bare", "wikitext", "template"}


def test_code_of_husks_is_reported_once() -> None:
    """Empty quotation marks stay, so they are reported when they are met first, and not again."""
    document = wikiclean.parse("CD「」與「」", dialect="export")
    again = apply(document, DEFAULT, Options(Site.load("zhwiki")))
    reports: list[Diagnostic] = [d for d in again.diagnostics if d.code == "empty_quotes"]
    assert [d.offset for d in reports] == [2, 5]


def test_a_husk_names_the_template_that_left_it() -> None:
    """The diagnostic says which handler would fill the hole."""
    source = "甲（{{某某|x}}，{{其他}}）是乙、{{某}}。「{{空}}」"
    document = wikiclean.parse(source, dialect="wikitext")
    assert document.text == "甲是乙。「」"
    assert [d.message for d in document.diagnostics if d.code != "template_dropped"] == [
        "Brackets were left empty by a dropped template: {{某某}}, {{其他}}.",
        "Punctuation was left over by a dropped template: {{某}}.",
        "Quotation marks were left empty by a dropped template: {{空}}.",
    ]
