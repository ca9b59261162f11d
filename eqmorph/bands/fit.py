"""The five bands nearest to a curve: bounded least squares on an ERB-spaced grid.

The optimizer is Levenberg-Marquardt on gain, ln frequency and ln Q with an exact Jacobian; steps are clipped to the
bands' ranges. It is started from a few fixed layouts and from one read off the curve, and the best result wins, so
the outcome depends on nothing but the curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from eqmorph._typing import Float64
from eqmorph.bands.band import FREQ_RANGE_HZ, GAIN_RANGE_DB, Q_RANGE, SHELF_Q, Band, BandKind, check_sample_rate
from eqmorph.bands.response import BandArrays, prototype_db, prototype_jacobian
from eqmorph.bands.rounding import well_rounded
from eqmorph.errors import UsageError

__all__ = [
    "FIVE_BANDS",
    "HIGHEST_BAND",
    "as_bands",
    "bell_for",
    "erb_grid",
    "erb_rate",
    "fit_bands",
    "improve_bands",
    "pick",
    "stack",
]  # fmt: skip


FIVE_BANDS: tuple[BandKind, ...] = ("low_shelf", "bell", "bell", "bell", "high_shelf")
HIGHEST_BAND = 0.45  # of the sample rate: above this, pedalboard's filters no longer do what was asked
_GRID_POINTS = 190  # so dense that even a bell of Q 10 at 30 Hz can't hide between two
_ROUGH_STRIDE = 3  # choosing between starts needs fewer points
_LARGEST_DB = 1000.0
_ROUNDED_WITHIN_DB = 0.1
_ROUGH_STEPS, _FINE_STEPS = 10, 24
_SETTLED = 1e-5  # a fit is done when a step improves it by less than this share
_MOST_DAMPING = 1e3  # a fit that finds nothing better with this much damping is done
_LAYOUTS_HZ = (
    (100.0, 250.0, 1000.0, 4000.0, 10_000.0),
    (60.0, 150.0, 500.0, 2500.0, 6000.0),
    (40.0, 100.0, 300.0, 1000.0, 3000.0),
    (200.0, 700.0, 2000.0, 5000.0, 12_000.0),
)


def erb_rate(freqs_hz: ArrayLike) -> Float64:
    """Map frequencies (Hz) to the ERB-rate scale: how many equivalent rectangular bandwidths lie below each."""
    return np.asarray(21.4 * np.log10(1 + 0.00437 * np.asarray(freqs_hz, dtype=float)))


def erb_grid(low_hz: float, high_hz: float, points: int = 64) -> Float64:
    """Return ``points`` frequencies (Hz), evenly spaced on the ERB-rate scale."""
    grid = (10 ** (np.linspace(erb_rate(low_hz), erb_rate(high_hz), points) / 21.4) - 1) / 0.00437
    return np.clip(grid, low_hz, high_hz)


def fit_bands(
    curve_db: ArrayLike,
    freqs_hz: ArrayLike,
    *,
    sample_rate: float = 48_000,
    kinds: Sequence[BandKind] = FIVE_BANDS,
) -> list[Band]:
    """Fit bands of ``kinds`` so that their summed response lies nearest to a curve.

    Args:
        curve_db: the wanted response, shape (m,); its level counts (remove the mean if it means nothing).
        freqs_hz: where it is given, shape (m,), ascending; between the points it runs straight on a log axis.
        sample_rate: the rate at which the response is to be met.
        kinds: of the bands, in their order.
    """
    check_sample_rate(sample_rate)
    curve, freqs = _checked_curve(curve_db, freqs_hz)
    top_hz = min(FREQ_RANGE_HZ[1], HIGHEST_BAND * sample_rate)
    low_hz, high_hz = max(FREQ_RANGE_HZ[0], float(freqs[0])), min(top_hz, float(freqs[-1]))
    if not low_hz < high_hz:
        raise UsageError(
            f"a curve from {freqs[0]:g} to {freqs[-1]:g} Hz leaves nothing to fit",
            hint=f"It must reach into {FREQ_RANGE_HZ[0]:g} to {top_hz:g} Hz.",
        )
    grid = erb_grid(low_hz, high_hz, _GRID_POINTS)
    target = np.interp(np.log(grid), np.log(np.maximum(freqs, 1e-6)), curve)
    if not np.any(np.abs(target) > 1e-9):
        return as_bands(_start(kinds, _LAYOUTS_HZ[0], np.zeros(len(kinds)), top_hz), sample_rate)
    starts = [_start(kinds, layout, _read_off(kinds, layout, grid, target), top_hz) for layout in _LAYOUTS_HZ]
    starts.append(_peaks_start(kinds, grid, target, top_hz))
    some = slice(None, None, _ROUGH_STRIDE)
    rough = improve_bands(stack(starts), grid[some], target[some], sample_rate, steps=_ROUGH_STEPS)
    best = pick(rough.bands, int(np.argmin(rough.error)))
    fitted = improve_bands(best, grid, target, sample_rate, steps=_FINE_STEPS).bands
    exact_db = prototype_db(fitted, grid, sample_rate)
    return well_rounded(as_bands(fitted, sample_rate), grid, exact_db, sample_rate, within_db=_ROUNDED_WITHIN_DB)


@dataclass(frozen=True, slots=True)
class Improved:
    """What a refinement ended with: the bands, and their mean squared error in dB^2, shape (...)."""

    bands: BandArrays
    error: Float64


def improve_bands(
    start: BandArrays,
    freqs_hz: Float64,
    target_db: Float64,
    sample_rate: float,
    *,
    steps: int,
    within: tuple[BandArrays, BandArrays] | None = None,
) -> Improved:
    """Improve one or several starts toward ``target_db`` at ``freqs_hz``, both (m,): bounded Levenberg-Marquardt.

    ``within`` are the lowest and highest values that each band may take, if these are narrower than what bands may.
    """
    low, high = _bounds(start, sample_rate)
    if within is not None:
        low, high = np.maximum(low, _to_params(within[0])), np.minimum(high, _to_params(within[1]))
    params = np.clip(_to_params(start), low, high)
    error = _mean_square(prototype_db(_from_params(start, params), freqs_hz, sample_rate) - target_db)
    damping = np.full(error.shape, 1e-2)
    diagonal = np.eye(params.shape[-1])
    for _ in range(steps):
        response, *by = prototype_jacobian(_from_params(start, params), freqs_hz, sample_rate)
        jacobian = np.concatenate(by, axis=-2)
        slope = (jacobian @ (response - target_db)[..., None])[..., 0]
        # A parameter that sits on its bound and is pushed outward takes no part in this step.
        held = ((params <= low) & (slope > 0)) | ((params >= high) & (slope < 0))
        jacobian[held], slope[held] = 0.0, 0.0
        normal = jacobian @ np.swapaxes(jacobian, -1, -2)
        scale = np.einsum("...ii->...i", normal) + 1e-6
        damped = normal + (damping[..., None] * scale)[..., None] * diagonal
        step = np.linalg.solve(damped, -slope[..., None])[..., 0]
        trial = np.clip(params + step, low, high)
        trial_error = _mean_square(prototype_db(_from_params(start, trial), freqs_hz, sample_rate) - target_db)
        better = trial_error < error
        settled = np.where(better, error - trial_error, 0.0) <= _SETTLED * error
        if np.all(settled & (better | (damping > _MOST_DAMPING))):
            break
        params = np.where(better[..., None], trial, params)
        error = np.where(better, trial_error, error)
        damping = np.where(better, np.maximum(damping / 5, 1e-7), damping * 5)
    return Improved(_from_params(start, params), error)


def stack(settings: Sequence[BandArrays]) -> BandArrays:
    """Stack settings of the same kinds of bands along a new first axis."""
    return replace(
        settings[0],
        gain_db=np.stack([s.gain_db for s in settings]),
        freq_hz=np.stack([s.freq_hz for s in settings]),
        q=np.stack([s.q for s in settings]),
    )


def pick(settings: BandArrays, index: int) -> BandArrays:
    """Return one of stacked settings."""
    return replace(settings, gain_db=settings.gain_db[index], freq_hz=settings.freq_hz[index], q=settings.q[index])


def _checked_curve(curve_db: ArrayLike, freqs_hz: ArrayLike) -> tuple[Float64, Float64]:
    try:
        if np.iscomplexobj(curve_db):
            raise UsageError("a curve is given in dB, not as complex numbers", hint="20 * log10(abs(h)) is its level.")
        curve, freqs = np.asarray(curve_db, dtype=float), np.asarray(freqs_hz, dtype=float)
    except (TypeError, ValueError) as error:
        raise UsageError("a curve must be made of numbers") from error
    if curve.ndim != 1 or curve.shape != freqs.shape or len(curve) < 2:
        raise UsageError("a curve needs as many levels as frequencies, and at least two")
    if not (np.isfinite(curve).all() and np.isfinite(freqs).all()):
        raise UsageError("a curve must be finite everywhere")
    if np.max(np.abs(curve)) > _LARGEST_DB:
        raise UsageError(f"a level of {curve[np.argmax(np.abs(curve))]:g} dB is out of range")
    if freqs[0] < 0 or not np.all(np.diff(freqs) > 0):
        raise UsageError("a curve's frequencies must ascend from 0 Hz or above")
    return curve, freqs


def _mean_square(residual: Float64) -> Float64:
    return np.asarray(np.einsum("...m,...m->...", residual, residual) / residual.shape[-1])


def _to_params(bands: BandArrays) -> Float64:
    return np.concatenate([bands.gain_db, np.log(bands.freq_hz), np.log(bands.q)], axis=-1)


def _from_params(like: BandArrays, params: Float64) -> BandArrays:
    n = len(like.is_bell)
    gain, log_freq, log_q = params[..., :n], params[..., n : 2 * n], params[..., 2 * n :]
    return BandArrays(like.is_bell, like.is_high, gain, np.exp(log_freq), np.exp(log_q))


def _bounds(bands: BandArrays, sample_rate: float) -> tuple[Float64, Float64]:
    n = len(bands.is_bell)
    top_hz = min(FREQ_RANGE_HZ[1], HIGHEST_BAND * sample_rate)
    # A shelf steeper than Q 1 overshoots on both sides: only one that starts so may stay so.
    highest_q = np.where(bands.is_bell, Q_RANGE[1], np.maximum(1.0, bands.q))
    low = np.repeat([GAIN_RANGE_DB[0], np.log(FREQ_RANGE_HZ[0]), np.log(Q_RANGE[0])], n)
    fixed = np.broadcast_to(np.repeat([GAIN_RANGE_DB[1], np.log(top_hz)], n), (*highest_q.shape[:-1], 2 * n))
    return low, np.concatenate([fixed, np.log(highest_q)], axis=-1)


def _start(kinds: Sequence[BandKind], freqs_hz: ArrayLike, gains_db: Float64, top_hz: float) -> BandArrays:
    """Return bands of ``kinds`` at the given places, each kind with the width it usually has."""
    is_bell = np.array([kind == "bell" for kind in kinds])
    return BandArrays(
        is_bell=is_bell,
        is_high=np.array([kind == "high_shelf" for kind in kinds]),
        gain_db=np.clip(gains_db, *GAIN_RANGE_DB),
        freq_hz=np.clip(np.resize(np.asarray(freqs_hz, dtype=float), len(kinds)), FREQ_RANGE_HZ[0], top_hz),
        q=np.where(is_bell, 1.0, SHELF_Q),
    )


def _read_off(kinds: Sequence[BandKind], layout: Sequence[float], grid: Float64, target: Float64) -> Float64:
    """Read off gains at a layout's places: the ends of the curve for the shelves, what is left there for the bells."""
    low, high = float(np.mean(target[:6])), float(np.mean(target[-6:]))
    by_kind = {"low_shelf": low, "high_shelf": high}
    return np.array(
        [
            by_kind.get(kind, float(np.interp(np.log(hz), np.log(grid), target)))
            for kind, hz in zip(kinds, np.resize(np.asarray(layout), len(kinds)), strict=True)
        ]
    )


