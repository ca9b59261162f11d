"""``eqmorph target``: how words are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli import completing
from eqmorph.cli.options import json_option, model_option
from eqmorph.errors import UsageError

if TYPE_CHECKING:
    from eqmorph.language import Piece
    from eqmorph.target import Reading


@click.command(short_help="Show how words are read.", context_settings={"allow_extra_args": True})
@click.argument("text", metavar="TARGET", shell_complete=completing.words)
@model_option
@json_option
@click.pass_context
def command(context: click.Context, text: str, model_folder: Path | None, as_json: bool) -> None:
    """Show how a TARGET in words is read, part by part, and how it could be written exactly.

    What can't be read, or could be meant in two ways, is refused with what was understood so far. The grammar is in
    docs/targets.md.

    \b
    eqmorph target "warm without mud"
    eqmorph target "too dark, and tame the harshness around 3k"
    eqmorph target "quiero que suene más cálido y menos áspero"
    eqmorph target "a bit more air, but keep the warmth" --json
    """
    from eqmorph.cli.output import print_json
    from eqmorph.model.eq_model import load_model

    if context.args:
        raise UsageError(f"unexpected argument {context.args[0]!r}", hint="Put a target of several words in quotes.")
    reading = load_model(model_folder).read(text)
    if as_json:
        print_json(_as_data(reading))
        return
    for line in _lines(reading):
        click.echo(line)


def _lines(reading: Reading) -> list[str]:
    from eqmorph.cli.output import listing, one_line

    rows = [(one_line(piece.text), _weights(piece), piece.why) for piece in reading.pieces]
    return [*listing(rows), "", f"exactly: {reading.target}"]


def _weights(piece: Piece) -> str:
    if piece.terms:
        return ", ".join(f"{word}:{weight:g}" for word, weight in piece.terms)
    return f"{', '.join(piece.kept)} kept" if piece.kept else "–"


def _as_data(reading: Reading) -> dict[str, Any]:
    return {
        "target": str(reading.target),
        "exact": reading.is_exact,
        "terms": [{"word": term.word, "weight": term.weight} for term in reading.target.terms],
        "pieces": [
            {
                "text": piece.text,
                "start": piece.start,
                "end": piece.end,
                "terms": [{"word": word, "weight": weight} for word, weight in piece.terms],
                "kept": list(piece.kept),
                "why": piece.why,
            }
            for piece in reading.pieces
        ],
    }
