"""Process many files into a folder, or one into another: find, plan, run, remember."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eqmorph.audio.formats import check_output_name
from eqmorph.audio.windows import Spectra
from eqmorph.batch.choose_place import place_of
from eqmorph.batch.find import Source
from eqmorph.batch.hear import HearSet, hear_set
from eqmorph.batch.isolated import NO_LIMITS, Limits
from eqmorph.batch.jobs import Job, any_remote
from eqmorph.batch.journal import Journal, run_told
from eqmorph.batch.links import LinksInside, walk_inside
from eqmorph.batch.measure import MeasureSet, measure_set
from eqmorph.batch.place import HERE, Place
from eqmorph.batch.plan import Existing, plan_jobs
from eqmorph.batch.remote import local_path
from eqmorph.batch.run import MOST_SAME_FAILURES, FileResult, Outcome, preview_batch, run_batch
from eqmorph.batch.shard import Shard
from eqmorph.batch.space import check_space
from eqmorph.batch.state import Observer, observed
from eqmorph.batch.threads import usable_cores
from eqmorph.errors import UsageError, show_path
from eqmorph.level import decide_set_trim
from eqmorph.process import Settings, Watch, unwatched
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:  # an extra
    from eqmorph.batch.cluster import Cluster

__all__ = ["Batch", "choose_trajectories", "prepare_batch", "prepare_sources"]


_TOLD_EVERY = 500  # files that are found


@dataclass(frozen=True, slots=True)
class Batch:
    """Which outputs to make from which sources, and how. Nothing is touched before `run`."""

    jobs: Sequence[Job]
    settings: Settings
    journal: Journal | None
    workers: int
    resumes: bool
    isolates: bool = False  # whatever their number is: one of the files may have ended an earlier run
    is_noted: bool = True  # in the journal, how it stands
    cores: int = 1  # for each worker
    left_out: tuple[Path, ...] = ()  # links that lead out of the inputs, and are not followed
    place: Place = HERE

    @property
    def is_elsewhere(self) -> bool:
        """Whether outputs go to an object store, or any source comes from one or from the web."""
        return self.place.is_elsewhere or any_remote(self.jobs)

    @property
    def kept(self) -> int:
        """The number of existing outputs that are kept."""
        return sum(bool(job.skip) for job in self.jobs)

    @property
    def replaced(self) -> int:
        """The number of existing outputs to replace that an earlier run made with other settings."""
        if self.journal is None:
            return 0
        return sum(job.overwrite and not self.journal.has_settings_of(job.output) for job in self.jobs)

    def skip_reason(self, job: Job) -> str:
        """Say why a job need not be done; empty if it is to be done."""
        is_done = self.resumes and self.journal is not None and job.is_done(self.journal)
        return job.skip or ("done by an earlier run" if is_done else "")

    def told(self) -> dict[str, Any]:
        """Return what a report says of the run; see `run_told`."""
        return run_told(self.settings, self.journal.run if self.journal is not None else "")

    def check_space(self) -> None:
        """Refuse to run where the results clearly won't fit on their disk; see `check_space`."""
        if not self.place.is_elsewhere:
            check_space(self.jobs, self.settings)

    def redo_untold(self, told: Collection[str]) -> None:
        """Do again what earlier runs did and couldn't tell, since they were killed in between.

        ``told`` are the outputs that a report of these runs says are done. Runs without any report have told nobody, so
        theirs stay as they are.
        """
        if self.journal is not None:
            self.journal.distrust_untold((job.output for job in self.jobs), [self.place.path(name) for name in told])

    def preview(
        self,
        *,
        on_result: Callable[[FileResult], None] = lambda _: None,
        on_progress: Watch = unwatched,
        keeps_results: bool = True,
    ) -> Outcome:
        """Say what `run` would do, and write nothing; see `preview_batch`."""
        return preview_batch(
            self.jobs,
            self.settings,
            workers=self.workers,
            skip_reason=self.skip_reason,
            on_result=on_result,
            on_progress=on_progress,
            keeps_results=keeps_results,
        )

    def run(
        self,
        *,
        limits: Limits = NO_LIMITS,
        max_failures: int | None = None,
        max_same_failures: int | None = MOST_SAME_FAILURES,
        cluster: Cluster | None = None,
        observers: Sequence[Observer] = (),
        stop: threading.Event | None = None,
        on_result: Callable[[FileResult], None] = lambda _: None,
        on_progress: Watch = unwatched,
        on_note: Callable[[str], None] = lambda _: None,
        before_commit: Callable[[Path, Path], None] = lambda _final, _temp: None,
        keeps_results: bool = True,
    ) -> Outcome:
        """Do all jobs; see `run_batch`. ``observers`` are told how it stands, ``on_note`` what else is to be known.

        Raises:
            UsageError: a run with other settings has begun to write into the folder. Nothing was touched.
        """
        if cluster is not None and self.is_elsewhere:
            raise UsageError(
                "the workers of a cluster need folders that all of them see",
                hint=Phrase(
                    "For addresses, start a run on each machine that does a part of the files ({}).", Means.SHARD
                ),
            )
        with (
            self.journal.claimed() if self.journal is not None else nullcontext(True) as has_locks,
            self.journal.synced() if self.journal is not None else nullcontext(),
            observed(self.journal if self.is_noted else None, len(self.jobs), observers) as telling,
        ):
            if self.journal is not None and not has_locks and os.name != "nt":
                on_note(
                    f"the disk of {show_path(self.journal.folder)} has no locks: another run there would not be noticed"
                )

            def told(ended: FileResult) -> None:
                telling.add(ended)
                on_result(ended)

            def watch(seconds: float) -> None:
                telling.begin()
                on_progress(seconds)

            return run_batch(
                self.jobs,
                self.settings,
                workers=self.workers,
                cores=self.cores,
                journal=self.journal,
                resume=self.resumes,
                limits=limits,
                max_failures=max_failures,
                max_same_failures=max_same_failures,
                isolate=self.isolates,
                cluster=cluster,
                stop=stop,
                on_result=told,
                on_progress=watch,
                before_commit=before_commit,
                keeps_results=keeps_results,
                place=self.place,
            )


