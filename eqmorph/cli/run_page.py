"""The page of a run that is about to begin: whether it may be written is known before, and what is in it after."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eqmorph.errors import UsageError, show_path

if TYPE_CHECKING:
    from eqmorph.batch import FileResult, Job
    from eqmorph.report import MadeReport

__all__ = ["PageOfRun"]


class PageOfRun:
    """Where a run's page goes.

    Args:
        path: the page.
        jobs: what will be done.
        force: replace what has this name.
        resume: replace a page of an earlier run.
        report: where the run writes its report.

    Raises:
        UsageError: it can't be written there.
    """

    def __init__(self, path: Path, jobs: Sequence[Job], *, force: bool, resume: bool, report: Path | None) -> None:
        from eqmorph.batch.journal import is_ours
        from eqmorph.batch.plan import identity, is_among
        from eqmorph.report import is_report_page

        if is_among(path, jobs) or (report is not None and identity(report) == identity(path)):
            raise UsageError(
                f"the page {show_path(path)} is one of the inputs or outputs, or the report",
                hint="Give it another name.",
            )
        if is_ours(path):
            raise UsageError(f"{show_path(path)} is a name of eqmorph's own", hint="Give the page another name.")
        self._path, self._jobs, self._report = path, jobs, report
        self._overwrite = force or (resume and is_report_page(path))
        if os.path.lexists(path) and not self._overwrite:
            raise UsageError(f"the page {show_path(path)} already exists", hint="--force overwrites it.")

    def write(self, results: Sequence[FileResult]) -> MadeReport:
        """Write the page of what was done.

        Raises:
            EqmorphError: it can't be written.
        """
        from eqmorph.cli.wording import OPTIONS
        from eqmorph.report import make_report, report_of_run

        outputs = {job.output.parent for job in self._jobs}
        root = Path(os.path.commonpath([str(folder.absolute()) for folder in outputs]))
        records = [one.to_record(OPTIONS, with_spectrum=True) for one in results]
        return make_report(
            report_of_run(records, root, self._report), self._path, listen=True, overwrite=self._overwrite
        )
