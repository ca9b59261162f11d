"""``eqmorph tui``: the terminal app."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from eqmorph.cli import completing
from eqmorph.cli.options import kind_option, model_option
from eqmorph.errors import UsageError


@click.command(short_help="Hear and see an EQ while you move it.")
@click.argument("path", metavar="[FILE|FOLDER]", type=click.Path(path_type=Path), required=False)
@click.option(
    "--target",
    default="",
    metavar="WORDS",
    shell_complete=completing.words,
    help='Start with these words: "warm:0.4 + airy:0.2".',
)
@click.option(
    "--repair", is_flag=True, help="Mute NaN and infinite samples; process what there is of a truncated file."
)
@kind_option
@model_option
def command(path: Path | None, target: str, repair: bool, kind: str, model_folder: Path | None) -> None:
    """Hear and see an EQ while you move it, in the terminal.

    Without a FILE, choose one in the app. F1 shows the keys. The app renders what eqmorph apply would; y copies the
    command line for that.

    \b
    eqmorph tui
    eqmorph tui song.wav
    eqmorph tui album/ --target "warm:0.4 + airy:0.2"
    """
    from eqmorph.tui.app import EqmorphApp
    from eqmorph.tui.controller import Controller
    from eqmorph.tui.shutdown import SurvivingStream

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("eqmorph tui needs a terminal", hint="Without one, use eqmorph apply.")
    # Textual draws on the original stderr, which `eqmorph.__main__` keeps from C libraries that would write on it.
    vars(sys)["__stderr__"] = SurvivingStream(sys.stderr)
    app = EqmorphApp(Controller(model_folder=model_folder, kind=kind, repair=repair, target=target), path)
    app.run()
    if app.return_code:
        raise SystemExit(app.return_code)
