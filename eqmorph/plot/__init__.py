"""Pictures of what an EQ does: one sampled curve, drawn in the terminal or as an SVG."""

from eqmorph.plot.curve import DbAxis, SampledCurve, db_axis, sample_curve
from eqmorph.plot.svg import svg_document
from eqmorph.plot.terminal import Role, Segment, Spectrum, draw_curve

__all__ = [
    "DbAxis",
    "Role",
    "SampledCurve",
    "Segment",
    "Spectrum",
    "db_axis",
    "draw_curve",
    "sample_curve",
    "svg_document",
]
