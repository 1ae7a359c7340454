"""
Blocks that templates of zh-Wikipedia make: quotations, lines above the text, tables.

Here live the forms of what stands on lines of its own; what stands inside a sentence, and the table
of all handlers, is in ``zh``. Blocks without words of a language are in ``core``.

Source: the pages of the templates and modules on zh-Wikipedia.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from wikiclean.templates.calls import Argument, Call, Handler, Part
from wikiclean.templates.core import QUOTED, page_link, pages
from wikiclean.templates.shapes import (
    above,
    external,
    flag,
    given,
    is_address,
    listed,
    positional,
    sequence,
    wording,
    written,
)
from wikiclean.templates.zh_names import LANGUAGES, language_name

# ---------------------------------------------------------------- quotations

_SIZE: Final = re.compile(r"[0-9.]+ *(?:px|em|pt|%)?")
_LINE_SIGNS: Final = tuple("*#:;{")


def _block(
    call: Call, words: Argument, before: Sequence[Part], after: Sequence[Part]
) -> list[Part]:
    """Return a quotation; what begins with the sign of a list gets a line of its own."""
    lines = "\n" if written(call, words).startswith(_LINE_SIGNS) else ""
    return ["<blockquote>", *before, lines, words, *after, "</blockquote>"]


def quoted(words: Sequence[str], authors: Sequence[str], sources: Sequence[str]) -> Handler:
    """
    Return the handler of a quotation, and whose it is.

    Args:
        words: Arguments that hold the quotation, the preferred first.
        authors: Those that hold who said it; a size of quotation marks is none.
        sources: Those that hold where it was said.
    """

    def named(call: Call, names: Sequence[str]) -> Argument | None:
        found = (given(call, name) for name in names)
        return next((item for item in found if item and not _is_size(call, item)), None)

    def handle(call: Call) -> Sequence[Part]:
        text = given(call, *words)
        if text is None:
            return ()
        author, place = named(call, authors), named(call, sources)
        names = listed("，", [sequence(author), sequence(place)])
        return _block(call, text, (), ("\n<div>——", *names, "</div>") if names else ())

    return handle


def _is_size(call: Call, item: Argument) -> bool:
    return _SIZE.fullmatch(written(call, item)) is not None


quotation = quoted(("1", "text", "quote"), ("author", "sign", "2"), ("source", "3"))
"""``{{quote|words|author|source}}``"""
pull_quotation = quoted(
    (*QUOTED, "1"),
    ("author", "personquoted", "2", "4"),
    ("source", "publication", "title", "quotesource", "3", "5"),
)
"""``{{cquote|words|author|source}}``, and the older ``{{cquote|words|size|size|author|source}}``"""
side_quotation = quoted((*QUOTED, "2"), ("3", "author"), ("4", "source"))
"""``{{rquote|right|words|author|source}}``"""


def boxed_quotation(call: Call) -> Sequence[Part]:
    """Leave the title of ``{{quote box}}``, the quotation, and whose it is."""
    text, title = given(call, *QUOTED, "1"), given(call, "title")
    if text is None:
        return ()
    names = listed(", ", [sequence(given(call, *of)) for of in (("author", "2"), ("source", "3"))])
    return _block(
        call,
        text,
        ("<div>'''", title, "'''</div>\n") if title is not None else (),
        ("\n<div>", *names, "</div>") if names else (),
    )


# ---------------------------------------------------------------- lines above the text


def hatnote(*parts: Callable[[Call], Sequence[Part]] | tuple[str, str]) -> Handler:
    """
    Return the handler of a line above the text: wordings in both scripts, and links.

    Without links there is no line.
    """

    def handle(call: Call) -> Sequence[Part]:
        inside: list[Part] = []
        for part in parts:
            found = (wording(call, *part),) if isinstance(part, tuple) else part(call)
            if not found:
                return ()
            inside += found
        return above(inside)

    return handle


def all_pages(call: Call) -> Sequence[Part]:
    """Link all the pages that are named."""
    return pages(call, "、")


def one_page(number: str) -> Callable[[Call], Sequence[Part]]:
    """Return what links the page that an argument names; the page's own title without it."""

    def link(call: Call) -> Sequence[Part]:
        target = given(call, number)
        if target is not None:
            return page_link(call, target)
        title = call.page.title if call.page is not None else None
        return (f"[[{title} (消歧義)]]",) if title else ()

    return link


