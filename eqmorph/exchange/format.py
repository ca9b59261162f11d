"""What another program's EQ file is: one `Format` each, and what goes into it and comes out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from eqmorph.bands import CHANNELS, KINDS, BandKind, Bands, Channel, Taken
from eqmorph.exchange.routes import routes_of

__all__ = ["ANYTHING", "USUAL_RATE", "Format", "Holds", "Outgoing", "Shape", "Written"]

#: At this rate every band is rendered as its numbers say.
USUAL_RATE = 48_000
_PREAMP_GRID_HZ = np.geomspace(10.0, 24_000.0, 2000)
_FINEST_DB = 0.1  # of a preamp

Shape = Literal["bands", "curve", "impulse"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An EQ on its way into a file, already made of nothing but what the format holds."""

    bands: Bands
    sample_rate: int = USUAL_RATE
    name: str = "eqmorph"

    @property
    def preamp_db(self) -> float:
        """The gain that keeps a sound from clipping: minus the highest positive response, 0 if there is none.

        It is rounded away from 0 to tenths, which is what programs show.
        """
        freqs_hz = np.union1d(_PREAMP_GRID_HZ, [band.freq_hz for band in self.bands])
        freqs_hz = freqs_hz[freqs_hz < self.sample_rate / 2]
        # One after the other, what a pair of channels gets and what the middle and the sides get: none gets more.
        highest = {
            channel: float(np.max(eq.response_db(freqs_hz, self.sample_rate)))
            for channel, (eq,) in routes_of(self.bands)
        }
        most = max(highest.values())
        if {"left", "mid"} <= highest.keys():
            only = [self.bands.on(channel).response_db(freqs_hz, self.sample_rate) for channel in ("mid", "side")]
            most = max(highest["left"], highest["right"]) + max(0.0, *(float(np.max(db)) for db in only))
        steps = int(np.ceil(round(most / _FINEST_DB, 3)))
        return -round(steps * _FINEST_DB, 1) if steps > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Written:
    """What goes into a file, and notes on what the format couldn't hold."""

    data: bytes
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holds:
    """What a format can hold; anything else is replaced by the nearest to it before it is written.

    Attributes:
        shape: filters with their numbers, a sampled curve, or an impulse response.
        kinds: of bands. A curve or an impulse response holds any.
        slopes_db: of high-passes and low-passes. One of 24 dB can be two in a row: see `sections_of`.
        channels: what bands can act on.
        most_bands: None for any number.
        least_gain_db: of a bell, which is what a notch becomes that doesn't take all.
        most_q: of a bell, likewise.
        has_rate: whether the file is for one sample rate only.
        is_exact: whether it holds the bands themselves, to the last digit, and not filters for another program to run.
    """

    shape: Shape = "bands"
    kinds: tuple[BandKind, ...] = KINDS
    slopes_db: tuple[int, ...] = (12, 24)
    channels: tuple[Channel, ...] = ("both",)
    most_bands: int | None = None
    least_gain_db: float = -100.0
    most_q: float = 1e6
    has_rate: bool = False
    is_exact: bool = False


#: What a format holds that keeps bands just as they are.
ANYTHING = Holds(slopes_db=(6, 12, 24), channels=CHANNELS, is_exact=True)


@dataclass(frozen=True, slots=True)
class Format:
    """How one program keeps an EQ.

    Attributes:
        name: as people type it after ``--to``.
        title: what it is, in a few words.
        suffix: of its files, with the dot.
        write: makes a file of an EQ that is made of what the format holds.
        read: reads a file or a pasted text; None if there is no reading it. It raises a `UsageError` that names the
            line, and is only given what is not too long (see `eqmorph.exchange.read`).
        recognizes: tells from a text, cheaply and without raising, whether ``read`` is meant for it.
        holds: what it can hold.
    """

    name: str
    title: str
    suffix: str
    write: Callable[[Outgoing], Written]
    read: Callable[[str], Taken] | None = None
    recognizes: Callable[[str], bool] = lambda _text: False
    holds: Holds = Holds()

    def beside(self, audio: Path) -> Path:
        """Return where the EQ of a sound at ``audio`` goes, next to it: ``song.wav.apo.txt``."""
        named = "" if f".{self.name}" == self.suffix else f".{self.name}"
        return audio.with_name(f"{audio.name}{named}{self.suffix}")
