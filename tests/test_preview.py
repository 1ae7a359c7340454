"""The explanation of a page: what belongs together, and an HTML file that nobody need fear."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import attrs
import pytest
from hostile_page import ATTACKS, EXPORT, WIKITEXT
from hypothesis import given, settings
from lxml import html as lxml_html
from rich.console import Console
from strategies import documents
from test_renderers_html import visible

import wikiclean
from wikiclean.codes import CODES, REPAIRS
from wikiclean.document import Cell, Diagnostic, Document, Link, Span, Table
from wikiclean.preview import KINDS, explain, page
from wikiclean.renderers.addresses import SCHEMES

SEED = Path(__file__).parent / "fixtures/agreed_framework/agreed_framework.md"
VOID = {"br", "input", "meta"}


class Reader(HTMLParser):
    """Reads the two panes of a page, and checks every element of it."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.code = ""
        self.panes: dict[str, list[str]] = {"source": [], "text": []}
        self.ids: list[str] = []
        self.places: set[str] = set()
        self.scripts: list[str] = []
        self.policy = ""
        self.numbers: dict[str, set[str]] = {"source": set(), "text": set()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check an element: nothing in it may come from the page but text and addresses."""
        values = {name: value or "" for name, value in attrs}
        assert len(values) == len(attrs)
        assert tag not in {"img", "svg", "iframe", "object", "embed", "base", "link", "form"}
        for name, value in values.items():
            assert not name.startswith("on")
            assert name not in {"style", "src", "srcdoc", "srcset", "action"}
            if name == "href":
                if value.startswith("#"):
                    self.places.add(value[1:])
                else:
                    assert value.partition(":")[0].lower() in SCHEMES
                    assert values["rel"] == "noopener noreferrer"
            elif name == "id":
                self.ids.append(value)
        if tag == "meta" and values.get("http-equiv"):
            assert values["http-equiv"] == "Content-Security-Policy"
            self.policy = values["content"]
        self.code = values.get("data-code", "")
        if tag in VOID:
            return
        mark = "mark" if "note" in values.get("class", "").split() else ""
        self.open.append((tag, values.get("id", mark)))
        for pane, numbers in self.numbers.items():
            if "data-g" in values and self.inside(pane):
                numbers.add(values["data-g"])

    def inside(self, pane: str) -> bool:
        """Tell whether the reader is in a pane."""
        return any(name == pane for _, name in self.open)

    def handle_endtag(self, tag: str) -> None:
        """Check that elements nest."""
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        """Remember the text; a picture stands for the character that it names."""
        if self.open and self.open[-1][0] in ("script", "style"):
            self.scripts.append(data)
        if self.code:
            assert len(data) == 1
            data, self.code = chr(int(self.code, 16)), ""
        for pane, found in self.panes.items():
            if self.inside(pane) and not self.inside("mark"):
                found.append(data)


def check(document: Document, html: str) -> Reader:
    """Check what holds for the explanation of any page."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    assert "".join(reader.panes["source"]) == document.source
    shown = visible("".join(reader.panes["text"]))
    assert visible(document.text) in shown
    assert len(reader.ids) == len(set(reader.ids))
    assert reader.places <= set(reader.ids)
    style, script = reader.scripts
    assert [hash_of(style), hash_of(script)] == re.findall(r"-src '(sha256-[^']*)'", reader.policy)
    assert reader.policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in reader.policy
    return reader


def hash_of(content: str) -> str:
    """Return the hash that a policy names."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def check_explanation(document: Document) -> None:
    """Check that passages tile the source as the account does, and stretches each text."""
    found = explain(document)
    at = document.extent.start
    for passage in found.passages:
        assert passage.span.start == at < passage.span.end
        at = passage.span.end
    assert at == document.extent.end
    rows = document.accounting()
    bounds = {passage.span.start for passage in found.passages}
    assert {row.source_span.start for row in rows} <= bounds
    for owner in found.owners.values():
        at = 0
        for stretch in found.stretches(owner):
            assert stretch.start == at < stretch.end
            at = stretch.end
        assert at == len(owner.text)
    for number, one in found.constructs.items():
        assert number == one.number <= one.last


@settings(deadline=None)
@given(documents())
def test_any_document(document: Document) -> None:
    """The left pane is the source, the text is on the right, and nothing else got in."""
    check_explanation(document)
    check(document, page(document))


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\n",
        "\n\n甲\n",
        "甲\r\n乙\r丙\n",
        "a\0b\x01\x08\x0b\x0c\x1b[31m\x7f\x80\x9b\t\xa0c",
        "\ufeff甲\u200b\u202e乙\u2066",
        "\ufdd0\ufffe\U0001ffff😀𠮷",
        "&amp;&#13;&#0;&lt;b&gt;",
        "<!-- a --><!DOCTYPE html><![CDATA[x]]>",
        "</div></body></html>",
        "甲\n" * 5000,
    ],
    ids=lambda source: repr(source[:12]),
)
@pytest.mark.parametrize("dialect", ["wikitext", "export"])
def test_each_character_of_the_source_survives(source: str, dialect: str) -> None:
    """Line ends of any kind, control characters and what looks like HTML stand as they are."""
    document = wikiclean.parse(source, dialect=dialect)
    check_explanation(document)
    check(document, page(document))


def test_control_characters_are_pictures() -> None:
    """What HTML cannot hold or nobody can see is a picture that names it; CR is a reference."""
    html = page(wikiclean.parse("a\0\x1b\r\tb", dialect="wikitext"))
    assert "<i data-code=0>\u2400</i><i data-code=1b>\u241b</i>&#13;\tb" in html
    assert "\0" not in html
    assert "\r" not in html


@pytest.mark.parametrize("title", [None, *ATTACKS[:8]])
@pytest.mark.parametrize("source", [WIKITEXT, EXPORT], ids=["wikitext", "export"])
def test_hostile_page(source: str, title: str | None) -> None:
    """Attacks in every field of a page become text."""
    dialect = "export" if source is EXPORT else "wikitext"
    document = wikiclean.parse(source, dialect=dialect, title=title)
    html = page(document)
    check(document, html)
    assert html.count("<script") == html.count("<style") == html.count("<title") == 1


KEPT_FIELDS = frozenset(
    {"text", "source", "dialect", "title_from", "owner", "kind", "form", "severity", "certainty"}
    | {"action", "_text", "_source"}
)
"""Fields whose values are the texts that offsets count in, paths, or one of a few words."""


def attacked(value: Any, attack: str) -> Any:  # noqa: ANN401 - a record, or what is in one
    """Return a record with *attack* in each field that may hold any string."""
    if type(value) is tuple:
        return tuple(attacked(one, attack) for one in value)
    if not attrs.has(type(value)):
        return value
    changes = {}
    for field in attrs.fields(type(value)):
        old = getattr(value, field.name)
        if field.name not in KEPT_FIELDS:
            changes[field.alias] = attack if isinstance(old, str) else attacked(old, attack)
    if isinstance(value, Diagnostic):
        changes["message"] += f"{value.offset}"  # so that one code has several messages
    return attrs.evolve(value, **changes)


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_in_fields_that_no_page_reaches(attack: str) -> None:
    """Whoever made the Document, what its fields hold becomes text."""
    source = (
        "{{Infobox a|b=[[c]]<ref name=d>e</ref>}}\n== f ==\n'''g'''[[h|i]][http://j k]{{l|m=n}}\n"
        "<math>o</math>{{lang|en|p}}\n<syntaxhighlight lang=q>r</syntaxhighlight>\n"
        "[[File:s.jpg|thumb|alt=t|u]] [[File:s.jpg|u]]<!-- 1 -->\n<!-- 2 -->\n"
        "<gallery>\nv.jpg|w\n</gallery>\n"
        "{|\n|+ x\n! y\n| z\n|}\n[[Category:a|b]][[en:c]]「」"
    )
    document = wikiclean.parse(source, dialect="wikitext", title="T")
    for name in ("infoboxes", "footnotes", "templates", "media", "interlanguage", "tables"):
        assert getattr(document, name)
    assert any(media.caption for media in document.media)
    changed = attacked(document, attack)
    assert changed.infoboxes[0].fields[0].key == changed.site == changed.title == attack
    html = page(changed)
    check(changed, html)
    assert html.count("<script") == html.count("<style") == html.count("<title") == 1
    for record in changed.walk():
        if isinstance(record, Link | Table):
            assert "<script" not in record._repr_html_()


def test_a_browser_reads_the_same() -> None:
    """A parser that repairs as browsers do finds the same source in the left pane."""
    document = wikiclean.parse(WIKITEXT, dialect="wikitext")
    assert left_pane(page(document)) == document.source


def left_pane(html: str) -> str:
    """Return the text of the left pane as lxml reads it."""
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    root = lxml_html.document_fromstring(html.encode(), parser=parser)
    return str(root.get_element_by_id("source").text_content())


def real_pages(data_dir: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the development pages and the exports, with the options to read them."""
    with gzip.open(data_dir / "pages-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for one in map(json.loads, lines):
            options = {"dialect": "wikitext", "site": f"{one.get('lang', 'zh')}wiki"}
            yield one["wikitext"], {**options, "title": one["title"]}
    for path in sorted((data_dir / "export-pages").iterdir()):
        if path.suffix in (".md", ".wikitext"):
            yield path.read_bytes().decode(), {}


def test_real_pages(data_dir: Path) -> None:
    """On real pages, too, each character of the source is in the left pane once and in order."""
    number = 0
    for source, options in real_pages(data_dir):
        document = wikiclean.parse(source, **options)
        html = page(document)
        assert left_pane(html) == document.source
        ids = re.findall(r'<[a-z]+ (?:class=(?:\w|"[^"]*") )?id=([sr]\d+)', html)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'href="#(s\d+)"', html)) <= set(ids)
        check_explanation(document)
        number += 1
    assert number > 200


