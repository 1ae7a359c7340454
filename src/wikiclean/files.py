"""
Files that people name: how they are read as text, and how what is made of them is written.

Here live the decoding of a page's file, and the places that output goes to: stdout, a file, a
folder. Nothing is written over what is read, and nothing is opened before there is something to
write. What stands in the files is not known here; the folder of a run is kept in ``shards``.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from wikiclean.errors import InputError, OutputError

STANDARD: Final = "-"
"""What standard input and standard output are called."""

lone_surrogate: Final = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair; Python's strings have no whole ones."""


def well_formed(text: str) -> str:
    """Return a text with U+FFFD for each half of a surrogate pair, which no UTF-8 can hold."""
    try:
        text.encode()  # ten times as fast as a search
    except UnicodeEncodeError:
        return lone_surrogate.sub("\ufffd", text)
    return text


def decode(data: bytes, encoding: str = "utf-8", errors: str = "strict") -> str:
    r"""
    Return the text that the bytes of a page's file hold.

    A line ends with ``\n``, as in MediaWiki's database, whether the file has ``\n``, ``\r\n`` or
    ``\r`` there.

    Raises:
        LookupError: if no encoding has that name.
        ValueError: if the bytes are not of that encoding.
    """
    text = data.decode(encoding, errors)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """
    Say of what the system refuses within that *path* cannot be read.

    Raises:
        InputError: if it refuses.
    """
    try:
        yield
    except InputError:
        raise  # it says so
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error


def standard_input() -> BinaryIO:
    """
    Return standard input, as bytes.

    Raises:
        InputError: if it is closed.
    """
    if sys.stdin is None:
        raise InputError("cannot read standard input: it is closed")
    return sys.stdin.buffer


def hold_standard_streams() -> None:
    """
    Put the null device behind each standard stream that is closed.

    Else the next file that is opened gets its number, and what a worker process prints goes there.
    """
    for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)):
        if stream is not None:
            continue
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free, which is this one.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


def silence_standard_output() -> None:
    """Have what is still to be written go nowhere: Python would complain of it at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# -------------------------------------------------------------------- inputs that are outputs


def _identity(name: str | os.PathLike[str]) -> tuple[int, int] | None:
    """Return what tells a regular file from all others, whatever its name; None for others."""
    try:
        found = os.fstat(sys.stdin.fileno()) if name == STANDARD else Path(name).stat()
    except (OSError, ValueError, AttributeError):  # there is none, or standard input is no file
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None


def refuse_inputs(outputs: Iterable[Path], inputs: Iterable[str | os.PathLike[str]]) -> None:
    """
    See that nothing is written over what is read.

    Raises:
        InputError: if one of the outputs is one of the inputs.
    """
    read = {_identity(name) for name in inputs} - {None}
    for path in outputs:
        if _identity(path) in read:
            raise InputError(f"{path} is one of the inputs; choose another output")


# -------------------------------------------------------------------- outputs


def output_to(
    output: str | None,
    inputs: Iterable[str],
    *,
    also_read: Iterable[str | os.PathLike[str]] = (),
    suffix: str | None = None,
    separator: bytes = b"",
) -> Stream | Folder:
    """
    Return where pages go, once it is known that they can.

    Args:
        output: A file; a folder if it is one or ends in ``/``; None or ``-`` is stdout.
        inputs: What the pages are read from, one each; looked at where something may be written
            over.
        also_read: What else is read.
        suffix: Of the files in a folder; None takes no folder.
        separator: Stands between two pages of a file.

    Raises:
        InputError: if it cannot be written, or is read.
    """
    if output in (None, STANDARD):
        if sys.stdout is None:
            raise InputError("cannot write to standard output: it is closed")
        return Stream(None, separator)
    if not output:
        raise InputError("cannot write to a file without a name; give -o one")
    path = Path(output)
    inputs = list(inputs)
    read = [*inputs, *also_read]
    named = output.endswith(("/", os.sep))  # as a folder, which a Path forgets
    if suffix is not None and (named or os.path.isdir(path)):  # noqa: PTH112 - see `_obstacle`
        paths = _names(path, inputs, suffix)
        refuse_inputs(paths, read)
        return Folder(path, paths)
    if reason := errno.EISDIR if named else _obstacle(path):
        raise InputError(f"cannot write {output}: {os.strerror(reason)}")
    refuse_inputs([path], read)
    return Stream(path, separator)


def _names(folder: Path, inputs: Iterable[str], suffix: str) -> list[Path]:
    """Return a file for each input by its name; equal names are numbered."""
    taken: dict[str, None] = {}  # in order
    numbers: dict[str, int] = {}  # the last one of each name: thousands may be called alike
    for name in inputs:
        stem = free = "stdin" if name == STANDARD else Path(name).stem
        while free in taken:
            numbers[stem] = numbers.get(stem, 1) + 1
            free = f"{stem}-{numbers[stem]}"
        taken[free] = None
    return [folder / (free + suffix) for free in taken]


def _obstacle(path: Path) -> int:
    """Return the number of the error that a file would meet if it were opened; 0 is none."""
    try:
        if path.is_dir():
            return errno.EISDIR
        there = os.path.lexists(path)
        if not there and not path.parent.is_dir():
            return errno.ENOENT
    except OSError as error:  # a folder is closed to us, or a name is too long
        return error.errno or errno.EIO
    return 0 if os.access(path if there else path.parent, os.W_OK) else errno.EACCES


class Stream:
    """
    Writes pages one after the other: to stdout, or to one file, which is opened at the first.

    Args:
        path: None is stdout.
        separator: Stands between two pages.
    """

    def __init__(self, path: Path | None, separator: bytes = b"") -> None:
        self._path = path
        self._separator = separator
        self._stream: BinaryIO | None = None

    def write(self, page: bytes, number: int = 0) -> None:  # noqa: ARG002 - as that of a folder
        """
        Write a page, parted from the one before.

        Raises:
            InputError: if the file cannot be opened.
            OutputError: if it cannot be written.
        """
        if self._stream is not None:
            page = self._separator + page
        elif self._path is None:
            self._stream = sys.stdout.buffer
        else:
            try:
                self._stream = self._path.open("wb")
            except OSError as error:
                raise InputError(f"cannot write {self._path}: {error.strerror}") from error
        with self._failing():
            self._stream.write(page)

    def close(self) -> None:
        """
        Write out what is buffered; stdout stays open.

        Raises:
            OutputError: if it cannot be written.
        """
        if self._stream is not None:
            with self._failing():
                (sys.stdout.flush if self._path is None else self._stream.close)()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:  # the reader has seen enough
            raise
        except OSError as error:
            if self._path is None:
                silence_standard_output()
            where = "to standard output" if self._path is None else str(self._path)
            raise OutputError(f"cannot write {where}: {error.strerror}") from error


class Folder:
    """
    Writes a file for each page.

    Args:
        path: Made at the first page if it is not there.
        paths: The files in it, in the order of the pages.
    """

    def __init__(self, path: Path, paths: Sequence[Path]) -> None:
        self._path = path
        self._paths = paths

    def write(self, page: bytes, number: int = 0) -> None:
        """
        Write page *number*.

        Raises:
            InputError: if the file, or the folder, cannot be made.
            OutputError: if the file cannot be written.
        """
        try:
            self._path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot write {self._path}: {error.strerror}") from error
        one = Stream(self._paths[number])
        try:
            one.write(page)
        finally:
            one.close()

    def close(self) -> None:
        """Do nothing: each file was closed when it was written."""
