"""LangChain: the pages of dumps as Documents. Here lives what its loaders must have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wikiclean import partitions
from wikiclean.errors import MissingExtraError
from wikiclean.partitions import Job, Paths

try:
    from langchain_core.document_loaders import BaseLoader
    from langchain_core.documents import Document
except ImportError as error:
    raise MissingExtraError("wikiclean.adapters.langchain", "langchain") from error


class WikidumpLoader(BaseLoader):
    """
    Loads dumps, a passage a Document, or whatever a row of the profile is.

    ``id`` is the row's, ``page_content`` its text, ``metadata`` its other columns that hold strings
    and numbers: no lists, and nothing that is null, for vector stores take neither. Rows without a
    text are left out. What cannot be read is logged as a warning, and loading goes on.

    Args:
        paths: Files or folders; a name with a scheme is an address of another file system.
        profile: One with a column ``text``; ``chunks`` has passages of at most 1000 characters.
        options: Those of ``partitions.OPTIONS``.

    Raises:
        UnknownFormatError: if there is no such option, or its value is not one of those known.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        profile: str = "chunks",
        **options: Any,  # noqa: ANN401 - each has a type of its own
    ) -> None:
        self.paths = paths
        self.job = Job.of({"profile": profile, **options})

    def lazy_load(self) -> Iterator[Document]:
        """
        Yield the Documents, one at a time in memory.

        Raises:
            DumpError: at the first error, if *on_error* is ``stop``.
            InputError: if an input is not there or cannot be opened.
        """
        for row in partitions.rows(self.paths, self.job):
            head, metadata = partitions.split(row)
            if head["text"]:
                yield Document(id=head["id"], page_content=head["text"], metadata=metadata)
