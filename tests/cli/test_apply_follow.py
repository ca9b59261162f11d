"""``eqmorph apply --follow``: an EQ that moves in the course of a file, told, recorded and resumed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.bands import Bands, Ride
from eqmorph.cli import run
from eqmorph.render import Renderer
from tests.support import noise_block

Capture = pytest.CaptureFixture[str]
RATE = 22_050


@pytest.fixture(scope="module")
def piece(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that is dark for twelve seconds and bright for twelve more."""
    path = tmp_path_factory.mktemp("piece") / "piece.wav"
    halves = [
        Renderer(Bands.parse(f"HS 500 -6; HS 2000 {gain:+}"), RATE).process(noise_block(12 * RATE, 1, seed=gain + 9))
        for gain in (-5, 5)
    ]
    sf.write(path, np.concatenate(halves, axis=1).T, RATE, subtype="PCM_16")
    return path


def tilt_db(audio: np.ndarray) -> float:
    """Return how much more there is above 2 kHz than below, in dB."""
    power = np.abs(np.fft.rfft(audio)) ** 2
    at = round(2000 * len(audio) / RATE)
    return float(10 * np.log10(power[at:].sum() / power[20:at].sum()))


def test_sections_are_told_and_come_nearer_to_each_other(piece: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out.wav"
    assert run(["apply", "--follow", str(piece), str(out), "--target", "bright:0.5"]) == 0
    told = capsys.readouterr().out
    assert "as a whole, following 2 sections: bright over time" in told
    assert "\n  0:00  " in told
    assert "\n  0:12  " in told or "\n  0:11  " in told
    before, after = (sf.read(path)[0] for path in (piece, out))
    assert len(after) == len(before)
    dark, bright = slice(2 * RATE, 8 * RATE), slice(14 * RATE, 22 * RATE)
    assert tilt_db(after[bright]) - tilt_db(after[dark]) < 0.5 * (tilt_db(before[bright]) - tilt_db(before[dark]))


def test_a_trajectory_has_the_eq_over_time_and_what_it_makes(piece: Path, tmp_path: Path) -> None:
    assert run(["apply", str(piece), str(tmp_path / "out"), "--target", "bright:0.5", "--follow", "4", "-q"]) == 0
    data = json.loads((tmp_path / "out" / "piece.wav.trajectory.json").read_text())
    ride = Ride.from_dict(data["applied"]["ride"])
    assert len(ride.stations) == 13
    assert [section["start_s"] for section in data["sections"]] == pytest.approx([0, 12], abs=1)
    at = data["words"].index("bright")
    spreads = [
        np.std([window[name][at] for window in data["windows"]]) for name in ("percentiles", "percentiles_after")
    ]
    assert spreads[1] < spreads[0]
    assert len(data["applied"]["sections"]) == 13
    assert data["applied"]["over_time"]["word"] == "bright"


def test_an_eq_that_stays_has_no_ride(piece: Path, tmp_path: Path) -> None:
    assert run(["apply", str(piece), str(tmp_path / "out"), "--target", "bright:0.5", "-q"]) == 0
    data = json.loads((tmp_path / "out" / "piece.wav.trajectory.json").read_text())
    assert data["applied"]["ride"] is None
    assert data["applied"]["sections"] == []
    assert all(window["percentiles_after"] is not None for window in data["windows"])


def test_no_amount_copies_the_file(piece: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    assert run(["apply", str(piece), str(out), "--target", "bright", "--follow", "--amount", "0", "-q"]) == 0
    assert out.read_bytes() == piece.read_bytes()


def test_resume_redoes_what_followed_otherwise_and_nothing_else(piece: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    for options, done in (
        (["--follow"], "1 done"),
        (["--follow", "--resume"], "1 skipped"),
        (["--follow", "5", "--resume"], "1 done"),
        (["--follow", "5", "--rate", "1dB/s", "--resume"], "1 done"),
        (["--resume"], "1 done"),
    ):
        assert run(["apply", str(piece), str(out), "--target", "warm:0.5", "--json", *options]) == 0
        record = json.loads(capsys.readouterr().out)
        status = done.split()[1]
        assert record[status] == 1, options


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--target", "warm", "--follow=x"], "'x' is not a time. Write 2s"),
        (["--target", "warm", "--follow", "1"], "1 s at a time is out of range. An EQ follows 2 to 600 s"),
        (["--target", "warm", "--follow", "--rate", "fast"], "'fast' is not a rate. Write 3 or 3dB/s."),
        (["--target", "warm", "--follow", "--rate", "0"], "a rate of 0 dB a second is out of range"),
        (["--target", "warm", "--rate", "3"], "--rate is how fast an EQ follows a sound, and none does. Add --follow"),
        (["--target", "warm", "--mode", "fixed", "--follow"], "--follow requires the adaptive mode"),
        (["--bands", "LS 100 +3", "--follow"], "--follow applies only to words"),
    ],
)
def test_what_does_not_go_together_is_refused(
    piece: Path, tmp_path: Path, capsys: Capture, options: list[str], problem: str
) -> None:
    assert run(["apply", str(piece), str(tmp_path / "out.wav"), *options]) == 2
    assert problem in " ".join(capsys.readouterr().err.split())
    assert not list(tmp_path.iterdir())


def test_a_set_keeps_its_levels_and_follows(piece: Path, tmp_path: Path, capsys: Capture) -> None:
    other = tmp_path / "in" / "other.wav"
    other.parent.mkdir()
    other.write_bytes(piece.read_bytes())
    out = tmp_path / "out"
    args = ["apply", str(piece), str(other), str(out), "--target", "bright:0.5", "--follow", "--album", "--json"]
    assert run(args) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert len(files) == 2
    assert all(len(record["decision"]["sections"]) == 2 for record in files)
    assert (out / "piece.wav").read_bytes() == (out / "other.wav").read_bytes()
