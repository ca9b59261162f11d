"""A folder that is watched: what arrives is done once, whatever comes, goes, fails or fills the disk."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from eqmorph.adapt.fixed import BandsEq
from eqmorph.audio import atomic
from eqmorph.bands import Bands
from eqmorph.batch.run import FileResult
from eqmorph.batch.watch import FolderWatch, Watched
from eqmorph.errors import DiskError, EqmorphError, UsageError
from eqmorph.process import Settings
from tests.support import make_audio, posix_only

SETTINGS = Settings(BandsEq(Bands.parse("LS 120 +6; HS 3k +5")))
Step = Callable[[], object]


class Script(threading.Event):
    """A stop event by which the watch rests: each rest carries out the next step, and after the last comes the end."""

    def __init__(self, *steps: Step) -> None:
        super().__init__()
        self._steps: Iterator[Step] = iter(steps)

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout
        step = next(self._steps, None)
        if step is None:
            self.set()
        else:
            step()
        return self.is_set()


class Log:
    """What a watch told, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.errors: list[EqmorphError] = []

    def on_result(self, ended: FileResult) -> None:
        self.lines.append(f"{ended.status} {ended.job.source.name}")
        if ended.error is not None:
            self.errors.append(ended.error)

    def on_trouble(self, error: EqmorphError) -> None:
        self.lines.append(f"trouble: {error.problem}")

    def on_relief(self, relief: str) -> None:
        self.lines.append(f"relief: {relief}")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put each test into a folder of its own with an empty folder in it."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    return tmp_path


def nothing() -> None:
    """Let time pass."""


def watch(
    *steps: Step, folder: str = "in", output: str = "out", settings: Settings = SETTINGS, **options: Any
) -> tuple[Log, Watched]:
    """Watch while steps are carried out, one at each rest. Files need not settle: each look finds them ready."""
    log = Log()
    options = {"settle_s": 0, "every_s": 1, "workers": 2, "follow_links": True, **options}
    watcher = FolderWatch(Path(folder), Path(output), settings, **options)
    watched = watcher.run(
        stop=Script(*steps), on_result=log.on_result, on_trouble=log.on_trouble, on_relief=log.on_relief
    )
    return log, watched


def names(folder: str) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in Path(folder).rglob("*")
        if path.is_file() and path.name != ".eqmorph-journal.jsonl"
    )


def test_what_is_there_and_what_arrives_is_done_once() -> None:
    make_audio("in/a.wav")
    log, watched = watch(nothing, lambda: make_audio("in/sub/b.flac"), nothing, nothing)
    assert log.lines == ["done a.wav", "done b.flac"]
    assert names("out") == ["a.wav", "sub/b.flac"]
    assert (watched.done, watched.failed, watched.left) == (2, set(), [])


def test_an_empty_folder_is_no_reason_not_to_start() -> None:
    assert watch(nothing, nothing)[1] == Watched()


def test_what_an_earlier_watch_did_is_not_done_again_and_not_told_again() -> None:
    make_audio("in/a.wav")
    watch()
    before = Path("out/a.wav").stat().st_mtime_ns
    log, watched = watch(nothing)
    assert (log.lines, watched.done, watched.done_before) == ([], 0, 1)
    assert Path("out/a.wav").stat().st_mtime_ns == before


def test_what_changes_is_done_again_now_or_at_the_next_start() -> None:
    make_audio("in/a.wav", seed=1)
    log, _ = watch(lambda: make_audio("in/a.wav", seed=2, frames=9_000))
    assert log.lines == ["done a.wav", "done a.wav"]
    make_audio("in/a.wav", seed=3, frames=8_000)
    assert watch()[0].lines == ["done a.wav"]


def test_what_fails_is_named_once_and_tried_again_when_it_changes() -> None:
    Path("in/a.wav").write_text("no audio", encoding="utf-8")
    log, watched = watch(nothing, nothing, lambda: make_audio("in/a.wav"))
    assert log.lines == ["failed a.wav", "done a.wav"]
    assert watched.failed == set()
    Path("in/b.wav").write_text("no audio", encoding="utf-8")
    assert watch()[1].failed == {Path("in/b.wav")}


