"""What stands out is what a person would look at first, and nothing does among files that are alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eqmorph.report.stand_out import Measures, outliers


def alike(count: int = 40) -> list[Measures]:
    rng = np.random.default_rng(0)
    return [
        Measures("warm", False, 1.0, float(before), float(before) + 0.2, float(rng.normal(3, 0.3)), 0.0, 0.0)
        for before in rng.uniform(0.4, 0.5, count)
    ]


def test_nothing_stands_out_of_what_is_alike() -> None:
    assert not any(one.score for one in outliers(alike()))
    assert outliers([]) == []


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"before": 0.02, "after": 0.05}, "ends at 5% warm, others around"),
        ({"before": 0.01, "after": 0.66}, "moves unlike the others: warm 1% → 66%"),
        ({"largest_db": 11.9}, "changed by 11.9 dB at most"),
        ({"trim_db": -7.0}, "trimmed by −7.0 dB"),
        ({"quieter_db": 6.5}, "ended 6.5 dB quieter than it came"),
        ({"before": 0.5, "after": 0.45}, "warm 50% → 45%"),
    ],
)
def test_what_stands_out_says_why(odd: dict[str, float], why: str) -> None:
    files = alike()
    files[7] = replace(files[7], **odd)
    found = outliers(files)
    assert why in found[7].why
    assert found[7].score >= 3.5
    assert sum(one.score > 0 for one in found) == 1


def test_going_the_wrong_way_is_told_even_of_a_single_file() -> None:
    less = Measures("harsh", sign=-1.0, before=0.5, after=0.6)
    assert outliers([less])[0].why == "went the wrong way: harsh 50% → 60%"
    assert not outliers([replace(less, after=0.4)])[0].why
    farther = Measures("hit.wav", is_distance=True, before=2.0, after=4.0)
    assert outliers([farther])[0].why == "went the wrong way: hit.wav 2.0 dB → 4.0 dB"


def test_few_files_and_unknown_numbers_are_no_reason() -> None:
    few = [Measures("warm", before=0.1, after=after) for after in (0.2, 0.9, 0.3)]
    assert not any(one.score for one in outliers(few))
    assert not any(one.score for one in outliers([Measures()] * 50))
