"""Write the demo sounds as files; one that already exists with the same audio is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from eqmorph.audio.atomic import AtomicFile, remove_stale
from eqmorph.audio.formats import OutputFormat
from eqmorph.audio.metadata.fields import Tags
from eqmorph.audio.metadata.notes import Notes
from eqmorph.audio.metadata.xiph import write_flac_tags
from eqmorph.audio.read import native_path
from eqmorph.audio.write import AudioWriter
from eqmorph.demo.sounds import PIECES, DemoSound, Piece, synthesise
from eqmorph.errors import OutputError
from eqmorph.wording import Means, Phrase

__all__ = ["WrittenSound", "write_demo_sounds", "write_sounds"]

# The sine of another numpy or processor may round differently, and move a sample by one step of 16 bits.
_ROUNDING = 1 << 16  # in 32-bit samples


@dataclass(frozen=True, slots=True)
class WrittenSound:
    """A demo sound on disk; ``is_new`` unless it already existed."""

    name: str
    description: str
    path: Path
    is_new: bool


def write_demo_sounds(folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Write all demo sounds into ``folder`` (created if missing); return their paths in the order of ``SOUND_NAMES``.

    An existing file with the same audio is kept. One with other content is replaced only with ``overwrite``; without
    it, an ``OutputError`` is raised and nothing is written.
    """
    return [sound.path for sound in write_sounds(folder, overwrite=overwrite)]


def write_sounds(folder: Path, *, overwrite: bool = False) -> list[WrittenSound]:
    """Do as `write_demo_sounds`, but return more about each sound; with ``overwrite``, write all of them again."""
    sounds = {name: synthesise(name) for name in PIECES}
    paths = {name: folder / f"{name}{piece.suffix}" for name, piece in PIECES.items()}
    missing = {name for name, path in paths.items() if not _is_there(path, sounds[name], PIECES[name], overwrite)}
    remove_stale(folder)
    for name in PIECES:
        if name in missing:
            _write(paths[name], sounds[name], PIECES[name], overwrite)
    return [WrittenSound(name, PIECES[name].description, path, name in missing) for name, path in paths.items()]


def _is_there(path: Path, sound: DemoSound, piece: Piece, overwrite: bool) -> bool:
    """Tell whether ``path`` can stay as it is; refuse other content that must not be overwritten."""
    if not path.exists() and not path.is_symlink():
        return False
    if overwrite and not path.is_dir():
        return False
    if not _holds(path, sound, piece):
        raise OutputError(
            "already exists with other content",
            hint=Phrase("Nothing was written. Choose another folder, move the file away, or use {}.", Means.REPLACE),
            path=path,
        )
    return True


def _holds(path: Path, sound: DemoSound, piece: Piece) -> bool:
    """Tell whether a file holds this sound; its bytes may differ, since each library leaves its own marks."""
    if not path.is_file():
        return False
    expected, output = _stored(sound, piece), _format(piece)
    try:
        with soundfile.SoundFile(native_path(path)) as file:
            if (file.format, file.subtype, file.samplerate) != (output.format, output.subtype, sound.sample_rate):
                return False
            if (file.frames, file.channels) != expected.shape:  # this also avoids reading a long file of that name
                return False
            samples = file.read(dtype="int32", always_2d=True)
    except soundfile.LibsndfileError:
        return False  # an unreadable file can't be known to be ours
    return samples.shape == expected.shape and bool(np.all(np.abs(samples - expected) <= _ROUNDING))


def _stored(sound: DemoSound, piece: Piece) -> NDArray[np.float64]:
    """Return the sound as its file holds it, (frames, channels), in steps of 32-bit samples."""
    bits = _format(piece).integer_bits
    steps: NDArray[np.float64] = np.rint(sound.audio.T.astype(np.float64) * 2.0 ** (bits - 1))
    return steps * 2.0 ** (32 - bits)


def _format(piece: Piece) -> OutputFormat:
    return OutputFormat(piece.suffix[1:].upper(), piece.subtype)


def _write(path: Path, sound: DemoSound, piece: Piece, overwrite: bool) -> None:
    """Write a sound; never leave half a file behind."""
    with AtomicFile(path, overwrite=overwrite) as out:
        with AudioWriter(out.temp, path, _format(piece), sound.sample_rate, sound.audio.shape[0]) as writer:
            writer.write(sound.audio.copy())
        if piece.title:
            _add_tags(out.temp, path, piece.title)
        out.commit()


def _add_tags(temp: Path, final: Path, title: str) -> None:
    try:
        write_flac_tags(Tags((("title", title), ("artist", "eqmorph"))), temp, Notes("FLAC"))
    except OutputError as error:
        error.path = final
        raise
