"""
Compare records with what MediaWiki renders: what stands in which list, cell, tag, note and caption.

`fidelity.py` compares texts and targets. Here each page of DATA is rendered by an installed
MediaWiki, and what its HTML says of the text is compared with what the Document says of it, kind by
kind, as multisets: a stretch counts if its text, and what else is said of it, is the same in both.
Templates count as nothing for both.

    python benchmarks/structure.py DATA
    python benchmarks/structure.py DATA --show 5

    headings     their levels and texts
    items        of lists outside of tables: kind, depth, text
    cells        header or not, how many rows and columns they span, text
    formatting   bold, italic, struck text and so on: kind, text
    links        their labels
    notes        their texts
    captions     of images, galleries and tables

Prints how many of each MediaWiki has, how many of them the Documents lack, and how many they have
that MediaWiki has not. Needs what `make_pages.py` needs; exit code 2 where it is missing.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from fidelity import rows
from lxml import html as lxml_html
from make_pages import MEDIAWIKI, describe, is_installed, render

import wikiclean
from wikiclean.document import Document
from wikiclean.parsers.tags import STYLES

LANGUAGES: Final = {"zh": ("zhwiki", "zh"), "en": ("enwiki", "")}
"""Language of a page → the wiki it is read as, and the variant it is rendered in."""
KINDS: Final = ("headings", "items", "cells", "formatting", "links", "notes", "captions")
FRAMED: Final = ("thumb", "frame", "gallery")
"""Kinds of images whose captions stand in the text."""
LISTS: Final = frozenset({"ul", "ol", "dl"})
_BLOCKS: Final = LISTS | {"table", "div", "p"}
_ITEMS: Final = {"li": "item", "dt": "term", "dd": "definition"}
_HIDDEN: Final = (
    "//style|//script|//*[contains(@class,'mw-editsection') or contains(@class,'toc')]"
    "|//sup[contains(@class,'reference')]|//*[contains(@class,'references')]"
)
"""What is no part of the text: what MediaWiki adds, marks of notes, their list."""
_CAPTIONS: Final = "//div[@class='thumbcaption' or @class='gallerytext']|//caption"

Facts = Counter[tuple[Any, ...]]
"""What is said of stretches of a page: the kind, and what is said, the text last."""


def plain(text: str) -> str:
    """Return a text without white space, which lines of HTML and of a Document have elsewhere."""
    return re.sub(r"\s+", "", text)


def with_text(facts: Iterator[tuple[Any, ...]]) -> Facts:
    """Count facts; what has no text is on no page."""
    counted = ((*fact[:-1], plain(fact[-1])) for fact in facts)
    return Counter(fact for fact in counted if fact[-1])


def rendered_facts(html: str) -> Facts:
    """Return what the HTML of a page says."""
    return with_text(_of_html(lxml_html.fromstring(f"<div>{html}</div>")))


def _of_html(page: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - lxml has no types
    for note in page.xpath("//span[@class='reference-text']"):
        yield "notes", note.text_content()
    for element in page.xpath(_HIDDEN):
        if element.getparent() is not None:
            element.drop_tree()
    for element in page.xpath(_CAPTIONS):
        yield "captions", element.text_content()
    for element in page.iter(lxml_html.etree.Element):
        name, around = element.tag, [one.tag for one in element.iterancestors()]
        if re.fullmatch("h[1-6]", name):
            yield "headings", int(name[1]), element.text_content()
        elif name in _ITEMS and "table" not in around and "gallerybox" not in _class(element):
            depth = sum(one in LISTS for one in around)
            yield "items", _ITEMS[name], depth, "".join(_own_text(element))
        elif name in ("td", "th") and not element.xpath(".//table"):
            spans = [int(element.get(key) or 1) for key in ("rowspan", "colspan")]
            yield "cells", name == "th", *spans, element.text_content()
        elif name in STYLES:
            yield "formatting", STYLES[name], element.text_content()
        elif name == "a" and element.get("href") and not element.xpath(".//img"):
            yield "links", element.text_content()


def _class(element: Any) -> str:  # noqa: ANN401
    return element.get("class") or ""


def _own_text(item: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield the text of an item that stands in no block within it."""
    yield item.text or ""
    for inner in item:
        if inner.tag not in _BLOCKS:
            yield inner.text_content()
            yield inner.tail or ""


