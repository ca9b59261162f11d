"""The sliders: one for each word, or the one between two words; how much of all that, and in which mode."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from eqmorph.adapt.wish import MOST_AMOUNT
from eqmorph.tui.blend import HIGHEST_WEIGHT, LOWEST_WEIGHT, Blend
from eqmorph.tui.widgets.mode_switch import ModeSwitch
from eqmorph.tui.widgets.slider import Slider

__all__ = ["BlendPanel", "WordSlider"]

_LABEL_COLUMNS = 12
_SLIDERS = "BlendPanel Slider, BlendPanel ModeSwitch"


class WordSlider(Slider):
    """The slider of a word."""

    def __init__(self, word: str, weight: float) -> None:
        super().__init__(
            word, weight, minimum=LOWEST_WEIGHT, maximum=HIGHEST_WEIGHT, label_width=_LABEL_COLUMNS, tooltip=word
        )
        self.word = word


class BlendPanel(Vertical):
    """Shows a `Blend` and posts `Changed` with another one when somebody moves a slider."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "previous", "Slider above", show=False, id="blend.up", tooltip="To the slider above"),
        Binding("down,j", "next", "Slider below", show=False, id="blend.down", tooltip="To the slider below"),
    ]

    DEFAULT_CSS = """
    BlendPanel {
        & > #words { height: auto; max-height: 1fr; scrollbar-size-vertical: 1; }
        & > #no-words { height: auto; color: $text-muted; padding: 0 2; display: none; }
        & > #morph-ends { height: 1; color: $text-muted; padding: 0 2; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #amount { margin-top: 1; }
        &.-morphing > #words, &.-morphing > #no-words { display: none; }
        & > #morph, & > #morph-ends { display: none; }
        &.-morphing > #morph, &.-morphing > #morph-ends { display: block; }
    }
    """

    class Changed(Message):
        """The sliders stand otherwise now. ``gesture`` is the same for all that one drag does."""

        def __init__(self, blend: Blend, gesture: object) -> None:
            super().__init__()
            self.blend = blend
            self.gesture = gesture

    def __init__(self, blend: Blend, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._blend = blend

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="words", can_focus=False):
            yield from (WordSlider(term.word, term.weight) for term in self._blend.terms)
        yield Static("no words yet", id="no-words")
        yield Static(id="morph-ends", markup=False)
        yield Slider("morph", 0.0, minimum=0.0, maximum=1.0, label_width=_LABEL_COLUMNS, id="morph")
        yield Slider(
            "amount",
            self._blend.amount,
            minimum=0.0,
            maximum=MOST_AMOUNT,
            default=1.0,
            label_width=_LABEL_COLUMNS,
            tooltip="How much of it all",
            id="amount",
        )
        yield ModeSwitch(label_width=_LABEL_COLUMNS, id="mode")

    def on_mount(self) -> None:
        self._show(self._blend)

    @property
    def word(self) -> str | None:
        """The word whose slider has the focus."""
        focused = self.screen.focused
        return focused.word if isinstance(focused, WordSlider) else None

    async def show(self, blend: Blend) -> None:
        """Stand as a blend says."""
        sliders = {slider.word: slider for slider in self.query(WordSlider)}
        if list(sliders) != blend.words:
            words = self.query_one("#words")
            for word, slider in sliders.items():
                if word not in blend.words:
                    await slider.remove()
            for place, term in enumerate(blend.terms):
                if term.word not in sliders:
                    before = place if place < len(words.children) else None
                    await words.mount(WordSlider(term.word, term.weight), before=before)
        self._show(blend)

    def focus_word(self, word: str) -> None:
        for slider in self.query(WordSlider):
            if slider.word == word:
                slider.focus()

    def action_previous(self) -> None:
        self.screen.focus_previous(_SLIDERS)

    def action_next(self) -> None:
        self.screen.focus_next(_SLIDERS)

    @on(Slider.Changed)
    def _moved(self, event: Slider.Changed) -> None:
        event.stop()
        if not event.by_user:
            return
        slider = event.slider
        if isinstance(slider, WordSlider):
            blend = self._blend.with_weight(slider.word, event.value)
        elif slider.id == "morph":
            blend = self._blend.with_position(event.value)
        else:
            blend = self._blend.with_amount(event.value)
        self._blend = blend
        self.post_message(self.Changed(blend, (id(slider), event.drag) if event.drag is not None else None))

    @on(ModeSwitch.Switched)
    def _switched(self, event: ModeSwitch.Switched) -> None:
        event.stop()
        self._show(self._blend.with_other_mode())
        self.post_message(self.Changed(self._blend, None))

    def _show(self, blend: Blend) -> None:
        self._blend = blend
        weights = {term.word: term.weight for term in blend.terms}
        for slider in self.query(WordSlider):
            slider.value = weights.get(slider.word, slider.value)
        self.query_one("#amount", Slider).value = blend.amount
        self.query_one(ModeSwitch).is_adaptive = blend.is_adaptive
        self.query_one("#no-words").display = not blend.terms and blend.morph is None
        self.set_class(blend.morph is not None, "-morphing")
        if blend.morph is not None:
            self.query_one("#morph", Slider).value = blend.morph.position
            self.query_one("#morph-ends", Static).update(f"from {blend.morph.start} to {blend.morph.end}")
