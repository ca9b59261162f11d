"""Decide on bands from what a sound is like and what is asked for: in the power domain, before anything is rendered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.descend import descend
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.likeness import Likeness, likeness_of
from eqmorph.adapt.limits import Bound, Limits, limits_for
from eqmorph.adapt.move import Conflict, Move, best_move
from eqmorph.adapt.portions import Portion, bounds_of, portions_of
from eqmorph.adapt.refine import Objective
from eqmorph.adapt.region import lobe_of
from eqmorph.adapt.wish import wish_of
from eqmorph.analysis import Ear, Profile
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.kind import Kind
from eqmorph.model import GRID_HZ
from eqmorph.model.at_rate import limited_at_rate
from eqmorph.model.limit import limit_bands
from eqmorph.model.settings import BANDS
from eqmorph.plot.notebook import ShowsItself

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from eqmorph.plot.shown import Decided

__all__ = ["Decision", "decide", "decide_album", "decide_shared"]


_HALVINGS = 20
_MOST_AMOUNT = 50.0  # an amount at which any goal with a weight meets the gain limit
_NEXT_TO_NOTHING = 1e-6  # of the power of an album's loudest sound
_IDLE_DB = 0.05  # a band that does less is left out
_NEARLY = 0.995  # of the maximum gain: refined bands stay clear of it, since to pass it anywhere would undo them
_TOLERANCE = 0.005  # a percentile missed by less counts as reached


@dataclass(frozen=True)
class Within:
    """What the limits left of all that was asked for (64,), and how far down and up they let a curve go (64,)."""

    curve_db: Float64
    low_db: Float64
    high_db: Float64


@dataclass(frozen=True)
class Decision(ShowsItself):
    """The EQ for one sound, and why.

    Attributes:
        goal: what was asked for.
        bands: at most five bands, ten with a reference; none for a sound that gets no EQ.
        amount: the goal's amount or, where a percentile was asked for, the amount that it took.
        before: what the sound is like.
        predicted: what it will be like.
        reached: whether the result reaches the percentile asked for; None if none was, or for silence.
        album: what was decided for the album that the sound belongs to, if it does.
        binding: the limits that held it back, and what each took off it.
        portions: what each word has of it; none where nothing was done.
        likeness: how near it brings the sound to the reference, and what of the EQ is for that; None without one.
        confidence: 0..1, from the evidence of the words and what they lost to each other; None where nothing was done.
        conflicts: words that contradict each other in this sound.
        futile: words that hardly anything could be done for.
        kind: of the sound, told by ear or said; None if it can't be told.
        within: what the limits left of what was asked for, before bands were fitted; None where nothing was done.
    """

    goal: Goal
    bands: Bands
    amount: float
    before: Profile
    predicted: Profile
    reached: bool | None = None
    album: Decision | None = None
    binding: tuple[Bound, ...] = ()
    portions: tuple[Portion, ...] = ()
    confidence: float | None = None
    conflicts: tuple[Conflict, ...] = ()
    futile: tuple[str, ...] = ()
    kind: Kind | None = None
    likeness: Likeness | None = None
    within: Within | None = field(default=None, compare=False, repr=False)

    def picture(self, sample_rate: float = 48_000) -> Decided | None:
        """Return what to draw of how it came about; None where nothing was decided, as for silence."""
        from eqmorph.plot.shown import Decided, Mark, WordMove  # which only a picture needs

        if self.within is None:
            return None
        portions = [*self.portions, *filter(None, [self.likeness.portion if self.likeness is not None else None])]
        moves = [
            WordMove(t.word, self.before.percentile(t.word), self.predicted.percentile(t.word), t.weight)
            for t in self.goal.terms
        ]
        return Decided(
            GRID_HZ,
            np.sum([portion.asked_db for portion in portions], axis=0),
            self.within.curve_db,
            self.within.low_db,
            self.within.high_db,
            self.bands.sampled(sample_rate),
            tuple(Mark(bound.limit.briefly, bound.took_db, bound.at_hz) for bound in self.binding),
            tuple(moves),
        )

    def plot(self, ax: Axes | None = None, *, sample_rate: float = 48_000) -> Axes:
        """Draw how it came about by matplotlib, on axes of its own if none are given; return the axes."""
        from eqmorph.figures.sound import draw_decided
        from eqmorph.figures.style import on_axes

        picture = self.picture(sample_rate)
        if picture is None:
            return self.bands.plot(ax, sample_rate=sample_rate)
        return on_axes(ax, lambda axes, look: draw_decided(axes, picture, look))

    def _repr_svg_(self) -> str:
        """Draw what was asked for, what the limits left of it, and what the bands do, for notebooks."""
        from eqmorph.plot.svg import svg_document

        picture = self.picture()
        curves = [self.bands.sampled()] if picture is None else picture.curves(self.goal.max_gain_db)
        return svg_document(curves, title=str(self.goal.target), description=str(self.bands.rounded()))


def decide(ear: Ear, spectra: Spectra, goal: Goal, heard: Profile | None = None) -> Decision:
    """Decide on the EQ for one sound, which the ear may have ``heard`` already. Silence gets none."""
    before = heard or ear.hear(spectra)
    if before.is_silent or goal.asks_for_nothing:
        return Decision(goal, Bands(), 0.0, before, before, likeness=likeness_of(ear, goal))

    def rendered(bands: Bands) -> Bands:
        return limited_at_rate(bands, spectra.sample_rate, goal.max_gain_db)

    limits = limits_for(ear, [spectra], goal)
    return _decide(ear, before, goal, limits, lambda bands: ear.curve(spectra, bands), rendered)


def decide_album(ear: Ear, sounds: Sequence[Spectra], goal: Goal, whole: Spectra | None = None) -> Decision:
    """Decide on one EQ for several sounds, by what they are like on average; none if all are silent.

    Its limits are those of each; of the ``whole`` if they are parts of one.
    """
    heard = _sounding(sounds)
    common = ear.profile(ear.common_curve(heard), is_silent=not heard)
    if common.is_silent or goal.asks_for_nothing:
        return Decision(goal, Bands(), 0.0, common, common, likeness=likeness_of(ear, goal))
    limits = limits_for(ear, heard if whole is None else [whole], goal)
    return _decide(ear, common, goal, limits, lambda bands: ear.common_curve(heard, bands), lambda bands: bands)


def _sounding(sounds: Sequence[Spectra]) -> list[Spectra]:
    """Return the sounds that count in an album: not those that are silent, or nearly so beside the others."""
    powers = [0.0 if spectra.is_silent else float(spectra.mean_power.sum()) for spectra in sounds]
    least = _NEXT_TO_NOTHING * max(powers, default=0.0)
    return [spectra for spectra, power in zip(sounds, powers, strict=True) if power > least]


def decide_shared(ear: Ear, spectra: Spectra, album: Decision, heard: Profile | None = None) -> Decision:
    """Give one sound of an album the album's EQ, and predict what becomes of it. Silence gets none."""
    goal, before = album.goal, heard or ear.hear(spectra)
    if before.is_silent:
        return Decision(goal, Bands(), 0.0, before, before, album=album, likeness=likeness_of(ear, goal))
    bands = limited_at_rate(album.bands, spectra.sample_rate, goal.max_gain_db)
    after = ear.hear(spectra, bands)
    reached = None
    if goal.to_percentile is not None:  # by this sound, whatever the album does
        reached = goal.lack(after.percentile(goal.main_word)) <= _TOLERANCE
    likeness = None
    if album.likeness is not None and (here := likeness_of(ear, goal)) is not None:  # as this sound's own ear hears it
        likeness = replace(here, portion=album.likeness.portion)
    changed = replace(album, bands=bands, before=before, predicted=after, reached=reached, album=album)
    return replace(changed, likeness=likeness)


