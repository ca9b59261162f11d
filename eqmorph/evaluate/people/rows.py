"""Who is judged: what each row of the tables says a word does, from the half of the answers that it may know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from eqmorph._typing import Float64
from eqmorph.evaluate.people.measures import STRENGTH_DB, at_strength, correlations
from eqmorph.evaluate.people.splits import Split, by_word, mean_answer, on_grids
from eqmorph.model.settings import BANDS, FREQ_LIMITS_HZ, POINTS, curves_of, from_safe, rms
from eqmorph.model.variations import LENDS, People, versions
from eqmorph.train.corpus import Answer, Setting

__all__ = [
    "ROWS",
    "VARIATIONS",
    "Judged",
    "PlainWord",
    "Word",
    "WordBuilder",
    "plain_words",
    "rows_of",
    "saved_by_word",
]

VARIATIONS = 30
_THESAURUS_GROUPS = 5  # of words left out in turn, one group a split
_MOST_VOICES = 20
_USUALLY_ALIKE, _USUAL_PAIRS = 0.25, 4.0
_UNHEARD_DB = 0.1

#: Every row by its key, in the order of the tables; demo settings of other systems follow.
ROWS = {
    "half": "the other half itself",
    "person": "one person",
    "means": "word means",
    "ours": "our words",
    "bands": "our words, as five bands",
    "safe": "SAFE only",
    "charts": "charts only",
    "thesaurus": "thesaurus only",
    "random": "random settings",
}


class Word(Protocol):
    """What is known of a word."""

    @property
    def curve_db(self) -> Float64:
        """What it does (64,), mean removed."""

    @property
    def confidence(self) -> float:
        """0..1: the correlation to expect with one more listener."""


class WordBuilder(Protocol):
    """Whatever makes words of people's answers and settings."""

    def __call__(
        self, answers: Sequence[Answer], settings: Sequence[Setting], *, charts: bool = True, thesaurus: bool = True
    ) -> Mapping[str, Word]:
        """Return words by their names."""


