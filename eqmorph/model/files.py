"""A model folder on disk: where it is, and reading it with every doubt about it spelled out.

A folder holds ``encoder.safetensors``, ``decoder.safetensors``, ``space.safetensors`` and ``card.json``, which names
the format and the SHA-256 of each. safetensors and JSON only: nothing in a model file can run.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph.errors import InputError
from eqmorph.model.network import LINEAR, expected_shapes
from eqmorph.model.settings import POINTS

__all__ = [
    "CARD",
    "FORMAT",
    "MODEL_VARIABLE",
    "PARTS",
    "QUANTILES",
    "ModelFiles",
    "locate",
    "read_model",
    "shipped_folder",
]

FORMAT = "eqmorph-eq-model/1"
CARD = "card.json"
PARTS = ("encoder", "decoder", "space")
MODEL_VARIABLE = "EQMORPH_MODEL"
QUANTILES = 21  # of each term's score over people's settings, 0 to 1 in steps of 0.05
_HINT = "Train one with `eqmorph train eq`, or leave out --model and EQMORPH_MODEL to use the shipped one."


@dataclass(frozen=True)
class ModelFiles:
    """What a model folder holds: arrays of each part by name, and the card."""

    folder: Path
    encoder: dict[str, NDArray[np.float32]]
    decoder: dict[str, NDArray[np.float32]]
    space: dict[str, NDArray[Any]]
    card: dict[str, Any]


def shipped_folder() -> Path:
    """The model that comes with the package."""
    return Path(__file__).parent / "shipped"


def locate(folder: Path | None = None) -> tuple[Path, str]:
    """The model folder in use and who chose it: the caller, the environment or nobody (the shipped one)."""
    if folder is not None:
        return folder, "--model"
    from_environment = os.environ.get(MODEL_VARIABLE)
    if from_environment:
        return Path(from_environment), MODEL_VARIABLE
    return shipped_folder(), "shipped"


def read_model(folder: Path) -> ModelFiles:
    """All of a model folder, checked.

    Raises:
        InputError: something is missing, damaged, of another make or another version.
    """
    card = _read_card(folder)
    hashes = card.get("files")
    parts: dict[str, dict[str, NDArray[Any]]] = {}
    for part in PARTS:
        path = folder / f"{part}.safetensors"
        expected = hashes.get(path.name) if isinstance(hashes, dict) else None
        parts[part] = _read_part(path, expected)
    for part in ("encoder", "decoder"):
        _check_shapes(folder / f"{part}.safetensors", parts[part], expected_shapes(part))
    _check_space(folder / "space.safetensors", parts["space"], card)
    return ModelFiles(folder, parts["encoder"], parts["decoder"], parts["space"], card)


def _read_card(folder: Path) -> dict[str, Any]:
    path = folder / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"no model here: {error.strerror or error}", hint=_HINT, path=path) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"the model card is damaged: {error}", hint=_HINT, path=path) from None
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        found = card.get("format") if isinstance(card, dict) else None
        raise InputError(f"not a model of this program: format {found!r} instead of {FORMAT!r}", hint=_HINT, path=path)
    return card


def _read_part(path: Path, sha256: object) -> dict[str, NDArray[Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"the model lacks it: {error.strerror or error}", hint=_HINT, path=path) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError("damaged or exchanged: not the file that the model card names", hint=_HINT, path=path)
    try:
        arrays: dict[str, NDArray[Any]] = load(data)
    except (SafetensorError, KeyError, ValueError) as error:
        raise InputError(f"no safetensors file: {error}", hint=_HINT, path=path) from None
    return arrays


def _check_shapes(path: Path, arrays: dict[str, NDArray[Any]], shapes: dict[str, tuple[int, ...]]) -> None:
    for name, shape in shapes.items():
        if name not in arrays or arrays[name].shape != shape or arrays[name].dtype != np.float32:
            found = f"{arrays[name].dtype} {arrays[name].shape}" if name in arrays else "missing"
            raise InputError(f"another network: {name} is {found}, not float32 {shape}", hint=_HINT, path=path)
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            raise InputError(f"damaged: {name} is not finite", hint=_HINT, path=path)


def _check_space(path: Path, arrays: dict[str, NDArray[Any]], card: dict[str, Any]) -> None:
    terms = card.get("terms")
    if (
        not isinstance(terms, list)
        or not terms
        or not all(isinstance(t, dict) and isinstance(t.get("word"), str) for t in terms)
    ):
        raise InputError("the model card names no terms", hint=_HINT, path=path.parent / CARD)
    people = len(arrays.get("people_linear", ()))
    _check_shapes(
        path,
        arrays,
        {
            "term_curves": (len(terms), POINTS),
            "term_quantiles": (len(terms), QUANTILES),
            "people_linear": (people, LINEAR),
        },
    )
    words = arrays.get("people_words")
    if words is None or words.shape != (people, len(terms)) or words.dtype != np.uint8:
        raise InputError("another space: people_words is missing or of another shape", hint=_HINT, path=path)
