"""JSON and rows: nothing is lost on the way, and what is no Document is refused with a sentence."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

import wikiclean
from wikiclean.document import Document, Runs, Span
from wikiclean.errors import SchemaError, UnknownFormatError
from wikiclean.renderers.addresses import language
from wikiclean.renderers.row import COLUMNS, Column, ColumnType, ListOf, Struct, count_dropped


@given(documents())
def test_round_trip(document: Document) -> None:
    """What is written and read back is the same Document, down to views derived from it."""
    again = Document.from_dict(document.to_dict())
    assert again == document
    assert again.accounting() == document.accounting()
    assert [t.get("1") for t in again.templates] == [t.get("1") for t in document.templates]
    assert [s.text for s in again.sections] == [s.text for s in document.sections]
    assert Document.from_json(document.to_json()) == document
    assert Document.from_json(document.to_json(indent=True).encode()) == document


@given(documents())
def test_source_is_written_once(document: Document) -> None:
    """Nested Documents leave the source to the page."""
    written = document.to_dict()

    def keys(value: object) -> int:
        if isinstance(value, dict):
            return ("source" in value) + sum(map(keys, value.values()))
        return sum(map(keys, value)) if isinstance(value, list) else 0

    assert keys(written) == 1


def utf_16(text: str, start: int, end: int) -> str:
    """Cut a text by UTF-16 units."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


@given(documents())
def test_utf_16_offsets(document: Document) -> None:
    """Counted in UTF-16 units, offsets cut the same stretches, and cannot be read back."""
    written = document.to_dict(offsets="utf-16")
    plain = document.to_dict()
    for name in ("blocks", "links", "styles", "math", "templates"):
        for wide, record in zip(written[name], plain[name], strict=True):
            for field, text in (("span", document.text), ("source_span", document.source)):
                assert utf_16(text, *wide[field]) == text[slice(*record[field])]
    for i in range(0, len(plain["runs"]), 5):
        wide, run = written["runs"][i : i + 4], plain["runs"][i : i + 4]
        assert utf_16(document.text, *wide[:2]) == document.text[slice(*run[:2])]
        assert utf_16(document.source, *wide[2:]) == document.source[slice(*run[2:])]
    with pytest.raises(SchemaError, match="utf-16"):
        Document.from_dict(written)
    row = document.to_row(offsets="utf-16")
    for link in row["links"]:
        assert utf_16(document.text, link["start"], link["end"]) == link["label"]


def places(value: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - JSON
    """Return each place of a nested value as its holder and key."""
    found: list[tuple[Any, Any]] = []
    todo = [value]
    while todo:
        holder = todo.pop()
        pairs = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for key, inner in pairs:
            found.append((holder, key))
            if isinstance(inner, dict | list):
                todo.append(inner)
    return found


wrong = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.lists(st.integers(-3, 99), max_size=7),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)


@given(documents(most=3), st.data())
def test_damage_is_a_schema_error(document: Document, data: st.DataObject) -> None:
    """With any value replaced or any key gone, reading gives a Document or a SchemaError."""
    written = copy.deepcopy(document.to_dict())
    holder, key = data.draw(st.sampled_from(places(written)))
    if isinstance(holder, dict) and data.draw(st.booleans()):
        del holder[key]
    else:
        holder[key] = data.draw(wrong)
    try:
        again = Document.from_dict(written)
    except SchemaError:
        pass
    else:
        again.accounting()
        again.to_row()
        again.to_html()
        again.to_markdown()
        Document.from_dict(again.to_dict())


