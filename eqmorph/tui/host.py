"""What the flows and the session's screen need of the app: it knows them, and they know only this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from textual.message import Message
from textual.notifications import SeverityLevel
from textual.screen import Screen, ScreenResultType

from eqmorph.errors import EqmorphError
from eqmorph.tui.screens.results import ResultLine
from eqmorph.tui.word_search import WordSearch

__all__ = ["FlowHost", "NoteHost", "SessionHost"]


class NoteHost(Protocol):
    """Shows notes: texts too long for the status line."""

    def note(self, text: str, *, title: str = "", severity: SeverityLevel = "information") -> None:
        """Show a note, in place of the one before."""


class SessionHost(NoteHost, Protocol):
    """What the session's screen needs."""

    def drop_note(self) -> None:
        """Take the note away, if there is one."""

    @property
    def word_search(self) -> WordSearch:
        """The vocabulary."""

    @property
    def work_text(self) -> str:
        """What is being done in the background; empty if nothing is."""

    @property
    def results(self) -> Sequence[ResultLine]:
        """What was rendered in this session."""


class FlowHost(NoteHost, Protocol):
    """What a flow needs: screens that ask, workers, and ways to tell how it ended."""

    def say(self, message: str, *, is_error: bool = False) -> None:
        """Show a message on the status line."""

    def say_error(self, error: EqmorphError) -> None:
        """Show an error and its remedy."""

    def copy_to_clipboard(self, text: str) -> None:
        """Hand a text to the terminal's clipboard."""

    def push_screen(
        self, screen: Screen[ScreenResultType], callback: Callable[[ScreenResultType | None], None] | None = None
    ) -> object:
        """Show a screen above the others; the callback is given what it closes with."""

    def run_worker(self, work: Callable[[], object], *, group: str, exit_on_error: bool, thread: bool) -> object:
        """Do something in the background."""

    def post_message(self, message: Message) -> bool:
        """Send a message to the app, from any thread."""
