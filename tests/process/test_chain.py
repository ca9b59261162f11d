"""The chain for one file: what is kept, how loud it comes out, that it streams, and that it fails cleanly."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray

from eqmorph.adapt.fixed import BandsEq
from eqmorph.audio import read
from eqmorph.audio.chunks.walk import read_chunk, set_wav_channel_mask, walk, wav_channel_mask
from eqmorph.audio.loudness import LoudnessMeter
from eqmorph.audio.truepeak import TruePeakMeter
from eqmorph.bands import Bands
from eqmorph.errors import InputError, OutputError, UsageError
from eqmorph.level import Level
from eqmorph.process import ProcessResult, Settings, preview_file, process_audio, process_file
from eqmorph.request import EqRequest
from tests.support import environment, largest_file, make_audio, noise, posix_only

EQ = Bands.parse("LS 120 +6; PK 1000 -4 Q0.7; HS 3k +5")
LOSSLESS = [
    *(("WAV", subtype) for subtype in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")),
    *(("WAVEX", subtype) for subtype in ("PCM_16", "PCM_24", "FLOAT")),
    *(("RF64", subtype) for subtype in ("PCM_16", "PCM_24", "FLOAT")),
    *(("W64", subtype) for subtype in ("PCM_16", "PCM_24", "FLOAT")),
    *(("AIFF", subtype) for subtype in ("PCM_S8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")),
    *(("CAF", subtype) for subtype in ("PCM_16", "PCM_24", "FLOAT", "ALAC_16", "ALAC_24")),
    *(("FLAC", subtype) for subtype in ("PCM_S8", "PCM_16", "PCM_24")),
    *(("AU", subtype) for subtype in ("PCM_16", "FLOAT", "ULAW")),
]
LOSSY = [("MP3", "MPEG_LAYER_III"), ("OGG", "VORBIS"), ("OGG", "OPUS")]
ODD = [("VOC", "PCM_16"), ("NIST", "PCM_16"), ("PAF", "PCM_16"), ("SVX", "PCM_16"), ("IRCAM", "FLOAT")]
SHAPES = [(8000, 1), (44_100, 2), (48_000, 6), (192_000, 2)]


def music(seconds: float, rate: int = 44_100, *, peak: float = 0.3, channels: int = 2) -> NDArray[np.float64]:
    """Return pink noise that swells, (frames, channels): loud and soft, low and high."""
    frames = int(seconds * rate)
    spectrum = np.fft.rfft(np.random.default_rng(1).standard_normal((channels, frames)))
    freqs = np.arange(spectrum.shape[1]) / seconds
    audio = np.fft.irfft(spectrum / np.sqrt(np.maximum(freqs, 30)), frames).T
    audio *= 0.6 + 0.4 * np.sin(2 * np.pi * 0.5 * np.arange(frames) / rate)[:, None]
    return peak * audio / np.abs(audio).max()


def settings(*, amount: float = 1.0, **changes: object) -> Settings:
    return Settings(**{"eq": BandsEq(EQ, amount), "measure": True, **changes})


def facts(path: Path) -> tuple[str, str, int, int, int]:
    info = sf.info(path)
    return info.format, info.subtype, info.samplerate, info.channels, info.frames


def lufs_of(path: Path) -> float:
    """Return the loudness of a file: by ffmpeg where it is installed, else by our own meter."""
    if shutil.which("ffmpeg"):
        command = ["ffmpeg", "-nostdin", "-i", str(path), "-af", "ebur128", "-f", "null", "-"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stderr
        return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", text)[-1])
    audio, rate = sf.read(path, dtype="float32", always_2d=True)
    meter = LoudnessMeter(rate, audio.shape[1], channel_mask=None)
    meter.add(np.ascontiguousarray(audio.T))
    value = meter.integrated_lufs()
    assert value is not None
    return value


def true_peak_db(path: Path) -> float:
    audio, _ = sf.read(path, dtype="float32", always_2d=True)
    meter = TruePeakMeter(audio.shape[1])
    meter.add(np.ascontiguousarray(audio.T))
    return float(20 * np.log10(meter.peak()))


# -------------------------------------------------------------------------------------------------------- kept


@pytest.mark.parametrize(("container", "subtype"), LOSSLESS + LOSSY + ODD)
def test_container_subtype_rate_channels_and_length_are_kept(tmp_path: Path, container: str, subtype: str) -> None:
    tried = 0
    for rate, channels in SHAPES:
        source, target = tmp_path / f"{rate}.x", tmp_path / f"{rate}.out"
        try:
            make_audio(source, container, subtype, rate=rate, audio=noise(rate // 10 + 37, channels))
        except sf.LibsndfileError:
            continue  # no such file exists
        result = process_file(source, target, settings())
        assert facts(target) == facts(source)
        assert len(sf.read(target)[0]) == len(sf.read(source)[0])
        assert (result.format, result.subtype) == (container, subtype)
        assert result.duration_s == pytest.approx(sf.info(source).frames / rate)
        assert not np.array_equal(sf.read(target)[0], sf.read(source)[0]), "and yet it is equalized"
        tried += 1
    assert tried >= 1


@pytest.mark.parametrize("container", ["WAVEX", "RF64"])
def test_which_speaker_a_channel_is_for_is_kept(tmp_path: Path, container: str) -> None:
    source = make_audio(tmp_path / "a.wav", container, "PCM_16", audio=noise(9000, 4))
    set_wav_channel_mask(source, 0x107)  # three in front and one behind: not what libsndfile supposes for four
    process_file(source, tmp_path / "b.wav", settings())
    assert wav_channel_mask(tmp_path / "b.wav") == 0x107


@pytest.mark.parametrize("length", [1, 2, 3, 441, 1152, 65_535, 65_536, 65_537])
@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "ogg", "opus"])
def test_length_is_kept_to_the_sample_from_wav_to_all(tmp_path: Path, length: int, suffix: str) -> None:
    source = make_audio(tmp_path / "a.wav", rate=48_000, audio=noise(length))
    process_file(source, tmp_path / f"b.{suffix}", settings())
    assert sf.info(tmp_path / f"b.{suffix}").frames == length
    assert len(sf.read(tmp_path / f"b.{suffix}")[0]) == length


@pytest.mark.parametrize(
    ("format_name", "bit_depth", "expected", "notes"),
    [
        ("flac", None, ("FLAC", "PCM_24"), 1),
        ("aiff", "16", ("AIFF", "PCM_16"), 0),
        ("wav", "24", ("WAV", "PCM_24"), 0),
        ("mp3", None, ("MP3", "MPEG_LAYER_III"), 0),
        (None, "64f", ("WAV", "DOUBLE"), 0),
    ],
)
def test_a_format_or_bit_depth_asked_for_is_written_and_what_is_lost_is_noted(
    tmp_path: Path, format_name: str | None, bit_depth: str | None, expected: tuple[str, str], notes: int
) -> None:
    source = make_audio(tmp_path / "a.wav", "WAV", "FLOAT")
    result = process_file(source, tmp_path / "b.x", settings(format=format_name, bit_depth=bit_depth))
    assert facts(tmp_path / "b.x")[:2] == expected == (result.format, result.subtype)
    assert len([note for note in result.notes if "can't hold FLOAT" in note]) == notes


def test_what_is_rendered_is_the_eq(tmp_path: Path) -> None:
    """A sine through a bell comes out as much louder as the curve says."""
    rate, gain_db = 48_000, 6.0
    bands = Bands.parse(f"PK 1000 +{gain_db} Q1")
    tone = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(rate) / rate)
    source = make_audio(tmp_path / "a.wav", "WAV", "FLOAT", rate=rate, audio=tone)
    process_file(source, tmp_path / "b.wav", Settings(BandsEq(bands), level=Level("keep")))
    tail = sf.read(tmp_path / "b.wav")[0][rate // 2 :]
    assert 20 * np.log10(np.abs(tail).max() / 0.1) == pytest.approx(gain_db, abs=0.05)


# ------------------------------------------------------------------------------------------- tags and chunks kept


def test_wav_chunks_are_kept_byte_for_byte(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav")
    chunks = {
        b"bext": b"A take".ljust(602, b"\0"),
        b"iXML": b"<BWFXML><SCENE>7</SCENE></BWFXML>\n",
        b"cue ": struct.pack("<IIIIIII", 1, 1, 100, 0x61746164, 0, 0, 100),
        b"smpl": struct.pack("<9I", 0, 0, 22_675, 60, 0, 0, 0, 0, 0),
        b"LIST": b"INFOINAM\x06\0\0\0Title\0",
    }
    data = bytearray(source.read_bytes())
    for ident, body in chunks.items():
        data += ident + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)
    data[4:8] = struct.pack("<I", len(data) - 8)
    source.write_bytes(data)
    process_file(source, tmp_path / "b.wav", settings())
    with (tmp_path / "b.wav").open("rb") as handle:
        container = walk(handle)
        assert container is not None
        kept = {chunk.ident: read_chunk(handle, chunk) for chunk in container.extras}
    assert kept == chunks
    assert sf.info(tmp_path / "b.wav").frames == sf.info(source).frames


PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def _tag_flac(path: Path) -> None:
    from mutagen.flac import FLAC, Picture

    tags = FLAC(path)
    tags["title"], tags["artist"] = "Täg", ["A", "B"]
    picture = Picture()
    picture.data, picture.mime, picture.type = PICTURE, "image/png", 3
    tags.add_picture(picture)
    tags.save()


def _tag_ogg(path: Path) -> None:
    from mutagen import File

    tags = File(path)
    tags["title"], tags["artist"] = "Täg", ["A", "B"]
    tags.save()


def _tag_id3(path: Path) -> None:
    from mutagen.id3 import APIC, ID3, TIT2, TPE1

    tags = ID3()
    for frame in (
        TIT2(encoding=3, text="Täg"),
        TPE1(encoding=3, text=["A", "B"]),
        APIC(encoding=3, mime="image/png", type=3, desc="", data=PICTURE),
    ):
        tags.add(frame)
    tags.save(path)


def _tag_aiff(path: Path) -> None:
    from mutagen.aiff import AIFF
    from mutagen.id3 import APIC, TIT2

    tags = AIFF(path)
    tags.add_tags()
    tags.tags.add(TIT2(encoding=3, text="Täg"))
    tags.tags.add(APIC(encoding=3, mime="image/png", type=3, desc="", data=PICTURE))
    tags.save()


@pytest.mark.parametrize(
    ("suffix", "tag", "has_picture"),
    [
        ("flac", _tag_flac, True),
        ("ogg", _tag_ogg, False),
        ("opus", _tag_ogg, False),
        ("mp3", _tag_id3, True),
        ("aiff", _tag_aiff, True),
    ],
)
def test_tags_and_pictures_are_kept(tmp_path: Path, suffix: str, tag: object, has_picture: bool) -> None:
    from mutagen import File

    source, target = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    process_file(make_audio(tmp_path / "a.wav", rate=48_000), source, settings())
    assert callable(tag)
    tag(source)
    process_file(source, target, settings())
    before, after = File(source), File(target)
    assert dict(after.tags or {}).keys() >= {key for key in dict(before.tags) if key.lower() != "encoder"}
    assert "Täg" in str(after.tags.get("title") or after.tags.get("TIT2"))
    if has_picture:
        pictures = after.pictures if suffix == "flac" else after.tags.getall("APIC")
        assert [picture.data for picture in pictures] == [PICTURE]


def test_tags_survive_a_change_of_format(tmp_path: Path) -> None:
    from mutagen import File

    source = make_audio(tmp_path / "a.flac", "FLAC")
    _tag_flac(source)
    process_file(source, tmp_path / "b.mp3", settings())
    tags = File(tmp_path / "b.mp3").tags
    assert str(tags["TIT2"]) == "Täg"
    assert tags.getall("APIC")[0].data == PICTURE


# ----------------------------------------------------------------------------------------------------- amount 0


def extreme(subtype: str) -> NDArray[np.generic]:
    """Return samples that use every bit of a subtype, (frames, 2)."""
    rng = np.random.default_rng(0)
    if subtype in ("FLOAT", "DOUBLE"):
        return 3 * rng.standard_normal((5000, 2)).astype("f4" if subtype == "FLOAT" else "f8")
    bits = {"PCM_U8": 8, "PCM_S8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32, "ALAC_16": 16, "ALAC_24": 20}[subtype]
    samples = rng.integers(-(2 ** (bits - 1)), 2 ** (bits - 1), (5000, 2))
    samples[:2] = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return (samples << (32 - bits)).astype(np.int32)


@pytest.mark.parametrize("changes", [{"amount": 0}, {"eq": BandsEq(Bands([]))}], ids=["amount 0", "no bands"])
@pytest.mark.parametrize(("container", "subtype"), [pair for pair in LOSSLESS if pair[1] != "ULAW"] + LOSSY)
def test_an_eq_that_does_nothing_gives_the_same_file(
    tmp_path: Path, container: str, subtype: str, changes: dict[str, object]
) -> None:
    audio = noise(5000) if (container, subtype) in LOSSY else extreme(subtype)
    source = make_audio(tmp_path / "a.x", container, subtype, rate=48_000, audio=audio)
    result = process_file(source, tmp_path / "b.x", settings(**changes))
    assert (tmp_path / "b.x").read_bytes() == source.read_bytes()
    assert (result.trim.total_db, result.notes) == (0, ())
    assert result.before is not None
    assert result.before == result.after


@pytest.mark.parametrize(
    ("container", "subtype", "format_name", "bit_depth"),
    [
        ("WAV", "PCM_32", "aiff", None),
        ("AIFF", "PCM_32", "w64", None),
        ("WAV", "PCM_32", None, "64f"),
        ("WAV", "PCM_24", "flac", None),
        ("WAV", "PCM_24", None, "32"),
        ("WAV", "PCM_24", None, "32f"),
        ("FLAC", "PCM_24", "wav", None),
        ("WAV", "PCM_16", "flac", "24"),
        ("WAV", "PCM_U8", "aiff", None),
        ("AIFF", "PCM_S8", "wav", None),
        ("WAV", "FLOAT", "aiff", None),
        ("WAV", "FLOAT", "caf", "64f"),
        ("WAV", "DOUBLE", "aiff", None),
        ("CAF", "ALAC_24", "wav", None),
        ("RF64", "PCM_32", "w64", None),
    ],
)
def test_amount_0_gives_the_same_samples_in_any_container_that_can_hold_them(
    tmp_path: Path, container: str, subtype: str, format_name: str | None, bit_depth: str | None
) -> None:
    source = make_audio(tmp_path / "a.x", container, subtype, audio=extreme(subtype))
    process_file(source, tmp_path / "b.x", settings(amount=0, format=format_name, bit_depth=bit_depth))
    before, after = sf.read(source, dtype="float64")[0], sf.read(tmp_path / "b.x", dtype="float64")[0]
    assert len(after) == 5000
    assert np.array_equal(before, after)


def test_amount_0_still_reaches_a_loudness(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", audio=music(2))
    process_file(source, tmp_path / "b.wav", settings(amount=0, level=Level("lufs", -30)))
    assert lufs_of(tmp_path / "b.wav") == pytest.approx(-30, abs=0.1)


def test_amount_0_still_finds_damage(tmp_path: Path) -> None:
    audio = noise(50_000)
    audio[40_000] = np.nan
    source = make_audio(tmp_path / "a.wav", "WAV", "FLOAT", audio=audio)
    with pytest.raises(InputError, match="sample 40000"):
        process_file(source, tmp_path / "b.wav", settings(amount=0))
    process_file(source, tmp_path / "b.wav", settings(amount=0, repair=True))
    audio[40_000] = 0
    assert np.array_equal(sf.read(tmp_path / "b.wav", dtype="float32")[0], audio.astype(np.float32))


# ------------------------------------------------------------------------------------------------------- level


@pytest.mark.parametrize(("suffix", "within"), [("wav", 0.1), ("flac", 0.1), ("mp3", 0.3), ("ogg", 0.3)])
def test_match_brings_the_result_to_the_loudness_of_its_source(tmp_path: Path, suffix: str, within: float) -> None:
    """Lossy encoders change the loudness of noise a little themselves."""
    source = make_audio(tmp_path / "a.wav", audio=music(3))
    result = process_file(source, tmp_path / f"b.{suffix}", settings())
    assert lufs_of(tmp_path / f"b.{suffix}") == pytest.approx(lufs_of(source), abs=within)
    assert abs(result.trim.level_db) > 1, "the EQ alone would have changed it"
    assert result.before is not None
    assert result.after is not None
    assert result.before.lufs == pytest.approx(lufs_of(source), abs=0.1)
    assert result.after.lufs == pytest.approx(result.before.lufs, abs=1e-6)


def test_keep_leaves_the_loudness_to_the_eq(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", "WAV", "FLOAT", audio=music(3, peak=0.9))
    result = process_file(source, tmp_path / "b.wav", settings(level=Level("keep")))
    assert result.trim.total_db == 0
    assert result.after is not None
    assert result.after.lufs == pytest.approx(lufs_of(tmp_path / "b.wav"), abs=0.1)
    assert lufs_of(tmp_path / "b.wav") > lufs_of(source) + 1
    assert result.after.true_peak_db == pytest.approx(true_peak_db(tmp_path / "b.wav"), abs=0.01)
    assert result.after.true_peak_db > 0, "no ceiling unasked"


@pytest.mark.parametrize("level", [Level("match"), Level("lufs", -10)])
def test_a_trim_is_one_gain_for_all_and_never_a_limiter(tmp_path: Path, level: Level) -> None:
    source = make_audio(tmp_path / "a.wav", "WAV", "FLOAT", audio=music(3, peak=0.9))
    process_file(source, tmp_path / "kept.wav", settings(level=Level("keep")))
    result = process_file(source, tmp_path / "b.wav", settings(level=level, ceiling_db=-6))
    kept, trimmed = (sf.read(tmp_path / name)[0] for name in ("kept.wav", "b.wav"))
    assert result.trim.ceiling_db < -0.1
    assert np.abs(trimmed - kept * 10 ** (result.trim.total_db / 20)).max() < 1e-6


@pytest.mark.parametrize("ceiling_db", [None, -3.0])
def test_the_true_peak_stays_under_the_ceiling(tmp_path: Path, ceiling_db: float | None) -> None:
    bands = Bands.parse("HS 3k +12")
    source = make_audio(tmp_path / "a.wav", "WAV", "PCM_24", audio=music(3, peak=0.3))
    result = process_file(
        source, tmp_path / "b.wav", Settings(BandsEq(bands), level=Level("lufs", -6), ceiling_db=ceiling_db)
    )
    assert true_peak_db(tmp_path / "b.wav") == pytest.approx(ceiling_db or -1.0, abs=0.02)
    assert result.trim.ceiling_db < -1
    assert result.after is not None
    assert result.after.true_peak_db == pytest.approx(ceiling_db or -1.0, abs=0.02)


def test_a_source_above_the_ceiling_may_stay_as_high_as_it_is(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", "WAV", "FLOAT", audio=music(3, peak=0.999))
    allowed = true_peak_db(source)
    assert allowed > -0.5
    result = process_file(source, tmp_path / "b.wav", Settings(BandsEq(EQ)))
    assert -1.0 < true_peak_db(tmp_path / "b.wav") <= allowed + 0.02
    assert result.trim.ceiling_db <= 0


def test_keep_takes_a_ceiling_when_it_is_given_one(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", audio=music(3, peak=0.5))
    result = process_file(source, tmp_path / "b.wav", settings(level=Level("keep"), ceiling_db=-10))
    assert true_peak_db(tmp_path / "b.wav") == pytest.approx(true_peak_db(source), abs=0.02), (
        "the source's own was higher"
    )
    assert (result.trim.level_db, result.trim.ceiling_db < 0) == (0, True)


@pytest.mark.parametrize("lufs", [-30.0, -18.0])
def test_a_loudness_is_reached(tmp_path: Path, lufs: float) -> None:
    source = make_audio(tmp_path / "a.wav", audio=music(3))
    process_file(source, tmp_path / "b.wav", Settings(BandsEq(EQ), level=Level("lufs", lufs)))
    assert lufs_of(tmp_path / "b.wav") == pytest.approx(lufs, abs=0.1)


@pytest.mark.parametrize("level", [Level("match"), Level("keep"), Level("lufs", -16)])
@pytest.mark.parametrize("frames", [1, 441, 44_100])
def test_silence_works_and_has_no_loudness(tmp_path: Path, level: Level, frames: int) -> None:
    source = make_audio(tmp_path / "a.wav", audio=np.zeros((frames, 2)))
    result = process_file(source, tmp_path / "b.wav", settings(level=level))
    assert not sf.read(tmp_path / "b.wav")[0].any()
    assert result.before is not None
    assert result.before == result.after
    assert (result.before.lufs, result.before.true_peak_db, result.trim.total_db) == (None, None, 0)


@pytest.mark.parametrize("seconds", [0.01, 0.39])
def test_a_short_clip_has_no_loudness_and_is_matched_by_its_power(tmp_path: Path, seconds: float) -> None:
    source = make_audio(tmp_path / "a.wav", "WAV", "FLOAT", audio=music(4)[: int(seconds * 44_100)])
    result = process_file(source, tmp_path / "b.wav", settings())
    assert result.before is not None
    assert result.after is not None
    assert (result.before.lufs, result.after.lufs) == (None, None)
    assert result.after.power_db == pytest.approx(result.before.power_db, abs=0.01)
    assert result.trim.level_db != 0
    assert process_file(source, tmp_path / "c.wav", settings(level=Level("lufs", -10))).trim.level_db == 0


def test_a_source_clipped_to_full_scale_does_not_make_a_clipped_result(tmp_path: Path) -> None:
    square = np.sign(music(2))
    source = make_audio(tmp_path / "a.wav", "WAV", "PCM_16", audio=square * 32_767 / 32_768)
    result = process_file(source, tmp_path / "b.wav", Settings(BandsEq(Bands.parse("HS 4k +9"))))
    assert not any("clipped" in note for note in result.notes)
    assert np.count_nonzero(np.abs(sf.read(tmp_path / "b.wav", dtype="int16")[0].astype(int)) >= 32_767) < 10


def test_clipping_that_was_asked_for_is_counted(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", audio=music(1, peak=0.9))
    process_file(source, tmp_path / "float.wav", settings(level=Level("keep"), bit_depth="32f"))
    over = sf.read(tmp_path / "float.wav", dtype="float64")[0] * 32_768
    expected = np.count_nonzero((np.rint(over) > 32_767) | (np.rint(over) < -32_768))
    result = process_file(source, tmp_path / "b.wav", settings(level=Level("keep")))
    assert expected > 10
    assert any(note.startswith(f"{expected} samples clipped") for note in result.notes)


# --------------------------------------------------------------------------------------------------- streaming


@pytest.mark.parametrize("level", [Level("match"), Level("keep")])
@pytest.mark.parametrize("block", [600, 5000, 1 << 20])
def test_the_result_does_not_depend_on_the_size_of_the_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: Level, block: int
) -> None:
    source = make_audio(tmp_path / "a.wav", "WAV", "FLOAT", audio=music(2.345))
    process_file(source, tmp_path / "b.wav", settings(level=level))
    monkeypatch.setattr(read, "_BLOCK_SAMPLES", block)
    process_file(source, tmp_path / "c.wav", settings(level=level))
    one, other = sf.read(tmp_path / "b.wav")[0], sf.read(tmp_path / "c.wav")[0]
    assert np.abs(one - other).max() < 1e-6


MEMORY = """
import resource, sys
from pathlib import Path
from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.process import Settings, process_file
settings = Settings(BandsEq(Bands.parse("LS 120 +6; HS 3k +5")), measure=True)
process_file(Path(sys.argv[1]), Path(sys.argv[2]), settings)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory in Linux's units")
def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    peaks_mib = []
    for minutes in (1, 30):
        source = tmp_path / f"{minutes}.wav"
        with sf.SoundFile(source, "w", 8000, 1, "PCM_16") as file:
            for _ in range(minutes):
                file.write(noise(60 * 8000, 1))
        command = [sys.executable, "-c", MEMORY, str(source), str(tmp_path / f"{minutes}-out.wav")]
        text = subprocess.run(command, capture_output=True, text=True, check=True, env=environment()).stdout
        peaks_mib.append(int(text) / 1024)
    as_floats_mib = 29 * 60 * 8000 * 4 / 2**20
    assert peaks_mib[1] - peaks_mib[0] < 0.4 * as_floats_mib


