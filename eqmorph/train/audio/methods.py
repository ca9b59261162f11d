"""The two ways to train: `match` and `consistency`. Each gives the parts of a loss for a batch of sounds.

Both hold on to one thing that was measured: which EQ a sound went through can't be told from the sound alone, but what
an EQ changes can. A sound's target is therefore its own curve against the reference plus the EQ's, not the EQ's alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from eqmorph.model.network import LINEAR
from eqmorph.train.audio.inputs import Stretches, TorchInputs
from eqmorph.train.audio.nets import AudioNet
from eqmorph.train.nets import DecoderNet, response_at, response_db, rms_error

__all__ = ["METHODS", "Consistency", "Match", "Method", "TrainingBatch", "quality_loss"]

_SCALE_DB = 3.0  # brings dB to the size of a contrastive loss
_TEMPERATURE = 0.1
_FAINTEST = 1e-8


@dataclass(frozen=True)
class TrainingBatch:
    """Sounds and EQs to train with.

    Attributes:
        sounds: their stretches.
        curves: what each is by the analytic encoder, as a whole (n, 64).
        settings: an EQ for each (n, 15).
        targets: a word's curve for each (n, 64).
        snapshots: magnitudes of the first k at several resolutions, and the frequencies they are at, each (k, b).
    """

    sounds: Stretches
    curves: Tensor
    settings: Tensor
    targets: Tensor
    snapshots: list[tuple[Tensor, Tensor]]

    @property
    def rates(self) -> Tensor:
        return torch.tensor(self.sounds.rates, dtype=torch.float32)

    def equalized(self, settings: Tensor) -> Stretches:
        """Apply EQs (n, 15) to the sounds exactly: |H|^2 on the power in each cell."""
        return self.sounds.equalized(response_at(settings, self.sounds.freq_hz, self.rates))


class Method(Protocol):
    """Makes a loss of a batch. ``progress`` runs from 0 to 1."""

    def losses(
        self, net: AudioNet, inputs: TorchInputs, batch: TrainingBatch, progress: float
    ) -> dict[str, Tensor]: ...

    def error(self, net: AudioNet, inputs: TorchInputs, batch: TrainingBatch) -> Tensor:
        """Return how far each sound ends from its goal, in dB rms (n,): what early stopping watches."""
        ...


class Match:
    """The sound after a known EQ lies at its own curve plus the EQ's, and what the EQ changed is the EQ.

    Nearer to that, too, than to any other of the batch. ``own`` is how much of its own curve counts; 0 asks for the EQ
    alone, as published work did.
    """

    def __init__(self, own: float = 1.0) -> None:
        self._own = own

    def losses(self, net: AudioNet, inputs: TorchInputs, batch: TrainingBatch, progress: float) -> dict[str, Tensor]:
        del progress
        change = net.within(response_db(batch.settings))
        plain, wanted = self._wanted(net, batch, change)
        latents, found = net(inputs(batch.equalized(batch.settings)))
        _, before = net(inputs(batch.sounds))
        return {
            "distance": rms_error(found, wanted).mean() / _SCALE_DB,
            "plain": 0.5 * rms_error(before, plain).mean() / _SCALE_DB,
            "change": rms_error(found - before, change).mean() / _SCALE_DB,
            "contrast": 0.1 * _contrast(latents, _latents(net, wanted)),
        }

    def error(self, net: AudioNet, inputs: TorchInputs, batch: TrainingBatch) -> Tensor:
        _, wanted = self._wanted(net, batch, net.within(response_db(batch.settings)))
        return rms_error(net(inputs(batch.equalized(batch.settings)))[1], wanted)

    def _wanted(self, net: AudioNet, batch: TrainingBatch, change: Tensor) -> tuple[Tensor, Tensor]:
        """Return the curves (n, 64) to be heard before and after the EQ."""
        plain = self._own * net.within(batch.curves)
        return plain, plain + change


class Consistency:
    """The closed loop: decode an EQ for a target, apply it, listen again; the result is to be at the target.

    The way asked for grows from 0.3 of the whole to all of it. The EQ is to change no more of the sound than it must,
    and what sounds are like before any EQ is held near the analytic curve, which the loop alone would leave open.
    """

    _LEAST = 0.3

    def __init__(self, decoder: DecoderNet) -> None:
        self._decoder = decoder.requires_grad_(False)

    def losses(self, net: AudioNet, inputs: TorchInputs, batch: TrainingBatch, progress: float) -> dict[str, Tensor]:
        loop = self._run(net, inputs, batch, self._LEAST + (1 - self._LEAST) * progress)
        change = net.within(response_db(loop.settings))
        return {
            "reached": rms_error(loop.reached, loop.goal).mean() / _SCALE_DB,
            "change": rms_error(loop.reached - loop.before, change).mean() / _SCALE_DB,
            "latent": 0.1 * F.smooth_l1_loss(loop.latents[:, LINEAR:], _latents(net, loop.goal)[:, LINEAR:]),
            "quality": 0.1 * quality_loss(loop.settings, batch),
            "anchor": 0.5 * rms_error(loop.before, net.within(batch.curves)).mean() / _SCALE_DB,
        }

    def error(self, net: AudioNet, inputs: TorchInputs, batch: TrainingBatch) -> Tensor:
        loop = self._run(net, inputs, batch, 1.0)
        return rms_error(loop.reached, loop.goal)

    def _run(self, net: AudioNet, inputs: TorchInputs, batch: TrainingBatch, intensity: float) -> _Loop:
        target = net.within(batch.targets)
        latents, before = net(inputs(batch.sounds))
        settings = self._decoder(intensity * (net.encoder.linear(target) - latents[:, :LINEAR]))
        reached_latents, reached = net(inputs(batch.equalized(settings)))
        goal = before.detach() + intensity * (target - before.detach())
        return _Loop(before, settings, goal, reached_latents, reached)


@dataclass(frozen=True)
class _Loop:
    """One way round: heard before (n, 64), EQs (n, 15), where to be (n, 64), and latents and curves heard after."""

    before: Tensor
    settings: Tensor
    goal: Tensor
    latents: Tensor
    reached: Tensor


def quality_loss(settings: Tensor, batch: TrainingBatch) -> Tensor:
    """Return how far EQs (n, 15) take magnitudes from what they were, a mean over resolutions and sounds.

    The difference against the whole, and that of logarithms; what only makes all of it louder isn't counted.
    """
    total = torch.zeros(())
    for magnitudes, freq_hz in batch.snapshots:
        first = len(magnitudes)
        gain = torch.pow(10.0, response_at(settings[:first], freq_hz, batch.rates[:first]) / 20)
        share = magnitudes**2 / (magnitudes**2).sum(dim=1, keepdim=True)
        gain = gain / torch.sqrt((share * gain**2).sum(dim=1, keepdim=True))
        apart = torch.sqrt((share * (gain - 1) ** 2).sum(dim=1) + _FAINTEST)
        total = total + apart.mean() + torch.log(gain).abs().mean()
    return total / len(batch.snapshots)


def _latents(net: AudioNet, curves: Tensor) -> Tensor:
    """Return the model's latents (n, 40) of curves (n, 64)."""
    encoder = net.encoder
    return torch.cat([encoder.linear(curves), encoder.semantic(curves), encoder.word_part(curves)], dim=1)


def _contrast(found: Tensor, wanted: Tensor) -> Tensor:
    """Contrast each latent (n, d) with all that are wanted in the batch (n, d), as seen from their middle."""
    middle = wanted.mean(dim=0)
    found, wanted = found - middle, wanted - middle
    likeness = F.normalize(found, dim=1, eps=1e-6) @ F.normalize(wanted, dim=1, eps=1e-6).T / _TEMPERATURE
    return F.cross_entropy(likeness, torch.arange(len(found)))


METHODS = ("match", "consistency")
