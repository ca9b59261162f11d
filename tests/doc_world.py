"""The folder that the pages take for granted: sounds of the demo under the names that pages use, and the like."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import eqmorph
from eqmorph.cli import run
from eqmorph.demo import write_demo_sounds
from eqmorph.study.plan import Study, Trial, read_study
from tests.study.support import answers_file, rows

ROOT = Path(__file__).parents[1]
RATE = 44_100

#: The files that pages name, the sound of the demo that each is, and how many seconds of it.
SOUNDS = {
    "song.wav": ("little-mix", 6),
    "hit.wav": ("plucked-arpeggio", 4),
    "in.wav": ("little-mix", 2),
    "inbox/take.wav": ("little-mix", 2),
    "in/drums.wav": ("drum-loop", 2),
    "in/pad.wav": ("warm-pad", 2),
    "stems/bass/bass.wav": ("bass-line", 2),
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
HEADPHONES = """Preamp: -6.2 dB
Filter 1: ON LSC Fc 105 Hz Gain 5.5 dB Q 0.70
Filter 2: ON PK Fc 210 Hz Gain -2.4 dB Q 0.80
Filter 3: ON PK Fc 3150 Hz Gain 4.1 dB Q 2.10
Filter 4: ON HSC Fc 10000 Hz Gain -3.0 dB Q 0.70
"""
#: How much the people who answered the study of the pages like each version.
LIKED = {"original": 0.0, "fixed": -0.3, "adaptive": 0.6}


class World:
    """The folder, as often as it is wanted anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._original = folder / "original"
        self._programs = folder / "programs"
        self._original.mkdir(parents=True)
        self._programs.mkdir()
        program = self._programs / "eqmorph"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m eqmorph "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        _make_sounds(self._original)
        (self._original / "My Headphones ParametricEQ.txt").write_text(HEADPHONES, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self._original)
            _make_containers()
            _make_report()
            _make_study()

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
        patch.setenv("EQMORPH_JOBS", "1")  # so that files are told in their order
        patch.chdir(here)
        return here


def _link(source: str, target: str) -> None:
    """Give a file a second name, which costs nothing: eqmorph never changes a file, it puts another in its place."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _make_sounds(folder: Path) -> None:
    """Write the sounds, most of them cut to two seconds."""
    written = write_demo_sounds(folder / "eqmorph-demo" / "sounds")
    shutil.copytree(folder / "eqmorph-demo" / "sounds", folder / "sounds", copy_function=_link)
    demo = {path.stem: sf.read(path, dtype="float32") for path in written}
    for name, (sound, seconds) in SOUNDS.items():
        audio, rate = demo[sound]
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        sf.write(path, audio[: int(seconds * rate)], rate, "PCM_16" if path.suffix == ".wav" else None)
    parts = [demo[name][0] for name in ("warm-pad", "little-mix", "plucked-arpeggio")]
    sf.write(folder / "piece.wav", np.concatenate(parts), RATE, "PCM_16")
    voice, rate = demo["voice-vowels"]
    dull = eqmorph.apply(voice.T, rate, eqmorph.Bands.parse("LS 300 +10; PK 3000 -6 Q0.5; HS 1500 -10"))
    for name in ("talk.wav", "voices/ana.wav"):
        sf.write(folder / name, np.atleast_2d(dull).T, rate, "PCM_16")
    whole = (folder / "song.wav").read_bytes()
    (folder / "take.wav").write_bytes(whole[: len(whole) // 2])


def _make_containers() -> None:
    """Write what only ffmpeg can; without it, the lines about these are left out."""
    if shutil.which("ffmpeg") is None:
        return
    quiet = ("ffmpeg", "-v", "error", "-nostdin")
    picture = ("-f", "lavfi", "-i", "color=c=teal:s=64x48:r=10:d=2")
    for name in ("song.m4a", "talk.m4a"):
        subprocess.run([*quiet, "-i", "in.wav", name], check=True)
    for name in ("film.mp4", "film.mkv"):
        subprocess.run(
            [*quiet, *picture, "-i", "in.wav", "-shortest", "-c:v", "mpeg4", "-c:a", "aac", name], check=True
        )


def _make_report() -> None:
    """Write the report of an earlier run."""
    assert _quietly("apply", "song.wav", "made.wav", "--target", "warm", "--report", "report.jsonl") == 0
    Path("made.wav").unlink()


def _make_study() -> None:
    """Make a listening test, and let eight people answer it who mostly agree."""
    assert _quietly("study", "make", "songs", "--target", "warm", "--out", "asked") == 0
    study = read_study(Path("asked"))
    for person in range(1, 9):
        chance = np.random.default_rng(person)
        noise = {trial.name: float(chance.normal()) for trial in sorted(study.trials, key=lambda t: _pair(study, t))}
        lines = rows(study, f"{person:016x}", lambda trial, noise=noise: _answer(study, trial, noise[trial.name]))
        answers_file(Path(f"answers-{person}.csv"), lines)


def _quietly(*words: str) -> int:
    with contextlib.redirect_stdout(io.StringIO()):
        return run(list(words))


def _pair(study: Study, trial: Trial) -> tuple[str, ...]:
    """Return what a trial is about, which doesn't depend on the codes that are drawn anew for each study."""
    sound = next(item.file for item in study.items if trial.a in [stimulus.code for stimulus in item.stimuli])
    return sound, trial.kind, *sorted(study.version_of[code] for code in (trial.a, trial.b))


def _answer(study: Study, trial: Trial, noise: float) -> str:
    first, second = (study.version_of[code] for code in (trial.a, trial.b))
    if trial.kind == "abx":
        return "a" if noise > -0.4 else "b"
    sign = 1 if first < second else -1  # whichever side a version is on
    return "a" if LIKED[first] - LIKED[second] + sign * noise > 0 else "b"
