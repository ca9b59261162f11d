"""How long a decision takes once a sound is heard: plain, refined, to a percentile, for several words.

Run: python benchmarks/bench_decide.py [--json]

The sound is made up: three minutes of noise with a spectrum like music's, tilted differently every time. CPU seconds of
one core are counted, so that a busy machine gives the same figures.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402

if TYPE_CHECKING:
    from eqmorph.adapt.goal import Goal
    from eqmorph.analysis import Ear
    from eqmorph.audio.windows import Spectra

SOUNDS, RATE, SECONDS = 60, 44_100, 180


def main() -> None:
    from eqmorph.adapt.goal import Goal
    from eqmorph.analysis import load_ear

    ear = load_ear()
    sounds = _sounds()
    wishes = {
        "warm:0.7": Goal(ear.space.target("warm:0.7")),
        "warm:0.7 + airy:0.3 - boomy:0.4": Goal(ear.space.target("warm:0.7 + airy:0.3 + boomy:-0.4")),
        "warm:0.7, refined": Goal(ear.space.target("warm:0.7"), refine=True),
        "bright to the 80th percentile": Goal(ear.space.target("bright:1"), to_percentile=0.8),
    }
    result: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "decision_ms": {name: _milliseconds(ear, sounds, goal) for name, goal in wishes.items()},
    }
    if "--json" in sys.argv:
        print(json.dumps(result, indent=2))
        return
    print(result["machine"])
    for name, found in result["decision_ms"].items():
        print(f"{name:32s} median {found['median']:7.1f} ms, 95th percentile {found['p95']:7.1f} ms")


def _sounds() -> list[Spectra]:
    from eqmorph.analysis import listen

    rng = np.random.default_rng(0)
    frames = SECONDS * RATE
    hertz = np.maximum(np.fft.rfftfreq(frames, 1 / RATE), 20)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(frames)) / (1 + hertz / 150), frames)
    plain = listen([(0.3 * noise / np.abs(noise).max()).astype(np.float32)[None]], RATE)
    octaves = np.log2(np.maximum(plain.grid.freq_hz, 20) / 1000)
    tilts = rng.uniform(-3, 3, (SOUNDS, 1)) * octaves + rng.uniform(-2, 2, (SOUNDS, 1)) * np.cos(octaves)
    return [replace(plain, power=plain.power * (10 ** (tilt / 10)).astype(np.float32)) for tilt in tilts]


def _milliseconds(ear: Ear, sounds: Sequence[Spectra], goal: Goal) -> dict[str, float]:
    from eqmorph.adapt.decide import decide

    decide(ear, sounds[0], goal)
    times = []
    for sound in sounds:
        begun = time.process_time()
        decide(ear, sound, goal)
        times.append(1000 * (time.process_time() - begun))
    return {"median": float(np.median(times)), "p95": float(np.quantile(times, 0.95))}


if __name__ == "__main__":
    main()
