"""Chunks are added without harm to the samples, and sizes are right afterwards."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from eqmorph.audio.chunks.walk import W64_TAIL, walk
from eqmorph.audio.chunks.write import NewChunk, add_chunks, resize_range
from eqmorph.errors import InputError, OutputError
from tests.audio.chunks.made_files import FMT, KINDS, SAMPLES, riff, written
from tests.audio.tagged_files import chunk, extras


@pytest.mark.parametrize(("container", "subtype"), KINDS)
def test_added_chunks_are_there_and_the_samples_are_the_same(tmp_path: Path, container: str, subtype: str) -> None:
    path = written(tmp_path / "a.part", container, subtype)
    before = soundfile.read(path, dtype="int32")[0]
    tail = W64_TAIL if container == "W64" else b""
    added = [(b"abcd" + tail, b"odd"), (b"efgh" + tail, b""), (b"ijkl" + tail, b"x" * 1_500_001)]
    add_chunks(path, [NewChunk(*piece) for piece in added], path)
    if container == "W64":  # where libsndfile can't skip a large chunk that is not aligned
        added[2] = added[2][0], added[2][1] + bytes(7)
    assert extras(path) == added
    np.testing.assert_array_equal(soundfile.read(path, dtype="int32")[0], before)
    size, data = path.stat().st_size, path.read_bytes()
    stated = {
        b"RIFF": lambda: struct.unpack_from("<I", data, 4)[0] + 8,
        b"RF64": lambda: struct.unpack_from("<Q", data, 20)[0] + 8,
        b"FORM": lambda: struct.unpack_from(">I", data, 4)[0] + 8,
        b"riff": lambda: struct.unpack_from("<Q", data, 16)[0],
        b"caff": lambda: size,
    }[data[:4]]()
    assert stated == size


def test_chunks_are_copied_from_the_source_file(tmp_path: Path) -> None:
    body = np.random.default_rng(1).bytes((3 << 20) + 1)
    source = tmp_path / "source.wav"
    source.write_bytes(riff(chunk(b"vend", body)))
    with source.open("rb") as handle:
        container = walk(handle)
    assert container is not None
    output = written(tmp_path / "a.part", "WAV", "PCM_16")
    add_chunks(output, [NewChunk(b"vend", container.chunks[0])], source)
    assert extras(output) == [(b"vend", body)]


def test_a_source_cut_short_meanwhile_is_an_input_error(tmp_path: Path) -> None:
    source = tmp_path / "source.wav"
    source.write_bytes(riff(chunk(b"vend", b"1234")))
    with source.open("rb") as handle:
        container = walk(handle)
    assert container is not None
    source.write_bytes(b"RIFF")
    with pytest.raises(InputError, match="cut short"):
        add_chunks(written(tmp_path / "a.part", "WAV", "PCM_16"), [NewChunk(b"vend", container.chunks[0])], source)


def test_what_the_writer_added_by_itself_is_not_there_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.part"
    for where in ("before", "behind"):
        with soundfile.SoundFile(path, "w", 48000, 1, "PCM_16", format="WAV") as file:
            if where == "before":
                file.title = "from libsndfile"
            file.write(SAMPLES)
            if where == "behind":
                file.title = "from libsndfile"
        assert [name for name, _ in extras(path)] == [b"LIST"], "libsndfile wrote none, so nothing is tested"
        add_chunks(path, [NewChunk(b"LIST", b"INFO")], path)
        assert extras(path) == [(b"LIST", b"INFO")]
        assert soundfile.info(path).frames == len(SAMPLES)


def test_a_chunk_may_not_push_a_wav_over_4_gib(tmp_path: Path) -> None:
    path = tmp_path / "a.part"
    data_size = 0xFFFF_FFFF - 200
    head = riff(chunk(b"fmt ", FMT), struct.pack("<4sI", b"data", data_size), size=data_size + 36)
    with path.open("wb") as handle:
        handle.write(head)
        handle.truncate(len(head) + data_size)
    size = path.stat().st_size
    with pytest.raises(OutputError, match="4 GiB") as raised:
        add_chunks(path, [NewChunk(b"cue ", bytes(200))], path)
    assert "RF64" in raised.value.hint
    assert path.stat().st_size == size
    add_chunks(path, [NewChunk(b"cue ", bytes(20))], path)
    assert extras(path) == [(b"cue ", bytes(20))]


def test_rf64_grows_beyond_4_gib(tmp_path: Path) -> None:
    path = tmp_path / "a.part"
    data_size = 5 << 30
    ds64 = struct.pack("<QQQI", data_size + 100, data_size, data_size, 0)
    head = riff(
        chunk(b"ds64", ds64),
        chunk(b"fmt ", FMT),
        struct.pack("<4sI", b"data", 0xFFFF_FFFF),
        size=0xFFFF_FFFF,
        magic=b"RF64",
    )
    with path.open("wb") as handle:
        handle.write(head)
        handle.truncate(len(head) + data_size)
    add_chunks(path, [NewChunk(b"bext", bytes(603))], path)
    assert extras(path) == [(b"bext", bytes(603))]
    with path.open("rb") as handle:
        assert struct.unpack("<4sI", handle.read(8)) == (b"RF64", 0xFFFF_FFFF)
        handle.seek(20)
        assert struct.unpack("<Q", handle.read(8))[0] + 8 == path.stat().st_size


def test_an_output_without_samples_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.part"
    path.write_bytes(b"no audio")
    with pytest.raises(OutputError, match="no sample data"):
        add_chunks(path, [NewChunk(b"cue ", b"")], path)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 60), st.integers(0, 30), st.integers(0, 60))
def test_a_range_is_resized_without_loss(data: bytes, start: int, old: int, new: int) -> None:
    start = min(start, len(data))
    old = min(old, len(data) - start)
    handle = io.BytesIO(data)
    resize_range(handle, start, old, new)
    assert handle.tell() == start
    handle.write(b"n" * new)
    assert handle.getvalue() == data[:start] + b"n" * new + data[start + old :]


@pytest.mark.parametrize("shift", [-700_000, -3, 3, 700_000, 2_500_000])
def test_a_range_is_resized_over_many_blocks(shift: int) -> None:
    data = np.random.default_rng(3).bytes(3_500_000)
    handle = io.BytesIO(data)
    resize_range(handle, 10, 800_000, 800_000 + shift)
    handle.write(bytes(800_000 + shift))
    assert handle.getvalue() == data[:10] + bytes(800_000 + shift) + data[800_010:]
