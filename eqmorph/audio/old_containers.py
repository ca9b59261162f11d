"""Where the audio of containers ends that are hardly written any more, by what their headers state.

PAF, IRCAM and PVF files state no length: only that the last frame is cut in two tells that their ends are missing.
"""

from __future__ import annotations

import re
import struct
from typing import BinaryIO

from eqmorph.audio.chunks.walk import read_at

__all__ = ["STATE_NO_LENGTH", "stated_end"]

STATE_NO_LENGTH = ("PAF", "IRCAM", "PVF")  #: libsndfile's names for them

_VOC, _NIST, _AVR, _MAT5 = b"Creative Voice File\x1a", b"NIST_1A\n", b"2BIT", b"MATLAB 5.0 MAT-file"
_WVE, _MPC2K, _PVF = b"ALawSoundFile**", b"\x01\x04", b"PVF1\n"
_PAF = {b" paf": ">", b"fap ": "<"}
_IRCAM = re.compile(rb"\x64\xa3.\x00|\x00.\xa3\x64", re.DOTALL)
_MAT4 = re.compile(rb"[\x00-\x34]\x00\x00\x00|\x00\x00[\x03-\x04].", re.DOTALL)
_VOC_AUDIO, _VOC_OTHERS = (1, 2, 9), (3, 4, 5, 6, 7, 8)  # types of blocks
_VOC_LARGEST = 1 << 24  # bytes that a block's size has room for; libsndfile writes larger ones with a size cut off
_AVR_HEADER_BYTES, _MAT5_HEADER_BYTES, _NIST_HEADER_BYTES = 128, 128, 1024
_MAT5_MATRIX = 14
_MAT5_TOO_LONG = 8  # bytes by which libsndfile overstates a matrix
_MOST_BLOCKS = 4096
_WVE_HEADER_BYTES, _MPC2K_HEADER_BYTES, _PAF_HEADER_BYTES, _IRCAM_HEADER_BYTES = 32, 42, 2048, 1024
_PAF_FRAME_BYTES = {0: 2, 1: 32, 2: 1}  # of a channel, by format: those of 24 bits go by tens
_MAT4_NAME, _MAT4_LONGEST_NAME = b"wavedata\0", 64
_MAT4_BYTES = (8, 4, 4, 2, 2, 1)  # of a number, by the third digit of a matrix's type


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
    if head.startswith(_WVE) and len(head) >= _WVE_HEADER_BYTES:
        return int(_WVE_HEADER_BYTES + struct.unpack_from(">I", head, 18)[0])
    if head.startswith(_MPC2K) and len(head) >= _MPC2K_HEADER_BYTES:
        return int(_MPC2K_HEADER_BYTES + struct.unpack_from("<I", head, 30)[0] * 2 * (2 if head[21] else 1))
    if _MAT4.match(head):
        return _end_of_mat4(handle)
    return _end_of_frame(head, size)


def _end_of_frame(head: bytes, size: int) -> int:
    """Return where a file would end whose last frame is whole; 0 where a frame's size isn't known."""
    start = frame_bytes = 0
    if head[:4] in _PAF and len(head) >= 28:
        form, channels = struct.unpack_from(_PAF[head[:4]] + "II", head, 16)
        start, frame_bytes = _PAF_HEADER_BYTES, channels * _PAF_FRAME_BYTES.get(form, 0)
    elif _IRCAM.match(head) and len(head) >= 16:
        channels, encoding = struct.unpack_from(("<" if head[0] else ">") + "II", head, 8)
        start, frame_bytes = _IRCAM_HEADER_BYTES, channels * (encoding & 0xFFFF)
    elif head.startswith(_PVF) and (said := re.match(rb"PVF1\n(\d{1,4}) \d{1,9} (8|16|32)\n", head)):
        start, frame_bytes = said.end(), int(said[1]) * int(said[2]) // 8
    cut_off = (size - start) % frame_bytes if frame_bytes and size > start else 0
    return size + frame_bytes - cut_off if cut_off else 0


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


def _end_of_mat4(handle: BinaryIO) -> int:
    position = 0
    for _ in range(2):  # the rate, then the sound
        head = read_at(handle, position, 20)
        byte_order = "<" if head and not head[3] else ">"
        kind, rows, columns, _, name = struct.unpack(byte_order + "5I", head) if head else (0, 0, 0, 0, 0)
        digit = kind % 100 // 10
        if not 0 < name <= _MAT4_LONGEST_NAME or digit >= len(_MAT4_BYTES):
            return 0
        end = position + 20 + name + rows * columns * _MAT4_BYTES[digit]
        if read_at(handle, position + 20, name) == _MAT4_NAME:
            return int(end)
        position = end
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
