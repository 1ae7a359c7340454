"""
The templates that zh-Wikipedia puts inside sentences, and what each leaves in the text.

Here live the forms that zh-Wikipedia gives, and the table of all its handlers.
What is the same on every wiki is in ``wikiclean.templates``; the shapes of links and notes are in
``shapes``, citations in ``citations``, numbers in ``measures``, other names in ``zh_aliases``.

Source: a count of the templates on fifty pages of zh-Wikipedia and the documentation pages of the
templates. Names of languages and lands come from ``data/zh_names.json``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from wikiclean.templates import (
    Argument,
    Call,
    Handler,
    Part,
    argument,
    constant,
    fields,
    nothing,
)
from wikiclean.templates.aliases import CORE_ALIASES, with_aliases
from wikiclean.templates.citations import cite
from wikiclean.templates.core import HANDLERS as CORE_HANDLERS
from wikiclean.templates.core import pages, read_date
from wikiclean.templates.measures import Printing, average_mass, measure
from wikiclean.templates.notes import footnote, note_list
from wikiclean.templates.shapes import (
    above,
    cell,
    external,
    flag,
    given,
    interwiki,
    is_address,
    is_target,
    linked,
    listed,
    positional,
    ruby,
    script,
    sequence,
    worded,
    wording,
    written,
)
from wikiclean.templates.zh_aliases import ALIASES

_NAMES: Final[Mapping[str, Any]] = json.loads(
    resources.files("wikiclean").joinpath("data/zh_names.json").read_text(encoding="utf-8")
)
LANGUAGES: Final[Mapping[str, Sequence[str]]] = MappingProxyType(_NAMES["languages"])
"""Names of languages in simplified and traditional script, by code."""
LANDS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(_NAMES["lands"])
"""Names of lands in both scripts, by three-letter code; by English name where there is none."""
LAND_CODES: Final[Mapping[str, str]] = MappingProxyType(_NAMES["codes"])
"""Keys of `LANDS` by what else a land is called: codes of sports, English names."""


# ---------------------------------------------------------------- languages


def language_name(call: Call, code: str) -> str:
    """Return what zh-Wikipedia calls a language: in the script of the page if that is known."""
    hans, hant = LANGUAGES[code]
    if not script(call):
        # What the templates themselves print on a page that is not converted.
        return hans if code in ("ja", "ko") else hant
    return wording(call, hans, hant)


def _introduced(call: Call, code: str) -> tuple[Part, ...]:
    """Return the name of the language before a word in it, as ``label=`` and ``links=`` have it."""
    label = given(call, "label", "標籤", "标签")
    if label is not None:
        silent = written(call, label).lower() in ("none", "no", "-", "無", "无")
        return () if silent else (label, "：")
    name = language_name(call, code)
    return (f"{name}：",) if call.value("links", "link") in ("no", "n") else (f"[[{name}]]：",)


def in_language(code: str) -> Handler:
    """Return the handler of ``{{lang-xx}}``: the language, a colon and the word."""
    return lambda call: _in_language(call, code, 1)


def in_named_language(call: Call) -> Sequence[Part]:
    """Leave the same for ``{{langx|xx|word}}``; the word alone if the language has no name here."""
    code = call.value("1").lower()
    if code not in LANGUAGES:
        code = code.partition("-")[0]
    return _in_language(call, code, 2) if code in LANGUAGES else positional(call, 2)


def _in_language(call: Call, code: str, first: int) -> Sequence[Part]:
    words = positional(call, first)
    named = given(call, "text")
    if named is not None:
        words.insert(0, named)
    if not words:
        return ()
    words += [a for a in (given(call, "tr", "translit", "羅馬字"),) if a is not None]
    return (*_introduced(call, code), *listed("，", [(word,) for word in words]))


def eastern_min(call: Call) -> Sequence[Part]:
    """Leave 閩東語： with the word, its letters, its characters and its sound."""
    words = _in_language(call, "cdo", 1)
    letters, characters = given(call, "buc"), given(call, "han")
    sound = given(call, "ipa")
    return listed(
        "，",
        [
            words or _introduced(call, "cdo"),
            (wording(call, "[[平话字]]：", "[[平話字]]："), letters) if letters else (),
            (wording(call, "[[汉字]]：", "[[漢字]]："), characters) if characters else (),
            ("[[國際音標|", wording(call, "实际读音", "實際讀音"), "]]：/", sound, "/")
            if sound
            else (),
        ],
    )


def pronounced(code: str) -> Handler:
    """Return the handler of ``{{IPA-xx}}``: a pronunciation in brackets, and whose it is."""

    def handle(call: Call) -> Sequence[Part]:
        given_kind = any(item.name == "2" for item in call.arguments)
        kind = call.value("2").lower() if given_kind else "default"
        return _pronounced(call, code, given(call, "1"), kind or "none")

    return handle


def _pronounced(call: Call, code: str, sound: Argument | None, kind: str) -> Sequence[Part]:
    if sound is None:
        return ()
    name = language_name(call, code) if code in LANGUAGES else ""
    before = {
        "ipa": "[[国际音标|IPA]]：",
        "lang": f"{name}：" if name else "",
        "pron": wording(call, "发音：", "發音："),
        "default": wording(call, f"{name}发音：", f"{name}發音："),
    }.get(kind, "")
    return sequence(before, "&#91;", sound, "&#93;")


def pronunciation(call: Call) -> Sequence[Part]:
    """Leave what ``{{IPA|…}}`` holds; with a language before it, as ``{{IPA-xx}}`` does."""
    code, sound = call.value("1").lower(), given(call, "2")
    if sound is not None and code in LANGUAGES:
        return _pronounced(call, code, sound, call.value("label", "3").lower() or "default")
    return sequence(given(call, "1"))


def japanese(call: Call) -> Sequence[Part]:
    """Leave 日語：原文〔舊字體〕／假名〔歷史假名〕 羅馬字."""
    text = given(call, "j", "日", "1")
    old, kana = given(call, "jt", "kyu", "舊"), given(call, "kn", "hg", "kana", "假", "2")
    past, roman = given(call, "hgt", "knt"), given(call, "rm", "ro", "romaji", "羅", "3")
    groups = (
        (*sequence(text), *(("〔", old, "〕") if old else ())),
        (*sequence(kana), *(("〔", past, "〕") if past else ())),
    )
    words = listed("／", groups)
    words = listed(" ", [words, sequence(roman)])
    if not words:
        return ()
    label = given(call, "lead")
    if label is not None and written(call, label).lower() in ("no", "n"):
        return words
    return (*_introduced(call, "ja"), *words)


def korean(call: Call) -> Sequence[Part]:
    """Leave 韓語：諺文／漢字 羅馬字."""
    text = given(call, "k", "諺", "谚", "hangul", "1")
    han = given(call, "hj", "hanja", "漢", "汉", "2")
    roman = given(call, "rm", "rr", "羅", "罗", "mr", "3")
    words = listed(" ", [listed("／", [sequence(text), sequence(han)]), sequence(roman)])
    if not words:
        return ()
    if call.value("名", "name").startswith(("北", "朝", "n")):
        return (wording(call, "[[朝鲜语]]：", "[[朝鮮語]]："), *words)
    return (*_introduced(call, "ko"), *words)


def thai(call: Call) -> Sequence[Part]:
    """Leave 泰語： with the word and its transliteration."""
    words = listed("，", [sequence(given(call, name)) for name in ("t", "r", "1", "2")])
    return (*_introduced(call, "th"), *words) if words else ()


def nihongo(call: Call) -> Sequence[Part]:
    """Leave 中文（日文，羅馬字，第三語言，注釋） and what is said behind it."""
    chinese, text = given(call, "1", "zh"), given(call, "2", "kanji", "ja")
    roman = given(call, "romaji", "rōmaji")
    lead = ("", "")
    if flag(call, "lead"):
        lead = (language_name(call, "ja") + "：", wording(call, "罗马字：", "羅馬字："))
    inside = listed(
        "，",
        [
            sequence(lead[0], text) if text else (),
            sequence(lead[1], roman) if roman else (),
            sequence(given(call, "3")),
            sequence(given(call, "extra", "4")),
        ],
    )
    after = given(call, "extra2", "5")
    bracket = ("（", *inside, "）") if inside else ()
    return (*sequence(chinese), *bracket, *((" ", after) if after else ()))


_CHINESE_FORMS: Final = (
    (("c", "中"), "中文", "中文"),
    (("s", "簡", "简", "hans"), "简体中文", "簡體中文"),
    (("t", "繁", "hant"), "繁体中文", "繁體中文"),
    (("p", "pinyin", "拼"), "汉语拼音", "漢語拼音"),
    (("tp",), "通用拼音", "通用拼音"),
    (("w", "wg"), "威妥玛拼音", "威妥瑪拼音"),
    (("j", "jyutping", "粵拼"), "粤拼", "粵拼"),
    (("poj", "白話字"), "白话字", "白話字"),
    (("l", "literal"), "直译", "直譯"),
)


def chinese(call: Call) -> Sequence[Part]:
    """Leave the forms of a Chinese name, each with what it is."""
    groups: list[tuple[Part, ...]] = []
    bare = call.value("labels").lower() in ("no", "n")
    for names, hans, hant in _CHINESE_FORMS:
        found = given(call, *names)
        if found is not None:
            groups.append((found,) if bare else (wording(call, f"{hans}：", f"{hant}："), found))
    return listed("；", groups) or sequence(given(call, "1"))


def language_icon(hans: str, hant: str) -> Handler:
    """Return the handler of ``{{en}}`` behind a link: its language in brackets."""
    return worded(f"（{hans}）", f"（{hant}）")


# ---------------------------------------------------------------- links to other wikis


def helped_link(code: str) -> Handler:
    """Return the handler of ``{{link-xx|local|foreign|shown}}``."""

    def handle(call: Call) -> Sequence[Part]:
        shown = given(call, "3", "d", "1")
        foreign = given(call, "2", "1")
        if shown is None or foreign is None:
            return sequence(shown or foreign)
        return interwiki(call, code, foreign, shown)

    return handle


def named_helped_link(call: Call) -> Sequence[Part]:
    """Answer ``{{internal link helper/xx|local|foreign|shown}}``."""
    return helped_link(call.name.rpartition("/")[2].strip().lower())(call) or ()


def translated_link(call: Call) -> Sequence[Part]:
    """Answer ``{{tsl|xx|foreign|local|shown}}``."""
    shown, foreign = given(call, "4", "3", "2"), given(call, "2")
    if shown is None or foreign is None:
        return sequence(shown)
    return interwiki(call, call.value("1").lower(), foreign, shown)


def named_link(call: Call) -> Sequence[Part]:
    """Answer the helpers whose parameters have names: ``{{ilh|…}}``, ``{{link-interwiki|…}}``."""
    shown = given(call, "zh_title", "d", "lang_display", "zh", "1", "3")
    foreign = given(call, "lang_title", "title", "foreign", "2", "en")
    code = call.value("lang", "lang-code", "language").lower()
    if shown is None:
        return sequence(foreign)
    if foreign is None or not code:
        return (shown,)
    return interwiki(call, code, foreign, shown)


def pasted_link(call: Call) -> Sequence[Part]:
    """Answer ``{{нп3|local|shown|xx|foreign}}``, pasted from ru-Wikipedia."""
    shown, foreign = given(call, "2", "1"), given(call, "4", "1")
    if shown is None or foreign is None:
        return ()
    return interwiki(call, call.value("3").lower() or "en", foreign, shown)


# ---------------------------------------------------------------- dates


def life(call: Call) -> Sequence[Part]:
    """Leave the days of birth and death: ``{{bd|year|day|year|day|sort key}}``."""
    born = sequence(given(call, "1"), given(call, "2"))
    died = sequence(given(call, "3"), given(call, "4"))
    return (*born, "—", *died) if born or died else ()


def life_in_brackets(call: Call) -> Sequence[Part]:
    """Leave the same in brackets, as ``{{BD}}`` does."""
    dates = life(call)
    return ("（", *dates, "）") if dates else ()


def _date(numbers: Sequence[int]) -> str:
    return "".join(f"{n}{unit}" for n, unit in zip(numbers, "年月日", strict=False))


def date(call: Call) -> Sequence[Part] | None:
    """Leave a date given as year, month and day."""
    numbers = read_date(call)
    if numbers is None:
        return sequence(given(call, "1"))
    return (_date(numbers),)


def as_of(call: Call) -> Sequence[Part] | None:
    """Leave the day on which something was true."""
    when = date(call)
    return ("截至", *when) if when else when


def death_and_age(call: Call) -> Sequence[Part] | None:
    """Leave a day of death and the age, of ``{{death date and age|y|m|d|y|m|d}}``."""
    died, born = read_date(call), read_date(call, 4)
    if died is None or born is None:
        return date(call)
    if len(died) < 3 or len(born) < 3:
        return (_date(died),)
    age = died[0] - born[0] - (tuple(died[1:]) < tuple(born[1:]))
    return (_date(died), wording(call, f"（{age}岁）", f"（{age}歲）"))


# ---------------------------------------------------------------- measures

_RANGES: Final = {
    **dict.fromkeys(("-", "–", "—", "~"), ("~", "~")),
    **dict.fromkeys(("to", "to(-)", "至"), ("至", "至")),
    "to about": ("至大约", "至大約"),
    "到": ("到", "到"),
    **dict.fromkeys(("and", "and(-)", "&"), ("和", "和")),
    "or": ("或", "或"),
    **dict.fromkeys(("x", "×", "xx", "by", "*"), ("×", "×")),
    **dict.fromkeys(("+/-", "±"), ("±", "±")),
}


def _printing(script: str) -> Printing:
    return Printing(
        ranges={key: both[script == "zh-hant"] for key, both in _RANGES.items()},
        brackets=("（", "）"),
        comma="；",
        either=("或", ""),
        name=lambda unit: unit.name(script),
        symbol=lambda unit: unit.symbol,
    )


_PRINTING: Final = {script: _printing(script) for script in ("", "zh-hans", "zh-hant")}


def measures_printed(call: Call) -> Printing:
    """Return what zh-Wikipedia prints in and around measures, in the script of the page."""
    return _PRINTING[script(call)]


# ---------------------------------------------------------------- citations


def citation(call: Call) -> Sequence[Part]:
    """Leave the readable text of ``{{cite web}}`` and its like."""
    return cite(call, LANGUAGES)


def citation_with_commas(call: Call) -> Sequence[Part]:
    """Leave the readable text of ``{{citation}}``."""
    return cite(call, LANGUAGES, comma=True)


# ---------------------------------------------------------------- lands, flags, stations


def _land(call: Call, code: str) -> str:
    """Return the name of a land by its code or English name; empty if it has none here."""
    names = LANDS.get(LAND_CODES.get(code, code))
    return wording(call, *names) if names else ""


def land(code: str) -> Handler:
    """Return the handler of a code that is a template: flag and name of a land."""
    return lambda call: (f"[[{_land(call, code)}]]",)


def land_by_flag(call: Call) -> Sequence[Part]:
    """Leave the name of a land beside its flag: ``{{flag|JPN}}``."""
    label, subject = given(call, "name", "label"), given(call, "1")
    if subject is None:
        return sequence(label)
    name = _land(call, written(call, subject).replace("_", " "))
    return linked(call, name or subject, label or "")


def land_page(call: Call) -> Sequence[Part]:
    """Leave the name of a land, linked to a page about it: ``{{flaglink|法國|憲法委員會}}``."""
    subject, topic = given(call, "1"), given(call, "2")
    if subject is None:
        return ()
    label = given(call, "name", "3") or subject
    if topic is None:
        return linked(call, subject)
    text = written(call, subject) + written(call, topic)
    if is_target(text):
        return ("[[", subject, topic, "|", label, "]]")
    return (label,)


def team(call: Call) -> Sequence[Part]:
    """Leave the name of the land whose team is meant: ``{{fb|JPN}}``, ``{{cr|IND}}``."""
    subject = given(call, "1")
    if subject is None:
        return ()
    return (_land(call, written(call, subject)) or subject,)


_KOREAN_METRO: Final = {"BS": "釜山", "DG": "大邱", "GJ": "光州", "DJ": "大田", "IC": "仁川"}


def korean_metro(call: Call) -> Sequence[Part]:
    """Leave the name of a line of a Korean metro by its code: ``{{韓國都市鐵道|BS1}}``."""
    match = re.fullmatch(r"([A-Z]{2})(\d)", call.value("1"))
    city = _KOREAN_METRO.get(match[1]) if match else None
    if match is None or city is None:
        return ()
    return (wording(call, f"{city}都市铁道{match[2]}号线", f"{city}都市鐵道{match[2]}號線"),)


# ---------------------------------------------------------------- titles, words, wording


def title_marks(call: Call) -> Sequence[Part]:
    """Put a title into the marks of the script: 《…》 or 〈…〉."""
    title = given(call, "1")
    return () if title is None else (wording(call, "《", "〈"), title, wording(call, "》", "〉"))


def quotation_marks(call: Call) -> Sequence[Part]:
    """Put words into the quotation marks of the script."""
    words = given(call, "1")
    return () if words is None else (wording(call, "“", "「"), words, wording(call, "”", "」"))


_REGIONS: Final = {
    "cn": ("中国大陆", "中國大陸"),
    "hk": ("香港", "香港"),
    "mo": ("澳门", "澳門"),
    "my": ("马来西亚", "馬來西亞"),
    "sg": ("新加坡", "新加坡"),
    "tw": ("台湾", "臺灣"),
}
"""Names of the regions whose words differ. Source: Module:地区用词 of zh-Wikipedia."""


def regional_words(call: Call) -> Sequence[Part] | None:
    """
    Leave the word of the page's region, and those of the others: ``矩震级（臺灣：地震矩規模）``.

    ``equiv-hk=cn`` says that a region has the word of another, ``as=称`` what stands for the colon,
    ``start=`` and ``end=`` for the brackets.
    """
    hant = script(call) == "zh-hant"
    first, second = ("hant", "hans") if hant else ("hans", "hant")
    terms: dict[str, Argument] = {}
    users: dict[str, list[str]] = {}
    for region in _REGIONS:
        keys = (f"zh-{first}-{region}", f"zh-{region}", f"zh-{second}-{region}")
        term = given(call, *keys)
        if term is not None:
            terms[region] = term
            users[region] = [region]
    if not terms:
        return None
    for region in _REGIONS:
        same = call.value(f"equiv-{region}").lower()
        if region not in terms and same in terms:
            users[same].append(region)
    variant = call.page.chosen_variant if call.page is not None else ""
    home = {"zh-hant": "tw", "zh-tw": "tw"}.get(variant, variant.rpartition("-")[2])
    own = next((of for of, regions in users.items() if home in regions), next(iter(terms)))
    before, after = given(call, "before"), given(call, "after")
    colon = given(call, "as") or "："
    others = [
        sequence(
            "、".join(wording(call, *_REGIONS[region]) for region in users[of]),
            colon,
            *sequence(before, term, after),
        )
        for of, term in terms.items()
        if of != own
    ]
    word = sequence(before, terms[own], after)
    if not others:
        return word
    start, end = given(call, "start") or "（", given(call, "end") or "）"
    return (*word, start, *listed("，", others), end)


def game_name(call: Call) -> Sequence[Part]:
    """Leave the name of a game in its languages: 《名》（日语：…，英语：…）."""
    name = given(call, "1", "name", "zh")
    others = [
        (f"{language_name(call, code)}：", text)
        for code in ("ja", "en", "fr", "de", "ko")
        if (text := given(call, code)) is not None
    ]
    bracket = ("（", *listed("，", others), "）") if others else ()
    return (*(("《", name, "》") if name is not None else ()), *bracket)


def opening_cell(hans: str, hant: str) -> Handler:
    """Return the handler of a template that stands before the text of a cell: ``{{N/A}}``."""
    return lambda call: cell(call, sequence(given(call, "1") or wording(call, hans, hant)))


def version(call: Call) -> Sequence[Part]:
    """Leave the number of ``{{Version|o|1.0}}``; the legend of it leaves nothing."""
    number = given(call, "2")
    return () if number is None else cell(call, (number,))


# ---------------------------------------------------------------- external links


def archived(call: Call) -> Sequence[Part]:
    """Leave what stands behind a link whose page is kept by the Internet Archive."""
    address = given(call, "url", "1")
    date_given = call.value("date", "2")
    text = wording(call, "页面存档备份", "頁面存檔備份")
    shown: tuple[Part, ...] = (text,)
    if address is not None and re.fullmatch(r"\d{4,14}", date_given):
        url = written(call, address)
        if is_address(url):
            shown = (f"[https://web.archive.org/web/{date_given}/", address, f" {text}]")
    where = wording(call, "，存于[[互联网档案馆]]）", "，存於[[網際網路檔案館]]）")
    return ("（", *shown, where)


def site_page(before: str, after: str, hans: str, hant: str) -> Handler:
    """
    Return the handler of a link to somebody's page on another site.

    Args:
        before: The address up to the identifier.
        after: The address behind it.
        hans: What is shown; ``$1`` stands for the name.
        hant: The same in traditional script.
    """

    def handle(call: Call) -> Sequence[Part]:
        identifier = given(call, "1", "id", "user", "name")
        name = given(call, "2", "title", "name", "display")
        text = wording(call, hans, hant)
        lead, _, tail = text.partition("$1")
        title = call.page.title if call.page is not None else None
        shown: Part = name if name is not None else title or ""
        if not shown:
            lead, tail = "", (lead + tail).removeprefix("的")
        label = sequence(lead, shown, tail)
        if identifier is None:
            return label
        if not is_address(before + written(call, identifier)):
            return label
        return ("[", before, identifier, f"{after} ", *label, "]")

    return handle


def official_site(call: Call) -> Sequence[Part]:
    """Leave a link to the official site."""
    address, name = given(call, "1", "url", "URL"), given(call, "2", "name", "title")
    label = name or wording(call, "官方网站", "官方網站")
    return external(call, address, (label,)) if address is not None else (label,)


def commons(call: Call) -> Sequence[Part]:
    """Leave the line that leads to a category of Commons."""
    target, name = given(call, "1"), given(call, "2", "1")
    title = call.page.title if call.page is not None else None
    shown: Part = name or title or ""
    if target is not None and is_target(written(call, target)):
        link: tuple[Part, ...] = ("[[:commons:Category:", target, "|", shown, "]]")
    else:
        link = sequence(shown)
    before = wording(call, "维基共享资源上的相关多媒体资源：", "維基共享資源上的相關多媒體資源：")
    return (before, *link)


# ---------------------------------------------------------------- blocks


def quotation(call: Call) -> Sequence[Part]:
    """Leave a quotation, and whose it is."""
    words = given(call, "1", "text", "quote")
    if words is None:
        return ()
    author, place = given(call, "author", "sign", "2", "4"), given(call, "source", "3", "5")
    names = listed("，", [sequence(author), sequence(place)])
    lines = "\n" if written(call, words)[0] in "*#:;{" else ""
    return (
        "<blockquote>",
        lines,
        words,
        *(("\n<div>——", *names, "</div>") if names else ()),
        "</blockquote>",
    )


def hatnote(*parts: Callable[[Call], Sequence[Part]] | tuple[str, str]) -> Handler:
    """Return the handler of a line above the text: wordings in both scripts, and links."""

    def handle(call: Call) -> Sequence[Part]:
        inside: list[Part] = []
        for part in parts:
            inside += (wording(call, *part),) if isinstance(part, tuple) else part(call)
        return above(inside)

    return handle


def _pages(call: Call) -> Sequence[Part]:
    return pages(call, "、")


def one_page(number: str) -> Callable[[Call], Sequence[Part]]:
    """Return what links the page that an argument names; the page's own title without it."""

    def link(call: Call) -> Sequence[Part]:
        target = given(call, number)
        if target is not None:
            return linked(call, target)
        title = call.page.title if call.page is not None else None
        return (f"[[{title} (消歧義)]]",) if title else ()

    return link


