"""``apply --album`` and ``--together``: what is said of the gain that files share, and of those that ended quieter."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.batch import prepare_batch
from eqmorph.cli import run
from eqmorph.cli.levels import SharedGain
from eqmorph.process import Settings
from tests.support import make_audio

Capture = pytest.CaptureFixture[str]
RATE = 44_100
HOT = ["--bands", "LS 300 -12"]  # takes the loudness of the loud one and leaves its clicks
MILD = ["--bands", "PK 100 +3 Q1"]  # leaves room for all


@pytest.fixture(autouse=True)
def kit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write two soft files of noise and a loud one, a low tone with clicks."""
    monkeypatch.chdir(tmp_path)
    for seed, name in enumerate("ab"):
        make_audio(f"in/{name}.wav", amplitude=0.01, seed=seed, frames=RATE)
    tone = 0.4 * np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE)
    tone[RATE // 20 :: RATE // 10] += 0.4
    make_audio("in/loud.wav", audio=tone)


def said_by(capsys: Capture, *arguments: str) -> list[str]:
    assert run(["apply", "in", *arguments]) == 0
    return capsys.readouterr().out.replace("\\", "/").splitlines()


def test_one_of_three_ended_quieter(capsys: Capture) -> None:
    *_, total, quieter = said_by(capsys, "out", *HOT)
    assert total.startswith("3 files: 3 done. ")
    assert quieter.startswith("1 of 3 ended quieter than it came, by ")


def test_a_set_is_trimmed_as_one_and_says_which_file_decided(capsys: Capture) -> None:
    *files, _total, shared, quieter = said_by(capsys, "out", *HOT, "--together")
    assert len(files) == 3
    assert shared.startswith("One trim for all: -")
    assert shared.endswith(" for in/loud.wav to stay under the peak ceiling).")
    most = shared.split()[4]
    assert quieter == f"3 of 3 ended quieter than they came, by up to {most[1:]} dB (median {most[1:]})."
    assert not any("note:" in line for line in files), "said once, of all"


def test_an_album_says_what_its_gain_is_for(capsys: Capture) -> None:
    *_, shared, quieter = said_by(capsys, "out", *MILD, "--album")
    assert quieter.startswith("2 of 3 ended quieter than they came, by up to "), "those that the EQ did not make louder"
    assert shared.startswith("One gain for all: -")
    assert shared.endswith(" for in/loud.wav, the loudest, to be as loud as it came).")
    *_, shared = said_by(capsys, "loudness", *MILD, "--album", "--level", "-30")
    assert shared.endswith(" for in/loud.wav, the loudest, to be at -30 LUFS).")


def test_nothing_is_said_where_nothing_happened(capsys: Capture) -> None:
    *_, total = said_by(capsys, "out", "--bands", "HS 3k -3")
    assert total.startswith("3 files: ")
    *_, shared = said_by(capsys, "together", "--bands", "HS 3k -3", "--together")
    assert shared == "One trim for all: none was needed."
    assert said_by(capsys, "quiet", *HOT, "--together", "-q") == []


def test_json_and_report_hold_it_too(capsys: Capture) -> None:
    arguments = [*HOT, "--together"]
    told = json.loads("\n".join(said_by(capsys, "out", *arguments, "--json", "--report", "report.jsonl")))
    cut = told["shared_gain"]["ceiling_trim_db"]
    assert cut < -0.05
    assert told["shared_gain"] == {
        "sharing": "ceiling",
        "level_trim_db": 0.0,
        "ceiling_trim_db": cut,
        "loudest": None,
        "tightest": str(Path("in", "loud.wav")),
    }
    assert told["quieter"] == {"files": 3, "most_db": pytest.approx(-cut), "median_db": pytest.approx(-cut)}
    records = [json.loads(line) for line in Path("report.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [record["quieter_db"] for record in records] == pytest.approx([-cut] * 3)
    assert [record["ceiling_trim_db"] for record in records] == [cut] * 3
    alone = json.loads("\n".join(said_by(capsys, "alone", "--bands", "HS 3k -3", "--json")))
    assert (alone["shared_gain"], alone["quieter"]) == (None, {"files": 0, "most_db": 0.0, "median_db": 0.0})


def test_a_dry_run_says_what_gain_all_would_get(capsys: Capture) -> None:
    *_, previewed = said_by(capsys, "out", *HOT, "--together", "--dry-run")
    assert json.loads("\n".join(said_by(capsys, "out", *HOT, "--together", "-n", "--json")))["shared_gain"]
    assert not Path("out").exists()
    *_, shared, _ = said_by(capsys, "out", *HOT, "--together")
    assert shared.startswith("One trim for all: -")
    assert previewed == shared
    said = said_by(capsys, "out", *HOT, "--together", "--resume", "-n")
    assert sum(line.startswith("would skip") for line in said) == 3


def test_files_are_named_as_people_know_them() -> None:
    batch = prepare_batch(["in"], Path("out"), Settings(BandsEq(Bands.parse("PK 100 +3 Q1")), sharing="gain"))
    batch = replace(batch, jobs=[replace(job, source_name=f"<{job.source.stem}>") for job in batch.jobs])
    shared = SharedGain.of(batch)
    assert shared is not None
    assert shared.to_record()["loudest"] == "<loud>"
