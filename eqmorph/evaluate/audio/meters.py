"""What an engineer reads off the meters before and after an EQ: third-octaves, pauses, levels.

Written without a look at the limits of the decision, and from the samples themselves rather than from the spectra that
decisions are made on: nothing that is judged here judges itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float32, Float64
from eqmorph.audio.loudness import standard_power
from eqmorph.bands import Bands

__all__ = ["CELLS_HZ", "THIRDS_HZ", "Meter", "Reading", "a_weighting"]


#: The middles of the third-octaves, 20 Hz to 20 kHz, and of the cells that make them up, eight each.
THIRDS_HZ = 1000.0 * 2.0 ** (np.arange(-17, 14) / 3)
_CELLS_EACH = 8
_EDGES_HZ = THIRDS_HZ[0] * 2.0 ** ((np.arange(len(THIRDS_HZ) * _CELLS_EACH + 1) / _CELLS_EACH - 0.5) / 3)
CELLS_HZ = np.sqrt(_EDGES_HZ[:-1] * _EDGES_HZ[1:])
_FRAME_S, _SHORT_FRAME_S = 0.37, 0.046  # long enough to tell 20 from 25 Hz; short enough to fall between syllables
_QUIET_SHARE = 0.05  # of the short frames that are not silent
_SILENCE = 1e-12  # mean square, -120 dBFS
_FAINT_DB, _BODY_DB = 40.0, 10.0  # below the loudest third-octave: hardly there, and what the sound is made of
_FIGHT_DB = 3.0
_DENSE_HZ = np.geomspace(20, 20_000, 600)
_REACHES = 0.49  # of the sample rate: up there a file has nothing that could be moved
_NONE = 1e-20


@dataclass(frozen=True)
class Reading:
    """What the meters show of an EQ on a sound; dB throughout.

    Attributes:
        largest_db: the most it moves any frequency from 20 Hz to 20 kHz.
        make_up_db: the gain that brings the result back to the sound's loudness.
        faint_rise_db: the most it raises a third-octave 40 dB or more below the loudest; -inf where there is none.
        body_cut_db: the most it lowers a third-octave within 10 dB of the loudest.
        floor_rise_db: how much it raises the quiet moments, A-weighted, once levels are matched.
        fights: whether two neighboring bands an octave apart or less go over 3 dB in opposite directions.
        bands: how many bands it has.
        response_db: what it does from 20 Hz to 20 kHz, densely.
    """

    largest_db: float
    make_up_db: float
    faint_rise_db: float
    body_cut_db: float
    floor_rise_db: float
    fights: bool
    bands: int
    response_db: Float64

    @property
    def faint_rise_levelled_db(self) -> float:
        """The same rise of what is faint once levels are matched."""
        return self.faint_rise_db + self.make_up_db

    def largest_outside_db(self, is_inside: NDArray[np.bool_], freqs_hz: Float64) -> float:
        """Return the most that is moved where ``is_inside``, given at ascending frequencies, is false."""
        inside = np.interp(np.log(_DENSE_HZ), np.log(freqs_hz), is_inside.astype(float)) > 0.5
        return float(np.abs(self.response_db[~inside]).max(initial=0.0))


@dataclass(frozen=True)
class Meter:
    """A sound on the meters.

    Attributes:
        sample_rate: in Hz.
        power: mean power at each of `CELLS_HZ` (248,); none above half the rate.
        quiet: the same over the quietest moments that are not silent: the noise floor, if the sound has pauses.
    """

    sample_rate: int
    power: Float64
    quiet: Float64

    @classmethod
    def of(cls, samples: Float32, sample_rate: int) -> Meter:
        """Return what the meters show of samples (channels, frames)."""
        return cls(
            sample_rate,
            _in_cells(_mean_power(samples, _frame(_FRAME_S, sample_rate)), sample_rate),
            _in_cells(_quiet_power(samples, _frame(_SHORT_FRAME_S, sample_rate)), sample_rate),
        )

    def read(self, bands: Bands) -> Reading:
        """Return what an EQ does to the sound."""
        reach_hz = _REACHES * self.sample_rate
        response_db = bands.response_db(np.minimum(_DENSE_HZ, reach_hz), self.sample_rate)
        gains = 10 ** (bands.response_db(np.minimum(CELLS_HZ, reach_hz), self.sample_rate) / 10)
        rises_db = _decibels(_by_third(self.power * gains)) - _decibels(_by_third(self.power))
        make_up_db = -_rise_db(self.power * standard_power(CELLS_HZ), gains)
        return Reading(
            largest_db=float(np.abs(response_db).max()),
            make_up_db=make_up_db,
            faint_rise_db=float(rises_db[self._exists & (self.below_db >= _FAINT_DB)].max(initial=-np.inf)),
            body_cut_db=float(-rises_db[self._exists & (self.below_db <= _BODY_DB)].min()),
            floor_rise_db=_rise_db(self.quiet * a_weighting(CELLS_HZ), gains) + make_up_db,
            fights=_fights(bands),
            bands=len(bands),
            response_db=response_db,
        )

    @cached_property
    def below_db(self) -> Float64:
        """How far each third-octave is below the loudest (31,)."""
        levels = _decibels(_by_third(self.power))
        return np.asarray(levels.max() - levels)

    @property
    def _exists(self) -> NDArray[np.bool_]:
        """Which third-octaves the rate has room for (31,)."""
        return np.asarray(self.sample_rate / 2 > THIRDS_HZ)


def a_weighting(freq_hz: Float64) -> Float64:
    """Return A-weighting of power (IEC 61672), 1 at 1 kHz."""

    def square(hz: Float64) -> Float64:
        over = hz**4 * 12_194.0**2
        under = (hz**2 + 20.6**2) * (hz**2 + 12_194.0**2) * np.sqrt((hz**2 + 107.7**2) * (hz**2 + 737.9**2))
        return np.asarray((over / under) ** 2)

    return np.asarray(square(freq_hz) / square(np.array(1000.0)))


def _frame(seconds: float, sample_rate: int) -> int:
    return int(2 ** round(np.log2(seconds * sample_rate)))


def _mean_power(samples: Float32, frame: int) -> Float64:
    """Return the mean power in the FFT bins of all samples alike: the first of a hit count as much as its last."""
    hop, whole = frame // 4, np.pad(samples, ((0, 0), (frame, frame)))
    return np.asarray(np.sum(list(_frame_powers(whole, frame, hop)), axis=0) * hop / samples.shape[1])


def _quiet_power(samples: Float32, frame: int) -> Float64:
    """Return the mean power in the FFT bins of the quietest frames that are not silent; none where all are."""
    filled = np.pad(samples, ((0, 0), (0, max(frame - samples.shape[1], 0))))
    powers = np.array(list(_frame_powers(filled, frame, frame // 2)))
    levels = powers.sum(axis=1)
    heard = np.flatnonzero(levels > _SILENCE)
    quietest = heard[np.argsort(levels[heard])][: max(1, round(_QUIET_SHARE * len(heard)))]
    return np.asarray(powers[quietest].mean(axis=0)) if len(quietest) else np.zeros(powers.shape[1])


def _frame_powers(samples: Float32, frame: int, hop: int) -> Iterator[Float64]:
    """Yield the power in the FFT bins of frames, mean of the channels, not of a mix in which they may cancel."""
    window = np.hanning(frame + 1)[:-1]
    scale = 2 / (frame * np.sum(window**2))  # the bins sum up to the mean square
    for start in range(0, samples.shape[1] - frame + 1, hop):
        spectrum = np.fft.rfft(samples[:, start : start + frame] * window)
        yield scale * np.mean(spectrum.real**2 + spectrum.imag**2, axis=0)


def _in_cells(power: Float64, sample_rate: int) -> Float64:
    """Return the power at `CELLS_HZ` of power in FFT bins, each spread evenly over the frequencies it stands for."""
    step = sample_rate / 2 / (len(power) - 1)
    upper = np.minimum((np.arange(len(power)) + 0.5) * step, sample_rate / 2)
    sums = np.interp(_EDGES_HZ, np.concatenate([[0.0], upper]), np.concatenate([[0.0], np.cumsum(power)]))
    return np.diff(sums)


def _by_third(cells: Float64) -> Float64:
    return np.asarray(cells.reshape(len(THIRDS_HZ), _CELLS_EACH).sum(axis=1))


def _decibels(power: Float64) -> Float64:
    return np.asarray(10 * np.log10(np.maximum(power, _NONE)))


def _rise_db(power: Float64, gains: Float64) -> float:
    """Return how much gains raise the sum of some power; 0 where there is none."""
    before = float(power.sum())
    return float(10 * np.log10(max(float(power @ gains), _NONE) / before)) if before > _NONE else 0.0


def _fights(bands: Bands) -> bool:
    ordered = sorted(bands, key=lambda band: band.freq_hz)
    return any(
        above.freq_hz <= 2 * below.freq_hz
        and above.gain_db * below.gain_db < 0
        and min(abs(above.gain_db), abs(below.gain_db)) > _FIGHT_DB
        for below, above in pairwise(ordered)
    )
