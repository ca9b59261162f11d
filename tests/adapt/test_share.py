"""A share of an EQ is the same EQ, smaller, whatever holds it back."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.adapt.share import ShareEq
from eqmorph.analysis import Ear, listen
from eqmorph.audio.windows import Spectra
from eqmorph.model import GRID_HZ
from eqmorph.request import EqRequest
from tests.support import noise_block

RATE = 44_100


@pytest.fixture(scope="module")
def spectra() -> Spectra:
    return listen([noise_block(2 * RATE)], RATE)


@pytest.mark.parametrize("words", ["warm:2", "warm + muddy:-1", "airy"])
def test_it_is_that_share_of_the_curve_and_says_what_becomes_of_the_sound(
    ear: Ear, spectra: Spectra, words: str
) -> None:
    eq = EqRequest(words).resolve(ear)
    whole, half = eq.decide(RATE, spectra), ShareEq(eq, 0.5).decide(RATE, spectra)
    curves = [choice.bands.response_db(GRID_HZ, RATE) for choice in (whole, half)]
    assert np.abs(curves[1] - curves[0] / 2).max() < 0.2
    assert half.decision is not None
    assert half.decision.bands == half.bands
    own = ear.for_sound(spectra)
    assert half.decision.predicted == own.hear(spectra, half.bands)


def test_an_album_has_a_share_of_its_one_eq(ear: Ear, spectra: Spectra) -> None:
    eq = EqRequest("warm", album=True).resolve(ear)
    shared = ShareEq(eq, 0.5).for_set(lambda: [spectra, spectra])
    whole = eq.for_set(lambda: [spectra, spectra]).decide(RATE, spectra)
    half = shared.decide(RATE, spectra)
    assert np.abs(half.bands.response_db(GRID_HZ, RATE)).max() == pytest.approx(
        np.abs(whole.bands.response_db(GRID_HZ, RATE)).max() / 2, abs=0.2
    )
    assert half.decision is not None
    assert half.decision.album is not None


def test_silence_and_bands_have_shares_too(ear: Ear) -> None:
    silence = listen([np.zeros((2, RATE), np.float32)], RATE)
    assert ShareEq(EqRequest("warm").resolve(ear), 0.5).decide(RATE, silence).bands.is_flat


def test_shares_are_told_apart(ear: Ear) -> None:
    eq = EqRequest("warm").resolve(ear)
    assert ShareEq(eq, 0.5).facts() != ShareEq(eq, 0.6).facts() != eq.facts()
    assert ShareEq(eq, 0.5).doubts == eq.doubts
