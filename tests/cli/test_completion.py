"""The Tab key, in real shells: bash, zsh and fish where they are; PowerShell's side by what it hands over."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support import EQMORPH, environment, posix_only, shown

LINES = [
    ('eqmorph eq "warm:0.5 + articu', '"warm:0.5 + articulate"'),
    ("eqmorph eq warm:0.5+articu", "warm:0.5+articulate"),
    ("eqmorph apply --target=articu", "--target=articulate"),
    ("eqmorph apply --preset warm-", "--preset warm-tape"),
    ("eqmorph apply --reference my-own-", "--reference my-own-ref"),
    ("eqmorph apply --encoder anal", "--encoder analytic"),
    ("eqmorph apply --kind instr", "--kind instrument"),
    ("eqmorph apply --format fla", "--format flac"),
    ("eqmorph export air --to wavel", "--to wavelet"),
    ("eqmorph apply in.wav out.wav --export easyef", "--export easyeffects"),
    ("eqmorph export articu", "export articulate"),
    ("eqmorph schema traj", "schema trajectory"),
    ("eqmorph config set apply.bit-d", "set apply.bit-depth"),
    ("eqmorph config set apply.kind instr", "apply.kind instrument"),
    ("eqmorph config unset apply.le", "unset apply.level"),
    ("eqmorph config show train refer", "train reference"),
    ("eqmorph completion po", "completion powershell"),
    ("eqmorph pres", "eqmorph presets"),
    ("eqmorph apply --skip-e", "--skip-existing"),
    ("eqmorph apply song-of-", "song-of-mine.wav"),
]
# What zsh and fish complete in another way: a value after = or a colon is a word of their own.
_NOT_ELSEWHERE = ("eqmorph eq warm:0.5+articu", "eqmorph apply --target=articu")


def words_of(line: str, shell: str, **more: str) -> str:
    """Return what eqmorph answers to a shell."""
    variables = {"_EQMORPH_COMPLETE": f"{shell}_complete", "COMP_LINE": line, **more}
    done = subprocess.run(EQMORPH, env=environment(**variables), capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with a program `eqmorph`, a saved reference and a file."""
    program = tmp_path / "bin" / "eqmorph"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m eqmorph "$@"\n')
    program.chmod(0o755)
    saved = tmp_path / "config" / "eqmorph" / "references" / "my-own-ref.json"
    saved.parent.mkdir(parents=True)
    saved.write_text("{}")
    (saved.parent.parent / "config.toml").write_text('[apply]\nlevel = "keep"\n')
    (tmp_path / "song-of-mine.wav").touch()
    return tmp_path


def surroundings(home: Path) -> dict[str, str]:
    path = os.pathsep.join([str(home / "bin"), os.environ["PATH"]])
    return environment(PATH=path, XDG_CONFIG_HOME=str(home / "config"), HOME=str(home), TERM="xterm", PS1="> ")


def completed_in(shell: list[str], setup: list[str], line: str, home: Path, expected: str) -> str:
    """Type a line and the Tab key into an interactive shell; return what it shows, at the latest after a while."""
    import pty

    process, terminal = pty.fork()
    if process == 0:
        os.chdir(home)
        os.execvpe(shell[0], shell, surroundings(home))
    try:
        read_until(terminal, ">", 10)
        for number, command in enumerate(setup):
            os.write(terminal, f"{command}; echo rea''dy{number}\n".encode())
            read_until(terminal, f"ready{number}", 20)
        time.sleep(0.3)
        os.write(terminal, line.encode() + b"\t")
        return read_until(terminal, expected, 20)
    finally:
        os.close(terminal)
        os.waitpid(process, 0)


def read_until(terminal: int, expected: str, seconds: float) -> str:
    said, deadline = b"", time.monotonic() + seconds
    while time.monotonic() < deadline and expected.encode() not in said.replace(b"\x08", b""):
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                said += os.read(terminal, 65536)
            except OSError:
                break
    return said.replace(b"\x08", b"").decode(errors="replace")


