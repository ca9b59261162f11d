"""Dialogs: whatever is typed, however fast, is done or answered with a message, and harm is asked about first."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import soundfile as sf
from textual import events
from textual.await_complete import AwaitComplete
from textual.widgets import Button, Input, OptionList

from eqmorph.errors import InputError
from eqmorph.presets import find_preset, user_preset_path
from eqmorph.tui.flows.render import RenderFlow
from eqmorph.tui.screens import form
from eqmorph.tui.screens.browse import AudioTree, BrowseScreen
from eqmorph.tui.screens.dialog import explain
from eqmorph.tui.screens.form import Answer, FormScreen
from eqmorph.tui.screens.help import HelpScreen
from eqmorph.tui.screens.results import ResultLine, ResultsScreen
from eqmorph.tui.screens.session import SessionScreen
from eqmorph.tui.screens.too_small import TooSmall
from eqmorph.tui.screens.word_picker import WordPicker
from eqmorph.tui.widgets.status_lines import FileLine
from eqmorph.tui.widgets.text_input import escaped, unescaped
from tests.tui.conftest import Stagehand

Drive = Callable[..., Any]
WORDS = "warm:0.4"
posix = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="no such names there")


def inputs(hand: Stagehand) -> list[Input]:
    return list(hand.app.screen.query(Input))


# Closed once.


@pytest.mark.parametrize("key", ["a", "r", "e", "s"])
def test_two_enters_at_once_close_one_dialog(drive: Drive, song: Path, key: str) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press(key)
        assert not isinstance(hand.app.screen, SessionScreen)
        await hand.type_at_once("enter", "enter")
        await hand.until(lambda: not hand.app.render_flow.is_busy)
        assert isinstance(hand.app.screen, SessionScreen)

    app = drive(act, song, target=WORDS)
    done = {"a": len(app.controller.blend.words) == 2, "s": user_preset_path("warm").exists()}
    assert done.get(key, len(list(song.parent.iterdir())) == 2)


def test_a_file_chosen_twice_at_once_is_opened(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("o")
        assert isinstance(hand.app.screen, BrowseScreen)
        hand.app.screen.query_one(OptionList).focus()
        await hand.type_at_once("enter", "enter")
        assert isinstance(hand.app.screen, SessionScreen)

    drive(act, song)


def test_a_dialog_under_another_screen_closes_nothing(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("s")
        form = hand.app.screen
        await hand.pilot.resize_terminal(20, 5)
        form.query_one(Button).press()
        await hand.settle()
        assert isinstance(hand.app.screen, TooSmall)
        await hand.pilot.resize_terminal(80, 24)
        assert hand.app.screen is form

    drive(act, song, target=WORDS)
    assert not user_preset_path("warm").exists()


# What may be typed.

ODD = ["~nosuchuser/x.wav", "x" * 300, "x" * 300 + "/y.wav", "song.wav/x.wav"]


@pytest.mark.parametrize("key", ["r", "e", "R", "s"])
def test_odd_names_are_a_problem(drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.chdir(song.parent)

    async def act(hand: Stagehand) -> None:
        await hand.press(key)
        for name in ODD:
            inputs(hand)[-1].value = name
            await hand.press("enter", "enter")
            assert isinstance(hand.app.screen, FormScreen), name
            assert hand.problem
            assert "Enter again" not in hand.problem

    drive(act, song, target=WORDS)
    assert [path.name for path in song.parent.parent.iterdir() if path.name != "home"] == ["music"]
    assert [path.name for path in song.parent.iterdir()] == ["song.wav"]


def test_an_odd_folder_to_read_from_is_a_problem(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("R")
        for name in ODD:
            inputs(hand)[0].value = name
            await hand.press("enter")
            assert hand.problem

    drive(act, song, target=WORDS)


@pytest.mark.parametrize(
    ("name", "problem"), [("a/b", "is not a name for a preset"), ("", "a name"), (".x", "is not a name for a preset")]
)
def test_an_invalid_name_can_be_mended(drive: Drive, song: Path, name: str, problem: str) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("s")
        inputs(hand)[0].value = name
        await hand.press("enter", "enter")
        assert problem in hand.problem
        assert inputs(hand)[0].value == name
        inputs(hand)[0].value = "good"
        await hand.press("enter")
        assert "--preset good" in hand.message

    drive(act, song, target=WORDS)
    assert find_preset("good").target == WORDS


def test_an_export_to_a_folder_is_a_problem(drive: Drive, song: Path) -> None:
    folder = song.parent / "eq.toml"
    folder.mkdir()

    async def act(hand: Stagehand) -> None:
        await hand.press("e")
        inputs(hand)[0].value = str(folder)
        await hand.press("enter", "enter")
        assert "folder" in hand.problem

    drive(act, song, target=WORDS)


# Asked before.


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [("r", "take", "music/take.wav"), ("e", "mine", "music/mine.toml"), ("s", "mine", "mine"), ("R", "x", "x")],
)
def test_what_is_proposed_is_replaced_by_typing_but_not_its_place(
    drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch, key: str, typed: str, value: str
) -> None:
    monkeypatch.chdir(song.parent.parent)

    async def act(hand: Stagehand) -> None:
        await hand.press(key, *typed)
        assert inputs(hand)[0].value == value
        if key == "r":
            await hand.press("end", "tab", "tab", "tab", "x")
            assert inputs(hand)[0].value.startswith(value), "who comes back wants to go on"

    drive(act, song, target=WORDS)


@pytest.mark.parametrize(("key", "name"), [("r", "new/deep/take.wav"), ("e", "new/deep/eq.toml")])
def test_a_folder_that_is_not_there_is_asked_about(drive: Drive, song: Path, key: str, name: str) -> None:
    output = song.parent / name

    async def act(hand: Stagehand) -> None:
        await hand.press(key)
        inputs(hand)[0].value = str(output)
        await hand.press("enter")
        assert "There is no folder" in hand.problem
        assert "Create it?" in hand.problem
        assert not output.parent.exists()
        await hand.press("enter")
        await hand.until(lambda: output.exists() and not hand.app.render_flow.is_busy)

    drive(act, song, target=WORDS)


def test_a_question_is_forgotten_once_something_else_was_typed(drive: Drive, song: Path) -> None:
    other = song.with_name("other.wav")
    other.write_text("mine")

    async def act(hand: Stagehand) -> None:
        await hand.press("r")
        line = inputs(hand)[0]
        line.value = str(other)
        line.action_end()
        await hand.press("enter", "x", "backspace")
        assert hand.problem == ""
        await hand.press("enter")
        assert "Overwrite" in hand.problem

    drive(act, song, target=WORDS)
    assert other.read_text() == "mine"


def test_an_enter_from_before_the_question_is_no_answer(drive: Drive, song: Path) -> None:
    other = song.with_name("other.wav")
    other.write_text("mine")

    async def act(hand: Stagehand) -> None:
        await hand.press("r")
        inputs(hand)[0].value = str(other)
        await hand.type_at_once("enter", "enter", "enter")
        assert "Overwrite" in hand.problem

    drive(act, song, target=WORDS)
    assert other.read_text() == "mine"


def test_escape_does_not_wait_for_a_slow_disk(drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_let_go = threading.Event()
    monkeypatch.setattr(RenderFlow, "_check_file", lambda *_: "" if is_let_go.wait(10) else "never")

    async def act(hand: Stagehand) -> None:
        await hand.press("r")
        await hand.pilot.press("enter", "escape")
        await hand.until(lambda: isinstance(hand.app.screen, SessionScreen))
        is_let_go.set()
        await hand.settle()
        assert not hand.app.render_flow.is_busy

    drive(act, song, target=WORDS)
    assert not song.with_name("song-eqmorph.wav").exists()


@pytest.mark.parametrize(("key", "name"), [("r", "song-eqmorph.wav"), ("e", "song-eq.toml")])
def test_a_file_that_appears_after_the_question_is_not_overwritten(
    drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch, key: str, name: str
) -> None:
    """The user was not asked about it."""
    there = song.with_name(name)
    dismiss = FormScreen.dismiss

    def late(form: FormScreen, result: Answer | None = None) -> AwaitComplete:
        there.write_text("mine")
        return dismiss(form, result)

    monkeypatch.setattr(FormScreen, "dismiss", late)

    async def act(hand: Stagehand) -> None:
        await hand.press(key, "enter")
        await hand.until(lambda: "already exists" in hand.message)
        assert "overwritten" in hand.notices[-1]
        assert "--force" not in hand.notices[-1]

    drive(act, song, target=WORDS)
    assert there.read_text() == "mine"


def test_an_enter_held_down_or_a_double_click_is_no_answer(
    drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form, "READ_S", 0.5)
    other = song.with_name("other.wav")
    other.write_text("mine")

    async def act(hand: Stagehand) -> None:
        await hand.press("r")
        inputs(hand)[0].value = str(other)
        for _ in range(20):
            hand.app.post_message(events.Key("enter", "\r"))
            await asyncio.sleep(0.05)
        await hand.settle()
        assert "Overwrite" in hand.problem
        await hand.pilot.click("#do")
        await hand.pilot.click("#do")
        await hand.settle()
        assert other.read_text() == "mine"
        await asyncio.sleep(0.6)
        await hand.press("enter")
        await hand.until(lambda: "written" in hand.message)

    drive(act, song, target=WORDS)


def test_a_file_that_went_is_said_to_be_gone(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("r")
        song.with_name("song-eqmorph.wav").write_text("mine")
        song.unlink()
        await hand.press("enter", "enter")
        await hand.until(lambda: "song.wav" in hand.message)
        assert "unexpected" not in hand.message

    drive(act, song, target=WORDS)


def test_the_way_out_does_not_wait(drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_let_go = threading.Event()
    monkeypatch.setattr(RenderFlow, "_check_file", lambda *_: "" if is_let_go.wait(10) else "never")

    async def act(hand: Stagehand) -> None:
        await hand.pilot.press("r", "enter", "ctrl+q")
        await hand.until(lambda: not hand.app.is_running or hand.app._exit)
        is_let_go.set()

    drive(act, song, target=WORDS)


def test_a_folder_with_files_of_others_keeps_them(drive: Drive, song: Path) -> None:
    sf.write(song.with_name("second.wav"), sf.read(song)[0], sf.info(song).samplerate)
    output = song.parent.with_name("music-eqmorph")
    output.mkdir()
    (output / "song.wav").write_text("mine")

    async def act(hand: Stagehand) -> None:
        await hand.press("R", "enter")
        assert "left alone: 1 of 2" in hand.problem
        assert not (output / "second.wav").exists()
        await hand.press("enter")
        await hand.until(lambda: "1 done, 1 skipped" in hand.message)

    drive(act, song, target=WORDS)
    assert (output / "song.wav").read_text() == "mine"
    assert sf.info(output / "second.wav").frames == sf.info(song).frames


def test_a_folder_with_nothing_left_to_do_is_a_problem(drive: Drive, song: Path) -> None:
    output = song.parent.with_name("music-eqmorph")
    output.mkdir()
    (output / "song.wav").write_text("mine")
    (song.parent / "empty").mkdir()

    async def act(hand: Stagehand) -> None:
        await hand.press("R", "enter", "enter")
        assert "exists already" in hand.problem
        inputs(hand)[0].value = str(song.parent / "empty")
        await hand.press("enter")
        assert "contains no audio files" in hand.problem

    drive(act, song, target=WORDS)
    assert (output / "song.wav").read_text() == "mine"


def test_results_of_other_settings_are_replaced_only_when_asked(drive: Drive, song: Path) -> None:
    output = song.parent.with_name("music-eqmorph")
    made: list[bytes] = []

    async def act(hand: Stagehand) -> None:
        await hand.press("R", "enter")
        await hand.until(lambda: "1 done" in hand.message)
        made.append((output / "song.wav").read_bytes())
        await hand.press("R", "enter")  # the same again is no question
        await hand.until(lambda: "1 skipped" in hand.message)
        await hand.press("L", "R", "enter")
        assert "other settings, and replaced: 1 of 1" in hand.problem
        assert (output / "song.wav").read_bytes() == made[0]
        await hand.press("enter")
        await hand.until(lambda: "1 done" in hand.message)

    drive(act, song, target=WORDS)
    assert (output / "song.wav").read_bytes() != made[0]


# Help.


@pytest.mark.parametrize(
    ("key", "screen", "word"),
    [
        ("r", FormScreen, "Fill in"),
        ("R", FormScreen, "Fill in"),
        ("e", FormScreen, "Fill in"),
        ("s", FormScreen, "Fill in"),
        ("a", WordPicker, "Find a word"),
        ("v", ResultsScreen, "Results"),
        ("o", BrowseScreen, "Open a file"),
    ],
)
def test_every_dialog_has_help(drive: Drive, song: Path, key: str, screen: type, word: str) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press(key, "f1")
        assert isinstance(hand.app.screen, HelpScreen)
        assert word in hand.app.screen._text
        assert any("Close" in what for _, what in hand.app.screen._keys)
        await hand.press("escape")
        assert isinstance(hand.app.screen, screen)
        if inputs(hand):
            await hand.press("question_mark")
            assert "?" in inputs(hand)[0].value

    drive(act, song, target=WORDS)


def test_help_names_in_prose_no_key_that_can_be_another() -> None:
    """The list below names keys as they are bound."""
    from textual.keys import KEY_DISPLAY_ALIASES

    from eqmorph.tui.help import binding_owners, named_bindings

    for owner in binding_owners():
        for binding in named_bindings(owner):
            for key in binding.key.split(","):
                shown = KEY_DISPLAY_ALIASES.get(key, key).capitalize() if len(key) > 1 else key
                assert f"`{shown}`" not in (owner.HELP or "") or binding.id == "dialog.help", (owner, key)


# Names that are not text.

NAMES = [b"caf\xe9.wav", b"new\nline.wav", b"red\x1b[31m.wav"]


@posix
@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_no_name_reaches_the_terminal_raw(drive: Drive, song: Path, name: bytes) -> None:
    path = song.rename(song.parent / os.fsdecode(name))

    def is_safe(hand: Stagehand) -> bool:
        text = "".join(segment.text for line in hand.app.screen._compositor.render_strips() for segment in line)
        text.encode("utf-8")
        return text.isprintable()

    async def act(hand: Stagehand) -> None:
        assert len(hand.shown("FileLine")) == 1
        assert hand.app.session.query_one(FileLine).file_name.startswith(name[:3].decode())
        assert is_safe(hand)
        await hand.press("r")
        assert inputs(hand)[0].value.isprintable()
        assert is_safe(hand)
        await hand.press("enter")
        await hand.until(lambda: "written" in hand.message)
        await hand.press("v")
        assert is_safe(hand)
        await hand.press("escape", "y")
        assert hand.app.clipboard.isprintable()
        assert "copied" in hand.message
        assert is_safe(hand)
        await hand.press("o")
        tree = hand.app.screen.query_one(AudioTree)
        await hand.until(lambda: len(tree.root.children) == 2)
        assert is_safe(hand)

    drive(act, path, target=WORDS, size=(100, 40))
    assert path.with_stem(f"{path.stem}-eqmorph").exists()


def test_what_is_pasted_is_shown_escaped(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        for key in ("r", "a"):
            await hand.press(key)
            inputs(hand)[0].value = ""
            hand.app.screen.focused.post_message(events.Paste("a\x1b[31mb\0.wav"))
            await hand.settle()
            assert inputs(hand)[0].value == r"a\x1b[31mb\x00.wav"
            await hand.press("escape")

    drive(act, song)


def test_a_name_that_cannot_be_typed_is_kept_where_it_is_not_changed() -> None:
    proposed = "caf\udce9/new\nline.wav"
    shown = escaped(proposed)
    assert shown.isprintable()
    assert unescaped(shown, proposed) == proposed
    assert unescaped(shown.replace("line", "song"), proposed) == "caf\udce9/new\nsong.wav"
    assert unescaped(shown[:-2], proposed) == proposed[:-2]
    assert unescaped("elsewhere/x", proposed) == "elsewhere/x"
    assert escaped("narrow\u202fspace é") == "narrow\u202fspace é"


def test_a_very_long_name_is_rendered_nowhere_and_kills_nothing(drive: Drive, song: Path) -> None:
    path = song.rename(song.parent / f"{'x' * 245}.wav")

    async def act(hand: Stagehand) -> None:
        await hand.press("r", "enter")
        assert hand.problem
        assert isinstance(hand.app.screen, FormScreen)

    drive(act, path, target=WORDS)


# Results.


def test_a_long_result_can_be_read_to_its_end(drive: Drive, song: Path) -> None:
    text = f"the disk is full. {'Free some space on the disk of /mnt/music, ' * 4}or write elsewhere at the very end"

    async def act(hand: Stagehand) -> None:
        screen = ResultsScreen(lambda: [ResultLine("failed", "song.wav", text)], lambda: "")
        hand.app.push_screen(screen)
        await hand.settle()
        shown = " ".join(" ".join(hand.shown("#results")).split())
        assert shown.endswith("or write elsewhere at the very end")

    drive(act, song, size=(80, 24))


# What a name stands for.


@pytest.mark.parametrize("name", ["noextension", "song.xyz", "song."])
def test_a_name_without_a_format_is_a_problem(drive: Drive, song: Path, name: str) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("r")
        inputs(hand)[0].value = str(song.with_name(name))
        await hand.press("enter", "enter")
        assert "extension" in hand.problem
        assert ".wav" in hand.problem

    drive(act, song, target=WORDS)
    assert [path.name for path in song.parent.iterdir()] == ["song.wav"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are none")
@pytest.mark.parametrize("key", ["r", "e"])
def test_what_is_no_file_is_not_replaced_and_a_dead_link_is_asked_about(drive: Drive, song: Path, key: str) -> None:
    extension = {"r": ".wav", "e": ".json"}[key]
    pipe, link = song.with_name(f"pipe{extension}"), song.with_name(f"link{extension}")
    os.mkfifo(pipe)
    link.symlink_to(song.with_name("gone"))

    async def act(hand: Stagehand) -> None:
        await hand.press(key)
        inputs(hand)[0].value = str(pipe)
        await hand.press("enter", "enter")
        assert "not a regular file" in hand.problem
        inputs(hand)[0].value = str(link)
        await hand.press("enter")
        assert "Overwrite" in hand.problem
        await hand.press("enter")
        await hand.until(lambda: "written" in hand.message)

    drive(act, song, target=WORDS)
    assert pipe.is_fifo()
    assert link.is_file()


def test_results_in_the_folder_are_asked_about(drive: Drive, song: Path) -> None:
    for name in ("song-eqmorph.wav", "song-eqmorph-2.wav", "other-eqmorph.wav"):
        song.with_name(name).write_bytes(song.read_bytes())

    async def act(hand: Stagehand) -> None:
        await hand.press("R", "enter")
        assert "equalized again: 2 of 4" in hand.problem

    drive(act, song, target=WORDS)


def test_a_preset_is_not_called_like_a_file(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("s")
        inputs(hand)[0].value = "mine.toml"
        await hand.press("enter")
        assert "taken for a file" in hand.problem

    drive(act, song, target=WORDS)


def test_failed_files_are_listed_by_their_own_names(drive: Drive, song: Path) -> None:
    (song.parent / "broken.wav").write_bytes(b"RIFFnothing")

    async def act(hand: Stagehand) -> None:
        await hand.press("R", "enter")
        await hand.until(lambda: "1 failed" in hand.message)
        await hand.press("v")
        shown = "".join("".join(hand.shown("#results")).split())  # long names go on in the next line
        failed = shown.partition("✗")[2].partition("✓")[0]
        assert "music/broken.wav" in failed
        assert "music-eqmorph" not in failed

    drive(act, song, target=WORDS)


def test_what_a_file_says_of_itself_is_explained_in_printable_words() -> None:
    assert explain(InputError("bad \x1b[31m", hint="Mend \x07 it.")) == r"bad \x1b[31m. Mend \x07 it."
