"""Many jobs: a sequence like any other, of which little is in memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch import prepare_batch
from eqmorph.batch.find import Source, walk_sources
from eqmorph.batch.jobs import Job, Jobs, JobSlice, any_remote
from eqmorph.batch.journal import Journal
from eqmorph.batch.plan import Existing, plan_jobs
from eqmorph.batch.remote import Remote
from eqmorph.batch.run import FileResult
from eqmorph.batch.temporary import TemporaryDatabase
from eqmorph.errors import DiskError, UsageError
from eqmorph.process import Settings
from tests.support import environment, make_audio, posix_only, touch

SETTINGS = Settings(BandsEq(Bands.parse("LS 120 +6")))
MANY = 2500  #: more than are read at once


def many(count: int = MANY) -> Iterator[Source]:
    return (Source(Path(f"in/{n % 7}/{n:05}.wav"), Path(f"{n % 7}/{n:05}.wav")) for n in range(count))


def planned(count: int = MANY, output: Path = Path("out")) -> Jobs:
    return plan_jobs(
        many(count), output, into_folder=True, format_name="flac", existing="refuse", journal=None, trajectories=True
    )


def test_they_are_a_sequence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    jobs, alike = (
        planned(),
        [
            Job(
                source.path,
                output := Path("out") / source.relative.with_suffix(".flac"),
                trajectory=output.with_name(f"{output.name}.trajectory.json"),
            )
            for source in many()
        ],
    )
    assert len(jobs) == MANY
    assert list(jobs) == alike
    assert list(reversed(jobs))[:3] == alike[:-4:-1]
    for part in (slice(3), slice(-3, None), slice(1200, 990, -7), slice(5, 2), slice(998, 1003)):
        assert jobs[part] == alike[part]
    assert (jobs[0], jobs[-1], jobs[1000]) == (alike[0], alike[-1], alike[1000])
    with pytest.raises(IndexError):
        jobs[MANY]
    assert not planned(0)
    assert list(planned(0)) == []


@pytest.mark.parametrize(("places", "rest"), [([], 0), ([3, 1200], 2497), ([0], MANY), ([], MANY), ([1, 2], 3)])
def test_some_of_them_are_a_sequence_too(
    places: list[int], rest: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    jobs = planned()
    alike = [jobs[place] for place in places] + jobs[rest:]
    for of in (jobs, list(jobs)):
        some = JobSlice(of, places, rest)
        assert (len(some), list(some)) == (len(alike), alike)
        assert some[:5] == alike[:5]
        assert some[-2:] == alike[-2:]


def test_a_file_that_is_meant_twice_is_one_job_where_it_was_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    touch(tmp_path, "in/a.wav", "in/sub/b.wav", "in/sub/c.wav")
    batch = prepare_batch(["in/sub/c.wav", "in", "in/sub"], Path("out"), SETTINGS)
    assert [job.output.as_posix() for job in batch.jobs] == ["out/c.wav", "out/a.wav", "out/sub/b.wav"]
    assert prepare_batch(["in/a.wav"] * 3, Path("b.wav"), SETTINGS, into_folder=False).jobs[0].output == Path("b.wav")


def test_planning_takes_memory_for_no_more_than_some(tmp_path: Path) -> None:
    """In a process of its own, where no other thread takes any."""
    code = (
        "import tracemalloc; from tests.batch.test_jobs import MANY, planned; planned(MANY); tracemalloc.start();"
        "jobs = planned(8 * MANY); assert sum(1 for _ in jobs) == 8 * MANY; print(tracemalloc.get_traced_memory()[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, check=True
    )
    assert int(done.stdout) < 10 << 20, "a list of them takes 20 MB"


def test_files_are_found_as_they_are_asked_for(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.wav", "b/2.wav")
    found = walk_sources([tmp_path])
    assert next(found).path.name == "1.wav"
    touch(tmp_path, "b/3.wav")
    assert [source.path.name for source in found] == ["2.wav", "3.wav"]


def test_how_many_are_found_is_told_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("eqmorph.batch.folder._TOLD_EVERY", 2)
    touch(tmp_path, *(f"in/{number}.wav" for number in range(5)))
    told: list[int | None] = []
    prepare_batch(["in"], Path("out"), SETTINGS, on_found=told.append)
    assert told == [2, 4, None]


def test_of_many_that_exist_each_has_its_own_fate(tmp_path: Path) -> None:
    out = tmp_path / "out"
    jobs = planned(output=out)
    ours, theirs = [jobs[place].output for place in (0, 1001)], [jobs[place].output for place in (5, 2499)]
    journal = Journal(out, SETTINGS)
    for path in (*ours, *theirs):
        touch(path.parent, path.name)
    for path in ours:
        journal.record(path, path.stat(), path, path)

    def plan(existing: Existing) -> Jobs:
        return plan_jobs(many(), out, into_folder=True, format_name="flac", existing=existing, journal=journal)

    updated = plan("update")
    assert [place for place, job in enumerate(updated) if job.overwrite] == [0, 1001]
    assert [place for place, job in enumerate(updated) if job.skip] == [5, 2499]
    with pytest.raises(UsageError, match=r"2 of 2500 outputs already exist: .*00005.flac, .*02499.flac\n"):
        plan("resume")


def test_what_lies_elsewhere_is_kept_with_its_job(tmp_path: Path) -> None:
    where = [Remote("https://you:key@there/a.wav?signature=1", 5, 'x"y'), None, Remote("s3://b/c\udcff.wav")]
    sources = [Source(tmp_path / f"{n}.wav", Path(f"{n}.wav"), remote) for n, remote in enumerate(where)]
    jobs = plan_jobs(sources, tmp_path / "out", into_folder=True, format_name=None, existing="refuse", journal=None)
    assert [job.remote for job in jobs] == where
    assert jobs[0].shown_source == "https://there/a.wav"
    assert any_remote(jobs)
    assert any_remote(list(jobs))
    assert not any_remote(planned())


@posix_only
def test_an_output_that_is_an_input_by_a_link_is_refused_wherever_it_is(tmp_path: Path) -> None:
    touch(tmp_path, *(f"in/{number:04}.wav" for number in range(1200)))
    out = tmp_path / "out"
    out.mkdir()
    os.link(tmp_path / "in" / "0003.wav", out / "1150.wav")
    with pytest.raises(UsageError, match=r"1150.wav is an input"):
        prepare_batch([tmp_path / "in"], out, SETTINGS, existing="overwrite")


def test_results_that_are_not_kept_are_told_and_counted(tmp_path: Path) -> None:
    for number in range(5):
        make_audio(tmp_path / "in" / f"{number}.wav", seed=number)
    (tmp_path / "in" / "bad.wav").write_text("no audio")
    told: list[FileResult] = []
    batch = prepare_batch([tmp_path / "in"], tmp_path / "out", SETTINGS)
    outcome = batch.run(on_result=told.append, keeps_results=False)
    assert (outcome.results, outcome.left, len(told)) == ([], [], 6)
    assert (outcome.files, outcome.count("done"), outcome.count("failed")) == (6, 5, 1)
    assert outcome.audio_s == pytest.approx(sum(one.result.duration_s for one in told if one.result))


def test_a_full_disk_for_temporary_files_is_told_and_how_to_use_another() -> None:
    data = TemporaryDatabase("the list", "CREATE TABLE some (thing BLOB)", "PRAGMA max_page_count = 8")
    with pytest.raises(DiskError, match="the list can't be put on the disk for temporary files") as caught:
        data.run_many("INSERT INTO some VALUES (?)", ((b"x" * 1000,) for _ in range(1000)))
    assert "TMPDIR" in str(caught.value.hint)