def about(call: Call) -> Sequence[Part]:
    """Leave what a page is about and where else to look: ``{{about|A|B|C}}``."""
    subject = given(call, "1")
    inside: list[Part] = []
    if subject is not None:
        inside += (wording(call, "本文介绍的是", "本文介紹的是"), subject, "。")
    inside += _elsewhere(call, 2)
    return above(inside)


def elsewhere(call: Call) -> Sequence[Part]:
    """Leave where else to look: ``{{for|A|B}}``."""
    inside = _elsewhere(call, 1)
    return above(inside)


def _elsewhere(call: Call, first: int) -> list[Part]:
    result: list[Part] = []
    for number in range(first, first + 8, 2):
        subject, target = given(call, str(number)), given(call, str(number + 1))
        if subject is None and target is None:
            break
        result.append(wording(call, "关于", "關於"))
        result += sequence(subject or wording(call, "其他用法", "其他用法"))
        if target is not None:
            result += (wording(call, "，请见“", "，請見「"), *linked(call, target))
            result.append(wording(call, "”。", "」。"))
        else:
            result.append("。")
    return result


def redirected(call: Call) -> Sequence[Part]:
    """Leave which title leads here: ``{{redirect|A}}``."""
    title = given(call, "1")
    if title is None:
        return ()
    inside: list[Part] = [
        wording(call, "“", "「"),
        title,
        wording(call, "”重定向至此。", "」重新導向至此。"),
    ]
    inside += _elsewhere(call, 2)
    return above(inside)


