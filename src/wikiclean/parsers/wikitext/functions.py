"""
Parser functions and variables whose answer does not need the wiki.

Each takes a call and says what it leaves, as a handler does. Those that would need other pages,
the database or the clock answer None and are dropped.

Sources: MediaWiki 1.39 ``includes/parser/CoreParserFunctions.php``, and the extension
ParserFunctions, ``includes/ParserFunctions.php``.
"""

from __future__ import annotations

import math
import re
from calendar import isleap, monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, TypeAlias
from urllib.parse import quote

from wikiclean.parsers.wikitext.calls import own_bars
from wikiclean.parsers.wikitext.page import Page
from wikiclean.parsers.wikitext.preprocess import first_node
from wikiclean.site import Title
from wikiclean.templates import Argument, Call, Part, trimmed

Answer: TypeAlias = Sequence[Part] | None


class Frame:
    """What a function may ask for: the page, and what an argument expands to."""

    __slots__ = ("depth", "expanded", "page")

    def __init__(self, page: Page, depth: int, expanded: Callable[[Call, int, int], str]) -> None:
        self.page = page
        self.depth = depth
        """How many calls stand around this one."""
        self.expanded = expanded
        """Expands a range of the source that is part of a call."""

    def string(self, call: Call, argument: Argument) -> str:
        """Return what an argument expands to, without spaces around it."""
        return self._expanded(call, argument)[0]

    def fails(self, call: Call, argument: Argument) -> bool:
        """Return whether a function in an argument leaves an error there."""
        return self._expanded(call, argument)[1]

    def _expanded(self, call: Call, argument: Argument) -> tuple[str, bool]:
        start, end = argument.start, argument.end
        if not call.node.children:
            return call.source[start:end].strip(), False
        page = self.page
        known = page.expanded.get((start, end))
        if known is None:
            # Remembered, for what tests an argument may also leave it, and so may that around it.
            errors = page.errors
            text = self.expanded(call, start, end).strip()
            known = page.expanded[start, end] = text, page.errors > errors
            page.errors = errors  # whether they stand in the text is not known yet
        return known


def _first(call: Call) -> Argument:
    """Return what stands between the colon and the first bar."""
    colon = call.source.find(":", call.head_start, call.head_end)
    return Argument("0", colon + 1, call.head_end, positional=True, nodes=call.node.children)


def _values(call: Call) -> list[Argument]:
    """Return the arguments behind the first, as written: ``a=b`` is one value."""
    bars = own_bars(call.source, call.node)
    ends = [*bars[1:], call.node.inner_end]
    return [
        Argument("", bar + 1, end, positional=True, nodes=call.node.children)
        for bar, end in zip(bars, ends, strict=False)
    ]


def _trim(call: Call, argument: Argument) -> Sequence[Part]:
    cut = trimmed(call, argument)
    return (cut,) if cut.start < cut.end else ()


def _if(frame: Frame, call: Call) -> Answer:
    values = _values(call)
    test = _first(call)
    index = 0 if frame.string(call, test) or frame.fails(call, test) else 1
    return _trim(call, values[index]) if index < len(values) else ()


def _if_equal(frame: Frame, call: Call) -> Answer:
    values = _values(call)
    if not values:
        return ()
    equal = _same(frame.string(call, _first(call)), frame.string(call, values[0]))
    index = 1 if equal else 2
    return _trim(call, values[index]) if index < len(values) else ()


def _same(left: str, right: str) -> bool:
    if left == right:
        return True
    a, b = _number(left), _number(right)
    return a is not None and a == b


_NUMBER: Final = re.compile(
    r"[+-]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:[eE][+-]?\d{1,3})?\Z"
)


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.match(text) else None


def _if_error(frame: Frame, call: Call) -> Answer:
    values = _values(call)
    test = _first(call)
    if 'class="error"' in frame.string(call, test) or frame.fails(call, test):
        return _trim(call, values[0]) if values else ()
    return _trim(call, values[1]) if len(values) > 1 else _trim(call, test)


def _if_expr(frame: Frame, call: Call) -> Answer:
    test = _first(call)
    value = None if frame.fails(call, test) else evaluate(frame.string(call, test))
    if value is None:
        frame.page.errors += 1
        return None
    values = _values(call)
    index = 0 if value else 1
    return _trim(call, values[index]) if index < len(values) else ()


