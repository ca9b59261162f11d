"""How soon a slider's key is answered on the screen while a file is rendered and played, and what that costs.

    python benchmarks/bench_tui.py
    python benchmarks/bench_tui.py --picture sixel

The app runs in a terminal of its own (a pty), and keys are typed into it while it renders three minutes over and over
and plays them with a live spectrum. Times are the app's own: from the key event to the end of the update that shows the
slider, and of the one that shows the curve which the key led to. Then, without keys and rendering: how soon the first
screen is painted and the whole picture is there, both from the start of the process; how many pictures of the live
spectrum a second are painted, and how much of a core the process takes meanwhile, audio included.
"""

from __future__ import annotations

import argparse
import fcntl
import gc
import json
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

SIZES = [(80, 24), (120, 40), (200, 60)]
KEYS = 60
LIVE_FROM_S, LIVE_S = 4.0, 8.0
APART_S = 0.2
SECONDS = 180
RATE = 44_100


def child(song: Path, report: Path, begun: float, picture: str, *, is_typed_into: bool) -> None:
    """The app, with a look at its clock."""
    gc.disable()  # as the command does
    from textual import events, on

    from eqmorph.stream.sink import MemorySink
    from eqmorph.tui.app import EqmorphApp
    from eqmorph.tui.controller import Controller
    from eqmorph.tui.messages import FileHeard, FileRendered
    from eqmorph.tui.picture.graphics import KittyGraphics, SixelGraphics
    from eqmorph.tui.picture.raster import Cell
    from eqmorph.tui.render_process import RenderProcess
    from eqmorph.tui.screens.form import OVERWRITE_QUESTION, Answer
    from eqmorph.tui.widgets.blend_panel import BlendPanel
    from eqmorph.tui.widgets.curve import CurveView
    from eqmorph.tui.widgets.timeline import Timeline

    class PacedSink(MemorySink):
        """Takes sound no faster than it would be heard, and forgets it."""

        def __init__(self, sample_rate: float, channels: int) -> None:
            super().__init__(sample_rate, channels)
            self._rate, self._due = sample_rate, time.monotonic()

        def write(self, block: Any) -> None:
            self._due = max(self._due + block.shape[1] / self._rate, time.monotonic() - 0.05)
            time.sleep(max(self._due - time.monotonic(), 0))

    class TimedApp(EqmorphApp):
        def __init__(self) -> None:
            kinds = {"sixel": SixelGraphics, "kitty": KittyGraphics}
            graphics = kinds[picture](Cell(10, 20)) if picture else None
            controller = Controller(target="warm:0.4 + airy:0.2", open_sink=PacedSink, apart=RenderProcess())
            super().__init__(controller, song, graphics=graphics)
            self.typed: list[float] = []
            self.moved: list[float] = []
            self.drawn: list[float] = []
            self.picture_ms: list[float] = []
            self.renders = self.moves = 0
            self.pictures = self.painted_s = self.complete_s = self.cpu_share = 0.0

        async def on_event(self, event: events.Event) -> None:
            if isinstance(event, events.Key) and event.key in ("l", "h") and not event.is_forwarded:
                self.typed.append(event.time)
            await super().on_event(event)

        def _display(self, screen: Any, renderable: Any) -> None:
            super()._display(screen, renderable)
            now = time.monotonic()
            self.painted_s = self.painted_s or now - begun
            if not self.complete_s and self.session.query_one(Timeline).data is not None:
                self.complete_s = now - begun
            self.moved += [now] * (len(self.typed) - len(self.moved))
            found = self.controller.preview
            is_shown = found.blend == self.controller.blend and self.session.query_one(CurveView).bands is found.bands
            if self.moves == len(self.typed) and is_shown:
                self.drawn += [now] * (len(self.typed) - len(self.drawn))

        @on(FileHeard)
        def _start_rendering(self) -> None:
            self.watch(self.session.query_one(BlendPanel), "blend", self._count, init=False)  # after the session's own
            self.controller.toggle_play()
            if is_typed_into:
                self._render_again()
            else:
                self.set_timer(LIVE_FROM_S, self._look_on)

        def _look_on(self) -> None:
            def count() -> None:
                self.pictures += 1

            def count_pictures(curve: Any) -> None:
                made = curve._pixels._picture

                def counted(*place: int) -> str:
                    count()
                    before = time.thread_time()
                    text: str = made(*place)
                    self.picture_ms.append(1000 * (time.thread_time() - before))
                    return text

                curve._pixels._picture = counted

            def stop() -> None:
                self.cpu_share = (time.process_time() - cpu_s) / (time.monotonic() - since)
                self.pictures /= time.monotonic() - since
                self.exit()

            curve = self.session.query_one(CurveView)
            if picture:
                count_pictures(curve)
            else:
                self.watch(curve, "live", count, init=False)
            cpu_s, since = time.process_time(), time.monotonic()
            self.set_timer(LIVE_S, stop)

        @on(FileRendered)
        def _again(self, event: FileRendered) -> None:
            if event.error is not None:
                raise event.error
            self.renders += 1
            self._render_again()

        def _render_again(self) -> None:
            self.render_flow._render_file(Answer((str(song.with_name("out.wav")),), OVERWRITE_QUESTION))

        def _count(self) -> None:
            self.moves += 1

    app = TimedApp()
    app.run()
    names = ("typed", "moved", "drawn", "renders", "painted_s", "complete_s", "pictures", "cpu_share", "picture_ms")
    report.write_text(json.dumps({name: getattr(app, name) for name in names}))


