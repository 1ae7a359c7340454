"""
A corpus in partitions, and a partition as batches of rows: what all engines share.

Here lives how inputs are cut into parts that are read on their own, on other machines too, what
the options are called, and where error records go. What is made of a page lives in ``run``: a row
is the same wherever it is made. No engine is known here.

A partition **owns** the pages that begin in its bytes, and reads on behind them until the last of
these ends. So every page has one owner, however a file is cut:

- a multistream dump with its index: between streams, where nothing has to be read on;
- any other ``.bz2``: anywhere, for a task finds and unpacks the blocks from its place on;
- plain XML: anywhere;
- all else: a file is one partition.
"""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import Any, BinaryIO, Final, Literal, NamedTuple, TypeAlias

import attrs
import pyarrow as pa

from wikiclean import blocks, dump, records, values
from wikiclean.dump import Chunk, Item, Page, Range, Select, XmlPages
from wikiclean.errors import DumpError, InputError, UnknownFormatError
from wikiclean.files import reading
from wikiclean.passes.label_table import LabelTable
from wikiclean.remote import path_of
from wikiclean.run import (
    NO_BEAT,
    ON_ERROR,
    Failure,
    Options,
    Unit,
    Work,
    failure,
    parquet_pages,
    stopped_at,
    warm_up,
)
from wikiclean.site import Site

Paths: TypeAlias = dump.Paths

PARTITION_SIZE: Final = 16 << 20
"""The default of ``partition_size``; packed text of 16 MB is some 60 MB of XML."""

READ: Final = 1 << 18
"""Bytes of plain XML read at a time."""

BATCH_PAGES: Final = 256
BATCH_CHARS: Final = 4 << 20
"""A batch ends when it has the rows of so many pages, or these so many code points."""

_log = logging.getLogger("wikiclean")


# -------------------------------------------------------------------- options


def _table(value: object) -> LabelTable | None:
    return value if value is None or isinstance(value, LabelTable) else LabelTable.load(str(value))


def _name(value: object) -> str | None:
    return None if value is None else str(value)


OPTIONS: Final[Mapping[str, Callable[[object], Any]]] = MappingProxyType(
    {
        "profile": str,
        "namespaces": values.namespaces,
        "redirects": values.flag,
        "all_revisions": values.flag,
        "since": dump.named_moment,
        "until": dump.named_moment,
        "keep_source": values.flag,
        "site": _name,
        "dialect": str,
        "variant": str,
        "labels": str,
        "labels_from": _table,
        "passes": values.one_of("passes", "default", "none"),
        "tables": str,
        "captions": values.flag,
        "math": str,
        "footnotes": str,
        "page_timeout": values.seconds,
        "page_size": values.size,
        "on_error": values.one_of("value of on_error", *ON_ERROR),
        "partition_size": values.size,
    }
)
"""Options by name, as ``wikiclean dump`` has them, and what reads a value: engines give strings."""

_SELECT: Final = frozenset({"namespaces", "redirects", "since", "until"})


