"""
The templates that zh-Wikipedia puts inside sentences, and what each leaves in the text.

Here live the forms that zh-Wikipedia gives, and the table of all its handlers.
What is the same on every wiki is in ``wikiclean.templates``; the shapes of links and notes are in
``shapes``, citations in ``citations``, numbers in ``measures``, other names in ``zh_aliases``, what
stands on lines of its own in ``zh_blocks``, dates in ``zh_dates``, links to other sites in
``zh_sites``, names of languages, lands and elements in ``zh_names``.

Source: a count of the templates on fifty pages of zh-Wikipedia, and the pages of the templates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

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
from wikiclean.templates.core import number_of_people, years_of_marriage
from wikiclean.templates.measures import (
    Printing,
    average_mass,
    gauge,
    height,
    measure,
    named_formula,
)
from wikiclean.templates.notes import footnote, note_list
from wikiclean.templates.shapes import (
    cell,
    flag,
    given,
    interwiki,
    is_plain,
    is_target,
    linked,
    listed,
    note,
    part_of,
    positional,
    ruby,
    script,
    sequence,
    worded,
    wording,
    written,
)
from wikiclean.templates.zh_aliases import ALIASES
from wikiclean.templates.zh_blocks import (
    about,
    about_in_list,
    achievements,
    all_pages,
    all_redirected,
    boxed_quotation,
    elsewhere,
    episode,
    episode_table,
    football_match,
    game_ratings,
    goals,
    hatnote,
    minutes,
    no_holder,
    offices,
    other_uses,
    pull_quotation,
    quotation,
    ratings,
    redirected,
    side_quotation,
    succession,
    succession_box,
    table_end,
    track_list,
    vacant,
)
from wikiclean.templates.zh_dates import (
    as_of,
    date,
    death_and_age,
    life,
    life_in_brackets,
    sorted_date,
)
from wikiclean.templates.zh_names import ELEMENTS, LAND_CODES, LANDS, LANGUAGES, language_name
from wikiclean.templates.zh_sites import (
    archived,
    commons,
    compound,
    douban,
    free_scores,
    general_practice,
    google_book,
    math_world,
    official_site,
    site_page,
    video,
)

# ---------------------------------------------------------------- languages


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


def nihongo_note(call: Call) -> Sequence[Part]:
    """Leave the Chinese word, with a note that holds the Japanese one and its letters."""
    found = [item for item in (given(call, n) for n in ("2", "3", "extra", "4")) if item]
    group = call.value("group")
    notes = [note(call, found[0], body=True, group=group, words=_in_note)] if found else []
    return (*sequence(given(call, "1")), *notes)


def _in_note(call: Call) -> Sequence[Part]:
    roman = given(call, "3")
    words = listed(" ", [sequence(given(call, "2")), ("''", roman, "''") if roman else ()])
    words = listed(", ", [words, sequence(given(call, "extra", "4"))])
    return listed(" ", [words, sequence(given(call, "extra2", "5"))])


_CHARACTERS: Final[Sequence[tuple[Sequence[str], str, str]]] = (
    (("字", "char", "1"), "", ""),
    (("繁", "t"), "繁：", "繁："),
    (("简", "簡", "s"), "简：", "簡："),
)
_SOUNDS: Final[Sequence[tuple[Sequence[str], str, str]]] = (
    (("拼音", "pinyin", "pin", "2"), "[[汉语拼音|拼音]]：", "[[漢語拼音|拼音]]："),
    (("注音", "zhuyin", "zhu"), "[[注音符号|注音]]：", "[[注音符號|注音]]："),
    (
        ("南京官話", "南京官话", "langjin", "南京"),
        "[[南京話拉丁化方案|南京官话]]：",
        "[[南京話拉丁化方案|南京官話]]：",
    ),
    (
        ("粤拼", "粵拼", "jyutping", "jyut"),
        "[[香港語言學學會粵語拼音方案|粤拼]]：",
        "[[香港語言學學會粵語拼音方案|粵拼]]：",
    ),
    (
        ("臺羅", "tailo", "台羅"),
        "[[臺灣閩南語羅馬字拼音方案|台罗]]：",
        "[[臺灣閩南語羅馬字拼音方案|臺羅]]：",
    ),
    (("中古",), "[[中古汉语|中古拟音]]：", "[[中古漢語|中古擬音]]："),
    (("上古",), "[[上古汉语|上古拟音]]：", "[[上古漢語|上古擬音]]："),
)
"""Ways to write the sound of a character: names of the argument, what stands before it."""


def chinese_sounds(call: Call) -> Sequence[Part]:
    """Leave how a word is said, in all the ways that are given: ``{{標音|拼音=…|反切=…}}``."""
    left, right = wording(call, "“", "「"), wording(call, "”", "」")
    bare = call.value("链", "連", "link").lower() == "no"
    groups: list[Sequence[Part]] = []
    for names, hans, hant in _CHARACTERS:
        found = given(call, *names)
        if found is not None:
            groups.append(sequence(wording(call, hans, hant), left, found, right))
    for names, hans, hant in _SOUNDS:
        found = given(call, *names)
        if found is not None:
            lead = wording(call, hans, hant)
            groups.append((lead[lead.index("|") + 1 :].replace("]]", "") if bare else lead, found))
    spelled, alike = given(call, "反切"), given(call, "同音字", "音同")
    groups += [
        (spelled, "切" if bare else "[[反切|切]]") if spelled is not None else (),
        ("音同", left, alike, right) if alike is not None else (),
    ]
    words = listed("，", groups)
    return ("（", *words, "）") if words and flag(call, "括", "br") else words


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


def data_link(call: Call) -> Sequence[Part]:
    """Answer helpers that name an entry of Wikidata: ``{{link-wd|local|Q42}}``."""
    words = positional(call)
    entry = next((item for item in words if _ENTRY.fullmatch(written(call, item))), None)
    shown = given(call, "d") or next((item for item in reversed(words) if item is not entry), None)
    if shown is None or entry is None:
        return sequence(shown)
    return interwiki(call, "wikidata", entry, shown)


_ENTRY: Final = re.compile(r"[Qq][0-9]+")


def pasted_link(call: Call) -> Sequence[Part]:
    """Answer ``{{нп3|local|shown|xx|foreign}}``, pasted from ru-Wikipedia."""
    shown, foreign = given(call, "2", "1"), given(call, "4", "1")
    if shown is None or foreign is None:
        return ()
    return interwiki(call, call.value("3").lower() or "en", foreign, shown)


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


def solar_masses(call: Call) -> Sequence[Part]:
    """Leave a mass in masses of the sun."""
    number = given(call, "1")
    sign = "''M''<sub>☉</sub>"
    linked_sign = f"[[太阳质量|{sign}]]" if given(call, "link") is not None else sign
    return (*((number, "&nbsp;") if number is not None else ()), linked_sign)


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
    if is_target(text) and is_plain(call, label):
        return ("[[", subject, topic, "|", label, "]]")
    return (label,)


def team(call: Call) -> Sequence[Part]:
    """Leave the name of the land whose team is meant: ``{{fb|JPN}}``, ``{{cr|IND}}``."""
    return team_of(call, given(call, "1"))


def team_of(call: Call, subject: Argument | None) -> tuple[Part, ...]:
    """Return the name of a land by its code, or what stands for it."""
    if subject is None:
        return ()
    return (_land(call, written(call, subject)) or subject,)


def station(call: Call) -> Sequence[Part]:
    """Leave the name of a station, linked to its page: ``{{站|local|page|city}}``."""
    name, page, city = (given(call, number) for number in "123")
    if name is None or not all(
        is_target(written(call, item)) for item in (name, page, city) if item is not None
    ):
        return sequence(name)
    target = (page,) if page is not None else (name, "站")
    bracket = (" (", city, ")") if city is not None else ()
    return ("[[", *target, *bracket, "|", name, "]]")


def national_road(call: Call) -> Sequence[Part]:
    """Leave the name of a road of China by its number: ``{{中国国道名|G104}}``."""
    number, name = given(call, "1"), given(call, "2")
    if name is not None or number is None:
        return sequence(name)
    return ("[[", number, "国道]]") if is_target(written(call, number)) else (number, "国道")


def sorted_name(call: Call) -> Sequence[Part]:
    """Leave a name that sorts by its last part: ``{{sortname|first|last|page|dab=…}}``."""
    first, last = given(call, "1", "first"), given(call, "2", "last")
    page, kind = given(call, "3", "link"), given(call, "dab")
    gap = "&nbsp;" if given(call, "space") is not None else "·"
    name = listed(gap, [sequence(first), sequence(last)])
    if not name or given(call, "nolink") is not None:
        return name
    target = (page,) if page is not None else (*name, *((" (", kind, ")") if kind else ()))
    if all(isinstance(part, str) or is_target(written(call, part)) for part in (*target, *name)):
        return ("[[", *target, "|", *name, "]]")
    return name


def base_name(call: Call) -> Sequence[Part] | None:
    """Leave a title without the brackets behind it, by default the page's own."""
    name = given(call, "1")
    if name is not None:
        text = written(call, name)
        return (part_of(name, 0, len(_without_brackets(text))),)
    title = call.page.title if call.page is not None else None
    return (_without_brackets(title),) if title else None


