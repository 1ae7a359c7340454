"""The command line: what goes where, and which exit code says so."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

import wikiclean
from wikiclean import cli

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
