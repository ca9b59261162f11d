"""Stems in one file, as MUSDB18 has them: one recording in ffmpeg's hands, a stream each for mixture and stems."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from eqmorph.errors import InputError, UsageError

__all__ = ["STREAMS", "SUFFIX", "check_ffmpeg", "decoded_stream", "stem_files"]

SUFFIX = ".stem.mp4"
STREAMS = ("mixture", "drums", "bass", "other", "vocals")  # in the order of the file


def stem_files(folder: Path) -> list[Path]:
    """Return the files with stems in a folder, at its top or in ``train`` and ``test``."""
    places = (folder, folder / "train", folder / "test")
    return [
        path for place in places if place.is_dir() for path in sorted(place.iterdir()) if path.name.endswith(SUFFIX)
    ]


def check_ffmpeg(path: Path) -> str:
    """Return ffmpeg's path, which reading the file at ``path`` takes.

    Raises:
        UsageError: there is none.
    """
    found = shutil.which("ffmpeg")
    if found is None:
        hint = "Install ffmpeg, so that it is on PATH; or give MUSDB18-HQ, whose stems are WAV files."
        raise UsageError(f"reading {SUFFIX} requires ffmpeg", hint=hint, path=path)
    return found


@contextmanager
def decoded_stream(path: Path, stream: int) -> Iterator[Path]:
    """Decode one audio stream of a file to a WAV file that lasts as long as the block.

    Raises:
        UsageError: ffmpeg is missing.
        InputError: the file has no such stream, or can't be decoded.
    """
    program = check_ffmpeg(path)
    with TemporaryDirectory(prefix="eqmorph-") as folder:
        target = Path(folder) / "stream.wav"
        command = [program, "-nostdin", "-v", "error", "-i", f"file:{path}", "-map", f"0:a:{stream}"]
        done = subprocess.run(
            [*command, "-c:a", "pcm_f32le", "-y", str(target)], capture_output=True, text=True, errors="replace"
        )
        if done.returncode or not target.is_file():
            said = (done.stderr.strip().splitlines() or ["no reason given"])[0]
            raise InputError(f"ffmpeg can't decode stream {stream} ({STREAMS[stream]}): {said}", path=path)
        yield target
