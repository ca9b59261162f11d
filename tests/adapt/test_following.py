"""How an EQ may follow a piece."""

from __future__ import annotations

from typing import Any

import pytest

from eqmorph.adapt.following import Following
from eqmorph.errors import UsageError


@pytest.mark.parametrize("window_s", [0.5, 0.0, -3.0, 601.0, float("nan")])
def test_windows_have_a_range(window_s: float) -> None:
    with pytest.raises(UsageError, match="out of range") as refused:
        Following(window_s)
    assert "2 to 600 s" in str(refused.value.remedy)


@pytest.mark.parametrize("rate_db", [0.0, -1.0, 61.0, float("nan")])
def test_rates_have_a_range(rate_db: float) -> None:
    with pytest.raises(UsageError, match="dB a second is out of range"):
        Following(None, rate_db)


def test_sections_at_a_calm_rate_are_usual() -> None:
    assert Following() == Following(None, 3.0)


@pytest.mark.parametrize("how", [{"window_s": True}, {"rate_db": "3"}, {"window_s": "4"}])
def test_only_numbers_are_times_and_rates(how: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="is no number"):
        Following(**how)
