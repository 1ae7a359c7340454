"""Limits: what is beyond one is dropped and reported, the page is not lost, and the laws hold."""

from itertools import count
from typing import Any, Final

import pytest
from case_files import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from test_laws import check
from test_laws import noise as export_noise
from test_wikitext import pages as wikitext_noise

import wikiclean
from wikiclean import Diagnostic, Document, Limits, Span, limits
from wikiclean.document import most_records

ARTICLE: Final = (FIXTURES / "agreed_framework" / "agreed_framework.md").read_text(encoding="utf-8")
PAGES: Final = {
    "wikitext": "'''甲'''是[[乙]]。\n\n* 丙\n* 丁\n",
    "export": "**甲**是乙。\n\n  - 丙\n  - 丁\n",
}
DIALECTS: Final = ("wikitext", "export")


def cut_of(document: Document) -> Diagnostic:
    """Return the diagnostic of what was not read, after a look at what holds for all of them."""
    assert document.truncated
    (found,) = (one for one in document.diagnostics if one.code == "source_truncated")
    assert (found.severity, found.offset) == ("warning", len(document.text))
    start, end = found.source_span
    assert end == len(document.source)
    assert found.dropped == document.source[start:]
    check(document)
    return found


# ---------------------------------------------------------------- the object


@pytest.mark.parametrize(
    "values",
    [
        {"max_chars": 0},
        {"max_depth": 0},
        {"max_depth": 9},
        {"max_records": 0},
        {"seconds": 0},
        {"seconds": -1.5},
    ],
    ids=repr,
)
def test_limits_are_checked(values: dict[str, Any]) -> None:
    """A limit that would read nothing, or nest deeper than can be, is refused when it is made."""
    with pytest.raises(ValueError, match=next(iter(values))):
        Limits(**values)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_page_within_its_limits_is_read_as_without(dialect: Any) -> None:  # noqa: ANN401
    """Limits that are just reached change nothing: 18 or 19 characters, a few records."""
    source = PAGES[dialect]
    document = wikiclean.parse(source, dialect=dialect)
    assert not document.truncated
    records = sum(1 for _ in document.walk())
    exact = Limits(max_chars=len(source), max_records=records, max_depth=1, seconds=1e6)
    assert wikiclean.parse(source, dialect=dialect, limits=exact) == document


# ---------------------------------------------------------------- characters


@pytest.mark.parametrize("dialect", DIALECTS)
def test_max_chars_cuts_at_a_line(dialect: Any) -> None:  # noqa: ANN401 - a Literal
    """The last line that would be cut through is not read."""
    source = PAGES[dialect]
    limit = source.index("丁")
    document = wikiclean.parse(source, dialect=dialect, limits=Limits(max_chars=limit))
    assert document.text == "甲是乙。\n\n丙"
    assert document.source == source
    cut = cut_of(document)
    assert cut.source_span.start == source.rindex("\n", 0, limit) + 1
    assert cut.message == f"The end of the page was not read. The limit is max_chars={limit}."


def test_max_chars_cuts_through_a_line_that_is_most_of_the_page() -> None:
    """A page of one line is not lost: it ends in the middle."""
    document = wikiclean.parse("甲\n" + "乙" * 100, dialect="wikitext", limits=Limits(max_chars=60))
    assert document.text == "甲 " + "乙" * 58 or document.text == "甲" + "乙" * 58
    assert cut_of(document).source_span == Span(60, 102)


