"""Samples as streams hold them, little endian and interleaved, and as blocks of floats."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float32
from eqmorph.audio.write import rounded
from eqmorph.errors import UsageError

__all__ = ["SAMPLE_TYPES", "RawFormat", "SampleType", "parse_raw"]


@dataclass(frozen=True, slots=True)
class SampleType:
    """How one sample is stored: ``s24`` is a signed integer of 24 bits. Integers of 8 bits have no sign, as in WAV."""

    name: str

    @property
    def bits(self) -> int:
        return int(self.name[1:])

    @property
    def width(self) -> int:
        """How many bytes a sample has."""
        return self.bits // 8

    @property
    def is_float(self) -> bool:
        return self.name[0] == "f"

    def decode(self, data: bytes | bytearray | memoryview, channels: int) -> Float32:
        """Return whole frames as a block (channels, frames), full scale at 1."""
        if self.is_float:
            values: Float32 = np.frombuffer(data, f"<f{self.width}").astype(np.float32)
        elif self.bits == 8:
            values = (np.frombuffer(data, np.uint8).astype(np.float32) - np.float32(128)) / np.float32(128)
        elif self.bits == 24:
            three = np.frombuffer(data, np.uint8).reshape(-1, 3)
            four = np.zeros((len(three), 4), np.uint8)
            four[:, 1:] = three
            values = four.view("<i4")[:, 0].astype(np.float32) / np.float32(2**31)
        else:
            values = np.frombuffer(data, f"<i{self.width}").astype(np.float32) / np.float32(2 ** (self.bits - 1))
        return np.ascontiguousarray(values.reshape(-1, channels).T)

    def encode(self, block: Float32) -> tuple[bytes, int]:
        """Return a block's samples, rounded to the nearest step, and how many had to be clipped.

        The block may be overwritten.
        """
        if self.is_float:
            return block.T.astype(f"<f{self.width}").tobytes(), 0
        whole, clipped = rounded(block, self.bits)
        if self.bits == 8:
            return (whole.T + 128).astype(np.uint8).tobytes(), clipped
        if self.bits == 24:
            four = np.ascontiguousarray(whole.T, "<i4").view(np.uint8).reshape(-1, 4)
            return four[:, :3].tobytes(), clipped
        return whole.T.astype(f"<i{self.width}").tobytes(), clipped


#: By the names that `--raw` takes.
SAMPLE_TYPES = {name: SampleType(name) for name in ("u8", "s16", "s24", "s32", "f32", "f64")}

_RAW = re.compile(r"([a-z]\d+)(?:le)?:(\d{1,7}):(\d{1,3})")
_HINT = f"Write TYPE:RATE:CHANNELS, such as f32:48000:2. Types are {', '.join(SAMPLE_TYPES)}, little endian."


@dataclass(frozen=True, slots=True)
class RawFormat:
    """What a stream without a header holds."""

    type: SampleType
    sample_rate: int
    channels: int


def parse_raw(text: str) -> RawFormat:
    """Read ``f32:48000:2``: the sample type, the rate in Hz, and the channels.

    Raises:
        UsageError: it isn't written so.
    """
    found = _RAW.fullmatch(text.strip().lower())
    if found is None or found[1] not in SAMPLE_TYPES:
        raise UsageError(f"{text!r} is no raw format", hint=_HINT)
    return RawFormat(SAMPLE_TYPES[found[1]], int(found[2]), int(found[3]))
