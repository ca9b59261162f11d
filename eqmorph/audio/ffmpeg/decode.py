"""The sound of a file as ffmpeg decodes it, read through a pipe as soundfile reads others: in order, from any frame."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float32
from eqmorph.audio.ffmpeg.child import Child, ChildError, file_argument
from eqmorph.audio.ffmpeg.errors import DecodeError
from eqmorph.audio.ffmpeg.probe import ONLY_FILES, Probe, probe
from eqmorph.audio.ffmpeg.program import need_ffmpeg

__all__ = ["PipedSound"]

#: A stretch of samples that is missing inside a film is silence, so that what follows stays with the picture.
_IN_STEP = ("-af", "aresample=async=1")
_CUT_OFF = ("prematurely", "partial file", "Truncated", "truncated")
_SENT = {"float32": "f32le", "float64": "f64le", "int32": "s32le"}
_SKIPPED_AT_ONCE = 1 << 16
_NEAR_S = 10.0  # to go on by so much, decoding is no slower than starting anew


class PipedSound:
    """The sound of one file, with the few methods of `soundfile.SoundFile` that reading takes.

    Args:
        path: the file.
        family: its family, as `eqmorph.audio.ffmpeg.containers.told_by` tells it.
        tolerant: go on behind what can't be decoded.
        watch: see `eqmorph.audio.ffmpeg.child.Child`.

    Raises:
        InputError: ffmpeg is missing, or the file can't be read or has no sound.
    """

    def __init__(
        self, path: Path, family: str, *, tolerant: bool = False, watch: Callable[[float], None] = lambda _: None
    ) -> None:
        self._watch = watch
        self.probe: Probe = probe(path, family)
        self.samplerate, self.channels = self.probe.sample_rate, self.probe.channels
        self.frames, self.format, self.subtype = self.probe.frames, self.probe.format, self.probe.subtype
        self._path, self._tolerant = path, tolerant
        self._child: Child | None = None
        self._type = "float32"
        self._position = 0
        self._has_ended = False
        self.complaint = ""  # what ffmpeg said of a file that is read with tolerance

    def read(
        self,
        frames: int = -1,
        dtype: str = "float32",
        *,
        always_2d: bool = True,  # noqa: ARG002  (of soundfile's)
        out: Float32 | None = None,
    ) -> NDArray[Any]:
        """Return the next frames, (frames, channels), fewer only at the end; into ``out``, if that is given.

        Raises:
            DecodeError: the sound can't be decoded beyond what ``out`` then holds.
        """
        block = np.empty((max(frames, 0), self.channels), dtype) if out is None else out
        if self._has_ended or not len(block):
            return block[:0]
        child = self._started(block.dtype.name)
        try:
            filled = child.read_into(memoryview(block.data).cast("B")) // (block.itemsize * self.channels)
        except ChildError as error:
            self.close()
            raise DecodeError(str(error)) from error
        self._position += filled
        if filled < len(block):
            if out is not None:
                out[filled:] = np.nan  # a part of a frame, if it died within one
            self._end(child)
        return block[:filled]

    def tell(self) -> int:
        """Return the frame that comes next."""
        return self._position

    def seek(self, frame: int) -> None:
        """Go to a frame: forth by decoding what lies between, else by beginning anew there."""
        ahead = frame - self._position
        if self._child is not None and 0 <= ahead < _NEAR_S * self.samplerate and self._type == "float32":
            while ahead > 0 and (skipped := len(self.read(min(ahead, _SKIPPED_AT_ONCE)))):
                ahead -= skipped
            return
        self.close()
        self._position, self._has_ended = frame, False

    def close(self) -> None:
        """End the decoding; nothing is left running."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _started(self, type_name: str) -> Child:
        if self._child is not None and type_name == self._type:
            return self._child
        self.close()
        self._type = type_name
        self._child = Child(self._command(_SENT[type_name]), watch=self._watch)
        return self._child

    def _command(self, sent: str) -> list[str | bytes]:
        program = need_ffmpeg(self._path)
        careful = [] if self._tolerant else ["-xerror"]
        start = ["-ss", f"{self._position / self.samplerate:.9f}"] if self._position else []
        return [
            *(program.path, "-nostdin", "-hide_banner", "-v", "error", *careful, "-threads", "1"),
            *(*ONLY_FILES, "-f", self.probe.demuxer, *start, "-i", file_argument(self._path)),
            *("-map", f"0:{self.probe.audio.index}", *(_IN_STEP if self.probe.has_film else ())),
            *("-ac", str(self.channels), "-ar", str(self.samplerate)),
            *("-c:a", f"pcm_{sent}", "-f", sent, "pipe:1"),
        ]

    def _end(self, child: Child) -> None:
        """Take what ended by itself for the end of the sound, or say why it isn't."""
        self._has_ended = True
        self._child = None
        try:
            child.finish()
        except ChildError as error:
            if not self._tolerant or not self._position:
                raise DecodeError(str(error)) from error
        if self._tolerant and child.said:
            self.complaint = child.reason("")
        cut_off = next((line for line in child.said if any(word in line for word in _CUT_OFF)), "")
        if cut_off and not self._tolerant:
            raise DecodeError("its end is missing")
