import pytest

from eqmorph.model import SemanticSpace


@pytest.fixture(scope="session")
def space() -> SemanticSpace:
    """Return the shipped model."""
    return SemanticSpace.load()
