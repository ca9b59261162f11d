"""Loudness and true peak of one signal on its way through the chain."""

from __future__ import annotations

import math

from eqmorph._typing import Float32, Float64
from eqmorph.audio.loudness import LoudnessMeter
from eqmorph.audio.read import AudioInfo
from eqmorph.audio.truepeak import TruePeakMeter
from eqmorph.level import Loudness

__all__ = ["Meters"]


class Meters:
    """Loudness and true peak of one signal."""

    def __init__(self, info: AudioInfo) -> None:
        self._loudness = LoudnessMeter(info.sample_rate, info.channels, channel_mask=info.channel_mask)
        self._true_peak = TruePeakMeter(info.channels)
        self._sample_peak = 0.0

    def add(self, block: Float32) -> None:
        self._loudness.add(block)
        self._true_peak.add(block)
        self._sample_peak = max(self._sample_peak, float(block.max()), -float(block.min()))

    def short_term(self) -> Float64:
        """Return the loudness of each 3 s, one every 100 ms."""
        return self._loudness.short_term_lufs()

    def read(self) -> Loudness:
        return Loudness(
            lufs=self._loudness.integrated_lufs(),
            power_db=self._loudness.power_db(),
            true_peak_db=_decibels(self._true_peak.peak()),
            sample_peak_db=_decibels(self._sample_peak),
        )


def _decibels(amplitude: float) -> float | None:
    return 20 * math.log10(amplitude) if amplitude > 0 else None
