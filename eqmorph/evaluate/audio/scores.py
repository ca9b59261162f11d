"""How far scores can be trusted: against known EQs, physics, the noise of windows, and rendered audio."""

from __future__ import annotations

import numpy as np

from eqmorph.adapt.decide import decide
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import MAIN_WORDS, listen
from eqmorph.evaluate.audio.excerpts import read_excerpt
from eqmorph.evaluate.audio.expected import JUDGED_WORDS, MOVES
from eqmorph.evaluate.audio.heard import HeardMusic
from eqmorph.evaluate.audio.report import Figures, Points
from eqmorph.evaluate.ranks import auc, rank_correlation
from eqmorph.render import Renderer

__all__ = ["known_eqs", "predictions", "rank_correlations", "score_points", "window_noise"]


_RENDERED_EVERY = 12  # excerpts


def known_eqs(music: HeardMusic) -> Figures:
    """Measure whether a word's own EQ raises its score, and whether the score tells with from without."""
    found: Figures = {}
    for word in music.known(MAIN_WORDS):
        bands = music.space.equalizer(music.space.target(f"{word}:1")).bands
        before = music.scores(music.plain.curves, word)
        after = music.scores(music.curves_after(music.plain, bands), word)
        found[f"raised.{word}"] = 100 * float(np.mean(after > before))
        found[f"auc.{word}"] = auc(before, after)
    for name, key in (("raised_percent", "raised."), ("auc", "auc.")):
        found[name] = float(np.mean([value for of, value in found.items() if of.startswith(key)]))
    return found


def rank_correlations(music: HeardMusic) -> Figures:
    """Measure whether scores order sounds as descriptors do, turned so that agreement is positive."""
    found: Figures = {}
    for word in music.known(JUDGED_WORDS):
        scores = music.scores(music.plain.curves, word)
        for name, sign in MOVES[word].items():
            found[f"rank.{word}.{name}"] = sign * rank_correlation(scores, music.plain.descriptors[name])
    return found


def score_points(music: HeardMusic) -> Points:
    """Return the scores and descriptors that `rank_correlations` compares, to be drawn."""
    points: Points = {}
    for word in music.known(JUDGED_WORDS):
        points[f"score.{word}"] = music.scores(music.plain.curves, word).tolist()
        points |= {name: music.plain.descriptors[name].tolist() for name in MOVES[word]}
    return points


def window_noise(music: HeardMusic) -> Figures:
    """Measure how far a window's score lies from its excerpt's, against how far excerpts lie apart."""
    found: Figures = {}
    windows = [music.ear.window_curves(spectra) for spectra in music.plain.spectra]
    for word in music.known(JUDGED_WORDS):
        scores = music.scores(music.plain.curves, word)
        away = [
            np.average((music.scores(curves, word) - score) ** 2, weights=spectra.weights)
            for curves, score, spectra in zip(windows, scores, music.plain.spectra, strict=True)
        ]
        found[f"noise.{word}.windows"] = float(np.sqrt(np.mean(away)))
        found[f"noise.{word}.tracks"] = float(np.std(scores))
    return found


def predictions(music: HeardMusic) -> tuple[Figures, Points]:
    """Compare scores predicted in the power domain with those of audio that was rendered and heard again."""
    errors: list[float] = []
    points: Points = {"predicted": [], "rendered": []}
    words = list(music.space.terms)
    main = [words.index(word) for word in music.known(MAIN_WORDS)]
    for excerpt in music.excerpts[::_RENDERED_EVERY]:
        samples, rate = read_excerpt(excerpt.excerpt)
        for word in music.known(JUDGED_WORDS):
            decision = decide(music.ear, excerpt.spectra, Goal(music.space.target(f"{word}:1")))
            rendered = music.ear.hear(listen([Renderer(decision.bands, rate).process(samples)], rate))
            errors += np.abs(decision.predicted.scores[main] - rendered.scores[main]).tolist()
            points["predicted"].append(decision.predicted.score(word))
            points["rendered"].append(rendered.score(word))
    return {"rendered.mean": float(np.mean(errors)), "rendered.max": float(np.max(errors))}, points
