"""Write all versions of a sound at equal loudness, by the chain that writes everything else; under letters if blind."""

from __future__ import annotations

import contextlib
import os
import secrets
import string
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from eqmorph.adapt.fixed import BandsEq
from eqmorph.audio.atomic import AtomicFile, explain_os_error, refuse_taken, remove_stale
from eqmorph.audio.formats import AUDIO_SUFFIXES, choose_format
from eqmorph.batch.threads import on_threads, until, usable_cores
from eqmorph.compare.seal import KEY_SUFFIX, BlindKey, SealedVersion, file_digest, sealed_text
from eqmorph.compare.versions import Comparison, Version
from eqmorph.errors import ExistsError, InputError, show_path
from eqmorph.level import Level, SetTrim
from eqmorph.process import ProcessResult, Settings, Watch, process_file, unwatched

__all__ = ["Rendered", "WrittenVersion", "render_versions"]

# What versions of a lossy source are written as, since its encoder would add to the differences; and those of a source
# whose name has no extension.
_LOSSLESS = ".flac"


@dataclass(frozen=True, eq=False)
class WrittenVersion:
    """A file that was written: what it is, and what was done to it."""

    path: Path
    version: Version
    result: ProcessResult


@dataclass(frozen=True, eq=False)
class Rendered:
    """What was written: the versions in the order of their names, and the key if they are blind."""

    files: tuple[WrittenVersion, ...]
    key: Path | None = None
    commitment: str = ""


def render_versions(
    comparison: Comparison, folder: Path, *, blind: bool = False, overwrite: bool = False, watch: Watch = unwatched
) -> Rendered:
    """Write all versions into a folder, equally loud.

    They are named after the source and the version. With ``blind`` they are named by letters in an order of chance, and
    which is which goes into a sealed key. If one can't be written, none stays.

    Raises:
        EqmorphError: the sound is silent, a name is taken, or a version can't be written.
    """
    if comparison.is_silent:
        raise InputError(
            "is silent: there is nothing to compare", hint="Name a recording that sounds.", path=comparison.info.path
        )
    versions = list(comparison.versions)
    if blind:
        secrets.SystemRandom().shuffle(versions)
    # In the order of the letters, so that the times of the files tell nothing.
    paths = _paths(comparison, versions, folder, blind=blind)
    key = folder / f"{comparison.info.path.stem}{KEY_SUFFIX}" if blind else None
    names = [*paths, *([key] if key is not None else [])]
    _refuse_source(names, comparison.info.path)
    if not overwrite:
        refuse_taken(names)
    remove_stale(folder)
    there = {path for path in paths if os.path.lexists(path)}
    made: list[Path] = []
    try:
        results = _write(comparison, versions, paths, made, overwrite=overwrite, watch=watch)
        commitment = ""
        if key is not None:
            commitment = _seal(key, comparison, versions, paths, overwrite=overwrite)
    except BaseException:
        for path in made:
            if path not in there:
                with contextlib.suppress(OSError):
                    path.unlink()
        raise
    files = (WrittenVersion(*row) for row in zip(paths, versions, results, strict=True))
    return Rendered(tuple(files), key, commitment)


def _paths(comparison: Comparison, versions: Sequence[Version], folder: Path, *, blind: bool) -> list[Path]:
    source = comparison.info.path
    is_lossy = choose_format(comparison.info, None, None, None).is_lossy
    suffix = _LOSSLESS if is_lossy or source.suffix.lower() not in AUDIO_SUFFIXES else source.suffix
    names = string.ascii_uppercase if blind else [version.name.replace(" ", "-") for version in versions]
    return [folder / f"{source.stem}-{name}{suffix}" for name, _ in zip(names, versions, strict=False)]


def _refuse_source(paths: Sequence[Path], source: Path) -> None:
    for path in paths:
        is_source = path.exists() and source.exists() and path.samefile(source)
        if is_source:
            raise ExistsError("is the very input", hint="Choose another folder.", path=path)


def _write(
    comparison: Comparison,
    versions: Sequence[Version],
    paths: Sequence[Path],
    made: list[Path],
    *,
    overwrite: bool,
    watch: Watch,
) -> list[ProcessResult]:
    """Write each version to its path; ``made`` gets those that are there, however this ends."""
    stop = threading.Event()
    stoppable = until(stop, watch)

    def write(place: int) -> ProcessResult:
        trim = versions[place].trim
        settings = Settings(
            BandsEq(versions[place].bands),
            Level("match"),
            repair=comparison.repair,
            measure=True,
            sharing="gain",  # the gain is known: that of this version, and what all are trimmed by
            set_trim=SetTrim(trim.level_db, trim.ceiling_db),
        )
        result = process_file(comparison.info.path, paths[place], settings, overwrite=overwrite, watch=stoppable)
        made.append(paths[place])
        return result

    places = range(len(versions))
    done = on_threads(write, places, workers=min(usable_cores(), len(versions)), stop=stop, in_order=True)
    with closing(done):
        return [future.result() for _, future in done]


def _seal(
    path: Path, comparison: Comparison, versions: Sequence[Version], paths: Sequence[Path], *, overwrite: bool
) -> str:
    """Write the key, and return its commitment."""
    sealed = tuple(
        SealedVersion(letter, file.name, version.name, file_digest(file))
        for letter, file, version in zip(string.ascii_uppercase, paths, versions, strict=False)
    )
    text, commitment = sealed_text(BlindKey(show_path(comparison.info.path.name), comparison.target, sealed))
    with AtomicFile(path, overwrite=overwrite) as out:
        try:
            out.temp.write_text(text, encoding="utf-8")
        except OSError as error:
            raise explain_os_error(error, path) from error
        out.commit()
    return commitment
