"""HTML: the same text to a reader of HTML, and nothing in it that could do harm."""

# ruff: noqa: FBT003 - records are written out as they are declared.

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html as lxml_html
from strategies import TARGETS, documents

import wikiclean
from wikiclean.document import Anchor, Block, Cell, Document, Footnote, Link, Span, Style, Table
from wikiclean.renderers.addresses import SCHEMES, address, external
from wikiclean.renderers.html import to_html

ELEMENTS = frozenset(
    [
        "a",
        "article",
        "b",
        "big",
        "blockquote",
        "br",
        "caption",
        "code",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "i",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "section",
        "small",
        "span",
        "sub",
        "sup",
        "table",
        "td",
        "th",
        "tr",
        "u",
        "ul",
    ]
)
ATTRIBUTES = {
    "a": {"href"},
    "article": {"lang"},
    "code": {"class"},
    "div": {"class"},
    "li": {"id", "value"},
    "section": {"class"},
    "span": {"class"},
    "sup": {"class", "id"},
    "td": {"rowspan", "colspan"},
    "th": {"rowspan", "colspan"},
}
VOID = {"br"}


class Reader(HTMLParser):
    """Reads the text of a fragment without its notes, and checks each element."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check an element and remember it."""
        assert tag in ELEMENTS
        assert {name for name, _ in attrs} <= ATTRIBUTES.get(tag, set())
        for name, value in attrs:
            assert value is not None
            if name == "href":
                assert value.startswith("#") or value.partition(":")[0].lower() in SCHEMES
            else:
                assert re.fullmatch(r"[A-Za-z0-9+#_. -]+", value)
        if tag == "a":
            assert "a" not in self.open
        if tag not in VOID:
            self.open.append(tag)
            if tag == "section" or ("class", "note") in attrs or self.hidden:
                self.hidden += 1

    def handle_endtag(self, tag: str) -> None:
        """Check that elements nest."""
        assert self.open.pop() == tag
        self.hidden -= bool(self.hidden)

    def handle_data(self, data: str) -> None:
        """Take text."""
        if not self.hidden:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        """Refuse what a fragment does not have."""
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def visible(text: str) -> str:
    """Return a text without white space."""
    return "".join(text.split())


@given(documents())
def test_a_reader_gets_the_text(document: Document) -> None:
    """Only known elements, properly closed, and in them the text in order."""
    reader = Reader()
    reader.feed(to_html(document))
    reader.close()
    assert reader.open == []
    assert visible("".join(reader.text)) == visible(document.text)


@given(documents())
def test_another_reader_agrees(document: Document) -> None:
    """A parser that repairs as browsers do finds nothing to repair."""
    root = lxml_html.fragment_fromstring(to_html(document))
    for element in root.iter():
        assert element.tag in ELEMENTS
    for element in root.xpath("//section | //sup[@class='note']"):
        element.drop_tree()
    assert visible(root.text_content()) == visible(document.text)


@given(st.text() | st.sampled_from(TARGETS))
@example("java\u200bscript:alert(1)")
@example("\ufeffjavascript:alert(1)")
def test_external_addresses(target: str) -> None:
    """What a link leads to has a scheme from the list, and no character to break out with."""
    url = external(target)
    if url is not None:
        assert url.partition(":")[0].lower() in SCHEMES
        assert not re.search(r"[\s<>\"\\^`{|}\x00-\x20]", url)


def link(**fields: str) -> Link:
    """Return a link with the fields given."""
    values = {"label": "", "target": "", "fragment": "", "kind": "article", "form": "wikitext"}
    return Link(**{**values, **fields}, span=Span(0, 0), source_span=Span(0, 0))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("site", "fields", "expected"),
    [
        ("zhwiki", {"target": "甲 (乙)"}, "https://zh.wikipedia.org/wiki/%E7%94%B2_(%E4%B9%99)"),
        ("zhwiki", {"target": "A?b", "fragment": "c d"}, "https://zh.wikipedia.org/wiki/A%3Fb#c_d"),
        (
            "zhwiki",
            {"target": "A", "kind": "interwiki", "interwiki": "en"},
            "https://en.wikipedia.org/wiki/A",
        ),
        (
            "zhwiki",
            {"target": "wikt:A", "kind": "interwiki", "interwiki": "wikt"},
            "https://zh.wiktionary.org/wiki/A",
        ),
        ("zhwiki", {"target": "A", "kind": "interwiki", "interwiki": "evil.example/"}, None),
        ("nowhere", {"target": "A"}, None),
        ("commonswiki", {"target": "A"}, "https://commons.wikimedia.org/wiki/A"),
        ("zhwiki", {"kind": "anchor", "fragment": "x"}, "https://zh.wikipedia.org/wiki/T#x"),
        ("zhwiki", {"kind": "external", "target": "javascript:x"}, None),
        ("zhwiki", {"kind": "external", "target": "//a.b/c"}, "https://a.b/c"),
    ],
)
def test_addresses(site: str, fields: dict[str, str], expected: str | None) -> None:
    """Pages of wikis the table knows get an address, others none."""
    document = Document("", "", "wikitext", site, title="T")
    assert address(link(**fields), document) == expected


def page(text: str, blocks: list[tuple[str, str, str]], **fields: object) -> Document:
    """Return a page of blocks ``(kind, text, marker)`` in order."""
    at = 0
    made = []
    for kind, part, marker in blocks:
        at = text.index(part, at)
        span = Span(at, at + len(part))
        made.append(Block(kind, span, span, max(len(marker), 1), marker))  # type: ignore[arg-type]
        at = span.end
    return Document(text, text, "wikitext", "zhwiki", blocks=tuple(made), **fields)  # type: ignore[arg-type]


