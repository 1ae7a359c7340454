"""Templates of all wikis and of zh-Wikipedia: cases that are data, what holds for any call."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from case_files import FIXTURES
from hypothesis import given
from hypothesis import strategies as st

from wikiclean.document import Document
from wikiclean.parsers.wikitext import parse
from wikiclean.parsers.wikitext.answers import keys_of
from wikiclean.parsers.wikitext.calls import read_call
from wikiclean.parsers.wikitext.preprocess import scan
from wikiclean.site import Site
from wikiclean.templates import CORE, Argument, Call, Handler, core, fields
from wikiclean.templates.aliases import CORE_ALIASES
from wikiclean.templates.convert import UNITS
from wikiclean.templates.zh import FAMILIES, HANDLERS, ZH
from wikiclean.templates.zh_aliases import ALIASES

SITE = Site.load("zhwiki")
ROOT = Path(__file__).resolve().parent.parent
FOLD = str.maketrans("語韓", "语韩")


class Case(NamedTuple):
    """A case of a file: what is read, in which script, and what is expected."""

    wiki: str
    """``core`` or ``zh``: whose templates they are."""
    title: str
    variant: str
    wikitext: str
    text: str
    links: list[str] | None


def cases(wiki: str) -> list[Case]:
    """Read a file of cases."""
    source = (FIXTURES / f"templates/{wiki}.md").read_text(encoding="utf-8")
    found = []
    for chunk in source.split("\n.\n\n"):
        head, wikitext, text, *links = chunk.removesuffix("\n.\n").split("\n.\n")
        title, _, variant = head.strip().rpartition("\n")[2].partition(" @")
        lines = links[0].split("\n") if links else None
        found.append(Case(wiki, title, variant or "source", wikitext, text, lines))
    return found


def read(wikitext: str, variant: str = "source", wiki: str = "zh") -> Document:
    """Read wikitext as a page of zh-Wikipedia, or of a wiki without a table of its own."""
    if wiki == "core":
        return parse(wikitext, Site.load("enwiki"), variant=variant, templates=CORE)
    return parse(wikitext, SITE, variant=variant, templates=ZH)


def shown(document: Document) -> str:
    """Return the text with spaces that do not break as plain ones."""
    return document.text.replace("\xa0", " ")


@pytest.mark.parametrize(
    "case", [*cases("core"), *cases("zh")], ids=lambda case: f"{case.wiki}: {case.title}"
)
def test_case(case: Case) -> None:
    """A template leaves the text, and the links, that its wiki shows."""
    document = read(case.wikitext, case.variant, case.wiki)
    expected, actual = case.text, shown(document)
    if case.variant == "source":  # The language's name may stand in either script.
        expected, actual = expected.translate(FOLD), actual.translate(FOLD)
    assert expected == actual
    if case.links is not None:
        # Those to addresses are compared where a case lists one.
        with_external = any(" → http" in line for line in case.links)
        found = [
            f"{link.label} → "
            + (f"{link.interwiki}:" if link.interwiki else "")
            + link.target
            + (f"#{link.fragment}" if link.fragment else "")
            for link in document.links
            if link.kind != "external" or with_external
        ]
        expected_links = [line.translate(FOLD) for line in case.links if line]
        assert expected_links == [line.translate(FOLD) for line in found]


def test_cases_have_titles_of_their_own() -> None:
    """Two cases of one title would hide each other in a report."""
    titles = [(case.wiki, case.title) for wiki in ("core", "zh") for case in cases(wiki)]
    assert len(titles) > 130
    assert len(titles) == len(set(titles))


def test_snippets(data_dir: Path) -> None:
    """Sentences of real pages read as their readers see them."""
    with (data_dir / "snippets-dev.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows
    wrong = [
        (row["source_title"], actual)
        for row in rows
        if (actual := shown(read(row["wikitext"])).translate(FOLD))
        != row["expected"].translate(FOLD)
    ]
    assert len(rows) - len(wrong) >= len(rows) - 1, wrong


# ---------------------------------------------------------------- notes


def test_a_note_keeps_its_text_and_place() -> None:
    """The text of a note is a footnote of the document, its anchor stands at the word."""
    document = read("甲{{NoteTag|1=又称[[乙]]}}丙{{efn|name=x|丁}}戊{{efn|name=x}}")
    assert [
        (note.text, [anchor.offset for anchor in note.anchors]) for note in document.footnotes
    ] == [("又称乙", [1]), ("丁", [2, 3])]


def test_marks_of_several_notes() -> None:
    """``{{r|a|b}}`` refers to two notes that are defined elsewhere."""
    document = read("甲{{r|a|b}}\n\n{{reflist|refs=<ref name=a>乙</ref><ref name=b>丙</ref>}}")
    assert [(note.name, note.text, len(note.anchors)) for note in document.footnotes] == [
        ("a", "乙", 1),
        ("b", "丙", 1),
    ]


@pytest.mark.parametrize(
    "defined",
    [
        "{{efn|name=q}}乙{{notelist|refs={{efn|name=q|见[[丙]]}}}}",
        "{{NoteTag|name=q}}乙{{NoteFoot|refs={{NoteTag|name=q|见[[丙]]}}}}",
        '<ref group="註" name="q" />乙{{reflist|group=註|refs={{refn|group=註|name=q|见[[丙]]}}}}',
        "{{r|q|group=註}}乙{{reflist|group=註|refs={{refn|name=q|见[[丙]]}}}}",
        "{{r|q|group=註}}乙<references group=註>{{efn|group=註|name=q|见[[丙]]}}</references>",
        "<ref name=q />乙<references>{{#tag:ref|见[[丙]]|name=q}}</references>",
    ],
)
def test_notes_that_templates_define_in_a_list(defined: str) -> None:
    """A list of notes holds the texts that templates and parser functions define in it."""
    document = read("甲" + defined)
    assert document.text == "甲乙"
    assert [
        (note.name, note.text, [anchor.offset for anchor in note.anchors])
        for note in document.footnotes
    ] == [("q", "见丙", [1])]
    assert not [d for d in document.diagnostics if d.code == "footnote_definition_missing"]


def test_short_citations_of_one_place_are_one_note() -> None:
    """``{{sfn}}`` with the same author, year and page is used twice and stands once."""
    document = read("甲{{sfn|Hollis|1900|p=3}}乙{{sfn|Hollis|1900|p=3}}丙{{sfn|Hollis|1900|p=4}}")
    assert [len(note.anchors) for note in document.footnotes] == [2, 1]


def test_a_note_in_two_languages_holds_all_that_the_call_gives() -> None:
    """The text of the note that ``{{nihongo foot}}`` makes is made of several arguments."""
    document = read("{{nihongo foot|東京塔|東京タワー|Tōkyō tawā|塔}}")
    assert [note.text for note in document.footnotes] == ["東京タワー Tōkyō tawā, 塔"]


def test_tags_that_a_template_supplies_are_its_markup() -> None:
    """What a handler adds is in no diagnostic: the record of the template has it."""
    source = "{{ruby-py|甲|jia}}"
    document = read(source)
    assert document.text == "甲(jia)"
    assert document.diagnostics == ()
    rows = [(row.disposition, source[slice(*row.source_span)]) for row in document.accounting()]
    assert rows == [
        ("markup", "{{ruby-py|"),
        ("kept", "甲"),
        ("markup", "|"),
        ("kept", "jia"),
        ("markup", "}}"),
    ]


def test_a_measure_keeps_the_place_of_its_number() -> None:
    """The number that was given stands in the text as in the source; its conversion does not."""
    source = "重{{convert|15|kg}}"
    document = read(source)
    assert document.text == "重15公斤（33英磅）"
    assert document.to_source(document.text.index("15")) == source.index("15")


# ---------------------------------------------------------------- tables


def test_aliases_point_somewhere_and_do_not_collide() -> None:
    """Each other name belongs to one template, and no template goes by it already."""
    base = {**core.HANDLERS, **FAMILIES, **HANDLERS}
    assert set(CORE_ALIASES) <= set(core.HANDLERS)
    assert set(ALIASES) <= set(base)
    tables = (CORE_ALIASES, ALIASES)
    others = [other for table in tables for names in table.values() for other in names]
    assert not set(others) & set(base)
    assert len(others) == len(set(others))
    assert not set(FAMILIES) & set(HANDLERS)


def test_names_are_as_the_parser_looks_them_up() -> None:
    """A key has a capital first letter and spaces, or it would never be found."""
    wrong = [name for name in ZH if name != name[:1].upper() + name[1:] or "_" in name]
    assert not wrong


def test_every_unit_answers_with_a_unit_of_its_kind() -> None:
    """What a measure is converted to by default is a unit of the same quantity."""
    for unit in UNITS.values():
        assert {unit.quantity} == {UNITS[code].quantity for code in unit.default.split()}


@pytest.mark.needs("babel", "pip install babel")
@pytest.mark.needs("/usr/share/iso-codes/json", "apt-get install iso-codes")
def test_names_are_what_their_sources_say() -> None:
    """The names of languages and lands are those of CLDR and ISO 3166-1."""
    script = ROOT / "scripts/zh_names.py"
    assert subprocess.run([sys.executable, script, "--check"], check=False).returncode == 0


def test_lands_and_languages_are_in_both_scripts() -> None:
    """Each name has two forms, and none is empty."""
    source = ROOT / "src/wikiclean/data/zh_names.json"
    names = json.loads(source.read_text(encoding="utf-8"))
    for table in ("languages", "lands"):
        assert all(len(both) == 2 and all(both) for both in names[table].values())
    assert set(names["codes"].values()) <= set(names["lands"])


# ---------------------------------------------------------------- documentation

PAGE = """\
# Templates of {title}

