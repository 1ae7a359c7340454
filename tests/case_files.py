"""The test cases that are files under ``tests/fixtures``."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

FIXTURES = Path(__file__).parent / "fixtures"


class Case(NamedTuple):
    """A case of a dotted file."""

    title: str
    """Why it is there; ``[name=value]`` in it is an argument of ``parse``."""
    source: str
    text: str
    facts: list[str]
    """Lines that say more of the result; the test that reads the file says what."""


def read_cases(path: Path) -> list[Case]:
    """Read a file of cases: title, source, text and facts, a line with a dot behind each."""
    *parts, rest = re.split(r"^\.\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert not rest.strip(), f"{path.name}: no dot behind {rest!r}"
    assert len(parts) % 4 == 0, f"{path.name}: a case has four parts"
    return [
        Case(title.strip(), source[:-1], text[:-1], facts.splitlines())
        for title, source, text, facts in zip(*[iter(parts)] * 4, strict=True)
    ]


def each_case(pattern: str) -> pytest.MarkDecorator:
    """
    Run a test once for each file that matches *pattern*, as its ``path``, named for the file.

    Use it as ``@each_case("export/*/*.md")``.

    Raises:
        FileNotFoundError: Nothing matches, so nothing would be tested.
    """
    paths = sorted(FIXTURES.glob(pattern))
    if not paths:
        message = f"no test case matches {FIXTURES / pattern}"
        raise FileNotFoundError(message)
    names = [path.relative_to(FIXTURES).as_posix() for path in paths]
    return pytest.mark.parametrize("path", paths, ids=names)
