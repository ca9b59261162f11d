"""The words of the session: added, removed, morphed between, and taken from a preset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from textual.screen import Screen, ScreenResultType

from eqmorph.errors import EqmorphError
from eqmorph.presets import Preset, remove_preset
from eqmorph.tui.blend import Blend, Morph, weights_out_of_range
from eqmorph.tui.controller import Controller
from eqmorph.tui.preset_list import preset_lines
from eqmorph.tui.screens.dialog import explain
from eqmorph.tui.screens.presets import PresetScreen
from eqmorph.tui.screens.word_picker import WordPicker
from eqmorph.tui.widgets.blend_panel import BlendPanel
from eqmorph.tui.word_search import FoundWord, WordSearch

__all__ = ["WordsFlow", "WordsHost"]


class WordsHost(Protocol):
    """What the flow needs of the session's screen."""

    @property
    def panel(self) -> BlendPanel:
        """The sliders, which hold the blend."""

    @property
    def word_search(self) -> WordSearch:
        """The vocabulary."""

    def try_out(self, blend: Blend | None) -> None:
        """Have a blend heard in place of what is in use; None returns to that."""

    def say(self, message: str, *, is_error: bool = False) -> None:
        """Show a message on the status line."""

    def say_briefly(self, message: str) -> None:
        """Show a message that goes with the next move."""

    def open_screen(
        self, screen: Screen[ScreenResultType], callback: Callable[[ScreenResultType | None], None]
    ) -> None:
        """Show a screen above this one."""


class WordsFlow:
    """Does what the keys of words and presets ask for.

    Args:
        controller: the session.
        host: shows it.
    """

    def __init__(self, controller: Controller, host: WordsHost) -> None:
        self._controller, self._host = controller, host

    # Words.

    def add(self) -> None:
        """Have a word picked and added, or a sentence."""
        self._pick("Add a word", self._add, lambda found: self._host.panel.blend.with_target(found.asked))

    def _add(self, found: FoundWord) -> None:
        """Add a word, for which nothing is asked yet, or all that a sentence asks for."""
        panel = self._host.panel
        if found.target is None:
            panel.blend = panel.blend.with_word(found.word).with_morph(None)
            panel.focus_word(found.word)
            return
        panel.blend = panel.blend.with_target(found.target)
        panel.focus_word(found.target.terms[0].word)
        self._host.say("; ".join([f"set: {found.word}", *weights_out_of_range(found.target)]))

    def remove(self) -> None:
        """Remove the word whose slider has the focus, or the preset."""
        panel = self._host.panel
        if panel.blend.preset is not None:
            panel.blend = panel.blend.with_preset(None)
            panel.focus_last()
            return
        word = panel.word
        if word is None or panel.blend.morph:
            self._host.say_briefly("move the focus to a word's slider to remove it")
            return
        panel.action_next()
        panel.blend = panel.blend.without_word(word)

    def morph(self) -> None:
        """Have the ends of a morph picked, or return to the words."""
        panel = self._host.panel
        if panel.blend.morph is None:
            self._pick("Morph from", self._pick_end, self._alone)
            return
        panel.blend = panel.blend.with_morph(None)
        panel.focus_first_word()

    def _alone(self, found: FoundWord) -> Blend:
        """Return a word alone, to be tried out as an end of a morph."""
        blend = self._host.panel.blend
        return replace(Blend.of_target(found.asked), amount=blend.amount, is_adaptive=blend.is_adaptive)

    def _pick_end(self, start: FoundWord) -> None:
        self._pick(f"Morph from {start.word} to", partial(self._start_morph, start), self._alone)

    def _start_morph(self, start: FoundWord, end: FoundWord) -> None:
        if start.word == end.word:
            self._host.say_briefly("a morph needs two different words")
            return
        panel = self._host.panel
        panel.blend = panel.blend.with_morph(Morph(start.word, end.word))
        panel.focus_morph()

    def _pick(self, title: str, then: Callable[[FoundWord], None], tried: Callable[[FoundWord], Blend]) -> None:
        """Have a word picked. The picker opens at once, so that the next keys are its own.

        ``tried`` returns the blend by which a word is tried out. Sentences can be picked where words are added.
        """

        def picked(found: FoundWord | None) -> None:
            self._host.try_out(None)
            if found is not None:
                then(found)

        sentences = then == self._add
        picker = WordPicker(
            title, self._host.word_search, sentences=sentences, try_out=lambda found: self._host.try_out(tried(found))
        )
        self._host.open_screen(picker, picked)

    # Presets.

    def choose_preset(self) -> None:
        """Have a preset chosen and loaded."""
        screen = PresetScreen(
            lambda: preset_lines(self._controller.ear.space),
            _delete_preset,
            lambda preset: self._host.try_out(self._controller.with_preset(preset)),
        )
        self._host.open_screen(screen, self._load_preset)

    def _load_preset(self, preset: Preset | None) -> None:
        self._host.try_out(None)
        if preset is None:
            return
        panel = self._host.panel
        panel.blend = blend = self._controller.with_preset(preset)
        if blend.preset is None:
            panel.focus_word(blend.words[0])
        else:
            panel.focus_amount()
        self._host.say(f"loaded: {preset.name}")


def _delete_preset(preset: Preset) -> str:
    """Delete a preset of the user's own; return the problem, if there is one."""
    try:
        remove_preset(preset.name)
    except EqmorphError as error:
        return explain(error)
    return ""
