"""Whether the terminal gets colors."""

from __future__ import annotations

import os

__all__ = ["color_wanted"]


def color_wanted() -> bool | None:
    """Tell whether somebody asked for colors or for none; None leaves it to whether there is a terminal.

    ``NO_COLOR`` (https://no-color.org) comes first, then ``FORCE_COLOR`` and ``CLICOLOR_FORCE``, then ``CLICOLOR=0``.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    if any(os.environ.get(name, "") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return False if os.environ.get("CLICOLOR") == "0" else None
