"""``apply - - --follow``: what a stream takes and what it refuses."""

from __future__ import annotations

import io
import json
import sys

import numpy as np
import pytest
import soundfile as sf

from eqmorph.cli import run
from tests.cli.test_pipes import Pipe
from tests.stream.conftest import RATE, music

FOLLOW = ["apply", "-", "-", "--target", "warm:0.7", "--follow"]


def wav() -> bytes:
    file = io.BytesIO()
    sf.write(file, music(4, tilt="LS 300 -6; HS 4000 +5").T, RATE, "PCM_16", format="WAV")
    return file.getvalue()


def sent(monkeypatch: pytest.MonkeyPatch, content: bytes, *arguments: str) -> tuple[int, bytes]:
    out = Pipe()
    monkeypatch.setattr(sys, "stdin", Pipe(content))
    monkeypatch.setattr(sys, "stdout", out)
    return run([*arguments]), out.buffer.getvalue()


def test_a_stream_is_equalized_and_a_line_says_how(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, data = sent(monkeypatch, wav(), *FOLLOW)
    assert code == 0
    assert data[4:8] == b"\xff" * 4
    heard, came = (sf.read(io.BytesIO(content))[0] for content in (data, wav()))
    assert heard.shape == came.shape
    assert not np.array_equal(heard[-RATE:], came[-RATE:])
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("stdin -> stdout  4.0 s  in the end: ")


def test_an_amount_of_0_passes_every_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    code, data = sent(monkeypatch, wav(), *FOLLOW, "--amount", "0", "-q")
    assert (code, data[44:]) == (0, wav()[44:])


def test_raw_samples_and_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = music(1).T.astype("<f4").tobytes()
    code, data = sent(monkeypatch, sound, *FOLLOW, "5", "--rate", "2", "--raw", f"f32:{RATE}:2", "-q")
    assert (code, data) == (0, sound)  # neutral until two seconds were heard


def test_a_warning_where_the_header_promised_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sent(monkeypatch, wav()[: 44 + 4 * RATE], *FOLLOW)[0] == 0
    assert "the input ended 3.0 s before its header says" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([*FOLLOW, "--json"], 2, "--json can't be had of a stream"),
        ([*FOLLOW, "--report", "r.jsonl"], 2, "--report can't be had of a stream"),
        ([*FOLLOW, "--trajectory"], 2, "--trajectory can't be had of a stream"),
        ([*FOLLOW, "--dry-run"], 2, "--dry-run can't be had of a stream"),
        ([*FOLLOW, "--format", "flac"], 2, "--format can't be had of a stream"),
        ([*FOLLOW, "--dehum", "50"], 2, "--dehum can't be had of a stream"),
        ([*FOLLOW, "--bitrate", "128k"], 2, "--bitrate can't be had of a stream"),
        ([*FOLLOW, "--export", "apo"], 2, "--export can't be had of a stream"),
        ([*FOLLOW, "--level", "-16"], 2, "a stream can't reach a loudness"),
        ([*FOLLOW, "--raw", "s16"], 2, "'s16' is no raw format"),
        (["apply", "-", "-", "--bands", "LS 100 +3", "--follow"], 2, "--follow"),
        (["apply", "-", "-", "--target", "warm", "--raw", "s16:44100:2"], 2, "--raw is for streams"),
        (["apply", "-", "-", "--target", "warm", "--album", "--follow"], 2, "--album"),
    ],
    ids=str,
)
def test_what_a_stream_can_not_have_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    ended, written = sent(monkeypatch, wav(), *arguments)
    assert ended == code
    assert (json.loads(written)["exit_code"] == code) if "--json" in arguments else (written == b"")
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line


@pytest.mark.parametrize(("content", "words"), [(b"", "is empty"), (b"hello, world", "is not a WAV")])
def test_what_is_no_stream_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: bytes, words: str
) -> None:
    assert sent(monkeypatch, content, *FOLLOW) == (1, b"")
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line


def test_a_terminal_is_no_stream(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", Pipe(is_terminal=True))
    assert run(FOLLOW) == 2
    assert "stdin is a terminal" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", Pipe(wav()))
    monkeypatch.setattr(sys, "stdout", Pipe(is_terminal=True))
    assert run(FOLLOW) == 2
    assert "stdout is a terminal" in capsys.readouterr().err
