"""What learned encoders are given: numbers made of the power in a sound's cells, the same at every sample rate.

* ``mel``: levels in mel bands of up to `BLOCKS` stretches of the sound, against the level of the whole.
* ``curve``: the analytic curve of the whole, and how far each of its bands lies under the loudest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from eqmorph._typing import Float32, Float64
from eqmorph.model.frontend import curves_of_levels, levels_db
from eqmorph.model.mel import MelBands, decibels, mel_of_cells
from eqmorph.model.settings import POINTS

__all__ = ["BLOCKS", "CURVE_SCALE_DB", "DEEPEST_DB", "DEPTH_SCALE_DB", "MEL_SCALE_DB", "InputKind", "Inputs", "blocks"]


InputKind = Literal["mel", "curve"]

BLOCKS = 8
DEEPEST_DB = 80.0  # anything this far below the loudest band counts as silence
MEL_SCALE_DB, CURVE_SCALE_DB, DEPTH_SCALE_DB = 15.0, 10.0, 40.0  # bring the numbers to the size of 1


@dataclass(frozen=True)
class Inputs:
    """How the numbers are made.

    Attributes:
        kind: which numbers.
        mel: the bands of ``mel``.
        usual_db: what is taken off: of ``mel`` the mean of the training sounds' levels (m,), of ``curve`` the neutral
            spectrum (64,).
    """

    kind: InputKind
    mel: MelBands
    usual_db: Float64

    @property
    def width(self) -> int:
        """How many numbers a stretch is (f)."""
        return self.mel.count if self.kind == "mel" else 2 * POINTS

    def of(self, power: Float32, sample_rate: int) -> Float32:
        """Return the numbers (n, t, f) of n sounds whose t stretches have this power in their cells (n, t, c).

        ``curve`` looks at the whole: its t is 1.
        """
        if self.kind == "curve":
            return self._curve(power.mean(axis=1, keepdims=True), sample_rate)
        bands = power @ mel_of_cells(sample_rate, self.mel)
        whole = decibels(bands.mean(axis=1, keepdims=True))
        floor = whole.max(axis=2, keepdims=True) - DEEPEST_DB
        level = np.maximum(whole, floor).mean(axis=2, keepdims=True)
        return np.asarray((np.maximum(decibels(bands), floor) - level - self.usual_db) / MEL_SCALE_DB, np.float32)

    def _curve(self, power: Float32, sample_rate: int) -> Float32:
        levels = levels_db(power, sample_rate)
        curves = curves_of_levels(levels, self.usual_db) / CURVE_SCALE_DB
        depth = np.maximum(levels - levels.max(axis=2, keepdims=True), -DEEPEST_DB) / DEPTH_SCALE_DB
        return np.concatenate([curves, depth], axis=2).astype(np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        bands = self.mel
        return {
            "kind": self.kind,
            "mel": {
                "count": bands.count,
                "low_hz": bands.low_hz,
                "high_hz": bands.high_hz,
                "scale": bands.scale,
                "equal_area": bands.equal_area,
            },
            "usual_db": [round(value, 4) for value in self.usual_db.tolist()],
        }

    @classmethod
    def from_dict(cls, about: dict[str, Any]) -> Inputs:
        """Read what `to_dict` made.

        Raises:
            KeyError, TypeError, ValueError: it isn't of this form.
            UsageError: the bands make no sense.
        """
        kind, bands = about["kind"], MelBands(**about["mel"])
        if kind not in ("mel", "curve"):
            raise ValueError(f"unknown inputs {kind!r}")
        usual = np.array(about["usual_db"], dtype=float)
        if usual.shape != (bands.count if kind == "mel" else POINTS,) or not np.isfinite(usual).all():
            raise ValueError("usual_db has the wrong shape")
        return cls(kind, bands, usual)


def blocks(power: Float32, lengths: Float64, count: int = BLOCKS) -> Float32:
    """Return the power of windows (w, c) as ``count`` equal stretches (count, c); too few windows are used twice."""
    edges = np.linspace(0, len(power), count + 1)
    begins = np.floor(edges[:-1]).astype(int)
    ends = np.maximum(begins + 1, np.floor(edges[1:]).astype(int))
    return np.asarray(
        [lengths[a:b] @ power[a:b] / lengths[a:b].sum() for a, b in zip(begins, ends, strict=True)], np.float32
    )
