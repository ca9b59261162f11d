"""The chunk structure of WAV, RF64, W64, AIFF and CAF files: walk it, read from it, patch a channel mask.

Nothing here loads sample data: walking reads chunk headers only. A header may lie (a size past the end of the file, a
size of zero from a streaming writer, a missing pad byte): complete chunks are found, the rest is left alone, and the
walk always ends.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from eqmorph.errors import InputError, OutputError

__all__ = [
    "AIFF",
    "CAF",
    "MAX_LOADED_BYTES",
    "RIFF",
    "UINT32_MAX",
    "W64",
    "W64_TAIL",
    "Chunk",
    "Container",
    "Layout",
    "read_at",
    "read_chunk",
    "reading",
    "set_wav_channel_mask",
    "walk",
    "wav_channel_mask",
    "writing",
]

UINT32_MAX = 0xFFFF_FFFF
MAX_CHUNKS = 65_536  # a real file has a few dozen; a hostile one must not fill the memory with headers
MAX_LOADED_BYTES = 64 << 20  # a chunk that is copied may be larger; one that is parsed in memory may not
_SMALL_BYTES = 64 << 10

W64_RIFF = bytes.fromhex("726966662e91cf11a5d628db04c10000")
W64_TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")  # after a FourCC, this makes the GUID of most chunks

# Sizes that a writer which can't seek back states before it knows the true one: about 2 or 4 GiB.
_PLACEHOLDERS = (range(0x7F00_0000, 0x7F00_1000), range(0x7FFF_F000, 0x8000_0001), range(0xFFFF_F000, 0x1_0000_0000))

_EXTENSIBLE = 0xFFFE
_MASK_AT = 20  # where dwChannelMask stands in the fmt chunk of a WAVE_FORMAT_EXTENSIBLE file


@dataclass(frozen=True)
class Layout:
    """How one container frames its chunks. Positions and sizes are in bytes."""

    family: str
    header: struct.Struct  # a chunk's identifier and size
    first: int  # where the first chunk begins
    data_id: bytes  # the chunk with the samples
    audio: frozenset[bytes]  # chunks that describe the samples: every writer makes its own
    filler: frozenset[bytes]  # chunks that only reserve space
    known: frozenset[bytes] = frozenset()  # names believed even where the file's sizes contradict
    align: int = 1  # a payload is padded to a multiple of this
    size_counts_header: bool = False

    @property
    def byte_order(self) -> str:
        return str(self.header.format)[0]


def _ids(names: str, tail: bytes = b"") -> frozenset[bytes]:
    return frozenset(name.encode("ascii") + tail for name in names.split(","))


RIFF = Layout(
    "RIFF",
    struct.Struct("<4sI"),
    12,
    data_id=b"data",
    audio=_ids("fmt ,data,fact,ds64,PEAK,slnt"),
    filler=_ids("JUNK,junk,PAD ,pad ,FLLR,fllr,FAKE,fake,filr"),
    known=_ids("LIST,id3 ,ID3 ,bext,iXML,axml,chna,cue ,plst,smpl,inst,acid,cart,umid,_PMX,data,PEAK"),
    align=2,
)
RIFX = replace(RIFF, header=struct.Struct(">4sI"))
AIFF = Layout(
    "AIFF",
    struct.Struct(">4sI"),
    12,
    data_id=b"SSND",
    audio=_ids("COMM,SSND,FVER,PEAK"),
    filler=_ids("JUNK,PAD ,FLLR,fllr"),
    known=_ids("NAME,AUTH,(c) ,ANNO,COMT,MARK,INST,MIDI,APPL,ID3 ,basc,SSND,COMM"),
    align=2,
)
CAF = Layout(
    "CAF",
    struct.Struct(">4sq"),
    8,
    data_id=b"data",
    audio=_ids("desc,data,pakt,kuki,ldsc,peak"),
    filler=_ids("free"),
)
W64 = Layout(
    "W64",
    struct.Struct("<16sQ"),
    40,
    data_id=b"data" + W64_TAIL,
    audio=_ids("fmt ,data,fact", W64_TAIL),
    filler=_ids("junk", W64_TAIL),
    align=8,
    size_counts_header=True,
)


@dataclass(frozen=True)
class Chunk:
    """One complete chunk: ``start`` and ``size`` are those of its payload, in bytes."""

    ident: bytes
    start: int
    size: int
    list_type: bytes = b""  # what a LIST chunk is a list of

    @property
    def end(self) -> int:
        return self.start + self.size

    @property
    def key(self) -> bytes:
        """The FourCC (the GUID of a W64 chunk that has none), followed by the type of a list."""
        fourcc = self.ident[:4] if self.ident[4:] in (b"", W64_TAIL) else self.ident
        return fourcc + b" " + self.list_type if self.list_type else fourcc


@dataclass(frozen=True)
class Container:
    """A walked file: its chunks in file order, and the identifier of a last one that is cut off, if any."""

    layout: Layout
    chunks: tuple[Chunk, ...]
    cut_off: bytes
    missing_audio: int = 0  # bytes of samples that the headers promise and the file does not have
    is_64_bit: bool = False  # RF64 or BW64: sizes stand in a ds64 chunk

    def find(self, key: bytes) -> Chunk | None:
        return next((chunk for chunk in self.chunks if chunk.key == key), None)

    @property
    def data(self) -> Chunk | None:
        """The chunk with the samples."""
        return next((chunk for chunk in self.chunks if chunk.ident == self.layout.data_id), None)

    @property
    def extras(self) -> tuple[Chunk, ...]:
        """All chunks but those that describe the samples or reserve space."""
        skipped = self.layout.audio | self.layout.filler
        return tuple(c for c in self.chunks if c.ident not in skipped and c.list_type != b"wavl")


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn the system's errors into one that names the file being read."""
    try:
        yield
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror or error}", path=path) from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the system's errors into one that names the file being written."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"its metadata can't be written: {error.strerror or error}",
            hint="Check the free space and the permissions of the output folder.",
            path=path,
        ) from error


