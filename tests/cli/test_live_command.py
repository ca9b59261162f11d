"""``eqmorph live`` with devices that stand in."""

from __future__ import annotations

import re

import pytest

from eqmorph.cli import run
from eqmorph.errors import DeviceError
from eqmorph.stream import sink, source
from eqmorph.stream.sink import MemorySink
from tests.stream.conftest import RATE, music
from tests.stream.test_live import Source

THIN = "LS 300 -6; HS 4000 +5"


@pytest.fixture(autouse=True)
def devices(monkeypatch: pytest.MonkeyPatch) -> list[MemorySink]:
    """Return what was played, once something is."""
    played: list[MemorySink] = []

    def open_sink(rate: int, channels: int, **_: object) -> MemorySink:
        played.append(MemorySink(rate, channels))
        return played[-1]

    monkeypatch.setattr(source, "AudioStreamSource", lambda **_: Source(music(20, tilt=THIN)))
    monkeypatch.setattr(sink, "AudioStreamSink", open_sink)
    return played


def test_it_tells_what_it_does_and_ends_by_itself(
    devices: list[MemorySink], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["live", "--target", "warm:0.7", "--seconds", "6"]) == 0
    said = capsys.readouterr()
    assert "48000 Hz; heard" in said.err
    assert re.match(r"Ended after [67]\.", said.out.splitlines()[-1])
    assert "in -" in said.out
    assert devices[0].audio.shape[1] > 5 * RATE


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["live", "--bands", "LS 100 +3", "--seconds", "1", "-q"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_device_that_can_not_be_opened_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(**_: object) -> None:
        raise DeviceError("no audio input", hint="Connect one.")

    monkeypatch.setattr(source, "AudioStreamSource", refuse)
    assert run(["live", "--target", "warm"]) == 1
    assert capsys.readouterr().err.splitlines() == ["error: no audio input. Connect one."]


def test_a_device_that_vanishes_ends_it_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(source, "AudioStreamSource", lambda **_: Source(music(1), vanishes=True))
    assert run(["live", "--target", "warm"]) == 1
    said = capsys.readouterr()
    assert "Ended after 1.0 s" in said.out
    assert said.err.splitlines()[-1].startswith("error: no more sound")


def test_devices_are_listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(source, "device_names", lambda: (["Microphone"], []))
    assert run(["live", "--list-devices"]) == 0
    assert capsys.readouterr().out.splitlines() == ["Inputs:", "  Microphone", "Outputs:", "  (none)"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--target", "warm", "--album"], "--album"),
        (["--target", "notaword"], "unknown word"),
        ([], "specify exactly one"),
        (["--target", "warm", "--rate", "0"], "out of range"),
    ],
    ids=str,
)
def test_what_can_not_be_is_refused(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["live", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_its_help_speaks_of_sound_and_not_of_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["live", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "--follow [SECONDS] Decide by what was heard in the last so many seconds." in told
    assert "sections" not in told
    assert "each file" not in told.lower()
    assert "--album" not in told
