"""Watch a folder: what arrives in it goes the way of any batch, some files at a time, until somebody ends it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eqmorph.batch.arrivals import Arrivals
from eqmorph.batch.find import Source
from eqmorph.batch.folder import Batch, choose_trajectories
from eqmorph.batch.jobs import ALREADY_THERE, Job
from eqmorph.batch.journal import Journal
from eqmorph.batch.links import LinksInside
from eqmorph.batch.plan import identity, name_on_disk, plan_jobs
from eqmorph.batch.run import FileResult
from eqmorph.batch.threads import usable_cores
from eqmorph.errors import DiskError, EqmorphError, ExistsError, InputError, OutputError, UsageError, show_path
from eqmorph.process import Settings
from eqmorph.wording import Means, Phrase

__all__ = ["FolderWatch", "Watched"]

#: How many times as long as a look at the folder took the watch rests, so that looking takes a twentieth of the time at
#: most, and a third while something is about to be ready.
_REST, _SHORT_REST = 19, 2
_MANY = 10_000  # names that may be held on to for nothing
_RETRY_S = 30.0  # after this, it tries whether the disk takes files again
_SHORT_ROUND_S, _LONG_ROUND_S = 2.0, 10.0  # meanwhile nobody looks at what else arrives, so a round is to last a while


@dataclass(slots=True)
class Watched:
    """What became of all that was there or arrived: counts, the files that failed last, and those left to do."""

    done: int = 0
    skipped: int = 0
    done_before: int = 0
    failed: set[Path] = field(default_factory=set)
    left: list[Path] = field(default_factory=list)


class FolderWatch:
    """Processes what is in a folder and what arrives there, as `prepare_batch` would with ``existing="update"``.

    Args:
        folder: what to watch, with all folders below it.
        output: the folder to write into; it may lie inside the other.
        settings: what to do to each file.
        settle_s: for how long a file must keep still to be taken for complete.
        every_s: the time from one look at the folder to the next.
        trajectories: whether to write each source's trajectory next to its output; None writes them for words that
            adapt.
        workers: how many files to process at once; None for all cores.
        follow_links: whether links are followed that lead out of the folder.

    Raises:
        UsageError: there is a reason not to start. Nothing was touched.
    """

    def __init__(
        self,
        folder: Path,
        output: Path,
        settings: Settings,
        *,
        settle_s: float = 2.0,
        every_s: float = 1.0,
        trajectories: bool | None = None,
        workers: int | None = None,
        follow_links: bool = False,
    ) -> None:
        _check(folder, output, settings)
        self._folder = folder
        self._output = output
        self._settings = settings
        self._every_s = every_s
        self._trajectories = choose_trajectories(trajectories, settings, into_folder=True)
        self._workers = workers or usable_cores()
        self._journal = Journal(output, settings)
        self._links = None if follow_links else LinksInside([folder])
        self._arrivals = Arrivals(folder, output, settle_s=settle_s, may_follow=self._links)
        self._told_links: set[Path] = set()
        self._owners: dict[str, Source] = {}  # by output, as the disk tells names apart
        self._most_owners = _MANY
        self._put_off: set[str] = set()  # what the disk did not take goes last
        self._most = 4 * self._workers  # files in a round
        self._watched = Watched()

    def run(
        self,
        *,
        stop: threading.Event,
        on_result: Callable[[FileResult], None] = lambda _: None,
        on_trouble: Callable[[EqmorphError], None] = lambda _: None,
        on_relief: Callable[[str], None] = lambda _: None,
        on_left_out: Callable[[Path], None] = lambda _: None,
    ) -> Watched:
        """Watch until ``stop`` is set or Ctrl-C is pressed. What is under way then is dropped, and nothing half done.

        Args:
            stop: ends the watch.
            on_result: told of each file that was done, was skipped or failed, but not of those done by earlier runs.
            on_trouble: told once of what keeps all files from being processed.
            on_relief: told that it is over.
            on_left_out: told once of each link that leads out of the folder and is not followed.
        """
        gone, full = (_Trouble(on_trouble, on_relief) for _ in range(2))
        try:
            while not stop.is_set():
                began = time.monotonic()
                try:
                    ready = self._arrivals.look()
                except InputError as lost:
                    gone.begins(InputError(lost.problem, hint="Waiting until it is back.", path=lost.path))
                    stop.wait(self._every_s)
                    continue
                gone.ends(f"{show_path(self._folder)} is back")
                self._tell_links(on_left_out)
                if not ready:
                    rest = _SHORT_REST if self._arrivals.waiting else _REST
                    stop.wait(max(self._every_s, rest * (time.monotonic() - began)))
                elif (error := self._round(ready, stop, on_result)) is not None:
                    hint = f"Trying again every {_RETRY_S:.0f} s; nothing is lost."
                    full.begins(OutputError(error.problem, hint=hint, path=error.path))
                    stop.wait(_RETRY_S)
                self._put_off = {name for name in self._put_off if Path(name) in self._arrivals}
                if not self._put_off:
                    full.ends(f"{show_path(self._output)} takes files again")
        except KeyboardInterrupt:
            stop.set()
        self._watched.left = self._arrivals.waiting
        self._watched.failed = {path for path in self._watched.failed if path in self._arrivals}
        return self._watched

    def _tell_links(self, on_left_out: Callable[[Path], None]) -> None:
        if self._links is None:
            return
        for link in self._links.left_out:
            if link not in self._told_links:
                on_left_out(link)
        self._told_links = set(self._links.left_out)
        self._links.left_out.clear()  # those that are still there are found again

    def _round(
        self, ready: list[str], stop: threading.Event, on_result: Callable[[FileResult], None]
    ) -> EqmorphError | None:
        """Do some of the files that are ready; return why the disk takes none, if that is so."""
        began = time.monotonic()
        halt = _Halt(stop)
        refused: list[EqmorphError] = []

        def on_end(ended: FileResult) -> None:
            if ended.error is not None and self._is_of_the_disk(ended.error):
                self._put_off.add(str(ended.job.source))
                refused.append(ended.error)
                halt.set()
            else:
                self._end(ended, on_result)

        jobs = []
        real_folder, real_output = _real(self._folder), _real(self._output)
        for path in map(Path, sorted(ready, key=lambda name: name in self._put_off)[: self._most]):
            try:
                job = self._plan(path)
                _refuse_circle(job, real_folder, real_output)
                jobs.append(job)
            except UsageError as error:
                nowhere = Job(path, self._output / path.relative_to(self._folder))
                self._end(FileResult(nowhere, "failed", error=error), on_result)
        batch = Batch(
            jobs, self._settings, self._journal, min(self._workers, max(len(jobs), 1)), resumes=True, is_noted=False
        )
        try:
            batch.run(stop=halt, on_result=on_end)
        except UsageError as error:  # another run has the folder for a while
            self._put_off.update(str(job.source) for job in jobs)
            return error
        if halt.is_set() and not refused:  # by Ctrl-C, which a batch takes for the end of itself
            stop.set()
        took_s = time.monotonic() - began
        if took_s < _SHORT_ROUND_S and len(jobs) == self._most:
            self._most *= 2
        elif took_s > _LONG_ROUND_S:
            self._most = max(self._most // 2, self._workers)
        return refused[0] if refused else None

    def _plan(self, path: Path) -> Job:
        """Plan one file.

        Raises:
            UsageError: its output is another's.
        """
        source = Source(path, path.relative_to(self._folder))
        (job,) = self._planned(source)
        name = name_on_disk(job.output)
        owner = self._owners.setdefault(name, source)
        if owner.path != path and owner.path in self._arrivals:
            self._planned(owner, source)  # which refuses them
        self._owners[name] = source
        if len(self._owners) > self._most_owners:  # those whose files are gone would add up over weeks
            self._owners = {name: owner for name, owner in self._owners.items() if owner.path in self._arrivals}
            self._most_owners = 2 * len(self._owners) + _MANY
        return job

    def _planned(self, *sources: Source) -> Sequence[Job]:
        return plan_jobs(
            sources,
            self._output,
            into_folder=True,
            format_name=self._settings.format,
            existing="update",
            journal=self._journal,
            trajectories=self._trajectories,
            export=self._settings.export,
        )

    def _end(self, ended: FileResult, on_result: Callable[[FileResult], None]) -> None:
        """Take note of how a file ended, and tell of it unless that is old news."""
        path = ended.job.source
        self._watched.failed.discard(path)
        if ended.error is not None and not os.path.lexists(path):  # not dealt with: its disk may come back with it
            ended = FileResult(ended.job, "skipped", reason="its source is gone")
        else:
            self._arrivals.deal_with(path)
            self._put_off.discard(str(path))
            if isinstance(ended.error, ExistsError):  # since a moment ago: else it would have been skipped as planned
                ended = FileResult(ended.job, "skipped", reason=ALREADY_THERE)
            elif ended.status == "skipped" and not ended.job.skip:
                self._watched.done_before += 1
                return
        if ended.status == "failed":
            self._watched.failed.add(path)
        else:
            self._watched.done += ended.status == "done"
            self._watched.skipped += ended.status == "skipped"
        on_result(ended)

    def _is_of_the_disk(self, error: EqmorphError) -> bool:
        """Tell whether an error would befall any other file too, and will pass."""
        return isinstance(error, DiskError) or (isinstance(error, OutputError) and not os.access(self._output, os.W_OK))


class _Halt(threading.Event):
    """Ends one round: by itself, or with the whole watch."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__()
        self._stop = stop

    def is_set(self) -> bool:
        return super().is_set() or self._stop.is_set()


