"""The benchmarks run, and count what they say they count."""

import gzip
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import dump as whole_dump
import environments
import fidelity
import growth
import hostile
import measuring
import pytest
import results
import speed
import structure
from peers import PEERS, Reading, Row

import wikiclean
from wikiclean import rendered

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
MEDIAWIKI = "/usr/share/mediawiki/includes"
PACKAGES = "mediawiki php-cli php-mbstring php-intl php-xml php-sqlite3"

PAGE = """\
'''甲'''是[[乙|-{丙}-]]。{{丁}}
== 標題 ==
* 一[[戊]]
{|
! a
|-
| b || c<br>d
|}
[[Category:己]]
"""
BLOCKS = [
    {"kind": "paragraph", "text": "甲是丙。"},
    {"kind": "heading", "text": "標題", "level": 2},
    {"kind": "item", "text": "一戊", "depth": 1, "marker": "*"},
    {"kind": "cell", "text": "a", "table": 1, "row": 0, "col": 0, "header": True},
    {"kind": "cell", "text": "b", "table": 1, "row": 1, "col": 0},
    {"kind": "cell", "text": "c\nd", "table": 1, "row": 1, "col": 1},
]


def row(language: str) -> dict[str, Any]:
    """Return a line of the data."""
    return {
        "set": f"{language}-set",
        "name": f"{language}.wikitext",
        "title": "甲",
        "lang": language,
        "wikitext": PAGE,
        "blocks": BLOCKS,
        "links": ["乙", "戊"],
        "categories": ["己"],
        "headings": [[2, "標題"]],
    }


