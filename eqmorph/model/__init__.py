"""The semantic model at run time: numpy over safetensors weights, nothing else."""

from eqmorph.model.describe import describe_curve
from eqmorph.model.explore import Discovery, explore
from eqmorph.model.files import locate
from eqmorph.model.path import CURVES, PathCurve, Step, morph_path
from eqmorph.model.settings import GRID_HZ
from eqmorph.model.space import SCORED, Equalizer, SemanticSpace, load_space, score_of
from eqmorph.model.terms import Term
from eqmorph.model.variations import variations

__all__ = [
    "CURVES",
    "GRID_HZ",
    "SCORED",
    "Discovery",
    "Equalizer",
    "PathCurve",
    "SemanticSpace",
    "Step",
    "Term",
    "describe_curve",
    "explore",
    "load_space",
    "locate",
    "morph_path",
    "score_of",
    "variations",
]
