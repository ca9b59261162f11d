"""One sound's EQ on its way through the chain: heard as often as needed, and accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from eqmorph._typing import Float32
from eqmorph.adapt.adaptive import AdaptiveEq
from eqmorph.adapt.fixed import BandsEq
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.sound_eq import SoundEq
from eqmorph.analysis import MAIN_WORDS, Ear
from eqmorph.audio.read import AudioInfo
from eqmorph.bands import Bands

RATE = 22_050


@pytest.fixture
def audio(rng: np.random.Generator) -> Float32:
    return (0.1 * rng.standard_normal((2, 2 * RATE))).astype(np.float32)


def info(audio: Float32) -> AudioInfo:
    return AudioInfo(Path("song.wav"), RATE, 2, audio.shape[1], "WAV", "PCM_16")


def adaptive(ear: Ear, word: str = "calm") -> AdaptiveEq:
    return AdaptiveEq(ear, Goal(ear.space.target(word)))


def test_bands_are_decided_on_without_reading_a_block(audio: Float32) -> None:
    def blocks() -> Iterator[Float32]:
        pytest.fail("it was read")
        yield audio

    eq = SoundEq.decide(BandsEq(Bands.parse("LS 120 +3")), RATE, blocks, hear_result=True)
    eq.on_rendered(audio)
    assert eq.choice.bands == Bands.parse("LS 120 +3")
    assert eq.account(is_same=False) is None
    assert eq.trajectory(info(audio), None) is None


@pytest.mark.parametrize("hear_result", [True, False])
def test_a_result_is_heard_only_where_it_is_asked_for(ear: Ear, audio: Float32, hear_result: bool) -> None:
    eq = SoundEq.decide(adaptive(ear), RATE, lambda: [audio], hear_result=hear_result)
    eq.on_rendered(audio)
    account = eq.account(is_same=False)
    assert account is not None
    assert (account.words[0].percentile_reached is not None) == hear_result
    if hear_result:  # what was given back is the sound itself
        assert account.words[0].percentile_reached == pytest.approx(account.words[0].percentile_before, abs=1e-3)


def test_a_trajectory_follows_the_words_asked_for_and_says_what_was_done(ear: Ear, audio: Float32) -> None:
    eq = SoundEq.decide(adaptive(ear), RATE, lambda: [audio], hear_result=False)
    trajectory = eq.trajectory(info(audio), eq.account(is_same=False))
    assert trajectory is not None
    assert trajectory["words"] == [*MAIN_WORDS, "calm"]
    assert trajectory["applied"] is not None
    assert trajectory["applied"]["bands"] == eq.choice.bands.to_list()
