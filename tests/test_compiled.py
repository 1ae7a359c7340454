"""
The compiled parser: built from this tree as a wheel, installed, and compared with its source.

Each page is to give the same Document in both, and the tests of what compiling could break, as
threads and deadlines, run again.
"""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import hostile
import pytest
from case_files import FIXTURES, read_cases
from corpus import HOSTILE

import wikiclean

ROOT = Path(__file__).resolve().parent.parent
HOSTILE_SIZE = 20_000
"""Characters of a hostile page: nesting as deep as that would break a stack."""
AGAIN = ("test_threads.py", "test_limits.py")
"""Of threads and pickles; of depths and deadlines."""

READ = """\
import json, sys
import wikiclean
for line in sys.stdin:
    source, options = json.loads(line)
    print(wikiclean.parse(source, **options).to_json())
"""


def run(*command: str | Path, site: Path | None = None, given: str = "", **more: str) -> str:
    """Run Python, with the packages of *site* before all others, and return what it prints."""
    environment = {**os.environ, **more, "PYTHONUTF8": "1", "PYTHONPATH": str(site or "")}
    done = subprocess.run(
        [sys.executable, *command],
        input=given,
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
        env=environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which a compiled wheel is installed."""
    folder = tmp_path_factory.mktemp("compiled")
    offline = ("--quiet", "--no-index", "--no-deps", "--disable-pip-version-check")
    run(
        *("-m", "pip", "wheel", *offline, "--no-build-isolation", "-w", folder, ROOT),
        HATCH_BUILD_HOOKS_ENABLE="1",
    )
    [wheel] = folder.glob("*.whl")
    assert not wheel.name.endswith("-none-any.whl")
    run("-m", "pip", "install", *offline, "--target", folder / "site", wheel)
    return folder / "site"


def pages(data: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield pages and options: all cases of wikitext, hostile pages, real ones."""
    for path in sorted((FIXTURES / "wikitext").glob("*.txt")):
        for case in read_cases(path):
            yield case.source, {"site": "enwiki" if "[language=en]" in case.title else "zhwiki"}
    for page in (*HOSTILE, *(family.make(HOSTILE_SIZE) for family in hostile.FAMILIES)):
        yield page, {}
    with gzip.open(data / "pages-dev.jsonl.gz", "rt", encoding="utf-8") as file:
        for page in map(json.loads, file):
            site = "enwiki" if page["lang"] == "en" else "zhwiki"
            yield page["wikitext"], {"site": site, "title": page["title"]}


def test_documents_are_the_same(compiled: Path, data_dir: Path) -> None:
    """Every page gives the same Document, to the last offset."""
    given = [(source, {"dialect": "wikitext", **more}) for source, more in pages(data_dir)]
    lines = run("-c", READ, site=compiled, given="\n".join(map(json.dumps, given))).splitlines()
    for (source, options), line in zip(given, lines, strict=True):
        assert line == wikiclean.parse(source, **options).to_json(), source[:1000]


def test_it_is_the_compiled_one_that_runs(compiled: Path) -> None:
    """The command tells the builds apart."""
    command = ("-m", "wikiclean", "--version")
    assert run(*command, site=compiled).endswith(" (compiled: yes)\n")
    assert run(*command, site=ROOT / "src").endswith(" (compiled: no)\n")


@pytest.mark.usefixtures("compiled")
def test_the_source_tree_stays_as_it_is() -> None:
    """Nothing compiled is left where it would be imported in the place of its source."""
    suffixes = tuple(EXTENSION_SUFFIXES)
    assert not [path for path in (ROOT / "src").rglob("*") if path.name.endswith(suffixes)]


@pytest.mark.parametrize("name", AGAIN)
def test_it_passes_the_tests_of(name: str, compiled: Path) -> None:
    """What is tested of the source holds for the compiled parser."""
    run("-m", "pytest", "-q", "-p", "no:cacheprovider", ROOT / "tests" / name, site=compiled)
