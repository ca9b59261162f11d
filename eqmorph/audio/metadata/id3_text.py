"""Text in ID3 frames: strings in one of four encodings, each of which ends with a NUL of its own width."""

from __future__ import annotations

from eqmorph.audio.metadata.limits import MAX_ITEMS

__all__ = ["LATIN1", "first_string", "strings"]

LATIN1, _UTF16, _UTF16_BE, _UTF8 = range(4)
_CODECS = {LATIN1: "latin-1", _UTF16: "utf-16-le", _UTF16_BE: "utf-16-be", _UTF8: "utf-8"}
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def first_string(data: bytes, encoding: int) -> tuple[str, bytes]:
    """Return the string that ``data`` begins with, and what follows its NUL. Raises ValueError: unknown encoding."""
    wide = encoding in (_UTF16, _UTF16_BE)
    end = data.find(b"\0\0" if wide else b"\0")
    while wide and end % 2 == 1 and end > 0:  # the halves of two characters
        end = data.find(b"\0\0", end + 1)
    text, rest = (data, b"") if end < 0 else (data[:end], data[end + 1 + wide :])
    return _decoded([text], encoding)[0], rest


def strings(data: bytes, encoding: int) -> list[str]:
    """Return all strings in ``data`` but empty ones at its end. Raises ValueError: unknown encoding, or too many."""
    if encoding in (_UTF16, _UTF16_BE):
        # Any two bytes pass for a character here, so that this splits at aligned NULs, in one go.
        characters = data[: len(data) & ~1].decode("utf-16-le", "surrogatepass").rstrip("\0")
        parts = [part.encode("utf-16-le", "surrogatepass") for part in characters.split("\0", MAX_ITEMS)]
    else:
        parts = data.rstrip(b"\0").split(b"\0", MAX_ITEMS)
    if len(parts) > MAX_ITEMS:
        raise ValueError(f"more than {MAX_ITEMS} strings")
    texts = _decoded(parts, encoding)
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _decoded(parts: list[bytes], encoding: int) -> list[str]:
    """Decode strings; a byte order mark holds until the next, and without one UTF-16 is taken for little-endian."""
    codec = _CODECS.get(encoding)
    if codec is None:
        raise ValueError(f"no text encoding has the number {encoding}")
    texts = []
    for part in parts:
        mark = _MARKS.get(part[:2]) if encoding == _UTF16 else None
        codec = mark or codec
        texts.append((part[2:] if mark else part).decode(codec, "replace"))
    return texts
