"""Poweramp Equalizer's preset: JSON as the app exports it, a list of presets whose bands have kinds by number.

The app writes whole frequencies, so that is what it is given.
"""

from __future__ import annotations

import json
from typing import Any

from eqmorph.bands import BandKind, Channel, Taken
from eqmorph.errors import UsageError
from eqmorph.exchange.format import Format, Holds, Outgoing, Written
from eqmorph.exchange.limits import checked_count, parse_json
from eqmorph.exchange.raw import Raw, bands_of
from eqmorph.exchange.sections import sections_of

__all__ = ["FORMAT"]

_NUMBERS: dict[BandKind, int] = {
    "low_pass": 0,
    "high_pass": 1,
    "band_pass": 2,
    "bell": 3,
    "low_shelf": 4,
    "high_shelf": 5,
}
_KINDS = {number: kind for kind, number in _NUMBERS.items()}
_CHANNELS: tuple[Channel, ...] = ("both", "left", "right")  # by number, too
_TONES = (0, 1)  # what the app's own tone controls look like that stand in front of every preset, with no gain
_LEAST_GAIN_DB, _MOST_Q = -15.0, 12.0


def _write(eq: Outgoing) -> Written:
    bands = [
        {
            "type": _NUMBERS[section.kind],
            "channels": _CHANNELS.index(channel),
            "frequency": round(section.freq_hz),
            "q": round(section.q, 3),
            "gain": round(section.gain_db, 2),
            "color": 0,
        }
        for channel in eq.bands.channels
        for section in sections_of(eq.bands.on(channel))
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
    rows = list(checked_count(rows))
    raws = [_band(number, row) for number, row in enumerate(rows, start=1) if not _is_tone(number, row, rows)]
    preamp = presets[0].get("preamp")
    left_out = [f"its preamp of {preamp} dB is left out: loudness and peaks are seen to by themselves"]
    return bands_of(raws, left_out if isinstance(preamp, int | float) and preamp else ())


def _is_tone(number: int, row: Any, rows: list[Any]) -> bool:
    """Tell whether a band is one of the two tone controls, which are no passes though they are numbered so."""
    pair = [one.get("type") for one in rows[: len(_TONES)] if isinstance(one, dict)]
    return number <= len(_TONES) and pair == list(_TONES) and row.get("frequency") in (90, 10_000)


def _band(number: int, row: Any) -> Raw:
    where = f"band {number}"
    if not isinstance(row, dict):
        raise UsageError(f"{where} is no band", hint="Export the preset again.")
    values = [row.get(name) for name in ("frequency", "gain", "q")]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        raise UsageError(f"{where} lacks a number", hint="A band has frequency, gain and q.")
    freq_hz, gain_db, q = (_float(value) for value in values)
    kind = _KINDS.get(row["type"]) if isinstance(row.get("type"), int) else None
    channel = row.get("channels", 0)
    if kind is None or channel not in range(len(_CHANNELS)):
        raise UsageError(f"{where} is of a kind that can't be taken", hint="Kinds are 0 to 5, channels 0 to 2.")
    return Raw(kind, freq_hz, gain_db, q, where, channel=_CHANNELS[channel])


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")


FORMAT = Format(
    "poweramp",
    "Poweramp Equalizer's parametric preset",
    ".json",
    _write,
    _read,
    _recognizes,
    Holds(kinds=tuple(_NUMBERS), channels=_CHANNELS, least_gain_db=_LEAST_GAIN_DB, most_q=_MOST_Q),
)