def track_list(call: Call) -> Sequence[Part]:
    """Leave the tracks of a record as a table: number, title, length."""
    rows: list[Part] = []
    for number in range(1, 61):
        title = given(call, f"title{number}")
        if title is None:
            if number > 1:
                break
            continue
        remark, length = given(call, f"note{number}"), given(call, f"length{number}")
        rows += (f"\n|-\n| {number}.\n| ", title, *(("（", remark, "）") if remark else ()))
        rows += ("\n| ", length) if length else ()
    headline = given(call, "headline")
    caption = ("\n|+ ", headline) if headline is not None else ()
    return ("\n{|", *caption, *rows, "\n|}\n") if rows else ()


def ratings(call: Call) -> Sequence[Part]:
    """Leave the ratings of a record as a table: who, how much."""
    rows: list[Part] = []
    for number in range(1, 31):
        who = given(call, f"rev{number}", f"來源{number}", f"来源{number}")
        score = given(call, f"rev{number}Score", f"rev{number}score", f"評分{number}")
        if who is not None:
            rows += ("\n|-\n| ", who, *(("\n| ", score) if score is not None else ()))
    return ("\n{|", *rows, "\n|}\n") if rows else ()


def succession(hans: str, hant: str, name: str) -> Handler:
    """Return the handler of a cell of a succession box; the first opens a row."""

    def handle(call: Call) -> Sequence[Part]:
        opening = "\n|-\n| " if name == "before" else "\n| "
        who, years = given(call, name, "1"), given(call, "years")
        if who is None:
            return (opening,)
        lead = wording(call, hans, hant)
        return (opening, *sequence(lead, who), *(("<br>", years) if years is not None else ()))

    return handle


