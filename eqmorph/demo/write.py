"""The demo sounds as files: what is there already and sounds the same stays as it is."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from eqmorph.audio.atomic import AtomicFile, explain_os_error, remove_stale
from eqmorph.demo.sounds import PIECES, Piece, synthesise
from eqmorph.errors import OutputError

__all__ = ["WrittenSound", "write_demo_sounds", "write_sounds"]

# The sine of another numpy or processor may round another way, and move a sample by one step of 16 bits.
_ROUNDING = 1 << 16  # in 32-bit samples


@dataclass(frozen=True, slots=True)
class WrittenSound:
    """A demo sound on disk; ``is_new`` unless it was there already."""

    name: str
    description: str
    path: Path
    is_new: bool


def write_demo_sounds(folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Write all demo sounds into ``folder`` (made if missing); their paths come in the order of ``SOUND_NAMES``.

    A file that is already there with the same audio stays as it is. One with other content is overwritten only with
    ``overwrite``; without, that raises ``OutputError``, and then nothing at all was written.
    """
    return [sound.path for sound in write_sounds(folder, overwrite=overwrite)]


def write_sounds(folder: Path, *, overwrite: bool = False) -> list[WrittenSound]:
    """As `write_demo_sounds`, telling more. With ``overwrite`` all are written anew."""
    contents = {name: _encoded(name, piece) for name, piece in PIECES.items()}
    sounds = [
        WrittenSound(name, piece.description, path, is_new=not _is_there(path, contents[name], overwrite))
        for name, piece in PIECES.items()
        for path in [folder / f"{name}{piece.suffix}"]
    ]
    remove_stale(folder)
    for sound in sounds:
        if sound.is_new:
            _write(sound.path, contents[sound.name], overwrite)
    return sounds


def _encoded(name: str, piece: Piece) -> bytes:
    """The sound as the bytes of its audio file."""
    sound = synthesise(name)
    buffer = io.BytesIO()
    options: dict[str, Any] = {"format": piece.suffix[1:].upper(), "subtype": piece.subtype}
    with sf.SoundFile(buffer, "w", sound.sample_rate, sound.audio.shape[0], **options) as file:
        if piece.title:
            file.title = piece.title
            file.artist = "eqmorph"
        file.write(sound.audio.T)
    return buffer.getvalue()


def _is_there(path: Path, content: bytes, overwrite: bool) -> bool:
    """Whether ``path`` can stay as it is; something else in its place that must not be overwritten is an error."""
    if not path.exists() and not path.is_symlink():
        return False
    if overwrite and not path.is_dir():
        return False
    if not _sounds_like(path, content):
        raise OutputError(
            "something else is already there",
            hint="Nothing was written. Choose another folder, move that file away, or use --force.",
            path=path,
        )
    return True


def _sounds_like(path: Path, content: bytes) -> bool:
    """Whether a file holds the audio of ``content``. Its bytes may differ: each libsndfile leaves its own marks."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file, sf.SoundFile(file) as there, sf.SoundFile(io.BytesIO(content)) as ours:
            if _kind(there) != _kind(ours):  # also spares reading a long file of that name
                return False
            samples, expected = (sound.read(dtype="int32").astype(np.int64) for sound in (there, ours))
    except (OSError, sf.LibsndfileError):
        return False  # what can't be read can't be known to be ours
    return samples.shape == expected.shape and bool(np.all(np.abs(samples - expected) <= _ROUNDING))


def _kind(file: sf.SoundFile) -> tuple[str, str, int, int, int]:
    return file.format, file.subtype, file.samplerate, file.channels, file.frames


def _write(path: Path, content: bytes, overwrite: bool) -> None:
    """Write ``content`` to ``path``; half a file is never left behind."""
    with AtomicFile(path, overwrite=overwrite) as out:
        try:
            out.temp.write_bytes(content)
        except OSError as error:
            raise explain_os_error(error, path) from error
        out.commit()
