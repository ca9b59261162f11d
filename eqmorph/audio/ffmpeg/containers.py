"""The containers that ffmpeg reads and writes for us: by what they are known, and what sound each can hold.

A *format* is one of `CONTAINERS`; a *subtype* says how samples are stored, in libsndfile's words where it has one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["CONTAINERS", "DEMUXERS", "ENCODERS", "Container", "Encoder", "subtype_of", "told_by"]

_EBML, _ASF, _ID3 = b"\x1a\x45\xdf\xa3", bytes.fromhex("3026b2758e66cf11"), b"ID3"
_MP4_ATOMS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp", b"pnot")
_FAMILY_OF_ATOMS = "mov"


@dataclass(frozen=True, slots=True)
class Container:
    """One container.

    ``holds`` are the subtypes that can be written into it, the one that is chosen where the source's isn't among them
    first. ``by_depth`` says which one a bit depth means. ``keeps_delay`` tells whether it can say how many samples an
    encoder has put in front. ``keeps_pictures`` tells whether moving pictures are copied; without, it is sound alone.
    """

    family: str
    muxer: str
    holds: tuple[str, ...]
    by_depth: dict[str, str] = field(default_factory=dict)
    keeps_delay: bool = False
    keeps_pictures: bool = False


_ALAC = {"16": "ALAC_16", "24": "ALAC_24"}
_FLAC = {"16": "FLAC_16", "24": "FLAC_24"}
_PCM = {"8": "PCM_U8", "16": "PCM_16", "24": "PCM_24", "32": "PCM_32", "32f": "FLOAT", "64f": "DOUBLE"}
_IN_MP4 = ("AAC", "ALAC_16", "ALAC_24", "MPEG_LAYER_III", "OPUS", "FLAC_16", "FLAC_24", "AC3", "EAC3")
_IN_MOV = ("AAC", "ALAC_16", "ALAC_24", "MPEG_LAYER_III", "AC3", "EAC3", *(_PCM[d] for d in ("16", "24", "32", "32f")))
_IN_MATROSKA = (
    *("FLAC_24", "FLAC_16", "AAC", "OPUS", "VORBIS", "MPEG_LAYER_III", "MPEG_LAYER_II", "AC3", "EAC3"),
    *("ALAC_16", "ALAC_24", *_PCM.values()),
)

CONTAINERS: dict[str, Container] = {
    "M4A": Container("mov", "ipod", ("AAC", "ALAC_16", "ALAC_24", "AC3"), _ALAC, keeps_delay=True),
    "MP4": Container("mov", "mp4", _IN_MP4, _ALAC, keeps_delay=True, keeps_pictures=True),
    "MOV": Container(
        "mov", "mov", _IN_MOV, {d: _PCM[d] for d in ("16", "24", "32", "32f")}, keeps_delay=True, keeps_pictures=True
    ),
    "MKA": Container("matroska", "matroska", _IN_MATROSKA, _PCM | _FLAC),
    "MKV": Container("matroska", "matroska", _IN_MATROSKA, _PCM | _FLAC, keeps_pictures=True),
    "WEBM": Container("matroska", "webm", ("OPUS", "VORBIS"), keeps_pictures=True),
    "WMA": Container("asf", "asf", ("WMAV2", "WMAV1"), keeps_pictures=True),
    "ADTS": Container("adts", "adts", ("AAC",)),
}
#: How ffmpeg calls what reads a family: named, so that a file can't choose another one, such as a playlist's.
DEMUXERS = {"mov": "mov", "matroska": "matroska", "asf": "asf", "adts": "aac"}


class Encoder(NamedTuple):
    """How ffmpeg encodes a subtype: its name there, and what to do about what it puts in front.

    ``leads`` are samples of silence to be given to it first, and ``drops`` the packets that then hold nothing but that
    and its own delay (see `eqmorph.audio.ffmpeg.mux`). WMA's decoder leaves out a frame more than its encoder puts in.
    ``tail`` are samples of silence to be given to it last: without, it would keep back so many of the sound's end.
    """

    name: str
    leads: int = 0
    drops: int = 0
    tail: int = 0


ENCODERS: dict[str, Encoder] = {
    "AAC": Encoder("aac", drops=1),
    "AC3": Encoder("ac3", leads=1280, drops=1, tail=256),
    "EAC3": Encoder("eac3", leads=1280, drops=1, tail=256),
    "OPUS": Encoder("libopus"),
    "VORBIS": Encoder("libvorbis"),
    "MPEG_LAYER_III": Encoder("libmp3lame"),
    "MPEG_LAYER_II": Encoder("mp2"),
    "WMAV1": Encoder("wmav1", leads=2048),
    "WMAV2": Encoder("wmav2", leads=2048),
    **{name: Encoder("alac") for name in _ALAC.values()},
    **{name: Encoder("flac") for name in _FLAC.values()},
    "PCM_U8": Encoder("pcm_u8"),
    "PCM_16": Encoder("pcm_s16le"),
    "PCM_24": Encoder("pcm_s24le"),
    "PCM_32": Encoder("pcm_s32le"),
    "FLOAT": Encoder("pcm_f32le"),
    "DOUBLE": Encoder("pcm_f64le"),
}
_SUBTYPES = {
    "mp3": "MPEG_LAYER_III",
    "mp2": "MPEG_LAYER_II",
    "pcm_u8": "PCM_U8",
    **{f"pcm_s{bits}{order}": f"PCM_{bits}" for bits in (16, 24, 32) for order in ("le", "be")},
    **{f"pcm_f32{order}": "FLOAT" for order in ("le", "be")},
    **{f"pcm_f64{order}": "DOUBLE" for order in ("le", "be")},
}


def told_by(head: bytes, suffix: str) -> str | None:
    """Return the family of a file that ffmpeg is to read, by its first bytes; None if it isn't one of them."""
    if head[4:8] in _MP4_ATOMS:
        return _FAMILY_OF_ATOMS
    if head.startswith(_EBML):
        return "matroska"
    if head.startswith(_ASF):
        return "asf"
    # An ADTS frame begins like one of MPEG audio, of a layer that there isn't. Tags may stand in front of the first.
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "adts"
    return "adts" if head.startswith(_ID3) and suffix.lower() == ".aac" else None


def subtype_of(codec: str, bits: int) -> str:
    """Return the subtype that ffmpeg's name for a codec stands for; the name itself for what we have no name for."""
    if codec in ("alac", "flac"):
        return f"{codec.upper()}_{24 if bits > 16 or not bits else 16}"
    return _SUBTYPES.get(codec, codec.upper())
