"""The command line: what goes where, and which exit code says so."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import wikiclean
from wikiclean import cli
from wikiclean.files import Folder, output_to

SEED = Path(__file__).parent / "fixtures/agreed_framework/agreed_framework.md"


Run: TypeAlias = Callable[..., "Result"]


class Result:
    """What a call of the command line left behind."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Return a function that calls the command line with arguments."""

    def call(*arguments: str | Path) -> Result:
        code = cli.main([str(argument) for argument in arguments])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Result(code, out.decode(), err.decode())

    return call


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Return a page with a repair and a warning."""
    path = tmp_path / "長江.md"
    path.write_text("**長江**（）是「」河流。\n", encoding="utf-8")
    return path


def test_text_goes_to_stdout_and_flags_to_stderr(run: Run, page: Path) -> None:
    """Clean text is all of stdout; one line on stderr counts what was flagged."""
    result = run(page, "--dialect", "export")
    assert result.code == cli.DONE
    assert result.out == "長江是「」河流。\n"
    assert result.err.count("\n") == 1
    assert "empty_quotes" in result.err
    assert "empty_parens_removed" in result.err


def test_quiet_leaves_stderr_empty(run: Run, page: Path) -> None:
    """-q prints nothing but errors."""
    assert run(page, "--dialect", "export", "-q").err == ""


def test_verbose_names_line_and_dialect(run: Run, page: Path) -> None:
    """-v prints each diagnostic with its line, and why the dialect was chosen."""
    result = run(page, "-v")
    assert f"{page}:1: info: empty_parens_removed" in result.err
    assert "read as export, for it has text in **" in result.err


def test_json_is_the_whole_document(run: Run) -> None:
    """-f json can be read back to the same Document."""
    source = SEED.read_text(encoding="utf-8")
    result = run(SEED, "-f", "json", "-q")
    assert wikiclean.Document.from_json(result.out) == wikiclean.parse(source)


def test_json_lines_have_a_row_for_each_file(run: Run, page: Path) -> None:
    """-f jsonl prints one JSON object a line, the file's name in it."""
    result = run(page, SEED, "-f", "jsonl", "-q")
    rows = [json.loads(line) for line in result.out.splitlines()]
    assert [row["source_file"] for row in rows] == [str(page), str(SEED)]
    assert rows[1]["title"] == "朝美核框架协议"


def test_several_texts_are_parted_by_a_form_feed(run: Run, page: Path) -> None:
    """Texts of several files stand behind each other with a form feed line between."""
    result = run(page, page, "--dialect", "export", "-q")
    assert result.out == "長江是「」河流。\n\f\n長江是「」河流。\n"


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.txt", "長江"), ("a.json", "{"), ("a.jsonl", "{"), ("a.md", "**長江**"), ("a.html", "<")],
)
def test_suffix_of_output_chooses_the_format(
    run: Run, page: Path, tmp_path: Path, name: str, start: str
) -> None:
    """-o FILE decides the format by its suffix, and stdout stays empty."""
    output = tmp_path / name
    result = run(page, "--dialect", "export", "-q", "-o", output)
    assert (result.code, result.out) == (cli.DONE, "")
    assert output.read_text(encoding="utf-8").startswith(start)


def test_output_folder_gets_a_file_each(run: Run, page: Path, tmp_path: Path) -> None:
    """-o DIR/ writes one file a page and numbers equal names instead of overwriting."""
    other = tmp_path / "b" / page.name
    other.parent.mkdir()
    other.write_text("黃河", encoding="utf-8")
    result = run(page, other, "-q", "-o", f"{tmp_path}/out/", "--dialect", "export")
    assert result.code == cli.DONE
    written = {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "out").iterdir()}
    assert written == {"長江.txt": "長江是「」河流。\n", "長江-2.txt": "黃河\n"}


def test_equal_names_are_numbered_in_linear_time(tmp_path: Path) -> None:
    """A name that looks numbered is one like others, and many of one name take no longer each."""
    names = ["a-2.md", "a.md", "b/a.md", "b/a-2.md", "c/a.md", *["d/e.md"] * 50_000]
    output = output_to(f"{tmp_path}/out/", names, suffix=".txt")
    assert isinstance(output, Folder)
    found = [path.name for path in output._paths]  # noqa: SLF001
    assert found[:7] == ["a-2.txt", "a.txt", "a-3.txt", "a-2-2.txt", "a-4.txt", "e.txt", "e-2.txt"]
    assert found[-1] == "e-50000.txt"
    assert len(set(found)) == len(names)


