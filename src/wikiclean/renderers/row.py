"""
A Document as one row of the record schema, as plain Python values.

Here live the table of columns, as data, and the projection of a Document on it. The Arrow schema
is built from the table elsewhere, as are the smaller profiles. The lossless form is in ``json``.
"""

# ruff: noqa: ANN401 - the caller gives values of any type.

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, Self, TypeAlias, TypeVar

from wikiclean.codes import REPAIRS
from wikiclean.document import RUN, Document, Footnote, Template, claims_of, outline
from wikiclean.errors import SiteError
from wikiclean.renderers.addresses import language
from wikiclean.renderers.offsets import converter
from wikiclean.site import CATEGORY, MAIN, SITES, Site

Name = TypeVar("Name", str, tuple[str, str])

Scalar: TypeAlias = Literal["string", "bool", "int32", "int64", "timestamp[us, UTC]"]


class ListOf(NamedTuple):
    """The type of a column that holds a list; the list itself is never None."""

    item: ColumnType


class Struct(NamedTuple):
    """The type of a record with named columns of its own."""

    columns: Mapping[str, Column]


ColumnType: TypeAlias = "Scalar | ListOf | Struct"


class Column(NamedTuple):
    """What a column holds."""

    type: ColumnType
    nullable: bool
    meaning: str

    @classmethod
    def of(cls, kind: ColumnType, meaning: str) -> Self:
        """Return a column; a meaning that begins with ``?`` is that of a nullable one."""
        return cls(kind, meaning.startswith("?"), meaning.removeprefix("?"))


def _struct(**columns: tuple[ColumnType, str]) -> Struct:
    return Struct(MappingProxyType({name: Column.of(*what) for name, what in columns.items()}))


_TEXT_START: Final = ("int64", "offset in `text`")
_TEXT_END: Final = ("int64", "end in `text`, half-open")
_SRC_START: Final = ("int64", "offset in the source of the page")
_SRC_END: Final = ("int64", "end in the source, half-open")
_PAIRS: Final = ListOf(_struct(key=("string", "name"), value=("string", "value")))

COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        "id": Column.of("string", "page id if given, else a hash of wiki, title and source"),
        "url": Column.of("string", "?address of the page"),
        "title": Column.of("string", "empty if it is not known"),
        "text": Column.of("string", "the clean text"),
        "language": Column.of("string", "code of the wiki's language, as `zh`"),
        "variant": Column.of("string", "`source`, or the variant the text was converted to"),
        "wiki": Column.of("string", "name of the wiki, as `zhwiki`"),
        "revision_id": Column.of("int64", "?revision, as given"),
        "timestamp": Column.of("timestamp[us, UTC]", "?time of the revision, as given"),
        "namespace": Column.of("int32", "?number, as given or told by the title"),
        "page_type": Column.of("string", "article, redirect, disambiguation, category or other"),
        "redirect_to": Column.of("string", "?title that the page redirects to"),
        "dialect": Column.of("string", "wikitext or export"),
        "source_file": Column.of("string", "?file the page was read from, as given"),
        "source_sha256": Column.of("string", "?hash of the source in UTF-8, in hexadecimal"),
        "sections": Column.of(
            ListOf(
                _struct(
                    level=("int32", "1 is the lead, 2 is `==`"),
                    title=("string", "?null for the lead"),
                    parent=("int32", "?index in this list"),
                    start=_TEXT_START,
                    end=_TEXT_END,
                    body_start=("int64", "offset in `text` of what follows the heading"),
                )
            ),
            "in text order, a tree by `parent`",
        ),
        "links": Column.of(
            ListOf(
                _struct(
                    kind=("string", "article, page, category, file, interwiki, external or anchor"),
                    target=("string", "title, or URL"),
                    fragment=("string", "what followed `#`"),
                    interwiki=("string", "prefix of another wiki"),
                    label=("string", "`text[start:end]`"),
                    certainty=("string", "how certain the label's end is"),
                    start=_TEXT_START,
                    end=_TEXT_END,
                    src_start=_SRC_START,
                    src_end=_SRC_END,
                )
            ),
            "those of the text itself, not those of notes and infoboxes",
        ),
        "footnotes": Column.of(
            ListOf(
                _struct(
                    name=("string", "as the source names it"),
                    group=("string", "as the source names it"),
                    number=("int32", "from 1 within its group"),
                    text=("string", "empty if the source has none"),
                    defined=("bool", "whether the source has a text for it"),
                    anchors=(ListOf("int64"), "offsets in `text` of its marks"),
                    cite=(_PAIRS, "fields of the first citation template in it, as written"),
                    urls=(ListOf("string"), "its external links, each once"),
                )
            ),
            "one a definition",
        ),
        "categories": Column.of(
            ListOf(
                _struct(name=("string", "without namespace"), sort_key=("string", "as written"))
            ),
            "in source order",
        ),
        "templates": Column.of(
            ListOf(
                _struct(
                    name=("string", "normalised"),
                    action=("string", "rendered, extracted, dropped or kept"),
                    params=(_PAIRS, "as written; empty in a template that stands inside another"),
                    start=_TEXT_START,
                    src_start=_SRC_START,
                    src_end=_SRC_END,
                )
            ),
            "in source order",
        ),
        "infoboxes": Column.of(
            ListOf(_struct(name=("string", "normalised"), fields=(_PAIRS, "texts of the rows"))),
            "in source order",
        ),
        "tables": Column.of(
            ListOf(
                _struct(
                    caption=("string", "empty if it has none"),
                    header_rows=("int32", "rows from the top that hold header cells only"),
                    rows=(ListOf(ListOf("string")), "spans resolved: the text in each place"),
                    start=_TEXT_START,
                    end=_TEXT_END,
                )
            ),
            "in text order",
        ),
        "media": Column.of(
            ListOf(
                _struct(
                    file=("string", "title without namespace"),
                    kind=("string", "thumb, frame, frameless, inline or gallery"),
                    caption=("string", "in the text or not; empty if it has none"),
                    start=_TEXT_START,
                )
            ),
            "in text order",
        ),
        "math": Column.of(
            ListOf(
                _struct(
                    tex=("string", "without delimiters"),
                    display=("bool", "whether it stands on a line of its own"),
                    start=_TEXT_START,
                    end=_TEXT_END,
                )
            ),
            "in text order",
        ),
        "diagnostics": Column.of(
            ListOf(
                _struct(
                    code=("string", "stable name"),
                    severity=("string", "info, warning or error"),
                    message=("string", "one sentence"),
                    src_start=_SRC_START,
                    src_end=_SRC_END,
                    start=_TEXT_START,
                    dropped=("string", "the text that was dropped or changed"),
                )
            ),
            "what was dropped, repaired or guessed",
        ),
        "stats": Column.of(
            _struct(
                src_chars=("int64", "code points of the source"),
                text_chars=("int64", "code points of the text"),
                dropped_chars=("int64", "code points of the source that were dropped"),
                repaired=("int64", "repairs made to the text"),
                leftover=("int64", "pieces of markup still in the text"),
                diagnostics=(
                    ListOf(
                        _struct(
                            code=("string", "stable name"),
                            severity=("string", "info, warning or error"),
                            count=("int64", "how many, those of notes and infoboxes included"),
                        )
                    ),
                    "the most frequent first",
                ),
                templates=(
                    ListOf(
                        _struct(
                            name=("string", "normalised"),
                            chars=("int64", "code points of the source lost to it"),
                        )
                    ),
                    "templates that no handler knows, the costliest first",
                ),
            ),
            "for choosing pages by fidelity",
        ),
        "metadata": Column.of("string", "JSON object of the caller's own"),
        "schema_version": Column.of("int32", "of this table"),
    }
)
"""The columns in order: type, whether it may be null, what it holds.

``start`` and ``end`` count in ``text``, ``src_start`` and ``src_end`` in the source, both in code
points unless other offsets are asked for. The first four columns are those of the data set
``wikimedia/wikipedia`` on Hugging Face.
"""

SCHEMA_VERSION: Final = 1
"""Grows when a column changes its name, type or meaning."""

GIVEN: Final = frozenset(
    {
        "id",
        "url",
        "revision_id",
        "timestamp",
        "namespace",
        "source_file",
        "source_sha256",
        "metadata",
    }
)
"""What the caller may pass to ``to_row``."""

ID_LENGTH: Final = 32
"""Hexadecimal digits of an id that is a hash: 128 bits, no clash among all pages of all wikis."""

