from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph._typing import Float32, Float64
from eqmorph.adapt.fixed import BandsEq
from eqmorph.audio.dither import Dither
from eqmorph.audio.write import rounded
from eqmorph.bands import Bands
from eqmorph.batch.journal import fingerprint
from eqmorph.errors import UsageError
from eqmorph.level import Level
from eqmorph.process import Settings, process_file
from tests.support import noise_block

RATE = 48_000
EQ = BandsEq(Bands.parse("PK 1k +3"))


def dithered(audio: Float32, bits: int = 16, sizes: tuple[int, ...] = ()) -> Float64:
    """Return audio in steps, dithered and rounded in blocks of some sizes."""
    dither = Dither()
    blocks = np.split(audio, np.cumsum(sizes)[np.cumsum(sizes) < audio.shape[1]], axis=1)
    return np.concatenate([rounded(block.copy(), bits, dither)[0] for block in blocks], axis=1).astype(float)


def tone(frames: int, level_db: float, hertz: float = 997.0) -> Float32:
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * np.arange(frames) / RATE + 0.1)
    return np.atleast_2d(wave).astype(np.float32)


@pytest.mark.parametrize("bits", [8, 16, 24])
def test_the_error_has_the_power_of_theory_and_is_white(bits: int) -> None:
    audio = noise_block(1 << 18, 2, amplitude=0.05)
    error = dithered(audio, bits) - audio.astype(float) * 2.0 ** (bits - 1)
    expected = 3 / 12  # of a step squared: two of the noise, one of rounding
    assert error.var() == pytest.approx(expected, rel=0.05 if bits == 24 else 0.02)
    assert abs(error.mean()) < 0.005
    power = (np.abs(np.fft.rfft(error[0].reshape(-1, 4096) * np.hanning(4096), axis=1)) ** 2).mean(axis=0)[2:-2]
    octaves = [part.mean() for part in np.array_split(power, 8)]
    assert max(octaves) / min(octaves) < 1.1


def test_channels_have_independent_noise() -> None:
    same = np.repeat(tone(1 << 16, -20), 2, axis=0)
    error = dithered(same) - same.astype(float) * 2**15
    assert abs(np.corrcoef(error)[0, 1]) < 0.02


def test_the_error_knows_nothing_of_the_sound() -> None:
    audio = tone(1 << 18, -80)
    error = (dithered(audio) - audio.astype(float) * 2**15)[0]
    assert abs(np.corrcoef(error, audio[0])[0, 1]) < 0.01
    assert abs(np.corrcoef(error**2, np.abs(audio[0]))[0, 1]) < 0.01


def test_a_tone_below_the_last_bit_keeps_its_level_without_harmonics() -> None:
    frames = 1 << 19
    hertz = 10_922 * RATE / frames  # between no two bins of the spectrum
    audio = tone(frames, -100, hertz)
    spectrum = np.abs(np.fft.rfft(dithered(audio)[0] * np.hanning(frames))) / (frames / 4)

    def level_db(at: float) -> float:
        nearest = round(at * frames / RATE)
        return float(20 * np.log10(spectrum[nearest - 2 : nearest + 3].max() / 2**15))

    assert level_db(hertz) == pytest.approx(-100, abs=0.5)
    floor = 20 * np.log10(np.sqrt(0.25 * 1.5 * 4 / frames) / 2**15)
    assert all(level_db(number * hertz) < floor + 14 for number in (2, 3, 4, 5, 7))
    assert not rounded(audio.copy(), 16)[0].any()  # without dither nothing at all is left of it


def test_the_same_sound_gets_the_same_noise_however_it_is_cut() -> None:
    audio = noise_block(30_000, 3)
    audio[:, :500] = 0
    whole = dithered(audio)
    assert np.array_equal(dithered(audio, sizes=(1, 498, 2, 7, 4096)), whole)
    assert np.array_equal(dithered(audio), whole)
    other = audio + np.float32(1e-6)
    noises = [dithered(one) - one.astype(float) * 2**15 for one in (audio, other)]
    assert abs(np.corrcoef(noises[0][0], noises[1][0])[0, 1]) < 0.1


@pytest.mark.parametrize("bits", [8, 16, 24])
def test_integers_come_back_unchanged_and_silence_stays_silent(bits: int) -> None:
    steps = np.random.default_rng(1).integers(-(2 ** (bits - 1)), 2 ** (bits - 1), (2, 4000))
    steps[:, 1000:2000] = 0
    audio = (steps / 2.0 ** (bits - 1)).astype(np.float32)
    assert np.array_equal(dithered(audio, bits), steps)


def test_noise_is_no_clipping() -> None:
    full = np.full((1, 4000), 1 - 1.2 * 2.0**-15, dtype=np.float32)
    steps, clipped = rounded(full, 16, Dither())
    assert clipped == 0
    assert steps.max() <= 2**15 - 1
    assert rounded(np.full((1, 10), 1.1, dtype=np.float32), 16, Dither())[1] == 10


@pytest.mark.parametrize(
    ("subtype", "is_dithered"),
    [("PCM_16", True), ("PCM_24", True), ("PCM_U8", True), ("PCM_32", False), ("FLOAT", False)],
)
def test_files_are_dithered_where_bits_are_lost(tmp_path: Path, subtype: str, is_dithered: bool) -> None:
    source = tmp_path / "a.wav"
    sf.write(source, noise_block(20_000, 2, amplitude=0.1).T, RATE, subtype=subtype)
    written = []
    for name, dither in (("b", "auto"), ("c", "auto"), ("d", "none")):
        process_file(source, tmp_path / f"{name}.wav", Settings(EQ, Level("keep"), dither=dither))
        written.append((tmp_path / f"{name}.wav").read_bytes())
    assert written[0] == written[1]
    assert (written[0] != written[2]) == is_dithered


def test_what_an_eq_leaves_as_it_is_gets_no_noise(tmp_path: Path) -> None:
    source, output = tmp_path / "a.wav", tmp_path / "b.wav"
    sf.write(source, noise_block(20_000, 2).T, RATE, subtype="PCM_16")
    process_file(source, output, Settings(BandsEq(Bands()), Level("keep"), repair=True))  # rendered, not copied
    assert np.array_equal(sf.read(source)[0], sf.read(output)[0])


def test_the_journal_tells_dithered_files_apart() -> None:
    assert fingerprint(Settings(EQ)) != fingerprint(Settings(EQ, dither="none"))


def test_an_unknown_dither_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown dither"):
        Settings(EQ, dither="shaped")
