"""Show how ``apply`` gets on and what came of it: a bar on a terminal, lines in a pipe, a report in a file."""

from __future__ import annotations

import contextlib
import json
import os
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO

import click

from eqmorph.audio.atomic import explain_os_error
from eqmorph.bands import Bands
from eqmorph.batch import FileResult, Job, Outcome
from eqmorph.batch.plan import identity
from eqmorph.cli.output import decibels, duration, print_error, print_json, say, table
from eqmorph.cli.progress import ProgressBar, has_bar
from eqmorph.cli.wording import OPTIONS
from eqmorph.errors import EqmorphError, UsageError, show_path
from eqmorph.process import ProcessResult

__all__ = ["Results"]

_MOST_ROWS = 40  # of the summary table; the report is there for more


class Results:
    """Shows results as they come. ``advance`` may be called from any thread, the rest from one.

    Args:
        jobs: what will be done.
        report_path: a file that gets one JSON line for each result.
        append_report: add to an existing report.
        overwrite_report: replace an existing report.
        as_json: print one JSON document at the end, and nothing else on stdout.
        quiet: print errors only.
        verbose: 1 prints bands, 2 tracebacks.
        all_on_stderr: keep stdout free, for audio.
        resumable: whether an interrupted run can be continued with --resume.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        *,
        report_path: Path | None = None,
        append_report: bool = False,
        overwrite_report: bool = False,
        as_json: bool = False,
        quiet: bool = False,
        verbose: int = 0,
        all_on_stderr: bool = False,
        resumable: bool = True,
    ) -> None:
        self.report_failed = False
        self._jobs = jobs
        self._resumable = resumable
        self._as_json = as_json
        self._quiet = quiet
        self._verbose = verbose
        self._err = all_on_stderr or as_json
        self._started = time.perf_counter()
        self._report = _open_report(report_path, jobs, append_report, overwrite_report) if report_path else None
        self._bar = _bar(jobs) if has_bar(len(jobs), quiet=quiet) else None

    def __enter__(self) -> Results:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        if self._report is not None:
            with contextlib.suppress(OSError):  # what could not be written was reported before
                self._report.close()

    def advance(self, seconds: float) -> None:
        """Count seconds of audio that were read."""
        if self._bar is not None:
            self._bar.advance(seconds)

    def add(self, ended: FileResult) -> None:
        """Show and report how a job ended."""
        if self._report is not None:
            try:
                self._report.write(json.dumps(ended.to_record(OPTIONS)) + "\n")
                self._report.flush()
            except OSError as error:  # the audio goes on without it
                print_error(explain_os_error(error, Path(self._report.name)))
                self._report, self.report_failed = None, True
        if self._bar is not None:
            self._bar.end()
        if ended.error is not None:
            self._fail(ended.error)
        elif self._bar is None and not self._quiet and not self._as_json:
            for line in self._lines(ended):
                self._say(line)

    def finish(self, outcome: Outcome) -> None:
        """Show the totals, once all jobs have ended or were interrupted."""
        if self._bar is not None:
            self._bar.close()
        if self._as_json:
            summary = {status: outcome.count(status) for status in ("done", "skipped", "failed")}
            print_json(
                {
                    "files": [ended.to_record(OPTIONS) for ended in outcome.results],
                    **summary,
                    "left": [str(job.source) for job in outcome.left],
                    "seconds": time.perf_counter() - self._started,
                }
            )
        elif not self._quiet and len(self._jobs) > 1:
            if self._bar is not None:
                self._show_table(outcome)
            self._say(self._total(outcome))
        if outcome.left:
            names = ", ".join(show_path(job.source) for job in outcome.left[:5])
            more = f" and {len(outcome.left) - 5} more" if len(outcome.left) > 5 else ""
            remedy = " --resume continues from here." if self._resumable else ""
            click.echo(f"Interrupted: {len(outcome.left)} left ({names}{more}).{remedy}", err=True)

    def _say(self, line: str) -> None:
        say(line, err=self._err)

    def _fail(self, error: EqmorphError) -> None:
        print_error(error)
        if self._verbose >= 2:
            click.echo("".join(traceback.format_exception(error)), err=True)

    def _lines(self, ended: FileResult) -> list[str]:
        name = f"{show_path(ended.job.shown_source)} -> {show_path(ended.job.shown_output)}"
        if ended.result is None:
            return [f"{show_path(ended.job.shown_output)}  skipped: {ended.reason}"]
        result = ended.result
        facts = [fact for fact in (*_level_facts(result), _speed(result)) if fact]
        lines = ["  ".join([name, *facts])]
        if result.account is not None:
            lines.append(f"  {result.account.sentence}")
        if self._verbose:
            if result.account is not None:
                lines.append(f"  kind: {result.account.kind or 'unclear'}")
            lines.append(f"  bands: {_rounded(result)}")
        lines += [f"  note: {note}" for note in result.notes]
        return lines

    def _show_table(self, outcome: Outcome) -> None:
        rows = [("file", "loudness", "true peak", "trim", "speed")]
        for ended in outcome.results:
            result = ended.result
            if result is None:
                rows.append((show_path(ended.job.shown_output), ended.status, "", "", ""))
            else:
                rows.append(
                    (
                        show_path(ended.job.shown_output),
                        decibels(result.after.lufs if result.after else None, "LUFS"),
                        decibels(result.after.true_peak_db if result.after else None, "dBTP"),
                        decibels(result.trim.total_db, signed=True),
                        _speed(result),
                    )
                )
        for line in table(rows[: _MOST_ROWS + 1], right=(1, 2, 3, 4)):
            self._say(line)
        if len(rows) > _MOST_ROWS + 1:
            self._say(f"... and {len(rows) - _MOST_ROWS - 1} more; --report FILE lists them all")
        accounts = [(ended.job.shown_output, ended.result.account) for ended in outcome.results if ended.result]
        decided = [(show_path(output), account.sentence) for output, account in accounts if account is not None]
        for line in table(decided[:_MOST_ROWS]):
            self._say(line)
        for ended in outcome.results:
            for note in ended.result.notes if ended.result else ():
                self._say(f"{show_path(ended.job.shown_output)}  note: {note}")

    def _total(self, outcome: Outcome) -> str:
        audio_s = sum(ended.result.duration_s for ended in outcome.results if ended.result)
        took = time.perf_counter() - self._started
        counts = [
            f"{outcome.count(status)} {status}" for status in ("done", "skipped", "failed") if outcome.count(status)
        ]
        return (
            f"{len(outcome.results)} file{'s' * (len(outcome.results) != 1)}: {', '.join(counts) or 'none done'}. "
            f"{duration(audio_s)} of audio in {duration(took)}, {audio_s / took:.0f}x realtime."
        )


def _bar(jobs: Sequence[Job]) -> ProgressBar:
    return ProgressBar([job.source for job in jobs if not job.skip], files=len(jobs))


def _level_facts(result: ProcessResult) -> list[str]:
    """Return loudness, true peak and trim, as far as they were measured."""
    if result.after is None:
        return []
    return [
        decibels(result.after.lufs, "LUFS"),
        decibels(result.after.true_peak_db, "dBTP"),
        f"trim {decibels(result.trim.total_db, signed=True)}",
    ]


def _speed(result: ProcessResult) -> str:
    return f"{result.duration_s / result.seconds:.0f}x" if result.seconds > 0 else ""


def _rounded(result: ProcessResult) -> str:
    """Format the bands with as many digits as people read."""
    return str(
        Bands(replace(b, freq_hz=round(b.freq_hz), gain_db=round(b.gain_db, 1), q=round(b.q, 2)) for b in result.bands)
    )


def _open_report(path: Path, jobs: Sequence[Job], append: bool, overwrite: bool) -> IO[str]:
    taken = {identity(other) for job in jobs for other in (job.source, *job.outputs)}
    if identity(path) in taken:
        raise UsageError(f"the report {show_path(path)} is one of the inputs or outputs", hint="Give it another name.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a" if append else "w" if overwrite else "x", encoding="utf-8")
    except OSError as error:
        if isinstance(error, FileExistsError) and os.path.lexists(path):
            hint = "--force overwrites it, --resume adds to it."
            raise UsageError(f"the report {show_path(path)} already exists", hint=hint) from None
        raise explain_os_error(error, path) from error
