"""What decisions do to music: rules against each other, words alone and together, refinement."""

from __future__ import annotations

import time
from functools import partial

import numpy as np

from eqmorph.adapt.decide import decide
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.limits import Limits
from eqmorph.adapt.move import best_move
from eqmorph.adapt.refine import Objective
from eqmorph.adapt.wish import wish_of
from eqmorph.analysis import MAIN_WORDS
from eqmorph.evaluate.audio.effects import effect_figures, spread_against_fixed
from eqmorph.evaluate.audio.expected import JUDGED_WORDS, OTHER_MOVES
from eqmorph.evaluate.audio.heard import TILTS, HeardMusic
from eqmorph.evaluate.audio.report import Figures
from eqmorph.evaluate.audio.rules import FIXED, OURS, REFINED, RULES
from eqmorph.model import GRID_HZ
from eqmorph.model.limit import MOST_DB

__all__ = ["growth_with_amount", "other_words", "refinement", "rules", "several_words"]

_REFINE_EVERY = 6  # excerpts
_TARGETS_EACH = 3  # of several words, for each sound
_AMOUNTS = np.linspace(0, 2, 9)
_EVEN_DB = 1e-3  # a curve that falls by less has not fallen: filters are rounded to single precision


def rules(music: HeardMusic) -> Figures:
    """Measure what each rule makes of tilted sounds: the nearer together they end up, the better it adapts."""
    found: Figures = {}
    largest_db = 0.0
    for word in music.known(JUDGED_WORDS):
        for rule in (*RULES, OURS):
            figures = effect_figures(music, word, music.tilted, music.bands_by_rule(rule, word, music.tilted))
            found |= {f"rule.{rule}.{word}.{name}": value for name, value in figures.items()}
            if rule == OURS:
                largest_db = max(largest_db, figures["largest_db"])
        found |= spread_against_fixed(found, word, (*RULES, OURS), "rule")
        ours, fixed = (found[f"rule.{rule}.{word}.excess"] for rule in (OURS, FIXED))
        ratio = ours / fixed if fixed else float(ours > 0)
        found["excess_against_fixed"] = max(found.get("excess_against_fixed", 0.0), ratio)
    return found | {"largest_db": largest_db}


def other_words(music: HeardMusic) -> Figures:
    """Measure whether the other common words move the right way, by their own scores and by physics."""
    found: Figures = {}
    sounds = music.tilted
    for word in music.known(MAIN_WORDS):
        if word in JUDGED_WORDS:
            continue
        bands = music.decided(word, sounds)
        raised = music.scores(music.curves_after(sounds, bands), word) > music.scores(sounds.curves, word)
        found[f"others.{word}.score"] = 100 * float(np.mean(raised))
        if word in OTHER_MOVES:
            name, sign = OTHER_MOVES[word]
            moved = sign * (sounds.described_after(bands)[name] - sounds.descriptors[name])
            found[f"others.{word}.{name}"] = 100 * float(np.mean(moved > 0))
    return found | ({"others.least": min(found.values())} if found else {})


def several_words(music: HeardMusic) -> Figures:
    """Measure whether each of two or three words asked for together, of either sign, moves its way."""
    rng = np.random.default_rng(0)
    words = music.known(MAIN_WORDS)
    right: list[bool] = []
    for spectra in music.plain.spectra:
        for _ in range(_TARGETS_EACH):
            chosen = rng.choice(words, size=min(int(rng.integers(2, 4)), len(words)), replace=False)
            weights = rng.uniform(0.2, 1.0, len(chosen)) * rng.choice([1, 1, -1], len(chosen))
            asked = " + ".join(f"{word}:{weight:.2f}" for word, weight in zip(chosen, weights, strict=True))
            decision = decide(music.ear, spectra, Goal(music.space.target(asked), max_gain_db=MOST_DB))
            for word, weight in zip(chosen, weights, strict=True):
                right.append((decision.predicted.score(word) - decision.before.score(word)) * weight > 0)
    return {"together_percent": 100 * float(np.mean(right))}


def growth_with_amount(music: HeardMusic) -> Figures:
    """Measure whether curves grow with the amount: of each sound one tilt for each word, another for the next."""
    count = len(music.excerpts)
    grows = []
    for number, word in enumerate(music.known(MAIN_WORDS)):
        target = music.space.target(f"{word}:1")
        for at in range(count):
            tilt = (at + number) % len(TILTS)
            spectra = music.tilted.spectra[tilt * count + at]
            made = [decide(music.ear, spectra, Goal(target, a, MOST_DB)).bands for a in _AMOUNTS]
            strength = [float(np.std(bands.response_db(GRID_HZ))) for bands in made]
            grows.append(bool(np.all(np.diff(strength) > -_EVEN_DB)) and strength[0] == 0)
    return {"monotone_percent": 100 * float(np.mean(grows))}


def refinement(music: HeardMusic) -> Figures:
    """Measure whether refined decisions are better by their own objective, how fast, and no worse otherwise."""
    count = len(music.excerpts)
    chosen = np.arange(0, count, _REFINE_EVERY)
    sounds = music.tilted.rows(np.concatenate([tilt * count + chosen for tilt in range(len(TILTS))]))
    found: Figures = {}
    better, left, seconds, largest_db = [], [], [], 0.0
    for word in music.known(JUDGED_WORDS):
        target = music.space.target(f"{word}:1")
        decided = music.decided(word, sounds)
        refined = []
        for spectra, curve, start in zip(sounds.spectra, sounds.curves, decided, strict=True):
            begun = time.process_time()
            goal = Goal(target, max_gain_db=MOST_DB, refine=True)
            bands = decide(music.ear, spectra, goal).bands
            seconds.append(time.process_time() - begun)
            curve_after, limits = partial(music.ear.curve, spectra), Limits([spectra], MOST_DB)
            move = best_move(music.ear, curve, wish_of(music.ear, curve, goal, limits), limits, curve_after)
            objective = Objective(music.ear, curve, move.wanted_db, move.bands, curve_after)
            before, after = objective(start), objective(bands)
            better.append(after < before)
            left.append(after / before if before else 1.0)
            refined.append(bands)
        fixed = music.bands_by_rule(FIXED, word, sounds)
        for rule, bands_of in ((FIXED, fixed), (OURS, decided), (REFINED, refined)):
            figures = effect_figures(music, word, sounds, bands_of)
            found |= {f"some.{rule}.{word}.{name}": value for name, value in figures.items()}
        found |= spread_against_fixed(found, word, (FIXED, OURS, REFINED), "some")
        largest_db = max(largest_db, found[f"some.{REFINED}.{word}.largest_db"])
    return found | {
        "refine.better_percent": 100 * float(np.mean(better)),
        "refine.objective_left": float(np.median(left)),
        "refine.mean_s": float(np.mean(seconds)),
        "refine.p95_s": float(np.quantile(seconds, 0.95)),
        "refine.largest_db": largest_db,
    }
