"""Measures seeded signals with ffmpeg's ebur128 filter and writes what it says to loudness_reference.json.

    python tests/data/make_loudness_reference.py

The tests make the same signals again with ``make_signal`` and compare. Noise comes from the raw output of PCG64, whose
stream numpy guarantees.
"""

from __future__ import annotations

import json
import re
import subprocess
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

REFERENCE = Path(__file__).with_name("loudness_reference.json")

Signal: TypeAlias = NDArray[np.float64]  # (frames,)


@dataclass(frozen=True)
class Case:
    """One signal: ``voice`` gives the samples of one channel from (sample_rate, frames, seed)."""

    sample_rate: int
    seconds: float
    voice: Callable[[int, int, int], Signal]
    channels: int = 1
    channel_mask: int | None = None  # as in WAVEFORMATEXTENSIBLE; None: mono or stereo


def _uniform(frames: int, seed: int) -> Signal:
    """White noise between -1 and 1."""
    return np.asarray(np.random.PCG64(seed).random_raw(frames) / 2.0**63 - 1.0, dtype=np.float64)


def _spectrum_shaped(noise: Signal, rate: int, gain: Callable[[Signal], Signal]) -> Signal:
    freqs_hz: Signal = np.asarray(np.fft.rfftfreq(noise.size, 1.0 / rate), dtype=np.float64)
    spectrum = np.fft.rfft(noise) * gain(freqs_hz)
    return np.fft.irfft(spectrum, noise.size)


def _normalised(signal: Signal, rms_db: float) -> Signal:
    return np.asarray(signal * 10.0 ** (rms_db / 20.0) / np.sqrt(np.mean(signal**2)), dtype=np.float64)


def _faded(signal: Signal, rate: int, seconds: float = 0.05) -> Signal:
    """Without a step at either end, which different interpolators answer differently."""
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.minimum(1.0, np.arange(signal.size) / (seconds * rate)))
    return signal * ramp * ramp[::-1]


def sine(freq_hz: float, peak_db: float, *, phase: float = 0.0) -> Callable[[int, int, int], Signal]:
    def voice(rate: int, frames: int, _seed: int) -> Signal:
        angle = 2.0 * np.pi * freq_hz / rate * np.arange(frames) + phase
        return _faded(10.0 ** (peak_db / 20.0) * np.sin(angle), rate)

    return voice


