"""Strings in ID3 frames are told apart and decoded, however their encoding is announced."""

from __future__ import annotations

import pytest

from eqmorph.audio.metadata.id3_text import first_string, strings
from eqmorph.audio.metadata.limits import MAX_ITEMS

LE, BE = b"\xff\xfe", b"\xfe\xff"


@pytest.mark.parametrize(
    ("data", "encoding", "expected"),
    [
        (b"Gr\xf6\xdfe\0b\0\0", 0, ["Größe", "b"]),
        ("Größe\0音\0".encode(), 3, ["Größe", "音"]),
        (LE + "Ā音".encode("utf-16-le") + b"\0\0" + LE + "b".encode("utf-16-le"), 1, ["Ā音", "b"]),
        (BE + "Ā音\0b\0".encode("utf-16-be"), 1, ["Ā音", "b"]),
        (b"\0\0" + BE + "text".encode("utf-16-be"), 1, ["", "text"]),
        ("no mark".encode("utf-16-le"), 1, ["no mark"]),
        ("Ā音\0\0b".encode("utf-16-be"), 2, ["Ā音", "", "b"]),
        ("odd".encode("utf-16-be") + b"\0", 2, ["odd"]),
        (b"\xff\xfeinvalid", 3, ["��invalid"]),
        (b"\0\0\0", 0, []),
        (b"", 1, []),
    ],
)
def test_strings_are_told_apart(data: bytes, encoding: int, expected: list[str]) -> None:
    assert strings(data, encoding) == expected


@pytest.mark.parametrize(
    ("data", "encoding", "expected"),
    [
        (b"image/png\0\3rest", 0, ("image/png", b"\3rest")),
        (LE + "Ā\u0100a".encode("utf-16-le") + b"\0\0\0rest", 1, ("ĀĀa", b"\0rest")),
        (b"no end", 3, ("no end", b"")),
    ],
)
def test_a_string_ends_at_its_own_nul(data: bytes, encoding: int, expected: tuple[str, bytes]) -> None:
    assert first_string(data, encoding) == expected


def test_an_unknown_encoding_is_an_error() -> None:
    with pytest.raises(ValueError, match="4"):
        strings(b"text", 4)
    with pytest.raises(ValueError, match="4"):
        first_string(b"text", 4)


@pytest.mark.parametrize(("encoding", "one"), [(0, b"a\0"), (1, b"a\0\0\0"), (3, b"a\0")])
def test_countless_strings_are_an_error(encoding: int, one: bytes) -> None:
    assert len(strings(one * (MAX_ITEMS - 1), encoding)) == MAX_ITEMS - 1
    with pytest.raises(ValueError, match="strings"):
        strings(one * (MAX_ITEMS + 1), encoding)
