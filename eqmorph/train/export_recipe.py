"""The model of another recipe than the shipped one, as a folder that runs without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.errors import InputError, OutputError
from eqmorph.model.card import RECIPE_FORMAT
from eqmorph.model.recipe_decoders import read_decoder
from eqmorph.train.corpus import Corpus
from eqmorph.train.dataset import TrainingSet
from eqmorph.train.evidence import WordBuilder
from eqmorph.train.export import PARITY, export_onnx, onnx_difference, run_onnx
from eqmorph.train.fitted import fitted_settings
from eqmorph.train.recipes.base import Generating, NetTrained, clipped, tensor
from eqmorph.train.seal import with_files, write_card
from eqmorph.train.vocabulary import card_lines

__all__ = ["NETWORK", "export_recipe"]

NETWORK = "network.safetensors"  # all of a recipe's weights, for other tools
_REPORT = "This is a defect in eqmorph; please report it."


def export_recipe(
    folder: Path, model: Generating, data: TrainingSet, corpus: Corpus, *, about: Mapping[str, Any]
) -> dict[str, Any]:
    """Write a model folder and return its card. ``about`` (recipe, title, how it was trained) goes into the card.

    Raises:
        InputError: no word has a setting.
        OutputError: it can't be written, or what was written does not compute what was trained.
    """
    from safetensors.numpy import save

    latents = _word_latents(model, data, corpus)
    words = WordBuilder.of(corpus).from_corpus(corpus).words
    lines = card_lines([words[name] for name in sorted(words) if name in latents])
    if not lines:
        raise InputError("no word to make EQs of", hint="Give settings or answers with words.")
    decoder, weights = model.decoder_parts()
    places = {"latents": np.array([latents[line["word"]] for line in lines]), "origin": _origin(model, data)}
    arrays = {"decoder": weights, "words": places}
    try:
        for part, values in arrays.items():
            whole = {name: np.ascontiguousarray(array, np.float32) for name, array in values.items()}
            (folder / f"{part}.safetensors").write_bytes(save(whole))
        parity = {"decoder_numpy": _difference(model, decoder, weights, data)}
        if isinstance(model, NetTrained):
            parity |= _export_network(folder, model, data)
        worst = max(parity, key=lambda name: parity[name])
        if parity[worst] >= PARITY:
            problem = f"{worst} differs from what was trained by {parity[worst]:.2g}"
            raise OutputError(problem, hint=_REPORT, path=folder)
        card = {
            "format": RECIPE_FORMAT,
            "digest": "",  # here, so that it is written above what it seals
            "data_sha256": corpus.sha256,
            "counts": {
                "settings": len(data.settings),
                "fitted": data.fitted,
                "crowd_curves": len(data.crowd),
                "terms": len(lines),
                "parameters": model.parameters,
                "dropped": corpus.drop_summary(),
            },
            "parity": parity,
            **about,
            "decoder": decoder,
            "terms": lines,
        }
        card = with_files(folder, card)
        write_card(folder, card)
    except OSError as error:
        raise OutputError(f"can't write the model: {error.strerror or error}", path=folder) from None
    return card


def _word_latents(model: Generating, data: TrainingSet, corpus: Corpus) -> dict[str, Float64]:
    """Return each word's latent: the mean of its settings', or where it has none that of its curve, fitted."""
    named = model.named_latents()
    if named is not None:
        return named
    latents = model.encode(data.settings)
    found: dict[str, list[Float64]] = {}
    for words, latent in zip(data.words, latents, strict=True):
        for word in words:
            found.setdefault(word, []).append(latent)
    rest = replace(corpus, curves=tuple(c for c in corpus.curves if c.word not in found), answers=())
    if rest.curves:
        words_left, settings = fitted_settings(rest)
        for (word,), latent in zip(words_left, model.encode(settings), strict=True):
            found[word] = [latent]
    return {word: np.mean(rows, axis=0) for word, rows in found.items()}


def _origin(model: Generating, data: TrainingSet) -> Float64:
    """Return the latent of no EQ (d,): of the middle setting, without its gains."""
    flat = np.median(data.settings, axis=0)[None]
    flat[:, :5] = 0.0
    return np.asarray(model.encode(flat)[0])


def _difference(
    model: Generating, about: Mapping[str, Any], weights: Mapping[str, NDArray[Any]], data: TrainingSet
) -> float:
    """Return how far the decoder without torch is from the trained one, on all settings there are."""
    latents = model.encode(data.settings)
    whole = {name: np.ascontiguousarray(array, np.float32) for name, array in weights.items()}
    return _apart(read_decoder(about, whole)(latents), model.decode(latents))


def _apart(found: Float64, expected: Float64) -> float:
    """Return the largest difference of settings (n, 15), relative where numbers are large, in range of any filter.

    A frequency next to 0 Hz has a logarithm that the last digit moves far.
    """
    found, expected = clipped(found), clipped(expected)
    return float(np.max(np.abs(found - expected) / np.maximum(np.abs(expected), 1.0)))


def _export_network(folder: Path, model: NetTrained, data: TrainingSet) -> dict[str, float]:
    """Write a network's weights, and encoder and decoder as ONNX; return how far ONNX is from torch."""
    from safetensors.torch import save_file

    save_file({k: v.contiguous() for k, v in model.net.state_dict().items()}, folder / NETWORK)
    settings, latents = tensor(data.settings).numpy(), model.encode(data.settings)
    export_onnx(model.net, model.net.encode, settings.shape[1], folder / "encoder.onnx")
    export_onnx(model.net, model.net.decode, latents.shape[1], folder / "decoder.onnx")
    return {
        "encoder_onnx": onnx_difference(folder / "encoder.onnx", settings, latents),
        "decoder_onnx": _apart(
            run_onnx(folder / "decoder.onnx", latents.astype(np.float32)).astype(float), model.decode(latents)
        ),
    }