DISAMBIGUATION: Final = frozenset(
    {
        "Airport disambiguation",
        "Aimai",
        "Biodisamb",
        "Dab",
        "Disamb",
        "Disambig",
        "Disambiguation",
        "Geodis",
        "Hndis",
        "Letter-NumberCombDisambig",
        "Mathdab",
        "Numberdis",
        "Roaddis",
        "Schooldis",
        "Surname",
        "TLAdisambig",
        "消歧义",
        "消歧義",
        "消歧义页",
        "消歧義頁",
        "人名消歧义",
        "人名消歧義",
        "地名消歧义",
        "地名消歧義",
        "曖昧さ回避",
        "人名の曖昧さ回避",
        "地名の曖昧さ回避",
        "동음이의",
    }
)
"""Templates that make a page a disambiguation page.

Source: the lists of MediaWiki:Disambiguationspage on zh, en, ja and ko Wikipedia, November 2026,
without the rare ones.
"""

_CITATION: Final = re.compile(r"V?[Cc]ite .+|Citation")
"""Name of a template that is a citation on any wiki."""

_LEFTOVER: Final = re.compile(
    r"\[\[|\]\]|\{\{|\}\}|\{\||\|\}|-\{|\}-|'''?|\]\(|\"wikilink\"|\*\*"
    r"|</?(?:ref|table|div|span|br|gallery|nowiki|noinclude|includeonly)\b|<!--|\\[\[\]]"
)


def to_row(document: Document, *, offsets: str, **metadata: Any) -> dict[str, Any]:
    """
    Return the row of *document*: each of ``COLUMNS``, in order.

    ``stats`` holds numbers of code points and pieces, whatever *offsets* are: ``src_chars`` and
    ``text_chars``, the lengths of source and text; ``dropped_chars``, the source characters that
    ``accounting()`` calls dropped, those of notes and infoboxes included; ``repaired``, the
    diagnostics with a code of ``codes.REPAIRS``, those of nested Documents included; ``leftover``,
    pieces that look like markup in the text outside code and formulas; ``diagnostics`` and
    ``templates``, what ``count_losses`` counts.

    Args:
        document: The page.
        offsets: ``code-points`` or ``utf-16``.
        metadata: Values of the columns in ``GIVEN``, written as they are given; ``metadata``
            itself may be a mapping, which becomes JSON, or a string that is JSON already.

    Raises:
        UnknownFormatError: if *offsets* is neither of the two.
        TypeError: if *metadata* names something that the caller cannot give.
    """
    unknown = sorted(metadata.keys() - GIVEN)
    if unknown:
        raise TypeError(
            f"to_row() has no column {', '.join(unknown)} to give; put it into metadata={{…}}"
        )
    at = converter(document.text, offsets) or _same
    src = converter(document.source, offsets) or _same
    given = metadata.get
    namespace = given("namespace")
    if namespace is None:
        namespace = _namespace(document)
    row_id = given("id")
    return {
        "id": str(row_id) if row_id is not None else hash_id(document),
        "url": given("url"),
        "title": document.title or "",
        "text": document.text,
        "language": language(document.site),
        "variant": document.variant,
        "wiki": document.site,
        "revision_id": given("revision_id"),
        "timestamp": given("timestamp"),
        "namespace": namespace,
        "page_type": page_type(document, namespace),
        "redirect_to": document.redirect_to,
        "dialect": document.dialect,
        "source_file": given("source_file"),
        "source_sha256": given("source_sha256"),
        "sections": [
            {
                "level": section.level,
                "title": section.title,
                "parent": section.parent,
                "start": at(section.span.start),
                "end": at(section.span.end),
                "body_start": at(section.body_span.start),
            }
            for section in document.sections
        ],
        "links": [
            {
                "kind": link.kind,
                "target": link.target,
                "fragment": link.fragment,
                "interwiki": link.interwiki,
                "label": link.label,
                "certainty": link.certainty,
                "start": at(link.span.start),
                "end": at(link.span.end),
                "src_start": src(link.source_span.start),
                "src_end": src(link.source_span.end),
            }
            for link in document.links
        ],
        "footnotes": [_footnote(note, at) for note in document.footnotes],
        "categories": [{"name": c.name, "sort_key": c.sort_key} for c in document.categories],
        "templates": _templates(document, at, src),
        "infoboxes": [
            {
                "name": box.name,
                "fields": [{"key": field.key, "value": field.text} for field in box.fields],
            }
            for box in document.infoboxes
        ],
        "tables": [
            {
                "caption": document.text[slice(*table.caption)] if table.caption else "",
                "header_rows": table.header_rows,
                "rows": document.grid(table),
                "start": at(table.span.start),
                "end": at(table.span.end),
            }
            for table in document.tables
        ],
        "media": [
            {
                "file": media.file,
                "kind": media.kind,
                "caption": document.text[slice(*media.caption_span)]
                if media.caption_span
                else media.caption.text
                if media.caption
                else "",
                "start": at(media.offset),
            }
            for media in document.media
        ],
        "math": [
            {
                "tex": math.tex,
                "display": math.display,
                "start": at(math.span.start),
                "end": at(math.span.end),
            }
            for math in document.math
        ],
        "diagnostics": [
            {
                "code": one.code,
                "severity": one.severity,
                "message": one.message,
                "src_start": src(one.source_span.start),
                "src_end": src(one.source_span.end),
                "start": at(one.offset),
                "dropped": one.dropped,
            }
            for one in document.diagnostics
        ],
        "stats": stats(document),
        "metadata": _metadata(given("metadata")),
        "schema_version": SCHEMA_VERSION,
    }


