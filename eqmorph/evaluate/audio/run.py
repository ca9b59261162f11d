"""What the audio side is worth, measured on music that neither reference nor training has seen.

Physical descriptors judge (see `descriptors`): the scores, and what becomes of sounds that were tilted dark, bright,
thin and bass-heavy before a word is asked for. A rule that adapts brings them nearer together than one that gives all
of them the same. What moves look like to an engineer is judged by meters, on music, speech and hits (see `moves`).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from eqmorph.analysis import Ear
from eqmorph.evaluate.audio import decisions, scores
from eqmorph.evaluate.audio.excerpts import load_excerpts
from eqmorph.evaluate.audio.heard import HeardMusic
from eqmorph.evaluate.audio.kinds import HITS, MUSIC, SPEECH, Sound, load_sounds
from eqmorph.evaluate.audio.moves import move_figures
from eqmorph.evaluate.audio.report import AudioReport, Figures, Points
from eqmorph.evaluate.audio.speed import speed

__all__ = ["evaluate_audio"]


def evaluate_audio(
    corpora: Sequence[tuple[str, Path]],
    ears: Sequence[Ear],
    *,
    speech: Sequence[tuple[str, Path]] = (),
    hits: Sequence[tuple[str, Path]] = (),
    most_files: int = 40,
    most_sounds: int | None = None,
    earlier: Figures | None = None,
    seed: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> AudioReport:
    """Measure every ear on the same excerpts of named folders of music, and moves on speech and hits as well.

    Raises:
        UsageError: a folder holds no audio that can be read.
    """
    started = time.perf_counter()

    def left_out(line: str) -> None:
        say(f"left out: {line}")

    excerpts = load_excerpts(corpora, most_files=most_files, seed=seed, tell=left_out)
    counts = {name: sum(excerpt.corpus == name for excerpt in excerpts) for name, _ in corpora}
    by_kind = {MUSIC: corpora, SPEECH: speech, HITS: hits}
    sounds = load_sounds(by_kind, most=most_sounds, seed=seed, tell=left_out)
    report = AudioReport(counts, seed, {kind: _counted(of_kind) for kind, of_kind in sounds.items()}, earlier)
    say(f"{len(excerpts)} excerpts, {time.perf_counter() - started:.0f} s")
    for ear in ears:
        begun = time.perf_counter()
        name = ear.encoder.name
        report.figures[name], report.points[name] = _measure(HeardMusic(ear, excerpts))
        report.figures[name] |= move_figures(ear, sounds)
        say(f"{name}: {time.perf_counter() - begun:.0f} s")
    report.seconds = time.perf_counter() - started
    return report


def _measure(music: HeardMusic) -> tuple[Figures, Points]:
    found: Figures = {}
    for figures_of in (
        scores.known_eqs,
        scores.rank_correlations,
        scores.window_noise,
        decisions.rules,
        decisions.other_words,
        decisions.several_words,
        decisions.growth_with_amount,
        decisions.refinement,
    ):
        found |= figures_of(music)
    predicted, points = scores.predictions(music)
    found |= predicted | speed(music)
    return {name: float(value) for name, value in found.items()}, scores.score_points(music) | points


def _counted(sounds: Sequence[Sound]) -> dict[str, int]:
    return dict(Counter(sound.corpus for sound in sounds))