def measure(size: tuple[int, int], song: Path, report: Path, picture: str, *, is_typed_into: bool) -> dict[str, Any]:
    """Type into the app in a terminal of a size, or look on."""
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    kind = "--child" if is_typed_into else "--onlooker"
    command = [sys.executable, __file__, kind, str(song), str(report), str(time.monotonic()), picture]
    process = subprocess.Popen(command, stdin=there, stdout=there, stderr=there, env=environment, close_fds=True)
    os.close(there)
    keys = [b"lllllhhhhh"[n % 10 : n % 10 + 1] for n in range(KEYS)]
    following = time.monotonic() + 6  # by then it has listened
    while process.poll() is None:
        if select.select([here], [], [], 0.01)[0]:
            try:
                os.read(here, 1 << 16)
            except OSError:  # it has ended
                break
        if is_typed_into and time.monotonic() >= following:
            os.write(here, keys.pop(0) if keys else b"qy")
            following += APART_S if keys else 5
    process.wait()
    os.close(here)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def milliseconds(found: dict[str, Any], what: str) -> str:
    """Median, 95th percentile and worst."""
    times = 1000 * (np.array(found[what]) - np.array(found["typed"])[: len(found[what])])
    return f"{np.median(times):.1f} | {np.percentile(times, 95):.1f} | {times.max():.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for kind in ("--child", "--onlooker"):
        parser.add_argument(kind, nargs=4, metavar=("SONG", "REPORT", "BEGUN", "PICTURE"), help=argparse.SUPPRESS)
    parser.add_argument("--picture", choices=("sixel", "kitty"), default="", help="show the curve in pixels")
    arguments = parser.parse_args()
    if given := arguments.child or arguments.onlooker:
        child(Path(given[0]), Path(given[1]), float(given[2]), given[3], is_typed_into=bool(arguments.child))
        return
    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder) / "song.wav"
        noise = np.random.default_rng(1).normal(0, 0.1, (SECONDS * RATE, 2))
        sf.write(song, noise, RATE, subtype="PCM_16")
        print("| terminal | slider: median | p95 | worst | curve: median | p95 | worst | renders |")
        print("|---|---|---|---|---|---|---|---|")
        for size in SIZES:
            found = measure(size, song, Path(folder) / "report.json", arguments.picture, is_typed_into=True)
            cells = f"{milliseconds(found, 'moved')} | {milliseconds(found, 'drawn')} | {found['renders']}"
            print(f"| {size[0]}x{size[1]} | {cells} |", flush=True)
        print("\n| terminal | first paint, s | whole picture, s | live pictures a second | of a core |")
        print("|---|---|---|---|---|")
        for size in SIZES:
            found = measure(size, song, Path(folder) / "report.json", arguments.picture, is_typed_into=False)
            cells = f"{found['painted_s']:.2f} | {found['complete_s']:.2f} | {found['pictures']:.1f}"
            took = f" {np.median(found['picture_ms']):.1f} ms each |" if arguments.picture else ""
            print(f"| {size[0]}x{size[1]} | {cells} | {found['cpu_share']:.0%} |{took}", flush=True)


if __name__ == "__main__":
    main()
