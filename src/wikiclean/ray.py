"""
Ray Data: dumps as a datasource, and a function for pages that are in a Dataset already.

Here lives what Ray asks of a datasource, and nothing else: how a dump is cut, read and made into
rows is in ``partitions``. wikiclean must be installed on every machine of the cluster.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pyarrow as pa

from wikiclean import partitions
from wikiclean.errors import MissingExtraError
from wikiclean.partitions import Job, Partition, Paths

try:
    import ray.data
    from ray.data.block import BlockMetadata
    from ray.data.datasource import Datasource, ReadTask
except ImportError as error:
    raise MissingExtraError("wikiclean.ray", "ray") from error

EXPANSION = 8
"""Bytes in memory for each byte as stored, more or less: what Ray plans with."""


class WikidumpDatasource(Datasource):
    """
    The pages of dumps, for ``ray.data.read_datasource``.

    Args:
        paths: As for ``read_wikidump``.
        options: As for ``read_wikidump``.
    """

    def __init__(self, paths: Paths, **options: Any) -> None:  # noqa: ANN401
        super().__init__()
        self._paths = paths
        self._job = Job.of(options)
        self._size = sum(
            part.part.end - part.part.start for part in partitions.partitions(paths, self._job)
        )

    def estimate_inmemory_data_size(self) -> int | None:
        """Return a guess at the bytes that all rows take."""
        return self._size * EXPANSION

    def get_read_tasks(
        self,
        parallelism: int,
        per_task_row_limit: int | None = None,
        data_context: Any = None,  # noqa: ANN401, ARG002 - Ray passes it
    ) -> list[ReadTask]:
        """Return a task for each partition: as many as wanted, or more of the size asked for."""
        found = partitions.partitions(self._paths, self._job, least=parallelism)
        return [
            ReadTask(
                partial(_read, part, self._job),
                BlockMetadata(
                    num_rows=None, size_bytes=None, input_files=[part.path], exec_stats=None
                ),
                schema=self._job.schema,
                per_task_row_limit=per_task_row_limit,
            )
            for part in found
        ]


def _read(partition: Partition, job: Job) -> Iterator[pa.Table]:
    empty = True
    for batch in partitions.read(partition, job):
        empty = False
        yield pa.Table.from_batches([batch])
    if empty:
        yield job.schema.empty_table()  # so that the Dataset has its columns even so


def read_wikidump(
    paths: Paths,
    **options: Any,  # noqa: ANN401 - each has a type of its own, see partitions.OPTIONS
) -> ray.data.Dataset:
    """
    Return the pages of dumps as a Dataset.

    Args:
        paths: Files or folders; a name with a scheme is an address of another file system.
        options: Those of ``partitions.OPTIONS``.

    Raises:
        InputError: if an input is not there or cannot be opened.
        UnknownFormatError: if there is no such option, or its value is not one of those known.
    """
    return ray.data.read_datasource(WikidumpDatasource(paths, **options))


def parse_batch(batch: pa.Table, **options: Any) -> pa.Table:  # noqa: ANN401
    """
    Read pages into rows, for ``Dataset.map_batches`` with ``batch_format="pyarrow"``.

    Args:
        batch: Pages in the column ``source``, or else ``text``; the other columns are those that
            ``wikiclean dump`` reads from Parquet.
        options: Those of ``partitions.OPTIONS``.

    Raises:
        UnknownFormatError: if there is no such option, or its value is not one of those known.
    """
    job = Job.of(options)
    return pa.Table.from_batches(partitions.parse(batch, job), schema=job.schema)
