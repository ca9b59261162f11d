"""A trained encoder as a folder that runs without torch: ONNX, its card, the weights and its own reference."""

from __future__ import annotations

import hashlib
import json
import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from eqmorph._typing import Float32, Float64
from eqmorph.analysis.encoders import CARD, FORMAT, NETWORK, REFERENCE_HASH, load_encoder
from eqmorph.analysis.inputs import BLOCKS, Inputs
from eqmorph.audio.windows import Spectra
from eqmorph.errors import OutputError
from eqmorph.model.reference import REFERENCE, Reference, ReferenceCorpus, write_reference
from eqmorph.train.audio.nets import AudioNet
from eqmorph.train.audio.sounds import NOISE, WINDOW_S, Sounds, TrainingSound
from eqmorph.train.export import PARITY

__all__ = ["export_encoder", "onnx_parity", "spectra_of"]


_OPSET = 18
_WEIGHTS = "network.safetensors"


def export_encoder(
    folder: Path, net: AudioNet, inputs: Inputs, sounds: Sounds, neutral_db: Float64, about: dict[str, Any]
) -> float:
    """Write the folder; how far ONNX and torch are apart. ``about`` (how it was trained) goes into the card.

    ``neutral_db`` (64,) is the spectrum that curves are against.

    Raises:
        OutputError: it can't be written, or what was written computes something else.
    """
    from safetensors.torch import save_file

    net.eval()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_onnx(net, inputs, folder / NETWORK)
        save_file({k: v.contiguous() for k, v in net.net.state_dict().items()}, folder / _WEIGHTS)
        apart = onnx_parity(folder / NETWORK, net, _examples(inputs, sounds))
        if apart >= PARITY:
            raise OutputError(
                f"ONNX differs from torch by {apart:.2g}",
                hint="This is a defect in eqmorph; please report it.",
                path=folder,
            )
        card = {
            "format": FORMAT,
            "sha256": hashlib.sha256((folder / NETWORK).read_bytes()).hexdigest(),
            "weights_sha256": hashlib.sha256((folder / _WEIGHTS).read_bytes()).hexdigest(),
            "inputs": inputs.to_dict(),
            "parity": apart,
            "parameters": sum(p.numel() for p in net.net.parameters()),
            **about,
        }
        (folder / REFERENCE).unlink(missing_ok=True)
        _write_card(folder, card)
        if _write_reference(folder, sounds, neutral_db):
            _write_card(folder, {**card, REFERENCE_HASH: hashlib.sha256((folder / REFERENCE).read_bytes()).hexdigest()})
    except OSError as error:
        raise OutputError(f"can't write the encoder: {error.strerror or error}", path=folder) from None
    return apart


def onnx_parity(path: Path, net: AudioNet, given: list[Float32]) -> float:
    """Return the largest difference between an ONNX file's latents and curves and torch's, for inputs (n, t, f)."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    worst = 0.0
    for rows in given:
        with torch.no_grad():
            expected = net(torch.from_numpy(rows))
        found = session.run(["latent", "curve"], {"input": rows})
        worst = max(worst, *(float(np.abs(f - e.numpy()).max()) for f, e in zip(found, expected, strict=True)))
    return worst


def _write_card(folder: Path, card: dict[str, Any]) -> None:
    (folder / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_onnx(net: AudioNet, inputs: Inputs, path: Path) -> None:
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    stretches = torch.export.Dim("stretches", min=1) if inputs.kind == "mel" else None
    shapes = {0: torch.export.Dim("sounds", min=1)} | ({1: stretches} if stretches is not None else {})
    example = torch.zeros(3, BLOCKS if stretches is not None else 1, inputs.width)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own deprecations: nothing a person can act on
        program: Any = torch.onnx.export(
            net,
            (example,),
            dynamo=True,
            input_names=["input"],
            output_names=["latent", "curve"],
            dynamic_shapes=(shapes,),
            opset_version=_OPSET,
            verbose=False,
        )
        if program is None:
            raise OutputError("the ONNX exporter returned nothing", path=path)
        program.save(path, external_data=False)


def _examples(inputs: Inputs, sounds: Sounds) -> list[Float32]:
    """Return real inputs: whole sounds, and windows."""
    some = sounds.sounds[:: max(1, len(sounds) // 32)]
    return [
        *(inputs.of(sound.all_blocks()[None], sound.sample_rate) for sound in some),
        *(inputs.of(sound.power[sound.power.any(axis=1)][:5, None], sound.sample_rate) for sound in some),
    ]


def _write_reference(folder: Path, sounds: Sounds, neutral_db: Float64) -> bool:
    """Write what the encoder hears in the sounds it was trained on: its own measure of what is usual.

    Not written, and False, where it was trained on noise alone.
    """
    music = Sounds([sound for sound in sounds.sounds if sound.corpus != NOISE], sounds.weights)
    if not len(music):
        return False
    encoder = load_encoder(folder)
    curves = np.array([encoder.curve(spectra_of(sound), None) for sound in music.sounds])
    corpora = tuple(_facts(music, name) for name in music.corpora)
    write_reference(folder / REFERENCE, Reference(neutral_db, curves, music.shares, corpora))
    return True


def _facts(sounds: Sounds, corpus: str) -> ReferenceCorpus:
    own = Sounds([sound for sound in sounds.sounds if sound.corpus == corpus])
    seconds = sum(float(sound.lengths.sum()) for sound in own.sounds)
    return ReferenceCorpus(corpus, "", "", "", len(own), round(seconds, 1), own.sha256)


def spectra_of(sound: TrainingSound) -> Spectra:
    """Return a sound as the run time would hold it."""
    frames = round(float(sound.lengths.sum()) * sound.sample_rate)
    starts = np.arange(len(sound.power), dtype=float) * WINDOW_S
    energy = sound.power.sum(axis=1, dtype=float)
    return Spectra(sound.sample_rate, frames, WINDOW_S, WINDOW_S, starts, sound.lengths, sound.power, energy)
