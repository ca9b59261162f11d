"""The bands that make a curve best, within bounds and with what it needs: where they lie, then their gains.

Five bands begin where the model would have them and move a little: a band may slide, widen or narrow, but stays more
than an octave from the next. That is a small convex problem each time, so they change evenly with the curve. With the
places settled the gains are one more such problem, in which scores have the last word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.places import FIGHTS_DB, Five, Places, fighting
from eqmorph.adapt.solve import Needs, Problem
from eqmorph.model.settings import POINTS

__all__ = ["Aim"]

_LOOKS, _MOVES = 2, 2  # a band's response is nearly in proportion to its gain, less so to where it lies
_BOUND, _LOOSE = 40.0, 4.0  # how firmly bounds are kept: by the result, and while bands still move
#: How firmly and how nearly bands keep to the curve where scores do not tell where they lie, but have the last word on
#: gains: these would bend far what such bands can't do.
_KEEPS_TO, _KEEPS_WITHIN_DB = 2.5, 0.5


@dataclass(frozen=True)
class Aim:
    """What bands are to make.

    Attributes:
        curve: the curve (64,).
        weights: what each point of it counts (64,).
        low, high: how far the result may go down and up (64,).
        needs: what a curve near one (64,) must not fall short of.
        most_db: how far each band may go.
        freely: how much the needs tell where bands lie, 0..1.
    """

    curve: Float64
    weights: Float64
    low: Float64
    high: Float64
    needs: Callable[[Float64], Needs]
    most_db: float
    freely: float

    def met_by(self, places: Places) -> tuple[Places, Float64]:
        """Return the bands that serve it best, beginning with some: their places and gains (n,)."""
        if isinstance(places, Five):
            places = self._moved(places)
        count = len(places.gains)
        least, most = np.full(count, -self.most_db), np.full(count, self.most_db)
        gains = self._gains(places, least, most)
        for _ in range(count):  # each round holds one more band
            weaker = fighting(places.freq_hz, gains)
            if weaker is None:
                break
            least[weaker], most[weaker] = np.clip((least[weaker], most[weaker]), -FIGHTS_DB, FIGHTS_DB)
            gains = self._gains(places, least, most)
        return places, gains

    def _moved(self, five: Five) -> Five:
        """Return five bands that serve it better, on their way from where some are."""
        stays = five.stays
        toward = stays * five.setting * five.is_place
        for _ in range(_MOVES):
            response, slopes = five.heard_all()
            rest = response - slopes @ five.setting
            needs = self._loosely + self.needs(response).times(self.freely) if self.freely else self._loosely
            needs = needs.by(rest, slopes) + five.apart
            reach = five.reach(self.most_db)
            five = Five(self._problem(rest, slopes, needs, reach, stays, toward).least(start=five.setting))
        return five

    def _gains(self, places: Places, least: Float64, most: Float64) -> Float64:
        """Return the gains (n,) of bands that stay where they are."""
        held = self._within if self.freely == 1 else self._within + self._near_the_curve
        near, gains, ridge = self.curve, places.gains, np.full(len(least), places.ridge)
        for _ in range(_LOOKS):
            response, slopes = places.heard(gains)
            rest = response - slopes @ gains
            needs = (held + self.needs(near)).by(rest, slopes)
            gains = self._problem(rest, slopes, needs, (least, most), ridge).least(start=gains)
            near = rest + slopes @ gains
        return gains

    def _problem(
        self,
        rest: Float64,
        slopes: Float64,
        needs: Needs,
        within: tuple[Float64, Float64],
        stays: Float64,
        toward: Float64 | float = 0.0,
    ) -> Problem:
        """Return the problem of the values (n,) of bands that respond as a rest (64,) and slopes (64, n) times them.

        The square of each value counts as ``stays`` says (n,), and ``toward`` is that times where it is to stay (n,).
        """
        weighed = slopes.T * self.weights
        return Problem(weighed @ slopes + np.diag(stays), weighed @ (self.curve - rest) + toward, *within, needs)

    @cached_property
    def _loosely(self) -> Needs:
        return _between(self.low, self.high).times(_LOOSE)

    @cached_property
    def _within(self) -> Needs:
        return _between(self.low, self.high).times(_BOUND)

    @cached_property
    def _near_the_curve(self) -> Needs:
        near = _between(self.curve - _KEEPS_WITHIN_DB, self.curve + _KEEPS_WITHIN_DB)
        return near.times(_KEEPS_TO * (1 - self.freely))


def _between(low: Float64, high: Float64) -> Needs:
    """Return what keeps a curve (64,) between two."""
    return Needs(_TO_BOTH_SIDES, np.concatenate([-high, low]))


_TO_BOTH_SIDES: Float64 = np.concatenate([-np.eye(POINTS), np.eye(POINTS)])
