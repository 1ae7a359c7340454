"""
The record schema in Arrow, its smaller profiles, and a batch of pages as a batch of rows.

Here live what a row of each profile holds, the schema in the words of each ecosystem, and the one
function that every engine calls. The columns of the full profile live in ``renderers.row``, files
of rows in ``run``. pyarrow is imported here, and for files elsewhere in ``remote``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Unpack

from wikiclean import api
from wikiclean.document import Document, Section
from wikiclean.errors import (
    DumpError,
    InputError,
    MissingExtraError,
    SchemaError,
    UnknownFormatError,
)
from wikiclean.files import reading
from wikiclean.renderers.addresses import language
from wikiclean.renderers.row import (
    COLUMNS,
    GIVEN,
    SCHEMA_VERSION,
    Column,
    ColumnType,
    ListOf,
    Struct,
    hash_id,
    page_type,
)

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    raise MissingExtraError("a table of records", "dump") from error

RELEASE: Final = version("wikiclean")
"""The release of this package."""

ARROW: Final = pa.__version__
"""The release of pyarrow; its Parquet files differ between releases."""

PASSAGE: Final = 1000
"""The most code points of text in a row of the profile ``chunks``."""

BATCH: Final = 256
"""Rows that are read from a Parquet file at a time."""

Row = dict[str, Any]
Given = Mapping[str, Any]


class Profile(NamedTuple):
    """A projection of the schema."""

    columns: Mapping[str, Column]
    """The columns in order."""
    rows: Callable[[Document, Given], list[Row]]
    """Makes the rows of a page; the second argument holds values of columns in ``GIVEN``."""


# -------------------------------------------------------------------- rows of each profile


def _full(document: Document, given: Given) -> list[Row]:
    return [document.to_row(**given)]


def _head(document: Document, given: Given) -> Row:
    given_id = given.get("id")
    return {
        "id": hash_id(document) if given_id is None else str(given_id),
        "url": given.get("url"),
        "title": document.title or "",
        "text": document.text,
    }


def _hf(document: Document, given: Given) -> list[Row]:
    return [_head(document, given)]


def _wikiextractor(document: Document, given: Given) -> list[Row]:
    revision = given.get("revision_id")
    row = {"revid": "" if revision is None else str(revision), **_head(document, given)}
    return [{name: row[name] for name in _WIKIEXTRACTOR}]


def _dolma(document: Document, given: Given) -> list[Row]:
    head = _head(document, given)
    namespace = given.get("namespace")
    moment = given.get("timestamp")
    return [
        {
            "id": head["id"],
            "text": head["text"],
            "source": document.site,
            "version": f"schema-{SCHEMA_VERSION}",
            "created": moment.isoformat() if isinstance(moment, datetime) else moment,
            "added": None,
            "metadata": {
                "title": head["title"],
                "url": head["url"],
                "language": language(document.site),
                "namespace": namespace,
                "revision_id": given.get("revision_id"),
                "page_type": page_type(document, namespace),
                "source_file": given.get("source_file"),
            },
        }
    ]


def _nemo(document: Document, given: Given) -> list[Row]:
    row = {
        **_head(document, given),
        "language": language(document.site),
        "source_id": given.get("source_file"),
    }
    return [{name: row[name] for name in _NEMO}]


def _path(sections: tuple[Section, ...], index: int) -> list[str]:
    """Return the headings from the top of the page down to a section, itself included."""
    titles: list[str] = []
    at: int | None = index
    while at is not None:
        titles.append(sections[at].title or "")
        at = sections[at].parent
    return [title for title in reversed(titles) if title]


def _own_ends(document: Document) -> list[int]:
    """Return for each section where its own text ends, which is where the next one begins."""
    starts = [section.span.start for section in document.sections]
    return [*starts[1:], len(document.text)]


def _sections(document: Document, given: Given) -> list[Row]:
    head = _head(document, given)
    rows = []
    for index, end in enumerate(_own_ends(document)):
        section = document.sections[index]
        start = section.body_span.start
        stop = start + len(document.text[start:end].rstrip())
        rows.append(
            {
                "id": f"{head['id']}#{index}",
                "page_id": head["id"],
                "url": head["url"],
                "title": head["title"],
                "index": index,
                "level": section.level,
                "heading": section.title,
                "path": _path(document.sections, index),
                "text": document.text[start:stop],
                "start": start,
                "end": max(start, stop),
            }
        )
    return rows


def _chunks(document: Document, given: Given) -> list[Row]:
    head = _head(document, given)
    links = sorted((link.span, link.target) for link in document.links if link.kind == "article")
    rows: list[Row] = []
    first = 0
    for index, end in enumerate(_own_ends(document)):
        path = " > ".join(_path(document.sections, index))
        for start, stop in _passages(document.text, document.sections[index].body_span.start, end):
            while first < len(links) and links[first][0].start < start:
                first += 1
            last = first
            while last < len(links) and links[last][0].start < stop:
                last += 1
            rows.append(
                {
                    "id": f"{head['id']}#{len(rows)}",
                    "page_id": head["id"],
                    "url": head["url"],
                    "title": head["title"],
                    "language": language(document.site),
                    "wiki": document.site,
                    "section": path,
                    "text": document.text[start:stop],
                    "start": start,
                    "end": stop,
                    "links": "|".join(dict.fromkeys(target for _, target in links[first:last])),
                }
            )
    return rows


# Where a passage may end, the best place first.
_BREAKS: Final = (
    re.compile(r"\n\n"),
    re.compile(r"\n"),
    re.compile(r"[。！？；]|[.!?;](?=\s)"),
    re.compile(r"\s"),
)


def _passages(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of at most ``PASSAGE`` code points that hold all of a range but its blanks."""
    while start < end:
        stop = end
        if end - start > PASSAGE:
            stop = start + PASSAGE
            for pattern in _BREAKS:
                found = [match.end() for match in pattern.finditer(text, start + 1, stop)]
                if found:
                    stop = found[-1]
                    break
        passage = text[start:stop]
        left = start + len(passage) - len(passage.lstrip())
        right = start + len(passage.rstrip())
        if left < right:
            yield left, right
        start = stop