def test_what_others_put_into_the_output_is_left_alone() -> None:
    make_audio("in/a.wav")
    Path("out").mkdir()
    Path("out/a.wav").write_text("mine", encoding="utf-8")
    log, watched = watch(nothing)
    assert (log.lines, watched.skipped) == (["skipped a.wav"], 1)
    assert Path("out/a.wav").read_text(encoding="utf-8") == "mine"


def test_a_name_that_is_taken_while_a_file_is_processed_is_left_to_whoever_took_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_audio("in/a.wav")
    commit = atomic.AtomicFile.commit

    def commit_too_late(self: atomic.AtomicFile, **options: bool) -> None:
        self.final.write_text("theirs", encoding="utf-8")
        commit(self, **options)

    monkeypatch.setattr(atomic.AtomicFile, "commit", commit_too_late)
    log, watched = watch(nothing)
    assert (log.lines, watched.skipped, watched.failed) == (["skipped a.wav"], 1, set())
    assert Path("out/a.wav").read_text(encoding="utf-8") == "theirs"


def test_results_that_are_taken_away_are_not_made_again_while_it_watches() -> None:
    make_audio("in/a.wav")
    log, _ = watch(lambda: Path("out/a.wav").unlink(), nothing)
    assert log.lines == ["done a.wav"]


@pytest.mark.parametrize("output", ["in/out", "in/sub/out"])
def test_results_inside_the_folder_are_not_taken_for_arrivals(output: str) -> None:
    make_audio("in/a.wav")
    log, _ = watch(nothing, nothing, output=output)
    assert log.lines == ["done a.wav"]


def test_a_result_that_would_land_among_the_arrivals_is_refused() -> None:
    make_audio("all/in/a.wav")
    make_audio("all/in/in/b.wav")
    log, _ = watch(nothing, nothing, folder="all/in", output="all")
    assert sorted(log.lines) == ["done a.wav", "failed b.wav"]
    assert "is in the folder that is watched" in str(log.errors[0])


@posix_only
def test_results_that_a_link_leads_to_are_refused_and_never_go_in_circles() -> None:
    make_audio("in/s/a.wav")
    Path("out/s").mkdir(parents=True)
    Path("out/x").mkdir()
    Path("in/x").symlink_to(Path("out/s").absolute())
    Path("in/s/t").symlink_to(Path("out/x").absolute())
    log, watched = watch(*[nothing] * 8)
    assert watched.done == 1
    assert log.lines == ["done a.wav", "failed a.wav"]
    assert "lies in the output folder" in str(log.errors[0])
    assert names("out") == ["s/a.wav"]


def test_two_that_would_become_one_are_said_and_the_first_stays() -> None:
    settings = Settings(SETTINGS.eq, format="flac")
    make_audio("in/a.wav", seed=1)
    log, watched = watch(lambda: make_audio("in/a.aiff", seed=2), nothing, settings=settings)
    assert log.lines == ["done a.wav", "failed a.aiff"]
    assert "would both become" in str(log.errors[0])
    assert watched.failed == {Path("in/a.aiff")}


def test_one_that_takes_the_place_of_one_that_is_gone_is_done() -> None:
    settings = Settings(SETTINGS.eq, format="flac")
    make_audio("in/a.wav", seed=1)

    def replace() -> None:
        Path("in/a.wav").unlink()
        make_audio("in/a.aiff", seed=2)

    assert watch(replace, settings=settings)[0].lines == ["done a.wav", "done a.aiff"]


def test_one_that_goes_before_its_turn_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    make_audio("in/a.wav")
    plan = FolderWatch._plan

    def plan_too_late(self: FolderWatch, path: Path) -> Any:
        job = plan(self, path)
        path.unlink()
        return job

    monkeypatch.setattr(FolderWatch, "_plan", plan_too_late)
    log, watched = watch()
    assert (log.lines, watched.failed, watched.left) == (["skipped a.wav"], set(), [])


