"""Ranking: places are percentiles among a sound's own kind, known sounds are not heard again, bad files stop nobody."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from eqmorph._typing import Float64
from eqmorph.analysis import Ear, listen_to_file
from eqmorph.analysis.encoders import AnalyticEncoder
from eqmorph.audio.windows import Spectra
from eqmorph.batch.find import Source, find_sources
from eqmorph.batch.rank import Ranking, rank_files
from eqmorph.heard import hear as hear_module
from eqmorph.heard import open_cache
from eqmorph.kind import Kind
from tests.support import noise

RATE = 22_050
CUTOFFS = (200, 400, 800, 1600, 3200, 6400)


def write(path: Path, cutoff_hz: float, *, pulses: bool = False, rate: int = RATE) -> Path:
    """Write noise that falls off above a frequency, even or as a hit that decays."""
    frames = 3 * rate
    spectrum = np.fft.rfft(noise(frames, 1, seed=int(cutoff_hz))[:, 0])
    samples = np.fft.irfft(spectrum / (1 + (np.fft.rfftfreq(frames, 1 / rate) / cutoff_hz) ** 2), frames)
    if pulses:
        samples = (samples * np.exp(-np.arange(frames) / (0.05 * rate)))[: rate // 2]
    path.parent.mkdir(parents=True, exist_ok=True)
    sf.write(path, 0.3 * samples / np.abs(samples).max(), rate, "PCM_24")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of sounds from dark to bright, of two rates and forms, one of silence, and two of no sound."""
    for at, cutoff in enumerate(CUTOFFS):
        write(tmp_path / "in" / f"{cutoff}.wav", cutoff, pulses=at % 2 == 1, rate=RATE if at < 3 else 44_100)
    sf.write(tmp_path / "in" / "silent.wav", np.zeros(RATE), RATE)
    (tmp_path / "in" / "text.wav").write_text("this is a text and no sound, whatever it is called")
    (tmp_path / "in" / "empty.flac").write_bytes(b"")
    return tmp_path / "in"


def ranked(ear: Ear, folder: Path, by: str, **how: Any) -> Ranking:
    return rank_files(ear, find_sources([folder]), ear.space.target(by), workers=2, **how)


