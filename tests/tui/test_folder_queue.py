"""The folder as a queue: its files one after another, found, ordered, rendered, cancelled, and told of in full."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from textual.widgets import Checkbox, OptionList, Static

from eqmorph.analysis import load_ear
from eqmorph.batch.find import find_sources
from eqmorph.batch.rank import rank_files
from eqmorph.cli import run
from eqmorph.errors import Stopped
from eqmorph.tui import jobs
from eqmorph.tui.controller import Controller
from eqmorph.tui.folder_files import FolderFiles, audio_in
from eqmorph.tui.screens.files import FilesScreen
from eqmorph.tui.screens.results import ResultsScreen
from tests.tui.conftest import Stagehand

Drive = Callable[..., Any]
NAMES = ("a dark.wav", "b bright.wav", "c plain.wav")


@pytest.fixture
def folder(song: Path, tmp_path: Path) -> Path:
    """Return a folder with a dark, a bright and a plain song, beside what is no source."""
    place = tmp_path / "album"
    place.mkdir()
    audio, rate = sf.read(song)
    mono = audio.mean(axis=1)
    dark = np.convolve(mono, np.ones(24) / 24, "same")
    bright = np.diff(mono, prepend=0.0)
    for name, sound in zip(NAMES, (dark, bright, mono), strict=True):
        sf.write(place / name, 0.3 * sound / np.abs(sound).max(), rate, subtype="PCM_16")
    (place / "notes.txt").write_text("no sound")
    (place / ".hidden.wav").write_bytes((place / NAMES[2]).read_bytes())
    (place / "c plain-eqmorph.wav").write_bytes((place / NAMES[2]).read_bytes())
    return place


def opened(hand: Stagehand) -> str:
    return hand.controller.file.path.name if hand.controller.file else ""


def options(hand: Stagehand, selector: str = "OptionList") -> list[str]:
    shown = hand.app.screen.query_one(selector, OptionList)
    return [str(option.prompt) for option in shown.options]


def evidence(hand: Stagehand) -> str:
    return str(hand.app.screen.query_one("#evidence", Static).render())


def test_the_files_of_a_folder_are_its_sources(folder: Path) -> None:
    assert [path.name for path in audio_in(folder)] == list(NAMES)
    assert audio_in(folder / "nowhere") == []


def test_from_a_result_one_goes_to_the_files_around_it(folder: Path) -> None:
    files, result = FolderFiles(), folder / "b bright-eqmorph-2.wav"
    assert files.beside(result, 1) == folder / NAMES[2]
    assert files.beside(result, -1) == folder / NAMES[0]
    assert files.beside(folder / "z.wav", 1) is None
    assert files.beside(folder / NAMES[0], -1) is None


def test_next_and_previous_file_with_settings_kept(drive: Drive, folder: Path) -> None:
    async def act(hand: Stagehand) -> None:
        blend = hand.controller.blend
        await hand.press("n")
        assert opened(hand) == NAMES[1]
        await hand.press("n", "n")
        assert opened(hand) == NAMES[2]
        assert "last file" in hand.message
        await hand.press("N", "N", "N")
        assert opened(hand) == NAMES[0]
        assert "first file" in hand.message
        assert hand.controller.blend == blend
        await hand.until(lambda: hand.controller.preview.sound is hand.controller.sound)

    drive(act, folder / NAMES[0], target="warm:0.5")


def test_without_a_file_there_is_no_next_one(drive: Drive, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    async def act(hand: Stagehand) -> None:
        await hand.press("escape", "n")
        assert "open a file first" in hand.message
        await hand.press("F")
        assert "no audio files" in hand.message

    drive(act, tmp_path / "empty")


def test_files_are_found_as_one_types_and_opened(drive: Drive, folder: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("F")
        assert isinstance(hand.app.screen, FilesScreen)
        assert [line.strip("▸ ") for line in options(hand)] == list(NAMES)
        await hand.press(*"ri")
        assert [line.strip() for line in options(hand)] == [NAMES[1]]
        await hand.press("enter")
        assert opened(hand) == NAMES[1]

    drive(act, folder / NAMES[0])


def test_the_order_is_that_of_rank(drive: Drive, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQMORPH_CACHE", "")
    ear = load_ear()
    ranking = rank_files(ear, find_sources([folder / name for name in NAMES]), ear.space.target("bright:0.5"))
    expected = [sound.path.name for sound in ranking.sounds]
    assert expected[0] == NAMES[1]
    assert expected != list(NAMES)

    async def act(hand: Stagehand) -> None:
        await hand.press("F", "ctrl+o")
        await hand.until(lambda: "ordered by bright" in str(hand.app.screen.query_one("#said", Static).render()))
        await hand.settle()
        shown = [next(name for name in NAMES if name in line) for line in options(hand)]
        assert shown == expected
        assert "%" in options(hand)[0]
        await hand.press("escape")
        at = expected.index(opened(hand))
        if at + 1 < len(expected):
            await hand.press("n")
            assert opened(hand) == expected[at + 1], "and it is gone through in that order"
        await hand.press("F", "ctrl+o")
        assert [line.strip("▸ ") for line in options(hand)] == list(NAMES), "by name again"

    drive(act, folder / NAMES[0], target="bright:0.5")


def test_nothing_asked_for_orders_nothing(drive: Drive, folder: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("F", "ctrl+o")
        assert "move a word's slider first" in evidence(hand)

    drive(act, folder / NAMES[0])


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Hold up rendering until this is set, as a long file would."""
    go_on, process = threading.Event(), jobs.process_file

    def wait(source: Path, output: Path, settings: Any, *, overwrite: bool, watch: Callable[[float], None]) -> Any:
        while not go_on.wait(0.01):
            watch(0.0)
        return process(source, output, settings, overwrite=overwrite, watch=watch)

    monkeypatch.setattr(jobs, "process_file", wait)
    return go_on


