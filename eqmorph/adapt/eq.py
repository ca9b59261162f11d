"""`Eq`: whatever decides on the bands that a sound gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from eqmorph.bands import Bands, Ride

if TYPE_CHECKING:
    from eqmorph.adapt.decide import Decision
    from eqmorph.analysis import Ear, Profile
    from eqmorph.audio.hum import Hum
    from eqmorph.audio.windows import Spectra

__all__ = ["Choice", "Eq", "EqOfAnother", "Phase"]

#: What filters do to phases: as little as can be, at once; or nothing, by ringing before as well as after.
Phase = Literal["minimum", "linear"]


@dataclass(frozen=True, slots=True)
class Choice:
    """The bands that one sound gets, and how they are rendered.

    Attributes:
        bands: what to render at the sound's rate.
        notes: what had to be changed for that rate, for people to read.
        decision: why, where the sound was listened to.
        ride: the EQ over time, where it follows the sound; ``bands`` are then what the sound gets as a whole.
        phase: what the filters do to phases.
        hum: what was taken out by notches among the bands, if that was asked for and there was any.
    """

    bands: Bands
    notes: tuple[str, ...] = ()
    decision: Decision | None = None
    ride: Ride | None = None
    phase: Phase = "minimum"
    hum: Hum | None = None

    @property
    def is_flat(self) -> bool:
        """Whether it changes nothing at all."""
        return self.bands.is_flat if self.ride is None else self.ride.is_flat


class Eq(Protocol):
    """An EQ as it was asked for: the same bands for every sound, or bands that follow from each sound."""

    @property
    def ear(self) -> Ear | None:
        """What a sound must be heard with before `decide`; None if it need not be heard."""

    @property
    def doubts(self) -> Sequence[str]:
        """What should be said before anybody relies on the words that it stands for, if there are any."""

    def facts(self) -> dict[str, Any]:
        """Return plain data that is equal for two EQs exactly if they give every sound the same bands."""

    def for_set(self, hear_all: Callable[[], Sequence[Spectra]]) -> Eq:
        """Return the EQ for a set of sounds that belong together, hearing all of them if it follows from all."""

    def decide(self, sample_rate: int, spectra: Spectra | None, heard: Profile | None = None) -> Choice:
        """Choose the bands for a sound of this rate.

        ``spectra`` are its windows if there is an `ear`, and ``heard`` is what the ear made of them, if that is known.
        """


_Made = TypeVar("_Made", bound="EqOfAnother")


@dataclass(frozen=True)
class EqOfAnother:
    """What EQs share that are made of another one: whatever is heard and doubted of that, is of them."""

    eq: Eq

    @property
    def ear(self) -> Ear | None:
        return self.eq.ear

    @property
    def doubts(self) -> Sequence[str]:
        return self.eq.doubts

    def for_set(self: _Made, hear_all: Callable[[], Sequence[Spectra]]) -> _Made:
        return replace(self, eq=self.eq.for_set(hear_all))
