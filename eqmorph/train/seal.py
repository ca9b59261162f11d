"""Write a model's card, and seal a model folder again: with today's words, without training."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph.errors import InputError, OutputError
from eqmorph.model.card import CARD, HINT, PARTS, RECIPE_FORMAT, digest_of, read_any_card
from eqmorph.model.files import ModelFiles, checked_model
from eqmorph.model.recipe_files import RECIPE_PARTS, checked_recipe
from eqmorph.train.data import file_sha256
from eqmorph.train.junk import junk_reason, split_words

__all__ = ["MODEL_FILES", "seal", "with_files", "write_card"]

_SPACE = "space.safetensors"
#: Of a model of any recipe, but for its card.
MODEL_FILES = (
    *(f"{part}.safetensors" for part in (*PARTS, *RECIPE_PARTS[1:], "network")),
    *("encoder.onnx", "decoder.onnx"),
)


def with_files(folder: Path, card: dict[str, Any]) -> dict[str, Any]:
    """Return a sealed card that names the files in a folder as they are now."""
    present = [name for name in MODEL_FILES if (folder / name).is_file()]
    card = {
        **card,
        "files": {name: file_sha256(folder / name) for name in present},
        "bytes": sum((folder / name).stat().st_size for name in present),
    }
    return {**card, "digest": digest_of(card)}


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write a card as JSON with one line a term."""
    lines = [json.dumps(term, ensure_ascii=False) for term in card["terms"]]
    head = json.dumps({k: v for k, v in card.items() if k != "terms"}, indent=1, ensure_ascii=False)
    text = head[: head.rindex("\n}")] + ',\n "terms": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"
    (folder / CARD).write_text(text, encoding="utf-8")


def seal(folder: Path) -> list[str]:
    """Accept a model folder as it is: hash its files, leave out words now on the junk list, seal its card.

    Encoder and decoder are not touched. Settings saved only under words that go, go with them. Return those words. Of
    another recipe's model none go: each has its own latent.

    Raises:
        InputError: the folder does not hold a model, or no word would be left.
        OutputError: it can't be written.
    """
    from safetensors.numpy import save

    try:
        card = with_files(folder, read_any_card(folder))
        if card["format"] == RECIPE_FORMAT:
            checked_recipe(folder, card)
            write_card(folder, card)
            return []
        files = checked_model(folder, card)
        gone = [t["word"] for t in card["terms"] if junk_reason(split_words(t["word"])) is not None]
        if len(gone) == len(card["terms"]):
            raise InputError("no word would be left: all are on the junk list by now", hint=HINT, path=folder / CARD)
        if gone:
            (folder / _SPACE).write_bytes(save(_pruned_space(files, set(gone))))
            card = with_files(folder, _pruned_card(files, set(gone)))
        write_card(folder, card)
    except OSError as error:
        raise OutputError(f"can't write the model: {error.strerror or error}", path=folder) from None
    return gone


def _stays(files: ModelFiles, gone: set[str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which terms stay (t,), and which people (p,): those that keep a word, or had none."""
    terms = np.array([t["word"] not in gone for t in files.card["terms"]])
    people = np.ones(len(files.space["people_linear"]), dtype=bool)
    who, what = files.space["people_words"].T
    people[who] = False
    people[who[terms[what]]] = True
    return terms, people


def _pruned_space(files: ModelFiles, gone: set[str]) -> dict[str, NDArray[Any]]:
    terms, people = _stays(files, gone)
    space = files.space
    who, what = space["people_words"].T
    stays = terms[what]
    new_who, new_what = np.cumsum(people) - 1, np.cumsum(terms) - 1
    pairs = np.stack([new_who[who[stays]], new_what[what[stays]]], axis=1).astype(np.int32)
    return {
        "term_curves": np.ascontiguousarray(space["term_curves"][terms]),
        "term_quantiles": np.ascontiguousarray(space["term_quantiles"][terms]),
        "people_linear": np.ascontiguousarray(space["people_linear"][people]),
        "people_words": np.ascontiguousarray(pairs),
        "people_answered": np.ascontiguousarray(space["people_answered"][people]),
    }


def _pruned_card(files: ModelFiles, gone: set[str]) -> dict[str, Any]:
    """Return the card without those terms.

    What it was trained on stays written; what went is added to ``left_out_since``.
    """
    card = files.card
    terms = [t for t in card["terms"] if t["word"] not in gone]
    languages = [t["language"] for t in terms]
    counts = {"terms": len(terms), "english": languages.count("en"), "spanish": languages.count("es")}
    before = card.get("left_out_since", {"words": [], "settings": 0})
    settings = int((~_stays(files, gone)[1] & (files.space["people_answered"] == 0)).sum())
    since = {"words": sorted([*before["words"], *gone]), "settings": before["settings"] + settings}
    return {**card, "counts": {**card.get("counts", {}), **counts}, "left_out_since": since, "terms": terms}
