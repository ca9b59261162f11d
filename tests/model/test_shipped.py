"""The shipped model against its own card: on made-up settings anywhere, on the real data where it is."""

import os
from pathlib import Path

import numpy as np
import pytest

from eqmorph.model import SemanticSpace
from eqmorph.model.files import shipped_folder
from eqmorph.model.fit_five import fit_five
from eqmorph.model.network import LINEAR
from eqmorph.model.settings import curves_of, rms
from eqmorph.train.data import file_sha256, load_corpus
from tests.support import need_extras

DATA = Path(os.environ.get("EQMORPH_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
SAFE, ANSWERS = DATA / "SAFEEqualiserUserData.csv", DATA / "eq_contributions.csv"
needs_data = pytest.mark.skipif(
    not (SAFE.is_file() and ANSWERS.is_file()),
    reason=f"SAFE-DB and SocialFX's answers are not in {DATA} (set EQMORPH_DATA)",
)


def refined(space: SemanticSpace, curves: np.ndarray) -> np.ndarray:
    """Return what curves (n, 64) are decoded to (n, 64), by the run time's own way."""
    return np.array([space.nearest_bands(curve)[1] for curve in curves])


def test_the_model_is_a_few_megabytes() -> None:
    assert sum(p.stat().st_size for p in shipped_folder().iterdir()) < 4e6


def test_the_card_reports_its_bars_reached_but_the_one_written_down(space: SemanticSpace) -> None:
    missed = [
        bar["title"]
        for bar in space.card["evaluation"]["bars"]
        if not (bar["value"] >= bar["limit"] if bar["at_least"] else bar["value"] <= bar["limit"])
    ]
    assert missed == ["all-word balanced accuracy"]


def test_it_does_on_made_up_settings_what_its_card_says(space: SemanticSpace) -> None:
    from eqmorph.train.dataset import training_set
    from eqmorph.train.synthetic import synthetic_corpus

    said = space.card["checks"]["synthetic"]
    curves = training_set(synthetic_corpus(200, seed=1)).curves
    error = rms(refined(space, curves) - curves)
    assert error.mean() == pytest.approx(said["response_db"], abs=0.02)
    assert np.quantile(error, 0.95) == pytest.approx(said["response_p95_db"], abs=0.05)
    assert rms(refined(space, -curves) + curves).mean() == pytest.approx(said["negative_db"], abs=0.02)


def test_onnx_computes_what_numpy_does(space: SemanticSpace) -> None:
    need_extras("onnx")
    import onnxruntime as runtime

    curves = space.curves[::20]
    session = runtime.InferenceSession(str(shipped_folder() / "encoder.onnx"), providers=["CPUExecutionProvider"])
    latents = session.run(None, {"input": curves.astype(np.float32)})[0]
    np.testing.assert_allclose(latents, space.encode(curves), atol=1e-4)
    session = runtime.InferenceSession(str(shipped_folder() / "decoder.onnx"), providers=["CPUExecutionProvider"])
    settings = session.run(None, {"input": np.ascontiguousarray(latents[:, :LINEAR])})[0]
    for setting, latent in zip(settings, latents, strict=True):
        start = curves_of(setting[None].astype(float))[0]
        assert rms(start - fit_five(setting.astype(float), start, steps=0).curve_db) < 0.05
        assert len(space.decode(latent)) == 5


@needs_data
def test_it_was_made_from_these_files(space: SemanticSpace) -> None:
    assert space.card["data_sha256"] == {path.name: file_sha256(path) for path in (SAFE, ANSWERS)}
    corpus = load_corpus(safe=SAFE, contributions=ANSWERS)
    asked = {c.word for c in corpus.curves if c.people > 1}
    assert asked <= set(space.terms)
    assert {w for s in corpus.settings for w in s.words} | {c.word for c in corpus.curves} >= {
        t.word for t in space.terms.values() if t.rows or t.people
    }
    left_out, said = corpus.drop_summary(), dict(space.card["counts"]["dropped"])
    assert left_out == said


@needs_data
def test_it_does_on_the_real_data_what_its_card_says(space: SemanticSpace) -> None:
    need_extras("train")
    from eqmorph.train.dataset import training_set, word_means
    from eqmorph.train.evidence import correlation
    from eqmorph.train.recipes.response import crowd_in_range

    said = space.card["checks"]["data"]
    data = training_set(load_corpus(safe=SAFE, contributions=ANSWERS))
    error = rms(refined(space, data.curves) - data.curves)
    assert error.mean() == pytest.approx(said["response_db"], abs=0.02)
    crowd = crowd_in_range(data)
    error = rms(refined(space, crowd) - crowd)
    assert error.mean() == pytest.approx(said["crowd_db"], abs=0.02)
    assert error.mean() <= 0.45
    assert np.quantile(error, 0.9) <= 0.85
    asked = dict(zip(data.crowd_words.tolist(), data.crowd, strict=True))
    for word, least in (("warm", 0.76), ("bright", 0.88)):
        mean = word_means(data)[word][0]
        found = space.nearest_bands(4 * mean / rms(mean))[1]
        assert correlation(found, asked[word]) >= least - 0.02


@needs_data
def test_words_do_what_people_did_and_say_how_far_these_agree(space: SemanticSpace) -> None:
    need_extras("train")
    from eqmorph.train.charts import read_charts
    from eqmorph.train.evidence import WordBuilder, correlation

    corpus = load_corpus(safe=SAFE, contributions=ANSWERS)
    words = WordBuilder.of(corpus, charts=read_charts()).from_corpus(corpus).words
    for word in ("warm", "bright", "heavy", "loud", "tinny", "deep", "cold"):
        term, built = space.term(word), words[word]
        assert (term.people, term.rows, term.charts) == (built.people, built.rows, built.charts)
        assert term.agreement == pytest.approx(built.agreement, abs=1e-3)
        assert correlation(term.curve_db, built.curve_db) > 0.9
