"""
Shapes of handlers beyond the common ones: links, notes, words in the script of the page.

Here live what the handlers of one wiki are put together from. Which template has which shape is
said in that wiki's table; nothing here knows a template's name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from wikiclean.templates.calls import Argument, Call, Handler, Part, trimmed

_TARGET: Final = re.compile(r"[^\[\]{}|<>\n\x7f]+")
_ADDRESS: Final = re.compile(r"(?:https?:)?//(?:(?!'')[^\s\[\]{}|<>\"\x7f])+")
_ENDS: Final = ("[", "]", "http:", "https:", "\n")
_NESTS: Final = ("[", "]", "{{", "http:", "https:", "\n")


def given(call: Call, *names: str) -> Argument | None:
    """Return the first of some arguments that is not blank, without the spaces around it."""
    found = call.get(*names)
    return None if found is None else trimmed(call, found)


def written(call: Call, argument: Argument) -> str:
    """Return an argument as it is written."""
    return call.source[argument.start : argument.end]


def is_target(text: str) -> bool:
    """Tell whether *text* can be written as the target of a link: no markup or address."""
    return _TARGET.fullmatch(text) is not None and "://" not in text


def is_address(text: str) -> bool:
    """Tell whether *text* can be written as the address of an external link, without a label."""
    return _ADDRESS.fullmatch(text) is not None


def part_of(argument: Argument, start: int, end: int) -> Argument:
    """Return the piece of an argument between two offsets in what is written."""
    left = argument.start
    return Argument(argument.name, left + start, left + end, positional=False, nodes=argument.nodes)


def positional(call: Call, first: int = 1) -> list[Argument]:
    """Return the arguments called by numbers from the *first* on, less those that are blank."""
    found = (trimmed(call, item) for item in call.numbered(first))
    return [item for item in found if written(call, item)]


def flag(call: Call, *names: str) -> bool:
    """Tell whether an argument says yes."""
    return call.value(*names).lower() in ("y", "yes", "1", "on", "true", "是")


def sequence(*parts: Part | None) -> tuple[Part, ...]:
    """Return the parts that are there."""
    return tuple(part for part in parts if part is not None and part != "")


def listed(separator: str, groups: Sequence[Sequence[Part]]) -> tuple[Part, ...]:
    """Return the groups that are not empty, with *separator* between them."""
    result: list[Part] = []
    for group in groups:
        if group:
            if result and separator:
                result.append(separator)
            result += group
    return tuple(result)


# ---------------------------------------------------------------- script


def script(call: Call) -> str:
    """Return the script the page is shown in: ``zh-hans``, ``zh-hant``; empty if not known."""
    variant = call.page.chosen_variant if call.page is not None else ""
    if variant in ("zh-hans", "zh-cn", "zh-sg", "zh-my"):
        return "zh-hans"
    return "zh-hant" if variant in ("zh-hant", "zh-tw", "zh-hk", "zh-mo") else ""


def wording(call: Call, hans: str, hant: str) -> str:
    """Return the wording for the script of the page; the simplified one if that is not known."""
    return hant if script(call) == "zh-hant" else hans


def worded(hans: str, hant: str) -> Handler:
    """Return a handler that leaves a fixed wording, in the script of the page."""
    return lambda call: (wording(call, hans, hant),)


# ---------------------------------------------------------------- links


def is_plain(call: Call, label: Argument) -> bool:
    """Tell whether an argument can stand in a label: no link or call is in it, and no bracket."""
    return not any(sign in written(call, label) for sign in _NESTS)


def linked(call: Call, target: Argument | str, label: Argument | str = "") -> tuple[Part, ...]:
    """
    Return a link, or the label alone where a link cannot be.

    Args:
        call: Whose arguments they are.
        target: A title.
        label: What is shown; the target if empty.
    """
    title = target if isinstance(target, str) else written(call, target)
    shown = label or target
    if isinstance(shown, Argument) and not is_plain(call, shown):
        return (shown,)
    if not is_target(title):
        return (shown,)
    # A colon before it keeps a file or a category from being shown or joined.
    opening = "[[:" if ":" in title and not title.startswith(":") else "[["
    return (opening, target, "|", label, "]]") if label else (opening, target, "]]")


def interwiki(call: Call, wiki: str, target: Argument, label: Argument) -> tuple[Part, ...]:
    """Return a link to a page of another wiki, whose prefix is *wiki*; else the label alone."""
    if not re.fullmatch(r"[a-z]{2,12}(?:-[a-z]{2,12}){0,2}", wiki):
        return (label,)
    if not is_plain(call, label) or not is_target(written(call, target)):
        return (label,)
    return (f"[[:{wiki}:", target, "|", label, "]]")


def external(call: Call, address: Part | Sequence[Part], label: Sequence[Part]) -> tuple[Part, ...]:
    """
    Return a link to an address, or the label alone where it is none.

    Args:
        call: Whose arguments they are.
        address: With its scheme, whole or in parts.
        label: What is shown.
    """
    parts = (address,) if isinstance(address, (str, Argument)) else tuple(address)
    url = "".join(part if isinstance(part, str) else written(call, part) for part in parts)
    plain = all(
        isinstance(part, str) or not any(sign in written(call, part) for sign in _ENDS)
        for part in label
    )
    if not label or not plain or not is_address(url):
        return tuple(label)
    return ("[", *parts, " ", *label, "]")


# ---------------------------------------------------------------- lines above the text


def above(inside: Sequence[Part]) -> tuple[Part, ...]:
    """Return a hatnote: a line above the text; nothing if nothing stands in it."""
    return ('<div class="hatnote">', *inside, "</div>") if inside else ()


# ---------------------------------------------------------------- notes


def note(
    call: Call,
    place: Argument,
    *,
    body: bool,
    name: str = "",
    group: str = "",
    tag: str = "ref",
    words: Handler | None = None,
) -> Argument:
    """
    Return what stands for a footnote in the place of a call, as ``{{#tag:ref|…}}`` does.

    Args:
        call: The template.
        place: The argument that is its text, or that refers to it.
        body: Whether *place* is its text.
        name: Of the note; notes of one name are one note.
        group: Of the note.
        tag: ``ref``; ``references`` for the list of notes, ``poem`` for lines that stay apart.
        words: If the text of the note is made of several arguments: what the call leaves there.
    """
    start, end = place.start, place.end
    if words is not None:
        start, end = call.node.start, call.node.end
    inner = (start, end) if body else (end, end - 1)
    node = type(call.node)("tag", start, end, *inner, [], tag)
    pairs = (("name", name), ("group", group))
    node.words = words
    node.attributes = "".join(f' {key}="{_quoted(value)}"' for key, value in pairs if value)
    return Argument("", start, end, positional=False, nodes=[node])


def _quoted(text: str) -> str:
    return re.sub(r"[\"<>{}\n]+", " ", text).strip().strip("'").strip()


# ---------------------------------------------------------------- ruby, cells


def ruby(base: Argument | None, above: Argument | None) -> tuple[Part, ...]:
    """Return characters with their reading."""
    if base is None or above is None:
        return sequence(base or above)
    return ("<ruby>", base, "<rt>", above, "</rt></ruby>")


_CELL: Final = re.compile(
    r"""(?:^|[|!])[|!][ ]*+(?:[a-zA-Z-]++=(?:"[^"\n]*+"|'[^'\n]*+'|\w++)[ ]*+)++$|"""
    r"""^[ ]*+[|!][ ]*+(?:[a-zA-Z-]++=(?:"[^"\n]*+"|'[^'\n]*+'|\w++)[ ]*+)++$"""
)
"""A cell's marker and attributes, up to the end; ``| key = {{…}}`` of an infobox is none."""


def cell(call: Call, text: Sequence[Part]) -> tuple[Part, ...]:
    """
    Return the text of a template that opens a table's cell.

    Such a template gives attributes, a bar and a text. The bar is needed only where attributes
    stand before the call, as in ``| rowspan="2" {{N/A}}``.
    """
    source = call.source
    start = call.head_start - 2
    line = max(source.rfind("\n", max(0, start - 200), start) + 1, start - 200)
    return ("| ", *text) if text and _CELL.search(source[line:start]) else tuple(text)


__all__ = [
    "above",
    "cell",
    "external",
    "flag",
    "given",
    "interwiki",
    "is_plain",
    "linked",
    "listed",
    "note",
    "part_of",
    "positional",
    "ruby",
    "script",
    "sequence",
    "worded",
    "wording",
    "written",
]
