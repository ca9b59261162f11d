"""A terminal that goes while the app runs."""

from __future__ import annotations

import os
import sys

import pytest

from eqmorph.tui.shutdown import SurvivingStream


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_writing_to_a_terminal_that_is_gone_fails_nobody() -> None:
    here, there = os.openpty()
    plain = os.fdopen(os.dup(there), "w", encoding="utf-8")
    outlasting = SurvivingStream(os.fdopen(there, "w", encoding="utf-8"))
    assert outlasting.isatty()
    outlasting.write("seen")
    outlasting.flush()
    assert os.read(here, 10) == b"seen"
    os.close(here)
    with pytest.raises(OSError, match="error"):
        print("lost", file=plain, flush=True)
    for _ in range(3):
        assert outlasting.write("lost" * 10_000) == 40_000
        outlasting.flush()
    assert not outlasting.isatty()
    for stream in (plain, outlasting):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        stream.close()
