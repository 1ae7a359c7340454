"""datatrove: the pages of dumps for a pipeline. Here lives what its readers must have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from wikiclean import partitions, records
from wikiclean.errors import MissingExtraError
from wikiclean.partitions import Job, Partition, Paths

try:
    from datatrove.data import Document
    from datatrove.pipeline.readers.base import BaseReader
except ImportError as error:
    raise MissingExtraError("wikiclean.adapters.datatrove", "datatrove") from error


class WikidumpReader(BaseReader):
    """
    Reads dumps; every task of an executor takes its share of the partitions.

    A Document has the ``id`` and ``text`` of a row, and as ``metadata`` all its other columns. Rows
    without a text are left out, as all readers of datatrove do. What cannot be read is logged as a
    warning and counted as ``failed`` in the statistics.

    Args:
        paths: Files or folders; a name with a scheme is an address of another file system.
        limit: The most Documents of a task; -1 is all.
        skip: Documents that each task leaves out first.
        profile: One with a column ``text``.
        default_metadata: Metadata that every Document gets.
        options: Those of ``partitions.OPTIONS``.

    Raises:
        UnknownFormatError: if there is no such option, or its value is not one of those known.
    """

    name = "📚 Wikidump"

    def __init__(
        self,
        paths: Paths,
        *,
        limit: int = -1,
        skip: int = 0,
        profile: str = "hf",
        default_metadata: dict[str, Any] | None = None,
        **options: Any,  # noqa: ANN401 - each has a type of its own
    ) -> None:
        super().__init__(limit=limit, skip=skip, default_metadata=default_metadata or {})
        self.paths = paths
        self.job = Job.of({"profile": profile, **options})

    def run(
        self, data: Iterable[Document] | None = None, rank: int = 0, world_size: int = 1
    ) -> Iterator[Document]:
        """
        Yield the Documents of *data*, then those of this task's partitions.

        Raises:
            DumpError: at the first error, if *on_error* is ``stop``.
            InputError: if an input is not there or cannot be opened.
        """
        yield from data or ()
        parts = partitions.partitions(self.paths, self.job, least=world_size)[rank::world_size]
        left = None if self.limit < 0 else self.skip + self.limit
        for document in islice(self._documents(parts), self.skip, left):
            self.update_doc_stats(document)
            yield document

    def _documents(self, parts: list[Partition]) -> Iterator[Document]:
        for part in parts:
            for row in partitions.rows_of(part, self.job, self._failed):
                text, number = row.pop("text"), row.pop("id")
                if text:  # as the readers of datatrove do
                    yield Document(text=text, id=number, metadata={**self.default_metadata, **row})

    def _failed(self, error: records.Row) -> None:
        self.stat_update("failed")
        partitions.warn(error)