def _decide(
    ear: Ear,
    sound: Profile,
    goal: Goal,
    limits: Limits,
    curve_after: Callable[[Bands], Float64],
    rendered: Callable[[Bands], Bands],
) -> Decision:
    wish = wish_of(ear, sound.curve_db, goal, limits)
    words, is_sought = tuple(term.word for term in wish.terms), goal.to_percentile is not None
    names = words if goal.reference is None else (*words, goal.reference.name)

    def attempt(amount: float, plainness: float = 0.0) -> Move:
        asked = wish.plainer(plainness, _plain(ear, goal)) if plainness else wish
        move = best_move(ear, sound.curve_db, asked.scaled(amount), limits, curve_after)
        return _refined(ear, sound, goal, limits, move, curve_after) if goal.refine else move

    def decision(move: Move, amount: float, reached: bool | None) -> Decision:
        move = replace(move, asked_db=_by_who_asks(move.asked_db, goal))
        bands = Bands(band for band in rendered(move.bands) if abs(band.gain_db) >= _IDLE_DB)
        found = Decision(goal, bands, amount, sound, ear.profile(curve_after(bands)), reached)
        portions = portions_of(limits, move, names, is_sought=is_sought)
        return replace(
            found,
            binding=bounds_of(limits, move, is_sought=is_sought),
            portions=portions[: len(words)],
            confidence=ear.space.confidence(goal.target, dict(zip(words, move.kept, strict=True))),
            conflicts=move.conflicts,
            futile=wish.futile,
            likeness=likeness_of(ear, goal, None if goal.reference is None else portions[-1]),
            within=Within(move.wanted_db, limits.low_db, limits.high_db),
        )

    if goal.to_percentile is None:
        return decision(attempt(goal.amount), goal.amount, None)
    return _reach(sound, goal, attempt, decision)


