"""The tools ``apply`` and ``undo``: a plan is written to a path, and what was written is removed again."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eqmorph.agents.decided import HELD_BACK
from eqmorph.agents.plans import Plan
from eqmorph.agents.roots import is_folder, is_there
from eqmorph.agents.session import Session
from eqmorph.agents.tool import Answer, Tool, a_list, a_map, integer, maybe, number, text, yes_or_no
from eqmorph.agents.wording import TOOLS
from eqmorph.agents.work import Work
from eqmorph.analysis.suggest import percent
from eqmorph.audio.formats import AUDIO_SUFFIXES, BIT_DEPTHS, FORMATS, UNWRITTEN_SUFFIXES
from eqmorph.audio.windows import Spectra, as_one_window
from eqmorph.batch.find import Source
from eqmorph.batch.folder import Batch, prepare_sources
from eqmorph.batch.jobs import Job
from eqmorph.batch.measure import measure_set
from eqmorph.batch.run import FileResult
from eqmorph.errors import ExistsError, OutputError, Stopped, UsageError
from eqmorph.level import Measured, choose_sharing, parse_level
from eqmorph.process import Settings

__all__ = ["APPLY", "UNDO"]

_MOST_NAMED = 5
_MOST_SHOWN = 50
_MOST_REPORTED = 1000  # files in the report that is a resource

_WRITTEN = a_map(
    {
        "path": text(),
        "from": text(),
        "words": a_list(
            a_map(
                {"word": text(), "before": integer(), "predicted": integer(), "after": maybe(integer("as measured"))},
            )
        ),
        "held_back": HELD_BACK,
        "reference": a_map(
            {
                "name": text(),
                "db_before": number("mean distance by third-octaves"),
                "db_predicted": number(),
                "db_after": maybe(number("as measured")),
            }
        ),
        "loudness_before_lufs": maybe(number()),
        "loudness_after_lufs": maybe(number()),
        "true_peak_before_dbtp": maybe(number()),
        "true_peak_after_dbtp": maybe(number()),
        "gain_db": number("what it was made louder or quieter by, to match the loudness and stay under the ceiling"),
        "notes": a_list(text()),
    },
    optional=("reference",),
)


def _apply(
    session: Session,
    work: Work,
    *,
    output: str,
    plan: str | None = None,
    dry_run: bool = True,
    replace: bool = False,
    format: str | None = None,
    bit_depth: str | None = None,
    level: str | float = "match",
    limit: int = 8,
) -> Answer:
    planned = session.plans.get(plan)
    _refuse_changed(session, planned)
    what = (planned.id, output, format, bit_depth, level)
    batch = _prepared(session, work, planned, output, format, bit_depth, level, measures=False)
    done = {job.output for job in batch.jobs if session.made.is_done(job.output, what)}
    taken = _taken(session, [job for job in batch.jobs if job.output not in done], may_replace=replace)
    if dry_run:
        return Answer(_as_planned(session, planned, batch, taken, limit))
    if not taken:
        if batch.settings.needs_set_trim:
            batch = _prepared(session, work, planned, output, format, bit_depth, level, measures=True)
        left = [job for job in batch.jobs if job.output not in done]
        return _run(session, work, planned, dataclasses.replace(batch, jobs=left), what, len(done), limit)
    names = ", ".join(session.shown(taken[:_MOST_NAMED])) + (" and more" if len(taken) > _MOST_NAMED else "")
    hint = "Choose another output: only what was made here is ever replaced."
    if all(session.made.is_ours(path) for path in taken):
        hint = "They were made here: call again with replace, or choose another output."
    raise ExistsError(f"{names} already exist{'s' if len(taken) == 1 else ''}; nothing was written", hint=hint)


def _refuse_changed(session: Session, plan: Plan) -> None:
    changed = plan.changed()
    if changed:
        names = ", ".join(session.shown(changed[:_MOST_NAMED]))
        raise UsageError(
            f"changed since it was planned: {names}", hint="Nothing was written. Plan again, and apply that plan."
        )


def _prepared(
    session: Session,
    work: Work,
    plan: Plan,
    output: str,
    format: str | None,
    bit_depth: str | None,
    level: str | float,
    *,
    measures: bool,
) -> Batch:
    """Plan where each file goes, everything being inside the folders that may be written."""
    target = session.roots.new(output)
    is_named = not _means_folder(session, plan, output, target)
    settings = Settings(
        plan.resolve(session.ear),
        parse_level(str(level)),
        format=format,
        bit_depth=bit_depth,
        measure=True,
        sharing=choose_sharing(album=plan.request.album, together=False),
    )

    def hear(sources: Sequence[Source], *, workers: int, repair: bool) -> list[Spectra]:  # noqa: ARG001
        return [as_one_window(session.hear(source.path, work).spectra) for source in sources]

    def measure(jobs: Sequence[Job], settings: Settings, *, workers: int) -> list[Measured]:
        if not measures:
            return []
        work.expect(plan.seconds)
        return measure_set(jobs, settings, workers=workers, on_progress=work.watch)

    batch = prepare_sources(
        plan.sources,
        target,
        settings,
        into_folder=not is_named,
        existing="overwrite",  # what may be replaced is checked here, and again before each file gets its name
        trajectories=False,
        workers=session.workers,
        hear=hear,
        measure=measure,
        has_journal=False,
    )
    for job in batch.jobs:
        session.roots.check_output(_nearest_there(job.output))
    return batch


def _means_folder(session: Session, plan: Plan, output: str, target: Path) -> bool:
    """Tell whether results go into a folder; a single one doesn't go into one that has a file's name by mistake."""
    if is_folder(target) or output.endswith(("/", os.sep)):
        return True
    suffix = target.suffix.lower()
    is_audio = suffix in AUDIO_SUFFIXES or suffix in UNWRITTEN_SUFFIXES  # these are refused where it is planned
    if plan.is_folder and is_audio:
        raise UsageError(f"{session.roots.shown(target)} is a name for one file", hint="Name a folder for its results.")
    if not plan.is_folder and suffix and not is_audio:
        raise UsageError(
            f"{session.roots.shown(target)}: {suffix} files can't be written",
            hint="Name it .wav, .flac or .mp3, or end it with / to have a folder of that name.",
        )
    return not is_audio


def _nearest_there(output: Path) -> Path:
    """Return what of an output's way exists, and the next name on it."""
    while not is_there(output.parent):
        output = output.parent
    return output


