"""``eqmorph eq``: show what words, a preset or bands do."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from eqmorph.cli.chosen import amount_option, bands_option, chosen_eq, preset_option, target_of
from eqmorph.cli.options import model_option, seed_option
from eqmorph.errors import UsageError, show_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from eqmorph.bands import Band, Bands
    from eqmorph.cli.chosen import Chosen
    from eqmorph.plot import SampledCurve

_USUAL_RATE, _LOWEST_RATE = 48_000, 100
_KIND_NAMES = {"low_shelf": "low shelf", "bell": "bell", "high_shelf": "high shelf"}
_LOW, _HIGH = 13, 28  # lines for the curve: the least that can be read, the most that help


def _rate(_context: click.Context, _parameter: click.Parameter, text: str) -> int:
    """``44100`` or ``44.1k``, in Hz."""
    number = text.strip().lower()
    try:
        rate = round(float(number.removesuffix("k")) * (1000 if number.endswith("k") else 1))
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{text!r} is no sample rate. Write 44100, or 44.1k.") from None
    if rate < _LOWEST_RATE:
        raise click.BadParameter(f"{rate} Hz is too low to equalize; {_LOWEST_RATE} is the least.")
    return rate


@click.command(short_help="Show what words, a preset or bands do.", context_settings={"allow_extra_args": True})
@click.argument("target", required=False)
@preset_option
@bands_option
@amount_option
@click.option(
    "--sample-rate",
    callback=_rate,
    metavar="HZ",
    default=str(_USUAL_RATE),
    show_default=True,
    help="What it does to audio of this rate.",
)
@click.option(
    "--svg",
    "svg_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the curve as a picture too.",
)
@click.option("-f", "--force", is_flag=True, help="Overwrite the picture if it is there.")
@click.option(
    "--variations", type=click.IntRange(1, 100), metavar="N", help="N versions of a target, as people differ."
)
@seed_option
@model_option
@click.option("-l", "--list", "as_list", is_flag=True, help="List all presets: the shipped ones and your own.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def command(
    context: click.Context,
    target: str | None,
    preset: str | None,
    bands_text: str | None,
    amount: float,
    sample_rate: int,
    svg_path: Path | None,
    force: bool,
    variations: int | None,
    seed: int,
    model_folder: Path | None,
    as_list: bool,
    as_json: bool,
) -> int:
    """Show the bands that a TARGET in words, a preset or an EQ written out has, and what they do from 20 Hz to 20 kHz.

    The curve is the one that rendering has: exact, and at the sample rate asked for.

    \b
    eqmorph eq "warm:0.7 + punchy:-0.3"
    eqmorph eq "warmer, a bit less harsh" --variations 4
    eqmorph eq --list
    eqmorph eq --preset warm-tape --amount 1.5
    eqmorph eq --bands "LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3" --svg curve.svg
    eqmorph eq --preset my-own.toml --json
    """
    if context.args:
        raise UsageError(
            f"can't tell what {context.args[0]!r} means here", hint="Put a target of several words in quotes."
        )
    if as_list:
        if any(value is not None for value in (target, preset, bands_text, svg_path, variations)):
            raise UsageError("--list shows all presets, and goes with --json only")
        return _list_presets(as_json)
    if force and svg_path is None:
        raise UsageError("--force goes with --svg: there is nothing else to overwrite")
    if variations is not None:
        if target is None or svg_path is not None:
            raise UsageError("--variations goes with a target in words, and with --json only")
        for option in ("amount", "sample_rate"):
            if context.get_parameter_source(option) is not ParameterSource.DEFAULT:
                name = "--" + option.replace("_", "-")
                hint = "Weigh the words instead: warm:0.5." if option == "amount" else f"Leave out {name}."
                raise UsageError(f"--variations and {name} don't go together", hint=hint)
        return _show_variations(target, variations, seed, model_folder, as_json)
    chosen = chosen_eq(target, preset, bands_text, model_folder=model_folder, amount=amount)
    from eqmorph.plot import sample_curve

    fit_for_rate = chosen.bands.at_rate(sample_rate)
    bands = fit_for_rate.bands
    if chosen.words is not None:
        from eqmorph.model.at_rate import limited_at_rate

        bands = limited_at_rate(chosen.bands, sample_rate, chosen.words.limit_db)
    elif amount != 1:  # not scaled by 1: that would leave out what has no gain, and the table shows it
        bands = bands.scaled(amount, sample_rate)
    curve = sample_curve(bands, sample_rate)
    title = _title(chosen, amount, sample_rate)
    if svg_path is not None:
        _write_svg(svg_path, curve, title or str(bands), chosen.description, force)
    if as_json:
        _print_json(chosen, bands, curve, amount, sample_rate, fit_for_rate.notes)
    else:
        _print(title, chosen.description, bands, curve, fit_for_rate.notes)
    if svg_path is not None:
        click.echo(f"The curve is in {show_path(svg_path)}", err=as_json)
    return 0


def _title(chosen: Chosen, amount: float, sample_rate: int) -> str:
    """The name and what was asked for beside it; empty for plain bands."""
    facts = [
        chosen.name,
        f"amount {amount:g}" if amount != 1 else "",
        f"at {sample_rate} Hz" if sample_rate != _USUAL_RATE else "",
    ]
    return ", ".join(fact for fact in facts if fact)


def _print(title: str, description: str, bands: Bands, curve: SampledCurve, notes: Sequence[str]) -> None:
    from eqmorph.cli.output import listing, paint

    lines = []
    if title or description:
        head = [part for part in (title, description) if part]
        first, *more = listing([head])
        lines = [first.replace(title, paint(title, bold=True), 1) if title else first, *more, ""]
    lines += _table(bands) or ["no bands: it changes nothing"]
    lines += listing([(f"note: {note}",) for note in notes])
    lines.append("")
    for line in [*lines, *_drawn(curve, lines_taken=len(lines) + 1)]:
        click.echo(line)


def _table(bands: Bands) -> list[str]:
    """Kind, frequency, gain and Q of each band, one a line."""
    from eqmorph.cli.output import table

    digits = 1 if all(_rounds_to(band.gain_db, 1) for band in bands) else 2
    rows = [
        (_KIND_NAMES[band.kind], f"{_hertz(band)} Hz", f"{_gain(band, digits)} dB", f"Q {band.q:.2f}") for band in bands
    ]
    return table(rows, right=(1, 2))


def _hertz(band: Band) -> str:
    return f"{band.freq_hz:.0f}" if band.freq_hz >= 1000 else f"{round(band.freq_hz, 1):g}"


def _gain(band: Band, digits: int) -> str:
    gain_db = round(band.gain_db, digits)
    return f"{gain_db:+.{digits}f}" if gain_db else f"{0:.{digits}f}"


def _rounds_to(value: float, digits: int) -> bool:
    """Whether so many digits show all that two show."""
    return round(value, digits) == round(value, 2)


def _drawn(curve: SampledCurve, *, lines_taken: int) -> list[str]:
    """The curve, as wide as the terminal, and as high as looks well beside that and fits under what is printed."""
    from eqmorph.cli.output import can_print, paint
    from eqmorph.plot import draw_curve

    size = shutil.get_terminal_size()
    height = min(size.columns // 6 + 2, _HIGH)
    if sys.stdout.isatty():
        height = max(min(height, size.lines - lines_taken), _LOW)
    # One column less: some terminals break a line that fills them.
    lines = draw_curve(curve, width=size.columns - 1, height=height, ascii_only=not can_print("⣿┈┊┼─"))
    styles: dict[str, dict[str, Any]] = {
        "curve": {"fg": "cyan", "bold": True},
        "grid": {"fg": "bright_black"},
        "zero": {"fg": "bright_black"},
        "label": {},
    }
    return ["".join(paint(text, **styles[role]) for text, role in line) for line in lines]


def _print_json(
    chosen: Chosen, bands: Bands, curve: SampledCurve, amount: float, sample_rate: int, notes: Sequence[str]
) -> None:
    from eqmorph.cli.output import print_json

    freqs_hz, gain_db = curve.erb_points()
    print_json(
        {
            "name": chosen.name or None,
            "description": chosen.description or None,
            "confidence": chosen.words.confidence if chosen.words else None,
            "scale": chosen.words.scale if chosen.words else None,
            "amount": amount,
            "sample_rate": sample_rate,
            "bands": bands.to_list(),
            "notes": list(notes),
            "curve": {"freqs_hz": freqs_hz.tolist(), "gain_db": gain_db.tolist()},
        }
    )


def _show_variations(target: str, count: int, seed: int, model_folder: Path | None, as_json: bool) -> int:
    from eqmorph.cli.output import listing, print_json
    from eqmorph.model import load_space, variations

    space = load_space(model_folder)
    versions = [target_of(version) for version in variations(space, space.target(target), count, seed=seed)]
    if len(versions) < count:
        click.echo(f"note: people differ in {len(versions)} distinct ways here, not in {count}", err=True)
    if as_json:
        print_json([{"description": v.description, "bands": v.bands.to_list()} for v in versions])
        return 0
    for number, version in enumerate(versions, start=1):
        for line in [
            *listing([(f"{number}", version.description)]),
            *(f"   {row}" for row in _table(version.bands)),
            "",
        ]:
            click.echo(line)
    return 0


def _write_svg(path: Path, curve: SampledCurve, title: str, description: str, force: bool) -> None:
    from eqmorph.audio.atomic import AtomicFile, explain_os_error
    from eqmorph.plot import svg_document

    if path.suffix.lower() != ".svg":
        raise UsageError(
            f"{show_path(path)} is no name for a picture", hint="It is written as SVG: end the name in .svg"
        )
    if path.is_dir():
        raise UsageError(f"{show_path(path)} is a folder", hint="Name a file in it.")
    with AtomicFile(path, overwrite=force) as out:
        try:
            out.temp.write_bytes(svg_document([curve], title=title, description=description).encode())
        except OSError as error:
            raise explain_os_error(error, path) from error
        out.commit()


def _list_presets(as_json: bool) -> int:
    from eqmorph.cli.output import listing, print_error, print_json
    from eqmorph.errors import EqmorphError
    from eqmorph.presets import list_presets, read_preset, user_preset_folder

    own_folder = user_preset_folder()
    found, unreadable = [], []
    for name, path in sorted(list_presets().items()):
        origin = "own" if path.parent == own_folder else "shipped"
        try:
            found.append((name, origin, read_preset(path).description, path))
        except EqmorphError as error:
            unreadable.append(error)
    if as_json:
        keys = ("name", "origin", "description")
        presets = [dict(zip(keys, facts, strict=True), file=str(path)) for *facts, path in found]
        print_json({"presets": presets, "own_folder": str(own_folder)})
    else:
        for line in listing([(name, origin, description) for name, origin, description, _ in found]):
            click.echo(line)
        click.echo(f"\nYour own go into {show_path(own_folder)}")
    for problem in unreadable:
        print_error(problem)
    return 1 if unreadable else 0
