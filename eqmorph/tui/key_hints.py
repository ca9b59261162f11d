"""What the bar of keys shows of the session, and in which order it gives way where there is no room for all."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from textual.binding import Binding
from textual.screen import Screen

from eqmorph.tui.screens.session_keys import ONE_SLOT
from eqmorph.tui.widgets.bands import BandTable
from eqmorph.tui.widgets.key_bar import KeyHint

__all__ = ["key_hints"]

# Where not even all main keys have room, these stay: without them one can't begin, hear, undo, keep or leave.
_FIRST_KEYS = ("play", "bypass", "add", "undo", "render", "open", "help", "quit")
# Where there is room, these keys come next, in this order; then all others.
_SECOND_KEYS = (
    *("bands", "mode", "follow", "why", "copy", "zoom", "tilt", "save", "export", "high_pass", "low_pass"),
    *("render_folder", "results", "slots", "next_slot", "sessions", "next_file", "files"),
)
_FIRST, _WANTED_NOW, _MAIN, _OTHERS = -2, -1, 0, 1  # ranks
_BEHIND = 3  # so far behind the keys of the bands are all others, while these are in hand
_HAND_RANKS = {"Reset all": 1}  # of the keys of the bands: all others are main ones there


def key_hints(screen: Screen[None], wanted_now: Collection[str] = ()) -> tuple[KeyHint, ...]:
    """Return the keys of a screen as they are bound now, after those of the bands while these have the focus.

    Args:
        screen: the session's.
        wanted_now: names of keys that are more likely to be wanted now than most.
    """
    active = screen.active_bindings.values()
    in_hand = [each.binding for each in active if isinstance(each.node, BandTable)]
    own = [each.binding for each in active if each.node is screen]
    hints = {}
    for binding in reversed(own):  # of several keys the first
        if binding.id and not binding.id.startswith(ONE_SLOT):
            rank = _rank(binding, wanted_now)
            key = screen.app.get_key_display(binding)
            hints[binding.action] = KeyHint(key, binding.description, binding.action, rank + _BEHIND * bool(in_hand))
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


def _rank(binding: Binding, wanted_now: Collection[str]) -> int:
    """Return how soon a key comes."""
    if binding.id in _FIRST_KEYS:
        return _FIRST
    if binding.id in wanted_now:
        return _WANTED_NOW
    if binding.show:
        return _MAIN
    return _OTHERS + (_SECOND_KEYS.index(binding.id) if binding.id in _SECOND_KEYS else len(_SECOND_KEYS))
