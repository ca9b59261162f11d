"""EasyEffects' presets, in JSON: its equalizer, which is LSP's parametric one.

Of the modes that its bands have, ``APO (DR)`` is the cookbook's; all others are other filters by some tenths of a dB.
The keys and ranges are those of the program's settings schema (``com.github.wwmm.easyeffects.equalizer``), from
version 6.3 on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from eqmorph.bands import PASSES, SHAPED, BandKind, Channel, Taken
from eqmorph.errors import UsageError
from eqmorph.exchange.format import Format, Holds, Outgoing, Written
from eqmorph.exchange.limits import parse_json, quoted
from eqmorph.exchange.raw import Raw, bands_of
from eqmorph.exchange.sections import Section, sections_of
from eqmorph.exchange.stereo import left_and_right

__all__ = ["FORMAT", "HELD_BY_LSP", "MODE", "MOST_BANDS", "TYPES"]

MODE = "APO (DR)"
MOST_BANDS = 32
TYPES: dict[BandKind, str] = {
    "bell": "Bell",
    "high_pass": "Hi-pass",
    "high_shelf": "Hi-shelf",
    "low_pass": "Lo-pass",
    "low_shelf": "Lo-shelf",
    "notch": "Notch",
}
HELD_BY_LSP = Holds(
    kinds=("high_pass", "low_shelf", "bell", "notch", "high_shelf", "low_pass"),
    channels=("both", "left", "right"),
    most_bands=MOST_BANDS,
    least_gain_db=-35.0,
    most_q=100.0,
)
_KINDS: dict[str, BandKind] = {TYPES[kind]: kind for kind in HELD_BY_LSP.kinds}
_WIDTH = 4.0  # octaves; the mode has no use for it
_SLOPES = {"x1": 1, "x2": 2, "x3": 3, "x4": 4}
_HINT = "Only presets with one equalizer are read."


def _write(eq: Outgoing) -> Written:
    sides = [_rows(sections_of([*eq.bands.on("both"), *eq.bands.on(side)])) for side in ("left", "right")]
    count = max(1, *map(len, sides))
    left, right = ({f"band{number}": row for number, row in enumerate(_padded(rows, count))} for rows in sides)
    equalizer = {
        "balance": 0.0,
        "bypass": False,
        "input-gain": eq.preamp_db,
        "left": left,
        "mode": "IIR",
        "num-bands": count,
        "output-gain": 0.0,
        "pitch-left": 0.0,
        "pitch-right": 0.0,
        "right": right,
        "split-channels": eq.bands.channels != ("both",),
    }
    document = {"output": {"blocklist": [], "equalizer#0": equalizer, "plugins_order": ["equalizer#0"]}}
    return Written((json.dumps(document, indent=4) + "\n").encode())


def _rows(sections: Iterable[Section]) -> list[dict[str, Any]]:
    return [_row(TYPES[one.kind], one.freq_hz, one.gain_db, one.q) for one in sections]


def _padded(rows: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Add bands that are off: both channels have to have as many."""
    return [*rows, *(_row("Off", 1000.0, 0.0, 1.0) for _ in range(count - len(rows)))]


def _row(type_name: str, freq_hz: float, gain_db: float, q: float) -> dict[str, Any]:
    return {
        "frequency": freq_hz,
        "gain": gain_db,
        "mode": MODE,
        "mute": False,
        "q": q,
        "slope": "x1",
        "solo": False,
        "type": type_name,
        "width": _WIDTH,
    }


def _recognizes(text: str) -> bool:
    return text.lstrip()[:1] == "{" and ('"equalizer#' in text or '"equalizer"' in text) and '"band0"' in text


