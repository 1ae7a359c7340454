"""
What is fuzzed: for each target a function of bytes that raises where something is wrong.

A target makes of the bytes what it reads, reads it, and checks the laws that the tests check. The
errors that a broken file may raise are expected; any other exception is a finding. Nothing here
knows who chooses the bytes: ``run.py`` has a fuzzer do it, and ``tests/test_fuzz.py`` takes those
that are kept.
"""

import bz2
import copy
import gzip
import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import attrs
import test_laws
import test_preview
import test_renderers_json
import test_round_trips
import test_wikitext
import zstandard
from measuring import READERS

import wikiclean
from wikiclean import Document, DumpError, InputError, Limits, SchemaError, SiteError
from wikiclean.document import Dialect
from wikiclean.dump import Page, Select, open_source, read, site_of
from wikiclean.passes import DEFAULT, apply
from wikiclean.passes.options import Options
from wikiclean.preview import explain, listing, page, report
from wikiclean.site import Site

CHOICES: Final[tuple[Mapping[str, Any], ...]] = (
    {},
    {"passes": ()},
    {"templates": {}},
    {"site": "enwiki"},
    {"variant": "zh-tw"},
    {"variant": "zh-cn", "normalize": "NFKC"},
    {"labels": "likely"},
    {"limits": Limits(max_chars=40)},
    {"limits": Limits(max_records=12), "passes": ()},
    {"limits": Limits(max_depth=1)},
)
"""Options of ``parse``; the first byte chooses."""

ATOMS: Final[Mapping[Dialect, Sequence[str]]] = {
    "wikitext": test_wikitext.ATOMS,
    "export": test_laws.ATOMS,
}
"""Dialect → what it gives a meaning."""


PAIRS: Final[Mapping[Dialect, Sequence[tuple[str, str]]]] = {
    "wikitext": (
        *(("\n{|\n|", "\n|}\n"), ("\n{|\n|+", "\n|}"), (":{|\n|", "|}"), ("{|\n", "|}\n")),
        *(("<table>", "</table>"), ("<tr>", "</tr>"), ("<td>", "</td>"), ("<th>", "</th>")),
        *(("<caption>", "</caption>"), ("<ul>", "</ul>"), ("<ol>", "</ol>"), ("<dl>", "</dl>")),
        *(("<li>", "</li>"), ("<dt>", "</dt>"), ("<dd>", "</dd>"), ("<p>", "</p>")),
        *(("<div>", "</div>"), ("<center>", "</center>"), ("<blockquote>", "</blockquote>")),
        *(("<h2>", "</h2>"), ("\n== ", " ==\n"), ("<pre>", "</pre>"), ("<poem>", "</poem>")),
        *(("<b>", "</b>"), ("<small>", "</small>"), ("<span>", "</span>"), ("''", "''")),
        *(("'''", "'''"), ("<ref>", "</ref>"), ('<ref name="n">', "</ref>"), ("<!--", "-->")),
        *(("[[File:x.jpg|thumb|", "]]"), ("[[File:x.jpg|", "]]"), ("[[d|", "]]")),
        *(("[http://a.b ", "]"), ("[[", "]]"), ("-{", "}-"), ("-{H|zh-cn:", ";zh-tw:e}-")),
        *(
            ("{{nowrap|", "}}"),
            ("{{#if:a|", "}}"),
            ("{{#iferror:", "}}"),
            ("{{Infobox x|k=", "}}"),
            ("{{", "}}"),
        ),
        *(("<gallery>\nx.jpg|", "\n</gallery>"), ("<references>", "</references>")),
        *(("<ruby>", "</ruby>"), ("<rt>", "</rt>"), ('<span style="display:none">', "</span>")),
    ),
    "export": (
        *(("\n- ", "\n"), ("\n  - ", "\n"), ("\n1.  ", "\n"), ("\n> ", "\n"), ("\n## ", "\n")),
        *(("**", "**"), ("*", "*"), ("__", "__"), ("``", "``"), ("\n```\n", "\n```\n")),
        *(("[", '](../Page/甲.md "wikilink")'), ("[", "](http://a.b)"), ("![", "](x.jpg)")),
        *(("\n<table>\n<tr><td>", "</td></tr>\n</table>\n"), ("<table>", "</table>")),
        *(("<tr>", "</tr>"), ("<td>", "</td>"), ("<th>", "</th>"), ("<caption>", "</caption>")),
        *(("<ul>", "</ul>"), ("<li>", "</li>"), ("<p>", "</p>"), ("<sub>", "</sub>")),
        *(("\n| ", " |\n| --- |\n"), ("| ", " |\n"), ("\\[", "\\]"), ("(", ")"), ("（", "）")),
        *(("$", "$"), ("\n[^1]: ", "\n"), ("-{", "}-"), ("<!--", "-->"), ("「", "」")),
        *(("~~", "~~"), ("\n<figure>", "</figure>"), ("<figcaption>", "</figcaption>")),
        *(('\n<section class="footnotes">', "</section>"), ('<li id="fn1">', "</li>")),
        *(('<a href="#fn1" class="footnote-ref">', "</a>"), ("\n-   -   ", "\n")),
    ),
}
"""Dialect → what is nested in each other: how it begins, and how it ends."""