def about(call: Call) -> Sequence[Part]:
    """Leave what a page is about and where else to look: ``{{about|A|B|C}}``."""
    subject = given(call, "1")
    inside: list[Part] = []
    if subject is not None:
        inside += (wording(call, "本文介绍的是", "本文介紹的是"), subject, "。")
    inside += listed("", _elsewhere(call, 2))
    return above(inside)


def other_uses(call: Call) -> Sequence[Part]:
    """Leave where else to look, and of what: ``{{otheruses|subject=A|other=B|C}}``."""
    link = one_page("1")(call)
    if not link:
        return ()
    subject, other = given(call, "subject"), given(call, "other")
    about = (wording(call, "本文介绍的是", "本文介紹的是"), subject, "。") if subject else ()
    return above(
        (
            *about,
            wording(call, "关于", "關於"),
            other or "其他用法",
            wording(call, "，请见“", "，請見「"),
            *link,
            wording(call, "”。", "」。"),
        )
    )


def about_in_list(call: Call) -> Sequence[Part]:
    """Leave the same as a sentence and a list: ``{{other uses list|A|B|C|D|E}}``."""
    subject = given(call, "subject", "1")
    inside: list[Part] = []
    if subject is not None:
        inside += (wording(call, "此条目的主题是", "此條目的主題是"), subject, "。")
    for group in _elsewhere(call, 2):
        inside += ("\n* ", *group)
    return above([*inside, "\n"]) if inside else ()


def elsewhere(call: Call) -> Sequence[Part]:
    """Leave where else to look: ``{{for|A|B}}``."""
    return above(listed("", _elsewhere(call, 1)))


def _elsewhere(call: Call, first: int) -> list[Sequence[Part]]:
    result: list[Sequence[Part]] = []
    for number in range(first, first + 28, 2):
        subject, target = given(call, str(number)), given(call, str(number + 1))
        if subject is None and target is None:
            break
        group = [wording(call, "关于", "關於"), subject or wording(call, "其他用法", "其他用法")]
        if target is not None:
            group += (wording(call, "，请见“", "，請見「"), *page_link(call, target))
            group.append(wording(call, "”。", "」。"))
        else:
            group.append("。")
        result.append(group)
    return result


def redirected(call: Call) -> Sequence[Part]:
    """Leave which title leads here: ``{{redirect|A}}``."""
    title = given(call, "1")
    if title is None:
        return ()
    return above((*_lead_here(call, [title]), *listed("", _elsewhere(call, 2))))


def all_redirected(call: Call) -> Sequence[Part]:
    """Leave which titles lead here: ``{{redirect3|A|B|C}}``."""
    titles = positional(call)
    return above((*_lead_here(call, titles), *sequence(given(call, "note")))) if titles else ()


def _lead_here(call: Call, titles: Sequence[Argument]) -> tuple[Part, ...]:
    groups = [(wording(call, "“", "「"), title, wording(call, "”", "」")) for title in titles]
    names = listed("、", groups[:-1])
    return (
        *listed("和", [names, groups[-1]]),
        wording(call, "重定向至此。", "重新導向至此。"),
    )


# ---------------------------------------------------------------- tables


def _row(call: Call, *cells: Sequence[Part], mark: str = "|") -> list[Part]:
    """Return a row of a table; what begins with the sign of a list gets a line of its own."""
    result: list[Part] = ["\n|-"]
    for inside in cells:
        first = next(iter(inside), "")
        text = first if isinstance(first, str) else written(call, first)
        result += (f"\n{mark}", "\n" if text.startswith(_LINE_SIGNS) else " ", *inside)
    return result


def _table(rows: Sequence[Part], caption: Argument | None = None) -> tuple[Part, ...]:
    if not rows:
        return ()
    return ("\n{|", *(("\n|+ ", caption) if caption is not None else ()), *rows, "\n|}\n")


