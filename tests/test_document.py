"""The laws of a Document, on Documents built at random."""

from itertools import pairwise

import pytest
from hypothesis import given
from strategies import documents, inline_spans, laminar

import wikiclean
from wikiclean.document import UNACCOUNTED, Block, Document, Runs, Span
from wikiclean.parsers.writer import Writer


@given(documents())
def test_standoff(document: Document) -> None:
    """Every label is the text it spans, blocks nest, inline records nest."""
    for link in document.links:
        assert link.label == document.text[link.span.start : link.span.end]
    assert laminar([block.span for block in document.blocks])
    assert laminar(inline_spans(document))
    assert document.text == document.text.strip()


@given(documents())
def test_runs(document: Document) -> None:
    """Runs stand in text order, and verbatim ones are the source unchanged."""
    reached = 0
    for run in document.runs:
        assert reached <= run.text_start <= run.text_end <= len(document.text)
        reached = run.text_end
        if run.verbatim:
            expected = document.source[run.source_start : run.source_end]
            assert document.text[run.text_start : run.text_end] == expected


@given(documents())
def test_accounting_tiles(document: Document) -> None:
    """Each character of the source is accounted for exactly once, and by somebody."""
    reached = 0
    for row in document.accounting():
        assert row.source_span.start == reached < row.source_span.end
        reached = row.source_span.end
        assert (row.record is None) == (row.disposition in ("kept", "layout"))
        assert getattr(row.record, "code", "") != UNACCOUNTED
    assert reached == len(document.source)


@given(documents())
def test_positions(document: Document) -> None:
    """A character that was copied maps to the source and back to itself."""
    for run in document.runs:
        if run.verbatim:
            for i in range(run.text_end - run.text_start):
                assert document.to_source(run.text_start + i) == run.source_start + i
                assert document.to_text(run.source_start + i) == run.text_start + i


@given(documents())
def test_at(document: Document) -> None:
    """What stands at an offset is what spans it, outermost first."""
    for offset in range(len(document.text)):
        found = document.at(offset)
        blocks = [record for record in found if isinstance(record, Block)]
        assert blocks == sorted(
            (b for b in document.blocks if b.span.start <= offset < b.span.end),
            key=lambda b: (b.span.start, -b.span.end),
        )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("'''[[甲]]'''", ["paragraph", "bold", "article"]),
        ("[[甲|'''乙''']]", ["paragraph", "article", "bold"]),
        ("{|\n| 甲\n|}", ["table", "cell"]),
        ("{{lang|ja|[[甲]]}}", ["paragraph", "Lang", "article"]),
    ],
)
def test_records_of_one_text_stand_as_in_the_source(source: str, expected: list[str]) -> None:
    """Of records with the same text the source says which is further out."""
    found = wikiclean.parse(source, dialect="wikitext").at(0)
    names = [getattr(record, "kind", getattr(record, "name", "table")) for record in found]
    assert names == expected


@given(documents())
def test_sections_are_a_tree(document: Document) -> None:
    """Sections stand in order; a child is deeper and within its parent; the lead has no child."""
    sections = document.sections
    assert sections[0].title is None
    assert sections[0].level == 1
    for before, section in pairwise(sections):
        assert before.span.start <= section.span.start
    for section in sections[1:]:
        assert document.text[section.span.start :].startswith(section.title or "")
        assert section.body_span.end == section.span.end
        if section.parent is not None:
            parent = sections[section.parent]
            assert section.parent > 0
            assert parent.level < section.level
            assert parent.span.start <= section.span.start <= section.span.end <= parent.span.end


@given(documents())
def test_walk_finds_nested_records(document: Document) -> None:
    """The walk has each record of the page and of the Documents in it once."""
    walked = list(document.walk())
    nested = [record for _, inner in document.nested() for record in inner.walk()]
    assert walked == [*document.own_records(), *nested]


def test_runs_are_a_sequence() -> None:
    """Runs are asked for by number, from either end, as the pieces of a list are."""
    runs = Runs([0, 2, 0, 2, 1, 2, 3, 5, 9, 0])
    assert [runs[0], runs[1]] == [runs[-2], runs[-1]] == list(runs)
    for index in (2, -3):
        with pytest.raises(IndexError, match="there are 2"):
            runs[index]


def test_source_used_twice_counts_once() -> None:
    """Where two runs have one source, the first in the text has it, and the account still tiles."""
    document = Document(
        text="abab",
        source="ab",
        dialect="wikitext",
        site="zhwiki",
        runs=Runs([0, 2, 0, 2, 1, 2, 4, 0, 2, 1]),
        extent=Span(0, 2),
    )
    assert [row.text_span for row in document.accounting()] == [Span(0, 2)]
    assert document.to_text(1) == 1


def test_an_empty_first_block_of_a_cell_does_not_move_the_cell() -> None:
    """What parts a cell from the text before it stays when its first block comes out empty."""
    writer = Writer("a|*\n*b")
    first = writer.open_block("paragraph", 0)
    writer.text(0, 1)
    writer.close_block(first, 1)
    writer.part("\n\n")
    cell = writer.open_block("cell", 1, marker="|")
    writer.close_block(writer.open_block("item", 2, level=1, marker="*"), 3)
    writer.part("\n")
    item = writer.open_block("item", 4, level=1, marker="*")
    writer.text(5, 6)
    writer.close_block(item, 6)
    writer.close_block(cell, 6)
    document = writer.finish(dialect="wikitext", site="zhwiki")
    assert document.text == "a\n\nb"
    assert [b.span for b in document.blocks] == [Span(0, 1), Span(3, 4), Span(3, 4)]


def test_breaks_in_a_row_are_one() -> None:
    """Two line breaks break the line, once; at the ends of a block they leave nothing."""
    writer = Writer("<>a<><>b<>")
    block = writer.open_block("paragraph", 0)
    writer.line_break(0, 2)
    writer.text(2, 3)
    writer.line_break(3, 5)
    writer.line_break(5, 7)
    writer.text(7, 8)
    writer.line_break(8, 10)
    writer.close_block(block, 10)
    document = writer.finish(dialect="wikitext", site="zhwiki")
    assert document.text == "a\nb"
    assert {row.disposition for row in document.accounting()} == {"kept"}
