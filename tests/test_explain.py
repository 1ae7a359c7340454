"""``wikiclean explain``: the account of a page as lines, as JSON, and as a file for a browser."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from test_cli import Run, run

import wikiclean
from wikiclean import cli, preview

assert run  # The fixture.

SOURCE = (
    "'''長江'''（{{lang|en|}}）流經[[四川省|四川]]。<ref>見[[水經注|《水經注》]]，卷一</ref>"
    "{{未知|甲}}\n\n{{Infobox 河流\n| 長度 = 6,300\n}}\n「{{lang|en|}}」\n"
)

EXPECTED = """\
長江 · zhwiki · wikitext · source
kept 10 characters · moved 14 characters · markup 80 characters · layout 3 characters · \
dropped 1 · repaired 1 · flagged 2
    1:1    ! '''長江'''  [title_inferred: The title was taken from the first bold words. \
→ 長江 (likely)]
    1:4      長江
    1:9    ~ （  [empty_parens_removed: Brackets were left empty by a dropped template.]
    1:22   ~ ）  [empty_parens_removed: Brackets were left empty by a dropped template.]
    1:23     流經四川。
    1:41   > 見《水經注》，卷一  [note 1]
    1:64   - {{未知|甲}}  [template_dropped: No handler knows this template.]
    4:8    > 6,300  [Infobox 河流: 長度]
    6:1    ! 「  [empty_quotes: Quotation marks were left empty by a dropped template.]
    6:1      「」
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Return a page with something of each kind."""
    path = tmp_path / "長江.wikitext"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def test_lines(run: Run, page: Path) -> None:
    """Each line has its place, its sign, its text and its reason."""
    result = run("explain", page)
    assert (result.code, result.err) == (cli.DONE, "")
    assert result.out == EXPECTED


def test_only(run: Run, page: Path) -> None:
    """--only lists the kinds that are named, markup and layout included."""
    lines = run("explain", page, "--only", "dropped").out.splitlines()[2:]
    assert lines == [EXPECTED.splitlines()[8]]
    both = run("explain", page, "--only", "moved", "--only", "repaired").out.splitlines()[2:]
    assert [line[11] for line in both] == ["~", "~", ">", ">"]
    markup = run("explain", page, "--only", "markup").out
    assert "    1:25   : [[四川省|  [link: 四川省]\n" in markup
    assert run("explain", page, "--only", "lost").code == cli.USAGE


def test_json(run: Run, page: Path) -> None:
    """--json is the whole account: passages that tile the source, and the remarks."""
    report = json.loads(run("explain", page, "--json").out)
    assert "".join(one["source"] for one in report["passages"]) == SOURCE
    ends = [one["end"] for one in report["passages"]]
    assert [one["start"] for one in report["passages"]] == [0, *ends[:-1]]
    assert (report["title"], report["dialect"]) == ("長江", "wikitext")
    assert report["counts"]["dropped"] == {"number": 1, "characters": 8}
    assert [one["code"] for one in report["remarks"]] == ["title_inferred", "empty_quotes"]
    (dropped,) = [one for one in report["passages"] if one["kind"] == "dropped"]
    assert (dropped["source"], dropped["code"]) == ("{{未知|甲}}", "template_dropped")
    assert (dropped["line"], dropped["column"]) == (1, 64)
    document = wikiclean.parse(SOURCE)
    owners = {"": document, **dict(document.nested())}
    texts = [one for one in report["passages"] if "text" in one]
    for one in texts:
        assert owners[one["owner"]].text[one["text_start"] : one["text_end"]] == one["text"]
    assert {one["owner"] for one in texts} == {"", "footnotes/0", "infoboxes/0/0"}
    assert "".join(one["text"] for one in texts if not one["owner"]) == "長江流經四川。「」"
    only: dict[str, Any] = json.loads(run("explain", page, "-f", "json", "--only", "kept").out)
    assert {one["kind"] for one in only["passages"]} == {"kept"}
    assert only["remarks"] == []


def test_output_chooses_the_form(run: Run, page: Path, tmp_path: Path) -> None:
    """-o FILE writes the form of its suffix, and stdout stays empty."""
    document = wikiclean.parse(SOURCE)
    for name, content in (
        ("a.html", preview.page(document)),
        ("a.json", None),
        ("a.txt", EXPECTED),
    ):
        result = run("explain", page, "-o", tmp_path / name)
        assert (result.code, result.out, result.err) == (cli.DONE, "", "")
        written = (tmp_path / name).read_text(encoding="utf-8")
        assert written == content if content else json.loads(written)
    run("explain", page, "-o", tmp_path / "b.html", "--only", "dropped")
    written = (tmp_path / "b.html").read_text(encoding="utf-8")
    assert written == preview.page(document, only=["dropped"])
    assert run("explain", page, "-f", "html").out == preview.page(document)


def test_options_reach_the_document(run: Run, page: Path) -> None:
    """What is read and what is selected is what is explained."""
    assert "empty_parens" not in run("explain", page, "--passes", "none").out
    assert run("explain", page, "--title", "河").out.startswith("河 · zhwiki · wikitext · source\n")
    assert "enwiki · export" in run("explain", page, "--site", "enwiki", "--dialect", "export").out
    assert "[notes_shown: " in run("explain", page, "--footnotes", "inline").out
    assert run("explain", page, "--fail-on", "warning").code == cli.FLAGGED
    assert run("explain", page, "--fail-on", "error").code == cli.DONE


def test_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """- is standard input."""
    stdin = io.TextIOWrapper(io.BytesIO("**長江**".encode()), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", stdin)
    assert "    1:3      長江\n" in run("explain", "-").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["/no/such/page.md"], "cannot read /no/such/page.md"),
        (["/"], "/ is a directory"),
        ([], "required: FILE"),
        (["-f", "markdown", "a.md"], "invalid choice: 'markdown'"),
    ],
)
def test_wrong_usage(run: Run, arguments: list[str], words: str) -> None:
    """What cannot be done is said in one line, with the exit code of wrong usage."""
    result = run("explain", *arguments)
    assert (result.code, result.out) == (cli.USAGE, "")
    assert words in result.err


def test_a_page_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    """Escape sequences, carriage returns and turns of direction are shown, not sent."""
    source = "甲\x1b[31m\r\x9b2J\u202e乙<!--\x1b]0;x\x07-->"
    path = tmp_path / "a.wikitext"
    path.write_bytes(source.encode())  # in a file a carriage return is a line end
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", run("explain", path).out)
    out = "\n".join(preview.listing(preview.explain(wikiclean.parse(source, dialect="wikitext"))))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out)
    assert "甲\u241b[31m\\u000d\\u009b2J\\u202e乙" in out
    assert "<!--\u241b]0;x\u2407-->" in out


def test_long_drops_are_cut_short(run: Run, tmp_path: Path) -> None:
    """A line of what is not in the text has an end; of what is, it has all."""
    path = tmp_path / "a.wikitext"
    path.write_text("甲" * 1000 + "<!--" + "乙" * 1000 + "-->", encoding="utf-8")
    kept, dropped = run("explain", path).out.splitlines()[2:]
    assert kept.count("甲") == 1000
    assert dropped.count("乙") == 196
    assert "… (1007 characters)" in dropped


def test_lines_of_the_text_are_lines_of_the_listing(run: Run, tmp_path: Path) -> None:
    """Text that keeps its line ends is listed line by line, each with its place."""
    path = tmp_path / "a.wikitext"
    path.write_text("<poem>\n床前明月光\n疑是地上霜\n</poem>", encoding="utf-8")
    lines = run("explain", path, "--only", "kept").out.splitlines()[2:]
    assert lines == ["    2:1      床前明月光", "    3:1      疑是地上霜"]


def in_terminal(arguments: list[str], **environment: str) -> str:
    """Return what a command prints where stdout is a terminal."""
    reader, writer = os.openpty()
    with os.fdopen(reader, "rb", buffering=0) as terminal:
        command = [sys.executable, "-m", "wikiclean", *arguments]
        clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        process = subprocess.Popen(command, stdout=writer, env={**clean, **environment})
        os.close(writer)
        parts = []
        while True:
            try:
                part = terminal.read(65536)
            except OSError:  # so Linux says that the other end was closed
                break
            if not part:
                break
            parts.append(part)
        assert process.wait() == cli.DONE
    return b"".join(parts).decode()


def test_colour_in_a_terminal_only(run: Run, page: Path) -> None:
    """Kinds are coloured where stdout is a terminal, unless NO_COLOR or a dumb one forbids it."""
    assert "\x1b" not in run("explain", page).out
    coloured = in_terminal(["explain", str(page)], TERM="xterm")
    assert "\x1b[31m{{未知|甲}}\x1b[0m" in coloured
    assert "\x1b[33m（\x1b[0m" in coloured
    plain = in_terminal(["explain", str(page)], TERM="xterm", NO_COLOR="1")
    assert plain.replace("\r\n", "\n") == EXPECTED
    assert "\x1b" not in in_terminal(["explain", str(page)], TERM="dumb")
    assert "\x1b" in in_terminal(["explain", str(page)], TERM="xterm", NO_COLOR="")


def test_one_kind_or_several() -> None:
    """A kind alone will do for a list of one, and what is none is named with those that are."""
    found = preview.explain(wikiclean.parse(SOURCE, dialect="wikitext"))
    assert preview.report(found, only="dropped") == preview.report(found, only=["dropped"])
    for show in (preview.report, lambda *given, **more: list(preview.listing(*given, **more))):
        with pytest.raises(wikiclean.UnknownFormatError, match="choose one of kept, moved"):
            show(found, only=["foo"])
    with pytest.raises(wikiclean.UnknownFormatError, match="choose one of kept, moved"):
        preview.page(found.document, only="foo")  # type: ignore[arg-type]
