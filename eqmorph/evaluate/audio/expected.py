"""What words should do to a sound's physical descriptors."""

from __future__ import annotations

__all__ = ["EXCESS_OF", "JUDGED_WORDS", "MOVES", "OTHER_MOVES"]

#: Which descriptors a word moves, and which way; the first is the one its bars are about.
MOVES: dict[str, dict[str, int]] = {
    "warm": {
        "low_mid": 1, "loud_low_mid": 1, "low_mid_share": 1, "high_low": -1, "loud_centroid": -1, "sharpness": -1,
    },
    "bright": {"centroid": 1, "loud_centroid": 1, "sharpness": 1, "high_low": 1, "tilt": 1},
}  # fmt: skip
JUDGED_WORDS = tuple(MOVES)
#: Other words that physics has something to say about, each with one descriptor and which way it moves.
OTHER_MOVES = {
    "boomy": ("boom", 1), "muddy": ("high_low", -1), "mellow": ("presence", -1), "dark": ("loud_centroid", -1),
    "clear": ("presence", 1), "airy": ("high_low", 1), "thin": ("low", -1), "tinny": ("low", -1),
    "harsh": ("presence", 1),
}  # fmt: skip
#: The descriptor of which there may be too much when a word is asked for.
EXCESS_OF = {"warm": "boom", "bright": "sharpness"}
