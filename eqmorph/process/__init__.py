"""The whole chain for one sound."""

from eqmorph.process.chain import (
    ProcessResult,
    Watch,
    measure_file,
    preview_file,
    process_audio,
    process_file,
    unwatched,
)
from eqmorph.process.settings import Dithering, Settings

__all__ = [
    "Dithering",
    "ProcessResult",
    "Settings",
    "Watch",
    "measure_file",
    "preview_file",
    "process_audio",
    "process_file",
    "unwatched",
]
