"""Statistics: numbers worked out by hand, the same from every kind of input, safe to look at."""

import base64
import gzip
import hashlib
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import corpus
import lxml.html
import pytest

import wikiclean
from wikiclean import cli, records, run, stats
from wikiclean.document import Span, Template
from wikiclean.errors import DumpError, InputError, SchemaError
from wikiclean.renderers import charts
from wikiclean.run import Options
from wikiclean.stats import SHARES, SIZES, Stats
from wikiclean.survey import survey

PAGES = {
    # 22 characters, of which 4 are text; the call has 8.
    "甲": "'''甲'''是[[乙]]。{{未知|丙}}",
    # 33, of which 2; a call in a note has 9, one with another inside 11: that is dropped whole.
    "戊": "戊<ref>{{我的注|丁}}</ref>己{{外|{{內}}}}",
    # 10, of which 10.
    "庚": "一二三四五六七八九十",
    # Nothing.
    "辛": "",
}
COUNTED = {
    "pages": 4,
    "rows": 0,
    "source_chars": 65,
    "text_chars": 16,
    "template_chars": 28,
    "link_count": 1,
    "types": {"article": 4},
    "skipped": {},
    "failed": {},
    "templates": {"外": 11, "我的注": 9, "未知": 8},
    "diagnostics": {"error": {}, "warning": {}, "info": {"template_dropped": 3}},
    "lengths": {"0": 1, "2": 1, "4": 1, "8": 1},
    # 4 of 22 are 18 %, 2 of 33 are 6 %, 10 of 10 are 100 %; the empty page has no share.
    "shares": {"5": 1, "15": 1, "95": 1},
    "links": {"0": 3, "1": 1},
}


def documents() -> list[wikiclean.Document]:
    """Return the pages as Documents."""
    return [
        wikiclean.parse(source, title=title, dialect="wikitext") for title, source in PAGES.items()
    ]


def counted(*pages: wikiclean.Document) -> Stats:
    """Return the counts of some pages."""
    made = Stats()
    for page in pages:
        made.add(page)
    return made


# -------------------------------------------------------------------- counting


def test_counts_are_those_worked_out_by_hand() -> None:
    """Lengths, shares, links, losses and flags of four small pages."""
    assert counted(*documents()).to_dict() == COUNTED


def test_rows_give_the_counts_of_their_pages() -> None:
    """A row holds all that is counted, losses and flags in notes included."""
    made = Stats()
    for page in documents():
        made.add_row(page.to_row())
    assert made.to_dict() == COUNTED
    assert documents()[1].to_row()["stats"]["templates"] == [
        {"name": "外", "chars": 11},
        {"name": "我的注", "chars": 9},
    ]


def test_parts_make_the_whole() -> None:
    """Counts of two parts are merged to those of all, and survive JSON."""
    pages = documents()
    first, second = counted(*pages[:1]), counted(*pages[1:])
    first.merge(Stats.from_dict(json.loads(second.to_json())))
    assert first == counted(*pages)
    assert Stats.from_dict(first.to_dict()) == first


@pytest.mark.parametrize(
    ("source", "text", "length", "share"),
    [
        (100, 0, 0, 0),
        (100, 1, 1, 0),
        (100, 4, 4, 0),
        (100, 5, 4, 5),
        (100, 99, 64, 95),
        (100, 100, 64, 95),
        (100, 101, 64, 101),
        (1 << 27, 1 << 27, 1 << 26, 95),
        (1, 1 << 40, 1 << 26, 101),
    ],
)
def test_bins(source: int, text: int, length: int, share: int) -> None:
    """A bin begins where it says; the last ones have no end."""
    made = Stats()
    made.add_row(row(src_chars=source, text_chars=text))
    assert (made.lengths, made.shares) == ({length: 1}, {share: 1})


