"""A Dask cluster does the files: the same ones, and none is lost with a worker."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from eqmorph import version
from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch import prepare_batch
from eqmorph.batch.run import Outcome
from eqmorph.cli import run
from eqmorph.errors import UsageError
from eqmorph.model_folder import shipped_folder
from eqmorph.process import Settings
from eqmorph.request import EqRequest
from tests.support import environment, interrupted_after, make_audio, need_extras, posix_only, wait_until

need_extras("cluster")

from eqmorph.batch import cluster as module  # noqa: E402
from eqmorph.batch.cluster import Cluster  # noqa: E402

SETTINGS = Settings(BandsEq(Bands.parse("LS 120 +6; HS 3k +5")), measure=True)
FILES = 8


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Start a scheduler and two workers as people do, each of the workers in a folder of its own."""
    with Dask() as dask:
        dask.add_worker()
        dask.add_worker()
        yield dask.address


class Dask:
    """`dask scheduler`, and workers that can be killed."""

    def __enter__(self) -> Dask:
        self.processes: list[subprocess.Popen[str]] = []
        scheduler = self._start("scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard")
        self.address = self._told(scheduler, "Scheduler at:").split()[-1]
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def add_worker(self) -> subprocess.Popen[str]:
        """Start one without a nanny, so that killing it is the end of it."""
        worker = self._start("worker", self.address, "--no-nanny", "--no-dashboard", "--nthreads", "1")
        self._told(worker, "Starting established connection")
        return worker

    def _start(self, *command: str) -> subprocess.Popen[str]:
        self.processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "dask", *command],
                env=environment(),
                cwd="/",
                stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                text=True,
            )
        )
        return self.processes[-1]

    @staticmethod
    def _told(process: subprocess.Popen[str], what: str) -> str:
        assert process.stderr is not None
        for line in process.stderr:
            if what in line:
                threading.Thread(target=process.stderr.read, daemon=True).start()
                return line
        raise AssertionError(f"it ended without {what!r}")


def make_files(folder: Path, count: int = FILES, frames: int = 22_050) -> None:
    for seed in range(count):
        make_audio(folder / "in" / f"{seed}.wav", seed=seed, frames=frames)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".eqmorph-journal.jsonl"}


@pytest.mark.parametrize("words", [None, "warm:0.7"])
def test_it_writes_what_this_machine_does(tmp_path: Path, scheduler: str, words: str | None) -> None:
    make_files(tmp_path)
    settings = Settings(EqRequest(words=words).resolve(), measure=True) if words else SETTINGS
    here = prepare_batch([tmp_path / "in"], tmp_path / "here", settings).run()
    heard: list[float] = []
    there = prepare_batch([tmp_path / "in"], tmp_path / "there", settings).run(
        cluster=Cluster(scheduler), on_progress=heard.append
    )
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    assert there.count("done") == here.count("done") == FILES
    records = [{key: value for key, value in one.to_record().items() if key != "seconds"} for one in there.results]
    assert {record["output"] for record in records} == {str(tmp_path / "there" / f"{n}.wav") for n in range(FILES)}
    assert all(record["loudness_out_lufs"] is not None for record in records)
    assert sum(heard) == pytest.approx(FILES * 0.5)
    again = prepare_batch([tmp_path / "in"], tmp_path / "there", settings, existing="resume").run(
        cluster=Cluster(scheduler)
    )
    assert again.count("skipped") == FILES


