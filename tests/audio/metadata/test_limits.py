"""A file with too much metadata is refused, and reading any takes memory in proportion to the file."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen import apev2

from eqmorph.audio.chunks.text import W64_SUMMARY
from eqmorph.audio.metadata import limits
from eqmorph.audio.metadata.carry import carry_metadata
from eqmorph.errors import EqmorphError, InputError
from tests.audio.tagged_files import (
    AUDIO,
    WAV_CHUNKS,
    add_aiff,
    add_caf,
    add_riff,
    add_w64,
    caf_chunk,
    carry,
    chunk,
    extras,
    full_source,
    major,
    rich_flac,
    rich_mp3,
    rich_ogg,
    w64_chunk,
    write_audio,
)

Make = Callable[[Path], Path]
MANY = limits.MAX_ITEMS + 1


def flac_block(kind: int, payload: bytes) -> bytes:
    return bytes([kind]) + len(payload).to_bytes(3, "big") + payload


def comments(count: int) -> bytes:
    return flac_block(4, struct.pack("<II", 0, count) + (struct.pack("<I", 3) + b"a=b") * count)


def id3_tag(frames: bytes) -> bytes:
    return b"ID3\4\0\0" + bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0)) + frames


def ape_item(text: bytes) -> bytes:
    return struct.pack("<II", len(text), 0) + b"key\0" + text


def ape_tag(item: bytes = b"", count: int = 0) -> bytes:
    return item * count + b"APETAGEX" + struct.pack("<4IQ", 2000, len(item) * count + 32, count, 0, 0)


def flac(blocks: bytes) -> tuple[str, Make]:
    """A FLAC file with blocks after the STREAMINFO that it begins with."""

    def make(path: Path) -> Path:
        data = write_audio(path, "FLAC").read_bytes()
        path.write_bytes(data[:42] + blocks + data[42:])
        return path

    return "FLAC", make


def mp3(leading: bytes = b"", trailing: bytes = b"") -> tuple[str, Make]:
    def make(path: Path) -> Path:
        path.write_bytes(leading + write_audio(path, "MP3").read_bytes() + trailing)
        return path

    return "MP3", make


def chunked(kind: str, add: Callable[[Path, bytes], Path], data: bytes) -> tuple[str, Make]:
    return kind, lambda path: add(write_audio(path, kind), data)


INFO_TEXT = b"INAM" + struct.pack("<I", 2) + b"a\0"
TOO_MANY = {
    "FLAC blocks": flac(flac_block(2, b"appl") * MANY),
    "FLAC paddings": flac(flac_block(1, b"") * MANY),
    "comments": flac(comments(MANY)),
    "comments in two blocks": flac(comments(MANY // 2 + 1) * 2),
    "tags before the audio": mp3(id3_tag(b"") * MANY),
    "tags after the audio": mp3(trailing=ape_tag() * MANY),
    "frames": mp3(id3_tag(b"TIT2\0\0\0\2\0\0\3a" * MANY)),
    "items": mp3(trailing=ape_tag(ape_item(b"a"), MANY)),
    "items in two tags": mp3(trailing=ape_tag(ape_item(b"a"), MANY // 2 + 1) * 2),
    "texts of an item": mp3(trailing=ape_tag(ape_item(b"a\0" * MANY), 1)),
    "INFO texts": chunked("WAV", add_riff, chunk(b"LIST", b"INFO" + INFO_TEXT * MANY)),
    "AIFF comments": chunked("AIFF", add_aiff, chunk(b"COMT", b"\0\1" + (bytes(6) + b"\0\2aa") * MANY, ">")),
    "AIFF annotations": chunked("AIFF", add_aiff, chunk(b"ANNO", b"ab", ">") * MANY),
    "CAF texts": chunked("CAF", add_caf, caf_chunk(b"info", bytes(4) + b"a\0b\0" * MANY)),
    "W64 texts": chunked("W64", add_w64, w64_chunk(W64_SUMMARY, bytes(4) + INFO_TEXT * MANY)),
}


@pytest.mark.parametrize(("kind", "make"), TOO_MANY.values(), ids=TOO_MANY)
def test_a_file_of_countless_tags_is_refused(tmp_path: Path, kind: str, make: Make) -> None:
    source = make(tmp_path / "source")
    with pytest.raises(InputError, match="more than 16384 tags or fields") as caught:
        carry_metadata(source, tmp_path / "output", source_format=kind, output_format="AU")
    assert caught.value.path == source
    assert "Remove its tags" in caught.value.hint


@pytest.mark.parametrize("name", ["comments", "tags before the audio", "tags after the audio", "CAF texts"])
def test_it_is_refused_within_its_own_format_too(tmp_path: Path, name: str) -> None:
    kind, make = TOO_MANY[name]
    with pytest.raises(InputError, match="more than 16384"):
        carry(tmp_path, make(tmp_path / "source"), kind, kind)


def test_a_chunk_that_is_only_copied_may_hold_anything(tmp_path: Path) -> None:
    kind, make = TOO_MANY["INFO texts"]
    source = make(tmp_path / "source")
    output, notes = carry(tmp_path, source, kind, kind)
    assert extras(output) == extras(source)
    assert notes == ()


PICTURE = flac_block(6, bytes(90_000))
TOO_LARGE = {
    "FLAC blocks": flac(PICTURE * 2),
    "a tag before the audio": mp3(id3_tag(bytes(150_000))),
    "tags before the audio": mp3(id3_tag(bytes(90_000)) * 2),
    "tags after the audio": mp3(trailing=ape_tag(ape_item(bytes(90_000)), 1) * 2),
    "tags on both sides": mp3(id3_tag(bytes(90_000)), ape_tag(ape_item(bytes(90_000)), 1)),
    "AIFF annotations": chunked("AIFF", add_aiff, chunk(b"ANNO", b"a" * 90_000, ">") * 2),
}


@pytest.mark.parametrize(("kind", "make"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_file_with_too_large_tags_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, make: Make
) -> None:
    source = make(tmp_path / "source")
    monkeypatch.setattr(limits, "MAX_BYTES", 140_000)
    with pytest.raises(InputError, match="MiB of tags") as caught:
        carry_metadata(source, tmp_path / "output", source_format=kind, output_format="AU")
    assert caught.value.path == source


def test_large_chunks_that_change_are_refused_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changing = chunk(b"bext", bytes(346) + b"\2\0" + bytes(64) + b"\1" * 90_000)
    source = add_riff(write_audio(tmp_path / "source", "WAV"), changing * 2)
    carry(tmp_path, source, "WAV", "WAV")
    monkeypatch.setattr(limits, "MAX_BYTES", 140_000)
    with pytest.raises(InputError, match="MiB of tags"):
        carry(tmp_path, source, "WAV", "WAV")


def test_comments_too_large_for_memory_are_refused_in_ogg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = rich_ogg(tmp_path / "source", "OPUS")
    monkeypatch.setattr(limits, "MAX_BYTES", 50_000)
    with pytest.raises(InputError, match="MiB of tags"):
        carry_metadata(source, tmp_path / "output", source_format="OGG", output_format="AU")


def with_ape(path: Path) -> Path:
    ape = apev2.APEv2()
    ape["Title"], ape["Artist"] = "Größe", ["one", "two"]
    ape.save(rich_mp3(path, 3))
    return path


SOURCES: dict[str, Make] = {
    "WAV": lambda path: add_riff(write_audio(path, "WAV", AUDIO[:600]), *(chunk(*c) for c in WAV_CHUNKS)),
    "AIFF": lambda path: full_source(path, "AIFF"),
    "FLAC": rich_flac,
    "VORBIS": lambda path: rich_ogg(path, "VORBIS"),
    "MP3": with_ape,
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("sources")
    made = {kind: make(folder / kind).read_bytes() for kind, make in SOURCES.items()}
    for kind in SOURCES:  # what is imported at first use is not what a tag takes
        carry_metadata(folder / kind, folder / "output", source_format=major(kind), output_format="AU")
    return made


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data())
def test_reading_a_damaged_tag_takes_memory_in_proportion(
    tmp_path_factory: pytest.TempPathFactory, sources: dict[str, bytes], data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(sorted(sources)))
    damaged = bytearray(sources[kind])
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(0, len(damaged))) :]
    near = st.one_of(st.integers(0, 300), st.integers(0, 30_000), st.integers(len(damaged) - 300, len(damaged)))
    for position in data.draw(st.lists(near, max_size=6)):
        if 0 <= position < len(damaged):
            damaged[position] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]))
    source = tmp_path_factory.getbasetemp() / "damaged"
    source.write_bytes(damaged)
    tracemalloc.start()
    try:
        carry_metadata(source, source.with_name("output"), source_format=major(kind), output_format="AU")
    except EqmorphError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 6 * len(damaged) + 300_000
