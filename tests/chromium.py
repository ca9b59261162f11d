"""A headless Chromium, driven over a pipe by its own protocol, so that the tests need no package for it."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    *("--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run", "--hide-scrollbars"),
    *("--autoplay-policy=no-user-gesture-required", "--disable-background-networking", "--disable-dev-shm-usage"),
)
# The protocol is spoken on descriptors 3 and 4. Both ends make way first: one may be where the other is to be.
_ON_3_AND_4 = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
os.dup2(ends[0], 3)
os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
_KEYS = {
    "Enter": (13, "\r"),
    "Tab": (9, ""),
    " ": (32, " "),
    "ArrowLeft": (37, ""),
    "ArrowRight": (39, ""),
    "Home": (36, ""),
    "End": (35, ""),
    "Escape": (27, ""),
    "/": (191, "/"),
}


class Page:
    """One page; ``requests`` are the addresses that it asked for, ``problems`` what its console complains of."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    @property
    def requests(self) -> list[str]:
        return [e["params"]["request"]["url"] for e in self._events("Network.requestWillBeSent")]

    @property
    def problems(self) -> list[str]:
        return [
            *(str(e["params"]["exceptionDetails"]) for e in self._events("Runtime.exceptionThrown")),
            *(e["params"]["entry"]["text"] for e in self._events("Log.entryAdded")),
        ]

    def forget(self) -> None:
        """Forget what it asked for and complained of so far."""
        self._browser.events.clear()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)

    def open(self, path: Path, *, ready: str) -> None:
        """Open a page from the disk, and wait until it is there and a condition of its own holds."""
        self.call("Page.navigate", url=path.resolve().as_uri())
        self.wait(f"document.readyState === 'complete' && ({ready})")

    def eval(self, script: str) -> Any:
        """Return what a script gives, once it is settled."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, condition: str, *, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not self.eval(condition):
            assert time.monotonic() < end, f"never {condition}; {self.problems}"
            time.sleep(0.02)

    def press(self, key: str) -> None:
        """Press and release a key, as a keyboard would."""
        code, text = _KEYS[key] if key in _KEYS else (ord(key.upper()), key)
        facts: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": code, **({"text": text} if text else {})}
        self.call("Input.dispatchKeyEvent", type="keyDown", **facts)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def size(self, width: int, height: int, *, dark: bool = False) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, path: Path) -> None:
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))

    def _events(self, method: str) -> list[dict[str, Any]]:
        return [e for e in self._browser.events if e.get("sessionId") == self._session and e["method"] == method]


class Browser:
    """A running browser."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._numbers = count(1)
        self._buffer = b""
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        while True:
            answer = self._receive()
            if answer.get("id") == number:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result
            if "method" in answer:
                self.events.append(answer)

    def starts(self) -> bool:
        """Tell whether it answers at all."""
        try:
            self.call("Browser.getVersion")
        except (AssertionError, OSError):
            return False
        return True

    def page(self, downloads: Path) -> Page:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))
        return Page(self, session)

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], 30)
            assert ready, "the browser doesn't answer"
            data = os.read(self._read, 1 << 20)
            assert data, "the browser ended"
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Start a browser with an empty profile; skip the test where there is none."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None or os.name == "nt":
        pytest.skip("needs a Chromium, which is not installed")
    to_read, write = os.pipe()
    read, to_write = os.pipe()
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    command = [found, *_FLAGS, *sandbox, f"--user-data-dir={profile}", "about:blank"]
    moved = [sys.executable, "-c", _ON_3_AND_4, str(to_read), str(to_write), *command]
    process = subprocess.Popen(moved, pass_fds=(to_read, to_write), stderr=subprocess.DEVNULL)
    os.close(to_read)
    os.close(to_write)
    browser = Browser(write, read)
    try:
        if not browser.starts():
            pytest.skip(f"{found} is there but does not start")
        yield browser
        browser.call("Browser.close")
    finally:
        for handle in (write, read):
            os.close(handle)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
