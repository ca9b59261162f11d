"""The options that say how files are written and what is told of it, the same for all commands that write audio."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eqmorph.audio.formats import BIT_DEPTHS, FORMATS
from eqmorph.audio.lossy import parse_bitrate
from eqmorph.cli.formats import format_option

if TYPE_CHECKING:
    from eqmorph.level import Level

__all__ = [
    "export_option",
    "html_option",
    "preserve_option",
    "quiet_option",
    "report_option",
    "together_option",
    "trajectory_option",
    "verbose_option",
    "writing_options",
]

together_option = click.option(
    "--together",
    is_flag=True,
    help="Keep the files as loud against each other as they came: where one needs a trim for the ceiling, all get it.",
)
report_option = click.option(
    "--report",
    "report_path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write one line of JSON per file.",
)
html_option = click.option(
    "--html",
    "html_path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a page that shows and plays what was done: see eqmorph report.",
)
trajectory_option = click.option(
    "--trajectory/--no-trajectory",
    "trajectories",
    default=None,
    help="Write what each input is like over time next to its output. [default: for words, into folders]",
)
export_option = format_option(
    "--export", "export", "Write each file's EQ next to its output, as another program keeps it: see eqmorph export."
)
preserve_option = click.option(
    "--preserve",
    metavar="mode,mtime",
    callback=lambda _context, _option, text: tuple(filter(None, text.replace(" ", "").split(","))) if text else (),
    help="Give outputs their source's permissions, whatever the umask is, or its date. [default: neither]",
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
verbose_option = click.option(
    "-v", "--verbose", count=True, help="Print bands and a line a word, however many files; -vv also tracebacks."
)


def _bitrate(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    return parse_bitrate(text) if text is not None else None


def _level(context: click.Context, _option: click.Parameter, text: str) -> Level | None:
    if context.resilient_parsing:  # the Tab key: nothing is loaded for it
        return None
    from eqmorph.level import parse_level

    return parse_level(text)


def writing_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how audio is written."""
    options: list[Callable[..., Any]] = [
        click.option(
            "--format",
            "format_name",
            type=click.Choice(list(FORMATS), case_sensitive=False),
            metavar="NAME",
            help=f"Container to write: {', '.join(FORMATS)}. [default: the source's, or as OUTPUT's extension says]",
        ),
        click.option("--bit-depth", type=click.Choice(list(BIT_DEPTHS)), help="Sample type. [default: the source's]"),
        click.option(
            "--bitrate",
            "bitrate_bps",
            metavar="RATE",
            callback=_bitrate,
            help="Of MP3, AAC (M4A) and Opus: 192k. [default: about 250k for stereo]",
        ),
        click.option(
            "--quality",
            type=click.FloatRange(0, 10),
            metavar="0-10",
            help="Of MP3, AAC, Opus and Vorbis instead: 10 is the best (LAME's V0), 6 is LAME's V4.",
        ),
        click.option(
            "--level",
            metavar="match|keep|LUFS",
            callback=_level,
            default="match",
            show_default=True,
            help="Match the input's loudness, keep what the EQ makes of it, or reach a loudness such as -16.",
        ),
        click.option(
            "--ceiling",
            "ceiling_db",
            type=click.FloatRange(-60, 20),
            metavar="DBTP",
            help="True peak to stay under, by a trim, never a limiter. [default: -1; none with --level keep]",
        ),
        click.option(
            "--dehum",
            type=click.Choice(["auto", "50", "60"]),
            help="Take mains hum out: a notch for each harmonic that stands out, as deep as it does. May come alone.",
        ),
        click.option(
            "--dither",
            type=click.Choice(["auto", "none"]),
            default="auto",
            show_default=True,
            help="Noise of one step where rounding to 24 bits or fewer loses anything; none just rounds.",
        ),
        click.option(
            "--repair", is_flag=True, help="Mute NaN and infinite samples; process what there is of a truncated file."
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function
