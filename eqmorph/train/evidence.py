"""What a word does and how well that is known: from what people did, what engineers publish, and what it means.

A word's own evidence is a mean, frequency by frequency, of

* people's answers, by how consistent each person was and by what could be heard of the gain (`hearing`),
* settings that were saved under it (SAFE-DB), and
* published charts (`charts`), which also see what the others don't: the lowest and the highest octave.

What is known of its synonyms is added as far as its own evidence is thin (`graph`); many answers are never overruled.
Where people split into two camps that contradict each other, the larger one is meant and the other is named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64
from eqmorph.model.settings import GRID_HZ, POINTS, curves_of, from_safe, on_grid, rms, without_mean
from eqmorph.model.space import SCORED
from eqmorph.train.charts import Charts, ChartWord, chart_curve
from eqmorph.train.corpus import AUDEALIZE_HZ, Answer, Corpus, Setting, WordCurve
from eqmorph.train.graph import WordGraph
from eqmorph.train.hearing import answer_curves, plainly_heard_at
from eqmorph.train.senses import Camps, camps_of
from eqmorph.train.thesaurus import Key, Thesaurus
from eqmorph.words import plain

__all__ = ["TERM_RMS_DB", "Evidence", "Word", "WordBuilder", "correlation", "strength_of"]


TERM_RMS_DB = 4.0
_LEAST_CONSISTENCY = 0.02  # of a person's weight: nobody counts for nothing
_ROW_VOICE, _MOST_ROWS = 0.25, 40  # a saved setting says less of a word than an answer, and hundreds no more than 40
_MEAN_VOICE, _MOST_OF_A_MEAN = 0.5, 40  # a person in a mean, whose consistency is not known
_CHART_VOICES = 2.0  # what charts count, in people, where nobody was asked or could hear anything,
_CHART_LEVEL = 0.7  # of a curve's size, in a zone that nobody could hear
_ENOUGH_TO_DIFFER, _OTHERWISE = 3.0, -0.15  # people of one mind who mean something else than charts, and how far off
_YIELDING = 1.5  # people of one mind who let a chart in with all its weight
_STANDS_OUT, _MOST_NUDGE = 0.45, 0.8  # a zone above the mean, and how much of a chart is added for that
_CHART_PULL = 0.3  # what a chart alone says to a word's synonyms
_CHARTS_YIELD = 1.5  # and how many people of one mind halve that
_SYNONYM_NOISE = 12.0  # voices at which a word's own evidence weighs as much as a synonym's could at best
_UNHEARD_DB, _FLAT = 0.1, 1e-6
_PRIOR_VOICES = 1.0  # what is expected of a word before anybody is asked counts this many people
_LEAST_CONFIDENCE, _MOST_DERIVED = 0.02, 0.6
_OWN_MEANING = 0.3  # the least correlation of a word's curve with its own evidence, whatever its synonyms do
_FEWEST_TO_CALIBRATE = 8
_UNCHECKED_CHART = 0.4  # the same of charts where nobody was asked about their words
_USUAL_AGREEMENT = 0.4  # of people whose single answers are not known
_SAVED_LIKE_ASKED = 0.7  # what the agreement of saved settings says of people who were asked
_FULL_CONFIDENCE, _LEAST_STRENGTH = 0.45, 0.5
_CHARTED_STRENGTH = 0.85


def correlation(a: Float64, b: Float64) -> float:
    """Return the correlation of two curves (64,) from 50 Hz to 14 kHz, where scores look; 0 where one is flat."""
    a, b = a[SCORED] - a[SCORED].mean(), b[SCORED] - b[SCORED].mean()
    return float(np.dot(a, b) / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-12))


@dataclass(frozen=True)
class Word:
    """What is known of a word.

    Attributes:
        word: as it is written.
        language: "en" or "es".
        rows: settings saved under it.
        people: people who were asked.
        charts: the published charts that name it.
        agreement: the mean correlation of one answer with those of the others; None below two.
        confidence: 0..1, the correlation to be expected with what one more person would do.
        curve_db: what it does (64,), mean removed; 4 dB rms where that is well known, less where it isn't.
        camps: what people split into, if they contradict each other.
    """

    word: str
    language: str
    rows: int
    people: int
    charts: tuple[str, ...]
    agreement: float | None
    confidence: float
    curve_db: Float64
    camps: Camps | None = None


@dataclass(frozen=True)
class _Said:
    """A word's own evidence: what people did (64,), how many voices that is, and how it came about.

    ``answers`` (n, 64) are people's, ``shares`` (n,) how many voices each has in the mean; ``saved`` (m, 64) are the
    settings' curves, at unit rms. ``heard`` (64,) is how much of the curve was plainly heard, ``zones``
    (64,) are the charts' and ``charted`` (64,) is how many voices these have.
    """

    curve: Float64
    voices: float
    heard: Float64
    charted: Float64
    people: int
    answers: Float64
    shares: Float64
    saved: Float64
    zones: Float64 | None
    chart_db: Float64 | None
    charts: tuple[str, ...]
    agreement: float | None
    camps: Camps | None

    @property
    def certain(self) -> float:
        """How many people of one mind there are."""
        return float(self.shares.sum()) * max(self.agreement or 0.0, 0.0)

    @property
    def chart_or_flat(self) -> Float64:
        """What the charts say (64,), if anything."""
        return self.chart_db if self.chart_db is not None else np.zeros(POINTS)

    def with_synonyms(self, expected: Float64, voices: float) -> Float64:
        """Return everything together (64,): also what synonyms lead to expect, worth so many voices."""
        total = self.voices * self.curve + self.charted * self.chart_or_flat + voices * expected
        return without_mean(total)

    def pointing(self, curve: Float64) -> Float64:
        """Return a curve (64,) that goes where charts say, as far as people did not plainly do something else.

        What nobody could hear is the chart's. Then as much of the chart is added as it takes for its zones to stand
        out, unless people went so far the other way that they mean something else.
        """
        if self.zones is None or float(rms(curve)) < _FLAT:
            return curve
        chart = self.zones / float(rms(without_mean(self.zones)))
        shape, sign = curve / float(rms(curve)), np.sign(self.zones)
        inside = np.abs(self.zones) > 0.5
        if self.certain >= _ENOUGH_TO_DIFFER and float(np.average(sign * shape, weights=inside * self.heard + _FLAT)) < _OTHERWISE:
            return curve
        unheard = np.abs(self.zones) * (1 - self.heard)
        shape = without_mean((1 - unheard) * shape + unheard * _CHART_LEVEL * sign)
        for share in np.arange(0.0, min(_MOST_NUDGE, _YIELDING / max(self.certain, _FLAT)), 0.05):
            nudged = without_mean(shape + share * chart)
            if float(np.mean((sign * nudged)[inside])) >= _STANDS_OUT * float(rms(nudged)):
                return nudged
        return shape


@dataclass(frozen=True)
class Evidence:
    """The words of a corpus, and how to expect from them what other words do.

    ``pulls`` (s, 64) are what each word of the builder contributes to its synonyms, ``calibration`` is how a derived
    curve's size tells the correlation to expect with what a person would do: offset and slope.
    """

    words: dict[str, Word]
    pulls: Float64
    calibration: tuple[float, float]

    def derived_confidence(self, size: float) -> float:
        """Return the confidence of a curve that follows from synonyms alone, by its size (rms)."""
        offset, slope = self.calibration
        return float(np.clip(offset + slope * size, _LEAST_CONFIDENCE, _MOST_DERIVED))


class WordBuilder:
    """Builds words from any share of the evidence: what depends on the words alone is worked out once.

    ``words`` are all that will ever be asked for, with their languages.
    """

    def __init__(self, words: Mapping[str, str], *, charts: Charts | None, thesaurus: Thesaurus | None) -> None:
        self._charts = {entry.word: entry for entry in charts.words} if charts is not None else {}
        self.languages = {**{entry.word: entry.language for entry in self._charts.values()}, **words}
        self.names = sorted(self.languages)
        self.graph = WordGraph(thesaurus, [self.key(word) for word in self.names]) if thesaurus is not None else None
        self._kernel = self.graph.among_seeds if self.graph is not None else np.eye(len(self.names))

    @classmethod
    def of(cls, corpus: Corpus, *, charts: Charts | None = None, thesaurus: Thesaurus | None = None) -> WordBuilder:
        """Make a builder for all words of a corpus."""
        languages = {word: "en" for setting in corpus.settings for word in setting.words}
        spoken: dict[str, list[str]] = defaultdict(list)
        for answer in corpus.answers:
            spoken[answer.word].append(answer.language)
        languages |= {curve.word: curve.language for curve in corpus.curves}
        languages |= {word: Counter(sorted(heard)).most_common(1)[0][0] for word, heard in spoken.items()}
        return cls(languages, charts=charts, thesaurus=thesaurus)

    def from_corpus(self, corpus: Corpus) -> Evidence:
        """Build every word from all that a corpus holds."""
        return self(corpus.answers, corpus.settings, corpus.curves)

    def key(self, word: str) -> Key:
        """Return a word as the thesaurus knows it."""
        return self.languages[word], plain(word)

    def __call__(
        self,
        answers: Iterable[Answer],
        settings: Iterable[Setting],
        means: Iterable[WordCurve] = (),
        *,
        charts: bool = True,
        thesaurus: bool = True,
    ) -> Evidence:
        """Build every word from this evidence; one that has none follows from its synonyms, if it has any.

        ``means`` are of people whose single answers are not known; for a word that has answers they count nothing.
        """
        said = self._all_said(answers, settings, means, charts=charts)
        kernel = self._kernel if thesaurus else np.eye(len(self.names))
        own = np.array([s.curve if s.voices else s.chart_or_flat for s in said])
        voices = np.array([s.voices or _CHART_PULL * (s.chart_db is not None) for s in said])
        pulls, without, weights = _posterior(kernel, own, voices)
        evidence = Evidence({}, pulls, _calibrated(without, said))
        charted = _charts_agree(said)
        for at, name in enumerate(self.names):
            found = said[at]
            curve = _meant(found.with_synonyms(without[at], weights[at]), found.curve if found.voices else found.chart_or_flat)
            curve = found.pointing(curve)
            if float(rms(curve)) < _FLAT:
                continue
            prior = evidence.derived_confidence(float(rms(without[at])))
            if found.charts:
                prior = max(prior, charted)
            confidence = _confidence(found, weights[at] * without[at], prior)
            strength = strength_of(confidence, is_charted=bool(found.charts))
            evidence.words[name] = Word(
                name, self.languages[name], len(found.saved), found.people, found.charts, found.agreement,
                confidence, curve * (TERM_RMS_DB * strength / float(rms(curve))), found.camps,
            )  # fmt: skip
        return evidence

    def _all_said(
        self, answers: Iterable[Answer], settings: Iterable[Setting], means: Iterable[WordCurve] = (), *, charts: bool
    ) -> list[_Said]:
        asked: dict[str, list[Answer]] = defaultdict(list)
        for answer in answers:
            asked[answer.word].append(answer)
        saved: dict[str, list[Float64]] = defaultdict(list)
        unique = list(dict.fromkeys((setting.words, setting.params) for setting in settings))
        curves = curves_of(from_safe([params for _, params in unique])) if unique else np.zeros((0, POINTS))
        for (words, _), curve in zip(unique, curves, strict=True):
            if float(rms(curve)) >= _UNHEARD_DB:
                for word in words:
                    saved[word].append(curve / rms(curve))
        crowd = {mean.word: mean for mean in means}
        return [
            _said(asked[name], np.array(saved[name]), crowd.get(name), self._charts.get(name) if charts else None)
            for name in self.names
        ]


def _said(answers: list[Answer], saved: Float64, mean: WordCurve | None, chart: ChartWord | None) -> _Said:
    """Return a word's own evidence."""
    curves, heard = answer_curves(answers)
    agreement = _agreement(curves)
    trust = np.array([max(answer.consistency, _LEAST_CONSISTENCY) for answer in answers])
    camps = camps_of(curves, trust, agreement)
    shares = trust * (camps.in_larger if camps is not None else 1.0)
    if answers:
        shares *= shares.sum() / np.square(shares).sum()  # so that they add up to the people they are worth
    rows = _ROW_VOICE * min(len(saved), _MOST_ROWS)
    total, weight = shares @ (heard * curves), shares @ heard
    if rows:
        total, weight = total + rows * saved.mean(axis=0), weight + rows
    crowd = _MEAN_VOICE * min(mean.people, _MOST_OF_A_MEAN) if mean is not None and not answers else 0.0
    if crowd and mean is not None:
        shape = on_grid(mean.curve_db, AUDEALIZE_HZ)
        total, weight = total + crowd * shape / max(float(rms(shape)), _FLAT), weight + crowd
    people = len(answers) or (mean.people if mean is not None else 0)
    curve = without_mean(total / np.maximum(weight, _FLAT))
    voices = float(shares.sum()) + crowd + rows
    plain = shares @ np.array([plainly_heard_at(a.stimulus) for a in answers]).reshape(heard.shape)
    zones, shape, charted = None, None, np.zeros(POINTS)
    if chart is not None:
        zones = chart_curve(chart, GRID_HZ)
        shape = without_mean(zones) / max(float(rms(without_mean(zones))), _FLAT)
        charted = _CHART_VOICES * _CHARTS_YIELD / (_CHARTS_YIELD + plain * max(agreement or 0.0, 0.0))
    return _Said(
        curve, voices, (plain + crowd + rows) / max(voices, _FLAT), charted, people, curves, shares, saved, zones, shape,
        chart.sources if chart is not None else (), agreement, camps,
    )  # fmt: skip


