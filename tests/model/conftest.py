import pytest

from eqmorph.model import SemanticSpace


@pytest.fixture(scope="session")
def space() -> SemanticSpace:
    """The shipped model."""
    return SemanticSpace.load()
