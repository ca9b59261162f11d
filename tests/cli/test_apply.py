"""``eqmorph apply`` as a user meets it: files, folders, exit codes, errors in one line, interrupts, resuming."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile as sf

from eqmorph.cli import run
from tests.support import EQMORPH, environment, make_audio, noise, posix_only, wait_until

EQ = ("--bands", "LS 120 +6; HS 3k +5")
RATE = 44_100
PHASES = ("minimum", "linear")


class Said(NamedTuple):
    """The exit code and the output of a command line."""

    code: int
    out: str
    err: str


Apply = Callable[..., Said]


@pytest.fixture
def apply(capsys: pytest.CaptureFixture[str]) -> Apply:
    """Return a function that runs ``eqmorph apply`` with an EQ in this process: ``apply("in", "out")``."""

    def run_it(*arguments: str | Path, eq: tuple[str, ...] = EQ) -> Said:
        capsys.readouterr()
        code = run(["apply", *map(str, arguments), *eq])
        said = capsys.readouterr()
        assert "Traceback" not in said.err or "-vv" in arguments
        return Said(code, said.out, said.err)

    return run_it


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put each test into an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make_long(name: str, seconds: int) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    second = 0.1 * np.random.default_rng(0).standard_normal((RATE, 2))
    with sf.SoundFile(path, "w", RATE, 2, "PCM_16") as file:
        for _ in range(seconds):
            file.write(second)
    return path


def names(folder: str) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in Path(folder).rglob("*")
        if path.is_file() and path.name not in (".eqmorph-journal.jsonl", ".eqmorph-lock")
    )


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return all files with their times and contents, to see that nothing was touched."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    }


# ------------------------------------------------------------------------------------------ files, folders, globs


def test_a_file_into_a_file(apply: Apply) -> None:
    make_audio("a.wav")
    assert apply("a.wav", "b.wav").code == 0
    assert sf.info("b.wav").frames == RATE // 2
    assert apply("a.wav", "new/folder/c.flac").code == 0
    assert sf.info("new/folder/c.flac").format == "FLAC"


def test_a_file_into_a_folder(apply: Apply) -> None:
    make_audio("a.wav")
    Path("there").mkdir()
    for output in ("there", "new", "named.wav/"):
        assert apply("a.wav", output).code == 0
        assert names(output) == ["a.wav"]


def test_a_folder_into_a_folder_keeps_relative_paths(apply: Apply) -> None:
    for name in ("in/a.wav", "in/sub/b.flac", "in/sub/deep/c.ogg"):
        make_audio(name)
    Path("in/notes.txt").touch()
    said = apply("in", "out")
    assert (said.code, said.err) == (0, "")
    assert names("out") == ["a.wav", "sub/b.flac", "sub/deep/c.ogg"]


def test_globs_that_no_shell_expanded(apply: Apply) -> None:
    for name in ("in/a.wav", "in/b.wav", "in/c.flac"):
        make_audio(name)
    assert apply("in/*.wav", "out").code == 0
    assert names("out") == ["a.wav", "b.wav"]
    assert apply("in/*.flac", "one.flac").code == 0
    assert sf.info("one.flac").format == "FLAC"
    said = apply("in/*.wav", "one.wav")
    assert said.code == 2
    assert "2 inputs can't become one file" in said.err


def test_the_output_may_lie_inside_the_input(apply: Apply) -> None:
    make_audio("in/a.wav")
    for _ in range(2):
        assert apply("in", "in/out", "--force").code == 0
    assert names("in") == ["a.wav", "out/a.wav"]


def test_a_preset_instead_of_bands(apply: Apply) -> None:
    make_audio("a.wav")
    assert apply("a.wav", "b.wav", "--preset", "warm-tape", eq=()).code == 0


def test_format_bit_depth_and_amount_arrive(apply: Apply) -> None:
    make_audio("in/a.wav")
    assert apply("in", "out", "--format", "FLAC", "--bit-depth", "24").code == 0
    assert sf.info("out/a.flac").subtype == "PCM_24"
    assert apply("in/a.wav", "b.wav", "--amount", "0").code == 0
    assert Path("b.wav").read_bytes() == Path("in/a.wav").read_bytes()


@pytest.mark.parametrize("name", ["with spaces.wav", "émoji 🎧.wav", "x" * 246 + ".wav", "[1].wav", "a.b.c.wav"])
def test_odd_names_are_kept(apply: Apply, name: str) -> None:
    make_audio(f"in/{name}")
    said = apply("in", "out")
    assert (said.code, names("out")) == (0, [name])
    assert len(said.out.splitlines()) == 1
    assert apply(f"in/{name}", f"two/{name}").code == 0


@posix_only
@pytest.mark.parametrize("raw", [b"new\nline.wav", b"latin-\xe9.wav", b"\x1b[31mred.wav"])
def test_names_that_are_not_text(apply: Apply, raw: bytes) -> None:
    name = os.fsdecode(raw)
    make_audio("a.wav")
    try:
        Path("in").mkdir()
        Path("a.wav").rename(Path("in", name))
    except OSError:
        pytest.skip("this file system takes no such name")
    said = apply("in", "out", "--report", "report.jsonl")
    assert (said.code, names("out")) == (0, [name])
    assert len(said.out.splitlines()) == 1
    assert "\x1b" not in said.out
    assert json.loads(Path("report.jsonl").read_text(encoding="utf-8"))["output"] == str(Path("out", name))
    assert apply("in", "out", "--resume").out.count("skipped") == 1
    Path("in", name).write_text("no audio")
    said = apply("in", "again", "--json")
    assert said.code == 1
    assert len(said.err.splitlines()) == 1
    json.loads(said.out)


# -------------------------------------------------------------------------------------------- usage errors: exit 2


def prepare_wrong_use() -> None:
    make_audio("a.wav")
    make_audio("in/b.wav")
    make_audio("in/b.flac")
    make_audio("taken.wav", seed=1)
    make_audio("taken/b.wav", seed=1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.wav", "b.wav", "--preset", "air"], "exactly one of a target in words, --preset and --bands"),
        (["a.wav", "taken.wav"], "already exists"),
        (["in", "taken"], "1 of 2 outputs already exists: taken/b.wav"),
        (["a.wav", "a.wav", "--force"], "inputs are never overwritten"),
        (["a.wav", "./in/../a.wav", "--force"], "inputs are never overwritten"),
        (["in", "in", "--force"], "inputs are never overwritten"),
        (["in", "out", "--format", "mp3"], "would both become"),
        (["a.wav", "in", "taken.wav"], "several inputs need a folder"),
        (["in", "new.wav"], "several inputs need a folder"),
        (["a.wav", "b.ape"], ".ape files can't be written"),
        (["a.wav", "b.flac", "--format", "wav"], "does not match --format wav"),
        (["*.mp3", "out"], "no audio file matches"),
        (["", "out"], "no name"),
        (["a.wav", ""], "no name"),
        (["a.wav", "b.wav", "--resume"], "--resume requires an output folder"),
        (["in", "out", "--resume", "--force"], "can't be combined"),
        (["in", "out", "--resume", "--skip-existing"], "can't be combined"),
        (["a.wav", "b.wav", "--level", "loud"], "'loud' is not a level"),
        (["a.wav", "b.wav", "--level", "nan"], "'nan' is not a level"),
        (["a.wav", "b.wav", "--amount", "3"], "3.0 is not in the range"),
        (["a.wav", "b.wav", "--amount", "nan"], "out of range"),
        (["a.wav", "b.wav", "--ceiling", "nan"], "out of range"),
        (["a.wav", "b.wav", "--jobs", "0"], "0 is not in the range"),
        (["a.wav", "b.wav", "--format", "xyz"], "'xyz' is not one of"),
        (["a.wav", "b.wav", "--nonsense"], "no such option"),
        (["a.wav"], "an input and an output are needed"),
        ([], "missing argument"),
    ],
)
def test_usage_errors_exit_2_say_what_to_do_and_touch_nothing(
    apply: Apply, here: Path, arguments: list[str], words: str
) -> None:
    prepare_wrong_use()
    before = everything(here)
    said = apply(*arguments)
    assert said.code == 2
    assert words.replace("/", os.sep) in said.err.replace("/", os.sep)
    assert said.out == ""
    assert everything(here) == before


@pytest.mark.parametrize(
    ("eq", "words"),
    [
        ((), "exactly one of a target in words, --preset and --bands"),
        (("--bands", "QQ 100 +3"), "'QQ' in 'QQ 100 +3' is not a kind of band"),
        (("--preset", "nope"), "no preset is called 'nope'"),
    ],
)
def test_an_eq_that_is_none_is_a_usage_error(apply: Apply, eq: tuple[str, ...], words: str) -> None:
    make_audio("a.wav")
    said = apply("a.wav", "b.wav", eq=eq)
    assert (said.code, len(said.err.splitlines())) == (2, 1)
    assert words in said.err
    assert names(".") == ["a.wav"]


@posix_only
@pytest.mark.parametrize("way", ["symlink", "hard link"])
def test_its_own_input_by_another_name_is_refused(apply: Apply, way: str) -> None:
    source = make_audio("a.wav")
    before = source.read_bytes()
    if way == "symlink":
        Path("b.wav").symlink_to("a.wav")
    else:
        os.link("a.wav", "b.wav")
    said = apply("a.wav", "b.wav", "--force")
    assert (said.code, source.read_bytes()) == (2, before)


# -------------------------------------------------------------------------------------- what fails: exit 1, named


def bad(name: str, content: bytes) -> str:
    Path("in").mkdir(exist_ok=True)
    Path("in", name).write_bytes(content)
    return name


def test_one_bad_file_among_good_ones(apply: Apply) -> None:
    for name in ("in/a.wav", "in/b.wav", "in/z/c.wav"):
        make_audio(name)
    bad("empty.wav", b"")
    bad("text.wav", b"hello\n")
    said = apply("in", "out")
    assert said.code == 1
    assert names("out") == ["a.wav", "b.wav", "z/c.wav"]
    lines = sorted(said.err.splitlines())
    assert len(lines) == 2
    assert "empty.wav: is empty" in lines[0]
    assert "text.wav: holds text, not audio" in lines[1]
    assert "3 done, 2 failed" in said.out


def prepare_bad_input() -> dict[str, str]:
    """Write a folder of files that can't be processed; return what must be said of each."""
    whole = make_audio("whole.wav", frames=60_000).read_bytes()
    flac = make_audio("whole.flac", frames=60_000).read_bytes()
    zero = bytearray(whole)
    zero[22:24] = b"\0\0"
    nan = 0.1 * np.ones((60_000, 2))
    nan[50_000, 1] = np.nan
    Path("in").mkdir()
    sf.write("in/nan.wav", nan, RATE, "FLOAT")
    nan[50_000, 1] = -np.inf
    sf.write("in/inf.aiff", nan, RATE, "FLOAT")
    return {
        bad("empty.wav", b""): "is empty",
        bad("header.wav", whole[:20]): "its header is cut off",
        bad("data.wav", whole[:50_000]): "is truncated",
        bad("data.flac", flac[:50_000]): "can't be decoded after",
        bad("text.wav", b"text\n"): "holds text",
        bad("zero.wav", bytes(zero)): "claims to have no channels",
        bad("random.wav", np.random.default_rng(0).bytes(3000)): "is not an audio file",
        "nan.wav": "sample 50000 (0:01.134) of channel 2 is nan",
        "inf.aiff": "sample 50000 (0:01.134) of channel 2 is -inf",
    }


