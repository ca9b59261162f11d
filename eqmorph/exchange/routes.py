"""What an EQ does to each channel, to the middle and to the sides, where these differ."""

from __future__ import annotations

from eqmorph.bands import Bands, Channel

__all__ = ["routes_of"]

_PAIRS: tuple[tuple[Channel, Channel], ...] = (("left", "right"), ("mid", "side"))


def routes_of(*eqs: Bands) -> list[tuple[Channel, tuple[Bands, ...]]]:
    """Return what several EQs do to all that any of them treats by itself; just ``both`` if none does.

    Each EQ on a route is one for both channels.
    """
    named = {channel for eq in eqs for channel in eq.channels}
    channels = [channel for pair in _PAIRS if named & set(pair) for channel in pair] or ["both"]
    return [(channel, tuple(_on(eq, channel) for eq in eqs)) for channel in channels]


def _on(eq: Bands, channel: Channel) -> Bands:
    shared = eq.on("both")
    return shared if channel == "both" else Bands((*shared, *eq.on(channel)))
