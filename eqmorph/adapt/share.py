"""A share of another EQ: each sound gets what that one decides on, and less of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from eqmorph.adapt.eq import Choice, EqOfAnother

if TYPE_CHECKING:
    from eqmorph.analysis import Profile
    from eqmorph.audio.windows import Spectra

__all__ = ["ShareEq"]


@dataclass(frozen=True)
class ShareEq(EqOfAnother):
    """``share`` (0..1) times the curve in dB of what another EQ decides on.

    That is not the same as an amount: what was asked for may be held back by a limit, or words may be at odds, and less
    of what is asked for is then another EQ, and perhaps no smaller one. All limits that the whole keeps, a part does.
    """

    share: float

    def facts(self) -> dict[str, Any]:
        return {"of": self.eq.facts(), "share": self.share}

    def decide(self, sample_rate: int, spectra: Spectra | None, heard: Profile | None = None) -> Choice:
        whole = self.eq.decide(sample_rate, spectra, heard)
        bands = whole.bands.scaled(self.share, sample_rate)
        decision = whole.decision
        if decision is not None and self.ear is not None and spectra is not None and not whole.bands.is_flat:
            predicted = self.ear.for_sound(spectra).hear(spectra, bands)
            decision = replace(decision, bands=bands, predicted=predicted)
        return Choice(bands, whole.notes, decision)
