"""Show how ``apply`` gets on and what came of it: a bar on a terminal, lines in a pipe, a report in a file."""

from __future__ import annotations

import contextlib
import json
import os
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING

import click

from eqmorph.adapt.account import Account
from eqmorph.audio.atomic import explain_os_error
from eqmorph.audio.plain import open_plain
from eqmorph.audio.read import timestamp
from eqmorph.batch import FileResult, Job, Outcome
from eqmorph.batch.journal import is_journal
from eqmorph.batch.plan import identity
from eqmorph.cli.levels import SharedGain, quieter_line, quieter_record
from eqmorph.cli.output import (
    clock,
    duration,
    listing,
    print_error,
    print_json,
    say,
    stdout_failure,
    stop_stdout,
    table,
)
from eqmorph.cli.progress import ProgressBar, has_bar
from eqmorph.cli.wording import OPTIONS
from eqmorph.errors import EqmorphError, UsageError, show_path
from eqmorph.process import ProcessResult
from eqmorph.process.told import level_facts, word_rows
from eqmorph.wording import decibels

if TYPE_CHECKING:
    from eqmorph.report import MadeReport

__all__ = ["Results"]

_MOST_ROWS = 40  # of the summary table; the report is there for more
_MOST_SECTIONS = 12  # of a file
_FEW = 4  # files whose words have a line each; of more, the decision is told in one line


class Results:
    """Shows results as they come. ``advance`` may be called from any thread, the rest from one.

    Args:
        jobs: what will be done; None where nobody knows what will come.
        report_path: a file that gets one JSON line for each result.
        append_report: add to an existing report.
        overwrite_report: replace an existing report.
        as_json: print one JSON document at the end, and nothing else on stdout.
        quiet: print errors only.
        verbose: 1 prints bands, and a line a word however many files there are; 2 tracebacks.
        all_on_stderr: keep stdout free, for audio.
        resumable: whether an interrupted run can be continued with --resume.
        is_dry: nothing is written, and results are what is predicted.
        shared: the gain that all files share, if they do.
    """

    def __init__(
        self,
        jobs: Sequence[Job] | None,
        *,
        report_path: Path | None = None,
        append_report: bool = False,
        overwrite_report: bool = False,
        as_json: bool = False,
        quiet: bool = False,
        verbose: int = 0,
        all_on_stderr: bool = False,
        resumable: bool = True,
        is_dry: bool = False,
        shared: SharedGain | None = None,
    ) -> None:
        self.report_failed = False
        self._in_detail = verbose > 0 or is_dry or (jobs is not None and len(jobs) <= _FEW)
        self._jobs = jobs = jobs or ()
        self._resumable = resumable
        self._shared = shared
        self._as_json = as_json
        self._quiet = quiet
        self._verbose = verbose
        self._is_dry = is_dry
        self._err = all_on_stderr or as_json
        self._started = time.perf_counter()
        self._report_path = report_path or Path()
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
                self._report.write(json.dumps(ended.to_record(OPTIONS, with_spectrum=True)) + "\n")
                self._report.flush()
            except OSError as error:  # the audio goes on without it
                print_error(explain_os_error(error, self._report_path))
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
            done = "planned" if self._is_dry else "done"
            summary = {status: outcome.count(status) for status in (done, "skipped", "failed")}
            print_json(
                {
                    **({"dry_run": True} if self._is_dry else {}),
                    "files": [ended.to_record(OPTIONS) for ended in outcome.results],
                    **summary,
                    "left": [str(job.source) for job in outcome.left],
                    "gave_up": outcome.gave_up,
                    "quieter": quieter_record(outcome),
                    "shared_gain": self._shared.to_record() if self._shared is not None else None,
                    "seconds": time.perf_counter() - self._started,
                }
            )
        elif not self._quiet and self._is_dry:
            self._show_plan(outcome)
            if self._shared is not None:
                self._say(self._shared.sentence)
        elif not self._quiet and len(self._jobs) > 1:
            if self._bar is not None:
                self._show_table(outcome)
            self._say(self._total(outcome))
            for line in (self._shared.sentence if self._shared is not None else "", quieter_line(outcome)):
                if line:
                    self._say(line)
        if outcome.left:
            names = ", ".join(show_path(job.source) for job in outcome.left[:5])
            more = f" and {len(outcome.left) - 5} more" if len(outcome.left) > 5 else ""
            remedy = " --resume continues from here." if self._resumable else ""
            why = f"Gave up after {outcome.count('failed')} failed" if outcome.gave_up else "Interrupted"
            click.echo(f"{why}: {len(outcome.left)} left ({names}{more}).{remedy}", err=True)

    def tell_page(self, made: MadeReport) -> None:
        """Say where the page of it all is."""
        if not self._quiet and not self._as_json:
            self._say(f"{show_path(made.page)} shows and plays them: {made.page.absolute().as_uri()}")
            for note in made.notes:
                self._say(f"note: {note}")

    def _say(self, line: str) -> None:
        try:
            say(line, err=self._err)
        except OSError as error:  # the disk of a log is full: the audio goes on without it
            print_error(stdout_failure(error))
            stop_stdout()
            self._err, self.report_failed = False, True

    def _fail(self, error: EqmorphError) -> None:
        print_error(error)
        if self._verbose >= 2:
            click.echo("".join(traceback.format_exception(error)), err=True)

    def _lines(self, ended: FileResult) -> list[str]:
        if self._is_dry:
            return [self._planned(ended), *self._details(ended)]
        name = f"{show_path(ended.job.shown_source)} -> {show_path(ended.job.shown_output)}"
        if ended.result is None:
            return [f"{show_path(ended.job.shown_output)}  skipped: {ended.reason}"]
        facts = [fact for fact in (*level_facts(ended.result), _speed(ended.result)) if fact]
        return ["  ".join([name, *facts]), *self._details(ended)]

    def _details(self, ended: FileResult) -> list[str]:
        """Say what was decided for a file, and what else a person should know."""
        result = ended.result
        if result is None:
            return []
        lines = []
        if result.account is not None:
            lines += _words(result.account) if self._in_detail else listing([(result.account.sentence,)], indent=2)
        if self._is_dry or self._verbose:
            if result.account is not None and self._verbose:
                lines.append(f"  kind: {result.account.kind or 'unclear'}")
            how = ", linear phase" if result.phase == "linear" else ""
            lines += listing([(f"bands: {result.bands.rounded(2 if self._is_dry else 1)!s}{how}",)], indent=2)
        return lines + listing([(f"note: {note}",) for note in result.notes], indent=2)

    @staticmethod
    def _planned(ended: FileResult) -> str:
        """Say what would be written."""
        name, result = show_path(ended.job.shown_output), ended.result
        if result is None:
            return f"would skip {name}  {ended.reason}"
        rate = result.sample_rate
        facts = [
            f"{result.format} {result.subtype}",
            f"{rate} Hz",
            f"{result.channels} channel{'s' * (result.channels > 1)}",
            timestamp(round(result.duration_s * rate), rate),
        ]
        return f"would write {name}  {', '.join(facts)}"

    def _show_plan(self, outcome: Outcome) -> None:
        """Show what the bar kept from being shown, and what else would be written."""
        if self._bar is not None:
            for ended in outcome.results:
                for line in self._lines(ended) if ended.error is None else ():
                    self._say(line)
        planned = [ended.job for ended in outcome.results if ended.status == "planned"]
        beside = [show_path(job.trajectory) for job in planned if job.trajectory is not None]
        if len(beside) == 1:
            self._say(f"would write {beside[0]}")
        elif beside:
            self._say(f"would write {len(beside)} trajectories next to them: {beside[0]}, ...")
        exports = [show_path(job.export) for job in planned if job.export is not None]
        if exports:
            more = f", and {len(exports) - 1} more next to the others" if len(exports) > 1 else ""
            self._say(f"would write the EQ into {exports[0]}{more}")
        if len(self._jobs) > 1:
            counts = [(len(planned), "to write"), *((outcome.count(s), s) for s in ("skipped", "failed"))]
            told = ", ".join(f"{count} {what}" for count, what in counts if count)
            self._say(f"{len(outcome.results)} files: {told or 'none read'}. Nothing was written.")

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
        if self._in_detail:
            for ended in outcome.results:
                if details := self._details(ended):
                    for line in (show_path(ended.job.shown_output), *details):
                        self._say(line)
            return
        accounts = [(ended.job.shown_output, ended.result.account) for ended in outcome.results if ended.result]
        decided = [(show_path(output), account.sentence) for output, account in accounts if account is not None]
        notes = [
            (show_path(ended.job.shown_output), f"note: {note}")
            for ended in outcome.results
            for note in (ended.result.notes if ended.result else ())
        ]
        for line in [*listing(decided[:_MOST_ROWS]), *listing(notes)]:
            self._say(line)

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


