"""The laws of a Document on pages of the export: whatever the page, they hold."""

from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import pytest
from hostile_export import FAMILIES
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import Family
from strategies import inline_spans, laminar
from test_export import FIXTURES, MICRO_CASES

import wikiclean
from wikiclean.document import MAX_COLUMNS, UNACCOUNTED, Document, Runs
from wikiclean.passes import DEFAULT, LABELS, apply
from wikiclean.passes.options import Options
from wikiclean.site import Site

# ---------------------------------------------------------------- the laws


def check(document: Document) -> None:
    """Check every law that one Document can break, and those nested in it."""
    for one in everything(document):
        check_standoff(one)
        check_nesting(one)
        check_runs(one)
        check_tiling(one)
    check_account(document)
    check_anchors(document)
    assert Document.from_dict(document.to_dict()) == document
    dropped = [row for row in document.accounting() if row.disposition == "dropped"]
    assert document.to_row()["stats"]["dropped_chars"] == sum(
        row.source_span.end - row.source_span.start for row in dropped
    )


def everything(document: Document) -> Iterator[Document]:
    """Yield a Document and those nested in it."""
    yield document
    for _, inner in document.nested():
        yield from everything(inner)


def check_standoff(document: Document) -> None:
    """Law 1: what mirrors the text is the text, and blocks hold text without white space around."""
    text = document.text
    assert text == text.strip() or any(b.kind in WHITE for b in document.blocks)
    for link in document.links:
        assert text[slice(*link.span)] == link.label
    for formula in document.math:
        assert text[slice(*formula.span)] == formula.tex
    for block in document.blocks:
        inside = text[slice(*block.span)]
        assert inside
        if block.kind in {"caption", "cell", "definition", "item", "poem", "term"}:
            inside = inside.lstrip("\t ")  # a table in it may begin with empty cells
        assert inside == inside.strip() or block.kind in {*WHITE, "quote"}
    for table in document.tables:
        assert len({cell.row for cell in table.cells}) == table.rows >= table.header_rows
        assert max((cell.column + cell.colspan for cell in table.cells), default=0) == table.columns
        assert table.columns <= MAX_COLUMNS
        for cell in table.cells:
            assert 0 <= cell.row < cell.row + cell.rowspan <= table.rows
            assert 0 <= cell.column < cell.column + cell.colspan
            assert table.span.start <= cell.span.start <= cell.span.end <= table.span.end
    for point in (*document.diagnostics, *document.media):
        assert 0 <= point.offset <= len(text)
    for note in document.footnotes:
        assert note.text == (note.body.text if note.body else "")
        assert note.defined == bool(note.text)


WHITE = ("code", "preformatted")
"""Kinds of blocks whose white space counts."""


def check_nesting(document: Document) -> None:
    """Law 1: blocks and inline records nest, in the text and in the source; sections are a tree."""
    blocks = [b.span for b in document.blocks]
    inline = [*document.links, *document.styles, *document.math]
    assert laminar(blocks)
    assert laminar(blocks + inline_spans(document))
    assert laminar([b.source_span for b in document.blocks])
    assert laminar([r.source_span for r in inline])
    lead, *sections = document.sections
    assert (lead.level, lead.title, lead.parent) == (1, None, None)
    reached = 0
    for section in sections:
        assert reached <= section.span.start <= section.body_span.start <= section.span.end
        reached = section.span.start
        if section.parent is not None:
            parent = document.sections[section.parent]
            assert parent.level < section.level
            assert parent.span.start <= section.span.start
            assert section.span.end <= parent.span.end


def check_runs(document: Document) -> None:
    """Law 1: runs stand in order, line ends and tabs between them; verbatim ones are source."""
    reached = 0
    for run in document.runs:
        assert reached <= run.text_start <= run.text_end <= len(document.text)
        assert not document.text[reached : run.text_start].strip("\n\t")
        reached = run.text_end
        assert 0 <= run.source_start <= run.source_end <= len(document.source)
        if run.verbatim:
            text = document.text[run.text_start : run.text_end]
            assert text == document.source[run.source_start : run.source_end]


