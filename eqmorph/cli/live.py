"""``eqmorph live``: equalize what a device records while it plays."""

from __future__ import annotations

import shutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli.eq_options import eq_request, request_options
from eqmorph.cli.file_options import quiet_option
from eqmorph.cli.grouped import GroupedCommand
from eqmorph.cli.output import duration, say
from eqmorph.cli.signals import SIGNAL_EXIT_CODE, StopEvent, stopped_by_signals
from eqmorph.errors import EqmorphError
from eqmorph.wording import decibels

if TYPE_CHECKING:
    from eqmorph.stream.live import LiveState

_HEADINGS = {
    "Which EQ": ("words", "references", "preset", "bands_text", "amount"),
    "How words are met": (
        *("mode", "to_percentile", "max_gain_db", "refine", "follow", "rate_db"),
        *("kind", "encoder", "model_folder"),
    ),
    "Levels": ("level_text", "ceiling_db"),
    "Devices": ("input_name", "output_name", "list_devices", "sample_rate", "buffer"),
    "Control": ("osc_port", "osc_host", "seconds", "quiet"),
}
#: What the options that it shares with `apply` mean where there are no files.
_HELPS = {
    "references": "Bring the tonal balance near this file's, with --target or alone; several: their average.",
    "mode": "Give the sound what it lacks of the words, or always the words' own EQ. [default: adaptive]",
    "max_gain_db": "Change no frequency by more. [default: 6; 12 with --mode fixed]",
    "to_percentile": "Give as much as brings it to this percentile of the reference: 0.5 is usual, 0.9 is a lot.",
    "refine": "Improve the bands by what they make of the sound. Takes longer.",
    "follow": "Decide by what was heard in the last so many seconds. [default: 10]",
    "rate_db": "Move no frequency faster, in dB a second. [default: 3]",
}
_LINE_EVERY_S = 5.0  # where there is no terminal
_SWITCH_S = 0.0005  # how long one of Python's threads may keep the others waiting
_MOST_WORDS = 3  # of the meter


@click.command(
    short_help="Equalize what is recorded while it plays.",
    cls=GroupedCommand,
    headings=_HEADINGS,
    unlisted=("album", "phase"),
    helps=_HELPS,
)
@request_options
@click.option(
    "--level",
    "level_text",
    type=click.Choice(["match", "keep"]),
    default="match",
    show_default=True,
    help="Stay as loud as the input, by a slow gain, or keep what the EQ makes of it.",
)
@click.option(
    "--ceiling",
    "ceiling_db",
    type=click.FloatRange(-60, 20),
    metavar="DBTP",
    help="True peak to stay under, by a lookahead gain. [default: -1; none with --level keep]",
)
@click.option("--input", "input_name", metavar="NAME", help="Record from this device. [default: the system's]")
@click.option("--output", "output_name", metavar="NAME", help="Play on this device. [default: the system's]")
@click.option("--list-devices", is_flag=True, help="Show the names of all devices and end.")
@click.option(
    "--sample-rate",
    type=click.IntRange(8000, 192_000),
    default=48_000,
    show_default=True,
    metavar="HZ",
    help="Record at this rate: the one the input runs at, or sound may be lost.",
)
@click.option(
    "--buffer",
    type=click.IntRange(32, 8192),
    default=512,
    show_default=True,
    metavar="FRAMES",
    help="Frames that a device takes at once: fewer are heard sooner, more run dry less often.",
)
@click.option(
    "--osc", "osc_port", type=click.IntRange(0, 65_535), metavar="PORT", help="Be controlled by OSC on this UDP port."
)
@click.option(
    "--osc-host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="The interface to be controlled on. Whoever can reach another one can control it.",
)
@click.option("--seconds", type=click.FloatRange(0, min_open=True), metavar="N", help="End after so long.")
@quiet_option
def command(
    words: str | None,
    references: tuple[str, ...],
    preset: str | None,
    bands_text: str | None,
    amount: float,
    model_folder: Path | None,
    level_text: str,
    ceiling_db: float | None,
    input_name: str | None,
    output_name: str | None,
    list_devices: bool,
    sample_rate: int,
    buffer: int,
    osc_port: int | None,
    osc_host: str,
    seconds: float | None,
    quiet: bool,
    **goal: Any,
) -> int:
    """Equalize what a device records and play it on another, until Ctrl-C.

    The EQ follows what it hears: it begins neutral, is decided on anew every half second by the last --follow seconds
    (10), and glides, no frequency faster than --rate. Devices are those of ALSA, and through it PulseAudio, PipeWire
    and JACK; of CoreAudio; and of Windows. Use headphones, or the output comes back in through a microphone.

    \b
    eqmorph live --list-devices
    eqmorph live --target warm:0.5
    eqmorph live --target "clear - harsh" --input "USB Audio" \\
        --output default --buffer 256
    eqmorph live --target clear:0.5 --kind speech --osc 9000
    eqmorph live --bands "LS 120 +3; HS 8k -3" --level keep

    Exit code: 0 after --seconds, 1 a device can't be opened or vanished, 2 usage error, 130 after Ctrl-C, 143
    after SIGTERM.
    """
    if list_devices:
        return _list_devices()
    from eqmorph.level import parse_level
    from eqmorph.stream.asked import resolve_for_stream, stream_eq_of
    from eqmorph.stream.controls import Controls
    from eqmorph.stream.engine import USUAL_WINDOW_S
    from eqmorph.stream.live import Live
    from eqmorph.stream.osc import OscListener
    from eqmorph.stream.sink import AudioStreamSink
    from eqmorph.stream.source import AudioStreamSource

    if goal["follow"] is None and goal["rate_db"] is not None:
        goal["follow"] = USUAL_WINDOW_S
    request = eq_request(words, preset, bands_text, references, amount=amount, model_folder=model_folder, **goal)
    eq = resolve_for_stream(request)
    if not quiet:
        for doubt in eq.doubts:
            click.echo(f"note: {doubt}", err=True)
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    with ExitStack() as stack:
        stack.callback(sys.setswitchinterval, before)
        worker = stack.enter_context(ThreadPoolExecutor(1, "decide"))
        source = AudioStreamSource(name=input_name, sample_rate=sample_rate, buffer=buffer)
        try:
            stream = stream_eq_of(
                request,
                eq,
                source.sample_rate,
                source.channels,
                level=parse_level(level_text),
                ceiling_db=ceiling_db,
                worker=worker,
            )
            sink = AudioStreamSink(source.sample_rate, source.channels, name=output_name, buffer=buffer)
        except EqmorphError:
            source.close()
            raise
        meter = _Meter(quiet=quiet)
        controls = Controls(request, stream, lambda text: meter.note(text))
        if osc_port is not None:
            listener = stack.enter_context(OscListener(osc_port, controls.handle, host=osc_host))
            meter.note(f"controlled by OSC on UDP port {listener.port} of {osc_host}")
        live = Live(source, sink, stream)
        late_s = buffer / source.sample_rate + stream.latency_frames / source.sample_rate + sink.queued_s
        meter.note(f"{source.sample_rate} Hz; heard {1000 * late_s:.0f} ms late. Ctrl-C ends it.")
        stop = StopEvent()
        with stopped_by_signals(stop) as struck:
            try:
                live.run(stop, lambda state: meter.show(state, stop, seconds))
            finally:
                meter.end(live.state)
    return SIGNAL_EXIT_CODE + struck[0] if struck else 0


