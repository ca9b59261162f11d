"""A file that was listened to, and a preview of what an EQ makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.account import Account
from eqmorph.analysis import Ear, Profile
from eqmorph.analysis.ridden import ridden
from eqmorph.analysis.sections import find_sections
from eqmorph.audio.read import AudioInfo
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands, Ride
from eqmorph.model import GRID_HZ
from eqmorph.model.describe import describe_curve
from eqmorph.model.frontend import levels_db, louder_db, response_power
from eqmorph.plot.terminal import Spectrum
from eqmorph.tui.blend import Blend
from eqmorph.tui.hand_eq import choice_in_hand

__all__ = ["USUAL_RATE", "HeardFile", "Preview", "preview_blend"]


_QUIETEST_DB = -120.0
#: The rate of an EQ's curve, in Hz, while no file is open.
USUAL_RATE = 48_000


@dataclass(frozen=True, eq=False)
class HeardFile:
    """A file that was listened to from end to end, as the spectra of its windows."""

    info: AudioInfo
    spectra: Spectra
    ear: Ear

    @property
    def duration_s(self) -> float:
        return self.spectra.frames / self.spectra.sample_rate

    @cached_property
    def spectrum(self) -> Spectrum | None:
        return self.spectrum_after(Bands())

    @cached_property
    def profile(self) -> Profile:
        return self.ear.hear(self.spectra)

    @cached_property
    def level_db(self) -> Float64:
        """The level of each window (w,); NaN in silence."""
        energy = self.spectra.energy
        return np.asarray(10 * np.log10(np.where(energy > 0, energy, np.nan)))

    @cached_property
    def sections_s(self) -> tuple[float, ...]:
        """Where each section begins, the first at 0."""
        return tuple(section.start_s for section in find_sections(self.ear, self.spectra))

    def word_over_time(self, word: str, eq: Bands | Ride | None = None) -> Float64:
        """Return the percentile of a word in each window (w,), after an EQ if one is given; NaN in silence."""
        if eq is None:
            curves = self._window_curves
        elif isinstance(eq, Ride):
            curves = self.ear.window_curves(ridden(self.spectra, eq))
        else:
            curves = self.ear.window_curves(self.spectra, eq)
        places = self.ear.words_in(curves, [word])[1][:, 0]
        return np.where(self.spectra.energy > 0, places, np.nan)

    def spectrum_after(self, bands: Bands) -> Spectrum | None:
        """Return the sound's spectrum after an EQ; None for silence."""
        if self.spectra.is_silent:
            return None
        rate = self.spectra.sample_rate
        levels = levels_db(self.spectra.mean_power * response_power(bands, rate), rate)
        held = levels > _QUIETEST_DB  # there is nothing above half the sample rate
        return Spectrum(GRID_HZ[held], levels[held]) if held.any() else None

    def ribbon(self, ride: Ride, freqs_hz: Float64) -> Float64:
        """Return what an EQ over time does to frequencies (f,) in the middle of each window (w, f), in dB."""
        middle_s = self.spectra.start_s + self.spectra.length_s / 2
        return ride.response_db(freqs_hz, middle_s, self._rate)

    def matching_gain_db(self, bands: Bands) -> float:
        """Return the gain that makes the sound as loud with an EQ as without, by its K-weighted power."""
        return -louder_db(self.spectra.mean_power, bands, self._rate)

    @property
    def _rate(self) -> int:
        return self.spectra.sample_rate

    @cached_property
    def _window_curves(self) -> Float64:
        return self.ear.window_curves(self.spectra)


@dataclass(frozen=True, eq=False)
class Preview:
    """The EQ of a blend and what it does to a sound, if there is one.

    Attributes:
        blend: what was asked for.
        bands: the EQ.
        gain_db: the gain that makes the sound as loud as before.
        description: the EQ in an engineer's words.
        before, after: the sound's profiles; None without a sound and for silence.
        account: what was decided for the sound; None as `before`, and where the words do not adapt.
        spectrum: the sound's spectrum after the EQ.
        sound: the sound; without one, an adaptive EQ is not known, and the bands are those of the words themselves.
        ride: the EQ over time, where it follows the sound; the bands are what the sound gets as a whole.
        came: the bands before anything was changed by hand.
    """

    blend: Blend
    bands: Bands
    gain_db: float = 0.0
    description: str = ""
    before: Profile | None = None
    after: Profile | None = None
    account: Account | None = None
    spectrum: Spectrum | None = None
    sound: HeardFile | None = None
    ride: Ride | None = None
    came: Bands = field(default_factory=Bands)

    @property
    def eq(self) -> Bands | Ride:
        """What is heard: the EQ over time where there is one."""
        return self.bands if self.ride is None else self.ride


def preview_blend(
    ear: Ear, sound: HeardFile | None, blend: Blend, *, is_stale: Callable[[], bool] = lambda: False
) -> Preview:
    """Work out the EQ of a blend; once ``is_stale``, give up, with nothing but the bands."""
    if sound is None:
        rate = USUAL_RATE
        decided = blend.request.resolve_fixed(ear.space).decide(rate)
    else:
        rate = sound.spectra.sample_rate
        decided = blend.request.resolve(sound.ear).decide(rate, sound.spectra, sound.profile)
    hear = partial(sound.ear.hear, sound.spectra) if sound is not None else None
    came, choice = decided.bands, choice_in_hand(decided, blend.in_hand, rate, hear)
    bands, decision = choice.bands, choice.decision
    if is_stale():
        return Preview(blend, bands, came=came)
    description = "" if bands.is_flat else describe_curve(bands.response_db(GRID_HZ))
    if sound is None or sound.spectra.is_silent:
        return Preview(blend, bands, description=description, sound=sound, came=came)
    return Preview(
        blend,
        bands,
        gain_db=sound.matching_gain_db(bands),
        description=description,
        before=sound.profile,
        after=decision.predicted if decision else sound.ear.hear(sound.spectra, bands),
        account=Account.of(decision, sound.spectra.sample_rate) if decision else None,
        spectrum=sound.spectrum_after(bands),
        sound=sound,
        ride=choice.ride,
        came=came,
    )
