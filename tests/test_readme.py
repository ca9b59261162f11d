"""What the pages show has the right types and can be parsed, run or not; the README's Python leaves what it names."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from itertools import takewhile
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray

from eqmorph.cli import main
from eqmorph.errors import UsageError
from tests.doc_blocks import PAGES, command_lines

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
RATE = 44_100

# What a reader is assumed to have. It takes the place of a page's title, so that line numbers are those of the page.
GIVEN = "import numpy as np; from numpy.typing import NDArray; audio: NDArray[np.float32]"


def code_of(page: Path, *languages: str) -> list[str]:
    """Return the lines of a page, those outside its code blocks of these languages blank."""
    lines, language = [], None
    for line in page.read_text(encoding="utf-8").splitlines():
        is_fence = line.startswith("```")
        if is_fence:
            language = line[3:] if language is None else None
        lines.append(line if language in languages and not is_fence else "")
    return lines


def parse(line: str) -> None:
    """Parse a command line up to a pipe or a redirection as the program would, and run nothing."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|>")
    lexer.whitespace_split = True
    name, *arguments = takewhile(lambda word: word not in ("|", ">"), lexer)
    command: click.Command = main
    context = command.make_context(name, list(arguments))
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        found_name, found, arguments = command.resolve_command(context, arguments)
        assert found is not None
        command, context = found, found.make_context(found_name, list(arguments), parent=context)


# ------------------------------------------------------------------------------------------------------ Python


def test_python_in_the_pages_has_the_right_types(tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="mypy, which checks the types, is not installed")
    snippets = []
    for page in PAGES:
        lines = code_of(page, "python")
        if any(lines) and page.stem != "notebook":  # whose cells look at what is there, and check for no None
            snippets.append(tmp_path / f"{page.stem.replace('-', '_')}.py")
            snippets[-1].write_text("\n".join([GIVEN, *lines[1:], ""]), encoding="utf-8")
    assert tmp_path / "README.py" in snippets
    command = [
        *(sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--follow-imports", "silent"),
        *("--cache-dir", os.devnull),
        # The stubs of newer numpy releases can't be read as the oldest Python that is supported.
        *("--python-version", f"{sys.version_info.major}.{sys.version_info.minor}"),
    ]
    done = subprocess.run(
        [*command, *map(str, snippets)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MYPYPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_python_in_the_readme_runs_and_leaves_the_files_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("eqmorph.presets.user_preset_folder", lambda: tmp_path / "presets")
    audio: NDArray[np.float32] = rng.normal(0, 0.1, (2, RATE)).astype(np.float32)
    inputs = {"song.wav", "in/one.wav", "in/two.wav"}
    Path("in").mkdir()
    for name in inputs:
        sf.write(name, audio.T, RATE)
    names: dict[str, Any] = {"audio": audio}
    exec(compile("\n".join(code_of(README, "python")), str(README), "exec"), names)
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.wav")} - inputs
    assert written == {"warm.wav", "out/one.wav", "out/two.wav"}
    assert names["warmer"].shape == audio.shape


# ------------------------------------------------------------------------------------------------ command lines


@pytest.mark.parametrize("line", [line for page in PAGES for line in command_lines(page)])
def test_a_command_line_in_the_pages_can_be_parsed(line: str) -> None:
    parse(line)


@pytest.mark.parametrize("line", ["eqmorph aply a b", "eqmorph apply a b --targt warm", "eqmorph presets shwo air"])
def test_a_command_line_with_an_unknown_command_or_option_cannot_be_parsed(line: str) -> None:
    with pytest.raises((click.UsageError, UsageError)):
        parse(line)