# ---------------------------------------------------------------- what belongs together


def kinds(source: str, **options: str) -> list[tuple[str, str, int]]:
    """Return kind, source and construct of each passage."""
    found = explain(wikiclean.parse(source, **options))
    return [(p.kind, source[slice(*p.span)], p.construct) for p in found.passages]


def test_a_repaired_link_is_told_apart() -> None:
    """The markup and the label of a link are one construct; what the label gave back another."""
    source = '[美國和](https://zh.wikipedia.org/wiki/美國 "wikilink")日本（）。'
    link, given, plain, husk, stop = 2, 3, 4, 5, 6  # the paragraph is 1
    assert kinds(source) == [
        ("markup", "[", link),
        ("kept", "美國", link),
        ("repaired", "和", given),
        ("markup", '](https://zh.wikipedia.org/wiki/美國 "wikilink")', link),
        ("kept", "日本", plain),
        ("repaired", "（）", husk),
        ("kept", "。", stop),
    ]
    found = explain(wikiclean.parse(source))
    assert (found.constructs[link].last, found.constructs[given].last) == (given, given)
    text = found.stretches(found.document)
    assert [(found.document.text[s.start : s.end], s.construct) for s in text] == [
        ("美國", link),
        ("和", given),
        ("日本", plain),
        ("。", stop),
    ]
    assert found.remarks(found.document) == [(5, husk, "repaired")]


