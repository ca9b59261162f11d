"""``eqmorph analyze``: what it prints and writes is what was heard, for one file and for many."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
import soundfile as sf

from eqmorph.analysis import MAIN_WORDS, Ear, listen_to_file
from eqmorph.batch.analyze import analyze_files
from eqmorph.cli import analyze, run
from eqmorph.cli.analysis_view import Rows, profile_lines
from eqmorph.cli.options import seconds
from eqmorph.kind import Kind

Capture = pytest.CaptureFixture[str]
RATE = 22_050


def write(path: Path, *, length_s: float = 4.0, cutoff_hz: float = 500.0, level: float = 0.2) -> Path:
    """Write stereo noise that swells and falls off above a frequency."""
    rng = np.random.default_rng(7)
    frames = int(length_s * RATE)
    spectrum = np.fft.rfft(rng.standard_normal((2, frames)))
    shaped = np.fft.irfft(spectrum / (1 + (np.fft.rfftfreq(frames, 1 / RATE) / cutoff_hz) ** 2), frames)
    path.parent.mkdir(parents=True, exist_ok=True)
    sf.write(path, (level * shaped / np.abs(shaped).max() * np.linspace(0.3, 1, frames)).T, RATE)
    return path


@pytest.fixture(autouse=True)
def plain_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def album() -> None:
    """Write three files into folders of the current folder."""
    write(Path("in/dark.wav"), cutoff_hz=150)
    write(Path("in/sub/bright.flac"), cutoff_hz=6000)
    sf.write("in/silent.wav", np.zeros((RATE, 1)), RATE)


def printed(capsys: Capture, *arguments: str, code: int = 0) -> str:
    assert run(["analyze", *arguments]) == code
    return capsys.readouterr().out


def document(capsys: Capture, *arguments: str, code: int = 0) -> dict[str, Any]:
    data = json.loads(printed(capsys, *arguments, "--json", code=code))
    assert isinstance(data, dict)
    return data


# ---- one file


@pytest.mark.parametrize("kind", ["mix", "speech", "instrument"])
def test_the_kind_of_sound_can_be_said_and_is_shown(capsys: Capture, ear: Ear, kind: str) -> None:
    path = write(Path("song.wav"))
    assert f" {kind}, percentiles among " in printed(capsys, str(path), "--kind", kind).splitlines()[1]
    (record,) = document(capsys, str(path), "--kind", kind)["files"]
    assert record["trajectory"]["kind"] == kind
    places = {entry["word"]: entry["percentile"] for entry in record["trajectory"]["summary"]["words"]}
    heard = ear.of(Kind(kind)).hear(listen_to_file(path))
    assert places["warm"] == pytest.approx(heard.percentile("warm"), abs=0.002)


def test_a_file_gets_a_bar_a_percentile_and_a_score_for_each_word(capsys: Capture, ear: Ear) -> None:
    path = write(Path("song.wav"))
    lines = printed(capsys, str(path)).splitlines()
    spectra = listen_to_file(path)
    own = ear.for_sound(spectra)
    profile = own.hear(spectra)
    assert lines[0].split("  ") == ["song.wav", "4.0 s", "stereo", "22.05 kHz", "WAV PCM 16"]
    kind = own.kind.value if own.kind else "kind unclear"
    assert lines[1].startswith(f"3 windows of 2 s, {kind}, percentiles among {len(own.reference.weights)} sounds: ")
    for word in MAIN_WORDS:
        (line,) = (line for line in lines if re.match(rf"{word} +[█░]", line))
        figures = re.search(r"(\d+) %  ([+-]\d+\.\d\d)", line)
        assert figures is not None
        place, score = figures.groups()
        assert int(place) == pytest.approx(100 * profile.percentile(word), abs=1.1)
        assert float(score) == pytest.approx(profile.score(word), abs=0.006)
        assert line.count("█", 0, 30) == pytest.approx(20 * profile.percentile(word), abs=0.6)


def test_strongest_weakest_and_suggestion_follow(capsys: Capture) -> None:
    path = write(Path("song.wav"), cutoff_hz=200)
    text = printed(capsys, str(path), "--top", "3")
    record = document(capsys, str(path), "--top", "3")["files"][0]["trajectory"]["summary"]
    for end in ("strongest", "weakest"):
        (line,) = (line for line in text.splitlines() if line.startswith(end))
        words = [entry["word"] for entry in record[end]]
        assert len(words) == 3
        assert [part.split()[-3] for part in line.split(",")] == words
    assert f"suggestion  {record['suggestion']['text']}" in text
    assert "would balance it" in record["suggestion"]["text"]


def test_a_word_is_shown_over_time(capsys: Capture) -> None:
    dark, bright = write(Path("a.wav"), cutoff_hz=100, length_s=6), write(Path("b.wav"), cutoff_hz=8000, length_s=6)
    both = np.concatenate([sf.read(dark)[0], np.zeros((RATE * 6, 2)), sf.read(bright)[0]])
    sf.write("c.wav", both, RATE)
    lines = printed(capsys, "c.wav").splitlines()
    (line,) = (line for line in lines if line.startswith("bright"))
    course = line[line.index("%") + 9 :]
    steps = "▁▂▃▄▅▆▇█"
    assert steps.index(course[1]) + 3 < steps.index(course[-1])
    assert "   " in course  # the silence between them
    assert lines[3].endswith("18.0 s")


def two_sections() -> Path:
    """Write ten seconds that are dark, and ten that are bright."""
    parts = [write(Path(f"{cutoff_hz}.wav"), cutoff_hz=cutoff_hz, length_s=10) for cutoff_hz in (100, 8000)]
    sf.write("both.wav", np.concatenate([sf.read(part)[0] for part in parts]), RATE)
    return Path("both.wav")


def test_sections_are_named_and_marked_below_the_courses(capsys: Capture) -> None:
    lines = printed(capsys, str(two_sections())).splitlines()
    (line,) = (line for line in lines if line.startswith("sections"))
    assert re.fullmatch(r"sections +0:00  0:(09|10)", line)
    (last,) = (number for number, line in enumerate(lines) if line.startswith("harsh"))
    marks, course = lines[last + 1], lines[3]
    assert marks.strip("| ╌") == ""
    assert len(marks) == len(course)
    start = marks.index("|")
    assert marks.index("|", start + 1) == pytest.approx(start + (len(marks) - start) / 2, abs=2)
    assert not any(line.startswith("sections") for line in printed(capsys, "100.wav").splitlines())


def test_a_picture_is_drawn_of_a_file_and_of_a_trajectory_that_was_written(capsys: Capture) -> None:
    path = two_sections()
    heard = printed(capsys, str(path), "--svg", "heard.svg", "--out", "out")
    assert heard.endswith("The picture is in heard.svg\n")
    stored = printed(capsys, "out/both.wav.trajectory.json", "--svg", "stored.svg")
    assert Path("stored.svg").read_text() == Path("heard.svg").read_text()
    assert "bright" in Path("heard.svg").read_text()
    assert stored.splitlines()[:18] == heard.splitlines()[:18]
    assert run(["analyze", str(path), "--svg", "heard.svg"]) == 1
    assert "heard.svg: already exists" in capsys.readouterr().err
    printed(capsys, str(path), "--svg", "heard.svg", "-f")


def test_of_what_apply_did_the_picture_shows_the_eq_over_time(capsys: Capture) -> None:
    path = two_sections()
    assert run(["apply", str(path), "done.wav", "--target", "bright:1", "--follow", "--trajectory"]) == 0
    capsys.readouterr()
    printed(capsys, "done.wav.trajectory.json", "--svg", "done.svg")
    document = Path("done.svg").read_text()
    assert 'class="ribbon"' in document
    assert 'class="after"' in document


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.wav", "b.wav", "--svg", "x.svg"], "--svg draws one file"),
        (["a.wav", "--svg", "x.png"], "not the name of a picture"),
        (["a.wav", "--force"], "--force requires --out, --svg or --plot"),
        (["out/a.wav.trajectory.json", "--window", "1s"], "--window is about listening"),
        (["out/a.wav.trajectory.json", "a.wav"], "a trajectory is shown alone"),
    ],
)
def test_pictures_that_can_not_be_are_refused(capsys: Capture, arguments: list[str], said: str) -> None:
    for name in ("a.wav", "b.wav"):
        write(Path(name))
    printed(capsys, "a.wav", "--out", "out")
    assert run(["analyze", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not list(Path().glob("x.*"))


def test_over_time_what_is_loud_counts(capsys: Capture) -> None:
    """Windows that share a column count by their energy: here each loud one is followed by a soft one, its opposite."""
    data = document(capsys, str(write(Path("song.wav"), length_s=60)), "--hop", "0.3")["files"][0]["trajectory"]
    for number, window in enumerate(data["windows"]):
        loud = number % 2 == 0
        window["weight"] = 0.01 if loud else 0.0001
        window["percentiles"] = [0.99 if loud else 0.01] * len(MAIN_WORDS)
    lines = profile_lines(data, columns=79)
    (line,) = (line for line in lines if line.startswith("bright"))
    course = line[line.index("%") + 9 :].strip()
    assert len(course) > 10
    assert set(course) == {"█"}


def test_words_asked_for_are_followed_in_any_form(capsys: Capture) -> None:
    path = write(Path("song.wav"))
    data = document(capsys, str(path), "--word", "calm", "--word", "Brighter", "--word", "bright")["files"][0]
    assert data["trajectory"]["words"] == ["calm", "bright"]
    text = printed(capsys, str(path), "--word", "calm")
    assert re.search(r"^calm ", text, re.MULTILINE)
    assert not re.search(r"^warm ", text, re.MULTILINE)


def test_window_and_hop_are_as_asked(capsys: Capture) -> None:
    path = write(Path("song.wav"))
    data = document(capsys, str(path), "--window", "500ms", "--hop", "0:00.1")["files"][0]["trajectory"]
    assert (data["window_s"], data["hop_s"]) == (0.5, 0.1)
    assert [window["start_s"] for window in data["windows"]][:4] == [0, 0.1, 0.2, 0.3]
    assert document(capsys, str(path), "--window", "1")["files"][0]["trajectory"]["hop_s"] == 0.5


def test_silence_says_so(capsys: Capture) -> None:
    sf.write("silent.wav", np.zeros((3 * RATE, 2)), RATE)
    text = printed(capsys, "silent.wav")
    assert "silence: nothing to hear" in text
    assert "%" not in text


@pytest.mark.parametrize("columns", [40, 50, 64, 80, 120, 200])
def test_lines_keep_within_the_terminal(columns: int, capsys: Capture) -> None:
    data = document(capsys, str(write(Path("song.wav"), length_s=60)), "--hop", "0.3")["files"][0]["trajectory"]
    lines = profile_lines(data, columns=columns)
    table = lines[3 : 4 + len(MAIN_WORDS)]
    assert max(map(len, table)) <= columns
    if columns >= 64:
        assert max(map(len, table)) >= columns - 2
    starts = {re.search("[█░]", line).start() for line in table[1:]}
    assert len(starts) == 1


def test_without_blocks_it_is_drawn_in_ascii(capsys: Capture) -> None:
    data = document(capsys, str(write(Path("song.wav"))))["files"][0]["trajectory"]
    assert "\n".join(profile_lines(data, columns=79, ascii_only=True)).isascii()


def test_a_pipe_gets_no_control_codes_whatever_it_can_show() -> None:
    write(Path("song.wav"))
    for encoding in ("utf-8", "ascii"):
        done = subprocess.run(
            [sys.executable, "-m", "eqmorph", "analyze", "song.wav"],
            capture_output=True,
            env=os.environ | {"PYTHONIOENCODING": encoding, "PYTHONPATH": str(Path(analyze.__file__).parents[2])},
            timeout=60,
        )
        text = done.stdout.decode(encoding)
        assert done.returncode == 0, done.stderr
        assert re.search(r"^warm +[█#.░]", text, re.MULTILINE)
        assert "\x1b" not in text
        assert "\\u" not in text


def test_no_framework_is_loaded() -> None:
    write(Path("song.wav"))
    code = "import sys; from eqmorph.cli import run; run(['analyze', 'song.wav']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(Path(analyze.__file__).parents[2])},
        timeout=60,
    )
    loaded = set(done.stderr.split())
    assert "eqmorph.analysis" in loaded
    assert not loaded & {"torch", "onnxruntime", "matplotlib", "textual", "rich"}


def test_stdin_is_taken(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(Path("song.wav"))
    with path.open("rb") as file:
        monkeypatch.setattr("sys.stdin", type("Pipe", (), {"buffer": file, "isatty": lambda _: False})())
        text = printed(capsys, "-")
    assert text.startswith("stdin  4.0 s")


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_stdin_is_never_shown_as_the_file_it_was_put_in(
    options: tuple[str, ...], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content, code in ((b"no audio at all", 1), (write(Path("song.wav")).read_bytes(), 0)):
        pipe = type("Pipe", (), {"buffer": io.BytesIO(content), "isatty": lambda _: False})()
        monkeypatch.setattr("sys.stdin", pipe)
        assert run(["analyze", "-", *options]) == code
        out, err = capsys.readouterr()
        assert "eqmorph-pipe" not in out + err
        assert "stdin" in (err if code else out)
        if options:
            (record,) = json.loads(out)["files"]
            assert record["input"] == "stdin"
            assert code == 0 or record["error"].startswith("stdin: ")


# ---- many files


@pytest.mark.usefixtures("album")
def test_of_several_each_gets_a_row_in_order(capsys: Capture, ear: Ear) -> None:
    head, *rows = printed(capsys, "in", "-j", "3").splitlines()
    assert head.split() == list(MAIN_WORDS)
    assert [row.split()[0] for row in rows[:4]] == ["dark.wav", "silent.wav", str(Path("sub/bright.flac")), "together"]
    assert rows[1].split() == ["silent.wav", "silence"]
    spectra = listen_to_file(Path("in/dark.wav"))
    profile = ear.for_sound(spectra).hear(spectra)
    assert [int(cell) for cell in rows[0].split()[1:]] == pytest.approx(
        [100 * profile.percentile(word) for word in MAIN_WORDS], abs=1.1
    )
    dark, together, bright = (int(rows[at].split()[1 + MAIN_WORDS.index("bright")]) for at in (0, 3, 2))
    assert dark < together < bright
    assert rows[-2].startswith("together: ")
    assert re.fullmatch(r"3 analyzed\. 9\.0 s of audio in .* s, \d+x realtime\.", rows[-1])


@pytest.mark.usefixtures("album")
def test_one_bad_file_does_not_stop_the_rest(capsys: Capture) -> None:
    Path("in/broken.wav").write_text("no audio")
    assert run(["analyze", "in"]) == 1
    out, err = capsys.readouterr()
    assert "error: in" in err.replace("\x1b[31m", "").replace("\x1b[0m", "")
    assert "broken.wav" in err
    assert "broken.wav" not in out
    assert "3 analyzed, 1 failed." in out
    assert run(["analyze", "in/broken.wav", "in/dark.wav", "nowhere.wav", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["done"], data["failed"], data["left"]) == (1, 2, 0)
    assert [record["trajectory"] is None for record in data["files"]] == [True, False, True]
    assert "doesn't exist" in data["files"][2]["error"]
    assert data["files"][2]["hint"]


def test_rows_have_room_for_the_words_that_tell_most() -> None:
    words = ["thin", "bright", "warm", "tinny", "muddy"]
    wide, narrow = Rows(["a.wav"], words, 80), Rows(["a" * 60], words, 40)
    assert wide.words == words
    assert narrow.words == ["bright", "warm"]
    summary = {"silent": False, "words": [{"word": word, "percentile": 0.5} for word in words]}
    assert len(narrow.row("a" * 60, summary)) <= 40
    assert "..." in narrow.row("a" * 60, summary)
    assert len(narrow.head) <= 40
    assert Rows(["b" * 200], words, None).words == words


@pytest.mark.usefixtures("album")
def test_json_is_one_document_with_all_there_is(capsys: Capture) -> None:
    data = document(capsys, "in")
    assert [Path(record["input"]).as_posix() for record in data["files"]] == [
        "in/dark.wav", "in/silent.wav", "in/sub/bright.flac",
    ]  # fmt: skip
    assert data["done"] == 3
    assert data["seconds"] > 0
    for record in data["files"]:
        assert record["error"] is record["hint"] is record["output"] is None
        assert record["notes"] == []
        assert record["trajectory"]["format"] == "eqmorph-trajectory/3"
        assert len(record["trajectory"]["windows"]) >= 1
    assert data["files"][1]["trajectory"]["summary"]["silent"]


# ---- trajectories


@pytest.mark.usefixtures("album")
def test_trajectories_keep_relative_paths(capsys: Capture) -> None:
    printed(capsys, "in", "--out", "out")
    assert sorted(path.relative_to("out").as_posix() for path in Path("out").rglob("*") if path.is_file()) == [
        "dark.wav.trajectory.json", "silent.wav.trajectory.json", "sub/bright.flac.trajectory.json",
    ]  # fmt: skip
    written = json.loads(Path("out/sub/bright.flac.trajectory.json").read_text())
    assert written == document(capsys, "in/sub/bright.flac")["files"][0]["trajectory"]


def test_one_file_says_where_its_trajectory_is(capsys: Capture) -> None:
    write(Path("song.wav"))
    assert f"trajectory  {Path('out/song.wav.trajectory.json')}" in printed(capsys, "song.wav", "--out", "out")
    assert Path("out/song.wav.trajectory.json").exists()


@pytest.mark.usefixtures("album")
def test_nothing_is_overwritten_unasked(capsys: Capture) -> None:
    there = Path("out/dark.wav.trajectory.json")
    there.parent.mkdir()
    there.write_text("mine")
    assert run(["analyze", "in", "--out", "out"]) == 2
    assert "--force" in capsys.readouterr().err
    assert there.read_text() == "mine"
    assert list(Path("out").iterdir()) == [there]
    printed(capsys, "in", "--out", "out", "--force")
    assert json.loads(there.read_text())["file"]["name"] == "dark.wav"


def test_two_files_of_one_name_are_refused(capsys: Capture) -> None:
    first, second = write(Path("a/song.wav")), write(Path("b/song.wav"))
    assert run(["analyze", str(first), str(second), "--out", "out"]) == 2
    assert "would both become" in capsys.readouterr().err
    assert not Path("out").exists()


def test_a_damaged_file_is_repaired_when_asked(capsys: Capture) -> None:
    samples = sf.read(write(Path("song.wav")))[0]
    samples[1000] = np.nan
    sf.write("nan.wav", samples, RATE, subtype="FLOAT")
    assert run(["analyze", "nan.wav"]) == 1
    assert "--repair" in capsys.readouterr().err
    assert "note: muted 2 invalid samples" in printed(capsys, "nan.wav", "--repair")


# ---- usage errors


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "missing argument"),
        (("song.wav", "--window", "soon"), "is not a time"),
        (("song.wav", "--window", "1ms"), "out of range"),
        (("song.wav", "--window", "2s", "--hop", "3s"), "out of range"),
        (("song.wav", "--word", "wram"), "warm"),
        (("song.wav", "--force"), "--out"),
        (("song.wav", "--top", "0"), "top"),
        (("song.wav", "--jobs", "0"), "jobs"),
        (("empty",), "contains no audio files"),
        (("no*.wav",), "no audio file matches"),
    ],
)
def test_usage_errors_exit_2(arguments: tuple[str, ...], reason: str, capsys: Capture) -> None:
    write(Path("song.wav"))
    Path("empty").mkdir()
    assert run(["analyze", *arguments]) == 2
    out, err = capsys.readouterr()
    assert reason in err
    assert not out


def test_an_interrupt_says_what_is_left(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.wav", "b.wav", "c.wav"):
        write(Path(name))

    def interrupted(*args: Any, **options: Any) -> Any:
        yield next(analyze_files(*args, **options))
        raise KeyboardInterrupt

    monkeypatch.setattr("eqmorph.batch.analyze.analyze_files", interrupted)
    assert run(["analyze", "a.wav", "b.wav", "c.wav", "--json"]) == 130
    data = json.loads(capsys.readouterr().out)
    assert (data["done"], data["left"]) == (1, 2)
    assert run(["analyze", "a.wav", "b.wav", "c.wav"]) == 130
    assert "2 left" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("500ms", 0.5), ("2s", 2), ("1.5", 1.5), ("1,5 s", 1.5), ("0:10", 10), ("1m30s", 90), ("2 min", 120)),
        *((".25", 0.25), ("1:02:03.5", 3723.5), ("1h", 3600), ("1s 500ms", 1.5), ("10 SEC", 10)),
    ],
)
def test_times_are_read_as_people_write_them(text: str, expected: float) -> None:
    assert seconds(None, None, text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", " ", "s", "1:", "1:2:3:4", "-1", "1x", "1s2m", "nan", "inf", "1.2.3"])
def test_what_is_not_a_time_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a time"):
        seconds(None, None, text)
