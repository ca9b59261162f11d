"""A snippet of Python that builds the EQ with pedalboard, which is what renders it here too."""

from __future__ import annotations

from eqmorph.bands import Bands, Channel
from eqmorph.bands.elements import Element, elements_of, filter_response, is_narrow
from eqmorph.bands.response import biquad_response, rounded_biquad
from eqmorph.exchange.decimals import decimal
from eqmorph.exchange.format import Format, Holds, Outgoing, Written
from eqmorph.exchange.measure import decibels, difference_of_curves, heard_hz

__all__ = ["FORMAT"]

_CLASSES = {
    "first_high_pass": "HighpassFilter",
    "first_low_pass": "LowpassFilter",
    "low_shelf": "LowShelfFilter",
    "bell": "PeakFilter",
    "high_shelf": "HighShelfFilter",
    "gain": "Gain",
}
_CHANNELS: tuple[Channel, ...] = ("left", "right", "mid", "side")


def _write(eq: Outgoing) -> Written:
    channels: tuple[Channel, ...] = ("both", *_CHANNELS)
    boards = {channel: _elements(eq.bands.on(channel), eq.sample_rate) for channel in channels}
    if eq.preamp_db:
        boards["both"].insert(0, Element("gain", gain_db=float(decimal(eq.preamp_db, 1, 1))))
    used = {_CLASSES[element.kind] for elements in boards.values() for element in elements}
    routed = [channel for channel in _CHANNELS if boards[channel]]
    lines = [f"# {_one_line(eq.name)}, as rendered at {eq.sample_rate} Hz: {_use(eq, routed=bool(routed))}"]
    if routed:
        lines.append("import numpy as np")
    lines += [
        f"from pedalboard import {', '.join(sorted({'Pedalboard', *used}))}",
        "",
        *_board("board", boards["both"]),
    ]
    for channel in routed:
        lines += _board(f"{channel}_board", boards[channel])
    if routed:
        lines += _function(routed)
    return Written(("\n".join(lines) + "\n").encode(), _notes(eq))


def _use(eq: Outgoing, *, routed: bool) -> str:
    return f"equalized = {'equalize' if routed else 'board'}(audio, {eq.sample_rate})"


def _elements(bands: Bands, sample_rate: float) -> list[Element]:
    return [_as_bell(element) for element in elements_of(bands, sample_rate)]


def _as_bell(element: Element) -> Element:
    """Return the bell that comes nearest to a narrow notch, which needs more than a filter of pedalboard's."""
    if element.kind != "narrow_notch":
        return element
    return Element("bell", element.freq_hz, element.gain_db, element.q / 10 ** (element.gain_db / 40))


def _board(name: str, elements: list[Element]) -> list[str]:
    return [f"{name} = Pedalboard([", *(f"    {_call(element)}," for element in elements), "])"]


def _call(element: Element) -> str:
    values = []
    if element.kind != "gain":
        values.append(f"cutoff_frequency_hz={element.freq_hz!r}")
    if not element.kind.startswith("first"):
        values.append(f"gain_db={element.gain_db!r}")
    if element.q:
        values.append(f"q={element.q!r}")
    return f"{_CLASSES[element.kind]}({', '.join(values)})"


def _function(routed: list[Channel]) -> list[str]:
    """Return a function of two channels of audio, (2, frames)."""
    lines = ["", "", "def equalize(audio, sample_rate):", "    left, right = board(audio, sample_rate)"]
    lines += [
        f"    {name} = {name}_board({name}[None], sample_rate)[0]" for name in ("left", "right") if name in routed
    ]
    if {"mid", "side"} & set(routed):
        lines.append("    mid, side = (left + right) / 2, (left - right) / 2")
        lines += [
            f"    {name} = {name}_board({name}[None], sample_rate)[0]" for name in ("mid", "side") if name in routed
        ]
        lines.append("    left, right = mid + side, mid - side")
    return [*lines, "    return np.stack([left, right])"]


def _notes(eq: Outgoing) -> tuple[str, ...]:
    notes = []
    for band in filter(is_narrow, eq.bands):
        freqs_hz = heard_hz(eq.sample_rate, [band])
        (bell,) = _elements(Bands([band]), eq.sample_rate)
        biquad = rounded_biquad("bell", bell.freq_hz, bell.gain_db, bell.q, eq.sample_rate)
        off = difference_of_curves(
            decibels(filter_response([band], freqs_hz, eq.sample_rate)),
            decibels(biquad_response(biquad, freqs_hz, eq.sample_rate)),
            freqs_hz,
        )
        if off.is_worth_saying:
            said = "its notch at {:g} Hz is a bell of single precision, which differs by up to {}"
            notes.append(said.format(band.freq_hz, off))
    return tuple(notes)


def _one_line(text: str) -> str:
    """Return a text that can't end the comment that it stands in."""
    return "".join(c if c.isprintable() else " " for c in text)


FORMAT = Format(
    "pedalboard",
    "a snippet of Python for pedalboard",
    ".py",
    _write,
    holds=Holds(slopes_db=(6, 12, 24), channels=("both", *_CHANNELS), has_rate=True),
)
