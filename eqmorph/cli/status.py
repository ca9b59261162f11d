"""``eqmorph status``: how the runs into a folder stand."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from eqmorph.cli import completing
from eqmorph.cli.options import json_option
from eqmorph.errors import UsageError, printable, show_path

if TYPE_CHECKING:
    from eqmorph.batch.state import RunState

_MOST_SHOWN = 20


@click.command(short_help="Show how the runs into a folder stand.")
@click.argument("folder", shell_complete=completing.files)
@json_option
def command(folder: str, as_json: bool) -> int:
    """Show how `eqmorph apply` gets on that writes into FOLDER, on this machine or another, or how it ended.

    It tells what is done, failed and left, how fast it goes, and which files failed and have not been done since.

    \b
    eqmorph status out/
    eqmorph status out/ --json
    eqmorph status s3://bucket/out

    Exit code: 0 if nothing is left or runs are at work, 1 if files failed or a run ended before its end.
    """
    from eqmorph.batch.choose_place import journal_of
    from eqmorph.batch.state import read_latest
    from eqmorph.cli.output import listing, print_json

    with journal_of(folder) as (here, is_of_store):
        try:
            last, failures = read_latest(here, is_of_store=is_of_store)
        except OSError as error:
            reason = "no run has written into it" if here.is_dir() else "no folder of this name"
            raise UsageError(reason, hint="Name the output folder of eqmorph apply.", path=folder) from error
        at_work = {state.run for state in last if state.is_at_work(None if is_of_store else here)}
    if as_json:
        runs = [{**asdict(state), "left": state.left, "is_at_work": state.run in at_work} for state in last]
        print_json({"folder": folder, "runs": runs, "failures": [asdict(failure) for failure in failures]})
    else:
        for line in listing([_row(state, is_at_work=state.run in at_work) for state in last]):
            click.echo(line)
        if not last:
            click.echo("No run has told how it stands.")
        for failure in failures[:_MOST_SHOWN]:
            click.echo(f"failed: {show_path(failure.source)}: {printable(failure.error)}")
        if len(failures) > _MOST_SHOWN:
            click.echo(f"... and {len(failures) - _MOST_SHOWN} more failed; --json lists them all")
    return 1 if failures or any(state.left and state.run not in at_work for state in last) else 0


def _row(state: RunState, *, is_at_work: bool) -> tuple[str, str]:
    from eqmorph.cli.output import duration

    counts = [f"{state.done} of {state.files} files done"]
    counts += [f"{count} {what}" for count, what in ((state.skipped, "skipped"), (state.failed, "failed")) if count]
    if state.left:
        counts.append(f"{state.left} left")
    if state.done:
        counts.append(f"{state.files_per_s:.2g} files a second")
    if is_at_work and state.left_s is not None:
        counts.append(f"about {duration(state.left_s)} to go")
    how = "at work" if is_at_work else "ended" if state.has_ended else "gone before its end: apply --resume goes on"
    return (f"process {state.process} on {printable(state.host)}", f"{how}; {', '.join(counts)}")
