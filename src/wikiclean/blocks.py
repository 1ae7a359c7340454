"""
The blocks of a bzip2 file, found and unpacked one by one from any place in it.

Here lives what is known of bzip2's format beneath streams; pages and XML are not known here.

A stream of bzip2 is a sequence of blocks of at most 900 kB of data. Each begins with the same 48
bits, at any bit of a byte, and needs nothing of the blocks before it. So a block can be unpacked
alone: its bits are moved to the border of a byte and become the only block of a new stream. The 48
bits may also occur by chance, about once in 2**48 bits. Each block has a checksum, so a block that
seems to end there is taken on to the next place that could be its end.
"""

from __future__ import annotations

import bz2
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, Final, NamedTuple

READ: Final = 1 << 20
"""Bytes read at a time, about the most that a block has as stored."""

MOST: Final = 4 * READ
"""Bytes in which the end of a block is looked for, those of a few blocks before it included."""

_BITS: Final = 48
_BLOCK: Final = 0x314159265359
"""What a block begins with."""
_END: Final = 0x177245385090
"""What stands behind the last block of a stream."""
_EDGE: Final = 7
"""The bytes that either of them may touch."""


class Block(NamedTuple):
    """A block, or what is left of one."""

    start: int
    """The byte of the file in which its first bit stands."""
    data: bytes
    """Unpacked."""
    fault: str = ""
    """What is wrong with it, if there is no data."""


class _Sign(NamedTuple):
    """A place where a block could begin, or a stream end."""

    bit: int
    is_block: bool


def _shifted(magic: int, shift: int) -> tuple[bytes, int, int]:
    """
    Return how *magic* looks when it begins *shift* bits into a byte.

    Returns:
        The bytes that it fills; then the bits of it before them, and those behind them.
    """
    before = (8 - shift) % 8
    behind = (_BITS - before) % 8
    whole = (magic >> behind) & ((1 << (_BITS - before - behind)) - 1)
    size = (_BITS - before - behind) // 8
    return whole.to_bytes(size, "big"), before, behind


_PATTERNS: Final = tuple(
    (is_block, *_shifted(magic, shift), magic)
    for magic, is_block in ((_BLOCK, True), (_END, False))
    for shift in range(8)
)


def _signs(data: bytes, base: int, first: int) -> list[_Sign]:
    """Return the signs that lie wholly in *data*, which is at byte *base*, from bit *first* on."""
    found = []
    for is_block, whole, before, behind, magic in _PATTERNS:
        head = magic >> (_BITS - before)
        tail = magic & ((1 << behind) - 1)
        edge = 1 if before else 0
        at = data.find(whole, edge)
        while at >= 0:
            bit = (base + at) * 8 - before
            end = at + len(whole)
            if (
                bit >= first
                and (not before or data[at - 1] & ((1 << before) - 1) == head)
                and (not behind or (end < len(data) and data[end] >> (8 - behind) == tail))
            ):
                found.append(_Sign(bit, is_block))
            at = data.find(whole, at + 1)
    return sorted(found)


def _unpack(data: bytes, start: int, end: int) -> bytes | None:
    """Return what a block holds that takes the bits from *start* to *end*; None if it is none."""
    size = end - start
    if size < _BITS + 32:
        return None
    bits = int.from_bytes(data[start // 8 : -(-end // 8)], "big") >> (-end % 8)
    bits &= (1 << size) - 1
    # The checksum of a stream of one block is that of the block, which follows its first bits.
    checksum = (bits >> (size - _BITS - 32)) & 0xFFFFFFFF
    size += _BITS + 32
    bits = (bits << (_BITS + 32) | _END << 32 | checksum) << (-size % 8)
    try:
        return bz2.decompress(b"BZh9" + bits.to_bytes(-(-size // 8), "big"))
    except (OSError, ValueError):
        return None


def read(file: BinaryIO, start: int) -> Iterator[Block]:
    """
    Yield the blocks that begin at a byte of a file or behind it, to the end of the file.

    A damaged block is given with what is wrong, and those behind it follow.

    Args:
        file: Can be sought in.
        start: The byte.

    Raises:
        OSError: if the file cannot be read.
    """
    file.seek(start)
    data, base = b"", start  # what was read and is needed still, and the byte at which it begins
    first = start * 8  # where the next sign may begin
    signs: deque[_Sign] = deque()
    whole = False  # whether the file was read to its end
    while True:
        # A block ends where the next sign is; one more is wanted in case that is there by chance.
        while len(signs) < 3 and not whole and len(data) < MOST:
            more = file.read(READ)
            whole = not more
            left = max(len(data) - _EDGE, 0)  # a sign may begin in the bytes before
            data += more
            found = _signs(data[left:], base + left, first)
            signs += found
            if found:
                first = found[-1].bit + 1
            elif not signs:
                base += max(len(data) - _EDGE, 0)
                data = data[-_EDGE:]
        if not signs:
            return
        sign = signs.popleft()
        if sign.is_block:
            at = sign.bit // 8
            unpacked = None
            for number, end in enumerate(islice(signs, 2)):
                unpacked = _unpack(data, sign.bit - base * 8, end.bit - base * 8)
                if unpacked is not None:
                    if number:
                        signs.popleft()
                    yield Block(at, unpacked)
                    break
            else:
                cut_short = whole and not signs
                what = "it is cut short" if cut_short else "damaged data of bzip2"
                yield Block(at, b"", f"{what} behind byte {at}")
        kept = signs[0].bit // 8 if signs else max(base + len(data) - _EDGE, sign.bit // 8)
        if kept - base >= READ or not signs:
            data, base = data[kept - base :], kept
