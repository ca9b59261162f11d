"""The sliders: one per word, or one between two words; and those for the amount and the mode."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.reactive import var
from textual.widget import Widget
from textual.widgets import Static

from eqmorph.adapt.goal import MAX_AMOUNT
from eqmorph.tui.blend import HIGHEST_WEIGHT, LOWEST_WEIGHT, Blend
from eqmorph.tui.widgets.mode_switch import ModeSwitch
from eqmorph.tui.widgets.slider import Slider

__all__ = ["BlendPanel", "WordSlider"]

_LABEL_COLUMNS = 12
_LAID_OUT_S = 0.02  # what comes to be seen has its place about then
_TIGHT_LINES = 6  # a panel no higher than this has no empty line
_SLIDERS = "BlendPanel Slider, BlendPanel ModeSwitch"


class WordSlider(Slider):
    """The slider of a word."""

    def __init__(self, word: str) -> None:
        tooltip = word if len(word) > _LABEL_COLUMNS else None  # what can be read needs none
        super().__init__(
            word, minimum=LOWEST_WEIGHT, maximum=HIGHEST_WEIGHT, label_width=_LABEL_COLUMNS, tooltip=tooltip
        )
        self.word = word


class _Words(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls with the focus, not by keys of its own: ↑ and ↓ move between the sliders."""


