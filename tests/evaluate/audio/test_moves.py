"""Moves on one sound, most of them made up."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from eqmorph.adapt.goal import USUAL_GAIN_DB
from eqmorph.analysis import listen, load_ear
from eqmorph.bands import Bands
from eqmorph.evaluate.audio import moves
from eqmorph.evaluate.audio.kinds import Sound
from eqmorph.evaluate.audio.meters import Meter
from eqmorph.evaluate.audio.move_bars import MOVE_LIMITS_DB, MOVE_TITLES, move_bars, move_key
from eqmorph.evaluate.audio.moves import move_figures
from eqmorph.evaluate.audio.report import Figures
from eqmorph.evaluate.audio.rules import FIXED, OURS
from tests.evaluate.audio.noise import RATE, pink


@pytest.fixture(scope="module")
def sounds() -> list[Sound]:
    samples = pink(np.random.default_rng(1), seconds=2.0)[None]
    return [Sound("it", listen([samples], RATE), Meter.of(samples, RATE))]


def deciding(monkeypatch: pytest.MonkeyPatch, decide: Any) -> None:
    """Let ``decide`` give the bands for a target, and conflicts by word."""

    def decided(_ear: object, _spectra: object, goal: Any) -> SimpleNamespace:
        bands, named = decide(str(goal.target))
        return SimpleNamespace(bands=bands, conflicts=[SimpleNamespace(word=word) for word in named])

    monkeypatch.setattr(moves, "decide", decided)


def adaptive(sounds: list[Sound]) -> Figures:
    found = move_figures(load_ear(), {"hits": sounds})
    start = move_key("hits", USUAL_GAIN_DB, OURS, "")
    return {name.removeprefix(start): value for name, value in found.items() if name.startswith(start)}


def test_every_figure_is_found_for_both_rules_within_both_limits(sounds: list[Sound]) -> None:
    found = move_figures(load_ear(), {"music": sounds})
    for limit_db in MOVE_LIMITS_DB:
        assert set(found) >= {move_key("music", limit_db, OURS, name) for name in MOVE_TITLES}
        assert set(found) >= {move_key("music", limit_db, FIXED, name) for name in MOVE_TITLES if name != "ms"}
        assert found[move_key("music", limit_db, OURS, "largest_limit")] == 0
        assert found[move_key("music", limit_db, OURS, "right")] == 100
        assert found[move_key("music", limit_db, FIXED, "outside")] > 50  # it turns words around as a whole
    assert {bar.key for bar in move_bars("music")} <= set(found)


def test_doing_nothing_is_no_objection_and_no_help(sounds: list[Sound], monkeypatch: pytest.MonkeyPatch) -> None:
    deciding(monkeypatch, lambda _: (Bands(), ()))
    found = adaptive(sounds)
    objections = ("largest_10", "faint_2", "body_6", "fights", "floor_3", "make_up_3", "outside", "wrong_in_blends")
    assert [found[name] for name in objections] == [0] * len(objections)
    assert found["still"] == 100
    assert found["promised"] == 0
    assert (found["bands"], found["make_up_least"], found["make_up_most"]) == pytest.approx((0, 0, 0))
    assert found["left.warm.low_mid"] == pytest.approx(1)


def test_moves_that_an_engineer_would_not_make_are_counted(
    sounds: list[Sound], monkeypatch: pytest.MonkeyPatch
) -> None:
    deciding(monkeypatch, lambda _: (Bands.parse("PK 300 -11 Q1; PK 550 +4 Q4; HS 2000 -11"), ()))
    found = adaptive(sounds)
    assert [found[name] for name in ("largest_10", "largest_limit", "body_6", "fights", "make_up_3")] == [100] * 5
    assert found["bands"] == 3
    assert found["make_up_least"] == found["make_up_most"] > 3


def test_a_negative_word_stays_in_its_lobe(sounds: list[Sound], monkeypatch: pytest.MonkeyPatch) -> None:
    deciding(monkeypatch, lambda asked: (Bands.parse("PK 1100 -4 Q2" if "nasal:-1" in asked else "flat"), ()))
    assert adaptive(sounds)["outside"] == 0
    deciding(monkeypatch, lambda asked: (Bands.parse("HS 8000 -4" if "nasal:-1" in asked else "flat"), ()))
    assert adaptive(sounds)["outside"] == pytest.approx(100 / 12)


def test_words_of_blends_get_a_third_or_are_named(sounds: list[Sound], monkeypatch: pytest.MonkeyPatch) -> None:
    space = load_ear().space

    def alone_only(asked: str) -> tuple[Bands, tuple[str, ...]]:
        return space.equalizer(asked).bands if "+" not in asked else Bands(), ()

    deciding(monkeypatch, alone_only)
    found = adaptive(sounds)
    assert (found["served"], found["served_or_named"], found["named"]) == (0, 0, 0)
    deciding(monkeypatch, lambda asked: (alone_only(asked)[0], ("warm",)))
    found = adaptive(sounds)
    assert found["served"] == 0
    assert found["served_or_named"] == found["named"] == pytest.approx(100 * 5 / 14)


def test_a_blend_that_moves_a_word_the_wrong_way_is_counted(
    sounds: list[Sound], monkeypatch: pytest.MonkeyPatch
) -> None:
    deciding(monkeypatch, lambda asked: (Bands.parse("LS 300 +6; HS 3000 -6" if "airy" in asked else "flat"), ()))
    found = adaptive(sounds)
    assert 0 < found["wrong_in_blends"] < 50
    assert found["promised"] == 0


def test_a_promise_is_kept_where_both_words_clearly_move(sounds: list[Sound], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "PROMISED_BLEND", (("warm", 0.7), ("harsh", -0.3)))
    deciding(monkeypatch, lambda _: (Bands.parse("LS 300 +4; HS 2000 -6"), ()))
    assert adaptive(sounds)["promised"] == 100
    deciding(monkeypatch, lambda _: (Bands.parse("PK 100 +0.2"), ()))
    assert adaptive(sounds)["promised"] == 0
