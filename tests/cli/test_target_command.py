"""``eqmorph target``: how words are read."""

from __future__ import annotations

import json

import pytest

from eqmorph.cli import run

Capture = pytest.CaptureFixture[str]


def test_it_shows_what_each_part_was_taken_for(capsys: Capture) -> None:
    assert run(["target", "warm without mud, but keep the air"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["warm", "warm:1", "asked", "for"]
    assert "negated by 'without'" in lines[1]
    assert "airy kept" in lines[2]
    assert lines[-1] == "exactly: warm + muddy:-1"


def test_json_holds_the_pieces_and_the_exact_notation(capsys: Capture) -> None:
    assert run(["target", "too dark", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["target"] == "dark:-1"
    assert data["terms"] == [{"word": "dark", "weight": -1.0}]
    assert not data["exact"]
    assert data["pieces"][0]["text"] == "too dark"
    assert data["pieces"][0]["why"].startswith("complaint")


@pytest.mark.parametrize("text", ["warm, less flibber", "less muddy and bright", "cut 300 Hz by 3 dB", ""])
def test_what_is_not_understood_exits_2(text: str, capsys: Capture) -> None:
    assert run(["target", text]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err


def test_words_without_quotes_are_refused(capsys: Capture) -> None:
    assert run(["target", "warm", "bright"]) == 2
    assert "in quotes" in capsys.readouterr().err


def test_what_it_writes_exactly_reads_back(capsys: Capture) -> None:
    assert run(["target", "a bit less harsh around 3k, more low end", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert run(["target", first["target"], "--json"]) == 0
    second = json.loads(capsys.readouterr().out)
    assert second["exact"]
    assert second["terms"] == first["terms"]
