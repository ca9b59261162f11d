"""What moves look like on the meters, and whether they do what was asked: adaptive and fixed, for every kind of sound.

Every request of `requests` is made of every sound. The meters judge what an engineer would object to; whether words
move their way is judged by their own scores, and how much sounds that were tilted apart come together by descriptors.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.adapt.decide import decide
from eqmorph.adapt.fixed import fixed_eq
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import Ear
from eqmorph.audio.windows import Spectra, as_one_window
from eqmorph.bands import Bands
from eqmorph.evaluate.audio.descriptors import describe
from eqmorph.evaluate.audio.excerpts import equalized
from eqmorph.evaluate.audio.heard import TILTS
from eqmorph.evaluate.audio.kinds import HITS, MUSIC, SPEECH, Sound
from eqmorph.evaluate.audio.meters import Reading
from eqmorph.evaluate.audio.move_bars import MOVE_LIMITS_DB, MOVE_RULES, move_key
from eqmorph.evaluate.audio.report import Figures
from eqmorph.evaluate.audio.requests import BLENDS, PROMISED_BLEND, TAKEN_AWAY, WORDS, asking
from eqmorph.evaluate.audio.rules import FIXED, OURS
from eqmorph.kind import Kind
from eqmorph.model import GRID_HZ

__all__ = ["move_figures"]

#: The descriptors by which tilted sounds are to come together.
#: What corpora are heard as.
_HEARD_AS = {MUSIC: Kind.MIX, SPEECH: Kind.SPEECH, HITS: Kind.INSTRUMENT}
_NAMES = 0.42  # of what a word lacks at most: what it adds names it if it is as high
_COMES_TOGETHER = {"warm": ("low_mid", "loud_low_mid"), "bright": ("centroid", "loud_centroid")}
_SLACK_DB = 0.05  # what no meter shows
_STILL = 0.005  # a score that moves by less stays where it is
_HARDLY, _CLEARLY = 0.02, 0.05  # percentiles by which a word hardly moves, and clearly does
_LEAST_SHARE, _NO_SCORE = 1 / 3, 1e-3  # of what a word gets alone; what nobody misses
_OUTSIDE_DB = 1.5


def move_figures(ear: Ear, sounds: Mapping[str, Sequence[Sound]]) -> Figures:
    """Measure the moves of all `MOVE_RULES` within each of `MOVE_LIMITS_DB`, kind by kind."""
    found: Figures = {}
    for kind, of_kind in sounds.items():
        for limit_db in MOVE_LIMITS_DB:
            for rule in MOVE_RULES:
                made = _Moves(ear.of(_HEARD_AS[kind]), rule, limit_db)
                figures = _asked(made, of_kind) | _come_together(made, of_kind)
                found |= {move_key(kind, limit_db, rule, name): value for name, value in figures.items()}
    return found


@dataclass(frozen=True)
class _Move:
    """Bands for a sound, the words that were named as getting little, and the processor's time it took."""

    bands: Bands
    named: frozenset[str]
    seconds: float


class _Moves:
    """Makes moves by one rule within one limit, and judges by scores what they do."""

    def __init__(self, ear: Ear, rule: str, limit_db: float) -> None:
        self.ear, self.rule, self.limit_db = ear, rule, limit_db
        self._fixed: dict[tuple[str, int], Bands] = {}

    def make(self, spectra: Spectra, asked: str) -> _Move:
        if self.rule == FIXED:
            return _Move(self._fixed_bands(asked, spectra.sample_rate), frozenset(), 0.0)
        goal = self._goal(asked)
        begun = time.process_time()
        decision = decide(self.ear, spectra, goal)
        seconds = time.process_time() - begun
        return _Move(decision.bands, frozenset(conflict.word for conflict in decision.conflicts), seconds)

    def known(self, words: Sequence[str]) -> list[str]:
        """Return those of some words that the model knows."""
        return [word for word in words if word in self.ear.space.terms]

    def heard(self, spectra: Spectra, words: Sequence[str], bands: Bands | None = None) -> tuple[Float64, Float64]:
        """Return the scores and percentiles of words in a sound, after an EQ if one is given."""
        return self.ear.words_in(self.ear.curve(spectra, bands), words)

    def lobe(self, word: str) -> NDArray[np.bool_]:
        """Return where a word does what it is named for (64,): where it adds, or lacks if that is far more."""
        curve = self.ear.space.terms[word].curve_db
        return np.asarray(curve > 0 if curve.max() >= _NAMES * -curve.min() else curve < 0)

    def _goal(self, asked: str) -> Goal:
        return Goal(self.ear.space.target(asked), max_gain_db=self.limit_db)

    def _fixed_bands(self, asked: str, sample_rate: int) -> Bands:
        key = (asked, sample_rate)
        if key not in self._fixed:
            self._fixed[key] = fixed_eq(self.ear.space, self._goal(asked)).decide(sample_rate).bands
        return self._fixed[key]


