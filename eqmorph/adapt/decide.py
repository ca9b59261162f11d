"""From what a sound is and what is wanted to bands, worked out in the power domain before anything is rendered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from eqmorph.adapt.descend import descend
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.refine import Objective
from eqmorph.adapt.together import curve_for
from eqmorph.analysis import Ear, Profile
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.model.at_rate import limited_at_rate
from eqmorph.model.limit import limit_bands

__all__ = ["Decision", "decide", "decide_album", "decide_shared"]

Float64 = NDArray[np.float64]

_HALVINGS = 20
_FAR_BEYOND = 50.0  # an amount that any goal with a weight meets the gain limit at
_THERE = 0.005  # a percentile missed by less is reached


@dataclass(frozen=True)
class Decision:
    """The EQ for one sound, and why.

    Attributes:
        goal: what was asked for.
        bands: five bands; none for a sound that gets no EQ.
        amount: what the goal's amount came to, where the result's percentile was asked for.
        before: what the sound is like.
        predicted: what it will be like.
        reached: whether the asked percentile is reached; None where none was asked for, or nothing was heard.
        album: what was decided for the album that the sound belongs to, if it does.
    """

    goal: Goal
    bands: Bands
    amount: float
    before: Profile
    predicted: Profile
    reached: bool | None = None
    album: Decision | None = None


def decide(ear: Ear, spectra: Spectra, goal: Goal, heard: Profile | None = None) -> Decision:
    """The EQ for one sound, which the ear may have ``heard`` already. Silence gets none."""

    def rendered(bands: Bands) -> Bands:
        return limited_at_rate(bands, spectra.sample_rate, goal.max_gain_db)

    return _decide(ear, heard or ear.hear(spectra), goal, lambda bands: ear.curve(spectra, bands), rendered)


def decide_album(ear: Ear, sounds: Sequence[Spectra], goal: Goal) -> Decision:
    """One EQ for several sounds, by what they are like on average; none if all are silent."""
    heard = [spectra for spectra in sounds if not spectra.is_silent]
    common = ear.profile(ear.common_curve(heard), is_silent=not heard)
    return _decide(ear, common, goal, lambda bands: ear.common_curve(heard, bands), lambda bands: bands)


def decide_shared(ear: Ear, spectra: Spectra, album: Decision, heard: Profile | None = None) -> Decision:
    """Give one sound of an album the album's EQ, and say what that makes of it. Silence gets none."""
    goal, before = album.goal, heard or ear.hear(spectra)
    if before.is_silent:
        return Decision(goal, Bands(), 0.0, before, before, album=album)
    bands = limited_at_rate(album.bands, spectra.sample_rate, goal.max_gain_db)
    after = ear.hear(spectra, bands)
    lack = goal.lack(after.percentile(goal.main_word))
    reached = None if goal.to_percentile is None else lack <= _THERE  # by this sound, whatever the album does
    return Decision(goal, bands, album.amount, before, after, reached, album)


def _decide(
    ear: Ear,
    sound: Profile,
    goal: Goal,
    curve_after: Callable[[Bands], Float64],
    rendered: Callable[[Bands], Bands],
) -> Decision:
    if sound.is_silent or goal.asks_for_nothing:
        return Decision(goal, Bands(), 0.0, sound, sound)
    most_db = goal.max_gain_db
    # Bent and refined once and then scaled, so that the bands keep their shape and only grow with the amount.
    asked = curve_for(ear, sound.curve_db, goal)
    refined = _refined(ear, sound, goal, asked, curve_after) if goal.refine else None

    def attempt(amount: float, plainness: float = 0.0) -> _Attempt:
        if plainness:
            curve = (1 - plainness) * asked + plainness * _plain(ear, goal)
        elif refined is None:
            curve = asked
        else:
            made = limit_bands(refined, amount, most_db)
            return _Attempt(rendered(made.bands), made.amount)
        equalizer = ear.space.equalizer_for_curve(goal.target, amount * curve, max_gain_db=most_db)
        return _Attempt(rendered(equalizer.bands), amount * equalizer.scale)

    def decision(made: _Attempt, reached: bool | None) -> Decision:
        return Decision(goal, made.bands, made.amount, sound, ear.profile(curve_after(made.bands)), reached)

    if goal.to_percentile is None:
        return decision(_Attempt(attempt(goal.amount).bands, goal.amount), None)
    return _reach(sound, goal, attempt, decision)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """Bands, and the amount that they are: less than asked for where the limit was in the way."""

    bands: Bands
    amount: float


def _plain(ear: Ear, goal: Goal) -> Float64:
    """The main word's own curve, to the side it was asked for (64,)."""
    return np.asarray(ear.space.terms[goal.main_word].curve_db * np.sign(goal.main_weight))


def _refined(ear: Ear, sound: Profile, goal: Goal, asked: Float64, curve_after: Callable[[Bands], Float64]) -> Bands:
    """The bands for what is asked, tuned by what becomes of the sound."""
    start = ear.space.equalizer_for_curve(goal.target, asked, max_gain_db=goal.max_gain_db).bands
    objective = Objective(ear, sound.curve_db, asked, start, curve_after)
    return descend(start, objective.residuals, goal.max_gain_db)


def _reach(
    sound: Profile,
    goal: Goal,
    attempt: Callable[[float, float], _Attempt],
    decision: Callable[[_Attempt, bool], Decision],
) -> Decision:
    """The least EQ whose result has the asked percentile of the main word, or that which comes nearest.

    More and more of what the sound lacks, up to the limit; if that is not enough, the main word's own curve takes its
    place, still at the limit: it spares nothing.
    """

    def missing(profile: Profile) -> float:
        return goal.lack(profile.percentile(goal.main_word))

    def at(step: float) -> Decision:
        """0: nothing; 1: all that the limit leaves; 2: the word's own curve at the limit."""
        return decision(attempt(min(step, 1.0) * _FAR_BEYOND, max(step - 1.0, 0.0)), True)

    if missing(sound) <= _THERE:
        return Decision(goal, Bands(), 0.0, sound, sound, True)
    low, high, found = 0.0, 1.0, at(1.0)
    if missing(found.predicted) > _THERE:
        low, high, most = 1.0, 2.0, at(2.0)
        if missing(most.predicted) > _THERE:
            nothing = Decision(goal, Bands(), 0.0, sound, sound)
            return replace(min(nothing, found, most, key=lambda one: missing(one.predicted)), reached=False)
        found = most
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        trial = at(middle)
        if missing(trial.predicted) > 0:
            low = middle
        else:
            high, found = middle, trial
            if missing(trial.predicted) > -_THERE:
                break
    return found
