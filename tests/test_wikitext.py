"""Wikitext: one rule a case, the laws on any markup and on real pages, MediaWiki's own tests."""

import gzip
import json
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from case_files import FIXTURES, Case, read_cases
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_export import chosen, facts
from test_laws import check, everything

import wikiclean
from wikiclean.codes import CODES
from wikiclean.document import Document
from wikiclean.parsers.tags import STYLES
from wikiclean.parsers.wikitext import parse
from wikiclean.site import Site
from wikiclean.templates import CORE, argument

SITES = {language: Site.load(f"{language}wiki") for language in ("zh", "en")}
MICRO_CASES = {
    path.stem: read_cases(path) for path in sorted((FIXTURES / "wikitext").glob("*.txt"))
}
"""Topic → its cases; an option stands in the title, as ``[site=enwiki]``."""


def read(source: str, language: str = "zh", **options: Any) -> Document:  # noqa: ANN401
    """Read a page as its wiki does."""
    return parse(source, SITES[language], **options)


@pytest.mark.parametrize(
    "case",
    [pytest.param(c, id=f"{t}: {c.title}") for t, cases in MICRO_CASES.items() for c in cases],
)
def test_case(case: Case) -> None:
    """The text and the facts of a case are what MediaWiki shows."""
    options: Any = dict(re.findall(r"\[(\w+)=([^\]]*)\]", case.title))
    language = options.pop("language", "zh")
    document = read(case.source, language, **options)
    assert document.text == case.text
    kinds = {line.partition(":")[0] for line in case.facts}
    assert sorted(chosen(facts(document), kinds)) == sorted(case.facts)
    check(document)


# ---------------------------------------------------------------- the laws

ATOMS = (
    *"[]{}|=!-*#:;'<>&_/\" \n\tax1中文，。（）　\x7f\x00\xa0",
    *("[[", "]]", "[[a|", "[[a]]", "[[a|b]]", "[[a|b]]s", "[[File:a|thumb|", "[[File:a.jpg]]"),
    *("[[Category:a]]", "[[Category:a|b]]", "[[en:a]]", "[[:en:a]]", "[[a\nb]]", "[[a|b\nc]]"),
    *("{{", "}}", "{{{", "}}}", "{{a}}", "{{a|b=c|d}}", "{{#if:a|b|c}}", "{{!}}", "{{lang|en|a}}"),
    *("{{Infobox a|b=c|d=[[e]]}}", "{{nowrap|", "{{#tag:ref|a}}", "{{PAGENAME}}", "{{lc:A}}"),
    *("-{", "}-", "-{a}-", "-{zh-hans:a;zh-hant:b}-", "-{H|zh-cn:a;zh-tw:b}-", "-{R|a}-"),
    *("''", "'''", "'''''", "''''", "\n== a ==\n", "\n=== ", " ===\n", "\n----\n", "\n\n"),
    *("\n* ", "\n** ", "\n# ", "\n; a : b\n", "\n: ", "\n;", "\n*;", "\n a\n", "\n "),
    *("\n{|\n", "\n|}\n", "\n|-\n", "\n| a || b\n", "\n! c !! d\n", "\n|+ e\n", "\n:{|\n"),
    *("\n| rowspan=2 | a\n", "\n| colspan=3 | a\n", "\n|", "||", "!!", "|}", "{|"),
    *("<ref>", "</ref>", "<ref>a</ref>", '<ref name="a">b</ref>', "<ref name=a />", "<ref/>"),
    *("<references/>", "<references>", "</references>", "<nowiki>", "</nowiki>", "<nowiki/>"),
    *(
        "<pre>",
        "</pre>",
        "<pre> a\n b</pre>",
        "<math>x</math>",
        "<poem>",
        "</poem>",
        "<poem>a\nb</poem>",
    ),
    *("<gallery>\na.jpg|b\n</gallery>", "<source lang=c> a </source>", "<!--", "-->", "<!-- a -->"),
    *("<b>", "</b>", "<i>", "</i>", "<small>", "</small>", "<s>", "</s>", "<span>", "</span>"),
    *("<div>", "</div>", "<p>", "</p>", "<br>", "<br/>", "<hr>", "<blockquote>", "</blockquote>"),
    *("<table>", "</table>", "<tr>", "<td>", "</td>", "<th>", "<caption>", "<ul>", "<li>", "</li>"),
    *("</ul>", "<dl>", "<dt>", "<dd>", "<ruby>a<rt>b</rt></ruby>", "<rp>", "</rp>", "<center>"),
    *('<span style="display:none">', "<div\n>", "<includeonly>", "</includeonly>", "<noinclude>"),
    *("http://a.b", "http://a.b/(c).", "[http://a.b c]", "[http://a.b]", "[//a b", "mailto:a@b"),
    *("__NOTOC__", "__A__", "ISBN 1234567890", "RFC 1", "&amp;", "&nbsp;", "&#10;", "&lt;b&gt;"),
)
pages = st.lists(st.sampled_from(ATOMS), max_size=24).map("".join)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(source=pages, language=st.sampled_from(sorted(SITES)), dropped=st.booleans())
@example(source="甲\n\0\n\x0c\n \x1c\n\x85\n\u2028\n\u3000", language="zh", dropped=True)
def test_laws(source: str, language: str, *, dropped: bool) -> None:
    """Whatever the markup, every law of a Document holds."""
    document = read(source, language, templates={} if dropped else CORE)
    assert document.source == source
    check(document)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text(source: str) -> None:
    """Any text at all is a page, lone surrogates included."""
    check(wikiclean.parse(source, dialect="wikitext", templates=CORE, passes=()))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("abc 中文，。", min_size=1).map(str.strip).filter(bool), max_size=5))