def test_what_stands_in_a_dropped_template_is_lost_once() -> None:
    """Of templates within each other the outermost bears the loss."""
    spans = {"內": (2, 8), "外": (0, 10), "旁": (10, 13), "答": (14, 20)}
    calls = tuple(
        Template(name, "rendered" if name == "答" else "dropped", (), Span(0, 0), Span(*span))
        for name, span in spans.items()
    )
    page = wikiclean.Document("", "x" * 20, "wikitext", "zhwiki", templates=calls)
    assert counted(page).templates == {"外": 10, "旁": 3}


def row(**said: object) -> dict[str, Any]:
    """Return a row with other values in ``stats``."""
    empty = {"src_chars": 0, "text_chars": 0, "diagnostics": [], "templates": []}
    return {"page_type": "article", "links": [], "stats": empty | said}


def test_page_that_pipe_could_not_read_is_failed() -> None:
    """A Document that stands for a failure is no page of text."""
    made = counted(*wikiclean.pipe(["甲", None], dialect="wikitext"))  # type: ignore[list-item]
    assert (made.pages, made.types, made.failed) == (2, {"article": 1}, {"failed": 1})


def test_error_record_in_a_row_is_failed() -> None:
    """Engines write error records between the rows; what is no page is not counted as one."""
    made = Stats()
    for kind in ("timeout", "damage"):
        made.add_row(dict.fromkeys(row()) | {"error": {"error": kind, "message": "…"}})
    assert (made.pages, made.failed) == (1, {"timeout": 1, "damage": 1})
    made.add_row(row() | {"error": None})
    assert made.types == {"article": 1}


def test_namespace_counts_as_given_or_as_the_title_says() -> None:
    """The type of a page is that of its row."""
    page = wikiclean.parse("甲", title="Category:乙")
    made = counted(page)
    made.add(wikiclean.parse("甲", title="乙"), namespace=14)
    assert made.types == {page.to_row()["page_type"]: 2} == {"category": 2}


def test_names_are_bounded_and_totals_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many names there are, few are held; the costly ones are, and the sum is exact."""
    monkeypatch.setattr(stats, "HELD", 100)
    made = Stats()
    for number in range(1000):
        made.add_row(row(templates=[{"name": f"T{number}", "chars": 2}, {"name": "A", "chars": 3}]))
        assert len(made.templates) <= 100
    assert made.templates["A"] == 3000
    assert made.template_chars == 5000
    made.forget(1)
    assert made.templates == {"A": 3000}
    long = Stats()
    long.add_row(row(templates=[{"name": "x" * 5000, "chars": 1}]))
    assert [len(name) for name in long.templates] == [255]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"page_type": "article", "links": [], "stats": None},
        {"page_type": 1, "links": [], "stats": row()["stats"]},
        {"page_type": "article", "links": None, "stats": row()["stats"]},
        row(src_chars=-1),
        row() | {"error": {}},
        row(text_chars=1 << 63),
        row(text_chars="1"),
        row(templates=["甲"]),
        row(templates=[{"name": "甲"}]),
        row(diagnostics=[{"code": "a", "severity": "fatal", "count": 1}]),
    ],
)
def test_what_is_no_row_is_refused_whole(wrong: dict[str, Any]) -> None:
    """A row without the columns is an error, and nothing of it is counted."""
    made = Stats()
    with pytest.raises(SchemaError, match="no row of the profile full"):
        made.add_row(wrong)
    assert made == Stats()


@pytest.mark.parametrize(
    "wrong",
    [
        {"pages": -1},
        {"pages": None},
        {"types": ["article"]},
        {"templates": {"甲": "乙"}},
        {"lengths": {"3": 1}},
        {"shares": {"x": 1}},
        {"diagnostics": {}},
    ],
)
def test_what_are_no_counts_is_refused(wrong: dict[str, Any]) -> None:
    """Stored counts of another shape are an error."""
    with pytest.raises(SchemaError, match="no counts"):
        Stats.from_dict(COUNTED | wrong)


# -------------------------------------------------------------------- text and HTML


def test_text() -> None:
    """The text is what a run says at its end."""
    assert counted(*documents()).to_text() == (
        "4 pages; kept 24.6% of 65 characters\n"  # 16 of 65
        "pages: article 4\n"
        "notices: template_dropped 3\n"
        "dropped templates: 外 11 characters, 我的注 9 characters, 未知 8 characters\n"
    )
    assert Stats().to_text() == "0 pages; kept nothing of 0 characters\n"


HOSTILE = (
    "<script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    "\" onload=\"alert(1)' x='",
    "&lt;b&gt;",
    "</style></svg>-->",
)
UNSEEN = "a\x00\x1b[31m\n\u202eb\u2066"
"""Characters that would steer a terminal, or turn round what stands behind them."""


def hostile() -> Stats:
    """Return counts whose every name is hostile."""
    made = Stats()
    for name in (*HOSTILE, UNSEEN, "\ud800"):
        page = row(
            src_chars=10,
            text_chars=5,
            templates=[{"name": name, "chars": 7}],
            diagnostics=[{"code": name, "severity": "warning", "count": 1}],
        )
        made.add_row(page | {"page_type": name})
        made.skipped[name] += 1
        made.failed[name] += 1
    return made


TAGS = set(
    re.findall(
        "[a-z0-9]+",
        """
