"""What all tests share: one seeded source of chance, and properties tried on the same examples every time."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile("eqmorph", derandomize=True, deadline=None, max_examples=50, database=None)
settings.load_profile("eqmorph")


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Random numbers: for each test its own, and the same in every run."""
    return np.random.default_rng(zlib.crc32(request.node.name.encode()))
