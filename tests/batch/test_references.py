"""What is named as a reference: files, folders, JSON, saved ones, each recording counted alike; what can't be one."""

from __future__ import annotations

import _thread
import time
from pathlib import Path

import numpy as np
import pytest

from eqmorph.balance import Balance, average, format_balance, save_reference
from eqmorph.batch.references import find_reference
from eqmorph.errors import EqmorphError, InputError, UsageError
from tests.support import make_audio, noise

pytestmark = pytest.mark.usefixtures("own_presets")

RATE = 44_100


def audio(path: Path, tilt: int = 0) -> Path:
    """Write two seconds of noise, duller by so many differences."""
    samples = noise(2 * RATE, seed=tilt)
    for _ in range(tilt):
        samples = (samples + np.roll(samples, 1, axis=0)) / 2
    return make_audio(path, audio=samples)


def test_a_file_is_one_recording(tmp_path: Path) -> None:
    found = find_reference([audio(tmp_path / "a.wav")])
    assert (found.name, found.files) == ("a.wav", 1)


def test_a_folder_is_the_average_of_what_is_below(tmp_path: Path) -> None:
    one, other = audio(tmp_path / "in" / "a.wav"), audio(tmp_path / "in" / "deep" / "b.flac", 3)
    found = find_reference([tmp_path / "in"])
    assert (found.name, found.files) == ("in", 2)
    assert found.array == pytest.approx(average([find_reference([one]), find_reference([other])], "").array)
    assert find_reference([one, other]).levels_db == found.levels_db
    assert find_reference([one, other, one, str(tmp_path / "in" / "*.wav")]).files == 2, "nothing counts twice"


def test_json_and_saved_ones_count_by_their_recordings(tmp_path: Path) -> None:
    three = Balance.of("three", np.linspace(6, -6, 64), files=3)
    path = tmp_path / "three.json"
    path.write_text(format_balance(three))
    save_reference(three)
    assert find_reference([path]).levels_db == find_reference(["three"]).levels_db == three.levels_db
    assert find_reference(["three"]).name == "three"
    both = find_reference(["three", audio(tmp_path / "a.wav")], name="mine")
    assert (both.name, both.files) == ("mine", 4)


def test_a_file_comes_before_a_saved_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_reference(Balance.of("mine", np.zeros(64), files=3))
    monkeypatch.chdir(tmp_path)
    make_audio("mine", "WAV", frames=2 * RATE)
    assert find_reference(["mine"]).files == 1


def test_silence_is_refused(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.wav", audio=np.zeros((2 * RATE, 1)))
    with pytest.raises(InputError, match="silent") as caught:
        find_reference([path])
    assert caught.value.path == path
    assert caught.value.hint


def test_less_than_a_second_is_refused_even_among_others(tmp_path: Path) -> None:
    audio(tmp_path / "a.wav")
    short = make_audio(tmp_path / "b.wav", frames=RATE - 10)
    with pytest.raises(InputError, match="too short") as caught:
        find_reference([tmp_path])
    assert caught.value.path == short


@pytest.mark.parametrize("name", ["nothing", "nothing.wav", "nothing.json", "", "*.wav", "x" * 5000, "a\0b"])
def test_what_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EqmorphError):
        find_reference([name])


def test_a_folder_without_audio_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="contains no audio"):
        find_reference([tmp_path])


def test_what_is_no_audio_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF" + bytes(100))
    with pytest.raises(InputError) as caught:
        find_reference([path])
    assert caught.value.path == path


def test_ctrl_c_ends_the_listening_as_ctrl_c(tmp_path: Path) -> None:
    for name in "abc":
        make_audio(tmp_path / "in" / f"{name}.wav", frames=60 * RATE)
    heard: list[float] = []

    def press(seconds: float) -> None:
        if not heard:
            _thread.interrupt_main()
        heard.append(seconds)
        time.sleep(0.2)

    with pytest.raises(KeyboardInterrupt):
        find_reference([tmp_path / "in"], on_progress=press)
    assert sum(heard) < 60, "and soon"
