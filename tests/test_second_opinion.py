"""
Templates, their arguments and links as mwparserfromhell finds them on real pages.

The two readings agree but for the causes named here. A difference without a cause fails the test,
and so does a cause that no longer explains anything.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import mwparserfromhell
from mwparserfromhell.nodes import Argument, ExternalLink, Heading, Tag, Template, Wikilink
from mwparserfromhell.wikicode import Wikicode

import wikiclean
from wikiclean import document as records

Node = Template | Wikilink | ExternalLink


class Page(NamedTuple):
    """A page of the development data."""

    title: str
    language: str
    source: str


class Difference(NamedTuple):
    """Something that one of the two finds and the other does not."""

    kind: str
    """``template``, ``link`` or ``address``."""
    ours: bool
    text: str
    """As the source has it; of an address the target."""
    page: Page
    document: records.Document


def load(folder: Path) -> Iterator[Page]:
    """Yield the pages of the development data."""
    with gzip.open(folder / "pages-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Page(row["title"], row["lang"], row["wikitext"])


def nodes(code: Wikicode) -> Iterator[Node]:
    """Yield what stands on the page itself: what is in the arguments of a template does not."""
    todo = [code]
    while todo:
        for node in todo.pop().nodes:
            if isinstance(node, Node):
                yield node
            inside: tuple[Wikicode | None, ...] = ()
            if isinstance(node, Wikilink):
                inside = (node.title, node.text)
            elif isinstance(node, ExternalLink):
                inside = (node.url, node.title)
            elif isinstance(node, Tag):
                inside = (node.contents,)
            elif isinstance(node, Heading):
                inside = (node.title,)
            elif isinstance(node, Argument):
                inside = (node.name, node.default)
            todo += [part for part in inside if part is not None]


def theirs(page: Page) -> Iterator[tuple[str, str]]:
    """Yield kind and text of what they find."""
    for node in nodes(mwparserfromhell.parse(page.source)):
        if isinstance(node, ExternalLink):
            yield "address", str(node.url)
        else:
            yield "template" if isinstance(node, Template) else "link", str(node)


def read(page: Page) -> records.Document:
    """Read a page with templates that count as nothing, as they count for them."""
    site = f"{page.language}wiki"
    return wikiclean.parse(
        page.source, dialect="wikitext", site=site, title=page.title, templates={}, passes=()
    )


def ours(page: Page, document: records.Document) -> Iterator[tuple[str, str]]:
    """Yield kind and text of what we find."""
    reached = -1
    spans: list[records.Span] = []
    for record in document.walk():
        if isinstance(record, records.Template):
            spans.append(record.source_span)
        elif isinstance(record, records.Link) and record.kind == "external":
            yield "address", record.target
        elif isinstance(
            record, records.Link | records.Media | records.Category | records.Interlanguage
        ):
            text = page.source[slice(*record.source_span)]
            yield "link", text[: text.rfind("]") + 1] if text.startswith("[[") else text
    for span, _ in groupby(sorted(spans)):
        if span.start >= reached:
            reached = span.end
            yield "template", page.source[slice(*span)]


def differences(page: Page) -> Iterator[Difference]:
    """Yield what only one of the two finds on a page."""
    document = read(page)
    mine, other = Counter(ours(page, document)), Counter(theirs(page))
    for some, is_ours in ((mine - other, True), (other - mine, False)):
        for kind, text in some.elements():
            yield Difference(kind, is_ours, text, page, document)


_GALLERY: Final = re.compile(r"(?is)<(gallery|imagemap|poem)\b[^>]*>.*?</\1\s*>")
_ONLY_TEMPLATE: Final = re.compile(r"(?s)\[\[[^|\]]*\|\s*\{\{.*\}\}\s*\]\]")
_MAGIC: Final = re.compile(r"Special:BookSources/|/rfc\d|/pubmed/")


def _is_second_text(difference: Difference) -> bool:
    """Whether it stands in a note whose name has a text already."""
    return any(
        one.code == "note_twice" and difference.text in one.dropped
        for one in difference.document.diagnostics
    )


CAUSES: Final[dict[str, Callable[[Difference], bool]]] = {
    "ISBN, RFC and PMID are links": lambda d: (
        d.kind == "address" and d.ours and _MAGIC.search(d.text) is not None
    ),
    "they leave the lines of a gallery as text": lambda d: (
        d.kind == "link"
        and d.ours
        and any(d.text in match[0] for match in _GALLERY.finditer(d.page.source))
    ),
    "[[a|{{b}}]] has no label when templates count as nothing, and MediaWiki shows it": lambda d: (
        d.kind == "link" and not d.ours and _ONLY_TEMPLATE.fullmatch(d.text) is not None
    ),
    "MediaWiki reads the first text of a note only": lambda d: not d.ours and _is_second_text(d),
    "{{color]] opens a template that nothing closes, so the one around it is none": lambda d: (
        "{{color]]" in d.page.source or "{{center|\n{{Image label" in d.page.source
    ),
    "a full-width space ends an address": lambda d: (
        d.kind == "address" and "\u3000" in d.page.source
    ),
}
"""What explains a difference, whoever is right; in the order in which they are asked."""

JUDGED: Final = {
    ("Arthur Pendragon (Fate Prototype)", "{{Fate Craft Essence"): "they lose it to open quotes",
    ("Arthur Pendragon (Fate Prototype)", "[[檔案:焗通心粉.png"): "it stands in that template",
    ("Tsukumo Sana", "{{size|42|木星大小的胸部"): "they lose it to open quotes",
    ("鳴神裁", "{{size|24|{{color|#a5989f||"): "they lose it to open quotes",
    ("邪書", "[[SJW|<s>偽</s>衛道團體<s>]]"): "they lose it to an open tag",
    ("記錄的地平線", "[[{{TALKPAGENAME}}]]"): "they lose it to an open tag",
    ("Ambiguity", "[[File:Structural analysis"): "they lose it to open quotes",
    ("Austroasiatic languages", "http://hdl.handle.net/"): "a label of a link holds no link",
    ("Atlantic Ocean", "[[bathymetry]]"): "of two captions the last counts; this is in the first",
}
"""Page and start of the text → why only one of the two has it."""


def judged(difference: Difference) -> object:
    """Return what explains a difference, or None."""
    for name, explains in CAUSES.items():
        if explains(difference):
            return name
    for title, start in JUDGED:
        if difference.page.title == title and difference.text.startswith(start):
            return title, start
    return None


def test_real_pages(data_dir: Path) -> None:
    """Templates, links and addresses are those that they find, but for the causes named."""
    found = [one for page in load(data_dir) for one in differences(page)]
    causes = [judged(one) for one in found]
    unexplained = [
        (one.page.title, one.kind, one.ours, one.text)
        for one, cause in zip(found, causes, strict=True)
        if cause is None
    ]
    assert unexplained == []
    assert set(causes) == {*CAUSES, *JUDGED}


def arguments(template: Template) -> list[tuple[str, str]]:
    """Return the arguments as they find them."""
    return [(str(one.name).strip(), str(one.value).strip()) for one in template.params]


def name(template: Template) -> str:
    """Return the name as we write it."""
    written = re.sub(r"(?s)<!--.*?-->", "", str(template.name)).strip().replace("_", " ")
    written = re.sub(r"\A:", "", written)  # {{:a}} takes in an article
    return written[:1].upper() + written[1:]


def test_names_and_arguments(data_dir: Path) -> None:
    """
    Name and arguments of a template that both find are the same.

    But ``{{DEFAULTSORT:甲}}`` calls a function with an argument, which they have in the name; and
    for them quotes and tags that stand open in an argument, and those of extensions they do not
    know, protect the bars behind them.
    """
    for page in load(data_dir):
        mine = {
            page.source[slice(*record.source_span)]: record
            for record in read(page).walk()
            if isinstance(record, records.Template)
        }
        for node in nodes(mwparserfromhell.parse(page.source)):
            record = mine.get(str(node)) if isinstance(node, Template) else None
            if record is None:
                continue
            if record.name != name(node):
                assert str(node.name).strip().startswith(f"{record.name}:")
            values = [(one.name, one.value.strip()) for one in record.parameters]
            if values != arguments(node):
                assert "<tabber>" in str(node) or "|before='''|" in str(node)
