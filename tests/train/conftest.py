import json
from pathlib import Path

import numpy as np
import pytest

from eqmorph.train.data import AUDEALIZE_HZ, Corpus, WordCurve, read_audealize
from eqmorph.train.dataset import TrainingSet, training_set
from eqmorph.train.synthetic import synthetic_corpus


def crowd() -> tuple[WordCurve, ...]:
    """Two words of a crowd: a tilt down and a tilt up."""
    tilt = np.log2(np.array(AUDEALIZE_HZ) / 1000)
    return (
        WordCurve("warm", "en", tuple(-1.5 * tilt), 40, 0.5),
        WordCurve("frío", "es", tuple(1.2 * tilt + np.sin(tilt)), 5, 0.5),
    )


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """Made-up settings and a little crowd."""
    return synthetic_corpus(160, seed=0) + Corpus(curves=crowd())


@pytest.fixture(scope="session")
def data(corpus: Corpus) -> TrainingSet:
    return training_set(corpus)


@pytest.fixture
def crowd_file(tmp_path: Path) -> Path:
    """The little crowd as Audealize lays it out."""
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
        for c in crowd()
    ]
    path.write_text(json.dumps(entries), encoding="utf-8")
    assert [c.word for c in read_audealize(path).curves] == ["warm", "frío"]
    return path
