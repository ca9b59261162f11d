"""The picture for those who look at pixels."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from eqmorph.bands import Bands
from eqmorph.plot.png import COLOUR_NAMES, png_document


def pixels_of(data: bytes) -> NDArray[np.uint8]:
    """Decode what `png_document` writes, checking every part's checksum."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    parts, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + body),)
        parts[kind], at = body, at + 12 + length
    width, height = struct.unpack(">II", parts[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(height, 1 + 3 * width)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, 3)


def is_orange(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(pixels.astype(int) - (198, 81, 2)).sum(axis=-1) < 60)


def test_a_curve_is_where_its_gain_is() -> None:
    pixels = pixels_of(png_document([Bands.parse("PK 1000 +6 Q1").sampled(48_000)]))
    assert pixels.shape == (300, 640, 3)
    rows, columns = np.nonzero(is_orange(pixels))
    top = columns[rows == rows.min()]
    one_kilohertz = 44 + np.log(50) / np.log(1000) * (640 - 44 - 14)
    assert abs(float(top.mean()) - one_kilohertz) < 4


def test_a_steep_curve_has_no_gaps() -> None:
    columns = is_orange(pixels_of(png_document([Bands.parse("PK 1000 -12 Q10").sampled(48_000)]))).any(axis=0)
    assert columns[50:620].all()


def test_as_many_curves_as_there_are_colors_can_be_told_apart() -> None:
    curves = [Bands.parse(f"PK 1000 {gain:+} Q1").sampled(48_000) for gain in range(-6, 6, 2)]
    assert len(curves) == len(COLOUR_NAMES)
    colours = {tuple(colour) for colour in pixels_of(png_document(curves))[:, 320]}
    assert len(colours) > len(curves)


def test_it_stays_small() -> None:
    assert len(png_document([Bands.parse("LS 100 +5; HS 8k -5").sampled(48_000)])) < 20_000
