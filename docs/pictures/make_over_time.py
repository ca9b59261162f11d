"""Draw sounds over time by the program itself: ``python docs/pictures/make_over_time.py``.

One piece is made of three of the demo sounds, as they differ; it is analyzed, and equalized by an EQ that follows it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import soundfile

from eqmorph.cli import run
from eqmorph.demo import synthesise

FOLDER = Path(__file__).parent
PARTS = ("warm-pad", "little-mix", "plucked-arpeggio")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        piece, result = Path(folder) / "piece.wav", Path(folder) / "out.wav"
        sounds = [synthesise(name) for name in PARTS]
        soundfile.write(piece, np.concatenate([sound.audio.T for sound in sounds]), sounds[0].sample_rate, "PCM_16")
        draw("analyze.svg", piece)
        run(["apply", str(piece), str(result), "--target", "bright:0.5", "--follow", "--trajectory"])
        draw("follow.svg", result.with_name("out.wav.trajectory.json"))


def draw(name: str, source: Path) -> None:
    path = FOLDER / name
    if code := run(["analyze", str(source), "--svg", str(path), "-f"]):
        raise SystemExit(code)
    print(f"{name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
