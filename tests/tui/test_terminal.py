"""The installed command in a real terminal: opened, moved, rendered, and compared with what ``apply`` makes."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import eqmorph
from tests.support import wait_until

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

PROGRAM = Path(sys.executable).with_name("eqmorph")


class Terminal:
    """A program in a tmux session of its own, 100 by 30."""

    def __init__(self, command: str, folder: Path, home: Path) -> None:
        settings = home / "tmux.conf"
        settings.write_text("set -g set-clipboard on\nset -g remain-on-exit on\n")
        self._tmux = ["tmux", "-L", f"eqmorph-{uuid.uuid4().hex[:12]}", "-f", str(settings)]
        keep = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(eqmorph.__file__).parents[1])}
        self._environment = {**keep, "HOME": str(home), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        self._run("new-session", "-d", "-x", "100", "-y", "30", "-c", str(folder), command)

    def press(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def screen(self) -> str:
        return self._run("capture-pane", "-p")

    def clipboard(self) -> str:
        return self._run("show-buffer")

    def until(self, text: str, *, seconds: float = 30) -> str:
        """Wait for a text on the screen."""
        deadline = time.monotonic() + seconds
        while text not in (screen := self.screen()):
            assert time.monotonic() < deadline, f"no {text!r} in\n{screen}"
            time.sleep(0.05)
        return screen

    def state(self, what: str) -> str:
        """Return what tmux knows about the pane."""
        return self._run("display-message", "-p", f"#{{{what}}}").strip()

    def until_it_ends(self, *, seconds: float = 15) -> None:
        """Wait for the program to end."""
        deadline = time.monotonic() + seconds
        while self.state("pane_dead") != "1":
            assert time.monotonic() < deadline, self.screen()
            time.sleep(0.05)

    def close(self) -> None:
        """Close the window, if it is still there."""
        subprocess.run([*self._tmux, "kill-server"], env=self._environment, capture_output=True)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments], env=self._environment, capture_output=True, text=True, timeout=20
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def program() -> str:
    """Return the installed command, or, in a tree that isn't installed, the same by another name."""
    return shlex.quote(str(PROGRAM)) if PROGRAM.exists() else f"{shlex.quote(sys.executable)} -m eqmorph"


@pytest.fixture
def open_terminal(tmp_path: Path) -> Iterator[Callable[[str, Path], Terminal]]:
    opened: list[Terminal] = []

    def build(command: str, folder: Path) -> Terminal:
        opened.append(Terminal(command, folder, tmp_path))
        return opened[-1]

    yield build
    for terminal in opened:
        terminal.close()


def render_and_copy(terminal: Terminal) -> str:
    """Render the file that is open, and return the command that the app copies."""
    terminal.press("r")
    terminal.until("Write to")
    terminal.press("Enter")
    terminal.until("written: song-eqmorph.wav")
    terminal.press("y")
    terminal.until("Copied")
    return terminal.clipboard()


def assert_command_gives_what_was_rendered(terminal: Terminal, command: str, program: str, song: Path) -> None:
    """Quit the app, run the command, and compare its samples with those that were rendered."""
    terminal.press("q")
    terminal.until_it_ends()
    subprocess.run([*shlex.split(program), *shlex.split(command)[1:], "-q"], cwd=song.parent, check=True, timeout=60)
    rendered, applied = (song.with_name(name) for name in ("song-eqmorph.wav", "song-eqmorph-2.wav"))
    np.testing.assert_array_equal(sf.read(rendered)[0], sf.read(applied)[0])
    assert not np.array_equal(sf.read(rendered)[0], sf.read(song)[0])


def test_what_is_rendered_is_what_the_copied_command_makes(
    open_terminal: Callable[[str, Path], Terminal], program: str, song: Path
) -> None:
    terminal = open_terminal(f"{program} tui {song.name}", song.parent)
    terminal.until("song.wav  WAV PCM_16")
    terminal.until("boomy")  # the profile: the file was listened to
    terminal.press("L", "l")
    terminal.until("+0.30")
    terminal.press("Down")
    terminal.until("▸ bright")
    terminal.press("H")
    terminal.until("-0.25")
    command = render_and_copy(terminal)
    assert command == 'eqmorph apply song.wav song-eqmorph-2.wav --target "warm:0.3 + bright:-0.25"'.replace('"', "'")
    assert_command_gives_what_was_rendered(terminal, command, program, song)


