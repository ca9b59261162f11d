"""A stream from one pipe to another: read as it comes, equalized by a `StreamEq`, written at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from eqmorph._typing import Float32
from eqmorph.errors import InputError, OutputError
from eqmorph.stream.engine import StreamEq, StreamState
from eqmorph.stream.samples import SAMPLE_TYPES, RawFormat, SampleType
from eqmorph.stream.wav_pipe import read_header, wav_header

__all__ = ["Streamed", "stream"]

_BLOCK_FRAMES = 1024  # always as many, so that the same input gives the same bytes however it comes
_MOST_BYTES = 1 << 16  # read at once


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
        interrupted: whether somebody ended it.
        short_by: frames that the header promised and that did not come.
    """

    frames: int
    sample_rate: int
    state: StreamState | None
    clipped_samples: int = 0
    interrupted: bool = False
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
    and comes at the end. When it is interrupted, what was read by then is still written.

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
    pipe = _Pipe(source)
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
    interrupted = False
    try:
        pipe.copy(through.add, form.type.bytes * form.channels, size)
    except KeyboardInterrupt:
        interrupted = True
        through.add(pipe.left(form.type.bytes * form.channels))
    through.finish()
    if not through.frames and not interrupted and raw is not None:
        raise InputError("is empty", hint="Did the program that feeds the pipe fail?", path=name)
    missing = 0 if size is None else max(size // (form.type.bytes * form.channels) - through.frames, 0)
    return Streamed(
        through.frames,
        form.sample_rate,
        eq.state if eq is not None else None,
        through.clipped,
        interrupted,
        0 if interrupted else missing,
    )


class _Pipe:
    """Reads what can't be sought; nothing that was read is lost when reading is interrupted."""

    def __init__(self, source: _Readable) -> None:
        self._source = source
        self._held = bytearray()

    def take(self, size: int) -> bytes:
        """Return so many bytes; fewer only at the end."""
        while len(self._held) < size and self._fill():
            pass
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def copy(self, add: Callable[[bytes], None], frame_bytes: int, size: int | None) -> None:
        """Hand on all that comes, block by block, up to ``size`` bytes; what is no whole frame at the end is left out."""
        block_bytes = _BLOCK_FRAMES * frame_bytes
        left = size
        while left is None or left >= frame_bytes:
            wanted = block_bytes if left is None else min(block_bytes, left // frame_bytes * frame_bytes)
            while len(self._held) < wanted and self._fill():
                pass
            whole = min(len(self._held), wanted) // frame_bytes * frame_bytes
            if not whole:
                return
            block = bytes(self._held[:whole])
            del self._held[:whole]
            add(block)
            left = None if left is None else left - whole
        self._drain()

    def left(self, frame_bytes: int) -> bytes:
        """Return the whole frames that were read and not handed on."""
        return bytes(self._held[: len(self._held) // frame_bytes * frame_bytes])

    def _fill(self) -> bool:
        data = self._source.read1(_MOST_BYTES)
        self._held += data
        return bool(data)

    def _drain(self) -> None:
        """Read the chunks after the audio, so that whoever writes them meets no closed pipe."""
        self._held.clear()
        while self._source.read1(_MOST_BYTES):
            pass


class _Through:
    """What comes is equalized and written."""

    def __init__(self, eq: StreamEq | None, form: RawFormat, written: SampleType, sink: _Writable) -> None:
        self._eq, self._form, self._written, self._sink = eq, form, written, sink
        self._late = eq.latency_frames if eq is not None else 0
        self.frames = self.clipped = 0

    def add(self, data: bytes) -> None:
        """Take whole frames as they are stored."""
        frames = len(data) // (self._form.type.bytes * self._form.channels)
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


def _depth(bit_depth: str | None) -> SampleType | None:
    if bit_depth is None:
        return None
    kind = "f" if bit_depth.endswith("f") else "u" if bit_depth == "8" else "s"
    return SAMPLE_TYPES[kind + bit_depth.removesuffix("f")]
