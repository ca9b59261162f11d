"""``-`` for a WAV on stdin and on stdout."""

from __future__ import annotations

import io
import json
import shutil
import signal
import struct
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile as sf

from eqmorph.cli import run
from tests.support import EQMORPH, environment, interrupted_after, largest_file, noise, posix_only, wait_until

EQ = ["--bands", "LS 120 +6; HS 3k +5"]
RATE, FRAMES = 44_100, 20_000


def wav(container: str = "WAV", subtype: str = "PCM_16") -> bytes:
    file = io.BytesIO()
    audio = noise(FRAMES)
    sf.write(file, audio, RATE, subtype, format=container)
    return file.getvalue()


class Pipe:
    """A stand-in for stdin or stdout: bytes, and not a terminal."""

    def __init__(self, content: bytes = b"", *, is_terminal: bool = False, buffer: io.BytesIO | None = None) -> None:
        self.buffer = io.BytesIO(content) if buffer is None else buffer
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    def write(self, text: str) -> int:
        return self.buffer.write(text.encode())

    def flush(self) -> None:
        pass


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def expected(here: Path, content: bytes, *options: str) -> bytes:
    """Return what a file of this content becomes when it is read from and written to disk."""
    (here / "x.wav").write_bytes(content)
    assert run(["apply", "x.wav", "y.wav", *EQ, "-q", *options]) == 0
    data = (here / "y.wav").read_bytes()
    (here / "x.wav").unlink()
    (here / "y.wav").unlink()
    return data


# ------------------------------------------------------------------------------------------------ in and out


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_a_wav_goes_from_stdin_to_stdout_and_nothing_else_does(
    here: Path, monkeypatch: pytest.MonkeyPatch, subtype: str
) -> None:
    content = wav(subtype=subtype)
    target = expected(here, content)
    out, err = Pipe(), io.StringIO()
    monkeypatch.setattr(sys, "stdin", Pipe(content))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert run(["apply", "-", "-", *EQ, "-v"]) == 0
    audio, rate = sf.read(io.BytesIO(out.buffer.getvalue()))
    assert np.array_equal(audio, sf.read(io.BytesIO(target))[0])
    assert (rate, len(out.buffer.getvalue())) == (RATE, len(target))
    assert "bands:" in err.getvalue(), "what is said goes to stderr"
    assert list(here.iterdir()) == [], "no temporary file is left"


def test_stdin_into_a_file_and_into_a_folder(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for output in ("b.wav", "c.flac", "folder/"):
        monkeypatch.setattr(sys, "stdin", Pipe(wav()))
        assert run(["apply", "-", output, *EQ]) == 0
    assert (sf.info("b.wav").format, sf.info("c.flac").format) == ("WAV", "FLAC")
    assert sf.info("folder/stdin.wav").frames == FRAMES
    assert len(list(here.iterdir())) == 3


def test_pipes_are_called_so_in_what_is_reported(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Pipe(wav()))
    assert run(["apply", "-", "b.wav", *EQ, "--report", "r.jsonl"]) == 0
    assert json.loads((here / "r.jsonl").read_text(encoding="utf-8"))["input"] == "stdin"
    assert capsys.readouterr().out.startswith("stdin -> b.wav")
    out = Pipe()
    monkeypatch.setattr(sys, "stdout", out)
    assert run(["apply", "b.wav", "-", *EQ]) == 0
    assert capsys.readouterr().err.startswith("b.wav -> stdout")


def test_a_file_to_stdout(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "a.wav").write_bytes(wav())
    out = Pipe()
    monkeypatch.setattr(sys, "stdout", out)
    assert run(["apply", "a.wav", "-", *EQ]) == 0
    assert sf.info(io.BytesIO(out.buffer.getvalue())).frames == FRAMES


def test_stdout_takes_the_format_it_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "a.wav").write_bytes(wav())
    out = Pipe()
    monkeypatch.setattr(sys, "stdout", out)
    assert run(["apply", "a.wav", "-", "--format", "flac", *EQ]) == 0
    assert sf.info(io.BytesIO(out.buffer.getvalue())).format == "FLAC"


