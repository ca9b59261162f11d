"""What a sound is like, in the words of a model, and what an equalizer would make of it."""

from eqmorph.analysis.ear import Ear, Profile, load_ear
from eqmorph.analysis.encoders import AudioEncoder
from eqmorph.analysis.listen import listen, listen_to_file

__all__ = ["AudioEncoder", "Ear", "Profile", "listen", "listen_to_file", "load_ear"]