# -------------------------------------------------------------------- the profiles


_PAGE_ID: Final = Column.of("string", "`id` of the page in the other profiles")
_RANGE: Final = {
    "start": Column.of("int64", "offset in the text of the page, in code points"),
    "end": Column.of("int64", "end in the text of the page, half-open"),
}
_HF: Final = {name: COLUMNS[name] for name in ("id", "url", "title", "text")}
_NEMO: Final = {
    **{name: COLUMNS[name] for name in ("text", "title", "id", "url", "language")},
    "source_id": COLUMNS["source_file"],
}
_WIKIEXTRACTOR: Final = {
    "id": COLUMNS["id"],
    "revid": Column.of("string", "revision, empty if it is not known"),
    **{name: COLUMNS[name] for name in ("url", "title", "text")},
}
_DOLMA: Final = {
    "id": COLUMNS["id"],
    "text": COLUMNS["text"],
    "source": COLUMNS["wiki"],
    "version": Column.of("string", "of the record schema"),
    "created": Column.of("string", "?time of the revision, as ISO 8601 writes it"),
    "added": Column.of("string", "?null: rows do not depend on when they were made"),
    "metadata": Column.of(
        Struct(
            {
                name: COLUMNS[name]
                for name in (
                    "title",
                    "url",
                    "language",
                    "namespace",
                    "revision_id",
                    "page_type",
                    "source_file",
                )
            }
        ),
        "what else is known of the page",
    ),
}
_SECTIONS: Final = {
    "id": Column.of("string", "id of the page, `#` and the number of the section"),
    "page_id": _PAGE_ID,
    "url": COLUMNS["url"],
    "title": COLUMNS["title"],
    "index": Column.of("int32", "number of the section in the page, from 0"),
    "level": Column.of("int32", "1 is the lead, 2 is `==`"),
    "heading": Column.of("string", "?null for the lead"),
    "path": Column.of(ListOf("string"), "headings from the top down to this one"),
    "text": Column.of("string", "its own text: no heading, no subsections"),
    **_RANGE,
}
_CHUNKS: Final = {
    "id": Column.of("string", "id of the page, `#` and the number of the passage"),
    "page_id": _PAGE_ID,
    **{name: COLUMNS[name] for name in ("url", "title", "language", "wiki")},
    "section": Column.of("string", "headings down to the section, parted by ` > `"),
    "text": Column.of("string", f"at most {PASSAGE} code points"),
    **_RANGE,
    "links": Column.of("string", "titles it links to, parted by `|`, which no title contains"),
}

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {
        "full": Profile(COLUMNS, _full),
        "hf": Profile(_HF, _hf),
        "wikiextractor": Profile(_WIKIEXTRACTOR, _wikiextractor),
        "dolma": Profile(_DOLMA, _dolma),
        "nemo": Profile(_NEMO, _nemo),
        "sections": Profile(_SECTIONS, _sections),
        "chunks": Profile(_CHUNKS, _chunks),
    }
)
"""The profiles by name. ``hf`` is the data set ``wikimedia/wikipedia``, ``wikiextractor`` what
WikiExtractor writes as JSON, ``dolma`` and ``nemo`` what those toolkits read; ``sections`` has a
row a section and ``chunks`` a row a passage, with scalars only, as vector stores want."""

