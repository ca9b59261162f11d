import time

import numpy as np
import pytest

from eqmorph.adapt.decide import decide
from eqmorph.adapt.descend import descend
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.limits import Limits
from eqmorph.adapt.move import best_move
from eqmorph.adapt.refine import Objective
from eqmorph.adapt.wish import wish_of
from eqmorph.analysis import Ear
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.model import GRID_HZ
from eqmorph.model.limit import limit_bands


def rough_and_objective(ear: Ear, spectra: Spectra, word: str) -> tuple[Bands, Objective]:
    curve = ear.curve(spectra)
    goal, limits = Goal(ear.space.target(f"{word}:1"), max_gain_db=12.0), Limits([spectra], 12.0)

    def curve_after(bands: Bands) -> np.ndarray:
        return ear.curve(spectra, bands)

    move = best_move(ear, curve, wish_of(ear, curve, goal, limits), limits, curve_after)
    return move.bands, Objective(ear, curve, move.wanted_db, move.bands, curve_after)


@pytest.mark.parametrize("word", ["warm", "bright", "harsh"])
def test_refined_bands_are_better_by_the_objective_and_quick(ear: Ear, sounds: list[Spectra], word: str) -> None:
    better = []
    for spectra in sounds[:3]:
        rough, objective = rough_and_objective(ear, spectra, word)
        begun = time.process_time()
        fine = decide(ear, spectra, Goal(ear.space.target(f"{word}:1"), max_gain_db=12.0, refine=True)).bands
        assert time.process_time() - begun < 1.5  # 0.1 s on a quiet machine
        better.append(objective(rough) - objective(fine))
        assert np.std(fine.response_db(GRID_HZ) - rough.response_db(GRID_HZ)) < 2.5
    assert min(better) >= 0  # a limit may leave it no room
    assert np.count_nonzero(np.greater(better, 0)) >= 2


def test_the_objective_counts_distance_departure_and_coloration(ear: Ear, sounds: list[Spectra]) -> None:
    rough, objective = rough_and_objective(ear, sounds[1], "warm")
    assert objective(rough) < objective(rough.scaled(0.5, 48_000.0)) < objective(Bands())
    # What only colors where the sound is loud costs more than the same where it is not.
    loud, quiet = (
        sum(objective(Bands([*rough, *Bands.parse(f"bell {freq} {gain:+} q2")])) for gain in (-4, 4))
        for freq in (500, 18_000)
    )
    assert loud > quiet > 2 * objective(rough)


def test_refining_is_never_worse_than_its_start_and_keeps_the_limit() -> None:
    start = Bands.parse("LS 200 +3; bell 300 +1 q1; bell 1000 -2 q1; bell 3000 +2 q1; HS 8000 -3")
    wanted = 9 * np.sin(np.linspace(0, 6, len(GRID_HZ)))

    def residuals(bands: Bands) -> np.ndarray:
        return bands.response_db(GRID_HZ) - wanted

    for limit in (2.0, 5.0, 12.0):
        begin = limit_bands(start, 1.0, limit).bands
        fine = descend(begin, residuals, limit)
        assert np.sum(residuals(fine) ** 2) < np.sum(residuals(begin) ** 2)
        assert np.abs(fine.response_db(GRID_HZ)).max() <= limit + 1e-3


def test_refining_leaves_what_cannot_be_improved() -> None:
    start = Bands.parse("LS 200 +3; bell 300 +1 q1; bell 1000 -2 q1; bell 3000 +2 q1; HS 8000 -3")
    own = start.response_db(GRID_HZ)
    assert descend(start, lambda bands: bands.response_db(GRID_HZ) - own, 12.0) == start


def test_a_dip_of_fewer_bands_is_left_as_it_is(ear: Ear, sounds: list[Spectra]) -> None:
    target = ear.space.target("detailed:-0.5")
    rough, refined = (decide(ear, sounds[0], Goal(target, refine=refine)).bands for refine in (False, True))
    assert 0 < len(rough) < 5
    assert refined == rough
