"""What was decided for a sound and what came of it: the few numbers worth keeping, and a sentence about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.decide import Decision
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.limits import Bound, Limit
from eqmorph.adapt.move import Conflict
from eqmorph.adapt.portions import parts_of, summit
from eqmorph.analysis import Ear, Profile, percent
from eqmorph.audio.windows import Spectra
from eqmorph.bands import HIGHEST_HEARD, Ride
from eqmorph.model import GRID_HZ
from eqmorph.model.describe import describe_curve, say_hz
from eqmorph.target import Weighted

__all__ = ["Account", "OverTime", "ReferenceChange", "SectionChange", "WordChange"]

#: What is said of limits that nobody set.
_HELD_BACK = {
    Limit.AUDIBLE: "what can't be heard",
    Limit.BODY: "the body of the sound",
    Limit.MAKE_UP: "what would be made up for",
    Limit.FLOOR: "the noise floor",
    Limit.SPEECH: "what is done to speech",
}
_MUCH_LOST = 2 / 3  # of what a word would get alone: what is said where it keeps less
_NOTICEABLE_DB = 0.5  # of what a limit takes
_LITTLE_DB = 1.0  # an EQ that changes less hardly does anything
_REFERENCE = ""  # instead of a word: no word is empty


@dataclass(frozen=True, slots=True)
class WordChange:
    """One word of a target before and after.

    Attributes:
        word: the word.
        weight: its weight.
        score_before: how much of it is in the sound.
        score_predicted: how much will be in the result, by the power domain.
        score_reached: how much is in the rendered audio; None where that was not listened to.
        percentile_before, percentile_predicted, percentile_reached: their places in the reference, 0..1.
        contributes_db: the most that the EQ does for this word at any frequency.
        at_hz: where that is; None if the EQ does nothing for it.
        kept: how much it gets of what it would get alone, 0..1.
        limits: what limits took off what it asked for.
    """

    word: str
    weight: float
    score_before: float
    score_predicted: float
    score_reached: float | None
    percentile_before: float
    percentile_predicted: float
    percentile_reached: float | None
    contributes_db: float = 0.0
    at_hz: float | None = None
    kept: float = 1.0
    limits: tuple[Bound, ...] = ()

    @property
    def was_met(self) -> bool:
        """Whether the sound was already as the word asks."""
        return Goal.is_met(Weighted(self.word, self.weight), self.percentile_before)

    @property
    def percentile_after(self) -> float:
        """The result's percentile: as reached if that was measured, else as predicted."""
        return self.percentile_predicted if self.percentile_reached is None else self.percentile_reached

    @property
    def score_after(self) -> float:
        """How much of it is in the result, likewise."""
        return self.score_predicted if self.score_reached is None else self.score_reached

    @property
    def contribution(self) -> str:
        """What the EQ does for this word, for people to read: ``+3.8 dB at 210 Hz``."""
        return _said_of(self.contributes_db, self.at_hz)


@dataclass(frozen=True, slots=True)
class ReferenceChange:
    """How far a sound is from a reference before and after, in dB: the mean over third-octaves from 100 Hz to 10 kHz.

    Attributes:
        name: the reference's.
        kind: of sound, by name; None where it is mixed or can't be told.
        db_before: how far the sound is from it, level removed.
        db_predicted: how far the result will be, by the power domain.
        db_reached: how far the rendered audio is; None where that was not listened to.
        contributes_db: the most that the EQ does for it at any frequency.
        at_hz: where that is; None if the EQ does nothing for it.
        limits: what limits took off what it asked for.
    """

    name: str
    kind: str | None
    db_before: float
    db_predicted: float
    db_reached: float | None
    contributes_db: float = 0.0
    at_hz: float | None = None
    limits: tuple[Bound, ...] = ()

    @property
    def db_after(self) -> float:
        """The result's distance: as reached if that was measured, else as predicted."""
        return self.db_predicted if self.db_reached is None else self.db_reached

    @property
    def change(self) -> str:
        """From where to where it goes, for people to read."""
        return f"{self.db_before:.1f} dB away -> {self.db_after:.1f} dB"

    @property
    def contribution(self) -> str:
        """What the EQ does for it, for people to read."""
        return _said_of(self.contributes_db, self.at_hz)


