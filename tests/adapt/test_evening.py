"""A part gets what its piece gets and what it differs by, where the words are at work."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.adapt.evening import even_bands, work_of
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import Ear, listen
from eqmorph.audio.windows import Spectra, as_one_window
from eqmorph.balance import Balance
from eqmorph.bands import Bands
from eqmorph.model import GRID_HZ
from eqmorph.render import Renderer
from eqmorph.target import Target, Weighted
from tests.support import noise_block

RATE = 44_100
TOP = GRID_HZ > 3000


def goal(**words: float) -> Goal:
    return Goal(Target(tuple(Weighted(word, weight) for word, weight in words.items())))


def part(bands: str) -> Spectra:
    sound = Renderer(Bands.parse(bands), RATE).process(noise_block(3 * RATE, 1))
    return as_one_window(listen([sound], RATE))


def given(ear: Ear, one: Spectra, asked: Goal, common: Spectra, piece_db: float = 0.0) -> np.ndarray:
    piece = np.full(len(GRID_HZ), piece_db)
    bands = even_bands(ear, one, asked, piece, ear.curve(common), work_of(ear, asked))
    return bands.response_db(GRID_HZ, RATE)


def test_a_dull_part_gets_highs_and_a_sharp_one_loses_some(ear: Ear) -> None:
    usual, asked = part("HS 1500 -6"), goal(bright=0.5)
    dull = given(ear, part("HS 1500 -10"), asked, usual)
    sharp = given(ear, part("HS 1500 -2"), asked, usual)
    assert dull[TOP].mean() - dull[~TOP].mean() > 2
    assert sharp[TOP].mean() - sharp[~TOP].mean() < -1


def test_a_part_like_the_others_gets_what_the_piece_gets(ear: Ear) -> None:
    usual = part("HS 1500 -6")
    done = given(ear, usual, goal(bright=0.5), usual)
    assert np.abs(done).max() < 0.3


def test_the_other_way_than_words_ask_nothing_goes_far(ear: Ear) -> None:
    usual, sharp = part("HS 1500 -12"), part("HS 1500 +6")
    done = given(ear, sharp, goal(bright=0.5), usual)
    # Levels apart, which are made up for: between what is raised and lowered lie six dB, not the eighteen that differ.
    assert np.ptp(done) < 8


def test_the_limit_holds_for_parts_too(ear: Ear) -> None:
    usual, dull = part("HS 1500 +6"), part("HS 1500 -12")
    for most_db in (3.0, 6.0):
        asked = Goal(Target((Weighted("bright", 1.0),)), max_gain_db=most_db)
        assert np.abs(given(ear, dull, asked, usual)).max() <= most_db + 1e-6


def test_words_work_where_their_curves_are(ear: Ear) -> None:
    assert work_of(ear, goal(bright=1.0))[GRID_HZ > 2500].min() > 0.9
    lobe = work_of(ear, goal(muddy=-1.0))
    assert lobe[np.abs(GRID_HZ - 300).argmin()] == 1
    assert lobe[GRID_HZ > 3000].max() == 0


def test_a_word_of_less_weight_is_evened_out_less(ear: Ear) -> None:
    alone, beside = work_of(ear, goal(muddy=-1.0)), work_of(ear, goal(muddy=-0.25, sibilant=-1.0))
    at = int(np.abs(GRID_HZ - 300).argmin())
    assert beside[at] == pytest.approx(alone[at] / 4, abs=0.01)


def test_a_reference_works_everywhere(ear: Ear) -> None:
    asked = Goal(Target(()), reference=Balance("x", tuple(np.zeros(len(GRID_HZ)).tolist())))
    assert np.all(work_of(ear, asked) == 1)


def test_less_of_it_is_less(ear: Ear) -> None:
    usual, dull = part("HS 1500 -2"), part("HS 1500 -8")
    whole, half = (
        given(ear, dull, Goal(Target((Weighted("bright", 1.0),)), amount=amount), usual) for amount in (1.0, 0.5)
    )
    assert 0.3 < np.ptp(half) / np.ptp(whole) < 0.8
