"""`Plane`: the two directions in which sounds differ most, for plotting latents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float32, Float64

__all__ = ["Plane", "plane_through"]


@dataclass(frozen=True)
class Plane:
    """The first two principal components of latents.

    Attributes:
        origin: the mean (d,), which lies at (0, 0).
        axes: two directions of unit length (2, d).
        share: how much of the variance lies along each (2,).
        spread: the standard deviation along each (2,).
    """

    origin: Float64
    axes: Float64
    share: Float64
    spread: Float64

    def place(self, latents: Float32) -> Float64:
        """Return the coordinates (..., 2) of latents (..., d)."""
        return np.asarray((latents - self.origin) @ self.axes.T)


def plane_through(latents: Float32, weights: Float64) -> Plane:
    """Return the plane that holds most of latents (n, d) with weights (n,), 1 in all; it is always the same one."""
    origin = weights @ latents
    spread = (latents - origin) * np.sqrt(weights)[:, None]
    _, lengths, axes = np.linalg.svd(spread, full_matrices=False)
    axes = axes[:2]
    # A principal axis has no direction of its own: its largest part is made positive.
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.sign(axes[np.arange(2), largest])[:, None]
    return Plane(origin, axes, lengths[:2] ** 2 / np.sum(lengths**2), lengths[:2])
