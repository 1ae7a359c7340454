"""The export dialect, rule by rule: micro-cases by topic, written by hand."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from case_files import FIXTURES, Case, read_cases

import wikiclean
from wikiclean.document import Document, Link, Media

# ---------------------------------------------------------------- cases in files


MICRO_CASES = {
    f"{folder}/{path.stem}": read_cases(path)
    for folder in ("export", "passes")
    for path in sorted((FIXTURES / folder).glob("*.txt"))
}
"""Topic → its cases. Their facts are as ``facts`` writes them: of each kind that is named, all
lines; ``kind: -`` says none."""


def facts(document: Document) -> Iterator[str]:
    """Yield what a Document says, a line a record, kind first."""
    text = document.text

    def at(span: tuple[int, int]) -> str:
        return text[slice(*span)].replace("\n", "⏎")

    yield f"title: {document.title} ({document.title_from})"
    yield f"origin: {document.origin}"
    for section in document.sections[1:]:
        parent = document.sections[section.parent].title if section.parent is not None else None
        yield f"section: {section.level} {section.title}" + (f" < {parent}" if parent else "")
    for block in document.blocks:
        more = block.marker or block.level or ""
        yield f"block: {block.kind} {more} | {at(block.span)}".replace("  ", " ", not more)
    yield from map(link_fact, document.links)
    for style in document.styles:
        yield f"style: {style.kind} | {at(style.span)}"
    for formula in document.math:
        yield f"math: {'display' if formula.display else 'inline'} | {formula.tex}"
    for note in document.footnotes:
        places = ",".join(f"{a.owner}:{a.offset}".removeprefix(":") for a in note.anchors)
        body = " | " + note.text.replace("\n", "⏎") if note.defined else ""
        yield f"note: {note.group}{note.number}" + (f" @{places}" if places else "") + body
    for category in document.categories:
        yield f"category: {category.name}" + (category.sort_key and f" | {category.sort_key}")
    for language in document.interlanguage:
        yield f"language: {language.language} | {language.title}"
    yield from map(media_fact, document.media)
    for table in document.tables:
        caption = f" caption {at(table.caption)}" if table.caption else ""
        yield f"table: {table.rows}x{table.columns} header {table.header_rows}{caption}"
        yield from (
            f"cell: {cell.row},{cell.column} {cell.rowspan}x{cell.colspan} {at(cell.span)}"
            for cell in table.cells
        )
    for template in document.templates:
        yield f"template: {template.name}"
    for found in document.diagnostics:
        after = f" -> {found.replacement}" if found.replacement else ""
        yield f"repair: {found.code} |" + (found.dropped and f" {found.dropped}") + after
    codes = Counter(d.code for d in document.diagnostics if not LABEL_CODE.match(d.code))
    counted = sorted(f"{code}×{n}" if n > 1 else code for code, n in codes.items())
    yield f"codes: {' '.join(counted) or '-'}"


LABEL_CODE = re.compile("label_overflow|title_inferred")
"""Codes that are said in other facts of nearly every page."""


def link_fact(link: Link) -> str:
    """Return a link as a line."""
    fragment = link.fragment and f"#{link.fragment}"
    line = f"link: {link.label} -> {link.target}{fragment} | {link.kind} {link.form}"
    line += f" {link.certainty}" if link.certainty != "certain" else ""
    line += f" +{link.overflow}" if link.overflow else ""
    line += f" interwiki={link.interwiki}" if link.interwiki else ""
    return line.replace("link:  ->", "link: ->")


def media_fact(media: Media) -> str:
    """Return a file as a line."""
    caption = f" | {media.caption.text}".replace("\n", "⏎") if media.caption else ""
    return f"media: {media.file} {media.kind} @{media.offset}{caption}"


def chosen(lines: Iterator[str], kinds: set[str]) -> list[str]:
    """Return the lines of those kinds, and ``kind: -`` for one that has none."""
    found = [line for line in lines if line.partition(":")[0] in kinds]
    missing = kinds - {line.partition(":")[0] for line in found}
    return found + [f"{kind}: -" for kind in missing]


@pytest.mark.parametrize(
    "case",
    [pytest.param(c, id=f"{t}: {c.title}") for t, cases in MICRO_CASES.items() for c in cases],
)
def test_case(case: Case) -> None:
    """The text and the facts of a case are what was expected, the text with Windows' ends too."""
    options: Any = dict(re.findall(r"\[(\w+)=([^\]]*)\]", case.title))
    document = wikiclean.parse(case.source, dialect="export", **options)
    assert document.text == case.text
    with_returns = case.source.replace("\n", "\r\n")
    returned = wikiclean.parse(with_returns, dialect="export", **options)
    assert returned.text == case.text
    kinds = {line.partition(":")[0] for line in case.facts}
    assert sorted(chosen(facts(document), kinds)) == sorted(case.facts)
    assert sorted(chosen(facts(returned), kinds)) == sorted(case.facts)


# ---------------------------------------------------------------- real pages


def real_pages(data_dir: Path) -> Iterator[tuple[str, str]]:
    """Yield name and source of the exported pages among the measuring data."""
    paths = sorted((data_dir / "export-pages").glob("*.md"))
    assert paths
    for path in paths:
        yield path.name, path.read_bytes().decode()


LEFTOVERS = (r"\[", r"\]", "](", '"wikilink"', "**", "{{", "}}", "-{", "<table", "<!--", "fig:")


def test_no_leftovers(data_dir: Path) -> None:
    """Outside code and formulas no markup is left in the texts of a page and its notes."""
    for name, source in real_pages(data_dir):
        document = wikiclean.parse(source, dialect="export")
        for one in (document, *(inner for _, inner in document.nested())):
            text = one.text
            opaque = [s.span for s in one.styles if s.kind == "code"]
            opaque += [m.span for m in one.math]
            opaque += [b.span for b in one.blocks if b.kind in ("code", "preformatted")]
            for start, end in opaque:
                text = text[:start] + " " * (end - start) + text[end:]
            assert [mark for mark in LEFTOVERS if mark in text] == [], name


def letters(text: str) -> Counter[str]:
    """Count the letters of a text."""
    return Counter(filter(str.isalpha, text))


def visible(source: str) -> str:
    """Return what a reader of the source would call its words, by means that see no structure."""
    source = re.sub(r"(?m)^\[Category:.*$", "", source)
    source = re.sub(r'\[[^\]]*\]\(\S+ "fig:[^"]*"\)', "", source)
    source = re.sub(r'\]\((?:\\.|[^ \\)])*(?: "wikilink")?\)', "]", source)
    return re.sub(r"</?[a-z][^<>]*>", "", source)


def test_no_letter_is_lost(data_dir: Path) -> None:
    """The letters of a page are those of its text, its notes and its captions, no more, no less."""
    for name, source in real_pages(data_dir):
        document = wikiclean.parse(source, dialect="export")
        texts = [document.text, *(inner.text for _, inner in document.nested())]
        assert letters("".join(texts)) == letters(visible(source)), name
