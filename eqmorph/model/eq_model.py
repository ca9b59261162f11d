"""`EqModel`: whatever makes EQs of words, be it the semantic model or the model of another recipe."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from eqmorph._typing import Float64
from eqmorph.model.card import RECIPE_FORMAT, read_any_card
from eqmorph.model.files import locate
from eqmorph.model.limit import LimitedBands
from eqmorph.model.recipe_model import RecipeModel
from eqmorph.model.space import Equalizer, load_space
from eqmorph.model.terms import Term
from eqmorph.target import Reading, Target

__all__ = ["EqModel", "load_model"]


class EqModel(Protocol):
    """A vocabulary, the bands for a target, and the way from one target to another."""

    @property
    def folder(self) -> Path: ...

    @property
    def card(self) -> dict[str, Any]: ...

    @property
    def terms(self) -> Mapping[str, Term]: ...

    def read(self, text: str) -> Reading:
        """Read a target; see `eqmorph.target.read_target`."""

    def target(self, text: str) -> Target:
        """Parse a target; see `eqmorph.target.parse_target`."""

    def equalizer(self, target: Target | str, *, amount: float = ..., max_gain_db: float = ...) -> Equalizer:
        """Return bands for a target, which move no frequency beyond the limit."""

    def along(self, start: Equalizer, end: Equalizer, places: Float64) -> list[tuple[LimitedBands, tuple[str, ...]]]:
        """Return bands at places (0..1) on the way between two targets, and what had to be changed of each."""


def load_model(folder: Path | None = None) -> EqModel:
    """Load the model in ``folder``, or in EQMORPH_MODEL, or the shipped one, whichever recipe made it; each only once.

    Raises:
        InputError: the folder does not hold an intact model of this program.
    """
    place = locate(folder)[0]
    return _load_recipe(place) if read_any_card(place)["format"] == RECIPE_FORMAT else load_space(place)


@lru_cache(maxsize=4)
def _load_recipe(folder: Path) -> RecipeModel:
    return RecipeModel.load(folder)
