"""The tables of phrases, and the vocabulary that they are read with."""

from __future__ import annotations

from pathlib import Path

from eqmorph.model import load_space
from eqmorph.words import Vocabulary

DATA = Path(__file__).parents[1] / "data"
TABLES = ("phrases.tsv", "phrases_of_others.tsv", "phrases_unsorted.tsv", "phrases_beyond.tsv", "phrases_last.tsv")

REFUSED = "refused"


def vocabulary() -> Vocabulary:
    """Return the shipped words, and those derived from them."""
    return load_space().vocabulary


def phrases(name: str) -> list[tuple[str, str]]:
    """Return the phrases of a table, each with what is expected of it.

    That is `REFUSED`, or words with a sign after each (``warm+ muddy-``) or a weight (``warm=0.5``).
    """
    rows = []
    for line in (DATA / name).read_text(encoding="utf-8").splitlines()[1:]:
        if line and not line.startswith("#"):
            phrase, expected = line.split("\t")
            rows.append((phrase.replace("\\n", "\n"), expected))
    return rows


def expected_weights(expected: str) -> dict[str, float | str]:
    """Return what a table expects of each word: its sign, or its weight."""
    found: dict[str, float | str] = {}
    for part in expected.split():
        if "=" in part:
            word, weight = part.split("=")
            found[word] = float(weight)
        else:
            found[part[:-1]] = part[-1]
    return found
