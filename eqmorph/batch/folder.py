"""Process many files into a folder, or one into another: find, plan, run, remember."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from eqmorph.audio.formats import check_output_name
from eqmorph.batch.choose_place import place_of
from eqmorph.batch.find import Source, find_sources
from eqmorph.batch.hear import HearSet, hear_set
from eqmorph.batch.isolated import NO_LIMITS, Limits
from eqmorph.batch.journal import Journal
from eqmorph.batch.measure import MeasureSet, measure_set
from eqmorph.batch.place import HERE, Place
from eqmorph.batch.plan import Existing, Job, plan_jobs
from eqmorph.batch.run import FileResult, Outcome, preview_batch, run_batch
from eqmorph.batch.shard import Shard
from eqmorph.batch.state import Observer, observed
from eqmorph.batch.threads import usable_cores
from eqmorph.errors import UsageError
from eqmorph.level import decide_set_trim
from eqmorph.process import Settings, Watch, unwatched
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:  # an extra
    from eqmorph.batch.cluster import Cluster

__all__ = ["Batch", "choose_trajectories", "prepare_batch", "prepare_sources"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Which outputs to make from which sources, and how. Nothing is touched before `run`."""

    jobs: list[Job]
    settings: Settings
    journal: Journal | None
    workers: int
    resumes: bool
    is_noted: bool = True  # in the journal, how it stands
    place: Place = HERE

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

    def preview(
        self, *, on_result: Callable[[FileResult], None] = lambda _: None, on_progress: Watch = unwatched
    ) -> Outcome:
        """Say what `run` would do, and write nothing; see `preview_batch`."""
        return preview_batch(
            self.jobs,
            self.settings,
            workers=self.workers,
            skip_reason=self.skip_reason,
            on_result=on_result,
            on_progress=on_progress,
        )

    def run(
        self,
        *,
        limits: Limits = NO_LIMITS,
        max_failures: int | None = None,
        cluster: Cluster | None = None,
        observers: Sequence[Observer] = (),
        stop: threading.Event | None = None,
        on_result: Callable[[FileResult], None] = lambda _: None,
        on_progress: Watch = unwatched,
        before_commit: Callable[[Path, Path], None] = lambda _final, _temp: None,
    ) -> Outcome:
        """Do all jobs; see `run_batch`. ``observers`` are told how it stands.

        Raises:
            UsageError: a run with other settings has begun to write into the folder. Nothing was touched.
        """
        if cluster is not None and (self.place.is_elsewhere or any(job.remote is not None for job in self.jobs)):
            raise UsageError(
                "the workers of a cluster need folders that all of them see",
                hint=Phrase(
                    "For addresses, start a run on each machine that does a part of the files ({}).", Means.SHARD
                ),
            )
        with (
            self.journal.claimed() if self.journal is not None else nullcontext(),
            observed(self.journal if self.is_noted else None, len(self.jobs), observers) as telling,
        ):

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
                journal=self.journal,
                resume=self.resumes,
                limits=limits,
                max_failures=max_failures,
                cluster=cluster,
                stop=stop,
                on_result=told,
                on_progress=watch,
                before_commit=before_commit,
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
    hear: HearSet = hear_set,
    measure: MeasureSet = measure_set,
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
        hear: listens to an album.
        measure: measures files that share a gain.

    Raises:
        UsageError: there is nothing to do, or a reason not to start. Nothing was touched.
    """
    sources = find_sources(inputs, leave_out=output if into_folder else None, elsewhere=True)
    if shard is not None:
        if settings.sharing != "nothing":
            raise UsageError(
                "files that share a gain or an EQ can't be done in parts", hint="Each part would decide for itself."
            )
        sources = shard.of(sources)
    return prepare_sources(
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


def prepare_sources(
    sources: Sequence[Source],
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
    """Plan where sources that were found go, as `prepare_batch` does.

    ``has_journal`` tells whether the output folder keeps a journal; without one, no earlier run can be resumed.
    """
    trajectories = choose_trajectories(trajectories, settings, into_folder=into_folder)
    place, output = place_of(output, into_folder=into_folder)
    has_journal = has_journal and into_folder
    if len(sources) > 1 and not into_folder:
        raise UsageError(f"{len(sources)} inputs can't become one file", hint="Name an output folder.")
    if not into_folder:
        check_output_name(output, settings.format)
    workers = max(1, min(workers or usable_cores(), len(sources)))
    jobs = plan_jobs(
        sources,
        output,
        into_folder=into_folder,
        format_name=settings.format,
        existing=existing,
        journal=place.journal(output, settings) if has_journal else None,
        trajectories=trajectories,
        export=settings.export,
        place=place,
    )
    eq = settings.eq.for_set(lambda: hear(sources, workers=workers, repair=settings.repair))
    settings = replace(settings, eq=eq)
    if settings.needs_set_trim and len(jobs) > 1:
        measured = measure(jobs, settings, workers=workers)
        trim = decide_set_trim(settings.sharing, settings.level, settings.effective_ceiling_db, measured)
        settings = replace(settings, set_trim=trim)
    journal = (
        place.journal(output, settings) if has_journal else None
    )  # knows what this run does, now that it is decided
    if journal is not None:
        journal.refuse_claimed()
    return Batch(jobs, settings, journal, workers, resumes=existing in ("resume", "update"), place=place)


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
