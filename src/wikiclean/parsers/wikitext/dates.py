"""
Dates of ``#time``: those that are written out are read and set; what asks the clock is not.

Plain functions of text; nothing here knows of calls or pages.

Sources: MediaWiki 1.39 ``Language::sprintfDate()`` and ``languages/messages/`` for the names;
PHP's manual, *Supported Date and Time Formats*.
"""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

# ---------------------------------------------------------------- reading

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_BY_NAME: Final[Mapping[str, int]] = MappingProxyType(
    {name.lower(): i for i, name in enumerate(_MONTHS, 1)}
    | {name[:3].lower(): i for i, name in enumerate(_MONTHS, 1)}
    | {"sept": 9}
)
_NAME: Final = "(?P<name>" + "|".join(sorted(_BY_NAME, key=len, reverse=True)) + ")"
_COMPACT_TIME: Final = r"(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d))?"
_DATE: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?(?![\d-])",
        r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})(?!\d)",
        r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})(?!\d)",
        r"(?P<day>\d{1,2})[.-](?P<month>\d{1,2})[.-](?P<year>\d{4})(?!\d)",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d){_COMPACT_TIME}(?!\d)",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ .-]*+{_NAME}[ .,-]*+(?P<year>\d{{4}})(?!\d)",
        rf"{_NAME}[ .-]*+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ .,]++(?P<year>\d{{4}})(?!\d)",
        rf"{_NAME}[ .,-]*+(?P<year>\d{{4}})(?!\d)",
    )
)
_TIME: Final = re.compile(
    r"(?:[ ]*+[Tt]|[ ]++)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?![\d:.])",
    re.ASCII,
)
_ZONE: Final = re.compile(r"[ ]*+(?:Z|UTC|GMT|\+00:?00)(?![A-Za-z0-9])", re.IGNORECASE)
_SHIFT: Final = re.compile(
    r"[ ]*+(?P<count>[+-]?[ ]?\d{1,6})[ ]?"
    r"(?P<unit>sec(?:ond)?|min(?:ute)?|hour|day|week|fortnight|month|year)s?(?![A-Za-z])"
    r"(?P<ago>[ ]++ago)?",
    re.IGNORECASE | re.ASCII,
)
_STAMP: Final = re.compile(r"@(-?\d{1,12})\Z", re.ASCII)
_SECONDS: Final[Mapping[str, int]] = MappingProxyType(
    {"sec": 1, "second": 1, "min": 60, "minute": 60, "hour": 3600, "day": 86400, "week": 604800,
     "fortnight": 1209600}
)  # fmt: skip
_MAX_DATE: Final = 100
"""Code points of a date that is read."""


def read_moment(text: str) -> datetime | None:
    """
    Return the moment that *text* names, in UTC.

    None for what is no date, for what only the clock can tell, and for years before 1.
    """
    text = text.strip()
    if len(text) > _MAX_DATE:
        return None
    try:
        if stamp := _STAMP.match(text):
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(stamp[1]))
        for pattern in _DATE:
            if found := pattern.match(text):
                return _moment(text, found)
    except (OverflowError, ValueError):
        return None
    return None


def _moment(text: str, found: re.Match[str]) -> datetime | None:
    """Return what a date and what stands behind it name."""
    given = found.groupdict()
    year = int(given["year"])
    name: str | None = given.get("name")
    month = _BY_NAME[name.lower()] if name else int(given["month"])
    day = int(given.get("day") or 1)
    if not (1 <= month <= 12 and day <= 31):
        return None
    at = found.end()
    clock = found
    if time := _TIME.match(text, at):
        at, clock = time.end(), time
    hours, minutes, seconds = (
        int(clock.groupdict().get(of) or 0) for of in ("hour", "minute", "second")
    )
    if hours > 24 or minutes > 59 or seconds > 59:
        return None
    if zone := _ZONE.match(text, at):
        at = zone.end()
    moved = 3600 * hours + 60 * minutes + seconds
    while shift := _SHIFT.match(text, at):
        at = shift.end()
        count = int(shift["count"].replace(" ", "")) * (-1 if shift["ago"] else 1)
        unit = shift["unit"].lower()
        if unit == "year":
            year += count
        elif unit == "month":
            month += count
        else:
            moved += count * _SECONDS[unit]
    if at < len(text):
        return None
    # Days that a month does not have are those of the next one.
    years, months = divmod(month - 1, 12)
    return datetime(year + years, months + 1, 1, tzinfo=UTC) + timedelta(
        days=day - 1, seconds=moved
    )