def check_tiling(document: Document) -> None:
    """Law 2: the rows of the account tile the source, and what is not text is somebody's."""
    reached = document.extent.start
    for row in document.accounting():
        assert row.source_span.start == reached < row.source_span.end
        reached = row.source_span.end
        assert row.record is not None or row.disposition in {"kept", "layout"}
        if row.disposition == "layout":
            blank = document.source[slice(*row.source_span)].replace("\ufeff", " ")
            assert blank.isspace()
    assert reached == document.extent.end


def check_account(document: Document) -> None:
    """Law 2: nothing of the page is unaccounted for."""
    lost = [
        document.source[slice(*row.source_span)]
        for row in document.accounting()
        if getattr(row.record, "code", "") == UNACCOUNTED
    ]
    assert lost == []


def check_anchors(document: Document) -> None:
    """Law 1: an anchor names a Document that is there, and a place in its text."""
    for note in document.footnotes:
        for anchor in note.anchors:
            owner = document
            path = anchor.owner
            while path:
                names = dict(owner.nested())
                name = next(n for n in names if path == n or path.startswith(n + "/"))
                owner, path = names[name], path[len(name) + 1 :]
            assert 0 <= anchor.offset <= len(owner.text)


def check_all(source: str, **options: Any) -> None:  # noqa: ANN401 - options of parse
    """Check every law on a page, with each choice of labels and without repairs."""
    for labels in LABELS:
        document = wikiclean.parse(source, dialect="export", labels=labels, **options)
        assert document.source == source
        check(document)
        again = apply(document, DEFAULT, Options(Site.load("zhwiki"), labels))
        assert again == document
    check(wikiclean.parse(source, dialect="export", passes=(), **options))


# ---------------------------------------------------------------- pages

