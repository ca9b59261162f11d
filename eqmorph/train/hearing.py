"""What people who rated equalizers could hear of them: where the sound that they rated has something.

Each SocialFX answer came from rating one of three sounds. Where that sound is 50 dB below its loudest band people
heard less, at 64 dB nothing; gains there are interpolated, so an answer is held at its last heard value.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eqmorph._typing import Float64
from eqmorph.model.settings import GRID_HZ, on_grid
from eqmorph.train.corpus import AUDEALIZE_HZ, Answer

__all__ = ["answer_curves", "heard_at", "plainly_heard_at"]

# Levels in dB, from the loudest, of the three dry sounds in the 40 bands of `AUDEALIZE_HZ`: drums, guitar and piano.
# Measured once on the published files (power in each band); their order is that of the files' names.
_LEVELS_DB = {
    7: (-33, -21, 0, -7, -13, -6, -19, -20, -20, -22, -19, -25, -27, -25, -30, -29, -30, -26, -29, -29,
        -29, -30, -27, -28, -27, -29, -28, -29, -29, -30, -32, -34, -35, -36, -35, -37, -38, -41, -46, -49),
    8: (-41, -33, -28, -8, -7, -9, -6, 0, -1, -11, -7, -7, -21, -13, -21, -21, -15, -24, -21, -24,
        -23, -26, -25, -32, -32, -35, -36, -40, -43, -44, -48, -51, -53, -56, -59, -63, -63, -67, -68, -70),
    9: (-47, -23, -6, -6, -7, -2, -3, 0, -2, -3, 0, -5, -7, -4, -6, -8, -9, -13, -12, -12,
        -20, -15, -14, -24, -22, -26, -30, -32, -36, -39, -39, -42, -44, -52, -55, -61, -63, -64, -67, -66),
}  # fmt: skip
_FULLY_DB, _NOT_DB = -50.0, -64.0
_PLAINLY_DB, _BARELY_DB = -33.0, -48.0  # here people heard a gain, but engineers who listen to full bands hear more
_LEAST = 0.05  # what a gain counts where its sound has nothing: held from beside it, it is better than none


def heard_at(stimulus: int) -> Float64:
    """Return how much of a gain at `GRID_HZ` (64,) was heard in a sound, 0..1; an unknown sound has everything."""
    return np.maximum(_share(stimulus, _FULLY_DB, _NOT_DB), _LEAST)


def plainly_heard_at(stimulus: int) -> Float64:
    """Return how much of a gain (64,) was heard so well that charts have nothing to add, 0..1."""
    return _share(stimulus, _PLAINLY_DB, _BARELY_DB)


def _share(stimulus: int, all_db: float, none_db: float) -> Float64:
    if stimulus not in _LEVELS_DB:
        return np.ones(len(GRID_HZ))
    level_db = np.interp(np.log(GRID_HZ), np.log(AUDEALIZE_HZ), _LEVELS_DB[stimulus])
    return np.clip((level_db - none_db) / (all_db - none_db), 0.0, 1.0)


def answer_curves(answers: Sequence[Answer]) -> tuple[Float64, Float64]:
    """Return answers as curves (n, 64) of mean 0, and how much of each gain was heard (n, 64)."""
    heard = np.array([heard_at(answer.stimulus) for answer in answers]).reshape(-1, len(GRID_HZ))
    curves = np.array([_held(on_grid(a.curve, AUDEALIZE_HZ), h) for a, h in zip(answers, heard, strict=True)])
    return curves.reshape(heard.shape), heard


def _held(curve: Float64, heard: Float64) -> Float64:
    """Return a curve (64,) that stays as it is at its first and last heard point where nothing was heard."""
    inside = np.flatnonzero(heard > 0.5)
    held = curve.copy()
    held[: inside[0]], held[inside[-1] + 1 :] = curve[inside[0]], curve[inside[-1]]
    blend = heard * curve + (1 - heard) * held
    return np.asarray(blend - np.average(blend, weights=heard))
