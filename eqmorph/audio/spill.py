"""Blocks set aside between two passes: in memory while they are few, in a nameless file when they are many."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np

from eqmorph.audio.atomic import explain_os_error
from eqmorph.audio.read import Float32

__all__ = ["Spill"]

_IN_MEMORY = 8 << 20  # bytes


class Spill:
    """``append`` blocks, then read them back in order by `blocks`.

    Args:
        folder: where the file goes if one is needed; the system deletes it however the process ends.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._shapes: list[tuple[int, int]] = []
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=None if folder is None else str(folder))  # noqa: SIM115  (closed by __exit__)

    def __enter__(self) -> Spill:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, block: Float32) -> None:
        """Set a block aside."""
        try:
            self._file.write(np.ascontiguousarray(block).data.cast("B") if block.size else b"")
        except OSError as error:
            raise explain_os_error(error, Path(self._folder or tempfile.gettempdir()) / "temporary file") from error
        self._shapes.append(block.shape)

    def blocks(self) -> Iterator[Float32]:
        """The blocks, as new arrays free to be changed."""
        self._file.seek(0)
        for channels, frames in self._shapes:
            data = self._file.read(channels * frames * 4)
            yield np.frombuffer(data, dtype=np.float32).reshape(channels, frames).copy()
