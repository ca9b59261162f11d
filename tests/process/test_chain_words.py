"""The chain with words: a file is listened to, gets what it lacks, and the report says what was decided."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.adapt.adaptive import AdaptiveEq
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import listen_to_file, load_ear, percent
from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.level import Level
from eqmorph.process import Settings, process_audio, process_file
from eqmorph.render import Renderer

RATE = 44_100


def music(seconds: float = 4.0, *, tilt: str = "", channels: int = 2, rate: int = RATE) -> np.ndarray:
    """Return pink noise with a pulse, tilted by an EQ."""
    rng = np.random.default_rng(7)
    frames = int(seconds * rate)
    spectrum = np.fft.rfft(rng.standard_normal((channels, frames)))
    noise = np.fft.irfft(spectrum / np.sqrt(np.arange(1, spectrum.shape[1] + 1)), frames)
    noise *= 0.2 / np.abs(noise).max() * (0.6 + 0.4 * np.sin(np.arange(frames) / rate * 9))
    return Renderer(Bands.parse(tilt) if tilt else Bands(), rate).process(noise.astype(np.float32))


def write(path: Path, audio: np.ndarray, rate: int = RATE, subtype: str = "PCM_24") -> Path:
    sf.write(path, audio.T, rate, subtype=subtype)
    return path


def wished(text: str, **changes: object) -> Settings:
    ear = load_ear().of(None)  # noise of no kind
    return Settings(AdaptiveEq(ear, Goal(ear.space.target(text), **changes)), level=Level("keep"), measure=True)


def test_what_lacks_a_word_gets_more_of_it(tmp_path: Path) -> None:
    dull = write(tmp_path / "dull.wav", music(tilt="HS 2000 -10"))
    bright = write(tmp_path / "bright.wav", music(tilt="HS 2000 +10"))
    done = [process_file(path, tmp_path / f"out-{path.name}", wished("bright:0.7")) for path in (dull, bright)]
    accounts = [result.account for result in done]
    assert accounts[0] is not None
    assert accounts[1] is not None
    assert accounts[0].largest_db > 1.5 * accounts[1].largest_db
    for account in accounts:
        (change,) = account.words
        assert change.score_reached > change.score_before
        assert abs(change.score_reached - change.score_predicted) < 0.02


def test_what_is_rendered_is_what_was_decided(tmp_path: Path) -> None:
    source = write(tmp_path / "a.wav", music(), subtype="FLOAT")
    settings = wished("warm:0.8")
    result = process_file(source, tmp_path / "b.wav", settings)
    decision = settings.eq.decide(RATE, listen_to_file(source))
    assert result.bands == decision.bands
    assert not result.bands.is_flat
    expected = Renderer(decision.bands, RATE).process(sf.read(source, dtype="float32")[0].T)
    np.testing.assert_array_equal(sf.read(tmp_path / "b.wav", dtype="float32")[0].T, expected)


@pytest.mark.parametrize("container", ["a.wav", "a.flac", "a.ogg", "a.mp3"])
def test_amount_0_gives_the_very_file(tmp_path: Path, container: str) -> None:
    source = tmp_path / container
    sf.write(source, music(1.0).T, RATE)
    target = tmp_path / f"out-{container}"
    process_file(source, target, wished("warm + airy:-1", amount=0))
    assert target.read_bytes() == source.read_bytes()


def test_silence_gets_no_eq_and_says_so(tmp_path: Path) -> None:
    source = write(tmp_path / "a.wav", np.zeros((2, RATE), np.float32))
    result = process_file(source, tmp_path / "b.wav", wished("bright"))
    assert result.account is not None
    assert result.account.sentence == "silence: no EQ"
    assert result.account.words == ()
    assert (tmp_path / "b.wav").read_bytes() == source.read_bytes()


def test_a_percentile_asked_for_is_the_results_own(tmp_path: Path) -> None:
    source = write(tmp_path / "a.wav", music(tilt="HS 1000 -9"))
    account = process_file(source, tmp_path / "b.wav", wished("bright", to_percentile=0.7)).account
    assert account is not None
    assert account.is_reached
    assert account.words[0].percentile_before < 0.65
    assert account.words[0].percentile_reached == pytest.approx(0.7, abs=0.02)


def test_a_percentile_out_of_reach_says_how_far_it_got(tmp_path: Path) -> None:
    source = write(tmp_path / "a.wav", music(tilt="HS 2000 -10"))
    account = process_file(source, tmp_path / "b.wav", wished("bright", to_percentile=0.9, max_gain_db=2.0)).account
    assert account is not None
    assert account.is_reached is False
    assert account.largest_db <= 2.01
    after = account.words[0].percentile_after
    assert account.words[0].percentile_before < after < 0.9
    assert f"-> {percent(after)}%" in account.sentence
    assert "90% is out of reach within 2 dB" in account.sentence


def test_a_percentile_that_is_there_already_asks_for_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "a.wav", music(tilt="HS 2000 +10"))
    result = process_file(source, tmp_path / "b.wav", wished("bright", to_percentile=0.5))
    assert result.account is not None
    assert "already at 50% or beyond, nothing to do" in result.account.sentence
    assert (tmp_path / "b.wav").read_bytes() == source.read_bytes()


def test_the_trajectory_tells_what_was_decided(tmp_path: Path) -> None:
    source = write(tmp_path / "a.wav", music(5.0))
    beside = tmp_path / "b.wav.trajectory.json"
    result = process_file(source, tmp_path / "b.wav", wished("crisp:0.5"), trajectory_path=beside)
    document = json.loads(beside.read_text())
    assert document["file"]["name"] == "a.wav"
    assert "crisp" in document["words"]
    assert document["applied"]["target"] == "crisp:0.5"
    assert document["applied"]["bands"] == result.bands.to_list()
    assert [window["start_s"] for window in document["windows"]] == [0, 1, 2, 3]


def test_in_memory_it_is_the_same_chain(tmp_path: Path) -> None:
    audio = music(3.0)
    source = write(tmp_path / "a.wav", audio, subtype="FLOAT")
    settings = wished("warm:0.8")
    process_file(source, tmp_path / "b.wav", settings)
    rendered, result = process_audio(audio, RATE, settings)
    np.testing.assert_array_equal(rendered.T, sf.read(tmp_path / "b.wav", dtype="float32")[0])
    assert result.account is not None


@pytest.mark.parametrize("rate", [8000, 22_050, 96_000, 192_000])
def test_every_rate_gets_what_it_asks_for(tmp_path: Path, rate: int) -> None:
    source = write(tmp_path / "a.wav", music(1.5, rate=rate), rate)
    account = process_file(source, tmp_path / "b.wav", wished("bright:0.5")).account
    assert account is not None
    change = account.words[0]
    assert change.score_before < change.score_reached
    assert abs(change.score_reached - change.score_predicted) < 0.02
    assert account.largest_db <= 12.01


def test_progress_counts_each_second_once(tmp_path: Path) -> None:
    source = write(tmp_path / "a.wav", music(3.0))
    told: list[float] = []
    process_file(source, tmp_path / "b.wav", wished("warm"), watch=told.append)
    assert sum(told) == pytest.approx(3.0)


def test_a_file_is_read_the_same_twice(tmp_path: Path) -> None:
    """Lossy decoders too: what was listened to is what is rendered."""
    from eqmorph.audio.read import AudioReader

    for name in ("a.mp3", "a.ogg", "a.opus", "a.flac"):
        path = tmp_path / name
        if name == "a.opus":
            sf.write(path, music(2.0, rate=48_000).T, 48_000, format="OGG", subtype="OPUS")
        else:
            sf.write(path, music(2.0).T, RATE)
        with AudioReader(path) as reader:
            first, second = (np.concatenate(list(reader.blocks()), axis=1) for _ in range(2))
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("text", ["warm:0", "warm:0.5 + warm:-0.5"])
def test_a_word_without_weight_changes_nothing(tmp_path: Path, text: str) -> None:
    source = write(tmp_path / "a.wav", music(1.0))
    process_file(source, tmp_path / "b.wav", wished(text))
    assert (tmp_path / "b.wav").read_bytes() == source.read_bytes()
    with pytest.raises(UsageError, match="asks for nothing"):
        wished(text, to_percentile=0.7)


def test_a_word_without_weight_leaves_the_others_alone(tmp_path: Path) -> None:
    source = write(tmp_path / "a.wav", music(1.0))
    both = process_file(source, tmp_path / "both.wav", wished("warm:0.7 + dark:0"))
    alone = process_file(source, tmp_path / "alone.wav", wished("warm:0.7"))
    assert both.bands == alone.bands


def test_a_percentile_is_solved_up_to_the_gain_limit(tmp_path: Path) -> None:
    source = write(tmp_path / "a.wav", music(2.0, tilt="HS 1000 -6"))
    for reach in (0.6, 0.999):
        account = process_file(source, tmp_path / f"{reach}.wav", wished("bright:0.1", to_percentile=reach)).account
        assert account is not None
        assert account.is_reached or account.largest_db > 5.5
    assert account.is_reached is False
