import numpy as np

from eqmorph.evaluate.people.splits import Judges, halves, mean_answer, on_grids
from eqmorph.train.corpus import AUDEALIZE_HZ, Answer
from tests.evaluate.people import made_up


def test_halves_are_disjoint_and_leave_nobody_out() -> None:
    answers = made_up.answers(people=7)
    for split in halves(answers, 5):
        judged = [answer for judges in split.judges.values() for answer in judges.answers]
        assert not set(split.taught) & set(judged)
        assert set(split.taught) | set(judged) == set(answers)
        for word, judges in split.judges.items():
            assert {len(split.taught_by_word[word]), len(judges.answers)} == {3, 4}


def test_halves_are_the_same_for_a_seed_and_others_for_another() -> None:
    answers = made_up.answers()
    first, again, other = (halves(answers, 2, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first[0].taught != first[1].taught
    assert first[0].taught != other[0].taught


def test_a_lone_answer_teaches_or_judges() -> None:
    (alone,) = made_up.answers(people=1)[:1]
    taught = {len(split.taught) for split in halves([alone], 20)}
    assert taught == {0, 1}


def test_judges_count_by_how_consistent_they_are() -> None:
    rising = np.linspace(-1, 1, len(AUDEALIZE_HZ))
    people = tuple(Answer("odd", "en", 7, c, tuple(sign * rising)) for c, sign in ((0.9, 1), (0.1, -1)))
    assert mean_answer(people, on_grids(people))[-1] > 0
    assert Judges(people).mean[-1] > 0


def test_who_heard_a_sound_judges_it_where_they_are_enough() -> None:
    judges = Judges(made_up.answers(people=12)[:12])
    assert {answer.stimulus for answer in judges.of_sound(8, least=4).answers} == {8}
    assert judges.of_sound(8, least=5) is judges
