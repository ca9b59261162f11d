"""Channels that differ: what comes of a sound in the middle is what the two channels are, in power."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.bands import Bands
from eqmorph.render import Renderer
from tests.support import noise_block

FREQS_HZ = np.geomspace(60, 16_000, 40)
RATE = 48_000


@pytest.mark.parametrize(
    "line",
    ["M: PK 300 -6", "S: HS 8k +6", "L: PK 1k +9", "LS 120 +3 | L: HP 200 | R: LP 5k | M: PK 2k -4 | S: PK 2k +6"],
)
def test_a_sound_in_the_middle_gets_the_power_that_is_told(line: str) -> None:
    bands = Bands.parse(line)
    impulse = np.zeros((2, RATE), dtype=np.float32)
    impulse[:, 0] = 0.5
    spectra = np.abs(np.fft.rfft(Renderer(bands, RATE).process(impulse).astype(float))) ** 2 / 0.25
    found_db = 10 * np.log10(np.interp(FREQS_HZ, np.fft.rfftfreq(RATE, 1 / RATE), spectra.mean(axis=0)))
    np.testing.assert_allclose(found_db, bands.response_db(FREQS_HZ, RATE), atol=0.02)


def test_what_has_no_sides_hears_nothing_of_theirs() -> None:
    bands = Bands.parse("S: HS 8k +6")
    assert np.abs(bands.response_db(FREQS_HZ, RATE)).max() == 0
    audio = np.repeat(noise_block(2000, 1), 2, axis=0)
    np.testing.assert_allclose(Renderer(bands, RATE).process(audio), audio, atol=1e-7)
