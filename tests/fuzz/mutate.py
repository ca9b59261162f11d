"""Inputs made of other inputs: bits and bytes changed, sizes that lie, parts cut out, doubled, moved or swapped."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence

__all__ = ["mutated"]

_LARGEST = 1 << 18  # bytes; more would only be slower
_SIZES = (
    0,
    1,
    2,
    7,
    8,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFF,
    1 << 16,
    (1 << 31) - 1,
    1 << 31,
    (1 << 32) - 1,
)
_LAYOUTS = ("<H", ">H", "<I", ">I", "<Q", ">Q")


def mutated(rng: random.Random, seeds: Sequence[bytes], tokens: Sequence[bytes] = ()) -> bytes:
    """Return an input that no seed is, made of one of them, or of two, by a few changes.

    Args:
        rng: decides; the same one gives the same input.
        seeds: whole inputs.
        tokens: what means something to whoever reads it.
    """
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5, 12))):
        _change(rng, data, seeds, tokens)
    return bytes(data[:_LARGEST])


def _change(rng: random.Random, data: bytearray, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> None:
    # Headers are where sizes are: half of all changes fall into the first few hundred bytes.
    reach = len(data) if rng.random() < 0.5 else min(len(data), 400)
    at = rng.randrange(reach + 1)
    length = min(rng.choice((1, 1, 2, 4, 8, 40, 400, 4000)), len(data) - at)
    way = rng.randrange(10)
    if way == 0 and at < len(data):
        data[at] ^= 1 << rng.randrange(8)
    elif way == 1 and at < len(data):
        data[at] = rng.randrange(256)
    elif way == 2:
        layout = rng.choice(_LAYOUTS)
        size = rng.choice(_SIZES) if rng.random() < 0.8 else len(data) + rng.randrange(-16, 17)
        bits = 8 * struct.calcsize(layout)
        data[at : at + bits // 8] = struct.pack(layout, size % (1 << bits))
    elif way == 3:
        del data[at : at + length]
    elif way == 4:
        data[at:at] = data[at : at + length] * rng.choice((1, 1, 2, 30))
    elif way == 5:
        data[at:at] = rng.randbytes(length)
    elif way == 6:
        del data[at:]
    elif way == 7 and tokens:
        token = rng.choice(tokens)
        data[at : at + rng.choice((0, 0, len(token)))] = token
    elif way == 8:
        other = rng.choice(seeds)
        begin = rng.randrange(len(other) + 1)
        data[at : at + rng.choice((0, length))] = other[begin : begin + rng.choice((1, 4, 16, 64, 1024))]
    elif way == 9:
        part = data[at : at + length]
        del data[at : at + length]
        to = rng.randrange(len(data) + 1)
        data[to:to] = part
