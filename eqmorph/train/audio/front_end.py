"""The mel bands that training looks at: torchaudio's where it loads, else our own, which are the same within float32.

What is trained runs on `eqmorph.model.mel` wherever torchaudio is not: a test pins the two to each other.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from types import ModuleType

import numpy as np

from eqmorph._typing import Float32, Float64
from eqmorph.audio.windows import grid_at
from eqmorph.model.mel import MelBands, mel_of_cells, weights_of_cells

__all__ = ["cells_to_mel", "front_end", "torchaudio_weights"]


@lru_cache(maxsize=1)
def _torchaudio() -> ModuleType | None:
    """Return torchaudio, if it loads: installed beside a torch that it wasn't built for, it does not."""
    try:
        import torchaudio
    except (ImportError, OSError, RuntimeError, AttributeError):  # as loading compiled code fails
        return None
    loaded: ModuleType = torchaudio
    return loaded


def front_end() -> str:
    """Return whose mel bands these are, for an encoder's card."""
    found = _torchaudio()
    return f"torchaudio {found.__version__}" if found is not None else "eqmorph"


@lru_cache(maxsize=32)
def cells_to_mel(sample_rate: int, bands: MelBands) -> Float32:
    """Return what a cell's power gives to each band (c, count), as `eqmorph.model.mel.mel_of_cells` does."""
    if _torchaudio() is None:
        return mel_of_cells(sample_rate, bands)
    return weights_of_cells(torchaudio_weights(sample_rate, bands, frame=grid_at(sample_rate).frame), sample_rate)


def torchaudio_weights(sample_rate: int, bands: MelBands, *, frame: int) -> Float64:
    """Return torchaudio's weight of each bin of a frame in each band (f, count).

    Raises:
        ImportError: it does not load.
    """
    found = _torchaudio()
    if found is None:
        raise ImportError("torchaudio does not load", name="torchaudio")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # bands narrower than a bin are empty, which is meant
        weights = found.functional.melscale_fbanks(
            frame // 2 + 1,
            bands.low_hz,
            bands.high_hz,
            bands.count,
            sample_rate,
            norm="slaney" if bands.equal_area else None,
            mel_scale=bands.scale,
        )
    return np.asarray(weights.numpy(), dtype=float)
