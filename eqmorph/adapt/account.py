"""What was decided for a sound and what came of it: the few numbers worth keeping, and a sentence about them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from eqmorph.adapt.decide import Decision
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.limits import Limit
from eqmorph.adapt.move import Conflict
from eqmorph.analysis import Profile, percent
from eqmorph.model import GRID_HZ
from eqmorph.model.describe import describe_curve
from eqmorph.target import Weighted

__all__ = ["Account", "WordChange"]

#: What is said of limits that nobody set.
_HELD_BACK = {
    Limit.AUDIBLE: "what can't be heard",
    Limit.BODY: "the body of the sound",
    Limit.MAKE_UP: "what would be made up for",
    Limit.FLOOR: "the noise floor",
    Limit.SPEECH: "what is done to speech",
}
_LITTLE_DB = 1.0  # an EQ that changes less hardly does anything
_HIGHEST = 0.49  # of the sample rate: above, a sound has nothing that an EQ could change


@dataclass(frozen=True, slots=True)
class WordChange:
    """One word of a target before and after: raw scores, and percentiles of the reference (0..1).

    ``predicted`` is from the power domain, ``reached`` from the rendered audio, None where that was not listened to.
    """

    word: str
    weight: float
    score_before: float
    score_predicted: float
    score_reached: float | None
    percentile_before: float
    percentile_predicted: float
    percentile_reached: float | None

    @property
    def was_met(self) -> bool:
        """Whether the sound was already as the word asks."""
        return Goal.is_met(Weighted(self.word, self.weight), self.percentile_before)

    @property
    def percentile_after(self) -> float:
        """The result's percentile: as reached if that was measured, else as predicted."""
        return self.percentile_predicted if self.percentile_reached is None else self.percentile_reached


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
        limits: the limits that held the EQ back, by name.
        conflicts: words that contradict each other in this sound: who got little, and against whom.
        futile: words that hardly anything could be done for.
        kind: of the sound, by name; None if it can't be told.
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
    limits: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    futile: tuple[str, ...] = ()
    kind: str | None = None

    @classmethod
    def of(cls, decision: Decision, sample_rate: int, after: Profile | None = None) -> Account:
        """Return the account of a decision for a sound of this rate; ``after`` is what the rendered result is like."""
        goal, before, predicted = decision.goal, decision.before, decision.predicted
        main = goal.main_word
        terms = [] if before.is_silent else sorted(goal.target.terms, key=lambda term: term.word != main)
        held_hz = np.minimum(GRID_HZ, _HIGHEST * sample_rate)
        curve = decision.bands.response_db(held_hz, sample_rate)
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
                )
                for term in terms
            ),
            is_album=decision.album is not None,
            is_album_reached=decision.album.reached if decision.album is not None else None,
            limits=tuple(limit.value for limit in Limit if limit in decision.binding),
            conflicts=decision.conflicts,
            futile=decision.futile,
            kind=decision.kind.value if decision.kind is not None else None,
        )

    @property
    def sentence(self) -> str:
        """What was decided and why, in one line."""
        if self.is_silent:
            return "silence: no EQ"
        changes = ", ".join(
            f"{change.word} {percent(change.percentile_before)}% -> {percent(change.percentile_after)}%"
            for change in self.words
        )
        effect = self._effect_of_album if self.is_album else self._effect
        return "; ".join([f"{changes}: {effect}", *self._reservations])

    @property
    def _reservations(self) -> list[str]:
        """What kept the words from being done in full, for people to read."""
        said = [f"hardly anything there to make {word} with" for word in self.futile]
        lost = {conflict.word for conflict in self.conflicts}
        pairs = {frozenset((c.word, c.against)): c for c in reversed(self.conflicts)}
        for conflict in reversed(pairs.values()):
            how = "much the same" if conflict.likeness > 0 else "nearly contraries"
            loser = "both" if conflict.against in lost else conflict.word
            said.append(
                f"{conflict.word} and {conflict.against} are {how} here (r {conflict.likeness:.2f}), "
                f"{loser} got less than a third"
            )
        limits = [text for limit, text in _HELD_BACK.items() if limit.value in self.limits]
        return said + ([f"held back by {', '.join(limits)}"] if limits else [])

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
        elif self.largest_db < _LITTLE_DB and self.words[0].was_met:
            return f"{self.description}, already as asked"
        return self.description

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)
