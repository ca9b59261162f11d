"""``eqmorph tui``: the terminal app."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from eqmorph.cli.options import model_option
from eqmorph.errors import UsageError


@click.command(short_help="Hear and see an EQ while you move it.")
@click.argument("path", metavar="[FILE|FOLDER]", type=click.Path(path_type=Path), required=False)
@click.option("--target", default="", metavar="WORDS", help='Begin with these: "warm:0.4 + airy:0.2".')
@click.option(
    "--repair", is_flag=True, help="Mute samples that are no numbers; take what there is of a truncated file."
)
@model_option
def command(path: Path | None, target: str, repair: bool, model_folder: Path | None) -> None:
    """Hear and see an EQ while you move it, in the terminal.

    Without a FILE, choose one. F1 shows the keys. What is rendered is what eqmorph apply would give; y copies the
    command line.

    \b
    eqmorph tui
    eqmorph tui song.wav
    eqmorph tui album/ --target "warm:0.4 + airy:0.2"
    """
    from eqmorph.tui.app import EqmorphApp
    from eqmorph.tui.controller import Controller
    from eqmorph.tui.shutdown import SurvivingStream

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("eqmorph tui needs a terminal", hint="To work without one, use eqmorph apply.")
    # Textual draws on the first stderr, which `eqmorph.__main__` has taken from C libraries that would write on it.
    vars(sys)["__stderr__"] = SurvivingStream(sys.stderr)
    app = EqmorphApp(Controller(model_folder=model_folder, repair=repair, target=target), path)
    app.run()
    if app.return_code:
        raise SystemExit(app.return_code)
