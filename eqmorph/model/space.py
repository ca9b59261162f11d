"""`SemanticSpace`: words, what they do, and the way from a target to bands and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float32, Float64
from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.language.regions import is_region
from eqmorph.model.describe import describe_curve
from eqmorph.model.files import QUANTILES, ModelFiles, checked_model, locate, read_model, shipped_folder
from eqmorph.model.fit_five import FiveFit, fit_five
from eqmorph.model.lexicon import Lexicon
from eqmorph.model.limit import FULL_DB, MOST_DB, LimitedBands, limit_setting
from eqmorph.model.network import LINEAR, Decoder, Encoder
from eqmorph.model.settings import BANDS, GRID_HZ, as_bands, rms, without_mean
from eqmorph.model.terms import Term, Terms, doubts_of, from_card
from eqmorph.region_curves import region_curve
from eqmorph.target import Reading, Target, find_word, read_target
from eqmorph.wording import Means, Phrase
from eqmorph.words import Vocabulary, by_spelling, plain

__all__ = ["SCORED", "Equalizer", "SemanticSpace", "load_space", "score_of"]


#: The points of the grid that scores look at: below and above, music says little.
SCORED = (GRID_HZ >= 50) & (GRID_HZ <= 14_000)
_STEPS = 6
_SLIDER_STEPS = 4  # one more changes a fit by 0.03 dB (median) and makes a slider slower
_LEVEL_COUNTS = 0.25
_NOTHING = 1e-7  # of a curve that is `FULL_DB` high
_SUGGESTED = 5  # words, when what was written is like none of them


@dataclass(frozen=True)
class Equalizer:
    """A target made into bands.

    Attributes:
        target: what was asked for.
        bands: five bands, valid whatever was asked.
        curve_db: what the bands do (64,): their response at `GRID_HZ`, nothing added or removed.
        wanted_db: the shape that the words together ask for (64,), mean removed, after `scale`.
        scale: below 1 where the bands would pass ``limit_db`` and were turned down by that factor.
        limit_db: no frequency is raised or lowered by more.
        confidence: 0..1, from the evidence of the words by weight and what they leave of each other; None where nothing
            is asked for.
        kept: 0..1, what they leave of each other: how much of what it does alone each still does, by weight.
        notes: what had to be changed to make valid bands of it, for people to read.
        terms: what is known of the target's words.
    """

    target: Target
    bands: Bands
    curve_db: Float64
    wanted_db: Float64
    scale: float
    limit_db: float
    confidence: float | None
    notes: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    kept: float = 1.0

    @property
    def doubts(self) -> tuple[str, ...]:
        """What should be said before anybody relies on the words."""
        return doubts_of(self.terms)

    @property
    def error_db(self) -> float:
        """How far the bands' shape is from what was wanted, in dB rms."""
        return float(rms(without_mean(self.curve_db) - self.wanted_db))

    @property
    def description(self) -> str:
        """The curve in an engineer's words."""
        return describe_curve(self.curve_db)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "target": str(self.target),
            "bands": self.bands.to_list(),
            "curve": {"freq_hz": GRID_HZ.tolist(), "gain_db": self.curve_db.tolist()},
            "description": self.description,
            "confidence": self.confidence,
            "evidence": {term.word: term.evidence() for term in self.terms},
            "scale": self.scale,
            "error_db": self.error_db,
        }


