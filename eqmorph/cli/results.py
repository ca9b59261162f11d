"""Show how ``apply`` gets on and what came of it: a bar on a terminal, lines in a pipe, a report in a file."""

from __future__ import annotations

import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from eqmorph.audio.read import timestamp
from eqmorph.batch import FileResult, Job, Outcome, Shard
from eqmorph.batch.journal import now
from eqmorph.cli.json_rows import JsonWithRows
from eqmorph.cli.levels import SharedGain, quieter_line, quieter_record
from eqmorph.cli.output import (
    clock,
    duration,
    listing,
    print_error,
    say,
    stdout_failure,
    stop_stdout,
    table,
)
from eqmorph.cli.progress import MOST_PROBED, ProgressBar, has_bar
from eqmorph.cli.report_file import ReportFile
from eqmorph.cli.wording import OPTIONS
from eqmorph.errors import EqmorphError, OutputError, show_path
from eqmorph.process import ProcessResult
from eqmorph.process.told import level_facts, word_rows
from eqmorph.wording import decibels

if TYPE_CHECKING:
    from eqmorph.adapt.account import Account
    from eqmorph.report import MadeReport

__all__ = ["Results"]

_MOST_ROWS = 40  # of the summary table; the report is there for more
_MOST_NOTES = 1000
_IN_MEMORY = 1 << 20  # characters that wait until the bar is gone; more wait in a file
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
        shard: the part of a larger set that the files are, which the report then says.
        run: what is said of the run in the document, and in each line of a report, where a time is added.
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
        shard: Shard | None = None,
        run: dict[str, Any] | None = None,
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
        self._files = _Ended()
        self._later = tempfile.SpooledTemporaryFile(  # noqa: SIM115  (closed with this)
            _IN_MEMORY, "w+", encoding="utf-8", errors="surrogateescape"
        )
        self._run = run
        self._document = JsonWithRows() if as_json else None
        self._report = (
            ReportFile(report_path, jobs, append=append_report, overwrite=overwrite_report) if report_path else None
        )
        if shard is not None:
            self._write_report({"shard": str(shard)})
        self._bar = _bar(jobs) if has_bar(len(jobs), quiet=quiet) else None

    def __enter__(self) -> Results:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        self._later.close()
        if self._document is not None:
            self._document.close()
        if self._report is not None:
            self._report.close()

    def advance(self, seconds: float) -> None:
        """Count seconds of audio that were read."""
        if self._bar is not None:
            self._bar.advance(seconds)

    def add(self, ended: FileResult) -> None:
        """Show and report how a job ended."""
        if self._report is not None:
            record = ended.to_record(OPTIONS, with_spectrum=True)
            if self._run is not None:
                record["run"] = {**self._run, "at": now()}
            self._write_report(record)
        if self._document is not None:
            self._document.add(ended.to_record(OPTIONS))
        if self._bar is not None:
            self._bar.end()
        if ended.error is not None:
            self._fail(ended.error)
        if self._quiet or self._as_json:
            return
        if self._bar is not None:
            self._files.add(ended)
            self._later.writelines(f"{line}\n" for line in self._lines_for_later(ended))
        else:
            for line in self._lines(ended) if ended.error is None else ():
                self._say(line)
        if self._is_dry:
            self._files.plan(ended)

    def _write_report(self, told: dict[str, Any]) -> None:
        if self._report is None:
            return
        try:
            self._report.add(told)
        except OutputError as error:  # the audio goes on without it
            print_error(error)
            self._report.close()
            self._report, self.report_failed = None, True

    def finish(self, outcome: Outcome) -> None:
        """Show the totals, once all jobs have ended or were interrupted."""
        if self._bar is not None:
            self._bar.close()
        if self._document is not None:
            done = "planned" if self._is_dry else "done"
            summary = {status: outcome.count(status) for status in (done, "skipped", "failed")}
            self._document.print(
                {
                    **({"dry_run": True} if self._is_dry else {}),
                    "run": self._run,
                    "files": [],
                    **summary,
                    "left": [job.shown_source for job in outcome.left],
                    "gave_up": outcome.gave_up,
                    "same_reason": outcome.same_reason.message if outcome.same_reason is not None else None,
                    "quieter": quieter_record(outcome),
                    "shared_gain": self._shared.to_record() if self._shared is not None else None,
                    "seconds": time.perf_counter() - self._started,
                },
                "files",
            )
        elif not self._quiet and self._is_dry:
            self._show_plan(outcome)
            if self._shared is not None:
                self._say(self._shared.sentence)
        elif not self._quiet and len(self._jobs) > 1:
            if self._bar is not None:
                self._show_table()
            self._say(self._total(outcome))
            for line in (self._shared.sentence if self._shared is not None else "", quieter_line(outcome)):
                if line:
                    self._say(line)
        if outcome.left:
            names = ", ".join(show_path(job.shown_source) for job in outcome.left[:5])
            more = f" and {len(outcome.left) - 5} more" if len(outcome.left) > 5 else ""
            remedy = " --resume continues from here." if self._resumable else ""
            why = f"Gave up after {outcome.count('failed')} failed" if outcome.gave_up else "Interrupted"
            if outcome.same_reason is not None:
                why += f", the last of them all since {outcome.same_reason.message}"
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

    def _lines_for_later(self, ended: FileResult) -> list[str]:
        """Return what is said of a file once the bar is gone, which it would run into."""
        if self._is_dry:
            return self._lines(ended) if ended.error is None else []
        details = self._details(ended) if self._in_detail else []
        return [show_path(ended.job.shown_output), *details] if details else []

    def _say_later(self) -> None:
        self._later.seek(0)
        for line in self._later:
            self._say(line.removesuffix("\n"))

    def _show_plan(self, outcome: Outcome) -> None:
        """Show what the bar kept from being shown, and what else would be written."""
        self._say_later()
        files = self._files
        if files.trajectories == 1:
            self._say(f"would write {files.first_trajectory}")
        elif files.trajectories:
            self._say(f"would write {files.trajectories} trajectories next to them: {files.first_trajectory}, ...")
        if files.exports:
            more = f", and {files.exports - 1} more next to the others" if files.exports > 1 else ""
            self._say(f"would write the EQ into {files.first_export}{more}")
        if len(self._jobs) > 1:
            counts = [(outcome.count("planned"), "to write"), *((outcome.count(s), s) for s in ("skipped", "failed"))]
            told = ", ".join(f"{count} {what}" for count, what in counts if count)
            self._say(f"{outcome.files} files: {told or 'none read'}. Nothing was written.")

    def _show_table(self) -> None:
        files = self._files
        rows = [("file", "loudness", "true peak", "trim", "speed"), *files.rows]
        for line in table(rows, right=(1, 2, 3, 4)):
            self._say(line)
        if files.count > _MOST_ROWS:
            self._say(f"... and {files.count - _MOST_ROWS} more; --report FILE lists them all")
        if self._in_detail:
            self._say_later()
            return
        for line in [*listing(files.decided), *listing(files.notes)]:
            self._say(line)
        if files.noted > len(files.notes):
            self._say(f"... and {files.noted - len(files.notes)} more notes; --report FILE has them all")

    def _total(self, outcome: Outcome) -> str:
        took = time.perf_counter() - self._started
        counts = [
            f"{outcome.count(status)} {status}" for status in ("done", "skipped", "failed") if outcome.count(status)
        ]
        return (
            f"{outcome.files} file{'s' * (outcome.files != 1)}: {', '.join(counts) or 'none done'}. "
            f"{duration(outcome.audio_s)} of audio in {duration(took)}, {outcome.audio_s / took:.0f}x realtime."
        )


