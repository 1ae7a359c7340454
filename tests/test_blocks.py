"""Blocks of bzip2: each of them found and unpacked from any place in the file."""

import bz2
import io
import random

import pytest

from wikiclean import blocks

CHANCE = random.Random(0)  # noqa: S311 - the same bytes each time
DATA = CHANCE.randbytes(350_000) + b"text " * 200_000
ONE = bz2.compress(DATA, 1)
"""A single stream with blocks of 100 kB: bytes that cannot be compressed, and some that can."""
MANY = b"".join(bz2.compress(DATA[at : at + 70_000]) for at in range(0, len(DATA), 70_000))
"""Streams of one block."""


def whole(data: bytes) -> list[blocks.Block]:
    """Return the blocks of a file."""
    return list(blocks.read(io.BytesIO(data), 0))


@pytest.mark.parametrize("data", [ONE, MANY, ONE + MANY, bz2.compress(b"x"), bz2.compress(b"")])
def test_blocks_hold_what_the_file_holds(data: bytes) -> None:
    """All blocks together are the data, in order."""
    found = whole(data)
    assert b"".join(block.data for block in found) == bz2.decompress(data)
    assert not any(block.fault for block in found)
    assert [block.start for block in found] == sorted({block.start for block in found})


@pytest.mark.parametrize("data", [ONE, MANY])
@pytest.mark.parametrize("size", [1 << 20, 1000])
def test_reading_may_begin_anywhere(
    data: bytes, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From any byte on, the blocks that begin there or later are found, however they are read."""
    monkeypatch.setattr(blocks, "READ", size)
    found = whole(data)
    assert len(found) > 5
    places = {block.start + near for block in found for near in (-1, 0, 1)} | {len(data)}
    for place in places - {-1}:
        assert list(blocks.read(io.BytesIO(data), place)) == [
            block for block in found if block.start >= place
        ]


def test_a_sign_may_be_there_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a block seems to end and does not, it goes on to the next sign."""
    found = whole(ONE)
    real = blocks._signs  # noqa: SLF001
    chance = blocks._Sign(found[1].start * 8 + 5000, is_block=True)  # noqa: SLF001

    def signs(data: bytes, base: int, first: int) -> list[blocks._Sign]:
        seen = real(data, base, first)
        return sorted([*seen, chance]) if first <= chance.bit < (base + len(data)) * 8 else seen

    monkeypatch.setattr(blocks, "_signs", signs)
    assert whole(ONE) == found


def test_damage_costs_a_block() -> None:
    """A damaged block is named with its place, and all others are unpacked."""
    found = whole(ONE)
    data = bytearray(ONE)
    data[found[2].start + 500] ^= 0xFF
    harmed = whole(bytes(data))
    assert [block.data for block in harmed] == [
        b"" if number == 2 else block.data for number, block in enumerate(found)
    ]
    assert f"damaged data of bzip2 behind byte {found[2].start}" in harmed[2].fault


def test_a_file_that_is_cut_short() -> None:
    """The last block is not whole; those before it are."""
    found = whole(ONE)
    harmed = whole(ONE[: found[3].start + 5000])
    assert harmed[:3] == found[:3]
    assert [block.fault for block in harmed[3:]] == [
        f"it is cut short behind byte {found[3].start}"
    ]


def test_what_is_no_bzip2_has_no_blocks() -> None:
    """Nothing is found in other data, and what looks like a block that never ends is damage."""
    noise = CHANCE.randbytes(100_000)
    assert whole(noise) == []
    monkey = ONE[:1000] + noise * 60
    assert ["damaged" in block.fault for block in whole(monkey)] == [True]
