"""Two dialects, one meaning: a page as wikitext and as export gives the same Document."""

import difflib
from pathlib import Path

import pytest

import wikiclean
from wikiclean import Document

SEED = Path(__file__).parent / "fixtures/agreed_framework"

DIFFERENCES = {
    "!HERO": {"a space between two links, which the converter lost": 1},
    "$10_(SMAP單曲)": {},
    "(2,4,6-三甲苯)金": {},
    "-0": {
        "a line end between two hanzi, which the converter made a space": 1,
        "a caption's rest, which the page shows and the export reads as the caption": 1,
        "a span of the wikitext that was vandalised later": 1,
        "an empty item of the list, which parted it in two": 1,
    },
    ".22_BB": {"two measures, which a later revision has as a template": 1},
    "朝美核框架协议": {"a foreign name and a link of a later revision": 1},
    "氯化铵": {
        "a formula, which a later revision has as a template": 1,
        "sentences of a later revision": 2,
    },
}
"""Page → why stretches of its text differ → how many do."""


def links(document: Document) -> list[tuple[str, str, tuple[int, int]]]:
    """Return what both dialects must agree on of a link."""
    return [(link.label, link.target, tuple(link.span)) for link in document.links]


def test_seed_is_one_article_in_both_dialects() -> None:
    """Text, title, sections, links, notes and categories are the same to the last offset."""
    export, wikitext = (
        wikiclean.parse(path.read_text(encoding="utf-8"), labels="likely")
        for path in (SEED / "agreed_framework.md", SEED / "agreed_framework.wikitext")
    )
    assert (export.dialect, wikitext.dialect) == ("export", "wikitext")
    assert wikitext.text == export.text
    assert wikitext.title == export.title
    assert links(wikitext) == links(export)
    for one, other in zip(wikitext.sections, export.sections, strict=True):
        assert (one.level, one.title, one.parent, one.span, one.body_span) == (
            other.level,
            other.title,
            other.parent,
            other.span,
            other.body_span,
        )
    assert [c.name for c in wikitext.categories] == [c.name for c in export.categories]
    assert [(n.number, n.text, [a.offset for a in n.anchors]) for n in wikitext.footnotes] == [
        (n.number, n.text, [a.offset for a in n.anchors]) for n in export.footnotes
    ]
    assert [(b.kind, b.span, b.level, b.marker) for b in wikitext.blocks] == [
        (b.kind, b.span, b.level, b.marker) for b in export.blocks
    ]


@pytest.mark.parametrize("name", DIFFERENCES)
def test_pairs_differ_only_where_it_is_known_why(name: str, data_dir: Path) -> None:
    """Each stretch that differs has a reason; a new one, or one less, is to be looked at."""
    folder = data_dir / "export-pages"
    title = name.replace("_", " ")
    wikitext, export = (
        wikiclean.parse(
            (folder / f"{name}{suffix}").read_text(encoding="utf-8"),
            dialect=dialect,
            title=title,
            templates={},  # the converter deleted them all
        )
        for suffix, dialect in ((".wikitext", "wikitext"), (".md", "export"))
    )
    matcher = difflib.SequenceMatcher(
        None, wikitext.text.split("\n"), export.text.split("\n"), autojunk=False
    )
    different = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    assert len(different) == sum(DIFFERENCES[name].values()), different
