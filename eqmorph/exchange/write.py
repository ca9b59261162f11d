"""An EQ into another program's file."""

from __future__ import annotations

from dataclasses import replace

from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.exchange.format import USUAL_RATE, Format, Outgoing, Written
from eqmorph.exchange.nearest import difference, nearest
from eqmorph.exchange.sections import exact_response

__all__ = ["write_eq"]


def write_eq(
    bands: Bands, fmt: Format, *, sample_rate: int | None = None, name: str = "eqmorph", channels: int = 2
) -> Written:
    """Return what a format makes of an EQ, and notes on all that it couldn't hold.

    Args:
        bands: the EQ.
        fmt: what to write.
        sample_rate: of the sound that the EQ is for. A band too high for it is written as it is rendered there.
        name: what the program is to call the EQ, where it calls it anything.
        channels: of the sound. One alone has neither sides nor a left and right, and what there is of it is the middle.
    """
    bands = _of_one_channel(bands) if channels == 1 else bands
    rate = sample_rate or USUAL_RATE
    at_rate = bands.at_rate(rate)
    held, notes = nearest(at_rate.bands, fmt.holds, rate)
    written = fmt.write(Outgoing(held, rate, name))
    return replace(written, notes=(*at_rate.notes, *notes, *written.notes, *_read_back(held, fmt, written, rate)))


def _of_one_channel(bands: Bands) -> Bands:
    return Bands(replace(band, channel="both") for band in bands if band.channel in ("both", "mid"))


def _read_back(bands: Bands, fmt: Format, written: Written, sample_rate: float) -> tuple[str, ...]:
    """Say how far what was written is from what is rendered here: its digits, and filters of double precision."""
    if fmt.holds.shape != "bands" or fmt.holds.is_exact or fmt.read is None:
        return ()
    try:
        made = fmt.read(written.data.decode()).bands
    except UsageError:  # coefficients, of which nobody can tell what band they are
        made = bands
    off = difference(bands, made, sample_rate, by=exact_response)
    return (f"the written filters differ from what is rendered here by up to {off}",) if off.is_worth_saying else ()
