"""The folder of a model that another recipe than the shipped one made: read, and checked before anything is used.

It holds ``decoder.safetensors``, ``words.safetensors`` (each word's latent, and that of no EQ) and ``card.json``, which
says of which recipe it is and how its decoder is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.errors import InputError
from eqmorph.model.card import CARD, HINT, RECIPE_FORMAT, check_card, read_any_card
from eqmorph.model.files import read_arrays, read_part
from eqmorph.model.recipe_decoders import KINDS, RecipeDecoder, read_decoder

__all__ = ["RECIPE_PARTS", "RecipeFiles", "checked_recipe", "read_recipe"]

RECIPE_PARTS = ("decoder", "words")
_LARGEST = {"decoder": 1e9, "words": 1e4}  # frequencies in Hz, times whatever a recipe mistakes them for; coordinates
_ENTRIES = ("recipe", "title")


@dataclass(frozen=True)
class RecipeFiles:
    """What the folder holds: the decoder, every word's latent (t, d), the latent of no EQ (d,), and the card."""

    folder: Path
    decoder: RecipeDecoder
    latents: Float64
    origin: Float64
    card: dict[str, Any]


def read_recipe(folder: Path) -> RecipeFiles:
    """Read and check all of such a folder.

    Raises:
        InputError: something is missing, damaged, or of another program.
    """
    return checked_recipe(folder, read_any_card(folder))


def checked_recipe(folder: Path, card: dict[str, Any]) -> RecipeFiles:
    """Read a model as `read_recipe` does, by a card that may differ from the one in the folder."""
    path = folder / CARD
    if card["format"] != RECIPE_FORMAT:
        raise InputError(f"not the model of a recipe: format {card['format']!r}", hint=HINT, path=path)
    check_card(card, path, parts=RECIPE_PARTS)
    about = card.get("decoder")
    if not (all(isinstance(card.get(name), str) for name in _ENTRIES) and isinstance(about, dict)):
        raise InputError("the model card is damaged: it does not say which recipe it is of", hint=HINT, path=path)
    if about.get("kind") not in KINDS:
        raise InputError(f"another decoder than this program knows: {about.get('kind')!r}", hint=HINT, path=path)
    data = {name: read_part(folder / name, sha256) for name, sha256 in card["files"].items()}
    parts = {part: read_arrays(folder / f"{part}.safetensors", data[f"{part}.safetensors"]) for part in RECIPE_PARTS}
    for part, arrays in parts.items():
        _check_numbers(folder / f"{part}.safetensors", arrays, _LARGEST[part])
    latents, origin = (parts["words"].get(name, np.zeros(0)).astype(float) for name in ("latents", "origin"))
    if latents.ndim != 2 or latents.shape != (len(card["terms"]), *origin.shape):
        raise InputError(
            "another space: latents are missing or of another shape", hint=HINT, path=folder / "words.safetensors"
        )
    place = folder / "decoder.safetensors"
    try:
        decoder = read_decoder(about, parts["decoder"])
        fits = decoder(origin[None]).shape == (1, 15)
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise InputError(f"another network than the card says: {error}", hint=HINT, path=place) from None
    if not fits:
        raise InputError("another network than the card says: it makes no setting", hint=HINT, path=place)
    return RecipeFiles(folder, decoder, latents, origin, card)


def _check_numbers(path: Path, arrays: dict[str, NDArray[Any]], largest: float) -> None:
    for name, values in arrays.items():
        if values.dtype != np.float32 or not np.isfinite(values).all() or np.abs(values).max(initial=0.0) > largest:
            raise InputError(f"damaged: {name[:40]} holds other than float32 within {largest:g}", hint=HINT, path=path)