def read_at(handle: BinaryIO, position: int, count: int) -> bytes:
    """Return ``count`` bytes at ``position``, or none at all if the file ends before."""
    if count > _SMALL_BYTES and position + count > handle.seek(0, io.SEEK_END):
        return b""  # read() would reserve that much before it finds out
    handle.seek(position)
    data = handle.read(count)
    return data if len(data) == count else b""


def read_chunk(handle: BinaryIO, chunk: Chunk) -> bytes:
    """Return a chunk's payload; empty if it is too large to be anything that is parsed in memory."""
    return read_at(handle, chunk.start, chunk.size) if chunk.size <= MAX_LOADED_BYTES else b""


def walk(handle: BinaryIO) -> Container | None:
    """Return the chunks of an open file, or None if it is not a container of a known kind."""
    file_size = handle.seek(0, io.SEEK_END)
    head = read_at(handle, 0, min(40, file_size))
    magic, form = head[:4], head[8:12]
    if magic in (b"RIFF", b"RF64", b"BW64", b"RIFX") and form == b"WAVE":
        layout = RIFX if magic == b"RIFX" else RIFF
    elif magic == b"FORM" and form in (b"AIFF", b"AIFC"):
        layout = AIFF
    elif magic == b"caff":
        layout = CAF
    elif head[:16] == W64_RIFF and head[24:] == b"wave" + W64_TAIL:
        layout = W64
    else:
        return None
    is_64_bit = magic in (b"RF64", b"BW64")
    big_sizes = _ds64_sizes(handle) if is_64_bit else {}
    end = _declared_end(head, layout, big_sizes, file_size)
    chunks, cut_off, missing = _walk_chunks(handle, layout, file_size, end, big_sizes)
    return Container(layout, chunks, cut_off, missing, is_64_bit)


