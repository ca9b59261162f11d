"""The nearest to an EQ that a format can hold, and how far that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from eqmorph._typing import Complex128, Float64
from eqmorph.bands import PASSES, SHAPED, Band, Bands
from eqmorph.bands.elements import filter_response
from eqmorph.exchange.fitted import fit_closely
from eqmorph.exchange.format import Holds
from eqmorph.exchange.measure import Difference, decibels, difference_of_curves, heard_hz
from eqmorph.exchange.routes import routes_of
from eqmorph.exchange.sections import sections_of

__all__ = ["difference", "nearest"]

_WITHIN_DB, _MOST_FOR_ONE = 0.3, 8
_LOWEST_FITTED_DB = -30.0  # shelves and bells needn't take more than that to stand for a pass
_LEAST_GAIN_DB = -12.0

_Response = Callable[[Iterable[Band], Float64, float], Complex128]


def difference(wanted: Bands, made: Bands, sample_rate: float, *, by: _Response = filter_response) -> Difference:
    """Return how far what is made of an EQ is from it, as rendered here, on whichever channel it is the farthest.

    ``by`` is the response of what is made, where that is run by other filters than ours.
    """
    freqs_hz = heard_hz(sample_rate, (*wanted, *made))
    return max(
        (
            difference_of_curves(
                decibels(filter_response(one, freqs_hz, sample_rate)),
                decibels(by(other, freqs_hz, sample_rate)),
                freqs_hz,
            )
            for _, (one, other) in routes_of(wanted, made)
        ),
        key=lambda apart: apart.db,
    )


def nearest(bands: Bands, holds: Holds, sample_rate: float) -> tuple[Bands, tuple[str, ...]]:
    """Return the bands that come nearest to ``bands`` among those that a format holds, and notes on the difference."""
    made, notes = _routed(bands, holds, sample_rate)
    if holds.shape != "bands":
        return made, notes
    kept: list[Band] = []
    for band in made:
        if _is_held(band, holds):
            kept.append(band)
            continue
        other = _stand_in(band, holds, sample_rate)
        off = difference(Bands([band]), other, sample_rate)
        kept += other
        notes += (f"it can't hold {Bands([band]).rounded()}: {other.rounded()} differs by up to {off}",)
    made = Bands(kept)
    count = len(sections_of(made))
    if holds.most_bands is None or count <= holds.most_bands:
        return made, notes
    freqs_hz = heard_hz(sample_rate)
    fewer = Bands.fit(
        np.maximum(made.response_db(freqs_hz, sample_rate), _LOWEST_FITTED_DB), freqs_hz, sample_rate=sample_rate
    )
    off = difference(made, fewer, sample_rate)
    said = f"it holds at most {holds.most_bands} filters, not {count}: the nearest {len(fewer)} differ by up to {off}"
    return fewer, (*notes, said)


def _is_held(band: Band, holds: Holds) -> bool:
    if band.kind in PASSES:
        return band.kind in holds.kinds and band.slope_db in holds.slopes_db
    if band.kind == "notch" and band.gain_db and not holds.is_exact:
        (bell,) = sections_of([band])
        return bell.gain_db >= holds.least_gain_db and bell.q <= holds.most_q
    return band.kind in holds.kinds


def _stand_in(band: Band, holds: Holds, sample_rate: float) -> Bands:
    """Return what a format holds that comes nearest to a band that it doesn't."""
    on_both = replace(band, channel="both")
    if band.kind == "notch":
        depth_db = max(band.depth_db, holds.least_gain_db, _LEAST_GAIN_DB)
        q = min(max(band.q / 10 ** (depth_db / 40), 0.1), 10.0, holds.most_q)
        found = [Band("bell", band.freq_hz, depth_db, q)]
    elif band.kind == "band_pass" and set(PASSES) <= set(holds.kinds):
        found = [Band(kind, band.freq_hz, q=min(max(band.q, 0.1), 10.0)) for kind in PASSES]
    else:
        freqs_hz = heard_hz(sample_rate, [on_both])
        wanted_db = np.maximum(decibels(filter_response([on_both], freqs_hz, sample_rate)), _LOWEST_FITTED_DB)
        found = list(
            fit_closely(
                [replace(one, gain_db=-6.0) for one in _slopes(on_both)],
                wanted_db,
                freqs_hz,
                sample_rate,
                within_db=_WITHIN_DB,
                most_bands=_MOST_FOR_ONE,
            )[0]
        )
    return Bands(replace(one, channel=band.channel) for one in found)


def _slopes(band: Band) -> list[Band]:
    """Return shelves, a few octaves apart, from which a pass can be made."""
    kinds = {"high_pass": ["low_shelf"], "low_pass": ["high_shelf"]}.get(band.kind, ["low_shelf", "high_shelf"])
    return [
        Band(kind, float(np.clip(band.freq_hz * factor, 20.0, 18_000.0)), -6.0, 0.5)  # type: ignore[arg-type]
        for kind in kinds
        for factor in ((0.8, 0.25) if kind == "low_shelf" else (1.25, 4.0))
    ]


def _routed(bands: Bands, holds: Holds, sample_rate: float) -> tuple[Bands, tuple[str, ...]]:
    """Return what comes nearest to bands where a format can't treat channels, or middle and sides, apart."""
    made, notes = bands, tuple[str, ...]()
    for pair, merge in ((("mid", "side"), _as_middle), (("left", "right"), _as_average)):
        if not set(made.channels) & set(pair) or set(pair) <= set(holds.channels):
            continue
        simpler = merge(made)
        off = difference(made, simpler, sample_rate)
        one, other = pair
        said = "the middle's EQ is for both" if one == "mid" else "both get what the two get on average"
        notes += (f"it can't treat {one} and {other} apart: {said}, which differs by up to {off}",)
        made = simpler
    return made, notes


def _as_middle(bands: Bands) -> Bands:
    """Return bands without those for the sides: those for the middle are for both channels."""
    kept = (band for band in bands if band.channel != "side")
    return Bands(replace(band, channel="both") if band.channel == "mid" else band for band in kept)


def _as_average(bands: Bands) -> Bands:
    """Return bands without those for one channel: both channels get half of the gain of each, and no other kinds."""
    halves = (
        replace(band, gain_db=band.gain_db / 2, channel="both")
        for band in bands
        if band.channel in ("left", "right") and band.kind in SHAPED
    )
    return Bands((*(band for band in bands if band.channel not in ("left", "right")), *halves))
