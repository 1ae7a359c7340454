"""
Files of other file systems: HDFS, object stores, whatever pyarrow or fsspec opens by its address.

Here lives one class, with those methods of ``pathlib.Path`` that reading needs. Nothing is copied
to the disk: what is read is fetched while it is read.
"""

from __future__ import annotations

import io
import re
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, NamedTuple, cast

from wikiclean.errors import InputError, MissingExtraError

try:
    import pyarrow as pa
    from pyarrow import fs
except ImportError as error:
    raise MissingExtraError("a file with a scheme", "dump") from error

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_SAME: Final = {"s3a": "s3", "s3n": "s3"}
"""Hadoop's name of a scheme → everybody else's."""


class _Stat(NamedTuple):
    st_size: int
    st_mtime: float


class _Reader(io.RawIOBase):
    """
    A file that is read over a network.

    What fails may succeed when it is tried again, on another machine even. So it raises, and
    is not taken for a damaged file, whose rest is given up.
    """

    def __init__(self, file: Any, address: str) -> None:  # noqa: ANN401 - pyarrow has no types
        super().__init__()
        self._file = file
        self._address = address

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - whatever can be written to
        try:
            return int(self._file.readinto(buffer))
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"cannot read {self._address} on: {error}") from error

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


class RemotePath:
    """
    A file, by an address such as ``hdfs://host/path``, ``s3://bucket/path`` or ``file:///path``.

    pyarrow opens ``hdfs``, ``viewfs``, ``s3``, ``gs``, ``abfs`` and ``file``; any other scheme goes
    to fsspec. Both take host, port and credentials from the address or from where their own
    documentation says.

    Raises:
        InputError: if nothing that is installed opens such an address.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        scheme, separator, rest = address.partition("://")
        address = _SAME.get(scheme.lower(), scheme) + separator + rest
        try:
            try:
                system, path = fs.FileSystem.from_uri(address)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                from fsspec.core import url_to_fs

                other, path = url_to_fs(address)
                system = fs.PyFileSystem(fs.FSSpecHandler(other))
        except (OSError, ValueError, ImportError, pa.ArrowException) as error:
            raise InputError(f"cannot open {self.address}: {error}") from error
        self._system: Any = system
        self._path = PurePosixPath(path)

    def __str__(self) -> str:
        return self.address

    def __truediv__(self, name: str) -> RemotePath:
        return RemotePath(f"{self.address.rstrip('/')}/{name}")

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self._path.name

    @property
    def suffix(self) -> str:
        """The last suffix of the name, with its dot."""
        return self._path.suffix

    @property
    def suffixes(self) -> list[str]:
        """All suffixes of the name."""
        return self._path.suffixes

    @property
    def parent(self) -> RemotePath:
        """The folder that it lies in."""
        return RemotePath(self.address.rstrip("/").rpartition("/")[0])

    def _info(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        try:
            return self._system.get_file_info(str(self._path))
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"cannot read {self.address}: {error}") from error

    def exists(self) -> bool:
        """Tell whether there is such a file or folder."""
        return bool(self._info().type != fs.FileType.NotFound)

    def is_dir(self) -> bool:
        """Tell whether it is a folder."""
        return bool(self._info().type == fs.FileType.Directory)

    def is_file(self) -> bool:
        """Tell whether it is a file."""
        return bool(self._info().type == fs.FileType.File)

    def stat(self) -> _Stat:
        """Return its size in bytes, and when it was last changed; 0 if that is not known."""
        info = self._info()
        changed = info.mtime_ns
        return _Stat(info.size, changed / 1e9 if changed else 0.0)

    def open(self, mode: str = "rb") -> BinaryIO:  # noqa: ARG002 - there is no other
        """
        Open the file to be read; it can be sought in.

        Raises:
            OSError: if it cannot be opened.
        """
        return cast("BinaryIO", _Reader(self._system.open_input_file(str(self._path)), str(self)))


def path_of(name: str) -> Path:
    """
    Return where a file is: an address with a scheme, or else a path on this machine.

    Raises:
        InputError: if nothing that is installed opens such an address.
    """
    return cast("Path", RemotePath(name)) if _SCHEME.match(name) else Path(name)
