"""The whole evaluation, on made-up people and, where it is at hand, on those who were asked."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from eqmorph.errors import UsageError
from eqmorph.evaluate.output import write_report
from eqmorph.evaluate.people.peers import DemoSetting, read_peers
from eqmorph.evaluate.people.report import SEVEN
from eqmorph.evaluate.people.rows import PlainWord, plain_words
from eqmorph.evaluate.people.run import evaluate_people
from eqmorph.evaluate.people.tables import people_markdown, people_tables
from eqmorph.model import SemanticSpace
from eqmorph.model.settings import on_grid
from eqmorph.train.contributions import read_contributions
from eqmorph.train.corpus import AUDEALIZE_HZ
from eqmorph.train.data import read_safe
from tests.evaluate.people import made_up
from tests.support import need_extras

DATA = Path(os.environ.get("EQMORPH_DATA", Path(__file__).parents[3] / ".." / "shared" / "data"))
ANSWERS, SAFE, PEERS = DATA / "eq_contributions.csv", DATA / "SAFEEqualiserUserData.csv", DATA / "peers_eq_demo.json"
WARM = on_grid(made_up.SHAPES["warm"], AUDEALIZE_HZ)
DEMOS = tuple(DemoSetting("other", "warm", sound, -WARM) for sound in ("drums", "guitar", "piano"))


def perfect(*_data: object, **_sources: bool) -> dict[str, PlainWord]:
    """Make words that know what everybody meant, and are sure."""
    return {word: PlainWord(on_grid(shape, AUDEALIZE_HZ), 0.9) for word, shape in made_up.SHAPES.items()}


def test_words_that_know_what_people_meant_agree_with_them(space: SemanticSpace) -> None:
    people = made_up.answers(differ=0.3)
    report = evaluate_people(people, made_up.settings(), perfect, space, peers=DEMOS, splits=2)
    assert report.seven == ["warm", "loud", "bright"]
    assert report.mean("ours", "correlation", report.words) > 0.97
    assert report.mean("ours", "correlation", report.words) > report.mean("person", "correlation", report.words)
    assert report.figures["other"]["warm"]["correlation"] < -0.9
    assert set(report.by_sound["other"]["warm"]) == {"drums", "guitar", "piano"}
    met = {checked.bar.key: checked.met for checked in report.bars()}
    assert met["seven_correlation"]
    assert met["lead"]
    assert met["all_correlation"]
    assert report.mean("nobody", "correlation", report.words) is None


def test_the_same_seed_gives_the_same_figures(space: SemanticSpace) -> None:
    first, again = (evaluate_people(made_up.answers(6), (), plain_words, space, splits=2, seed=3) for _ in range(2))
    assert first.figures == again.figures


def test_too_few_answers_are_refused(space: SemanticSpace) -> None:
    with pytest.raises(UsageError, match="6 answers"):
        evaluate_people(made_up.answers(5), (), plain_words, space)


def test_tables_and_figures_are_written(space: SemanticSpace, tmp_path: Path) -> None:
    need_extras("plot")
    from eqmorph.evaluate.people.figures import people_figures
    from eqmorph.figures.style import STYLES

    report = evaluate_people(made_up.answers(), made_up.settings(), plain_words, space, peers=DEMOS, splits=2)
    for title, rows in people_tables(report):
        assert title in people_markdown(report)
        assert len({len(row) for row in rows}) == 1
    assert "2 splits" in people_markdown(report)
    written = write_report(
        tmp_path, "people", report.to_json(), people_markdown(report), people_figures(report, STYLES["light"])
    )
    assert {path.name for path in written} >= {"people.json", "people-rows.png", "people-confidence.svg"}
    assert json.loads(written[0].read_text())["words"] == dict.fromkeys(report.words, 12)


@pytest.mark.skipif(not (ANSWERS.is_file() and SAFE.is_file()), reason=f"the answers are not in {DATA}: EQMORPH_DATA")
def test_people_who_were_asked_agree_more_with_the_other_half_than_one_with_another(space: SemanticSpace) -> None:
    people = read_contributions(ANSWERS).answers
    saved = read_safe(SAFE, known={answer.word for answer in people}).settings
    peers = read_peers(PEERS) if PEERS.is_file() else ()
    report = evaluate_people(people, saved, plain_words, space, peers=peers, splits=3)
    assert tuple(report.seven) == SEVEN
    assert report.mean("half", "correlation", report.seven) > report.mean("person", "correlation", report.seven) + 0.2
    assert report.mean("ours", "mmd_matched", report.seven) < 0.36
    assert report.mean("ours", "energy", report.seven) < report.mean("random", "energy", report.seven)
    assert np.isfinite(report.bands_ms)
