"""The recipe that is shipped: a setting is its response, and everything is measured there.

* Encoder: 24 principal components of the curve, linear, so that rays and mixes stay true; 8 semantic dimensions from a
  small network, in which the frequent words part; 8 more of a shrunk discriminant, in which all words do.
* Decoder: a residual network from the linear part to five bands that cannot be invalid, then a few Levenberg-Marquardt
  steps on the response.
* Loss: response error on people's settings, on mixes of them and on the crowd's curves, a supervised contrastive loss
on
  the semantic part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from eqmorph._typing import Float64
from eqmorph.model.fit_five import fit_five
from eqmorph.model.network import LINEAR, SEMANTIC
from eqmorph.model.network import Decoder as NumpyDecoder
from eqmorph.model.network import Encoder as NumpyEncoder
from eqmorph.model.settings import curves_of
from eqmorph.train.dataset import TrainingSet
from eqmorph.train.discriminant import word_discriminant
from eqmorph.train.loop import Schedule, TrainingHistory, fit, pick_device
from eqmorph.train.nets import DecoderNet, EncoderNet, response_db, rms_error, supcon
from eqmorph.train.recipes.base import Options, balanced_rows, codes, held_out_split, tensor

__all__ = ["EPOCHS", "TITLE", "ResponseModel", "crowd_in_range", "train"]

TITLE = "response space, 24 linear + 8 semantic + 8 for words (shipped)"
EPOCHS = 150

_CROWD_RANGE_DB = 12.0
_SCALE_DB = 3.0  # response errors are brought to the size of the contrastive loss
_ANNEALED_BY = 0.3  # of training
_WAY = 1.0  # dB per component of the noise on what the semantic part learns from
_STRENGTH = 0.4  # spread of the logarithm of how strong it is made
_OFTEN = 40  # settings below which a word's are too few to be pulled together: it would be learned by heart


class _Net(nn.Module):
    def __init__(self, data: TrainingSet) -> None:
        super().__init__()
        words, offset = word_discriminant(data)
        self.encoder = EncoderNet(tensor(_basis(data)), tensor(words), tensor(offset))
        self.decoder = DecoderNet(LINEAR)


@dataclass
class ResponseModel:
    """The trained recipe, run as it will be: in numpy, with refinement. ``net`` is kept for export."""

    net: _Net
    history: TrainingHistory

    def __post_init__(self) -> None:
        weights = {name: value.detach().numpy() for name, value in self.net.state_dict().items()}
        self.encoder = NumpyEncoder({k[8:]: v for k, v in weights.items() if k.startswith("encoder.")})
        self.decoder = NumpyDecoder({k[8:]: v for k, v in weights.items() if k.startswith("decoder.")})
        self.parameters = sum(int(v.size) for v in weights.values())

    def encode(self, settings: Float64) -> Float64:
        return self.encode_curves(curves_of(settings))

    def encode_curves(self, curves: Float64) -> Float64:
        """Return latents (n, 40) of any curves (n, 64)."""
        return self.encoder(curves).astype(float)

    def semantic(self, latents: Float64) -> Float64:
        return latents[:, LINEAR : LINEAR + SEMANTIC]

    def words(self, latents: Float64) -> Float64:
        return latents[:, LINEAR + SEMANTIC :]

    def decode(self, latents: Float64) -> Float64:
        wanted = self.encoder.curve(latents.astype(np.float32))
        starts = self.amortised(latents)
        return np.array([fit_five(s, w).setting for s, w in zip(starts, wanted, strict=True)]).reshape(-1, 15)

    def amortised(self, latents: Float64) -> Float64:
        """Return what the network alone decodes (n, 15), before refinement."""
        return self.decoder(latents.astype(np.float32))


class _Task:
    def __init__(self, net: _Net, data: TrainingSet, seed: int) -> None:
        self.device = pick_device()
        self.net = net.to(self.device)
        train, watch = held_out_split(data, seed)
        self.rows = len(train.curves)
        self._curves = tensor(train.curves).to(self.device)
        self._watch = tensor(watch.curves).to(self.device)
        self._crowd = tensor(crowd_in_range(data)).to(self.device)
        self._pull = _Pull(self._curves, codes(train.labels), self.net.encoder.basis)

    def losses(self, rows: NDArray[np.intp], progress: float, rng: np.random.Generator) -> dict[str, Tensor]:
        curves = self._curves[rows]
        parts = {"response": self._error(curves)}
        other = curves[rng.permutation(len(rows))]
        a, b = (self._column(rng.uniform(low, high, len(rows))) for low, high in ((0, 1.5), (-1, 1)))
        parts["mix"] = 0.5 * self._error(a * curves + b * other)
        if len(self._crowd):
            scale = rng.uniform(0.3, 1.3, len(rows)) * np.where(rng.random(len(rows)) < 0.3, -1, 1)
            parts["crowd"] = self._error(
                self._crowd[rng.integers(len(self._crowd), size=len(rows))] * self._column(scale)
            )
        if self._pull.possible:
            parts["words"] = 0.5 * min(1.0, progress / _ANNEALED_BY) * self._pull.loss(self.net.encoder, len(rows), rng)
        return parts

    def held_out_error(self) -> float:
        return float(rms_error(self._decoded(self._watch), self._watch).mean())

    def _decoded(self, curves: Tensor) -> Tensor:
        return response_db(self.net.decoder(self.net.encoder.linear(curves)))

    def _error(self, curves: Tensor) -> Tensor:
        return rms_error(self._decoded(curves), curves).mean() / _SCALE_DB

    def _column(self, values: Float64) -> Tensor:
        return tensor(values)[:, None].to(self.device)


class _Pull:
    """The contrastive loss: settings of a word toward each other, away from those of other words."""

    def __init__(self, curves: Tensor, labels: NDArray[np.int64], basis: Tensor) -> None:
        self._curves = curves
        often = np.bincount(labels[labels >= 0], minlength=1) >= _OFTEN
        self._labels = np.where((labels >= 0) & often[np.maximum(labels, 0)], labels, -1)
        self._ways = basis * 8  # unit vectors
        self.possible = bool((self._labels >= 0).any())

    def loss(self, encoder: EncoderNet, count: int, rng: np.random.Generator) -> Tensor:
        rows = balanced_rows(self._labels, count, 0.0, rng)
        points = encoder.semantic(self._varied(self._curves[rows], rng))
        return supcon(points, torch.tensor(self._labels[rows]).to(points.device))

    def _varied(self, curves: Tensor, rng: np.random.Generator) -> Tensor:
        """Vary curves in strength and shape: what is learned must not hang on one person's numbers."""
        n = len(curves)
        scale = tensor(np.exp(rng.normal(0, _STRENGTH, (n, 1)))).to(curves.device)
        noise = tensor(rng.normal(0, _WAY, (n, len(self._ways)))).to(curves.device) @ self._ways
        return curves * scale + noise


