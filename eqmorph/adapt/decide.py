"""Decide on bands from what a sound is like and what is asked for: in the power domain, before anything is rendered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from eqmorph._typing import Float64
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


_HALVINGS = 20
_FAR_BEYOND = 50.0  # an amount at which any goal with a weight meets the gain limit
_TOLERANCE = 0.005  # a percentile missed by less counts as reached


@dataclass(frozen=True)
class Decision:
    """The EQ for one sound, and why.

    Attributes:
        goal: what was asked for.
        bands: five bands; none for a sound that gets no EQ.
        amount: the goal's amount or, where a percentile was asked for, the amount that it took.
        before: what the sound is like.
        predicted: what it will be like.
        reached: whether the result reaches the percentile asked for; None if none was, or for silence.
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
    """Decide on the EQ for one sound, which the ear may have ``heard`` already. Silence gets none."""

    def rendered(bands: Bands) -> Bands:
        return limited_at_rate(bands, spectra.sample_rate, goal.max_gain_db)

    return _decide(ear, heard or ear.hear(spectra), goal, lambda bands: ear.curve(spectra, bands), rendered)


def decide_album(ear: Ear, sounds: Sequence[Spectra], goal: Goal) -> Decision:
    """Decide on one EQ for several sounds, by what they are like on average; none if all are silent."""
    heard = [spectra for spectra in sounds if not spectra.is_silent]
    common = ear.profile(ear.common_curve(heard), is_silent=not heard)
    return _decide(ear, common, goal, lambda bands: ear.common_curve(heard, bands), lambda bands: bands)


def decide_shared(ear: Ear, spectra: Spectra, album: Decision, heard: Profile | None = None) -> Decision:
    """Give one sound of an album the album's EQ, and predict what becomes of it. Silence gets none."""
    goal, before = album.goal, heard or ear.hear(spectra)
    if before.is_silent:
        return Decision(goal, Bands(), 0.0, before, before, album=album)
    bands = limited_at_rate(album.bands, spectra.sample_rate, goal.max_gain_db)
    after = ear.hear(spectra, bands)
    lack = goal.lack(after.percentile(goal.main_word))
    reached = None if goal.to_percentile is None else lack <= _TOLERANCE  # by this sound, whatever the album does
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
    # Shaped and refined once, then scaled: the bands keep their shape and only grow with the amount.
    asked = curve_for(ear, sound.curve_db, goal)
    refined = _refined(ear, sound, goal, asked, curve_after) if goal.refine else None

    def attempt(amount: float, plainness: float = 0.0) -> _Attempt:
        if plainness:
            curve = (1 - plainness) * asked + plainness * _plain(ear, goal)
        elif refined is None:
            curve = asked
        else:
            limited = limit_bands(refined, amount, goal.max_gain_db)
            return _Attempt(rendered(limited.bands), limited.amount)
        equalizer = ear.space.equalizer_for_curve(goal.target, amount * curve, max_gain_db=goal.max_gain_db)
        return _Attempt(rendered(equalizer.bands), amount * equalizer.scale)

    def decision(chosen: _Attempt, reached: bool | None) -> Decision:
        return Decision(goal, chosen.bands, chosen.amount, sound, ear.profile(curve_after(chosen.bands)), reached)

    if goal.to_percentile is None:
        return decision(_Attempt(attempt(goal.amount).bands, goal.amount), None)
    return _reach(sound, goal, attempt, decision)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """Bands and their amount: less than what was tried where the limit held them back."""

    bands: Bands
    amount: float


def _plain(ear: Ear, goal: Goal) -> Float64:
    """Return the main word's own curve, toward the side asked for (64,)."""
    return np.asarray(ear.space.terms[goal.main_word].curve_db * np.sign(goal.main_weight))


def _refined(ear: Ear, sound: Profile, goal: Goal, asked: Float64, curve_after: Callable[[Bands], Float64]) -> Bands:
    """Return the bands for the curve asked for, tuned by what they make of the sound."""
    start = ear.space.equalizer_for_curve(goal.target, asked, max_gain_db=goal.max_gain_db).bands
    objective = Objective(ear, sound.curve_db, asked, start, curve_after)
    return descend(start, objective.residuals, goal.max_gain_db)


def _reach(
    sound: Profile,
    goal: Goal,
    attempt: Callable[[float, float], _Attempt],
    decision: Callable[[_Attempt, bool], Decision],
) -> Decision:
    """Find the least EQ that brings the sound to the percentile asked for, or the one that comes closest.

    First it gets more and more of what it lacks, up to the limit. If that is not enough, the main word's own curve,
    which spares nothing, gradually takes over, still at the limit.
    """

    def missing(profile: Profile) -> float:
        return goal.lack(profile.percentile(goal.main_word))

    def at(step: float) -> Decision:
        """Decide at a step: 0 is nothing, 1 as much as the limit allows, 2 the word's own curve at the limit."""
        return decision(attempt(min(step, 1.0) * _FAR_BEYOND, max(step - 1.0, 0.0)), True)

    if missing(sound) <= _TOLERANCE:
        return Decision(goal, Bands(), 0.0, sound, sound, True)
    low, high, found = 0.0, 1.0, at(1.0)
    if missing(found.predicted) > _TOLERANCE:
        low, high, most = 1.0, 2.0, at(2.0)
        if missing(most.predicted) > _TOLERANCE:
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
            if missing(trial.predicted) > -_TOLERANCE:
                break
    return found