class _Trouble:
    """Something that may be wrong for a while: told when it begins and when it ends, and not at every look."""

    def __init__(self, on_trouble: Callable[[EqmorphError], None], on_relief: Callable[[str], None]) -> None:
        self._on_trouble = on_trouble
        self._on_relief = on_relief
        self._lasts = False

    def begins(self, error: EqmorphError) -> None:
        if not self._lasts:
            self._on_trouble(error)
        self._lasts = True

    def ends(self, relief: str) -> None:
        if self._lasts:
            self._on_relief(relief)
        self._lasts = False


def _check(folder: Path, output: Path, settings: Settings) -> None:
    """Find every reason not to start."""
    if settings.sharing != "nothing":
        shared = Means.ALBUM if settings.sharing == "gain" else Means.TOGETHER
        raise UsageError(
            Phrase("{} goes through all files before the first is written, and here more may always come", shared),
            hint=Phrase("Watch without it, or use {} once all are there.", Means.APPLY),
        )
    if not folder.is_dir():
        problem = "is a file, not a folder" if folder.exists() else "doesn't exist"
        raise UsageError(problem, hint="Name the folder that files arrive in.", path=folder)
    if output.exists() and not output.is_dir():
        raise UsageError("is a file, not a folder", hint="Choose another output folder.", path=output)
    if identity(folder) == identity(output):
        raise UsageError(
            "can't be watched and written into: results would be taken for what arrives",
            hint="Choose another output folder; it may lie inside this one.",
            path=output,
        )


def _refuse_circle(job: Job, folder: Path, output: Path) -> None:
    """Refuse a file that is a result, or whose result would be taken for an arrival; the folders are without links.

    An output inside the folder that is watched isn't looked into; this is about all other ways, as links are.
    """
    source, result = _real(job.source.parent), _real(job.output.parent)
    is_inside = folder.is_relative_to(output)
    if is_inside and result.is_relative_to(folder):
        raise UsageError(
            f"{show_path(job.source)} would become {show_path(job.output)}, which is in the folder that is watched",
            hint="Rename its folder, or choose another output folder.",
        )
    if source.is_relative_to(output) and not (is_inside and source.is_relative_to(folder)):
        raise UsageError(
            f"{show_path(job.source)} lies in the output folder, where a link leads",
            hint="Remove the link, or choose another output folder.",
        )


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
