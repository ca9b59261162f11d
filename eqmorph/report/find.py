"""Find what is known of a processed folder: its reports, its journal, and the trajectories beside its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eqmorph.analysis.trajectory import trajectory_path
from eqmorph.batch.journal import is_ours, read_journal
from eqmorph.errors import InputError
from eqmorph.report.course import read_loosely
from eqmorph.report.records import WHERE_FROM, Record, is_record, latest, numbered_records
from eqmorph.wording import Means, Phrase

__all__ = ["FoundReport", "find_report", "report_of_run"]

_DONE_BEFORE = "skipped"


@dataclass(frozen=True, eq=False, slots=True)
class FoundReport:
    """What was found of a set of files.

    Attributes:
        name: what to call the set.
        records: what became of each file.
        near: folders from which the names in the records may count.
        read: the reports that it is from.
        notes: what a person should know of it.
    """

    name: str
    records: list[Record]
    near: tuple[Path, ...]
    read: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()


def find_report(path: Path) -> FoundReport:
    """Read a report; or what there is in a folder: its reports, and the journal and trajectories for what they lack.

    Raises:
        InputError: there is nothing, or it can't be read.
    """
    if path.is_dir():
        return _in_folder(path)
    records = latest(record for _, record in numbered_records(path) if is_record(record))
    if not records:
        raise InputError("tells of no file", hint=WHERE_FROM, path=path)
    folder = path.absolute().parent
    near = (Path.cwd(), folder, folder.parent)
    return FoundReport(_name(records) or folder.name, records, near, (path,))


def report_of_run(records: Sequence[Record], folder: Path, report: Path | None = None) -> FoundReport:
    """Return what a run tells that has just ended.

    What it left as it was is told by its report, if earlier runs added to that, or else by what is in its folder.

    Args:
        records: of the run, a record a file.
        folder: what it wrote into.
        report: what it wrote its own report into.
    """
    left = {record["output"] for record in records if record["status"] == _DONE_BEFORE}
    by_journal = {Path(one["output"]).absolute(): one for one in _by_journal(folder)} if left else {}
    by_report: dict[str, Record] = {}
    if left and report is not None and report.is_file():
        found = latest(record for _, record in numbered_records(report) if is_record(record))
        by_report = {record["output"]: record for record in found if record["status"] != _DONE_BEFORE}
    told, unmeasured = [], 0
    for record in records:
        output = Path(record["output"]).absolute()
        if record["output"] in left and record["output"] in by_report:
            told.append(by_report[record["output"]])
        elif record["output"] in left and output in by_journal:
            told.append({**by_journal[output], "input": record["input"], "output": record["output"]})
            unmeasured += 1
        else:
            told.append(record)
    notes = (_unmeasured_note(unmeasured, len(told), "an earlier run did"),) if unmeasured else ()
    return FoundReport(_name(told) or folder.absolute().name, told, (Path.cwd(), folder.absolute()), notes=notes)


def _name(records: Sequence[Record]) -> str:
    """Return what to call a set: its one file, or the folder that all were written into; empty if there are several."""
    outputs = [Path(record["output"]) for record in records]
    if len(outputs) == 1:
        return outputs[0].name
    folders = {output.parent for output in outputs}
    return folders.pop().name if len(folders) == 1 else ""


def _in_folder(folder: Path) -> FoundReport:
    reports: dict[Path, list[Record]] = {}
    for path in sorted(folder.glob("*.jsonl"), key=lambda one: one.stat().st_mtime_ns):
        if is_ours(path) or not path.is_file():
            continue
        try:
            records = [record for _, record in numbered_records(path) if is_record(record)]
        except InputError:  # some other file of lines
            continue
        if records:
            reports[path] = records
    told = latest(record for records in reports.values() for record in records)
    by_journal = _by_journal(folder)
    if not told and not by_journal:
        raise InputError(
            "holds no report, and no journal of an earlier run",
            hint=Phrase("Name the report itself, which {} writes, or the folder that was written into.", Means.REPORT),
            path=folder,
        )
    names = {Path(record["output"]).name for record in told if record["status"] != _DONE_BEFORE}
    more = [record for record in by_journal if Path(record["output"]).name not in names]
    notes = []
    if more:
        replaced = {Path(record["output"]).name for record in more}
        told = [record for record in told if Path(record["output"]).name not in replaced]
        notes.append(_unmeasured_note(len(more), len(told) + len(more), "no report tells of"))
    root = folder.absolute()
    return FoundReport(root.name, [*told, *more], (Path.cwd(), root, root.parent), tuple(reports), tuple(notes))


def _by_journal(folder: Path) -> list[Record]:
    """Return a record for each file that the folder's journal knows and that is there."""
    found = []
    for entry in read_journal(folder):
        output = folder / entry.output
        if entry.output.endswith(trajectory_path(Path("x")).name.removeprefix("x")) or not output.is_file():
            continue
        source = Path(entry.input)
        if not source.is_file() and (folder / entry.place).is_file():
            source = folder / entry.place
        found.append(_from_trajectory(str(source), output))
    return found


def _from_trajectory(source: str, output: Path) -> Record:
    record: dict[str, Any] = {"input": source, "output": str(output), "status": "done", "notes": []}
    data = read_loosely(trajectory_path(output))
    applied = data.get("applied") if data is not None else None
    if data is None or not isinstance(applied, dict):
        return record
    file = data.get("file")
    if isinstance(file, dict):
        record |= {name: file[name] for name in ("sample_rate", "channels", "duration_s") if name in file}
    bands = {"bands": applied["bands"]} if "bands" in applied else {}
    return {**record, **bands, "decision": {k: v for k, v in applied.items() if k not in ("bands", "ride")}}


def _unmeasured_note(count: int, files: int, why: str) -> str:
    what = "the files" if count == files else f"{count} file{'s' * (count != 1)}"
    return f"{why} {what}: loudness and trims are not known, and what was decided is from the trajectories beside them"
