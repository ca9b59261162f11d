"""`SoundEq`: which bands a sound gets, and the account of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from eqmorph.adapt.account import Account
from eqmorph.adapt.decide import AdaptiveEq, Decision
from eqmorph.adapt.fixed import FixedEq
from eqmorph.analysis import MAIN_WORDS, Ear, flowing_trajectory, listen
from eqmorph.audio.read import AudioInfo, Float32
from eqmorph.audio.windows import Spectra, WindowMeter
from eqmorph.bands import Bands

__all__ = ["SoundEq"]


@dataclass(slots=True)
class _Heard:
    """A sound that was listened to, what was decided for it and its album, and the meter that listens to the result."""

    ear: Ear
    spectra: Spectra
    decision: Decision
    album: Decision | None
    result: WindowMeter | None = None


class SoundEq:
    """The EQ for one sound: given, or decided on after listening to it; and later what came of a decision.

    Args:
        eq: an EQ for every sound, or what the sound's own bands follow from.
        amount: scales the curve of given bands in dB.
        sample_rate: of the sound.
        blocks: gives its audio from the start.
        hear_result: listen to the result too, by `on_rendered`.

    Attributes:
        bands: what to render at this rate.
        notes: what had to be changed for it.
        on_rendered: is to be given each block of the result.
    """

    def __init__(
        self,
        eq: Bands | FixedEq | AdaptiveEq,
        amount: float,
        sample_rate: int,
        blocks: Callable[[], Iterable[Float32]],
        *,
        hear_result: bool,
    ) -> None:
        self.notes: tuple[str, ...] = ()
        self.on_rendered: Callable[[Float32], None] = lambda _: None
        self._heard: _Heard | None = None
        if not isinstance(eq, AdaptiveEq):
            at_rate = eq.at_rate(sample_rate)
            self.bands = at_rate.bands.scaled(amount, sample_rate)
            self.notes = at_rate.notes
            return
        spectra = listen(blocks(), sample_rate)
        decision = eq.decide(spectra)
        self.bands = decision.bands
        self._heard = _Heard(eq.ear, spectra, decision, eq.shared)
        if hear_result:
            self._heard.result = WindowMeter(sample_rate)
            self.on_rendered = self._heard.result.add

    def account(self, *, is_same: bool) -> Account | None:
        """What was decided and came of it, if anything was; ``is_same`` where the result is the very input."""
        if self._heard is None:
            return None
        decision, after = self._heard.decision, None
        if self._heard.result is not None:
            after = decision.before if is_same else self._heard.ear.hear(self._heard.result.read())
        return Account.of(decision, self._heard.spectra.sample_rate, after, self._heard.album)

    def trajectory(self, info: AudioInfo, account: Account | None) -> dict[str, Any] | None:
        """What the sound was like from window to window, and what was done to it; None if it wasn't listened to."""
        if self._heard is None or account is None:
            return None
        terms = self._heard.decision.goal.target.terms
        words = dict.fromkeys((*MAIN_WORDS, *(term.word for term in terms)))
        applied = {**account.to_dict(), "bands": self.bands.to_list()}
        return flowing_trajectory(self._heard.ear, self._heard.spectra, info, words=list(words), applied=applied)
