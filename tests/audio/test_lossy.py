"""What bit rates and qualities mean, shown by what the encoders make of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eqmorph.audio.formats import OutputFormat, choose_format
from eqmorph.audio.lossy import AS_USUAL, Lossy, ffmpeg_options, parse_bitrate, soundfile_options, why_another_rate
from eqmorph.audio.read import AudioInfo
from eqmorph.audio.write import AudioWriter
from eqmorph.errors import UsageError
from tests.audio.ffmpeg.container_files import needs_ffmpeg, told

SECONDS, RATE = 6, 48_000


def pink() -> np.ndarray:
    rng = np.random.default_rng(0)
    spectrum = rng.standard_normal((2, SECONDS * RATE // 2 + 1)) / np.sqrt(np.arange(1, SECONDS * RATE // 2 + 2))
    spectrum[:, : 30 * SECONDS] = 0
    sound = np.fft.irfft(spectrum * np.exp(2j * np.pi * rng.random(spectrum.shape)), SECONDS * RATE)
    return np.asarray(0.3 * sound / np.abs(sound).max(), np.float32)


def kbps(path: Path, container: str, subtype: str, lossy: Lossy, channels: int = 2) -> float:
    with AudioWriter(path, path, OutputFormat(container, subtype, lossy=lossy), RATE, channels) as writer:
        writer.write(pink()[:channels])
    if container in ("M4A", "MKA"):
        (stream,) = told(path)["streams"]
        if "bit_rate" in stream:
            return int(stream["bit_rate"]) / 1000
    return path.stat().st_size * 8 / SECONDS / 1000


@pytest.mark.parametrize(
    ("container", "subtype", "within"),
    [
        ("MP3", "MPEG_LAYER_III", 0.02),
        ("OGG", "OPUS", 0.12),
        pytest.param("M4A", "AAC", 0.06, marks=needs_ffmpeg),
        pytest.param("MKA", "OPUS", 0.12, marks=needs_ffmpeg),
        pytest.param("MKA", "MPEG_LAYER_III", 0.05, marks=needs_ffmpeg),
    ],
)
@pytest.mark.parametrize("wanted", [96, 128, 192])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_bit_rate_is_that_of_all_channels(
    tmp_path: Path, container: str, subtype: str, within: float, wanted: int, channels: int
) -> None:
    found = kbps(tmp_path / "a.x", container, subtype, Lossy(wanted * 1000), channels)
    assert found == pytest.approx(wanted, rel=within)


@pytest.mark.parametrize(
    ("container", "subtype", "usual"),
    [
        ("MP3", "MPEG_LAYER_III", 10),
        ("OGG", "VORBIS", 8),
        ("OGG", "OPUS", 7.5),
        pytest.param("M4A", "AAC", 9.3, marks=needs_ffmpeg),
        pytest.param("MKA", "VORBIS", 8, marks=needs_ffmpeg),
    ],
)
def test_a_higher_quality_takes_more_and_the_usual_one_is_known(
    tmp_path: Path, container: str, subtype: str, usual: float
) -> None:
    rates = [kbps(tmp_path / "a.x", container, subtype, Lossy(quality=q)) for q in (0, 4, 7, 10)]
    assert rates == sorted(rates)
    assert rates[-1] > 1.8 * rates[0]
    as_usual = kbps(tmp_path / "a.x", container, subtype, AS_USUAL)
    assert kbps(tmp_path / "a.x", container, subtype, Lossy(quality=usual)) == pytest.approx(as_usual, rel=0.06)


def test_quality_is_lames_scale_turned_round() -> None:
    assert soundfile_options("MPEG_LAYER_III", Lossy(quality=6), RATE, 2)["compression_level"] == 0.4  # V4
    assert ffmpeg_options("MPEG_LAYER_III", Lossy(quality=6), RATE, 2) == ("q", "4")


def test_defaults_are_what_they_were() -> None:
    assert soundfile_options("MPEG_LAYER_III", AS_USUAL, RATE, 2) == {
        "compression_level": 0.0,
        "bitrate_mode": "VARIABLE",
    }
    assert soundfile_options("VORBIS", AS_USUAL, RATE, 2) == {"compression_level": 0.2}
    assert soundfile_options("OPUS", AS_USUAL, RATE, 2) == {"compression_level": 0.6}
    assert soundfile_options("PCM_16", AS_USUAL, RATE, 2) == {}


@pytest.mark.parametrize(
    ("text", "bps"), [("192k", 192_000), ("192", 192_000), ("192000", 192_000), (" 96 kbps ", 96_000), ("64K", 64_000)]
)
def test_bit_rates_are_read(text: str, bps: int) -> None:
    assert parse_bitrate(text) == bps


@pytest.mark.parametrize("text", ["", "fast", "nan", "-5k", "0", "1e30"])
def test_what_is_no_bit_rate_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a bit rate"):
        parse_bitrate(text)


@pytest.mark.parametrize(
    "asked", [{"bitrate_bps": 100}, {"bitrate_bps": 10**7}, {"quality": -1}, {"quality": 11}, {"quality": float("nan")}]
)
def test_what_is_out_of_range_is_refused(asked: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="out of range"):
        Lossy(**asked)


@pytest.mark.parametrize(
    ("container", "subtype", "lossy", "problem", "remedy"),
    [
        ("FLAC", "PCM_16", Lossy(128_000), "loses nothing", "format"),
        ("WAV", "PCM_16", Lossy(quality=5), "loses nothing", "format"),
        ("OGG", "VORBIS", Lossy(128_000), "by quality", "quality"),
        ("WMA", "WMAV2", Lossy(quality=5), "bit rate only", "bitrate"),
        ("M4A", "ALAC_16", Lossy(128_000), "loses nothing", "format"),
    ],
)
def test_what_an_encoder_has_not_is_refused_with_a_cure(
    container: str, subtype: str, lossy: Lossy, problem: str, remedy: str
) -> None:
    info = AudioInfo(Path("a.x"), RATE, 2, 1000, container, subtype)
    with pytest.raises(UsageError) as caught:
        choose_format(info, None, None, None, lossy)
    assert problem in str(caught.value)
    assert remedy in caught.value.hint


def test_both_at_once_are_refused() -> None:
    with pytest.raises(UsageError, match="the same thing twice"):
        Lossy(128_000, 5)


@pytest.mark.parametrize(
    ("container", "subtype", "asked", "found"),
    [
        ("MP3", "MPEG_LAYER_III", 20, 32),
        ("MP3", "MPEG_LAYER_III", 500, 320),
        ("OGG", "OPUS", 700, 512),
        pytest.param("MKA", "OPUS", 700, 500, marks=needs_ffmpeg),
        pytest.param("MKA", "MPEG_LAYER_II", 144, 128, marks=needs_ffmpeg),
        pytest.param("MKA", "EAC3", 16, 32, marks=needs_ffmpeg),
        pytest.param("M4A", "AAC", 500, 412, marks=needs_ffmpeg),
    ],
)
def test_what_an_encoder_does_not_know_becomes_the_nearest_and_is_measured(
    tmp_path: Path, container: str, subtype: str, asked: int, found: int
) -> None:
    path, output = tmp_path / "a.x", OutputFormat(container, subtype, lossy=Lossy(asked * 1000))
    with AudioWriter(path, path, output, RATE, 2) as writer:
        writer.write(pink())
    assert writer.bitrate_bps is not None
    assert writer.bitrate_bps / 1000 == pytest.approx(found, rel=0.05)


@pytest.mark.parametrize(
    ("subtype", "asked", "found", "why"),
    [
        ("MPEG_LAYER_III", 500_000, 320_000, "MP3 goes no higher"),
        ("MPEG_LAYER_III", 20_000, 32_000, "MP3 goes no lower"),
        ("AC3", 144_000, 128_000, "it is the nearest that AC-3 has"),
        ("AAC", 320_000, 197_000, "AAC takes no more for this sound"),
        ("AAC", 700_000, 412_000, "AAC goes no higher"),
        ("OPUS", 64_000, 89_000, "Opus takes more for this sound"),
        ("WMAV2", 500_000, 258_000, "WMA goes no higher"),
    ],
)
def test_why_it_is_another_is_said(subtype: str, asked: int, found: int, why: str) -> None:
    assert why_another_rate(subtype, asked, found, RATE, 2) == why
