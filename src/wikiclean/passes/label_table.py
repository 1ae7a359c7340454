"""
What is known of the labels that links to a page have: the table that ``link_trail`` may ask.

Here live the table, its file and what two labels must share to compare. It holds no rule; how it is
learned from a corpus lives in ``wikiclean.labels``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from wikiclean.errors import InputError, SchemaError
from wikiclean.site import fold

FORMAT: Final = "wikiclean labels"
"""What the file calls itself."""
VERSION: Final = 1
"""The version of the file's shape; no other is read."""

MAX_LABEL: Final = 255
"""Code points of a label or a target that the table holds at most."""
LOADED: Final = 4
"""Files that are remembered once they were read."""

Counts: TypeAlias = Mapping[str, Mapping[str, int]]
"""Target → label → in how many pages; targets and labels are folded."""

_NONE: Final[Mapping[str, int]] = MappingProxyType({})


def key_of(target: str, interwiki: str = "") -> str:
    """Return what the table knows a target by: folded, with the prefix of another wiki."""
    return fold(f"{interwiki}:{target}" if interwiki else target)


class LabelTable:
    """
    The labels that were seen on links to each page. It is not changed once it is made.

    Args:
        labels: Labels that are known to be whole and without overflow.
        exported: Labels of the export that may have swallowed something.
        pages: How many pages it was learned from.
    """

    __slots__ = ("_exported", "_labels", "_sorted", "pages")

    def __init__(self, labels: Counts, exported: Counts, pages: int = 0) -> None:
        self._labels = labels
        self._exported = exported
        self._sorted: dict[str, Sequence[str]] = {}
        self.pages = pages

    def __repr__(self) -> str:
        return f"<LabelTable of {len(self):,} labels from {self.pages:,} pages>"

    def __len__(self) -> int:
        """Return how many labels it has, counted for each target."""
        return sum(map(len, (*self._labels.values(), *self._exported.values())))

    def __reduce__(self) -> tuple[type[LabelTable], tuple[Counts, Counts, int]]:
        return LabelTable, (self._labels, self._exported, self.pages)

    def labels(self, key: str) -> Mapping[str, int]:
        """Return the labels that are known to be whole → in how many pages, of a ``key_of``."""
        return self._labels.get(key, _NONE)

    def exported(self, key: str) -> Mapping[str, int]:
        """Return the labels whose ends are not known → in how many pages, of a ``key_of``."""
        return self._exported.get(key, _NONE)

    def in_order(self, key: str) -> Sequence[str]:
        """Return the labels that are known to be whole, of a ``key_of``, sorted."""
        found = self._sorted.get(key)
        if found is None:
            found = sorted(self.labels(key))
            if found:
                self._sorted[key] = found
        return found

    def to_bytes(self) -> bytes:
        """Return the file: JSON, a line for each target; equal tables give equal bytes."""
        head = {"format": FORMAT, "version": VERSION, "pages": self.pages}
        parts = [json.dumps(head)[:-1]]
        for name, counts in (("labels", self._labels), ("exported", self._exported)):
            lines = ",\n".join(
                f"{_json(target)}: {_json(dict(sorted(labels.items())))}"
                for target, labels in sorted(counts.items())
            )
            parts.append(f'"{name}": {{\n{lines}\n}}' if lines else f'"{name}": {{}}')
        # Half a surrogate pair stands in a file that somebody else wrote, as an escape.
        return (",\n".join(parts) + "}\n").encode(errors="backslashreplace")

    @staticmethod
    def from_bytes(data: bytes, name: str = "the table") -> LabelTable:
        """
        Return the table that ``to_bytes`` wrote.

        Args:
            data: The file.
            name: What an error calls it.

        Raises:
            SchemaError: if it is no table of labels, or one of another version.
        """
        try:
            value = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise SchemaError(f"{name} is no table of labels: {error}") from error
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise SchemaError(f"{name} is no table of labels; wikiclean labels learn makes one")
        if value.get("version") != VERSION:
            raise SchemaError(
                f"{name} is a table of labels of version {value.get('version')!r}, and version "
                f"{VERSION} is read here; learn it anew"
            )
        labels: Any = value.get("labels")
        exported: Any = value.get("exported")
        pages: Any = value.get("pages")
        fault = next((f for one in (labels, exported) for f in _faults(one)), None)
        if fault is None and not _is_count(pages, least=0):
            fault = "pages is no count"
        if fault is not None:
            raise SchemaError(f"{name} is no table of labels: {fault}; learn it anew")
        return LabelTable(labels, exported, pages)

    @staticmethod
    def load(path: str | Path) -> LabelTable:
        """
        Return the table of a file; one that did not change is read once.

        Raises:
            InputError: if it cannot be read.
            SchemaError: if it is no table of labels, or one of another version.
        """
        try:
            stat = Path(path).stat()
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}") from error
        except ValueError as error:
            raise InputError(f"cannot read {str(path)!r}: {error}") from error
        return _load(str(path), stat.st_mtime_ns, stat.st_size)


@lru_cache(LOADED)
def _load(path: str, _: int, __: int) -> LabelTable:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    return LabelTable.from_bytes(data, path)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_count(value: object, *, least: int = 1) -> bool:
    return type(value) is int and value >= least


def _faults(counts: Any) -> Iterator[str]:  # noqa: ANN401 - whatever JSON may hold
    """Yield what is wrong with the counts of a file."""
    if not isinstance(counts, dict):
        yield "labels or exported is missing"
        return
    for target, labels in counts.items():
        if not isinstance(labels, dict):
            yield f"{target!r} has no labels"
        elif not all(map(_is_count, labels.values())):
            yield f"a label of {target!r} has no count"
