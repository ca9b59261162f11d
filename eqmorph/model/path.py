"""Go from one target to another in steps: every step a valid setting, at a pace that sounds even."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.model.eq_model import EqModel
from eqmorph.model.settings import rms
from eqmorph.model.space import Equalizer
from eqmorph.target import Target
from eqmorph.wording import Means, Phrase

__all__ = ["CURVES", "PathCurve", "Step", "morph_path"]


PathCurve = Literal["linear", "smooth", "perceptual"]
CURVES: tuple[PathCurve, ...] = get_args(PathCurve)
_FINE, _FEWEST, _MOST = 60, 600, 6000  # small steps for each step, at least, at most
_HALVINGS = 30
_OTHER_ENDS = Phrase("Name two different targets; {} shows what one of them does.", Means.SHOW_EQ)


@dataclass(frozen=True)
class Step:
    """One step of a path.

    Attributes:
        position: how far along, 0..1.
        bands: its setting.
        curve_db: what the bands do (64,).
        moved_db: the distance from the step before.
        notes: what had to be changed to make valid bands of it.
    """

    position: float
    bands: Bands
    curve_db: Float64
    moved_db: float
    notes: tuple[str, ...] = ()


def morph_path(
    model: EqModel, start: Target, end: Target, steps: int, *, curve: PathCurve = "perceptual"
) -> list[Step]:
    """Return ``steps`` settings from ``start`` to ``end``, both included.

    ``linear`` moves evenly from curve to curve, ``smooth`` sets off and arrives gently, ``perceptual`` places the steps
    so that neighbors are equally far apart in ERB-weighted dB (the grid is ERB-spaced, so that is plain rms). Where
    another way to place five bands becomes the better fit, curves jump by up to about 0.5 dB, so steps shorter than
    that are even except there.
    """
    if steps < 2:
        raise UsageError(f"{steps} steps are not a path", hint="Ask for at least two.")
    if curve not in CURVES:
        raise UsageError(f"unknown curve {curve!r}", hint=f"Use one of {', '.join(CURVES)}.")
    ends = model.equalizer(start), model.equalizer(end)
    if ends[0].bands == ends[1].bands:
        raise UsageError(f"{start} and {end} are the same EQ: there is nothing between them", hint=_OTHER_ENDS)
    if curve == "perceptual":
        places = _evenly_paced(model, ends, steps)
    else:
        places = np.linspace(0, 1, steps)
        if curve == "smooth":
            places = places * places * (3 - 2 * places)
    between = [(made.bands, made.curve_db, notes) for made, notes in model.along(*ends, places[1:-1])]
    # The ends are the words themselves, to the last digit.
    first, last = ((made.bands, made.curve_db, made.notes) for made in ends)
    made = [first, *between, last]
    moved = np.concatenate([[0.0], rms(np.diff([c for _, c, _ in made], axis=0))])
    return [
        Step(float(place), bands, c, float(m), notes)
        for place, (bands, c, notes), m in zip(places, made, moved, strict=True)
    ]


def _evenly_paced(model: EqModel, ends: tuple[Equalizer, Equalizer], steps: int) -> Float64:
    """Find places (steps,) whose curves, as five bands really make them, are equally far apart.

    The way is walked in small steps first; then the stride is sought with which the last one ends at the end.
    """
    count = int(np.clip(_FINE * steps, _FEWEST, _MOST))
    places = np.linspace(0, 1, count)
    curves = np.array([made.curve_db for made, _ in model.along(*ends, places)])
    window = 8 * count // steps
    short, long = 0.0, float(rms(np.diff(curves, axis=0)).sum())
    best, unevenness = np.linspace(0, count - 1, steps).astype(int), np.inf
    for _ in range(_HALVINGS):
        stride = (short + long) / 2
        visited = _walk(curves, stride, steps, window)
        left = float(rms(curves[-1] - curves[visited[-2]]))
        if visited[-2] < count - 1:
            gaps = rms(np.diff(curves[visited], axis=0))
            if np.ptp(gaps) < unevenness:
                best, unevenness = visited, float(np.ptp(gaps))
        short, long = (stride, long) if left > stride else (short, stride)
    return np.asarray(places[best])


def _walk(curves: Float64, stride: float, steps: int, window: int) -> NDArray[np.intp]:
    """Return indices (steps,) of ``curves`` (n, 64) from the first to the last, each a stride after the one before."""
    visited = [0]
    for _ in range(steps - 2):
        at = visited[-1]
        far = rms(curves[at : at + window] - curves[at]) >= stride
        visited.append(at + int(np.argmax(far)) if far.any() else min(at + window, len(curves) - 1))
    return np.array([*visited, len(curves) - 1])
