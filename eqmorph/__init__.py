"""eqmorph changes how audio feels by equalizing it: the public Python API.

    import eqmorph

    bands = eqmorph.Bands.parse("LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3")
    louder_lows = eqmorph.apply(audio, 44_100, bands)
    eqmorph.apply_file("song.wav", "song-warm.wav", "warm-tape", amount=0.5)
    eqmorph.apply_folder("in", "out", "de-mud", jobs=4)

Importing it loads nothing heavy; what is named below is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from eqmorph.version import __version__ as __version__

if TYPE_CHECKING:
    from eqmorph.analysis import Profile
    from eqmorph.api import Words, analyze_file, apply, apply_file, apply_folder, bands_for, hear
    from eqmorph.bands import Band, Bands, fit
    from eqmorph.batch import FileResult, Outcome
    from eqmorph.errors import EqmorphError, InputError, OutputError, UsageError
    from eqmorph.presets import Preset, find_preset
    from eqmorph.process import ProcessResult, Settings

__all__ = [
    "Band",
    "Bands",
    "EqmorphError",
    "FileResult",
    "InputError",
    "Outcome",
    "OutputError",
    "Preset",
    "ProcessResult",
    "Profile",
    "Settings",
    "UsageError",
    "Words",
    "analyze_file",
    "apply",
    "apply_file",
    "apply_folder",
    "bands_for",
    "find_preset",
    "fit",
    "hear",
]

_HOMES = {
    "eqmorph.analysis": ("Profile",),
    "eqmorph.api": ("Words", "analyze_file", "apply", "apply_file", "apply_folder", "bands_for", "hear"),
    "eqmorph.bands": ("Band", "Bands", "fit"),
    "eqmorph.batch": ("FileResult", "Outcome"),
    "eqmorph.errors": ("EqmorphError", "InputError", "OutputError", "UsageError"),
    "eqmorph.process": ("ProcessResult", "Settings"),
    "eqmorph.presets": ("Preset", "find_preset"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'eqmorph' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
