"""
Statistics of what lies on the disk: folders of a run, shards, and pages that must first be read.

Here lives how to tell these apart and where the counts of each are taken from. What is counted
lives in ``stats``, how pages are read in ``run``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Literal

from wikiclean import dump, records
from wikiclean.errors import DumpError, InputError, SchemaError
from wikiclean.files import reading
from wikiclean.run import Options, Progress, check_how, count
from wikiclean.shards import ERRORS, MANIFEST, find_shards, read_manifest
from wikiclean.stats import Stats

COLUMNS: Final = frozenset({"page_type", "links", "stats"})
"""The columns of a row that are counted."""

_DEFAULT: Final = Options()


def survey(
    paths: dump.Paths,
    options: Options = _DEFAULT,
    *,
    processes: int = 1,
    progress: Progress = "none",
    on_error: Literal["skip", "stop"] = "skip",
    tell: Callable[[str], object] = lambda _: None,
) -> Stats:
    """
    Count the pages of folders, shards and dumps, all together.

    A folder that a run wrote has its counts in the manifest, whatever its profile. Rows of the
    profile ``full`` hold what is counted. All else is read as ``run`` reads it.

    Args:
        paths: Folders of a run, folders of shards, shards, and what ``run`` takes.
        options: How pages are read. They have no effect on pages that a run has read.
        processes: How many read pages; see ``run``.
        progress: One of ``PROGRESS``, for pages that are read.
        on_error: ``skip`` counts what cannot be read as failed and goes on; ``stop`` raises.
        tell: Called with a sentence for each error, and for a run that is not finished.

    Raises:
        DumpError: at the first error, if *on_error* is ``stop``.
        InputError: if a path cannot be opened, or its rows do not hold what is counted.
        UnknownFormatError: if an option has a value that is not one of those known.
    """
    check_how(processes, progress, on_error)
    stats = Stats()
    unread: list[Path] = []
    for path in dump.paths_of(paths):
        with reading(path):
            manifest = _manifest(path) if path.is_dir() else None
        if manifest is not None:
            stats.merge(_counts(path, manifest, tell))
        elif shards := _shards(path):
            for shard in shards:
                _add_rows(stats, shard, on_error, tell)
        else:
            unread.append(path)
    if unread:
        read = count(
            unread, options, processes=processes, progress=progress, on_error=on_error, tell=tell
        )
        stats.merge(read)
    return stats


def files_of(path: Path) -> list[Path]:
    """
    Return the files that stand for a path: itself, or those of a folder and of its run.

    Raises:
        InputError: if the folder cannot be read.
    """
    with reading(path):
        if not path.is_dir():
            return [path]
    return [*_pages(path), *find_shards(path), path / MANIFEST, path / ERRORS]


def _pages(folder: Path) -> list[Path]:
    try:
        return [file for _, file in dump.files(folder)]
    except InputError:
        return []


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        return read_manifest(folder)
    except InputError:
        if find_shards(folder) or not _pages(folder):
            raise
        return None  # a file of that name may mean anything in a folder of pages


def _counts(folder: Path, manifest: Mapping[str, Any], tell: Callable[[str], object]) -> Stats:
    if not manifest["complete"]:
        tell(f"the run in {folder} is not finished; what it has finished is counted")
    if not manifest["counts"]:
        return Stats()
    try:
        return Stats.from_dict(manifest["counts"])
    except SchemaError as error:
        raise InputError(f"{folder / MANIFEST} is not readable: {error}") from error


def _shards(path: Path) -> list[Path]:
    """
    Return the files whose rows hold what is counted; none if *path* holds pages to be read.

    Raises:
        InputError: if they are shards, and of another profile.
    """
    if path.is_dir():
        shards = find_shards(path)
        for shard in shards:
            if not _has_counts(shard):
                raise InputError(f"{shard} {_OTHER}")
        return shards
    if str(path) == "-" or dump.kind(path) not in ("jsonl", "parquet"):
        return []
    if _has_counts(path):
        return [path]
    if path in find_shards(path.parent) and _manifest(path.parent):
        raise InputError(f"{path} {_OTHER}")
    return []


_OTHER: Final = (
    "holds rows without what is counted; name the folder of the run, or shards of the profile full"
)


def _has_counts(path: Path) -> bool:
    """Tell whether a file holds rows that can be counted; one in which none is found does."""
    if dump.kind(path) == "parquet":
        try:
            return records.parquet_names(path) >= COLUMNS
        except DumpError:
            return True  # who counts them says what is wrong
    raw, chunks = dump.unpack(path)
    with closing(raw.stream):
        whole = (one for one in dump.objects(chunks, raw.name) if isinstance(one, dict))
        first = next(whole, None)
    return first is None or first.keys() >= COLUMNS


def _add_rows(stats: Stats, path: Path, on_error: str, tell: Callable[[str], object]) -> None:
    for number, row in enumerate(_rows(path), 1):
        try:
            if isinstance(row, DumpError):
                raise row
            stats.add_row(row)
            stats.rows += row.get("error") is None
        except (DumpError, SchemaError) as error:
            where = f"{path.name}: row {number}: " if isinstance(error, SchemaError) else ""
            if on_error == "stop":
                raise DumpError(f"stopped at an error: {where}{error}", str(path)) from error
            stats.failed["damage"] += 1
            tell(f"{where}{error}")


def _rows(path: Path) -> Iterator[records.Row | DumpError]:
    if dump.kind(path) == "parquet":
        try:
            columns = records.parquet_names(path) & {*COLUMNS, "error"}
            yield from records.read_parquet(path, sorted(columns))
        except DumpError as error:
            yield error
        return
    raw, chunks = dump.unpack(path)
    with closing(raw.stream):
        yield from dump.objects(chunks, raw.name)
