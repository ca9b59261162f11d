"""Made-up people: each word a tilt or a hill, each person some way from it."""

from __future__ import annotations

import numpy as np

from eqmorph.train.corpus import AUDEALIZE_HZ, Answer, Setting

OCTAVES = np.log2(np.array(AUDEALIZE_HZ) / 1000)
SHAPES = {
    "warm": -OCTAVES,
    "bright": OCTAVES,
    "loud": -np.abs(OCTAVES),
    "tinny": np.exp(-0.5 * (OCTAVES - 1) ** 2) - np.exp(-0.5 * (OCTAVES + 2) ** 2),
}


def answers(people: int = 12, *, differ: float = 0.7, seed: int = 0) -> tuple[Answer, ...]:
    rng = np.random.default_rng(seed)
    made = []
    for word, shape in SHAPES.items():
        for person in range(people):
            ways = np.interp(OCTAVES, np.linspace(-6, 5, 8), rng.normal(size=8))
            curve = shape / np.std(shape) + differ * ways
            curve = (curve - curve.mean()) / curve.std()
            made.append(Answer(word, "en", 7 + person % 3, float(rng.uniform(0.3, 0.9)), tuple(map(float, curve))))
    return tuple(made)


def settings() -> tuple[Setting, ...]:
    """Three settings saved under a word: a low shelf up, a high shelf down."""
    return tuple(
        Setting(("warm",), (gain, 200.0, 0.0, 300.0, 1.0, 0.0, 1000.0, 1.0, 0.0, 3000.0, 1.0, -gain, 5000.0))
        for gain in (2.0, 4.0, 6.0)
    )