What `{table}` knows, one row a template, with an example and what is left of it.{remark}
This page is written by `pytest --update-golden`, from the tables and from the tests' cases.
Names that end in `*` serve all names that begin so.
An empty text is what a template leaves that prints no words where it stands.

"""
EACH = {
    "Lang-xx": ("Lang-fr", "one for each language"),
    "IPA-xx": ("IPA-fr", "one for each language"),
    "Link-xx": ("Link-en", "one for each language; also xx-link, Internal link helper/xx"),
    "xx": ("De", "one for each of the common languages; also xx icon"),
    "XXX": ("JPN", "one for each land, by the codes of ISO 3166 and of sports"),
}


def row(name: str, others: str, examples: dict[str, Case]) -> str:
    """Return a row of the table of templates."""
    case = examples.get(name)
    assert case is not None, f"no case for {name}"
    text = case.text.replace("\n", "⏎").replace("|", "\\|")
    wikitext = case.wikitext.replace("\n", "⏎").replace("|", "\\|")
    return f"| {others} | `{wikitext}` | {text} |"


def examples_by_name(wiki: str, table: Mapping[str, Handler]) -> dict[str, Case]:
    """Return a case for each template, the shortest, by the name it has in the tables."""
    tables = (CORE_ALIASES, ALIASES)
    canonical = {
        other: name for names in tables for name, others in names.items() for other in others
    }
    result: dict[str, Case] = {}
    for case in sorted(cases(wiki), key=lambda case: len(case.wikitext)):
        for node in scan(case.wikitext, 0, len(case.wikitext), SITE.extension_tags):
            if node.kind == "template":
                head = (read_call(case.wikitext, node).head or "").strip().replace("_", " ")
                name = head[:1].upper() + head[1:]
                name = next((key for key in keys_of(name) if key in table), name)
                result.setdefault(canonical.get(name, name), case)
    return result


def names_of(name: str, *tables: Mapping[str, tuple[str, ...]]) -> str:
    """Return a template's name and its other names, as code."""
    others = [other for table in tables for other in table.get(name, ())]
    return " ".join(f"`` {one} ``" if "`" in one else f"`{one}`" for one in (name, *others))


