"""A few seconds of noise of two kinds as music, and EQs of a made-up corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
import soundfile

from eqmorph.model import SemanticSpace
from eqmorph.model.reference import Reference, load_reference
from eqmorph.train.audio.eqs import EqPool, pool_of
from eqmorph.train.audio.sounds import Sounds, pink_noise
from eqmorph.train.dataset import TrainingSet


class MakeMusic(Protocol):
    def __call__(self, folder: Path, names: list[str], *, sample_rate: int = ..., seconds: float = ...) -> None: ...


def write_music(folder: Path, names: list[str], *, sample_rate: int = 22_050, seconds: float = 1.5) -> None:
    """Files of noise, each of another color."""
    for at, name in enumerate(names):
        rng = np.random.default_rng([9, at])
        noise = rng.uniform(-0.2, 0.2, int(seconds * sample_rate))
        coloured = np.convolve(noise, np.exp(-np.arange(40) / (1 + 3 * at)), mode="same")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, 0.3 * coloured / np.abs(coloured).max(), sample_rate)


@pytest.fixture(scope="session")
def make_music() -> MakeMusic:
    return write_music


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load_reference()


@pytest.fixture(scope="session")
def eqs(space: SemanticSpace, data: TrainingSet) -> EqPool:
    return pool_of(space, data, seed=0)


@pytest.fixture(scope="session")
def noises() -> Sounds:
    return Sounds(pink_noise(4, seed=1))
