"""
Spark: dumps as a data source, and a function for pages that are in a DataFrame already.

Here lives what Spark asks of a Python data source, and nothing else: how a dump is cut, read and
made into rows is in ``partitions``. wikiclean must be installed on every machine of the cluster.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pyarrow as pa

from wikiclean import partitions
from wikiclean.errors import InputError, MissingExtraError
from wikiclean.partitions import Job, Partition

try:
    from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
    from pyspark.sql.types import StructType
except ImportError as error:
    raise MissingExtraError("wikiclean.spark", "spark") from error


class WikidumpDataSource(DataSource):
    """
    The data source ``wikidump``.

    ``spark.dataSource.register(WikidumpDataSource)`` makes it known to a session; then
    ``spark.read.format("wikidump").option(…).load(path)`` is a DataFrame of a dump's pages. Options
    are those of ``partitions.OPTIONS``.
    """

    @classmethod
    def name(cls) -> str:
        """Return what ``spark.read.format`` calls it."""
        return "wikidump"

    def schema(self) -> str:
        """Return the columns of the profile, and ``error``, in Spark's words."""
        return self._job().describe("spark")

    def reader(self, schema: StructType) -> DataSourceReader:
        """Return what reads these columns; a schema that a caller gives may leave some out."""
        return _Reader(self._paths(), self._job(), schema.fieldNames())

    def _job(self) -> Job:
        given = {name: value for name, value in self.options.items() if name not in _PATHS}
        return Job.of(given)

    def _paths(self) -> list[str]:
        if "path" in self.options:
            return [self.options["path"]]
        paths: list[str] = json.loads(self.options.get("paths", "[]"))
        if not paths:
            raise InputError("name a dump: spark.read.format('wikidump').load(path)")
        return paths


_PATHS: Final = frozenset({"path", "paths"})
"""What Spark calls the argument of ``load``: a string, or a list of them as JSON."""


class _Part(InputPartition):
    """What Spark hands a task."""

    def __init__(self, partition: Partition) -> None:
        super().__init__(partition)


class _Reader(DataSourceReader):
    def __init__(self, paths: list[str], job: Job, columns: list[str]) -> None:
        self.paths = paths
        self.job = job
        self.columns = columns

    def partitions(self) -> list[InputPartition]:
        return [_Part(part) for part in partitions.partitions(self.paths, self.job)]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        for batch in partitions.read(partition.value, self.job):
            yield batch.select(self.columns)


def parse_batch(
    **options: Any,  # noqa: ANN401 - each has a type of its own, see partitions.OPTIONS
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """
    Return what ``DataFrame.mapInArrow`` calls to read pages into rows.

    ::

        rows = pages.mapInArrow(parse_batch(profile="hf"), schema(profile="hf"))

    Args:
        options: Those of ``partitions.OPTIONS``. The DataFrame has its pages in the column
            ``source``, or else ``text``; the other columns are those that ``wikiclean dump`` reads
            from Parquet.

    Raises:
        UnknownFormatError: if there is no such option, or its value is not one of those known.
    """
    job = Job.of(options)

    def parse(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from partitions.parse(batch, job)

    return parse


def schema(**options: Any) -> str:  # noqa: ANN401
    """Return, in Spark's words, the columns that ``parse_batch`` with these options makes."""
    return Job.of(options).describe("spark")
