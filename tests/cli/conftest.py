"""What tests of references share: a sound, and one with less treble."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support import make_audio, noise

_FRAMES = 2 * 44_100


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return make_audio(tmp_path / "song.wav", frames=_FRAMES)


@pytest.fixture
def dull(tmp_path: Path) -> Path:
    samples = noise(_FRAMES, seed=1)
    return make_audio(tmp_path / "dull.wav", audio=(samples + np.roll(samples, 1, axis=0)) / 2)
