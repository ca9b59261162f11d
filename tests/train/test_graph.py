import numpy as np

from eqmorph.train.graph import WordGraph
from tests.train import meaning

SEEDS = [("en", "bright"), ("en", "dull"), ("en", "lonely"), ("en", "unlisted")]
GRAPH = WordGraph(meaning.thesaurus(), SEEDS)


def near(word: str) -> dict[str, float]:
    place = meaning.thesaurus().place["en", word]
    return dict(zip([seed for _, seed in SEEDS], GRAPH.to_seeds(np.array([place]))[0], strict=True))


def test_a_synonym_is_near_and_the_contrary_of_a_word_far_on_the_other_side() -> None:
    assert near("shiny")["bright"] > 0 > near("shiny")["dull"]
    assert near("drab")["dull"] > 0 > near("drab")["bright"]


def test_nearness_fades_with_each_step() -> None:
    assert near("shiny")["bright"] > near("gleaming")["bright"] > 0


def test_what_no_link_leads_to_stands_alone() -> None:
    kernel = GRAPH.among_seeds
    assert near("shiny")["lonely"] == near("shiny")["unlisted"] == 0
    np.testing.assert_array_equal(kernel[2:, :2], 0)


def test_the_kernel_is_symmetric_and_of_unit_size() -> None:
    kernel = GRAPH.among_seeds
    np.testing.assert_allclose(kernel, kernel.T)
    np.testing.assert_array_equal(np.diag(kernel), 1)
    assert np.abs(kernel - np.eye(4)).max() < 1
