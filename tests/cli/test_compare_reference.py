"""``eqmorph compare --reference``: both by third-octaves, the difference, the EQ, and what is left."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from eqmorph.cli import run
from tests.support import make_audio, pretend_terminal, shown

Capture = pytest.CaptureFixture[str]
RATE = 44_100


def test_what_is_left_is_the_difference_less_the_eq(song: Path, dull: Path, capsys: Capture) -> None:
    data = json.loads(shown(capsys, "compare", song, "--reference", dull, "--max-gain", "12", "--json"))
    rows = data["third_octaves"]
    assert len(rows) == 21
    columns = {
        key: np.array([row[f"{key}_db"] for row in rows]) for key in ("sound", "reference", "difference", "eq", "left")
    }
    apart = columns["reference"] - columns["sound"]
    assert columns["difference"] == pytest.approx(apart - apart.mean(), abs=0.05)
    left = columns["difference"] - columns["eq"]
    assert columns["left"] == pytest.approx(left - left.mean(), abs=0.5)
    assert data["distance_db"]["after"] < 0.5 * data["distance_db"]["before"]
    assert data["distance_db"]["after"] == pytest.approx(np.abs(columns["left"]).mean(), abs=0.02)
    assert data["bands"]
    assert data["decision"]["reference"]["name"] == "dull.wav"


def test_the_table_says_the_same(song: Path, dull: Path, capsys: Capture) -> None:
    lines = shown(capsys, "compare", song, "--reference", dull).splitlines()
    assert lines[0] == f"{song} against dull.wav"
    assert lines[2].split() == ["sound", "reference", "difference", "EQ", "left"]
    assert lines[3].startswith(" 100 Hz")
    assert lines[23].startswith(" 10 kHz")
    assert "dB away ->" in lines[25]


def test_it_fits_a_terminal(song: Path, dull: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_terminal(monkeypatch)
    lines = shown(capsys, "compare", song, "--reference", dull, "--max-gain", "1").splitlines()
    bands = next(at for at, line in enumerate(lines) if line.startswith("bands: "))
    assert len(lines) > bands + 1
    assert max(map(len, lines[1:])) <= 80  # the first one names the files
    assert not any(line.endswith((" PK", "LS", "HS")) or line[:1] in "(+-Q" for line in lines[25:] if line)


def test_what_the_rate_can_not_hold_is_not_made_up(tmp_path: Path, song: Path, capsys: Capture) -> None:
    narrow = make_audio(tmp_path / "narrow.wav", rate=11_025, frames=40_000)
    last = json.loads(shown(capsys, "compare", song, "--reference", narrow, "--json"))["third_octaves"][-1]
    assert (last["reference_db"], last["left_db"]) == (None, None)
    assert last["sound_db"] is not None
    assert "–" in shown(capsys, "compare", song, "--reference", narrow)


def test_what_it_needs_is_said(tmp_path: Path, song: Path, dull: Path, capsys: Capture) -> None:
    assert run(["compare", str(song)]) == 2
    assert "--reference hit.wav" in capsys.readouterr().err
    silence = make_audio(tmp_path / "silence.wav", audio=np.zeros((2 * RATE, 1)))
    assert run(["compare", str(silence), "--reference", str(dull)]) == 1
    assert "silence.wav: is silent" in capsys.readouterr().err
    assert run(["compare", str(tmp_path / "no.wav"), "--reference", str(dull)]) == 1
    assert "no.wav: doesn't exist" in capsys.readouterr().err


def test_another_kind_is_said(song: Path, dull: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    from eqmorph.analysis import Ear
    from eqmorph.kind import Kind

    kinds = iter([Kind.SPEECH, Kind.MIX, Kind.MIX, Kind.MIX])
    monkeypatch.setattr(Ear, "kind_of", lambda *_: next(kinds))
    assert "is of another kind: it is speech, and this is a mix" in shown(capsys, "compare", song, "--reference", dull)