BETWEEN: Final[Mapping[Dialect, Sequence[str]]] = {
    "wikitext": (
        *("a", "甲", " ", "\n", "\n\n", "\n|-\n", "\n|", "||", "!!", "\n! ", "|", "\n|+ b\n", "\t"),
        *(
            "\n* ",
            "\n# ",
            "\n; ",
            ": ",
            "\n: ",
            "\n ",
            "\n----\n",
            "<br>",
            "<hr>",
            "'",
            "=",
            "<p/>",
        ),
        *("<ref>n</ref>", "<nowiki />", "[[Category:x]]", "[[e]]", "<math>x</math>", "&nbsp;"),
        *("{{!}}", "__TOC__", "<td/>", "{{reflist}}", "<references />"),
    ),
    "export": (
        *("a", "甲", " ", "\n", "\n\n", "\n- ", "    ", "\n  ", "  \n", "\\\n", "|", "\n---\n"),
        *("<br />", "\\[1\\]", "[^1]", "、", "，", "{{-}}", "&nbsp;", "$x$", "\\*", "_", "`", "#"),
        *("1.  ", '[中](https://zh.wikipedia.org/wiki/中 "wikilink")'),
        *('<img src="x.jpg" />', 'rowspan = "2" | ', '<a href="#fnref1">', "__TOC__"),
    ),
}
"""Dialect → what stands in such, and what parts it."""


def nested(data: bytes, dialect: Dialect) -> str:
    """
    Return a page of constructs in each other.

    Each byte begins one, ends the one begun last, writes what ends another (or none), or writes
    what stands between: so a page is as well-formed as its bytes say.
    """
    pairs, between = PAIRS[dialect], BETWEEN[dialect]
    written: list[str] = []
    ends: list[str] = []
    for byte in data:
        if byte < 64:  # half of the others begin something
            begin, end = pairs[byte % len(pairs)]
            written.append(begin)
            ends.append(end)
        elif byte < 112:
            written.append(ends.pop() if ends else "\n")
        elif byte < 160:
            written.append(pairs[byte % len(pairs)][1])
        else:
            written.append(between[byte % len(between)])
    return "".join(written)


def source_of(data: bytes, atoms: Sequence[str]) -> tuple[str, Mapping[str, Any]]:
    """
    Return a page and the options to read it with.

    The first byte chooses the options, and whether each other byte stands for one of *atoms* (odd)
    or they are UTF-8 (even), where what is none becomes lone surrogates.
    """
    first, rest = (data[0], data[1:]) if data else (0, b"")
    options = CHOICES[(first >> 1) % len(CHOICES)]
    if first & 1:
        return "".join([atoms[byte % len(atoms)] for byte in rest]), options
    return rest.decode("utf-8", "surrogateescape"), options