def _agreement(curves: Float64) -> float | None:
    """Return the mean correlation of one answer with the mean of the others; None for a single one."""
    if len(curves) < 2:
        return None
    total = curves.sum(axis=0)
    return float(np.mean([correlation(curve, total - curve) for curve in curves]))


def _posterior(kernel: Float64, own: Float64, voices: Float64) -> tuple[Float64, Float64, Float64]:
    """Return what each word contributes to its synonyms, what each would do by these alone, and what that is worth.

    The first two are curves (s, 64), the last is in voices (s,).
    """
    known = np.flatnonzero(voices > 0)
    noise = _SYNONYM_NOISE / voices[known]
    inverse = np.linalg.inv(kernel[np.ix_(known, known)] + np.diag(noise))
    pulls = np.zeros_like(own)
    pulls[known] = inverse @ own[known]
    without = kernel @ pulls
    without[known] = own[known] - pulls[known] / np.diag(inverse)[:, None]
    weights = np.ones(len(voices))
    weights[known] = _SYNONYM_NOISE / np.maximum(1 / np.diag(inverse) - noise, 1e-3)
    return pulls, without, weights


def _meant(curve: Float64, own: Float64) -> Float64:
    """Return a word's curve (64,) but for its size: helped by its synonyms, never turned by them."""
    if float(rms(own)) < _FLAT or float(rms(curve)) < _FLAT:
        return curve
    for share in np.linspace(0, 1, 6):
        blend: Float64 = (1 - share) * curve / float(rms(curve)) + share * own / float(rms(own))
        if correlation(blend, own) >= _OWN_MEANING:
            break
    return blend


