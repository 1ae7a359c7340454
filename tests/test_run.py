"""Whole runs: the same bytes however they are made, and every kind of bad end."""

import bz2
import contextlib
import hashlib
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import corpus
import pyarrow.parquet as pq
import pytest
from conftest import do_without

from wikiclean import cli, records, run
from wikiclean import dump as dump_module
from wikiclean.crew import Event
from wikiclean.document import Document
from wikiclean.dump import Page, Range, Raw, Select, find_ranges
from wikiclean.errors import DumpError, InputError, OutputError, UnknownFormatError
from wikiclean.labels import learn
from wikiclean.run import Options
from wikiclean.run import run as run_dump
from wikiclean.stats import Stats
from wikiclean.survey import survey

SMALL = Options(shard_size=1 << 14, profile="hf")
WANTED = 47
"""Pages of the small dump that are taken by default."""


@pytest.fixture(name="dump", scope="module")
def _dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dump")
    return corpus.write(folder, 60, size=600, stream_pages=5, large=False)


@pytest.fixture(name="done", scope="module")
def _done(dump: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished run, for reading."""
    folder = tmp_path_factory.mktemp("done")
    run_dump([dump], folder, SMALL)
    return folder


def contents(folder: Path) -> dict[str, str]:
    """Return the hash of each file of a folder."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def rows(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of all shards, in order."""
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("pages-*")):
        if path.suffix == ".parquet":
            found += pq.read_table(path).to_pylist()
        else:
            found += map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return found


