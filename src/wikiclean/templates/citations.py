"""
Citations: the readable text of ``{{cite …}}``.

Here lives the order in which zh-Wikipedia prints the parameters of a citation. Which names a
template goes by is said in the wiki's table.

Source: the rendered references of zh-Wikipedia, whose Module:Citation/CS1 parts most fields by
``. ``, puts the day of reading in square brackets and the archive in full-width ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from wikiclean.templates.calls import Argument, Call, Part
from wikiclean.templates.shapes import (
    external,
    given,
    listed,
    part_of,
    sequence,
    wording,
    written,
)

_MOST: Final = 30
"""How many authors are looked for; Module:Citation/CS1 has no bound."""

_TITLES: Final = ("title", "plaintitle", "標題", "标题", "題名")
_LANGUAGE_CODE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?:\s*")

_IDENTIFIERS: Final[Mapping[str, tuple[str, ...]]] = {
    "ISBN ": ("isbn", "ISBN"),
    "ISSN ": ("issn", "ISSN"),
    "OCLC ": ("oclc", "OCLC"),
    "PMID ": ("pmid", "PMID"),
    "PMC ": ("pmc", "PMC"),
    "JSTOR ": ("jstor", "JSTOR"),
    "arXiv:": ("arxiv", "eprint"),
    "Bibcode:": ("bibcode",),
    "doi:": ("doi", "DOI"),
}

_CATALOGUES: Final[Mapping[str, str]] = {
    "ISSN ": "https://www.worldcat.org/issn/",
    "OCLC ": "https://www.worldcat.org/oclc/",
    "PMID ": "https://pubmed.ncbi.nlm.nih.gov/",
    "PMC ": "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC",
    "JSTOR ": "https://www.jstor.org/stable/",
    "arXiv:": "https://arxiv.org/abs/",
    "Bibcode:": "https://ui.adsabs.harvard.edu/abs/",
    "doi:": "https://doi.org/",
    "hdl:": "https://hdl.handle.net/",
}
"""
What stands before a number → the address of its entry, up to the number.

Source: Module:Citation/CS1/Configuration. An ISBN leads to a special page of the wiki, not to one
catalogue, and the address of an LCCN has other signs than what is printed; these are not linked.
"""


def catalogued(call: Call, before: str, number: Sequence[Part]) -> Sequence[Part]:
    """Return a number that stands behind the name of a catalogue, linked to its entry there."""
    address = _CATALOGUES.get(before)
    return number if address is None else external(call, (address, *number), number)


def people(call: Call, role: str = "") -> tuple[Part, ...]:
    """Return names as ``Last, First; Last, First``: the authors', or those of a *role*."""
    groups: list[Sequence[Part]] = []
    for number in range(1, _MOST):
        ways = (str(number), "") if number == 1 else (str(number),)
        lasts: list[str] = []
        firsts: list[str] = []
        for way in ways:
            if role:
                lasts += (f"{role}{way}-last", f"{role}-last{way}", f"{role}{way}")
                firsts += (f"{role}{way}-first", f"{role}-first{way}")
            else:
                lasts += (f"last{way}", f"author{way}", f"surname{way}", f"author-last{way}")
                firsts += (f"first{way}", f"given{way}", f"author-first{way}")
        last = given(call, *lasts)
        if last is None:
            if number > 1:
                break
            continue
        first = given(call, *firsts)
        groups.append((last, ", ", first) if first is not None else (last,))
    if not role:
        more = given(call, "authors", "vauthors", "people", "coauthors", "coauthor", "作者")
        groups.append(sequence(more))
    return listed("; ", groups)


def titled(call: Call) -> tuple[Part, ...]:
    """Return the title, linked if there is an address."""
    title, script = given(call, *_TITLES), _script_title(call)
    shown = listed(" ", [sequence(title), script]) or sequence(given(call, "trans-title"))
    if not shown:
        return sequence(given(call, "contribution", "chapter", "url", "URL"))
    address = given(call, "url", "URL", "網址", "网址")
    return external(call, address, shown) if address is not None else shown


def _script_title(call: Call) -> tuple[Part, ...]:
    """Return a title in its own script, less the code of its language: ``script-title=ja:…``."""
    title = given(call, "script-title", "script_title")
    if title is None:
        return ()
    text = written(call, title)
    code = _LANGUAGE_CODE.match(text)
    return sequence(part_of(title, code.end(), len(text)) if code else title)


