"""``eqmorph export``: an EQ as other programs keep it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eqmorph.cli import completing
from eqmorph.cli.eq_options import amount_option, bands_option, eq_request, preset_option
from eqmorph.cli.formats import FormatListCommand, format_option, say_notes
from eqmorph.cli.options import model_option
from eqmorph.errors import InputError, UsageError, show_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eqmorph.cli.reports import Reported
    from eqmorph.exchange import Format, Written

_HIGHEST_AT_44K = 0.45 * 44_100


def _rate(context: click.Context, parameter: click.Parameter, text: str | None) -> int | None:
    from eqmorph.cli.eq import read_rate

    return None if text is None else read_rate(context, parameter, text)


@click.command(
    short_help="Write an EQ as other programs keep it.",
    cls=FormatListCommand,
    context_settings={"allow_extra_args": True},
)
@click.argument("target", required=False, shell_complete=completing.words)
@preset_option
@bands_option
@click.option(
    "--from",
    "report_path",
    type=click.Path(path_type=Path),
    metavar="REPORT",
    help="The EQs that files got: a report or the --json of apply.",
)
@click.option("--file", "file_name", metavar="NAME", help="With --from: this file's.")
@format_option("--to", "fmt", "How to write it; see below.  [required]")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=str),
    metavar="FILE|FOLDER",
    help="Where to; with --from, a folder gets all. [default: stdout]",
)
@amount_option
@click.option(
    "--sample-rate",
    callback=_rate,
    metavar="HZ",
    help="Write what is rendered at this sample rate. [default: 48000]",
)
@click.option("--name", metavar="TEXT", help="What the other program is to call it.")
@click.option("-f", "--force", is_flag=True, help="Overwrite existing files.")
@model_option
@click.pass_context
def command(
    context: click.Context,
    target: str | None,
    preset: str | None,
    bands_text: str | None,
    report_path: Path | None,
    file_name: str | None,
    fmt: Format | None,
    out: str | None,
    amount: float,
    sample_rate: int | None,
    name: str | None,
    force: bool,
    model_folder: Path | None,
) -> int:
    """Write the EQ of a TARGET in words, a preset, bands or a report as another program keeps it.

    What a format can't hold is replaced by what comes nearest, and a note says how far that is off. Where a format has
    a preamp, it is what keeps sounds from clipping.

    \b
    eqmorph export "warm:0.7" --to apo
    eqmorph export --preset air --to ffmpeg
    eqmorph export --bands "HP 80; PK 300 -3" --to sox
    eqmorph export --bands AutoEq.txt --to poweramp -o phone.json
    eqmorph export --preset de-mud --to ir --sample-rate 44.1k -o de-mud.wav
    eqmorph export --from report.jsonl --file song.wav --to csv
    eqmorph export --from report.jsonl --to apo -o eqs/
    ffmpeg -i in.wav -af "$(eqmorph export --preset air --to ffmpeg)" out.wav
    sox in.wav out.wav $(eqmorph export --preset air --to sox)
    """
    if context.args:
        raise UsageError(f"unexpected argument {context.args[0]!r}", hint="Put a target of several words in quotes.")
    if (target, preset, bands_text, report_path) == (None, None, None, None):
        raise UsageError(
            "no EQ is named: a target in words, --preset, --bands or --from",
            hint='As in: eqmorph export "warm:0.7" --to apo',
        )
    if fmt is None:
        from eqmorph.exchange import FORMATS

        raise UsageError("no format is named: --to", hint=f"Formats are {', '.join(one.name for one in FORMATS)}.")
    if force and out is None:
        raise UsageError("--force requires --out: there is nothing to overwrite")
    if out is None and fmt.suffix == ".wav" and sys.stdout.isatty():
        raise UsageError(f"{fmt.name} is no text for a terminal", hint="Name a file: -o eq.wav")
    if out is not None and fmt.suffix == ".wav":
        _refuse_other_suffix(fmt, Path(out))
    if report_path is not None:
        for option, value in (("a target", target), ("--preset", preset), ("--bands", bands_text)):
            if value is not None:
                raise UsageError(f"--from and {option} can't be combined", hint="Leave out one of them.")
        if amount != 1:
            raise UsageError("--from and --amount can't be combined", hint="A report tells of EQs as they were.")
        return _from_report(report_path, file_name, fmt, out, sample_rate, name, force=force)
    if file_name is not None:
        raise UsageError("--file requires --from: it is one of a report's")
    from eqmorph.exchange import write_eq
    from eqmorph.exchange.format import USUAL_RATE

    request = eq_request(target, preset, bands_text, amount=amount, model_folder=model_folder)
    eq = request.resolve_fixed()
    choice = eq.decide(sample_rate or USUAL_RATE)
    own = request.preset.name if request.preset is not None else target or "eqmorph"
    written = write_eq(choice.bands, fmt, sample_rate=sample_rate, name=name or own)
    notes = [*eq.doubts, *choice.notes, *written.notes]
    if sample_rate is None and any(band.freq_hz > _HIGHEST_AT_44K for band in choice.bands):
        notes.append("it holds for sounds of 48 kHz and more; --sample-rate 44100 is for others")
    say_notes(notes)
    return _put(written, None if out is None else Path(out), force=force)


def _refuse_other_suffix(fmt: Format, path: Path) -> None:
    """Refuse a name that stands for another kind of sound file than the one that is written."""
    from eqmorph.audio.formats import AUDIO_SUFFIXES, format_of_suffix

    suffix = path.suffix.lower()
    is_other = suffix in AUDIO_SUFFIXES and format_of_suffix(suffix) != format_of_suffix(fmt.suffix)
    if is_other and not path.is_dir():
        raise UsageError(
            f"{fmt.name} is written as {fmt.suffix}, not as {suffix}",
            hint=f"Name it {path.with_suffix(fmt.suffix).name}.",
        )


def _from_report(
    path: Path,
    file_name: str | None,
    fmt: Format,
    out: str | None,
    sample_rate: int | None,
    name: str | None,
    *,
    force: bool,
) -> int:
    """Write one EQ of a report, or all into a folder."""
    from eqmorph.cli.reports import pick_reported, read_report
    from eqmorph.exchange import write_eq

    try:
        reported = read_report(path)
    except InputError as error:  # nothing was touched
        raise UsageError(error.problem, hint=error.remedy, path=error.path) from error
    if out is not None and file_name is None and (out.endswith(("/", "\\")) or Path(out).is_dir()):
        return _all_of(reported, Path(out), fmt, sample_rate, force=force)
    one = pick_reported(reported, file_name, path)
    written = write_eq(one.bands, fmt, sample_rate=sample_rate, name=name or one.output.stem)
    say_notes(written.notes)
    return _put(written, None if out is None else Path(out), force=force)


def _all_of(reported: Sequence[Reported], folder: Path, fmt: Format, sample_rate: int | None, *, force: bool) -> int:
    from eqmorph.audio.atomic import refuse_taken
    from eqmorph.exchange import write_eq

    paths = [folder / _beside_in(one.output, fmt) for one in reported]
    doubled = {path for path in paths if paths.count(path) > 1} if len(set(paths)) < len(paths) else set()
    if doubled:
        raise UsageError(
            f"{len(doubled)} of the report's files have names in common, such as {show_path(min(doubled))}",
            hint="Write them one by one, with --file.",
        )
    if not force:
        refuse_taken(paths)
    for one, path in zip(reported, paths, strict=True):
        written = write_eq(one.bands, fmt, sample_rate=sample_rate, name=one.output.stem)
        say_notes(written.notes, of=f"{show_path(one.output.name)}: ")
        _put(written, path, force=force)
    click.echo(f"{len(paths)} EQs are in {show_path(folder)}", err=True)
    return 0


def _beside_in(output: Path, fmt: Format) -> str:
    return fmt.beside(output).name


def _put(written: Written, path: Path | None, *, force: bool) -> int:
    """Write to a file, which appears when it is complete, or to stdout."""
    if path is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(written.data)
        if sys.stdout.isatty() and not written.data.endswith(b"\n"):
            sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
        return 0
    from eqmorph.audio.atomic import AtomicFile, explain_os_error

    with AtomicFile(path, overwrite=force) as out:
        try:
            out.temp.write_bytes(written.data)
        except OSError as error:
            raise explain_os_error(error, path) from error
        out.commit()
    return 0
