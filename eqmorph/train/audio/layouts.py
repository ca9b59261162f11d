"""Music on disk: the public data sets' folder layouts, and any folder of audio.

* FMA: folders of three digits, in them MP3s named by six digits that begin with the folder's (``000/000002.mp3``).
* MUSDB18-HQ: ``train`` and ``test``, in them a folder a track with its mixture and four stems as WAV.

A track's stems stay together when tracks are held out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eqmorph.batch import find_sources
from eqmorph.errors import UsageError
from eqmorph.train.reference import evenly_chosen

__all__ = ["Layout", "Music", "MusicFile", "find_music"]

Layout = Literal["fma", "musdb18-hq", "folder"]

_FMA_FOLDER, _FMA_FILE = re.compile(r"\d{3}"), re.compile(r"\d{6}\.mp3", re.IGNORECASE)
_MUSDB_PARTS, _MUSDB_STEMS = ("train", "test"), ("mixture", "vocals", "drums", "bass", "other")


@dataclass(frozen=True, slots=True)
class MusicFile:
    """One recording: its files (a mixture and its stems, or one alone)."""

    name: str
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Music:
    """A corpus: one folder, how it is laid out, and what was chosen of it."""

    folder: Path
    layout: Layout
    tracks: tuple[MusicFile, ...]


def find_music(folders: Sequence[Path], *, most_tracks: int) -> list[Music]:
    """Return each folder as a corpus; of one with more tracks, an even choice.

    Raises:
        UsageError: a folder is missing or holds no audio.
    """
    return [_find(folder, most_tracks) for folder in folders]


def _find(folder: Path, most_tracks: int) -> Music:
    if not folder.is_dir():
        raise UsageError("no such folder", hint="Give a folder of music.", path=folder)
    known: list[tuple[Layout, list[MusicFile]]] = [("fma", _fma(folder)), ("musdb18-hq", _musdb(folder))]
    for layout, tracks in known:
        if tracks:
            return Music(folder, layout, tuple(evenly_chosen(tracks, most_tracks)))
    files = [source.path for source in find_sources([folder])]
    tracks = [MusicFile(path.relative_to(folder).as_posix(), (path,)) for path in files]
    return Music(folder, "folder", tuple(evenly_chosen(tracks, most_tracks)))


def _fma(folder: Path) -> list[MusicFile]:
    return [
        MusicFile(path.stem, (path,))
        for below in _folders(folder)
        if _FMA_FOLDER.fullmatch(below.name)
        for path in sorted(below.iterdir())
        if _FMA_FILE.fullmatch(path.name) and path.name.startswith(below.name)
    ]


def _musdb(folder: Path) -> list[MusicFile]:
    tracks = []
    for part in _MUSDB_PARTS:
        for below in _folders(folder / part):
            files = tuple(path for stem in _MUSDB_STEMS if (path := below / f"{stem}.wav").is_file())
            if files and files[0].stem == "mixture":
                tracks.append(MusicFile(f"{part}/{below.name}", files))
    return tracks


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
