"""What networks are given, in torch: the same numbers as in numpy, and the exact response of an EQ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support import need_extras

need_extras("train")

import torch

from eqmorph.analysis.inputs import Inputs
from eqmorph.audio.windows import grid_at
from eqmorph.bands.response import BandArrays, prototype_db
from eqmorph.model.mel import MelBands
from eqmorph.model.reference import Reference
from eqmorph.model.settings import as_bands, from_safe
from eqmorph.train.audio.inputs import TorchInputs, stack_stretches
from eqmorph.train.nets import response_at

RATES = (44_100, 16_000, 96_000)
SAFE = [
    [6, 120, -3, 300, 0.7, 4, 1000, 2.0, -9, 3000, 0.3, 8, 6000],
    [-12, 60, 12, 500, 10.0, 0, 700, 1.0, 3, 2000, 5.0, -6, 9000],
    [2, 400, 1, 90, 0.1, -7, 4000, 1.5, 5, 5000, 3.0, 12, 4000],
]


def power_of(rng: np.random.Generator, rate: int, stretches: int) -> np.ndarray:
    """Power in cells that falls steeply, as music's does (t, c)."""
    grid = grid_at(rate)
    shape = grid.bins / grid.freq_hz**1.5
    return (shape * rng.lognormal(0, 1.5, (stretches, len(shape)))).astype(np.float32)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
def test_the_response_is_that_of_bands(rate: int) -> None:
    settings = from_safe(SAFE)
    freqs = np.geomspace(20, 0.44 * rate, 200)
    found = response_at(
        torch.tensor(settings, dtype=torch.float32),
        torch.tensor(np.tile(freqs, (3, 1)), dtype=torch.float32),
        torch.full((3,), float(rate)),
    ).numpy()
    exact = np.array([prototype_db(BandArrays.of(as_bands(row).bands), freqs, rate) for row in settings])
    np.testing.assert_allclose(found, exact, atol=2e-3)
    # What is rendered has coefficients in single precision: near it, no more.
    rendered = np.array([as_bands(row).response_db(freqs, rate) for row in settings])
    np.testing.assert_allclose(found, rendered, atol=0.15)
    assert np.abs(exact).max() > 10


@pytest.mark.parametrize("kind", ["mel", "curve"])
@pytest.mark.parametrize("stretches", [1, 8])
def test_torch_gives_the_numbers_that_numpy_gives(
    kind: Any, stretches: int, reference: Reference, rng: np.random.Generator
) -> None:
    mel = MelBands(count=64, low_hz=20.0)
    inputs = Inputs(kind, mel, np.linspace(-3, 3, 64) if kind == "mel" else reference.neutral_db)
    power = [power_of(rng, rate, stretches) for rate in RATES]
    batch = stack_stretches(power, RATES)
    settings = torch.tensor(from_safe(SAFE), dtype=torch.float32)
    gain = response_at(settings, batch.freq_hz, torch.tensor(RATES, dtype=torch.float32))
    for factors, given in ((torch.ones_like(gain), batch), (10 ** (gain / 10), batch.equalized(gain))):
        found = TorchInputs(inputs)(given).numpy()
        for row, own, factor, rate in zip(found, power, factors.numpy(), RATES, strict=True):
            expected = inputs.of((own * factor[: own.shape[1]])[None], rate)[0]
            np.testing.assert_allclose(row, expected, atol=1e-3)


def test_an_eq_can_be_differentiated(rng: np.random.Generator) -> None:
    inputs = TorchInputs(Inputs("mel", MelBands(count=16, low_hz=50.0), np.zeros(16)))
    batch = stack_stretches([power_of(rng, 44_100, 2)], [44_100])
    settings = torch.tensor(from_safe(SAFE[:1]), dtype=torch.float32, requires_grad=True)
    gain = response_at(settings, batch.freq_hz, torch.tensor([44_100.0]))
    (inputs(batch.equalized(gain)) ** 2).mean().backward()
    assert settings.grad is not None
    assert torch.isfinite(settings.grad).all()
    assert (settings.grad[0, :10] != 0).all()
