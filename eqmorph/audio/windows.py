"""A sound as the power spectra of its windows, in one pass and little memory.

Frames of about 46 ms, half overlapping, are transformed; their power is gathered in *cells* a quarter of an ERB wide,
narrow enough for an equalizer's response to be one number in each. Channels are mixed; in frames where they cancel each
other, the loudest one stands for them. A window's spectrum is the mean over its frames that are within 40 dB of its
loudest, so that pauses inside it don't blur it. Everything later (what the sound is like, what an equalizer would make
of it) follows from these cells alone.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from eqmorph._typing import Float32, Float64
from eqmorph.audio.course import CourseMeter
from eqmorph.audio.loudness import standard_power
from eqmorph.bands import erb_rate
from eqmorph.errors import UsageError

__all__ = [
    "LONGEST_WINDOW_S",
    "SHORTEST_WINDOW_S",
    "SILENCE",
    "CellMeter",
    "Grid",
    "QuietMeter",
    "Spectra",
    "WindowMeter",
    "as_one_window",
    "checked_hop",
    "grid_at",
    "part_as_one_window",
    "side_by_side",
]


SHORTEST_WINDOW_S, LONGEST_WINDOW_S = 0.05, 600.0
#: K-weighted power, -120 dBFS: anything below counts as silence.
SILENCE = 1e-12
_FRAME_AT = 2048 / 44_100  # seconds; the nearest power of two of samples is taken
_WINDOWS_AT_ONCE = 1024
_CELLS_PER_ERB = 4
_TOP_HZ = 20_500.0  # a little above the highest point that is looked at
_GATE = 1e-4  # -40 dB as a factor of power
_SAMPLES_AT_ONCE = 30_000  # in frames: with their spectra they fit a core's own cache, and no array needs new memory
_FAR_SOFTER = 1e-3  # of the power of the loudest window
_QUIET_SHARE = 0.05  # of the frames that are not silent: what goes on when nothing else does
_LEVEL_STEP_DB, _LEVELS = 2.0, 64  # frames are told apart by level, to find the quiet ones in one pass
_CANCELS = 1e-3  # in a mix this much weaker than its channels, they cancel each other


@dataclass(frozen=True, slots=True)
class Grid:
    """How a sample rate's spectra are divided.

    Attributes:
        frame: samples of a frame; the next begins half of it later.
        starts: the first FFT bin of each cell (c,), ascending; ``stop`` is the bin after the last.
        freq_hz: the middle of each cell (c,).
        bins: how many FFT bins each holds (c,).
        loudness: K-weighting of power in each (c,).
    """

    frame: int
    starts: NDArray[np.intp]
    stop: int
    freq_hz: Float64
    bins: NDArray[np.intp]
    loudness: Float32


@lru_cache(maxsize=8)
def grid_at(sample_rate: int) -> Grid:
    """Return the cells of a sample rate, from the lowest bin that isn't DC to 20 kHz or what the rate can hold."""
    frame = max(64, 2 ** round(math.log2(_FRAME_AT * sample_rate)))
    freqs = np.fft.rfftfreq(frame, 1 / sample_rate)
    stop = int(np.searchsorted(freqs, min(_TOP_HZ, sample_rate / 2)))
    cell = np.floor(erb_rate(freqs[1:stop]) * _CELLS_PER_ERB)
    starts = 1 + np.flatnonzero(np.diff(cell, prepend=-1.0))
    bins = np.diff(starts, append=stop)
    middle = np.add.reduceat(freqs[:stop], starts) / bins
    return Grid(frame, starts, stop, middle, bins, standard_power(middle).astype(np.float32))


