"""Sounds as they are put into a page: as FLAC, to the very sample, or smaller as Opus."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eqmorph.adapt.fixed import BandsEq
from eqmorph.audio.formats import OutputFormat
from eqmorph.audio.read import AudioReader
from eqmorph.audio.write import AudioWriter
from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.level import Level
from eqmorph.process import Settings, Watch, process_file, unwatched
from eqmorph.wording import Means, Phrase

__all__ = ["LIMIT_BYTES", "MIME_OF_SUFFIX", "Codec", "Sound", "embedded"]

Codec = Literal["flac", "opus"]

LIMIT_BYTES = 48 << 20  #: of all sounds in a page: a third more as text, and browsers take their time from there on
#: What current browsers play, by name; of a WAV it depends on the samples, which a browser finds out by itself.
MIME_OF_SUFFIX = {
    **{".wav": "audio/wav", ".wave": "audio/wav", ".flac": "audio/flac", ".mp3": "audio/mpeg"},
    **{".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg", ".m4a": "audio/mp4", ".m4b": "audio/mp4"},
    **{".mp4": "video/mp4", ".m4v": "video/mp4", ".aac": "audio/aac", ".webm": "video/webm"},
}
_OPUS_HZ = 48_000
_MIME: dict[Codec, str] = {"flac": "audio/flac", "opus": "audio/ogg"}


@dataclass(frozen=True, eq=False, slots=True)
class Sound:
    """A sound inside a page."""

    mime: str
    data: bytes


def embedded(paths: Iterable[Path], codec: Codec, *, files: int, watch: Watch = unwatched) -> dict[Path, Sound]:
    """Return sounds as a page holds them.

    Args:
        paths: of the sounds; each is encoded once.
        codec: what as.
        files: how many files the report has, for the message if they are too many.
        watch: told the seconds of each block read; stops the work by raising.

    Raises:
        UsageError: together they are more than a page can hold.
        EqmorphError: one can't be read, or the encoder is missing.
    """
    found: dict[Path, Sound] = {}
    total = 0
    with tempfile.TemporaryDirectory(prefix="eqmorph-") as folder:
        for path in dict.fromkeys(paths):
            found[path] = sound = _encoded(path, codec, Path(folder), watch)
            total += len(sound.data)
            if total > LIMIT_BYTES:
                raise UsageError(
                    f"a page holds {LIMIT_BYTES >> 20} MiB of sounds at most, which the first {len(found)} sounds of "
                    f"{files} files exceed",
                    hint=_smaller(codec),
                )
    return found


def _smaller(codec: Codec) -> Phrase:
    rest = "embed none, and the page plays the files where they are ({} is for a few)."
    return Phrase(f"Embed Opus, or {rest}" if codec == "flac" else rest.capitalize(), Means.EMBED)


def _encoded(path: Path, codec: Codec, folder: Path, watch: Watch) -> Sound:
    if path.suffix.lower() == f".{codec}":  # it is one already
        return Sound(_MIME[codec], path.read_bytes())
    out = folder / f"sound.{codec}"
    if codec == "opus":
        _write_opus(path, out, watch)
        return Sound(_MIME[codec], out.read_bytes())
    settings = Settings(BandsEq(Bands()), Level("keep"), format=codec, repair=True)
    process_file(path, out, settings, overwrite=True, watch=watch)
    return Sound(_MIME[codec], out.read_bytes())


def _write_opus(path: Path, out: Path, watch: Watch) -> None:
    """Encode a sound of any rate: Opus knows few, so it is resampled to the one that all its players have."""
    from pedalboard.io import StreamResampler

    with AudioReader(path, repair=True, watch=watch) as reader:
        rate, channels = reader.info.sample_rate, reader.info.channels
        resampler = StreamResampler(rate, _OPUS_HZ, channels) if rate != _OPUS_HZ else None
        with AudioWriter(out, path, OutputFormat("OGG", "OPUS"), _OPUS_HZ, channels, watch=watch) as writer:
            for block in reader.blocks():
                watch(block.shape[1] / rate)
                writer.write(block if resampler is None else resampler.process(block))
            if resampler is not None:
                writer.write(resampler.process())
