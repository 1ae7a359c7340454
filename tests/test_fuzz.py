"""
The targets of the fuzzers on inputs that are kept: each once was a finding, or is of a kind apart.

``fuzz/README.md`` says how the fuzzers are run, and how a finding becomes one of these.
"""

import pytest
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
