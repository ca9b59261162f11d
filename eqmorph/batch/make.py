"""One job of a batch: the chain for its file, and the journal."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from eqmorph.audio.read import explained_reading
from eqmorph.batch.jobs import Job
from eqmorph.batch.journal import Journal
from eqmorph.batch.place import HERE, Place, have_at_hand
from eqmorph.errors import EqmorphError
from eqmorph.process import ProcessResult, Watch, unwatched

__all__ = ["make_file"]


def make_file(
    job: Job,
    process: Callable[..., ProcessResult],
    journal: Journal | None,
    *,
    watch: Watch = unwatched,
    before_commit: Callable[[Path, Path], None] = lambda _final, _temp: None,
    place: Place = HERE,
) -> ProcessResult:
    """Do a job by ``process``, which does what `process_file` does, and record it in the journal.

    ``place`` is where the outputs end up; a source that lies elsewhere is fetched first.

    Raises:
        EqmorphError: as ``process`` does; no output was left behind.
    """

    def check_place() -> None:
        if journal is not None:
            for path in job.outputs:
                journal.check_place(path)

    named: dict[Path, os.stat_result] = {}  # what may have its name by now
    check_place()
    try:
        with have_at_hand(job.source, job.remote, watch) as fetched:
            with explained_reading(job.source):
                status = job.source.stat()

            def note(output: Path, written: Path) -> None:
                before_commit(output, written)
                check_place()
                if journal is not None:
                    journal.record(job.source, status, output, written, fetched)
                    named[output] = written.stat()

            result = process(
                job.source,
                job.output,
                overwrite=job.overwrite,
                watch=watch,
                before_commit=note,
                trajectory_path=job.trajectory,
                overwrite_trajectory=job.overwrite_trajectory,
                export_path=job.export,
                overwrite_export=job.overwrite_export,
                syncs_folder=journal is None,
            )
        place.deliver(dict(job.written), journal, watch)
    except EqmorphError:
        if journal is not None:
            for path in job.new_outputs:
                if not _is(path, named.get(path)):  # another run may have the name by now
                    journal.forget(path)
        raise
    if journal is not None:
        journal.sync_soon(path.parent for path in job.outputs)
    return result


def _is(path: Path, written: os.stat_result | None) -> bool:
    """Tell whether what was written is there under its name: as much as was to be removed may not be, by then."""
    try:
        return written is not None and os.path.samestat(path.lstat(), written)
    except OSError:
        return False
