"""What the sliders ask for, and its history."""

from __future__ import annotations

import pytest

from eqmorph.target import Target, Weighted
from eqmorph.tui.blend import Blend, History, Morph, weights_out_of_range

WARM = Blend.of_words(["warm", "airy"]).with_weight("warm", 0.4)


def test_only_words_that_are_wanted_are_in_the_target() -> None:
    assert WARM.target == Target((Weighted("warm", 0.4),))
    assert Blend.of_words(["warm"]).target is None
    assert WARM.with_amount(0).target is None


def test_weights_of_a_target_stay_within_the_sliders() -> None:
    blend = Blend.of_target(Target.of([("warm", 2.0), ("airy", -1.7), ("thin", 0.3)]))
    assert [term.weight for term in blend.terms] == [1.5, -1.0, 0.3]


def test_what_is_beyond_the_sliders_is_known() -> None:
    target = Target.of([("warm", 2.0), ("airy", -1.7), ("thin", 0.3)])
    assert weights_out_of_range(target) == ["warm is limited to 1.5 here", "airy is limited to -1 here"]
    assert weights_out_of_range(Target.of([("warm", 1.5), ("airy", -1.0)])) == []


def test_a_word_is_added_once_and_removed() -> None:
    assert WARM.with_word("warm") == WARM
    assert WARM.with_word("thin").words == ["warm", "airy", "thin"]
    assert WARM.without_word("warm").words == ["airy"]


@pytest.mark.parametrize(
    ("position", "target"), [(0.0, "dark"), (0.3, "dark:0.7 + bright:0.3"), (1.0, "bright")], ids=str
)
def test_a_morph_takes_the_place_of_the_words(position: float, target: str) -> None:
    blend = WARM.with_morph(Morph("dark", "bright")).with_position(position)
    assert str(blend.target) == target
    assert blend.with_morph(None) == WARM


def test_the_amount_and_the_mode_are_part_of_the_request() -> None:
    request = WARM.with_amount(0.5).request
    assert (request.amount, str(request.words), request.mode) == (0.5, "warm:0.4", "adaptive")
    assert WARM.with_other_mode().request.mode == "fixed"


def test_moves_are_undone_and_made_again() -> None:
    history = History(WARM)
    moves = [WARM.with_weight("warm", weight) for weight in (0.5, 0.6, 0.7)]
    assert all(history.move(blend) for blend in moves)
    assert history.undo()
    assert history.undo()
    assert history.blend == moves[0]
    assert history.redo()
    assert history.blend == moves[1]
    assert history.undo()
    assert history.undo()
    assert not history.undo()
    assert history.blend == WARM


def test_a_new_move_forgets_those_undone() -> None:
    history = History(WARM)
    history.move(WARM.with_amount(0.5))
    history.undo()
    history.move(WARM.with_amount(0.7))
    assert not history.redo()
    assert history.blend.amount == 0.7


def test_a_drag_is_one_move() -> None:
    history = History(WARM)
    for weight in (0.5, 0.6, 0.7):
        history.move(WARM.with_weight("warm", weight), gesture="first drag")
    history.move(WARM.with_weight("warm", 0.8), gesture="second drag")
    history.undo()
    assert history.blend == WARM.with_weight("warm", 0.7)
    history.undo()
    assert history.blend == WARM


def test_a_drag_that_ends_where_it_began_is_no_move() -> None:
    history = History(WARM)
    history.move(WARM.with_weight("warm", 0.5), gesture=1)
    history.move(WARM, gesture=1)
    assert not history.undo()


def test_what_changes_nothing_is_no_move() -> None:
    assert not History(WARM).move(WARM.with_weight("warm", 0.4))


def test_what_follows_asks_for_it_as_long_as_it_adapts() -> None:
    blend = Blend.of_words(["warm"]).with_weight("warm", 0.5)
    assert blend.request.follow is None
    follows = blend.with_other_following()
    assert follows.request.follow == "sections"
    assert follows.with_other_mode().request.follow is None
    assert follows.with_other_mode().with_other_mode().follows
    assert follows.with_other_following() == blend