html head meta title style body h1 h2 p dl div dt dd main section
svg path text rect details summary table tr th td bdi small
""",
    )
)
"""All elements that a page is made of."""


def test_names_are_escaped() -> None:
    """Names of templates, codes and types are text on the page, whatever they hold."""
    html = hostile().to_html(title=HOSTILE[1])
    html.encode()
    tree = lxml.html.document_fromstring(html)
    assert {element.tag for element in tree.iter()} <= TAGS
    attributes = {name for element in tree.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on")} | attributes & {
        "href",
        "src",
        "style",
    }
    assert tree.findtext(".//title") == HOSTILE[1]
    names = [bdi.text for bdi in tree.iter("bdi")]
    for name in (*HOSTILE, "a\ufffd\ufffd[31m\ufffd\ufffdb\ufffd"):
        assert names.count(name) == 5  # type, left out, failed, diagnostic, template


def test_text_does_not_steer_the_terminal() -> None:
    """No control character of a name is printed."""
    lines = hostile().to_text().splitlines()
    assert len(lines) == 6
    assert all(line.isprintable() for line in lines)


def test_page_fetches_nothing() -> None:
    """The policy forbids all but the page's own style sheet, which has the hash it names."""
    html = counted(*documents()).to_html()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "script" not in html
    assert "url(" not in html
    assert "//" not in html


def test_page_tells_the_numbers() -> None:
    """Figures, bars and histograms hold the counts."""
    tree = lxml.html.document_fromstring(counted(*documents()).to_html(title="甲"))
    assert tree.findtext(".//h1") == "甲"
    facts = dict(
        zip((dt.text for dt in tree.iter("dt")), (dd.text for dd in tree.iter("dd")), strict=True)
    )
    assert facts == {
        "Pages": "4",
        "Kept": "24.6%",
        "Characters of source": "65",
        "Characters of text": "16",
        "Links": "1",
        "Failed": "0",
    }
    notes = [p.text for p in tree.iter("p")]
    assert notes == [
        "Characters of text; mean 4, median 2 to 3.",
        "Text over source; 24.6% of all, median 15 to 19%.",
        "Links in the text; mean 0.2, median 0.",
        # 28 of 65
        (
            "Characters of the source lost to templates that no handler knows: "
            "28 in all, 43.1% of the source."
        ),
    ]
    sections = {section.findtext("h2"): section for section in tree.iter("section")}
    costs = sections["What templates cost"]
    assert [tr.text_content() for tr in costs.iter("tr")] == ["外11", "我的注9", "未知8"]
    # 9 is 81.82 % of 11, and 8 is 72.73 %.
    assert [rect.get("width") for rect in costs.iter("rect")] == ["100.00%", "81.82%", "72.73%"]
    told = [title.text for title in sections["Page length"].iter("title")]
    assert told == ["0: 1", "1: 0", "2 to 3: 1", "4 to 7: 1", "8 to 15: 1"]
    assert [bdi.text for bdi in sections["Page length"].iter("bdi")] == [
        "0",
        "2 to 3",
        "4 to 7",
        "8 to 15",
    ]


