"""Reading dumps: every way of packing, every kind of damage, and what is left out."""

import bz2
import gc
import gzip
import io
import json
import os
import shutil
import sys
import weakref
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from itertools import islice
from pathlib import Path

import corpus
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from wikiclean import dump, records
from wikiclean.dump import EVERYTHING, Page, Range, Raw, Select, XmlPages
from wikiclean.errors import DumpError, InputError, UnknownFormatError
from wikiclean.site import Site

PAGES = list(corpus.pages(60, size=300, large=False))
XML = corpus.head() + "".join(PAGES) + corpus.FOOT
HEAD = corpus.head().encode()


def multistream(xml: str) -> bytes:
    """Pack at places that are no borders of pages, as parallel packers do."""
    data = xml.encode()
    return b"".join(bz2.compress(data[at : at + 5000]) for at in range(0, len(data), 5000))


PACK: dict[str, Callable[[bytes], bytes]] = {
    ".xml": lambda data: data,
    ".xml.bz2": bz2.compress,
    ".xml.gz": lambda data: gzip.compress(data[:99]) + gzip.compress(data[99:]),
    ".xml.zst": lambda data: zstandard.compress(data[:99]) + zstandard.compress(data[99:]),
}
"""Suffix → how a file is packed; the last two in two members, as is usual."""


def read_all(path: Path, select: Select = EVERYTHING) -> tuple[list[Page], list[DumpError]]:
    """Return the pages and the faults of a file."""
    items = list(dump.open_source(path, select).items)
    pages = [item for item in items if isinstance(item, Page)]
    return pages, [item for item in items if isinstance(item, DumpError)]


@pytest.fixture(name="whole", scope="module")
def _whole() -> list[Page]:
    return [item for item in XmlPages([XML.encode()], "x", EVERYTHING) if isinstance(item, Page)]


def same(pages: list[Page], wanted: list[Page]) -> bool:
    """Tell whether pages are equal but for the file they come from."""
    return [(p.id, p.title, p.text) for p in pages] == [(p.id, p.title, p.text) for p in wanted]


# -------------------------------------------------------------------- what a dump says


def test_what_a_page_says(whole: list[Page]) -> None:
    """Everything that the export says of a page is read, its own id before the author's."""
    assert len(whole) == 60
    first = whole[0]
    assert first.id == "1"
    assert first.namespace == 0
    assert first.revision_id == 90000001
    assert first.timestamp == datetime(2026, 10, 2, 8, 1, tzinfo=UTC)
    assert first.model == "wikitext"
    assert first.dialect == "wikitext"
    assert first.text is not None
    assert "{{Infobox 國家\n" in first.text
    assert (whole[2].redirect, whole[2].text) == ("頁面 3", "#重定向 [[頁面 3]]")
    assert (whole[8].namespace, whole[8].model) == (828, "Scribunto")
    assert (whole[10].deleted, whole[10].text) == (True, "")
    assert (whole[12].deleted, whole[12].text) == (False, "")


@pytest.mark.parametrize("version", ["0.10", "0.11"])
def test_head_gives_the_site(version: str, tmp_path: Path) -> None:
    """The dump's own namespaces win over ours; what it does not say comes from ours."""
    path = tmp_path / "x.xml"
    path.write_text(corpus.head(version) + PAGES[0] + corpus.FOOT, encoding="utf-8")
    source = dump.open_source(path, EVERYTHING)
    site = dump.site_of(source.siteinfo)
    assert isinstance(site, Site)
    assert site.name == "zhwiki"
    assert site.namespaces[828].name == "模块"
    assert site.namespaces[4].name == "Wikipedia"
    assert sorted(site.namespaces) == sorted(corpus.NAMESPACES)
    assert "zh-tw" in site.variants
    assert len(list(source.items)) == 1


def test_site_without_a_head() -> None:
    """Where a file says nothing, the name given or zhwiki counts."""
    assert dump.site_of(None) == "zhwiki"
    assert dump.site_of(None, "enwiki") == "enwiki"