def test_what_is_nested_is_over_the_whole_source() -> None:
    """Notes, captions, values and arguments of a page that was cut still find their source."""
    kept = (
        "{{Infobox 國家|名稱=甲{{某某|a=1}}}}\n乙<ref>丙{{某某|2}}</ref>"
        "{{某某|b=3}}[[File:a.jpg|丁]]\n\n"
    )
    source = kept + "[[戊]]\n" * 20
    options: Any = {"dialect": "wikitext", "passes": ()}
    document = wikiclean.parse(source, limits=Limits(max_chars=len(kept)), **options)
    assert cut_of(document).source_span.start == len(kept)
    assert document.text == "乙"
    assert {inner.source for _, inner in document.nested()} == {source}
    assert [inner.text for _, inner in document.nested()] == ["丙", "丁", "甲"]
    whole = wikiclean.parse(source, **options)
    for name in ("footnotes", "infoboxes", "media"):
        assert getattr(document, name) == getattr(whole, name)
    template = next(one for one in document.templates if one.name == "某某")
    assert (template.get("b"), str(template.wikicode)) == ("3", "{{某某|b=3}}")


def test_lone_surrogates_beyond_the_limit_are_replaced() -> None:
    """What is not read is held by the Document, so it is made fit to be written too."""
    document = wikiclean.parse("甲\n\n乙\ud800", dialect="wikitext", limits=Limits(max_chars=3))
    assert document.text == "甲"
    assert document.source == "甲\n\n乙\ufffd"
    assert [one.code for one in document.diagnostics] == ["source_truncated", "lone_surrogate"]
    check(document)