def test_notes_and_infoboxes_are_taken_apart() -> None:
    """What stands in a note or in an infobox is moved, and a link in it is a construct."""
    source = "甲<ref>見[[乙]]</ref>{{未知}}"
    found = explain(wikiclean.parse(source, dialect="wikitext"))
    rows = [(p.kind, source[slice(*p.span)]) for p in found.passages]
    assert rows == [
        ("kept", "甲"),
        ("markup", "<ref>"),
        ("moved", "見"),
        ("markup", "[["),
        ("moved", "乙"),
        ("markup", "]]"),
        ("markup", "</ref>"),
        ("dropped", "{{未知}}"),
    ]
    by_source = {source[slice(*p.span)]: p for p in found.passages}
    note = by_source["<ref>"].construct
    link = by_source["[["].construct
    assert note < by_source["見"].construct < link <= found.constructs[note].last
    assert by_source["乙"].construct == by_source["]]"].construct == link
    body = found.document.footnotes[0].body
    assert body is not None
    assert by_source["乙"].owner is body
    assert (found.path(body), found.where(body)) == ("footnotes/0", "note 1")


def test_what_changed_nothing_is_flagged() -> None:
    """A remark has a place and no passage."""
    found = explain(wikiclean.parse("甲「」乙", dialect="export"))
    assert [p.kind for p in found.passages] == ["kept"]
    (one,) = found.silent()
    assert isinstance(one.record, Diagnostic)
    assert (one.record.code, found.kinds[one.number]) == ("empty_quotes", "flagged")
    assert found.counts["flagged"] == (1, 0)
    assert found.counts["kept"] == (1, 4)


