"""``eqmorph model``: show the semantic model in use."""

from __future__ import annotations

from pathlib import Path

import click

from eqmorph.cli.options import json_option, model_option
from eqmorph.errors import printable, show_path


@click.command(short_help="Show the model in use.")
@model_option
@json_option
def command(model_folder: Path | None, as_json: bool) -> None:
    """Show which semantic model is in use, how it was chosen and what it holds.

    The model is read and verified; a damaged or incompatible one is an error.

    \b
    eqmorph model
    EQMORPH_MODEL=my-model eqmorph model --json
    """
    from eqmorph.cli.output import print_json
    from eqmorph.model import locate
    from eqmorph.model.eq_model import load_model

    folder, by = locate(model_folder)
    chosen_by = "--model" if by == "argument" else by
    model = load_model(folder)
    counts = model.card.get("counts", {})
    recipe = str(model.card.get("recipe", "response"))
    if as_json:
        print_json(
            {
                "folder": str(folder),
                "chosen_by": chosen_by,
                "format": model.card["format"],
                "recipe": recipe,
                "terms": len(model.terms),
                "counts": counts,
                "data_sha256": model.card.get("data_sha256", {}),
            }
        )
        return
    click.echo(show_path(folder))
    click.echo(f"chosen by: {chosen_by}")
    click.echo(
        f"{len(model.terms)} words, {printable(str(counts.get('settings', '?')))} settings, {model.card['format']}"
    )
    click.echo(f"recipe: {printable(recipe)}")