def test_nothing_and_extremes_have_a_page() -> None:
    """No page at all, an empty one and the largest numbers are shown too."""
    assert "<svg" not in Stats().to_html()
    empty = Stats()
    empty.add_row(row())
    assert "median 0." in empty.to_html()
    large = Stats()
    large.add_row(row(src_chars=1, text_chars=(1 << 63) - 1))
    assert "median 67,108,864 or more." in large.to_html()
    assert "median 101% or more." in large.to_html()
    assert "<svg" not in Stats.from_dict(
        COUNTED | {"lengths": {}, "links": {}, "shares": {"5": 0}}
    ).to_html(top=0)


def test_only_the_first_names_are_shown() -> None:
    """A long table is cut, and says so."""
    html = counted(*documents()).to_html(top=2)
    assert "The first 2 of 3." in html
    assert "未知" not in html


@pytest.mark.parametrize(
    ("most", "steps"),
    [
        (0, [0]),
        (1, [0, 1]),
        (5, [0, 1, 2, 3, 4, 5]),
        (6, [0, 2, 4, 6]),
        (9, [0, 2, 4, 6, 8, 10]),
        (10, [0, 2, 4, 6, 8, 10]),
        (23, [0, 5, 10, 15, 20, 25]),
        (36, [0, 10, 20, 30, 40]),
        (99, [0, 20, 40, 60, 80, 100]),
        (101, [0, 50, 100, 150]),
    ],
)
def test_axis_has_round_numbers(most: int, steps: list[int]) -> None:
    """The axis of a histogram ends at or just above the highest bar."""
    bins = [charts.Bar("a", most)]
    svg = charts.histogram(bins, [], label="x")
    assert re.findall(r'text-anchor="end">([^<]*)<', svg) == [str(step) for step in steps]


def test_bars_stand_where_their_numbers_are() -> None:
    """A bar's height is its share of the axis, and a tick stands at its place."""
    bins = [charts.Bar("a", 5), charts.Bar("b", 0), charts.Bar("c", 10)]
    svg = lxml.html.fragment_fromstring(
        charts.histogram(bins, [charts.Tick(1.5, "中")], label="x").split("<details>")[0]
    )
    # 130 of height for 10; the floor is at 138; three bins share 266 from 36 on.
    bars = [rect for rect in svg.iter("rect") if not rect.get("class")]
    assert [(float(bar.get("y")), float(bar.get("height"))) for bar in bars] == [
        (73, 65),
        (138, 0),
        (8, 130),
    ]
    (tick,) = [text for text in svg.iter("text") if text.text == "中"]
    assert float(tick.get("x")) == 36 + 266 / 2


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (999, "999"), (1000, "1k"), (1536, "1.54k"), (2 * 10**6, "2M"), (10**13, "10T")],
)
def test_short_numbers(number: int, said: str) -> None:
    """Large numbers are told in few characters."""
    assert charts.short(number) == said


@pytest.mark.parametrize("lengths", [(600,), (1,), (0,), (0, 3), (7, 90_000), (1 << 30,)])
def test_ticks_are_powers_of_ten_where_they_belong(lengths: tuple[int, ...]) -> None:
    """There are two ticks at least, each within the plot and at its number."""
    made = Stats()
    for length in lengths:
        made.add_row(row(text_chars=length))
    bins, ticks = stats._sizes(made.lengths)  # noqa: SLF001
    assert len(ticks) >= 2
    assert sum(bar.number for bar in bins) == len(lengths)
    first = SIZES.index(int(bins[0].name.split()[0].replace(",", "")))
    for tick in ticks:
        assert 0 <= tick.place <= len(bins)
        value = float(tick.name.replace("k", "e3").replace("M", "e6"))
        if value:
            assert math.isclose(2 ** (tick.place + first - 1), value)


