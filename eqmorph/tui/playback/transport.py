"""The transport: reads on through a file, jumps, and loops, with a short crossfade at every cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float32
from eqmorph.audio.read import AudioReader
from eqmorph.render.fades import fade_frames, ramp

__all__ = ["CUT_S", "SHORTEST_LOOP_S", "Transport"]

CUT_S = 0.015  # the length of the crossfade at a jump
SHORTEST_LOOP_S = 0.1
_READ_AHEAD = 4096  # frames read from the file at once


@dataclass
class _Cut:
    """A crossfade in progress: what would have come, (channels, frames), and how many frames are done."""

    leaving: Float32
    done: int = 0


class Transport:
    """Returns a file's audio block by block, from wherever it stands.

    Args:
        reader: the file.
    """

    def __init__(self, reader: AudioReader) -> None:
        self._reader = reader
        self.frames: int = reader.info.frames or sum(block.shape[1] for block in reader.blocks())
        self._rate = reader.info.sample_rate
        self._ramp = ramp(fade_frames(CUT_S, self._rate))
        self._position = 0
        self._wanted: int | None = None
        self._loop: tuple[int, int] | None = None
        self._cut: _Cut | None = None
        self._ahead = np.zeros((reader.info.channels, 0), dtype=np.float32)
        self._ahead_from = 0

    @property
    def position(self) -> int:
        """The frame that comes next."""
        return max(self._position, 0) if self._wanted is None else self._wanted

    @property
    def loop(self) -> tuple[int, int] | None:
        """The first frame of the loop, and the one after its last."""
        return self._loop

    @property
    def has_ended(self) -> bool:
        return self._position >= self.frames and self._wanted is None

    def seek(self, frame: int) -> None:
        """Read on from another place, with a crossfade. Of several seeks during one crossfade, the last counts."""
        self._wanted = self._clamped(frame)

    def jump(self, frame: int) -> None:
        """Go elsewhere at once, while nothing is heard."""
        self._position, self._wanted, self._cut = self._clamped(frame), None, None

    def set_loop(self, start: int, end: int) -> None:
        """Loop a region; from beyond its end, reading goes to its start."""
        shortest = fade_frames(SHORTEST_LOOP_S, self._rate)
        start = min(self._clamped(start), max(self.frames - shortest, 0))
        self._loop = start, min(max(end, start + shortest), self.frames)

    def clear_loop(self) -> None:
        self._loop = None

    def read(self, frames: int) -> Float32:
        """Return the next block, (channels, frames); after the end, silence."""
        block = np.zeros((self._reader.info.channels, frames), dtype=np.float32)
        filled = 0
        while filled < frames:
            filled += self._fill(block[:, filled:])
        return block

    def _fill(self, block: Float32) -> int:
        """Fill a block (channels, frames) as far as nothing changes, and return how many frames that is."""
        if self._cut is None and self._wanted is not None:
            self._begin_cut(self._wanted)
            self._wanted = None
        frames: int = block.shape[1]
        if self._cut is not None:
            return self._fade(block, self._cut)
        if self._loop is not None:
            turn = self._loop[1] - len(self._ramp)
            if self._position >= turn:
                # The crossfade ends where the loop does, so that one round is exactly as long as the region.
                self._begin_cut(self._loop[0] - len(self._ramp))
                return 0
            frames = min(frames, turn - self._position)
        block[:, :frames] = self._fetch(self._position, frames)
        self._position += frames
        return frames

    def _begin_cut(self, frame: int) -> None:
        self._cut = _Cut(self._fetch(self._position, len(self._ramp)))
        self._position = frame

    def _fade(self, block: Float32, cut: _Cut) -> int:
        frames: int = min(block.shape[1], len(self._ramp) - cut.done)
        part = slice(cut.done, cut.done + frames)
        leaving = cut.leaving[:, part]
        block[:, :frames] = leaving + self._ramp[part] * (self._fetch(self._position, frames) - leaving)
        self._position += frames
        cut.done += frames
        if cut.done == len(self._ramp):
            self._cut = None
        return frames

    def _fetch(self, start: int, frames: int) -> Float32:
        """Return the file's audio from ``start`` as a new array (channels, frames); outside the file, silence."""
        result = np.zeros((self._reader.info.channels, frames), dtype=np.float32)
        at = max(start, 0)
        end = min(start + frames, self.frames)
        while at < end:
            offset = at - self._ahead_from
            if not 0 <= offset < self._ahead.shape[1]:
                self._ahead = self._reader.read_at(at, max(_READ_AHEAD, end - at))
                self._ahead_from, offset = at, 0
            part = self._ahead[:, offset : offset + end - at]
            if part.shape[1] == 0:  # the file is shorter than its header says
                break
            result[:, at - start : at - start + part.shape[1]] = part
            at += part.shape[1]
        return result

    def _clamped(self, frame: int) -> int:
        return min(max(frame, 0), max(self.frames - 1, 0))
