"""LlamaIndex: the pages of dumps as Documents. Here lives what its readers must have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from wikiclean import partitions
from wikiclean.errors import MissingExtraError
from wikiclean.partitions import Job, Paths

try:
    from llama_index.core.readers.base import BaseReader
    from llama_index.core.schema import Document
except ImportError as error:
    raise MissingExtraError("wikiclean.adapters.llamaindex", "llamaindex") from error

SAID: Final = frozenset({"title", "section", "heading"})
"""Metadata that stand above the text where it is embedded or shown to a model."""


class WikidumpReader(BaseReader):
    """
    Reads dumps, a passage a Document, or whatever a row of the profile is.

    ``id_`` is the row's, ``text`` its text, ``metadata`` its other columns that hold strings and
    numbers. Of these only ``SAID`` are embedded and shown to a model; offsets and ids would disturb
    both. Rows without a text are left out. What cannot be read is logged as a warning, and reading
    goes on.

    Args:
        profile: One with a column ``text``; ``chunks`` has passages of at most 1000 characters.
        options: Those of ``partitions.OPTIONS``.

    Raises:
        UnknownFormatError: if there is no such option, or its value is not one of those known.
    """

    def __init__(
        self,
        *,
        profile: str = "chunks",
        **options: Any,  # noqa: ANN401 - each has a type of its own
    ) -> None:
        self.job = Job.of({"profile": profile, **options})

    def lazy_load_data(self, paths: Paths, *_: Any, **__: Any) -> Iterator[Document]:  # noqa: ANN401
        """
        Yield the Documents, one at a time in memory.

        Args:
            paths: Files or folders; a name with a scheme is an address of another file system.

        Raises:
            DumpError: at the first error, if *on_error* is ``stop``.
            InputError: if an input is not there or cannot be opened.
        """
        for row in partitions.rows(paths, self.job):
            head, metadata = partitions.split(row)
            if not head["text"]:
                continue
            unsaid = [name for name in metadata if name not in SAID]
            yield Document(
                id_=head["id"],
                text=head["text"],
                metadata=metadata,
                excluded_embed_metadata_keys=unsaid,
                excluded_llm_metadata_keys=unsaid,
            )
