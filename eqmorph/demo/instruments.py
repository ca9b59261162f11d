"""Instruments: each plays one note or one hit, shape ``(frames,)``."""

from __future__ import annotations

import numpy as np

from eqmorph.demo.tools import (
    TWO_PI,
    Signal,
    bell,
    decay,
    edged,
    filtered,
    high_pass,
    low_pass,
    noise,
    ringing,
    sample_times,
)

__all__ = ["finger_bass", "hat", "kick", "plucked_string", "saw", "snare", "struck_glass", "tine", "tom"]


def plucked_string(
    rate: int, freq_hz: float, seconds: float, *, velocity: float, seed: int, damping: float, t60_s: float
) -> Signal:
    """Pluck a string after Karplus and Strong: a burst of noise going round a damped delay line.

    Computed one trip round the line at a time: the samples of a trip depend only on the trip before.
    """
    period = rate / freq_hz
    line = int(period) - 2
    lag = period - 1.0 - line  # 1..2 samples, for the interpolator; the damping filter takes the missing one
    # Low strings make fewer trips per second: with the same damping per trip they would ring far brighter.
    loss = min(damping * (220.0 / freq_hz) ** 0.7, 0.2)
    trip_gain = 10.0 ** (-3.0 * period / (rate * t60_s))
    taps = trip_gain * np.convolve([loss, 1.0 - 2.0 * loss, loss], _lagrange(lag))
    reach = line + len(taps) - 1
    trips = int(np.ceil(seconds * rate / line))
    wave = np.zeros(reach + trips * line)
    wave[reach : reach + round(period)] = _pluck(round(period), rate, velocity, seed)
    for start in range(reach, len(wave), line):
        wave[start : start + line] += np.convolve(wave[start - reach : start], taps, "valid")
    return edged(wave[reach : reach + round(seconds * rate)], rate, attack_s=0.0005, release_s=0.06)


def _lagrange(lag: float) -> Signal:
    """Return four taps that delay by ``lag`` (1..2) samples without dulling: strings in tune and equally bright."""
    taps = np.ones(4)
    for k in range(4):
        for other in range(4):
            if other != k:
                taps[k] *= (lag - other) / (k - other)
    return taps


