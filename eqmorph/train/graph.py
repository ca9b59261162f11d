"""What words of nearly one meaning have in common, as a kernel: how alike two words' curves are expected to be.

A walk along a thesaurus' links, each step a little fainter, says how near two words are; a contrary on the way turns
the sign. The sum over all walks is a kernel, so that answers to some words say what to expect of others, and how surely
(a Gaussian process on a graph).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.train.thesaurus import Key, Thesaurus

__all__ = ["WordGraph"]

_FADING = 0.98  # of a walk with each step
_STEPS = 16
_SPREAD = 0.42  # nearness to this power: a word two steps away still says something
_OWN = 0.15  # the share of a word's meaning that none of its synonyms has


class WordGraph:
    """The kernel between some words, the `seeds`, and all words of a thesaurus. Words not in it stand alone."""

    def __init__(self, thesaurus: Thesaurus, seeds: Sequence[Key]) -> None:
        from scipy import sparse

        self.thesaurus = thesaurus
        self.seeds = tuple(seeds)
        n = len(thesaurus.words)
        self._rows = np.array([thesaurus.place.get(seed, -1) for seed in seeds], dtype=np.int64)
        known = np.flatnonzero(self._rows >= 0)
        i, j = thesaurus.pairs.T if len(thesaurus.pairs) else (np.zeros(0, int), np.zeros(0, int))
        half = sparse.csr_matrix((thesaurus.nearness, (i, j)), shape=(n, n))
        links = half + half.T
        degree = np.asarray(abs(links).sum(axis=1)).ravel()
        scale = sparse.diags(1 / np.sqrt(np.maximum(degree, 1e-9)))
        step = (_FADING * (scale @ links @ scale)).tocsr().astype(np.float32)
        walks = np.zeros((n, len(known)), dtype=np.float32)
        walks[self._rows[known], np.arange(len(known))] = 1.0
        total = walks.copy()
        for _ in range(_STEPS):
            walks = step @ walks
            total += walks
        # A walk's chance to come back at once is most of what a word has with itself: enough to bring all to one size.
        own = np.sqrt(1.0 + np.asarray(step.multiply(step).sum(axis=1)).ravel())
        total /= own[:, None] * own[self._rows[known]]
        self._near = np.zeros((n, len(seeds)), dtype=np.float32)
        self._near[:, known] = np.sign(total) * np.minimum(np.abs(total), 1.0) ** _SPREAD

    @property
    def among_seeds(self) -> Float64:
        """The kernel among the seeds (s, s)."""
        kernel = np.zeros((len(self.seeds), len(self.seeds)))
        known = self._rows >= 0
        kernel[known] = self._near[self._rows[known]]
        kernel = (1 - _OWN) * (kernel + kernel.T) / 2
        kernel[np.diag_indices_from(kernel)] = 1.0
        return np.asarray(kernel)

    def has(self, word: Key) -> bool:
        """Tell whether the thesaurus has a word."""
        return word in self.thesaurus.place

    def to_seeds(self, places: NDArray[np.intp]) -> Float64:
        """Return the kernel of words of the thesaurus, by place (w,), with the seeds (w, s)."""
        return np.asarray((1 - _OWN) * self._near[places], dtype=float)
