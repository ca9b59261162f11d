"""Bands in one line: ``LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3``.

A band is a kind (LS, PK or HS), a frequency in Hz (``8k`` is 8000), a gain in dB and, if it isn't 0.71, a Q.
"""

from __future__ import annotations

import re

from eqmorph.bands.band import SHELF_Q, Band, BandKind
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
}
_SHORT: dict[BandKind, str] = {"low_shelf": "LS", "bell": "PK", "high_shelf": "HS"}
_NUMBER = r"[+\-\u2212\u2013]?(?:\d+\.?\d*|\.\d+)(?:e[+\-]?\d+)?"
_BAND = re.compile(
    rf"(?P<kind>[a-z_]+)\s+(?P<freq>{_NUMBER})\s*(?P<kilo>k?)(?:hz)?\s+(?P<gain>{_NUMBER})\s*(?:db)?"
    rf"(?:\s+q\s*=?\s*(?P<q>{_NUMBER}))?",
    re.IGNORECASE,
)
_MOST_QUOTED = 60
_HINT = 'Write bands as "LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3": kind, frequency in Hz, gain in dB, Q.'


def parse_bands(text: str) -> list[Band]:
    """Parse one or several lines; ``;`` or a line's end closes a band, ``#`` starts a comment.

    Raises:
        UsageError: something in the text is not a band, or a value is out of range.
    """
    lines = (line.partition("#")[0] for line in text.splitlines())
    pieces = [piece.strip() for line in lines for piece in line.split(";") if piece.strip()]
    if not pieces:
        raise UsageError("no bands given", hint=_HINT)
    return [_parse_band(piece) for piece in pieces]


def _parse_band(piece: str) -> Band:
    match = _BAND.fullmatch(piece)
    if match is None:
        raise UsageError(f"{_short(piece)} is not a band", hint=_HINT)
    kind = _KINDS.get(match["kind"].lower())
    if kind is None:
        raise UsageError(
            f"{_short(match['kind'])} in {_short(piece)} is not a kind of band", hint="Kinds are LS, PK and HS."
        )
    freq_hz = _number(match["freq"]) * (1000 if match["kilo"] else 1)
    try:
        return Band(kind, freq_hz, _number(match["gain"]), _number(match["q"]) if match["q"] else SHELF_Q)
    except UsageError as error:
        raise UsageError(f"{_short(piece)}: {error.message}", hint=error.hint) from None


def _short(text: str) -> str:
    """Quote a text on one line, however long it is: a whole file of anything may have been given."""
    return repr(text if len(text) <= _MOST_QUOTED else text[:_MOST_QUOTED] + "…")


def _number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace("\u2013", "-"))  # a minus or an en dash set by a typographer


def format_bands(bands: list[Band] | tuple[Band, ...]) -> str:
    """Return the line from which `parse_bands` reads the same bands, every digit kept."""
    return "; ".join(
        f"{_SHORT[b.kind]} {_digits(b.freq_hz)} {'+' if b.gain_db >= 0 else '-'}{_digits(abs(b.gain_db))}"
        + ("" if b.q == SHELF_Q else f" Q{_digits(b.q)}")
        for b in bands
    )


def _digits(value: float) -> str:
    return repr(float(value)).removesuffix(".0")