def _taken(session: Session, jobs: Sequence[Job], *, may_replace: bool) -> list[Path]:
    """Return the outputs that exist and may not be replaced."""
    there = [job.output for job in jobs if os.path.lexists(job.output)]
    return [path for path in there if not (may_replace and session.made.is_ours(path))]


def _as_planned(session: Session, plan: Plan, batch: Batch, taken: Sequence[Path], limit: int) -> dict[str, Any]:
    advice = "Call again with dry_run false to write it."
    if taken:
        advice = "Some names are taken: choose another output, or replace what was made here with replace."
    return {
        "plan": plan.id,
        "apply": None,
        "dry_run": True,
        "would_write": session.shown(job.output for job in batch.jobs[:limit]),
        "already_there": session.shown(taken[:limit]),
        "files": len(batch.jobs),
        "done_before": 0,
        "written": [],
        "failed": [],
        "quieter": 0,
        "quieter_by_db": 0.0,
        "next": advice,
    }


def _run(session: Session, work: Work, plan: Plan, batch: Batch, what: object, done_before: int, limit: int) -> Answer:
    apply = session.made.begin([job.output for job in batch.jobs], what)
    may_replace = {job.output for job in batch.jobs if os.path.lexists(job.output)}
    work.expect(plan.seconds)

    def before_commit(final: Path, written: Path) -> None:
        session.roots.check_output(final)
        if os.path.lexists(final) and not (final in may_replace and session.made.is_ours(final)):
            raise OutputError("appeared meanwhile, and isn't replaced", hint="Choose another output.", path=final)
        session.made.note(apply, final, written)

    def ended(_result: FileResult) -> None:
        work.end_one()

    session.report = {"apply": apply.id, "note": "it was called off"}
    try:
        outcome = batch.run(stop=work.stop, on_result=ended, on_progress=work.watch, before_commit=before_commit)
    finally:
        if not apply.files:  # but perhaps folders
            session.made.undo(apply.id, may_remove=session.writable)
    if work.stop.is_set():
        raise Stopped("called off")
    records = [_record(session, result) for result in outcome.results]
    session.report = {
        "apply": apply.id,
        "plan": plan.id,
        "files": len(records),
        "records": records[:_MOST_REPORTED],
    }
    done = [result for result in outcome.results if result.status == "done"]
    failed = [result for result in outcome.results if result.status == "failed"]
    if failed and not done and failed[0].error is not None:
        raise failed[0].error
    data = {
        "plan": plan.id,
        "apply": apply.id,
        "dry_run": False,
        "would_write": [],
        "already_there": [],
        "files": len(done),
        "done_before": done_before,
        "written": [_written(session, result) for result in done[:limit]],
        "failed": [session.said(result.error) for result in failed[:_MOST_SHOWN] if result.error is not None],
        "quieter": len(outcome.quieter_db),
        "quieter_by_db": round(max(outcome.quieter_db, default=0.0), 1),
        "next": f"undo removes it again (apply {apply.id}); the resource eqmorph://report has every file.",
    }
    return Answer(data)


