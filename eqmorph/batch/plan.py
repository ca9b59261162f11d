"""Plan where each file goes, and find every reason not to start before anything is touched."""

from __future__ import annotations

import hashlib
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from eqmorph.analysis.trajectory import trajectory_path
from eqmorph.audio.formats import output_suffix
from eqmorph.batch.find import Source
from eqmorph.batch.journal import Journal
from eqmorph.batch.place import HERE, Place
from eqmorph.batch.remote import Remote
from eqmorph.errors import UsageError, show_path
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:
    from eqmorph.exchange import Format

__all__ = ["ALREADY_THERE", "Existing", "Job", "identity", "name_on_disk", "plan_jobs"]

#: What to do about outputs that already exist: refuse to start, overwrite them, keep them, or redo those of an earlier
#: run that are outdated or damaged; files that no earlier run made are then a reason not to start (``resume``), or are
#: kept (``update``).
Existing = Literal["refuse", "overwrite", "skip", "resume", "update"]
ALREADY_THERE = "already exists"  #: why a job is skipped whose output is kept
_LONGEST_NAME = 255  # bytes, on nearly all disks
_SHOWN = 5  # names in a message; more would bury it


@dataclass(frozen=True, slots=True)
class Job:
    """One file to make. ``skip`` says why it need not be; ``overwrite`` whether an existing one may be replaced.

    ``trajectory`` is where the source's trajectory goes, if it is to be written; ``overwrite_trajectory`` whether an
    existing one may be replaced. ``export`` is likewise where its EQ goes as another program keeps it.
    """

    source: Path
    output: Path
    overwrite: bool = False
    skip: str = ""
    trajectory: Path | None = None
    overwrite_trajectory: bool = False
    export: Path | None = None
    overwrite_export: bool = False
    source_name: str = ""
    output_name: str = ""
    remote: Remote | None = None  #: where the source lies, if not here

    @property
    def outputs(self) -> tuple[Path, ...]:
        """All files that the job writes."""
        return tuple(path for path, _ in self.written)

    @property
    def new_outputs(self) -> tuple[Path, ...]:
        """Those that may not replace a file."""
        return tuple(path for path, may_replace in self.written if not may_replace)

    @property
    def written(self) -> list[tuple[Path, bool]]:
        """Each file that the job writes, and whether it may replace one."""
        beside = ((self.trajectory, self.overwrite_trajectory), (self.export, self.overwrite_export))
        return [(self.output, self.overwrite), *((path, may) for path, may in beside if path is not None)]

    def is_done(self, journal: Journal) -> bool:
        """Tell whether all outputs already exist, just as they would be written."""
        return all(journal.is_current(self.source, path, self.remote) for path in self.outputs)

    @property
    def shown_source(self) -> str:
        """The source by the name that people know: stdin is a temporary file here."""
        return self.source_name or str(self.source)

    @property
    def shown_output(self) -> str:
        """The output by the name that people know."""
        return self.shown(self.output)

    def shown(self, path: Path) -> str:
        """Return one of the outputs by the name that people know: in an object store, it is next to the sound."""
        if path == self.output or not self.output_name:
            return self.output_name or str(path)
        folder, slash, _ = self.output_name.rpartition("/")
        return f"{folder}{slash}{path.name}"


def plan_jobs(
    sources: Sequence[Source],
    output: Path,
    *,
    into_folder: bool,
    format_name: str | None,
    existing: Existing,
    journal: Journal | None,
    trajectories: bool = False,
    export: Format | None = None,
    place: Place = HERE,
) -> list[Job]:
    """Plan a job for each source.

    Args:
        sources: the files to process.
        output: a folder, or the one file to write.
        into_folder: whether ``output`` is a folder.
        format_name: the format asked for, which decides the extension.
        existing: what to do about outputs that already exist.
        journal: what earlier runs have written.
        trajectories: whether to write each source's trajectory next to its output.
        export: how to write each EQ for another program next to its output, if at all.
        place: where the outputs end up.

    Raises:
        UsageError: outputs collide, would overwrite an input, or already exist.
    """
    if existing not in get_args(Existing):  # never a slip of the pen that overwrites files
        choices = ", ".join(get_args(Existing))
        raise UsageError(f"unknown choice {existing!r} for existing outputs", hint=f"Choices are {choices}.")
    audio = [
        output / source.relative.with_suffix(output_suffix(source.relative.suffix, format_name))
        if into_folder
        else output
        for source in sources
    ]
    planned = [
        Job(
            source.path,
            path,
            trajectory=_no_longer(trajectory_path(path), path) if trajectories else None,
            export=_no_longer(export.beside(path), path) if export is not None else None,
            source_name=source.remote.name if source.remote is not None else "",
            output_name=place.url(path) or "",
            remote=source.remote,
        )
        for source, path in zip(sources, audio, strict=True)
    ]
    outputs = [path for job in planned for path in job.outputs]
    _refuse_collisions(planned)
    _refuse_own_input(sources, outputs, place)
    if into_folder:
        _refuse_way_out(output, outputs)
    there = {path for path in outputs if place.has(path)}
    _refuse_folders(there)
    ours = {path for path in there if journal is not None and journal.knows(path)}
    kept: set[Path] = set()
    if existing == "refuse":
        _refuse_taken(planned, there, place, into_folder=into_folder, is_resumed=False)
    elif existing == "resume":
        _refuse_taken(planned, there - ours, place, into_folder=into_folder, is_resumed=True)
    elif existing == "skip":
        kept = there
    elif existing == "update":
        kept = there - ours
    return [_around_existing(job, there, kept) for job in planned]


