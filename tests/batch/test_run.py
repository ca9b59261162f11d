"""Many files at once: none stops the rest, an interrupt leaves nothing half done, and a later run finishes it."""

from __future__ import annotations

import errno
import json
import os
import pickle
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from eqmorph.adapt.adaptive import AdaptiveEq
from eqmorph.adapt.fixed import BandsEq
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import load_ear
from eqmorph.audio.atomic import explain_os_error
from eqmorph.bands import Bands
from eqmorph.batch import run as module
from eqmorph.batch.find import find_sources
from eqmorph.batch.folder import prepare_batch
from eqmorph.batch.jobs import Job
from eqmorph.batch.journal import Journal
from eqmorph.batch.plan import Existing, plan_jobs
from eqmorph.batch.run import FileResult, Outcome, run_batch
from eqmorph.batch.threads import usable_cores
from eqmorph.errors import DiskError, InputError, OutputError, UsageError
from eqmorph.process import ProcessResult, Settings, Watch, process_file
from eqmorph.wording import PYTHON
from tests.support import interrupted_after, make_audio, posix_only

EQ = Bands.parse("LS 120 +6; HS 3k +5")
SETTINGS = Settings(BandsEq(EQ), measure=True)
RATE = 44_100


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Return a folder of six short files."""
    for number in range(6):
        make_audio(tmp_path / "in" / f"{number}.wav", seed=number)
    return tmp_path / "in"


def run(
    source: Path,
    output: Path,
    *,
    existing: Existing = "refuse",
    workers: int = 2,
    settings: Settings = SETTINGS,
    trajectories: bool = False,
    **options: Any,
) -> Outcome:
    """Run a batch as the command line does."""
    journal = Journal(output, settings)
    jobs = plan_jobs(
        find_sources([source], leave_out=output),
        output,
        into_folder=True,
        format_name=None,
        existing=existing,
        journal=journal,
        trajectories=trajectories,
    )
    return run_batch(jobs, settings, workers=workers, journal=journal, resume=existing == "resume", **options)


def content(folder: Path) -> dict[str, bytes]:
    """Return all finished files below a folder; fail if anything else is left there."""
    names = [path for path in folder.rglob("*") if path.is_file() and path.name != ".eqmorph-journal.jsonl"]
    assert not [path.name for path in names if path.name.startswith(".")], "no temporary file is left"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in names}


# ------------------------------------------------------------------------------------------------- all together


@pytest.mark.parametrize("workers", [1, 2, 16])
def test_all_files_are_done_whatever_the_number_of_workers(album: Path, tmp_path: Path, workers: int) -> None:
    outcome = run(album, tmp_path / "out", workers=workers)
    assert (outcome.count("done"), outcome.left) == (6, [])
    run(album, tmp_path / "alone", workers=1)
    assert content(tmp_path / "out") == content(tmp_path / "alone")


def test_one_bad_file_never_stops_the_rest(album: Path, tmp_path: Path) -> None:
    (album / "1.wav").write_text("no audio")
    (album / "3.wav").write_bytes(b"")
    (album / "4.wav").write_bytes((album / "4.wav").read_bytes()[:5000])
    told: list[FileResult] = []
    outcome = run(album, tmp_path / "out", on_result=told.append)
    assert (outcome.count("done"), outcome.count("failed")) == (3, 3)
    assert sorted(content(tmp_path / "out")) == ["0.wav", "2.wav", "5.wav"]
    failed = {result.job.source.name: str(result.error) for result in outcome.results if result.error}
    assert {name: name in text for name, text in failed.items()} == {"1.wav": True, "3.wav": True, "4.wav": True}
    assert told == outcome.results


def test_a_defect_in_eqmorph_on_one_file_does_not_stop_the_rest_either(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    morph = module.process_patiently

    def broken(source: Path, *args: Any, **kwargs: Any) -> object:
        if source.name == "2.wav":
            raise ZeroDivisionError("by zero")
        return morph(source, *args, **kwargs)

    monkeypatch.setattr(module, "process_patiently", broken)
    outcome = run(album, tmp_path / "out")
    assert (outcome.count("done"), outcome.count("failed")) == (5, 1)
    (error,) = [result.error for result in outcome.results if result.error]
    assert "2.wav: unexpected ZeroDivisionError" in str(error)
    assert isinstance(error.__cause__, ZeroDivisionError)
    assert "report it" in error.hint_worded(PYTHON)


def test_a_file_that_vanishes_before_its_turn_is_one_that_failed(album: Path, tmp_path: Path) -> None:
    def remove(_: FileResult) -> None:
        (album / "5.wav").unlink(missing_ok=True)

    journal = Journal(tmp_path / "out", SETTINGS)
    jobs = [Job(path, tmp_path / "out" / path.name) for path in sorted(album.iterdir())]
    (album / "4.wav").unlink()
    outcome = run_batch(jobs, SETTINGS, workers=1, journal=journal, on_result=remove)
    errors = [str(result.error) for result in outcome.results if result.error]
    assert any("4.wav: doesn't exist" in text for text in errors)
    assert outcome.count("done") + outcome.count("failed") == 6


@posix_only
def test_links_in_a_circle_are_named(album: Path, tmp_path: Path) -> None:
    (album / "circle.wav").symlink_to("circle.wav")
    (album / "gone.wav").symlink_to("nowhere.wav")
    outcome = run(album, tmp_path / "out")
    errors = {result.job.source.name: result.error for result in outcome.results if result.error}
    assert set(errors) == {"circle.wav", "gone.wav"}
    assert all(error.hint for error in errors.values())


def test_progress_hears_of_every_second(album: Path, tmp_path: Path) -> None:
    heard: list[float] = []
    run(album, tmp_path / "out", on_progress=heard.append)
    assert sum(heard) == pytest.approx(6 * 0.5)


def test_what_a_killed_run_left_is_cleaned_up_in_every_folder(album: Path, tmp_path: Path) -> None:
    make_audio(album / "sub" / "a.wav")
    for folder in (tmp_path / "out", tmp_path / "out" / "sub"):
        folder.mkdir()
        (folder / ".eqmorph-0123456789ab.part").write_bytes(b"half")
    run(album, tmp_path / "out")
    assert len(content(tmp_path / "out")) == 7


def test_at_least_one_core_can_be_used() -> None:
    assert usable_cores() >= 1


# ----------------------------------------------------------------------------------------------------- Ctrl-C


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("after", [1, 3])
def test_an_interrupt_leaves_nothing_half_done_and_names_what_is_left(
    album: Path, tmp_path: Path, workers: int, after: int
) -> None:
    for number in range(6, 14):
        make_audio(album / f"{number}.wav", frames=4 * RATE)
    outcome = run(album, tmp_path / "out", workers=workers, on_result=interrupted_after(after))
    done = {result.job.output.name for result in outcome.results}
    left = {job.output.name for job in outcome.left}
    assert left
    assert done | left == {f"{number}.wav" for number in range(14)}
    assert not done & left
    assert set(content(tmp_path / "out")) == done
    assert {result.status for result in outcome.results} == {"done"}


def test_a_resumed_run_gives_the_same_files_as_an_uninterrupted_one(album: Path, tmp_path: Path) -> None:
    first = run(album, tmp_path / "out", workers=1, on_result=interrupted_after(2))
    assert len(first.left) >= 1
    second = run(album, tmp_path / "out", existing="resume")
    assert second.count("skipped") == len(first.results)
    assert second.count("done") == len(first.left)
    run(album, tmp_path / "whole")
    assert content(tmp_path / "out") == content(tmp_path / "whole")


def test_an_interrupt_stops_a_long_file_in_its_middle(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "in" / "long.wav", frames=200 * RATE)
    make_audio(tmp_path / "in" / "a.wav")
    outcome = run(source.parent, tmp_path / "out", on_result=interrupted_after(1))
    assert [job.source.name for job in outcome.left] == ["long.wav"]
    assert set(content(tmp_path / "out")) == {"a.wav"}


def test_an_interrupt_when_all_is_done_is_told_too(tmp_path: Path) -> None:
    make_audio(tmp_path / "in" / "a.wav")
    outcome = run(tmp_path / "in", tmp_path / "out", on_result=interrupted_after(1))
    assert (outcome.left, outcome.count("done"), outcome.interrupted) == ([], 1, True)


@pytest.mark.parametrize("workers", [1, 3])
def test_a_stop_ends_the_run_and_a_later_one_goes_on(album: Path, tmp_path: Path, workers: int) -> None:
    stop = threading.Event()
    ended: list[FileResult] = []
    blocks: list[float] = []

    def on_progress(seconds: float) -> None:
        blocks.append(seconds)
        if len([block for block in blocks if block]) == 2:
            stop.set()

    outcome = run(album, tmp_path / "out", workers=workers, stop=stop, on_result=ended.append, on_progress=on_progress)
    assert outcome.results == ended
    assert all(result.status == "done" for result in ended)
    assert outcome.left
    assert len(outcome.left) + len(ended) == 6
    assert set(content(tmp_path / "out")) == {result.job.output.name for result in ended}
    run(album, tmp_path / "out", existing="resume")
    assert len(content(tmp_path / "out")) == 6


def test_a_run_that_is_stopped_before_it_begins_makes_nothing(album: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    outcome = run(album, tmp_path / "out", stop=stop)
    assert outcome.results == []
    assert len(outcome.left) == 6
    assert content(tmp_path / "out") == {}


def test_an_error_that_stops_the_run_stops_its_files_too(album: Path, tmp_path: Path) -> None:
    def full(_: FileResult) -> None:
        raise OutputError("the disk of the report is full")

    others = set(threading.enumerate())
    with pytest.raises(OutputError):
        run(album, tmp_path / "out", workers=1, on_result=full)
    assert len(content(tmp_path / "out")) < 6
    assert not set(threading.enumerate()) - others


# ----------------------------------------------------------------------------------------------------- resuming


def statuses(outcome: Outcome) -> dict[str, str]:
    return {result.job.output.name: result.status for result in outcome.results}


def test_resume_skips_what_is_unchanged_and_says_why(album: Path, tmp_path: Path) -> None:
    run(album, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    again = run(album, tmp_path / "out", existing="resume")
    assert again.count("skipped") == 6
    assert {result.reason for result in again.results} == {"done by an earlier run"}
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}


def test_resume_redoes_what_is_missing_damaged_or_outdated_and_takes_what_is_new(album: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(album, out)
    whole = content(out)
    (out / "0.wav").unlink()
    os.truncate(out / "1.wav", 1000)
    flipped = bytearray(whole["2.wav"])
    flipped[5000] ^= 1
    (out / "2.wav").write_bytes(flipped)
    os.utime(album / "3.wav")
    make_audio(album / "4.wav", seed=99)
    make_audio(album / "new.wav")
    again = run(album, out, existing="resume")
    assert statuses(again) == {
        **dict.fromkeys(("0.wav", "1.wav", "2.wav", "3.wav", "4.wav", "new.wav"), "done"),
        "5.wav": "skipped",
    }
    assert {name: content(out)[name] == whole[name] for name in whole} == {
        **dict.fromkeys(whole, True),
        "4.wav": False,
    }
    assert run(album, out, existing="resume").count("skipped") == 7


def test_resume_with_other_settings_redoes_all(album: Path, tmp_path: Path) -> None:
    run(album, tmp_path / "out")
    other = Settings(BandsEq(EQ, 0.5))
    assert run(album, tmp_path / "out", existing="resume", settings=other).count("done") == 6
    assert run(album, tmp_path / "out", existing="resume", settings=other).count("skipped") == 6


def test_resume_tries_again_what_failed(album: Path, tmp_path: Path) -> None:
    whole = (album / "1.wav").read_bytes()
    (album / "1.wav").write_bytes(whole[:5000])
    assert run(album, tmp_path / "out").count("failed") == 1
    (album / "1.wav").write_bytes(whole)
    assert statuses(run(album, tmp_path / "out", existing="resume"))["1.wav"] == "done"


def test_a_run_killed_between_the_journal_and_the_rename_is_resumed(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is one killed right after the rename: there is no moment at which resuming would be refused."""

    class Killed(BaseException):
        pass

    from eqmorph.audio.atomic import AtomicFile

    commit, when = AtomicFile.commit, {"0.wav": "before", "1.wav": "behind"}

    def killed(self: AtomicFile, **options: bool) -> None:
        moment = when.get(self.final.name)
        if moment != "before":
            commit(self, **options)
        if moment:
            raise Killed

    monkeypatch.setattr(AtomicFile, "commit", killed)
    for name in when:
        with pytest.raises(Killed):
            source = album / name
            journal = Journal(tmp_path / "out", SETTINGS)
            status = source.stat()
            process_file(
                source,
                tmp_path / "out" / name,
                SETTINGS,
                before_commit=lambda final, temp, j=journal, s=source, t=status: j.record(s, t, final, temp),
            )
    monkeypatch.setattr(AtomicFile, "commit", commit)
    assert set(content(tmp_path / "out")) == {"1.wav"}
    again = run(album, tmp_path / "out", existing="resume")
    assert statuses(again) == {**dict.fromkeys([f"{n}.wav" for n in range(6)], "done"), "1.wav": "skipped"}