def stats(document: Document) -> dict[str, Any]:
    """Return the numbers that ``to_row`` describes."""
    flags, losses = count_losses(document)
    return {
        "src_chars": len(document.source),
        "text_chars": len(document.text),
        "dropped_chars": count_dropped(document),
        "repaired": sum(count for (code, _), count in flags.items() if code in REPAIRS),
        "leftover": _leftover(document),
        "diagnostics": [
            {"code": code, "severity": severity, "count": count}
            for (code, severity), count in ranked(flags)
        ],
        "templates": [{"name": name, "chars": chars} for name, chars in ranked(losses)],
    }


_NOBODY: Final = b"\0"
_KEPT: Final = b"k"
_MARKUP: Final = b"m"
_DROPPED: Final = b"d"
_UNCLAIMED: Final = re.compile(_NOBODY + b"+")


def count_dropped(document: Document) -> int:
    """
    Return how many characters of the source ``accounting()`` calls dropped.

    No rows are made for it: each character has a byte that says whose it is, and each stretch of
    them is written once, for the innermost of the claims that hold it.
    """
    laid = [
        (start, -end, _DROPPED if what == "dropped" else _MARKUP)
        for start, end, what, _ in claims_of(document)
    ]
    laid.sort(key=itemgetter(0, 1))
    painted = bytearray(len(document.source))
    open_: list[tuple[int, bytes]] = []  # ends and codes of those around, the innermost last
    at = 0
    for start, minus_end, code in (*laid, (len(painted), 0, _MARKUP)):
        while open_ and at < start:
            end, what = open_[-1]
            if end > start:
                painted[at:start] = what * (start - at)
                break
            if end > at:
                painted[at:end] = what * (end - at)
                at = end
            open_.pop()
        at = start
        open_.append((-minus_end, code))
    flat = document.runs.flat
    for start, end in zip(flat[2::RUN], flat[3::RUN], strict=True):
        painted[start:end] = _KEPT * (end - start)
    count = painted.count(_DROPPED, *document.extent)
    for match in _UNCLAIMED.finditer(painted, *document.extent):
        stretch = document.source[match.start() : match.end()]
        if not stretch.isspace():  # a defect of ours, or a byte order mark
            count += sum(not sign.isspace() and sign != "\ufeff" for sign in stretch)
    return count


def count_losses(
    document: Document, *, nested: bool = True
) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """
    Count what was flagged and what was lost.

    Args:
        document: As ``parse`` gives it.
        nested: Whether in notes, infoboxes and hidden captions too, which are read for it.

    Returns:
        Diagnostics by code and severity; and what each template that no handler knows cost, in code
        points of the source, by name. What stands inside another such template is counted with the
        outer one.
    """
    flags: Counter[tuple[str, str]] = Counter()
    dropped: list[tuple[int, int, str]] = []
    documents = [document]
    for one in documents:  # which grows meanwhile
        for flag in one.diagnostics:
            flags[flag.code, flag.severity] += 1
        dropped += [
            (left, -right, name)
            for action, name, _, _, left, right in outline(one, "templates")
            if action == "dropped"
        ]
        if nested:
            documents += [inner for _, inner in one.nested()]
    losses: Counter[str] = Counter()
    reached = -1
    for start, minus_end, name in sorted(dropped):
        if -minus_end > reached:
            reached = -minus_end
            losses[name] += reached - start
    return flags, losses