def _expr(frame: Frame, call: Call) -> Answer:
    given = _first(call)
    text, failed = frame.string(call, given), frame.fails(call, given)
    if not (text or failed):
        return ()
    value = None if failed else evaluate(text)
    if value is None:
        frame.page.errors += 1
        return None
    return (_printed(value),)


def _switch(frame: Frame, call: Call) -> Answer:
    test = frame.string(call, _first(call))
    found = False
    default: Argument | None = None
    default_next = False
    last: Argument | None = None
    for value in _values(call):
        equals = _own_equals(call, value)
        if equals >= 0:
            last = None
            key = Argument("", value.start, equals, positional=True, nodes=value.nodes)
            result = Argument("", equals + 1, value.end, positional=True, nodes=value.nodes)
            name = frame.string(call, key)
            if found or _same(name, test):
                return _trim(call, result)
            if default_next or name in ("#default", "#預設", "#默认"):
                default = result
                default_next = False
        else:
            last = value
            name = frame.string(call, value)
            if _same(name, test):
                found = True
            elif name in ("#default", "#預設", "#默认"):
                default_next = True
    if last is not None:
        return _trim(call, last)
    return _trim(call, default) if default is not None else ()


def _own_equals(call: Call, value: Argument) -> int:
    """Return where the first equals sign of *value* stands that is in no call inside; else -1."""
    at, end = value.start, value.end
    nodes = call.node.children
    index = first_node(nodes, at)
    while True:
        stop = min(nodes[index].start, end) if index < len(nodes) else end
        found = call.source.find("=", at, stop)
        if found >= 0 or stop == end:
            return found
        at = nodes[index].end
        index += 1


def _changed(change: Callable[[str], str]) -> Callable[[Frame, Call], Answer]:
    def answer(frame: Frame, call: Call) -> Answer:
        return (change(frame.string(call, _first(call))),)

    return answer


def _formatted_number(frame: Frame, call: Call) -> Answer:
    text = frame.string(call, _first(call))
    how = {frame.string(call, value) for value in _values(call)}
    if "R" in how:
        return (text.replace(",", "") if _SEPARATED.match(text) else text,)
    return (text if "NOSEP" in how else _format_number(text),)


_SEPARATED: Final = re.compile(r"[+-]?[\d,]+(?:\.\d*)?\Z")


def _format_number(text: str) -> str:
    match = re.match(r"([+-]?)(\d{4,})(?=\D|\Z)", text)
    if match is None:
        return text
    return (
        f"{match[1]}{int(match[2][:4000]):,}{text[match.end() :]}" if len(match[2]) < 40 else text
    )