@pytest.mark.parametrize(
    ("select", "reasons"),
    [
        (Select(), {"namespace": 8, "redirect": 3, "deleted": 1, "no_text": 1}),
        (Select(namespaces=None), {"model": 2, "redirect": 3, "deleted": 1, "no_text": 1}),
        (Select(redirects=True), {"namespace": 8, "deleted": 1, "no_text": 1}),
        (Select(namespaces=frozenset({828}), models=None), {"namespace": 58}),
        (EVERYTHING, {"deleted": 1, "no_text": 1}),
    ],
)
def test_select(whole: list[Page], select: Select, reasons: dict[str, int]) -> None:
    """Each page that is not wanted has one reason."""
    found: dict[str, int] = {}
    for page in whole:
        reason = select.reason(page)
        if reason:
            found[reason] = found.get(reason, 0) + 1
    assert found == reasons


HISTORY = """<mediawiki><page><title>甲</title><ns>0</ns><id>1</id>
<revision><id>1</id><timestamp>2020-01-01T00:00:00Z</timestamp><text>a</text></revision>
<revision><id>3</id><timestamp>2022-01-01T00:00:00Z</timestamp><text>c</text></revision>
<revision><id>2</id><timestamp>2021-01-01T00:00:00Z</timestamp><text>b</text></revision>
</page></mediawiki>"""


@pytest.mark.parametrize(
    ("select", "texts"),
    [
        (Select(), "c"),
        (Select(revisions="all"), "acb"),
        (Select(until=datetime(2021, 6, 1, tzinfo=UTC)), "b"),
        (Select(until=datetime(2019, 1, 1, tzinfo=UTC)), ""),
        (Select(revisions="all", since=datetime(2021, 1, 1, tzinfo=UTC)), "cb"),
    ],
)
def test_revisions(tmp_path: Path, select: Select, texts: str) -> None:
    """Of a history the last revision is taken, or the last before a time, or all."""
    path = tmp_path / "history.xml"
    path.write_text(HISTORY, encoding="utf-8")
    assert "".join(page.text or "" for page in dump.read(path, select)) == texts


# -------------------------------------------------------------------- packing


@pytest.mark.parametrize("suffix", PACK)
def test_packing(suffix: str, tmp_path: Path, whole: list[Page]) -> None:
    """A dump gives the same pages however it is packed."""
    path = tmp_path / f"x{suffix}"
    path.write_bytes(PACK[suffix](XML.encode()))
    pages, faults = read_all(path)
    assert not faults
    assert same(pages, whole)
    assert len(list(dump.read(path))) == 47


def test_streams_that_cut_pages(tmp_path: Path, whole: list[Page]) -> None:
    """Streams of bzip2 need not end where pages end."""
    path = tmp_path / "x.xml.bz2"
    path.write_bytes(multistream(XML))
    pages, faults = read_all(path)
    assert not faults
    assert same(pages, whole)


def test_7z_is_unpacked_by_an_installed_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: list[Page]
) -> None:
    """A .7z is read through the program found, whose failure is a fault; without it an error."""
    path = tmp_path / "x.xml.7z"
    path.write_text(XML, encoding="utf-8")
    program = tmp_path / "7z"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="7-Zip"):
        read_all(path)
    cat = shutil.which("cat", path="/bin:/usr/bin")
    program.write_text(f'#!/bin/sh\nfor last; do :; done\n{cat} "$last"\n', encoding="utf-8")
    program.chmod(0o755)
    pages, faults = read_all(path)
    assert not faults
    assert same(pages, whole)
    program.write_text("#!/bin/sh\necho '<mediawiki>'\nexit 2\n", encoding="utf-8")
    pages, faults = read_all(path)
    assert not pages
    assert "damaged, says 7z" in str(faults[0])


