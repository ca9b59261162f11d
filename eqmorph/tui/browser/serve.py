"""Serve the app to browsers: each page has a session of its own, in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import os
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path

import aiohttp_jinja2
from aiohttp import WSCloseCode, web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from eqmorph.errors import UsageError
from eqmorph.shell import command_line
from eqmorph.tui.browser.address import Address, refuse_unsafe
from eqmorph.tui.browser.guard import guard, shield

__all__ = ["serve"]

_PAGE = Path(__file__).with_name("page")
_USUAL_SIZE = 14  # pixels: 160 columns in a window of 1400
_LARGEST_SIZE = 40
_LONGEST_END_S = 20.0  # of a session: what it renders is stopped, and no partial file is left
_READ_BYTES = 1 << 16


def serve(command: Sequence[str], address: Address, *, token: str = "", say: Callable[[str], object] = print) -> None:
    """Serve until Ctrl-C.

    Args:
        command: what is run for each page.
        address: where.
        token: what a browser must show; needed where other machines reach the address.
        say: told where it is.

    Raises:
        UsageError: it would not be safe, or the address can't be had.
    """
    refuse_unsafe(address, token)
    try:
        _Server(command, address, token, say).serve()
    except OSError as error:
        raise UsageError(
            f"nothing can be served at {address.host}:{address.port}: {error.strerror or error}",
            hint="Another program may be there: choose another port.",
        ) from error


class _Server(Server):
    """What textual-serve does, without its page, which asks Google for a font, and with a guard, which it lacks."""

    def __init__(self, command: Sequence[str], address: Address, token: str, say: Callable[[str], object]) -> None:
        shell = "" if os.name == "nt" else "exec "  # so that it is the process itself that is known here
        command_text = shell + command_line(command)
        super().__init__(command_text, address.host, address.port, title="eqmorph", templates_path=str(_PAGE))
        self._address, self._token, self._say = address, token, say
        self._sockets: weakref.WeakSet[web.WebSocketResponse] = weakref.WeakSet()

    def initialize_logging(self) -> None:
        """Log what fails only: a log of requests would hold the token."""
        logging.getLogger("textual-serve").setLevel(logging.ERROR)

    async def _make_app(self) -> web.Application:
        app: web.Application = await super()._make_app()
        app.middlewares.append(guard(self._address, self._token))
        app.router.add_static("/page", _PAGE)
        app.on_response_prepare.append(shield)
        return app

    async def on_startup(self, _app: web.Application) -> None:
        where = f"{self._address.url}?token={self._token}" if self._token else self._address.url
        self._say(f"eqmorph is at {where}")
        self._say("Sound plays on this machine, not where the browser is. Ctrl-C ends it.")
        if not self._address.is_loopback:
            self._say("Nothing is encrypted on the way: on a network that is not your own, use an SSH tunnel instead.")

    async def on_shutdown(self, _app: web.Application) -> None:
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    async def handle_index(self, request: web.Request) -> web.Response:
        """Show the page, by whatever name the browser has for this address."""
        size = min(max(to_int(request.query.get("fontsize", ""), _USUAL_SIZE), 1), _LARGEST_SIZE)
        scheme = "wss" if request.secure else "ws"
        facts = {
            "font_size": size,
            "app_websocket_url": f"{scheme}://{request.host}/ws",
            "config": {"static": {"url": "/static/"}},
            "application": {"name": self.title},
        }
        return aiohttp_jinja2.render_template("app_index.html", request, facts)

    async def _process_messages(self, websocket: web.WebSocketResponse, app_service: AppService) -> None:
        self._sockets.add(websocket)
        try:
            await super()._process_messages(websocket, app_service)
        finally:
            await _see_out(app_service)


async def _see_out(service: AppService) -> None:
    """Have the process of a page that was closed end in order.

    textual-serve reads no more of what it draws then, and it would wait for that forever.
    """
    process = service._process
    if process is None or process.stdout is None:
        return
    await service.send_meta({"type": "quit"})
    if service._task is not None:
        service._task.cancel()
        await service._task
        service._task = None
    try:
        await asyncio.wait_for(_read_out(process), _LONGEST_END_S)
    except asyncio.TimeoutError:
        process.kill()


async def _read_out(process: asyncio.subprocess.Process) -> None:
    while process.stdout is not None and await process.stdout.read(_READ_BYTES):
        pass
    await process.wait()
