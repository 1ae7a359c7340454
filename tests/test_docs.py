"""
Every example in README.md and docs/ runs, from the root of the work tree.

``python`` blocks of a page share one namespace, in order; a block with ``>>>`` is a doctest.
A ``bash`` block is a script that must succeed. In a ``console`` block each line after ``$ `` is a
command, and what stands below it is all it prints (``...`` for anything); ``python`` is the Python
that runs the tests. What cannot run has ``<!-- not run: the reason -->`` right above it.
"""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").glob("*.md"))
NEEDS = {"spark.md": pytest.mark.needs("java", "apt-get install default-jre-headless")}
"""Page → what its examples need besides the packages that are installed for tests."""
LANGUAGES = {"python", "bash", "console"}
MISSPELT = {"py", "pycon", "python3", "sh", "shell", "shell-session", "zsh", "{code-block}"}


def blocks(page: Path) -> list[Token]:
    """Return the fenced blocks of *page* that are to run."""
    found = []
    above = ""
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type == "fence":
            language = token.info.partition(" ")[0]
            assert language not in MISSPELT, f"{page.name}: {language} is none of {LANGUAGES}"
            if language in LANGUAGES and not excused(above):
                found.append(token)
        above = token.content.strip() if token.type == "html_block" else ""
    return found


def excused(comment: str) -> bool:
    """Tell whether a comment keeps the block below it from running; it must say why."""
    if not comment.startswith("<!-- not run"):
        return False
    assert re.fullmatch(r"<!-- not run: \S.* -->", comment, re.DOTALL), f"no reason: {comment}"
    return True


def run_python(code: str, page: str, line: int, names: dict[str, Any]) -> None:
    """Run a block that starts below *line* of *page*, as a doctest if it has prompts."""
    if not re.search("^>>> ", code, re.MULTILINE):
        exec(compile("\n" * line + code, page, "exec"), names)  # noqa: S102
        return
    test = doctest.DocTestParser().get_doctest(code, {}, page, page, line)
    test.globs = names
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    result = runner.run(test, out=report.append, clear_globs=False)
    assert not result.failed, "".join(report)


def run_console(session: str) -> None:
    """Run the commands of a terminal session and compare what they print."""
    nothing, *steps = re.split(r"^\$ ", session, flags=re.MULTILINE)
    assert not nothing, f"output before the first command: {nothing}"
    for step in steps:
        command = re.match(r"(?:.*\\\n)*.*", step)[0]
        expected = step.removeprefix(command).strip("\n")
        actual = shell(command).strip("\n")
        if not doctest.OutputChecker().check_output(expected, actual, doctest.ELLIPSIS):
            assert actual == expected, f"$ {command}"


def shell(script: str) -> str:
    """Run a script that must succeed; return what it prints, errors included."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"exit code {done.returncode}: $ {script}\n{done.stdout}"
    return done.stdout


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=NEEDS.get(page.name, ())) for page in (README, *DOCS)],
    ids=lambda page: page.name,
)
def test_examples(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example of a page does what the page says."""
    monkeypatch.chdir(ROOT)
    # As in a script: what an example guards for the sake of processes runs, too.
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(page):
        match block.info.partition(" ")[0]:
            case "python":
                run_python(block.content, page.name, block.map[0] + 1, names)
            case "bash":
                shell(f"set -euo pipefail\n{block.content}")
            case "console":
                run_console(block.content)


def test_examples_are_found() -> None:
    """The README has examples and docs/ has pages: none of it is passed over in silence."""
    assert blocks(README)
    assert DOCS


def test_ci_runs_the_test_command_of_the_readme() -> None:
    """CI runs what the README tells people to run, and nothing else."""
    *_, command = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert command in README.read_text(encoding="utf-8")