_CREDITS: Final = (
    ("writer", "词曲", "詞曲"),
    ("lyrics", "作词", "作詞"),
    ("music", "作曲", "作曲"),
    ("arranger", "编曲", "編曲"),
    ("producer", "监制", "監製"),
    ("extra", "", ""),
    ("longnote", "备注", "備註"),
    ("length", "时长", "時長"),
)
"""Columns of a list of tracks that are there if a track has the field, with their heads."""
_ALL_BY: Final = (
    ("all_writing", "全碟词曲：", "全碟詞曲："),
    ("all_lyrics", "全碟作词：", "全碟作詞："),
    ("all_music", "全碟作曲：", "全碟作曲："),
    ("all_arranger", "全碟编曲：", "全碟編曲："),
    ("all_producer", "全碟监制：", "全碟監製："),
)
_TITLE: Final = re.compile(r"title([0-9]{1,3})")


def track_list(call: Call) -> Sequence[Part]:
    """Leave the tracks of a record as a table: number, title, who made it, length."""
    named = (_TITLE.fullmatch(item.name) for item in call.arguments)
    found = sorted({int(match[1]) for match in named if match})
    numbers = [number for number in found if given(call, f"title{number}") is not None]
    if not numbers:
        return ()
    columns = [
        column
        for column in _CREDITS
        if any(given(call, f"{column[0]}{number}") is not None for number in numbers)
    ]
    if any(name == "writer" for name, _, _ in columns):
        columns = [column for column in columns if column[0] not in ("lyrics", "music")]
    heads = [
        sequence(given(call, "extra_column") if name == "extra" else wording(call, hans, hant))
        for name, hans, hant in columns
    ]
    rows = _row(call, ("曲序",), (wording(call, "曲目", "曲目"),), *heads, mark="!")
    for number in numbers:
        remark = given(call, f"note{number}")
        title = sequence(given(call, f"title{number}"))
        rows += _row(
            call,
            (f"{number}.",),
            (*title, *(("（", remark, "）") if remark is not None else ())),
            *(sequence(given(call, f"{name}{number}")) for name, _, _ in columns),
        )
    total = given(call, "total_length")
    if total is not None:
        label = wording(call, "总时长：", "總時長：")
        rows += ("\n|-", f'\n| colspan="{len(columns) + 1}" | {label}', "\n| ", total)
    intro = [
        (wording(call, hans, hant), maker)
        for name, hans, hant in _ALL_BY
        if (maker := given(call, name)) is not None
    ]
    lines = ("\n<div>", *listed("　", intro), "</div>") if intro else ()
    return (*lines, *_table(rows, given(call, "headline")))


def ratings(call: Call) -> Sequence[Part]:
    """Leave the ratings of a record as a table: who, how much."""
    rows: list[Part] = []
    for number in range(1, 31):
        who = given(call, f"rev{number}", f"來源{number}", f"来源{number}")
        score = given(call, f"rev{number}Score", f"rev{number}score", f"評分{number}")
        if who is not None:
            rows += _row(call, (who,), *((score,),) if score is not None else ())
    return _table(rows)


_RATING: Final = re.compile(r"rev[0-9]+(?:[Ss]core)?")


def game_ratings(call: Call) -> Sequence[Part] | None:
    """Leave the ratings of a game by ``rev1=`` and ``rev1Score=``; codes of others are unknown."""
    given_names = (item.name for item in call.arguments if written(call, item).strip())
    return ratings(call) if all(_RATING.fullmatch(name) for name in given_names) else None


def episode(call: Call) -> Sequence[Part]:
    """Leave an episode as a row of the table that it stands in, with what happens below."""
    present = {item.name for item in call.arguments}
    cells = [sequence(given(call, name)) for name in _BEFORE_TITLE if name in present]
    if present & _TITLES:
        cells.append(_episode_title(call))
    cells += [sequence(given(call, name)) for name in _BEHIND_TITLE if name in present]
    if not any(cells):
        return ()
    summary = given(call, "ShortSummary")
    below: list[Part] = []
    if summary is not None:
        lines = "\n" if written(call, summary).startswith(_LINE_SIGNS) else " "
        below = ["\n|-", f'\n| colspan="{len(cells)}" |', lines, summary]
    return (*_row(call, *cells), *below, "\n")


