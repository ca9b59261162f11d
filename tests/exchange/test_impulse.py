"""Impulse responses as WAV."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile as sf

from eqmorph._typing import Float64
from eqmorph.bands import Bands
from eqmorph.exchange import find_format, write_eq
from eqmorph.exchange.format import Outgoing
from tests.exchange.eqs import NEAR_ENOUGH_DB, RATES, curve_of, off_db, proof_eqs


def response(eq: Bands, name: str, rate: int) -> Float64:
    written = write_eq(eq, find_format(name), sample_rate=rate)
    with sf.SoundFile(io.BytesIO(written.data)) as file:
        assert (file.samplerate, file.channels, file.subtype) == (rate, 1, "FLOAT")
        samples: Float64 = file.read()
    return samples


@pytest.mark.parametrize("name", ["ir", "ir-linear"])
@pytest.mark.parametrize("rate", RATES)
def test_it_does_what_is_rendered_here(name: str, rate: int) -> None:
    for eq in proof_eqs():
        lowered_db = Outgoing(eq.at_rate(rate).bands, rate).preamp_db
        curve_db = curve_of(response(eq, name, rate), rate, eq, lowered_db, 1.0)
        if off_db(eq, curve_db, rate) >= NEAR_ENOUGH_DB:  # without phase, a notch rings for ever
            assert any(band.kind == "notch" for band in eq), str(eq)
            assert any("it is cut off while it rings" in note for note in write_eq(eq, find_format(name)).notes)


def test_even_the_narrowest_low_band_is_held() -> None:
    eq = Bands.parse("PK 20 +12 Q10; PK 18k -12 Q10")
    for name in ("ir", "ir-linear"):
        lowered_db = Outgoing(eq, 48_000).preamp_db
        curve_db = curve_of(response(eq, name, 48_000), 48_000, eq, lowered_db, 1.0)
        assert off_db(eq, curve_db, 48_000) < NEAR_ENOUGH_DB


def test_minimum_phase_begins_at_once_and_linear_phase_is_symmetric() -> None:
    eq = Bands.parse("LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3")
    minimum, linear = response(eq, "ir", 48_000), response(eq, "ir-linear", 48_000)
    assert np.argmax(np.abs(minimum)) == 0
    assert len(linear) % 2 == 1
    assert linear == pytest.approx(linear[::-1], abs=1e-9)
    assert np.argmax(np.abs(linear)) == len(linear) // 2
    written = write_eq(eq, find_format("ir-linear"))
    assert any(f"{len(linear) // 2} samples late" in note for note in written.notes)


def test_nothing_is_louder_than_it_came() -> None:
    eq = Bands.parse("LS 300 +12")
    assert curve_of(response(eq, "ir", 48_000), 48_000, eq, level=1.0).max() <= 0.001


def test_flat_is_an_impulse() -> None:
    samples = response(Bands(), "ir", 44_100)
    assert samples[0] == 1
    assert not np.any(samples[1:])
