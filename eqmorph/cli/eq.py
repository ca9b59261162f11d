"""``eqmorph eq``: show what words, a preset or bands do."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eqmorph.cli import completing
from eqmorph.cli.eq_options import amount_option, bands_option, eq_request, preset_option
from eqmorph.cli.options import model_option, seed_option
from eqmorph.cli.plots import PlotFile, plot_options
from eqmorph.cli.settings import is_typed
from eqmorph.errors import UsageError, show_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from eqmorph.bands import Band, Bands
    from eqmorph.model import Equalizer, SemanticSpace
    from eqmorph.plot.curve import SampledCurve
    from eqmorph.request import EqRequest
    from eqmorph.target import Target

_USUAL_RATE, _LOWEST_RATE = 48_000, 100
_MUCH_LOST = 2 / 3  # of what words do alone: what is said where they keep less
_LOW, _HIGH = 13, 28  # lines for the curve: the fewest that can be read, the most that help


def read_rate(_context: click.Context, _parameter: click.Parameter, text: str) -> int:
    """Read a sample rate such as ``44100`` or ``44.1k``, in Hz."""
    number = text.strip().lower()
    try:
        rate = round(float(number.removesuffix("k")) * (1000 if number.endswith("k") else 1))
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{text!r} is not a sample rate. Write 44100, or 44.1k.") from None
    if rate < _LOWEST_RATE:
        raise click.BadParameter(f"{rate} Hz is too low to equalize; {_LOWEST_RATE} is the least.")
    return rate


@click.command(short_help="Show what words, a preset or bands do.", context_settings={"allow_extra_args": True})
@click.argument("target", required=False, shell_complete=completing.words)
@preset_option
@bands_option
@amount_option
@click.option(
    "--sample-rate",
    callback=read_rate,
    metavar="HZ",
    default=str(_USUAL_RATE),
    show_default=True,
    help="Show what the EQ does at this sample rate.",
)
@click.option(
    "--svg",
    "svg_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the curve as a picture too.",
)
@plot_options("the EQ with its bands; with --variations, what people did for the word")
@click.option("-f", "--force", is_flag=True, help="Overwrite an existing picture.")
@click.option(
    "--variations",
    type=click.IntRange(1, 100),
    metavar="N",
    help="Show N versions of a target, as people would differ.",
)
@seed_option
@model_option
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
    plot: PlotFile | None,
    force: bool,
    variations: int | None,
    seed: int,
    model_folder: Path | None,
    as_json: bool,
) -> int:
    """Show the bands of a TARGET in words, a preset or an EQ written out, and what they do from 20 Hz to 20 kHz.

    The curve is exactly the one that is rendered at the given sample rate.

    \b
    eqmorph eq "warm:0.7 + punchy:-0.3"
    eqmorph eq "warmer, a bit less harsh" --variations 4
    eqmorph eq --preset warm-tape --amount 1.5
    eqmorph eq --bands "LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3" --svg curve.svg
    eqmorph eq "warm + airy:0.3" --plot warm.png
    eqmorph eq cold --variations 3 --plot people.pdf --plot-style dark
    eqmorph eq --preset my-own.toml --json
    """
    if context.args:
        raise UsageError(f"unexpected argument {context.args[0]!r}", hint="Put a target of several words in quotes.")
    if (target, preset, bands_text) == (None, None, None):
        raise UsageError(
            "no EQ is named: a target in words, --preset or --bands", hint='As in: eqmorph eq "warm:0.7 + airy:0.3"'
        )
    if force and svg_path is None and plot is None:
        raise UsageError("--force requires --svg or --plot: there is nothing else to overwrite")
    if variations is not None:
        if target is None:
            raise UsageError("--variations requires a target in words")
        for name, value in (("--preset", preset), ("--bands", bands_text), ("--svg", svg_path)):
            if value is not None:
                raise UsageError(f"--variations and {name} can't be combined", hint=f"Leave out {name}.")
        for option in ("amount", "sample_rate"):
            if is_typed(context, option):
                name = "--" + option.replace("_", "-")
                hint = "Weight the words instead: warm:0.5." if option == "amount" else f"Leave out {name}."
                raise UsageError(f"--variations and {name} can't be combined", hint=hint)
        return _show_variations(target, variations, seed, model_folder, as_json, plot)
    request = eq_request(target, preset, bands_text, amount=amount, model_folder=model_folder)
    return show_eq(request, sample_rate, svg_path=svg_path, plot=plot, force=force, as_json=as_json)


def show_eq(
    request: EqRequest,
    sample_rate: int = _USUAL_RATE,
    *,
    svg_path: Path | None = None,
    plot: PlotFile | None = None,
    force: bool = False,
    as_json: bool = False,
) -> int:
    """Show what an EQ is by itself, before any sound is heard; return the exit code."""
    eq = request.resolve_fixed()
    choice = eq.decide(sample_rate)
    bands, equalizer = choice.bands, eq.equalizer
    curves = bands.sampled_routes(sample_rate)
    name, description = _name(request, equalizer), _description(request, equalizer)
    notes = (*(eq.doubts if equalizer is None else _doubts(equalizer)), *choice.notes)
    title = _title(name, request.amount, sample_rate)
    if svg_path is not None:
        from eqmorph.cli.pictures import write_picture
        from eqmorph.plot.svg import svg_document

        picture = svg_document(curves, title=title or str(bands), description=description)
        write_picture(svg_path, picture, overwrite=force)
    if as_json:
        _print_json(name, description, equalizer, bands, request.amount, sample_rate, notes)
    else:
        _print(title, description, bands, curves, notes)
    if svg_path is not None:
        click.echo(f"The curve is in {show_path(svg_path)}", err=as_json)
    if plot is not None:
        from eqmorph.figures.eq import eq_figure

        picture_of_bands = bands.picture(sample_rate)
        plot.draw(lambda style: eq_figure(picture_of_bands, style, title=title or str(bands), note=description))
    return 0


def _name(request: EqRequest, equalizer: Equalizer | None) -> str:
    """Return what an EQ is called; empty for plain bands."""
    words = str(equalizer.target) if equalizer is not None else ""
    if request.preset is None:
        return words
    return f"{request.preset.name} ({words})" if words else request.preset.name


def _description(request: EqRequest, equalizer: Equalizer | None) -> str:
    """Return a preset's own description, and what words do."""
    own = request.preset.description if request.preset is not None else ""
    return " ".join(filter(None, [own, _what_words_do(equalizer) if equalizer is not None else ""]))


