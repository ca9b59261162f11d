"""The course of loudness, against ffmpeg's ebur128 and against what EBU Tech 3342 says of its own test signals."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.evaluate.follow.levels import largest_change_lu, loudness_range, short_term

RATE = 48_000


def tones(*sections: tuple[float, float]) -> np.ndarray:
    """Return a stereo sine of 1 kHz in sections of (peak in dB, seconds)."""
    parts = [
        10 ** (db / 20) * np.sin(2 * np.pi * 1000 / RATE * np.arange(round(seconds * RATE))) for db, seconds in sections
    ]
    return np.tile(np.concatenate(parts).astype(np.float32), (2, 1))


@pytest.mark.parametrize(
    ("sections", "range_lu"),
    [
        ([(-20.0, 20.0), (-30.0, 20.0)], 10.0),
        ([(-20.0, 20.0), (-15.0, 20.0)], 5.0),
        ([(-40.0, 20.0), (-20.0, 20.0)], 20.0),
        ([(-50.0, 20.0), (-35.0, 20.0), (-20.0, 20.0), (-35.0, 20.0), (-50.0, 20.0)], 15.0),
    ],
)
def test_the_range_is_that_of_the_ebus_test_signals(sections: list[tuple[float, float]], range_lu: float) -> None:
    assert loudness_range(short_term(tones(*sections), RATE)) == pytest.approx(range_lu, abs=0.2)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
@pytest.mark.parametrize("seed", range(3))
def test_range_and_course_are_ffmpegs(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    swell_db = np.interp(np.arange(60 * RATE) / RATE, np.arange(0.0, 64.0, 4.0), rng.uniform(-40, -10, 16))
    audio = (rng.standard_normal((2, 60 * RATE)) * 10 ** (swell_db / 20)).astype(np.float32).clip(-1, 1)
    path = tmp_path / "swell.wav"
    sf.write(path, audio.T, RATE, "FLOAT")
    shown = subprocess.run(
        ["ffmpeg", "-nostdin", "-hide_banner", "-i", str(path), "-af", "ebur128", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    found = short_term(audio, RATE)
    theirs = [float(level) for level in re.findall(r" S:\s*(-?[\d.]+)", shown)][29:]
    assert found[: len(theirs)] == pytest.approx(theirs[: len(found)], abs=0.15)
    (range_lu,) = re.findall(r"LRA:\s+([\d.]+) LU\n\s+Threshold", shown)
    assert loudness_range(found) == pytest.approx(float(range_lu), abs=0.15)


def test_a_gain_for_all_of_it_changes_no_moment_against_the_rest() -> None:
    before = short_term(tones((-20.0, 8.0), (-30.0, 8.0)), RATE)
    assert largest_change_lu(before, before - 3.0) == pytest.approx(0.0, abs=1e-9)
    louder = before.copy()
    louder[10] += 1.5
    assert largest_change_lu(before, louder) == pytest.approx(1.5)


def test_silence_and_what_is_too_short_have_no_course() -> None:
    silence = short_term(np.zeros((2, 5 * RATE), np.float32), RATE)
    assert len(silence) == 21
    assert np.all(silence == -np.inf)
    assert loudness_range(silence) == 0
    assert largest_change_lu(silence, silence) == 0
    assert not len(short_term(tones((-20.0, 2.9)), RATE))