HEAD = ["| template | example | text |", "|--|--|--|"]


def test_page_of_templates(golden: Callable[[Path, str], None]) -> None:
    """The page in the documentation names every template, and shows what a case says."""
    examples = examples_by_name("core", CORE)
    rows = [row(name, names_of(name, CORE_ALIASES), examples) for name in core.HANDLERS]
    page = PAGE.format(title="all wikis", table="wikiclean.templates.CORE", remark="")
    golden(ROOT / "docs/templates-core.md", page + "\n".join((*HEAD, *rows)) + "\n")


def test_page_of_templates_of_zh_wikipedia(golden: Callable[[Path, str], None]) -> None:
    """The same for those of Chinese wikis."""
    examples = examples_by_name("zh", ZH)
    rows = []
    for family, (name, remark) in EACH.items():
        kind = re.compile(family.replace("xx", "..").replace("XXX", "[A-Z]{3}"), re.IGNORECASE)
        same = [other for other in ALIASES if other in FAMILIES and kind.fullmatch(other)]
        others = [f"`{other}` for {key}" for key in same for other in ALIASES[key]]
        rows.append(row(name, "; ".join((f"`{family}`: {remark}", *others)), examples))
    shared = [name for name in core.HANDLERS if name in examples and name not in HANDLERS]
    assert {name for name in ALIASES if name in core.HANDLERS} <= {*shared, *HANDLERS}
    rows += [
        row(name, names_of(name, CORE_ALIASES, ALIASES), examples) for name in (*HANDLERS, *shared)
    ]
    page = PAGE.format(
        title="zh-Wikipedia",
        table="wikiclean.templates.zh.ZH",
        remark="\nIt knows [those of all wikis](templates-core.md), too.",
    )
    golden(ROOT / "docs/templates-zh.md", page + "\n".join((*HEAD, *rows)) + "\n")