def test_a_file_that_another_program_put_there_in_the_meantime_is_left_alone_for_good(
    album: Path, tmp_path: Path
) -> None:
    theirs = tmp_path / "out" / "5.wav"

    def appear(_: FileResult) -> None:
        theirs.write_bytes(b"theirs")

    outcome = run(album, tmp_path / "out", workers=1, on_result=appear)
    (failed,) = [result for result in outcome.results if result.error]
    assert "already exists" in str(failed.error)
    assert theirs.read_bytes() == b"theirs"
    with pytest.raises(UsageError, match="already exists"):
        run(album, tmp_path / "out", existing="resume")
    assert theirs.read_bytes() == b"theirs"


def run_with_trajectories(source: Path, output: Path, existing: Existing = "refuse", **options: object) -> Outcome:
    ear = load_ear()
    settings = Settings(AdaptiveEq(ear, Goal(ear.space.target("warm"))))
    return run(source, output, existing=existing, settings=settings, trajectories=True, workers=1, **options)


@pytest.mark.parametrize("name", ["5.wav", "5.wav.trajectory.json"])
def test_audio_and_trajectory_appear_together_or_not_at_all(album: Path, tmp_path: Path, name: str) -> None:
    """One that another program puts there in the meantime is left alone, and the other of the two isn't made."""
    theirs = tmp_path / "out" / name

    def appear(_: FileResult) -> None:
        theirs.write_bytes(b"theirs")

    outcome = run_with_trajectories(album, tmp_path / "out", on_result=appear)
    (failed,) = [result for result in outcome.results if result.error]
    assert "already exists" in str(failed.error)
    assert name in str(failed.error)
    assert [path.name for path in (tmp_path / "out").glob("5*")] == [name]
    assert theirs.read_bytes() == b"theirs"
    with pytest.raises(UsageError, match="1 of 12 outputs already exists"):
        run_with_trajectories(album, tmp_path / "out", "resume")
    theirs.unlink()
    assert run_with_trajectories(album, tmp_path / "out", "resume").count("done") == 1


