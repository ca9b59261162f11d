"""`StreamEq`: blocks in, blocks out, through an EQ that follows what it hears.

Everything is causal. What is heard goes two ways: through the EQ that is there, which is never waited for, and, half a
second at a time, to the `Follower`, which decides where that EQ glides next:

    block ─┬─► gliding EQ ─► matched gain ─► lookahead gain ─►
           └─► follower ─► the next move
"""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float32
from eqmorph.adapt.decide import Decision
from eqmorph.adapt.eq import Eq
from eqmorph.adapt.following import USUAL_RATE_DB, Following
from eqmorph.audio.read import LOUDEST
from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.level import DEFAULT_CEILING_DB, Level
from eqmorph.render import GlidingEq, Voice
from eqmorph.render.fades import Gate, fade_frames
from eqmorph.stream.follower import Follower, Move
from eqmorph.stream.lookahead import LookaheadGain
from eqmorph.wording import Means, Phrase

__all__ = ["USUAL_WINDOW_S", "StreamEq", "StreamState"]

#: How many of the last seconds a decision is made on. Sections can't be found before they are over.
USUAL_WINDOW_S = 10.0
_BYPASS_S = 0.05
_RATES, _MOST_CHANNELS = (1000, 768_000), 64


@dataclass(frozen=True, slots=True)
class StreamState:
    """What a stream's EQ is doing.

    Attributes:
        bands: what it is at, or on its way to.
        decision: why, where words adapt.
        gain_db: the gain that keeps the level.
        lookahead_db: the lowest that the lookahead gain has been.
        muted_samples: samples that were not audio: no numbers, or far too large.
        missed: decisions that were not ready when the next was due; only with a worker.
    """

    bands: Bands
    decision: Decision | None
    gain_db: float
    lookahead_db: float
    muted_samples: int
    missed: int