_BEFORE_TITLE: Final = ("EpisodeNumber", "EpisodeNumber2")
_TITLES: Final = {"Title", "RTitle", "AltTitle", "TranslitTitle", "NativeTitle", "RAltTitle"}
_BEHIND_TITLE: Final = (
    "Aux1", "DirectedBy", "WrittenBy", "Aux2", "Aux3", "OriginalAirDate", "AltDate", "ProdCode",
    "Viewers", "Aux4",
)  # fmt: skip


def _episode_title(call: Call) -> tuple[Part, ...]:
    """Return the title, and below it the other title, or its letters and its own language."""
    other, letters, native = (
        given(call, name) for name in ("AltTitle", "TranslitTitle", "NativeTitle")
    )
    below: list[Part] = []
    if other is not None:
        below.append(other)
    elif letters is not None:
        below += (wording(call, "转写：", "轉寫："), letters)
    if native is not None:
        code = call.value("NativeTitleLangCode").lower()
        lead = language_name(call, code) + "：" if code in LANGUAGES else ""
        below += sequence("（", lead, native, "）")
    below += sequence(given(call, "RAltTitle"))
    return listed("<br>", [sequence(given(call, "Title"), given(call, "RTitle")), below])


_HEADS: Final = (
    ("overall", "EpisodeNumber", "总集数", "總集數"),
    ("season", "EpisodeNumber2", "集数", "集數"),
    ("series", "EpisodeNumber2Series", "续集数", "續集數"),
    ("title", "Title", "标题", "標題"),
    ("aux1", "Aux1", "", ""),
    ("director", "DirectedBy", "导演", "導演"),
    ("writer", "WrittenBy", "编剧", "編劇"),
    ("aux2", "Aux2", "", ""),
    ("aux3", "Aux3", "", ""),
    ("airdate", "OriginalAirDate", "首播日期", "首播日期"),
    ("altdate", "AltDate", "", ""),
    ("guests", "Guests", "Guest(s)", "Guest(s)"),
    ("musicalguests", "MusicalGuests", *("Musical/entertainment guest(s)",) * 2),
    ("prodcode", "ProdCode", "制作代码", "製作代碼"),
    ("aux5", "Aux5", "", ""),
    ("viewers", "Viewers", "收视人数（百万）", "收視人數（百萬）"),
    ("aux4", "Aux4", "", ""),
)
"""Columns of a table of episodes: its arguments, which give the width, and the head."""


def episode_table(call: Call) -> Sequence[Part]:
    """Leave the heads of the columns, and the rows that the table holds."""
    present = {item.name for item in call.arguments}
    heads: list[Sequence[Part]] = []
    for name, row_name, hans, hant in _HEADS:
        if name in present or row_name in present:
            own = given(call, f"{name}T", f"{row_name}T")
            heads.append(sequence(own or wording(call, hans, hant)))
    rows = _row(call, *heads, mark="!") if heads else []
    return _table((*rows, *sequence("\n", given(call, "episodes"))), given(call, "caption"))


# ---------------------------------------------------------------- who came before and after


def succession(hans: str, hant: str, name: str) -> Handler:
    """Return the handler of a cell of a succession box; the first opens a row."""

    def handle(call: Call) -> Sequence[Part]:
        opening = "\n|-\n| " if name == "before" else "\n| "
        lead = wording(call, hans, hant)
        return (opening, *_holder(lead, given(call, name, "1"), given(call, "years")))

    return handle


def _holder(lead: str, who: Argument | None, when: Argument | None) -> tuple[Part, ...]:
    if who is None:
        return ()
    return (*sequence(lead, who), *(("<br>", when) if when is not None else ()))


_STEPS: Final = (("before", "前任：", "前任："), ("title", "", ""), ("after", "继任：", "繼任："))


_BOX_SIGN: Final = re.compile(
    r"\{\{\s*+(?:(?i:s-start|start box|succession box begin)|[Ss]tart)\s*+\}\}"
    r"|(\{\{\s*+(?:(?i:s-end|end box|succession box end)|[Ee]nd)\s*+\}\}|\n\|\})"
)
_MAX_BOX: Final = 4000
"""How far before a row the call that opens its table is looked for."""


def _in_box(call: Call) -> bool:
    """Tell whether a table of offices was opened before the call, and not ended."""
    end = call.head_start
    opened = False
    for sign in _BOX_SIGN.finditer(call.source, max(0, end - _MAX_BOX), end):
        opened = sign[1] is None
    return opened


