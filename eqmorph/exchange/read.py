"""An EQ out of another program's file or of what was copied from one."""

from __future__ import annotations

import re
from dataclasses import replace

from eqmorph.bands import Taken
from eqmorph.exchange.format import Format
from eqmorph.exchange.registry import FORMATS

__all__ = ["format_of", "read_eq"]

_LONGEST = 1 << 20  # characters
# Spaces that don't break, as spreadsheets and typographers set them between thousands.
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3})")
_NOTHING = "it holds no filter that does anything"


def format_of(text: str) -> Format | None:
    """Return the format that a text is in; None if it is in none of them."""
    if len(text) > _LONGEST:
        return None
    return next((fmt for fmt in FORMATS if fmt.read is not None and fmt.recognizes(text)), None)


def read_eq(text: str) -> Taken | None:
    """Read a text in whichever format it is; None if it is in none of them.

    Raises:
        UsageError: it is in one, and something in it can't be taken: which line, why, and what to do.
    """
    text = _BETWEEN_DIGITS.sub("", text)
    fmt = format_of(text)
    if fmt is None or fmt.read is None:
        return None
    taken = fmt.read(text)
    return taken if len(taken.bands) else replace(taken, notes=(*taken.notes, _NOTHING))
