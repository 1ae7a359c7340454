"""The tests' own machinery: what is missing shows, and nothing is rewritten unasked."""

from pathlib import Path

import pytest
from case_files import each_case
from conftest import check_golden, need


def test_golden_files_are_only_read(request: pytest.FixtureRequest) -> None:
    """A run that rewrites expected files is never green, in CI or elsewhere."""
    assert not request.config.getoption("--update-golden"), "read `git diff`, run again without it"


def test_missing_golden_file_fails(tmp_path: Path) -> None:
    """An expected file nobody wrote is a failure, not a pass."""
    with pytest.raises(AssertionError, match="--update-golden"):
        check_golden(tmp_path / "missing.txt", "text", update=False)


def test_golden_file_keeps_line_ends(tmp_path: Path) -> None:
    """An expected file differs from a text with other line ends."""
    expected = tmp_path / "expected.txt"
    check_golden(expected, "行\r\n", update=True)
    check_golden(expected, "行\r\n", update=False)
    with pytest.raises(AssertionError):
        check_golden(expected, "行\n", update=False)


def test_empty_glob_fails() -> None:
    """A pattern that matches no case is a mistake in the pattern."""
    with pytest.raises(FileNotFoundError, match="no test case"):
        each_case("nowhere/*.md")


@pytest.mark.parametrize(
    ("ci", "outcome"),
    [("", pytest.skip.Exception), ("true", pytest.fail.Exception)],
)
def test_missing_program(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing program skips with the command that installs it, and fails in CI."""
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="needs no-such-program: get it"):
        need("no-such-program", install="get it")
    need("pytest", install="never asked for")
