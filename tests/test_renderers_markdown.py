"""Markdown: a reader of CommonMark gets the text back, and no character of it as markup."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from strategies import ACTIVE, HOSTILE, LETTERS, documents

import wikiclean
from wikiclean.document import Block, Document, Link, Runs, Span, Style
from wikiclean.renderers.markdown import to_markdown

READER = (
    MarkdownIt("commonmark")
    .enable(["table", "strikethrough"])
    .use(footnote_plugin)
    .use(dollarmath_plugin, allow_space=False)
)
PLAIN = MarkdownIt("commonmark").enable("table")


def end_with_space(state: StateCore) -> None:
    """
    Put a space behind each block that ends with a backslash.

    The plugin for formulas looks at the character before one to see whether it is escaped; where a
    formula begins its block, that is index -1: the last character of the block.
    """
    for token in state.tokens:
        if token.type == "inline" and token.content.endswith("\\"):
            token.content += " "


READER.core.ruler.before("inline", "end_with_space", end_with_space)


def texts_of(tokens: list[Token]) -> list[str]:
    """Return the texts of the blocks that a reader found, those of notes not included."""
    found: list[str] = []
    in_notes = 0
    for token in tokens:
        in_notes += token.type == "footnote_block_open"
        in_notes -= token.type == "footnote_block_close"
        if in_notes:
            continue
        if token.type == "inline":
            found.append(inline_text(token.children or []))
        elif token.type in ("fence", "code_block", "math_block"):
            found.append(token.content)
        elif token.type == "html_block":
            found.append(f"<html>{token.content}")
    return found


def inline_text(tokens: list[Token]) -> str:
    """Return the text of a block."""
    parts = []
    for token in tokens:
        if token.type in ("text", "code_inline", "math_inline"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "html_inline":
            assert token.content.strip("</>") in (
                "b",
                "i",
                "u",
                "s",
                "small",
                "big",
                "sub",
                "sup",
                "mark",
                "q",
                "ruby",
                "br",
                "!-- --",
            )
            parts.append("\n" if token.content == "<br>" else "")
        elif token.type not in ("footnote_ref", "footnote_anchor"):
            assert token.type.endswith(("_open", "_close")), token
    return "".join(parts)


def visible(text: str) -> str:
    """Return a text without white space."""
    return "".join(text.split())


@given(documents())
@example(wikiclean.parse("<math>x</math> 甲\\", dialect="wikitext"))
def test_a_reader_gets_the_text(document: Document) -> None:
    """Every visible character comes back, in order, and none besides."""
    written = to_markdown(document)
    found = texts_of(READER.parse(written))
    assert visible("".join(found)) == visible(document.text), written


def one_block(text: str, kind: str = "paragraph", **fields: object) -> Document:
    """Return a page that is one block."""
    span = Span(0, len(text))
    block = Block(kind, span, span, 1, "*" if kind == "item" else "")  # type: ignore[arg-type]
    runs = Runs([0, len(text), 0, len(text), 1])
    return Document(
        text,
        text,
        "wikitext",
        "zhwiki",
        blocks=(block,),
        runs=runs,
        extent=span,
        **fields,  # type: ignore[arg-type]
    )


plain = (
    st.lists(
        st.text(alphabet=ACTIVE + LETTERS + "\n", max_size=12) | st.sampled_from(HOSTILE),
        min_size=1,
        max_size=4,
    )
    .map("".join)
    .filter(str.strip)
)


@given(plain, st.sampled_from(["paragraph", "heading", "item", "poem", "hatnote"]))
@example("a\n---", "paragraph")
@example("1) a", "item")
@example("a \\| b\n:-:|", "paragraph")
@example("a #", "heading")
@example("&copy; &#60; & amp;", "paragraph")
@example("　全形空白　", "paragraph")
@example("[^1]: x", "paragraph")
def test_one_block_is_read_as_one_block(text: str, kind: str) -> None:
    """Whatever stands in a block, a plain reader finds one block and the text of it."""
    text = text.strip()
    if kind == "heading":
        text = text.replace("\n", " ")
    found = texts_of(PLAIN.parse(to_markdown(one_block(text, kind))))
    assert [visible(part) for part in found] == [visible(text)]
    assert found[0].count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("甲乙丙", 0, 2, "**甲乙**丙"),
        ("是《甲》，乙", 1, 4, "是<b>《甲》</b>，乙"),
        ("是《甲》乙", 1, 4, "是<b>《甲》</b>乙"),
        ("（甲），乙", 1, 2, "（**甲**），乙"),
        ("a b c", 1, 4, "a<b> b </b>c"),
        ("甲（乙）。", 0, 4, "**甲（乙）**。"),
    ],
)
def test_bold_beside_cjk_punctuation(text: str, start: int, end: int, expected: str) -> None:
    """Stars where a reader sees them as bold, an element where it would not."""
    style = Style("bold", Span(start, end), Span(start, end))
    written = to_markdown(one_block(text, styles=(style,)))
    assert written == expected + "\n"
    html = PLAIN.render(written).replace("strong>", "b>")
    assert f"<b>{text[start:end]}</b>" in html


@given(
    plain.map(lambda t: t.replace("\n", " ").strip()),
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 9), st.sampled_from(["bold", "italic"])),
        max_size=4,
    ),
)
def test_bold_is_bold(text: str, styles: list[tuple[int, int, str]]) -> None:
    """The characters a reader sees as bold or italic are those that are."""
    made = []
    for at, length, kind in styles:
        start = at % len(text)
        span = Span(start, min(start + length, len(text)))
        made.append(Style(kind, span, span))  # type: ignore[arg-type]
    document = one_block(text, styles=tuple(made))
    for kind, name, tag in (("bold", "strong", "b"), ("italic", "em", "i")):
        wanted = "".join(
            c
            for i, c in enumerate(text)
            if any(s.kind == kind and s.span.start <= i < s.span.end for s in made)
        )
        seen, depth = [], 0
        for token in PLAIN.parse(to_markdown(document))[1].children or []:
            element = token.content if token.type == "html_inline" else ""
            depth += token.type == f"{name}_open" or element == f"<{tag}>"
            depth -= token.type == f"{name}_close" or element == f"</{tag}>"
            if depth and token.type == "text":
                seen.append(token.content)
        assert visible("".join(seen)) == visible(wanted), to_markdown(document)


def test_links() -> None:
    """A label may hold brackets, an address is in pointed ones, an exclamation mark is no image."""
    text = "看！甲[乙]!丙"
    link = Link("甲[乙]", "A (b)", "", "article", "wikitext", Span(2, 6), Span(2, 6))
    second = Link("丙", "丙", "", "article", "wikitext", Span(7, 8), Span(7, 8))
    assert to_markdown(one_block(text, links=(link, second))) == (
        "看！[甲\\[乙\\]](<https://zh.wikipedia.org/wiki/A_(b)>)\\!"
        "[丙](<https://zh.wikipedia.org/wiki/%E4%B8%99>)\n"
    )


def test_an_address_holds_no_entity() -> None:
    """What looks like an entity in an address stays as it is; other ampersands need no escape."""
    target = "http://a.b/?a=1&lt;=2&#60;&c=3"
    link = Link("甲", target, "", "external", "external", Span(0, 1), Span(0, 1))
    written = to_markdown(one_block("甲", links=(link,)))
    assert written == "[甲](<http://a.b/?a=1&amp;lt;=2&amp;#60;&c=3>)\n"
    assert PLAIN.render(written) == (
        '<p><a href="http://a.b/?a=1&amp;lt;=2&amp;#60;&amp;c=3">甲</a></p>\n'
    )


def test_code_may_hold_links() -> None:
    """A link in code is one, and what stands around it is code; so where the link holds code."""
    text = "a甲b乙"
    styles = (Style("code", Span(0, 3), Span(0, 3)), Style("code", Span(3, 4), Span(3, 4)))
    places = (("甲", "http://a.b/1", Span(1, 2)), ("乙", "http://a.b/2", Span(3, 4)))
    links = tuple(
        Link(label, target, "", "external", "external", span, span)
        for label, target, span in places
    )
    assert to_markdown(one_block(text, styles=styles, links=links)) == (
        "`a`[`甲`](<http://a.b/1>)`b`[`乙`](<http://a.b/2>)\n"
    )


def test_two_lists_stay_two() -> None:
    """Lists parted by a blank line get different signs, or a reader would join them."""
    text = "a\nb\n\nc"
    blocks = tuple(Block("item", Span(i, i + 1), Span(i, i + 1), 1, "*") for i in (0, 2, 5))
    document = Document(text, text, "wikitext", "zhwiki", blocks=blocks)
    assert to_markdown(document) == "- a\n- b\n\n* c\n"


def test_lists_in_two_items_are_not_joined() -> None:
    """Lists parted by an item need no other sign."""
    document = wikiclean.parse("* a\n** b\n* c\n** d", dialect="wikitext")
    assert to_markdown(document) == "- a\n  - b\n- c\n  - d\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{|\n! a !! b\n|-\n| c || d<br>e\n|}", "| a | b |\n| --- | --- |\n| c | d<br>e |\n"),
        ("{|\n| a || b\n|}", "|  |  |\n| --- | --- |\n| a | b |\n"),
    ],
)
def test_tables_have_a_header_row(source: str, expected: str) -> None:
    """The first row is a header; a table without one gets an empty row."""
    assert to_markdown(wikiclean.parse(source, dialect="wikitext")) == expected


def test_code_is_fenced_beyond_its_own_fences() -> None:
    """A fence is longer than any in the code."""
    assert to_markdown(one_block("a\n````\nb", "code")) == "`````\na\n````\nb\n`````\n"
