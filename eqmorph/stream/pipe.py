"""A stream from one pipe to another: read as it comes, equalized by a `StreamEq`, written at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, NoReturn, Protocol

from eqmorph._typing import Float32
from eqmorph.errors import InputError, OutputError
from eqmorph.stream.engine import StreamEq, StreamState
from eqmorph.stream.samples import SAMPLE_TYPES, RawFormat, SampleType
from eqmorph.stream.wav_pipe import read_header, wav_header

__all__ = ["Streamed", "stream"]

_BLOCK_S = 0.024  # always as many frames, so that the same input gives the same bytes however it comes
_MOST_BYTES = 1 << 16  # read at once
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


class _Readable(Protocol):
    def read1(self, size: int, /) -> bytes: ...


class _Writable(Protocol):
    def write(self, data: bytes, /) -> object: ...

    def flush(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Streamed:
    """What went through.

    Attributes:
        frames: read and written.
        sample_rate: in Hz.
        state: what the EQ was doing at the end; None if the stream was passed on as it is.
        clipped_samples: of the output.
        ended_by: the number of the signal that ended it, if one did.
        short_by: frames that the header promised and that did not come.
    """

    frames: int
    sample_rate: int
    state: StreamState | None
    clipped_samples: int = 0
    ended_by: int | None = None
    short_by: int = 0


def stream(
    source: _Readable,
    sink: _Writable,
    make_eq: Callable[[int, int], StreamEq] | None,
    *,
    raw: RawFormat | None = None,
    bit_depth: str | None = None,
    name: str = "stdin",
) -> Streamed:
    """Equalize all that comes from a pipe into another: a WAV into a WAV, raw samples into raw samples.

    The output has as many frames as the input, and is not shifted: what the EQ is late by is left out at the beginning,
    and comes at the end. When a signal ends it, what was read by then is still written.

    Args:
        source: what is read.
        sink: what is written.
        make_eq: makes the EQ for a sample rate and a number of channels; None passes samples on as they are.
        raw: what the stream holds, where it has no header.
        bit_depth: of the output, by the names of `BIT_DEPTHS`; the input's by default.
        name: what to call the source in errors.

    Raises:
        InputError: the stream's header can't be read.
        OutputError: the output can't be written. `BrokenPipeError` where nobody reads it any more.
    """
    with _Pipe(source) as pipe:
        return _stream(pipe, sink, make_eq, raw, bit_depth, name)


def _stream(
    pipe: _Pipe,
    sink: _Writable,
    make_eq: Callable[[int, int], StreamEq] | None,
    raw: RawFormat | None,
    bit_depth: str | None,
    name: str,
) -> Streamed:
    mask, is_extensible, size = 0, False, None
    if raw is None:
        header = read_header(pipe.take, name)
        form, mask, is_extensible, size = header.format, header.mask, header.is_extensible, header.size
    else:
        form = raw
    written = RawFormat(_depth(bit_depth) or form.type, form.sample_rate, form.channels)
    eq = make_eq(form.sample_rate, form.channels) if make_eq is not None else None
    through = _Through(eq, form, written.type, sink)
    if raw is None:
        through.put(wav_header(written, mask=mask, is_extensible=is_extensible))
    frame_bytes = form.type.width * form.channels
    left = pipe.copy(through.add, frame_bytes, _block_frames(form.sample_rate) * frame_bytes, size)
    through.finish()
    if not through.frames and pipe.ended_by is None and raw is not None:
        raise InputError("is empty", hint="Did the program that feeds the pipe fail?", path=name)
    return Streamed(
        through.frames,
        form.sample_rate,
        eq.state if eq is not None else None,
        through.clipped,
        pipe.ended_by,
        0 if left is None or pipe.ended_by is not None else left // frame_bytes,
    )


class _Ended(BaseException):
    """A signal has ended a wait for more."""


def _give_up(number: int, _frame: FrameType | None) -> NoReturn:
    """End at once: whoever reads the output has stalled, and what waits for that would wait for ever."""
    os._exit(128 + number)


class _Pipe:
    """Reads what can't be sought, until a signal ends that; nothing that was read by then is lost.

    Attributes:
        ended_by: the number of that signal. A second one ends the program at once.
    """

    def __init__(self, source: _Readable) -> None:
        self._source = source
        self._held = bytearray()
        self._waits = False
        self._before: dict[int, Any] = {}
        self.ended_by: int | None = None

    def __enter__(self) -> _Pipe:
        if threading.current_thread() is threading.main_thread():  # no other may
            for number in (getattr(signal, name, None) for name in _ENDING):
                if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._end)
        return self

    def __exit__(self, *_: object) -> None:
        while self._before:
            signal.signal(*self._before.popitem())

    def _end(self, number: int, _frame: FrameType | None) -> None:
        self.ended_by = number
        for later in self._before:
            signal.signal(later, _give_up)
        if self._waits:
            raise _Ended

    def take(self, size: int) -> bytes:
        """Return so many bytes; fewer only at the end."""
        while len(self._held) < size and self._fill():
            pass
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def copy(self, add: Callable[[bytes], None], frame_bytes: int, block_bytes: int, size: int | None) -> int | None:
        """Hand on all that comes, block by block, up to ``size`` bytes; return how many of these did not come.

        What is no whole frame at the end is left out.
        """
        left = size
        while left is None or left >= frame_bytes:
            wanted = block_bytes if left is None else min(block_bytes, left // frame_bytes * frame_bytes)
            block = self.take(wanted)
            block = block[: len(block) // frame_bytes * frame_bytes]
            add(block)
            left = None if left is None else left - len(block)
            if len(block) < wanted:
                return left
        while self._fill():  # the chunks after the audio, so that whoever writes them meets no closed pipe
            self._held.clear()
        return left

    def _fill(self) -> bool:
        """Read some more; tell whether there was any."""
        data = b""
        self._waits = True
        try:
            if self.ended_by is None:
                data = self._source.read1(_MOST_BYTES)
        except _Ended:
            pass
        finally:
            self._waits = False
        self._held += data
        return bool(data)


class _Through:
    """What comes is equalized and written."""

    def __init__(self, eq: StreamEq | None, form: RawFormat, written: SampleType, sink: _Writable) -> None:
        self._eq, self._form, self._written, self._sink = eq, form, written, sink
        self._late = eq.latency_frames if eq is not None else 0
        self.frames = self.clipped = 0

    def add(self, data: bytes) -> None:
        """Take whole frames as they are stored."""
        frames = len(data) // (self._form.type.width * self._form.channels)
        if not frames:
            return
        self.frames += frames
        if self._eq is None and self._written == self._form.type:
            self.put(data)
            return
        block = self._form.type.decode(data, self._form.channels)
        if self._eq is not None:
            block = self._eq.process(block)
            early = min(self._late, frames)
            self._late -= early
            block = block[:, early:]
        self._write(block)

    def finish(self) -> None:
        """Write what the EQ still holds."""
        if self._eq is not None:
            self._write(self._eq.flush()[:, self._late :])

    def _write(self, block: Float32) -> None:
        if block.shape[1]:
            data, clipped = self._written.encode(block)
            self.clipped += clipped
            self.put(data)

    def put(self, data: bytes) -> None:
        try:
            self._sink.write(data)
            self._sink.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"can't write to stdout: {error.strerror or error}", hint="Is its disk full?") from error


def _block_frames(sample_rate: int) -> int:
    """Return a power of two of frames that last up to 24 ms: 1024 at 44.1 and 48 kHz."""
    return 1 << max(int(_BLOCK_S * sample_rate).bit_length() - 1, 0)


def _depth(bit_depth: str | None) -> SampleType | None:
    if bit_depth is None:
        return None
    kind = "f" if bit_depth.endswith("f") else "u" if bit_depth == "8" else "s"
    return SAMPLE_TYPES[kind + bit_depth.removesuffix("f")]