class _Ended:
    """What is to be said of files once all have ended, gathered as they do: of many no more than anybody would read."""

    def __init__(self) -> None:
        self.count = self.noted = self.trajectories = self.exports = 0
        self.rows: list[tuple[str, ...]] = []
        self.decided: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []
        self.first_trajectory = self.first_export = ""

    def add(self, ended: FileResult) -> None:
        self.count += 1
        name, result = show_path(ended.job.shown_output), ended.result
        if len(self.rows) < _MOST_ROWS:
            self.rows.append((name, *_measured(ended)))
        if result is None:
            return
        if result.account is not None and len(self.decided) < _MOST_ROWS:
            self.decided.append((name, result.account.sentence))
        self.noted += len(result.notes)
        self.notes += [(name, f"note: {note}") for note in result.notes[: max(_MOST_NOTES - len(self.notes), 0)]]

    def plan(self, ended: FileResult) -> None:
        if ended.status != "planned":
            return
        if ended.job.trajectory is not None:
            self.trajectories += 1
            self.first_trajectory = self.first_trajectory or show_path(ended.job.shown(ended.job.trajectory))
        if ended.job.export is not None:
            self.exports += 1
            self.first_export = self.first_export or show_path(ended.job.shown(ended.job.export))


def _measured(ended: FileResult) -> tuple[str, str, str, str]:
    result = ended.result
    if result is None:
        return (ended.status, "", "", "")
    return (
        decibels(result.after.lufs if result.after else None, "LUFS"),
        decibels(result.after.true_peak_db if result.after else None, "dBTP"),
        decibels(result.trim.total_db, signed=True),
        _speed(result),
    )


def _bar(jobs: Sequence[Job]) -> ProgressBar:
    probed = jobs if len(jobs) <= MOST_PROBED else ()
    return ProgressBar([job.source for job in probed if not job.skip], files=len(jobs))


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
