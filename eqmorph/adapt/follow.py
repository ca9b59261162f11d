"""EQ that follows a piece: what words ask of it as a whole, and in each part as much as that part needs.

The parts are its sections, or windows so many seconds long. Of a file one knows what comes: an EQ is there when its
section begins. Between two the EQ glides, as fast as it may; parts too short for that come nearer to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.eq import Choice, Eq
from eqmorph.adapt.evening import even_bands, work_of
from eqmorph.adapt.following import Following
from eqmorph.analysis import Ear, Profile
from eqmorph.analysis.ridden import ridden
from eqmorph.analysis.sections import Section, find_sections
from eqmorph.audio.read import timestamp
from eqmorph.audio.windows import Spectra, part_as_one_window
from eqmorph.bands import Bands, Glide, Ride, Station
from eqmorph.model import GRID_HZ
from eqmorph.model.frontend import louder_db

__all__ = ["FollowEq"]

_QUIET = 1e-3  # of the loudest part's power: what is softer has the EQ of its neighbors
_USUAL_WINDOW_S = 8.0  # where there are no sections
_AROUND = 3  # windows: what makes a moment
_NEARLY = 0.9  # of the rate: what a glide's pace may differ by from the difference between its ends
_ROUNDS = 200
_SAME = 1e-3
_LOUDNESS_LU = 1.0  # that a moment may become louder or softer against the rest before it is said
_ANY_RATE = 48_000.0  # for paces: how they go hardly depends on it
_HEARD = 1e-2  # of the loudest moment's power: what is softer is not loud enough to be said anything of


@dataclass(frozen=True)
class FollowEq:
    """An EQ in words that follows each piece."""

    eq: Eq
    following: Following

    @property
    def ear(self) -> Ear | None:
        return self.eq.ear

    @property
    def doubts(self) -> Sequence[str]:
        return self.eq.doubts

    def facts(self) -> dict[str, Any]:
        return {
            "of": self.eq.facts(),
            "follow": {"window_s": self.following.window_s, "rate_db": self.following.rate_db},
        }

    def for_set(self, hear_all: Callable[[], Sequence[Spectra]]) -> Eq:
        return replace(self, eq=self.eq.for_set(hear_all))

    def decide(self, sample_rate: int, spectra: Spectra | None, heard: Profile | None = None) -> Choice:
        whole = self.eq.decide(sample_rate, spectra, heard)
        decision = whole.decision
        if decision is None or spectra is None or self.ear is None:
            raise ValueError("what follows a sound must be in words, and hear it")
        if decision.before.is_silent or decision.goal.asks_for_nothing:
            return whole
        ear = self.ear.for_sound(spectra)
        ride = _Piece(ear, spectra, whole).ride(self.following)
        if ride is None:
            return whole
        after = ridden(spectra, ride)
        predicted = ear.hear(after)
        notes = (*whole.notes, *_loudness_notes(spectra, after))
        return replace(whole, notes=notes, decision=replace(decision, predicted=predicted), ride=ride)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a piece as one window; from when its EQ must be there, and until when it may stay."""

    from_s: float
    to_s: float
    sound: Spectra

    @property
    def weight(self) -> float:
        return float(self.sound.length_s[0])


