"""``eqmorph eq``: the table, the drawing, the JSON and the picture show one and the same EQ."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from eqmorph.bands import Bands, erb_grid
from eqmorph.cli import run
from eqmorph.presets import find_preset
from tests.support import shown

Capture = pytest.CaptureFixture[str]

OWN = 'name = "mine"\ndescription = "{}"\n[[bands]]\nkind = "bell"\nfreq_hz = 1000.0\ngain_db = {}\n'


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch, own_presets: Path) -> Path:
    """Set a usual terminal; return the folder of the user's own presets."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("TERM", "xterm-256color")
    return own_presets


class Screen(io.TextIOWrapper):
    """A stand-in for stdout: a terminal or a pipe of some encoding."""

    def __init__(self, encoding: str, *, is_terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n")
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal

    def shown(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode(self.encoding)


def on_screen(monkeypatch: pytest.MonkeyPatch, *arguments: str, encoding: str = "utf-8", terminal: bool = True) -> str:
    screen = Screen(encoding, is_terminal=terminal)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", screen)
        assert run(["eq", *arguments]) == 0
    return screen.shown()


# --- the table --------------------------------------------------------------------------------------------------


def test_the_table_says_what_the_preset_says(capsys: Capture) -> None:
    lines = shown(capsys, "eq", "--preset", "podcast-voice").splitlines()
    assert lines[0] == f"podcast-voice  {find_preset('podcast-voice').description}"
    assert lines[2:7] == [
        "low shelf      75 Hz  -6.0 dB  Q 0.80",
        "bell          130 Hz  +1.5 dB  Q 1.00",
        "bell          380 Hz  -2.5 dB  Q 1.20",
        "bell         3200 Hz  +2.5 dB  Q 0.90",
        "high shelf  10000 Hz  +1.0 dB  Q 0.71",
    ]


def test_it_says_where_words_undo_each_other(capsys: Capture) -> None:
    assert run(["eq", "warm + dark:-1"]) == 0
    assert re.search(r"onfidence 0\.\d\d: the words keep \d+% of what\s+each does alone\.", capsys.readouterr().out)
    assert run(["eq", "warm + full"]) == 0
    assert "keep" not in capsys.readouterr().out


def test_as_many_digits_as_the_bands_have(capsys: Capture) -> None:
    lines = shown(capsys, "eq", "--bands", "LS 82.5 +3.25; PK 1234.4 -0.004; PK 2000 0; HS 8k -12 Q10").splitlines()
    assert lines[:4] == [
        "low shelf   82.5 Hz   +3.25 dB  Q 0.71",
        "bell        1234 Hz    0.00 dB  Q 0.71",
        "bell        2000 Hz    0.00 dB  Q 0.71",
        "high shelf  8000 Hz  -12.00 dB  Q 10.00",
    ]


def test_flat_shows_the_bands_it_has(capsys: Capture) -> None:
    assert shown(capsys, "eq", "--preset", "flat").count(" 0.0 dB  Q") == 5
    assert "no bands" in shown(capsys, "eq", "--bands", "flat")
    assert "no bands" in shown(capsys, "eq", "--preset", "air", "--amount", "0")


def test_amount_and_rate_are_shown_and_heeded(capsys: Capture) -> None:
    text = shown(capsys, "eq", "--preset", "tilt-dark", "--amount", "0.5", "--sample-rate", "8k")
    assert text.startswith("tilt-dark, amount 0.5, at 8000 Hz")
    text = shown(capsys, "eq", "--bands", "PK 1000 -4; HS 9k -6", "--amount", "0.5", "--sample-rate", "8000")
    assert "1000 Hz  -2.00 dB" in text
    assert "note: HS 9000 -6 " in text


# --- the drawing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
def test_the_drawing_is_as_wide_as_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    drawing = shown(capsys, "eq", "--preset", "smile").split("\n\n")[-1].splitlines()
    assert max(map(len, drawing)) == columns - 1
    assert any("⠀" < letter <= "⣿" for line in drawing for letter in line)


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (200, 24), (200, 60), (300, 30)])
def test_all_of_it_fits_on_the_terminal(columns: int, lines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", str(lines))
    text = on_screen(monkeypatch, "--preset", "de-mud")
    assert text.count("\n") < lines
    assert text.count("\n") > min(lines - 8, columns // 7)


def test_a_long_description_is_wrapped_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    description = find_preset("bass-boost").description
    assert description in shown(capsys, "eq", "--preset", "bass-boost")
    head = on_screen(monkeypatch, "--preset", "bass-boost").split("\n\n")[0]
    assert len(head.splitlines()) == 2
    assert all(len(re.sub(r"\x1b\[\d+m", "", line)) <= 80 for line in head.splitlines())


def test_a_preset_cannot_send_control_sequences(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "evil.toml"
    path.write_text(OWN.format("two\\nlines \\u001b]0;x\\u0007", 3.0).replace('"mine"', '"\\u009b31mred"'))
    text = shown(capsys, "eq", "--preset", str(path))
    assert "\x1b" not in text
    assert text.splitlines()[0] == r"\x9b31mred  two lines \x1b]0;x\x07"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "cp1252"])
def test_without_braille_it_is_drawn_in_ascii(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = on_screen(monkeypatch, "--preset", "smile", encoding=encoding, terminal=False)
    drawing = text.split("\n\n")[-1]
    assert drawing.isascii()
    assert drawing.count("*") > 70


def test_the_console_of_linux_has_no_braille(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    assert "⠒" not in on_screen(monkeypatch, "--preset", "flat")
    assert "⠒" in on_screen(monkeypatch, "--preset", "flat", terminal=False)


def test_a_description_that_the_encoding_lacks_is_shown_escaped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN.format("für 日本", -3.0), encoding="utf-8")
    assert "für \\u65e5\\u672c" in on_screen(monkeypatch, "--preset", str(path), encoding="cp1252", terminal=False)


def test_colours_are_for_terminals_and_for_those_who_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" in on_screen(monkeypatch, "--preset", "air")
    assert "\x1b[" not in on_screen(monkeypatch, "--preset", "air", terminal=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in on_screen(monkeypatch, "--preset", "air")


# --- JSON -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample_rate", [8000, 44_100, 96_000])
@pytest.mark.parametrize("amount", [0.5, 1.0, 2.0])
def test_json_holds_the_bands_and_their_very_response(sample_rate: int, amount: float, capsys: Capture) -> None:
    arguments = ("--preset", "vocal-presence", "--amount", str(amount), "--sample-rate", str(sample_rate))
    data = json.loads(shown(capsys, "eq", *arguments, "--json"))
    preset = find_preset("vocal-presence")
    fields = ["name", "description", "confidence", "evidence", "scale", "amount"]
    fields += ["sample_rate", "bands", "notes", "curve", "channels"]
    assert list(data) == fields
    assert (data["name"], data["description"]) == (preset.name, preset.description)
    assert (data["amount"], data["sample_rate"]) == (amount, sample_rate)
    at_rate = preset.bands.at_rate(sample_rate)
    assert data["notes"] == list(at_rate.notes)
    assert bool(data["notes"]) == (sample_rate == 8000)
    freqs_hz, gain_db = np.array(data["curve"]["freqs_hz"]), np.array(data["curve"]["gain_db"])
    np.testing.assert_allclose(freqs_hz, erb_grid(20, min(20_000, 0.45 * sample_rate), 64))
    shown_bands = Bands.from_list(data["bands"])
    np.testing.assert_allclose(gain_db, shown_bands.response_db(freqs_hz, sample_rate), atol=1e-9)
    np.testing.assert_allclose(gain_db, amount * at_rate.bands.response_db(freqs_hz, sample_rate), atol=0.2)


def test_json_of_plain_bands_has_no_name(capsys: Capture) -> None:
    data = json.loads(shown(capsys, "eq", "--bands", "LS 120 +3; HS 8k -3", "--json"))
    assert data["name"] is data["description"] is None
    assert data["bands"] == Bands.parse("LS 120 +3; HS 8k -3").to_list()


def test_bands_may_stand_in_a_file(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "eq.txt"
    path.write_text("LS 120 +3\nHS 8k -3  # darker\n")
    assert len(json.loads(shown(capsys, "eq", "--bands", str(path), "--json"))["bands"]) == 2


# --- the list ---------------------------------------------------------------------------------------------------


# --- the picture ------------------------------------------------------------------------------------------------


def test_the_picture_is_written(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "new" / "curve.svg"
    assert str(path) in shown(capsys, "eq", "--preset", "smile", "--amount", "0.5", "--svg", str(path))
    texts = [element.text for element in ElementTree.parse(path).iter()]
    assert "smile, amount 0.5" in texts
    assert find_preset("smile").description in texts


def test_the_picture_of_plain_bands_is_titled_with_them(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "curve.svg"
    out = shown(capsys, "eq", "--bands", "LS 120 +3; HS 8k -3", "--json", "--svg", str(path))
    json.loads(out)  # nothing else on stdout
    assert "LS 120 +3; HS 8000 -3" in [element.text for element in ElementTree.parse(path).iter()]


def test_a_picture_is_overwritten_only_on_demand(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "curve.svg"
    path.write_text("mine")
    assert "--force" in shown(capsys, "eq", "--preset", "air", "--svg", str(path), code=1)
    assert path.read_text() == "mine"
    assert list(tmp_path.glob(".eqmorph*")) == []
    shown(capsys, "eq", "--preset", "air", "--svg", str(path), "--force")
    assert path.read_text().startswith("<svg")


@pytest.mark.parametrize(("name", "said"), [("curve.png", ".svg"), ("own.toml", ".svg"), ("folder.svg", "folder")])
def test_what_cannot_be_a_picture_is_left_alone(name: str, said: str, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "folder.svg").mkdir()
    (tmp_path / "own.toml").write_text(OWN.format("", 1.0))
    before = sorted(tmp_path.rglob("*"))
    assert said in shown(capsys, "eq", "--preset", "air", "--force", "--svg", str(tmp_path / name), code=2)
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "own.toml").read_text() == OWN.format("", 1.0)


# --- usage errors -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no EQ is named: a target in words, --preset or --bands. As in: eqmorph eq "),
        (["--preset", "air", "--bands", "flat"], "exactly one of"),
        (["--preset", "warmtape"], "Did you mean warm-tape?"),
        (["--preset", "x" * 300], "eqmorph presets"),
        (["smile"], "--preset smile"),
        (["--preset", "air", "warm"], "exactly one of"),
        (["warm", "bright"], "in quotes"),
        (["warmish"], "warm"),
        (["--preset", "air", "--variations", "2"], "target in words"),
        (["--bands", "XX 100 3"], "HP, LS, PK, NT, BP, HS and LP"),
        (["--preset", "air", "--force"], "--svg"),
        (["--preset", "air", "--amount", "3"], "0<=x<=2"),
        (["--preset", "air", "--sample-rate", "fast"], "44100"),
        (["--preset", "air", "--sample-rate", "inf"], "44100"),
        (["--preset", "air", "--sample-rate", "50"], "too low"),
    ],
)
def test_usage_errors_say_what_to_do(arguments: list[str], said: str, capsys: Capture) -> None:
    assert run(["eq", *arguments]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(("text", "rate"), [("44100", 44_100), ("44.1k", 44_100), ("8K", 8000), ("192000.0", 192_000)])
def test_a_rate_may_be_written_short(text: str, rate: int, capsys: Capture) -> None:
    assert json.loads(shown(capsys, "eq", "--preset", "air", "--sample-rate", text, "--json"))["sample_rate"] == rate
