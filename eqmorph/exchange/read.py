"""An EQ out of another program's file or of what was copied from one."""

from __future__ import annotations

from eqmorph.exchange.format import Format, Taken
from eqmorph.exchange.registry import FORMATS

__all__ = ["format_of", "read_eq"]

_LONGEST = 1 << 20  # characters


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
    fmt = format_of(text)
    return fmt.read(text) if fmt is not None and fmt.read is not None else None
