"""Two runs into one folder, disks without locks, and clocks that go backwards, as whole processes."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

import pytest

from tests.faults.runs import (
    REPORT,
    WORDS,
    clear,
    differences,
    finished,
    in_the_middle,
    make_inputs,
    result_of,
)
from tests.support import make_audio, posix_only, wait_until

pytestmark = posix_only


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with sounds of which one has a run wait."""
    make_inputs(tmp_path, 4)
    make_audio(tmp_path / "in" / "waits.wav", frames=9000)
    return tmp_path


def test_of_two_runs_the_same_share_the_folder_and_others_are_refused(place: Path) -> None:
    other = [word if word != "warm:0.7 + airy:0.3" else "dark:0.7" for word in WORDS]
    with in_the_middle(place, *WORDS) as process:
        _, err = finished(place, *other, "--resume", code=2)
        assert f"a run with other settings is writing into it: process {process.pid} on {platform.node()}" in err
        finished(place, *WORDS, "--resume")  # which does the file that the first one waits with
    assert process.returncode == 0, process.communicate()
    assert "out/waits.wav  skipped: done by another run meanwhile" in process.communicate()[0]
    both = result_of(place)
    clear(place)
    finished(place, *WORDS)
    assert differences(both, result_of(place)) == []


def test_a_disk_without_locks_is_told_of_and_loses_nothing(place: Path) -> None:
    with in_the_middle(place, *WORDS, fault="reader no-locks") as process:
        wait_until(lambda: len(list((place / "out").rglob("[!.]*.wav"))) == 4)  # all but the one that waits
        living = list((place / "out").glob(".eqmorph-*.part"))
        assert living
        _, err = finished(place, *WORDS, "--resume", fault="no-locks")
        assert err == "note: the disk of out has no locks: another run there would not be noticed\n"
        assert list((place / "out").glob(".eqmorph-*.part")) == living  # it may be at work, for all that one can tell
        process.kill()
    for path in living:
        os.utime(path, (0, 0))
    out, _ = finished(place, *WORDS, "--resume", fault="no-locks")
    assert "5 skipped" in out
    both = result_of(place)  # in which nothing temporary is left
    clear(place)
    finished(place, *WORDS)
    assert differences(both, result_of(place)) == []


def test_a_clock_that_goes_backwards_changes_nothing(place: Path) -> None:
    (place / "go").touch()
    finished(place, *WORDS)
    whole = result_of(place)
    clear(place)
    with in_the_middle(place, *WORDS) as process:
        process.kill()
    finished(place, *WORDS, "--resume", fault="clock")
    assert differences(result_of(place), whole) == []
    out, _ = finished(place, "status", "out", "--json", fault="clock")
    assert json.loads(out)
    out, _ = finished(place, *WORDS, "--resume", fault="clock")
    assert "5 skipped" in out
    assert (place / REPORT).exists()
