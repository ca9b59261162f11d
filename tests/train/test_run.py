"""From data to a model folder that the run time takes."""

import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.support import need_extras

need_extras("train")

from eqmorph.errors import InputError, OutputError, UsageError
from eqmorph.evaluate.eq.run import card_figures
from eqmorph.model import SemanticSpace
from eqmorph.train.corpus import Corpus
from eqmorph.train.export import PARITY
from eqmorph.train.run import train_eq
from eqmorph.train.synthetic import synthetic_corpus


def test_a_tiny_model_is_trained_exported_and_used(corpus: Corpus, tmp_path: Path) -> None:
    lines = train_eq(corpus, tmp_path / "model", epochs=3)
    listed = len(SemanticSpace.load(tmp_path / "model").terms)
    assert listed > 9  # nine of the corpus, and those of the charts
    assert f"{listed} words" in lines[-1]
    names = {p.name for p in (tmp_path / "model").iterdir()}
    assert names == {f"{p}.safetensors" for p in ("encoder", "decoder", "space", "lexicon")} | {
        "encoder.onnx",
        "decoder.onnx",
        "card.json",
    }
    space = SemanticSpace.load(tmp_path / "model")
    assert set(space.card["parity"]) == {"encoder_numpy", "decoder_numpy", "encoder_onnx", "decoder_onnx"}
    assert max(space.card["parity"].values()) < PARITY
    assert space.card["counts"]["settings"] == 160
    assert space.term("warm").people == 40
    assert space.term("frío").language == "es"
    warm = space.equalizer("warm").bands.response_db([200.0, 5000.0])
    assert warm[0] > warm[1]
    assert not np.any([b.gain_db for b in space.decode(np.zeros(40, np.float32))])


def test_a_checkpoint_of_other_data_is_not_resumed(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("eqmorph.train.run.export_model", None)
        with pytest.raises(TypeError):  # the run ends before its checkpoint is removed
            train_eq(corpus, tmp_path, epochs=1)
    assert (tmp_path / "checkpoint.safetensors").is_file()
    with pytest.raises(InputError, match="other data"):
        train_eq(synthetic_corpus(60), tmp_path, epochs=1, resume=True)


def test_a_network_of_another_recipe_is_written(corpus: Corpus, tmp_path: Path) -> None:
    lines = train_eq(corpus, tmp_path, recipe="v2", epochs=1)
    assert "9 words" in lines[-1]
    assert {p.name for p in tmp_path.iterdir()} == {
        *("card.json", "decoder.safetensors", "words.safetensors"),
        *("network.safetensors", "encoder.onnx", "decoder.onnx"),
    }
    with pytest.raises(UsageError, match="already holds a model"):
        train_eq(corpus, tmp_path, recipe="v2", epochs=1)


def test_what_can_not_be_evaluated_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too few for 5 folds") as caught:
        train_eq(synthetic_corpus(40), tmp_path / "m", epochs=1, evaluation=lambda _data: pytest.fail("it began"))
    assert "without the evaluation" in caught.value.hint
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_evaluation_says_that_it_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    monkeypatch.setattr("eqmorph.train.run.export_model", lambda *_, **__: {"counts": {"terms": 0}, "bytes": 0})
    figures = partial(card_figures, seed=0, epochs=1, show=True)
    train_eq(synthetic_corpus(80), tmp_path / "m", epochs=1, show=True, evaluation=figures)
    shown = capsys.readouterr().err
    assert "5 models more" in shown
    bars = shown.split("5 models more")[1].count("1/1")
    assert bars >= 5 if is_terminal else bars == 0  # one for each


def test_too_little_data_and_no_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too few"):
        train_eq(synthetic_corpus(10), tmp_path / "m")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "card.json").touch()
    with pytest.raises(UsageError, match="already holds a model"):
        train_eq(synthetic_corpus(50), tmp_path / "taken")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        train_eq(synthetic_corpus(50), tmp_path / "file")


def test_parity_is_checked_without_onnxruntime_too(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    train_eq(corpus, tmp_path, epochs=1)
    assert SemanticSpace.load(tmp_path).card["parity"]["decoder_onnx"] < PARITY


def test_an_export_that_computes_something_else_is_refused(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eqmorph.train.export.run_onnx", lambda _path, inputs: np.zeros((len(inputs), 1)))
    with pytest.raises(OutputError, match="differs from torch"):
        train_eq(corpus, tmp_path, epochs=1)


@pytest.mark.usefixtures("without_onnx")
def test_a_run_is_resumed_with_its_own_data_only(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="no checkpoint here"):
        train_eq(corpus, tmp_path, epochs=2, resume=True)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("eqmorph.train.run.export_model", _interrupted)
        train_eq(corpus, tmp_path, epochs=2)
    with pytest.raises(InputError, match="other data or another recipe"):
        train_eq(synthetic_corpus(100, seed=5), tmp_path, epochs=2, resume=True)
    with pytest.raises(InputError, match="other data or another recipe"):
        train_eq(corpus, tmp_path, recipe="v2", epochs=2, resume=True)
    with pytest.raises(InputError, match="2 epochs, not 3") as caught:
        train_eq(corpus, tmp_path, epochs=3, resume=True)
    assert "2 epochs" in caught.value.hint
    train_eq(corpus, tmp_path, epochs=2, resume=True)
    with pytest.raises(UsageError, match="finished") as caught:
        train_eq(corpus, tmp_path, epochs=9, resume=True)
    assert "overwrite=True" in caught.value.hint


def _interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
