"""The test cases that are files under ``tests/fixtures``."""

from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"


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
