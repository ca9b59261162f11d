"""The story of V1 and V2, on made-up settings."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.support import need_extras, shown

need_extras("train")

from eqmorph.cli.options import STORY_NAMES
from eqmorph.errors import UsageError
from eqmorph.evaluate.story.run import STORY, tell_story
from eqmorph.evaluate.story.tables import story_markdown, story_tables
from eqmorph.train.dataset import training_set
from eqmorph.train.synthetic import synthetic_corpus
from tests.train import made_up


def test_the_command_line_names_its_recipes() -> None:
    assert STORY_NAMES == STORY


def test_it_tells_of_both_words_the_way_between_and_the_ranges() -> None:
    report = tell_story(training_set(made_up.corpus()), steps=3, epochs=2)
    assert list(report.recipes) == list(STORY)
    assert report.counts == {"warm": 20, "bright": 20}
    for story in report.recipes.values():
        np.testing.assert_allclose([story.path[0], story.path[-1]], list(story.words.values()), rtol=1e-4)
    published, v2 = (report.recipes[name].figures for name in ("v1-published", "v2"))
    assert published["highest_hz"] > 100_000
    assert published["frequencies_out_percent"] > 50
    assert published["valid_percent"] == 0
    assert (v2["frequencies_out_percent"], v2["q_out_percent"], v2["valid_percent"]) == (0, 0, 100)
    tables = story_tables(report)
    assert [title.split(",")[0] for title, _ in tables[:2]] == ["warm", "bright"]
    for title, rows in tables:
        assert title in story_markdown(report)
        assert len({len(row) for row in rows}) == 1


def test_the_command_prints_and_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("evaluate", "story", "--synthetic", "80", "--epochs", "1", "--recipe", "v2", "--steps", "2")
    text = shown(capsys, *arguments, "--out", str(tmp_path))
    assert "warm, band by band" in text
    assert "Q out %" in text
    figures = {f"{name}{suffix}" for name in ("v1-v2", "v1-v2-way") for suffix in (".png", ".svg")}
    assert {path.name for path in tmp_path.iterdir()} == {"story.json", "story.md", *figures}
    assert json.loads(shown(capsys, *arguments, "--json"))["recipes"]["v2"]["figures"]["valid_percent"] == 100


def test_too_little_and_missing_words_are_refused() -> None:
    with pytest.raises(UsageError, match="too few"):
        tell_story(training_set(synthetic_corpus(20)))
    with pytest.raises(UsageError, match="no setting was saved under 'airy'"):
        tell_story(training_set(synthetic_corpus(80)), words=("warm", "airy"))
    with pytest.raises(UsageError, match="no network"):
        tell_story(training_set(synthetic_corpus(80)), recipes=("lite",))
