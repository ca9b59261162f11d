"""Made-up music, and what an evaluation finds in it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.analysis import load_ear
from eqmorph.evaluate.audio.report import AudioReport
from eqmorph.evaluate.audio.run import evaluate_audio
from tests.evaluate.audio.noise import RATE, pink


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path]]:
    """Two corpora of noise with spectra that differ."""
    folder = tmp_path_factory.mktemp("music")
    rng = np.random.default_rng(5)
    for name, tilts in (("one", (-4, -2, 0)), ("two", (-3, -1, 1))):
        (folder / name).mkdir()
        for tilt in tilts:
            sf.write(folder / name / f"{tilt}.wav", pink(rng, tilt, 3.0), RATE)
    return [("one", folder / "one"), ("two", folder / "two")]


@pytest.fixture(scope="session")
def hits(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path]]:
    """A corpus of two hits."""
    folder = tmp_path_factory.mktemp("hits")
    for number in range(2):
        sf.write(folder / f"{number}.wav", pink(np.random.default_rng(number), -2.0, 0.3), RATE)
    return [("bangs", folder)]


@pytest.fixture(scope="session")
def report(music: list[tuple[str, Path]], hits: list[tuple[str, Path]]) -> AudioReport:
    return evaluate_audio(music, [load_ear(kind="mix")], hits=hits, most_sounds=1)
