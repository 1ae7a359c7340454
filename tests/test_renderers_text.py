"""Other choices of the text: each is a Document that keeps the laws."""

# ruff: noqa: FBT003 - records are written out as they are declared.

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents, laminar

import wikiclean
from wikiclean.document import (
    UNACCOUNTED,
    Anchor,
    Block,
    Cell,
    Document,
    Footnote,
    Math,
    Runs,
    Span,
    Table,
)
from wikiclean.errors import UnknownFormatError
from wikiclean.renderers.text import NOT_SELECTED

choices = st.fixed_dictionaries(
    {},
    optional={
        "tables": st.sampled_from(["text", "markdown", "drop"]),
        "captions": st.booleans(),
        "math": st.sampled_from(["tex", "drop"]),
        "footnotes": st.sampled_from(["drop", "inline", "end"]),
    },
)


def page(text: str, **fields: Any) -> Document:  # noqa: ANN401 - fields of a Document
    """Return a Document whose source is its text."""
    runs = Runs([0, len(text), 0, len(text), 1])
    extent = Span(0, len(text))
    return Document(text, text, "wikitext", "zhwiki", runs=runs, extent=extent, **fields)


def block(text: str, part: str, kind: Any = "paragraph", **fields: Any) -> Block:  # noqa: ANN401
    """Return the block that *part* is."""
    start = text.index(part)
    return Block(kind, Span(start, start + len(part)), Span(start, start + len(part)), **fields)


@given(documents(), choices)
def test_laws_hold(document: Document, chosen: dict[str, Any]) -> None:
    """Whatever is chosen: labels, nesting, and an account without gap, overlap or secret."""
    selected = document.select(**chosen)
    for link in selected.links:
        assert link.label == selected.text[link.span.start : link.span.end]
    assert laminar([b.span for b in selected.blocks])
    assert selected.text == selected.text.strip()
    reached = 0
    for row in selected.accounting():
        assert row.source_span.start == reached
        reached = row.source_span.end
        assert getattr(row.record, "code", "") != UNACCOUNTED
    assert reached == len(selected.source)
    assert Document.from_dict(selected.to_dict()) == selected


@given(documents(), choices)
def test_selecting_twice_is_selecting_once(document: Document, chosen: dict[str, Any]) -> None:
    """What is already so stays as it is."""
    once = document.select(**chosen)
    assert once.select(**chosen) == once


@given(documents())
def test_default_changes_nothing(document: Document) -> None:
    """The text as it was read is the default choice."""
    assert document.select() is document


@given(documents())
def test_dropped_tables_are_named(document: Document) -> None:
    """A table's characters belong to one diagnostic, and nothing that stood in it is left."""
    selected = document.select(tables="drop")
    filled = [t for t in document.tables if t.span.start < t.span.end]
    named = [d for d in selected.diagnostics if d.code == NOT_SELECTED]
    assert len(named) == len(filled)
    assert not [b for b in selected.blocks if b.kind == "cell"]
    for table, one in zip(filled, named, strict=True):
        assert one.source_span == table.source_span
        assert one.dropped == document.text[table.span.start : table.span.end]
    expected = Counter("".join(document.text.split()))
    expected.subtract("".join("".join(d.dropped.split()) for d in named))
    assert Counter("".join(selected.text.split())) == +expected


@given(documents())
def test_cells_of_pipe_tables_are_exact(document: Document) -> None:
    """A cell's span has its text, with pipes escaped and line breaks written out."""
    selected = document.select(tables="markdown")
    for before, after in zip(document.tables, selected.tables, strict=True):
        for old, new in zip(before.cells, after.cells, strict=True):
            text = document.text[old.span.start : old.span.end]
            text = text.replace("\n", "<br>").replace("\t", " ").replace("|", "\\|")
            # What is inserted at the start of a cell stands before it.
            expected = text[text.startswith("\\|") and document.text[old.span.start] == "|" :]
            assert selected.text[new.span.start : new.span.end] == expected
        if any(c.span.start < c.span.end for c in before.cells):
            lines = selected.text[after.span.start : after.span.end].split("\n")
            body = [line for line in lines if line.startswith("|") and line.endswith("|")]
            assert len(body) >= before.rows


