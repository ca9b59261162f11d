"""Curves for a model that can look at pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from eqmorph.agents.tool import Schema, a_list, a_map, text
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.png import COLOUR_NAMES, png_document

__all__ = ["LEGEND", "drawn"]

#: What the curves of a picture are.
LEGEND: Schema = a_list(a_map({"curve": text(), "colour": text()}), "the curves of the picture, in dB over Hz")


def drawn(curves: Sequence[SampledCurve]) -> tuple[list[dict[str, Any]], bytes | None]:
    """Draw some curves, as many as there are colors; return what they are, and the picture."""
    shown = [replace(curve, marks_hz=()) for curve in curves[: len(COLOUR_NAMES)]]
    if not shown:
        return [], None
    legend = [{"curve": curve.name, "colour": name} for curve, name in zip(shown, COLOUR_NAMES, strict=False)]
    return legend, png_document(shown)
