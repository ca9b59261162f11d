"""Poweramp Equalizer's preset: JSON as the app exports it, a list of presets whose bands have kinds by number.

The app writes whole frequencies, so that is what it is given.
"""

from __future__ import annotations

import json
from typing import Any

from eqmorph.bands import BandKind
from eqmorph.errors import UsageError
from eqmorph.exchange.format import Format, Outgoing, Taken, Written
from eqmorph.exchange.limits import checked_count, parse_json
from eqmorph.exchange.raw import Raw, bands_of

__all__ = ["FORMAT"]

_NUMBERS: dict[BandKind, int] = {"bell": 3, "low_shelf": 4, "high_shelf": 5}
_KINDS = {number: kind for kind, number in _NUMBERS.items()}
_OWN_TONES = (0, 1)  # the first two bands of the app's own presets are its tone controls


def _write(eq: Outgoing) -> Written:
    bands = [
        {
            "type": _NUMBERS[band.kind],
            "channels": 0,
            "frequency": round(band.freq_hz),
            "q": round(band.q, 3),
            "gain": round(band.gain_db, 2),
            "color": 0,
        }
        for band in eq.bands
    ]
    preset = {"name": eq.name, "preamp": eq.preamp_db, "parametric": True, "bands": bands}
    return Written(json.dumps([preset], indent="\t", ensure_ascii=False).encode())


def _recognizes(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[") and '"parametric"' in text and '"bands"' in text


def _read(text: str) -> Taken:
    data = parse_json(text)
    presets = data if isinstance(data, list) else [data]
    if len(presets) != 1 or not isinstance(presets[0], dict):
        raise UsageError(f"holds {len(presets)} presets", hint="Export one of them.")
    rows = presets[0].get("bands")
    if not isinstance(rows, list) or not presets[0].get("parametric"):
        raise UsageError("is no parametric preset", hint="Export one of the parametric equalizer.")
    raws = [raw for number, row in enumerate(checked_count(rows), start=1) for raw in _band(number, row)]
    preamp = presets[0].get("preamp")
    left_out = [f"its preamp of {preamp} dB is left out: loudness and peaks are seen to by themselves"]
    return bands_of(raws, left_out if isinstance(preamp, int | float) and preamp else ())


def _band(number: int, row: Any) -> list[Raw]:
    where = f"band {number}"
    if not isinstance(row, dict):
        raise UsageError(f"{where} is no band", hint="Export the preset again.")
    values = [row.get(name) for name in ("frequency", "gain", "q")]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        raise UsageError(f"{where} lacks a number", hint="A band has frequency, gain and q.")
    freq_hz, gain_db, q = (_float(value) for value in values)
    if gain_db == 0 and row.get("type") in (*_KINDS, *_OWN_TONES):
        return []
    kind = _KINDS.get(row["type"]) if isinstance(row.get("type"), int) else None
    if kind is None:
        raise UsageError(f"{where} is of a kind that can't be taken", hint="Take peaks and shelves, 3 to 5.")
    if row.get("channels", 0) != 0:
        raise UsageError(f"{where} is for one channel", hint="EQs of single channels can't be taken.")
    return [Raw(kind, freq_hz, gain_db, q, where)]


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")


FORMAT = Format("poweramp", "Poweramp Equalizer's parametric preset", ".json", _write, _read, _recognizes)
