"""The code blocks of the pages: found, run in a folder of sounds as their reader would, and compared with what is shown.

How a page is written so that it can be checked:

- ```` ```sh ```` holds commands. A ```` ```text ```` block right below it is what they print.
- ```` ```console ```` holds commands behind ``$ ``, each with what it prints below it.
- ```` ```python ```` runs with ``audio`` at hand; a ```` ```text ```` block right below is what it prints.
- ``...`` stands for anything: alone on a line for any number of lines, within a line for any part of it. How long
  something took is not compared.
- ``<!-- not run: REASON -->`` on the line above a block keeps it from being run. Its command lines must parse all the same.

Each block finds the folder as if it were the first. Its lines go on from each other, but one that is refused only because
an earlier one has already written its output is an alternative to that, and is run in a folder where it hasn't.
``EQMORPH_DOCS=new`` writes what is printed today into the pages.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from eqmorph.cli import run
from eqmorph.demo import write_demo_sounds

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LANGUAGES = {"sh", "console", "python", "text", "json", "toml"}

#: What goes on until it is ended, or needs what a test hasn't got. Its lines are parsed, and tested elsewhere.
ENDLESS = {
    "live": "needs a sound card (tests/stream)",
    "mcp": "waits for a client (tests/agents)",
    "tui": "needs a terminal (tests/tui)",
    "watch": "goes on until it is ended (tests/batch/test_watch.py)",
}
_MARKER = re.compile(r"\s*<!-- not run: (.+?) -->\s*")
_FENCE = re.compile(r"( *)```(\w*)\s*")
#: How long it took is another time another: the speed behind a result, and the seconds of a run.
_TOOK = [(re.compile(r"\b\d+x\b"), "#x"), (re.compile(r"\bin [\d.]+ (s|ms|min)\b"), "in # s")]


@dataclass
class Block:
    """A code block of a page: ``lines[start:end]`` of the page are what is within its fences."""

    page: Path
    language: str
    start: int
    end: int
    lines: list[str]
    not_run: str | None = None
    output: Block | None = None  #: the block of text right below it

    @property
    def place(self) -> str:
        return f"{self.page.name}:{self.start + 1}"


@dataclass
class Step:
    """A command, what is shown of its output, and where in the page that is; None where nothing is shown."""

    command: str
    shown: list[str] | None = None
    start: int = 0
    end: int = 0


@dataclass
class Ran:
    """What became of a page: what is wrong, and what is to be written instead of some of its lines."""

    wrong: list[str] = field(default_factory=list)
    new: list[tuple[int, int, list[str]]] = field(default_factory=list)


def blocks_of(page: Path) -> list[Block]:
    """Return the code blocks of a page."""
    lines = page.read_text(encoding="utf-8").splitlines()
    found: list[Block] = []
    opened: tuple[str, str, int] | None = None
    for number, line in enumerate(lines):
        fence = _FENCE.fullmatch(line)
        if opened is None and fence:
            opened = (fence[1], fence[2], number + 1)
        elif opened is not None and line == f"{opened[0]}```":
            indent, language, start = opened
            above = _MARKER.fullmatch(lines[start - 2]) if start > 1 else None
            inside = [text.removeprefix(indent) for text in lines[start:number]]
            block = Block(page, language, start, number, inside, above[1] if above else None)
            if language == "text" and found and not "".join(lines[found[-1].end + 1 : start - 1]).strip():
                found[-1].output = block
            found.append(block)
            opened = None
    assert opened is None, f"{page.name}:{opened and opened[2]}: a code block that doesn't end"
    return found


def steps_of(block: Block) -> list[Step]:
    """Return the commands of a block of sh or console."""
    steps: list[Step] = []
    if block.language == "console":
        for number, line in enumerate(block.lines, block.start):
            if line.startswith("$ "):
                steps.append(Step(line[2:], [], number + 1, number + 1))
            elif steps[-1].command.endswith("\\"):
                steps[-1].command = steps[-1].command[:-1] + line.lstrip("> ")
                steps[-1].start = steps[-1].end = number + 1
            else:
                steps[-1].shown = [*(steps[-1].shown or []), line]
                steps[-1].end = number + 1
        return steps
    text = re.sub(r"\\\n\s*", "", "\n".join(block.lines))
    steps = [Step(line) for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if block.output is not None and steps:
        steps[-1].shown, steps[-1].start, steps[-1].end = block.output.lines, block.output.start, block.output.end
    return steps


def command_lines(page: Path) -> Iterator[str]:
    """Yield each command line of a page that begins with eqmorph, run or not."""
    for block in blocks_of(page):
        if block.language in ("sh", "console"):
            yield from (step.command for step in steps_of(block) if step.command.startswith("eqmorph "))


# The folder.


class World:
    """The folder that the pages take for granted, as often as it is wanted anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._original = folder / "original"
        self._programs = folder / "programs"
        self._original.mkdir(parents=True)
        _make_sounds(self._original)
        self._programs.mkdir()
        program = self._programs / "eqmorph"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m eqmorph "$@"\n', encoding="utf-8")
        program.chmod(0o755)

    def enter(self, patch: pytest.MonkeyPatch) -> Path:
        """Go into a new one, with a home in which nothing was ever set."""
        self._count += 1
        here = self._folder / str(self._count) / "you"
        shutil.copytree(self._original, here, copy_function=_link)
        for kind in ("cache", "config", "state"):
            patch.setenv(f"XDG_{kind.upper()}_HOME", str(here / f".{kind}"))
        patch.setenv("HOME", str(here))
        patch.setenv("PATH", f"{self._programs}{os.pathsep}{os.environ['PATH']}")
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.chdir(here)
        return here