# ---------------------------------------------------------------- records


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("most", [1, 2, 3, 10, 50, 200])
def test_max_records(dialect: Any, most: int) -> None:  # noqa: ANN401 - a Literal
    """There are never more records, and not far fewer: as many lines are read as have so many."""
    line = {"wikitext": "* [[甲]]\n", "export": '  - [甲](../Page/甲.md "wikilink")\n'}[dialect]
    source = line * 60  # two records each
    found = wikiclean.parse(source, dialect=dialect, limits=Limits(max_records=most), passes=())
    records = sum(1 for _ in found.walk())
    if most >= 120:
        assert not found.truncated
        return
    assert max(1, most - 2) <= records <= most
    assert found.text == "\n".join(["甲"] * ((most - 1) // 2))
    assert f"max_records={most}" in cut_of(found).message


# ---------------------------------------------------------------- depth


def test_max_depth_of_wikitext() -> None:
    """A caption in a note is the second level; at depth 1 it is dropped, and flagged."""
    source = "甲<ref>乙[[File:a.jpg|丙]]</ref>"
    both, one = (
        wikiclean.parse(source, dialect="wikitext", limits=Limits(max_depth=depth))
        for depth in (2, 1)
    )
    for document, texts, flagged in ((both, ["丙"], False), (one, [], True)):
        assert (document.text, document.footnotes[0].text) == ("甲", "乙")
        (note,) = (inner for _, inner in document.nested())
        assert [inner.text for _, inner in note.nested()] == texts
        assert document.truncated is flagged
        check(document)
    (found,) = (d for _, note in one.nested() for d in note.diagnostics)
    assert (found.code, found.dropped) == ("too_deep", "丙")


def test_max_depth_of_an_export() -> None:
    """A rule of the converter in a rule is the second level; at depth 1 it stands as it is."""
    source = "-{zh-hant:甲-{乙}-丙;zh-hans:丁}-"
    both, one = (
        wikiclean.parse(source, dialect="export", variant="zh-hant", limits=Limits(max_depth=depth))
        for depth in (2, 1)
    )
    assert (both.text, both.truncated) == ("甲乙丙", False)
    assert (one.text, one.truncated) == ("甲-{乙}-丙", True)
    for document in (both, one):
        check(document)


# ---------------------------------------------------------------- time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second go by whenever the time is looked at."""
    ticks = count()
    monkeypatch.setattr(limits, "monotonic", lambda: float(next(ticks)))


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_seconds(dialect: Any) -> None:  # noqa: ANN401 - a Literal
    """The page ends before the line at which half of the time is over."""
    line = "甲" * 100
    source = f"{line}\n\n" * 40
    document = wikiclean.parse(source, dialect=dialect, limits=Limits(seconds=40))
    start = cut_of(document).source_span.start
    assert "seconds=40" in cut_of(document).message
    assert source[:start].endswith("\n")
    assert limits.LEAST <= start < len(source)
    # The clock is looked at 19 times before the 20 s are over: in wikitext before each line, of
    # which every other one is blank, in an export before each block.
    assert document.text == "\n\n".join([line] * {"wikitext": 10, "export": 19}[dialect])


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_little_is_always_read(dialect: Any) -> None:  # noqa: ANN401 - a Literal
    """However short the time, a page of a thousand characters is read, and the start of any."""
    short, long = "甲" * 900 + "\n\n乙", ("甲" * 90 + "\n\n") * 100
    limit = Limits(seconds=1e-9)
    assert not wikiclean.parse(short, dialect=dialect, limits=limit).truncated
    document = wikiclean.parse(long, dialect=dialect, limits=limit)
    assert document.text == "\n\n".join(["甲" * 90] * 10)
    cut_of(document)


@pytest.mark.usefixtures("clock")
def test_notes_are_read_after_the_deadline() -> None:
    """What is made when it is asked for is not subject to the time: it raises nothing later."""
    source = "甲<ref>乙\n\n丙</ref>\n\n" + "丁\n\n" * 2
    document = wikiclean.parse(source, dialect="wikitext", limits=Limits(seconds=40))
    assert document.footnotes[0].text == "乙\n\n丙"
    assert not document.truncated


# ---------------------------------------------------------------- anything


@st.composite
def some_limits(draw: st.DrawFn) -> Limits:
    """Return limits that a short page reaches."""
    return Limits(
        max_chars=draw(st.integers(1, 60)),
        max_depth=draw(st.integers(1, 3)),
        max_records=draw(st.integers(1, 20)),
        seconds=draw(st.sampled_from([None, 1e-9, 60.0])),
    )


@settings(max_examples=150, deadline=None)
@given(wikitext_noise, some_limits())
def test_laws_on_wikitext(source: str, limit: Limits) -> None:
    """Wherever a page of wikitext is cut, the laws hold and the limits do."""
    check_limited(source, "wikitext", limit)


@settings(max_examples=150, deadline=None)
@given(export_noise, some_limits())
def test_laws_on_exports(source: str, limit: Limits) -> None:
    """Wherever an export is cut, the laws hold and the limits do."""
    check_limited(source, "export", limit)


def check_limited(source: str, dialect: Any, limit: Limits) -> None:  # noqa: ANN401 - a Literal
    """Check a page that was read within limits."""
    document = wikiclean.parse(source, dialect=dialect, limits=limit, passes=())
    assert document.source == source
    assert sum(1 for _ in document.walk()) <= limit.max_records
    if len(source) > limit.max_chars:
        assert cut_of(document).source_span.start <= limit.max_chars
    check(document)
    check(wikiclean.parse(source, dialect=dialect, limits=limit))


def test_clean_and_pipe_take_limits() -> None:
    """Every function that reads pages takes the limits, the processes of ``pipe`` too."""
    limit = Limits(max_chars=ARTICLE.index("\n\n##"))
    document = wikiclean.parse(ARTICLE, limits=limit)
    assert cut_of(document)
    assert wikiclean.clean(ARTICLE, limits=limit) == document.text
    for processes in (1, 2):
        assert [*wikiclean.pipe([ARTICLE], processes=processes, limits=limit)] == [document]


@settings(max_examples=300, deadline=None)
@given(source=wikitext_noise | export_noise, dialect=st.sampled_from(["wikitext", "export"]))
def test_there_are_never_more_records_than_are_reckoned_with(source: str, dialect: Any) -> None:  # noqa: ANN401 - a Literal
    """What spares the count of a long page's records is no less than that count."""
    document = wikiclean.parse(source, dialect=dialect, passes=())
    assert most_records(document) >= sum(1 for _ in document.walk())
    assert most_records(document) >= sum(1 for _ in document.walk())  # now that all are made
