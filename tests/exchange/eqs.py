"""EQs to prove formats by: made up, shipped, and asked for in words; and what real programs make of an impulse."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import soundfile as sf

from eqmorph._typing import Float64
from eqmorph.bands import Band, Bands
from eqmorph.exchange.nearest import heard_hz
from eqmorph.presets import list_presets, read_preset
from eqmorph.request import EqRequest

RATES = (44_100, 48_000)
NEAR_ENOUGH_DB = 0.1
LEVEL = 0.05  # of the impulse: nothing clips, whatever the EQ
_SECONDS = 1.5
_WORDS = (
    *("warm", "bright", "harsh", "airy", "punchy", "muddy", "clear", "boomy", "thin", "crisp"),
    *("soft", "full", "dark", "nasal", "tinny", "smooth", "hard", "mellow", "deep", "sharp"),
)


def random_eqs(count: int = 30) -> list[Bands]:
    """Return EQs as people make them: a shelf at each end or none, and up to four bells."""
    rng = np.random.default_rng(16)

    def band(kind: str, low_hz: float, high_hz: float, low_q: float, high_q: float) -> Band:
        freq_hz = float(np.exp(rng.uniform(np.log(low_hz), np.log(high_hz))))
        return Band(
            kind, freq_hz, float(rng.uniform(-12, 12)), float(np.exp(rng.uniform(np.log(low_q), np.log(high_q))))
        )  # type: ignore[arg-type]

    eqs = []
    for _ in range(count):
        shelves = [band("low_shelf", 60, 400, 0.4, 1.0), band("high_shelf", 2000, 14_000, 0.4, 1.0)]
        bells = [band("bell", 80, 16_000, 0.3, 5.0) for _ in range(int(rng.integers(1, 5)))]
        eqs.append(Bands([*shelves[: int(rng.integers(0, 3))], *bells]))
    return eqs


@cache
def proof_eqs() -> tuple[Bands, ...]:
    """Return 30 random EQs, all shipped presets, and 20 words' own EQs."""
    presets = [read_preset(path) for path in list_presets().values()]
    asked = [EqRequest(preset=preset, mode="fixed" if preset.target else None) for preset in presets]
    asked += [EqRequest(word, mode="fixed") for word in _WORDS]
    return (*random_eqs(), *(request.resolve_fixed().bands for request in asked))


def write_impulse(path: Path, rate: int, channels: int = 1) -> None:
    samples = np.zeros((int(_SECONDS * rate), channels))
    samples[0] = LEVEL
    sf.write(path, samples, rate, subtype="FLOAT")


def curve_of(response: Float64, rate: int, level: float = LEVEL) -> Float64:
    """Return the response in dB at `heard_hz` of what a program made of an impulse."""
    freqs_hz = heard_hz(rate)
    size = int(2 ** np.ceil(np.log2(max(len(response), 8 * rate))))
    bins_hz = np.fft.rfftfreq(size, 1 / rate)
    db = 20 * np.log10(np.abs(np.fft.rfft(response, size)) / level)
    return np.interp(freqs_hz, bins_hz, db)


def off_db(eq: Bands, curve_db: Float64, rate: int) -> float:
    """Return how far a curve is from the one that is rendered here, whatever its level was lowered by."""
    return float(np.max(np.abs(curve_db - eq.response_db(heard_hz(rate), rate))))
