"""The two ways to train: what their losses reward and what they punish."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support import need_extras

need_extras("train")

import torch

from eqmorph.analysis.inputs import Inputs
from eqmorph.model import SemanticSpace
from eqmorph.model.reference import Reference
from eqmorph.train.audio.eqs import EqPool
from eqmorph.train.audio.inputs import TorchInputs
from eqmorph.train.audio.methods import Consistency, Match, TrainingBatch, quality_loss
from eqmorph.train.audio.nets import AudioNet, make_net
from eqmorph.train.audio.run import MEL_BANDS, frozen_model
from eqmorph.train.audio.sounds import Sounds
from eqmorph.train.audio.task import Examples


@pytest.fixture
def batch(
    noises: Sounds, eqs: EqPool, space: SemanticSpace, reference: Reference, rng: np.random.Generator
) -> TrainingBatch:
    return Examples(noises, eqs, space, reference.neutral_db).batch(12, rng)


@pytest.fixture
def listener(space: SemanticSpace, reference: Reference) -> tuple[AudioNet, TorchInputs]:
    """Return an untrained network on the analytic curve: it hears as the analytic encoder does."""
    encoder, _ = frozen_model(space.folder)
    return make_net("analytic", 128, encoder), TorchInputs(Inputs("curve", MEL_BANDS, reference.neutral_db))


def test_what_hears_an_eq_matches_it(listener: tuple[AudioNet, TorchInputs], batch: TrainingBatch) -> None:
    net, inputs = listener
    near = Match().losses(net, inputs, batch, 0.5)
    with torch.no_grad():
        net.net.gain.zero_()  # deaf: hears the same in everything
    deaf = Match().losses(net, inputs, batch, 0.5)
    assert set(near) == {"distance", "plain", "change", "contrast"}
    for part in ("distance", "plain", "change"):
        assert near[part] < 0.6 * deaf[part], part
    assert near["contrast"] < deaf["contrast"]


def test_the_loop_hears_what_its_eq_did_only_if_it_hears(
    listener: tuple[AudioNet, TorchInputs], space: SemanticSpace, noises: Sounds, eqs: EqPool, reference: Reference
) -> None:
    """Over many examples; how near the goal it comes hangs on the decoder, which is not refined here."""
    net, inputs = listener
    method, examples = Consistency(frozen_model(space.folder)[1]), Examples(noises, eqs, space, reference.neutral_db)
    batches = [examples.batch(48, np.random.default_rng(seed)) for seed in range(3)]
    near = sum(method.losses(net, inputs, batch, 1.0)["change"] for batch in batches)
    with torch.no_grad():
        net.net.gain.zero_()
    assert near < 0.75 * sum(method.losses(net, inputs, batch, 1.0)["change"] for batch in batches)


def test_the_way_asked_for_grows(
    listener: tuple[AudioNet, TorchInputs], space: SemanticSpace, batch: TrainingBatch
) -> None:
    """What hears nothing misses the whole way: 0.3 of it at first, all of it in the end."""
    net, inputs = listener
    with torch.no_grad():
        net.net.gain.zero_()
    method = Consistency(frozen_model(space.folder)[1])
    missed = [float(method.losses(net, inputs, batch, progress)["reached"].detach()) for progress in (0.0, 0.5, 1.0)]
    assert missed[1] / missed[0] == pytest.approx(0.65 / 0.3, rel=0.01)
    assert missed[2] / missed[0] == pytest.approx(1 / 0.3, rel=0.01)


def test_the_loss_of_the_loop_reaches_the_encoder_through_the_eq(
    listener: tuple[AudioNet, TorchInputs], space: SemanticSpace, batch: TrainingBatch
) -> None:
    net, inputs = listener
    Consistency(frozen_model(space.folder)[1]).losses(net, inputs, batch, 0.3)["quality"].backward()
    assert net.net.last.bias.grad is not None  # the way to the target is all that quality knows of the network
    assert net.net.last.bias.grad.abs().max() > 0
    assert all(weight.grad is None for weight in net.encoder.parameters())


def test_quality_counts_change_and_not_level(batch: TrainingBatch) -> None:
    even = [(torch.ones(12, 200), torch.linspace(200, 20_000, 200).repeat(12, 1))]
    batch = replace(batch, snapshots=even)
    nothing = batch.settings.clone()
    nothing[:, :5] = 0
    assert float(quality_loss(nothing, batch)) == pytest.approx(0, abs=2e-4)
    louder = nothing.clone()  # a shelf from below all of it
    louder[:, 4], louder[:, 9] = 6.0, float(np.log(20.0))
    little, much = nothing.clone(), nothing.clone()
    little[:, 2], much[:, 2] = 3.0, 12.0
    assert float(quality_loss(louder, batch)) < 0.1 * float(quality_loss(little, batch))
    assert float(quality_loss(little, batch)) < 0.5 * float(quality_loss(much, batch))