@dataclass(frozen=True, slots=True)
class SectionChange:
    """What one part of a sound gets, where the EQ follows it.

    Attributes:
        from_s: from when on its EQ is fully there, in seconds.
        to_s: until when; from there it glides to the next.
        description: what that EQ does, in an engineer's words.
        largest_db: the most it changes any frequency by.
    """

    from_s: float
    to_s: float
    description: str
    largest_db: float


@dataclass(frozen=True, slots=True)
class OverTime:
    """The main word in the windows of a sound that an EQ follows: its mean percentile, and how far that spreads.

    Attributes:
        word: the main word.
        mean_before, mean_after: percentiles, 0..1; after is as predicted.
        spread_before, spread_after: their standard deviations over time.
    """

    word: str
    mean_before: float
    mean_after: float
    spread_before: float
    spread_after: float

    @classmethod
    def of(cls, word: str, ear: Ear, before: Spectra, after: Spectra) -> OverTime:
        places = [ear.words_in(ear.window_curves(one)[before.heard], [word])[1][:, 0] for one in (before, after)]
        means, spreads = ([float(f(place)) for place in places] for f in (np.mean, np.std))
        return cls(word, *means, *spreads)

    def __str__(self) -> str:
        before, after = (
            f"{percent(mean)}% ±{percent(spread)}"
            for mean, spread in ((self.mean_before, self.spread_before), (self.mean_after, self.spread_after))
        )
        return f"{self.word} over time {before} -> {after}"


