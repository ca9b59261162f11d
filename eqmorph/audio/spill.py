"""Blocks set aside between two passes: in memory while they are few, in an unnamed file once they are many."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np

from eqmorph._typing import Float32
from eqmorph.audio.atomic import explain_os_error

__all__ = ["Spill"]

_IN_MEMORY = 8 << 20  # bytes


class Spill:
    """``append`` blocks, then read them back in order by `blocks`.

    Args:
        output: the file that the blocks are for. An unnamed file, if needed, goes into its folder, where the system
            deletes it however the process ends; errors name the output.
    """

    def __init__(self, output: Path | None = None) -> None:
        folder = Path(tempfile.gettempdir()) if output is None else output.parent
        self._output = output or folder / "temporary file"
        self._shapes: list[tuple[int, int]] = []
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115  (closed by __exit__)

    def __enter__(self) -> Spill:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):  # what a full disk had no room for is no longer needed
            self._file.close()

    def append(self, block: Float32) -> None:
        """Set a block aside."""
        with self._explained():
            self._file.write(np.ascontiguousarray(block).data.cast("B") if block.size else b"")
        self._shapes.append(block.shape)

    def blocks(self) -> Iterator[Float32]:
        """Yield the blocks, as new arrays free to be changed."""
        with self._explained():
            self._file.seek(0)  # also writes what is still buffered
        for channels, frames in self._shapes:
            with self._explained():
                data = self._file.read(channels * frames * 4)
            yield np.frombuffer(data, dtype=np.float32).reshape(channels, frames).copy()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise explain_os_error(error, self._output) from error
