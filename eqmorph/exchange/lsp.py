"""The settings of LSP's Parametric Equalizer (x16, or x32 for more filters), as its menu exports and imports them.

Each line states a port of the plugin, which is called the same in all its formats: ``ft_0 = 1`` is a bell. ``APO (DR)``
is the mode that is the cookbook's. An EQ that treats left and right apart is for the plugin's LeftRight version, one
for mid and side for its MidSide version; none does both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NoReturn

from eqmorph.bands import CHANNELS, PASSES, SHAPED, BandKind, Bands, Channel, Taken
from eqmorph.errors import UsageError
from eqmorph.exchange.decimals import exact
from eqmorph.exchange.easyeffects import HELD_BY_LSP, MODE, MOST_BANDS
from eqmorph.exchange.format import Format, Outgoing, Written
from eqmorph.exchange.limits import finite, quoted, refuse_line
from eqmorph.exchange.nearest import nearest
from eqmorph.exchange.raw import Raw, bands_of
from eqmorph.exchange.sections import Section, sections_of
from eqmorph.exchange.stereo import left_and_right

__all__ = ["FORMAT"]

_FEW_BANDS = 16
_TYPES: dict[BandKind, int] = {
    "bell": 1,
    "high_pass": 2,
    "high_shelf": 3,
    "low_pass": 4,
    "low_shelf": 5,
    "notch": 6,
}
_KINDS: dict[int, BandKind] = {_TYPES[kind]: kind for kind in HELD_BY_LSP.kinds}
_MODE = 6
#: Channels, the version of the plugin that treats them apart, and how its ports call them.
_VERSIONS: dict[tuple[Channel, ...], tuple[str, tuple[str, ...]]] = {
    ("both",): ("stereo", ("",)),
    ("left", "right"): ("lr", ("l", "r")),
    ("mid", "side"): ("ms", ("m", "s")),
}
_AS_SIDES: dict[Channel, Channel] = {"left": "mid", "right": "side"}
_PORT = re.compile(r"(ft|fm|s|xs|xm|f|g|q)()_(\d{1,3})")
_PORT_OF_ONE = re.compile(r"(ft|fm|s|xs|xm|f|g|q)([lrms])_(\d{1,3})")  # here ``fm`` is the middle's frequency
_HAS_LETTERS = re.compile(r"^\s*ft[lrms]_\d", re.MULTILINE)
_LINE = re.compile(r"\s*([A-Za-z_][\w/]*)\s*=\s*(?:\w+:)?\"?([^\"#]*)\"?\s*(?:#.*)?")
_DB = re.compile(r"(.*?)\s*db", re.IGNORECASE)
_HINT = "Only the parametric equalizer's settings are read."


def _write(eq: Outgoing) -> Written:
    bands = eq.bands
    notes: tuple[str, ...] = ()
    pair = _pair(bands)
    if pair is None:
        bands, notes = nearest(bands, HELD_BY_LSP, eq.sample_rate)
        pair = _pair(bands) or ("both",)
    plugin, letters = _VERSIONS[pair]
    rows = {
        letter: sections_of([*bands.on("both"), *(bands.on(channel) if channel != "both" else [])])
        for letter, channel in zip(letters, pair, strict=True)
    }
    count = _FEW_BANDS if max(map(len, rows.values())) <= _FEW_BANDS else MOST_BANDS
    title = f"{eq.name}: para_equalizer_x{count}_{plugin}"
    lines = [
        f"# {''.join(c if c.isprintable() else ' ' for c in title)}",
        "enabled = true",
        f"g_in = {exact(eq.preamp_db)} db",
        "g_out = 0 db",
        "mode = 0 # IIR",
        *(line for letter, sections in rows.items() for line in _channel_lines(letter, sections, count)),
    ]
    return Written(("\n".join(lines) + "\n").encode(), notes)


def _pair(bands: Bands) -> tuple[Channel, ...] | None:
    """Return the channels that the plugin has to treat apart; None if no version of it does."""
    return next((pair for pair in _VERSIONS if set(bands.channels) <= {"both", *pair}), None)


def _channel_lines(letter: str, sections: Sequence[Section], count: int) -> list[str]:
    lines = []
    for number in range(count):
        if number >= len(sections):
            lines.append(f"ft{letter}_{number} = 0 # off")
            continue
        section = sections[number]
        stated = {
            "ft": str(_TYPES[section.kind]),
            "fm": f"{_MODE} # {MODE}",
            "s": "0",
            "xs": "false",
            "xm": "false",
            "f": exact(section.freq_hz),
            "g": f"{exact(section.gain_db)} db",
            "q": exact(section.q),
        }
        lines += [f"{port}{letter}_{number} = {value}" for port, value in stated.items()]
    return lines


def _recognizes(text: str) -> bool:
    return re.search(r"^\s*ft[lrms]?_0\s*=", text, re.MULTILINE) is not None


def _read(text: str) -> Taken:
    ports: dict[tuple[str, int], dict[str, tuple[int, str]]] = {}
    notes: list[str] = []
    pattern = _PORT_OF_ONE if _HAS_LETTERS.search(text) else _PORT
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            refuse_line(number, line, "is no setting", "As in: ft_0 = 1")
        name, value = found[1], found[2].strip()
        port = pattern.fullmatch(name)
        if port is not None:
            ports.setdefault((port[2], int(port[3])), {})[port[1]] = (number, value)
        elif name in ("g_in", "g_out") and _decibels(number, value):
            notes.append(f"its {name} of {value} is left out: loudness and peaks are seen to by themselves")
    if not ports:
        raise UsageError("holds no filters", hint=_HINT)
    has_solo = any(_is_on(stated, "xs") for stated in ports.values())
    there: dict[str, list[Raw]] = {letter: [] for letter in ("", "l", "r", "m", "s")}
    for (letter, _), stated in sorted(ports.items()):
        if not has_solo or _is_on(stated, "xs"):
            there[letter] += _filter(stated, notes)
    parts = left_and_right(there["m"], there["s"])
    sides = [replace(raw, channel=_AS_SIDES.get(raw.channel, raw.channel)) for raw in parts]
    return bands_of([*there[""], *left_and_right(there["l"], there["r"]), *sides], dict.fromkeys(notes))


def _filter(stated: Mapping[str, tuple[int, str]], notes: list[str]) -> list[Raw]:
    type_number = _whole(stated, "ft")
    if type_number == 0 or _is_on(stated, "xm"):
        return []
    line, _ = stated["ft"]
    kind = _KINDS.get(type_number)
    if kind is None:
        _refuse(line, f"a filter of type {type_number} is none that bands do")
    gain_db = _decibels(*stated["g"]) if "g" in stated and kind in SHAPED else 0.0
    if kind in SHAPED and not gain_db:
        return []
    if _whole(stated, "fm") != _MODE:
        notes.append(f"filters of other modes are taken as of {MODE}, from which they differ a little")
        if _whole(stated, "s"):
            _refuse(line, "it has another slope than x1")
    slope_db = 12 if kind in PASSES else 0
    if not {"f", "q"} <= stated.keys():
        _refuse(line, "the filter has no frequency or no Q")
    freq_hz, q = (_number(*stated[port]) for port in ("f", "q"))
    return [Raw(kind, freq_hz, gain_db, q, f"line {line}", slope_db)]


def _whole(stated: Mapping[str, tuple[int, str]], port: str) -> int:
    line, value = stated.get(port, (0, "0"))
    number = _number(line, value)
    if number != int(number):
        _refuse(line, f"{quoted(value)} is not a whole number")
    return int(number)


def _number(line: int, value: str) -> float:
    try:
        return finite(value)
    except UsageError as error:
        _refuse(line, error.message)


def _is_on(stated: Mapping[str, tuple[int, str]], port: str) -> bool:
    return stated.get(port, (0, ""))[1].lower() in ("true", "1", "1.0")


def _decibels(line: int, value: str) -> float:
    """Return a gain, which is stated in dB or as a factor."""
    in_db = _DB.fullmatch(value)
    if in_db is not None:
        return -math.inf if in_db[1].strip().lower() == "-inf" else _number(line, in_db[1])
    factor = _number(line, value)
    if factor < 0:
        _refuse(line, f"a factor of {factor:g} is no gain")
    return 20 * math.log10(factor) if factor else -math.inf


def _refuse(line: int, why: str) -> NoReturn:
    raise UsageError(f"line {line}: {why}", hint=_HINT)


FORMAT = Format(
    "lsp",
    "LSP Parametric Equalizer's settings",
    ".cfg",
    _write,
    _read,
    _recognizes,
    replace(HELD_BY_LSP, channels=CHANNELS),
)
