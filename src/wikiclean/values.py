"""
Values of options: what each kind may be, and how words give them.

Here lives what each kind of value may be, with one rule for all who ask for it: a command line, an
engine, a file. A word that is none raises an error that names one which is; the error is a
``ValueError``, as argparse wants it. What is no word and of the wrong type is a ``TypeError``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from operator import index
from typing import Any, Final, cast

from wikiclean.errors import UnknownFormatError

UNITS: Final = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
"""End of a size → what it stands for."""


def check_type(what: str, value: object, types: tuple[type, ...], said: str) -> None:
    """
    Check what type a value is of; True and False are no numbers.

    Raises:
        TypeError: if it is of none of *types*, which *said* puts in words.
    """
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise TypeError(f"{what} must be {said}, not {type(value).__name__}")


def flag(value: object) -> bool:
    """Read ``true`` or ``false``."""
    known = {"true": True, "false": False}
    if str(value).lower() not in known:
        raise UnknownFormatError("truth value", str(value), tuple(known))
    return known[str(value).lower()]


def size(value: object) -> int:
    """Read a whole number from 1 on, with a unit or without."""
    text = str(value).upper()
    unit = UNITS.get(text[-1:], 1)
    try:
        number = int(text if unit == 1 else text[:-1]) * unit
    except ValueError:
        number = 0
    if number < 1:
        raise UnknownFormatError("size", str(value), ("1000000, 512K, 16M or the like",))
    return number


def seconds(value: object) -> float:
    """Read a time that is longer than nothing and ends."""
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise UnknownFormatError("number of seconds", str(value), ("60 or the like",))
    return number


def namespaces(value: object) -> frozenset[int] | None:
    """Read numbers of namespaces, as a list or with commas between them; None is all."""
    if value is None or value == "all":
        return None
    numbers = str(value).split(",") if isinstance(value, (str, int)) else value
    try:
        listed = cast("Iterable[Any]", numbers)
        return frozenset(int(one) if isinstance(one, str) else index(one) for one in listed)
    except (TypeError, ValueError) as error:
        raise UnknownFormatError("namespaces", str(value), ("all", "0,14 or the like")) from error


def one_of(what: str, *known: str) -> Callable[[object], str]:
    """Return what reads one of some words."""

    def check(value: object) -> str:
        if value not in known:
            raise UnknownFormatError(what, str(value), known)
        return str(value)

    return check