@pytest.mark.parametrize("container", ["FLAC", "AIFF", "OGG"])
def test_another_format_on_stdin_becomes_that_of_the_output(monkeypatch: pytest.MonkeyPatch, container: str) -> None:
    content = wav(container, "VORBIS" if container == "OGG" else "PCM_16")
    monkeypatch.setattr(sys, "stdin", Pipe(content))
    assert run(["apply", "-", "b.wav", *EQ]) == 0
    assert sf.info("b.wav").format == "WAV"
    out = Pipe()
    monkeypatch.setattr(sys, "stdin", Pipe(content))
    monkeypatch.setattr(sys, "stdout", out)
    assert run(["apply", "-", "-", *EQ]) == 0
    assert out.buffer.getvalue()[:4] == b"RIFF"
    assert sf.info(io.BytesIO(out.buffer.getvalue())).frames == FRAMES


@pytest.mark.parametrize("size", [0xFFFF_FFFF, 0x7FFF_F024, 0])
def test_a_stream_that_could_not_state_its_size(here: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    content = bytearray(wav())
    content[4:8] = struct.pack("<I", size)
    if size:
        content[40:44] = struct.pack("<I", size)
    monkeypatch.setattr(sys, "stdin", Pipe(bytes(content)))
    assert run(["apply", "-", "b.wav", *EQ]) == 0
    assert (here / "b.wav").read_bytes() == expected(here, wav())


@pytest.mark.parametrize("riff_size", [0, 36])
@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_a_stream_whose_data_has_size_0_is_taken_whole(
    monkeypatch: pytest.MonkeyPatch, subtype: str, riff_size: int
) -> None:
    content = bytearray(wav(subtype=subtype))
    start = content.index(b"data") + 4
    content[4:8] = struct.pack("<I", riff_size)
    content[start : start + 4] = bytes(4)
    monkeypatch.setattr(sys, "stdin", Pipe(bytes(content)))
    assert run(["apply", "-", "b.wav", *EQ]) == 0
    assert sf.info("b.wav").frames == FRAMES


def test_endless_stdin_leaves_room_on_the_disk(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Endless(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return b"RIFF"[:size]

        def read1(self, size: int | None = -1) -> bytes:
            return bytes(1 << 20)[:size]

    monkeypatch.setattr(sys, "stdin", Pipe(buffer=Endless()))
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=20 << 20))
    assert run(["apply", "-", "b.wav", *EQ]) == 1
    assert "11 MiB came from stdin and no end" in capsys.readouterr().err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("program", "command"),
    [
        ("ffmpeg", ["ffmpeg", "-v", "error", "-i", "a.wav", "-f", "wav", "-"]),
        ("ffmpeg", ["ffmpeg", "-v", "error", "-i", "a.wav", "-f", "w64", "-"]),
        ("sox", ["sox", "a.wav", "-t", "wav", "-"]),
        ("sox", ["sox", "a.wav", "-t", "aiff", "-"]),
        ("sox", ["sox", "a.wav", "-t", "au", "-"]),
    ],
)
def test_streams_of_other_programs_are_taken_whole(
    here: Path, monkeypatch: pytest.MonkeyPatch, program: str, command: list[str]
) -> None:
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    (here / "a.wav").write_bytes(wav())
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        content = process.stdout.read()
    monkeypatch.setattr(sys, "stdin", Pipe(content))
    assert run(["apply", "-", "b.wav", *EQ]) == 0
    assert np.array_equal(sf.read("b.wav")[0], sf.read(io.BytesIO(expected(here, wav())))[0])


def test_real_pipes_of_a_real_process(here: Path) -> None:
    command = [*EQMORPH, "apply", "-", "-", *EQ]
    done = subprocess.run(command, input=wav(), capture_output=True, check=True, env=environment())
    assert sf.info(io.BytesIO(done.stdout)).frames == FRAMES
    assert done.stdout == expected(here, wav())


