"""An EQ with what was changed by hand of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from eqmorph.adapt.eq import Choice, EqOfAnother
from eqmorph.bands import Bands
from eqmorph.tui.by_hand import ByHand

if TYPE_CHECKING:
    from eqmorph.analysis import Profile
    from eqmorph.audio.windows import Spectra

__all__ = ["HandEq", "choice_in_hand"]


@dataclass(frozen=True)
class HandEq(EqOfAnother):
    """What another EQ decides on, with what was changed by hand."""

    by_hand: ByHand

    def facts(self) -> dict[str, Any]:
        return {"of": self.eq.facts(), "by_hand": self.by_hand.to_dict()}

    def decide(self, sample_rate: int, spectra: Spectra | None, heard: Profile | None = None) -> Choice:
        choice, ear = self.eq.decide(sample_rate, spectra, heard), self.ear
        if ear is None or spectra is None:
            return choice_in_hand(choice, self.by_hand, sample_rate)
        return choice_in_hand(choice, self.by_hand, sample_rate, partial(ear.hear, spectra))


def choice_in_hand(
    choice: Choice, by_hand: ByHand, sample_rate: int, hear: Callable[[Bands], Profile] | None = None
) -> Choice:
    """Return what was decided with what was changed by hand, as a sample rate can render it.

    Args:
        choice: what was decided. Its reasons stay those of the words.
        by_hand: what was changed.
        sample_rate: of the sound, in Hz.
        hear: says what the sound is like after an EQ, where it was listened to.
    """
    if not by_hand:
        return choice
    at_rate, decision = by_hand.applied(choice.bands).at_rate(sample_rate), choice.decision
    if decision is not None and hear is not None and not decision.before.is_silent:
        decision = replace(decision, predicted=hear(at_rate.bands))
    return replace(choice, bands=at_rate.bands, notes=(*choice.notes, *at_rate.notes), decision=decision)