@dataclass(frozen=True, slots=True)
class Account:
    """What was decided for one sound.

    Attributes:
        target: what was asked for, in the exact notation.
        amount: how much of it the sound gets.
        to_percentile: what the main word was to reach; None where no percentile was asked for.
        is_reached: whether this sound reaches it, by what was predicted.
        is_silent: the sound is silent, and nothing was done to it.
        description: what the EQ does, in an engineer's words.
        largest_db: the most it changes any frequency by.
        limit_db: the most it was allowed to.
        words: what becomes of each word of the target, the main one first; none in silence.
        is_album: the EQ was decided for an album as a whole.
        is_album_reached: whether the album as a whole reaches the asked percentile.
        confidence: 0..1, from the evidence of the words, less by what they lost to each other; None where nothing was
            done.
        limits: the limits that held the EQ back, and what each took off it.
        conflicts: words that contradict each other in this sound: who got little, and against whom.
        futile: words that hardly anything could be done for.
        kind: of the sound, by name; None if it can't be told.
        reference: what becomes of the distance to the reference; None without one, and in silence.
        sections: what each part of the sound gets; none where the EQ stays as it is.
        over_time: what becomes of the main word over time, where the EQ follows the sound.
    """

    target: str
    amount: float
    to_percentile: float | None
    is_reached: bool | None
    is_silent: bool
    description: str
    largest_db: float
    limit_db: float
    words: tuple[WordChange, ...]
    is_album: bool = False
    is_album_reached: bool | None = None
    confidence: float | None = None
    limits: tuple[Bound, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    futile: tuple[str, ...] = ()
    kind: str | None = None
    reference: ReferenceChange | None = None
    sections: tuple[SectionChange, ...] = ()
    over_time: OverTime | None = None

    @classmethod
    def of(
        cls, decision: Decision, sample_rate: int, after: Profile | None = None, ride: Ride | None = None
    ) -> Account:
        """Return the account of a decision for a sound of this rate.

        ``after`` is what the rendered result is like, ``ride`` the EQ over time where it follows the sound.
        """
        goal, before, predicted = decision.goal, decision.before, decision.predicted
        main = goal.main_word
        terms = [] if before.is_silent else sorted(goal.target.terms, key=lambda term: term.word != main)
        curve = decision.bands.held_response_db(GRID_HZ, sample_rate)
        parts = _parts(decision, curve, np.minimum(GRID_HZ, HIGHEST_HEARD * sample_rate))
        return cls(
            target=str(goal.target),
            amount=decision.amount,
            to_percentile=goal.to_percentile,
            is_reached=decision.reached,
            is_silent=before.is_silent,
            description=describe_curve(curve),
            largest_db=float(abs(curve).max()),
            limit_db=goal.max_gain_db,
            words=tuple(
                WordChange(
                    term.word,
                    term.weight,
                    before.score(term.word),
                    predicted.score(term.word),
                    after.score(term.word) if after else None,
                    before.percentile(term.word),
                    predicted.percentile(term.word),
                    after.percentile(term.word) if after else None,
                    **parts.get(term.word, {}),
                )
                for term in terms
            ),
            is_album=decision.album is not None,
            is_album_reached=decision.album.reached if decision.album is not None else None,
            confidence=decision.confidence,
            limits=decision.binding,
            conflicts=decision.conflicts,
            futile=decision.futile,
            kind=decision.kind.value if decision.kind is not None else None,
            reference=_reference_change(decision, after, parts),
            sections=_section_changes(ride, sample_rate) if ride is not None else (),
        )

    @property
    def sentence(self) -> str:
        """What was decided and why, in one line."""
        if self.is_silent:
            return "silence: no EQ"
        told = [
            f"{change.word} {percent(change.percentile_before)}% -> {percent(change.percentile_after)}%"
            for change in self.words
        ]
        if self.reference is not None:
            told.append(f"{self.reference.name} {self.reference.change}")
        changes = ", ".join(told)
        return "; ".join([f"{changes}: {self._what_it_does}", *self._reservations])

    @property
    def effect(self) -> str:
        """What the EQ does, in one line, where `reasons` say of each word what kept it back."""
        if self.is_silent:
            return "silence: no EQ"
        if self.confidence is None or self.kept >= _MUCH_LOST:
            return self._what_it_does
        lost = f"confidence {self.confidence:.2f}: the words keep {percent(self.kept)}% of what each does alone"
        return f"{self._what_it_does}; {lost}"

    @property
    def reference_reasons(self) -> str:
        """What kept the reference from being met; empty if nothing did."""
        return _held_back(self.reference.limits) if self.reference is not None else ""

    def reasons(self, change: WordChange) -> str:
        """Return what kept a word from being done in full; empty if nothing did."""
        said = [f"loses to {c.against} (r {c.likeness:.2f})" for c in self.conflicts if c.word == change.word]
        if change.kept < _MUCH_LOST:
            said.append(f"keeps {percent(change.kept)}%")
        if self.reference is not None and change.weight * (change.percentile_after - change.percentile_before) < 0:
            said.append("the reference takes it the other way")
        if change.word in self.futile:
            said.append(_little_to_do("it", change.weight))
        return ", ".join(filter(None, [*said, _held_back(change.limits)]))

    @property
    def held_back(self) -> tuple[str, ...]:
        """What each limit took of the whole EQ, for people to read: ``3.1 dB at 12 kHz (inaudible)``."""
        return tuple(_taken(bound) for bound in self.limits if (bound.took_db or 0.0) >= _NOTICEABLE_DB)

    @property
    def kept(self) -> float:
        """How much of what they would get alone the words get, by the size of their weights."""
        total = sum(abs(change.weight) for change in self.words)
        return sum(abs(change.weight) * change.kept for change in self.words) / total if total else 1.0

    @property
    def _reservations(self) -> list[str]:
        """What kept the words from being done in full, for people to read."""
        weights = {change.word: change.weight for change in self.words}
        said = [_little_to_do(word, weights[word]) for word in self.futile]
        lost = {conflict.word for conflict in self.conflicts}
        pairs = {frozenset((c.word, c.against)): c for c in reversed(self.conflicts)}
        for conflict in reversed(pairs.values()):
            how = "much the same" if conflict.likeness > 0 else "nearly contraries"
            loser = "both" if conflict.against in lost else conflict.word
            said.append(
                f"{conflict.word} and {conflict.against} are {how} here (r {conflict.likeness:.2f}), "
                f"{loser} lost most of it"
            )
        binding = {bound.limit for bound in self.limits}
        limits = [text for limit, text in _HELD_BACK.items() if limit in binding]
        return said + ([f"held back by {', '.join(limits)}"] if limits else [])

    @property
    def _what_it_does(self) -> str:
        effect = self._effect_of_album if self.is_album else self._effect
        if not self.sections:
            return effect
        effect = effect if self.is_album or self.to_percentile is not None else self.description
        parts = "windows" if all(part.from_s == part.to_s for part in self.sections) else "sections"
        changes = f": {self.over_time}" if self.over_time is not None else ""
        return f"{effect} as a whole, following {len(self.sections)} {parts}{changes}"

    @property
    def _effect_of_album(self) -> str:
        effect = f"the album's EQ {self.description}"
        if self.to_percentile is None or self.is_album_reached is not False:
            return effect
        return f"{effect}; {percent(self.to_percentile)}% is out of the album's reach within {self.limit_db:g} dB"

    @property
    def _effect(self) -> str:
        if self.to_percentile is not None:
            asked = f"{percent(self.to_percentile)}%"
            if self.is_reached and self.largest_db == 0:
                return f"already at {asked} or beyond, nothing to do"
            if self.largest_db == 0:
                return f"no EQ within {self.limit_db:g} dB brings it closer to {asked}"
            if not self.is_reached:
                return f"{self.description}; {asked} is out of reach within {self.limit_db:g} dB"
        elif self.largest_db < _LITTLE_DB and self.words and self.words[0].was_met:
            return f"{self.description}, already as asked"
        return self.description

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self, dict_factory=_plain)


