"""Settings made up from engineering practice, so that training runs with no data at all.

Eight words, each a recipe of where an engineer would reach and by how much; a setting draws around it, as people
differ.
"""

from __future__ import annotations

import numpy as np

from eqmorph.errors import UsageError
from eqmorph.train.corpus import Corpus, Setting

__all__ = ["SYNTHETIC_WORDS", "synthetic_corpus"]

# (gain dB, frequency Hz) of low shelf, three bells, high shelf; bells also Q.
_PRACTICE: dict[str, tuple[tuple[float, ...], ...]] = {
    "warm": ((3.0, 180), (4.0, 300, 0.8), (0.0, 1000, 0.8), (-1.5, 3500, 0.8), (-3.0, 7000)),
    "bright": ((-1.5, 150), (-1.0, 400, 0.8), (0.5, 1500, 0.8), (3.5, 4500, 0.7), (5.0, 9000)),
    "punchy": ((2.0, 90), (4.0, 110, 1.2), (-3.0, 400, 1.0), (3.0, 3000, 1.0), (0.5, 10_000)),
    "soft": ((1.0, 150), (1.0, 350, 0.7), (-1.0, 1800, 0.7), (-4.0, 3500, 0.7), (-3.5, 8000)),
    "sharp": ((-2.0, 150), (-1.0, 300, 0.8), (2.0, 2200, 1.2), (5.5, 4000, 1.6), (1.0, 9000)),
    "smooth": ((1.0, 120), (0.5, 300, 0.6), (-2.0, 2500, 1.0), (-3.0, 4500, 1.2), (1.5, 12_000)),
    "heavy": ((6.0, 90), (3.0, 130, 0.8), (1.0, 400, 0.7), (-1.0, 2500, 0.8), (-2.0, 6000)),
    "hollow": ((2.0, 150), (-2.0, 350, 0.8), (-6.0, 900, 0.7), (-2.0, 2000, 0.8), (2.0, 8000)),
}
SYNTHETIC_WORDS = tuple(_PRACTICE)
_STRENGTH, _GAIN_SPREAD_DB, _FREQ_SPREAD, _Q_SPREAD = (0.5, 1.6), 0.8, 0.2, 0.25


def synthetic_corpus(count: int, *, seed: int = 0) -> Corpus:
    """Make up ``count`` settings, the eight words in turn; the same seed gives the same settings."""
    if count < 1:
        raise UsageError(f"the count must be at least 1, not {count}")
    rng = np.random.default_rng(seed)
    words = [SYNTHETIC_WORDS[i % len(SYNTHETIC_WORDS)] for i in range(count)]
    return Corpus(tuple(Setting((word,), _draw(word, rng)) for word in words))


def _draw(word: str, rng: np.random.Generator) -> tuple[float, ...]:
    strength = rng.uniform(*_STRENGTH)
    values: list[float] = []
    for gain_db, freq_hz, *q in _PRACTICE[word]:
        values.append(float(np.clip(strength * gain_db + rng.normal(0, _GAIN_SPREAD_DB), -12, 12)))
        values.append(float(np.clip(freq_hz * np.exp(rng.normal(0, _FREQ_SPREAD)), 22, 20_000)))
        values += [float(np.clip(width * np.exp(rng.normal(0, _Q_SPREAD)), 0.1, 10)) for width in q]
    return tuple(values)
