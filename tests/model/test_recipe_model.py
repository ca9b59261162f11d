"""Models of other recipes at run time, made by hand: no framework takes part."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file as load
from safetensors.numpy import save

from eqmorph.errors import InputError, UsageError
from eqmorph.model import load_space
from eqmorph.model.card import CARD, RECIPE_FORMAT, digest_of
from eqmorph.model.eq_model import load_model
from eqmorph.model.path import CURVES, PathCurve, morph_path
from eqmorph.model.recipe_model import RecipeModel
from eqmorph.target import Target, Weighted
from eqmorph.train.seal import with_files, write_card

FLAT_HZ = [100.0, 300.0, 1000.0, 3000.0, 8000.0]


def setting(gains: list[float], freqs: list[float] = FLAT_HZ, q: float = 0.71) -> np.ndarray:
    return np.concatenate([gains, np.log(freqs), np.log([q] * 5)])


def written(folder: Path, decoder: dict[str, Any], weights: dict[str, Any], latents: Any, **more: Any) -> Path:
    """Write a model of three words with these latents; no EQ is where the last coordinates are all 0."""
    latents = np.array(latents, np.float32)
    parts = {"decoder": weights, "words": {"latents": latents, "origin": np.zeros_like(latents[0])}}
    for part, arrays in parts.items():
        whole = {name: np.ascontiguousarray(values, np.float32) for name, values in arrays.items()}
        (folder / f"{part}.safetensors").write_bytes(save(whole))
    words = [("warm", "en", 9), ("bright", "en", 8), ("fr\u00edo", "es", 1)]
    known = {"people": 0, "agreement": None, "confidence": 0.5, "charts": [], "other_sense": None}
    terms = [{"word": word, "language": language, "rows": rows, **known} for word, language, rows in words]
    card = {"format": RECIPE_FORMAT, "recipe": "hand", "title": "by hand", "decoder": decoder, "terms": terms, **more}
    write_card(folder, with_files(folder, card))
    return folder


@pytest.fixture
def linear(tmp_path: Path) -> Path:
    """A decoder that is nearly linear: two numbers, of warmth and of brightness, move shelves by 6 dB."""
    low, high = setting([6, 0, 0, 0, -3]), setting([-3, 0, 0, 0, 6])
    used = [*range(10), 11, 12, 13]
    flat = setting([0] * 5)[used]
    weights = {
        "net.first.weight": np.vstack([np.eye(2), -np.eye(2)]),  # silu(x) - silu(-x) = x
        "net.first.bias": np.zeros(4),
        "net.last.weight": np.hstack([w := np.array([low[used] - flat, high[used] - flat]).T, -w]),
        "net.last.bias": np.zeros(13),
        "middle": flat,
        "size": np.ones(13),
    }
    return written(
        tmp_path, {"kind": "mlp", "bounded": False, "logarithmic": True}, weights, [[1, 0], [0, 1], [-0.5, 0]]
    )


def test_a_target_is_the_way_from_no_eq_to_its_words(linear: Path) -> None:
    model = load_model(linear)
    assert isinstance(model, RecipeModel)
    gains = [band.gain_db for band in model.equalizer("warm").bands]
    np.testing.assert_allclose(gains, [6, 0, 0, 0, -3], atol=1e-4)
    gains = [band.gain_db for band in model.equalizer("warm:0.5 + bright:0.5").bands]
    np.testing.assert_allclose(gains, [1.5, 0, 0, 0, 1.5], atol=1e-4)
    assert model.equalizer("warm").notes == ()
    assert model.equalizer("warm:0").confidence is None
    assert not np.any(model.equalizer("warm:0").curve_db)


def test_amounts_and_limits_hold(linear: Path) -> None:
    model = load_model(linear)
    half = [band.gain_db for band in model.equalizer("warm", amount=0.5).bands]
    np.testing.assert_allclose(half, [3, 0, 0, 0, -1.5], atol=1e-4)
    limited = model.equalizer("warm", max_gain_db=2.0)
    assert np.abs(limited.curve_db).max() <= 2.001
    assert limited.scale == pytest.approx(1 / 3, abs=0.01)
    assert model.equalizer("warm:2 + bright:-2", amount=2.0).scale < 1


def test_a_faint_target_is_faint_though_the_decoder_makes_something_of_no_eq(linear: Path) -> None:
    weights = load(linear / "decoder.safetensors")
    weights["net.last.bias"][:5] = 3.0
    made = written(linear, json.loads((linear / CARD).read_text())["decoder"], weights, [[1, 0], [0, 1], [-0.5, 0]])
    model = RecipeModel.load(made)
    gains = {text: [b.gain_db for b in model.equalizer(text).bands] for text in ("warm", "warm:0.01", "warm:0")}
    np.testing.assert_allclose(gains["warm"], [9, 3, 3, 3, 0], atol=1e-4)  # a word is what the recipe says of it
    np.testing.assert_allclose(gains["warm:0.01"], np.multiply(0.01, gains["warm"]), atol=1e-4)
    np.testing.assert_allclose(gains["warm:0"], 0, atol=1e-6)


@pytest.mark.parametrize("curve", CURVES)
def test_to_morph_is_to_walk_straight_through_the_latent(curve: PathCurve, linear: Path) -> None:
    model = load_model(linear)
    path = morph_path(model, model.target("warm"), model.target("bright"), 5, curve=curve)
    assert [path[0].bands, path[-1].bands] == [model.equalizer(word).bands for word in ("warm", "bright")]
    for step in path:
        expected = [6 - 9 * step.position, 0, 0, 0, -3 + 9 * step.position]
        np.testing.assert_allclose([band.gain_db for band in step.bands], expected, atol=1e-3)
    moved = [step.moved_db for step in path[1:]]
    assert curve != "perceptual" or np.ptp(moved) < 0.05


def test_what_no_band_can_be_is_brought_into_range_and_said(tmp_path: Path) -> None:
    means = np.array([setting([40, 0, 0, 0, 0], [1e-3, 300, 1000, 3000, 1e6], q=50), setting([1, 0, 0, 0, 0])] * 2)[:3]
    model = load_model(written(tmp_path, {"kind": "means"}, {"means": means}, np.eye(3)))
    made = model.equalizer("warm")
    (note,) = made.notes
    assert "the recipe hand said: low shelf +40.0 dB; low shelf 0 Hz or less; high shelf 1000000 Hz" in note
    assert "bell 1 Q 50" in note
    assert np.abs(made.curve_db).max() <= 12.001
    steps = morph_path(model, model.target("warm"), model.target("bright"), 3)
    assert steps[0].notes
    assert not steps[-1].notes


def test_an_unknown_word_is_answered_with_near_ones(linear: Path) -> None:
    model = load_model(linear)
    with pytest.raises(UsageError, match="unknown word 'wram'") as caught:
        model.target("wram")
    assert "warm" in caught.value.hint


@pytest.mark.parametrize("text", ["highs:0.5", "warm + 300Hz", "less low end"])
def test_a_part_of_the_spectrum_is_refused_by_name(linear: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"the recipe hand has no parts of the spectrum: '(highs|300Hz|lows)'"):
        load_model(linear).target(text)


def test_a_target_of_words_that_are_not_here_is_refused(linear: Path) -> None:
    with pytest.raises(UsageError, match="the recipe hand has no such word: 'harsh'"):
        load_model(linear).equalizer(Target((Weighted("harsh", 1.0),)))


def test_what_needs_a_semantic_model_says_which_recipe_this_is(linear: Path) -> None:
    with pytest.raises(UsageError, match="recipe hand") as caught:
        load_space(linear)
    assert 'mode="fixed"' in caught.value.hint


def test_the_shipped_model_is_a_model_for_eqs_too() -> None:
    assert load_model() is load_space()


def resealed(folder: Path, **changes: Any) -> None:
    card = json.loads((folder / CARD).read_text(encoding="utf-8")) | changes
    (folder / CARD).write_text(json.dumps({**card, "digest": digest_of(card)}), encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"decoder": {"kind": "magic"}}, "another decoder"),
        ({"decoder": None}, "which recipe"),
        ({"recipe": 3}, "which recipe"),
        ({"decoder": {"kind": "blocks", "bounded": True, "logarithmic": True}}, "another network"),
        ({"decoder": {"kind": "neighbors", "logarithmic": True}}, "another network"),
        ({"decoder": {"kind": "mlp"}}, "another network"),
        ({"terms": []}, "names no terms"),
        ({"files": {}}, "does not name"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(linear: Path, changes: dict[str, Any], message: str) -> None:
    resealed(linear, **changes)
    with pytest.raises(InputError, match=message):
        RecipeModel.load(linear)


@pytest.mark.parametrize("value", [np.nan, 1e12])
def test_numbers_that_are_none_are_refused(tmp_path: Path, value: float) -> None:
    written(tmp_path, {"kind": "means"}, {"means": np.full((3, 15), value)}, np.eye(3))
    with pytest.raises(InputError, match="damaged"):
        RecipeModel.load(tmp_path)


def test_latents_must_be_as_many_as_words(tmp_path: Path) -> None:
    written(tmp_path, {"kind": "means"}, {"means": np.zeros((3, 15))}, np.eye(4))
    with pytest.raises(InputError, match="latents"):
        RecipeModel.load(tmp_path)


def test_damage_and_a_foreign_model_are_refused(linear: Path) -> None:
    (linear / "words.safetensors").write_bytes(b"damaged")
    with pytest.raises(InputError, match="damaged or replaced"):
        RecipeModel.load(linear)
    resealed(linear, format="eqmorph-recipe-model/2")
    with pytest.raises(InputError, match="not a model of this program"):
        load_model(linear)
