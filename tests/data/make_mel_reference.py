"""Has torchaudio's MelSpectrogram work on a seeded signal and writes what it says to mel_reference.npz.

    python tests/data/make_mel_reference.py

`tests/model/test_mel.py` compares with it, and where torchaudio loads with what that says now. The file was recorded
by hand: torchaudio 2.9.1's own Python code on torch 2.13 on a CPU. Its compiled extension, which takes no part in this,
was left out, as it loads beside no torch but its own. With torchaudio 2.2.2's code the numbers are the same to 2e-7.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

REFERENCE = Path(__file__).with_name("mel_reference.npz")
FRAME, HOP = 2048, 1024
#: Name: sample rate and torchaudio's arguments.
CASES: dict[str, tuple[int, dict[str, Any]]] = {
    "defaults": (16_000, {"n_fft": 400}),
    "htk": (44_100, {"n_fft": FRAME, "hop_length": HOP, "n_mels": 64, "f_min": 20.0, "f_max": 20_000.0}),
    "slaney": (
        48_000,
        {"n_fft": FRAME, "hop_length": HOP, "n_mels": 40, "f_max": 16_000.0, "norm": "slaney", "mel_scale": "slaney"},
    ),
}


def signal(sample_rate: int) -> NDArray[np.float32]:
    """A fifth of a second of two channels (2, frames): noise, and noise under a sweep."""
    frames = sample_rate // 5
    raw = np.random.PCG64(20).random_raw(2 * frames).reshape(2, frames)
    noise = raw.astype(float) / 2**63 - 1
    time = np.arange(frames) / sample_rate
    sweep = np.sin(2 * np.pi * (100 * time + 0.5 * 25_000 * time**2))
    return np.asarray([0.3 * noise[0], 0.05 * noise[1] + 0.5 * sweep], dtype=np.float32)


def by_torchaudio(name: str) -> NDArray[np.float32]:
    """What torchaudio makes of a case's signal (2, mels, t)."""
    import torch
    from torchaudio.transforms import MelSpectrogram

    sample_rate, arguments = CASES[name]
    mel = MelSpectrogram(sample_rate=sample_rate, **arguments)(torch.from_numpy(signal(sample_rate)))
    return np.asarray(mel.numpy())


if __name__ == "__main__":
    np.savez_compressed(REFERENCE, **{name: by_torchaudio(name) for name in CASES})
