"""The player: plays a file through an EQ that changes while it plays."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from eqmorph._typing import Float32
from eqmorph.audio.read import AudioReader
from eqmorph.bands import Bands, Ride
from eqmorph.errors import DeviceError, EqmorphError
from eqmorph.render.fades import Gate, fade_frames
from eqmorph.render.gliding_eq import GlidingEq, Voice
from eqmorph.render.renderer import Filters
from eqmorph.render.ride_renderer import RideRenderer
from eqmorph.stream.sink import Sink, open_device
from eqmorph.tui.playback.guard import PeakGuard
from eqmorph.tui.playback.tap import Tap
from eqmorph.tui.playback.transport import Transport
from eqmorph.tui.wording import APP

__all__ = ["Player", "PlayerStatus"]

PAUSE_S = 0.015  # the length of the fades at pause and play
SILENT_DB = -100.0
_STALLED_S = 2.0  # a device that takes nothing for this long is gone
_FALL_DB_A_SECOND = 30.0  # of the peak meter
_CLOSE_TIMEOUT_S = 1.0
_ELSEWHERE_S = 0.05  # an EQ over time that is this far from what plays is taken up anew where that is

_OpenSink: TypeAlias = Callable[[float, int], Sink]
_FLAT = Bands()


@dataclass(frozen=True, slots=True)
class PlayerStatus:
    """The state of a player at one moment."""

    is_playing: bool
    is_available: bool
    """Whether there is a device; assumed until opening one fails."""
    message: str
    """Why there is no sound, or why playing stopped; empty if there is nothing to say."""
    position_s: float
    duration_s: float
    peak_db: float
    """The peak level, 0 dB at full scale; it falls slowly, so that no peak is missed between two calls."""
    loop_s: tuple[float, float] | None
    is_bypassed: bool


@dataclass
class _Pending:
    """The changes asked for since the audio thread last looked; of each kind, the last."""

    voice: Voice | Ride | None = None
    seek: int | None = None
    loop: tuple[int, int] | None = None
    no_loop: bool = False
    is_level_known: bool = False

    def __bool__(self) -> bool:
        return (
            self.no_loop or self.is_level_known or not (self.voice is None and self.seek is None and self.loop is None)
        )


class Player:
    """One file, playing or paused. Every method returns at once; an audio thread does what was asked for.

    A change of the EQ is in the next block, which is heard after `latency_s`, and is complete `gliding_eq.GLIDE_S`
    later. Every change is a fade: of the EQ, at pause and play, at a seek, at the end of a loop.

    Args:
        path: the file.
        repair: play what is left of a damaged file.
        open_sink: opens an output for a sample rate and a number of channels; raises `DeviceError` if it can't.

    Raises:
        InputError: the file can't be read.
    """

    def __init__(self, path: Path, *, repair: bool = False, open_sink: _OpenSink = open_device) -> None:
        self._reader = AudioReader(path, repair=repair)
        self._rate = self._reader.info.sample_rate
        self._channels = self._reader.info.channels
        self._transport = Transport(self._reader)
        self._flat_gain_db = 0.0
        self.tap = Tap(self._rate, self._channels)
        self._eq = GlidingEq(self._flat_voice(), self._rate, self._channels)
        self._gate = Gate(fade_frames(PAUSE_S, self._rate))
        self._guard = PeakGuard()
        self._open_sink = open_sink
        self._sink: Sink | None = None
        self._wake = threading.Condition()
        self._pending = _Pending()
        self._is_playing = False
        self._is_closing = False
        self._is_available = True
        self._message = ""
        self._eq_setting: Callable[[], Voice | Ride] = self._flat_voice
        self._ride: tuple[Ride, RideRenderer] | None = None
        self._is_bypassed = False
        self._peak = 0.0
        self._writing_since: float | None = None
        self._thread: threading.Thread
        self._start_thread()

    # Controls, for any thread.

    def play(self) -> None:
        """Play on, or from the start after the end. Without a device, look for one again."""
        with self._wake:
            self._message = ""
            if self._pending.seek is None and self._transport.has_ended:
                self._pending.seek = self._transport.loop[0] if self._transport.loop else 0
            self._is_playing = True
            self._wake.notify()

    def pause(self) -> None:
        with self._wake:
            self._is_playing = False

    def seek(self, seconds: float) -> None:
        """Play on from another place, clamped to the file."""
        with self._wake:
            self._pending.seek = self._frame(seconds)
            self._wake.notify()

    def set_loop(self, start_s: float, end_s: float) -> None:
        """Loop a region, at least `transport.SHORTEST_LOOP_S` long."""
        with self._wake:
            self._pending.loop, self._pending.no_loop = (self._frame(start_s), self._frame(end_s)), False
            self._wake.notify()

    def clear_loop(self) -> None:
        with self._wake:
            self._pending.loop, self._pending.no_loop = None, True
            self._wake.notify()

    def set_eq(self, bands: Bands, gain_db: float = 0.0, ride: Ride | None = None, flat_gain_db: float = 0.0) -> None:
        """Glide to another EQ.

        Args:
            bands: the EQ.
            gain_db: the gain that makes it as loud as the file without it, to compare sound, not level.
            ride: the EQ over time, which is then heard instead of the bands, each moment at its place in the file.
            flat_gain_db: the gain of the file without it, where peaks need both to be turned down.
        """
        with self._wake:
            self._eq_setting = lambda: Voice(bands, gain_db, self._rate) if ride is None else ride.louder(gain_db)
            is_same = self._is_bypassed and flat_gain_db == self._flat_gain_db
            self._flat_gain_db = flat_gain_db
            wanted = self._flat_voice if self._is_bypassed else self._eq_setting
        if not is_same:
            self._change_voice(wanted())

    def trust_level(self) -> None:
        """Take the gains as they are: they were measured, and nothing goes beyond full scale with them.

        Until then, what would go beyond turns everything after it down.
        """
        with self._wake:
            self._pending.is_level_known = True
            self._wake.notify()

    def set_bypass(self, is_bypassed: bool) -> None:
        """Hear the file as it is (A), or through the EQ (B)."""
        with self._wake:
            self._is_bypassed = is_bypassed
            wanted = self._flat_voice if is_bypassed else self._eq_setting
        self._change_voice(wanted())

    def close(self) -> None:
        """Fade out, stop, and close the file and the device."""
        with self._wake:
            self._is_closing, self._is_playing = True, False
            self._wake.notify()
        self._thread.join(_CLOSE_TIMEOUT_S)
        if self._thread.is_alive():
            self._release_sink()

    # State, for any thread.

    @property
    def latency_s(self) -> float:
        """The longest time until a change is heard; 0 without a device."""
        sink = self._sink
        return sink.queued_s if sink else 0.0

    def status(self) -> PlayerStatus:
        """Return the state. Cheap, to be called some twenty times a second; also notices a device that has stalled."""
        since = self._writing_since
        if since is not None and time.monotonic() - since > _STALLED_S:
            self._abandon_thread()
        with self._wake:
            frame = self._transport.position if self._pending.seek is None else self._pending.seek
            loop = None if self._pending.no_loop else self._pending.loop or self._transport.loop
            return PlayerStatus(
                is_playing=self._is_playing,
                is_available=self._is_available,
                message=self._message,
                position_s=min(frame, self._transport.frames) / self._rate,
                duration_s=self._transport.frames / self._rate,
                peak_db=20 * math.log10(self._peak) if self._peak > 1e-5 else SILENT_DB,
                loop_s=(loop[0] / self._rate, loop[1] / self._rate) if loop else None,
                is_bypassed=self._is_bypassed,
            )

    # The audio thread.

    def _run(self) -> None:
        if self._is_available:
            self._open()
        while self._is_current() and self._await_work():
            try:
                self._apply_pending()
                if self._is_playing and self._sink is None:
                    self._open()
                self._gate.is_opening = self._is_playing
                if not self._gate.is_closed:
                    self._play_block()
            except EqmorphError as error:  # the file, or the device
                self._stop(error)
        if self._is_current():
            if self._sink is not None:
                self._sink.close()
            self._reader.close()

    def _is_current(self) -> bool:
        """Tell whether this thread is the one that plays; one that hangs is replaced."""
        return threading.current_thread() is self._thread

    def _await_work(self) -> bool:
        """Sleep while there is nothing to do; return False when the player is closed."""
        with self._wake:
            self._wake.wait_for(
                lambda: self._is_closing or self._is_playing or bool(self._pending) or not self._gate.is_closed
            )
            return not (self._is_closing and self._gate.is_closed)

    def _open(self) -> None:
        try:
            self._sink = self._open_sink(self._rate, self._channels)
        except DeviceError as error:
            self._stop(error)
        else:
            self._is_available = True

    def _apply_pending(self) -> None:
        """Apply the pending changes: with fades while something is heard, else at once."""
        is_silent = self._gate.is_closed
        with self._wake:  # until they are applied: no status may show the state before a change that was asked for
            pending, self._pending = self._pending, _Pending()
            if pending.is_level_known:
                self._guard.release()
            if pending.no_loop:
                self._transport.clear_loop()
            if pending.loop is not None:
                self._transport.set_loop(*pending.loop)
            if pending.seek is not None:
                (self._transport.jump if is_silent else self._transport.seek)(pending.seek)
        wanted = pending.voice if pending.voice is not None else self._ride_left_behind()
        if wanted is None:
            return
        if is_silent:
            self._eq.jump_to(self._filters(wanted))
        elif self._eq.can_follow:
            self._eq.glide_to(self._filters(wanted))
        else:
            self._postpone(wanted)

    def _ride_left_behind(self) -> Ride | None:
        """Return the EQ over time that is heard if what plays has gone elsewhere: by a seek, or back in a loop."""
        if self._ride is None:
            return None
        ride, renderer = self._ride
        is_elsewhere = abs(renderer.frame - self._transport.position) > _ELSEWHERE_S * self._rate
        return ride if is_elsewhere else None

    def _filters(self, wanted: Voice | Ride) -> Filters:
        """Return the filters of an EQ; one over time begins where the transport is, after what was just played."""
        if isinstance(wanted, Voice):
            self._ride = None
            return wanted
        renderer = RideRenderer(wanted, self._rate, from_frame=self._transport.position - self._eq.past_frames)
        self._ride = wanted, renderer
        return renderer

    def _postpone(self, voice: Voice | Ride) -> None:
        """Try again at the next block, unless a newer voice has come."""
        with self._wake:
            if self._pending.voice is None:
                self._pending.voice = voice

    def _play_block(self) -> None:
        sink = self._sink
        if sink is None:
            return
        heard = self._eq.process(self._transport.read(sink.block_frames))
        block = self._gate.process(self._guard.process(heard))
        self._measure(block)
        self.tap.add(block)
        self._writing_since = time.monotonic()
        sink.write(block)
        if self._is_current():
            self._writing_since = None
            with self._wake:
                self._is_playing = self._is_playing and not (self._transport.has_ended and self._pending.seek is None)

    def _measure(self, block: Float32) -> None:
        fall_db = _FALL_DB_A_SECOND * block.shape[1] / self._rate
        self._peak = max(float(np.max(np.abs(block))), self._peak * 10 ** (-fall_db / 20))
        if self._gate.is_closed:
            self._peak = 0.0

    def _stop(self, error: EqmorphError) -> None:
        """Stop playing, with a reason to show."""
        if not self._is_current():
            return
        if isinstance(error, DeviceError):
            self._is_available = False
            self._release_sink()
        with self._wake:
            self._is_playing = False
            hint = error.hint_worded(APP)
            self._message = f"{error.worded(APP)}. {hint}" if hint else error.worded(APP)
        self._gate = Gate(fade_frames(PAUSE_S, self._rate))
        self._peak = 0.0
        self._writing_since = None

    # A device that has stalled.

    def _abandon_thread(self) -> None:
        """Abandon the thread that hangs in the device, and start a new one for when there is sound again."""
        with self._wake:
            if self._writing_since is None:
                return
            self._writing_since = None
            self._is_playing, self._is_available = False, False
            self._message = "sound stopped: the audio device has stalled. Press play to look for one."
            self._gate = Gate(fade_frames(PAUSE_S, self._rate))
            self._peak = 0.0
            sink, self._sink = self._sink, None
            self._start_thread()
        _close_in_background(sink)

    def _release_sink(self) -> None:
        sink, self._sink = self._sink, None
        _close_in_background(sink)

    def _start_thread(self) -> None:
        thread = threading.Thread(target=self._run, name="player", daemon=True)
        self._thread = thread  # before it runs: it checks whether it is the current one
        thread.start()

    # Helpers.

    def _change_voice(self, voice: Voice | Ride) -> None:
        with self._wake:
            self._pending.voice = voice
            self._wake.notify()

    def _flat_voice(self) -> Voice:
        return Voice(_FLAT, self._flat_gain_db, self._rate)

    def _frame(self, seconds: float) -> int:
        return min(max(round(seconds * self._rate), 0), max(self._transport.frames - 1, 0))


def _close_in_background(sink: Sink | None) -> None:
    """Close a device in a thread of its own: if it is gone, that may take long."""
    if sink is not None:
        threading.Thread(target=sink.close, name="close audio device", daemon=True).start()
