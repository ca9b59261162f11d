"""Remove what libsndfile lets time and chance leave in a file, so that the same input gives the same bytes.

- The PEAK chunk of WAV and AIFF files with float samples holds the time, and so does the text at the start of a MATLAB
  file.
- An Ogg stream has a random serial number.
- SVX and MPC2K files hold the name they are opened under, which is a temporary one.

No other container holds anything of the kind, as tests/audio/test_stamps.py shows for all that libsndfile writes.
"""

from __future__ import annotations

import re
from pathlib import Path

from eqmorph.audio.chunks.walk import walk
from eqmorph.audio.ogg import settle_serial

__all__ = ["remove_stamps"]

_PEAK_TIME_AT, _PEAK_TIME_BYTES = 4, 4
_DATE = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_NO_DATE = b"1970-01-01 00:00:00"
_MATLAB_TEXT_BYTES = 116
_SVX_NAME_AT = 48  # its size is in the four bytes before it
_MPC2K_NAME_AT, _MPC2K_NAME_BYTES = 2, 17


def remove_stamps(path: Path, container: str, final: Path) -> None:
    """Remove time, chance and the temporary name from a closed file that is going to be called ``final``.

    ``container`` is libsndfile's name for the format. No size changes.
    """
    if container in ("WAV", "WAVEX", "AIFF"):
        _remove_peak_time(path)
    elif container == "OGG":
        settle_serial(path)
    elif container == "MAT5":
        _remove_date(path)
    elif container in ("SVX", "MPC2K"):
        _set_name(path, container, final.stem.encode("ascii", "replace"))


def _remove_peak_time(path: Path) -> None:
    with path.open("r+b") as handle:
        container = walk(handle)
        peak = container.find(b"PEAK") if container else None
        if peak is not None:
            handle.seek(peak.start + _PEAK_TIME_AT)
            handle.write(bytes(_PEAK_TIME_BYTES))


def _remove_date(path: Path) -> None:
    with path.open("r+b") as handle:
        text = _DATE.sub(_NO_DATE, handle.read(_MATLAB_TEXT_BYTES))
        handle.seek(0)
        handle.write(text)


def _set_name(path: Path, container: str, name: bytes) -> None:
    with path.open("r+b") as handle:
        at, size, filler = _MPC2K_NAME_AT, _MPC2K_NAME_BYTES, b" "
        if container == "SVX":
            handle.seek(_SVX_NAME_AT - 4)
            at, size, filler = _SVX_NAME_AT, int.from_bytes(handle.read(4), "big"), b"\0"
        handle.seek(at)
        handle.write(name[:size].ljust(size, filler))
