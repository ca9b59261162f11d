"""EQs to prove formats by: made up, shipped, and asked for in words; and what real programs make of an impulse."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import soundfile as sf

from eqmorph._typing import Float64
from eqmorph.bands import Band, Bands
from eqmorph.exchange.measure import decibels, difference_of_curves, heard_hz
from eqmorph.presets import list_presets, read_preset
from eqmorph.render import Renderer
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
        )

    eqs = []
    for _ in range(count):
        shelves = [band("low_shelf", 60, 400, 0.4, 1.0), band("high_shelf", 2000, 14_000, 0.4, 1.0)]
        bells = [band("bell", 80, 16_000, 0.3, 5.0) for _ in range(int(rng.integers(1, 5)))]
        eqs.append(Bands([*shelves[: int(rng.integers(0, 3))], *bells]))
    return eqs


#: Passes, notches and band-passes, among themselves and with shelves and bells.
FILTERS = [
    Bands.parse(text)
    for text in (
        "HP 80",
        "HP 30 24dB; LP 16k 24dB",
        "HP 120 6dB; LP 9k 6dB; PK 2000 -3 Q2",
        "HP 200 Q1.5; LP 5k Q0.5; LS 300 +3",
        "NT 400 Q2; NT 3000 -18 Q4; HS 8k +4",
        "NT 1000 Q30; PK 500 -8 Q1",
        "BP 1k Q2",
        "BP 400 Q0.5; PK 3000 +6",
    )
]
#: Bands that don't do the same to both channels.
STEREO = [
    Bands.parse(text)
    for text in (
        "LS 100 +3 | L: PK 1000 -4 | R: HS 5k +3",
        "M: PK 300 -3; HP 60 | S: HS 8k +4",
        "PK 2000 +2 | L: PK 500 -6 | M: LS 200 +2 | S: HP 150 24dB",
    )
]


@cache
def proof_eqs() -> tuple[Bands, ...]:
    """Return 30 random EQs, other filters, all shipped presets, and 20 words' own EQs."""
    presets = [read_preset(path) for path in list_presets().values()]
    asked = [EqRequest(preset=preset, mode="fixed" if preset.target else None) for preset in presets]
    asked += [EqRequest(word, mode="fixed") for word in _WORDS]
    high = Bands.parse("PK 19.9k -4 Q1; HS 20k +6")  # at 44.1 kHz it is rendered by other bands
    return (*random_eqs(), *FILTERS, high, *(request.resolve_fixed().bands for request in asked))


@cache
def few_eqs() -> tuple[Bands, ...]:
    """Return some of `proof_eqs` that have every kind of filter: for programs that are slow, or play in real time.

    `benchmarks/prove_exports.py` has them all done.
    """
    every = proof_eqs()
    made_up, rest = every[:3], every[30:]  # 30 random ones come first
    with_filters, others = rest[: len(FILTERS) + 1], rest[len(FILTERS) + 1 :]
    return (*made_up, *with_filters, *others[::12])


def write_impulse(path: Path, rate: int) -> None:
    samples = np.zeros(int(_SECONDS * rate))
    samples[0] = LEVEL
    sf.write(path, samples, rate, subtype="FLOAT")


def curve_of(response: Float64, rate: int, eq: Bands, lowered_db: float = 0.0, level: float = LEVEL) -> Float64:
    """Return the response in dB, at `heard_hz` for an EQ, of what a program made of an impulse that it lowered."""
    size = int(2 ** np.ceil(np.log2(max(len(response), 5 * rate))))
    bins_hz = np.fft.rfftfreq(size, 1 / rate)
    return np.interp(
        heard_hz(rate, eq), bins_hz, decibels(np.fft.rfft(response, size) / (level * 10 ** (lowered_db / 20)))
    )


def off_db(eq: Bands, curve_db: Float64, rate: int) -> float:
    """Return how far a curve is from the one that is rendered here."""
    freqs_hz = heard_hz(rate, eq)
    return difference_of_curves(eq.response_db(freqs_hz, rate), curve_db, freqs_hz).db


def stereo_off_db(eq: Bands, results: list[Float64], rate: int, lowered_db: float, level: float = LEVEL) -> float:
    """Return how far what became of an impulse in either channel is from what is rendered here.

    Args:
        eq: the EQ.
        results: (frames, 2), of an impulse in the left channel and of one in the right.
        rate: of all.
        lowered_db: the gain of the whole.
        level: of the impulses.
    """
    worst = 0.0
    for number, result in enumerate(results):
        impulse = np.zeros((2, len(result)), dtype=np.float32)
        impulse[number, 0] = level
        rendered = Renderer(eq, rate).process(impulse)
        for channel in range(2):
            made_db = curve_of(result[:, channel], rate, eq, lowered_db, level)
            wanted_db = curve_of(rendered[channel].astype(float), rate, eq, 0.0, level)
            worst = max(worst, difference_of_curves(wanted_db, made_db, heard_hz(rate, eq)).db)
    return worst


def write_one_sided(folder: Path, rate: int) -> list[Path]:
    """Write an impulse in the left channel, and one in the right."""
    paths = [folder / f"{name}.wav" for name in ("left", "right")]
    for number, path in enumerate(paths):
        samples = np.zeros((int(_SECONDS * rate), 2))
        samples[0, number] = LEVEL
        sf.write(path, samples, rate, subtype="FLOAT")
    return paths
