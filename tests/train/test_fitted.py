"""Settings made of answers, where nobody saved any."""

import numpy as np
import pytest

from eqmorph.bands import SHELF_Q
from eqmorph.errors import InputError
from eqmorph.model.settings import as_bands, curves_of, on_grid, rms
from eqmorph.train.corpus import AUDEALIZE_HZ, Answer, Corpus
from eqmorph.train.dataset import training_set, word_means
from eqmorph.train.fitted import TYPICAL_RMS_DB, fitted_settings
from tests.train import made_up


def answer(word: str, seed: int) -> Answer:
    """A smooth curve of unit variance, another for each seed."""
    ripple = np.random.default_rng(seed).normal(size=3) @ [np.sin(np.arange(40) * k / 9) for k in (1, 2, 3)]
    return Answer(word, "en", 1, 0.5, tuple(map(float, (ripple - ripple.mean()) / ripple.std())))


def crowd_only() -> Corpus:
    return Corpus(curves=made_up.crowd(), answers=tuple(answer("warm", seed) for seed in range(6)))


def test_each_answer_and_each_mean_without_answers_becomes_a_setting() -> None:
    words, settings = fitted_settings(crowd_only())
    assert words == [("warm",)] * 6 + [("frío",)]
    assert settings.shape == (7, 15)
    for setting in settings:
        assert len(as_bands(setting)) == 5
        assert np.exp(setting[[10, 14]]) == pytest.approx(SHELF_Q)


def test_it_goes_the_way_that_was_answered_as_far_as_people_go() -> None:
    _, settings = fitted_settings(crowd_only())
    curves = curves_of(settings)
    np.testing.assert_allclose(rms(curves), TYPICAL_RMS_DB, rtol=0.15)
    for curve, asked in zip(curves, crowd_only().answers, strict=False):
        assert np.corrcoef(curve, on_grid(asked.curve, AUDEALIZE_HZ))[0, 1] > 0.9


def test_a_crowd_alone_is_something_to_learn_from() -> None:
    data = training_set(crowd_only())
    assert data.fitted
    assert data.classes == ["warm"]
    assert not word_means(data)  # the same answers don't count twice
    assert not training_set(made_up.corpus()).fitted


def test_nothing_at_all_is_not() -> None:
    with pytest.raises(InputError, match="nothing to learn from"):
        training_set(Corpus())
