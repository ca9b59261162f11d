"""GraphicEQ text, Wavelet's too."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph._typing import Float64
from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.exchange import find_format, read_eq, write_eq
from eqmorph.exchange.format import Outgoing
from eqmorph.exchange.graphic import WAVELET_HZ
from eqmorph.exchange.measure import heard_hz
from tests.exchange.eqs import NEAR_ENOUGH_DB, RATES, off_db, proof_eqs, random_eqs

GRAPHIC, WAVELET = find_format("graphiceq"), find_format("wavelet")


def points(text: str) -> tuple[Float64, Float64]:
    """Parse the text as those who take it do."""
    rows = [point.split() for point in text.removeprefix("GraphicEQ: ").split(";")]
    freqs_hz, gains_db = zip(*((float(hz), float(db)) for hz, db in rows), strict=True)
    return np.array(freqs_hz), np.array(gains_db)


@pytest.mark.parametrize("rate", RATES)
def test_its_straight_lines_do_what_is_rendered_here(rate: int) -> None:
    for eq in proof_eqs():
        written = write_eq(eq, GRAPHIC, sample_rate=rate)
        freqs_hz, gains_db = points(written.data.decode())
        assert set(WAVELET_HZ) <= set(freqs_hz)
        assert gains_db.max() <= 0
        lowered_db = Outgoing(eq.at_rate(rate).bands, rate).preamp_db
        curve_db = np.interp(np.log(heard_hz(rate, eq)), np.log(freqs_hz), gains_db) - lowered_db
        off = off_db(eq, curve_db, rate)
        has_notch = any(band.kind == "notch" for band in eq)  # of which straight lines hold all but the bottom
        assert off < NEAR_ENOUGH_DB or (has_notch and f"up to {off:.2f} dB" in written.notes[-1]), str(eq)


def test_wavelet_gets_its_own_frequencies_and_nothing_else() -> None:
    text = write_eq(Bands.parse("LS 120 +6; PK 3000 -4 Q2"), WAVELET).data.decode()
    freqs_hz, gains_db = points(text)
    assert tuple(freqs_hz) == WAVELET_HZ
    assert len(WAVELET_HZ) == 127
    assert WAVELET_HZ[:5] + WAVELET_HZ[-3:] == (20, 21, 22, 23, 24, 17809, 18812, 19871)
    assert gains_db.max() <= 0
    assert "\n" not in text
    assert "nan" not in text


def test_wavelet_says_what_its_points_miss() -> None:
    rate, said = RATES[1], 0
    for eq in proof_eqs():
        written = write_eq(eq, WAVELET, sample_rate=rate)
        freqs_hz, gains_db = points(written.data.decode())
        curve_db = np.interp(np.log(heard_hz(rate, eq)), np.log(freqs_hz), gains_db)
        off = off_db(eq, curve_db - Outgoing(eq.at_rate(rate).bands, rate).preamp_db, rate)
        if off >= NEAR_ENOUGH_DB:
            said += 1
            assert any(f"up to {off:.2f} dB" in note for note in written.notes)
    assert said


@pytest.mark.parametrize("eq", [*random_eqs(4), Bands.parse("LS 100 +6"), Bands.parse("HS 2000 -5")], ids=str)
def test_a_graphic_eq_becomes_bands_and_says_how_near(eq: Bands) -> None:
    taken = read_eq(write_eq(eq, GRAPHIC).data.decode())
    assert taken is not None
    freqs_hz = heard_hz(48_000)
    off_by_level = eq.response_db(freqs_hz) - taken.bands.response_db(freqs_hz)
    assert np.ptp(off_by_level) < 0.5
    assert "fitted to it differ by up to" in taken.notes[0]


def test_a_level_that_means_nothing_is_left_out() -> None:
    taken = read_eq("GraphicEQ: 20 -1; 200 -1; 1000 -4; 5000 -1; 20000 -1")
    assert taken is not None
    assert taken.bands.response_db([30.0, 1000.0]) == pytest.approx([0, -3], abs=0.3)
    assert "its level of -1.0 dB is left out" in taken.notes[1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("GraphicEQ: 20 0; 100", "line 1, point 2: '100' is no point"),
        ("\nGraphicEQ: 20 0; 100 nan", "line 2, point 2: 'nan' is not a number"),
        ("GraphicEQ: 20 0; 100 1e5", "out of range"),
        ("GraphicEQ: 100 0", "no curve"),
        ("GraphicEQ:", "no curve"),
        ("GraphicEQ: 20 0; 200 1\nGraphicEQ: 20 0; 200 1", "several"),
        ("GraphicEQ: " + "20 0;" * 5000, "5000 points"),
    ],
)
def test_what_cant_be_taken_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_eq(text)
