"""Work that is tried again where a disk or a network failed in a way that passes: above all the chain."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from eqmorph.errors import EqmorphError
from eqmorph.process import ProcessResult, Settings, Watch, process_file, unwatched

__all__ = ["PASSES", "patiently", "process_patiently"]

Result = TypeVar("Result")

#: What network file systems and busy disks answer for a while.
PASSES = {
    getattr(errno, name)
    for name in (
        *("EIO", "EAGAIN", "EBUSY", "EINTR", "ESTALE", "ETIMEDOUT", "EREMOTEIO"),
        *("ECONNRESET", "ECONNABORTED", "ENETDOWN", "ENETUNREACH", "EHOSTDOWN", "EHOSTUNREACH"),
    )
    if hasattr(errno, name)
}
_PAUSES_S = (0.5, 2.0, 8.0)
_LOOK_EVERY_S = 0.1


def process_patiently(
    source: Path, output: Path, settings: Settings, *, watch: Watch = unwatched, **options: Any
) -> ProcessResult:
    """Do what `process_file` does; up to three times more, after longer and longer pauses, if what failed may pass.

    Raises:
        EqmorphError: as `process_file` does; the last of them.
    """
    return patiently(lambda: process_file(source, output, settings, watch=watch, **options), watch=watch)


def patiently(work: Callable[[], Result], *, watch: Watch = unwatched) -> Result:
    """Return what ``work`` does, tried up to three times more if what failed may pass.

    Raises:
        EqmorphError: as ``work`` does; the last of them.
    """
    for pause_s in _PAUSES_S:
        try:
            return work()
        except EqmorphError as error:
            if not _may_pass(error):
                raise
        _wait(pause_s, watch)
    return work()


def _may_pass(error: BaseException | None) -> bool:
    """Tell whether the system's own error, which ours tells in plain words, is one that passes."""
    while error is not None:
        if isinstance(error, OSError):
            return error.errno in PASSES
        error = error.__cause__
    return False


def _wait(pause_s: float, watch: Watch) -> None:
    """Wait, unless the work is given up meanwhile."""
    end = time.monotonic() + pause_s
    while (left := end - time.monotonic()) > 0:
        watch(0.0)
        time.sleep(min(left, _LOOK_EVERY_S))
