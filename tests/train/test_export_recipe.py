"""Models of recipes other than the shipped one: written, and used for EQs."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support import make_audio, need_extras, shown

need_extras("train")

from eqmorph.bands import Bands
from eqmorph.errors import InputError, OutputError, UsageError
from eqmorph.model.eq_model import load_model
from eqmorph.model.path import morph_path
from eqmorph.model.recipe_model import RecipeModel
from eqmorph.train.corpus import Corpus
from eqmorph.train.export import PARITY
from eqmorph.train.run import train_eq
from eqmorph.train.seal import seal
from tests.train import made_up
from tests.train.test_fitted import answer


@pytest.fixture(scope="module")
def v2(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("v2")
    train_eq(corpus, folder, recipe="v2", epochs=3)
    return folder


def test_its_words_are_those_of_the_data_and_what_the_crowd_alone_knows(v2: Path) -> None:
    model = load_model(v2)
    assert isinstance(model, RecipeModel)
    assert len(model.words) == 9
    assert "frío" in model.words  # which nobody saved a setting under: its curve was fitted
    assert model.terms["warm"].people == 40
    assert model.card["recipe"] == model.card["training"]["recipe"] == "v2"
    assert set(model.card["parity"]) == {"decoder_numpy", "encoder_onnx", "decoder_onnx"}
    assert max(model.card["parity"].values()) < PARITY


def test_a_word_goes_its_own_way_and_a_weight_goes_less_far(v2: Path) -> None:
    model = load_model(v2)
    warm, bright = (model.equalizer(word).bands.response_db([200.0, 6000.0]) for word in ("warm", "bright"))
    assert warm[0] - warm[1] > bright[0] - bright[1]
    whole, half = (np.abs(model.equalizer("warm", amount=amount).curve_db).max() for amount in (1.0, 0.5))
    assert half == pytest.approx(whole / 2, rel=0.1)
    assert not np.any(model.equalizer("warm:0").curve_db)


@pytest.mark.usefixtures("without_onnx")
@pytest.mark.parametrize("recipe", ["lite", "term-mean", "v1-published", "v1-raw", "flow-2"])
def test_whatever_a_recipe_says_the_bands_are_valid_and_within_the_limit(
    recipe: str, corpus: Corpus, tmp_path: Path
) -> None:
    train_eq(corpus, tmp_path, recipe=recipe, epochs=1)
    model = load_model(tmp_path)
    for text in ("warm", "bright:2 + punchy:-2", "sharp:2 + heavy:2 + soft:2"):
        made = model.equalizer(text, amount=2.0, max_gain_db=6.0)
        assert len(made.bands) == 5
        assert np.abs(made.bands.response_db(np.geomspace(20, 20_000, 500))).max() <= 6.01
        assert made.scale <= 1
        assert bool(made.notes) or recipe != "v1-published"
    path = morph_path(model, model.target("warm"), model.target("bright"), 4)
    assert [step.position for step in path][:: len(path) - 1] == [0, 1]
    for step in path:
        assert Bands.from_list(step.bands.to_list()) == step.bands


def test_the_command_line_takes_it_for_eqs(v2: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = str(v2)
    assert "Hz" in shown(capsys, "eq", "warm:0.7 + punchy:-0.3", "--model", model)
    assert "bands" in shown(capsys, "morph", "warm", "bright", "--steps", "3", "--model", model)
    assert "recipe: v2" in shown(capsys, "model", "--model", model)
    assert "frío" in shown(capsys, "terms", "--model", model)
    listed = json.loads(shown(capsys, "terms", "--model", model, "--language", "es", "--json"))
    assert [(term["word"], term["people"]) for term in listed] == [("frío", 5)]
    source = make_audio(tmp_path / "in.wav")
    target = tmp_path / "out.wav"
    arguments = ("apply", str(source), str(target), "--target", "warm", "--model", model)
    shown(capsys, *arguments, "--mode", "fixed")
    assert target.is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        ("apply", "{source}", "{target}", "--target", "warm"),
        ("eq", "warm", "--variations", "3"),
        ("explore",),
        ("terms", "--like", "warm"),
        ("analyze", "{source}"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_it_can_not_do_is_refused_with_the_cure(
    arguments: tuple[str, ...], v2: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = make_audio(tmp_path / "in.wav")
    named = [part.format(source=source, target=tmp_path / "out.wav") for part in arguments]
    told = shown(capsys, *named, "--model", str(v2), code=2)
    assert "recipe v2" in told
    assert "`eqmorph apply --mode fixed`" in told
    assert not (tmp_path / "out.wav").exists()


def test_a_crowd_alone_is_enough_for_every_recipe(tmp_path: Path) -> None:
    answers = tuple(answer(word, seed) for word in ("warm", "bright") for seed in range(25))
    train_eq(Corpus(curves=made_up.crowd(), answers=answers), tmp_path, recipe="v1", epochs=1)
    model = load_model(tmp_path)
    assert set(model.terms) == {"warm", "bright", "frío"}
    assert model.card["counts"]["fitted"]
    assert max(model.card["parity"].values()) < PARITY
    assert model.terms["warm"].rows == 0


def test_a_recipe_that_finds_no_word_is_not_written(tmp_path: Path, corpus: Corpus) -> None:
    rare = tuple(replace(s, words=(f"quality{chr(97 + at // 4)}",)) for at, s in enumerate(corpus.settings[:40]))
    with pytest.raises(InputError, match="no word with enough settings"):
        train_eq(Corpus(rare), tmp_path, recipe="term-mean")
    assert not (tmp_path / "card.json").exists()


def test_what_computes_something_else_is_not_written(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "eqmorph.train.export_recipe.read_decoder", lambda *_: lambda latents: np.ones((len(latents), 15))
    )
    with pytest.raises(OutputError, match="differs from what was trained"):
        train_eq(corpus, tmp_path, recipe="term-mean")


def test_it_can_be_sealed_again(corpus: Corpus, tmp_path: Path) -> None:
    train_eq(corpus, tmp_path, recipe="lite")
    card = tmp_path / "card.json"
    card.write_text(card.read_text(encoding="utf-8").replace("nearest neighbors", "neighbors"), encoding="utf-8")
    with pytest.raises(InputError, match="changed after it was sealed"):
        RecipeModel.load(tmp_path)
    assert seal(tmp_path) == []
    assert RecipeModel.load(tmp_path).recipe == "lite"


def test_no_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no model here"):
        load_model(tmp_path)


@pytest.mark.usefixtures("without_onnx")
def test_nothing_remains_of_a_model_that_is_replaced_by_another_recipes(corpus: Corpus, tmp_path: Path) -> None:
    train_eq(corpus, tmp_path, epochs=1)
    train_eq(corpus, tmp_path, recipe="lite", overwrite=True)
    assert {p.name for p in tmp_path.iterdir()} == {"card.json", "decoder.safetensors", "words.safetensors"}
    train_eq(corpus, tmp_path, epochs=1, overwrite=True)
    assert not (tmp_path / "words.safetensors").exists()
    assert not isinstance(load_model(tmp_path), RecipeModel)
