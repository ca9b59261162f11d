"""Guard against what goes wrong when libsndfile encodes ALAC."""

from __future__ import annotations

import errno
import shutil
import tempfile
import zlib
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from eqmorph.audio.atomic import explain_os_error
from eqmorph.audio.read import native_path
from eqmorph.errors import OutputError
from eqmorph.wording import Means, Phrase

__all__ = ["AlacGuard"]

_ROOM = 4 << 20  # bytes; a block needs much less


class AlacGuard:
    """Watches a file being encoded; errors name ``final``.

    libsndfile collects ALAC in the folder for temporary files, and crashes if that is full. Beyond 16 bits it encodes
    incorrectly what is too noisy to be compressed: only reading it again shows that.
    """

    def __init__(self, final: Path) -> None:
        self._final = final
        self._folder = Path(tempfile.gettempdir())
        self._sum = 0

    def add(self, samples: NDArray[np.generic]) -> None:
        """Take note of integers (frames, channels) that are about to be written."""
        if shutil.disk_usage(self._folder).free < _ROOM:
            raise explain_os_error(OSError(errno.ENOSPC, ""), self._folder / "ALAC data")
        as_words = samples.astype(np.int32) << (32 - 8 * samples.dtype.itemsize)
        self._sum = zlib.crc32(as_words.data, self._sum)

    def check(self, path: Path) -> None:
        """Compare the closed file with what was written."""
        found = 0
        with soundfile.SoundFile(native_path(path)) as file:
            for block in file.blocks(1 << 16, dtype="int32", always_2d=True):
                found = zlib.crc32(np.ascontiguousarray(block).data, found)
        if found != self._sum:
            raise OutputError(
                "the ALAC encoder fails on this sound: it is too noisy",
                hint=Phrase("Choose another container with {}, such as flac or wav.", Means.FORMAT),
                path=self._final,
            )
