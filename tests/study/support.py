"""A study made of noise, and answers to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from eqmorph.compare.versions import Ask
from eqmorph.study.make import MadeStudy, StudyAsk, make_study
from eqmorph.study.plan import Item, Stimulus, Study, Trial
from tests.support import make_audio

RATE = 44_100
HEADER = "study,session,participant,position,trial,kind,a,b,x,answer,seconds,switches"
VERSIONS = ("original", "fixed", "adaptive")


def plan() -> Study:
    """Return a study of one sound: its three pairs, each liked and told once."""
    codes = dict(zip(VERSIONS, ("a" * 16, "b" * 16, "c" * 16), strict=True))
    pairs = [("original", "fixed"), ("original", "adaptive"), ("fixed", "adaptive")]
    trials = [Trial(f"0000000{i}", "preference", codes[a], codes[b]) for i, (a, b) in enumerate(pairs)]
    trials += [Trial(f"1000000{i}", "abx", codes[a], codes[b]) for i, (a, b) in enumerate(pairs)]
    item = Item("song.wav", 0.0, 2.0, tuple(Stimulus(code, version) for version, code in codes.items()))
    return Study("5" * 16, "warm", "Which one?", -20.0, VERSIONS, (item,), tuple(trials))


def rows(study: Study, session: str, answer: Callable[[Trial], str], *, who: str = "") -> list[str]:
    """Return the rows of one session; X is always A."""
    lines = []
    for number, t in enumerate(study.trials, 1):
        x = t.a if t.kind == "abx" else ""
        cells = (study.code, session, who, str(number), t.name, t.kind, t.a, t.b, x, answer(t), "3.1", "2")
        lines.append(",".join(cells))
    return lines


def answers_file(path: Path, lines: list[str], *, header: str = HEADER) -> Path:
    path.write_text("\r\n".join([header, *lines, ""]), encoding="utf-8")
    return path


def made(folder: Path, *, sounds: int = 1, seconds: float = 2.0, abx: int = 1) -> MadeStudy:
    """Make a study of noise in a folder."""
    paths = [
        make_audio(folder / f"{number}.wav", frames=3 * RATE, seed=number, amplitude=0.05 * (number + 1))
        for number in range(sounds)
    ]
    return make_study(paths, StudyAsk(Ask("warm", (1.0,)), seconds=seconds, abx=abx), folder / "study")
