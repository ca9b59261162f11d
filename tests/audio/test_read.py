"""Reading: what a file says of itself, its samples in blocks, and one clear error for each way it can be bad."""

from __future__ import annotations

import errno
import os
import struct
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray

from eqmorph.audio.chunks.walk import W64_TAIL
from eqmorph.audio.read import AudioReader, block_frames, timestamp
from eqmorph.errors import InputError, show_path
from eqmorph.wording import PYTHON, Means
from tests import support
from tests.support import noise, posix_only

CONTAINERS = [
    ("WAV", "PCM_16"),
    ("WAVEX", "PCM_24"),
    ("RF64", "PCM_16"),
    ("W64", "PCM_16"),
    ("AIFF", "PCM_16"),
    ("CAF", "PCM_16"),
    ("CAF", "ALAC_16"),
    ("AU", "PCM_16"),
    ("FLAC", "PCM_16"),
    ("OGG", "VORBIS"),
    ("OGG", "OPUS"),
    ("MP3", "MPEG_LAYER_III"),
]
FRAMES, RATE = 30_000, 48_000

make_audio = partial(support.make_audio, rate=RATE, frames=FRAMES)


def read_all(path: Path, *, repair: bool = False) -> tuple[NDArray[np.float32], list[str]]:
    with AudioReader(path, repair=repair) as reader:
        blocks = list(reader.blocks())
        return np.concatenate(blocks, axis=1), reader.notes


def refusal(path: Path, *, repair: bool = False) -> InputError:
    """The error a file is refused with, be it at its opening or while it is read."""
    with pytest.raises(InputError) as caught:
        read_all(path, repair=repair)
    error = caught.value
    assert error.path == path
    assert error.hint.endswith((".", "?")), "each error says what to do"
    assert "\n" not in f"{error} {error.hint}"
    return error


# ------------------------------------------------------------------------------------------------ whole files


@pytest.mark.parametrize(("container", "subtype"), CONTAINERS)
def test_info_and_samples_are_those_of_the_file(tmp_path: Path, container: str, subtype: str) -> None:
    path = make_audio(tmp_path / "a.x", container, subtype)
    with AudioReader(path) as reader:
        info = reader.info
        audio = np.concatenate(list(reader.blocks()), axis=1)
    assert (info.format, info.subtype, info.sample_rate) == (container, subtype, RATE)
    assert (info.channels, info.frames, info.duration_s) == (2, FRAMES, FRAMES / RATE)
    expected, _ = sf.read(path, dtype="float32")
    assert np.array_equal(audio, expected.T)


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_blocks_have_one_size_but_the_last_and_are_free_to_be_changed(tmp_path: Path, channels: int) -> None:
    path = make_audio(tmp_path / "a.wav", frames=3 * block_frames(channels) + 17, channels=channels)
    with AudioReader(path) as reader:
        blocks = list(reader.blocks())
    assert [block.shape for block in blocks] == [(channels, block_frames(channels))] * 3 + [(channels, 17)]
    assert all(block.dtype == np.float32 and block.flags.c_contiguous for block in blocks)
    before = [block.copy() for block in blocks]
    blocks[0][:] = 0
    assert np.array_equal(blocks[1], before[1]), "blocks share no memory"


@pytest.mark.parametrize(("subtype", "dtype"), [("PCM_U8", "int32"), ("PCM_32", "int32"), ("DOUBLE", "float64")])
def test_native_blocks_hold_every_bit_and_start_at_the_start(tmp_path: Path, subtype: str, dtype: str) -> None:
    path = make_audio(tmp_path / "a.wav", "WAV", subtype, frames=50_000)
    expected, _ = sf.read(path, dtype=dtype)
    with AudioReader(path) as reader:
        for _ in reader.blocks():  # as a copy does that measures first
            pass
        native = np.concatenate(list(reader.native_blocks(as_floats=dtype == "float64")))
    assert native.dtype == dtype
    assert np.array_equal(native, expected)


def test_a_channel_mask_is_read_where_there_is_one(tmp_path: Path) -> None:
    with AudioReader(make_audio(tmp_path / "a.wav", "WAVEX")) as reader:
        assert reader.info.channel_mask == 0b11
    with AudioReader(make_audio(tmp_path / "b.wav", "WAV")) as reader:
        assert reader.info.channel_mask is None


def test_a_timestamp_reads_as_people_say_it() -> None:
    assert timestamp(62 * 8000 + 4000, 8000) == "1:02.500"