_OPENINGS: Final = (
    *(f"{{{{{sign}{name}}}}}" for sign in "sS" for name in ("-start", "tart", "tart box")),
    *("{{awards table", "{{Awards table", "\n{|"),
)
_ENDINGS: Final = ("{{end", "{{End", "{{s-end", "{{S-end", "\n|}")
"""The commonest first: the others are looked for behind it only."""
_MAX_TABLE: Final = 50_000
"""How far before its end the beginning of a table is looked for."""


def table_end(call: Call) -> Sequence[Part]:
    """Leave the end of the table that is open: ``{{end}}``, which ends columns, too."""
    source, end = call.source, call.head_start
    start = max(0, end - _MAX_TABLE)
    for sign in _ENDINGS:
        start = max(start, source.rfind(sign, start, end))
    opened = any(source.rfind(sign, start, end) >= 0 for sign in _OPENINGS)
    return ("\n|}\n",) if opened else ()


def succession_box(call: Call) -> Sequence[Part]:
    """Leave who came before and after in an office: rows of a table, or a table of its own."""
    rows: list[Part] = []
    for number in ("", "1", "2", "3", "4", "5"):
        cells = [
            _holder(
                wording(call, hans, hant),
                given(call, name + number),
                given(call, f"years{number}") if name == "title" else None,
            )
            for name, hans, hant in _STEPS
        ]
        if any(cells):
            rows += _row(call, *cells)
    return (*rows, "\n") if rows and _in_box(call) else _table(rows)


def no_holder(call: Call) -> Sequence[Part]:
    """Leave a cell that says why nobody held an office: ``{{s-non|reason=…}}``."""
    groups = [sequence(given(call, name)) for name in ("reason", "reason2")]
    return ("\n| ", *listed("<br>", groups))


_VACANT: Final = {
    **dict.fromkeys(("ab", "abeyance"), ("暂时中止", "暫時中止")),
    **dict.fromkeys(("su", "suspended"), ("中止", "中止")),
    **dict.fromkeys(("co", "commission"), ("服役中", "服役中")),
    **dict.fromkeys(("di", "disclaimed"), ("放弃", "放棄")),
    **dict.fromkeys(("do", "dormant"), ("休眠", "休眠")),
    "extinct": ("绝后", "絕後"),
    "forfeit": ("丧失", "喪失"),
    **dict.fromkeys(("re", "recreated"), ("重新建立", "重新建立")),
    **dict.fromkeys(("sede", "sedevacante"), ("教座出缺", "教座出缺")),
    **dict.fromkeys(("unkn", "unknown"), ("未知", "未知")),
}


def vacant(call: Call) -> Sequence[Part]:
    """Leave a cell that says that an office was vacant, and who held it before or after."""
    last = wording(call, "上一位持有相同头衔者：", "上一位持有相同頭銜者：")
    following = wording(call, "下一位持有相同头衔者：", "下一位持有相同頭銜者：")
    groups = [
        (wording(call, *_VACANT.get(call.value("1"), ("空缺", "空缺"))),),
        sequence(given(call, "reason")),
        *((last, who) for who in (given(call, "last"),) if who is not None),
        *((following, who) for who in (given(call, "next"),) if who is not None),
    ]
    return ("\n| ", *listed("<br>", groups))


_ACHIEVEMENTS: Final = {
    **dict.fromkeys(("rec", "records"), ("纪录", "紀錄")),
    **dict.fromkeys(("aw", "awards"), ("奖项", "獎項")),
    **dict.fromkeys(("ach", "achievements"), ("成就", "成就")),
}


_OFFICES: Final = {
    "prc": ("中华人民共和国", "中華人民共和國"),
    "roc": ("中华民国", "中華民國"),
    **dict.fromkeys(("usa", "us"), ("美国", "美國")),
    "rus": ("俄罗斯", "俄羅斯"),
    "fra": ("法国", "法國"),
    "uk": ("英国", "英國"),
}