def _words(account: Account) -> list[str]:
    """Say of each word from where to where it goes, what the EQ does for it, and what kept it back; then of the EQ."""
    return [*listing(word_rows(account), indent=2), *listing([("", account.effect)]), *_sections(account)]


def _sections(account: Account) -> list[str]:
    """Say what each section gets, where the EQ follows the file."""
    rows = [(clock(int(section.from_s)), section.description) for section in account.sections[:_MOST_SECTIONS]]
    more = len(account.sections) - len(rows)
    return [*listing(rows, indent=2), *([f"  ... and {more} more; a trajectory has them all"] if more else [])]


def _speed(result: ProcessResult) -> str:
    return f"{result.duration_s / result.seconds:.0f}x" if result.seconds > 0 else ""


def _open_report(path: Path, jobs: Sequence[Job], append: bool, overwrite: bool) -> IO[str]:
    taken = {identity(other) for job in jobs for other in (job.source, *job.outputs)}
    if identity(path) in taken:
        raise UsageError(f"the report {show_path(path)} is one of the inputs or outputs", hint="Give it another name.")
    if is_journal(path):
        raise UsageError(f"{show_path(path)} is where a folder's journal is", hint="Give the report another name.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        how = os.O_APPEND if append else os.O_TRUNC if overwrite else os.O_EXCL
        return os.fdopen(open_plain(path, os.O_WRONLY | os.O_CREAT | how, or_device=True), "w", encoding="utf-8")
    except OSError as error:
        if isinstance(error, FileExistsError) and os.path.lexists(path):
            hint = "--force overwrites it, --resume adds to it."
            raise UsageError(f"the report {show_path(path)} already exists", hint=hint) from None
        raise explain_os_error(error, path) from error