@pytest.mark.parametrize("suffix", PACK)
def test_standard_input(suffix: str, monkeypatch: pytest.MonkeyPatch, whole: list[Page]) -> None:
    """Standard input is unpacked by its first bytes."""
    data = io.BytesIO(PACK[suffix](XML.encode()))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    pages, faults = read_all(Path("-"))
    assert not faults
    assert same(pages, whole)


@pytest.mark.parametrize("before", ["", "\ufeff", "\n\n\n\n\n"])
def test_jsonl_on_standard_input(before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What begins as an object does is JSONL, with a BOM as without."""
    data = io.BytesIO(f'{before}{{"text": "甲"}}\n{{"text": "乙"}}\n'.encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    pages, faults = read_all(Path("-"))
    assert not faults
    assert [page.text for page in pages] == ["甲", "乙"]


@given(st.lists(st.integers(1, 3000), min_size=1))
def test_chunks_may_have_any_length(sizes: list[int]) -> None:
    """Where the XML is cut into pieces makes no difference, damage included."""
    xml = XML.replace("</page>", "</pagе>", 1).encode()
    wanted = list(map(str, XmlPages([xml], "x", EVERYTHING)))
    chunks, at = [], 0
    while at < len(xml):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(xml[at : at + size])
        at += size
    assert list(map(str, XmlPages(chunks, "x", EVERYTHING))) == wanted


@pytest.mark.parametrize("suffix", [".xml.gz", ".xml.zst"])
def test_zeros_behind_a_member_are_no_damage(
    suffix: str, tmp_path: Path, whole: list[Page]
) -> None:
    """A file that was filled up with zeros is whole, however many there are."""
    path = tmp_path / f"x{suffix}"
    path.write_bytes(PACK[suffix](XML.encode()) + bytes(200_000))
    pages, faults = read_all(path)
    assert not faults
    assert same(pages, whole)


# -------------------------------------------------------------------- damage


@pytest.mark.parametrize("suffix", PACK)
def test_truncated_file(suffix: str, tmp_path: Path, whole: list[Page]) -> None:
    """A file that is cut short gives the pages before, and says so once or twice."""
    data = PACK[suffix](XML.encode())
    path = tmp_path / f"x{suffix}"
    path.write_bytes(data[: len(data) * 3 // 4])
    pages, faults = read_all(path)
    assert same(pages, whole[: len(pages)])
    assert len(pages) > 30 or suffix in (".xml.bz2", ".xml.zst")  # which have it in one block
    assert 1 <= len(faults) <= 2
    assert "cut short" in str(faults[0])
    with pytest.raises(DumpError):
        list(dump.read(path))


def test_truncated_multistream_gives_every_whole_stream(tmp_path: Path, whole: list[Page]) -> None:
    """Of a multistream dump that is cut short only the last stream is lost."""
    path = corpus.write(tmp_path, 60, size=300, stream_pages=10, large=False)
    starts = dump.index_starts(dump.find_index(path), path)  # type: ignore[arg-type]
    path.write_bytes(path.read_bytes()[: starts[4] + 200])
    pages, faults = read_all(path)
    assert same(pages, whole[:30])
    assert "cut short" in str(faults[0])


@pytest.mark.parametrize("where", [10, 30, 100, 400])
def test_damaged_stream_costs_that_stream_alone(
    where: int, tmp_path: Path, whole: list[Page]
) -> None:
    """Damage anywhere in one stream leaves the pages of all others, read at once or by range."""
    path = corpus.write(tmp_path, 60, size=300, stream_pages=10, large=False)
    starts = dump.index_starts(dump.find_index(path), path)  # type: ignore[arg-type]
    data = bytearray(path.read_bytes())
    at = starts[3] + where
    data[at : at + 8] = bytes(byte ^ 0xFF for byte in data[at : at + 8])
    path.write_bytes(data)
    pages, faults = read_all(path)
    assert same(pages, whole[:20] + whole[30:])
    assert len(faults) == 1
    assert "damaged" in str(faults[0])
    items = list(dump.read_range(path, Range(starts[2], starts[5]), EVERYTHING))
    ranged = [item for item in items if isinstance(item, Page)]
    assert same(ranged, whole[10:20] + whole[30:40])


def test_lost_bytes_cost_one_stream(tmp_path: Path, whole: list[Page]) -> None:
    """A stream that runs into the next one, for bytes are missing, costs only its own pages."""
    path = corpus.write(tmp_path, 60, size=300, stream_pages=10, large=False)
    starts = dump.index_starts(dump.find_index(path), path)  # type: ignore[arg-type]
    data = path.read_bytes()
    path.write_bytes(data[: starts[3] - 300] + data[starts[3] :])
    pages, _ = read_all(path)
    assert same(pages, whole[:10] + whole[20:])


@pytest.mark.parametrize(
    "harm",
    [
        lambda page: page.replace("</title>", "</titel>"),
        lambda page: page.replace("</revision>", ""),
        lambda page: page.replace("  </page>\n", ""),
        lambda page: page.replace("<text", "<text <"),
        lambda page: page.replace("</text>", "&undeclared;</text>"),
        lambda page: page.replace("</text>", "\x07</text>"),
        lambda page: page[: len(page) // 2],
    ],
)
def test_broken_xml_costs_one_page(
    harm: Callable[[str], str], tmp_path: Path, whole: list[Page]
) -> None:
    """Broken XML in a page costs no other page."""
    path = tmp_path / "x.xml"
    broken = [*PAGES[:20], harm(PAGES[20]), *PAGES[21:]]
    path.write_text(corpus.head() + "".join(broken) + corpus.FOOT, encoding="utf-8")
    pages, faults = read_all(path)
    assert same([page for page in pages if page.id != "21"], whole[:20] + whole[21:])
    assert len(faults) == 1
    with pytest.raises(DumpError, match=r"x\.xml"):
        list(dump.read(path))


def test_faults_name_the_lines_of_the_file(tmp_path: Path) -> None:
    """The line of a fault is that of the file behind other faults too; damage hides it."""
    pages = [page.replace("</title>", "</titel>") if n in (7, 40) else page
             for n, page in enumerate(PAGES)]  # fmt: skip
    xml = corpus.head() + "".join(pages) + corpus.FOOT
    lines = [n for n, line in enumerate(xml.splitlines(), 1) if "</titel>" in line]
    path = tmp_path / "x.xml"
    path.write_text(xml, encoding="utf-8")
    _, faults = read_all(path)
    assert [str(fault).rpartition("line ")[2] for fault in faults] == [str(n) for n in lines]
    data = xml.encode()
    found = [
        str(item)
        for item in XmlPages([data[:9000], DumpError("lost"), data[9100:]], "x", EVERYTHING)
        if isinstance(item, DumpError)
    ]
    assert ["line" in fault for fault in found] == [True, False, False]


def test_expat_is_given_little_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """At each fault expat reads to the end of what it was given: a bomb of faults costs no more."""
    given_: list[int] = []

    class Spy:
        def __init__(self) -> None:
            self.__dict__["real"] = create()

        def __getattr__(self, name: str) -> object:
            return getattr(self.real, name)

        def __setattr__(self, name: str, value: object) -> None:
            setattr(self.real, name, value)

        def Parse(self, data: bytes, final: bool) -> object:  # noqa: FBT001, N802 - expat's own
            given_.append(len(data))
            return self.real.Parse(data, final)

    create = dump.expat.ParserCreate
    monkeypatch.setattr(dump.expat, "ParserCreate", Spy)
    count = dump.READ // 4
    items = list(XmlPages([b"<mediawiki>" + b"<page>" * count], "x", EVERYTHING))
    assert len(items) >= count - 1
    assert max(given_) <= dump.READ


BOMB = """<?xml version="1.0"?>
<!DOCTYPE mediawiki [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>
<mediawiki><page><title>&b;&c;</title><revision><text>x</text></revision></page></mediawiki>"""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (BOMB, "document type"),
        ("<html><body><page></page></body></html>", "no MediaWiki export"),
        ("", "cut short"),
        ("not XML at all", "broken XML"),
        ('[{"text": "甲"}]', "it is JSON, not XML (pages of it are read from .jsonl"),
        ("<mediawiki>" + "<a>" * 200, "deep"),
        ("<mediawiki>" + "<revision>" * 200, "deep"),
        ("<mediawiki>", "cut short"),
    ],
)
def test_what_is_no_dump_is_refused(content: str, words: str, tmp_path: Path) -> None:
    """An entity bomb is refused before it is read, as is anything that is no export."""
    path = tmp_path / "x.xml"
    path.write_text(content, encoding="utf-8")
    pages, faults = read_all(path)
    assert not pages
    assert words in str(faults[0])


def test_text_beyond_the_bound_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that would fill the memory is cut, and says so."""
    monkeypatch.setattr(dump, "MAX_TEXT", 100000)
    page = corpus.page(1, "甲", "乙\n" * 10**6)
    (item,) = XmlPages([f"<mediawiki>{page}</mediawiki>".encode()], "x", EVERYTHING)
    assert isinstance(item, Page)
    assert item.cut
    assert len(item.text or "") <= 100000


def test_numbers_and_times_that_are_none() -> None:
    """What is no number or time counts as missing, and costs nothing else."""
    page = corpus.page(1, "甲", "乙").replace("<ns>0", "<ns>zero").replace("2026-10", "then")
    page = page.replace("<id>90000001", f"<id>{2**70}")
    (item,) = XmlPages([f"<mediawiki>{page}</mediawiki>".encode()], "x", EVERYTHING)
    assert isinstance(item, Page)
    assert (item.namespace, item.timestamp, item.revision_id) == (None, None, None)


@pytest.mark.parametrize("taken", [1, 1000])
def test_reader_is_freed_at_once(taken: int) -> None:
    """A run has a reader for each unit: none waits for the collector, read to its end or not."""
    gc.disable()
    try:
        pages = XmlPages([XML.encode()], "x", EVERYTHING)
        reader = weakref.ref(pages)
        items = iter(pages)
        assert len(list(islice(items, taken))) == min(taken, len(PAGES))
        del pages, items
        assert reader() is None
    finally:
        gc.enable()


def test_source_that_is_closed_is_freed_at_once(tmp_path: Path) -> None:
    """Who wants the head of a file leaves no reader behind, nor a program that unpacks for it."""
    path = tmp_path / "x.xml"
    path.write_text(XML, encoding="utf-8")
    gc.disable()
    try:
        source = dump.open_source(path, EVERYTHING)
        assert source.siteinfo
        assert source.pages
        reader = weakref.ref(source.pages)
        source.close()
        del source
        assert reader() is None
    finally:
        gc.enable()


# -------------------------------------------------------------------- streams and their index


def test_ranges_of_streams(tmp_path: Path, whole: list[Page]) -> None:
    """The index and the signatures tell the same ranges, and these hold all pages in order."""
    path = corpus.write(tmp_path, 60, size=300, stream_pages=10, large=False)
    index = dump.find_index(path)
    assert index is not None
    by_index = dump.ranges(dump.index_starts(index, path), path.stat().st_size, 3000)
    with path.open("rb") as file:
        by_signature = list(dump.find_ranges(Raw(file, "x"), 3000))
    for parts in (by_index, by_signature):
        assert len(parts) > 2
        assert (parts[0].start, parts[-1].end) == (0, path.stat().st_size)
        assert [part.start for part in parts[1:]] == [part.end for part in parts[:-1]]
        items = [item for part in parts for item in dump.read_range(path, part, EVERYTHING)]
        assert same([item for item in items if isinstance(item, Page)], whole)
        assert len(items) == len(whole)


def test_ranges_have_few_streams(tmp_path: Path) -> None:
    """However few bytes streams are, a range has no more of them than it may."""
    path = corpus.write(tmp_path, 60, size=300, stream_pages=10, large=False)
    with path.open("rb") as file:
        parts = list(dump.find_ranges(Raw(file, "x"), 1 << 30, 3))
    # The head, six streams of ten pages, and the foot.
    held = [path.read_bytes()[part.start : part.end].count(b"BZh91AY&SY") for part in parts]
    assert held == [3, 3, 2]


@pytest.mark.parametrize(
    ("pack", "expected"),
    [
        (lambda data: bz2.compress(HEAD) + bz2.compress(data[len(HEAD) :]), True),
        (lambda data: bz2.compress(HEAD) + bz2.compress(data[len(HEAD) :])[:40], True),
        (lambda data: bz2.compress(HEAD) + bz2.compress(data[len(HEAD) :])[:16] + b"?" * 40, True),
        (bz2.compress, False),
        (lambda data: multistream(data.decode()), False),
        (lambda _: b"", False),
    ],
    ids=["streams", "cut short", "damaged", "one stream", "cut anywhere", "empty"],
)
def test_streams_of_whole_pages(
    pack: Callable[[bytes], bytes], *, expected: bool, tmp_path: Path
) -> None:
    """A dump that was packed anew is not read by its streams, whatever its name says."""
    path = tmp_path / "a-multistream.xml.bz2"
    path.write_bytes(pack(XML.encode()))
    assert dump.is_multistream(path) == expected
    assert not dump.is_multistream(path.rename(tmp_path / "a.xml.bz2"))


@pytest.mark.parametrize(
    "harm",
    [
        lambda line: b"7" + line,
        lambda _: b"nonsense",
        lambda _: b"1:2:title",
        lambda _: b"9" * 30 + b":2:title",
        lambda _: b"-5:2:title",
    ],
)
def test_wrong_index_is_named(harm: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """An index of another dump, or a damaged one, is refused with the line that shows it."""
    path = corpus.write(tmp_path, 60, size=300, stream_pages=10, large=False)
    index = dump.find_index(path)
    assert index is not None
    lines = bz2.decompress(index.read_bytes()).splitlines()
    lines[24] = harm(lines[24])
    index.write_bytes(bz2.compress(b"\n".join(lines)))
    with pytest.raises(DumpError, match="line 25 is wrong"):
        dump.index_starts(index, path)


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("zhwiki-20261101-pages-articles-multistream.xml.bz2",
         "zhwiki-20261101-pages-articles-multistream-index.txt.bz2"),
        ("zhwiki-20261101-pages-articles-multistream1.xml-p1p187712.bz2",
         "zhwiki-20261101-pages-articles-multistream-index1.txt-p1p187712.bz2"),
        ("x-multistream.xml.bz2", "x-multistream-index.txt"),
    ],
)  # fmt: skip
def test_index_is_found_by_name(name: str, index: str, tmp_path: Path) -> None:
    """The index lies beside the dump under the name that Wikimedia gives it."""
    assert dump.find_index(tmp_path / name) is None
    (tmp_path / index).touch()
    assert dump.find_index(tmp_path / name) == tmp_path / index
    assert dump.find_index(tmp_path / "pages.xml") is None


@pytest.mark.parametrize("zone", [None, UTC])
def test_select_takes_what_means_the_same(zone: tzinfo | None) -> None:
    """Any set of numbers, and times in UTC where they name no zone."""
    select = Select(
        namespaces={0, 14},
        models=["wikitext"],
        since="2026-01-01",
        until=datetime(2026, 2, 1, tzinfo=zone),
    )
    assert select == Select(
        namespaces=frozenset({0, 14}),
        since=datetime(2026, 1, 1, tzinfo=UTC),
        until=datetime(2026, 2, 1, tzinfo=UTC),
    )
    assert select.reason(Page("甲", timestamp=datetime(2026, 1, 2, tzinfo=UTC))) is None


@pytest.mark.parametrize("revisions", ["all", "last"])
def test_page_without_a_revision_is_left_out_for_a_reason(
    revisions: dump.Revisions, tmp_path: Path
) -> None:
    """It counts as one without a text, in its namespace, and the pages beside it stay."""
    path = tmp_path / "a.xml"
    bare = "<page><title>甲</title><ns>0</ns></page><page><title>乙:丙</title><ns>4</ns></page>"
    path.write_text(HISTORY.replace("<mediawiki>", f"<mediawiki>{bare}"), encoding="utf-8")
    select = Select(revisions=revisions)
    pages = list(dump.open_source(path, select).items)
    reasons = [select.reason(page) for page in pages if isinstance(page, Page)]
    assert reasons == ["no_text", "namespace", *[None] * (3 if revisions == "all" else 1)]


def test_select_reads_one_model_and_a_day() -> None:
    """A word is one model and no letters, a day is its beginning, and half a number is none."""
    assert Select(models="wikitext") == Select()
    assert Select(since=date(2026, 1, 31)).since == datetime(2026, 1, 31, tzinfo=UTC)
    with pytest.raises(TypeError, match="models must be names of content models or None, not int"):
        Select(models=5)  # type: ignore[arg-type]
    with pytest.raises(UnknownFormatError, match="unknown namespaces"):
        Select(namespaces=[1.5])


def test_select_that_nothing_can_match(tmp_path: Path) -> None:
    """It is said, and no page is left out for it."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "甲"}', encoding="utf-8")
    with pytest.raises(UnknownFormatError, match="unknown time 'x'"):
        Select(since="x")
    with pytest.raises(UnknownFormatError, match="unknown namespaces 'x'"):
        Select(namespaces="x")
    with pytest.raises(UnknownFormatError, match="choose one of last, all"):
        list(dump.read(path, Select(revisions="first")))  # type: ignore[arg-type]
    select = Select(since=datetime(2026, 1, 1, tzinfo=UTC), until=datetime(2025, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="since must not be later"):
        list(dump.read(path, select))


# -------------------------------------------------------------------- other inputs


def test_jsonl(tmp_path: Path) -> None:
    """A bad line of JSONL costs that line, and metadata ride along."""
    path = tmp_path / "x.jsonl.gz"
    lines = [
        json.dumps({"id": 5, "title": "甲", "text": "乙", "metadata": {"b": 1}, "ns": 3}),
        "{broken",
        "[1]",
        "",
        json.dumps({"source": "丙", "text": "x", "timestamp": "2026-01-01", "dialect": "export"}),
        json.dumps({"text": 5}),
        '{"text": "\\ud800", "title": "\\ud800"}',
        "[" * 100000,
    ]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    pages, faults = read_all(path)
    assert pages[0] == Page("乙", title="甲", id="5", metadata='{"b": 1}', source_file="x.jsonl.gz")
    assert (pages[1].text, pages[1].dialect) == ("丙", "export")
    assert pages[1].timestamp == datetime(2026, 1, 1, tzinfo=UTC)
    assert pages[2].title == "\ufffd"
    assert len(pages) == 3
    assert [str(fault)[:18] for fault in faults] == [
        "x.jsonl.gz: line 2",
        "x.jsonl.gz: line 3",
        "x.jsonl.gz: line 6",
        "x.jsonl.gz: line 8",
    ]
    assert str(faults[2]).endswith("line 6 holds no text, but int")


def test_jsonl_behind_damage() -> None:
    """The rest of a line that damage cut is no second fault, and no line is numbered wrong."""
    chunks = [b'{"text": "a"}\n{"te', DumpError("lost"), b'xt": "c"}\n\n{"text": "d"}\n{bad\n[]']
    items = list(dump.objects(chunks, "x"))
    assert [item for item in items if isinstance(item, dict)] == [{"text": "a"}, {"text": "d"}]
    faults = [str(item) for item in items if isinstance(item, DumpError)]
    assert len(faults) == 3
    assert faults[0] == "lost"
    assert all("a line behind the damage" in fault for fault in faults[1:])
    # The damage may have ended with a line.
    assert list(dump.objects([DumpError("lost"), b'{"text": "d"}'], "x"))[1] == {"text": "d"}


def test_line_without_end_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is one fault, however long it is, and what follows it is read, faults included."""
    monkeypatch.setattr(dump, "MAX_LINE", 30)
    chunks = [b'{"text": "a"}\n{"text": "', *[b"b" * 30] * 3, b'"}\nd\n{"text": "c"}\n']
    whole, fault, broken, after = dump.objects(chunks, "x.jsonl")
    assert (whole, after) == ({"text": "a"}, {"text": "c"})
    assert str(fault) == "x.jsonl: a line has more than 30 bytes"
    assert "a line behind the damage is no JSON" in str(broken)


@pytest.mark.parametrize(
    ("value", "number", "words"),
    [
        (1, 1, "1"),
        (1.0, 1, "1"),
        (1.5, None, "1.5"),
        (float("nan"), None, None),
        (None, None, None),
    ],
)
def test_numbers_of_tables(value: object, number: int | None, words: str | None) -> None:
    """A column of numbers in which one is missing comes as floats, and means the numbers."""
    page = dump.page_of({"text": "甲", "namespace": value, "revision_id": value, "id": value}, "x")
    assert isinstance(page, Page)
    assert (page.namespace, page.revision_id, page.id) == (number, number, words)


def test_folder_within_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder whose pages nobody can list is an error that names it, not one without pages."""
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.md").write_text("**丁**", encoding="utf-8")
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)  # root may read all
    with pytest.raises(InputError, match="closed: Permission denied"):
        read_all(tmp_path)


def test_folder(tmp_path: Path) -> None:
    """A folder is read by path, each file in its dialect; a file in no UTF-8 costs itself."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "甲_乙.wikitext").write_text("[[丙]]", encoding="utf-8")
    (tmp_path / "a.md").write_text("**丁**", encoding="utf-8")
    (tmp_path / "c.md").write_bytes(b"\xff")
    (tmp_path / "other.txt").write_text("x", encoding="utf-8")
    pages, faults = read_all(tmp_path)
    assert pages == [
        Page("**丁**", dialect="export", source_file="a.md"),
        Page("[[丙]]", title="甲 乙", dialect="wikitext", source_file="b/甲_乙.wikitext"),
    ]
    assert "c.md" in str(faults[0])


def test_parquet(tmp_path: Path) -> None:
    """Rows of Parquet are read a few at a time; a file that is none says so."""
    path = tmp_path / "x.parquet"
    pq.write_table(pa.Table.from_pylist([{"text": str(n)} for n in range(1000)]), path)
    assert [row["text"] for row in records.read_parquet(path)] == [str(n) for n in range(1000)]
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(DumpError, match="Parquet"):
        list(records.read_parquet(path))


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there, or cannot be opened, is an error that names it."""
    with pytest.raises(InputError, match=r"none\.xml"):
        dump.open_source(tmp_path / "none.xml", EVERYTHING)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_files_are_closed(tmp_path: Path) -> None:
    """A file is closed when it was read, and when reading it was given up."""
    path = tmp_path / "x.xml"
    path.write_text(XML, encoding="utf-8")

    def is_open() -> bool:
        links = Path("/proc/self/fd").iterdir()
        return any(str(path) == str(link.readlink()) for link in links if link.is_symlink())

    pages = dump.read(path)
    next(pages)
    assert is_open()
    pages.close()  # type: ignore[attr-defined]
    assert not is_open()
