from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.errors import UsageError
from eqmorph.evaluate.audio.kinds import HITS, MUSIC, SPEECH, load_sounds
from tests.evaluate.audio.noise import RATE, pink


def write(folder: Path, name: str, seconds: float, *, channels: int = 1) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = pink(np.random.default_rng(len(name)), seconds=seconds)
    sf.write(path, np.tile(samples[:, None], (1, channels)), RATE)


def lengths_s(kind: str, folder: Path, most: int | None = None) -> list[float]:
    (sounds,) = load_sounds({kind: [("it", folder)]}, most=most).values()
    assert {sound.corpus for sound in sounds} == {"it"}
    return sorted(sound.spectra.frames / sound.spectra.sample_rate for sound in sounds)


def test_short_utterances_of_a_folder_are_joined(tmp_path: Path) -> None:
    for number in range(16):
        write(tmp_path, f"one/{number}.wav", 4.0, channels=1 + number % 2)
    write(tmp_path, "two/a.wav", 3.0)
    write(tmp_path, "two/b.wav", 2.0)
    write(tmp_path, "three/long.wav", 12.0)
    found = lengths_s(SPEECH, tmp_path, most=9)
    # Two complete stretches of the first, whose rest is left out; all there is of the second; the third as it is.
    assert found == pytest.approx([5.3, 12.0, 29.05, 29.05], abs=0.01)


def test_voices_take_turns(tmp_path: Path) -> None:
    for name in ("one/a.wav", "one/b.wav", "one/c.wav", "two/a.wav"):
        write(tmp_path, name, 11.0 if name.startswith("one") else 13.0)
    assert lengths_s(SPEECH, tmp_path, most=2) == pytest.approx([11.0, 13.0], abs=0.01)


def test_what_is_too_long_is_no_hit_and_what_is_too_short_no_music(tmp_path: Path) -> None:
    for seconds in (0.5, 3.0, 5.0, 21.0):
        write(tmp_path, f"{seconds}.wav", seconds)
    assert lengths_s(HITS, tmp_path) == [0.5, 3.0]
    assert lengths_s(HITS, tmp_path, most=1)[0] in (0.5, 3.0)
    assert lengths_s(MUSIC, tmp_path) == [21.0]


def test_where_no_length_fits_all_are_taken(tmp_path: Path) -> None:
    write(tmp_path, "short.wav", 2.0)
    assert lengths_s(MUSIC, tmp_path) == [2.0]


def test_folders_of_nothing_that_can_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    told: list[str] = []
    with pytest.raises(UsageError, match="holds no audio that can be read"):
        load_sounds({HITS: [("it", tmp_path)]}, tell=told.append)
    assert "broken.wav" in told[0]


def test_kinds_without_folders_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "a.wav", 1.0)
    assert list(load_sounds({MUSIC: [], HITS: [("it", tmp_path)]})) == [HITS]