def _peaks_start(kinds: Sequence[BandKind], grid: Float64, target: Float64, top_hz: float) -> BandArrays:
    """Place shelves at the ends and bells on the tallest rises and dips that they leave, widest apart first."""
    left = target - _shelf_slopes(grid, target)
    freqs, gains = [], []
    for kind in kinds:
        if kind == "low_shelf":
            freqs.append(120.0)
            gains.append(float(np.mean(target[:6])))
        elif kind == "high_shelf":
            freqs.append(8000.0)
            gains.append(float(np.mean(target[-6:])))
        else:
            at = int(np.argmax(np.abs(left)))
            freqs.append(float(grid[at]))
            gains.append(float(left[at]))
            distance = np.abs(np.log(grid / grid[at]))
            left = np.where(distance < 0.8, 0.0, left)
    bells = [i for i, kind in enumerate(kinds) if kind == "bell"]
    for place, (hz, gain) in zip(bells, sorted((freqs[i], gains[i]) for i in bells), strict=True):
        freqs[place], gains[place] = hz, gain
    return _start(kinds, freqs, np.array(gains), top_hz)


def _shelf_slopes(grid: Float64, target: Float64) -> Float64:
    low, high = float(np.mean(target[:6])), float(np.mean(target[-6:]))
    return low / (1 + (grid / 120.0) ** 2) + high / (1 + (8000.0 / grid) ** 2)


