"""
Parser functions and variables whose answer does not need the wiki.

Each takes a call and says what it leaves, as a handler does. Those that would need other pages,
the database or the clock answer None and are dropped.

Sources: MediaWiki 1.39 ``includes/parser/CoreParserFunctions.php``, and the extension
ParserFunctions, ``includes/ParserFunctions.php``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape
from types import MappingProxyType
from typing import Final, TypeAlias
from urllib.parse import quote, quote_plus, unquote_plus

from wikiclean.parsers.wikitext import markup
from wikiclean.parsers.wikitext.calls import parts_of
from wikiclean.parsers.wikitext.dates import NAMED, read_moment, set_moment
from wikiclean.parsers.wikitext.expressions import (
    evaluate,
    integer,
    is_true,
    number,
    same,
    unwritten,
    written,
)
from wikiclean.parsers.wikitext.markup import MARKER
from wikiclean.parsers.wikitext.page import Page
from wikiclean.parsers.wikitext.preprocess import first_node
from wikiclean.site import Title
from wikiclean.templates import Argument, Call, Part
from wikiclean.templates.calls import without_spaces

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

    def decoded(self, call: Call, argument: Argument) -> str:
        """Return the same with its character references decoded."""
        text = self.string(call, argument)
        return markup.decode(text).strip() if "&" in text else text

    def plain(self, call: Call, argument: Argument) -> str:
        """Return the same without what stands for tags and variants."""
        return self.string(call, argument).replace(MARKER, "")

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
            page.expanded_length += len(text)
            page.errors = errors  # whether they stand in the text is not known yet
        return known


def _first(call: Call) -> Argument:
    """Return what stands between the colon and the first bar."""
    colon = call.source.find(":", call.head_start, call.head_end)
    return Argument("0", colon + 1, call.head_end, positional=True, nodes=call.node.children)


def _values(call: Call) -> list[Argument]:
    """Return the arguments behind the first, as written: ``a=b`` is one value."""
    return [
        Argument("", start, end, positional=True, nodes=call.node.children)
        for start, _, end in parts_of(call.source, call.node)[1:]
    ]


def _trim(call: Call, argument: Argument) -> Sequence[Part]:
    cut = without_spaces(call, argument)
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
    equal = same(frame.decoded(call, _first(call)), frame.decoded(call, values[0]))
    index = 1 if equal else 2
    return _trim(call, values[index]) if index < len(values) else ()


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
    index = 0 if is_true(value) else 1
    return _trim(call, values[index]) if index < len(values) else ()


def _expr(frame: Frame, call: Call) -> Answer:
    given = _first(call)
    value = None if frame.fails(call, given) else evaluate(frame.string(call, given))
    if value is None:
        frame.page.errors += 1
        return None
    return (value,)


def _switch(frame: Frame, call: Call) -> Answer:
    test = frame.decoded(call, _first(call))
    found = False
    default: Argument | None = None
    default_next = False
    last: Argument | None = None
    nodes = call.node.children
    for start, equals, end in parts_of(call.source, call.node)[1:]:
        if equals >= 0:
            last = None
            key = Argument("", start, equals, positional=True, nodes=nodes)
            result = Argument("", equals + 1, end, positional=True, nodes=nodes)
            name = frame.decoded(call, key)
            if found or same(name, test):
                return _trim(call, result)
            if default_next or name in ("#default", "#預設", "#默认"):
                default = result
                default_next = False
        else:
            last = Argument("", start, end, positional=True, nodes=nodes)
            name = frame.decoded(call, last)
            if same(name, test):
                found = True
            elif name in ("#default", "#預設", "#默认"):
                default_next = True
    if last is not None:
        return _trim(call, last)
    return _trim(call, default) if default is not None else ()


def _kept(frame: Frame, call: Call, change: Callable[[str], str]) -> Answer:
    """Change the first argument; one that holds tags or variants stays as it is, for its text."""
    given = _first(call)
    text = frame.string(call, given)
    return _trim(call, given) if MARKER in text else (change(text),)


def _plain(frame: Frame, call: Call, least: int = 1) -> list[str]:
    """Return the text of the arguments, and blank ones up to the *least* number."""
    given = [frame.plain(call, one) for one in (_first(call), *_values(call))]
    return given + [""] * (least - len(given))


def _computed(compute: Callable[[list[str]], str]) -> Callable[[Frame, Call], Answer]:
    """Return the function that computes its answer of the text of its arguments."""

    def answer(frame: Frame, call: Call) -> Answer:
        return (compute(_plain(frame, call)),)

    return answer


def _formatted_number(frame: Frame, call: Call) -> Answer:
    values = _values(call)
    how = frame.string(call, values[0]) if values else ""
    if how == "R":
        return _kept(frame, call, unwritten)
    return _kept(frame, call, partial(written, separators=how != "NOSEP"))


_MAX_WIDTH: Final = 500


def _pad(*, left: bool) -> Callable[[Frame, Call], Answer]:
    def answer(frame: Frame, call: Call) -> Answer:
        values = [frame.plain(call, value) for value in _values(call)]
        width = integer(values[0]) if values else 0
        fill = values[1] if len(values) > 1 else "0"

        def padded(text: str) -> str:
            missing = min(width, _MAX_WIDTH) - len(text)
            if missing <= 0 or not fill:
                return text
            padding = (fill * (missing // len(fill) + 1))[:missing]
            return padding + text if left else text + padding

        return _kept(frame, call, padded)

    return answer


def _encoded(given: list[str]) -> str:
    how = given[1] if len(given) > 1 else ""
    if how == "WIKI":
        return _of_wiki(given[0])
    if how == "PATH":
        return quote(given[0], safe="")
    return quote_plus(given[0]).replace("~", "%7E")


def _of_wiki(text: str) -> str:
    """Encode as ``wfUrlencode()`` does."""
    return quote(text.replace(" ", "_"), safe=";@$!*(),/~:")


_LINK: Final = re.compile(r"\[\[:?(?:[^\[\]|]++\|)?([^\[\]|]++)\]\]")
_EXTERNAL_LINK: Final = re.compile(r"\[(?i:[a-z]{3,8}:)?//[^ \[\]]++ ([^\[\]]++)\]")
_HIDDEN: Final = re.compile(r"''+|<[^<>]*+>")
_PERCENT: Final = re.compile(r"%(?=[0-9A-Fa-f]{2})")


def _anchor(given: list[str]) -> str:
    """Return what a heading of that wikitext is linked by: ``guessSectionNameFromWikiText()``."""
    text = _EXTERNAL_LINK.sub(r"\1", _LINK.sub(r"\1", given[0]))
    text = markup.decode(_HIDDEN.sub("", text))
    return _PERCENT.sub("%25", "_".join(text.replace("_", " ").split()))


_TAG_NAME: Final = re.compile(r"[a-z][a-z0-9]*\Z")


def _tag(frame: Frame, call: Call) -> Answer:
    name = frame.string(call, _first(call)).lower()
    if not _TAG_NAME.match(name):
        return None
    values = _values(call)
    attributes: list[str] = []
    for value in values[1:]:
        key, equals, text = frame.plain(call, value).partition("=")
        if equals:
            text = text.strip()
            if text[:1] in ("'", '"') and text[-1:] == text[:1]:
                text = text[1:-1]
            attributes.append(f' {escape(key.strip())}="{escape(text)}"')
    content = values[0] if values else None
    if name not in frame.page.tags:
        # No extension's: it is written as HTML is.
        start = f"<{name}{''.join(attributes)}"
        return (f"{start}/>",) if content is None else (f"{start}>", content, f"</{name}>")
    call.node.name = name
    call.node.kind = "tag"
    if content is None:
        call.node.inner_start, call.node.inner_end = call.node.end, call.node.end - 1
    else:
        call.node.inner_start, call.node.inner_end = content.start, content.end
        children = call.node.children
        inside = first_node(children, content.start), first_node(children, content.end)
        call.node.children = children[slice(*inside)]
    call.node.attributes = "".join(attributes)
    call.action = "tag"
    return ()


_OWN_FORM: Final = re.compile(r"\s*+([0-9]++)=")


def _plural(frame: Frame, call: Call) -> Answer:
    count = number(unwritten(frame.string(call, _first(call)))) or 0.0
    forms: list[Argument] = []
    for value in _values(call):
        own = _OWN_FORM.match(call.source, value.start, value.end)
        if own is None:
            forms.append(value)
        elif float(own[1][:300]) == count:
            start = own.end()
            return _trim(call, Argument("", start, value.end, positional=True, nodes=value.nodes))
    if not forms:
        return ()
    # Languages without forms of their own fall back on English ones: Language::getPluralRules().
    return _trim(call, forms[0 if abs(count) == 1 or len(forms) == 1 else 1])


def _gender(_frame: Frame, call: Call) -> Answer:
    # As for a user who has not said: Language::gender().
    forms = _values(call)
    if not forms:
        return ()
    return _trim(call, forms[2] if len(forms) > 2 else forms[0])


def _itself(index: int) -> Callable[[Frame, Call], Answer]:
    """Return the function that leaves one of its arguments as it is."""

    def answer(_frame: Frame, call: Call) -> Answer:
        given = [_first(call), *_values(call)]
        return _trim(call, given[index]) if index < len(given) else ()

    return answer


# ---------------------------------------------------------------- titles


def _parts_of_title(frame: Frame, call: Call) -> Answer:
    """Answer ``#titleparts``: some of the parts between slashes, the first is 1."""
    given = _first(call)
    title = frame.page.site.title(frame.string(call, given))
    if not title.valid:
        return _trim(call, given)
    _, count, first, *_ = _plain(frame, call, 3)
    parts = title.full.split("/", _MAX_PARTS - 1)
    offset = integer(first)
    kept = parts[offset - 1 if offset > 0 else offset :] if offset else parts
    return ("/".join(kept[: integer(count) or None]),)