def test_the_command_line_says_and_reports_what_it_does_here(
    tmp_path: Path, scheduler: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths of the command line are those of its own folder, which workers are not in."""
    make_files(tmp_path)
    (tmp_path / "in" / "3.wav").write_bytes(b"not audio")
    monkeypatch.chdir(tmp_path)
    code = run(["apply", "in", "out", "--bands", "LS 120 +3", "--scheduler", scheduler, "--report", "log.jsonl"])
    told = capsys.readouterr()
    assert code == 1
    assert f"{FILES} files: {FILES - 1} done, 1 failed." in told.out
    assert "in/0.wav -> out/0.wav" in told.out
    assert told.err.startswith("error: in/3.wav: holds text, not audio")
    lines = [json.loads(line) for line in Path("log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["status"] for line in lines} == {"done", "failed"}


def test_a_cluster_on_this_machine(tmp_path: Path) -> None:
    make_files(tmp_path)
    outcome = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS).run(cluster=Cluster("local:2"))
    assert outcome.count("done") == FILES
    assert set(contents(tmp_path / "out")) == {f"{number}.wav" for number in range(FILES)}


def test_an_encoder_named_from_here_is_found_by_workers_elsewhere(
    tmp_path: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They load the same network, and hear the same; so does a copy of the model."""
    need_extras("onnx", "train")
    from tests.analysis.test_encoders import matrices, network, write_encoder

    make_files(tmp_path, count=2)
    monkeypatch.chdir(tmp_path)
    write_encoder(Path("ear"), network(*matrices(np.random.default_rng(1), 0.05)))
    shutil.copytree(shipped_folder(), "model")
    asked = ["--target", "warm:0.7", "-q", "--encoder", "ear", "--model", "model"]
    assert run(["apply", "in", "here", *asked]) == 0
    assert run(["apply", "in", "processes", *asked, "--timeout", "5m"]) == 0
    assert run(["apply", "in", "there", *asked, "--scheduler", scheduler]) == 0
    assert contents(Path("there")) == contents(Path("processes")) == contents(Path("here"))
    assert run(["apply", "in", "plain", "--target", "warm:0.7", "-q"]) == 0
    assert contents(Path("plain")) != contents(Path("here"))  # or the encoder was never asked


def test_an_album_is_one_there_too(tmp_path: Path, scheduler: str) -> None:
    """What its files share is decided on here, from all of them."""
    make_files(tmp_path, count=3)
    asked = ["--target", "warm:0.7", "--album", "-q"]
    assert run(["apply", str(tmp_path / "in"), str(tmp_path / "here"), *asked]) == 0
    assert run(["apply", str(tmp_path / "in"), str(tmp_path / "there"), *asked, "--scheduler", scheduler]) == 0
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


@posix_only
def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    make_files(tmp_path, count=12, frames=44_100 * 4)
    prepare_batch([tmp_path / "in"], tmp_path / "here", SETTINGS).run()
    outcomes: list[Outcome] = []
    with Dask() as dask:
        doomed, _ = dask.add_worker(), dask.add_worker()
        batch = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS)
        thread = threading.Thread(daemon=True, target=lambda: outcomes.append(batch.run(cluster=Cluster(dask.address))))
        thread.start()
        wait_until(lambda: list((tmp_path / "out").glob("*.wav")))
        doomed.kill()
        thread.join(60)
        assert not thread.is_alive()
    (outcome,) = outcomes
    assert (outcome.count("done"), outcome.count("failed"), outcome.left) == (12, 0, [])
    assert contents(tmp_path / "out") == contents(tmp_path / "here")


def test_what_a_lost_worker_has_written_is_written_again(tmp_path: Path) -> None:
    """It was named, and recorded for this run, but nobody was told."""
    make_files(tmp_path, count=2)
    batch = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS)
    assert batch.journal is not None
    for job in batch.jobs:
        make_audio(job.output)
    written = batch.jobs[0]
    batch.journal.record(written.source, written.source.stat(), written.output, written.output)
    outcome = batch.run(cluster=Cluster("local:1"))
    assert {ended.job.output.name: ended.status for ended in outcome.results} == {"0.wav": "done", "1.wav": "failed"}
    assert outcome.count("failed") == 1  # somebody else's


