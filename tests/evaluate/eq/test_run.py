import json
from pathlib import Path

import numpy as np
import pytest

from tests.support import need_extras
from tests.train import made_up

need_extras("train")

from eqmorph.errors import UsageError
from eqmorph.evaluate.eq.run import evaluate_eq
from eqmorph.evaluate.eq.tables import eq_markdown, eq_tables
from eqmorph.evaluate.output import write_report
from eqmorph.train.dataset import TrainingSet, training_set
from eqmorph.train.evidence import WordBuilder
from eqmorph.train.synthetic import synthetic_corpus


@pytest.mark.parametrize(("settings", "count", "needed"), [(3, 5, "40"), (40, 5, "10"), (80, 20, "40")])
def test_too_little_data_is_refused_with_what_it_takes(settings: int, count: int, needed: str) -> None:
    with pytest.raises(UsageError, match="too few") as caught:
        evaluate_eq(training_set(synthetic_corpus(settings)), recipes=["term-mean"], count=count)
    assert needed in caught.value.message
    assert caught.value.hint


def test_just_enough_data_is_enough() -> None:
    report, _ = evaluate_eq(training_set(synthetic_corpus(80)), recipes=["term-mean"])
    assert np.isfinite(report.held_out["term-mean"]["all_silhouette_cosine"])


def test_the_whole_evaluation_runs_and_is_written(data: TrainingSet, tmp_path: Path) -> None:
    need_extras("plot")
    from eqmorph.evaluate.eq.figures import eq_figures
    from eqmorph.figures.style import STYLES

    report, models = evaluate_eq(data, recipes=["response", "lite", "term-mean"], count=2, epochs=2)
    assert set(report.held_out) == {"response", "lite", "term-mean"}
    assert report.held_out["response"]["valid_percent"] == 100
    assert {checked.bar.key for checked in report.bars()} >= {"response_db", "flat_db", "crowd_db"}
    assert report.cross["response"].keys() == {"warm"}
    words = WordBuilder.of(made_up.corpus()).from_corpus(made_up.corpus()).words
    written = write_report(
        tmp_path,
        "evaluation",
        report.to_json(),
        eq_markdown(report),
        eq_figures(report, models, data, words, STYLES["light"]),
    )
    assert {p.suffix for p in written} == {".json", ".md", ".svg", ".png"}
    assert all(p.stat().st_size > 500 for p in written)
    assert json.loads(written[0].read_text())["rows"] == len(data.settings)
    assert "2 folds" in eq_markdown(report)
    assert report.parts["response"]["response"] == report.losses["response"]
    training = eq_figures(report, models, data, words, STYLES["dark"])["training-curves"]
    losses = np.array(report.losses["response"])
    assert any(np.array_equal(line.get_ydata(), losses / losses[0]) for line in training.axes[0].get_lines())
    assert [ax.get_xlabel() for ax in training.axes[2:]] == [
        f"mean error of\n{what}" for what in ("gain, dB", "frequency, octaves", "Q, octaves")
    ]
    for title, rows in eq_tables(report):
        assert title in eq_markdown(report)
        assert len({len(row) for row in rows}) == 1
