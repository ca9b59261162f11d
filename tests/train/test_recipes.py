"""Tiny versions of every recipe: they learn, they run, they are exported as they are."""

from pathlib import Path

import numpy as np
import pytest

from tests.support import need_extras

need_extras("train")

import torch

from eqmorph.cli.options import RECIPE_NAMES
from eqmorph.errors import UsageError
from eqmorph.model.recipe_decoders import read_decoder
from eqmorph.model.settings import POINTS, curves_of, rms
from eqmorph.train.dataset import TrainingSet
from eqmorph.train.export import PARITY, export_onnx, onnx_difference
from eqmorph.train.nets import response_db, supcon
from eqmorph.train.recipes import RECIPES, get_recipe
from eqmorph.train.recipes.base import NetTrained, Options, clipped, tensor
from eqmorph.train.recipes.response import ResponseModel
from eqmorph.train.recipes.scaling import LinearRange, LogRange, Standardised

LEARNING = ["response", "v1", "v1-raw", "transformer", "flow-2", "flow-3", "flow-8"]


def test_the_command_line_names_every_recipe() -> None:
    assert set(RECIPE_NAMES) == set(RECIPES)
    with pytest.raises(UsageError, match="unknown recipe"):
        get_recipe("magic")


@pytest.mark.parametrize("name", RECIPE_NAMES)
def test_every_recipe_trains_and_goes_there_and_back(name: str, data: TrainingSet) -> None:
    model = get_recipe(name).train(data, Options(epochs=4))
    latents = model.encode(data.settings)
    decoded = model.decode(latents)
    assert decoded.shape == data.settings.shape
    assert len(model.semantic(latents)) == len(model.words(latents)) == len(data.settings)
    assert model.parameters > 0
    if name in LEARNING:
        assert model.history.losses[-1].keys() == model.history.losses[0].keys()
    if name == "v2":  # its contrast is annealed in, so that the sum may rise while the parameters come nearer
        assert model.history.losses[-1]["parameters"] < model.history.losses[0]["parameters"]
    elif name in LEARNING:
        first = next(iter(model.history.losses[0]))
        assert model.history.losses[-1][first] < model.history.losses[0][first]


def test_training_brings_the_response_nearer_than_no_training(data: TrainingSet) -> None:
    def unrefined(epochs: int) -> float:
        model = get_recipe("response").train(data, Options(epochs=epochs))
        assert isinstance(model, ResponseModel)
        return float(rms(curves_of(model.amortised(model.encode(data.settings))) - data.curves).mean())

    assert unrefined(12) < 0.7 * unrefined(1)


def test_the_same_seed_gives_the_same_digits_and_another_does_not(data: TrainingSet) -> None:
    def weights(seed: int) -> np.ndarray:
        model = get_recipe("response").train(data, Options(seed=seed, epochs=2))
        assert isinstance(model, ResponseModel)
        return torch.cat([p.flatten() for p in model.net.state_dict().values()]).numpy()

    np.testing.assert_array_equal(weights(1), weights(1))
    assert not np.array_equal(weights(1), weights(2))


@pytest.mark.parametrize(
    "name", ["v1-published", "v1-raw", "transformer", "flow-8"]
)  # v1 and v2: test_export_recipe.py
def test_networks_are_exported_as_they_are(name: str, data: TrainingSet, tmp_path: Path) -> None:
    model = get_recipe(name).train(data, Options(epochs=1))
    assert isinstance(model, NetTrained)
    latents = model.encode(data.settings)
    settings = tensor(data.settings).numpy()
    for method, inputs, wanted in (
        (model.net.encode, settings, latents),
        (model.net.decode, latents.astype(np.float32), model.decode(latents)),
    ):
        path = tmp_path / "part.onnx"
        export_onnx(model.net, method, inputs.shape[1], path)
        assert onnx_difference(path, inputs, wanted) < PARITY
        assert onnx_difference(path, inputs[:1], wanted[:1]) < PARITY