def _no_longer(path: Path, output: Path) -> Path:
    """Return where what lies beside an output goes: under a shorter name where the usual one would be too long."""
    name = os.fsencode(path.name)
    if len(name) <= _LONGEST_NAME:
        return path
    ending = path.name[len(output.name) :]
    mark = f"-{hashlib.sha256(os.fsencode(output.name)).hexdigest()[:8]}"
    kept = os.fsencode(output.name)[: _LONGEST_NAME - len(mark) - len(ending)].decode("utf-8", "ignore")
    return path.with_name(kept + mark + ending)


def _around_existing(job: Job, there: set[Path], kept: set[Path]) -> Job:
    """Return a job that leaves the ``kept`` outputs alone and may replace any other that exists."""
    if job.output in kept:
        return replace(job, skip=ALREADY_THERE, trajectory=None, export=None)
    trajectory = None if job.trajectory in kept else job.trajectory
    export = None if job.export in kept else job.export
    return replace(
        job,
        overwrite=job.output in there,
        trajectory=trajectory,
        overwrite_trajectory=trajectory in there,
        export=export,
        overwrite_export=export in there,
    )


def _refuse_taken(jobs: Sequence[Job], taken: set[Path], place: Place, *, into_folder: bool, is_resumed: bool) -> None:
    if not taken:
        return
    outputs = [path for job in jobs for path in job.outputs]
    names = [place.url(path) or path for path in outputs if path in taken]
    hint = Phrase("Nothing was touched. {} overwrites what exists", Means.OVERWRITE)
    if into_folder:
        hint += Phrase(", {} keeps it", Means.SKIP_EXISTING)
    if into_folder and not is_resumed:
        hint += Phrase(", {} continues an earlier run", Means.RESUME)
    if taken <= {job.trajectory for job in jobs}:
        hint += Phrase(", {} writes none of these", Means.NO_TRAJECTORIES)
    raise UsageError(
        f"{len(names)} of {len(outputs)} output{'s' * (len(outputs) > 1)} "
        f"already {'exists' if len(names) == 1 else 'exist'}: {_some(names)}",
        hint=hint + ".",
    )


def _refuse_folders(there: set[Path]) -> None:
    """Refuse folders with the names of outputs: they are neither to be replaced nor results to be kept."""
    folders = sorted(path for path in there if path.is_dir() and not path.is_symlink())
    if folders:
        raise UsageError(
            f"{_some(folders)} {'is a folder' if len(folders) == 1 else 'are folders'}, not a file to write",
            hint="Nothing was touched. Rename it, or choose another output folder.",
        )


def _refuse_collisions(jobs: Sequence[Job]) -> None:
    first: dict[str, Job] = {}
    for job in jobs:
        other = first.setdefault(name_on_disk(job.output), job)
        if other.source != job.source:
            raise UsageError(
                f"{show_path(other.shown_source)} and {show_path(job.shown_source)} would both become "
                f"{show_path(job.shown_output)}",
                hint="Nothing was touched. Rename one, or use two output folders.",
            )


def _refuse_own_input(sources: Sequence[Source], outputs: Sequence[Path], place: Place) -> None:
    inputs = {source.remote.url if source.remote is not None else identity(source.path) for source in sources}
    for output in outputs:
        url = place.url(output)
        if (url or identity(output)) in inputs:
            raise UsageError(
                f"{show_path(url or output)} is an input, and inputs are never overwritten",
                hint="Nothing was touched. Choose another output folder or name.",
            )


def _refuse_way_out(folder: Path, outputs: Sequence[Path]) -> None:
    """Refuse an output folder in which a link leads elsewhere: what is written there is meant for this folder."""
    root = os.path.realpath(folder)
    for parent in dict.fromkeys(path.parent for path in outputs):
        real = os.path.realpath(parent)
        if real != root and not real.startswith(os.path.join(root, "")):  # noqa: PTH118
            raise UsageError(
                f"{show_path(parent)} leads out of the output folder, to {show_path(real)}",
                hint="Nothing was touched. Remove the link, or choose another output folder.",
            )


def identity(path: Path) -> tuple[int, int] | str:
    """Return what is equal for two names of one file, also by symbolic or hard links; the name if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return name_on_disk(path)
    return (status.st_dev, status.st_ino)


def name_on_disk(path: Path) -> str:
    """Return what is equal for two names of one file: macOS and Windows ignore case, macOS how accents are encoded."""
    name = os.path.abspath(path)  # noqa: PTH100  (the file isn't there yet: nothing to resolve)
    return unicodedata.normalize("NFC", name).casefold() if sys.platform in ("win32", "darwin") else name


def _some(paths: Iterable[Path | str]) -> str:
    names = [show_path(path) for path in paths]
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
