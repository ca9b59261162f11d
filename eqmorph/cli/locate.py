"""``eqmorph locate``: where eqmorph keeps what it uses."""

from __future__ import annotations

from pathlib import Path

import click

from eqmorph.cli.options import json_option, model_option


@click.group(short_help="Say where the model in use is.")
def command() -> None:
    """Say where things are that eqmorph uses."""


@command.command("model", short_help="Which semantic model is in use.")
@model_option
@json_option
def model(model_folder: Path | None, as_json: bool) -> None:
    """Say which semantic model is in use, who chose it, and what it is.

    The model is read and checked on the way: a damaged or foreign one is an error.

    \b
    eqmorph locate model
    EQMORPH_MODEL=my-model eqmorph locate model --json
    """
    from eqmorph.cli.output import print_json
    from eqmorph.model import load_space, locate

    folder, chosen_by = locate(model_folder)
    space = load_space(folder)
    counts = space.card.get("counts", {})
    if as_json:
        print_json(
            {
                "folder": str(folder),
                "chosen_by": chosen_by,
                "format": space.card["format"],
                "terms": len(space.terms),
                "counts": counts,
                "data_sha256": space.card.get("data_sha256", {}),
            }
        )
        return
    click.echo(str(folder))
    click.echo(f"chosen by: {chosen_by}")
    click.echo(f"{len(space.terms)} words, {counts.get('settings', '?')} settings, {space.card['format']}")
