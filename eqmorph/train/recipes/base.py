"""What a recipe is, so that all can be trained, evaluated and exported by the same code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from eqmorph._typing import Float64
from eqmorph.model.settings import curves_of, rms
from eqmorph.train.dataset import TrainingSet
from eqmorph.train.loop import Schedule, Task, TrainingHistory, fit, pick_device
from eqmorph.train.nets import BlockMlp
from eqmorph.train.recipes.scaling import Scaling

__all__ = ["Float64", "Generating", "NetTrained", "Options", "Recipe", "SettingsNet", "SettingsTask", "Trained",
           "balanced_rows", "clipped", "codes", "held_out_split", "tensor", "train_net"]  # fmt: skip


@dataclass(frozen=True)
class Options:
    """How a recipe is run."""

    seed: int = 0
    epochs: int | None = None  # None: the recipe's own
    checkpoint: Path | None = None
    resume: bool = False
    identity: str = ""  # of data and recipe: a checkpoint of others is refused
    show: bool = False
    latent: int = 8


class Trained(Protocol):
    """A trained recipe. Settings are (n, 15) as in `eqmorph.model.settings`, latents (n, d)."""

    history: TrainingHistory
    parameters: int

    def encode(self, settings: Float64) -> Float64:
        """Return latents (n, d) of settings (n, 15)."""
        ...

    def semantic(self, latents: Float64) -> Float64:
        """Return the part of latents in which the frequent words are compared (n, k)."""
        ...

    def words(self, latents: Float64) -> Float64:
        """Return the part of latents in which all words are compared (n, k), if a recipe has one of its own."""
        ...

    def decode(self, latents: Float64) -> Float64:
        """Return settings (n, 15) for latents (n, d)."""
        ...


class Generating(Trained, Protocol):
    """A trained recipe that makes EQs of words, by a decoder that `eqmorph.model.recipe_decoders` knows."""

    def decoder_parts(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Return how the decoder is built, as its card says it, and its weights."""
        ...

    def named_latents(self) -> dict[str, Float64] | None:
        """Return the latent (d,) of each word the recipe knows by itself; None where it follows from the settings."""
        ...


@dataclass(frozen=True)
class Recipe:
    """A named way to train; ``options`` are what sets it apart from others of its module."""

    name: str
    title: str
    function: Callable[[TrainingSet, Options], Trained]
    options: dict[str, int]
    epochs: int

    def train(self, data: TrainingSet, options: Options) -> Trained:
        """Train on all of ``data``; a tenth of it is set aside for early stopping."""
        return self.function(data, Options(**{**options.__dict__, **self.options}))


class SettingsNet(nn.Module):
    """A network over settings: recipes on parameters derive from it.

    Attributes:
        scaling: what it sees of settings.
        decoder: latents (n, d) to what `output` makes settings of (n, 13), before they are bounded.
        bounded: whether a sigmoid keeps that from 0 to 1.
    """

    scaling: Scaling
    decoder: nn.Module
    bounded = True

    @property
    def output(self) -> Scaling:
        """What brings its own numbers back to Hz and dB."""
        return self.scaling

    def encode(self, settings: Tensor) -> Tensor:
        """Map settings (n, 15) to latents (n, d)."""
        raise NotImplementedError

    def embed(self, latents: Tensor) -> Tensor:
        """Map latents (n, d) to where words are pulled apart in training (n, e)."""
        return latents

    def scaled(self, latents: Tensor) -> Tensor:
        """Map latents (n, d) to what `output` makes settings of (n, 13)."""
        out: Tensor = self.decoder(latents)
        return torch.sigmoid(out) if self.bounded else out

    def decode(self, latents: Tensor) -> Tensor:
        """Map latents (n, d) to settings (n, 15)."""
        return self.output.back(self.scaled(latents))


