"""Live sound from a source to a sink, through a `StreamEq`.

Recording and equalizing happen in the caller's thread, playing in one of its own, decisions in a third: what takes
long keeps neither of the others waiting. Between recording and playing lie a few blocks, never more, so that the delay
stays as it is.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float32
from eqmorph.errors import DeviceError, EqmorphError, unexpected
from eqmorph.render.fades import Gate, fade_frames
from eqmorph.stream.engine import StreamEq, StreamState
from eqmorph.stream.sink import Sink
from eqmorph.stream.source import Source
from eqmorph.wording import Means, Phrase

__all__ = ["Live", "LiveState"]

_FADE_S = 0.05  # at the beginning and at the end
_WAITING = 2  # blocks between recording and playing
_LEAD_IN_S = 0.25  # of silence, until a device takes it as fast as it plays: some wait seconds before they begin
_STALLED_S = 5.0  # a device that takes nothing for this long is gone
_CLOSE_S = 1.0
_TELL_EVERY_S = 0.1
_SILENT_DB = -100.0
_FALL_DB_A_SECOND = 30.0


@dataclass(frozen=True, slots=True)
class LiveState:
    """What live sound is doing.

    Attributes:
        seconds: since it began.
        in_db, out_db: peak levels; they fall slowly.
        eq: what the EQ is doing.
        underruns: how often the output ran dry.
        lost_frames: frames that were recorded and not heard, since something was late.
    """

    seconds: float
    in_db: float
    out_db: float
    eq: StreamState
    underruns: int
    lost_frames: int


class Live:
    """Sound on its way from a source to a sink.

    Args:
        source: where it comes from.
        sink: where it goes.
        eq: made for the source's rate and channels.
    """

    def __init__(self, source: Source, sink: Sink, eq: StreamEq) -> None:
        self._source, self._sink, self._eq = source, sink, eq
        self._gate = Gate(fade_frames(_FADE_S, source.sample_rate))
        self._gate.is_opening = True
        self._waiting: queue.Queue[Float32 | None] = queue.Queue(_WAITING)
        self._in = _Peak(source.sample_rate)
        self._out = _Peak(source.sample_rate)
        self._frames = self._lost = 0
        self._has_begun = threading.Event()
        self._writing_since: float | None = None
        self._trouble: EqmorphError | None = None

    @property
    def state(self) -> LiveState:
        return LiveState(
            self._frames / self._source.sample_rate,
            self._in.db,
            self._out.db,
            self._eq.state,
            self._sink.underruns,
            self._source.dropped + self._lost,
        )

    def run(self, stop: threading.Event, on_state: Callable[[LiveState], None]) -> None:
        """Play until ``stop`` is set, then fade out; ``on_state`` is told some ten times a second.

        Raises:
            DeviceError: a device is gone. What was recorded before is played as far as that is possible.
        """
        player = threading.Thread(target=self._play, name="live output", daemon=True)
        player.start()
        told_at = -math.inf
        try:
            while not self._gate.is_closed:
                self._gate.is_opening = not stop.is_set()
                block = self._source.read(stop)
                self._look_after_player()
                if not block.shape[1] or (stop.is_set() and not self._has_begun.is_set()):
                    break
                if not self._has_begun.is_set():
                    continue  # what nobody can hear yet is not kept
                self._put(self._gate.process(self._through(block)))
                if time.monotonic() - told_at >= _TELL_EVERY_S:
                    told_at = time.monotonic()
                    on_state(self.state)
        finally:
            with suppress(queue.Full):
                self._waiting.put(None, timeout=_CLOSE_S)
            player.join(_CLOSE_S)
            _close_in_background(self._sink.close)
            _close_in_background(self._source.close)

    def _through(self, block: Float32) -> Float32:
        self._frames += block.shape[1]
        self._in.add(block)
        equalized = self._eq.process(block)
        self._out.add(equalized)
        return equalized

    def _put(self, block: Float32) -> None:
        """Hand a block on; one that finds no place is lost, since a longer queue would be a longer delay."""
        try:
            self._waiting.put_nowait(block)
        except queue.Full:
            self._lost += block.shape[1]

    def _look_after_player(self) -> None:
        if self._trouble is not None:
            raise self._trouble
        since = self._writing_since
        if since is not None and time.monotonic() - since > _STALLED_S:
            hint = Phrase("Is it still connected? To go on, {}.", Means.PLAY_AGAIN)
            raise DeviceError("sound stopped: the output takes nothing any more", hint=hint)

    def _play(self) -> None:
        """Write what is waiting, in a thread of its own."""
        frames = self._sink.block_frames
        silence = np.zeros((self._source.channels, frames), np.float32)
        try:
            for _ in range(math.ceil(_LEAD_IN_S * self._source.sample_rate / frames)):
                self._write(silence)
            self._has_begun.set()
            while (block := self._waiting.get()) is not None:
                self._write(block)
        except EqmorphError as error:
            self._trouble = error
        except Exception as error:  # or nobody would know why nothing is heard
            self._trouble = unexpected(error, "the output")

    def _write(self, block: Float32) -> None:
        self._writing_since = time.monotonic()
        self._sink.write(block)
        self._writing_since = None


class _Peak:
    """A peak level that falls slowly."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self.db = _SILENT_DB

    def add(self, block: Float32) -> None:
        peak = float(np.abs(block).max(initial=0.0))
        fallen_db = self.db - _FALL_DB_A_SECOND * block.shape[1] / self._rate
        self.db = max(fallen_db, 20 * math.log10(peak) if peak > 0 else _SILENT_DB, _SILENT_DB)


def _close_in_background(close: Callable[[], None]) -> None:
    """Close a device in a thread of its own: if it is gone, that may take for ever."""
    thread = threading.Thread(target=close, name="close audio device", daemon=True)
    thread.start()
    thread.join(_CLOSE_S)