class _Meter:
    """One line that is written anew on a terminal; elsewhere a line now and then."""

    def __init__(self, *, quiet: bool) -> None:
        self._is_quiet = quiet
        self._is_terminal = sys.stdout.isatty()
        self._told_at = -_LINE_EVERY_S
        self._lock = threading.Lock()

    def show(self, state: LiveState, stop: threading.Event, seconds: float | None) -> None:
        if seconds is not None and state.seconds >= seconds:
            stop.set()
        if self._is_quiet:
            return
        if self._is_terminal:
            columns = shutil.get_terminal_size().columns
            with self._lock:
                click.echo(f"\r{_line(state)[: columns - 1]:<{columns - 1}}", nl=False)
        elif state.seconds >= self._told_at + _LINE_EVERY_S:
            self._told_at = state.seconds
            say(f"{duration(state.seconds)}  {_line(state)}")

    def note(self, text: str) -> None:
        if self._is_quiet:
            return
        with self._lock:
            click.echo(f"\r{text}" + " " * 20 if self._is_terminal else f"note: {text}", err=True)

    def end(self, state: LiveState) -> None:
        if self._is_quiet:
            return
        if self._is_terminal:
            click.echo()
        lost = f", {state.lost_frames} frames lost (try a larger --buffer)" if state.lost_frames else ""
        missed = f", {state.eq.missed} decisions left out" if state.eq.missed else ""
        say(f"Ended after {duration(state.seconds)}: {_underruns(state.underruns)}{lost}{missed}.")


def _line(state: LiveState) -> str:
    from eqmorph.cli.streaming import sounds_like

    parts = [f"in {decibels(state.in_db)}", f"out {decibels(state.out_db)}"]
    decision = state.eq.decision
    if decision is not None:
        for term in decision.goal.terms[:_MOST_WORDS]:
            before, after = decision.before.percentile(term.word), decision.predicted.percentile(term.word)
            parts.append(f"{term.word} {before:.0%} -> {after:.0%}")
    parts.append(sounds_like(state.eq))
    if state.underruns:
        parts.append(_underruns(state.underruns))
    if state.lost_frames:
        parts.append(f"{state.lost_frames} frames lost")
    return "  ".join(parts)


def _underruns(count: int) -> str:
    return f"{count or 'no'} underrun{'' if count == 1 else 's'}"


def _list_devices() -> int:
    from eqmorph.stream.source import device_names

    inputs, outputs = device_names()
    for heading, names in (("Inputs", inputs), ("Outputs", outputs)):
        say(f"{heading}:")
        for name in names or ["(none)"]:
            say(f"  {name}")
    return 0
