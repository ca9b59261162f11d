"""Streams from pipe to pipe: every frame, in place, as it comes."""

from __future__ import annotations

import io
import os
import select
import signal
import subprocess
import threading
import time
from contextlib import suppress

import numpy as np
import pytest
import soundfile as sf

from eqmorph._typing import Float32
from eqmorph.adapt.eq import Eq
from eqmorph.errors import InputError, OutputError
from eqmorph.stream import StreamEq
from eqmorph.stream.pipe import stream
from eqmorph.stream.samples import SAMPLE_TYPES, RawFormat
from eqmorph.stream.wav_pipe import wav_header
from tests.stream.conftest import RATE, music, streamed
from tests.support import EQMORPH, environment, posix_only

THIN = "LS 300 -6; HS 4000 +5"
HEADER = 44


def wav(sound: Float32, subtype: str = "PCM_16", rate: int = RATE) -> bytes:
    file = io.BytesIO()
    sf.write(file, sound.T, rate, subtype, format="WAV")
    return file.getvalue()


class Dribble(io.BytesIO):
    """A pipe that gives odd shares of what it was asked for."""

    def read1(self, size: int | None = -1, /) -> bytes:
        self.asked = getattr(self, "asked", 0) + 1
        return super().read1(min(size or 1, 1 + 977 * self.asked % 5003))


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT"])
def test_a_stream_is_as_long_as_it_came_and_not_shifted(warm: Eq, subtype: str) -> None:
    sound = music(3, tilt=THIN)
    out = io.BytesIO()
    done = stream(io.BytesIO(wav(sound, subtype)), out, lambda rate, channels: StreamEq(warm, rate, channels))
    heard, rate = sf.read(io.BytesIO(out.getvalue()), dtype="float32")
    assert (rate, heard.shape, done.frames) == (RATE, sound.T.shape, sound.shape[1])
    came = sf.read(io.BytesIO(wav(sound, subtype)), dtype="float32")[0]
    assert np.array_equal(heard[: 2 * RATE], came[: 2 * RATE])  # neutral: nothing moved


def test_it_does_not_matter_how_it_comes(warm: Eq) -> None:
    content = wav(music(4, tilt=THIN))
    outs = []
    for source in (io.BytesIO(content), Dribble(content)):
        out = io.BytesIO()
        stream(source, out, lambda rate, channels: StreamEq(warm, rate, channels))
        outs.append(out.getvalue())
    assert outs[0] == outs[1]


def test_raw_goes_to_raw(warm: Eq) -> None:
    sound = music(3, tilt=THIN)
    out = io.BytesIO()
    raw = RawFormat(SAMPLE_TYPES["f32"], RATE, 2)
    stream(io.BytesIO(sound.T.tobytes()), out, lambda *form: StreamEq(warm, *form), raw=raw)
    heard = np.frombuffer(out.getvalue(), "<f4").reshape(-1, 2).T
    assert np.array_equal(heard, streamed(StreamEq(warm, RATE, 2), sound))


def test_without_an_eq_the_bytes_pass() -> None:
    content = wav(music(1), "PCM_32")
    out = io.BytesIO()
    stream(io.BytesIO(content), out, None)
    assert out.getvalue()[HEADER:] == content[HEADER:]


def test_another_depth() -> None:
    out = io.BytesIO()
    stream(io.BytesIO(wav(music(0.1))), out, None, bit_depth="24")
    assert sf.info(io.BytesIO(out.getvalue())).subtype == "PCM_24"


def test_what_follows_the_audio_is_left_out_and_what_is_missing_is_counted(warm: Eq) -> None:
    content = wav(music(0.1))
    out = io.BytesIO()
    done = stream(io.BytesIO(content + b"LIST\x04\0\0\0abcd"), out, None)
    assert (done.frames, done.short_by, len(out.getvalue())) == (4800, 0, len(content))
    done = stream(io.BytesIO(content[:-403]), io.BytesIO(), lambda *form: StreamEq(warm, *form))
    assert (done.frames, done.short_by) == (4699, 101)


def test_a_stream_without_audio(warm: Eq) -> None:
    header = wav_header(RawFormat(SAMPLE_TYPES["s16"], RATE, 2))
    out = io.BytesIO()
    assert stream(io.BytesIO(header), out, lambda *form: StreamEq(warm, *form)).frames == 0
    assert len(out.getvalue()) == HEADER
    with pytest.raises(InputError, match="is empty"):
        stream(io.BytesIO(), io.BytesIO(), None, raw=RawFormat(SAMPLE_TYPES["s16"], RATE, 2))