# ------------------------------------------------------------------------------------------------------ failing


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_failure_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    audio = noise(90_000)
    audio[80_000] = np.nan
    source = make_audio(tmp_path / "a.wav", "WAV", "FLOAT", audio=audio)
    (tmp_path / "b.wav").write_bytes(b"old")
    with pytest.raises(InputError):
        process_file(source, tmp_path / "b.wav", settings(), overwrite=True)
    assert (tmp_path / "b.wav").read_bytes() == b"old"
    assert files(tmp_path) == {"a.wav", "b.wav"}


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav")
    (tmp_path / "b.wav").write_bytes(b"old")
    with pytest.raises(OutputError, match="already exists"):
        process_file(source, tmp_path / "b.wav", settings())
    assert (tmp_path / "b.wav").read_bytes() == b"old"
    process_file(source, tmp_path / "b.wav", settings(), overwrite=True)
    assert facts(tmp_path / "b.wav") == facts(source)


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no open file")
@pytest.mark.parametrize("amount", [0, 1])
def test_a_source_that_vanishes_in_mid_run_is_an_error(tmp_path: Path, amount: float) -> None:
    source = make_audio(tmp_path / "a.wav", rate=96_000)
    with pytest.raises(InputError) as caught:
        process_file(
            source, tmp_path / "b.wav", settings(amount=amount), watch=lambda _: source.unlink(missing_ok=True)
        )
    assert caught.value.path == source
    assert caught.value.hint == "Was it moved or deleted?"
    assert files(tmp_path) == set()


