"""What could not be carried over, collected by cause and told in one line for each."""

from __future__ import annotations

from enum import Enum

from eqmorph.errors import printable

__all__ = ["Notes", "Why", "spoken_list"]

_MAX_NAMES, _MAX_NAME_LENGTH = 20, 60  # a sentence is to be read, whatever a file calls its tags
_SPOKEN_FORMATS = {"WAVEX": "WAV", "OGG": "Ogg"}


class Why(Enum):
    """The causes, each as the sentence that tells it."""

    CHUNK_HAS_NO_PLACE = "{format} has no place for the {names} {chunks}"
    HAS_NO_PLACE = "{format} has no place for {names}"
    TOO_LARGE = "{format} can't hold that much: {names} left out"
    OLD_AUDIO = "{names} left out: measured on the audio before the change"
    LOUDNESS_RESET = "the loudness values in {names} are set to unknown: they were measured before the change"
    STATES_OLD_LOUDNESS = "the loudness stated in {names} is that of the audio before the change"
    OTHER_CHANNELS = "{names} left out: made for another number of channels"
    DAMAGED = "{names} left out: cut off or damaged in the source"


def spoken_list(names: list[str]) -> str:
    """Write ``["a", "b", "c"]`` as ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


class Notes:
    """Collects names by cause while metadata is carried to a file of ``output_format``."""

    def __init__(self, output_format: str) -> None:
        self._format = _SPOKEN_FORMATS.get(output_format, output_format)
        self._names: dict[Why, dict[str, None]] = {}

    def add(self, why: Why, *names: str) -> None:
        """Take names for a cause, which may come out of a file; each is told once, in the order of arrival."""
        if names:
            self._names.setdefault(why, {}).update(dict.fromkeys(map(_shown, names)))

    def lines(self) -> tuple[str, ...]:
        """Return one sentence for each cause, in the order in which ``Why`` lists them."""
        return tuple(self._sentence(why, list(self._names[why])) for why in Why if why in self._names)

    def _sentence(self, why: Why, names: list[str]) -> str:
        chunks = "chunk" if len(names) == 1 else "chunks"
        if len(names) > _MAX_NAMES:
            names = [*names[: _MAX_NAMES - 1], f"{len(names) - _MAX_NAMES + 1} more"]
        return why.value.format(names=spoken_list(names), format=self._format, chunks=chunks)


def _shown(name: str) -> str:
    shown = printable(name[: _MAX_NAME_LENGTH + 1])
    return shown if len(name) <= _MAX_NAME_LENGTH else f"{shown[: _MAX_NAME_LENGTH - 1]}…"