def _link(source: str, target: str) -> None:
    """Give a file a second name, which costs nothing: eqmorph never changes a file, it puts another in its place."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _make_sounds(folder: Path) -> None:
    """Write what the pages name: the sounds of ``eqmorph demo``, most of them cut to two seconds."""
    demo = {path.stem: sf.read(path, dtype="float32") for path in write_demo_sounds(folder / "eqmorph-demo" / "sounds")}
    for name, (sound, seconds) in SOUNDS.items():
        audio, rate = demo[sound]
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        sf.write(path, audio[: int(seconds * rate)], rate, "PCM_16" if path.suffix == ".wav" else None)
    parts = [demo[name][0] for name in ("warm-pad", "little-mix", "plucked-arpeggio")]
    sf.write(folder / "piece.wav", np.concatenate(parts), 44_100, "PCM_16")


#: The files that pages name, the sound of the demo that each is, and how many seconds of it.
SOUNDS = {
    "song.wav": ("little-mix", 6),
    "hit.wav": ("plucked-arpeggio", 4),
    "talk.wav": ("voice-vowels", 6),
    "in.wav": ("little-mix", 2),
    "in/drums.wav": ("drum-loop", 2),
    "in/pad.wav": ("warm-pad", 2),
    "stems/bass/bass.wav": ("bass-line", 2),
    "voices/ana.wav": ("voice-vowels", 2),
    "voices/ben.wav": ("voice-vowels", 4),
    "album/01.flac": ("little-mix", 2),
    "album/02.flac": ("electric-piano", 2),
    "songs/one.wav": ("little-mix", 2),
    "songs/two.wav": ("plucked-arpeggio", 2),
    "hits/one.wav": ("plucked-arpeggio", 2),
    "hits/two.wav": ("glass-bells", 2),
    "samples/kick.wav": ("drum-loop", 1),
    "samples/bass.wav": ("bass-line", 2),
    "samples/bells.wav": ("glass-bells", 2),
    "drumkit/loop.wav": ("drum-loop", 1),
    "drumkit/tom.wav": ("bass-line", 1),
}


# Running.


def run_page(page: Path, world: World, *, new: bool) -> Ran:
    """Run all blocks of a page; with ``new``, note what is to be written into it instead of failing."""
    ran = Ran()
    for block in blocks_of(page):
        if block.not_run is not None:
            continue
        with pytest.MonkeyPatch.context() as patch:
            if block.language in ("sh", "console"):
                _run_commands(block, world, patch, ran, new=new)
            elif block.language == "python":
                world.enter(patch)
                _compare(block, _python_step(block), _run_python(block), ran, new=new)
    return ran


def _run_commands(block: Block, world: World, patch: pytest.MonkeyPatch, ran: Ran, *, new: bool) -> None:
    here = world.enter(patch)
    for step in steps_of(block):
        words = shlex.split(step.command, comments=True)
        if words[0] == "eqmorph" and len(words) > 1 and words[1] in ENDLESS:
            continue
        code, said = _run_line(step.command)
        if code == 2 and "already exist" in said:
            here = world.enter(patch)
            code, said = _run_line(step.command)
        said = said.replace(str(here), "/home/you")
        may_fail = step.shown is not None and any(line.startswith("error:") for line in step.shown)
        if code and not may_fail:
            ran.wrong.append(f"{block.place}: $ {step.command}\nended with {code}:\n{said}")
        elif step.shown is not None:
            _compare(block, step, said, ran, new=new)


def _run_line(line: str) -> tuple[int, str]:
    """Run a command line: in this process if it is eqmorph alone, or else in a shell."""
    words = shlex.split(line, comments=True)
    if words[0] != "eqmorph" or re.search(r"[|<>&]|\$\(", re.sub(r"\"[^\"$]*\"|'[^']*'|#.*", "", line)):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=60,
        )
        return done.returncode, done.stdout
    said: dict[str, int] = {}
    output = _printed(lambda: said.update(code=run(_expanded(words[1:]))))
    return said["code"], output


def _expanded(words: list[str]) -> list[str]:
    """Do to ``~`` what a shell does."""
    return [str(Path(word).expanduser()) if word.startswith("~") else word for word in words]


def _printed(call: Callable[[], object]) -> str:
    """Return all that a call prints, on stdout and stderr in the order it came."""
    printed = io.BytesIO()
    output = io.TextIOWrapper(printed, encoding="utf-8", newline="\n", write_through=True)
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        call()
    output.flush()
    return printed.getvalue().decode()


def _run_python(block: Block) -> str:
    audio = np.random.default_rng(0).normal(0, 0.1, (2, 44_100)).astype(np.float32)
    names: dict[str, Any] = {"audio": audio, "np": np, "__name__": block.page.stem}
    code = compile("\n" * block.start + "\n".join(block.lines), str(block.page), "exec")
    return _printed(lambda: exec(code, names))


def _python_step(block: Block) -> Step:
    output = block.output
    return Step("python", output.lines, output.start, output.end) if output else Step("python")


# Comparing.


def _compare(block: Block, step: Step, said: str, ran: Ran, *, new: bool) -> None:
    if step.shown is None or matches(step.shown, said):
        return
    lines = [line.rstrip() for line in said.rstrip("\n").split("\n")]
    if new:
        ran.new.append((step.start, step.end, lines))
    else:
        shown, printed = "\n".join(step.shown), "\n".join(lines)
        ran.wrong.append(f"{block.place}: $ {step.command}\nshown:\n{shown}\nprinted:\n{printed}")


def matches(shown: list[str], said: str) -> bool:
    """Tell whether what a page shows is what was printed, times and what ``...`` stands for left out."""
    pattern = ""
    for line in [*shown]:
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            parts = [re.escape(part) for part in _timeless(line.rstrip()).split("...")]
            pattern += ".*".join(parts) + r"[ ]*\n"
    printed = _timeless(said.rstrip("\n") + "\n") if said.strip() else ""
    return re.fullmatch(pattern, printed) is not None


def _timeless(text: str) -> str:
    for took, instead in _TOOK:
        text = took.sub(instead, text)
    return text


def write_new(page: Path, ran: Ran) -> None:
    """Write what was printed into a page."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for start, end, instead in sorted(ran.new, reverse=True):
        lines[start:end] = instead
    page.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
