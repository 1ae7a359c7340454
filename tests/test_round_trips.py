"""Whole pages as Markdown and HTML: a reader gets the text back, whatever their source holds."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from markdown_it.token import Token
from strategies import ACTIVE, HOSTILE, LETTERS
from test_renderers_html import ELEMENTS, Reader
from test_renderers_markdown import READER, texts_of, visible

import wikiclean
from wikiclean.document import Document, Footnote


def notes_in(tokens: list[Token]) -> str:
    """Return the text of the notes that a reader of Markdown found, in order."""
    starts = [i for i, token in enumerate(tokens) if token.type == "footnote_block_open"]
    if not starts:
        return ""
    inner = [token for token in tokens[starts[0] + 1 :] if token.type != "footnote_block_close"]
    return visible("".join(texts_of(inner)))


def used_notes(document: Document) -> Iterator[Footnote]:
    """Yield the notes whose marks a Markdown text can hold: those outside of code."""
    code = [b.span for b in document.blocks if b.kind in ("code", "preformatted")]
    for note in document.footnotes:
        places = [anchor.offset for anchor in note.anchors if not anchor.owner]
        if any(not any(start <= at <= end for start, end in code) for at in places):
            yield note


def check_markdown(document: Document) -> None:
    """Check that a reader of CommonMark gets the text, and none of it as an element."""
    tokens = READER.parse(document.to_markdown())
    assert visible("".join(texts_of(tokens))) == visible(document.text)
    found = notes_in(tokens)
    for note in used_notes(document):
        assert visible(note.text) in found


def check_html(document: Document) -> None:
    """Check that two readers of HTML get the text, and no element but ours."""
    written = document.to_html()
    reader = Reader()
    reader.feed(written)
    reader.close()
    assert reader.open == []
    assert visible("".join(reader.text)) == visible(document.text)
    root = lxml_html.fragment_fromstring(written)
    assert {element.tag for element in root.iter()} <= ELEMENTS
    for element in root.xpath("//section | //sup[@class='note']"):
        element.drop_tree()
    assert visible(root.text_content()) == visible(document.text)


def development_pages(folder: Path) -> Iterator[tuple[str, str, Any]]:
    """Yield name, source and options of every page of the measuring data."""
    with gzip.open(folder / "pages-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            options = {"dialect": "wikitext", "site": f"{row['lang']}wiki", "title": row["title"]}
            yield row["name"], row["wikitext"], options
    for path in sorted((folder / "export-pages").glob("*.md")):
        yield path.name, path.read_bytes().decode(), {"dialect": "export"}


def test_every_development_page(data_dir: Path) -> None:
    """Markdown and HTML of each page read back as its text."""
    count = 0
    for name, source, options in development_pages(data_dir):
        document = wikiclean.parse(source, **options)
        try:
            check_markdown(document)
            check_html(document)
        except AssertionError as error:
            raise AssertionError(name) from error
        count += 1
    assert count > 200


WIKITEXT = (
    *("[[甲|", "]]", "[http://a.b ", "]", "{{甲|", "}}", "{|\n|", "\n|}", "\n|-\n", "||", "!!"),
    *("'''", "''", "<ref>", "</ref>", "<nowiki>", "</nowiki>", "<b>", "</b>", "<br>", "<pre>"),
    *("</pre>", "-{", "}-", "\n== ", " ==\n", "\n* ", "\n# ", "\n; ", "\n: ", "\n ", "<poem>"),
    *("</poem>", "<code>", "</code>", "<math>", "</math>", "[[File:A.jpg|thumb|", "__TOC__"),
    *("<gallery>\n", "\n</gallery>", "<blockquote>", "</blockquote>", "&lt;", "&#42;", "\n\n"),
)
EXPORT = (
    *('[甲](../Page/甲.md "wikilink")', "\\[1\\]", "\n\n1.  ", "**", "*", "`", "\n  - ", "\n> "),
    *("\n## ", "\n\n", "\\*", "\\<b\\>", "<b>", "</b>", "\n| a | b |\n| --- | --- |\n| ", " | "),
    *('![](a.png "fig:甲")', "<sub>", "</sub>", "\n```\n", "\\(x\\)", "$x$", "\n1. ", "&lt;"),
)


def pieces(markup: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Return sources made of markup, of what other formats read as markup, and of letters."""
    one = st.sampled_from(markup + HOSTILE) | st.text(ACTIVE + LETTERS + "\n", max_size=6)
    return st.lists(one, max_size=14).map("".join)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pieces(WIKITEXT))
@example("<nowiki><script>alert(1)</script></nowiki>")
@example('[http://a.b/?<nowiki>"onmouseover=alert(1)</nowiki> 甲]')
@example("&lt;img src=x onerror=alert(1)&gt;")
@example("<code>``` <!--</code>")
@example("* &#42; a\n* <nowiki>1. b</nowiki>")
def test_no_markup_of_wikitext_becomes_markup(source: str) -> None:
    """What is text on a page of wikitext is text in Markdown and in HTML."""
    document = wikiclean.parse(source, dialect="wikitext")
    check_markdown(document)
    check_html(document)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pieces(EXPORT))
@example("\\<script\\>alert(1)\\</script\\>")
@example("\\# 甲\n\n\\- 乙\n\n1\\. 丙")
@example("[甲](javascript:alert\\(1\\))")
def test_no_markup_of_an_export_becomes_markup(source: str) -> None:
    """What is text on an exported page is text in Markdown and in HTML."""
    document = wikiclean.parse(source, dialect="export")
    check_markdown(document)
    check_html(document)
