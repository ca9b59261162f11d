"""Files done by processes: the same results, and what crashes, hangs or takes all memory costs its file only."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from eqmorph.adapt.fixed import BandsEq
from eqmorph.audio.atomic import remove_stale
from eqmorph.bands import Bands
from eqmorph.batch import isolated, prepare_batch
from eqmorph.batch.isolated import NO_LIMITS, Limits, Workers
from eqmorph.batch.run import FileResult, Outcome
from eqmorph.errors import Crashed, EqmorphError, ExistsError, InputError, Stopped, UsageError
from eqmorph.process import Settings, process_file
from eqmorph.request import EqRequest
from tests.support import environment, make_audio, posix_only, wait_until

SETTINGS = Settings(BandsEq(Bands.parse("LS 120 +6; HS 3k +5")), measure=True)
MANY = 18  #: more than threads would do

# What befalls a worker at a file is in its name: a decoder that is out of its mind could do any of it.
_FATED = """
import os, signal, sys, time
import eqmorph.batch.worker as worker
from eqmorph.audio.ffmpeg.child import Child
done = worker.process_patiently
worker._LEAVE_S = 2

def process_file(source, output, settings, **options):
    with open(os.environ["TRIED"], "a") as tried:
        tried.write(f"{os.getpid()} {source.name}\\n")
    def watch(seconds):
        options["watch"](seconds)
        if "segfault" in source.name:
            os.kill(os.getpid(), signal.SIGSEGV)
        if "killed" in source.name:
            os.kill(os.getpid(), signal.SIGKILL)
        if "leaves" in source.name:
            os._exit(3)
        if "hangs" in source.name:
            time.sleep(60)
        if "slow" in source.name:
            time.sleep(0.2)
        if "hungry" in source.name:
            bytearray(1 << 30)
        if "defect" in source.name:
            raise ZeroDivisionError("of mine")
        if "chatty" in source.name:
            os.write(1, b"a library prints"), sys.stdin.read()
        if "starts" in source.name:
            Child([sys.executable, "-S", "-c", _STARTED]).finish()
    result = done(source, output, settings, **{**options, "watch": watch})
    if "named" in source.name and open(os.environ["TRIED"]).read().count(source.name) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

