"""Stems in one file, through ffmpeg."""

from pathlib import Path

import pytest
import soundfile as sf

from eqmorph.errors import InputError, UsageError
from eqmorph.train.stems import decoded_stream, stem_files
from tests.support import touch
from tests.train.stem_files import stem_file


def test_files_with_stems_are_found_at_the_top_and_in_train_and_test(tmp_path: Path) -> None:
    touch(tmp_path, "b.stem.mp4", "a.mp4", "train/c.stem.mp4", "test/d.stem.mp4", "other/e.stem.mp4")
    assert [path.name for path in stem_files(tmp_path)] == ["b.stem.mp4", "c.stem.mp4", "d.stem.mp4"]


def test_a_stream_is_decoded_for_as_long_as_it_is_needed(tmp_path: Path) -> None:
    made = stem_file(tmp_path / "a.stem.mp4", seconds=1.0)
    with decoded_stream(made, 4) as decoded:
        assert sf.info(decoded).samplerate == 44_100
        assert sf.info(decoded).duration == pytest.approx(1.0, abs=0.1)
    assert not decoded.exists()


def test_what_can_not_be_decoded_is_named(tmp_path: Path) -> None:
    stem_file(tmp_path / "a.stem.mp4", seconds=0.5)  # skips where there is no ffmpeg
    bad = tmp_path / "bad.stem.mp4"
    bad.write_bytes(b"no video")
    with pytest.raises(InputError, match=r"ffmpeg can't decode stream 0 \(mixture\)") as caught, decoded_stream(bad, 0):
        pass
    assert caught.value.path == bad


def test_ffmpeg_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(UsageError, match="requires ffmpeg"), decoded_stream(tmp_path / "a.stem.mp4", 0):
        pass
