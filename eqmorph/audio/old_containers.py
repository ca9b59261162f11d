"""Where the audio of containers ends that are hardly written any more, by what their headers state.

PAF, IRCAM and PVF files state no length, so nobody can tell whether their ends are there.
"""

from __future__ import annotations

import re
import struct
from typing import BinaryIO

from eqmorph.audio.chunks.walk import read_at

__all__ = ["stated_end"]

_VOC, _NIST, _AVR, _MAT5 = b"Creative Voice File\x1a", b"NIST_1A\n", b"2BIT", b"MATLAB 5.0 MAT-file"
_VOC_AUDIO, _VOC_OTHERS = (1, 2, 9), (3, 4, 5, 6, 7, 8)  # types of blocks
_VOC_LARGEST = 1 << 24  # bytes that a block's size has room for; libsndfile writes larger ones with a size cut off
_AVR_HEADER_BYTES, _MAT5_HEADER_BYTES, _NIST_HEADER_BYTES = 128, 128, 1024
_MAT5_MATRIX = 14
_MAT5_TOO_LONG = 8  # bytes by which libsndfile overstates a matrix
_MOST_BLOCKS = 4096


def stated_end(handle: BinaryIO, size: int) -> int:
    """Return at which byte the audio ends that an open file of ``size`` bytes promises; 0 if it promises nothing."""
    head = read_at(handle, 0, min(_NIST_HEADER_BYTES, size))
    if head.startswith(_VOC) and size < _VOC_LARGEST:
        return _end_of_voc(handle, *struct.unpack_from("<H", head, 20)) if len(head) > 22 else 0
    if head.startswith(_NIST):
        return _end_of_nist(head)
    if head[:4] == b"FORM" and head[8:12] in (b"8SVX", b"16SV"):
        return _end_of_svx(handle)
    if head.startswith(_AVR) and len(head) >= _AVR_HEADER_BYTES:
        is_stereo, bits, frames = (*struct.unpack_from(">HH", head, 12), *struct.unpack_from(">I", head, 26))
        return int(_AVR_HEADER_BYTES + frames * (2 if is_stereo else 1) * (2 if bits > 8 else 1))
    if head.startswith(_MAT5) and len(head) > _MAT5_HEADER_BYTES:
        return _end_of_mat5(handle, "<" if head[126:128] == b"IM" else ">")
    return 0


def _end_of_voc(handle: BinaryIO, position: int) -> int:
    end = 0
    for _ in range(_MOST_BLOCKS):
        head = read_at(handle, position, 4)
        if not head or head[0] not in (*_VOC_AUDIO, *_VOC_OTHERS):
            break
        position += 4 + int.from_bytes(head[1:], "little")
        if head[0] in _VOC_AUDIO:
            end = position
    return end


def _end_of_nist(head: bytes) -> int:
    numbers = {name: int(number) for name, number in re.findall(rb"(\w+) -i (\d{1,12})\b", head)}
    start = re.match(rb"NIST_1A\n\s*(\d{1,6})\n", head)
    if start is None:
        return 0
    each = numbers.get(b"sample_n_bytes", 1)  # libsndfile leaves that out for one byte
    return int(start[1]) + numbers.get(b"sample_count", 0) * numbers.get(b"channel_count", 0) * each


def _end_of_svx(handle: BinaryIO) -> int:
    position = 12
    for _ in range(_MOST_BLOCKS):
        head = read_at(handle, position, 8)
        if not head:
            break
        start, size = position + 8, int.from_bytes(head[4:], "big")
        if head[:4] == b"BODY":
            return start + size
        position = start + size + size % 2
    return 0


def _end_of_mat5(handle: BinaryIO, byte_order: str) -> int:
    end, position = 0, _MAT5_HEADER_BYTES
    for _ in range(_MOST_BLOCKS):
        head = read_at(handle, position, 8)
        kind, size = struct.unpack(byte_order + "II", head) if head else (0, 0)
        if kind != _MAT5_MATRIX:
            break
        end = position + 8 + size - _MAT5_TOO_LONG
        position += 8 + size
    return end
