"""The versions of a sound as a picture."""

from __future__ import annotations

import numpy as np

from eqmorph.compare.versions import Comparison
from eqmorph.plot.shown import VersionsPicture

__all__ = ["versions_of"]


def versions_of(comparison: Comparison) -> VersionsPicture:
    """Return what each version's EQ does, and what it makes of the words asked for and of those that move beside."""
    rate = comparison.info.sample_rate
    words = (*comparison.words, *comparison.beside)
    places = [[place.percentile for place in comparison.places(version)] for version in comparison.versions]
    return VersionsPicture(
        tuple(version.name for version in comparison.versions),
        tuple(version.bands.sampled(rate, name=version.name) for version in comparison.versions),
        words,
        np.array(places, dtype=float).reshape(len(comparison.versions), len(words)),
    )
