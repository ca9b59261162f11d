"""The help screen: about what has the focus, and the keys as they are bound now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from eqmorph.tui.screens.dialog import Dialog

__all__ = ["HelpScreen", "KeyLine"]

KeyLine = tuple[str, str]  # the keys, and what they do


class HelpScreen(Dialog[None]):
    """A page to read.

    Args:
        text: about what has the focus, in Markdown.
        keys: the keys that work here.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,question_mark,q", "dismiss(None)", "Back", id="help.back", tooltip="Close the help"),
    ]

    def __init__(self, text: str, keys: Sequence[KeyLine]) -> None:
        super().__init__()
        self._text, self._keys = text, keys

    def compose(self) -> ComposeResult:
        from textual.widgets import Markdown  # its parser would keep the first picture waiting

        widest = max((len(keys) for keys, _ in self._keys), default=0)
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = "Help"
            with VerticalScroll():
                yield Markdown(self._text)
                yield Static("\n".join(f"{keys:<{widest}}  {what}" for keys, what in self._keys), markup=False)
            yield Static("↑ ↓ scroll   Esc back", classes="keys", markup=False)
