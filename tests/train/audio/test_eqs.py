"""EQs to train with are drawn alike from all words, however unlike their numbers."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.errors import InputError
from eqmorph.model import SemanticSpace
from eqmorph.model.settings import settings_of
from eqmorph.train.audio.eqs import EqPool, decoded_eqs


def settings(count: int, gain: float) -> np.ndarray:
    """``count`` settings of one gain, as numbers to be known by."""
    rows = np.zeros((count, 15))
    rows[:, :5] = gain
    return rows


def test_words_are_drawn_alike(rng: np.random.Generator) -> None:
    people = {"common": settings(500, 1.0), "rare": settings(2, 2.0)}
    pool = EqPool(["common", "rare"], people, {"common": settings(3, 3.0), "rare": settings(3, 4.0)})
    drawn = pool.draw(4000, rng)
    words = np.bincount(drawn.words[drawn.words >= 0], minlength=2) / np.sum(drawn.words >= 0)
    assert words == pytest.approx([0.5, 0.5], abs=0.04)
    # Flat and mirrored ones stand for no word.
    gains = drawn.settings[:, 0]
    assert np.mean(gains == 0) == pytest.approx(0.1, abs=0.02)
    assert np.mean(gains < 0) == pytest.approx(0.3, abs=0.03)
    assert np.mean(drawn.words == -1) == pytest.approx(0.4, abs=0.03)


def test_kinds_are_drawn_alike(rng: np.random.Generator) -> None:
    """Half of the EQs are people's, half decoded, though the latter have one word and the former three."""
    people = {word: settings(9, 1.0) for word in ("a", "b", "c")}
    decoded = settings(9, 1.0)
    decoded[:, 5] = 5.0  # by which they are told apart
    pool = EqPool(["a", "b", "c"], people, {"c": decoded})
    drawn = pool.draw(4000, rng).settings
    assert np.mean(drawn[:, 5] == 5.0) == pytest.approx(0.5, abs=0.04)


def test_gains_stay_in_range(rng: np.random.Generator) -> None:
    drawn = EqPool(["a"], {"a": settings(2, 11.0)}, {}).draw(300, rng)
    assert np.abs(drawn.settings[:, :5]).max() == 12.0


def test_decoded_ones_are_near_their_word(space: SemanticSpace) -> None:
    found = decoded_eqs(space, ["warm", "bright"], seed=0)
    assert {word: rows.shape for word, rows in found.items()} == {"warm": (6, 15), "bright": (6, 15)}
    assert np.ptp(found["warm"][:, 0]) > 0.5
    np.testing.assert_array_equal(found["warm"], decoded_eqs(space, ["warm", "bright"], seed=0)["warm"])
    assert not np.allclose(found["warm"][0], settings_of(space.equalizer("warm").bands))


def test_data_and_words_make_a_pool(eqs: EqPool) -> None:
    """Words that too few people vouch for are not trained with."""
    assert {"warm", "bright"} <= set(eqs.words)
    assert len(eqs.sha256) == 64
    assert EqPool(["a"], {"a": settings(1, 1.0)}, {}).sha256 != EqPool(["a"], {"a": settings(1, 2.0)}, {}).sha256
    with pytest.raises(InputError, match="no EQs"):
        EqPool(["a"], {}, {})
