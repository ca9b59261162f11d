"""What two channels have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eqmorph.exchange.raw import Raw

__all__ = ["left_and_right"]


def left_and_right(left: Sequence[Raw], right: Sequence[Raw]) -> list[Raw]:
    """Return filters of which each stands for one channel: those that both have are for both, once."""
    rest = list(right)
    both, only_left = [], []
    for raw in left:
        same = next((one for one in rest if replace(one, where=raw.where) == raw), None)
        if same is None:
            only_left.append(replace(raw, channel="left"))
        else:
            rest.remove(same)
            both.append(raw)
    return [*both, *only_left, *(replace(raw, channel="right") for raw in rest)]
