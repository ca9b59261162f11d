"""Encoders: the analytic one, and networks from a file."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from eqmorph.analysis import Ear, listen, load_ear
from eqmorph.analysis.encoders import (
    CARD,
    FORMAT,
    NETWORK,
    REFERENCE_HASH,
    AnalyticEncoder,
    LearnedEncoder,
    load_encoder,
)
from eqmorph.analysis.inputs import BLOCKS, Inputs, blocks
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.errors import InputError, UsageError
from eqmorph.model import load_space
from eqmorph.model.frontend import FARTHEST_DB, response_power
from eqmorph.model.mel import MelBands
from eqmorph.model.reference import REFERENCE, load_reference, write_reference
from tests.support import need_extras

MEL = MelBands(count=8, low_hz=50.0, high_hz=8000.0)
EQ = Bands.parse("LS 200 +6; HS 4000 -9")


def sound(rng: np.random.Generator, *, seconds: float = 3.0, gain: float = 0.1) -> Spectra:
    rate = 16_000
    return listen([rng.normal(0, gain, (1, int(seconds * rate))).astype(np.float32)], rate, window_s=1.0, hop_s=0.5)


def network(to_curve: NDArray[np.float32], to_latent: NDArray[np.float32]) -> bytes:
    """Return an ONNX file that maps the mean over stretches to curve and latent by matrices (f, 64) and (f, 40)."""
    need_extras("train")
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    width = to_curve.shape[0]
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["input", "axes"], ["mean"], keepdims=0),
            helper.make_node("MatMul", ["mean", "to_curve"], ["curve"]),
            helper.make_node("MatMul", ["mean", "to_latent"], ["latent"]),
        ],
        "encoder",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n", "t", width])],
        [
            helper.make_tensor_value_info("latent", TensorProto.FLOAT, ["n", to_latent.shape[1]]),
            helper.make_tensor_value_info("curve", TensorProto.FLOAT, ["n", to_curve.shape[1]]),
        ],
        [
            numpy_helper.from_array(np.array([1]), "axes"),
            numpy_helper.from_array(to_curve, "to_curve"),
            numpy_helper.from_array(to_latent, "to_latent"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def matrices(rng: np.random.Generator, scale: float = 1.0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    to_curve, to_latent = rng.normal(0, scale, (MEL.count, 64)), rng.normal(0, scale, (MEL.count, 40))
    return to_curve.astype(np.float32), to_latent.astype(np.float32)


def write_encoder(folder: Path, data: bytes, **changes: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NETWORK).write_bytes(data)
    inputs = Inputs("mel", MEL, np.linspace(-3, 3, MEL.count))
    card = {"format": FORMAT, "sha256": hashlib.sha256(data).hexdigest(), "inputs": inputs.to_dict(), **changes}
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    return folder


def test_the_analytic_one_is_the_default(rng: np.random.Generator) -> None:
    spectra = sound(rng)
    reference = load_reference()
    plain, named = Ear(load_space(), reference), load_encoder("analytic", reference)
    assert isinstance(named, AnalyticEncoder)
    for bands in (None, EQ):
        np.testing.assert_array_equal(plain.curve(spectra, bands), named.curve(spectra, bands))
        np.testing.assert_array_equal(plain.window_curves(spectra, bands), named.window_curves(spectra, bands))


class Fixed:
    """Hears the same in everything: as many dB as the EQ has bands."""

    name = identity = "fixed"

    def curve(self, spectra: Spectra, bands: Bands | None) -> NDArray[np.float64]:
        del spectra
        return np.full(64, float(len(bands or ())))

    def window_curves(self, spectra: Spectra, bands: Bands | None) -> NDArray[np.float64]:
        return np.tile(self.curve(spectra, bands), (len(spectra.power), 1))


def test_an_ear_hears_with_what_it_is_given(rng: np.random.Generator) -> None:
    spectra = sound(rng)
    ear = Ear(load_space(), load_reference(), Fixed())
    assert ear.hear(spectra, EQ).curve_db.tolist() == [2.0] * 64
    assert ear.window_curves(spectra, None).tolist() == [[0.0] * 64] * len(spectra.power)
    assert ear.common_curve([spectra, spectra], EQ).tolist() == [2.0] * 64
    assert ear.common_curve([sound(rng, gain=0.0)], EQ).tolist() == [0.0] * 64


def learned(folder: str, digest: str = "a" * 64, low_hz: float = 50.0) -> LearnedEncoder:
    """One that can't hear, but has an identity."""
    inputs = Inputs("mel", MelBands(count=8, low_hz=low_hz, high_hz=8000.0), np.zeros(8))
    return LearnedEncoder(Path(folder), {"sha256": digest, "inputs": inputs.to_dict()}, inputs, None)


