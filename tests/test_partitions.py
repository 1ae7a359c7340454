"""Partitions: every page has one owner, wherever a file is cut, and is read as the run reads it."""

import bz2
import gzip
import json
import pickle
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs
import corpus
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wikiclean import dump, partitions, run
from wikiclean.dump import EVERYTHING, Page, Range, Select
from wikiclean.errors import (
    DumpError,
    InputError,
    SchemaError,
    UnknownFormatError,
    WikicleanError,
)
from wikiclean.partitions import Job, Partition

PAGES = list(corpus.pages(60, size=300, large=False))
XML = corpus.head() + "".join(PAGES) + corpus.FOOT
SMALL = (
    "<mediawiki>\n<siteinfo><namespaces><namespace key='0'/></namespaces></siteinfo>\n"
    + "".join(
        f"<page><title>{n}</title><ns>0</ns><id>{n}</id><revision><text>&lt;page> 甲{n}"
        f"</text></revision></page>\n"
        for n in range(1, 4)
    )
    + "</mediawiki>\n"
)

HISTORY = Select(redirects=True, revisions="all")

Found = tuple[list[tuple[str | None, str | None]], list[str]]


def told(items: list[Page | DumpError]) -> Found:
    """Return the id and the text of each page, and the faults."""
    return (
        [(item.id, item.text) for item in items if isinstance(item, Page)],
        [str(item) for item in items if isinstance(item, DumpError)],
    )


def local(path: Path) -> Found:
    """Return what the run reads, which reads a file as one."""
    return told(list(dump.open_source(path, EVERYTHING).items))


def read(part: Partition) -> list[Page | DumpError]:
    """Return what a partition is a sequence of."""
    with partitions.opened(part, EVERYTHING) as (items, _):
        return list(items)


def cut(path: Path, how: Any, *places: int) -> Found:  # noqa: ANN401 - a literal
    """Return what is read in partitions that meet at some places of a file."""
    head = dump.open_source(path, EVERYTHING)
    head.close()
    edges = [0, *places, path.stat().st_size]
    items = [
        item
        for edge in pairwise(edges)
        for item in read(Partition(str(path), how, Range(*edge), head.siteinfo))
    ]
    return told(items)


# -------------------------------------------------------------------- every page has one owner


