"""What the bar of keys shows of the session, and in which order it gives way where there is no room for all."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding
from textual.screen import Screen

from eqmorph.tui.screens.session_keys import ONE_SLOT
from eqmorph.tui.widgets.bands import BandTable
from eqmorph.tui.widgets.key_bar import KeyHint

__all__ = ["key_hints"]

# Where there is room, these keys come next, in this order; then all others.
_SECOND_KEYS = (
    *("bands", "why", "mode", "presets", "follow", "zoom", "tilt", "save", "export", "high_pass", "low_pass"),
    *("render_folder", "results", "slots", "next_slot", "sessions", "next_file", "files"),
)
_HAND_RANKS = {"Reset all": 1}  # of the keys of the bands: all others are main ones there


def key_hints(screen: Screen[None]) -> tuple[KeyHint, ...]:
    """Return the keys of a screen as they are bound now, after those of the bands while these have the focus."""
    active = screen.active_bindings.values()
    in_hand = [each.binding for each in active if isinstance(each.node, BandTable)]
    own = [each.binding for each in active if each.node is screen]
    hints = {}
    for binding in reversed(own):  # of several keys the first
        if binding.id and not binding.id.startswith(ONE_SLOT):
            rank = 0 if binding.show else _rank(binding.id)
            key = screen.app.get_key_display(binding)
            hints[binding.action] = KeyHint(key, binding.description, binding.action, rank + bool(in_hand))
    return (*_hand_hints(screen, in_hand), *reversed(hints.values()))


def _hand_hints(screen: Screen[None], bindings: Iterable[Binding]) -> list[KeyHint]:
    """Return the keys of the bands; two that go both ways are one."""
    keys: dict[str, dict[str, Binding]] = {}
    for binding in bindings:
        if binding.id and (binding.show or binding.id == "bands.reset_all"):
            keys.setdefault(binding.description, {}).setdefault(binding.action, binding)
    return [
        KeyHint(
            " ".join(map(screen.app.get_key_display, pair.values())), name, list(pair)[-1], _HAND_RANKS.get(name, 0)
        )
        for name, pair in keys.items()
    ]


def _rank(key: str) -> int:
    """Return how soon a key comes that is not one of the main ones; the main ones have 0."""
    return 1 + (_SECOND_KEYS.index(key) if key in _SECOND_KEYS else len(_SECOND_KEYS))
