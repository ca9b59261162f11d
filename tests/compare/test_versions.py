"""The versions of a sound are what the same requests give elsewhere, and are measured as they will be rendered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import eqmorph
from eqmorph import EqRequest, InputError, UsageError
from eqmorph.compare.versions import Ask, compare_file
from tests.support import make_audio

RATE = 44_100


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return make_audio(tmp_path / "song.wav", subtype="FLOAT", frames=3 * RATE)


def test_there_is_the_original_the_fixed_and_each_amount_in_order(song: Path) -> None:
    comparison = compare_file(song, Ask("warm", (1.0, 0.5, 0.25, 0.5)))
    assert [version.name for version in comparison.versions] == [
        *("original", "fixed", "adaptive 0.25", "adaptive 0.5", "adaptive"),
    ]
    assert comparison.original.bands.is_flat


def test_bands_are_those_that_the_same_request_gives_elsewhere(song: Path) -> None:
    audio = sf.read(song, dtype="float32")[0].T
    _, fixed, half, full = compare_file(song, Ask("warm:0.8")).versions
    assert fixed.bands == eqmorph.decide(audio, RATE, EqRequest("warm:0.8", mode="fixed")).bands
    assert half.bands == eqmorph.decide(audio, RATE, "warm:0.8", amount=0.5).bands
    assert full.bands == eqmorph.decide(audio, RATE, "warm:0.8").bands


def test_what_is_measured_is_what_each_is_rendered_to(song: Path) -> None:
    audio = sf.read(song, dtype="float32")[0].T
    comparison = compare_file(song, Ask("warm"))
    for version in comparison.versions:
        _, result = eqmorph.apply_with_report(audio, RATE, version.bands, level="keep")
        assert result.after is not None
        assert version.after.lufs == pytest.approx(result.after.lufs, abs=0.01)
        assert version.levelled.lufs == pytest.approx(comparison.original.levelled.lufs, abs=1e-9)


def test_what_is_predicted_is_what_is_heard_in_the_result(song: Path) -> None:
    audio = sf.read(song, dtype="float32")[0].T
    for version in compare_file(song, Ask("warm", kind="mix")).versions:
        heard = eqmorph.hear(eqmorph.apply(audio, RATE, version.bands), RATE, kind="mix")
        assert version.predicted.percentile("warm") == pytest.approx(heard.percentile("warm"), abs=0.02)


def test_the_words_come_first_and_then_those_that_move_beside(song: Path) -> None:
    comparison = compare_file(song, Ask("airy:0.2 + warm:0.9"))
    assert comparison.words == ("warm", "airy")
    assert not set(comparison.words) & set(comparison.beside)
    places = comparison.places(comparison.original)
    assert [place.word for place in places] == [*comparison.words, *comparison.beside]


def test_versions_with_the_same_eq_are_told(song: Path) -> None:
    comparison = compare_file(song, Ask("warm:0"))
    assert {comparison.twin(version) for version in comparison.versions[1:]} == {"original"}
    assert comparison.twin(comparison.original) == ""


def test_silence_has_versions_that_do_nothing(tmp_path: Path) -> None:
    silence = make_audio(tmp_path / "s.wav", audio=np.zeros((RATE, 2)))
    comparison = compare_file(silence, Ask("warm"))
    assert comparison.is_silent
    assert comparison.versions[-1].bands.is_flat
    assert [version.trim.total_db for version in comparison.versions] == [0.0] * 4


@pytest.mark.parametrize("amounts", [(2.5,), (-1.0,), tuple(i / 10 for i in range(7))], ids=str)
def test_amounts_out_of_range_are_refused_before_a_sound_is_heard(amounts: tuple[float, ...]) -> None:
    with pytest.raises(UsageError):
        Ask("warm", amounts)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.wav"):
        compare_file(tmp_path / "gone.wav", Ask("warm"))
