"""Loudness and true peak of one signal on its way through the chain."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from eqmorph._typing import Float32, Float64
from eqmorph.audio.loudness import LoudnessMeter
from eqmorph.audio.read import AudioInfo
from eqmorph.audio.truepeak import TruePeakMeter
from eqmorph.level import Loudness

__all__ = ["Beside", "Meters"]

_MOST_WAITING = 8  # blocks


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


class Beside:
    """Does what blocks are for in a thread of its own, in order. Leave it as a context to end that.

    It pays where a whole core would wait: a sound that an encoder holds up.
    """

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="eqmorph-meters")
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Beside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.shutdown(cancel_futures=True)

    def do(self, work: Callable[[Float32], None], block: Float32) -> None:
        """Have something done with a block, which must stay as it is; wait where too many wait for that."""
        self._waiting.append(self._worker.submit(work, block))
        if len(self._waiting) > _MOST_WAITING:
            self._waiting.popleft().result()

    def finish(self) -> None:
        """Wait until all is done."""
        while self._waiting:
            self._waiting.popleft().result()


def _decibels(amplitude: float) -> float | None:
    return 20 * math.log10(amplitude) if amplitude > 0 else None
