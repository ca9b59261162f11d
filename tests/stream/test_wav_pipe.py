"""WAV headers read from what can't be sought, and written before the length is known."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import soundfile as sf
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.errors import InputError
from eqmorph.stream.samples import SAMPLE_TYPES, RawFormat
from eqmorph.stream.wav_pipe import WavHeader, read_header, wav_header

PLAIN = RawFormat(SAMPLE_TYPES["s16"], 44_100, 2)


def parsed(data: bytes) -> WavHeader:
    return read_header(io.BytesIO(data).read, "stdin")


def pcm(channels: int = 2, rate: int = 44_100, bits: int = 16, kind: int = 1) -> bytes:
    width = (bits + 7) // 8
    return struct.pack("<HHIIHH", kind, channels, rate, rate * channels * width % 2**32, channels * width, bits)


def wav(*chunks: tuple[bytes, bytes], head: bytes = b"RIFF", data_size: int = 0xFFFF_FFFF) -> bytes:
    """Return a header with these chunks, each padded to an even size, before the audio."""
    body = b"".join(name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for name, data in chunks)
    return head + struct.pack("<I", 0xFFFF_FFFF) + b"WAVE" + body + b"data" + struct.pack("<I", data_size)


@given(
    st.sampled_from(sorted(SAMPLE_TYPES)),
    st.integers(1000, 768_000),
    st.integers(1, 64),
    st.booleans(),
    st.integers(0, 2**18 - 1),
)
def test_what_is_written_can_be_read(name: str, rate: int, channels: int, is_extensible: bool, mask: int) -> None:
    form = RawFormat(SAMPLE_TYPES[name], rate, channels)
    header = parsed(wav_header(form, mask=mask, is_extensible=is_extensible))
    assert header.format == form
    assert header.size is None
    assert header.is_extensible == (is_extensible or channels > 2)
    assert header.mask == (mask if header.is_extensible else 0)


@given(st.lists(st.tuples(st.sampled_from([b"LIST", b"bext", b"junk"]), st.binary(max_size=99)), max_size=5))
def test_chunks_before_the_audio_are_skipped(chunks: list[tuple[bytes, bytes]]) -> None:
    data = wav(*chunks, (b"fmt ", pcm())) + b"audio"
    source = io.BytesIO(data)
    assert read_header(source.read, "stdin").format == PLAIN
    assert source.read() == b"audio"


@given(st.binary(max_size=200))
def test_anything_else_is_one_error(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        parsed(data)
    assert caught.value.path == "stdin"
    assert caught.value.hint


@given(st.integers(0, 43))
def test_a_header_that_is_cut_off_is_one_error(length: int) -> None:
    with pytest.raises(InputError, match=r"ends within its header|is empty|is not a WAV"):
        parsed(wav((b"fmt ", pcm()))[:length])


@pytest.mark.parametrize("container", ["WAV", "WAVEX", "RF64"])
@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_headers_of_libsndfile(container: str, subtype: str) -> None:
    file = io.BytesIO()
    audio = np.random.default_rng(0).uniform(-0.9, 0.9, (501, 3))
    sf.write(file, audio, 48_000, subtype, format=container)
    source = io.BytesIO(file.getvalue())
    header = read_header(source.read, "stdin")
    assert (header.format.sample_rate, header.format.channels) == (48_000, 3)
    assert header.size == 501 * 3 * header.format.type.width
    decoded = header.format.type.decode(source.read(header.size), 3)
    expected = sf.read(io.BytesIO(file.getvalue()), dtype="float32")[0]
    assert np.array_equal(decoded.T, expected)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, None),
        (0xFFFF_FFFF, None),
        (0x7FFF_F000, None),  # of sox
        (1000, 1000),
        *((size, size) for size in (0x7FFF_F024, 0x8000_0000, 0xFFFF_FF00)),  # of files of 2 to 4 GiB
    ],
)
def test_sizes_that_nobody_could_know(size: int, expected: int | None) -> None:
    assert parsed(wav((b"fmt ", pcm()), data_size=size)).size == expected


@pytest.mark.parametrize(
    ("bits", "channels", "size"),
    [(8, 3, 0x7FFF_EFFF), (16, 6, 0x7FFF_EFFC), (24, 1, 0x7FFF_EFFF), (24, 2, 0x7FFF_EFFC), (32, 6, 0x7FFF_EFF0)],
)
def test_sox_leaves_out_what_is_no_whole_frame(bits: int, channels: int, size: int) -> None:
    assert parsed(wav((b"fmt ", pcm(bits=bits, channels=channels)), data_size=size)).size is None


@pytest.mark.parametrize(("size", "expected"), [(5_000_000_000, 5_000_000_000), (0, None), (2**64 - 1, None)])
def test_a_long_size_is_in_a_chunk_of_its_own(size: int, expected: int | None) -> None:
    long = (b"ds64", struct.pack("<QQQI", 0, size, 0, 0))
    for head in (b"RF64", b"BW64"):
        assert parsed(wav(long, (b"fmt ", pcm()), head=head)).size == expected


@pytest.mark.parametrize(
    ("fmt", "words"),
    [
        (pcm(channels=0), "can't be streamed|0 channels"),
        (pcm(channels=65), "65 channels"),
        (pcm(rate=0), "at 0 Hz"),
        (pcm(rate=4_000_000_000), "at 4000000000 Hz"),
        (pcm(kind=0x11, bits=4), "WAV format 0x11"),
        (pcm(kind=7, bits=8), "WAV format 0x7"),
        (pcm(bits=64), "can't be streamed"),
        (pcm()[:10], "ends within"),
    ],
)
def test_what_can_not_be_streamed_is_named(fmt: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parsed(wav((b"fmt ", fmt)))


def test_a_chunk_without_end_is_damage() -> None:
    with pytest.raises(InputError, match="before the audio"):
        parsed(b"RIFF\xff\xff\xff\xffWAVEjunk" + struct.pack("<I", 2**31))


def test_audio_without_a_format_is_named() -> None:
    with pytest.raises(InputError, match="how its samples are stored"):
        parsed(wav((b"junk", b"")))