def test_v1_and_v2_are_built_as_they_are_described(data: TrainingSet) -> None:
    for name in ("v1", "v2"):
        model = get_recipe(name).train(data, Options(epochs=1))
        assert isinstance(model, NetTrained)
        latents = model.encode(data.settings)
        assert latents.shape == (len(data.settings), 32)
        assert np.abs(latents).max() < 1
        assert model.net.embed(tensor(latents)).shape[1] == 128
        kinds = [type(part) for part in model.net.modules()]
        assert kinds.count(torch.nn.LayerNorm) == 12  # two in each of three blocks, twice
        assert {part.p for part in model.net.modules() if isinstance(part, torch.nn.Dropout)} == {0.1}


def test_v1s_heads_are_bounded_and_those_of_v1_raw_are_not(data: TrainingSet) -> None:
    far = 200 * np.random.default_rng(0).normal(size=(400, 32))
    valid = {}
    for name in ("v1", "v2", "v1-raw"):
        model = get_recipe(name).train(data, Options(epochs=1))
        decoded = clipped(model.decode(far))
        low, high = decoded.min(axis=0), decoded.max(axis=0)
        valid[name] = (
            low[:5].min() >= -12.001 and low[5:10].min() >= np.log(21.9) and high[5:10].max() <= np.log(20_001)
        )
    assert valid == {"v1": True, "v2": True, "v1-raw": False}


def test_v1_as_published_says_frequencies_that_nobody_hears(data: TrainingSet) -> None:
    """Its heads' lowest frequencies stand for z-scores: of the high shelf 580 Hz, times the spread of the data's."""
    model = get_recipe("v1-published").train(data, Options(epochs=2))
    highest_hz = np.exp(model.decode(model.encode(data.settings))[:, 9])
    spread = np.exp(data.settings[:, 9]).std()
    assert highest_hz.min() > 580 * spread > 100_000


@pytest.mark.parametrize("name", [name for name in RECIPE_NAMES if name != "response"])
def test_every_decoder_runs_in_numpy(name: str, data: TrainingSet) -> None:
    model = get_recipe(name).train(data, Options(epochs=1))
    latents = model.encode(data.settings)
    found = read_decoder(*model.decoder_parts())(latents)
    np.testing.assert_allclose(clipped(found), clipped(model.decode(latents)), atol=1e-3)


def test_torch_and_numpy_compute_the_same_response(data: TrainingSet) -> None:
    ours = response_db(tensor(data.settings)).numpy()
    assert np.abs(ours - data.curves).max() < 1e-3


def test_flat_is_the_origin_and_decodes_flat(data: TrainingSet) -> None:
    model = get_recipe("response").train(data, Options(epochs=2))
    assert isinstance(model, ResponseModel)
    origin = model.encode_curves(np.zeros((3, POINTS)))
    assert not origin.any()
    assert np.abs(model.decode(origin)[:, :5]).max() <= 1e-6


def test_the_contrastive_loss_is_low_when_words_are_apart() -> None:
    labels = torch.tensor([0, 0, 1, 1, -1])
    apart = torch.tensor([[1.0, 0], [1, 0.1], [-1, 0], [-1, 0.1], [0, 1]])
    mixed = torch.tensor([[1.0, 0], [-1, 0.1], [-1, 0], [1, 0.1], [0, 1]])
    assert supcon(apart, labels) < supcon(mixed, labels)
    assert float(supcon(apart, torch.full((5,), -1))) == 0


@pytest.mark.parametrize("kind", ["standardised", "log", "linear"])
def test_scalings_go_both_ways(kind: str, data: TrainingSet) -> None:
    scaling = {"standardised": lambda: Standardised(data.settings), "log": LogRange, "linear": LinearRange}[kind]()
    back = scaling.back(scaling(tensor(data.settings))).numpy()
    np.testing.assert_allclose(back, data.settings, atol=2e-3)
