"""What an MP4 says that ffmpeg doesn't tell or keep: how many samples an audio track plays, and all of its tags.

ffmpeg gives the length in the time scale of the movie, often milliseconds. The track's own sum of samples, less those
that its edit list leaves out in front, is exact. Every read is bounded: a header may lie about every size.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from eqmorph.audio.metadata.fields import describes_old_audio
from eqmorph.audio.metadata.limits import MAX_BYTES, check_bytes, check_items
from eqmorph.audio.metadata.notes import Notes, Why

__all__ = ["Atom", "atoms", "carry_user_data", "exact_frames"]

_MOST_ATOMS = 100_000
_EMPTY = -1  # the start of an edit that plays nothing


class Atom(NamedTuple):
    """One atom: its type, where it begins, and where what it holds begins and ends."""

    kind: bytes
    at: int
    start: int
    end: int


def atoms(handle: BinaryIO, start: int, end: int) -> Iterator[Atom]:
    """Yield the complete atoms between two positions, in order."""
    for _ in range(_MOST_ATOMS):
        if start + 8 > end:
            return
        handle.seek(start)
        head = handle.read(16)
        if len(head) < 8:
            return
        size, kind, first = int.from_bytes(head[:4], "big"), head[4:8], start + 8
        if size == 1:
            size, first = int.from_bytes(head[8:16], "big"), start + 16
        elif size == 0:
            size = end - start
        if start + size > end or first > start + size:
            return
        yield Atom(kind, start, first, start + size)
        start += size


def exact_frames(path: Path, track: int, sample_rate: int) -> int:
    """Return how many frames the track of this number plays; 0 if it doesn't say that exactly, or not in one piece."""
    try:
        with path.open("rb") as handle:
            movie = _inside(handle, Atom(b"", 0, 0, handle.seek(0, 2)), b"moov")
            if movie is None:
                return 0
            movie_scale, _ = _scale_and_duration(handle, _inside(handle, movie, b"mvhd"))
            for found in (a for a in atoms(handle, movie.start, movie.end) if a.kind == b"trak"):
                if _track_number(handle, found) == track:
                    return _frames(handle, found, movie_scale, sample_rate)
    except (struct.error, OSError):
        pass
    return 0


def _frames(handle: BinaryIO, track: Atom, movie_scale: int, sample_rate: int) -> int:
    scale, length = _scale_and_duration(handle, _inside(handle, track, b"mdia", b"mdhd"))
    if not scale or not length:
        return 0
    edits = [edit for edit in _edits(handle, _inside(handle, track, b"edts", b"elst")) if edit[1] != _EMPTY]
    if len(edits) > 1:
        return 0
    frames = length * sample_rate / scale
    if edits:
        played, skipped = edits[0]
        frames -= skipped * sample_rate / scale
        if movie_scale and played:
            stated = played * sample_rate / movie_scale
            if abs(stated - frames) > 1 + sample_rate / movie_scale:  # it leaves out an end as well
                frames = min(stated, frames)
    return max(0, round(frames))


def _inside(handle: BinaryIO, parent: Atom, *kinds: bytes) -> Atom | None:
    found: Atom | None = parent
    for kind in kinds:
        if found is None:
            return None
        found = next((atom for atom in atoms(handle, found.start, found.end) if atom.kind == kind), None)
    return found


def _scale_and_duration(handle: BinaryIO, header: Atom | None) -> tuple[int, int]:
    """Read the time scale and the duration of a movie's or a track's header."""
    if header is None:
        return 0, 0
    handle.seek(header.start)
    data = handle.read(32)
    scale, duration = struct.unpack_from(
        ">IQ" if data[:1] == b"\x01" else ">II", data, 20 if data[:1] == b"\x01" else 12
    )
    return scale, 0 if duration in (0xFFFFFFFF, (1 << 64) - 1) else duration


def _track_number(handle: BinaryIO, track: Atom) -> int:
    header = _inside(handle, track, b"tkhd")
    if header is None:
        return 0
    handle.seek(header.start)
    data = handle.read(24)
    return int(struct.unpack_from(">I", data, 20 if data[:1] == b"\x01" else 12)[0])


