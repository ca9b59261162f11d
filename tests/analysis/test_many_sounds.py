"""Many sounds at once are heard as each would be by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eqmorph.analysis import Ear, listen
from eqmorph.audio.windows import Spectra, as_one_window
from tests.support import noise_block


@pytest.fixture(scope="module")
def sounds() -> list[Spectra]:
    """Return sounds of two rates: even, in bursts, silent, and one whose kind can't be told."""
    found = []
    for seed, rate in enumerate((22_050, 44_100, 22_050, 44_100)):
        block = noise_block(4 * rate, 1, seed=seed)
        time = np.arange(4 * rate) / rate
        found.append(listen([block * np.float32(np.exp(-(time % (seed + 1)) * 8 * seed))], rate))
    silent = listen([np.zeros((1, 22_050), np.float32)], 22_050)
    return [*found, silent, replace(found[0], traits=None)]


def test_the_kinds_of_many_are_those_of_each(ear: Ear, sounds: list[Spectra]) -> None:
    kinds = ear.kinds_of(sounds)
    assert kinds == [ear.kind_of(sound) for sound in sounds]
    assert len(set(kinds)) > 1
    assert ear.kinds_of([]) == []


@pytest.mark.parametrize("whole", [False, True])
def test_the_curves_of_many_are_those_of_each(ear: Ear, sounds: list[Spectra], whole: bool) -> None:
    given = [as_one_window(sound) for sound in sounds] if whole else sounds
    curves = ear.curves_of(given)
    assert curves.shape == (len(sounds), 64)
    np.testing.assert_allclose(curves, [ear.curve(sound) for sound in sounds], atol=1e-4)
    assert ear.curves_of([]).shape == (0, 64)
