"""What a result is written as: as its source, unless a format, a suffix or a bit depth says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile as sf

from eqmorph.audio.ffmpeg.containers import CONTAINERS
from eqmorph.audio.formats import (
    AUDIO_SUFFIXES,
    BIT_DEPTHS,
    FORMATS,
    OutputFormat,
    choose_format,
    format_of_suffix,
    output_suffix,
)
from eqmorph.audio.read import AudioInfo
from eqmorph.errors import UsageError


def source(
    container: str, subtype: str, *, name: str = "a.x", channels: int = 2, frames: int = 1000, rate: int = 48_000
) -> AudioInfo:
    return AudioInfo(Path(name), rate, channels, frames, container, subtype)


def chosen(info: AudioInfo, name: str = "b.x", format_name: str | None = None, bit_depth: str | None = None) -> str:
    output = choose_format(info, Path(name), format_name, bit_depth)
    return f"{output.format} {output.subtype}"


# -------------------------------------------------------------------------------------------------------- kept


@pytest.mark.parametrize("container", ["WAV", "WAVEX", "RF64", "W64", "AIFF", "CAF", "AU", "FLAC", "OGG", "MP3", "VOC"])
def test_container_and_subtype_are_kept(container: str) -> None:
    for subtype in sf.available_subtypes(container):
        if subtype not in ("ALAC_20", "MPEG_LAYER_I", "MPEG_LAYER_II"):
            output = choose_format(source(container, subtype), Path("b.x"), None, None)
            assert (output.format, output.subtype, output.notes) == (container, subtype, ())


@pytest.mark.parametrize("channels", [1, 2, 3, 6, 8])
@pytest.mark.parametrize("container", ["WAV", "WAVEX", "RF64"])
def test_wav_stays_the_kind_of_wav_it_is(container: str, channels: int) -> None:
    assert chosen(source(container, "PCM_16", channels=channels)) == f"{container} PCM_16"
    assert chosen(source(container, "PCM_16", channels=channels), format_name="wav") == f"{container} PCM_16"


def test_the_outputs_suffix_decides_where_it_is_another() -> None:
    assert chosen(source("WAV", "PCM_16", name="a.wav"), "b.wave") == "WAV PCM_16"
    assert chosen(source("WAV", "PCM_24", name="a.wav"), "b.flac") == "FLAC PCM_24"
    assert chosen(source("FLAC", "PCM_16", name="a.flac"), "b.ogg") == "OGG VORBIS"
    assert chosen(source("OGG", "OPUS", name="a.ogg"), "b.ogg") == "OGG OPUS"
    assert chosen(source("OGG", "VORBIS", name="a.ogg"), "b.opus") == "OGG OPUS"
    assert chosen(source("FLAC", "PCM_16", name="a.flac"), "b.xyz") == "FLAC PCM_16"
    assert chosen(source("FLAC", "PCM_16", name="stdin"), "b.wav") == "WAV PCM_16"


# ---------------------------------------------------------------------------------------------------- converted


@pytest.mark.parametrize(
    ("container", "subtype", "format_name", "expected", "noted"),
    [
        ("WAV", "PCM_16", "flac", "FLAC PCM_16", False),
        ("WAV", "PCM_U8", "flac", "FLAC PCM_S8", True),
        ("WAV", "PCM_U8", "aiff", "AIFF PCM_S8", False),
        ("AIFF", "PCM_S8", "wav", "WAV PCM_U8", True),
        ("WAV", "PCM_32", "flac", "FLAC PCM_24", True),
        ("WAV", "PCM_32", "aiff", "AIFF PCM_32", False),
        ("WAV", "FLOAT", "flac", "FLAC PCM_24", True),
        ("WAV", "DOUBLE", "aiff", "AIFF DOUBLE", False),
        ("WAV", "FLOAT", "caf", "CAF FLOAT", False),
        ("CAF", "ALAC_16", "wav", "WAV PCM_16", True),
        ("CAF", "ALAC_24", "flac", "FLAC PCM_24", True),
        ("CAF", "ALAC_32", "wav", "WAV PCM_32", True),
        ("MP3", "MPEG_LAYER_III", "wav", "WAV PCM_24", False),
        ("OGG", "VORBIS", "flac", "FLAC PCM_24", False),
        ("WAV", "PCM_16", "mp3", "MP3 MPEG_LAYER_III", False),
        ("WAV", "PCM_16", "opus", "OGG OPUS", False),
        ("WAV", "PCM_16", "rf64", "RF64 PCM_16", False),
        ("RF64", "PCM_16", "w64", "W64 PCM_16", False),
    ],
)
def test_a_format_asked_for_is_written_with_the_nearest_it_can_hold(
    container: str, subtype: str, format_name: str, expected: str, noted: bool
) -> None:
    output = choose_format(source(container, subtype), None, format_name, None)
    assert f"{output.format} {output.subtype}" == expected
    assert bool(output.notes) == noted
    assert all(subtype in note and output.subtype in note for note in output.notes)


@pytest.mark.parametrize(("channels", "expected"), [(1, "WAV"), (2, "WAV"), (3, "WAVEX"), (6, "WAVEX")])
def test_many_channels_become_a_wav_that_can_name_them(channels: int, expected: str) -> None:
    assert chosen(source("FLAC", "PCM_16", channels=channels), format_name="wav") == f"{expected} PCM_16"


@pytest.mark.parametrize(
    ("container", "subtype", "bit_depth", "expected"),
    [
        ("WAV", "PCM_24", "16", "WAV PCM_16"),
        ("WAV", "PCM_16", "8", "WAV PCM_U8"),
        ("AIFF", "PCM_16", "8", "AIFF PCM_S8"),
        ("FLAC", "PCM_16", "8", "FLAC PCM_S8"),
        ("FLAC", "PCM_16", "24", "FLAC PCM_24"),
        ("WAV", "PCM_16", "32", "WAV PCM_32"),
        ("WAV", "PCM_16", "32f", "WAV FLOAT"),
        ("AIFF", "PCM_16", "64f", "AIFF DOUBLE"),
        ("CAF", "ALAC_16", "24", "CAF ALAC_24"),
        ("CAF", "ALAC_16", "32f", "CAF FLOAT"),
    ],
)
def test_a_bit_depth_asked_for(container: str, subtype: str, bit_depth: str, expected: str) -> None:
    assert chosen(source(container, subtype), bit_depth=bit_depth) == expected


def test_a_bit_depth_goes_with_another_format() -> None:
    assert chosen(source("CAF", "ALAC_16"), "b.wav", bit_depth="16") == "WAV PCM_16"
    assert chosen(source("MP3", "MPEG_LAYER_III"), format_name="flac", bit_depth="16") == "FLAC PCM_16"


@pytest.mark.parametrize(
    ("container", "subtype", "bit_depth"),
    [("FLAC", "PCM_16", "32f"), ("FLAC", "PCM_16", "32"), ("MP3", "MPEG_LAYER_III", "24"), ("OGG", "OPUS", "16")],
)
def test_a_bit_depth_a_container_lacks_is_refused_by_the_files_name(
    container: str, subtype: str, bit_depth: str
) -> None:
    with pytest.raises(UsageError, match=f"has no bit depth {bit_depth}") as caught:
        choose_format(source(container, subtype), None, None, bit_depth)
    assert caught.value.path == Path("a.x")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("format_name", "rate", "channels", "fits"),
    [
        ("opus", 44_100, 2, False),
        ("opus", 16_000, 1, True),
        ("mp3", 96_000, 2, False),
        ("mp3", 44_100, 6, False),
        ("mp3", 44_100, 2, True),
        ("ogg", 96_000, 6, True),
        ("ogg", 200_000, 2, True),
        ("ogg", 200_001, 2, False),
        ("flac", 192_000, 8, True),
    ],
)
def test_rates_and_channels_an_encoder_lacks_are_refused_before_the_work(
    format_name: str, rate: int, channels: int, fits: bool
) -> None:
    info = source("WAV", "PCM_16", rate=rate, channels=channels)
    if fits:
        choose_format(info, None, format_name, None)
        return
    with pytest.raises(UsageError, match="can't hold") as caught:
        choose_format(info, None, format_name, None)
    assert caught.value.path == Path("a.x")
    assert "container with format" in caught.value.hint


def test_what_is_only_read_is_refused_by_the_files_name() -> None:
    with pytest.raises(UsageError, match="can be read but not written") as caught:
        choose_format(source("SD2", "PCM_16"), None, None, None)
    assert caught.value.path == Path("a.x")
    assert "container with format" in caught.value.hint


def test_kinds_that_libsndfile_writes_wrongly_are_not_written() -> None:
    output = choose_format(source("CAF", "ALAC_20"), None, None, None)
    assert (output.subtype, len(output.notes)) == ("ALAC_24", 1)
    output = choose_format(source("MP3", "MPEG_LAYER_II"), None, None, None)
    assert (output.subtype, len(output.notes)) == ("MPEG_LAYER_III", 1)


# ------------------------------------------------------------------------------------------------------- sizes


@pytest.mark.parametrize(
    ("container", "expected"), [("WAV", "RF64"), ("WAVEX", "RF64"), ("RF64", "RF64"), ("W64", "W64")]
)
def test_what_is_too_large_for_wav_becomes_rf64(container: str, expected: str) -> None:
    fits = choose_format(source(container, "PCM_16", frames=10**9), None, None, None)
    assert (fits.format, fits.notes) == (container, ())
    large = choose_format(source(container, "PCM_16", frames=2 * 10**9), None, None, None)
    assert large.format == expected
    assert bool(large.notes) == (container != expected)
    assert choose_format(source(container, "PCM_16", frames=10**9), None, None, "64f").format == expected


def test_what_is_too_large_for_aiff_is_refused() -> None:
    with pytest.raises(UsageError, match="too large for AIFF"):
        choose_format(source("AIFF", "PCM_16", frames=2 * 10**9), None, None, None)


# --------------------------------------------------------------------------------------------- names and facts


def test_every_suffix_leads_to_its_format_and_back() -> None:
    for name, container in FORMATS.items():
        for suffix in container.suffixes:
            assert format_of_suffix(suffix) == format_of_suffix(suffix.upper()) == name
            assert output_suffix(suffix, name) == suffix
            assert output_suffix(suffix.upper(), None) == suffix.upper()
            assert suffix in AUDIO_SUFFIXES
    assert format_of_suffix(".txt") is None
    assert output_suffix(".mp3", "flac") == ".flac"
    assert output_suffix(".aif", "aiff") == ".aif"


def test_every_bit_depth_and_format_is_one_of_libsndfiles_or_ffmpegs() -> None:
    assert set(BIT_DEPTHS.values()) <= set(sf.available_subtypes())
    assert {container.name for container in FORMATS.values()} - set(sf.available_formats()) == set(CONTAINERS)


@pytest.mark.parametrize(
    ("subtype", "held"),
    [
        ("PCM_U8", {"PCM_U8", "PCM_S8"}),
        ("PCM_16", {"PCM_U8", "PCM_S8", "PCM_16", "ALAC_16"}),
        ("PCM_24", {"PCM_U8", "PCM_S8", "PCM_16", "PCM_24", "ALAC_16", "ALAC_24"}),
        ("FLOAT", {"PCM_U8", "PCM_S8", "PCM_16", "PCM_24", "ALAC_16", "ALAC_24", "FLOAT"}),
        ("PCM_32", {"PCM_U8", "PCM_S8", "PCM_16", "PCM_24", "ALAC_16", "ALAC_24", "PCM_32"}),
        ("VORBIS", {"VORBIS"}),
    ],
)
def test_what_passes_unchanged(subtype: str, held: set[str]) -> None:
    tried = {
        "PCM_U8",
        "PCM_S8",
        "PCM_16",
        "PCM_24",
        "PCM_32",
        "ALAC_16",
        "ALAC_24",
        "FLOAT",
        "DOUBLE",
        "VORBIS",
        "ULAW",
    }
    output = OutputFormat("x", subtype)
    assert {other for other in tried if output.holds_exactly(other)} == held
    assert all(OutputFormat("x", "DOUBLE").holds_exactly(other) for other in tried - {"VORBIS", "ULAW"})


@pytest.mark.parametrize(
    ("container", "subtype", "lossy", "bits"),
    [
        ("WAV", "PCM_16", False, 16),
        ("WAV", "FLOAT", False, 0),
        ("MP3", "MPEG_LAYER_III", True, 0),
        ("OGG", "OPUS", True, 0),
    ],
)
def test_facts_of_an_output(container: str, subtype: str, lossy: bool, bits: int) -> None:
    output = OutputFormat(container, subtype)
    assert (output.is_lossy, output.integer_bits) == (lossy, bits)
    if bits:
        assert output.full_scale_db is not None
        assert -0.01 < output.full_scale_db < 0
    else:
        assert output.full_scale_db is None


@pytest.mark.parametrize(
    ("rate", "channels", "format_name", "said"),
    [
        (44_100, 2, "opus", "only 8000, 12000, 16000, 24000, 48000"),
        (192_000, 2, "mp3", "192000 Hz"),
        (44_100, 6, "mp3", "6 channels, only 2"),
    ],
)
def test_what_an_encoder_refuses_is_said_before_anything_is_rendered(
    rate: int, channels: int, format_name: str, said: str
) -> None:
    info = AudioInfo(Path("a.wav"), rate, channels, 1000, "WAV", "PCM_16")
    with pytest.raises(UsageError, match=said):
        choose_format(info, Path("b.x"), format_name, None)


@pytest.mark.parametrize(
    ("source", "output", "said"),
    [
        ("ALAC_24", "a.wav", "written as PCM_24, which holds all that ALAC_24 does"),
        ("FLOAT", "a.flac", "FLAC can't hold FLOAT: written as PCM_24"),
    ],
)
def test_what_is_another_type_and_loses_nothing_does_not_sound_like_a_loss(source: str, output: str, said: str) -> None:
    info = AudioInfo(Path("a.caf"), 44_100, 2, 1000, "CAF", source)
    assert choose_format(info, Path(output), None, None).notes == (said,)
