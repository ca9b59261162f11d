"""Equalizer APO's text, which AutoEq, REW, Peace, squiglink and many players write and read.

``Filter 1: ON LSC Fc 105 Hz Gain 5.5 dB Q 0.70``. What its words mean is as its reference and parser have it: LSC and
HSC name a shelf's centre, LS and HS with a Q or slope its corner, which lies further out the higher the gain is.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from eqmorph.bands import PASSES, BandKind, Channel, Taken
from eqmorph.errors import UsageError
from eqmorph.exchange.decimals import decimal
from eqmorph.exchange.format import Format, Holds, Outgoing, Written
from eqmorph.exchange.limits import finite, hertz, quoted, refuse_line
from eqmorph.exchange.raw import Raw, bands_of
from eqmorph.exchange.sections import Section, sections_of
from eqmorph.exchange.widths import BUTTERWORTH, amplitude, q_of_octaves, q_of_slope

__all__ = ["FORMAT"]

_SHORT: dict[BandKind, str] = {
    "high_pass": "HPQ",
    "low_shelf": "LSC",
    "bell": "PK",
    "notch": "NO",
    "band_pass": "BP",
    "high_shelf": "HSC",
    "low_pass": "LPQ",
}
_KINDS: dict[str, BandKind] = {
    **dict.fromkeys(("PK", "PEQ", "MODAL"), "bell"),
    **dict.fromkeys(("LS", "LSC", "LSQ"), "low_shelf"),
    **dict.fromkeys(("HS", "HSC", "HSQ"), "high_shelf"),
    **dict.fromkeys(("HP", "HPQ"), "high_pass"),
    **dict.fromkeys(("LP", "LPQ"), "low_pass"),
    "NO": "notch",
    "BP": "band_pass",
}
_SHAPED = ("bell", "low_shelf", "high_shelf")
_CORNER = ("LS", "HS")  # their frequency is where the slope begins
_USUAL_SLOPE = 0.9  # of a shelf without a Q, as the program has it
_USUAL_Q: dict[BandKind, float] = {"notch": 30.0, **dict.fromkeys((*PASSES, "band_pass"), BUTTERWORTH)}

# How the middle and the sides are had: as channels of their own, made of the two and put back.
_APART = "Copy: MID=0.5*L+0.5*R SIDE=0.5*L+-0.5*R"
_TOGETHER = "Copy: L=1.0*MID+1.0*SIDE R=1.0*MID+-1.0*SIDE"
_CHANNEL_NAMES: dict[Channel, str] = {"both": "all", "left": "L", "right": "R", "mid": "MID", "side": "SIDE"}
_CHANNELS: dict[str, Channel] = {
    **{name.lower(): channel for channel, name in _CHANNEL_NAMES.items()},
    "1": "left",
    "fl": "left",
    "2": "right",
    "fr": "right",
    "l r": "both",
    "1 2": "both",
    "": "both",
}

_NUMBER = r"[+\-\u2212]?[\d.,]+(?:[eE][+\-]?\d+)?"
_COMMAND = re.compile(r"\s*([A-Za-z]+)(?:\s+\d+)?\s*:\s*(.*)")
_SWITCH = re.compile(r"(ON|OFF)\b\s*(.*)", re.IGNORECASE)
_TYPE = re.compile(r"([A-Za-z]\w*)")
_REW_Q = re.compile(r"\s+Q\s+Fc\b", re.IGNORECASE)  # REW's "LS Q": by its middle, as LSC
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
# A filter by its words, whatever it is introduced by; and a command behind another one.
_LIKE_A_FILTER = re.compile(r"\b(?:ON|OFF)\s+[A-Za-z]\w*\s.*\d|\bFc\s*\d", re.IGNORECASE)
_SECOND = re.compile(r"\b(?:Preamp|Filter(?:\s+\d+)?|Channel|GraphicEQ)\s*:", re.IGNORECASE)
_OWN_LINE = re.compile(
    r"^\s*(?:Preamp\s*:|Filter(?:\s+\d+)?\s*:|Filter\s+\d+\s+(?:ON|OFF)\b)", re.IGNORECASE | re.MULTILINE
)
_MOST_NAMED = 10
_AS_IN = "As in: Filter 1: ON PK Fc 1000 Hz Gain -2.5 dB Q 1.41"


def _write(eq: Outgoing) -> Written:
    lines = [f"Preamp: {decimal(eq.preamp_db, 1, 1)} dB"]
    has_sides = False
    for channel in eq.bands.channels:
        if channel in ("mid", "side") and not has_sides:
            lines.append(_APART)
            has_sides = True
        if channel != "both":
            lines.append(f"Channel: {_CHANNEL_NAMES[channel]}")
        lines += (f"Filter: ON {_filter_text(section)}" for section in sections_of(eq.bands.on(channel)))
    if has_sides:
        lines.append(_TOGETHER)
    if eq.bands.channels != ("both",):
        lines.append("Channel: all")
    numbers = itertools.count(1)
    lines = [
        line.replace("Filter:", f"Filter {next(numbers)}:", 1) if line.startswith("Filter:") else line for line in lines
    ]
    return Written(("\n".join(lines) + "\n").encode())


def _filter_text(section: Section) -> str:
    gain = f"Gain {decimal(section.gain_db, 1, 2)} dB " if section.kind in _SHAPED else ""
    kind = _SHORT[section.kind]
    return f"{kind} Fc {decimal(section.freq_hz, 0, 2)} Hz {gain}Q {decimal(section.q, 2, 3)}"


def _recognizes(text: str) -> bool:
    return _OWN_LINE.search(text) is not None or _is_without_filters(text)


def _is_without_filters(text: str) -> bool:
    """Tell whether there are only lines of the program that are no filters: of these is to be said what they are."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found = [_COMMAND.fullmatch(line) for line in lines]
    return bool(found) and all(one is not None and one[1].lower() in {*_BEYOND, *_HARMLESS, "channel"} for one in found)


