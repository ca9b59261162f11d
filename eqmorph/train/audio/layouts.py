"""Music on disk: the public data sets' folder layouts, and any folder of audio.

* FMA: folders of three digits, in them MP3s named by six digits that begin with the folder's (``000/000002.mp3``).
* MUSDB18-HQ: ``train`` and ``test``, in them a folder a track with its mixture and four stems as WAV.
* MUSDB18: files ``*.stem.mp4``, in ``train`` and ``test`` or at the top, each a track with five streams.
* DSD100: ``Mixtures`` and ``Sources``, in both ``Dev`` and ``Test``, in them a folder a track, under one name in both.

A track's stems stay together when tracks are held out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eqmorph.batch import find_sources
from eqmorph.errors import UsageError
from eqmorph.train.reference import evenly_chosen
from eqmorph.train.stems import STREAMS, SUFFIX, check_ffmpeg, stem_files

__all__ = ["Layout", "Music", "MusicFile", "find_music"]

Layout = Literal["fma", "musdb18-hq", "musdb18", "dsd100", "folder"]

_FMA_FOLDER, _FMA_FILE = re.compile(r"\d{3}"), re.compile(r"\d{6}\.mp3", re.IGNORECASE)
_MUSDB_PARTS, _MUSDB_STEMS = ("train", "test"), ("mixture", "vocals", "drums", "bass", "other")
_DSD_PARTS, _DSD_STEMS = ("Dev", "Test"), ("bass", "drums", "other", "vocals")


@dataclass(frozen=True, slots=True)
class MusicFile:
    """One recording: its files (a mixture and its stems, or one alone), or the streams of its only file."""

    name: str
    files: tuple[Path, ...]
    streams: int = 0

    @property
    def parts(self) -> tuple[tuple[Path, int | None], ...]:
        """What there is to be read: files, each with the number of a stream where it has several."""
        if self.streams:
            return tuple((path, stream) for path in self.files for stream in range(self.streams))
        return tuple((path, None) for path in self.files)


@dataclass(frozen=True, slots=True)
class Music:
    """A folder of music: of which corpus, how it is laid out, and what was chosen of it."""

    name: str
    folder: Path
    layout: Layout
    tracks: tuple[MusicFile, ...]


def find_music(folders: Sequence[tuple[str, Path]], *, most_tracks: int) -> list[Music]:
    """Return each folder with the corpus it belongs to; of a corpus with more tracks, an even choice.

    Raises:
        UsageError: a folder is missing or holds no audio, or its files require ffmpeg, which is missing.
    """
    shared = Counter(name for name, _ in folders)
    return [_find(name, folder, max(1, most_tracks // shared[name])) for name, folder in folders]


def _find(name: str, folder: Path, most_tracks: int) -> Music:
    if not folder.is_dir():
        raise UsageError("no such folder", hint="Give a folder of music.", path=folder)
    known: list[tuple[Layout, list[MusicFile]]] = [
        ("fma", _fma(folder)),
        ("musdb18-hq", _musdb(folder)),
        ("musdb18", _stem_files(folder)),
        ("dsd100", _dsd(folder)),
    ]
    for layout, tracks in known:
        if tracks:
            return Music(name, folder, layout, tuple(evenly_chosen(tracks, most_tracks)))
    files = [source.path for source in find_sources([folder])]
    tracks = [MusicFile(path.relative_to(folder).as_posix(), (path,)) for path in files]
    return Music(name, folder, "folder", tuple(evenly_chosen(tracks, most_tracks)))


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


def _stem_files(folder: Path) -> list[MusicFile]:
    tracks = [
        MusicFile(path.relative_to(folder).as_posix()[: -len(SUFFIX)], (path,), len(STREAMS))
        for path in stem_files(folder)
    ]
    if tracks:
        check_ffmpeg(tracks[0].files[0])
    return tracks


def _dsd(folder: Path) -> list[MusicFile]:
    tracks = []
    for part in _DSD_PARTS:
        for below in _folders(folder / "Mixtures" / part):
            stems = [folder / "Sources" / part / below.name / f"{stem}.wav" for stem in _DSD_STEMS]
            files = tuple(path for path in (below / "mixture.wav", *stems) if path.is_file())
            if files and files[0].stem == "mixture":
                tracks.append(MusicFile(f"{part}/{below.name}", files))
    return tracks


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