_STARTED = '''
import os, time
with open(os.environ["TRIED"], "a") as tried:
    tried.write(f"{os.getpid()} started\\\\n")
time.sleep(60)
'''
worker.process_patiently = process_file
worker.main()
"""


Tried = Callable[[], list[tuple[str, str]]]


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tried:
    """Let fate befall workers; return what tells which process has tried which file."""
    told = tmp_path / "tried"
    for name, value in environment(TRIED=str(told)).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(isolated, "_command", lambda: [sys.executable, "-c", _FATED])

    def read() -> list[tuple[str, str]]:
        lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
        return [(line.split()[0], line.split()[1]) for line in lines]

    return read


def batch(tmp_path: Path, *names: str, workers: int = 2, limits: Limits = NO_LIMITS) -> Outcome:
    """Do as many files as processes do, with some of these names among them."""
    plain = [f"{number:02}.wav" for number in range(MANY - len(names))]
    for seed, name in enumerate((*plain, *names)):
        make_audio(tmp_path / "in" / name, seed=seed)
    return prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS, workers=workers).run(limits=limits)


def failed(outcome: Outcome) -> dict[str, EqmorphError]:
    return {ended.job.source.name: ended.error for ended in outcome.results if ended.error is not None}


def written(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "out").iterdir() if path.name != ".eqmorph-journal.jsonl"}


@pytest.mark.parametrize("words", [None, "warm:0.7"])
def test_a_process_writes_what_a_thread_does(tmp_path: Path, words: str | None) -> None:
    settings = Settings(EqRequest(words=words).resolve(), measure=True) if words else SETTINGS
    source = make_audio(tmp_path / "a.wav")
    here = process_file(source, tmp_path / "here.wav", settings)
    seen: list[float] = []
    with Workers(settings, NO_LIMITS, threading.Event()) as workers:
        there = workers.process_file(source, tmp_path / "there.wav", watch=seen.append)
    assert (tmp_path / "there.wav").read_bytes() == (tmp_path / "here.wav").read_bytes()
    assert (there.bands, there.after, there.notes) == (here.bands, here.after, here.notes)
    assert (there.account is None) == (words is None)
    assert sum(seen) == pytest.approx(here.duration_s)


def test_few_files_need_no_process_and_many_share_as_many_as_work_at_once(tmp_path: Path, tried: Tried) -> None:
    make_audio(tmp_path / "few" / "a.wav")
    assert prepare_batch([tmp_path / "few"], tmp_path / "of few", SETTINGS).run().count("done") == 1
    assert not tried()
    assert batch(tmp_path).count("done") == MANY
    assert len(tried()) == MANY
    assert len({process for process, _ in tried()}) == 2


@posix_only
@pytest.mark.parametrize(
    ("fate", "told"),
    [
        ("segfault", "its process crashed (SIGSEGV)"),
        ("killed", "its process was killed, perhaps since memory ran out"),
        ("leaves", "its process crashed (exit code 3)"),
    ],
)
def test_a_process_that_ends_costs_its_file_only(tmp_path: Path, tried: Tried, fate: str, told: str) -> None:
    outcome = batch(tmp_path, f"{fate}.wav")
    assert outcome.count("done") == MANY - 1
    assert {name: error.message for name, error in failed(outcome).items()} == {f"{fate}.wav": told}
    assert written(tmp_path) == {f"{number:02}.wav" for number in range(MANY - 1)}
    names = [name for _, name in tried()]
    assert names.count(f"{fate}.wav") == 2  # once more when all others are done
    assert names[-1] == f"{fate}.wav"
    assert not outcome.left
    again = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS, existing="resume").run()
    assert again.count("skipped") == MANY - 1


@pytest.mark.usefixtures("tried")
def test_a_file_that_hangs_is_given_up(tmp_path: Path) -> None:
    began = time.monotonic()
    outcome = batch(tmp_path, "hangs.wav", limits=Limits(timeout_s=1))
    error = failed(outcome)["hangs.wav"]
    assert isinstance(error, Crashed)
    assert error.message == "took more than 1 s and was given up"
    assert error.hint == "timeout_s allows more."
    assert outcome.count("done") == MANY - 1
    assert time.monotonic() - began < 40


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_file_that_takes_too_much_memory_fails_and_its_process_goes_on(tmp_path: Path, tried: Tried) -> None:
    outcome = batch(tmp_path, "hungry.wav", workers=1, limits=Limits(memory_bytes=1 << 29))
    assert failed(outcome)["hungry.wav"].message == "needs more memory than there is for it"
    assert outcome.count("done") == MANY - 1
    assert len({process for process, _ in tried()}) == 1


@pytest.mark.usefixtures("tried")
def test_what_a_library_prints_or_reads_does_not_come_between(tmp_path: Path) -> None:
    assert batch(tmp_path, "chatty.wav").count("done") == MANY


@pytest.mark.usefixtures("tried")
def test_a_defect_is_told_with_its_traceback(tmp_path: Path) -> None:
    error = failed(batch(tmp_path, "defect.wav"))["defect.wav"]
    assert error.message == "unexpected ZeroDivisionError: of mine"
    assert 'raise ZeroDivisionError("of mine")' in str(error.__cause__) or "in watch" in str(error.__cause__)


def test_errors_are_those_of_the_chain(tmp_path: Path) -> None:
    (tmp_path / "no.wav").write_bytes(b"RIFF and nothing else")
    make_audio(tmp_path / "a.wav")
    make_audio(tmp_path / "taken.wav")
    with Workers(SETTINGS, NO_LIMITS, threading.Event()) as workers:
        with pytest.raises(InputError) as unreadable:
            workers.process_file(tmp_path / "no.wav", tmp_path / "out.wav")
        with pytest.raises(ExistsError):
            workers.process_file(tmp_path / "a.wav", tmp_path / "taken.wav")
    with pytest.raises(InputError) as here:
        process_file(tmp_path / "no.wav", tmp_path / "out.wav", SETTINGS)
    assert (str(unreadable.value), unreadable.value.hint) == (str(here.value), here.value.hint)


def test_what_may_not_have_its_name_is_not_written(tmp_path: Path) -> None:
    make_audio(tmp_path / "a.wav")
    asked: list[Path] = []

    def refuse(final: Path, temp: Path) -> None:
        assert temp.stat().st_size > 1000
        asked.append(final)
        raise UsageError("not this one")

    with Workers(SETTINGS, NO_LIMITS, threading.Event()) as workers, pytest.raises(UsageError, match="not this one"):
        workers.process_file(tmp_path / "a.wav", tmp_path / "out" / "a.wav", before_commit=refuse)
    assert asked == [tmp_path / "out" / "a.wav"]
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("name", ["slow.wav", "hangs.wav"])
def test_all_is_given_up_once_it_is_to_stop(
    tmp_path: Path, tried: Tried, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(isolated, "_LEAVE_S", 1.0)
    make_audio(tmp_path / name, frames=20 * 44_100)
    stop = threading.Event()
    errors: list[BaseException] = []

    def work(workers: Workers) -> None:
        try:
            workers.process_file(tmp_path / name, tmp_path / "out" / "a.wav")
        except Stopped as error:
            errors.append(error)

    with Workers(SETTINGS, NO_LIMITS, stop) as workers:
        thread = threading.Thread(target=work, args=(workers,))
        thread.start()
        wait_until(tried)
        time.sleep(0.3)
        stop.set()
        thread.join(10)
    assert len(errors) == 1
    assert not list((tmp_path / "out").iterdir())


def test_ctrl_c_leaves_nothing_half_done_and_resume_goes_on(tmp_path: Path) -> None:
    seen: list[FileResult] = []

    def on_result(ended: FileResult) -> None:
        seen.append(ended)
        if len(seen) == 3:
            raise KeyboardInterrupt

    for number in range(MANY):
        make_audio(tmp_path / "in" / f"{number}.wav", seed=number)
    first = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS, workers=2).run(on_result=on_result)
    assert first.left
    assert written(tmp_path) == {ended.job.output.name for ended in first.results}
    rest = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS, existing="resume", workers=2).run()
    assert (rest.count("done"), rest.count("skipped")) == (len(first.left), first.count("done"))
    assert len(written(tmp_path)) == MANY


@posix_only
def test_a_process_that_ends_when_its_file_has_its_name_costs_nothing(tmp_path: Path, tried: Tried) -> None:
    outcome = batch(tmp_path, "named.wav")
    assert not failed(outcome)
    assert outcome.count("done") == MANY
    assert [name for _, name in tried()].count("named.wav") == 2


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_programs_end_with_the_process_that_started_them(tmp_path: Path, tried: Tried) -> None:
    outcome = batch(tmp_path, "starts.wav", limits=Limits(timeout_s=2))
    assert "took more than 2 s" in failed(outcome)["starts.wav"].message
    started = [process for process, name in tried() if name == "started"]
    assert started
    wait_until(lambda: not any(Path(f"/proc/{process}").exists() for process in started))


def test_a_file_that_is_ready_when_all_is_to_stop_is_given_up(tmp_path: Path) -> None:
    make_audio(tmp_path / "a.wav")
    stop = threading.Event()

    def stopping(_final: Path, _temp: Path) -> None:
        stop.set()
        time.sleep(3 * isolated._LOOK_EVERY_S)  # its process is dismissed meanwhile

    with Workers(SETTINGS, NO_LIMITS, stop) as workers, pytest.raises(Stopped):
        workers.process_file(tmp_path / "a.wav", tmp_path / "out" / "a.wav", before_commit=stopping)
    assert not list((tmp_path / "out").iterdir())


@posix_only
@pytest.mark.parametrize("name", ["slow.wav", "hangs.wav"])
def test_workers_end_with_the_process_that_they_work_for(tmp_path: Path, tried: Tried, name: str) -> None:
    """However that ends: then nobody reads what they tell, and their orders are over."""
    make_audio(tmp_path / name, frames=60 * 44_100)
    child = os.fork()
    if child == 0:
        with Workers(SETTINGS, NO_LIMITS, threading.Event()) as workers:
            workers.process_file(tmp_path / name, tmp_path / "out" / "a.wav")
    wait_until(tried)
    os.kill(child, 9)
    os.waitpid(child, 0)
    worker = int(tried()[0][0])
    wait_until(lambda: not Path(f"/proc/{worker}").exists() if sys.platform == "linux" else True)
    remove_stale(tmp_path / "out")  # as the next run does: one that hangs had no time for that
    assert not list((tmp_path / "out").iterdir())


def test_limits_make_sense() -> None:
    with pytest.raises(UsageError, match="no time to do a file in"):
        Limits(timeout_s=0)
    with pytest.raises(UsageError, match="at least 256 MB"):
        Limits(memory_bytes=1000)
