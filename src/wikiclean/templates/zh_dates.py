"""
Dates as templates of zh-Wikipedia print them: 2010年1月2日.

Here live their forms; which template has which form is said in the table of ``zh``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from wikiclean.templates.calls import Call, Part
from wikiclean.templates.core import read_date, years_between
from wikiclean.templates.shapes import given, listed, sequence, wording


def life(call: Call) -> Sequence[Part]:
    """Leave the days of birth and death: ``{{bd|year|day|year|day|sort key}}``."""
    born = sequence(given(call, "1"), given(call, "2"))
    died = sequence(given(call, "3"), given(call, "4"))
    return (*born, "—", *died) if born or died else ()


def life_in_brackets(call: Call) -> Sequence[Part]:
    """Leave the same in brackets, as ``{{BD}}`` does."""
    dates = life(call)
    return ("（", *dates, "）") if dates else ()


def _date(numbers: Sequence[int]) -> str:
    return "".join(f"{n}{unit}" for n, unit in zip(numbers, "年月日", strict=False))


def date(call: Call) -> Sequence[Part] | None:
    """Leave a date given as year, month and day."""
    numbers = read_date(call)
    if numbers is None:
        return sequence(given(call, "1"))
    return (_date(numbers),)


_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def sorted_date(call: Call) -> Sequence[Part]:
    """Leave a date of a column that sorts by it, in parts or in one; ``format=`` says how much."""
    pieces = [call.value(name) for name in "123"]
    if pieces[0] and not any(pieces[1:]):
        pieces = re.split(r"[\s,/-]+", pieces[0], maxsplit=4)
        if len(pieces[0]) < 3 and len(pieces) in (2, 3) and not pieces[1].isdigit():
            pieces = pieces[::-1] if len(pieces) == 3 else ["", *pieces[::-1]]  # 2 January 2010
        elif pieces[0].lower() in _MONTHS:
            pieces = [pieces[-1], *pieces[:-1]]  # January 2, 2010
    numbers = [_month(piece) if at == 1 else piece for at, piece in enumerate(pieces)]
    if len(numbers) > 3 or not all(re.fullmatch("[0-9]{0,5}", number) for number in numbers):
        return listed(" ", [sequence(given(call, name)) for name in "123"])
    shown = call.value("format").lower() or "ymd"
    if shown == "hide":
        return ()
    era = "公元前" if call.value("4").lower() in ("bc", "bce") else ""
    parts = [
        (era if sign == "y" else "") + number.lstrip("0") + unit
        for number, sign, unit in zip(numbers, "ymd", "年月日", strict=False)
        if number.strip("0") and sign in shown
    ]
    return ("".join(parts),) if parts else ()


def _month(name: str) -> str:
    word = name.lower().removesuffix("月")
    for number, month in enumerate(_MONTHS, 1):
        if word in (month, month[:3]):
            return str(number)
    return word


def as_of(call: Call) -> Sequence[Part] | None:
    """Leave the day on which something was true."""
    when = date(call)
    return ("截至", *when) if when else when


def death_and_age(call: Call) -> Sequence[Part] | None:
    """Leave a day of death and the age, of ``{{death date and age|y|m|d|y|m|d}}``."""
    died, born = read_date(call), read_date(call, 4)
    if died is None or born is None:
        return date(call)
    if len(died) < 3 or len(born) < 3:
        return (_date(died),)
    age = years_between(born, died)
    return (_date(died), wording(call, f"（{age}岁）", f"（{age}歲）"))


__all__ = ["as_of", "date", "death_and_age", "life", "life_in_brackets", "sorted_date"]
