"""A reference as what is asked for: the same decision brings a sound nearer to it, within the same limits."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from eqmorph.adapt.account import Account
from eqmorph.adapt.adaptive import AdaptiveEq, AlbumEq
from eqmorph.adapt.decide import Decision, decide
from eqmorph.adapt.goal import USUAL_GAIN_DB, Goal
from eqmorph.adapt.likeness import reference_notes
from eqmorph.adapt.limits import Limit, Limits
from eqmorph.adapt.wish import difference_db
from eqmorph.analysis import Ear, listen
from eqmorph.analysis.balance_of import balance_of
from eqmorph.audio.windows import Spectra
from eqmorph.balance import Balance
from eqmorph.bands import Bands
from eqmorph.kind import Kind
from eqmorph.model import GRID_HZ
from eqmorph.target import Target
from tests.adapt.conftest import RATE, shaped_noise, tilted

NO_WORDS = Target(())


def balance(ear: Ear, spectra: Spectra) -> Balance:
    return balance_of(ear, spectra, "ref.wav")


def decided(
    ear: Ear,
    spectra: Spectra,
    reference: Balance,
    text: str = "",
    *,
    amount: float = 1.0,
    max_gain_db: float = USUAL_GAIN_DB,
    to_percentile: float | None = None,
) -> Decision:
    target = ear.space.target(text) if text else NO_WORDS
    return decide(ear, spectra, Goal(target, amount, max_gain_db, to_percentile, reference=reference))


def distances(decision: Decision) -> tuple[float, float]:
    assert decision.likeness is not None
    before, after = decision.before.curve_db, decision.predicted.curve_db
    return decision.likeness.distance_db(before), decision.likeness.distance_db(after)


def test_every_sound_comes_nearer_to_every_other(ear: Ear, sounds: list[Spectra]) -> None:
    for sound in sounds:
        for other in sounds:
            if other is not sound:
                decision = decided(ear, sound, balance(ear, other), max_gain_db=12.0)
                before, after = distances(decision)
                is_held = Limit.AUDIBLE in {bound.limit for bound in decision.binding}
                assert after < (0.8 if is_held else 0.2) * before


def test_no_limit_is_passed(ear: Ear, sounds: list[Spectra]) -> None:
    far = tilted(sounds[1], Bands.parse("LS 200 +12; PK 2000 -12 Q2; HS 6000 +12"))
    for most_db in (3.0, 6.0, 12.0):
        bands = decided(ear, sounds[2], balance(ear, far), max_gain_db=most_db).bands
        assert np.abs(bands.response_db(np.geomspace(20, 20_000, 500), RATE)).max() <= most_db + 0.01
        assert Limits([sounds[2]], most_db)._passed(bands) == set()


def test_what_is_not_there_is_not_raised(ear: Ear, sounds: list[Spectra]) -> None:
    dull = tilted(sounds[0], Bands.parse("; ".join(["HS 5000 -12"] * 5)))
    decision = decided(ear, dull, balance(ear, sounds[1]), max_gain_db=12.0)
    assert decision.bands.response_db(14_000, RATE) < 2
    assert Limit.AUDIBLE in {bound.limit for bound in decision.binding}


def test_it_grows_evenly_with_the_amount(ear: Ear, sounds: list[Spectra]) -> None:
    reference = balance(ear, sounds[3])
    curves = [
        decided(ear, sounds[1], reference, amount=amount).bands.response_db(GRID_HZ, RATE)
        for amount in np.linspace(0, 1, 11)
    ]
    assert not decided(ear, sounds[1], reference, amount=0.0).bands
    assert max(np.abs(b - a).max() for a, b in pairwise(curves)) < 1.2
    assert np.linalg.norm(curves[2]) == pytest.approx(np.linalg.norm(curves[4]) / 2, rel=0.1)
    assert np.linalg.norm(curves[4]) < np.linalg.norm(curves[7]) < np.linalg.norm(curves[10])


def test_the_sound_itself_asks_for_nothing(ear: Ear, sounds: list[Spectra]) -> None:
    decision = decided(ear, sounds[0], balance(ear, sounds[0]))
    assert np.abs(decision.bands.response_db(GRID_HZ, RATE)).max(initial=0) < 0.1
    (note,) = AdaptiveEq(ear, Goal(NO_WORDS, reference=balance(ear, sounds[0]))).decide(RATE, sounds[0]).notes
    assert "sounds just like this" in note


def test_silence_gets_nothing(ear: Ear, sounds: list[Spectra]) -> None:
    silence = listen([np.zeros((1, RATE), np.float32)], RATE)
    eq = AdaptiveEq(ear, Goal(NO_WORDS, reference=balance(ear, sounds[0])))
    choice = eq.decide(RATE, silence)
    assert not choice.bands
    assert choice.notes == ()
    assert choice.decision is not None
    assert Account.of(choice.decision, RATE).reference is None


@pytest.mark.parametrize("word", ["airy:0.3", "warm:0.3", "muddy:-0.5", "dark:0.2"])
def test_words_say_what_is_to_differ_from_it(ear: Ear, sounds: list[Spectra], word: str) -> None:
    reference = balance(ear, sounds[3])
    alone, both = decided(ear, sounds[1], reference), decided(ear, sounds[1], reference, word)
    name, sign = word.split(":")[0], -1 if "-" in word else 1
    assert sign * (both.predicted.score(name) - alone.predicted.score(name)) > 0
    before, after = distances(both)
    assert after < before


def test_a_percentile_is_reached_on_top_of_it(ear: Ear, sounds: list[Spectra]) -> None:
    decision = decided(ear, sounds[4], balance(ear, sounds[0]), "airy", to_percentile=0.6)
    assert decision.predicted.percentile("airy") >= 0.59
    assert decision.reached
    there = decided(ear, sounds[4], balance(ear, sounds[1]), "airy", to_percentile=0.1)
    assert there.bands, "the reference is met even where the percentile is"
    assert there.reached


def test_nothing_is_asked_where_nothing_is_known(ear: Ear, sounds: list[Spectra]) -> None:
    levels = np.where(GRID_HZ > 6000, np.nan, balance(ear, sounds[0]).array)
    asked = difference_db(ear, Balance.of("narrow", levels), ear.curve(sounds[1]), Limits([sounds[1]], 12.0))
    assert not asked[GRID_HZ > 6100].any()
    assert asked[GRID_HZ < 5000].any()


def test_an_album_is_brought_near_as_a_whole(ear: Ear, sounds: list[Spectra]) -> None:
    goal = Goal(NO_WORDS, max_gain_db=12.0, reference=balance(ear, sounds[3]))
    eq = AlbumEq(ear, goal).for_set(lambda: sounds[:3])
    choices = [eq.decide(RATE, sound) for sound in sounds[:3]]
    assert choices[0].bands == choices[1].bands
    assert isinstance(eq, AlbumEq)
    assert eq.shared is not None
    before, after = distances(eq.shared)
    assert after < before / 2


def test_facts_are_those_of_the_balance_and_not_of_its_name(ear: Ear, sounds: list[Spectra]) -> None:
    reference = balance(ear, sounds[0])
    facts = AdaptiveEq(ear, Goal(NO_WORDS, reference=reference)).facts()
    assert facts == AdaptiveEq(ear, Goal(NO_WORDS, reference=replace(reference, name="other"))).facts()
    assert facts != AdaptiveEq(ear, Goal(NO_WORDS, reference=balance(ear, sounds[1]))).facts()
    assert "reference" not in AdaptiveEq(ear, Goal(ear.space.target("warm"))).facts()["goal"]


def test_the_account_says_how_near_it_came(ear: Ear, sounds: list[Spectra]) -> None:
    decision = decided(ear, sounds[1], balance(ear, sounds[2]), "airy:0.3")
    account = Account.of(decision, RATE)
    change = account.reference
    assert change is not None
    assert (change.db_before, change.db_predicted) == pytest.approx(distances(decision))
    assert change.at_hz is not None
    assert "ref.wav" in account.sentence
    assert "dB away ->" in change.change
    assert account.to_dict()["reference"]["name"] == "ref.wav"
    assert [word.word for word in account.words] == ["airy"]


def test_a_word_that_the_reference_outweighs_says_so(ear: Ear, sounds: list[Spectra]) -> None:
    account = Account.of(decided(ear, sounds[1], balance(ear, sounds[2]), "bright:0.1"), RATE)
    (change,) = account.words
    assert change.percentile_after < change.percentile_before
    assert "the reference takes it the other way" in account.reasons(change)
    alone = Account.of(decide(ear, sounds[1], Goal(ear.space.target("bright:0.1"))), RATE)
    assert "reference" not in alone.reasons(alone.words[0])


def test_another_kind_is_said(ear: Ear, sounds: list[Spectra]) -> None:
    speech = replace(balance(ear, sounds[1]), kind="speech")
    decision = decided(ear, sounds[0], speech)
    (note,) = reference_notes(decision.likeness, decision.before.curve_db, Kind.MIX)
    assert "it is speech, and this is a mix" in note
    assert reference_notes(decision.likeness, decision.before.curve_db, Kind.SPEECH) == ()
    assert reference_notes(decision.likeness, decision.before.curve_db, None) == ()
    assert reference_notes(None, decision.before.curve_db, Kind.MIX) == ()


def test_references_at_other_rates_are_the_same(ear: Ear) -> None:
    one = shaped_noise(ear, np.zeros(64), 5)
    rng = np.random.default_rng(6)
    frames = 96_000
    spectrum = np.fft.rfft(rng.standard_normal(frames))
    levels = np.interp(np.fft.rfftfreq(frames, 1 / 48_000), GRID_HZ, ear.reference.neutral_db)
    samples = np.fft.irfft(spectrum * 10 ** (levels / 20))
    other = listen([(0.1 * samples / np.abs(samples).max()).astype(np.float32)[None]], 48_000)
    assert distances(decided(ear, one, balance(ear, other)))[0] < 0.6