def offices(call: Call) -> Sequence[Part]:
    """Leave the head above the rows of offices: of whom, or the words that are given."""
    of = given(call, "1")
    known = _OFFICES.get(written(call, of)) if of is not None else ("", "")
    if known is None:
        return sequence("\n|-\n! colspan=3 | ", of)
    kind = (
        wording(call, "政治职务", "政治職務") if of is not None else wording(call, "官衔", "官銜")
    )
    return ("\n|-\n! colspan=3 | ", wording(call, *known) + kind)


def achievements(call: Call) -> Sequence[Part]:
    """Leave the head above the rows of records and awards."""
    text = wording(call, *_ACHIEVEMENTS.get(call.value("1"), ("奖项与成就", "獎項與成就")))
    return ("\n|-\n! colspan=3 | ", text)


# ---------------------------------------------------------------- sport

_GOALS: Final = {
    **dict.fromkeys(("o.g.", "og"), ("[[乌龙球]]", "[[烏龍球]]")),
    **dict.fromkeys(("pen.", "p"), ("[[罚点球|点球]]", "[[罚点球|十二碼]]")),
}


def goals(call: Call) -> Sequence[Part]:
    """Leave the minutes of goals, and of what kind they were: ``{{goal|12||45|pen.}}``."""
    groups: list[Sequence[Part]] = []
    for number in range(1, 21, 2):
        minute, kind = given(call, str(number)), given(call, str(number + 1))
        if minute is None:
            continue
        known = _GOALS.get(written(call, kind).lower()) if kind is not None else None
        shown = wording(call, *known) if known is not None else kind
        groups.append((minute, "&#39;", *(("（", shown, "）") if shown is not None else ())))
    return listed(", ", groups)


def minutes(*names: str) -> Handler:
    """Return the handler of a card or a substitution: its minutes, as far as they are given."""

    def handle(call: Call) -> Sequence[Part]:
        found = (given(call, name) for name in names)
        return listed(", ", [(minute, "&#39;") for minute in found if minute is not None])

    return handle


def football_match(call: Call) -> Sequence[Part]:
    """Leave a match as a table: when, who against whom, the goals, where."""
    report = given(call, "report")
    told: Sequence[Part] = sequence(report)
    if report is not None and is_address(written(call, report)):
        told = external(call, report, (wording(call, "报告", "報告"),))
    if given(call, "team1", "team2", "score") is None:
        return ()
    extra = flag(call, "aet")
    score: list[Part] = [given(call, "score") or wording(call, "对", "對")]
    if extra:
        score.append(wording(call, "（[[加时赛]]）", "（[[加時賽]]）"))
    groups: list[Sequence[Sequence[Part]]] = [
        [listed(" ", [sequence(given(call, name)) for name in ("date", "time", "round")])],
        [sequence(given(call, "team1")), score, sequence(given(call, "team2"))],
        [sequence(given(call, "goals1")), told, sequence(given(call, "goals2"))],
    ]
    kicks = given(call, "penaltyscore")
    if kicks is not None:
        label = wording(call, "[[点球大战]]", "[[互射十二碼|點球大戰]]")
        sides = [sequence(given(call, f"penalties{side}")) for side in "12"]
        groups.append([sides[0], (label, "<br>", kicks), sides[1]])
    place = [
        sequence(given(call, "stadium")),
        _told(call, "attendance", "观众人数：", "觀眾人數："),
        _told(call, "referee", "裁判：", "裁判："),
    ]
    groups.append([listed("<br>", place)])
    rows: list[Part] = []
    for cells in groups:
        if any(cells):
            rows += _row(call, *cells)
    return _table(rows, given(call, "event"))


def _told(call: Call, name: str, hans: str, hant: str) -> tuple[Part, ...]:
    found = given(call, name)
    return () if found is None else (wording(call, hans, hant), found)


__all__ = [
    "about",
    "about_in_list",
    "achievements",
    "all_pages",
    "all_redirected",
    "boxed_quotation",
    "elsewhere",
    "episode",
    "episode_table",
    "football_match",
    "game_ratings",
    "goals",
    "hatnote",
    "minutes",
    "no_holder",
    "offices",
    "other_uses",
    "pull_quotation",
    "quotation",
    "ratings",
    "redirected",
    "side_quotation",
    "succession",
    "succession_box",
    "table_end",
    "track_list",
    "vacant",
]
