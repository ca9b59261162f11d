"""Settings for data that hold none: SAFE's five bands fitted to what people answered, for every recipe to learn from.

An answer says which way a person went, not how far. It is given the strength that people's settings have in the middle.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import SHELF_Q
from eqmorph.model.fit_five import fit_five
from eqmorph.model.settings import GRID_HZ, on_grid, rms
from eqmorph.train.corpus import AUDEALIZE_HZ, Corpus

__all__ = ["TYPICAL_RMS_DB", "fitted_settings"]

TYPICAL_RMS_DB = 3.5  # of a setting's curve; the median of SAFE-DB's is 3.56
_STEPS = 24  # more change nothing
_START_HZ, _START_Q = (150.0, 400.0, 1200.0, 3500.0, 8000.0), (SHELF_Q, 0.8, 0.8, 0.8, SHELF_Q)


def fitted_settings(corpus: Corpus) -> tuple[list[tuple[str, ...]], Float64]:
    """Return words and settings (n, 15): one for each answer and, of words without single answers, for the mean."""
    answered = {answer.word for answer in corpus.answers}
    curves: list[tuple[str, Sequence[float]]] = [(answer.word, answer.curve) for answer in corpus.answers]
    curves += [(c.word, c.curve_db) for c in corpus.curves if c.word not in answered]
    settings = [_fitted(on_grid(curve, AUDEALIZE_HZ)) for _, curve in curves]
    return [(word,) for word, _ in curves], np.reshape(settings, (len(settings), 15))


def _fitted(curve: Float64) -> Float64:
    """Return five bands (15,) for a curve (64,), brought to the usual strength."""
    wanted = curve * (TYPICAL_RMS_DB / float(rms(curve)))
    gains = np.interp(np.log(_START_HZ), np.log(GRID_HZ), wanted)
    start = np.concatenate([gains, np.log(_START_HZ), np.log(_START_Q)])
    return fit_five(start, wanted, steps=_STEPS, shelves_keep_q=True).setting