@dataclass(slots=True)
class _Reading:
    """What was read so far, and which channel the next filters are for."""

    filters: list[Raw] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    channel: Channel = "both"
    comments: list[int] = field(default_factory=list)


def _read(text: str) -> Taken:
    reading = _Reading()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _COMMAND.fullmatch(line)
        if found is not None:
            _take(reading, number, line, found[1].lower(), found[2].strip())
        else:
            _take_comment(reading, number, line)
    if reading.comments:
        reading.notes.append(_comments_note(reading.comments))
    return bands_of(reading.filters, reading.notes)


def _take_comment(reading: _Reading, number: int, line: str) -> None:
    """Leave out what the program takes for a comment, unless it is a filter that is misspelt."""
    if _LIKE_A_FILTER.search(line):
        refuse_line(number, line, "is no filter as it is written", f"{_AS_IN}. A # before it makes it a comment.")
    reading.comments.append(number)


def _comments_note(lines: list[int]) -> str:
    if len(lines) == 1:
        return f"line {lines[0]} is left out: it is no filter"
    named = ", ".join(map(str, lines[:_MOST_NAMED])) + (" and more" if len(lines) > _MOST_NAMED else "")
    return f"lines {named} are left out: they are no filters"


def _take(reading: _Reading, number: int, line: str, command: str, rest: str) -> None:
    if _SECOND.search(rest):
        refuse_line(number, line, "holds more than one command", "Give each a line of its own.")
    if command == "preamp":
        reading.notes.append(f"its preamp of {rest} is left out: loudness and peaks are seen to by themselves")
    elif command == "filter":
        raw = _filter(number, line, rest, reading.channel)
        reading.filters += [raw] if raw is not None else []
    elif command == "channel":
        channel = _CHANNELS.get(" ".join(rest.lower().split()))
        if channel is None:
            refuse_line(number, line, "is none of the two channels", "Use all, L or R, or remove the channel.")
        reading.channel = channel
    elif line.strip() in (_APART, _TOGETHER):
        pass
    elif command in _BEYOND:
        refuse_line(number, line, "does what bands can't", "Remove the line to take the rest.")
    elif command == "graphiceq":
        refuse_line(number, line, "stands beside filters", "Give the two one after the other.")
    elif command in _HARMLESS:
        reading.notes.append(f"line {number}, {quoted(line.strip())}, is left out: it is no filter")
    else:
        _take_comment(reading, number, line)


