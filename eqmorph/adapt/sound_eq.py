"""`SoundEq`: the EQ of one sound on its way through the chain, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from eqmorph._typing import Float32
from eqmorph.adapt.dehum import without_hum
from eqmorph.adapt.eq import Choice, Eq
from eqmorph.audio.hum import HumMeter, Mains
from eqmorph.audio.read import AudioInfo
from eqmorph.audio.windows import Spectra, WindowMeter
from eqmorph.bands import Ride, Station

if TYPE_CHECKING:  # what hears words is loaded where there are any: bands do without
    from eqmorph.adapt.account import Account
    from eqmorph.analysis import Ear
    from eqmorph.analysis.spectrum import Spectrum
    from eqmorph.analysis.trajectory import FlowingTrajectory

__all__ = ["SoundEq"]


class SoundEq:
    """The bands for one sound, decided on after listening to it where the EQ asks for that.

    Attributes:
        choice: what to render, and why.
    """

    def __init__(self, choice: Choice, ear: Ear | None, spectra: Spectra | None, result: WindowMeter | None) -> None:
        self.choice = choice
        self._ear, self._spectra, self._result = ear, spectra, result
        self._after: Spectra | None = None  # once the whole result was heard

    @classmethod
    def decide(
        cls,
        eq: Eq,
        sample_rate: int,
        blocks: Callable[[], Iterable[Float32]],
        *,
        hear_result: bool,
        dehum: Mains | None = None,
    ) -> SoundEq:
        """Listen to a sound if the EQ asks for it, and decide.

        Args:
            eq: what decides.
            sample_rate: of the sound.
            blocks: gives its audio from the start.
            dehum: the mains whose hum to look for and take out.
            hear_result: whether to listen to the result too; then `on_rendered` must be given each block of it.
        """
        ear = eq.ear
        meter = HumMeter(sample_rate) if dehum is not None else None
        spectra = None
        if ear is not None:
            from eqmorph.analysis import listen

            spectra = listen(_told(blocks(), meter), sample_rate)
        elif meter is not None:
            for block in blocks():
                meter.add(block)
        result = WindowMeter(sample_rate) if ear is not None and hear_result else None
        if ear is not None and spectra is not None:
            ear = ear.for_sound(spectra)
        choice = eq.decide(sample_rate, spectra)
        if meter is not None and dehum is not None:
            choice = without_hum(choice, meter.read(dehum))
        return cls(choice, ear, spectra, result)

    def on_rendered(self, block: Float32) -> None:
        """Take in a block of the result."""
        if self._result is not None:
            self._result.add(block)

    def account(self, *, is_same: bool) -> Account | None:
        """Return what was decided and what came of it, if anything was. ``is_same``: the result is the very input."""
        decision = self.choice.decision
        if decision is None or self._ear is None or self._spectra is None:
            return None
        from eqmorph.adapt.account import Account, OverTime
        from eqmorph.analysis.ridden import ridden

        after = None
        if self._result is not None:
            self._after = self._spectra if is_same else self._result.read()
            after = decision.before if is_same else self._ear.hear(self._after)
        ride = self.choice.ride
        account = Account.of(decision, self._spectra.sample_rate, after, ride)
        if ride is None or not decision.goal.terms:
            return account
        over_time = OverTime.of(decision.goal.main_word, self._ear, self._spectra, ridden(self._spectra, ride))
        return replace(account, over_time=over_time)

    @property
    def spectrum(self) -> Spectrum | None:
        """What was heard of the sound, and of its result once there is an account of it; None if nothing was."""
        if self._spectra is None:
            return None
        from eqmorph.analysis.spectrum import Spectrum

        return Spectrum.of(self._spectra, self._after)

    def trajectory(self, info: AudioInfo, account: Account | None) -> FlowingTrajectory | None:
        """Return what the sound was like over time and what was done to it; None if it wasn't listened to."""
        decision = self.choice.decision
        if account is None or decision is None or self._ear is None or self._spectra is None:
            return None
        from eqmorph.analysis import MAIN_WORDS, flowing_trajectory

        words = dict.fromkeys((*MAIN_WORDS, *(term.word for term in decision.goal.target.terms)))
        ride = self.choice.ride
        applied = {
            **account.to_dict(),
            "bands": self.choice.bands.to_list(),
            "ride": ride.to_dict() if ride is not None else None,
        }
        done = ride if ride is not None else Ride((Station(0.0, 0.0, self.choice.bands),))
        return flowing_trajectory(self._ear, self._spectra, info, words=list(words), applied=applied, ride=done)


def _told(blocks: Iterable[Float32], meter: HumMeter | None) -> Iterator[Float32]:
    """Yield blocks, and tell a meter of each."""
    for block in blocks:
        if meter is not None:
            meter.add(block)
        yield block
