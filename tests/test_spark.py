"""Spark, running here: rows are those of the run on one machine, one by one."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import engine_cases
import pyarrow.parquet as pq
import pytest
from engine_cases import CASES, Case
from pyspark.errors import AnalysisException, PythonException
from pyspark.sql import DataFrame, SparkSession

from wikiclean.partitions import Job
from wikiclean.spark import WikidumpDataSource, parse_batch, schema

pytestmark = pytest.mark.needs("java", "apt-get install default-jre-headless")


@pytest.fixture(name="spark", scope="module")
def _spark() -> Iterator[SparkSession]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "PYSPARK_PYTHON", sys.executable)
        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            # What is compiled well pays off in hours, not in seconds.
            .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.log.level", "OFF")
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate()
        )
        session.dataSource.register(WikidumpDataSource)
        yield session
        session.stop()


def load(spark: SparkSession, path: Any, **options: Any) -> DataFrame:  # noqa: ANN401
    """Return a dump as a DataFrame."""
    return spark.read.format("wikidump").options(**options).load(path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rows_are_those_of_the_run(case: Case, spark: SparkSession, tmp_path: Path) -> None:
    """Rows and error records are the same ones, in the same order, from several partitions."""
    path = engine_cases.make_dump(tmp_path, index=case.index)
    frame = load(spark, str(path), partition_size="5K", **case.given)
    assert frame.rdd.getNumPartitions() > 2
    table = frame.toArrow()
    rows, errors = engine_cases.local(path, tmp_path / "out", **case.options)
    assert engine_cases.parted(table.to_pylist()) == (rows, errors)
    assert len(rows) > 20
    assert bool(errors) == ("page_size" in case.options)
    assert table.schema.names == Job.of(case.given).schema.names


def test_pages_of_a_table(spark: SparkSession, tmp_path: Path) -> None:
    """Pages that are in a DataFrame already become the rows that the run makes of them."""
    path = engine_cases.make_dump(tmp_path)
    engine_cases.local(path, tmp_path / "out", keep_source=True)
    (shard,) = (tmp_path / "out").glob("pages-*")
    pages = tmp_path / "pages.parquet"
    pq.write_table(pq.read_table(shard).drop_columns(["text"]), pages)
    wanted, _ = engine_cases.local(pages, tmp_path / "again", page_size=900)
    options = {"page_size": 900}
    frame = spark.read.parquet(str(pages)).mapInArrow(parse_batch(**options), schema(**options))
    rows, errors = engine_cases.parted(frame.toArrow().to_pylist())
    assert [row.pop("source_file") for row in rows] == [path.name] * len(wanted)
    assert rows == [{k: v for k, v in row.items() if k != "source_file"} for row in wanted]
    assert {error["error"] for error in errors} == {"too_large"}


def test_damage_costs_no_other_page(spark: SparkSession, tmp_path: Path) -> None:
    """A damaged stream is one error record, and the job goes on."""
    path = engine_cases.make_dump(tmp_path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    wanted, failed = engine_cases.local(path, tmp_path / "out", profile="hf")
    frame = load(spark, [f"file://{path}"], profile="hf", partition_size="5K")
    rows, errors = engine_cases.parted(frame.toArrow().to_pylist())
    assert rows == wanted
    assert (
        [error["error"] for error in errors] == [error["error"] for error in failed] == ["damage"]
    )
    assert errors[0]["file"] == path.name
    with pytest.raises(PythonException, match="stopped at an error"):
        load(spark, str(path), profile="hf", on_error="stop").count()


def test_slow_pages_are_ended(spark: SparkSession, tmp_path: Path) -> None:
    """The budget of a page holds in Spark's processes."""
    path = engine_cases.make_dump(tmp_path)
    rows = load(spark, str(path), page_timeout=0.0001, profile="hf").toArrow().to_pylist()
    assert len(rows) > 20
    assert {row["error"] and row["error"]["error"] for row in rows} == {"timeout"}


def test_fewer_columns(spark: SparkSession, tmp_path: Path) -> None:
    """A schema may name some of the columns; several dumps may be named."""
    path = engine_cases.make_dump(tmp_path)
    reader = spark.read.format("wikidump").schema("title STRING, id STRING").option("profile", "hf")
    # fsspec opens this scheme, which pyarrow does not know.
    rows = reader.load([str(path), f"local://{path}"]).toArrow()
    assert rows.schema.names == ["title", "id"]
    ids = rows.column("id").to_pylist()
    assert ids[: len(ids) // 2] == ids[len(ids) // 2 :]


def test_wrong_use_is_named(spark: SparkSession, tmp_path: Path) -> None:
    """What is no option, and a dump that is not there, are told before a page is read."""
    with pytest.raises(AnalysisException, match="unknown option 'profil'"):
        load(spark, str(tmp_path), profil="hf").count()
    with pytest.raises(AnalysisException, match="name a dump"):
        spark.read.format("wikidump").load().count()
    with pytest.raises(AnalysisException, match="there is no such file"):
        load(spark, str(tmp_path / "none.xml")).count()