def document_facts(document: Document) -> Facts:
    """Return what a Document says."""
    return with_text(_of_document(document))


def _of_document(document: Document) -> Iterator[tuple[Any, ...]]:
    text = document.text
    tables = [table.span for table in document.tables]
    for block in document.blocks:
        shown = text[slice(*block.span)]
        if block.kind == "heading":
            yield "headings", block.level, shown
        elif block.kind in _ITEMS.values() and not any(
            table.start <= block.span.start and block.span.end <= table.end for table in tables
        ):
            yield "items", block.kind, block.level, shown
    shown_captions = [table.caption for table in document.tables]
    shown_captions += [image.caption_span for image in document.media if image.kind in FRAMED]
    for span in shown_captions:
        if span is not None:
            yield "captions", text[slice(*span)]
    for table in document.tables:
        for cell in table.cells:
            if not any(table.span != one and one in _within(cell.span, tables) for one in tables):
                yield "cells", cell.header, cell.rowspan, cell.colspan, text[slice(*cell.span)]
    for note in document.footnotes:
        if note.anchors:
            yield "notes", note.text
    yield from _of_inline(document)


def _within(span: Any, others: Sequence[Any]) -> list[Any]:  # noqa: ANN401
    return [one for one in others if span.start <= one.start and one.end <= span.end]


def _of_inline(document: Document) -> Iterator[tuple[Any, ...]]:
    for style in document.styles:
        yield "formatting", style.kind, document.text[slice(*style.span)]
    for link in document.links:
        yield "links", link.label
    for path, inner in document.nested():
        if not path.startswith("footnotes"):
            yield from _of_inline(inner)


def compare(pages: Sequence[dict[str, Any]], mediawiki: Path, show: int) -> dict[str, list[int]]:
    """Return for each kind how many MediaWiki has, how many are missing, and how many are extra."""
    counts = {kind: [0, 0, 0] for kind in KINDS}
    for language, (site, variant) in LANGUAGES.items():
        chosen = [page for page in pages if page["lang"] == language]
        answers = render(chosen, mediawiki, describe(site, None), variant) if chosen else ()
        for page, answer in zip(chosen, answers, strict=True):
            document = wikiclean.parse(
                page["wikitext"],
                dialect="wikitext",
                site=site,
                title=page["title"],
                variant=variant or "source",
                templates={},
                passes=(),
            )
            theirs, ours = rendered_facts(answer.get("html", "")), document_facts(document)
            for column, found in enumerate((theirs, theirs - ours, ours - theirs)):
                for fact, number in found.items():
                    counts[fact[0]][column] += number
                for fact in list(found)[: show if column else 0]:
                    print(f"{page['title']}: {'only here' if column > 1 else 'missing'} {fact}")
    return counts


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, metavar="DATA", help="as for fidelity.py")
    parser.add_argument("--split", default="dev", help="(%(default)s)")
    parser.add_argument("--show", type=int, default=0, help="differences a page (%(default)s)")
    parser.add_argument("--mediawiki", type=Path, default=MEDIAWIKI, help="(%(default)s)")
    arguments = parser.parse_args(argv)
    if not is_installed(arguments.mediawiki):
        return 2
    pages = list(rows(arguments.data, "pages", arguments.split))
    if not pages:
        parser.error(f"{arguments.data} has no pages-{arguments.split}.jsonl.gz")
    counts = compare(pages, arguments.mediawiki, arguments.show)
    print(
        f"{len(pages)} pages\n\n| | MediaWiki | missing | only here |\n| --- | ---: | ---: | ---: |"
    )
    for kind, numbers in counts.items():
        print(f"| {kind} | " + " | ".join(f"{number:,}" for number in numbers) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
