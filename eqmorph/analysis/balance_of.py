"""The tonal balance of a sound that was heard, to be a reference for others."""

from __future__ import annotations

import numpy as np

from eqmorph.analysis.ear import Ear
from eqmorph.audio.windows import Spectra
from eqmorph.balance import Balance
from eqmorph.model import GRID_HZ
from eqmorph.model.frontend import levels_db

__all__ = ["balance_of"]

_BELOW_DB = 120.0  # the loudest point: what lies deeper is not there, and nothing can be learned of it


def balance_of(ear: Ear, spectra: Spectra, name: str) -> Balance:
    """Return the tonal balance of a sound that is not silent; nothing is known of what its rate can't hold."""
    levels = levels_db(spectra.mean_power, spectra.sample_rate)
    levels = np.maximum(levels, levels.max() - _BELOW_DB)
    levels[spectra.grid.freq_hz[-1] < GRID_HZ] = np.nan
    kind = ear.kind_of(spectra)
    return Balance.of(name, levels, kind.value if kind is not None else None)
