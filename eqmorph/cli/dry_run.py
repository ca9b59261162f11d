"""``apply --dry-run``: show what would be written, from the headers alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eqmorph.cli.output import print_error, print_json
from eqmorph.cli.wording import OPTIONS
from eqmorph.errors import EqmorphError, show_path
from eqmorph.process import preview_file

if TYPE_CHECKING:
    from eqmorph.batch import Batch

__all__ = ["print_plan"]


def print_plan(batch: Batch, *, as_json: bool, is_album: bool) -> int:
    """Say what would be done to each file; return the exit code."""
    sharing = batch.settings.sharing
    records: list[dict[str, str]] = []
    trajectories: list[Path] = []
    failed = 0
    for job in batch.jobs:
        record = {"input": job.shown_source, "output": job.shown_output}
        reason = batch.skip_reason(job)
        if reason:
            records.append(record | {"status": "skip", "reason": reason})
            continue
        try:
            record |= {"status": "write", "as": preview_file(job.source, job.output, batch.settings)}
            if job.trajectory is not None:
                record["trajectory"] = str(job.trajectory)
                trajectories.append(job.trajectory)
            records.append(record)
        except EqmorphError as error:
            failed += 1
            print_error(error)
            records.append(record | {"status": "fail", "error": error.worded(OPTIONS)})
    if as_json:
        print_json({"dry_run": True, "album": is_album, "together": sharing == "ceiling", "files": records})
        return 1 if failed else 0
    for record in records:
        details = record.get("as") or record.get("reason") or "see the error"
        click.echo(f"would {record['status']} {show_path(record['output'])}  {details}")
    if len(trajectories) == 1:
        click.echo(f"would write {show_path(trajectories[0])}")
    elif trajectories:
        click.echo(f"would write {len(trajectories)} trajectories next to them: {show_path(trajectories[0])}, ...")
    if is_album:
        click.echo("would go through all files first and give them one EQ and one gain")
    elif sharing == "ceiling":
        click.echo("would measure all files first and trim them all by the same, if any has to be")
    return 1 if failed else 0
