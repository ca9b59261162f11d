"""How fast an ear listens and a decision is made, in the processor's own time."""

from __future__ import annotations

import time

import numpy as np

from eqmorph.adapt.decide import decide
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import listen
from eqmorph.evaluate.audio.heard import HeardMusic
from eqmorph.evaluate.audio.report import Figures

__all__ = ["speed"]

_NOISE_S = 60.0
_RATE = 44_100
_DECISIONS = 20


def speed(music: HeardMusic) -> Figures:
    """Time the way from audio to latents and scores, in windows of 1 s, and a decision without listening."""
    noise = (0.1 * np.random.default_rng(0).standard_normal((2, round(_NOISE_S * _RATE)))).astype(np.float32)
    begun = time.process_time()
    spectra = listen([noise], _RATE, window_s=1.0, hop_s=1.0)
    curves = music.ear.window_curves(spectra)
    music.space.encode(curves)
    music.ear.percentiles(music.ear.scores(curves))
    windows_s = time.process_time() - begun
    goal, sounds = Goal(music.space.target("warm:0.7")), music.plain.spectra[:_DECISIONS]
    begun = time.process_time()
    for sound in sounds:
        decide(music.ear, sound, goal)
    decision_s = (time.process_time() - begun) / len(sounds)
    return {"windows_a_second": len(spectra.power) / windows_s, "decision_ms": 1000 * decision_s}
