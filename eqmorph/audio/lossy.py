"""How much of a sound an encoder that loses some of it is to keep: a bit rate, or a quality, with one meaning for all.

A quality goes from 0 to 10, the best:

- MP3: LAME's variable bit rate, V10 minus the quality: 10 is V0, 6 is V4.
- Vorbis: its own quality, ``-q`` of oggenc.
- Opus and AAC, which know only bit rates: 16 kb/s a channel at 0, and 12 more for each step: 272 kb/s for stereo at 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eqmorph.errors import UsageError
from eqmorph.wording import Means, Phrase

__all__ = ["AS_USUAL", "Lossy", "ffmpeg_options", "parse_bitrate", "soundfile_options"]

BEST = 10
_LOWEST_BPS, _HIGHEST_BPS = 6_000, 1_536_000
_QUALITY_BPS, _QUALITY_STEP_BPS = 16_000, 12_000  # a channel
# For stereo pink noise at 44.1 or 48 kHz the defaults make 242 kb/s (LAME's V0), 255 kb/s (Vorbis quality 8), 214 kb/s
# (Opus) and 256 kb/s (AAC): a second generation should add as little as can be heard.
_VORBIS_QUALITY = 8.0
_OPUS_BPS, _AAC_BPS, _AC3_BPS, _WMA_BPS = 106_000, 128_000, 224_000, 128_000  # a channel
_MOST_AC3_BPS, _MOST_WMA_BPS = 640_000, 256_000
# What libsndfile's scales from 0 to 1 mean.
_OPUS_RANGE_BPS = (6_000, 256_000)  # a channel
_LEAST_OF_LAME = 0.9999  # V9.999: it refuses V10
_MP3_RATES_BPS = {  # the highest and the lowest by LAME's version of MPEG: from 32 kHz, from 16 kHz, below
    32_000: (320_000, 32_000),
    16_000: (160_000, 8_000),
    0: (64_000, 8_000),
}
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
            highest, lowest = next(span for least, span in _MP3_RATES_BPS.items() if sample_rate >= least)
            level = (highest - min(max(rate, lowest), highest)) / (highest - lowest)
            return {"compression_level": level, "bitrate_mode": "CONSTANT"}
        level = (BEST - (BEST if quality is None else quality)) / 10
        return {"compression_level": min(level, _LEAST_OF_LAME), "bitrate_mode": "VARIABLE"}
    if subtype == "VORBIS":
        return {"compression_level": (BEST - (_VORBIS_QUALITY if quality is None else quality)) / 10}
    if subtype == "OPUS":
        each = _a_channel(lossy, channels, otherwise=_OPUS_BPS)
        lowest, highest = _OPUS_RANGE_BPS
        return {"compression_level": (highest - min(max(each, lowest), highest)) / (highest - lowest)}
    return {}


def ffmpeg_options(subtype: str, lossy: Lossy, channels: int) -> tuple[str, ...]:
    """Return the letter and the value of the option by which ffmpeg is told: ``b`` a bit rate, ``q`` a quality."""
    quality = lossy.quality
    if subtype == "MPEG_LAYER_III" and lossy.bitrate_bps is None:
        return ("q", f"{BEST - (BEST if quality is None else quality):g}")
    if subtype == "VORBIS":
        return ("q", f"{_VORBIS_QUALITY if quality is None else quality:g}")
    usual = {"AAC": _AAC_BPS, "OPUS": _OPUS_BPS, "AC3": _AC3_BPS, "EAC3": _AC3_BPS}.get(subtype, _WMA_BPS)
    total = _a_channel(lossy, channels, otherwise=usual) * channels
    most = _MOST_AC3_BPS if "AC3" in subtype else _MOST_WMA_BPS if subtype in ("WMAV1", "WMAV2") else total
    return ("b", str(round(min(total, most)))) if subtype in _WITH_RATE else ()


def _a_channel(lossy: Lossy, channels: int, *, otherwise: float) -> float:
    """Return the bit rate of one channel."""
    if lossy.bitrate_bps is not None:
        return lossy.bitrate_bps / channels
    return otherwise if lossy.quality is None else _QUALITY_BPS + _QUALITY_STEP_BPS * lossy.quality
