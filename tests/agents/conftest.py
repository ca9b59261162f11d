"""A session of an agent, with a few sounds in a folder that it may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.agents.roots import Roots
from eqmorph.agents.session import Session
from tests.support import noise

RATE = 16_000


def write(path: Path, seed: int = 0, seconds: float = 2.0, tilt: float = 0.0) -> Path:
    """Write noise, darker with a tilt toward 1."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = noise(int(seconds * RATE), seed=seed)
    smooth = np.cumsum(samples, axis=0) * 0.02
    sf.write(path, (1 - tilt) * samples + tilt * (smooth - smooth.mean(axis=0)), RATE)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a song and a kit of three, beside one that no agent may see."""
    music = tmp_path / "music"
    write(music / "song.wav", seconds=4, tilt=0.98)
    for number in range(3):
        write(music / "kit" / f"hit{number}.wav", seed=number + 1, tilt=0.3 * number)
    write(tmp_path / "secret" / "other.wav", seed=9)
    return music


@pytest.fixture
def session(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("EQMORPH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("EQMORPH_STATE", str(tmp_path / "state"))
    session = Session(Roots([folder]), workers=1)
    yield session
    session.close()
