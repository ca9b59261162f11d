"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = [
    "ARCH_NAMES",
    "METHOD_NAMES",
    "RECIPE_NAMES",
    "data_options",
    "encoder_option",
    "json_option",
    "model_option",
    "seed_option",
]

#: As `eqmorph.train.recipes.RECIPES` has them, here so that a help page needs no torch.
RECIPE_NAMES = ("response", "v1", "v2", "transformer", "lite", "flow-2", "flow-3", "flow-8", "term-mean")
#: As `eqmorph.train.audio` has them.
ARCH_NAMES = ("analytic", "cnn", "transformer")
METHOD_NAMES = ("match", "consistency")

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

model_option: Decorator = click.option(
    "--model",
    "model_folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="A model folder of your own. [default: EQMORPH_MODEL, else the shipped one]",
)
encoder_option: Decorator = click.option(
    "--encoder",
    default="analytic",
    show_default=True,
    metavar="NAME|PATH",
    help="What listens: analytic, or a folder (or its encoder.onnx) that `eqmorph train audio` wrote.",
)
json_option: Decorator = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
seed_option: Decorator = click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="The same seed gives the same result."
)


def data_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name data: safe, audealize, socialfx (paths) and synthetic (how many)."""
    file = click.Path(dir_okay=False, path_type=Path)
    options = [
        click.option("--safe", type=file, metavar="FILE", help="SAFE-DB's SAFEEqualiserUserData.csv."),
        click.option("--audealize", type=file, metavar="FILE", help="Audealize's eqdescriptors.json."),
        click.option(
            "--socialfx", type=file, metavar="FILE", help="SocialFX's equalization data (parquet; needs pyarrow)."
        ),
        click.option(
            "--synthetic",
            type=click.IntRange(0),
            default=0,
            metavar="N",
            help="Add N settings made up from engineering practice.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function
