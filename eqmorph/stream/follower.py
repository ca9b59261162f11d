"""What a stream's EQ is to do next, decided on what was heard so far, every half second."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Complex128, Float32, Float64
from eqmorph.adapt.decide import Decision
from eqmorph.adapt.eq import Choice, Eq
from eqmorph.adapt.evening import even_bands, work_of
from eqmorph.analysis import Ear
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands, even_pace
from eqmorph.model import GRID_HZ
from eqmorph.stream.hearing import Hearing
from eqmorph.stream.kind_watch import KindWatch

__all__ = ["Follower", "Move"]

_STEP_S = 0.5  # how often something is decided
_ENOUGH_S = 2.0  # heard before anything is decided
_SAME_DB = 0.3  # an EQ that nowhere differs by more is the same
_WHOLE_EVERY = 8  # decisions: how often that on the whole is made anew
_KEEP = 0.98  # of the average of moments, at each decision
_SHORTEST_S = 1.0  # a glide, however small


@dataclass(frozen=True)
class Move:
    """What is to happen from now on.

    Attributes:
        bands: the EQ to glide to; None to leave it.
        weights: its share in each of the next frames.
        gain_db: the gain to reach by the next move, so that the level stays.
    """

    bands: Bands | None
    weights: Float32 | None
    gain_db: float


class _Whole:
    """What was decided on the last two minutes, on which each moment's EQ rests."""

    def __init__(self, choice: Choice, ear: Ear | None, heard: Spectra, before: _Whole | None) -> None:
        self._bands = choice.bands
        self._ear = ear
        # What moments were like on average: not what the loudest of them were. It forgets as the whole does.
        self._common: tuple[Float64, float] = (np.zeros(len(GRID_HZ)), 0.0)
        if before is not None and before._ear is ear:
            self._common = before._common
        if ear is not None and choice.decision is not None:
            self._goal = choice.decision.goal
            self._whole_db = choice.bands.held_response_db(GRID_HZ, heard.sample_rate)
            self._work = work_of(ear, self._goal)

    def bands_for(self, part: Spectra) -> Bands:
        """Return the EQ for the last seconds: the whole's and, on top, what they differ by where words are at work."""
        if self._ear is None or self._goal.asks_for_nothing:
            return self._bands
        total, weight = self._common
        self._common = (_KEEP * total + self._ear.curve(part), _KEEP * weight + 1.0)
        common_db = self._common[0] / self._common[1]
        return even_bands(self._ear, part, self._goal, self._whole_db, common_db, self._work)


class Follower:
    """Hears a stream step by step and says how its EQ moves.

    Args:
        eq: what decides.
        sample_rate: in Hz.
        window_s: how many of the last seconds a decision is made on.
        rate_db: how many dB any frequency may move within a second.
        matches: whether a gain makes up for what the EQ does to the loudness.
    """

    def __init__(self, eq: Eq, sample_rate: int, window_s: float, rate_db: float, *, matches: bool) -> None:
        self._hearing = Hearing(sample_rate, window_s)
        grid = self._hearing.grid
        self._kinds = KindWatch(grid, self._hearing.hop / sample_rate)
        self._rate, self._rate_db, self._matches = sample_rate, rate_db, matches
        self._enough_s = min(_ENOUGH_S, window_s)
        self.step_frames = max(round(_STEP_S * sample_rate / self._hearing.hop), 1) * self._hearing.hop
        self._deciding = threading.Lock()  # another thread may ask for another EQ
        self._eq = eq
        self._whole: _Whole | None = None
        self._until_whole = 0
        self.bands, self.decision = Bands(), None
        self._from: Complex128 = np.ones(len(grid.freq_hz), complex)  # the responses at both ends of the glide
        self._to = self._from
        self._weights = np.ones(1, np.float32)
        self._faded = len(self._weights)
        self._gain_db = 0.0

    bands: Bands
    decision: Decision | None

    def follow(self, eq: Eq) -> None:
        """Decide by another EQ from the next step on."""
        with self._deciding:  # else what is decided right now would be of the one before
            self._eq, self._whole = eq, None

    def step(self, block: Float32) -> Move:
        """Hear the next `step_frames` frames (channels, frames), and decide."""
        heard = self._hearing.add(block)
        self._faded = min(self._faded + self.step_frames, len(self._weights))
        with self._deciding:
            if self._eq.ear is not None and not self._eq.ear.is_settled:
                self._kinds.add(heard)
            bands = self._decide() if self._faded == len(self._weights) and self._hears_enough else None
        return Move(bands, None if bands is None else self._weights, self._next_gain_db())

    @property
    def _hears_enough(self) -> bool:
        return self._eq.ear is None or self._hearing.heard_s >= self._enough_s

    def _decide(self) -> Bands | None:
        """Return the bands to glide to; None if those that are heard will do."""
        if self._eq.ear is not None and self._kinds.is_due:
            self._kinds.tell(self._eq.ear, self._hearing.part(self._kinds.traits))
            return None  # a step is one piece of work
        if self._whole is None:
            self._whole, self._until_whole = self._decide_on_whole(None), _WHOLE_EVERY
        elif not self._until_whole:
            self._whole, self._until_whole = self._decide_on_whole(self._whole), _WHOLE_EVERY
            return None
        self._until_whole -= 1
        bands = self._whole.bands_for(self._hearing.part(self._kinds.traits))
        response = bands.held_response(self._hearing.grid.freq_hz, self._rate)
        if np.abs(20 * np.log10(np.abs(response / self._to))).max() < _SAME_DB:
            return None
        self.bands = bands
        self._from, self._to = self._to, response
        self._weights = self._paced()
        self._faded = 0
        return bands

    def _decide_on_whole(self, before: _Whole | None) -> _Whole:
        whole = self._hearing.whole(self._kinds.traits)
        choice = self._eq.decide(self._rate, whole)
        self.decision = choice.decision
        ear = None if self._eq.ear is None else self._eq.ear.for_sound(whole)
        return _Whole(choice, ear, whole, before)

    def _paced(self) -> Float32:
        """Return the weights of a glide in which no frequency moves faster than it may."""
        share, moved_db = even_pace(self._from, self._to)
        frames = max(round(max(moved_db[-1] / self._rate_db, _SHORTEST_S) * self._rate), 1)
        along_db = np.arange(1, frames + 1) * (moved_db[-1] / frames)
        weights: Float32 = np.interp(along_db, moved_db, share).astype(np.float32)
        return weights

    def _next_gain_db(self) -> float:
        """Return the gain that will match the level at the next step, as near as the rate allows."""
        power = self._hearing.recent_power * self._hearing.grid.loudness
        if self._matches and power.sum() > 0:
            then = min(self._faded + self.step_frames, len(self._weights)) - 1
            response = self._from + float(self._weights[then]) * (self._to - self._from)
            wanted = 10 * float(np.log10(power.sum() / (power @ np.abs(response) ** 2)))
            most = self._rate_db * self.step_frames / self._rate
            self._gain_db += float(np.clip(wanted - self._gain_db, -most, most))
        return self._gain_db
