"""Spectra to train on: cached, drawn alike from every corpus, held out by track."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from eqmorph.analysis import listen_to_file
from eqmorph.audio.read import AudioReader
from eqmorph.audio.windows import grid_at
from eqmorph.train.audio.layouts import find_music
from eqmorph.train.audio.sounds import NOISE, Sounds, TrainingSound, pink_noise, read_sounds
from tests.train.stem_files import stem_file

MakeMusic = Callable[..., None]


def sound(corpus: str, track: str) -> TrainingSound:
    return TrainingSound(corpus, track, f"{corpus}-{track}", 44_100, np.ones((1, 1)), np.ones(1), np.ones((1, 1)))


def test_a_file_is_read_once_and_then_taken_from_the_cache(
    tmp_path: Path, make_music: MakeMusic, monkeypatch: pytest.MonkeyPatch
) -> None:
    music, cache = tmp_path / "music", tmp_path / "cache"
    make_music(music, ["a.wav", "b.wav"], seconds=2.5)
    found = find_music([("songs", music)], most_tracks=9)
    first = read_sounds(found, cache=cache)
    assert [s.track for s in first] == ["a.wav", "b.wav"]
    spectra = listen_to_file(music / "a.wav", window_s=1.0, hop_s=1.0)
    np.testing.assert_array_equal(first[0].power, spectra.power)
    assert first[0].lengths.tolist() == pytest.approx([1.0, 1.0, 0.5])

    kept = sorted(cache.rglob("*.safetensors"))
    assert len(kept) == 2
    kept[0].write_bytes(b"damaged")
    opened: list[Path] = []

    def reader(path: Path) -> AudioReader:
        opened.append(path)
        return AudioReader(path)

    monkeypatch.setattr("eqmorph.train.audio.sounds.AudioReader", reader)
    again = read_sounds(found, cache=cache)
    assert len(opened) == 1  # that of the damaged entry alone
    for one, other in zip(first, again, strict=True):
        assert one.key == other.key
        np.testing.assert_array_equal(one.power, other.power)
        np.testing.assert_array_equal(one.snapshots, other.snapshots)

    make_music(music, ["b.wav"], seconds=1.5)
    assert {s.key for s in read_sounds(found, cache=cache)} & {s.key for s in first} == {first[0].key}


def test_what_cannot_be_used_is_told(tmp_path: Path, make_music: MakeMusic) -> None:
    make_music(tmp_path, ["good.wav"])
    (tmp_path / "bad.wav").write_bytes(b"RIFF")
    told: list[str] = []
    done: list[int] = []
    found = find_music([("songs", tmp_path)], most_tracks=9)
    sounds = read_sounds(found, cache=tmp_path / "cache", tell=told.append, progress=lambda: done.append(1))
    assert [s.track for s in sounds] == ["good.wav"]
    assert len(told) == 1
    assert "bad.wav" in told[0]
    assert len(done) == 2


def test_corpora_are_drawn_alike_and_noise_half_the_time(rng: np.random.Generator) -> None:
    large = [sound("large", str(at)) for at in range(60)]
    sounds = Sounds([*large, sound("small", "0")])
    drawn = Counter(sounds.sounds[at].corpus for at in sounds.balanced(4000, rng))
    assert drawn["small"] / 4000 == pytest.approx(0.5, abs=0.04)
    with_noise = Sounds([*sounds.sounds, sound(NOISE, "0")])
    drawn = Counter(with_noise.sounds[at].corpus for at in with_noise.balanced(4000, rng))
    assert drawn[NOISE] / 4000 == pytest.approx(0.5, abs=0.04)
    assert drawn["large"] / 4000 == pytest.approx(0.25, abs=0.04)


def test_tracks_are_held_out_whole() -> None:
    sounds = Sounds([sound("c", str(at // 5)) for at in range(50)] + [sound("lone", "0")])
    train, held = sounds.split(seed=0, share=0.2)
    assert len(held) == 10
    assert not {s.track for s in train.sounds if s.corpus == "c"} & {s.track for s in held.sounds}
    assert len(train) + len(held) == 51
    assert sounds.split(seed=0, share=0.2)[1].sha256 == held.sha256 != sounds.split(seed=1, share=0.2)[1].sha256


def test_pink_noise_is_pink() -> None:
    (noise,) = pink_noise(1, seed=4)
    mean = noise.power.mean(axis=0)
    grid = grid_at(noise.sample_rate)
    inside = (grid.freq_hz > 100) & (grid.freq_hz < 15_000)
    slope = np.polyfit(np.log2(grid.freq_hz[inside]), 10 * np.log10(mean[inside] / grid.bins[inside]), 1)[0]
    assert slope == pytest.approx(-3.01, abs=0.15)
    np.testing.assert_array_equal(pink_noise(1, seed=4)[0].power, noise.power)


def test_stretches_and_the_whole_keep_the_power(rng: np.random.Generator) -> None:
    power = rng.uniform(0.1, 1, (20, 5)).astype(np.float32)
    long = TrainingSound("c", "t", "k", 44_100, power, np.ones(20), np.ones((1, 1)))
    np.testing.assert_allclose(long.all_blocks().mean(axis=0), power.mean(axis=0), rtol=0.1)
    for _ in range(20):
        drawn = long.draw(1, rng)
        assert drawn.shape == (1, 5)
        assert power.min(axis=0).min() <= drawn.min() <= drawn.max() <= power.max()


def test_a_weighed_corpus_is_drawn_more_often_and_counts_for_more() -> None:
    rng = np.random.default_rng(0)
    sounds = Sounds([sound("a", "1"), sound("a", "2"), sound("b", "1")], {"a": 3.0, "b": 1.0})
    drawn = Counter(sounds.sounds[at].corpus for at in sounds.balanced(4000, rng))
    assert drawn["a"] / 4000 == pytest.approx(0.75, abs=0.03)
    assert sounds.shares == pytest.approx([0.375, 0.375, 0.25])
    assert sounds.split(0)[0].weights == {"a": 3.0}


def test_a_weight_of_1_changes_nothing() -> None:
    rows = [sound("a", "1"), sound("a", "2"), sound("b", "1")]
    plain, weighed = Sounds(rows), Sounds(rows, {"a": 1.0})
    assert plain.sha256 == weighed.sha256 != Sounds(rows, {"a": 2.0}).sha256
    draws = [sounds.balanced(20, np.random.default_rng(1)) for sounds in (plain, weighed)]
    assert draws[0] == draws[1]


def test_stems_in_one_file_are_one_track(tmp_path: Path) -> None:
    made = stem_file(tmp_path / "music" / "A - B.stem.mp4")
    told: list[str] = []
    music = find_music([("songs", made.parent)], most_tracks=9)
    sounds = read_sounds(music, cache=tmp_path / "cache", tell=told.append)
    assert not told
    assert len(sounds) == 5
    assert len({s.track for s in sounds}) == 1
    assert len({s.key for s in sounds}) == 5
    # Stream by stream an octave higher: the loudest cell moves with it.
    tops = [grid_at(s.sample_rate).freq_hz[np.argmax(s.power.mean(axis=0))] for s in sounds]
    assert tops == pytest.approx([200 * 2**at for at in range(5)], rel=0.06)
    again = read_sounds(music, cache=tmp_path / "cache", tell=told.append)
    assert [s.key for s in again] == [s.key for s in sounds]
