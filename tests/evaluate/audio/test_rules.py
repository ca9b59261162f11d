import numpy as np

from eqmorph.analysis import load_ear
from eqmorph.evaluate.audio.rules import FIXED, RULES


def test_rules_are_what_they_are_called() -> None:
    space = load_ear().space
    term = space.terms["bright"].curve_db
    sounds = np.array([np.zeros(64), term, -term])
    made = {name: rule(sounds, term, 12.0) for name, rule in RULES.items()}
    np.testing.assert_allclose(made[FIXED], np.tile(term, (3, 1)))
    np.testing.assert_allclose(made["difference"], [term, 0 * term, 2 * term])
    np.testing.assert_allclose(made["literal"], [term / 2, term, 0 * term], atol=1e-9)
    np.testing.assert_allclose(made["axis"][:2], [term, 0 * term], atol=1e-9)
    strengths = np.abs(made["region"]).mean(axis=1)
    assert strengths[1] < strengths[0] < strengths[2]