def _what_words_do(equalizer: Equalizer) -> str:
    does = equalizer.description
    sentences = [f"{does[:1].upper()}{does[1:]}."]
    if equalizer.confidence is not None:
        sentences.append(_how_known(equalizer))
    if equalizer.scale < 1:  # never "100%": turned down by a hair is still turned down
        share = f"{min(equalizer.scale, 0.99):.0%}"
        sentences.append(f"Turned down to {share} to stay within {equalizer.limit_db:g} dB.")
    return " ".join(sentences)


def _doubts(equalizer: Equalizer) -> tuple[str, ...]:
    """Return what to say of words beside how they are known."""
    return tuple(term.doubt for term in equalizer.terms if term.doubt is not None and not term.is_derived)


def _how_known(equalizer: Equalizer) -> str:
    """Say how surely the words are known, and through which others one is that nobody was asked about."""
    derived = [term for term in equalizer.terms if term.is_derived]
    lost = f": the words keep {equalizer.kept:.0%} of what each does alone" if equalizer.kept < _MUCH_LOST else ""
    confidence = f"confidence {equalizer.confidence:.2f}{lost}."
    if not derived:
        return confidence.capitalize()
    if len(equalizer.terms) == 1:
        return f"Through {', '.join(derived[0].through)}; {confidence}"
    through = "; ".join(f"{term.word} through {', '.join(term.through)}" for term in derived)
    return f"{through[:1].upper()}{through[1:]}; {confidence}"


def _title(name: str, amount: float, sample_rate: int) -> str:
    """Return the name, with the amount and rate unless they are the usual ones; empty for plain bands."""
    facts = [
        name,
        f"amount {amount:g}" if amount != 1 else "",
        f"at {sample_rate} Hz" if sample_rate != _USUAL_RATE else "",
    ]
    return ", ".join(fact for fact in facts if fact)


def _print(title: str, description: str, bands: Bands, curves: Sequence[SampledCurve], notes: Sequence[str]) -> None:
    from eqmorph.cli.output import listing, one_line, paint

    lines = []
    title, description = one_line(title), one_line(description)
    if title or description:
        head = [part for part in (title, description) if part]
        first, *more = listing([head])
        lines = [first.replace(title, paint(title, bold=True), 1) if title else first, *more, ""]
    lines += _table(bands) or ["no bands: it changes nothing"]
    lines += listing([(f"note: {note}",) for note in notes])
    for curve in curves:
        lines += ["", *([paint(curve.name, bold=True)] if curve.name else [])]
        lines += _drawn(curve, lines_taken=len(lines) + 1)
    for line in lines:
        click.echo(line)


def _table(bands: Bands) -> list[str]:
    """Return a line for each band: kind, frequency, gain and Q."""
    from eqmorph.cli.output import table

    digits = 1 if all(_rounds_to(band.gain_db, 1) for band in bands) else 2
    rows = [
        (
            band.spoken_name,
            f"{_hertz(band)} Hz",
            f"{_gain(band, digits)} dB" if band.has_gain else f"{band.slope_db} dB/oct" if band.slope_db else "",
            f"Q {band.q:.2f}" if band.has_q else "",
        )
        for band in bands
    ]
    return table(rows, right=(1, 2))


