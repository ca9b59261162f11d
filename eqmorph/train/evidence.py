"""What a word does and how well that is known: from what people did, what engineers publish, and what it means.

A word's own evidence (`eqmorph.train.said`) is a mean of

* people's answers, by how consistent each person was and by what could be heard of the gain,
* settings that were saved under it (SAFE-DB), and
* published charts, which count where few people were asked, where they contradict each other, and where they could
  hear nothing: in the lowest and the highest octave.

What is known of its synonyms (`eqmorph.train.graph`) is added as far as its own evidence is thin; many answers are
never overruled. Where people split into two camps, the larger one is meant and the other is named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from eqmorph._typing import Float64
from eqmorph.model.settings import POINTS, curves_of, from_safe, rms
from eqmorph.model.terms import FULL_RMS_DB
from eqmorph.train.charts import Charts
from eqmorph.train.corpus import Answer, Corpus, Setting, WordCurve
from eqmorph.train.graph import WordGraph
from eqmorph.train.said import FLAT, Said, correlation, saved_voices, what_is_said
from eqmorph.train.senses import Camps
from eqmorph.train.thesaurus import Key, Thesaurus
from eqmorph.words import plain

__all__ = ["TERM_RMS_DB", "Evidence", "Word", "WordBuilder", "correlation", "strength_of"]

TERM_RMS_DB = FULL_RMS_DB
_SYNONYM_NOISE = 16.0  # voices at which a word's own evidence weighs as much as its synonyms' at best
_CHART_PULL = 0.3  # voices of a chart alone in what its word says of synonyms: zones are narrower than what people do
# The least correlation of a word's curve with its own evidence, whatever its synonyms do: of one voice, more with each,
# and at most.
_OWN_MEANING, _OWN_WITH_EACH, _MOST_OWN_MEANING = 0.3, 0.06, 0.85
_AS_GOOD_AS_CHARTS = 8.0  # people, with the help of their synonyms
_UNHEARD_DB = 0.1
_PRIOR_VOICES = 1.0  # what is expected of a word before anybody is asked counts so many people
_LEAST_CONFIDENCE, _MOST_CONFIDENCE, _MOST_DERIVED = 0.02, 0.99, 0.6
_FEWEST_TO_CALIBRATE = 8
_AGREED = 0.3  # what people agree on
_UNCHECKED_CHART = 0.4  # the correlation of charts with what a person did, where nobody was asked about their words
_USUAL_AGREEMENT = 0.4  # of people whose single answers are not known
_SAVED_LIKE_ASKED = 0.7  # what the agreement of saved settings says of people who were asked
_FULL_CONFIDENCE, _LEAST_STRENGTH, _CHARTED_STRENGTH = 0.45, 0.5, 0.85


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
class Evidence:
    """The words of a corpus, and how to expect from them what other words do.

    ``pulls`` (s, 64) are what each word of the builder contributes to its synonyms, ``expected`` what each would do by
    its synonyms alone (64,), as if nothing were known of it; ``calibration`` is how the size of what synonyms lead to
    tells its correlation with what a person would do: offset and slope.
    """

    words: dict[str, Word]
    pulls: Float64
    expected: dict[str, Float64]
    calibration: tuple[float, float]

    def alone(self) -> dict[str, Word]:
        """Return every word as its synonyms alone would have it, as if nothing were known of it."""
        return {
            word.word: replace(
                word, rows=0, people=0, charts=(), agreement=None, camps=None,
                confidence=self.derived_confidence(float(rms(self.expected[word.word]))),
                curve_db=self.expected[word.word],
            )
            for word in self.words.values()
        }  # fmt: skip

    def derived_confidence(self, size: float) -> float:
        """Return the confidence of a curve that follows from synonyms alone, by its size (rms)."""
        return _derived_confidence(size, self.calibration)


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
        languages |= {curve.word: curve.language for curve in corpus.curves}
        spoken: dict[str, list[str]] = defaultdict(list)
        for answer in corpus.answers:
            spoken[answer.word].append(answer.language)
        languages |= {word: Counter(sorted(heard)).most_common(1)[0][0] for word, heard in spoken.items()}
        return cls(languages, charts=charts, thesaurus=thesaurus)

    def key(self, word: str) -> Key:
        """Return a word as the thesaurus knows it."""
        return self.languages[word], plain(word)

    def from_corpus(self, corpus: Corpus) -> Evidence:
        """Build every word from all that a corpus holds."""
        return self(corpus.answers, corpus.settings, corpus.curves)

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
        pulls, expected, worth = _posterior(kernel, said)
        calibration = _calibrated(expected, said)
        charted = _charts_agree(said)
        words = {}
        for name, found, synonyms, most in zip(self.names, said, expected, worth, strict=True):
            voices = most * _share_of_synonyms(found)
            curve = found.pointing(_meant(found.total + voices * synonyms, found))
            size = float(rms(curve))
            if size < FLAT:
                continue
            prior = _derived_confidence(float(rms(synonyms)), calibration)
            if found.charted is not None and found.charted.is_published:
                prior = max(prior, charted)
            confidence = _confidence(found, voices * synonyms, prior)
            strength = strength_of(confidence, is_charted=found.is_vouched)
            words[name] = Word(
                word=name,
                language=self.languages[name],
                rows=len(found.saved),
                people=found.people,
                charts=found.charted.sources if found.charted is not None else (),
                agreement=found.agreement,
                confidence=confidence,
                curve_db=curve * (TERM_RMS_DB * strength / size),
                camps=found.camps,
            )
        return Evidence(words, pulls, dict(zip(self.names, expected, strict=True)), calibration)

    def _all_said(
        self, answers: Iterable[Answer], settings: Iterable[Setting], means: Iterable[WordCurve], *, charts: bool
    ) -> list[Said]:
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
            what_is_said(
                asked[name],
                np.array(saved[name]).reshape(-1, POINTS),
                crowd.get(name),
                self._charts.get(name) if charts else None,
            )
            for name in self.names
        ]


def strength_of(confidence: float, *, is_charted: bool = False) -> float:
    """Return how much of `TERM_RMS_DB` a word moves: less where people disagree, unless charts say what is meant."""
    least = _CHARTED_STRENGTH if is_charted else _LEAST_STRENGTH
    return float(np.clip(confidence / _FULL_CONFIDENCE, least, 1.0))


def _posterior(kernel: Float64, said: list[Said]) -> tuple[Float64, Float64, Float64]:
    """Return what each word contributes to its synonyms, what each would do by these alone, and what that is worth.

    The first two are curves (s, 64), the last is in voices (s,).
    """
    own, voices = np.zeros((len(said), POINTS)), np.zeros(len(said))
    for at, found in enumerate(said):
        if found.voices:
            own[at], voices[at] = found.curve, found.voices
        elif found.charted is not None:
            own[at], voices[at] = found.charted.curve, _CHART_PULL
    known = np.flatnonzero(voices)
    noise = _SYNONYM_NOISE / voices[known]
    inverse = np.linalg.inv(kernel[np.ix_(known, known)] + np.diag(noise))
    pulls, worth = np.zeros_like(own), np.ones(len(said))
    pulls[known] = inverse @ own[known]
    expected = kernel @ pulls
    expected[known] = own[known] - pulls[known] / np.diag(inverse)[:, None]
    worth[known] = _SYNONYM_NOISE / np.maximum(1 / np.diag(inverse) - noise, 1e-3)
    return pulls, expected, worth


def _share_of_synonyms(said: Said) -> float:
    """Return how much of their say synonyms have in a word: charts know the few that nobody else does more exactly."""
    if said.charted is None or not said.charted.is_published:
        return 1.0
    return min(1.0, said.people / _AS_GOOD_AS_CHARTS)


def _meant(curve: Float64, said: Said) -> Float64:
    """Return a word's curve (64,) but for its size: helped by its synonyms, never turned by them."""
    own = said.total
    if float(rms(own)) < FLAT or float(rms(curve)) < FLAT:
        return curve
    least = min(_OWN_MEANING + _OWN_WITH_EACH * said.voices, _MOST_OWN_MEANING)
    blend = curve
    for share in np.linspace(0, 1, 11):
        blend = (1 - share) * curve / float(rms(curve)) + share * own / float(rms(own))
        if correlation(blend, own) >= least:
            break
    return blend