_MAX_PARTS: Final = 25


def _absolute(frame: Frame, call: Call) -> Answer:
    """Answer ``#rel2abs``: where a path with dots leads from a page."""
    given = _first(call)
    if MARKER in frame.string(call, given):
        return _trim(call, given)  # for the text of its tags
    to, start, *_ = _plain(frame, call, 2)
    page = frame.page.name
    base = start or (page.full if page else "")
    to = to.rstrip(" /")
    if to in ("", "."):
        return (base,)
    if not to.startswith(("/", "./", "../")) and to != "..":
        base = ""
    path: list[str] = []
    for step in f"{base}/{to}".split("/"):
        if step == "..":
            if not path:
                frame.page.errors += 1
                return None
            path.pop()
        elif step not in ("", "."):
            path.append(step)
    return ("/".join(path),)


def _silent(_frame: Frame, _call: Call) -> Answer:
    return ()


def _namespace(frame: Frame, call: Call) -> Answer:
    word = frame.string(call, _first(call))
    number = int(word) if re.fullmatch(r"-?\d{1,4}", word) else frame.page.site.namespace_id(word)
    space = frame.page.site.namespaces.get(number) if number is not None else None
    return None if space is None else (space.name,)


def _encoded_namespace(frame: Frame, call: Call) -> Answer:
    name = _namespace(frame, call)
    return None if name is None else tuple(_of_wiki(str(part)) for part in name)