def test_each_bad_file_gets_one_line_with_its_name_its_reason_and_a_remedy(apply: Apply) -> None:
    expected = prepare_bad_input()
    said = apply("in", "out")
    assert (said.code, names("out") if Path("out").exists() else []) == (1, [])
    lines = said.err.splitlines()
    assert len(lines) == len(expected)
    for name, reason in expected.items():
        (line,) = [line for line in lines if f"{name}: " in line]
        assert line.startswith("error: ")
        assert reason in line
        assert line.rstrip().endswith((".", "?"))
        assert line.count(". ") + line.count("? ") >= 1, "the remedy is a sentence of its own"


def test_repair_mutes_and_takes_what_there_is(apply: Apply) -> None:
    prepare_bad_input()
    said = apply("in", "out", "--repair")
    assert names("out") == ["data.flac", "data.wav", "inf.aiff", "nan.wav"]
    assert said.out.count("muted 1 invalid sample") == 2
    assert said.out.count("is truncated") == 2
    assert np.isfinite(sf.read("out/nan.wav")[0]).all()


def test_what_is_not_there_is_said_and_the_rest_is_done(apply: Apply) -> None:
    make_audio("a.wav")
    said = apply("a.wav", "gone.wav", "out")
    assert (said.code, names("out")) == (1, ["a.wav"])
    assert "gone.wav: doesn't exist" in said.err