class _Tally(defaultdict[str, list[float]]):
    """Values by name, one of each request that they can be told of."""

    def __init__(self) -> None:
        super().__init__(list)

    def add(self, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self[name].append(value)


def _asked(made: _Moves, sounds: Sequence[Sound]) -> Figures:
    """Measure what all requests do, as shares of the requests in percent where they are no dB, bands or ms."""
    shares, plain = _Tally(), _Tally()

    def tell(sound: Sound, move: _Move) -> Reading:
        reading = sound.meter.read(move.bands)
        shares.add(_objections(reading, made.limit_db))
        plain.add({"make_up": reading.make_up_db, "bands": reading.bands, "seconds": move.seconds})
        return reading

    for sound in sounds:
        for word in made.known(WORDS):
            move = made.make(sound.spectra, asking((word, 1.0)))
            tell(sound, move)
            score, percentile = _change(made, sound, word, move)
            shares.add({"right": score > -_STILL, "still": abs(percentile) < _HARDLY})
        for word in made.known(TAKEN_AWAY):
            move = made.make(sound.spectra, asking((word, -1.0)))
            outside_db = tell(sound, move).largest_outside_db(made.lobe(word), GRID_HZ)
            score, _ = _change(made, sound, word, move)
            shares.add({"right": score < _STILL, "outside": outside_db > _OUTSIDE_DB})
        for blend in BLENDS:
            if made.known(words := [word for word, _ in blend]) == words:
                move = made.make(sound.spectra, asking(*blend))
                tell(sound, move)
                _tell_blend(made, sound, blend, move, shares)
    return (
        {name: 100 * float(np.mean(values)) for name, values in shares.items()}
        | {"make_up_least": min(plain["make_up"]), "make_up_most": max(plain["make_up"])}
        | {"bands": float(np.mean(plain["bands"]))}
        | ({"ms": 1000 * float(np.median(plain["seconds"]))} if made.rule == OURS else {})
    )


def _objections(reading: Reading, limit_db: float) -> dict[str, float]:
    """Tell what an engineer would object to in a move."""

    def over(value_db: float, most_db: float) -> bool:
        return value_db > most_db + _SLACK_DB

    return {
        "largest_10": over(reading.largest_db, 10),
        "largest_limit": over(reading.largest_db, limit_db),
        "faint_2": over(reading.faint_rise_db, 2),
        "faint_4": over(reading.faint_rise_db, 4),
        "faint_levelled_2": over(reading.faint_rise_levelled_db, 2),
        "faint_levelled_4": over(reading.faint_rise_levelled_db, 4),
        "body_6": over(reading.body_cut_db, 6),
        "fights": reading.fights,
        "floor_3": over(reading.floor_rise_db, 3),
        "make_up_3": over(reading.make_up_db, 3),
    }


def _change(made: _Moves, sound: Sound, word: str, move: _Move) -> tuple[float, float]:
    """Return what a move adds to the score and the percentile of a word."""
    before, after = made.heard(sound.spectra, [word]), made.heard(sound.spectra, [word], move.bands)
    return float(after[0][0] - before[0][0]), float(after[1][0] - before[1][0])


def _tell_blend(made: _Moves, sound: Sound, blend: Sequence[tuple[str, float]], move: _Move, shares: _Tally) -> None:
    """Compare what each word of a blend gets with what it would get alone at its weight."""
    rises = []
    for word, weight in blend:
        score, percentile = _change(made, sound, word, move)
        alone, _ = _change(made, sound, word, made.make(sound.spectra, asking((word, weight))))
        gets, would_get = np.sign(weight) * score, np.sign(weight) * alone
        is_served, is_named = bool(gets >= _LEAST_SHARE * would_get - _NO_SCORE), word in move.named
        shares.add(
            {
                "served": is_served,
                "named": is_named,
                "served_or_named": is_served or is_named,
                "wrong_in_blends": bool(gets < -_STILL),
            }
        )
        rises.append(np.sign(weight) * percentile)
    if blend == PROMISED_BLEND:
        shares.add({"promised": min(rises) >= _CLEARLY})


def _come_together(made: _Moves, sounds: Sequence[Sound]) -> Figures:
    """Measure the spread of descriptors over tilts of a sound, after against before, mean of all sounds."""
    found: Figures = {}
    tilted = [[equalized(as_one_window(sound.spectra), tilt) for tilt in TILTS.values()] for sound in sounds]
    for word in made.known(list(_COMES_TOGETHER)):
        before, after = _Tally(), _Tally()
        for tilts in tilted:
            before.add(_spreads(tilts))
            moves = [made.make(spectra, asking((word, 1.0))) for spectra in tilts]
            after.add(_spreads([equalized(at, move.bands) for at, move in zip(tilts, moves, strict=True)]))
        for name in _COMES_TOGETHER[word]:
            found[f"left.{word}.{name}"] = float(np.mean(after[name]) / np.mean(before[name]))
    return found


def _spreads(tilts: Sequence[Spectra]) -> dict[str, float]:
    described = describe(np.array([spectra.mean_power for spectra in tilts]), tilts[0].sample_rate)
    return {name: float(np.std(values)) for name, values in described.items()}