def _edits(handle: BinaryIO, edits: Atom | None) -> list[tuple[int, int]]:
    """Return the edits of a track: how long each is, in the movie's time scale, and where in the track it begins."""
    if edits is None:
        return []
    handle.seek(edits.start)
    version, count = struct.unpack(">B3xI", handle.read(8))
    form = struct.Struct(">QqI" if version == 1 else ">IiI")
    data = handle.read(form.size * min(count, 16))
    return [(length, at) for length, at, _ in form.iter_unpack(data[: len(data) // form.size * form.size])]


# ------------------------------------------------------------------------------------------------- tags, byte for byte


def carry_user_data(source: Path, output: Path, notes: Notes) -> None:
    """Put the tags and user data of one MP4 into another, which ffmpeg wrote with its ``moov`` at the end.

    ffmpeg keeps the tags that it has names for; what iTunes, taggers and cameras put there besides goes along here,
    byte for byte, without what was measured on the old audio or names its encoder.
    """
    kept = _user_data(source, notes)
    if not kept:
        return
    with output.open("r+b") as handle:
        end = handle.seek(0, 2)
        movie = _inside(handle, Atom(b"", 0, 0, end), b"moov")
        if movie is None or movie.end != end or movie.end - movie.at > MAX_BYTES:
            return
        parts: list[bytes] = []
        user_parts: dict[bytes, bytes] = {}
        for atom in atoms(handle, movie.start, movie.end):
            if atom.kind == b"udta":
                user_parts |= {part.kind: _bytes(handle, part) for part in atoms(handle, atom.start, atom.end)}
            elif (b"moov", atom.kind) not in kept:
                parts.append(_bytes(handle, atom))
        user_parts |= {kind: data for (parent, kind), data in kept.items() if parent == b"udta"}
        parts += [data for (parent, _), data in kept.items() if parent == b"moov"]
        body = b"".join(parts)
        if user_parts:
            body += _atom(b"udta", b"".join(user_parts.values()))
        handle.seek(movie.at)
        handle.write(_atom(b"moov", body))
        handle.truncate()


def _user_data(source: Path, notes: Notes) -> dict[tuple[bytes, bytes], bytes]:
    """Return what stands in ``moov`` and in its ``udta`` beside the tracks, by the parent and the type."""
    kept: dict[tuple[bytes, bytes], bytes] = {}
    with source.open("rb") as handle:
        movie = _inside(handle, Atom(b"", 0, 0, handle.seek(0, 2)), b"moov")
        if movie is None:
            return {}
        held = 0
        for atom in atoms(handle, movie.start, movie.end):
            for parent, part in (
                [(b"udta", part) for part in atoms(handle, atom.start, atom.end)]
                if atom.kind == b"udta"
                else [(b"moov", atom)]
                if atom.kind == b"meta"
                else []
            ):
                held += part.end - part.at
                check_bytes(held)
                check_items(len(kept))
                data = _bytes(handle, part)
                kept[(parent, part.kind)] = _without_stale(data, notes) if part.kind == b"meta" else data
    return kept


def _without_stale(meta: bytes, notes: Notes) -> bytes:
    """Return iTunes' tags without those that no longer hold; other metadata as it is."""
    handle = BytesIO(meta)
    start = 12 if meta[4:8] == b"meta" and meta[8:12] == bytes(4) else 8
    parts = []
    for part in atoms(handle, start, len(meta)):
        if part.kind != b"ilst":
            parts.append(_bytes(handle, part))
            continue
        items = []
        for item in atoms(handle, part.start, part.end):
            data = _bytes(handle, item)
            name = _free_name(handle, item) if item.kind == b"----" else ""
            if describes_old_audio(name):
                notes.add(Why.OLD_AUDIO, name)
            elif item.kind != b"\xa9too":
                items.append(data)
        parts.append(_atom(b"ilst", b"".join(items)))
    return _atom(b"meta", meta[8:start] + b"".join(parts)) if parts else meta


def _free_name(handle: BinaryIO, item: Atom) -> str:
    """Return the name of a tag that iTunes has no name for: ``iTunSMPB``, ``replaygain_track_gain``."""
    name = next((part for part in atoms(handle, item.start, item.end) if part.kind == b"name"), None)
    if name is None:
        return ""
    handle.seek(name.start + 4)
    return handle.read(min(256, max(0, name.end - name.start - 4))).decode("utf-8", "replace")


def _bytes(handle: BinaryIO, atom: Atom) -> bytes:
    handle.seek(atom.at)
    return handle.read(atom.end - atom.at)


def _atom(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data) + 8, kind) + data
