"""EQ that follows a piece: what words ask of it as a whole, and in each part as much as that part needs.

The parts are its sections, or windows so many seconds long. Of a file one knows what comes: an EQ is there when its
section begins. Between two the EQ glides, as fast as it may; parts too short for that come nearer to each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.decide import Decision, decide_album, decide_shared
from eqmorph.adapt.eq import Choice, EqOfAnother
from eqmorph.adapt.evening import even_bands, work_of
from eqmorph.adapt.following import Following
from eqmorph.adapt.parts import Part, parts_of
from eqmorph.analysis import Ear, Profile
from eqmorph.analysis.ridden import ridden
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands, Ride, Station, moved_db
from eqmorph.model import GRID_HZ
from eqmorph.model.frontend import louder_db

__all__ = ["FollowEq"]

_AROUND = 3  # windows that make a moment
_OVER, _TRIES = 1.01, 20  # what a rate may be passed by, and how often it is tried to be less
_ROUNDS = 200
_SAME = 1e-3
_TOO_SHORT = "too short to be followed so many seconds at a time: it gets one EQ"


@dataclass(frozen=True)
class FollowEq(EqOfAnother):
    """An EQ in words that follows each piece."""

    following: Following

    def facts(self) -> dict[str, Any]:
        return {
            "of": self.eq.facts(),
            "follow": {"window_s": self.following.window_s, "rate_db": self.following.rate_db},
        }

    def decide(self, sample_rate: int, spectra: Spectra | None, heard: Profile | None = None) -> Choice:
        whole = self.eq.decide(sample_rate, spectra, heard)
        decision = whole.decision
        if decision is None or spectra is None or self.ear is None:
            raise ValueError("what follows a sound must be in words, and hear it")
        if decision.before.is_silent or decision.goal.asks_for_nothing:
            return whole
        ear = self.ear.for_sound(spectra)
        parts = parts_of(ear, spectra, self.following.window_s)
        if len(parts) < 2:
            return whole if self.following.window_s is None else replace(whole, notes=(*whole.notes, _TOO_SHORT))
        if decision.album is None:  # what is asked of the piece is asked of its parts, not of what is loudest in it
            common = decide_album(ear, [part.sound for part in parts], decision.goal, spectra)
            shared = decide_shared(ear, spectra, common, decision.before)
            decision = replace(shared, album=None, kind=decision.kind)
        ride = _Rider(ear, spectra, decision).ride(parts, self.following.rate_db)
        decision = replace(decision, predicted=ear.hear(ridden(spectra, ride)))
        return Choice(decision.bands, whole.notes, decision, ride)


class _Rider:
    """Makes the EQ over time of a piece for which one was decided on as a whole."""

    def __init__(self, ear: Ear, spectra: Spectra, decision: Decision) -> None:
        self._ear, self._spectra, self._goal = ear, spectra, decision.goal
        self._rate = spectra.sample_rate
        self._whole_db = decision.bands.held_response_db(GRID_HZ, self._rate)
        self._louder_db = louder_db(spectra.mean_power, decision.bands, self._rate)

    def ride(self, parts: Sequence[Part], rate_db: float) -> Ride:
        bands = self._within_rate(parts, self._bands_of(parts), rate_db)
        stations = [Station(part.from_s, part.to_s, one) for part, one in zip(parts, bands, strict=True)]
        return self._as_loud(Ride(_in_time(stations, rate_db, self._rate)), rate_db)

    def _bands_of(self, parts: Sequence[Part]) -> list[Bands]:
        curves = [self._ear.curve(part.sound) for part in parts]
        common_db = np.average(curves, axis=0, weights=[part.seconds for part in parts])
        work = work_of(self._ear, self._goal)
        return [even_bands(self._ear, part.sound, self._goal, self._whole_db, common_db, work) for part in parts]

    def _within_rate(self, parts: Sequence[Part], bands: Sequence[Bands], rate_db: float) -> list[Bands]:
        """Bring EQs nearer to each other between which there is no time to glide all the way.

        All have the same places, so what is mixed is their gains.
        """
        curves = np.array([one.held_response_db(GRID_HZ, self._rate) for one in bands])
        gains = np.array([[band.gain_db for band in one] for one in bands])
        weights = np.array([part.seconds for part in parts])
        allowed_db = rate_db * np.diff([part.from_s for part in parts])
        found, most_db = list(bands), allowed_db
        for _ in range(_TRIES):
            going_db = np.array([moved_db(one, later, self._rate) for one, later in pairwise(found)])
            if np.all(going_db <= _OVER * allowed_db):
                break
            # A glide goes farther than its ends lie apart, where one frequency moves first and another one later.
            most_db = most_db * np.minimum(1.0, allowed_db / np.maximum(going_db, _SAME))
            found = [
                Bands(replace(band, gain_db=float(gain_db)) for band, gain_db in zip(one, row, strict=True))
                for one, row in zip(bands, _nearer(curves, gains, most_db, weights), strict=True)
            ]
        return found

    def _as_loud(self, ride: Ride, rate_db: float) -> Ride:
        """Return a ride with the gain that leaves each moment as loud against the others as it was.

        The piece as a whole becomes as much louder or softer as its own EQ makes it.
        """
        before, after = self._spectra.energy, ridden(self._spectra, ride).energy
        heard = self._spectra.heard
        moments_s = self._spectra.start_s + self._spectra.length_s / 2
        louder_db = np.interp(moments_s, moments_s[heard], 10 * np.log10(after[heard] / before[heard]))
        around = np.pad(louder_db, _AROUND // 2, mode="edge")
        smooth_db = np.convolve(around, np.full(_AROUND, 1 / _AROUND), mode="valid")
        every_s = self._spectra.hop_s
        at_s = every_s * np.arange(round(self._spectra.frames / self._rate / every_s) + 1)
        gains_db = _slowly(self._louder_db - np.interp(at_s, moments_s, smooth_db), rate_db * every_s)
        return replace(ride, gains_db=tuple(gains_db.tolist()), every_s=every_s)


def _nearer(curves: Float64, gains: Float64, most_db: Float64, weights: Float64) -> Float64:
    """Return gains (n, m) mixed such that the curves (n, 64) that they make differ from the next by so much at most."""
    curves, gains = curves.copy(), gains.copy()
    for _ in range(_ROUNDS):
        is_done = True
        for at, most in enumerate(most_db):
            height = float(np.abs(curves[at + 1] - curves[at]).max())
            if height > most + _SAME:
                is_done = False
                excess = 1 - most / height
                share = weights[at + 1] / (weights[at] + weights[at + 1])  # the shorter one gives way
                for rows in (curves, gains):
                    step = excess * (rows[at + 1] - rows[at])
                    rows[at] += share * step
                    rows[at + 1] -= (1 - share) * step
        if is_done:
            break
    return gains


def _slowly(values: Float64, most: float) -> Float64:
    """Return values (n,) of which none differs from the next by more: midway between the nearest below and above."""
    below, above = values.copy(), values.copy()
    for order in (range(1, len(values)), range(len(values) - 2, -1, -1)):
        for at in order:
            before = at - order.step
            below[at] = min(below[at], below[before] + most)
            above[at] = max(above[at], above[before] - most)
    return np.asarray((below + above) / 2)


def _in_time(stations: Sequence[Station], rate_db: float, sample_rate: float) -> tuple[Station, ...]:
    """Return stations such that each glide ends where its station begins, and begins as late as the rate allows."""
    timed = []
    for station, later in pairwise(stations):
        begins = later.from_s - moved_db(station.bands, later.bands, sample_rate) / rate_db
        timed.append(replace(station, to_s=min(station.to_s, max(station.from_s, begins))))
    return (*timed, stations[-1])
