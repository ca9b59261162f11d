"""Variations, paths and exploring: what is made out of the space."""

import numpy as np
import pytest

from eqmorph.errors import UsageError
from eqmorph.model import SemanticSpace
from eqmorph.model.explore import explore
from eqmorph.model.path import CURVES, PathCurve, morph_path
from eqmorph.model.settings import GRID_HZ, rms
from eqmorph.model.variations import People, variations, versions


@pytest.mark.parametrize("text", ["warm", "soothing", "boomy", "warm:0.7 + punchy:-0.3"])
def test_variations_are_distinct_and_still_the_word(space: SemanticSpace, text: str) -> None:
    target = space.target(text)
    made = variations(space, target, 6, seed=1)
    assert len(made) == 6
    curves = np.array([m.curve_db for m in made])
    apart = rms(curves[:, None] - curves[None])
    assert apart[np.triu_indices(6, 1)].min() > 0.4
    asked = space.curve(target)
    assert min(np.corrcoef(c, asked)[0, 1] for c in curves) > 0.5


@pytest.mark.parametrize("text", ["warm", "hollow", "big"])
def test_a_hundred_variations_are_distinct_and_the_word_or_fewer(space: SemanticSpace, text: str) -> None:
    target = space.target(text)
    made = variations(space, target, 100, seed=2)
    assert 10 <= len(made) <= 100
    curves = np.array([m.curve_db for m in made])
    assert rms(curves[:, None] - curves[None])[np.triu_indices(len(made), 1)].min() > 0.3
    assert min(np.corrcoef(c, space.curve(target))[0, 1] for c in curves) > 0.5


def test_variations_are_seeded(space: SemanticSpace) -> None:
    target = space.target("warm")
    first, again, other = (variations(space, target, 3, seed=s) for s in (1, 1, 2))
    assert [v.bands for v in first] == [v.bands for v in again]
    assert [v.bands for v in first] != [v.bands for v in other]


def test_variations_come_from_people_not_from_noise(space: SemanticSpace) -> None:
    """Each lies near settings that people saved, nearer than the word's mean with as much noise on it."""
    people = space.people_curves[space.rows_of("warm")]
    people = people / np.linalg.norm(people, axis=1, keepdims=True)

    def nearness(curve: np.ndarray) -> float:
        return float(np.sort(people @ (curve / np.linalg.norm(curve)))[-3:].mean())

    made = [v.curve_db for v in variations(space, space.target("warm"), 8, seed=3)]
    mean = space.term("warm").curve_db
    away = float(np.mean([rms(c - mean) for c in made]))
    rng = np.random.default_rng(0)
    noisy = [mean + away * np.interp(np.arange(64), np.arange(0, 64, 7), rng.normal(size=10)) for _ in made]
    assert np.mean([nearness(c) for c in made]) > np.mean([nearness(c) for c in noisy])


def test_versions_are_spread_as_people_are(space: SemanticSpace) -> None:
    """Those who went another way are turned toward the word, and no version is like another."""
    word = space.term("warm").curve_db
    people = People.of(space.people_curves[space.rows_of("bright")][:12])
    made = versions(word, people, 30, seed=1)
    assert min(np.corrcoef(curve, word)[0, 1] for curve in made) > 0.5
    assert rms(made[:, None] - made[None])[np.triu_indices(len(made), 1)].min() > 0.2 * rms(word)
    own = People.of(space.people_curves[space.rows_of("warm")])
    near = versions(word, own, 30, seed=1)
    assert np.mean([np.corrcoef(curve, word)[0, 1] for curve in near]) > 0.6
    np.testing.assert_array_equal(near, versions(word, own, 30, seed=1))


def test_without_people_the_word_is_its_only_version(space: SemanticSpace) -> None:
    word = space.term("warm").curve_db
    np.testing.assert_allclose(versions(word, People.of(np.zeros((3, 64))), 5), word[None])


def test_however_many_saved_settings_answers_count_more() -> None:
    answers, saved = np.random.default_rng(0).normal(size=(4, 64)), np.random.default_rng(1).normal(size=(500, 64))
    people = People.of_two_kinds(answers, saved)
    assert people.weights[:4].sum() == 4
    assert people.weights[4:].sum() == pytest.approx(2)
    assert People.of_two_kinds(answers[:0], saved).weights.sum() == 500
    lent = people.with_likes(np.array([0.1, -0.9]), lambda _: People.of(answers))
    np.testing.assert_allclose(lent.shapes[504:508], -people.shapes[:4])
    np.testing.assert_allclose(rms(lent.shapes), 1)


def test_no_variations_are_refused(space: SemanticSpace) -> None:
    with pytest.raises(UsageError):
        variations(space, space.target("warm"), 0)
    with pytest.raises(UsageError, match="distinct"):
        variations(space, space.target("warm:0"), 3)


