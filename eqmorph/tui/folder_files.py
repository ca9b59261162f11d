"""The files of a folder, one after another: by name, or in the order of a ranking."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from eqmorph.audio.formats import AUDIO_SUFFIXES, output_suffix
from eqmorph.batch.rank import Ranking
from eqmorph.tui.paths import free_path, is_file

__all__ = ["RESULT_ENDING", "FolderFiles", "audio_in", "is_result", "proposed_result"]

#: Of the proposed names, before the extension.
RESULT_ENDING = "-eqmorph"


def is_result(path: Path) -> bool:
    """Tell whether a file lies next to its source under a name that the app proposes for results."""
    return _source_of(path) != path


def _source_of(path: Path) -> Path:
    """Return what a result was made from, if it lies next to it; else the path itself."""
    stem, _, number = path.stem.rpartition(RESULT_ENDING)
    is_named_so = bool(stem) and (not number or number.removeprefix("-").isdecimal())
    return path.with_stem(stem) if is_named_so and path.with_stem(stem).exists() else path


def proposed_result(path: Path, taken: Collection[Path] = ()) -> Path:
    """Return a free name for a file's result, next to the file, and none of those ``taken``."""
    return free_path(path.parent, path.stem + RESULT_ENDING, output_suffix(path.suffix, None), taken)


def audio_in(folder: Path) -> list[Path]:
    """Return the audio files right in a folder by name, but for hidden ones and results of the app."""
    try:
        paths = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError:
        return []
    return [
        path
        for path in paths
        if path.suffix.lower() in AUDIO_SUFFIXES
        and not path.name.startswith(".")
        and is_file(path)
        and not is_result(path)
    ]


class FolderFiles:
    """The order in which the files of a folder are gone through."""

    def __init__(self) -> None:
        self._ranking: Ranking | None = None
        self._ranked: dict[Path, int] = {}

    @property
    def by(self) -> str:
        """What the files are ordered by: words, or an empty text for their names."""
        return str(self._ranking.target) if self._ranking is not None else ""

    def order_by(self, ranking: Ranking | None) -> None:
        """Go through the files as a ranking has them, what it doesn't have last; None is by name."""
        self._ranking = ranking
        heard = [*ranking.sounds, *ranking.silent] if ranking is not None else []
        self._ranked = {sound.path: place for place, sound in enumerate(heard)}

    def places(self) -> dict[Path, float]:
        """Return the place of each ranked file, 0..1."""
        sounds = self._ranking.sounds if self._ranking is not None else ()
        return {sound.path: sound.place for sound in sounds if sound.place is not None}

    def of(self, folder: Path) -> list[Path]:
        """Return the files of a folder, in order."""
        paths = audio_in(folder)
        return sorted(paths, key=lambda path: self._ranked.get(path, len(self._ranked)))

    def beside(self, path: Path, step: int) -> Path | None:
        """Return the file so many steps after this one, or its source; None beyond the ends."""
        paths, source = self.of(path.parent), _source_of(path)
        if source in paths:
            at = paths.index(source)
        else:  # it has gone: the one before it by name, or what would have been
            before = sum(other.name < source.name for other in paths)
            at = before - 1 if step > 0 else before
        place = at + step
        return paths[place] if 0 <= place < len(paths) else None
