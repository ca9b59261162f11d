"""The process that renders: it writes what the chain does, gives way, and leaves nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.errors import ExistsError, Stopped
from eqmorph.process import Settings, process_file
from eqmorph.request import EqRequest
from eqmorph.tui.jobs import FileRendering
from eqmorph.tui.render_process import RenderProcess
from tests.support import make_audio, wait_until

SETTINGS = Settings(BandsEq(Bands.parse("LS 120 +6; HS 3k +5")))


@pytest.fixture
def apart() -> Iterator[RenderProcess]:
    process = RenderProcess()
    yield process
    process.close()


def test_each_file_is_what_the_chain_makes_with_its_own_settings(apart: RenderProcess, tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav")
    apart.prepare(SETTINGS)
    for number, settings in enumerate([SETTINGS, Settings(EqRequest("warm:0.7").resolve())]):
        here, there = tmp_path / f"here{number}.wav", tmp_path / f"there{number}.wav"
        expected = process_file(source, here, settings)
        job = FileRendering(source, there, settings, duration_s=0.5, apart=apart)
        assert job.run().bands == expected.bands
        assert there.read_bytes() == here.read_bytes()
        assert job.share == 1.0
    with pytest.raises(ExistsError):
        apart.process_file(source, there, SETTINGS)


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="only Linux tells")
def test_it_gives_way_to_everything_else(apart: RenderProcess, tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", frames=60 * 44_100)
    seen: list[int] = []
    groups: list[str] = []

    def look(_seconds: float) -> None:
        if seen:
            return
        children = Path("/proc/self/task").glob("*/children")
        todo = [int(pid) for path in children for pid in path.read_text().split()]
        while todo:
            pid = todo.pop()
            seen.append(os.getpriority(os.PRIO_PROCESS, pid))
            groups.append(Path(f"/proc/{pid}/autogroup").read_text())
            todo += [int(pid) for pid in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    apart.process_file(source, tmp_path / "out.wav", SETTINGS, watch=look)
    assert max(seen) >= os.getpriority(os.PRIO_PROCESS, 0) + apart.limits.niceness
    if Path("/proc/sys/kernel/sched_autogroup_enabled").read_text().strip() == "1":
        assert any(f"nice {apart.limits.niceness}" in group for group in groups), "its session gives way as well"


def test_what_is_stopped_is_not_written_and_the_next_is(apart: RenderProcess, tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", frames=120 * 44_100)
    jobs = [FileRendering(source, tmp_path / f"out{n}.wav", SETTINGS, duration_s=120.0, apart=apart) for n in range(2)]

    def stop() -> None:
        wait_until(lambda: jobs[0].share > 0)
        jobs[0].stop()

    thread = threading.Thread(target=stop)
    thread.start()
    with pytest.raises(Stopped):
        jobs[0].run()
    thread.join()
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    jobs[1].run()
    assert jobs[1].output.exists()


def test_closing_gives_up_what_is_rendered(apart: RenderProcess, tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", frames=120 * 44_100)
    job = FileRendering(source, tmp_path / "out.wav", SETTINGS, duration_s=120.0, apart=apart)

    def close() -> None:
        wait_until(lambda: job.share > 0)
        apart.close()

    thread = threading.Thread(target=close)
    thread.start()
    with pytest.raises(Stopped):
        job.run()
    thread.join()
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_what_was_closed_starts_nothing_more(apart: RenderProcess, tmp_path: Path) -> None:
    apart.close()
    apart.prepare(SETTINGS)
    with pytest.raises(Stopped):
        apart.process_file(make_audio(tmp_path / "a.wav"), tmp_path / "b.wav", SETTINGS)
    assert not (tmp_path / "b.wav").exists()
    assert apart._workers is None


def test_closing_while_it_starts_is_no_crash(apart: RenderProcess, tmp_path: Path) -> None:
    apart.prepare(SETTINGS)
    closing = threading.Timer(0.02, apart.close)
    closing.start()
    with pytest.raises(Stopped):
        apart.process_file(make_audio(tmp_path / "a.wav"), tmp_path / "b.wav", SETTINGS)
    closing.join()
    assert not (tmp_path / "b.wav").exists()
