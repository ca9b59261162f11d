"""What the screen shows of the moment that is heard: the EQ's curve, the spectrum without the EQ, and levels."""

from __future__ import annotations

import numpy as np

from eqmorph.bands import Ride
from eqmorph.level import DEFAULT_CEILING_DB
from eqmorph.plot.curve import AXIS_HZ, SampledCurve
from eqmorph.plot.terminal import Spectrum
from eqmorph.tui.playback.live import LiveReading
from eqmorph.tui.playback.player import SILENT_DB, PlayerStatus
from eqmorph.tui.preview import Preview
from eqmorph.tui.widgets.curve import CurveView
from eqmorph.tui.widgets.meter import Levels

__all__ = ["curve_at", "levels", "without_eq"]

_CURVE_HZ = np.geomspace(*AXIS_HZ, 256)
_DEEPEST_DB = -24.0  # of what an EQ takes: below that there is too little left to tell what was there
_BAR_STEP_DB = 0.25  # finer steps of the meter's bars can't be seen


def curve_at(ride: Ride, seconds: float, shown: CurveView) -> SampledCurve:
    """Return what an EQ that follows does at a moment; the curve that is shown already as long as it does the same."""
    gains_db = ride.response_db(_CURVE_HZ, np.array([seconds]), shown.sample_rate)[0]
    if shown.moment is not None and np.array_equal(shown.moment.gain_db, gains_db):
        return shown.moment
    return SampledCurve(_CURVE_HZ, gains_db)


def without_eq(
    heard: Spectrum | None, preview: Preview, curve: SampledCurve, gain_db: float, status: PlayerStatus
) -> Spectrum | None:
    """Return the spectrum that is heard as it is without the EQ: less its curve and its gain, where it is heard."""
    if heard is None or status.is_bypassed:
        return heard
    if preview.ride is not None:
        gain_db += preview.ride.gain_db(np.array([status.position_s]))[0]
    done_db = curve.at(heard.freqs_hz) + gain_db
    return Spectrum(heard.freqs_hz, heard.level_db - np.maximum(done_db, _DEEPEST_DB))


def levels(heard: LiveReading, status: PlayerStatus) -> Levels:
    """Return what the meter shows, rounded to what can be seen there."""
    peak_db = _BAR_STEP_DB * round(status.peak_db / _BAR_STEP_DB) if status.peak_db > SILENT_DB else None
    numbers = (heard.momentary_lufs, heard.short_term_lufs, heard.true_peak_db)
    momentary, short_term, true_peak = (None if number is None else round(number, 1) + 0.0 for number in numbers)
    return Levels(momentary, short_term, peak_db, true_peak, DEFAULT_CEILING_DB)
