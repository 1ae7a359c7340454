"""
Links to other sites, as templates of zh-Wikipedia write them.

Here live their forms; which template has which form is said in the table of ``zh``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from wikiclean.templates.calls import Argument, Call, Handler, Part
from wikiclean.templates.shapes import (
    external,
    given,
    is_address,
    is_plain,
    is_target,
    linked,
    sequence,
    wording,
    written,
)


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
        plain = name is None or is_plain(call, name)  # else no link can have it for its label
        if not plain or not is_address(before + written(call, identifier)):
            return label
        return ("[", before, identifier, f"{after} ", *label, "]")

    return handle


_CHANNELS: Final = (
    ("user/", ("user", "u")),
    ("channel/", ("channel", "c")),
    ("c/", ("custom", "cc")),
)


def video(call: Call) -> Sequence[Part]:
    """Leave a link to a video, or to the channel that ``u=``, ``c=`` or ``cc=`` names."""
    owners = ((path, owner) for path, names in _CHANNELS if (owner := given(call, *names)))
    path, found = next(owners, ("", None))
    if found is not None:
        title = call.page.title if call.page is not None else None
        shown = given(call, "title", "1") or title
        label = sequence("YouTube上的", shown, wording(call, "频道", "頻道"))
    else:
        path, found = "watch?v=", given(call, "id", "1")
        label = ("YouTube上的", given(call, "title", "2") or wording(call, "视频", "影片"))
    if found is None or not is_address("https://a/" + written(call, found)):
        return label
    return (f"[https://www.youtube.com/{path}", found, " ", *label, "]")


def google_book(call: Call) -> Sequence[Part]:
    """Leave the title of a book, linked to it, and the page."""
    book, title = given(call, "1", "id"), given(call, "2", "title")
    page = given(call, "page")
    shown: Part = title or (call.page.title if call.page is not None else None) or ""
    label = sequence(shown)
    if book is not None and label and is_address("https://a/" + written(call, book)):
        label = ("[https://books.google.com/books?id=", book, " ", shown, "]")
    where = ("，第", page, wording(call, "页，", "頁，")) if page else ()
    return (*label, *where, wording(call, "于[[Google图书]]", "於[[Google圖書]]"))


def math_world(call: Call) -> Sequence[Part]:
    """Leave the author of MathWorld, a link to the entry, and where it stands."""
    entry, title = given(call, "urlname", "id", "1"), given(call, "title", "2")
    shown: Part = title or (call.page.title if call.page is not None else None) or ""
    label = sequence(shown)
    if entry is not None and label and is_address("https://a/" + written(call, entry)):
        label = ("[https://mathworld.wolfram.com/", entry, ".html ", shown, "]")
    author = wording(call, "[[埃里克·韦斯坦因]]. ", "[[埃里克·韋斯坦因]]. ")
    return (author, *label, ". " if label else "", "[[MathWorld]].")


_DOUBAN: Final = {
    **dict.fromkeys(("movie", "电影", "電影", ""), ("movie", "电影", "電影")),
    **dict.fromkeys(("book", "书籍", "書籍"), ("book", "读书", "讀書")),
    **dict.fromkeys(("music", "音乐", "音樂"), ("music", "音乐", "音樂")),
}


def douban(call: Call) -> Sequence[Part] | None:
    """Leave a link to the page of a film, a book or a record: ``{{douban|id|title|book}}``."""
    known = _DOUBAN.get(call.value("3", "type"))
    if known is None:
        return None
    kind, hans, hant = known
    number, title = given(call, "1", "id"), given(call, "2", "title")
    shown: Part = title or (call.page.title if call.page is not None else None) or ""
    label = sequence(shown)
    if number is not None and label and is_address("https://a/" + written(call, number)):
        label = (f"[https://{kind}.douban.com/subject/", number, "/ ", shown, "]")
    before = wording(call, f"[[豆瓣|豆瓣{hans}]]上《", f"[[豆瓣|豆瓣{hant}]]上《")
    after = wording(call, "》的资料（简体中文）", "》的資料（簡體中文）")
    return (before, *label, after)


def general_practice(call: Call) -> Sequence[Part]:
    """Leave a link to an entry of the notebook of general practitioners."""
    entry, name = given(call, "1"), given(call, "2", "1")
    if entry is None or name is None:
        return ()
    label: Sequence[Part] = (name,)
    if is_address("https://a/" + written(call, entry)):
        label = ("[http://www.gpnotebook.co.uk/simplepage.cfm?ID=", entry, " ", name, "]")
    return ("''", *label, "''", wording(call, " 于 ", " 於 "), "[[家庭醫生筆記|GPnotebook]]")


def compound(call: Call) -> Sequence[Part]:
    """Leave a link to a compound of PubChem."""
    number = given(call, "1")
    if number is None:
        return ()
    label: Sequence[Part] = ("CID ", number)
    if is_address("https://a/" + written(call, number)):
        label = ("[https://pubchem.ncbi.nlm.nih.gov/compound/", number, " CID ", number, "]")
    return (*label, wording(call, " [[PubChem]]的链接", " [[PubChem]]的連結"))


def free_scores(call: Call) -> Sequence[Part]:
    """Leave a link to the scores of a composer, or to those of a work."""
    author, work = given(call, "1", "id", "author"), given(call, "work")
    title = call.page.title if call.page is not None else None
    named = given(call, "2", "cname") if author is not None else given(call, "cname")
    shown: Part = named or title or ""
    library = wording(call, "[[国际乐谱典藏计划]]", "[[國際樂譜典藏計劃]]")
    kind = given(call, "descr")
    if author is not None:
        scores = kind or wording(call, "免费乐谱", "免費樂譜")
        label = sequence(*((shown, "的") if shown else ()), scores)
        return (*_scores(call, "Category:", author, label), "，由", library, "提供")
    if work is not None:
        scores = kind or wording(call, "乐谱", "樂譜")
        label = sequence(shown) or (work,)
        return (*_scores(call, "", work, label), ": ", library, "上的", scores)
    return ()


def _scores(call: Call, kind: str, page: Argument, label: Sequence[Part]) -> tuple[Part, ...]:
    words = (page, *(part for part in label if not isinstance(part, str)))
    if not all(is_target(written(call, word)) for word in words):
        return tuple(label)
    return (f"[[:scores:{kind}", page, "|", *label, "]]")


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
        link = linked(call, f"commons:Category:{written(call, target)}", shown)
    else:
        link = sequence(shown)
    before = wording(call, "维基共享资源上的相关多媒体资源：", "維基共享資源上的相關多媒體資源：")
    return (before, *link)


__all__ = [
    "archived",
    "commons",
    "compound",
    "douban",
    "free_scores",
    "general_practice",
    "google_book",
    "math_world",
    "official_site",
    "site_page",
    "video",
]
