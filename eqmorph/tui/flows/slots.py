"""Slots from the session: listed, used, copied, and compared blind."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Protocol

from textual.screen import Screen, ScreenResultType

from eqmorph.model import GRID_HZ
from eqmorph.tui.blend import Blend
from eqmorph.tui.controller import Controller
from eqmorph.tui.screens.blind import BLIND_NAMES, BlindScreen
from eqmorph.tui.screens.slots import SlotChoice, SlotLine, SlotsScreen
from eqmorph.tui.small_curve import small_curve

__all__ = ["SlotsFlow", "SlotsHost", "blend_said"]


class SlotsHost(Protocol):
    """What the flow needs of the session's screen, and of the app."""

    def say(self, message: str, *, is_error: bool = False) -> None:
        """Show a message on the status line."""

    def try_out(self, blend: Blend | None) -> None:
        """Have a blend heard in place of what is in use; None returns to that."""

    def show_blend(self) -> None:
        """Show what is in use now."""

    def open_screen(
        self, screen: Screen[ScreenResultType], callback: Callable[[ScreenResultType | None], None]
    ) -> None:
        """Show a screen above the others; the callback is given what it closes with."""


class SlotsFlow:
    """Does what the keys of slots ask for.

    Args:
        controller: the session.
        host: shows it.
        shuffle: puts slots in an order that nobody knows.
    """

    def __init__(
        self,
        controller: Controller,
        host: SlotsHost,
        shuffle: Callable[[list[int]], None] = random.shuffle,
    ) -> None:
        self._controller, self._host = controller, host
        self._shuffle = shuffle

    def use(self, slot: int) -> None:
        """Use a slot; an empty one begins as a copy."""
        slots = self._controller.slots
        if slot == slots.current:
            self._host.say(f"slot {slot + 1} is in use")
            return
        before = slots.current
        is_new = slots.use(slot)
        self._host.show_blend()
        self._host.say(f"slot {slot + 1}, a copy of slot {before + 1}" if is_new else f"slot {slot + 1}")

    def use_next(self) -> None:
        """Use the next slot in which there is something."""
        slot = self._controller.slots.next()
        if slot is None:
            self._host.say("all other slots are empty: x lists them")
        else:
            self.use(slot)

    def show(self) -> None:
        """List the slots."""
        screen = SlotsScreen(self._lines, copy=self._copy, empty=self._empty, try_out=self._try)
        self._host.open_screen(screen, self._chosen)

    def _lines(self) -> list[SlotLine]:
        slots, space = self._controller.slots, self._controller.ear.space
        lines = []
        for slot, blend in enumerate(slots.blends):
            if blend is None:
                lines.append(SlotLine())
                continue
            bands = blend.request.resolve_fixed(space).bands
            curve = small_curve(bands.response_db(GRID_HZ))
            lines.append(SlotLine(curve, blend_said(blend), is_current=slot == slots.current))
        return lines

    def _try(self, slot: int) -> None:
        self._host.try_out(self._controller.slots.blends[slot])

    def _copy(self, slot: int) -> None:
        self._controller.slots.put(slot, self._controller.blend)

    def _empty(self, slot: int) -> str:
        slots = self._controller.slots
        if slots.blends[slot] is None:
            return "it is empty"
        return "" if slots.empty(slot) else "this is the one in use, and stays"

    def _chosen(self, choice: SlotChoice | None) -> None:
        self._host.try_out(None)
        if choice is None:
            self._host.show_blend()  # others may have been filled or emptied
        elif choice.do == "use":
            self.use(choice.slot)
        else:
            self._compare_blind()

    def _compare_blind(self) -> None:
        if not self._controller.are_slots_measured:  # the louder one would be known by that
            self._host.say("the slots are being measured, to be equally loud: try again in a moment")
            return
        order = self._controller.slots.filled
        self._shuffle(order)
        status = self._controller.status()
        if status is not None and status.is_bypassed:
            self._controller.toggle_bypass()  # what is compared is heard with its EQ
        screen = BlindScreen(len(order), lambda place: self._try(order[place]), self._controller.toggle_play)
        self._host.open_screen(screen, lambda place: self._unveil(order, place))

    def _unveil(self, order: list[int], place: int | None) -> None:
        self._host.try_out(None)
        if place is None:
            return
        if order[place] != self._controller.slots.current:
            self.use(order[place])
        all_of_them = ", ".join(f"{name} was {slot + 1}" for name, slot in zip(BLIND_NAMES, order, strict=False))
        self._host.say(f"you chose slot {order[place] + 1} ({all_of_them})")


def blend_said(blend: Blend) -> str:
    """Say what a blend asks for, in a line."""
    if blend.preset is not None:
        said = f"the preset {blend.preset.name}"
    elif blend.target is None:
        said = "nothing yet" if blend.amount else "the amount is 0"
    else:
        said = ", ".join(f"{term.word} {term.weight:+.2f}" for term in blend.wanted)
        said += "" if blend.is_adaptive else ", fixed"
        said += ", follows" if blend.follows else ""
    return said if blend.amount in (0, 1) else f"{said}, amount {blend.amount:.2f}"