CASES = [
    {"name": "speaks", "class": "general", "wikitext": "''a'' [[b]]", "accept": ["a b"]},
    {"name": "fails", "class": "general", "wikitext": "a", "accept": ["b", "c"]},
    {"name": "says nothing", "class": "silent", "wikitext": "<!-- a -->", "accept": [""]},
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder of measuring data, as small as it gets."""
    folder = tmp_path / "data"
    folder.mkdir()
    cases = [{**case, "title": "Test", "lang": "en"} for case in CASES]
    for name, lines in (("pages", [row("zh"), row("en")]), ("parsertests", cases)):
        with gzip.open(folder / f"{name}-dev.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
    return folder


def spin() -> None:
    """Work without end."""
    while True:
        pass


def run(script: str, *arguments: str | Path) -> str:
    """Run a benchmark and return what it prints."""
    done = subprocess.run(
        [sys.executable, BENCHMARKS / script, *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_fidelity_of_a_page_that_is_read_right(data: Path, tmp_path: Path) -> None:
    """A right reading scores full marks in everything, and a peer what it gets right."""
    numbers = tmp_path / "numbers.json"
    printed = run(
        "fidelity.py", data, "--tools", "wikiclean,mwparserfromhell", "--show=1", "--json", numbers
    )
    assert "zh-set" in printed
    assert "right: 'b'" in printed
    measured = json.loads(numbers.read_text(encoding="utf-8"))
    ours = measured["zh-set"]["wikiclean"]
    full = ("recall", "precision", "blocks", "cells", "lines", "link_recall", "link_precision")
    assert {name: ours[name] for name in full} == dict.fromkeys(full, 1.0)
    assert ours["categories"] == ours["headings"] == ours["clean"] == 1.0
    theirs = measured["all pages"]["mwparserfromhell"]
    assert theirs["pages"] == 2
    assert theirs["link_recall"] is None
    assert theirs["leftovers"] == {"category": 2, "-{": 2, "}-": 2}
    cases = measured["parsertests"]["wikiclean"]
    assert cases["equal"] == {"general": 0.5, "silent": 1.0}
    assert cases["failed"] == ["fails"]


def test_fidelity_counts_what_is_wrong() -> None:
    """Each measure counts its own kind of mistake."""
    text = "甲是丙\n標題\n一戊\na\nb\tc\n（，）{{"
    score = fidelity.score_page(row("zh"), Reading(text, ["乙", "庚"], [], [[2, "標題"]]))
    assert (score.block_hits, score.blocks) == (2, 3)
    assert (score.cell_hits, score.cells) == (2, 3)
    assert (score.line_hits, score.lines) == (4, 6)
    assert (score.link_hits, score.links, score.link_candidates) == (1, 2, 2)
    assert (score.categories_equal, score.headings_equal) == (False, True)
    assert (score.leftovers, score.holes) == (["{{"], 1)
    assert fidelity.score_page(row("zh"), None).hits == 0


def test_rendered_blocks() -> None:
    """Every kind of block is read from MediaWiki's HTML, and nothing hidden."""
    html = """
    <p>a <b>b</b><sup class="reference">[1]</sup>&amp;<br />c
    </p><h2><span id="h">h</span></h2>
    <ul><li>one<ol><li>two</li></ol></li></ul><dl><dt>t</dt><dd>d</dd></dl>
    <div style="display: none"><p>unseen</p><br /></div><pre>x
      y</pre>
    <table><caption>k</caption><tbody><tr><th>m</th><td><p>n</p><ul><li>o</li></ul></td></tr>
    </tbody></table><div class="thumb"><div class="thumbcaption">seen</div></div>
    <ul class="gallery"><li class="gallerybox"><div class="thumb">A.jpg</div>
    <div class="gallerytext"><p>g</p></div></li></ul><ruby>r<rp>(</rp><rt>u</rt><rp>)</rp></ruby>
    """
    at = {"table": 1, "row": 0}
    assert rendered.blocks(html) == [
        {"kind": "paragraph", "text": "a b&\nc"},
        {"kind": "heading", "text": "h", "level": 2},
        {"kind": "item", "text": "one", "depth": 1, "marker": "*"},
        {"kind": "item", "text": "two", "depth": 2, "marker": "#"},
        {"kind": "item", "text": "t", "depth": 1, "marker": ";"},
        {"kind": "item", "text": "d", "depth": 1, "marker": ":"},
        {"kind": "pre", "text": "x\n      y"},
        {"kind": "caption", "text": "k", "table": 1, "row": -1, "col": -1},
        {"kind": "cell", "text": "m", **at, "col": 0, "header": True},
        {"kind": "cell", "text": "n", **at, "col": 1},
        {"kind": "item", "text": "o", "depth": 1, "marker": "*", **at, "col": 1},
        {"kind": "figcaption", "text": "seen"},
        {"kind": "figcaption", "text": "g"},
        {"kind": "paragraph", "text": "r(u)"},
    ]


@pytest.mark.needs("php", install=f"apt-get install {PACKAGES}")
@pytest.mark.needs(MEDIAWIKI, install=f"apt-get install {PACKAGES}")
def test_pages_rendered_by_mediawiki(tmp_path: Path) -> None:
    """Data are made of wikitext, set by set, with the templates that are given."""
    pages, templates, data = tmp_path / "pages", tmp_path / "templates", tmp_path / "data"
    pages.mkdir()
    templates.mkdir()
    (pages / "甲%2F乙_丙.wikitext").write_text(PAGE, encoding="utf-8")
    (templates / "丁.wikitext").write_text("[{{{1|x}}}]{{不知道}}", encoding="utf-8")
    run("make_pages.py", pages, data, "--set", "bare")
    run("make_pages.py", pages, data, "--set", "known", "--templates", templates)
    with gzip.open(data / "pages-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        bare, known = map(json.loads, lines)
    expected = row("zh")
    for key in ("wikitext", "lang", "blocks", "links", "categories", "headings"):
        assert bare[key] == expected[key], key
    assert (bare["set"], bare["title"]) == ("bare", "甲/乙 丙")
    assert bare["templates"] == ["Template:丁"]
    assert known["blocks"][0]["text"] == "甲是丙。[x]"
    run("fidelity.py", data, "--tools=wikiclean")
    printed = run("structure.py", data)
    assert "| items | 2 | 0 | 0 |" in printed
    assert "| cells | 6 | 0 | 0 |" in printed


def test_structure_is_what_html_says() -> None:
    """Each kind of record is found in HTML as it is in a Document, with what is said of it."""
    html = """<h2>甲</h2><p><b><a href="x">乙</a>丙</b><sup class="reference">[1]</sup></p>
<ul><li>丁<ol><li>戊</li></ol></li></ul>
<table><caption>己</caption><tr><th colspan="2">庚</th></tr><tr><td>辛<ul><li>壬</li></ul></td>
<td></td></tr></table>
<ol class="references"><li><span class="reference-text">註</span></li></ol>"""
    source = """== 甲 ==
'''[[乙]]丙'''<ref>註</ref>
* 丁
*# 戊
{|
|+ 己
! colspan=2 | 庚
|-
| 辛
* 壬
|
|}
"""
    expected = {
        ("headings", 2, "甲"),
        ("formatting", "bold", "乙丙"),
        ("links", "乙"),
        ("items", "item", 1, "丁"),
        ("items", "item", 2, "戊"),
        ("captions", "己"),
        ("cells", True, 1, 2, "庚"),
        ("cells", False, 1, 1, "辛壬"),
        ("notes", "註"),
    }
    assert structure.rendered_facts(html) == dict.fromkeys(expected, 1)
    document = wikiclean.parse(source, dialect="wikitext")
    assert structure.document_facts(document) == dict.fromkeys(expected, 1)


def test_speed_prints_ratios(data: Path, tmp_path: Path) -> None:
    """Each tool is timed and weighed in each language."""
    numbers = tmp_path / "numbers.json"
    (data / "export.md").write_text(
        '甲[乙](https://zh.wikipedia.org/wiki/乙 "wikilink")\n', "utf-8"
    )
    tools = "records,clean,bare,mwparserfromhell,markdown-it,bz2"
    printed = run("speed.py", data, "--rounds=1", "--tools", tools, "--json", numbers)
    assert "zh: 1 pages" in printed
    measured = json.loads(numbers.read_text(encoding="utf-8"))
    assert list(measured["zh"]) == ["document", "records", "clean", "bare", "mwparserfromhell"]
    assert list(measured["export"]) == ["document", "records", "clean", "markdown-it", "bz2"]
    assert measured["en"]["document"]["times"] == [1.0, 1.0, 1.0]
    assert all(figures["memory"][1] > 0 for figures in measured["zh"].values())


def test_growth_of_real_pages(data: Path, tmp_path: Path) -> None:
    """Every operation is timed at every size, and sizes are as asked for."""
    numbers = tmp_path / "numbers.json"
    printed = run("growth.py", data, "--sizes=1000,4000", "--repeats=1", "--json", numbers)
    assert "exponent" in printed
    measured = json.loads(numbers.read_text(encoding="utf-8"))
    assert len(measured["seconds"]) == 9
    assert all(len(seconds) == 2 for seconds in measured["seconds"].values())
    page = {"wikitext": "甲"}
    assert growth.joined([page], 9) == "甲\n\n甲"
    assert growth.small([page, {"wikitext": "甲乙"}], 12) == [page]


def test_a_page_that_fails_counts_for_neither_side() -> None:
    """Ratios are of the pages that a tool read; one that read none has no figures."""
    pages: list[Row] = [{"wikitext": "a" * 1000}, {"wikitext": "b" * 3000}]
    seconds = {
        "document": [[0.001, 0.5], [0.001, 0.5]],
        "half": [[0.004, math.nan], [0.002, 0.1]],
        "none": [[math.nan, math.nan]] * 2,
    }
    figures = speed.compare(seconds, pages)
    assert list(figures) == ["document", "half"]
    assert figures["half"]["times"] == [pytest.approx(3), pytest.approx(2), pytest.approx(4)]
    assert figures["half"]["failed"] == 1
    assert figures["half"]["mb_s"] == pytest.approx((0.25 + 0.5) / 2)


WORKER = """\
import json, sys, time
print(json.dumps({"version": "1", "peak": 10}), flush=True)
for line in sys.stdin:
    text = json.loads(line)["wikitext"]
    if text == "hangs":
        time.sleep(60)
    if text == "ends":
        sys.exit(1)
    said = {"error": "no"} if text == "fails" else {"seconds": 0.5, "peak": len(text), "text": text}
    print(json.dumps(said), flush=True)
"""


@pytest.mark.parametrize("text", ["hangs", "ends", "fails"])
def test_worker_goes_on_after_a_page_that_fails(text: str) -> None:
    """The page has no time, now or later, even if every new process reads it first."""
    bad, good = {"wikitext": text}, {"wikitext": "甲" * 20}
    command = [sys.executable, "-c", WORKER]
    with environments.Worker(command, [bad], limit=2) as worker:
        assert math.isnan(worker.seconds(bad))
        assert worker.seconds(good) == 0.5
        assert math.isnan(worker.seconds(bad))
        assert (worker.version, worker.loaded, worker.peak) == ("1", 10, 20)
        assert worker.ask(good, show=True)["text"] == good["wikitext"]
        with pytest.raises(environments.PageError):
            worker.ask(bad)


@pytest.mark.skipif(os.name == "nt", reason="asks for the process as POSIX does")
def test_worker_that_is_stopped_stops_its_program(tmp_path: Path) -> None:
    """A program that a tool started for a page does not go on without it."""
    number = tmp_path / "pid"
    code = (
        "import json, pathlib, subprocess, sys, time\n"
        "print(json.dumps({'version': '1', 'peak': 1}), flush=True)\n"
        "sys.stdin.readline()\n"
        "program = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "pathlib.Path(sys.argv[1]).write_text(str(program.pid))\n"
        "program.wait()\n"
    )
    with environments.Worker([sys.executable, "-c", code, str(number)], limit=5) as worker:
        assert math.isnan(worker.seconds({"wikitext": "a"}))
    program = int(number.read_text(encoding="utf-8"))
    # Whoever inherits the ended program may not have asked for it yet.
    status = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(program)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert status.stdout.strip()[:1] in ("", "Z")


def test_worker_that_cannot_start_says_why(tmp_path: Path) -> None:
    """A tool that is not there has a reason."""
    command = [sys.executable, str(BENCHMARKS / "worker.py"), "wtf_wikipedia"]
    with pytest.raises(environments.NotInstalledError, match=r"runs in Node\.js"):
        environments.Worker(command)
    with pytest.raises(environments.NotInstalledError):
        environments.Worker([str(tmp_path / "nothing")])


def test_results_say_where_others_are_better() -> None:
    """What is ahead of wikiclean is named with its numbers, what is behind is not."""

    def figures(times: float, peak: float, failed: int = 0) -> dict[str, Any]:
        return {"times": [times, times, times], "peak": peak, "failed": failed}

    def fares(bad: int) -> dict[str, Any]:
        return {"stopped": ["a"] * bad, "failed": [], "quadratic": []}

    numbers = {
        "speed": {
            "zh": {
                "document": figures(1, 50e6),
                "records": figures(2, 60e6),
                "gensim": figures(0.5, 90e6, 3),
                "wikitextparser": figures(1.5, 40e6),
            }
        },
        "dump": {
            "hf 1": {"pages": 2000, "cpu": 10},
            "legacy": {"pages": 2000, "cpu": 5},
            "wikiextractor 1": {"pages": 1000, "cpu": 6},
        },
        "fidelity": {
            "zh": {
                "wikiclean": {"recall": 0.9, "clean": 0.95001},
                "gensim": {"recall": 0.91, "clean": 0.95004},
                "wikitextparser": {"recall": 0.8, "clean": 0.9},
            }
        },
        "hostile": {"document": fares(1), "gensim": fares(0), "wikitextparser": fares(2)},
    }
    lines = results.better(numbers).splitlines()
    assert [line for line in lines if line.startswith(("#", "-"))] == [
        "### Faster",
        (
            "- `gensim`: zh 0.50 (0.25, 3 pages failed). "
            f"It gives text. It lacks: {PEERS['gensim'].lacks}."
        ),
        "### Smaller",
        "- zh: `wikitextparser` 40 MB; `document` 50 MB.",
        "### Faster over a whole dump",
        "- `legacy`: 0.50.",
        "### Closer to MediaWiki",
        "- zh, recall: `gensim` 91.00%; `wikiclean` 90.00%.",
        "### Steadier on hostile pages",
        "- `gensim` 0; `document` 1.",
    ]
    assert results.better({}) == "Nowhere, in what this run measured."


def test_the_whole_suite_in_brief(data: Path, tmp_path: Path) -> None:
    """The command measures everything with what is installed, and writes the page."""
    page, numbers = tmp_path / "RESULTS.md", tmp_path / "numbers.json"
    command = [sys.executable, "-m", "benchmarks", data, "--quick", "--installed", "--rounds=1"]
    command += ["--peers=mwparserfromhell,markdown-it,wtf_wikipedia"]
    command += ["--output", page, "--json", numbers]
    done = subprocess.run(
        command,
        cwd=BENCHMARKS.parent,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = page.read_text(encoding="utf-8")
    titles = ["Machine", "Other tools", "Where others are better", "Speed", "Growth", "Hostile"]
    titles += ["Dump", "Fidelity", "Labels", "Conversion"]
    assert re.findall("^## (.*)$", text, re.MULTILINE) == titles
    assert "- `wtf_wikipedia` was not compared: not looked for: npm was not asked." in text
    assert str(tmp_path) not in text
    assert re.search(r"^\| zh-tw +\| +[0-9.]+ \|", text, re.MULTILINE)
    measured = json.loads(numbers.read_text(encoding="utf-8"))
    assert set(measured["speed"]) == {"made", "zh", "en", "export"}
    assert set(measured["speed"]["zh"]) == {
        *("document", "records", "clean", "bare", "mwparserfromhell")
    }
    assert set(measured["speed"]["export"]) == {
        *("document", "records", "clean", "markdown-it", "bz2")
    }
    assert measured["fidelity"]["zh"]["wikiclean"]["recall"] == 1.0
    assert measured["fidelity"]["zh"]["mwparserfromhell"]["clean"] == 0.0
    assert measured["hostile"]["mwparserfromhell"]["families"] > 3


def test_hostile_families_are_read(tmp_path: Path) -> None:
    """Every family goes through the parser and all that reads Documents."""
    numbers = tmp_path / "numbers.json"
    printed = run("hostile.py", "--sizes=50,100", "--repeats=1", "--json", numbers)
    assert "0 over the limit" in printed
    measured = json.loads(numbers.read_text(encoding="utf-8"))
    assert len(measured) > 120
    assert None not in measured["{{…"]["parse"]["seconds"]


def test_growth_is_judged() -> None:
    """Growth is the exponent of size; too much of it, or of time, fails."""
    sizes = [8000, 32000, 128000]
    assert measuring.exponent(sizes, [s * 1e-6 for s in sizes]) == pytest.approx(1)
    assert measuring.exponent(sizes, [s * s * 1e-9 for s in sizes]) == pytest.approx(2)
    assert measuring.Times(sizes, [0.01, 0.1, 1.6]).fails
    assert not measuring.Times(sizes, [0.1, 0.4, 1.6]).fails
    assert measuring.Times(sizes, [1.0, 4.0, 16.0]).fails
    with pytest.raises(measuring.OvertimeError), measuring.at_most(0.05):
        spin()


@pytest.mark.parametrize("name", ["{{{{…}}", "!! cells"])
def test_what_was_quadratic_is_linear(name: str) -> None:
    """Each takes a second or two; while its cost was quadratic, half a minute."""
    family = next(family for family in hostile.FAMILIES if family.name == name)
    with measuring.at_most(15):
        wikiclean.parse(family.make(400_000), dialect="wikitext")


def test_cell_marks_in_tags_are_text() -> None:
    """``!!`` ends a header cell, but not within a tag; an unclosed tag is none."""
    document = wikiclean.parse('{|\n!a<i title="!!!!">x</i>!!b||c!!d <e!!f\n|}', dialect="wikitext")
    assert document.text == "ax\tb\tc\td <e\tf"


def test_memory_of_a_run() -> None:
    """The late peak over the early one, and a table of peaks; all four quarters tell apart."""
    sizes = [5, 90, 10, 30, 70, 60, 20, 33]
    samples = [(float(second), size * 1e6) for second, size in enumerate(sizes)]
    assert whole_dump.drift(samples, 8) == 33 / 30
    assert whole_dump.drift(samples[:6], 8) == 0
    run = whole_dump.Measured("hf 2", 1, 8, 2, 1, 90e6, 1.1, memory={7: samples, 8: samples[:1]})
    lines = [*whole_dump.memory_lines([run], most=4)]
    assert [line.split() for line in lines] == [
        ["row", "process", "seconds", "MB"],
        ["hf", "2", "main", "1", "90.0"],
        ["hf", "2", "main", "3", "30.0"],
        ["hf", "2", "main", "5", "70.0"],
        ["hf", "2", "main", "7", "33.0"],
        ["hf", "2", "child", "1", "0", "5.0"],
    ]
    again = whole_dump.better(run, run._replace(wall=9, cpu=1, peak=80e6))
    assert (again.wall, again.cpu, again.peak) == (8, 1, 90e6)