class StreamEq:
    """An EQ that follows a stream, block by block.

    It begins neutral and eases in once two seconds were heard. Results don't depend on how a stream is cut into blocks,
    but for what filters in float32 round (up to 4e-5 was measured). ``worker`` runs decisions aside, for devices that
    can't wait; without one they are made where they are due, and the same input gives the same samples.

    Args:
        eq: what decides: that of a request, by `EqRequest.resolve`.
        sample_rate: in Hz.
        channels: of all blocks.
        window_s: how many of the last seconds a decision is made on.
        rate_db: how many dB any frequency may move within a second.
        level: ``match`` to stay as loud as the input, ``keep`` to leave what the EQ makes of it.
        ceiling_db: the true peak to stay under; None for no limit. By default -1, and none with ``keep``.
        worker: runs decisions aside.

    Raises:
        UsageError: a value is out of range.
    """

    def __init__(
        self,
        eq: Eq,
        sample_rate: int,
        channels: int,
        *,
        window_s: float = USUAL_WINDOW_S,
        rate_db: float = USUAL_RATE_DB,
        level: Level = Level("match"),  # noqa: B008  (frozen)
        ceiling_db: float | None = None,
        worker: Executor | None = None,
    ) -> None:
        _check(sample_rate, channels, level)
        Following(window_s, rate_db)  # which checks them
        self.sample_rate, self.channels = sample_rate, channels
        self._follower = Follower(eq, sample_rate, window_s, rate_db, matches=level.mode == "match")
        self._eq = GlidingEq(Voice(Bands(), 0.0, sample_rate), sample_rate, channels)
        self._step = self._follower.step_frames
        self._unheard: list[Float32] = []  # blocks of the step that has begun
        self._done = 0  # frames of it
        self._gain_from_db = self._gain_to_db = 0.0
        if ceiling_db is None and level.mode == "match":
            ceiling_db = DEFAULT_CEILING_DB
        self._guard = LookaheadGain(sample_rate, channels, ceiling_db) if ceiling_db is not None else None
        self._wet = Gate(fade_frames(_BYPASS_S, sample_rate), is_open=True)
        self._worker = worker
        self._pending: Future[Move] | None = None
        self._missed = self._muted = 0

    @property
    def latency_frames(self) -> int:
        """How many frames later than the input the output is; the EQ's own phase aside."""
        return self._guard.latency_frames if self._guard is not None else 0

    @property
    def state(self) -> StreamState:
        follower, guard = self._follower, self._guard
        lowest_db = guard.lowest_db if guard is not None else 0.0
        return StreamState(follower.bands, follower.decision, self._gain_to_db, lowest_db, self._muted, self._missed)

    def follow(self, eq: Eq) -> None:
        """Glide to what another EQ decides, from the next decision on."""
        self._follower.follow(eq)

    def bypass(self, is_on: bool) -> None:
        """Let the input through, as late as ever, or the EQ again, with a short fade."""
        self._wet.is_opening = not is_on

    def process(self, block: Float32) -> Float32:
        """Process the next block, float32 (channels, frames), into a new array of as many frames.

        What comes out is `latency_frames` late: the first so many frames are silence.
        """
        if block.ndim != 2 or block.shape[0] != self.channels:
            raise UsageError(
                f"a block of shape {block.shape} doesn't belong to a stream of {self.channels} channel(s)",
                hint="Blocks have the shape (channels, frames).",
            )
        if not np.issubdtype(block.dtype, np.floating):
            raise UsageError(f"a stream takes floats, not {block.dtype}", hint="Full scale is 1.0.")
        block = self._finite(np.asarray(block, np.float32))
        parts = []
        for at, end in self._cuts(block.shape[1]):
            part = block[:, at:end]
            parts.append(self._render(part))
            self._hear(part)
        rendered = np.concatenate(parts, axis=1) if len(parts) != 1 else parts[0]
        return rendered if self._guard is None else self._guard.process(rendered)

    def flush(self) -> Float32:
        """Return the last `latency_frames` frames, after the last block."""
        rest = self._render(np.zeros((self.channels, self.latency_frames), np.float32))
        return rest if self._guard is None else self._guard.process(rest)

    def _cuts(self, frames: int) -> list[tuple[int, int]]:
        """Return where a block is to be cut, so that each step ends with a part."""
        edges = [*range(self._step - self._done, frames, self._step), frames]
        return list(zip([0, *edges[:-1]], edges, strict=True))

    def _finite(self, block: Float32) -> Float32:
        """Mute what is not audio, as files do: it would stay in the filters for ever."""
        with np.errstate(invalid="ignore"):
            is_audio = np.abs(block) <= LOUDEST
        if is_audio.all():
            return block
        self._muted += int(np.count_nonzero(~is_audio))
        return np.where(is_audio, block, np.float32(0))

    def _render(self, part: Float32) -> Float32:
        wet = self._eq.process(part)
        if self._gain_from_db or self._gain_to_db:
            along = (self._done + np.arange(1, part.shape[1] + 1)) / self._step
            gain_db = self._gain_from_db + np.minimum(along, 1.0) * (self._gain_to_db - self._gain_from_db)
            wet *= (10 ** (gain_db / 20)).astype(np.float32)
        if self._wet.is_open:
            return wet
        faded: Float32 = part + self._wet.process(wet - part)
        return faded

    def _hear(self, part: Float32) -> None:
        """Collect what was rendered until a step is complete."""
        if self._pending is not None and self._pending.done():
            move, self._pending = self._pending.result(), None
            self._apply(move)
        self._unheard.append(part.copy())
        self._done += part.shape[1]
        if self._done == self._step:
            step = np.concatenate(self._unheard, axis=1)
            self._unheard, self._done = [], 0
            self._gain_from_db = self._gain_to_db
            if self._worker is None:
                self._apply(self._follower.step(step))
            elif self._pending is None:
                self._pending = self._worker.submit(self._follower.step, step)
            else:
                self._missed += 1  # what is not decided in time is not heard: memory is bounded

    def _apply(self, move: Move) -> None:
        if move.bands is not None:
            self._eq.glide_to(Voice(move.bands, 0.0, self.sample_rate), move.weights)
        # From where the ramp is now, so that nothing jumps where a worker was late.
        along = self._done / self._step
        now_db = self._gain_from_db + along * (self._gain_to_db - self._gain_from_db)
        self._gain_to_db = move.gain_db
        self._gain_from_db = (now_db - along * move.gain_db) / (1 - along)


def _check(sample_rate: int, channels: int, level: Level) -> None:
    if not _RATES[0] <= sample_rate <= _RATES[1]:
        raise UsageError(f"a sample rate of {sample_rate} Hz is out of range", hint="It lies between 1 and 768 kHz.")
    if not 1 <= channels <= _MOST_CHANNELS:
        raise UsageError(f"{channels} channels can't be followed", hint=f"Give 1 to {_MOST_CHANNELS}.")
    if level.mode == "lufs":
        raise UsageError(
            "a stream can't reach a loudness: that follows from the whole",
            hint=Phrase("Match the input's, or use {}.", Means.LEVEL_KEEP),
        )
