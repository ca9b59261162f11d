"""What goes wrong in decoding by ffmpeg; apart, since whoever reads must know it before ffmpeg is needed."""

from __future__ import annotations

__all__ = ["DecodeError"]


class DecodeError(Exception):
    """ffmpeg can't decode a sound, or not to its end; the text says why."""

    @property
    def error_string(self) -> str:
        """The reason, by the name that soundfile's errors have for it."""
        return str(self)
