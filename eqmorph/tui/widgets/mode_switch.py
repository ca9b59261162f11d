"""Adaptive or fixed: a switch on one line."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.strip import Strip

from eqmorph.tui.widgets.line_widget import LineWidget

__all__ = ["ModeSwitch"]


class ModeSwitch(LineWidget, can_focus=True):
    """``mode  ● adaptive  ○ fixed``: switched by the keys of a slider, by Enter or by mouse.

    Args:
        label_width: columns of the label, to align with the sliders.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left,right,h,l,enter", "switch", "Switch", show=False, id="mode.switch", tooltip="Switch to the other mode"
        ),
    ]

    HELP: ClassVar[str] = """\
**Mode**

*Adaptive*: each sound gets as much of the words as it lacks; one that is warm already gets little more warmth.
*Follows*: the same, section by section of each sound.
*Fixed*: every sound gets the words' own EQ, whatever it is like.

- click: switch to the other mode
"""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"mode--label", "mode--on", "mode--off"}

    DEFAULT_CSS = """
    ModeSwitch {
        height: 1;
        pointer: pointer;

        & > .mode--label { color: $foreground; }
        & > .mode--on { color: $foreground; text-style: bold; }
        & > .mode--off { color: $text-muted; }
        &:hover { background: $boost; }
        &:focus { background: $boost; }
        &:focus > .mode--label { color: $text-accent; text-style: bold; }
    }
    """

    ALLOW_SELECT = False

    is_adaptive: reactive[bool] = reactive(True)
    is_following: reactive[bool] = reactive(False)
    """Whether what adapts follows each sound, which is what it is then called."""

    def __init__(self, *, label_width: int, id: str | None = None) -> None:
        super().__init__(id=id)
        self.label_width = label_width

    def action_switch(self) -> None:
        self.is_adaptive = not self.is_adaptive

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_switch()

    def render_line(self, y: int) -> Strip:
        if y:
            return Strip.blank(self.size.width, self.ground)
        label, on, off = (self.style_of(f"mode--{part}") for part in ("label", "on", "off"))
        names = len("● adaptive  ○ fixed")
        label_width = max(min(self.label_width, self.size.width - 3 - names), len("mode"))
        segments = [Segment(f"{'▸' if self.has_focus else ' '} {'mode':<{label_width}} ", label)]
        adaptive = "follows" if self.is_following else "adaptive"
        for name, is_on in ((adaptive, self.is_adaptive), ("fixed", not self.is_adaptive)):
            segments.append(Segment(f"{'●' if is_on else '○'} {name}  ", on if is_on else off))
        return Strip(segments).adjust_cell_length(self.size.width, self.ground)