@given(wrong | st.binary(max_size=9))
def test_any_value_is_refused(value: object) -> None:
    """What is no Document at all is a SchemaError too."""
    with pytest.raises(SchemaError):
        Document.from_dict(value)  # type: ignore[arg-type]
    with pytest.raises(SchemaError):
        Document.from_json(json.dumps(value, default=repr))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("schema_version",), 99, r"^schema_version: 99 is not known"),
        (("links",), [{}], r"^links\[0\]: the key 'label' is missing"),
        (("blocks",), {}, r"^blocks: a list is expected"),
        (("dialect",), "html", r"^dialect: 'html' is not one of wikitext, export"),
        (("extent",), [0, 9999], r"^extent: \[0, 9999\] is not a range of the source"),
        (("runs",), [0, 1], r"^runs: runs come in groups of 5"),
        (("marks",), [0, 0, 77], r"^marks: \[0, 0, 77\] is not a stretch"),
    ],
)
def test_messages_name_the_path(path: tuple[str], value: object, message: str) -> None:
    """The sentence says where, what, and what to do."""
    written = Document(text="", source="", dialect="wikitext", site="zhwiki").to_dict()
    written[path[0]] = value
    with pytest.raises(SchemaError, match=message):
        Document.from_dict(written)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("tables", 0, "rows"), 2**31, r"^tables\[0\]: 2147483648 rows with 1 of headers are not"),
        (("tables", 0, "header_rows"), -1, r"^tables\[0\]: 2 rows with -1 of headers are not"),
        (
            ("tables", 0, "columns"),
            2**31,
            r"^tables\[0\]: a table has at most 2000 columns, not 21",
        ),
        (("tables", 0, "cells", 1, "column"), -2, r"the cell at \[1, -2, 1, 1\] is outside of the"),
        (("tables", 0, "cells", 1, "rowspan"), 9, r"the cell at \[1, 0, 9, 1\] is outside of the"),
        (("tables", 0, "cells", 1, "colspan"), 0, r"the cell at \[1, 0, 1, 0\] is outside of the"),
        (
            ("blocks", 0, "level"),
            2**63,
            r"^blocks\[0\]\.level: a heading has none of 9223372036854775808",
        ),
        (("blocks", 1, "level"), -1, r"^blocks\[1\]\.level: a cell has none of -1"),
    ],
)
def test_numbers_that_would_fill_the_memory_are_refused(
    path: tuple[str | int, ...], value: int, message: str
) -> None:
    """A grid is as large as its cells say, and a level is one that the page can have."""
    written: Any = wikiclean.parse("== 甲 ==\n{|\n! 乙\n|-\n| 丙\n|}", dialect="wikitext").to_dict()
    holder = written
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    with pytest.raises(SchemaError, match=message):
        Document.from_dict(written)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "NaN", '"\ud800"'])
def test_not_json(text: str) -> None:
    """Text that is not JSON is a SchemaError."""
    with pytest.raises(SchemaError):
        Document.from_json(text)


def test_deep_nesting_is_refused() -> None:
    """Documents in Documents without end are refused, not followed."""
    note = Document(text="", source="", dialect="wikitext", site="zhwiki").to_dict()
    for _ in range(1000):
        inner, note = note, copy.copy(note)
        note["media"] = [
            {
                "file": "",
                "kind": "thumb",
                "offset": 0,
                "source_span": [0, 0],
                "caption_span": None,
                "caption": inner,
                "alt": "",
                "options": [],
            }
        ]
    with pytest.raises(SchemaError, match="nest at most"):
        Document.from_dict(note)


def test_unknown_offsets() -> None:
    """Another unit is refused by name."""
    document = Document(text="", source="", dialect="wikitext", site="zhwiki")
    with pytest.raises(UnknownFormatError, match="unknown offsets 'bytes'"):
        document.to_dict(offsets="bytes")
    with pytest.raises(UnknownFormatError, match="utf-16"):
        document.to_row(offsets="bytes")


# ---------------------------------------------------------------- rows


def fits(value: object, kind: ColumnType) -> bool:
    """Whether a plain value is one of a column's type."""
    if isinstance(kind, ListOf):
        return isinstance(value, list) and all(fits(one, kind.item) for one in value)
    if isinstance(kind, Struct):
        return (
            isinstance(value, dict)
            and list(value) == list(kind.columns)
            and all(holds(value[name], column) for name, column in kind.columns.items())
        )
    if kind == "bool":
        return type(value) is bool
    if kind == "string":
        return type(value) is str
    if kind in ("int32", "int64"):
        bits = 31 if kind == "int32" else 63
        return type(value) is int and -(2**bits) <= value < 2**bits
    return isinstance(value, datetime | str)


def holds(value: object, column: Column) -> bool:
    """Whether a column may hold a value."""
    return column.nullable if value is None else fits(value, column.type)


@given(documents())
def test_row_fits_the_columns(document: Document) -> None:
    """Each row has each column, in order, and a value of its type."""
    row = document.to_row()
    assert list(row) == list(COLUMNS)
    for name, column in COLUMNS.items():
        assert holds(row[name], column), name
        assert not (isinstance(column.type, ListOf) and column.nullable)
    assert row["text"] == document.text
    for link in row["links"]:
        assert document.text[link["start"] : link["end"]] == link["label"]
    assert row["stats"]["src_chars"] == len(document.source)


def of_rows(document: Document) -> int:
    """Count the characters that the account calls dropped, row by row."""
    dropped = [row for row in document.accounting() if row.disposition == "dropped"]
    return sum(row.source_span.end - row.source_span.start for row in dropped)