def _title_of(frame: Frame, call: Call) -> Title | None:
    title = frame.page.site.title(frame.string(call, _first(call)))
    return title if title.valid else None


def _page_word(variable_name: str) -> Callable[[Frame, Call], Answer]:
    def answer(frame: Frame, call: Call) -> Answer:
        title = _title_of(frame, call)
        value = _title_words(frame.page, title).get(variable_name) if title else None
        return None if value is None else (value,)

    return answer


def _url(*, local: bool) -> Callable[[Frame, Call], Answer]:
    def answer(frame: Frame, call: Call) -> Answer:
        title = _title_of(frame, call)
        if title is None:
            # It is no function's call then: one of a template, or text if none has that name.
            name = f"{call.name}:{frame.string(call, _first(call))}"
            if not frame.page.site.title(name).valid:
                call.action = "text"
            return None
        address = frame.page.site.url(title)
        if local:
            address = address.removeprefix(frame.page.site.server).partition("#")[0]
        query = "&".join(frame.plain(call, value) for value in _values(call))
        return (f"{address}?{query}" if query else address,)

    return answer


# ---------------------------------------------------------------- dates


def _time(frame: Frame, call: Call) -> Answer:
    """Answer ``#time`` where the date is given; without it asks the clock."""
    how, date, language, *_ = _plain(frame, call, 3)
    language = language or frame.page.site.language
    moment = read_moment(date) if date and language in NAMED else None
    text = None if moment is None else set_moment(how, moment, language)
    return None if text is None else (text,)


def _date(_frame: Frame, call: Call) -> Answer:
    # With another form than the reader's, which is to leave it as it is, it is dropped.
    return _trim(call, _first(call)) if not _values(call) else None


# ---------------------------------------------------------------- strings


_MAX_STRING: Final = 1000
"""Code points; ``$wgPFStringLengthLimit``."""


def _searched(search: Callable[[str, list[str]], str]) -> Callable[[Frame, Call], Answer]:
    """Return the function that searches its first argument for the second, a space if blank."""

    def answer(frame: Frame, call: Call) -> Answer:
        given = _plain(frame, call)
        if any(len(text) >= _MAX_STRING for text in given):
            frame.page.errors += 1
            return None
        needle = given[1] if len(given) > 1 and given[1] else " "
        found = search(given[0], [needle, *given[2:]])
        return (found,) if len(found) < _MAX_STRING else None

    return answer


