import json
from pathlib import Path

import pytest

from eqmorph.train.corpus import Corpus
from eqmorph.train.data import read_audealize
from eqmorph.train.dataset import TrainingSet, training_set
from tests.train import made_up


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return made_up.corpus()


@pytest.fixture(scope="session")
def data(corpus: Corpus) -> TrainingSet:
    return training_set(corpus)


@pytest.fixture
def crowd_file(tmp_path: Path) -> Path:
    """Return the little crowd as Audealize lays it out."""
    path = tmp_path / "words.json"
    names = {"en": "English", "es": "Español"}
    entries = [
        {
            "lang": names[c.language],
            "word": c.word,
            "settings": [v / 5 for v in c.curve_db],
            "num": c.people,
            "agreement": c.agreement,
        }
        for c in made_up.crowd()
    ]
    path.write_text(json.dumps(entries), encoding="utf-8")
    assert [c.word for c in read_audealize(path).curves] == ["warm", "frío"]
    return path


@pytest.fixture
def without_onnx(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave ONNX files empty, for tests that are about something else: torch takes seconds to make a real one."""

    def empty(folder: Path, *_: object) -> dict[str, float]:
        (folder / "encoder.onnx").touch()
        (folder / "decoder.onnx").touch()
        return {}

    monkeypatch.setattr("eqmorph.train.export._export_networks", empty)
    monkeypatch.setattr("eqmorph.train.export_recipe._export_network", empty)
