"""``apply - - --follow``: a stream from stdin to stdout, equalized as it comes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, cast

import click

from eqmorph.cli.output import duration, refuse_unread_stdout
from eqmorph.cli.signals import SIGNAL_EXIT_CODE
from eqmorph.errors import OutputError, UsageError
from eqmorph.wording import decibels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import BufferedReader

    from eqmorph.level import Level
    from eqmorph.request import EqRequest
    from eqmorph.stream.engine import StreamState
    from eqmorph.stream.pipe import Streamed

__all__ = ["sounds_like", "stream_pipes"]

_WORTH_SAYING_DB = 0.1


def stream_pipes(
    request: EqRequest,
    *,
    raw: str | None,
    bit_depth: str | None,
    level: Level,
    ceiling_db: float | None,
    unfit: Mapping[str, object],
    quiet: bool,
) -> int:
    """Equalize stdin into stdout and return the exit code.

    Args:
        request: which EQ, and how it follows.
        raw: what stdin holds, where it has no header.
        bit_depth: of the output.
        level: ``match`` or ``keep``.
        ceiling_db: the true peak to stay under.
        unfit: options that a stream can't have, and what each is set to; all must be left out.
        quiet: whether nothing but errors is said.
    """
    for option, value in unfit.items():
        if value:
            raise UsageError(
                f"{option} can't be had of a stream, which is written as it comes",
                hint=f"Leave it out, or read and write files: eqmorph apply in.wav out.wav --follow {option} ...",
            )
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("stdin is a terminal, not audio", hint="Pipe a WAV into it: ... | eqmorph apply - - --follow")
    refuse_unread_stdout("Pipe it on: eqmorph apply - - --follow ... | ffplay -i -")
    from eqmorph.stream.asked import asks_for_nothing, resolve_for_stream, stream_eq_of
    from eqmorph.stream.engine import StreamEq
    from eqmorph.stream.pipe import stream
    from eqmorph.stream.samples import parse_raw

    form = parse_raw(raw) if raw is not None else None
    eq = resolve_for_stream(request)
    if not quiet:
        for doubt in eq.doubts:
            click.echo(f"note: {doubt}", err=True)

    def make_eq(sample_rate: int, channels: int) -> StreamEq:
        return stream_eq_of(request, eq, sample_rate, channels, level=level, ceiling_db=ceiling_db)

    make_eq(48_000, 2)  # what can't be is refused before anything is read
    try:
        done = stream(
            cast("BufferedReader", sys.stdin.buffer),
            sys.stdout.buffer,
            None if asks_for_nothing(request) else make_eq,
            raw=form,
            bit_depth=bit_depth,
        )
    except OutputError:
        _drop_what_is_left()
        raise
    if not quiet:
        for line in _told(done):
            click.echo(line, err=True)
    return 0 if done.ended_by is None else SIGNAL_EXIT_CODE + done.ended_by


def _drop_what_is_left() -> None:
    """Send what stdout still holds nowhere: Python would try to write it once more at exit, and fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _told(done: Streamed) -> list[str]:
    """Say what went through and what became of it."""
    seconds = duration(done.frames / done.sample_rate)
    line = f"stdin -> stdout  {seconds}"
    state = done.state
    if state is not None:
        line += f"  in the end: {sounds_like(state)}"
    notes = []
    if done.short_by:
        notes.append(f"the input ended {duration(done.short_by / done.sample_rate)} before its header says")
    if done.clipped_samples:
        notes.append(f"{done.clipped_samples} samples were clipped: use --bit-depth 32f, or leave out --level keep")
    if state is not None and state.muted_samples:
        notes.append(f"{state.muted_samples} samples were not audio and were muted")
    if state is not None and state.lookahead_db < -_WORTH_SAYING_DB:
        notes.append(f"the lookahead gain went down to {decibels(state.lookahead_db)} to stay under the ceiling")
    return [line, *(f"  note: {note}" for note in notes)]


def sounds_like(state: StreamState) -> str:
    """Say in an engineer's words what an EQ does, and its gain."""
    from eqmorph.model.describe import describe_curve
    from eqmorph.model.settings import GRID_HZ

    gain = f", {decibels(state.gain_db, signed=True)}" if abs(state.gain_db) >= _WORTH_SAYING_DB else ""
    return describe_curve(state.bands.held_response_db(GRID_HZ, 48_000)) + gain