def test_an_ear_is_another_with_another_encoder() -> None:
    """Its identity is in journals and caches: what hears otherwise must not pass for the same."""
    space, reference = load_space(), load_reference()
    encoders = [None, learned("x"), learned("x", "b" * 64), learned("x", low_hz=60.0)]
    assert len({Ear(space, reference, encoder).identity for encoder in encoders}) == len(encoders)
    assert Ear(space, reference, learned("x")).identity == Ear(space, reference, learned("moved/y")).identity
    assert Ear(space, reference).identity == Ear(space, reference, AnalyticEncoder(reference.neutral_db)).identity
    usual = replace(reference, neutral_db=reference.neutral_db + np.linspace(0, 1, 64))
    assert Ear(space, usual).identity != Ear(space, reference).identity


class TestLearned:
    @pytest.fixture(autouse=True)
    def _runtime(self) -> None:
        need_extras("onnx")

    def test_it_hears_the_whole_and_windows(self, rng: np.random.Generator, tmp_path: Path) -> None:
        to_curve, to_latent = matrices(rng)
        encoder = load_encoder(write_encoder(tmp_path / "mine", network(to_curve, to_latent)))
        assert encoder.name == "mine"
        spectra = sound(rng)
        inputs = Inputs("mel", MEL, np.linspace(-3, 3, MEL.count))
        for bands, factor in ((None, 1.0), (EQ, response_power(EQ, spectra.sample_rate))):
            power = (spectra.power * factor).astype(np.float32)
            whole = inputs.of(blocks(power, spectra.length_s)[None], spectra.sample_rate)
            expected = whole.mean(axis=1) @ to_curve
            np.testing.assert_allclose(encoder.curve(spectra, bands), expected[0], atol=1e-4)
            windows = inputs.of(power[:, None], spectra.sample_rate)[:, 0] @ to_curve
            np.testing.assert_allclose(encoder.window_curves(spectra, bands), windows, atol=1e-4)
        assert not np.allclose(encoder.curve(spectra, None), encoder.curve(spectra, EQ), atol=0.1)

    def test_the_onnx_file_names_it_too(self, rng: np.random.Generator, tmp_path: Path) -> None:
        folder = write_encoder(tmp_path / "mine", network(*matrices(rng)))
        spectra = sound(rng)
        by_file, by_folder = load_encoder(folder / NETWORK), load_encoder(str(folder))
        np.testing.assert_array_equal(by_file.curve(spectra, None), by_folder.curve(spectra, None))
        ear = load_ear(encoder=folder)
        np.testing.assert_array_equal(ear.curve(spectra), by_file.curve(spectra, None))
        assert ear.hear(spectra).latent.shape == (40,)

    def test_silence_is_flat_and_nothing_goes_too_far(self, rng: np.random.Generator, tmp_path: Path) -> None:
        encoder = load_encoder(write_encoder(tmp_path, network(*matrices(rng, scale=1000.0))))
        silence = sound(rng, gain=0.0)
        assert not encoder.curve(silence, None).any()
        assert not encoder.window_curves(silence, EQ).any()
        assert np.abs(encoder.curve(sound(rng), None)).max() == FARTHEST_DB

    def test_a_network_of_other_outputs_is_refused(self, rng: np.random.Generator, tmp_path: Path) -> None:
        to_curve, to_latent = matrices(rng)
        with pytest.raises(InputError, match="another network"):
            load_encoder(write_encoder(tmp_path, network(to_curve, to_latent[:, :32])))

    def test_what_is_no_network_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="not a network"):
            load_encoder(write_encoder(tmp_path, b"not an ONNX file"))


