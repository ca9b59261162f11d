"""The command in terminals that show pictures, and in some that don't: what it asks, and what it then draws."""

from __future__ import annotations

import io
import os
import re
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from eqmorph.cli import run
from tests.support import need_extras
from tests.tui.picture.decode import NOTHING, kitty_deletions, kitty_pictures, sixel_pictures

need_extras("picture")
if os.name == "nt":
    pytest.skip("needs a pty", allow_module_level=True)

import fcntl  # noqa: E402 - not on Windows
import pty  # noqa: E402
import termios  # noqa: E402

ROOT = Path(__file__).parents[3]
COLUMNS, LINES = 100, 30
HEARD = "warm ●"  # before the course of a word, once the file was listened to
SIXEL = {r"\x1b\[c": "\x1b[?62;4;22c"}
KITTY = {r"\x1b\[c": "\x1b[?62c", r"\x1b_G[^\x1b]*a=q[^\x1b]*\x1b\\": "\x1b_Gi=1;OK\x1b\\"}
NEITHER = {r"\x1b\[c": "\x1b[?62;22c"}
CELL_SIZE = {r"\x1b\[16t": "\x1b[6;20;10t"}
COLORS = {r"\x1b\[\?1;3;256S": "\x1b[?1;0;256S"}
PARTS = {r"\x1b\[\?2;1;0S": "\x1b[?2;0;500;300S"}  # the window's size, as xterm tells it

ASK = """
from eqmorph.tui.picture.terminal import ask_terminal
graphics, why = ask_terminal()
print("found", type(graphics).__name__, graphics and tuple(graphics.cell), why)
"""
# The command, and beside it each picture as it was painted.
DRAW = """
import sys
import numpy as np
from eqmorph.cli import run
from eqmorph.tui.widgets.curve import CurveView
paint = CurveView._raster
def kept(view, cell):
    raster = paint(view, cell)
    np.savez(sys.argv[2], pixels=raster.pixels, colors=raster.colors)
    return raster
CurveView._raster = kept
sys.exit(run(["tui", sys.argv[1], "--target", "warm:0.8", "--new", "--picture"]))
"""


class FakeTerminal:
    """A terminal that answers what it is told to, and keeps what is written to it."""

    def __init__(
        self, code: str, *arguments: object, answers: dict[str, str], cell: tuple[int, int], home: Path
    ) -> None:
        self._here, there = pty.openpty()
        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, COLUMNS * cell[0], LINES * cell[1]))
        places = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "STATE", "CACHE", "DATA")}
        environment = {**os.environ, **places, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "HOME": str(home)}
        for name in ("TMUX", "EQMORPH_CONFIG"):
            environment.pop(name, None)
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            **{"stdin": there, "stdout": there, "stderr": there},
            env={**environment, "COLORTERM": "truecolor"},
            start_new_session=True,
        )
        os.close(there)
        self._answers = [(re.compile(question), answer) for question, answer in answers.items()]
        self._answered_to = 0
        self.written = ""

    def until(self, is_so: Callable[[], object], *, seconds: float = 40) -> None:
        """Read and answer until something is so."""
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline, self.written[-2000:]
            self._read()

    def type(self, text: str) -> None:
        os.write(self._here, text.encode())

    def end(self) -> str:
        """Read on until the process has ended, and return all that was written."""
        self.until(lambda: self._process.poll() is not None)
        while self._read():
            pass
        return self.written

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._here)

    def _read(self) -> bool:
        if not select.select([self._here], [], [], 0.05)[0]:
            return False
        try:
            self.written += os.read(self._here, 1 << 16).decode("utf-8", "replace")
        except OSError:  # it has ended
            return False
        for question, answer in self._answers:
            for found in question.finditer(self.written, self._answered_to):
                os.write(self._here, answer.encode())
                self._answered_to = max(self._answered_to, found.end())
        return True


@pytest.fixture
def open_fake(tmp_path: Path) -> Iterator[Callable[..., FakeTerminal]]:
    opened: list[FakeTerminal] = []

    def build(
        code: str, *arguments: object, cell: tuple[int, int] = (10, 20), **answers: dict[str, str]
    ) -> FakeTerminal:
        opened.append(FakeTerminal(code, *arguments, cell=cell, home=tmp_path, **answers))
        return opened[-1]

    yield build
    for terminal in opened:
        terminal.close()


@pytest.mark.parametrize(
    ("answers", "cell", "found"),
    [
        ({**SIXEL, **COLORS}, (9, 18), "found SixelGraphics (9, 18)"),
        (SIXEL, (9, 18), "found SixelGraphics (9, 18)"),
        ({**SIXEL, **CELL_SIZE}, (0, 0), "found SixelGraphics (10, 20)"),
        (KITTY, (9, 18), "found KittyGraphics (9, 18)"),
        (NEITHER, (9, 18), "found NoneType None this terminal shows no pictures. kitty,"),
        ({}, (9, 18), "found NoneType None this terminal shows no pictures."),
        (SIXEL, (0, 0), "found NoneType None this terminal doesn't say how many pixels a character has."),
        ({**SIXEL, r"\x1b\[\?1;3;256S": "\x1b[?1;0;16S"}, (9, 18), "found NoneType None this terminal shows 16 colors"),
    ],
    ids=["sixel", "no XTSMGRAPHICS", "no size by the system", "kitty", "neither", "silent", "no size", "few colors"],
)
def test_it_finds_out_what_the_terminal_can(
    open_fake: Callable[..., FakeTerminal], answers: dict[str, str], cell: tuple[int, int], found: str
) -> None:
    assert found in " ".join(open_fake(ASK, answers=answers, cell=cell).end().split())


