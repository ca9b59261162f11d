"""From files, folders and globs to the files meant."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from eqmorph.batch.find import Source, find_sources
from eqmorph.errors import InputError, UsageError
from tests.support import posix_only, touch


def relative(sources: list[Source]) -> list[str]:
    return [source.relative.as_posix() for source in sources]


def test_a_folder_gives_all_audio_below_it_in_order_by_suffix(tmp_path: Path) -> None:
    touch(tmp_path, "b.wav", "a.FLAC", "notes.txt", "sub/deep/c.mp3", "sub/d.ogg", "noext", "x.wav.bak")
    found = find_sources([tmp_path])
    assert relative(found) == ["a.FLAC", "b.wav", "sub/d.ogg", "sub/deep/c.mp3"]
    assert [source.path for source in found] == [tmp_path / source.relative for source in found]


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav", ".b.wav", "._a.wav", ".trash/c.wav")
    assert relative(find_sources([tmp_path])) == ["a.wav"]


def test_a_file_named_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    touch(tmp_path, "take", ".hidden.wav", "notes.txt")
    named = [tmp_path / "take", tmp_path / ".hidden.wav", str(tmp_path / "notes.txt"), tmp_path / "gone.wav"]
    assert relative(find_sources(named)) == ["take", ".hidden.wav", "notes.txt", "gone.wav"]


def test_a_file_named_twice_is_taken_once(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav", "b.wav")
    assert relative(find_sources([tmp_path / "a.wav", tmp_path, tmp_path / "a.wav"])) == ["a.wav", "b.wav"]


def test_a_folder_without_audio_is_a_usage_error(tmp_path: Path) -> None:
    touch(tmp_path, "notes.txt")
    with pytest.raises(UsageError, match="contains no audio files") as caught:
        find_sources([tmp_path])
    assert ".wav" in caught.value.hint


def test_an_empty_name_does_not_mean_the_folder_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "a.wav")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="no name"):
        find_sources([""])
    assert relative(find_sources(["."])) == ["a.wav"]


# ------------------------------------------------------------------------------------------------------- globs


def test_globs_that_the_shell_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "in/a.wav", "in/b.wav", "in/c.txt", "in/sub/d.wav", "e.wav")
    monkeypatch.chdir(tmp_path)
    assert relative(find_sources(["in/*.wav"])) == ["a.wav", "b.wav"]
    assert relative(find_sources([str(tmp_path / "in" / "*.wav")])) == ["a.wav", "b.wav"]
    assert relative(find_sources(["in/?.wav", "e.wav"])) == ["a.wav", "b.wav", "e.wav"]
    assert relative(find_sources(["**/*.wav"])) == ["e.wav", "in/a.wav", "in/b.wav", "in/sub/d.wav"]
    assert relative(find_sources(["in/[ab].*"])) == ["a.wav", "b.wav"]


def test_a_glob_that_matches_nothing_is_a_usage_error(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt")
    for pattern in ("*.wav", "*.txt", "no/*.wav"):
        with pytest.raises(UsageError, match="no audio file matches"):
            find_sources([tmp_path / pattern])


def test_a_name_with_brackets_is_a_name_if_it_is_there(tmp_path: Path) -> None:
    touch(tmp_path, "take [1].wav", "take 1.wav")
    assert relative(find_sources([tmp_path / "take [1].wav"])) == ["take [1].wav"]


# ------------------------------------------------------------------------------------------------------- links


@posix_only
def test_links_to_folders_are_followed_and_circles_end(tmp_path: Path) -> None:
    touch(tmp_path, "in/a.wav", "elsewhere/b.wav")
    (tmp_path / "in" / "link").symlink_to("../elsewhere")
    (tmp_path / "in" / "again").symlink_to("../elsewhere")
    (tmp_path / "in" / "self").symlink_to("../in")
    (tmp_path / "elsewhere" / "back").symlink_to("../in")
    assert relative(find_sources([tmp_path / "in"])) == ["a.wav", "again/b.wav"]


@posix_only
def test_links_that_lead_nowhere_are_found_so_that_they_can_be_named(tmp_path: Path) -> None:
    touch(tmp_path, "in/a.wav")
    (tmp_path / "in" / "circle.wav").symlink_to("circle.wav")
    (tmp_path / "in" / "gone.wav").symlink_to("nowhere.wav")
    (tmp_path / "loop").symlink_to("loop")
    assert relative(find_sources([tmp_path / "in"])) == ["a.wav", "circle.wav", "gone.wav"]
    assert relative(find_sources([tmp_path / "loop"])) == ["loop"]


@posix_only
def test_pipes_and_devices_in_a_folder_are_not_files(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav")
    os.mkfifo(tmp_path / "pipe.wav")
    assert relative(find_sources([tmp_path])) == ["a.wav"]


# ---------------------------------------------------------------------------------------- outputs inside inputs


@pytest.mark.parametrize("exists", [True, False])
def test_the_output_inside_the_input_is_not_an_input(tmp_path: Path, exists: bool) -> None:
    touch(tmp_path, "in/a.wav", *(["in/out/a.wav", "in/out/sub/b.wav"] if exists else []))
    assert relative(find_sources([tmp_path / "in"], leave_out=tmp_path / "in" / "out")) == ["a.wav"]


def test_an_input_inside_the_output_is_one(tmp_path: Path) -> None:
    touch(tmp_path, "out/in/a.wav", "out/b.wav")
    assert relative(find_sources([tmp_path / "out" / "in"], leave_out=tmp_path / "out")) == ["a.wav"]


def test_an_input_that_is_the_output_is_read(tmp_path: Path) -> None:
    """Planning decides whether that is an error: with another format it is not."""
    touch(tmp_path, "in/a.wav")
    assert relative(find_sources([tmp_path / "in"], leave_out=tmp_path / "in")) == ["a.wav"]


# --------------------------------------------------------------------------------------------------- odd names


@pytest.mark.parametrize("name", ["a" * 300 + ".wav", "a" * 5000 + ".wav", "*" * 300 + ".wav"])
def test_names_too_long_for_any_disk_are_left_to_the_reader(tmp_path: Path, name: str) -> None:
    if "*" in name:
        with pytest.raises(UsageError):
            find_sources([tmp_path / name])
    else:
        assert relative(find_sources([tmp_path / name])) == [name]


@posix_only
@pytest.mark.parametrize("name", [b"new\nline.wav", b"latin-\xe9.wav", "🎧 é.wav".encode(), b"x" * 246 + b".wav"])
def test_names_of_all_kinds_are_found_in_folders(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    try:
        path.touch()
    except OSError:
        pytest.skip("this file system takes no such name")
    assert [source.path for source in find_sources([tmp_path])] == [path]


def test_a_folder_that_cannot_be_looked_into_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "a.wav", "closed/b.wav", "open/c.wav")
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert relative(find_sources([tmp_path])) == ["a.wav", "open/c.wav", "closed"]

    from eqmorph.audio.read import AudioReader

    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InputError, match="no permission"):
        AudioReader(tmp_path / "closed")