@attrs.frozen
class Job:
    """What is to be done with every partition; it can be pickled."""

    options: Options
    on_error: Literal["skip", "stop"] = "skip"
    """``skip`` makes a row of an error record, in the column ``error``; ``stop`` raises it."""
    partition_size: int = PARTITION_SIZE
    """The size of a partition in bytes as stored, more or less."""

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Job:
        """
        Return a job as options of ``OPTIONS`` describe it.

        Raises:
            UnknownFormatError: if there is no such option, or its value is not one of those known.
            SiteError: if the site is not known.
        """
        said: dict[str, Any] = {}
        for name, value in given.items():
            if name not in OPTIONS:
                raise UnknownFormatError("option", name, tuple(OPTIONS))
            said[name] = OPTIONS[name](value)
        about = {name: said.pop(name) for name in ("on_error", "partition_size") & said.keys()}
        select = {name: said.pop(name) for name in _SELECT & said.keys()}
        if said.pop("all_revisions", False):
            select["revisions"] = "all"
        if "passes" in said:
            said["repairs"] = said.pop("passes") == "default"
        job = cls(Options(format="parquet", select=Select(**select), **said), **about)
        job.options.check()
        return job

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of every batch; the last column, ``error``, is null in a row."""
        options = self.options
        return records.schema(
            options.profile, source=options.keep_source, error=self.on_error == "skip"
        )

    def describe(self, format: str) -> str:  # noqa: A002 - the word of ``records``
        """Return the schema as ``records.describe`` puts it."""
        options = self.options
        return records.describe(
            options.profile,
            format=format,
            source=options.keep_source,
            error=self.on_error == "skip",
        )


# -------------------------------------------------------------------- partitions


class Partition(NamedTuple):
    """A file, or the part of one that a task reads; it can be pickled."""

    path: str
    """Path or address of the file."""
    cut: Literal["whole", "streams", "blocks", "bytes"]
    """What the part is cut between."""
    part: Range
    """Bytes as stored."""
    siteinfo: Mapping[str, Any] | None = None
    """What the head of the file says; None for a whole file, which says it itself."""
    changed: float = 0
    """When the file was last changed, in seconds since 1970; it tells versions apart."""


def partitions(paths: Paths, job: Job, *, least: int = 1) -> list[Partition]:
    """
    Return the partitions of all inputs, in order.

    Args:
        paths: Files and folders; a name with a scheme is an address of another file system.
        job: Says how large they are to be.
        least: How many are wanted at least, if the inputs are large enough; a partition has a
            megabyte even so.

    Raises:
        InputError: if an input is not there or cannot be opened.
    """
    names = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    found = []
    for given in names:
        name = os.fspath(given)
        if name == "-":
            raise InputError("standard input cannot be read in partitions; name a file")
        path = path_of(name)
        # A worker may stand in another folder.
        found.append((str(path.absolute()) if isinstance(path, Path) else name, path))
    total = sum(path.stat().st_size for _, path in found if dump.kind(path) != "folder")
    size = min(job.partition_size, max(total // max(least, 1), 1 << 20))
    return [part for name, path in found for part in _parts(name, path, job, size)]


def _parts(name: str, path: Path, job: Job, target: int) -> list[Partition]:
    kind = dump.kind(path)
    if kind == "folder":
        if not isinstance(path, Path):
            raise InputError(f"{name} is a folder, which is read on this machine only")
        return [Partition(name, "whole", Range(0, 0))]
    if path.suffix.lower() == ".7z" and not isinstance(path, Path):
        raise InputError(f"{name} is packed by 7-Zip, which is unpacked on this machine only")
    stat = path.stat()
    whole = Partition(name, "whole", Range(0, stat.st_size), changed=stat.st_mtime)
    if kind != "xml" or path.suffix.lower() not in (".xml", ".bz2") or stat.st_size <= target:
        return [whole]
    source = dump.open_source(path, job.options.select)
    source.close()
    if source.siteinfo is None:
        return [whole]  # it may be no dump; one task will say so
    cut, ranges = _ranges(path, stat.st_size, target)
    return [Partition(name, cut, part, source.siteinfo, stat.st_mtime) for part in ranges]


def _ranges(
    path: Path, size: int, target: int
) -> tuple[Literal["streams", "blocks", "bytes"], list[Range]]:
    if path.suffix.lower() == ".bz2":
        index = dump.find_index(path)
        if index is not None:
            try:
                starts = dump.index_starts(index, path, target)
                return "streams", dump.ranges(starts, size, target)
            except DumpError as error:
                _log.warning("%s; %s is cut without it", error, path.name)
    count = -(-size // target)
    edges = [size * number // count for number in range(count + 1)]
    parts = [Range(*edge) for edge in pairwise(edges)]
    return "blocks" if path.suffix.lower() == ".bz2" else "bytes", parts


_PAGE: Final = b"<page>"
_TAG: Final = re.compile(b"</?page>")
_FOOT: Final = b"</mediawiki>"
_EDGE: Final = len(b"</page>") - 1
"""How much of a tag may stand on one side of a border."""

Piece: TypeAlias = tuple[bool, Chunk]
"""Whether it is the partition's own, and XML or what is missing where it should be."""