def the_last_raster(path: Path) -> np.ndarray:
    with np.load(path) as kept:
        colors: np.ndarray = kept["colors"][kept["pixels"]].astype(int)
    return colors


def test_what_it_draws_as_sixels_is_what_was_painted(
    open_fake: Callable[..., FakeTerminal], song: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "last.npz"
    terminal = open_fake(DRAW, song, kept, answers={**SIXEL, **COLORS, **PARTS}, cell=(20, 40))
    terminal.until(lambda: HEARD in terminal.written)
    so_far = len(terminal.written)
    terminal.type("l")
    terminal.until(lambda: sixel_pictures(terminal.written[so_far:]))
    terminal.type("q")
    pictures = sixel_pictures(terminal.end())
    painted = the_last_raster(kept)
    assert len(pictures) >= 4, "two of each state: it is wider than the terminal takes"
    screen = np.full(painted.shape, NOTHING)
    top, left = min(shown.line for shown in pictures), min(shown.column for shown in pictures)
    assert left == 4
    for shown in pictures:
        height, width, _ = shown.pixels.shape
        assert width <= 1000
        x, y = 20 * (shown.column - left), 40 * (shown.line - top)
        screen[y : y + height, x : x + width] = shown.pixels
    np.testing.assert_allclose(screen, painted * 100 / 255, atol=0.51)


def test_what_it_draws_for_kitty_is_what_was_painted_and_is_forgotten(
    open_fake: Callable[..., FakeTerminal], song: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "last.npz"
    terminal = open_fake(DRAW, song, kept, answers=KITTY)
    terminal.until(lambda: HEARD in terminal.written)
    terminal.type("a")
    terminal.until(lambda: "Add a word" in terminal.written and kitty_deletions(terminal.written))
    so_far = len(terminal.written)
    terminal.type("\x1b")
    terminal.until(lambda: "\x1b_Ga=T" in terminal.written[so_far:])
    terminal.type("q")
    written = terminal.end()
    np.testing.assert_array_equal(kitty_pictures(written)[-1].pixels, the_last_raster(kept))
    in_the_app, _, after = written.rpartition("\x1b[?1049l")
    assert in_the_app.rindex("\x1b_Ga=d") > in_the_app.rindex("\x1b_Ga=T")
    assert "\x1b_G" not in after


def test_where_it_can_not_be_shown_the_app_says_so_and_draws_characters(
    open_fake: Callable[..., FakeTerminal], song: Path, tmp_path: Path
) -> None:
    terminal = open_fake(DRAW, song, tmp_path / "last.npz", answers=NEITHER)
    terminal.until(lambda: "No picture" in terminal.written and "drawn in characters" in terminal.written)
    terminal.until(lambda: any("\u2800" < letter <= "\u28ff" for letter in terminal.written))
    terminal.type("q")
    assert "\x1bP" not in terminal.end().replace("\x1bP+q", "")


def without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_image", None)
    monkeypatch.delitem(sys.modules, "eqmorph.tui.picture.terminal", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)


def test_without_the_extra_it_names_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    without_the_extra(monkeypatch)
    assert run(["tui", "--picture"]) == 2
    told = capsys.readouterr().err
    assert "textual-image" in told
    assert 'pip install "eqmorph[picture]"' in told


def test_a_setting_alone_is_no_reason_not_to_begin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_the_extra(monkeypatch)
    (tmp_path / "config.toml").write_text("[tui]\npicture = true\n")
    monkeypatch.setenv("EQMORPH_CONFIG", str(tmp_path / "config.toml"))
    begun: list[dict[str, object]] = []

    class App:
        return_code = 0

        def __init__(self, *_: object, **options: object) -> None:
            begun.append(options)

        def run(self) -> None:
            pass

    monkeypatch.setattr("eqmorph.tui.app.EqmorphApp", App)
    monkeypatch.setattr("sys.__stderr__", sys.stderr)
    assert run(["tui"]) == 0
    assert begun[0]["graphics"] is None
    assert 'pip install "eqmorph[picture]"' in str(begun[0]["no_picture"])


def test_in_a_browser_it_says_that_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("textual_serve", reason="needs textual-serve, the extra serve")
    monkeypatch.setattr("eqmorph.tui.browser.serve.serve", lambda *_, **__: None)
    assert run(["tui", "--picture", "--serve", "127.0.0.1:8000"]) == 0
    assert "in characters" in capsys.readouterr().out
