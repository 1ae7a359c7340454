"""parse, clean, detect and pipe: what the caller meets, not what a dialect holds."""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

import wikiclean
from wikiclean.document import Document
from wikiclean.editing import Action
from wikiclean.passes.options import Options

PAGES = [f'**頁{i}**（）是[第{i}和](../Page/第{i}.md "wikilink")頁。' for i in range(50)]


def suicide(document: Document, options: Options) -> Iterable[Action]:
    """End the process on the page that asks for it."""
    del options
    if "自盡" in document.text:
        os._exit(1)
    return ()


def trouble(document: Document, options: Options) -> Iterable[Action]:
    """Raise on the page that asks for it."""
    del options
    if "出錯" in document.text:
        raise RuntimeError("as asked")
    return ()


def test_clean_takes_the_title() -> None:
    """Words of the page that name it are read by it."""
    assert wikiclean.clean("{{PAGENAME}}是河。", title="长江", dialect="wikitext") == "长江是河。"


def test_bytes_are_refused_with_what_to_do() -> None:
    """The commonest mistake gets a sentence that helps."""
    with pytest.raises(TypeError, match="decode bytes first"):
        wikiclean.parse(b"")  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"dialect": "html"}, {"variant": "zh-xx"}, {"labels": "all"}])
def test_unknown_options_name_those_known(options: dict[str, str]) -> None:
    """A value that is not known is answered with those that are."""
    with pytest.raises(wikiclean.UnknownFormatError, match="choose one of"):
        wikiclean.parse("", **options)  # type: ignore[arg-type]


def test_unknown_site_names_those_known() -> None:
    """So is a site."""
    with pytest.raises(wikiclean.SiteError, match="zhwiki"):
        wikiclean.parse("", site="xxwiki")


def test_lone_surrogates_are_replaced_one_for_one() -> None:
    """Offsets stay, and each is reported."""
    document = wikiclean.parse("**長\ud800江\udfff**", dialect="export")
    assert document.text == "長\ufffd江\ufffd"
    found = [d for d in document.diagnostics if d.code == "lone_surrogate"]
    assert [d.source_span for d in found] == [(3, 4), (5, 6)]


@pytest.mark.parametrize(
    ("source", "dialect"),
    [
        ('[甲](../Page/甲.md "wikilink")', "export"),
        ("**甲**是乙。\\[1\\]", "export"),
        ("> 本文内容由[甲](https://zh.wikipedia.org/wiki/甲)转换而来。", "export"),
        ("'''甲'''是[[乙]]。", "wikitext"),
        ("{{NoteTA|1=zh-cn:甲}}\n== 丙 ==", "wikitext"),
        ("[[甲]]在**乙**", "wikitext"),
        ("沒有標記的一句話。", "wikitext"),
        ("", "wikitext"),
    ],
)
def test_dialect_is_detected(source: str, dialect: str) -> None:
    """Detection weighs the signs of both dialects and says which it found."""
    found, why = wikiclean.detect(source)
    assert found == dialect
    assert why.startswith("it has ")


@pytest.mark.parametrize("processes", [1, 2])
def test_pipe_keeps_the_order(processes: int) -> None:
    """Documents come in the order of the pages, whatever read them."""
    documents = list(wikiclean.pipe(PAGES, processes=processes, chunk_size=3, dialect="export"))
    assert documents == [wikiclean.parse(page, dialect="export") for page in PAGES]


def test_pipe_is_lazy_and_ids_ride_along() -> None:
    """A page is read when its Document is asked for, and its id comes back with it."""
    read = []

    def pages() -> Iterator[tuple[str, int]]:
        for i, page in enumerate(PAGES):
            read.append(i)
            yield page, i

    piped = wikiclean.pipe(pages(), as_tuples=True, dialect="export")
    document, number = next(piped)
    assert (document.text, number) == ("頁0是第0和頁。", 0)
    assert read == [0]
    assert [number for _, number in piped] == list(range(1, 50))


@pytest.mark.parametrize("processes", [1, 2])
def test_one_bad_page_does_not_stop_the_rest(processes: int) -> None:
    """What cannot be read is an empty Document that says why."""
    pages = [PAGES[0], None, PAGES[1], "出錯", PAGES[2]]
    documents = list(
        wikiclean.pipe(pages, processes=processes, chunk_size=2, passes=(trouble,))  # type: ignore[type-var]
    )
    assert [d.text for d in documents] == [
        "頁0（）是第0和頁。",
        "",
        "頁1（）是第1和頁。",
        "",
        "頁2（）是第2和頁。",
    ]
    assert [[d.code for d in documents[i].diagnostics] for i in (1, 3)] == [["page_failed"]] * 2
    assert "RuntimeError: as asked" in documents[3].diagnostics[0].message
    assert [row.disposition for row in documents[3].accounting()] == ["dropped"]