def _own_pages(pieces: Iterable[Piece], *, first: bool, last: bool) -> Iterator[Chunk]:
    """
    Yield the XML of the pages that begin in a partition's own bytes.

    In an export these tags stand for pages and nothing else, for a text has ``&lt;``.

    Args:
        pieces: The XML from some place on: first the partition's own, then what follows.
        first: Whether it begins with the file, whose head is wanted too.
        last: Whether the file ends with it.
    """
    begun = first  # whether a page of its own was met
    is_open = first  # whether the last one met goes on, or the head does
    carry, mine = b"", 0  # the last bytes, in which a tag may begin; how many of them are its own
    for own, chunk in pieces:
        if not (own or is_open or mine):
            return
        if isinstance(chunk, DumpError):
            if not own:
                # Its owner tells of it. The page that it cuts is lost with it.
                yield _LOST
                return
            begun, is_open, carry, mine = True, False, b"", 0
            yield chunk
            continue
        data = carry + chunk
        border = len(data) if own else mine
        if not begun:
            at = data.find(_PAGE)
            if at < 0 or at >= border:
                carry = data[-_EDGE:]
                mine = max(border - len(data) + len(carry), 0)
                continue
            data, border, begun = data[at:], border - at, True
        at = 0
        for tag in _TAG.finditer(data):
            if tag[0] == _PAGE:
                if tag.start() >= border:
                    yield data[: tag.start()]
                    return
                is_open, at = True, tag.end()
            else:
                is_open, at = False, tag.end()
                if at > border:
                    yield data[:at]
                    return
        kept = max(len(data) - _EDGE, at)
        yield data[:kept]
        carry, mine = data[kept:], max(border - kept, 0)
    if last:
        # Where it has no page of its own, what is left of the file belongs to one before.
        yield carry if begun else _FOOT
    elif begun:
        yield carry


_LOST: Final = DumpError("a page ends in damaged data")


def _blocks(file: BinaryIO, name: str, part: Range) -> Iterator[Piece]:
    for block in blocks.read(file, part.start):
        own = block.start < part.end
        if block.fault:
            yield own, DumpError(f"{name}: {block.fault}", name, block.start)
        else:
            yield own, block.data


def _bytes(file: BinaryIO, _: str, part: Range) -> Iterator[Piece]:
    file.seek(part.start)
    at = part.start
    while data := file.read(min(READ, part.end - at) if at < part.end else READ):
        yield at < part.end, data
        at += len(data)


@contextmanager
def opened(
    partition: Partition, select: Select
) -> Iterator[tuple[Iterator[Item], Mapping[str, Any] | None]]:
    """
    Open a partition: what it is a sequence of, and what its file says of the wiki.

    Raises:
        InputError: if the file cannot be opened.
    """
    path, part = path_of(partition.path), partition.part
    if partition.cut == "whole" and dump.kind(path) == "parquet":
        with closing(parquet_pages(path)) as items:
            yield items, None
    elif partition.cut == "whole":
        with closing(dump.open_source(path, select)) as source:
            yield source.items, source.siteinfo
    elif partition.cut == "streams":
        with closing(dump.read_range(path, part, select)) as items:
            yield items, partition.siteinfo
    else:
        with reading(path):
            file = path.open("rb")
        with file:
            pieces = (_blocks if partition.cut == "blocks" else _bytes)(file, path.name, part)
            first, last = part.start == 0, part.end >= path.stat().st_size
            pages = XmlPages(
                _own_pages(pieces, first=first, last=last),
                path.name,
                select,
                headless=not first,
                part=not last or "multistream" in path.name,
            )
            yield (item for item in pages if item is not _LOST), partition.siteinfo


# -------------------------------------------------------------------- rows


def read(partition: Partition, job: Job) -> Iterator[pa.RecordBatch]:
    """
    Yield the rows of a partition, in batches of ``Job.schema``, one at a time in memory.

    Raises:
        DumpError: at the first error, if ``Job.on_error`` is ``stop``.
        InputError: if the file cannot be opened or, being remote, cannot be read on.
    """
    with opened(partition, job.options.select) as (items, siteinfo):
        site = dump.site_of(siteinfo, job.options.site)
        yield from _batches(items, path_of(partition.path).name, site, job)


def parse(batch: pa.RecordBatch | pa.Table, job: Job) -> Iterator[pa.RecordBatch]:
    """
    Yield the rows of pages that stand in a table, in batches of ``Job.schema``.

    Args:
        batch: Columns as in a file of Parquet that ``wikiclean dump`` reads. ``source_file`` is
            used too.
        job: What to do with them.

    Raises:
        DumpError: at the first error, if ``Job.on_error`` is ``stop``.
        SchemaError: if there is no column that holds pages.
    """
    records.page_column(batch.schema.names)
    found = map(_page, batch.to_pylist())
    return _batches(found, None, dump.site_of(None, job.options.site), job)


def _page(row: dict[str, Any]) -> Item:
    file = row.get("source_file")
    page = dump.page_of(row, str(file or "a table"))
    return attrs.evolve(page, source_file=file) if isinstance(page, Page) else page


