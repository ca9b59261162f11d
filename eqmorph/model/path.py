"""From one target to another in steps: every step a valid setting, and the pace one that sounds even."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.model.settings import rms
from eqmorph.model.space import SemanticSpace
from eqmorph.target import Target

__all__ = ["CURVES", "PathCurve", "Step", "morph_path"]

Float64 = NDArray[np.float64]

PathCurve = Literal["linear", "smooth", "perceptual"]
CURVES: tuple[PathCurve, ...] = get_args(PathCurve)
_PACINGS = 6  # rounds of evening out the pace


@dataclass(frozen=True)
class Step:
    """One step: how far along (0..1), its bands, the curve they make (64,), and the distance from the step before."""

    position: float
    bands: Bands
    curve_db: Float64
    moved_db: float


def morph_path(
    space: SemanticSpace, start: Target, end: Target, steps: int, *, curve: PathCurve = "perceptual"
) -> list[Step]:
    """``steps`` settings from ``start`` to ``end``, both included.

    ``linear`` moves evenly from curve to curve, ``smooth`` sets off and arrives gently, ``perceptual`` places the steps
    so that neighbours are equally far apart in ERB-weighted dB (the grid is ERB-spaced, so that is plain rms).
    """
    if steps < 2:
        raise UsageError(f"{steps} step is no path", hint="Ask for two steps at least.")
    if curve not in CURVES:
        raise UsageError(f"unknown curve {curve!r}", hint=f"Use one of {', '.join(CURVES)}.")
    first, last = space.equalizer(start).wanted_db, space.equalizer(end).wanted_db
    even = np.linspace(0, 1, steps)
    places = even * even * (3 - 2 * even) if curve == "smooth" else even
    made = _made(space, first, last, places)
    if curve == "perceptual":
        places, made = _evenly_paced(space, first, last, places, made)
    curves = np.array([c for _, c in made])
    moved = np.concatenate([[0.0], rms(np.diff(curves, axis=0))])
    return [Step(float(place), bands, c, float(m)) for place, (bands, c), m in zip(places, made, moved, strict=True)]


def _made(space: SemanticSpace, first: Float64, last: Float64, places: Float64) -> list[tuple[Bands, Float64]]:
    return [space.nearest_bands((1 - t) * first + t * last) for t in places]


def _evenly_paced(
    space: SemanticSpace, first: Float64, last: Float64, places: Float64, made: list[tuple[Bands, Float64]]
) -> tuple[Float64, list[tuple[Bands, Float64]]]:
    """Places such that what is really rendered, not what was wanted, moves on by equal amounts; best round wins."""
    best = (np.inf, places, made)
    for _ in range(_PACINGS):
        moved = rms(np.diff([c for _, c in made], axis=0))
        unevenness = float(np.ptp(moved))
        if unevenness < best[0]:
            best = (unevenness, places, made)
        travelled = np.concatenate([[0.0], np.cumsum(moved)])
        if travelled[-1] <= 1e-9:
            break
        wanted = np.linspace(0, travelled[-1], len(places))
        places = np.interp(wanted, travelled, places)
        made = _made(space, first, last, places)
    return best[1], best[2]
