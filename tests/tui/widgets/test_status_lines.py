"""The status lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from eqmorph.tui.widgets.status_lines import FileLine, Playing, PlayLine

Shown = Callable[..., list[str]]


def line(message: str = "", *, is_error: bool = False, **playing: Any) -> PlayLine:
    made = PlayLine()
    made.set_reactive(PlayLine.playing, Playing(position_s=65, duration_s=200, **playing))
    made.set_reactive(PlayLine.message, message)
    made.set_reactive(PlayLine.is_error, is_error)
    return made


def test_it_says_what_plays_and_where(shown: Shown) -> None:
    (text,) = shown(line(is_playing=True, gain_db=-1.5), size=(120, 1))
    assert text.startswith("▶ playing   B with EQ  1:05 / 3:20  matched  -1.5 dB")
    assert "A before" in shown(line(is_bypassed=True), size=(80, 1))[0]
    assert "no sound" in shown(line(is_available=False), size=(80, 1))[0]


def test_letters_of_two_columns_leave_room(shown: Shown) -> None:
    file = FileLine()
    file.set_reactive(FileLine.file_name, "日本語の歌" * 10 + ".wav")
    file.set_reactive(FileLine.work, "rendering x 50%")
    (text,) = shown(file, size=(80, 1))
    assert cell_len(text) == 78
    assert text.rstrip().endswith("rendering x 50%")
    assert "…" in text
    (text,) = shown(line("歌" * 60), size=(80, 1))
    assert cell_len(text) == 78
    assert text.rstrip().endswith("…")


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_a_message_has_the_room_of_what_is_seen_elsewhere(shown: Shown, width: int) -> None:
    short, long = "copied", "song-eqmorph.wav: the disk is full and so on"
    assert "1:05" in shown(line(short), size=(width, 1))[0]
    (text,) = shown(line(long, is_error=True), size=(width, 1))
    assert len(text) == width - 2  # padding
    assert "B with EQ" in text
    assert ("! " + long in text) is (width >= 80)
    assert ("1:05" in text) is (width >= 100)
    if width < 80:
        assert text.rstrip().endswith("…")
