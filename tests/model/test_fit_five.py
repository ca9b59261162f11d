import numpy as np
import pytest

from eqmorph.bands.fit import improve_bands
from eqmorph.bands.response import BandArrays
from eqmorph.model.fit_five import _Response, fit_five
from eqmorph.model.settings import GRID_HZ, IS_BELL, IS_HIGH, RATE, as_bands, curve_of, curves_of, rms, settings_of


def some_settings(count: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    places = np.exp(rng.uniform(np.log([60, 150, 400, 1500, 4000]), np.log([200, 500, 1500, 5000, 12_000]), (count, 5)))
    q = np.where(IS_BELL, rng.uniform(0.4, 3, (count, 5)), rng.uniform(0.4, 0.95, (count, 5)))
    return np.concatenate([rng.uniform(-9, 9, (count, 5)), np.log(places), np.log(q)], axis=1)


@pytest.mark.parametrize("seed", range(4))
def test_curve_and_jacobian_are_those_of_the_bands(seed: int) -> None:
    setting = some_settings(1, seed)[0]
    response = _Response(setting)
    curve, jacobian = response.curve, response.jacobian()
    np.testing.assert_allclose(curve, curves_of(setting[None])[0], atol=1e-10)
    for i in range(15):
        step = np.zeros(15)
        step[i] = 1e-5
        slope = (curves_of((setting + step)[None])[0] - curves_of((setting - step)[None])[0]) / 2e-5
        np.testing.assert_allclose(jacobian[i], slope, atol=2e-5)


def test_a_level_that_counts_has_its_own_slope() -> None:
    setting, kept = some_settings(1, 8)[0], 0.25
    level = float(_full(BandArrays(IS_BELL, IS_HIGH, setting[:5], np.exp(setting[5:10]), np.exp(setting[10:]))).mean())
    response = _Response(setting, kept)
    assert response.curve.mean() == pytest.approx(kept * level)
    jacobian = response.jacobian()
    for i in range(15):
        step = np.zeros(15)
        step[i] = 1e-5
        slope = (_Response(setting + step, kept).curve - _Response(setting - step, kept).curve) / 2e-5
        np.testing.assert_allclose(jacobian[i], slope, atol=2e-5)


def test_it_finds_what_the_engine_finds() -> None:
    wanted = some_settings(12, 1)
    starts = wanted + np.random.default_rng(2).normal(0, 0.15, wanted.shape)
    ours, engine = [], []
    for start, curve in zip(starts, curves_of(wanted), strict=True):
        ours.append(fit_five(start, curve, steps=40, good_enough_db=0, settled=0).error_db)
        gain, freq, q = start[:5], np.exp(start[5:10]), np.exp(start[10:])
        arrays = BandArrays(IS_BELL, IS_HIGH, gain, freq, q)
        # The engine takes a level as meant, so it is given the one that the wanted bands have.
        gain, freq, q = np.split(wanted[len(engine)], 3)
        level = improve_bands(
            arrays, GRID_HZ, _full(BandArrays(IS_BELL, IS_HIGH, gain, np.exp(freq), np.exp(q))), RATE, steps=40
        )
        engine.append(float(np.sqrt(level.error)))
    assert np.median(ours) < 0.1
    assert np.median(ours) <= np.median(engine) + 0.05


def _full(arrays: BandArrays) -> np.ndarray:
    from eqmorph.bands.response import prototype_db

    return prototype_db(arrays, GRID_HZ, RATE)


def test_it_is_never_worse_than_its_start_and_always_valid() -> None:
    rng = np.random.default_rng(5)
    for setting in some_settings(20, 5):
        target = rng.normal(0, 8, len(GRID_HZ))
        found = fit_five(setting, target - target.mean(), steps=6)
        assert found.error_db <= rms(curves_of(setting[None])[0] - (target - target.mean())) + 1e-9
        as_bands(found.setting)  # raises if a value is out of range
        np.testing.assert_allclose(found.curve_db, curves_of(found.setting[None])[0], atol=1e-9)


def test_bands_and_settings_go_both_ways() -> None:
    setting = some_settings(1, 9)[0]
    bands = as_bands(setting)
    np.testing.assert_allclose(settings_of(bands), setting, atol=1e-12)
    np.testing.assert_allclose(curve_of(bands), curves_of(setting[None])[0], atol=1e-9)
