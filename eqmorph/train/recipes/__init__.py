"""Every recipe by name. Each is a small module with a `train` function; see `eqmorph.train.recipes.base`."""

from __future__ import annotations

from importlib import import_module

from eqmorph.errors import UsageError
from eqmorph.train.recipes.base import Recipe

__all__ = ["RECIPES", "get_recipe"]

#: Name on the command line: (module, options).
RECIPES: dict[str, tuple[str, dict[str, int]]] = {
    "response": ("response", {}),
    "v1": ("v1", {}),
    "v1-raw": ("v1_raw", {}),
    "v1-published": ("v1_published", {}),
    "v2": ("v2", {}),
    "transformer": ("transformer", {}),
    "lite": ("lite", {}),
    "flow-2": ("flow", {"latent": 2}),
    "flow-3": ("flow", {"latent": 3}),
    "flow-8": ("flow", {"latent": 8}),
    "term-mean": ("term_mean", {}),
}


def get_recipe(name: str) -> Recipe:
    """Return the recipe called ``name``.

    Raises:
        UsageError: there is none.
    """
    if name not in RECIPES:
        raise UsageError(f"unknown recipe {name!r}", hint=f"Use one of {', '.join(RECIPES)}.")
    module, options = RECIPES[name]
    found = import_module(f"eqmorph.train.recipes.{module}")
    return Recipe(name, found.TITLE, found.train, options, found.EPOCHS)
