"""The code blocks of the pages: found, run in a folder of sounds as a reader would, and compared with what is shown.

How a page is written so that it can be checked:

- ```` ```sh ```` holds commands. A ```` ```text ```` block right below it is what they print.
- ```` ```console ```` holds commands behind ``$ ``, each with what it prints below it.
- ```` ```python ```` runs with ``audio`` at hand; a ```` ```text ```` block right below is what it prints.
- ``...`` stands for anything: alone on a line for any number of lines, within a line for any part of it. How long
  something took is not compared, and of numbers with many digits only the first four are, since the last ones differ
  between processors.
- ``<!-- not run: REASON -->`` on the line above a block keeps it from being run; its command lines must parse.
  So does ``<!-- ci: ... -->``, by which ``.ci/run`` finds a command and runs it.

Each block finds the folder as if it were the first. Its lines go on from each other, but one that is refused only
because an earlier one has already written its output is an alternative to that, and is run in a folder where it hasn't.
``EQMORPH_DOCS=new`` writes what is printed today into the pages.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import eqmorph
from eqmorph.cli import run
from tests.doc_world import World

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LANGUAGES = {"sh", "console", "python", "text", "json", "toml"}

_INSTALLED = Path(eqmorph.__file__).parents[1]

#: What goes on until it is ended, or needs what a test hasn't got. Its lines are parsed, and tested elsewhere. Where a
#: page shows what it prints, Ctrl-C ends it when all but the last line of that has come.
ENDLESS = {
    "live": "needs a sound card (tests/stream)",
    "mcp": "waits for a client (tests/agents)",
    "tui": "needs a terminal (tests/tui)",
    "watch": "goes on until it is ended (tests/batch/test_watch.py)",
}
_MARKER = re.compile(r"\s*<!-- (?:not run: (.+)|ci: \w+) -->\s*")
_LONG_NUMBER = re.compile(r"\d+\.\d{5,}(e-?\d+)?")
#: Programs that some lines need, and how such a line looks.
_PROGRAMS = {"ffmpeg": re.compile(r"^ffmpeg |\b(m4a|mp4|mkv)\b"), "sox": re.compile(r"^sox |\| sox ")}
_LONGEST_S = 20.0
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
            above = lines[start - 2] if start > 1 else ""
            inside = [text.removeprefix(indent) for text in lines[start:number]]
            block = Block(page, language, start, number, inside, _reason(above))
            if language == "text" and found and not "".join(lines[found[-1].end + 1 : start - 1]).strip():
                found[-1].output = block
            found.append(block)
            opened = None
    assert opened is None, f"{page.name}:{opened and opened[2]}: a code block that doesn't end"
    return found


def _reason(above: str) -> str | None:
    """Return why the block below a line is not run; None if it is."""
    marker = _MARKER.fullmatch(above)
    return (marker[1] or "it is what .ci/run runs") if marker else None


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
    """Yield each command line of a page that begins with eqmorph, run or not, but none that is shown to be refused."""
    for block in blocks_of(page):
        if block.language in ("sh", "console"):
            steps = [step for step in steps_of(block) if not is_refused(step)]
            yield from (step.command for step in steps if step.command.startswith("eqmorph "))


def is_refused(step: Step) -> bool:
    """Tell whether a page shows that a command ends with an error, or that something is missing."""
    return any(line.startswith(("error:", "missing:")) for line in step.shown or ())


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
        is_endless = words[0] == "eqmorph" and words[1] in ENDLESS
        if (is_endless and step.shown is None) or _lacks(step.command):
            continue
        if words[:2] == ["eqmorph", "config"]:
            patch.delenv("EQMORPH_JOBS", raising=False)  # which a reader hasn't set
        if step.command == "eqmorph demo":  # whose sounds a page may take for granted anywhere else
            shutil.rmtree("eqmorph-demo")
        code, said = _run_line(step.command, lines=len(step.shown or ()) - 1 if is_endless else None)
        if code == 2 and "already exist" in said:
            here = world.enter(patch)
            code, said = _run_line(step.command)
        said = said.replace(str(here), "/home/you").replace(str(_INSTALLED), "/home/you/eqmorph")
        may_fail = step.shown is not None and (new or is_refused(step))
        if code and not may_fail and not (is_endless and code == 130):
            ran.wrong.append(f"{block.place}: $ {step.command}\nended with {code}:\n{said}")
        elif step.shown is not None:
            _compare(block, step, said, ran, new=new)


def _lacks(line: str) -> bool:
    """Tell whether a line needs a program that isn't installed."""
    return any(pattern.search(line) and shutil.which(program) is None for program, pattern in _PROGRAMS.items())


def _run_line(line: str, *, lines: int | None = None) -> tuple[int, str]:
    """Run a command line: in this process if it is eqmorph alone or into a file, or else in a shell.

    With ``lines``, press Ctrl-C after so many of its output.
    """
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>&;")
    lexer.whitespace_split = True
    words = list(lexer)
    *most, last = words
    into = Path(last) if most[-1:] == [">"] else None
    words = most[:-1] if into else words
    is_ours = words[0] == "eqmorph" and not any(word in ("|", "<", ">", "&", ";", "&&") for word in words)
    if not is_ours or "$(" in line:
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
    output = _printed(lambda: said.update(code=run(_expanded(words[1:]))), lines=lines)
    if into:
        into.write_text(output, encoding="utf-8")
        output = ""
    return said["code"], output


def _expanded(words: list[str]) -> list[str]:
    """Do to ``~`` what a shell does, and to the one pattern that pages leave to it."""
    answers = sorted(map(str, Path().glob("answers-*.csv")))
    words = [name for word in words for name in (answers if word == "answers-*.csv" else [word])]
    return [str(Path(word).expanduser()) if word.startswith("~") else word for word in words]


def _printed(call: Callable[[], object], *, lines: int | None = None) -> str:
    """Return all that a call prints, on stdout and stderr in the order it came."""
    printed = io.BytesIO()
    output = io.TextIOWrapper(printed, encoding="utf-8", newline="\n", write_through=True)
    over = threading.Event()
    if lines is not None:
        threading.Thread(target=_press_ctrl_c, args=(printed, lines, over)).start()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            call()
        finally:
            over.set()
    output.flush()
    return printed.getvalue().decode()


def _press_ctrl_c(printed: io.BytesIO, lines: int, over: threading.Event) -> None:
    """Press it once so many lines are printed, or after a long time, unless all is over by then."""
    end = time.monotonic() + _LONGEST_S
    while not over.wait(0.05) and time.monotonic() < end:
        if lines and printed.getvalue().count(b"\n") >= lines:
            break
    if not over.wait(0.2):
        os.kill(os.getpid(), signal.SIGINT)


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
    return _LONG_NUMBER.sub(lambda number: f"{float(number[0]):.4g}", text)


def write_new(page: Path, ran: Ran) -> None:
    """Write what was printed into a page."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for start, end, instead in sorted(ran.new, reverse=True):
        lines[start:end] = instead
    page.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
