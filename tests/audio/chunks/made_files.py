"""Containers made by hand and by libsndfile, for the tests of chunks."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import soundfile

SAMPLES = np.random.default_rng(7).uniform(-0.5, 0.5, (999, 1)).astype(np.float32)
STEREO = np.repeat(SAMPLES, 2, axis=1)
FMT = struct.pack("<HHIIHH", 1, 1, 48000, 48000, 1, 8)


def riff(*chunks: bytes, size: int | None = None, magic: bytes = b"RIFF") -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return struct.pack("<4sI", magic, len(body) if size is None else size) + body


def written(path: Path, container: str, subtype: str, samples: np.ndarray = SAMPLES) -> Path:
    soundfile.write(path, samples, 48000, format=container, subtype=subtype)
    return path


KINDS = [
    ("WAV", "PCM_U8"),
    ("WAV", "FLOAT"),
    ("WAVEX", "PCM_24"),
    ("RF64", "PCM_24"),
    ("RF64", "PCM_U8"),
    ("AIFF", "PCM_S8"),
    ("AIFF", "FLOAT"),
    ("CAF", "PCM_S8"),
    ("CAF", "ALAC_16"),
    ("W64", "PCM_U8"),
    ("W64", "FLOAT"),
]
