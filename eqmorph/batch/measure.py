"""Measure a set of files that belong together, before the gain that they share is decided on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from eqmorph.batch.first_pass import first_pass
from eqmorph.batch.jobs import Job
from eqmorph.batch.place import have_at_hand
from eqmorph.level import Measured
from eqmorph.process import Settings, Watch, measure_file, unwatched

__all__ = ["MeasureSet", "measure_set"]


class MeasureSet(Protocol):
    """Measures files as `measure_set` does, perhaps with a progress bar."""

    def __call__(self, jobs: Sequence[Job], settings: Settings, *, workers: int) -> list[Measured]: ...


def measure_set(
    jobs: Sequence[Job],
    settings: Settings,
    *,
    workers: int = 1,
    on_progress: Watch = unwatched,
    on_end: Callable[[], None] = lambda: None,
) -> list[Measured]:
    """Measure each job's file as it came and as it will be rendered; see `first_pass` for the rest.

    Jobs that are done or kept count too: the gain is the same whether a run was interrupted or not.
    """

    def measured(job: Job, watch: Watch) -> Measured:
        with have_at_hand(job.source, job.remote, watch):
            return measure_file(job.source, job.output, settings, watch=watch)

    return first_pass(measured, jobs, workers=workers, on_progress=on_progress, on_end=on_end)
