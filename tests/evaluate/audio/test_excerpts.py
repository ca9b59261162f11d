from pathlib import Path

import numpy as np

from eqmorph.analysis import listen
from eqmorph.evaluate.audio.excerpts import load_excerpts, read_excerpt


def test_excerpts_are_split_by_corpus_and_can_be_read_again(music: list[tuple[str, Path]]) -> None:
    excerpts = load_excerpts(music, most_files=2)
    assert [excerpt.corpus for excerpt in excerpts] == ["one", "one", "two", "two"]
    samples, rate = read_excerpt(excerpts[0].excerpt)
    np.testing.assert_array_equal(listen([samples], rate).power, excerpts[0].spectra.power)