def _ds64_sizes(handle: BinaryIO) -> dict[bytes, int]:
    """Return the 64-bit sizes that an RF64 file states, by chunk; that of the whole file under ``RF64``."""
    head = read_at(handle, 12, 8)
    if head[:4] != b"ds64":
        return {}
    body = handle.read(min(struct.unpack("<I", head[4:])[0], 1 << 16))
    if len(body) < 28:
        return {}
    riff_size, data_size, _frames, rows = struct.unpack_from("<QQQI", body)
    rows = min(rows, (len(body) - 28) // 12)
    sizes = dict(struct.unpack_from("<4sQ", body, 28 + 12 * row) for row in range(rows))
    return {**sizes, b"RF64": riff_size, b"data": data_size}


def _declared_end(head: bytes, layout: Layout, big_sizes: dict[bytes, int], file_size: int) -> int:
    if layout is CAF:
        return file_size
    if layout is W64:
        return int(struct.unpack_from("<Q", head, 16)[0]) or file_size
    size = int(struct.unpack_from(layout.byte_order + "I", head, 4)[0])
    size = big_sizes.get(b"RF64", size) if size == UINT32_MAX else size
    return file_size if size in (0, UINT32_MAX) else size + 8


def _walk_chunks(
    handle: BinaryIO, layout: Layout, file_size: int, declared_end: int, big_sizes: dict[bytes, int]
) -> tuple[tuple[Chunk, ...], bytes, int]:
    """Return the complete chunks, the identifier of one cut off by the file's end, and the bytes of audio missing."""
    chunks: list[Chunk] = []
    position, wary, missing = layout.first, False, 0
    while len(chunks) < MAX_CHUNKS:
        head = read_at(handle, position, layout.header.size)
        if not head:
            break
        ident, stated = layout.header.unpack(head)
        wary = wary or position >= declared_end
        if not _is_plausible(ident) or (wary and ident not in layout.known):
            break  # not a chunk: samples, padding or garbage beyond what the headers account for
        start = position + layout.header.size
        available = file_size - start
        size = _payload_size(layout, ident, stated, available, big_sizes)
        if ident == layout.data_id:
            wary = wary or size == 0  # zero from a streaming writer: what follows may well be samples
            missing += max(0, size - available) if not any(size in sizes for sizes in _PLACEHOLDERS) else 0
            size = min(size, available)
        if size < 0:
            break
        if size > available:
            return tuple(chunks), ident, missing
        list_type = read_at(handle, start, 4) if ident == b"LIST" and size >= 4 else b""
        chunks.append(Chunk(ident, start, size, list_type))
        position = _next_position(handle, layout, start + size, -size % layout.align)
    return tuple(chunks), b"", missing


def _is_plausible(ident: bytes) -> bool:
    return any(ident) if len(ident) == 16 else all(0x20 <= byte < 0x7F for byte in ident)


def _payload_size(layout: Layout, ident: bytes, stated: int, available: int, big_sizes: dict[bytes, int]) -> int:
    """Return the size of a payload in bytes as the headers have it; negative if that makes no sense."""
    if layout.size_counts_header:
        return stated - layout.header.size
    if layout.family == "RIFF" and stated == UINT32_MAX:
        return big_sizes.get(ident, available if ident == layout.data_id else stated)
    if layout is CAF and stated == -1 and ident == layout.data_id:
        return available  # the samples extend to the end of the file
    return stated


def _next_position(handle: BinaryIO, layout: Layout, end: int, padding: int) -> int:
    """Find where the next chunk begins: some writers forget the pad byte, and a known name gives that away."""
    if padding and layout.known:
        padded = read_at(handle, end + padding, 4)
        if not (padded and _is_plausible(padded)) and read_at(handle, end, 4) in layout.known:
            return end
    return end + padding


# ----------------------------------------------------------------------------------------------- channel mask


def _mask_position(handle: BinaryIO) -> int | None:
    """Find the channel mask of a WAV, RF64 or W64 file with an extensible format chunk."""
    container = walk(handle)
    fmt = container.find(b"fmt ") if container else None
    if container is None or fmt is None or fmt.size < 40:
        return None
    tag = read_at(handle, fmt.start, 2)
    return fmt.start + _MASK_AT if tag == struct.pack(container.layout.byte_order + "H", _EXTENSIBLE) else None


def wav_channel_mask(source: Path) -> int | None:
    """Return the ``dwChannelMask`` of a WAV, RF64 or W64 file; None if its format chunk has none."""
    with reading(source), source.open("rb") as handle:
        position = _mask_position(handle)
        if position is None:
            return None
        mask = read_at(handle, position, 4)
        return int.from_bytes(mask, "big" if read_at(handle, 0, 4) == b"RIFX" else "little")


def set_wav_channel_mask(output: Path, mask: int) -> None:
    """Write ``mask`` into the extensible format chunk of ``output``, in place.

    Raises OutputError if there is no such chunk.
    """
    with writing(output), output.open("r+b") as handle:
        position = _mask_position(handle)
        if position is None:
            raise OutputError(
                "has no extensible format chunk to hold a channel mask",
                hint="Write it in the format WAVEX or RF64.",
                path=output,
            )
        order = ">" if read_at(handle, 0, 4) == b"RIFX" else "<"
        handle.seek(position)
        handle.write(struct.pack(order + "I", mask))
