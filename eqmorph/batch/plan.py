"""Plan where each file goes, and find every reason not to start before anything is touched."""

from __future__ import annotations

import hashlib
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from eqmorph.audio.formats import output_suffix
from eqmorph.batch.find import Source
from eqmorph.batch.jobs import Job, Jobs, Planned
from eqmorph.batch.journal import Journal
from eqmorph.batch.place import HERE, Place
from eqmorph.errors import UsageError, show_path
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:
    from eqmorph.exchange import Format

__all__ = ["Existing", "identity", "is_among", "name_on_disk", "plan_jobs"]

#: What to do about outputs that already exist: refuse to start, overwrite them, keep them, or redo those of an earlier
#: run that are outdated or damaged; files that no earlier run made are then a reason not to start (``resume``), or are
#: kept (``update``).
Existing = Literal["refuse", "overwrite", "skip", "resume", "update"]
_LONGEST_NAME = 255  # bytes, on nearly all disks
_MARKED_AT_ONCE = 1000
_SHOWN = 5  # names in a message; more would bury it


def plan_jobs(
    sources: Iterable[Source],
    output: Path,
    *,
    into_folder: bool,
    format_name: str | None,
    existing: Existing,
    journal: Journal | None,
    trajectories: bool = False,
    export: Format | None = None,
    place: Place = HERE,
) -> Jobs:
    """Plan a job for each source, a file that is named twice being one.

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

    def beside(path: Path) -> tuple[Path | None, Path | None]:
        trajectory = None
        if trajectories:
            from eqmorph.analysis.trajectory import trajectory_path  # the model's side, which bands do without

            trajectory = _no_longer(trajectory_path(path), path)
        return trajectory, _no_longer(export.beside(path), path) if export is not None else None

    def goes_to(source: Source) -> Path:
        if not into_folder:
            return output
        return output / source.relative.with_suffix(output_suffix(source.relative.suffix, format_name))

    jobs = Jobs(beside, place)
    jobs.plan(((source, goes_to(source)) for source in sources), name_on_disk)
    _refuse_collisions(jobs, place)
    found = _Existing(existing, journal, output if into_folder else None, place)
    found.look(jobs)
    _refuse_own_input(jobs, place, any_there=found.any_there)
    found.refuse(len(jobs) * (1 + trajectories + (export is not None)))
    return jobs


class _Existing:
    """What of the outputs exists already, what becomes of it, and why nothing can begin because of it.

    Args:
        existing: what to do about outputs that exist.
        journal: what earlier runs have written.
        folder: what all is written into, if that is a folder.
        place: where the outputs end up.
    """

    def __init__(self, existing: Existing, journal: Journal | None, folder: Path | None, place: Place) -> None:
        self.any_there = False
        self._existing = existing
        self._journal = journal
        self._place = place
        self._root = os.path.realpath(folder) if folder is not None else None
        self._folders: dict[str, bool] = {}  # whether they exist
        self._way_out: UsageError | None = None
        self._in_the_way = _Named()
        self._all_are_folders = True
        self._taken = _Named()
        self._all_are_trajectories = True

    def look(self, jobs: Jobs) -> None:
        """Look at all outputs, and mark those that exist and those that are kept."""
        marked: list[Planned] = []
        found: list[tuple[object, int, str]] = []
        for row in jobs.planned():
            folder = os.path.dirname(row.output)  # noqa: PTH120  (a million paths take long to make)
            if self._place.is_elsewhere or self._is_there(folder):
                there = kept = 0
                output = Path(row.output)
                for bit, path in enumerate((output, *jobs.beside(output))):
                    if path is not None and self._place.has(path):
                        there |= 1 << bit
                        kept |= self._is_kept(path, is_trajectory=bit == 1) << bit
                        found.append((_output(path, self._place), row.number, str(path)))
                if there:
                    marked.append(replace(row, there=there, kept=kept))
            if len(marked) >= _MARKED_AT_ONCE:
                jobs.mark(marked)
                jobs.note_existing(found)
                marked, found = [], []
        jobs.mark(marked)
        jobs.note_existing(found)

    def refuse(self, outputs: int) -> None:
        """Refuse to begin if there is a reason; ``outputs`` is how many there are to be in all."""
        if self._way_out is not None:
            raise self._way_out
        if self._in_the_way:
            one, several = ("is a folder", "are folders")
            if not self._all_are_folders:
                one, several = ("is a pipe or a device", "are pipes, devices or folders")
            raise UsageError(
                f"{self._in_the_way} {one if self._in_the_way.count == 1 else several}, not a file to write",
                hint="Nothing was touched. Rename it, or choose another output folder.",
            )
        if self._taken:
            self._refuse_taken(outputs)

    def _is_there(self, folder: str) -> bool:
        """Tell whether a folder of outputs exists, and note if it leads out of that for all of them."""
        is_there = self._folders.get(folder)
        if is_there is None:
            is_there = self._folders[folder] = os.path.lexists(folder or os.curdir)
            real = os.path.realpath(folder)
            is_inside = self._root is None or real == self._root or real.startswith(os.path.join(self._root, ""))  # noqa: PTH118
            if not is_inside and self._way_out is None:
                self._way_out = UsageError(
                    f"{show_path(folder)} leads out of the output folder, to {show_path(real)}",
                    hint="Nothing was touched. Remove the link, or choose another output folder.",
                )
        return is_there

    def _is_kept(self, path: Path, *, is_trajectory: bool) -> bool:
        """Tell whether an output that exists is kept, and note it if it is a reason not to begin."""
        self.any_there = True
        is_file = self._place.is_elsewhere or path.is_file() or path.is_symlink()
        if not is_file:  # neither to be replaced nor a result to be kept
            self._in_the_way.add(path)
            self._all_are_folders &= path.is_dir()
            return False
        is_ours = self._journal is not None and self._journal.knows(path)
        if self._existing == "refuse" or (self._existing == "resume" and not is_ours):
            self._taken.add(self._place.url(path) or path)
            self._all_are_trajectories &= is_trajectory
        return self._existing == "skip" or (self._existing == "update" and not is_ours)

    def _refuse_taken(self, outputs: int) -> None:
        hint = Phrase("Nothing was touched. {} overwrites what exists", Means.OVERWRITE)
        if self._root is not None:
            hint += Phrase(", {} keeps it", Means.SKIP_EXISTING)
        if self._root is not None and self._existing != "resume":
            hint += Phrase(", {} continues an earlier run", Means.RESUME)
        if self._all_are_trajectories:
            hint += Phrase(", {} writes none of these", Means.NO_TRAJECTORIES)
        raise UsageError(
            f"{self._taken.count} of {outputs} output{'s' * (outputs > 1)} "
            f"already {'exists' if self._taken.count == 1 else 'exist'}: {self._taken}",
            hint=hint + ".",
        )


class _Named:
    """How many files there are of a kind, and the first of them by name, for a message."""

    def __init__(self) -> None:
        self.count = 0
        self._names: list[Path | str] = []

    def add(self, path: Path | str) -> None:
        self.count += 1
        if len(self._names) < _SHOWN:
            self._names.append(path)

    def __bool__(self) -> bool:
        return self.count > 0

    def __str__(self) -> str:
        more = self.count - len(self._names)
        return ", ".join(map(show_path, self._names)) + (f" and {more} more" if more else "")


def _no_longer(path: Path, output: Path) -> Path:
    """Return where what lies beside an output goes: under a shorter name where the usual one would be too long."""
    name = os.fsencode(path.name)
    if len(name) <= _LONGEST_NAME:
        return path
    ending = path.name[len(output.name) :]
    mark = f"-{hashlib.sha256(os.fsencode(output.name)).hexdigest()[:8]}"
    kept = os.fsencode(output.name)[: _LONGEST_NAME - len(mark) - len(ending)].decode("utf-8", "ignore")
    return path.with_name(kept + mark + ending)


def _refuse_collisions(jobs: Jobs, place: Place) -> None:
    for first, other in jobs.same_outputs():
        output = Path(other.output)
        if name_on_disk(Path(first.output)) == name_on_disk(output):
            raise UsageError(
                f"{show_path(first.shown_source)} and {show_path(other.shown_source)} would both become "
                f"{show_path(place.url(output) or output)}",
                hint="Nothing was touched. Rename one, or use two output folders.",
            )


def _refuse_own_input(jobs: Jobs, place: Place, *, any_there: bool) -> None:
    named: Iterable[tuple[int, str]] = (
        (other.number, other.output)
        for first, other in jobs.outputs_named_as_sources()
        if _input(first) == _output(other.output, place)
    )
    if any_there:  # under another name too; in an object store, an input is there in any case
        named = chain(named, _existing_inputs(jobs, place))
    _, output = min(named, default=(0, ""))
    if output:
        raise UsageError(
            f"{show_path(place.url(Path(output)) or output)} is an input, and inputs are never overwritten",
            hint="Nothing was touched. Choose another output folder or name.",
        )


def _existing_inputs(jobs: Jobs, place: Place) -> Iterator[tuple[int, str]]:
    """Yield the places and names of outputs that are inputs, as links make them."""
    for row in jobs.planned():
        source = _input(row)
        yield from ((number, name) for number, name in jobs.may_exist_as(source) if _output(name, place) == source)


def _input(row: Planned) -> tuple[int, int] | str:
    """Return what is equal for two names of a source, and for an output that is the same file."""
    return row.remote.url if row.remote is not None else identity(Path(row.source))


def _output(path: str | Path, place: Place) -> tuple[int, int] | str:
    """Return what is equal for two names of an output, and for a source that is the same file."""
    return place.url(Path(path)) or identity(Path(path))


def identity(path: Path) -> tuple[int, int] | str:
    """Return what is equal for two names of one file, also by symbolic or hard links; the name if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return name_on_disk(path)
    return (status.st_dev, status.st_ino)


def is_among(path: Path, jobs: Iterable[Job]) -> bool:
    """Tell whether a file, by whatever name, is one of the inputs or outputs."""
    what = identity(path)
    return any(identity(other) == what for job in jobs for other in (job.source, *job.outputs))


def name_on_disk(path: Path) -> str:
    """Return what is equal for two names of one file: macOS and Windows ignore case, macOS how accents are encoded."""
    name = os.path.abspath(path)  # noqa: PTH100  (the file isn't there yet: nothing to resolve)
    return unicodedata.normalize("NFC", name).casefold() if sys.platform in ("win32", "darwin") else name
