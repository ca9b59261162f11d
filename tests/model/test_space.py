import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.model import SemanticSpace, load_space
from eqmorph.model.settings import GRID_HZ, curve_of, rms
from eqmorph.target import Target

WORDS = ["warm", "bright", "punchy", "soft", "airy", "frío"]


def test_the_vocabulary_is_large_and_has_no_junk(space: SemanticSpace) -> None:
    english = [t for t in space.terms.values() if t.language == "en"]
    spanish = [t for t in space.terms.values() if t.language == "es"]
    assert len(english) >= 250
    assert len(spanish) >= 80
    assert not {"test", "re27", "guitar", "bastard", "default", "vocals"} & set(space.terms)


def test_the_origin_is_exactly_flat(space: SemanticSpace) -> None:
    assert not space.encode(np.zeros(64)).any()
    bands = space.decode(np.zeros(40, np.float32))
    assert all(abs(b.gain_db) <= 1e-6 for b in bands)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-30, 30), min_size=24, max_size=24))
def test_any_latent_decodes_to_valid_bands(latent: list[float]) -> None:
    bands = load_space().decode(np.array(latent, dtype=np.float32))
    assert len(bands) == 5  # and each was validated when it was made


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(WORDS), st.floats(-2, 2), min_size=1))
def test_any_target_gives_bands_that_do_what_is_asked(weights: dict[str, float]) -> None:
    made = load_space().equalizer(Target.of(weights.items()))
    assert np.abs(made.wanted_db).max() <= 12 + 1e-9
    assert made.error_db <= 0.15 + 0.5 * rms(made.wanted_db)
    np.testing.assert_allclose(made.curve_db, curve_of(made.bands), atol=1e-6)


def test_warm_lifts_the_lows_and_bright_the_highs(space: SemanticSpace) -> None:
    warm, bright = (space.equalizer(word).bands.response_db([200.0, 6000.0]) for word in ("warm", "bright"))
    assert warm[0] > warm[1] + 4
    assert bright[1] > bright[0] + 4


def test_weights_scale_and_signs_turn_a_word(space: SemanticSpace) -> None:
    one, half, minus = (space.equalizer(t).curve_db for t in ("warm:0.8", "warm:0.4", "warm:-0.8"))
    assert rms(half - one / 2) < 0.4
    assert rms(minus + one) < 0.6


def test_asking_for_too_much_is_turned_down_and_said(space: SemanticSpace) -> None:
    made = space.equalizer("bright:2 + tinny:2")
    assert made.scale < 1
    assert np.abs(made.wanted_db).max() == pytest.approx(12)


def test_a_word_scores_one_on_its_own_curve_and_high_among_people(space: SemanticSpace) -> None:
    curve = space.term("warm").curve_db
    assert space.scores(curve)["warm"] == pytest.approx(1)
    assert space.scores(-curve)["warm"] == pytest.approx(-1)
    assert space.percentiles(curve)["warm"] > 0.8
    assert space.percentiles(-curve)["warm"] < 0.2


def test_neighbours_and_opposites(space: SemanticSpace) -> None:
    near = dict(space.neighbours("warm", 5))
    assert len(near) == 5
    assert "warm" not in near
    assert min(near.values()) > 0.7
    word, likeness = space.opposite("warm")
    assert likeness < -0.7
    assert space.terms[word].language == "en"
    assert all(space.terms[w].language == "es" for w, _ in space.neighbours("frío"))


def test_evidence_makes_confidence(space: SemanticSpace) -> None:
    warm, hollow = space.term("warm"), space.term("hollow")
    assert warm.rows > 500
    assert warm.people > 100
    assert warm.confidence > 0.7 > hollow.confidence
    assert hollow.agreement < 0
    assert space.equalizer("warm").confidence == pytest.approx(warm.confidence)


def test_words_fold_and_unknown_ones_are_refused_with_the_nearest(space: SemanticSpace) -> None:
    assert space.term("Brighter").word == "bright"
    with pytest.raises(UsageError) as caught:
        space.term("wram")
    assert "spelling: warm" in caught.value.hint
    assert "meaning:" in caught.value.hint


def test_search_finds_parts_of_words_and_else_the_nearest(space: SemanticSpace) -> None:
    assert {"warm"} <= {t.word for t in space.search("war")}
    assert space.search("brihgt")[0].word == "bright"


def test_descriptions_say_what_the_curve_does(space: SemanticSpace) -> None:
    text = space.equalizer("warm").description
    assert "Hz" in text
    assert "dB" in text
    from eqmorph.model.describe import describe_curve

    assert describe_curve(np.zeros(64)) == "changes next to nothing"
    bell = 6 * np.exp(-(np.log(GRID_HZ / 1000) ** 2) / 0.1)
    assert describe_curve(bell) == "lifts 1 kHz by 6 dB"
    shelf = -5 / (1 + (7000 / GRID_HZ) ** 6)
    assert describe_curve(shelf).startswith("softens above 6")


def test_an_equalizer_is_plain_data_too(space: SemanticSpace) -> None:
    made = space.equalizer("warmer, a bit less harsh")
    data = json.loads(json.dumps(made.to_dict(), allow_nan=False))
    assert data["target"] == "warm + harsh:-0.5"
    assert Bands.from_list(data["bands"]) == made.bands
    assert len(data["curve"]["freq_hz"]) == len(data["curve"]["gain_db"]) == 64
    assert data["description"] == made.description
