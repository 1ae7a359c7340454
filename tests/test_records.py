"""The record schema: Arrow and back, the profiles, and the schema in other words."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import datasets
import jsonschema
import orjson
import pyarrow as pa
import pytest

import wikiclean
from wikiclean import records
from wikiclean.errors import SchemaError, UnknownFormatError
from wikiclean.passes import DEFAULT
from wikiclean.renderers.row import COLUMNS

ARTICLE = Path(__file__).parent / "fixtures/agreed_framework/agreed_framework.md"
WHEN = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
GIVEN = {"id": 7, "url": "https://zh.wikipedia.org/wiki/X", "revision_id": 2**40, "timestamp": WHEN}
EXPORT = '**長江**是[河](../Page/河.md "wikilink")。\n\n## 節\n\n甲乙丙。\n'


@pytest.fixture(scope="module", name="document")
def _document() -> wikiclean.Document:
    return wikiclean.parse(ARTICLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", records.PROFILES)
def test_rows_come_back_from_arrow(name: str, document: wikiclean.Document) -> None:
    """Rows of each profile have its columns in order, and Arrow gives back what it was given."""
    profile, schema = records.PROFILES[name], records.schema(name)
    rows = profile.rows(document, GIVEN)
    assert rows
    assert all(list(row) == list(profile.columns) for row in rows)
    batch = records.to_batch(rows, schema)
    assert batch.schema == schema
    assert batch.to_pylist() == rows
    assert records.from_bytes(records.to_bytes([batch, batch]), schema).to_pylist() == rows * 2


@pytest.mark.parametrize("name", records.PROFILES)
def test_json_schema_describes_the_lines(name: str, document: wikiclean.Document) -> None:
    """A line of JSONL is valid by the JSON Schema, and nothing may be added to it."""
    schema = json.loads(records.describe(name, format="json"))
    line = orjson.dumps(records.PROFILES[name].rows(document, GIVEN)[0])
    row = json.loads(line)
    jsonschema.validate(row, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**row, "more": 1}, schema)


@pytest.mark.parametrize("name", records.PROFILES)
def test_features_are_the_arrow_schema(name: str) -> None:
    """What is printed for Hugging Face makes Features of the same Arrow schema."""
    features = datasets.Features.from_dict(json.loads(records.describe(name, format="hf")))
    assert features.arrow_schema.equals(records.schema(name))


@pytest.mark.parametrize("name", records.PROFILES)
def test_spark_ddl_names_every_column(name: str) -> None:
    """The DDL has a line a column, in order."""
    lines = records.describe(name, format="spark").split(",\n")
    assert [line.split("`")[1] for line in lines] == list(records.PROFILES[name].columns)


def test_spark_ddl_of_nested_columns() -> None:
    """Lists and structs are written as Spark reads them."""
    ddl = records.describe(format="spark")
    assert "`categories` ARRAY<STRUCT<`name`: STRING, `sort_key`: STRING>>" in ddl
    assert "`timestamp` TIMESTAMP" in ddl


def test_hf_profile_is_the_data_set() -> None:
    """The profile ``hf`` has names, order and types of wikimedia/wikipedia."""
    wanted = pa.schema([(name, pa.string()) for name in ("id", "url", "title", "text")])
    assert records.schema("hf").equals(wanted)


def test_full_profile_is_the_table_of_columns() -> None:
    """The full profile has the columns of ``to_row``, and its metadata name version and profile."""
    schema = records.schema()
    assert schema.names == list(COLUMNS)
    assert schema.metadata == {b"wikiclean.schema": b"1", b"wikiclean.profile": b"full"}


def test_keep_source_adds_a_column(document: wikiclean.Document) -> None:
    """The source comes last, under another name where a profile has a ``source`` already."""
    (row,) = records.profile("hf", source=True).rows(document, GIVEN)
    assert row["source"] == document.source
    assert records.schema("hf", source=True).names[-1] == "source"
    assert records.schema("dolma", source=True).names[-1] == "page_source"


@pytest.mark.parametrize("name", ["sections", "chunks"])
def test_parts_of_a_page_are_exact_ranges(name: str, document: wikiclean.Document) -> None:
    """Rows of sections and passages are ranges of the text, in order, and miss only headings."""
    rows = records.PROFILES[name].rows(document, GIVEN)
    reached = 0
    missed = []
    for number, row in enumerate(rows):
        assert row["id"] == f"7#{number}"
        assert row["page_id"] == "7"
        assert row["text"] == document.text[row["start"] : row["end"]]
        assert row["start"] >= reached
        missed += document.text[reached : row["start"]].split()
        reached = row["end"]
    missed += document.text[reached:].split()
    assert missed == [heading for s in document.sections[1:] for heading in (s.title or "").split()]


def test_chunks_have_scalars_links_and_a_path(document: wikiclean.Document) -> None:
    """A passage names its section and the pages it links to, in scalars only, within the bound."""
    rows = records.PROFILES["chunks"].rows(document, GIVEN)
    assert all(isinstance(value, (str, int)) for row in rows for value in row.values())
    assert max(len(row["text"]) for row in rows) <= records.PASSAGE
    assert "美國" in rows[0]["links"].split("|")
    assert rows[-1]["section"] == "破滅"


def test_long_text_without_breaks_is_still_bounded() -> None:
    """A passage never exceeds the bound, and cuts at a sentence before it cuts within one."""
    text = "甲" * 700 + "。" + "乙" * 2500
    rows = records.PROFILES["chunks"].rows(wikiclean.parse(text, dialect="wikitext"), {})
    assert [len(row["text"]) for row in rows] == [701, 1000, 1000, 500]


def test_section_path_names_the_headings_above() -> None:
    """The path of a section leads from the top down to it."""
    source = "序\n\n== 甲 ==\n子\n\n=== 乙 ===\n丑\n"
    rows = records.PROFILES["sections"].rows(wikiclean.parse(source, dialect="wikitext"), {})
    assert [(row["path"], row["text"]) for row in rows] == [
        ([], "序"),
        (["甲"], "子"),
        (["甲", "乙"], "丑"),
    ]


@pytest.mark.parametrize("kind", [pa.RecordBatch, pa.Table])
def test_parse_batch(kind: type[pa.RecordBatch | pa.Table]) -> None:
    """A batch of pages becomes a batch of rows of the same kind, ids riding along."""
    pages = kind.from_pylist(
        [{"id": 1, "text": EXPORT, "other": 2.5}, {"id": 2, "text": None, "other": None}]
    )
    rows = records.parse_batch(pages, dialect="export")
    assert type(rows) is type(pages)
    assert rows.schema == records.schema()
    first, second = rows.to_pylist()
    assert first == {**wikiclean.parse(EXPORT, dialect="export").to_row(id=1)}
    assert (second["id"], second["text"]) == ("2", "")


def test_parse_batch_may_give_several_rows_a_page() -> None:
    """With the profile ``sections`` a page has as many rows as sections."""
    pages = pa.RecordBatch.from_pylist([{"id": "a", "source": EXPORT, "text": "other"}])
    rows = records.parse_batch(pages, profile="sections", dialect="export").to_pylist()
    assert [row["id"] for row in rows] == ["a#0", "a#1"]


def test_passes_that_are_read_once_do_for_every_page() -> None:
    """The second page is repaired like the first."""
    pages = pa.RecordBatch.from_pylist([{"text": "**甲**（）是乙。"}] * 2)
    options: Any = {"dialect": "export", "passes": iter(DEFAULT)}
    rows = records.parse_batch(pages, profile="hf", **options).to_pylist()
    assert [row["text"] for row in rows] == ["甲是乙。", "甲是乙。"]


@pytest.mark.parametrize("column", [{"body": "x"}, {"text": 5}, {"text": "x", "title": 1998}])
def test_parse_batch_names_what_it_needs(column: dict[str, Any]) -> None:
    """A table without a column of pages is refused."""
    with pytest.raises(SchemaError, match="column"):
        records.parse_batch(pa.RecordBatch.from_pylist([column]))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"batch": []}, "batch must be a RecordBatch or a Table, not list"),
        ({"title": "甲"}, "parse_batch has no option 'title' for all pages"),
        ({"templates": []}, "templates must be a mapping of names to handlers, not list"),
    ],
)
def test_wrong_types_are_one_sentence(wrong: dict[str, Any], said: str) -> None:
    """Even of a batch without a page."""
    empty = pa.RecordBatch.from_pylist([], schema=pa.schema([("text", pa.string())]))
    with pytest.raises(TypeError, match=said):
        records.parse_batch(**{"batch": empty, **wrong})


def test_value_that_does_not_fit_is_refused(document: wikiclean.Document) -> None:
    """A number too large for its column and a time that is none are errors, not other values."""
    for given in ({"revision_id": 2**70}, {"timestamp": "yesterday"}):
        with pytest.raises(SchemaError):
            records.to_batch([document.to_row(**given)], records.schema())


def test_unknown_names_are_refused() -> None:
    """Profiles and formats that do not exist are named, with those that do."""
    with pytest.raises(UnknownFormatError, match="choose one of full, hf"):
        records.schema("wide")
    with pytest.raises(UnknownFormatError, match="choose one of full, hf"):
        records.schema(["hf"])  # type: ignore[arg-type]
    with pytest.raises(UnknownFormatError, match="arrow"):
        records.describe(format="avro")


def test_missing_pyarrow_names_the_extra() -> None:
    """Without pyarrow the import says what to install."""
    code = "import sys; sys.modules['pyarrow'] = None; import wikiclean.records"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'wikiclean[dump]'" in done.stderr
