"""
Numbers, measures and formulas as zh-Wikipedia prints them.

Here live the handlers that read numbers. Units and their conversion are in ``convert``; which
template has which handler is said in ``zh``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from wikiclean.templates.calls import Call, Part
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
from wikiclean.templates.shapes import given, part_of, positional, script, sequence, written

_RANGES: Final = {
    "-": ("~", "~"), "–": ("~", "~"), "—": ("~", "~"), "~": ("~", "~"), "to": ("至", "至"),
    "to(-)": ("至", "至"), "to about": ("至大约", "至大約"), "and": ("和", "和"),
    "and(-)": ("和", "和"), "or": ("或", "或"), "x": ("×", "×"), "×": ("×", "×"),
    "xx": ("×", "×"), "by": ("×", "×"), "*": ("×", "×"), "+/-": ("±", "±"), "±": ("±", "±"),
    "&": ("和", "和"), "至": ("至", "至"), "到": ("到", "到"),
}  # fmt: skip
_LATIN: Final = re.compile(r"[A-Za-zμ°]")
_SPAN: Final = re.compile(r"([\d.,]{1,20})\s*[-–~]\s*([\d.,]{1,20})")


def convert(call: Call) -> Sequence[Part]:
    """Leave a measure and what it is in another unit: ``15公斤（33英磅）``."""
    return _measure(call, call.value("abbr").lower() or "out")


def convert_short(call: Call) -> Sequence[Part]:
    """Leave the same with abbreviations, as ``{{cvt}}`` does."""
    return _measure(call, call.value("abbr").lower() or "on")


def _measure(call: Call, abbreviate: str) -> Sequence[Part]:
    arguments = positional(call)
    if not arguments:
        return ()
    texts = [written(call, item) for item in arguments]
    values, separators, rest = _read_range(texts)
    if not values:
        # Not a number in digits: what was given stands, with its unit.
        unit = UNITS.get(texts[1]) if len(texts) > 1 else None
        after = unit.name(script(call)) if unit else " ".join(texts[1:2])
        return sequence(arguments[0], after)
    code = rest[0] if rest else ""
    unit = UNITS.get(code)
    spaces = [_RANGES[s][script(call) == "zh-hant"] for s in separators]
    # A number that is printed as it was written keeps its place in the source.
    as_written = dict(zip(reversed(texts), reversed(arguments), strict=True))
    numbers = [as_written.get(number.text, number.text) for number in values]
    given_words = _woven(numbers, spaces)
    if unit is None:
        return (*given_words, f"&nbsp;{code}") if code else tuple(given_words)
    measure = _composed(call, values, unit, rest)
    if measure.text:
        shown: tuple[Part, ...] = (measure.text,)
    else:
        shown = (*given_words, _unit_word(call, unit, names=abbreviate not in ("on", "in", "~")))
    results = _results(call, measure, spaces, abbreviate)
    if not results:
        return shown
    display = call.value("disp").lower()
    if display in ("out", "output only", "output number only", "number"):
        return (results[0],)
    if call.value("order") == "flip" or display == "flip":
        return (f"{results[0]}（", *shown, "）")
    if display == "or":
        return (*shown, f"或{results[0]}")
    return (*shown, f"（{'；'.join(results)}）")


def _read_range(texts: list[str]) -> tuple[list[Number], list[str], list[str]]:
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
        if at + 1 >= len(texts) or texts[at] not in _RANGES or read_number(texts[at + 1]) is None:
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


def _composed(call: Call, values: list[Number], unit: Unit, rest: list[str]) -> _Measure:
    """Read what follows the first unit: ``5|ft|10|in`` is one measure in two units."""
    words = rest[1:]
    if len(values) == 1 and len(words) > 1 and words[1] in UNITS:
        second, smaller = read_number(words[0]), UNITS[words[1]]
        alike = smaller.quantity == unit.quantity != "temperature"
        if second is not None and alike and smaller.scale < unit.scale:
            total = converted(values[0].value, unit, smaller) + second.value
            name = script(call)
            text = f"{values[0].text}{unit.name(name)}{second.text}{smaller.name(name)}"
            # One digit more than for a number in one unit: 5 feet 10 inches are 178 cm.
            number = Number(total, max(0, second.decimals) + 1, second.text)
            wanted = words[2:] or [unit.default.partition(" ")[0]]
            return _Measure([number], smaller, wanted, text)
    return _Measure(values, unit, words, "")


def _results(call: Call, measure: _Measure, separators: list[str], abbreviate: str) -> list[str]:
    """Return the values in each unit that is wanted."""
    values, unit, words, _ = measure
    wanted = words[0] if words and read_number(words[0]) is None else unit.default
    numbers = [word for word in words if re.fullmatch(r"-?\d{1,2}", word)]
    if wanted == "ftin" or (
        wanted == "ft" and words[:1] != ["ft"] and unit == UNITS["m"] and values[0].value < 3
    ):
        text = _feet_and_inches(values, unit)
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
        results.append("".join(woven) + _unit_word(call, to, names=names))
    return results


def _feet_and_inches(values: list[Number], unit: Unit) -> str | None:
    if unit.quantity != "length":
        return None
    inches = converted(values[0].value, unit, UNITS["in"])
    digits = max(0, precision(values[0], unit, UNITS["in"]))
    rounded = inches.quantize(Decimal(1).scaleb(-min(digits, 6)))
    feet = int(rounded // 12)
    rest = printed(rounded - 12 * feet, min(digits, 6))
    return f"{feet}英尺{rest}英寸" if feet else f"{rest}英寸"


def _unit_word(call: Call, unit: Unit, *, names: bool) -> str:
    """Return what stands behind a number: the name of the unit, or a space and its sign."""
    word = unit.name(script(call)) if names and unit.quantity != "temperature" else unit.symbol
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
