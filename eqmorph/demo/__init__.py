"""Eight short pieces of music made from numbers, so that a newcomer can hear what an equalizer does.

They differ in tone on purpose (a dark pad, bright bells, a thin voice, a boomy bass): what suits one of them doesn't
suit the next. Nothing is random at run time: two runs give the same samples.
"""

from eqmorph.demo.sounds import SOUND_NAMES, DemoSound, synthesise
from eqmorph.demo.write import WrittenSound, write_demo_sounds, write_sounds

__all__ = ["SOUND_NAMES", "DemoSound", "WrittenSound", "synthesise", "write_demo_sounds", "write_sounds"]