def _pluck(frames: int, rate: int, velocity: float, seed: int) -> Signal:
    """Return one period of what a plectrum leaves on the string: all harmonics in random phase, duller when softer.

    Their levels are smooth, unlike those of plain noise, so that all notes sound like one instrument.
    """
    order = np.arange(frames // 2 + 1)
    freq_hz = order * rate / frames
    level = np.abs(np.sin(np.pi * order / 6.3)) / (1.0 + (freq_hz / (700.0 + 4500.0 * velocity**2)) ** 2)
    burst = np.fft.irfft(level * np.exp(1j * np.pi * noise(seed, len(order))), frames)
    return np.asarray(velocity * burst / np.sqrt(np.mean(burst**2)), dtype=np.float64)


def tine(rate: int, freq_hz: float, seconds: float, *, velocity: float) -> Signal:
    """Play an electric-piano note: a soft body and a short metallic tine, both by frequency modulation."""
    time_s = sample_times(rate, seconds)
    phase = TWO_PI * freq_hz * time_s
    bark = ringing(rate, freq_hz, seconds, 1.6).imag
    ping = ringing(rate, 14.0 * freq_hz, seconds, 0.35).imag
    low = (220.0 / freq_hz) ** 0.35
    body = np.sin(phase + (0.25 + 1.25 * velocity) * low * bark)
    metal = np.sin(phase + 0.9 * velocity * low * ping)
    note = velocity * (body * decay(time_s, 4.2 * low) + 0.45 * metal * decay(time_s, 1.5 * low))
    return edged(note, rate, attack_s=0.003, release_s=0.12)


def finger_bass(rate: int, freq_hz: float, seconds: float, *, velocity: float) -> Signal:
    """Play a round finger bass: harmonics that die the sooner the higher they are, then a warm overdrive."""
    note = np.zeros(round(seconds * rate))
    for k in range(1, 25):
        strength = np.sin(np.pi * k * 0.18) / k ** (1.5 - 0.45 * velocity)
        note += strength * ringing(rate, k * freq_hz, seconds, 2.8 / (1.0 + 0.35 * (k - 1))).imag
    return edged(velocity * np.tanh(1.8 * note), rate, attack_s=0.004, release_s=0.05)


def _saw_table(harmonics: int) -> Signal:
    """Return one cycle of a sawtooth with this many harmonics, and its first value again at the end."""
    size = 2048
    spectrum = np.zeros(size // 2 + 1, dtype=np.complex128)
    order = np.arange(1, harmonics + 1)
    spectrum[order] = -0.5j * size / order
    cycle = np.fft.irfft(spectrum, size)
    return np.append(cycle, cycle[0])


def saw(rate: int, freq_hz: float, seconds: float, *, start_turn: float) -> Signal:
    """Play a sawtooth without aliasing, its phase starting at ``start_turn`` (0..1)."""
    table = _saw_table(min(400, int(12_000.0 / freq_hz)))
    turn = start_turn + freq_hz * sample_times(rate, seconds)
    position = (turn - np.floor(turn)) * (len(table) - 1)
    index = position.astype(np.int64)
    return np.asarray(table[index] + (position - index) * (table[index + 1] - table[index]), dtype=np.float64)


def struck_glass(rate: int, freq_hz: float, seconds: float, *, velocity: float) -> Signal:
    """Strike a glass bar: the modes of a free bar, the upper ones shorter."""
    modes = ((1.0, 0.75, 2.4), (2.756, 0.55, 1.5), (5.404, 0.5, 0.8), (8.933, 0.35, 0.4), (2.009, 0.22, 1.9))
    note = np.zeros(round(seconds * rate))
    for ratio, level, t60_s in modes:
        if ratio * freq_hz < 0.42 * rate:
            for detune in (0.9993, 1.0007):  # a real bar has two close modes: the slow beat makes it shimmer
                note += 0.5 * level * ringing(rate, ratio * detune * freq_hz, seconds, t60_s).imag
    return edged(velocity * note, rate, attack_s=0.001, release_s=0.08)


def kick(rate: int, *, tune_hz: float = 47.0) -> Signal:
    time_s = sample_times(rate, 0.5)
    drop_s, drop_hz = 0.028, 170.0
    sweep = np.sin(TWO_PI * (tune_hz * time_s + drop_hz * drop_s * (1.0 - np.exp(-time_s / drop_s))))
    thump = np.tanh(1.7 * sweep * decay(time_s, 0.62))
    click = noise(11, len(time_s)) * decay(time_s, 0.018)
    beater = filtered(click, rate, low_pass(5500.0), high_pass(900.0))
    return edged(thump + 0.9 * beater, rate, attack_s=0.0008, release_s=0.12)


def snare(rate: int) -> Signal:
    time_s = sample_times(rate, 0.4)
    bend = 1.0 + 0.25 * np.exp(-time_s / 0.012)
    head = 0.6 * np.sin(TWO_PI * 188.0 * np.cumsum(bend) / rate) * decay(time_s, 0.22)
    head += 0.35 * np.sin(TWO_PI * 331.0 * time_s) * decay(time_s, 0.14)
    wires = noise(21, len(time_s)) * (0.6 * decay(time_s, 0.28) + 0.5 * decay(time_s, 0.06))
    wires = filtered(wires, rate, high_pass(1300.0), low_pass(9500.0), bell(4200.0, 4.0, 0.8))
    return edged(head + 0.75 * wires, rate, attack_s=0.0006, release_s=0.08)


def hat(rate: int, *, t60_s: float, seed: int) -> Signal:
    """Strike a hi-hat: six clashing square waves and noise, only the top left; ``t60_s`` says how open it is."""
    time_s = sample_times(rate, t60_s + 0.03)
    metal = np.zeros_like(time_s)
    for freq_hz in (2045.0, 2747.0, 3383.0, 3761.0, 4513.0, 5391.0):
        # The small phase keeps every sample off a zero crossing, where rounding would choose the sign.
        metal += np.sign(np.sin(TWO_PI * freq_hz * time_s + 0.1)) / 6.0
    clash = (0.55 * metal + 0.6 * noise(seed, len(time_s))) * decay(time_s, t60_s)
    return edged(filtered(clash, rate, high_pass(7200.0, 0.9)), rate, attack_s=0.0006, release_s=0.02)


def tom(rate: int, freq_hz: float) -> Signal:
    time_s = sample_times(rate, 0.45)
    phase = TWO_PI * (freq_hz * time_s + 0.6 * freq_hz * 0.04 * (1.0 - np.exp(-time_s / 0.04)))
    skin = filtered(noise(31, len(time_s)) * decay(time_s, 0.06), rate, low_pass(3000.0))
    return edged(np.sin(phase) * decay(time_s, 0.5) + 0.35 * skin, rate, attack_s=0.001, release_s=0.1)
