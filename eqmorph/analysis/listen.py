"""One pass over a sound: its blocks become the spectra of its windows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from eqmorph._typing import Float32
from eqmorph.audio.read import AudioReader
from eqmorph.audio.windows import Spectra, WindowMeter

__all__ = ["HOP_S", "WINDOW_S", "listen", "listen_to", "listen_to_file"]

WINDOW_S, HOP_S = 2.0, 1.0


def listen(
    blocks: Iterable[Float32], sample_rate: int, *, window_s: float = WINDOW_S, hop_s: float | None = None
) -> Spectra:
    """Listen to blocks (channels, frames) and return their windows."""
    meter = WindowMeter(sample_rate, window_s=window_s, hop_s=hop_s)
    for block in blocks:
        meter.add(block)
    return meter.read()


def listen_to_file(
    path: Path,
    *,
    window_s: float = WINDOW_S,
    hop_s: float | None = None,
    repair: bool = False,
    watch: Callable[[float], None] = lambda _: None,
) -> Spectra:
    """Listen to a file; ``watch`` is told the seconds of each block and stops the work by raising.

    Raises:
        InputError: the file can't be read.
    """
    with AudioReader(path, repair=repair, watch=watch) as reader:
        return listen_to(reader, window_s=window_s, hop_s=hop_s, watch=watch)


def listen_to(
    reader: AudioReader,
    *,
    window_s: float = WINDOW_S,
    hop_s: float | None = None,
    watch: Callable[[float], None] = lambda _: None,
) -> Spectra:
    """Listen to an open file, as `listen_to_file` does."""
    rate = reader.info.sample_rate

    def watched() -> Iterator[Float32]:
        for block in reader.blocks():
            watch(block.shape[1] / rate)
            yield block

    return listen(watched(), rate, window_s=window_s, hop_s=hop_s)