def _pad(*, left: bool) -> Callable[[Frame, Call], Answer]:
    def answer(frame: Frame, call: Call) -> Answer:
        values = [frame.string(call, value) for value in _values(call)]
        text = frame.string(call, _first(call))
        width = int(values[0]) if values and re.fullmatch(r"\d{1,3}", values[0]) else 0
        fill = values[1] if len(values) > 1 and values[1] else "0"
        missing = min(width, 500) - len(text)
        if missing <= 0:
            return (text,)
        padding = (fill * (missing // len(fill) + 1))[:missing]
        return (padding + text if left else text + padding,)

    return answer


def _tag(frame: Frame, call: Call) -> Answer:
    name = frame.string(call, _first(call)).lower()
    values = _values(call)
    if name not in frame.page.tags or not re.fullmatch(r"[a-z]+", name):
        return None
    attributes: list[str] = []
    for value in values[1:]:
        key, equals, text = frame.string(call, value).partition("=")
        if equals:
            attributes.append(f' {key.strip()}="{text.strip().strip(chr(34))}"')
    content = values[0] if values else None
    call.node.name = name
    call.node.kind = "tag"
    if content is None:
        call.node.inner_start, call.node.inner_end = call.node.end, call.node.end - 1
    else:
        call.node.inner_start, call.node.inner_end = content.start, content.end
    call.node.attributes = "".join(attributes)
    call.action = "tag"
    return ()


def _plural(frame: Frame, call: Call) -> Answer:
    values = _values(call)
    if not values:
        return ()
    # Languages without forms of their own fall back on English ones: Language::getPluralRules().
    one = _number(frame.string(call, _first(call))) == 1
    return _trim(call, values[0] if one or len(values) == 1 else values[1])


def _default_sort(frame: Frame, call: Call) -> Answer:
    frame.page.default_sort = frame.string(call, _first(call))
    return ()


def _silent(_frame: Frame, _call: Call) -> Answer:
    return ()


def _length(frame: Frame, call: Call) -> Answer:
    return (str(len(frame.string(call, _first(call)))),)


def _namespace(frame: Frame, call: Call) -> Answer:
    word = frame.string(call, _first(call))
    number = int(word) if re.fullmatch(r"-?\d{1,4}", word) else frame.page.site.namespace_id(word)
    space = frame.page.site.namespaces.get(number) if number is not None else None
    return None if space is None else (space.name,)


def _title_of(frame: Frame, call: Call) -> Title | None:
    text = frame.string(call, _first(call))
    title = frame.page.site.title(text)
    return title if title.valid else None


_INTEGER: Final = re.compile(r"[+-]?\d{1,6}")


def _integer(text: str) -> int:
    """Read the number that a text begins with, as PHP does; else zero."""
    match = _INTEGER.match(text)
    return int(match[0]) if match else 0


def _title_parts(frame: Frame, call: Call) -> Answer:
    text = frame.string(call, _first(call))
    title = frame.page.site.title(text)
    if not title.valid:
        return (text,)
    numbers = [_integer(frame.string(call, value)) for value in _values(call)[:2]]
    count, first = (*numbers, 0, 0)[:2]
    bits = title.full.split("/", 24)
    bits = bits[max(0, first - 1) if first >= 0 else first :]
    return ("/".join(bits[:count] if count else bits),)


_DATE: Final = re.compile(
    r"(\d{4})-?(?:(?<=-)(\d{1,2})(?:-(\d{1,2}))?|(?<!-)(\d\d)(\d\d))"
    r"(?:[ T](\d\d?):(\d\d)(?::(\d\d))?)?"
)
_TIME_SIGN: Final = re.compile(r'"[^"]*+"|\\.|.', re.DOTALL)
_TIME_WORDS: Final[Mapping[str, Callable[[datetime], object]]] = {
    "Y": lambda day: f"{day.year:04}",
    "y": lambda day: f"{day.year % 100:02}",
    "L": lambda day: int(isleap(day.year)),
    "n": lambda day: day.month,
    "m": lambda day: f"{day.month:02}",
    "j": lambda day: day.day,
    "d": lambda day: f"{day.day:02}",
    "t": lambda day: monthrange(day.year, day.month)[1],
    "z": lambda day: day.timetuple().tm_yday - 1,
    "N": lambda day: day.isoweekday(),
    "w": lambda day: day.isoweekday() % 7,
    "G": lambda day: day.hour,
    "H": lambda day: f"{day.hour:02}",
    "g": lambda day: (day.hour - 1) % 12 + 1,
    "h": lambda day: f"{(day.hour - 1) % 12 + 1:02}",
    "i": lambda day: f"{day.minute:02}",
    "s": lambda day: f"{day.second:02}",
}
"""Letters of a format that stand for numbers; the others are words of a language."""


def _time(frame: Frame, call: Call) -> Answer:
    """Print a date that is written in numbers; others need the clock, or words of a language."""
    values = _values(call)
    match = _DATE.fullmatch(frame.string(call, values[0])) if values else None
    if match is None:
        return None
    year, month, day, short_month, short_day, *clock = match.groups()
    try:
        hour, minute, second = (int(number or 0) for number in clock)
        months = int(month or short_month)
        moment = datetime(int(year), months, 1, hour, minute, second, tzinfo=UTC)
        moment += timedelta(days=int(day or short_day or 1) - 1)  # 31 February is in March
    except (ValueError, OverflowError):
        return None
    result: list[str] = []
    for sign in _TIME_SIGN.findall(frame.string(call, _first(call))):
        if len(sign) > 1:
            result.append(sign[1:] if sign[0] == "\\" else sign[1:-1])
        elif sign in _TIME_WORDS:
            result.append(str(_TIME_WORDS[sign](moment)))
        elif sign.isascii() and sign.isalpha():
            return None
        else:
            result.append(sign)
    return ("".join(result),)


def _page_word(variable_name: str) -> Callable[[Frame, Call], Answer]:
    def answer(frame: Frame, call: Call) -> Answer:
        title = _title_of(frame, call)
        value = _title_words(frame.page, title).get(variable_name) if title else None
        return None if value is None else (value,)

    return answer


def _url(frame: Frame, call: Call) -> Answer:
    title = _title_of(frame, call)
    return None if title is None else (frame.page.site.url(title),)


def _local_url(frame: Frame, call: Call) -> Answer:
    title = _title_of(frame, call)
    if title is None:
        return None
    return (frame.page.site.url(title).removeprefix(frame.page.site.server),)


FUNCTIONS: Final[Mapping[str, Callable[..., Answer]]] = MappingProxyType(
    {
        "if": _if,
        "ifeq": _if_equal,
        "iferror": _if_error,
        "ifexpr": _if_expr,
        "expr": _expr,
        "switch": _switch,
        "lc": _changed(str.lower),
        "uc": _changed(str.upper),
        "lcfirst": _changed(lambda text: text[:1].lower() + text[1:]),
        "ucfirst": _changed(lambda text: text[:1].upper() + text[1:]),
        "urlencode": _changed(lambda text: quote(text, safe="-_.").replace("%20", "+")),
        "formatnum": _formatted_number,
        "padleft": _pad(left=True),
        "padright": _pad(left=False),
        "plural": _plural,
        "tag": _tag,
        "len": _length,
        "titleparts": _title_parts,
        "time": _time,
        "ns": _namespace,
        "defaultsort": _default_sort,
        "displaytitle": _silent,
        **{
            name + suffix: _page_word(name + suffix)
            for name in (
                "pagename",
                "fullpagename",
                "basepagename",
                "rootpagename",
                "subpagename",
                "talkpagename",
                "subjectpagename",
                "namespace",
                "talkspace",
                "subjectspace",
            )
            for suffix in ("", "e")
        },
        "fullurl": _url,
        "localurl": _local_url,
        "canonicalurl": _url,
    }
)
"""By MediaWiki's name."""


_MAX_DEPTH: Final = 30
"""How deep conditions may stand in conditions; each level takes a few frames of the interpreter."""


def answer_function(frame: Frame, call: Call, function: str) -> Answer:
    """Answer a parser function by MediaWiki's name for it."""
    answer = FUNCTIONS.get(function.lstrip("#"))
    if answer is None or frame.depth > _MAX_DEPTH:
        return None
    parts = answer(frame, call)
    if parts is not None and call.action == "dropped":
        call.action = "rendered"
    return parts


# ---------------------------------------------------------------- variables


def _title_words(page: Page, title: Title | None) -> dict[str, str]:
    if title is None:
        return {}
    spaces = page.site.namespaces
    number = title.namespace

    def space(which: int) -> str:
        return spaces[which].name if which in spaces else ""

    def full(which: int, text: str) -> str:
        name = space(which)
        return f"{name}:{text}" if name else text

    # Subjects have even numbers, the talk pages about them the odd number behind.
    subject = number & ~1 if number >= 0 else number
    talk = subject + 1 if number >= 0 else number
    text = title.text
    base, _, sub = text.rpartition("/")
    words = {
        "pagename": text,
        "fullpagename": title.full,
        "basepagename": base or text,
        "rootpagename": text.partition("/")[0] or text,
        "subpagename": sub,
        "talkpagename": full(talk, text) if number >= 0 else "",
        "subjectpagename": full(subject, text),
        "namespace": space(number),
        "talkspace": space(talk) if number >= 0 else "",
        "subjectspace": space(subject),
        "namespacenumber": str(number),
    }
    for name in tuple(words):
        words[name + "e"] = words[name].replace(" ", "_")
    words["articlepagename"] = words["subjectpagename"]
    words["articlespace"] = words["subjectspace"]
    return words


def answer_variable(page: Page, call: Call, name: str) -> Answer:
    """Answer a variable such as ``{{PAGENAME}}`` or ``{{!}}``."""
    value = {
        "!": "|",
        "=": "=",
        "sitename": page.site.sitename,
        "server": page.site.server,
        "contentlanguage": page.site.language,
        "pagelanguage": page.site.language,
    }.get(name)
    if value is None:
        value = _title_words(page, page.name).get(name)
    if value is None:
        return None
    call.action = "rendered"
    return (value,)


# ---------------------------------------------------------------- expressions

_WORD: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<name>[A-Za-z]+)"
    r"|(?P<sign><=|>=|!=|<>|[-+*/^()<>=−×÷]))"
)
# Precedences of ExprParser; those of 9 and 10 stand before their operand.
_BINARY: Final = {
    "^": 8, "*": 7, "/": 7, "div": 7, "mod": 7, "fmod": 7, "+": 6, "-": 6, "round": 5,
    "=": 4, "<": 4, ">": 4, "<=": 4, ">=": 4, "!=": 4, "<>": 4, "and": 3, "or": 2,
}  # fmt: skip
_UNARY: Final = frozenset(
    ("neg", "pos", "not", "sin", "cos", "tan", "asin", "acos", "atan", "exp", "ln", "abs",
     "floor", "trunc", "ceil", "sqrt")
)  # fmt: skip
_MAX_EXPRESSION: Final = 1000
"""Characters of an expression; MediaWiki stops at a stack of 100."""


