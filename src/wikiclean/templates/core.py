"""
The templates that mean the same on all wikis, and what each leaves in the text.

Here live their forms and the table of their handlers, which print no words of a language; what does
is in the table of a wiki. Other names are in ``aliases``.

Source: the templates' pages on English Wikipedia, which other wikis have copied under their names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final

from wikiclean.templates.aliases import CORE_ALIASES, with_aliases
from wikiclean.templates.calls import (
    Argument,
    Call,
    Handler,
    Part,
    argument,
    constant,
    fields,
    items,
    joined,
    nothing,
)
from wikiclean.templates.citations import catalogued, cite
from wikiclean.templates.measures import (
    character,
    coordinates,
    formula,
    fraction,
    gauge,
    grouped_number,
    height,
    measure,
    root,
    typed_formula,
    value,
)
from wikiclean.templates.notes import (
    footnote,
    note_list,
    note_marks,
    short,
    short_in_brackets,
    short_in_text,
    short_note,
)
from wikiclean.templates.shapes import (
    above,
    external,
    given,
    interwiki,
    is_target,
    linked,
    listed,
    note,
    part_of,
    positional,
    ruby,
    sequence,
    written,
)

# ---------------------------------------------------------------- words and readings


def foreign_word(*names: str | int) -> Handler:
    """Return the handler of a word in another language: ``{{lang-xx}}``; unknown without one."""
    word = argument(*names)
    return lambda call: word(call) or None


def glossed(call: Call) -> Sequence[Part]:
    """Leave a word, what it is a translation of in brackets, and what is said behind them."""
    inside = listed(", ", [sequence(given(call, name)) for name in ("2", "3", "4")])
    after = given(call, "extra2", "5")
    groups = (sequence(given(call, "1")), ("(", *inside, ")") if inside else (), sequence(after))
    return listed(" ", groups)


def pronunciation(call: Call) -> Sequence[Part]:
    """Leave the sounds that ``{{IPA}}`` holds, in brackets if their language stands before them."""
    first, second = given(call, "1"), given(call, "2")
    return sequence("&#91;", second, "&#93;") if first and second else sequence(first)


def pronounced(call: Call) -> Sequence[Part]:
    """Leave the sounds of ``{{IPA-xx}}`` in brackets."""
    sounds = given(call, "1")
    return () if sounds is None else ("&#91;", sounds, "&#93;")


_ENGLISH_SOUNDS: Final = {
    "'": "ˈ", ",": "ˌ", "_": " ", "A:": "ɑː", "A:r": "ɑːr", "Ar": "ɑːr", "ae": "æ", "aI": "aɪ",
    "aU": "aʊ", "OI": "ɔɪ", "O:": "ɔː", "O:r": "ɔːr", "Or": "ɔːr", "Q": "ɒ", "E": "ɛ",
    "E@r": "ɛər", "Er": "ɛər", "eI": "eɪ", "I": "ɪ", "I@r": "ɪər", "Ir": "ɪər", "i:": "iː",
    "U": "ʊ", "U@r": "ʊər", "Ur": "ʊər", "u:": "uː", "V": "ʌ", "3:r": "ɜːr", "3r": "ɜːr",
    "oU": "oʊ", "@": "ə", "@r": "ər", "@U": "oʊ", "tS": "tʃ", "dZ": "dʒ", "S": "ʃ", "Z": "ʒ",
    "T": "θ", "D": "ð", "N": "ŋ", "g": "ɡ", "y": "j", "hw": "hw", "x": "x", "ju:": "juː",
    "a": "æ", "e": "ɛ", "i": "i", "o": "ɒ", "u": "u",
}  # fmt: skip
"""ASCII forms of the sounds. Source: the documentation of Template:IPAc-en."""
_ENGLISH_LABELS: Final = frozenset(
    {"en", "eng", "us", "uk", "au", "nz", "ca", "ie", "lang", "local", "pron", "also", "ipa"}
    | {"audio", "rhotic", "uklang", "uslang", "or"}
)
"""Words that say whose sounds they are; not sounds."""


def english_sounds(call: Call) -> Sequence[Part]:
    """Join the pieces of ``{{IPAc-en}}`` between slashes."""
    parts: list[Part] = []
    for piece in positional(call):
        text = written(call, piece)
        if text.lower() in _ENGLISH_LABELS:
            continue
        parts.append(_ENGLISH_SOUNDS.get(text, piece))
    return ("/", *parts, "/") if parts else ()


_CODE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,8}){0,2}|simple")


def other_wiki_link(call: Call) -> Sequence[Part]:
    """Answer ``{{ill|local|xx|foreign}}``, and the older ``{{ill|xx|foreign|local}}``."""
    first, second, third = given(call, "1"), given(call, "2"), given(call, "3")
    label = given(call, "lt", "4") if third else given(call, "lt")
    if first is None or second is None:
        return sequence(label or first or second)
    if _CODE.fullmatch(written(call, first)) and not _CODE.fullmatch(written(call, second)):
        return interwiki(call, written(call, first), second, label or third or second)
    if _CODE.fullmatch(written(call, second)):
        return interwiki(call, written(call, second), third or first, given(call, "lt") or first)
    return (given(call, "lt") or first,)


def web_address(call: Call) -> Sequence[Part]:
    """Leave a link to an address, which is shown without its protocol: ``{{URL|example.org}}``."""
    address, label = given(call, "1"), given(call, "2")
    if address is None:
        return sequence(label)
    text = written(call, address)
    start = _PROTOCOL.match(text)
    shown = part_of(address, start.end(), len(text)) if start else address
    path = text.find("/", start.end() if start else 0)
    if 0 < path == len(text) - 1:
        shown = part_of(shown, 0, shown.end - shown.start - 1)
    url = text if start else "http://" + text
    return external(call, url if not start else address, (label or shown,))


_PROTOCOL: Final = re.compile(r"(?:[a-zA-Z]{3,8}:)?//")


def section_link(call: Call) -> Sequence[Part]:
    """Leave a page and its sections with a sign between: ``{{section link|page|section}}``."""
    page, sections = given(call, "1"), positional(call, 2)
    names = listed(", ", [(section,) for section in sections])
    sign = "§§&nbsp;" if len(sections) > 1 else "§&nbsp;"
    if page is None or not sections:
        return (sign, *names) if sections else sequence(page)
    if len(sections) > 1 or not all(is_target(written(call, part)) for part in (page, *sections)):
        return (page, " ", sign, *names)
    return ("[[", page, "#", *names, "|", page, " ", sign, *names, "]]")


def ship(prefix: str) -> Handler:
    """
    Return the handler of a ship's name: ``{{HMS|Iveston|M1151|6}}``.

    The third argument says how much is shown: nothing, all; 1, the number; 2, the name; 3, both;
    5, all but the name; 6, all but the number.
    """

    def handle(call: Call) -> Sequence[Part] | None:
        name, number, shown = given(call, "1"), given(call, "2"), call.value("3")
        if name is None or shown not in ("", "1", "2", "3", "5", "6"):
            return None
        if number is None and shown in ("1", "3", "5"):
            return None
        bracket = ("(", number, ")") if number is not None else ()
        words: Sequence[Part] = (number,) if number is not None and shown == "1" else ()
        if shown != "1":
            words = listed(
                " ",
                [
                    (prefix,) if shown not in ("2", "3") else (),
                    (name,) if shown != "5" else (),
                    bracket if shown not in ("2", "6") else (),
                ],
            )
        if all(is_target(written(call, part)) for part in (name, number) if part is not None):
            return ("[[", *listed(" ", [(prefix,), (name,), bracket]), "|", *words, "]]")
        return words

    return handle


def number_of_people(call: Call) -> tuple[Part, ...]:
    """Return the third argument of ``{{flagIOC|JPN|2012 Summer|30}}`` in brackets."""
    number = given(call, "3")
    if number is None or written(call, number).startswith("("):
        return sequence(number)
    return ("(", number, ")")


def money(sign: str) -> Handler:
    """Return the handler of a sum, or of the sign alone: ``{{GBP|5}}``, ``{{GBP}}5``."""
    return lambda call: sequence(sign, given(call, "1"))


def numbers(before: str) -> Handler:
    """Return the handler of one or more numbers in a catalogue: ``{{OCLC|12|34}}``."""

    def handle(call: Call) -> Sequence[Part]:
        found = positional(call) or sequence(given(call, "id"))
        entries = [catalogued(call, before, (number,)) for number in found]
        return (before, *listed(", ", entries)) if entries else ()

    return handle


def preprint(call: Call) -> Sequence[Part]:
    """Leave the number of a preprint: ``{{arxiv|hep-th|9702155}}``, ``{{arxiv|id=0706.0001}}``."""
    named = [given(call, "archive"), given(call, "id", "eprint")]
    words = listed("/", [(p,) for p in positional(call) or named if p is not None])
    return ("arXiv:", *catalogued(call, "arXiv:", words)) if words else ()


# ---------------------------------------------------------------- dates


def circa(call: Call) -> Sequence[Part]:
    """Leave a year that is not certain, or two: ``{{circa|1066}}``."""
    years = [("c.&nbsp;", year) for year in positional(call)[:2]]
    return listed("&nbsp;– ", years) or ("c.",)


def dated(sign: str) -> Handler:
    """Return the handler of a year, or of two, behind a sign: ``{{floruit|1066|1087}}``."""

    def handle(call: Call) -> Sequence[Part]:
        years = positional(call)[:2]
        gap = "–" if all(written(call, year).isdigit() for year in years) else "&nbsp;– "
        return (sign, *(("&nbsp;", *listed(gap, [(year,) for year in years])) if years else ()))

    return handle


def old_style_date(call: Call) -> Sequence[Part]:
    """Leave a day, the same of the old calendar in brackets, and the year."""
    day, year, old = (given(call, number) for number in "123")
    bracket = ("&#91;O.S. ", old, "&#93;") if old is not None else ()
    return listed(" ", [sequence(day), bracket, sequence(year)])


_MARRIAGE_ENDS: Final = {
    **dict.fromkeys(("d", "died"), ("died", "died")),
    **dict.fromkeys(("div", "divorced"), ("div.", "divorced")),
    **dict.fromkeys(("w", "wid", "widowed"), ("wid.", "widowed")),
}
"""
How a marriage ended → how that is said before a year, and alone.

