"""``eqmorph presets``: presets are listed, and the user's own are saved, shown and removed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from eqmorph.bands import Bands
from eqmorph.cli import run
from eqmorph.presets import find_preset, list_presets
from tests.support import shown

pytestmark = pytest.mark.usefixtures("own_presets")

Capture = pytest.CaptureFixture[str]

OWN = 'name = "mine"\ndescription = "{}"\n[[bands]]\nkind = "bell"\nfreq_hz = 1000.0\ngain_db = {}\n'


def test_the_list_cannot_send_control_sequences(own_presets: Path, capsys: Capture) -> None:
    (own_presets / "mine.toml").write_text(OWN.format("\\u001b]0;x\\u0007", -3.0))
    text = shown(capsys, "presets")
    assert "\x1b" not in text
    assert r"\x1b]0;x\x07" in text


def test_the_list_has_every_preset_and_whose_it_is(own_presets: Path, capsys: Capture) -> None:
    (own_presets / "mine.toml").write_text(OWN.format("My very own.", -3.0))
    (own_presets / "air.toml").write_text(OWN.format("Less air.", -3.0))
    lines = shown(capsys, "presets").splitlines()
    rows = [re.split(r" {2,}", line) for line in lines[: lines.index("")]]
    assert [row[0] for row in rows] == sorted(list_presets())
    assert {row[0] for row in rows if row[1] == "own"} == {"air", "mine"}
    assert {row[1] for row in rows} == {"own", "shipped"}
    assert dict(zip([row[0] for row in rows], [row[2] for row in rows], strict=True))["air"] == "Less air."
    assert str(own_presets) in lines[-1]


def test_the_list_as_json(own_presets: Path, capsys: Capture) -> None:
    (own_presets / "mine.toml").write_text(OWN.format("My very own.", -3.0))
    data = json.loads(shown(capsys, "presets", "--json"))
    assert data["own_folder"] == str(own_presets)
    assert [preset["name"] for preset in data["presets"]] == sorted(list_presets())
    (mine,) = (preset for preset in data["presets"] if preset["origin"] == "own")
    assert mine["description"] == "My very own."
    assert Path(mine["file"]) == own_presets / "mine.toml"


def test_one_broken_preset_hides_no_other(own_presets: Path, capsys: Capture) -> None:
    (own_presets / "broken.toml").write_text("name = ")
    assert run(["presets", "list"]) == 1
    captured = capsys.readouterr()
    assert "broken.toml" in captured.err
    assert "warm-tape" in captured.out


def test_bands_are_saved_shown_and_removed(own_presets: Path, capsys: Capture) -> None:
    said = shown(
        capsys, "presets", "save", "my-air", "--bands", "HS 10k +3", "--amount", "2", "--description", "Some air."
    )
    assert "--preset my-air" in said
    assert find_preset("my-air").bands == Bands.parse("HS 10k +6")
    assert json.loads(shown(capsys, "presets", "show", "my-air", "--json"))["description"] == "Some air."
    assert str(own_presets / "my-air.toml") in shown(capsys, "presets", "remove", "my-air")
    assert "my-air" not in list_presets()


def test_words_are_saved_as_words(capsys: Capture) -> None:
    shown(capsys, "presets", "save", "voice", "--target", "clear:0.5 + warm:0.3", "--amount", "0.8")
    saved = find_preset("voice")
    assert (saved.target, saved.amount, len(saved.bands)) == ("clear:0.5 + warm:0.3", 0.8, 0)


def test_one_of_the_same_name_is_overwritten_only_on_demand(capsys: Capture) -> None:
    shown(capsys, "presets", "save", "mine", "--bands", "LS 100 +1")
    assert "--force" in shown(capsys, "presets", "save", "mine", "--bands", "LS 100 +2", code=1)
    assert find_preset("mine").bands == Bands.parse("LS 100 +1")
    shown(capsys, "presets", "save", "mine", "--bands", "LS 100 +2", "--force")
    assert find_preset("mine").bands == Bands.parse("LS 100 +2")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["save", "a/b", "--bands", "flat"], "not a name for a preset"),
        (["save", "x.toml", "--bands", "flat"], "Leave off the extension"),
        (["save", "x"], "specify one of --target and --bands"),
        (["--json", "list"], "belongs after the subcommand"),
        (["save", "x", "--target", "warmxyzzy"], "unknown word"),
        (["remove", "air"], "not a preset of your own"),
        (["remove", "nothing"], "no preset of your own is called"),
        (["show", "aair"], "Did you mean air"),
        (["shwo"], "unknown command 'shwo'. Did you mean show?"),
    ],
)
def test_usage_errors_say_what_to_do(arguments: list[str], said: str, own_presets: Path, capsys: Capture) -> None:
    assert said in shown(capsys, "presets", *arguments, code=2)
    assert list(own_presets.iterdir()) == []
