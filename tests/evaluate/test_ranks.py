import pytest

from eqmorph.evaluate.ranks import auc, rank_correlation


def test_ranks() -> None:
    assert rank_correlation([1, 2, 3, 4], [10, 20, 30, 400]) == pytest.approx(1)
    assert rank_correlation([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
    assert rank_correlation([1, 2, 2, 3], [1, 3, 3, 2]) == pytest.approx(1 / 3)  # ties share their place
    assert rank_correlation([1, 1, 1], [1, 2, 3]) == 0
    assert auc([1, 2, 3], [4, 5, 6]) == 1
    assert auc([1, 2, 3], [1, 2, 3]) == pytest.approx(0.5)
    assert auc([1, 3], [2, 4]) == pytest.approx(0.75)
