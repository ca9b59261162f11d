"""Music as the public data sets lay it out."""

from pathlib import Path

import pytest

from eqmorph.errors import UsageError
from eqmorph.train.audio.layouts import find_music
from eqmorph.train.stems import STREAMS
from tests.support import touch


def test_fma_is_known_by_its_numbered_folders(tmp_path: Path) -> None:
    touch(
        tmp_path, "000/000002.mp3", "000/000005.mp3", "155/155320.MP3", "000/155320.mp3", "000/cover.mp3", "README.txt"
    )
    (music,) = find_music([("songs", tmp_path)], most_tracks=9)
    assert music.layout == "fma"
    assert [track.name for track in music.tracks] == ["000002", "000005", "155320"]


def test_musdb_keeps_a_tracks_stems_together(tmp_path: Path) -> None:
    stems = ("mixture", "vocals", "drums", "bass", "other")
    touch(tmp_path, *(f"train/A - B/{stem}.wav" for stem in stems), "test/C/mixture.wav", "test/C/drums.wav")
    touch(tmp_path, "test/no track/drums.wav")
    (music,) = find_music([("songs", tmp_path)], most_tracks=9)
    assert music.layout == "musdb18-hq"
    assert [track.name for track in music.tracks] == ["train/A - B", "test/C"]
    assert [path.stem for path in music.tracks[0].files] == list(stems)
    assert [path.stem for path in music.tracks[1].files] == ["mixture", "drums"]


def test_any_folder_of_audio_will_do(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav", "b/c.flac", "b/notes.txt", "123/song.mp3")
    (music,) = find_music([("songs", tmp_path)], most_tracks=9)
    assert music.layout == "folder"
    assert [track.name for track in music.tracks] == ["a.wav", "123/song.mp3", "b/c.flac"]


def test_of_many_tracks_an_even_choice_is_taken(tmp_path: Path) -> None:
    touch(tmp_path, *(f"{at:03}.wav" for at in range(100)))
    (music,) = find_music([("songs", tmp_path)], most_tracks=5)
    assert [track.name for track in music.tracks] == ["000.wav", "024.wav", "049.wav", "074.wav", "099.wav"]


def test_a_folder_that_is_missing_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        find_music([("songs", tmp_path / "nowhere")], most_tracks=9)
    with pytest.raises(UsageError, match="no audio"):
        find_music([("songs", tmp_path)], most_tracks=9)


def test_dsd100_keeps_a_mixture_and_its_sources_together(tmp_path: Path) -> None:
    stems = ("bass", "drums", "other", "vocals")
    touch(tmp_path, "Mixtures/Dev/051 - A/mixture.wav", *(f"Sources/Dev/051 - A/{stem}.wav" for stem in stems))
    touch(tmp_path, "Mixtures/Test/001 - B/mixture.wav", "Sources/Test/001 - B/bass.wav", "Sources/Dev/lost/bass.wav")
    (music,) = find_music([("songs", tmp_path)], most_tracks=9)
    assert (music.name, music.layout) == ("songs", "dsd100")
    assert [track.name for track in music.tracks] == ["Dev/051 - A", "Test/001 - B"]
    assert [path.stem for path in music.tracks[0].files] == ["mixture", *stems]
    assert len(music.tracks[1].parts) == 2


@pytest.mark.parametrize("place", ["", "train/"])
def test_musdb18_is_five_streams_of_one_file(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, f"{place}A - B.stem.mp4", f"{place}C.stem.mp4", f"{place}cover.png")
    monkeypatch.setattr("shutil.which", lambda _: "ffmpeg")
    (music,) = find_music([("songs", tmp_path)], most_tracks=9)
    assert music.layout == "musdb18"
    assert [track.name for track in music.tracks] == [f"{place}A - B", f"{place}C"]
    assert [stream for _, stream in music.tracks[0].parts] == list(range(len(STREAMS)))


def test_without_ffmpeg_musdb18_is_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "A.stem.mp4")
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(UsageError, match="requires ffmpeg") as caught:
        find_music([("songs", tmp_path)], most_tracks=9)
    assert "MUSDB18-HQ" in caught.value.hint


def test_folders_of_one_corpus_share_its_tracks(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        touch(tmp_path / folder, *(f"{at:03}.wav" for at in range(20)))
    found = find_music([("songs", tmp_path / "one"), ("songs", tmp_path / "two")], most_tracks=10)
    assert [(music.name, len(music.tracks)) for music in found] == [("songs", 5), ("songs", 5)]