SOURCE: Final = Column.of("string", "the page as it was read")
"""The column ``source``, which any profile takes at its end."""

ERROR: Final = Column.of(
    Struct(
        {
            "error": Column.of("string", "`damage`, `too_large`, `timeout` or `failed`"),
            "message": Column.of("string", "what happened, in a sentence"),
            "file": Column.of("string", "?file that the page is in"),
            "id": Column.of("string", "?of the page"),
            "title": Column.of("string", "?of the page"),
            "revision_id": Column.of("int64", "?of the page"),
            "source": Column.of("string", "?the page as it was read"),
        }
    ),
    "?why the row has nothing else: the page could not be read",
)
"""The column ``error``, the last one of a table that holds error records between its rows."""


def profile(name: str, *, source: bool = False) -> Profile:
    """
    Return a profile.

    Args:
        name: One of ``PROFILES``.
        source: Whether each row also holds the source of its page.

    Raises:
        UnknownFormatError: if there is no such profile.
    """
    known = PROFILES.get(name) if isinstance(name, str) else None
    if known is None:
        raise UnknownFormatError("profile", name, tuple(PROFILES))
    if not source:
        return known
    taken = "page_source" if "source" in known.columns else "source"

    def rows(document: Document, given: Given) -> list[Row]:
        return [{**row, taken: document.source} for row in known.rows(document, given)]

    return Profile({**known.columns, taken: SOURCE}, rows)


# -------------------------------------------------------------------- Arrow


_SCALARS: Final = {
    # Arrow, JSON Schema, Hugging Face, Spark
    "string": (pa.string(), {"type": "string"}, "string", "STRING"),
    "bool": (pa.bool_(), {"type": "boolean"}, "bool", "BOOLEAN"),
    "int32": (pa.int32(), {"type": "integer"}, "int32", "INT"),
    "int64": (pa.int64(), {"type": "integer"}, "int64", "BIGINT"),
    "timestamp[us, UTC]": (
        pa.timestamp("us", tz="UTC"),
        {"type": "string", "format": "date-time"},
        "timestamp[us, tz=UTC]",
        "TIMESTAMP",
    ),
}


def _arrow(kind: ColumnType) -> pa.DataType:
    if isinstance(kind, ListOf):
        return pa.list_(_arrow(kind.item))
    if isinstance(kind, Struct):
        return pa.struct([(name, _arrow(column.type)) for name, column in kind.columns.items()])
    return _SCALARS[kind][0]


def _columns(name: str, *, source: bool, error: bool) -> Mapping[str, Column]:
    columns = profile(name, source=source).columns
    return {**columns, "error": ERROR} if error else columns


def schema(name: str = "full", *, source: bool = False, error: bool = False) -> pa.Schema:
    """
    Return the Arrow schema of a profile, with the columns ``source`` and ``error`` if asked.

    Every field may be null as far as Arrow is told, because engines disagree about fields that may
    not; ``Column.nullable`` and the JSON Schema say which ones ever are. The metadata hold the
    version of the schema and the profile.

    Raises:
        UnknownFormatError: if there is no such profile.
    """
    columns = _columns(name, source=source, error=error)
    return pa.schema(
        [(column, _arrow(what.type)) for column, what in columns.items()],
        metadata={"wikiclean.schema": str(SCHEMA_VERSION), "wikiclean.profile": name},
    )