@pytest.mark.parametrize("size", [1, 3, 6, 7, 8, 1000])
def test_plain_xml_may_be_cut_anywhere(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At any byte, within tags and characters too, no page is lost and none is read twice."""
    monkeypatch.setattr(partitions, "READ", size)
    path = tmp_path / "x.xml"
    path.write_text(SMALL, encoding="utf-8")
    wanted = local(path)
    assert wanted == ([(str(n), f"<page> 甲{n}") for n in range(1, 4)], [])
    data = path.read_bytes()
    head = {"general": {}, "namespaces": {}}
    for place in range(1, len(data)):
        parts = [Partition(str(path), "bytes", Range(0, place), head)]
        parts += [Partition(str(path), "bytes", Range(place, len(data)), head)]
        items = [item for part in parts for item in read(part)]
        assert told(items) == wanted, place


@pytest.mark.parametrize("size", [300, 5000])
@pytest.mark.parametrize("count", [2, 7, 40])
def test_bzip2_may_be_cut_anywhere(size: int, count: int, tmp_path: Path) -> None:
    """Streams that cut pages, and more partitions than blocks, make no difference."""
    data = XML.encode()
    path = tmp_path / "x.xml.bz2"
    path.write_bytes(
        b"".join(bz2.compress(data[at : at + size]) for at in range(0, len(data), size))
    )
    length = path.stat().st_size
    assert cut(path, "blocks", *(length * n // count for n in range(1, count))) == local(path)
    assert len(local(path)[0]) == 60


def test_a_single_stream_is_cut_between_its_blocks(tmp_path: Path) -> None:
    """A file that is one stream can be read in parts too."""
    xml = corpus.head() + "".join(corpus.pages(400, size=3000, large=False)) + corpus.FOOT
    path = tmp_path / "x.xml.bz2"
    path.write_bytes(bz2.compress(xml.encode(), 1))
    job = Job.of({"partition_size": "16K"})
    parts = partitions.partitions(path, job)
    assert {part.cut for part in parts} == {"blocks"}
    found = [told(read(part)) for part in parts]
    assert sum(bool(pages) for pages, _ in found) > 3
    assert [page for pages, _ in found for page in pages] == local(path)[0]
    assert not any(faults for _, faults in found)


# -------------------------------------------------------------------- damage


@pytest.mark.parametrize(
    "harm",
    [
        lambda page: page.replace("</title>", "</titel>"),
        lambda page: page.replace("</revision>", ""),
        lambda page: page.replace("  </page>\n", ""),
        lambda page: page.replace("<text", "<text <"),
        lambda page: page.replace("</text>", "&undeclared;</text>"),
        lambda page: page[: len(page) // 2],
    ],
)
def test_broken_xml_costs_what_it_costs_the_run(harm: Callable[[str], str], tmp_path: Path) -> None:
    """The same pages are read, and as many faults are told, wherever the file is cut."""
    path = tmp_path / "x.xml"
    broken = [*PAGES[:20], harm(PAGES[20]), *PAGES[21:]]
    path.write_text(corpus.head() + "".join(broken) + corpus.FOOT, encoding="utf-8")
    pages, faults = local(path)
    assert len(faults) == 1
    data = path.read_bytes()
    at = data.index(f"<id>{PAGES[20].split('<id>')[1].split('<')[0]}</id>".encode())
    for place in (at - 30, at, at + 100, at + 500, len(data) // 2, len(data) - 10):
        found = cut(path, "bytes", place)
        assert found[0] == pages
        assert len(found[1]) == 1


@pytest.mark.parametrize("share", [0.3, 0.5, 0.77])
def test_a_file_that_is_cut_short_is_read_to_its_end(share: float, tmp_path: Path) -> None:
    """The pages before the end are read, and one fault says that it is none."""
    path = tmp_path / "x.xml"
    data = XML.encode()
    path.write_bytes(data[: int(len(data) * share)])
    pages, faults = local(path)
    size = path.stat().st_size
    for place in (size // 2, size - 50, size - 1):
        found = cut(path, "bytes", place)
        assert found[0] == pages
        assert len(found[1]) == len(faults) == 1
        assert "cut short" in found[1][0]


def test_damaged_blocks_cost_their_pages_alone(tmp_path: Path) -> None:
    """Of a damaged stream the run reads nothing more; a partition goes on at the next block."""
    path = corpus.write(tmp_path, 60, size=300, stream_pages=10, large=False)
    whole = local(path)[0]
    starts = dump.index_starts(dump.find_index(path), path)  # type: ignore[arg-type]
    data = bytearray(path.read_bytes())
    data[starts[3] + 60] ^= 0xFF
    path.write_bytes(data)
    pages, faults = local(path)
    assert pages == whole[:20] + whole[30:]
    size = len(data)
    for count in (1, 2, 5, 11):
        found = cut(path, "blocks", *(size * n // count for n in range(1, count)))
        assert found[0] == pages
        assert len(found[1]) == len(faults) == 1
        assert "damaged" in found[1][0]
    path.write_bytes(data[: starts[5] + 100])
    found = cut(path, "blocks", starts[2] + 3)
    assert found[0] == pages[:30]
    assert ["cut short" in fault for fault in found[1]] == [False, True]


def test_a_page_that_ends_in_damage_is_told_of_once(tmp_path: Path) -> None:
    """A page that begins in one partition and ends in damage of the next is lost quietly."""
    data = XML.encode()
    streams = [bz2.compress(data[at : at + 5000]) for at in range(0, len(data), 5000)]
    harmed = bytearray(streams[2])
    harmed[40] ^= 0xFF
    path = tmp_path / "x.xml.bz2"
    path.write_bytes(b"".join([*streams[:2], harmed, *streams[3:]]))
    pages, faults = local(path)
    for place in range(0, sum(map(len, streams[:5])), 500):
        found = cut(path, "blocks", place + 1)
        assert found[0] == pages
        assert len(found[1]) == len(faults) == 1


# -------------------------------------------------------------------- how inputs are cut


def kinds(paths: object, **options: object) -> list[str]:
    """Return how inputs are cut."""
    job = Job.of({"partition_size": "4K", **options})
    return [part.cut for part in partitions.partitions(paths, job)]  # type: ignore[arg-type]


def test_how_inputs_are_cut(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """By the index, by blocks, by bytes; what cannot be cut is a partition of its own."""
    path = corpus.write(tmp_path, 60, size=300, stream_pages=5, large=False)
    assert set(kinds(path)) == {"streams"}
    assert len(kinds(path)) > 2
    assert kinds(path, partition_size="16M") == ["whole"]
    index = dump.find_index(path)
    assert index is not None
    index.write_bytes(bz2.compress(b"9000:1:title\n"))
    assert set(kinds(path)) == {"blocks"}
    assert "line 1 is wrong" in caplog.text
    index.unlink()
    assert set(kinds(path)) == {"blocks"}
    plain = tmp_path / "x.xml"
    plain.write_text(XML, encoding="utf-8")
    assert set(kinds(plain)) == {"bytes"}
    packed = tmp_path / "x.xml.gz"
    packed.write_bytes(gzip.compress(XML.encode()))
    other = tmp_path / "y.xml"
    other.write_text("<html>" + "x" * 9999 + "</html>", encoding="utf-8")
    pages = tmp_path / "pages"
    pages.mkdir()
    assert kinds([packed, other, pages]) == ["whole"] * 3
    assert kinds([]) == []
    with pytest.raises(InputError, match="no such file"):
        kinds(tmp_path / "none.xml")
    with pytest.raises(InputError, match="standard input"):
        kinds("-")


def test_partitions_are_as_large_as_asked(tmp_path: Path) -> None:
    """More are made where more are wanted, but none below a megabyte for that."""
    path = tmp_path / "x.xml"
    pages = "".join(PAGES)
    count = (5 << 20) // len(pages.encode())
    path.write_text(corpus.head() + pages * count + corpus.FOOT, encoding="utf-8")
    job = Job.of({})
    assert len(partitions.partitions(path, job)) == 1
    assert len(partitions.partitions(path, job, least=3)) in (3, 4)
    assert len(partitions.partitions(path, job, least=1000)) in (4, 5)


@pytest.mark.parametrize("kind", [".xml", ".xml.bz2", ".xml.gz", ".jsonl", ".parquet", "folder"])
def test_rows_are_those_of_the_run(kind: str, tmp_path: Path) -> None:
    """Whatever the input, the rows of its partitions are those that the run writes, in order."""
    path = tmp_path / f"x{kind}"
    told = [{"source": f"'''甲{n}'''[[乙|丙]]", "title": f"頁{n}", "id": n} for n in range(50)]
    if kind == "folder":
        path.mkdir()
        for row in told:
            (path / f"{row['title']}.wikitext").write_text(str(row["source"]), encoding="utf-8")
    elif kind == ".jsonl":
        path.write_text("\n".join(map(json.dumps, told)), encoding="utf-8")
    elif kind == ".parquet":
        pq.write_table(pa.Table.from_pylist(told), path)
    else:
        data = XML.encode()
        pack = {".xml.bz2": bz2.compress, ".xml.gz": gzip.compress}
        path.write_bytes(pack.get(kind, bytes)(data))
    run.run([path], tmp_path / "out", run.Options(format="parquet", keep_source=True))
    wanted = [
        row
        for shard in sorted((tmp_path / "out").glob("pages-*"))
        for row in pq.read_table(shard).to_pylist()
    ]
    assert len(wanted) == 50 if kind in ("folder", ".jsonl", ".parquet") else len(wanted) == 47
    job = Job.of({"keep_source": True, "partition_size": "2K"})
    assert list(partitions.rows(path, job)) == wanted
    if kind == ".parquet":
        batches = list(partitions.parse(pq.read_table(path), job))
        rows = [row for batch in batches for row in batch.to_pylist()]
        assert [row.pop("error") for row in rows] == [None] * 50
        assert rows == [row | {"source_file": None} for row in wanted]


# -------------------------------------------------------------------- options


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, {}),
        ({"profile": "hf", "variant": "zh-tw", "site": "enwiki"}, None),
        ({"namespaces": "0,14"}, {"select": Select(namespaces=frozenset({0, 14}))}),
        ({"namespaces": [0, 14]}, {"select": Select(namespaces=frozenset({0, 14}))}),
        ({"namespaces": 4}, {"select": Select(namespaces=frozenset({4}))}),
        ({"namespaces": "all"}, {"select": Select(namespaces=None)}),
        ({"redirects": "true"}, {"select": Select(redirects=True)}),
        ({"redirects": True, "all_revisions": "True"}, {"select": HISTORY}),
        ({"since": "2026-01-01"}, {"select": Select(since=datetime(2026, 1, 1, tzinfo=UTC))}),
        ({"passes": "none"}, {"repairs": False}),
        ({"captions": "false"}, {"captions": False}),
        ({"page_size": "2K", "page_timeout": "1.5"}, {"page_size": 2048, "page_timeout": 1.5}),
    ],
)
def test_options(given: dict[str, object], wanted: dict[str, Any] | None) -> None:
    """Options mean what they mean on the command line, as strings and as values."""
    options = Job.of(given).options
    if wanted is None:
        wanted = dict(given)
    assert options == run.Options(format="parquet", **wanted)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"profil": "hf"}, "unknown option 'profil'"),
        ({"profile": "wide"}, "unknown profile"),
        ({"redirects": "maybe"}, "choose one of true, false"),
        ({"namespaces": "zero"}, "0,14"),
        ({"page_size": "big"}, "16M"),
        ({"page_timeout": "long"}, "60"),
        ({"page_timeout": "0"}, "60"),
        ({"page_timeout": "inf"}, "60"),
        ({"page_timeout": "nan"}, "60"),
        ({"partition_size": 0}, "16M"),
        ({"since": "yesterday"}, "2026-01-31"),
        ({"passes": "some"}, "default, none"),
        ({"on_error": "ignore"}, "skip, stop"),
        ({"site": "nowiki9"}, "nowiki9"),
        ({"tables": "html"}, "html"),
    ],
)
def test_wrong_options_are_named(given: dict[str, object], words: str) -> None:
    """What is no option, or no value of one, is refused before a page is read."""
    with pytest.raises(WikicleanError, match=words):
        Job.of(given)


def test_every_option_of_the_run_can_be_given() -> None:
    """What decides about a row on the command line can be said to an engine too."""
    names = {field.name for field in attrs.fields(run.Options)}
    # Of files, of a run as a whole, or called otherwise.
    names -= {"format", "limit", "shard_size", "select", "repairs"}
    names |= {field.name for field in attrs.fields(Select)} - {"models", "revisions"}
    assert partitions.OPTIONS.keys() - names == {
        "all_revisions",
        "passes",
        "on_error",
        "partition_size",
    }
    assert names <= partitions.OPTIONS.keys()


# -------------------------------------------------------------------- errors


@pytest.fixture(name="bad")
def _bad(tmp_path: Path) -> Path:
    """Return a file with a page that is too large, one that is no JSON, and two sound ones."""
    path = tmp_path / "bad.jsonl"
    rows = [{"id": 1, "text": "甲"}, {"id": 2, "title": "大", "text": "乙" * 500 + "\ud800"}]
    lines = [*map(json.dumps, rows), "{", json.dumps({"id": 3, "text": "丙"})]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_error_records_are_rows(bad: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A bad page is a row with its error record, at its place, and the others are read."""
    job = pickle.loads(pickle.dumps(Job.of({"profile": "hf", "page_size": 100})))  # noqa: S301
    (part,) = pickle.loads(pickle.dumps(partitions.partitions(bad, job)))  # noqa: S301
    (batch,) = partitions.read(part, job)
    assert batch.schema.equals(job.schema, check_metadata=True)
    rows = batch.to_pylist()
    assert [row["text"] for row in rows] == ["甲", None, None, "丙"]
    assert [row["error"] and row["error"]["error"] for row in rows] == [
        None,
        "too_large",
        "damage",
        None,
    ]
    assert rows[1]["error"] == {
        "error": "too_large",
        "message": "it has more than 100 characters",
        "file": "bad.jsonl",
        "id": "2",
        "title": "大",
        "revision_id": None,
        "source": "乙" * 500 + "?",
    }
    assert [row["text"] for row in partitions.rows(bad, job)] == ["甲", "丙"]
    assert "bad.jsonl in the page '大': it has more than 100 characters" in caplog.text
    assert "line 3 is no JSON" in caplog.text


def test_errors_can_stop_a_job(bad: Path) -> None:
    """With ``on_error="stop"`` the first error is raised, and no column is there for any."""
    job = Job.of({"profile": "hf", "page_size": 100, "on_error": "stop"})
    assert job.schema.names == ["id", "url", "title", "text"]
    with pytest.raises(DumpError, match="stopped at an error: '大': it has more than 100"):
        list(partitions.rows(bad, job))


def test_a_page_that_takes_too_long(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is read for longer than it may is an error record, and the others are read."""
    real = run._read  # noqa: SLF001

    def slow(options: run.Options, page: Page, site: Any) -> object:  # noqa: ANN401
        if page.title == "大":
            try:
                time.sleep(60)
            except Exception:  # noqa: BLE001 - as a careless pass might
                return real(options, page, site)
        return real(options, page, site)

    monkeypatch.setattr(run, "_read", slow)
    job = Job.of({"profile": "hf", "page_timeout": 0.2})
    (part,) = partitions.partitions(bad, job)
    rows = [row for batch in partitions.read(part, job) for row in batch.to_pylist()]
    assert [row["error"] and row["error"]["message"] for row in rows][:2] == [
        None,
        "it took longer than 0.2 seconds",
    ]
    assert [row["id"] for row in rows] == ["1", None, None, "3"]


def test_an_alarm_when_the_rows_stand_is_one_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page whose time runs out at its very end has its rows or an error record, never both."""
    real = run.Work.make

    def slow(self: run.Work, page: Page) -> object:
        made = real(self, page)
        if page.id == "2":
            time.sleep(60)
        return made

    monkeypatch.setattr(run.Work, "make", slow)
    job = Job.of({"profile": "hf", "page_timeout": 0.2})
    table = pa.table({"text": ["甲", "乙", "丙"], "id": ["1", "2", "3"]})
    rows = [row for batch in partitions.parse(table, job) for row in batch.to_pylist()]
    assert [(row["id"], row["error"] and row["error"]["id"]) for row in rows] == [
        ("1", None),
        (None, "2"),
        ("3", None),
    ]


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs alarms")
def test_an_alarm_of_the_caller_is_kept() -> None:
    """Who set an alarm gets it at its time, or behind the page at which its time came."""
    rung: list[float] = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(time.monotonic()))
    try:
        signal.setitimer(signal.ITIMER_REAL, 3600, 60)
        with partitions._at_most(1e300):  # noqa: SLF001
            pass
        delay, interval = signal.setitimer(signal.ITIMER_REAL, 0.02)
        assert 3590 < delay <= 3600
        assert interval == 60
        with partitions._at_most(10.0):  # noqa: SLF001
            time.sleep(0.1)
            assert not rung
        time.sleep(0.02)
        assert len(rung) == 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_errors_of_a_table_name_its_files() -> None:
    """Where a table says which file a page came from, its error record does."""
    job = Job.of({"profile": "hf", "page_size": 5})
    told = [{"text": "甲" * 9, "source_file": "a.md"}, {"text": "甲" * 9, "source_file": None}]
    (batch,) = partitions.parse(pa.Table.from_pylist(told), job)
    assert [row["error"]["file"] for row in batch.to_pylist()] == ["a.md", None]


def test_a_table_without_pages_is_refused() -> None:
    """A table must have a column with pages; a null page, or one that is no text, is no error."""
    job = Job.of({"profile": "hf"})
    with pytest.raises(SchemaError, match="no column holds pages"):
        list(partitions.parse(pa.table({"title": ["甲"]}), job))
    table = pa.table({"text": ["甲", None, "乙"]})
    (batch,) = partitions.parse(table, job)
    assert batch.column("text").to_pylist() == ["甲", "乙"]
    assert list(partitions.parse(table.slice(0, 0), job)) == []
    (batch,) = partitions.parse(pa.table({"text": [1]}), job)
    assert "no text" in batch.to_pylist()[0]["error"]["message"]


def test_unknown_options_are_usage_errors() -> None:
    """Callers can catch them as what they are."""
    with pytest.raises(UnknownFormatError):
        Job.of({"": ""})