def test_half_a_surrogate_pair_is_repaired() -> None:
    """The character that took its place is coloured as a repair."""
    found = explain(wikiclean.parse("a\ud800b", dialect="wikitext"))
    assert [(p.kind, p.span) for p in found.passages] == [
        ("kept", (0, 1)),
        ("repaired", (1, 2)),
        ("kept", (2, 3)),
    ]


def test_lines_and_columns() -> None:
    """Places count from 1, and a line end belongs to its line."""
    found = explain(wikiclean.parse("甲\n\n乙丙", dialect="wikitext"))
    assert [found.place(at) for at in range(6)] == [(1, 1), (1, 2), (2, 1), (3, 1), (3, 2), (3, 3)]


def test_repairs_are_codes() -> None:
    """Each code that counts as a repair is one that there is."""
    assert set(CODES) >= REPAIRS


def test_repairs_are_counted_alike() -> None:
    """The row of a page and what is shown of it agree on what was repaired."""
    for source in ("a\ud800b", "甲（{{乙}}）丙"):
        document = wikiclean.parse(source, dialect="wikitext")
        assert document.to_row()["stats"]["repaired"] == 1
        assert explain(document).counts["repaired"][0] == 1


# ---------------------------------------------------------------- the page


@pytest.fixture(scope="module")
def seed() -> str:
    """Return the explanation of the article."""
    return page(wikiclean.parse(SEED.read_text(encoding="utf-8")))


def test_both_sides_have_the_same_passages(seed: str) -> None:
    """Each passage of the text has its counterpart in the source, and each repair both."""
    document = wikiclean.parse(SEED.read_text(encoding="utf-8"))
    reader = check(document, seed)
    assert reader.numbers["text"] <= reader.numbers["source"]
    found = explain(document)
    changed = {str(number) for number, kind in found.kinds.items() if kind == "repaired"}
    assert len(changed) == 10
    assert changed <= reader.numbers["text"]


def test_reasons_and_counts(seed: str) -> None:
    """The page says how often and why."""
    assert '<span class="r">repaired</span> <b>10</b>' in seed
    assert "<code>label_overflow</code> <b>9</b> The label had swallowed text" in seed
    assert "<q>美國和</q> → <q>美國</q>" in seed
    assert "24 links · 6 notes · 0 tables" in seed


def test_languages() -> None:
    """The page is English, the source in the language of its wiki, the text in its variant."""
    html = page(wikiclean.parse("'''甲'''信息", dialect="wikitext", variant="zh-tw"))
    assert '<html lang="en">' in html
    assert 'id="source" tabindex="0" lang="zh"' in html
    assert 'id="text" tabindex="0" lang="zh-TW"' in html
    assert '<h1 lang="zh-TW">甲</h1>' in html


def test_only_chooses_the_filters_that_are_on() -> None:
    """Without a choice all are on."""
    document = wikiclean.parse("甲", dialect="wikitext")
    assert re.findall(r'value="(.)" checked', page(document)) == list("komdrf")
    assert re.findall(r'value="(.)" checked', page(document, only=["dropped"])) == ["d"]


def test_every_kind_has_a_look() -> None:
    """The page tells what each kind means, but for white space, which shows itself."""
    html = page(wikiclean.parse("甲", dialect="wikitext"))
    for kind, meaning in KINDS.items():
        assert (f'title="{meaning}"' in html) == (kind != "layout")


