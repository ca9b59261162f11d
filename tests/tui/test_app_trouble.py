"""What goes wrong is a message, and the app goes on."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from textual.app import App
from textual.widgets import Input
from textual.widgets._toast import Toast

from eqmorph.bands import Bands
from eqmorph.errors import DeviceError, OutputError
from eqmorph.process import process_file
from eqmorph.stream.sink import MemorySink
from eqmorph.tui.flows.render import RenderFlow
from eqmorph.tui.jobs import FileRendering
from eqmorph.tui.messages import PreviewReady, TimelineReady
from eqmorph.tui.preview import HeardFile
from eqmorph.tui.screens.dialog import Dialog
from eqmorph.tui.screens.question import QuestionScreen
from eqmorph.tui.screens.session import SessionScreen
from eqmorph.tui.widgets.profile import ProfileView
from eqmorph.tui.widgets.timeline import Timeline, TimelineData
from eqmorph.tui.word_course import Course
from tests.tui.conftest import PacedSink, Stagehand

Drive = Callable[..., Any]
WORDS = "warm:0.4"


@pytest.fixture
def slow_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make rendering take its time over every block."""
    usual = process_file

    def slow(*paths: Any, watch: Callable[[float], None], **options: Any) -> Any:
        def wait(seconds: float) -> None:
            time.sleep(0.2)
            watch(seconds)

        return usual(*paths, watch=wait, **options)

    monkeypatch.setattr("eqmorph.tui.jobs.process_file", slow)
    monkeypatch.setattr("eqmorph.batch.run.process_patiently", slow)


@pytest.mark.parametrize(
    ("name", "content"), [("broken.wav", b"RIFFnothing"), ("empty.wav", b""), ("not-there.wav", None)]
)
def test_a_file_that_cannot_be_read(drive: Drive, tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: name in hand.message)
        assert any(name in notice for notice in hand.notices)
        assert hand.app.work_text == ""
        await hand.press("l", "L", "u")
        assert isinstance(hand.app.screen, SessionScreen)

    drive(act, path)


def test_a_file_that_ends_too_early(drive: Drive, song: Path) -> None:
    song.write_bytes(song.read_bytes()[:-100_000])

    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: "song.wav" in hand.message)
        await hand.press("L")
        assert hand.controller.preview.blend == hand.controller.blend

    drive(act, song, target=WORDS)


def test_a_file_deleted_while_open(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: hand.controller.sound)
        song.unlink()
        await hand.press("l", "r", "enter")
        await hand.until(lambda: "song.wav" in hand.message and "doesn't exist" in hand.message)
        await hand.press("l", "space")
        assert isinstance(hand.app.screen, SessionScreen)

    drive(act, song, target=WORDS)
    assert list(song.parent.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_full_disk(drive: Drive, song: Path) -> None:
    import resource
    import signal

    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: hand.controller.sound)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        usual = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, usual[1]))
        try:
            await hand.press("r", "enter")
            await hand.until(lambda: hand.notices)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        assert "largest size" in hand.notices[0]
        await hand.press("v")
        assert "1 failed" in str(hand.app.screen.query_one("#progress").render())

    drive(act, song, target=WORDS)
    assert [path.name for path in song.parent.iterdir()] == ["song.wav"]


def test_a_device_that_vanishes(drive: Drive, song: Path) -> None:
    class Vanishing(MemorySink):
        def write(self, block: Any) -> None:
            super().write(block)
            if len(self.blocks) > 3:
                raise DeviceError("sound stopped: unplugged", hint="Connect it, then press play again.")

    async def act(hand: Stagehand) -> None:
        await hand.press("space")
        await hand.until(lambda: "unplugged" in hand.message)
        await hand.until(lambda: "no sound" in hand.shown("PlayLine")[0])
        await hand.press("l")
        assert hand.controller.preview.blend == hand.controller.blend

    drive(act, song, target=WORDS, open_sink=Vanishing)


@pytest.mark.usefixtures("slow_chain")
def test_a_rendering_is_stopped_by_key(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: hand.controller.sound)
        await hand.pilot.press("r", "enter")
        await hand.until(lambda: "rendering" in hand.app.work_text)
        await hand.press("c")
        await hand.until(lambda: "stopped" in hand.message)
        assert not hand.app.render_flow.is_busy

    drive(act, song, target=WORDS)
    assert [path.name for path in song.parent.iterdir()] == ["song.wav"]


@pytest.mark.usefixtures("slow_chain")
def test_quitting_in_mid_render_leaves_no_half_file(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: hand.controller.sound)
        await hand.pilot.press("r", "enter")
        await hand.until(lambda: "%" in hand.app.work_text)
        assert hand.app.render_flow.is_busy
        await hand.press("q")
        assert isinstance(hand.app.screen, QuestionScreen)
        await hand.pilot.press("y")
        await hand.until(lambda: not hand.app.render_flow.is_busy)

    drive(act, song, target=WORDS)
    assert [path.name for path in song.parent.iterdir()] == ["song.wav"]


