"""All formats that there are, in the order in which they are listed and a text is tried on them."""

from __future__ import annotations

import difflib

from eqmorph.errors import UsageError
from eqmorph.exchange import (
    apo,
    camilladsp,
    csv_bands,
    easyeffects,
    ffmpeg,
    graphic,
    impulse,
    json_bands,
    lsp,
    pedalboard_code,
    pipewire,
    poweramp,
    reaper,
    sox,
)
from eqmorph.exchange.format import Format

__all__ = ["FORMATS", "find_format"]

FORMATS: tuple[Format, ...] = (
    pipewire.FORMAT,  # files with a structure come first: the names in them may look like other formats' lines
    easyeffects.FORMAT,
    camilladsp.FORMAT,
    reaper.FORMAT,
    lsp.FORMAT,
    apo.FORMAT,
    graphic.GRAPHIC,
    graphic.WAVELET,
    poweramp.FORMAT,
    ffmpeg.FORMAT,
    sox.FORMAT,
    pedalboard_code.FORMAT,
    impulse.MINIMUM,
    impulse.LINEAR,
    json_bands.FORMAT,
    csv_bands.FORMAT,
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
