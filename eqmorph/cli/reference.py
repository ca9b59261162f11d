"""``eqmorph reference``: save, list, show and remove tonal balances to bring sounds near to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eqmorph.cli import completing
from eqmorph.cli.eq_options import heard_reference
from eqmorph.cli.groups import Group
from eqmorph.cli.options import json_option, model_option
from eqmorph.errors import ExistsError, show_path
from eqmorph.shell import command_line
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:
    from eqmorph.balance import Balance


@click.group(cls=Group, short_help="Keep tonal balances to bring sounds near to.")
def command() -> None:
    """Keep the tonal balance of recordings by name, to use it with `apply --reference NAME`.

    A reference is one small JSON file: how loud each part of the spectrum is against the others, and no audio. What is
    in it is in docs/references.md, so that it can be made by other programs and passed on.

    \b
    eqmorph reference save bright-pop hits/*.flac
    eqmorph reference list
    eqmorph reference show bright-pop
    eqmorph reference remove bright-pop
    """


@command.command(short_help="Save the balance of recordings.")
@click.argument("name")
@click.argument("files", nargs=-1, required=True, shell_complete=completing.files, metavar="FILE|FOLDER|NAME...")
@click.option("--description", default="", metavar="TEXT", help="What it is for, in a sentence.")
@click.option("-f", "--force", is_flag=True, help="Overwrite a reference of this name.")
def save(name: str, files: tuple[str, ...], description: str, force: bool) -> int:
    """Listen to recordings and save their tonal balance, on average, as the reference NAME.

    Folders are taken whole; each recording counts the same. A JSON file that somebody gave you is saved too.

    \b
    eqmorph reference save bright-pop hits/*.flac \\
        --description "Hits of this year."
    eqmorph reference save hall concerts/
    eqmorph reference save radio radio.json
    """
    from dataclasses import replace

    from eqmorph.balance import save_reference, user_reference_path
    from eqmorph.cli.output import listing

    path = user_reference_path(name)  # a name that can't be, or is taken, is refused before anything is heard
    if path.exists() and not force:
        raise ExistsError("already exists", hint=Phrase("Use {} to overwrite it.", Means.REPLACE), path=path)
    balance = heard_reference(files, name)
    path = save_reference(replace(balance, description=description or balance.description), overwrite=force)
    saved = f"Saved as {command_line(['--reference', name])} ({_said_of(balance)})"
    for line in [*listing([(saved,)]), show_path(path)]:
        click.echo(line)
    return 0


@command.command("list", short_help="List the saved references.")
@json_option
def list_all(as_json: bool) -> int:
    """List all saved references. A file that can't be read is named."""
    from eqmorph.balance import list_references, read_balance, user_reference_folder
    from eqmorph.cli.output import listing, one_line, print_error, print_json
    from eqmorph.errors import EqmorphError

    folder, found, unreadable = user_reference_folder(), [], []
    for name, path in list_references().items():
        try:
            found.append((name, read_balance(path), path))
        except EqmorphError as error:
            unreadable.append(error)
    if as_json:
        rows = [
            {"name": n, "kind": b.kind, "files": b.files, "description": b.description, "file": str(path)}
            for n, b, path in found
        ]
        print_json({"references": rows, "own_folder": str(folder)})
    else:
        for line in listing([(show_path(n), _said_of(b), one_line(b.description)) for n, b, _ in found]):
            click.echo(line)
        empty = "" if found or unreadable else "None is saved yet: eqmorph reference save NAME FILES...\n"
        click.echo(f"{empty}\nReferences are in {show_path(folder)}")
    for problem in unreadable:
        print_error(problem)
    return 1 if unreadable else 0


@command.command(short_help="Show a reference.")
@click.argument("name", metavar="NAME|FILE", shell_complete=completing.references)
@model_option
@json_option
def show(name: str, model_folder: Path | None, as_json: bool) -> int:
    """Show the balance of a saved reference, a JSON file or a recording by third-octaves.

    Against its own level, and against what is usual of its kind of sound.

    \b
    eqmorph reference show bright-pop
    eqmorph reference show hit.wav --json
    """
    from eqmorph.analysis import load_ear
    from eqmorph.balance import THIRDS_HZ
    from eqmorph.cli.output import one_line, print_json, table
    from eqmorph.cli.thirds import decibels_or_dash, level_removed, number_or_null
    from eqmorph.kind import Kind
    from eqmorph.model.describe import say_hz

    balance = heard_reference([name])
    ear = load_ear(model_folder).of(Kind(balance.kind) if balance.kind is not None else None)
    own = level_removed(balance.array, per_third=True)
    against = level_removed(balance.array - ear.reference.neutral_db)
    if as_json:
        rows = [
            {"hz": round(float(hz), 1), "level_db": number_or_null(a), "against_usual_db": number_or_null(b)}
            for hz, a, b in zip(THIRDS_HZ, own, against, strict=True)
        ]
        about = {"name": balance.name, "kind": balance.kind, "files": balance.files, "description": balance.description}
        print_json({**about, "third_octaves": rows})
        return 0
    click.echo("  ".join(filter(None, [one_line(balance.name), _said_of(balance), one_line(balance.description)])))
    click.echo()
    head = ("", "level", "against usual")
    lines = [
        (say_hz(float(hz)), decibels_or_dash(a), decibels_or_dash(b))
        for hz, a, b in zip(THIRDS_HZ, own, against, strict=True)
    ]
    for line in table([head, *lines], right=(0, 1, 2)):
        click.echo(line)
    return 0


@command.command(short_help="Remove a reference.")
@click.argument("name", shell_complete=completing.references)
def remove(name: str) -> int:
    """Delete the saved reference NAME."""
    from eqmorph.balance import remove_reference

    click.echo(f"Removed {show_path(remove_reference(name))}")
    return 0


def _said_of(balance: Balance) -> str:
    kind = {"mix": "mixes", "speech": "speech", "instrument": "instruments"}.get(balance.kind or "", "mixed or unclear")
    if balance.files == 1:
        kind = {"mix": "a mix", "speech": "speech", "instrument": "an instrument"}.get(balance.kind or "", "unclear")
    return f"{balance.files} recording{'s' * (balance.files != 1)}, {kind}"
