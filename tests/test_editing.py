"""The one place where text changes: whatever the edits, the laws of a Document hold after them."""

# ruff: noqa: FBT003 - records are written out as they are declared.

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents, inline_spans, laminar

import wikiclean
from wikiclean.document import (
    UNACCOUNTED,
    Anchor,
    Block,
    Diagnostic,
    Document,
    Footnote,
    Link,
    Runs,
    Span,
)
from wikiclean.editing import Change, Edit, edit


def named(document: Document, start: int, end: int, replacement: str) -> Edit:
    """Return an edit that says what it takes away."""
    source = document.source_of(Span(start, end))
    text = document.text[start:end]
    return Edit(
        Span(start, end), replacement, Diagnostic("t", "info", "", source, start, text, replacement)
    )


@st.composite
def edited(draw: Any) -> tuple[Document, list[Edit]]:  # noqa: ANN401 - Hypothesis's own
    """Return a Document and edits of it that do not overlap."""
    document = draw(documents())
    points = sorted(draw(st.lists(st.integers(0, len(document.text)), max_size=8)))
    edits = []
    for start, end in zip(points[::2], points[1::2], strict=False):
        replacement = draw(st.sampled_from(["", "x", "文字", "😀\n"]))
        edits.append(named(document, start, end, replacement))
    return document, edits


@given(edited())
def test_laws_after_edits(pair: tuple[Document, list[Edit]]) -> None:
    """Labels mirror the text, runs stand in order, the account tiles, and JSON takes it."""
    document, edits = pair
    after = edit(document, edits)
    expected, at = "", 0
    for one in edits:
        expected += document.text[at : one.span.start] + one.replacement
        at = one.span.end
    assert after.text == expected + document.text[at:]
    for link in after.links:
        assert link.label == after.text[link.span.start : link.span.end]
    reached = 0
    for run in after.runs:
        assert reached <= run.text_start <= run.text_end <= len(after.text)
        reached = run.text_end
        if run.verbatim:
            assert (
                after.text[run.text_start : run.text_end]
                == after.source[run.source_start : run.source_end]
            )
    reached = 0
    for row in after.accounting():
        assert row.source_span.start == reached
        reached = row.source_span.end
        assert getattr(row.record, "code", "") != UNACCOUNTED
    assert reached == len(after.source)
    assert Document.from_dict(after.to_dict()) == after


@given(edited())
def test_records_nest_after_edits(pair: tuple[Document, list[Edit]]) -> None:
    """Blocks and inline records still nest."""
    document, edits = pair
    after = edit(document, edits)
    assert laminar([b.span for b in after.blocks if b.span.start < b.span.end])
    assert laminar(inline_spans(after))


@given(documents())
def test_no_edits_no_change(document: Document) -> None:
    """Without anything to do, the Document itself comes back."""
    assert edit(document, []) is document


@given(documents(), st.data())
def test_an_insertion_extends_no_record_at_its_border(
    document: Document, data: st.DataObject
) -> None:
    """What ends or starts where something is inserted has the text it had."""
    at = data.draw(st.integers(0, len(document.text)))
    after = edit(document, [Edit(Span(at, at), "＋"), Edit(Span(at, at), "－")])
    assert after.text == document.text[:at] + "＋－" + document.text[at:]
    for old, new in zip(
        (*document.blocks, *document.links, *document.styles),
        (*after.blocks, *after.links, *after.styles),
        strict=True,
    ):
        text = document.text[old.span.start : old.span.end]
        if old.span.start < at < old.span.end:
            text = text[: at - old.span.start] + "＋－" + text[at - old.span.start :]
        assert after.text[new.span.start : new.span.end] == text


def simple(**fields: Any) -> Document:  # noqa: ANN401 - fields of a Document
    """Return a Document over ten letters, each its own source."""
    text = "0123456789"
    runs = Runs([0, 10, 0, 10, 1])
    return Document(text, text, "wikitext", "zhwiki", runs=runs, extent=Span(0, 10), **fields)


