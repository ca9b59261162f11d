"""The parts that an EQ follows: sections, or windows that overlap; what can't be heard is none."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.adapt.parts import parts_of
from eqmorph.analysis import Ear, listen
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.render import Renderer
from tests.support import noise_block

RATE = 22_050


def heard(*stretches: tuple[float, str, float]) -> Spectra:
    """Listen to stretches of noise: seconds, EQ and amplitude of each."""
    sound = [
        Renderer(Bands.parse(bands), RATE).process(noise_block(round(seconds * RATE), 1, seed=at, amplitude=amplitude))
        for at, (seconds, bands, amplitude) in enumerate(stretches)
    ]
    return listen([np.concatenate(sound, axis=1)], RATE)


TWO = ((20.0, "HS 1000 -6", 0.1), (20.0, "HS 1000 +6", 0.1))


def test_sections_are_parts_of_their_own_windows(ear: Ear) -> None:
    spectra = heard(*TWO)
    dark, bright = parts_of(ear.for_sound(spectra), spectra, None)
    assert (dark.from_s, bright.to_s) == (0, 40)
    assert dark.to_s == bright.from_s == pytest.approx(20, abs=1)
    alone = heard(TWO[0])
    assert 10 * np.log10(dark.sound.mean_power[8:-4] / alone.mean_power[8:-4]) == pytest.approx(0, abs=1.0)
    assert dark.seconds + bright.seconds == pytest.approx(40, abs=4)


def test_where_there_are_no_sections_windows_are_parts(ear: Ear) -> None:
    spectra = heard((32.0, "flat", 0.1))
    parts = parts_of(ear.for_sound(spectra), spectra, None)
    assert [part.from_s for part in parts] == pytest.approx([4.0 * at for at in range(9)])
    assert all(part.from_s == part.to_s for part in parts)


def test_windows_look_before_and_after(ear: Ear) -> None:
    spectra = heard(*TWO)
    parts = parts_of(ear.for_sound(spectra), spectra, 8.0)
    highs = [float(part.sound.mean_power[-40:].sum() / part.sound.mean_power.sum()) for part in parts]
    at = [part.from_s for part in parts].index(16.0)
    assert highs[at] > 1.05 * highs[0]  # 16 s: what comes at 20 is seen
    assert highs[at] < highs[at + 1] < highs[at + 2]


@pytest.mark.parametrize("window_s", [None, 4.0])
def test_what_can_not_be_heard_is_no_part(ear: Ear, window_s: float | None) -> None:
    spectra = heard(TWO[0], (20.0, "flat", 1e-5), TWO[1])
    parts = parts_of(ear.for_sound(spectra), spectra, window_s)
    assert not [part for part in parts if window_s and 25 < part.from_s < 35]
    assert all(part.sound.energy[0] > 1e-6 for part in parts)


def test_what_is_shorter_than_a_window_is_one_part(ear: Ear) -> None:
    spectra = heard((0.3, "flat", 0.1))
    assert len(parts_of(ear.for_sound(spectra), spectra, 8.0)) == 1
    assert len(parts_of(ear.for_sound(spectra), spectra, None)) == 1
