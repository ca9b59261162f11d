import numpy as np
import pytest

from eqmorph.adapt.region import bend_to_limit, region_curve
from eqmorph.analysis import Ear
from eqmorph.bands import erb_rate
from eqmorph.model import GRID_HZ

TERM = 6 * np.tanh((erb_rate(GRID_HZ) - 20) / 5)  # a word that lifts highs and lowers lows


def test_gives_more_where_the_sound_lacks_the_word_and_less_where_it_has_it() -> None:
    usual = region_curve(np.zeros(64), TERM)
    lacking, having = region_curve(-TERM, TERM), region_curve(TERM, TERM)
    assert np.all(np.abs(lacking) >= np.abs(usual) - 1e-9)
    assert np.all(np.abs(having) <= np.abs(usual) + 1e-9)
    assert np.abs(lacking).mean() > 2 * np.abs(usual).mean() > 4 * np.abs(having).mean()


def test_every_sound_is_moved_the_way_it_was_asked_to(rng: np.random.Generator) -> None:
    for curve in rng.uniform(-18, 18, (50, 64)):
        asked = region_curve(curve, TERM)
        assert np.all(asked * TERM >= 0.04 * TERM**2)


def test_works_region_by_region() -> None:
    """A sound that is weak at both ends has the word's lows but lacks its highs."""
    share = region_curve(np.full(64, -8.0), TERM) / TERM
    low, high = erb_rate(GRID_HZ) < 12, erb_rate(GRID_HZ) > 28
    assert share[high].mean() > 4 * share[low].mean()


def test_yields_where_the_sound_stands_out_already() -> None:
    """Two octaves of boom: there the bass of a word is held back, though the sound as a whole lacks the word."""
    places = erb_rate(GRID_HZ)
    word = np.where(places < 14, 6.0, -2.0)
    boom = 12 * np.exp(-0.5 * ((places - 4) / 2) ** 2) - 4 * np.exp(-0.5 * ((places - 12) / 3) ** 2)
    share = region_curve(boom, word) / word
    assert share[places < 5].max() < 0.5 * share[(places > 10) & (places < 13)].min()


def test_takes_no_bass_from_a_sound_whose_highs_stand_out_to_make_it_brighter() -> None:
    """Strong at both ends: less bass would make it as sharp as more highs. Words that lower the highs still do."""
    places = erb_rate(GRID_HZ)
    bass = places < 8
    boom = np.where(bass, 8.0, -4.0)
    boom_and_hiss = np.where(places > 27, 12.0, boom)
    assert np.abs(region_curve(boom_and_hiss, TERM)[bass]).mean() < 0.3 * np.abs(region_curve(boom, TERM)[bass]).mean()
    darker = region_curve(boom_and_hiss, -TERM)[bass] / region_curve(boom, -TERM)[bass]
    np.testing.assert_allclose(darker, 1, atol=0.3)


def test_many_sounds_at_once_are_each_as_alone(rng: np.random.Generator) -> None:
    sounds = rng.uniform(-10, 10, (4, 64))
    for sound, together in zip(sounds, region_curve(sounds, TERM), strict=True):
        np.testing.assert_allclose(together, region_curve(sound, TERM))


@pytest.mark.parametrize("most_db", [3.0, 12.0])
def test_the_limit_bends_and_holds(most_db: float) -> None:
    wide = np.linspace(-60, 60, 64)
    bent = bend_to_limit(wide, most_db)
    assert np.abs(bent).max() <= most_db
    assert np.all(np.diff(bent) > 0)
    small = np.linspace(-most_db / 3, most_db / 3, 64)
    np.testing.assert_allclose(bend_to_limit(small, most_db), small, atol=0.005 * most_db)


def test_a_usual_sound_gets_a_good_part_of_every_common_word(ear: Ear) -> None:
    for word in ("warm", "bright", "airy", "boomy"):
        term = ear.space.terms[word].curve_db
        share = float(region_curve(np.zeros(64), term) @ term / (term @ term))
        assert 0.5 < share <= 1


def test_a_weaker_word_asks_for_less_in_the_same_way() -> None:
    sound, word = np.linspace(-6, 6, 64), np.linspace(4, -4, 64)
    full, half = region_curve(sound, word), region_curve(sound, 0.5 * word)
    np.testing.assert_allclose(half, 0.5 * full)
