"""``eqmorph rank`` and ``eqmorph cache``: whatever files are called, a table, JSON, CSV and a playlist hold them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes

import numpy as np
import pytest
import soundfile as sf

import eqmorph
from eqmorph.cli import run
from eqmorph.cli.rank_view import as_m3u
from eqmorph.kind import Kind
from eqmorph.target import Target
from tests.support import environment, noise

Capture = pytest.CaptureFixture[str]
RATE = 22_050
HOSTILE = ["plain.wav", 'comma, "quoted".wav', "#hash.wav", " lead.wav", "=sum(1,2).wav", "ü.wav"]
if os.name != "nt":
    HOSTILE += ["new\nline.wav", "\x1b[31mred.wav", "http:x.wav", "http://x".replace("/", "\u2215") + ".wav"]


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with sounds from dark to bright, and keep what is heard in an empty cache."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("EQMORPH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("eqmorph.heard.cache._UNSETTLED_NS", -1)
    Path("in/sub").mkdir(parents=True)
    for at, name in enumerate(HOSTILE):
        spectrum = np.fft.rfft(noise(RATE, 1, seed=at)[:, 0])
        spectrum /= 1 + (np.fft.rfftfreq(RATE, 1 / RATE) / (300 * 2**at)) ** 2
        sf.write(Path("in", "sub" if at % 2 else "", name), 0.2 * np.fft.irfft(spectrum) / 0.3, RATE)
    return tmp_path


def printed(capsys: Capture, *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert run(list(arguments)) == code
    return capsys.readouterr().out


def names_of(paths: list[str]) -> list[str]:
    return [Path(path).name for path in paths]


def test_a_table_has_place_words_kind_and_file_and_one_line_each(capsys: Capture) -> None:
    head, *rows, counts = printed(capsys, "rank", "in", "--by", "warm - bright").splitlines()
    assert head.split() == ["place", "warm", "bright", "kind"]
    assert len(rows) == len(HOSTILE)
    places = [int(row.split()[0]) for row in rows]
    assert places == sorted(places, reverse=True)
    assert "\x1b" not in "".join(rows)
    assert counts == f"{len(HOSTILE)} ranked by warm + bright:-1."
    assert "known from before" in printed(capsys, "rank", "in", "--by", "dark").splitlines()[-1]
    (head, *_) = printed(capsys, "rank", "in", "--by", "dark", "--kind", "mix").splitlines()
    assert head.split() == ["place", "kind"]


def test_json_says_it_all(capsys: Capture) -> None:
    sf.write("in/silent.wav", np.zeros(RATE), RATE)
    Path("in/empty.wav").write_bytes(b"")
    data = json.loads(printed(capsys, "rank", "in", "--by", "warm:0.5 - harsh", "--json", "--top", "3", code=1))
    assert data["target"] == "warm:0.5 + harsh:-1"
    assert data["by"] == [{"word": "warm", "weight": 0.5}, {"word": "harsh", "weight": -1.0}]
    assert len(data["sounds"]) == 3
    first = data["sounds"][0]
    assert set(first) == {"input", "place", "kind", "duration_s", "words", "notes"}
    assert [entry["word"] for entry in first["words"]] == ["warm", "harsh"]
    assert names_of([entry["input"] for entry in data["silent"]]) == ["silent.wav"]
    (failed,) = data["failed"]
    assert failed["error"] == f"{Path('in/empty.wav')}: is empty (0 bytes)"


def test_csv_holds_every_name(capsys: Capture) -> None:
    rows = list(csv.DictReader(io.StringIO(printed(capsys, "rank", "in", "--by", "bright", "--csv"), newline="")))
    assert [row["rank"] for row in rows] == [str(at + 1) for at in range(len(HOSTILE))]
    assert sorted(names_of([row["input"] for row in rows])) == sorted(HOSTILE)
    assert {"bright percentile", "bright score", "place", "kind", "duration_s"} < set(rows[0])


def played(text: str, folder: Path) -> list[Path]:
    """Return what a player would open."""
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    return [
        Path(os.fsdecode(unquote_to_bytes(line.removeprefix("file://"))))
        if line.startswith("file://")
        else folder / line
        for line in lines
    ]


@pytest.mark.parametrize("where", ["stdout", "list.m3u8", "in/sub/list.m3u", "elsewhere/list.m3u8"])
def test_a_playlist_plays_every_file_in_order(capsys: Capture, tmp_path: Path, where: str) -> None:
    if where == "stdout":
        text = printed(capsys, "rank", "in", "--by", "bright", "--m3u")
    else:
        assert printed(capsys, "rank", "in", "--by", "bright", "--out", where) == ""
        text = Path(where).read_bytes().decode("utf-8")
    assert text.startswith("#EXTM3U\n#EXTINF:1,")
    files = played(text, (tmp_path / where).parent)
    right = json.loads(printed(capsys, "rank", "in", "--by", "bright", "--json"))["sounds"]
    assert [file.resolve() for file in files] == [Path(sound["input"]).resolve() for sound in right]
    assert all(file.is_file() for file in files)


@pytest.mark.skipif(os.name == "nt", reason="names there are not bytes")
def test_names_that_are_not_utf_8_survive(tmp_path: Path) -> None:
    name = os.fsdecode(b"bad\xff.wav")
    try:
        Path("in/plain.wav").rename(Path("in", name))
    except OSError:
        pytest.skip("a file system of UTF-8")
    command = [sys.executable, "-m", "eqmorph", "rank", "in", "--by", "warm"]
    as_csv = subprocess.run([*command, "--csv"], capture_output=True, env=environment(), check=True).stdout
    assert b"in/bad\xff.wav" in as_csv
    as_list = subprocess.run([*command, "--m3u"], capture_output=True, env=environment(), check=True).stdout
    assert b"in/bad%FF.wav" in as_list
    target = Target.of([("warm", 1.0)])
    sound = eqmorph.RankedSound(tmp_path / name, Kind.MIX, 1.0, 0.5, (0.5,), (0.1,))
    assert "%FF" in as_m3u(eqmorph.Ranking(target, (sound,)), tmp_path)


def test_a_terminal_gets_no_orders(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for form in ("--csv", "--m3u", "--json"):
        assert "\x1b" not in printed(capsys, "rank", "in", "--by", "warm", form)


def test_top_and_below(capsys: Capture) -> None:
    everything = json.loads(printed(capsys, "rank", "in", "--by", "bright", "--kind", "mix", "--json"))["sounds"]
    arguments = ("rank", "in", "--by", "bright", "--kind", "mix", "--below", "60", "--top", "2")
    some = json.loads(printed(capsys, *arguments, "--json"))["sounds"]
    assert some == [sound for sound in everything if sound["place"] < 0.6][:2]
    assert printed(capsys, *arguments).splitlines()[-1].startswith(f"2 of {len(HOSTILE)} ranked by bright")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("in", "--by", "wrm"), "unknown word"),
        (("in", "--by", ""), "no target given"),
        (("in",), "missing option '--by'"),
        (("in", "--by", "warm", "--json", "--csv"), "--json and --csv can't be combined"),
        (("in", "--by", "warm", "--out", "list.txt"), "could be anything"),
        (("in", "--by", "warm", "--force"), "--force requires --out"),
        (("in", "--by", "warm", "--out", "taken.m3u"), "already exists"),
        (("in", "--by", "warm", "--top", "0"), "--top"),
        (("in", "--by", "warm", "--below", "101"), "--below"),
        (("in", "--by", "warm", "--kind", "song"), "--kind"),
        (("nothing", "--by", "warm"), "contains no audio files"),
    ],
)
def test_what_can_t_be_done_is_said_before_anything_is(
    capsys: Capture, arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    Path("taken.m3u").write_text("mine")
    Path("nothing").mkdir()
    assert run(["rank", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert Path("taken.m3u").read_text() == "mine"
    assert not (tmp_path / "cache").exists()


def test_an_existing_file_is_overwritten_where_that_is_asked_for(capsys: Capture) -> None:
    Path("list.csv").write_text("old")
    printed(capsys, "rank", "in", "--by", "warm", "--out", "list.csv", "--force")
    assert Path("list.csv").read_text(encoding="utf-8").startswith("rank,place,")
    printed(capsys, "rank", "in", "--by", "warm", "--json", "--out", "list.txt")
    assert json.loads(Path("list.txt").read_text(encoding="utf-8"))["target"] == "warm"


def test_unreadable_files_are_named_and_the_rest_is_ranked(capsys: Capture) -> None:
    Path("in/text.wav").write_text("not audio, but a text that is long enough to be one")
    assert run(["rank", "in", "missing.wav", "--by", "warm"]) == 1
    out, err = capsys.readouterr()
    assert "error: missing.wav: doesn't exist" in err
    assert "text.wav: holds text, not audio" in err
    assert out.splitlines()[-1] == f"{len(HOSTILE)} ranked by warm, 2 failed."


def test_without_a_cache_nothing_is_kept_and_all_is_the_same(capsys: Capture, tmp_path: Path) -> None:
    without = printed(capsys, "rank", "in", "--by", "warm", "--csv", "--no-cache")
    assert not (tmp_path / "cache").exists()
    assert [printed(capsys, "rank", "in", "--by", "warm", "--csv") for _ in range(2)] == [without, without]


def test_a_cache_that_can_t_be_is_said_once(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    assert run(["rank", "in", "--by", "warm"]) == 0
    assert capsys.readouterr().err.count("note: what was heard can't be kept") == 1


def test_ctrl_c_says_what_is_kept(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object, **_how: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("eqmorph.batch.rank.rank_files", interrupted)
    assert run(["rank", "in", "--by", "warm"]) == 130
    assert "Interrupted, nothing is ranked. What was heard is kept" in capsys.readouterr().err


def test_python_ranks_as_the_command_does(capsys: Capture) -> None:
    ranking = eqmorph.rank("in", "warm - bright", jobs=1)
    shown = json.loads(printed(capsys, "rank", "in", "--by", "warm - bright", "--json"))["sounds"]
    assert [str(sound.path) for sound in ranking.sounds] == [sound["input"] for sound in shown]
    some = eqmorph.rank([Path("in/plain.wav"), "in/sub"], "warm", kind="mix", cache=False)
    assert {sound.kind for sound in some.sounds} == {Kind.MIX}
    with pytest.raises(eqmorph.UsageError, match="jobs must be at least 1"):
        eqmorph.rank("in", "warm", jobs=0)


# ---- eqmorph cache


def test_the_cache_is_shown_and_cleared(capsys: Capture, tmp_path: Path) -> None:
    printed(capsys, "rank", "in", "--by", "warm")
    data = json.loads(printed(capsys, "cache", "show", "--json"))
    assert data["folder"] == str(tmp_path / "cache")
    assert data["files"] == data["sounds"] == data["windows"] == len(HOSTILE)
    assert (data["problem"], data["limit_bytes"]) == (None, 1 << 30)
    shown = printed(capsys, "cache")
    assert f"{len(HOSTILE)}, {len(HOSTILE)} of them with their course over time" in shown
    assert "of at most 1.0 GiB" in shown
    assert "are free again" in printed(capsys, "cache", "clear")
    assert printed(capsys, "cache", "clear") == "There was nothing.\n"
    assert json.loads(printed(capsys, "cache", "--json"))["sounds"] == 0


def test_a_cache_that_can_t_be_used_is_shown_with_the_reason(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    assert "not used: " in printed(capsys, "cache", "show")
    assert json.loads(printed(capsys, "cache", "show", "--json"))["problem"]
    assert run(["cache", "--json", "show"]) == 2
