"""What was heard in a file as bytes, and back: every number exactly as it was, and nothing taken on trust.

Behind a digest of all that follows and of the key it is kept under, there is a line of JSON, and then the arrays,
little end first. Bytes that are damaged, that belong to another key, or that no listening could have given are nothing.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph.audio.course import TRAITS
from eqmorph.audio.read import AudioInfo
from eqmorph.audio.windows import Spectra, grid_at

__all__ = ["Heard", "pack", "unpack"]

_CHECK_BYTES = 16
_MOST_FACTS = 1 << 16  # bytes of JSON
_HIGHEST_RATE = 10_000_000
_MOST_CHANNELS = 1 << 16
_SINGLE, _DOUBLE = np.dtype("<f4"), np.dtype("<f8")


@dataclass(frozen=True, eq=False, slots=True)
class Heard:
    """What a file says of itself, the windows that were heard, and what had to be repaired."""

    info: AudioInfo
    spectra: Spectra
    notes: tuple[str, ...] = ()


def pack(heard: Heard, key: bytes) -> bytes:
    """Return what was heard as bytes to be kept under a key."""
    info, spectra = heard.info, heard.spectra
    facts = {
        "info": [info.channels, info.frames, info.format, info.subtype, info.channel_mask],
        "notes": heard.notes,
        "sound": [spectra.sample_rate, spectra.frames, spectra.window_s, spectra.hop_s],
        "windows": len(spectra.power),
        "has": [spectra.quiet_power is not None, spectra.traits is not None],
    }
    arrays: list[tuple[NDArray[Any], np.dtype[Any]]] = [
        *((values, _DOUBLE) for values in (spectra.start_s, spectra.length_s, spectra.energy)),
        *([(spectra.traits, _DOUBLE)] if spectra.traits is not None else []),
        *([(spectra.quiet_power, _SINGLE)] if spectra.quiet_power is not None else []),
        (spectra.power, _SINGLE),
    ]
    head = json.dumps(facts, separators=(",", ":")).encode()
    body = b"".join([head, b"\n", *(np.ascontiguousarray(values, kind).tobytes() for values, kind in arrays)])
    return _check(key, body) + body


def unpack(data: bytes, key: bytes, path: Path) -> Heard | None:
    """Return what was heard in the file at a path; None if the bytes are not what `pack` made for the key."""
    body = data[_CHECK_BYTES:]
    if data[:_CHECK_BYTES] != _check(key, body):
        return None
    try:
        return _read(body, path)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _check(key: bytes, body: bytes) -> bytes:
    return hashlib.blake2b(body, key=key, digest_size=_CHECK_BYTES).digest()


def _read(body: bytes, path: Path) -> Heard | None:
    end = body.index(b"\n", 0, _MOST_FACTS)
    facts = json.loads(body[:end])
    channels, stated, container, subtype, mask = facts["info"]
    rate, frames, window_s, hop_s = facts["sound"]
    windows, (has_quiet, has_traits) = facts["windows"], facts["has"]
    wholes = [channels, stated, rate, frames, windows, *([] if mask is None else [mask])]
    if not (
        all(type(number) is int and number >= 0 for number in wholes)
        and all(type(text) is str for text in (container, subtype, *facts["notes"]))
        and all(type(number) is float and 0 < number < math.inf for number in (window_s, hop_s))
        and 0 < rate <= _HIGHEST_RATE
        and 0 < channels <= _MOST_CHANNELS
    ):
        return None
    cells = len(grid_at(rate).freq_hz)
    rows, traits_at = windows + bool(has_quiet), 3 * windows
    doubles, singles = traits_at + TRAITS * bool(has_traits), rows * cells
    begin = end + 1 + doubles * _DOUBLE.itemsize
    if len(body) != begin + singles * _SINGLE.itemsize:
        return None
    times = np.frombuffer(body, _DOUBLE, doubles, end + 1).astype(float)
    power = np.frombuffer(body, _SINGLE, singles, begin).astype(np.float32).reshape(rows, cells)
    traits = times[traits_at:] if has_traits else None
    if not (_is_measured(times[:traits_at]) and _is_measured(power)):
        return None
    if traits is not None and np.isinf(traits).any():  # NaN says that a trait can't be told
        return None
    start_s, length_s, energy = times[:traits_at].reshape(3, windows)
    quiet, power = (power[0], power[1:]) if has_quiet else (None, power)
    spectra = Spectra(rate, frames, window_s, hop_s, start_s, length_s, power, energy, quiet, traits)
    return Heard(AudioInfo(path, rate, channels, stated, container, subtype, mask), spectra, tuple(facts["notes"]))


def _is_measured(values: NDArray[Any]) -> bool:
    return values.size == 0 or bool(values.min() >= 0 and values.max() < np.inf)  # NaN is neither
