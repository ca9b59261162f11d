"""What is known of one word by itself: what people did for it, and what published charts say of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64
from eqmorph.model.settings import GRID_HZ, POINTS, on_grid, rms, without_mean
from eqmorph.model.space import SCORED
from eqmorph.train.charts import ChartWord, chart_curve
from eqmorph.train.corpus import AUDEALIZE_HZ, Answer, WordCurve
from eqmorph.train.hearing import answer_curves, plainly_heard_at
from eqmorph.train.senses import Camps, camps_of

__all__ = ["FLAT", "Charted", "Said", "agreement_of", "correlation", "is_published", "saved_voices", "what_is_said"]

FLAT = 1e-6  # rms of a curve that says nothing
_LEAST_CONSISTENCY = 0.02  # of a person's weight: nobody counts for nothing
_ROW_VOICE, _MOST_ROWS = 0.25, 40  # a saved setting says less of a word than an answer, and hundreds no more than 40
_MEAN_VOICE, _MOST_OF_A_MEAN = 0.5, 40  # a person in a mean, whose consistency is not known
_CHART_VOICES = 2.0  # what charts count, in people, where nobody was asked or could hear anything,
_CHARTS_YIELD = 1.5  # and how many people of one mind halve that
_UNPUBLISHED, _UNPUBLISHED_COUNT = {"practice", "synonym", "translation"}, 0.5  # sources without a chart of their own
_UNHEARD_LEVEL = 0.7  # of a curve's size, in a chart's zone that nobody could hear
_ENOUGH_ASKED = 3  # people, against what no chart of its own says
# People of one mind who mean something else than charts, and how far off; many who go another way at all do.
_ENOUGH_TO_DIFFER, _OTHERWISE, _MANY = 1.0, -0.15, 4.5
_STANDS_OUT, _MOST_NUDGE = 0.45, 0.8  # a zone above the mean, and how much of a chart is added for that
_YIELDING = 1.5  # people of one mind divide this to the most of a chart that is added


def correlation(a: Float64, b: Float64) -> float:
    """Return the correlation of two curves (64,) from 50 Hz to 14 kHz, where scores look; 0 where one is flat."""
    a, b = a[SCORED] - a[SCORED].mean(), b[SCORED] - b[SCORED].mean()
    return float(np.dot(a, b) / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-12))


def saved_voices(rows: int) -> float:
    """Return how many voices so many saved settings are."""
    return _ROW_VOICE * min(rows, _MOST_ROWS)


def is_published(sources: Iterable[str]) -> bool:
    """Tell whether any of a chart's sources is a publication, not only practice or another word's chart."""
    return not set(sources) <= _UNPUBLISHED


@dataclass(frozen=True)
class Charted:
    """What charts say: zones (64,), -1 to 1, the same as a curve of unit rms, its voices by frequency, who says so."""

    zones: Float64
    curve: Float64
    voices: Float64
    sources: tuple[str, ...]

    @property
    def is_published(self) -> bool:
        """Whether a chart says so, not only practice or another word's chart."""
        return is_published(self.sources)

    @property
    def sign(self) -> Float64:
        return np.sign(self.zones)

    @property
    def inside(self) -> Float64:
        """1 in a zone, 0 outside (64,)."""
        return (np.abs(self.zones) > 0.5).astype(float)


