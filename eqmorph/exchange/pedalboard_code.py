"""A snippet of Python that builds the EQ with pedalboard, which is what renders it here too."""

from __future__ import annotations

from eqmorph.bands import BandKind
from eqmorph.exchange.decimals import decimal
from eqmorph.exchange.format import Format, Holds, Outgoing, Written

__all__ = ["FORMAT"]

_CLASSES: dict[BandKind, str] = {
    "low_shelf": "LowShelfFilter",
    "bell": "PeakFilter",
    "high_shelf": "HighShelfFilter",
}


def _write(eq: Outgoing) -> Written:
    bands = [band for band in eq.bands if band.gain_db]
    names = sorted({_CLASSES[band.kind] for band in bands} | {"Pedalboard"} | ({"Gain"} if eq.preamp_db else set()))
    lines = [
        f"# {_one_line(eq.name)}, as rendered at {eq.sample_rate} Hz: equalized = board(audio, {eq.sample_rate})",
        f"from pedalboard import {', '.join(names)}",
        "",
        "board = Pedalboard([",
    ]
    if eq.preamp_db:
        lines.append(f"    Gain(gain_db={decimal(eq.preamp_db, 1, 1)}),")
    lines += [
        f"    {_CLASSES[band.kind]}(cutoff_frequency_hz={band.freq_hz!r}, gain_db={band.gain_db!r}, q={band.q!r}),"
        for band in bands
    ]
    lines.append("])")
    return Written(("\n".join(lines) + "\n").encode())


def _one_line(text: str) -> str:
    """Return a text that can't end the comment that it stands in."""
    return "".join(c if c.isprintable() else " " for c in text)


FORMAT = Format("pedalboard", "a snippet of Python for pedalboard", ".py", _write, holds=Holds(has_rate=True))