def test_a_place_is_the_percentile_among_a_sounds_own_kind(
    ear: Ear, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kind_of(spectra: Spectra) -> Kind | None:
        return {RATE: Kind.SPEECH, 44_100: None}[spectra.sample_rate]

    monkeypatch.setattr(Ear, "kinds_of", lambda _ear, sounds: [kind_of(sound) for sound in sounds])
    ranking = ranked(ear, folder, "bright")
    assert len(ranking.sounds) == len(CUTOFFS)
    assert {sound.kind for sound in ranking.sounds} == {Kind.SPEECH, None}
    for sound in ranking.sounds:
        spectra = listen_to_file(sound.path)
        own = ear.of(kind_of(spectra))
        assert sound.kind is own.kind
        assert sound.place == pytest.approx(own.hear(spectra).percentile("bright"), abs=1e-4)
        assert sound.scores == (pytest.approx(own.hear(spectra).score("bright"), abs=1e-4),)
        assert sound.duration_s == pytest.approx(spectra.frames / spectra.sample_rate)


def test_those_with_most_of_it_come_first_also_beyond_what_is_usual(
    ear: Ear, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Ear.words_in

    def at_the_ends(own: Ear, curves_db: Float64, words: Sequence[str]) -> tuple[Float64, Float64]:
        scores, places = real(own, curves_db, words)
        return scores, np.round(places)

    monkeypatch.setattr(Ear, "words_in", at_the_ends)
    sounds = ranked(ear.of(Kind.MIX), folder, "bright").sounds
    scores = [sound.scores[0] for sound in sounds]
    assert scores == sorted(scores, reverse=True)
    assert {sound.kind for sound in sounds} == {Kind.MIX}
    assert {sound.place for sound in sounds} == {0.0, 1.0}
    turned = ranked(ear.of(Kind.MIX), folder, "-bright").sounds
    assert [sound.path for sound in turned] == [sound.path for sound in reversed(sounds)]


def test_several_words_count_by_weight_and_a_minus_is_what_is_missing(ear: Ear, folder: Path) -> None:
    for sound in ranked(ear, folder, "warm:0.5 + harsh:-1.5").sounds:
        warm, harsh = sound.percentiles
        assert sound.place == pytest.approx(0.25 * warm + 0.75 * (1 - harsh))


def test_words_that_follow_from_others_and_parts_of_the_spectrum_rank_too(ear: Ear, folder: Path) -> None:
    names = [sound.path.name for sound in ranked(ear.of(Kind.MIX), folder, "highs").sounds]
    assert names[0] == "6400.wav"


def test_silence_and_what_is_no_sound_are_named_and_the_rest_is_ranked(ear: Ear, folder: Path) -> None:
    ranking = ranked(ear, folder, "warm")
    assert [(sound.path.name, sound.place) for sound in ranking.silent] == [("silent.wav", None)]
    assert [unheard.path.name for unheard in ranking.failed] == ["empty.flac", "text.wav"]
    assert "empty (0 bytes)" in str(ranking.failed[0].error)


def test_known_sounds_rank_the_same_by_any_word_and_are_not_heard(
    ear: Ear, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eqmorph.heard.cache._UNSETTLED_NS", -1)
    with open_cache(tmp_path / "cache") as cache:
        first = ranked(ear, folder, "bright", cache=cache)
    assert (first.remembered, ranked(ear, folder, "bright").remembered) == (0, 0)
    monkeypatch.setattr(hear_module, "AudioReader", None)
    (folder / "text.wav").unlink()
    (folder / "empty.flac").unlink()
    with open_cache(tmp_path / "cache") as cache:
        again = ranked(ear, folder, "bright", cache=cache)
        other = ranked(ear, folder, "warm - harsh", cache=cache)
    assert again == replace(first, failed=(), remembered=len(CUTOFFS) + 1)
    assert len(other.sounds) == len(CUTOFFS)
    assert first.sounds == ranked_without(ear, folder, monkeypatch).sounds


def ranked_without(ear: Ear, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Ranking:
    monkeypatch.undo()
    return ranked(ear, folder, "bright")


def test_an_encoder_that_hears_how_a_sound_goes_on_gets_its_windows(ear: Ear, folder: Path, tmp_path: Path) -> None:
    encoder = AnalyticEncoder(ear.reference.neutral_db)
    heard: list[int] = []

    class Learned:
        name = identity = "learned"

        def curve(self, spectra: Any, bands: Any) -> Any:
            heard.append(len(spectra.power))
            return encoder.curve(spectra, bands)

        def window_curves(self, spectra: Any, bands: Any) -> Any:
            return encoder.window_curves(spectra, bands)

    own = Ear(ear.space, ear.reference, Learned())
    with open_cache(tmp_path / "cache") as cache:
        for _ in range(2):
            assert len(ranked(own, folder, "warm", cache=cache).sounds) == len(CUTOFFS)
    assert max(heard) > 1


def test_a_part_is_what_is_below_and_the_first_of_it(ear: Ear, folder: Path) -> None:
    whole = ranked(ear, folder, "bright")
    bound = whole.sounds[1].place
    assert bound is not None
    some = whole.part(below=bound, top=2)
    below = [sound for sound in whole.sounds if (sound.place or 0) < bound]
    assert 2 < len(below) < len(whole.sounds)
    assert list(some.sounds) == below[:2]
    assert (some.silent, some.failed) == (whole.silent, whole.failed)
    assert whole.part() == whole


def test_more_than_are_worked_on_at_once_are_all_ranked(
    ear: Ear, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ranked(ear, folder, "bright")
    monkeypatch.setattr("eqmorph.batch.rank._AT_ONCE", 2)
    split = ranked(ear, folder, "bright")
    assert [sound.path for sound in split.sounds] == [sound.path for sound in whole.sounds]


def test_what_is_read_and_done_is_told(ear: Ear, folder: Path) -> None:
    lock, seconds, ended = threading.Lock(), [0.0], [0]

    def watch(more: float) -> None:
        with lock:
            seconds[0] += more

    def end() -> None:
        ended[0] += 1

    ranking = ranked(ear, folder, "bright", watch=watch, on_end=end)
    assert ended == [len(CUTOFFS) + 3]
    assert seconds[0] == pytest.approx(sum(sound.duration_s for sound in (*ranking.sounds, *ranking.silent)))


def test_ctrl_c_stops_and_keeps_what_was_heard(ear: Ear, folder: Path, tmp_path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with open_cache(tmp_path / "cache") as cache:
        with pytest.raises(KeyboardInterrupt):
            ranked(ear, folder, "bright", cache=cache, on_end=interrupt)
        assert cache.sizes()["sounds"] >= 1


def test_nothing_to_rank_is_an_empty_ranking(ear: Ear, tmp_path: Path) -> None:
    missing = Source(tmp_path / "missing.wav", Path("missing.wav"))
    ranking = rank_files(ear, [missing], ear.space.target("warm"))
    assert (ranking.sounds, len(ranking.failed)) == ((), 1)
