"""EQs that are the same for every sound: given bands, and what words do by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eqmorph.adapt.eq import Choice, Eq
from eqmorph.adapt.goal import Goal
from eqmorph.bands import Bands

if TYPE_CHECKING:
    from eqmorph.audio.windows import Spectra
    from eqmorph.model import Equalizer
    from eqmorph.model.eq_model import EqModel

__all__ = ["BandsEq", "FixedEq", "fixed_eq"]


@dataclass(frozen=True, slots=True)
class BandsEq:
    """Bands for every sound, their curve scaled by ``amount`` in dB; ``doubts`` are what there is to say of them."""

    bands: Bands
    amount: float = 1.0
    doubts: tuple[str, ...] = ()

    @property
    def ear(self) -> None:
        return None

    @property
    def equalizer(self) -> None:
        """No words stand behind it."""
        return None

    def facts(self) -> dict[str, Any]:
        return {"bands": self.bands.to_list(), "amount": self.amount}

    def for_set(self, hear_all: Callable[[], Sequence[Spectra]]) -> Eq:  # noqa: ARG002  (nothing has to be heard)
        return self

    def decide(self, sample_rate: int, spectra: object = None, heard: object = None) -> Choice:  # noqa: ARG002
        at_rate = self.bands.at_rate(sample_rate)
        return Choice(at_rate.bands.scaled(self.amount, sample_rate), at_rate.notes)


@dataclass(frozen=True, slots=True)
class FixedEq:
    """The words' own EQ for every sound; it moves no frequency by more than ``equalizer.limit_db``, at any rate."""

    equalizer: Equalizer

    @property
    def ear(self) -> None:
        return None

    @property
    def bands(self) -> Bands:
        """The words' bands, before any sound's rate is known."""
        return self.equalizer.bands

    @property
    def doubts(self) -> Sequence[str]:
        return self.equalizer.doubts

    def facts(self) -> dict[str, Any]:
        return {"bands": self.equalizer.bands.to_list(), "max_gain_db": self.equalizer.limit_db}

    def for_set(self, hear_all: Callable[[], Sequence[Spectra]]) -> Eq:  # noqa: ARG002  (nothing has to be heard)
        return self

    def decide(self, sample_rate: int, spectra: object = None, heard: object = None) -> Choice:  # noqa: ARG002
        from eqmorph.model.at_rate import limited_at_rate  # bands alone need no model

        bands, limit_db = self.equalizer.bands, self.equalizer.limit_db
        notes = (*self.equalizer.notes, *bands.at_rate(sample_rate).notes)
        return Choice(limited_at_rate(bands, sample_rate, limit_db), notes)


def fixed_eq(model: EqModel, goal: Goal) -> FixedEq:
    """Return the EQ that the words of a goal are by themselves."""
    return FixedEq(model.equalizer(goal.target, amount=goal.amount, max_gain_db=goal.max_gain_db))
