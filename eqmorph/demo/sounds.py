"""The sounds: their names, what they sound like, how they are made, and as what kind of file they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eqmorph.demo.pieces import (
    bass_line,
    drum_loop,
    electric_piano,
    glass_bells,
    little_mix,
    plucked_arpeggio,
    warm_pad,
)
from eqmorph.demo.tools import CD_RATE, FloatArray
from eqmorph.demo.voice import voice_vowels
from eqmorph.errors import UsageError

__all__ = ["PIECES", "SOUND_NAMES", "DemoSound", "Piece", "synthesise"]


@dataclass(frozen=True, eq=False)
class DemoSound:
    """One synthesized sound; ``audio`` is float32 of shape ``(channels, frames)``."""

    name: str
    description: str
    sample_rate: int
    audio: FloatArray


@dataclass(frozen=True)
class Piece:
    """How a sound is made and as what kind of file it is written."""

    make: Callable[[], FloatArray]
    description: str
    sample_rate: int = CD_RATE
    suffix: str = ".wav"
    subtype: str = "PCM_16"
    title: str = ""


PIECES: dict[str, Piece] = {
    "plucked-arpeggio": Piece(plucked_arpeggio, "Steel-string arpeggio, clear and open."),
    "electric-piano": Piece(electric_piano, "Mellow electric-piano chords with a wide chorus."),
    "drum-loop": Piece(drum_loop, "Punchy drum loop with a fill.", sample_rate=48_000, subtype="PCM_24"),
    "bass-line": Piece(bass_line, "Boomy bass line, nearly all of it below 200 Hz."),
    "warm-pad": Piece(warm_pad, "Dark, slow synthesizer chords."),
    "glass-bells": Piece(glass_bells, "Bright glass bells with an echo."),
    "voice-vowels": Piece(voice_vowels, "Thin sung vowels in mono, as from a small loudspeaker."),
    "little-mix": Piece(little_mix, "Drums, bass, pad and strings together.", suffix=".flac", title="Little Mix"),
}

SOUND_NAMES: tuple[str, ...] = tuple(PIECES)


def synthesise(name: str) -> DemoSound:
    """Make the demo sound called ``name``, one of ``SOUND_NAMES``."""
    piece = PIECES.get(name)
    if piece is None:
        raise UsageError(f"unknown demo sound '{name}'", hint=f"Choose one of: {', '.join(SOUND_NAMES)}.")
    return DemoSound(name, piece.description, piece.sample_rate, piece.make())
