"""The help: gathered from the widgets and from the keys as they are bound now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textual.app import App
from textual.binding import ActiveBinding, Binding
from textual.dom import DOMNode
from textual.screen import Screen

from eqmorph.tui.screens.blind import BlindScreen
from eqmorph.tui.screens.browse import BrowseScreen
from eqmorph.tui.screens.dialog import Dialog
from eqmorph.tui.screens.files import FilesScreen
from eqmorph.tui.screens.form import FormScreen
from eqmorph.tui.screens.help import HelpScreen, KeyLine
from eqmorph.tui.screens.presets import PresetScreen
from eqmorph.tui.screens.question import QuestionScreen
from eqmorph.tui.screens.results import ResultsScreen
from eqmorph.tui.screens.session import SessionScreen
from eqmorph.tui.screens.sessions import SessionsScreen
from eqmorph.tui.screens.slots import SlotsScreen
from eqmorph.tui.screens.too_small import TooSmall
from eqmorph.tui.screens.why import WhyScreen
from eqmorph.tui.screens.word_picker import WordPicker
from eqmorph.tui.widgets.bands import BandTable
from eqmorph.tui.widgets.blend_panel import BlendPanel
from eqmorph.tui.widgets.mode_switch import ModeSwitch
from eqmorph.tui.widgets.slider import Slider
from eqmorph.tui.widgets.timeline import Timeline

__all__ = ["active_named_bindings", "binding_owners", "help_text", "key_lines", "named_bindings"]

_GENERAL = """\
**eqmorph**

Move a slider to hear and see what it does to the sound. The curve is the EQ's response; behind it is the sound's
spectrum before and after. `Tab` moves between the parts of the screen.
"""


def binding_owners() -> list[type[DOMNode]]:
    """Return every screen and widget with keys that can be remapped."""
    return [
        *(SessionScreen, BlendPanel, Slider, ModeSwitch, BandTable, Timeline),
        *(Dialog, BrowseScreen, WordPicker, FormScreen, QuestionScreen, PresetScreen, ResultsScreen),
        *(WhyScreen, SlotsScreen, BlindScreen, SessionsScreen, FilesScreen, HelpScreen, TooSmall),
    ]


def named_bindings(owner: DOMNode | type[DOMNode]) -> Iterator[Binding]:
    """Yield the bindings of a screen or widget that name an action; those that only type a character have no name."""
    for binding in owner.BINDINGS:
        if isinstance(binding, Binding) and binding.description:
            yield binding


def help_text(screen: Screen[Any]) -> str:
    """Return the help for what has the focus, or else for the screen, in Markdown."""
    node: DOMNode | None = screen.focused or screen
    while node is not None:
        if isinstance(node.HELP, str) and node.HELP:
            return node.HELP
        node = node.parent
    return _GENERAL


def active_named_bindings(screen: Screen[Any]) -> Iterator[ActiveBinding]:
    """Yield the bindings that work now, those of what has the focus first; one for each key of an action."""
    for active in screen.active_bindings.values():
        if active.binding.id is not None:  # Textual's own have none: scrolling and the like
            yield active


def key_lines(app: App[Any], screen: Screen[Any]) -> list[KeyLine]:
    """Return the keys that work now, those of what has the focus first."""
    keys: dict[str, list[str]] = {}
    for active in active_named_bindings(screen):
        binding = active.binding
        what = binding.tooltip or binding.description
        shown = app.get_key_display(binding)
        if shown not in keys.setdefault(what, []):
            keys[what].append(shown)
    return [(" ".join(shown), what) for what, shown in keys.items()]
