"""A trajectory as a picture: the sound over time, and its way through the plane in which sounds differ most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from eqmorph.analysis.courses import over_time
from eqmorph.analysis.ear import MAIN_WORDS, Ear
from eqmorph.analysis.pictured import spectrogram_of
from eqmorph.analysis.trajectory import model_digest
from eqmorph.audio.windows import SHORTEST_WINDOW_S, Spectra
from eqmorph.plot.shown import Journey, Place

__all__ = ["fine_window_s", "journey_of"]

_COLUMNS = 600  # of a spectrogram


def fine_window_s(duration_s: float) -> float:
    """Return how long windows may be for a sound's spectrogram to look like one: the shortest that it has room for."""
    return max(2 * duration_s / _COLUMNS, SHORTEST_WINDOW_S)


def journey_of(data: Mapping[str, Any], ear: Ear | None = None, spectra: Spectra | None = None) -> Journey:
    """Return the picture of a trajectory.

    Args:
        data: the trajectory.
        ear: what heard it; it knows where words lie. Without it, or if it was another, none are marked.
        spectra: the sound in short windows, for the spectrogram, if it is at hand.
    """
    windows = data["windows"]
    nowhere = (np.nan, np.nan)
    rows = [(w["pca"] or nowhere, w["start_s"] + w["length_s"] / 2) for w in windows]
    path = np.array([at for at, _ in rows], dtype=float).reshape(-1, 2)
    times_s = np.array([time for _, time in rows], dtype=float)
    return Journey(
        over_time(data),
        spectrogram_of(spectra) if spectra is not None and not spectra.is_silent else None,
        path,
        times_s,
        tuple(data["pca_share"]),
        _places(ear, data["words"]) if ear is not None and model_digest(ear) == data["model"]["sha256"] else (),
    )


def _places(ear: Ear, followed: list[str]) -> tuple[Place, ...]:
    """Return where words lie in the plane: those that are followed, and the usual ones."""
    words = [word for word in dict.fromkeys((*followed, *MAIN_WORDS)) if word in ear.space.terms]
    curves = np.array([ear.space.terms[word].curve_db for word in words])
    places = ear.plane.place(ear.space.encode(curves))
    return tuple(Place(word, float(x), float(y)) for word, (x, y) in zip(words, places, strict=True))