def test_a_selected_document_is_explained_too() -> None:
    """What the caller did not choose is dropped, with its reason."""
    document = wikiclean.parse("甲<math>x</math>", dialect="wikitext").select(math="drop")
    html = page(document)
    check(document, html)
    assert "<code>not_selected</code>" in html


def test_unaccounted_characters_show() -> None:
    """A character that no record has is an error, and the page says so."""
    document = Document("", "甲", "wikitext", "zhwiki", extent=Span(0, 1))
    html = page(document)
    check(document, html)
    assert "<code>unaccounted</code>" in html
    assert "<span class=d id=s1 data-g=1>甲</span>" in html


# ---------------------------------------------------------------- notebooks and rich


def test_links_and_tables_show_themselves() -> None:
    """In a notebook a link is its facts, a table its grid, a Document its page."""
    document = wikiclean.parse(
        "[[甲|乙]]\n{|\n! 丙 !! 丁\n|-\n| colspan=2 | 戊\n|}", dialect="wikitext"
    )
    assert document.links[0]._repr_html_() == "<b>乙</b> → 甲 <small>article, certain</small>"
    assert document.tables[0]._repr_html_() == (
        "<table>\n<caption>2 × 2</caption>\n<tr><th>丙</th><th>丁</th></tr>\n"
        '<tr><td colspan="2">戊</td></tr>\n</table>\n'
    )
    assert document._repr_html_() == document.to_html()


@pytest.mark.parametrize("attack", ATTACKS)
def test_links_show_nothing_harmful(attack: str) -> None:
    """Facts of a link are escaped, and only a safe address is one."""
    link = Link(attack, attack, attack, "external", "external", Span(0, 0), Span(0, 0))
    html = link._repr_html_()
    assert re.findall("<[^>]*>", html) == ["<b>", "</b>", "<small>", "</small>"]
    unsafe = Link("a", "javascript:x", "", "external", "external", Span(0, 0), Span(0, 0))
    assert "href" not in unsafe._repr_html_()
    safe = Link("a", "https://e.example/", "", "external", "external", Span(0, 0), Span(0, 0))
    assert 'href="https://e.example/"' in safe._repr_html_()


def printed(value: object) -> str:
    """Return what rich prints, with its escape sequences."""
    console = Console(width=60, force_terminal=True, color_system="standard", legacy_windows=False)
    with console.capture() as capture:
        console.print(value)
    return capture.get()


def test_rich() -> None:
    """Rich shows headings, links and formatting; an escape sequence of the page is a picture."""
    source = "== 甲 ==\n'''乙'''[[丙]]\x1b[31m\x9b\r丁\n\n{|\n! 戊\n| 己\n|}"
    document = wikiclean.parse(source, dialect="wikitext")
    shown = printed(document)
    assert "\x1b[1;36m甲\x1b[0m" in shown
    assert "\x1b[1m乙\x1b[0m" in shown
    assert "https://zh.wikipedia.org/wiki/%E4%B8%99" in shown
    assert "\u241b[31m" in shown
    assert "\x9b" not in shown
    assert "\x1b[31m" not in shown
    assert " → " in printed(document.links[0])
    assert "丙" in printed(document.links[0])
    assert "1 × 2" in printed(document.tables[0])


def test_rich_shows_a_table_with_holes() -> None:
    """Places of the grid that a cell spans, or that no cell has, stay empty."""
    cell = Cell(0, 0, 2, 1, header=True, span=Span(0, 1), source_span=Span(0, 1))
    table = Table(Span(0, 1), Span(0, 1), 2, 2, 1, None, (cell,), document_text="甲")
    assert printed(table).count("甲") == 1


def test_a_note_can_be_explained_on_its_own() -> None:
    """A Document in a page is explained over its own part of the source."""
    source = "甲<ref>見[[乙]]</ref>"
    body = wikiclean.parse(source, dialect="wikitext").footnotes[0].body
    assert body is not None
    check_explanation(body)
    assert left_pane(page(body)) == source[body.extent.start : body.extent.end]
