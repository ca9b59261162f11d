"""Equalizer APO's text, which AutoEq, REW, Peace, squiglink and many players write and read.

``Filter 1: ON LSC Fc 105 Hz Gain 5.5 dB Q 0.70``. What its words mean is as its reference and parser have it: LSC and
HSC name a shelf's centre, LS and HS with a Q or slope its corner, which lies further out the higher the gain is.
"""

from __future__ import annotations

import re

from eqmorph.bands import BandKind
from eqmorph.errors import UsageError
from eqmorph.exchange.decimals import decimal
from eqmorph.exchange.format import Format, Outgoing, Taken, Written
from eqmorph.exchange.limits import finite, quoted, refuse_line
from eqmorph.exchange.raw import Raw, bands_of
from eqmorph.exchange.widths import q_of_octaves, q_of_slope

__all__ = ["FORMAT"]

_SHORT: dict[BandKind, str] = {"low_shelf": "LSC", "bell": "PK", "high_shelf": "HSC"}
_KINDS: dict[str, BandKind] = {
    **dict.fromkeys(("PK", "PEQ", "MODAL"), "bell"),
    **dict.fromkeys(("LS", "LSC", "LSQ"), "low_shelf"),
    **dict.fromkeys(("HS", "HSC", "HSQ"), "high_shelf"),
}
_CORNER = ("LS", "HS")  # their frequency is where the slope begins
_USUAL_SLOPE = 0.9  # of a shelf without a Q, as the program has it

_NUMBER = r"[+\-\u2212]?[\d.,]+(?:[eE][+\-]?\d+)?"
_COMMAND = re.compile(r"\s*([A-Za-z]+)(?:\s+\d+)?\s*:\s*(.*)")
_SWITCH = re.compile(r"(ON|OFF)\b\s*(.*)", re.IGNORECASE)
_TYPE = re.compile(r"([A-Za-z]+)\b\s*(.*)")
_SLOPE = re.compile(rf"({_NUMBER})\s*dB(?:/oct)?\b", re.IGNORECASE)
_PARTS = {
    "Fc": re.compile(rf"\b(?:Fc|F|Freq)\s*({_NUMBER})\s*(k?)(?:Hz)?", re.IGNORECASE),
    "Gain": re.compile(rf"\bGain\s*({_NUMBER})\s*(?:dB)?", re.IGNORECASE),
    "Q": re.compile(rf"\bQ\s*=?\s*({_NUMBER})", re.IGNORECASE),
    "BW": re.compile(rf"\bBW\s*Oct\s*({_NUMBER})", re.IGNORECASE),
}
# Commands that leave the curve as it is, and those that change it in ways that no bands do.
_HARMLESS = {"device", "stage", "delay", "if", "elseif", "else", "endif"}
_BEYOND = {"include", "copy", "convolution", "multiconvolution", "vstplugin", "loudnesscorrection", "eval", "iir"}
_AS_IN = "As in: Filter 1: ON PK Fc 1000 Hz Gain -2.5 dB Q 1.41"


def _write(eq: Outgoing) -> Written:
    lines = [f"Preamp: {decimal(eq.preamp_db, 1, 1)} dB"]
    for number, band in enumerate(eq.bands, start=1):
        freq, gain, q = decimal(band.freq_hz, 0, 2), decimal(band.gain_db, 1, 2), decimal(band.q, 2, 3)
        lines.append(f"Filter {number}: ON {_SHORT[band.kind]} Fc {freq} Hz Gain {gain} dB Q {q}")
    return Written(("\n".join(lines) + "\n").encode())


def _recognizes(text: str) -> bool:
    return re.search(r"^\s*(?:Preamp\s*:|Filter(?:\s+\d+)?\s*:)", text, re.IGNORECASE | re.MULTILINE) is not None


