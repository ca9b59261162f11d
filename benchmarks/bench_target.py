"""How long a target takes to become bands, model loaded: what a slider waits for on every move.

Run: python benchmarks/bench_target.py [--json]

For comparison, the published systems report 5 ms (a learned decoder alone) and 10 to 20 ms (with its runtime around it)
for the same way, on their authors' machines; they are quoted, not measured here.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402

CALLS = 3000
PUBLISHED_MS = {"published system A": (5.0, 5.0), "published system B": (10.0, 20.0)}


def main() -> None:
    started = time.perf_counter()
    from eqmorph.model import load_space

    imported = time.perf_counter()
    space = load_space()
    loaded = time.perf_counter()
    rng = np.random.default_rng(0)
    words = [term.word for term in space.terms.values() if term.confidence >= 0.3]
    texts = [
        " + ".join(f"{word}:{rng.uniform(-1, 1.5):.2f}" for word in rng.choice(words, count, replace=False))
        for count in rng.integers(1, 4, CALLS)
    ]
    targets = [space.target(text) for text in texts]
    for target in targets[:50]:
        space.equalizer(target)
    whole = _times(space.equalizer, targets)
    parsed = _times(space.target, texts)
    errors = [space.equalizer(target).error_db for target in targets[:500]]
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "import_ms": 1000 * (imported - started),
        "load_ms": 1000 * (loaded - imported),
        "parse_ms": float(np.median(parsed)),
        "target_to_bands_ms": {"median": float(np.median(whole)), "p95": float(np.quantile(whole, 0.95))},
        "error_db": {"median": float(np.median(errors)), "p95": float(np.quantile(errors, 0.95))},
        "published_ms": PUBLISHED_MS,
    }
    if "--json" in sys.argv:
        print(json.dumps(result, indent=2))
        return
    print(result["machine"])
    print(f"import {result['import_ms']:.0f} ms, load {result['load_ms']:.1f} ms, parse {result['parse_ms']:.3f} ms")
    print(f"target to bands: median {np.median(whole):.2f} ms, p95 {np.quantile(whole, 0.95):.2f} ms")
    print(f"distance from what is asked: median {np.median(errors):.2f} dB rms, p95 {np.quantile(errors, 0.95):.2f}")
    for name, (low, high) in PUBLISHED_MS.items():
        print(f"{name}: {low:g} ms" if low == high else f"{name}: {low:g} to {high:g} ms")


def _times(function: Callable[[Any], object], inputs: Iterable[Any]) -> list[float]:
    times = []
    for value in inputs:
        start = time.perf_counter()
        function(value)
        times.append(1000 * (time.perf_counter() - start))
    return times


if __name__ == "__main__":
    main()
