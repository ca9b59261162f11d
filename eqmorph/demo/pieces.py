"""The pieces of music, but for the voice: scores, and how they are mixed."""

from __future__ import annotations

import numpy as np

from eqmorph.demo.instruments import struck_glass
from eqmorph.demo.parts import play_bass, play_drums, play_pad, play_strings, play_tines
from eqmorph.demo.tools import (
    CD_RATE,
    TWO_PI,
    FloatArray,
    Stage,
    bell,
    filtered,
    finished,
    low_pass,
    pitch_hz,
    sample_times,
    with_chorus,
    with_room,
)

__all__ = ["bass_line", "drum_loop", "electric_piano", "glass_bells", "little_mix", "plucked_arpeggio", "warm_pad"]


def plucked_arpeggio() -> FloatArray:
    rate, seconds = CD_RATE, 5.8
    stage = Stage(rate, seconds, bpm=110.0)
    bars = ["D3", "A3", "D4", "F#4", "A4", "F#4", "E4", "D4", "G2", "D3", "G3", "B3", "A2", "E3", "A3", "C#4"]
    accents = (0.9, 0.55, 0.6, 0.75, 0.85, 0.6, 0.65, 0.6)
    score = [(0.5 * i, 2.6, name, accents[i % 8]) for i, name in enumerate(bars)]
    play_strings(stage, [*score, (8.0, 3.0, "D2 A2 D3 F#3 A3 D4", 0.5)], damping=0.035, seed=100)
    body = filtered(stage.audio, rate, bell(105.0, 3.0, 2.0), bell(205.0, 3.0, 2.5), bell(3300.0, 3.0, 0.8))
    room = with_room(body, rate, t60_s=0.9, wet=0.22, tone_hz=7000.0, seed=110)
    return finished(room, rate, peak_db=-4.0)


def electric_piano() -> FloatArray:
    rate, seconds = CD_RATE, 5.9
    stage = Stage(rate, seconds, bpm=92.0)
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
    play_tines(stage, score)
    wide = with_chorus(stage.audio, rate, mix=0.6)
    tremolo = 0.22 * np.sin(TWO_PI * 4.6 * sample_times(rate, seconds))
    swaying = wide * np.stack([1.0 + tremolo, 1.0 - tremolo])
    room = with_room(swaying, rate, t60_s=1.0, wet=0.2, tone_hz=4000.0, seed=210)
    return finished(room, rate, peak_db=-5.0)


def drum_loop() -> FloatArray:
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
    audio = play_drums(rate, 5.6, 104.0, pattern)
    room = with_room(audio, rate, t60_s=0.45, wet=0.2, tone_hz=8000.0, seed=310)
    return finished(room, rate, peak_db=-3.0)


def bass_line() -> FloatArray:
    rate, seconds = CD_RATE, 5.6
    stage = Stage(rate, seconds, bpm=100.0)
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
    play_bass(stage, score)
    boomy = filtered(stage.audio, rate, bell(82.0, 4.0, 1.2), bell(900.0, 11.0, 0.5), low_pass(3200.0))
    room = with_room(boomy, rate, t60_s=0.6, wet=0.2, tone_hz=1500.0, seed=410)
    return finished(room, rate, peak_db=-4.0)


def warm_pad() -> FloatArray:
    rate, seconds = CD_RATE, 6.0
    score = [
        (0.0, 2.6, "F2 C3 A3 E4 G4", 0.8),
        (2.0, 2.6, "D2 D3 A3 C4 F4", 0.8),
        (4.0, 2.0, "A1 C3 G3 B3 E4", 0.8),
    ]
    pad = play_pad(rate, seconds, 60.0, score, dark_hz=260.0, open_hz=620.0)
    room = with_room(pad, rate, t60_s=1.6, wet=0.35, tone_hz=1800.0, seed=510)
    return finished(room, rate, peak_db=-5.0, fade_out_s=1.0)


def glass_bells() -> FloatArray:
    rate, seconds = CD_RATE, 5.5
    stage = Stage(rate, seconds, bpm=112.0)
    melody = ["E6", "B5", "G#6", "F#6", "E6", "C#6", "B5", ".", "C#6", "E6", "F#6", "B6", "G#6", ".", "E6"]
    for step, name in enumerate(melody):
        if name != ".":
            note = struck_glass(rate, pitch_hz(name), 2.2, velocity=0.9 if step % 4 == 0 else 0.65)
            stage.place(note, 0.5 * step, pan=0.4 * np.sin(1.9 * step))
            # The echo comes from the other side, three sixteenths later.
            stage.place(note, 0.5 * step + 0.75, gain=0.28, pan=-0.7 * np.sin(1.9 * step))
    room = with_room(stage.audio, rate, t60_s=1.3, wet=0.25, tone_hz=12_000.0, seed=610)
    return finished(room, rate, peak_db=-6.0)


def little_mix() -> FloatArray:
    rate, seconds, bpm = CD_RATE, 5.9, 112.0
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

    rhythm = Stage(rate, seconds, bpm=bpm)
    play_bass(rhythm, [*bass_score, (8.0, 2.5, "A1", 0.9)], gain=0.55)
    plucks = Stage(rate, seconds, bpm=bpm)
    play_strings(plucks, [*pluck_score, (8.0, 3.0, "A3 E4 A4 C5", 0.6)], damping=0.06, seed=800, width=0.7)
    dry = 0.8 * play_drums(rate, seconds, bpm, pattern) + rhythm.audio
    dry += 0.065 * play_pad(rate, seconds, bpm, pad_score, dark_hz=500.0, open_hz=1600.0) + 0.16 * plucks.audio
    room = with_room(dry, rate, t60_s=0.8, wet=0.14, tone_hz=6000.0, seed=810)
    return finished(room, rate, peak_db=-3.0)
