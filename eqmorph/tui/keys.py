"""Keys one at a time: the next one is served once the one before is done, and what it opened is ready.

Textual passes keys on as they come. A character is in a field at once, while a key with an action goes up to the app
first, and a dialog takes none before it is mounted. Of keys in quick succession, as over a slow line, some would
overtake others or be lost.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App
from textual.events import Key
from textual.message import Message
from textual.message_pump import MessagePump

from eqmorph.tui.screens.dialog import Dialog

__all__ = ["KeyQueue"]

_EXIT_KEYS = ("escape", "ctrl+q")  # never wait for a dialog that is busy
_LOST_AFTER_S = 0.25  # a message that follows a key up through a screen that closes may never arrive


class KeyQueue:
    """Keys that were typed and are not served yet.

    Args:
        app: the app that gets the keys; everything here runs in its message loop.
        forward: has Textual serve a key.
    """

    class Passed(Message):
        """Posted after a key, to go the same way: when it reaches the app, the key was served wherever it passed.

        Args:
            key: the key.
            rounds: how many more times it is sent, for what the key made others post, and for what that did to the
                screen.
        """

        def __init__(self, key: Key, rounds: int) -> None:
            super().__init__()
            self.key, self.rounds = key, rounds

    def __init__(self, app: App[Any], forward: Callable[[Key], Awaitable[None]]) -> None:
        self._app, self._forward = app, forward
        self._waiting: deque[Key] = deque()
        self._serving: Key | None = None
        self._target: MessagePump | None = None
        self._dialog: Dialog[Any] | None = None
        self._lost_timer: asyncio.TimerHandle | None = None

    async def add(self, key: Key) -> None:
        """Take a key that was typed, and serve it when its turn comes."""
        screen = self._app.screen
        if key.key in _EXIT_KEYS and isinstance(screen, Dialog) and screen.is_busy:
            self._waiting.clear()  # they were meant for the dialog that is left now
            self._serving = None
        self._waiting.append(key)
        await self.serve_next()

    async def serve_next(self) -> None:
        """Serve the next key, if it can be served now."""
        if self._serving is None and self._waiting and self._is_open(self._waiting[0]):
            await self._serve(self._waiting.popleft())

    async def key_passed(self, event: Passed) -> None:
        """Note that a key was served wherever it passed."""
        if event.key is not self._serving or not self._app.is_running:  # the last ones pass while the app ends
            return
        for rounds in range(event.rounds - 1, -1, -1):
            target = self._target if rounds else self._app.screen
            if target is not None and target.is_attached and target.post_message(self.Passed(event.key, rounds)):
                return
        await self._served(event.key)

    def _is_open(self, key: Key) -> bool:
        """Tell whether the screen can take a key."""
        screen = self._app.screen
        return not isinstance(screen, Dialog) or (screen.is_open and (not screen.is_busy or key.key in _EXIT_KEYS))

    async def _serve(self, key: Key) -> None:
        self._serving = key
        self._target = target = self._app.focused or self._app.screen
        screen = self._app.screen
        self._dialog = screen if isinstance(screen, Dialog) else None
        if self._dialog is not None:
            self._dialog.typed_at = key.time
        loop = asyncio.get_running_loop()
        self._lost_timer = loop.call_later(_LOST_AFTER_S, self._app.call_later, self._served, key)
        await self._forward(key)
        target.post_message(self.Passed(key, rounds=2 if self._dialog else 0))

    async def _served(self, key: Key) -> None:
        if key is not self._serving:
            return
        self._serving = self._target = None
        if self._dialog is not None:
            self._dialog.typed_at = None
        if self._lost_timer is not None:
            self._lost_timer.cancel()
        await self.serve_next()