def _without_brackets(title: str) -> str:
    start = title.rfind(" (") if title.endswith(")") else -1
    return title[:start].rstrip() if start > 0 else title


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
    return (*(("《", name, "》") if name is not None else ()), *_other_names(call))


def series_name(call: Call) -> Sequence[Part]:
    """Leave the same for a series, whose name is no title: ``{{vgsname|魔兽系列|en=Warcraft}}``."""
    return (*sequence(given(call, "1", "name", "zh")), *_other_names(call))


def _other_names(call: Call) -> Sequence[Part]:
    others = [
        (f"{language_name(call, code)}：", text)
        for code in ("ja", "en", "fr", "de", "ko")
        if (text := given(call, code)) is not None
    ]
    return _in_brackets(others)


def _in_brackets(names: Sequence[tuple[Part, ...]]) -> tuple[Part, ...]:
    return ("（", *listed("，", names), "）") if names else ()


def japanese_work(call: Call) -> Sequence[Part]:
    """Leave the name of a work in its languages: ``{{日本作品|中文|日文|English}}``."""
    name = given(call, "1")
    others = [
        (f"{language_name(call, code)}：", text)
        for code, number in (("ja", "2"), ("en", "3"))
        if (text := given(call, number)) is not None
    ]
    return (*(("《'''", name, "'''》") if name is not None else ()), *_in_brackets(others))


