"""An EQ rendered with linear phase."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from eqmorph.adapt.eq import Choice, EqOfAnother

if TYPE_CHECKING:
    from eqmorph.analysis import Profile
    from eqmorph.audio.windows import Spectra

__all__ = ["LinearEq"]


@dataclass(frozen=True)
class LinearEq(EqOfAnother):
    """What another EQ decides on, rendered so that all frequencies keep their places in time."""

    def facts(self) -> dict[str, Any]:
        return {"of": self.eq.facts(), "phase": "linear"}

    def decide(self, sample_rate: int, spectra: Spectra | None, heard: Profile | None = None) -> Choice:
        return replace(self.eq.decide(sample_rate, spectra, heard), phase="linear")