class NetTrained:
    """A trained torch network over settings as `Trained`."""

    def __init__(self, net: SettingsNet, history: TrainingHistory) -> None:
        self.net = net.cpu().eval()
        self.history = history
        self.parameters = sum(p.numel() for p in net.parameters())

    @torch.no_grad()
    def encode(self, settings: Float64) -> Float64:
        return self.net.encode(tensor(settings)).double().numpy()

    def semantic(self, latents: Float64) -> Float64:
        return latents

    def words(self, latents: Float64) -> Float64:
        return latents

    @torch.no_grad()
    def decode(self, latents: Float64) -> Float64:
        return self.net.decode(tensor(latents)).double().numpy()

    @torch.no_grad()
    def values(self, latents: Float64) -> Float64:
        """Return what latents are decoded to in dB, Hz and Q (n, 13), whether a band can be so or not."""
        return self.net.output.values(self.net.scaled(tensor(latents))).double().numpy()

    def decoder_parts(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        output = self.net.output
        weights = {f"net.{name}": value.numpy() for name, value in self.net.decoder.state_dict().items()}
        kind = "blocks" if isinstance(self.net.decoder, BlockMlp) else "mlp"
        return {"kind": kind, "bounded": self.net.bounded, **output.about()}, {**weights, **output.arrays()}

    def named_latents(self) -> None:
        return None


class SettingsTask:
    """A task on settings: batches of them with their labels, and early stopping on what a tenth is decoded to."""

    def __init__(self, net: SettingsNet, data: TrainingSet, seed: int) -> None:
        self.device = pick_device()
        self.net: SettingsNet = net.to(self.device)
        train, self._watch = held_out_split(data, seed)
        self.rows = len(train.settings)
        self.settings = tensor(train.settings).to(self.device)
        self.codes = torch.tensor(codes(train.labels)).to(self.device)

    def held_out_error(self) -> float:
        decoded = self.net.decode(self.net.encode(tensor(self._watch.settings).to(self.device)))
        return float(rms(curves_of(clipped(decoded.cpu().double().numpy())) - self._watch.curves).mean())


def clipped(settings: Float64) -> Float64:
    """Bring settings (n, 15) to where a filter can be computed at all; an invalid one has an error even so."""
    low = np.repeat([-60.0, np.log(1.0), np.log(0.01)], 5)
    high = np.repeat([60.0, np.log(23_000.0), np.log(100.0)], 5)
    return np.clip(np.nan_to_num(settings, nan=0.0, posinf=1e6, neginf=-1e6), low, high)


def tensor(values: Float64) -> Tensor:
    """Return an array as a float32 tensor."""
    return torch.tensor(np.asarray(values), dtype=torch.float32)


def codes(labels: NDArray[np.str_]) -> NDArray[np.int64]:
    """Return labels as numbers, most frequent first; -1 has none."""
    names, counts = np.unique(labels[labels != ""], return_counts=True)
    order = {str(name): i for i, name in enumerate(names[np.argsort(-counts, kind="stable")])}
    return np.array([order.get(str(label), -1) for label in labels], dtype=np.int64)


def balanced_rows(labels: NDArray[np.int64], count: int, balance: float, rng: np.random.Generator) -> NDArray[np.intp]:
    """Draw ``count`` labeled rows: with ``balance`` 0 all rows alike, with 1 all labels alike."""
    sizes = np.bincount(labels[labels >= 0])
    share = np.where(labels >= 0, 1.0 / np.maximum(sizes[np.maximum(labels, 0)], 1) ** balance, 0.0)
    return rng.choice(len(labels), count, p=share / share.sum())


def held_out_split(data: TrainingSet, seed: int) -> tuple[TrainingSet, TrainingSet]:
    """Split the rows, seeded: nine tenths to train on and one tenth to watch."""
    order = np.random.default_rng([seed, 77]).permutation(len(data.settings))
    tenth = max(1, len(order) // 10)
    return data.take(np.sort(order[tenth:])), data.take(np.sort(order[:tenth]))


def train_net(task: Task, net: SettingsNet, options: Options, schedule: Schedule, name: str) -> NetTrained:
    """Run the shared loop on a settings network."""
    history = fit(
        task,
        schedule,
        seed=options.seed,
        checkpoint=options.checkpoint,
        resume=options.resume,
        identity=options.identity,
        show=options.show,
        name=name,
    )
    return NetTrained(net, history)