def test_table_between_paragraphs() -> None:
    """Where a table goes, one blank line is left."""
    text = "前\n\n甲\t乙\n丙\t|\n\n後"
    cells = tuple(
        Cell(i // 2, i % 2, 1, 1, i < 2, Span(s, s + 1), Span(s, s + 1))
        for i, s in enumerate((3, 5, 7, 9))
    )
    table = Table(Span(3, 10), Span(3, 10), 2, 2, 1, None, cells)
    blocks = (
        block(text, "前"),
        *(Block("cell", c.span, c.source_span, marker="|") for c in cells),
        block(text, "後"),
    )
    document = page(text, blocks=blocks, tables=(table,))
    assert document.select(tables="drop").text == "前\n\n後"
    piped = document.select(tables="markdown")
    assert piped.text == "前\n\n| 甲 | 乙 |\n| --- | --- |\n| 丙 | \\| |\n\n後"
    assert piped.grid(piped.tables[0]) == [["甲", "乙"], ["丙", "|"]]


def test_math_alone_in_its_block_takes_the_block_along() -> None:
    """A paragraph that is only a formula goes; in a sentence one of two spaces goes."""
    text = "x\n\nlet y be"
    math = (
        Math("x", True, Span(0, 1), Span(0, 1)),
        Math("y", False, Span(7, 8), Span(7, 8)),
    )
    document = page(text, blocks=(block(text, "x"), block(text, "let y be")), math=math)
    selected = document.select(math="drop")
    assert selected.text == "let be"
    assert [m.tex for m in selected.math] == ["x", "y"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("甲<math>x</math>", "甲"),
        ("<math>x</math> 甲", "甲"),
        ("甲 <math>x</math> <math>y</math> 乙", "甲 乙"),
        ("甲<br><math>x</math><br>乙 <math>y</math><br>丙", "甲\n乙\n丙"),
        ("* 甲\n* <math>x</math>\n* 乙", "甲\n乙"),
        ("甲\n{|\n|<math>x</math>\n|}\n乙", "甲\n\n乙"),
        ("{|\n|甲||<math>x</math>||乙\n|}", "甲\t\t乙"),
        ("甲\n{|\n|<math>x</math>||乙||<math>y</math>\n|-\n|<math>z</math>\n|}", "甲\n\n\t乙"),
        ("{|\n|<math>x</math>||甲\n|-\n|<math>y</math>\n|-\n|乙\n|}", "甲\n乙"),
        ("{|\n|+<math>x</math>\n|甲\n|}", "甲"),
    ],
)
def test_where_formulas_go_the_layout_stays(source: str, text: str) -> None:
    """What is left is laid out as if the formulas had not been there."""
    document = wikiclean.parse(source, dialect="wikitext", passes=())
    assert document.select(math="drop").text == text


def test_a_caption_in_a_cell_takes_the_cell_along() -> None:
    """The cell is empty then, and no block; those beside it keep their columns."""
    source = "甲\n{|\n| [[File:a.jpg|thumb|乙]] || 丙\n|}"
    selected = wikiclean.parse(source, dialect="wikitext").select(captions=False)
    assert selected.text == "甲\n\n\t丙"
    assert selected.grid(selected.tables[0]) == [["", "丙"]]
    assert [block.kind for block in selected.blocks] == ["paragraph", "cell"]


def test_a_table_takes_its_first_empty_cells_along() -> None:
    """The tabs before its first text are a table's, in both dialects."""
    for dialect, source in (
        ("export", "甲\n\n|  | 乙 |\n| --- | --- |\n| 丙 | 丁 |\n\n戊"),
        ("wikitext", "甲\n{|\n! || 乙\n|-\n| 丙 || 丁\n|}\n戊"),
    ):
        document = wikiclean.parse(source, dialect=dialect)
        assert document.text == "甲\n\n\t乙\n丙\t丁\n\n戊"
        assert document.select(tables="drop").text == "甲\n\n戊"
        piped = "甲\n\n|  | 乙 |\n| --- | --- |\n| 丙 | 丁 |\n\n戊".replace("|  |", "| |")
        assert document.select(tables="markdown").text == piped


def notes(text: str, *offsets: int) -> tuple[Footnote, ...]:
    """Return a note with a text, used at each offset, and one without, used at the end."""
    used = tuple(Anchor(o, Span(o, o)) for o in offsets)
    last = (Anchor(len(text), Span(len(text), len(text))),)
    return (Footnote(1, "", "", "註\n文", True, used), Footnote(2, "", "註", "", False, last))


def test_notes_inline() -> None:
    """A note's text stands at its first mark, in the brackets of the script beside it."""
    text = "甲abc def"
    document = page(text, blocks=(block(text, text),), footnotes=notes(text, 4, 8))
    selected = document.select(footnotes="inline")
    assert selected.text == "甲abc(註 文) def"
    text = "甲乙"
    document = page(text, blocks=(block(text, text),), footnotes=notes(text, 1))
    assert document.select(footnotes="inline").text == "甲（註 文）乙"


def test_notes_at_the_end() -> None:
    """Marks are printed where they stand, in their block, and the notes are a list behind all."""
    text = "甲乙"
    document = page(text, blocks=(block(text, text),), footnotes=notes(text, 1))
    selected = document.select(footnotes="end")
    assert selected.text == "甲[1]乙[註 2]\n\n[1] 註 文\n[註 2]"
    spans = [selected.text[b.span.start : b.span.end] for b in selected.blocks]
    assert spans == ["甲[1]乙[註 2]", "[1] 註 文", "[註 2]"]


@pytest.mark.parametrize("chosen", [{"tables": "html"}, {"math": "x"}, {"footnotes": ""}])
def test_unknown_values(chosen: dict[str, Any]) -> None:
    """A value that is not known is refused, with those that are."""
    with pytest.raises(UnknownFormatError, match="drop"):
        page("").select(**chosen)


def test_a_table_in_a_cell_is_a_line_of_it() -> None:
    """Only the outermost table has pipes: a cell of Markdown holds no table."""
    source = "{|\n| a\n{|\n| b || c\n|}\n| d\n|}"
    document = wikiclean.parse(source, dialect="wikitext").select(tables="markdown")
    assert document.text == "| | |\n| --- | --- |\n| a<br>b c | d |"