def rows(paths: Paths, job: Job) -> Iterator[records.Row]:
    """
    Yield the rows of inputs in this process, one at a time; errors are logged as warnings.

    Raises:
        DumpError: at the first error, if ``Job.on_error`` is ``stop``.
        InputError: if an input cannot be opened.
    """
    for partition in partitions(paths, job):
        yield from rows_of(partition, job)


def warn(error: records.Row) -> None:
    """Log an error record."""
    page = f" in the page {error['title']!r}" if error["title"] else ""
    _log.warning("%s%s: %s", error["file"], page, error["message"])


def rows_of(
    partition: Partition, job: Job, tell: Callable[[records.Row], None] = warn
) -> Iterator[records.Row]:
    """Yield the rows of a partition, as ``rows`` does; *tell* is called with each error record."""
    for batch in read(partition, job):
        for row in batch.to_pylist():
            error = row.pop("error", None)
            if error is None:
                yield row
            else:
                tell(error)


def split(row: records.Row) -> tuple[records.Row, records.Row]:
    """Return ``id`` and ``text`` of a row, then those other columns that are strings or numbers."""
    head = {name: row[name] for name in ("id", "text")}
    rest = {
        name: value
        for name, value in row.items()
        if name not in head and isinstance(value, (str, int, float))
    }
    return head, rest


def _batches(
    items: Iterator[Item], name: str | None, site: str | Site, job: Job
) -> Iterator[pa.RecordBatch]:
    options, schema = job.options, job.schema
    profile = records.profile(options.profile, source=options.keep_source)
    arrow = records.schema(options.profile, source=options.keep_source)
    work = Work(options, profile, arrow, site, Unit(0, Path(name or ""), 0), NO_BEAT)
    warm_up(options, site)
    made: list[pa.RecordBatch] = []
    chars = 0
    for item in items:
        if isinstance(item, Page):
            if options.select.reason(item) is not None:
                continue
            _read(work, item)
            chars += len(item.text or "")
        else:
            work.fail(Failure("damage", str(item)), file=item.source)
        made += [_widened(batch, schema) for batch in work.rows]
        made += [_error_row(json.loads(line), schema, job) for line in work.errors]
        work.rows.clear()
        work.errors.clear()
        if len(made) >= BATCH_PAGES or chars >= BATCH_CHARS:
            yield from _joined(made)
            made, chars = [], 0
    yield from _joined(made)


def _joined(made: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    batches: list[pa.RecordBatch] = (
        records.table(made).combine_chunks().to_batches() if made else []
    )
    return batches


def _widened(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return rows with a column ``error``, if there is to be one."""
    columns = batch.columns
    if len(columns) < len(schema):
        columns = [*columns, pa.nulls(batch.num_rows, schema.field("error").type)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _error_row(error: dict[str, Any], schema: pa.Schema, job: Job) -> pa.RecordBatch:
    if job.on_error == "stop":
        raise stopped_at(error)
    said = {
        # Half a surrogate pair may stand in a page, but in no column.
        name: value.encode(errors="replace").decode() if isinstance(value, str) else value
        for name, value in error.items()
    }
    row = dict.fromkeys(schema.names) | {"error": said}
    return pa.RecordBatch.from_pylist([row], schema=schema)


class _LateError(BaseException):
    """Raised in the middle of a page that takes too long; no ``except Exception`` stops it."""


def _read(work: Work, page: Page) -> None:
    """Make the rows of a page, or its error record if it takes too long."""
    try:
        with _at_most(work.options.page_timeout):
            made = work.make(page)
    except _LateError:
        made = failure("timeout", work.options)
    work.take(page, made)


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """
    Raise ``_LateError`` after some seconds, where a signal can be had: in the main thread.

    The alarm may be in use by who runs this: it rings for them afterwards, late if need be.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return
    begun = time.monotonic()
    over = False

    def ring(_: int, __: FrameType | None) -> None:
        if not over:
            raise _LateError

    delay, interval = signal.setitimer(signal.ITIMER_REAL, 0)
    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, min(seconds, _LONG))
        yield
    finally:
        try:
            over = True  # it may ring until here, once
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before or signal.SIG_DFL)
            if delay:
                left = delay - (time.monotonic() - begun)
                signal.setitimer(signal.ITIMER_REAL, max(left, _SOON), interval)


_LONG: Final = 1e6
"""Seconds that no page takes; there is a number that no alarm can be set to."""

_SOON: Final = 1e-6
"""Seconds after which an alarm rings whose time has come; 0 would call it off."""
