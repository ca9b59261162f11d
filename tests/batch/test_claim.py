"""Who writes into a folder: runs with the same settings, and no others meanwhile."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch import prepare_batch
from eqmorph.batch import watch as watching
from eqmorph.batch.claim import claimed, refuse_claimed
from eqmorph.errors import UsageError
from eqmorph.process import Settings
from tests.support import environment, make_audio, posix_only

pytestmark = posix_only

HOLD = """
import sys, time
from pathlib import Path
from eqmorph.batch.claim import claimed
with claimed(Path(sys.argv[1]), sys.argv[2]):
    print("claimed", flush=True)
    time.sleep(60)
"""


def settings(gain: float) -> Settings:
    return Settings(BandsEq(Bands.parse(f"LS 120 {gain:+}")))


def test_others_are_refused_and_told_who_it_is_and_the_same_share(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out"
    with claimed(folder, "one"), claimed(folder, "one"):
        for claim in (lambda: claimed(folder, "two"), lambda: nullcontext(refuse_claimed(folder, "two"))):
            with pytest.raises(UsageError, match=f"process {os.getpid()} on {platform.node()}") as caught, claim():
                pass
            assert caught.value.path == folder
        refuse_claimed(folder, "one")
    with claimed(folder, "two"):
        pass
    assert list(folder.iterdir()) == []


def test_who_came_first_may_end_first(tmp_path: Path) -> None:
    first, second = claimed(tmp_path, "one"), claimed(tmp_path, "one")
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    with pytest.raises(UsageError, match="other settings"), claimed(tmp_path, "two"):
        pass
    second.__exit__(None, None, None)
    with claimed(tmp_path, "two"):
        pass


def test_a_killed_run_claims_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path), "one"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(UsageError, match=f"process {process.pid}"), claimed(tmp_path, "two"):
            pass
        process.kill()
    with claimed(tmp_path, "two"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_system_without_locks_claims_nothing_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eqmorph.batch.claim.lock_at_once", lambda *_: "unknown")
    with claimed(tmp_path, "one"), claimed(tmp_path, "two"):
        assert list(tmp_path.iterdir()) == []


def test_a_run_with_other_settings_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    make_audio(tmp_path / "in" / "a.wav", frames=1000)
    out = tmp_path / "out"
    planned = prepare_batch([tmp_path / "in"], out, settings(2.0))
    first = prepare_batch([tmp_path / "in"], out, settings(1.0))
    assert first.journal is not None
    with first.journal.claimed():
        for begin in (planned.run, lambda: prepare_batch([tmp_path / "in"], out, settings(2.0))):
            with pytest.raises(UsageError, match="other settings is writing into it"):
                begin()
        assert [path.name for path in out.iterdir()] == [".eqmorph-lock"]
        assert first.run().count("done") == 1
    assert sorted(path.name for path in out.iterdir()) == [".eqmorph-journal.jsonl", "a.wav"]


def test_a_watch_waits_until_it_is_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_audio(tmp_path / "in" / "a.wav", frames=1000)
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(watching, "_RETRY_S", 0.01)
    watch = watching.FolderWatch(tmp_path / "in", tmp_path / "out", settings(1.0), settle_s=0, every_s=0.01)
    stop, other = watching.threading.Event(), claimed(tmp_path / "out", "other")
    troubles: list[str] = []

    def on_trouble(error: Exception) -> None:
        troubles.append(str(error))
        other.__exit__(None, None, None)

    other.__enter__()
    watched = watch.run(stop=stop, on_trouble=on_trouble, on_result=lambda _: stop.set())
    assert watched.done == 1
    assert [trouble for trouble in troubles if "other settings" in trouble] == troubles[:1]