def evaluate(text: str) -> float | None:
    """Evaluate an expression of ``#expr``; None if there is anything wrong with it."""
    if len(text) > _MAX_EXPRESSION:
        return None
    operands: list[float] = []
    operators: list[str] = []
    expects_operand = True
    at = 0
    text = text.rstrip().replace("&minus;", "-").replace("&lt;", "<").replace("&gt;", ">")
    try:
        while at < len(text):
            match = _WORD.match(text, at)
            if match is None:
                return None
            at = match.end()
            number, name, sign = match["number"], match["name"], match["sign"]
            if number:
                if not expects_operand:
                    return None
                operands.append(float(number))
                expects_operand = False
                continue
            word = {"−": "-", "×": "*", "÷": "/"}.get(sign, sign) if sign else name.lower()
            if expects_operand:
                if word in ("pi", "e"):
                    operands.append(math.pi if word == "pi" else math.e)
                    expects_operand = False
                elif word in ("-", "+"):
                    operators.append("neg" if word == "-" else "pos")
                elif word == "(" or word in _UNARY:
                    operators.append(word)
                else:
                    return None
            elif word == ")":
                while operators and operators[-1] != "(":
                    _apply(operators.pop(), operands)
                if not operators:
                    return None
                operators.pop()
            elif word in _BINARY:
                rank = _BINARY[word]
                while operators and operators[-1] != "(" and _rank(operators[-1]) >= rank:
                    _apply(operators.pop(), operands)
                operators.append(word)
                expects_operand = True
            else:
                return None
        if expects_operand:
            return None
        while operators:
            if operators[-1] == "(":
                return None
            _apply(operators.pop(), operands)
    except (ArithmeticError, ValueError, IndexError):
        return None
    return operands[0] if len(operands) == 1 and math.isfinite(operands[0]) else None


