"""Bands: validity, exact magnitude response, scaling, fitting. The one truth about an EQ."""

from eqmorph.bands.band import (
    CHANNELS,
    FREQ_RANGE_HZ,
    GAIN_RANGE_DB,
    KINDS,
    PASSES,
    Q_RANGE,
    SHAPED,
    SHELF_Q,
    SLOPES_DB,
    Band,
    BandKind,
    Channel,
    usual_q,
)
from eqmorph.bands.bands import HIGHEST_HEARD, AtRate, Bands
from eqmorph.bands.fit import HIGHEST_BAND, erb_grid, erb_rate
from eqmorph.bands.narrow import NarrowNotch
from eqmorph.bands.notation import format_bands
from eqmorph.bands.ride import Glide, Ride, Station, even_pace, moved_db
from eqmorph.bands.sampled import erb_points
from eqmorph.bands.taken import Taken

__all__ = [
    "CHANNELS",
    "FREQ_RANGE_HZ",
    "GAIN_RANGE_DB",
    "HIGHEST_BAND",
    "HIGHEST_HEARD",
    "KINDS",
    "PASSES",
    "Q_RANGE",
    "SHAPED",
    "SHELF_Q",
    "SLOPES_DB",
    "AtRate",
    "Band",
    "BandKind",
    "Bands",
    "Channel",
    "Glide",
    "NarrowNotch",
    "Ride",
    "Station",
    "Taken",
    "erb_grid",
    "erb_points",
    "erb_rate",
    "even_pace",
    "format_bands",
    "moved_db",
    "usual_q",
]
