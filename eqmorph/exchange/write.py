"""An EQ into another program's file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eqmorph.bands import Bands
from eqmorph.bands.response import BandArrays, prototype_db
from eqmorph.exchange.format import USUAL_RATE, Format, Outgoing, Written
from eqmorph.exchange.nearest import Difference, difference_of_curves, heard_hz, nearest

__all__ = ["write_eq"]


def write_eq(bands: Bands, fmt: Format, *, sample_rate: int | None = None, name: str = "eqmorph") -> Written:
    """Return what a format makes of an EQ, and notes on all that it couldn't hold.

    Args:
        bands: the EQ.
        fmt: what to write.
        sample_rate: of the sound that the EQ is for. A band too high for it is written as it is rendered there.
        name: what the program is to call the EQ, where it calls it anything.
    """
    rate = sample_rate or USUAL_RATE
    at_rate = bands.at_rate(rate)
    held, notes = nearest(at_rate.bands, fmt.holds, rate)
    written = fmt.write(Outgoing(held, rate, name))
    return replace(written, notes=(*at_rate.notes, *notes, *written.notes, *_read_back(held, fmt, written, rate)))


def _read_back(bands: Bands, fmt: Format, written: Written, sample_rate: float) -> tuple[str, ...]:
    """Say how far what was written is from what is rendered here: its digits, and filters of double precision."""
    if fmt.holds.shape != "bands" or fmt.holds.is_exact or fmt.read is None:
        return ()
    made = fmt.read(written.data.decode()).bands
    off = _difference_of_exact(bands, made, sample_rate)
    return (f"the written filters differ from what is rendered here by up to {off}",) if off.is_worth_saying else ()


def _difference_of_exact(bands: Bands, made: Bands, sample_rate: float) -> Difference:
    """Return how far exact filters are from the rendered ones, which are of single precision."""
    freqs_hz = heard_hz(sample_rate)
    freqs_hz = np.union1d(freqs_hz, [band.freq_hz for band in bands if freqs_hz[0] <= band.freq_hz <= freqs_hz[-1]])
    made_db = prototype_db(BandArrays.of(made.bands), freqs_hz, sample_rate)
    return difference_of_curves(bands.response_db(freqs_hz, sample_rate), made_db, freqs_hz)
