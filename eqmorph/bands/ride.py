"""`Ride`: an EQ that changes in the course of a sound, as an engineer rides a fader.

It has stations. At each an EQ is fully there and stays for a while; between two it glides from one to the other. A
glide is a mix of both, as two sets of filters in parallel make it. The later one's share grows such that the frequency
that moves fastest moves evenly in dB. So it has no fits of its own, whatever bands the two stations have. What the
filters do to phases counts: the mix of a boost and a cut lies up to some dB below what their levels alone would say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from eqmorph._typing import Complex128, Float64
from eqmorph.bands.bands import Bands

__all__ = ["Glide", "Ride", "Station", "even_pace", "moved_db"]

_STEPS = 256  # of a glide's pace
_PACE_HZ = np.geomspace(20.0, 20_000.0, 160)
_NONE = 1e-6  # filters that cancel each other


@dataclass(frozen=True, slots=True)
class Station:
    """An EQ from one moment of a sound to another.

    Attributes:
        from_s, to_s: from when on it is fully there, and until when.
        bands: the EQ.
    """

    from_s: float
    to_s: float
    bands: Bands


@dataclass(frozen=True, slots=True)
class Glide:
    """The way from one station to the next."""

    before: Station
    after: Station

    @property
    def seconds(self) -> float:
        return self.after.from_s - self.before.to_s

    def shares(self, times_s: Float64, sample_rate: float) -> Float64:
        """Return the share of the later EQ in what is heard at some times (n,), 0..1."""
        if self.seconds <= 0:
            return np.asarray(times_s >= self.after.from_s, dtype=float)
        share, moved = _pace(self.before.bands, self.after.bands, sample_rate)
        along = np.clip((times_s - self.before.to_s) / self.seconds, 0.0, 1.0)
        if moved[-1] == 0:
            return along
        return np.interp(along, moved / moved[-1], share)


@dataclass(frozen=True)
class Ride:
    """The EQ of a sound over time: stations, by time, with glides between them.

    Before the first station its EQ holds, and that of the last one after it. A gain on top keeps each moment as loud
    against the others as it was.

    Attributes:
        stations: the EQs.
        gains_db: the gain at one moment after another, from the start on.
        every_s: how far those moments lie apart.
    """

    stations: tuple[Station, ...]
    gains_db: tuple[float, ...] = (0.0,)
    every_s: float = 1.0

    def __post_init__(self) -> None:
        times = [time for station in self.stations for time in (station.from_s, station.to_s)]
        if not times or any(later < earlier for earlier, later in pairwise(times)):
            raise ValueError("a ride has stations, one after the other")

    @property
    def glides(self) -> tuple[Glide, ...]:
        return tuple(Glide(before, after) for before, after in pairwise(self.stations))

    @property
    def is_flat(self) -> bool:
        """Whether it changes nothing at all."""
        return all(station.bands.is_flat for station in self.stations)

    def response_db(self, freqs_hz: Float64, times_s: Float64, sample_rate: float) -> Float64:
        """Return what the EQ does at times (t,), ascending, to frequencies (f,), without the gain: (t, f)."""

        @cache
        def response(station: Station) -> Complex128:
            return station.bands.held_response(freqs_hz, sample_rate)

        found = np.empty((len(times_s), len(freqs_hz)))
        # What no time falls into is not worked out: a long ride is looked at in parts.
        ends = [0, *np.searchsorted(times_s, [station.from_s for station in self.stations[1:]]), len(times_s)]
        for station, (begin, end) in zip(self.stations, pairwise(ends), strict=True):
            if begin < end:
                found[begin:end] = _in_db(response(station))
        for glide in self.glides:
            begin, end = np.searchsorted(times_s, (glide.before.to_s, glide.after.from_s))
            if begin < end:
                share = glide.shares(times_s[begin:end], sample_rate)[:, None]
                found[begin:end] = _mixed_db(response(glide.before), response(glide.after), share)
        return found

    def gain_db(self, times_s: Float64) -> Float64:
        """Return the gain on top at some times (t,)."""
        return np.asarray(np.interp(times_s, self.every_s * np.arange(len(self.gains_db)), self.gains_db))

    def louder(self, gain_db: float) -> Ride:
        """Return the same ride with a gain on top all along."""
        return replace(self, gains_db=tuple(one + gain_db for one in self.gains_db))

    def to_dict(self) -> dict[str, Any]:
        """Return plain data; `from_dict` reads it back."""
        return {
            "stations": [
                {"from_s": round(one.from_s, 3), "to_s": round(one.to_s, 3), "bands": one.bands.to_list()}
                for one in self.stations
            ],
            "every_s": self.every_s,
            "gains_db": [round(gain_db, 2) for gain_db in self.gains_db],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Ride:
        """Read a ride from plain data."""
        stations = (Station(row["from_s"], row["to_s"], Bands.from_list(row["bands"])) for row in data["stations"])
        return cls(tuple(stations), tuple(data["gains_db"]), data["every_s"])


def even_pace(before: Complex128, after: Complex128) -> tuple[Float64, Float64]:
    """Return how a mix goes from one response (f,) to another: its share of the later one, and how far that has moved.

    Both have (n,) values, from 0 on; the second in dB, as far as whichever frequency moves fastest at each moment.
    """
    # Denser at both ends, where what is raised or lowered by most moves fastest.
    share = (1 - np.cos(np.pi * np.linspace(0.0, 1.0, _STEPS + 1))) / 2
    steps = np.abs(np.diff(_mixed_db(before, after, share[:, None]), axis=0)).max(axis=1)
    return share, np.concatenate([[0.0], np.cumsum(steps)])


def moved_db(before: Bands, after: Bands, sample_rate: float) -> float:
    """Return how far a glide goes, in dB of whichever frequency moves fastest at each moment.

    That is more than its ends lie apart where one moves first and another one later, or where one has to go back.
    """
    return float(_pace(before, after, sample_rate)[1][-1])


@lru_cache(maxsize=1024)  # told when a ride is timed, looked at and rendered
def _pace(before: Bands, after: Bands, sample_rate: float) -> tuple[Float64, Float64]:
    grid = np.concatenate([_PACE_HZ, [band.freq_hz for band in (*before, *after)]])
    return even_pace(*(one.held_response(grid, sample_rate) for one in (before, after)))


def _mixed_db(before: Complex128, after: Complex128, share: Float64) -> Float64:
    return _in_db((1 - share) * before + share * after)


def _in_db(response: Complex128) -> Float64:
    return np.asarray(20 * np.log10(np.maximum(np.abs(response), _NONE)))
