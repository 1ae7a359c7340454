"""Files by address: what pathlib does for a path, done on another file system."""

import bz2
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import corpus
import engine_cases
import fsspec
import pyarrow as pa
import pyarrow.fs
import pyarrow.parquet as pq
import pytest

from wikiclean import partitions
from wikiclean.errors import InputError
from wikiclean.partitions import Job
from wikiclean.remote import RemotePath, path_of


@pytest.fixture(name="memory")
def _memory() -> Iterator[Any]:
    """Return a file system that is in no folder, whose addresses begin with ``memory://``."""
    system = fsspec.filesystem("memory")
    yield system
    system.rm("/", recursive=True)


def put(memory: Any, path: Path) -> str:  # noqa: ANN401 - fsspec has no types
    """Copy a file and return its address."""
    memory.pipe(f"/dumps/{path.name}", path.read_bytes())
    return f"memory://dumps/{path.name}"


@pytest.mark.parametrize("index", [True, False])
def test_a_dump_by_its_address(index: bool, memory: Any, tmp_path: Path) -> None:  # noqa: ANN401, FBT001
    """A dump is cut and read alike, whether it is a file here or elsewhere."""
    path = engine_cases.make_dump(tmp_path, index=index)
    for one in tmp_path.iterdir():
        address = put(memory, one)
    address = put(memory, path)
    job = Job.of({"partition_size": "5K", "profile": "hf"})
    there, here = partitions.partitions(address, job), partitions.partitions(path, job)
    assert [(one.cut, one.part) for one in there] == [(one.cut, one.part) for one in here]
    assert {one.cut for one in there} == ({"streams"} if index else {"blocks"})
    assert list(partitions.rows(address, job)) == list(partitions.rows(path, job))
    assert list(partitions.rows(f"file://{path}", job)) == list(partitions.rows(path, job))


@pytest.mark.parametrize("name", ["x.xml", "x.xml.gz", "x.jsonl", "x.parquet"])
def test_other_files_by_their_address(name: str, memory: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """Whatever a run reads may lie elsewhere."""
    import gzip  # noqa: PLC0415

    path = tmp_path / name
    if name == "x.parquet":
        pq.write_table(pa.table({"text": ["甲", "乙"]}), path)
    elif name == "x.jsonl":
        path.write_text('{"text": "甲"}', encoding="utf-8")
    else:
        xml = corpus.head() + "".join(corpus.pages(9, size=200, large=False)) + corpus.FOOT
        path.write_bytes(gzip.compress(xml.encode()) if name.endswith(".gz") else xml.encode())
    job = Job.of({"profile": "hf", "partition_size": "2K"})
    rows = list(partitions.rows(put(memory, path), job))
    assert rows == list(partitions.rows(path, job))
    assert rows


def test_what_a_path_tells(memory: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """Names, suffixes, sizes and kinds are those of the file."""
    path = tmp_path / "a.multistream.xml.bz2"
    path.write_bytes(bz2.compress(b"x"))
    there = RemotePath(put(memory, path))
    assert (there.name, there.suffix, there.suffixes) == (path.name, path.suffix, path.suffixes)
    assert there.stat().st_size == path.stat().st_size
    assert (there.exists(), there.is_file(), there.is_dir()) == (True, True, False)
    assert (there.parent.is_dir(), (there.parent / "b").exists()) == (True, False)
    assert str(there / "b") == "memory://dumps/a.multistream.xml.bz2/b"
    with there.open() as file:
        file.seek(2)
        assert (file.tell(), file.read(3)) == (2, path.read_bytes()[2:5])
        assert file.seekable()
        assert file.readable()
    assert file.closed


@pytest.mark.parametrize("scheme", ["hdfs", "viewfs", "s3", "s3a", "gs", "abfs"])
def test_schemes_of_pyarrow(scheme: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is pyarrow that is asked for its schemes, in its own words for them."""
    asked: list[str] = []

    class Systems:
        @staticmethod
        def from_uri(address: str) -> tuple[Any, str]:
            asked.append(address)
            return pyarrow.fs.LocalFileSystem(), str(tmp_path / "x.xml")

    (tmp_path / "x.xml").write_text("<mediawiki/>", encoding="utf-8")
    monkeypatch.setattr("pyarrow.fs.FileSystem", Systems)
    path = RemotePath(f"{scheme}://host/x.xml")
    assert asked == [f"{'s3' if scheme == 's3a' else scheme}://host/x.xml"]
    assert path.open().read() == b"<mediawiki/>"


def test_what_cannot_be_opened(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    """An address that nothing opens, and a file that is not there, are errors that name them."""
    with pytest.raises(InputError, match="cannot open nonsense://x/y"):
        path_of("nonsense://x/y")
    with pytest.raises(InputError, match="no such file"):
        partitions.partitions("memory://dumps/none.xml", Job.of({}))
    memory.pipe("/dumps/x.7z", b"7z")
    memory.pipe("/dumps/pages/x.md", b"x")
    for name in ("x.7z", "pages"):
        with pytest.raises(InputError, match="this machine only"):
            partitions.partitions(f"memory://dumps/{name}", Job.of({}))
    monkeypatch.setattr(
        RemotePath, "_info", lambda _: (_ for _ in ()).throw(InputError("cannot read"))
    )
    with pytest.raises(InputError, match="cannot read"):
        RemotePath("memory://dumps/x.7z").exists()


def test_paths_of_this_machine() -> None:
    """What has no scheme is a path, a colon in it or not."""
    assert path_of("a/b:c.xml") == Path("a/b:c.xml")
    assert path_of("C:/x.xml") == Path("C:/x.xml")


@pytest.mark.parametrize(
    ("name", "size"), [("x.xml", "16M"), ("x.xml", "100K"), ("x.parquet", "16M")]
)
def test_a_lost_connection_is_no_damage(
    name: str,
    size: str,
    memory: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file that cannot be read on raises, so that its task is tried again; no page is lost."""
    xml = corpus.head() + "".join(corpus.pages(400, size=2000, large=False)) + corpus.FOOT
    data, failing = xml.encode(), range(200_000, 10**9)
    if name == "x.parquet":
        sink = io.BytesIO()
        pq.write_table(pa.table({"text": [str(n) * 100 for n in range(10_000)]}), sink)
        data, failing = sink.getvalue(), range(9)  # its foot is read first, and that succeeds
    memory.pipe(f"/{name}", data)
    real = io.BytesIO.readinto

    def lost(file: Any, buffer: Any) -> int:  # noqa: ANN401
        if file.tell() in failing:
            raise OSError("the other side is gone")
        return real(file, buffer)

    class Broken(io.BytesIO):
        readinto = lost

    class System:
        def __init__(self, handler: Any) -> None:  # noqa: ANN401
            self.get_file_info = system(handler).get_file_info

        def open_input_file(self, _: str) -> io.BytesIO:
            return Broken(data)

    system = pyarrow.fs.PyFileSystem
    monkeypatch.setattr("pyarrow.fs.PyFileSystem", System)
    with pytest.raises(InputError, match="the other side is gone"):
        list(partitions.rows(f"memory://{name}", Job.of({"partition_size": size})))
