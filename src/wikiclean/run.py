"""
A whole corpus: dumps in, shards out, in several processes, gone on with after any end.

Here lives the run: its options, its units of work, what a worker does with one, and in which
order results are written. How files are read lives in ``dump``, how processes are kept in
``crew``, how shards are kept in ``shards``, what a row is in ``records``, what is counted on the
way in ``stats``.

The same inputs and options give the same bytes, whatever the number of processes and whether or
not the run was interrupted: inputs are cut into units by their content alone, results are written
in the order of the units, and a shard ends between two units when it is large enough.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias, cast

import attrs
import orjson
from tqdm import tqdm

from wikiclean import dump, records
from wikiclean.api import parse
from wikiclean.crew import Beat, Crew, Deaths, Event
from wikiclean.document import Document
from wikiclean.dump import Item, Page, Paths, Range, Raw, Select
from wikiclean.errors import DumpError, InputError, SchemaError, UnknownFormatError
from wikiclean.files import reading, well_formed
from wikiclean.passes import DEFAULT
from wikiclean.passes.label_table import LabelTable
from wikiclean.renderers.row import SCHEMA_VERSION
from wikiclean.shards import ERRORS, FORMATS, Folder, read_manifest, refuse_own
from wikiclean.site import Site
from wikiclean.stats import Stats
from wikiclean.values import check_type

Progress: TypeAlias = Literal["auto", "bar", "plain", "none"]
PROGRESS: Final = ("auto", "bar", "plain", "none")
"""How progress is shown on stderr: ``auto`` is a bar in a terminal and lines elsewhere."""

ON_ERROR: Final = ("skip", "stop")
"""What is done at a page that cannot be read."""

UNIT_SIZE: Final = 1 << 18
"""The size at which a unit of work ends: of a range of streams in bytes as compressed, of pages
handed over one by one in code points."""
UNIT_PAGES: Final = 512
"""The most pages of such a unit."""
UNIT_STREAMS: Final = 2
"""The most streams of a range. Wikimedia's have 100 pages each; where their pages are much alike, a
few bytes as stored hold many, and their rows would take memory and keep other processes waiting."""

AHEAD: Final = 4
"""Units for each process that may be finished before the one that is written next."""
KEPT_NAMES: Final = 1000
"""Names of dropped templates that are counted from one shard to the next; the rarest are
forgotten, so that a manifest stays small."""
PLAIN_EVERY: Final = 10.0
"""Seconds between two lines of plain progress."""


@attrs.frozen
class Options:
    """What decides about the bytes that are written."""

    profile: str = "full"
    format: str = "jsonl"
    """``jsonl`` or ``parquet``."""
    select: Select = attrs.field(factory=Select)
    limit: int | None = None
    """How many pages are read; rows may be more or fewer."""
    shard_size: int = 1 << 28
    """Bytes of rows, before compression, after which a shard ends."""
    keep_source: bool = False
    """Whether each row also holds the source of its page."""
    site: str | None = None
    """Name of the wiki; None takes what the file says, or ``zhwiki``."""
    dialect: Literal["auto", "wikitext", "export"] = "auto"
    variant: str = "source"
    labels: Literal["certain", "likely", "none"] = "certain"
    labels_from: LabelTable | None = None
    """What is known of labels; the manifest has its digest."""
    repairs: bool = True
    """Whether the default passes run."""
    tables: str = "text"
    captions: bool = True
    math: str = "tex"
    footnotes: str = "drop"
    page_timeout: float = 60.0
    """Seconds that a page may take."""
    page_size: int = 4 << 20
    """Code points that a page may have; MediaWiki's limit is 2 MiB."""

    @property
    def unit_size(self) -> int:
        """
        The least size of a unit: of a range in compressed bytes, of pages in code points.

        A shard ends between two units, so units are small where shards are.
        """
        return min(UNIT_SIZE, max(self.shard_size // 8, 1))

    def check(self) -> None:
        """
        Check what can be checked before a page is read.

        Raises:
            UnknownFormatError: if an option has a value that is not one of those known.
            SiteError: if the site is not known.
            TypeError: if a value is of another type.
            ValueError: if a number is too small, or *since* is later than *until*.
        """
        for name, types, said in _TYPES:
            check_type(name, getattr(self, name), types, said)
        records.profile(self.profile)
        if self.format not in tuple(FORMATS):  # a list has no hash
            raise UnknownFormatError("format", self.format, tuple(FORMATS))
        if not min(self.shard_size, self.page_size) > 0 or not self.page_timeout > 0:  # nor NaN
            raise ValueError("sizes and times must be greater than 0")
        if self.limit is not None and self.limit < 0:
            raise ValueError("limit must be None, 0 or more")
        self.select.check()
        if not math.isfinite(self.page_timeout):
            raise ValueError("page_timeout must be a number of seconds that ends")
        _read(self, Page(text=""), self.site or "zhwiki")


_TYPES: Final = (
    ("select", (Select,), "a Select"),
    ("limit", (int, type(None)), "a whole number or None"),
    ("shard_size", (int,), "a whole number"),
    ("keep_source", (bool,), "True or False"),
    ("site", (str, type(None)), "the name of a wiki or None"),
    ("labels_from", (LabelTable, type(None)), "a LabelTable or None"),
    ("repairs", (bool,), "True or False"),
    ("page_timeout", (int, float), "a number of seconds"),
    ("page_size", (int,), "a whole number"),
)
"""Option → its types, and they in words; ``parse`` and ``select`` check the others."""


def _read(options: Options, page: Page, site: str | Site) -> Document:
    document = parse(
        page.text or "",
        dialect=page.dialect if options.dialect == "auto" else options.dialect,
        site=site,
        title=page.title,
        variant=options.variant,
        labels=options.labels,
        labels_from=options.labels_from,
        passes=DEFAULT if options.repairs else (),
    )
    return document.select(
        tables=options.tables,
        captions=options.captions,
        math=options.math,
        footnotes=options.footnotes,
    )


# -------------------------------------------------------------------- units of work


@attrs.define
class Unit:
    """What a worker is handed: a range of a file that it reads itself, or pages."""

    number: int
    """In order of the inputs, from 0."""
    path: Path
    site: int
    """Index of the site among those of the inputs."""
    part: Range | None = None
    """The range of streams; None if *items* are the unit."""
    items: tuple[Item, ...] = ()
    skipped: Counter[str] = attrs.field(factory=Counter)
    """Pages between the items that were not wanted."""
    position: int = 0
    """How far the inputs were read for it, in bytes as stored."""
    limit: int | None = None
    """How many of its pages are read."""
    leave_out: dict[int, str] = attrs.field(factory=dict)
    """Index of a page → why it becomes an error record unread."""


class Made(NamedTuple):
    """The rows of a page."""

    row_count: int
    rows: Any
    """Lines of JSON, or a batch, as the format wants."""


class Failure(NamedTuple):
    """Why a page has no rows."""

    kind: str
    message: str


class Result(NamedTuple):
    """What became of a unit."""

    rows: bytes
    """Lines of JSON, or a batch as ``records.to_bytes`` packs it."""
    row_count: int
    errors: bytes
    """Error records, as lines of JSON."""
    tally: Stats


Make: TypeAlias = Callable[[Document, records.Given], list[records.Row]]
"""Makes objects of JSON of a page; a function of a module, so that workers find it."""


class Setup(NamedTuple):
    """What a worker is started with."""

    options: Options
    sites: tuple[str | Site, ...]
    make: Make | None = None
    """Makes something else than the rows of a profile."""


def begin(setup: Setup) -> Callable[[Unit, Beat], Result]:
    """Return what does a unit of work; called in each worker once."""
    options = setup.options
    profile = records.profile(options.profile, source=options.keep_source)
    if setup.make is not None:
        profile = records.Profile({}, setup.make)
    schema = records.schema(options.profile, source=options.keep_source)
    for site in setup.sites:
        warm_up(options, site)

    def work(unit: Unit, beat: Beat) -> Result:
        return Work(options, profile, schema, setup.sites[unit.site], unit, beat).result()

    return work


def warm_up(options: Options, site: str | Site) -> None:
    """Load what the first page of a site needs, so that no page's budget pays for it."""
    _read(options, Page(text="'''a''' [[b]] {{c}} -{d}- __NOTOC__"), site)


class Work:
    """The work on one unit: the rows of its pages, and their error records."""

    def __init__(
        self,
        options: Options,
        profile: records.Profile,
        schema: Any,  # noqa: ANN401 - pyarrow has no types
        site: str | Site,
        unit: Unit,
        beat: Beat,
    ) -> None:
        self.options = options
        self.profile = profile
        self.schema = schema
        self.site = site
        self.wiki = Site.load(site) if isinstance(site, str) else site
        self.unit = unit
        self.beat = beat
        self.tally = Stats(skipped=Counter(unit.skipped))
        self.rows: list[Any] = []
        self.errors: list[bytes] = []

    def result(self) -> Result:
        """Read the unit and return what became of it."""
        unit, tally = self.unit, self.tally
        items: Iterator[Item] = (
            iter(unit.items)
            if unit.part is None
            else dump.read_range(unit.path, unit.part, self.options.select)
        )
        for item in items:
            if isinstance(item, DumpError):
                self.fail(Failure("damage", str(item)), file=item.source)
                continue
            # Pages handed over were chosen when the unit was made.
            reason = self.options.select.reason(item) if unit.part else None
            if reason is not None:
                tally.skipped[reason] += 1
                continue
            if unit.limit is not None and tally.pages >= unit.limit:
                break
            self.page(item)
        count = tally.rows
        if self.options.format == "jsonl":
            rows = b"".join(self.rows)
        else:
            rows = records.to_bytes(self.rows) if count else b""
        return Result(rows, count, b"".join(self.errors), tally)

    def fail(self, why: Failure, page: Page | None = None, file: str | None = None) -> None:
        """
        Write an error record, with the raw source of the page.

        Args:
            why: Why.
            page: The page; None if it is a place in a file that could not be read.
            file: The file that it is in, if the page does not say.
        """
        self.tally.failed[why.kind] += 1
        self.tally.pages += page is not None
        record = {
            "error": why.kind,
            "message": why.message,
            "file": (page and page.source_file) or file or self.unit.path.name or None,
            "id": page and page.id,
            "title": page and page.title,
            "revision_id": page and page.revision_id,
            "source": page and page.text,
        }
        # The standard library writes any string, half a surrogate pair included.
        self.errors.append(json.dumps(record, ensure_ascii=True).encode() + b"\n")

    def page(self, page: Page) -> None:
        """Make the rows of a page, or its error record."""
        self.take(page, self.make(page))

    def make(self, page: Page) -> Made | Failure:
        """Read and count a page; ``take`` keeps what comes of it."""
        options = self.options
        index = self.tally.pages
        if index in self.unit.leave_out:
            return failure(self.unit.leave_out[index], options)
        if page.cut or len(page.text or "") > options.page_size:
            return Failure("too_large", f"it has more than {options.page_size:,} characters")
        self.beat.page(index)
        try:
            document = _read(options, page, self.site)
            rows = self.profile.rows(document, self.given(page, document))
            if options.format == "jsonl":
                made: Any = b"".join(orjson.dumps(row, option=_JSON) for row in rows)
            else:
                made = records.to_batch(rows, self.schema)
            if "stats" in self.profile.columns:  # the row holds what is counted
                self.tally.add_row(rows[0])
            else:
                # What notes lost counts where somebody gets notes: to read them takes half the
                # time.
                nested = self.wants("footnotes") or options.footnotes != "drop"
                self.tally.add(document, namespace=page.namespace, nested=nested)
        except Exception as error:  # noqa: BLE001 - it is recorded, and the other pages go on
            return Failure("failed", f"{type(error).__name__}: {error}")
        return Made(len(rows), made)

    def take(self, page: Page, made: Made | Failure) -> None:
        """Keep the rows of a page, or write its error record."""
        if isinstance(made, Failure):
            self.fail(made, page)
        else:
            self.tally.rows += made.row_count
            self.rows.append(made.rows)

    def wants(self, column: str) -> bool:
        """Whether a column is asked for; what makes something else of a page may ask for any."""
        return not self.profile.columns or column in self.profile.columns

    def given(self, page: Page, document: Document) -> dict[str, Any]:
        """Return the values of the columns that the file knows and the Document does not."""
        url = page.url
        if url is None and page.title:
            title = self.wiki.title(page.title)
            url = (self.wiki.url(title) or None) if title.valid else None
        given = {
            "id": page.id,
            "url": url,
            "revision_id": page.revision_id,
            "timestamp": page.timestamp,
            "namespace": page.namespace,
            "source_file": page.source_file,
            "source_sha256": hashlib.sha256(document.source.encode()).hexdigest()
            if self.wants("source_sha256")
            else None,
            "metadata": page.metadata,
        }
        return {name: value for name, value in given.items() if value is not None}


_JSON: Final = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


_WHY: Final = {
    "timeout": "it took longer than {:g} seconds",
    "died": "the process that read it ended, more than once",
}


def failure(kind: str, options: Options) -> Failure:
    """Return why a page is left out that was not read to its end."""
    return Failure(kind, _WHY[kind].format(options.page_timeout))


def _died_reading(unit: Unit) -> Result:
    """Return the result of a unit whose worker ends before it comes to a page."""
    work = Work(Options(), records.profile("full"), None, "zhwiki", unit, NO_BEAT)
    where = f", bytes {unit.part.start} to {unit.part.end}" if unit.part else ""
    work.fail(Failure("damage", f"{unit.path.name}{where}: the process that reads it ends"))
    return Result(b"", 0, b"".join(work.errors), work.tally)


NO_BEAT: Final = Beat([0.0, 0.0])


# -------------------------------------------------------------------- inputs


class _Input(NamedTuple):
    path: Path
    kind: str
    name: str
    size: int | None
    edges: str | None
    """A hash of what it holds, whole or at both ends; None if the run never goes on with it."""


_EDGE: Final = 1 << 16


def _inputs(paths: Paths, *, known_again: bool = True) -> list[_Input]:
    """
    Return what is to be read.

    Args:
        paths: As for ``run``.
        known_again: Whether the inputs are hashed, by which a run knows them when it goes on.
    """
    found = []
    for path in dump.paths_of(paths):
        kind = dump.kind(path)
        size: int | None = None
        edges: str | None = None
        if kind == "folder":
            size, edges = _measure(path, known_again=known_again)
        elif str(path) != "-":
            with reading(path), path.open("rb") as stream:
                size = path.stat().st_size
                if known_again:
                    head = stream.read(_EDGE)
                    stream.seek(max(0, size - _EDGE))
                    edges = hashlib.sha256(head + stream.read(_EDGE)).hexdigest()
        found.append(_Input(path, kind, well_formed(path.name), size, edges))
    return found


class _Units:
    """
    The units of all inputs, in order, made as they are asked for.

    Units that are finished are made again and thrown away: what a unit is follows from what was
    read before it.
    """

    def __init__(self, inputs: list[_Input], options: Options) -> None:
        self.inputs = inputs
        self.options = options
        self.site_of: list[str | Site] = []
        self.digests: list[str | None] = []
        """SHA-256 of each input that was read to its end."""
        self._before = 0  # bytes of the inputs before this one
        self._standing: dict[int, dump.Source] = {}  # what cannot be opened a second time

    def sites(self) -> tuple[str | Site, ...]:
        """Return the site of each input; standard input's is known only from its head."""
        return tuple(self.site_of)

    def open(self) -> None:
        """Read the heads of all inputs, and close them until their turn: they may be many."""
        for index, one in enumerate(self.inputs):
            source = self._source(one)
            self.site_of.append(dump.site_of(source.siteinfo, self.options.site))
            if one.size is None:
                self._standing[index] = source
            else:
                source.close()

    def _source(self, one: _Input) -> dump.Source:
        if one.kind == "parquet":
            return dump.Source(parquet_pages(one.path), None, None)
        return dump.open_source(one.path, self.options.select)

    def __iter__(self) -> Iterator[Unit]:
        number = 0
        raw: Raw | None
        for index, one in enumerate(self.inputs):
            if one.kind == "xml" and dump.is_multistream(one.path):
                # The workers read it; here it is searched for where its streams begin.
                whole = Raw(one.path.open("rb"), one.name)
                raw, made = whole, self._ranges(one, index, whole)
            else:
                source = self._standing.pop(index, None) or self._source(one)
                raw, made = source.raw, self._batches(one, index, source)
            for unit in made:
                unit.number = number
                number += 1
                yield unit
            self._before += one.size or 0
            self.digests.append(_digest(one, raw))

    def _ranges(self, one: _Input, index: int, raw: Raw) -> Iterator[Unit]:
        with raw.stream:
            for part in dump.find_ranges(raw, self.options.unit_size, UNIT_STREAMS):
                yield Unit(0, one.path, index, part, position=self._before + part.end)

    def _batches(self, one: _Input, index: int, source: dump.Source) -> Iterator[Unit]:
        items: list[Item] = []
        skipped: Counter[str] = Counter()
        chars = 0

        def made() -> Unit:
            position = self._before + (source.raw.position if source.raw else 0)
            return Unit(0, one.path, index, items=tuple(items), skipped=skipped, position=position)

        for item in source.items:
            if isinstance(item, Page):
                reason = self.options.select.reason(item)
                if reason is not None:
                    skipped[reason] += 1
                    continue
                chars += len(item.text or "")
            items.append(item)
            if chars >= self.options.unit_size or len(items) >= UNIT_PAGES:
                yield made()
                items, skipped, chars = [], Counter(), 0
        if items or skipped:
            yield made()


def parquet_pages(path: Path) -> Generator[Item, None, None]:
    """
    Yield the pages of a Parquet file, and the fault at which it ends if it is damaged or has none.

    Raises:
        InputError: if it cannot be opened or, being remote, cannot be read on.
    """
    try:
        for number, row in enumerate(records.read_parquet(path), 1):
            if number == 1:
                records.page_column(list(row))
            yield dump.page_of(row, path.name, f"row {number}")
    except DumpError as error:
        yield error
    except SchemaError as error:
        yield DumpError(f"{path.name}: {error}", path.name)


def _digest(one: _Input, raw: Raw | None) -> str | None:
    """Return the SHA-256 of an input that was read to its end, or None if it was not."""
    if raw is not None and one.size in (None, raw.position):
        return raw.digest.hexdigest()
    if one.kind == "folder":
        return one.edges
    if one.edges is not None:
        with one.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    return None


def _measure(folder: Path, *, known_again: bool) -> tuple[int, str | None]:
    """Return the size of the pages in a folder, and a hash of them and their names if asked."""
    size = 0
    digest = hashlib.sha256()
    for name, file in dump.files(folder):
        digest.update(well_formed(name).encode() + b"\0")
        with suppress(OSError):  # which who reads the page will tell
            if not known_again:
                size += file.stat().st_size
                continue
            # Whole pages, for an edit of a page need not change its length.
            data = file.read_bytes()
            size += len(data)
            digest.update(hashlib.sha256(data).digest())
    return size, digest.hexdigest() if known_again else None


# -------------------------------------------------------------------- progress


class _Progress:
    """Tells on stderr how far a run has come."""

    def __init__(self, how: Progress, total: int | None) -> None:
        terminal = sys.stderr is not None and sys.stderr.isatty()
        self._bar = None
        self._plain = how == "plain" or (how == "auto" and not terminal)
        self._begun = self._last = time.monotonic()
        self._total = total
        self._position = 0
        self._first: int | None = None  # where this run began to write
        if how == "bar" or (how == "auto" and terminal):
            self._bar = tqdm(total=total, unit="B", unit_scale=True, smoothing=0.05)

    def show(self, position: int, tally: Stats) -> None:
        """Show that the inputs were read up to *position*, in bytes as stored."""
        errors = tally.failed.total()
        if self._first is None:
            self._first = position
        if self._bar is not None:
            self._bar.update(max(0, position - self._position))
            self._bar.set_postfix_str(f"{tally.pages:,} pages, {errors:,} errors", refresh=False)
        now = time.monotonic()
        if self._plain and now - self._last >= PLAIN_EVERY:
            self._last = now
            passed = now - self._begun
            speed = (position - self._first) / passed
            left = (
                f", {position / self._total:.1%}, {(self._total - position) / speed:,.0f} s left"
                if self._total and speed
                else ""
            )
            with suppress(OSError, AttributeError):  # what cannot be told ends no run
                sys.stderr.write(
                    f"wikiclean: {tally.pages:,} pages, {speed / 1e6:.1f} MB/s{left}, "
                    f"{errors:,} errors\n"
                )
        self._position = max(self._position, position)

    def close(self) -> None:
        """Leave the line."""
        if self._bar is not None:
            self._bar.close()


# -------------------------------------------------------------------- the run


def run(
    paths: Paths,
    output: str | os.PathLike[str],
    options: Options = Options(),
    *,
    processes: int = 1,
    progress: Progress = "none",
    on_error: Literal["skip", "stop"] = "skip",
    fresh: bool = False,
) -> Stats:
    """
    Read dumps into a folder of shards, or go on with a run that was ended before.

    Args:
        paths: Dumps, JSONL, Parquet or folders of pages, one or several; ``-`` is standard input.
        output: The folder. It holds the shards, ``manifest.json``, and ``errors.jsonl`` if there
            was an error.
        options: What decides about the bytes that are written.
        processes: How many workers; they are started with ``spawn``, so a script needs the usual
            ``if __name__ == "__main__":``.
        progress: One of ``PROGRESS``.
        on_error: ``skip`` writes an error record and goes on; ``stop`` raises at the first one.
        fresh: Whether to begin anew where the folder holds a run already.

    Returns:
        The counts of the whole run, earlier parts included. ``failed`` is not empty if pages were
        lost.

    Raises:
        DumpError: at the first error, if *on_error* is ``stop``.
        InputError: if an input cannot be opened, the folder cannot be made, or it holds another
            run, or any run where standard input is read.
        OutputError: if the folder cannot be written any more; what is finished is kept.
        UnknownFormatError: if an option has a value that is not one of those known.
    """
    options.check()
    check_how(processes, progress, on_error)
    inputs = _inputs(paths)
    output = Path(output)
    refuse_own(output, [one.path for one in inputs])
    old = None if fresh else read_manifest(output)
    if old is not None and old["complete"] and any(one.size is None for one in inputs):
        raise InputError(
            f"{output} holds a finished run, and standard input cannot be told from what was read "
            "for it; choose another folder, or begin anew with --fresh"
        )
    units = _Units(inputs, options)
    if old is None or not old["complete"]:
        # Before the folder is, for an old run goes only when the new one can begin.
        units.open()
    folder = Folder(
        output,
        options.format,
        records.schema(options.profile, source=options.keep_source),
        _identity(inputs, options),
        fresh=fresh,
    )
    try:
        if folder.manifest["complete"]:
            return Stats.from_dict(folder.manifest["counts"])
        return _go(units, folder, options, processes, progress, on_error)
    finally:
        folder.close()


def count(
    paths: Paths,
    options: Options = Options(),
    *,
    processes: int = 1,
    progress: Progress = "none",
    on_error: Literal["skip", "stop"] = "skip",
    tell: Callable[[str], object] = lambda _: None,
) -> Stats:
    """
    Read dumps as ``run`` does and count what becomes of their pages; nothing is written.

    Args:
        paths: As for ``run``.
        options: As for ``run``; what they say of rows and shards has no effect.
        processes: As for ``run``.
        progress: As for ``run``.
        on_error: As for ``run``.
        tell: Called with a sentence for each error.

    Raises:
        DumpError: at the first error, if *on_error* is ``stop``.
        InputError: if an input cannot be opened.
        UnknownFormatError: if an option has a value that is not one of those known.
    """
    return gather(
        paths,
        options,
        _none,
        lambda _: None,
        processes=processes,
        progress=progress,
        on_error=on_error,
        tell=tell,
    )


def _none(_: Document, __: records.Given) -> list[records.Row]:
    return []


def gather(
    paths: Paths,
    options: Options,
    make: Make,
    take: Callable[[bytes], object],
    *,
    processes: int = 1,
    progress: Progress = "none",
    on_error: Literal["skip", "stop"] = "skip",
    tell: Callable[[str], object] = lambda _: None,
) -> Stats:
    """
    Read dumps as ``run`` does and hand on what a function makes of each page, in their order.

    Args:
        paths: As for ``run``.
        options: As for ``run``; what they say of rows and shards has no effect.
        make: Called in the workers.
        take: Called here with lines of JSON, one for each row that *make* made.
        processes: As for ``run``.
        progress: As for ``run``.
        on_error: As for ``run``.
        tell: Called with a sentence for each error.

    Raises:
        DumpError: at the first error, if *on_error* is ``stop``.
        InputError: if an input cannot be opened.
        UnknownFormatError: if an option has a value that is not one of those known.
    """
    options = attrs.evolve(options, format="jsonl", keep_source=False)
    options.check()
    check_how(processes, progress, on_error)
    folder = _Nowhere(make, take, tell)
    units = _Units(_inputs(paths, known_again=False), options)
    units.open()
    return _go(units, folder, options, processes, progress, on_error)


def check_how(processes: int, progress: str, on_error: str) -> None:
    """
    Check what does not decide about the bytes that are written.

    Raises:
        TypeError: if *processes* is no whole number.
        UnknownFormatError: if *progress* or *on_error* is not one of those known.
        ValueError: if *processes* is less than 1.
    """
    check_type("processes", processes, (int,), "a whole number")
    if processes < 1:
        raise ValueError("processes must be at least 1")
    if progress not in PROGRESS:
        raise UnknownFormatError("progress", progress, PROGRESS)
    if on_error not in ON_ERROR:
        raise UnknownFormatError("value of on_error", on_error, ON_ERROR)


def _reason(record: Mapping[str, Any]) -> str:
    """Return what an error record says, in a sentence."""
    if record["title"]:
        return f"{record['title']!r}: {record['message']}"
    if record["error"] == "damage" or not record["file"]:  # what is damaged names itself
        return str(record["message"])
    return f"{record['file']}: {record['message']}"


def reasons(output: str | os.PathLike[str], *, most: int) -> Iterator[str]:
    """
    Yield what the first error records of a run say, and where they all are.

    Args:
        output: The folder of the run, which has error records.
        most: How many are told.
    """
    path = Path(output) / ERRORS
    with path.open("rb") as file:
        for line in islice(file, most):
            yield _reason(json.loads(line))
    yield f"{path} holds every page that could not be read, with the reason"


def stopped_at(record: Mapping[str, Any]) -> DumpError:
    """Return what is raised where the first error record is to end all."""
    return DumpError(f"stopped at an error: {_reason(record)}", record["file"] or "")


class _Nowhere:
    """Stands for a folder where rows are handed on and nothing is written."""

    size: Final = 0

    def __init__(
        self, make: Make, take: Callable[[bytes], object], tell: Callable[[str], object]
    ) -> None:
        self.manifest: dict[str, Any] = {"counts": {}, "units": 0}
        self.make = make
        self.take = take
        self.tell = tell

    def write(self, rows: bytes, _: int, errors: bytes) -> None:
        """Hand on rows, and tell of errors."""
        self.take(rows)
        for line in errors.splitlines():
            self.tell(_reason(json.loads(line)))

    def commit(self, _: int, **__: Any) -> None:  # noqa: ANN401
        """Do nothing: there is nothing to finish."""


def _go(
    units: _Units,
    folder: Folder | _Nowhere,
    options: Options,
    processes: int,
    progress: Progress,
    on_error: str,
) -> Stats:
    sizes = [one.size for one in units.inputs]
    total = None if None in sizes else sum(cast("list[int]", sizes))
    with (
        closing(_Progress(progress, total)) as shown,
        Crew(
            begin,
            Setup(options, units.sites(), folder.make if isinstance(folder, _Nowhere) else None),
            processes=min(processes, 256),
            budget=options.page_timeout,
        ) as crew,
    ):
        return _Run(folder, options, units, crew, shown, on_error).go()


def _identity(inputs: list[_Input], options: Options) -> dict[str, Any]:
    versions = {"wikiclean": records.RELEASE, "schema": SCHEMA_VERSION}
    if options.format == "parquet":
        versions["pyarrow"] = records.ARROW
    said = attrs.asdict(options, value_serializer=_plain)
    return {
        "versions": versions,
        "options": said,
        "inputs": [
            {"name": one.name, "size": one.size, "edges_sha256": one.edges} for one in inputs
        ],
    }


def _plain(_: object, __: object, value: Any) -> Any:  # noqa: ANN401 - any value of an option
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, LabelTable):
        return hashlib.sha256(value.to_bytes()).hexdigest()
    return value.isoformat() if hasattr(value, "isoformat") else value


class _Run:
    """The loop: units to workers, results to shards in order."""

    def __init__(
        self,
        folder: Folder | _Nowhere,
        options: Options,
        units: _Units,
        crew: Crew[Unit, Result],
        progress: _Progress,
        on_error: str,
    ) -> None:
        self.folder = folder
        self.options = options
        self.units = units
        self.crew = crew
        self.progress = progress
        self.on_error = on_error
        self.schema = records.schema(options.profile, source=options.keep_source)
        counts = folder.manifest["counts"]
        self.tally = Stats.from_dict(counts) if counts else Stats()
        self.next: int = folder.manifest["units"]
        self.processes = crew.idle
        self.coming = islice(iter(units), self.next, None)
        self.prepared: deque[Unit] = deque()
        self.finished: dict[int, tuple[Unit, Result]] = {}
        self.deaths = Deaths()
        self.exhausted = False
        self.stopped = False
        """Whether the limit ended the run before the inputs did."""

    def go(self) -> Stats:
        while True:
            self.prepare(ahead=0)
            while self.crew.idle and self.prepared:
                self.hand_out(self.prepared.popleft())
            if self.crew.idle == self.processes:
                break
            self.prepare(ahead=1)
            for event in self.crew.wait():
                self.take(event)
            # Workers get their next unit before results are written.
            while self.crew.idle and self.prepared:
                self.hand_out(self.prepared.popleft())
            self.write()
            if self.stopped:
                break
        self.finish()
        return self.tally

    def prepare(self, ahead: int) -> None:
        """Make units until every idle worker has one, and *ahead* more for each worker."""
        while not (self.exhausted or self.stopped):
            if len(self.prepared) >= self.crew.idle + ahead * self.processes:
                return
            busy = self.processes - self.crew.idle
            if len(self.finished) + len(self.prepared) + busy >= self.processes * (1 + AHEAD):
                return
            unit = next(self.coming, None)
            if unit is None:
                self.exhausted = True
                return
            self.prepared.append(unit)

    def hand_out(self, unit: Unit) -> None:
        if self.options.limit is not None and unit.limit is None:
            unit.limit = max(self.options.limit - self.tally.pages, 0)
        self.crew.give(unit)

    def take(self, event: Event[Unit, Result]) -> None:
        unit = event.job
        if event.kind == "done" and event.result is not None:
            self.finished[unit.number] = (unit, event.result)
            return
        if event.kind == "late":
            unit.leave_out[event.page] = "timeout"
        elif self.deaths.too_many(unit.number, event.page):
            if event.page < 0:
                self.finished[unit.number] = (unit, _died_reading(unit))
                return
            unit.leave_out[event.page] = "died"
        self.prepared.appendleft(unit)

    def write(self) -> None:
        """Write the results whose turn it is."""
        while self.next in self.finished and not self.stopped:
            unit, result = self.finished.pop(self.next)
            if self.options.limit is not None:
                left = self.options.limit - self.tally.pages
                if result.tally.pages > left:
                    # It was read before it was known how many pages the units before it have.
                    unit.limit = left
                    self.prepared.appendleft(unit)
                    return
            if result.tally.failed and self.on_error == "stop":
                raise stopped_at(json.loads(result.errors.splitlines()[0]))
            rows: Any = result.rows
            if self.options.format == "parquet" and result.row_count:
                rows = records.from_bytes(result.rows, self.schema)
            self.folder.write(rows, result.row_count, result.errors)
            self.tally.merge(result.tally)
            self.next += 1
            self.progress.show(unit.position, self.tally)
            if self.options.limit is not None and self.tally.pages >= self.options.limit:
                self.stopped = True
            if self.folder.size >= self.options.shard_size:
                self.commit()

    def commit(self, **facts: Any) -> None:  # noqa: ANN401
        self.tally.forget(KEPT_NAMES)
        self.folder.commit(self.next, counts=self.tally.to_dict(), **facts)

    def finish(self) -> None:
        digests = None if self.stopped else self.units.digests
        self.commit(complete=True, inputs_sha256=digests)
