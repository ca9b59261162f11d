"""``eqmorph compare``: versions side by side, written and revealed."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from eqmorph.cli import run
from tests.support import make_audio, pretend_terminal, shown

Capture = pytest.CaptureFixture[str]
RATE = 44_100


@pytest.fixture(autouse=True)
def song(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return make_audio(Path("song.wav"), subtype="FLOAT", frames=2 * RATE)


def test_it_shows_every_version_side_by_side(capsys: Capture) -> None:
    lines = shown(capsys, "compare", "song.wav", "--target", "warm").splitlines()
    assert lines[0] == "song.wav  warm"
    heads = next(line for line in lines if "original" in line)
    assert re.split(r" {2,}", heads.strip()) == ["original", "fixed", "adaptive 0.5", "adaptive"]
    warm = next(line for line in lines if line.startswith("warm "))
    assert len(re.findall(r"\d+%", warm)) == 4
    for row in ("largest move", "loudness, LUFS", "gain to equal", "peak then, dBTP"):
        assert any(line.startswith(row) for line in lines)
    assert sum(line.startswith("adaptive 0.5 ") for line in lines) >= 2  # what it does, and its bands


@pytest.mark.parametrize("columns", [80, 120])
def test_table_and_curves_fit_the_terminal_without_color(
    columns: int, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = shown(capsys, "compare", "song.wav", "--target", "warm", "--amount", "0.5", "--amount", "1")
    assert "\x1b" not in text
    lines = text.splitlines()
    drawn = [line for line in lines if "┈" in line or "Hz 20" in line]
    assert max(map(len, drawn)) <= columns
    scales = [line for line in drawn if "Hz 20" in line]
    assert [line.count("Hz 20") for line in scales] == ([2, 1] if columns == 80 else [3])
    first, *others = (line.index("0.5") for line in lines if re.search(r"fixed +adaptive 0\.5", line))
    assert others  # above the table, and above the curves
    assert first != others[0]


def test_many_versions_go_below_each_other(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    amounts = [part for amount in ("0.2", "0.4", "0.6", "0.8", "1", "1.2") for part in ("--amount", amount)]
    lines = shown(capsys, "compare", "song.wav", "--target", "warm", *amounts).splitlines()
    table = lines[: next(i for i, line in enumerate(lines) if line.startswith("fixed "))]
    assert max(map(len, table)) <= 80
    assert sum(line.startswith("warm ") for line in table) == 2


def test_json_has_bands_curves_scores_levels_and_limits(capsys: Capture) -> None:
    data = json.loads(shown(capsys, "compare", "song.wav", "--target", "warm:0.9 + airy:0.1", "--json"))
    assert data["target"] == "warm:0.9 + airy:0.1"
    original, fixed, half, full = data["versions"]
    assert (original["mode"], fixed["mode"], half["amount"], full["amount"]) == ("original", "fixed", 0.5, 1)
    assert original["decision"] is None
    assert full["decision"]["amount"] == 1
    assert full["bands"]
    assert full["curve"]["gain_db"]
    assert [word["word"] for word in full["words"] if word["is_asked_for"]] == ["warm", "airy"]
    for version in data["versions"]:
        level = version["loudness_lufs"] + version["level_trim_db"] + version["ceiling_trim_db"]
        assert level == pytest.approx(data["equal_loudness_lufs"])


def test_silence_is_said(capsys: Capture) -> None:
    make_audio(Path("s.wav"), audio=np.zeros((RATE, 2)))
    text = shown(capsys, "compare", "s.wav", "--target", "warm")
    assert "silence: there is nothing to adapt to" in text
    assert "%" not in text.split("fixed  ")[0]
    error = shown(capsys, "compare", "s.wav", "--target", "warm", "--render", "out", code=1)
    assert "s.wav: is silent: there is nothing to compare. Name a recording that sounds." in error
    assert not Path("out").exists()


def test_its_bar_shows_how_far_it_is_and_counts_no_files(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert run(["compare", "song.wav", "--target", "warm"]) == 0
    bar = capsys.readouterr().err
    assert "x realtime" in bar
    assert "files" not in bar


def test_versions_are_written_and_named(capsys: Capture) -> None:
    text = shown(capsys, "compare", "song.wav", "--target", "warm", "--render", "out")
    names = {path.name for path in Path("out").iterdir()}
    assert names == {f"song-{name}.wav" for name in ("original", "fixed", "adaptive-0.5", "adaptive")}
    assert re.search(r"All are at -\d+\.\d LUFS", text)
    assert "already exists" in shown(capsys, "compare", "song.wav", "--target", "warm", "--render", "out", code=1)
    shown(capsys, "compare", "song.wav", "--target", "warm", "--render", "out", "--force")


def test_blind_versions_are_told_apart_only_by_reveal(capsys: Capture) -> None:
    text = shown(capsys, "compare", "song.wav", "--target", "warm", "--render", "out", "--blind")
    assert not re.search("adaptive|original|fixed|┈", text)
    (commitment,) = re.findall(r"commitment ([0-9a-f]{64})", text)
    revealed = shown(capsys, "compare", "reveal", "out")
    assert f"commitment {commitment}" in revealed
    rows = re.findall(r"^  (song-[A-D]\.wav) +(\S.*)$", revealed, re.M)
    assert [file for file, _ in rows] == [f"song-{letter}.wav" for letter in "ABCD"]
    assert {version for _, version in rows} == {"original", "fixed", "adaptive 0.5", "adaptive"}


def test_what_is_said_of_blind_versions_fits_a_terminal(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_terminal(monkeypatch)
    lines = shown(capsys, "compare", "song.wav", "--target", "warm", "--render", "out", "--blind").splitlines()
    assert lines[-2:] == [
        "Keep that line: if reveal shows the same, nobody has changed the key. It is",
        "encoded, not encrypted.",
    ]
    assert max(map(len, lines)) <= 80


def test_blind_json_does_not_tell_either(capsys: Capture) -> None:
    asked = ["compare", "song.wav", "--target", "warm", "--render", "out", "--blind", "--json"]
    data = json.loads(shown(capsys, *asked))
    assert all(list(row) == ["file"] for row in data["rendered"])
    revealed = json.loads(shown(capsys, "compare", "reveal", "out/song.blind.json", "--json"))
    assert revealed["keys"][0]["commitment"] == data["commitment"]
    assert {row["problem"] for row in revealed["keys"][0]["versions"]} == {None}


def test_reveal_says_what_was_changed_or_is_missing(capsys: Capture) -> None:
    shown(capsys, "compare", "song.wav", "--target", "warm", "--render", "out", "--blind")
    Path("out/song-A.wav").write_bytes(Path("out/song-B.wav").read_bytes())
    Path("out/song-C.wav").unlink()
    assert run(["compare", "reveal", "out"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[1:5]][0::2] == ["since", "missing"]
    key = Path("out/song.blind.json")
    key.write_text(key.read_text().replace('"sealed": "ey', '"sealed": "ez'))
    assert "was changed since it was sealed" in shown(capsys, "compare", "reveal", "out", code=1)


def test_a_key_cannot_send_reveal_out_of_its_folder(capsys: Capture) -> None:
    from eqmorph.compare.seal import BlindKey, SealedVersion, sealed_text

    evil = BlindKey("\x1b]0;x\x07", "warm", (SealedVersion("A", "../song.wav", "fixed\x1b[2J", "00"),))
    Path("out").mkdir()
    Path("out/x.blind.json").write_text(sealed_text(evil)[0])
    assert run(["compare", "reveal", "out"]) == 1
    text = capsys.readouterr().out
    assert "not a file's name" in text
    assert "\x1b" not in text


def test_a_file_named_reveal_can_be_reached(capsys: Capture) -> None:
    make_audio(Path("reveal"), "WAV", frames=RATE)
    assert shown(capsys, "compare", "./reveal", "--target", "warm").startswith("reveal  warm\n")
    assert "missing argument 'DIR|KEY'" in shown(capsys, "compare", "reveal", code=2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["song.wav"], "there is nothing to compare with"),
        (["song.wav", "--reference", "song.wav", "--render", "out"], "versions by a reference are not rendered"),
        (["song.wav", "--reference", "song.wav", "--amount", "1", "--amount", "0.5"], "compared at one amount"),
        (["song.wav", "--target", "wram"], "unknown word 'wram'"),
        (["song.wav", "--target", "warm", "--blind"], "--blind requires --render"),
        (["song.wav", "--target", "warm", "--force"], "--force requires --render"),
        (["song.wav", "--target", "warm", *["--amount", "1"] * 7], "7 amounts are too many"),
        (["reveal", "."], "there is no key of a blind comparison in ."),
    ],
)
def test_usage_errors_say_what_to_do(arguments: list[str], said: str, capsys: Capture) -> None:
    assert said in shown(capsys, "compare", *arguments, code=2)


def test_help_is_that_of_comparing_and_names_reveal(capsys: Capture) -> None:
    text = shown(capsys, "compare", "--help")
    assert text.startswith("Usage: eqmorph compare [OPTIONS] FILE\n")
    assert "eqmorph compare reveal versions/" in text
    assert shown(capsys, "compare", "reveal", "--help").startswith("Usage: eqmorph compare reveal [OPTIONS] DIR|KEY\n")
