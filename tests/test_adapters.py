"""The adapters, each with its framework: rows of the run, in the framework's own words."""

import importlib
import sys
from pathlib import Path
from typing import Any

import engine_cases
import pytest
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.writers import JsonlWriter
from llama_index.core.schema import MetadataMode

from wikiclean import records
from wikiclean.adapters import datatrove, huggingface, langchain, llamaindex
from wikiclean.errors import DumpError, InputError, MissingExtraError, UnknownFormatError
from wikiclean.partitions import OPTIONS


@pytest.fixture(name="dump", scope="module")
def _dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return engine_cases.make_dump(tmp_path_factory.mktemp("dump"))


@pytest.fixture(name="chunks", scope="module")
def _chunks(dump: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return the rows of the profile ``chunks``, as the run on one machine makes them."""
    return engine_cases.local(dump, tmp_path_factory.mktemp("chunks"), profile="chunks")[0]


@pytest.fixture(name="full", scope="module")
def _full(dump: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return the whole rows."""
    return engine_cases.local(dump, tmp_path_factory.mktemp("full"))[0]


BESIDES = {"page_id", "url", "title", "language", "wiki", "section", "start", "end", "links"}
"""Columns of ``chunks`` besides the id and the text."""


def test_langchain(dump: Path, chunks: list[dict[str, Any]]) -> None:
    """A passage is a Document whose metadata are strings and numbers."""
    documents = list(langchain.WikidumpLoader(dump).lazy_load())
    assert [{"id": one.id, "text": one.page_content, **one.metadata} for one in documents] == chunks
    assert documents[0].metadata.keys() == BESIDES


def test_llamaindex(dump: Path, chunks: list[dict[str, Any]]) -> None:
    """A passage is a Document of which the title and the section are embedded with the text."""
    documents = list(llamaindex.WikidumpReader().lazy_load_data(dump))
    assert [{"id": one.id_, "text": one.text, **one.metadata} for one in documents] == chunks
    at = next(n for n, row in enumerate(chunks) if row["section"])
    assert documents[at].get_content(MetadataMode.EMBED) == (
        f"title: {chunks[at]['title']}\nsection: {chunks[at]['section']}\n\n{chunks[at]['text']}"
    )


def test_documents_have_no_nulls_and_no_lists(tmp_path: Path) -> None:
    """What a vector store does not take is left out, and so is a row without a text."""
    path = tmp_path / "x.jsonl"
    path.write_text(
        '{"id": 1, "text": "甲\\n\\n==乙==\\n\\n===丙===\\n丁", "dialect": "wikitext"}',
        encoding="utf-8",
    )
    documents = langchain.WikidumpLoader(path, profile="sections").load()
    assert [(one.id, one.page_content) for one in documents] == [("1#0", "甲"), ("1#2", "丁")]
    wanted = {"page_id": "1", "title": "", "index": 2, "level": 3, "heading": "丙"}
    assert documents[1].metadata == wanted | {"start": 9, "end": 10}
    (first, last) = llamaindex.WikidumpReader(profile="sections").load_data([path])
    assert (first.metadata, last.metadata) == tuple(one.metadata for one in documents)


def test_datatrove(dump: Path, full: list[dict[str, Any]], tmp_path: Path) -> None:
    """Each task reads its share; together they have every page once."""
    reader = datatrove.WikidumpReader(
        dump, profile="full", partition_size="5K", default_metadata={"corpus": "zh"}
    )
    shares = [list(reader.run(rank=rank, world_size=3)) for rank in range(3)]
    assert all(shares)
    found = {one.id: one for share in shares for one in share}
    assert sum(map(len, shares)) == len(found)
    assert {
        key: {"id": one.id, "text": one.text, **one.metadata} for key, one in found.items()
    } == {row["id"]: row | {"corpus": "zh"} for row in full if row["text"]}
    some = datatrove.WikidumpReader(dump, skip=2, limit=3)
    assert [one.id for one in some.run()] == [row["id"] for row in full if row["text"]][2:5]
    pipeline = [
        datatrove.WikidumpReader(dump, page_size=700),
        JsonlWriter(str(tmp_path / "out"), compression=None),
    ]
    executor = LocalPipelineExecutor(pipeline, tasks=2, logging_dir=str(tmp_path / "logs"))
    stats = executor.run()
    lines = sum(
        len(path.read_text(encoding="utf-8").splitlines())
        for path in (tmp_path / "out").glob("*.jsonl")
    )
    counted = {name: one.total for name, one in stats.stats[0].stats.items()}
    assert counted["failed"] > 0
    assert lines + counted["failed"] == len(full)


@pytest.mark.parametrize("processes", [None, 2])
def test_hugging_face(
    processes: int | None, dump: Path, full: list[dict[str, Any]], tmp_path: Path
) -> None:
    """A Dataset has the rows of the run, the columns of the profile, and error records."""
    dataset = huggingface.dataset(
        dump,
        profile="full",
        num_proc=processes,
        cache_dir=str(tmp_path),
        partition_size="9K",
    )
    rows, errors = engine_cases.parted(dataset.to_list())
    assert (rows, errors) == (full, [])
    assert dataset.features.arrow_schema.equals(records.schema(error=True))


def test_hugging_face_reads_while_it_is_iterated(dump: Path, tmp_path: Path) -> None:
    """An IterableDataset has a shard for each partition; bad pages are rows too."""
    options = {"profile": "hf", "page_size": 700}
    wanted = engine_cases.local(dump, tmp_path, **options)
    dataset = huggingface.iterable_dataset(dump, partition_size="5K", **options)
    assert dataset.num_shards > 2
    assert engine_cases.parted(list(dataset)) == wanted
    assert wanted[1]


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """The cache of ``datasets`` does not give the rows of a file that is no more."""
    path = tmp_path / "x.jsonl"
    for text in ("甲", "乙"):
        path.write_text(f'{{"text": "{text}"}}', encoding="utf-8")
        dataset = huggingface.dataset(path, cache_dir=str(tmp_path / "cache"))
        assert dataset["text"][:] == [text]


def test_errors(dump: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Bad pages are logged, or stop the reader; wrong use is named."""
    left = list(langchain.WikidumpLoader(dump, page_size=700).lazy_load())
    assert left
    assert "it has more than 700 characters" in caplog.text
    with pytest.raises(DumpError, match="stopped at an error"):
        llamaindex.WikidumpReader(page_size=700, on_error="stop").load_data(dump)
    for make in (
        lambda: langchain.WikidumpLoader(dump, profil="hf"),
        lambda: llamaindex.WikidumpReader(profil="hf"),
        lambda: datatrove.WikidumpReader(dump, profil="hf"),
        lambda: huggingface.dataset(dump, profil="hf"),
        lambda: huggingface.iterable_dataset(dump, profil="hf"),
    ):
        with pytest.raises(UnknownFormatError, match="unknown option 'profil'"):
            make()
    with pytest.raises(InputError, match="no such file"):
        langchain.WikidumpLoader("none.xml").load()


@pytest.mark.parametrize(
    ("module", "needed", "extra"),
    [
        ("spark", "pyspark.sql.datasource", "spark"),
        ("ray", "ray.data", "ray"),
        ("adapters.langchain", "langchain_core.document_loaders", "langchain"),
        ("adapters.llamaindex", "llama_index.core.readers.base", "llamaindex"),
        ("adapters.datatrove", "datatrove.data", "datatrove"),
        ("adapters.huggingface", "datasets", "huggingface"),
        ("remote", "pyarrow", "dump"),
    ],
)
def test_what_is_not_installed_is_named(
    module: str, needed: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its framework a module says which extra to install."""
    monkeypatch.delitem(sys.modules, f"wikiclean.{module}", raising=False)
    monkeypatch.setitem(sys.modules, needed, None)
    with pytest.raises(MissingExtraError, match=rf"pip install 'wikiclean\[{extra}\]'"):
        importlib.import_module(f"wikiclean.{module}")


def test_options_of_the_readers_are_those_of_the_engines() -> None:
    """No reader has an option of its own that an engine's option would hide."""
    assert not OPTIONS.keys() & {"paths", "limit", "skip", "num_proc", "cache_dir"}
