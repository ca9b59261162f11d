import numpy as np
import pytest

from tests.support import need_extras

need_extras("train")

from eqmorph.train.dataset import TrainingSet, folds
from eqmorph.train.metrics import algebra, latent_metrics, nearest_centroid, setting_metrics


class Perfect:
    """A recipe that keeps the setting itself, and its curve to tell words by."""

    parameters = 1

    def encode(self, settings: np.ndarray) -> np.ndarray:
        return settings.copy()

    def semantic(self, latents: np.ndarray) -> np.ndarray:
        return latents[:, :5]

    words = semantic

    def decode(self, latents: np.ndarray) -> np.ndarray:
        return latents.copy()


def test_a_perfect_recipe_measures_perfect(data: TrainingSet) -> None:
    fold = folds(data)[0]
    found = setting_metrics(Perfect(), fold.test)
    assert found["valid_percent"] == 100
    assert found["response_db"] == found["gain_db"] == found["q_octaves"] == 0
    assert latent_metrics(Perfect(), fold.train, fold.test)["two_accuracy"] > 0.5
    assert algebra(Perfect(), fold.test)["ray_db"] < 0.5


def test_invalid_settings_are_counted(data: TrainingSet) -> None:
    class Loud(Perfect):
        def decode(self, latents: np.ndarray) -> np.ndarray:
            out = latents.copy()
            out[: len(out) // 2, 0] = 12.5
            out[-1, 7] = np.nan
            return out

    n = len(data.settings)
    assert setting_metrics(Loud(), data)["valid_percent"] == pytest.approx(100 * (n - n // 2 - 1) / n)


def test_nearest_centroid_goes_by_direction() -> None:
    known = np.array([[1.0, 0], [2, 0.1], [0, 1], [0.1, 3]])
    labels = np.array(["a", "a", "b", "b"])
    assert nearest_centroid(known, labels, np.array([[9.0, 1], [0.1, 0.2]])).tolist() == ["a", "b"]