def rewritten(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    """Change something in a folder's card."""

    def damage(folder: Path) -> None:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        change(card)
        (folder / CARD).write_text(json.dumps(card), encoding="utf-8")

    return damage


def test_one_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no encoder here") as caught:
        load_encoder(tmp_path / "nowhere")
    assert caught.value.hint
    assert caught.value.path == tmp_path / "nowhere" / CARD


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda folder: (folder / CARD).write_text("{"), "card is damaged"),
        (lambda folder: (folder / CARD).write_text("[1]"), "not an encoder of this program: format None"),
        (lambda folder: (folder / NETWORK).unlink(), "is missing"),
        (lambda folder: (folder / NETWORK).write_bytes(b"other"), "damaged or replaced"),
        (rewritten(lambda card: card.update(format="another/7")), "format 'another/7'"),
        (rewritten(lambda card: card.pop("sha256")), "doesn't describe"),
        (rewritten(lambda card: card["inputs"].update(kind="waveform")), "unknown inputs"),
        (rewritten(lambda card: card["inputs"].update(usual_db=[0.0])), "the wrong shape"),
        (rewritten(lambda card: card["inputs"]["mel"].update(count=-1)), "are not valid"),
        (rewritten(lambda card: card["inputs"].pop("mel")), "card is damaged"),
    ],
)
def test_damaged_and_foreign_ones_are_refused_with_the_reason(
    tmp_path: Path, damage: Callable[[Path], object], reason: str
) -> None:
    damage(write_encoder(tmp_path, b"network"))
    with pytest.raises(InputError, match=reason) as caught:
        load_encoder(tmp_path)
    assert caught.value.hint
    assert caught.value.path is not None


@pytest.mark.parametrize(
    ("named", "lies_there", "reason"),
    [
        (True, False, "reference is missing"),
        ("other", True, "not the reference that the card names"),
        (None, True, "not the reference that the card names"),
        (True, True, ""),
        (None, False, ""),
    ],
)
def test_the_reference_is_the_one_the_card_names(
    tmp_path: Path, named: bool | str | None, lies_there: bool, reason: str
) -> None:
    """An encoder's percentiles are among its own sounds: never silently among the shipped ones."""
    reference = tmp_path / REFERENCE
    write_reference(reference, load_reference())
    digest = hashlib.sha256(reference.read_bytes()).hexdigest() if named is True else named
    if not lies_there:
        reference.unlink()
    write_encoder(tmp_path, b"not an ONNX file", **({REFERENCE_HASH: digest} if digest else {}))
    # A reference that is as it should be lets pass to what comes next: the network, or what runs it.
    with pytest.raises((InputError, UsageError), match=reason or "not a network|requires onnxruntime") as caught:
        load_encoder(tmp_path)
    assert caught.value.hint


def test_without_onnxruntime_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UsageError, match="requires onnxruntime") as caught:
        load_encoder(write_encoder(tmp_path, b"network"))
    assert "eqmorph[onnx]" in caught.value.hint


@pytest.mark.parametrize("kind", ["mel", "curve"])
def test_inputs_are_the_same_at_any_level(kind: Any, rng: np.random.Generator) -> None:
    inputs = Inputs(kind, MEL, np.linspace(-3, 3, MEL.count if kind == "mel" else 64))
    power = rng.uniform(0.1, 1, (2, 3, 150)).astype(np.float32)
    spectra = sound(rng)
    power = power[..., : spectra.power.shape[1]] * spectra.power[0]
    given = inputs.of(power, spectra.sample_rate)
    assert given.shape == (2, 3 if kind == "mel" else 1, inputs.width)
    np.testing.assert_allclose(inputs.of(power * 1e-4, spectra.sample_rate), given, atol=1e-4)
    again = Inputs.from_dict(json.loads(json.dumps(inputs.to_dict())))
    np.testing.assert_allclose(again.of(power, spectra.sample_rate), given, atol=1e-3)


def test_blocks_are_means_over_time() -> None:
    power = np.arange(16, dtype=np.float32)[:, None]
    assert blocks(power, np.ones(16)).ravel().tolist() == [0.5, 2.5, 4.5, 6.5, 8.5, 10.5, 12.5, 14.5]
    weighed = blocks(power[:2], np.array([3.0, 1.0]), 1)
    assert weighed.ravel().tolist() == [0.25]
    assert blocks(power[:1], np.ones(1)).shape == (BLOCKS, 1)