# ---------------------------------------------------------------- properties

WORDS = st.sampled_from(
    [
        *("", " ", "甲", "en", "ja", "JPN", "1", "-", "to", "kg", "m", "1,800", "5.", "e9", "9年"),
        *("[[甲|乙]]", "{{lang|en|b}}", "-{zh-hans:甲;zh-hant:乙}-", "<!-- c -->", "http://a.b/ c"),
        *("\n* 甲\n", "|", "''", "a=b", "{", "[", "<ref>", "²", "no", "y", "A_B#C", "0", "９"),
    ]
)
NAMES = st.sampled_from(
    [
        *("", "label", "j", "k", "name", "group", "title", "url", "date", "refs", "title1"),
        *("1", "2", "3", "e", "u", "abbr", "disp", "order", "sigfig", "round", "display", "text"),
        *("author", "first1", "last2", "pages", "A", "col1", "rev1", "id", "lang", "d", "cn"),
    ]
)
TEXTS = st.lists(WORDS, max_size=3).map("".join) | st.text(max_size=12)
ARGUMENTS = st.lists(st.tuples(NAMES, TEXTS), max_size=7)


def call_of(name: str, arguments: list[tuple[str, str]]) -> Call | None:
    """Return the call that the parser makes of a template; None if it is not one template."""
    inside = "".join(f"|{key}={value}" if key else f"|{value}" for key, value in arguments)
    source = "{{" + name + inside + "}}"
    nodes = scan(source, 0, len(source), SITE.extension_tags)
    if len(nodes) != 1 or nodes[0].kind != "template" or nodes[0].end != len(source):
        return None
    call = read_call(source, nodes[0])
    call.name = name
    return call


HANDLERS_BY_TABLE = [
    *(("zh", name) for name in sorted(HANDLERS)),
    *(("core", name) for name in sorted(core.HANDLERS)),
]


@given(
    table_name=st.sampled_from(HANDLERS_BY_TABLE)
    | st.sampled_from(sorted(ZH)).map(lambda name: ("zh", name)),
    arguments=ARGUMENTS,
)
def test_a_handler_answers_any_call(
    table_name: tuple[str, str], arguments: list[tuple[str, str]]
) -> None:
    """A handler never raises, and its parts are wikitext or stretches of that call."""
    table, name = table_name
    call = call_of(name.replace("*", "x"), arguments)
    handler = (ZH if table == "zh" else CORE)[name]
    if call is None or handler is fields:
        return
    for part in handler(call) or ():
        assert isinstance(part, str | Argument)
        if isinstance(part, Argument):
            assert call.node.start < part.start <= part.end < call.node.end


@given(name=st.sampled_from(sorted(HANDLERS)), arguments=ARGUMENTS)
def test_a_page_with_any_call_is_read(name: str, arguments: list[tuple[str, str]]) -> None:
    """The page around a call is read whatever the handler leaves, and its account adds up."""
    inside = "".join(f"|{key}={value}" if key else f"|{value}" for key, value in arguments)
    source = "前{{" + name.replace("*", "x") + inside + "}}后"
    document = read(source)
    rows = document.accounting()
    assert [0, *(row.source_span.end for row in rows)] == [
        *(row.source_span.start for row in rows),
        len(document.source),
    ]
    assert all(document.text[slice(*link.span)] == link.label for link in document.links)