@dataclass(frozen=True)
class Spectra:
    """The windows of a sound.

    Attributes:
        sample_rate: in Hz.
        frames: samples in each channel of the entire sound.
        window_s, hop_s: how long a window is, and how much later the next begins.
        start_s, length_s: where each window begins and how long it is (w,); only the last can be shorter.
        power: power in all bins of each cell of `grid_at` (w, c), mean over time; they sum to that of the window
            (0.5 for a full-scale sine), and to zero in silence.
        energy: K-weighted mean power of each whole window (w,).
        quiet_power: mean power in the cells over the quietest frames that are not silent (c,): the noise floor, if the
            sound has pauses. None where it was not measured.
        traits: of the course of its levels (k,), by which its kind is told. None where they were not measured.
    """

    sample_rate: int
    frames: int
    window_s: float
    hop_s: float
    start_s: Float64
    length_s: Float64
    power: Float32
    energy: Float64
    quiet_power: Float32 | None = None
    traits: Float64 | None = None

    @property
    def grid(self) -> Grid:
        return grid_at(self.sample_rate)

    @cached_property
    def is_silent(self) -> bool:
        return not np.any(self.energy > 0)

    @cached_property
    def heard(self) -> NDArray[np.bool_]:
        """Which windows count over time (w,): those that are not far softer than the loudest, nor silent."""
        return np.asarray(self.energy > _FAR_SOFTER * self.energy.max(initial=0.0))

    @cached_property
    def mean_power(self) -> Float32:
        """Mean power in the cells over the entire sound (c,): what is loud counts, silence weighs nothing."""
        mean = np.zeros(self.power.shape[1])
        for part in self.parts():  # a product of unlike types copies its factors
            mean += part.length_s @ part.power
        return np.asarray(mean / max(float(self.length_s.sum()), 1e-9), np.float32)

    @property
    def weights(self) -> Float64:
        """The share of each window in the energy of the sound (w,), as loudness weighs it; zeros in silence."""
        energy = self.energy * self.length_s
        total = energy.sum()
        return np.asarray(energy / total if total > 0 else energy)

    def parts(self) -> Iterator[Spectra]:
        """Yield the windows a thousand at a time, so that working on them needs little memory."""
        for at in range(0, len(self.power), _WINDOWS_AT_ONCE):
            some = slice(at, at + _WINDOWS_AT_ONCE)
            yield replace(
                self,
                start_s=self.start_s[some],
                length_s=self.length_s[some],
                power=self.power[some],
                energy=self.energy[some],
            )


def as_one_window(spectra: Spectra) -> Spectra:
    """Return the same sound as a single window, for when its course over time doesn't matter."""
    seconds = spectra.frames / spectra.sample_rate
    energy = float(spectra.energy @ spectra.length_s) / max(float(spectra.length_s.sum()), 1e-9)
    return replace(
        spectra,
        start_s=np.zeros(1),
        length_s=np.array([seconds]),
        power=spectra.mean_power[None],
        energy=np.array([energy]),
    )


def part_as_one_window(spectra: Spectra, weights: Float64) -> Spectra:
    """Return part of a sound as a single window, in which each of its windows counts by a weight (w,).

    The noise floor and what tells its kind are those of the whole.
    """
    counts = weights * spectra.length_s
    within = np.flatnonzero(counts)
    counts = counts[within] / counts[within].sum()
    begin, end = spectra.start_s[within[0]], spectra.start_s[within[-1]] + spectra.length_s[within[-1]]
    return replace(
        spectra,
        frames=round((end - begin) * spectra.sample_rate),
        start_s=np.zeros(1),
        length_s=np.array([end - begin]),
        power=(counts.astype(np.float32) @ spectra.power[within])[None],
        energy=np.array([counts @ spectra.energy[within]]),
    )


def side_by_side(sounds: Sequence[Spectra]) -> Spectra:
    """Return sounds of the same sample rate, each a single window, as the windows of one, to be worked on at once."""
    return replace(
        sounds[0],
        start_s=np.concatenate([sound.start_s for sound in sounds]),
        length_s=np.concatenate([sound.length_s for sound in sounds]),
        power=np.concatenate([sound.power for sound in sounds]),
        energy=np.concatenate([sound.energy for sound in sounds]),
        quiet_power=None,
        traits=None,
    )


def checked_hop(window_s: float, hop_s: float | None = None) -> float:
    """Return the hop that goes with a window: half of it unless one is given.

    Raises:
        UsageError: one of them is out of range.
    """
    if not SHORTEST_WINDOW_S <= window_s <= LONGEST_WINDOW_S:
        raise UsageError(
            f"a window of {window_s:g} s is out of range",
            hint=f"Windows last {SHORTEST_WINDOW_S:g} s to {LONGEST_WINDOW_S:g} s.",
        )
    hop_s = max(window_s / 2, SHORTEST_WINDOW_S) if hop_s is None else hop_s
    if not SHORTEST_WINDOW_S <= hop_s <= window_s:
        raise UsageError(
            f"a hop of {hop_s:g} s is out of range for windows of {window_s:g} s",
            hint=f"A hop lies between {SHORTEST_WINDOW_S:g} s and the window: a longer one would leave audio out.",
        )
    return hop_s