def crowd_in_range(data: TrainingSet) -> Float64:
    """Return the crowd's curves (c, 64), each at a range (highest less lowest) of 12 dB."""
    span = np.ptp(data.crowd, axis=1, keepdims=True)
    return np.asarray(data.crowd * (_CROWD_RANGE_DB / np.maximum(span, 1e-9)))


def _basis(data: TrainingSet) -> Float64:
    """Return the 24 principal components (24, 64) of all curves and their mirror images, of length 1 / sqrt(64)."""
    curves = np.vstack([data.curves, crowd_in_range(data)])
    components = np.linalg.svd(curves, full_matrices=False)[2][:LINEAR]
    # The sign of a component means nothing; fixed, so that one library's choice is every library's.
    signs = np.sign(components[np.arange(LINEAR), np.argmax(np.abs(components), axis=1)])
    return np.asarray(components * signs[:, None] / 8)


def train(data: TrainingSet, options: Options) -> ResponseModel:
    """Train; see the module's text."""
    torch.manual_seed(options.seed)
    task = _Task(_Net(data), data, options.seed)
    history = fit(
        task,
        Schedule(epochs=options.epochs or EPOCHS),
        seed=options.seed,
        checkpoint=options.checkpoint,
        resume=options.resume,
        identity=options.identity,
        show=options.show,
        name="response",
    )
    return ResponseModel(task.net.cpu(), history)
