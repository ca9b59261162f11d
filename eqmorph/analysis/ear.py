"""`Ear`: hears a sound in the words of a model, before or after an equalizer, without rendering anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float32, Float64
from eqmorph.analysis.encoders import ANALYTIC, AnalyticEncoder, AudioEncoder, LearnedEncoder, load_encoder
from eqmorph.analysis.plane import Plane, plane_through
from eqmorph.analysis.scores import Weigher
from eqmorph.audio.windows import Spectra, side_by_side
from eqmorph.balance import Balance
from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.kind import AUTO, Kind, check_kind
from eqmorph.model import GRID_HZ, SemanticSpace, load_space, locate
from eqmorph.model.frontend import curves_of_levels
from eqmorph.model.reference import Reference, load_reference
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.notebook import ShowsItself
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MAIN_WORDS", "Ear", "Profile", "load_ear"]


#: Words that have evidence and that engineers use, from dark to bright.
MAIN_WORDS = (
    "warm", "full", "boomy", "muddy", "boxy", "mellow", "dark", "clear", "bright", "airy", "thin", "tinny", "harsh",
)  # fmt: skip
_MOST = (0.25, 0.75)  # the places of most sounds
_NO_SPREAD = 1e-6
_NOT_THERE_DB = -1000.0  # a level that stands for none
_SHOWN = 3  # words of a profile's short form
_AT_ONCE = 16  # words


class Places(Protocol):
    """What knows the places of scores among those of the reference's sounds: an `Ear`."""

    def percentiles(self, scores: Float64) -> Float64: ...
    def place(self, word: str, score: float) -> float: ...
    def score_and_place(self, word: str, curve_db: Float64) -> tuple[float, float]: ...


@dataclass(frozen=True, eq=False, repr=False)
class Profile(ShowsItself):
    """What a sound is like.

    Attributes:
        words: the vocabulary, in the order of the arrays.
        curve_db: the sound's curve against the reference (64,); flat for silence.
        latent: the curve's place in the semantic space (40,).
        scores: how much of each word is in it (t,); 1 is as much as the word's own EQ adds (see `Weigher`).
        ear: what heard it, and knows the places of scores.
        is_silent: nothing was heard; scores mean nothing then.
    """

    words: tuple[str, ...]
    curve_db: Float64
    latent: Float32
    scores: Float64
    ear: Places
    is_silent: bool = False

    @cached_property
    def percentiles(self) -> Float64:
        """Each score's place among the reference's sounds (t,); 0.5 is as usual."""
        return self.ear.percentiles(self.scores)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Profile):
            return NotImplemented
        mine, others = self._arrays, other._arrays
        return (self.words, self.is_silent) == (other.words, other.is_silent) and all(map(np.array_equal, mine, others))

    def __repr__(self) -> str:
        return f"Profile({self._in_short}; {len(self.words)} words)"

    def _repr_svg_(self) -> str:
        """Draw the sound's curve against the reference, for notebooks."""
        from eqmorph.plot.svg import svg_document

        curve = SampledCurve(GRID_HZ, self.curve_db)
        return svg_document([curve], title=self._in_short, description="Against what is usual, in dB.")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the sound's curve against what is usual by matplotlib, on axes of its own if none are given."""
        from eqmorph.figures.sound import draw_profile
        from eqmorph.figures.style import on_axes

        curve = SampledCurve(GRID_HZ, self.curve_db)
        return on_axes(ax, lambda axes, look: draw_profile(axes, curve, look, title=self._in_short))

    @property
    def _in_short(self) -> str:
        """The main words that are furthest from usual."""
        if self.is_silent:
            return "silence"
        known = [(word, self.percentile(word)) for word in MAIN_WORDS if word in self.words]
        furthest = sorted(known, key=lambda entry: -abs(entry[1] - 0.5))[:_SHOWN]
        return ", ".join(f"{word} {place:.0%}" for word, place in furthest)

    @property
    def _arrays(self) -> tuple[NDArray[np.floating[Any]], ...]:
        return self.curve_db, self.latent, self.scores, self.percentiles

    def score(self, word: str) -> float:
        return self._of(word)[0]

    def percentile(self, word: str) -> float:
        return self._of(word)[1]

    def _of(self, word: str) -> tuple[float, float]:
        if word in self.words:
            score = float(self.scores[self.words.index(word)])
            return score, self.ear.place(word, score)
        return self.ear.score_and_place(word, self.curve_db)