def prepare_batch(
    inputs: Iterable[str | Path],
    output: str | Path,
    settings: Settings,
    *,
    into_folder: bool = True,
    existing: Existing = "refuse",
    trajectories: bool | None = None,
    workers: int | None = None,
    shard: Shard | None = None,
    follow_links: bool = False,
    hear: HearSet = hear_set,
    measure: MeasureSet = measure_set,
    on_found: Callable[[int | None], None] = lambda _: None,
) -> Batch:
    """Find the sources, plan where each goes, and first go through all of them for the EQ or gain that they share.

    Args:
        inputs: files, folders and globs, here or as addresses (``s3://bucket/folder``).
        output: a folder, or the one file to write, likewise.
        settings: what to do to each.
        into_folder: whether ``output`` is a folder.
        existing: what to do about outputs that already exist.
        trajectories: whether to write each source's trajectory next to its output; None writes them for words that
            adapt, into folders.
        workers: how many files to process at once; None for all cores.
        shard: the part of the files to do, which may be empty; None for all of them.
        follow_links: whether links in a folder are followed that lead out of it.
        hear: listens to an album.
        measure: measures files that share a gain.
        on_found: told every now and then how many files have been found; None once all are.

    Raises:
        UsageError: there is nothing to do, or a reason not to start. Nothing was touched.
    """
    inputs = list(inputs)
    output = local_path(output)
    links = LinksInside(inputs)
    sources = _counted(
        walk_inside(inputs, None if follow_links else links, leave_out=output if into_folder else None, elsewhere=True),
        on_found,
    )
    if shard is not None:
        if settings.sharing != "nothing":
            raise UsageError(
                "files that share a gain or an EQ can't be done in parts", hint="Each part would decide for itself."
            )
        sources = shard.of(sources)
    batch = prepare_sources(
        sources,
        output,
        settings,
        into_folder=into_folder,
        existing=existing,
        trajectories=trajectories,
        workers=workers,
        hear=hear,
        measure=measure,
    )
    return replace(batch, left_out=tuple(links.left_out))


def prepare_sources(
    sources: Iterable[Source],
    output: str | Path,
    settings: Settings,
    *,
    into_folder: bool = True,
    existing: Existing = "refuse",
    trajectories: bool | None = None,
    workers: int | None = None,
    hear: HearSet = hear_set,
    measure: MeasureSet = measure_set,
    has_journal: bool = True,
) -> Batch:
    """Plan where sources go that are found, as `prepare_batch` does: many are never in memory all at once.

    ``has_journal`` tells whether the output folder keeps a journal; without one, no earlier run can be resumed.
    """
    trajectories = choose_trajectories(trajectories, settings, into_folder=into_folder)
    place, output = place_of(output, into_folder=into_folder)
    has_journal = has_journal and into_folder
    if not into_folder:
        sources = {source.path: source for source in sources}.values()
        if len(sources) > 1:
            raise UsageError(f"{len(sources)} inputs can't become one file", hint="Name an output folder.")
        check_output_name(output, settings.format)
    journal = place.journal(output, settings) if has_journal else None
    jobs = plan_jobs(
        sources,
        output,
        into_folder=into_folder,
        format_name=settings.format,
        existing=existing,
        journal=journal,
        trajectories=trajectories,
        export=settings.export,
        place=place,
    )
    cores = workers or usable_cores()
    workers = max(1, min(cores, len(jobs)))

    def hear_all() -> list[Spectra]:
        sources = [Source(job.source, Path(job.source.name), job.remote) for job in jobs]
        return hear(sources, workers=workers, repair=settings.repair)

    settings = replace(settings, eq=settings.eq.for_set(hear_all))
    if settings.needs_set_trim and len(jobs) > 1:
        measured = measure(jobs, settings, workers=workers)
        trim = decide_set_trim(settings.sharing, settings.level, settings.effective_ceiling_db, measured)
        settings = replace(settings, set_trim=trim)
    if journal is not None:
        journal = journal.with_settings(settings)  # what this run does, now that it is decided
        journal.refuse_claimed()
    return Batch(
        jobs,
        settings,
        journal,
        workers,
        resumes=existing in ("resume", "update"),
        isolates=existing == "resume",
        cores=cores // workers,
        place=place,
    )


def _counted(sources: Iterable[Source], on_found: Callable[[int | None], None]) -> Iterator[Source]:
    try:
        for count, source in enumerate(sources, start=1):
            if count % _TOLD_EVERY == 0:
                on_found(count)
            yield source
    finally:
        on_found(None)


def choose_trajectories(asked: bool | None, settings: Settings, *, into_folder: bool) -> bool:
    """Tell whether to write trajectories: what is asked for, and if nothing is, for words that adapt, into folders.

    Raises:
        UsageError: they are asked for, but nothing listens.
    """
    adapts = settings.eq.ear is not None
    if asked and not adapts:
        hint = Phrase("For trajectories alone, use {}.", Means.ANALYZE)
        raise UsageError(Phrase("{} needs words that adapt", Means.TRAJECTORIES), hint=hint)
    return adapts and into_folder if asked is None else asked
