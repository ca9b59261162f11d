"""What is measured while a file plays: loudness, peaks and the spectrum of this moment."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float32, Float64
from eqmorph.audio.loudness import LoudnessMeter
from eqmorph.audio.truepeak import TruePeakMeter
from eqmorph.audio.windows import grid_at
from eqmorph.plot.terminal import Spectrum
from eqmorph.tui.playback.tap import Tap

__all__ = ["LiveMeter", "LiveReading", "LiveSpectrum"]

MOMENTARY_S, SHORT_TERM_S = 0.4, 3.0  # EBU R 128
_AT_ONCE = 1024  # frames
_FRAME_S = 0.18  # of a spectrum: long enough to tell bass notes apart
_POINTS = 128
_LOW_HZ, _HIGH_HZ = 20.0, 20_000.0
_WIDTH_OCTAVES = 1 / 6
_FALL_DB_A_SECOND = 36.0
_RISE = 0.7  # of the way up that is gone at once
_FLOOR_DB = -140.0


@dataclass(frozen=True, eq=False, slots=True)
class LiveReading:
    """What was measured lately; what is not known yet, or silent, is None.

    Attributes:
        momentary_lufs, short_term_lufs: loudness of the last 0.4 s and 3 s.
        true_peak_db: the highest true peak since the last reset.
        spectrum: of this moment.
    """

    momentary_lufs: float | None = None
    short_term_lufs: float | None = None
    true_peak_db: float | None = None
    spectrum: Spectrum | None = None


class LiveMeter:
    """Measures what a tap has heard since it was last asked: some twenty times a second, on the thread that shows it.

    Args:
        tap: where the sound comes from.
        channel_mask: which speakers its channels are.
    """

    def __init__(self, tap: Tap, *, channel_mask: int | None = None) -> None:
        self._tap, self._mask = tap, channel_mask
        self._done = tap.frames
        self._spectrum = LiveSpectrum(tap.sample_rate)
        self._begin()

    def read(self) -> LiveReading:
        """Measure what is new and return what is known then."""
        new = self._tap.frames - self._done
        if new > self._tap.kept:  # it was played faster than anybody looked
            new = self._tap.kept
            self._begin()
        if new > 0:
            until = self._done = self._tap.frames
            block = self._tap.latest(new, until=until)
            self._loudness.add(block)
            self._peak.add(block)
            self._spectrum.add(self._tap.latest(self._spectrum.frame, until=until), new / self._tap.sample_rate)
        peak = self._peak.peak()
        return LiveReading(
            self._loudness.latest_lufs(MOMENTARY_S),
            self._loudness.latest_lufs(SHORT_TERM_S),
            20 * math.log10(peak) if peak > 0 else None,
            self._spectrum.spectrum,
        )

    def reset(self) -> None:
        """Forget what was measured: something else is heard from now on."""
        self._done = self._tap.frames
        self._begin()

    def reset_peak(self) -> None:
        """Forget the true peak."""
        self._peak = TruePeakMeter(self._tap.channels, at_once=_AT_ONCE)

    def _begin(self) -> None:
        rate, channels = self._tap.sample_rate, self._tap.channels
        self._loudness = LoudnessMeter(rate, channels, channel_mask=self._mask, at_once=_AT_ONCE)
        self._spectrum.clear()
        self.reset_peak()


class LiveSpectrum:
    """The spectrum of a moment, which rises fast and falls slowly, on the scale of a sound's mean spectrum.

    Args:
        sample_rate: in Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        self.frame = max(64, 2 ** round(math.log2(_FRAME_S * sample_rate)))
        window = np.hanning(self.frame + 1)[:-1].astype(np.float32)
        self._window: Float32 = window[None, :]
        bin_hz = sample_rate / self.frame
        # Power in all bins is that of the sound; as in mean spectra, a level is the mean over bins of the grid's width.
        self._scale = 2 / (self.frame * float(np.square(window).sum())) * (sample_rate / grid_at(sample_rate).frame)
        self.freqs_hz: Float64 = np.geomspace(_LOW_HZ, min(_HIGH_HZ, 0.49 * sample_rate), _POINTS)
        side = 2 ** (_WIDTH_OCTAVES / 2)
        low, high = self.freqs_hz / side, np.minimum(self.freqs_hz * side, sample_rate / 2)
        middle, half = (low + high) / 2, np.maximum(high - low, 1.5 * bin_hz) / 2
        self._edges_hz = np.stack([np.maximum(middle - half, 0.0), middle + half])
        self._width_hz = self._edges_hz[1] - self._edges_hz[0]
        self._bins_hz = (np.arange(self.frame // 2 + 2) - 0.5) * bin_hz
        self._levels: Float64 | None = None

    @property
    def spectrum(self) -> Spectrum | None:
        """The spectrum; None for silence."""
        levels = self._levels
        return None if levels is None or levels.max() <= _FLOOR_DB else Spectrum(self.freqs_hz, levels)

    def add(self, audio: Float32, seconds: float) -> None:
        """Take in the latest audio (channels, frames), which is so much newer than the last."""
        levels = self._measure(audio)
        former = self._levels
        if former is None:
            self._levels = levels
            return
        risen = former + _RISE * (levels - former)
        self._levels = np.where(levels > former, risen, np.maximum(levels, former - _FALL_DB_A_SECOND * seconds))

    def clear(self) -> None:
        self._levels = None

    def _measure(self, audio: Float32) -> Float64:
        """Return the levels at all points; the channels are added as powers."""
        audio = np.pad(audio, ((0, 0), (self.frame - audio.shape[1], 0))) if audio.shape[1] < self.frame else audio
        spectra = np.fft.rfft(audio * self._window, axis=1)
        power = (np.square(spectra.real) + np.square(spectra.imag)).mean(axis=0)
        sums = np.concatenate([[0.0], np.cumsum(power, dtype=np.float64)]) * self._scale
        low, high = (np.interp(edges, self._bins_hz, sums) for edges in self._edges_hz)
        return np.asarray(10 * np.log10(np.maximum((high - low) / self._width_hz, 10 ** (_FLOOR_DB / 10))))