def _place(text: str, given: list[str]) -> str:
    found = text.find(given[0], integer(given[1]) if len(given) > 1 else 0)
    return str(found) if found >= 0 else ""


def _piece(given: list[str]) -> str:
    """Answer ``#sub``: from where, and how many or, if negative, up to how many from the end."""
    start, length = (integer(text) for text in (*given[1:], "", "")[:2])
    text = given[0][start:] if start >= -len(given[0]) else given[0]
    return text[: length or None]


def _replaced(text: str, given: list[str]) -> str:
    old, new, most = (*given, "", "")[:3]
    return text.replace(old, new, integer(most) if most else -1)


def _exploded(text: str, given: list[str]) -> str:
    divider, place, most = (*given, "", "")[:3]
    limit = integer(most)
    parts = text.split(divider, limit - 1 if limit > 0 else -1)
    index = integer(place)
    return parts[index] if -len(parts) <= index < len(parts) else ""


FUNCTIONS: Final[Mapping[str, Callable[..., Answer]]] = MappingProxyType(
    {
        "if": _if,
        "ifeq": _if_equal,
        "iferror": _if_error,
        "ifexpr": _if_expr,
        "expr": _expr,
        "switch": _switch,
        "lc": partial(_kept, change=str.lower),
        "uc": partial(_kept, change=str.upper),
        "lcfirst": partial(_kept, change=lambda text: text[:1].lower() + text[1:]),
        "ucfirst": partial(_kept, change=lambda text: text[:1].upper() + text[1:]),
        "urlencode": _computed(_encoded),
        "anchorencode": _computed(_anchor),
        "formatnum": _formatted_number,
        "padleft": _pad(left=True),
        "padright": _pad(left=False),
        "plural": _plural,
        "gender": _gender,
        "grammar": _itself(1),
        "bidi": _itself(0),
        "tag": _tag,
        "time": _time,
        "timel": _time,
        "formatdate": _date,
        "titleparts": _parts_of_title,
        "rel2abs": _absolute,
        "len": _computed(lambda given: str(len(given[0]))),
        "pos": _searched(_place),
        "rpos": _searched(lambda text, given: str(text.rfind(given[0]))),
        "count": _searched(lambda text, given: str(text.count(given[0]))),
        "replace": _searched(_replaced),
        "explode": _searched(_exploded),
        "sub": _computed(_piece),
        "urldecode": _computed(lambda given: unquote_plus(given[0])),
        "ns": _namespace,
        "nse": _encoded_namespace,
        "defaultsort": _silent,
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
                "namespacenumber",
            )
            for suffix in ("", "e")
        },
        "fullurl": _url(local=False),
        "localurl": _url(local=True),
        "canonicalurl": _url(local=False),
    }
)
"""By MediaWiki's name."""


_MAX_DEPTH: Final = 30
"""How deep conditions may stand in conditions; each level takes a few frames of the interpreter."""
_MIN_EXPANDED: Final = 1_000_000
"""What the arguments of a short page may grow to, where it prints much of little: ``padleft``."""


def answer_function(frame: Frame, call: Call, function: str) -> Answer:
    """Answer a parser function by MediaWiki's name for it."""
    answer = FUNCTIONS.get(function.lstrip("#"))
    page = frame.page
    if (
        answer is None
        or frame.depth > _MAX_DEPTH
        or page.expanded_length > _MAX_DEPTH * len(page.source) + _MIN_EXPANDED
    ):
        return None
    call.is_function = True
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
    here = spaces.get(number)
    parted = here is not None and here.subpages
    base, _, sub = text.rpartition("/") if parted else ("", "", text)
    words = {
        "pagename": text,
        "fullpagename": title.full,
        "basepagename": base or text,
        "rootpagename": (text.partition("/")[0] if parted else "") or text,
        "subpagename": sub,
        "talkpagename": full(talk, text) if number >= 0 else "",
        "subjectpagename": full(subject, text),
        "namespace": space(number),
        "talkspace": space(talk) if number >= 0 else "",
        "subjectspace": space(subject),
        "namespacenumber": str(number),
    }
    for name in tuple(words):
        words[name + "e"] = _of_wiki(words[name])
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
        "servername": page.site.server.rpartition("/")[2],
        "contentlanguage": page.site.language,
        "pagelanguage": page.site.language,
    }.get(name)
    if value is None:
        value = _title_words(page, page.name).get(name)
    if value is None:
        return None
    call.action = "rendered"
    return (value,)