def link(start: int, end: int) -> Link:
    """Return a link over part of the ten letters."""
    span = Span(start, end)
    return Link("0123456789"[start:end], "T", "", "article", "wikitext", span, span)


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ((4, 6), (0, 2, ""), (2, 4)),
        ((4, 6), (8, 9, "xx"), (4, 6)),
        ((4, 6), (3, 5, "xx"), (3, 6)),
        ((4, 6), (5, 8, "xx"), (4, 7)),
        ((4, 6), (3, 8, "xx"), (3, 5)),
        ((4, 6), (4, 6, "xxx"), (4, 7)),
        ((4, 6), (4, 4, "xx"), (6, 8)),
        ((4, 6), (6, 6, "xx"), (4, 6)),
        ((4, 4), (3, 5, "xx"), (5, 5)),
        ((4, 4), (4, 4, "xx"), (4, 4)),
    ],
)
def test_where_a_record_goes(
    before: tuple[int, int], change: tuple[int, int, str], after: tuple[int, int]
) -> None:
    """A start within an edit goes to its start, an end to its end; an empty record stays empty."""
    document = simple(links=(link(*before),))
    moved = edit(document, [named(document, *change)])
    assert moved.links[0].span == Span(*after)
    assert moved.links[0].label == moved.text[slice(*after)]


def test_neighbours_that_share_an_edit_do_not_overlap() -> None:
    """Two links whose border is within an edit: the first has the replacement."""
    document = simple(links=(link(0, 3), link(3, 6)))
    moved = edit(document, [named(document, 2, 4, "xyz")])
    assert [one.label for one in moved.links] == ["01xyz", "45"]


def test_anchors_and_offsets_move() -> None:
    """An anchor stays before what is inserted at it and moves with what is inserted earlier."""
    note = Footnote(1, "", "", "", False, (Anchor(4, Span(4, 4)),))
    document = simple(footnotes=(note,), breaks=(4, 8))
    moved = edit(document, [Edit(Span(4, 4), "xx"), Edit(Span(1, 1), "y")])
    assert moved.footnotes[0].anchors[0].offset == 5
    assert moved.breaks == (5, 11)


def test_changes() -> None:
    """A record changes and the text stays; one that is not there is an error."""
    old, new = link(0, 4), link(0, 2)
    document = simple(links=(old,))
    assert edit(document, [Change(old, new)]).links == (new,)
    with pytest.raises(ValueError, match="not in the document"):
        edit(document, [Change(link(0, 4), new)])


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(Span(0, 3), "a"), Edit(Span(2, 4), "b")],
        [Edit(Span(0, 11), "a")],
        [Edit(Span(3, 2), "a")],
        [Edit(Span(0, 1))],
    ],
)
def test_bad_edits(edits: list[Edit]) -> None:
    """Edits that overlap, leave the text, or take text away in silence are errors."""
    with pytest.raises(ValueError, match="edit at"):
        edit(simple(blocks=(Block("paragraph", Span(0, 10), Span(0, 10)),)), edits)


def test_what_leaves_the_text_is_named() -> None:
    """A replacement that lacks what it replaces needs a diagnostic, or is a respelling."""
    document = wikiclean.parse("甲乙丙丁", dialect="wikitext")
    for replacement in ("", "x", "甲乙"):
        with pytest.raises(ValueError, match="takes text away and has no diagnostic"):
            edit(document, [Edit(Span(0, 3), replacement)])
    assert edit(document, [Edit(Span(0, 3), "（甲乙丙）")]).text == "（甲乙丙）丁"
    assert edit(document, [Edit(Span(0, 1), "乾", respelling=True)]).text == "乾乙丙丁"
    assert edit(document, [named(document, 0, 3, "x")]).diagnostics[-1].dropped == "甲乙丙"
