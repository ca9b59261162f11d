"""Mains hum taken out: a notch for each line, as deep as it stands out of what is around it, before any other EQ."""

from __future__ import annotations

from dataclasses import replace

from eqmorph.adapt.eq import Choice
from eqmorph.audio.hum import Hum
from eqmorph.bands import Band, Bands

__all__ = ["without_hum"]

_WIDTH_HZ = 0.8
_MOST_Q = 100.0


def without_hum(choice: Choice, hum: Hum | None) -> Choice:
    """Return a choice that takes hum out too; the same one where there is none."""
    if hum is None:
        return replace(choice, notes=(*choice.notes, "dehum: no hum found, nothing was taken out"))
    notches = [
        Band("notch", line.freq_hz, -line.depth_db, q=min(line.freq_hz / _WIDTH_HZ, _MOST_Q)) for line in hum.lines
    ]
    ride = choice.ride
    if ride is not None:
        stations = tuple(replace(one, bands=Bands((*notches, *one.bands))) for one in ride.stations)
        ride = replace(ride, stations=stations)
    notes = (*choice.notes, f"dehum: {hum}")
    return replace(choice, bands=Bands((*notches, *choice.bands)), ride=ride, notes=notes, hum=hum)