def test_a_preset_whose_band_was_nudged_is_rendered_as_the_copied_command_makes_it(
    open_terminal: Callable[[str, Path], Terminal], program: str, song: Path
) -> None:
    terminal = open_terminal(f"{program} tui {song.name}", song.parent)
    terminal.until("boomy")
    terminal.press("P")
    terminal.until("try   Enter")
    terminal.press("s", "m", "i", "l", "e")
    terminal.until("smile")
    terminal.press("Enter")
    terminal.until("loaded: smile")
    terminal.press("g", "+", "+", "(")
    terminal.until("HP•")
    command = render_and_copy(terminal)
    assert command.startswith("eqmorph apply song.wav song-eqmorph-2.wav --bands 'HP 40; ")
    assert_command_gives_what_was_rendered(terminal, command, program, song)


def test_a_preset_that_was_loaded_is_rendered_as_apply_does_and_there_again_at_the_next_start(
    open_terminal: Callable[[str, Path], Terminal], program: str, song: Path
) -> None:
    terminal = open_terminal(f"{program} tui {song.name}", song.parent)
    terminal.until("boomy")
    terminal.press("P")
    terminal.until("a part of its name")
    terminal.press("de-mud", "Enter")
    terminal.until("loaded: de-mud")
    terminal.press("M-2")  # Alt+2, another slot
    terminal.until("slot 2, a copy of slot 1")
    command = render_and_copy(terminal)
    assert_command_gives_what_was_rendered(terminal, command, program, song)
    again = open_terminal(f"{program} tui", song.parent)
    again.until("song.wav  WAV PCM_16")
    again.until("slot 2")
    again.until("de-mud")
    again.press("q")
    again.until_it_ends()


@pytest.fixture
def long_song(tmp_path: Path) -> Path:
    """Return a file with five minutes of noise, alone in a folder: it takes a while to render."""
    path = tmp_path / "long" / "song.wav"
    path.parent.mkdir()
    noise = np.random.default_rng(0).standard_normal(300 * 32_000) * 0.05
    sf.write(path, noise, 32_000, subtype="PCM_16")
    return path


def begin_to_render(terminal: Terminal, path: Path) -> int:
    """Start rendering, and return the process."""
    terminal.until("boomy")
    terminal.press("L")
    terminal.until("+0.25")
    terminal.press("r")
    terminal.until("Write to")
    terminal.press("Enter")
    wait_until(lambda: list(path.parent.glob(".eqmorph-*.part")))
    return int(path.parent.with_name("pid").read_text())


def in_a_shell(program: str, path: Path) -> str:
    """Return the command of a shell that writes the program's process next to the folder, and tells how it ended."""
    run = shlex.quote(f"echo $$ >../pid; exec {program} tui {path.name}")
    return f"sh -c {run}; echo ended with $?; read _"


def test_the_system_ends_it_in_order(
    open_terminal: Callable[[str, Path], Terminal], program: str, long_song: Path
) -> None:
    terminal = open_terminal(in_a_shell(program, long_song), long_song.parent)
    process = begin_to_render(terminal, long_song)
    assert terminal.state("alternate_on") == "1"
    os.kill(process, signal.SIGTERM)
    terminal.until(f"ended with {128 + signal.SIGTERM}")
    assert (terminal.state("alternate_on"), terminal.state("mouse_any_flag")) == ("0", "0")
    assert list(long_song.parent.iterdir()) == [long_song]


def test_a_closed_window_leaves_nothing_half_done(
    open_terminal: Callable[[str, Path], Terminal], program: str, long_song: Path
) -> None:
    terminal = open_terminal(in_a_shell(program, long_song), long_song.parent)
    process = begin_to_render(terminal, long_song)
    terminal.close()
    wait_until(lambda: not is_running(process))
    assert list(long_song.parent.iterdir()) == [long_song]


def is_running(process: int) -> bool:
    """Tell whether a process is running, and is not merely a zombie."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True)
    return done.stdout.strip()[:1] not in ("", "Z")


def test_without_a_terminal_it_says_so(song: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "eqmorph", "tui", str(song)],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
    assert "Traceback" not in done.stderr
