"""The commands that show the semantic model: terms, morph, explore, model, and data."""

import json
import shutil
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from eqmorph.bands import Bands
from eqmorph.cli import explore, model, morph, terms, train
from eqmorph.errors import EqmorphError, UsageError
from eqmorph.model import locate
from eqmorph.model.card import CARD, digest_of


def run(command: click.Command, *arguments: str) -> Result:
    result = CliRunner().invoke(command, list(arguments))
    if isinstance(result.exception, EqmorphError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def as_json(command: click.Command, *arguments: str) -> Any:
    return json.loads(run(command, *arguments, "--json").output)


def test_terms_lists_all_words_with_evidence() -> None:
    listed = as_json(terms.command)
    assert sum(t["language"] == "en" for t in listed) >= 180
    warm = next(t for t in listed if t["word"] == "warm")
    assert warm["rows"] > 500
    assert warm["people"] > 50
    assert warm["sources"] == ["people", "settings", "charts"]
    assert -1 <= warm["opposite"]["likeness"] < 0 < warm["nearest"][0]["likeness"]


def test_terms_can_be_searched_and_compared() -> None:
    text = run(terms.command, "--search", "war").output
    assert "warm" in text
    assert "confidence" in text
    like = [t["word"] for t in as_json(terms.command, "--like", "warm", "-n", "4")]
    assert like[0] == "warm"
    assert len(like) == 4
    printed = [float(line.split()[-1]) for line in run(terms.command, "--like", "warm").output.splitlines()[1:]]
    assert printed == sorted(printed, reverse=True)
    assert printed[0] == 1
    assert {t["language"] for t in as_json(terms.command, "--language", "es")} == {"es"}


@pytest.mark.parametrize("arguments", [("--like", "wram"), ("--search", "qqqq"), ("--like", "warm", "--search", "x")])
def test_terms_refuses_what_it_does_not_know(arguments: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as caught:
        run(terms.command, *arguments)
    assert caught.value.hint


def test_morph_prints_valid_steps() -> None:
    path = as_json(morph.command, "warm", "bright:0.5", "--steps", "5")
    assert (path["from"], path["to"], path["curve"]) == ("warm", "bright:0.5", "perceptual")
    assert len(path["steps"]) == 5
    for step in path["steps"]:
        assert len(Bands.from_list(step["bands"])) == 5
    table = run(morph.command, "warm", "bright", "--steps", "3", "--curve", "smooth").output.splitlines()
    assert len(table) == 4
    Bands.parse(table[1].split("dB  ", 1)[1])


def test_explore_prints_what_it_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eqmorph.model.explore._ROUNDS", 1)  # what it finds, its own tests look at
    found = as_json(explore.command, "-n", "3", "--seed", "2")
    assert [len(d["nearest"]) for d in found] == [2, 2, 2]
    assert found == as_json(explore.command, "-n", "3", "--seed", "2")
    assert "novelty" in run(explore.command, "-n", "2").output


def test_model_says_which_model_and_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    about = as_json(model.command)
    assert about["chosen_by"] == "shipped"
    assert about["terms"] >= 280
    monkeypatch.setenv("EQMORPH_MODEL", str(tmp_path))
    with pytest.raises(UsageError, match="no model here"):
        run(model.command)


def test_a_model_cannot_send_control_sequences(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(locate(None)[0], tmp_path / "model"))
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    card["counts"]["settings"] = "\x1b]0;x\x07"
    (folder / CARD).write_text(json.dumps({**card, "digest": digest_of(card)}), encoding="utf-8")
    output = run(model.command, "--model", str(folder)).output
    assert "\x1b" not in output
    assert r"\x1b]0;x\x07 settings" in output


def test_data_is_described(tmp_path: Path) -> None:
    path = tmp_path / "safe.csv"
    params = "3,120,-2,300,0.7,1,1000,0.71,0,3000,1,4,8000"
    path.write_text("\n".join(f"1,{w},,2,2,{params},,,,,,," for w in ("warm", "warmth", "test")) + "\n")
    text = run(train.command, "data", "--safe", str(path), "--describe").output
    assert "2 settings" in text
    assert "left out: 1 rows, on the junk list (safe.csv: row 3)" in text
    assert as_json(train.command, "data", "--safe", str(path), "--describe")["words"][0]["rows"] == 2
    assert as_json(train.command, "data", "--synthetic", "16")["settings"] == 16
    with pytest.raises(UsageError, match="no data"):
        run(train.command, "data")


def test_words_of_few_voices_are_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "safe.csv"
    params = "3,120,-2,300,0.7,1,1000,0.71,0,3000,1,4,8000"
    path.write_text("\n".join(f"1,{w},,2,2,{params},,,,,,," for w in ("warm", "warm", "warm", "dull", "dull")) + "\n")
    arguments = ("data", "--safe", str(path), "--min-count", "3")
    text = run(train.command, *arguments, "--describe").output
    assert "3 settings, 0 crowd words, 1 words in all" in text
    assert "left out: 1 words that fewer than 3 settings and people stand behind" in text
    assert as_json(train.command, *arguments)["too_few"] == ["dull"]


def test_single_answers_can_be_given(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    gains = ",".join(str(at / 10) for at in range(40))
    path.write_text(f"head\nwarm,English,8,0.5,{gains}\nwarm,English,9,x,{gains}\n")
    about = as_json(train.command, "data", "--contributions", str(path))
    assert about["crowd_words"] == 1
    assert about["dropped"] == {"not a number where one belongs": 1}


@pytest.mark.parametrize("command", [terms.command, morph.command, explore.command, model.command, train.command])
def test_help_needs_no_model(command: click.Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQMORPH_MODEL", "nowhere")
    assert "eqmorph" in run(command, "--help").output