def document_of(source: str, options: Mapping[str, Any], dialect: Dialect) -> Document:
    """Return the Document of a page, after a look at how much was made of how much."""
    document = wikiclean.parse(source, dialect=dialect, **options)
    assert len(document.source) == len(source)
    if "passes" in options:  # for repairs are records too
        most = options["limits"].max_records if "limits" in options else len(source)
        # Records are counted only on pages of more characters than there may be records.
        made = [one for one in document.walk() if getattr(one, "code", "") != "lone_surrogate"]
        assert len(made) <= most
    return document


def laws(source: str, options: Mapping[str, Any], dialect: Dialect) -> None:
    """Check the laws of a Document and of its other texts; repairs applied again do nothing."""
    document = document_of(source, options, dialect)
    test_laws.check(document)
    if options in ({}, {"labels": "likely"}):
        site = Site.load(document.site)
        again = apply(document, DEFAULT, Options(site, options.get("labels", "certain")))
        assert again == document
    for footnotes in ("inline", "end"):
        test_laws.check_standoff(document.select(footnotes=footnotes, tables="markdown"))
    without = document.select(tables="drop", captions=False)
    test_laws.check(_with_shown_math(without))
    test_laws.check_standoff(_with_shown_math(document.select(math="drop")))


def _with_shown_math(document: Document) -> Document:
    """Return a Document without the formulas that were taken out, whose records are kept."""
    shown = tuple(one for one in document.math if document.text[slice(*one.span)] == one.tex)
    return attrs.evolve(document, math=shown)


def wikitext(data: bytes) -> None:
    """Read a page of wikitext."""
    laws(*source_of(data, ATOMS["wikitext"]), "wikitext")


def export(data: bytes) -> None:
    """Read a page of the Markdown export."""
    laws(*source_of(data, ATOMS["export"]), "export")


def nestings(data: bytes) -> None:
    """Read a page of constructs in each other, in the dialect that the first byte chooses."""
    first = data[0] if data else 0
    dialect: Dialect = "export" if first & 1 else "wikitext"
    laws(nested(data[1:], dialect), CHOICES[(first >> 1) % len(CHOICES)], dialect)