@pytest.mark.parametrize("curve", CURVES)
def test_a_path_goes_from_one_word_to_the_other(space: SemanticSpace, curve: PathCurve) -> None:
    path = morph_path(space, space.target("warm"), space.target("bright"), 10, curve=curve)
    assert [path[0].position, path[-1].position] == [0, 1]
    for step, word in ((path[0], "warm"), (path[-1], "bright")):
        assert step.bands == space.equalizer(word).bands
    assert np.all(np.diff([s.position for s in path]) > 0)
    for step in path:
        assert len(step.bands) == 5
        np.testing.assert_allclose(step.curve_db, step.bands.response_db(GRID_HZ), atol=1e-9)


@pytest.mark.parametrize(("start", "end"), [("warm", "bright"), ("soft", "harsh"), ("airy:2", "muddy:2")])
def test_a_perceptual_path_is_even_to_the_ear(space: SemanticSpace, start: str, end: str) -> None:
    moved = [s.moved_db for s in morph_path(space, space.target(start), space.target(end), 12)[1:]]
    assert max(moved) < 1.15 * min(moved)


@pytest.mark.parametrize(("start", "end"), [("warm", "bright"), ("soft", "harsh")])
def test_many_steps_are_even_but_for_the_jumps_of_the_fit(space: SemanticSpace, start: str, end: str) -> None:
    moved = np.array([s.moved_db for s in morph_path(space, space.target(start), space.target(end), 30)[1:]])
    assert moved.max() < 0.55
    assert np.mean(np.abs(moved - np.median(moved)) < 0.15 * np.median(moved)) > 0.7


def test_a_smooth_path_sets_off_and_arrives_gently(space: SemanticSpace) -> None:
    path = morph_path(space, space.target("warm"), space.target("bright"), 11, curve="smooth")
    assert path[1].moved_db < path[5].moved_db / 2 > path[10].moved_db


def test_paths_that_are_none_are_refused(space: SemanticSpace) -> None:
    for start, end in (("warm", "warmer"), ("warm:0", "bright:0")):
        with pytest.raises(UsageError, match="same EQ"):
            morph_path(space, space.target(start), space.target(end), 3)
    with pytest.raises(UsageError):
        morph_path(space, space.target("warm"), space.target("bright"), 1)
    with pytest.raises(UsageError):
        morph_path(space, space.target("warm"), space.target("bright"), 5, curve="zigzag")


def test_exploring_finds_dense_nameless_diverse_settings(space: SemanticSpace) -> None:
    found = explore(space, 20, seed=4)
    assert len(found) == 20
    names = np.array([t.rows + t.people >= 3 for t in space.terms.values()])
    assert names.sum() > 100
    curves = np.array([d.bands.response_db(GRID_HZ) for d in found])
    assert space.likeness(curves)[:, names].max() <= 0.6
    shapes = curves - curves.mean(axis=1, keepdims=True)
    shapes /= np.linalg.norm(shapes, axis=1, keepdims=True)
    assert (shapes @ shapes.T)[np.triu_indices(20, 1)].max() < 0.97
    people = space.people_curves[rms(space.people_curves) > 1]
    people = people / np.linalg.norm(people, axis=1, keepdims=True)
    near = np.sort(shapes @ people.T, axis=1)[:, -9:-1].mean(axis=1)
    usual = np.sort(people @ people.T, axis=1)[:, -9:-1].mean(axis=1)
    assert (near >= np.quantile(usual, 0.09)).all()
    for d in found:
        assert 1 - d.novelty <= 0.6
        assert [c for _, c in d.nearest] == sorted((c for _, c in d.nearest), reverse=True)
    assert all(len(d.nearest) == 2 for d in found)


def test_exploring_finds_the_same_by_the_same_seed_alone(space: SemanticSpace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eqmorph.model.explore._ROUNDS", 1)
    first = [d.bands for d in explore(space, 3, seed=4)]
    assert [d.bands for d in explore(space, 3, seed=4)] == first
    assert [d.bands for d in explore(space, 3, seed=5)] != first


def test_neighbours_come_in_the_order_of_what_is_printed(space: SemanticSpace) -> None:
    for word in ("warm", "hollow", "triste"):
        likeness = [c for _, c in space.neighbours(word, 20)]
        assert likeness == sorted(likeness, reverse=True)


@pytest.mark.parametrize("count", [0, 100_000])
def test_exploring_for_too_few_or_too_many_is_refused(
    space: SemanticSpace, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr("eqmorph.model.explore._ROUNDS", 1)
    with pytest.raises(UsageError):
        explore(space, count)
