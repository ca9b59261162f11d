"""Dither: noise that makes the error of rounding independent of the sound, where rounding loses anything."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.random import SFC64  # here, and not when it is needed: by then there may be no file left to open
from numpy.typing import NDArray

__all__ = ["Dither"]


class Dither:
    """Triangular noise of two steps from peak to peak, for one signal given in blocks of any size.

    What is a whole step already stays as it is, for nothing is lost there: whatever was not changed comes back
    unchanged, and digital silence stays silent. The noise is other in each channel, and follows from the first frame
    that is not whole: the same sound always gets the same, and stems of a song get different ones, which don't add up.
    """

    def __init__(self) -> None:
        self._source: SFC64 | None = None

    def add(self, steps: NDArray[np.floating[Any]]) -> None:
        """Add noise to the next block (channels, frames), in place: in steps, not yet rounded."""
        is_between = np.rint(steps) != steps
        begin = 0
        if self._source is None:
            if not is_between.any():
                return
            begin = int(np.argmax(is_between.any(axis=0)))
            first = np.ascontiguousarray(steps[:, begin]).tobytes()
            self._source = SFC64(int.from_bytes(hashlib.sha256(first).digest()[:16], "little"))
        channels, frames = steps[:, begin:].shape
        # Raw numbers alone are promised to be the same in all versions of numpy.
        raw = np.asarray(self._source.random_raw(frames * channels), dtype="<u8")
        halves = raw.view("<u2").reshape(frames, channels, 4)
        noise = (halves[..., 0].astype(np.float32) - halves[..., 1]).T
        noise *= np.float32(1 / 65536)
        noise *= is_between[:, begin:]
        steps[:, begin:] += noise
