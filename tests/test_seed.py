"""The seed article end to end: what it is read as, against facts that were worked out apart."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from case_files import FIXTURES
from test_laws import check_all

import wikiclean
from wikiclean.document import Document

SEED = FIXTURES / "agreed_framework" / "agreed_framework.md"


@pytest.fixture(scope="module")
def source() -> str:
    """Return the article as exported."""
    return SEED.read_bytes().decode()


@pytest.fixture(scope="module")
def seed(source: str) -> Document:
    """Return the article, read."""
    return wikiclean.parse(source)


@pytest.fixture(scope="module")
def expected(data_dir: Path) -> dict[str, Any]:
    """Return the facts."""
    facts: dict[str, Any] = json.loads((data_dir / "seed_expected.json").read_bytes())
    return facts


def test_golden(seed: Document, golden: Callable[[Path, str], None]) -> None:
    """The whole Document is the one that was reviewed by eye."""
    golden(SEED.with_suffix(".json"), seed.to_json(indent=True) + "\n")


def test_text_and_title(seed: Document, expected: dict[str, Any]) -> None:
    """Text, title, category."""
    assert seed.text == expected["clean_text"]
    assert len(seed.text) == 916
    assert (seed.title, seed.title_from) == (expected["title"]["value"], "bold")
    assert [(c.name, tuple(c.source_span)) for c in seed.categories] == [
        (c["name"], tuple(c["raw_span"])) for c in expected["categories"]
    ]


def test_blocks(seed: Document, expected: dict[str, Any]) -> None:
    """Sections, paragraphs, items and headings, with their texts, levels and source spans."""
    wanted: list[tuple[str, str, tuple[int, int] | None]] = []
    for section in expected["sections"]:
        if section["title"] is not None:
            wanted.append(("heading", section["title"], tuple(section["raw_span"])))
        for block in section["blocks"]:
            for one in block.get("items", [block]):
                kind = "item" if "items" in block else "paragraph"
                span = tuple(one["raw_span"]) if "raw_span" in one else None
                wanted.append((kind, one["text"], span))
    found = [
        (b.kind, seed.text[slice(*b.span)], tuple(b.source_span) if span else None)
        for b, (_, _, span) in zip(seed.blocks, wanted, strict=True)
    ]
    assert found == wanted
    assert [(s.level, s.title) for s in seed.sections] == [
        (s["level"], s["title"]) for s in expected["sections"]
    ]


def placed(expected: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the paragraphs and items, with where each stands in the page's text."""
    at = 0
    for section in expected["sections"]:
        if section["title"] is not None:
            at += len(section["title"]) + 2
        for block in section["blocks"]:
            for one in block.get("items", [block]):
                yield at, one
                at += len(one["text"]) + (1 if "items" in block else 2)
            at += 1 if "items" in block else 0


@pytest.mark.parametrize("labels", ["certain", "likely"])
def test_links(source: str, expected: dict[str, Any], labels: Any) -> None:  # noqa: ANN401
    """
    Each link's label, target, form, destination, spans, exported label, overflow and certainty.

    The one guess of the page, 核试验, is applied only under ``labels="likely"``.
    """
    document = wikiclean.parse(source, labels=labels)
    wanted = [(at, link) for at, block in placed(expected) for link in block["links"]]
    assert len(wanted) == 24
    for link, (at, fact) in zip(document.links, wanted, strict=True):
        applied = labels == "likely" or fact["label_certainty"] == "certain" or not fact["overflow"]
        label = fact["label"] if applied else fact["label_exported"]
        start = at + fact["span"][0]
        assert link.label == label
        assert tuple(link.span) == (start, start + len(label))
        assert document.text[slice(*link.span)] == label
        assert link.target == fact["target"]
        assert (link.kind, link.form) == ("article", fact["form"])
        assert link.destination == fact["dest_raw"]
        assert tuple(link.source_span) == tuple(fact["raw_span"])
        assert link.label_exported == fact["label_exported"]
        assert link.overflow == fact["overflow"]
        if fact["overflow"]:
            assert link.certainty == fact["label_certainty"]


def test_footnotes(seed: Document, expected: dict[str, Any]) -> None:
    """Six marks at their offsets, six definitions, four of them empty and reported."""
    for note, fact in zip(seed.footnotes, expected["footnotes"], strict=True):
        assert (note.number, note.text) == (fact["number"], fact["text"] or "")
        assert note.defined != fact["empty"]
        assert note.source_span is not None
        assert tuple(note.source_span) == tuple(fact["raw_span"])
        assert len(note.anchors) == fact["reference_count"] == 1
    marks = [(n.number, a.offset, tuple(a.source_span)) for n in seed.footnotes for a in n.anchors]
    assert marks == [
        (mark["number"], at + mark["offset"], tuple(mark["raw_span"]))
        for at, block in placed(expected)
        for mark in block.get("footnote_refs", [])
    ]
    codes = [d.code for d in seed.diagnostics]
    assert codes.count("footnote_definition_empty") == 4


def test_repairs(seed: Document, expected: dict[str, Any]) -> None:
    """What was repaired is what was to be repaired, where it was."""
    records = {"footnote_marker_lifted", "category_lifted"}  # say so themselves
    title = next(d for d in seed.diagnostics if d.code == "title_inferred")
    assert seed.source[slice(*title.source_span)] == "**朝美核框架协议**"
    assert sorted((d.code, *d.source_span) for d in seed.diagnostics if d is not title) == sorted(
        (one["kind"], *one["raw_span"])
        for one in expected["repairs"]
        if one["kind"] not in records and "raw_span" in one
    )


def test_wrapped_version(source: str, data_dir: Path) -> None:
    """The same page from an earlier converter, wrapped and with other labels, has the same text."""
    other = (data_dir / "export-pages" / "朝美核框架协议@c19d6e82.md").read_bytes().decode()
    assert other != source
    assert wikiclean.parse(other).text == wikiclean.parse(source).text
    assert [link.label for link in wikiclean.parse(other).links] == [
        link.label for link in wikiclean.parse(source).links
    ]


def test_laws(source: str) -> None:
    """The laws of a Document hold."""
    check_all(source)
