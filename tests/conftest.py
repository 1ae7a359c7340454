"""What every test may use: golden files, the measuring data, and marks for programs it needs."""

import importlib.util
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest

# Spark looks for the address of this machine by its name, which a container may not know.
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--update-golden``."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite expected files; then read `git diff` and run again without it",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test marked ``needs(name, install)`` where there is no such program or module."""
    for mark in item.iter_markers("needs"):
        need(*mark.args, **mark.kwargs)


def need(name: str, install: str) -> None:
    """Go on only where the program, module or folder is; *install* is the command for it."""
    if "/" in name:
        found = Path(name).is_dir()
    else:
        found = bool(shutil.which(name) or importlib.util.find_spec(name))
    if not found:
        do_without(f"needs {name}: {install}")


def do_without(reason: str) -> NoReturn:
    """Skip the test; in CI fail it, where a skip would hide that nothing was tested."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of the measuring data, which are not part of the project."""
    name = os.environ.get("WIKICLEAN_DATA")
    if not name:
        do_without("set WIKICLEAN_DATA to the folder that holds pages-dev.jsonl.gz")
    folder = Path(name)
    assert folder.is_dir(), f"WIKICLEAN_DATA is no folder: {folder}"
    return folder


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Return :func:`check_golden`, which writes when ``--update-golden`` is given."""
    return partial(check_golden, update=request.config.getoption("--update-golden"))


def check_golden(expected: Path, actual: str, *, update: bool) -> None:
    """Check that a text equals an expected file, line ends included; a missing file fails."""
    if update:
        expected.write_bytes(actual.encode())
    assert expected.exists(), f"{expected} is missing; pytest --update-golden writes it"
    assert actual == expected.read_bytes().decode()