def _by_who_asks(asked_db: Float64, goal: Goal) -> Float64:
    """Return what each word asks for, and the reference (n, 64), given that and what is plain: the main word's."""
    words = [term.word for term in goal.terms]
    own, rest = np.split(asked_db, [len(words)])
    plain, reference = np.split(rest, [len(rest) - (goal.reference is not None)])
    asked = own.copy()
    if words:
        asked[words.index(goal.main_word)] += plain.sum(axis=0)
    return np.concatenate([asked, reference])


def _plain(ear: Ear, goal: Goal) -> Float64:
    """Return the main word's own curve (64,), or a dip of its lobe where less of it is asked for."""
    curve = ear.space.terms[goal.main_word].curve_db
    return curve if goal.main_weight > 0 else -lobe_of(curve)


def _refined(
    ear: Ear, sound: Profile, goal: Goal, limits: Limits, move: Move, curve_after: Callable[[Bands], Float64]
) -> Move:
    """Return a move whose bands were tuned by what they make of the sound, and which still keeps the limits."""
    if len(move.bands) != BANDS:  # what less of a word asks for may do with fewer: they are as good as can be
        return move
    objective = Objective(ear, sound.curve_db, move.wanted_db, move.bands, curve_after)
    tuned = descend(move.bands, objective.residuals, goal.max_gain_db)

    def at(share: float) -> Bands:
        return limit_bands(_between(move.bands, tuned, share), 1.0, _NEARLY * goal.max_gain_db).bands

    return replace(move, bands=at(limits.shrunk(at)[0]))  # which shrinks the tuning, not the move


def _between(rough: Bands, tuned: Bands, share: float) -> Bands:
    """Return bands on the way from ones that keep the limits to others of the same kinds."""
    return Bands(
        replace(
            one,
            freq_hz=one.freq_hz * (other.freq_hz / one.freq_hz) ** share,
            gain_db=one.gain_db + share * (other.gain_db - one.gain_db),
            q=one.q * (other.q / one.q) ** share,
        )
        for one, other in zip(rough, tuned, strict=True)
    )


def _reach(
    sound: Profile,
    goal: Goal,
    attempt: Callable[[float, float], Move],
    decision: Callable[[Move, float, bool], Decision],
) -> Decision:
    """Find the least EQ that brings the sound to the percentile asked for, or the one that comes closest.

    First it gets more and more of what it lacks, up to the limit. If that is not enough, the main word's own curve,
    which spares nothing, gradually takes over, still at the limit.
    """

    def missing(profile: Profile) -> float:
        return goal.lack(profile.percentile(goal.main_word))

    def at(step: float) -> Decision:
        """Decide at a step: 0 is nothing, 1 as much as the limit allows, 2 the word's own curve at the limit."""
        amount = min(step, 1.0) * _MOST_AMOUNT
        return decision(attempt(amount, max(step - 1.0, 0.0)), amount, True)

    nothing = Decision(goal, Bands(), 0.0, sound, sound, True) if goal.reference is None else at(0.0)
    if missing(nothing.predicted) <= _TOLERANCE:
        return nothing
    low, high, found = 0.0, 1.0, at(1.0)
    if missing(found.predicted) > _TOLERANCE:
        low, high, most = 1.0, 2.0, at(2.0)
        if missing(most.predicted) > _TOLERANCE:
            return replace(min(nothing, found, most, key=lambda one: missing(one.predicted)), reached=False)
        found = most
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        trial = at(middle)
        if missing(trial.predicted) > 0:
            low = middle
        else:
            high, found = middle, trial
            if missing(trial.predicted) > -_TOLERANCE:
                break
    return found