def _derived_confidence(size: float, calibration: tuple[float, float]) -> float:
    offset, slope = calibration
    return float(np.clip(offset + slope * size, _LEAST_CONFIDENCE, _MOST_DERIVED))


def _calibrated(expected: Float64, said: list[Said]) -> tuple[float, float]:
    """Return offset and slope by which the size of what synonyms say tells its correlation with what a person did."""
    sizes, found, people = [], [], []
    for curve, word in zip(expected, said, strict=True):
        if len(word.answers) and float(rms(curve)) >= FLAT:
            sizes.append(float(rms(curve)))
            found.append(float(np.mean([correlation(answer, curve) for answer in word.answers])))
            people.append(len(word.answers))
    if len(sizes) < _FEWEST_TO_CALIBRATE:
        return 0.0, 0.0
    slope, offset = np.polyfit(sizes, found, 1, w=np.sqrt(people))
    return (float(offset), float(slope)) if slope > 0 else (float(np.average(found, weights=people)), 0.0)


def _charts_agree(said: list[Said]) -> float:
    """Return the correlation of charts with what a person did, on words that people agree on.

    A word that only charts know is a term of the trade: it has a meaning, as those words have.
    """
    found = [
        correlation(answer, s.charted.curve)
        for s in said
        if s.charted is not None and s.charted.is_published and (s.agreement or 0.0) >= _AGREED
        for answer in s.answers
    ]
    return float(np.mean(found)) if found else _UNCHECKED_CHART


def _confidence(said: Said, synonyms: Float64, prior: float) -> float:
    """Return the correlation to expect of a word with what one more person would do.

    Each answer is compared with the curve as it would be without it; the fewer there are, the more ``prior`` counts.
    """
    total = said.total + synonyms
    rest = [correlation(a, total - share * a) for a, share in zip(said.answers, said.shares, strict=True)]
    voices, found = float(len(rest)), float(np.mean(rest)) if rest else 0.0
    if said.people and not rest:
        voices, found = float(said.people), _USUAL_AGREEMENT
    elif not said.people and len(said.saved) > 1:
        mean = said.saved.sum(axis=0)
        voices = saved_voices(len(said.saved))
        found = _SAVED_LIKE_ASKED * float(np.mean([correlation(row, mean - row) for row in said.saved]))
    confidence = (voices * found + _PRIOR_VOICES * prior) / (voices + _PRIOR_VOICES)
    return float(np.clip(confidence, _LEAST_CONFIDENCE, _MOST_CONFIDENCE))