def test_one_of_several_renders_is_cancelled(drive: Drive, folder: Path, held: threading.Event) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("F", "ctrl+r", "down", "ctrl+r", "down", "ctrl+r")
        assert "waits for its turn" in evidence(hand)
        await hand.until(lambda: "rendering 0%" in options(hand)[0])
        assert "waits" in options(hand)[1]
        await hand.press("escape", "v")
        screen = hand.app.screen
        assert isinstance(screen, ResultsScreen)
        assert [line[:1] for line in options(hand, "#queue")] == ["▶", "…", "…"]
        await hand.press("down", "delete")
        await hand.until(lambda: len(options(hand, "#queue")) == 2)
        assert "cancelled before its turn came" in hand.shown("#results")[0]
        await hand.press("delete")  # the one that is being rendered
        await hand.until(lambda: len(options(hand, "#queue")) == 1)
        held.set()
        await hand.until(lambda: len(options(hand, "#results")) >= 2)
        await hand.press("escape", "F")
        assert "✓ c plain-eqmorph-2.wav" in options(hand)[2]

    drive(act, folder / NAMES[0], target="warm:0.5")
    made = sorted(path.name for path in folder.glob("*-eqmorph*"))
    assert made == ["c plain-eqmorph-2.wav", "c plain-eqmorph.wav"], "nothing of what was cancelled is left"


def test_results_are_told_as_the_command_line_does(
    drive: Drive, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, told = folder / NAMES[0], []

    async def act(hand: Stagehand) -> None:
        await hand.press("r", "enter")
        await hand.until(lambda: "written" in hand.message)
        await hand.press("v")
        [line] = hand.app.render_flow._ended
        told.extend(detail.split() for detail in line.details)
        shown = "\n".join(hand.shown("#results"))
        assert "    clear  " in shown
        assert " LUFS " in shown

    drive(act, source, target="clear:1.5", size=(120, 40))
    capsys.readouterr()
    assert run(["apply", str(source), str(folder / "out.wav"), "--target", "clear:1.5"]) == 0
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    level, *words = told
    assert level[-3:-1][0] == "trim"
    assert printed[0][-len(level) - 1 : -1] == level, "but for how fast it was"
    assert words
    assert words == printed[1 : len(words) + 1]


def test_a_folder_is_rendered_as_an_album(drive: Drive, folder: Path, tmp_path: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("R", "tab", "tab")
        assert isinstance(hand.app.focused, Checkbox)
        assert "✓" not in hand.shown("Checkbox")[0]
        await hand.press("space")
        assert "✓" in hand.shown("Checkbox")[0], "and not by color alone"
        await hand.press("enter")
        assert "results of this app" in hand.problem
        await hand.press("enter")
        await hand.until(lambda: "done" in hand.message)

    drive(act, folder / NAMES[0], target="warm:1", kind="mix")
    out = tmp_path / "by-command"
    names = [str(folder / name) for name in [*NAMES, "c plain-eqmorph.wav"]]
    assert run(["apply", *names, str(out), "--target", "warm:1", "--album", "--kind", "mix", "-q"]) == 0
    rendered = folder.with_name("album-eqmorph")
    for name in NAMES:
        np.testing.assert_array_equal(sf.read(rendered / name)[0], sf.read(out / name)[0])


def test_an_album_that_is_listened_to_can_be_stopped(folder: Path, tmp_path: Path) -> None:
    job = Controller(target="warm:1").folder_rendering(folder, tmp_path / "out", album=True)
    job.stop()
    with pytest.raises(Stopped):
        job.run()
    assert not (tmp_path / "out").exists()
