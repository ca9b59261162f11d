"""``eqmorph compare``: a sound beside what it is to be like."""

from __future__ import annotations

from pathlib import Path

import click

from eqmorph.cli.eq_options import amount_option, reference_option
from eqmorph.cli.options import json_option, kind_option, model_option
from eqmorph.errors import UsageError


@click.command(short_help="Show a sound beside a reference.")
@click.argument("song", type=click.Path(path_type=Path))
@reference_option
@click.option("--target", "words", metavar="WORDS", help="What is to differ from the reference, in words.")
@amount_option
@click.option(
    "--max-gain",
    "max_gain_db",
    type=click.FloatRange(0.1, 12.0),
    metavar="DB",
    help="Change no frequency by more. [default: 6]",
)
@kind_option
@model_option
@json_option
def command(
    song: Path,
    references: tuple[str, ...],
    words: str | None,
    amount: float,
    max_gain_db: float | None,
    kind: str,
    model_folder: Path | None,
    as_json: bool,
) -> int:
    """Show SONG beside a reference by third-octaves: both, the difference, the EQ, and what is left.

    Levels are in dB against each one's own mean, the EQ is what `apply` would do, and nothing is written.

    \b
    eqmorph compare song.wav --reference hit.wav
    eqmorph compare song.wav --reference hits/ --max-gain 12
    eqmorph compare song.wav --reference bright-pop --json
    """
    if not references:
        raise UsageError("there is nothing to compare with", hint="Name a reference: --reference hit.wav")
    from eqmorph.cli.compare_reference import show

    how = {"amount": amount, "max_gain_db": max_gain_db, "kind": kind, "model_folder": model_folder}
    return show(song, references, words, as_json=as_json, **how)