def _read(text: str) -> Taken:
    document = parse_json(text)
    found = [
        (f"{where}/{name}", settings)
        for where in ("output", "input")
        for name, settings in _part(document, where).items()
        if name.split("#")[0] == "equalizer" and isinstance(settings, dict)
    ]
    if len(found) != 1:
        raise UsageError(f"holds {len(found)} equalizers", hint=_HINT)
    where, settings = found[0]
    notes = [f"{name} is left out: only its equalizer is taken" for name in _others(document, where)]
    for key in ("input-gain", "output-gain"):
        gain_db = _number(where, settings, key, 0.0)
        if gain_db:
            notes.append(f"its {key} of {gain_db:g} dB is left out: loudness and peaks are seen to by themselves")
    if settings.get("bypass") is True:
        _refuse(where, "is bypassed")
    left = _channel(f"{where}/left", settings, "left", notes)
    if settings.get("split-channels") is not True:
        return bands_of(left, dict.fromkeys(notes))
    right = _channel(f"{where}/right", settings, "right", notes)
    return bands_of(left_and_right(left, right), dict.fromkeys(notes))


def _part(value: Any, name: str) -> Mapping[str, Any]:
    part = value.get(name, {}) if isinstance(value, dict) else {}
    return part if isinstance(part, dict) else {}


def _others(document: Mapping[str, Any], where: str) -> list[str]:
    side = where.split("/")[0]
    others = [name for name, value in _part(document, side).items() if isinstance(value, dict)]
    return [quoted(name) for name in others if f"{side}/{name}" != where]


def _channel(where: str, settings: Mapping[str, Any], side: Channel, notes: list[str]) -> list[Raw]:
    channel, count = settings.get(side), settings.get("num-bands", MOST_BANDS)
    if not isinstance(channel, dict) or type(count) is not int or not 0 <= count <= MOST_BANDS:
        _refuse(where, f"holds no bands, or not up to {MOST_BANDS}")
    beyond = [number for number in range(count, MOST_BANDS) if f"band{number}" in channel]
    if beyond:
        notes.append(f"{where}/band{beyond[0]} and what follows are left out: its num-bands is {count}")
    rows = [(f"{where}/band{number}", channel.get(f"band{number}")) for number in range(count)]
    filters = [raw for name, row in rows if row is not None for raw in _filters(name, row, notes)]
    solo = {name for name, row in rows if isinstance(row, dict) and row.get("solo") is True}
    return [raw for raw in filters if raw.where in solo] if solo else filters


def _filters(where: str, row: Any, notes: list[str]) -> list[Raw]:
    if not isinstance(row, dict):
        _refuse(where, "is no band")
    type_name = row.get("type", "Bell")
    if type_name == "Off" or row.get("mute") is True:
        return []
    kind = _KINDS.get(type_name) if isinstance(type_name, str) else None
    times = _SLOPES.get(str(row.get("slope", "x1")))
    if kind is None or times is None:
        _refuse(where, f"is a {quoted(str(type_name))} of slope {quoted(str(row.get('slope')))}, which no band does")
    gain_db = _number(where, row, "gain", 0.0) if kind in SHAPED else 0.0
    if kind in SHAPED and not gain_db:
        return []
    mode = row.get("mode", "RLC (BT)")
    if mode != MODE:
        notes.append(f"bands of mode {quoted(str(mode))} are taken as of {MODE}, from which they differ a little")
        if times != 1:
            _refuse(where, f"is of slope x{times} in mode {quoted(str(mode))}")
    slope_db = 12 if kind in PASSES else 0
    return [Raw(kind, _number(where, row, "frequency"), gain_db, _number(where, row, "q"), where, slope_db)]


def _number(where: str, row: Mapping[str, Any], key: str, usual: float | None = None) -> float:
    value = row.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, float | int) or not abs(value) < 1e9:
        _refuse(where, f"has a {key} of {quoted(str(value))}, which is no number that it can be")
    return float(value)


def _refuse(where: str, why: str) -> NoReturn:
    raise UsageError(f"{where} {why}", hint=_HINT)


FORMAT = Format("easyeffects", "EasyEffects' preset", ".json", _write, _read, _recognizes, HELD_BY_LSP)