# ---------------------------------------------------------------- names

_EAST_ASIAN: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "zh": ("月", "日一二三四五六", "星期*"),
        "ja": ("月", "日月火水木金土", "*曜日"),
        "ko": ("월", "일월화수목금토", "*요일"),
    }
)
"""The word for a month behind its number, the days of the week from Sunday on, and their names."""
_DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
NAMED: Final = frozenset((*_EAST_ASIAN, "en"))
"""Languages whose names of months and days are known."""


def _month(language: str, number: int) -> str:
    word = _EAST_ASIAN.get(language)
    return f"{number}{word[0]}" if word else _MONTHS[number - 1]


def _short_month(language: str, number: int) -> str:
    if language == "ko":
        return str(number)
    return _MONTHS[number - 1][:3] if language == "en" else _month(language, number)


def _day(language: str, number: int, *, short: bool) -> str:
    word = _EAST_ASIAN.get(language)
    if word is None:
        return _DAYS[number][:3] if short else _DAYS[number]
    return word[1][number] if short else word[2].replace("*", word[1][number])


# ---------------------------------------------------------------- setting

_CODE: Final = re.compile(r'x[ijkmot].|x.|\\.|"[^"]*+"|.', re.DOTALL)
_MAX_ROMAN: Final = 10000
_ROMAN: Final = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def set_moment(pattern: str, moment: datetime, language: str) -> str | None:
    """
    Return a moment as a format of ``#time`` says.

    None for calendars and numerals that are not known here: Hebrew, Hijri, Iranian, Japanese.
    """
    out: list[str] = []
    numbers, words = _numbers(moment), _words(moment, language)
    roman = False
    for found in _CODE.finditer(pattern):
        code = found[0]
        if code in ("xn", "xN"):
            continue
        if code == "xr":
            roman = True
        elif code == "xx":
            out.append("x")
        elif len(code) > 1 and code[0] in '"\\':
            out.append(code[1:-1] if code[0] == '"' else code[1:])
        elif code in numbers:
            out.append(_in_roman(int(numbers[code])) if roman else numbers[code])
            roman = False
        elif code in words:
            out.append(words[code])
        elif len(code) > 1:
            return None
        else:
            out.append(code)
    return "".join(out)


def _numbers(moment: datetime) -> dict[str, str]:
    """Return what the codes say that are numbers."""
    year = moment.year
    iso = moment.isocalendar()
    hour = moment.hour % 12 or 12
    return {
        "d": f"{moment.day:02}", "j": str(moment.day),
        "m": f"{moment.month:02}", "n": str(moment.month),
        "Y": f"{year:04}", "y": f"{year % 100:02}", "o": str(iso.year),
        "xkY": str(year + 543), "xoY": str(year - 1911),
        "g": str(hour), "h": f"{hour:02}", "G": str(moment.hour), "H": f"{moment.hour:02}",
        "i": f"{moment.minute:02}", "s": f"{moment.second:02}",
        "w": str(iso.weekday % 7), "N": str(iso.weekday),
        "z": str(moment.timetuple().tm_yday - 1), "W": f"{iso.week:02}",
        "t": str(monthrange(year, moment.month)[1]), "L": str(int(isleap(year))),
        "U": str(int(moment.timestamp())), "I": "0", "Z": "0",
    }  # fmt: skip


def _words(moment: datetime, language: str) -> dict[str, str]:
    """Return what the codes say that are words."""
    weekday = moment.isoweekday() % 7
    month = _month(language, moment.month)
    english = f"{_DAYS[weekday][:3]}, {moment:%d} {_MONTHS[moment.month - 1][:3]} {moment.year:04}"
    return {
        "D": _day(language, weekday, short=True),
        "l": _day(language, weekday, short=False),
        "F": month,
        "xg": month,
        "M": _short_month(language, moment.month),
        "a": "am" if moment.hour < 12 else "pm",
        "A": "AM" if moment.hour < 12 else "PM",
        "c": f"{moment.year:04}-{moment:%m-%dT%H:%M:%S}+00:00",
        "r": f"{english} {moment:%H:%M:%S} +0000",
        "e": "UTC",
        "T": "UTC",
        "O": "+0000",
        "P": "+00:00",
    }


def _in_roman(number: int) -> str:
    if not 0 < number <= _MAX_ROMAN:
        return str(number)
    out: list[str] = []
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        out.append(sign * count)
    return "".join(out)
