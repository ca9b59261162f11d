"""Folders for what is needed for a while: they go with the process, and if that is killed, with the next one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eqmorph.audio.atomic import AtomicFile, remove_stale

__all__ = ["scratch_folder"]


@contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """Make a folder whose name begins so, and remove those of killed runs: no lock is held there."""
    for old in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        if remove_stale(old):
            shutil.rmtree(old, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory(prefix=prefix) as folder,
        AtomicFile(Path(folder) / "in use", overwrite=True),
    ):
        yield Path(folder)