def _rank(operator: str) -> int:
    return _BINARY.get(operator, 10 if operator in ("neg", "pos") else 9)


def _apply(operator: str, operands: list[float]) -> None:
    right = operands.pop()
    if operator in _UNARY:
        operands.append(float(_ONE[operator](right)))
        return
    left = operands.pop()
    operands.append(float(_TWO[operator](left, right)))


_ONE: Final[Mapping[str, Callable[[float], float]]] = {
    "neg": lambda a: -a,
    "pos": lambda a: a,
    "not": lambda a: not a,
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "trunc": math.trunc,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "ln": math.log,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
}
_TWO: Final[Mapping[str, Callable[[float, float], float]]] = {
    "^": math.pow,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "div": lambda a, b: a / b,
    "mod": lambda a, b: math.fmod(math.trunc(a), math.trunc(b)),
    "fmod": math.fmod,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "round": lambda a, b: _round(a, int(b)),
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "!=": lambda a, b: a != b,
    "<>": lambda a, b: a != b,
    "and": lambda a, b: bool(a) and bool(b),
    "or": lambda a, b: bool(a) or bool(b),
}


def _round(value: float, digits: int) -> float:
    """Round half away from zero, as PHP does."""
    scale = 10.0 ** max(-15, min(15, digits))
    return math.copysign(math.floor(abs(value) * scale + 0.5) / scale, value)


def _printed(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.14g}"