@pytest.mark.usefixtures("slow_chain")
def test_quitting_in_a_folder_leaves_no_half_file(drive: Drive, song: Path) -> None:
    output = song.parent.with_name("music-eqmorph")

    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: hand.controller.sound)
        await hand.pilot.press("R", "enter")
        await hand.until(lambda: any(output.glob(".eqmorph-*.part")))
        await hand.press("q")
        assert "0 of 1 files of music/ are rendered" in str(hand.app.screen.query_one("#question").render())
        await hand.pilot.press("y")
        await hand.until(lambda: not hand.app.render_flow.is_busy)

    drive(act, song, target=WORDS)
    assert not [path for path in output.iterdir() if path.suffix in (".wav", ".part")]


@pytest.mark.usefixtures("slow_chain")
@pytest.mark.parametrize("no", ["escape", "enter", "n"])
def test_quitting_in_mid_render_is_asked_about(drive: Drive, song: Path, no: str) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: hand.controller.sound)
        await hand.pilot.press("r", "enter")
        await hand.until(lambda: hand.app.render_flow.is_busy)
        await hand.press("q", no)
        assert isinstance(hand.app.screen, SessionScreen)
        await hand.until(lambda: "written" in hand.message)

    drive(act, song, target=WORDS)
    assert song.with_name("song-eqmorph.wav").exists()


@pytest.mark.usefixtures("slow_chain")
def test_renderings_wait_for_their_turn_each_under_its_own_name(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: hand.controller.sound)
        await hand.press("r", "enter", "L", "r", "enter")
        assert hand.message == "song-eqmorph-2.wav waits for its turn"
        await hand.until(lambda: "1 waiting" in hand.app.work_text)
        await hand.press("r")
        hand.app.screen.query_one(Input).value = str(song.with_name("song-eqmorph-2.wav"))
        await hand.press("enter")
        assert "is being rendered" in hand.problem
        await hand.press("escape")
        await hand.until(lambda: not hand.app.render_flow.is_busy)
        await hand.until(lambda: "song-eqmorph-2.wav" in hand.message)

    drive(act, song, target=WORDS)
    first, second = (sf.read(song.with_name(f"song-eqmorph{number}.wav"))[0] for number in ("", "-2"))
    assert not np.array_equal(first, second)


@pytest.mark.usefixtures("slow_chain")
def test_what_waits_is_dropped_with_what_is_stopped(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: hand.controller.sound)
        await hand.press("r", "enter", "r", "enter")
        await hand.until(lambda: "1 waiting" in hand.app.work_text)
        await hand.press("c")
        await hand.until(lambda: not hand.app.render_flow.is_busy)
        await hand.press("v")
        assert "stopped before its turn came" in hand.shown("#results")[0]

    drive(act, song, target=WORDS)
    assert [path.name for path in song.parent.iterdir()] == ["song.wav"]