def _calibrated(without: Float64, said: list[_Said]) -> tuple[float, float]:
    """Return offset and slope by which the size of what synonyms say tells its correlation with what a person did."""
    sizes, found, people = [], [], []
    for curve, s in zip(without, said, strict=True):
        if len(s.answers) and float(rms(curve)) >= _FLAT:
            sizes.append(float(rms(curve)))
            found.append(float(np.mean([correlation(answer, curve) for answer in s.answers])))
            people.append(len(s.answers))
    if len(sizes) < _FEWEST_TO_CALIBRATE:
        return 0.0, 0.0
    slope, offset = np.polyfit(sizes, found, 1, w=np.sqrt(people))
    return (float(offset), float(slope)) if slope > 0 else (float(np.average(found, weights=people)), 0.0)


def _charts_agree(said: list[_Said]) -> float:
    """Return the correlation of charts with what a person did, on the words that both know."""
    found = [
        correlation(answer, s.chart_db) for s in said if s.chart_db is not None for answer in s.answers
    ]
    return float(np.mean(found)) if found else _UNCHECKED_CHART


def _confidence(said: _Said, expected: Float64, prior: float) -> float:
    """Return the correlation to expect of a word with what one more person would do.

    Each answer is compared with the curve as it would be without it; the fewer there are, the more the ``prior`` counts.
    """
    total = said.voices * said.curve + said.charted * said.chart_or_flat + expected
    rest = [correlation(a, total - share * a) for a, share in zip(said.answers, said.shares, strict=True)]
    voices, found = float(len(rest)), float(np.mean(rest)) if rest else 0.0
    if not rest and said.people:
        voices, found = float(said.people), _USUAL_AGREEMENT
    if not said.people and len(said.saved) > 1:
        mean = said.saved.sum(axis=0)
        voices = _ROW_VOICE * min(len(said.saved), _MOST_ROWS)
        found = _SAVED_LIKE_ASKED * float(np.mean([correlation(row, mean - row) for row in said.saved]))
    confidence = (voices * found + _PRIOR_VOICES * prior) / (voices + _PRIOR_VOICES)
    return float(np.clip(confidence, _LEAST_CONFIDENCE, 0.99))


def strength_of(confidence: float, *, is_charted: bool = False) -> float:
    """Return how much of `TERM_RMS_DB` a word moves: less where people disagree, unless charts say what is meant."""
    least = _CHARTED_STRENGTH if is_charted else _LEAST_STRENGTH
    return float(np.clip(confidence / _FULL_CONFIDENCE, least, 1.0))
