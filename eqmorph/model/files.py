"""A model folder on disk: find it, read it and say exactly what is wrong with it.

A folder holds ``encoder.safetensors``, ``decoder.safetensors``, ``space.safetensors``, ``lexicon.safetensors``
and ``card.json``, which names
the format and the SHA-256 of each, and of the ONNX copies for other tools. Only safetensors and JSON are read: a
model can't run code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph.errors import InputError
from eqmorph.model.card import CARD, HINT, PARTS, check_card, read_card
from eqmorph.model.lexicon import problem_with_lexicon
from eqmorph.model.network import LINEAR, expected_shapes
from eqmorph.model.settings import POINTS, rms, without_mean
from eqmorph.model_folder import locate, shipped_folder

__all__ = [
    "QUANTILES",
    "ModelFiles",
    "checked_model",
    "locate",
    "read_arrays",
    "read_model",
    "read_part",
    "shipped_folder",
]

QUANTILES = 21  # of each term's score over people's settings, 0 to 1 in steps of 0.05
# Beyond what any model of this program holds, whatever it was trained on: weights and coordinates, then dB and scores.
_LARGEST = {"encoder": 1e4, "decoder": 1e4, "space": 1e3}
_LARGEST_CURVE_DB, _LEAST_CURVE_DB = 60.0, 0.1


@dataclass(frozen=True)
class ModelFiles:
    """What a model folder holds: arrays of each part by name, and the card."""

    folder: Path
    encoder: dict[str, NDArray[np.float32]]
    decoder: dict[str, NDArray[np.float32]]
    space: dict[str, NDArray[Any]]
    lexicon: dict[str, NDArray[Any]]
    card: dict[str, Any]


def read_model(folder: Path) -> ModelFiles:
    """Read and check all of a model folder.

    Raises:
        InputError: something is missing, damaged, of another program or another version.
    """
    return checked_model(folder, read_card(folder))


def checked_model(folder: Path, card: dict[str, Any]) -> ModelFiles:
    """Read a model as `read_model` does, by a card that may differ from the one in the folder."""
    check_card(card, folder / CARD)
    data = {name: read_part(folder / name, sha256) for name, sha256 in card["files"].items()}
    parts = {part: read_arrays(folder / f"{part}.safetensors", data[f"{part}.safetensors"]) for part in PARTS}
    for part in ("encoder", "decoder"):
        _check_arrays(folder / f"{part}.safetensors", parts[part], expected_shapes(part), _LARGEST[part])
    _check_space(folder / "space.safetensors", parts["space"], len(card["terms"]))
    problem = problem_with_lexicon(parts["lexicon"])
    if problem is not None:
        raise InputError(f"damaged: {problem}", hint=HINT, path=folder / "lexicon.safetensors")
    return ModelFiles(folder, parts["encoder"], parts["decoder"], parts["space"], parts["lexicon"], card)


def read_part(path: Path, sha256: str) -> bytes:
    """Read a file of a model, which must be the one that its card names."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"a file of the model is missing: {error.strerror or error}", hint=HINT, path=path) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError("damaged or replaced: not the file that the model card names", hint=HINT, path=path)
    return data


def read_arrays(path: Path, data: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays of a safetensors file by name."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays: dict[str, NDArray[Any]] = load(data)
    except (SafetensorError, KeyError, ValueError) as error:
        raise InputError(f"not a safetensors file: {error}", hint=HINT, path=path) from None
    return arrays


def _check_arrays(
    path: Path, arrays: dict[str, NDArray[Any]], shapes: Mapping[str, tuple[int, ...]], largest: float
) -> None:
    for name, shape in shapes.items():
        if name not in arrays or arrays[name].shape != shape or arrays[name].dtype != np.float32:
            found = f"{arrays[name].dtype} {arrays[name].shape}" if name in arrays else "missing"
            raise InputError(f"another network: {name} is {found}, not float32 {shape}", hint=HINT, path=path)
    for name, values in arrays.items():
        if name not in shapes:
            raise InputError(f"not of this program: it holds {name[:40]!r}", hint=HINT, path=path)
        if not np.isfinite(values).all():
            raise InputError(f"damaged: {name} is not finite", hint=HINT, path=path)
        if values.size and np.abs(values).max() > largest:
            raise InputError(f"damaged: {name} holds numbers beyond {largest:g}", hint=HINT, path=path)


def _check_space(path: Path, arrays: dict[str, NDArray[Any]], terms: int) -> None:
    people = len(arrays.get("people_linear", ()))
    shapes = {"term_curves": (terms, POINTS), "term_quantiles": (terms, QUANTILES), "people_linear": (people, LINEAR)}
    words, answered = (arrays.get(name, np.zeros(0)) for name in ("people_words", "people_answered"))
    if (
        words.dtype != np.int32
        or words.shape != (len(words), 2)
        or (words < 0).any()
        or (words >= (people, terms)).any()
    ):
        raise InputError("another space: people_words is missing or of another shape", hint=HINT, path=path)
    if answered.dtype != np.uint8 or answered.shape != (people,) or (answered > 1).any():
        raise InputError("another space: people_answered is missing or of another shape", hint=HINT, path=path)
    numbers = {name: values for name, values in arrays.items() if name not in {"people_words", "people_answered"}}
    _check_arrays(path, numbers, shapes, _LARGEST["space"])
    curves = arrays["term_curves"]
    if np.abs(curves).max() > _LARGEST_CURVE_DB or rms(without_mean(curves)).min() < _LEAST_CURVE_DB:
        raise InputError("damaged: an equalizer can't have the curve of a word", hint=HINT, path=path)
    if (np.diff(arrays["term_quantiles"], axis=1) < 0).any():
        raise InputError("damaged: term_quantiles do not ascend", hint=HINT, path=path)