@posix_only
def test_circles_of_links_are_errors(apply: Apply) -> None:
    make_audio("in/a.wav")
    Path("in/circle.wav").symlink_to("circle.wav")
    Path("in/self").symlink_to(".")
    Path("loop").symlink_to("loop")
    said = apply("in", "loop", "out")
    assert (said.code, names("out")) == (1, ["a.wav"])
    assert sorted(line.split(":")[1] for line in said.err.splitlines()) == [" in/circle.wav", " loop"]


@pytest.mark.parametrize("name", ["x" * 300 + ".wav", "x" * 5000 + ".wav"])
def test_names_that_no_disk_takes(apply: Apply, name: str) -> None:
    make_audio("a.wav")
    said = apply(name, "out")
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    said = apply("a.wav", name)
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert "the name is too long" in said.err
    assert names(".") == ["a.wav"]


def test_an_output_folder_that_is_a_file(apply: Apply) -> None:
    make_audio("in/a.wav")
    make_audio("in/b.wav")
    Path("file").touch()
    said = apply("in", "file/out")
    assert (said.code, len(said.err.splitlines())) == (1, 2)
    assert "is a file, not a folder" in said.err
    assert apply("in", "file").code == 2


@posix_only
def test_an_output_folder_that_takes_no_files(apply: Apply) -> None:
    make_audio("in/a.wav")
    Path("out").mkdir()
    os.chmod("out", 0o555)  # noqa: PTH101
    try:
        if os.access("out", os.W_OK):
            if not Path("/proc/version").exists():
                pytest.skip("nothing here is closed to this user")
            said = apply("in", "/proc/version-of-nothing")
            assert "can't be made" in said.err
        else:
            said = apply("in", "out")
            assert "no permission to write" in said.err
        assert (said.code, len(said.err.splitlines())) == (1, 1)
    finally:
        os.chmod("out", 0o755)  # noqa: PTH101


