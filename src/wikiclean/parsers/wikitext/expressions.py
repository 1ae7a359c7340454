"""
Numbers of parser functions: the expressions of ``#expr``, and how numbers are compared and printed.

Plain functions of text; nothing here knows of calls or pages.

Sources: the extension ParserFunctions of MediaWiki 1.39, ``includes/ExprParser.php``; for what
PHP 8 does with numbers its manual on numeric strings, and its ``precision`` of 14;
``Language::formatNumInternal()``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from typing import Final, TypeAlias

Value: TypeAlias = int | float
"""A number as PHP has it: what is an integer prints all its digits."""

# ---------------------------------------------------------------- numbers in text

_NUMERIC: Final = re.compile(
    r"[ \t\n\r\v\f]*+[+-]?(?:[0-9]{1,300}+(?:\.[0-9]{0,300}+)?|\.[0-9]{1,300}+)"
    r"(?:[eE][+-]?[0-9]{1,3}+)?[ \t\n\r\v\f]*+\Z"
)
_INTEGER: Final = re.compile(r"[ \t\n\r\v\f]*+([+-]?[0-9]{1,18}+)")


def number(text: str) -> float | None:
    """Return the number that *text* is for PHP; None if it is none."""
    return float(text) if _NUMERIC.match(text) else None


def integer(text: str) -> int:
    """Return the whole number that *text* begins with, as a cast of PHP does; 0 without."""
    found = _INTEGER.match(text)
    return int(found[1]) if found else 0


def same(left: str, right: str) -> bool:
    """Tell whether two texts are equal, or the same number."""
    if left == right:
        return True
    a, b = number(left), number(right)
    return a is not None and a == b


# ---------------------------------------------------------------- numbers as they are printed

_WRITTEN: Final = re.compile(
    r"(?:-(?=[0-9.]))?(?:[0-9]++|(?=\.[0-9]))(?:\.[0-9]*+)?(?:[Ee][-+]?[0-9]++)?"
)
_PLAIN: Final = re.compile(r"-?([0-9]*+)(\.([0-9]*+))?\Z")
_MAX_WRITTEN: Final = 300
"""Digits of a number that is set; longer ones stay as they are."""
_EXACT: Final = Context(prec=2 * _MAX_WRITTEN, rounding=ROUND_HALF_EVEN)


def written(text: str, *, separators: bool) -> str:
    """Return *text* as ``formatnum:`` sets the numbers in it, as Chinese and English do."""
    whole = text.strip(" \t\n\r\v\f")
    if _NUMERIC.match(whole):
        return _written_one(whole, separators=separators)
    return _WRITTEN.sub(lambda m: _written_one(m[0], separators=separators), text)


def _written_one(text: str, *, separators: bool) -> str:
    if separators and text != "-0" and len(text) < _MAX_WRITTEN:
        text = _grouped(text)
    return text.replace("-", "\N{MINUS SIGN}")


def _grouped(text: str) -> str:
    value = float(text)
    if math.isinf(value):
        return "-∞" if value < 0 else "∞"
    plain = _PLAIN.match(text)
    # Numbers with exponents, or with a plus sign, get three decimals at most, as ICU gives them.
    whole, point, decimals = (plain[1], plain[2], plain[3] or "") if plain else ("", None, "000")
    places = Decimal(1).scaleb(-len(decimals))
    digits = f"{abs(Decimal(repr(value))).quantize(places, context=_EXACT):f}"
    left, _, right = digits.partition(".")
    left = left.zfill(len(whole)) if whole or left != "0" or plain is None else ""
    if plain is None:
        right = right.rstrip("0")
    first = len(left) % 3
    groups = [left[:first]] if first else []
    groups += [left[i : i + 3] for i in range(first, len(left), 3)]
    sign = "-" if value < 0 and (left.strip("0") or right.strip("0")) else ""
    return sign + ",".join(groups) + ("." + right if right or point else "")


def unwritten(text: str) -> str:
    """Return *text* without what ``formatnum:`` puts into a number, as its ``R`` does."""
    return text.replace("\N{MINUS SIGN}", "-").replace(",", "")


def _printed(value: Value) -> str:
    if isinstance(value, int):
        return str(value)
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    if math.isnan(value):
        return "NAN"
    text = f"{value:.14G}"
    digits, exponent, power = text.partition("E")
    if not exponent:
        return text
    return f"{digits if '.' in digits else digits + '.0'}E{power[0]}{power[1:].lstrip('0')}"


# ---------------------------------------------------------------- expressions

_WORD: Final = re.compile(
    r"[ \t\r\n]*+"
    r"(?:(?P<number>[0-9.]++)|(?P<name>[A-Za-z]++)|(?P<sign><=|>=|!=|<>|[-+*/^()<>=])|\Z)"
)
_DIGITS: Final = re.compile(r"[0-9]*+(?:\.[0-9]*+)?")
_BINARY: Final[Mapping[str, int]] = {
    "e": 10, "^": 8, "*": 7, "/": 7, "div": 7, "mod": 7, "fmod": 7, "+": 6, "-": 6, "round": 5,
    "=": 4, "<": 4, ">": 4, "<=": 4, ">=": 4, "!=": 4, "<>": 4, "and": 3, "or": 2,
}  # fmt: skip
"""How strongly they bind."""
_SIGNS: Final = 10
"""How strongly a sign before its operand binds; other unary operators do by one less."""
_MAX_STACK: Final = 100
_MOST: Final = (1 << 63) - 1
"""The largest integer; beyond it PHP goes on with floats."""
_ESCAPED: Final = (("&lt;", "<"), ("&gt;", ">"), ("&minus;", "-"), ("\N{MINUS SIGN}", "-"))


def evaluate(text: str) -> str | None:
    """Return what ``#expr`` prints of an expression; None if there is anything wrong with it."""
    for escaped, sign in _ESCAPED:
        text = text.replace(escaped, sign)
    operands: list[Value] = []
    operators: list[str] = []
    expects_operand = True
    at = 0
    try:
        while at < len(text):
            match = _WORD.match(text, at)
            if match is None or max(len(operands), len(operators)) > _MAX_STACK:
                return None
            at = match.end()
            digits: str | None = match["number"]
            if digits:
                if not expects_operand:
                    return None
                operands.append(_read(digits))
                expects_operand = False
                continue
            word = (match["sign"] or match["name"] or "").lower()
            if not word:
                break
            if word == ")":
                while operators and operators[-1] != "(":
                    _apply(operators.pop(), operands)
                if not operators:
                    return None
                operators.pop()
                expects_operand = False
            elif expects_operand:
                if word in _CONSTANTS:
                    operands.append(_CONSTANTS[word])
                    expects_operand = False
                elif word in ("-", "+"):
                    operators.append("negative" if word == "-" else "positive")
                elif word == "(" or word in _ONE:
                    operators.append(word)
                else:
                    return None
            elif word in _BINARY:
                rank = _BINARY[word]
                while operators and _rank(operators[-1]) >= rank:
                    _apply(operators.pop(), operands)
                operators.append(word)
                expects_operand = True
            else:
                return None
        while operators:
            _apply(operators.pop(), operands)
    except (KeyError, ValueError, IndexError, ZeroDivisionError):
        return None
    return "<br />\n".join(map(_printed, operands))