@pytest.mark.parametrize("words", [["stats"], ["labels", "learn"], ["compare", SEED]])
def test_a_file_is_not_named_like_a_folder(
    run: Run, tmp_path: Path, words: list[str | Path]
) -> None:
    """What writes one file refuses ``-o DIR/``, or writes a file in it."""
    result = run(*words, SEED, "-o", f"{tmp_path}/out/")
    if words[0] == "compare":
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["agreed_framework.txt"]
    else:
        assert (result.code, result.out) == (cli.USAGE, "")
        assert result.err == f"wikiclean: cannot write {tmp_path}/out/: Is a directory\n"
        assert not list(tmp_path.iterdir())


def test_options_reach_the_document(run: Run, tmp_path: Path) -> None:
    """--labels, --footnotes, --passes, --title and --math do what their names say."""
    path = tmp_path / "a.md"
    path.write_text(
        '[核试验产生了里氏](../Page/2009年朝鲜核试验.md "wikilink")4.7級（）'
        "\\(x^2\\)\\[1\\]\n\n1.  《明報》\n",
        encoding="utf-8",
    )
    assert run(path, "-q").out == "核试验产生了里氏4.7級x^2\n"
    assert run(path, "-q", "--passes", "none").out == "核试验产生了里氏4.7級（）x^2\n"
    assert run(path, "-q", "--math", "drop").out == "核试验产生了里氏4.7級\n"
    assert run(path, "-q", "--footnotes", "end").out.endswith("x^2[1]\n\n[1] 《明報》\n")
    document = json.loads(run(path, "-q", "-f", "json", "--labels", "likely", "--title", "甲").out)
    assert document["links"][0]["label"] == "核试验"
    assert document["title"] == "甲"


