"""What ``eqmorph --version -v`` says besides: the programs and libraries that audio is read and written with."""

from __future__ import annotations

from collections.abc import Iterator

import soundfile

from eqmorph.audio.ffmpeg.program import find_ffmpeg
from eqmorph.errors import show_path

__all__ = ["helpers"]


def helpers() -> Iterator[str]:
    """Yield a line for each."""
    yield f"libsndfile {soundfile.__libsndfile_version__}"
    ffmpeg = find_ffmpeg()
    if ffmpeg is None:
        yield "ffmpeg: not installed (M4A, AAC, WMA, Matroska and videos need it)"
    else:
        yield f"ffmpeg {ffmpeg.version} ({show_path(ffmpeg.path)})"
