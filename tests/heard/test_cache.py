"""The cache: what is known is not listened to again, and nothing that happens to it stops anybody or lies to them."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import eqmorph.heard.cache as cache_module
from eqmorph.analysis import WINDOW_S, listen_to_file
from eqmorph.audio.windows import Spectra, as_one_window
from eqmorph.errors import InputError, Stopped
from eqmorph.heard import HeardCache, cache_folder, clear_cache, heard_as_one_window, heard_in, open_cache
from eqmorph.heard import hear as hear_module
from tests.support import environment, noise

RATE = 8000


def write(path: Path, seed: int = 0, seconds: float = 3.0) -> Path:
    """Write a sound whose times are settled: it was last changed an hour ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sf.write(path, noise(int(seconds * RATE), seed=seed), RATE)
    return path


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system's clock can't be waited for: an hour has always passed since a file was changed."""
    real = time.time_ns
    monkeypatch.setattr("eqmorph.heard.cache.time.time_ns", lambda: real() + 3_600_000_000_000)


@pytest.fixture
def listened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the files that are listened to, as it happens."""
    paths: list[Path] = []
    real = hear_module._listened
    monkeypatch.setattr(hear_module, "_listened", lambda path, *how: (paths.append(path), real(path, *how))[1])
    return paths


@pytest.fixture
def digested(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the files that are read for their digest, as it happens."""
    paths: list[Path] = []
    real = cache_module._digest
    monkeypatch.setattr(cache_module, "_digest", lambda path, watch: (paths.append(path), real(path, watch))[1])
    return paths


def same(one: Spectra, other: Spectra) -> bool:
    names = ("start_s", "length_s", "power", "energy", "quiet_power", "traits")
    return all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in names)


def hear(
    folder: Path, path: Path, window_s: float = WINDOW_S, hop_s: float | None = None, *, repair: bool = False
) -> Spectra:
    """Hear a file as a process of its own would."""
    with open_cache(folder) as cache:
        assert not cache.problem
        return heard_in(path, cache, window_s=window_s, hop_s=hop_s, repair=repair).spectra


def test_a_known_file_is_neither_listened_to_nor_read(
    tmp_path: Path, listened: list[Path], digested: list[Path]
) -> None:
    song = write(tmp_path / "song.wav")
    first, again = hear(tmp_path / "cache", song), hear(tmp_path / "cache", song)
    assert listened == digested == [song]
    assert same(first, again)
    assert same(first, listen_to_file(song))
    with open_cache(tmp_path / "cache") as cache:
        whole = heard_as_one_window(song, cache)
    assert same(whole.spectra, as_one_window(first))
    assert listened == [song]


def test_content_counts_and_not_a_name(tmp_path: Path, listened: list[Path], digested: list[Path]) -> None:
    song = write(tmp_path / "song.wav")
    hear(tmp_path / "cache", song)
    moved = song.rename(tmp_path / "moved.wav")
    copy = Path(shutil.copy(moved, tmp_path / "copy.wav"))
    os.utime(moved, (1, 1))
    for path in (moved, copy):
        hear(tmp_path / "cache", path)
    assert (listened, digested) == ([song], [song, moved, copy])


def test_a_file_that_was_changed_is_listened_to(tmp_path: Path, listened: list[Path]) -> None:
    song = write(tmp_path / "song.wav")
    hear(tmp_path / "cache", song)
    times = (song.stat().st_atime_ns, song.stat().st_mtime_ns)
    write(song, seed=1)
    os.utime(song, ns=times)  # the same size and time: only the system knows
    assert same(hear(tmp_path / "cache", song), listen_to_file(song))
    assert len(listened) == 2


def test_a_file_that_was_changed_a_moment_ago_is_read_again(
    tmp_path: Path, digested: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two changes may share one time of a clock that ticks slowly."""
    monkeypatch.undo()
    real = cache_module._digest
    monkeypatch.setattr(cache_module, "_digest", lambda path, watch: (digested.append(path), real(path, watch))[1])
    song = write(tmp_path / "song.wav")
    for _ in range(2):
        hear(tmp_path / "cache", song)
    assert digested == [song, song]


def test_a_file_that_changes_while_it_is_heard_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    song = write(tmp_path / "song.wav")
    real = hear_module._listened
    monkeypatch.setattr(hear_module, "_listened", lambda path, *how: (write(path, seed=9), real(path, *how))[1])
    with open_cache(tmp_path / "cache") as cache:
        heard_in(song, cache)
        assert cache.sizes()["windows"] == 0


@pytest.mark.parametrize(
    ("window_s", "hop_s", "repair"), [(1.0, None, False), (WINDOW_S, 0.5, False), (WINDOW_S, None, True)]
)
def test_another_way_to_listen_is_another_entry(
    tmp_path: Path, listened: list[Path], window_s: float, hop_s: float | None, repair: bool
) -> None:
    song = write(tmp_path / "song.wav")
    hear(tmp_path / "cache", song)
    again = hear(tmp_path / "cache", song, window_s, hop_s, repair=repair)
    assert same(again, listen_to_file(song, window_s=window_s, hop_s=hop_s, repair=repair))
    assert len(listened) == 2


@pytest.mark.parametrize("name", ["FORMAT", "__version__"])
def test_another_release_listens_anew(
    tmp_path: Path, listened: list[Path], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    song = write(tmp_path / "song.wav")
    hear(tmp_path / "cache", song)
    monkeypatch.setattr(cache_module, name, "another")
    hear(tmp_path / "cache", song)
    assert len(listened) == 2


def test_what_was_repaired_is_remembered_with_its_note(tmp_path: Path, listened: list[Path]) -> None:
    samples = noise(RATE)
    samples[5] = np.nan
    path = tmp_path / "broken.wav"
    sf.write(path, samples, RATE, "FLOAT")
    notes = []
    for _ in range(2):
        with open_cache(tmp_path / "cache") as cache:
            notes.append(heard_in(path, cache, repair=True).notes)
            with pytest.raises(InputError, match="not audio"):
                heard_in(path, cache)
    assert notes == [("muted 2 invalid samples",)] * 2
    assert len(listened) == 3


def test_an_unreadable_file_says_what_it_says_without_a_cache(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("not audio at all, only some text that goes on for a while")
    with open_cache(tmp_path / "cache") as cache:
        for path in (tmp_path / "text.wav", tmp_path / "missing.wav", tmp_path, tmp_path / ("long" * 200)):
            with pytest.raises(InputError) as with_cache:
                heard_in(path, cache)
            with pytest.raises(InputError) as without:
                heard_in(path)
            assert str(with_cache.value) == str(without.value)


def test_reading_for_a_digest_can_be_stopped(tmp_path: Path) -> None:
    def stop(_seconds: float) -> None:
        raise Stopped("enough")

    song = write(tmp_path / "song.wav")
    with open_cache(tmp_path / "cache") as cache, pytest.raises(Stopped):
        cache.content_of(song, b"facts", stop)


# ---- damage and hostility


def _garbage(path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _zeroed(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)


def _header_of_the_future(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[44:48] = (99).to_bytes(4, "big")
    path.write_bytes(data)


def _trigger(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TRIGGER t AFTER INSERT ON sounds BEGIN DELETE FROM windows; END")


def _other_tables(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE windows")
        connection.execute("CREATE VIEW windows AS SELECT key, used, data FROM sounds")


def _other_types(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        for table in ("windows", "sounds", "files"):
            connection.execute(f"UPDATE {table} SET data = 'text', used = 'never'")


def _swapped(path: Path) -> None:
    """Give every key the data of the other one."""
    with sqlite3.connect(path) as connection:
        for table in ("windows", "sounds", "files"):
            (one, first), (other, second) = connection.execute(f"SELECT key, data FROM {table}").fetchall()
            connection.execute(f"UPDATE {table} SET data = ? WHERE key = ?", (second, one))
            connection.execute(f"UPDATE {table} SET data = ? WHERE key = ?", (first, other))


def _flipped(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        for table in ("windows", "sounds", "files"):
            for key, data in connection.execute(f"SELECT key, data FROM {table}").fetchall():
                changed = data[:20] + bytes([data[20] ^ 1]) + data[21:]
                connection.execute(f"UPDATE {table} SET data = ? WHERE key = ?", (changed, key))


@pytest.mark.parametrize(
    "harm",
    [
        *(_garbage, _cut, _zeroed, _header_of_the_future, _trigger, _other_tables, _other_types, _swapped, _flipped),
        lambda path: path.write_bytes(b""),
    ],
)
def test_a_damaged_or_hostile_file_never_lies_and_heals(
    tmp_path: Path, harm: Callable[[Path], object], listened: list[Path]
) -> None:
    songs = [write(tmp_path / "one.wav", 1), write(tmp_path / "two.wav", 2)]
    right = [hear(tmp_path / "cache", song) for song in songs]
    harm(next((tmp_path / "cache").glob("heard-*")))
    with open_cache(tmp_path / "cache") as cache:
        assert all(same(heard_in(song, cache).spectra, good) for song, good in zip(songs, right, strict=True))
        assert not cache.problem
    del listened[:]
    assert all(same(hear(tmp_path / "cache", song), good) for song, good in zip(songs, right, strict=True))
    assert listened == []


def test_damage_that_shows_later_is_no_obstacle(tmp_path: Path) -> None:
    song = write(tmp_path / "song.wav")
    hear(tmp_path / "cache", song)
    with open_cache(tmp_path / "cache") as cache:
        cache.path.write_bytes(b"x" * 100_000)
        assert same(heard_in(song, cache).spectra, listen_to_file(song))


# ---- where it can't be


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_can_t_be_written_to_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir(mode=0o500)
    with open_cache(tmp_path / "cache") as cache:
        assert heard_in(write(tmp_path / "song.wav"), cache).spectra.frames
        assert "unable to open" in cache.problem


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_folder_that_can_t_be_is_done_without(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with open_cache(tmp_path / name) as cache:
        assert heard_in(write(tmp_path / "song.wav"), cache).spectra.frames
        assert cache.problem.startswith(str(tmp_path / name))
        assert cache.sizes() == {}


def test_a_folder_in_the_place_of_the_file_is_done_without(tmp_path: Path) -> None:
    with open_cache(tmp_path / "cache") as cache:
        place = cache.path
    place.unlink()
    (place / "mine").mkdir(parents=True)
    with open_cache(tmp_path / "cache") as cache:
        assert heard_in(write(tmp_path / "song.wav"), cache).spectra.frames
        assert cache.problem
    assert (place / "mine").is_dir()


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_a_folder_that_others_can_write_to_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o777)
    with open_cache(tmp_path / "cache") as cache:
        assert "other users can write" in cache.problem
    assert not list((tmp_path / "cache").iterdir())


def test_python_without_sqlite_does_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    with open_cache(tmp_path / "cache") as cache:
        assert heard_in(write(tmp_path / "song.wav"), cache).spectra.frames
        assert "no sqlite3" in cache.problem


def test_the_folder_is_the_user_s_unless_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / name))
    assert cache_folder() == tmp_path / "eqmorph" / "heard"
    monkeypatch.setenv("EQMORPH_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"


# ---- bounded, and together with others


def test_it_stays_within_its_limit_and_what_is_small_stays_longest(tmp_path: Path, listened: list[Path]) -> None:
    songs = [write(tmp_path / f"{seed}.wav", seed, 20.0) for seed in range(12)]
    limit = 100_000
    for song in songs:
        with open_cache(tmp_path / "cache", limit_bytes=limit) as cache:
            heard_in(song, cache)
        assert cache.path.stat().st_size <= limit + 20_000
    with open_cache(tmp_path / "cache", limit_bytes=limit) as cache:
        sizes = cache.sizes()
        assert sizes["sounds"] == sizes["files"] == len(songs)
        assert 0 < sizes["windows"] < len(songs)
    del listened[:]
    for song in reversed(songs[-sizes["windows"] :]):
        hear(tmp_path / "cache", song)
    assert listened == []


def test_what_was_used_lately_stays(tmp_path: Path, listened: list[Path]) -> None:
    songs = [write(tmp_path / f"{seed}.wav", seed, 20.0) for seed in range(8)]
    with open_cache(tmp_path / "cache") as cache:
        for song in songs:
            heard_in(song, cache)
    with sqlite3.connect(cache.path) as connection:
        connection.execute("UPDATE windows SET used = used - 1000000")
    hear(tmp_path / "cache", songs[0])  # notes that it was used
    with open_cache(tmp_path / "cache", limit_bytes=80_000) as cache:
        heard_in(write(tmp_path / "new.wav", 99, 20.0), cache)
    del listened[:]
    hear(tmp_path / "cache", songs[0])
    assert listened == []
    with open_cache(tmp_path / "cache") as cache:
        assert cache.sizes()["windows"] < len(songs)


def test_threads_share_it(tmp_path: Path) -> None:
    songs = [write(tmp_path / f"{seed}.wav", seed, 1.0) for seed in range(8)]
    with open_cache(tmp_path / "cache") as cache:
        threads = [threading.Thread(target=lambda: [heard_in(song, cache) for song in songs]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert cache.sizes()["windows"] == len(songs)


def test_processes_share_it(tmp_path: Path) -> None:
    songs = [str(write(tmp_path / f"{seed}.wav", seed, 0.5)) for seed in range(20)]
    code = (
        "import sys; from pathlib import Path; from eqmorph.heard import heard_in, open_cache\n"
        "cache = open_cache(Path(sys.argv[1]))\n"
        "for path in sys.argv[2:]:\n    heard_in(Path(path), cache); cache.write()\n"
        "cache.close(); sys.exit(cache.problem or 0)"
    )
    arguments = [sys.executable, "-c", code, str(tmp_path / "cache")]
    running = [subprocess.Popen([*arguments, *songs], env=environment()) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    with open_cache(tmp_path / "cache") as cache:
        assert cache.sizes()["windows"] == len(songs)


def test_a_process_that_holds_it_for_long_is_not_waited_for_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eqmorph.heard.store._PATIENCE_S", 0.05)
    song = write(tmp_path / "song.wav")
    with open_cache(tmp_path / "cache") as cache:
        other = sqlite3.connect(cache.path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        assert same(heard_in(song, cache).spectra, listen_to_file(song))
        cache.write()
        with HeardCache(tmp_path / "cache") as late:
            assert "locked" in late.problem
        other.execute("ROLLBACK")
        other.close()
        heard_in(song, cache)
        assert not cache.problem
        assert cache.sizes()["windows"] == 1


def test_clearing_removes_what_is_its_own_and_nothing_else(tmp_path: Path) -> None:
    hear(tmp_path / "cache", write(tmp_path / "song.wav"))
    for name in ("heard-0.sqlite", "heard-0.sqlite-journal", "notes.txt"):
        (tmp_path / "cache" / name).write_text("1234")
    assert clear_cache(tmp_path / "cache") > 8
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["notes.txt"]
    assert clear_cache(tmp_path / "cache") == clear_cache(tmp_path / "nowhere") == 0