ATOMS = (
    *'[]()!\\*_`<>{}|-#$&^:"~+=.1、。，；（）「」《》—中文aB \n\t\r\x00\xa0\u3000\u2028\ufeff😀',
    *("\n\n", "  \n", "\\\n", "\r\n", "\n    ", "\n        "),
    *("\n  - ", "\n      - ", "\n  -", "\n- ", "\n1.  ", "\n2.  ", "\n10. ", "\n> ", "\n> > "),
    *("\n\n:;", "\n\n::\\*", "\n      -\n        甲\n    乙", "\n    - ", "\n  - （）", "—\n"),
    *("\n## ", "\n### ", "\n#### \n", "\n---\n", "\n***\n", "\n~~~\n", "\n```\n", "``", "```"),
    *("**", "***", "****", "\\[", "\\]", "\\[\\[", "\\]\\]", "\\(", "\\)", "\n\\[x\\]\n", "__A"),
    *("\\[1\\]", "\\[2\\]", "\\[註 1\\]", "[^1]", "[^b]", "\n[^1]: ", "\n1.  a\n2.\n", "[1]"),
    *(
        "\n>\n> [^1]: 甲\n>\n>     乙",
        "''' ",
        " ''",
        "\n\\[a=\n\n",
        "\\<\\!--",
        "--\\>",
        "<timeline>",
    ),
    *("</timeline>", "\\[<http://a.example/x> ", '[-{A](../Page/甲.md "wikilink")', "\\(0\\)"),
    *("{{", "}}", "{{-}}", "{{{1}}}", "-{", "}-", "-{A|zh-cn:甲;zh-tw:乙}-", "-{zh:", "|k = "),
    *("<!--", "-->", "\n<!-- end list -->\n", "<br />", "<sub>", "</sub>", "<span a>", "</span>"),
    *("\n<table>\n<tr><td>", "</td></tr>\n</table>\n", "<td>", "<th>", "<tr>", "<caption>"),
    *(
        "\n{|",
        "\n    {|\n\n",
        "| ",
        "|- ",
        "\\! ",
        " |}",
        "&lt;!--",
        "--&gt;",
        "[甲]]",
        "</ol><p># ",
    ),
    *("\n<table>\n\n<td>\n\n", "<td>\n\n", "\n\n</td>\n\n</table>\n\n", "<table>", "</table>"),
    *(
        "</caption>",
        "<p>",
        "</p>",
        "<ul>",
        "<li>",
        "</ul>",
        '<a href="../Page/甲.md" title="',
        "</a>",
    ),
    *(
        "\n| 甲 | a |\n| --- | --- |\n| b |  |\n",
        "\n|  |\n",
        "\\|",
        " || ",
        "<ref",
        "<references />",
    ),
    *("[中文", '](../Page/中.md "wikilink")', '](https://zh.wikipedia.org/wiki/美國 "wikilink")'),
    *("[](http://a.b)", "[1](http://a.b)", "<http://a.b>", "http://a.b/c", '"fig:A.png")', "](("),
    '[美國和](https://zh.wikipedia.org/wiki/美國 "wikilink")',
    '[A.jpg](https://zh.wikipedia.org/wiki/File:A.jpg "fig:A.jpg")',
    '[Category:甲](https://zh.wikipedia.org/wiki/Category:甲 "wikilink")',
    '[sv:A](https://zh.wikipedia.org/wiki/sv:A "wikilink")',
    *("A.jpg|", "<File:A> b.jpg|", "$x$", "$$", "$`x`$", "&amp;", "&nbsp;", "__NOTOC__"),
    *("（）", "（，", "、、", "，；", " 。", "()", "「」", "\u0301", "ⓦ](", "Ⓡ"),
    "> 本文内容由[中](https://zh.wikipedia.org/wiki/中)转换而来。\n",
    *("~~", "-   -   ", "\n-   1.  ", "__無目錄__", 'rowspan = "2" | ', "colspan=2 \\|", "<img "),
    *('<img src="甲_乙.jpg" alt="丙" />', "\n<figure>\n", "</figure>", "<figcaption>", "甲_乙.jpg"),
    *("</figcaption>", '\n<section class="footnotes">\n', "</section>", '<li id="fn1">', "</li>"),
    *(
        '<a href="#fn1" class="footnote-ref">',
        '<a href="#fnref1">',
        '<video src="b.ogv">',
        "</video>",
    ),
)
"""What the dialect gives a meaning, whole and in pieces."""

noise = st.lists(st.sampled_from(ATOMS), max_size=40).map("".join)

PAGES = (
    (FIXTURES / "agreed_framework" / "agreed_framework.md").read_text(encoding="utf-8"),
    *("\n\n".join(case.source for case in cases) for cases in MICRO_CASES.values()),
)


@st.composite
def damaged(draw: st.DrawFn, pages: Sequence[str] = PAGES) -> str:
    """Return a part of a page with pieces cut out, put in, and lines written twice."""
    page = draw(st.sampled_from(pages))
    start = draw(st.integers(0, len(page)))
    page = page[start : start + draw(st.integers(0, 1000))]
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(page)))
        match draw(st.sampled_from(["cut", "put", "twice"])):
            case "cut":
                page = page[:at] + page[at + draw(st.integers(0, 12)) :]
            case "put":
                page = page[:at] + draw(st.sampled_from(ATOMS)) + page[at:]
            case "twice":
                line = page[:at].rpartition("\n")[2]
                page = page[:at] + "\n" + line + page[at:]
    return page


# ---------------------------------------------------------------- tests


@pytest.mark.parametrize("topic", MICRO_CASES)
def test_laws_on_cases(topic: str) -> None:
    """Every micro-case keeps the laws, also with the line ends of Windows."""
    for case in MICRO_CASES[topic]:
        check_all(case.source)
        check_all(case.source.replace("\n", "\r\n"))


@settings(max_examples=300, deadline=None)
@given(noise)
def test_laws_on_noise(source: str) -> None:
    """Whatever stands beside whatever: the laws hold."""
    check_all(source)


@settings(max_examples=100, deadline=None)
@given(damaged())
def test_laws_on_damaged_pages(source: str) -> None:
    """A page of which pieces are missing, doubled or foreign keeps the laws."""
    check_all(source)


