"""An EQ with what was changed by hand of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from eqmorph.adapt.eq import Choice, EqOfAnother
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
        return choice_in_hand(self.eq.decide(sample_rate, spectra, heard), self.by_hand, sample_rate)


def choice_in_hand(choice: Choice, by_hand: ByHand, sample_rate: int) -> Choice:
    """Return what was decided with what was changed by hand, as a sample rate can render it."""
    if not by_hand:
        return choice
    at_rate = by_hand.applied(choice.bands).at_rate(sample_rate)
    return replace(choice, bands=at_rate.bands, notes=(*choice.notes, *at_rate.notes))
