"""Sessions from the app: kept while it runs and when it ends, gone on with at the next start or by name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from eqmorph.errors import EqmorphError, show_path
from eqmorph.shell import command_line
from eqmorph.tui.controller import Controller
from eqmorph.tui.flows.slots import blend_said
from eqmorph.tui.host import FlowHost
from eqmorph.tui.paths import is_file
from eqmorph.tui.screens.dialog import explain
from eqmorph.tui.screens.sessions import SessionChoice, SessionLine, SessionsScreen
from eqmorph.tui.session_file import (
    SavedSession,
    last_session_path,
    named_session_path,
    named_sessions,
    read_session,
    remove_session,
    take_session,
    write_session,
)

__all__ = ["SessionsFlow"]


class SessionsHost(FlowHost, Protocol):
    """What the flow needs of the app."""

    def open_file(self, path: Path) -> object:
        """Open a file."""


class SessionsFlow:
    """Keeps the session, and brings others back.

    Args:
        controller: the session.
        host: the app.
        show_blend: shows what is in use now.
        name: what the session is called; empty for the one that is only gone on with at the next start.
    """

    def __init__(
        self, controller: Controller, host: SessionsHost, show_blend: Callable[[], None], name: str = ""
    ) -> None:
        self._controller, self._host, self._show_blend = controller, host, show_blend
        self._name = name
        self._left: SavedSession | None = None
        self._kept: SavedSession | None = None
        self.problem = ""
        """What is to be told of a session that could not be read."""

    def begin(self) -> Path | None:
        """Take up the session where it was left; return the file that was open, if it is still there.

        Raises:
            UsageError: its name can't be one.
        """
        path = named_session_path(self._name) if self._name else last_session_path()
        session, self.problem = take_session(path)
        return None if session is None else self._take_up(session)

    def _take_up(self, session: SavedSession) -> Path | None:
        self._controller.restore(session)
        self._left = None
        if session.file is None:
            return None
        if not is_file(session.file):
            self.problem = f"the session's file is not there any more: {show_path(session.file)}"
            return None
        self._left = session
        return session.file

    def file_opened(self, path: Path) -> SavedSession | None:
        """Return the session that this file belongs to, if it was opened for one: its loop is still to be set."""
        left, self._left = self._left, None
        return left if left is not None and left.file == path else None

    def keep(self) -> None:
        """Write the session, if it is another one than before.

        Raises:
            EqmorphError: the disk refuses one that has a name; not to go on at the next start is no loss.
        """
        session = self._controller.saved()
        if session == self._kept or (session.file is None and self._kept is None):
            return
        if self._name:
            write_session(named_session_path(self._name), session)
        with suppress(EqmorphError):
            write_session(last_session_path(), session)
        self._kept = session

    def show(self) -> None:
        """List the sessions that have names."""
        screen = SessionsScreen(_lines, delete=_delete, check=_check, current=self._name)
        self._host.push_screen(screen, self._chosen)

    def _chosen(self, choice: SessionChoice | None) -> None:
        if choice is None:
            return
        try:
            if choice.do == "save":
                write_session(named_session_path(choice.name), self._controller.saved())
                self._name = choice.name
                self._host.say(f"saved: {command_line(['eqmorph', 'tui', '--session', choice.name])}")
                return
            session = read_session(named_session_path(choice.name))
        except EqmorphError as error:
            self._host.say_error(error)
            return
        self._name = choice.name
        path = self._take_up(session)
        self._show_blend()
        self._host.say(self.problem or f"session {choice.name}", is_error=bool(self.problem))
        self.problem = ""
        if path is not None:
            self._host.open_file(path)


def _lines() -> list[SessionLine]:
    return [SessionLine(name, _said(path)) for name, path in named_sessions().items()]


def _said(path: Path) -> str:
    try:
        session = read_session(path)
    except EqmorphError as error:
        return explain(error)
    file = show_path(session.file.name) if session.file is not None else "no file"
    blend = session.slots[session.slot]
    return f"{file}   {blend_said(blend) if blend is not None else ''}".rstrip()


def _delete(name: str) -> str:
    try:
        remove_session(name)
    except EqmorphError as error:
        return explain(error)
    return ""


def _check(name: str) -> str:
    try:
        named_session_path(name)
    except EqmorphError as error:
        return explain(error)
    return ""
