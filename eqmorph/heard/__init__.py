"""What was heard in files, kept in the user's cache folder by content: what is known needs no second listening."""

from eqmorph.heard.cache import HeardCache, cache_folder, clear_cache, open_cache
from eqmorph.heard.hear import Heard, heard_as_one_window, heard_in, remembered_as_one_window

__all__ = [
    "Heard",
    "HeardCache",
    "cache_folder",
    "clear_cache",
    "heard_as_one_window",
    "heard_in",
    "open_cache",
    "remembered_as_one_window",
]
