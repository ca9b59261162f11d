"""Disks that are full, or that say no: in output, temporary, report and journal. Then there is room, and all is done.

Small disks are real ones, where mounting is allowed. A full output is in `tests/cli/test_apply.py` too.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.runs import REPORT, WORDS, clear, differences, finished, in_the_middle, make_inputs, result_of
from tests.support import environment, make_audio, posix_only

pytestmark = posix_only

QUICK = ("--bands", "LS 120 +6", "--jobs", "1")


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a disk of so many bytes."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path, *, but: int) -> Path:
    """Fill a disk but for so many bytes; return the file that does."""
    status = os.statvfs(folder)
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(status.f_bavail * status.f_frsize - but))
    return ballast


def test_a_report_on_a_full_disk_has_whole_lines_and_is_completed_later(tmp_path: Path) -> None:
    make_inputs(tmp_path, 6)
    finished(tmp_path, *WORDS)
    whole = result_of(tmp_path)
    clear(tmp_path, "out")
    with small_disk(tmp_path / "disk", "64k") as disk:
        words = [f"disk/{REPORT}" if word == REPORT else word for word in WORDS]
        ballast = fill(disk, but=12_288)  # two or three lines
        _, err = finished(tmp_path, *words, code=1)
        assert err.splitlines() == [
            f"error: disk/{REPORT}: the disk is full. Free some space on the disk of disk, or write elsewhere."
        ]
        told = [json.loads(line) for line in (disk / REPORT).read_text(encoding="utf-8").splitlines()]
        assert 0 < len(told) < 6
        ballast.unlink()
        finished(tmp_path, *words, "--resume")
        assert differences(result_of(tmp_path, report=f"disk/{REPORT}"), whole) == []


def test_a_full_output_disk_takes_the_journal_too_and_what_is_left_is_done_later(tmp_path: Path) -> None:
    """FLACs, since WAVs that can't fit are refused before anything is done; see the next one."""
    make_inputs(tmp_path, 6)
    flacs = (*WORDS, "--format", "flac")
    finished(tmp_path, *flacs)
    whole = result_of(tmp_path)
    clear(tmp_path)
    (tmp_path / "out").rmdir() if (tmp_path / "out").exists() else None
    with small_disk(tmp_path / "out", "2m") as disk:
        for room in (4096, 100_000):  # for hardly a journal; for a file or two
            ballast = fill(disk, but=room)
            _, err = finished(tmp_path, *flacs, "--resume", code=1)
            assert all("the disk is full" in line for line in err.splitlines()), err
            ballast.unlink()
        finished(tmp_path, *flacs, "--resume")
        assert differences(result_of(tmp_path), whole) == []
        for line in (disk / ".eqmorph-journal.jsonl").read_text(encoding="utf-8").splitlines()[-6:]:
            json.loads(line)


def test_an_output_disk_that_clearly_has_no_room_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    make_inputs(tmp_path, 6)
    with small_disk(tmp_path / "out", "2m") as disk:
        ballast = fill(disk, but=4096)
        _, err = finished(tmp_path, *WORDS, "--resume", code=2)
        assert "out has room for 4 kB, and at least" in err
        assert list(disk.iterdir()) == [ballast]


def test_a_full_temporary_disk_is_one_line(tmp_path: Path) -> None:
    sound = make_audio(tmp_path / "a.wav", frames=100_000)
    with small_disk(tmp_path / "disk", "64k") as disk, sound.open("rb") as stdin:
        env = environment(TMPDIR=str(disk))
        _, err = finished(tmp_path, "apply", "-", "b.wav", *QUICK, code=1, stdin=stdin, env=env)
        (line,) = err.splitlines()
        assert "set TMPDIR to a folder on a larger disk" in line
        assert list(disk.iterdir()) == []
    assert not (tmp_path / "b.wav").exists()


def _obey_permissions() -> None:
    """Take from root, if that is who we are, the right to do what nobody else may."""
    if os.geteuid() == 0:
        for capability in (1, 2, 3):  # DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@pytest.mark.skipif(sys.platform != "linux", reason="root gives up its rights as on Linux")
def test_permissions_that_are_taken_away_in_the_middle(tmp_path: Path) -> None:
    make_inputs(tmp_path, 4)
    make_audio(tmp_path / "in" / "waits.wav", frames=9000)
    with in_the_middle(tmp_path, *WORDS, preexec_fn=_obey_permissions) as process:
        (tmp_path / "out").mkdir(exist_ok=True)
        (tmp_path / "out").chmod(0o555)
        (tmp_path / "in" / "01.wav").chmod(0)
    said = process.communicate()[1]
    (tmp_path / "out").chmod(0o755)
    if process.returncode == 0:
        pytest.skip("this process can't give up the rights of root")
    assert process.returncode == 1, said
    assert "error: out/waits.wav.trajectory.json: no permission to write in out." in said, said
    assert "Traceback" not in said
    assert not (tmp_path / "out" / "waits.wav").exists()
    (tmp_path / "in" / "01.wav").chmod(0o644)
    finished(tmp_path, *WORDS, "--resume")
    resumed = result_of(tmp_path)
    clear(tmp_path)
    finished(tmp_path, *WORDS)
    assert differences(resumed, result_of(tmp_path)) == []