# ---------------------------------------------------------------- the tables


# fmt: off
_ICONS: Final = (
    "ar", "be", "bg", "bn", "bo", "bs", "ca", "cs", "cy", "da", "de", "el", "eo", "es", "et", "eu",
    "fa", "fi", "fr", "ga", "gl", "he", "hi", "hr", "hu", "hy", "id", "it", "ja", "ka", "kk", "km",
    "ko", "ku", "lo", "lt", "lv", "mk", "mn", "ms", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sq",
    "sr", "sv", "ta", "th", "tr", "ug", "uk", "ur", "uz", "vi",
)
# fmt: on
"""Language codes that are templates for the language of a link; ``no`` and ``is`` are others."""

_LOCAL: Final = {
    "en-uk": "en-gb", "en-au": "en", "fr-ca": "fr", "es-mx": "es", "de-at": "de", "de-ch": "de",
    "grc-gre": "grc", "gre": "el", "sr-cyr": "sr", "sr-cyrl": "sr", "sr-lat": "sr-latn",
    "sh-latn": "sh", "mn-cyrl": "mn", "uz-latn": "uz", "kk-cyrl": "kk", "az-latn": "az",
}  # fmt: skip
"""Codes that name a land or a script; the language is shown without it, or as by another code."""

_PLAIN: Final = tuple(code for code in LANGUAGES if "-" not in code)
"""Codes of languages, without those of a land or a script."""