@settings(max_examples=100, deadline=None)
@given(noise)
def test_other_texts_and_renderers(source: str) -> None:
    """What is made of a Document keeps the laws too, and no renderer raises."""
    document = wikiclean.parse(source, dialect="export")
    document.to_html()
    document.to_markdown()
    document.to_json()
    for footnotes in ("inline", "end"):
        check_standoff(document.select(footnotes=footnotes))


@given(st.text(st.characters(categories=["L"]), min_size=1), st.data())
def test_plain_text_stays(word: str, data: st.DataObject) -> None:
    """Text without active characters is read as itself, block by block (law 5)."""
    words = st.lists(st.sampled_from([word, "中文，", "word", "10", "。"]), min_size=1, max_size=8)
    blocks = data.draw(st.lists(words.map("".join), min_size=1, max_size=4))
    text = "\n\n".join(block for block in blocks)
    document = wikiclean.parse(text, dialect="export", passes=())
    assert document.text == text
    assert [b.kind for b in document.blocks] == ["paragraph"] * len(blocks)


@given(noise)
def test_lone_surrogates(source: str) -> None:
    """Half a surrogate pair is replaced by one character and reported (law 3)."""
    broken = f"{source}\ud800甲\udfff"
    document = wikiclean.parse(broken, dialect="export")
    assert document.source == f"{source}\ufffd甲\ufffd"
    assert [d.code for d in document.diagnostics].count("lone_surrogate") == 2
    check(document)


@pytest.mark.parametrize(
    "source", ["", "\n", "\ufeff", "\ufeff\n\n", " ", "\x00", "\r", "\r\n\r\n"]
)
def test_next_to_nothing(source: str) -> None:
    """Pages of nothing are Documents without text, and with NUL bytes of that text."""
    check_all(source)
    assert wikiclean.parse(source, dialect="export").text == source.strip("\ufeff\r\n ")


def test_depth_is_bounded() -> None:
    """What is nested deeper than in any page is text, and takes no recursion."""
    for source in (
        "".join("  " * i + "- 甲\n" for i in range(2000)),
        ">" * 5000 + " 甲",
        "-{" * 3000 + "甲" + "}-" * 3000,
        "[a|" * 3000 + "](../x)" * 3000,
        "**" * 5001 + "甲",
        "<span>" * 3000 + "甲",
    ):
        document = wikiclean.parse(source, dialect="export")
        check_account(document)
        assert "甲" in document.text or "[" in document.text


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: repr(family.name))
def test_laws_on_hostile_families(family: Family) -> None:
    """What the benchmark measures the time of keeps the laws."""
    document = wikiclean.parse(family.make(800), dialect="export")
    check(document)
    document.to_html()
    document.to_markdown()


def test_real_pages(data_dir: Any) -> None:  # noqa: ANN401 - a Path
    """The laws hold on real pages."""
    for path in sorted((data_dir / "export-pages").glob("*.md")):
        check_all(path.read_bytes().decode())


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_real_pages(data_dir: Any, data: st.DataObject) -> None:  # noqa: ANN401 - a Path
    """The laws hold on real pages of which pieces are missing, doubled or foreign."""
    pages = [p.read_bytes().decode() for p in sorted((data_dir / "export-pages").glob("*.md"))]
    check_all(data.draw(damaged(pages)))


def test_a_law_can_fail() -> None:
    """The check itself notices a label that is not the text's, and a gap in the account."""
    document = wikiclean.parse('[美國](../Page/美國.md "wikilink")', dialect="export")
    check(document)
    link = attrs.evolve(document.links[0], label="x")
    with pytest.raises(AssertionError):
        check(attrs.evolve(document, links=(link,)))
    with pytest.raises(AssertionError):
        check(attrs.evolve(document, links=()))
    with pytest.raises(AssertionError):
        check(attrs.evolve(wikiclean.parse("甲", dialect="export"), runs=Runs()))