def test_a_page_that_ends_its_process_is_found() -> None:
    """The pages that were lost with the process are read again; only the cause has failed."""
    pages = [*PAGES[:7], "自盡", *PAGES[7:20]]
    documents = list(
        wikiclean.pipe(pages, processes=2, chunk_size=3, dialect="export", passes=(suicide,))
    )
    codes = [[d.code for d in document.diagnostics] for document in documents]
    assert "page_failed" in codes[7]
    assert [i for i, found in enumerate(codes) if "page_failed" in found] == [7]
    assert documents[20].text == "頁19（）是第19和頁。"


def test_wrong_options_of_pipe_are_said_at_once() -> None:
    """Before any page is asked for."""
    with pytest.raises(wikiclean.UnknownFormatError):
        wikiclean.pipe([], variant="zh-xx")
    with pytest.raises(ValueError, match="at least 1"):
        wikiclean.pipe([], processes=0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": 5}, "title must be a str or None, not int"),
        ({"site": None}, "site must be the name of a wiki or a Site, not NoneType"),
        ({"limits": None}, "limits must be Limits, not NoneType"),
        ({"templates": ["lang"]}, "templates must be a mapping of names to handlers, not list"),
        ({"labels_from": {}}, "labels_from must be a LabelTable or its file, not dict"),
        ({"passes": None}, "passes must be functions, in order, not NoneType"),
        ({"passes": "none"}, "passes must be functions, not str"),
    ],
)
def test_wrong_types_are_one_sentence(wrong: dict[str, Any], said: str) -> None:
    """Which argument, and what it should be; pipe says it at once."""
    with pytest.raises(TypeError, match=said):
        wikiclean.parse("", **wrong)
    if "title" not in wrong:
        with pytest.raises(TypeError, match=said):
            wikiclean.pipe([], **wrong)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"pages": "甲"}, "pages must be several, as in [page], not one str"),
        ({"pages": None}, "'NoneType' object is not iterable"),
        ({"processes": "2"}, "processes must be a whole number, not str"),
        ({"chunk_size": 1.5}, "chunk_size must be a whole number, not float"),
        ({"title": "甲"}, "pipe has no option 'title' for all pages; it has dialect, site,"),
        ({"label": "none"}, "pipe has no option 'label' for all pages; it has dialect, site,"),
    ],
)
def test_wrong_arguments_of_pipe_are_one_sentence(wrong: dict[str, Any], said: str) -> None:
    """At once, and a page that is taken for many is no page for each character."""
    with pytest.raises(TypeError, match=re.escape(said)):
        wikiclean.pipe(**{"pages": [], **wrong})


@pytest.mark.parametrize("page", ["甲乙", ("甲",), 5])
def test_riders_need_pairs(page: object) -> None:
    """A string of two characters is no pair."""
    with pytest.raises(TypeError, match="a page must be a pair"):
        list(wikiclean.pipe([page], as_tuples=True))  # type: ignore[call-overload]


def test_captions_are_true_or_false() -> None:
    """The word that the other options have for it would count as true."""
    with pytest.raises(TypeError, match="captions must be True or False, not str"):
        wikiclean.clean("", captions="drop")  # type: ignore[arg-type]


def test_half_a_pair_in_a_title_is_repaired() -> None:
    """As in a source: what cannot be written is U+FFFD."""
    document = wikiclean.parse("x", title="\ud800")
    assert document.title == "\ufffd"
    assert wikiclean.Document.from_json(document.to_json()) == document


@pytest.mark.parametrize(
    ("name", "source", "dialect", "why"),
    [
        ("a.wikitext", "**甲**", "wikitext", "it has a name that ends in .wikitext"),
        ("a.md", "甲", "export", "it has a name that ends in .md"),
        ("A.MD", "* 甲", "export", "bullet"),
        ("a.md", "'''甲'''", "wikitext", "it has ''', which outweighs a name that ends in .md"),
        ("a.txt", "甲", "wikitext", "it has no markup of either dialect"),
    ],
)
def test_a_name_is_a_sign(name: str, source: str, dialect: str, why: str) -> None:
    """A name of wikitext decides; one of the export is a sign like others."""
    found, reason = wikiclean.detect(source, name=name)
    assert found == dialect
    assert why in reason
