"""Parts: a score or a pattern, played by an instrument."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eqmorph.demo.instruments import finger_bass, hat, kick, plucked_string, saw, snare, tine, tom
from eqmorph.demo.tools import Score, Signal, Stage, edged, filtered, low_pass, pitch_hz

__all__ = ["play_bass", "play_drums", "play_pad", "play_strings", "play_tines"]


def play_strings(stage: Stage, score: Score, *, damping: float, seed: int, width: float = 0.45) -> None:
    """Play plucked notes; a chord is strummed from its first name to its last."""
    for number, (beat, beats, names, velocity) in enumerate(score):
        for order, name in enumerate(names.split()):
            freq_hz = pitch_hz(name)
            seconds = beats * stage.beat_s
            own_seed = seed + 16 * number + order
            note = plucked_string(
                stage.rate, freq_hz, seconds, velocity=velocity, seed=own_seed, damping=damping, t60_s=3.2
            )
            strum_beats = order * 0.022 / stage.beat_s
            stage.place(note, beat + strum_beats, pan=width * np.sin(2.4 * number + order))


def play_tines(stage: Stage, score: Score) -> None:
    for beat, beats, names, velocity in score:
        for order, name in enumerate(names.split()):
            note = tine(stage.rate, pitch_hz(name), beats * stage.beat_s, velocity=velocity)
            stage.place(note, beat + 0.012 * order, pan=0.1 * (order - 2))


def play_bass(stage: Stage, score: Score, *, gain: float = 1.0) -> None:
    for beat, beats, name, velocity in score:
        note = finger_bass(stage.rate, pitch_hz(name), beats * stage.beat_s, velocity=velocity)
        stage.place(note, beat, gain=gain)


def play_pad(rate: int, seconds: float, bpm: float, score: Score, *, dark_hz: float, open_hz: float) -> Signal:
    """Play slow chords of detuned saws whose filter opens and closes with each chord; shape ``(2, frames)``."""
    stage = Stage(rate, seconds, bpm=bpm)
    opening = Stage(rate, seconds, bpm=bpm)
    for beat, beats, names, velocity in score:
        length_s = beats * stage.beat_s
        lift = np.sin(np.pi * np.linspace(0.0, 1.0, round(length_s * rate)) ** 0.8) ** 2
        opening.place(np.sqrt(2.0) * lift, beat)
        for order, name in enumerate(names.split()):
            for side, cents in ((-0.8, -5.0 - order), (0.8, 4.0 + order)):
                freq_hz = pitch_hz(name) * 2.0 ** (cents / 1200.0)
                voice = saw(rate, freq_hz, length_s, start_turn=(0.37 * order + 0.21 * side) % 1.0)
                stage.place(edged(voice, rate, attack_s=0.45, release_s=0.7), beat, gain=velocity, pan=side)
    dark = filtered(stage.audio, rate, low_pass(dark_hz, 0.8))
    bright = filtered(stage.audio, rate, low_pass(open_hz, 1.3))
    return np.asarray(dark + np.minimum(opening.audio, 1.0) * (bright - dark), dtype=np.float64)


def play_drums(
    rate: int, seconds: float, bpm: float, hits: Sequence[tuple[str, str]], *, steps_a_beat: int = 4
) -> Signal:
    """Play a pattern of drum hits; shape ``(2, frames)``.

    ``hits`` pairs a drum with its steps: a digit is a hit of that strength (9 is full), a dot is a rest.
    """
    kit: dict[str, tuple[Signal, float, float]] = {
        "kick": (kick(rate), 1.0, 0.0),
        "snare": (snare(rate), 0.85, 0.04),
        "hat": (hat(rate, t60_s=0.09, seed=41), 0.5, 0.3),
        "open": (hat(rate, t60_s=0.45, seed=42), 0.42, 0.3),
        "crash": (hat(rate, t60_s=1.3, seed=43), 0.5, -0.35),
        "high tom": (tom(rate, 165.0), 0.7, 0.4),
        "low tom": (tom(rate, 98.0), 0.8, -0.4),
    }
    stage = Stage(rate, seconds, bpm=bpm)
    for drum, pattern in hits:
        sound, level, pan = kit[drum]
        for step, mark in enumerate(pattern.replace(" ", "")):
            if mark.isdigit():
                swing = 0.06 * (step % 2)  # every second sixteenth a little late
                gain = level * (int(mark) / 9.0) ** 1.4
                stage.place(sound, (step + swing) / steps_a_beat, gain=gain, pan=pan)
    return np.tanh(1.3 * stage.audio) / 1.3
