"""`Balance`: how loud each part of the spectrum is against the others, of one sound or of several on average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.model import GRID_HZ

__all__ = ["THIRDS_HZ", "Balance", "average", "distance_db", "third_octaves"]

#: The third-octaves from 100 Hz to 10 kHz, by which balances are shown and compared.
THIRDS_HZ: Float64 = 1000.0 * 10.0 ** (np.arange(-10, 11) / 10)
_LEVEL_FROM_HZ, _LEVEL_TO_HZ = THIRDS_HZ[0], THIRDS_HZ[-1]  # what lies beyond must not move a balance's level
_DIGITS = 3  # of a dB


@dataclass(frozen=True, slots=True)
class Balance:
    """The tonal balance of a recording, or of several on average.

    Attributes:
        name: what it is called.
        levels_db: spectral density in dB at `GRID_HZ` (64), against its own mean from 100 Hz to 10 kHz; None where
            nothing is known, as above what a sample rate holds.
        kind: of sound, by name; None if that is mixed or can't be told.
        files: how many recordings it is the average of.
        description: what it is for, in a sentence.
    """

    name: str
    levels_db: tuple[float | None, ...]
    kind: str | None = None
    files: int = 1
    description: str = ""

    @classmethod
    def of(
        cls, name: str, levels_db: Float64, kind: str | None = None, files: int = 1, description: str = ""
    ) -> Balance:
        """Make a balance of levels in dB at `GRID_HZ` (64,), NaN where nothing is known; their own level goes."""
        within = levels_db[(GRID_HZ >= _LEVEL_FROM_HZ) & (GRID_HZ <= _LEVEL_TO_HZ)]
        known = within[~np.isnan(within)] if not np.isnan(within).all() else levels_db[~np.isnan(levels_db)]
        own = levels_db - known.mean()
        rows = tuple(None if np.isnan(level) else round(float(level), _DIGITS) + 0.0 for level in own)
        return cls(name, rows, kind, files, description)

    @property
    def array(self) -> Float64:
        """The levels (64,), NaN where nothing is known."""
        return np.array([np.nan if level is None else level for level in self.levels_db])

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where something is known (64,)."""
        return np.array([level is not None for level in self.levels_db])


def average(balances: Sequence[Balance], name: str) -> Balance:
    """Return the mean of balances in dB, each counted as often as it has files."""
    levels = np.array([one.array for one in balances])
    counts = np.array([float(one.files) for one in balances])[:, None] * ~np.isnan(levels)
    total = counts.sum(axis=0)
    mean = np.divide(
        (counts * np.nan_to_num(levels)).sum(axis=0), total, out=np.full(len(GRID_HZ), np.nan), where=total > 0
    )
    kinds = {one.kind for one in balances}
    kind = kinds.pop() if len(kinds) == 1 else None
    return Balance.of(name, mean, kind, sum(one.files for one in balances))


def third_octaves(levels_db: Float64) -> Float64:
    """Return levels or differences at `GRID_HZ` (..., 64) at the third-octaves `THIRDS_HZ` (..., 21)."""
    rows = levels_db.reshape(-1, levels_db.shape[-1])
    found = [np.interp(np.log(THIRDS_HZ), np.log(GRID_HZ), row) for row in rows]
    return np.array(found).reshape(*levels_db.shape[:-1], len(THIRDS_HZ))


def distance_db(differences_db: Float64) -> float:
    """Return how far apart two balances are, given their difference at `GRID_HZ` (64,).

    It is the mean over the third-octaves, level removed; what is not known (NaN) counts for nothing.
    """
    thirds = third_octaves(differences_db)
    known = thirds[~np.isnan(thirds)]
    return float(np.abs(known - known.mean()).mean()) if len(known) else 0.0
