"""Four places for EQs that are compared: one is in use, and each has moves of its own to undo."""

from __future__ import annotations

from collections.abc import Sequence

from eqmorph.tui.blend import Blend, History

__all__ = ["SLOTS", "Slots"]

SLOTS = 4


class Slots:
    """Holds a blend a slot, numbered from 0; what is moved is the one in use.

    Args:
        blend: what is in the first one. The others are empty.
    """

    def __init__(self, blend: Blend) -> None:
        self._histories: list[History | None] = [History(blend), *[None] * (SLOTS - 1)]
        self.current = 0
        """The slot in use; never an empty one."""

    @property
    def history(self) -> History:
        """The moves in the slot in use."""
        history = self._histories[self.current]
        if history is None:
            raise RuntimeError("an empty slot is in use")
        return history

    @property
    def blends(self) -> list[Blend | None]:
        """What is in each slot; None is empty."""
        return [history.blend if history is not None else None for history in self._histories]

    @property
    def filled(self) -> list[int]:
        return [slot for slot, history in enumerate(self._histories) if history is not None]

    def use(self, slot: int) -> bool:
        """Use another slot; return whether it was empty, and began as a copy of the one before."""
        is_new = self._histories[slot] is None
        if is_new:
            self._histories[slot] = History(self.history.blend)
        self.current = slot
        return is_new

    def next(self) -> int | None:
        """Return the filled slot after the one in use, round and round; None if there is no other."""
        filled = self.filled
        after = filled[(filled.index(self.current) + 1) % len(filled)]
        return None if after == self.current else after

    def put(self, slot: int, blend: Blend) -> None:
        """Put a blend into a slot; what was there can be brought back by undo in it."""
        history = self._histories[slot]
        if history is None:
            self._histories[slot] = History(blend)
        else:
            history.move(blend)

    def empty(self, slot: int) -> bool:
        """Empty a slot; return False for the one in use, which stays."""
        if slot == self.current:
            return False
        self._histories[slot] = None
        return True

    def restore(self, blends: Sequence[Blend | None], current: int) -> None:
        """Begin anew with these blends, of which one is in use."""
        kept = [*blends[:SLOTS], *[None] * (SLOTS - len(blends))]
        if not 0 <= current < SLOTS or kept[current] is None:
            raise ValueError("an empty slot can't be in use")
        self._histories = [History(blend) if blend is not None else None for blend in kept]
        self.current = current
