"""The semantic model at run time: numpy over safetensors weights, nothing else."""

from eqmorph.model.describe import describe_curve
from eqmorph.model.files import locate
from eqmorph.model.settings import GRID_HZ
from eqmorph.model.space import SCORED, Equalizer, SemanticSpace, load_space, score_of
from eqmorph.model.terms import FULL_RMS_DB, Term, doubts_of

__all__ = [
    "FULL_RMS_DB",
    "GRID_HZ",
    "SCORED",
    "Equalizer",
    "SemanticSpace",
    "Term",
    "describe_curve",
    "doubts_of",
    "load_space",
    "locate",
    "score_of",
]