def test_plain_text_stays(blocks: list[str]) -> None:
    """Text without active characters, its blocks parted by blank lines, is its own reading."""
    text = "\n\n".join(blocks)
    assert read(text).text == text


ELEMENTS = sorted(STYLES.keys() - {"q", "ruby"})
"""Elements that format text and add none of their own."""
Inline: TypeAlias = "str | tuple[str, list[Inline]]"
"""Text, or the name of an element, or of a link, and what is in it."""


def inlines(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return leaves, and elements in each other that hold them."""
    return st.recursive(
        leaf,
        lambda inner: st.tuples(st.sampled_from(ELEMENTS), st.lists(inner, min_size=1, max_size=3)),
        max_leaves=6,
    )


formatted = inlines(st.text("甲乙丙丁", min_size=1, max_size=3))
linked = inlines(formatted | st.tuples(st.just("[["), st.lists(formatted, min_size=1, max_size=2)))


def written(node: Inline, at: int, found: list[tuple[str, int, int]]) -> tuple[str, int]:
    """Return the markup of what stands at *at* of the text, and where it ends there."""
    if isinstance(node, str):
        return node, at + len(node)
    name, inner = node
    pieces = [f"<{name}>" if name in STYLES else "[[長江|"]
    end = at
    for one in inner:
        piece, end = written(one, end, found)
        pieces.append(piece)
    found.append((STYLES.get(name, "link"), at, end))
    return "".join(pieces) + (f"</{name}>" if name in STYLES else "]]"), end


@settings(max_examples=300, deadline=None)
@given(st.lists(linked | formatted, min_size=1, max_size=4))
@example([("i", [("[[", ["甲"]), "乙"])])
def test_formatting_holds_all_that_stands_in_it(nodes: list[Inline]) -> None:
    """What is closed, tag or link, holds the text from its beginning to its end."""
    expected: list[tuple[str, int, int]] = []
    source, end = "", 0
    for node in nodes:
        piece, end = written(node, end, expected)
        source += piece
    document = read(source)
    assert len(document.text) == end
    got = [(style.kind, *style.span) for style in document.styles]
    got += [("link", *link.span) for link in document.links]
    assert sorted(got) == sorted(expected)


def test_values_of_infoboxes_may_be_read_in_any_order() -> None:
    """What is numbered through the page is numbered where it stands, whoever is read first."""
    source = (
        "{{Infobox 國家|甲=[http://a.b]|乙=[[丙]]|丁=戊<ref>己</ref>}}"
        "庚<ref>辛</ref>[http://c.d]{{Infobox 國家|壬=[http://e.f]}}"
    )
    document = read(source)
    assert document.text == "庚[2]"
    assert [note.text for note in document.footnotes] == ["己", "辛"]
    texts = [[field.text for field in box.fields] for box in reversed(document.infoboxes)]
    assert texts == [["[3]"], ["[1]", "丙", "戊"]]
    check(document)


@pytest.mark.parametrize(("end", "parts"), [("\n", "\n"), ("\n\n", "\n\n"), ("\n|-\n", "\n")])
def test_a_long_page_says_what_its_lines_say(end: str, parts: str) -> None:
    """However many pieces a text has, none is lost where they are joined, nor white space kept."""
    line = (
        "| 甲 [[乙]] '''丙''' &amp; 丁 {{某某}} " if "|" in end else "* 甲 [[乙]] ''丙'' &lt; 丁 \t"
    )
    said = "甲 乙 丙 & 丁" if "|" in end else "甲 乙 丙 < 丁"
    source = end.join([line] * 500)
    document = read(f"{{|\n{source}\n|}}" if "|" in end else source)
    assert document.text == parts.join([said] * 500)
    assert [link.span.start % (len(said) + len(parts)) for link in document.links] == [2] * 500
    check(document)


# ---------------------------------------------------------------- real pages


@cache
def real_pages(folder: Path) -> list[dict[str, Any]]:
    """Return the development pages."""
    with gzip.open(folder / "pages-dev.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_real_pages(data_dir: Path) -> None:
    """The laws hold on all development pages, with templates and without."""
    for page in real_pages(data_dir):
        for templates in (CORE, {}):
            document = read(
                page["wikitext"], page.get("lang", "zh"), title=page["title"], templates=templates
            )
            check(document)


def test_a_table_begins_with_its_empty_cells() -> None:
    """Not where the text before it ends, though its first cells have no text."""
    document = read("甲\n{|\n! !! 乙\n|-\n| || 丙\n|}")
    assert document.text == "甲\n\n\t乙\n\t丙"
    table = document.tables[0]
    assert document.text[slice(*table.span)] == "\t乙\n\t丙"
    assert [tuple(cell.span) for cell in table.cells] == [(3, 3), (4, 5), (5, 5), (7, 8)]


STRAY = ("'", "''", "'''", "[", "[[", "]", "]]", "{", "}", "{{", "}}", "<", ">", "<b>", "<small>",
         "</div>", "-{", "}-", "[http://a ", "<ref>", "&", "|", "=")  # fmt: skip


def test_stray_markup_swallows_nothing(data_dir: Path) -> None:
    """A stray sign changes the line it stands in, and what comes two blocks later is as before."""
    rng = random.Random(7)  # noqa: S311 - which places are tried need not be secret
    small = [p for p in real_pages(data_dir) if len(p["wikitext"]) < 15_000]
    for page in rng.sample(small, 40):
        source = page["wikitext"]
        language = page.get("lang", "zh")
        lines = [m.end() for m in re.finditer(r"\n\n(?=[^\W\d_])", source)]
        if len(lines) < 4:
            continue
        before = read(source, language, templates={})
        for sign in STRAY:
            at = rng.choice(lines[:-2])
            damaged = read(source[:at] + sign + source[at:], language, templates={})
            tail = before.text[-80:]
            if before.tables or sign in {"{{", "-{", "[[", "<ref>"}:
                continue  # MediaWiki reads these to their partner, wherever that is
            assert damaged.text.endswith(tail.strip()), (page["title"], sign, at)


# ---------------------------------------------------------------- MediaWiki's own tests

PASSING = FIXTURES / "wikitext" / "parsertests-passing.json"


def parser_tests(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield MediaWiki's parser tests in text form."""
    with gzip.open(folder / "parsertests-dev.jsonl.gz", "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def squashed(text: str) -> str:
    """Return a text without the white space and the invisible characters that mean nothing."""
    text = re.sub("[\u200b\ufeff\u2060\u200e\u200f\u00ad]", "", text)
    return "".join(text.split())


def test_parser_tests_only_grow(data_dir: Path, request: pytest.FixtureRequest) -> None:
    """Every parser test that once gave MediaWiki's text still does."""
    passing = set()
    for case in parser_tests(data_dir):
        language = case["lang"]
        document = read(
            case["wikitext"],
            language,
            title=case["title"],
            variant=case.get("variant", "zh") if language == "zh" else "source",
            templates={},
        )
        if squashed(document.text) in map(squashed, case["accept"]):
            passing.add(case["name"])
    if request.config.getoption("--update-golden"):
        names = json.dumps(sorted(passing), ensure_ascii=False, indent=0)
        PASSING.write_text(names + "\n", encoding="utf-8")
    known = set(json.loads(PASSING.read_text(encoding="utf-8")))
    assert known - passing == set()


# ---------------------------------------------------------------- handlers, limits


def test_handler_keeps_the_place_of_its_argument() -> None:
    """Text out of an argument leads back to where it stands in the source."""
    source = "甲{{我的|乙'''丙'''}}丁"
    document = read(source, templates={**CORE, "我的": argument(1, before="〈", after="〉")})
    assert document.text == "甲〈乙丙〉丁"
    assert document.to_source(document.text.index("丙")) == source.index("丙")
    (template,) = document.templates
    assert (template.action, document.text[slice(*template.span)]) == ("rendered", "〈乙丙〉")


def test_infobox_is_taken_out() -> None:
    """The values of an infobox are Documents of their own, over the same source."""
    source = "{{Infobox 人物|姓名=[[孔子]]|國籍=魯國<ref>注</ref>}}\n孔子是人。"
    document = read(source)
    assert document.text == "孔子是人。"
    (infobox,) = document.infoboxes
    assert [(f.key, f.text) for f in infobox.fields] == [("姓名", "孔子"), ("國籍", "魯國")]
    (note,) = document.footnotes
    assert (note.text, note.anchors[0].owner) == ("注", "infoboxes/0/1")
    check(document)


DEEP = {
    "braces": "{{a|" * 5000 + "}}" * 5000,
    "handled": "{{nowrap|" * 5000 + "}}" * 5000,
    "conditions": "{{#if:a|" * 5000 + "}}" * 5000,
    "arguments": "{{{a|" * 5000 + "}}}" * 5000,
    "links": "[[a|" * 5000 + "]]" * 5000,
    "tables": "\n{|\n|a" * 3000 + "\n|}" * 3000,
    "quotations": "<blockquote>a" * 3000 + "</blockquote>" * 3000,
    "lists": "<ul><li>a" * 3000,
    "variants": "-{a|" * 5000 + "}-" * 5000,
    "spans": "{|\n" + "|-\n| rowspan=60000 colspan=900 | a\n" * 500 + "|}",
}


@pytest.mark.parametrize("name", sorted(DEEP))
def test_depth_is_bounded(name: str) -> None:
    """What nests too deep is text or dropped, and nothing raises."""
    check(read(DEEP[name]))


def test_what_functions_print_is_bounded() -> None:
    """Arguments that grow in functions inside each other are expanded up to a bound."""
    call = "{{#if:" + "{{lc:" * 20 + "{{padleft:|500|x}}" * 200 + "}}" * 20 + "|甲}}"
    document = read(call * 3, templates={})
    assert document.text == "甲"
    assert [found.code for found in document.diagnostics] == ["template_dropped"] * 2
    check(document)


def test_a_heading_names_no_parameter() -> None:
    """The equals signs and bars on the line of a heading are its own."""
    (template,) = read("{{不知|\n== 甲 | 乙 ==\n丙|丁=戊\n=己}}").templates
    found = [(one.name, one.positional) for one in template.parameters]
    assert found == [("1", True), ("丁", False)]


OPENERS = (
    *("{{", "{{a|", "[[", "[[a|", "[http://a ", "''a", "<b>", "<div>", "<ref>", '<a b="', "-{"),
    *("{|\n|", "<!--", "&", "[[File:a|", "[[File:a|[[b]]", "\n;a", "<ul><li>", "<span\n"),
    *("{{a|\n==", "{{a|\n==b|c=", "[[a#<"),
)


@pytest.mark.parametrize("opener", OPENERS)
def test_an_opener_without_end_is_read(opener: str) -> None:
    """Thousands of openers and no closer: all is accounted for. The benchmarks time it."""
    check(read(opener * (20_000 // len(opener))))


@settings(max_examples=100, deadline=None)
@given(source=pages)
def test_codes_are_listed(source: str) -> None:
    """Every diagnostic has a code of the one table."""
    for document in everything(read(source, templates={})):
        assert {found.code for found in document.diagnostics} <= set(CODES)