def _parts(decision: Decision, curve_db: Float64, freq_hz: Float64) -> dict[str, dict[str, Any]]:
    """Return what each word has of a decision whose curve (64,) is known at some frequencies."""
    likeness = decision.likeness
    portions = {portion.word: portion for portion in decision.portions}
    if likeness is not None and likeness.portion is not None:
        portions[_REFERENCE] = likeness.portion
    if not portions:
        return {}
    found: dict[str, dict[str, Any]] = {}
    shares = parts_of(curve_db, np.array([portion.asked_db for portion in portions.values()]))
    for (word, portion), part_db in zip(portions.items(), shares, strict=True):
        contributes_db, at = summit(part_db)
        found[word] = {
            "contributes_db": contributes_db,
            "at_hz": float(freq_hz[at]) if contributes_db else None,
            "kept": portion.kept,
            "limits": portion.bounds,
        }
    return found


def _reference_change(
    decision: Decision, after: Profile | None, parts: dict[str, dict[str, Any]]
) -> ReferenceChange | None:
    likeness = decision.likeness
    if likeness is None or decision.before.is_silent:
        return None
    part = {key: value for key, value in parts.get(_REFERENCE, {}).items() if key != "kept"}
    before, predicted = (likeness.distance_db(one.curve_db) for one in (decision.before, decision.predicted))
    reached = likeness.distance_db(after.curve_db) if after is not None else None
    return ReferenceChange(likeness.name, likeness.kind, before, predicted, reached, **part)


def _section_changes(ride: Ride, sample_rate: int) -> tuple[SectionChange, ...]:
    curves = [station.bands.held_response_db(GRID_HZ, sample_rate) for station in ride.stations]
    return tuple(
        SectionChange(
            round(station.from_s, 3), round(station.to_s, 3), describe_curve(curve), float(np.abs(curve).max())
        )
        for station, curve in zip(ride.stations, curves, strict=True)
    )


def _little_to_do(word: str, weight: float) -> str:
    return f"hardly anything there to make {word} with" if weight > 0 else f"hardly anything can be done about {word}"


def _held_back(limits: Sequence[Bound]) -> str:
    took = [_taken(bound) for bound in limits if (bound.took_db or 0.0) >= _NOTICEABLE_DB]
    return f"held back {', '.join(took)}" if took else ""


def _said_of(contributes_db: float, at_hz: float | None) -> str:
    """Say how much is done at most, and where: ``+3.8 dB at 210 Hz``."""
    if at_hz is None or not round(contributes_db, 1):
        return "0.0 dB"
    return f"{contributes_db:+.1f} dB at {say_hz(at_hz)}"


def _taken(bound: Bound) -> str:
    """Say how much a limit took: ``3.1 dB at 12 kHz (inaudible)``."""
    where = f" at {say_hz(bound.at_hz)}" if bound.at_hz is not None else ""
    return f"{bound.took_db:.1f} dB{where} ({bound.limit.briefly})"


def _plain(items: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value.value if isinstance(value, Enum) else value for name, value in items}
