"""A slider on one line: a label, a track with a mark at zero, and a number."""

from __future__ import annotations

import math
import time
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.visual import VisualType

from eqmorph.tui.widgets.line_widget import LineWidget

__all__ = ["Slider"]

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_NUMBER_KEYS = {**{digit: digit for digit in "0123456789"}, "full_stop": ".", "minus": "-", "plus": "+"}
_MIN_TRACK = 3
_CURSOR = "▏"
_REVERSED = Style(reverse=True)
_TOGETHER_S = 0.7  # a key that is held comes again within this time


class Slider(LineWidget, can_focus=True):
    """A number that is set by keys, by typing it, or by mouse.

    ```
    ▸ warm     ├────────────────┼██████▌─────────────────┤  +0.40
    ```

    The bar grows in eighths of a column from zero, which has a mark of its own; where zero is out of range, from the
    end nearest to it. Nothing depends on colors: ▸ marks the focus, a disabled slider's track is dashed, and the
    number is always shown.

    A number typed on the slider is shown in place of the value until Enter sets it or Escape drops it. As the first key
    0 resets, so 0.4 works like .4.

    Args:
        label: what is set; shortened where there is no room.
        value: the first value; `default` if none is given.
        minimum: the lowest value.
        maximum: the highest value.
        step: the step of the arrow keys and of the mouse.
        big_step: the step of the arrow keys with Shift.
        default: the value that `0` resets to.
        decimals: the number's decimals.
        label_width: columns of the label, to align several sliders; by default its own width.
        tooltip: shown while the mouse rests on the slider.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Less", show=False, id="slider.less", tooltip="Move the slider down"),
        Binding("right,l", "step(1)", "More", show=False, id="slider.more", tooltip="Move the slider up"),
        Binding(
            "shift+left,H",
            "big_step(-1)",
            "Far less",
            show=False,
            id="slider.far_less",
            tooltip="Move the slider far down",
        ),
        Binding(
            "shift+right,L",
            "big_step(1)",
            "Far more",
            show=False,
            id="slider.far_more",
            tooltip="Move the slider far up",
        ),
        # Digits are bound too, not read from key events: bindings are served in the order of the keys.
        *(Binding(key, f"type({character!r})", show=False) for key, character in _NUMBER_KEYS.items()),
        Binding("backspace", "erase", show=False),
        Binding("escape", "drop", show=False),
        Binding("enter", "set", show=False),
        Binding("0", "reset", "Reset", show=False, id="slider.reset", tooltip="Reset the slider"),
    ]

    HELP: ClassVar[str] = """\
**Slider**