class BlendPanel(Vertical):
    """Sliders that always agree with `blend`: either one changes with the other.

    The sliders are watched, not followed by messages. So a key or a mouse move has changed the blend, and its watchers
    have been called, before the next event is served, however many come at once.

    Args:
        blend: the first blend.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "previous", "Slider above", show=False, id="blend.up", tooltip="Go to the slider above"),
        Binding("down,j", "next", "Slider below", show=False, id="blend.down", tooltip="Go to the slider below"),
    ]

    DEFAULT_CSS = """
    BlendPanel {
        & > #words { height: auto; scrollbar-size-vertical: 1; }
        & > #no-words { height: auto; color: $text-muted; padding: 0 2; }
        & > #preset { height: auto; padding: 0 2; }
        & > #morph-ends { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #amount { margin-top: 1; }
        &.-tight > #amount { margin-top: 0; }
    }
    """

    blend: var[Blend] = var(Blend, init=False)

    def __init__(self, blend: Blend, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.gesture: object = None
        """While a slider moves: its `Slider.gesture`, the same for all moves of one drag."""
        self._sliders: dict[str, WordSlider] = {}
        self._last_focused: Widget | None = None
        self.set_reactive(BlendPanel.blend, blend)

    def compose(self) -> ComposeResult:
        yield _Words(id="words")
        yield Static("no words yet: a adds one", id="no-words")
        yield Static(id="preset", markup=False)
        yield Static(id="morph-ends", markup=False)
        yield Slider("morph", 0.0, minimum=0.0, maximum=1.0, label_width=_LABEL_COLUMNS, id="morph")
        yield Slider(
            "amount",
            self.blend.amount,
            minimum=0.0,
            maximum=MAX_AMOUNT,
            default=1.0,
            label_width=_LABEL_COLUMNS,
            id="amount",
        )
        yield ModeSwitch(label_width=_LABEL_COLUMNS, id="mode")

    def on_mount(self) -> None:
        self.watch(self.query_one("#morph"), "value", self._position_moved, init=False)
        self.watch(self.query_one("#amount"), "value", self._amount_moved, init=False)
        self.watch(self.query_one(ModeSwitch), "is_adaptive", self._mode_switched, init=False)
        # A slider that comes has a place only once its neighbors were laid out with it, however long that takes.
        words = self.query_one("#words")
        self.watch(words, "virtual_size", self._words_laid_out, init=False)
        self.watch_blend(self.blend)

    def _words_laid_out(self) -> None:
        self.call_after_refresh(self._scroll_to_focus)

    def on_resize(self) -> None:
        """Leave room for amount and mode below the words, and keep the focus in view."""
        self.set_class(self.size.height <= _TIGHT_LINES, "-tight")
        lines_below = 2 if self.has_class("-tight") else 3
        self.query_one("#words").styles.max_height = max(self.size.height - lines_below, 1)
        self.call_after_refresh(self._scroll_to_focus)
        self.call_after_refresh(self._show_ends)

    def _scroll_to_focus(self) -> None:
        focused = self.screen.focused
        if isinstance(focused, WordSlider):
            focused.scroll_visible(animate=False)

    @property
    def word(self) -> str | None:
        """The word whose slider has the focus."""
        focused = self.screen.focused
        return focused.word if isinstance(focused, WordSlider) else None

    def focus_last(self) -> None:
        """Focus what had the focus last here, or else the first slider."""
        last = self._last_focused
        if last is not None and last.is_attached and last.focusable:
            self.screen.set_focus(last)
        else:
            self.screen.focus_next(_SLIDERS)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._last_focused = event.widget

    def focus_word(self, word: str) -> None:
        self.screen.set_focus(self._sliders[word])
        self.call_after_refresh(self._scroll_to_focus)  # a new one has no place until then

    def focus_first_word(self) -> None:
        self.screen.focus_next("WordSlider")

    def focus_amount(self) -> None:
        self.screen.set_focus(self.query_one("#amount"))

    def focus_morph(self) -> None:
        self.screen.set_focus(self.query_one("#morph"))

    def action_previous(self) -> None:
        self.screen.focus_previous(_SLIDERS)

    def action_next(self) -> None:
        self.screen.focus_next(_SLIDERS)

    # From the sliders to the blend. A slider that is set from the blend changes nothing in it.

    def _weight_moved(self, slider: WordSlider) -> None:
        self._move(slider, self.blend.with_weight(slider.word, slider.value))

    def _position_moved(self) -> None:
        slider = self.query_one("#morph", Slider)
        self._move(slider, self.blend.with_position(slider.value))

    def _amount_moved(self) -> None:
        slider = self.query_one("#amount", Slider)
        self._move(slider, self.blend.with_amount(slider.value))

    def _mode_switched(self, is_adaptive: bool) -> None:
        self.blend = self.blend.with_mode(is_adaptive=is_adaptive)

    def _move(self, slider: Slider, blend: Blend) -> None:
        self.gesture = slider.gesture
        self.blend = blend
        self.gesture = None

    # From the blend to the sliders.

    def watch_blend(self, blend: Blend) -> None:
        self._match_sliders(blend.words)
        for term in blend.terms:
            self._sliders[term.word].value = term.weight
        self.query_one("#amount", Slider).value = blend.amount
        self.query_one(ModeSwitch).is_adaptive = blend.is_adaptive
        self.query_one(ModeSwitch).is_following = blend.is_following
        self._show_morph(blend)

    def _match_sliders(self, words: list[str]) -> None:
        for word in [word for word in self._sliders if word not in words]:
            self._sliders.pop(word).remove()
        place = self.query_one("#words")
        after: WordSlider | None = None
        for word in reversed(words):
            if word not in self._sliders:
                self._sliders[word] = slider = WordSlider(word)
                self.watch(slider, "value", partial(self._weight_moved, slider), init=False)
                place.mount(slider, before=after)
            after = self._sliders[word]

    def _show_morph(self, blend: Blend) -> None:
        is_morphing, preset = blend.morph is not None, blend.preset
        has_words = not is_morphing and preset is None
        self.query_one("#words").display = has_words
        self.query_one("#no-words").display = has_words and not blend.terms
        self.query_one("#preset").display = preset is not None
        if preset is not None:
            count = len(preset.bands)
            self.query_one("#preset", Static).update(
                f"{preset.name}\n{count} band{'s' * (count != 1)}, the same for every sound"
            )
        self.query_one("#morph").display = self.query_one("#morph-ends").display = is_morphing
        if blend.morph is not None:
            self.query_one("#morph", Slider).value = blend.morph.position
            self.call_after_refresh(self._show_ends)  # a slider that comes to be seen has no width until then

    def _show_ends(self) -> None:
        """Name the ends of a morph right above those of its slider."""
        morph = self.blend.morph
        if morph is None:
            return
        slider = self.query_one("#morph", Slider)
        if not slider.size.width:
            self.set_timer(_LAID_OUT_S, self._show_ends)
            return
        start, end = slider.track
        room = end - start - len(morph.start)
        ends = f"{morph.start}{morph.end:>{room}}" if len(morph.end) < room else f"{morph.start} → {morph.end}"
        self.query_one("#morph-ends", Static).update(" " * start + ends)
