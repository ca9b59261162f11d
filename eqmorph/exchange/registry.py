"""All formats that there are, in the order in which they are listed and a text is tried on them."""

from __future__ import annotations

import difflib

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


def find_format(name: str) -> Format:
    """Return the format that is called so.

    Raises:
        UsageError: none is; the hint names the nearest.
    """
    by_name = {fmt.name: fmt for fmt in FORMATS}
    if name.lower() in by_name:
        return by_name[name.lower()]
    near = difflib.get_close_matches(name.lower(), by_name, n=3, cutoff=0.5)
    hint = f"Did you mean {', '.join(near)}?" if near else f"Formats are {', '.join(by_name)}."
    raise UsageError(f"no format is called {name!r}", hint=hint)