@posix_only
@pytest.mark.parametrize(("line", "expected"), LINES, ids=[line for line, _ in LINES])
def test_bash_completes(home: Path, capsys: pytest.CaptureFixture[str], line: str, expected: str) -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    (home / "script").write_text(shown(capsys, "completion", "bash"))
    assert expected in completed_in(["bash", "--norc", "-i"], ["PS1='> '", "source ./script"], line, home, expected)


@posix_only
@pytest.mark.parametrize(("line", "expected"), [one for one in LINES if one[0] not in _NOT_ELSEWHERE], ids=str)
def test_fish_completes(home: Path, capsys: pytest.CaptureFixture[str], line: str, expected: str) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    (home / "script").write_text(shown(capsys, "completion", "fish") + f"\ncomplete -C '{line}'\n")
    command = ["fish", "--no-config", "script"]
    done = subprocess.run(command, cwd=home, env=surroundings(home), capture_output=True, text=True, check=False)
    assert expected.split(" ", 1)[-1].strip('"') in done.stdout


@posix_only
@pytest.mark.parametrize(("line", "expected"), [LINES[at] for at in (0, 3, 4, 8, 11, 12)], ids=lambda one: str(one))
def test_zsh_completes(home: Path, capsys: pytest.CaptureFixture[str], line: str, expected: str) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed")
    (home / "script").write_text(shown(capsys, "completion", "zsh"))
    setup = ["PS1='> '", "autoload -Uz compinit; compinit -u -D", "source ./script"]
    assert expected in completed_in(["zsh", "-f", "-i"], setup, line, home, expected)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("eqmorph completion po", "powershell\tpowershell\tpowershell"),
        ('eqmorph eq "warm:0.5 + articu', '"warm:0.5 + articulate"\twarm:0.5 + articulate\twarm:0.5 + articulate'),
        ("eqmorph eq 'warm + articu", "'warm + articulate'\twarm + articulate\twarm + articulate"),
        ("eqmorph pres", "presets\tpresets\tList, show, save and remove presets."),
        ("eqmorph apply song", ""),
    ],
)
def test_powershell_is_answered(line: str, answer: str) -> None:
    """PowerShell itself offers files where nothing is answered."""
    assert words_of(line, "powershell").strip() == answer


def test_powershells_script_registers_a_completer(capsys: pytest.CaptureFixture[str]) -> None:
    script = shown(capsys, "completion", "powershell")
    assert script.startswith("Register-ArgumentCompleter -Native -CommandName eqmorph ")
    assert script.count("{") == script.count("}")
    if shutil.which("pwsh") is None:
        pytest.skip("PowerShell is not installed: what it hands over is tested, its script is only read")
    command = script + "(TabExpansion2 'eqmorph completion po' 21).CompletionMatches.CompletionText"
    done = subprocess.run(["pwsh", "-NoProfile", "-c", command], capture_output=True, text=True, check=True)
    assert "powershell" in done.stdout


def test_nothing_heavy_is_loaded_to_complete() -> None:
    code = "import sys, atexit; atexit.register(lambda: print(sorted(sys.modules), file=sys.stderr))\n"
    code += "from eqmorph.cli import run; run([])"
    lines = ['eqmorph eq "warm + a', "eqmorph apply --preset ", "eqmorph apply --reference ", "eqmorph apply --"]
    for line in [*lines, "eqmorph schema ", "eqmorph config set a", "eqmorph config set apply.kind "]:
        variables = {"_EQMORPH_COMPLETE": "bash_complete", "COMP_LINE": line}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment(**variables), capture_output=True, text=True, check=True
        )
        assert not {"numpy", "torch", "soundfile", "pedalboard", "rich", "textual"} & set(
            done.stderr.replace("'", "").strip("[]\n ").split(", ")
        )
