"""Object stores as input and output: the same files as here, none half, none lost; a real S3 server answers."""

from __future__ import annotations

import errno
import functools
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from eqmorph import apply_folder
from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch import find_sources, patience, prepare_batch
from eqmorph.batch.isolated import Workers
from eqmorph.batch.run import FileResult, Outcome
from eqmorph.cli import run
from eqmorph.errors import UsageError
from eqmorph.process import Settings
from eqmorph.request import EqRequest
from tests.support import environment, interrupted_after, make_audio, need_extras, posix_only, wait_until, workers_here

need_extras("cloud")
moto = pytest.importorskip("moto.server", reason="moto, flask and flask-cors not installed: no S3 server to test with")

import s3fs  # noqa: E402

from eqmorph.batch import in_store, store  # noqa: E402

BANDS = Bands.parse("LS 120 +6; HS 3k +5")
SETTINGS = Settings(BandsEq(BANDS), measure=True)
FILES = 6


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def s3(server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[s3fs.S3FileSystem]:
    """Give each test a bucket of its own, called ``bucket``, and short pauses."""
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(patience, "_PAUSES_S", (0.05, 0.1, 0.2))
    monkeypatch.setattr("eqmorph.batch.run.Workers", workers_here)
    s3fs.S3FileSystem.clear_instance_cache()
    files = s3fs.S3FileSystem(use_listings_cache=False)
    files.mkdir("bucket")
    yield files
    files.rm("bucket", recursive=True)
    s3fs.S3FileSystem.clear_instance_cache()


def fill(folder: Path, s3: s3fs.S3FileSystem, count: int = FILES, frames: int = 22_050) -> None:
    """Make files here, in two folders, and the same ones in the bucket."""
    for seed in range(count):
        make_audio(folder / "in" / f"disc {seed % 2}" / f"{seed}.wav", seed=seed, frames=frames)
    s3.put(str(folder / "in"), "bucket/in", recursive=True)


def here(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".eqmorph-journal.jsonl"
    }


def there(s3: s3fs.S3FileSystem, folder: str) -> dict[str, bytes]:
    return {name.removeprefix(f"{folder}/"): s3.cat_file(name) for name in outputs(s3, folder)}


def outputs(s3: s3fs.S3FileSystem, folder: str) -> list[str]:
    return [name for name in s3.find(folder) if ".eqmorph-journal" not in name]


def go(source: str | Path, output: str | Path, settings: Settings = SETTINGS, **options: Any) -> Outcome:
    prepared = {name: options.pop(name) for name in ("existing", "workers", "into_folder") if name in options}
    return prepare_batch([source], output, settings, **prepared).run(**options)


def scratch_files() -> list[str]:
    """Return the sounds at hand; folders come and go while they are looked into."""
    return [file for _, _, files in os.walk(store.scratch()) for file in files if file.endswith(".wav")]


@pytest.mark.parametrize("words", [None, "warm:0.7"])
def test_it_writes_there_what_it_writes_here(tmp_path: Path, s3: s3fs.S3FileSystem, words: str | None) -> None:
    fill(tmp_path, s3)
    settings = Settings(EqRequest(words=words).resolve()) if words else SETTINGS
    go(tmp_path / "in", tmp_path / "out", settings)
    outcome = go("s3://bucket/in", "s3://bucket/out", settings)
    assert outcome.count("done") == FILES
    expected = here(tmp_path / "out")
    assert there(s3, "bucket/out") == expected
    assert len(expected) == FILES * (2 if words else 1)
    assert {ended.job.shown_output for ended in outcome.results} == {
        f"s3://bucket/out/{name}" for name in expected if name.endswith(".wav")
    }
    assert scratch_files() == []


def test_either_end_may_be_here(tmp_path: Path, s3: s3fs.S3FileSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eqmorph.batch.run.Workers", Workers)  # what is there already is looked at by other processes
    fill(tmp_path, s3)
    go(tmp_path / "in", tmp_path / "out")
    apply_folder("s3://bucket/in", tmp_path / "fetched", BANDS)
    assert here(tmp_path / "fetched") == here(tmp_path / "out")
    go(tmp_path / "in", "s3://bucket/put")
    assert there(s3, "bucket/put") == here(tmp_path / "out")
    for output in (tmp_path / "fetched", "s3://bucket/put"):
        source = "s3://bucket/in" if isinstance(output, Path) else tmp_path / "in"
        assert go(source, output, existing="resume").count("skipped") == FILES


def test_one_object_and_globs(tmp_path: Path, s3: s3fs.S3FileSystem, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path, s3)
    assert run(["apply", "s3://bucket/in/disc 0/0.wav", "s3://bucket/one.flac", "--bands", "LS 120 +3"]) == 0
    assert "s3://bucket/in/disc 0/0.wav -> s3://bucket/one.flac" in capsys.readouterr().out
    assert s3.cat_file("bucket/one.flac")[:4] == b"fLaC"
    s3.pipe_file("bucket/in/disc 1/notes.txt", b"no audio")
    s3.pipe_file("bucket/in/.hidden/9.wav", b"hidden")
    for pattern, names in {
        "s3://bucket/in/*/*": {f"disc {seed % 2}/{seed}.wav" for seed in range(FILES)},
        "s3://bucket/in/disc 1/*.wav": {"1.wav", "3.wav", "5.wav"},
        "s3://bucket/in/": {f"disc {seed % 2}/{seed}.wav" for seed in range(FILES)},
    }.items():
        assert {one.relative.as_posix() for one in find_sources([pattern], elsewhere=True)} == names
    assert run(["analyze", "s3://bucket/in", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["files"]) == FILES


@pytest.mark.parametrize("shared", ["--album", "--together"])
def test_what_files_share_follows_from_all_of_them(tmp_path: Path, s3: s3fs.S3FileSystem, shared: str) -> None:
    """They are fetched once to be heard or measured, and once more to be done."""
    fill(tmp_path, s3, count=3)
    asked = ["--target", "warm:0.7", shared, "-q", "--no-trajectory"]
    assert run(["apply", str(tmp_path / "in"), str(tmp_path / "out"), *asked]) == 0
    assert run(["apply", "s3://bucket/in", "s3://bucket/out", *asked]) == 0
    assert there(s3, "bucket/out") == here(tmp_path / "out")
    assert scratch_files() == []


@pytest.mark.parametrize("change", ["nothing", "input", "output", "lost"])
def test_resume_redoes_what_has_changed_and_nothing_else(tmp_path: Path, s3: s3fs.S3FileSystem, change: str) -> None:
    fill(tmp_path, s3)
    go("s3://bucket/in", "s3://bucket/out")
    expected = there(s3, "bucket/out")
    if change == "input":
        s3.pipe_file("bucket/in/disc 0/0.wav", s3.cat_file("bucket/in/disc 1/1.wav"))  # as long as it was
        expected["disc 0/0.wav"] = expected["disc 1/1.wav"]
    elif change == "output":
        s3.pipe_file("bucket/out/disc 0/0.wav", b"damaged")
    elif change == "lost":
        s3.rm_file("bucket/out/disc 0/0.wav")
    again = go("s3://bucket/in", "s3://bucket/out", existing="resume")
    assert again.count("done") == (change != "nothing")
    assert again.count("skipped") == FILES - (change != "nothing")
    assert there(s3, "bucket/out") == expected


def test_files_of_others_are_kept(tmp_path: Path, s3: s3fs.S3FileSystem) -> None:
    """Also one that comes to lie there while the run is at work."""
    fill(tmp_path, s3)
    s3.pipe_file("bucket/out/disc 0/0.wav", b"somebody's")
    for existing in ("refuse", "resume"):
        with pytest.raises(UsageError, match=r"1 of 6 outputs already exists: s3://bucket/out/disc 0/0\.wav"):
            go("s3://bucket/in", "s3://bucket/out", existing=existing)
    assert go("s3://bucket/in", "s3://bucket/out", existing="skip").count("done") == FILES - 1
    batch = prepare_batch(["s3://bucket/in"], "s3://bucket/late", SETTINGS)
    s3.pipe_file("bucket/late/disc 0/0.wav", b"somebody's")
    (failed,) = [ended for ended in batch.run().results if ended.status == "failed"]
    assert str(failed.error) == "s3://bucket/late/disc 0/0.wav: already exists"
    assert s3.cat_file("bucket/out/disc 0/0.wav") == s3.cat_file("bucket/late/disc 0/0.wav") == b"somebody's"
    with pytest.raises(UsageError, match="1 of 6 outputs already exists"):
        go("s3://bucket/in", "s3://bucket/late", existing="resume")  # it is still none of ours


def test_inputs_are_never_overwritten(tmp_path: Path, s3: s3fs.S3FileSystem) -> None:
    fill(tmp_path, s3)
    with pytest.raises(UsageError, match=r"s3://bucket/in/disc 0/0\.wav is an input"):
        go("s3://bucket/in", "s3://bucket/in", existing="overwrite")
    go("s3://bucket/in", "s3://bucket/in/out")
    assert (
        go("s3://bucket/in", "s3://bucket/in/out", existing="resume").count("skipped") == FILES
    )  # not its own outputs


@pytest.mark.parametrize("key", ["in/../../x.wav", "in//x.wav"])
def test_a_name_never_leads_out_of_the_output_folder(tmp_path: Path, s3: s3fs.S3FileSystem, key: str) -> None:
    make_audio(tmp_path / "x.wav")
    s3.call_s3("put_object", Bucket="bucket", Key=key, Body=(tmp_path / "x.wav").read_bytes())
    listed = [store.Found(store.Remote(f"s3://bucket/{key}"), store.PurePosixPath(key.removeprefix("in/")))]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(UsageError, match="would lead out"):
        patch.setattr(store, "find_at", lambda _url: (None, listed))
        find_sources(["s3://bucket/in"], elsewhere=True)


def test_few_files_are_here_at_once(tmp_path: Path, s3: s3fs.S3FileSystem) -> None:
    fill(tmp_path, s3, count=12)
    most: list[int] = []
    outcome = go(
        "s3://bucket/in", "s3://bucket/out", workers=2, on_progress=lambda _: most.append(len(scratch_files()))
    )
    assert outcome.count("done") == 12, [str(ended.error) for ended in outcome.results if ended.error]
    # As many as are worked on and as are on their way, and what becomes of each.
    assert 1 <= max(most) <= 2 * 4, scratch_files()
    assert scratch_files() == []


@posix_only
def test_killed_it_goes_on_and_leaves_nothing_behind(tmp_path: Path, s3: s3fs.S3FileSystem) -> None:
    fill(tmp_path, s3, count=8, frames=44_100 * 8)
    go(tmp_path / "in", tmp_path / "out")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    command = [sys.executable, "-m", "eqmorph", "apply", "s3://bucket/in", "s3://bucket/out", "-q", "--resume"]
    command += ["--bands", str(BANDS)]
    env = environment() | {"TMPDIR": str(temporary)}
    process = subprocess.Popen(command, env=env)
    wait_until(lambda: len(outputs(s3, "bucket/out")) >= 2)
    process.kill()
    process.wait()
    assert len(outputs(s3, "bucket/out")) < 8
    assert list(temporary.iterdir())
    assert subprocess.run(command, env=env, timeout=60).returncode == 0
    assert there(s3, "bucket/out") == here(tmp_path / "out")
    assert list(temporary.iterdir()) == []


def test_ctrl_c_leaves_nothing_half_done(tmp_path: Path, s3: s3fs.S3FileSystem) -> None:
    fill(tmp_path, s3, count=12)
    first = go("s3://bucket/in", "s3://bucket/out", on_result=interrupted_after(2))
    assert first.left
    assert scratch_files() == []
    assert all(ended.status == "done" for ended in first.results)
    names = set(there(s3, "bucket/out"))
    assert {ended.job.shown_output.removeprefix("s3://bucket/out/") for ended in first.results} <= names
    rest = go("s3://bucket/in", "s3://bucket/out", existing="resume")
    assert (rest.count("done"), rest.count("skipped")) == (12 - len(names), len(names))


def test_a_network_that_comes_back_costs_nothing(tmp_path: Path, s3: s3fs.S3FileSystem, server: Any) -> None:
    """The server goes in the middle, and is back before anybody gives up."""
    fill(tmp_path, s3)
    gone: list[threading.Timer] = []

    def go_away(_ended: FileResult) -> None:
        if not gone:
            gone.append(threading.Timer(0.3, server.start))
            server._port = server.get_host_and_port()[1]
            server.stop()
            gone[0].start()

    outcome = go("s3://bucket/in", "s3://bucket/out", workers=1, on_result=go_away)
    gone[0].join()
    assert outcome.count("done") == FILES


def test_a_network_that_stays_away_is_told_and_resume_goes_on(
    tmp_path: Path, s3: s3fs.S3FileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, s3)
    files, _ = store._connected("s3://bucket")
    with monkeypatch.context() as patch:

        def fail(*_: object, **__: object) -> None:
            raise OSError(errno.EIO, "the network is gone")

        def lose(_ended: FileResult) -> None:
            patch.setattr(files, "get_file", fail)
            patch.setattr(files, "put_file", fail)

        outcome = go("s3://bucket/in", "s3://bucket/out", workers=1, on_result=lose)
    assert outcome.count("failed") >= 1
    (told,) = {str(ended.error.message) for ended in outcome.results if ended.error}
    assert told == "can't be reached: OSError: [Errno 5] the network is gone"
    assert scratch_files() == []
    rest = go("s3://bucket/in", "s3://bucket/out", existing="resume")
    assert rest.count("done") + rest.count("skipped") == FILES
    assert len(there(s3, "bucket/out")) == FILES


def test_what_came_short_is_fetched_again(
    tmp_path: Path, s3: s3fs.S3FileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, s3, count=2)
    files, _ = store._connected("s3://bucket")
    real, short = files.get_file, []

    def cut(name: str, path: str, **options: Any) -> None:
        real(name, path, **options)
        if len(short) < 2:
            short.append(os.truncate(path, 1000))

    monkeypatch.setattr(files, "get_file", cut)
    assert go("s3://bucket/in", "s3://bucket/out").count("done") == 2
    assert len(short) == 2


def test_an_answer_that_got_lost_costs_nothing(
    tmp_path: Path, s3: s3fs.S3FileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The object has come; that nobody said so makes it neither somebody else's nor a failure."""
    fill(tmp_path, s3, count=2)
    files, _ = store._connected("s3://bucket")
    real, lost = files.put_file, []

    def put(path: str, name: str, **options: Any) -> None:
        real(path, name, **options)
        if len(lost) < limit:
            lost.append(name)
            raise OSError(errno.ETIMEDOUT, "no answer")

    monkeypatch.setattr(files, "put_file", put)
    limit = 1
    assert go("s3://bucket/in", "s3://bucket/out").count("done") == 2
    limit = 99
    outcome = go("s3://bucket/in", "s3://bucket/never", workers=1)
    assert outcome.count("done") + outcome.count("failed") == 2
    limit = 0
    rest = go("s3://bucket/in", "s3://bucket/never", existing="resume")
    assert rest.count("done") + rest.count("skipped") == 2
    assert there(s3, "bucket/never") == there(s3, "bucket/out")


def test_a_large_file_goes_in_parts(tmp_path: Path, s3: s3fs.S3FileSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(store._PUT, "chunksize", 5 << 20)
    make_audio(tmp_path / "in" / "long.wav", frames=44_100 * 70)
    go(tmp_path / "in", "s3://bucket/out")
    assert "-" in s3.info("bucket/out/long.wav")["ETag"]  # which is how S3 marks what came in parts
    go(tmp_path / "in", tmp_path / "out")
    assert s3.cat_file("bucket/out/long.wav") == (tmp_path / "out" / "long.wav").read_bytes()
    assert go(tmp_path / "in", "s3://bucket/out", existing="resume").count("skipped") == 1


def test_two_runs_with_other_settings_are_refused_and_with_the_same_share(
    tmp_path: Path, s3: s3fs.S3FileSystem
) -> None:
    fill(tmp_path, s3)
    other = Settings(BandsEq(Bands.parse("LS 120 +3")))
    told: list[str] = []

    def meanwhile(_ended: FileResult) -> None:
        if not told:
            with pytest.raises(UsageError) as refused:
                go("s3://bucket/in", "s3://bucket/out", other, existing="resume")
            told.append(str(refused.value))
            go("s3://bucket/in", "s3://bucket/out", existing="resume")

    go("s3://bucket/in", "s3://bucket/out", on_result=meanwhile)
    assert told[0].startswith("s3://bucket/out: a run with other settings is writing into it: process ")
    assert f"process {os.getpid()} on " in told[0]
    assert go("s3://bucket/in", "s3://bucket/out", other, existing="resume").count("done") == FILES  # they have left


def test_status_tells_of_runs_of_any_machine(
    tmp_path: Path, s3: s3fs.S3FileSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, s3)
    s3.pipe_file("bucket/in/disc 0/0.wav", b"not audio")
    assert run(["apply", "s3://bucket/in", "s3://bucket/out", "--bands", "LS 120 +3", "-q"]) == 1
    assert run(["status", "s3://bucket/out"]) == 1
    told = capsys.readouterr()
    assert "5 of 6 files done, 1 failed" in told.out
    assert "failed: s3://bucket/in/disc 0/0.wav: holds text, not audio" in told.out
    assert run(["status", "s3://bucket/nowhere"]) == 2
    assert "s3://bucket/nowhere: no run has written into it" in capsys.readouterr().err


def test_status_tells_of_parts_that_ran_beside_each_other_and_not_of_those_before(
    tmp_path: Path, s3: s3fs.S3FileSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, s3)
    go("s3://bucket/in", "s3://bucket/out")
    rest: list[Outcome] = []

    def meanwhile(_ended: FileResult) -> None:
        if not rest:
            rest.append(go("s3://bucket/in", "s3://bucket/out", existing="resume"))

    go("s3://bucket/in", "s3://bucket/out", existing="resume", on_result=meanwhile)
    assert run(["status", "s3://bucket/out"]) == 0
    assert capsys.readouterr().out.count("process ") == 2


def test_what_another_run_has_just_written_is_no_failure(tmp_path: Path, s3: s3fs.S3FileSystem) -> None:
    fill(tmp_path, s3)
    second: list[Outcome] = []

    def meanwhile(_ended: FileResult) -> None:
        if not second:  # with the same settings: it does what the first does just now, and all that is left to do
            second.append(go("s3://bucket/in", "s3://bucket/out", existing="resume"))

    first = go("s3://bucket/in", "s3://bucket/out", workers=1, on_result=meanwhile)
    assert (first.count("failed"), second[0].count("failed")) == (0, 0)
    reasons = [ended.reason for outcome in (first, second[0]) for ended in outcome.results]
    assert "done by another run meanwhile" in reasons
    assert len(there(s3, "bucket/out")) == FILES

    def by_others(_ended: FileResult) -> None:
        for seed in range(FILES):
            s3.pipe_file(f"bucket/new/disc {seed % 2}/{seed}.wav", b"of somebody else")

    outcome = go("s3://bucket/in", "s3://bucket/new", workers=1, on_result=by_others)
    assert {str(ended.error.message) for ended in outcome.results if ended.error} == {"already exists"}
    assert outcome.count("skipped") == 0


def test_what_was_done_and_not_told_is_done_again_and_reports_are_joined(
    tmp_path: Path, s3: s3fs.S3FileSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, s3)
    report = tmp_path / "r.jsonl"
    apply = ["apply", "s3://bucket/in", "s3://bucket/out", "--bands", "LS 120 +3", "--report", str(report), "-q"]
    assert run(apply) == 0
    lines = report.read_text(encoding="utf-8").splitlines()
    untold = json.loads(lines[-1])
    report.write_text("".join(f"{line}\n" for line in lines[:-1]), encoding="utf-8")
    assert run(["report", "merge", str(report), "--inputs", "s3://bucket/in"]) == 1
    assert f"missing: {untold['input']}, which no report tells of" in capsys.readouterr().err
    assert run([*apply, "--resume"]) == 0
    again = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()][len(lines) - 1 :]
    done = [record["output"] for record in again if record["status"] == "done"]
    assert done == [untold["output"]]
    assert run(["report", "merge", str(report), "--inputs", "s3://bucket/in"]) == 0


def test_a_disk_here_must_have_room_for_what_comes_from_there(
    tmp_path: Path, s3: s3fs.S3FileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, s3)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(UsageError, match="has room for 1 kB"):
        prepare_batch(["s3://bucket/in"], tmp_path / "out", SETTINGS).check_space()
    prepare_batch(["s3://bucket/in"], "s3://bucket/out", SETTINGS).check_space()
    assert scratch_files() == []


def test_a_link_out_of_a_folder_here_is_left_out_beside_an_address(tmp_path: Path, s3: s3fs.S3FileSystem) -> None:
    fill(tmp_path, s3)
    make_audio(tmp_path / "private" / "p.wav")
    (tmp_path / "in" / "p.wav").symlink_to(tmp_path / "private" / "p.wav")
    batch = prepare_batch(["s3://bucket/in/disc 0", (tmp_path / "in").as_uri()], tmp_path / "out", SETTINGS)
    assert batch.left_out == (tmp_path / "in" / "p.wav",)
    assert sum(job.remote is not None for job in batch.jobs) == FILES // 2
    assert len(batch.jobs) == FILES // 2 + FILES


def test_a_long_journal_is_in_many_pieces(
    tmp_path: Path, s3: s3fs.S3FileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_store, "_PIECE_BYTES", 1000)
    fill(tmp_path, s3)
    go("s3://bucket/in", "s3://bucket/out", workers=1)
    assert len(s3.find("bucket/out/.eqmorph-journal")) >= 3
    assert go("s3://bucket/in", "s3://bucket/out", existing="resume").count("skipped") == FILES


@contextmanager
def denied(s3: s3fs.S3FileSystem, action: str, name: str) -> Iterator[None]:
    """Let nobody do something with an object."""
    rule = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": f"arn:aws:s3:::bucket/{name}"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [rule]})
    s3.call_s3("put_bucket_policy", Bucket="bucket", Policy=policy)
    yield
    s3.call_s3("delete_bucket_policy", Bucket="bucket")


def test_who_may_not_write_is_told_before_anything_is_done(tmp_path: Path, s3: s3fs.S3FileSystem) -> None:
    fill(tmp_path, s3)
    with denied(s3, "s3:PutObject", "*"), pytest.raises(UsageError, match="out: access is denied") as refused:
        go("s3://bucket/in", "s3://bucket/out")
    assert "Check who may write there" in refused.value.hint


def test_what_may_not_be_read_fails_and_the_rest_is_done(tmp_path: Path, s3: s3fs.S3FileSystem) -> None:
    fill(tmp_path, s3)
    with denied(s3, "s3:GetObject", "in/disc 0/0.wav"):
        outcome = go("s3://bucket/in", "s3://bucket/out")
    (failed,) = [ended for ended in outcome.results if ended.status == "failed"]
    assert str(failed.error) == "s3://bucket/in/disc 0/0.wav: access is denied"
    assert outcome.count("done") == FILES - 1


@pytest.mark.parametrize(
    ("source", "output", "told"),
    [
        ("s3://no-such-bucket/in", "s3://bucket/out", "s3://no-such-bucket/in: isn't there"),
        ("s3://bucket/in", "s3://no-such-bucket/out", "s3://no-such-bucket/out: there is no such bucket"),
        ("s3://bucket/empty", "s3://bucket/out", "s3://bucket/empty: there are no audio files"),
        ("nonsense://bucket/in", "s3://bucket/out", "nonsense://bucket/in: nonsense:// is not known"),
        ("gs://bucket/in", "s3://bucket/out", "gs://bucket/in: gs:// needs a package that isn't there"),
        ("s3://bucket/in", "sftp://host/out", "sftp://host/out: results can't be written there whole"),
    ],
)
def test_what_can_not_be_reached_is_told(
    tmp_path: Path, s3: s3fs.S3FileSystem, source: str, output: str, told: str
) -> None:
    fill(tmp_path, s3, count=1)
    with pytest.raises(UsageError) as refused:
        go(source, output)
    assert str(refused.value) == told
    assert refused.value.hint
    assert there(s3, "bucket/out") == {}


def test_without_credentials_it_says_what_to_set(
    tmp_path: Path, s3: s3fs.S3FileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, s3, count=1)
    with monkeypatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.delenv(name)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("HOME", str(tmp_path))
        s3fs.S3FileSystem.clear_instance_cache()
        with pytest.raises(UsageError, match="s3://bucket/in: there are no credentials for it") as refused:
            go("s3://bucket/in", tmp_path / "out")
        assert "AWS_ACCESS_KEY_ID" in refused.value.hint
    s3fs.S3FileSystem.clear_instance_cache()


def test_what_only_this_machine_can_do_is_refused(
    tmp_path: Path, s3: s3fs.S3FileSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, s3, count=1)
    apply = ["apply", "s3://bucket/in", "s3://bucket/out", "--bands", "LS 120 +3"]
    for options, told in (
        (["--html", str(tmp_path / "page.html")], "--html needs files of this machine"),
        (["--report", "s3://bucket/r.jsonl"], "--report writes to this machine"),
        (["--scheduler", "local:1"], "the workers of a cluster need folders that all of them see"),
    ):
        assert run([*apply, *options]) == 2
        assert told in capsys.readouterr().err
    assert there(s3, "bucket/out") == {}
    assert run(["rank", "s3://bucket/in", "--by", "warm"]) == 2
    assert "is not on this machine" in capsys.readouterr().err


def test_a_file_address_is_a_path(tmp_path: Path) -> None:
    make_audio(tmp_path / "in" / "a b.wav")
    go((tmp_path / "in").as_uri(), (tmp_path / "out").as_uri())
    assert (tmp_path / "out" / "a b.wav").is_file()
    with pytest.raises(UsageError, match="names another machine"):
        go("file://host/in", tmp_path / "out")


def test_memory_is_a_store_too(tmp_path: Path) -> None:
    """It has no etags: what its objects are known by is when they were made."""
    make_audio(tmp_path / "in" / "a.wav")
    assert go(tmp_path / "in", "memory://out").count("done") == 1
    assert go(tmp_path / "in", "memory://out", existing="resume").count("skipped") == 1
    assert go("memory://out", tmp_path / "back").count("done") == 1


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "web"
    make_audio(folder / "song.wav")
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(folder))
    SimpleHTTPRequestHandler.log_message = lambda *_: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_file_on_the_web_is_an_input(tmp_path: Path, web: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What lets others in, such as a signature, is told to nobody."""
    report = tmp_path / "r.jsonl"
    address = f"{web}/song.wav?signature=secret"
    assert run(["apply", address, str(tmp_path / "out/"), "--bands", "LS 120 +3", "--report", str(report)]) == 0
    assert (tmp_path / "out" / "song.wav").is_file()
    assert json.loads(report.read_text())["input"] == f"{web}/song.wav"
    journal = (tmp_path / "out" / ".eqmorph-journal.jsonl").read_text()
    assert "secret" not in report.read_text() + journal + "".join(capsys.readouterr())
    assert run(["apply", address, str(tmp_path / "out/"), "--bands", "LS 120 +3", "--resume"]) == 0
    assert "skipped: done by an earlier run" in capsys.readouterr().out
    assert run(["apply", f"{web}/gone.wav", str(tmp_path / "out2/"), "--bands", "LS 120 +3"]) == 2
    assert f"{web}/gone.wav: isn't there" in capsys.readouterr().err
    assert run(["apply", str(tmp_path / "web"), web, "--bands", "LS 120 +3"]) == 2
    assert "results can't be written there whole" in capsys.readouterr().err