def cite(
    call: Call, languages: Mapping[str, Sequence[str]] | None = None, *, comma: bool = False
) -> Sequence[Part]:
    """
    Return a citation as it is printed in the list of references.

    Args:
        call: A call of one of the ``{{cite …}}`` templates.
        languages: Names of languages by code, in simplified and in traditional script. Without
            them no Chinese is written between the fields: what is said in words is left out.
        comma: Whether fields are parted by commas, as ``{{citation}}`` does.
    """
    chinese = languages is not None
    authors, editors = people(call), people(call, "editor")
    chapter = given(call, "chapter", "contribution", "article", "entry")
    work = given(
        call, "journal", "newspaper", "magazine", "work", "website", "periodical",
        "encyclopedia", "encyclopaedia", "dictionary", "series", "conference", "book-title",
        "mailing-list", "mailinglist",
    )  # fmt: skip
    groups: list[Sequence[Part]] = [authors]
    if editors and not authors:
        groups.append((*editors, wording(call, " (编)", " (編)")) if chinese else editors)
    if chapter is not None:
        groups.append((chapter,))
    trans = given(call, "trans-title", "trans_title")
    title = titled(call)
    if chapter is not None and all(_same(part, chapter) for part in title):
        title = ()  # it stands there for a title that is missing
    # Alone, a translated title stands for the title.
    own = given(call, *_TITLES, "script-title", "script_title")
    groups.append(
        (*title, " &#91;", trans, "&#93;") if trans is not None and own is not None else title
    )
    if editors and authors:
        groups.append((wording(call, "(编) ", "(編) "), *editors) if chinese else editors)
    edition = given(call, "edition")
    kind = given(call, "type", "degree")
    groups += [sequence(kind), sequence(edition), sequence(work)]
    groups.append(_published(call))
    groups += [
        (before, *catalogued(call, before, (_number(call, before, value),)))
        for before, names in _IDENTIFIERS.items()
        if (value := given(call, *names)) is not None
    ]
    groups.append(sequence(given(call, "id", "via", "at")))
    if chinese:
        groups.append(_archived(call))
    quote = given(call, "quote", "quotation", "引文")
    parts = list(listed(", ", groups) if comma else _sentences(call, groups))
    language = () if languages is None else _language(call, languages)
    if language:
        parts += (" " if parts else "", *language)
    if quote is not None:
        parts += (". ", quote)
    if not parts:
        return ()
    return tuple(part for part in (*parts, "" if comma else ".") if part != "")


def _number(call: Call, before: str, value: Argument) -> Argument:
    """Return the number of an entry; some write ``pmc=PMC123``."""
    if before != "PMC ":
        return value
    text = written(call, value)
    return part_of(value, len("PMC"), len(text)) if text.startswith("PMC") else value


def _same(part: Part, other: Argument) -> bool:
    return isinstance(part, Argument) and (part.start, part.end) == (other.start, other.end)


def _sentences(call: Call, groups: Sequence[Sequence[Part]]) -> tuple[Part, ...]:
    """Join fields by full stops, one of which a field may bring itself (``Rana, A.N.``)."""
    result: list[Part] = []
    for group in groups:
        if group and result:
            last = result[-1] if isinstance(result[-1], str) else written(call, result[-1])
            result.append(" " if last.endswith((".", "。")) else ". ")
        result += group
    return tuple(result)


def _published(call: Call) -> tuple[Part, ...]:
    """Return place, publisher, date, volume, pages and the day of reading."""
    place, publisher = given(call, "location", "place"), given(call, "publisher", "institution")
    where = listed(": ", [sequence(place), sequence(publisher)])
    when: Sequence[Part] = sequence(given(call, "date", "year", "日期"))
    volume, issue = given(call, "volume"), given(call, "issue", "number")
    if volume is not None or issue is not None:
        count = sequence(volume, " " if volume and issue else None)
        count += ("(", issue, ")") if issue is not None else ()
        when = listed(", ", [when, count])
    pages = given(call, "pages", "page", "頁", "页")
    if pages is not None:
        when = (*when, ": " if when else "", pages)
    read = given(call, "access-date", "accessdate", "accessed", "訪問日期", "访问日期")
    if read is not None:
        when = (*when, " " if when else "", "&#91;", read, "&#93;")
    return tuple(part for part in listed(". ", [where, when]) if part != "")


def _archived(call: Call) -> tuple[Part, ...]:
    address = given(call, "archive-url", "archiveurl")
    if address is None:
        return ()
    date = given(call, "archive-date", "archivedate")
    kept = wording(call, "原始内容", "原始內容")
    opening = wording(call, "存档", "存檔")
    if date is None:
        return ("（", *external(call, address, (f"{kept}{opening}",)), "）")
    return (
        "（",
        kept,
        *external(call, address, (opening,)),
        "于" if opening == "存档" else "於",
        date,
        "）",
    )


def _language(call: Call, languages: Mapping[str, Sequence[str]]) -> tuple[Part, ...]:
    language = given(call, "language", "lang", "in", "語言", "语言")
    if language is None:
        return ()
    code = written(call, language).lower()
    if code.startswith("zh"):
        return ("（中文）",)
    names = languages.get(code)
    return ("（", wording(call, *names) if names else language, "）")


__all__ = ["catalogued", "cite", "people"]
