"""
Pages out of files, lazily: MediaWiki's XML dumps, JSONL, and folders of pages.

Here lives what is known of the files: compression, streams and their index, XML, damage. What is
made of a page lives in ``run``; Parquet is read in ``records``.

A file may be damaged anywhere. So what is read here is a sequence of pages **and faults**, in the
order of the file: a `DumpError` stands where something was lost, and reading goes on behind it
where that is possible. ``read`` raises the first fault; ``run`` writes each one down.

MediaWiki's XML declares no entities, so a document type is refused before anything in it is read.
The XML is read by expat: 220 MB/s of XML on a core, against 190 with lxml.
"""

from __future__ import annotations

import bz2
import hashlib
import json
import math
import os
import re
import shutil
import subprocess
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, Final, Literal, NamedTuple, TypeAlias, get_args
from xml.parsers import expat

import attrs

from wikiclean import values
from wikiclean.errors import (
    DumpError,
    InputError,
    MissingExtraError,
    SiteError,
    UnknownFormatError,
)
from wikiclean.files import decode, reading, standard_input, well_formed
from wikiclean.parsers import NAMES, detect
from wikiclean.site import Site

try:
    import zstandard
except ImportError:  # only ``.zst`` needs it
    zstandard = None  # type: ignore[assignment]

Revisions: TypeAlias = Literal["last", "all"]

READ: Final = 1 << 16
"""Bytes read from a file at a time."""

STEP: Final = 1 << 14
"""Compressed bytes given to bzip2 at a time: less than a block of text takes, so that a damaged
block never takes the sound one before it with it."""

EXPANDED: Final = 1 << 23
"""Bytes that a step may expand to before they are handed on; a block of text has under 1 MB."""

SMALL_STEP: Final = 1 << 12
"""The same for gzip and Zstandard, of which a step expands to 64 MB at the very most."""

MAX_TEXT: Final = 1 << 26
"""Code points of a text that are read; MediaWiki stores 2 MiB at most."""

MAX_LINE: Final = 1 << 28
"""Bytes of a line of JSONL that are held: what ``MAX_TEXT`` takes as UTF-8."""

MAX_DEPTH: Final = 32
"""Elements that may stand in each other; MediaWiki's export has 5."""

MULTISTREAM_HEAD: Final = 1 << 20
"""Bytes of a file that are looked at to tell whether it is a multistream dump; its head takes less
than a thousand."""

_BLANKS: Final = 100
"""White space that may stand before the first page of a stream."""

_STREAM: Final = re.compile(rb"BZh[1-9]1AY&SY")
"""Start of a bzip2 stream that is not empty."""


@attrs.frozen
class Page:
    """A revision of a page, as a file has it."""

    text: str | None
    """The source; None if it was deleted or is not in the file."""
    title: str | None = None
    """With its namespace; None if the file does not say."""
    id: str | None = None
    namespace: int | None = None
    revision_id: int | None = None
    timestamp: datetime | None = None
    redirect: str | None = None
    """Title that the dump says the page redirects to."""
    model: str = "wikitext"
    """Content model."""
    deleted: bool = False
    """Whether the text was hidden from the public."""
    cut: bool = False
    """Whether the text was longer than ``MAX_TEXT`` and ends there."""
    dialect: Literal["auto", "wikitext", "export"] = "auto"
    url: str | None = None
    source_file: str | None = None
    metadata: str | None = None
    """JSON object of the caller's own."""


Item: TypeAlias = Page | DumpError
"""What a file is a sequence of."""


