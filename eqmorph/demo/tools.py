"""Synthesis tools: pitch, noise, envelopes, filters, a stereo time line, room and chorus.

Signals are float64 in all of this package: a note has shape ``(frames,)``, a stage ``(2, frames)``. All noise comes
from seeded raw PCG64 output, whose stream numpy guarantees, so two runs give the same samples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CD_RATE",
    "TWO_PI",
    "FloatArray",
    "Score",
    "Signal",
    "Stage",
    "bell",
    "decay",
    "edged",
    "filtered",
    "finished",
    "high_pass",
    "low_pass",
    "noise",
    "pitch_hz",
    "ringing",
    "sample_times",
    "with_chorus",
    "with_room",
]

FloatArray: TypeAlias = NDArray[np.float32]
Signal: TypeAlias = NDArray[np.float64]
Spectrum: TypeAlias = NDArray[Any]  # complex, or real where a response happens to be
Filter: TypeAlias = Callable[[Signal], Spectrum]
# (beat it starts at, length in beats, note names, velocity 0..1): several names are a chord.
Score: TypeAlias = Sequence[tuple[float, float, str, float]]

TWO_PI = 2.0 * np.pi
CD_RATE = 44_100
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def pitch_hz(name: str) -> float:
    """Return the frequency of a note name such as ``A4`` (440 Hz), ``F#3`` or ``Bb2``."""
    semitone = _SEMITONES[name[0]] + name.count("#") - name.count("b")
    midi = 12 * (int(name[-1]) + 1) + semitone
    return float(440.0 * 2.0 ** ((midi - 69) / 12.0))


def sample_times(rate: int, seconds: float) -> Signal:
    """Return sample times in seconds, shape ``(frames,)``."""
    return np.arange(round(seconds * rate), dtype=np.float64) / rate


def noise(seed: int, frames: int) -> Signal:
    """Return uniform white noise in -1..1, shape ``(frames,)``.

    Drawn from the bit generator itself: numpy keeps that stream the same from version to version, and makes no such
    promise for the distributions of ``Generator``.
    """
    raw = np.asarray(np.random.PCG64(seed).random_raw(frames), dtype=np.uint64)
    draws: Signal = (raw >> np.uint64(11)).astype(np.float64)
    return draws * 2.0**-52 - 1.0


def decay(time_s: Signal, t60_s: float) -> Signal:
    """Return an exponential decay that has fallen by 60 dB after ``t60_s``."""
    return np.asarray(np.exp(time_s * (-np.log(1000.0) / t60_s)), dtype=np.float64)


