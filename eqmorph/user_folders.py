"""Where a user's own things are: settings, what is remembered, what can be made again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

__all__ = ["user_folder"]

#: What there is no home for, as in containers that run under a number, is neither found nor kept: nothing can be made
#: below a device, and the name says in any message what is missing.
_NOWHERE = Path(os.devnull) / "HOME is not set"


def user_folder(kind: Literal["config", "state", "cache"]) -> Path:
    """Return eqmorph's folder of a kind, which may not exist."""
    import platformdirs

    find = {
        "config": platformdirs.user_config_dir,
        "state": platformdirs.user_state_dir,
        "cache": platformdirs.user_cache_dir,
    }
    try:
        return Path(find[kind]("eqmorph"))
    except RuntimeError:
        return _NOWHERE / "eqmorph"
