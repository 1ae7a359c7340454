"""
Numbers, measures, formulas and coordinates.

Here live the handlers that read numbers, and how measures are printed on wikis of any language.
Units and their conversion are in ``convert``; what a wiki prints instead in its own language, and
which template has which handler, is said in that wiki's table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from wikiclean.templates.calls import Call, Handler, Part
from wikiclean.templates.convert import (
    UNITS,
    Number,
    Unit,
    converted,
    precision,
    printed,
    read_number,
    significant,
)
from wikiclean.templates.shapes import (
    given,
    is_target,
    part_of,
    positional,
    sequence,
    written,
)


class Printing(NamedTuple):
    """What a wiki prints in and around measures."""

    ranges: Mapping[str, str]
    """What stands between two numbers, by what is written there: ``-``, ``to``, ``x``."""
    brackets: tuple[str, str]
    """Around the same measure in other units."""
    comma: str
    """Between the same measure in several units."""
    either: tuple[str, str]
    """Around the same measure in another unit if ``disp=or`` asks for a word instead."""
    name: Callable[[Unit], str]
    """What a unit is called."""
    symbol: Callable[[Unit], str]
    """What a unit is abbreviated to."""


def _symbol(unit: Unit) -> str:
    return unit.latin


SYMBOLS: Final = Printing(
    ranges=MappingProxyType(
        {
            **dict.fromkeys(("-", "–", "—", "~", "to", "to(-)", "to about"), "–"),
            **dict.fromkeys(("and", "and(-)", "&", "or"), ", "),
            **dict.fromkeys(("x", "×", "xx", "by", "*"), " × "),
            **dict.fromkeys(("+/-", "±"), " ± "),
        }
    ),
    brackets=(" (", ")"),
    comma="; ",
    either=(" (", ")"),
    name=_symbol,
    symbol=_symbol,
)
"""Measures without words of a language, as ``{{cvt}}`` prints them on English Wikipedia."""

_LATIN: Final = re.compile(r"[A-Za-zμ°]")
_SPAN: Final = re.compile(r"([\d.,]{1,20})\s*[-–~]\s*([\d.,]{1,20})")


def measure(
    abbreviate: str = "out", printing: Callable[[Call], Printing] = lambda _: SYMBOLS
) -> Handler:
    """
    Return the handler of a measure, which leaves what it is in another unit, too: ``{{convert}}``.

    Args:
        abbreviate: What stands for ``abbr=`` where a call does not say.
        printing: What the wiki prints, on the page of a call.
    """
    return lambda call: _measure(call, call.value("abbr").lower() or abbreviate, printing(call))


def _measure(call: Call, abbreviate: str, printing: Printing) -> Sequence[Part]:
    arguments = positional(call)
    if not arguments:
        return ()
    texts = [written(call, item) for item in arguments]
    values, separators, rest = _read_range(texts, printing.ranges)
    if not values:
        # Not a number in digits: what was given stands, with its unit.
        unit = UNITS.get(texts[1]) if len(texts) > 1 else None
        if unit is None:
            return tuple(arguments[:2])
        return sequence(arguments[0], _unit_word(unit, printing, names=True))
    code = rest[0] if rest else ""
    unit = UNITS.get(code)
    spaces = [printing.ranges[separator] for separator in separators]
    # A number that is printed as it was written keeps its place in the source.
    as_written = dict(zip(reversed(texts), reversed(arguments), strict=True))
    numbers = [as_written.get(number.text, number.text) for number in values]
    given_words = _woven(numbers, spaces)
    if unit is None:
        return (*given_words, "&nbsp;", arguments[-len(rest)]) if code else tuple(given_words)
    measured = _composed(values, unit, rest, printing)
    if measured.text:
        shown: tuple[Part, ...] = (measured.text,)
    else:
        names = abbreviate not in ("on", "in", "~")
        shown = (*given_words, _unit_word(unit, printing, names=names))
    results = _results(call, measured, spaces, abbreviate, printing)
    if not results:
        return shown
    display = call.value("disp").lower()
    if display in ("out", "output only", "output number only", "number"):
        return (results[0],)
    before, after = printing.brackets
    if call.value("order") == "flip" or display == "flip":
        return (results[0] + before, *shown, after)
    if display == "or":
        before, after = printing.either
        return (*shown, before + results[0] + after)
    return (*shown, before + printing.comma.join(results) + after)


def _read_range(
    texts: list[str], ranges: Mapping[str, str]
) -> tuple[list[Number], list[str], list[str]]:
    """Return the numbers a measure begins with, what stands between them, and the rest."""
    span = _SPAN.fullmatch(texts[0])
    if span is not None:
        texts = [span[1], "-", span[2], *texts[1:]]
    values: list[Number] = []
    separators: list[str] = []
    at = 0
    while at < len(texts):
        number = read_number(texts[at])
        if number is None:
            break
        values.append(number)
        at += 1
        if at + 1 >= len(texts) or texts[at] not in ranges or read_number(texts[at + 1]) is None:
            break
        separators.append(texts[at])
        at += 1
    return values, separators[: max(0, len(values) - 1)], texts[at:]


class _Measure(NamedTuple):
    """What is to be converted."""

    values: list[Number]
    unit: Unit
    """Of the values: the smallest that was given."""
    words: list[str]
    """What stands behind the units given: the units wanted, the number of digits."""
    text: str
    """How a measure of several units is shown; empty if there is one unit."""


def _composed(values: list[Number], unit: Unit, rest: list[str], printing: Printing) -> _Measure:
    """Read what follows the first unit: ``5|ft|10|in`` is one measure in two units."""
    words = rest[1:]
    if len(values) == 1 and len(words) > 1 and words[1] in UNITS:
        second, smaller = read_number(words[0]), UNITS[words[1]]
        alike = smaller.quantity == unit.quantity != "temperature"
        if second is not None and alike and smaller.scale < unit.scale:
            total = converted(values[0].value, unit, smaller) + second.value
            text = _two_units(values[0].text, unit, second.text, smaller, printing)
            # One digit more than for a number in one unit: 5 feet 10 inches are 178 cm.
            number = Number(total, max(0, second.decimals) + 1, second.text)
            wanted = words[2:] or [unit.default.partition(" ")[0]]
            return _Measure([number], smaller, wanted, text)
    return _Measure(values, unit, words, "")


def _results(
    call: Call,
    measured: _Measure,
    separators: list[str],
    abbreviate: str,
    printing: Printing,
) -> list[str]:
    """Return the values in each unit that is wanted."""
    values, unit, words, _ = measured
    wanted = words[0] if words and read_number(words[0]) is None else unit.default
    numbers = [word for word in words if re.fullmatch(r"-?\d{1,2}", word)]
    if wanted == "ftin" or (
        wanted == "ft" and words[:1] != ["ft"] and unit == UNITS["m"] and values[0].value < 3
    ):
        text = _feet_and_inches(values, unit, printing)
        return [] if text is None or separators else [text]
    results: list[str] = []
    codes = [wanted] if wanted in UNITS else wanted.split()
    for code in codes:
        to = UNITS.get(code)
        if to is None or to.quantity != unit.quantity:
            return []
        places = [precision(value, unit, to) for value in values]
        digits = int(numbers[0]) if numbers else max(places)
        texts: list[str] = []
        for value in values:
            result = converted(value.value, unit, to)
            own = digits
            if re.fullmatch(r"[1-9]", call.value("sigfig")):
                own = significant(result, int(call.value("sigfig")))
            step = call.value("round")
            if step in ("5", "10", "25", "50"):
                result, own = (result / int(step)).quantize(Decimal(1)) * int(step), 0
            texts.append(printed(result, own))
        names = abbreviate not in ("on", "~")
        woven = [texts[0], *(s + text for s, text in zip(separators, texts[1:], strict=False))]
        results.append("".join(woven) + _unit_word(to, printing, names=names))
    return results


def _feet_and_inches(values: list[Number], unit: Unit, printing: Printing) -> str | None:
    if unit.quantity != "length":
        return None
    foot, inch = UNITS["ft"], UNITS["in"]
    inches = converted(values[0].value, unit, inch)
    digits = max(0, precision(values[0], unit, inch))
    rounded = inches.quantize(Decimal(1).scaleb(-min(digits, 6)))
    feet = int(rounded // 12)
    rest = printed(rounded - 12 * feet, min(digits, 6))
    if not feet:
        return rest + _unit_word(inch, printing, names=True)
    return _two_units(str(feet), foot, rest, inch, printing)


def _two_units(number: str, unit: Unit, rest: str, smaller: Unit, printing: Printing) -> str:
    """Return a measure in a unit and a smaller one: ``5 ft 10 in``."""
    first = number + _unit_word(unit, printing, names=True)
    second = rest + _unit_word(smaller, printing, names=True)
    return f"{first} {second}" if _LATIN.match(second[-1]) else first + second


def _unit_word(unit: Unit, printing: Printing, *, names: bool) -> str:
    """Return what stands behind a number: the name of the unit, or a space and its sign."""
    named = names and unit.quantity != "temperature"
    word = printing.name(unit) if named else printing.symbol(unit)
    return f"&nbsp;{word}" if _LATIN.match(word) else word


def _woven(words: Sequence[Part], separators: Sequence[str]) -> list[Part]:
    woven: list[Part] = list(words[:1])
    for separator, word in zip(separators, words[1:], strict=False):
        woven += (separator, word)
    return woven


def value(call: Call) -> Sequence[Part]:
    """Leave a number with its uncertainty, power of ten and unit, of ``{{val}}``."""
    number = given(call, "1")
    exponent = given(call, "e", "10")
    parts: list[Part] = [*sequence(given(call, "p"))]
    if number is not None:
        plain = read_number(written(call, number))
        commas = call.value("fmt") == "commas"
        parts.append(plain.text if plain is not None and commas else number)
        error, lower = given(call, "2"), given(call, "3")
        if error is not None and lower is not None:
            parts += ("<sup>", error, "</sup><sub>", lower, "</sub>")
        elif error is not None:
            bracket = written(call, error).startswith("(") or call.value("errend", "s") != ""
            parts += (error,) if bracket else ("±", error)
    if exponent is not None:
        parts += ("×10<sup>" if number is not None else "10<sup>", exponent, "</sup>")
    end = given(call, "end")
    unit, per = given(call, "u", "ul"), given(call, "up", "upl")
    if end is not None:
        parts.append(end)
    if unit is not None:
        parts += ("" if written(call, unit) in ("%", "°") else "&nbsp;", unit)
    if per is not None:
        parts += ("/", per)
    parts += sequence(given(call, "s"))
    return [part for part in parts if part != ""]


def fraction(call: Call) -> Sequence[Part]:
    """Leave a fraction: 1⁄2, 3+1⁄2 as 3 1⁄2."""
    numbers = positional(call)
    if not numbers:
        return ("⁄",)
    if len(numbers) == 1:
        return ("<sup>1</sup>⁄<sub>", numbers[0], "</sub>")
    whole = (numbers[0], "&nbsp;") if len(numbers) > 2 else ()
    return (*whole, "<sup>", numbers[-2], "</sup>⁄<sub>", numbers[-1], "</sub>")


_CHARGE: Final = re.compile(r"\d*[+\-−]+|\^.*")


def formula(call: Call) -> Sequence[Part]:
    """Leave a formula of ``{{chem|H|2|O}}``: numbers below, a charge above."""
    parts: list[Part] = []
    for piece in positional(call):
        text = written(call, piece)
        if _CHARGE.fullmatch(text):
            parts += ("<sup>", piece, "</sup>")
        elif text[0].isdigit() and parts:
            parts += ("<sub>", piece, "</sub>")
        else:
            parts.append(piece)
    return parts


_COUNT: Final = re.compile(r"-?[0-9]{1,4}")


def named_formula(symbols: Mapping[str, str]) -> Handler:
    """
    Return the handler of a formula whose elements go by name: ``{{化學式|碳|6|氫|12}}``.

    A number behind an element says how many, one behind a number is a charge, the first of all a
    factor; a word that is no element stands as it is.

    Args:
        symbols: Symbols of the elements by their names.
    """
    known = {**symbols, **{symbol: symbol for symbol in symbols.values()}}

    def handle(call: Call) -> Sequence[Part]:
        parts: list[Part] = []
        before = ""
        for piece in positional(call):
            text = written(call, piece)
            if not _COUNT.fullmatch(text):
                symbol = known.get(text, text)
                parts.append(piece if text == symbol else symbol)
            elif before and not _COUNT.fullmatch(before):
                if int(text) > 1:
                    if "<" in known.get(before, ""):
                        parts[-1] = f"({known[before]})"  # a group of atoms
                    parts += ("<sub>", piece, "</sub>")
            elif not before:
                parts.append(piece)
            else:
                size = text.lstrip("-")
                sign = "+" if size == text else "-" if size == "1" else "−"
                parts += ("<sup>", sign if size == "1" else size + sign, "</sup>")
            before = text
        target = given(call, "link")
        if not parts or target is None or written(call, target) in ("#", "nolink"):
            return parts
        return ("[[", target, "|", *parts, "]]") if is_target(written(call, target)) else parts

    return handle


_CHEM2: Final = re.compile(
    r"(?<=[A-Za-z)\]])(\d+)|\^?\((\d*[+-])\)|(?<=[A-Za-z\d)\]])([+-])(?=$|\s)"
)


def typed_formula(call: Call) -> Sequence[Part] | None:
    """Leave a formula that is typed as it stands: ``{{chem2|H2O}}``."""
    source = given(call, "1")
    if source is None:
        return ()
    text = written(call, source)
    if any(sign in text for sign in "{[<^_"):
        return (source,)
    parts: list[Part] = []
    at = 0
    for match in _CHEM2.finditer(text):
        parts += sequence(part_of(source, at, match.start()) if at < match.start() else None)
        group = match.lastindex or 1
        tag = "sub" if group == 1 else "sup"
        parts += (f"<{tag}>", part_of(source, *match.span(group)), f"</{tag}>")
        at = match.end()
    if at < len(text):
        parts.append(part_of(source, at, len(text)))
    return parts


def average_mass(call: Call) -> Sequence[Part]:
    """Leave the sign of a magnitude or mass with its index: ``{{M|w}}``."""
    index = given(call, "1")
    return ("''M''<sub>", index, "</sub>") if index is not None else ("''M''",)


def grouped_number(call: Call) -> Sequence[Part]:
    """Leave a number with commas between thousands."""
    number = given(call, "1")
    plain = read_number(written(call, number)) if number is not None else None
    return (plain.text,) if plain is not None else sequence(number)


def root(call: Call) -> Sequence[Part]:
    """Leave a root, with its degree above if it is not two: ``{{radic|2|3}}``."""
    number, degree = given(call, "1"), given(call, "2")
    above: tuple[Part, ...] = ("<sup>", degree, "</sup>") if degree is not None else ()
    return (*above, "√", number) if number is not None else ()


def character(call: Call) -> Sequence[Part]:
    """Leave a character with its number and its name: ``{{unichar|2013|EN DASH}}``."""
    code, name = given(call, "1"), given(call, "2")
    if code is None:
        return sequence(name)
    text = written(call, code)
    known = re.fullmatch("[0-9A-Fa-f]{2,6}", text)
    full = text.upper().zfill(4)
    number = code if not known or text == full else full
    sign = f" &#x{text};" if known else None
    return sequence("U+", number, sign, " " if name else None, name)


def gauge(printing: Callable[[Call], Printing] = lambda _: SYMBOLS) -> Handler:
    """
    Return the handler of the gauge of a track: ``{{track gauge|1435mm}}``; unknown in inches.

    Args:
        printing: What the wiki prints, on the page of a call.
    """

    def handle(call: Call) -> Sequence[Part] | None:
        found = re.fullmatch(r"([1-9][0-9]{2,3}) ?mm", call.value("1"))
        if found is None:
            return None
        return (f"{int(found[1]):,}" + _unit_word(UNITS["mm"], printing(call), names=True),)

    return handle


def height(printing: Callable[[Call], Printing] = lambda _: SYMBOLS) -> Handler:
    """
    Return the handler of the height of a person, in metres and in feet: ``{{height|m=1.80}}``.

    Args:
        printing: What the wiki prints, on the page of a call.
    """
    return lambda call: _height(call, printing(call))


def _height(call: Call, printing: Printing) -> Sequence[Part]:
    before, after = printing.brackets
    metres = given(call, "m", "metre", "meter")
    metric = metres or given(call, "cm")
    if metric is not None:
        unit, digits = (UNITS["m"], 2) if metres is not None else (UNITS["cm"], 0)
        shown = (metric, _unit_word(unit, printing, names=True))
        number = read_number(written(call, metric))
        if number is None or number.value <= 0:
            return shown
        # To the nearest inch, however exact the height is.
        whole = Number(number.value, min(number.decimals, digits), number.text)
        result = _feet_and_inches([whole], unit, printing)
        return (*shown, f"{before}{result}{after}")
    parts: list[Part] = []
    total = Decimal(0)
    for code, names in (("ft", ("ft", "foot", "feet")), ("in", ("in", "inch", "inches"))):
        found = given(call, *names)
        if found is None:
            continue
        word = _unit_word(UNITS[code], printing, names=True)
        parts += (*((" ",) if parts and _LATIN.match(word[-1]) else ()), found, word)
        number = read_number(written(call, found))
        if number is None:
            return parts
        total += converted(number.value, UNITS[code], UNITS["m"])
    if total > 0:
        word = _unit_word(UNITS["m"], printing, names=True)
        parts.append(before + printed(total, 2) + word + after)
    return parts


_DEGREES: Final = re.compile(r"[NSEWnsew]")


def coordinates(call: Call) -> Sequence[Part]:
    """Leave coordinates that are shown in the text; nothing for those in the title only."""
    if call.value("display").lower() in ("title", "t", "it title"):
        return ()
    texts = [written(call, item) for item in positional(call)]
    directions = [i for i, text in enumerate(texts[:8]) if _DEGREES.fullmatch(text)]
    numbers: list[list[str]]
    if len(directions) == 2:
        a, b = directions
        numbers = [texts[:a], texts[a + 1 : b]]
        ends = [texts[a].upper(), texts[b].upper()]
    elif len(texts) >= 2 and all(re.fullmatch(r"-?\d{1,3}(\.\d+)?", t) for t in texts[:2]):
        numbers = [[text.lstrip("-")] for text in texts[:2]]
        ends = ["S" if texts[0][0] == "-" else "N", "W" if texts[1][0] == "-" else "E"]
    else:
        return ()
    if not all(re.fullmatch(r"\d{1,3}(\.\d{1,12})?", n) for half in numbers for n in half):
        return ()
    return (
        " ".join(
            "".join(n + sign for n, sign in zip(half, "°′″", strict=False)) + end
            for half, end in zip(numbers, ends, strict=True)
        ),
    )
