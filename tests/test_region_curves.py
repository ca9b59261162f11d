import numpy as np
import pytest

from eqmorph.errors import UsageError
from eqmorph.model import GRID_HZ
from eqmorph.region_curves import HIGHEST_DB, REGION_RMS_DB, region_curve


@pytest.mark.parametrize(
    "name", ["sub", "lows", "low-mids", "mids", "high-mids", "highs", "300Hz", "200-400Hz", "20Hz"]
)
def test_a_part_of_the_spectrum_has_a_curve_like_a_word(name: str) -> None:
    curve = region_curve(name)
    assert curve.shape == GRID_HZ.shape
    assert curve.mean() == pytest.approx(0, abs=1e-9)
    rms = np.sqrt(np.mean(curve**2))
    assert rms <= REGION_RMS_DB + 1e-9
    assert np.ptp(curve) <= HIGHEST_DB + 1e-9
    assert rms == pytest.approx(REGION_RMS_DB) or np.ptp(curve) == pytest.approx(HIGHEST_DB)


def test_a_curve_is_high_where_its_part_is() -> None:
    assert GRID_HZ[region_curve("300Hz").argmax()] == pytest.approx(300, rel=0.1)
    assert region_curve("highs").argmax() == len(GRID_HZ) - 1
    assert region_curve("lows").argmax() == 0


def test_all_of_the_spectrum_has_no_shape() -> None:
    assert not region_curve("20-20000Hz").any()


def test_a_word_is_no_part_of_the_spectrum() -> None:
    with pytest.raises(UsageError, match="warm"):
        region_curve("warm")
