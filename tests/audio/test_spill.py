"""Blocks set aside come back as they were, from memory or from a file that nobody sees."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eqmorph.audio import spill as module
from eqmorph.audio.spill import Spill
from eqmorph.errors import OutputError
from tests.support import largest_file


def blocks_of(count: int, frames: int = 1000) -> list[NDArray[np.float32]]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal((2, frames - number)).astype(np.float32) for number in range(count)]


@pytest.mark.parametrize("in_memory", [1 << 30, 20_000], ids=["memory", "file"])
def test_blocks_come_back_in_order_and_free_to_be_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    monkeypatch.setattr(module, "_IN_MEMORY", in_memory)
    given = [*blocks_of(10), np.zeros((2, 0), np.float32)]
    with Spill(tmp_path / "a.wav") as spill:
        for block in given:
            spill.append(block)
        assert list(tmp_path.iterdir()) == [], "no name that a killed run could leave behind"
        for _ in range(2):
            for block, back in zip(given, spill.blocks(), strict=True):
                assert np.array_equal(block, back)
                back *= 0


def test_without_an_output_it_works_too() -> None:
    with Spill() as spill:
        spill.append(blocks_of(1)[0])
        assert np.array_equal(next(spill.blocks()), blocks_of(1)[0])


def test_it_takes_no_more_memory_for_more_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IN_MEMORY", 100_000)
    with Spill(tmp_path / "a.wav") as spill:
        rolled = []
        for block in blocks_of(40):
            spill.append(block)
            rolled.append(spill._file._rolled)
        assert not rolled[0]
        assert rolled[-1]


@pytest.mark.parametrize("blocks", [2, 40])
def test_a_full_disk_is_named_and_closing_is_quiet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocks: int
) -> None:
    """The second small block fails only when it is read back: until then it is in a buffer."""
    monkeypatch.setattr(module, "_IN_MEMORY", 1)
    with largest_file(1000), pytest.raises(OutputError) as caught, Spill(tmp_path / "a.wav") as spill:
        for block in blocks_of(blocks, frames=100):
            spill.append(block)
        list(spill.blocks())
    assert caught.value.path == tmp_path / "a.wav"
    assert "largest size allowed" in str(caught.value)
    assert list(tmp_path.iterdir()) == []