def to_batch(rows: list[Row], arrow: pa.Schema) -> pa.RecordBatch:
    """
    Return rows of one profile as a batch; ``batch.to_pylist()`` gives them back.

    Args:
        rows: As ``Document.to_row`` or ``Profile.rows`` make them. A timestamp may be a datetime
            or a string of ISO 8601, and comes back as a datetime.
        arrow: The profile's schema.

    Raises:
        SchemaError: if a value does not fit its column.
    """
    if "timestamp" in arrow.names:
        rows = [{**row, "timestamp": _moment(row.get("timestamp"))} for row in rows]
    try:
        return pa.RecordBatch.from_pylist(rows, schema=arrow)
    except (pa.ArrowException, UnicodeError, OverflowError, TypeError) as error:
        raise SchemaError(f"a row does not fit the schema: {error}") from error


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise SchemaError(f"a timestamp is no date of ISO 8601: {value!r}") from error


_TEXTS: Final = ("source", "text")
"""The columns that may hold the pages, the better name first."""


def page_column(names: list[str]) -> str:
    """
    Return which column of a table holds the pages: ``source``, or else ``text``.

    Raises:
        SchemaError: if there is neither.
    """
    column = next((name for name in _TEXTS if name in names), None)
    if column is None:
        raise SchemaError("no column holds pages; call it source, or text")
    return column


def parse_batch(
    batch: pa.RecordBatch, *, profile: str = "full", **options: Unpack[api.ParseOptions]
) -> pa.RecordBatch:
    """
    Read a batch of pages into a batch of rows.

    For the batched ``map`` of any engine. ``spark`` and ``ray`` have functions of their own, which
    also take the options of a run, and make an error record of a page that cannot be read.

    Args:
        batch: Pages in the column ``source``, or else ``text``. Of the other columns ``title`` is
            used, as are those that ``to_row`` takes: ``id``, ``url``, ``revision_id``,
            ``timestamp``, ``namespace``, ``source_file``, ``source_sha256``, ``metadata``.
            A Table will do as well.
        profile: One of ``PROFILES``. With ``sections`` and ``chunks`` a page has many rows or none.
        options: As for ``parse``.

    Returns:
        The rows in order; a Table if a Table was given. A null page counts as an empty one.

    Raises:
        SchemaError: if there is no column that holds pages, or it or ``title`` does not hold text.
        UnknownFormatError: if an option has a value that is not one of those named.
        TypeError: if *batch* or an option is of another type.
    """
    if not isinstance(batch, (pa.RecordBatch, pa.Table)):
        raise TypeError(f"batch must be a RecordBatch or a Table, not {type(batch).__name__}")
    column = page_column(batch.schema.names)
    options = api.check_options("parse_batch", options)
    arrow = schema(profile)
    made = PROFILES[profile].rows
    rows: list[Row] = []
    for page in batch.to_pylist():
        for name in (column, "title"):
            value = page.get(name)
            if value is not None and not isinstance(value, str):
                raise SchemaError(f"the column {name} holds {type(value).__name__}, not text")
        given = {name: page[name] for name in GIVEN if page.get(name) is not None}
        rows += made(api.parse(page[column] or "", title=page.get("title"), **options), given)
    whole = to_batch(rows, arrow)
    return pa.Table.from_batches([whole]) if isinstance(batch, pa.Table) else whole


# -------------------------------------------------------------------- files


def parquet_writer(path: Path, arrow: pa.Schema) -> pq.ParquetWriter:
    """Return a writer of a Parquet file; the same batches give the same bytes."""
    return pq.ParquetWriter(path, arrow, compression="zstd")


def table(batches: list[pa.RecordBatch]) -> pa.Table:
    """Return batches as one table."""
    return pa.Table.from_batches(batches)


def to_bytes(batches: list[pa.RecordBatch]) -> bytes:
    """Return batches, joined to one, as they travel between processes; the schema stays behind."""
    (batch,) = table(batches).combine_chunks().to_batches()
    data: bytes = batch.serialize().to_pybytes()
    return data


def from_bytes(data: bytes, arrow: pa.Schema) -> pa.RecordBatch:
    """Return the batch that ``to_bytes`` packed."""
    return pa.ipc.read_record_batch(pa.py_buffer(data), arrow)


def parquet_names(path: Path) -> frozenset[str]:
    """
    Return the names of the columns of a Parquet file.

    Raises:
        DumpError: if the file is not Parquet.
        InputError: if it cannot be opened.
    """
    with _parquet_file(path) as file:
        return frozenset(file.schema_arrow.names)


