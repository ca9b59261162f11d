"""Refinement: a decision's bands tuned until the sound, heard through them, is nearest what was wanted.

A decision fits its bands to a curve; what counts is what they make of the sound. So a sound is heard again for every
trial, in the power domain, and three things are kept small together, all in dB rms:

- how far the result's latent is from the wanted one: that of the sound's curve plus the curve decided on;
- how far the bands' shape departs from the decision's, which was measured and which one can rely on;
- coloration nobody asked for: what the bands do beyond the decided curve, where the sound is loud.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from eqmorph._typing import Float64
from eqmorph.analysis import Ear
from eqmorph.bands import Bands
from eqmorph.model import GRID_HZ, SCORED
from eqmorph.model.frontend import FARTHEST_DB
from eqmorph.model.settings import curve_of, without_mean

__all__ = ["Objective"]


_DB_OF_LATENT = 4.0  # the latent's linear part is a curve's rms over 4 dB
_SHAPE, _COLORATION = 0.3, 0.3  # what these count, against 1 for the latent


class Objective:
    """How far bands are from what is wanted of one sound; less is better.

    Args:
        ear: that listens.
        sound_db: the sound's curve (64,).
        wanted_db: the curve that was decided on for it (64,).
        start: the decision's bands.
        curve_after: the sound's curve (64,) after an EQ.
    """

    def __init__(
        self, ear: Ear, sound_db: Float64, wanted_db: Float64, start: Bands, curve_after: Callable[[Bands], Float64]
    ) -> None:
        self._ear = ear
        self._curve_after = curve_after
        self._start_db = curve_of(start)
        self._wanted_db = without_mean(wanted_db)
        self._latent = ear.space.encode(np.clip(sound_db + self._wanted_db, -FARTHEST_DB, FARTHEST_DB))
        self._heard = np.sqrt(_COLORATION * ear.loudness_shares(sound_db))

    def residuals(self, bands: Bands) -> Float64:
        """Return what the objective is the sum of squares of."""
        latent = _DB_OF_LATENT * (self._ear.space.encode(self._curve_after(bands)) - self._latent)
        curve = curve_of(bands)
        departure = (curve - self._start_db) * np.sqrt(_SHAPE / len(GRID_HZ))
        coloration = (curve - self._wanted_db)[SCORED] * self._heard
        return np.concatenate([latent, departure, coloration])

    def __call__(self, bands: Bands) -> float:
        residuals = self.residuals(bands)
        return float(residuals @ residuals)
