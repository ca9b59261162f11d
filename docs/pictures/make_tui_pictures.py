"""Draw the pictures of the terminal app: ``python docs/pictures/make_tui_pictures.py``.

The real app runs without a terminal on one of the demo sounds, and its cells are written as SVG: characters as text,
each in its own place, and block and braille characters as shapes, so that every viewer shows the same.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from rich.segment import Segment
from textual.color import Color

from eqmorph.demo import write_demo_sounds
from eqmorph.stream.sink import MemorySink
from eqmorph.tui.app import EqmorphApp
from eqmorph.tui.controller import Controller

FOLDER = Path(__file__).parent
SONG = "little-mix.flac"
WORDS = "warm:0.4 + airy:0.25 + muddy:-0.5"
PICTURES = {
    "tui.svg": ((120, 40), "textual-dark", ()),
    "tui-light.svg": ((100, 30), "textual-light", ()),
    "tui-add.svg": ((100, 30), "textual-dark", ("a", "w", "a", "r")),
    "tui-morph.svg": ((80, 24), "textual-dark", ("m", *"dark", "enter", *"bright", "enter", "L", "l", "l")),
}
WIDE, HIGH = 8, 16  # pixels of a cell
_DOTS = ((0x01, 0, 0), (0x02, 0, 1), (0x04, 0, 2), (0x08, 1, 0), (0x10, 1, 1), (0x20, 1, 2), (0x40, 0, 3), (0x80, 1, 3))


def svg(lines: list[list[Segment]], columns: int) -> str:
    """Return the cells of a screen as an SVG document."""
    width, height = columns * WIDE, len(lines) * HIGH
    shapes = "\n".join(shape for y, line in enumerate(lines) for shape in _line(line, y * HIGH))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
        '<g font-family="Menlo, DejaVu Sans Mono, Consolas, monospace" font-size="13" shape-rendering="crispEdges">\n'
        f"{shapes}\n</g>\n</svg>\n"
    )


def _line(line: list[Segment], y: int) -> Iterator[str]:
    x = 0
    for text, style, _ in line:
        ink, paper = "#cccccc", "#121212"
        if style and style.color and style.color.triplet:
            ink = style.color.triplet.hex
        if style and style.bgcolor and style.bgcolor.triplet:
            paper = style.bgcolor.triplet.hex
        if style and style.reverse:
            ink, paper = paper, ink
        weight = ' font-weight="bold"' if style and style.bold else ""
        yield _box(x, y, WIDE * len(text), HIGH, paper)
        for character in text:
            yield from _cell(character, x, y, ink, weight)
            x += WIDE
        if style and style.underline:
            yield _box(x - WIDE * len(text), y + HIGH - 2, WIDE * len(text), 1, ink)


def _cell(character: str, x: int, y: int, ink: str, weight: str) -> Iterator[str]:
    code = ord(character)
    if 0x2800 <= code < 0x2900:
        yield from (_box(x + 1.5 + 4 * i, y + 1 + 4 * j, 1.6, 1.6, ink) for bit, i, j in _DOTS if code - 0x2800 & bit)
    elif 0x2581 <= code <= 0x2588:
        high = HIGH * (code - 0x2580) / 8
        yield _box(x, y + HIGH - high, WIDE, high, ink)
    elif 0x2589 <= code <= 0x258F:
        yield _box(x, y, WIDE * (0x2590 - code) / 8, HIGH, ink)
    elif character == "░":
        yield from (_box(x + 4 * i + 2 * (j % 2), y + 4 * j + 1, 1.2, 1.2, ink) for i in range(2) for j in range(4))
    elif character in "─━┈╌":
        dash = ' stroke-dasharray="2 2"' if character in "┈╌" else ""
        yield f'<path d="M{x} {y + HIGH / 2}h{WIDE}" stroke="{ink}"{dash}/>'
    elif character.strip():
        yield f'<text x="{x}" y="{y + 12}" fill="{ink}"{weight}>{escape(character)}</text>'


def _box(x: float, y: float, wide: float, high: float, colour: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" fill="{Color.parse(colour).hex6}"/>'


async def picture(song: Path, size: tuple[int, int], theme: str, keys: tuple[str, ...]) -> str:
    """Return a picture of the app after some keys."""
    app = EqmorphApp(Controller(target=WORDS, open_sink=MemorySink), song)
    async with app.run_test(size=size) as pilot:
        app.theme = theme
        while app.controller.sound is None:
            await pilot.pause(0.05)
        for key in keys:
            await pilot.press(key)
        app.controller.seek(app.controller.sound.duration_s / 3)
        await pilot.pause(0.5)
        lines = [list(strip) for strip in app.screen._compositor.render_strips()]
    await asyncio.to_thread(app.controller.close)
    return svg(lines, size[0])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_demo_sounds(Path(folder))
        (song,) = Path(folder).rglob(SONG)
        for name, (size, theme, keys) in PICTURES.items():
            path = FOLDER / name
            path.write_text(asyncio.run(picture(song, size, theme, keys)), encoding="utf-8", newline="\n")
            print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
