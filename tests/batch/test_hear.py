"""Hearing a set of files: what can't be read is left out, what can be repaired is not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.batch.find import find_sources
from eqmorph.batch.hear import hear_set
from eqmorph.cli import run

RATE = 22_050


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """Write noise with a sample that is NaN."""
    audio = np.random.default_rng(4).normal(0, 0.1, 2 * RATE)
    audio[1000] = np.nan
    path = tmp_path / "in" / "nan.wav"
    path.parent.mkdir()
    sf.write(path, audio, RATE, subtype="FLOAT")
    return path


def test_a_damaged_file_counts_when_it_is_repaired(damaged: Path) -> None:
    assert hear_set(find_sources([damaged])) == []
    (heard,) = hear_set(find_sources([damaged]), repair=True)
    assert not heard.is_silent


def test_every_file_is_told_of_even_one_that_is_left_out(damaged: Path) -> None:
    good = damaged.with_name("good.wav")
    sf.write(good, np.random.default_rng(5).normal(0, 0.1, 2 * RATE), RATE)
    seconds: list[float] = []
    ended: list[bool] = []
    sources = find_sources([damaged, good])
    heard = hear_set(sources, workers=2, on_progress=seconds.append, on_end=lambda: ended.append(True))
    assert len(heard) == 1
    assert sum(seconds) >= 2
    assert len(ended) == 2


def test_apply_repairs_an_album_before_it_listens(damaged: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    arguments = ["--target", "warm", "--album", "--repair", "--report", str(report), "-q"]
    assert run(["apply", str(damaged.parent), str(tmp_path / "out"), *arguments]) == 0
    (record,) = (json.loads(line) for line in report.read_text().splitlines())
    assert record["decision"]["largest_db"] > 1
