"""Read the model card and say exactly what is wrong with it.

``card.json`` says what the other files must be (their SHA-256) and holds every word's evidence. It is sealed: its
``digest`` is the SHA-256 of all the rest of it, in a form that spaces and line breaks don't change. That shows damage
and accidental edits; a card changed on purpose can be sealed again (`eqmorph train seal`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eqmorph.errors import InputError, UsageError
from eqmorph.wording import Means, Phrase
from eqmorph.words import plain

__all__ = [
    "CARD",
    "FORMAT",
    "HINT",
    "PARTS",
    "RECIPE_FORMAT",
    "check_card",
    "digest_of",
    "read_any_card",
    "read_card",
]

FORMAT = "eqmorph-eq-model/2"
RECIPE_FORMAT = "eqmorph-recipe-model/1"  # of the model of another recipe than the shipped one
CARD = "card.json"
PARTS = ("encoder", "decoder", "space", "lexicon")
HINT = Phrase(
    "Train one with {}, or leave out {} and EQMORPH_MODEL to use the shipped one.", Means.TRAIN_EQ, Means.MODEL
)
_FILES = {*(f"{part}.safetensors" for part in (*PARTS, "words", "network")), "encoder.onnx", "decoder.onnx"}
_ONLY_EQS = Phrase(
    "It is for {}, {} and {}; for anything else train the recipe response, or leave out {} and EQMORPH_MODEL.",
    Means.SHOW_EQ,
    Means.MORPH,
    Means.FIXED,
    Means.MODEL,
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LANGUAGES = ("en", "es")
_LONGEST_TEXT = 200


def digest_of(card: Mapping[str, Any]) -> str:
    """Return the SHA-256 of everything in a card except its digest."""
    rest = {key: value for key, value in card.items() if key != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def read_card(folder: Path) -> dict[str, Any]:
    """Read the card of a semantic model's folder; what it says is not checked.

    Raises:
        UsageError: there is none, or it is of another recipe's model, which can make EQs and nothing else.
        InputError: it is not a card of this program.
    """
    card = read_any_card(folder)
    if card["format"] == RECIPE_FORMAT:
        problem = (
            f"a model of the recipe {str(card.get('recipe'))[:40]} makes EQs of words, and knows nothing of sounds"
        )
        raise UsageError(problem, hint=_ONLY_EQS, path=folder)
    return card


def read_any_card(folder: Path) -> dict[str, Any]:
    """Read the card of a model folder, whichever recipe made the model; what it says is not checked.

    Raises:
        UsageError: there is none.
        InputError: it is not a card of this program.
    """
    path = folder / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"no model here: {error.strerror or error}", hint=HINT, path=path) from None
    except (ValueError, RecursionError) as error:  # not JSON, not UTF-8, or a number of thousands of digits
        raise InputError(f"the model card is damaged: {error}", hint=HINT, path=path) from None
    if not isinstance(card, dict) or card.get("format") not in (FORMAT, RECIPE_FORMAT):
        found = card.get("format") if isinstance(card, dict) else None
        raise InputError(f"not a model of this program: format {found!r} instead of {FORMAT!r}", hint=HINT, path=path)
    return card


def check_card(card: Mapping[str, Any], path: Path, *, parts: Sequence[str] = PARTS) -> None:
    """Raise an InputError unless the card is sealed, names these parts, and everything used of it is valid."""
    problem = _problem_with_files(card, parts) or _problem_with_facts(card) or _problem_with_terms(card.get("terms"))
    if problem is None and card.get("digest") != digest_of(card):
        problem = "it was changed after it was sealed" if "digest" in card else "it is not sealed"
        hint = Phrase("If that was on purpose, seal it with {}.", Means.SEAL.named(path.parent))
        raise InputError(f"the model card can't be trusted: {problem}", hint=hint, path=path)
    if problem is not None:
        raise InputError(f"the model card is damaged: {problem}", hint=HINT, path=path)


def _problem_with_files(card: Mapping[str, Any], parts: Sequence[str]) -> str | None:
    files = card.get("files")
    if not isinstance(files, dict):
        return "it names no files"
    for part in parts:
        if f"{part}.safetensors" not in files:
            return f"it does not name {part}.safetensors"
    for name, sha256 in files.items():
        if name not in _FILES:
            return f"it names {name!r}, which is not part of a model"
        if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
            return f"the hash of {name} is not a SHA-256"
    return None


def _problem_with_facts(card: Mapping[str, Any]) -> str | None:
    for name in ("counts", "data_sha256"):
        if not isinstance(card.get(name, {}), dict):
            return f"{name} is not a table"
    return None


def _problem_with_terms(terms: object) -> str | None:
    if not isinstance(terms, list) or not terms:
        return "it names no terms"
    seen: dict[str, int] = {}
    for number, term in enumerate(terms, start=1):
        problem = _problem_with_term(term)
        if problem is not None:
            return f"term {number} {problem}"
        letters = plain(term["word"])
        if letters in seen:
            return f"term {number} is term {seen[letters]} again"
        seen[letters] = number
    return None


def _problem_with_term(term: object) -> str | None:
    if not isinstance(term, dict):
        return "is not a table"
    word = term.get("word")
    if not isinstance(word, str) or not word.isprintable() or not plain(word):
        return "has no word"
    if term.get("language") not in _LANGUAGES:
        return f"has a language other than {' or '.join(_LANGUAGES)}"
    for name in ("rows", "people"):
        count = term.get(name)
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            return f"has no number of {name}"
    if term.get("agreement") is not None and not _is_between(term["agreement"], -1.0, 1.0):
        return "has agreement outside -1 to 1"
    if not _is_between(term.get("confidence"), 0.0, 1.0):
        return "has confidence outside 0 to 1"
    charts, other = term.get("charts"), term.get("other_sense")
    if not isinstance(charts, list) or not all(_is_text(chart) for chart in charts):
        return "has no list of charts"
    if other is not None and not _is_text(other):
        return "has another sense that is not text"
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and len(value) <= _LONGEST_TEXT


def _is_between(value: object, low: float, high: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high  # NaN is nowhere
