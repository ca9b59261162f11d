"""What fails in a way that passes is tried again; everything else is told at once."""

from __future__ import annotations

import errno
import os
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch import patience, prepare_batch
from eqmorph.batch.patience import process_patiently
from eqmorph.errors import EqmorphError, InputError, OutputError, Stopped
from eqmorph.process import Settings
from tests.support import make_audio

SETTINGS = Settings(BandsEq(Bands.parse("LS 120 +6")))


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_PAUSES_S", (0.01, 0.02, 0.03))


def failing(times: int, code: int, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let a disk fail so often to take what was written; return when it was asked to."""
    tried: list[float] = []

    def fsync(_handle: int) -> None:
        tried.append(time.monotonic())
        if len(tried) <= times:
            raise OSError(code, os.strerror(code))

    monkeypatch.setattr("os.fsync", fsync)
    return tried


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE, errno.ETIMEDOUT])
def test_what_passes_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    make_audio(tmp_path / "a.wav")
    failing(2, code, monkeypatch)
    process_patiently(tmp_path / "a.wav", tmp_path / "b.wav", SETTINGS)
    assert (tmp_path / "b.wav").stat().st_size > 1000
    assert {path.name for path in tmp_path.iterdir()} == {"a.wav", "b.wav"}


def test_what_does_not_pass_after_all_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_audio(tmp_path / "a.wav")
    tried = failing(99, errno.ESTALE, monkeypatch)
    with pytest.raises(OutputError):
        process_patiently(tmp_path / "a.wav", tmp_path / "b.wav", SETTINGS)
    assert len(tried) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    pauses = [after - before for before, after in pairwise(tried)]
    assert pauses[0] >= 0.01
    assert pauses[2] >= 0.03


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_what_does_not_pass_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    make_audio(tmp_path / "a.wav")
    tried = failing(99, code, monkeypatch)
    with pytest.raises(EqmorphError):
        process_patiently(tmp_path / "a.wav", tmp_path / "b.wav", SETTINGS)
    assert len(tried) == 1


def test_a_file_that_is_no_audio_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_PAUSES_S", (60.0,))
    (tmp_path / "a.wav").write_bytes(b"no audio")
    with pytest.raises(InputError):
        process_patiently(tmp_path / "a.wav", tmp_path / "b.wav", SETTINGS)


def test_waiting_ends_with_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_PAUSES_S", (60.0,))
    make_audio(tmp_path / "a.wav")
    tried = failing(99, errno.EIO, monkeypatch)
    stop = threading.Event()

    def watch(_seconds: float) -> None:
        if stop.is_set():
            raise Stopped("interrupted")

    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    with pytest.raises(Stopped):
        process_patiently(tmp_path / "a.wav", tmp_path / "b.wav", SETTINGS, watch=watch)
    assert time.monotonic() - began < 10
    assert len(tried) == 1


def test_a_batch_is_patient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_audio(tmp_path / "in" / "a.wav")
    failing(1, errno.ETIMEDOUT, monkeypatch)
    assert prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS).run().count("done") == 1
