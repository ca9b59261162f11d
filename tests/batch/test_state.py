"""How a run stands: told from the first file on, known after a crash, and never a reason to fail."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch import prepare_batch
from eqmorph.batch.state import Observer, RunState, read_latest, read_states
from eqmorph.process import Settings
from tests.support import EQMORPH, environment, make_audio, posix_only, wait_until

SETTINGS = Settings(BandsEq(Bands.parse("LS 120 +6; HS 3k +5")))
JOURNAL = ".eqmorph-journal.jsonl"


def make_files(folder: Path, count: int = 4, frames: int = 4410) -> None:
    for seed in range(count):
        make_audio(folder / "in" / f"{seed}.wav", seed=seed, frames=frames)


def test_a_run_tells_what_became_of_its_files(tmp_path: Path) -> None:
    make_files(tmp_path)
    (tmp_path / "in" / "2.wav").write_bytes(b"no audio")
    told: list[RunState] = []
    before = time.time()
    prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS).run(observers=[Observer(told.append, 0.01)])
    (state,), (failure,) = read_states(tmp_path / "out")
    assert (state.files, state.done, state.skipped, state.failed, state.left) == (4, 3, 0, 1, 0)
    assert state.audio_s == pytest.approx(0.3)
    assert before <= state.begun <= state.at <= time.time()
    assert (state.host, state.process, state.has_ended) == (platform.node(), os.getpid(), True)
    assert (failure.source, failure.error) == (str(tmp_path / "in" / "2.wav"), "holds text, not audio")
    assert told[-1].done == 3
    assert [one.has_ended for one in told] == [*[False] * (len(told) - 1), True]
    make_audio(tmp_path / "in" / "2.wav", frames=4410)
    prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS, existing="resume").run()
    states, failures = read_states(tmp_path / "out")
    assert [(one.done, one.skipped) for one in states] == [(3, 0), (1, 3)]
    assert failures == []  # it was done after all


def test_a_run_without_files_says_nothing(tmp_path: Path) -> None:
    make_files(tmp_path)
    prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS).preview()
    with pytest.raises(FileNotFoundError):
        read_states(tmp_path / "out")


@posix_only
def test_a_run_is_at_work_until_it_ends_however_it_does(tmp_path: Path) -> None:
    make_files(tmp_path, count=6, frames=44_100 * 20)
    out = tmp_path / "out"
    command = [*EQMORPH, "apply", str(tmp_path / "in"), str(out), "--bands", "LS 120 +3", "--jobs", "1", "-q"]
    process = subprocess.Popen(command, env=environment())
    wait_until(lambda: (out / JOURNAL).exists() and read_states(out)[0])
    (state,), _ = read_states(out)
    assert state.is_at_work(out)
    assert state.process == process.pid
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not state.is_at_work(out)
    assert not read_states(out)[0][0].has_ended


def test_a_run_of_another_machine_is_at_work_while_it_is_heard_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eqmorph.batch.state.is_claimed", lambda _: None)  # where locks don't reach
    now = time.time()
    state = RunState("a", "elsewhere", 1, begun=now - 100, at=now - 3, files=5)
    assert state.is_at_work(tmp_path)
    assert not replace(state, at=now - 90).is_at_work(tmp_path)
    assert not replace(state, has_ended=True).is_at_work(tmp_path)


def test_where_asking_for_a_process_would_end_it_nothing_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eqmorph.batch.state._CAN_ASK_FOR_PROCESSES", False)  # as on Windows
    monkeypatch.setattr("eqmorph.batch.state.is_claimed", lambda _: None)
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("a signal was sent"))
    now = time.time()
    state = RunState("a", platform.node(), os.getpid(), begun=now - 100, at=now - 3, files=5)
    assert state.is_at_work(tmp_path)
    assert not replace(state, at=now - 90).is_at_work(tmp_path)


def test_speed_and_what_is_left() -> None:
    state = RunState("a", "here", 1, begun=0, at=10, files=100, done=18, skipped=30, failed=2)
    assert (state.left, state.files_per_s, state.left_s) == (50, 2.0, 25.0)
    assert replace(state, done=0, failed=0).left_s is None


@given(
    st.lists(
        st.one_of(
            st.dictionaries(st.sampled_from(["run", "state", "failed", "error", "input"]), st.text(max_size=3)),
            st.fixed_dictionaries({"run": st.just("a"), "state": st.dictionaries(st.text(max_size=4), st.integers())}),
            st.recursive(st.integers() | st.text(max_size=3), st.lists, max_leaves=4),
        )
    )
)
def test_whatever_a_journal_holds_is_no_reason_to_fail(
    tmp_path_factory: pytest.TempPathFactory, lines: list[object]
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    good = asdict(RunState("good", "here", 1, 0.0, 1.0, 5))
    text = "\n".join(
        map(json.dumps, [*lines, {"run": "good", "state": good}, {"run": "a", "state": good | {"files": "x"}}])
    )
    (folder / JOURNAL).write_text(text + "\n{torn", encoding="utf-8")
    states, _ = read_states(folder)
    assert [state.run for state in states] == ["good"]


@pytest.mark.parametrize(
    "odd",
    [
        *(
            {name: value}
            for name in ("begun", "at", "audio_s")
            for value in (float("nan"), float("inf"), -1.0, 10**400)
        ),
        *({name: value} for name in ("files", "done", "failed") for value in (-1, True, 10**400, 1 << 60)),
        *({"process": value} for value in (0, -1, 1 << 31)),
        {"done": 6},
    ],
    ids=str,
)
def test_numbers_that_no_run_would_tell_are_not_believed(tmp_path: Path, odd: dict[str, float]) -> None:
    state = asdict(RunState("a", platform.node(), 1, 0.0, 1.0, 5)) | odd
    (tmp_path / JOURNAL).write_text(json.dumps({"run": "a", "state": state}), encoding="utf-8")
    assert read_states(tmp_path) == ([], [])


def test_a_run_is_told_of_before_its_first_file_is_done(tmp_path: Path) -> None:
    make_files(tmp_path, count=1)
    told: list[RunState] = []
    known: list[int] = []

    def look(_seconds: float) -> None:
        wait_until(lambda: told)
        known.append(told[0].done)

    batch = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS)
    batch.run(observers=[Observer(told.append)], on_progress=look)
    assert known[0] == 0
    assert [(one.done, one.has_ended) for one in told] == [(0, False), (1, True)]


def test_a_journal_that_can_not_be_written_does_not_end_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_files(tmp_path)
    batch = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS)
    from eqmorph.batch.journal import Journal
    from eqmorph.errors import DiskError

    def full(*_: object) -> None:
        raise DiskError("the disk is full")

    monkeypatch.setattr(Journal, "note", full)
    assert batch.run().count("done") == 4


def test_observers_have_ended_when_the_run_has(tmp_path: Path) -> None:
    make_files(tmp_path)
    before = set(threading.enumerate())
    prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS).run(observers=[Observer(lambda _: None)])
    assert not [thread for thread in set(threading.enumerate()) - before if thread.is_alive()]


def test_the_last_run_is_the_last_in_the_journal_whatever_clocks_say(tmp_path: Path) -> None:
    first = RunState("first", platform.node(), 1, 7000.0, 7009.0, 5, done=2)
    beside = replace(first, run="beside", host="elsewhere", done=1)
    last = replace(first, run="last", begun=3000.0, at=3005.0, done=5, has_ended=True)
    lines = [first, beside, last, replace(beside, done=5, has_ended=True)]
    text = "\n".join(json.dumps({"run": one.run, "state": asdict(one)}) for one in lines)
    (tmp_path / JOURNAL).write_text(text, encoding="utf-8")
    assert [state.run for state in read_states(tmp_path)[0]] == ["first", "beside", "last"]
    assert [(state.run, state.left) for state in read_latest(tmp_path)[0]] == [("beside", 0), ("last", 0)]