@given(documents())
def test_dropped_characters_are_those_of_the_account(document: Document) -> None:
    """They are counted another way than the account is made, and are as many."""
    for one in (document, *(inner for _, inner in document.nested())):
        assert count_dropped(one) == of_rows(one)


@pytest.mark.parametrize(
    ("source", "dropped"),
    [
        ("甲<!-- 乙 -->丙", 10),
        # A note in a caption: its mark is dropped, 5 and 6, and its text is not.
        ("[[File:A.jpg|thumb|甲]][[File:B.jpg|乙<ref>丙</ref>]]", 11),
        # Two of them side by side; the second is dropped whole.
        ('[[File:B.jpg|乙<ref>丙</ref><ref name="a" />]]', 27),
        ("甲<ref>{{丁|戊}}</ref>", 7),
        ("{{Infobox 國家\n| 名稱 = 甲<!--乙-->\n}}", 8),
    ],
)
def test_dropped_characters(source: str, dropped: int) -> None:
    """Those of notes and infoboxes count."""
    document = wikiclean.parse(source, dialect="wikitext", title="甲")
    assert document.to_row()["stats"]["dropped_chars"] == dropped == of_rows(document)


def test_characters_that_nobody_claims_count_as_dropped() -> None:
    """They are a defect, and show; white space and a byte order mark are none."""
    document = Document(
        text="丙",
        source="\ufeff 甲乙\n丙",
        dialect="wikitext",
        site="zhwiki",
        runs=Runs((0, 1, 5, 6, 1)),
        extent=Span(0, 6),
    )
    assert count_dropped(document) == 2 == of_rows(document)


def test_first_columns_are_those_of_the_data_set() -> None:
    """The first four columns are those of wikimedia/wikipedia."""
    assert list(COLUMNS)[:4] == ["id", "url", "title", "text"]


def test_given_columns() -> None:
    """What the caller gives is written as it is, and what is not a column is refused."""
    document = Document(text="", source="", dialect="wikitext", site="zhwiki", title="甲")
    when = datetime(2026, 11, 1, tzinfo=UTC)
    row = document.to_row(id=7, namespace=14, timestamp=when, metadata={"由": "x"})
    assert (row["id"], row["timestamp"], row["page_type"]) == ("7", when, "category")
    assert json.loads(row["metadata"]) == {"由": "x"}
    assert row["language"] == "zh"
    with pytest.raises(TypeError, match="no column titel"):
        document.to_row(titel="x")


def test_id_is_stable_and_apart() -> None:
    """Without an id, wiki, title and source make one, and none of them runs into the next."""

    def ident(**fields: Any) -> str:  # noqa: ANN401 - fields of a Document
        base = {"text": "", "source": "", "dialect": "wikitext", "site": "zhwiki"}
        return str(Document(**{**base, **fields}).to_row()["id"])

    assert ident() == ident()
    different = [ident(), ident(site="enwiki"), ident(title="a"), ident(source="a")]
    assert len(set(different)) == len(different)


def test_page_type() -> None:
    """A redirect is one whatever else it is."""
    fields: dict[str, Any] = {"text": "", "source": "", "dialect": "wikitext", "site": "zhwiki"}
    assert Document(**fields, redirect_to="甲").to_row()["page_type"] == "redirect"
    assert Document(**fields).to_row()["page_type"] == "article"
    assert Document(**fields).to_row(namespace=4)["page_type"] == "other"


@pytest.mark.parametrize(
    ("site", "code"),
    [
        ("zhwiki", "zh"),
        ("zh_yuewiki", "zh-yue"),
        ("jawiktionary", "ja"),
        ("commonswiki", ""),
        ("", ""),
    ],
)
def test_language(site: str, code: str) -> None:
    """A wiki's database name begins with its language."""
    assert language(site) == code


def test_fields_of_a_citation() -> None:
    """A note's row has what its first citation says, empty arguments left out."""
    source = (
        "甲<ref>見{{lang|en|x}}{{cite book|title= T |last=L|year=|url=http://x.y}}{{citation|a=b}}"
        "</ref>乙<ref>{{lang|en|x}}</ref>丙<ref name=z />"
    )
    notes = wikiclean.parse(source, dialect="wikitext").to_row()["footnotes"]
    assert [{one["key"]: one["value"] for one in note["cite"]} for note in notes] == [
        {"title": "T", "last": "L", "url": "http://x.y"},
        {},
        {},
    ]
