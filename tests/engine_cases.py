"""What every engine must do as the run on one machine does it: dumps, options, expected rows."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import corpus
import pyarrow.parquet as pq

from wikiclean import dump, run
from wikiclean.dump import Select


class Case(NamedTuple):
    """The same options in the words of an engine and in those of the run."""

    name: str
    given: dict[str, Any]
    options: dict[str, Any]
    index: bool = True


CASES = (
    Case("full", {"keep_source": True}, {"keep_source": True}),
    Case(
        "options",
        {"profile": "hf", "namespaces": "0,1,10", "redirects": True, "variant": "zh-tw"},
        {
            "profile": "hf",
            "select": Select(namespaces=frozenset({0, 1, 10}), redirects=True),
            "variant": "zh-tw",
        },
        index=False,
    ),
    Case(
        "bad pages",
        {"profile": "chunks", "page_size": 700, "site": "enwiki", "tables": "drop"},
        {"profile": "chunks", "page_size": 700, "site": "enwiki", "tables": "drop"},
    ),
)


def make_dump(folder: Path, *, index: bool = True) -> Path:
    """Write a small multistream dump; return its path."""
    path = corpus.write(folder, 60, size=600, stream_pages=5, large=False)
    if not index:
        found = dump.find_index(path)
        assert found is not None
        found.unlink()
    return path


def local(path: Path, folder: Path, **options: Any) -> tuple[list[Any], list[Any]]:  # noqa: ANN401
    """Return the rows and the error records that the run on one machine writes."""
    run.run([path], folder, run.Options(format="parquet", **options))
    rows = [
        row for shard in sorted(folder.glob("pages-*")) for row in pq.read_table(shard).to_pylist()
    ]
    errors = folder / "errors.jsonl"
    lines = errors.read_bytes().splitlines() if errors.exists() else []
    return rows, [json.loads(line) for line in lines]


def parted(rows: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    """Part the rows of an engine's table into good ones and error records, as the run does."""
    errors = [row["error"] for row in rows if row["error"] is not None]
    for row in rows:
        if row["error"] is not None:
            assert all(value is None for name, value in row.items() if name != "error")
    good = [
        {name: value for name, value in row.items() if name != "error"}
        for row in rows
        if row["error"] is None
    ]
    return good, errors