- type a number and press `Enter` to set it, or `Esc` to drop it
- click or drag on the track
"""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "slider--label",
        "slider--track",
        "slider--bar",
        "slider--zero",
        "slider--value",
        "slider--edit",
    }

    DEFAULT_CSS = """
    Slider {
        height: 1;
        width: 1fr;
        pointer: pointer;

        & > .slider--label { color: $foreground; }
        & > .slider--track { color: $foreground-muted; }
        & > .slider--bar { color: $primary; }
        & > .slider--zero { color: $foreground; }
        & > .slider--value { color: $foreground; }
        & > .slider--edit { color: $text; background: $accent-muted; text-style: bold; }
        &:hover { background: $boost; }
        &:focus {
            background: $boost;
            & > .slider--label { text-style: bold; color: $text-accent; }
            & > .slider--bar { color: $accent; }
            & > .slider--value { text-style: bold; }
        }
        &:disabled { text-opacity: 60%; }
    }
    """

    ALLOW_SELECT = False

    value: reactive[float] = reactive(0.0, init=False)
    """The number, kept within the range. Watchers are called while the key or mouse event is handled, handlers of
    `Changed` soon after."""

    edited: reactive[str] = reactive("", init=False)
    """What was typed but is not set yet."""

    class Changed(Message):
        """Posted when the value has changed."""

        def __init__(self, slider: Slider, value: float) -> None:
            super().__init__()
            self.slider = slider
            self.value = value

        @property
        def control(self) -> Slider:
            return self.slider

    def __init__(
        self,
        label: str = "",
        value: float | None = None,
        *,
        minimum: float = -1.0,
        maximum: float = 1.5,
        step: float = 0.05,
        big_step: float = 0.25,
        default: float = 0.0,
        decimals: int = 2,
        label_width: int | None = None,
        tooltip: str | None = None,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        if not minimum < maximum:
            raise ValueError(f"a slider needs a range, not {minimum} to {maximum}")
        self.label = label
        self.minimum, self.maximum = minimum, maximum
        self.step, self.big_step = step, big_step
        self.default = default
        self.decimals = decimals
        self.label_width = label_width
        self.tooltip = tooltip
        self._is_dragging = self._is_stepping = False
        self._gestures = 0
        self._stepped_at = -math.inf
        self._tooltip_kept: VisualType | None = None
        self.set_reactive(Slider.value, self.validate_value(default if value is None else value))

    # The value.

    def validate_value(self, value: float) -> float:
        """Clamp a value to the range, free of the rounding noise of added steps."""
        return round(min(max(value, self.minimum), self.maximum), 9)

    def watch_value(self, value: float) -> None:
        self.post_message(self.Changed(self, value))

    @property
    def gesture(self) -> object:
        """The same for all changes of one drag of the mouse, or of a key that is held or pressed again at once.

        None for a number that is set.
        """
        return (id(self), self._gestures) if self._is_dragging or self._is_stepping else None

    def action_step(self, direction: int) -> None:
        self._step_to(self.value + direction * self.step)

    def action_big_step(self, direction: int) -> None:
        self._step_to(self.value + direction * self.big_step)

    def _step_to(self, value: float) -> None:
        now = time.monotonic()
        if now - self._stepped_at > _TOGETHER_S:
            self._gestures += 1
        self._stepped_at = now
        self._is_stepping = True
        self._move_to(value)
        self._is_stepping = False

    def action_reset(self) -> None:
        self._move_to(self.default)

    def _move_to(self, value: float) -> None:
        self.edited = ""
        self.value = value

    # Typing.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow editing keys only while a number is typed; 0 does not begin one, but resets."""
        if action in ("erase", "drop", "set") or (action == "type" and parameters == ("0",)):
            return bool(self.edited)
        return super().check_action(action, parameters)

    def action_type(self, character: str) -> None:
        self.edited += character

    def action_erase(self) -> None:
        self.edited = self.edited[:-1]

    def action_drop(self) -> None:
        self.edited = ""

    def action_set(self) -> None:
        """Set the number that was typed."""
        try:
            value = float(self.edited)
        except ValueError:
            self.app.bell()
            self.edited = ""
        else:
            self._move_to(value)

    def on_blur(self) -> None:
        self.edited = ""

    # The mouse.

    def on_mouse_down(self, event: events.MouseDown) -> None:
        x = event.get_content_offset_capture(self).x
        if event.button == 1 and self._track_start() <= x < self._track_end():
            self._is_dragging = True
            self._gestures += 1
            self._stepped_at = -math.inf
            self._tooltip_kept, self.tooltip = self.tooltip, None  # it would cover what is dragged
            self.capture_mouse()
            self._move_to(self._value_at(x))
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._is_dragging:
            self._move_to(self._value_at(event.get_content_offset_capture(self).x))
            event.stop()

    def on_mouse_up(self) -> None:
        if self._is_dragging:
            self.tooltip = self._tooltip_kept
        self._is_dragging = False
        self.release_mouse()

    def _value_at(self, x: int) -> float:
        """Return the value of a column of the widget, on a step."""
        zero = self._zero_column()
        away = x - self._track_start() - zero
        origin = self._origin
        if away >= 0:
            value = origin + (self.maximum - origin) * away / max(self._track_columns() - 1 - zero, 1)
        else:
            value = origin + (self.minimum - origin) * away / -zero
        return origin + round((value - origin) / self.step) * self.step

    # The picture.

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y or not width:
            return Strip.blank(width, self.ground)
        style = self.style_of
        mark = "▸ " if self.has_focus else "  "
        label = _shortened(self.label, self._label_columns())
        segments = [Segment(mark + label + " ", style("slider--label")), *self._track(), self._number()]
        return Strip(segments).adjust_cell_length(width, self.ground)

    def _number(self) -> Segment:
        columns = self._number_columns()
        if self.edited:
            return Segment((self.edited + _CURSOR)[-columns:].rjust(columns), self.style_of("slider--edit"))
        return Segment(self._formatted(self.value).rjust(columns), self.style_of("slider--value"))

    def _track(self) -> list[Segment]:
        track, bar = (self.style_of(f"slider--{part}") for part in ("track", "bar"))
        columns, zero = self._track_columns(), self._zero_column()
        right, left = self._bar_eighths()
        segments = []
        for column in range(columns):
            if column == zero:
                segments.append(Segment("┃" if left or right else "┼", self.style_of("slider--zero")))
                continue
            filled = right - 8 * (column - zero - 1) if column > zero else left - 8 * (zero - column - 1)
            filled = min(max(filled, 0), 8)
            if not filled:
                segments.append(Segment(self._empty_cell(column, columns), track))
            elif column > zero or filled == 8:
                segments.append(Segment(_EIGHTHS[filled], bar))
            else:  # no characters fill a cell from the right: draw the empty part, in reverse
                segments.append(Segment(_EIGHTHS[8 - filled], bar + _REVERSED))
        return segments

    def _empty_cell(self, column: int, columns: int) -> str:
        if column == 0:
            return "├"
        if column == columns - 1:
            return "┤"
        return "╌" if self.is_disabled else "─"

    def _bar_eighths(self) -> tuple[int, int]:
        """Return how far the bar goes to the right and left of zero, in eighths of a column; one of them is 0."""
        zero = self._zero_column()
        origin = self._origin
        if self.value > origin:
            columns = self._track_columns() - 1 - zero
            return max(round(8 * columns * (self.value - origin) / (self.maximum - origin)), 1), 0
        if self.value < origin:
            return 0, max(round(8 * zero * (origin - self.value) / (origin - self.minimum)), 1)
        return 0, 0

    @property
    def _origin(self) -> float:
        """Where the bar begins: zero, or the end nearest to it."""
        return min(max(0.0, self.minimum), self.maximum)

    @property
    def track(self) -> tuple[int, int]:
        """The column where the track begins, and the one after its last."""
        return self._track_start(), self._track_end()

    def _zero_column(self) -> int:
        """Return the column of zero within the track."""
        share = (self._origin - self.minimum) / (self.maximum - self.minimum)
        return round(share * (self._track_columns() - 1))

    def _track_start(self) -> int:
        return 2 + self._label_columns() + 1

    def _track_end(self) -> int:
        return self._track_start() + self._track_columns()

    def _track_columns(self) -> int:
        return max(self.size.width - self._track_start() - self._number_columns(), _MIN_TRACK)

    def _label_columns(self) -> int:
        wanted = len(self.label) if self.label_width is None else self.label_width
        return min(wanted, max((self.size.width - self._number_columns() - 3) // 2, 1))

    def _number_columns(self) -> int:
        return 1 + max(len(self._formatted(value)) for value in (self.minimum, self.maximum))

    def _formatted(self, value: float) -> str:
        text = f"{value:+.{self.decimals}f}"
        return text if float(text) else text.replace("+", " ").replace("-", " ")


def _shortened(text: str, columns: int) -> str:
    return text.ljust(columns) if len(text) <= columns else text[: columns - 1] + "…"