def test_a_folder_that_goes_is_waited_for() -> None:
    make_audio("in/a.wav")
    log, watched = watch(
        lambda: Path("in").rename("away"),
        nothing,
        lambda: Path("away").rename("in"),
        lambda: make_audio("in/b.wav"),
    )
    assert log.lines == ["done a.wav", "trouble: doesn't exist", "relief: in is back", "done b.wav"]
    assert watched.left == []


def test_a_full_disk_is_said_once_and_all_is_done_when_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        make_audio(f"in/{number}.wav", seed=number)
    create = atomic._create_locked

    def no_room(_folder: Path) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic, "_create_locked", no_room)
    log, watched = watch(nothing, nothing, lambda: monkeypatch.setattr(atomic, "_create_locked", create))
    assert log.lines[0] == "trouble: the disk is full"
    assert sorted(log.lines[1:-1]) == [f"done {number}.wav" for number in range(5)]
    assert log.lines[-1] == "relief: out takes files again"
    assert (watched.done, watched.failed, watched.left) == (5, set(), [])


def test_one_that_the_disk_has_no_room_for_does_not_keep_the_others_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        make_audio(f"in/{number}.wav", seed=number)
    create = atomic.AtomicFile.commit

    def commit(self: atomic.AtomicFile, **options: bool) -> None:
        if self.final.name == "0.wav":
            raise DiskError("the disk is full", path=self.final)
        create(self, **options)

    monkeypatch.setattr(atomic.AtomicFile, "commit", commit)
    log, watched = watch(nothing, nothing, nothing, nothing)
    assert sorted(log.lines) == [*(f"done {number}.wav" for number in range(1, 9)), "trouble: the disk is full"]
    assert watched.left == [Path("in/0.wav")]


@posix_only
def test_a_name_that_can_not_be_written_fails_alone() -> None:
    make_audio("in/a.wav")
    make_audio("in/" + "x" * 251 + ".wav")
    log, watched = watch(nothing, settings=Settings(SETTINGS.eq, format="flac"))
    assert (watched.done, len(watched.failed)) == (1, 1)
    assert not [line for line in log.lines if line.startswith("trouble")]


def test_ctrl_c_ends_it_while_it_rests_and_while_it_works() -> None:
    def ctrl_c(*_: object) -> None:
        raise KeyboardInterrupt

    for number in range(20):
        make_audio(f"in/{number}.wav", seed=number)
    watcher = FolderWatch(Path("in"), Path("out"), SETTINGS, settle_s=0, workers=1)
    watched = watcher.run(stop=threading.Event(), on_result=ctrl_c)
    assert watched.left
    assert names("out") == sorted(set(names("in")) - {path.name for path in watched.left})
    again = watch(ctrl_c)[1]
    assert (again.left, again.done + again.done_before) == ([], 20)


def test_trajectories_arrive_too_and_are_not_asked_for_in_vain() -> None:
    with pytest.raises(UsageError, match="needs words that adapt"):
        watch(trajectories=True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"folder": "nowhere"}, "doesn't exist"),
        ({"folder": "file"}, "is a file"),
        ({"output": "file"}, "is a file"),
        ({"output": "in"}, "watched and written into"),
        ({"output": "in/../in/"}, "watched and written into"),
        ({"settings": Settings(SETTINGS.eq, sharing="gain")}, "all files before the first"),
        ({"settings": Settings(SETTINGS.eq, sharing="ceiling")}, "all files before the first"),
    ],
)
def test_reasons_not_to_start_touch_nothing(here: Path, options: dict[str, Any], words: str) -> None:
    Path("file").touch()
    with pytest.raises(UsageError, match=words) as caught:
        watch(**options)
    assert caught.value.hint
    assert sorted(path.name for path in here.iterdir()) == ["file", "in"]


def test_the_journal_is_the_one_of_a_batch() -> None:
    make_audio("in/a.wav")
    watch()
    (line,) = Path("out/.eqmorph-journal.jsonl").read_text(encoding="ascii").splitlines()
    assert json.loads(line)["output"] == "a.wav"
