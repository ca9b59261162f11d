"""From music to a folder that the run time takes."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from tests.support import need_extras

need_extras("train", "onnx")

import torch

from eqmorph.analysis import listen_to_file, load_ear
from eqmorph.analysis.encoders import CARD, REFERENCE_HASH, LearnedEncoder, load_encoder
from eqmorph.cli import train as train_command
from eqmorph.cli.options import ARCH_NAMES, METHOD_NAMES
from eqmorph.errors import InputError, OutputError, UsageError
from eqmorph.model import SemanticSpace
from eqmorph.model.reference import REFERENCE, Reference, load_reference
from eqmorph.train.audio.eqs import EqPool
from eqmorph.train.audio.export import spectra_of
from eqmorph.train.audio.methods import METHODS
from eqmorph.train.audio.nets import ARCHES
from eqmorph.train.audio.run import AudioRecipe, gather_sounds, train_audio, train_encoder
from eqmorph.train.audio.sounds import Sounds
from eqmorph.train.export import PARITY

MakeMusic = Callable[..., None]
TINY = AudioRecipe(epochs=2, batch=8, batches=4)


def test_the_command_line_knows_all_of_them() -> None:
    assert set(ARCH_NAMES) == set(ARCHES)
    assert METHOD_NAMES == METHODS


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("arch", ["cnn", "transformer"])
def test_it_learns(
    arch: str, method: str, noises: Sounds, eqs: EqPool, space: SemanticSpace, reference: Reference
) -> None:
    recipe = AudioRecipe(arch, method, epochs=4, batch=12, batches=8, rate=1e-2)
    net, _, history = train_encoder(noises, eqs, space, reference, recipe)
    assert history.held_out[-1] < 0.8 * history.held_out[0]
    first = history.losses[0]
    assert all(np.isfinite(list(parts.values())).all() for parts in history.losses)
    part = "distance" if method == "match" else "anchor"  # what the loop asks for grows, and its misses with it
    assert history.losses[-1][part] < 0.85 * history.losses[0][part]
    assert len(first) == (4 if method == "match" else 5)
    assert not any(weight.requires_grad for weight in net.encoder.parameters())


@pytest.mark.parametrize("arch", ARCH_NAMES)
def test_what_is_written_runs_without_torch(
    arch: str,
    noises: Sounds,
    eqs: EqPool,
    space: SemanticSpace,
    reference: Reference,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = train_audio(noises, eqs, space, reference, tmp_path / "mine", replace(TINY, arch=arch))
    assert "best held-out error" in lines[0]
    card = json.loads((tmp_path / "mine" / CARD).read_text(encoding="utf-8"))
    assert card["parity"] < PARITY
    assert (card["arch"], card["method"]) == (arch, "match")
    names = {path.name for path in (tmp_path / "mine").iterdir()}
    assert names == {CARD, "encoder.onnx", "network.safetensors"}
    encoder = load_encoder(tmp_path / "mine")
    assert isinstance(encoder, LearnedEncoder)
    spectra = spectra_of(noises.sounds[0])
    latents = encoder.latents(spectra.power[:, None], spectra.sample_rate)
    assert latents.shape == (12, 40)
    monkeypatch.setattr("eqmorph.analysis.encoders.FARTHEST_DB", 1000.0)  # nothing is cut
    curves = encoder.window_curves(spectra, None)
    np.testing.assert_allclose(latents, space.encode(curves), atol=1e-3)  # all parts tell of one curve
    with pytest.raises(OutputError, match="holds an encoder"):
        train_audio(noises, eqs, space, reference, tmp_path / "mine", TINY)


def test_a_resumed_run_ends_as_an_unbroken_one(
    noises: Sounds,
    eqs: EqPool,
    space: SemanticSpace,
    reference: Reference,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from eqmorph.train.audio.task import AudioTask

    recipe = replace(TINY, epochs=3)
    whole, _, unbroken = train_encoder(noises, eqs, space, reference, recipe)
    checkpoint = tmp_path / "checkpoint.safetensors"
    watch, epochs = AudioTask.held_out_error, []

    class Stop(Exception):
        pass

    def breaks(task: AudioTask) -> float:
        epochs.append(1)
        if len(epochs) == 3:
            raise Stop
        return watch(task)

    with monkeypatch.context() as patch:
        patch.setattr(AudioTask, "held_out_error", breaks)
        with pytest.raises(Stop):
            train_encoder(noises, eqs, space, reference, recipe, checkpoint=checkpoint)
    resumed, _, history = train_encoder(noises, eqs, space, reference, recipe, checkpoint=checkpoint, resume=True)
    assert history.totals == unbroken.totals
    for name, value in whole.state_dict().items():
        assert torch.equal(resumed.state_dict()[name], value), name

    fewer = Sounds(noises.sounds[:3])
    with pytest.raises(InputError, match="other data"):
        train_encoder(fewer, eqs, space, reference, recipe, checkpoint=checkpoint, resume=True)


def test_music_becomes_an_encoder_by_the_command(tmp_path: Path, make_music: MakeMusic) -> None:
    make_music(tmp_path / "songs", ["a.wav", "b.wav", "c.wav"])
    make_music(tmp_path / "sets", ["train/T/mixture.wav", "train/T/drums.wav", "test/U/mixture.wav"])
    (tmp_path / "songs" / "bad.wav").write_bytes(b"RIFF")
    out = tmp_path / "mine"
    arguments = ["audio", "--music", str(tmp_path / "songs"), "--music", str(tmp_path / "sets"), "--synthetic", "40"]
    arguments += ["--arch", "analytic", "--epochs", "1", "--cache", str(tmp_path / "cache"), "--out", str(out), "-q"]
    result = CliRunner().invoke(train_command.command, arguments)
    assert result.exit_code == 0, result.output
    assert "bad.wav" in result.stderr
    card = json.loads((out / CARD).read_text(encoding="utf-8"))
    assert card["training"]["sounds"] == {"songs": 3, "sets": 3}

    own = load_reference(out)
    assert card[REFERENCE_HASH] == hashlib.sha256((out / REFERENCE).read_bytes()).hexdigest()
    assert [corpus.name for corpus in own.corpora] == ["songs", "sets"]
    assert own.weights == pytest.approx([1 / 6] * 6)
    ear = load_ear(encoder=out)
    heard = ear.hear(listen_to_file(tmp_path / "songs" / "a.wav", window_s=1.0, hop_s=1.0))
    np.testing.assert_allclose(heard.curve_db, own.curves_db[0], atol=1e-3)  # its usual is what it heard in training
    assert 0 < heard.percentile("warm") < 1


def test_nothing_to_listen_to_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to listen to"):
        gather_sounds([], noise=False, most_tracks=1)
    (tmp_path / "bad.wav").write_bytes(b"RIFF")
    with pytest.raises(UsageError, match="none of the music"):
        gather_sounds([("songs", tmp_path)], noise=False, most_tracks=1, cache=tmp_path / "cache")


@pytest.mark.parametrize(("arch", "method"), [("rnn", "match"), ("cnn", "guess")])
def test_unknown_ones_are_refused(
    arch: str, method: str, noises: Sounds, eqs: EqPool, space: SemanticSpace, reference: Reference
) -> None:
    with pytest.raises(UsageError, match="unknown"):
        train_encoder(noises, eqs, space, reference, replace(TINY, arch=arch, method=method))


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    result = CliRunner().invoke(train_command.command, ["audio", "--noise", "--out", str(tmp_path / "mine")])
    assert isinstance(result.exception, UsageError)
    assert "requires onnxruntime" in str(result.exception)
    assert "eqmorph[train,onnx]" in result.exception.hint