def test_a_source_that_is_cut_short_in_mid_run_is_an_error(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", audio=noise(100_000))
    with pytest.raises(InputError, match="changed while it was being read") as caught:
        process_file(source, tmp_path / "b.wav", settings(), watch=lambda _: os.truncate(source, 300_000))
    assert caught.value.path == source
    assert files(tmp_path) == {"a.wav"}


def test_no_result_is_a_mixture_of_two_versions(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", audio=noise(100_000, seed=1))
    other = make_audio(tmp_path / "b.wav", audio=noise(100_000, seed=2))

    def replace_at_the_end(_final: Path, _temp: Path) -> None:
        raise AssertionError("it was about to get its name")

    for swap in (shutil.copyfile, lambda new, old: shutil.copy(new, tmp_path / "c").replace(old)):
        heard: list[float] = []

        def watch(seconds: float, swap: Any = swap, heard: list[float] = heard) -> None:
            heard.append(seconds)
            if len(heard) == 2:  # the last block is read: what follows is rendering, tags and chunks
                swap(other, source)

        with pytest.raises(InputError, match="changed while it was being read"):
            process_file(source, tmp_path / "d.wav", settings(), watch=watch, before_commit=replace_at_the_end)
        assert files(tmp_path) == {"a.wav", "b.wav"}


@pytest.mark.parametrize("eq", [Bands.parse("LS 120 +6"), None], ids=["bands", "words"])
@pytest.mark.parametrize(
    ("container", "subtype"), [("WAV", "GSM610"), ("AIFF", "GSM610"), ("PAF", "PCM_24"), ("SDS", "PCM_16")]
)
def test_kinds_that_a_decoder_cannot_go_back_in_are_processed(
    tmp_path: Path, container: str, subtype: str, eq: Bands | None
) -> None:
    audio = music(1.0, 8000, channels=1)
    source = make_audio(tmp_path / "a.x", container, subtype, rate=8000, audio=audio)
    given = settings(eq=BandsEq(eq) if eq is not None else EqRequest("warm").resolve())
    process_file(source, tmp_path / "b.x", given)
    assert facts(tmp_path / "b.x") == facts(source)


def test_a_flac_damaged_in_its_middle_is_repaired_with_words_too(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.flac", audio=music(4.0))
    data = bytearray(source.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    source.write_bytes(data)
    result = process_file(source, tmp_path / "b.flac", settings(eq=EqRequest("warm").resolve(), repair=True))
    assert 1.0 < result.duration_s < 3.0
    assert any("is truncated" in note for note in result.notes)


@posix_only
def test_a_result_and_its_trajectory_are_as_private_as_the_source(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", audio=music(2.0))
    source.chmod(0o600)
    given = settings(eq=EqRequest("warm").resolve())
    process_file(source, tmp_path / "b.wav", given, trajectory_path=tmp_path / "b.json")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("b.wav", "b.json")] == [0o600, 0o600]


class Stop(Exception):
    pass


@pytest.mark.parametrize("level", [Level("match"), Level("keep")])
@pytest.mark.parametrize("after", [0, 2, 7])
def test_a_watch_stops_the_work_while_it_reads_and_while_it_writes(tmp_path: Path, level: Level, after: int) -> None:
    source = make_audio(tmp_path / "a.wav", audio=noise(300_000))
    heard: list[float] = []

    def watch(seconds: float) -> None:
        heard.append(seconds)
        if len(heard) > after:
            raise Stop

    with pytest.raises(Stop):
        process_file(source, tmp_path / "b.wav", settings(level=level), watch=watch)
    assert files(tmp_path) == {"a.wav"}


def test_a_watch_hears_of_every_second(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", audio=noise(90_000))
    heard: list[float] = []
    process_file(source, tmp_path / "b.wav", settings(), watch=heard.append)
    assert sum(heard) == pytest.approx(90_000 / 44_100)


@pytest.mark.parametrize(("suffix", "least"), [("mp3", 0.7), ("wav", 0.2)])
def test_a_watch_does_not_hear_of_the_end_before_it_is_written(tmp_path: Path, suffix: str, least: float) -> None:
    """Where all is read before any is written, as much is left as that takes."""
    source = make_audio(tmp_path / "a.wav", audio=noise(300_000))
    output = tmp_path / f"b.{suffix}"
    heard: list[tuple[float, bool]] = []

    def is_written() -> bool:
        return any(path.stat().st_size > 20_000 for path in tmp_path.glob(".eqmorph-*"))

    process_file(source, output, settings(), watch=lambda seconds: heard.append((seconds, is_written())))
    total = sum(seconds for seconds, _ in heard)
    assert total == pytest.approx(300_000 / 44_100)
    assert sum(seconds for seconds, written in heard if written) > least * total


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3", "aiff"])
@pytest.mark.parametrize("room", [0.3, 0.98, -1])
@pytest.mark.parametrize("amount", [0, 1])
def test_a_full_disk_is_one_clear_error_and_leaves_nothing(
    tmp_path: Path, suffix: str, room: float, amount: float
) -> None:
    """Wherever the space runs out: in the samples, at the end of the file, or in the tags before or after them."""
    source, target = tmp_path / f"a.{suffix}", tmp_path / "out" / f"b.{suffix}"
    process_file(make_audio(tmp_path / "a.wav", audio=noise(60_000)), source, settings(), overwrite=True) if (
        suffix != "wav"
    ) else make_audio(source, audio=noise(60_000))
    if suffix in ("flac", "ogg"):
        _tag_ogg(source)
    elif suffix == "mp3":
        _tag_id3(source)
    process_file(source, target, settings(amount=amount))
    size = target.stat().st_size
    target.unlink()
    with largest_file(size - 1 if room < 0 else int(size * room)), pytest.raises(OutputError) as caught:
        process_file(source, target, settings(amount=amount))
    assert caught.value.path == target
    assert "largest size allowed" in str(caught.value)
    assert files(target.parent) == set()


def test_the_file_set_aside_may_not_fit_either(tmp_path: Path) -> None:
    """The first pass of a long file goes to disk as floats, twice the size of the result."""
    source = make_audio(tmp_path / "a.wav", audio=noise(1_300_000))
    size = source.stat().st_size
    with largest_file(int(1.5 * size)), pytest.raises(OutputError) as caught:
        process_file(source, tmp_path / "out" / "b.wav", settings())
    assert caught.value.path == tmp_path / "out" / "b.wav"
    assert files(tmp_path / "out") == set()


# ------------------------------------------------------------------------------------------- settings, previews


@pytest.mark.parametrize("changes", [{"format": "mp5"}, {"bit_depth": "17"}, {"ceiling_db": 21.0}])
def test_settings_out_of_range_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(UsageError) as caught:
        settings(**changes)
    assert caught.value.hint


def test_a_preview_says_what_would_be_written_and_writes_nothing(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", "WAV", "FLOAT", audio=noise(44_100))
    preview = preview_file(source, tmp_path / "b.flac", settings())
    assert (preview.format, preview.subtype, preview.sample_rate, preview.channels) == ("FLAC", "PCM_24", 44_100, 2)
    assert preview.duration_s == 1
    assert preview.notes == ("FLAC can't hold FLOAT: written as PCM_24",)
    assert files(tmp_path) == {"a.wav"}


def test_a_band_that_the_rate_cannot_carry_is_noted(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.wav", rate=8000, audio=noise(8000, 1))
    result: ProcessResult = process_file(
        source, tmp_path / "b.wav", Settings(BandsEq(Bands.parse("LS 100 +3; PK 9000 +6")))
    )
    assert result.notes
    assert all(band.freq_hz < 4000 for band in result.bands)


# ------------------------------------------------------------------------------------------------ the same chain


@pytest.mark.parametrize("level", [Level("match"), Level("keep"), Level("lufs", -20)])
def test_audio_in_memory_takes_the_same_way_as_a_file(tmp_path: Path, level: Level) -> None:
    audio = music(2).astype(np.float32)
    source = make_audio(tmp_path / "a.wav", "WAV", "FLOAT", audio=audio)
    by_file = process_file(source, tmp_path / "b.wav", settings(level=level))
    result, by_memory = process_audio(np.ascontiguousarray(audio.T), 44_100, settings(level=level))
    assert np.array_equal(result, sf.read(tmp_path / "b.wav", dtype="float32")[0].T)
    assert (by_memory.trim, by_memory.before, by_memory.after) == (by_file.trim, by_file.before, by_file.after)


@pytest.mark.parametrize(
    ("channels", "note"),
    [
        (1, ["one channel has no left or side: bands for that are left out"]),
        (2, []),
        (3, ["left and mid and side: of the first two of 3 channels"]),
    ],
)
def test_what_channels_there_are_is_told_where_bands_are_for_some(
    tmp_path: Path, channels: int, note: list[str]
) -> None:
    source = make_audio(tmp_path / "a.wav", audio=noise(8000, channels))
    eq = BandsEq(Bands.parse("M: PK 300 -2 | S: HS 8k +2 | L: HP 100"))
    for result in (
        process_file(source, tmp_path / "b.wav", Settings(eq)),
        preview_file(source, tmp_path / "c.wav", Settings(eq)),
    ):
        assert [text for text in result.notes if "channel" in text] == note
