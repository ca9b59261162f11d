"""Workers that are forked: loaded once for all of them, and as apart from each other as processes are."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch.isolated import NO_LIMITS, Workers
from eqmorph.process import Settings
from tests.support import make_audio

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers start each for itself")
SETTINGS = Settings(BandsEq(Bands.parse("LS 120 +6")))


def children(process: int) -> list[int]:
    """Return the processes that a process has started, and that have not been waited for."""
    return [
        int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal() and _parent_of(one / "stat") == process
    ]


def _parent_of(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def nurseries(before: list[int]) -> list[int]:
    return [one for one in children(os.getpid()) if one not in before]


def do(workers: Workers, folder: Path, name: str) -> bool:
    source = make_audio(folder / name)
    workers.process_file(source, folder / "out" / name)
    return (folder / "out" / name).exists()


def test_workers_come_from_one_process_and_are_gone_with_the_batch(tmp_path: Path) -> None:
    before = children(os.getpid())
    with Workers(SETTINGS, NO_LIMITS, threading.Event()) as workers:
        at_once = [threading.Thread(target=do, args=(workers, tmp_path, f"{number}.wav")) for number in range(3)]
        for thread in at_once:
            thread.start()
        for thread in at_once:
            thread.join()
        (nursery,) = nurseries(before)
        forked = children(nursery)
        assert 1 <= len(forked) <= 3
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0.wav", "1.wav", "2.wav"]
    assert not nurseries(before)
    assert not any(Path(f"/proc/{one}").exists() for one in forked)


def test_a_batch_outlives_its_nursery(tmp_path: Path) -> None:
    before = children(os.getpid())
    with Workers(SETTINGS, NO_LIMITS, threading.Event()) as workers:
        assert do(workers, tmp_path, "a.wav")
        (nursery,) = nurseries(before)
        (worker,) = children(nursery)
        os.kill(nursery, signal.SIGKILL)
        assert do(workers, tmp_path, "b.wav"), "by the worker that is there"
        os.kill(worker, signal.SIGKILL)
        with pytest.raises(Exception, match="killed"):
            do(workers, tmp_path, "c.wav")
        assert do(workers, tmp_path, "d.wav"), "by one of another nursery"
        (other,) = nurseries([*before, nursery])
        assert len(children(other)) == 1
    assert not nurseries(before)
