"""Find mains hum: lines at a mains frequency and its multiples, steady, and there where the sound itself is quiet."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float32, Float64

__all__ = ["Hum", "HumLine", "HumMeter", "Mains"]

Mains = Literal["auto", "50", "60"]

_WINDOW_S = 2.0  # resolves half a Hz, and is short enough for pauses
_HOP_S = 0.5
_QUIETEST = 24  # windows that are looked at
_LEAST_WINDOWS = 12
_SHARE, _FEWEST = 0.2, 8  # of all windows the quietest, but so many at least
_LOWEST_HZ, _HIGHEST_HZ = 40.0, 1300.0
_OFF_MAINS_HZ = 0.3  # how far a mains' frequency may be off; a bass's G1 is 1 Hz off
_OFF_LINE_HZ = 0.3  # where a line is looked for, around its multiple
_OFF_MULTIPLE_HZ = 0.1  # how far it may then be off
_AROUND_HZ = (2.0, 7.0)  # the surroundings of a line: from, to
_LEAST_DB = 10.0  # that a line stands out by, on average over the windows
_LEAST_EACH_DB = 5.0  # and in nearly each of them
_NEARLY_EACH = 0.8
_STRONG_DB = 16.0  # one of the lowest lines at least
_LOWEST_NUMBERS = 3.5
_MOST_UNSTEADY_DB = 5.0  # the standard deviation of a line's level over the windows
_LEAST_LINES = 2
_DEEPEST_DB = 40.0  # of a notch
_SILENT = 1e-14  # mean square per window: digital silence, where nothing could be found


@dataclass(frozen=True, slots=True)
class HumLine:
    """A harmonic of the mains, and by how much it stands out of what is around it."""

    freq_hz: float
    over_db: float

    @property
    def depth_db(self) -> float:
        """How much of it is taken out."""
        return min(self.over_db, _DEEPEST_DB)


@dataclass(frozen=True, slots=True)
class Hum:
    """Mains hum: the mains' frequency as it really is, and its harmonics that stand out."""

    mains_hz: float
    lines: tuple[HumLine, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        lines = [
            {
                "freq_hz": round(line.freq_hz, 2),
                "over_db": round(line.over_db, 1),
                "depth_db": round(line.depth_db, 1),
            }
            for line in self.lines
        ]
        return {"mains_hz": round(self.mains_hz, 3), "lines": lines}

    def __str__(self) -> str:
        depths = sorted({f"{line.depth_db:.0f}" for line in self.lines}, key=float)
        return f"{self.mains_hz:.4g} Hz, {len(self.lines)} harmonics, {' to '.join([depths[0], *depths[1:][-1:]])} dB"


class HumMeter:
    """Gathers what `read` needs of a signal: the spectra of its quietest moments, in bounded memory."""

    def __init__(self, sample_rate: int) -> None:
        self._size, self._hop = round(_WINDOW_S * sample_rate), round(_HOP_S * sample_rate)
        self._window = np.hanning(self._size + 1)[:-1].astype(np.float32)
        hertz = np.fft.rfftfreq(self._size, 1 / sample_rate)
        self._bins = (hertz >= _LOWEST_HZ) & (hertz <= min(_HIGHEST_HZ, 0.45 * sample_rate))
        self._hertz = hertz[self._bins]
        self._waiting: list[Float32] = []
        self._frames = self._count = 0
        self._quietest: list[tuple[float, int, Float64]] = []

    def add(self, block: Float32) -> None:
        """Take in the next block, (channels, frames)."""
        self._waiting.append(block.copy())
        self._frames += block.shape[1]
        if self._frames < self._size:
            return
        joined = np.concatenate(self._waiting, axis=1)
        while joined.shape[1] >= self._size:
            self._look(joined[:, : self._size])
            joined = joined[:, self._hop :]
        self._waiting, self._frames = [joined], joined.shape[1]

    def _look(self, window: Float32) -> None:
        if float(np.mean(np.square(window))) < _SILENT:
            return
        power = np.zeros(int(self._bins.sum()))
        for channel in window:
            power += np.abs(np.fft.rfft(channel * self._window)[self._bins]) ** 2
        self._count += 1
        # The median tells what a moment is like beside its lines.
        heapq.heappush(self._quietest, (-float(np.median(power)), self._count, power))
        if len(self._quietest) > _QUIETEST:
            heapq.heappop(self._quietest)

    def read(self, mains: Mains) -> Hum | None:
        """Return the hum; None where there is none, or too little sound to tell."""
        if len(self._quietest) < _LEAST_WINDOWS:
            return None
        count = max(round(_SHARE * self._count), _FEWEST)
        quietest = sorted(self._quietest, key=lambda one: (-one[0], one[1]))[:count]
        powers = np.array([power for _, _, power in quietest])
        nominal = [50.0, 60.0] if mains == "auto" else [float(mains)]
        found = [hum for hz in nominal if (hum := self._at(powers, hz)) is not None]
        return max(found, key=lambda hum: sum(line.over_db for line in hum.lines), default=None)

    def _at(self, powers: Float64, nominal_hz: float) -> Hum | None:
        mean = powers.mean(axis=0)
        steps = np.linspace(-_OFF_MAINS_HZ, _OFF_MAINS_HZ, 61)
        log = np.log10(mean + 1e-30)
        top = int(min(self._hertz[-1], _HIGHEST_HZ) / (nominal_hz + _OFF_MAINS_HZ))
        harmonics = np.arange(1, top + 1)
        if not len(harmonics):
            return None
        scores = []
        for hz in nominal_hz + steps:  # the comb that fits best tells the mains' frequency
            scores.append(float(np.interp(harmonics * hz, self._hertz, log).sum()))
        mains_hz = float(nominal_hz + steps[int(np.argmax(scores))])
        mains_hz = _mains_of(self._lines(powers, mains_hz, harmonics[:3]), mains_hz)  # those between bins too
        lines = self._lines(powers, mains_hz, harmonics)
        if len(lines) < _LEAST_LINES:
            return None
        lowest = [line for line in lines if line.freq_hz < _LOWEST_NUMBERS * nominal_hz]
        if not any(line.over_db >= _STRONG_DB for line in lowest):  # hum is strongest at the bottom
            return None
        return Hum(_mains_of(lines, mains_hz), tuple(lines))

    def _lines(self, powers: Float64, mains_hz: float, harmonics: NDArray[np.int64]) -> list[HumLine]:
        return [line for number in harmonics if (line := self._line(powers, number * mains_hz)) is not None]

    def _line(self, powers: Float64, at_hz: float) -> HumLine | None:
        """Return the line near a frequency; None if nothing steady stands out there."""
        near = np.abs(self._hertz - at_hz) <= _OFF_LINE_HZ
        distance = np.abs(self._hertz - at_hz)
        around = (distance >= _AROUND_HZ[0]) & (distance <= _AROUND_HZ[1])
        if not near.any() or not around.any():
            return None
        # A line's surroundings are as loud as what is loud there: a line among others is music.
        floors = np.quantile(powers[:, around], 0.75, axis=1) + 1e-30
        tops = powers[:, near].max(axis=1)
        each_db = 10 * np.log10(tops / floors)
        mean = powers[:, near].mean(axis=0)
        over_db = float(np.median(each_db))
        if over_db < _LEAST_DB or np.mean(each_db >= _LEAST_EACH_DB) < _NEARLY_EACH:
            return None
        if np.std(10 * np.log10(tops)) > _MOST_UNSTEADY_DB:
            return None
        hertz = self._top_hz(powers.mean(axis=0), int(np.flatnonzero(near)[np.argmax(mean)]))
        return HumLine(hertz, over_db) if abs(hertz - at_hz) <= _OFF_MULTIPLE_HZ else None

    def _top_hz(self, power: Float64, place: int) -> float:
        """Return where a line's top is between bins: that of a parabola through the logarithms."""
        if not 0 < place < len(power) - 1:
            return float(self._hertz[place])
        a, b, c = np.log(power[place - 1 : place + 2] + 1e-30)
        shift = 0.5 * (a - c) / (a - 2 * b + c) if a - 2 * b + c < 0 else 0.0
        return float(self._hertz[place] + np.clip(shift, -1, 1) * (self._hertz[1] - self._hertz[0]))


def _mains_of(lines: Sequence[HumLine], about_hz: float) -> float:
    """Return the mains' frequency that lines are multiples of."""
    if not lines:
        return about_hz
    each = [line.freq_hz / round(line.freq_hz / about_hz) for line in lines]
    return float(np.average(each, weights=[line.over_db for line in lines]))
