"""
What is fuzzed: for each target a function of bytes that raises where something is wrong.

A target makes of the bytes what it reads, reads it, and checks the laws that the tests check. The
errors that a broken file may raise are expected; any other exception is a finding. Nothing here
knows who chooses the bytes: ``run.py`` has a fuzzer do it, and ``tests/test_fuzz.py`` takes those
that are kept.
"""

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import attrs
import test_laws
import test_preview
import test_round_trips
import test_wikitext

import wikiclean
from wikiclean import Document, DumpError, InputError, Limits, SchemaError
from wikiclean.document import Dialect
from wikiclean.dump import Select, read
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
        *(("{{nowrap|", "}}"), ("{{#if:a|", "}}"), ("{{Infobox x|k=", "}}"), ("{{", "}}")),
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


def from_json(data: bytes) -> None:
    """Read a stored Document: it is refused, or can be used and stored again."""
    try:
        document = Document.from_json(data)
    except SchemaError:
        return
    assert Document.from_json(document.to_json()) == document
    document.accounting()
    document.to_row()
    document.to_html()
    document.to_markdown()
    document.select(footnotes="end", tables="markdown", math="drop")
    explain(document)


SUFFIXES: Final = (".xml", ".xml.bz2", ".xml.gz", ".xml.zst", ".jsonl", ".jsonl.gz")
"""Kinds of dumps; the first byte chooses."""


def dump(data: bytes) -> None:
    """Read a dump: pages, and where it is damaged a DumpError."""
    suffix = SUFFIXES[(data[0] if data else 0) % len(SUFFIXES)]
    with tempfile.TemporaryDirectory(dir=_SHARED_MEMORY) as folder:
        path = Path(folder) / f"dump{suffix}"
        path.write_bytes(data[1:])
        try:
            for one in read(path, Select(namespaces=None, redirects=True, revisions="all")):
                assert one.text
        except (DumpError, InputError):
            return


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
        "dump": dump,
    }
)
"""Name → the function."""
