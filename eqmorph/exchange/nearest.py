"""The nearest to an EQ that a format can hold, and how far that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np

from eqmorph._typing import Complex128, Float64
from eqmorph.bands import GAIN_RANGE_DB, PASSES, SHAPED, Band, BandKind, Bands
from eqmorph.bands.elements import filter_response
from eqmorph.exchange.fitted import fit_closely
from eqmorph.exchange.format import Holds
from eqmorph.exchange.measure import LOWEST_DB, Difference, decibels, difference_of_curves, heard_hz
from eqmorph.exchange.routes import routes_of
from eqmorph.exchange.sections import exact_response, sections_of

__all__ = ["difference", "nearest"]

_WITHIN_DB, _MOST_FOR_ONE = 0.3, 8
_LOWEST_FITTED_DB = -30.0  # shelves and bells needn't take more than that to stand for a pass
_DEPTHS = 40  # of a notch, that are tried

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
        found = [_notch(on_both, holds, sample_rate)]
    else:
        freqs_hz = heard_hz(sample_rate, [on_both])
        start = _start(on_both)
        lowest_db = LOWEST_DB if band.kind == "band_pass" else _LOWEST_FITTED_DB
        wanted_db = np.maximum(decibels(filter_response([on_both], freqs_hz, sample_rate)), lowest_db)
        found = list(
            fit_closely(
                start,
                wanted_db,
                freqs_hz,
                sample_rate,
                within_db=_WITHIN_DB,
                most_bands=max(_MOST_FOR_ONE, len(start)),
            )[0]
        )
    return Bands(replace(one, channel=band.channel) for one in found)


def _notch(band: Band, holds: Holds, sample_rate: float) -> Band:
    """Return the notch that a format holds, whole or as a bell, which comes nearest to one that it doesn't."""
    deepest_db = max(band.depth_db, holds.least_gain_db)
    depths_db = np.linspace(deepest_db, deepest_db / _DEPTHS, _DEPTHS).tolist()
    # As a bell it is as narrow as its Q over the root of its gain's root: see `sections_of`.
    found = [replace(band, gain_db=db, q=min(band.q, 0.999 * holds.most_q * 10 ** (db / 40))) for db in depths_db]
    if "notch" in holds.kinds:
        found.append(replace(band, gain_db=0.0))
    return min(found, key=lambda one: difference(Bands([band]), Bands([one]), sample_rate, by=exact_response).db)


def _start(band: Band) -> list[Band]:
    """Return shelves, a few octaves apart, from which a pass can be made; for a band-pass with a bell between them."""
    if band.kind == "band_pass":
        sides: dict[BandKind, tuple[float, ...]] = {
            "low_shelf": (0.9, 0.6, 0.3, 0.1),
            "high_shelf": (1.1, 1.6, 3.0, 10.0),
        }
        return [*_shelves(band.freq_hz, sides, GAIN_RANGE_DB[0]), Band("bell", band.freq_hz, 6.0, 1.0)]
    if band.kind == "high_pass":
        return _shelves(band.freq_hz, {"low_shelf": (0.8, 0.25)}, -6.0)
    return _shelves(band.freq_hz, {"high_shelf": (1.25, 4.0)}, -6.0)


def _shelves(freq_hz: float, factors: Mapping[BandKind, Iterable[float]], gain_db: float) -> list[Band]:
    return [
        Band(kind, float(np.clip(freq_hz * factor, 20.0, 18_000.0)), gain_db, 0.5)
        for kind, some in factors.items()
        for factor in some
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
