"""The app in a browser: who may reach it, and that it works there as in a terminal."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
import pytest
import soundfile as sf

import eqmorph
from eqmorph.cli import run
from eqmorph.errors import UsageError
from eqmorph.tui.browser.address import Address, parse_address, refuse_unsafe
from tests.chromium import Page, chromium
from tests.support import wait_until

TOKEN = "a-secret-of-some-length"


@pytest.mark.parametrize(
    ("text", "address"),
    {
        "127.0.0.1:8000": Address("127.0.0.1", 8000),
        "localhost:81": Address("localhost", 81),
        "[::1]:9000": Address("::1", 9000),
        "[::1]": Address("::1", 8000),
        "8765": Address("127.0.0.1", 8765),
        ":8765": Address("127.0.0.1", 8765),
        "192.168.0.7": Address("192.168.0.7", 8000),
    }.items(),
)
def test_addresses_are_read(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", "example.org:80", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:x", "1.2.3:80"])
def test_what_is_no_address_is_refused(text: str) -> None:
    if text:
        with pytest.raises(UsageError, match="not an address"):
            parse_address(text)
    else:
        assert parse_address(text).is_loopback


def test_others_are_served_only_with_a_token_that_nobody_guesses() -> None:
    everywhere = Address("0.0.0.0", 8000)
    refuse_unsafe(Address("127.0.0.1", 8000), "")
    refuse_unsafe(everywhere, TOKEN)
    with pytest.raises(UsageError, match="can be reached from other machines"):
        refuse_unsafe(everywhere, "")
    with pytest.raises(UsageError, match="too short"):
        refuse_unsafe(Address("127.0.0.1", 8000), "abc")


def test_the_command_refuses_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tui", "--serve", "0.0.0.0:8000"]) == 2
    assert "--token" in capsys.readouterr().err
    assert run(["tui", "--token", TOKEN]) == 2
    assert "requires --serve" in capsys.readouterr().err


def ask(token: str, act: Callable[[Any, str], Awaitable[None]]) -> None:
    """Serve a command that shows nothing, and ask it things."""
    pytest.importorskip("textual_serve", reason="needs textual-serve, the extra serve")
    import aiohttp
    from aiohttp.test_utils import TestServer

    from eqmorph.tui.browser.serve import _Server

    async def go() -> None:
        made = _Server([sys.executable, "-c", ""], Address("127.0.0.1", 8000), token, lambda _: None)
        async with TestServer(await made._make_app()) as server, aiohttp.ClientSession() as client:
            await act(client, str(server.make_url("")))

    asyncio.run(go())


def test_other_pages_can_not_use_it() -> None:
    async def act(client: Any, url: str) -> None:
        async with client.get(url) as page:
            assert page.status == 200
            assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
            text = await page.text()
            assert "Sound plays on the machine that serves" in text
            assert "https://" not in text
        for path in ("/", "/ws", "/static/js/textual.js"):
            async with client.get(url + path, headers={"Host": "evil.example:80"}) as page:
                assert page.status == 403
            async with client.get(url + path, headers={"Origin": "http://evil.example"}) as page:
                assert page.status == 403

    ask("", act)


def test_with_a_token_nothing_is_answered_before_it_is_shown() -> None:
    async def act(client: Any, url: str) -> None:
        for path in ("/", "/ws", "/static/js/textual.js", "/?token=", "/?token=wrong", "/ws?token=" + TOKEN):
            async with client.get(url + path) as page:
                assert page.status == 403
        async with client.get(
            url + "/?token=" + TOKEN, headers={"Host": "studio.local:80"}, allow_redirects=False
        ) as p:
            assert (p.status, p.headers["Location"]) == (302, "/")
            cookie = p.headers["Set-Cookie"]
            assert "HttpOnly" in cookie
        shown = {"Cookie": cookie.partition(";")[0], "Host": "studio.local:80"}
        async with client.get(url, headers=shown) as page:
            assert page.status == 200
            assert TOKEN not in await page.text()
        async with client.get(url + "/ws", headers={**shown, "Origin": "http://evil.example"}) as page:
            assert page.status == 403

    ask(TOKEN, act)


@pytest.fixture
def served(song: Path, home: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve a song; return where, and the process."""
    pytest.importorskip("textual_serve", reason="needs textual-serve, the extra serve")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    package = str(Path(eqmorph.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": package, "HOME": str(home), "XDG_STATE_HOME": "", "XDG_CONFIG_HOME": ""}
    command = [sys.executable, "-m", "eqmorph", "tui", song.name, "--serve", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, cwd=song.parent, env=environment, stdout=subprocess.PIPE)
    url = f"http://127.0.0.1:{port}/"
    try:
        wait_until(lambda: answers(url))
        yield url, process
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as page:
            return bool(page.status == 200)
    except OSError:
        return False


def shown(page: Page) -> bytes:
    """Return all that the app has drawn so far."""
    frames = page._events("Network.webSocketFrameReceived")
    return b"".join(base64.b64decode(e["params"]["response"]["payloadData"]) for e in frames if is_binary(e))


def is_binary(event: dict[str, Any]) -> bool:
    return bool(event["params"]["response"]["opcode"] == 2)


def until_shown(page: Page, text: bytes) -> None:
    end = time.monotonic() + 60
    while text not in shown(page):
        assert time.monotonic() < end, f"{text!r} was never shown"
        page.eval("1")  # what the browser tells meanwhile is taken in
        time.sleep(0.05)


def children(process: int) -> list[int]:
    done = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True)
    return [int(word) for word in done.stdout.split()]


@pytest.mark.skipif(os.name == "nt", reason="needs ps")
def test_a_browser_renders_what_apply_makes_and_its_session_ends_with_its_page(
    served: tuple[str, subprocess.Popen[bytes]], song: Path, tmp_path: Path
) -> None:
    url, process = served
    with chromium(tmp_path / "profile") as browser:
        page = browser.page(tmp_path)
        page.call("Emulation.setFocusEmulationEnabled", enabled=True)
        page.call("Page.navigate", url=url)
        until_shown(page, b"boomy")  # the profile: the file was listened to
        page.wait("document.activeElement.className === 'xterm-helper-textarea'")
        for key in ("l", "l", "r"):
            page.press(key)
        until_shown(page, b"Write to")
        page.press("Enter")
        rendered = song.with_name("song-eqmorph.wav")
        until_shown(page, b"written")
        assert {address.partition(url)[0] for address in page.requests} == {""}, "it asks for nothing from elsewhere"
        [session] = children(process.pid)
        page.call("Page.close")
        wait_until(lambda: browser.starts() and session not in children(process.pid))
    applied = song.with_name("applied.wav")
    assert run(["apply", str(song), str(applied), "--target", "warm:0.1", "-q"]) == 0
    np.testing.assert_array_equal(sf.read(rendered)[0], sf.read(applied)[0])
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert b"Sound plays on this machine" in (process.stdout.read() if process.stdout else b"")
