"""What a sound is like, in the words of a model, and what an equalizer would make of it."""

from eqmorph.analysis.document import TrajectoryDocument
from eqmorph.analysis.ear import MAIN_WORDS, Ear, Profile, load_ear
from eqmorph.analysis.encoders import AudioEncoder
from eqmorph.analysis.listen import HOP_S, WINDOW_S, listen, listen_to, listen_to_file
from eqmorph.analysis.plane import Plane
from eqmorph.analysis.suggest import Suggestion, percent, suggest
from eqmorph.analysis.trajectory import (
    Ranked,
    flowing_trajectory,
    ranked,
    trajectory,
    write_trajectory,
)

__all__ = [
    "HOP_S",
    "MAIN_WORDS",
    "WINDOW_S",
    "AudioEncoder",
    "Ear",
    "Plane",
    "Profile",
    "Ranked",
    "Suggestion",
    "TrajectoryDocument",
    "flowing_trajectory",
    "listen",
    "listen_to",
    "listen_to_file",
    "load_ear",
    "percent",
    "ranked",
    "suggest",
    "trajectory",
    "write_trajectory",
]
