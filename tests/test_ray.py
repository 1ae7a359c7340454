"""Ray Data, running here: rows are those of the run on one machine, one by one."""

import sys
from collections.abc import Iterator
from pathlib import Path

import engine_cases
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import ray
import ray.data
from engine_cases import CASES, Case

from wikiclean.errors import InputError, UnknownFormatError
from wikiclean.partitions import Job
from wikiclean.ray import WikidumpDatasource, parse_batch, read_wikidump


@pytest.fixture(autouse=True, scope="module")
def _ray() -> Iterator[None]:
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        logging_level="ERROR",
        log_to_driver=False,
        object_store_memory=1 << 28,
    )
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    yield
    ray.shutdown()


def table(dataset: ray.data.Dataset) -> pa.Table:
    """Return all rows of a Dataset."""
    return pa.concat_tables(ray.get(dataset.to_arrow_refs()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rows_are_those_of_the_run(case: Case, tmp_path: Path) -> None:
    """Rows and error records are the same ones, in the same order, from several tasks."""
    path = engine_cases.make_dump(tmp_path, index=case.index)
    options = {"partition_size": "5K", **case.given}
    assert len(WikidumpDatasource(path, **options).get_read_tasks(2)) > 2
    found = table(read_wikidump(path, **options))
    rows, errors = engine_cases.local(path, tmp_path / "out", **case.options)
    assert engine_cases.parted(found.to_pylist()) == (rows, errors)
    assert len(rows) > 20
    assert bool(errors) == ("page_size" in case.options)
    assert found.schema.equals(Job.of(case.given).schema)


def test_pages_of_a_table(tmp_path: Path) -> None:
    """Pages that are in a Dataset already become the rows that the run makes of them."""
    path = engine_cases.make_dump(tmp_path)
    engine_cases.local(path, tmp_path / "out", keep_source=True)
    (shard,) = (tmp_path / "out").glob("pages-*")
    pages = tmp_path / "pages.parquet"
    pq.write_table(pq.read_table(shard).drop_columns(["text"]), pages)
    wanted, _ = engine_cases.local(pages, tmp_path / "again", page_size=900)
    dataset = ray.data.read_parquet(str(pages)).map_batches(
        parse_batch, batch_format="pyarrow", fn_kwargs={"page_size": 900}
    )
    rows, errors = engine_cases.parted(table(dataset).to_pylist())
    assert [row.pop("source_file") for row in rows] == [path.name] * len(wanted)
    assert rows == [{k: v for k, v in row.items() if k != "source_file"} for row in wanted]
    assert {error["error"] for error in errors} == {"too_large"}


def test_damage_costs_no_other_page(tmp_path: Path) -> None:
    """A damaged stream is one error record, and the job goes on."""
    path = engine_cases.make_dump(tmp_path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    wanted, failed = engine_cases.local(path, tmp_path / "out", profile="hf")
    dataset = read_wikidump(f"local://{path}", profile="hf", partition_size="5K")
    rows, errors = engine_cases.parted(table(dataset).to_pylist())
    assert rows == wanted
    assert (
        [error["error"] for error in errors] == [error["error"] for error in failed] == ["damage"]
    )


def test_slow_pages_are_ended(tmp_path: Path) -> None:
    """The budget of a page holds in Ray's processes."""
    path = engine_cases.make_dump(tmp_path)
    rows = table(read_wikidump(path, page_timeout=0.0001, profile="hf")).to_pylist()
    assert len(rows) > 20
    assert {row["error"] and row["error"]["error"] for row in rows} == {"timeout"}


def test_a_dump_without_a_wanted_page_has_its_columns(tmp_path: Path) -> None:
    """No rows are rows too."""
    path = engine_cases.make_dump(tmp_path)
    dataset = read_wikidump(path, profile="hf", namespaces=3)
    assert dataset.count() == 0
    assert dataset.schema().names == ["id", "url", "title", "text", "error"]
    assert parse_batch(pa.table({"text": pa.array([], pa.string())})).num_rows == 0


def test_wrong_use_is_named(tmp_path: Path) -> None:
    """What is no option, and a dump that is not there, are told before a page is read."""
    with pytest.raises(UnknownFormatError, match="unknown option 'profil'"):
        read_wikidump(tmp_path, profil="hf")
    with pytest.raises(InputError, match="there is no such file"):
        read_wikidump(tmp_path / "none.xml")


def test_our_module_does_not_hide_the_engine() -> None:
    """``wikiclean.ray`` imports the package Ray, and not itself."""
    assert sys.modules["wikiclean.ray"].ray is ray  # type: ignore[attr-defined]