def is_true(value: str) -> bool:
    """Tell whether ``#ifexpr`` takes what an expression prints for true."""
    return value not in ("", "0", "-0")


def _read(digits: str) -> float:
    """Read a number up to its second point, as PHP does; a point alone is zero."""
    found = _DIGITS.match(digits)
    usable = found[0] if found else ""
    return float(usable) if usable.strip(".") else 0.0


def _rank(operator: str) -> int:
    if operator == "(":
        return -1
    return _BINARY.get(operator, _SIGNS if operator in ("negative", "positive") else _SIGNS - 1)


def _apply(operator: str, operands: list[Value]) -> None:
    """Put the result in the place of the operands; KeyError for a bracket that nothing closes."""
    right = operands.pop()
    one = _ONE.get(operator) or _SIGN.get(operator)
    if one is not None:
        operands.append(one(right))
        return
    two = _TWO[operator]
    value = two(operands.pop(), right)
    operands.append(float(value) if abs(value) > _MOST else value)


def _or_nan(function: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """Give what C gives where Python raises: infinity, or what is not a number."""

    def call(value: Value) -> Value:
        try:
            return function(value)
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    return call


def _whole(function: Callable[[Value], int]) -> Callable[[Value], Value]:
    """Round to a whole number, which stays a float; infinity stays itself."""
    return lambda value: math.copysign(function(value), value) if math.isfinite(value) else value


def _cast(value: Value) -> int:
    """Return an integer of 64 bits, as PHP casts."""
    if not math.isfinite(value):
        return 0
    return (int(value) + (1 << 63)) % (1 << 64) - (1 << 63)


def _root(value: Value) -> Value:
    if math.isnan(value):
        raise ValueError
    return math.sqrt(value)


def _power(base: Value, exponent: Value) -> Value:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        odd = exponent == int(exponent) and int(exponent) % 2
        return -math.inf if base < 0 and odd else math.inf
    except ValueError:
        return math.inf if base == 0 else math.nan


def _quotient(left: Value, right: Value) -> Value:
    if not right:
        raise ZeroDivisionError
    if isinstance(left, int) and isinstance(right, int) and left % right == 0:
        return left // right
    return left / right


def _modulo(left: Value, right: Value) -> Value:
    dividend, divisor = _cast(left), _cast(right)
    rest = abs(dividend) % abs(divisor)
    return -rest if dividend < 0 else rest


def _float_modulo(left: Value, right: Value) -> Value:
    if not right:
        raise ZeroDivisionError
    return _or_nan(lambda a: math.fmod(a, right))(left)


def _rounded(value: Value, digits: int) -> Value:
    """Round half away from zero what 15 digits say of a number, as PHP does."""
    if not math.isfinite(value) or not value:
        return value
    exact = Decimal(f"{value:.14e}")
    if digits >= 14 - exact.adjusted():
        return value
    if digits < -exact.adjusted() - 1:
        return 0.0
    return float(exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


_CONSTANTS: Final[Mapping[str, Value]] = {"pi": math.pi, "e": math.e}
_SIGN: Final[Mapping[str, Callable[[Value], Value]]] = {
    "negative": lambda a: -a,
    "positive": lambda a: a,
}
_ONE: Final[Mapping[str, Callable[[Value], Value]]] = {
    "not": lambda a: int(not a),
    "abs": abs,
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "trunc": _cast,
    "sqrt": _root,
    "exp": _or_nan(math.exp),
    "ln": math.log,
    "sin": _or_nan(math.sin),
    "cos": _or_nan(math.cos),
    "tan": _or_nan(math.tan),
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
}
_TWO: Final[Mapping[str, Callable[[Value, Value], Value]]] = {
    "e": lambda a, b: a * _power(10.0, b),
    "^": _power,
    "*": lambda a, b: a * b,
    "/": _quotient,
    "div": _quotient,
    "mod": _modulo,
    "fmod": _float_modulo,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "round": lambda a, b: _rounded(a, _cast(b)),
    "=": lambda a, b: int(a == b),
    "<": lambda a, b: int(a < b),
    ">": lambda a, b: int(a > b),
    "<=": lambda a, b: int(a <= b),
    ">=": lambda a, b: int(a >= b),
    "!=": lambda a, b: int(a != b),
    "<>": lambda a, b: int(a != b),
    "and": lambda a, b: int(bool(a) and bool(b)),
    "or": lambda a, b: int(bool(a) or bool(b)),
}