def moment(value: object) -> datetime | None:
    """Read a time of ISO 8601, in UTC where it names no zone, or a day; None for what is none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        return None
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:  # in UTC it is before the year 1, or after 9999
        return None


def named_moment(value: object) -> datetime | None:
    """
    Read a time that a caller names, as ``moment`` does; None is none.

    Raises:
        UnknownFormatError: if it is no time.
    """
    found = moment(value)
    if found is None and value is not None:
        raise UnknownFormatError("time", str(value), ("2026-01-31 or the like",))
    return found


def _set(value: Iterable[str] | None) -> frozenset[str] | None:
    if isinstance(value, str):  # its letters are no names
        return frozenset((value,))
    values.check_type("models", value, (Iterable, type(None)), "names of content models or None")
    return None if value is None else frozenset(value)


@attrs.frozen
class Select:
    """Which pages are wanted. What a file does not say of a page does not exclude it."""

    namespaces: frozenset[int] | None = attrs.field(
        default=frozenset({0}), converter=values.namespaces
    )
    """Numbers; None takes all."""
    models: frozenset[str] | None = attrs.field(default=frozenset({"wikitext"}), converter=_set)
    """Content models; None takes all."""
    redirects: bool = False
    """Whether to take pages that the dump says redirect."""
    revisions: Revisions = "last"
    """Of a page with several revisions ``all``, or the ``last`` one that *until* allows."""
    since: datetime | None = attrs.field(default=None, converter=named_moment)
    """Revisions of this time and later; in UTC where it names no zone."""
    until: datetime | None = attrs.field(default=None, converter=named_moment)
    """Revisions of this time and earlier."""

    def check(self) -> None:
        """
        Check that there can be such pages.

        Raises:
            TypeError: if *redirects* is no truth value.
            UnknownFormatError: if *revisions* is not one of those named.
            ValueError: if *since* is later than *until*.
        """
        values.check_type("redirects", self.redirects, (bool,), "True or False")
        if self.revisions not in get_args(Revisions):
            raise UnknownFormatError("revisions", self.revisions, get_args(Revisions))
        if self.since is not None and self.until is not None and self.since > self.until:
            raise ValueError("since must not be later than until")

    def reason(self, page: Page) -> str | None:
        """Return why *page* is not wanted, in one word, or None if it is."""
        if self.namespaces is not None and page.namespace is not None:  # noqa: SIM102 - a case each
            if page.namespace not in self.namespaces:
                return "namespace"
        if self.models is not None and page.model not in self.models:
            return "model"
        if page.redirect is not None and not self.redirects:
            return "redirect"
        if not self.in_time(page.timestamp):
            return "time"
        if page.deleted:
            return "deleted"
        if not page.text:
            return "no_text"
        return None

    def in_time(self, moment: datetime | None) -> bool:
        """Tell whether a revision of that time may be taken."""
        if moment is None:
            return True
        return (self.since is None or moment >= self.since) and (
            self.until is None or moment <= self.until
        )


EVERYTHING: Final = Select(namespaces=None, models=None, redirects=True, revisions="all")
"""Leaves nothing out but pages without a text."""


# -------------------------------------------------------------------- bytes

Chunk: TypeAlias = bytes | DumpError
"""Bytes, or what is missing where they should be."""


class Raw:
    """
    A file that is read once, and how far reading has come.

    Args:
        stream: Stands at *start*.
        name: For messages.
        start: Where reading begins, in bytes.
        end: Where it ends; None is the end of the file.
    """

    def __init__(self, stream: BinaryIO, name: str, start: int = 0, end: int | None = None) -> None:
        self.stream = stream
        self.name = name
        self.end = end
        self.position = start
        """Where in the file reading has come to, in bytes as stored."""
        self.digest = hashlib.sha256()
        """Of the bytes read so far."""

    def __iter__(self) -> Iterator[bytes]:
        while self.end is None or self.position < self.end:
            size = READ if self.end is None else min(READ, self.end - self.position)
            data = self.stream.read(size)
            if not data:
                break
            self.position += len(data)
            self.digest.update(data)
            yield data

    def fault(self, message: str) -> DumpError:
        """Return a fault at this place."""
        return DumpError(f"{self.name}: {message}", self.name, self.position)


def _plain(raw: Raw) -> Iterator[Chunk]:
    try:
        yield from raw
    except InputError:
        raise  # by a file that knows that another try may succeed
    except OSError as error:
        yield raw.fault(f"cannot be read on: {error.strerror or error}")


def _bunzip(raw: Raw) -> Iterator[Chunk]:
    """Yield what streams of bzip2 hold; after damage go on at the next stream."""
    unpack = bz2.BZ2Decompressor()
    lost = False
    since = bytearray()  # what was read since a block was last found to be sound
    for block in _plain(raw):
        if isinstance(block, DumpError):
            yield block
            return
        pending = block
        while pending:
            if lost:
                since += pending
                start = _STREAM.search(since)
                if start is None:
                    del since[:-9]
                    break
                pending = bytes(since[start.start() :])
                since.clear()
                lost, unpack = False, bz2.BZ2Decompressor()
            step, pending = pending[:STEP], pending[STEP:]
            since += step
            try:
                for out in _drain(unpack, step):
                    if out:
                        since[:] = step
                        yield out
            except OSError:
                yield raw.fault(f"damaged data of bzip2 before byte {raw.position - len(pending)}")
                lost = True
                # A stream may have begun within what the damaged one seemed to hold.
                pending = bytes(since[1:]) + pending
                since.clear()
                continue
            if unpack.eof:
                pending = unpack.unused_data + pending
                unpack = bz2.BZ2Decompressor()
                since.clear()
    if since and not lost:
        yield raw.fault(f"it is cut short at byte {raw.position}")


def _drain(unpack: bz2.BZ2Decompressor, step: bytes) -> Iterator[bytes]:
    yield unpack.decompress(step, EXPANDED)
    while not (unpack.eof or unpack.needs_input):
        yield unpack.decompress(b"", EXPANDED)


def _gunzip(raw: Raw) -> Iterator[Chunk]:
    return _members(raw, lambda: zlib.decompressobj(31), zlib.error, "gzip")


def _unzstd(raw: Raw) -> Iterator[Chunk]:
    if zstandard is None:
        raise MissingExtraError("a .zst file", "dump")
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 31)
    return _members(raw, unpacker.decompressobj, zstandard.ZstdError, "Zstandard")


def _members(
    raw: Raw, make: Callable[[], Any], damage: type[Exception], what: str
) -> Iterator[Chunk]:
    """Yield what the members of a file hold; after damage there is no telling where one begins."""
    unpack = make()
    whole = False
    for block in _plain(raw):
        if isinstance(block, DumpError):
            yield block
            return
        pending = block
        while pending:
            if whole:
                # Zeros may fill up the last block of a tape, however many are read at a time.
                pending = pending.lstrip(b"\0")
                if not pending:
                    break
            step, pending = pending[:SMALL_STEP], pending[SMALL_STEP:]
            try:
                out = unpack.decompress(step)
            except damage:
                yield raw.fault(f"damaged data of {what} before byte {raw.position}")
                return
            whole = unpack.eof
            if out:
                yield out
            if whole:
                pending = unpack.unused_data + pending
                unpack = make()
    if not whole:
        yield raw.fault(f"it is cut short at byte {raw.position}")


_SEVEN: Final = ("7zz", "7z", "7za", "7zr")
"""Programs that unpack 7-Zip, by preference."""


def _un7zip(path: Path) -> Iterator[Chunk]:
    program = next((found for name in _SEVEN if (found := shutil.which(name))), None)
    if program is None:
        raise InputError(f"{path} needs 7-Zip to unpack; install one of {', '.join(_SEVEN)}")
    with subprocess.Popen(  # noqa: S603 - a program found on the PATH, and no shell
        [program, "x", "-so", "-bd", "--", path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            while data := process.stdout.read(READ) if process.stdout else b"":
                yield data
            if process.wait():
                yield DumpError(f"{path}: it is damaged, says {Path(program).name}", path.name)
        finally:
            process.kill()


UNPACK: Final[Mapping[str, Callable[[Raw], Iterator[Chunk]]]] = MappingProxyType(
    {".bz2": _bunzip, ".gz": _gunzip, ".zst": _unzstd}
)
"""Last suffix of a file → what unpacks it."""

_MAGIC: Final = MappingProxyType({b"BZh": ".bz2", b"\x1f\x8b": ".gz", b"\x28\xb5\x2f\xfd": ".zst"})
"""First bytes → suffix, for standard input, which has no name."""


def unpack(path: Path) -> tuple[Raw, Iterator[Chunk]]:
    """
    Open a file, or standard input if it is called ``-``, and unpack it while it is read.

    Raises:
        InputError: if it cannot be opened, or needs a program that is not there.
        MissingExtraError: if it needs a package that is not installed.
    """
    if str(path) == "-":
        stream = standard_input()
        raw = Raw(stream, "standard input")
        first = stream.read(len(max(_MAGIC, key=len)))
        suffix = next((kind for magic, kind in _MAGIC.items() if first.startswith(magic)), "")
        raw.stream = _Joined(first, stream)  # type: ignore[assignment]
        return raw, UNPACK.get(suffix, _plain)(raw)
    with reading(path):
        raw = Raw(path.open("rb"), path.name)
    suffix = path.suffix.lower()
    if suffix == ".7z":
        raw.stream.close()
        return raw, _un7zip(path)
    return raw, _closing(raw, UNPACK.get(suffix, _plain)(raw))


def _closing(raw: Raw, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    with raw.stream:
        yield from chunks


class _Joined:
    """A stream of which the first bytes were read already."""

    def __init__(self, first: bytes, stream: BinaryIO) -> None:
        self.first = first
        self.stream = stream

    def read(self, size: int) -> bytes:
        """Return at most *size* bytes, at least one unless the end is reached."""
        first, self.first = self.first, b""
        return first or self.stream.read(size)

    def close(self) -> None:
        """Leave standard input open."""


# -------------------------------------------------------------------- XML

_WANTED: Final = frozenset(
    {
        ("page", "title"),
        ("page", "ns"),
        ("page", "id"),
        ("revision", "id"),
        ("revision", "timestamp"),
        ("revision", "model"),
        ("revision", "text"),
        ("siteinfo", "sitename"),
        ("siteinfo", "dbname"),
        ("siteinfo", "base"),
        ("siteinfo", "generator"),
        ("siteinfo", "case"),
        ("namespaces", "namespace"),
    }
)
"""Parent and name of the elements whose text is read."""

_GENERAL: Final[tuple[str, ...]] = ("sitename", "base", "generator", "case")

_ROOT: Final = b"<mediawiki>"
_PAGE: Final = b"<page>"


class _DoctypeError(Exception):
    """Raised within expat at a document type."""


class _ShapeError(Exception):
    """
    Raised within expat where elements stand in each other as in no export.

    Args:
        message: What is wrong.
        parser: Stands where the element begins; it goes on to the end before this is raised.
    """

    def __init__(self, message: str, parser: expat.XMLParserType) -> None:
        self.position = parser.CurrentByteIndex
        self.line = parser.CurrentLineNumber
        super().__init__(message)


class XmlPages:
    """
    The pages of MediaWiki's XML export, and the faults between them, in order.

    Args:
        chunks: The XML in UTF-8, in pieces of any length.
        name: The file's name, for messages.
        select: Which revisions; nothing else is left out here.
        headless: Whether the XML begins at some ``<page>`` and not at the head.
        part: Whether the XML may end behind any ``</page>``.
    """

    def __init__(
        self,
        chunks: Iterable[Chunk],
        name: str,
        select: Select,
        *,
        headless: bool = False,
        part: bool = False,
    ) -> None:
        self.name = name
        self.select = select
        self.siteinfo: dict[str, Any] | None = None
        """What the head says, in the shape of MediaWiki's API; None while it was not read."""
        self._chunks = iter(chunks)
        self._ready: list[Item] = []
        self._refused = False  # whether nothing more is to be read
        self._searching = False  # whether a ``<page>`` is looked for, after a fault
        self._carry = b""
        self._part = part
        self._numbered = not (part or headless)  # whether the lines are known
        self._line = 0  # lines before the first one that the parser has seen
        self._begin(_ROOT if headless else b"")

    def __iter__(self) -> Iterator[Item]:
        try:
            yield from self._taken()
            for chunk in self._chunks:
                if self._refused:
                    return
                self._feed(chunk)
                yield from self._taken()
            self._end()
            yield from self._taken()
        finally:
            self.close()

    def close(self) -> None:
        """Read no more; nobody else may."""
        # Each holds the other, and expat holds all that it was last given: a run makes a parser for
        # each unit, and so few other cycles that the collector hardly ever comes.
        self._handle(None, None, None)

    def _taken(self) -> list[Item]:
        ready, self._ready = self._ready, []
        return ready

    def read_head(self) -> dict[str, Any] | None:
        """Read until the head is known or is found missing; what was read is kept."""
        for chunk in self._chunks:
            self._feed(chunk)
            if self.siteinfo is not None or self._ready:
                break
        return self.siteinfo

    # ---- bytes to expat

    def _begin(self, head: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = READ
        if hasattr(parser, "SetReparseDeferralEnabled"):
            # Since 2.6 expat puts off a tag that comes in pieces until much more has come, which
            # behind the last one never does.
            parser.SetReparseDeferralEnabled(False)  # noqa: FBT003
        self._parser = parser
        self._handle(self._start, self._stop, self._doctype)
        self._open: list[str] = []
        self._text: list[str] = []
        self._size = 0
        self._page: dict[str, Any] = {}
        self._revision: dict[str, Any] = {}
        self._last: Page | None = None
        self._fed = 0
        if head:
            parser.Parse(head, False)  # noqa: FBT003 - expat takes no keywords
            self._fed = len(head)

    def _handle(self, *handlers: Any) -> None:  # noqa: ANN401 - expat's own
        parser = self._parser
        (
            parser.StartElementHandler,
            parser.EndElementHandler,
            parser.StartDoctypeDeclHandler,
        ) = handlers
        parser.CharacterDataHandler = None

    def _feed(self, chunk: Chunk) -> None:
        if isinstance(chunk, DumpError):
            self._ready.append(chunk)
            self._searching = True
            self._numbered = False
            self._carry = b""
            return
        # At a fault expat goes on to the end of what it was given, and begins again behind the
        # fault: in pieces of any length the time would grow with their square.
        for at in range(0, len(chunk), READ):
            if self._refused:
                return
            self._feed_piece(chunk[at : at + READ])

    def _feed_piece(self, data: bytes) -> None:
        while data:
            if self._searching:
                data = self._carry + data
                at = data.find(_PAGE)
                self._carry = data[-len(_PAGE) + 1 :] if at < 0 else b""
                passed = at if at >= 0 else len(data) - len(self._carry)
                self._line += data.count(b"\n", 0, passed)
                if at < 0:
                    return
                data = data[at:]
                self._searching = False
                self._begin(_ROOT)
            parser, base = self._parser, self._fed
            try:
                parser.Parse(data, False)  # noqa: FBT003
            except expat.ExpatError as error:
                where = parser.ErrorByteIndex - base
                what = f"broken XML ({expat.ErrorString(error.code)})"
                if not base and data.removeprefix(BOM_UTF8).lstrip()[:1] in (b"[", b"{"):
                    what = (
                        "it is JSON, not XML (pages of it are read from .jsonl, an object a line)"
                    )
                self._fault(what, error.lineno)
            except _ShapeError as error:
                where = error.position - base
                self._fault(f"{error}", error.line)
            except _DoctypeError:
                self._fault("it has a document type, which no export has; it is not read")
                self._refused = True
                return
            except (ValueError, LookupError):
                if self._open:  # then it is no matter of the declaration
                    raise
                # What expat does not know it asks Python's codecs for, which may not either.
                self._fault(
                    "it says that it is in an encoding that cannot be read; exports are UTF-8"
                )
                self._refused = True
                return
            else:
                self._fed += len(data)
                return
            data = data[max(where, 0) :]

    def _fault(self, what: str, line: int | None = None) -> None:
        """Note a fault; *line* counts those that the parser has seen."""
        title = self._page.get("title")
        place = f" in the page {title!r}" if title else ""
        self._line += (line or self._parser.CurrentLineNumber) - 1
        if self._numbered:
            place += f", line {self._line + 1}"
        self._ready.append(DumpError(f"{self.name}: {what}{place}", self.name))
        self._searching = True

    def _end(self) -> None:
        if self._searching:
            return
        if len(self._open) > 1 or (not self._part and (self._open or not self._fed)):
            title = self._page.get("title")
            self._ready.append(
                DumpError(
                    f"{self.name}: the XML is cut short"
                    + (f" in or after the page {title!r}" if title else ""),
                    self.name,
                )
            )

    # ---- expat to pages

    def _doctype(self, *_: object) -> None:
        raise _DoctypeError

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._open[-1] if self._open else ""
        self._open.append(name)
        if len(self._open) > MAX_DEPTH:
            raise _ShapeError(
                f"elements stand in each other more than {MAX_DEPTH} deep", self._parser
            )
        if not parent:
            if name != "mediawiki":
                raise _ShapeError(f"it is XML, but <{name}> is no MediaWiki export", self._parser)
            self._language = attributes.get("xml:lang", "")
        elif (parent, name) in _WANTED:
            self._text.clear()
            self._size = 0
            self._parser.CharacterDataHandler = self._characters
            if name == "text":
                self._revision["deleted"] = "deleted" in attributes
            elif name == "namespace":
                if "siteinfo" not in self._open or _number(attributes.get("key")) is None:
                    raise _ShapeError(
                        "a namespace has no number, or stands outside of the head",
                        self._parser,
                    )
                self._page.update(key=attributes["key"], case=attributes.get("case"))
        elif name == "redirect" and parent == "page":
            self._page["redirect"] = attributes.get("title", "")
        elif name == "page":
            if len(self._open) != 2:
                raise _ShapeError("a page stands within another element", self._parser)
            self._page = {}
            self._last = None
        elif name == "revision":
            self._revision = {}
        elif name == "siteinfo":
            if len(self._open) != 2:
                raise _ShapeError("a head stands within another element", self._parser)
            self._page = {"namespaces": {}}

    def _characters(self, data: str) -> None:
        self._size += len(data)
        if self._size <= MAX_TEXT:
            self._text.append(data)

    def _stop(self, name: str) -> None:
        self._open.pop()
        parent = self._open[-1] if self._open else ""
        if (parent, name) in _WANTED:
            self._parser.CharacterDataHandler = None
            value = "".join(self._text)
            self._text.clear()
            if name == "namespace":
                self._page["namespaces"][self._page["key"]] = {
                    "id": int(self._page["key"]),
                    "case": self._page["case"] or "first-letter",
                    "*": value,
                }
            elif parent == "revision":
                self._revision[name] = value
                if name == "text":
                    self._revision["cut"] = self._size > MAX_TEXT
            else:
                self._page[name] = value
        elif name == "revision" and parent == "page":
            self._take_revision()
        elif name == "page":
            if self._page and not self._page.get("taken"):
                self._last = self._made({})  # without a revision it has no text
            if self._last is not None:
                self._ready.append(self._last)
            self._page = {"title": self._page.get("title")}
            self._last = None
        elif name == "siteinfo":
            self._take_head()

    def _made(self, revision: Mapping[str, Any]) -> Page:
        page = self._page
        return Page(
            text=revision.get("text"),
            title=page.get("title") or None,
            id=page.get("id") or None,
            namespace=_number(page.get("ns")),
            revision_id=_number(revision.get("id")),
            timestamp=moment(revision.get("timestamp")),
            redirect=page.get("redirect"),
            model=revision.get("model") or "wikitext",
            deleted=revision.get("deleted", False),
            cut=revision.get("cut", False),
            dialect="wikitext",
            source_file=self.name,
        )

    def _take_revision(self) -> None:
        made = self._made(self._revision)
        self._page["taken"] = True
        if self.select.revisions == "all":
            self._ready.append(made)
        elif self._last is None or (
            self.select.in_time(made.timestamp)
            and (
                not self.select.in_time(self._last.timestamp) or _order(made) >= _order(self._last)
            )
        ):
            self._last = made

    def _take_head(self) -> None:
        page = self._page
        general: dict[str, Any] = {key: page[key] for key in _GENERAL if key in page}
        general["lang"] = self._language
        self.siteinfo = {"general": general, "namespaces": page["namespaces"]}
        if page.get("dbname"):
            general["wikiid"] = page["dbname"]
        self._page = {}


def _order(page: Page) -> tuple[datetime, int]:
    return page.timestamp or datetime.min.replace(tzinfo=UTC), page.revision_id or 0


def _number(value: str | None) -> int | None:
    """Read a number of an export; what is none, or no 64-bit one, counts as missing."""
    try:
        number = int(value or "")
    except ValueError:
        return None
    return number if -(2**63) <= number < 2**63 else None


def site_of(siteinfo: Mapping[str, Any] | None, name: str | None = None) -> str | Site:
    """
    Return the Site that a dump's head describes; its own namespaces win over shipped ones.

    Args:
        siteinfo: As ``XmlPages`` reads it; None if there is none.
        name: The wiki's name. None takes the dump's, or ``zhwiki`` where it says none.
    """
    default = name or "zhwiki"
    if not siteinfo or not siteinfo["namespaces"]:
        return default
    try:
        return Site.from_siteinfo(siteinfo, name=name or siteinfo["general"].get("wikiid", default))
    except SiteError:
        return default


# -------------------------------------------------------------------- streams of bzip2


class Range(NamedTuple):
    """A stretch of a file in bytes, half-open, that begins and ends between streams."""

    start: int
    end: int


def find_index(path: Path) -> Path | None:
    """Return the index that lies beside a multistream dump under Wikimedia's name for it."""
    if "multistream" not in path.name:
        return None
    name = path.name.replace("multistream", "multistream-index", 1).replace(".xml", ".txt", 1)
    for candidate in (name, name.removesuffix(".bz2")):
        if candidate != path.name and (path.parent / candidate).is_file():
            return path.parent / candidate
    return None


def index_starts(index: Path, path: Path, apart: int = 1) -> list[int]:
    """
    Return where streams of *path* begin, as its index says, the first at 0.

    Args:
        index: The index.
        path: The dump.
        apart: The least bytes from one to the next; streams between are left out and not looked at.

    Raises:
        DumpError: if the index is damaged or is not that of *path*; it names the line.
        InputError: if a file cannot be opened.
    """
    size = path.stat().st_size
    starts = [0]
    last = 0
    with path.open("rb") as file:
        _, chunks = unpack(index)
        for number, line in enumerate(_lines(chunks, index.name), 1):
            if isinstance(line, DumpError):
                raise line
            offset = line.split(b":", 1)[0]
            at = int(offset) if offset.isdigit() and len(offset) < 20 else -1
            if at == last or 0 <= last < at < starts[-1] + apart:
                last = at
                continue
            file.seek(min(max(at, 0), size))
            if at < last or not _STREAM.match(file.read(10)):
                raise DumpError(
                    f"{index.name}: line {number} is wrong: no stream of {path.name} begins there",
                    index.name,
                )
            last = at
            starts.append(at)
    return starts


def find_ranges(raw: Raw, target: int, streams: int | None = None) -> Iterator[Range]:
    """
    Yield ranges of streams, found by their signature while the file is read.

    Args:
        raw: The file.
        target: The bytes as stored at which a range ends, with the stream that reaches them.
        streams: The streams after which it ends however few bytes they are; None is no such end.
    """
    first = at = held = 0
    carry = b""
    for block in raw:
        data = carry + block
        for match in _STREAM.finditer(data):
            start = at - len(carry) + match.start()
            if start - first >= target or held == streams:
                yield Range(first, start)
                first, held = start, 0
            held += 1
        at += len(block)
        carry = data[-9:]
    if at > first:
        yield Range(first, at)


def is_multistream(path: Path) -> bool:
    """
    Tell whether a file has streams of whole pages, and its head in one of its own.

    By its name it has. But who packs such a file anew may cut it elsewhere, or not at all: then no
    second stream begins with a page, or none is near.
    """
    if "multistream" not in path.name or path.suffix.lower() != ".bz2":
        return False
    with path.open("rb") as file:
        data = file.read(MULTISTREAM_HEAD)
    second = _STREAM.search(data, 1)
    if second is None:
        return False
    try:
        start = bz2.BZ2Decompressor().decompress(data[second.start() :], len(_PAGE) + _BLANKS)
    except OSError:
        return True  # damaged, which who reads it will tell
    return start.lstrip()[: len(_PAGE)] in (_PAGE, b"")


def ranges(starts: list[int], size: int, target: int) -> list[Range]:
    """
    Group streams into ranges, as ``find_ranges`` does.

    Args:
        starts: Where streams begin, in order, the first at 0, as ``index_starts`` tells.
        size: Size of the file.
        target: The least bytes of a range as stored, but for the last one.
    """
    found = []
    first = 0
    for start in starts:
        if start - first >= target:
            found.append(Range(first, start))
            first = start
    return [*found, Range(first, size)] if size > first else found


def read_range(path: Path, part: Range, select: Select) -> Generator[Item, None, None]:
    """
    Yield the pages of a range of streams, and the faults between them.

    Raises:
        InputError: if the file cannot be opened.
    """
    with reading(path):
        file = path.open("rb")
    with file:
        file.seek(part.start)
        chunks = _bunzip(Raw(file, path.name, *part))
        yield from XmlPages(chunks, path.name, select, headless=part.start > 0, part=True)


# -------------------------------------------------------------------- JSONL and folders


def _lines(chunks: Iterable[Chunk], name: str) -> Iterator[Chunk]:
    rest: list[bytes] = []
    size = 0
    over = False  # whether the line is given up, of which an empty end comes yet
    for chunk in chunks:
        if isinstance(chunk, DumpError):
            yield chunk
            rest, size, over = [], 0, False
            continue
        first, *others = chunk.split(b"\n")
        if not over:
            rest.append(first)
            size += len(first)
        for other in others:
            yield b"".join(rest)
            rest, size, over = [other], len(other), False
        if size > MAX_LINE:
            yield DumpError(f"{name}: a line has more than {MAX_LINE:,} bytes", name)
            rest, size, over = [], 0, True
    if last := b"".join(rest):
        yield last


def page_of(record: Mapping[str, Any], name: str, where: str = "a page") -> Item:
    """
    Return the page that a row of a table or a line of JSONL holds.

    Args:
        record: Holds the source in ``source``, or else in ``text``. ``id``, ``title``, ``url``,
            ``namespace``, ``revision_id``, ``timestamp``, ``dialect`` and ``metadata`` are used.
        name: The file's name.
        where: The place in it, for messages.
    """
    text = record.get("source")
    if text is None:
        text = record.get("text")
    if text is not None and not isinstance(text, str):
        return DumpError(f"{name}: {where} holds no text, but {type(text).__name__}", name)

    def words(key: str) -> str | None:
        value = record.get(key)
        if isinstance(value, float):
            # Tables make floats of a column of numbers in which one is missing.
            if not math.isfinite(value):
                return None
            value = int(value) if value.is_integer() else value
        if value is None or isinstance(value, (dict, list)):
            return None
        return well_formed(str(value))

    dialect = record.get("dialect")
    metadata = record.get("metadata")
    if metadata is not None and not isinstance(metadata, str):
        metadata = json.dumps(metadata, ensure_ascii=False, sort_keys=True, default=str)
    return Page(
        text=text,
        title=words("title"),
        id=words("id"),
        namespace=_number(words("namespace")),
        revision_id=_number(words("revision_id")),
        timestamp=moment(record.get("timestamp")),
        dialect=dialect if dialect in ("wikitext", "export") else "auto",
        url=words("url"),
        source_file=name,
        metadata=None if metadata is None else well_formed(metadata),
    )


def objects(chunks: Iterable[Chunk], name: str) -> Iterator[dict[str, Any] | DumpError]:
    """
    Yield the objects that lines of JSON hold, and the faults between them.

    Args:
        chunks: As ``unpack`` gives them.
        name: The file's name.
    """
    for one in _objects(chunks, name):
        yield one if isinstance(one, DumpError) else one[1]


def _objects(
    chunks: Iterable[Chunk], name: str
) -> Iterator[tuple[str, dict[str, Any]] | DumpError]:
    """Yield where each object stands, and the object, as ``objects`` does."""
    number: int | None = 0  # of the line; None where it is not known how many were lost
    cut = False  # whether the line may be the rest of one that was lost
    for line in _lines(chunks, name):
        if isinstance(line, DumpError):
            number, cut = None, True
            yield line
            continue
        number = None if number is None else number + 1
        rest, cut = cut, False
        if not line.strip():
            continue
        where = f"line {number}" if number else "a line behind the damage"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            if not rest:
                yield DumpError(f"{name}: {where} is no JSON: {error}", name)
            continue
        if isinstance(record, dict):
            yield where, record
        elif not rest:
            yield DumpError(f"{name}: {where} is no JSON object", name)


def _jsonl(chunks: Iterable[Chunk], name: str) -> Iterator[Item]:
    for one in _objects(chunks, name):
        yield one if isinstance(one, DumpError) else page_of(one[1], name, one[0])


Paths: TypeAlias = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
"""Names of files and folders, one or several."""


def paths_of(given: Paths) -> list[Path]:
    """
    Return names as paths.

    Raises:
        TypeError: if one is no path.
    """
    return [Path(name) for name in ([given] if isinstance(given, (str, os.PathLike)) else given)]


def files(folder: Path) -> list[tuple[str, Path]]:
    """
    Return the files below *folder* that are pages, in the order of their paths.

    Args:
        folder: Or a file that is a page.

    Returns:
        Pairs of the name within the folder, parted by ``/``, and the path.

    Raises:
        InputError: if there is none, or a folder in it cannot be read.
    """
    with reading(folder):
        if not folder.is_dir():
            return [(folder.name, folder)]
    found = sorted(
        file
        for base, _, names in os.walk(folder, onerror=_unreadable)
        for name in names
        if (file := Path(base) / name).suffix.lower() in NAMES and _is_regular(file)
    )
    if not found:
        raise InputError(
            f"{folder} holds no pages: no file below it ends in {', '.join(NAMES)}; "
            "name the dumps, tables or JSONL files themselves"
        )
    return [(file.relative_to(folder).as_posix(), file) for file in found]


def _is_regular(file: Path) -> bool:
    # A pipe of such a name would keep its reader waiting for ever.
    with reading(file):
        return file.is_file()


def _unreadable(error: OSError) -> None:
    raise InputError(f"cannot read {error.filename}: {error.strerror}") from error


def _folder(path: Path) -> Iterator[Item]:
    for given, file in files(path):
        name = well_formed(given)
        try:
            text = decode(file.read_bytes())
        except OSError as error:
            yield DumpError(f"{name}: cannot be read: {error.strerror or error}", name)
            continue
        except UnicodeError as error:
            yield DumpError(f"{name}: cannot be read as UTF-8: {error}", name)
            continue
        dialect, _ = detect(text, name=name)
        yield Page(
            text=text,
            title=well_formed(file.stem).replace("_", " ") if dialect == "wikitext" else None,
            dialect=dialect,
            source_file=name,
        )


# -------------------------------------------------------------------- any file


class Source(NamedTuple):
    """A file that is being read from its start to its end."""

    items: Iterator[Item]
    siteinfo: Mapping[str, Any] | None
    """What the file says of its wiki, in the shape of MediaWiki's API."""
    raw: Raw | None
    """The file behind it; None for a folder."""
    pages: XmlPages | None = None
    """What reads it, if it is XML."""

    def close(self) -> None:
        """Close the file, if it was not read to its end."""
        if self.pages is not None:
            self.pages.close()
        if self.raw is not None:
            self.raw.stream.close()


def kind(path: Path) -> Literal["xml", "jsonl", "parquet", "folder"]:
    """
    Tell what a file holds, by its name: XML unless it says otherwise; a page counts as a folder.

    Raises:
        InputError: if there is no such file, or it cannot be told.
    """
    if str(path) == "-":
        return "xml"
    with reading(path):
        if path.is_dir():
            return "folder"
        if not path.exists():
            raise InputError(f"cannot read {path}: there is no such file")
        regular = path.is_file()
    if not regular:
        raise InputError(f"{path} is no regular file; read what it gives through standard input, -")
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if suffixes[-1:] == [".parquet"]:
        return "parquet"
    if suffixes and suffixes[-1] in NAMES:
        return "folder"
    return "jsonl" if {".jsonl", ".ndjson"} & set(suffixes) else "xml"


def open_source(path: Path, select: Select) -> Source:
    """
    Open a dump, a JSONL file or a folder of pages, packed or not.

    Args:
        path: ``-`` is standard input: XML, or JSONL if it begins with ``{``.
        select: Which revisions of XML are taken; nothing else is left out here.

    Raises:
        InputError: if it cannot be opened, or needs a program that is not there.
        MissingExtraError: if it needs a package that is not installed.
    """
    what = kind(path)
    if what == "folder":
        return Source(_folder(path), None, None)
    if what == "parquet":
        raise InputError(f"{path} is Parquet, which wikiclean.records.read_parquet reads")
    raw, chunks = unpack(path)
    if str(path) == "-":
        ahead = list(islice(chunks, 2))  # the first has only what tells how it is packed
        begin = b"".join(chunk for chunk in ahead if isinstance(chunk, bytes))
        if begin.removeprefix(BOM_UTF8).lstrip()[:1] == b"{":
            what = "jsonl"
        chunks = chain(ahead, chunks)
    if what == "jsonl":
        return Source(_jsonl(chunks, raw.name), None, raw)
    pages = XmlPages(chunks, raw.name, select)
    return Source(iter(pages), pages.read_head(), raw, pages)


def read(path: str | os.PathLike[str], select: Select = Select()) -> Iterator[Page]:
    """
    Yield the pages of a dump, a JSONL file or a folder of pages, one at a time in memory.

    Args:
        path: XML of MediaWiki's export, plain or as ``.bz2``, ``.gz``, ``.zst`` or ``.7z``;
            ``.jsonl`` likewise; a folder of ``.md`` and ``.wikitext``; ``-``, standard input.
        select: Which pages.

    Raises:
        DumpError: where the file is damaged or cut short; all pages before have been given.
        InputError: if it cannot be opened, or needs a program that is not there.
        MissingExtraError: if it needs a package that is not installed.
        ValueError: if there can be no such pages.
    """
    select.check()
    source = open_source(Path(path), select)
    try:
        for item in source.items:
            if isinstance(item, DumpError):
                raise item
            if select.reason(item) is None:
                yield item
    finally:
        source.close()
