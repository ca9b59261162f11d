"""A made-up corpus: settings from engineering practice and a crowd of two words."""

import numpy as np

from eqmorph.train.corpus import AUDEALIZE_HZ, Corpus, WordCurve
from eqmorph.train.synthetic import synthetic_corpus


def crowd() -> tuple[WordCurve, ...]:
    """Two words of a crowd: a tilt down and a tilt up."""
    tilt = np.log2(np.array(AUDEALIZE_HZ) / 1000)
    return (
        WordCurve("warm", "en", tuple(-1.5 * tilt), 40, 0.5),
        WordCurve("frío", "es", tuple(1.2 * tilt + np.sin(tilt)), 5, 0.5),
    )


def corpus() -> Corpus:
    """Made-up settings and the little crowd."""
    return synthetic_corpus(160, seed=0) + Corpus(curves=crowd())
