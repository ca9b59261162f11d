"""Kinds of sound: a mix, speech, or a single instrument."""

from __future__ import annotations

from enum import Enum

from eqmorph.errors import UsageError

__all__ = ["AUTO", "KINDS", "Kind", "check_kind"]

AUTO = "auto"  # instead of a kind: told by ear


class Kind(Enum):
    """What a sound is of, by the names that options and reports have for it. Hits are instruments."""

    MIX = "mix"
    SPEECH = "speech"
    INSTRUMENT = "instrument"


#: What can be asked for.
KINDS = (AUTO, *(kind.value for kind in Kind))


def check_kind(name: str) -> None:
    """Refuse what is neither ``auto`` nor a kind.

    Raises:
        UsageError: it is none.
    """
    if name not in KINDS:
        raise UsageError(f"unknown kind of sound {name!r}", hint=f"Kinds are {', '.join(KINDS)}.")
