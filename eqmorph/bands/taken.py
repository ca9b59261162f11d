"""Bands that came out of a text or a file."""

from __future__ import annotations

from dataclasses import dataclass

from eqmorph.bands.bands import Bands

__all__ = ["Taken"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What came out of a file, and notes on how."""

    bands: Bands
    notes: tuple[str, ...] = ()