def test_ctrl_c_leaves_nothing_half_done_and_resume_goes_on(tmp_path: Path, scheduler: str) -> None:
    make_files(tmp_path, count=20)
    first = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS).run(
        cluster=Cluster(scheduler), on_result=interrupted_after(3)
    )
    assert first.left
    names = set(contents(tmp_path / "out"))
    assert {ended.job.output.name for ended in first.results} <= names
    # Workers that were told to give up do so at their next block.
    wait_until(lambda: all(name.endswith(".wav") for name in contents(tmp_path / "out")))
    rest = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS, existing="resume").run(
        cluster=Cluster(scheduler)
    )
    assert rest.count("failed") == 0
    assert len(contents(tmp_path / "out")) == 20


def test_when_the_scheduler_goes_the_rest_is_left(tmp_path: Path) -> None:
    make_files(tmp_path, count=12, frames=44_100 * 4)
    outcomes: list[Outcome] = []
    with Dask() as dask:
        dask.add_worker()
        batch = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS)
        thread = threading.Thread(daemon=True, target=lambda: outcomes.append(batch.run(cluster=Cluster(dask.address))))
        thread.start()
        wait_until(lambda: list((tmp_path / "out").glob("*.wav")))
        dask.processes[0].kill()
        thread.join(60)
        assert not thread.is_alive()
    (outcome,) = outcomes
    assert outcome.left or outcome.count("failed")
    assert {str(ended.error.message) for ended in outcome.results if ended.error} <= {"the scheduler is gone"}
    time.sleep(0.5)
    rest = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS, existing="resume").run()
    assert rest.count("done") + rest.count("skipped") == 12
    assert len(contents(tmp_path / "out")) == 12


def test_workers_that_can_not_do_the_files_are_named(
    tmp_path: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_files(tmp_path)
    monkeypatch.setattr(module, "__version__", "9.9")
    batch = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS)
    with pytest.raises(UsageError) as refused:
        batch.run(cluster=Cluster(scheduler))
    assert refused.value.message.startswith("2 of 2 workers can't do these files: tcp://127.0.0.1:")
    assert f"has eqmorph {version.__version__}, not 9.9" in refused.value.message
    assert not list((tmp_path / "out").glob("*"))


@pytest.mark.parametrize("what", ["input", "output", "read-only", "model"])
def test_a_machine_that_sees_other_folders_or_another_model_is_refused(tmp_path: Path, what: str) -> None:
    make_files(tmp_path, count=1)
    settings = Settings(EqRequest(words="warm").resolve())
    batch = prepare_batch([tmp_path / "in"], tmp_path / "out", settings)
    task = module._Task.of(batch.jobs, settings, batch.journal, module.Limits())
    with task.proof():
        assert task.problem() == ""
        if what == "input":
            make_audio(tmp_path / "in" / "0.wav", frames=10)
            assert task.problem() == f"doesn't see the input {tmp_path / 'in' / '0.wav'}"
        elif what == "output":
            other = module.replace(task, proof_path=tmp_path / "elsewhere" / ".proof")
            assert other.problem() == f"doesn't see the output folder {tmp_path / 'elsewhere'}"
        elif what == "read-only":
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("os.access", lambda *_: False)  # root may write everywhere
                assert task.problem() == f"may not write into the output folder {tmp_path / 'out'}"
        else:
            assert module.replace(task, model="another").problem() == "doesn't have the same model"
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("local:many", "'local:many' is no scheduler"),
        ("local:0", "'local:0' is no scheduler"),
        ("tcp://127.0.0.1:1", "no scheduler answers at tcp://127.0.0.1:1"),
        ("nonsense", "no scheduler answers at nonsense"),
    ],
)
def test_who_is_not_there_is_named(tmp_path: Path, address: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CONNECT_S", 0.5)
    make_files(tmp_path, count=1)
    with pytest.raises(UsageError, match=told):
        prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS).run(cluster=Cluster(address))


def test_a_scheduler_without_workers_is_told(tmp_path: Path) -> None:
    make_files(tmp_path, count=1)
    with Dask() as dask, pytest.raises(UsageError, match="has no workers"):
        prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS).run(cluster=Cluster(dask.address))
