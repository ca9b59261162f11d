import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from eqmorph.cli import evaluate as evaluate_command
from eqmorph.errors import InputError, OutputError, UsageError
from eqmorph.evaluate.eq.run import BARS, evaluate
from eqmorph.evaluate.eq.tables import markdown, tables
from eqmorph.evaluate.pages import insert_between_marks
from eqmorph.train.dataset import TrainingSet, folds, training_set, word_means
from eqmorph.train.metrics import algebra, latent_metrics, nearest_centroid, setting_metrics
from eqmorph.train.synthetic import synthetic_corpus


class Perfect:
    """A recipe that keeps the setting itself, and its curve to tell words by."""

    parameters = 1

    def encode(self, settings: np.ndarray) -> np.ndarray:
        return settings.copy()

    def semantic(self, latents: np.ndarray) -> np.ndarray:
        return latents[:, :5]

    words = semantic

    def decode(self, latents: np.ndarray) -> np.ndarray:
        return latents.copy()


def test_folds_are_stratified_seeded_and_whole(data: TrainingSet) -> None:
    splits = folds(data, seed=1)
    assert sum(len(f.test.settings) for f in splits) == len(data.settings)
    for fold in splits:
        assert len(fold.train.settings) + len(fold.test.settings) == len(data.settings)
        counts = [int((fold.test.labels == word).sum()) for word in data.classes]
        assert max(counts) - min(counts) <= 1
        held = {tuple(row) for row in fold.test.settings}
        assert not held & {tuple(row) for row in fold.train.settings}
    again, other = folds(data, seed=1), folds(data, seed=2)
    assert np.array_equal(splits[0].test.settings, again[0].test.settings)
    assert not np.array_equal(splits[0].test.settings, other[0].test.settings)


def test_settings_saved_twice_or_without_effect_count_once_or_not() -> None:
    corpus = synthetic_corpus(40)
    assert len(training_set(corpus + corpus).settings) == 40
    flat = type(corpus.settings[0])(("warm",), (0, 100, 0, 300, 1, 0, 900, 1, 0, 3000, 1, 0, 9000))
    assert len(training_set(type(corpus)((*corpus.settings, flat))).settings) == 40


def test_word_means_weigh_people_not_decibels(data: TrainingSet) -> None:
    mean, rows = word_means(data)["warm"]
    assert rows == 20
    assert np.sqrt(np.mean(mean**2)) < 1


def test_a_perfect_recipe_measures_perfect(data: TrainingSet) -> None:
    fold = folds(data)[0]
    found = setting_metrics(Perfect(), fold.test)
    assert found["valid_percent"] == 100
    assert found["response_db"] == found["gain_db"] == found["q_octaves"] == 0
    assert latent_metrics(Perfect(), fold.train, fold.test)["two_accuracy"] > 0.5
    assert algebra(Perfect(), fold.test)["ray_db"] < 0.5


def test_invalid_settings_are_counted(data: TrainingSet) -> None:
    class Loud(Perfect):
        def decode(self, latents: np.ndarray) -> np.ndarray:
            out = latents.copy()
            out[: len(out) // 2, 0] = 12.5
            out[-1, 7] = np.nan
            return out

    n = len(data.settings)
    assert setting_metrics(Loud(), data)["valid_percent"] == pytest.approx(100 * (n - n // 2 - 1) / n)


@pytest.mark.parametrize(("settings", "count", "needed"), [(3, 5, "40"), (40, 5, "10"), (80, 20, "40")])
def test_too_little_data_is_refused_with_what_it_takes(settings: int, count: int, needed: str) -> None:
    with pytest.raises(UsageError, match="too few") as caught:
        evaluate(training_set(synthetic_corpus(settings)), recipes=["term-mean"], count=count)
    assert needed in caught.value.message
    assert caught.value.hint


def test_just_enough_data_is_enough() -> None:
    report, _ = evaluate(training_set(synthetic_corpus(80)), recipes=["term-mean"])
    assert np.isfinite(report.held_out["term-mean"]["all_silhouette_cosine"])


@pytest.mark.parametrize("option", ["--insert", "--out"])
@pytest.mark.parametrize("what", ["eq", "audio"])
def test_where_a_report_goes_is_seen_to_before_the_work(
    what: str, option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(*_: object, **__: object) -> None:
        pytest.fail("it began")

    monkeypatch.setattr("eqmorph.evaluate.eq.run.evaluate", work)
    monkeypatch.setattr("eqmorph.evaluate.audio.run.evaluate_audio", work)
    (tmp_path / "taken").touch()
    data = ["--synthetic", "80"] if what == "eq" else ["--music", f"songs={tmp_path}"]
    place = tmp_path / ("missing.md" if option == "--insert" else "taken/out")
    result = CliRunner().invoke(getattr(evaluate_command, what), [*data, option, str(place)])
    assert isinstance(result.exception, (InputError, OutputError))


def test_nearest_centroid_goes_by_direction() -> None:
    known = np.array([[1.0, 0], [2, 0.1], [0, 1], [0.1, 3]])
    labels = np.array(["a", "a", "b", "b"])
    assert nearest_centroid(known, labels, np.array([[9.0, 1], [0.1, 0.2]])).tolist() == ["a", "b"]


def test_the_whole_evaluation_runs_and_is_written(data: TrainingSet, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="figures need the extra plot")
    from eqmorph.evaluate.eq.report import write_report

    report, models = evaluate(data, recipes=["response", "lite", "term-mean"], count=2, epochs=2)
    assert set(report.held_out) == {"response", "lite", "term-mean"}
    assert report.held_out["response"]["valid_percent"] == 100
    assert {b["title"] for b in report.bars()} >= {
        b.title for b in BARS if b.key in ("response_db", "flat_db", "crowd_db")
    }
    assert report.cross["response"].keys() == {"warm"}
    written = write_report(report, models, data, tmp_path)
    assert {p.suffix for p in written} == {".json", ".md", ".svg", ".png"}
    assert all(p.stat().st_size > 500 for p in written)
    assert json.loads(written[0].read_text())["rows"] == len(data.settings)
    assert "2 folds" in markdown(report)
    for title, rows in tables(report):
        assert title in markdown(report)
        assert len({len(row) for row in rows}) == 1
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- evaluation: start -->old<!-- evaluation: end -->\nafter\n")
    insert_between_marks(page, "| new |\n")
    text = page.read_text()
    assert "| new |" in text
    assert "old" not in text
    assert text.startswith("before")
    assert text.endswith("after\n")
    page.write_text("no marks")
    with pytest.raises(InputError):
        insert_between_marks(page, "x")