@pytest.mark.parametrize("length_known", [True, False])
def test_flac_without_a_length_in_its_header_is_read_to_its_end(tmp_path: Path, length_known: bool) -> None:
    path = make_audio(tmp_path / "a.flac", "FLAC")
    expected, _ = sf.read(path, dtype="float32")
    data = bytearray(path.read_bytes())
    if not length_known:  # the 36 bits of STREAMINFO that a program writing into a pipe leaves at 0
        data[21] &= 0xF0
        data[22:26] = bytes(4)
    path.write_bytes(data)
    audio, notes = read_all(path)
    assert np.array_equal(audio, expected.T)
    assert notes == ([] if length_known else ["its header states no length: 0:00.625 was found"])


def test_vorbis_is_read_to_its_end_however_its_packets_are_paged(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.ogg", "OGG", "VORBIS")
    expected, _ = sf.read(path, dtype="float32")
    path.write_bytes(b"".join(_pages_of_one_packet(path.read_bytes())))
    audio, _ = read_all(path)
    assert audio.shape == (2, FRAMES)
    assert np.abs(audio - expected.T).max() < 1e-4


def _pages_of_one_packet(data: bytes) -> list[bytes]:
    """An Ogg file again, each packet of its last page on a page of its own."""
    import io

    from mutagen.ogg import OggPage

    pages, stream = [], io.BytesIO(data)
    while stream.tell() < len(data):
        pages.append(OggPage(stream))
    last = pages.pop()
    start = pages[-1].position
    for number, packet in enumerate(last.packets):
        page = OggPage()
        page.packets, page.serial, page.sequence = [packet], last.serial, last.sequence + number
        page.last = number == len(last.packets) - 1
        share = (number + 1) * (last.position - start) // len(last.packets)
        page.position = start + share
        pages.append(page)
    return [page.write() for page in pages]


# -------------------------------------------------------------------------------------------------- bad files


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.touch()
    assert "is empty" in str(refusal(path))


@pytest.mark.parametrize("text", ["hello\n", "Hé\r\n" * 3000, "<html><body>404 not found</body></html>"])
@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".ogg"])
def test_text_renamed_to_audio(tmp_path: Path, text: str, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text(text, encoding="utf-8")
    assert "holds text, not audio" in str(refusal(path))


@pytest.mark.parametrize("content", [bytes(5000), np.random.default_rng(0).bytes(5000)], ids=["zeros", "random"])
def test_bytes_that_are_not_audio(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    assert "is not an audio file of a kind that can be read" in str(refusal(path))


def test_kinds_of_audio_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    raw = tmp_path / "a.raw"
    raw.write_bytes(bytes(1000))
    assert "is raw audio" in str(refusal(raw))


@pytest.mark.parametrize(("container", "channels_at"), [("WAV", 22), ("AIFF", 20)])
def test_zero_channels(tmp_path: Path, container: str, channels_at: int) -> None:
    path = make_audio(tmp_path / "a.x", container)
    data = bytearray(path.read_bytes())
    data[channels_at : channels_at + 2] = b"\0\0"
    path.write_bytes(data)
    assert "claims to have no channels" in str(refusal(path))


def test_a_sample_rate_of_zero(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.wav")
    data = bytearray(path.read_bytes())
    data[24:28] = bytes(4)
    path.write_bytes(data)
    assert "makes no sense" in str(refusal(path))


@pytest.mark.parametrize("rate", [999, 1_500_001, 2**31 - 1])
def test_rates_that_no_audio_has_are_refused_before_memory_is_taken(tmp_path: Path, rate: int) -> None:
    path = make_audio(tmp_path / "a.wav", rate=rate, frames=100)
    assert f"states a sample rate of {rate} Hz" in str(refusal(path))


def test_no_samples(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.wav", frames=0)
    assert "holds no samples" in str(refusal(path))


@pytest.mark.parametrize(("container", "subtype"), CONTAINERS)
@pytest.mark.parametrize("length", [4, 20, 43])
def test_a_header_cut_off(tmp_path: Path, container: str, subtype: str, length: int) -> None:
    path = make_audio(tmp_path / "a.x", container, subtype)
    path.write_bytes(path.read_bytes()[:length])
    message = str(refusal(path))
    assert "text" not in message
    assert "its header is cut off" in message or length > 20 or container == "MP3"  # an MP3 has no header


@pytest.mark.parametrize(("container", "subtype"), CONTAINERS)
@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_data_cut_off_is_refused_and_repaired_on_request(
    tmp_path: Path, container: str, subtype: str, kept: float
) -> None:
    path = make_audio(tmp_path / "a.x", container, subtype, frames=100_000)
    whole, _ = read_all(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    error = refusal(path)
    assert "is truncated" in str(error) or "can't be decoded after 0:0" in str(error)
    if container == "CAF":  # libsndfile opens no CAF that is cut off
        return
    assert PYTHON[Means.REPAIR] in error.hint
    audio, notes = read_all(path, repair=True)
    frames = audio.shape[1]
    assert 0.2 * whole.shape[1] < frames < whole.shape[1]
    checked = frames - 2000  # the last frames of a lossy coder lean on what is missing
    assert np.abs(audio[:, :checked] - whole[:, :checked]).max() < 1e-4
    assert any("is truncated" in note for note in notes)


@pytest.mark.parametrize(
    ("container", "subtype"), [c for c in CONTAINERS if c[0] not in ("MP3", "FLAC") and c[1] != "ALAC_16"]
)
def test_even_the_last_byte_is_missed(tmp_path: Path, container: str, subtype: str) -> None:
    path = make_audio(tmp_path / "a.x", container, subtype)
    path.write_bytes(path.read_bytes()[:-1])
    assert "is truncated: its end is missing" in str(refusal(path))


def test_damage_inside_a_flac_is_found_and_its_place_is_named(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.flac", "FLAC")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)
    path.write_bytes(data)
    assert "can't be decoded after 0:00." in str(refusal(path))


def test_what_is_not_there(tmp_path: Path) -> None:
    error = refusal(tmp_path / "a.wav")
    assert "doesn't exist" in str(error)


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder" in str(refusal(tmp_path)) or os.name == "nt"


@posix_only
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.wav")
    assert "is a pipe or a device" in str(refusal(tmp_path / "a.wav"))


@posix_only
def test_links_that_lead_nowhere_or_in_a_circle(tmp_path: Path) -> None:
    dangling, circle = tmp_path / "a.wav", tmp_path / "b.wav"
    dangling.symlink_to("nowhere.wav")
    circle.symlink_to("b.wav")
    assert "doesn't exist" in str(refusal(dangling))
    assert "link that leads back to itself" in refusal(circle).hint


@pytest.mark.parametrize(
    ("number", "message"), [(errno.EACCES, "no permission to read it"), (errno.EIO, "can't be opened: ")]
)
def test_what_the_system_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, message: str) -> None:
    path = make_audio(tmp_path / "a.wav")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "open", refuse)
    assert message in str(refusal(path))


def test_a_file_that_vanishes_while_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_audio(tmp_path / "a.wav")
    opened = sf.SoundFile

    def vanish(*args: object, **kwargs: object) -> object:
        path.unlink()
        return opened(*args, **kwargs)

    monkeypatch.setattr(sf, "SoundFile", vanish)
    assert "doesn't exist" in str(refusal(path))


# -------------------------------------------------------------------------------------------- no real samples


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e9])
def test_a_sample_that_is_none_is_refused_by_its_position(tmp_path: Path, subtype: str, value: float) -> None:
    audio = noise(70_000)
    audio[[52_800, 60_000], [1, 0]] = value
    sf.write(tmp_path / "a.wav", audio, RATE, subtype)
    error = refusal(tmp_path / "a.wav")
    assert "sample 52800 (0:01.100) of channel 2 is" in str(error)
    assert PYTHON[Means.REPAIR] in error.hint


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
def test_repair_mutes_such_samples_and_no_others(tmp_path: Path, value: float) -> None:
    audio = noise(70_000)
    audio[[3, 52_800, 60_000], [0, 1, 0]] = value
    sf.write(tmp_path / "a.wav", audio, RATE, "DOUBLE")
    repaired, notes = read_all(tmp_path / "a.wav", repair=True)
    audio[[3, 52_800, 60_000], [0, 1, 0]] = 0
    assert np.array_equal(repaired, audio.T.astype(np.float32))
    assert notes == ["muted 3 invalid samples"]


def test_loud_floats_are_audio(tmp_path: Path) -> None:
    sf.write(tmp_path / "a.wav", 1000 * noise(FRAMES), RATE, "FLOAT")
    audio, notes = read_all(tmp_path / "a.wav")
    assert np.abs(audio).max() > 100
    assert notes == []


# ------------------------------------------------------------------------------------------------------ names


@pytest.mark.parametrize("name", ["with spaces.wav", "émoji 🎧.wav", "x" * 246 + ".wav", "-dash.wav", "a[1]*.wav"])
def test_odd_names_are_read(tmp_path: Path, name: str) -> None:
    if os.name == "nt" and "*" in name:
        pytest.skip("no file name on Windows")
    assert read_all(make_audio(tmp_path / name))[0].shape == (2, FRAMES)


@posix_only
@pytest.mark.parametrize("name", [b"new\nline.wav", b"latin-\xe9.wav", b"tab\t.wav", b"\x1b[31mred.wav"])
def test_names_that_are_not_text_are_read_and_shown_on_one_line(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    try:
        path.write_bytes(b"no audio")
    except OSError:
        pytest.skip("this file system takes no such name")
    shown = str(refusal(path))
    assert shown.isprintable()
    assert show_path(path) in shown
    sf.write(os.fsencode(path), noise(FRAMES), RATE, "PCM_16", format="WAV")
    assert read_all(path)[0].shape == (2, FRAMES)


@pytest.mark.parametrize(
    ("suffix", "size", "position", "order"),
    [("wav", 0xFFFF_FFFF, 40, "<"), ("wav", 0x7FFF_F024, 40, "<"), ("au", 0xFFFF_FFFF, 8, ">")],
)
def test_a_stream_that_states_no_size_is_complete(
    tmp_path: Path, suffix: str, size: int, position: int, order: str
) -> None:
    path = make_audio(tmp_path / f"a.{suffix}", suffix.upper())
    expected, _ = sf.read(path, dtype="float32")
    data = bytearray(path.read_bytes())
    data[position : position + 4] = struct.pack(order + "I", size)
    path.write_bytes(data)
    audio, notes = read_all(path)
    assert np.array_equal(audio, expected.T)
    assert notes == []


def test_a_w64_ends_with_its_samples_and_not_with_the_chunks_after_them(tmp_path: Path) -> None:
    path = tmp_path / "a.w64"
    sf.write(path, np.zeros((1000, 2)), 44_100, subtype="PCM_16", format="W64")
    body = b"a description of 600 bytes".ljust(600, b".")
    chunk = b"bext" + W64_TAIL + struct.pack("<Q", 24 + len(body)) + body
    data = path.read_bytes() + chunk
    path.write_bytes(data[:16] + struct.pack("<Q", len(data)) + data[24:])
    assert sf.info(path).frames > 1000  # what this is about: libsndfile takes the chunk for samples
    with AudioReader(path) as reader:
        assert reader.info.frames == 1000
        assert sum(block.shape[1] for block in reader.blocks()) == 1000
        assert sum(len(block) for block in reader.native_blocks(as_floats=False)) == 1000


@pytest.mark.parametrize(("container", "subtype"), CONTAINERS)
def test_reading_from_anywhere_gives_the_same_samples(tmp_path: Path, container: str, subtype: str) -> None:
    path = tmp_path / "sound"
    sf.write(path, noise(FRAMES), RATE, format=container, subtype=subtype)
    with AudioReader(path) as reader:
        whole = np.concatenate(list(reader.blocks()), axis=1)
    with AudioReader(path) as reader:
        for start in (20_000, 21_000, 5000, 0):
            np.testing.assert_allclose(reader.read_at(start, 1000), whole[:, start : start + 1000], atol=2e-4)
        assert reader.read_at(whole.shape[1] - 10, 1000).shape[1] <= 1000


def test_reading_from_anywhere_mutes_invalid_samples(tmp_path: Path) -> None:
    audio = noise(1000)
    audio[500] = np.nan
    sf.write(tmp_path / "nan.wav", audio, RATE, subtype="FLOAT")
    with AudioReader(tmp_path / "nan.wav") as reader:
        block = reader.read_at(400, 200)
    assert np.all(block[:, 100] == 0)
    assert np.all(block[:, 99] == audio[499].astype(np.float32))


# ----------------------------------------------------------------------------------- what changes while it is read


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_a_file_that_is_written_to_while_it_is_read_is_refused(tmp_path: Path, suffix: str) -> None:
    path = make_audio(tmp_path / f"a.{suffix}", frames=3 * block_frames(2))
    other = make_audio(tmp_path / f"b.{suffix}", frames=4 * block_frames(2))
    with AudioReader(path) as reader:
        blocks = reader.blocks()
        next(blocks)
        path.write_bytes(other.read_bytes())
        with pytest.raises(InputError, match="changed while it was being read") as caught:
            list(blocks)
        assert caught.value.path == path
        path.unlink()
        with pytest.raises(InputError, match="disappeared while it was being read"):
            reader.check_unchanged()


@pytest.mark.parametrize("length_known", [True, False])
def test_a_decoder_that_starts_over_again_and_again_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length_known: bool
) -> None:
    path = make_audio(tmp_path / "a.flac", frames=1000)
    data = bytearray(path.read_bytes())
    if not length_known:
        data[21] &= 0xF0
        data[22:26] = bytes(4)
        path.write_bytes(data)
    monkeypatch.setattr("eqmorph.audio.read._MOST_FRAMES_PER_BYTE", 100)

    def endless(_file: sf.SoundFile, out: NDArray[np.float32]) -> NDArray[np.float32]:
        out.fill(0.1)
        return out

    monkeypatch.setattr(sf.SoundFile, "read", endless)
    with AudioReader(path) as reader:
        frames = sum(block.shape[1] for block in reader.blocks())
    assert frames == (1000 if length_known else 100 * len(data))
