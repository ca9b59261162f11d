"""EQs that follow from what is heard: in each sound by itself, or in all sounds of an album."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from eqmorph.adapt.decide import Decision, decide, decide_album, decide_shared
from eqmorph.adapt.eq import Choice, Eq
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.likeness import reference_notes
from eqmorph.analysis import Ear, Profile
from eqmorph.audio.windows import Spectra
from eqmorph.model import doubts_of

__all__ = ["AdaptiveEq", "AlbumEq"]


@dataclass(frozen=True)
class AdaptiveEq:
    """A goal, and the ear that hears what each sound lacks of it."""

    ear: Ear
    goal: Goal

    @property
    def doubts(self) -> Sequence[str]:
        return doubts_of(self.ear.space.terms_of(self.goal.target))

    def facts(self) -> dict[str, Any]:
        return {"goal": _facts_of(self.goal), "ear": self.ear.identity}

    def for_set(self, hear_all: Callable[[], Sequence[Spectra]]) -> Eq:  # noqa: ARG002  (each sound counts by itself)
        return self

    def decide(
        self,
        sample_rate: int,  # noqa: ARG002  (the spectra have it)
        spectra: Spectra | None,
        heard: Profile | None = None,
    ) -> Choice:
        if spectra is None:
            raise ValueError("an adaptive EQ decides on a sound that was heard")
        ear = self.ear.for_sound(spectra)
        decision = replace(decide(ear, spectra, self.goal, heard), kind=ear.kind)
        return Choice(decision.bands, _notes(decision), decision)


@dataclass(frozen=True)
class AlbumEq:
    """A goal that an album reaches as a whole: all its sounds get one EQ.

    ``shared`` is what was decided once all were heard; without it, each sound is an album of its own.
    """

    ear: Ear
    goal: Goal
    shared: Decision | None = None

    @property
    def doubts(self) -> Sequence[str]:
        return doubts_of(self.ear.space.terms_of(self.goal.target))

    def facts(self) -> dict[str, Any]:
        shared = self.shared.bands.to_list() if self.shared is not None else None
        return {"goal": _facts_of(self.goal), "ear": self.ear.identity, "album": shared}

    def for_set(self, hear_all: Callable[[], Sequence[Spectra]]) -> Eq:
        sounds = hear_all()
        ear = self.ear.for_set(sounds)
        return replace(self, ear=ear, shared=decide_album(ear, sounds, self.goal))

    def decide(
        self,
        sample_rate: int,  # noqa: ARG002  (the spectra have it)
        spectra: Spectra | None,
        heard: Profile | None = None,
    ) -> Choice:
        if spectra is None:
            raise ValueError("an album's EQ is judged by a sound that was heard")
        ear = self.ear.for_sound(spectra)
        shared = self.shared if self.shared is not None else decide_album(ear, [spectra], self.goal)
        decision = replace(decide_shared(ear, spectra, shared, heard), kind=ear.kind)
        return Choice(decision.bands, _notes(decision), decision)


def _facts_of(goal: Goal) -> dict[str, Any]:
    """Return a goal as plain data; of a reference what counts of it, which is not its name."""
    facts = asdict(goal)
    del facts["reference"]
    return facts if goal.reference is None else {**facts, "reference": goal.reference.levels_db}


def _notes(decision: Decision) -> tuple[str, ...]:
    if decision.before.is_silent:
        return ()
    return reference_notes(decision.likeness, decision.before.curve_db, decision.kind)