@pytest.mark.parametrize(
    ("wikitext", "label", "address"),
    [
        (
            "{{cite web|title={{lang|ja|甲}} 乙|url=http://a.example/}}",
            "甲 乙",
            "http://a.example/",
        ),
        ("{{IMDb name|1|{{lang|en|Bob}}}}", None, "https://www.imdb.com/name/1/"),
        ("{{official|http://a.example/|{{lang|en|Bob}}}}", "Bob", "http://a.example/"),
        ("{{IAAF name|''|甲}}", None, None),  # no address has formatting in it
        ("{{official|http://a.example/|甲]乙}}", None, None),
    ],
)
def test_a_label_that_is_written_with_a_template_is_linked(
    wikitext: str, label: str | None, address: str | None
) -> None:
    """An address leads somewhere whatever its label is written with, unless that would end it."""
    document = read(f"<ref>{wikitext}</ref>").footnotes[0].body
    assert document is not None
    found = [(link.label, link.target) for link in document.links if link.kind == "external"]
    assert found == ([(label or document.text, address)] if address else [])


PLAIN = st.sampled_from(
    ["", "甲", "1", "3.5", "2000年", "en", "JPN", "to", "kg", "yes", "-", "乙#丙"]
)


@given(
    table_name=st.sampled_from(HANDLERS_BY_TABLE),
    arguments=st.lists(st.tuples(NAMES, PLAIN), max_size=6),
)
def test_comments_at_the_ends_of_arguments_change_nothing(
    table_name: tuple[str, str], arguments: list[tuple[str, str]]
) -> None:
    """MediaWiki takes comments out before a template sees its arguments."""
    wiki, name = table_name
    pages = []
    for before, behind in (("", ""), ("<!-- a --> ", ""), ("", "<!-- b --><!-- c -->")):
        inside = "".join(
            f"|{key}={before}{value}{behind}" if key else f"|{before}{value}{behind}"
            for key, value in arguments
        )
        pages.append(read("前{{" + name.replace("*", "x") + inside + "}}后", wiki=wiki))
    assert len({page.text for page in pages}) == 1
    assert len({tuple(note.text for note in page.footnotes) for page in pages}) == 1


@given(
    table_name=st.sampled_from(HANDLERS_BY_TABLE),
    names=st.lists(NAMES, max_size=5),
    around=st.sampled_from(
        [
            *(("[[目標|", "]]"), ("[[", "]]"), ("{{lang|en|", "}}")),
            *(("''", "''"), ("", "<ref>註</ref>")),
        ]
    ),
)
def test_markup_in_an_argument_keeps_its_words(
    table_name: tuple[str, str], names: list[str], around: tuple[str, str]
) -> None:
    """What is shown of a plain argument is shown of a link, a template or a note in its place."""
    wiki, name = table_name
    words = [f"詞{place}詞" for place in range(len(names))]

    def page(before: str, behind: str) -> str:
        pieces = [f"{key}={before}{word}{behind}" for key, word in zip(names, words, strict=True)]
        inside = "".join("|" + piece.removeprefix("=") for piece in pieces)
        document = read("前{{" + name.replace("*", "x") + inside + "}}后", wiki=wiki)
        return "\n".join((document.text, *(note.text for note in document.footnotes)))

    plain, marked = page("", ""), page(*around)
    assert [word for word in words if word in plain and word not in marked] == []
    assert "[[" not in marked
    assert "{{lang" not in marked


@given(
    number=st.from_regex(re.compile(r"-?\d{1,9}(\.\d{1,6})?", re.ASCII), fullmatch=True),
    code=st.sampled_from(sorted(UNITS)),
)
def test_a_measure_is_given_with_its_unit(number: str, code: str) -> None:
    """The number that was written stands first, whatever it is converted to."""
    text = shown(read("{{convert|" + number + "|" + code + "|abbr=off}}"))
    whole, _, decimals = number.removeprefix("-").partition(".")
    assert text.lstrip("−").startswith(f"{int(whole):,}" + (f".{decimals}" if decimals else ""))