@dataclass(frozen=True, slots=True)
class PlainWord:
    """A word as the mean of what people did."""

    curve_db: Float64
    confidence: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What is judged of a row: its one curve for a word (64,), and all curves that it gives for it (n, 64), in dB."""

    curve_db: Float64
    curves_db: Float64
    confidence: float | None = None


def saved_by_word(settings: Iterable[Setting]) -> dict[str, Float64]:
    """Return the curves (n, 64) of settings saved under each word, without those that change nothing."""
    settings = list(dict.fromkeys(settings))
    if not settings:
        return {}
    curves = curves_of(from_safe([setting.params for setting in settings]))
    groups: dict[str, list[Float64]] = {}
    for setting, curve in zip(settings, curves, strict=True):
        if rms(curve) >= _UNHEARD_DB:
            for word in setting.words:
                groups.setdefault(word, []).append(curve)
    return {word: np.array(group) for word, group in groups.items()}


def plain_words(
    answers: Sequence[Answer], settings: Sequence[Setting], *, charts: bool = True, thesaurus: bool = True
) -> dict[str, Word]:
    """Return each word's mean answer, weighed by consistency, and mean setting, by voices; no word without either.

    Charts and thesauri are not known here.
    """
    del charts, thesaurus
    saved = saved_by_word(settings)
    answered = by_word(answers)
    words: dict[str, Word] = {}
    for word in dict.fromkeys([*answered, *saved]):
        known = _known(answered.get(word, ()), saved.get(word))
        total = np.sum([min(len(curves), _MOST_VOICES) * at_strength(mean, 1.0) for curves, mean in known], axis=0)
        words[word] = PlainWord(at_strength(total), _expected(known[0][0]))
    return words


def _expected(curves: Float64) -> float:
    """Return the correlation to expect of one more curve with the mean of these (n, 64).

    From how alike any two of them are, which for few is thought to be nearer to what it usually is.
    """
    count = len(curves)
    length = float(rms(at_strength(curves, 1.0).mean(axis=0)))
    found = count * length**2 - 1  # (n - 1) times the mean correlation of two of them
    alike = (found + _USUAL_PAIRS * _USUALLY_ALIKE) / (count - 1 + _USUAL_PAIRS)
    alike = float(np.clip(alike, 0.0, 1.0))
    return alike / float(np.sqrt((1 + (count - 1) * alike) / count))


def _known(answers: Sequence[Answer], saved: Float64 | None) -> list[tuple[Float64, Float64]]:
    """Return the curves (n, 64) of each kind that there is, answers first, and their mean (64,)."""
    means = []
    if answers:
        curves = on_grids(answers)
        means.append((curves, mean_answer(answers, curves)))
    if saved is not None:
        means.append((saved, at_strength(saved, 1.0).mean(axis=0)))
    return means


def rows_of(
    split: Split,
    number: int,
    words: Sequence[str],
    settings: Sequence[Setting],
    ours: Mapping[str, Word],
    *,
    builder: WordBuilder,
    alone: Mapping[str, Mapping[str, Word]],
    saved: Mapping[str, Float64],
    as_bands: Callable[[Float64], Float64],
    in_bands: Sequence[str],
    seed: int,
) -> dict[str, dict[str, Judged]]:
    """Return what each row gives for each word that it knows, from the half of one split that may be known.

    Args:
        split: the halves.
        number: of the split: which words the thesaurus has to do without their own answers, and the seed.
        words: to be judged.
        settings: saved ones, which all rows but the plain halves may know.
        ours: our words, made of the half that may be known.
        builder: made them.
        alone: rows that know no answers and so are the same in every split.
        saved: the curves of ``settings``, by word.
        as_bands: what five bands make of a curve (64,).
        in_bands: the words whose variations are made into bands too.
        seed: of everything drawn.
    """
    rng = np.random.default_rng((seed, number))
    taught = split.taught_by_word
    rows: dict[str, dict[str, Judged]] = {key: {} for key in ROWS}
    means = plain_words(split.taught, settings)
    pool = _Pool(ours, {word: on_grids(group) for word, group in taught.items()}, saved)
    for place, word in enumerate(words):
        answers = taught.get(word, ())
        if answers:
            curves = on_grids(answers)
            everyone = at_strength(curves)
            rows["half"][word] = Judged(mean_answer(answers, curves), everyone)
            someone = everyone[int(rng.integers(len(everyone)))]
            rows["person"][word] = Judged(someone, someone[None])
        rows["random"][word] = _random(rng)
        if word in means:
            rows["means"][word] = _single(means[word])
        if word in ours:
            drawn = versions(
                at_strength(ours[word].curve_db), pool.of(word), VARIATIONS, seed=_seed(seed, number, place)
            )
            rows["ours"][word] = Judged(ours[word].curve_db, drawn, ours[word].confidence)
            if word in in_bands:
                made = np.array([as_bands(curve) for curve in drawn])
                rows["bands"][word] = Judged(as_bands(at_strength(ours[word].curve_db)), made)
    for key, others in alone.items():
        rows[key] = {word: _single(others[word]) for word in words if word in others}
    rows["thesaurus"] = _without_own(split, number, words, settings, builder)
    return rows


@dataclass(frozen=True)
class _Pool:
    """What people may be known to have done for words: answers of one half by word, and saved settings."""

    words: Mapping[str, Word]
    answered: Mapping[str, Float64]
    saved: Mapping[str, Float64]

    @cached_property
    def _lenders(self) -> tuple[list[str], Float64]:
        """The words with enough people to lend them, and their curves (w, 64)."""
        words = [w for w in self.words if len(self.answered.get(w, ())) + len(self.saved.get(w, ())) >= LENDS]
        return words, np.reshape([self.words[word].curve_db for word in words], (len(words), POINTS))

    def of(self, word: str) -> People:
        """Return the people of a word, with those of the words most like it."""
        words, curves = self._lenders
        others = [i for i, other in enumerate(words) if other != word]
        likeness = correlations(curves[others], self.words[word].curve_db)
        return self._own(word).with_likes(likeness, lambda place: self._own(words[others[place]]))

    def _own(self, word: str) -> People:
        nobody = np.zeros((0, POINTS))
        return People.of_two_kinds(self.answered.get(word, nobody), self.saved.get(word, nobody))


def _seed(*numbers: int) -> int:
    """Return one seed of several numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def _without_own(
    split: Split, number: int, words: Sequence[str], settings: Sequence[Setting], builder: WordBuilder
) -> dict[str, Judged]:
    """Return words of which neither answers nor settings are known: a fifth of them, another one in each split."""
    group = set(list(words)[number % _THESAURUS_GROUPS :: _THESAURUS_GROUPS])
    answers = [answer for answer in split.taught if answer.word not in group]
    others = [setting for setting in settings if group.isdisjoint(setting.words)]
    found = builder(answers, others, charts=False, thesaurus=True)
    return {word: _single(found[word]) for word in sorted(group) if word in found}


def _single(word: Word) -> Judged:
    curve = at_strength(word.curve_db)
    return Judged(curve, curve[None])


def _random(rng: np.random.Generator) -> Judged:
    """Return settings of five bands with every parameter anywhere in its range."""
    gains = rng.uniform(-12, 12, size=(VARIATIONS, BANDS))
    lowest, highest = np.log(FREQ_LIMITS_HZ.T)
    freqs = rng.uniform(lowest, highest, size=(VARIATIONS, BANDS))
    widths = rng.uniform(np.log(0.1), np.log(10), size=(VARIATIONS, BANDS))
    curves = at_strength(curves_of(np.concatenate([gains, freqs, widths], axis=1)), STRENGTH_DB)
    return Judged(curves[0], curves)