def test_lists_nest_by_their_markers() -> None:
    """A deeper item stands in the one above; a level that is skipped is an item without text."""
    document = page(
        "a\nb\nc\n\nd",
        [("item", "a", "*"), ("item", "b", "*#"), ("item", "c", "*"), ("item", "d", "##")],
    )
    assert visible(to_html(document)) == visible(
        '<article lang="zh"><ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>'
        "<ol><li><ol><li>d</li></ol></li></ol></article>"
    )


def test_definition_lists() -> None:
    """Terms and definitions of one list stand in one list."""
    document = page("t\nd", [("term", "t", ";"), ("definition", "d", ":")])
    assert "<dl>\n<dt>t</dt>\n<dd>d</dd>\n</dl>" in to_html(document)


def test_tables_keep_their_spans() -> None:
    """Header cells are headers, and a spanned cell says how far it goes."""
    cells = (
        Cell(0, 0, 1, 2, True, Span(0, 1), Span(0, 1)),
        Cell(1, 0, 1, 1, False, Span(2, 3), Span(2, 3)),
        Cell(1, 1, 1, 1, False, Span(4, 4), Span(4, 4)),
    )
    table = Table(Span(0, 4), Span(0, 4), 2, 2, 1, None, cells)
    document = page("a\nb\t", [("cell", "a", "!"), ("cell", "b", "|")], tables=(table,))
    assert '<tr><th colspan="2">a</th></tr>\n<tr><td>b</td><td></td></tr>' in to_html(document)


def test_text_between_the_cells_of_an_inner_table_is_kept() -> None:
    """What stands in a table and in no cell of it has a row of its own."""
    source = "<table><td>甲<table><td></td>乙"
    document = wikiclean.parse(source, dialect="wikitext", passes=())
    assert document.text == "甲\n乙"
    assert "<tr><td></td></tr>\n<tr><td>乙</td></tr>" in to_html(document)


def test_a_note_leads_back_to_the_marks_that_are_written() -> None:
    """A note has an arrow for each mark in the text and in notes, and none for an infobox's."""
    source = "{{Infobox|a=甲<ref name=x>一</ref>}}乙<ref name=x /><ref>二{{#tag:ref||name=x}}</ref>"
    written = to_html(wikiclean.parse(source, dialect="wikitext"))
    marks = ["mark-1-2", "mark-1-3", "mark-2-1"]
    assert sorted(re.findall(r'id="(mark-[^"]*)"', written)) == marks
    assert sorted(re.findall(r'href="#(mark-[^"]*)"', written)) == marks


def test_styles_that_cross_are_split() -> None:
    """Formatting that overlaps without nesting is closed and opened again."""
    styles = (Style("bold", Span(0, 4), Span(0, 4)), Style("italic", Span(2, 6), Span(2, 6)))
    document = page("abcdef", [("paragraph", "abcdef", "")], styles=styles)
    assert "<p><b>ab<i>cd</i></b><i>ef</i></p>" in to_html(document)


def test_ruby() -> None:
    """A reading in brackets behind its base stands above it."""
    style = Style("ruby", Span(0, 5), Span(0, 5))
    text = "漢（かん）字（乙）"
    document = page(text, [("paragraph", text, "")], styles=(style,))
    assert "<ruby>漢<rp>（</rp><rt>かん</rt><rp>）</rp></ruby>字（乙）" in to_html(document)


def test_code_keeps_its_lines_and_names_its_language() -> None:
    """A line feed in code is one, its first too; a carriage return is one for every reader."""
    document = page("\na\rb\nc", [("code", "\na\rb\nc", "py")])
    expected = '<pre>\n<code class="language-py">\na&#13;b\nc</code></pre>\n'
    assert to_html(document) == f'<article lang="zh">\n{expected}</article>\n'


def test_notes_keep_their_numbers() -> None:
    """A note of no group has the number that its mark prints, one of a group its label."""
    anchors = (Anchor(1, Span(0, 0)),)
    notes = (
        Footnote(7, "", "", "一", defined=True, anchors=anchors),
        Footnote(1, "", "註", "二", defined=True, anchors=anchors),
    )
    written = to_html(page("甲", [("paragraph", "甲", "")], footnotes=notes))
    assert '<li id="note-1" value="7"><a href="#mark-1-1">↑</a> 一</li>' in written
    assert '<li id="note-2"><span>[註 1]</span> <a href="#mark-2-1">↑</a> 二</li>' in written


def test_formatting_goes_on_in_the_next_block() -> None:
    """One record over two blocks is an element in each."""
    style = Style("strike", Span(0, 4), Span(0, 4))
    blocks = [("paragraph", "a", ""), ("paragraph", "b", "")]
    assert "<p><s>a</s></p>\n<p><s>b</s></p>" in to_html(page("a\n\nb", blocks, styles=(style,)))


def test_thousands_of_styles_stay_shallow() -> None:
    """Formatting within itself says nothing, so that no page makes a tower of elements."""
    n = 20_000
    text = "x" * n
    styles = tuple(Style("bold", Span(i, n), Span(i, n)) for i in range(n))
    document = page(text, [("paragraph", text, "")], styles=styles)
    assert to_html(document).count("<b>") == 1