Source: documentation of Template:Marriage on English Wikipedia; other words are said as they are.
"""


def marriage(call: Call) -> Sequence[Part]:
    """Leave a name, and in brackets the years of a marriage: ``(m. 1885; died 1888)``."""
    start, end, reason = (given(call, name) for name in ("2", "3", "end"))
    married: tuple[Part, ...] = ("m.&nbsp;", _year(call, start)) if start else ()
    ended: tuple[Part, ...] = ()
    separator = "; "
    if reason is not None:
        word = written(call, reason).lower().removesuffix(".")
        short, whole = _MARRIAGE_ENDS.get(word, (reason, reason))
        ended = (short, "&nbsp;", _year(call, end)) if end else (whole,)
        separator = "; " if end else ", "
    elif end is not None:
        separator = "–"
        ended = (_year(call, end),) if start else ("m. before ", _year(call, end))
    return _spouse(call, listed(separator, [married, ended]))


def _spouse(call: Call, years: Sequence[Part]) -> tuple[Part, ...]:
    return listed(" ", [sequence(given(call, "1")), ("(", *years, ")") if years else ()])


def _year(call: Call, day: Argument) -> Argument:
    """Return the year of a day; all that is written if it is not plain which number that is."""
    found = list(re.finditer(r"\b\d{4}\b", written(call, day)))
    return part_of(day, *found[0].span()) if len(found) == 1 else day


def years_of_marriage(call: Call) -> Sequence[Part]:
    """Leave a name, and the years of a marriage in brackets, without words."""
    years = [(year,) for year in positional(call) if year.name in ("2", "3")]
    return _spouse(call, listed("–", years))


def read_date(call: Call, first: int = 1) -> list[int] | None:
    """Return year, month and day, as far as they are given; None if they are not in digits."""
    values = [call.value(str(n)) for n in range(first, first + 3)]
    while values and not values[-1]:
        values.pop()
    if not values or not all(re.fullmatch(r"\d{1,4}", value) for value in values):
        return None
    return [int(value) for value in values]


def age(call: Call) -> Sequence[Part] | None:
    """Leave the years between two days; until today they are not known."""
    first, last = read_date(call), read_date(call, 4)
    if first is None or last is None or len(first) < 3 or len(last) < 3:
        return None
    return (str(years_between(first, last)),)


def years_between(first: Sequence[int], last: Sequence[int]) -> int:
    """Return the full years between two days, as an age is counted."""
    return last[0] - first[0] - (tuple(last[1:]) < tuple(first[1:]))


def date(call: Call) -> Sequence[Part] | None:
    """Leave year, month and day as ISO 8601 has them; other words as they are."""
    numbers = read_date(call)
    if numbers is None:
        return sequence(given(call, "1"))
    year, *rest = numbers
    return ("-".join((f"{year:04}", *(f"{number:02}" for number in rest))),)


# ---------------------------------------------------------------- blocks


def hatnote(call: Call) -> Sequence[Part]:
    """Leave the pages that a line above the text leads to."""
    return above(pages(call, ", "))


def pages(call: Call, separator: str) -> Sequence[Part]:
    """Link the pages that the positional arguments name, or leave the words of ``text=``."""
    text = given(call, "text")
    if text is not None:
        return (text,)
    groups = [
        page_link(call, target, given(call, f"l{number}", f"label {number}"))
        for number, target in enumerate(positional(call), 1)
    ]
    return listed(separator, groups)


def page_link(call: Call, target: Argument, label: Argument | None = None) -> Sequence[Part]:
    """
    Link a page as a line above the text does.

    A section stands behind a sign, and ``{{!}}`` parts a title from its label.
    """
    text = written(call, target)
    title, bar, _ = text.partition("{{!}}")
    if bar:
        label = label or part_of(target, len(title) + len(bar), len(text))
        target, text = part_of(target, 0, len(title)), title
    page, sign, _ = text.partition("#")
    if label is not None or not sign or not is_target(text):
        return linked(call, target, label or "")
    section = part_of(target, len(page) + 1, len(text))
    begin = len(page) - len(page.lstrip(": "))  # the page does not show the colon
    shown = sequence(part_of(target, begin, len(page)), " § ") if page[begin:] else ("§ ",)
    return ("[[", target, "|", *shown, section, "]]")


def ordered(call: Call) -> Sequence[Part]:
    """Leave each positional argument as an item of a numbered list."""
    return ["\n# " if part == "\n* " else part for part in items(call)]


def columns(call: Call) -> Sequence[Part]:
    """Leave the columns one below the other: ``{{columns|col1=…|col2=…}}``."""
    groups = [sequence(given(call, f"col{n}", str(n))) for n in range(1, 11)]
    found = listed("\n\n", groups)
    return ("\n", *found, "\n") if found else ()


def tree_row(call: Call) -> Sequence[Part]:
    """Leave the boxes of a line of ``{{familytree}}`` as a row of a table."""
    named = {item.name: item for item in call.arguments if not item.positional}
    boxes: list[Part] = []
    for place in positional(call):
        found = named.get(written(call, place))
        if found is not None and written(call, found).strip():
            boxes += ("\n| ", found)
    return ("\n{|", *boxes, "\n|}\n") if boxes else ()


_MUSIC: Final = {
    **dict.fromkeys(("flat", "b", "♭"), "♭"),
    **dict.fromkeys(("sharp", "#", "♯"), "♯"),
    **dict.fromkeys(("natural", "n", "♮"), "♮"),
    **dict.fromkeys(("doubleflat", "bb", "♭♭"), "𝄫"),
    **dict.fromkeys(("doublesharp", "##", "x"), "𝄪"),
}
"""Accidentals. Source: the documentation of Template:Music."""


def music_sign(call: Call) -> Sequence[Part] | None:
    """Leave an accidental of music; other signs are not known."""
    sign = _MUSIC.get(call.value("1").lower())
    return None if sign is None else (sign,)


def cropped_image(call: Call) -> Sequence[Part]:
    """Leave a picture that is cut by the style sheet."""
    file, caption = given(call, "Image", "image"), given(call, "Description", "description")
    if file is None or not is_target(written(call, file)):
        return sequence(caption)
    return ("[[File:", file, "|thumb", *(("|", caption) if caption is not None else ()), "]]")


_FILE: Final = re.compile(r"(?i)(?:file|image|文件|檔案|档案|圖像|图像)\s*:")


def _picture(call: Call, file: Argument, caption: Argument | None) -> tuple[Part, ...]:
    name = written(call, file)
    if not is_target(name):
        return sequence(caption)
    prefix = "" if _FILE.match(name) else "File:"
    shown = ("|", caption) if caption is not None else ()
    return (f"[[{prefix}", file, "|thumb", *shown, "]]\n")


def images(call: Call) -> Sequence[Part]:
    """Leave the pictures of ``{{multiple image}}`` with their captions."""
    result: list[Part] = []
    for number in ("", *map(str, range(1, 11))):
        file, caption = given(call, f"image{number}"), given(call, f"caption{number}")
        if file is not None:
            result += _picture(call, file, caption)
    footer = given(call, "footer")
    return (*result, *(("\n", footer, "\n") if footer is not None else ()))


def side_by_side(count: int) -> Handler:
    """
    Return the handler of pictures in a row: ``{{double image|left|A|180|B|180|words on A}}``.

    The files and their widths stand behind the side, and behind them their captions.
    """

    def handle(call: Call) -> Sequence[Part]:
        result: list[Part] = []
        for number in range(count):
            file, caption = (
                given(call, str(place)) for place in (2 * number + 2, 2 * count + 2 + number)
            )
            if file is not None:
                result += _picture(call, file, caption)
        return result or images(call)

    return handle


def panorama(call: Call) -> Sequence[Part]:
    """Leave a picture that is wider or higher than the page: ``{{wide image|A|600px|words}}``."""
    file, caption = given(call, "image", "1"), given(call, "caption", "3")
    return _picture(call, file, caption) if file is not None else sequence(caption)


def gallery(call: Call) -> Sequence[Part]:
    """Leave the pictures of ``{{gallery|file|caption|file|caption}}``, its title and its foot."""
    title, footer = given(call, "title"), given(call, "footer")
    result: list[Part] = ["\n<div>", title, "</div>\n"] if title is not None else []
    for number in (int(item.name) for item in call.numbered()):
        file, caption = given(call, str(number)), given(call, str(number + 1))
        if number % 2 and file is not None:
            result += _picture(call, file, caption)
    return (*result, *(("\n", footer, "\n") if footer is not None else ()))


def clade(call: Call) -> Sequence[Part]:
    """Leave the branches of a tree of life as a list; a branch may hold such a list itself."""
    branches: list[Part] = []
    for number in map(str, range(1, 21)):
        label, taxon = given(call, f"label{number}"), given(call, number)
        if label is not None or taxon is not None:
            inside = listed(" ", [sequence(label), sequence(taxon)])
            branches += ("<li>", *inside, "</li>")
    return ("<ul>", *branches, "</ul>") if branches else ()


def cladogram(call: Call) -> Sequence[Part]:
    """Leave the title of a tree, the tree, and what is said below it."""
    tree = given(call, "clades", "clade", "cladogram", "1")
    groups = [sequence(given(call, "title")), sequence(tree), sequence(given(call, "caption"))]
    return ("\n<div>", *listed("</div>\n<div>", groups), "</div>\n") if any(groups) else ()


# ---------------------------------------------------------------- the table

QUOTED: Final = ("text", "content", "quotetext", "quote")
"""What quotations in a box or at the side may call their words."""

HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        # A key that ends in `` *`` serves all names that begin so, one that begins with ``* `` all
        # that end so, one that ends in ``/*`` all subpages, one in ``-*`` all with that hyphen.
        #
        # Boxes: their fields are a record
        "Infobox *": fields,
        "Infobox": fields,
        "* infobox": fields,
        "Infobox/*": fields,
        "Taxobox": fields,
        "Automatic taxobox": fields,
        "Speciesbox": fields,
        "Chembox": fields,
        "Drugbox": fields,
        "Navbox": fields,
        "Navbox *": fields,
        "External media": fields,
        "Sidebar": fields,
        # Languages and readings
        "Lang": argument(2, "text"),
        "Lang-*": foreign_word(1, "text"),
        "Langx": foreign_word(2, "text"),
        "Transl": argument(3, 2),
        "Nihongo": glossed,
        "Sa": argument(1),
        "IAST": argument(1),
        "Script": argument(2, 1),
        "IPA": pronunciation,
        "IPA-*": pronounced,
        "IPAc-en": english_sounds,
        "Respell": joined("-"),
        "Audio": argument(2, 1),
        "Ruby": lambda call: ruby(given(call, "1"), given(call, "2")),
        # Links
        "Ill": other_wiki_link,
        "URL": web_address,
        "Linktext": lambda call: listed(
            written(call, sign) if (sign := given(call, "lim")) else "",
            [interwiki(call, "wikt", word, word) for word in positional(call)],
        ),
        "Flag": lambda call: linked(call, name) if (name := given(call, "1")) else (),
        "Flagicon": nothing,
        "Rint": nothing,
        "Section link": section_link,
        "Wikt-lang": argument(3, 2),
        "FlagIOC": lambda call: listed(" ", [sequence(given(call, "1")), number_of_people(call)]),
        "FlagIOCmedalist": lambda call: listed(
            "<br>", [sequence(given(call, "1")), sequence(given(call, "2"))]
        ),
        "FlagIOCathlete": lambda call: listed(
            " ",
            [
                sequence(given(call, "1")),
                ("(", code, ")") if (code := given(call, "2")) else (),
            ],
        ),
        "Noflag": argument(1),
        "HMS": ship("HMS"),
        "USS": ship("USS"),
        "RMS": ship("RMS"),
        "HMAS": ship("HMAS"),
        "HMCS": ship("HMCS"),
        "USNS": ship("USNS"),
        "USCGC": ship("USCGC"),
        "MV": ship("MV"),
        # Dates
        "Circa": circa,
        "Floruit": dated("fl."),
        "Reign": dated("r."),
        "OldStyleDate": old_style_date,
        "Marriage": marriage,
        "Start date": date,
        "Death date and age": date,
        "Age": age,
        # Numbers and formulas
        "Convert": measure(),
        "Cvt": measure("on"),
        "Val": value,
        "Frac": fraction,
        "Gaps": joined(""),
        "Exp10": argument(1, before="×10<sup>", after="</sup>"),
        "Chem": formula,
        "Chem2": typed_formula,
        "Formatnum": grouped_number,
        "Math": argument(1),
        "Mvar": argument(1, before="''", after="''"),
        "Coord": coordinates,
        "Mp": lambda call: sequence(
            given(call, "1"),
            *(("<sub>", number, "</sub>") if (number := given(call, "2")) else ()),
        ),
        "Bibleverse": lambda call: (
            listed(" ", [sequence(given(call, number)) for number in "123"])
            if (text := given(call, "5")) is None
            else (text,)
        ),
        "Bibleref": joined(" ", last=2),
        "Pi": constant("''π''"),
        "Overline": argument(1),
        "Radic": root,
        "Abs": argument(1, before="&#124;", after="&#124;"),
        "Unichar": character,
        "Height": height(),
        "Track gauge": gauge(),
        # Sums of money: the sign stands before the number, which may follow the call
        "US$": money("US$"),
        "A$": money("A$"),
        "HK$": money("HK$"),
        "NT$": money("NT$"),
        "GBP": money("£"),
        "€": money("€"),
        "JPY": money("¥"),
        "INR": money("₹"),
        "KRW": money("₩"),
        # Numbers in catalogues
        "OCLC": numbers("OCLC "),
        "Doi": numbers("doi:"),
        "Arxiv": preprint,
        "Hdl": numbers("hdl:"),
        "Bibcode": numbers("Bibcode:"),
        "PMID": numbers("PMID "),
        "JSTOR": numbers("JSTOR "),
        "LCCN": numbers("LCCN "),
        "ISBN": numbers("ISBN "),
        "ISBNT": numbers(""),
        "ISSN": numbers("ISSN "),
        "LaTeX": constant("LaTeX"),
        "TeX": constant("TeX"),
        "XeTeX": constant("XeTeX"),
        "Su": lambda call: sequence(
            *(("<sup>", over, "</sup>") if (over := given(call, "p", "1")) else ()),
            *(("<sub>", under, "</sub>") if (under := given(call, "b", "2")) else ()),
        ),
        "Sub": argument(1, before="<sub>", after="</sub>"),
        "Sup": argument(1, before="<sup>", after="</sup>"),
        # Looks
        "Nowrap": argument(1),
        "Nobr": argument(1),
        "Nobold": argument(1),
        "Small": argument(1),
        "Smaller": argument(1),
        "Big": argument(1),
        "Larger": argument(1),
        "Lower": argument(1),
        "Size": argument(2),
        "Resize": argument(2, 1),
        "Center": argument(1, before="<div>", after="</div>"),
        "Small caps": argument(1),
        "Nowrap begin": nothing,
        "Noitalic": argument(1),
        "Char": argument(1),
        "MongolUnicode": argument(1),
        "Key press": joined("+"),
        "Background color": argument(2),
        "Color": argument(2, 3),
        "Font color": argument(3, 2, "text"),
        "Legend": argument(2),
        "Color box": argument(2),
        "Abbr": argument(1),
        "Tooltip": argument(1),
        "Code": argument(1, 2, before="<code>", after="</code>"),
        "Mono": argument(1, before="<code>", after="</code>"),
        "Strong": argument(1, before="'''", after="'''"),
        "Em": argument(1, before="''", after="''"),
        "Underline": argument(1, before="<u>", after="</u>"),
        "Strikethrough": argument(1, before="<s>", after="</s>"),
        # Signs
        "·": constant("&nbsp;· "),
        "•": constant("&nbsp;• "),
        "Spaces": constant("&nbsp;"),
        "Nbsp": constant("&nbsp;"),
        "Snd": constant("&nbsp;– "),
        "Spaced ndash": constant("&nbsp;– "),
        "Ndash": constant("–"),
        "' \"": constant('&#39;"'),
        "\" '": constant('"&#39;'),
        "'-": constant("&#39;"),
        '"-': constant('"'),
        "((": constant("&#123;&#123;"),
        "))": constant("&#125;&#125;"),
        "!!": constant("||"),
        "!-": constant("|-"),
        "(!": constant("{|"),
        "!)": constant("|}"),
        "Pipe": constant("&#124;"),
        "Asterisk": constant("&#42;"),
        "Dagger": constant("†"),
        "Double dagger": constant("‡"),
        "Thin space": constant("&thinsp;"),
        "Zwsp": constant("&#8203;"),
        "Nbhyph": constant("‑"),
        "Increase": nothing,
        "Break": constant("<br>"),
        "Music": music_sign,
        "Hearts": constant("♥"),
        "Diamonds": constant("♦"),
        "Clubs": constant("♣"),
        "Spades": constant("♠"),
        "Mdash": constant("—"),
        "'": constant("&#39;"),
        "'s": constant("&#39;s"),
        # Doubts: the text stays, the mark behind it goes
        "Fact": argument(1, "text"),
        "Clarify": argument(1, "text"),
        "Dead link": nothing,
        "Sic": argument(1),
        "Not a typo": argument(1),
        # Lists, quotations, tables, pictures
        "Plainlist": argument(1),
        "Flatlist": argument(1),
        "Unbulleted list": items,
        "Ubl": items,
        "Hlist": joined(" · "),
        "Flowlist": joined(" · "),
        "Ordered list": ordered,
        "Br separated entries": joined("<br>"),
        "Comma separated entries": joined(", "),
        "Defn": argument("defn", 1, before=": "),
        "Glossary": nothing,
        "Block indent": argument(1, "text", "content", before="<div>", after="</div>"),
        "Poem quote": lambda call: (
            (note(call, text, body=True, tag="poem"),)
            if (text := given(call, "1", "text", "quote")) is not None
            else ()
        ),
        "Quote": argument(1, "text", "quote", before="<blockquote>", after="</blockquote>"),
        "Blockquote": argument(1, "text", "quote", before="<blockquote>", after="</blockquote>"),
        "Cquote": argument(1, "text", "quote", before="<blockquote>", after="</blockquote>"),
        "Quote box": argument(*QUOTED, 1, before="<blockquote>", after="</blockquote>"),
        "Rquote": argument(*QUOTED, 2, before="<blockquote>", after="</blockquote>"),
        "Columns": columns,
        "Columns-list": argument(2, 1, before="\n", after="\n"),
        "Col-begin": nothing,
        "Familytree": tree_row,
        "Clade": clade,
        "Cladogram": cladogram,
        "Multiple image": images,
        "Double image": side_by_side(2),
        "Triple image": side_by_side(3),
        "Wide image": panorama,
        "Gallery": gallery,
        "CSS image crop": cropped_image,
        # Lines above the text
        "Main": hatnote,
        "See also": hatnote,
        "Details": hatnote,
        "Hatnote": lambda call: above(sequence(given(call, "1"))),
        # Notes; of templates that differ in their marks alone each has a group of its own.
        "Efn": footnote("lower-alpha"),
        "Efn-ua": footnote("upper-alpha"),
        "Efn-lr": footnote("lower-roman"),
        "Efn-ur": footnote("upper-roman"),
        "Efn-lg": footnote("lower-greek"),
        "Refn": footnote(),
        "Refnest": footnote(),
        "R": note_marks,
        "Rp": nothing,
        "Sfn": short_note,
        "Sfnp": short_note,
        "Sfnm": short_note,
        "Harvnb": short,
        "Harv": short_in_brackets,
        "Harvtxt": short_in_text,
        "Reflist": note_list(),
        "Notelist": note_list("lower-alpha"),
        "Notelist-ua": note_list("upper-alpha"),
        "Notelist-lr": note_list("lower-roman"),
        "Notelist-ur": note_list("upper-roman"),
        "Notelist-lg": note_list("lower-greek"),
        "Cite *": cite,
        "Citation": partial(cite, comma=True),
        # Nothing for a reader of the text
        "0": nothing,
        "Anchor": nothing,
        "Vanchor": argument(1),
        "Clear": nothing,
        "-": nothing,
        "TOC": nothing,
        "Toc": nothing,
        "Authority control": nothing,
        "Multiple issues": nothing,
        "Pp-*": nothing,
        "Stub": nothing,
    }
)
"""Handlers by the name a template goes by."""

CORE: Final[Mapping[str, Handler]] = with_aliases(HANDLERS, CORE_ALIASES)
"""Handlers of templates that mean the same on all wikis, other names included."""
