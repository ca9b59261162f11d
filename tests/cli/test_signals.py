"""Signals that end a command, however badly they are timed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from eqmorph.cli.signals import StopEvent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

#: A main thread that waits, as those of `watch` and `live` do, interrupted at another moment each time.
_INTERRUPTED = """
import os, signal, threading, time
from eqmorph.cli.signals import StopEvent, stopped_by_signals

def strike(after):
    time.sleep(after)
    os.kill(os.getpid(), signal.SIGINT)

for turn in range(300):
    stop = StopEvent()
    with stopped_by_signals(stop) as struck:
        threading.Thread(target=strike, args=(turn % 50 * 1e-5,)).start()
        while not stop.is_set():
            stop.wait(0)
    assert struck == [signal.SIGINT]
print("ended")
"""


def test_a_signal_ends_what_waits_whenever_it_comes() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED], capture_output=True, text=True, timeout=25, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "ended\n"), ended.stderr


def test_a_wait_is_as_long_as_was_said_and_ends_when_it_is_set() -> None:
    stop = StopEvent()
    began = time.monotonic()
    assert not stop.wait(0.12)
    assert 0.12 <= time.monotonic() - began < 1
    before = signal.signal(signal.SIGALRM, lambda *_: stop.set())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.03)
        assert stop.wait()
    finally:
        signal.signal(signal.SIGALRM, before)
    assert stop.is_set()
    assert stop.wait(10)
