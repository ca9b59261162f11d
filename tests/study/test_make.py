"""A study is one page that holds its sounds, equally loud and in sync, and a key that alone names versions."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray

import eqmorph
from eqmorph.analysis import listen_to_file
from eqmorph.compare.versions import Ask
from eqmorph.errors import ExistsError, InputError, UsageError
from eqmorph.study.excerpt import loudest_start
from eqmorph.study.make import StudyAsk, make_study
from eqmorph.study.plan import read_study
from tests.study.support import RATE, made
from tests.support import make_audio, noise

SOUND = re.compile(r'id="sound-([0-9a-f]+)">([^<]+)<')


def sounds(page: Path) -> dict[str, NDArray[np.float32]]:
    """Return the audio in a page by its codes, (channels, frames)."""
    found = {}
    for code, text in SOUND.findall(page.read_text(encoding="utf-8")):
        audio, rate = sf.read(io.BytesIO(base64.b64decode(text)), dtype="float32", always_2d=True)
        assert rate == RATE
        found[code] = np.ascontiguousarray(audio.T)
    return found


def test_page_and_key_know_the_same_sounds(tmp_path: Path) -> None:
    study = made(tmp_path, sounds=2)
    key = read_study(study.page.parent)
    assert key == study.study
    assert set(sounds(study.page)) == set(key.version_of)
    assert key.versions == ("original", "fixed", "adaptive")
    assert len(key.trials) == 2 * 3 * 2


def test_all_sounds_are_equally_loud_and_equally_long(tmp_path: Path) -> None:
    study = made(tmp_path, sounds=2)
    audio = sounds(study.page)
    assert {one.shape for one in audio.values()} == {(2, 2 * RATE)}
    for one in audio.values():
        _, result = eqmorph.apply_with_report(one, RATE, eqmorph.Bands())
        assert result.before is not None
        assert result.before.true_peak_db is not None
        assert result.before.lufs == pytest.approx(study.study.loudness_lufs, abs=0.1)
        assert result.before.true_peak_db <= -0.95


def test_versions_are_in_sync_to_the_sample(tmp_path: Path) -> None:
    """A click stays where it is, whatever EQ it went through."""
    click = noise(3 * RATE, amplitude=0.001)
    click[RATE] = 0.5
    path = make_audio(tmp_path / "click.wav", audio=click)
    study = make_study([path], StudyAsk(Ask("warm", (1.0,)), seconds=2, start_s=0.5), tmp_path / "study")
    assert {int(np.argmax(np.abs(one[0]))) for one in sounds(study.page).values()} == {RATE // 2}


def test_the_page_names_no_version_and_no_file(tmp_path: Path) -> None:
    study = made(tmp_path)
    text = SOUND.sub("", study.page.read_text(encoding="utf-8"))
    for name in ("adaptive", "original", "fixed", "0.wav", "warm"):
        assert name not in text
    assert "adaptive" in study.key.read_text()


def test_the_page_may_ask_the_network_for_nothing(tmp_path: Path) -> None:
    text = SOUND.sub("", made(tmp_path).page.read_text(encoding="utf-8"))
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "http" not in text.replace("http-equiv", "")
    assert not re.search(r"""(?:src|href)=["']""", text)


def test_what_is_asked_cannot_break_out_of_the_page(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.wav", frames=2 * RATE)
    ask = StudyAsk(Ask("warm"), seconds=1, question="</script><b>", title="<i>& @@SCRIPT@@")
    text = make_study([path], ask, tmp_path / "study").page.read_text(encoding="utf-8")
    assert "</script><b>" not in text
    assert "<i>" not in text
    data = re.search(r'id="study">(.*?)</script>', text, re.S)
    assert data is not None
    assert json.loads(data[1])["question"] == "</script><b>"
    assert "&lt;i&gt;&amp; @@SCRIPT@@" in text


def test_the_loudest_part_is_played(tmp_path: Path) -> None:
    audio = noise(10 * RATE, amplitude=0.01)
    audio[6 * RATE : 8 * RATE] *= 20
    path = make_audio(tmp_path / "a.wav", audio=audio)
    assert loudest_start(listen_to_file(path), 2.0) == pytest.approx(6, abs=0.5)
    assert loudest_start(listen_to_file(path), 60.0) == 0


def test_versions_that_are_the_same_are_not_compared(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.wav", frames=2 * RATE)
    study = make_study([path], StudyAsk(Ask("warm", (0.0, 1.0)), seconds=1, abx=0), tmp_path / "study")
    assert len(study.study.trials) == 5  # of the six pairs of four versions
    assert study.notes == (f"{path}: adaptive 0 is the same as original, and not compared with it",)
    with pytest.raises(UsageError, match="nothing to compare"):
        make_study([path], StudyAsk(Ask("warm:0", (1.0,)), seconds=1), tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    study = made(tmp_path)
    before = study.key.read_bytes()
    with pytest.raises(ExistsError, match=r"study\.html"):
        made(tmp_path)
    assert study.key.read_bytes() == before


@pytest.mark.parametrize("seconds", [0.0, 0.5, 121.0])
def test_lengths_out_of_range_are_refused(seconds: float) -> None:
    with pytest.raises(UsageError, match="out of range"):
        StudyAsk(Ask("warm"), seconds=seconds)


def test_files_that_cannot_be_played_are_named(tmp_path: Path) -> None:
    silent = make_audio(tmp_path / "silent.wav", audio=np.zeros((2 * RATE, 2)))
    surround = make_audio(tmp_path / "surround.wav", frames=2 * RATE, channels=6)
    short = make_audio(tmp_path / "short.wav", frames=RATE)
    for path, start_s, kind, said in (
        (silent, None, InputError, "is silent in the part to be played"),
        (surround, None, UsageError, "has 6 channels"),
        (short, 5.0, UsageError, "has less than 0.25 s from 0:05.000 on"),
    ):
        with pytest.raises(kind, match=said) as caught:
            make_study([path], StudyAsk(Ask("warm"), seconds=1, start_s=start_s), tmp_path / "study")
        assert caught.value.path == path
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "[" * 100_000, '{"kind": "eqmorph study", "version": 1, "items": 3}'], ids=lambda t: t[:20]
)
def test_a_damaged_key_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "study.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_study(tmp_path)
    assert caught.value.path == path


def test_a_folder_without_a_study_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no study here"):
        read_study(tmp_path)
