"""The mel spectrogram in numpy: what learned encoders look at.

`mel_spectrogram` is torchaudio's ``MelSpectrogram`` (power 2, centered frames, reflected ends) to within float32; where
a sound is only known by the power in its cells, `mel_of_cells` makes the same bands of those.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from eqmorph._typing import Float32, Float64
from eqmorph.audio.windows import grid_at
from eqmorph.errors import UsageError

__all__ = ["MelBands", "MelScale", "decibels", "mel_of_cells", "mel_spectrogram", "mel_weights", "weights_of_cells"]


MelScale = Literal["htk", "slaney"]

_FAINTEST = 1e-20  # power that stands for none
_SLANEY_HZ, _SLANEY_KNEE_HZ = 200 / 3, 1000.0  # of a mel below the knee, from which on mels are logarithmic
_SLANEY_STEP = math.log(6.4) / 27


@dataclass(frozen=True, slots=True)
class MelBands:
    """Which mel bands: ``count`` triangles between ``low_hz`` and ``high_hz``.

    Attributes:
        scale: HTK's mels or Slaney's.
        equal_area: each triangle has the same area (torchaudio's ``norm="slaney"``) instead of the same height.
    """

    count: int = 128
    low_hz: float = 0.0
    high_hz: float = 20_000.0
    scale: MelScale = "htk"
    equal_area: bool = False

    def __post_init__(self) -> None:
        if not (self.count >= 1 and 0 <= self.low_hz < self.high_hz):
            raise UsageError(f"{self.count} mel bands from {self.low_hz:g} to {self.high_hz:g} Hz are not valid")
        if self.scale not in ("htk", "slaney"):
            raise UsageError(f"unknown mel scale {self.scale!r}", hint="Use htk or slaney.")

    @property
    def corners_hz(self) -> Float64:
        """Where the triangles begin, peak and end (count + 2,)."""
        low, high = _mel(np.array([self.low_hz, self.high_hz]), self.scale)
        return _hz(np.linspace(low, high, self.count + 2), self.scale)


def mel_weights(freqs_hz: NDArray[np.floating[Any]], bands: MelBands) -> Float64:
    """Return the weight of each frequency (f,) in each band: (f, count)."""
    corners = bands.corners_hz
    widths = np.diff(corners)
    away = corners - freqs_hz[:, None]
    weights = np.maximum(0, np.minimum(-away[:, :-2] / widths[:-1], away[:, 2:] / widths[1:]))
    return np.asarray(weights * (2 / (corners[2:] - corners[:-2])) if bands.equal_area else weights)


def mel_spectrogram(
    samples: Float32, sample_rate: int, bands: MelBands, *, frame: int = 2048, hop: int | None = None
) -> Float64:
    """Return power in mel bands (channels, count, t) of audio (channels, frames); ``hop`` defaults to half a frame.

    Raises:
        UsageError: the audio is shorter than half a frame, so that its ends can't be reflected.
    """
    hop = frame // 2 if hop is None else hop
    half = frame // 2
    if samples.shape[-1] <= half:
        raise UsageError(f"{samples.shape[-1]} samples are too few for frames of {frame}")
    padded = np.pad(samples.astype(float), ((0, 0), (half, half)), mode="reflect")
    hann = np.hanning(frame + 1)[:-1]
    spectrum = np.fft.rfft(sliding_window_view(padded, frame, axis=-1)[:, ::hop] * hann)
    weights = mel_weights(np.fft.rfftfreq(frame, 1 / sample_rate), bands)
    return np.asarray((np.abs(spectrum) ** 2 @ weights).swapaxes(-1, -2))


@lru_cache(maxsize=32)
def mel_of_cells(sample_rate: int, bands: MelBands) -> Float32:
    """Return what a cell's power gives to each band (c, count)."""
    return weights_of_cells(
        mel_weights(np.fft.rfftfreq(grid_at(sample_rate).frame, 1 / sample_rate), bands), sample_rate
    )


def weights_of_cells(weights: NDArray[np.floating[Any]], sample_rate: int) -> Float32:
    """Return weights of a rate's bins (f, count) as those of its cells (c, count), whose power is spread over bins."""
    grid = grid_at(sample_rate)
    summed = np.add.reduceat(np.asarray(weights, dtype=float)[: grid.stop], grid.starts)
    return np.asarray(summed / grid.bins[:, None], dtype=np.float32)


def decibels(power: NDArray[np.floating[Any]]) -> Float64:
    """Return power in dB; no power is -200 dB."""
    return np.asarray(10 * np.log10(np.maximum(power, _FAINTEST)), dtype=float)


def _mel(hz: Float64, scale: MelScale) -> Float64:
    if scale == "htk":
        return np.asarray(2595 * np.log10(1 + hz / 700))
    above = np.log(np.maximum(hz, _SLANEY_KNEE_HZ) / _SLANEY_KNEE_HZ) / _SLANEY_STEP
    return np.asarray(np.minimum(hz, _SLANEY_KNEE_HZ) / _SLANEY_HZ + above)


def _hz(mel: Float64, scale: MelScale) -> Float64:
    if scale == "htk":
        return np.asarray(700 * (10 ** (mel / 2595) - 1))
    knee = _SLANEY_KNEE_HZ / _SLANEY_HZ
    return np.asarray(np.minimum(mel, knee) * _SLANEY_HZ * np.exp(_SLANEY_STEP * np.maximum(mel - knee, 0)))
