"""Draw the pictures of the terminal app: ``python docs/pictures/make_tui_pictures.py``.

The real app runs without a terminal on one of the demo sounds, and its cells are written as SVG: characters as text,
each in its own place, and block and braille characters as shapes, so that every viewer shows the same.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
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
    "tui-bands.svg": ((100, 30), "textual-dark", ("(", "g", "g", "2", *["minus"] * 4, "l", "l")),
    "tui-add.svg": ((100, 30), "textual-dark", ("a", "w", "a", "r")),
    "tui-morph.svg": ((80, 24), "textual-dark", ("m", *"dark", "enter", *"bright", "enter", "L", "l", "l")),
}
#: The picture that moves: what is pressed before each of its frames, and for how many seconds that is seen.
MOVING = "tui-moving.svg"
FRAMES: tuple[tuple[tuple[str, ...], float], ...] = (
    (("0", "down", "0", "down", "0", "up", "up"), 2.0),
    *[(("L",), 0.5)] * 3,
    (("down", "L"), 0.7),
    (("l", "l"), 0.7),
    (("down", "H"), 0.5),
    (("H",), 2.5),
    (("b",), 1.5),
    (("b",), 2.5),
)
WIDE, HIGH = 8, 16  # pixels of a cell
_DOTS = ((0x01, 0, 0), (0x02, 0, 1), (0x04, 0, 2), (0x08, 1, 0), (0x10, 1, 1), (0x20, 1, 2), (0x40, 0, 3), (0x80, 1, 3))


def svg(lines: list[list[Segment]], columns: int) -> str:
    """Return the cells of a screen as an SVG document."""
    return _document([shape for y, line in enumerate(lines) for shape in _line(line, y * HIGH)], columns, len(lines))


def moving_svg(frames: list[list[list[Segment]]], seconds: list[float], columns: int) -> str:
    """Return screens one after the other as one SVG that begins anew at its end.

    A line of cells is drawn once and shown for as long as it is on the screen. Whoever wants no motion sees the last.
    """
    total, starts = sum(seconds), [sum(seconds[:number]) for number in range(len(seconds) + 1)]
    rules, shapes = [], []
    for y in range(len(frames[0])):
        drawn = ["\n".join(_line(frame[y], y * HIGH)) for frame in frames]
        for text in dict.fromkeys(drawn):
            seen = [other == text for other in drawn]
            if all(seen):
                shapes.append(text)
                continue
            name = f"l{len(rules)}"
            steps = "".join(
                f"{100 * starts[number] / total:.2f}%{{visibility:{'visible' if is_seen else 'hidden'}}}"
                for number, is_seen in enumerate(seen)
                if number == 0 or is_seen != seen[number - 1]
            )
            rest = "visible" if seen[-1] else "hidden"
            rules.append(f".{name}{{visibility:{rest};animation:{name} {total:g}s step-end infinite}}")
            rules.append(f"@keyframes {name}{{{steps}}}")
            shapes.append(f'<g class="{name}">\n{text}\n</g>')
    still = "@media (prefers-reduced-motion:reduce){g{animation:none!important}}"
    style = "<style>\n" + "\n".join([*rules, still]) + "\n</style>"
    return _document([style, *shapes], columns, len(frames[0]))


def _document(shapes: list[str], columns: int, rows: int) -> str:
    width, height = columns * WIDE, rows * HIGH
    inside = "\n".join(shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
        '<g font-family="Menlo, DejaVu Sans Mono, Consolas, monospace" font-size="13" shape-rendering="crispEdges">\n'
        f"{inside}\n</g>\n</svg>\n"
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
        yield from _cells(text, x, y, ink, weight)
        x += WIDE * len(text)
        if style and style.underline:
            yield _box(x - WIDE * len(text), y + HIGH - 2, WIDE * len(text), 1, ink)


def _cells(text: str, x: int, y: int, ink: str, weight: str) -> Iterator[str]:
    """Draw the characters of one style: those of an alphabet as text, each in its own place, all others as shapes."""
    places = {x + WIDE * number: character for number, character in enumerate(text)}
    letters = {at: character for at, character in places.items() if character.strip() and not _shape(character, at, y)}
    shapes = "".join(_shape(character, at, y) for at, character in places.items())
    dashes = {dash: "".join(f"M{at} {y + HIGH // 2}h{WIDE}" for at, c in places.items() if c in lines)
              for dash, lines in (("", "─━"), (' stroke-dasharray="2 2"', "┈╌"))}  # fmt: skip
    ink = Color.parse(ink).hex6
    if shapes:
        yield f'<path d="{shapes}" fill="{ink}"/>'
    for dash, path in dashes.items():
        if path:
            yield f'<path d="{path}" stroke="{ink}"{dash}/>'
    letters = {at: character for at, character in letters.items() if character not in "─━┈╌"}
    if letters:
        at = " ".join(map(str, letters))
        yield f'<text x="{at}" y="{y + 12}" fill="{ink}"{weight}>{escape("".join(letters.values()))}</text>'


def _shape(character: str, x: int, y: int) -> str:
    """Return the outline of a block or of braille dots; nothing for any other character."""
    code = ord(character)
    if 0x2800 <= code < 0x2900:
        return "".join(_square(x + 0.8 + 4 * i, y + 0.8 + 4 * j, 2.4) for bit, i, j in _DOTS if code - 0x2800 & bit)
    if 0x2581 <= code <= 0x2588:
        high = HIGH * (code - 0x2580) / 8
        return f"M{x} {y + HIGH - high:g}h{WIDE}v{high:g}h-{WIDE}z"
    if 0x2589 <= code <= 0x258F:
        return f"M{x} {y}h{WIDE * (0x2590 - code) / 8:g}v{HIGH}H{x}z"
    if character == "░":
        return "".join(_square(x + 4 * i + 2 * (j % 2), y + 4 * j + 1, 1.2) for i in range(2) for j in range(4))
    return ""


def _square(x: float, y: float, side: float) -> str:
    return f"M{x:g} {y:g}h{side}v{side}h-{side}z"


def _box(x: float, y: float, wide: float, high: float, colour: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" fill="{Color.parse(colour).hex6}"/>'


async def screens(
    song: Path, size: tuple[int, int], theme: str, presses: Sequence[Sequence[str]]
) -> list[list[list[Segment]]]:
    """Return what the app shows after each of some rows of keys, as lines of cells."""
    app = EqmorphApp(Controller(target=WORDS, open_sink=MemorySink), song)
    shown = []
    async with app.run_test(size=size) as pilot:
        app.theme = theme
        while app.controller.sound is None:
            await pilot.pause(0.05)
        for keys in presses:
            for key in keys:
                await pilot.press(key)
            app.controller.seek(app.controller.sound.duration_s / 3)
            await pilot.pause(0.5)
            shown.append([list(strip) for strip in app.screen._compositor.render_strips()])
    await asyncio.to_thread(app.controller.close)
    return shown


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_demo_sounds(Path(folder))
        (song,) = Path(folder).rglob(SONG)
        for name, (size, theme, keys) in PICTURES.items():
            (screen,) = asyncio.run(screens(song, size, theme, [keys]))
            write(FOLDER / name, svg(screen, size[0]))
        frames = asyncio.run(screens(song, (100, 30), "textual-dark", [keys for keys, _ in FRAMES]))
        write(FOLDER / MOVING, moving_svg(frames, [seconds for _, seconds in FRAMES], 100))


def write(path: Path, document: str) -> None:
    path.write_text(document, encoding="utf-8", newline="\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
