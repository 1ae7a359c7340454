"""
The targets of the fuzzers on inputs that are kept: each once was a finding, or is of a kind apart.

``fuzz/README.md`` says how the fuzzers are run, and how a finding becomes one of these.
"""

import gzip
import json
import re
import subprocess
import sys
from itertools import islice
from pathlib import Path
from random import Random

import mediawiki
import pytest
import slow
from case_files import FIXTURES
from targets import ATOMS, CHOICES, TARGETS, source_of

INPUTS = sorted((FIXTURES / "fuzz").glob("*/*"))


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_kept_input(path: object) -> None:
    """What was found once is right now."""
    TARGETS[path.parent.name](path.read_bytes())  # type: ignore[attr-defined]


def test_every_target_has_inputs() -> None:
    """No target goes untested, and no folder is of a target that is gone."""
    assert {path.parent.name for path in INPUTS} == set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("data", [b"", b"\0", b"\1", b"\xff\xfe", bytes(range(256))], ids=len)
def test_any_bytes_are_an_input(name: str, data: bytes) -> None:
    """A fuzzer begins with nothing, and with anything."""
    TARGETS[name](data)


@pytest.mark.parametrize("dialect", ATOMS)
def test_bytes_are_pages(dialect: str) -> None:
    """The first byte chooses the options, and how the others are read."""
    atoms = ATOMS[dialect]
    assert len(atoms) <= 256  # each can be reached with a byte
    assert source_of(b"\0\xe7\x94\xb2", atoms) == ("甲", CHOICES[0])
    assert source_of(b"\1\0\2", atoms) == (atoms[0] + atoms[2], CHOICES[0])
    assert source_of(b"\2\xff", atoms) == ("\udcff", CHOICES[1])
    assert source_of(b"", atoms) == ("", CHOICES[0])


@pytest.mark.parametrize("dialect", ATOMS)
def test_nothing_small_grows(dialect: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An address can be filled with every piece."""
    assert slow.main([dialect, "--size", "40", "--only", "^'http"]) == 0
    assert capsys.readouterr().out == "0 found\n"


@pytest.mark.parametrize("whole", [False, True])
def test_a_seed_gives_the_same_pages(whole: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """What differs from MediaWiki can be found again, and every page is another."""
    pages = ["甲[[乙]]\n* 丙\n== 丁 ==\n戊"]
    first, second = (
        list(islice(mediawiki.mutations(pages, Random(7), whole=whole), 50))  # noqa: S311
        for _ in range(2)
    )
    assert first == second
    assert len(set(first)) > 40
    assert pages[0] not in first


PACKAGES = "mediawiki php-cli php-mbstring php-intl php-xml php-sqlite3"


@pytest.mark.needs("php", install=f"apt-get install {PACKAGES}")
@pytest.mark.needs("/usr/share/mediawiki/includes", install=f"apt-get install {PACKAGES}")
def test_changed_pages_beside_mediawiki(tmp_path: Path) -> None:
    """The command renders changed pages, and says how many texts are the same."""
    row = {"set": "a", "title": "甲", "lang": "zh", "wikitext": "甲[[乙]]是丙\n* 丁\n* 戊"}
    with gzip.open(tmp_path / "pages-dev.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.write(json.dumps(row) + "\n")
    done = subprocess.run(
        [sys.executable, mediawiki.__file__, tmp_path, "--count=30"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[-1]
    counts = [int(number) for number in re.findall("[0-9]+", last)]
    assert re.sub("[0-9]+", "N", last) == "N pages: N the same, N but for white space, N not"
    assert counts[0] == sum(counts[1:])
    assert 20 <= counts[0] <= 30
    assert counts[1] > counts[0] * 0.8
