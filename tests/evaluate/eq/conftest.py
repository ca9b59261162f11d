import pytest

from eqmorph.train.dataset import TrainingSet, training_set
from tests.train import made_up


@pytest.fixture(scope="session")
def data() -> TrainingSet:
    return training_set(made_up.corpus())
