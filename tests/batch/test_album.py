"""An album listened to: what can't be read is left out, what can be repaired is not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.adapt import Goal
from eqmorph.analysis import load_ear
from eqmorph.batch.album import album_eq
from eqmorph.cli import run

RATE = 22_050


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """Noise with a sample that is no number."""
    audio = np.random.default_rng(4).normal(0, 0.1, 2 * RATE)
    audio[1000] = np.nan
    path = tmp_path / "in" / "nan.wav"
    path.parent.mkdir()
    sf.write(path, audio, RATE, subtype="FLOAT")
    return path


def test_a_damaged_file_counts_when_it_is_repaired(damaged: Path) -> None:
    ear = load_ear()
    goal = Goal(ear.space.target("warm"))
    left_out, repaired = (album_eq(ear, goal, [damaged], repair=repair).shared for repair in (False, True))
    assert left_out is not None
    assert repaired is not None
    assert len(left_out.bands) == 0
    assert len(repaired.bands) > 0


def test_every_file_is_told_of_be_it_left_out_or_not(damaged: Path) -> None:
    ear = load_ear()
    good = damaged.with_name("good.wav")
    sf.write(good, np.random.default_rng(5).normal(0, 0.1, 2 * RATE), RATE)
    seconds: list[float] = []
    ended: list[bool] = []
    album_eq(
        ear,
        Goal(ear.space.target("warm")),
        [damaged, good],
        on_progress=seconds.append,
        on_end=lambda: ended.append(True),
    )
    assert sum(seconds) >= 2
    assert len(ended) == 2


def test_apply_repairs_an_album_before_it_listens(damaged: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    arguments = ["--target", "warm", "--album", "--repair", "--report", str(report), "-q"]
    assert run(["apply", str(damaged.parent), str(tmp_path / "out"), *arguments]) == 0
    (record,) = (json.loads(line) for line in report.read_text().splitlines())
    assert record["decision"]["largest_db"] > 1
