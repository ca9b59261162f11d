"""Add chunks to a written audio file and correct its sizes.

They go after the samples, which every RIFF, AIFF and CAF reader accepts and which moves no gigabytes. W64 is the
exception: libsndfile takes everything after the header of its data for samples, so there they go before it. It also
loses its place after an unaligned W64 chunk that is too large for its header buffer, so there the padding of large
chunks counts as part of them.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from eqmorph.audio.chunks.walk import (
    CAF,
    UINT32_MAX,
    W64,
    Chunk,
    Container,
    Layout,
    read_at,
    reading,
    walk,
    writing,
)
from eqmorph.errors import InputError, OutputError

__all__ = ["NewChunk", "add_chunks", "resize_range"]

BLOCK_BYTES = 1 << 20
_W64_BUFFERED_BYTES = 8 << 10


@dataclass(frozen=True)
class NewChunk:
    """A chunk to write: ``body`` is its payload, or the chunk of the source file to copy it from."""

    ident: bytes
    body: bytes | Chunk

    @property
    def size(self) -> int:
        return self.body.size if isinstance(self.body, Chunk) else len(self.body)

    @property
    def key(self) -> bytes:
        """The identifier, followed by the type of a list."""
        if self.ident != b"LIST":
            return self.ident
        return b"LIST " + (self.body.list_type if isinstance(self.body, Chunk) else self.body[:4])


def add_chunks(output: Path, pieces: Sequence[NewChunk], source: Path) -> None:
    """Write ``pieces`` into ``output`` in their order and correct its sizes.

    ``output`` holds the samples and what describes them. Whatever else its writer put after the samples, or before them
    under the name of a piece, is replaced, so nothing is there twice. Raises OutputError, before anything is written,
    if the container can't hold the result.
    """
    with reading(source):
        origin = source.open("rb")
    with origin, writing(output), output.open("r+b") as handle:
        container = walk(handle)
        data = container.data if container else None
        if container is None or data is None:
            raise OutputError("has no sample data that metadata could be added to", path=output)
        layout = container.layout
        end = max(chunk.end for chunk in container.chunks if chunk.ident in layout.audio)
        _check_room(container, end, pieces, output)
        _retire(handle, container, end, {piece.key for piece in pieces})
        if layout is W64:
            resize_range(handle, data.start - layout.header.size, 0, sum(_framed_size(layout, p) for p in pieces))
        else:
            handle.truncate(end)
            handle.seek(end)
            handle.write(bytes(-end % layout.align))
        for piece in pieces:
            is_far = handle.tell() + piece.size > _W64_BUFFERED_BYTES
            for block in _framed(layout, piece, origin, source, pad_counts=layout is W64 and is_far):
                handle.write(block)
        _write_total(handle, container)


def _check_room(container: Container, end: int, pieces: Sequence[NewChunk], output: Path) -> None:
    """Refuse what 32-bit sizes can't express: a WAV or AIFF file beyond 4 GiB would be corrupt."""
    layout = container.layout
    if layout in (CAF, W64):
        return
    total = end + 1 + sum(_framed_size(layout, piece) for piece in pieces)
    if container.is_64_bit:
        total = max((piece.size for piece in pieces), default=0)
    if total >= UINT32_MAX:
        raise OutputError(
            "would be larger than the 4 GiB that its format can hold, with the metadata of the source",
            hint="Write RF64, W64, CAF or FLAC instead.",
            path=output,
        )


def _retire(handle: BinaryIO, container: Container, end: int, keys: set[bytes]) -> None:
    """Turn chunks that stand before the samples and that a piece replaces into filler, in place."""
    filler = sorted(container.layout.filler)[0]
    for chunk in container.extras:
        if chunk.end <= end and chunk.key in keys:
            handle.seek(chunk.start - container.layout.header.size)
            handle.write(filler)


def _framed_size(layout: Layout, piece: NewChunk) -> int:
    return layout.header.size + piece.size + -piece.size % layout.align


def _framed(layout: Layout, piece: NewChunk, origin: BinaryIO, source: Path, *, pad_counts: bool) -> Iterator[bytes]:
    """Yield a piece as the container wants it, in blocks: header, payload, padding."""
    padding = -piece.size % layout.align
    stated = piece.size + (padding if pad_counts else 0)
    yield layout.header.pack(piece.ident, stated + (layout.header.size if layout.size_counts_header else 0))
    if isinstance(piece.body, Chunk):
        yield from _blocks(origin, piece.body, source)
    else:
        yield piece.body
    yield bytes(padding)


def _blocks(origin: BinaryIO, chunk: Chunk, source: Path) -> Iterator[bytes]:
    for position in range(chunk.start, chunk.end, BLOCK_BYTES):
        with reading(source):
            block = read_at(origin, position, min(BLOCK_BYTES, chunk.end - position))
        if not block:
            raise InputError("was cut short while it was being read", path=source)
        yield block


def _write_total(handle: BinaryIO, container: Container) -> None:
    """Write the size of the whole file to the place that its container has for it."""
    size, layout = handle.seek(0, io.SEEK_END), container.layout
    if layout is CAF:
        return
    if layout is W64:
        position, stated = 16, struct.pack("<Q", size)
    elif container.is_64_bit:
        position, stated = 20, struct.pack("<Q", size - 8)
    else:
        position, stated = 4, struct.pack(layout.byte_order + "I", size - 8)
    handle.seek(position)
    handle.write(stated)


def resize_range(handle: BinaryIO, start: int, old_size: int, new_size: int) -> None:
    """Make room for ``new_size`` bytes in place of ``old_size`` at ``start``, moving what follows block by block.

    The file is at ``start`` afterwards, ready for the new bytes.
    """
    shift, tail = new_size - old_size, start + old_size
    file_size = handle.seek(0, io.SEEK_END)
    blocks = range(tail, file_size, BLOCK_BYTES) if shift else range(0)
    for position in reversed(blocks) if shift > 0 else blocks:
        _move(handle, position, shift, min(BLOCK_BYTES, file_size - position))
    if shift < 0:
        handle.truncate(file_size + shift)
    handle.seek(start)


def _move(handle: BinaryIO, position: int, shift: int, count: int) -> None:
    handle.seek(position)
    block = handle.read(count)
    handle.seek(position + shift)
    handle.write(block)