def _filter(number: int, line: str, rest: str, channel: Channel) -> Raw | None:
    switch = _SWITCH.fullmatch(rest)
    if switch is None:
        refuse_line(number, line, "doesn't say whether it is on", _AS_IN)
    named = _TYPE.match(switch[2])
    if switch[1].upper() == "OFF" or (named is not None and named[1].upper() == "NONE"):
        return None
    if named is None:
        refuse_line(number, line, "names no kind of filter", _AS_IN)
    kind_name = named[1].upper()
    kind = _KINDS.get(kind_name)
    if kind is None:
        refuse_line(number, line, f"{kind_name} is no filter that can be taken", f"Filters are {', '.join(_KINDS)}.")
    values = switch[2][len(kind_name) :]
    by_corner = kind_name in _CORNER and not _REW_Q.match(values)
    slope = _SLOPE.match(values.lstrip()) if kind.endswith("shelf") else None
    try:
        freq_hz = _value(values, "Fc")
        gain_db = _value(values, "Gain") if kind in _SHAPED else 0.0
        if freq_hz is None or gain_db is None:
            raise UsageError("has no frequency or no gain")
        q, is_stated = _width(kind, freq_hz, gain_db, values, finite(slope[1]) / 12 if slope else None)
        if by_corner and is_stated:
            freq_hz = _centre_hz(kind_name, freq_hz, gain_db, q)
    except UsageError as error:
        refuse_line(number, line, error.message, error.hint or _AS_IN)
    return Raw(kind, freq_hz, gain_db, q, f"line {number}", channel=channel)


def _value(values: str, name: str) -> float | None:
    found = _PARTS[name].search(values)
    if found is None:
        return None
    if values[found.end() :].lstrip()[:1].isdigit():
        raise UsageError(f"has a {name} with a gap in its number", hint="Write thousands without a space: 1000.")
    if name == "Fc":
        return hertz(found[1]) * (1000 if found[2] else 1)
    return finite(found[1])


def _width(kind: BandKind, freq_hz: float, gain_db: float, values: str, slope: float | None) -> tuple[float, bool]:
    """Return a filter's Q, and whether it is stated."""
    q, octaves = _value(values, "Q"), _value(values, "BW")
    if freq_hz <= 0 or (q is not None and q <= 0) or (octaves is not None and octaves <= 0):
        raise UsageError("has a frequency or width that is not positive")
    if octaves is not None:
        q = q_of_octaves(octaves, freq_hz)
    if q is None and kind == "bell":
        raise UsageError("has no Q")
    is_stated = q is not None or slope is not None
    if q is None:
        q = _USUAL_Q.get(kind) or q_of_slope(_USUAL_SLOPE if slope is None else slope, gain_db)
    if not q > 0:
        raise UsageError("has a slope or width that no filter has")
    return q, is_stated


def _centre_hz(kind_name: str, corner_hz: float, gain_db: float, q: float) -> float:
    """Return the centre of a shelf that is given by its corner."""
    root = amplitude(gain_db)
    per_slope = (1 / q**2 - 2) / (root + 1 / root) + 1
    factor = 10 ** (min(abs(gain_db), 100.0) / 80 * max(min(per_slope, 100.0), -1.0))
    return corner_hz * factor if kind_name == "LS" else corner_hz / factor


FORMAT = Format(
    "apo",
    "Equalizer APO and AutoEq's parametric text",
    ".txt",
    _write,
    _read,
    _recognizes,
    Holds(channels=tuple(_CHANNEL_NAMES)),
)
