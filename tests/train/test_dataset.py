import numpy as np

from eqmorph.train.dataset import TrainingSet, folds, training_set, word_means
from eqmorph.train.synthetic import synthetic_corpus


def test_folds_are_stratified_seeded_and_whole(data: TrainingSet) -> None:
    splits = folds(data, seed=1)
    assert sum(len(f.test.settings) for f in splits) == len(data.settings)
    for fold in splits:
        assert len(fold.train.settings) + len(fold.test.settings) == len(data.settings)
        counts = [int((fold.test.labels == word).sum()) for word in data.classes]
        assert max(counts) - min(counts) <= 1
        held = {tuple(row) for row in fold.test.settings}
        assert not held & {tuple(row) for row in fold.train.settings}
    again, other = folds(data, seed=1), folds(data, seed=2)
    assert np.array_equal(splits[0].test.settings, again[0].test.settings)
    assert not np.array_equal(splits[0].test.settings, other[0].test.settings)


def test_settings_saved_twice_or_without_effect_count_once_or_not() -> None:
    corpus = synthetic_corpus(40)
    assert len(training_set(corpus + corpus).settings) == 40
    flat = type(corpus.settings[0])(("warm",), (0, 100, 0, 300, 1, 0, 900, 1, 0, 3000, 1, 0, 9000))
    assert len(training_set(type(corpus)((*corpus.settings, flat))).settings) == 40


def test_word_means_weigh_people_not_decibels(data: TrainingSet) -> None:
    mean, rows = word_means(data)["warm"]
    assert rows == 20
    assert np.sqrt(np.mean(mean**2)) < 1