def ranked(counts: Mapping[Name, int]) -> list[tuple[Name, int]]:
    """Return names and counts, the largest count first, equal ones by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _same(offset: int) -> int:
    return offset


def hash_id(document: Document) -> str:
    """Return the id of a page that has none: equal for equal wiki, title and source."""
    digest = hashlib.sha256()
    for part in (document.site, document.title or "", document.source):
        encoded = part.encode("utf-8", "surrogatepass")
        # The length before each part: no two pages give the same bytes.
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()[:ID_LENGTH]


def _namespace(document: Document) -> int | None:
    """Return the namespace that the title names, or None if it says nothing certain."""
    if not document.title or document.title_from not in ("given", "header"):
        return None
    if document.site not in SITES:
        return None
    try:
        title = Site.load(document.site).title(document.title)
    except SiteError:
        return None
    return title.namespace if title.valid and not title.interwiki else None


def page_type(document: Document, namespace: int | None) -> str:
    """Return the column of that name; *namespace* None takes what the title says."""
    if document.redirect_to is not None:
        return "redirect"
    if namespace is None:
        namespace = _namespace(document)
    if namespace == CATEGORY:
        return "category"
    if namespace not in (None, MAIN):
        return "other"
    if any(brief.name in DISAMBIGUATION for brief in outline(document, "templates")):
        return "disambiguation"
    return "article"


def _footnote(note: Footnote, at: Callable[[int], int]) -> dict[str, Any]:
    links = note.body.links if note.body else ()
    return {
        "name": note.name,
        "group": note.group,
        "number": note.number,
        "text": note.text,
        "defined": note.defined,
        "anchors": [at(anchor.offset) for anchor in note.anchors if not anchor.owner],
        "cite": _cited(note.body) if note.body else [],
        "urls": list(dict.fromkeys(link.target for link in links if link.kind == "external")),
    }


def _cited(body: Document) -> list[dict[str, str]]:
    """Return the arguments of the first citation in a note that are not empty."""
    if not any(_CITATION.fullmatch(brief.name) for brief in outline(body, "templates")):
        return []
    template = min(
        (one for one in body.templates if _CITATION.fullmatch(one.name)),
        key=lambda one: one.source_span.start,
    )
    fields = {one.name: one.value.strip() for one in template.parameters}
    return [{"key": name, "value": value} for name, value in fields.items() if value]


def _templates(
    document: Document, at: Callable[[int], int], src: Callable[[int], int]
) -> list[dict[str, Any]]:
    ordered: Iterable[Template] = sorted(
        document.templates, key=lambda t: (t.source_span.start, -t.source_span.end)
    )
    rows = []
    reached = -1
    for template in ordered:
        inner = template.source_span.end <= reached
        reached = max(reached, template.source_span.end)
        rows.append(
            {
                "name": template.name,
                "action": template.action,
                # The outer template's values hold this one's text: written at each level, a nest of
                # templates would grow with the square of its depth.
                "params": []
                if inner
                else [{"key": p.name, "value": p.value} for p in template.parameters],
                "start": at(template.span.start),
                "src_start": src(template.source_span.start),
                "src_end": src(template.source_span.end),
            }
        )
    return rows


def _leftover(document: Document) -> int:
    """Count the pieces of markup in the text outside code and formulas."""
    exempt = sorted(
        [block.span for block in document.blocks if block.kind in ("code", "math")]
        + [style.span for style in document.styles if style.kind == "code"]
        + [math.span for math in document.math]
    )
    count = index = reached = 0
    for match in _LEFTOVER.finditer(document.text):
        while index < len(exempt) and exempt[index].start <= match.start():
            reached = max(reached, exempt[index].end)
            index += 1
        count += match.start() >= reached
    return count


def _metadata(value: object) -> str:
    if value is None:
        return "{}"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
