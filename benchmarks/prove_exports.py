"""Have all EQs of the proof of exports done by the real programs, and print how far from ours each is, as Markdown.

    python benchmarks/prove_exports.py [ffmpeg sox lsp easyeffects pipewire]

30 random EQs, passes, notches and band-passes, all shipped presets and the EQs of 20 words, at 44.1 and 48 kHz, from
20 Hz to 18 kHz. The tests hold what ffmpeg and sox do with all of them, and what slower programs do with some: PipeWire
plays in real time. A program that isn't installed is left out. It takes some minutes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests know the programs

import numpy as np
import pytest

from eqmorph.bands import Bands
from tests.exchange.eqs import NEAR_ENOUGH_DB, RATES, proof_eqs

_PROGRAMS = {
    "ffmpeg": "ffmpeg, -af",
    "sox": "sox",
    "lsp": "LSP's Parametric Equalizer",
    "easyeffects": "the plugin of EasyEffects",
    "pipewire": "PipeWire's filter-chain",
}


def main() -> int:
    asked = sys.argv[1:] or list(_PROGRAMS)
    eqs, worst = proof_eqs(), 0.0
    print(f"{len(eqs)} EQs; how far from ours, in dB\n")
    print("| program | rate | median | worst | of | s |\n|---|---|---|---|---|---|")
    for name in asked:
        prove: Callable[[Path, Sequence[Bands], int], list[float]]
        prove = import_module(f"tests.exchange.test_{name}").off_each_db
        for rate in RATES:
            started = time.perf_counter()
            with tempfile.TemporaryDirectory(prefix="eqmorph-proof-") as folder:
                try:
                    off_db = prove(Path(folder), eqs, rate)
                except (OSError, pytest.skip.Exception) as error:
                    print(f"| {_PROGRAMS[name]} | {rate} | | | can't be run: {error} | |")
                    continue
            at = int(np.argmax(off_db))
            worst = max(worst, off_db[at])
            took_s = time.perf_counter() - started
            row = f"{np.median(off_db):.4f} | {off_db[at]:.4f} | `{eqs[at].rounded()}` | {took_s:.0f}"
            print(f"| {_PROGRAMS[name]} | {rate} | {row} |", flush=True)
    return int(worst >= NEAR_ENOUGH_DB)


if __name__ == "__main__":
    raise SystemExit(main())