def test_a_trajectory_that_cannot_be_replaced_leaves_the_audio_to_the_next_run(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eqmorph.audio.atomic import AtomicFile

    run_with_trajectories(album, tmp_path / "out")
    make_audio(album / "3.wav", seed=99)
    commit = AtomicFile.commit

    def refused(self: AtomicFile, **options: bool) -> None:
        if self.final.suffix == ".json":
            raise OutputError("no permission", path=self.final)
        commit(self, **options)

    with monkeypatch.context() as patch:
        patch.setattr(AtomicFile, "commit", refused)
        again = run_with_trajectories(album, tmp_path / "out", "resume")
    assert (again.count("failed"), again.count("skipped")) == (1, 5)
    assert (tmp_path / "out" / "3.wav").exists(), "what replaced an older one stays"
    assert run_with_trajectories(album, tmp_path / "out", "resume").count("done") == 1


def test_a_result_that_cannot_be_noted_is_one_that_failed(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OutputError("the disk is full", path=tmp_path)

    monkeypatch.setattr(Journal, "record", full)
    assert run(album, tmp_path / "out").count("failed") == 6
    assert content(tmp_path / "out") == {}


# ------------------------------------------------------------------------------------------------------ records


def test_a_record_says_all_that_was_done(album: Path, tmp_path: Path) -> None:
    (album / "1.wav").write_text("no audio")
    sf.write(album / "2.wav", np.zeros((441, 1)), RATE)
    run(album, tmp_path / "out", existing="skip")
    outcome = run(album, tmp_path / "out", existing="overwrite")
    records = {Path(r["input"]).name: r for r in (result.to_record() for result in outcome.results)}
    done, failed, silent = records["0.wav"], records["1.wav"], records["2.wav"]
    assert done["status"] == "done"
    assert done["output"] == str(tmp_path / "out" / "0.wav")
    assert done["bands"][0] == {"kind": "low_shelf", "freq_hz": 120.0, "gain_db": 6.0, "q": pytest.approx(0.71)}
    assert done["loudness_out_lufs"] == pytest.approx(done["loudness_in_lufs"])
    assert done["level_trim_db"] < -1
    assert done["ceiling_trim_db"] == 0
    assert done["true_peak_in_dbtp"] < 0 > done["true_peak_out_dbtp"]
    assert (done["format"], done["subtype"], done["duration_s"], done["error"]) == ("WAV", "PCM_16", 0.5, None)
    assert done["seconds"] > 0
    assert "holds text" in failed["error"]
    assert failed["hint"]
    assert (silent["loudness_in_lufs"], silent["loudness_out_lufs"], silent["true_peak_out_dbtp"]) == (None, None, None)
    text = json.dumps([*records.values()], allow_nan=False)
    assert "NaN" not in text


def test_it_gives_up_after_so_many_failures(album: Path, tmp_path: Path) -> None:
    for name in ("0.wav", "2.wav", "3.wav"):
        (album / name).write_bytes(b"not audio")
    batch = prepare_batch([album], tmp_path / "out", SETTINGS, workers=1)
    outcome = batch.run(max_failures=2)
    assert outcome.gave_up
    assert outcome.count("failed") >= 2
    assert [job.source.name for job in outcome.left][-1] == "5.wav"
    assert len(outcome.left) + len(outcome.results) == 6
    again = prepare_batch([album], tmp_path / "out", SETTINGS, existing="resume").run(max_failures=4)
    assert not again.gave_up
    assert (again.count("failed"), again.left) == (3, [])


def refusing(monkeypatch: pytest.MonkeyPatch, numbers: Sequence[int | None], *, at_once: int | None = None) -> None:
    """Let the system refuse each file in turn for a reason, or none; after so many, each works until it is stopped."""
    reasons = iter(enumerate(numbers))

    def process(source: Path, output: Path, *_: Any, watch: Watch, **__: Any) -> ProcessResult:
        at, number = next(reasons)
        for _ in range(1000 if at_once is not None and at >= at_once else 0):  # ten seconds at most
            watch(0.0)
            time.sleep(0.01)
        if number is None:
            raise InputError("holds text, not audio", path=source)
        raise explain_os_error(OSError(number, os.strerror(number)), output)

    monkeypatch.setattr("eqmorph.batch.run.process_patiently", process)


def test_a_full_disk_ends_it_once_that_is_sure(album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, [errno.ENOSPC] * 6, at_once=3)  # else all may have failed before the first is looked at
    outcome = run(album, tmp_path / "out", workers=1, max_same_failures=3)
    assert outcome.gave_up
    assert outcome.same_reason is not None
    assert outcome.same_reason.message == "the disk is full"
    assert outcome.count("failed") + len(outcome.left) == 6
    assert 3 <= outcome.count("failed") < 6


@pytest.mark.parametrize(
    "reasons",
    [
        [None] * 6,
        [errno.EACCES] * 6,  # which may be of one folder of many
        [errno.ENOSPC, errno.ENOSPC, None, errno.ENOSPC, errno.ENOSPC, None],
        [errno.ENOSPC, errno.EROFS, errno.ENOSPC, errno.EROFS, errno.ENOSPC, errno.EROFS],
    ],
)
def test_what_fails_for_reasons_of_its_own_ends_nothing(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reasons: list[int | None]
) -> None:
    refusing(monkeypatch, reasons)
    outcome = run(album, tmp_path / "out", workers=1, max_same_failures=3)
    assert (outcome.count("failed"), outcome.left, outcome.gave_up) == (6, [], False)


def test_a_reason_of_the_system_survives_the_way_from_another_process() -> None:
    error = pickle.loads(pickle.dumps(explain_os_error(OSError(errno.EROFS, "read-only"), Path("out/a.wav"))))
    assert (type(error), error.errno) == (DiskError, errno.EROFS)


def test_a_resumed_run_lets_processes_do_even_one_file(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever file ended the run before it ends its process only."""

    def crash(*_: Any, **__: Any) -> ProcessResult:
        raise AssertionError("it was done here")

    monkeypatch.setattr("eqmorph.batch.run.process_patiently", crash)
    outcome = prepare_batch([album / "0.wav"], tmp_path / "out", SETTINGS, existing="resume").run()
    assert [ended.error for ended in outcome.results] == [None]


def test_results_that_are_not_kept_are_counted(album: Path, tmp_path: Path) -> None:
    outcome = run(album, tmp_path / "out", keeps_results=False)
    assert (outcome.results, outcome.count("done"), outcome.files, outcome.left) == ([], 6, 6, [])
    assert outcome.audio_s == pytest.approx(3.0)
