"""What a sound will be like after an EQ over time, before anything is rendered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eqmorph.audio.windows import Spectra
from eqmorph.bands import Ride

__all__ = ["ridden"]

_NONE = 1e-20


def ridden(spectra: Spectra, ride: Ride) -> Spectra:
    """Return the windows of a sound after a ride, as it is in the middle of each."""
    power, energy = np.empty_like(spectra.power), np.empty_like(spectra.energy)
    loudness = spectra.grid.loudness.astype(float)
    at = 0
    for part in spectra.parts():
        some = slice(at, at + len(part.power))
        middle_s = part.start_s + part.length_s / 2
        done_db = (
            ride.response_db(spectra.grid.freq_hz, middle_s, spectra.sample_rate) + ride.gain_db(middle_s)[:, None]
        )
        power[some] = part.power * 10 ** (done_db / 10)
        louder = (power[some] @ loudness) / np.maximum(part.power @ loudness, _NONE)
        energy[some] = part.energy * louder
        at = some.stop
    return replace(spectra, power=power, energy=energy, quiet_power=None)
