"""How much of a sound an encoder that loses some of it is to keep: a bit rate, or a quality, with one meaning for all.

A quality goes from 0 to 10, the best:

- MP3: LAME's variable bit rate, V10 minus the quality: 10 is V0, 6 is V4.
- Vorbis: its own quality, ``-q`` of oggenc.
- Opus and AAC, which know only bit rates: 16 kb/s a channel at 0, and 12 more for each step: 272 kb/s for stereo at 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from eqmorph.errors import UsageError
from eqmorph.wording import Means, Phrase

__all__ = ["AS_USUAL", "Lossy", "ffmpeg_options", "parse_bitrate", "soundfile_options", "why_another_rate"]

_Of = TypeVar("_Of")

BEST = 10
_LOWEST_BPS, _HIGHEST_BPS = 6_000, 1_536_000
_QUALITY_BPS, _QUALITY_STEP_BPS = 16_000, 12_000  # a channel
# For stereo pink noise at 44.1 or 48 kHz the defaults make 242 kb/s (LAME's V0), 255 kb/s (Vorbis quality 8), 214 kb/s
# (Opus) and 256 kb/s (AAC): a second generation should add as little as can be heard.
_VORBIS_QUALITY = 8.0
_OPUS_BPS, _AAC_BPS, _AC3_BPS, _WMA_BPS = 106_000, 128_000, 224_000, 128_000  # a channel
# What libsndfile's scales from 0 to 1 mean.
_OPUS_RANGE_BPS = (6_000, 256_000)  # a channel
_LEAST_OF_LAME = 0.9999  # it refuses 1, be that V10 or the lowest bit rate
_MP3_RATES_BPS = {  # the highest and the lowest by LAME's version of MPEG: from 32 kHz, from 16 kHz, below
    32_000: (320_000, 32_000),
    16_000: (160_000, 8_000),
    0: (64_000, 8_000),
}
_MP2_KBPS: dict[int, tuple[int, ...]] = {  # ffmpeg refuses all others: from 32 kHz, below
    32_000: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    0: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_AC3_BPS_RANGE, _WMA_BPS_RANGE = (32_000, 640_000), (0, 256_000)
_AAC_FRAME, _AAC_FRAME_BITS = 1024, 6144  # of one channel: samples, and the bits that they may take
_STEPPED = {"MPEG_LAYER_III": "MP3", "MPEG_LAYER_II": "MP2", "AC3": "AC-3"}  # they know only certain bit rates
_NAMES = {**_STEPPED, "OPUS": "Opus", "EAC3": "E-AC-3", "WMAV1": "WMA", "WMAV2": "WMA"}
_WITH_RATE = ("MPEG_LAYER_III", "OPUS", "AAC", "AC3", "EAC3", "WMAV1", "WMAV2", "MPEG_LAYER_II")
_WITH_QUALITY = ("MPEG_LAYER_III", "VORBIS", "OPUS", "AAC")


@dataclass(frozen=True, slots=True)
class Lossy:
    """What is asked of encoders that lose something: a bit rate of all channels together, a quality, or neither."""

    bitrate_bps: int | None = None
    quality: float | None = None

    def __post_init__(self) -> None:
        if self.bitrate_bps is not None and self.quality is not None:
            raise UsageError(
                Phrase("{} and {} say the same thing twice", Means.BITRATE, Means.QUALITY),
                hint="Leave out one of them.",
            )
        if self.bitrate_bps is not None and not _LOWEST_BPS <= self.bitrate_bps <= _HIGHEST_BPS:
            raise UsageError(
                f"a bit rate of {self.bitrate_bps / 1000:g} kb/s is out of range",
                hint=f"It goes from {_LOWEST_BPS // 1000} to {_HIGHEST_BPS // 1000} kb/s; 192k is usual.",
            )
        if self.quality is not None and not 0 <= self.quality <= BEST:
            raise UsageError(
                f"a quality of {self.quality:g} is out of range", hint=f"It goes from 0 to {BEST}, the best."
            )

    def check(self, container: str, subtype: str, path: Path | None) -> None:
        """Refuse to set what an encoder doesn't have.

        Raises:
            UsageError: it has no bit rate, or no quality, to be set.
        """
        for asked, means, able in (
            (self.bitrate_bps, Means.BITRATE, _WITH_RATE),
            (self.quality, Means.QUALITY, _WITH_QUALITY),
        ):
            if asked is None or subtype in able:
                continue
            what: str | Phrase
            if subtype == "VORBIS":
                what, hint = "Vorbis is encoded by quality, not at a bit rate", Phrase("Use {}.", Means.QUALITY)
            elif subtype in _WITH_RATE:
                what, hint = f"{subtype} is encoded at a bit rate only", Phrase("Use {}.", Means.BITRATE)
            else:
                what = f"{container} {subtype} loses nothing: " + Phrase("it has no {}", means)
                hint = Phrase("Leave that out, or choose mp3, m4a, opus or ogg with {}.", Means.FORMAT)
            raise UsageError(what, hint=hint, path=path)


AS_USUAL = Lossy()


def parse_bitrate(text: str) -> int:
    """Read a bit rate such as ``192k``, ``192`` (kb/s) or ``192000`` (b/s).

    Raises:
        UsageError: it is none.
    """
    plain = text.strip().lower().removesuffix("bps").removesuffix("b/s").removesuffix("bit/s").strip()
    try:
        number = float(plain.removesuffix("k"))
    except ValueError:
        number = float("nan")
    if not 0 < number < 1e9:  # not: a NaN compares as false
        raise UsageError(f"{text!r} is not a bit rate", hint="Write 192k, or 128k for speech.")
    return round(number * 1000 if plain.endswith("k") or number < 1000 else number)


def soundfile_options(subtype: str, lossy: Lossy, sample_rate: int, channels: int) -> dict[str, Any]:
    """Return how libsndfile is to encode: its one scale from 0 (best) to 1 means something else for each encoder."""
    rate, quality = lossy.bitrate_bps, lossy.quality
    if subtype == "MPEG_LAYER_III":
        if rate is not None:
            lowest, highest = _range_bps(subtype, sample_rate, channels)
            level = (highest - min(max(rate, lowest), highest)) / (highest - lowest)
            return {"compression_level": min(level, _LEAST_OF_LAME), "bitrate_mode": "CONSTANT"}
        level = (BEST - (BEST if quality is None else quality)) / 10
        return {"compression_level": min(level, _LEAST_OF_LAME), "bitrate_mode": "VARIABLE"}
    if subtype == "VORBIS":
        return {"compression_level": (BEST - (_VORBIS_QUALITY if quality is None else quality)) / 10}
    if subtype == "OPUS":
        each = _a_channel(lossy, channels, otherwise=_OPUS_BPS)
        lowest, highest = _OPUS_RANGE_BPS
        return {"compression_level": (highest - min(max(each, lowest), highest)) / (highest - lowest)}
    return {}


def ffmpeg_options(subtype: str, lossy: Lossy, sample_rate: int, channels: int) -> tuple[str, ...]:
    """Return the letter and the value of the option by which ffmpeg is told: ``b`` a bit rate, ``q`` a quality."""
    quality = lossy.quality
    if subtype == "MPEG_LAYER_III" and lossy.bitrate_bps is None:
        return ("q", f"{BEST - (BEST if quality is None else quality):g}")
    if subtype == "VORBIS":
        return ("q", f"{_VORBIS_QUALITY if quality is None else quality:g}")
    if subtype not in _WITH_RATE:
        return ()
    usual = {"AAC": _AAC_BPS, "OPUS": _OPUS_BPS, "AC3": _AC3_BPS, "EAC3": _AC3_BPS}.get(subtype, _WMA_BPS)
    total = _a_channel(lossy, channels, otherwise=usual) * channels
    if subtype == "MPEG_LAYER_II":
        wanted, known = total / 1000, _of_rate(_MP2_KBPS, sample_rate)
        total = 1000 * min(known, key=lambda kbps: abs(kbps - wanted))
    elif subtype != "AAC":  # which takes any, and gives what it can
        lowest, highest = _range_bps(subtype, sample_rate, channels)
        total = min(max(total, lowest), highest)
    return ("b", str(round(total)))


def why_another_rate(subtype: str, asked_bps: float, found_bps: float, sample_rate: int, channels: int) -> str:
    """Say why an encoder gave another bit rate than it was asked for."""
    name = _NAMES.get(subtype, subtype)
    lowest, highest = _range_bps(subtype, sample_rate, channels)
    if not lowest <= asked_bps <= highest:
        return f"{name} goes no {'higher' if asked_bps > highest else 'lower'}"
    if subtype in _STEPPED:
        return f"it is the nearest that {name} has"
    return f"{name} takes {'no more' if found_bps < asked_bps else 'more'} for this sound"


def _range_bps(subtype: str, sample_rate: int, channels: int) -> tuple[float, float]:
    """Return the lowest and the highest bit rate of all channels that an encoder knows."""
    if subtype == "MPEG_LAYER_III":
        highest, lowest = _of_rate(_MP3_RATES_BPS, sample_rate)
        return lowest, highest
    if subtype == "MPEG_LAYER_II":
        known = _of_rate(_MP2_KBPS, sample_rate)
        return known[0] * 1000, known[-1] * 1000
    if subtype == "OPUS":
        lowest, highest = _OPUS_RANGE_BPS
        return lowest * channels, highest * channels
    if subtype == "AAC":
        return 0, _AAC_FRAME_BITS / _AAC_FRAME * sample_rate * channels
    return _AC3_BPS_RANGE if "AC3" in subtype else _WMA_BPS_RANGE


def _of_rate(table: Mapping[int, _Of], sample_rate: int) -> _Of:
    """Return what a table by the least sample rate has for one."""
    return next(found for least, found in table.items() if sample_rate >= least)


def _a_channel(lossy: Lossy, channels: int, *, otherwise: float) -> float:
    """Return the bit rate of one channel."""
    if lossy.bitrate_bps is not None:
        return lossy.bitrate_bps / channels
    return otherwise if lossy.quality is None else _QUALITY_BPS + _QUALITY_STEP_BPS * lossy.quality