# -------------------------------------------------------------------- every kind of input


@pytest.fixture(name="dump", scope="module")
def _dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus.write(tmp_path_factory.mktemp("dump"), 60, size=600, stream_pages=5, large=False)


@pytest.fixture(name="folders", scope="module")
def _folders(dump: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return folders of finished runs, for reading."""
    made = {}
    for name, options in {
        "jsonl": Options(shard_size=1 << 15),
        "parquet": Options(shard_size=1 << 15, format="parquet"),
        "hf": Options(profile="hf"),
    }.items():
        made[name] = tmp_path_factory.mktemp(name)
        run.run([dump], made[name], options)
    return made


@pytest.fixture(name="bare", scope="module")
def _bare(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the same folders without their manifests."""
    made = {}
    for name, folder in folders.items():
        made[name] = tmp_path_factory.mktemp(f"bare-{name}")
        for shard in folder.glob("pages-*"):
            (made[name] / shard.name).symlink_to(shard)
    return made


def test_every_input_gives_the_same_counts(
    dump: Path, folders: dict[str, Path], bare: dict[str, Path]
) -> None:
    """The dump, the folders of runs of any profile, and their shards in either format."""
    read = survey([dump])
    assert read.pages == 47
    assert read.skipped == {"namespace": 8, "redirect": 3, "deleted": 1, "no_text": 1}
    assert read.templates.keys() == {f"未知模板{number}" for number in range(5)}
    assert read.diagnostics["info"]["template_dropped"] > 40
    for folder in folders.values():
        assert survey([folder]) == attrs.evolve(read, rows=47)
    of_pages = attrs.evolve(read, skipped=Counter(), rows=47)
    for name in ("jsonl", "parquet"):
        shards = sorted(folders[name].glob("pages-*"))
        assert len(shards) > 2
        assert survey(shards) == survey([bare[name]]) == of_pages


def test_inputs_are_added_up(dump: Path, folders: dict[str, Path]) -> None:
    """Several paths of several kinds are counted together."""
    both = survey([folders["hf"], dump, *folders["jsonl"].glob("pages-*")])
    assert (both.pages, both.rows) == (3 * 47, 2 * 47)  # of the dump nothing was written
    assert both.skipped["redirect"] == 2 * 3


def test_processes_do_not_matter(dump: Path) -> None:
    """Pages that several processes read give the same counts."""
    assert survey([dump], processes=2) == survey([dump])


def test_pages_and_folders_of_pages(tmp_path: Path) -> None:
    """A page is counted alone, or in its folder."""
    path = tmp_path / "甲.wikitext"
    path.write_text(PAGES["甲"], encoding="utf-8")
    assert survey([path]).templates == survey([tmp_path]).templates == {"未知": 8}
    run.run([path], tmp_path / "out")
    (line,) = (tmp_path / "out/pages-00000.jsonl").read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert (told["title"], told["text"], told["source_file"]) == ("甲", "甲是乙。", "甲.wikitext")


def test_lines_and_tables_of_pages_are_read(tmp_path: Path) -> None:
    """JSONL and Parquet without the columns of a row hold pages."""
    path = tmp_path / "pages.jsonl"
    lines = [
        json.dumps({"title": title, "source": source, "dialect": "wikitext"})
        for title, source in PAGES.items()
        if source
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert survey([path]).templates == COUNTED["templates"]


@pytest.mark.parametrize("kind", ["hf", "chunks"])
def test_shards_of_other_profiles_are_refused(
    kind: str, dump: Path, bare: dict[str, Path], tmp_path: Path
) -> None:
    """Their rows do not say what was lost, and their texts are no pages to read again."""
    run.run([dump], tmp_path, Options(profile=kind, limit=5))
    with pytest.raises(InputError, match="name the folder of the run"):
        survey([tmp_path / "pages-00000.jsonl"])
    with pytest.raises(InputError, match="shards of the profile full"):
        survey([bare["hf"]])


def test_run_that_is_not_finished(folders: dict[str, Path], tmp_path: Path) -> None:
    """What it has finished is counted, and the rest is not passed over in silence."""
    told = json.loads((folders["jsonl"] / "manifest.json").read_bytes())
    (tmp_path / "manifest.json").write_text(json.dumps(told | {"complete": False}))
    said: list[str] = []
    assert survey([tmp_path], tell=said.append).pages == 47
    assert said == [f"the run in {tmp_path} is not finished; what it has finished is counted"]
    (tmp_path / "manifest.json").write_text(json.dumps(told | {"complete": False, "counts": {}}))
    assert survey([tmp_path]) == Stats()


PROGRESS = {
    "complete": False,
    "inputs_sha256": None,
    "units": 0,
    "shards": [],
    "counts": {},
    "errors": {"bytes": 0, "sha256": ""},
}


@pytest.mark.parametrize(
    "content",
    [
        *("{", "[]", "{}", '"' * 3, "[" * 10**5),
        *(
            json.dumps(PROGRESS | wrong)
            for wrong in (
                {"shards": ["pages-00000.jsonl"]},
                {"shards": [{"bytes": 0}]},
                {"shards": [{"name": "../pages-00000.jsonl", "bytes": 0}]},
                {"shards": [{"name": "pages-00000.jsonl", "bytes": None}]},
                {"errors": []},
                {"errors": {"bytes": -1, "sha256": ""}},
                {"units": "1"},
                {"counts": None},
                {"inputs": "\ud800"},
            )
        ),
    ],
)
def test_manifest_that_is_none(content: str, tmp_path: Path) -> None:
    """A file of that name that is no manifest is named; beside pages it is theirs."""
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    (tmp_path / "甲.wikitext").write_text(PAGES["甲"], encoding="utf-8")
    assert survey([tmp_path]).pages == 1
    (tmp_path / "甲.wikitext").unlink()
    with pytest.raises(InputError, match=r"manifest\.json is (?:no manifest|not readable)"):
        survey([tmp_path])
    (tmp_path / "pages-00000.jsonl").touch()
    with pytest.raises(InputError, match=r"manifest\.json is (?:no manifest|not readable)"):
        survey([tmp_path])


def test_manifest_with_other_counts_is_refused(folders: dict[str, Path], tmp_path: Path) -> None:
    """Counts that are none are named, too."""
    told = json.loads((folders["jsonl"] / "manifest.json").read_bytes())
    (tmp_path / "manifest.json").write_text(json.dumps(told | {"counts": {"pages": 1}}))
    with pytest.raises(InputError, match="these are no counts"):
        survey([tmp_path])


def test_damaged_rows_cost_themselves(folders: dict[str, Path], tmp_path: Path) -> None:
    """A line that is broken, or no row, is told and counted as failed; the others are counted."""
    lines = (folders["jsonl"] / "pages-00000.jsonl").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "a.jsonl"
    broken = json.dumps(json.loads(lines[1]) | {"stats": {}})
    path.write_text("\n".join(["{", lines[0], broken, lines[1]]), encoding="utf-8")
    said: list[str] = []
    made = survey([path], tell=said.append)
    assert (made.pages, made.failed) == (2, {"damage": 2})
    assert said[0].startswith("a.jsonl: line 1 is no JSON")
    assert said[1].startswith("a.jsonl: row 3: it is no row of the profile full: KeyError")
    with pytest.raises(DumpError, match=r"stopped at an error: a\.jsonl: line 1"):
        survey([path], on_error="stop")


@pytest.mark.parametrize("name", ["", "pages-00000.parquet"])
def test_damaged_table_is_told(name: str, folders: dict[str, Path], tmp_path: Path) -> None:
    """What is no Parquet is an error and not a page, named itself or in its folder."""
    path = tmp_path / "pages-00000.parquet"
    path.write_bytes((folders["parquet"] / path.name).read_bytes()[:1000])
    said: list[str] = []
    assert survey([tmp_path / name], tell=said.append).failed == {"damage": 1}
    assert "cannot be read as Parquet" in said[0]


def test_packed_shards_are_counted(folders: dict[str, Path], tmp_path: Path) -> None:
    """A shard may have been packed since."""
    shard = folders["jsonl"] / "pages-00000.jsonl"
    packed = tmp_path / "pages-00000.jsonl.gz"
    packed.write_bytes(gzip.compress(shard.read_bytes()))
    assert survey([packed]) == survey([shard]) != Stats()


def test_columns_of_the_profile_are_those_that_are_counted() -> None:
    """The profile full has the columns, and no other profile has them all."""
    needed = {"page_type", "links", "stats"}
    having = {name for name, one in records.PROFILES.items() if needed <= one.columns.keys()}
    assert having == {"full"}
    assert len(SHARES) == 21


# -------------------------------------------------------------------- the command


Run: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="command")
def _command(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Return a function that calls ``stats``: exit code, stdout, stderr."""

    def call(*words: str | Path) -> tuple[int, str, str]:
        code = cli.main(["stats", *map(str, words), "-j", "1"])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def test_command_prints_text(command: Run, folders: dict[str, Path]) -> None:
    """Text on stdout, nothing on stderr, exit code 0."""
    code, out, err = command(folders["jsonl"])
    assert (code, err) == (cli.DONE, "")
    assert out == survey([folders["jsonl"]]).to_text()


def test_command_prints_json_and_html(command: Run, dump: Path, folders: dict[str, Path]) -> None:
    """``--format`` chooses; options of reading reach the pages."""
    code, out, _ = command(dump, "-f", "json", "--limit", "5", "--namespaces", "all", "-q")
    assert code == cli.DONE
    assert json.loads(out)["pages"] == 5
    assert Stats.from_dict(json.loads(out)).to_json() == out
    code, out, _ = command(folders["hf"], "--format", "html")
    assert (code, out[:15]) == (cli.DONE, "<!DOCTYPE html>")
    assert f"<h1>{folders['hf'].name}</h1>" in out


@pytest.mark.parametrize(
    ("name", "start"), [("a.json", "{"), ("a.html", "<!DOCTYPE html>"), ("a.txt", "47 pages")]
)
def test_suffix_chooses_the_format(
    name: str, start: str, command: Run, folders: dict[str, Path], tmp_path: Path
) -> None:
    """-o FILE decides by its suffix, and stdout stays empty."""
    assert command(folders["hf"], "-o", tmp_path / name) == (cli.DONE, "", "")
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)


def test_command_says_when_pages_failed(command: Run, dump: Path) -> None:
    """A page that cannot be read is a line on stderr, and exit code 3."""
    code, out, err = command(dump, "--page-size", "500", "-q")
    assert code == cli.FAILED
    assert "failed: too_large" in out
    assert "it has more than 500 characters" in err.splitlines()[0]
    code, out, err = command(dump, "--page-size", "500", "-q", "--on-error", "stop")
    assert (code, out) == (cli.FAILED, "")
    assert err.startswith("wikiclean: stopped at an error: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["/no/such/folder"], "cannot read /no/such/folder: there is no such file"),
        ([], "required: PATH"),
        ([corpus.ARTICLE, "--format", "xml"], "invalid choice: 'xml'"),
        ([corpus.ARTICLE, "-o", "/no/such/folder/a.html"], "cannot write /no/such/folder/a.html"),
        ([corpus.ARTICLE, "-o", "/"], "cannot write /"),
    ],
)
def test_wrong_usage_is_one_sentence(words: list[str | Path], said: str, command: Run) -> None:
    """What cannot be done is said in one line, exit code 2, and nothing is printed."""
    code, out, err = command(*words)
    assert (code, out) == (cli.USAGE, "")
    assert said in err
    assert "Traceback" not in err