def opening_cell(hans: str, hant: str) -> Handler:
    """Return the handler of a template that stands before the text of a cell: ``{{N/A}}``."""
    return lambda call: cell(call, sequence(given(call, "1") or wording(call, hans, hant)))


def version(call: Call) -> Sequence[Part]:
    """Leave the number of ``{{Version|o|1.0}}``; the legend of it leaves nothing."""
    number = given(call, "2")
    return () if number is None else cell(call, (number,))


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
        **{
            name: language_icon(*LANGUAGES[code])
            for code in _ICONS
            for name in (code.capitalize(), f"{code.capitalize()} icon")
        },
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
        "Nihongo foot": nihongo_note,
        "標音": chinese_sounds,
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
        "Vgsname": series_name,
        "Engname": lambda call: sequence(
            given(call, "1"),
            *(
                ("（", f"{language_name(call, 'en')}：", name, "）")
                if (name := given(call, "2"))
                else ()
            ),
        ),
        "日本作品": japanese_work,
        # Links to other wikis
        "Tsl": translated_link,
        "Ilh": named_link,
        "Нп3": pasted_link,
        "Link-wd": data_link,
        "連接號": worded("—", "－"),
        "間隔號": constant("·"),
        # Dates
        "Circa": lambda call: (
            listed("—", [(wording(call, "约", "約"), year) for year in positional(call)[:2]])
            or (wording(call, "约", "約"),)
        ),
        "Bd": life,
        "BD": life_in_brackets,
        "Start date": date,
        "Death date and age": death_and_age,
        "As of": as_of,
        "Updated": argument(1, before="截至"),
        # Numbers and formulas
        "Convert": measure("out", measures_printed),
        "Cvt": measure("on", measures_printed),
        "Height": height(measures_printed),
        "Marriage": years_of_marriage,
        "Track gauge": gauge(measures_printed),
        "M": average_mass,
        "化學式": named_formula({**ELEMENTS, **dict.fromkeys("铵銨", "NH<sub>4</sub>")}),
        "Solar mass": solar_masses,
        # Looks
        "僻字": argument(1),
        "藏": argument(1),
        "IPA link": argument(1),
        "IPA blink": argument(1, before="&#91;", after="&#93;"),
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
        "FlagIOC": lambda call: listed(
            " ", [team(call), number_of_people(call)] if given(call, "1") else []
        ),
        "FlagIOCmedalist": lambda call: listed(
            "<br>", [sequence(given(call, "1")), team_of(call, given(call, "2"))]
        ),
        "站": station,
        "中国国道名": national_road,
        "車站編號": argument(3),
        "韓國都市鐵道": korean_metro,
        "韓國鐵道路線色": nothing,
        # Titles and conversion
        "單雙書名號轉換": title_marks,
        "引號轉換": quotation_marks,
        "地区用词2": regional_words,
        "NoteTA": nothing,
        "PAGENAMEBASE": base_name,
        # Keys that tables are sorted by
        "Sort": lambda call: (
            sequence(given(call, "2")) or (linked(call, key) if (key := given(call, "1")) else ())
        ),
        "Sortname": sorted_name,
        "Dts": sorted_date,
        # Cells
        "N/A": opening_cell("不适用", "不適用"),
        "Nom": opening_cell("提名", "提名"),
        "Won": opening_cell("获奖", "獲獎"),
        "Yes": opening_cell("是", "是"),
        "No": opening_cell("否", "否"),
        "TBA": opening_cell("待定", "待定"),
        "Partial": opening_cell("部份", "部份"),
        "Some": opening_cell("某些", "某些"),
        "Unknown": opening_cell("未知", "未知"),
        "Dunno": opening_cell("?", "?"),
        "Eliminated": opening_cell("淘汰", "淘汰"),
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
        "YouTube": video,
        "YouTube channel": site_page(
            "https://www.youtube.com/", "", "$1的YouTube频道", "$1的YouTube頻道"
        ),
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
        "Google books": google_book,
        "MathWorld": math_world,
        "Douban": douban,
        "GPnotebook": general_practice,
        "PubChemLink": compound,
        "IMSLP": free_scores,
        "PDFlink": lambda call: sequence(
            given(call, "1"),
            "PDF",
            *(("&nbsp;(", size, ")") if (size := given(call, "2")) else ()),
        ),
        "Commons category-inline": commons,
        # Blocks
        "Quote": quotation,
        "Blockquote": quotation,
        "Cquote": pull_quotation,
        "Rquote": side_quotation,
        "Quote box": boxed_quotation,
        "Poem": lambda call: (
            (note(call, text, body=True, tag="poem"),)
            if (text := given(call, "1", "text")) is not None
            else ()
        ),
        "Hidden": lambda call: listed(
            "\n",
            [
                ("\n<div>", title, "</div>")
                if (title := given(call, "title", "header", "1"))
                else (),
                sequence(given(call, "content", "contents", "text", "2")),
                ("",),
            ],
        ),
        "HideH": argument(1, "title", before="\n<div>", after="</div>\n"),
        "HideF": nothing,
        "Tracklist": track_list,
        "Album ratings": ratings,
        "Video game reviews": game_ratings,
        "Episode list": episode,
        "Episode table": episode_table,
        "Castlist": argument(1, before="\n", after="\n"),
        # A table of who came before and after: opened, filled and closed by templates
        "S-start": constant("\n{|\n"),
        "Awards table": constant("\n{|\n"),
        "S-bef": succession("前任：", "前任：", "before"),
        "S-ttl": succession("", "", "title"),
        "S-aft": succession("继任：", "繼任：", "after"),
        "S-end": constant("\n|}\n"),
        "End": table_end,
        "S-non": no_holder,
        "S-vac": vacant,
        "S-ach": achievements,
        "S-off": offices,
        "Succession box": succession_box,
        # Sport
        "Goal": goals,
        "Pengoal": nothing,
        "Yel": minutes("1"),
        "Sent off": minutes("2", "3"),
        "Suboff": minutes("1"),
        "Subon": minutes("1"),
        "Footballbox": football_match,
        # Lines above the text
        "Main": hatnote(("主条目：", "主條目："), all_pages),
        "See also": hatnote(("参见：", "參見："), all_pages),
        "Details": hatnote(("更多信息：", "更多資訊："), all_pages),
        "About": about,
        "Other uses list": about_in_list,
        "For": elsewhere,
        "Otheruses": other_uses,
        "Redirect": redirected,
        "Redirect3": all_redirected,
        "Distinguish": hatnote(("不要与", "不要與"), all_pages, ("混淆。", "混淆。")),
        # Boxes: their fields are a record
        "藝人": fields,
    }
)
"""Handlers by name, of the templates that are there once."""


ZH: Final[Mapping[str, Handler]] = with_aliases(
    {**CORE_HANDLERS, **FAMILIES, **HANDLERS}, CORE_ALIASES, ALIASES
)
"""All handlers for zh-Wikipedia by name, those that mean the same on all wikis included."""