def errors(folder: Path) -> list[dict[str, Any]]:
    """Return the error records."""
    path = folder / "errors.jsonl"
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest."""
    value: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    return value


# -------------------------------------------------------------------- the same bytes


@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
def test_shards_do_not_depend_on_processes(format_: str, dump: Path, tmp_path: Path) -> None:
    """One process and three write the same bytes, and the manifest tells their hashes."""
    options = Options(shard_size=1 << 14, format=format_)
    one = run_dump([dump], tmp_path / "1", options)
    run_dump([dump], tmp_path / "3", options, processes=3)
    assert contents(tmp_path / "1") == contents(tmp_path / "3")
    told = manifest(tmp_path / "1")
    assert told["complete"] is True
    assert len(told["shards"]) > 3
    assert {s["name"]: s["sha256"] for s in told["shards"]}.items() <= contents(
        tmp_path / "1"
    ).items()
    assert told["inputs_sha256"] == [hashlib.sha256(dump.read_bytes()).hexdigest()]
    assert [row["id"] for row in rows(tmp_path / "1")] == sorted(
        (row["id"] for row in rows(tmp_path / "1")), key=int
    )
    assert one.pages == one.rows == len(rows(tmp_path / "1")) == WANTED
    assert not errors(tmp_path / "1")


def test_both_formats_hold_the_same_rows(dump: Path, tmp_path: Path) -> None:
    """Parquet and JSONL hold equal rows, which are those of ``to_row``."""
    run_dump([dump], tmp_path / "p", Options(format="parquet"))
    run_dump([dump], tmp_path / "j", Options())
    parquet, lines = rows(tmp_path / "p"), rows(tmp_path / "j")
    for row in parquet:
        row["timestamp"] = row["timestamp"].isoformat().replace("+00:00", "Z")
    assert parquet == lines
    assert lines[0]["url"].startswith("https://zh.wikipedia.org/wiki/")
    assert lines[0]["source_file"] == dump.name
    assert lines[0]["wiki"] == "zhwiki"
    schema = pq.read_schema(tmp_path / "p" / "pages-00000.parquet")
    assert schema.equals(records.schema())
    assert records.schema().metadata.items() <= schema.metadata.items()


@pytest.mark.parametrize("profile", ["wikiextractor", "dolma", "nemo", "sections", "chunks"])
def test_profiles(profile: str, dump: Path, tmp_path: Path) -> None:
    """Each profile is written with its columns."""
    run_dump([dump], tmp_path, Options(profile=profile, limit=5, keep_source=True))
    columns = list(records.profile(profile, source=True).columns)
    assert {tuple(row) for row in rows(tmp_path)} == {tuple(columns)}


def test_every_packing_gives_the_same_rows(dump: Path, tmp_path: Path) -> None:
    """Read range by range, from a plain file, from JSONL and from Parquet, rows are the same."""
    xml = tmp_path / dump.name.removesuffix(".bz2")
    xml.write_bytes(bz2.decompress(dump.read_bytes()))
    run_dump([dump], tmp_path / "a", attrs.evolve(SMALL, keep_source=True))
    run_dump([xml], tmp_path / "b", attrs.evolve(SMALL, keep_source=True), processes=2)
    wanted = rows(tmp_path / "a")
    assert len(wanted) == WANTED
    assert rows(tmp_path / "b") == wanted
    shards = sorted((tmp_path / "a").glob("pages-*"))
    run_dump(shards, tmp_path / "c", attrs.evolve(SMALL, keep_source=True, dialect="wikitext"))
    assert rows(tmp_path / "c") == wanted
    run_dump(shards, tmp_path / "d", Options(profile="hf", format="parquet", keep_source=True))
    parquet = sorted((tmp_path / "d").glob("pages-*"))
    run_dump(parquet, tmp_path / "e", attrs.evolve(SMALL, keep_source=True, dialect="wikitext"))
    assert rows(tmp_path / "e") == wanted


@pytest.mark.parametrize("limit", [0, 7, 20, 1000])
def test_limit(limit: int, dump: Path, done: Path, tmp_path: Path) -> None:
    """The first pages are those of the whole run, whatever the number of processes."""
    options = attrs.evolve(SMALL, limit=limit)
    tally = run_dump([dump], tmp_path / "1", options)
    assert rows(tmp_path / "1") == rows(done)[:limit]
    assert tally.pages == min(limit, WANTED)
    if limit == 20:
        run_dump([dump], tmp_path / "3", options, processes=3)
        assert contents(tmp_path / "1") == contents(tmp_path / "3")


def test_folder_of_exports(tmp_path: Path) -> None:
    """A folder of Markdown exports becomes rows that name their file."""
    (tmp_path / "in").mkdir()
    shutil.copy(corpus.ARTICLE, tmp_path / "in")
    run_dump([tmp_path / "in"], tmp_path / "out")
    (row,) = rows(tmp_path / "out")
    assert (row["title"], row["dialect"]) == ("朝美核框架协议", "export")
    assert row["source_file"] == "agreed_framework.md"


def test_summary_counts(done: Path) -> None:
    """The counts of the run tell what was read, left out and lost."""
    tally = Stats.from_dict(manifest(done)["counts"])
    assert tally.skipped == {"namespace": 8, "redirect": 3, "deleted": 1, "no_text": 1}
    assert tally.types.total() == WANTED
    assert tally.templates["Cite web"] or any("未知" in name for name in tally.templates)
    assert 0 < tally.text_chars < tally.source_chars
    assert f"{WANTED} pages, {WANTED} rows" in tally.to_text()


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (Options(profile="hf"), ["甲"]),
        (Options(profile="hf", footnotes="end"), ["甲", "乙"]),
        (Options(profile="full"), ["甲", "乙"]),
    ],
)
def test_losses_in_notes_count_where_notes_are_read(
    options: Options, names: list[str], tmp_path: Path
) -> None:
    """A profile of text alone reads no notes."""
    page = tmp_path / "page.wikitext"
    page.write_text("文{{甲}}。<ref>注{{乙}}</ref>", encoding="utf-8")
    assert sorted(run_dump([page], tmp_path / "out", options).templates) == sorted(names)


# -------------------------------------------------------------------- going on


def command(*words: str | Path) -> list[str]:
    """Return the command line of a run in a process of its own."""
    return [sys.executable, "-m", "wikiclean", "dump", *map(str, words), "-q"]


def test_killed_ten_times(tmp_path: Path) -> None:
    """A run that is killed at ten moments and begun again writes what an undisturbed one does."""
    dump = corpus.write(tmp_path, 2000, size=120, stream_pages=20, large=False)
    words = (dump, "-j", "2", "--shard-size", "16K", "--profile", "hf")
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    subprocess.run(command(*words, "-o", whole), check=True)
    chance = random.Random(0)  # noqa: S311 - moments, not secrets
    shards = len(manifest(whole)["shards"])
    assert shards > 20
    for kill in range(1, 11):
        with subprocess.Popen(command(*words, "-o", killed)) as process:
            # From some shard on, at any moment of the work on the next ones.
            wanted = shards * kill // 12
            until = time.monotonic() + 60
            while len(list(killed.glob("pages-*"))) < wanted and time.monotonic() < until:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.05))
            assert process.poll() is None
            process.kill()
        assert manifest(killed)["complete"] is False
    subprocess.run(command(*words, "-o", killed), check=True)
    assert contents(killed) == contents(whole)


def test_leftovers_are_cleared(dump: Path, done: Path, tmp_path: Path) -> None:
    """What a run left that ended between any two steps does not show in the next one's result."""
    out = tmp_path / "out"
    shutil.copytree(done, out)
    told = manifest(out)
    kept = told["shards"][:1]
    assert len(told["shards"]) > 2
    told.update(complete=False, shards=kept, units=kept[-1]["units"][1], inputs_sha256=None)
    told["counts"] = Stats(pages=sum(shard["rows"] for shard in kept)).to_dict()
    (out / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    for name in ("manifest.json.tmp", "pages-00001.jsonl.tmp", "errors.jsonl"):
        (out / name).write_bytes(b"{half a li")
    assert run_dump([dump], out, SMALL).pages == WANTED
    first, second = contents(done), contents(out)
    assert first.pop("manifest.json") != second.pop("manifest.json")  # the counts were made up
    assert first == second


def test_errors_are_gone_on_with(tmp_path: Path) -> None:
    """Error records of an earlier part are kept, and what was half written is written again."""
    source = tmp_path / "x.jsonl"
    lines = [json.dumps({"text": "甲" * (500 if n % 3 else 5000), "id": n}) for n in range(300)]
    source.write_text("\n".join(lines), encoding="utf-8")
    options = attrs.evolve(SMALL, page_size=1000, shard_size=1 << 14)
    run_dump([source], tmp_path / "a", options)
    assert len(errors(tmp_path / "a")) == 100
    told = manifest(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "c")
    partial = run_dump([source], tmp_path / "c", options)
    assert partial == Stats.from_dict(told["counts"])
    with (tmp_path / "c" / "errors.jsonl").open("ab") as file:
        file.write(b"half")
    told["complete"] = False
    (tmp_path / "c" / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    run_dump([source], tmp_path / "c", options)
    assert contents(tmp_path / "c")["errors.jsonl"] == contents(tmp_path / "a")["errors.jsonl"]


def test_finished_run_is_not_done_again(dump: Path, done: Path) -> None:
    """The same command on a finished folder reads nothing and tells the same counts."""
    before = contents(done)
    assert run_dump([dump], done, SMALL).to_dict() == manifest(done)["counts"]
    assert contents(done) == before


def test_folder_of_another_run_is_refused(dump: Path, done: Path, tmp_path: Path) -> None:
    """Other options or inputs need another folder, or ``fresh``, which removes the old shards."""
    shutil.copytree(done, tmp_path / "out")
    for other_options, said in (
        (attrs.evolve(SMALL, limit=5), "other options (limit); choose another folder"),
        (
            attrs.evolve(SMALL, select=Select(namespaces=None), format="parquet"),
            "other versions (pyarrow), options (format, select (namespaces)); choose",
        ),
    ):
        with pytest.raises(InputError, match=re.escape(said)):
            run_dump([dump], tmp_path / "out", other_options)
    other = corpus.write(tmp_path / "other", 20, size=300, large=False)
    with pytest.raises(InputError, match="other inputs"):
        run_dump([other], tmp_path / "out", SMALL)
    run_dump([other], tmp_path / "out", SMALL, fresh=True)
    assert len(rows(tmp_path / "out")) == manifest(tmp_path / "out")["counts"]["rows"] < 20
    (tmp_path / "out" / "manifest.json").unlink()
    with pytest.raises(InputError, match="holds shards and no manifest"):
        run_dump([other], tmp_path / "out", SMALL)


def test_interrupt(tmp_path: Path) -> None:
    """Ctrl-C ends the run with 130 and leaves nothing half written; no second run may come in."""
    dump = corpus.write(tmp_path, 4000, size=1000, stream_pages=20, large=False)
    out = tmp_path / "out"
    words = (dump, "-j", "2", "--shard-size", "16K", "-o", out)
    # A shell that puts the tests in the background has them ignore it, and children inherit that.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command(*words), preexec_fn=heard) as process:  # noqa: PLW1509 - no threads
        until = time.monotonic() + 60
        while not list(out.glob("pages-*")) and time.monotonic() < until:
            time.sleep(0.01)
        second = subprocess.run(command(*words), capture_output=True, text=True, check=False)
        assert (second.returncode, "another run is writing" in second.stderr) == (cli.USAGE, True)
        process.send_signal(signal.SIGINT)
        assert process.wait() == cli.INTERRUPTED
    assert not list(out.glob("*.tmp"))
    assert manifest(out)["shards"]
    assert manifest(out)["complete"] is False


def test_old_run_goes_only_when_the_new_one_can_begin(
    done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ``fresh`` shards are kept where no input of the new run can be opened."""
    out = tmp_path / "out"
    shutil.copytree(done, out)
    packed = tmp_path / "x.xml.7z"
    packed.write_bytes(b"7z")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="needs 7-Zip"):
        run_dump([packed], out, SMALL, fresh=True)
    assert contents(out) == contents(done)


def test_page_of_a_folder_that_cannot_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an error record, and the others are rows; when it can be, the input is another."""
    (tmp_path / "in").mkdir()
    for name in "ab":
        (tmp_path / "in" / f"{name}.md").write_text("**甲**", encoding="utf-8")
    real = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path.name == "b.md":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", read_bytes)  # root may read all
        assert run_dump([tmp_path / "in"], tmp_path / "out", SMALL).failed == {"damage": 1}
    (error,) = errors(tmp_path / "out")
    assert error["message"] == "b.md: cannot be read: Permission denied"
    assert len(rows(tmp_path / "out")) == 1
    with pytest.raises(InputError, match="other inputs"):
        run_dump([tmp_path / "in"], tmp_path / "out", SMALL)


def test_edited_page_of_a_folder_is_another_input(tmp_path: Path) -> None:
    """A page that was changed is noticed, as long as it was or not."""
    page = tmp_path / "a.md"
    page.write_text("甲", encoding="utf-8")
    before = run._inputs([tmp_path])  # noqa: SLF001
    assert run._inputs([tmp_path]) == before  # noqa: SLF001
    page.write_text("乙", encoding="utf-8")
    assert run._inputs([tmp_path]) != before  # noqa: SLF001


def test_what_is_only_counted_is_not_hashed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page of a folder is read in its turn, and not a first time to be known again."""
    pages = tmp_path / "in"
    pages.mkdir()
    for name in "ab":
        (pages / f"{name}.md").write_text("**甲**", encoding="utf-8")
    read: list[str] = []
    real = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        read.append(path.name)
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert run.count([pages]).pages == 2
    assert read == ["a.md", "b.md"]


def test_folders_behind_links_are_not_read(tmp_path: Path) -> None:
    """A link to a page is the page; one to a folder may lead back, or to what was read."""
    pages = tmp_path / "in"
    (pages / "sub").mkdir(parents=True)
    (pages / "sub" / "a.wikitext").write_text("甲", encoding="utf-8")
    (pages / "b.wikitext").symlink_to(pages / "sub" / "a.wikitext")
    (pages / "sub" / "up").symlink_to(pages)
    (tmp_path / "link").symlink_to(pages)
    for name in ("in", "link"):
        found = [given for given, _ in dump_module.files(tmp_path / name)]
        assert found == ["b.wikitext", "sub/a.wikitext"]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_inputs_are_opened_one_at_a_time(tmp_path: Path) -> None:
    """Of many inputs heads are read at the start, and files stay closed until their turn."""
    xml = (corpus.head() + "".join(corpus.pages(3, size=50, large=False)) + corpus.FOOT).encode()
    for n in range(5):
        (tmp_path / f"{n}.xml").write_bytes(xml)
        (tmp_path / f"{n}.xml.bz2").write_bytes(bz2.compress(xml))
        (tmp_path / f"{n}.jsonl").write_text('{"text": "甲"}', encoding="utf-8")

    def opened() -> int:
        links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        return sum(str(link.readlink()).startswith(str(tmp_path)) for link in links)

    units = run._Units(run._inputs(sorted(tmp_path.iterdir())), Options())  # noqa: SLF001
    units.open()
    assert opened() == 0
    counts = [(opened(), len(unit.items)) for unit in units]
    assert len(counts) == 15
    assert max(count for count, _ in counts) <= 1
    assert sum(items for _, items in counts) == 5 * (2 + 2 + 1)
    assert opened() == 0
    assert None not in units.digests


def test_changed_shard_is_noticed(dump: Path, done: Path, tmp_path: Path) -> None:
    """A shard that is gone or cut short is not passed over."""
    shutil.copytree(done, tmp_path, dirs_exist_ok=True)
    (tmp_path / "pages-00000.jsonl").write_bytes(b"")
    with pytest.raises(InputError, match="not as it was written"):
        run_dump([dump], tmp_path, SMALL)


# -------------------------------------------------------------------- damage


def test_damage_costs_no_other_page(dump: Path, done: Path, tmp_path: Path) -> None:
    """A damaged stream in the middle costs its five pages, and is one error record."""
    data = bytearray(dump.read_bytes())
    starts = [part.start for part in parts(dump)]
    data[starts[4] + 30] ^= 0xFF
    damaged = tmp_path / dump.name
    damaged.write_bytes(data)
    tally = run_dump([damaged], tmp_path / "b", SMALL, processes=2)
    lost = {row["id"] for row in rows(done)} - {row["id"] for row in rows(tmp_path / "b")}
    assert lost <= {str(number) for number in range(16, 21)}
    assert tally.failed == {"damage": 1}
    (error,) = errors(tmp_path / "b")
    assert error["file"] == dump.name
    assert "damaged" in error["message"]


def parts(path: Path) -> list[Range]:
    """Return the range of each stream."""
    with path.open("rb") as file:
        return list(find_ranges(Raw(file, "x"), 1))


def test_truncated_dump_gives_all_before(dump: Path, tmp_path: Path) -> None:
    """A dump that is cut short is read to its end, exit code 3, and nothing before is lost."""
    cut = tmp_path / dump.name
    cut.write_bytes(dump.read_bytes()[: parts(dump)[7].start + 100])
    assert cli.main(["dump", str(cut), "-o", str(tmp_path / "out"), "-q", "-j", "1"]) == cli.FAILED
    assert [row["id"] for row in rows(tmp_path / "out")][-1] == "30"
    assert ["cut short" in error["message"] for error in errors(tmp_path / "out")] == [True]


def test_dump_packed_anew_under_its_old_name(dump: Path, done: Path, tmp_path: Path) -> None:
    """Streams that do not hold whole pages are read one behind the other, and lose none."""
    data = bz2.decompress(dump.read_bytes())
    packed = tmp_path / dump.name
    packed.write_bytes(
        b"".join(bz2.compress(data[at : at + 9999]) for at in range(0, len(data), 9999))
    )
    tally = run_dump([packed], tmp_path / "b", SMALL, processes=2)
    assert not tally.failed
    assert rows(tmp_path / "b") == rows(done)


def test_wrong_index_does_no_harm(dump: Path, done: Path, tmp_path: Path) -> None:
    """Streams are found in the dump itself, so a wrong index changes nothing."""
    for path in dump.parent.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    index = tmp_path / dump.name.replace("multistream.xml", "multistream-index.txt")
    index.write_bytes(bz2.compress(b"5:1:a\n77:2:b\n"))
    run_dump([tmp_path / dump.name], tmp_path / "out", SMALL)
    assert contents(tmp_path / "out") == contents(done)


def test_entity_bomb_is_an_error_record(tmp_path: Path) -> None:
    """A document type is refused, one error, exit code 3."""
    bomb = tmp_path / "x.xml"
    bomb.write_text('<!DOCTYPE m [<!ENTITY a "b">]><mediawiki>&a;</mediawiki>', encoding="utf-8")
    assert cli.main(["dump", str(bomb), "-o", str(tmp_path / "out"), "-q"]) == cli.FAILED
    assert "document type" in errors(tmp_path / "out")[0]["message"]


def test_page_that_is_too_large(dump: Path, tmp_path: Path) -> None:
    """A page beyond the size is an error record with its whole source; the others are rows."""
    whole = {row["id"]: row for row in rows_of(dump, tmp_path / "a")}
    tally = run_dump([dump], tmp_path / "b", attrs.evolve(SMALL, page_size=500))
    failed = {error["id"]: error for error in errors(tmp_path / "b")}
    assert tally.failed == {"too_large": len(failed)}
    assert 0 < len(failed) < WANTED
    assert {row["id"] for row in rows(tmp_path / "b")} | set(failed) == set(whole)
    assert all(error["source"] == whole[number]["source"] for number, error in failed.items())


def rows_of(dump: Path, folder: Path) -> list[dict[str, Any]]:
    """Return the rows of a run with sources."""
    run_dump([dump], folder, attrs.evolve(SMALL, keep_source=True))
    return rows(folder)


def test_page_that_takes_too_long(tmp_path: Path) -> None:
    """A page beyond its time is an error record with its source; all others are rows."""
    slow = "".join(
        f"* '''[[甲{n}]]''' {{{{a|b}}}} <ref>[http://a.b c]</ref>\n" for n in range(65000)
    )
    pages = [corpus.page(n, f"頁{n}", slow if n == 13 else f"'''甲'''{n}") for n in range(1, 31)]
    path = tmp_path / "x.xml"
    path.write_text(corpus.head() + "".join(pages) + corpus.FOOT, encoding="utf-8")
    options = attrs.evolve(SMALL, page_timeout=0.5)
    tally = run_dump([path], tmp_path / "out", options, processes=2)
    assert tally.failed == {"timeout": 1}
    assert [row["id"] for row in rows(tmp_path / "out")] == [
        str(n) for n in range(1, 31) if n != 13
    ]
    (error,) = errors(tmp_path / "out")
    assert (error["error"], error["title"], error["source"]) == ("timeout", "頁13", slow)


@contextlib.contextmanager
def killer(times: int) -> Iterator[None]:
    """Kill worker processes from outside while the block runs."""
    done = threading.Event()

    def kill() -> None:
        killed: set[int | None] = set()
        while len(killed) < times and not done.is_set():
            time.sleep(0.05)
            for process in multiprocessing.active_children():
                # Once it works, and each process once.
                if process.pid not in killed and _has_worked(process.pid):
                    killed.add(process.pid)
                    process.kill()
                    break

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _has_worked(pid: int | None) -> bool:
    """Tell whether a process has used a second of the processor."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return False
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") > 0.9


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_workers_killed_from_outside(tmp_path: Path) -> None:
    """Workers that somebody kills are replaced, and what they were at is done again."""
    dump = corpus.write(tmp_path, 400, size=2500, stream_pages=20, large=False)
    run_dump([dump], tmp_path / "a", SMALL, processes=2)
    with killer(3):
        tally = run_dump([dump], tmp_path / "b", SMALL, processes=2)
    assert not tally.failed
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
def test_defect_of_ours_costs_one_page(format_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception while a page is read, or a row that fits no column, is one error record."""
    full = records.PROFILES["full"]

    def rows_but(document: Document, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        if document.title == "raises":
            raise RecursionError
        row = full.rows(document, given)[0]
        return [{**row, "revision_id": 2**70}] if document.title == "too much" else [row]

    titles = ("first", "raises", "second", "too much", "third")
    items = tuple(Page(text="'''甲'''", title=title) for title in titles)
    profile = full._replace(rows=rows_but)
    monkeypatch.setattr(records, "profile", lambda *_, **__: profile)
    work = run.begin(run.Setup(Options(format=format_), ("zhwiki",)))
    result = work(run.Unit(0, Path("x"), 0, items=items), run.Beat([0.0, 0.0]))
    failed = [json.loads(line) for line in result.errors.splitlines()]
    assert [(error["title"], error["error"]) for error in failed] == [
        ("raises", "failed"),
        ("too much", "failed"),
    ]
    assert failed[0]["message"] == "RecursionError: "
    assert failed[0]["source"] == "'''甲'''"
    assert (result.row_count, result.tally.pages) == (3, 5)


def test_defect_in_counting_costs_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted of a page is read from it too; where that fails, the page has no row."""
    real = Stats.add

    def add(self: Stats, document: Document, **options: Any) -> None:  # noqa: ANN401
        if document.title == "uncounted":
            raise RecursionError
        real(self, document, **options)

    monkeypatch.setattr(Stats, "add", add)
    items = tuple(Page(text="'''甲'''", title=title) for title in ("first", "uncounted", "last"))
    work = run.begin(run.Setup(Options(profile="hf"), ("zhwiki",)))
    result = work(run.Unit(0, Path("x"), 0, items=items), run.Beat([0.0, 0.0]))
    assert [json.loads(line)["title"] for line in result.rows.splitlines()] == ["first", "last"]
    (error,) = map(json.loads, result.errors.splitlines())
    assert (error["title"], error["message"]) == ("uncounted", "RecursionError: ")
    assert (result.row_count, result.tally.rows, result.tally.pages) == (2, 2, 3)


def test_error_names_the_file_in_a_folder() -> None:
    """Of a folder of pages the error record names the page's own file."""
    fault = DumpError("b.md: cannot be read", "b.md")
    items = (Page(text="甲" * 9, source_file="a.md"), fault, Page(text="甲" * 9))
    work = run.begin(run.Setup(Options(page_size=5), ("zhwiki",)))
    result = work(run.Unit(0, Path("folder"), 0, items=items), run.Beat([0.0, 0.0]))
    files = [json.loads(line)["file"] for line in result.errors.splitlines()]
    assert files == ["a.md", "b.md", "folder"]


def test_pages_that_end_their_process_in_turn_are_left_out() -> None:
    """Each page is tried twice, whatever other page a process ended at in between."""
    unit = run.Unit(7, Path("x"), 0, items=())
    crew: Any = SimpleNamespace(idle=1)
    none: Any = None
    loop = run._Run(run._Nowhere(none, none, none), Options(), none or [], crew, none, "skip")  # type: ignore[arg-type]  # noqa: SLF001
    for page in (3, 5, 3, 5):
        loop.take(Event("died", unit, None, page))
    assert unit.leave_out == {3: "died", 5: "died"}
    loop.take(Event("died", unit, None, -1))
    assert not loop.finished
    loop.take(Event("died", unit, None, -1))
    assert b"the process that reads it ends" in loop.finished[7][1].errors


def test_stop_at_the_first_error(tmp_path: Path) -> None:
    """``on_error="stop"`` raises at the first error; what was finished before is kept."""
    source = tmp_path / "x.jsonl"
    lines = [json.dumps({"text": "甲" * 300, "id": n}) for n in range(200)]
    source.write_text("\n".join([*lines[:150], "broken", *lines[150:]]), encoding="utf-8")
    options = attrs.evolve(SMALL, shard_size=1 << 14)
    with pytest.raises(DumpError, match="line 151"):
        run_dump([source], tmp_path / "out", options, on_error="stop")
    assert 0 < len(rows(tmp_path / "out")) <= 150
    assert not list((tmp_path / "out").glob("*.tmp"))
    tally = run_dump([source], tmp_path / "out", options)
    assert (tally.rows, tally.failed) == (200, {"damage": 1})


# -------------------------------------------------------------------- the disk


def test_folder_that_cannot_be_written(dump: Path, tmp_path: Path) -> None:
    """A folder that cannot be made is wrong usage, said before anything is read."""
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot write"):
        run_dump([dump], tmp_path / "file" / "out")
    with pytest.raises(InputError, match="file is a file; shards are written to a folder"):
        run_dump([dump], tmp_path / "file")
    assert cli.main(["dump", str(dump), "-o", str(tmp_path / "file"), "-q"]) == cli.USAGE
    assert cli.main(["dump", str(dump), "-o", "-", "-q"]) == cli.USAGE
    assert not Path("-").exists()
    assert cli.main(["dump", str(dump), "-o", "/proc/none/out", "-q"]) == cli.USAGE


@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
def test_full_disk(format_: str, dump: Path, tmp_path: Path) -> None:
    """A disk that fills up keeps what is finished; with room again the run goes on to the end."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = Options(shard_size=1 << 15, format=format_, keep_source=True)
    whole = tmp_path / "whole"
    run_dump([dump], whole, options)
    needed = sum(path.stat().st_size for path in whole.iterdir())
    mount = ["mount", "-t", "tmpfs", "-o", f"size={needed // 2}", "tmpfs", str(disk)]
    if os.name != "posix" or subprocess.run(mount, check=False, capture_output=True).returncode:
        do_without("needs the right to mount a small tmpfs: run as root")
    try:
        with pytest.raises(OutputError, match="No space left"):
            run_dump([dump], disk / "out", options, processes=2)
        assert manifest(disk / "out")["shards"]
        assert not list((disk / "out").glob("*.tmp"))
        subprocess.run(["mount", "-o", f"remount,size={needed * 3}", str(disk)], check=True)
        run_dump([dump], disk / "out", options, processes=2)
        assert contents(disk / "out") == contents(whole)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


# -------------------------------------------------------------------- the command line


def test_dump_verb(
    dump: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``dump`` writes shards and says on stderr what became of the pages, and nothing on stdout."""
    monkeypatch.setattr(run, "PLAIN_EVERY", 0.0)
    words = ["dump", str(dump), "-o", str(tmp_path / "out"), "-f", "parquet", "--profile", "hf"]
    assert cli.main([*words, "-j", "1"]) == cli.DONE
    out, err = capsys.readouterr()
    assert not out
    assert "MB/s" in err
    assert f"{WANTED} pages, {WANTED} rows" in err
    assert "dropped templates: " in err
    assert cli.main([*words, "--fresh", "--progress", "bar", "-j", "1"]) == cli.DONE
    assert f"{WANTED} pages, 0 errors" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--profile", "wide"], "unknown profile"),
        (["--shard-size", "0"], "choose one of 1000000, 512K"),
        (["--shard-size", "big"], "unknown size"),
        (["--namespaces", "main"], "choose one of all, 0,14"),
        (["-j", "0"], "no whole number from 1 on"),
        (["--page-timeout", "-1"], "choose one of 60"),
    ],
)
def test_wrong_options(
    words: list[str], said: str, dump: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong option is wrong usage, said in a sentence."""
    assert cli.main(["dump", str(dump), "-o", str(tmp_path / "out"), *words]) == cli.USAGE
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), 0.0])
def test_time_of_a_page_ends(seconds: float) -> None:
    """A budget that no page can use up, or none can keep, is refused in Python too."""
    with pytest.raises(ValueError, match=r"greater than 0|that ends"):
        Options(page_timeout=seconds).check()


def test_missing_dump(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A dump that is not there is wrong usage."""
    assert cli.main(["dump", str(tmp_path / "no.xml"), "-o", str(tmp_path)]) == cli.USAGE
    assert "no such file" in capsys.readouterr().err


def test_standard_input(dump: Path, done: Path, tmp_path: Path) -> None:
    """A dump comes in through a pipe, and its rows are those of the file."""
    with dump.open("rb") as file:
        subprocess.run(
            command("-", "-o", tmp_path / "a", "--profile", "hf"), stdin=file, check=True
        )
    assert rows(tmp_path / "a") == rows(done)
    # What comes now may be something else, and nothing tells.
    with pytest.raises(InputError, match="standard input cannot be told"):
        run_dump([Path("-")], tmp_path / "a", SMALL)


def test_schema_verb(capsys: pytest.CaptureFixture[str]) -> None:
    """``schema`` prints a profile's columns."""
    assert cli.main(["schema", "--profile", "hf"]) == cli.DONE
    assert capsys.readouterr().out == "id: string\nurl: string\ntitle: string\ntext: string\n"
    assert cli.main(["schema", "--profile", "wide"]) == cli.USAGE


def test_other_verbs_do_not_wait_for_pyarrow() -> None:
    """Reading a page loads neither pyarrow nor processes."""
    code = (
        "import sys; from wikiclean import cli; cli.main(['-q', '/dev/null']);"
        "print(sorted({'pyarrow', 'tqdm', 'zstandard', 'subprocess'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


# -------------------------------------------------------------------- callers


def test_paths_are_names_too(tmp_path: Path) -> None:
    """One name or several, as text or as paths."""
    page = tmp_path / "甲.md"
    page.write_text("**甲**", encoding="utf-8")
    assert run_dump(str(page), str(tmp_path / "a")).pages == 1
    assert run_dump([str(page)], tmp_path / "b").pages == 1
    assert survey(str(page)).pages == 1
    assert learn(str(page)).stats.pages == 1
    with pytest.raises(TypeError):
        run_dump([5], tmp_path / "c")  # type: ignore[list-item]


@pytest.mark.parametrize(
    "options",
    [
        Options(limit=-5),
        Options(shard_size=0),
        Options(page_timeout=float("nan")),
        Options(
            select=Select(
                since=datetime(2026, 1, 1, tzinfo=UTC), until=datetime(2025, 1, 1, tzinfo=UTC)
            )
        ),
    ],
)
def test_options_that_cannot_be(options: Options, tmp_path: Path) -> None:
    """Nothing is read, and nothing waits for ever."""
    with pytest.raises(ValueError, match="must"):
        run_dump([corpus.ARTICLE], tmp_path, options)
    with pytest.raises(ValueError, match="must"):
        survey([corpus.ARTICLE], options)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"limit": 1.5}, "limit must be a whole number or None, not float"),
        ({"limit": True}, "limit must be a whole number or None, not bool"),
        ({"limit": "5"}, "limit must be a whole number or None, not str"),
        ({"page_timeout": "60"}, "page_timeout must be a number of seconds, not str"),
        ({"labels_from": "labels.json"}, "labels_from must be a LabelTable or None, not str"),
        ({"captions": "no"}, "captions must be True or False, not str"),
        ({"select": None}, "select must be a Select, not NoneType"),
        ({"select": Select(redirects="no")}, "redirects must be True or False, not str"),  # type: ignore[arg-type]
    ],
)
def test_wrong_types_are_one_sentence(wrong: dict[str, Any], said: str, tmp_path: Path) -> None:
    """Before anything is read; with half a page as the limit the last unit was read for ever."""
    with pytest.raises(TypeError, match=said):
        run_dump([corpus.ARTICLE], tmp_path / "out", Options(**wrong))
    with pytest.raises(TypeError, match="processes must be a whole number, not str"):
        run_dump([corpus.ARTICLE], tmp_path / "out", processes="2")  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_how_a_run_goes_is_checked(tmp_path: Path) -> None:
    """A word that is not known is named with those that are."""
    with pytest.raises(UnknownFormatError, match="choose one of skip, stop"):
        run_dump([corpus.ARTICLE], tmp_path, on_error="foo")  # type: ignore[arg-type]
    with pytest.raises(UnknownFormatError, match="choose one of auto, bar"):
        survey([corpus.ARTICLE], progress="foo")  # type: ignore[arg-type]