class SemanticSpace:
    """The words of a model with their curves, and its encoder and decoder."""

    def __init__(self, files: ModelFiles) -> None:
        self.folder = files.folder
        self.card = files.card
        self._encoder = Encoder(files.encoder)
        self._decoder = Decoder(files.decoder)
        self.curves: Float64 = files.space["term_curves"].astype(float)
        self.lexicon = Lexicon(files.lexicon)
        asked = {
            str(entry["word"]): from_card(entry, curve)
            for entry, curve in zip(files.card["terms"], self.curves, strict=True)
        }
        self.terms = Terms(asked, self._unlisted)
        self._fit = lru_cache(maxsize=8)(self._fitted)  # several words are tried, and the one that is taken is made
        self._index = {word: i for i, word in enumerate(self.terms)}
        self.vocabulary = Vocabulary(self.terms, self.lexicon, lambda: self.lexicon.qualities)
        self._quantiles: Float64 = files.space["term_quantiles"].astype(float)
        self._people_linear: Float32 = files.space["people_linear"]
        self.people_words: NDArray[np.bool_] = np.zeros((len(self._people_linear), len(asked)), dtype=bool)
        self.people_words[tuple(files.space["people_words"].T)] = True
        # Who answered what a word means; the others saved settings.
        self.people_answered: NDArray[np.bool_] = files.space["people_answered"] > 0

    @classmethod
    def load(cls, folder: Path | None = None) -> SemanticSpace:
        """Load the model in ``folder``, or in EQMORPH_MODEL, or the shipped one.

        Raises:
            InputError: the folder does not hold an intact model of this program.
        """
        return cls(read_model(locate(folder)[0]))

    def __reduce__(self) -> tuple[Any, ...]:
        """Let another process, perhaps of another machine, load the same model; it refuses one that differs."""
        return _by_card, (None if self.folder == shipped_folder() else self.folder.absolute(), self.card)

    # ---- latents

    def encode(self, curves_db: Float64) -> Float32:
        """Return latents (..., 40) of curves (..., 64): 24 linear, 8 semantic, 8 word parts; flat is the origin."""
        return self._encoder(without_mean(np.asarray(curves_db, dtype=float)))

    def decode(self, latent: Float32, *, steps: int = _STEPS) -> Bands:
        """Return five bands for a latent (at least 24,); any latent gives valid bands, the origin flat ones."""
        return as_bands(self._decoded(latent, steps).setting)

    def _decoded(self, latent: Float32, steps: int = _STEPS) -> FiveFit:
        return fit_five(self._decoder(latent), self._encoder.curve(latent), steps=steps)

    def nearest_bands(self, curve_db: Float64, *, steps: int = _STEPS) -> tuple[Bands, Float64]:
        """Return bands for a curve (64,), through the latent, and the curve they make (64,)."""
        found = self._decoded(self._encoder.linear(curve_db), steps)
        return as_bands(found.setting), found.curve_db

    # ---- targets

    @property
    def words(self) -> list[str]:
        """The vocabulary."""
        return list(self.terms)

    def read(self, text: str) -> Reading:
        """Read a target; see `eqmorph.target.read_target`."""
        return read_target(
            text,
            self.vocabulary,
            meaning=lambda word: [t for t, _ in self.neighbours(word, 3)],
            usual=self._best_known,
        )

    def target(self, text: str) -> Target:
        """Parse a target; see `eqmorph.target.parse_target`."""
        return self.read(text).target

    def term(self, word: str) -> Term:
        """Return the term for a word in any of its forms.

        Raises:
            UsageError: it is unknown (the hint names the nearest), or a target of several words or with a weight.
        """
        # A weight of its own keeps a word of quantity ("loud", "less") from being read as one.
        asked = self.target(f"{word}:1" if word.strip().isalpha() else word).terms
        if len(asked) != 1 or asked[0].weight != 1:
            raise UsageError(
                f"{word.strip()!r} is not a single word", hint=f"Give one, without a weight: {asked[0].word}"
            )
        return self.terms[asked[0].word]

    def curve(self, target: Target) -> Float64:
        """Return what the words of a target together ask for (64,), in dB."""
        total = np.zeros(self.curves.shape[1])
        for term in target.terms:
            total += term.weight * self._known(term.word).curve_db
        return total

    def equalizer(self, target: Target | str, *, amount: float = 1.0, max_gain_db: float = MOST_DB) -> Equalizer:
        """Return bands for a target, at an amount."""
        if isinstance(target, str):
            target = self.target(target)
        return self.equalizer_for_curve(target, amount * self.curve(target), max_gain_db=max_gain_db)

    def along(self, start: Equalizer, end: Equalizer, places: Float64) -> list[tuple[LimitedBands, tuple[str, ...]]]:
        """Return bands at places (0..1) on the way between two targets' curves, and no notes."""
        first, last = start.wanted_db, end.wanted_db
        return [(self.bands_within((1 - t) * first + t * last)[0], ()) for t in places]

    def equalizer_for_curve(self, target: Target, wanted_db: Float64, *, max_gain_db: float = MOST_DB) -> Equalizer:
        """Return bands for a curve (64,) that stands for ``target``; the curve's level means nothing.

        Whatever is wanted, the bands raise or lower no frequency by more than ``max_gain_db``: a curve that asks for
        more is turned down, and `Equalizer.scale` says by how much. The bands' level is near 0 dB on average.
        """
        wanted = without_mean(np.asarray(wanted_db, dtype=float))
        made, scale = self.bands_within(wanted, max_gain_db=max_gain_db)
        return Equalizer(
            target,
            made.bands,
            made.curve_db,
            scale * wanted,
            scale,
            max_gain_db,
            self.confidence(target),
            terms=self.terms_of(target),
            kept=self._by_weight(target, self.kept(target)),
        )

    def bands_within(self, wanted_db: Float64, *, max_gain_db: float = MOST_DB) -> tuple[LimitedBands, float]:
        """Return bands for a curve (64,) of mean 0, and their share of it: below 1 where the limit holds them back."""
        amount = float(np.abs(wanted_db).max()) / FULL_DB
        if amount < _NOTHING:
            return limit_setting(self._decoder(np.zeros(LINEAR, np.float32)), 0.0, max_gain_db), 1.0
        made = limit_setting(self._fit((wanted_db / amount).tobytes()).setting, amount, max_gain_db)
        return made, made.amount / amount

    def fitted_curve(self, wanted_db: Float64) -> Float64:
        """Return what five bands make of a curve (64,), mean removed and no limit met; quicker than making them."""
        wanted = without_mean(wanted_db)
        amount = float(np.abs(wanted).max()) / FULL_DB
        return wanted if amount < _NOTHING else amount * self._fit((wanted / amount).tobytes()).curve_db

    def placed(self, wanted_db: Float64) -> Float64:
        """Return a setting (15,) with bands where a curve (64,) would have them: as decoded, and not improved.

        Where they lie changes evenly with the curve, which cannot be said of the best fit.
        """
        wanted = without_mean(wanted_db)
        amount = float(np.abs(wanted).max()) / FULL_DB
        shape = wanted / amount if amount >= _NOTHING else np.zeros_like(wanted)
        setting = np.array(self._decoder(self._encoder.linear(shape)), dtype=float)
        setting[:BANDS] *= amount
        return setting

    def _fitted(self, shape: bytes) -> FiveFit:
        """Fit a setting to a shape (64,) of mean 0 that is `FULL_DB` high."""
        shape_db = np.frombuffer(shape)
        start = self._encoder.linear(shape_db)
        return fit_five(
            self._decoder(start), self._encoder.curve(start), steps=_SLIDER_STEPS, level_counts=_LEVEL_COUNTS
        )

    def terms_of(self, target: Target) -> tuple[Term, ...]:
        """Return what is known of a target's words."""
        return tuple(self.terms[term.word] for term in target.terms)

    def confidence(self, target: Target, kept: Mapping[str, float] | None = None) -> float | None:
        """Return the confidence of a target's words, by the size of their weights; None if all are 0.

        It is less by what the words lose to each other. ``kept`` says how much each keeps of what it would get alone,
        0..1; without it, that is what they keep where their curves are added.
        """
        if not any(term.weight for term in target.terms):
            return None
        known = {term.word: self.terms[term.word].confidence for term in target.terms}
        return self._by_weight(target, known) * self._by_weight(target, self.kept(target) if kept is None else kept)

    @staticmethod
    def _by_weight(target: Target, values: Mapping[str, float]) -> float:
        """Return the mean of what words have, by the size of their weights; 1 if all are 0."""
        total = sum(abs(term.weight) for term in target.terms)
        return sum(abs(t.weight) * values.get(t.word, 1.0) for t in target.terms) / total if total else 1.0

    def kept(self, target: Target) -> dict[str, float]:
        """Return how much of what it would do alone each word of a target does where all their curves are added, 0..1.

        Words of weight 0 are left out.
        """
        terms = [term for term in target.terms if term.weight]
        together = self.curve(target)
        kept = {}
        for term in terms:
            alone = term.weight * self.terms[term.word].curve_db
            most = float(alone @ alone)
            kept[term.word] = min(max(float(together @ alone) / most, 0.0), 1.0) if most else 1.0
        return kept

    # ---- comparing

    def scores(self, curve_db: Float64) -> dict[str, float]:
        """Return how much of each word is in a curve (64,): 1 is as much as the word itself asks for."""
        values = score_of(curve_db, self.curves)
        return dict(zip(self.terms, values.tolist(), strict=True))

    def percentiles(self, curve_db: Float64) -> dict[str, float]:
        """Return each word's score as its place among people's settings, 0..1."""
        values = score_of(curve_db, self.curves)
        steps = np.linspace(0, 1, QUANTILES)
        places = [float(np.interp(v, q, steps)) for v, q in zip(values, self._quantiles, strict=True)]
        return dict(zip(self.terms, places, strict=True))

    def likeness(self, curve_db: Float64) -> Float64:
        """Return the correlation -1..1 of curves (..., 64) with every word's (..., t); 0 for a flat one."""
        curves = without_mean(curve_db[..., SCORED])
        lengths = np.linalg.norm(curves, axis=-1, keepdims=True)
        return np.asarray((curves / np.maximum(lengths, 1e-12)) @ self._shapes.T)

    def nearest_words(
        self, curve_db: Float64, count: int = 3, *, language: str | None = None
    ) -> list[tuple[str, float]]:
        """Return the words whose curves are most like a curve (64,), with their correlation, best first."""
        likeness = self.likeness(curve_db)
        order = np.argsort(-likeness, kind="stable")
        words = [(self._listed[i], float(likeness[i])) for i in order]
        return [(t.word, c) for t, c in words if t.is_offered and language in (None, t.language)][:count]

    def neighbours(self, word: str, count: int = 5) -> list[tuple[str, float]]:
        """Return the words of the same language nearest in meaning: most alike in what they do."""
        known = self.term(word)
        found = self.nearest_words(known.curve_db, count + 1, language=known.language)
        return [(w, c) for w, c in found if w != known.word][:count]

    def opposite(self, word: str) -> tuple[str, float]:
        """Return the word of the same language that does most nearly the opposite, and the correlation."""
        known = self.term(word)
        found, likeness = self.nearest_words(-known.curve_db, 1, language=known.language)[0]
        return found, -likeness

    def search(self, text: str) -> list[Term]:
        """Return terms whose word contains a text, and the derived one that it is a form of.

        If there are none, return those that are spelled nearly so.
        """
        wanted = plain(text)
        found = [term for word, term in self.terms.items() if wanted in plain(word)]
        exact = find_word(text, self.vocabulary)
        if exact is not None and all(term.word != exact for term in found):
            found.append(self.terms[exact])
        if found:
            return found
        return [self.terms[self.vocabulary[word]] for word in by_spelling(text, self.vocabulary, 5)]

    # ---- people

    @cached_property
    def people_curves(self) -> Float64:
        """People's settings as curves (p, 64), as the latent's linear part keeps them."""
        return self._encoder.curve(self._people_linear)

    def rows_of(self, word: str) -> NDArray[np.intp]:
        """Return which of `people_curves` are of a word; none of one that is derived."""
        if self._known(word).word not in self._index:
            return np.zeros(0, dtype=np.intp)
        return np.flatnonzero(self.people_words[:, self._index[word]])

    @cached_property
    def _shapes(self) -> Float64:
        shapes = self.curves[:, SCORED] - self.curves[:, SCORED].mean(axis=1, keepdims=True)
        return np.asarray(shapes / np.linalg.norm(shapes, axis=1, keepdims=True))

    @cached_property
    def _best_known(self) -> list[str]:
        """The English words that most people used or were asked about."""
        english = [t for t in self.terms.values() if t.language == "en" and t.is_offered]
        return [t.word for t in sorted(english, key=lambda t: -(t.rows + t.people))[:_SUGGESTED]]

    @cached_property
    def _listed(self) -> list[Term]:
        return list(self.terms.values())

    def _unlisted(self, word: str) -> Term | None:
        """Return what is known of a word beside the vocabulary: a derived one, or a part of the spectrum."""
        if is_region(word):
            return Term(word, "en", 0, 0, None, 1.0, region_curve(word))
        return self.lexicon.get(word)

    def _known(self, word: str) -> Term:
        if word not in self.terms:
            raise UsageError(f"unknown word {word!r}", hint=Phrase("See {} for all words.", Means.LIST_WORDS))
        return self.terms[word]


def score_of(curves_db: Float64, terms_db: Float64) -> Float64:
    """Return <C, T> / <T, T> over 50 Hz to 14 kHz: curves (..., 64) against terms (t, 64) gives (..., t)."""
    terms = terms_db[:, SCORED]
    return np.asarray((curves_db[..., SCORED] @ terms.T) / np.sum(terms * terms, axis=1))


def load_space(folder: Path | None = None) -> SemanticSpace:
    """Load a model as `SemanticSpace.load` does, but only once for each folder."""
    return _load(locate(folder)[0])


@lru_cache(maxsize=4)
def _load(folder: Path) -> SemanticSpace:
    return SemanticSpace.load(folder)


def _by_card(folder: Path | None, card: dict[str, Any]) -> SemanticSpace:
    return SemanticSpace(checked_model(folder or shipped_folder(), card))