class CellMeter:
    """Transforms a signal into the power in the cells of its frames."""

    def __init__(self, sample_rate: int) -> None:
        self.grid = grid_at(sample_rate)
        self._hann = np.hanning(self.grid.frame + 1)[:-1].astype(np.float32)
        # Parseval: the mean power of a Hann-windowed frame is its bins' sum times this.
        self._scale = np.float32(2 / (self.grid.frame * np.sum(self._hann.astype(float) ** 2)))

    def of_signal(self, signal: Float32) -> tuple[Float32, Float32]:
        """Return the frames (f, samples) of a signal (channels, n) as they are heard, and the power in their cells.

        The first frame begins with the signal, each next one half a frame later. ``signal`` holds one at least.
        """
        frame, hop = self.grid.frame, self.grid.frame // 2
        count = signal.shape[1] // hop - 1
        mix = np.full(len(signal), 1 / len(signal), np.float32) @ signal if len(signal) > 1 else signal[0]
        frames = sliding_window_view(mix, frame)[::hop]
        cells = self.of_frames(frames)
        if len(signal) > 1:
            energies = _frame_energies(signal, hop, count)
            lost = _frame_energies(mix[None], hop, count)[0] < _CANCELS * energies.sum(axis=0) / len(signal) ** 2
            if lost.any():
                of_channels = sliding_window_view(signal, frame, axis=1)[:, ::hop]
                frames = frames.copy()
                frames[lost] = of_channels[energies.argmax(axis=0)[lost], np.flatnonzero(lost)]
                cells[lost] = self.of_frames(frames[lost])
        return frames, cells

    def of_frames(self, frames: Float32) -> Float32:
        """Return the power in the cells (f, c) of frames (f, samples)."""
        cells = np.empty((len(frames), len(self.grid.starts)), np.float32)
        step = max(1, _SAMPLES_AT_ONCE // self.grid.frame)
        for at in range(0, len(frames), step):
            bins = np.fft.rfft(frames[at : at + step] * self._hann)[:, : self.grid.stop]
            bins[:, 1] += bins[:, 0] / 2  # a Hann window leaks -1/2 of DC into it
            power = bins.real**2 + bins.imag**2
            np.add.reduceat(power, self.grid.starts, axis=1, out=cells[at : at + step])
        cells *= self._scale
        return cells


class WindowMeter:
    """Takes a sound in blocks and gives its `Spectra`."""

    def __init__(self, sample_rate: int, *, window_s: float = 2.0, hop_s: float | None = None) -> None:
        hop_s = checked_hop(window_s, hop_s)
        self.sample_rate, self.window_s, self.hop_s = sample_rate, window_s, hop_s
        self._meter = CellMeter(sample_rate)
        self._grid = self._meter.grid
        self._rest: Float32 | None = None  # (channels, n): what no complete frame holds yet
        self._frames = 0
        self._cells: list[Float32] = []  # frames that a later window needs
        self._first = 0  # the number of the first of them
        self._known = 0  # one more than the number of the last of them
        self._power = _Rows(len(self._grid.freq_hz))  # of each complete window
        self._energy = array("d")
        self._quiet = QuietMeter(self._grid)
        self._course = CourseMeter(self._grid.freq_hz, self._grid.frame / 2 / sample_rate)

    def add(self, block: Float32) -> None:
        """Take the next block (channels, frames)."""
        if self._rest is None:  # frames are centered: the first is half empty
            self._rest = np.zeros((len(block), self._grid.frame // 2), np.float32)
        self._frames += block.shape[1]
        self._take(self._rest, block)
        self._close_windows()

    def read(self) -> Spectra:
        """Return the spectra of all that was added. The meter can't be used any more."""
        if self._rest is not None:
            half = self._grid.frame // 2
            channels, left = self._rest.shape
            self._take(self._rest, np.zeros((channels, half + -left % half), np.float32))  # every sample in two frames
        self._close_windows(last=True)
        start_s = np.arange(len(self._energy), dtype=float) * self.hop_s
        length_s: Float64 = np.minimum(self.window_s, self._frames / self.sample_rate - start_s)
        return Spectra(
            self.sample_rate,
            self._frames,
            self.window_s,
            self.hop_s,
            start_s,
            length_s,
            self._power.all(),
            np.array(self._energy),
            self._quiet.power,
            self._course.traits(),
        )

    def _take(self, rest: Float32, block: Float32) -> None:
        """Transform all frames that are complete by now."""
        hop = self._grid.frame // 2
        signal = np.concatenate([rest, block], axis=1)
        count = signal.shape[1] // hop - 1
        if count < 1:
            self._rest = signal
            return
        frames, cells = self._meter.of_signal(signal)
        for at in self._at_an_end(count):
            cells[at] = self._meter.of_frames(self._without_step(frames[at], at))[0]
        self._quiet.add(cells)
        self._course.add(cells)
        self._cells.append(cells)
        self._known += count
        self._rest = signal[:, count * hop :].copy()

    def _at_an_end(self, count: int) -> list[int]:
        """Find which of the next frames reach beyond the sound."""
        frame, hop = self._grid.frame, self._grid.frame // 2
        begins = (self._known + np.arange(count)) * hop - hop
        return [int(at) for at in np.flatnonzero((begins < 0) | (begins + frame > self._frames))]

    def _without_step(self, samples: Float32, at: int) -> Float32:
        """Return a frame (1, samples) that reaches beyond the sound, without the step that an offset makes there."""
        begin = (self._known + at - 1) * (self._grid.frame // 2)
        inside = slice(max(0, -begin), max(0, self._frames - begin))
        centred = np.zeros((1, len(samples)), np.float32)
        if samples[inside].size:
            centred[0, inside] = samples[inside] - samples[inside].mean()
        return centred

    def _close_windows(self, *, last: bool = False) -> None:
        """Sum up the windows that are complete by now and, at the end, what is left."""
        while (end := self._end_of_next()) <= self._known:
            self._close(end)
        covered_s = self._next_s - self.hop_s + self.window_s if self._energy else 0.0
        if last and covered_s < self._frames / self.sample_rate:
            self._close(self._known)

    @property
    def _next_s(self) -> float:
        """Where the next window begins."""
        return len(self._energy) * self.hop_s

    def _end_of_next(self) -> int:
        """Return one more than the number of the next window's last frame; each has one frame at least."""
        return max(self._frame_at(self._next_s + self.window_s), self._frame_at(self._next_s) + 1)

    def _frame_at(self, seconds: float) -> int:
        """Return the first frame whose middle is not before a time."""
        return math.ceil(seconds * self.sample_rate / (self._grid.frame // 2) - 1e-9)

    def _close(self, end: int) -> None:
        start_s = self._next_s
        begin = min(self._frame_at(start_s), end - 1)
        self._cells = [np.concatenate(self._cells)]
        cells = self._cells[0][begin - self._first : end - self._first]
        loudness = cells @ self._grid.loudness
        energy = float(loudness.mean())
        if energy > SILENCE:
            power = cells[loudness > _GATE * loudness.max()].mean(axis=0)
        else:
            power, energy = np.zeros(cells.shape[1], np.float32), 0.0
        self._power.append(power)
        self._energy.append(energy)
        gone = min(self._frame_at(self._next_s), self._known - 1) - self._first
        self._cells[0] = self._cells[0][gone:]
        self._first += gone


class QuietMeter:
    """The mean spectrum of the quietest frames: frames are summed up by level, so that one pass is enough."""

    def __init__(self, grid: Grid) -> None:
        self._loudness = grid.loudness
        self._sums = np.zeros((_LEVELS, len(grid.starts)))
        self._counts = np.zeros(_LEVELS)

    def add(self, cells: Float32) -> None:
        """Take in frames (f, c)."""
        loudness = cells @ self._loudness
        heard = loudness > SILENCE
        steps = 10 / _LEVEL_STEP_DB * np.log10(loudness[heard] / SILENCE)
        levels = np.minimum(steps.astype(np.intp), _LEVELS - 1)
        rows, counts = cells[heard], np.bincount(levels, minlength=_LEVELS)
        for level in np.flatnonzero(counts):  # there are few in a block
            self._sums[level] += rows[levels == level].sum(axis=0, dtype=float)
        self._counts += counts

    def forget(self, share: float) -> None:
        """Let all that was added count less, by a factor."""
        self._sums *= share
        self._counts *= share

    @property
    def power(self) -> Float32:
        """Mean power in the cells of the quietest frames (c,); none of a silent sound."""
        counts = np.cumsum(self._counts)
        enough = int(np.searchsorted(counts, _QUIET_SHARE * counts[-1])) + 1
        return np.asarray(
            self._sums[:enough].sum(axis=0) / max(float(counts[min(enough, _LEVELS) - 1]), 1e-9), np.float32
        )


class _Rows:
    """Rows that come one by one, in a single array that grows in place: there is never a second copy."""

    def __init__(self, width: int) -> None:
        self._held = np.empty((0, width), np.float32)
        self._count = 0

    def append(self, row: Float32) -> None:
        if self._count == len(self._held):
            self._reserve(self._count + self._count // 8 + 64)
        self._held[self._count] = row
        self._count += 1

    def all(self) -> Float32:
        """Return the rows (n, width). No more can be added."""
        self._reserve(self._count)
        return self._held

    def _reserve(self, count: int) -> None:
        self._held.resize((count, self._held.shape[1]), refcheck=False)  # nobody else holds it


def _frame_energies(signal: Float32, hop: int, count: int) -> Float32:
    """Return the energy (channels, count) in frames of two hops, one hop apart, of a signal (channels, n)."""
    hops = signal[:, : (count + 1) * hop].reshape(len(signal), count + 1, hop)
    energies = np.einsum("chs,chs->ch", hops, hops)
    return np.asarray(energies[:, :-1] + energies[:, 1:])