@posix_only
def test_a_disk_that_is_full(apply: Apply, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a small disk of its own, where mounting is allowed, the result or what is set aside for it has no room.

    That is seen before the run, unless somebody else takes the room meanwhile.
    """
    Path("disk").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", "disk"]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small disk")
    try:
        make_long("in/a.wav", 15)
        make_long("in/long.wav", 60)
        make_audio("in/z.wav")
        said = apply("in", "disk/out", "--level", "keep")
        assert (said.code, "disk/out has room for 3.1 MB" in said.err, names("disk")) == (2, True, [])
        monkeypatch.setattr("eqmorph.batch.folder.check_space", lambda *_: None)
        for level in ("match", "keep"):
            said = apply("in", "disk/out", "--level", level, "--jobs", "1")
            assert said.code == 1
            assert names("disk/out") == ["a.wav", "z.wav"]
            (line,) = said.err.splitlines()
            assert "disk/out/long.wav: the disk is full. Free some space" in line
            for path in Path("disk/out").glob("*.wav"):
                path.unlink()
    finally:
        subprocess.run(["umount", "disk"], check=True)


# ------------------------------------------------------------------------------------------- what is there already


def test_force_and_skip_existing(apply: Apply) -> None:
    make_audio("in/a.wav")
    make_audio("in/b.wav")
    make_audio("out/a.wav", seed=5)
    old = Path("out/a.wav").read_bytes()
    said = apply("in", "out", "--skip-existing")
    assert (said.code, Path("out/a.wav").read_bytes()) == (0, old)
    assert "out/a.wav  skipped: already exists" in said.out.replace("\\", "/")
    assert names("out") == ["a.wav", "b.wav"]
    assert apply("in", "out", "--force").code == 0
    assert Path("out/a.wav").read_bytes() != old


@pytest.mark.parametrize("options", [[], ["--force"], ["--skip-existing"], ["--resume"], ["--report", "r.jsonl"]])
def test_a_dry_run_says_what_would_be_done_and_touches_nothing(apply: Apply, here: Path, options: list[str]) -> None:
    for name in ("in/a.wav", "in/sub/b.flac"):
        make_audio(name)
    bad("c.wav", b"")
    if options and options != ["--report", "r.jsonl"]:
        apply("in/a.wav", "out/")
    before = everything(here)
    said = apply("in", "out", "--dry-run", *options)
    assert everything(here) == before
    assert said.code == 1, "one of them can't be read"
    assert "in/c.wav: is empty" in said.err.replace("\\", "/")
    lines = said.out.replace("\\", "/").splitlines()
    skipped = options in (["--skip-existing"], ["--resume"])
    assert lines[0].startswith("would skip out/a.wav" if skipped else "would write out/a.wav  WAV PCM_16, 44100 Hz")
    others = [line for line in lines if "sub/b.flac" in line]
    assert others == ["would write out/sub/b.flac  FLAC PCM_16, 44100 Hz, 2 channels, 0:00.500"]
    assert lines[-1].startswith("3 files: ")
    assert lines[-1].endswith(", 1 failed. Nothing was written.")


def test_a_dry_run_as_json(apply: Apply) -> None:
    make_audio("in/a.wav")
    bad("c.wav", b"")
    said = apply("in", "out", "--dry-run", "--json")
    data = json.loads(said.out)
    assert data["dry_run"] is True
    assert [(Path(file["input"]).name, file["status"]) for file in data["files"]] == [
        ("a.wav", "planned"),
        ("c.wav", "failed"),
    ]
    assert (data["planned"], data["failed"]) == (1, 1)
    assert data["files"][0]["bands"]
    assert data["files"][0]["level_trim_db"] is None, "nothing was rendered"
    assert "is empty" in data["files"][1]["error"]


def test_resume_does_only_what_is_left_to_do(apply: Apply) -> None:
    for number in range(4):
        make_audio(f"in/{number}.wav", seed=number)
    assert apply("in", "out").code == 0
    Path("out/1.wav").unlink()
    os.truncate("out/2.wav", 100)
    said = apply("in", "out", "--resume")
    assert said.code == 0
    assert said.out.count("skipped: done by an earlier run") == 2
    assert "2 done, 2 skipped" in said.out
    said = apply("in", "out", "--resume", "--amount", "0.5")
    assert "4 done" in said.out
    make_audio("in/new.wav")
    make_audio("out/new.wav")
    said = apply("in", "out", "--resume")
    assert said.code == 2
    assert "new.wav" in said.err


# ------------------------------------------------------------------------------------------ interrupted and killed


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Return a function that starts ``eqmorph apply in out`` as its own process; none outlives the test."""
    processes: list[subprocess.Popen[str]] = []

    def start(*options: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*EQMORPH, "apply", "in", "out", *EQ, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(PYTHONUNBUFFERED="1"),
            # A test run in the background ignores Ctrl-C, and its children would inherit that.
            preexec_fn=None if os.name == "nt" else lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@posix_only
@pytest.mark.parametrize("level", ["match", "keep"])
def test_ctrl_c_leaves_nothing_half_done_names_what_is_left_and_resume_finishes_it(
    apply: Apply, started: Callable[..., subprocess.Popen[str]], level: str
) -> None:
    make_audio("in/a.wav")
    for name in ("b", "c"):
        make_long(f"in/{name}.wav", 150)
    process = started("--jobs", "1", "--level", level)
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert first.startswith("in/a.wav -> out/a.wav")
    left = 3 - len(names("out"))
    assert names("out") == ["a.wav", "b.wav", "c.wav"][:-left]
    assert (
        err
        == f"Interrupted: {left} left ({', '.join(['in/b.wav', 'in/c.wav'][-left:])}). --resume continues from here.\n"
    )

    said = apply("in", "out", "--resume", "--level", level)
    assert said.code == 0
    assert f"{left} done, {3 - left} skipped" in said.out
    assert apply("in", "whole", "--level", level).code == 0
    assert {name: Path("out", name).read_bytes() == Path("whole", name).read_bytes() for name in names("whole")} == {
        "a.wav": True,
        "b.wav": True,
        "c.wav": True,
    }


@posix_only
def test_a_killed_run_leaves_nothing_under_a_final_name_and_the_next_cleans_up(
    apply: Apply, started: Callable[..., subprocess.Popen[str]]
) -> None:
    make_long("in/a.wav", 120)
    process = started("--level", "keep")
    wait_until(lambda: [path for path in Path("out").glob(".eqmorph-*.part") if path.stat().st_size > 100_000])
    process.send_signal(signal.SIGSTOP)
    living = set(Path("out").glob(".eqmorph-*.part"))
    make_audio("in2/b.wav")
    assert apply("in2", "out", "--level", "keep").code == 0, "another run next to it"
    assert set(Path("out").glob(".eqmorph-*.part")) == living, "what a living run is writing is left alone"
    process.kill()
    process.communicate()
    assert names("out") == [*(path.name for path in living), "b.wav"]
    assert apply("in", "out", "--resume").code == 0
    assert names("out") == ["a.wav", "b.wav"]


# ------------------------------------------------------------------------------------------------ phase, dither, hum


def test_linear_phase_delays_nothing_and_is_told(apply: Apply) -> None:
    impulse = np.zeros((RATE, 1))
    impulse[RATE // 2] = 0.5
    make_audio("in.wav", "WAV", "FLOAT", audio=impulse)
    done = [apply("in.wav", f"{phase}.wav", "--phase", phase, "--level", "keep", "--json") for phase in PHASES]
    minimum, linear = (sf.read(f"{phase}.wav")[0] for phase in PHASES)
    assert np.allclose(linear[RATE // 2 - 400 : RATE // 2], linear[RATE // 2 + 1 : RATE // 2 + 401][::-1], atol=1e-5)
    assert np.abs(minimum[: RATE // 2]).max() == 0
    assert [json.loads(said.out)["files"][0]["phase"] for said in done] == list(PHASES)


def test_linear_phase_and_following_are_refused_together(apply: Apply) -> None:
    make_audio("in.wav")
    said = apply("in.wav", "out.wav", "--phase", "linear", "--follow", eq=("--target", "warm"))
    assert said.code == 2
    assert "--phase" in said.err
    assert not Path("out.wav").exists()


def test_what_is_rounded_is_dithered_unless_that_is_not_wanted(apply: Apply) -> None:
    soft = 1e-4 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
    make_audio("in.wav", "WAV", "FLOAT", audio=soft[:, None])
    steps = {}
    for choice in ("auto", "none"):
        assert apply("in.wav", f"{choice}.wav", "--bit-depth", "16", "--level", "keep", "--dither", choice).code == 0
        steps[choice] = len(np.unique(sf.read(f"{choice}.wav", dtype="int16")[0]))
    assert steps["auto"] > steps["none"]


def test_hum_is_taken_out_without_any_other_eq(apply: Apply) -> None:
    times = np.arange(12 * RATE) / RATE
    hum = sum(0.01 * np.sin(2 * np.pi * 50 * number * times) for number in (1, 2, 3))
    floor = 1e-4 * np.random.default_rng(0).standard_normal(len(times))
    make_audio("in.wav", "WAV", "FLOAT", audio=np.asarray(hum + floor)[:, None])
    said = apply("in.wav", "out.wav", "--dehum", "auto", "--level", "keep", "--json", eq=())
    (told,) = json.loads(said.out)["files"]
    assert told["hum"]["mains_hz"] == pytest.approx(50, abs=0.02)
    assert {round(line["freq_hz"]) for line in told["hum"]["lines"]} == {50, 100, 150}
    before, after = (np.abs(np.fft.rfft(sf.read(name)[0][4 * RATE :]))[400] for name in ("in.wav", "out.wav"))
    assert after < before / 30


def test_parts_of_a_folder_are_done_side_by_side() -> None:
    for number in range(8):
        make_audio(Path("in") / f"{number}.wav", frames=2000, seed=number)
    parts = "--jobs 1 --shard {}/3 --report part-{}.jsonl ::: 1 2 3"
    command = f"parallel -q -j 2 {shlex.join(EQMORPH)} apply in out --bands 'LS 120 +6' {parts}"
    if shutil.which("parallel") is None:
        pytest.skip("needs GNU parallel")
    ended = subprocess.run(command, shell=True, env=environment(), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert {path.name for path in Path("out").glob("*.wav")} == {f"{number}.wav" for number in range(8)}
    assert run(["report", "merge", *map(str, Path().glob("part-*.jsonl")), "-o", "all.jsonl", "--inputs", "in"]) == 0
    told = [json.loads(line) for line in Path("all.jsonl").read_text("utf-8").splitlines()]
    assert sorted(one["output"] for one in told if "output" in one) == [f"out/{number}.wav" for number in range(8)]


def test_an_empty_part_is_no_error(apply: Apply) -> None:
    make_audio("in/a.wav", frames=2000)
    said = [apply("in", "out", "--shard", f"{number}/5") for number in range(1, 6)]
    assert [one.code for one in said] == [0] * 5
    assert sorted(Path("out").glob("*.wav")) == [Path("out/a.wav")]
    assert apply("in", "out", "--shard", "6/5").code == 2
    assert apply("in", "out2", "--shard", "1/5", "--together").code == 2


@pytest.mark.parametrize(("option", "failed"), [(("--fail-fast",), 1), (("--max-failures", "2"), 2)])
def test_it_gives_up_where_that_is_asked_for(apply: Apply, option: tuple[str, ...], failed: int) -> None:
    for number in range(6):
        make_audio(Path("in") / f"{number}.wav", frames=2000)
    for number in range(3):
        (Path("in") / f"{number}.wav").write_bytes(b"not audio")
    said = apply("in", "out", "--jobs", "1", *option)
    assert said.code == 1
    assert f"Gave up after {failed} failed: " in said.err
    assert "--resume continues from here." in said.err


def test_limits_make_processes_of_a_single_file(apply: Apply) -> None:
    make_audio("a.wav", frames=2000)
    assert apply("a.wav", "b.wav", "--timeout", "1m", "--max-memory", "1 GB").code == 0
    assert apply("a.wav", "c.wav", "--timeout", "0").code == 2
    assert "256 MB" in apply("a.wav", "c.wav", "--max-memory", "1MB").err
    assert "not a size" in apply("a.wav", "c.wav", "--max-memory", "much").err


@pytest.mark.parametrize("sharing", ["--album", "--together"])
def test_hum_is_each_files_own_also_where_files_belong_together(sharing: str, apply: Apply) -> None:
    turns = 50 * np.arange(10 * RATE) / RATE
    hum = sum(0.02 / n * np.sin(2 * np.pi * n * turns) for n in range(1, 4))[:, None]
    for name, tone in (("a", hum), ("b", 0.0)):
        make_audio(Path("in") / f"{name}.wav", audio=noise(10 * RATE, 1, amplitude=0.002, seed=1) + tone)
    said = apply("in", "out", "--bands", "HS 8k +2", "--dehum", "auto", sharing, "--json", eq=())
    hummed, clean = sorted(json.loads(said.out)["files"], key=lambda told: told["input"])
    assert clean["hum"] is None
    assert [band["kind"] for band in clean["bands"]] == ["high_shelf"]
    assert [band["kind"] for band in hummed["bands"]] == ["notch"] * 3 + ["high_shelf"]
