"""The part of a sound that a study plays, and its versions: equally loud, in sync to the sample, as FLAC."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from eqmorph._typing import Float32
from eqmorph.adapt.fixed import BandsEq
from eqmorph.audio.read import AudioReader, timestamp
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.errors import InputError, UsageError
from eqmorph.level import Level, Loudness
from eqmorph.process import Settings, process_audio

__all__ = ["Excerpt", "Rendering", "common_level", "encode", "loudest_start", "read_excerpt", "render"]

_FADE_S = 0.02  # at both ends: the page plays an excerpt in a loop
_CEILING_DB = -1.0  # dBTP
_LOUDEST_LUFS = -20.0  # of a study: loud enough for any headphones, with room for peaks
_MOST_CHANNELS = 2
_LEAST_S = 0.25  # of a sound: a single hit has that


@dataclass(frozen=True, eq=False)
class Excerpt:
    """A part of a sound: where it begins, and its audio (channels, frames)."""

    start_s: float
    sample_rate: int
    audio: Float32

    @property
    def seconds(self) -> float:
        return float(self.audio.shape[1] / self.sample_rate)


@dataclass(frozen=True, eq=False)
class Rendering:
    """An excerpt after an EQ, as loud as that leaves it."""

    audio: Float32
    sample_rate: int
    loudness: Loudness

    @property
    def level_db(self) -> float:
        """Its loudness; of what is too short for that, its K-weighted power. Minus infinity for silence."""
        level = self.loudness.lufs if self.loudness.lufs is not None else self.loudness.power_db
        return -math.inf if level is None else float(level)


def loudest_start(spectra: Spectra, seconds: float) -> float:
    """Return where the loudest part of this length begins: there is most to hear."""
    last_s = max(spectra.frames / spectra.sample_rate - seconds, 0.0)
    starts = spectra.start_s[spectra.start_s <= last_s]
    if len(starts) < 2:
        return 0.0
    covered = max(round(seconds / spectra.hop_s), 1)
    total = np.concatenate([[0.0], np.cumsum(spectra.energy)])
    ends = np.minimum(np.arange(len(starts)) + covered, len(spectra.energy))
    return float(starts[np.argmax(total[ends] - total[: len(starts)])])


def read_excerpt(path: Path, frames: int, start_s: float, seconds: float) -> Excerpt:
    """Read a part of a file of so many frames, shorter where it ends.

    Raises:
        UsageError: the file ends before, or has more channels than a page plays.
        InputError: it can't be read.
    """
    with AudioReader(path) as reader:
        rate, channels = reader.info.sample_rate, reader.info.channels
        if channels > _MOST_CHANNELS:
            raise UsageError(
                f"has {channels} channels, but a study plays mono and stereo", hint="Mix it down.", path=path
            )
        first = round(start_s * rate)
        audio = reader.read_at(first, round(seconds * rate)) if first < frames else np.zeros((channels, 0), np.float32)
    if audio.shape[1] < _LEAST_S * rate:
        raise UsageError(
            f"has less than {_LEAST_S:g} s from {timestamp(first, rate)} on",
            hint="Leave it out, or start earlier.",
            path=path,
        )
    if not np.any(audio):
        raise InputError("is silent in the part to be played", hint="Leave it out, or start elsewhere.", path=path)
    return Excerpt(start_s, rate, audio)


def render(excerpt: Excerpt, bands: Bands) -> Rendering:
    """Equalize an excerpt by the chain, and measure it."""
    settings = Settings(BandsEq(bands), Level("keep"), measure=True)
    audio, result = process_audio(excerpt.audio, excerpt.sample_rate, settings)
    if result.after is None:
        raise ValueError("a sound that was to be measured was not")
    return Rendering(audio, excerpt.sample_rate, result.after)


def common_level(renderings: Sequence[Rendering]) -> float:
    """Return the level that all can have without any true peak above the ceiling, in LUFS."""
    rooms = [
        _CEILING_DB - rendering.loudness.true_peak_db + rendering.level_db
        for rendering in renderings
        if rendering.loudness.true_peak_db is not None
    ]
    return min([_LOUDEST_LUFS, *rooms])


def encode(rendering: Rendering, level_db: float) -> bytes:
    """Return a rendering at a level, as FLAC.

    FLAC because every browser decodes it to the very samples, all versions to the same number of them: MP3, Vorbis and
    Opus would add their own differences, and MP3 and Opus a delay. WAV would be half as large again.
    """
    gain = np.float32(10 ** ((level_db - rendering.level_db) / 20))
    audio = rendering.audio * gain
    frames = min(round(_FADE_S * rendering.sample_rate), audio.shape[1] // 2)
    fade = np.sin(np.linspace(0, np.pi / 2, frames, dtype=np.float32)) ** 2
    audio[:, :frames] *= fade
    audio[:, audio.shape[1] - frames :] *= fade[::-1]
    # Rounded here: libsndfile truncates.
    steps = np.clip(np.rint(audio * 32768), -32768, 32767).astype(np.int16)
    out = io.BytesIO()
    soundfile.write(out, steps.T, rendering.sample_rate, "PCM_16", format="FLAC")
    return out.getvalue()
