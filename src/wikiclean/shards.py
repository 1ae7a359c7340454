"""
A folder of shards with its manifest: written whole or not at all, and gone on with after any end.

Here lives what is true of the files on the disk. A shard is written under a temporary name and
renamed when it is complete; then the manifest is, which says how far the run has come. What the
manifest does not name does not count: a run that goes on removes it. What rows hold, and where
they come from, is not known here.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

import orjson

from wikiclean.errors import InputError, OutputError
from wikiclean.files import reading
from wikiclean.records import parquet_writer, table

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

MANIFEST: Final = "manifest.json"
ERRORS: Final = "errors.jsonl"
VERSION: Final = 1
"""Of the manifest's own shape."""

ROW_GROUP: Final = 1 << 24
"""Bytes of Arrow data in a row group of Parquet, at the least."""

TEMPORARY: Final = ".tmp"
"""End of the name of a file that is being written."""

_SHARD: Final = re.compile(r"pages-\d{5,}\.(?:jsonl|parquet)(?:\.tmp)?")
_COPY: Final = 1 << 20


class JsonlShard:
    """A shard in the making: lines of JSON."""

    suffix: Final = ".jsonl"

    def __init__(self, path: Path, _: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        self._file = path.open("wb")
        self._digest = hashlib.sha256()

    def write(self, rows: bytes) -> int:
        """Add whole lines; return their length in bytes."""
        self._file.write(rows)
        self._digest.update(rows)
        return len(rows)

    def close(self) -> str:
        """Put all on the disk; return the SHA-256 in hexadecimal."""
        with self._file:
            _flush(self._file)
        return self._digest.hexdigest()

    def discard(self) -> None:
        """Close the file, whatever it holds."""
        with suppress(OSError):
            self._file.close()


class ParquetShard:
    """A shard in the making: Parquet, its row groups made of whole batches."""

    suffix: Final = ".parquet"

    def __init__(self, path: Path, schema: Any) -> None:  # noqa: ANN401
        self._path = path
        self._writer = parquet_writer(path, schema)
        self._batches: list[Any] = []
        self._waiting = 0

    def write(self, batch: Any) -> int:  # noqa: ANN401
        """Add a batch; return its size in memory in bytes."""
        size: int = batch.nbytes
        self._batches.append(batch)
        self._waiting += size
        if self._waiting >= ROW_GROUP:
            self._write()
        return size

    def _write(self) -> None:
        if self._batches:
            self._writer.write_table(table(self._batches))
            self._batches.clear()
            self._waiting = 0

    def close(self) -> str:
        """Put all on the disk; return the SHA-256 in hexadecimal."""
        self._write()
        self._writer.close()
        with self._path.open("rb+") as file:
            _flush(file)
            return hashlib.file_digest(file, "sha256").hexdigest()

    def discard(self) -> None:
        """Close the file, whatever it holds."""
        with suppress(OSError):
            self._writer.close()


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """
    Return the manifest of a folder, or None if it has none.

    Raises:
        InputError: if it is no manifest of a run.
    """
    path = folder / MANIFEST
    try:
        manifest = orjson.loads(path.read_bytes())  # which takes no lone surrogates
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is not readable: {error}; remove it if it can go") from error
    if not isinstance(manifest, dict) or not _is_progress(manifest):
        raise InputError(f"{path} is no manifest of a run; remove it if it can go")
    return manifest


def _is_progress(manifest: Mapping[str, Any]) -> bool:
    """Tell whether a manifest says how far a run has come, in the shape that a run writes."""
    if not manifest.keys() >= _PROGRESS:
        return False
    shards, errors = manifest["shards"], manifest["errors"]
    return (
        isinstance(manifest["complete"], bool)
        and type(manifest["units"]) is int
        and isinstance(manifest["counts"], dict)
        and isinstance(errors, dict)
        and type(errors.get("bytes")) is int
        and errors["bytes"] >= 0
        and isinstance(shards, list)
        and all(
            isinstance(shard, dict)
            and isinstance(shard.get("name"), str)
            and _SHARD.fullmatch(shard["name"])
            and type(shard.get("bytes")) is int
            for shard in shards
        )
    )


def find_shards(folder: Path) -> list[Path]:
    """
    Return the finished shards in a folder, in order.

    Raises:
        InputError: if the folder cannot be read.
    """
    with reading(folder):
        return sorted(
            one
            for one in folder.iterdir()
            if _SHARD.fullmatch(one.name) and not one.name.endswith(TEMPORARY)
        )


def refuse_own(folder: Path, inputs: Iterable[Path]) -> None:
    """
    See that a run reads nothing that it writes, or removes when it begins anew.

    Raises:
        InputError: if an input is a shard in its folder, its manifest or its error records.
    """
    for path in inputs:
        name = path.name
        own = name in (MANIFEST, ERRORS) or _SHARD.fullmatch(name)
        if own and path.resolve().parent == folder.resolve():
            raise InputError(f"{path} is in the folder that is written; choose another folder")


FORMATS: Final[Mapping[str, type[JsonlShard | ParquetShard]]] = {
    "jsonl": JsonlShard,
    "parquet": ParquetShard,
}
"""Name of a format → what writes it."""


class Folder:
    """
    The folder that a run writes, from its first shard to its last.

    Args:
        path: Made if it is not there.
        format: One of ``FORMATS``.
        schema: Of the rows, in Arrow.
        identity: What the run is, as JSON: two runs with equal identities write equal shards. It
            becomes part of the manifest.
        fresh: Whether to begin anew where the folder holds a run already.

    Raises:
        InputError: if the folder cannot be made or written, or holds another run's shards.
    """

    def __init__(
        self,
        path: Path,
        format: str,  # noqa: A002 - the word of the command line
        schema: Any,  # noqa: ANN401
        identity: Mapping[str, Any],
        *,
        fresh: bool = False,
    ) -> None:
        self.path = path
        self._make = FORMATS[format]
        self._schema = schema
        self._shard: JsonlShard | ParquetShard | None = None
        self._size = 0
        self._rows = 0
        self._errors: IO[bytes] | None = None
        self._error_digest = hashlib.sha256()
        self._lock: int | None = None
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(path)
            self.manifest = self._open(identity, fresh=fresh)
            self._tidy()
            self._save()
        except InputError:
            self._unlock()
            raise
        except FileExistsError as error:
            self._unlock()
            raise InputError(f"{path} is a file; shards are written to a folder") from error
        except OSError as error:
            self._unlock()
            raise InputError(f"cannot write to {path}: {error.strerror or error}") from error

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def close(self) -> None:
        """Remove the shard in the making, if there is one, and let others have the folder."""
        self.discard()
        self._unlock()

    # ---- the state on the disk

    def _open(self, identity: Mapping[str, Any], *, fresh: bool) -> dict[str, Any]:
        """Return the manifest to go on with."""
        new = {
            "manifest": VERSION,
            **identity,
            "complete": False,
            "inputs_sha256": None,
            "units": 0,
            "shards": [],
            "errors": {"bytes": 0, "sha256": hashlib.sha256().hexdigest()},
            "counts": {},
        }
        old = read_manifest(self.path)
        if old is None:
            if not fresh and any(_SHARD.fullmatch(one.name) for one in self.path.iterdir()):
                raise InputError(
                    f"{self.path} holds shards and no {MANIFEST}; choose another folder"
                )
            return new
        if fresh:
            return new
        differing = [
            _difference(name, old.get(name), new[name])
            for name in new
            if name not in _PROGRESS and old.get(name) != new[name]
        ]
        if differing:
            raise InputError(
                f"{self.path} holds a run with other {', '.join(differing)}; choose another "
                "folder, or begin anew with --fresh"
            )
        return {**new, **old}

    def _tidy(self) -> None:
        """Remove what was being written when an earlier run ended."""
        named = {shard["name"] for shard in self.manifest["shards"]}
        for file in list(self.path.iterdir()):
            shard = _SHARD.fullmatch(file.name) and file.name not in named
            if shard or file.name == MANIFEST + TEMPORARY:
                file.unlink()
        for one in self.manifest["shards"]:
            file = self.path / one["name"]
            if not file.exists() or file.stat().st_size != one["bytes"]:
                raise InputError(f"{file} is not as it was written; begin anew with --fresh")
        errors = self.path / ERRORS
        kept = self.manifest["errors"]["bytes"]
        if not kept:
            errors.unlink(missing_ok=True)
            return
        with errors.open("rb+") as stream:
            stream.truncate(kept)
            while data := stream.read(_COPY):
                self._error_digest.update(data)
        if self._error_digest.hexdigest() != self.manifest["errors"].get("sha256"):
            raise InputError(f"{errors} is not as it was written; begin anew with --fresh")

    def _save(self) -> None:
        temporary = self.path / (MANIFEST + TEMPORARY)
        with temporary.open("wb") as file:
            file.write(json.dumps(self.manifest, ensure_ascii=False, indent=1).encode() + b"\n")
            _flush(file)
        temporary.replace(self.path / MANIFEST)
        _flush_folder(self.path)

    # ---- writing

    @property
    def size(self) -> int:
        """Bytes of rows and errors since the last shard was finished."""
        return self._size

    def write(self, rows: Any, count: int, errors: bytes) -> None:  # noqa: ANN401
        """
        Add rows to the shard in the making, and error records.

        Args:
            rows: Lines, or a batch, as the format wants.
            count: How many rows they are.
            errors: Lines of JSON.

        Raises:
            OutputError: if the disk is full, or cannot be written.
        """
        try:
            if count:
                if self._shard is None:
                    self._shard = self._make(self._temporary, self._schema)
                self._size += self._shard.write(rows)
                self._rows += count
            if errors:
                if self._errors is None:
                    self._errors = (self.path / ERRORS).open("ab")
                self._errors.write(errors)
                self._error_digest.update(errors)
                self._size += len(errors)
        except OSError as error:
            self._give_up(error)

    @property
    def _name(self) -> str:
        return f"pages-{len(self.manifest['shards']):05}{self._make.suffix}"

    @property
    def _temporary(self) -> Path:
        return self.path / (self._name + TEMPORARY)

    def commit(self, units: int, **facts: Any) -> None:  # noqa: ANN401
        """
        Finish the shard in the making, and say in the manifest how far the run has come.

        Args:
            units: How many units are finished.
            facts: What else is to stand in the manifest.

        Raises:
            OutputError: if the disk is full, or cannot be written.
        """
        try:
            errors = self.manifest["errors"]
            if self._errors is not None:
                _flush(self._errors)
                errors = {
                    "bytes": self._errors.tell(),
                    "sha256": self._error_digest.hexdigest(),
                }
            if self._shard is not None:
                temporary, final = self._temporary, self.path / self._name
                digest = self._shard.close()
                size = temporary.stat().st_size
                temporary.replace(final)
                self.manifest["shards"].append(
                    {
                        "name": final.name,
                        "rows": self._rows,
                        "bytes": size,
                        "sha256": digest,
                        "units": [self.manifest["units"], units],
                    }
                )
            self._shard = None
            self._size = self._rows = 0
            self.manifest.update({"units": units, "errors": errors, **facts})
            self._save()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self.discard()
        raise OutputError(
            f"cannot write to {self.path}: {error.strerror or error}; "
            "what is finished is kept, and the same command goes on from there"
        ) from error

    def discard(self) -> None:
        """Remove the shard in the making; what is finished is kept."""
        if self._shard is not None:
            self._shard.discard()
            self._shard = None
        if self._errors is not None:
            with suppress(OSError):
                self._errors.close()
            self._errors = None
        for temporary in self.path.glob(f"*{TEMPORARY}"):
            if _SHARD.fullmatch(temporary.name) or temporary.name == MANIFEST + TEMPORARY:
                with suppress(OSError):
                    temporary.unlink()


_PROGRESS: Final = frozenset({"complete", "inputs_sha256", "units", "shards", "errors", "counts"})
"""Keys of the manifest that change while a run goes on."""


def _difference(name: str, old: object, new: object) -> str:
    """Return what differs between two values of that name: of objects, the names in them too."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return name
    inner = [
        _difference(key, old.get(key), new.get(key))
        for key in {**new, **old}
        if old.get(key) != new.get(key)
    ]
    return f"{name} ({', '.join(inner)})"


def _lock(path: Path) -> int | None:
    """
    Keep others from writing to a folder until this process ends, where the system can.

    Raises:
        InputError: if another process has it.
    """
    if fcntl is None:
        return None
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise InputError(f"another run is writing to {path}; wait until it ends") from error
    except OSError:  # a file system without locks
        os.close(descriptor)
        return None
    return descriptor


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _flush_folder(path: Path) -> None:
    """Put names on the disk too, where the system can."""
    if os.name == "posix":
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
