"""The ear: what it says of a sound, and that it knows what an equalizer will make of it."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from eqmorph._typing import Float32
from eqmorph.analysis import Ear, listen, load_ear
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.demo import synthesise
from eqmorph.errors import UsageError
from eqmorph.kind import Kind
from eqmorph.presets import take_bands
from eqmorph.render import Renderer

RATE = 44_100
EQS = [
    "LS 120 +6",
    "HS 8k -9; PK 400 +3 Q1",
    "LS 100 -6; PK 300 -4 Q1.5; PK 1200 +5 Q0.7; PK 4000 -6 Q3; HS 9k +8",
    "PK 60 +12 Q4; PK 15k -12 Q2",
]


def rendered(music: Float32, bands: Bands, rate: int = RATE) -> Float32:
    return Renderer(bands, rate).process(music)


def heard(music: Float32, rate: int = RATE) -> Spectra:
    return listen([music], rate)


@pytest.mark.parametrize("text", EQS)
def test_what_is_predicted_is_what_is_rendered(text: str, ear: Ear, music: Float32) -> None:
    bands = take_bands(text).bands
    ear = ear.of(Kind.MIX)
    predicted = ear.hear(heard(music), bands)
    reached = ear.hear(heard(rendered(music, bands)))
    difference = np.abs(predicted.scores - reached.scores)
    assert difference.mean() <= 0.008  # the last is narrower and higher than any decision: 0.0068; music: 0.002
    assert difference.max() <= 0.035
    assert np.abs(reached.scores - ear.hear(heard(music)).scores).max() > 0.2  # so there was something to predict


def test_windows_are_predicted_too(ear: Ear, music: Float32) -> None:
    bands = take_bands(EQS[2]).bands
    predicted = ear.scores(ear.window_curves(heard(music), bands))
    reached = ear.scores(ear.window_curves(heard(rendered(music, bands))))
    assert np.abs(predicted - reached).mean() <= 0.01


def test_a_word_its_own_eq_adds(ear: Ear, music: Float32) -> None:
    before = ear.hear(heard(music))
    for word in ("warm", "bright", "muddy", "airy", "thin"):
        after = ear.hear(heard(music), ear.space.equalizer(f"{word}:0.5").bands)
        assert after.score(word) - before.score(word) == pytest.approx(0.5, abs=0.2)
        assert after.percentile(word) > before.percentile(word)


def test_level_does_not_matter(ear: Ear, music: Float32) -> None:
    np.testing.assert_allclose(ear.hear(heard(music)).scores, ear.hear(heard(music * 0.001)).scores, atol=0.01)


def test_percentiles_grow_with_scores(ear: Ear) -> None:
    ladder = np.linspace(-6, 6, 200)
    places = ear.percentiles(np.repeat(ladder[:, None], len(ear.space.terms), axis=1))
    assert (np.diff(places, axis=0) >= 0).all()
    assert (places >= 0).all()
    assert (places <= 1).all()
    assert (places[-1] > 0.9).all()
    assert (places[0] < 0.1).all()


def test_percentiles_are_uniform_on_the_reference(ear: Ear) -> None:
    places = ear.percentiles(ear.scores(ear.reference.curves_db))
    weights = ear.reference.weights
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        below = weights @ (places <= share)
        np.testing.assert_allclose(below, share, atol=weights.max())


def test_words_in_is_the_same_as_all_words(ear: Ear) -> None:
    curves = ear.reference.curves_db[:5]
    words = ["warm", "airy", "bright"]
    at = [ear.space.words.index(word) for word in words]
    scores, places = ear.words_in(curves, words)
    np.testing.assert_allclose(scores, ear.scores(curves)[:, at])
    np.testing.assert_allclose(places, ear.percentiles(ear.scores(curves))[:, at])
    assert ear.percentile("airy", curves[0]) == pytest.approx(places[0, 1])
    nothing, nowhere = ear.words_in(curves, [])
    assert nothing.shape == nowhere.shape == (5, 0)


def test_a_profile_names_its_numbers(ear: Ear, music: Float32) -> None:
    profile = ear.hear(heard(music))
    at = profile.words.index("warm")
    assert profile.score("warm") == profile.scores[at]
    assert profile.percentile("warm") == profile.percentiles[at]
    np.testing.assert_allclose(profile.latent, ear.space.encode(profile.curve_db), atol=1e-6)
    assert not profile.is_silent


def test_a_word_that_is_none_is_named(ear: Ear, music: Float32) -> None:
    profile = ear.hear(heard(music))
    for ask in (profile.score, profile.percentile):
        with pytest.raises(UsageError, match="'qqxz'") as caught:
            ask("qqxz")
        assert caught.value.hint


def test_silence_is_flat_and_said_to_be_silent(ear: Ear) -> None:
    profile = ear.hear(heard(np.zeros((2, RATE), np.float32)))
    assert profile.is_silent
    assert not profile.curve_db.any()
    assert not profile.scores.any()
    assert not profile.latent.any()


def test_sounds_together_count_alike_however_loud(ear: Ear, music: Float32) -> None:
    dark = rendered(music, take_bands("HS 2k -12").bands)
    loud_first = ear.common_curve([heard(music), heard(0.01 * dark)])
    loud_last = ear.common_curve([heard(0.01 * music), heard(dark)])
    np.testing.assert_allclose(loud_first, loud_last, atol=0.05)
    alone = ear.hear(heard(music)).curve_db
    np.testing.assert_allclose(ear.common_curve([heard(music)]), alone, atol=0.05)


def test_the_plane_holds_the_reference(ear: Ear) -> None:
    latents = ear.space.encode(ear.reference.curves_db)
    places = ear.plane.place(latents)
    weights = ear.reference.weights
    np.testing.assert_allclose(weights @ places, 0, atol=1e-5)
    np.testing.assert_allclose(ear.plane.axes @ ear.plane.axes.T, np.eye(2), atol=1e-6)
    spread = weights @ (latents - weights @ latents) ** 2
    np.testing.assert_allclose(weights @ places**2 / spread.sum(), ear.plane.share, rtol=1e-4)
    assert ear.plane.share[0] > ear.plane.share[1]


def test_the_plane_is_the_same_each_time(ear: Ear) -> None:
    again = Ear(ear.space, ear.reference).plane
    assert np.array_equal(again.axes, ear.plane.axes)
    for axis in ear.plane.axes:
        assert axis[np.abs(axis).argmax()] > 0


def test_a_profile_is_compared_and_shown_in_short(ear: Ear, music: Float32) -> None:
    profile, again = ear.hear(heard(music)), ear.hear(heard(music))
    assert profile == again
    assert profile != ear.hear(heard(music), Bands.parse("LS 120 +6"))
    assert profile != "a profile"
    assert len(repr(profile)) < 80
    assert re.fullmatch(r"Profile\(\w+ \d+%, \w+ \d+%, \w+ \d+%; \d+ words\)", repr(profile))
    assert repr(ear.hear(listen([np.zeros((1, RATE), np.float32)], RATE))).startswith("Profile(silence; ")


def test_a_notebook_shows_the_curves(ear: Ear, music: Float32) -> None:
    bands = Bands.parse("LS 120 +6")
    for shown in (bands, ear.hear(heard(music))):
        assert shown._repr_html_().startswith("<svg")
    assert "LS 120 +6" in bands._repr_html_()


# Kinds of sound.


def syllables(seconds: float = 3.0) -> Float32:
    """A buzz of two formants that takes turns with hiss, four times a second (1, frames)."""
    when = np.arange(round(seconds * RATE)) / RATE
    rng = np.random.default_rng(3)
    buzz = sum(np.sin(2 * np.pi * 120 * n * when) / (1 + abs(n - 5)) for n in range(1, 25))
    hiss = np.convolve(rng.standard_normal(len(when)), [1, -0.9], "same")
    turn = np.clip(np.sin(2 * np.pi * 4 * when + np.sin(2 * np.pi * 0.6 * when)), 0, 1) ** 0.5
    pause = np.clip(np.sin(2 * np.pi * 4 * when + 3 + np.sin(2 * np.pi * 0.6 * when)) - 0.5, 0, 1)
    return np.asarray(0.1 * (turn * buzz + 0.4 * pause * hiss)[None], np.float32)


def hit() -> Float32:
    when = np.arange(round(0.5 * RATE)) / RATE
    noise = np.random.default_rng(4).standard_normal(len(when))
    return np.asarray(0.3 * (np.sin(2 * np.pi * 60 * when) + 0.2 * noise)[None] * np.exp(-12 * when), np.float32)


TILTS = ["LS 200 +9; HS 4k -9", "LS 200 -9; HS 4k +9"]


@pytest.mark.parametrize("text", ["LS 100 0", *TILTS])
def test_kinds_are_told_by_ear_whatever_eq_they_have(ear: Ear, text: str) -> None:
    bands = take_bands(text).bands
    song = synthesise("little-mix")
    mix = Renderer(bands, song.sample_rate).process(song.audio)
    assert ear.kind_of(listen([mix], song.sample_rate)) is Kind.MIX
    assert ear.kind_of(heard(rendered(syllables(), bands))) is Kind.SPEECH
    assert ear.kind_of(heard(rendered(hit(), bands))) is Kind.INSTRUMENT


def test_a_sound_is_heard_against_others_of_its_kind(ear: Ear) -> None:
    sound = heard(syllables())
    own = ear.for_sound(sound)
    assert own.kind is Kind.SPEECH
    assert own.reference is ear.reference.kinds[Kind.SPEECH]
    assert own.hear(sound).percentile("warm") != ear.hear(sound).percentile("warm")
    assert own.for_sound(heard(hit())) is own  # it is settled
    assert ear.of(Kind.SPEECH) is own
    assert own.of(Kind.MIX) is ear.of(Kind.MIX)


def test_what_can_t_be_told_is_heard_against_all(ear: Ear) -> None:
    silence = heard(np.zeros((1, RATE), np.float32))
    assert ear.for_sound(silence).kind is None
    sound = replace(heard(syllables()), traits=None)
    own = ear.for_sound(sound)
    assert own.kind is None
    assert own.is_settled
    assert own.hear(sound) == ear.hear(sound)


def test_a_set_is_of_the_kind_that_most_of_its_time_is(ear: Ear) -> None:
    hits, talk = [heard(hit())] * 3, heard(syllables())
    assert ear.for_set([*hits, talk]).kind is Kind.SPEECH
    assert ear.for_set([*hits, *hits, *hits, talk]).kind is Kind.INSTRUMENT
    assert ear.for_set([]).kind is None
    assert ear.of(Kind.MIX).for_set(hits).kind is Kind.MIX


def test_ears_of_other_kinds_have_other_names_but_one_plane(ear: Ear) -> None:
    ears = [ear, ear.of(None), *map(ear.of, Kind)]
    assert len({each.identity for each in ears}) == len(ears)
    for each in ears:
        np.testing.assert_array_equal(each.plane.axes, ear.plane.axes)


def test_a_kind_can_be_said(ear: Ear) -> None:
    assert load_ear(kind="mix").kind is Kind.MIX
    assert load_ear() is ear
    with pytest.raises(UsageError, match="unknown kind"):
        load_ear(kind="song")