class Ear:
    """The words of a model and a reference of what is usual, applied to sounds.

    Everything is worked out in the power domain: an EQ multiplies the power in each cell of a spectrum, so what it will
    do to a sound is known before it is rendered. ``encoder`` makes the sounds' curves; the default is analytic.

    An ear hears sounds of any kind against the whole reference, until `of` or `for_sound` settles a kind: then against
    what is usual of that kind.

    Attributes:
        kind: the kind of the sounds that it is for; None if that is not settled, or can't be told.
        is_settled: whether `for_sound` leaves it as it is.
    """

    def __init__(self, space: SemanticSpace, reference: Reference, encoder: AudioEncoder | None = None) -> None:
        self.space = space
        self.reference = reference
        self.encoder = encoder if encoder is not None else AnalyticEncoder(reference.neutral_db)
        self.kind: Kind | None = None
        self.is_settled = False
        self._whole = self
        self._of_kinds: dict[Kind | None, Ear] = {}
        # For words that were asked for, the reference's scores, ascending, and which share of it lies below each.
        self._usual: dict[str, tuple[Float64, Float64]] = {}

    @cached_property
    def identity(self) -> str:
        """A short name for the model, the reference, the encoder and the kind: the same ones hear the same."""
        digest = hashlib.sha256(json.dumps(self.space.card["files"], sort_keys=True).encode())
        kind = (self.kind.value if self.kind is not None else None) if self.is_settled else AUTO
        digest.update(json.dumps([self._whole.reference.digest, self.encoder.identity, kind]).encode())
        return digest.hexdigest()[:16]

    def of(self, kind: Kind | None) -> Ear:
        """Return the ear for sounds of a kind; for None, for sounds whose kind can't be told. Each is made once."""
        if self._whole is not self:
            return self._whole.of(kind)
        if kind not in self._of_kinds:
            analytic = isinstance(self.encoder, AnalyticEncoder)
            ear = Ear(self.space, self.reference.of(kind), None if analytic else self.encoder)
            ear.kind, ear.is_settled, ear._whole = kind, True, self
            self._of_kinds.setdefault(kind, ear)
        return self._of_kinds[kind]

    def for_sound(self, spectra: Spectra) -> Ear:
        """Return the ear for one sound: that of its kind, told by the course of its levels, unless that is settled."""
        return self if self.is_settled else self.of(self.kind_of(spectra))

    def for_set(self, sounds: Sequence[Spectra]) -> Ear:
        """Return one ear for sounds that belong together: that of the kind that most of their time is of."""
        if self.is_settled:
            return self
        seconds: dict[Kind | None, float] = {}
        for sound in sounds:
            if not sound.is_silent:
                kind = self.kind_of(sound)
                seconds[kind] = seconds.get(kind, 0.0) + sound.frames / sound.sample_rate
        return self.of(max(seconds, key=lambda kind: seconds[kind], default=None))

    def kind_of(self, spectra: Spectra) -> Kind | None:
        """Tell what kind of sound it is, whatever EQ or level it has; None if that can't be told."""
        teller = self._whole.reference.teller
        if teller is None or spectra.traits is None or spectra.is_silent:
            return None
        return teller.tell(spectra.traits)

    def kinds_of(self, sounds: Sequence[Spectra]) -> list[Kind | None]:
        """Tell the kind of each of many sounds, as `kind_of` does and faster."""
        teller = self._whole.reference.teller
        told = [at for at, sound in enumerate(sounds) if sound.traits is not None and not sound.is_silent]
        kinds: list[Kind | None] = [None] * len(sounds)
        if teller is not None and told:
            traits = np.array([sounds[at].traits for at in told])
            for at, kind in zip(told, teller.tell_each(traits), strict=True):
                kinds[at] = kind
        return kinds

    def curve(self, spectra: Spectra, bands: Bands | None = None) -> Float64:
        """Return the curve of a whole sound (64,), after an EQ if one is given."""
        return self.encoder.curve(spectra, bands)

    def curves_of(self, sounds: Sequence[Spectra]) -> Float64:
        """Return the curve of each of many sounds (n, 64), as `curve` does; those of one window at once."""
        curves = np.zeros((len(sounds), len(self.reference.neutral_db)))
        alike: dict[int, list[int]] = {}
        for at, sound in enumerate(sounds):
            if len(sound.power) == 1:
                alike.setdefault(sound.sample_rate, []).append(at)
            else:
                curves[at] = self.curve(sound)
        for some in alike.values():
            curves[some] = self.window_curves(side_by_side([sounds[at] for at in some]))
        return curves

    def curve_of(self, balance: Balance) -> Float64:
        """Return the curve of a sound with a tonal balance (64,), as the analytic encoder would have it."""
        levels = np.where(balance.known, balance.array, _NOT_THERE_DB)
        return curves_of_levels(levels, self.reference.neutral_db)

    def window_curves(self, spectra: Spectra, bands: Bands | None = None) -> Float64:
        """Return the curve of each window (w, 64), after an EQ if one is given."""
        return self.encoder.window_curves(spectra, bands)

    def common_curve(self, sounds: Sequence[Spectra], bands: Bands | None = None) -> Float64:
        """Return what several sounds are like on average (64,), after an EQ if one is given."""
        heard = [self.encoder.curve(sound, bands) for sound in sounds if not sound.is_silent]
        return np.mean(heard, axis=0) if heard else np.zeros_like(self.reference.neutral_db)

    def hear(self, spectra: Spectra, bands: Bands | None = None) -> Profile:
        """Return what a sound is like, or what it would be like after an EQ."""
        return self.profile(self.curve(spectra, bands), is_silent=spectra.is_silent)

    def profile(self, curve_db: Float64, *, is_silent: bool = False) -> Profile:
        """Return what a sound with this curve (64,) is like."""
        scores = self.scores(curve_db)
        return Profile(
            tuple(self.space.terms),
            curve_db,
            self.space.encode(curve_db),
            scores,
            self,
            is_silent,
        )

    def score_and_place(self, word: str, curve_db: Float64) -> tuple[float, float]:
        """Return how much of any word is in a curve (64,), such as a derived one, and the place of that."""
        if word not in self.space.terms:
            raise UsageError(f"{word!r} is not in the vocabulary", hint=Phrase("See {}.", Means.LIST_WORDS))
        scores, places = self.words_in(curve_db, [word])
        return float(scores[0]), float(places[0])

    def scores(self, curves_db: Float64) -> Float64:
        """Return how much of each word is in curves (..., 64): (..., t)."""
        return self._weigher.scores(curves_db, self.space.curves)

    def effects(self, sound_db: Float64, curves_db: Float64, terms_db: Float64) -> Float64:
        """Return what EQs (n, 64) add to the scores of words (t, 64) in a sound (64,), all given as curves: (n, t)."""
        return self._weigher.effects(sound_db, curves_db, terms_db)

    def loudness_shares(self, curves_db: Float64) -> Float64:
        """Return each point's share of `SCORED` in the loudness of sounds with curves (..., 64): (..., m)."""
        return self._weigher.loudness_shares(curves_db)

    def percentiles(self, scores: Float64) -> Float64:
        """Return the place of scores (..., t) among the reference's, 0..1."""
        if scores.ndim == 1:
            return _places_among(*self._usual_of_all, scores)
        places = np.empty_like(scores)
        for at, (usual, share) in enumerate(zip(*self._usual_of_all, strict=True)):
            places[..., at] = np.interp(scores[..., at], usual, share)
        return places

    def place(self, word: str, score: float) -> float:
        """Return the place of a score of a word among the reference's, 0..1."""
        usual, share = self._usual_of(word)
        return float(_places_among(usual[None], share[None], np.array([score]))[0])

    def percentile(self, word: str, curve_db: Float64) -> float:
        """Return the place of a sound with this curve (64,) among the reference's for one word."""
        return float(self.words_in(curve_db, [word])[1][0])

    def words_in(self, curves_db: Float64, words: Sequence[str]) -> tuple[Float64, Float64]:
        """Return how much of some words is in curves (..., 64), and the places of that: twice (..., words)."""
        terms = np.array([self.space.terms[word].curve_db for word in words]).reshape(-1, curves_db.shape[-1])
        scores = self._weigher.scores(curves_db, terms)
        places = [self._places(word, scores[..., at]) for at, word in enumerate(words)]
        return scores, np.stack(places, axis=-1) if places else scores

    def gained(self, word: str, before_db: Float64, after_db: Float64) -> float:
        """Return how far a word is moved from a curve (64,) to another, as a share of the reference's sounds.

        Far out there are few sounds to pass, however much changes: there a score counts half of what it does among most
        of them.
        """
        scores, places = (found[..., 0] for found in self.words_in(np.array([before_db, after_db]), [word]))
        far_out = 0.5 * (_MOST[1] - _MOST[0]) * (scores[1] - scores[0]) / self.spread(word)
        return float(max(places[1] - places[0], far_out, key=abs))

    def score_at(self, word: str, place: float) -> float:
        """Return the score of a word that such a share of the reference's sounds, 0..1, has less than."""
        usual, share = self._usual_of(word)
        return float(np.interp(place, share, usual))

    def spread(self, word: str) -> float:
        """Return how far apart the scores of a word are that most of the reference's sounds lie between."""
        usual, share = self._usual_of(word)
        low, high = np.interp(_MOST, share, usual)
        return float(max(high - low, _NO_SPREAD))

    @cached_property
    def plane(self) -> Plane:
        """The two directions in which the latents of the reference's sounds, of all kinds together, differ most."""
        whole = self._whole.reference  # the same for all kinds, so that places in it compare
        return plane_through(self.space.encode(whole.curves_db), whole.weights)

    @cached_property
    def _weigher(self) -> Weigher:
        return Weigher(self.reference.neutral_db)

    def _places(self, word: str, scores: Float64) -> Float64:
        usual, share = self._usual_of(word)
        return np.asarray(np.interp(scores, usual, share))

    def _usual_of(self, word: str) -> tuple[Float64, Float64]:
        if word not in self._usual:
            terms = self.space.terms
            if word in self._numbers:  # with its neighbors, however many are asked for: sums depend on that, hardly
                begin = self._numbers[word] // _AT_ONCE * _AT_ONCE
                some = tuple(terms)[begin : begin + _AT_ONCE]
            else:
                some = (word,)
            scored = self._weigher.scores(self.reference.curves_db, np.array([terms[one].curve_db for one in some]))
            self._usual.update(zip(some, self._ascending(scored.T), strict=True))
        return self._usual[word]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.space.terms)}

    @cached_property
    def _usual_of_all(self) -> tuple[Float64, Float64]:
        """What `_usual_of` gives for each word of the vocabulary, as two arrays (t, n)."""
        usual, share = zip(*(self._usual_of(word) for word in self.space.terms), strict=True)
        return np.array(usual), np.array(share)

    def _ascending(self, scores: Float64) -> list[tuple[Float64, Float64]]:
        """Sort the reference's scores of words (t, n), each with the share of it that lies below."""
        order = np.argsort(scores, axis=1)
        weights = self.reference.weights[order]
        below = np.cumsum(weights, axis=1) - weights / 2
        ascending = np.take_along_axis(np.ascontiguousarray(scores), order, axis=1)
        return list(zip(ascending, below, strict=True))