def test_a_defect_in_one_rendering_keeps_no_other_from_its_turn(
    drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, go = FileRendering.run, threading.Event()

    def run(job: FileRendering) -> Any:
        go.wait(5)
        return 1 / 0 if job.name == "song-eqmorph.wav" else usual(job)

    async def act(hand: Stagehand) -> None:
        monkeypatch.setattr(FileRendering, "run", run)
        await hand.until(lambda: hand.controller.sound)
        await hand.press("r", "enter", "r", "enter")
        go.set()
        await hand.until(lambda: song.with_name("song-eqmorph-2.wav").exists())
        await hand.press("v")
        assert "ZeroDivisionError" in "".join(hand.shown("#results"))

    drive(act, song, target=WORDS)


def test_a_newer_move_gives_up_the_preview_before(drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow a preview is, the last move is shown in the end, and not all of those between had a preview."""
    import eqmorph.tui.controller as module

    previewed: list[float] = []
    usual = module.preview_blend
    go = threading.Event()

    def slow(ear: Any, sound: Any, blend: Any, **options: Any) -> Any:
        previewed.append({t.word: t.weight for t in blend.terms}["warm"])
        go.wait(5)
        return usual(ear, sound, blend, **options)

    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: hand.controller.sound)
        await hand.settle()
        monkeypatch.setattr(module, "preview_blend", slow)
        await hand.pilot.press(*"llllllll")
        go.set()
        await hand.settle()
        assert hand.controller.preview.blend == hand.controller.blend
        assert len(previewed) < 8
        assert previewed[-1] == 0.8

    drive(act, song, target=WORDS)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder that a program is in")
@pytest.mark.parametrize("key", ["y", "r", "R", "e", "s", "o"])
def test_the_folder_one_is_in_goes(drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    here = song.parent / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    async def act(hand: Stagehand) -> None:
        here.rmdir()
        await hand.press(key)
        if key == "y":
            assert hand.message == "copied"
        else:
            await hand.until(lambda: isinstance(hand.app.screen, Dialog))
            await hand.press("escape", "l")
        await hand.until(lambda: isinstance(hand.app.screen, SessionScreen))

    drive(act, Path("..") / song.name, target=WORDS)


def test_a_sample_rate_that_no_eq_can_have(drive: Drive, tmp_path: Path) -> None:
    path = tmp_path / "slow.wav"
    sf.write(path, np.zeros(300), 30)

    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: "states a sample rate of 30 Hz" in hand.message)
        assert hand.controller.file is None

    drive(act, path, target=WORDS)


def test_what_was_found_of_another_file_is_not_shown(drive: Drive, song: Path, long_song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        old, profile = hand.controller.preview, hand.app.session.query_one(ProfileView)
        assert old.sound is not None
        assert profile.rows
        hand.app.open_file(long_song)
        await hand.until(lambda: hand.controller.sound is None)
        hand.app.session.post_message(PreviewReady(old))
        await hand.until(lambda: hand.controller.sound is not None and profile.rows)
        shown = hand.controller.preview.after
        assert shown is not None
        assert profile.rows[0].after == shown.percentile(profile.rows[0].word)
        data = hand.app.session.query_one(Timeline).data
        await hand.until(hand.is_timeline_shown)
        wrong = TimelineData(4.0, np.zeros(4), np.zeros(4), hand.app.session._course.word, np.zeros(4))
        sound = hand.controller.sound
        assert sound is not None
        hand.app.session.post_message(TimelineReady(Course(sound, Bands(), wrong)))
        await hand.pilot.pause(0.1)
        assert hand.is_timeline_shown()
        assert data is not wrong

    drive(act, song, target=WORDS)


def test_a_note_is_whole_alone_and_leaves_sliders_and_status_to_be_seen(drive: Drive, song: Path) -> None:
    remedy = "Free some space on the disk of /home/somebody/music/albums, or write elsewhere."

    async def act(hand: Stagehand) -> None:
        await hand.press("y", "y")
        hand.app.session.say_error(OutputError("the disk is full", hint=remedy, path=song))
        await hand.until(lambda: [str(note.visual) for note in hand.app.screen.query(Toast)])
        await hand.pilot.pause(0.2)
        (note,) = hand.app.screen.query(Toast)
        place = hand.app.screen.find_widget(note)
        assert place.visible_region == place.region
        shown = "\n".join(note.render_line(y).text for y in range(note.size.height))
        assert " ".join(shown.split()).endswith(remedy)
        for other in ("#blend", "#timeline", "PlayLine"):
            assert not place.region.overlaps(hand.app.screen.query_one(other).region)

    drive(act, song, target=WORDS, size=(80, 24), notifications=True)


def test_a_defect_is_a_message_and_the_app_goes_on(drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(hand: Stagehand) -> None:
        defects = [
            (HeardFile, "word_over_time"),
            (FileRendering, "run"),
            (HeardFile, "spectrum_after"),
            (RenderFlow, "_check_file"),
        ]
        for owner, name in defects:
            with monkeypatch.context() as broken:
                broken.setattr(owner, name, lambda *_: 1 / 0)
                await hand.press("l", *(["r", "enter"] if owner in (FileRendering, RenderFlow) else []))
                await hand.until(lambda: "unexpected ZeroDivisionError" in hand.message)
                assert "report it" in hand.notices[-1]
            hand.app.session.say("")
        await hand.press("escape", "l")
        await hand.until(lambda: hand.controller.preview.blend == hand.controller.blend)
        await hand.until(hand.is_timeline_shown)

    drive(act, song, target=WORDS)


def test_what_came_while_nothing_was_painted_is_painted_then(
    drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Textual leaves it until something else moves: a preview under a footer that was being made anew was not seen."""
    painted: list[str] = []
    usual = App._display

    def display(app: App[Any], screen: Any, update: Any) -> None:
        if update is not None and not app._batch_count:
            painted.append(str(update.render_segments(app.console)))
        usual(app, screen, update)

    async def act(hand: Stagehand) -> None:
        await hand.until(hand.is_timeline_shown)
        await hand.until(lambda: hand.controller.level.is_measured)
        await hand.pilot.pause(0.3)
        monkeypatch.setattr(App, "_display", display)
        with hand.app.batch_update():
            hand.app.session.query_one("#heading").border_title = "what the EQ is now"
            await asyncio.sleep(0.2)
        await asyncio.sleep(0.2)  # Textual's own pause would have things painted
        assert any("what the EQ is now" in text for text in painted)

    drive(act, song, target=WORDS)


def test_seeking_and_dragging_while_playing_never_stops_it(drive: Drive, long_song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("space")
        for _ in range(4):
            await hand.press("l", "less_than_sign", "b")
        status = hand.controller.status()
        assert status is not None
        assert status.is_playing
        assert status.message == ""

    drive(act, long_song, target=WORDS, open_sink=PacedSink)
