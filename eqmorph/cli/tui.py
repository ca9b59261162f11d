"""``eqmorph tui``: the terminal app."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eqmorph.cli import completing
from eqmorph.cli.options import kind_option, model_option
from eqmorph.cli.settings import is_typed
from eqmorph.errors import UsageError

if TYPE_CHECKING:
    from eqmorph.tui.picture.graphics import Graphics


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
@click.option("--session", default="", metavar="NAME", help="Go on with this session, or begin one of this name.")
@click.option("--new", "is_new", is_flag=True, help="Begin afresh, not where the last session ended.")
@click.option(
    "--picture",
    "wants_picture",
    is_flag=True,
    help="Draw the curve as a picture, where the terminal shows such (sixel, kitty).",
)
@click.option(
    "--serve",
    "address",
    metavar="HOST:PORT",
    help="Serve the app to browsers, as at 127.0.0.1:8000. Sound plays on this machine.",
)
@click.option(
    "--token",
    default="",
    metavar="SECRET",
    help="What a browser must show: needed where other machines reach HOST. Better kept in EQMORPH_TUI_TOKEN.",
)
@kind_option
@model_option
@click.pass_context
def command(
    context: click.Context,
    path: Path | None,
    target: str,
    repair: bool,
    session: str,
    is_new: bool,
    wants_picture: bool,
    address: str | None,
    token: str,
    kind: str,
    model_folder: Path | None,
) -> None:
    """Hear and see an EQ while you move it, in the terminal.

    Without a FILE it goes on where the last session ended, or lets you choose one. F1 shows the keys. The app renders
    what eqmorph apply would; y copies the command line for that.

    \b
    eqmorph tui
    eqmorph tui song.wav
    eqmorph tui album/ --target "warm:0.4 + airy:0.2"
    eqmorph tui --session "side A"
    eqmorph tui song.wav --picture
    eqmorph tui song.wav --serve 127.0.0.1:8000

    --picture requires `pip install "eqmorph[picture]"`, --serve `pip install "eqmorph[serve]"`.
    """
    is_served = "web_driver" in os.environ.get("TEXTUAL_DRIVER", "")  # one of the processes of --serve: see there
    if address is not None and not is_served:
        given = {"--target": target, "--kind": kind, "--model": model_folder, "--session": session}
        arguments = [f"{option}={value}" for option, value in given.items() if value]
        _serve(
            address,
            token,
            [*arguments, *["--repair"] * repair, *["--new"] * is_new, *(["--", str(path)] if path is not None else [])],
            note="A browser shows the curve in characters: --picture is for terminals."
            * is_typed(context, "wants_picture"),
        )
        return
    if token and not is_served:
        raise UsageError("--token requires --serve")
    gc.disable()  # nothing of what is loaded now goes again; the app enables it once it runs
    from eqmorph.tui.app import EqmorphApp
    from eqmorph.tui.controller import Controller
    from eqmorph.tui.render_process import RenderProcess
    from eqmorph.tui.shutdown import SurvivingStream

    if is_served:
        vars(sys)["__stdout__"] = sys.stdout  # where Textual writes what the browser shows
    elif not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("eqmorph tui needs a terminal", hint="Without one, use eqmorph apply.")
    # Textual draws on the original stderr, which `eqmorph.__main__` keeps from C libraries that would write on it.
    vars(sys)["__stderr__"] = SurvivingStream(sys.stderr)
    graphics, no_picture = None, ""
    if wants_picture and not is_served:
        graphics, no_picture = _ask_for_graphics(is_asked=is_typed(context, "wants_picture"))
    controller = Controller(model_folder=model_folder, kind=kind, repair=repair, target=target, apart=RenderProcess())
    app = EqmorphApp(
        controller,
        path,
        session=session,
        resumes=not (is_new or path or target),
        graphics=graphics,
        no_picture=no_picture,
    )
    app.run()
    if app.return_code:
        raise SystemExit(app.return_code)


def _ask_for_graphics(*, is_asked: bool) -> tuple[Graphics | None, str]:
    """Return how the terminal shows pictures, or why there will be none: a setting alone is no reason not to begin."""
    try:
        from eqmorph.tui.picture.terminal import ask_terminal
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] not in ("textual_image", "PIL"):
            raise
        missing = UsageError(
            "a picture of the curve needs textual-image", hint='Install it with: pip install "eqmorph[picture]"'
        )
        if is_asked:
            raise missing from error
        return None, f"{missing.problem}. {missing.hint}"
    return ask_terminal()


def _serve(address: str, token: str, arguments: Sequence[str], *, note: str) -> None:
    """Serve the app to browsers, each page with these arguments."""
    from eqmorph.cli.output import say
    from eqmorph.tui.browser.address import parse_address, refuse_unsafe

    where = parse_address(address)
    refuse_unsafe(where, token)
    try:
        from eqmorph.tui.browser.serve import serve
    except ImportError as error:
        if error.name is not None and error.name.partition(".")[0] == "eqmorph":
            raise
        raise UsageError(
            "serving browsers needs textual-serve", hint='Install it with: pip install "eqmorph[serve]"'
        ) from error
    if note:
        say(note)
    os.environ.pop("EQMORPH_TUI_TOKEN", None)  # the app's own processes need not know it
    serve([sys.executable, "-m", "eqmorph", "tui", *arguments], where, token=token, say=say)
