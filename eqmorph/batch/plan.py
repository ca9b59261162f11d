"""Where each file goes, and every reason not to begin, found before anything is touched."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eqmorph.analysis.trajectory import trajectory_path
from eqmorph.audio.formats import output_suffix
from eqmorph.batch.find import Source
from eqmorph.batch.journal import Journal
from eqmorph.errors import UsageError, show_path

__all__ = ["Existing", "Job", "identity", "plan_jobs"]

Existing = Literal["refuse", "overwrite", "skip", "resume"]
_SHOWN = 5  # names in a message; more would bury it


@dataclass(frozen=True, slots=True)
class Job:
    """One file to make. ``skip`` says why it needn't be; ``overwrite`` whether one that is there may be replaced.

    ``trajectory`` is where the source's trajectory goes, if it is to be written; ``overwrite_trajectory`` whether one
    that is there may be replaced.
    """

    source: Path
    target: Path
    overwrite: bool = False
    skip: str = ""
    trajectory: Path | None = None
    overwrite_trajectory: bool = False
    source_name: str = ""
    target_name: str = ""

    @property
    def outputs(self) -> tuple[Path, ...]:
        """All that is written."""
        return (self.target,) if self.trajectory is None else (self.target, self.trajectory)

    @property
    def new_outputs(self) -> tuple[Path, ...]:
        """What may replace no file."""
        may_replace = (self.overwrite, self.overwrite_trajectory)
        return tuple(path for path, may in zip(self.outputs, may_replace, strict=False) if not may)

    def is_done(self, journal: Journal) -> bool:
        """Whether all that would be written is there already, just as it would be."""
        return all(journal.is_current(self.source, path) for path in self.outputs)

    @property
    def shown_source(self) -> str:
        """The source as people know it: stdin is a temporary file to us."""
        return self.source_name or str(self.source)

    @property
    def shown_target(self) -> str:
        """The target as people know it."""
        return self.target_name or str(self.target)


def plan_jobs(
    sources: Sequence[Source],
    output: Path,
    *,
    into_folder: bool,
    format_name: str | None,
    existing: Existing,
    journal: Journal | None,
    trajectories: bool = False,
) -> list[Job]:
    """A job for each source.

    Args:
        sources: the files to process.
        output: a folder, or the one file to write.
        into_folder: whether ``output`` is a folder.
        format_name: the format asked for, which decides the suffix.
        existing: what to do about outputs that are there already.
        journal: what earlier runs have written; with ``resume`` only that is written again.
        trajectories: whether each source's trajectory goes beside its output.

    Raises:
        UsageError: outputs collide, would overwrite an input, or are there already.
    """
    targets = [
        output / source.relative.with_suffix(output_suffix(source.relative.suffix, format_name))
        if into_folder
        else output
        for source in sources
    ]
    beside = [trajectory_path(target) if trajectories else None for target in targets]
    outputs = [path for path in (*targets, *beside) if path is not None]
    _refuse_collisions(sources, targets)
    _refuse_own_input(sources, outputs)
    there = {path for path in outputs if os.path.lexists(path)}
    if existing in ("refuse", "resume"):
        ours = {path for path in there if existing == "resume" and journal is not None and journal.knows(path)}
        taken = [path for path in outputs if path in there - ours]
        cures = ["--force overwrites", "--skip-existing leaves them"]
        cures += ["--resume goes on"] * (into_folder and existing == "refuse")
        cures += ["--no-trajectory does without"] * set(taken).isdisjoint(targets)
        _refuse_taken(taken, len(outputs), cures)

    def job(source: Source, target: Path, trajectory: Path | None) -> Job:
        if existing == "skip":
            if target in there:
                return Job(source.path, target, skip="exists already")
            return Job(source.path, target, trajectory=None if trajectory in there else trajectory)
        return Job(
            source.path,
            target,
            overwrite=target in there,
            trajectory=trajectory,
            overwrite_trajectory=trajectory in there,
        )

    return [job(*each) for each in zip(sources, targets, beside, strict=True)]


def _refuse_taken(taken: Sequence[Path], outputs: int, cures: Sequence[str]) -> None:
    if taken:
        raise UsageError(
            f"{len(taken)} of {outputs} output{'s' * (outputs > 1)} "
            f"{'exists' if len(taken) == 1 else 'exist'} already: {_some(taken)}",
            hint=f"Nothing was touched. {', '.join(cures)}.",
        )


def _refuse_collisions(sources: Sequence[Source], targets: Sequence[Path]) -> None:
    first: dict[str, Path] = {}
    for source, target in zip(sources, targets, strict=True):
        other = first.setdefault(_name_on_disk(target), source.path)
        if other != source.path:
            raise UsageError(
                f"{show_path(other)} and {show_path(source.path)} would both become {show_path(target)}",
                hint="Nothing was touched. Rename one, or run them into two folders.",
            )


def _refuse_own_input(sources: Sequence[Source], targets: Sequence[Path]) -> None:
    inputs = {identity(source.path) for source in sources}
    for target in targets:
        if identity(target) in inputs:
            raise UsageError(
                f"{show_path(target)} is an input, and inputs are never overwritten",
                hint="Nothing was touched. Write to another folder or name.",
            )


def identity(path: Path) -> tuple[int, int] | str:
    """The same for two names of one file, be it by symbolic or hard link; a name of its own for a file not there."""
    try:
        status = path.stat()
    except OSError:
        return _name_on_disk(path)
    return (status.st_dev, status.st_ino)


def _name_on_disk(path: Path) -> str:
    """Two paths with the same result are one file: macOS and Windows see no case, macOS no ways to write an accent."""
    name = os.path.abspath(path)  # noqa: PTH100  (the file isn't there yet: nothing to resolve)
    return unicodedata.normalize("NFC", name).casefold() if sys.platform in ("win32", "darwin") else name


def _some(paths: Iterable[Path]) -> str:
    names = [show_path(path) for path in paths]
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