def _spelled(code: str) -> str:
    """Return a code with its land and its script as most write them: ``en-GB``, ``sr-Latn``."""
    language, *rest = code.split("-")
    return "-".join((language, *(r.upper() if len(r) == 2 else r.capitalize() for r in rest)))


_NOT_BY_NAME: Final = ("CHN", "EUR", "HKG", "MAC", "PRC", "ROC", "ROK", "TPE", "TWN")
"""Lands whose name is the template of a box of links, or no template of a flag for certain."""

FAMILIES: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        # One handler for each language or land, so that a name is looked up like any other.
        **{
            f"Lang-{name}": in_language(of)
            for code, of in (*zip(LANGUAGES, LANGUAGES, strict=True), *_LOCAL.items())
            for name in (code, _spelled(code))
        },
        "Lang-cdo": eastern_min,
        **{f"IPA-{code}": pronounced(code) for code in _PLAIN},
        **{f"Link-{code}": helped_link(code) for code in (*_PLAIN, "simple")},
        **{f"{code.capitalize()}-link": helped_link(code) for code in _PLAIN},
        "Internal link helper/*": named_helped_link,
        **{code.capitalize(): language_icon(*LANGUAGES[code]) for code in _ICONS},
        **{code: land(code) for code in (*LANDS, *LAND_CODES) if re.fullmatch("[A-Z]{2,5}", code)},
        **{
            name: land(code)
            for code, names in LANDS.items()
            if len(code) == 3 and code not in _NOT_BY_NAME
            for name in names
        },
    }
)
"""Handlers by name, of the templates that are there once for each language or land."""

HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        # Languages and readings
        "Jpn": japanese,
        "Kor": korean,
        "Thai": thai,
        "Nihongo": nihongo,
        "Zh": chinese,
        "Langx": in_named_language,
        "IPA": pronunciation,
        "Zy": lambda call: ruby(given(call, "1"), given(call, "2")),
        "Pinyin": argument(1),
        "En": language_icon("英文", "英文"),
        "Zh-cn": language_icon("简体中文", "簡體中文"),
        "Zh-tw": language_icon("繁体中文", "繁體中文"),
        "Zh icon": language_icon("中文", "中文"),
        "Vgname": game_name,
        # Links to other wikis
        "Tsl": translated_link,
        "Ilh": named_link,
        "Нп3": pasted_link,
        # Dates
        "Bd": life,
        "BD": life_in_brackets,
        "Start date": date,
        "Death date and age": death_and_age,
        "As of": as_of,
        "Updated": argument(1, before="截至"),
        # Numbers and formulas
        "Convert": measure("out", measures_printed),
        "Cvt": measure("on", measures_printed),
        "M": average_mass,
        # Looks
        "僻字": argument(1),
        "藏": argument(1),
        "IPA link": argument(1),
        "IPA blink": argument(1, before="[", after="]"),
        "Angbr": argument(1, before="⟨", after="⟩"),
        "Vtext": argument(1),
        "Red": argument(1),
        "黑幕": argument(1),
        # Notes and citations
        "NoteTag": footnote(lambda call: wording(call, "注", "註")),
        "NoteFoot": note_list("注"),
        "Cite *": citation,
        "Cite": citation,
        "Citation": citation_with_commas,
        "Literatur": citation,
        # Lands, flags, stations
        "Flag": land_by_flag,
        "Flaglink": land_page,
        "Fb": team,
        "Cr": team,
        "車站編號": argument(3),
        "韓國都市鐵道": korean_metro,
        "韓國鐵道路線色": nothing,
        # Titles and conversion
        "單雙書名號轉換": title_marks,
        "引號轉換": quotation_marks,
        "地区用词2": regional_words,
        "NoteTA": nothing,
        # Cells
        "N/A": opening_cell("不适用", "不適用"),
        "Nom": opening_cell("提名", "提名"),
        "Won": opening_cell("获奖", "獲獎"),
        "Yes": opening_cell("是", "是"),
        "No": opening_cell("否", "否"),
        "TBA": opening_cell("待定", "待定"),
        "Version": version,
        # Links to other sites
        "Wayback": archived,
        "Official website": official_site,
        "Twitter": site_page("https://twitter.com/", "", "$1的Twitter账号", "$1的Twitter帳號"),
        "Instagram": site_page(
            "https://www.instagram.com/", "/", "$1的Instagram账号", "$1的Instagram帳號"
        ),
        "Facebook page": site_page(
            "https://www.facebook.com/", "", "$1的Facebook专页", "$1的Facebook專頁"
        ),
        "YouTube": site_page("https://www.youtube.com/", "", "$1的YouTube频道", "$1的YouTube頻道"),
        "Weibo": site_page("https://weibo.com/", "", "$1的新浪微博", "$1的新浪微博"),
        "Imdb": site_page(
            "https://www.imdb.com/name/",
            "/",
            "互联网电影数据库（IMDb）上$1的资料",
            "網際網路電影資料庫（IMDb）上$1的資料",
        ),
        "Imdb title": site_page(
            "https://www.imdb.com/title/",
            "/",
            "互联网电影数据库（IMDb）上《$1》的资料",
            "網際網路電影資料庫（IMDb）上《$1》的資料",
        ),
        "IOC profile": site_page(
            "https://olympics.com/en/athletes/",
            "",
            "国际奥委会网站上$1的资料",
            "國際奧委會網站上$1的資料",
        ),
        "IAAF name": site_page(
            "https://www.worldathletics.org/athletes/profile/",
            "",
            "世界田径网站上$1的资料",
            "世界田徑網站上$1的資料",
        ),
        "SEP": site_page(
            "https://plato.stanford.edu/entries/",
            "",
            "《斯坦福哲学百科全书》$1条目",
            "《斯坦福哲學百科全書》$1條目",
        ),
        "Curlie": site_page("https://curlie.org/", "", "Curlie上的$1", "Curlie上的$1"),
        "Commons category-inline": commons,
        # Blocks
        "Quote": quotation,
        "Blockquote": quotation,
        "Cquote": quotation,
        "HideH": argument(1, "title", before="\n<div>", after="</div>\n"),
        "HideF": nothing,
        "Tracklist": track_list,
        "Album ratings": ratings,
        # A table of who came before and after: opened, filled and closed by templates
        "S-start": constant("\n{|\n"),
        "S-bef": succession("前任：", "前任：", "before"),
        "S-ttl": succession("", "", "title"),
        "S-aft": succession("继任：", "繼任：", "after"),
        "S-end": constant("\n|}\n"),
        # Lines above the text
        "Main": hatnote(("主条目：", "主條目："), _pages),
        "See also": hatnote(("参见：", "參見："), _pages),
        "Details": hatnote(("更多信息：", "更多資訊："), _pages),
        "About": about,
        "For": elsewhere,
        "Otheruses": hatnote(
            ("关于其他用法，请见“", "關於其他用法，請見「"), one_page("1"), ("”。", "」。")
        ),
        "Redirect": redirected,
        "Distinguish": hatnote(("不要与", "不要與"), _pages, ("混淆。", "混淆。")),
        # Boxes: their fields are a record
        "藝人": fields,
    }
)
"""Handlers by name, of the templates that are there once."""


ZH: Final[Mapping[str, Handler]] = with_aliases(
    {**CORE_HANDLERS, **FAMILIES, **HANDLERS}, CORE_ALIASES, ALIASES
)
"""All handlers for zh-Wikipedia by name, those that mean the same on all wikis included."""