def read_parquet(path: Path, columns: list[str] | None = None) -> Iterator[Row]:
    """
    Yield the rows of a Parquet file, a few at a time in memory.

    Args:
        path: The file.
        columns: Those that are read; all if None.

    Raises:
        DumpError: if the file is not Parquet, or is damaged; the rows before have been given.
        InputError: if it cannot be opened or, being remote, cannot be read on.
    """
    with _parquet_file(path) as file:
        for batch in file.iter_batches(batch_size=BATCH, columns=columns):
            yield from batch.to_pylist()


@contextmanager
def _parquet_file(path: Path) -> Iterator[pq.ParquetFile]:
    with reading(path):
        stream = path.open("rb")
    try:
        with stream, pq.ParquetFile(stream) as file:
            yield file
    except InputError:
        raise  # by a file that knows that another try may succeed
    except (pa.ArrowException, OSError) as error:
        raise DumpError(f"{path} cannot be read as Parquet: {error}", path.name) from error


# -------------------------------------------------------------------- the schema in other words


def _json_schema(column: Column) -> dict[str, Any]:
    kind = column.type
    what: dict[str, Any]
    if isinstance(kind, ListOf):
        what = {"type": "array", "items": _json_type(kind.item)}
    else:
        what = _json_type(kind)
    if column.nullable:
        what["type"] = [what["type"], "null"]
    return {"description": column.meaning, **what}


def _json_type(kind: ColumnType) -> dict[str, Any]:
    if isinstance(kind, ListOf):
        return {"type": "array", "items": _json_type(kind.item)}
    if isinstance(kind, Struct):
        return {
            "type": "object",
            "properties": {name: _json_schema(column) for name, column in kind.columns.items()},
            "required": list(kind.columns),
            "additionalProperties": False,
        }
    return dict(_SCALARS[kind][1])


def _feature(kind: ColumnType) -> dict[str, Any]:
    if isinstance(kind, ListOf):
        return {"feature": _feature(kind.item), "_type": "List"}
    if isinstance(kind, Struct):
        return {name: _feature(column.type) for name, column in kind.columns.items()}
    return {"dtype": _SCALARS[kind][2], "_type": "Value"}


def _spark(kind: ColumnType) -> str:
    if isinstance(kind, ListOf):
        return f"ARRAY<{_spark(kind.item)}>"
    if isinstance(kind, Struct):
        inner = ", ".join(f"`{name}`: {_spark(what.type)}" for name, what in kind.columns.items())
        return f"STRUCT<{inner}>"
    return _SCALARS[kind][3]


def _say_arrow(_: str, columns: Mapping[str, Column]) -> str:
    return str(pa.schema([(name, _arrow(what.type)) for name, what in columns.items()]))


def _say_json(name: str, columns: Mapping[str, Column]) -> str:
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"wikiclean, profile {name}, schema version {SCHEMA_VERSION}",
    }
    return json.dumps({**head, **_json_type(Struct(columns))}, ensure_ascii=False, indent=2)


def _say_hf(_: str, columns: Mapping[str, Column]) -> str:
    return json.dumps(_feature(Struct(columns)), indent=2)


def _say_spark(_: str, columns: Mapping[str, Column]) -> str:
    return ",\n".join(f"`{name}` {_spark(what.type)}" for name, what in columns.items())


SCHEMA_FORMATS: Final[Mapping[str, Callable[[str, Mapping[str, Column]], str]]] = MappingProxyType(
    {"arrow": _say_arrow, "json": _say_json, "hf": _say_hf, "spark": _say_spark}
)
"""How a schema can be put."""


def describe(
    name: str = "full",
    *,
    format: str = "arrow",  # noqa: A002 - the CLI's word
    source: bool = False,
    error: bool = False,
) -> str:
    """
    Return the schema of a profile in an ecosystem's own words.

    Args:
        name: One of ``PROFILES``.
        format: ``arrow``, as pyarrow prints a schema; ``json``, JSON Schema 2020-12 of a line of
            JSONL; ``hf``, JSON for ``datasets.Features.from_dict``; ``spark``, DDL for
            ``StructType.fromDDL``.
        source: Whether there is a column ``source``.
        error: Whether there is a column ``error``.

    Raises:
        UnknownFormatError: if the profile or the format is not known.
    """
    columns = _columns(name, source=source, error=error)
    say = SCHEMA_FORMATS.get(format)
    if say is None:
        raise UnknownFormatError("schema format", format, tuple(SCHEMA_FORMATS))
    return say(name, columns)
