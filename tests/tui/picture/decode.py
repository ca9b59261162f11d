"""A terminal's half of both protocols: pictures read back from what was written to it."""

from __future__ import annotations

import base64
import io
import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["NOTHING", "Shown", "kitty_deletions", "kitty_pictures", "sixel_pictures"]

NOTHING = -1  # what a pixel has that was not drawn

_PLACED = re.compile(r"\x1b\[(\d+);(\d+)H\x1bP0;1;0q(.*?)\x1b\\", re.DOTALL)
_TOKEN = re.compile(r"#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)(.)|([$-])|([?-~])")


class Shown(NamedTuple):
    """Where a picture begins, from 0; its pixels (height, width, 3)."""

    line: int
    column: int
    pixels: NDArray[np.intp]


def sixel_pictures(written: str) -> list[Shown]:
    """Return all pictures that were sent as sixels, those in parts as such; colors in percent."""
    return [Shown(int(line) - 1, int(column) - 1, _sixels(body)) for line, column, body in _PLACED.findall(written)]


def _sixels(body: str) -> NDArray[np.intp]:
    size = re.match(r'"1;1;(\d+);(\d+)', body)
    assert size
    width, height = int(size[1]), int(size[2])
    pixels = np.full((-(-height // 6) * 6, width, 3), NOTHING)
    colors: dict[int, tuple[int, int, int]] = {}
    color = x = y = 0
    at = size.end()
    while at < len(body):
        token = _TOKEN.match(body, at)
        assert token, body[at : at + 20]
        at = token.end()
        defined, red, green, blue, chosen, count, repeated, move, letter = token.groups()
        if defined:
            colors[int(defined)] = int(red), int(green), int(blue)
        elif chosen:
            color = int(chosen)
        elif move:
            x, y = 0, y + 6 * (move == "-")
        else:
            run, bits = int(count or 1), ord(repeated or letter) - 63
            for row in range(6):
                if bits >> row & 1:
                    pixels[y + row, x : x + run] = colors[color]
            x += run
            assert x <= width
    assert (pixels[height:] == NOTHING).all(), "it draws on what is below it"
    return pixels[:height]


_MESSAGE = re.compile(r"\x1b_G([^;\x1b]*)(?:;([^\x1b]*))?\x1b\\")
_MOVE = re.compile(r"\x1b\[(\d+);(\d+)H\x1b_Ga=T")


def kitty_pictures(written: str) -> list[Shown]:
    """Return all pictures that were sent by kitty's protocol; colors from 0 to 255."""
    from PIL import Image

    places = [(int(line) - 1, int(column) - 1) for line, column in _MOVE.findall(written)]
    found, payload = [], ""
    for keys, data in _MESSAGE.findall(written):
        told = dict(key.split("=") for key in keys.split(","))
        if told.get("a", "T") != "T":
            continue
        assert len(data) <= 4096
        payload += data
        if told["m"] == "0":
            image = Image.open(io.BytesIO(base64.b64decode(payload))).convert("RGB")
            found.append(Shown(*places[len(found)], np.asarray(image).astype(np.intp)))
            payload = ""
    assert not payload
    return found


def kitty_deletions(written: str) -> list[str]:
    """Return what the terminal was told to forget."""
    return [keys for keys, _ in _MESSAGE.findall(written) if "a=d" in keys]
