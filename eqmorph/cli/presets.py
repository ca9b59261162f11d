"""``eqmorph presets``: list, show, save and remove named EQs."""

from __future__ import annotations

from pathlib import Path

import click

from eqmorph.cli import completing
from eqmorph.cli.eq_options import amount_option, bands_option, eq_request
from eqmorph.cli.groups import Group
from eqmorph.cli.options import json_option, model_option
from eqmorph.errors import UsageError, show_path
from eqmorph.shell import command_line


@click.group(cls=Group, short_help="List, show, save and remove presets.", invoke_without_command=True)
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> int:
    """List all presets, the shipped ones and your own; or show, save or remove one.

    \b
    eqmorph presets
    eqmorph presets show warm-tape
    eqmorph presets save my-air --bands "HS 10k +3" --description "A little air."
    eqmorph presets save my-voice --target "clear:0.5 + warm:0.3"
    eqmorph presets remove my-air
    """
    if context.invoked_subcommand is None:
        return _list(as_json)
    if as_json:
        raise UsageError("--json belongs after the subcommand", hint="For example: eqmorph presets list --json")
    return 0


@command.command("list", short_help="List all presets.")
@json_option
def list_all(as_json: bool) -> int:
    """List all presets, the shipped ones and your own."""
    return _list(as_json)


@command.command(short_help="Show what a preset does.")
@click.argument("name", shell_complete=completing.presets)
@model_option
@json_option
def show(name: str, model_folder: Path | None, as_json: bool) -> int:
    """Show the bands of the preset NAME and their curve, as `eqmorph eq --preset NAME` does."""
    from eqmorph.cli.eq import show_eq

    return show_eq(eq_request(None, name, None, model_folder=model_folder), as_json=as_json)


@command.command(short_help="Save a preset of your own.")
@click.argument("name")
@click.option(
    "--target",
    "words",
    metavar="WORDS",
    shell_complete=completing.words,
    help='Words, to adapt to each sound: "warm:0.7 + punchy:-0.3".',
)
@bands_option
@amount_option
@click.option("--description", default="", metavar="TEXT", help="What it is for, in a sentence.")
@model_option
@click.option("-f", "--force", is_flag=True, help="Overwrite a preset of your own.")
def save(
    name: str,
    words: str | None,
    bands_text: str | None,
    amount: float,
    description: str,
    model_folder: Path | None,
    force: bool,
) -> int:
    """Save words or bands as the preset NAME, in your own preset folder.

    \b
    eqmorph presets save my-air --bands "HS 10k +3" --description "A little air."
    eqmorph presets save my-voice --target "clear:0.5 + warm:0.3" --amount 0.8
    """
    from eqmorph.bands import Bands
    from eqmorph.model.eq_model import load_model
    from eqmorph.presets import Preset, save_preset

    if (words is None) == (bands_text is None):
        raise UsageError("specify one of --target and --bands", hint='For example: --bands "HS 10k +3"')
    request = eq_request(words, None, bands_text, amount=amount)
    if request.bands is not None:
        preset = Preset(name, request.bands.scaled(amount), description)
    else:
        request.target_in(load_model(model_folder))  # unknown words are refused now, not when the preset is used
        preset = Preset(name, Bands(), description, target=words or "", amount=amount)
    path = save_preset(preset, overwrite=force)
    click.echo(f"Saved as {command_line(['--preset', name])} ({show_path(path)})")
    return 0


@command.command(short_help="Remove a preset of your own.")
@click.argument("name", shell_complete=completing.own_presets)
def remove(name: str) -> int:
    """Delete the preset NAME from your own preset folder. Shipped presets stay."""
    from eqmorph.presets import remove_preset

    click.echo(f"Removed {show_path(remove_preset(name))}")
    return 0


def _list(as_json: bool) -> int:
    from eqmorph.cli.output import listing, one_line, print_error, print_json
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
        for line in listing(
            [(show_path(name), origin, one_line(description)) for name, origin, description, _ in found]
        ):
            click.echo(line)
        click.echo(f"\nYour own presets are in {show_path(own_folder)}")
    for problem in unreadable:
        print_error(problem)
    return 1 if unreadable else 0
