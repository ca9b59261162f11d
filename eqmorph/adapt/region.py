"""The region rule: each word's curve, more of it where the sound lacks it and less where it has it already.

Two things are looked at around each frequency. ``there`` says how much of the word is in the sound: 0 as usual, 1 as
much as the word's EQ would add, below 0 where it lacks; the word's curve is weighed by ``1 - STRENGTH * there``. And
where the sound stands out already in the direction it would be moved, the change yields: what is loud is not made
louder still, so that no sound is pushed out of what is usual by what the rest of it lacks. A least part always stays,
so that every sound moves the way it was asked to. The gain bends toward the limit instead of being scaled down to it:
a sound that lacks much in one place still gets what it needs elsewhere. What cannot be heard is not lacking: it counts
for nothing.

Sharpness is a matter of the whole: taking bass from a sound whose highs stand out makes it as sharp as raising them. So
a word that raises the highs yields as a whole where these stand out as a whole.

How the constants were found is in docs/evaluation-audio.md.
"""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import erb_rate
from eqmorph.model import FULL_RMS_DB, GRID_HZ

__all__ = ["bend_to_limit", "lobe_of", "region_curve", "smoothing"]


_WIDTH_ERB = 8.0  # of what counts as "around there" for a word
_STRENGTH = 1.5
_LEAST, _MOST = 0.05, 2.5  # of a word's curve, however much or little of it there is
_FLOOR = 0.15  # of the word's mean square: where its curve is near zero there is nothing to compare
_LEVEL_WIDTH_ERB = 4.0  # of what counts as "around there" for the level: narrower, a boom is a matter of two octaves
#: How far a sound stands out where a change is halved, and how gradually: early where a sound booms or turns sharp,
#: late between, where words such as "warm" and "full" live.
_YIELDS_HZ, _YIELDS_AT_DB = (120.0, 250.0, 2500.0, 5000.0), (-1.0, 6.0, 6.0, -1.0)
_YIELDS_OVER_DB = 4.0
#: The highs; how far they stand out where a word that raises them is halved; and which words do that: those whose mean
#: there is at least such a share of what they do everywhere.
_HIGHS = (GRID_HZ >= 4000.0) & (GRID_HZ <= 16_000.0)
_SHARP_AT_DB, _SHARP_OVER_DB, _OF_HIGHS = 4.5, 2.0, 0.5
_LEAST_HEARD = 1e-3
_EDGE = 0.4  # of a lobe's height: what is lower does not belong to it
_NAMES = 0.42  # of what a word lacks at most: what it adds names it if it is as high
_KNEE = 4.0  # how late the gain begins to bend


def region_curve(sound_db: Float64, term_db: Float64, audible: Float64 | None = None) -> Float64:
    """Return what a word with the curve ``term_db`` (64,) asks of sounds with the curves ``sound_db`` (..., 64).

    ``audible`` says how much there is to hear of them at each point (64,), 0..1; all of it where it is not given.
    """
    heard = np.ones_like(term_db) if audible is None else np.maximum(audible, _LEAST_HEARD)
    effect_db = np.sqrt(np.mean(term_db * term_db))
    # A word that people disagree on does less, not more of it for the same lack: what is there is told by its shape.
    full_db = term_db * (FULL_RMS_DB / effect_db) if effect_db else term_db
    square = full_db * full_db
    there = ((sound_db * full_db * heard) @ _AROUND.T) / (_AROUND @ (square * heard) + _FLOOR * square.mean())
    stands_out = (sound_db * heard) @ _NEAR.T / (_NEAR @ heard) * np.sign(term_db)
    stays = 1 / (1 + np.exp((stands_out - _YIELDS_AT) / _YIELDS_OVER_DB))
    raises_highs = np.clip(term_db[_HIGHS].mean() / (_OF_HIGHS * effect_db), 0, 1) if effect_db else 0.0
    is_sharp = 1 / (1 + np.exp((_SHARP_AT_DB - sound_db[..., _HIGHS].mean(axis=-1, keepdims=True)) / _SHARP_OVER_DB))
    share = np.clip(1 - _STRENGTH * there, 0.0, _MOST) * stays * (1 - raises_highs * is_sharp)
    return np.asarray(term_db * np.maximum(share, _LEAST))


def lobe_of(term_db: Float64) -> Float64:
    """Return the part of a word's curve (64,) that the word is named for, 0 elsewhere.

    It is the largest of the hills that it adds, faded at its edges: what "muddy" adds around 300 Hz, what "bright" adds
    at the top. Only a word that hardly adds anything, such as "thin", is named for its largest hollow.
    """
    turns = np.flatnonzero(np.diff(np.sign(term_db))) + 1
    parts = np.split(np.arange(len(term_db)), turns)
    adds = term_db.max() >= _NAMES * -term_db.min()
    named = [part for part in parts if (term_db[part].sum() > 0) == adds] or parts
    largest = max(named, key=lambda part: float(np.square(term_db[part]).sum()))
    height = np.abs(term_db[largest])
    lobe = np.zeros_like(term_db)
    lobe[largest] = np.maximum(height - _EDGE * height.max(), 0.0) / (1 - _EDGE) * np.sign(term_db[largest])
    return lobe


def bend_to_limit(curve_db: Float64, most_db: float) -> Float64:
    """Bend a curve (..., 64) so that it stays within ``most_db``; what is far below passes unchanged."""
    return np.asarray(curve_db / (1 + np.abs(curve_db / most_db) ** _KNEE) ** (1 / _KNEE))


def smoothing(width_erb: float) -> Float64:
    """Return what takes each point of curves as the mean around it, so many ERB to either side (64, 64)."""
    places = erb_rate(GRID_HZ)
    weights = np.exp(-0.5 * ((places[:, None] - places) / width_erb) ** 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


_YIELDS_AT: Float64 = np.interp(np.log(GRID_HZ), np.log(_YIELDS_HZ), _YIELDS_AT_DB)
_AROUND, _NEAR = smoothing(_WIDTH_ERB), smoothing(_LEVEL_WIDTH_ERB)
