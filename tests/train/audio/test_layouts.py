"""Music as the public data sets lay it out."""

from pathlib import Path

import pytest

from eqmorph.errors import UsageError
from eqmorph.train.audio.layouts import find_music
from tests.support import touch


def test_fma_is_known_by_its_numbered_folders(tmp_path: Path) -> None:
    touch(
        tmp_path, "000/000002.mp3", "000/000005.mp3", "155/155320.MP3", "000/155320.mp3", "000/cover.mp3", "README.txt"
    )
    (music,) = find_music([tmp_path], most_tracks=9)
    assert music.layout == "fma"
    assert [track.name for track in music.tracks] == ["000002", "000005", "155320"]


def test_musdb_keeps_a_tracks_stems_together(tmp_path: Path) -> None:
    stems = ("mixture", "vocals", "drums", "bass", "other")
    touch(tmp_path, *(f"train/A - B/{stem}.wav" for stem in stems), "test/C/mixture.wav", "test/C/drums.wav")
    touch(tmp_path, "test/no track/drums.wav")
    (music,) = find_music([tmp_path], most_tracks=9)
    assert music.layout == "musdb18-hq"
    assert [track.name for track in music.tracks] == ["train/A - B", "test/C"]
    assert [path.stem for path in music.tracks[0].files] == list(stems)
    assert [path.stem for path in music.tracks[1].files] == ["mixture", "drums"]


def test_any_folder_of_audio_will_do(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav", "b/c.flac", "b/notes.txt", "123/song.mp3")
    (music,) = find_music([tmp_path], most_tracks=9)
    assert music.layout == "folder"
    assert [track.name for track in music.tracks] == ["a.wav", "123/song.mp3", "b/c.flac"]


def test_of_many_tracks_an_even_choice_is_taken(tmp_path: Path) -> None:
    touch(tmp_path, *(f"{at:03}.wav" for at in range(100)))
    (music,) = find_music([tmp_path], most_tracks=5)
    assert [track.name for track in music.tracks] == ["000.wav", "024.wav", "049.wav", "074.wav", "099.wav"]


def test_a_folder_that_is_missing_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        find_music([tmp_path / "nowhere"], most_tracks=9)
    with pytest.raises(UsageError, match="no audio"):
        find_music([tmp_path], most_tracks=9)
