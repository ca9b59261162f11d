"""Words that nobody, or a single person, was asked about: what they do follows from their synonyms.

The table is made when a model is trained (`eqmorph.train.derive`) and is small: a word's curve as a few numbers of one
byte each, how surely it is known, and the words through which it is. ``lexicon.safetensors`` holds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph.model.settings import POINTS
from eqmorph.model.terms import Term

__all__ = ["LANGUAGES", "VIA", "Lexicon", "packed_words", "problem_with_lexicon", "unpacked_words"]

LANGUAGES = ("en", "es")
VIA = 3  # words a derived one is known through, at most
_STEPS = 255.0  # of a confidence
_LARGEST = 1e3
_TYPES = {
    "words": np.uint8, "language": np.uint8, "quality": np.uint8, "asked": np.uint8, "confidence": np.uint8,
    "coefficients": np.int8, "through": np.int16, "seeds": np.uint8, "components": np.float32,
}  # fmt: skip


class Lexicon(Mapping[str, Term]):
    """Derived words by their plain letters; a term is made when it is looked up."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = arrays

    def __getitem__(self, word: str) -> Term:
        at = self._places[word]
        arrays = self._arrays
        curve = (arrays["coefficients"][at].astype(float) @ arrays["components"].astype(float)).reshape(POINTS)
        through = [int(seed) for seed in arrays["through"][at] if seed]
        return Term(
            word=word,
            language=LANGUAGES[int(arrays["language"][at])],
            rows=0,
            people=int(arrays["asked"][at]),
            agreement=None,
            confidence=float(arrays["confidence"][at]) / _STEPS,
            curve_db=curve,
            through=tuple(("not " if seed < 0 else "") + self._seeds[abs(seed) - 1] for seed in through),
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, word: object) -> bool:
        return word in self._places

    @cached_property
    def qualities(self) -> frozenset[str]:
        """The words that a sentence about sound may say of it; the others are understood where a word stands alone."""
        return frozenset(word for word, at in self._places.items() if self._arrays["quality"][at])

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: at for at, word in enumerate(unpacked_words(self._arrays["words"]))}

    @cached_property
    def _seeds(self) -> list[str]:
        return unpacked_words(self._arrays["seeds"])


def packed_words(words: list[str]) -> NDArray[np.uint8]:
    """Return words as the bytes of their text, one a line."""
    return np.frombuffer("\n".join(words).encode(), dtype=np.uint8)


def unpacked_words(packed: NDArray[np.uint8]) -> list[str]:
    """Return words from the bytes of their text."""
    text = packed.tobytes().decode()
    return text.split("\n") if text else []


def problem_with_lexicon(arrays: Mapping[str, NDArray[Any]]) -> str | None:
    """Return what is wrong with a lexicon's arrays, if anything is."""
    for name, kind in _TYPES.items():
        if name not in arrays or arrays[name].dtype != kind:
            return f"{name} is missing or of another type"
    for name in arrays:
        if name not in _TYPES:
            return f"it holds {name[:40]!r}"
    try:
        words, seeds = unpacked_words(arrays["words"]), unpacked_words(arrays["seeds"])
    except UnicodeDecodeError:
        return "its words are not text"
    count, parts = len(words), arrays["components"].shape[0] if arrays["components"].ndim else 0
    shapes = {
        "language": (count,), "quality": (count,), "asked": (count,), "confidence": (count,),
        "coefficients": (count, parts), "through": (count, VIA), "components": (parts, POINTS),
    }  # fmt: skip
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            return f"{name} has {arrays[name].shape} instead of {shape}"
    if len(set(words)) < count or not all(word.isprintable() and word for word in words + seeds):
        return "a word comes twice or is none"
    if (arrays["language"] >= len(LANGUAGES)).any() or (np.abs(arrays["through"]) > len(seeds)).any():
        return "it names a language or a word that it does not have"
    components = arrays["components"]
    if not np.isfinite(components).all() or (components.size and np.abs(components).max() > _LARGEST):
        return f"components holds numbers beyond {_LARGEST:g}"
    return None
