"""Eight short pieces of music made from numbers, so that a newcomer can hear what an equalizer does.

They differ in tone on purpose (a dark pad, bright bells, a thin voice, a boomy bass), because what suits one
of them doesn't suit the next. Nothing is random at run time: all noise comes from seeded raw PCG64 output, whose
stream numpy guarantees, so two runs give the same samples.

Inside this module signals are float64: a note has shape ``(frames,)``, a stage ``(2, frames)``.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from eqmorph.errors import OutputError, UsageError

__all__ = ["SOUND_NAMES", "DemoSound", "synthesise", "write_demo_sounds"]

FloatArray: TypeAlias = NDArray[np.float32]
_Signal: TypeAlias = NDArray[np.float64]
_Spectrum: TypeAlias = NDArray[Any]  # complex, or real where a response happens to be
_Filter: TypeAlias = Callable[[_Signal], _Spectrum]
# (beat it starts at, length in beats, note names, velocity 0..1): several names are a chord.
_Score: TypeAlias = Sequence[tuple[float, float, str, float]]

_TWO_PI = 2.0 * np.pi
_CD_RATE = 44_100
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True, eq=False)
class DemoSound:
    """One synthesised sound; ``audio`` is float32 of shape ``(channels, frames)``."""

    name: str
    description: str
    sample_rate: int
    audio: FloatArray


# --- building blocks ----------------------------------------------------------------------------------------


def _pitch_hz(name: str) -> float:
    """Frequency of a note name such as ``A4`` (440 Hz), ``F#3`` or ``Bb2``."""
    semitone = _SEMITONES[name[0]] + name.count("#") - name.count("b")
    midi = 12 * (int(name[-1]) + 1) + semitone
    return float(440.0 * 2.0 ** ((midi - 69) / 12.0))


def _time(rate: int, seconds: float) -> _Signal:
    """Sample times in seconds, shape ``(frames,)``."""
    return np.arange(round(seconds * rate), dtype=np.float64) / rate


def _noise(seed: int, frames: int) -> _Signal:
    """Uniform white noise in -1..1, shape ``(frames,)``.

    Drawn from the bit generator itself: numpy keeps that stream the same over its versions, and promises no such
    thing for the distributions of ``Generator``.
    """
    raw = np.asarray(np.random.PCG64(seed).random_raw(frames), dtype=np.uint64)
    return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0


def _decay(time_s: _Signal, t60_s: float) -> _Signal:
    """Exponential decay that has fallen by 60 dB after ``t60_s``."""
    return np.asarray(np.exp(time_s * (-np.log(1000.0) / t60_s)), dtype=np.float64)


