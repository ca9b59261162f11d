"""A file appears under its name only when it is complete, and what killed runs left behind is cleaned up."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from eqmorph.audio import atomic
from eqmorph.audio.atomic import AtomicFile, explain_os_error, remove_stale
from eqmorph.errors import ExistsError, OutputError
from eqmorph.wording import PYTHON, Means
from tests.support import environment, posix_only

HOLD = """
import sys, time
from pathlib import Path
from eqmorph.audio.atomic import AtomicFile
with AtomicFile(Path(sys.argv[1]), overwrite=False) as out:
    out.temp.write_bytes(b"half")
    print(out.temp, flush=True)
    time.sleep(60)
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The order in which files and folders are synced, named and removed."""
    done: list[str] = []

    def spy(owner: object, name: str, step: str) -> None:
        original = getattr(owner, name)

        def told(*args: object, **kwargs: object) -> object:
            done.append(step)
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, told)

    spy(os, "fsync", "sync")
    spy(os, "link", "name")
    spy(Path, "replace", "name")
    spy(Path, "rename", "name")
    return done


# ------------------------------------------------------------------------------------------------- the commit


@pytest.mark.parametrize("overwrite", [False, True])
def test_the_name_comes_with_the_complete_content(tmp_path: Path, overwrite: bool) -> None:
    final = tmp_path / "new" / "folder" / "a.wav"
    with AtomicFile(final, overwrite=overwrite) as out:
        out.temp.write_bytes(b"whole")
        assert not final.exists()
        out.commit()
    assert final.read_bytes() == b"whole"
    assert names(final.parent) == ["a.wav"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_content_is_synced_before_it_gets_its_name_and_the_name_after(
    tmp_path: Path, steps: list[str], overwrite: bool
) -> None:
    with AtomicFile(tmp_path / "a.wav", overwrite=overwrite) as out:
        out.temp.write_bytes(b"whole")
        out.commit()
    assert steps == (["sync", "name"] if os.name == "nt" else ["sync", "name", "sync"])


def test_without_a_commit_nothing_remains(tmp_path: Path) -> None:
    final = tmp_path / "a.wav"
    final.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="in mid-work"), AtomicFile(final, overwrite=True) as out:
        out.temp.write_bytes(b"half")
        raise RuntimeError("in mid-work")
    assert names(tmp_path) == ["a.wav"]
    assert final.read_bytes() == b"old"


def test_committing_twice_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with AtomicFile(tmp_path / "a.wav", overwrite=False) as out:
        out.commit()
        with pytest.raises(RuntimeError):
            out.commit()


# ------------------------------------------------------------------------------------------------ no clobbering


@pytest.mark.parametrize("hard_links", [True, False])
def test_a_file_that_appears_in_the_meantime_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hard_links: bool
) -> None:
    if not hard_links:

        def refuse(*_: object) -> None:
            raise OSError(errno.EPERM, "no hard links here")

        monkeypatch.setattr(os, "link", refuse)
    final = tmp_path / "a.wav"
    with pytest.raises(OutputError, match="already exists") as caught, AtomicFile(final, overwrite=False) as out:
        out.temp.write_bytes(b"ours")
        final.write_bytes(b"theirs")
        out.commit()
    assert caught.value.path == final
    assert PYTHON[Means.REPLACE] in caught.value.hint
    assert final.read_bytes() == b"theirs"
    assert names(tmp_path) == ["a.wav"]


@pytest.mark.parametrize("hard_links", [True, False])
def test_without_hard_links_it_still_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hard_links: bool) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    if not hard_links:
        monkeypatch.setattr(os, "link", refuse)
    with AtomicFile(tmp_path / "a.wav", overwrite=False) as out:
        out.temp.write_bytes(b"whole")
        out.commit()
    assert (tmp_path / "a.wav").read_bytes() == b"whole"
    assert names(tmp_path) == ["a.wav"]


@posix_only
def test_a_link_to_nowhere_is_a_name_that_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.wav").symlink_to("nowhere")
    with pytest.raises(OutputError, match="already exists"), AtomicFile(tmp_path / "a.wav", overwrite=False) as out:
        out.commit()
    assert names(tmp_path) == ["a.wav"]


@posix_only
def test_overwriting_a_link_leaves_what_it_leads_to_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.wav").write_bytes(b"precious")
    (tmp_path / "a.wav").symlink_to("precious.wav")
    with AtomicFile(tmp_path / "a.wav", overwrite=True) as out:
        out.temp.write_bytes(b"new")
        out.commit()
    assert (tmp_path / "precious.wav").read_bytes() == b"precious"
    assert (tmp_path / "a.wav").read_bytes() == b"new"


# ---------------------------------------------------------------------------------------------------- clean-up


def test_the_leavings_of_dead_runs_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".eqmorph-0123456789ab.part").write_bytes(b"half")
    others = [".eqmorph-journal.jsonl", "a.part", "eqmorph-1.part", ".eqmorph-1.part.wav", "a.wav"]
    for name in others:
        (tmp_path / name).touch()
    assert remove_stale(tmp_path) == 1
    assert names(tmp_path) == sorted(others)


def test_what_this_process_is_writing_is_left_alone(tmp_path: Path) -> None:
    with AtomicFile(tmp_path / "a.wav", overwrite=False) as out:
        out.temp.write_bytes(b"half")
        assert remove_stale(tmp_path) == 0
        out.commit()
    assert names(tmp_path) == ["a.wav"]


@posix_only
@pytest.mark.parametrize(
    ("mask", "of_input", "expected"),
    [
        (0o022, 0o600, 0o600),
        (0o022, 0o664, 0o644),
        (0o077, 0o644, 0o600),
        (0o002, 0o664, 0o664),
        (0o022, 0o755, 0o644),
        (0o022, 0o440, 0o440),
    ],
)
def test_a_result_is_as_private_as_its_source(tmp_path: Path, mask: int, of_input: int, expected: int) -> None:
    source = tmp_path / "a"
    source.touch()
    source.chmod(of_input)
    before = os.umask(mask)
    try:
        with AtomicFile(tmp_path / "b", overwrite=False, like=source) as out:
            assert stat.S_IMODE(out.temp.stat().st_mode) == expected | 0o600, "nor may others read it meanwhile"
            out.commit()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == expected


@posix_only
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o444])
def test_a_file_that_is_replaced_hands_on_its_permissions(tmp_path: Path, mode: int) -> None:
    source, final = tmp_path / "a", tmp_path / "b"
    source.touch()
    final.touch()
    final.chmod(mode)
    with AtomicFile(final, overwrite=True, like=source) as out:
        out.commit()
    assert stat.S_IMODE(final.stat().st_mode) == mode


@posix_only
def test_permissions_and_date_of_the_source_are_kept_on_demand(tmp_path: Path) -> None:
    source, final = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"")
    source.chmod(0o664)
    os.utime(source, ns=(1, 1_234_567_890_123_456_789))
    final.write_bytes(b"")
    final.chmod(0o600)
    before = os.umask(0o077)
    try:
        for preserve, mode in (("mtime",), 0o600), (("mode",), 0o664), (("mode", "mtime"), 0o664):
            with AtomicFile(final, overwrite=True, like=source, preserve=preserve) as out:
                out.temp.write_bytes(b"new")
                out.commit()
            status = final.stat()
            assert stat.S_IMODE(status.st_mode) == mode
            assert (status.st_mtime_ns == source.stat().st_mtime_ns) == ("mtime" in preserve)
    finally:
        os.umask(before)


@posix_only
def test_a_pipe_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    with pytest.raises(ExistsError, match="is a pipe"):
        AtomicFile(tmp_path / "a", overwrite=True)
    assert stat.S_ISFIFO((tmp_path / "a").stat().st_mode)
    assert names(tmp_path) == ["a"]


def test_what_a_living_process_is_writing_is_left_alone_and_a_killed_ones_is_not(tmp_path: Path) -> None:
    final = tmp_path / "a.wav"
    command = [sys.executable, "-c", HOLD, str(final)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout is not None
        temp = Path(process.stdout.readline().strip())
        try:
            assert temp.read_bytes() == b"half"
            assert remove_stale(tmp_path) == 0
            assert temp.exists()
        finally:
            process.kill()
            process.wait()
    assert process.returncode in (-getattr(signal, "SIGKILL", 9), 1)
    assert names(tmp_path) == [temp.name], "a killed run leaves nothing under the final name"
    assert remove_stale(tmp_path) == 1
    assert names(tmp_path) == []


def test_a_folder_that_does_not_exist_needs_no_cleaning(tmp_path: Path) -> None:
    assert remove_stale(tmp_path / "nowhere") == 0


@posix_only
def test_a_file_taken_for_stale_in_the_moment_of_its_making_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, calls = atomic._try_lock, []

    def cleaned_first(handle: int) -> bool:
        calls.append(handle)
        if len(calls) == 1:  # another run comes between the making and the locking
            for path in tmp_path.iterdir():
                path.unlink()
        return lock(handle)

    monkeypatch.setattr(atomic, "_try_lock", cleaned_first)
    with AtomicFile(tmp_path / "a.wav", overwrite=False) as out:
        assert out.temp.exists()
        out.temp.write_bytes(b"whole")
        out.commit()
    assert (tmp_path / "a.wav").read_bytes() == b"whole"


# -------------------------------------------------------------------------------------------------- what fails


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for final in (tmp_path / "file" / "a.wav", tmp_path / "file" / "folder" / "a.wav"):
        with pytest.raises(OutputError) as caught:
            AtomicFile(final, overwrite=False)
        assert caught.value.path == final
        assert caught.value.hint
    assert names(tmp_path) == ["file"]


def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(OutputError), AtomicFile(tmp_path / "a.wav", overwrite=True) as out:
        out.commit()
    assert names(tmp_path) == ["a.wav"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.EFBIG, "largest size allowed"),
        (errno.EACCES, "no permission to write"),
        (errno.EPERM, "no permission to write"),
        (errno.EROFS, "is read-only"),
        (errno.ENAMETOOLONG, "the name is too long"),
        (errno.ENOTDIR, "is a file, not a folder"),
        (errno.EISDIR, "a folder has this name"),
        (errno.ELOOP, "leads back to itself"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_each_refusal_of_the_system_is_one_clear_line_with_a_remedy(tmp_path: Path, number: int, words: str) -> None:
    error = explain_os_error(OSError(number, os.strerror(number)), tmp_path / "a\n.wav")
    assert words in str(error)
    assert str(error).startswith(str(tmp_path / "a")[:20])
    assert "\n" not in f"{error} {error.hint}"
    assert error.hint.endswith(".")


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOSPC])
def test_a_folder_that_refuses_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OutputError) as caught:
        AtomicFile(tmp_path / "a.wav", overwrite=False)
    assert caught.value.path == tmp_path / "a.wav"


def test_a_sync_that_fails_leaves_nothing_under_the_final_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OutputError, match="can't be written"), AtomicFile(tmp_path / "a.wav", overwrite=False) as out:
        out.commit()
    assert names(tmp_path) == []
