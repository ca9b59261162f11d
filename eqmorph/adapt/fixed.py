"""The same EQ for every sound: what a wish's words do of themselves."""

from __future__ import annotations

from eqmorph.adapt.wish import Wish
from eqmorph.bands import Bands
from eqmorph.model import SemanticSpace

__all__ = ["fixed_bands"]


def fixed_bands(space: SemanticSpace, wish: Wish) -> Bands:
    """The bands for a wish that no sound is heard for: five of them."""
    wanted = wish.amount * space.curve(wish.target)
    return space.realise(wish.target, wanted, max_gain_db=wish.max_gain_db).bands
