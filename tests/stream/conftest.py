"""What tests of streams share: a sound that is like music, and how a stream is cut."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
import pytest

from eqmorph._typing import Float32
from eqmorph.adapt.eq import Eq
from eqmorph.bands import Bands
from eqmorph.render import Renderer
from eqmorph.request import EqRequest
from eqmorph.stream import StreamEq

RATE = 48_000


def music(seconds: float, *, tilt: str = "", channels: int = 2, rate: int = RATE, level: float = 0.1) -> Float32:
    """Return pink noise with a pulse, tilted by an EQ, (channels, frames)."""
    rng = np.random.default_rng(3)
    frames = round(seconds * rate)
    hertz = np.maximum(np.fft.rfftfreq(frames, 1 / rate), 30)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal((channels, frames))) / np.sqrt(hertz), frames)
    pulse = 0.6 + 0.4 * np.sin(2 * np.pi * 2 * np.arange(frames) / rate)
    sound = (level * noise / noise.std() * pulse).astype(np.float32)
    return Renderer(Bands.parse(tilt), rate).process(sound) if tilt else sound


def streamed(stream: StreamEq, sound: Float32, sizes: Sequence[int] = (1024,)) -> Float32:
    """Return what comes of a sound that is cut into blocks of these sizes, in turn, without the delay."""
    count = sound.shape[1] // max(min(sizes), 1) + 1
    edges = [at for at in accumulate((sizes[i % len(sizes)] for i in range(count)), initial=0) if at < sound.shape[1]]
    blocks = [stream.process(sound[:, a:b]) for a, b in pairwise([*edges, sound.shape[1]])]
    return np.concatenate([*blocks, stream.flush()], axis=1)[:, stream.latency_frames :]


@pytest.fixture(scope="session")
def warm() -> Eq:
    return EqRequest("warm:0.7", kind="mix").resolve()
