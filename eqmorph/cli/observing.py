"""Who is told how a run stands: a file of metrics for Prometheus, and lines for a log."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import click

from eqmorph.audio.atomic import AtomicFile, explain_os_error
from eqmorph.audio.plain import open_plain
from eqmorph.batch.journal import is_ours
from eqmorph.batch.state import Observer, RunState
from eqmorph.cli.output import duration
from eqmorph.errors import EqmorphError, UsageError, show_path

__all__ = ["metrics_observer", "progress_observer"]

_OURS = "# HELP eqmorph_"


def metrics_observer(path: Path) -> Observer:
    """Return what keeps a file of metrics as they are now, in the form that Prometheus' text collector reads.

    Raises:
        UsageError: the file is there, and is another, or the name is one of ours.
    """
    if is_ours(path):
        raise UsageError(f"{show_path(path)} is a name of eqmorph's own", hint="Choose another name.")
    try:
        with os.fdopen(open_plain(path, os.O_RDONLY), encoding="utf-8", errors="replace") as file:
            if not file.read(len(_OURS)) == _OURS:
                raise UsageError(f"{show_path(path)} already exists, and holds no metrics", hint="Choose another name.")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise UsageError(
            f"{show_path(path)} can't be read: {error.strerror or error}", hint="Choose another name."
        ) from error

    is_told = False

    def tell(state: RunState) -> None:
        nonlocal is_told
        try:
            with AtomicFile(path, overwrite=True) as out:
                out.temp.write_text(metrics(state), encoding="utf-8")
                out.commit()
        except (EqmorphError, OSError) as error:  # no reason to end a run, and said once
            if not is_told:
                is_told = True
                reason = error if isinstance(error, EqmorphError) else explain_os_error(error, path)
                with contextlib.suppress(OSError):
                    click.echo(f"note: no metrics: {show_path(path)}: {reason.message}", err=True)

    return Observer(tell)


def metrics(state: RunState) -> str:
    """Return how a run stands, as Prometheus reads it."""
    files = {"done": state.done, "skipped": state.skipped, "failed": state.failed, "left": state.left}
    gauges: dict[str, tuple[str, dict[str, float]]] = {
        "files": ("Files of the run, by what became of them.", {f'{{state="{name}"}}': n for name, n in files.items()}),
        "audio_seconds": ("Seconds of audio that are done.", {"": state.audio_s}),
        "begun_timestamp_seconds": ("When the run began.", {"": state.begun}),
        "updated_timestamp_seconds": ("When this was written.", {"": state.at}),
        "at_work": ("Whether the run goes on.", {"": int(not state.has_ended)}),
    }
    lines = []
    for name, (told, values) in gauges.items():
        lines += [f"# HELP eqmorph_{name} {told}", f"# TYPE eqmorph_{name} gauge"]
        lines += [f"eqmorph_{name}{labels} {value!r}" for labels, value in values.items()]
    return "\n".join(lines) + "\n"


def progress_observer(every_s: float) -> Observer:
    """Return what prints a line on stderr every so many seconds."""

    def tell(state: RunState) -> None:
        counts = [f"{state.done + state.skipped + state.failed} of {state.files} files"]
        if state.failed:
            counts.append(f"{state.failed} failed")
        if state.left and state.left_s is not None:
            counts += [f"{state.files_per_s:.2g} a second", f"about {duration(state.left_s)} to go"]
        with contextlib.suppress(OSError):
            click.echo(f"progress: {', '.join(counts)}", err=True)

    return Observer(tell, every_s)
