"""
The dialects, and how to tell them apart.

Here live the table of parsers and the detection. Each parser is imported when it is first used, so
that reading one dialect does not load the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.machinery import ExtensionFileLoader
from importlib.util import find_spec
from pathlib import PurePath
from types import MappingProxyType
from typing import Final, Protocol, cast

import attrs

from wikiclean.document import MAX_NESTED, Dialect, Document
from wikiclean.limits import Deadline
from wikiclean.site import Site
from wikiclean.templates import CORE, Handler


class Parser(Protocol):
    """Reads a source without lone surrogates into a Document that is not repaired yet."""

    def __call__(
        self,
        source: str,
        site: Site,
        *,
        title: str | None = None,
        variant: str = "source",
        templates: Mapping[str, Handler] = CORE,
        max_depth: int = MAX_NESTED,
        deadline: Deadline | None = None,
    ) -> Document:
        """Return the Document of a page; never raises for markup, but OutOfTime if asked to."""


PARSERS: Final[Mapping[Dialect, str]] = MappingProxyType(
    {"wikitext": "wikiclean.parsers.wikitext", "export": "wikiclean.parsers.export"}
)
"""Dialect → module whose ``parse`` reads it."""


@cache
def parser(dialect: Dialect) -> Parser:
    """Return the parser of a dialect."""
    return cast("Parser", import_module(PARSERS[dialect]).parse)


def is_compiled() -> bool:
    """Tell whether the parser of wikitext is compiled, as some wheels have it."""
    spec = find_spec("wikiclean.parsers.writer")
    return spec is not None and isinstance(spec.loader, ExtensionFileLoader)


@attrs.frozen
class Sign:
    """Something that one dialect has and the other does not."""

    dialect: Dialect
    name: str
    pattern: re.Pattern[str]
    weight: int


_SIGNS: Final = (
    Sign(
        "export",
        "the line that names the source page",
        re.compile(r"\A\ufeff?> ?(?:本文内容由|この記事は|This article is converted)"),
        20,
    ),
    Sign("export", 'a link titled "wikilink"', re.compile(r'"wikilink"\)|title="wikilink"'), 10),
    Sign("export", 'an image titled "fig:"', re.compile(r'\) ?"fig:|"fig:[^"\n]{1,200}"\)'), 10),
    Sign("export", "an escaped note mark", re.compile(r"\\\[\d{1,4}\\\]"), 4),
    Sign("export", "a heading with #", re.compile(r"^#{2,6} \S", re.MULTILINE), 3),
    Sign("export", "text in **", re.compile(r"\*\*[^*\s]"), 2),
    Sign("export", "a bullet with three spaces", re.compile(r"^-   \S", re.MULTILINE), 2),
    Sign("export", "a figure of HTML", re.compile(r"^<figure>\r?\n<img ", re.MULTILINE), 5),
    Sign(
        "export",
        "a list of notes in HTML",
        re.compile(r"^<section [^<>\n]{0,100}\bfootnotes\b", re.MULTILINE),
        5,
    ),
    Sign("export", "a bullet two columns in", re.compile(r"^  - \S", re.MULTILINE), 2),
    Sign("wikitext", "[[", re.compile(r"\[\["), 5),
    Sign("wikitext", "{{", re.compile(r"\{\{"), 4),
    Sign("wikitext", "{|", re.compile(r"^\{\|", re.MULTILINE), 5),
    Sign("wikitext", "'''", re.compile(r"'''"), 3),
    Sign("wikitext", "a heading with ==", re.compile(r"^==[^=\n][^\n]*==[ \t]*$", re.MULTILINE), 4),
    Sign("wikitext", "<ref", re.compile(r"<ref[\s>/]", re.IGNORECASE), 3),
    Sign(
        "wikitext",
        "an external link in single brackets",
        re.compile(r"(?<!\[)\[https?://[^\s\[\]]++ "),
        2,
    ),
    Sign("wikitext", "a bullet at the line's start", re.compile(r"^\*+ ?[^*\s]", re.MULTILINE), 1),
)
"""What ``detect`` looks for. Each sign counts once, however often it is found."""


NAMES: Final[Mapping[str, Dialect]] = MappingProxyType(
    {
        ".md": "export",
        ".markdown": "export",
        ".wikitext": "wikitext",
        ".wiki": "wikitext",
        ".mediawiki": "wikitext",
    }
)
"""Suffix of a file that is a page → the dialect that its name speaks for."""

NAME_WEIGHT: Final = 2
"""The weight of a name of the export as a sign of it: more than a bullet, which Markdown has as
well, and less than what no Markdown has."""


def detect(source: str, *, name: str = "") -> tuple[Dialect, str]:
    """
    Tell the dialect of a page, and why.

    Args:
        source: The page.
        name: Name of the file that it came from. One that ends in ``.wikitext``, ``.wiki`` or
            ``.mediawiki`` decides. ``.md`` and ``.markdown`` are a sign of the export like others,
            for people give wikitext such names too. Any other name says nothing.

    Returns:
        The dialect whose signs weigh more, and the signs that were found, in English. A page with
        no sign at all is ``wikitext``, which plain text is.
    """
    suffix = PurePath(name).suffix.lower()
    named = NAMES.get(suffix)
    why = f"a name that ends in {suffix}"
    if named == "wikitext":
        return named, f"it has {why}"
    found = [(one.dialect, one.name, one.weight) for one in _SIGNS if one.pattern.search(source)]
    if named:
        found.append((named, why, NAME_WEIGHT))
    export = sum(weight for speaks_for, _, weight in found if speaks_for == "export")
    wikitext = sum(weight for speaks_for, _, weight in found if speaks_for == "wikitext")
    # Of a name of the export it takes more than as much to say that it is wikitext.
    dialect: Dialect = (
        "export" if export > wikitext or (named and export == wikitext) else "wikitext"
    )
    names = [name for speaks_for, name, _ in found if speaks_for == dialect]
    against = [name for speaks_for, name, _ in found if speaks_for != dialect]
    why = f"it has {', '.join(names)}" if names else "it has no markup of either dialect"
    if against:
        why += f", which outweighs {', '.join(against)}"
    return dialect, why