def ringing(rate: int, freq_hz: float, seconds: float, t60_s: float) -> Spectrum:
    """Return a decaying turn ``exp((-decay + 2j pi f) t)``, shape ``(frames,)``; its imaginary part is a struck sine.

    Computed as the product of coarse and fine steps, far quicker than a sine and an exponential for every sample.
    """
    frames, step = round(seconds * rate), 512
    exponent = (-np.log(1000.0) / t60_s + 1j * TWO_PI * freq_hz) / rate
    coarse = np.exp(exponent * step * np.arange(frames // step + 1))
    fine = np.exp(exponent * np.arange(step))
    return np.outer(coarse, fine).ravel()[:frames]


def _smooth_rise(frames: int) -> Signal:
    """Rise from 0 to 1 with no corner at either end, shape ``(frames,)``."""
    part = np.arange(frames) / max(frames, 1)
    return part * part * (3.0 - 2.0 * part)


def edged(note: Signal, rate: int, *, attack_s: float, release_s: float) -> Signal:
    """Give ``note`` a smooth start and end, so that it never clicks."""
    attack = min(round(attack_s * rate), len(note) // 2)
    release = min(round(release_s * rate), len(note) - attack)
    shaped: Signal = note.copy()
    shaped[:attack] *= _smooth_rise(attack)
    shaped[len(note) - release :] *= _smooth_rise(release)[::-1]
    return shaped


def _fast_length(at_least: int) -> int:
    """Return the smallest length of the form 2^a, 3*2^a or 5*2^a that is no shorter: their FFTs are quick."""
    return min(odd << (-(-at_least // odd) - 1).bit_length() for odd in (1, 3, 5))


def filtered(signal: Signal, rate: int, *filters: Filter) -> Signal:
    """Filter ``signal`` (last axis is time) by frequency responses, cut at its old end."""
    frames = signal.shape[-1]
    size = _fast_length(frames + rate // 4)  # room for the filters to ring in, or it would wrap to the start
    freq_hz = np.asarray(np.fft.rfftfreq(size, 1.0 / rate), dtype=np.float64)
    spectrum: Spectrum = np.fft.rfft(signal, size)
    for response in filters:
        spectrum = spectrum * response(freq_hz)
    return np.asarray(np.fft.irfft(spectrum, size)[..., :frames], dtype=np.float64)


def low_pass(cutoff_hz: float, q: float = 0.707) -> Filter:
    return lambda freq_hz: 1.0 / (1.0 - (freq_hz / cutoff_hz) ** 2 + 1j * freq_hz / (cutoff_hz * q))


def high_pass(cutoff_hz: float, q: float = 0.707) -> Filter:
    complement = low_pass(cutoff_hz, q)
    return lambda freq_hz: -((freq_hz / cutoff_hz) ** 2) * complement(freq_hz)


def bell(freq_hz: float, gain_db: float, q: float) -> Filter:
    """Return a resonance of the instrument's body: a boost or a dip around ``freq_hz``."""
    root = 10.0 ** (gain_db / 40.0)

    def response(at_hz: Signal) -> Spectrum:
        ratio = at_hz / freq_hz
        across = 1.0 - ratio**2
        width = 1j * ratio / q
        shape: Spectrum = (across + width * root) / (across + width / root)
        return shape

    return response


class Stage:
    """Stereo time line that notes are placed on; ``audio`` has shape ``(2, frames)``."""

    def __init__(self, rate: int, seconds: float, *, bpm: float = 60.0) -> None:
        self.rate = rate
        self.beat_s = 60.0 / bpm
        self.audio: Signal = np.zeros((2, round(seconds * rate)))

    def place(self, note: Signal, beat: float, *, gain: float = 1.0, pan: float = 0.0) -> None:
        """Add ``note`` at ``beat``, panned with equal power; ``pan`` runs from -1 (left) to 1 (right)."""
        start = round(beat * self.beat_s * self.rate)
        heard = note[: max(self.audio.shape[1] - start, 0)]
        angle = (pan + 1.0) * np.pi / 4.0
        sides = np.array([[np.cos(angle)], [np.sin(angle)]])
        self.audio[:, start : start + len(heard)] += gain * sides * heard


def with_room(audio: Signal, rate: int, *, t60_s: float, wet: float, tone_hz: float, seed: int) -> Signal:
    """Put ``audio`` ``(2, frames)`` in a small room: noise that dies away, different for each ear.

    ``wet`` is the level of the reverberation relative to the dry sound.
    """
    frames = audio.shape[1]
    time_s = sample_times(rate, t60_s)
    tail = np.stack([noise(seed, len(time_s)), noise(seed + 1, len(time_s))]) * decay(time_s, t60_s)
    tail[:, : round(0.002 * rate)] = 0.0
    tail *= wet / np.sqrt(np.mean(np.sum(tail**2, axis=1)))
    delay = round(0.011 * rate)  # the first reflection comes later than the sound itself
    size = _fast_length(frames + len(time_s))
    freq_hz = np.asarray(np.fft.rfftfreq(size, 1.0 / rate), dtype=np.float64)
    colour = low_pass(tone_hz, 0.6)(freq_hz) * high_pass(140.0, 0.6)(freq_hz)
    spectrum: Spectrum = np.fft.rfft(audio, size)
    echo = np.fft.irfft(spectrum * np.fft.rfft(tail, size) * colour, size)
    wet_audio = np.zeros_like(audio)
    wet_audio[:, delay:] = echo[:, : frames - delay]
    return audio + wet_audio


def _wavering(signal: Signal, rate: int, *, base_s: float, depth_s: float, speed_hz: float) -> Signal:
    """Delay ``signal`` ``(frames,)`` by a time that swings around ``base_s``: one voice of a chorus."""
    frames = len(signal)
    swing = base_s + depth_s * np.sin(TWO_PI * speed_hz * np.arange(frames) / rate)
    position = np.maximum(np.arange(frames) - swing * rate, 0.0)
    index = position.astype(np.int64)
    fraction = position - index
    following = np.minimum(index + 1, frames - 1)
    return np.asarray(signal[index] * (1.0 - fraction) + signal[following] * fraction, dtype=np.float64)


def with_chorus(audio: Signal, rate: int, *, mix: float) -> Signal:
    """Widen ``audio`` ``(2, frames)``: add to each side its wavering copy, out of step with the other."""
    sides = [(0.0125, 0.0021, 0.71), (0.0157, 0.0018, 0.83)]
    copies = [
        _wavering(channel, rate, base_s=base_s, depth_s=depth_s, speed_hz=speed_hz)
        for channel, (base_s, depth_s, speed_hz) in zip(audio, sides, strict=True)
    ]
    return audio + mix * np.stack(copies)


def finished(audio: Signal, rate: int, *, peak_db: float, fade_out_s: float = 0.3) -> FloatArray:
    """Finish a piece: no rumble, silent at both ends, peak at ``peak_db`` dBFS; float32."""
    clean = filtered(audio, rate, high_pass(24.0))  # also takes out any offset
    fade_in, fade_out = round(0.002 * rate), round(fade_out_s * rate)
    clean[..., :fade_in] *= _smooth_rise(fade_in)
    clean[..., -fade_out:] *= _smooth_rise(fade_out)[::-1]
    gain = 10.0 ** (peak_db / 20.0) / np.max(np.abs(clean))
    return np.asarray(clean * gain, dtype=np.float32)
