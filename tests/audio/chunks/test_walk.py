"""The chunk walker, on files libsndfile wrote and on files made to mislead."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from eqmorph.audio.chunks.walk import Container, set_wav_channel_mask, walk, wav_channel_mask
from eqmorph.errors import InputError, OutputError
from tests.audio.chunks.made_files import FMT, KINDS, STEREO, riff, written
from tests.audio.tagged_files import chunk


def walked(data: bytes) -> Container:
    container = walk(io.BytesIO(data))
    assert container is not None
    return container


def idents(data: bytes) -> list[bytes]:
    return [c.ident for c in walked(data).chunks]


def test_chunks_of_a_plain_file_are_found_in_order() -> None:
    data = riff(chunk(b"fmt ", FMT), chunk(b"LIST", b"INFOxy"), chunk(b"data", b"12345"), chunk(b"cue ", b"abc"))
    container = walked(data)
    assert [c.key for c in container.chunks] == [b"fmt ", b"LIST INFO", b"data", b"cue "]
    assert [data[c.start : c.end] for c in container.chunks][2:] == [b"12345", b"abc"]
    assert [c.key for c in container.extras] == [b"LIST INFO", b"cue "]


def test_samples_in_a_wave_list_are_not_extras() -> None:
    data = riff(chunk(b"fmt ", FMT), chunk(b"LIST", b"wavl" + chunk(b"data", b"1234")), chunk(b"slnt", b"1234"))
    assert walked(data).extras == ()


@pytest.mark.parametrize("data", [b"", b"RIFF", b"RIFF\x04\0\0\0AVI ", b"ID3\x04" + bytes(60), b"FORM\0\0\0\x048SVX"])
def test_an_unknown_container_gives_none(data: bytes) -> None:
    assert walk(io.BytesIO(data)) is None


def test_a_chunk_that_ends_beyond_the_file_is_reported_and_left_out() -> None:
    data = riff(chunk(b"fmt ", FMT), chunk(b"data", b"1234"), struct.pack("<4sI", b"bext", 4_000_000_000) + b"short")
    container = walked(data)
    assert [c.ident for c in container.chunks] == [b"fmt ", b"data"]
    assert container.cut_off == b"bext"


def test_a_missing_pad_byte_is_forgiven_before_a_known_chunk() -> None:
    unpadded = struct.pack("<4sI", b"data", 3) + b"\1\2\3"
    assert idents(riff(unpadded, chunk(b"LIST", b"INFO"))) == [b"data", b"LIST"]


def test_beyond_the_stated_end_only_known_chunks_are_believed() -> None:
    inside = [chunk(b"fmt ", FMT), chunk(b"data", b"1234")]
    size = 4 + sum(map(len, inside))
    assert idents(riff(*inside, chunk(b"smpl", b"1234"), size=size)) == [b"fmt ", b"data", b"smpl"]
    assert idents(riff(*inside, chunk(b"xyzq", b"1234"), size=size)) == [b"fmt ", b"data"]
    assert idents(riff(*inside, chunk(b"xyzq", b"1234"), size=0)) == [b"fmt ", b"data", b"xyzq"]


@pytest.mark.parametrize("stated", [0, 0xFFFF_FFFF])
def test_samples_of_a_streaming_writer_are_not_chunks(stated: int) -> None:
    samples = b"fakechunks"[:4] + struct.pack("<I", 4) + b"abcd"
    data = riff(chunk(b"fmt ", FMT), struct.pack("<4sI", b"data", stated) + samples, size=0xFFFF_FFFF)
    assert idents(data) == [b"fmt ", b"data"]


def test_an_empty_file_keeps_what_follows_its_empty_data() -> None:
    assert idents(riff(chunk(b"fmt ", FMT), chunk(b"data", b""), chunk(b"bext", b"ab"))) == [b"fmt ", b"data", b"bext"]


def test_sizes_of_64_bits_come_from_ds64() -> None:
    ds64 = struct.pack("<QQQI4sQ", 0, 6, 3, 1, b"big ", 5)
    data = riff(
        chunk(b"ds64", ds64),
        struct.pack("<4sI", b"data", 0xFFFF_FFFF) + b"123456",
        struct.pack("<4sI", b"big ", 0xFFFF_FFFF) + b"abcde\0",
        chunk(b"cue ", b"x"),
        size=0xFFFF_FFFF,
        magic=b"RF64",
    )
    assert [(c.ident, c.size) for c in walked(data).chunks] == [(b"ds64", 40), (b"data", 6), (b"big ", 5), (b"cue ", 1)]


def test_a_ds64_that_lies_about_its_table_is_harmless() -> None:
    ds64 = struct.pack("<QQQI", 0, 4, 1, 0xFFFF_FFFF)
    data = riff(chunk(b"ds64", ds64), struct.pack("<4sI", b"data", 0xFFFF_FFFF) + b"1234", magic=b"RF64")
    assert idents(data) == [b"ds64", b"data"]


def test_the_number_of_chunks_is_bounded() -> None:
    assert len(walked(riff(chunk(b"abcd", b"") * 200_000)).chunks) == 65_536


def test_the_samples_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.wav"
    head = riff(chunk(b"fmt ", FMT), struct.pack("<4sI", b"data", 3 << 30), size=(3 << 30) + 100)
    with path.open("wb") as handle:
        handle.write(head)
        handle.truncate(len(head) + (3 << 30))
        handle.seek(0, io.SEEK_END)
        handle.write(chunk(b"cue ", b"marks"))
    with path.open("rb") as handle:
        counting = _CountingReader(handle)
        container = walk(counting)
    assert container is not None
    assert [c.ident for c in container.extras] == [b"cue "]
    assert counting.count < 1000


class _CountingReader:
    """Counts the bytes that are asked of a file."""

    def __init__(self, handle: io.BufferedReader) -> None:
        self.count = 0
        self._handle = handle

    def seek(self, position: int, whence: int = 0) -> int:
        return self._handle.seek(position, whence)

    def read(self, size: int) -> bytes:
        data = self._handle.read(size)
        self.count += len(data)
        return data


_IDENT = st.binary(min_size=4, max_size=4).map(lambda b: bytes(0x61 + byte % 26 for byte in b))
_CHUNKS = st.lists(st.tuples(_IDENT, st.binary(max_size=40)), max_size=8)


@settings(max_examples=80, deadline=None)
@given(_CHUNKS)
def test_any_list_of_chunks_is_walked_as_written(chunks: list[tuple[bytes, bytes]]) -> None:
    data = riff(*(chunk(*c) for c in chunks))
    names = [name for name, payload in chunks]
    if b"data" not in names:
        assert [(c.ident, data[c.start : c.end]) for c in walked(data).chunks] == chunks


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        [b"RIFF\0\0\0\0WAVE", b"RF64\xff\xff\xff\xffWAVEds64", b"FORM\0\0\0\0AIFF", b"caff\0\1\0\0", b"RIFX"]
    ),
    st.binary(max_size=300),
)
def test_any_bytes_are_walked_to_an_end(head: bytes, rest: bytes) -> None:
    container = walk(io.BytesIO(head + rest))
    if container is not None:
        assert all(0 <= c.start <= c.end <= len(head + rest) for c in container.chunks)
        starts = [c.start for c in container.chunks]
        assert starts == sorted(set(starts))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_damaged_headers_never_lead_outside_the_file(data: st.DataObject) -> None:
    ds64 = chunk(b"ds64", struct.pack("<QQQI4sQ", 99, 6, 3, 1, b"big ", 5))
    whole = riff(ds64, chunk(b"fmt ", FMT), chunk(b"LIST", b"INFO1234"), chunk(b"data", bytes(9)), magic=b"RF64")
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for position in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=6)):
        if position < len(damaged):
            damaged[position] = data.draw(st.integers(0, 255))
    container = walk(io.BytesIO(bytes(damaged)))
    if container is not None:
        assert all(c.end <= len(damaged) for c in container.chunks)


@pytest.mark.parametrize(("container", "subtype"), KINDS)
def test_missing_audio_is_counted_to_the_byte(tmp_path: Path, container: str, subtype: str) -> None:
    path = written(tmp_path / "a.part", container, subtype)
    data = path.read_bytes()
    found = walked(data)
    assert found.missing_audio == 0
    assert found.data is not None
    assert walked(data[: found.data.end - 100]).missing_audio == 100


@pytest.mark.parametrize("stated", [0, 0x7FFF_F000, 0x7FFF_FFFF, 0xFFFF_FFFF])
def test_a_streaming_writers_placeholder_promises_nothing(stated: int) -> None:
    data = riff(chunk(b"fmt ", FMT), struct.pack("<4sI", b"data", stated) + bytes(100), size=0xFFFF_FFFF)
    assert walked(data).missing_audio == 0


@pytest.mark.parametrize(("container", "subtype"), [("WAVEX", "PCM_24"), ("RF64", "FLOAT"), ("RF64", "PCM_16")])
def test_a_channel_mask_is_set_and_read(tmp_path: Path, container: str, subtype: str) -> None:
    path = written(tmp_path / "a.part", container, subtype, STEREO)
    assert wav_channel_mask(path) == 3
    before = path.read_bytes()
    set_wav_channel_mask(path, 0x8000_060F)
    assert wav_channel_mask(path) == 0x8000_060F
    changed = [a != b for a, b in zip(before, path.read_bytes(), strict=True)]
    assert sum(changed) <= 4
    np.testing.assert_array_equal(soundfile.read(path)[0].shape, STEREO.shape)


@pytest.mark.parametrize(("container", "subtype"), [("WAV", "PCM_16"), ("AIFF", "PCM_16"), ("FLAC", "PCM_16")])
def test_a_file_without_a_mask_has_none_and_gets_none(tmp_path: Path, container: str, subtype: str) -> None:
    path = written(tmp_path / "a.part", container, subtype)
    before = path.read_bytes()
    assert wav_channel_mask(path) is None
    with pytest.raises(OutputError, match="channel mask") as raised:
        set_wav_channel_mask(path, 3)
    assert raised.value.hint
    assert path.read_bytes() == before


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        wav_channel_mask(tmp_path / "none.wav")
