"""What tells kinds: the likeliest, unless it is not likely enough."""

import numpy as np

from eqmorph.audio.course import TRAITS
from eqmorph.kind import Kind
from eqmorph.model.teller import KindTeller


def teller() -> KindTeller:
    """The first trait speaks for a mix, the second for speech, the third for an instrument."""
    weights = np.zeros((3, TRAITS))
    weights[[0, 1, 2], [0, 1, 2]] = 2.0
    return KindTeller(np.zeros(TRAITS), np.ones(TRAITS), weights, np.zeros(3))


def traits(**at: float) -> np.ndarray:
    found = np.zeros(TRAITS)
    for name, value in at.items():
        found[int(name[1:])] = value
    return found


def test_the_likeliest_kind_is_told() -> None:
    assert [teller().tell(traits(**{f"t{at}": 1.5})) for at in range(3)] == list(Kind)


def test_where_two_are_as_likely_none_is_told() -> None:
    assert teller().tell(traits()) is None
    assert teller().tell(traits(t0=1.5, t1=1.49)) is None


def test_probabilities_are_ones_and_what_is_not_known_says_nothing() -> None:
    unknown = traits(t1=2.0)
    unknown[0] = np.nan
    found = teller().probabilities(np.array([unknown, traits(t1=2.0)]))
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_allclose(found[0], found[1])


def test_what_is_far_beyond_says_no_more_than_what_is_beyond() -> None:
    np.testing.assert_allclose(teller().probabilities(traits(t0=100.0)), teller().probabilities(traits(t0=3.0)))