def long_pages(data: bytes) -> None:
    """Read a page that says the same again and again, in both dialects: time is linear."""
    for dialect, atoms in ATOMS.items():
        source, _ = source_of(data[:64], atoms)
        wikiclean.parse(source * (30_000 // max(1, len(source))), dialect=dialect)


def renderers(data: bytes) -> None:
    """Write a page as Markdown and HTML: a reader of each gets the text, and no element of it."""
    for dialect in ATOMS:
        source, _ = source_of(data, ATOMS[dialect])
        # What no reader shows is written as pictures, which other tests look at.
        source = _UNSEEN.sub("", source)
        document = wikiclean.parse(source, dialect=dialect)
        if not is_torn(document) and not is_beyond_reader(document):
            test_round_trips.check_markdown(document)
            test_round_trips.check_html(document)


def is_beyond_reader(document: Document) -> bool:
    """Whether the reader of Markdown cannot follow: it stops at twenty elements in each other."""
    deepest = max((getattr(one, "level", 0) for one in document.walk()), default=0)
    return deepest >= 8


def is_torn(document: Document) -> bool:
    """Whether a table has text between its cells, which Markdown and HTML write elsewhere."""
    return any(_has_torn_table(one) for one in test_laws.everything(document))


def _has_torn_table(document: Document) -> bool:
    for table in document.tables:
        spans = sorted(cell.span for cell in table.cells)
        if table.caption is not None:
            if spans and spans[0] < table.caption:
                return True
            spans.insert(0, table.caption)
        at = table.span.start
        for start, end in spans:
            if document.text[at:start].strip():
                return True
            at = max(at, end)
        if document.text[at : table.span.end].strip():
            return True
    return False


_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def preview(data: bytes) -> None:
    """Explain a page: its source stands on the page as it is, and nothing else got in."""
    for dialect in ATOMS:
        document = document_of(*source_of(data, ATOMS[dialect]), dialect)
        test_preview.check_explanation(document)
        shown = page(document)
        if not is_torn(document):
            test_preview.check(document, shown)
        explanation = explain(document)
        report(explanation)
        for _ in listing(explanation):
            pass


_WIKITEXT_PAGE: Final = """\
'''甲'''{{nowrap|[[乙|丙]]丁}}<ref name=a>丙{{x|1=y}}</ref><ref name=a />-{zh-cn:子;zh-tw:丑}-
{{Infobox 國家|a=b<ref>c</ref>|d=[[e]]}}
== 戊 ==
* [http://a.b c]<math>x^2</math>
{|
|+ 己
! 1 || rowspan=2 | 2
|-
| ''3''
|}
[[File:庚.jpg|thumb|辛[[壬]]]]<!-- 癸 -->
[[Category:甲|乙]][[en:A]]-{H|zh-cn:寅;zh-tw:卯}-
"""
_EXPORT_PAGE: Final = """\
# 甲

[乙丙丁](https://zh.wikipedia.org/wiki/乙 "wikilink")（）\\[1\\]

| 1 | 2 |
| - | - |
| 3 |

1.  戊

[Category:己](https://zh.wikipedia.org/wiki/Category:己 "wikilink")
"""
STORED: Final[Sequence[Any]] = [
    json.loads(document.to_json())
    for document in (
        wikiclean.parse(_WIKITEXT_PAGE, dialect="wikitext", variant="zh-tw", title="甲"),
        wikiclean.parse(_EXPORT_PAGE, dialect="export"),
    )
]
"""Stored Documents, with records of all kinds between them."""

VALUES: Final[Sequence[Any]] = (
    *(None, True, False, 0, 1, -1, 2, 7, 2**31, 2**63, -(2**63), 1.5, 1e300, float("nan")),
    *("", "a", "甲", "\ud800", "\U0001f600", "\x00", "wikitext", "markdown", "cell", "article"),
    *([], {}, [0], [0, 1], [1, 0], [0, 1, 0, 1, 1], [0, 0, 0, 0, 0], [[0, 1]], {"a": 1}, [None]),
)
"""What a value of JSON is replaced by."""


MOST_PLACES: Final = 5000
"""Values of JSON beyond which no more are changed: what is copied into itself grows fast."""


def changed(data: bytes, trees: Sequence[Any]) -> bytes:
    """
    Return JSON of which values are changed, or *data* itself where it is JSON.

    The first byte chooses one of *trees*; of three others each, two say where and one says what.
    """
    if data[:1] in (b"{", b"["):
        return data
    tree = copy.deepcopy(trees[(data[0] if data else 0) % len(trees)])
    for at in range(1, min(len(data), 40) - 2, 3):
        where, what = data[at] << 8 | data[at + 1], data[at + 2]
        places = test_renderers_json.places(tree)
        if not 0 < len(places) < MOST_PLACES:
            break
        holder, key = places[where % len(places)]
        if what < 128:
            holder[key] = copy.deepcopy(VALUES[what % len(VALUES)])
        elif what < 144:
            del holder[key]
        elif what < 192:
            other, name = places[(where + what * 7) % len(places)]
            holder[key] = copy.deepcopy(other[name])
        elif isinstance(holder[key], int):
            holder[key] += what - 224
        elif isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        else:
            holder[f"{key}{what % 3}"] = holder.pop(key)
    return json.dumps(tree).encode()


def from_json(data: bytes) -> None:
    """Read a stored Document: it is refused, or can be used and stored again."""
    try:
        document = Document.from_json(changed(data, STORED))
    except SchemaError:
        return
    assert Document.from_json(document.to_json()) == document
    document.select(footnotes="end", tables="markdown", math="drop")
    for read_whole in READERS.values():
        read_whole(document)


SITEINFO: Final[Mapping[str, Any]] = {
    "general": {
        "lang": "zh",
        "wikiid": "zhwiki",
        "server": "//zh.wikipedia.org",
        "articlepath": "/wiki/$1",
        "case": "first-letter",
        "linktrail": "/^([a-z]+)(.*)$/sD",
    },
    "namespaces": {
        "0": {"id": 0, "case": "first-letter", "*": ""},
        "6": {"id": 6, "*": "文件", "canonical": "File"},
        "10": {"id": 10, "case": "case-sensitive", "*": "模板", "canonical": "Template"},
        "14": {"id": 14, "*": "分类", "canonical": "Category"},
    },
    "namespacealiases": [{"id": 6, "*": "圖像"}, {"id": 10, "alias": "T"}],
    "interwikimap": [
        {"prefix": "en", "language": "English", "url": "https://en.wikipedia.org/wiki/$1"},
        {"prefix": "c", "url": "https://commons.wikimedia.org/wiki/$1"},
    ],
    "magicwords": [
        {"name": "img_thumbnail", "aliases": ["縮圖", "thumb"], "case-sensitive": ""},
        {"name": "img_width", "aliases": ["$1px", "$1像素"]},
        {"name": "redirect", "aliases": ["#重定向", "#REDIRECT"]},
        {"name": "notoc", "aliases": ["__无目录__", "__NOTOC__"]},
        {"name": "if", "aliases": ["if"]},
        {"name": "pagename", "aliases": ["页名", "PAGENAME"]},
    ],
    "extensiontags": ["<ref>", "<gallery>"],
    "protocols": ["http://", "//"],
    "languagevariants": {"zh": {"zh-cn": {"fallbacks": ["zh-tw"]}, "zh-tw": {"fallbacks": []}}},
}
"""What a wiki says of itself, a little of each kind."""

_SITE_PAGE: Final = """\
#REDIRECT [[en:甲|乙]]丙{{t|[[T:a]]}}{{PAGENAME}}[[圖像:a.jpg|thumb|9px|[[c:b]]]]
__NOTOC__<ref>d</ref>-{zh-cn:e;zh-tw:f}-{{if:g}} http://h //i
[[分类:j]]
"""


def site(data: bytes) -> None:
    """Read what a wiki says of itself: it is refused, or pages can be read with it."""
    try:
        wiki = Site.from_siteinfo(json.loads(changed(data, [SITEINFO])), name="zhwiki")
    except (SiteError, ValueError):  # or it is no JSON
        return
    document = wikiclean.parse(_SITE_PAGE, dialect="wikitext", site=wiki)
    for read_whole in READERS.values():
        read_whole(document)


SUFFIXES: Final = (".xml", ".xml.bz2", ".xml.gz", ".xml.zst", ".jsonl", ".jsonl.gz")
"""Kinds of dumps; the first byte chooses."""

DUMP_ATOMS: Final[Mapping[str, Sequence[str]]] = {
    ".xml": (
        *('<mediawiki xml:lang="zh">', "<mediawiki>", "</mediawiki>", "<siteinfo>", "</siteinfo>"),
        *("<dbname>zhwiki</dbname>", "<case>first-letter</case>", "<namespaces>", "</namespaces>"),
        *('<namespace key="0" case="first-letter" />', '<namespace key="10">甲</namespace>'),
        *('<namespace key="-1" case="x">a:b</namespace>', '<namespace key="99999999999999999999">'),
        *(
            "<page>",
            "</page>",
            "<title>甲</title>",
            "<title>",
            "</title>",
            "<ns>0</ns>",
            "<ns>x</ns>",
        ),
        *("<id>1</id>", "<id>-9</id>", '<redirect title="乙" />', "<revision>", "</revision>"),
        *("<timestamp>2020-02-02T00:00:00Z</timestamp>", "<timestamp>x</timestamp>"),
        *("<timestamp>2019-01-01T00:00:00+23:59</timestamp>", "<model>wikitext</model>"),
        *("<model>css</model>", "<text>", '<text bytes="3" xml:space="preserve">', "</text>"),
        *('<text deleted="deleted" />', "<text />", "甲[[乙]]", "&amp;", "&lt;", "&#0;", "&x;"),
        *("<!-- c -->", "<![CDATA[", "]]>", "<?p q?>", '<!DOCTYPE a [<!ENTITY x "y">]>', "\n  "),
        *("<contributor><id>2</id></contributor>", "<comment>", "</comment>", "\x01", "\ufeff"),
        *('<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0" encoding="GBK"?>'),
        "<page><title>丙</title><ns>0</ns><id>3</id><revision><id>4</id><text>丁</text></revision></page>",
        "<revision><timestamp>2021-01-01T00:00:00Z</timestamp><text>戊</text></revision>",
    ),
    ".jsonl": (
        *(
            "{",
            "}",
            "[",
            "]",
            ", ",
            ": ",
            '"text": ',
            '"title": ',
            '"timestamp": ',
            '"namespace": ',
        ),
        *('"id": ', '"url": ', '"metadata": ', '"dialect": ', '"revision_id": ', '"model": '),
        *(
            '"source_file": ',
            '"redirect": ',
            '"deleted": ',
            '"甲"',
            '"\\ud800"',
            '"export"',
            "null",
        ),
        *("true", "1", "-1e999", "99999999999999999999", '"2020-01-01"', '""', "\n", "\r\n", " "),
        *(
            '{"text": "甲"}\n',
            '{"text": "乙", "title": "丙", "id": 1}\n',
            '{"text": null}\n',
            "\x00",
        ),
    ),
}
"""Kind of dump → what it is made of."""


def dump_of(data: bytes) -> tuple[str, bytes, bytes]:
    """
    Return the suffix of a dump, what is in its file, and the same cut short.

    The first byte chooses the suffix. From 128 on each byte behind the third stands for one of the
    atoms, which are compressed here: in streams as long as the second byte says, cut where the
    third does. Below 128 the others are the file as it is.
    """
    first = data[0] if data else 0
    suffix = SUFFIXES[first % len(SUFFIXES)]
    if first < 128 or len(data) < 3:
        return suffix, data[1:], data[1:]
    atoms = DUMP_ATOMS[".jsonl" if "jsonl" in suffix else ".xml"]
    plain = "".join([atoms[byte % len(atoms)] for byte in data[3:]]).encode()
    step = data[1] * 4 + 1
    parts = [plain[at : at + step] for at in range(0, len(plain), step)]
    whole = b"".join(map(_COMPRESS.get(suffix.rpartition(".")[2], bytes), parts))
    return suffix, whole, whole[: len(whole) * data[2] // 255]


_COMPRESS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "bz2": bz2.compress,
    "gz": gzip.compress,
    "zst": zstandard.compress,
}


def pages_of(suffix: str, file: bytes) -> list[Page]:
    """Return the pages of a dump up to the first fault."""
    pages: list[Page] = []
    select = Select(namespaces=None, redirects=True, revisions="all")
    with tempfile.TemporaryDirectory(dir=_SHARED_MEMORY) as folder:
        path = Path(folder) / f"dump{suffix}"
        path.write_bytes(file)
        try:
            source = open_source(path, select)
            site_of(source.siteinfo)
            source.close()
            for one in read(path, select):
                assert one.text
                pages.append(one)
        except (DumpError, InputError):
            pass
    return pages


def dump(data: bytes) -> None:
    """Read a dump: pages, and where it is damaged a DumpError; one cut short has the first ones."""
    suffix, whole, cut = dump_of(data)
    pages = pages_of(suffix, whole)
    if cut != whole:
        some = pages_of(suffix, cut)
        assert some == pages[: len(some)]


_SHARED_MEMORY: Final = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = MappingProxyType(
    {
        "wikitext": wikitext,
        "export": export,
        "nestings": nestings,
        "long": long_pages,
        "renderers": renderers,
        "preview": preview,
        "json": from_json,
        "site": site,
        "dump": dump,
    }
)
"""Name → the function."""