def steps(freq_hz: float, *levels_db: float) -> Callable[[int, int, int], Signal]:
    """A sine in sections of equal length, each with its own peak level."""

    def voice(rate: int, frames: int, _seed: int) -> Signal:
        section = np.minimum(np.arange(frames) * len(levels_db) // frames, len(levels_db) - 1)
        peak = np.power(10.0, np.array(levels_db)[section] / 20.0)
        return np.asarray(peak * np.sin(2.0 * np.pi * freq_hz / rate * np.arange(frames)), dtype=np.float64)

    return voice


def white(rms_db: float) -> Callable[[int, int, int], Signal]:
    """Noise up to 0.45 of the rate: how much of what is above gets through differs between interpolators."""

    def voice(rate: int, frames: int, seed: int) -> Signal:
        shaped = _spectrum_shaped(_uniform(frames, seed), rate, lambda f: np.where(f < 0.45 * rate, 1.0, 0.0))
        return _faded(_normalised(shaped, rms_db), rate)

    return voice


def dark(rms_db: float, *, corner_hz: float) -> Callable[[int, int, int], Signal]:
    """Noise below a corner, falling by 12 dB per octave above."""

    def voice(rate: int, frames: int, seed: int) -> Signal:
        shaped = _spectrum_shaped(_uniform(frames, seed), rate, lambda f: 1.0 / (1.0 + (f / corner_hz) ** 2))
        return _faded(_normalised(shaped, rms_db), rate)

    return voice


def music(drive: float) -> Callable[[int, int, int], Signal]:
    """Beats of falling noise over a chord, pushed into a soft limit: loud, with full bass and duller highs."""

    def voice(rate: int, frames: int, seed: int) -> Signal:
        time = np.arange(frames) / rate
        top_hz = 0.42 * rate
        noise = _spectrum_shaped(
            _uniform(frames, seed),
            rate,
            lambda f: np.where(f < top_hz, 1.0 / np.maximum(f, 30.0) ** 0.6, 0.0),
        )
        chord = sum(
            np.sin(2.0 * np.pi * hz * time + seed) for hz in (55.0, 110.0, 164.8, 220.0, 277.2, 659.3) if hz < top_hz
        )
        beat = np.exp(-8.0 * (time % 0.45))
        mix = _normalised(noise, -14.0) * (0.25 + 2.0 * beat) + 0.12 * chord
        return _faded(0.97 * np.tanh(drive * mix), rate)

    return voice


CASES: dict[str, Case] = {
    "sine 997 Hz, full scale, mono": Case(48_000, 3.0, sine(997.0, 0.0)),
    "sine 997 Hz, -23 dBFS, stereo": Case(48_000, 3.0, sine(997.0, -23.0), 2),
    "sine 40 Hz": Case(44_100, 3.0, sine(40.0, -6.0)),
    "sine 15 kHz": Case(44_100, 3.0, sine(15_000.0, -6.0)),
    "sine a quarter of the rate, 45 degrees": Case(48_000, 1.0, sine(12_000.0, -1.0, phase=np.pi / 4)),
    "sine 0.45 of the rate": Case(48_000, 1.0, sine(21_600.3, -3.0)),
    "gate, tones at -36 -23 -36": Case(48_000, 9.0, steps(1000.0, -36.0, -23.0, -36.0), 2),
    "gate, tones at -72 -36 -23 -36 -72": Case(44_100, 10.0, steps(1000.0, -72.0, -36.0, -23.0, -36.0, -72.0), 2),
    "gate, speech and pauses": Case(32_000, 9.0, steps(440.0, -20.0, -90.0, -26.0, -200.0, -22.0, -60.0)),
    "too quiet": Case(44_100, 2.0, sine(500.0, -80.0)),
    "0.5 s": Case(44_100, 0.5, white(-16.0)),
    "white noise": Case(44_100, 3.0, white(-12.0), 2),
    "dark noise": Case(48_000, 3.0, dark(-18.0, corner_hz=60.0), 2),
    "music, unlimited": Case(44_100, 4.0, music(0.5), 2),
    "front left, right, centre": Case(48_000, 1.5, music(1.0), 3, 0x7),
    "front left, right, LFE": Case(48_000, 1.5, music(1.0), 3, 0xB),
    "quad": Case(48_000, 1.5, music(1.0), 4, 0x33),
    "5.0": Case(48_000, 1.5, music(1.0), 5, 0x37),
    "5.1, backs": Case(48_000, 1.5, music(1.0), 6, 0x3F),
    "5.1, sides": Case(48_000, 1.5, music(1.0), 6, 0x60F),
    "6.1": Case(48_000, 1.5, music(1.0), 7, 0x70F),
    "7.1": Case(48_000, 1.5, music(1.0), 8, 0x63F),
    **{
        f"music, loud, {rate} Hz": Case(rate, 3.0 if rate < 88_200 else 1.5, music(2.0), 2)
        for rate in (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000)
    },
}


def make_signal(name: str) -> NDArray[np.float32]:
    """The samples of a case, shape ``(channels, frames)``; each channel has its own noise, and less level."""
    case = CASES[name]
    frames = round(case.sample_rate * case.seconds)
    seed = zlib.crc32(name.encode())
    voices = [0.9**index * case.voice(case.sample_rate, frames, seed + index) for index in range(case.channels)]
    return np.array(voices, dtype=np.float32)


def ebur128(name: str) -> dict[str, float | None]:
    """Integrated loudness in LUFS (None below the absolute gate) and linear true peak, as ffmpeg measures them."""
    case, audio = CASES[name], make_signal(name)
    mask = case.channel_mask or (0x4 if case.channels == 1 else 0x3)
    source = f"-f f32le -ar {case.sample_rate} -channels {case.channels} -channel_layout {mask:#x} -i pipe:0"
    meter = "ebur128=peak=true:framelog=verbose:metadata=1,ametadata=mode=print:file=-"
    command = ["ffmpeg", "-hide_banner", *source.split(), "-af", meter, "-f", "null", "-"]
    done = subprocess.run(command, input=audio.T.astype("<f4").tobytes(), capture_output=True, check=True)
    # One set of values every 100 ms; the last has seen everything.
    said = dict(re.findall(r"lavfi\.r128\.(I|true_peak)=(\S+)", done.stdout.decode()))
    lufs, peak = float(said["I"]), float(said["true_peak"])
    return {"lufs": lufs if lufs > -70.0 else None, "true_peak": peak}


def main() -> None:
    version = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True).stdout.split()[2]
    reference = {"ffmpeg": version, "cases": {name: ebur128(name) for name in CASES}}
    REFERENCE.write_text(json.dumps(reference, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
