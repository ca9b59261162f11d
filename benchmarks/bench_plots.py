"""How long each figure takes to be drawn and written as PNG, once everything is imported: ``python bench_plots.py``.

What is shown is worked out before: that takes as long with a plot as without one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from eqmorph.adapt.decide import decide
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import listen, load_ear, trajectory
from eqmorph.analysis.journey import fine_window_s, journey_of
from eqmorph.analysis.pictured import before_after
from eqmorph.audio.read import AudioInfo
from eqmorph.bands import Bands
from eqmorph.figures.eq import eq_figure
from eqmorph.figures.sets import outcome_figure, ranking_figure, versions_figure
from eqmorph.figures.sound import sound_figure
from eqmorph.figures.style import STYLES, Style, encoded
from eqmorph.figures.trajectory import trajectory_figure
from eqmorph.figures.words import explore_figure, map_figure, morph_figure, people_figure
from eqmorph.model.explore import explore
from eqmorph.model.path import morph_path
from eqmorph.model.pictures import family_of, finds_of, map_of
from eqmorph.plot.shown import Ranked, SetOutcome, SoundPicture, VersionsPicture, WordMove
from eqmorph.train.word_people import people_of

RATE, SECONDS = 44_100, 240
TIMES = 3


def figures() -> dict[str, Callable[[Style], Figure]]:
    """Return what draws each figure, of a song of four minutes and of a folder of 2,000 files."""
    rng = np.random.default_rng(0)
    audio = 0.1 * rng.standard_normal((2, RATE * SECONDS)).astype(np.float32)
    spectra = listen([audio], RATE)
    ear = load_ear(kind="mix")
    space = ear.space
    decision = decide(ear, spectra, Goal(space.target("warm:0.7 + airy:0.4")))
    data = trajectory(ear, spectra, AudioInfo(Path("song.wav"), RATE, *audio.shape, "WAV", "PCM_16"))
    journey = journey_of(data, ear, listen([audio], RATE, window_s=fine_window_s(SECONDS)))
    sound = SoundPicture(before_after(spectra, decision.bands), decision.bands.picture(), decision.picture())
    places = np.sort(rng.uniform(size=2000))[::-1]
    ranked = [Ranked(f"{number}.wav", place, (place,)) for number, place in enumerate(places)]
    curves = tuple(Bands.parse(f"PK 1000 {gain:.1f}").sampled() for gain in rng.normal(size=400))
    moves = tuple(WordMove("warm", *pair) for pair in rng.uniform(size=(2000, 2)))
    path = morph_path(space, space.target("warm"), space.target("bright"), 20)
    versions = VersionsPicture(("original", "a", "b", "c"), curves[:4], ("warm", "airy"), rng.uniform(size=(4, 2)))
    words, people = map_of(space), people_of(space, "warm")
    finds, family = finds_of(space, explore(space, 12)), family_of("warm", "bright", path)
    return {
        "an EQ with its bands": lambda style: eq_figure(decision.bands.picture(), style, title="an EQ"),
        "a sound before and after": lambda style: sound_figure(sound, style, title="song.wav", note="a note"),
        "a trajectory of 4 minutes": lambda style: trajectory_figure(journey, style, title="song.wav"),
        "the map of 138 words": lambda style: map_figure(words, style, title="words"),
        "600 people of a word": lambda style: people_figure(people, style, title="warm"),
        "a morph of 20 steps": lambda style: morph_figure(family, style, title="from to"),
        "12 finds": lambda style: explore_figure(finds, style, title="finds"),
        "a ranking of 2,000": lambda style: ranking_figure(ranked, ["warm"], style, title="by warm"),
        "a folder of 2,000": lambda style: outcome_figure(SetOutcome(2000, curves, {"warm": moves}), style),
        "4 versions": lambda style: versions_figure(versions, style, title="versions"),
    }


def main() -> None:
    style = STYLES["light"]
    for name, draw in figures().items():
        encoded(draw(style), ".png", style)  # fonts are found once
        took = []
        for _ in range(TIMES):
            begun, busy = time.perf_counter(), time.process_time()
            encoded(draw(style), ".png", style)
            took.append((time.perf_counter() - begun, time.process_time() - busy))
        wall_s, busy_s = np.min(took, axis=0)
        print(f"{name}: {wall_s:.2f} s, {busy_s:.2f} s of the processor")


if __name__ == "__main__":
    main()