@dataclass(frozen=True)
class Said:
    """A word's own evidence.

    Attributes:
        curve: the mean of what people did (64,); flat where nobody did anything.
        voices: how many people that is worth.
        heard: how much of the curve they plainly heard (64,), 0..1.
        people: people asked.
        answers: what each of them did (n, 64), where that is known.
        shares: how many voices each answer has in the mean (n,).
        saved: settings' curves (m, 64), at unit rms.
        agreement: the mean correlation of one answer with the mean of the others; None below two.
        camps: what people split into, if they contradict each other.
        charted: what charts say, if any does.
    """

    curve: Float64
    voices: float
    heard: Float64
    people: int
    answers: Float64
    shares: Float64
    saved: Float64
    agreement: float | None
    camps: Camps | None
    charted: Charted | None

    @property
    def certain(self) -> float:
        """How many people of one mind there are."""
        return float(self.shares.sum()) * max(self.agreement or 0.0, 0.0)

    @property
    def total(self) -> Float64:
        """All of it together (64,), each as large as its voices."""
        total = self.voices * self.curve
        return total if self.charted is None else total + self.charted.voices * self.charted.curve

    @property
    def is_vouched(self) -> bool:
        """Whether charts say what is meant: a publication, or practice where hardly anybody was asked."""
        return self.charted is not None and (self.charted.is_published or self.people < _ENOUGH_ASKED)

    def pointing(self, curve: Float64) -> Float64:
        """Return a curve (64,) that goes where charts say, as far as people did not plainly do something else.

        What nobody could hear is the charts'. Then as much of their curve is added as it takes for their zones to stand
        out, the less the more people were of one mind; nothing if these meant something else.
        """
        charted, size = self.charted, float(rms(curve))
        if charted is None or size < FLAT or not self.is_vouched:
            return curve
        shape, sign, inside = curve / size, charted.sign, charted.inside
        goes = float(np.average(sign * shape, weights=inside * self.heard + FLAT))
        if self.certain >= _ENOUGH_TO_DIFFER and goes < (0.0 if self.certain >= _MANY else _OTHERWISE):
            return curve
        unheard = np.abs(charted.zones) * (1 - self.heard)
        shape = without_mean((1 - unheard) * shape + unheard * _UNHEARD_LEVEL * sign)
        for share in np.arange(0.0, min(_MOST_NUDGE, _YIELDING / max(self.certain, FLAT)), 0.05):
            nudged = without_mean(shape + share * charted.curve)
            if float(np.average(sign * nudged, weights=inside)) >= _STANDS_OUT * float(rms(nudged)):
                return nudged
        return shape


def what_is_said(answers: Sequence[Answer], saved: Float64, mean: WordCurve | None, chart: ChartWord | None) -> Said:
    """Return a word's own evidence: answers, settings' curves (m, 64) at unit rms, a crowd's mean, and charts.

    A mean counts only where there is no answer: it is of the same people.
    """
    curves, heard = answer_curves(answers)
    agreement = agreement_of(curves)
    trust = np.array([max(answer.consistency, _LEAST_CONSISTENCY) for answer in answers])
    camps = camps_of(curves, trust, agreement)
    shares = trust * (camps.in_larger if camps is not None else 1.0)
    if answers:
        shares *= shares.sum() / np.square(shares).sum()  # so that they add up to the people they are worth
    total, weight = shares @ (heard * curves), shares @ heard
    plain = shares @ np.array([plainly_heard_at(a.stimulus) for a in answers]).reshape(heard.shape)
    crowd = _MEAN_VOICE * min(mean.people, _MOST_OF_A_MEAN) if mean is not None and not answers else 0.0
    if mean is not None and crowd:
        total, weight = total + crowd * _unit(on_grid(mean.curve_db, AUDEALIZE_HZ)), weight + crowd
    rows = saved_voices(len(saved))
    if rows:
        total, weight = total + rows * saved.mean(axis=0), weight + rows
    voices = float(shares.sum()) + crowd + rows
    return Said(
        curve=without_mean(total / np.maximum(weight, FLAT)),
        voices=voices,
        heard=(plain + crowd + rows) / max(voices, FLAT),
        people=len(answers) or (mean.people if mean is not None else 0),
        answers=curves,
        shares=shares,
        saved=saved,
        agreement=agreement,
        camps=camps,
        charted=None if chart is None else _charted(chart, plain * max(agreement or 0.0, 0.0)),
    )


def _charted(chart: ChartWord, certain: Float64) -> Charted:
    """Return what charts say; they yield where people of one mind (64,) heard what they did."""
    zones = chart_curve(chart, GRID_HZ)
    most = _CHART_VOICES * (1.0 if is_published(chart.sources) else _UNPUBLISHED_COUNT)
    voices = most * _CHARTS_YIELD / (_CHARTS_YIELD + certain)
    return Charted(zones, _unit(without_mean(zones)), voices, chart.sources)


def agreement_of(curves: Float64) -> float | None:
    if len(curves) < 2:
        return None
    total = curves.sum(axis=0)
    return float(np.mean([correlation(curve, total - curve) for curve in curves]))


def _unit(curve: Float64) -> Float64:
    return np.asarray(curve / max(float(rms(curve)), FLAT)).reshape(POINTS)