def _ringing(rate: int, freq_hz: float, seconds: float, t60_s: float) -> _Spectrum:
    """A decaying turn ``exp((-decay + 2j pi f) t)``, shape ``(frames,)``; its imaginary part is a struck sine.

    Made as the product of coarse and fine steps, far quicker than a sine and an exponential for every sample.
    """
    frames, step = round(seconds * rate), 512
    exponent = (-np.log(1000.0) / t60_s + 1j * _TWO_PI * freq_hz) / rate
    coarse = np.exp(exponent * step * np.arange(frames // step + 1))
    fine = np.exp(exponent * np.arange(step))
    return np.outer(coarse, fine).ravel()[:frames]


def _smooth_rise(frames: int) -> _Signal:
    """From 0 to 1 with no corner at either end, shape ``(frames,)``."""
    part = np.arange(frames) / max(frames, 1)
    return part * part * (3.0 - 2.0 * part)


def _edged(note: _Signal, rate: int, *, attack_s: float, release_s: float) -> _Signal:
    """``note`` with a smooth start and end, so that it never clicks."""
    attack = min(round(attack_s * rate), len(note) // 2)
    release = min(round(release_s * rate), len(note) - attack)
    shaped = note.copy()
    shaped[:attack] *= _smooth_rise(attack)
    shaped[len(note) - release :] *= _smooth_rise(release)[::-1]
    return shaped


def _fast_length(at_least: int) -> int:
    """The smallest length of the form 2^a, 3*2^a or 5*2^a that is no shorter: FFTs of these are quick."""
    return min(odd << (-(-at_least // odd) - 1).bit_length() for odd in (1, 3, 5))


def _filtered(signal: _Signal, rate: int, *filters: _Filter) -> _Signal:
    """``signal`` (last axis is time) through filters given as frequency responses, cut at its old end."""
    frames = signal.shape[-1]
    size = _fast_length(frames + rate // 4)  # room for the filters to ring in, or it would wrap to the start
    freq_hz = np.asarray(np.fft.rfftfreq(size, 1.0 / rate), dtype=np.float64)
    spectrum: _Spectrum = np.fft.rfft(signal, size)
    for response in filters:
        spectrum = spectrum * response(freq_hz)
    return np.asarray(np.fft.irfft(spectrum, size)[..., :frames], dtype=np.float64)


def _low_pass(cutoff_hz: float, q: float = 0.707) -> _Filter:
    return lambda freq_hz: 1.0 / (1.0 - (freq_hz / cutoff_hz) ** 2 + 1j * freq_hz / (cutoff_hz * q))


def _high_pass(cutoff_hz: float, q: float = 0.707) -> _Filter:
    low_pass = _low_pass(cutoff_hz, q)
    return lambda freq_hz: -((freq_hz / cutoff_hz) ** 2) * low_pass(freq_hz)


def _bell(freq_hz: float, gain_db: float, q: float) -> _Filter:
    """A resonance of the instrument's body: a boost or a dip around ``freq_hz``."""
    root = 10.0 ** (gain_db / 40.0)

    def response(at_hz: _Signal) -> _Spectrum:
        ratio = at_hz / freq_hz
        across = 1.0 - ratio**2
        width = 1j * ratio / q
        shape: _Spectrum = (across + width * root) / (across + width / root)
        return shape

    return response


class _Stage:
    """Stereo time line that notes are placed on; ``audio`` has shape ``(2, frames)``."""

    def __init__(self, rate: int, seconds: float, *, bpm: float = 60.0) -> None:
        self.rate = rate
        self.beat_s = 60.0 / bpm
        self.audio: _Signal = np.zeros((2, round(seconds * rate)))

    def place(self, note: _Signal, beat: float, *, gain: float = 1.0, pan: float = 0.0) -> None:
        """Add ``note`` at ``beat``, panned with equal power; ``pan`` runs from -1 (left) to 1 (right)."""
        start = round(beat * self.beat_s * self.rate)
        heard = note[: max(self.audio.shape[1] - start, 0)]
        angle = (pan + 1.0) * np.pi / 4.0
        sides = np.array([[np.cos(angle)], [np.sin(angle)]])
        self.audio[:, start : start + len(heard)] += gain * sides * heard


def _with_room(audio: _Signal, rate: int, *, t60_s: float, wet: float, tone_hz: float, seed: int) -> _Signal:
    """``audio`` ``(2, frames)`` in a small room: noise that dies away, another for each ear.

    ``wet`` is the level of the reverberation's energy against the dry sound.
    """
    frames = audio.shape[1]
    time_s = _time(rate, t60_s)
    tail = np.stack([_noise(seed, len(time_s)), _noise(seed + 1, len(time_s))]) * _decay(time_s, t60_s)
    tail[:, : round(0.002 * rate)] = 0.0
    tail *= wet / np.sqrt(np.mean(np.sum(tail**2, axis=1)))
    delay = round(0.011 * rate)  # the first reflection comes later than the sound itself
    size = _fast_length(frames + len(time_s))
    freq_hz = np.asarray(np.fft.rfftfreq(size, 1.0 / rate), dtype=np.float64)
    colour = _low_pass(tone_hz, 0.6)(freq_hz) * _high_pass(140.0, 0.6)(freq_hz)
    spectrum: _Spectrum = np.fft.rfft(audio, size)
    echo = np.fft.irfft(spectrum * np.fft.rfft(tail, size) * colour, size)
    wet_audio = np.zeros_like(audio)
    wet_audio[:, delay:] = echo[:, : frames - delay]
    return audio + wet_audio


def _wavering(signal: _Signal, rate: int, *, base_s: float, depth_s: float, speed_hz: float) -> _Signal:
    """``signal`` ``(frames,)`` heard through a delay that swings around ``base_s``: one voice of a chorus."""
    frames = len(signal)
    swing = base_s + depth_s * np.sin(_TWO_PI * speed_hz * np.arange(frames) / rate)
    position = np.maximum(np.arange(frames) - swing * rate, 0.0)
    index = position.astype(np.int64)
    fraction = position - index
    following = np.minimum(index + 1, frames - 1)
    return np.asarray(signal[index] * (1.0 - fraction) + signal[following] * fraction, dtype=np.float64)


def _with_chorus(audio: _Signal, rate: int, *, mix: float) -> _Signal:
    """``audio`` ``(2, frames)`` widened: to each side its wavering copy, out of step with the other."""
    sides = [(0.0125, 0.0021, 0.71), (0.0157, 0.0018, 0.83)]
    copies = [
        _wavering(channel, rate, base_s=base_s, depth_s=depth_s, speed_hz=speed_hz)
        for channel, (base_s, depth_s, speed_hz) in zip(audio, sides, strict=True)
    ]
    return audio + mix * np.stack(copies)


def _finished(audio: _Signal, rate: int, *, peak_db: float, fade_out_s: float = 0.3) -> FloatArray:
    """The piece as it is handed out: no rumble, silent at both ends, peak at ``peak_db`` dBFS; float32."""
    clean = _filtered(audio, rate, _high_pass(24.0))  # also takes out any offset
    fade_in, fade_out = round(0.002 * rate), round(fade_out_s * rate)
    clean[..., :fade_in] *= _smooth_rise(fade_in)
    clean[..., -fade_out:] *= _smooth_rise(fade_out)[::-1]
    gain = 10.0 ** (peak_db / 20.0) / np.max(np.abs(clean))
    return np.asarray(clean * gain, dtype=np.float32)


# --- instruments: each gives one note, shape (frames,) ------------------------------------------------------


def _string(
    rate: int, freq_hz: float, seconds: float, *, velocity: float, seed: int, damping: float, t60_s: float
) -> _Signal:
    """A plucked string after Karplus and Strong: a burst of noise going round a damped delay line.

    Worked out one trip round the line at a time: all samples of a trip depend only on the trip before.
    """
    period = rate / freq_hz
    line = int(period) - 2
    lag = period - 1.0 - line  # 1..2 samples, for the interpolator; the damping filter takes the missing one
    # Low strings make fewer trips a second: with the same damping a trip they would ring far brighter.
    loss = min(damping * (220.0 / freq_hz) ** 0.7, 0.2)
    trip_gain = 10.0 ** (-3.0 * period / (rate * t60_s))
    taps = trip_gain * np.convolve([loss, 1.0 - 2.0 * loss, loss], _lagrange(lag))
    reach = line + len(taps) - 1
    trips = int(np.ceil(seconds * rate / line))
    wave = np.zeros(reach + trips * line)
    wave[reach : reach + round(period)] = _pluck(round(period), rate, velocity, seed)
    for start in range(reach, len(wave), line):
        wave[start : start + line] += np.convolve(wave[start - reach : start], taps, "valid")
    return _edged(wave[reach : reach + round(seconds * rate)], rate, attack_s=0.0005, release_s=0.06)


def _lagrange(lag: float) -> _Signal:
    """Four taps that delay by ``lag`` (1..2) samples without dulling: strings in tune and equally bright."""
    taps = np.ones(4)
    for k in range(4):
        for other in range(4):
            if other != k:
                taps[k] *= (lag - other) / (k - other)
    return taps


def _pluck(frames: int, rate: int, velocity: float, seed: int) -> _Signal:
    """One period of what a plectrum leaves on the string: all harmonics in random phase, duller when softer.

    Their levels are smooth, unlike those of plain noise, so that all notes sound like one instrument.
    """
    order = np.arange(frames // 2 + 1)
    freq_hz = order * rate / frames
    level = np.abs(np.sin(np.pi * order / 6.3)) / (1.0 + (freq_hz / (700.0 + 4500.0 * velocity**2)) ** 2)
    burst = np.fft.irfft(level * np.exp(1j * np.pi * _noise(seed, len(order))), frames)
    return np.asarray(velocity * burst / np.sqrt(np.mean(burst**2)), dtype=np.float64)


def _tine(rate: int, freq_hz: float, seconds: float, *, velocity: float) -> _Signal:
    """An electric-piano note: a soft body and a short metallic tine, both by frequency modulation."""
    time_s = _time(rate, seconds)
    phase = _TWO_PI * freq_hz * time_s
    bark = _ringing(rate, freq_hz, seconds, 1.6).imag
    ping = _ringing(rate, 14.0 * freq_hz, seconds, 0.35).imag
    low = (220.0 / freq_hz) ** 0.35
    body = np.sin(phase + (0.25 + 1.25 * velocity) * low * bark)
    tine = np.sin(phase + 0.9 * velocity * low * ping)
    note = velocity * (body * _decay(time_s, 4.2 * low) + 0.45 * tine * _decay(time_s, 1.5 * low))
    return _edged(note, rate, attack_s=0.003, release_s=0.12)


def _bass(rate: int, freq_hz: float, seconds: float, *, velocity: float) -> _Signal:
    """A round finger bass: harmonics that die the sooner the higher they are, then a warm overdrive."""
    note = np.zeros(round(seconds * rate))
    for k in range(1, 25):
        strength = np.sin(np.pi * k * 0.18) / k ** (1.5 - 0.45 * velocity)
        note += strength * _ringing(rate, k * freq_hz, seconds, 2.8 / (1.0 + 0.35 * (k - 1))).imag
    return _edged(velocity * np.tanh(1.8 * note), rate, attack_s=0.004, release_s=0.05)


def _saw_table(harmonics: int) -> _Signal:
    """One cycle of a sawtooth with this many harmonics, and its first value again at the end."""
    size = 2048
    spectrum = np.zeros(size // 2 + 1, dtype=np.complex128)
    order = np.arange(1, harmonics + 1)
    spectrum[order] = -0.5j * size / order
    cycle = np.fft.irfft(spectrum, size)
    return np.append(cycle, cycle[0])


def _saw(rate: int, freq_hz: float, seconds: float, *, start_turn: float) -> _Signal:
    """A sawtooth without aliasing, its phase starting at ``start_turn`` (0..1)."""
    table = _saw_table(min(400, int(12_000.0 / freq_hz)))
    turn = start_turn + freq_hz * _time(rate, seconds)
    position = (turn - np.floor(turn)) * (len(table) - 1)
    index = position.astype(np.int64)
    return np.asarray(table[index] + (position - index) * (table[index + 1] - table[index]), dtype=np.float64)


def _glass(rate: int, freq_hz: float, seconds: float, *, velocity: float) -> _Signal:
    """A struck glass bar: the modes of a free bar, the upper ones shorter."""
    modes = ((1.0, 0.75, 2.4), (2.756, 0.55, 1.5), (5.404, 0.5, 0.8), (8.933, 0.35, 0.4), (2.009, 0.22, 1.9))
    note = np.zeros(round(seconds * rate))
    for ratio, level, t60_s in modes:
        if ratio * freq_hz < 0.42 * rate:
            for detune in (0.9993, 1.0007):  # a real bar has two close modes: the slow beat makes it shimmer
                note += 0.5 * level * _ringing(rate, ratio * detune * freq_hz, seconds, t60_s).imag
    return _edged(velocity * note, rate, attack_s=0.001, release_s=0.08)


# --- drums: each hit has shape (frames,) --------------------------------------------------------------------


def _kick(rate: int, *, tune_hz: float = 47.0) -> _Signal:
    time_s = _time(rate, 0.5)
    drop_s, drop_hz = 0.028, 170.0
    sweep = np.sin(_TWO_PI * (tune_hz * time_s + drop_hz * drop_s * (1.0 - np.exp(-time_s / drop_s))))
    thump = np.tanh(1.7 * sweep * _decay(time_s, 0.62))
    click = _noise(11, len(time_s)) * _decay(time_s, 0.018)
    beater = _filtered(click, rate, _low_pass(5500.0), _high_pass(900.0))
    return _edged(thump + 0.9 * beater, rate, attack_s=0.0008, release_s=0.12)


def _snare(rate: int) -> _Signal:
    time_s = _time(rate, 0.4)
    bend = 1.0 + 0.25 * np.exp(-time_s / 0.012)
    head = 0.6 * np.sin(_TWO_PI * 188.0 * np.cumsum(bend) / rate) * _decay(time_s, 0.22)
    head += 0.35 * np.sin(_TWO_PI * 331.0 * time_s) * _decay(time_s, 0.14)
    wires = _noise(21, len(time_s)) * (0.6 * _decay(time_s, 0.28) + 0.5 * _decay(time_s, 0.06))
    wires = _filtered(wires, rate, _high_pass(1300.0), _low_pass(9500.0), _bell(4200.0, 4.0, 0.8))
    return _edged(head + 0.75 * wires, rate, attack_s=0.0006, release_s=0.08)


def _hat(rate: int, *, t60_s: float, seed: int) -> _Signal:
    """A hi-hat: six clashing square waves and noise, only the top left; ``t60_s``: how far it is open."""
    time_s = _time(rate, t60_s + 0.03)
    metal = np.zeros_like(time_s)
    for freq_hz in (2045.0, 2747.0, 3383.0, 3761.0, 4513.0, 5391.0):
        # The small phase keeps every sample off a zero crossing, where rounding would choose the sign.
        metal += np.sign(np.sin(_TWO_PI * freq_hz * time_s + 0.1)) / 6.0
    clash = (0.55 * metal + 0.6 * _noise(seed, len(time_s))) * _decay(time_s, t60_s)
    return _edged(_filtered(clash, rate, _high_pass(7200.0, 0.9)), rate, attack_s=0.0006, release_s=0.02)


def _tom(rate: int, freq_hz: float) -> _Signal:
    time_s = _time(rate, 0.45)
    phase = _TWO_PI * (freq_hz * time_s + 0.6 * freq_hz * 0.04 * (1.0 - np.exp(-time_s / 0.04)))
    skin = _filtered(_noise(31, len(time_s)) * _decay(time_s, 0.06), rate, _low_pass(3000.0))
    return _edged(np.sin(phase) * _decay(time_s, 0.5) + 0.35 * skin, rate, attack_s=0.001, release_s=0.1)


# --- parts: a score played by an instrument -----------------------------------------------------------------


def _play_strings(stage: _Stage, score: _Score, *, damping: float, seed: int, width: float = 0.45) -> None:
    """Plucks; a chord is strummed from its first name to its last."""
    for number, (beat, beats, names, velocity) in enumerate(score):
        for order, name in enumerate(names.split()):
            freq_hz = _pitch_hz(name)
            seconds = beats * stage.beat_s
            own_seed = seed + 16 * number + order
            note = _string(stage.rate, freq_hz, seconds, velocity=velocity, seed=own_seed, damping=damping, t60_s=3.2)
            strum_beats = order * 0.022 / stage.beat_s
            stage.place(note, beat + strum_beats, pan=width * np.sin(2.4 * number + order))


def _play_tines(stage: _Stage, score: _Score) -> None:
    for beat, beats, names, velocity in score:
        for order, name in enumerate(names.split()):
            note = _tine(stage.rate, _pitch_hz(name), beats * stage.beat_s, velocity=velocity)
            stage.place(note, beat + 0.012 * order, pan=0.1 * (order - 2))


def _play_bass(stage: _Stage, score: _Score, *, gain: float = 1.0) -> None:
    for beat, beats, name, velocity in score:
        note = _bass(stage.rate, _pitch_hz(name), beats * stage.beat_s, velocity=velocity)
        stage.place(note, beat, gain=gain)


def _pad(rate: int, seconds: float, bpm: float, score: _Score, *, dark_hz: float, open_hz: float) -> _Signal:
    """Slow chords of detuned saws whose filter opens and closes with each chord; shape ``(2, frames)``."""
    stage = _Stage(rate, seconds, bpm=bpm)
    opening = _Stage(rate, seconds, bpm=bpm)
    for beat, beats, names, velocity in score:
        length_s = beats * stage.beat_s
        lift = np.sin(np.pi * np.linspace(0.0, 1.0, round(length_s * rate)) ** 0.8) ** 2
        opening.place(np.sqrt(2.0) * lift, beat)
        for order, name in enumerate(names.split()):
            for side, cents in ((-0.8, -5.0 - order), (0.8, 4.0 + order)):
                freq_hz = _pitch_hz(name) * 2.0 ** (cents / 1200.0)
                voice = _saw(rate, freq_hz, length_s, start_turn=(0.37 * order + 0.21 * side) % 1.0)
                stage.place(_edged(voice, rate, attack_s=0.45, release_s=0.7), beat, gain=velocity, pan=side)
    dark = _filtered(stage.audio, rate, _low_pass(dark_hz, 0.8))
    bright = _filtered(stage.audio, rate, _low_pass(open_hz, 1.3))
    return np.asarray(dark + np.minimum(opening.audio, 1.0) * (bright - dark), dtype=np.float64)


def _drums(rate: int, seconds: float, bpm: float, hits: Sequence[tuple[str, str]], *, steps_a_beat: int = 4) -> _Signal:
    """A pattern of drum hits; shape ``(2, frames)``.

    ``hits`` pairs a drum with its steps: a digit is a hit of that strength (9 is full), a dot is a rest.
    """
    kit: dict[str, tuple[_Signal, float, float]] = {
        "kick": (_kick(rate), 1.0, 0.0),
        "snare": (_snare(rate), 0.85, 0.04),
        "hat": (_hat(rate, t60_s=0.09, seed=41), 0.5, 0.3),
        "open": (_hat(rate, t60_s=0.45, seed=42), 0.42, 0.3),
        "crash": (_hat(rate, t60_s=1.3, seed=43), 0.5, -0.35),
        "high tom": (_tom(rate, 165.0), 0.7, 0.4),
        "low tom": (_tom(rate, 98.0), 0.8, -0.4),
    }
    stage = _Stage(rate, seconds, bpm=bpm)
    for drum, pattern in hits:
        sound, level, pan = kit[drum]
        for step, mark in enumerate(pattern.replace(" ", "")):
            if mark.isdigit():
                swing = 0.06 * (step % 2)  # every second sixteenth a little late
                gain = level * (int(mark) / 9.0) ** 1.4
                stage.place(sound, (step + swing) / steps_a_beat, gain=gain, pan=pan)
    return np.tanh(1.3 * stage.audio) / 1.3


# --- the pieces ---------------------------------------------------------------------------------------------


def _plucked_arpeggio() -> FloatArray:
    rate, seconds = _CD_RATE, 5.8
    stage = _Stage(rate, seconds, bpm=110.0)
    bars = ["D3", "A3", "D4", "F#4", "A4", "F#4", "E4", "D4", "G2", "D3", "G3", "B3", "A2", "E3", "A3", "C#4"]
    accents = (0.9, 0.55, 0.6, 0.75, 0.85, 0.6, 0.65, 0.6)
    score = [(0.5 * i, 2.6, name, accents[i % 8]) for i, name in enumerate(bars)]
    _play_strings(stage, [*score, (8.0, 3.0, "D2 A2 D3 F#3 A3 D4", 0.5)], damping=0.035, seed=100)
    body = _filtered(stage.audio, rate, _bell(105.0, 3.0, 2.0), _bell(205.0, 3.0, 2.5), _bell(3300.0, 3.0, 0.8))
    room = _with_room(body, rate, t60_s=0.9, wet=0.22, tone_hz=7000.0, seed=110)
    return _finished(room, rate, peak_db=-4.0)


def _electric_piano() -> FloatArray:
    rate, seconds = _CD_RATE, 5.9
    stage = _Stage(rate, seconds, bpm=92.0)
    score = [
        (0.0, 1.4, "D2 F3 A3 C4 E4", 0.8),
        (1.5, 0.4, "F3 A3 C4 E4", 0.5),
        (2.0, 1.4, "G2 F3 A3 B3 E4", 0.85),
        (3.5, 0.4, "F3 Ab3 B3 Eb4", 0.6),
        (4.0, 4.9, "C2 E3 G3 B3 D4", 0.8),
        (0.75, 0.5, "A4", 0.5),
        (1.25, 0.7, "G4", 0.6),
        (2.75, 0.5, "E5", 0.7),
        (3.0, 0.5, "D5", 0.55),
        (3.25, 0.7, "B4", 0.6),
        (4.5, 0.6, "G4", 0.5),
        (5.0, 0.6, "B4", 0.55),
        (5.5, 3.4, "D5", 0.6),
    ]
    _play_tines(stage, score)
    wide = _with_chorus(stage.audio, rate, mix=0.6)
    tremolo = 0.22 * np.sin(_TWO_PI * 4.6 * _time(rate, seconds))
    swaying = wide * np.stack([1.0 + tremolo, 1.0 - tremolo])
    room = _with_room(swaying, rate, t60_s=1.0, wet=0.2, tone_hz=4000.0, seed=210)
    return _finished(room, rate, peak_db=-5.0)


def _drum_loop() -> FloatArray:
    rate = 48_000
    pattern = (
        ("kick", "9..3 ..8. .59. ..4.  9..3 ..8. 8... ....  9"),
        ("snare", ".... 9..2 .2.. 9...  .... 9..2 .2.3 9.67  ."),
        ("hat", "7.5. 7.53 7.5. 7.5.  7.5. 7.53 7.5. ....  ."),
        ("open", ".... .... .... ..6.  .... .... .... ....  ."),
        ("high tom", ".... .... .... ....  .... .... .... .7..  ."),
        ("low tom", ".... .... .... ....  .... .... .... ..8.  ."),
        ("crash", "6... .... .... ....  .... .... .... ....  8"),
    )
    audio = _drums(rate, 5.6, 104.0, pattern)
    room = _with_room(audio, rate, t60_s=0.45, wet=0.2, tone_hz=8000.0, seed=310)
    return _finished(room, rate, peak_db=-3.0)


def _bass_line() -> FloatArray:
    rate, seconds = _CD_RATE, 5.6
    stage = _Stage(rate, seconds, bpm=100.0)
    score = [
        (0.0, 0.95, "E1", 1.0),
        (1.0, 0.35, "E2", 0.8),
        (1.5, 0.45, "D2", 0.7),
        (2.0, 0.7, "B1", 0.85),
        (2.75, 0.22, "A1", 0.6),
        (3.0, 0.45, "G1", 0.8),
        (3.5, 0.45, "F#1", 0.8),
        (4.0, 0.95, "E1", 1.0),
        (5.0, 0.35, "G1", 0.8),
        (5.5, 0.45, "A1", 0.75),
        (6.0, 0.45, "B1", 0.85),
        (6.5, 0.22, "D2", 0.7),
        (6.75, 0.22, "B1", 0.6),
        (7.0, 0.95, "G1", 0.85),
        (8.0, 1.3, "E1", 0.95),
    ]
    _play_bass(stage, score)
    boomy = _filtered(stage.audio, rate, _bell(82.0, 4.0, 1.2), _bell(900.0, 11.0, 0.5), _low_pass(3200.0))
    room = _with_room(boomy, rate, t60_s=0.6, wet=0.2, tone_hz=1500.0, seed=410)
    return _finished(room, rate, peak_db=-4.0)


def _warm_pad() -> FloatArray:
    rate, seconds = _CD_RATE, 6.0
    score = [
        (0.0, 2.6, "F2 C3 A3 E4 G4", 0.8),
        (2.0, 2.6, "D2 D3 A3 C4 F4", 0.8),
        (4.0, 2.0, "A1 C3 G3 B3 E4", 0.8),
    ]
    pad = _pad(rate, seconds, 60.0, score, dark_hz=260.0, open_hz=620.0)
    room = _with_room(pad, rate, t60_s=1.6, wet=0.35, tone_hz=1800.0, seed=510)
    return _finished(room, rate, peak_db=-5.0, fade_out_s=1.0)


def _glass_bells() -> FloatArray:
    rate, seconds = _CD_RATE, 5.5
    stage = _Stage(rate, seconds, bpm=112.0)
    melody = ["E6", "B5", "G#6", "F#6", "E6", "C#6", "B5", ".", "C#6", "E6", "F#6", "B6", "G#6", ".", "E6"]
    for step, name in enumerate(melody):
        if name != ".":
            note = _glass(rate, _pitch_hz(name), 2.2, velocity=0.9 if step % 4 == 0 else 0.65)
            stage.place(note, 0.5 * step, pan=0.4 * np.sin(1.9 * step))
            # The echo comes from the other side, three sixteenths later.
            stage.place(note, 0.5 * step + 0.75, gain=0.28, pan=-0.7 * np.sin(1.9 * step))
    room = _with_room(stage.audio, rate, t60_s=1.3, wet=0.25, tone_hz=12_000.0, seed=610)
    return _finished(room, rate, peak_db=-6.0)


# Formants of a sung vowel: frequency in Hz, level in dB, bandwidth in Hz.
_VOWELS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "a": ((800, 0, 90), (1200, -5, 110), (2800, -16, 140), (3700, -20, 180), (4950, -34, 220)),
    "e": ((430, 0, 70), (1850, -12, 100), (2700, -17, 130), (3500, -22, 180), (4950, -36, 220)),
    "i": ((330, 0, 60), (2150, -14, 100), (2900, -17, 130), (3700, -22, 180), (4950, -36, 220)),
    "o": ((480, 0, 75), (850, -8, 95), (2800, -24, 140), (3500, -28, 180), (4950, -44, 220)),
    "u": ((350, 0, 65), (720, -14, 90), (2600, -32, 140), (3500, -38, 180), (4950, -50, 220)),
}
# (time in s at which the vowel and the pitch are reached, vowel, note)
_SUNG = (
    (0.0, "u", "A3"), (0.25, "a", "A3"), (0.75, "a", "A3"),
    (0.90, "i", "C4"), (1.35, "e", "C4"), (1.45, "e", "C4"),
    (1.60, "o", "D4"), (2.15, "o", "D4"),
    (2.35, "u", "E4"), (2.55, "a", "E4"), (3.15, "a", "E4"),
    (3.30, "i", "D4"), (3.50, "e", "D4"), (3.65, "e", "C4"), (3.95, "i", "C4"),
    (4.15, "o", "A3"), (4.70, "o", "A3"), (5.30, "u", "A3"),
)  # fmt: skip
_SUNG_LOUDNESS = (
    (0.0, 0.0), (0.08, 0.7), (0.3, 1.0), (0.75, 0.85), (0.85, 0.45), (1.0, 0.9), (1.45, 0.8), (1.53, 0.35), (1.7, 0.95),
    (2.15, 0.8), (2.3, 0.25), (2.6, 1.0), (3.15, 0.85), (3.25, 0.45), (3.45, 0.9), (4.0, 0.7), (4.08, 0.3), (4.3, 0.9),
    (4.8, 0.65), (5.3, 0.0),
)  # fmt: skip


def _vowel_levels(at_hz: _Signal, formants: _Signal) -> _Signal:
    """Gain of the vocal tract at ``at_hz`` ``(points,)``; ``formants`` ``(5, 3, points)``: Hz, dB, bandwidth."""
    away = (at_hz - formants[:, 0]) / (0.5 * formants[:, 2])
    peaks = 10.0 ** (formants[:, 1] / 20.0) / np.sqrt(1.0 + away**2)
    return np.asarray(np.sum(peaks, axis=0), dtype=np.float64)


def _steps_to_samples(levels: _Signal, step: int) -> _Signal:
    """Straight lines through control values ``(points,)``; shape ``((points - 1) * step,)``."""
    ramp = np.arange(step) / step
    return np.asarray((levels[:-1, None] + np.diff(levels)[:, None] * ramp).ravel(), dtype=np.float64)


def _voice_vowels() -> FloatArray:
    """A sung line; harmonics of the glottis, each as loud as the vowel of the moment lets it through. Mono."""
    rate, seconds, step = _CD_RATE, 5.7, 256
    control_s = np.arange(int(seconds * rate / step) + 2) * step / rate
    moments = np.array([moment for moment, _, _ in _SUNG])
    spoken = np.array([_VOWELS[vowel] for _, vowel, _ in _SUNG], dtype=np.float64)
    formants = np.array(
        [[np.interp(control_s, moments, spoken[:, number, part]) for part in range(3)] for number in range(5)]
    )
    octaves = np.interp(control_s, moments, np.log2([_pitch_hz(note) for _, _, note in _SUNG]))
    depth = np.interp(control_s, [0.3, 0.8, 4.2, 4.9], [0.0, 0.018, 0.015, 0.03])
    vibrato = depth * np.sin(_TWO_PI * 5.4 * control_s)
    freq_hz = 2.0 ** (octaves + vibrato)
    loudness = np.interp(control_s, *np.array(_SUNG_LOUDNESS).T)

    turn = np.exp(1j * _TWO_PI * np.cumsum(_steps_to_samples(freq_hz, step)) / rate)
    harmonic = np.ones_like(turn)
    voice = np.zeros(len(turn))
    for k in range(1, 33):
        harmonic = harmonic * turn
        level = loudness ** (1.0 + 0.02 * k) * _vowel_levels(k * freq_hz, formants) / k**0.9
        voice += _steps_to_samples(level, step) * harmonic.imag
    breath = _filtered(_noise(700, len(voice)), rate, _high_pass(2500.0), _low_pass(8000.0))
    voice += 0.012 * _steps_to_samples(loudness, step) * breath * (1.0 + turn.real)
    thin = _filtered(voice, rate, _high_pass(520.0, 0.8), _bell(3000.0, 4.0, 0.8))
    room = _with_room(np.stack([thin, thin]), rate, t60_s=0.7, wet=0.15, tone_hz=5000.0, seed=710)
    return _finished(room[:1], rate, peak_db=-4.0)


def _little_mix() -> FloatArray:
    rate, seconds, bpm = _CD_RATE, 5.9, 112.0
    pattern = (
        ("kick", "9... ..8. 8... ..5.  9... ..8. 8... ....  9"),
        ("snare", ".... 9... .... 9..2  .... 9... .... 9.67  ."),
        ("hat", "6353 6353 6353 63..  6353 6353 6353 6...  ."),
        ("open", ".... .... .... ..5.  .... .... .... ....  ."),
        ("crash", "5... .... .... ....  .... .... .... ....  7"),
    )
    roots = ("A1", "F1", "C2", "G1")
    bass_score = [
        (2.0 * bar + at, length, root, strength)
        for bar, root in enumerate(roots)
        for at, length, strength in ((0.0, 0.7, 0.95), (0.75, 0.2, 0.6), (1.5, 0.45, 0.8))
    ]
    chords = ("A2 E3 C4 G4", "A2 F3 C4 E4", "G2 E3 C4 D4", "B2 G3 D4 E4", "A2 E3 C4 E4")
    pad_score = [(2.0 * bar, 3.0, names, 0.6) for bar, names in enumerate(chords)]
    picked = ["A3", "E4", "C5", "E4", "F3", "C4", "A4", "C4", "C4", "G4", "E5", "G4", "B3", "G4", "D5", "B4"]
    pluck_score = [(0.5 * i, 1.6, name, 0.8 if i % 4 == 0 else 0.6) for i, name in enumerate(picked)]

    rhythm = _Stage(rate, seconds, bpm=bpm)
    _play_bass(rhythm, [*bass_score, (8.0, 2.5, "A1", 0.9)], gain=0.55)
    plucks = _Stage(rate, seconds, bpm=bpm)
    _play_strings(plucks, [*pluck_score, (8.0, 3.0, "A3 E4 A4 C5", 0.6)], damping=0.06, seed=800, width=0.7)
    dry = 0.8 * _drums(rate, seconds, bpm, pattern) + rhythm.audio
    dry += 0.065 * _pad(rate, seconds, bpm, pad_score, dark_hz=500.0, open_hz=1600.0) + 0.16 * plucks.audio
    room = _with_room(dry, rate, t60_s=0.8, wet=0.14, tone_hz=6000.0, seed=810)
    return _finished(room, rate, peak_db=-3.0)


# --- the shelf ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Piece:
    """How a sound is made and as what kind of file it is written."""

    make: Callable[[], FloatArray]
    description: str
    sample_rate: int = _CD_RATE
    suffix: str = ".wav"
    subtype: str = "PCM_16"
    title: str = ""


_PIECES: dict[str, _Piece] = {
    "plucked-arpeggio": _Piece(_plucked_arpeggio, "Steel-string arpeggio, clear and open."),
    "electric-piano": _Piece(_electric_piano, "Mellow electric-piano chords with a wide chorus."),
    "drum-loop": _Piece(_drum_loop, "Punchy drum loop with a fill.", sample_rate=48_000, subtype="PCM_24"),
    "bass-line": _Piece(_bass_line, "Boomy bass line, nearly all of it below 200 Hz."),
    "warm-pad": _Piece(_warm_pad, "Dark, slow synthesizer chords."),
    "glass-bells": _Piece(_glass_bells, "Bright glass bells with an echo."),
    "voice-vowels": _Piece(_voice_vowels, "Thin sung vowels in mono, as from a small loudspeaker."),
    "little-mix": _Piece(_little_mix, "Drums, bass, pad and strings together.", suffix=".flac", title="Little Mix"),
}

SOUND_NAMES: tuple[str, ...] = tuple(_PIECES)


def synthesise(name: str) -> DemoSound:
    """Make the demo sound called ``name``, one of ``SOUND_NAMES``."""
    piece = _PIECES.get(name)
    if piece is None:
        raise UsageError(f"there is no demo sound '{name}'", hint=f"Choose one of: {', '.join(SOUND_NAMES)}.")
    return DemoSound(name, piece.description, piece.sample_rate, piece.make())


def write_demo_sounds(folder: Path) -> list[Path]:
    """Write all demo sounds into ``folder`` (made if missing); their paths come in the order of ``SOUND_NAMES``.

    A file that is already there with the same content stays as it is. One with other content is never
    overwritten: that raises ``OutputError``, and then nothing at all was written.
    """
    contents = {folder / f"{name}{piece.suffix}": _encoded(name, piece) for name, piece in _PIECES.items()}
    missing = [path for path, content in contents.items() if not _is_there(path, content)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"the folder can't be made ({error.strerror})", hint="Choose a folder that you may write to.", path=folder
        ) from error
    for path in missing:
        _write_new(path, contents[path])
    return list(contents)


def _encoded(name: str, piece: _Piece) -> bytes:
    """The sound as the bytes of its audio file."""
    sound = synthesise(name)
    buffer = io.BytesIO()
    options: dict[str, Any] = {"format": piece.suffix[1:].upper(), "subtype": piece.subtype}
    with sf.SoundFile(buffer, "w", sound.sample_rate, sound.audio.shape[0], **options) as file:
        if piece.title:
            file.title = piece.title
            file.artist = "eqmorph"
        file.write(sound.audio.T)
    return buffer.getvalue()


def _is_there(path: Path, content: bytes) -> bool:
    """Whether ``path`` already holds ``content``; something else in its place is an error."""
    if not path.exists() and not path.is_symlink():
        return False
    try:
        same = path.is_file() and path.read_bytes() == content
    except OSError:
        same = False  # what can't be read can't be known to be ours
    if not same:
        raise _taken(path)
    return True


def _write_new(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, which must not exist; half a file is not left behind."""
    made = whole = False
    try:
        with path.open("xb") as file:
            made = True
            file.write(content)
        whole = True
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError as error:
        raise OutputError(
            f"can't be written ({error.strerror})",
            hint="Check the free space and your rights in that folder.",
            path=path,
        ) from error
    finally:
        if made and not whole:
            with contextlib.suppress(OSError):
                path.unlink()


def _taken(path: Path) -> OutputError:
    return OutputError(
        "something else is already there, and demo sounds never overwrite",
        hint="Choose another folder, or move that file away.",
        path=path,
    )