class _Piece:
    """A piece, and the EQ that was decided on for it as a whole."""

    def __init__(self, ear: Ear, spectra: Spectra, whole: Choice) -> None:
        if whole.decision is None:
            raise ValueError("an EQ that follows needs a decision")
        self._ear, self._spectra, self._goal = ear, spectra, whole.decision.goal
        self._rate = spectra.sample_rate
        self._whole_db = whole.bands.held_response_db(GRID_HZ, self._rate)
        self._louder_db = louder_db(spectra.mean_power, whole.bands, self._rate)

    def ride(self, following: Following) -> Ride | None:
        """Return the EQ over time; None if there is nothing to follow."""
        parts = self._sections() if following.window_s is None else self._windows(following.window_s)
        if following.window_s is None and len(parts) < 2:
            parts = self._windows(_USUAL_WINDOW_S)
        if len(parts) < 2:
            return None
        bands = self._within_rate(parts, self._bands_of(parts), following.rate_db)
        stations = [Station(part.from_s, part.to_s, one) for part, one in zip(parts, bands, strict=True)]
        return self._as_loud(Ride(_in_time(stations, following.rate_db)))

    def _sections(self) -> list[_Part]:
        middle_s = self._spectra.start_s + self._spectra.length_s / 2

        def weights(section: Section) -> Float64:
            return ((middle_s >= section.start_s) & (middle_s < section.end_s)).astype(float)

        sections = find_sections(self._ear, self._spectra)
        return self._heard([(section.start_s, section.end_s, weights(section)) for section in sections])

    def _windows(self, window_s: float) -> list[_Part]:
        """Return parts that overlap: each looks at what is around it, before and after."""
        middle_s = self._spectra.start_s + self._spectra.length_s / 2
        times = np.arange(0.0, self._spectra.frames / self._rate + window_s / 4, window_s / 2)

        def weights(time: float) -> Float64:
            away = np.clip(np.abs(middle_s - time) / window_s, 0.0, 1.0)
            return np.asarray(np.cos(np.pi / 2 * away) ** 2)

        return self._heard([(float(time), float(time), weights(time)) for time in times])

    def _heard(self, spans: Sequence[tuple[float, float, Float64]]) -> list[_Part]:
        """Return the parts that can be heard; where nothing is, the EQ of those before and after is as good as any."""
        energies = [float(weights @ self._spectra.energy) / max(float(weights.sum()), 1e-9) for _, _, weights in spans]
        least = _QUIET * max(energies)
        return [
            _Part(from_s, to_s, part_as_one_window(self._spectra, weights))
            for (from_s, to_s, weights), energy in zip(spans, energies, strict=True)
            if energy > least
        ]

    def _bands_of(self, parts: Sequence[_Part]) -> list[Bands]:
        common_db = np.average(
            [self._ear.curve(part.sound) for part in parts], axis=0, weights=[part.weight for part in parts]
        )
        work = work_of(self._ear, self._goal)
        return [even_bands(self._ear, part.sound, self._goal, self._whole_db, common_db, work) for part in parts]

    def _within_rate(self, parts: Sequence[_Part], bands: Sequence[Bands], rate_db: float) -> list[Bands]:
        """Bring EQs nearer to each other between which there is no time to glide all the way."""
        curves = np.array([one.held_response_db(GRID_HZ, self._rate) for one in bands])
        seconds = np.diff([part.from_s for part in parts])
        nearer = _nearer(curves, _NEARLY * rate_db * seconds, np.array([part.weight for part in parts]))
        changed = np.abs(nearer - curves).max(axis=1) > _SAME
        return [
            Bands.fit(curve, GRID_HZ, sample_rate=self._rate) if is_changed else one
            for one, curve, is_changed in zip(bands, nearer, changed, strict=True)
        ]

    def _as_loud(self, ride: Ride) -> Ride:
        """Return a ride with the gain that leaves each moment as loud against the others as it was.

        The piece as a whole becomes as much louder or softer as its own EQ makes it.
        """
        before, after = self._spectra.energy, ridden(self._spectra, ride).energy
        heard = np.flatnonzero(before > _QUIET * before.max())
        moments_s = self._spectra.start_s + self._spectra.length_s / 2
        louder_db = np.interp(moments_s, moments_s[heard], 10 * np.log10(after[heard] / before[heard]))
        around = np.pad(louder_db, _AROUND // 2, mode="edge")
        smooth_db = np.convolve(around, np.full(_AROUND, 1 / _AROUND), mode="valid")
        every_s = self._spectra.hop_s
        at_s = every_s * np.arange(round(self._spectra.frames / self._rate / every_s) + 1)
        gains_db = self._louder_db - np.interp(at_s, moments_s, smooth_db)
        return replace(ride, gains_db=tuple(gains_db.tolist()), every_s=every_s)


def _nearer(curves: Float64, most_db: Float64, weights: Float64) -> Float64:
    """Move curves (n, 64) by little so that none differs from the next by more than ``most_db`` (n - 1,) anywhere."""
    curves = curves.copy()
    for _ in range(_ROUNDS):
        is_done = True
        for at, most in enumerate(most_db):
            difference = curves[at + 1] - curves[at]
            height = float(np.abs(difference).max())
            if height > most + _SAME:
                is_done = False
                excess = difference * (1 - most / height)
                share = weights[at + 1] / (weights[at] + weights[at + 1])  # the shorter one gives way
                curves[at] += share * excess
                curves[at + 1] -= (1 - share) * excess
        if is_done:
            break
    return curves


def _in_time(stations: Sequence[Station], rate_db: float) -> tuple[Station, ...]:
    """Return stations such that each glide ends where its station begins, and begins as late as the rate allows."""
    timed = []
    for station, later in pairwise(stations):
        begins = later.from_s - Glide(station, later).moved_db(_ANY_RATE) / rate_db
        timed.append(replace(station, to_s=min(station.to_s, max(station.from_s, begins))))
    return (*timed, stations[-1])


def _loudness_notes(before: Spectra, after: Spectra) -> tuple[str, ...]:
    """Say if a moment of some seconds becomes louder or softer against the rest than it was."""
    heard = before.energy > _HEARD * before.energy.max(initial=0.0)
    louder_db = 10 * np.log10(after.energy[heard] / before.energy[heard])
    whole_db = 10 * np.log10((after.energy @ after.length_s) / (before.energy @ before.length_s))
    away = louder_db - whole_db
    most = int(np.abs(away).argmax())
    if abs(away[most]) <= _LOUDNESS_LU:
        return ()
    place = timestamp(round(float(before.start_s[heard][most]) * before.sample_rate), before.sample_rate)
    way = "louder" if away[most] > 0 else "softer"
    return (f"moments change against each other: at {place} it is {abs(away[most]):.1f} LU {way} than it was",)
