"""WAV through pipes: a header read from what can't be sought, and one written before the length is known."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from eqmorph.errors import InputError
from eqmorph.stream.samples import SAMPLE_TYPES, RawFormat
from eqmorph.wording import Means, Phrase

__all__ = ["WavHeader", "read_header", "wav_header"]

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_GUID_REST = bytes.fromhex("000000001000800000aa00389b71")
_ENDLESS = 0xFFFF_FFFF
_SOX_ENDLESS = 0x7FFF_F000  # what sox writes for that, less what is no whole frame
_LARGEST_SKIP = 1 << 28  # bytes of chunks before the audio; more is no header
_LARGEST_FMT = 4096
_AT_ONCE = 1 << 16
_RECIPE = "ffmpeg -i IN -f wav - writes one that can be read"

Read = Callable[[int], bytes]  # exactly so many bytes, fewer only at the end


@dataclass(frozen=True, slots=True)
class WavHeader:
    """What a WAV header says.

    Attributes:
        format: how its samples are stored.
        mask: of the speakers; 0 where it says none.
        is_extensible: whether the long form of the header was used.
        size: bytes of audio; None if the writer could not know.
    """

    format: RawFormat
    mask: int
    is_extensible: bool
    size: int | None


def read_header(read: Read, name: str) -> WavHeader:
    """Read a header up to the first byte of audio.

    RIFF, RF64 and BW64 are read, with chunks before the audio, which are skipped. A size of 0 or of all ones stands for
    a stream whose end is its end.

    Args:
        read: returns as many bytes as it is told, fewer only at the end of the stream.
        name: what to call the stream in errors.

    Raises:
        InputError: it is no such header, it is cut off, or it holds what can't be processed.
    """
    head = read(12)
    _check_start(head, name)
    is_long, long_size = head[:4] in (b"RF64", b"BW64"), None
    header: WavHeader | None = None
    skipped = 0
    while True:
        chunk = _whole(read, 8, name)
        kind, size = chunk[:4], struct.unpack("<I", chunk[4:])[0]
        if kind == b"data":
            break
        if size > _LARGEST_SKIP - skipped:
            raise InputError(
                f"its header holds a chunk of {size / 2**20:.0f} MiB before the audio",
                hint=f"It may be damaged; {_RECIPE}.",
                path=name,
            )
        skipped += size + 8
        if kind == b"fmt " and size <= _LARGEST_FMT:
            header = _parse_format(_whole(read, size, name), name)
        elif kind == b"ds64" and 28 <= size <= _LARGEST_FMT:
            long_size = struct.unpack("<Q", _whole(read, size, name)[8:16])[0]
        else:
            _skip(read, size, name)
        if size % 2:
            _whole(read, 1, name)
    if header is None:
        raise InputError("its header doesn't say how its samples are stored", hint=f"{_RECIPE}.", path=name)
    if is_long and size == _ENDLESS and long_size is not None:
        size = long_size if long_size < 2**63 else 0
    elif size in (_ENDLESS, _SOX_ENDLESS - _SOX_ENDLESS % (header.format.channels * header.format.type.width)):
        size = 0
    return WavHeader(header.format, header.mask, header.is_extensible, size or None)


def wav_header(format: RawFormat, *, mask: int = 0, is_extensible: bool = False) -> bytes:
    """Return the header of a WAV of unknown length."""
    kind, width = _FLOAT if format.type.is_float else _PCM, format.type.width
    plain = struct.pack(
        "<HIIHH",
        format.channels,
        format.sample_rate,
        min(format.sample_rate * format.channels * width, _ENDLESS),
        min(format.channels * width, 0xFFFF),
        format.type.bits,
    )
    if is_extensible or format.channels > 2:
        more = struct.pack("<HHIH", 22, format.type.bits, mask, kind) + _GUID_REST
        fmt = struct.pack("<H", _EXTENSIBLE) + plain + more
    else:
        fmt = struct.pack("<H", kind) + plain + (struct.pack("<H", 0) if format.type.is_float else b"")
    return (
        struct.pack("<4sI4s4sI", b"RIFF", _ENDLESS, b"WAVE", b"fmt ", len(fmt))
        + fmt
        + struct.pack("<4sI", b"data", _ENDLESS)
    )


def _check_start(head: bytes, name: str) -> None:
    if not head:
        raise InputError("is empty", hint="Did the program that feeds the pipe fail?", path=name)
    if head[:4] == b"RIFX":
        raise InputError("is a big-endian WAV, which can't be streamed", hint=f"{_RECIPE}.", path=name)
    if head[:4] not in (b"RIFF", b"RF64", b"BW64") or (len(head) == 12 and head[8:] != b"WAVE"):
        raise InputError(
            "is not a WAV",
            hint=Phrase(f"{_RECIPE}; what has no header is read with {{}}.", Means.RAW),
            path=name,
        )
    if len(head) < 12:
        raise _cut_off(name)


def _parse_format(fmt: bytes, name: str) -> WavHeader:
    if len(fmt) < 16:
        raise _cut_off(name)
    kind, channels, rate, _, align, bits = struct.unpack("<HHIIHH", fmt[:16])
    is_extensible, mask = kind == _EXTENSIBLE, 0
    if is_extensible:
        if len(fmt) < 40:
            raise _cut_off(name)
        mask, kind = struct.unpack("<IH", fmt[20:26])
    container = align * 8 // channels if channels else 0  # 20 bits, say, are stored in 24
    stored = f"{'f' if kind == _FLOAT else 'u' if container == 8 else 's'}{container}"
    if kind not in (_PCM, _FLOAT) or stored not in SAMPLE_TYPES or bits > container:
        raise InputError(
            f"holds samples that can't be streamed (WAV format {kind:#x}, {bits} bits)",
            hint="ffmpeg -i IN -c:a pcm_s24le -f wav - writes ones that can.",
            path=name,
        )
    if not channels <= 64 or not 1000 <= rate <= 768_000:
        raise InputError(
            f"claims to have {channels} channels at {rate} Hz",
            hint="1 to 64 channels at 1 to 768 kHz can be processed. Its header may be damaged.",
            path=name,
        )
    return WavHeader(RawFormat(SAMPLE_TYPES[stored], rate, channels), mask, is_extensible, None)


def _whole(read: Read, size: int, name: str) -> bytes:
    data = read(size)
    if len(data) < size:
        raise _cut_off(name)
    return data


def _skip(read: Read, size: int, name: str) -> None:
    while size:
        size -= len(_whole(read, min(size, _AT_ONCE), name))


def _cut_off(name: str) -> InputError:
    return InputError("ends within its header", hint="Did the program that feeds the pipe fail?", path=name)
