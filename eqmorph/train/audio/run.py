"""Train a learned encoder, from music and data to a folder: all of ``eqmorph train audio``."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from eqmorph.analysis.encoders import CARD
from eqmorph.analysis.inputs import MEL_SCALE_DB, Inputs
from eqmorph.errors import OutputError, UsageError
from eqmorph.model import SemanticSpace
from eqmorph.model.files import read_model
from eqmorph.model.mel import MelBands
from eqmorph.model.reference import Reference
from eqmorph.train.audio.eqs import EqPool
from eqmorph.train.audio.export import export_encoder
from eqmorph.train.audio.front_end import front_end
from eqmorph.train.audio.inputs import TorchInputs
from eqmorph.train.audio.layouts import find_music
from eqmorph.train.audio.methods import METHODS, Consistency, Match, Method
from eqmorph.train.audio.nets import AudioNet, inputs_of, make_net
from eqmorph.train.audio.sounds import Sounds, cache_folder, pink_noise, read_sounds
from eqmorph.train.audio.task import AudioTask, Examples
from eqmorph.train.loop import Schedule, TrainingHistory, fit
from eqmorph.train.nets import DecoderNet, EncoderNet
from eqmorph.train.reference import check_weights
from eqmorph.wording import Means, Phrase

__all__ = ["MEL_BANDS", "AudioRecipe", "frozen_model", "gather_sounds", "train_audio", "train_encoder"]

MEL_BANDS = MelBands(count=64, low_hz=20.0, high_hz=20_000.0)
EPOCHS = 30
_BATCHES = 40  # an epoch
_NOISES = 24
_CHECKPOINT = "checkpoint.safetensors"


@dataclass(frozen=True)
class AudioRecipe:
    """What is trained and how."""

    arch: str = "cnn"
    method: str = "match"
    seed: int = 0
    epochs: int = EPOCHS
    batch: int = 48
    batches: int = _BATCHES
    rate: float = 2e-3
    own: float = 1.0  # how much of a sound's own curve `match` asks for

    @property
    def schedule(self) -> Schedule:
        return Schedule(epochs=self.epochs, batch=self.batch, rate=self.rate, patience=self.epochs)


def gather_sounds(
    music: Sequence[tuple[str, Path]],
    *,
    noise: bool,
    most_tracks: int,
    weights: Mapping[str, float] | None = None,
    cache: Path | None = None,
    seed: int = 0,
    show: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Sounds:
    """Gather the spectra of folders of music, each with the corpus it belongs to, and of pink noise.

    Corpora are drawn by ``weights``, 1 where there is none.

    Raises:
        UsageError: neither is given, a folder has no audio, or a weight is of no corpus.
    """
    check_weights(weights or {}, [name for name, _ in music])
    if not music and not noise:
        raise UsageError("nothing to listen to", hint="Give folders of music, noise or both.")
    found = find_music(music, most_tracks=most_tracks)
    files = sum(len(track.parts) for corpus in found for track in corpus.tracks)
    bar = _bar(files) if show and files else None
    progress = bar.update if bar is not None else lambda: None
    sounds = read_sounds(found, cache=cache or cache_folder(), tell=tell, progress=progress)
    if bar is not None:
        bar.close()
    if music and not sounds:
        raise UsageError("none of the music can be used", hint="See what was left out, and why.")
    return Sounds([*sounds, *(pink_noise(_NOISES, seed) if noise else [])], weights)


def train_audio(
    sounds: Sounds,
    eqs: EqPool,
    space: SemanticSpace,
    reference: Reference,
    out: Path,
    recipe: AudioRecipe,
    *,
    resume: bool = False,
    overwrite: bool = False,
    show: bool = False,
) -> list[str]:
    """Train an encoder and write it to ``out``; lines that say what came of it.

    Raises:
        OutputError: the folder can't be written, or holds an encoder and ``overwrite`` is not given.
    """
    if (out / CARD).exists() and not overwrite:
        raise OutputError(
            "already holds an encoder",
            hint=Phrase("Choose another folder, or replace it with {}.", Means.REPLACE),
            path=out,
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"can't make the folder: {error.strerror or error}", path=out) from None
    began = time.perf_counter()
    net, inputs, history = train_encoder(
        sounds, eqs, space, reference, recipe, checkpoint=out / _CHECKPOINT, resume=resume, show=show
    )
    seconds = time.perf_counter() - began
    about: dict[str, Any] = {
        "arch": recipe.arch,
        "method": recipe.method,
        "training": {
            "seed": recipe.seed,
            "epochs": recipe.epochs,
            "best_epoch": history.best_epoch + 1,
            "held_out_db": round(min(history.held_out), 4),
            "sounds": sounds.corpora,
            **({"weights": sounds.weights} if sounds.weights else {}),
            "sounds_sha256": sounds.sha256,
            "eqs_sha256": eqs.sha256,
            "model_sha256": space.card["files"]["encoder.safetensors"],
            "torch": torch.__version__.split("+")[0],
            "mel": front_end(),
        },
    }
    apart = export_encoder(out, net, inputs, sounds, reference.neutral_db, about)
    (out / _CHECKPOINT).unlink(missing_ok=True)
    return [
        f"best held-out error {min(history.held_out):.2f} dB, epoch {history.best_epoch + 1}, in {seconds:.0f} s",
        f"ONNX and torch apart by {apart:.1g} at most; written to {out}",
    ]


def train_encoder(
    sounds: Sounds,
    eqs: EqPool,
    space: SemanticSpace,
    reference: Reference,
    recipe: AudioRecipe,
    *,
    checkpoint: Path | None = None,
    resume: bool = False,
    show: bool = False,
) -> tuple[AudioNet, Inputs, TrainingHistory]:
    """Train; the network with its best weights, what it is to be given, and how it went."""
    train, watch = sounds.split(recipe.seed)
    inputs = _inputs(recipe.arch, train, reference)
    encoder, decoder = frozen_model(space.folder)
    torch.manual_seed(recipe.seed)
    net = make_net(recipe.arch, inputs.width, encoder)
    neutral = reference.neutral_db
    task = AudioTask(
        net,
        TorchInputs(inputs),
        _method(recipe, decoder),
        Examples(train, eqs, space, neutral),
        Examples(watch if len(watch) else train, eqs, space, neutral),
        rows=recipe.batch * recipe.batches,
        seed=recipe.seed,
    )
    facts = [
        recipe.arch,
        recipe.method,
        str(recipe.own),
        sounds.sha256,
        eqs.sha256,
        space.card["files"]["encoder.safetensors"],
    ]
    history = fit(
        task,
        recipe.schedule,
        seed=recipe.seed,
        checkpoint=checkpoint,
        resume=resume,
        show=show,
        name=f"{recipe.arch} {recipe.method}",
        identity=hashlib.sha256("\n".join([*facts, neutral.tobytes().hex()]).encode()).hexdigest(),
    )
    return net, inputs, history


def _method(recipe: AudioRecipe, decoder: DecoderNet) -> Method:
    if recipe.method not in METHODS:
        raise UsageError(f"unknown method {recipe.method!r}", hint=f"Use one of {', '.join(METHODS)}.")
    return Match(recipe.own) if recipe.method == "match" else Consistency(decoder)


def _inputs(arch: str, sounds: Sounds, reference: Reference) -> Inputs:
    """Return an architecture's inputs, less what is usual in some sounds: their mean, corpora alike."""
    kind = inputs_of(arch)
    if kind == "curve":
        return Inputs(kind, MEL_BANDS, reference.neutral_db)
    nothing = Inputs(kind, MEL_BANDS, np.zeros(MEL_BANDS.count))
    levels = [nothing.of(s.all_blocks().mean(axis=0)[None, None], s.sample_rate)[0, 0] for s in sounds.sounds]
    usual = sounds.shares @ np.array(levels, dtype=float)
    return Inputs(kind, MEL_BANDS, np.round(usual * MEL_SCALE_DB, 4))


def frozen_model(folder: Path) -> tuple[EncoderNet, DecoderNet]:
    """Return a model's encoder and decoder in torch."""
    files = read_model(folder)
    weights = {name: torch.from_numpy(values.copy()) for name, values in files.encoder.items()}
    encoder = EncoderNet(weights["basis"], weights["words"], weights["words_offset"])
    encoder.load_state_dict(weights)
    decoder = DecoderNet()
    # The limits of each band are constants of the network, not in the file.
    decoder.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in files.decoder.items()}, strict=False)
    return encoder.eval(), decoder.eval()


def _bar(total: int) -> Any:
    from tqdm import tqdm

    return tqdm(total=total, desc="listening", unit="file", disable=None)
