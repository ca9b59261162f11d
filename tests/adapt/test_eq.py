"""Every kind of EQ keeps the protocol: what it must hear, its facts, and the bands it chooses."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from eqmorph.adapt.adaptive import AdaptiveEq, AlbumEq
from eqmorph.adapt.eq import Eq
from eqmorph.adapt.fixed import BandsEq, fixed_eq
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import Ear
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands


def kinds(ear: Ear, text: str = "warm", amount: float = 1.0) -> dict[str, Eq]:
    goal = Goal(ear.space.target(text), amount)
    return {
        "bands": BandsEq(Bands.parse("LS 120 +3; HS 8k -2"), amount),
        "fixed": fixed_eq(ear.space, goal),
        "adaptive": AdaptiveEq(ear, goal),
        "album": AlbumEq(ear, goal),
    }


NAMES = ["bands", "fixed", "adaptive", "album"]


@pytest.mark.parametrize("name", NAMES)
def test_facts_are_plain_and_differ_where_the_bands_do(ear: Ear, name: str) -> None:
    facts = kinds(ear)[name].facts()
    assert json.loads(json.dumps(facts)) == json.loads(json.dumps(kinds(ear)[name].facts()))
    assert facts != kinds(ear, amount=0.5)[name].facts()
    assert all(facts != other.facts() for key, other in kinds(ear).items() if key != name)


@pytest.mark.parametrize("name", NAMES)
def test_what_must_hear_says_what_it_heard(ear: Ear, sounds: list[Spectra], name: str) -> None:
    eq = kinds(ear)[name]
    choice = eq.decide(sounds[0].sample_rate, sounds[0] if eq.ear else None)
    assert len(choice.bands) > 0
    assert (choice.decision is not None) == (eq.ear is not None)


@pytest.mark.parametrize("name", ["adaptive", "album"])
def test_what_must_hear_refuses_to_guess(ear: Ear, name: str) -> None:
    with pytest.raises(ValueError, match="heard"):
        kinds(ear)[name].decide(44_100, None)


@pytest.mark.parametrize("name", ["adaptive", "album"])
def test_a_sound_that_was_heard_before_is_not_heard_again(
    ear: Ear, sounds: list[Spectra], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    eq, sound = kinds(ear)[name], sounds[0]
    own = ear.for_sound(sound)
    expected, profile = eq.decide(sound.sample_rate, sound).bands, own.hear(sound)
    heard: list[Bands | None] = []
    hear = own.hear
    monkeypatch.setattr(own, "hear", lambda spectra, bands=None: heard.append(bands) or hear(spectra, bands))
    assert eq.decide(sound.sample_rate, sound, profile).bands == expected
    assert None not in heard


@pytest.mark.parametrize("name", NAMES)
def test_only_an_album_hears_the_whole_set(ear: Ear, sounds: list[Spectra], name: str) -> None:
    asked: list[str] = []

    def hear_all() -> Sequence[Spectra]:
        asked.append(name)
        return sounds[:2]

    eq = kinds(ear)[name].for_set(hear_all)
    assert asked == (["album"] if name == "album" else [])
    if eq.ear:
        bands = [eq.decide(sound.sample_rate, sound).bands for sound in sounds[:2]]
        assert (bands[0] == bands[1]) == (name == "album")
