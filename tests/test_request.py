"""What is asked for becomes an EQ in one place, and nothing is worked out that is not used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eqmorph.adapt.adaptive import AdaptiveEq, AlbumEq
from eqmorph.adapt.fixed import BandsEq, FixedEq
from eqmorph.adapt.following import Following
from eqmorph.analysis import Ear
from eqmorph.balance import Balance
from eqmorph.bands import Bands
from eqmorph.cli.wording import OPTIONS
from eqmorph.errors import UsageError
from eqmorph.model import SemanticSpace
from eqmorph.presets import Preset
from eqmorph.request import EqRequest

BANDS = Bands.parse("LS 120 +3")
IN_WORDS = Preset("mine", Bands(), target="warm:0.5", amount=0.8)


def test_bands_and_presets_of_bands_are_the_same_eq() -> None:
    assert EqRequest(bands=BANDS, amount=0.5).resolve() == BandsEq(BANDS, 0.5)
    assert EqRequest(preset=Preset("mine", BANDS), amount=0.5).resolve() == BandsEq(BANDS, 0.5)


@pytest.mark.parametrize(
    ("options", "kind"), [({}, AdaptiveEq), ({"album": True}, AlbumEq), ({"mode": "fixed"}, FixedEq)]
)
@pytest.mark.parametrize("preset", [None, IN_WORDS])
def test_words_and_presets_of_words_are_met_in_every_way(
    ear: Ear, options: dict[str, Any], kind: type, preset: Preset | None
) -> None:
    request = EqRequest(preset=preset, **options) if preset else EqRequest("warm:0.5", **options)
    assert isinstance(request.resolve(ear), kind)


def test_the_amount_of_a_preset_counts(ear: Ear) -> None:
    by_preset = EqRequest(preset=IN_WORDS, amount=0.5).resolve(ear)
    assert by_preset.facts() == EqRequest("warm:0.5", amount=0.4).resolve(ear).facts()
    assert by_preset.facts() != EqRequest("warm:0.5", amount=0.8).resolve(ear).facts()


def test_a_percentile_leaves_the_amount_of_a_preset_out(ear: Ear) -> None:
    by_preset = EqRequest(preset=IN_WORDS, to_percentile=0.7).resolve(ear)
    assert by_preset.facts() == EqRequest("warm:0.5", to_percentile=0.7).resolve(ear).facts()


def test_a_target_is_not_read_again(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    target = ear.space.target("warm:0.5")
    by_text = EqRequest("warm:0.5").resolve(ear)
    monkeypatch.setattr(SemanticSpace, "target", lambda *_: pytest.fail("it was read"))
    assert EqRequest(target).resolve(ear).facts() == by_text.facts()


def test_what_adapts_fits_nothing_before_a_sound_is_heard(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SemanticSpace, "equalizer_for_curve", lambda *_, **__: pytest.fail("it was fitted"))
    EqRequest("warm", to_percentile=0.8, refine=True).resolve(ear)


def test_the_fixed_mode_needs_no_ear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eqmorph.analysis.load_ear", lambda *_: pytest.fail("an ear was loaded"))
    assert isinstance(EqRequest("warm", mode="fixed").resolve(), FixedEq)


def test_scaling_scales_the_amount() -> None:
    request = EqRequest("warm", amount=0.5)
    assert request.scaled(1) is request
    assert request.scaled(3) == replace(request, amount=1.5)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "exactly one of words, preset and bands"),
        ({"words": "warm", "bands": BANDS}, "exactly one of"),
        ({"words": "warm", "mode": "both"}, "unknown mode 'both'"),
        ({"words": "warm", "amount": 2.1}, "amount 2.1 is out of range"),
        ({"words": "warm", "amount": float("nan")}, "out of range"),
        ({"bands": BANDS, "mode": "fixed"}, "mode applies only to words"),
        ({"bands": BANDS, "max_gain_db": 3.0}, "max_gain_db applies only to words"),
        ({"preset": Preset("mine", BANDS), "album": True}, ""),
        ({"words": "warm", "mode": "fixed", "album": True}, ""),
        ({"words": "warm", "mode": "fixed", "refine": True}, "refine requires the adaptive mode"),
        ({"words": "warm", "mode": "fixed", "encoder": Path("mine")}, "encoder requires the adaptive mode"),
        ({"words": "warm", "mode": "fixed", "kind": "speech"}, "kind requires the adaptive mode"),
        ({"bands": Bands(), "kind": "speech"}, "kind applies only to words"),
        ({"words": "warm", "kind": "song"}, "unknown kind of sound 'song'"),
        ({"words": "warm", "to_percentile": 0.8, "amount": 0.5}, "the amount follows from the percentile"),
        ({"preset": IN_WORDS, "amount": 2.0}, ""),
        ({"preset": replace(IN_WORDS, amount=1.5), "amount": 2.0}, "too much for a preset"),
    ],
)
def test_what_makes_no_sense_together_is_refused_at_once(fields: dict[str, Any], said: str) -> None:
    if not said:
        EqRequest(**fields)
        return
    with pytest.raises(UsageError, match=said) as caught:
        EqRequest(**fields)
    assert caught.value.hint


def test_a_word_that_is_only_a_preset_says_so(ear: Ear) -> None:
    with pytest.raises(UsageError, match="unknown word 'de-mud'") as caught:
        EqRequest("de-mud").resolve(ear)
    assert "eqmorph.preset('de-mud')" in caught.value.hint
    assert "--preset de-mud" in caught.value.hint_worded(OPTIONS)
    assert "`eqmorph terms`" in caught.value.hint_worded(OPTIONS)


def test_a_word_of_a_preset_that_nobody_knows_is_no_preset(ear: Ear) -> None:
    with pytest.raises(UsageError, match="unknown word 'de-mud'") as caught:
        EqRequest(preset=replace(IN_WORDS, target="de-mud")).resolve(ear)
    assert "eqmorph.preset(" not in caught.value.hint


FLAT = Balance("flat", (0.0,) * 64)


def test_a_reference_is_asked_for_alone_or_with_words(ear: Ear) -> None:
    alone = EqRequest(reference=FLAT).resolve(ear)
    assert isinstance(alone, AdaptiveEq)
    assert alone.goal.reference is FLAT
    assert not alone.goal.terms
    both = EqRequest("airy:0.2", reference=FLAT, album=True).resolve(ear)
    assert isinstance(both, AlbumEq)
    assert [term.word for term in both.goal.terms] == ["airy"]
    by_preset = EqRequest(preset=IN_WORDS, reference=FLAT).resolve(ear)
    assert by_preset.facts() == EqRequest("warm:0.5", amount=0.8, reference=FLAT).resolve(ear).facts()


@pytest.mark.parametrize(
    "how",
    [
        {"bands": BANDS},
        {"preset": Preset("mine", BANDS)},
        {"to_percentile": 0.8},
        {"refine": True},
        {"words": "warm", "mode": "fixed"},
        {"encoder": "mine"},
    ],
)
def test_what_does_not_go_with_a_reference_is_refused(how: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        EqRequest(**how, reference=FLAT)
    assert caught.value.hint


def test_a_reference_has_no_eq_of_its_own() -> None:
    with pytest.raises(UsageError, match="depends on the sound"):
        EqRequest(reference=FLAT).resolve_fixed()


def test_following_is_read_where_it_is_asked_for() -> None:
    assert EqRequest("warm").following is None
    assert EqRequest("warm", follow="sections").following == Following()
    assert EqRequest("warm", follow=5, rate_db=1.0).following == Following(5.0, 1.0)
    bars: Any = "bars"
    with pytest.raises(UsageError, match="no following by 'bars'"):
        EqRequest("warm", follow=bars)
    with pytest.raises(UsageError, match="none does"):
        EqRequest("warm", rate_db=1.0)
    with pytest.raises(UsageError, match="requires the adaptive mode"):
        EqRequest("warm", mode="fixed", follow=5)