def as_bands(arrays: BandArrays, sample_rate: float) -> list[Band]:
    """Return the bands of one setting (n,), brought within what bands may be at a sample rate.

    Only roundings are brought in here: exp(log(bound)) may miss the bound by one.
    """
    top_hz = min(FREQ_RANGE_HZ[1], HIGHEST_BAND * sample_rate)
    freqs_hz = np.clip(arrays.freq_hz, FREQ_RANGE_HZ[0], top_hz).tolist()
    gains_db = np.clip(arrays.gain_db, *GAIN_RANGE_DB).tolist()
    qs = np.clip(arrays.q, *Q_RANGE).tolist()
    kinds: list[BandKind] = [
        "bell" if bell else "high_shelf" if high else "low_shelf"
        for bell, high in zip(arrays.is_bell, arrays.is_high, strict=True)
    ]
    return [Band(*row) for row in zip(kinds, freqs_hz, gains_db, qs, strict=True)]


def bell_for(missing_db: Float64, freqs_hz: Float64) -> Band:
    """Return a bell where most is missing, as wide as the gap is at half its height."""
    at = int(np.argmax(np.abs(missing_db)))
    outside = missing_db * np.sign(missing_db[at]) <= abs(missing_db[at]) / 2
    left, right = np.flatnonzero(outside[:at]), np.flatnonzero(outside[at:])
    low_hz = freqs_hz[left[-1]] if len(left) else freqs_hz[0]
    high_hz = freqs_hz[at + right[0]] if len(right) else freqs_hz[-1]
    q = float(np.clip(freqs_hz[at] / (high_hz - low_hz), *Q_RANGE))
    return Band("bell", float(freqs_hz[at]), float(np.clip(missing_db[at], *GAIN_RANGE_DB)), q)
