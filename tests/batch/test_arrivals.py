"""Which files have arrived: those that keep still, those that were moved here, and again those that change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eqmorph.batch.arrivals import Arrivals
from eqmorph.errors import InputError
from tests.support import posix_only, touch

SETTLE_S = 2.0


class Watcher:
    """Looks at a folder at times of its own."""

    def __init__(self, folder: Path, leave_out: Path | None = None) -> None:
        self.now = 0.0
        self.arrivals = Arrivals(
            folder,
            leave_out or folder / "out",
            settle_s=SETTLE_S,
            clock=lambda: self.now,
            calendar=lambda: 1_000_000 + self.now,
        )

    def look(self, at: float) -> list[str]:
        self.now = at
        return [Path(name).name for name in self.arrivals.look()]


def write(path: Path, size: int, *, at: float) -> Path:
    """Write a file as if its last change were at a time of the watcher."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    os.utime(path, (1_000_000 + at, 1_000_000 + at))
    return path


def test_a_file_is_ready_once_it_has_kept_still(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    assert watcher.look(0) == []
    write(tmp_path / "a.wav", 10, at=0.5)
    assert [watcher.look(at) for at in (1, 2, 2.9)] == [[], [], []]
    assert watcher.look(3.0) == ["a.wav"]


def test_one_that_grows_is_not_ready_however_long_it_takes(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    for second in range(20):
        write(tmp_path / "a.wav", second, at=second)
        assert watcher.look(second) == []
    assert [watcher.look(at) for at in (20, 21)] == [[], ["a.wav"]]


def test_one_of_a_size_that_stands_from_the_start_is_known_by_its_date(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    for second in range(9):
        write(tmp_path / "a.wav", 10, at=second)
        assert watcher.look(second) == []


def test_one_that_was_moved_here_is_ready_at_the_next_look(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    write(tmp_path / "a.wav", 10, at=-60)
    assert watcher.look(0) == [], "not at the first: some programs copy the date before the rest"
    assert watcher.look(1) == ["a.wav"]


def test_one_that_has_a_date_yet_to_come_is_known_by_keeping_still(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    write(tmp_path / "a.wav", 10, at=9_999)
    assert [watcher.look(at) for at in (0, 1, 2)] == [[], [], ["a.wav"]]


def test_one_that_was_dealt_with_is_ready_again_only_when_it_changes(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    path = write(tmp_path / "a.wav", 10, at=-60)
    watcher.look(0)
    watcher.look(1)
    watcher.arrivals.deal_with(path)
    assert [watcher.look(at) for at in (2, 60)] == [[], []]
    write(path, 11, at=60)
    assert [watcher.look(at) for at in (61, 63)] == [[], ["a.wav"]]


@posix_only
def test_other_permissions_are_a_change(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    path = write(tmp_path / "a.wav", 10, at=-60)
    watcher.look(0)
    watcher.arrivals.deal_with(path)
    assert watcher.look(1) == []
    path.chmod(0o600)
    assert [watcher.look(at) for at in (2, 3)] == [[], ["a.wav"]]


def test_a_change_between_a_look_and_its_end_is_not_missed(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    path = write(tmp_path / "a.wav", 10, at=-60)
    watcher.look(0)
    write(path, 11, at=0.5)
    watcher.arrivals.deal_with(path)
    assert [watcher.look(at) for at in (1, 3)] == [[], ["a.wav"]]


def test_those_that_came_first_are_first(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    write(tmp_path / "b.wav", 10, at=-60)
    watcher.look(0)
    write(tmp_path / "a.wav", 10, at=-60)
    watcher.look(1)
    assert watcher.look(2) == ["b.wav", "a.wav"]


def test_what_is_hidden_no_audio_or_written_by_us_does_not_arrive(tmp_path: Path) -> None:
    touch(tmp_path, ".a.wav", "a.wav.part", "notes.txt", "out/b.wav", ".eqmorph-1.part")
    watcher = Watcher(tmp_path)
    assert [watcher.look(at) for at in (0, 9)] == [[], []]
    assert watcher.arrivals.waiting == []


def test_the_folder_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.wav", "sub/b.wav"):
        write(Path(name), 10, at=-60)
    watcher = Watcher(Path(), Path("out"))
    watcher.look(0)
    assert watcher.look(1) == ["a.wav", "b.wav"]
    for path in (Path("a.wav"), Path("sub/b.wav")):
        watcher.arrivals.deal_with(path)
    assert watcher.look(2) == []


def test_one_that_goes_is_forgotten(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    path = write(tmp_path / "a.wav", 10, at=-60)
    watcher.look(0)
    assert path in watcher.arrivals
    path.unlink()
    assert watcher.look(1) == []
    assert path not in watcher.arrivals


def test_a_folder_that_goes_takes_nothing_along(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    watcher = Watcher(folder)
    path = write(folder / "a.wav", 10, at=-60)
    watcher.look(0)
    watcher.arrivals.deal_with(path)
    folder.rename(tmp_path / "away")
    with pytest.raises(InputError, match="doesn't exist"):
        watcher.look(1)
    (tmp_path / "away").rename(folder)
    assert [watcher.look(at) for at in (2, 9)] == [[], []], "what was done stays done"


@posix_only
def test_a_broken_link_is_ready_so_that_reading_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.wav").symlink_to("nowhere.wav")
    watcher = Watcher(tmp_path)
    assert [watcher.look(at) for at in (0, 1, 2)] == [[], [], ["a.wav"]]
