"""
A second reading: others find in a page what we find.

mwparserfromhell finds the same templates and links on pages whose brackets balance. On others it
need not: it reads what looks like a template wherever it stands, and MediaWiki does not. And the
parser of the export, reading the Markdown that we write of wikitext, finds the same text.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import mwparserfromhell
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mwparserfromhell.nodes import Template, Wikilink
from test_renderers_html import visible

import wikiclean

TITLES: Final = ("甲", "乙 丙", "Ab", "丁（戊）", "子/丑", "寅,卯")
TEXTS: Final = (
    "辰",
    "巳 a1",
    "，。",
    "= 午",
    "未 ] 申",
    "} 酉",
    "(戌)",
    "&amp;",
    "\n\n",
    "亥\n* b\n",
)
Found = list[tuple[Any, ...]]


def template(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return calls of templates, with arguments that have names and such that have none."""
    names = st.sampled_from(["", "a = ", "b=", "1="])
    argument = st.tuples(names, inner.filter(lambda text: "=" not in text)).map("".join)
    return st.builds(
        lambda title, arguments: f"{{{{{'|'.join((title, *arguments))}}}}}",
        st.sampled_from(TITLES).map(lambda title: f"甲{title}"),  # not that of a parser function
        st.lists(argument, max_size=3),
    )


def link(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return links with labels and without; a label has no link in it, and no paragraph."""
    label = inner.filter(lambda text: "[[" not in text and "\n" not in text and text.strip())
    title = st.sampled_from(TITLES)
    return title.map("[[{}]]".format) | st.builds("[[{}|{}]]".format, title, label)


def line(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return text, calls and links in a row."""
    return st.lists(template(inner) | link(inner), min_size=1, max_size=4).map("辰".join)


pages = st.recursive(st.sampled_from(TEXTS), line, max_leaves=25)


def theirs(source: str) -> tuple[Found, Found]:
    """Return the outermost templates and the links beside them, as mwparserfromhell reads them."""
    templates: Found = []
    links: Found = []

    def walk(code: Any) -> Iterator[None]:  # noqa: ANN401 - their Wikicode
        for node in code.nodes:
            if isinstance(node, Template):
                arguments = [(str(one.name).strip(), str(one.value)) for one in node.params]
                templates.append((str(node.name).strip(), arguments))
            elif isinstance(node, Wikilink):
                links.append((str(node.title),))
                if node.text is not None:
                    yield from walk(node.text)
        yield

    for _ in walk(mwparserfromhell.parse(source)):
        pass
    return templates, links


def ours(source: str) -> tuple[Found, Found]:
    """Return the same of a Document; nobody knows its templates."""
    document = wikiclean.parse(source, dialect="wikitext", passes=())
    templates = [
        (one.name, [(p.name, source[slice(*p.value_span)]) for p in one.parameters])
        for one in sorted(document.templates, key=lambda one: one.source_span)
    ]
    links = sorted(document.links, key=lambda one: one.source_span)
    return templates, [(one.target,) for one in links]


def stripped(found: Found) -> Found:
    """Return templates without the white space around named values, which they keep."""
    return [(name, [(key, value.strip()) for key, value in given]) for name, given in found]


@settings(max_examples=400, deadline=None)
@given(pages)
def test_templates_and_links(source: str) -> None:
    """Both find the same calls with the same arguments, and the same links, in the same order."""
    (templates, links), (their_templates, their_links) = ours(source), theirs(source)
    assert stripped(templates) == stripped(their_templates)
    assert links == their_links


# ---------------------------------------------------------------- wikitext → Markdown → text

words = st.sampled_from(
    [
        *("甲", "乙 a1", "，。", "丙（丁）", "3.5", "e_f", "a*b", "#1", "`d`", "<x", "&amp;"),
        *("1. a", "- b", "$5", "\\", "~", "|"),
    ]
)
"""Text, much of which Markdown would read as markup."""


def styled(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return bold and italic text, links, and such in a row."""
    return (
        inner.map("'''{}'''".format)
        | inner.map("''{}''".format)
        | st.builds("[[庚|{}]]{}".format, words, inner)
        | st.lists(inner, min_size=1, max_size=3).map("辛".join)
    )


inlines = st.recursive(words, styled, max_leaves=5)
blocks = (
    inlines
    | st.builds("{0} {1} {0}".format, st.sampled_from(("==", "===")), words)
    | st.lists(inlines.map("* {}".format), min_size=1, max_size=3).map("\n".join)
    | st.lists(inlines.map("# {}".format), min_size=1, max_size=3).map("\n".join)
)


@settings(max_examples=300, deadline=None)
@given(st.lists(blocks, min_size=1, max_size=4))
def test_markdown_is_read_as_an_export(parts: list[str]) -> None:
    """What wikitext says in Markdown, the parser of the export reads as the same text."""
    # Of two lists with numbers side by side the second is written ``1)``, which no export is.
    assume(not any(a.startswith("#") and b.startswith("#") for a, b in pairwise(parts)))
    document = wikiclean.parse("\n\n".join(parts), dialect="wikitext", passes=())
    again = wikiclean.parse(document.to_markdown(), dialect="export", passes=())
    assert visible(again.text) == visible(document.text)
