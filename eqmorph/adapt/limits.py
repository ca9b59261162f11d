"""What an engineer would not do to a sound, whatever words ask: the limits of a decision.

Some hold at each frequency and bound the curve before any band exists: how far anything may be moved, nothing raised
where there is nothing, no hole in the body, and of speech neither rumble nor hiss. The others hold for the result:
make-up gain, the noise floor, how far what is faint was raised. Where bands pass any of them, all their gains
shrink together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.region import bend_to_limit, lobe_of
from eqmorph.analysis import Ear
from eqmorph.audio.loudness import standard_power
from eqmorph.audio.windows import Spectra, grid_at
from eqmorph.bands import HIGHEST_HEARD, Bands
from eqmorph.kind import Kind
from eqmorph.model import GRID_HZ

__all__ = ["Bound", "Limit", "Limits", "SpeechRules", "limits_for"]

_FADES_DB, _GONE_DB = 34.0, 44.0  # below the loudest third-octave: where boosts begin to fade, and where none is left
_FADING = 1.5  # how fast: at 40 dB below, a quarter of a boost is left
#: So far below nothing is raised by more than a trifle; for each dB less below, by so much more. Other meters may see a
#: third-octave a few dB lower than short frames do, so it begins above 40.
_FAINT_FROM_DB, _FAINT_RISE_DB, _FAINT_SLOPE = 37.0, 1.5, 1.2
_BODY_CUT_DB, _BODY_OCTAVES = 5.75, 0.55  # of the loudest octave, to either side of its middle
_MAKE_UP_DB, _FLOOR_RISE_DB = 2.9, 2.6
#: A frame's spectrum tells little of what lies below: there a sound is taken to fall off, as nearly all do.
_TELLS_FROM_HZ, _FALLS_DB = 80.0, 40.0  # an octave
#: Of speech: nothing is raised below; nor, where the sharpness of s and t is, by more, unless a word is about it.
_RUMBLE_HZ, _RUMBLE_DB = 100.0, 0.3
_RUMBLE_SLOPE_DB = 6.0  # an octave above: as fast as bands rise
_SIBILANT_HZ, _SIBILANT_DB = (5000.0, 9000.0), 2.0
_ABOUT_IT = 0.55  # what a word raises there, of the most that it raises anywhere
_BETWEEN_CELLS_DB = 0.02  # what bands may go farther between two cells
_HARD = 0.985  # of the maximum gain: what bands may overshoot between the points of a curve
_SPOKEN_HZ = np.concatenate([np.geomspace(20, 0.999 * _RUMBLE_HZ, 12), np.linspace(*_SIBILANT_HZ, 9)])
_THIRDS_HZ = 1000.0 * 2.0 ** (np.arange(-17, 14) / 3)
_QUIETER = 10**-0.35  # of the power of the whole: by less, frames differ by chance, and nothing is a pause
_SIXTH = 2.0 ** (1 / 6)
_HALVINGS = 9
_NONE = 1e-20


class Limit(Enum):
    """The limits, by the names that reports and output have for them."""

    SIZE = "max-gain"
    AUDIBLE = "audible"
    BODY = "body"
    MAKE_UP = "make-up"
    FLOOR = "noise-floor"
    SPEECH = "speech"

    @property
    def briefly(self) -> str:
        """What held something back, for people to read where there is little room."""
        return {"max-gain": "gain limit", "audible": "inaudible"}.get(
            self.value, self.value.replace("noise-", "noise ")
        )


@dataclass(frozen=True, slots=True)
class Bound:
    """What a limit took off an EQ, or off the part of it that one word asks for.

    Attributes:
        limit: which one.
        took_db: the most it took at any frequency, off the highest point where it shrank the whole; None where an
            amount was searched for that meets a percentile, since as much is then asked for as it takes.
        at_hz: where that is; None for a limit on the whole.
        share: what is left of it there, 0..1; None as ``took_db``.
    """

    limit: Limit
    took_db: float | None
    at_hz: float | None
    share: float | None


class Limits:
    """The limits of one EQ for one sound, or for several that share it.

    Attributes:
        max_gain_db: no frequency is moved by more.
        speech: the rules for speech, if it is.
        low_db, high_db: how far a curve may go down and up (64,).
        audible: how much of the sound there is to hear at each point (64,), 0..1.
        loudness: the share of each point in its loudness, as BS.1770 weighs it (64,).
        quiet: the share of each point in its quiet moments, A-weighted (64,); zeros where it has none.
    """

    def __init__(
        self,
        sounds: Sequence[Spectra],
        max_gain_db: float,
        speech: SpeechRules | None = None,
        *,
        faint_from_db: float = _FAINT_FROM_DB,
    ) -> None:
        self.max_gain_db, self.speech = max_gain_db, speech
        self._sounds = [_Heard(sound, faint_from_db) for sound in sounds]
        self.audible: Float64 = np.min([sound.audible for sound in self._sounds], axis=0)
        self.loudness: Float64 = np.mean([sound.loudness for sound in self._sounds], axis=0)
        self.quiet: Float64 = np.mean([sound.quiet for sound in self._sounds], axis=0)
        self._exists = HIGHEST_HEARD * max(sound.spectra.sample_rate for sound in self._sounds) > GRID_HZ
        most = _HARD * max_gain_db
        is_body = np.any([sound.is_body for sound in self._sounds], axis=0)
        room_db = np.min([sound.room_db for sound in self._sounds], axis=0)
        self._heard_db: Float64 = np.minimum(most * self.audible**_FADING, room_db)
        of_speech = speech.most_db(GRID_HZ) if speech is not None else np.inf
        self.high_db: Float64 = np.minimum(self._heard_db, _HARD * of_speech)
        self.low_db: Float64 = -np.where(is_body, min(most, _BODY_CUT_DB), most)

    def within(self, asked_db: Float64) -> Float64:
        """Return what is left of a curve (64,) between the bounds at each frequency."""
        return np.clip(bend_to_limit(asked_db, self.max_gain_db), self.low_db, self.high_db)

    def taken(self, wanted_db: Float64) -> dict[Limit, Float64]:
        """Return what each limit at single frequencies takes off a wanted curve (64,), with the sign of what it takes.

        Size comes first: the others take what is left above theirs.
        """
        wanted_db = np.where(self._exists, wanted_db, 0.0)
        sized = np.clip(wanted_db, -self.max_gain_db, self.max_gain_db)
        most = _HARD * self.max_gain_db
        is_body = self.low_db > -most
        return {
            Limit.SIZE: wanted_db - sized,
            Limit.AUDIBLE: np.where(self._heard_db < most, np.maximum(sized - self._heard_db, 0.0), 0.0),
            Limit.SPEECH: np.maximum(np.minimum(sized, self._heard_db) - self.high_db, 0.0),
            Limit.BODY: np.where(is_body, np.minimum(sized - self.low_db, 0.0), 0.0),
        }

    def shrunk(self, bands_at: Callable[[float], Bands]) -> tuple[float, dict[Limit, float]]:
        """Return the largest share (0..1) at which ``bands_at`` keeps all limits.

        And for each limit that it would pass at 1, the share which that one would leave by itself.
        """
        passed = self._passed(bands_at(1.0))
        if not passed:
            return 1.0, {}
        share = self._largest_share(bands_at, Limit)
        if len(passed) == 1:
            return share, dict.fromkeys(passed, share)
        return share, {limit: self._largest_share(bands_at, [limit]) for limit in passed}

    def _largest_share(self, bands_at: Callable[[float], Bands], limits: Iterable[Limit]) -> float:
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._passed(bands_at(middle)).isdisjoint(limits) else (low, middle)
        return low

    def _passed(self, bands: Bands) -> set[Limit]:
        found = {limit for sound in self._sounds for limit in sound.passed(bands, self.max_gain_db)}
        rates = {sound.spectra.sample_rate for sound in self._sounds}
        if self.speech is not None and any(self.speech.is_passed(bands, rate) for rate in rates):
            found.add(Limit.SPEECH)
        return found


@dataclass(frozen=True)
class SpeechRules:
    """What is not done to speech: rumble and plosives come up from below, and sharp consonants get sharper.

    ``is_about_sibilance``: a word that is asked for raises just these.
    """

    is_about_sibilance: bool = False

    def most_db(self, freq_hz: Float64) -> Float64:
        """Return how far each frequency may be raised; far more than anything is, where speech sets no limit."""
        most = _RUMBLE_SLOPE_DB * np.log2(np.maximum(freq_hz / _RUMBLE_HZ, 1.0))
        low, high = _SIBILANT_HZ
        within = (freq_hz >= low) & (freq_hz <= high) & (not self.is_about_sibilance)
        return np.asarray(np.where(within, _SIBILANT_DB, most))

    def is_passed(self, bands: Bands, sample_rate: int) -> bool:
        """Tell whether some bands raise anything by more than a trifle beyond."""
        freqs = _SPOKEN_HZ[sample_rate / 2 > _SPOKEN_HZ]
        return bool(np.any(bands.response_db(freqs, sample_rate) > np.maximum(self.most_db(freqs), _RUMBLE_DB)))


def limits_for(ear: Ear, sounds: Sequence[Spectra], goal: Goal, *, faint_from_db: float = _FAINT_FROM_DB) -> Limits:
    """Return the limits of one EQ that meets a goal, for sounds of an ear's kind.

    ``faint_from_db`` is how far below the loudest third-octave what is there may hardly be raised.
    """
    speech = None
    if ear.kind is Kind.SPEECH:
        raised = [np.sign(term.weight) * lobe_of(ear.space.terms[term.word].curve_db) for term in goal.terms]
        speech = SpeechRules(any(map(_is_sibilant, raised)))
    return Limits(sounds, goal.max_gain_db, speech, faint_from_db=faint_from_db)


def _is_sibilant(lobe_db: Float64) -> bool:
    """Tell whether what a word is named for (64,) is to be raised, and just where sibilants are."""
    raised = np.maximum(lobe_db, 0.0)
    low, high = _SIBILANT_HZ
    return bool(raised[(low <= GRID_HZ) & (high >= GRID_HZ)].mean() > _ABOUT_IT * raised.max() > 0)


@dataclass(frozen=True)
class _Heard:
    """What limits look at of one sound: its power, in cells and in third-octaves."""

    spectra: Spectra
    faint_from_db: float

    @cached_property
    def audible(self) -> Float64:
        return np.clip((_GONE_DB - self._below_db) / (_GONE_DB - _FADES_DB), 0.0, 1.0)

    @cached_property
    def room_db(self) -> Float64:
        """How far each point may be raised (64,), as faint as the third-octaves around it are."""
        is_in = np.abs(np.log2(GRID_HZ[:, None] / _thirds_hz(self.spectra.sample_rate))) <= 1 / 6
        of_thirds = np.where(is_in, self._thirds_room_db, np.inf).min(axis=1)
        return np.asarray(np.minimum(self._room_db(self._below_db), of_thirds))

    @cached_property
    def loudness(self) -> Float64:
        return self._at_points(self._loud)

    @cached_property
    def quiet(self) -> Float64:
        total = float(self._floor.sum())
        return self._at_points(self._floor / total if total else self._floor)

    def _at_points(self, cells: Float64) -> Float64:
        """Return the sums (64,) of cells (c,), each counted at the point that is next to it."""
        nearest = np.abs(np.log(self._freq_hz)[:, None] - np.log(GRID_HZ)).argmin(axis=1)
        return np.asarray(np.bincount(nearest, weights=cells, minlength=len(GRID_HZ)), dtype=float)

    @cached_property
    def is_body(self) -> NDArray[np.bool_]:
        """Where the loudest octave is (64,)."""
        octaves = _around(self.spectra.sample_rate, np.sqrt(2)) @ self._power
        away = np.abs(np.log2(GRID_HZ / GRID_HZ[int(octaves.argmax())]))
        return np.asarray(away <= _BODY_OCTAVES)

    def gains(self, bands: Bands) -> Float64:
        """Return what bands do to the power in the cells (c,)."""
        return np.asarray(10 ** (bands.response_db(self._freq_hz, self.spectra.sample_rate) / 10))

    def make_up_db(self, gains: Float64) -> float:
        return float(-10 * np.log10(max(float(gains @ self._loud), _NONE)))

    def passed(self, bands: Bands, max_gain_db: float) -> set[Limit]:
        """Return the limits that the result would pass."""
        gains = self.gains(bands)
        make_up_db = self.make_up_db(gains)
        rises_db = _decibels(_thirds(self.spectra.sample_rate) @ (self._power * gains)) - self._thirds_db
        passes = {
            Limit.SIZE: float(np.abs(_decibels(gains)).max()) > max_gain_db - _BETWEEN_CELLS_DB,
            Limit.AUDIBLE: bool(np.any(rises_db > self._thirds_room_db)),
            Limit.MAKE_UP: make_up_db > _MAKE_UP_DB,
            Limit.FLOOR: self._floor_rise_db(gains) + make_up_db > _FLOOR_RISE_DB,
        }
        return {limit for limit, is_passed in passes.items() if is_passed}

    def _floor_rise_db(self, gains: Float64) -> float:
        """Return how much gains in the cells raise what is heard in quiet moments, A-weighted."""
        before = float(self._floor.sum())
        return float(_decibels(np.asarray(float(self._floor @ gains) / before))) if before > 0 else 0.0

    @cached_property
    def _floor(self) -> Float64:
        """The power in the cells of quiet moments, A-weighted (c,); zeros where nothing is quieter than the rest."""
        quiet, loudness = self.spectra.quiet_power, standard_power(self._freq_hz)
        if quiet is None or float(quiet @ loudness) > _QUIETER * float(self._power @ loudness):
            return np.zeros_like(self._freq_hz)
        return np.asarray(quiet * _a_weighting(self.spectra.sample_rate))

    @property
    def _freq_hz(self) -> Float64:
        return grid_at(self.spectra.sample_rate).freq_hz

    @cached_property
    def _power(self) -> Float64:
        return self.spectra.mean_power.astype(float)

    @cached_property
    def _loud(self) -> Float64:
        """The share of each cell in the loudness (c,)."""
        loud = self._power * standard_power(self._freq_hz)
        return np.asarray(loud / max(float(loud.sum()), _NONE))

    @cached_property
    def _thirds_db(self) -> Float64:
        return _decibels(_thirds(self.spectra.sample_rate) @ self._power)

    @cached_property
    def _thirds_room_db(self) -> Float64:
        """How far each third-octave may be raised."""
        return self._room_db(_falling(_thirds_hz(self.spectra.sample_rate), self._thirds_db.max() - self._thirds_db))

    def _room_db(self, below_db: Float64) -> Float64:
        """Return how far what lies so far below the loudest third-octave may be raised."""
        return np.asarray(_FAINT_RISE_DB + _FAINT_SLOPE * np.maximum(self.faint_from_db - below_db, 0.0))

    @cached_property
    def _below_db(self) -> Float64:
        """How far the third-octave around each point is below the loudest (64,)."""
        around = _around(self.spectra.sample_rate, _SIXTH)
        levels = _decibels(around @ self._power)
        # Far down an octave has few cells: a point between two is as loud as they are.
        has_cells = around.any(axis=1) | (self._freq_hz[-1] < GRID_HZ)
        levels = np.interp(np.log(GRID_HZ), np.log(GRID_HZ[has_cells]), levels[has_cells])
        return _falling(GRID_HZ, self._thirds_db.max() - levels)


def _falling(freq_hz: Float64, below_db: Float64) -> Float64:
    """Return how far below the loudest what lies at ascending frequencies is, given what short frames tell of it."""
    there = np.interp(np.log(_TELLS_FROM_HZ), np.log(freq_hz), below_db)
    at_least = there + _FALLS_DB * np.log2(_TELLS_FROM_HZ / freq_hz)
    return np.asarray(np.where(freq_hz < _TELLS_FROM_HZ, np.maximum(below_db, at_least), below_db))


def _decibels(power: Float64) -> Float64:
    return np.asarray(10 * np.log10(np.maximum(power, _NONE)))


@lru_cache(maxsize=8)
def _thirds(sample_rate: int) -> Float64:
    """Return which cells of a rate are in each of `_thirds_hz`."""
    return _within(sample_rate, _thirds_hz(sample_rate), _SIXTH)


@lru_cache(maxsize=8)
def _thirds_hz(sample_rate: int) -> Float64:
    """Return the middles of the usual third-octaves, those that have a cell at this rate."""
    return _THIRDS_HZ[_within(sample_rate, _THIRDS_HZ, _SIXTH).any(axis=1)]


@lru_cache(maxsize=16)
def _around(sample_rate: int, half: float) -> Float64:
    """Return which cells of a rate are around each `GRID_HZ` (64, c), so many times lower or higher at most."""
    return _within(sample_rate, GRID_HZ, half)


def _within(sample_rate: int, middle_hz: Float64, half: float) -> Float64:
    freqs, middle = grid_at(sample_rate).freq_hz, middle_hz[:, None]
    return np.asarray((freqs >= middle / half) & (freqs < middle * half), dtype=float)


@lru_cache(maxsize=8)
def _a_weighting(sample_rate: int) -> Float64:
    """Return A-weighting of power in the cells of a rate (c,), but for its level (IEC 61672)."""
    square = grid_at(sample_rate).freq_hz ** 2
    over = square + np.array([20.6, 107.7, 737.9, 12_194.0])[:, None] ** 2
    return np.asarray((square**2 / (over[0] * np.sqrt(over[1] * over[2]) * over[3])) ** 2)