def _read(text: str) -> Taken:
    filters: list[Raw] = []
    notes: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        found = _COMMAND.fullmatch(line)
        if found is None:  # the program takes it for a comment, and so does everybody who writes one
            continue
        command, rest = found[1].lower(), found[2].strip()
        if command == "preamp":
            notes.append(f"its preamp of {rest} is left out: loudness and peaks are seen to by themselves")
        elif command == "filter":
            raw = _filter(number, line, rest)
            filters += [raw] if raw is not None else []
        elif command == "channel":
            if rest.lower() not in ("all", ""):
                refuse_line(number, line, "EQs of single channels can't be taken", "Leave out the other channels.")
        elif command in _BEYOND:
            refuse_line(number, line, "does what bands can't", "Remove the line to take the rest.")
        elif command == "graphiceq":
            refuse_line(number, line, "stands beside filters", "Give the two one after the other.")
        elif command in _HARMLESS:
            notes.append(f"line {number}, {quoted(line.strip())}, is left out: it is no filter")
    return bands_of(filters, notes)


def _filter(number: int, line: str, rest: str) -> Raw | None:
    switch = _SWITCH.fullmatch(rest)
    if switch is None:
        refuse_line(number, line, "doesn't say whether it is on", _AS_IN)
    if switch[1].upper() == "OFF" or switch[2].strip().lower() in ("none", ""):
        return None
    named = _TYPE.match(switch[2])
    kind_name = named[1].upper() if named is not None else ""
    if kind_name == "NONE":
        return None
    kind = _KINDS.get(kind_name)
    if kind is None:
        known = ", ".join(_KINDS)
        refuse_line(number, line, f"{kind_name or 'its kind'} is no filter that can be taken", f"Filters are {known}.")
    values = switch[2][len(kind_name) :]
    slope = _SLOPE.match(values.lstrip()) if kind != "bell" else None
    try:
        freq_hz = _value(values, "Fc")
        gain_db = _value(values, "Gain")
        if freq_hz is None or gain_db is None:
            raise UsageError("has no frequency or no gain")
        freq_hz, q = _width(kind_name, freq_hz, gain_db, values, finite(slope[1]) / 12 if slope else None)
    except UsageError as error:
        refuse_line(number, line, error.message, error.hint or _AS_IN)
    return Raw(kind, freq_hz, gain_db, q, f"line {number}")


def _value(values: str, name: str) -> float | None:
    found = _PARTS[name].search(values)
    if found is None:
        return None
    return finite(found[1]) * (1000 if name == "Fc" and found[2] else 1)


def _width(kind_name: str, freq_hz: float, gain_db: float, values: str, slope: float | None) -> tuple[float, float]:
    """Return a filter's centre and Q."""
    q, octaves = _value(values, "Q"), _value(values, "BW")
    if freq_hz <= 0 or (q is not None and q <= 0) or (octaves is not None and octaves <= 0):
        raise UsageError("has a frequency or width that is not positive")
    if octaves is not None:
        q = q_of_octaves(octaves, freq_hz)
    if q is None and _KINDS[kind_name] == "bell":
        raise UsageError("has no Q")
    has_width = q is not None or slope is not None
    if q is None:
        q = q_of_slope(_USUAL_SLOPE if slope is None else slope, gain_db)
    if not q > 0:
        raise UsageError("has a slope or width that no filter has")
    if kind_name in _CORNER and has_width:
        freq_hz = _centre_hz(kind_name, freq_hz, gain_db, q)
    return freq_hz, q


def _centre_hz(kind_name: str, corner_hz: float, gain_db: float, q: float) -> float:
    """Return the centre of a shelf that is given by its corner."""
    amplitude = 10 ** (gain_db / 40)
    per_slope = (1 / q**2 - 2) / (amplitude + 1 / amplitude) + 1
    factor = 10 ** (min(abs(gain_db), 100.0) / 80 * max(min(per_slope, 100.0), -1.0))
    return corner_hz * factor if kind_name == "LS" else corner_hz / factor


FORMAT = Format("apo", "Equalizer APO and AutoEq's parametric text", ".txt", _write, _read, _recognizes)
