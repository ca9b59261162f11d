"""A little world of words: answers that tilt up or down, and a thesaurus of two families that are contraries."""

import numpy as np

from eqmorph.train.corpus import AUDEALIZE_HZ, Answer
from eqmorph.train.thesaurus import Thesaurus

TILT = np.log2(np.array(AUDEALIZE_HZ) / 1000)
TILT = (TILT - TILT.mean()) / TILT.std()
BUMP = np.exp(-0.5 * (np.log2(np.array(AUDEALIZE_HZ) / 900) / 0.6) ** 2)
BUMP = (BUMP - BUMP.mean()) / BUMP.std()

WORDS = ("bright", "shiny", "gleaming", "dull", "drab", "lonely")
LINKS = {
    ("bright", "shiny"): 1.0, ("shiny", "gleaming"): 1.0, ("bright", "dull"): -1.0, ("dull", "drab"): 1.0,
}  # fmt: skip


def thesaurus() -> Thesaurus:
    """Return the little thesaurus. Each word has other neighbors too, as in a real one, but these lead nowhere."""
    others = [f"{word}{n}" for word in WORDS for n in range(8)]
    links = {**LINKS, **{(other[:-1], other): 0.5 for other in others}}
    words = (*WORDS, *others)
    pairs = [(words.index(a), words.index(b)) for a, b in links]
    return Thesaurus(tuple(("en", word) for word in words), np.array(pairs), np.array(list(links.values())))


def answer(
    word: str, curve: np.ndarray = TILT, *, stimulus: int = 0, consistency: float = 0.5, language: str = "en"
) -> Answer:
    """An answer to a sound that has everything, unless another is asked for."""
    unit = (curve - curve.mean()) / curve.std()
    return Answer(word, language, stimulus, consistency, tuple(map(float, unit)))


def crowd(word: str, curve: np.ndarray, count: int, *, seed: int = 0, noise: float = 0.4) -> list[Answer]:
    """People who mean the same by a word, each in their own way."""
    rng = np.random.default_rng(seed)
    ways = [np.sin(2 * np.pi * k * np.linspace(0, 1, len(TILT))) for k in (1, 2, 3)]
    return [answer(word, curve + noise * sum(rng.normal() * way for way in ways)) for _ in range(count)]
