"""A small convex problem, solved exactly: near what is wanted, within bounds, and with what must not be missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64

__all__ = ["Needs", "Problem"]

_ROUNDS, _CHANGES, _SHARES, _HALVINGS = 60, 10, 12, 25
_SETTLED, _NEAR_ENOUGH = 1e-4, 1e-3


@dataclass(frozen=True, slots=True)
class Needs:
    """What something (n,) should not fall short of: ``rows`` (m, n) times it, of ``least`` (m,)."""

    rows: Float64
    least: Float64

    def __add__(self, other: Needs) -> Needs:
        return Needs(np.concatenate([self.rows, other.rows]), np.concatenate([self.least, other.least]))

    def times(self, firmness: float) -> Needs:
        """Return the same, so much more firmly."""
        return Needs(firmness * self.rows, firmness * self.least)

    def by(self, rest: Float64, slopes: Float64) -> Needs:
        """Return the same of values (k,) of which this is a rest (n,) and slopes (n, k) times them."""
        return Needs(self.rows @ slopes, self.least - self.rows @ rest)

    def are_missed(self, at: Float64) -> bool:
        """Whether something (n,) falls short of any."""
        return bool(np.any(self.rows @ at < self.least))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wanted of an x (n,).

    Half of x ``square`` x, less ``linear`` x, and half the square of what x falls short of each of ``needs``: all of
    this together is to be least, between ``low`` and ``high``.
    """

    square: Float64
    linear: Float64
    low: Float64
    high: Float64
    needs: Needs

    def least(self, start: Float64) -> Float64:
        """Return the x at which it is least, which changes evenly with the problem. A near start makes it faster.

        With the needs that are missed at an x, what is to be least is a parabola within bounds. So x goes toward where
        that is least, as far as it pays with the needs that come to be missed on the way; a few rounds do.
        """
        x = self._within(start)
        for _ in range(_ROUNDS):
            short = self.needs.least - self.needs.rows @ x
            missed = self.needs.rows[short > 0]
            curvature = self.square + missed.T @ missed
            slope = self.square @ x - self.linear - np.maximum(short, 0.0) @ self.needs.rows
            step = self._to_least(x, curvature, slope)
            if np.abs(step).max() < _SETTLED:
                break
            # The bounds that hold are found by trial, which can run in circles: then by what holds at x alone.
            x = x + self._share(x, step, short) * step if slope @ step < 0 else self._nearer(x, curvature, slope)
        return self._within(x)

    def _to_least(self, x: Float64, curvature: Float64, slope: Float64) -> Float64:
        """Return the step from x to where a parabola is least within the bounds."""
        low, high, steepness = self.low - x, self.high - x, np.diag(curvature)
        at_low, at_high = (low >= 0) & (slope > 0), (high <= 0) & (slope < 0)
        for _ in range(_CHANGES):
            step = np.where(at_low, low, np.where(at_high, high, 0.0))
            free = np.flatnonzero(~(at_low | at_high))
            if len(free):
                step[free] = np.linalg.solve(curvature[free][:, free], -(slope + curvature @ step)[free])
            beyond = step - (slope + curvature @ step) / steepness
            were = at_low, at_high
            at_low, at_high = beyond < low, beyond > high
            if np.array_equal(were, (at_low, at_high)):
                break
        return np.minimum(np.maximum(step, low), high)

    def _share(self, x: Float64, step: Float64, short: Float64) -> float:
        """Return how much of a step that leads down is best, 0..1: where the slope along it turns."""
        falls, slope = self.needs.rows @ step, float((self.square @ x - self.linear) @ step)
        curvature = float(step @ self.square @ step)
        low, high, share = 0.0, 1.0, 1.0
        for _ in range(_SHARES):
            left = np.maximum(short - share * falls, 0.0)
            at = slope + share * curvature - left @ falls
            if share == 1.0 and at <= 0:
                break
            low, high = (share, high) if at <= 0 else (low, share)
            lost = falls[left > 0]
            turns = share - at / (curvature + lost @ lost)
            last, share = share, float(turns) if low < turns < high else (low + high) / 2
            if abs(share - last) < _NEAR_ENOUGH * last:
                break
        return share

    def _nearer(self, x: Float64, curvature: Float64, slope: Float64) -> Float64:
        """Return an x that is better, by what the bounds at this one leave free; the same if there is none."""
        free = np.flatnonzero(~((x <= self.low) & (slope > 0) | (x >= self.high) & (slope < 0)))
        step, cost = np.zeros_like(x), self._cost(x)
        step[free] = np.linalg.solve(curvature[free][:, free], -slope[free])
        for _ in range(_HALVINGS):
            if self._cost(trial := self._within(x + step)) < cost:
                return trial
            step /= 2
        return x

    def _cost(self, x: Float64) -> float:
        short = np.maximum(self.needs.least - self.needs.rows @ x, 0.0)
        return float(0.5 * x @ self.square @ x - self.linear @ x + 0.5 * short @ short)

    def _within(self, x: Float64) -> Float64:
        return np.minimum(np.maximum(x, self.low), self.high)
