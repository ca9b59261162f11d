"""A band alone: what is heard where it is at work."""

from __future__ import annotations

from eqmorph.bands import PASSES, Q_RANGE, Band, Bands
from eqmorph.tui.by_hand import HeldBand

__all__ = ["around"]

_LEAST_Q = 0.7  # of the band-pass: a wider one would let nearly all through
_SLOPE_DB = 24
_LET_THROUGH = {"low_shelf": "below", "high_shelf": "above", "high_pass": "below", "low_pass": "above"}


def around(bands: Bands, row: HeldBand) -> Bands:
    """Return an EQ of which only what lies around one of its bands is let through.

    That is what a shelf changes, and what a pass takes away; around anything else, a band-pass.
    """
    band = row.band
    side = _LET_THROUGH.get(band.kind)
    if side is None:
        through = Band("band_pass", band.freq_hz, q=min(max(band.q, _LEAST_Q), Q_RANGE[1]))
        return Bands([*bands, through, through])  # of one alone the sides are 6 dB per octave
    kept = [other for other in bands if other != band] if band.kind in PASSES else list(bands)
    through = Band("low_pass" if side == "below" else "high_pass", band.freq_hz, slope_db=_SLOPE_DB)
    return Bands([*kept, through])