def _hertz(band: Band) -> str:
    return f"{band.freq_hz:.0f}" if band.freq_hz >= 1000 else f"{round(band.freq_hz, 1):g}"


def _gain(band: Band, digits: int) -> str:
    gain_db = round(band.gain_db, digits)
    return f"{gain_db:+.{digits}f}" if gain_db else f"{0:.{digits}f}"


def _rounds_to(value: float, digits: int) -> bool:
    """Tell whether so many digits show as much as two do."""
    return round(value, digits) == round(value, 2)


def _drawn(curve: SampledCurve, *, lines_taken: int) -> list[str]:
    """Draw the curve as wide as the terminal, and as high as looks well and fits under what is printed."""
    from eqmorph.cli.output import can_print, paint
    from eqmorph.plot.terminal import draw_curve

    size = shutil.get_terminal_size()
    height = min(size.columns // 6 + 2, _HIGH)
    if sys.stdout.isatty():
        height = max(min(height, size.lines - lines_taken), _LOW)
    # One column less: some terminals wrap a line that fills them.
    lines = draw_curve(curve, width=size.columns - 1, height=height, ascii_only=not can_print("⣿┈┊┼─"))
    styles: dict[str, dict[str, Any]] = {
        "curve": {"fg": "cyan", "bold": True},
        "grid": {"fg": "bright_black"},
        "zero": {"fg": "bright_black"},
        "label": {},
    }
    return ["".join(paint(text, **styles[role]) for text, role in line) for line in lines]


def _print_json(
    name: str,
    description: str,
    equalizer: Equalizer | None,
    bands: Bands,
    amount: float,
    sample_rate: int,
    notes: Sequence[str],
) -> None:
    from eqmorph.bands import erb_points
    from eqmorph.cli.output import print_json

    def points(curve: SampledCurve) -> dict[str, list[float]]:
        freqs_hz, gain_db = erb_points(curve)
        return {"freqs_hz": freqs_hz.tolist(), "gain_db": gain_db.tolist()}

    print_json(
        {
            "name": name or None,
            "description": description or None,
            "confidence": equalizer.confidence if equalizer is not None else None,
            "evidence": {term.word: term.evidence() for term in equalizer.terms} if equalizer is not None else {},
            "scale": equalizer.scale if equalizer is not None else None,
            "amount": amount,
            "sample_rate": sample_rate,
            "bands": bands.to_list(),
            "notes": list(notes),
            "curve": points(bands.sampled(sample_rate)),
            "channels": {
                curve.name: points(curve) for curve in bands.sampled_routes(sample_rate) if bands.channels != ("both",)
            },
        }
    )


def _show_variations(
    target: str, count: int, seed: int, model_folder: Path | None, as_json: bool, plot: PlotFile | None
) -> int:
    from eqmorph.cli.output import listing, print_json
    from eqmorph.model import load_space
    from eqmorph.model.variations import variations
    from eqmorph.request import EqRequest

    space = load_space(model_folder)
    asked = EqRequest(target).target_in(space)
    versions = variations(space, asked, count, seed=seed)
    if len(versions) < count:
        click.echo(f"note: people differ in only {len(versions)} distinct ways here, not in {count}", err=True)
    if as_json:
        print_json([{"description": _what_words_do(v), "bands": v.bands.to_list()} for v in versions])
    for number, version in enumerate(versions if not as_json else (), start=1):
        for line in [
            *listing([(f"{number}", _what_words_do(version))]),
            *(f"   {row}" for row in _table(version.bands)),
            "",
        ]:
            click.echo(line)
    if plot is not None:
        _plot_variations(space, asked, [version.bands for version in versions], plot)
    return 0


def _plot_variations(space: SemanticSpace, target: Target, versions: Sequence[Bands], plot: PlotFile) -> None:
    """Draw versions of a target, over what people did for the word if it is a single one."""
    from eqmorph.figures.eq import eq_figure
    from eqmorph.figures.words import people_figure
    from eqmorph.plot.shown import EqPicture
    from eqmorph.train.word_people import FEWEST, people_of

    curves = tuple(bands.sampled(name=f"version {number}") for number, bands in enumerate(versions, start=1))
    words = [term.word for term in target.terms]
    if len(words) == 1 and len(space.rows_of(words[0])) >= FEWEST:
        people = people_of(space, words[0], versions)
        sense = space.terms[words[0]].other_sense
        note = f"People mean two things by it: {sense}." if sense is not None else "What each did, at one strength."
        plot.draw(lambda style: people_figure(people, style, title=str(target), note=note))
        return
    picture = EqPicture(curves)
    plot.draw(lambda style: eq_figure(picture, style, title=str(target), note="Versions, as people would differ."))
