"""All formats that there are, in the order in which they are listed and a text is tried on them."""

from __future__ import annotations

import difflib
import re

from eqmorph.errors import UsageError
from eqmorph.exchange.apo import FORMAT as APO
from eqmorph.exchange.camilladsp import FORMAT as CAMILLADSP
from eqmorph.exchange.csv_bands import FORMAT as CSV
from eqmorph.exchange.easyeffects import FORMAT as EASYEFFECTS
from eqmorph.exchange.ffmpeg import FORMAT as FFMPEG
from eqmorph.exchange.format import Format
from eqmorph.exchange.graphic import GRAPHIC, WAVELET
from eqmorph.exchange.impulse import LINEAR, MINIMUM
from eqmorph.exchange.json_bands import FORMAT as JSON
from eqmorph.exchange.lsp import FORMAT as LSP
from eqmorph.exchange.pedalboard_code import FORMAT as PEDALBOARD
from eqmorph.exchange.pipewire import FORMAT as PIPEWIRE
from eqmorph.exchange.poweramp import FORMAT as POWERAMP
from eqmorph.exchange.reaper import FORMAT as REAPER
from eqmorph.exchange.sox import FORMAT as SOX

__all__ = ["FORMATS", "find_format"]

#: Files with a structure come first: the names that are in them may look like other formats' lines.
FORMATS: tuple[Format, ...] = (
    PIPEWIRE,
    EASYEFFECTS,
    CAMILLADSP,
    LSP,
    REAPER,
    APO,
    GRAPHIC,
    WAVELET,
    POWERAMP,
    FFMPEG,
    SOX,
    PEDALBOARD,
    MINIMUM,
    LINEAR,
    JSON,
    CSV,
)


#: What else people call them: programs that read them, and other words for them.
_ALSO_CALLED = {
    **dict.fromkeys(("autoeq", "eqapo", "equalizerapo", "equaliserapo", "parametriceq", "peace", "rew"), APO),
    **dict.fromkeys(("graphic", "jamesdsp"), GRAPHIC),
    **dict.fromkeys(("convolution", "convolver", "fir", "impulse", "impulseresponse", "wav", "wave"), MINIMUM),
    **dict.fromkeys(("jsfx", "reaeq"), REAPER),
    **dict.fromkeys(("filterchain",), PIPEWIRE),
    **dict.fromkeys(("lspplugins",), LSP),
    **dict.fromkeys(("mpv",), FFMPEG),
}


def find_format(name: str) -> Format:
    """Return the format that is called so, however it is spelt.

    Raises:
        UsageError: none is; the hint names the nearest.
    """
    by_name = {**_ALSO_CALLED, **{_spelling(fmt.name): fmt for fmt in FORMATS}}
    found = by_name.get(_spelling(name))
    if found is not None:
        return found
    near = dict.fromkeys(by_name[one].name for one in difflib.get_close_matches(_spelling(name), by_name, 3, 0.5))
    names = [fmt.name for fmt in FORMATS]
    hint = f"Did you mean {', '.join(near)}?" if near else f"Formats are {', '.join(names)}."
    raise UsageError(f"no format is called {name!r}", hint=hint)


def _spelling(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())
