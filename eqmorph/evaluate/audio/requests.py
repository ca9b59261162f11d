"""What is asked of every sound, to see what becomes of it: single words, words to take away, and blends."""

from __future__ import annotations

__all__ = ["BLENDS", "PROMISED_BLEND", "TAKEN_AWAY", "WORDS", "asking"]

WORDS = (
    "warm", "bright", "dark", "clear", "airy", "muddy", "boomy", "boxy", "nasal", "harsh",
    "present", "full", "thin", "punchy", "smooth", "crisp", "soft", "mellow", "tinny", "sibilant",
)  # fmt: skip
TAKEN_AWAY = (
    "harsh", "muddy", "boomy", "boxy", "sibilant", "thin", "dark", "dull", "nasal", "bright", "warm", "tinny",
)  # fmt: skip
#: What the first page of the docs asks for.
PROMISED_BLEND = (("warm", 0.5), ("airy", 0.3))
BLENDS = (
    PROMISED_BLEND,
    (("warm", 0.5), ("airy", 0.3), ("muddy", -0.4)),
    (("clear", 0.5), ("warm", 0.3)),
    (("bright", 0.5), ("full", 0.5)),
    (("warm", 0.7), ("harsh", -0.3)),
    (("present", 0.6), ("warm", 0.4), ("harsh", -0.4)),
)


def asking(*terms: tuple[str, float]) -> str:
    """Return words with weights as a target is written."""
    return " + ".join(f"{word}:{weight:g}" for word, weight in terms)
