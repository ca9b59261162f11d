"""``eqmorph watch`` as a user meets it: files arrive, it is ended, killed and started again, and what it refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from eqmorph.batch import FolderWatch, Watched
from eqmorph.cli import run
from eqmorph.cli.watch import command as watch_command
from tests.support import EQMORPH, environment, make_audio, posix_only, wait_until

EQ = ("--bands", "LS 120 +6; HS 3k +5")
SOON = ("--settle", "0.2", "--every", "50ms")


class Watching:
    """``eqmorph watch in out`` in a process of its own."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [*EQMORPH, "watch", "in", "out", *EQ, *SOON, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(PYTHONUNBUFFERED="1"),
            # A test run in the background ignores Ctrl-C, and its children would inherit that.
            preexec_fn=None if os.name == "nt" else lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.line()

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip()

    def end(self, number: int) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@pytest.fixture
def watching() -> Iterator[Callable[..., Watching]]:
    """Return a function that starts a watch; none outlives the test."""
    started: list[Watching] = []

    def start(*options: str) -> Watching:
        started.append(Watching(*options))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.communicate()


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put each test into a folder of its own with an empty folder in it."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    return tmp_path


def names() -> list[str]:
    """Return what is in the output folder but what a run keeps there for itself, now or for good."""
    own = (".eqmorph-journal.jsonl", ".eqmorph-lock")
    return sorted(path.name for path in Path("out").glob("*") if path.name not in own)


@posix_only
def test_what_arrives_is_done_and_told_until_it_is_ended(watching: Callable[..., Watching]) -> None:
    watch = watching("--report", "report.jsonl")
    whole = make_audio("whole.wav").read_bytes()
    with Path("in/slow.wav").open("wb") as slow:  # longer than it takes to settle
        for start in range(0, len(whole), 10_000):
            slow.write(whole[start : start + 10_000])
            slow.flush()
            time.sleep(0.1)
    assert watch.line().startswith("in/slow.wav -> out/slow.wav")
    Path("whole.wav").rename("in/moved.wav")
    assert watch.line().startswith("in/moved.wav -> out/moved.wav")
    Path("in/bad.wav").write_text("no audio", encoding="utf-8")
    wait_until(lambda: len(Path("report.jsonl").read_text(encoding="utf-8").splitlines()) == 3)
    assert watch.end(signal.SIGTERM) == (
        1,
        "Ended: 2 done, 1 failed.\n",
        "error: in/bad.wav: holds text, not audio. Is it the right file?\n",
    )
    report = [json.loads(line) for line in Path("report.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["input"], line["status"]) for line in report] == [
        ("in/slow.wav", "done"),
        ("in/moved.wav", "done"),
        ("in/bad.wav", "failed"),
    ]

    Path("in/bad.wav").unlink()
    watch = watching("--report", "report.jsonl")
    Path("in/moved.wav").rename("in/again.wav")
    assert watch.line().startswith("in/again.wav -> out/again.wav")
    assert watch.end(signal.SIGINT) == (0, "Ended: 1 done, 1 done before.\n", "")
    assert len(Path("report.jsonl").read_text(encoding="utf-8").splitlines()) == 4, "the report is continued"


@posix_only
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_one_that_is_ended_in_the_middle_of_a_file_leaves_nothing_half_done(
    watching: Callable[..., Watching], number: int, code: int
) -> None:
    make_audio("in/long.wav", frames=44_100 * 200)
    watch = watching("--level", "keep")
    wait_until(lambda: [path for path in Path("out").glob(".eqmorph-*.part") if path.stat().st_size > 100_000])
    ended, out, err = watch.end(number)
    assert (ended, err) == (code, "")
    if number != signal.SIGKILL:
        assert out == "Ended: 1 left, which the next watch does.\n"
        assert names() == []
    watch = watching("--level", "keep")
    assert watch.line().startswith("in/long.wav -> out/long.wav")
    assert names() == ["long.wav"]
    assert watch.end(signal.SIGTERM)[0] == 0


@posix_only
def test_one_whose_terminal_is_closed_ends_in_order() -> None:
    pty = pytest.importorskip("pty")
    make_audio("in/long.wav", frames=44_100 * 200)
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(EQMORPH[0], [*EQMORPH, "watch", "in", "out", *EQ, *SOON], environment())
    assert b"Watching in" in os.read(terminal, 1000)
    wait_until(lambda: list(Path("out").glob(".eqmorph-*.part")))
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert (os.waitstatus_to_exitcode(status), names()) == (129, [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("in", "out", "--album", *EQ), ("--album goes through all files", "`eqmorph apply`")),
        (("in", "out", "--together", *EQ), ("--together goes through all files", "`eqmorph apply`")),
        (("in", "in", *EQ), ("in: can't be watched and written into", "another output folder")),
        (("nowhere", "out", *EQ), ("nowhere: doesn't exist", "Name the folder")),
        (("", "out", *EQ), ("a folder has no name", "variable")),
        (("in", "", *EQ), ("a folder has no name", "variable")),
        (("in", "out"), ("exactly one of", "--preset")),
        (("in", "out", "--target", "wram"), ("wram", "warm")),
        (("in", "out", "--reference", "nowhere.wav"), ("nowhere.wav", "eqmorph reference list")),
        (("in", "out", "--every", "0", *EQ), ("--every", "1s")),
        (("in", "out", "--settle", "soon", *EQ), ("'soon' is not a time", "500ms")),
        (("in", "out", "--trajectory", *EQ), ("--trajectory needs words", "analyze")),
    ],
)
def test_usage_errors_say_what_to_do_and_touch_nothing(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    assert run(["watch", *arguments]) == 2
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert all(word in err for word in words), err
    assert [path.name for path in here.iterdir()] == ["in"]


def test_a_reference_says_which_eq(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked = []

    def run_nothing(self: FolderWatch, **_: object) -> Watched:
        asked.append(self._settings.eq.facts()["goal"]["reference"])
        return Watched()

    monkeypatch.setattr(FolderWatch, "run", run_nothing)
    make_audio("ref.wav", frames=60_000)
    assert run(["watch", "in", "out", "--reference", "ref.wav"]) == 0
    assert capsys.readouterr().err == ""
    assert len(asked[0]) == 64


def test_the_help_lists_what_is_taken_and_not_what_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["watch", "--help"]) == 0
    text = capsys.readouterr().out
    options = [param for param in watch_command.params if isinstance(param, click.Option)]
    missing = {option.name for option in options if f"  {option.opts[0]} " not in text.replace(", ", "  ")}
    assert missing == {"album", "together"}


def test_signals_are_as_before_once_it_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.setattr("eqmorph.batch.FolderWatch.run", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    assert run(["watch", "in", "out", *EQ]) == 130
    assert {number: signal.getsignal(number) for number in before} == before