# ------------------------------------------------------------------------------------------------------ wrong


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["a.wav", "b.wav", "-"], 2, "stdout takes only one input"),
        (["a.wav", "-", "--json"], 2, "audio and --json can't both go to stdout"),
        (["-", "-", "--resume"], 2, "--resume requires an output folder"),
        (["-", "b.wav"], 1, "stdin is empty"),
    ],
)
def test_what_pipes_cannot_do(
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    for name in ("a.wav", "b.wav"):
        (here / name).write_bytes(wav())
    monkeypatch.setattr(sys, "stdin", Pipe(b""))
    assert run(["apply", *arguments, *EQ]) == code
    said = capsys.readouterr()
    assert words in said.err
    assert len(said.err.splitlines()) == 1
    if "--json" in arguments:
        assert json.loads(said.out)["exit_code"] == code
    else:
        assert said.out == ""
    assert sorted(path.name for path in here.iterdir()) == ["a.wav", "b.wav"]


def test_a_terminal_is_not_audio(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Pipe(is_terminal=True))
    assert run(["apply", "-", "b.wav", *EQ]) == 2
    assert "stdin is a terminal" in capsys.readouterr().err
    (here / "a.wav").write_bytes(wav())
    monkeypatch.setattr(sys, "stdout", Pipe(is_terminal=True))
    assert run(["apply", "a.wav", "-", *EQ]) == 2
    assert "stdout is a terminal" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"hello\n" * 20, "holds text"), (wav()[:5000], "is truncated")],
    ids=["text", "truncated"],
)
def test_bad_audio_on_stdin_is_one_line_and_nothing_on_stdout(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: bytes, words: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Pipe(content))
    assert run(["apply", "-", "-", *EQ]) == 1
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines())) == ("", 1)
    assert words in said.err
    assert "stdin" in said.err
    assert list(here.iterdir()) == []


class Full(io.BytesIO):
    """A stdout that goes to a full disk."""

    def write(self, _: object) -> int:
        raise OSError(28, "No space left on device")


def test_stdout_to_a_full_disk_is_one_line(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a.wav").write_bytes(wav())
    monkeypatch.setattr(sys, "stdout", Pipe(buffer=Full()))
    assert run(["apply", "a.wav", "-", "-q", *EQ]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "can't write to stdout: No space left on device" in line


def test_a_full_disk_for_what_comes_from_stdin_is_one_line(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Pipe(wav()))
    with largest_file(1000):
        code = run(["apply", "-", "b.wav", *EQ])
    (line,) = capsys.readouterr().err.splitlines()
    assert code == 1
    assert "stdin.wav: the file would exceed the largest size allowed here" in line
    assert list(here.iterdir()) == []


@posix_only
def test_a_reader_that_goes_away_needs_no_words(here: Path) -> None:
    (here / "a.wav").write_bytes(wav())
    command = [*EQMORPH, "apply", "a.wav", "-", "-q", *EQ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read().decode()
    assert (process.returncode, err) == (1, "")


def test_ctrl_c_when_all_is_ready_sends_nothing_on(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "a.wav").write_bytes(wav())
    press, out = interrupted_after(1), Pipe()
    monkeypatch.setattr("eqmorph.cli.results.Results.add", lambda _, ended: press(ended))
    monkeypatch.setattr(sys, "stdout", out)
    assert run(["apply", "a.wav", "-", *EQ]) == 130
    assert out.buffer.getvalue() == b""


@posix_only
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_while_stdin_is_awaited_leaves_nothing_behind(here: Path, number: int, code: int) -> None:
    command = [*EQMORPH, "apply", "-", "-", *EQ]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment(), **pipes) as process:
        assert process.stdin is not None
        process.stdin.write(wav())
        process.stdin.flush()
        wait_until(lambda: list(here.glob("eqmorph-pipe-*/stdin.wav")))
        process.send_signal(number)
        process.stdin.flush()
        assert process.wait(30) == code
    assert list(here.iterdir()) == []
