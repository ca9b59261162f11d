"""Settings that other systems were shown to give for words on the three sounds that people rated.

A JSON object: systems, each with ``eq_SOUND_WORD``, each of those an object whose one member holds 18 numbers: gain
(dB), cutoff (Hz) and Q of a low shelf, four bells and a high shelf. The Q of shelves and bells is the one of the RBJ
cookbook, which dasp-pytorch, the library these settings are for, uses at 44.1 kHz.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands.response import BandArrays, prototype_db
from eqmorph.errors import InputError
from eqmorph.model.settings import GRID_HZ, without_mean

__all__ = ["SOUNDS", "DemoSetting", "read_peers"]

#: The number of each sound in people's answers; the names of the files in alphabetical order.
SOUNDS = {"drums": 7, "guitar": 8, "piano": 9}
_NAMES = {"gpt4o": "GPT-4o", "llm2fx": "LLM2Fx", "chu2025text2fx": "Text2FX"}
_BANDS = ("low_shelf", "band0", "band1", "band2", "band3", "high_shelf")
_IS_BELL = np.array([name.startswith("band") for name in _BANDS])
_IS_HIGH = np.array([name == "high_shelf" for name in _BANDS])
_RATE = 44_100.0
_KEY = re.compile(r"eq_(?P<sound>[a-z]+)_(?P<word>[a-z]+)")
_WHERE = "docs/evaluation-people.md says what such a file holds."


@dataclass(frozen=True, slots=True)
class DemoSetting:
    """What a system did for a word on a sound: ``curve_db`` (64,), mean removed."""

    system: str
    word: str
    sound: str
    curve_db: Float64


def read_peers(path: Path) -> tuple[DemoSetting, ...]:
    """Read demo settings; entries that are about no equalizer or none of the three sounds are passed over.

    Raises:
        InputError: the file can't be read, or a setting in it is none.
    """
    try:
        systems = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(error.strerror or str(error), hint=_WHERE, path=path) from None
    except (ValueError, RecursionError):
        raise InputError("not valid JSON", hint=_WHERE, path=path) from None
    found = []
    for system, entries in systems.items() if isinstance(systems, dict) else ():
        for key, entry in entries.items() if isinstance(entries, dict) else ():
            named = _KEY.fullmatch(key)
            if named is not None and named["sound"] in SOUNDS:
                curve = _curve(path, f"{system}, {key}", entry)
                found.append(DemoSetting(_NAMES.get(str(system), str(system)), named["word"], named["sound"], curve))
    if not found:
        raise InputError("holds no equalizer settings of systems", hint=_WHERE, path=path)
    return tuple(found)


def _curve(path: Path, where: str, entry: Any) -> Float64:
    numbers = next(iter(entry.values())) if isinstance(entry, dict) and len(entry) == 1 else None
    if not isinstance(numbers, Mapping):
        raise InputError(f"{where}: expected one object of numbers", hint=_WHERE, path=path)
    gains, freqs, widths = (
        np.array([_number(path, where, numbers, f"{band}_{name}") for band in _BANDS])
        for name in ("gain_db", "cutoff_freq", "q_factor")
    )
    if freqs.min() <= 0 or freqs.max() >= _RATE / 2 or widths.min() <= 0 or np.abs(gains).max() > 60:
        raise InputError(f"{where}: a number out of range", hint=_WHERE, path=path)
    return without_mean(prototype_db(BandArrays(_IS_BELL, _IS_HIGH, gains, freqs, widths), GRID_HZ, _RATE))


def _number(path: Path, where: str, numbers: Mapping[str, Any], name: str) -> float:
    value = numbers.get(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        raise InputError(f"{where}: expected a number for {name}", hint=_WHERE, path=path)
    return float(value)