def test_fail_on_exits_1(run: Run, page: Path) -> None:
    """--fail-on warning sees the empty quotation marks; --fail-on error does not."""
    assert run(page, "-q", "--dialect", "export", "--fail-on", "warning").code == cli.FLAGGED
    assert run(page, "-q", "--dialect", "export", "--fail-on", "error").code == cli.DONE


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["/no/such/page.md"], "cannot read /no/such/page.md"),
        (["/"], "/ is a directory"),
        (["a\0b"], "cannot read"),
        ([str(SEED), "--encoding", "no-such"], "no encoding is called no-such"),
        ([str(SEED), "--encoding", "ascii"], "is not ascii at byte"),
        ([str(SEED), "-o", "/no/such/folder/a.txt"], "cannot write /no/such/folder/a.txt"),
        ([], "required: FILE"),
        ([str(SEED), "--dialect", "html"], "invalid choice: 'html'"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_2(run: Run, arguments: list[str], words: str) -> None:
    """What cannot be done is said in one line, and nothing is printed."""
    result = run(*arguments)
    assert result.code == cli.USAGE
    assert result.out == ""
    assert words in result.err
    assert "Traceback" not in result.err


def test_invalid_utf8_is_an_error_unless_replaced(run: Run, tmp_path: Path) -> None:
    """Bytes that are not UTF-8 stop the page; --errors replace takes U+FFFD for them."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xe9\x95\xb7\xff\xe6\xb1\x9f\n")
    result = run(path)
    assert (result.code, result.out) == (cli.USAGE, "")
    assert "is not utf-8 at byte 3" in result.err
    assert run(path, "-q", "--errors", "replace").out == "長\ufffd江\n"


def test_one_bad_file_among_several_does_not_stop_the_rest(run: Run, page: Path) -> None:
    """Skip and record is the default; --on-error stop ends at the first."""
    result = run("/no/such", page, "-q", "--dialect", "export")
    assert (result.code, result.out) == (cli.FAILED, "長江是「」河流。\n")
    assert "cannot read /no/such" in result.err
    stopped = run("/no/such", page, "-q", "--on-error", "stop")
    assert (stopped.code, stopped.out) == (cli.FAILED, "")


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf", b"\0", b"\0\n\0", b" \n\t\n"])
def test_nearly_empty_input_is_done(run: Run, tmp_path: Path, content: bytes) -> None:
    """Nothing, a line end, a lone BOM and NUL bytes are pages too."""
    path = tmp_path / "a.md"
    path.write_bytes(content)
    for dialect in ("export", "auto"):
        result = run(path, "--dialect", dialect, "-q")
        assert result.code == cli.DONE
        assert result.out.strip(" \n\0") == ""


def test_standard_input_is_a_file_too(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """- reads standard input as UTF-8, whatever the locale."""
    stdin = io.TextIOWrapper(io.BytesIO("**長江**".encode()), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", stdin)
    assert run("-", "-q").out == "長江\n"
    assert list(tmp_path.iterdir()) == []


def module(*arguments: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    """Run ``python -m wikiclean`` in a process of its own."""
    command = [sys.executable, "-m", "wikiclean", *arguments]
    return subprocess.run(command, capture_output=True, check=False, **more)  # type: ignore[call-overload]


def test_module_prints_utf8_whatever_the_locale() -> None:
    """Stdout is UTF-8 even under the C locale."""
    result = module(str(SEED), "-q", env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"})
    assert result.returncode == cli.DONE
    assert result.stdout.decode().startswith("朝美核框架协议是美國")


def test_closed_pipe_is_done(tmp_path: Path) -> None:
    """A reader that has seen enough is no error."""
    path = tmp_path / "long.md"
    path.write_text("**長江**是河流。\n\n" * 20_000, encoding="utf-8")
    command = f"'{sys.executable}' -m wikiclean -q '{path}' | head -1; echo ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert result.stdout.decode().splitlines() == ["長江是河流。", "0"]
    assert result.stderr == b""


def test_version_is_printed() -> None:
    """--version prints the version and is done."""
    result = module("--version")
    assert (result.returncode, result.stdout.split()[0]) == (cli.DONE, b"wikiclean")


# -------------------------------------------------------------------- what does not go together


def test_nothing_is_written_over_what_is_read(run: Run, page: Path, tmp_path: Path) -> None:
    """An output that is an input, by whatever name, is refused before anything is written."""
    before = page.read_bytes()
    other = tmp_path / "other.txt"
    other.symlink_to(page)
    first = tmp_path / "b" / "甲.md"
    first.parent.mkdir()
    first.write_text("甲", encoding="utf-8")
    for words in (
        [page, "-o", page],
        [page, "-o", other],
        [first, page, "-f", "markdown", "-o", f"{tmp_path}/"],
        ["explain", page, "-o", page],
        ["compare", first, page, "-o", first],
        ["stats", page, "-o", page],
        ["stats", page.parent, "-o", page],
        ["labels", "learn", page.parent, "-o", page],
        [first, "--labels-from", page, "-o", page],
    ):
        result = run(*words)
        assert (result.code, result.out) == (cli.USAGE, ""), words
        assert "is one of the inputs; choose another output\n" in result.err
    assert page.read_bytes() == before
    assert not (tmp_path / "甲.md").exists()
    assert run(page, "-q", "-o", "/dev/null").code == cli.DONE


def test_a_run_does_not_read_its_own_folder(run: Run, page: Path, tmp_path: Path) -> None:
    """With --fresh it would remove its input."""
    assert run("dump", page, "-o", tmp_path / "d").code == cli.DONE
    shard = tmp_path / "d" / "pages-00000.jsonl"
    before = shard.read_bytes()
    result = run("dump", shard, "-o", tmp_path / "d", "--fresh")
    assert (result.code, shard.read_bytes()) == (cli.USAGE, before)
    assert "is in the folder that is written" in result.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a.md", "b.md", "-f", "json"], "-f json holds one page; use -f jsonl for a line each"),
        (["a.md", "b.md", "-o", "c.html"], "-f html holds one page; use -o DIR/"),
        (["a.md", "b.md", "--title", "甲"], "--title names one page"),
        (["-", "-"], "standard input can be read only once"),
        (["compare", "-", "-"], "standard input can be read only once"),
        (["dump", "-", "-", "-o", "d"], "standard input can be read only once"),
        (["a.md", "-o", ""], "without a name"),
        (["", "a.md"], "cannot read a file without a name"),
        (["a.md", "--labels-from", ""], "cannot read a file without a name"),
        (["compare", "a.md", ""], "cannot read a file without a name"),
        (["explain", ""], "cannot read a file without a name"),
        (["stats", ""], "cannot read a file without a name"),
        (["labels", "learn", ""], "cannot read a file without a name"),
        (["dump", "", "-o", "d"], "cannot read a file without a name"),
        (["dump", "a.md", "-o", ""], "cannot write to a folder without a name"),
        (
            ["dump", "a.md", "-o", "d", "--since", "2026-01-01", "--until", "2025-01-01"],
            "--since is later than --until",
        ),
    ],
)
def test_contradictions_are_one_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    """What cannot both be meant is exit code 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.md", "b.md"):
        Path(name).write_text("**甲**", encoding="utf-8")
    result = run(*words)
    assert (result.code, result.out) == (cli.USAGE, "")
    assert said in result.err
    assert result.err.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"a.md", "b.md"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--limit", "-5"], "'-5' is no whole number from 0 on"),
        (["-j", "0"], "'0' is no whole number from 1 on"),
        (["--shard-size", "0"], "unknown size '0'; choose one of 1000000, 512K"),
        (["--page-size=-1K"], "unknown size '-1K'; choose"),
        (["--page-timeout", "nan"], "unknown number of seconds 'nan'; choose one of 60"),
        (["--namespaces", "0,x"], "unknown namespaces '0,x'; choose one of all, 0,14"),
        (["--since", "yesterday"], "'yesterday' is no time such as 2026-01-31"),
        (["--until", "0001-01-01T00:00:00+14:00"], "is no time such as 2026-01-31"),
    ],
)
def test_wrong_numbers_are_told_what_is_valid(
    run: Run, page: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    """No name of a function of ours stands in the message."""
    result = run("dump", page, "-o", tmp_path / "d", *words)
    assert (result.code, result.out) == (cli.USAGE, "")
    assert said in result.err


def test_json_obeys_what_is_selected(run: Run, tmp_path: Path) -> None:
    """-f json holds the text that the other options choose, as every other format does."""
    path = tmp_path / "a.wikitext"
    path.write_text("甲<ref>乙</ref><math>x</math>", encoding="utf-8")
    result = run(path, "-f", "json", "--footnotes", "inline", "--math", "drop", "-q")
    assert json.loads(result.out)["text"] == "甲（乙）"


def test_the_name_of_a_file_is_no_verb(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script that names files cannot run a verb by chance."""
    monkeypatch.chdir(tmp_path)
    assert run("schema", "--profile", "hf").out.startswith("id: string")
    Path("schema").write_text("甲", encoding="utf-8")
    assert run("schema").out == "甲\n"


# -------------------------------------------------------------------- outputs that fail


@pytest.mark.parametrize("words", [["missing.md", "gone.md"], ["missing.md"]])
def test_output_is_opened_when_there_is_something_to_write(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """What stood in it stays if nothing could be read."""
    monkeypatch.chdir(tmp_path)
    Path("keep.txt").write_text("keep", encoding="utf-8")
    assert run(*words, "-o", "keep.txt").code in (cli.USAGE, cli.FAILED)
    assert Path("keep.txt").read_text(encoding="utf-8") == "keep"


full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@full
@pytest.mark.parametrize(
    "words",
    [
        ["{page}"],
        ["explain", "{page}"],
        ["stats", "{page}"],
        ["compare", "{page}", "{page}"],
        ["schema"],
        ["--help"],
        ["--version"],
    ],
)
def test_full_disk_is_one_sentence(page: Path, words: list[str]) -> None:
    """Stdout that takes no more is exit code 3, and why."""
    named = [word.format(page=page) for word in words]
    with Path("/dev/full").open("wb") as device:
        command = [sys.executable, "-m", "wikiclean", *named]
        result = subprocess.run(command, stdout=device, stderr=subprocess.PIPE, check=False)
    *_, last = result.stderr.decode().splitlines()
    said = "wikiclean: cannot write to standard output: No space left on device"
    assert (result.returncode, last) == (cli.FAILED, said)
    assert b"Traceback" not in result.stderr


@full
def test_full_disk_of_a_file(run: Run, page: Path) -> None:
    """The file is named."""
    result = run(page, "-q", "-o", "/dev/full")
    assert result.code == cli.FAILED
    assert result.err == "wikiclean: cannot write /dev/full: No space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("'{page}' -q >&-", cli.USAGE, "cannot write to standard output: it is closed"),
        ("--version >&-", cli.USAGE, "cannot write to standard output: it is closed"),
        ("- <&-", cli.USAGE, "cannot read standard input: it is closed"),
        ("dump - -o '{folder}/d' <&-", cli.USAGE, "cannot read standard input: it is closed"),
        ("'{page}' 2>&-", cli.DONE, ""),
        ("dump '{page}' -o '{folder}/d' 2>&-", cli.DONE, ""),
        ("dump '{page}' -o '{folder}/d' <&- >&- 2>&-", cli.DONE, ""),
    ],
)
def test_closed_streams(page: Path, tmp_path: Path, words: str, code: int, said: str) -> None:
    """What needs a stream says that it is closed; the rest runs without it."""
    line = words.format(page=page, folder=tmp_path)
    command = ["sh", "-c", f"'{sys.executable}' -m wikiclean {line}"]
    result = subprocess.run(command, capture_output=True, check=False)
    assert (result.returncode, b"Traceback" in result.stderr) == (code, False)
    assert said in result.stderr.decode()
    if "dump" in words and code == cli.DONE:
        assert (tmp_path / "d" / "pages-00000.jsonl").stat().st_size


# -------------------------------------------------------------------- what files hold


@pytest.mark.parametrize(
    ("name", "source", "text"),
    [
        ("a.md", "'''長江'''[[河流|是]]", "長江是"),  # wikitext by another name
        ("a.md", "| 甲 | 乙 |\n|----|----|\n| 丙 | 丁 |\n", "甲\t乙\n丙\t丁"),
        ("a.md", "1.  甲\n2.  乙\n", "甲\n乙"),
        ("a.markdown", "* 甲\n", "甲"),
        ("a.wikitext", "**甲", "甲"),
    ],
)
def test_every_verb_reads_a_file_alike(
    run: Run, tmp_path: Path, name: str, source: str, text: str
) -> None:
    """The dialect of a file follows from its name and content, whichever verb asks."""
    path = tmp_path / "in" / name
    path.parent.mkdir()
    path.write_text(source, encoding="utf-8")
    assert run(path, "-q").out.strip("\n") == text
    run("dump", path.parent, "-o", tmp_path / "d", "-q")
    row = json.loads((tmp_path / "d" / "pages-00000.jsonl").read_text(encoding="utf-8"))
    assert row["text"] == text
    (tmp_path / "b.txt").write_text(text, encoding="utf-8")
    compared = json.loads(run("compare", path, tmp_path / "b.txt", "-f", "json").out)
    assert (compared["recall"], compared["precision"]) == (1, 1)
    assert json.loads(run("explain", path, "--json").out)["dialect"] == row["dialect"]


def test_line_ends_are_those_of_mediawiki(run: Run, tmp_path: Path) -> None:
    """A carriage return, alone or before a line feed, is a line end in a file of any verb."""
    pages = []
    for name, end in (("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")):
        path = tmp_path / name / "甲.wikitext"
        path.parent.mkdir()
        path.write_bytes("== 甲 ==\n* 乙\n* 丙\n".replace("\n", end).encode())
        pages.append(run(path, "-f", "json", "-q").out)
        run("dump", path.parent, "-o", path.parent / "d", "-q")
        row = (path.parent / "d" / "pages-00000.jsonl").read_text(encoding="utf-8")
        pages.append(json.loads(row)["text"])
    assert pages == pages[:2] * 3
    assert pages[1] == "甲\n\n乙\n丙"


@pytest.mark.skipif(sys.platform != "linux", reason="needs names that are no UTF-8")
def test_names_that_are_no_utf8(run: Run, tmp_path: Path) -> None:
    """They are repaired in what is written, as sources are."""
    path = tmp_path / os.fsdecode(b"\xff.md")
    path.write_text("**甲**", encoding="utf-8")
    assert json.loads(run(path, "-f", "jsonl", "-q").out)["source_file"] == f"{tmp_path}/\ufffd.md"
    assert json.loads(run(path, "-f", "json", "--title", "\udcff").out)["title"] == "\ufffd"
    assert run("compare", path, path).out.startswith(f"A: {tmp_path}/\ufffd.md\n")
    assert run("stats", path, "-f", "html", "-q").code == cli.DONE
    assert run("dump", tmp_path, "-o", tmp_path / "d", "-q").code == cli.DONE
    row = json.loads((tmp_path / "d" / "pages-00000.jsonl").read_text(encoding="utf-8"))
    assert row["source_file"] == "\ufffd.md"
    assert run("dump", path, "-o", tmp_path / "e", "-q").code == cli.DONE


@pytest.mark.parametrize(
    "words", [["dump", "-o", "d"], ["stats"], ["labels", "learn", "-o", "t.json"]]
)
def test_folder_without_pages(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """What was looked for is said, and a pipe of such a name is no page."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in", "zhwiki.xml.bz2").touch()
    result = run(*words, "in")
    assert (result.code, result.out) == (cli.USAGE, "")
    assert "in holds no pages: no file below it ends in .md, " in result.err
    if hasattr(os, "mkfifo"):
        os.mkfifo("in/p.md")
        assert run(*words, "in").code == cli.USAGE
        result = run(*words, "in/p.md")
        assert (result.code, "is no regular file" in result.err) == (cli.USAGE, True)


def test_failed_pages_of_a_run_are_named(run: Run, tmp_path: Path) -> None:
    """The first reasons and the file that has all, even with -q, and when it is asked again."""
    (tmp_path / "in").mkdir()
    for number in range(5):
        (tmp_path / "in" / f"{number}.md").write_bytes(b"\xff")
    for _ in range(2):
        result = run("dump", tmp_path / "in", "-o", tmp_path / "d", "-q")
        assert result.code == cli.FAILED
        *reasons, where = result.err.splitlines()
        for number, reason in enumerate(reasons):
            assert reason.startswith(f"wikiclean: {number}.md: cannot be read as UTF-8: ")
        assert len(reasons) == cli.REASONS
        assert str(tmp_path / "d" / "errors.jsonl") in where


@pytest.mark.parametrize(
    "words",
    [
        ["{}"],
        ["a.md", "-o", "{}"],
        ["a.md", "-o", "{}/"],
        ["a.md", "--labels-from", "{}"],
        ["explain", "{}"],
        ["explain", "a.md", "-o", "{}"],
        ["compare", "a.md", "{}"],
        ["stats", "{}"],
        ["stats", "a.md", "-o", "{}"],
        ["labels", "learn", "{}"],
        ["dump", "{}", "-o", "d"],
        ["dump", "a.md", "-o", "{}"],
    ],
)
def test_names_that_the_system_refuses(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """Too long a name, like one in a folder that is closed to us, is one sentence and exit 2."""
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text("**甲**", encoding="utf-8")
    name = "x" * 300
    result = run(*(word.format(name) for word in words))
    assert (result.code, result.out) == (cli.USAGE, "")
    assert name in result.err
    assert result.err.count("\n") == 1


def test_failed_page_without_a_title_is_named_by_its_file(run: Run, tmp_path: Path) -> None:
    """No export says what it is called."""
    (tmp_path / "甲.md").write_text("- 一\n" * 40, encoding="utf-8")
    result = run("dump", tmp_path / "甲.md", "-o", tmp_path / "d", "-q", "--page-size", "100")
    assert result.err.startswith("wikiclean: 甲.md: it has more than 100 characters\n")


def test_parquet_without_pages_is_an_error(run: Run, tmp_path: Path) -> None:
    """A table whose pages stand in another column is not one of pages without a text."""
    pq.write_table(pa.table({"content": ["甲", "乙"]}), tmp_path / "a.parquet")
    result = run("dump", tmp_path / "a.parquet", "-o", tmp_path / "d", "-q")
    assert result.code == cli.FAILED
    said, _ = result.err.splitlines()
    assert said == "wikiclean: a.parquet: no column holds pages; call it source, or text"
