"""Whether an ffmpeg puts Opus into Matroska too early: found by a trial, since releases differ.

Matroska has a place for the samples that the encoder puts in front, and players take them off the time of a packet.
Many releases of ffmpeg write them there and forget to add them to that time: the sound comes in 6.5 ms before its
picture, and once more with each generation.
"""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from eqmorph.audio.ffmpeg.child import ChildError, file_argument, output_of
from eqmorph.audio.ffmpeg.probe import ONLY_FILES
from eqmorph.audio.ffmpeg.program import Program

__all__ = ["opus_forgotten_s"]

_PUT_IN_FRONT_S = 0.0065  # by libopus, at any rate
_AT_S, _WITHIN_S = 1.0, 0.003


@lru_cache(maxsize=4)
def opus_forgotten_s(program: Program) -> float:
    """Return how much too early this ffmpeg puts Opus into Matroska, in seconds; 0 where it can't be tried."""
    with tempfile.TemporaryDirectory(prefix="eqmorph-trial-") as folder:
        trial = file_argument(Path(folder) / "trial.mka")
        quiet = (program.path, "-nostdin", "-hide_banner", "-v", "error", "-y")
        silence = ("-f", "lavfi", "-itsoffset", str(_AT_S), "-t", "0.1", "-i", "anullsrc=r=48000:cl=mono")
        look = (program.probe, "-v", "error", *ONLY_FILES, "-f", "matroska", "-of", "csv=p=0")
        try:
            output_of([*quiet, *silence, "-c:a", "libopus", "-threads", "1", "-f", "matroska", trial])
            told = output_of([*look, "-show_entries", "frame=pts_time", "-read_intervals", "%+#1", trial])
            heard_s = float(told.decode("ascii", "replace").split()[0].strip(","))
        except (ChildError, ValueError, IndexError):
            return 0.0
    return _PUT_IN_FRONT_S if _AT_S - heard_s > _WITHIN_S else 0.0
