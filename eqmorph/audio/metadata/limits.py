"""How much metadata one file may bring.

It is held in memory, and an item of a few bytes in the file takes hundreds there. Real files stay far below these
limits: a file beyond them is refused, since nothing can be lost from it silently.
"""

from __future__ import annotations

from eqmorph.errors import InputError

__all__ = ["MAX_BYTES", "MAX_ITEMS", "check_bytes", "check_items"]

MAX_ITEMS = 16_384  # fields, frames, blocks, stacked tags
MAX_BYTES = 256 << 20  # as much as one ID3v2 header can state
_HINT = "Remove its tags with a tag editor first."


def check_items(count: int) -> None:
    """Raise InputError if a file holds more than ``MAX_ITEMS`` tags, or fields in them."""
    if count > MAX_ITEMS:
        raise InputError(f"has more than {MAX_ITEMS} tags or fields in them: damaged, or made to do harm", hint=_HINT)


def check_bytes(count: int) -> None:
    """Raise InputError if a file's tags take more than ``MAX_BYTES``."""
    if count > MAX_BYTES:
        raise InputError(f"has more than {MAX_BYTES >> 20} MiB of tags and pictures", hint=_HINT)