def test_a_full_disk_is_an_error() -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left"):
        stream(io.BytesIO(wav(music(0.1))), Full(), None)


class Process:
    """``eqmorph apply - - --follow`` as a process of its own."""

    def __init__(self, *options: str) -> None:
        command = [*EQMORPH, "apply", "-", "-", "--target", "warm:0.7", "--follow", *options]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment())
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.stdin, self.stdout, self.stderr = self.process.stdin, self.process.stdout, self.process.stderr

    def send(self, data: bytes) -> None:
        self.stdin.write(data)
        self.stdin.flush()

    def receive(self, size: int) -> bytes:
        """Return so many bytes."""
        data = b""
        while len(data) < size:
            more = os.read(self.stdout.fileno(), size - len(data))
            assert more, self.stderr.read().decode()
            data += more
        return data


@posix_only
def test_what_came_is_written_before_more_comes() -> None:
    """After a second of input, all of it but a block and the delay is out within 200 ms; the header at once."""
    sound = music(2)
    content = wav(sound)
    process = Process("-q")
    process.send(content[:HEADER])
    assert process.receive(HEADER)[:4] == b"RIFF"  # it has started
    process.send(content[HEADER : HEADER + 4 * RATE])
    begun = time.monotonic()
    heard = process.receive(4 * (RATE - 1024 - RATE // 50))
    assert time.monotonic() - begun < 0.2
    assert heard == content[HEADER : HEADER + len(heard)]
    process.stdin.close()
    assert len(process.stdout.read()) + len(heard) == 4 * RATE
    assert process.process.wait(10) == 0


@posix_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_what_came_is_written(number: int) -> None:
    content = wav(music(1))
    process = Process()
    process.send(content[: HEADER + 4 * 30_000])
    head = process.receive(HEADER + 4 * 20_000)
    process.process.send_signal(number)
    rest = process.stdout.read()
    assert head[HEADER:] + rest == content[HEADER : HEADER + 4 * 30_000]
    assert process.process.wait(10) == 128 + number
    lines = process.stderr.read().decode().splitlines()
    assert [line.split("  ")[:2] for line in lines] == [["stdin -> stdout", "0.6 s"]]


@posix_only
def test_a_reader_that_goes_away_needs_no_words() -> None:
    process = Process()
    process.stdout.close()

    def feed() -> None:
        try:
            process.send(wav(music(4)))
            process.stdin.close()
        except BrokenPipeError:
            pass

    threading.Thread(target=feed).start()
    assert process.process.wait(20) == 0
    assert process.stderr.read() == b""


@posix_only
@pytest.mark.parametrize("rate", [8000, 44_100, 48_000, 96_000])
def test_an_impulse_comes_out_within_60_ms(rate: int) -> None:
    """As many frames as the block and the delay have are all that has to follow it."""
    sound = np.zeros((1, rate), np.float32)
    sound[0, rate // 2] = 0.5
    content = wav(sound, rate=rate)
    end = rate // 2 + round(0.06 * rate)
    process = Process("-q")
    process.send(content[: HEADER + 2 * end])
    heard = np.frombuffer(process.receive(HEADER + 2 * (rate // 2 + 1))[HEADER:], "<i2")
    assert int(heard.argmax()) == rate // 2
    process.stdin.close()
    process.stdout.read()
    assert process.process.wait(10) == 0


@posix_only
def test_a_second_signal_ends_it_though_nobody_reads() -> None:
    process = Process()
    sound = wav(music(4))

    def feed() -> None:
        with suppress(OSError):
            for _ in range(50):
                process.send(sound)

    threading.Thread(target=feed, daemon=True).start()
    assert select.select([process.process.stdout], [], [], 30)[0]
    time.sleep(1.0)  # by then what it writes is stuck
    for _ in range(2):
        process.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
    assert process.process.wait(5) == 128 + signal.SIGTERM


@posix_only
@pytest.mark.parametrize("options", [[], ["--amount", "0"]])
def test_a_full_disk_is_one_error(options: list[str]) -> None:
    if not os.path.exists("/dev/full"):  # noqa: PTH110  (no file)
        pytest.skip("there is no /dev/full here")
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(
            [*EQMORPH, "apply", "-", "-", "--target", "warm", "--follow", *options],
            input=wav(music(1)),
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )
    (line,) = done.stderr.decode().splitlines()
    assert (done.returncode, line[:28]) == (1, "error: can't write to stdout")
