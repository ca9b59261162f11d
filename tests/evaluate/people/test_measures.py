import numpy as np
import pytest

from eqmorph.evaluate.people import measures
from eqmorph.model.settings import GRID_HZ
from eqmorph.model.space import SCORED
from eqmorph.train.corpus import AUDEALIZE_HZ
from eqmorph.train.evidence import correlation

OCTAVES = np.log2(GRID_HZ / 1000)


def curves(count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.array([np.interp(OCTAVES, np.linspace(-6, 5, 8), rng.normal(size=8)) for _ in range(count)])


def test_correlations_are_those_of_the_evidence() -> None:
    some = curves(5, 0)
    expected = [correlation(curve, some[0]) for curve in some]
    np.testing.assert_allclose(measures.correlations(some, some[0]), expected)
    assert measures.correlations(np.zeros(64), some[0]) == 0


def test_strength_and_level_do_not_count_in_db_error() -> None:
    a, b = curves(2, 1)
    assert measures.error_db(a, 3 * a + 5) == pytest.approx(0, abs=1e-9)
    assert measures.error_db(a, -a) == pytest.approx(2 * measures.STRENGTH_DB)
    r = correlation(a, b)
    assert measures.error_db(a, b) == pytest.approx(measures.STRENGTH_DB * np.sqrt(2 * (1 - r)))
    assert SCORED.sum() < 64


@pytest.mark.parametrize("measure", [measures.energy_distance, measures.level_matched_mmd])
def test_a_sample_is_at_no_distance_from_itself(measure) -> None:
    some = curves(9, 2)
    assert measure(some, some[::-1]) == pytest.approx(0, abs=1e-7)
    assert measure(some, -some) > 0.1


def test_the_energy_distance_of_two_points_is_twice_their_distance() -> None:
    a, b = measures.at_strength(curves(2, 3))
    assert measures.energy_distance(a[None], b[None]) == pytest.approx(2 * np.sqrt(np.mean((a - b) ** 2)))


def test_the_published_mmd_of_two_points_follows_from_its_kernel() -> None:
    a, b = curves(2, 4)
    units = measures.collected_points(np.array([a, b]))
    distance = np.linalg.norm(units[0] - units[1])
    found = measures.published_mmd(5 * a[None], units[1:])
    assert found == pytest.approx(np.sqrt(2 - 2 * np.exp(-distance / 2)))
    assert units.shape == (2, len(AUDEALIZE_HZ))


def test_the_level_matched_mmd_of_two_points_follows_from_its_kernel() -> None:
    """The median of one distance is that distance: the kernel is exp(-1/2) there."""
    a, b = curves(2, 5)
    assert measures.level_matched_mmd(a[None], b[None]) == pytest.approx(np.sqrt(2 - 2 * np.exp(-0.5)))
    some = curves(6, 6)
    assert measures.level_matched_mmd(7 * some + 3, some) == pytest.approx(0, abs=1e-7)


def test_more_alike_samples_are_nearer() -> None:
    many = curves(200, 7)
    tilted = many + 0.7 * OCTAVES
    for measure in (measures.energy_distance, measures.level_matched_mmd):
        assert measure(many[:100], many[100:]) < measure(many[:100], tilted[100:])
