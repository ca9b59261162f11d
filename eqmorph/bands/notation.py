"""Bands in one line: ``HP 40; LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3``.

A band is a kind, a frequency in Hz (``8k`` is 8000), and what that kind has: shelves and bells (LS, HS, PK) a gain in
dB and, if it isn't 0.71, a Q; passes (HP, LP) a slope, if it isn't ``12dB``, or a Q; a band-pass (BP) a Q; a notch (NT)
a Q and, if it doesn't take all, how deep it is. ``M:``, ``S:``, ``L:`` or ``R:`` says that what follows, as far as the
next ``|``, acts on the middle, the sides, or one channel alone: ``M: PK 300 -2 | S: HS 8k +2``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from eqmorph.bands.band import PASSES, SHAPED, SLOPES_DB, Band, BandKind, Channel, usual_q
from eqmorph.errors import UsageError

__all__ = ["format_bands", "parse_bands"]

_KINDS: dict[str, BandKind] = {
    "ls": "low_shelf",
    "low_shelf": "low_shelf",
    "lowshelf": "low_shelf",
    "pk": "bell",
    "bell": "bell",
    "peak": "bell",
    "hs": "high_shelf",
    "high_shelf": "high_shelf",
    "highshelf": "high_shelf",
    "hp": "high_pass",
    "high_pass": "high_pass",
    "highpass": "high_pass",
    "lp": "low_pass",
    "low_pass": "low_pass",
    "lowpass": "low_pass",
    "nt": "notch",
    "notch": "notch",
    "bp": "band_pass",
    "band_pass": "band_pass",
    "bandpass": "band_pass",
}
_SHORT: dict[BandKind, str] = {
    "high_pass": "HP",
    "low_shelf": "LS",
    "bell": "PK",
    "notch": "NT",
    "band_pass": "BP",
    "high_shelf": "HS",
    "low_pass": "LP",
}
_CHANNELS: dict[str, Channel] = {
    "m": "mid",
    "mid": "mid",
    "s": "side",
    "side": "side",
    "l": "left",
    "left": "left",
    "r": "right",
    "right": "right",
}
_NUMBER = r"[+\-\u2212\u2013]?(?:\d+\.?\d*|\.\d+)(?:e[+\-]?\d+)?"
_BAND = re.compile(
    rf"(?P<kind>[a-z_]+)\s+(?P<freq>{_NUMBER})\s*(?P<kilo>k?)(?:hz)?"
    rf"(?:\s+(?P<db>{_NUMBER})\s*(?:db)?(?P<per>\s*/\s*oct(?:ave)?)?)?"
    rf"(?:\s+q\s*=?\s*(?P<q>{_NUMBER}))?",
    re.IGNORECASE,
)
_CHANNEL = re.compile(rf"\s*(?P<channel>{'|'.join(_CHANNELS)})\s*:", re.IGNORECASE)
_MOST_QUOTED = 60
_HINT = 'Write bands as "HP 40; LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3": kind, frequency in Hz, gain in dB, Q.'


def parse_bands(text: str) -> list[Band]:
    """Parse one or several lines; ``;``, ``|`` or a line's end closes a band, ``#`` starts a comment.

    Raises:
        UsageError: something in the text is not a band, or a value is out of range.
    """
    bands = [_parse_band(piece, channel) for piece, channel in _pieces(text)]
    if not bands:
        raise UsageError("no bands given", hint=_HINT)
    return bands


def _pieces(text: str) -> Iterator[tuple[str, Channel]]:
    """Yield what is said of each band, and what that acts on."""
    channel: Channel = "both"
    for line in text.splitlines():
        for number, part in enumerate(line.partition("#")[0].split("|")):
            channel = "both" if number else channel
            for piece in part.split(";"):
                said = _CHANNEL.match(piece)
                if said is not None:
                    channel = _CHANNELS[said["channel"].lower()]
                rest = piece[said.end() :] if said is not None else piece
                if rest.strip():
                    yield rest.strip(), channel


def _parse_band(piece: str, channel: Channel) -> Band:
    match = _BAND.fullmatch(piece)
    if match is None:
        raise UsageError(f"{_short(piece)} is not a band", hint=_HINT)
    kind = _KINDS.get(match["kind"].lower())
    if kind is None:
        raise UsageError(
            f"{_short(match['kind'])} in {_short(piece)} is not a kind of band",
            hint=f"Kinds are {', '.join(list(_SHORT.values())[:-1])} and LP.",
        )
    freq_hz = _number(match["freq"]) * (1000 if match["kilo"] else 1)
    db = None if match["db"] is None else _number(match["db"])
    if kind in SHAPED and db is None:
        raise UsageError(f"{_short(piece)} has no gain", hint=_HINT)
    if match["per"] and kind not in PASSES:
        raise UsageError(f"{_short(piece)}: only a high-pass or low-pass has a slope", hint=_HINT)
    if kind == "notch" and db == 0:
        raise UsageError(
            f"{_short(piece)}: a notch of 0 dB does nothing", hint="Leave the depth out for one that takes all: NT 50"
        )
    q = _number(match["q"]) if match["q"] else usual_q(kind)
    try:
        if kind in PASSES:
            return Band(kind, freq_hz, q=q, slope_db=_slope(db), channel=channel)
        return Band(kind, freq_hz, db or 0.0, q, channel=channel)
    except UsageError as error:
        raise UsageError(f"{_short(piece)}: {error.message}", hint=error.hint) from None


def _slope(db: float | None) -> int:
    if db is None:
        return 0
    if db not in SLOPES_DB:
        raise UsageError(f"{db:g} dB per octave is no slope that a filter has", hint="Slopes are 6, 12 and 24 dB.")
    return int(db)


def _short(text: str) -> str:
    """Quote a text on one line, however long it is: a whole file of anything may have been given."""
    return repr(text if len(text) <= _MOST_QUOTED else text[:_MOST_QUOTED] + "…")


def _number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace("\u2013", "-"))  # a minus or an en dash set by a typographer


def format_bands(bands: Iterable[Band]) -> str:
    """Return the line from which `parse_bands` reads the same bands, every digit kept."""
    parts = []
    for channel, group in groupby(bands, key=lambda band: band.channel):
        parts.append(("" if channel == "both" else f"{channel[0].upper()}: ") + "; ".join(map(_format_band, group)))
    return " | ".join(parts)


def _format_band(band: Band) -> str:
    said = [_SHORT[band.kind], _digits(band.freq_hz)]
    if band.kind in PASSES and band.slope_db != 12:
        said.append(f"{band.slope_db}dB")
    if band.has_gain:
        said.append(("+" if band.gain_db >= 0 else "-") + _digits(abs(band.gain_db)))
    if band.q != usual_q(band.kind):
        said.append(f"Q{_digits(band.q)}")
    return " ".join(said)


def _digits(value: float) -> str:
    return repr(float(value)).removesuffix(".0")