def _written(session: Session, result: FileResult) -> dict[str, Any]:
    done = result.result
    if done is None:
        raise ValueError("a file that is done has a result")
    account = done.account
    written: dict[str, Any] = {
        "path": session.roots.shown(result.job.output),
        "from": session.roots.shown(result.job.source),
        "words": [
            {
                "word": change.word,
                "before": percent(change.percentile_before),
                "predicted": percent(change.percentile_predicted),
                "after": None if change.percentile_reached is None else percent(change.percentile_reached),
            }
            for change in (account.words if account is not None else ())
        ],
        "held_back": list(account.held_back) if account is not None else [],
        "loudness_before_lufs": _rounded(done.before.lufs if done.before else None),
        "loudness_after_lufs": _rounded(done.after.lufs if done.after else None),
        "true_peak_before_dbtp": _rounded(done.before.true_peak_db if done.before else None),
        "true_peak_after_dbtp": _rounded(done.after.true_peak_db if done.after else None),
        "gain_db": round(done.trim.total_db, 1),
        "notes": list(done.notes),
    }
    if account is not None and account.reference is not None:
        near = account.reference
        written["reference"] = {
            "name": near.name,
            "db_before": _rounded(near.db_before),
            "db_predicted": _rounded(near.db_predicted),
            "db_after": _rounded(near.db_reached),
        }
    return written


def _record(session: Session, result: FileResult) -> dict[str, Any]:
    record = result.to_record(TOOLS)
    record["input"], record["output"] = session.shown([result.job.source, result.job.output])
    if record["error"] is not None:
        record["error"] = session.roots.cleaned(record["error"])
    return record


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _undo(session: Session, work: Work, *, apply: str | None = None) -> Answer:  # noqa: ARG001
    id = apply if apply is not None else session.made.last()
    if id is None:
        raise UsageError("there is nothing to undo", hint="Nothing was made here, or all of it is undone.")
    undone = session.made.undo(id, may_remove=session.writable)
    left = [{"path": session.roots.shown(path), "why": why} for path, why in undone.left]
    return Answer(
        {
            "apply": undone.id,
            "removed": session.shown(undone.removed[:_MOST_SHOWN]),
            "files": len(undone.removed),
            "left": left[:_MOST_SHOWN],
        }
    )


APPLY = Tool(
    name="apply",
    title="Write a plan's result",
    description=(
        "Write what a plan decided: new files with the format, tags and loudness of their sources. Unless dry_run is "
        "false, it only says where they would go. Nothing that exists is replaced, but for results that were made "
        "here, with replace. The answer has percentiles, and the distance to a reference, before, as predicted and as "
        "measured, loudness, and an id for undo. Where it takes long, or is cancelled, the files that are complete "
        "stay: call it again to go on, or undo."
    ),
    arguments={
        "output": text("a new folder, or a file name for a single file, such as 'music/out' or 'music/warm.wav'"),
        "plan": maybe(text("which plan; the last one if left out")),
        "dry_run": yes_or_no("only say what would be written", default=True),
        "replace": yes_or_no("replace results that were made here and that nobody changed since", default=False),
        "format": text("write another format", enum=list(FORMATS)),
        "bit_depth": text("write another bit depth", enum=list(BIT_DEPTHS)),
        "level": {
            "type": ["string", "number"],
            "description": "'match' the source's loudness, 'keep' what the EQ makes of it, or a loudness in LUFS: -16",
            "default": "match",
        },
        "limit": integer("how many files to show one by one", default=8, minimum=0, maximum=_MOST_SHOWN),
    },
    required=("output",),
    answer=a_map(
        {
            "plan": text(),
            "apply": maybe(text("what undo knows it by; null for a dry run")),
            "dry_run": yes_or_no(),
            "would_write": a_list(text(), "the first files that would be written"),
            "already_there": a_list(text(), "names that are taken"),
            "files": integer("how many were, or would be, written"),
            "done_before": integer("how many an earlier call for the same had written already"),
            "written": a_list(_WRITTEN, "the first files that were written"),
            "failed": a_list(text()),
            "quieter": integer("how many ended quieter than they came, for the peak ceiling"),
            "quieter_by_db": number("by how much at most"),
            "next": text(),
        }
    ),
    run=_apply,
    reads_only=False,
    destroys=True,
)
UNDO = Tool(
    name="undo",
    title="Remove what was written",
    description=(
        "Remove the files that an apply wrote, also in an earlier session, and the folders made for them. Only what "
        "was made here and is unchanged since: anything else is left, and named."
    ),
    arguments={"apply": maybe(text("which apply; the last one if left out"))},
    answer=a_map(
        {
            "apply": text(),
            "removed": a_list(text()),
            "files": integer("how many were removed"),
            "left": a_list(a_map({"path": text(), "why": text()})),
        }
    ),
    run=_undo,
    reads_only=False,
    destroys=True,
)