def _places_among(usual: Float64, share: Float64, scores: Float64) -> Float64:
    """Return the place of a score (t,) of each word among the reference's (t, n): as `np.interp`, for all at once."""
    sounds = usual.shape[1]
    above = np.sum(usual <= scores[:, None], axis=1)
    left, right = np.maximum(above - 1, 0), np.minimum(above, sounds - 1)
    words = np.arange(len(scores))
    low, high = usual[words, left], usual[words, right]
    is_between = left < right
    along = np.divide(scores - low, high - low, out=np.zeros_like(scores), where=is_between)
    return np.asarray(share[words, left] + along * (share[words, right] - share[words, left]))


def load_ear(folder: Path | None = None, encoder: str | Path = ANALYTIC, kind: str = AUTO) -> Ear:
    """Load an ear with the model in use, once for each folder and encoder.

    A learned encoder is heard against its own reference, if it was trained with one, whatever the kind of sound.

    Args:
        folder: the model.
        encoder: what listens.
        kind: ``auto`` to tell each sound's kind by ear, or one of `Kind` by name for all.

    Raises:
        UsageError: there is no such kind.
    """
    check_kind(kind)
    ear = _load(locate(folder)[0], str(encoder))
    return ear if kind == AUTO else ear.of(Kind(kind))


@lru_cache(maxsize=4)
def _load(folder: Path, encoder: str) -> Ear:
    reference = load_reference(folder)
    chosen = load_encoder(encoder, reference)
    if isinstance(chosen, LearnedEncoder):  # its curves are against what it was trained with, not against a kind
        reference = replace(load_reference(chosen.folder), kinds={}, teller=reference.teller)
    return Ear(load_space(folder), reference, chosen)
